"""The bus day against its limits: reading and writing alone, the whole analysis, ten days.

    python bench/bus_day.py [--taps 1000000] [--folder DIR]

Each measurement runs in a fresh process; a and b are taken in turn, five times, and their medians
are compared, as single runs of either differ by a fifth. Prints ratios and PASS or FAIL.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl

from gongmu.bus import tables
from gongmu.bus.crosswalk import build_crosswalk
from gongmu.bus.day import DayInputs, DayRules, day_tables
from gongmu.bus.infer import Inferred, build_chain, infer_alightings
from gongmu.bus.match import build_legs, place_boardings, set_clocks
from gongmu.bus.network import build_network, code_events
from gongmu.bus.visits import complete_visits
from gongmu.bus.warehouse import Manifest, Warehouse

DAY = date(2026, 11, 20)
TAPS_AT_SCALE_ONE = 104_500
PAIRS = 5
PEER_CPU_SECONDS = 91.0
"""UrbanTrips 0.4.1, inference and OD on 1,000,000 taps, measured 2026-11-22 on 2 cores."""
NOT_NEEDED = {
    "taps": {"transaction_id", "distance_m", "fare_won", "mode"},
    "stop_events": {"file_id", "row_number"},
}
INPUTS = (
    tables.TAPS, tables.STOP_EVENTS, tables.ROUTES, tables.ROUTE_STOPS, tables.STOPS,
    tables.VEHICLES, tables.TIMETABLE, tables.SETTLEMENT_STOPS, tables.SETTLEMENT_ROUTE_STOPS,
)  # fmt: skip


def make_inputs(folder: Path, taps: int) -> None:
    """Write the day's input tables once, from the practice city with the faults of real files."""
    from gongmu.practice.day import build_city, simulate_day
    from gongmu.practice.faults import LEVELS
    from gongmu.practice.records import record
    from gongmu.practice.settlement import build_settlement
    from gongmu.practice.tables import as_tables

    city, level = build_city(7, taps / TAPS_AT_SCALE_ONE), LEVELS[2]
    settlement = build_settlement(city, level)
    day = simulate_day(city, DAY)
    made = as_tables(city, day, record(city, day, level), settlement, level)
    for table in INPUTS:
        table.shape(made[table.name]).write_parquet(folder / f"{table.name}.parquet")
    (folder / "ready").touch()


def read_inputs(folder: Path) -> DayInputs:
    """Read the columns that the analysis uses."""
    frames = {}
    for table in INPUTS:
        unused = NOT_NEEDED.get(table.name, set())
        columns = [name for name in table.schema if name not in unused]
        frames[table.name] = pl.read_parquet(folder / f"{table.name}.parquet", columns=columns)
    return DayInputs(DAY, **frames)


def manifest() -> Manifest:
    return Manifest("practice", DAY, (), "", "bench", {}, {}, datetime.now(UTC))


def read_and_write(folder: Path) -> dict[str, float]:
    """(a) Read the needed columns and write the tables that (b) wrote, doing nothing between."""
    results = Warehouse(folder / "results")
    made = {t.name: pl.read_parquet(results.path("practice", DAY, t.name))
            for t in tables.PUBLISHED_TABLES}  # fmt: skip

    def run() -> None:
        read_inputs(folder)
        published(folder / "copy", made)

    return measured(run)


def whole_day(folder: Path) -> dict[str, float]:
    """(b) Read, match, infer, load, aggregate, write."""
    return measured(
        lambda: published(folder / "results", day_tables(read_inputs(folder), DayRules()))
    )


def ten_days(folder: Path) -> dict[str, float]:
    """Ten such days one after the other in one process."""

    def run() -> None:
        for _ in range(10):
            published(folder / "results", day_tables(read_inputs(folder), DayRules()))

    return measured(run)


