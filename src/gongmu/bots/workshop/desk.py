"""A department's desk as kept: its draft, its versions, and how its questions went."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gongmu.bots.workshop.rules import DraftFacts, State


@dataclass(frozen=True)
class Verdict:
    """How a draft's questions went: whether it may go live, its score 0..1, and why not."""

    passed: bool
    share: float
    reasons: tuple[str, ...] = ()
    """Korean lines: the questions that failed, or that the score fell."""


@dataclass(frozen=True)
class Draft:
    """The open draft of a desk; `revision` is handed back when saving."""

    code: str
    text: str
    base: int
    changed_at: datetime
    facts: DraftFacts
    verdict: Verdict | None
    tested_at: datetime | None
    tested_by: str

    @property
    def revision(self) -> int:
        """Return the number that a save has to name."""
        return self.facts.revision


@dataclass(frozen=True)
class Version:
    """A version that was published once; `state` says what became of it."""

    code: str
    number: int
    text: str
    base: int
    editors: tuple[str, ...]
    approved_by: str
    published_at: datetime
    verdict: Verdict | None
    state: State


@dataclass(frozen=True)
class DeskRow:
    """A department's desk: which version answers (0 = none), whether a draft is open."""

    code: str
    department: str
    made_by: str
    made_at: datetime
    published: int
    last: int
    has_draft: bool
    retired_at: datetime | None
    retired_by: str
    retired_reason: str

    @property
    def state(self) -> State:
        """Return where the desk as a whole stands."""
        if self.published:
            return State.PUBLISHED
        return State.RETIRED if self.retired_at else State.DRAFT


def desk_of(row: sa.Row[Any], drafts: set[str]) -> DeskRow:
    """Return a desk from its row; `drafts` are the codes that have an open draft."""
    return DeskRow(
        code=row.code,
        department=row.department,
        made_by=row.made_by,
        made_at=row.made_at,
        published=row.published,
        last=row.last,
        has_draft=row.code in drafts,
        retired_at=row.retired_at,
        retired_by=row.retired_by,
        retired_reason=row.retired_reason,
    )


def draft_of(row: sa.Row[Any]) -> Draft:
    """Return an open draft from its row."""
    facts = DraftFacts(
        state=State(row.state),
        revision=row.revision,
        text_hash=row.text_hash,
        tested_hash=row.tested_hash,
        editors=tuple(row.editors.split("\n")),
        changed_by=row.changed_by,
    )
    return Draft(
        code=row.code,
        text=row.text,
        base=row.base,
        changed_at=row.changed_at,
        facts=facts,
        verdict=verdict_of(row.verdict),
        tested_at=row.tested_at,
        tested_by=row.tested_by,
    )


def version_of(row: sa.Row[Any], published: int) -> Version:
    """Return a version from its row; `published` is the number that answers now (0 = none)."""
    return Version(
        code=row.code,
        number=row.number,
        text=row.text,
        base=row.base,
        editors=tuple(row.editors.split("\n")),
        approved_by=row.approved_by,
        published_at=row.published_at,
        verdict=verdict_of(row.verdict),
        state=_state(row.number, published),
    )


def _state(number: int, published: int) -> State:
    if not published:
        return State.RETIRED
    return State.PUBLISHED if number == published else State.REPLACED


def verdict_text(verdict: Verdict | None) -> str:
    """Return a verdict as it is kept; empty for None."""
    return json.dumps(vars(verdict), ensure_ascii=False) if verdict else ""


def verdict_of(text: str) -> Verdict | None:
    """Return a kept verdict."""
    if not text:
        return None
    raw = json.loads(text)
    return Verdict(bool(raw["passed"]), float(raw["share"]), tuple(raw["reasons"]))
