"""A practice law service on loopback for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from gongmu.bots.statutes.client import LawService
from gongmu.practice.loopback import serving
from gongmu.practice.portals.statutes import PRACTICE_OC, StatuteFaults, StatuteSite

TODAY = date(2026, 11, 22)


@contextmanager
def law_site(**faults: object) -> Iterator[tuple[StatuteSite, str]]:
    """Serve the practice laws while the block runs; gives the site and its address."""
    site = StatuteSite(StatuteFaults(**faults), lambda: TODAY)  # type: ignore[arg-type]
    with serving(site) as address:
        yield site, address


def line_to(address: str, oc: str = PRACTICE_OC, **how: object) -> LawService:
    """Return a line that does not wait."""
    usual: dict[str, object] = {"pause_seconds": 0.0, "wait_seconds": 0.0, "sleep": lambda _: None}
    return LawService(address, oc, **(usual | how))  # type: ignore[arg-type]
