"""The departments' desks that answer now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from gongmu.bots.bot import Bot, parse_bot
from gongmu.bots.workshop.tables import desk_table, version_table
from gongmu.core.errors import GongmuError


def published_bots(engine: sa.Engine) -> Sequence[Bot]:
    """Return the departments' desks that answer now; those `left_out` names are not among them."""
    return [made for _, made in _published(engine) if isinstance(made, Bot)]


def left_out(engine: sa.Engine) -> Mapping[str, str]:
    """Return code → Korean reason of published desks that this program can no longer read.

    One department's desk must not stop the start of everybody's after an update.
    """
    return {code: made for code, made in _published(engine) if isinstance(made, str)}


def _published(engine: sa.Engine) -> Iterator[tuple[str, Bot | str]]:
    from gongmu.bots.registry import shipped_bots

    live = sa.and_(
        version_table.c.code == desk_table.c.code,
        version_table.c.number == desk_table.c.published,
    )
    query = (
        sa.select(version_table.c.code, version_table.c.number, version_table.c.text)
        .join(desk_table, live)
        .order_by(version_table.c.code)
    )
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    for row in rows:
        if row.code in shipped_bots():
            yield row.code, "제품에 같은 부호의 창구가 생겼습니다. 다른 부호로 다시 펴내세요."
            continue
        try:
            yield row.code, replace(parse_bot(row.code, row.text), version=row.number)
        except GongmuError as wrong:
            yield row.code, str(wrong)
