"""What every room is handed: the city, the clock, and the doors to database, files and record."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from gongmu.core.audit import Audit
from gongmu.core.city import City
from gongmu.core.clock import Clock
from gongmu.core.files import FileStore
from gongmu.core.runs import Runs
from gongmu.core.settings import Settings
from gongmu.core.vault import Vault
from gongmu.core.workflow import Desk


@dataclass(frozen=True)
class House:
    """One open installation; made by `app.open_house`."""

    settings: Settings
    city: City
    clock: Clock
    engine: sa.Engine
    vault: Vault
    files: FileStore
    audit: Audit
    runs: Runs
    desk: Desk

    def answer(self, run_id: str, who: str, address: str = "") -> None:
        """Tell a waiting run that `who` has done the outside step, and write that down."""
        self.audit.record(who, "run.answer", run_id, address=address)
        self.desk.answer(run_id, PERSON)


PERSON = "person"
"""The topic on which a run hears that its person is done."""
