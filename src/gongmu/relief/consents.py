"""Who asked to be told electronically (지특법 시행규칙 제2조제2항 후단): value, source, day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.relief.tables import consent_table

FROM_LIST = "감면 대장"


@dataclass(frozen=True)
class Consent:
    """One word of an applicant; the newest of a grant counts."""

    grant_id: str
    electronic: bool
    source: str
    given_on: date
    by: str
    at: datetime


class Consents:
    """What applicants asked for, appended and never overwritten."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._engine = house.engine

    def record(
        self,
        grant_id: str,
        electronic: bool,
        source: str,
        given_on: date,
        who: str,
        *,
        address: str = "",
    ) -> None:
        """Write down what a person asked for, and where it stands; raises Refused."""
        if len(source.strip()) < 2:
            raise Refused(
                "source_missing", "어디에서 확인했는지 적지 않았습니다.", "예: 감면신청서 8번 칸"
            )
        self._append(
            [Consent(grant_id, electronic, source[:60], given_on, who, self._house.clock())]
        )
        did = "relief.consent.yes" if electronic else "relief.consent.no"
        self._house.audit.record(who, did, grant_id, address=address, subjects=1)

    def from_list(self, given: Sequence[tuple[str, bool, date]]) -> None:
        """Write down what a list says of grants, where it differs from what stands."""
        known = {(grant_id, value) for grant_id, value, _ in given}
        standing = self.standing(sorted({grant_id for grant_id, _ in known}))
        now = self._house.clock()
        self._append(
            [
                Consent(grant_id, value, FROM_LIST, on, "gongmu", now)
                for grant_id, value, on in given
                if standing.get(grant_id) is None
            ]
        )

    def standing(self, grant_ids: Sequence[str]) -> dict[str, bool]:
        """Return the newest word of each grant that has one."""
        found: dict[str, bool] = {}
        for consent in self.history(grant_ids):
            found[consent.grant_id] = consent.electronic
        return found

    def history(self, grant_ids: Sequence[str]) -> Sequence[Consent]:
        """Return every word of some grants, oldest first."""
        table = consent_table.c
        columns = [table[name] for name in Consent.__dataclass_fields__]
        found: list[Consent] = []
        with self._engine.connect() as connection:
            for start in range(0, len(grant_ids), 500):
                part = grant_ids[start : start + 500]
                query = sa.select(*columns).where(table.grant_id.in_(part)).order_by(table.number)
                found += [Consent(*row) for row in connection.execute(query)]
        return found

    def _append(self, consents: Sequence[Consent]) -> None:
        if consents:
            with self._engine.begin() as connection:
                connection.execute(consent_table.insert(), [vars(item) for item in consents])