def inference(folder: Path) -> dict[str, float]:
    """Chain the cards and infer every alighting, all of them missing, as the peer had them."""
    given = read_inputs(folder)
    events = code_events(given.stop_events)
    network = build_network(given.stops, given.vehicles, given.route_stops, events)
    visits = complete_visits(events, network)
    walk = build_crosswalk(
        given.taps, network, given.routes, given.stops, given.vehicles,
        given.settlement_stops, given.settlement_route_stops,
    )  # fmt: skip
    legs = build_legs(given.taps, walk)
    clocks = set_clocks(legs, visits, len(network.vehicle_ids), 12)
    boardings = place_boardings(legs, visits, clocks, 1_800, 120)
    board, second = boardings.visit, boardings.second_s
    stop = np.where(board >= 0, np.append(visits.stop, -1)[board], -1)
    missing = np.full_like(board, -1)
    inferred: list[Inferred] = []

    def run() -> None:
        chain = build_chain(legs.card, second)
        inferred.append(
            infer_alightings(visits, network, board, missing, stop, second, chain, legs.card, 2e3)
        )

    return measured(run) | {"inferred": float((inferred[0].visit >= 0).mean())}


def published(root: Path, made: object) -> None:
    Warehouse(root).publish("practice", DAY, made, manifest())  # type: ignore[arg-type]


def measured(work: Callable[[], object]) -> dict[str, float]:
    """Return wall and CPU seconds of `work` and the greatest memory of this process in MB."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


STEPS = {step.__name__: step for step in (read_and_write, whole_day, ten_days, inference)}


def fresh(step: str, folder: Path) -> dict[str, float]:
    """Run one step in a process of its own and return its marks."""
    command = [sys.executable, __file__, "--step", step, "--folder", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    marks: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(f"  {step:15s}", "  ".join(f"{name} {value:.2f}" for name, value in marks.items()))
    return marks


def usual(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: median(run[name] for run in runs) for name in runs[0]}


def verdict(sentence: str, value: float, limit: float) -> bool:
    print(f"{'PASS' if value <= limit else 'FAIL'}  {sentence}: {value:.2f} (limit {limit:g})")
    return value <= limit


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--taps", type=int, default=1_000_000)
    options.add_argument("--folder", type=Path)
    options.add_argument("--step", choices=[*STEPS, "make_inputs"])
    asked = options.parse_args()
    default = Path(tempfile.gettempdir()) / f"gongmu-bench-bus-day-{asked.taps}"
    folder: Path = asked.folder or default
    folder.mkdir(parents=True, exist_ok=True)
    if asked.step == "make_inputs":
        make_inputs(folder, asked.taps)
        return 0
    if asked.step:
        print(json.dumps(STEPS[asked.step](folder)))
        return 0
    if not (folder / "ready").exists():
        print(f"simulating about {asked.taps:,} taps into {folder}")
        command = [sys.executable, __file__, "--step", "make_inputs", "--taps", str(asked.taps)]
        subprocess.run([*command, "--folder", str(folder)], check=True)
    return report(folder)


def report(folder: Path) -> int:
    rows = {
        name: pl.scan_parquet(folder / f"{name}.parquet").select(pl.len()).collect().item()
        for name in ("taps", "stop_events")
    }
    print(f"{rows['taps']:,} taps, {rows['stop_events']:,} stop events")
    whole, copy = [], []
    for _ in range(PAIRS):
        whole.append(fresh("whole_day", folder))
        copy.append(fresh("read_and_write", folder))
    one, alone = usual(whole), usual(copy)
    ten, guess = fresh("ten_days", folder), fresh("inference", folder)
    cpu_per_million = guess["cpu"] * 1e6 / rows["taps"]
    print(f"peer: UrbanTrips 0.4.1 {PEER_CPU_SECONDS:g} CPU s per 1,000,000 taps (2026-11-22)")
    passed = [
        verdict("whole day / reading and writing, wall", one["wall"] / alone["wall"], 4),
        verdict("whole day / reading and writing, CPU", one["cpu"] / alone["cpu"], 4),
        verdict("peak memory of a day, GB", one["peak_mb"] / 1024, 1),
        verdict("ten days / one day, wall", ten["wall"] / one["wall"], 11),
        verdict("ten days / one day, CPU", ten["cpu"] / one["cpu"], 11),
        verdict("inference x 40 / peer, CPU", cpu_per_million * 40 / PEER_CPU_SECONDS, 1),
    ]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
