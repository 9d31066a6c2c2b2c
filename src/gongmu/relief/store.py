"""The tax office's store: lists read, grants with their versions, judgements, who may be found how.

Rows come masked; `reveal` shows one person in full, and asks who and why. Every look at rows is
written to the access record with how many people it touched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.relief.grant import Grant
from gongmu.relief.keeping import Keeping, judged_purpose, same_version
from gongmu.relief.masking import masked
from gongmu.relief.sealed import Lookup
from gongmu.relief.tables import decision_table, grant_table, lookup_table, review_table


@dataclass(frozen=True)
class GrantRow:
    """A grant as a screen may show it without a reason: names, plates and phones masked."""

    grant_id: str
    version: int
    week_on: date
    """Monday of the week it was filed in."""
    row_number: int
    name: str
    plate: str
    phone: str
    is_company: bool | None
    is_joint: bool
    is_history: bool
    """Brought in as an earlier grant (gongmu relief import): it gets no first notice."""
    article: str
    relief_code: str
    filed_on: date | None
    acquired_on: date | None
    registered_on: date | None
    base_tax_won: int | None
    relief_won: int | None
    tax_due_won: int | None
    outcome: str = ""
    notice_code: str = ""
    clawback_until_on: date | None = None
    replacement_due_on: date | None = None
    cross_status: str = ""
    open_reviews: int = 0
    is_purged: bool = False


class ReliefStore:
    """Grants and judgements of one installation."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._engine = house.engine
        self.kept = Keeping(house)
        self.seals = self.kept.seals

    # ------------------------------------------------------------ reading, masked

    def grants(
        self,
        week_on: date | None,
        who: str,
        *,
        address: str = "",
        notice_code: str = "",
        cross_status: str = "",
        after: str = "",
        limit: int = 100,
    ) -> Sequence[GrantRow]:
        """Return a page of grants in order of id, masked; the look is written down."""
        wanted: list[sa.ColumnElement[bool]] = [grant_table.c.grant_id > after]
        if week_on is not None:
            wanted.append(grant_table.c.week_on == week_on)
        if notice_code:
            wanted.append(decision_table.c.notice_code == notice_code)
        if cross_status:
            wanted.append(decision_table.c.cross_status == cross_status)
        rows = self._rows(sa.and_(*wanted), limit)
        about = f"week {week_on}" if week_on else "all weeks"
        self._seen(who, "relief.view_list", about, len(rows), address=address)
        return rows

    def rows_of(self, ids: Sequence[str], who: str, *, address: str = "") -> Sequence[GrantRow]:
        """Return grants by id, masked, in the order of their ids; the look is written down."""
        rows = self._rows(grant_table.c.grant_id.in_(ids), len(ids)) if ids else []
        self._seen(who, "relief.view_list", f"{len(ids)} grants", len(rows), address=address)
        return rows

    def grant(self, grant_id: str, who: str, *, address: str = "") -> GrantRow:
        """Return one grant, masked; raises Refused("grant_unknown")."""
        rows = self._rows(grant_table.c.grant_id == grant_id, 1)
        if not rows:
            raise _unknown()
        self._seen(who, "relief.view", grant_id, 1, address=address)
        return rows[0]

    def facts_of(self, grant_id: str, who: str, *, address: str = "") -> Mapping[str, Any]:
        """Return the checks and both computations behind a grant's judgement; {} when none."""
        table = decision_table
        query = (
            sa.select(table.c.version, table.c.sealed)
            .where(table.c.grant_id == grant_id)
            .order_by(table.c.version.desc())
            .limit(1)
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        self._seen(who, "relief.view_judgement", grant_id, 1, address=address)
        return (
            self.seals.open_facts(row.sealed, judged_purpose(grant_id, row.version)) if row else {}
        )

    def count(self, week_on: date) -> int:
        """Return how many grants a week holds, those brought in as history left out."""
        table = grant_table.c
        query = sa.select(sa.func.count()).where(
            table.week_on == week_on, table.is_current, sa.not_(table.is_history)
        )
        with self._engine.connect() as connection:
            return connection.scalar(query) or 0

    def weeks(self, limit: int = 60) -> Sequence[date]:
        """Return the Mondays of the weeks that hold grants, newest first."""
        table = grant_table.c
        query = (
            sa.select(table.week_on)
            .where(table.is_current, sa.not_(table.is_history))
            .distinct()
            .order_by(table.week_on.desc())
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

    # ------------------------------------------------------------ one person

    def reveal(self, grant_id: str, who: str, reason: str, address: str = "") -> Grant:
        """Return a grant in full; raises Refused without a reason, for an unknown or purged one."""
        if len(reason.strip()) < 2:
            raise Refused(
                "reason_missing",
                "가려진 자료를 보는 까닭이 없습니다.",
                "까닭을 적으세요. 예: 민원 전화 문의",
            )
        grant = self.kept.opened([grant_id]).get(grant_id)
        if grant is None:
            raise _unknown()
        self._seen(who, "relief.reveal", grant_id, 1, address=address, reason=reason)
        return grant

    def find(
        self, kind: Lookup, value: str, who: str, reason: str, address: str = ""
    ) -> Sequence[GrantRow]:
        """Return the grants of a phone, plate or tax number, masked; the search is written down."""
        found = self.seals.lookup(kind, value)
        query = sa.select(lookup_table.c.grant_id).where(
            lookup_table.c.kind == kind.name, lookup_table.c.value_hash == found
        )
        with self._engine.connect() as connection:
            ids = list(connection.scalars(query)) if found else []
        rows = self._rows(grant_table.c.grant_id.in_(ids), len(ids)) if ids else []
        self._seen(
            who, "relief.search", kind.name.lower(), len(rows), address=address, reason=reason
        )
        return rows

    # ------------------------------------------------------------ inside

    def _rows(self, wanted: sa.ColumnElement[bool], limit: int) -> list[GrantRow]:
        reviews = (
            sa.select(sa.func.count())
            .where(
                review_table.c.grant_id == grant_table.c.grant_id, review_table.c.state == "open"
            )
            .scalar_subquery()
        )
        judged = [decision_table.c[name] for name in _JUDGED]
        query = (
            sa.select(grant_table, *judged, reviews.label("open_reviews"))
            .join(decision_table, same_version(), isouter=True)
            .where(grant_table.c.is_current, wanted)
            .order_by(grant_table.c.grant_id)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [self._masked(row) for row in connection.execute(query).mappings()]

    def _masked(self, row: sa.RowMapping) -> GrantRow:
        shown: dict[str, Any] = {name: row[name] for name in _CLEAR}
        shown |= {name: row[name] for name in _JUDGED if row[name] is not None}
        shown |= {"name": "", "plate": "", "phone": ""}
        if row["sealed"] is not None:
            grant = self.seals.open_grant(row["sealed"], row["grant_id"])
            shown |= masked(grant)
        return GrantRow(**shown, open_reviews=row["open_reviews"], is_purged=row["sealed"] is None)

    def _seen(self, who: str, did: str, about: str, subjects: int, **more: str) -> None:
        self._house.audit.record(who, did, about, subjects=subjects, **more)


_JUDGED = ("outcome", "notice_code", "clawback_until_on", "replacement_due_on", "cross_status")
_CLEAR = (
    "grant_id", "version", "week_on", "row_number", "is_company", "is_joint", "is_history",
    "article", "relief_code", "filed_on", "acquired_on", "registered_on", "base_tax_won",
    "relief_won", "tax_due_won",
)  # fmt: skip


def _unknown() -> Refused:
    return Refused(
        "grant_unknown",
        "그 감면 건이 없거나 보존 기간이 지나 파기되었습니다.",
        "주소나 검색 조건을 확인하세요.",
    )
