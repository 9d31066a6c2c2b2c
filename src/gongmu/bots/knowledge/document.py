"""Nouns of what is learnt: corpora, documents, what a learning did. Quiet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from gongmu.bots.passages import DataClass


class State(StrEnum):
    """Where a document stands."""

    LEARNING = "learning"
    """Begun; after a crash the next learning does it again."""
    LEARNT = "learnt"
    UNREADABLE = "unreadable"
    DUPLICATE = "duplicate"
    """The same bytes are learnt under another name; searched once."""


STATE_TITLES = {
    State.LEARNING: "배우는 중",
    State.LEARNT: "배움",
    State.UNREADABLE: "읽지 못함",
    State.DUPLICATE: "같은 파일",
}


@dataclass(frozen=True)
class Corpus:
    """A knowledge base; `department` looks after it, `departments` may read it (empty = all)."""

    code: str
    title: str
    department: str
    departments: tuple[str, ...]
    data_class: DataClass
    documents: int = 0
    passages: int = 0
    unreadable: int = 0


@dataclass(frozen=True)
class Document:
    """A learnt document as a screen shows it; `folder` empty = uploaded.

    `masked` counts the kinds of personal numbers blotted out. `replaced_by` and `duplicate_of`
    are ids of other documents, empty when there is none.
    """

    document_id: str
    corpus: str
    folder: str
    name: str
    title: str
    kind: str
    state: State
    reason: str
    sha256: str
    size: int
    data_class: DataClass
    departments: tuple[str, ...]
    starts_on: date | None
    ends_on: date | None
    dates_by: str
    """Account that set the dates by hand; empty = as the document says."""
    replaced_by: str
    duplicate_of: str
    passages: int
    characters: int
    masked: Mapping[str, int]
    notes: tuple[str, ...]
    learnt_at: datetime
    learnt_by: str


@dataclass(frozen=True)
class Learnt:
    """What learning one file did; `changed` False = it was known already."""

    document_id: str
    title: str
    passages: int
    changed: bool
    starts_on: date | None = None
    ends_on: date | None = None
    masked: Mapping[str, int] = field(default_factory=dict)
    replaces: Sequence[str] = ()
    """Titles of earlier editions that ended with it."""
    duplicate_of: str = ""
    """Title of the document that says the same (state duplicate) or nearly so."""
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Unreadable:
    """A file that could not be learnt, and why, in Korean with what to do."""

    name: str
    code: str
    reason: str


@dataclass(frozen=True)
class LearnReport:
    """What learning a folder did."""

    folder: str
    learnt: Sequence[Learnt]
    unchanged: int
    removed: Sequence[str]
    unreadable: Sequence[Unreadable]
    seconds: float

    @property
    def passages(self) -> int:
        """Return how many passages were written."""
        return sum(one.passages for one in self.learnt)

    def said(self) -> str:
        """Return the report as one Korean line."""
        parts = [f"배움 {len(self.learnt)}건(대목 {self.passages}개)", f"그대로 {self.unchanged}건"]
        if self.removed:
            parts.append(f"없어짐 {len(self.removed)}건")
        if replaced := sum(len(one.replaces) for one in self.learnt):
            parts.append(f"옛 판으로 돌림 {replaced}건")
        if same := sum(bool(one.duplicate_of) for one in self.learnt):
            parts.append(f"같거나 거의 같은 문서 {same}건")
        if self.unreadable:
            parts.append(f"읽지 못함 {len(self.unreadable)}건")
        return ", ".join(parts) + f" ({self.seconds:.1f}초)"
