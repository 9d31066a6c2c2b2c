"""The parts that official documents are set from: title box, items, tables, 붙임 and 끝.

Quiet: no clock, database, file or model is reached from here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gongmu.bots.drafts.form import Form, Values, lines_of, rows_of, shown
from gongmu.bots.drafts.outline import split_mark
from gongmu.core.documents.paper import (
    Align,
    Block,
    Cell,
    Edge,
    Face,
    Paragraph,
    Table,
)

END = "  끝."
"""The end mark of official letters: two spaces, then 끝."""


@dataclass(frozen=True)
class _Look:
    mark: str
    size_pt: int
    indent_mm: float
    hanging_mm: float
    face: Face
    before_pt: int
    bold: bool = False


_LOOKS = {
    "square": _Look("□", 15, 0, 7.6, Face.HEAD, 8, True),
    "circle": _Look("○", 14, 3.5, 7.2, Face.SERIF, 3),
    "dash": _Look("-", 13, 9, 4.2, Face.SERIF, 1),
    "dot": _Look("․", 12, 13, 3.6, Face.SERIF, 0),
    "note": _Look("※", 11, 9, 5.8, Face.GOTHIC, 0),
}
_PLAIN = _Look("", 14, 3.5, 0, Face.SERIF, 3)


def title_box(title: str) -> Table:
    """Return the title of a report between two bars."""
    size = 22 if len(title) <= 20 else 20 if len(title) <= 26 else 17
    line = Paragraph(title, True, Align.CENTER, size, face=Face.HEAD, before_pt=4, after_pt=4)
    return Table(((Cell((line,), shaded=True),),), (1,), edge=Edge.BARS, row_mm=16)


def summary_box(text: str) -> Table:
    """Return the gist of a report in a framed box."""
    lines = tuple(
        Paragraph(one, size_pt=13, face=Face.SERIF, before_pt=2, after_pt=2)
        for one in text.split("\n")
    )
    return Table(((Cell(lines),),), (1,), row_mm=10)


def section(title: str, text: str) -> list[Block]:
    """Return a first-level item with its lines; nothing for an empty text."""
    if not text.strip():
        return []
    return [item_line(f"□ {title}"), *item_lines(text)]


def item_lines(text: str, size_pt: int = 0) -> list[Block]:
    """Return the lines of a body field as paragraphs with hanging indents."""
    made: list[Block] = []
    rows: list[list[str]] = []
    for line in [one for one in text.split("\n") if one.strip()]:
        if split_mark(line)[0] == "table":
            rows.append(cells_of(line))
            continue
        if rows:
            made.append(drawn_grid(rows))
            rows = []
        made.append(item_line(line, size_pt))
    return [*made, drawn_grid(rows)] if rows else made


def cells_of(line: str) -> list[str]:
    """Return the cells of a line '| a | b'."""
    return [one.strip() for one in line.strip().strip("|").split("|")]


def drawn_grid(rows: Sequence[Sequence[str]]) -> Table:
    """Return rows drawn in a text as a table, its first row the header, figures to the right."""
    wide = max(len(row) for row in rows)
    full = [[*row, *[""] * (wide - len(row))] for row in rows]
    shares = [min(max(max(_width(row[at]) for row in full) + 3, 8), 40) for at in range(wide)]
    figures = [
        at
        for at in range(1, wide)
        if full[1:] and all(_FIGURE.fullmatch(row[at]) for row in full[1:])
    ]
    short = [at for at in range(wide) if at not in figures and shares[at] <= 17]
    return Table(
        full,
        shares,
        header_rows=1,
        center_columns=short,
        right_columns=figures,
        size_pt=11,
        edge=Edge.OPEN,
        row_mm=8,
    )


_FIGURE = re.compile(r"[-+△▲]?\s?[\d,.]*\s?(?:%|[가-힣]{1,3})?")


def _width(text: str) -> int:
    """Return the width of a text in half letters."""
    return sum(2 if ord(sign) > 0x2E7F or 0x1100 <= ord(sign) < 0x1200 else 1 for sign in text)


def item_line(line: str, size_pt: int = 0) -> Paragraph:
    """Return one line set by its item mark; `size_pt` over 0 makes it small, for cells."""
    kind, text = split_mark(line)
    look = _LOOKS.get(kind)
    if look is None:
        look, text = _PLAIN, line.strip()
    shown_text = f"{look.mark} {text}" if look.mark else text
    if size_pt:
        scale = size_pt / 14
        return Paragraph(
            shown_text,
            size_pt=size_pt,
            hanging_mm=round(look.hanging_mm * scale, 1),
            indent_mm=round(max(look.indent_mm - 3.5, 0) * scale, 1),
            after_pt=2,
        )
    return Paragraph(
        shown_text,
        look.bold,
        Align.LEFT,
        look.size_pt,
        look.hanging_mm,
        look.indent_mm,
        look.before_pt,
        3,
        look.face,
        keep=kind == "square",
    )


def facts_table(rows: Sequence[Sequence[str]], shares: Sequence[int] = (2, 9)) -> Table:
    """Return rows of label and value."""
    return Table(
        [[str(cell) for cell in row] for row in rows],
        shares,
        label_columns=(0,),
        center_columns=(0,),
        size_pt=12,
        edge=Edge.OPEN,
        row_mm=8,
    )


def grid(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    shares: Sequence[int] = (),
    *,
    center: Sequence[int] = (0,),
    right: Sequence[int] = (),
) -> Table:
    """Return a table with a header row; columns that are empty in every row are left out."""
    kept = [at for at in range(len(columns)) if any(row[at].strip() for row in rows) or at == 0]
    return Table(
        [[columns[at] for at in kept], *([row[at] for at in kept] for row in rows)],
        [shares[at] if shares else 1 for at in kept],
        header_rows=1,
        center_columns=[kept.index(at) for at in center if at in kept],
        right_columns=[kept.index(at) for at in right if at in kept],
        size_pt=11,
        edge=Edge.OPEN,
        row_mm=8,
    )


def rows_section(
    form: Form,
    values: Values,
    code: str,
    shares: Sequence[int] = (),
    *,
    center: Sequence[int] = (0,),
    right: Sequence[int] = (),
) -> list[Block]:
    """Return a table field under its title; a needed open one says so."""
    field, rows = form.field(code), rows_of(values, code)
    if not rows:
        return section(field.title, f"○ {shown(form, values, code)}") if field.needed else []
    table = grid(field.columns, rows, shares, center=center, right=right)
    return [item_line(f"□ {field.title}"), table]


def body_section(form: Form, values: Values, code: str) -> list[Block]:
    """Return a body or line field under its title; a needed open one says so."""
    text = shown(form, values, code)
    if not text:
        return []
    if not values.get(code) or split_mark(text)[0] == "":
        text = "\n".join(f"○ {one}" if not split_mark(one)[0] else one for one in text.split("\n"))
    return section(form.field(code).title, text)


def attachment_lines(values: Values, code: str = "attachments", *, end: bool) -> list[str]:
    """Return the lines of 붙임 as the rules ask: numbered when there are several, then 끝."""
    listed = [_copies(one) for one in lines_of(values, code)]
    if not listed:
        return []
    if len(listed) == 1:
        lines = [f"붙임  {listed[0]}"]
    else:
        lines = [
            f"{'붙임' if place == 1 else '    '}  {place}. {one}"
            for place, one in enumerate(listed, start=1)
        ]
    return [*lines[:-1], lines[-1] + (END if end else "")]


def attachment_blocks(values: Values, *, end: bool) -> list[Block]:
    """Return 붙임 as paragraphs, each under the first."""
    lines = attachment_lines(values, end=end)
    made: list[Block] = []
    for place, line in enumerate(lines):
        first = place == 0
        made.append(
            Paragraph(
                line if first else line.strip(),
                size_pt=13,
                indent_mm=0 if first else 13,
                hanging_mm=13 if first else 5,
                before_pt=10 if first else 0,
                face=Face.SERIF,
            )
        )
    return made


def _copies(text: str) -> str:
    """Return an attachment with its number of copies and a full stop: 노선도 1부."""
    _, bare = split_mark(text)
    bare = re.sub(r"\s*끝\s*\.?\s*$", "", bare).strip().rstrip(".")
    return f"{bare}." if re.search(r"\d\s?(?:부|매|개|식|권|장|건)$", bare) else f"{bare} 1부."
