"""The city's own entries of the relief code map: appended, never overwritten, newest wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.relief.article import article_of_text
from gongmu.relief.codes import CodeMap, default_codes
from gongmu.relief.tables import code_table


@dataclass(frozen=True)
class CodeEdit:
    """One entry: relief code → article in canonical form; '' makes the code unknown again."""

    code: str
    article: str
    note: str
    by: str
    at: datetime


class CodeEdits:
    """What this city changed in the map that ships with the package."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._engine = house.engine

    def code_map(self) -> CodeMap:
        """Return the shipped map with the city's newest entries over it."""
        return default_codes().with_edits({edit.code: edit.article for edit in self.history()})

    def history(self) -> Sequence[CodeEdit]:
        """Return every entry, oldest first."""
        table = code_table.c
        columns = (table.code, table.article, table.note, table.by, table.at)
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(*columns).order_by(table.number))
            return [CodeEdit(*row) for row in rows]

    def edit(self, code: str, article: str, who: str, note: str, *, address: str = "") -> None:
        """Add an entry; raises Refused for an empty code or an article that is not canonical."""
        code = code.strip()
        if not code:
            raise Refused("code_missing", "감면코드가 비어 있습니다.", "코드를 적으세요.")
        if article and canonical(article) is None:
            raise Refused(
                "article_unknown",
                f"'{article}'을(를) 조문으로 읽을 수 없습니다.",
                "예: 지특법§17①1가 또는 제17조제1항제1호가목",
            )
        row = {
            "code": code,
            "article": canonical(article) or "",
            "note": note[:200],
            "by": who,
            "at": self._house.clock(),
        }
        with self._engine.begin() as connection:
            connection.execute(code_table.insert().values(row))
        about = f"{code} -> {row['article'] or 'unknown'}"
        self._house.audit.record(who, "relief.edit_code", about, address=address, reason=note)


def canonical(text: str) -> str | None:
    """Return an article in canonical form, or None when it cannot be read."""
    return article_of_text(text) if text else None
