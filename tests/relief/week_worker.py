"""Runs a step of `gongmu relief` as its own process for the crash tests, so it can be killed."""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gongmu.app import open_house
from gongmu.core.errors import GongmuError
from gongmu.core.settings import Settings
from gongmu.practice.serve import PRACTICE_SECRETS
from gongmu.relief.run_week import run_week, send_week
from tests.relief.ground import MORNING, WEEK

STARTED = float(os.environ["RELIEF_TEST_STARTED"])
FASTER = 30


def clock() -> datetime:
    """Monday 10:00 in Seoul at the test's start, and thirty times as fast from there.

    Texts may leave whenever the test runs, and what waits minutes for certainty waits seconds.
    """
    return MORNING.astimezone(UTC) + timedelta(seconds=FASTER * (time.time() - STARTED))


def main(what: str, home: str, url: str, gateway: str, tax: str, file: str) -> int:
    """Do `run` (from a file, or with the robot when there is none) or `send`; prints the log."""
    settings = Settings(
        home=Path(home),
        database_url=url,
        gateway_address=gateway,
        tax_address=tax,
        site_attempts=3,
        site_wait_seconds=0.2,
        late_wait_seconds=0.5,
    )
    with open_house(settings, clock) as house:
        for name, value in PRACTICE_SECRETS.items():
            house.vault.put_secret(name, value, by="test")
        try:
            if what == "run":
                given = Path(file) if file else None
                run_week(house, WEEK, file=given, note=lambda text: print(text, flush=True))
            else:
                send_week(house, note=lambda text: print(text, flush=True))
        except GongmuError as problem:
            print(f"{problem.code}: {problem}", flush=True)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
