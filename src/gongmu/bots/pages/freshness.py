"""Since when each knowledge base knows what it knows: the date on every desk's card."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa

from gongmu.bots.knowledge.document import State
from gongmu.bots.knowledge.tables import document_table
from gongmu.bots.statutes.tables import law_table, ruling_table
from gongmu.core.values import SEOUL

_LOCAL = ("조례", "규칙")


def known_dates(engine: sa.Engine) -> Mapping[str, date]:
    """Return corpus → the day (Seoul) on which something was last learnt into it."""
    document, law = document_table.c, law_table.c
    newest: dict[str, datetime] = {}
    with engine.connect() as connection:
        learnt = sa.select(document.corpus, sa.func.max(document.learnt_at)).where(
            document.state == State.LEARNT
        )
        for corpus, at in connection.execute(learnt.group_by(document.corpus)):
            _later(newest, corpus, at)
        laws = sa.select(law.kind, sa.func.max(law.imported_at)).group_by(law.kind)
        for kind, at in connection.execute(laws):
            _later(newest, "ordinances" if kind in _LOCAL else "statutes", at)
        _later(
            newest,
            "precedents",
            connection.scalar(sa.select(sa.func.max(ruling_table.c.imported_at))),
        )
    return {corpus: at.astimezone(SEOUL).date() for corpus, at in newest.items()}


def _later(newest: dict[str, datetime], corpus: str, at: datetime | None) -> None:
    if at is not None and (corpus not in newest or at > newest[corpus]):
        newest[corpus] = at


def known_on(corpora: tuple[str, ...], dates: Mapping[str, date]) -> date | None:
    """Return the last day on which a desk's knowledge grew; None when it has learnt nothing."""
    return max((dates[code] for code in corpora if code in dates), default=None)
