"""Writes a paper as PDF by Typst, with the fonts that come with the program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gongmu.core.documents.paper import (
    Block,
    Cell,
    Face,
    Gap,
    Heading,
    PageBreak,
    Paper,
    Paragraph,
    Placed,
    Table,
    placed,
)
from gongmu.core.documents.paper import printable as _clean

if TYPE_CHECKING:
    import typst

FONT_FOLDER = Path(__file__).resolve().parents[2] / "portal" / "static" / "built" / "print"
"""Where assets/build.py puts the fonts for printing."""

FAMILIES = ("Pretendard GOV", "Noto Sans CJK KR", "Noto Sans KR", "NanumGothic", "Malgun Gothic")
"""Fonts in the order of preference; the first that is there and has the sign is used."""

SERIF_FAMILIES = ("Noto Serif CJK KR", "Noto Serif KR", "NanumMyeongjo", "Batang")
"""The same for letters with serifs; where there are none, those above are used."""

_TEMPLATE = Path(__file__).resolve().with_name("paper.typ")


def pdf_bytes(paper: Paper, made_at: datetime | None = None) -> bytes:
    """Return the paper as a tagged PDF in Korean; the same paper and time give the same bytes.

    `made_at` stands in the file's properties; None leaves the time out. Needs `typst`.
    """
    import typst

    data = {
        "title": _clean(paper.title),
        "author": _clean(paper.author),
        "page_numbers": paper.page_numbers,
        "about": "; ".join(f"{name}: {value}" for name, value in paper.properties.items()),
        "fonts": available_families(),
        "serif_fonts": available_families(Face.SERIF),
        "blocks": [_block(block) for block in paper.blocks],
    }
    made: Any = typst.compile(
        _TEMPLATE.read_bytes(),
        format="pdf",
        font_paths=_fonts(),
        sys_inputs={"paper": json.dumps(data, ensure_ascii=False)},
        # A PDF's time has no parts of a second.
        timestamp=made_at.replace(microsecond=0) if made_at else None,
    )
    return bytes(made)


def available_families(face: Face = Face.GOTHIC) -> list[str]:
    """Return the font names that this machine can print `face` with, the best first."""
    known = set(_fonts().families())
    wanted = (*SERIF_FAMILIES, *FAMILIES) if face is Face.SERIF else FAMILIES
    return [name for name in wanted if name in known] or list(FAMILIES[:1])


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Read the font folders once; a second paper then takes no time for it."""
    import typst

    own: list[Any] = [FONT_FOLDER] if FONT_FOLDER.is_dir() else []
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True, font_paths=own)


def _block(block: Block) -> Mapping[str, Any]:
    match block:
        case Heading():
            return {"kind": "heading", "text": _clean(block.text), "level": block.level}
        case Paragraph():
            return _paragraph(block)
        case Table():
            return {
                "kind": "table",
                "cells": [[_cell(one) for one in row] for row in placed(block)],
                "row_count": len(block.rows),
                "shares": list(block.shares),
                "header_rows": block.header_rows,
                "label_columns": list(block.label_columns),
                "right_columns": list(block.right_columns),
                "center_columns": list(block.center_columns),
                "ruled": block.ruled,
                "edge": block.edge.value,
                "size_pt": block.size_pt,
                "row_mm": block.row_mm,
            }
        case Gap():
            return {"kind": "gap", "mm": block.mm}
        case PageBreak():
            return {"kind": "break"}


def _paragraph(block: Paragraph) -> Mapping[str, Any]:
    return {
        "kind": "paragraph",
        "text": _clean(block.text),
        "bold": block.bold,
        "align": block.align.value,
        "size_pt": block.size_pt,
        "hanging_mm": block.hanging_mm,
        "indent_mm": block.indent_mm,
        "before_pt": block.before_pt,
        "after_pt": block.after_pt,
        "face": block.face.value,
        "keep": block.keep,
    }


def _cell(one: Placed) -> Mapping[str, Any]:
    rich = one.cell if isinstance(one.cell, Cell) else None
    return {
        "row": one.row,
        "column": one.column,
        "rows": one.rows,
        "columns": one.columns,
        "shaded": rich.shaded if rich else None,
        "text": "" if rich else _clean(one.text),
        "lines": [_paragraph(line) for line in rich.lines] if rich else None,
    }
