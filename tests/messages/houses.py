"""A house for delivery tests, and a gateway in memory whose every answer a test can choose."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa

from gongmu.core.audit import Audit
from gongmu.core.city import load_city
from gongmu.core.errors import Ambiguous, Refused, Transient
from gongmu.core.files import FileStore
from gongmu.core.house import House
from gongmu.core.runs import Runs
from gongmu.core.settings import Settings
from gongmu.core.vault import Vault
from gongmu.messages.delivery import Delivery, Outgoing
from gongmu.messages.provider import Known, Line, Outcome, Parcel, Provider, Receipt, Taken
from gongmu.messages.providers.practice import PROVIDER
from tests.conftest import Ticking

MONDAY_TEN = timedelta(days=1, hours=1)
"""From the test clock's beginning to Monday 2026-11-23 10:00 in Seoul."""
SETTLE_SECONDS = 30.0


def make_house(settings: Settings, engine: sa.Engine, clock: Ticking) -> House:
    """Return a house on an open database, without durable workflows."""
    vault = Vault.open(settings, engine, clock)
    return House(
        settings=settings,
        city=load_city("practice"),
        clock=clock,
        engine=engine,
        vault=vault,
        files=FileStore(Path(settings.home) / "files", engine, vault, clock),
        audit=Audit(engine, clock),
        runs=Runs(engine, clock),
        desk=cast(Any, None),
    )


def outgoing(number: int, **changes: Any) -> Outgoing:
    """Return an invented text."""
    values = {
        "key": f"k{number}",
        "campaign": "w47",
        "phone": "010-0000-1234",
        "text": f"[연습시 세정과] 안내 {number}",
        "subject": "",
        "about": f"grant-{number}",
    }
    return Outgoing(**{**values, **changes})


class World:
    """A gateway that delivers whatever it takes, and goes wrong as `mode` says."""

    def __init__(self, clock: Ticking) -> None:
        self.clock = clock
        self.mode = "ok"
        self.taken: Counter[str] = Counter()
        self.requests: list[list[str]] = []
        self.receipts_due: list[Receipt] = []
        self._late: list[tuple[datetime, str]] = []

    def take(self, reference: str) -> None:
        self.taken[reference] += 1
        self.receipts_due.append(Receipt(reference, Outcome.DELIVERED, "1000", "도착"))

    def take_late(self, reference: str, seconds: float) -> None:
        self._late.append((self.clock() + timedelta(seconds=seconds), reference))

    def work(self) -> None:
        """Take what arrived slowly and is there by now."""
        now = self.clock()
        for due, reference in list(self._late):
            if due <= now:
                self._late.remove((due, reference))
                self.take(reference)

    # ------------------------------------------------------------- as a connection

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Taken]:
        references = [parcel.reference for parcel in parcels]
        self.requests.append(references)
        if self.mode == "transient":
            raise Transient("gateway_down", "연결하지 못했습니다.")
        if self.mode == "refused":
            raise Refused("gateway_balance_empty", "잔액이 모자랍니다.", "충전하세요.")
        if self.mode == "bug":
            raise KeyError("results")
        for reference in references:
            if self.mode == "ambiguous_late":
                self.take_late(reference, SETTLE_SECONDS * 0.8)
            elif self.mode != "ambiguous_lost":
                self.take(reference)
        if self.mode.startswith("ambiguous"):
            raise Ambiguous("gateway_unclear", "답이 없습니다.")
        answered = references[1:] if self.mode == "one_unanswered" else references
        return [Taken(reference, accepted=True, provider_id="p") for reference in answered]

    def look_up(self, references: Sequence[str]) -> Mapping[str, Known]:
        self.work()
        if self.mode == "cannot_tell":
            return dict.fromkeys(references, Known.CANNOT_TELL)
        return {r: Known.TAKEN if self.taken[r] else Known.NOT_TAKEN for r in references}

    def receipts(self, references: Sequence[str]) -> Sequence[Receipt]:
        self.work()
        told, self.receipts_due = self.receipts_due, []
        return told

    def close(self) -> None:
        pass


def in_world(
    house: House, world: World, *, can_look_up: bool = True, batch_size: int = 2
) -> Delivery:
    """Return a delivery whose provider is the world in memory."""

    def open_line(_line: Line) -> World:
        return world

    provider: Provider = dataclasses.replace(
        PROVIDER,
        open=open_line,
        can_look_up=can_look_up,
        settle_seconds=SETTLE_SECONDS,
        per_second=1e9,
    )
    delivery = Delivery(house)
    office = delivery.office
    gateway = dataclasses.replace(
        office.gateway, provider=provider, per_second=1e9, lanes=2, batch_size=batch_size
    )
    # The catalogue knows real vendors only, so the world is put in behind it.
    delivery._room.__dict__["office"] = dataclasses.replace(office, gateway=gateway)
    return delivery
