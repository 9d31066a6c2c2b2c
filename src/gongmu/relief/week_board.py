"""One week's grants as the review table lists them: where each stands, and the rule behind it.

Nothing here opens a sealed row; names are added to the page that is shown (`store.rows_of`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import sqlalchemy as sa

from gongmu.core.house import House
from gongmu.core.values import korean_date
from gongmu.relief.frozen import Freezer, Member
from gongmu.relief.keeping import same_version
from gongmu.relief.review import REASON_TITLES, Reason
from gongmu.relief.tables import (
    batch_table,
    decision_table,
    grant_table,
    left_out_table,
    member_table,
    review_table,
)


class Stand(StrEnum):
    """Where a grant stands in its week; the order is the order of the table."""

    REVIEW = "review"
    EXCLUDED = "excluded"
    LEFT_OUT = "left_out"
    WAITING = "waiting"
    TEXT = "text"


STAND_TITLES = {
    Stand.REVIEW: "검토 필요",
    Stand.EXCLUDED: "사람이 제외",
    Stand.LEFT_OUT: "보내지 않음",
    Stand.WAITING: "판단 전",
    Stand.TEXT: "보낼 문자",
}


@dataclass(frozen=True)
class Line:
    """One grant without its person; `why` is the rule in one Korean sentence."""

    grant_id: str
    row_number: int
    stand: Stand
    why: str
    reasons: tuple[Reason, ...]
    notice_code: str
    cross_status: str
    outcome: str
    article: str


class WeekBoard:
    """Reads a week for the review table."""

    def __init__(self, house: House) -> None:
        self._engine = house.engine
        self._freezer = Freezer(house)

    def texts_of(self, grant_id: str) -> Sequence[tuple[str, Member]]:
        """Return (batch id, text) of every text frozen for a grant, newest batch first.

        The texts hold personal data; the page that shows them writes the look down.
        """
        table = member_table.c
        query = (
            sa.select(table.batch_id)
            .join(batch_table, batch_table.c.batch_id == table.batch_id)
            .where(table.grant_id == grant_id)
            .order_by(batch_table.c.frozen_at.desc())
        )
        with self._engine.connect() as connection:
            names = list(dict.fromkeys(connection.scalars(query)))
        return [
            (name, item)
            for name in names
            for item in self._freezer.members(name, excluded=True)
            if item.grant_id == grant_id
        ]

    def lines(self, week_on: date) -> Sequence[Line]:
        """Return a week's grants, exceptions first, each group in the order of the list."""
        with self._engine.connect() as connection:
            asked = self._asked(connection, week_on)
            texts = self._texts(connection, week_on)
            silent = self._silent(connection, week_on)
            rows = connection.execute(_grants(week_on)).mappings().all()
        found = [
            _line(row, asked.get(row["grant_id"], ()), texts.get(row["grant_id"]),
                  silent.get(row["grant_id"], ""))
            for row in rows
        ]  # fmt: skip
        order = list(Stand)
        differs = {"differ": 0, "cannot_compute": 1}
        return sorted(
            found,
            key=lambda line: (
                order.index(line.stand),
                differs.get(line.cross_status, 2),
                line.row_number,
            ),
        )

    def silent_reasons(self, week_on: date) -> Mapping[str, int]:
        """Return the words for which a week's grants get no text, with counts of grants."""
        table = left_out_table.c
        query = (
            sa.select(table.why, sa.func.count(sa.distinct(table.grant_id)))
            .join(grant_table, _this_version())
            .where(grant_table.c.week_on == week_on, grant_table.c.is_current)
            .group_by(table.why)
            .order_by(table.why)
        )
        with self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def unknown_codes(self) -> Mapping[str, int]:
        """Return the relief codes that wait for an entry in the map, with counts of grants."""
        table = review_table.c
        query = (
            sa.select(table.mark, sa.func.count(sa.distinct(table.grant_id)))
            .where(table.reason == Reason.UNKNOWN_CODE, table.state == "open")
            .group_by(table.mark)
            .order_by(table.mark)
        )
        with self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    # ------------------------------------------------------------ inside

    def _asked(
        self, connection: sa.Connection, week_on: date
    ) -> dict[str, tuple[tuple[Reason, str], ...]]:
        table = review_table.c
        query = (
            sa.select(table.grant_id, table.reason, table.detail)
            .where(table.week_on == week_on, table.state == "open")
            .order_by(table.number)
        )
        found: dict[str, list[tuple[Reason, str]]] = {}
        for grant_id, reason, detail in connection.execute(query):
            found.setdefault(grant_id, []).append((Reason(reason), detail))
        return {grant_id: tuple(items) for grant_id, items in found.items()}

    def _texts(self, connection: sa.Connection, week_on: date) -> dict[str, sa.RowMapping]:
        """Return the newest first notice of each grant in a batch that was not given up."""
        table = member_table.c
        query = (
            sa.select(
                table.grant_id, table.notice_code, table.due_on, table.excluded_for, table.batch_id
            )
            .join(grant_table, grant_table.c.grant_id == table.grant_id)
            .join(batch_table, batch_table.c.batch_id == table.batch_id)
            .where(
                grant_table.c.week_on == week_on,
                grant_table.c.is_current,
                table.slot == "first",
                batch_table.c.state != "withdrawn",
            )
            .order_by(batch_table.c.number)
        )
        return {row["grant_id"]: row for row in connection.execute(query).mappings()}

    def _silent(self, connection: sa.Connection, week_on: date) -> dict[str, str]:
        table = left_out_table.c
        query = (
            sa.select(table.grant_id, table.reason)
            .join(grant_table, _this_version())
            .where(grant_table.c.week_on == week_on, grant_table.c.is_current)
            .order_by(table.number)
        )
        found: dict[str, str] = {}
        for grant_id, reason in connection.execute(query):
            found.setdefault(grant_id, reason)
        return found


