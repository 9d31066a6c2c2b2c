"""From files that were read to the inputs of one service day.

A file is read once: `stage` writes what became of it as Parquet under the file's id, `load_staged`
brings it back. A day's rows come from every file that has some, its masters from the newest files
that are not of a later day.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from gongmu.bus import tables
from gongmu.bus.day import DayInputs
from gongmu.bus.intake import Intake
from gongmu.bus.sorting import REASONS
from gongmu.core.city import City

DAILY = (tables.TAPS, tables.STOP_EVENTS)
MASTERS = (
    tables.ROUTES,
    tables.ROUTE_STOPS,
    tables.STOPS,
    tables.VEHICLES,
    tables.TIMETABLE,
    tables.SETTLEMENT_STOPS,
    tables.SETTLEMENT_ROUTE_STOPS,
)
_KEYS = {
    "routes": ("route_id",),
    "route_stops": ("route_id", "direction", "stop_seq"),
    "stops": ("stop_id",),
    "vehicles": ("vehicle_id",),
    "timetable": ("route_id", "direction", "day_type", "trip_number"),
    "settlement_stops": ("stop_id",),
    "settlement_route_stops": ("route_id", "stop_seq", "stop_id"),
}
_WHAT_AN_EVENT_SAYS = [name for name in tables.STOP_EVENTS.columns if name not in tables.LINEAGE]
_DESCRIPTION = "intake.json"
_SET_ASIDE = "set_aside"


def stage(intake: Intake, folder: Path) -> Path:
    """Write what became of a file to `folder/<file_id>`; once there it is not written again."""
    place = folder / intake.file_id
    if place.is_dir():
        return place
    folder.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder))
    try:
        for name, frame in {**intake.tables, _SET_ASIDE: intake.set_aside}.items():
            frame.write_parquet(draft / f"{name}.parquet", compression="zstd")
        described = _description(intake)
        (draft / _DESCRIPTION).write_text(json.dumps(described, ensure_ascii=False), "utf-8")
        draft.rename(place)
    except OSError:
        if not place.is_dir():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return place


def load_staged(folder: Path, file_id: str) -> Intake | None:
    """Return what `stage` wrote for a file id, or None when it is not there."""
    place = folder / file_id
    if not (place / _DESCRIPTION).is_file():
        return None
    described = json.loads((place / _DESCRIPTION).read_text("utf-8"))
    dated = described.pop("dated")
    frames = {path.stem: pl.read_parquet(path) for path in sorted(place.glob("*.parquet"))}
    set_aside = frames.pop(_SET_ASIDE)
    return Intake(
        **described | {"notes": tuple(described["notes"])},
        dated=date.fromisoformat(dated) if dated else None,
        tables=frames,
        set_aside=set_aside,
    )


def _description(intake: Intake) -> dict[str, object]:
    kept = ("file_id", "sha256", "name", "layout", "rows_read", "rows_kept", "notes")
    described = {name: getattr(intake, name) for name in (*kept, "rows_skipped")}
    return described | {"dated": intake.dated.isoformat() if intake.dated else None}


def service_days(intakes: Iterable[Intake]) -> tuple[date, ...]:
    """Return the service days that the files hold taps or stop events of, in order."""
    days = {
        day
        for intake in intakes
        for table in DAILY
        if table.name in intake.tables
        for day in intake.tables[table.name]["service_day"].unique().to_list()
    }
    return tuple(sorted(days))


def day_inputs(intakes: Sequence[Intake], service_day: date) -> DayInputs:
    """Return the inputs of one day; tables without rows are empty, never absent."""
    return DayInputs(service_day=service_day, **assemble(intakes, service_day))


def assemble(intakes: Sequence[Intake], service_day: date) -> dict[str, pl.DataFrame]:
    """Return every daily and master table of the day by name, rows in file order.

    A stop event that came twice word for word stands once. Taps stand as they came: the analysis
    tells a ride delivered twice (also in two layouts) from two rides, and counts it.
    """
    taps = _joined(tables.TAPS, (intake.tables.get("taps") for intake in intakes))
    events = _joined(tables.STOP_EVENTS, (intake.tables.get("stop_events") for intake in intakes))
    own = {
        "taps": taps.filter(pl.col("service_day") == service_day),
        "stop_events": events.filter(pl.col("service_day") == service_day).unique(
            _WHAT_AN_EVENT_SAYS, keep="first", maintain_order=True
        ),
    }
    return own | {table.name: _newest(table, intakes, service_day) for table in MASTERS}


def _joined(table: tables.Table, frames: Iterable[pl.DataFrame | None]) -> pl.DataFrame:
    return pl.concat([table.empty(), *(frame for frame in frames if frame is not None)])


def _newest(table: tables.Table, intakes: Sequence[Intake], day: date) -> pl.DataFrame:
    """Return a master as the newest files up to `day` tell it, else the first ones after it.

    The masters of settlement companies are chosen per company, as each sends its own file.
    """
    of_date: dict[date, list[pl.DataFrame]] = {}
    for intake in intakes:
        if table.name in intake.tables:
            of_date.setdefault(intake.dated or date.min, []).append(intake.tables[table.name])
    past = sorted((dated for dated in of_date if dated <= day), reverse=True)
    taken: list[pl.DataFrame] = []
    known: set[str] = set()
    for dated in [*past, *sorted(dated for dated in of_date if dated > day)]:
        frame = pl.concat(of_date[dated])
        sender = _sender(table, frame)
        taken.append(frame.filter(~sender.is_in(list(known))))
        known |= set(sender.unique().to_list())
    keys = list(_KEYS[table.name])
    return _joined(table, taken).unique(keys, keep="last", maintain_order=True)


def _sender(table: tables.Table, frame: pl.DataFrame) -> pl.Series:
    """Return who sent each row: the settlement company, or one and the same for the BMS."""
    if table in (tables.SETTLEMENT_STOPS, tables.SETTLEMENT_ROUTE_STOPS):
        return frame["stop_id"].str.split(":").list.first()
    return pl.Series("sender", ["bms"]).new_from_index(0, frame.height)


def held(intakes: Iterable[Intake], city: City) -> list[str]:
    """Return why a person has to look before the day is published; empty when all is well.

    Too large a share of rows set aside (rows of another city apart), a file of which no row could
    be kept, and a file that was refused each give one Korean sentence.
    """
    reasons: list[str] = []
    bad: dict[str, int] = {}
    kept = 0
    for intake in intakes:
        if intake.refused is not None:
            reasons.append(str(intake.refused))
            continue
        kept += intake.rows_kept
        counts = dict(intake.set_aside["reason"].value_counts().iter_rows())
        foreign = counts.pop("other_city", 0)
        if foreign and not intake.rows_kept:
            reasons.append(f"'{intake.name}' 파일은 모두 다른 도시의 자료입니다({foreign:,}행).")
        elif counts and not intake.rows_kept:
            reasons.append(f"'{intake.name}' 파일은 모든 행을 따로 두었습니다: {_told(counts)}.")
        for reason, count in counts.items():
            bad[reason] = bad.get(reason, 0) + count
    return reasons + _too_many(bad, kept, city)


def _too_many(bad: Mapping[str, int], kept: int, city: City) -> list[str]:
    total = sum(bad.values())
    limit = city.limits.max_set_aside_share
    if not total or total / (total + kept) <= limit:
        return []
    return [
        f"따로 둔 행이 {total:,}행으로 전체의 {total / (total + kept):.1%}입니다"
        f"(한도 {limit:.1%}): {_told(bad)}."
    ]


def _told(counts: Mapping[str, int]) -> str:
    """Return reasons with their rows, in the words that the rows themselves are given."""
    return ", ".join(
        f"{REASONS[reason].split('.')[0]} {count:,}행({reason})"
        for reason, count in sorted(counts.items())
    )
