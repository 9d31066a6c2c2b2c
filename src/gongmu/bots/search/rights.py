"""Who may read a passage, said in SQL; the same rule as `passages.may_read`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from gongmu.bots.passages import DataClass, Reader
from gongmu.bots.search.tables import passage_department_table, passage_table


def readable(dated: bool = False, limited: bool = False) -> sa.ColumnElement[bool]:
    """Return the condition under which a row of `bot_passage` may be shown; see `rights_of`.

    `dated`: only what is in force on a day. `limited`: only up to a class.
    """
    passage, allowed = passage_table.c, passage_department_table.c
    own = sa.exists().where(
        allowed.number == passage.number,
        allowed.department == sa.bindparam("department", type_=sa.String),
    )
    conditions: list[sa.ColumnElement[bool]] = [
        sa.or_(
            sa.and_(
                passage.restricted.is_(False), passage.class_rank < DataClass.CONFIDENTIAL.rank
            ),
            sa.and_(passage.restricted.is_(True), own),
        )
    ]
    if dated:
        on = sa.bindparam("on_day", type_=sa.Date)
        conditions += [
            sa.or_(passage.starts_on.is_(None), passage.starts_on <= on),
            sa.or_(passage.ends_on.is_(None), passage.ends_on >= on),
        ]
    if limited:
        conditions.append(passage.class_rank <= sa.bindparam("highest", type_=sa.Integer))
    return sa.and_(*conditions)


def rights_of(
    reader: Reader, on: date | None = None, below: DataClass | None = None
) -> Mapping[str, Any]:
    """Return the values for `readable(on is not None, below is not None)`."""
    values: dict[str, Any] = {"department": reader.department}
    if on is not None:
        values["on_day"] = on
    if below is not None:
        values["highest"] = below.rank
    return values
