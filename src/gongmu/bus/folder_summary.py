"""What `gongmu bus analyse` tells a person: each file as it was read, then the whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from gongmu.bus import tables
from gongmu.bus.intake import Intake
from gongmu.core.values import korean_date

SHOWN_MEASURES = 12
_TITLES = {table.name: table.title for table in tables.INTAKE_TABLES}
_PEOPLE = {"boardings": "승차", "alightings": "하차"}
"""Columns of counted tables whose sum says something: the people of the whole table."""


@dataclass(frozen=True)
class FolderSummary:
    """What came out: the days written, the files as they were read, the quality rows.

    statistics: the tables of counts made elsewhere, as they were written, by name;
    unused: (service day, rows) of taps that no stop event is there for
    """

    days: tuple[date, ...]
    intakes: tuple[Intake, ...]
    quality: pl.DataFrame
    out: Path
    statistics: Mapping[str, pl.DataFrame]
    unused: tuple[tuple[date, int], ...]


def told(intake: Intake, *, holds: bool) -> Iterator[str]:
    """Yield the lines about one file; `holds` = a person has to look at it first."""
    if intake.refused is not None:
        yield f"{'✗' if holds else '·'} {intake.refused.message}"
        yield f"    {intake.refused.todo}"
        if intake.tables:
            yield f"    받아들이면 그 열은 비워 두고 {intake.rows_kept:,}행을 씁니다."
        return
    if intake.layout is None:
        yield f"= {intake.name}: {' '.join(intake.notes)}"
        return
    aside = f", 따로 둠 {intake.set_aside.height:,}행" if intake.set_aside.height else ""
    mark = "✗" if intake.rows_read and not intake.rows_kept else "✓"
    yield f"{mark} {intake.name}: {intake.layout}, {intake.rows_kept:,}행{aside}"
    for line in intake.notes:
        yield f"    {line}"


def counted(intakes: Sequence[Intake]) -> str:
    """Return the tables that were read with their rows, in Korean."""
    rows: dict[str, int] = {}
    for intake in intakes:
        for name, frame in intake.tables.items():
            rows[name] = rows.get(name, 0) + frame.height
    return ", ".join(f"{_TITLES[name]} {count:,}행" for name, count in rows.items() if count)


def summary_lines(summary: FolderSummary) -> list[str]:
    """Return what the command prints at the end: files, rows, tables, the quality of each day."""
    lines = ["", _files(summary.intakes), _accounts(summary.intakes)]
    for name, frame in summary.statistics.items():
        lines.append(f"{_TITLES[name]}: {frame.height:,}행{_people(frame)} → {name}.parquet")
    if not summary.days:
        lines.append(
            "정류소 통과 이력(BMS)이 없어 재차는 내지 않았습니다. "
            "재차를 내려면 같은 날의 교통카드와 BMS 자료를 함께 두세요."
        )
    for day, rows in summary.unused:
        lines.append(f"{korean_date(day)} 이용 내역 {rows:,}행: 그날의 BMS가 없어 쓰지 않았습니다.")
    for day in summary.days:
        lines.append(f"{korean_date(day)} 품질")
        measures = summary.quality.filter(pl.col("service_day") == day)
        for row in measures.head(SHOWN_MEASURES).iter_rows(named=True):
            share = f" ({row['share']:.1%})" if row["share"] is not None else ""
            lines.append(f"  {row['title']}: {row['count']:,.0f} / {row['base']:,.0f}{share}")
    lines.append(f"표를 썼습니다: {summary.out}")
    return lines


def _files(intakes: Sequence[Intake]) -> str:
    refused = sum(i.refused is not None and not i.tables for i in intakes)
    again = sum(i.refused is None and i.layout is None for i in intakes)
    doubled = f", 같은 내용이라 건너뜀 {again}개" if again else ""
    return f"파일 {len(intakes)}개(읽지 못함 {refused}개{doubled})"


def _accounts(intakes: Sequence[Intake]) -> str:
    read, kept = sum(i.rows_read for i in intakes), sum(i.rows_kept for i in intakes)
    aside, skipped = sum(i.set_aside.height for i in intakes), sum(i.rows_skipped for i in intakes)
    told_aside = " (set_aside.csv에 까닭이 있습니다)" if aside else ""
    return (
        f"{read:,}행 = 쓴 행 {kept:,} + 따로 둔 행 {aside:,} + 합계·되풀이 머리글 {skipped:,}"
        + told_aside
    )


def _people(frame: pl.DataFrame) -> str:
    sums = [
        f"{title} {int(frame[name].cast(pl.Int64).sum()):,}명"
        for name, title in _PEOPLE.items()
        if name in frame.columns
    ]
    return "".join(f", {text}" for text in sums)
