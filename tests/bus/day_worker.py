"""Runs `bus-day/<day>` as its own process for the crash tests, so that it can be killed."""

from __future__ import annotations

import sys
from pathlib import Path

from gongmu.app import open_house
from gongmu.bus.run_day import run_day
from gongmu.core.errors import GongmuError
from gongmu.core.settings import Settings
from gongmu.core.values import parse_day
from gongmu.practice.serve import PRACTICE_SECRETS


def main(home: str, bms_address: str, card_address: str, day: str, again: str) -> int:
    """Set the practice secrets and run the day; prints the log."""
    settings = Settings(
        home=Path(home),
        city="practice",
        bms_address=bms_address,
        card_address=card_address,
        late_wait_seconds=0.5,
        site_attempts=3,
        site_wait_seconds=0.2,
    )
    with open_house(settings) as house:
        for name, value in PRACTICE_SECRETS.items():
            house.vault.put_secret(name, value, by="test")
        try:
            run_day(
                house,
                parse_day(day),
                again=again == "again",
                accept="",
                note=lambda text: print(text, flush=True),
            )
        except GongmuError as problem:
            print(f"{problem.code}: {problem}", flush=True)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
