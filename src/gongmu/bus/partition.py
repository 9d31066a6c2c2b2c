"""From stored files to a published service day: reads each file once, analyses what it touches.

A day's inputs are every file with rows of that day, whenever it came; so a late file changes
just the days whose rows it brings, and the same inputs change nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from gongmu import __version__
from gongmu.bus.assemble import DAILY, MASTERS, day_inputs, held, load_staged, stage
from gongmu.bus.day import DayInputs, DayRules, analyse_day, day_rules
from gongmu.bus.intake import Intake, Source, card_pseudonym, read
from gongmu.bus.store import BusFiles, ReadFile
from gongmu.bus.warehouse import Manifest, SourceFile, Warehouse
from gongmu.core.city import City
from gongmu.core.clock import today
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.values import korean_date

PUBLISHED = "published"
UNCHANGED = "unchanged"
_EXPLAINING = ("routes", "route_stops", "stops", "vehicles", "timetable")
"""Masters published with each day, so that a day can be read without its files."""

Note = Callable[[str], None]


def warehouse_of(house: House) -> Warehouse:
    """Return the installation's published days."""
    return Warehouse(house.settings.warehouse)


def card_key(house: House) -> Callable[[pl.Series], pl.Series]:
    """Return the installation's keyed pseudonym of card numbers."""
    return card_pseudonym(house.vault.derived_key("card-pseudonym"))


@cache
def code_version() -> str:
    """Return the version and a hash of the room's code; equal ones compute equal tables."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in sources))
    return f"{__version__}+{digest.hexdigest()[:8]}"


# ------------------------------------------------------------------ reading


def read_files(
    house: House, collected_on: date, sha256s: Sequence[str], note: Note
) -> tuple[list[date], list[str]]:
    """Read stored files, each once, and write down the days they touch.

    Returns the service days with rows in them that are `collected_on` or already published, in
    order, and a Korean sentence for every file that could not be read.
    """
    kept = BusFiles(house.engine, house.city.code)
    touched: set[date] = set()
    refused: list[str] = []
    for sha256 in sha256s:
        try:
            for intake in _staged(house, sha256):
                entry = _read_file(intake, sha256, collected_on)
                kept.keep(entry, house.clock())
                touched |= {day for day, table in entry.rows if table in _DAILY_NAMES}
                note(_told(intake))
        except Refused as problem:
            refused.append(str(problem))
            note(f"✗ {problem}")
    published = set(warehouse_of(house).days(house.city.code))
    return sorted(touched & (published | {collected_on})), refused


_DAILY_NAMES = frozenset(table.name for table in DAILY)


def _staged(house: House, sha256: str) -> list[Intake]:
    """Return what became of a stored file, reading it only when it was not read before."""
    folder = _staging(house)
    index = folder / f"{sha256}.members"
    if index.is_file():
        known = [load_staged(folder, file_id) for file_id in index.read_text().split()]
        if all(known):
            return [intake for intake in known if intake is not None]
    record = house.files.find(sha256)
    name = record.name if record else sha256
    source = Source(name, house.files.read(sha256))
    intakes = read(source, house.city, card_key(house), today(house.clock))
    for intake in intakes:
        stage(intake, folder)
    draft = index.with_suffix(".draft")
    draft.write_text("\n".join(intake.file_id for intake in intakes))
    draft.replace(index)
    return intakes


def _staging(house: House) -> Path:
    """Return the folder of files read in today's way: other layouts or code read them anew."""
    way = hashlib.sha256(f"{code_version()}{house.city!r}".encode()).hexdigest()[:12]
    folder = house.settings.staging / house.city.code / way
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _read_file(intake: Intake, stored_sha256: str, collected_on: date) -> ReadFile:
    rows: dict[tuple[date, str], int] = {}
    for name, frame in intake.tables.items():
        if name in _DAILY_NAMES:
            for day, count in frame["service_day"].value_counts().iter_rows():
                rows[(day, name)] = count
        elif frame.height:
            rows[(intake.dated or collected_on, name)] = frame.height
    return ReadFile(
        sha256=intake.sha256,
        stored_sha256=stored_sha256,
        name=intake.name,
        layout=intake.layout or "",
        collected_on=collected_on,
        rows_read=intake.rows_read,
        rows_kept=intake.rows_kept,
        rows_set_aside=intake.set_aside.height,
        rows=rows,
    )


