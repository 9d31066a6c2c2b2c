"""Reads a sheet written in the shelf's plain markup.

A head of YAML between `---` lines, then `##` and `###` headings, `| a | b |` table rows, one
paragraph a line, and `?? question => words; words` lines: questions that the section answers.
`{name}` is a figure that differs from seed to seed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import yaml

from gongmu.practice.library.sheet import (
    Block,
    Heading,
    Question,
    Sheet,
    Table,
    Text,
    article_of,
)

_HOLE = re.compile(r"\{([가-힣A-Za-z0-9_]+)\}")


def read_sheets(corpus: str, text: str, figures: Mapping[str, str]) -> Iterator[Sheet]:
    """Yield the sheets of one source; several may stand in it, each with a head of its own."""
    parts = re.split(r"^---\n", text, flags=re.MULTILINE)
    for head, body in zip(parts[1::2], parts[2::2], strict=True):
        yield _sheet(corpus, yaml.safe_load(head), body, figures)


def filled(text: str, figures: Mapping[str, str]) -> str:
    """Return the text with its figures in place; a figure without a value is a KeyError."""
    return _HOLE.sub(lambda hole: figures[hole.group(1)], text)


def _sheet(corpus: str, head: Mapping[str, Any], body: str, figures: Mapping[str, str]) -> Sheet:
    name, _, kind = str(head["file"]).rpartition(".")
    blocks, questions = read_blocks(filled(body, figures))
    made = Sheet(
        corpus=corpus,
        name=name,
        kind=kind,
        title=filled(str(head["title"]), figures),
        department=str(head["department"]),
        on=_day(head["day"]),
        blocks=blocks,
        questions=questions,
        folder=str(head.get("folder", "")),
        data_class=str(head.get("class", "O")),
        departments=tuple(head.get("departments", ())),
        ends_on=_day(head["ends_on"]) if "ends_on" in head else None,
        replaces=str(head.get("replaces", "")),
    )
    if "attached" not in head:
        return made
    paper, _, ending = str(head["attached"]).rpartition(".")
    return replace(made, attached=replace(made, name=paper, kind=ending, questions=()))


def read_blocks(body: str) -> tuple[tuple[Block, ...], tuple[Question, ...]]:
    """Return the blocks of a body and the questions with the number of their section."""
    blocks: list[Block] = []
    questions: list[Question] = []
    rows: list[tuple[str, ...]] = []
    section = -1
    for line in [*body.splitlines(), ""]:
        line = line.strip()
        if line.startswith("|"):
            cells = tuple(cell.strip() for cell in line.strip("|").split("|"))
            if not all(set(cell) <= {"-"} and cell for cell in cells):
                rows.append(cells)
            section = max(section, 0)
            continue
        if rows:
            blocks.append(Table(tuple(rows)))
            rows = []
        if not line:
            continue
        if line.startswith("??"):
            questions.append(_question(line[2:], section))
        elif line.startswith("##"):
            blocks.append(Heading(line.lstrip("#").strip(), 2 if line.startswith("###") else 1))
            section += 1
        else:
            blocks.append(Text(line))
            section = section + 1 if article_of(line) else max(section, 0)
    return tuple(blocks), tuple(questions)


def _question(line: str, section: int) -> Question:
    text, _, says = line.partition("=>")
    words = tuple(word.strip() for word in says.split(";") if word.strip())
    return Question(text.strip(), section, words)


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
