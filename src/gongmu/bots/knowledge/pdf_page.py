"""What stands on a page of a PDF: lines with their place, tables by their rulings, pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_SAME_LINE = 0.6
"""Words whose middles differ by less than this share of their height stand on one line."""
_LEAST_RULES = 4
_SNAP = 3.0


@dataclass(frozen=True)
class Line:
    """A line of text; lengths in points from the upper left corner."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    spaced: bool = False
    """Whether a space stands behind its last letter, as word processors write it."""


@dataclass(frozen=True)
class RuledCell:
    """A cell of a ruled table: its place in the grid, its spans and lines."""

    row: int
    column: int
    down: int
    across: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class RuledTable:
    """A ruled table and where it stands."""

    top: float
    bottom: float
    cells: tuple[RuledCell, ...]


@dataclass(frozen=True)
class Page:
    """A page, counted from 1; `letters` are those that can be read."""

    number: int
    height: float
    lines: tuple[Line, ...]
    tables: tuple[RuledTable, ...]
    letters: int
    has_picture: bool


def page_of(page: Any, number: int) -> Page:
    """Return what stands on a page of pdfplumber."""
    words = page.extract_words(extra_attrs=["size"], x_tolerance_ratio=0.2, y_tolerance=3)
    spaces = {
        (round(char["x0"]), round(char["top"])) for char in page.chars if char["text"].isspace()
    }
    tables: list[RuledTable] = []
    if len(page.lines) + len(page.rects) + len(page.curves) >= _LEAST_RULES:
        for table in page.find_tables():
            if (found := _table(table, words, spaces)) is not None:
                tables.append(found)
                words = [word for word in words if not _inside(word, table.bbox)]
    letters = sum(1 for char in page.chars if not char["text"].isspace())
    lines = _lines(words, spaces)
    return Page(number, float(page.height), tuple(lines), tuple(tables), letters, bool(page.images))


def _inside(word: dict[str, Any], box: Sequence[float]) -> bool:
    x, y = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _lines(words: Sequence[dict[str, Any]], spaces: set[tuple[int, int]]) -> list[Line]:
    rows: list[list[dict[str, Any]]] = []
    for word in sorted(words, key=lambda one: ((one["top"] + one["bottom"]) / 2, one["x0"])):
        middle = (word["top"] + word["bottom"]) / 2
        last = rows[-1][-1] if rows else None
        if last is not None:
            height = min(word["bottom"] - word["top"], last["bottom"] - last["top"])
            if abs((last["top"] + last["bottom"]) / 2 - middle) <= max(height * _SAME_LINE, 1.0):
                rows[-1].append(word)
                continue
        rows.append([word])
    return [_line(sorted(row, key=lambda one: one["x0"]), spaces) for row in rows]


def _line(row: Sequence[dict[str, Any]], spaces: set[tuple[int, int]]) -> Line:
    last = row[-1]
    behind = {
        (round(last["x1"]) + x, round(last["top"]) + y) for x in (-1, 0, 1) for y in (-1, 0, 1)
    }
    return Line(
        " ".join(word["text"] for word in row),
        row[0]["x0"],
        last["x1"],
        min(word["top"] for word in row),
        max(word["bottom"] for word in row),
        max(word["size"] for word in row),
        bool(behind & spaces),
    )


def _table(
    table: Any, words: Sequence[dict[str, Any]], spaces: set[tuple[int, int]]
) -> RuledTable | None:
    boxes = [box for box in table.cells if box is not None]
    if len(boxes) < 2:
        return None
    columns = _edges([x for box in boxes for x in (box[0], box[2])])
    rows = _edges([y for box in boxes for y in (box[1], box[3])])
    mine = [word for word in words if _inside(word, table.bbox)]
    cells = []
    for box in boxes:
        left, right = _nearest(columns, box[0]), _nearest(columns, box[2])
        top, bottom = _nearest(rows, box[1]), _nearest(rows, box[3])
        inside = [word for word in mine if _inside(word, box)]
        lines = tuple(_lines(inside, spaces))
        cells.append(RuledCell(top, left, max(bottom - top, 1), max(right - left, 1), lines))
    return RuledTable(table.bbox[1], table.bbox[3], tuple(cells))


def _edges(values: Sequence[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > _SNAP:
            edges.append(value)
    return edges


def _nearest(edges: Sequence[float], value: float) -> int:
    return min(range(len(edges)), key=lambda at: abs(edges[at] - value))
