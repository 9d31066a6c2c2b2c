"""`gongmu bus analyse`: a folder of files to one Parquet file per table."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from gongmu.bus import tables
from gongmu.bus.assemble import service_days
from gongmu.bus.day import day_rules
from gongmu.bus.intake import Intake, read_folder
from gongmu.bus.partition import analyse_intakes, card_key, refuse_when_held
from gongmu.core.city import City
from gongmu.core.clock import today
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.values import korean_date

Note = Callable[[str], None]

SHOWN_MEASURES = 12
_NO_HOLD = frozenset({"layout_unknown", "format_unknown"})
"""Files that are not of ours at all (a note, a picture) say so but hold nothing."""


@dataclass(frozen=True)
class FolderSummary:
    """What came out: the days written, the files as they were read, the quality rows."""

    days: tuple[date, ...]
    intakes: tuple[Intake, ...]
    quality: pl.DataFrame
    out: Path


def analyse_folder(
    house: House, folder: Path, out: Path, *, denominator: str, accept: str, note: Note
) -> FolderSummary:
    """Read `folder`, analyse every service day with stop events, write `out/<table>.parquet`.

    Raises Refused: folder_missing, nothing_read, day_held (unless `accept`), events_missing.
    """
    if not folder.is_dir():
        raise Refused("folder_missing", f"폴더가 없습니다: {folder}", "자료 폴더를 확인하세요.")
    city = _with_denominator(house.city, denominator)
    intakes = _read_all(house, city, folder, note)
    days = _days(intakes)
    out.mkdir(parents=True, exist_ok=True)
    _write_set_aside(intakes, out)
    for day in days:
        refuse_when_held(city, _holding(intakes), day, accept)
    parts = Path(tempfile.mkdtemp(prefix=".parts-", dir=out))
    try:
        for day in days:
            published, _ = analyse_intakes(intakes, day, day_rules(city, day))
            for name, frame in published.items():
                frame.write_parquet(parts / f"{name}.{day}.parquet")
            note(f"{korean_date(day)}: 운행·정류소 {published['trip_stop'].height:,}건")
        for table in tables.PUBLISHED_TABLES:
            _join(parts, table.name, out)
    finally:
        shutil.rmtree(parts, ignore_errors=True)
    quality = pl.read_parquet(out / "quality.parquet")
    return FolderSummary(days, tuple(intakes), quality, out)


def _read_all(house: House, city: City, folder: Path, note: Note) -> list[Intake]:
    intakes = []
    for intake in read_folder(folder, city, card_key(house), today(house.clock)):
        intakes.append(intake)
        if intake.refused is not None:
            note(f"✗ {intake.name}: {intake.refused}")
            continue
        aside = f", 따로 둠 {intake.set_aside.height:,}" if intake.set_aside.height else ""
        note(f"✓ {intake.name}: {intake.layout or '읽지 않음'}, {intake.rows_kept:,}행{aside}")
        for line in intake.notes:
            note(f"    {line}")
    if not any(intake.tables for intake in intakes):
        raise Refused(
            "nothing_read",
            f"{folder}에서 읽을 수 있는 자료를 찾지 못했습니다.",
            "자료 형식이 도시 파일의 layouts에 있는지 확인하세요.",
        )
    return intakes


def _days(intakes: Sequence[Intake]) -> tuple[date, ...]:
    """Return the days to analyse: those with stop events; others are late rows of other days."""
    with_events = [i for i in intakes if "stop_events" in i.tables]
    only_events = [
        replace(intake, tables={"stop_events": intake.tables["stop_events"]})
        for intake in with_events
    ]
    days = service_days(only_events)
    if not days:
        raise Refused(
            "events_missing",
            "정류소 통과 이력(BMS)이 한 줄도 없어 재차를 낼 수 없습니다.",
            "BMS 파일을 함께 두세요.",
        )
    return days


def _holding(intakes: Sequence[Intake]) -> list[Intake]:
    return [i for i in intakes if i.refused is None or i.refused.code not in _NO_HOLD]


def _with_denominator(city: City, denominator: str) -> City:
    if denominator in ("", "capacity", "seats"):
        return replace(city, denominator=denominator) if denominator else city
    raise Refused(
        "denominator_unknown",
        f"모르는 분모입니다: {denominator}",
        "capacity(정원) 또는 seats(좌석 수)를 쓰세요.",
    )


def _write_set_aside(intakes: Sequence[Intake], out: Path) -> None:
    frames = [intake.set_aside for intake in intakes if intake.set_aside.height]
    rows = pl.concat(frames) if frames else tables.SET_ASIDE.empty()
    rows.write_parquet(out / "set_aside.parquet")
    # The same as a csv that a spreadsheet opens, as this is what a person works through.
    (out / "set_aside.csv").write_bytes(b"\xef\xbb\xbf" + rows.write_csv().encode())


def _join(parts: Path, name: str, out: Path) -> None:
    """Put a table's days into one file, streaming, under a temporary name first."""
    files = sorted(parts.glob(f"{name}.*.parquet"))
    draft = parts / f"{name}.whole"
    pl.scan_parquet(files).sink_parquet(draft, compression="zstd")
    draft.replace(out / f"{name}.parquet")


def summary_lines(summary: FolderSummary) -> list[str]:
    """Return what the command prints: files, rows and the quality of every day."""
    read = sum(intake.rows_read for intake in summary.intakes)
    aside = sum(intake.set_aside.height for intake in summary.intakes)
    refused = sum(intake.refused is not None for intake in summary.intakes)
    lines = [
        "",
        f"파일 {len(summary.intakes)}개(읽지 못함 {refused}개), {read:,}행 가운데 "
        f"따로 둔 행 {aside:,}행",
    ]
    for day in summary.days:
        lines.append(f"{korean_date(day)} 품질")
        rows = summary.quality.filter(pl.col("service_day") == day)
        for row in rows.head(SHOWN_MEASURES).iter_rows(named=True):
            share = f" ({row['share']:.1%})" if row["share"] is not None else ""
            lines.append(f"  {row['title']}: {row['count']:,.0f} / {row['base']:,.0f}{share}")
    lines.append(f"표를 썼습니다: {summary.out}")
    return lines
