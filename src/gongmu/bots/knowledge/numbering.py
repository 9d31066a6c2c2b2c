"""Numbers that a word processor puts before paragraphs by itself: 1., 가., 제1장, ①.

Quiet: this module reaches nothing outside itself. Number kinds: Hancom HWP 5.0 format, table of
paragraph-number shapes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
    (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        while number >= value:
            text, number = text + letters, number - value
    return text


def _letters(first: int, count: int) -> Callable[[int], str]:
    """Return what counts in letters that follow `first` and begins again after `count`."""
    return lambda number: chr(first + (number - 1) % count)


def _of(letters: str) -> Callable[[int], str]:
    return lambda number: letters[(number - 1) % len(letters)]


_WRITTEN: Mapping[str, Callable[[int], str]] = {
    "CIRCLED_DIGIT": _letters(0x2460, 20),
    "ROMAN_CAPITAL": _roman,
    "ROMAN_SMALL": lambda number: _roman(number).lower(),
    "LATIN_CAPITAL": _letters(0x41, 26),
    "LATIN_SMALL": _letters(0x61, 26),
    "CIRCLED_LATIN_CAPITAL": _letters(0x24B6, 26),
    "CIRCLED_LATIN_SMALL": _letters(0x24D0, 26),
    "HANGUL_SYLLABLE": _of("가나다라마바사아자차카타파하"),
    "CIRCLED_HANGUL_SYLLABLE": _letters(0x326E, 14),
    "HANGUL_JAMO": _of("ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"),
    "CIRCLED_HANGUL_JAMO": _letters(0x3260, 14),
    "HANGUL_PHONETIC": _of("일이삼사오육칠팔구십"),
    "IDEOGRAPH": _of("一二三四五六七八九十"),
}


def number_text(kind: str, number: int) -> str:
    """Return a number in one of the shapes of the file format; an unknown shape counts 1, 2, 3."""
    written = _WRITTEN.get(kind, str)
    return written(number) if 0 < number < 4000 else str(number)


KINDS = (
    "DIGIT", "CIRCLED_DIGIT", "ROMAN_CAPITAL", "ROMAN_SMALL", "LATIN_CAPITAL", "LATIN_SMALL",
    "CIRCLED_LATIN_CAPITAL", "CIRCLED_LATIN_SMALL", "HANGUL_SYLLABLE", "CIRCLED_HANGUL_SYLLABLE",
    "HANGUL_JAMO", "CIRCLED_HANGUL_JAMO", "HANGUL_PHONETIC", "IDEOGRAPH",
)  # fmt: skip


@dataclass(frozen=True)
class NumberShape:
    """How one level is numbered: "제^1장" and the like, its kind, the first number."""

    form: str
    kind: str = "DIGIT"
    starts: int = 1


@dataclass
class Counter:
    """Counts the paragraphs of each numbering as they pass by."""

    shapes: Mapping[str, Sequence[NumberShape]]
    """Numbering's id → its levels from the highest."""
    _counts: dict[str, list[int]] = field(default_factory=dict)

    def next(self, numbering: str, level: int) -> str:
        """Return the text before the next paragraph of a level (from 0); "" when none is shown."""
        shapes = self.shapes.get(numbering)
        if not shapes or not 0 <= level < len(shapes):
            return ""
        counts = self._counts.setdefault(numbering, [0] * len(shapes))
        for above in range(level):
            # A level left out counts as its first, as the word processor does.
            counts[above] = counts[above] or shapes[above].starts
        counts[level] = counts[level] + 1 if counts[level] else shapes[level].starts
        counts[level + 1 :] = [0] * (len(shapes) - level - 1)

        def written(found: re.Match[str]) -> str:
            which = int(found[1]) - 1
            if not 0 <= which < len(shapes):
                return ""
            return number_text(shapes[which].kind, counts[which])

        path = ".".join(str(count) for count in counts[: level + 1])
        form = shapes[level].form.replace("^N", path + ".").replace("^n", path)
        return re.sub(r"\^(\d+)", written, form).strip()


def bullet_text(mark: str) -> str:
    """Return a bullet as it can be kept: symbol-font code points become a plain round one."""
    return "•" if not mark or "\ue000" <= mark <= "\uf8ff" else mark
