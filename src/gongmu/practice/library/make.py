"""Puts the practice city's papers on its shelves: files of many kinds, and what to ask of them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from gongmu.practice.library.booklets import (
    audit_sheets,
    complaint_sheets,
    weekly_sheets,
    welfare_sheets,
)
from gongmu.practice.library.markup import filled, read_sheets
from gongmu.practice.library.office_files import docx_bytes, hwpx_bytes, pdf_bytes, xlsx_bytes
from gongmu.practice.library.plain_files import (
    html_bytes,
    mail_bytes,
    markdown_bytes,
    text_bytes,
)
from gongmu.practice.library.sheet import Section, Sheet, sections

SHELF = files("gongmu.practice.library") / "shelf"
"""The sources: `<corpus>/*.md`, and YAML lists of cases and programmes."""

CORPORA = (
    "manual",
    "welfare",
    "ordinances",
    "contracts",
    "budget",
    "audit",
    "disclosure",
    "writing",
    "press",
    "plans",
    "complaints",
    "weekly",
    "personnel",
)
"""Codes of the shelves written here; statutes come from the practice statute service."""

COPIED = "manual/당직근무매뉴얼_2026.hwpx"
"""The file that somebody copied, as happens in every shared folder."""

_WRITERS: Mapping[str, Callable[[Sheet], bytes]] = {
    "hwpx": hwpx_bytes,
    "docx": docx_bytes,
    "xlsx": xlsx_bytes,
    "pdf": pdf_bytes,
    "md": markdown_bytes,
    "html": html_bytes,
    "txt": text_bytes,
}


@dataclass(frozen=True)
class Shelved:
    """A file as written: its place under the folder and whose and how open it is."""

    path: str
    corpus: str
    title: str
    department: str
    data_class: str
    departments: tuple[str, ...]
    on: str
    replaces: str = ""
    same_as: str = ""
    """Path of the file of which this is a copy."""


@dataclass(frozen=True)
class Library:
    """What was written; `skipped` names files left out with the reason (no font for PDF)."""

    seed: int
    files: Sequence[Shelved]
    skipped: Sequence[str]
    question_count: int
    off_topic_count: int


def write_library(directory: Path, seed: int) -> Library:
    """Write the shelves under `directory`, `index.json` and `questions.json`.

    One folder for each corpus. The same seed gives the same bytes; another seed gives other
    figures in the same documents. Files that are there already are written over.
    """
    sheets = all_sheets(seed)
    shelved: list[Shelved] = []
    skipped: list[str] = []
    for sheet in sheets:
        path = directory / sheet.path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.write_bytes(_bytes(sheet))
        except LookupError as missing:
            skipped.append(f"{sheet.path}: {missing}")
            continue
        shelved.append(_shelved(sheet))
    shelved += _copies(directory, shelved)
    asked = question_set(sheets)
    library = Library(seed, shelved, skipped, len(asked["questions"]), len(asked["off_topic"]))
    _write_json(directory / "questions.json", asked)
    _write_json(
        directory / "index.json",
        {"seed": seed, "files": [vars(one) for one in shelved], "skipped": skipped},
    )
    return library


def all_sheets(seed: int) -> Sequence[Sheet]:
    """Return every sheet of the practice city of this seed, in a fixed order."""
    figures = figures_of(seed)
    made = list(_from_markup(figures))
    made += welfare_sheets(_list("welfare.yaml", figures))
    made += audit_sheets(_list("audit.yaml", figures))
    made += complaint_sheets(_list("complaints.yaml", figures))
    made += weekly_sheets(_list("weekly.yaml", figures))
    return sorted(made, key=lambda sheet: sheet.path)


def figures_of(seed: int) -> Mapping[str, str]:
    """Return the figures that differ from seed to seed, written out: {"인구": "312,400"}."""
    spans = yaml.safe_load((SHELF / "figures.yaml").read_text("utf-8"))
    figures = {}
    for name, span in spans.items():
        # 이름마다 제 주사위: 하나를 더해도 나머지가 바뀌지 않는다
        dice = random.Random(f"{seed}:{name}")
        low, high, step = span
        figures[name] = f"{dice.randrange(low, high + 1, step):,}"
    return figures


def question_set(sheets: Sequence[Sheet]) -> dict[str, Any]:
    """Return the retrieval set: documents (a section each), questions, relevant, off_topic.

    `says` holds, for questions that have one, words that a right answer says. A section that
    stands word for word in several sheets counts wherever it stands.
    """
    documents: dict[str, str] = {}
    places: dict[str, list[str]] = {}
    questions: dict[str, str] = {}
    relevant: dict[str, list[str]] = {}
    says: dict[str, list[str]] = {}
    asked: list[tuple[str, str, Section, tuple[str, ...]]] = []
    for sheet in sheets:
        if sheet.data_class != "O" or sheet.departments or sheet.ends_on:
            continue
        parts = sections(sheet.blocks)
        for number, part in enumerate(parts):
            key = f"{sheet.path}#{number}"
            documents[key] = f"{sheet.title}\n{part.heading}\n{part.text}"
            places.setdefault(f"{part.heading}\n{part.text}", []).append(key)
        asked += [
            (
                question.text,
                f"{sheet.path}#{question.section}",
                parts[question.section],
                question.says,
            )
            for question in sheet.questions
        ]
    for number, (text, key, part, words) in enumerate(asked, 1):
        name = f"q{number:04d}"
        questions[name] = text
        relevant[name] = sorted({key, *places[f"{part.heading}\n{part.text}"]})
        if words:
            says[name] = list(words)
    off_topic = yaml.safe_load((SHELF / "off_topic.yaml").read_text("utf-8"))
    return {
        "documents": documents,
        "questions": questions,
        "relevant": relevant,
        "says": says,
        "off_topic": off_topic,
    }


def _from_markup(figures: Mapping[str, str]) -> Iterator[Sheet]:
    for corpus in CORPORA:
        folder = SHELF / corpus
        if not folder.is_dir():
            continue
        for source in sorted(folder.iterdir(), key=lambda one: one.name):
            if source.name.endswith(".md"):
                yield from read_sheets(corpus, source.read_text("utf-8"), figures)


def _list(name: str, figures: Mapping[str, str]) -> list[dict[str, object]]:
    made = yaml.safe_load(filled((SHELF / name).read_text("utf-8"), figures))
    return list(made)


def _bytes(sheet: Sheet) -> bytes:
    if sheet.kind == "eml":
        paper = sheet.attached
        return mail_bytes(sheet, _WRITERS[paper.kind](paper) if paper else None)
    return _WRITERS[sheet.kind](sheet)


def _shelved(sheet: Sheet) -> Shelved:
    return Shelved(
        path=sheet.path,
        corpus=sheet.corpus,
        title=sheet.title,
        department=sheet.department,
        data_class=sheet.data_class,
        departments=sheet.departments,
        on=sheet.on.isoformat(),
        replaces=sheet.replaces,
    )


def _copies(directory: Path, shelved: Sequence[Shelved]) -> Iterator[Shelved]:
    """Leave a second copy of one file under another name."""
    for one in shelved:
        if one.path.endswith(COPIED):
            folder, _, name = one.path.rpartition("/")
            path = f"{folder}/사본 - {name}"
            (directory / path).write_bytes((directory / one.path).read_bytes())
            yield Shelved(**{**vars(one), "path": path, "same_as": one.path})
            return


def _write_json(path: Path, data: object) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")