def _told(intake: Intake) -> str:
    aside = f", 따로 둠 {intake.set_aside.height:,}행" if intake.set_aside.height else ""
    return f"{intake.name}: {intake.rows_kept:,}행을 읽었습니다{aside}."


# ------------------------------------------------------------------ analysing


def analyse_stored_day(house: House, day: date, accept: str, note: Note) -> str:
    """Analyse a day from the files read so far and publish it; `UNCHANGED` when nothing differs.

    Raises Refused("day_held") when a person has to look first, unless `accept` gives a reason.
    """
    intakes = _intakes_of(house, day)
    return publish_day(house.city, intakes, day, warehouse_of(house), house, accept, note)


def _intakes_of(house: House, day: date) -> list[Intake]:
    kept = BusFiles(house.engine, house.city.code)
    found = kept.touching(day, _DAILY_NAMES)
    for table in MASTERS:
        master_day = kept.master_day(day, table.name)
        if master_day is not None:
            found |= kept.touching(master_day, [table.name])
    # After an upgrade a file is read anew here, as its old reading stands under another name.
    members = [intake for sha256 in sorted(found) for intake in _staged(house, sha256)]
    return list({intake.sha256: intake for intake in members}.values())


def publish_day(
    city: City,
    intakes: Sequence[Intake],
    day: date,
    warehouse: Warehouse,
    house: House,
    accept: str,
    note: Note,
) -> str:
    """Check, analyse and publish one day; see `analyse_stored_day`."""
    rules = day_rules(city, day)
    digest = _digest(intakes, rules)
    before = warehouse.manifest(city.code, day)
    if before is not None and before.input_digest == digest:
        note(f"{korean_date(day)} 자료가 그대로여서 다시 계산하지 않았습니다.")
        return UNCHANGED
    refuse_when_held(city, intakes, day, accept)
    tables, inputs = analyse_intakes(intakes, day, rules)
    extra = {name: getattr(inputs, name) for name in _EXPLAINING}
    quality = {row["measure"]: row["share"] for row in tables["quality"].iter_rows(named=True)}
    manifest = Manifest(
        city=city.code,
        service_day=day,
        files=tuple(_source_file(intake, day) for intake in intakes),
        input_digest=digest,
        code_version=code_version(),
        rows={name: frame.height for name, frame in tables.items()},
        quality=quality,
        published_at=house.clock(),
    )
    warehouse.publish(city.code, day, {**tables, **extra}, manifest)
    note(f"{korean_date(day)}: 운행·정류소 {tables['trip_stop'].height:,}건의 재차를 펴냈습니다.")
    return PUBLISHED


def refuse_when_held(city: City, intakes: Sequence[Intake], day: date, accept: str) -> None:
    """Raise Refused("day_held") when a person has to look, unless `accept` gives a reason."""
    reasons = held(intakes, city)
    taps = (intake.tables["taps"] for intake in intakes if "taps" in intake.tables)
    if not any((frame["service_day"] == day).any() for frame in taps):
        # Without them every bus would be shown empty, which is no finding but a missing file.
        reasons.append("그날의 교통카드 이용 내역이 한 줄도 없습니다.")
    if reasons and not accept:
        raise Refused(
            "day_held",
            f"{korean_date(day)} 자료를 보류했습니다. " + " ".join(reasons),
            "자료를 다시 받거나, 그대로 써도 되면 --accept '까닭' 을 붙여 받아들이세요.",
        )


def analyse_intakes(
    intakes: Sequence[Intake], day: date, rules: DayRules
) -> tuple[Mapping[str, pl.DataFrame], DayInputs]:
    """Return the published tables of a day and what they were made of.

    Raises Refused when there is not one stop event of the day: loads need the BMS.
    """
    inputs = day_inputs(intakes, day)
    if not inputs.stop_events.height:
        raise Refused(
            "events_missing",
            f"{korean_date(day)}의 정류소 통과 이력(BMS)이 한 줄도 없습니다.",
            "BMS 파일을 함께 두거나 BMS 누리집에서 그날을 다시 받으세요.",
        )
    return analyse_day(inputs, rules), inputs


def _source_file(intake: Intake, day: date) -> SourceFile:
    rows = 0
    for name, frame in intake.tables.items():
        mine = frame.filter(pl.col("service_day") == day) if name in _DAILY_NAMES else frame
        rows += mine.height
    return SourceFile(intake.name, intake.sha256, rows)


def _digest(intakes: Sequence[Intake], rules: DayRules) -> str:
    parts = [*sorted(intake.sha256 for intake in intakes), repr(rules), code_version()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
