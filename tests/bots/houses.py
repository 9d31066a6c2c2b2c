"""A house for the guard's tests, and readers of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa

from gongmu.core.audit import Audit
from gongmu.core.city import load_city
from gongmu.core.files import FileStore
from gongmu.core.house import House
from gongmu.core.people import People, Person, Role
from gongmu.core.runs import Runs
from gongmu.core.settings import Settings
from gongmu.core.vault import Vault
from tests.conftest import Ticking


def guard_house(
    settings: Settings, engine: sa.Engine, clock: Ticking, bots: Mapping[str, Any] | None = None
) -> House:
    """Return a house on an open database, without workflows, with this [bots] section."""
    vault = Vault.open(settings, engine, clock)
    return House(
        settings=settings,
        city=dataclasses.replace(load_city("practice"), bots=bots or {}),
        clock=clock,
        engine=engine,
        vault=vault,
        files=FileStore(Path(settings.home) / "files", engine, vault, clock),
        audit=Audit(engine, clock),
        runs=Runs(engine, clock),
        desk=cast(Any, None),
    )


def person_of(house: House, account: str = "kim", *roles: Role) -> Person:
    """Make an account in the house and return its person."""
    people = People(house.engine, house.clock)
    granted = roles or (Role.WORK,)
    return people.create(
        account, "김담당", granted, "long-enough-Passphrase-9", department="버스정책과", by="test"
    )
