"""Item marks: told apart in any notes, written in the house's order.

Reports use □ ○ - ․ and ※ for a note; official letters 1. 가. 1) 가) (1) (가) ① ㉮
(행정업무의 운영 및 혁신에 관한 규정 시행규칙 제2조).

Quiet: no clock, database, file or model is reached from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

MARKS = ("", "□", "○", "-", "․")
"""Marks of levels 1 to 4 in a report; level 0 is a plain line."""

NOTE_MARK = "※"

_KINDS = (
    ("table", re.compile(r"\|\s*")),
    ("square", re.compile(r"[□■▢◻☐◇◆▣▶►❑ㅁ]\s*|\[\s?\]\s+")),
    ("circle", re.compile(r"[○●◦◯❍⚪〇]\s*(?![○●*])|[ㅇoO]\s+|\([oO]\)\s*")),
    ("dash", re.compile(r"[-–—−‐―ㅡ]\s*(?![\d-])|[-–—−]\s+|[~]\s+")),
    ("dot", re.compile(r"[·․‧∙•▪・⋅+]\s*|\*\s+")),
    ("note", re.compile(r"※\s*|\*\)\s*|주\)\s*")),
    ("roman", re.compile(r"[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ]\s*[.．]?\s*|(?:IV|IX|V?I{1,3}|V|X)\.\s+")),
    ("number", re.compile(r"\d{1,2}[.．]\s+(?!\d{1,2}\.\s)|\d{1,2}[.．](?=[가-힣A-Za-z「])")),
    ("letter", re.compile(r"[가나다라마바사아자차카타파하][.．]\s*")),
    ("number_half", re.compile(r"\d{1,2}\)\s*")),
    ("letter_half", re.compile(r"[가나다라마바사아자차카타파하]\)\s*")),
    ("number_round", re.compile(r"\(\d{1,2}\)\s*")),
    ("letter_round", re.compile(r"\([가나다라마바사아자차카타파하]\)\s*")),
    ("circled", re.compile(r"[①-⑳]\s*")),
    ("circled_letter", re.compile(r"[㉮-㉻]\s*")),
    ("arrow", re.compile(r"(?:[→⇒➔☞▷>]|->|=>)\s*")),
)
_OWN_LEVEL = {"square": 1, "circle": 2, "dash": 3, "dot": 4}


@dataclass(frozen=True)
class Item:
    """One line of notes: its level (0 = no mark, 1 = outermost), its text without the mark."""

    level: int
    text: str
    mark: str = ""
    """What kind of mark it had: square, circle, dash, dot, note, number ..."""
    line: int = 0
    """Its number among the lines, from 1."""


def items(text: str) -> list[Item]:
    """Return the non-blank lines of `text` with their levels.

    Marks of the house keep their rank when more than one kind occurs (□ above ○ above - above ․),
    other kinds are ranked by where they first stand below one another; deeper indentation of the
    same mark is a deeper level.
    """
    rows = [_row(number, line) for number, line in enumerate(text.split("\n"), start=1)]
    rows = [row for row in rows if row.text]
    ranks = _ranks(
        [(row.mark, row.indent) for row in rows if row.mark not in ("", "note", "table")]
    )
    return [
        Item(ranks.get((row.mark, row.indent), 0), row.text, row.mark, row.number) for row in rows
    ]


def house_lines(entries: Iterable[Item], top: int = 1) -> str:
    """Return items as lines with the marks □ ○ - ․; the outermost level gets mark `top`."""
    listed = list(entries)
    least = min((item.level for item in listed if item.level), default=1)
    lines = []
    for item in listed:
        if item.mark == "note":
            lines.append(f"{NOTE_MARK} {item.text}")
            continue
        if item.mark == "table":
            lines.append(f"| {item.text}")
            continue
        level = min(item.level - least + top if item.level else top, len(MARKS) - 1)
        lines.append(f"{MARKS[level]} {item.text}")
    return "\n".join(lines)


def split_mark(line: str) -> tuple[str, str]:
    """Return (kind of mark, text without it) of one line; kind is "" without a mark."""
    stripped = line.strip()
    for kind, pattern in _KINDS:
        found = pattern.match(stripped)
        if found and (rest := stripped[found.end() :].strip()):
            return kind, rest
    return "", stripped


def letter_number(level: int, place: int) -> str:
    """Return the item mark of an official letter: level 1..8, place from 0.

    Past 하 the series goes on with 거, 너, ... as the rule's own order does.
    """
    letters = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허"
    letter = letters[place % len(letters)]
    forms = (
        f"{place + 1}.",
        f"{letter}.",
        f"{place + 1})",
        f"{letter})",
        f"({place + 1})",
        f"({letter})",
        chr(0x2460 + place % 20),
        chr(0x326E + place % 14),
    )
    return forms[min(level, len(forms)) - 1]


def numbered(entries: Sequence[Item]) -> list[Item]:
    """Return the items with the marks of official letters in `mark`, counted by level.

    A single item of the first level gets no mark, as the rule asks.
    """
    least = min((item.level for item in entries if item.level), default=1)
    firsts = sum(
        1 for item in entries if item.level in (least, 0) and item.mark not in ("note", "table")
    )
    places: dict[int, count[int]] = {}
    made = []
    for item in entries:
        if item.mark == "note":
            made.append(Item(item.level, item.text, NOTE_MARK, item.line))
            continue
        if item.mark == "table":
            made.append(item)
            continue
        level = max(item.level - least + 1, 1)
        for deeper in [one for one in places if one > level]:
            del places[deeper]
        place = next(places.setdefault(level, count()))
        mark = "" if level == 1 and firsts == 1 else letter_number(level, place)
        made.append(Item(level, item.text, mark, item.line))
    return made


@dataclass(frozen=True)
class _Row:
    number: int
    indent: int
    mark: str
    text: str


def _row(number: int, line: str) -> _Row:
    spread = line.expandtabs(4).replace("\u3000", "  ").replace("\u00a0", " ")
    mark, text = split_mark(spread)
    indent = len(spread) - len(spread.lstrip())
    return _Row(number, indent // 2 if mark else 0, mark, text)


def _ranks(seen: Sequence[tuple[str, int]]) -> dict[tuple[str, int], int]:
    kinds = list(dict.fromkeys(seen))
    own = {kind for kind, _ in kinds if kind in _OWN_LEVEL}
    if own and {kind for kind, _ in kinds} == own and len(own) > 1:
        steps = sorted(kinds, key=lambda one: (_OWN_LEVEL[one[0]], one[1]))
        levels: dict[tuple[str, int], int] = {}
        before, level = "", 0
        for kind, indent in steps:
            level = level + 1 if kind != before or _deeper(steps, kind, indent) else level
            levels[kind, indent] = level
            before = kind
        return levels
    order: list[str] = list(dict.fromkeys(kind for kind, _ in kinds))
    if len(order) == 1:
        indents = sorted({indent for _, indent in kinds})
        return {(order[0], indent): place for place, indent in enumerate(indents, start=1)}
    return {one: order.index(one[0]) + 1 for one in kinds}


def _deeper(steps: Sequence[tuple[str, int]], kind: str, indent: int) -> bool:
    """Tell whether the same mark stands further in than where it first stood."""
    first = min(one for mark, one in steps if mark == kind)
    return indent - first >= 1 if first != indent else False
