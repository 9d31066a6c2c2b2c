"""What sending, asking and deciding share: ledger, office, pace, and the line to the provider."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from gongmu.core.house import House
from gongmu.messages import hours
from gongmu.messages.hand_over import Pace
from gongmu.messages.ledger import Ledger
from gongmu.messages.ledger_view import LedgerView
from gongmu.messages.office import MessageOffice, load_office
from gongmu.messages.provider import Connection, Line, Provider


class PostRoom:
    """One process's way to the ledger and to the provider."""

    def __init__(self, house: House, lease_seconds: float) -> None:
        self.house = house
        self.clock = house.clock
        self.lease_seconds = lease_seconds
        self.ledger = Ledger(house.engine, house.vault, house.clock)
        self.view = LedgerView(house.engine, self.ledger, house.clock)

    @cached_property
    def office(self) -> MessageOffice:
        """The city's [messages] section; raises Refused city_file_invalid."""
        return load_office(self.house.city, self.house.settings)

    @property
    def provider(self) -> Provider:
        """The provider that the city has chosen."""
        return self.office.gateway.provider

    @cached_property
    def pace(self) -> Pace:
        """The pace of this process, shared by all its threads."""
        return Pace(self.office.gateway.per_second)

    def is_open(self, now: datetime) -> bool:
        """Return whether the sending hours let texts out."""
        return hours.may_send(now, self.office.hours)

    def connect(self) -> Connection:
        """Open a line to the provider; raises Refused secret_missing."""
        gateway, vault = self.office.gateway, self.house.vault
        line = Line(
            address=gateway.address,
            secret=lambda name: vault.secret(name).reveal(),
            timeout_seconds=gateway.timeout_seconds,
            options=gateway.options,
        )
        return gateway.provider.open(line)
