"""A form of an official document as data: its fields, how notes fill them, how it is printed.

Values are plain JSON: a line or a body is a text, a list is a list of texts, rows are lists of
lists of texts. What nobody said is left out, never guessed; on paper a needed field that is left
out reads "확인 필요: 장소".

Quiet: no clock, database, file or model is reached from here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from gongmu.core.documents.paper import Paper
from gongmu.core.errors import Refused

OPEN_MARK = "확인 필요: "
"""Stands before the title of a field that a person still has to fill."""

LONGEST_VALUE = 60_000
"""Letters of one field; a longer one is not a document any more."""

Value = str | list[str] | list[list[str]]
Values = Mapping[str, Value]


class Kind(StrEnum):
    """What a field holds."""

    LINE = "line"
    """One line of text."""
    BODY = "body"
    """Lines of text, each opening with its item mark (□ ○ - ․ ※) or none."""
    LIST = "list"
    """Texts, one an entry."""
    ROWS = "rows"
    """A table; `columns` of the field name its columns."""


@dataclass(frozen=True)
class Field:
    """One field of a form; `needed` ones are asked for when they are open."""

    code: str
    title: str
    kind: Kind = Kind.LINE
    needed: bool = False
    hint: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Setting:
    """What the desk knows without being told: whose document it is."""

    city: str = ""
    department: str = ""
    officer: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Filling:
    """What notes gave: the values, and Korean lines on what a person has to look at."""

    values: dict[str, Value]
    asks: tuple[str, ...] = ()


Fill = Callable[[str, date, Setting], Filling]


@dataclass(frozen=True)
class Form:
    """One form; `code` is its file's name. `fill` reads notes, `paper` sets complete values."""

    code: str
    title: str
    purpose: str
    fields: tuple[Field, ...]
    fill: Fill
    paper: Callable[[Values], Paper]

    def field(self, code: str) -> Field:
        """Return a field by its code; raises KeyError."""
        return next(one for one in self.fields if one.code == code)

    def open_fields(self, values: Values) -> tuple[Field, ...]:
        """Return the needed fields that `values` leave open."""
        return tuple(one for one in self.fields if one.needed and not values.get(one.code))

    def fill_in(self, text: str, today: date, setting: Setting | None = None) -> Filling:
        """Return what `text` gives, with a line for every needed field that it leaves open."""
        filling = self.fill(text, today, setting or Setting())
        values = checked_values(self, filling.values)
        asked = [f"{OPEN_MARK}{one.title}" for one in self.open_fields(values)]
        return Filling(values, (*filling.asks, *asked))


def checked_values(form: Form, raw: Mapping[str, Any]) -> dict[str, Value]:
    """Return `raw` (of a model, a page or a tool) as values of `form`; empty ones are left out.

    Raises Refused `draft_invalid` naming the field: unknown, of the wrong kind, too long, a row
    with too many cells.
    """
    known = {one.code: one for one in form.fields}
    values: dict[str, Value] = {}
    for code, given in raw.items():
        if code not in known:
            raise _invalid(form, f"모르는 항목입니다: {code}")
        value = _checked(form, known[code], given)
        if value:
            values[code] = value
    return values


def schema(form: Form) -> dict[str, Any]:
    """Return the JSON schema of the form's values, for a model that fills it."""
    properties = {one.code: _property(one) for one in form.fields}
    return {
        "type": "object",
        "title": form.title,
        "description": form.purpose,
        "properties": properties,
        "required": [one.code for one in form.fields if one.needed],
        "additionalProperties": False,
    }


def shown(form: Form, values: Values, code: str) -> str:
    """Return a line or body as it is printed: the value, or the mark of a needed open field."""
    value = values.get(code)
    if value:
        return value if isinstance(value, str) else "\n".join(map(str, value))
    field = form.field(code)
    return f"{OPEN_MARK}{field.title}" if field.needed else ""


def lines_of(values: Values, code: str) -> list[str]:
    """Return a list field, or the lines of a text field; [] when it is open."""
    value = values.get(code) or []
    if isinstance(value, str):
        return [line for line in value.split("\n") if line.strip()]
    return [" ".join(one) if isinstance(one, list) else one for one in value]


def rows_of(values: Values, code: str) -> list[list[str]]:
    """Return a table field as rows of texts; [] when it is open."""
    value = values.get(code) or []
    return [list(one) for one in value if isinstance(one, list)]


def _checked(form: Form, field: Field, given: object) -> Value:
    if given is None:
        return ""
    match field.kind:
        case Kind.LINE:
            return " ".join(_text(form, field, given).split())
        case Kind.BODY:
            text = "\n".join(map(str, given)) if isinstance(given, list) else given
            return _text(form, field, text).strip("\n ")
        case Kind.LIST:
            entries = given.split("\n") if isinstance(given, str) else given
            texts = [_text(form, field, one).strip() for one in _sequence(form, field, entries)]
            return [one for one in texts if one]
        case Kind.ROWS:
            return [_row(form, field, one) for one in _sequence(form, field, given) if one]


def _row(form: Form, field: Field, given: object) -> list[str]:
    if isinstance(given, Mapping):
        given = [given.get(name, "") for name in field.columns]
    cells = [_text(form, field, one).strip() for one in _sequence(form, field, given)]
    if len(cells) > len(field.columns):
        raise _invalid(form, f"'{field.title}' 표는 {len(field.columns)}칸입니다")
    return cells + [""] * (len(field.columns) - len(cells))


def _sequence(form: Form, field: Field, given: object) -> Sequence[object]:
    if isinstance(given, list | tuple):
        return given
    raise _invalid(form, f"'{field.title}'은(는) 목록이어야 합니다")


def _text(form: Form, field: Field, given: object) -> str:
    if isinstance(given, bool) or not isinstance(given, str | int | float | None):
        raise _invalid(form, f"'{field.title}'은(는) 글이어야 합니다")
    text = "" if given is None else str(given).replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > LONGEST_VALUE:
        raise _invalid(form, f"'{field.title}'이(가) {LONGEST_VALUE:,}자를 넘습니다")
    return text


def _property(field: Field) -> dict[str, Any]:
    text = {"type": "string"}
    about = " ".join(part for part in (field.title, field.hint) if part)
    match field.kind:
        case Kind.LIST:
            return {"type": "array", "items": text, "description": about}
        case Kind.ROWS:
            row = {"type": "array", "items": text, "maxItems": len(field.columns)}
            about = f"{about} (칸: {', '.join(field.columns)})"
            return {"type": "array", "items": row, "description": about}
        case _:
            return text | {"description": about}


def _invalid(form: Form, what: str) -> Refused:
    return Refused("draft_invalid", f"{form.title}: {what}.", "항목과 꼴을 고쳐 다시 하세요.")
