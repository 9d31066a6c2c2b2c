"""A file made ready to be written: read, cut, personal numbers blotted out, compared by letters."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from gongmu.bots.guard.forbidden import marked_class
from gongmu.bots.knowledge.alike import signature
from gongmu.bots.knowledge.blocks import Heading, ReadDocument, Text, characters, texts
from gongmu.bots.knowledge.document import Corpus, State
from gongmu.bots.knowledge.hiding import hide
from gongmu.bots.knowledge.reading import READING_VERSION
from gongmu.bots.knowledge.split import Ground, split
from gongmu.bots.passages import DataClass, Passage, highest
from gongmu.core.errors import Refused
from gongmu.core.values import content_hash

_HEAD = 12
"""Blocks at the head of a paper where its mark stands."""


@dataclass(frozen=True)
class Source:
    """Where a file comes from: `folder` empty = uploaded; `name` is relative to the folder."""

    folder: str
    name: str
    size: int
    changed_ns: int = 0


@dataclass(frozen=True)
class Rights:
    """Who may read a document, and its class."""

    data_class: DataClass
    departments: tuple[str, ...]


@dataclass(frozen=True)
class Draft:
    """A document ready to be written: its row and its passages."""

    document_id: str
    title: str
    row: Mapping[str, Any]
    passages: Sequence[Passage]
    masked: Mapping[str, int]
    starts_on: date | None
    ends_on: date | None
    notes: Sequence[str]


def document_id_of(corpus: str, source: Source, edition: str = "") -> str:
    """Return the id of a file: the same for the same place, whatever its content."""
    name = unicodedata.normalize("NFC", source.name)
    key = "\n".join((corpus, source.folder, name, edition))
    return "doc_" + hashlib.sha256(key.encode()).hexdigest()[:24]


def rights_of(corpus: Corpus, data_class: DataClass | None, departments: Sequence[str]) -> Rights:
    """Return a document's rights: never wider than its corpus's. Raises Refused."""
    own = highest(corpus.data_class, data_class or DataClass.OPEN)
    wanted = tuple(sorted(set(departments))) or corpus.departments
    if corpus.departments and not set(wanted) <= set(corpus.departments):
        raise Refused(
            "rights_too_wide",
            f"'{corpus.title}' 지식은 {', '.join(corpus.departments)}만 볼 수 있습니다.",
            "그 가운데서 부서를 고르거나 다른 지식에 넣으세요.",
        )
    if own is DataClass.CONFIDENTIAL and not wanted:
        raise Refused(
            "department_missing",
            "기밀(C) 문서에 볼 수 있는 부서가 정해지지 않았습니다.",
            "볼 수 있는 부서를 하나 이상 정하세요.",
        )
    return Rights(own, wanted)


def draft(
    document: ReadDocument,
    data: bytes,
    corpus: str,
    source: Source,
    document_id: str,
    rights: Rights,
    by: str,
    at: datetime,
) -> Draft:
    """Return the row and passages of a document; raises Refused document_empty without text."""
    marks = _marks(document, rights)
    rights = marks.rights
    ground = Ground(
        document_id,
        corpus,
        document.title,
        rights.data_class,
        rights.departments,
        document.starts_on,
        document.ends_on,
    )
    hidden = hide(split(document, ground))
    if not hidden.passages:
        raise Refused(
            "document_empty",
            f"'{source.name}' 문서에 배울 글이 없습니다.",
            "글이 든 문서인지 열어 확인하세요.",
        )
    title = hidden.passages[0].document
    notes = [*document.notes, *marks.notes]
    if hidden.counts:
        kinds = ", ".join(f"{kind} {count}건" for kind, count in hidden.counts.items())
        notes.append(f"개인정보를 가리고 배웠습니다: {kinds}")
    row = _row(document, data, source, rights) | {
        "document_id": document_id,
        "corpus": corpus,
        "title": title[:300],
        "passages": len(hidden.passages),
        "masked": json.dumps(hidden.counts, ensure_ascii=False),
        "notes": "\n".join(note.replace("\n", " ") for note in notes),
        "learnt_at": at,
        "learnt_by": by,
    }
    return Draft(
        document_id,
        title,
        row,
        hidden.passages,
        hidden.counts,
        document.starts_on,
        document.ends_on,
        notes,
    )


@dataclass(frozen=True)
class _Marked:
    rights: Rights
    notes: Sequence[str] = ()


def _marks(document: ReadDocument, rights: Rights) -> _Marked:
    """Return rights not below the mark that stands at the head of the paper or on every page."""
    head = [
        block.text
        for at, block in enumerate(document.blocks)
        if (isinstance(block, Text) and (at < _HEAD or block.aside))
        or (isinstance(block, Heading) and at < _HEAD)
    ]
    marked = marked_class("\n".join(head))
    if marked.rank <= rights.data_class.rank:
        return _Marked(rights)
    if marked is DataClass.CONFIDENTIAL and not rights.departments:
        raise Refused(
            "marked_confidential",
            f"'{document.title}' 문서에 비밀 표시가 있습니다.",
            "배워도 되는 문서인지 확인하고, 볼 수 있는 부서를 정해 올리세요.",
        )
    name = {DataClass.SENSITIVE: "민감(S)", DataClass.CONFIDENTIAL: "기밀(C)"}[marked]
    note = f"문서에 찍힌 표시 때문에 {name} 등급으로 배웠습니다."
    return _Marked(Rights(marked, rights.departments), (note,))


def dated(one: Draft, starts_on: date | None, ends_on: date | None, by: str) -> Draft:
    """Return a draft with the dates that a person set before."""
    return replace(
        one,
        row={
            **one.row,
            "starts_on": starts_on,
            "ends_on": ends_on,
            "said_ends_on": ends_on,
            "dates_by": by,
        },
        passages=[replace(p, starts_on=starts_on, ends_on=ends_on) for p in one.passages],
        starts_on=starts_on,
        ends_on=ends_on,
    )


def unread_row(
    corpus: str, source: Source, document_id: str, rights: Rights, why: str, by: str, at: datetime
) -> dict[str, Any]:
    """Return the row of a file that could not be read."""
    nothing = ReadDocument(source.name.rpartition("/")[2][:300], ())
    return _row(nothing, b"", source, rights) | {
        "document_id": document_id,
        "corpus": corpus,
        "title": nothing.title,
        "state": State.UNREADABLE,
        "reason": why,
        "sha256": "",
        "passages": 0,
        "masked": "{}",
        "notes": "",
        "learnt_at": at,
        "learnt_by": by,
    }


def _row(document: ReadDocument, data: bytes, source: Source, rights: Rights) -> dict[str, Any]:
    return {
        "folder": source.folder,
        "name": source.name[:500],
        "kind": document.kind,
        "state": State.LEARNT,
        "reason": "",
        "sha256": content_hash(data),
        "size": source.size,
        "changed_ns": source.changed_ns,
        "reading_version": READING_VERSION,
        "data_class": rights.data_class.value,
        "departments": "\n".join(rights.departments),
        "starts_on": document.starts_on,
        "ends_on": document.ends_on,
        "said_ends_on": document.ends_on,
        "dates_by": "",
        "replaced_by": "",
        "duplicate_of": "",
        "characters": characters(document.blocks),
        "signature": signature("".join(texts(document.blocks))),
    }
