"""What a draft's text could say better: official style and plain words, each with its fix.

Quiet: no clock, database or file is reached from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gongmu.bots.drafts import plain, style
from gongmu.bots.drafts.form import Field, Form, Kind, Value, Values
from gongmu.bots.pages.draft_values import texts_of

MOST = 60


@dataclass(frozen=True)
class Item:
    """One piece of advice; `fix` is what the page hands back to have it put in, "" = by hand."""

    kind: str
    field_title: str
    message: str
    before: str
    after: str
    fix: str


@dataclass(frozen=True)
class Advice:
    """All advice on a draft, in the form's order."""

    items: Sequence[Item]


def advice_for(form: Form, values: Values) -> Advice:
    """Return what could be said better in the written fields; tables are left alone."""
    found: list[Item] = []
    for field, text in texts_of(form, values):
        if field.kind is not Kind.ROWS and text:
            found += [*_style(field, text, form.code), *_plain(field, text)]
    return Advice(found[:MOST])


def _style(field: Field, text: str, form: str) -> list[Item]:
    return [
        Item(
            "행정 문서",
            field.title,
            one.message,
            _short(one.found),
            one.suggestion or "",
            _fix(field, one.start, one.end, one.suggestion, text[one.start : one.end])
            if one.suggestion is not None
            else "",
        )
        for one in style.check(text, form if field.kind is Kind.BODY else "")
    ]


def _plain(field: Field, text: str) -> list[Item]:
    return [
        Item(
            "쉬운 말",
            field.title,
            one.message.partition(":")[0],
            _short(one.found),
            one.suggestion,
            _fix(field, one.start, one.end, one.suggestion, one.found) if one.suggestion else "",
        )
        for one in plain.advise(text)
    ]


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def _fix(field: Field, start: int, end: int, after: str, before: str) -> str:
    return "\x1f".join((field.code, str(start), str(end), after, before))


def with_fix(form: Form, values: Values, fix: str) -> dict[str, Value]:
    """Return the values with one fix put in; one that no longer fits changes nothing."""
    found = dict(values)
    parts = fix.split("\x1f")
    if len(parts) != 5 or not (parts[1].isdecimal() and parts[2].isdecimal()):
        return found
    code, start, end, after, before = parts[0], int(parts[1]), int(parts[2]), parts[3], parts[4]
    text = next((text for field, text in texts_of(form, values) if field.code == code), "")
    if text[start:end] != before:
        start = text.find(before)
        end = start + len(before)
        if not before or start < 0:
            return found
    changed = text[:start] + after + text[end:]
    field = form.field(code)
    found[code] = changed.split("\n") if field.kind is Kind.LIST else changed
    return found
