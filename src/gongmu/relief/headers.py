"""Finds the header of a list in a sheet: title rows above, one row or two, any order. Quiet.

A head is compared without blanks, line breaks and signs, with and without what stands in
parentheses, alone and together with the cell above it. Only an exact match with one of the names
of `relief.columns` counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gongmu.relief.columns import COLUMNS, Column, Table

_SIGNS = re.compile(r"[^0-9A-Za-z가-힣]")
_ASIDE = re.compile(r"[(\[<{（［][^)\]>}）］]*[)\]>}）］]")
_UNIT = re.compile(r"[(\[（]\s*(단위\s*[:：]?\s*)?([^()\[\]（）]*)[)\]）]")


@dataclass(frozen=True)
class Header:
    """Where a sheet's header stands and what its columns are."""

    table: Table
    first_row: int
    last_row: int
    """A header may take two rows."""
    width: int
    """Cells up to the last one that has a head."""
    at: Mapping[str, tuple[int, ...]]
    """Column code → 0-based positions; more than one when a head stands twice."""
    units: Mapping[str, str]
    """Column code → what its head says in parentheses: 원, 천원, cc, kg, %."""
    unknown: tuple[int, ...]
    """0-based positions of heads that are not understood."""
    heads: tuple[tuple[str, ...], ...]
    """The header rows without signs, compared to find where they are repeated."""

    def missing(self) -> tuple[Column, ...]:
        """Return the needed columns that the sheet lacks."""
        columns = COLUMNS[self.table]
        found = tuple(one for one in columns if one.needed and one.code not in self.at)
        if self.table is Table.RELIEFS and not {"relief_code", "relief_text"} & set(self.at):
            found += tuple(one for one in columns if one.code == "relief_code")
        return found

    def title(self, code: str) -> str:
        """Return the usual name of a column."""
        return next(one.title for one in COLUMNS[self.table] if one.code == code)


HEADER_WITHIN = 30
"""Rows at the top among which a header is looked for."""
_LEAST_HEADS = 4


def bare(text: str) -> str:
    """Return a head without blanks, line breaks and signs, full-width letters made plain."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text)).lower()


def _forms(text: str) -> Iterator[str]:
    yield bare(text)
    yield bare(_ASIDE.sub("", unicodedata.normalize("NFKC", text)))


def _names(table: Table) -> dict[str, str]:
    return {bare(name): one.code for one in COLUMNS[table] for name in one.names}


NAMES = {table: _names(table) for table in Table}


def find_header(
    rows: Sequence[tuple[int, tuple[str, ...]]], tables: Sequence[Table]
) -> Header | None:
    """Return the header of a sheet whose first rows are given, or None when there is none.

    The row (or pair of rows) with most understood heads wins; it must have at least four.
    """
    best: Header | None = None
    for at, (number, cells) in enumerate(rows[:HEADER_WITHIN]):
        above = rows[at - 1] if at and rows[at - 1][0] == number - 1 else None
        for table in tables:
            single = _read(table, number, None, cells)
            candidates = [single]
            if above is not None and _may_be_head(above[1]):
                candidates.append(_read(table, number, above[1], cells))
            for one in candidates:
                if best is None or len(one.at) > len(best.at):
                    best = one
    return best if best is not None and len(best.at) >= _LEAST_HEADS else None


def _may_be_head(cells: Sequence[str]) -> bool:
    """A title row over the whole width is no first half of a header."""
    words = {cell.strip() for cell in cells if cell.strip()}
    return len(words) > 1


def _read(table: Table, number: int, above: Sequence[str] | None, cells: Sequence[str]) -> Header:
    at: dict[str, list[int]] = {}
    units: dict[str, str] = {}
    unknown: list[int] = []
    heads = _joined(above, cells)
    for position, forms in enumerate(heads):
        code = _code(table, forms)
        if code is not None:
            at.setdefault(code, []).append(position)
            units.setdefault(code, _unit(forms))
        elif any(forms):
            unknown.append(position)
    filled = [position for position, forms in enumerate(heads) if any(forms)]
    return Header(
        table,
        number if above is None else number - 1,
        number,
        (filled[-1] + 1) if filled else 0,
        {code: tuple(found) for code, found in at.items()},
        units,
        tuple(unknown),
        tuple(tuple(bare(cell) for cell in row) for row in (above, cells) if row is not None),
    )


def _joined(above: Sequence[str] | None, cells: Sequence[str]) -> list[tuple[str, ...]]:
    """Return per position the texts to look up, the surest first."""
    if above is None:
        return [(cell,) for cell in cells]
    width = max(len(above), len(cells))
    over = [*above, *[""] * (width - len(above))]
    under = [*cells, *[""] * (width - len(cells))]
    joined: list[tuple[str, ...]] = []
    group = ""
    for top, bottom in zip(over, under, strict=True):
        group = top or (group if bottom else "")
        if top and (not bottom or bare(top) == bare(bottom)):
            joined.append((top,))
        else:
            joined.append((group + bottom, bottom))
    return joined


def _code(table: Table, texts: Sequence[str]) -> str | None:
    names = NAMES[table]
    for text in texts:
        for form in _forms(text):
            if form and form in names:
                return names[form]
    return None


def _unit(texts: Sequence[str]) -> str:
    """Return all that stands in parentheses in the head, in small letters."""
    said = (found[2] for text in texts for found in _UNIT.finditer(_wide(text)))
    return " ".join(said).strip().lower()


def _wide(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
