"""An answer as data: sentences, citations, tools used, what was masked, what it cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any


class Standing(StrEnum):
    """How far a sentence is borne out."""

    VERIFIED = "verified"
    """Every quotation, article and number in it was found in a source or tool result."""
    UNVERIFIED = "unverified"
    """Something in it was not found; shown only with the mark 확인 필요."""
    PLAIN = "plain"
    """Nothing in it needs a source (greeting, connecting words, headings)."""


@dataclass(frozen=True)
class Doubt:
    """One thing in a sentence that no source bears out."""

    kind: str
    """quote | article | number | citation | uncited"""
    text: str
    reason: str


@dataclass(frozen=True)
class Sentence:
    """One sentence, list item or table row of an answer, with its citation numbers (from 1)."""

    text: str
    citations: tuple[int, ...] = ()
    standing: Standing = Standing.PLAIN
    doubts: tuple[Doubt, ...] = ()
    before: str = ""
    """White space between it and the sentence before: "" | " " | line breaks."""


@dataclass(frozen=True)
class Citation:
    """A source of the answer; `verified`: the quote stands word for word in the passage.

    For a tool result `passage_id` is empty and `document` names the tool.
    """

    number: int
    document: str
    place: str
    quote: str
    verified: bool
    passage_id: str = ""
    in_force: str = ""
    """Effective dates as shown, e.g. "2025. 3. 1.부터"."""


@dataclass(frozen=True)
class ToolUse:
    """A tool that ran (or was refused): its arguments and its result as shown."""

    tool: str
    title: str
    arguments: Mapping[str, Any]
    text: str
    ok: bool = True


@dataclass(frozen=True)
class MaskedItem:
    """Something personal that did not leave: kind and how often, never the value."""

    kind: str
    count: int


@dataclass(frozen=True)
class Answer:
    """What a desk says; `text` is the sentences joined as shown, marks included."""

    text: str
    sentences: Sequence[Sentence] = ()
    citations: Sequence[Citation] = ()
    refused: bool = False
    refusal: str = ""
    """Stable code: no_passage | forbidden | not_allowed | quota | class ..."""
    whom_to_ask: str = ""
    tools: Sequence[ToolUse] = ()
    masked: Sequence[MaskedItem] = ()
    model: str = ""
    """Name of the model that wrote it; empty = without a model (quoted and filled in)."""
    cost_won: Fraction = Fraction(0)
    tokens_in: int = 0
    tokens_out: int = 0
    stopped: bool = False
    draft_ids: Sequence[str] = ()
    """Drafts that the desk made; nothing was sent."""
    conversation_id: str = ""
    turn_id: str = ""
    notes: Sequence[str] = field(default=())
    """Korean lines about the answer: "모델 없이 인용으로 답했습니다" and the like."""
