"""`gongmu bus analyse`: a folder of files to one Parquet file per table."""

from __future__ import annotations

import contextlib
import fnmatch
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath

import polars as pl

from gongmu.bus import tables
from gongmu.bus.assemble import service_days
from gongmu.bus.day import day_rules
from gongmu.bus.folder_summary import FolderSummary, counted, told
from gongmu.bus.intake import Intake, read_folder
from gongmu.bus.partition import analyse_intakes, card_key, refuse_when_held
from gongmu.core.city import City
from gongmu.core.clock import today
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.values import korean_date

Note = Callable[[str], None]

STATISTICS = (tables.MONTHLY_STOP_HOURS, tables.STOP_COUNTS, tables.HOURLY_LOADS)
"""What other systems have counted already: no load is made of it, it is written as it was read."""
_NO_HOLD = frozenset({"layout_unknown", "format_unknown", "not_a_table"})
"""Files that are not of ours at all (a note, a picture) say so but hold nothing."""


def analyse_folder(
    house: House, folder: Path, out: Path, *, denominator: str, accept: str, note: Note
) -> FolderSummary:
    """Read `folder`, analyse every service day with stop events, write `out/<table>.parquet`.

    Tables of `STATISTICS` are written beside them, or alone where there is no stop event. Raises
    Refused: folder_missing, out_unwritable, nothing_read, day_held (unless `accept`),
    events_missing.
    """
    if not folder.is_dir():
        raise Refused("folder_missing", f"폴더가 없습니다: {folder}", "자료 폴더를 확인하세요.")
    city = _with_denominator(house.city, denominator)
    with _writing(out):
        out.mkdir(parents=True, exist_ok=True)
        (out / "set_aside.csv").touch()
    intakes = _read_all(house, city, folder, out, note)
    with _writing(out):
        _write_set_aside(intakes, out)
        statistics = _write_statistics(intakes, out)
    days = _days_with(intakes, "stop_events")
    taps = _days_with(intakes, "taps")
    if not days and not statistics:
        raise _no_events(intakes)
    for day in days:
        refuse_when_held(city, _holding(intakes, city), day, accept)
    with _writing(out):
        quality = _write_days(city, intakes, days, out, note)
    unused = tuple((day, _rows(intakes, day)) for day in taps if day not in days)
    return FolderSummary(days, tuple(intakes), quality, out, statistics, unused)


@contextlib.contextmanager
def _writing(out: Path) -> Iterator[None]:
    """Turn the operating system's refusal to write into ours."""
    try:
        yield
    except OSError as problem:
        raise Refused(
            "out_unwritable",
            f"결과 폴더에 쓸 수 없습니다: {out}",
            "쓸 수 있고 자리가 남은 폴더를 --out에 주세요.",
        ) from problem


# ------------------------------------------------------------------ reading


def _read_all(house: House, city: City, folder: Path, out: Path, note: Note) -> list[Intake]:
    intakes = []
    for intake in read_folder(folder, city, card_key(house), today(house.clock), but=out):
        intakes.append(intake)
        for line in told(intake, holds=_holds(intake, city)):
            note(line)
    if not any(intake.tables for intake in intakes):
        raise Refused(
            "nothing_read",
            f"{folder}에서 {city.name}의 자료로 읽을 수 있는 파일을 찾지 못했습니다"
            f"(본 파일 {len(intakes)}개).",
            "폴더와 --city를 확인하세요. 새 형식이면 도시 파일의 layouts에 더하세요.",
        )
    return intakes


def _holding(intakes: Sequence[Intake], city: City) -> list[Intake]:
    return [i for i in intakes if i.refused is None or _holds(i, city)]


def _holds(intake: Intake, city: City) -> bool:
    """Tell whether a refused file keeps the day from being published.

    A stranger does not, unless it bears the name of a file of ours: a sign-in page that was saved
    as the day's stop events is missing data, not litter.
    """
    if intake.refused is None or intake.refused.code not in _NO_HOLD:
        return intake.refused is not None
    stem = PurePosixPath(intake.name).stem
    hints = [hint for layout in city.layouts.values() for hint in layout.get("name_hint", ())]
    return any(fnmatch.fnmatch(stem, PurePosixPath(hint).stem) for hint in hints)


def _days_with(intakes: Sequence[Intake], table: str) -> tuple[date, ...]:
    """Return the service days that a daily table has rows of."""
    having = [i for i in intakes if table in i.tables]
    return service_days(replace(i, tables={table: i.tables[table]}) for i in having)


def _rows(intakes: Sequence[Intake], day: date) -> int:
    """Return how many taps of `day` were read."""
    frames = (intake.tables["taps"] for intake in intakes if "taps" in intake.tables)
    return sum(int((frame["service_day"] == day).sum()) for frame in frames)


def _no_events(intakes: Sequence[Intake]) -> Refused:
    return Refused(
        "events_missing",
        "정류소 통과 이력(BMS)이 한 줄도 없어 재차를 낼 수 없습니다. 읽은 것: "
        + (counted(intakes) or "없음"),
        "그날의 BMS 정류소 통과 이력을 같은 폴더에 두고 다시 하세요.",
    )


def _with_denominator(city: City, denominator: str) -> City:
    if denominator in ("", "capacity", "seats"):
        return replace(city, denominator=denominator) if denominator else city
    raise Refused(
        "denominator_unknown",
        f"모르는 분모입니다: {denominator}",
        "capacity(정원) 또는 seats(좌석 수)를 쓰세요.",
    )


# ------------------------------------------------------------------ writing


def _write_set_aside(intakes: Sequence[Intake], out: Path) -> None:
    frames = [intake.set_aside for intake in intakes if intake.set_aside.height]
    rows = pl.concat(frames) if frames else tables.SET_ASIDE.empty()
    rows.write_parquet(out / "set_aside.parquet")
    # The same as a csv that a spreadsheet opens, as this is what a person works through.
    (out / "set_aside.csv").write_bytes(b"\xef\xbb\xbf" + rows.write_csv().encode())


def _write_statistics(intakes: Sequence[Intake], out: Path) -> dict[str, pl.DataFrame]:
    written = {}
    for table in STATISTICS:
        frames = [i.tables[table.name] for i in intakes if table.name in i.tables]
        if frames:
            written[table.name] = table.shape(pl.concat(frames))
            written[table.name].write_parquet(out / f"{table.name}.parquet", compression="zstd")
    return written


def _write_days(
    city: City, intakes: Sequence[Intake], days: Sequence[date], out: Path, note: Note
) -> pl.DataFrame:
    """Analyse `days` one after another, write every published table, return the quality."""
    if not days:
        return tables.QUALITY.empty()
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
    return pl.read_parquet(out / "quality.parquet")


def _join(parts: Path, name: str, out: Path) -> None:
    """Put a table's days into one file, streaming, under a temporary name first."""
    files = sorted(parts.glob(f"{name}.*.parquet"))
    draft = parts / f"{name}.whole"
    pl.scan_parquet(files).sink_parquet(draft, compression="zstd")
    draft.replace(out / f"{name}.parquet")
