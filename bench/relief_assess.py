"""Relief rules: how long 100,000 varied cases take, one process and all cores.

    python bench/relief_assess.py [--json] [--cases 100000] [--workers 2] [--seed 7]

The cases are made first (not timed): every kind of car, ground, owner, earlier car and later
event, days from 2023-01-01 to 2027-12-31, JSON as a case file has it. Timed are reading the JSON
values into cases, and judging them. Ends with 1 when judging takes more than 10 seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from typing import Any

from gongmu.relief.assess import assess
from gongmu.relief.law import load_law
from gongmu.relief.schema import read_case

LIMIT_SECONDS = 10.0
FIRST = date(2023, 1, 1)
KINDS = ("승용",) * 8 + ("승용(경형)", "승합", "화물", "이륜")
FUELS = ("휘발유", "경유", "LPG", "하이브리드", "전기", "수소전기")
GROUNDS = ("none",) * 4 + ("children",) * 4 + ("disability",) * 3 + ("veteran",) * 2 + ("dealer",)
EVENTS = ("매각", "지분이전", "폐차", "세대분가", "영업용전환")
RELATIONS = ("배우자", "모", "자녀", "동생", "타인")


def made(rng: random.Random, number: int) -> dict[str, Any]:
    """Return one case as a case file says it."""
    acquired = FIRST + timedelta(days=rng.randrange(1826))
    registered = acquired + timedelta(days=rng.choice((0, 0, 0, 1, 3, 20)))
    fuel = rng.choice(FUELS)
    vehicle: dict[str, Any] = {
        "kind": rng.choice(KINDS),
        "seats": rng.choice((2, 4, 5, 5, 5, 6, 7, 9, 11, 15)),
        "use": "비영업용" if rng.random() < 0.95 else "영업용",
        "fuel": fuel,
        "payload_kg": rng.choice((500, 1000, 1200)),
    }
    if fuel not in ("전기", "수소전기"):
        vehicle["cc"] = rng.choice((124, 249, 998, 1598, 1998, 1999, 2199, 2497, 3470))
    elif rng.random() < 0.7:
        vehicle |= {"length_mm": 4635, "width_mm": 1890, "height_mm": 1605}
    case: dict[str, Any] = {
        "case_id": f"case-{number}",
        "acquired_on": acquired.isoformat(),
        "registered_on": registered.isoformat(),
        "vehicle": vehicle,
        "tax_base_won": rng.randrange(400_000, 90_000_000),
    }
    _ground(rng, case)
    if rng.random() < 0.3:
        owner = {"relation": rng.choice(RELATIONS), "same_household": rng.random() < 0.8}
        case["owners"] = [{"relation": "본인", "share": "1/100"}, {**owner, "share": "99/100"}]
    if rng.random() < 0.15:
        gone = registered + timedelta(days=rng.randrange(-30, 90))
        state = rng.choice(("매각", "폐차", "보유", "알선요청"))
        case["earlier_cars"] = [
            {
                "state": state,
                "gone_on": gone.isoformat(),
                "registered_on": (acquired - timedelta(days=rng.randrange(100, 900))).isoformat(),
                "relieved_won": 1_400_000,
            }
        ]
    if rng.random() < 0.3:
        day = registered + timedelta(days=rng.randrange(1, 500))
        event = {"kind": rng.choice(EVENTS), "on": day.isoformat(), "by": "본인"}
        case["events"] = [{**event, "to": rng.choice(RELATIONS)}]
    return case


def _ground(rng: random.Random, case: dict[str, Any]) -> None:
    ground = rng.choice(GROUNDS)
    if ground == "children":
        births = [
            FIRST - timedelta(days=rng.randrange(0, 7300)) for _ in range(rng.randrange(1, 5))
        ]
        case["children"] = [{"birthday": born.isoformat()} for born in births]
    elif ground == "disability":
        case["disability"] = {"severe": rng.random() < 0.8}
    elif ground == "veteran":
        kind = rng.choice(("국가유공자", "보훈보상대상자", "5·18부상자"))
        case["veteran"] = {"kind": kind, "grade": rng.randrange(1, 9)}
    elif ground == "dealer":
        case["business"] = "매매업"
        case["vehicle"]["used"] = True


def judged(raw: list[dict[str, Any]]) -> tuple[float, float, Counter[str]]:
    """Read and judge; return seconds of each and how many came to what."""
    law = load_law()
    started = time.perf_counter()
    cases = [read_case(one)[0] for one in raw]
    read = time.perf_counter()
    outcomes: Counter[str] = Counter()
    for case in cases:
        assert case is not None
        outcomes[assess(case, law).outcome.value] += 1
    return read - started, time.perf_counter() - read, outcomes


def many(seed: int, count: int) -> list[dict[str, Any]]:
    """Return `count` cases, the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311
    return [made(rng, number) for number in range(count)]


def share_judged(seed: int, count: int) -> tuple[float, float, Counter[str]]:
    """Make and judge one worker's share; the making is not timed."""
    return judged(many(seed, count))


def main() -> int:
    """Run and print; 1 when the limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    read, judge, outcomes = judged(many(options.seed, options.cases))
    share = options.cases // options.workers
    with ProcessPoolExecutor(options.workers) as pool:
        seeds = range(options.seed, options.seed + options.workers)
        parts = list(pool.map(share_judged, seeds, [share] * options.workers))
    together = max(part[0] + part[1] for part in parts)
    figures = {
        "cases": options.cases,
        "read_seconds": round(read, 2),
        "assess_seconds": round(judge, 2),
        "microseconds_a_case": round(judge / options.cases * 1e6, 1),
        "workers": options.workers,
        "read_and_assess_seconds_on_all_cores": round(together, 2),
        "limit_seconds": LIMIT_SECONDS,
        "outcomes": dict(outcomes),
    }
    if options.json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        for name, value in figures.items():
            print(f"{name:40} {value}")
    return 0 if judge <= LIMIT_SECONDS * options.cases / 100_000 else 1


if __name__ == "__main__":
    sys.exit(main())
