"""How near the analysis comes to the truth of the practice city, over several seeds.

    python bench/accuracy.py [--seeds 7 11 23 42 101] [--scale 1.0] [--faults 2]

Prints the marks of each seed as JSON and each mark against its bound; exits 1 when one fails.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import date
from pathlib import Path

from gongmu.bus import tables
from gongmu.bus.day import DayInputs, DayRules, day_tables
from gongmu.practice.day import build_city, simulate_day
from gongmu.practice.faults import LEVELS
from gongmu.practice.records import record
from gongmu.practice.score import score
from gongmu.practice.settlement import build_settlement
from gongmu.practice.tables import as_tables

DAY = date(2026, 11, 20)
BOUNDS = {
    "load_mae": ("<=", 0.6),
    "boarding_stop_exact_share": (">=", 0.983),
    "alighting_inferred_share": (">=", 0.95),
    "alighting_exact_share": (">=", 0.85),
    "peak_stop_hit_share": (">=", 0.97),
}


def marks(seed: int, scale: float, faults: int) -> dict[str, float]:
    """Simulate a day, analyse it without its truth, and mark the tables."""
    city, level = build_city(seed, scale), LEVELS[faults]
    settlement = build_settlement(city, level)
    day = simulate_day(city, DAY)
    made = as_tables(city, day, record(city, day, level), settlement, level)
    shaped = {t.name: t.shape(made[t.name]) for t in tables.INTAKE_TABLES if t.name in made}
    with tempfile.TemporaryDirectory() as name:
        out, truth = Path(name, "out"), Path(name, "truth")
        out.mkdir()
        truth.mkdir()
        for table, frame in day_tables(DayInputs(DAY, **shaped), DayRules()).items():
            frame.write_parquet(out / f"{table}.parquet")
        made["true_trip_stop"].write_parquet(truth / "trip_stop.parquet")
        made["true_tap"].write_parquet(truth / "tap.parquet")
        return score(out, truth)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, nargs="+", default=[7, 11, 23, 42, 101])
    options.add_argument("--scale", type=float, default=1.0)
    options.add_argument("--faults", type=int, default=2, choices=range(len(LEVELS)))
    asked = options.parse_args()
    failed = 0
    for seed in asked.seeds:
        found = marks(seed, asked.scale, asked.faults)
        print(json.dumps({"seed": seed} | {name: round(v, 4) for name, v in found.items()}))
        for name, (sign, bound) in BOUNDS.items():
            good = found[name] <= bound if sign == "<=" else found[name] >= bound
            failed += not good
            print(f"  {'PASS' if good else 'FAIL'}  {name} {found[name]:.4f} {sign} {bound}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