def counts_of(lines: Sequence[Line]) -> Mapping[Stand, int]:
    """Return how many grants stand where."""
    return Counter(line.stand for line in lines)


def _this_version() -> sa.ColumnElement[bool]:
    return sa.and_(
        left_out_table.c.grant_id == grant_table.c.grant_id,
        left_out_table.c.version == grant_table.c.version,
    )


def _grants(week_on: date) -> sa.Select[tuple[object, ...]]:
    table, said = grant_table.c, decision_table.c
    columns = (
        table.grant_id, table.row_number, table.article, said.outcome, said.notice_code,
        said.cross_status, said.clawback_until_on,
    )  # fmt: skip
    return (
        sa.select(*columns)
        .join(decision_table, same_version(), isouter=True)
        .where(table.week_on == week_on, table.is_current, sa.not_(table.is_history))
        .order_by(table.row_number)
    )


def _line(
    row: sa.RowMapping,
    asked: tuple[tuple[Reason, str], ...],
    text: sa.RowMapping | None,
    silent: str,
) -> Line:
    stand, why = Stand.WAITING, "아직 판단하지 않았습니다."
    if asked:
        stand = Stand.REVIEW
        reason, detail = asked[0]
        why = f"{REASON_TITLES[reason]}: {detail}" if detail else REASON_TITLES[reason]
        if text is not None and not text["excluded_for"]:
            why += " (문자는 묶음에 담겨 있습니다)"
    elif text is not None and text["excluded_for"]:
        stand, why = Stand.EXCLUDED, text["excluded_for"]
    elif text is not None:
        stand = Stand.TEXT
        until = f", {korean_date(text['due_on'])}까지" if text["due_on"] else ""
        why = f"{row['article'] or '조문 모름'} 감면{until}"
    elif silent:
        stand, why = Stand.LEFT_OUT, silent
    elif row["outcome"]:
        why = "판단을 마쳤고 아직 묶음에 담기지 않았습니다."
    return Line(
        grant_id=row["grant_id"],
        row_number=row["row_number"],
        stand=stand,
        why=why,
        reasons=tuple(dict.fromkeys(reason for reason, _ in asked)),
        notice_code=(text["notice_code"] if text is not None else row["notice_code"]) or "",
        cross_status=row["cross_status"] or "",
        outcome=row["outcome"] or "",
        article=row["article"],
    )
