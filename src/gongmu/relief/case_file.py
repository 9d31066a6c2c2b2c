"""Reads cases from JSON: every field optional, null = not known, unknown keys refused by path."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from gongmu.core.errors import Refused
from gongmu.core.values import parse_day
from gongmu.relief.article import article_of_text
from gongmu.relief.facts import When
from gongmu.relief.rules.deadlines import end_of_month
from gongmu.relief.words import bare, reading_of


class Wrong(ValueError):
    """A value that cannot be read; the message is Korean."""


class Problem(NamedTuple):
    """What is wrong, and where: `path` as a person would write it: children[1].birthday."""

    path: str
    message: str


class Reader:
    """Reads one kind of value; `schema` is its JSON Schema."""

    __slots__ = ("read", "schema")

    def __init__(self, read: Callable[[Any], Any], schema: Mapping[str, Any]) -> None:
        self.read = read
        self.schema = schema


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    raise Wrong("글자여야 합니다")


def _flag(value: Any) -> bool:
    if value is True or value is False:
        return value
    if isinstance(value, str):
        found = _FLAGS.get(value.strip().lower())
        if found is not None:
            return found
    raise Wrong("true 또는 false여야 합니다")


_FLAGS = {
    **dict.fromkeys(("예", "네", "y", "yes", "true", "있음"), True),
    **dict.fromkeys(("아니오", "아니요", "n", "no", "false", "없음"), False),
}
_YEARS = range(1900, 2101)
_MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?Z?$")


@lru_cache(maxsize=65536)
def _day_of_text(value: str) -> date:
    try:
        found = parse_day(_MIDNIGHT.sub("", value.strip()))
    except ValueError as error:
        raise Wrong(f"날짜(2026-03-10)여야 합니다: {value!r}") from error
    if found.year not in _YEARS:
        raise Wrong(f"1900년부터 2100년까지만 적을 수 있습니다: {value!r}")
    return found


def _day(value: Any) -> date:
    if isinstance(value, str):
        return _day_of_text(value)
    raise Wrong('날짜("2026-03-10")여야 합니다')


_PART = re.compile(r"(\d{4})(?:[-./년]\s*(\d{1,2})[월.]?)?년?\s*")


@lru_cache(maxsize=65536)
def _when_of_text(value: str) -> When:
    if found := _PART.fullmatch(value.strip()):
        year, month = int(found[1]), found[2]
        if year not in _YEARS:
            raise Wrong(f"1900년부터 2100년까지만 적을 수 있습니다: {value!r}")
        try:
            first = date(year, int(month or 1), 1)
        except ValueError as error:
            raise Wrong(f"없는 달입니다: {value!r}") from error
        return When(first, end_of_month(first) if month else date(year, 12, 31))
    day = _day_of_text(value)
    return When(day, day)


def _when(value: Any) -> When:
    if isinstance(value, str):
        return _when_of_text(value)
    raise Wrong('날짜("2026-03-10"), 달("2026-03") 또는 해("2026")여야 합니다')


_DIGITS = 30
_NUMERAL = re.compile(r"[\d.]{1,30}(?:/\d{1,30}|\s*%)?")


def _fraction(value: Any) -> Fraction:
    if isinstance(value, float):
        # From a caller's own JSON reader: what is written counts, not its binary neighbour.
        value = str(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str | Fraction):
        raise Wrong("수여야 합니다")
    # 1e999999999 would be written out digit by digit.
    if isinstance(value, Decimal) and not (value.is_finite() and abs(value.adjusted()) < _DIGITS):
        raise Wrong("너무 크거나 작은 수입니다")
    if isinstance(value, str) and not _NUMERAL.fullmatch(value.strip()):
        raise Wrong(f"수여야 합니다: {value!r}")
    try:
        if isinstance(value, str) and value.strip().endswith("%"):
            return Fraction(value.strip()[:-1]) / 100
        return Fraction(value)
    except (ValueError, ZeroDivisionError) as error:
        raise Wrong(f"수여야 합니다: {value!r}") from error


def _share(value: Any) -> Fraction:
    found = _fraction(value)
    if not 0 <= found <= 1:
        raise Wrong('지분은 0과 1 사이여야 합니다("99/100", 0.5, "1%")')
    return found


def _power(value: Any) -> Fraction:
    if isinstance(value, str):
        value = value.strip().lower().removesuffix("kw").strip()
    found = _fraction(value)
    if found < 0:
        raise Wrong("0보다 작을 수 없습니다")
    return found


_GRADE = re.compile(r"(?:신체)?(?:상이|장해|장애)?(?:등급)?제?(\d{1,2})급?(?:\d항)?(?:\d+호)?")
_DEFOLIANT = re.compile(r"(?:장애등급)?(경도|중등도|고도)(?:장애)?")
_NO_GRADE = frozenset(
    {"등급외", "무등급", "없음", "등급없음", "등급미달", "등급기준미달", "미달", "장애등급없음"}
)


def _grade(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        text = bare(value)
        if found := _GRADE.fullmatch(text):
            return str(int(found[1]))
        if found := _DEFOLIANT.fullmatch(text):
            return found[1]
        if text in _NO_GRADE:
            return "등급외"
    raise Wrong('등급(1, "3급", "상이 3급", "경도", "등급외")이어야 합니다')


def _article(value: Any) -> str:
    if isinstance(value, str):
        found = article_of_text(value)
        if found is not None:
            return found
        if "조례" in value:
            return value.strip()
    raise Wrong('조문("지특법§17①1가" 또는 "제17조제1항")이어야 합니다')


_COUNTED = re.compile(
    r"(\d{1,20}|\d{1,3}(?:,\d{3}){1,6})(?:\.0{1,2})?\s*(?:원|cc|㏄|씨씨|명|인승|mm|㎜|kg|㎏)?",
    re.IGNORECASE,
)
_TONNES = re.compile(r"(\d{1,3}(?:\.\d{1,3})?)\s*(?:t|톤)", re.IGNORECASE)


def whole(most: int) -> Reader:
    """Return a reader of whole numbers from 0 to `most`: 30000000, also "30,000,000원"."""

    def read(value: Any) -> int:
        if isinstance(value, str) and (found := _COUNTED.fullmatch(value.strip())):
            value = int(found[1].replace(",", ""))
        elif isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < _DIGITS:
            value = int(value) if value == int(value) else value
        # In Python a bool is an int; in a case file true is no number.
        if type(value) is not int:
            raise Wrong("정수여야 합니다(30000000)")
        if not 0 <= value <= most:
            raise Wrong(f"0 이상 {most:,} 이하여야 합니다")
        return value

    return Reader(read, {"type": ["integer", "null"], "minimum": 0, "maximum": most})


TEXT = Reader(_text, {"type": ["string", "null"]})
FLAG = Reader(
    _flag, {"type": ["boolean", "string", "null"], "enum": [True, False, "예", "아니오", None]}
)
DAY = Reader(_day, {"type": ["string", "null"], "description": "날짜: 2026-03-10"})
WHEN = Reader(
    _when,
    {"type": ["string", "null"], "description": "날짜 2026-03-10; 모르면 달 2026-03, 해 2026"},
)
SHARE = Reader(_share, {"type": ["string", "number", "null"], "description": '지분: "99/100", 0.5'})
POWER = Reader(_power, {"type": ["string", "number", "null"], "description": "kW"})
GRADE = Reader(_grade, {"type": ["string", "integer", "null"]})
ARTICLE = Reader(_article, {"type": ["string", "null"], "description": "지특법§22의2①1가"})
WON = whole(1_000_000_000_000)
COUNT = whole(100_000)


def _payload(value: Any) -> int:
    if isinstance(value, str) and (found := _TONNES.fullmatch(value.strip())):
        return int(Fraction(found[1]) * 1000)
    kilograms: int = COUNT.read(value)
    return kilograms


PAYLOAD = Reader(
    _payload, {"type": ["integer", "string", "null"], "description": 'kg: 1000; "1.2t"도 읽음'}
)


def word(kind: type[StrEnum]) -> Reader:
    """Return a reader of an enumeration, by Korean word or code."""
    table = reading_of(kind)

    def read(value: Any) -> StrEnum:
        if isinstance(value, str):
            found = table.get(value) or table.get(bare(value))
            if found is not None:
                return found
        raise Wrong(f"모르는 값입니다: {value!r}. 쓸 수 있는 값: {', '.join(_first_words(kind))}")

    return Reader(read, {"enum": [*table, None]})


def _first_words(kind: type[StrEnum]) -> tuple[str, ...]:
    from gongmu.relief.words import shown

    return tuple(shown(member) for member in kind)


@dataclass(frozen=True)
class Key:
    """One key of a group: the attribute it fills, its reader or group, and what it means."""

    name: str
    attribute: str
    kind: Any
    korean: str
    many: bool = False


class Group:
    """A JSON object that becomes a dataclass."""

    __slots__ = ("finish", "keys", "korean", "name", "table", "target")

    def __init__(
        self,
        name: str,
        korean: str,
        target: Callable[..., Any],
        keys: Sequence[Key],
        finish: Callable[[dict[str, Any], Mapping[str, Any]], None] | None = None,
    ) -> None:
        self.name = name
        self.korean = korean
        self.target = target
        self.keys = tuple(keys)
        self.finish = finish
        self.table = {
            key.name: (
                key.attribute,
                key.kind.read if isinstance(key.kind, Reader) else None,
                key.kind,
                key.many,
            )
            for key in keys
        }

    def build(self, raw: Any, path: str, problems: list[Problem]) -> Any:
        """Return the dataclass; what cannot be read is added to `problems`."""
        if type(raw) is not dict:
            problems.append(Problem(path or "사건", "{ }로 묶은 값이어야 합니다"))
            return None
        values: dict[str, Any] = {}
        table = self.table
        for name, value in raw.items():
            entry = table.get(name)
            if entry is None:
                problems.append(Problem(_join(path, name), _unknown_key(name, table)))
                continue
            attribute, read, kind, many = entry
            # A table's empty cell says as little as null.
            if value is None or value == "":
                values[attribute] = None
            elif read is not None:
                try:
                    values[attribute] = read(value)
                except Wrong as wrong:
                    problems.append(Problem(_join(path, name), str(wrong)))
            elif many:
                values[attribute] = _many(kind, value, _join(path, name), problems)
            else:
                values[attribute] = kind.build(value, _join(path, name), problems)
        if self.finish is not None:
            self.finish(values, raw)
        return self.target(**values)


def _many(kind: Group, value: Any, path: str, problems: list[Problem]) -> tuple[Any, ...]:
    if type(value) is not list:
        problems.append(Problem(path, "[ ]로 묶은 목록이어야 합니다"))
        return ()
    return tuple(kind.build(one, f"{path}[{index}]", problems) for index, one in enumerate(value))


def _unknown_key(name: str, table: Mapping[str, Any]) -> str:
    near = get_close_matches(name, table, 1, 0.6)
    return "모르는 항목입니다" + (f". {near[0]}인가요?" if near else "")


def _join(path: str, name: Any) -> str:
    return f"{path}.{name}" if path else str(name)


def text_of(data: bytes) -> str:
    """Return a file's text, UTF-8, UTF-16 with its mark, or CP949 as old Korean programs write.

    Raises `Refused` case_file_invalid.
    """
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp949"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(
        "case_file_invalid",
        "사건 파일이 글자 파일이 아닙니다.",
        "UTF-8로 저장한 JSON 파일인지 살펴보세요.",
    )


def read_json(text: str) -> list[Any]:
    """Return the cases of a JSON text: one object or a list.

    Raises `Refused` case_file_invalid when it is no JSON.
    """
    try:
        raw = json.loads(text.removeprefix("\ufeff"), parse_float=Decimal)
    except (ValueError, RecursionError) as error:  # ValueError also: a number too long to read
        where = (
            f": {error.lineno}째 줄 {error.colno}째 글자"
            if isinstance(error, json.JSONDecodeError)
            else ""
        )
        raise Refused(
            "case_file_invalid",
            f"사건 파일을 JSON으로 읽을 수 없습니다{where}.",
            "따옴표·쉼표·괄호를 살펴보세요. 꼴은 docs/relief-cases.md에 있습니다.",
        ) from error
    return raw if isinstance(raw, list) else [raw]
