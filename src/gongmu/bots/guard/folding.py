"""Writing made plain for looking at: one digit for every way to write it, with the way back.

Pure. Full-width, circled, superscript, Hanja and emoji digits, percent-, \\u- and HTML-escapes,
decomposed Hangul, zero-width characters and combining marks all hide a number from a pattern.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape

GROUP = "\x1f"
"""Stands between a lone circled number and what follows: a list mark is no part of a number."""

_HANJA = dict(
    zip(
        "〇零空一二三四五六七八九壹貳參肆伍陸柒捌玖壱弐参弌弍弎两兩",
        "00012345678912345678912312322",
        strict=True,
    )
)
_DASHES = frozenset("‐‑‒–—―−－﹣─━⁃➖ーｰ₋⁻")
_TILDES = frozenset("∼〜～˜∽")
_DOTS = frozenset("・･‧∙•․·⋅ㆍᆞ。｡●")
_BORDERS = frozenset("│┃║¦❘｜┆┊")
_ALIKE = (
    _HANJA
    | dict.fromkeys(_DASHES, "-")
    | dict.fromkeys(_TILDES, "~")
    | dict.fromkeys(_DOTS, "·")
    | dict.fromkeys(_BORDERS, "|")
)
_HIDDEN = frozenset("\u3164\u115f\u1160\uffa0\u034f\u2800\ufeff")
_PLAIN = re.compile(r"[\x00-\x7f가-힣ㄱ-ㅣㅥ-ㆌㆎ「」『』“”‘’○□※…《》〈〉、]*\Z")
_ESCAPES = re.compile(
    r"(?:%[0-9A-Fa-f]{2})+"
    r"|(?:\\u[0-9A-Fa-f]{4})+|\\x[0-9A-Fa-f]{2}"
    r"|&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|nbsp|shy|ensp|emsp|thinsp|zwnj|zwj|ndash|mdash|middot"
    r"|minus|hyphen|dash|lt|gt|amp|quot|num|period|sol|lpar|rpar|commat);"
    r"|[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?"
)
_HAS_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}|\\[ux][0-9A-Fa-f]{2}|&[#a-zA-Z]|[\u1100-\u1112]")


def _none() -> array[int]:
    return array("l")


@dataclass(frozen=True)
class Folded:
    """Plain `text`; character i of it was written at source[starts[i]:ends[i]].

    Without `starts` it was plain already, and character i was written at i.
    """

    text: str
    starts: array[int] = field(default_factory=_none)
    ends: array[int] = field(default_factory=_none)

    def span(self, start: int, end: int) -> slice:
        """Return the stretch of the source that text[start:end] was written as."""
        if not self.starts:
            return slice(start, end)
        return slice(self.starts[start], self.ends[end - 1])


def fold(text: str) -> Folded:
    """Return `text` with every digit as 0-9, dashes as '-', odd spaces as ' ', nothing hidden."""
    escaped = _HAS_ESCAPE.search(text) is not None
    if not escaped and _PLAIN.match(text):
        return Folded(text)
    folded = _identity(text)
    for _ in range(3 if escaped else 0):
        if not _HAS_ESCAPE.search(folded.text):
            break
        folded = _unescaped(folded)
    return _plain(folded)


def _identity(text: str) -> Folded:
    return Folded(text, array("l", range(len(text))), array("l", range(1, len(text) + 1)))


def _unescaped(folded: Folded) -> Folded:
    text, starts, ends = folded.text, folded.starts, folded.ends
    made: list[str] = []
    new_starts, new_ends = array("l"), array("l")
    at = 0
    for match in _ESCAPES.finditer(text):
        written = _written(match[0])
        if written is None:
            continue
        begin, end = match.span()
        made.append(text[at:begin])
        new_starts += starts[at:begin]
        new_ends += ends[at:begin]
        made.append(written)
        # Several characters of one escape run share its whole stretch: masked together.
        new_starts += array("l", [starts[begin]] * len(written))
        new_ends += array("l", [ends[end - 1]] * len(written))
        at = end
    made.append(text[at:])
    new_starts += starts[at:]
    new_ends += ends[at:]
    return Folded("".join(made), new_starts, new_ends)


def _written(escape: str) -> str | None:
    if escape[0] == "%":
        data = bytes.fromhex(escape.replace("%", ""))
        for encoding in ("utf-8", "cp949"):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
        return None
    if escape[0] == "\\":
        return "".join(chr(int(code, 16)) for code in re.findall(r"[ux]([0-9A-Fa-f]+)", escape))
    if escape[0] == "&":
        return unescape(escape)
    return unicodedata.normalize("NFC", escape)


def _plain(folded: Folded) -> Folded:
    text, starts, ends = folded.text, folded.starts, folded.ends
    made: list[str] = []
    new_starts, new_ends = array("l"), array("l")
    for place, letter in enumerate(text):
        simple = _simple(letter)
        if simple == "":
            continue
        if simple is None:
            simple = _enclosed(text, place)
        made.append(simple)
        for _ in simple:
            new_starts.append(starts[place])
            new_ends.append(ends[place])
    return Folded("".join(made), new_starts, new_ends)


@lru_cache(maxsize=8192)
def _simple(letter: str) -> str | None:
    """Return what `letter` is seen as, "" for nothing, None for an enclosed number."""
    if letter < "\x80" or "가" <= letter <= "힣":
        return letter
    if letter in _ALIKE:
        return _ALIKE[letter]
    if "ㄱ" <= letter <= "ㅣ":
        return letter
    kind = unicodedata.category(letter)
    if kind in ("Cf", "Mn", "Me") or letter in _HIDDEN:
        return ""
    if kind == "Zs":
        return " "
    if kind in ("Zl", "Zp"):
        return "\n"
    if kind == "Nd":
        return str(unicodedata.digit(letter))
    if kind == "No":
        plain = unicodedata.normalize("NFKC", letter)
        return plain if plain.isascii() and plain.isdigit() and _is_raised(letter) else None
    plain = unicodedata.normalize("NFKC", letter)
    return "".join(_HANJA.get(one, one) for one in plain)


def _is_raised(letter: str) -> bool:
    return unicodedata.decomposition(letter).startswith(("<super>", "<sub>"))


def _enclosed(text: str, place: int) -> str:
    letter = text[place]
    value = unicodedata.numeric(letter, None)
    if value is None or value != int(value):
        return unicodedata.normalize("NFKC", letter)
    digits = str(int(value))
    around = text[max(place - 3, 0) : place] + text[place + 1 : place + 4]
    together = any(unicodedata.category(one) == "No" for one in around)
    together = together or (place > 0 and text[place - 1].isdecimal())
    return digits if together else f"{digits}{GROUP}"
