"""Makes a practice city on disk: the files the outside world would hand over, and the truth."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import polars as pl

from gongmu.core.values import content_hash
from gongmu.practice import bms, cards, masters, truth
from gongmu.practice.day import City, Day, build_city, days_from, simulate_day
from gongmu.practice.faults import LEVELS, Faults
from gongmu.practice.records import Records, record
from gongmu.practice.settlement import Settlement, build_settlement
from gongmu.practice.words import OPERATORS

TRUTH_FILES = ("trip_stop.parquet", "tap.parquet", "city.json")
SMALLEST, LARGEST = 0.02, 15.0


@dataclass(frozen=True)
class Summary:
    """What was made: counts over all days, and the files with their hashes."""

    seed: int
    scale: float
    faults: int
    days: list[str]
    counts: dict[str, int]
    files: dict[str, str]


def make(
    directory: Path,
    seed: int,
    days: int,
    scale: float,
    faults: int,
    first_day: date,
    note: Callable[[str], None],
) -> Summary:
    """Write a practice city; the same arguments give the same bytes.

    Raises ValueError with a Korean sentence when an argument or the directory cannot be used.
    """
    _check(days, scale, faults)
    _clear(directory)
    level = LEVELS[faults]
    note(f"연습 도시를 짓습니다(씨앗 {seed}, 규모 {scale:g}).")
    city = build_city(seed, scale)
    settlement = build_settlement(city, level)
    folders = {name: directory / name for name in ("outside/bms", "outside/card", "truth")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    writer = _Writer(directory, city, settlement, level)
    late: pl.DataFrame | None = None
    service_days = days_from(first_day, days)
    for service_day in service_days:
        day = simulate_day(city, service_day)
        riders = int(day.boardings.sum())
        note(f"{service_day:%Y-%m-%d}: 운행 {day.trips.count:,}회, 승차 {riders:,}명")
        records = record(city, day, level)
        late = writer.write_day(day, records, late)
        note(f"{service_day:%Y-%m-%d}: 버스정보와 교통카드 파일을 썼습니다.")
    if late is not None and late.height:
        writer.write_late(bms.next_day(service_days[-1]), late)
    return writer.finish(
        Summary(seed, scale, faults, [d.isoformat() for d in service_days], {}, {})
    )


def _check(days: int, scale: float, faults: int) -> None:
    if days < 1:
        raise ValueError("날수는 1 이상이어야 합니다.")
    if not SMALLEST <= scale <= LARGEST:
        raise ValueError(f"규모는 {SMALLEST:g}에서 {LARGEST:g} 사이여야 합니다.")
    if not 0 <= faults < len(LEVELS):
        raise ValueError(f"결함 수준은 0부터 {len(LEVELS) - 1}까지입니다.")


def _clear(directory: Path) -> None:
    """Remove the city made here before; refuse when anything else is in the directory."""
    if directory.exists() and not directory.is_dir():
        raise ValueError(f"{directory}은(는) 폴더가 아닙니다. 다른 이름을 쓰세요.")
    if not directory.exists() or not any(directory.iterdir()):
        return
    record_path = directory / "truth" / "city.json"
    known = {f"truth/{name}" for name in TRUTH_FILES}
    if record_path.exists():
        known |= set(json.loads(record_path.read_text(encoding="utf-8"))["files"])
    found = {path.relative_to(directory).as_posix(): path for path in directory.rglob("*")}
    foreign = sorted(name for name, path in found.items() if path.is_file() and name not in known)
    if foreign or not record_path.exists():
        raise ValueError(
            f"{directory}에 연습 도시의 것이 아닌 파일이 있어 쓰지 않았습니다. 빈 폴더나 새 이름을 "
            f"쓰세요: {', '.join(foreign[:5])}"
        )
    for name in sorted(known & found.keys()):
        found[name].unlink()


class _Writer:
    """Writes day after day, and remembers the truth about every exported row."""

    def __init__(self, directory: Path, city: City, settlement: Settlement, level: Faults) -> None:
        self.directory, self.city = directory, city
        self.settlement, self.level = settlement, level
        self.bms, self.card = directory / "outside" / "bms", directory / "outside" / "card"
        self.truth = directory / "truth"
        self.stops = masters.settlement_stops(city, settlement, level)
        self.route_stops = masters.settlement_route_stops(city, settlement, self.stops)
        self.trip_stops: list[pl.DataFrame] = []
        self.taps: list[pl.DataFrame] = []

    def write_day(self, day: Day, records: Records, late: pl.DataFrame | None) -> pl.DataFrame:
        """Write one day's files, yesterday's late rows first; return today's late rows."""
        service_day = day.service_day
        bms.write_registers(self.bms, self.city, self.settlement, self.level, service_day)
        list(bms.write_passages(self.bms, self.city, records.events, service_day))
        cards.write_masters(self.card, service_day, self.stops, self.route_stops)
        self.trip_stops.append(truth.trip_stop(self.city, day))
        taps = truth.with_truth(self.city, day, records.taps)
        today = taps.filter(~pl.col("late_row"))
        rows = today if late is None else pl.concat([late, today])
        self._write_taps(self.card, service_day, rows)
        return taps.filter("late_row")

    def write_late(self, day: date, late: pl.DataFrame) -> None:
        """Write the last day's late rows as files of the day after."""
        folder = self.card / "late"
        folder.mkdir(exist_ok=True)
        self._write_taps(folder, day, late)

    def _write_taps(self, folder: Path, day: date, rows: pl.DataFrame) -> None:
        for operator in range(len(OPERATORS)):
            mine = rows.filter(pl.col("operator") == operator)
            if mine.is_empty() and folder != self.card:
                continue
            fields = cards.texts(self.city, self.settlement, mine)
            written = cards.write_taps(folder, operator, day, fields, self.level, self.city.seed)
            digest = content_hash(written.path.read_bytes())
            self.taps.append(truth.tap(mine, digest, written.row_number))

    def finish(self, summary: Summary) -> Summary:
        """Write the truth and return the summary with counts and hashes."""
        trip_stop, tap = pl.concat(self.trip_stops), pl.concat(self.taps)
        trip_stop.write_parquet(self.truth / "trip_stop.parquet")
        tap.write_parquet(self.truth / "tap.parquet")
        network = self.city.network
        counts = {
            "routes": len(network.lines),
            "stops": len(network.stops.name),
            "vehicles": len(self.city.fleet.plate),
            "trips": trip_stop.select("service_day", "trip_id").n_unique(),
            "boardings": int(trip_stop["boardings"].sum()),
            "legs": tap["leg_id"].n_unique(),
            "rows": tap.height,
        }
        files = {
            path.relative_to(self.directory).as_posix(): content_hash(path.read_bytes())
            for path in sorted((self.directory / "outside").rglob("*"))
            if path.is_file()
        }
        whole = Summary(summary.seed, summary.scale, summary.faults, summary.days, counts, files)
        text = json.dumps(asdict(whole), ensure_ascii=False, indent=1)
        (self.truth / "city.json").write_text(text + "\n", encoding="utf-8")
        return whole
