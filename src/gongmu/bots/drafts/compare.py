"""What changed between two versions of a draft, line by line.

Quiet: no clock, database, file or model is reached from here.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from gongmu.bots.drafts.form import Form, Value, Values


@dataclass(frozen=True)
class Difference:
    """One field that changed: lines taken out and lines put in, in order.

    `lines` are the whole field with a sign before each line: " " stayed, "-" out, "+" in.
    """

    code: str
    title: str
    lines: tuple[str, ...]


def differences(form: Form, old: Values, new: Values) -> Sequence[Difference]:
    """Return the fields whose values differ, in the form's order."""
    found = []
    for field in form.fields:
        before, after = _lines(old.get(field.code)), _lines(new.get(field.code))
        if before != after:
            kept = tuple(
                line[0] + line[2:]
                for line in difflib.ndiff(before, after)
                if not line.startswith("?")
            )
            found.append(Difference(field.code, field.title, kept))
    return found


def _lines(value: Value | None) -> list[str]:
    if not value:
        return []
    if isinstance(value, str):
        return value.split("\n")
    return [" | ".join(one) if isinstance(one, list) else one for one in value]
