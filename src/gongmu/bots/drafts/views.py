"""What the desk takes and shows: who acts, a file handed in, a version of a draft, a card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gongmu.bots.drafts.cabinet import form_of
from gongmu.bots.drafts.form import OPEN_MARK, Form, Value, shown
from gongmu.bots.drafts.marks import Origin, Verified, mark_of
from gongmu.bots.drafts.store import DraftRow, ReviewRow, Version
from gongmu.core.people import Role


class Officer(Protocol):
    """Who acts; `passages.Reader` and `people.Person` fit."""

    @property
    def account(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def department(self) -> str: ...
    @property
    def roles(self) -> frozenset[Role]: ...


@dataclass(frozen=True)
class NamedFile:
    """A file that was handed in."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Draft:
    """One version of a draft, as its page shows it."""

    row: DraftRow
    form: Form
    number: int
    title: str
    values: dict[str, Value]
    asks: tuple[str, ...]
    """What a person has to look at: open fields, doubtful dates."""
    sources: tuple[str, ...]
    made_by: str
    made_at: datetime
    model: str
    mark: str
    """The line that it carries when it leaves; empty once verified."""
    verified: Verified | None


@dataclass(frozen=True)
class Card:
    """A draft in a list."""

    draft_id: str
    form_title: str
    title: str
    made_by: str
    changed_at: datetime
    number: int
    verified: bool
    with_model: bool


def draft_of(row: DraftRow, version: Version, review: ReviewRow | None) -> Draft:
    """Return a version as its page shows it; a check counts for the very values it was of."""
    form = form_of(row.form)
    verified = None
    if review is not None and review.sha256 == version.sha256:
        verified = Verified(
            review.reviewer_name, review.department, review.reviewed_at, review.note
        )
    origin = Origin(row.draft_id, version.number, row.form, version.made_at, model=version.model)
    return Draft(
        row,
        form,
        version.number,
        shown(form, version.values, "title") or form.title,
        version.values,
        version.asks,
        version.sources,
        version.made_by,
        version.made_at,
        version.model,
        "" if verified else mark_of(origin),
        verified,
    )


def asks_of(form: Form, values: Mapping[str, Value], asks: Sequence[str]) -> tuple[str, ...]:
    """Return what a person has to look at: what the filling asks, then the open fields."""
    still = [f"{OPEN_MARK}{one.title}" for one in form.open_fields(values)]
    other = [one for one in asks if not one.startswith(OPEN_MARK)]
    return tuple(dict.fromkeys([*other, *still]))


def still_open(form: Form, values: Mapping[str, Value]) -> list[str]:
    """Return the titles of needed open fields and of those that still say 확인 필요."""
    titles = [one.title for one in form.open_fields(values)]
    sign = OPEN_MARK.strip(": ")
    titles += [one.title for one in form.fields if sign in str(values.get(one.code, ""))]
    return list(dict.fromkeys(titles))
