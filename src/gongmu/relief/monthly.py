"""Counts the figures of a month's result report from the store and the send ledger."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from gongmu.core.house import House
from gongmu.messages.delivery import STATUS_TITLES, Delivery, Status
from gongmu.relief.events import Events
from gongmu.relief.keeping import Keeping, same_version
from gongmu.relief.office import office_of
from gongmu.relief.report import ClawbackFigure, MonthFigures
from gongmu.relief.review import FIRST
from gongmu.relief.statistics import relief_figures
from gongmu.relief.tables import (
    batch_table,
    decision_table,
    grant_table,
    left_out_table,
    letter_table,
    member_table,
)


@dataclass(frozen=True)
class _Told:
    """One frozen text of a batch that went out."""

    key: str
    grant_id: str
    slot: str
    notice_code: str
    batch_id: str


def month_figures(house: House, month_on: date, who: str) -> MonthFigures:
    """Count one calendar month: grants filed in it, batches frozen for its weeks.

    A week belongs to the month of its Monday. The look at grants is written to the access record.
    """
    first = month_on.replace(day=1)
    last = _month_end(first)
    ids = _grants_of(house, first, last)
    grants = list(Keeping(house).opened(ids).values())
    house.audit.record(who, "relief.report", f"{first:%Y-%m}", subjects=len(grants))
    members = _members_of(house, first, last)
    statuses, cost, reached = _sent(house, members)
    letters, lettered = _letters(house, first, last)
    return MonthFigures(
        month_on=first,
        grant_count=len(ids),
        noticed_count=len({row.grant_id for row in members if row.slot == FIRST}),
        excluded=_left_out(house, first, last),
        sent=statuses,
        texts=Counter(row.notice_code for row in members),
        cost_won=cost,
        letters=letters,
        delivered_without_letter_count=len(reached - lettered),
        postage_won=office_of(house.city).postage_won,
        clawback=_clawback(house, first, last),
        coming=_coming(house, last + timedelta(days=1)),
        reliefs=relief_figures(grants),
    )


def _month_end(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _grants_of(house: House, first: date, last: date) -> list[str]:
    table = grant_table.c
    query = sa.select(table.grant_id).where(
        table.is_current, sa.not_(table.is_history), table.filed_on.between(first, last)
    )
    with house.engine.connect() as connection:
        return list(connection.scalars(query))


def _members_of(house: House, first: date, last: date) -> list[_Told]:
    table = member_table.c
    query = (
        sa.select(table.key, table.grant_id, table.slot, table.notice_code, table.batch_id)
        .join(batch_table, batch_table.c.batch_id == table.batch_id)
        .where(
            batch_table.c.week_on.between(first, last),
            batch_table.c.state.in_(["sending", "done"]),
            table.excluded_for == "",
        )
    )
    with house.engine.connect() as connection:
        return [_Told(*row) for row in connection.execute(query)]


def _sent(house: House, members: list[_Told]) -> tuple[dict[str, int], int, set[tuple[str, str]]]:
    """Return texts by Korean status, their price, and (grant, slot) of those that arrived."""
    delivery = Delivery(house)
    statuses: Counter[str] = Counter()
    cost, reached = 0, set()
    slots = {row.key: (row.grant_id, row.slot) for row in members}
    for campaign in sorted({row.batch_id for row in members}):
        progress = delivery.progress(campaign)
        cost += progress.cost_won
        for status, count in progress.counts.items():
            statuses[STATUS_TITLES[status]] += count
        for entry in delivery.entries(campaign, Status.DELIVERED, 0, 1_000_000):
            if entry.key in slots:
                reached.add(slots[entry.key])
    return dict(statuses), cost, reached


def _left_out(house: House, first: date, last: date) -> dict[str, int]:
    table = left_out_table.c
    query = (
        sa.select(table.why, sa.func.count(table.grant_id.distinct()))
        .where(table.week_on.between(first, last))
        .group_by(table.why)
    )
    with house.engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def _letters(house: House, first: date, last: date) -> tuple[dict[str, int], set[tuple[str, str]]]:
    table = letter_table.c
    query = sa.select(table.grant_id, table.slot, table.why).where(
        table.week_on.between(first, last)
    )
    with house.engine.connect() as connection:
        rows = connection.execute(query).all()
    counts = Counter(row.why.split(", ")[0] for row in rows)
    return dict(counts), {(row.grant_id, row.slot) for row in rows}


def _clawback(house: House, first: date, last: date) -> ClawbackFigure:
    """Count events found to owe tax whose person was told in the month."""
    query = (
        sa.select(member_table.c.slot)
        .join(batch_table, batch_table.c.batch_id == member_table.c.batch_id)
        .where(
            batch_table.c.week_on.between(first, last),
            batch_table.c.state.in_(["sending", "done"]),
            member_table.c.slot.like("CB%"),
            member_table.c.excluded_for == "",
        )
    )
    with house.engine.connect() as connection:
        told = {slot.partition(":")[2]: slot for slot in connection.scalars(query)}
    amounts = {event.event_id[:16]: event.amount_won or 0 for event in Events(house).all_of()}
    late = {start for start, slot in told.items() if slot.startswith("CB미신고")}
    return ClawbackFigure(
        notified_count=len(told),
        tax_won=sum(amounts.get(start, 0) for start in told),
        overdue_count=len(late),
        overdue_won=sum(amounts.get(start, 0) for start in late),
    )


def _coming(house: House, first: date) -> dict[str, int]:
    """Count the duties that end in the month that begins on `first`."""
    last = _month_end(first)
    found = {}
    for title, name in (
        ("1년 의무", "clawback_until_on"),
        ("60일 대체취득", "replacement_due_on"),
    ):
        column = decision_table.c[name]
        query = (
            sa.select(sa.func.count())
            .select_from(grant_table.join(decision_table, same_version()))
            .where(grant_table.c.is_current, column.between(first, last))
        )
        with house.engine.connect() as connection:
            if count := connection.scalar(query):
                found[title] = count
    return found
