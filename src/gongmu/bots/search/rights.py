"""Who may read a passage, said in SQL; the same rule as `passages.may_read`."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from gongmu.bots.passages import DataClass, Reader
from gongmu.bots.search.tables import passage_department_table, passage_table


def readable(
    reader: Reader, on: date | None = None, below: DataClass | None = None
) -> sa.ColumnElement[bool]:
    """Return the condition under which `reader` may be shown a row of `bot_passage`.

    `on`: only what is in force that day. `below`: only this class or lower.
    """
    passage, allowed = passage_table.c, passage_department_table.c
    own = sa.exists().where(
        allowed.number == passage.number, allowed.department == reader.department
    )
    conditions: list[sa.ColumnElement[bool]] = [
        sa.or_(
            sa.and_(
                passage.restricted.is_(False), passage.class_rank < DataClass.CONFIDENTIAL.rank
            ),
            sa.and_(passage.restricted.is_(True), own),
        )
    ]
    if on is not None:
        conditions += [
            sa.or_(passage.starts_on.is_(None), passage.starts_on <= on),
            sa.or_(passage.ends_on.is_(None), passage.ends_on >= on),
        ]
    if below is not None:
        conditions.append(passage.class_rank <= below.rank)
    return sa.and_(*conditions)
