"""Read the tables of an HTML page (also one that is called .xls) as text cells.

The page is walked once and every row is forgotten as soon as it is read, so memory stays with
the cells. Merged cells (rowspan, colspan) are written out.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field

import polars as pl
from lxml import etree

from gongmu.core.documents.grid import ROW, Sheet, block
from gongmu.core.documents.sniff import ASK_AGAIN
from gongmu.core.errors import Refused

_CHUNK_ROWS = 20_000
_WIDEST = 2_000
"""A colspan or rowspan of more than this is a mistake of the page."""
_OPENED, _CLOSED = (
    re.compile(rb"<table\b", re.IGNORECASE),
    re.compile(rb"</table\s*>", re.IGNORECASE),
)


@dataclass
class _Table:
    """A table while it is read."""

    rows: list[int] = field(default_factory=list)
    cells: list[list[str | None]] = field(default_factory=list)
    chunks: list[pl.DataFrame] = field(default_factory=list)
    hanging: dict[int, tuple[int, str | None]] = field(default_factory=dict)
    """Column → (rows still to fill, text) of cells that reach down."""

    def add(self, number: int, row: etree._Element) -> None:
        """Read one <tr>."""
        if len(row) == 0 and not self.hanging:
            return
        cells = self._cells(row) if self.hanging or _has_span(row) else [_text(td) for td in row]
        if any(cells):
            self.rows.append(number)
            self.cells.append(cells)
        if len(self.rows) >= _CHUNK_ROWS:
            self._close_chunk()

    def _cells(self, row: etree._Element) -> list[str | None]:
        """Return the row's cells with merged ones written out, and remember what reaches down."""
        cells: list[str | None] = []
        for td in row:
            self._fill(cells)
            text, down = _text(td), _span(td, "rowspan")
            for _ in range(_span(td, "colspan")):
                if down > 1:
                    self.hanging[len(cells)] = (down, text)
                cells.append(text)
        self._fill(cells)
        self.hanging = {at: (n - 1, text) for at, (n, text) in self.hanging.items() if n > 1}
        return cells

    def _fill(self, cells: list[str | None]) -> None:
        while len(cells) in self.hanging:
            cells.append(self.hanging[len(cells)][1])

    def _close_chunk(self) -> None:
        widest = max(map(len, self.cells))
        for row in self.cells:
            row.extend([None] * (widest - len(row)))
        self.chunks.append(block(self.rows, list(zip(*self.cells, strict=True))))
        self.rows, self.cells = [], []

    def sheet(self, name: str) -> Sheet | None:
        """Return the table as a sheet, or None when it has no text."""
        if self.rows:
            self._close_chunk()
        if not self.chunks:
            return None
        return Sheet(name, (pl.concat(self.chunks, how="diagonal").sort(ROW),))


def read_html(utf8: bytes, name: str) -> list[Sheet]:
    """Return a sheet per table with text; row numbers count every <tr> of the page.

    Raises `Refused` file_truncated when a table is not closed, format_unknown without any table.
    """
    opened, closed = len(_OPENED.findall(utf8)), len(_CLOSED.findall(utf8))
    if opened == 0:
        raise Refused(
            "format_unknown",
            f"'{name}' 파일은 표가 없는 웹 문서입니다. 로그인이 풀린 화면일 수 있습니다.",
            "다시 로그인해 내려받으세요.",
        )
    if closed < opened:
        raise Refused("file_truncated", f"'{name}' 파일의 표가 중간에서 잘렸습니다.", ASK_AGAIN)
    tables = _walk(utf8)
    named = (table.sheet(f"표 {at}") for at, table in enumerate(tables, start=1))
    return [sheet for sheet in named if sheet]


def _walk(utf8: bytes) -> list[_Table]:
    events = etree.iterparse(
        io.BytesIO(utf8), events=("start", "end"), tag=("table", "tr"), html=True,
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    done: list[_Table] = []
    inside: list[_Table] = []
    number = 0
    for event, element in events:
        if element.tag == "table":
            if event == "start":
                inside.append(_Table())
            elif inside:
                done.append(inside.pop())
        elif event == "end" and inside:
            number += 1
            inside[-1].add(number, element)
            _forget(element)
    return done + inside[::-1]


def _forget(row: etree._Element) -> None:
    row.clear()
    parent = row.getparent()
    while parent is not None and (previous := row.getprevious()) is not None:
        parent.remove(previous)


def _has_span(row: etree._Element) -> bool:
    return any(td.get("rowspan") or td.get("colspan") for td in row)


def _span(td: etree._Element, which: str) -> int:
    digits = (td.get(which) or "1").strip()
    return min(max(int(digits), 1), _WIDEST) if digits.isdigit() else 1


def _text(td: etree._Element) -> str | None:
    text = td.text if len(td) == 0 else " ".join(str(piece) for piece in td.itertext())
    if not text:
        return None
    if not text.isalnum():
        text = " ".join(text.split())
    return text or None
