"""A draft's values as fields of a form on the page, and back.

Quiet: no clock, database or file is reached from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gongmu.bots.drafts.form import OPEN_MARK, Field, Form, Kind, Value, Values

SPARE_ROWS = 2
MOST_ROWS = 200


@dataclass(frozen=True)
class Blank:
    """One field of the editor; `rows` are the cells of a table, with spare ones below."""

    field: Field
    text: str
    rows: tuple[tuple[str, ...], ...]
    open: bool
    """Whether a person still has to fill it or to look at it."""

    @property
    def name(self) -> str:
        """Return the name of its input."""
        return f"v.{self.field.code}"


def blanks(form: Form, values: Values) -> list[Blank]:
    """Return the fields of the editor, in the form's order."""
    return [_blank(one, values.get(one.code)) for one in form.fields]


def _blank(field: Field, value: Value | None) -> Blank:
    rows: tuple[tuple[str, ...], ...] = ()
    text = ""
    if field.kind is Kind.ROWS:
        width = len(field.columns)
        kept = [tuple(one) for one in value or () if isinstance(one, list)]
        rows = (*kept, *[("",) * width] * SPARE_ROWS)
    elif isinstance(value, str):
        text = value
    else:
        text = "\n".join(one for one in value or () if isinstance(one, str))
    sign = OPEN_MARK.strip(": ")
    unsure = sign in text or any(sign in cell for row in rows for cell in row)
    return Blank(field, text, rows, unsure or (field.needed and not value))


def values_of(form: Form, fields: Mapping[str, object]) -> dict[str, Value]:
    """Return what was written into the editor as values of the form; `fields` of the request."""
    found: dict[str, Value] = {}
    for one in form.fields:
        if one.kind is Kind.ROWS:
            found[one.code] = _rows(one, fields)
            continue
        text = str(fields.get(f"v.{one.code}") or "").replace("\r\n", "\n")
        if one.kind is Kind.LIST:
            found[one.code] = [line.strip() for line in text.split("\n") if line.strip()]
        else:
            found[one.code] = text
    return {code: value for code, value in found.items() if value}


def _rows(field: Field, fields: Mapping[str, object]) -> list[list[str]]:
    rows = []
    for row in range(MOST_ROWS):
        names = [f"v.{field.code}.{row}.{column}" for column in range(len(field.columns))]
        if not any(name in fields for name in names):
            break
        cells = [str(fields.get(name) or "").strip() for name in names]
        if any(cells):
            rows.append(cells)
    return rows


def texts_of(form: Form, values: Values) -> list[tuple[Field, str]]:
    """Return the written fields as texts, for what reads texts (style, plain language)."""
    return [(one, _blank(one, values.get(one.code)).text) for one in form.fields]
