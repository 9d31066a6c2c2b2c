"""The order of item marks: 1. 가. 1) 가) (1) (가) ① ㉮, each level inside the one before it.

Quiet: no clock, database, file or model is reached from here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_LETTERS = "가나다라마바사아자차카타파하"
_MARK = re.compile(
    rf"(?m)^[ \t]*(?P<mark>(?P<l1>[0-9]{{1,2}})\.(?=\s+\D|[가-힣])|"
    rf"(?P<l2>[{_LETTERS}])\.(?=\s|[^\s\d])|(?P<l3>[0-9]{{1,2}})\)|(?P<l4>[{_LETTERS}])\)|"
    rf"\((?P<l5>[0-9]{{1,2}})\)|\((?P<l6>[{_LETTERS}])\)|(?P<l7>[①-⑳])|(?P<l8>[㉮-㉻])|"
    r"(?P<s1>□)|(?P<s2>○)|(?P<s3>-)(?=\s)|(?P<s4>․))"
)
_NAMES = ("1.", "가.", "1)", "가)", "(1)", "(가)", "①", "㉮")
_SIGNS = ("□", "○", "-", "․")


@dataclass(frozen=True)
class OrderFinding:
    """A mark that stands out of order, from `start` to `end`."""

    start: int
    end: int
    message: str


@dataclass(frozen=True)
class _Mark:
    start: int
    end: int
    level: int
    place: int
    """From 1; 0 for marks without a number."""
    is_sign: bool


def order_findings(text: str) -> list[OrderFinding]:
    """Return marks that skip a level, that do not begin at the first or that skip a number."""
    marks = [_mark(match) for match in _MARK.finditer(text)]
    numbered = [one for one in marks if not one.is_sign]
    signs = [one for one in marks if one.is_sign]
    return sorted([*_numbers(numbered), *_signs(signs)], key=lambda one: one.start)


def _numbers(marks: Sequence[_Mark]) -> list[OrderFinding]:
    found: list[OrderFinding] = []
    places: dict[int, int] = {}
    top = min((one.level for one in marks), default=1)
    before = top
    for one in marks:
        for deeper in [level for level in places if level > one.level]:
            del places[deeper]
        expected = places.get(one.level, 0) + 1
        if one.level > before + 1:
            found.append(_skipped(one, _NAMES[before - 1], _NAMES[before], _NAMES[one.level - 1]))
        elif one.place != expected and not (one.place == 1 and one.level == top):
            right, wrong = _shown(one.level, expected), _shown(one.level, one.place)
            message = f"{right} 차례에 {wrong}이 왔습니다."
            found.append(OrderFinding(one.start, one.end, message))
        places[one.level] = one.place
        before = one.level
    return found


def _signs(marks: Sequence[_Mark]) -> list[OrderFinding]:
    found = []
    before = min((one.level for one in marks), default=1)
    for one in marks:
        if one.level > before + 1:
            found.append(_skipped(one, _SIGNS[before - 1], _SIGNS[before], _SIGNS[one.level - 1]))
        before = one.level
    return found


def _skipped(one: _Mark, before: str, expected: str, got: str) -> OrderFinding:
    message = f"{before} 다음 단계는 {expected}인데 {got}이 왔습니다."
    return OrderFinding(one.start, one.end, message)


def _shown(level: int, place: int) -> str:
    name = _NAMES[level - 1]
    if level in (1, 3, 5):
        return name.replace("1", str(place))
    if level in (2, 4, 6):
        return name.replace("가", _LETTERS[(place - 1) % len(_LETTERS)])
    return chr((0x2460 if level == 7 else 0x326E) + place - 1)


def _mark(match: re.Match[str]) -> _Mark:
    start, end = match.span("mark")
    for level in range(1, 9):
        if written := match[f"l{level}"]:
            return _Mark(start, end, level, _place(written), False)
    level = next(n for n in range(1, 5) if match[f"s{n}"])
    return _Mark(start, end, level, 0, True)


def _place(written: str) -> int:
    if written.isdigit() and written.isascii():
        return int(written)
    if written in _LETTERS:
        return _LETTERS.index(written) + 1
    return ord(written) - (0x2460 if written <= "⑳" else 0x326E) + 1
