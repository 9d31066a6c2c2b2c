"""Particles that follow the last sound of a word: 을/를, 은/는, 이/가, 와/과, (으)로.

Quiet: no clock, database, file or model is reached from here.
"""

from __future__ import annotations

import re

PAIRS = {
    "을": ("을", "를"),
    "은": ("은", "는"),
    "이": ("이", "가"),
    "과": ("과", "와"),
    "으로": ("으로", "로"),
    "이나": ("이나", "나"),
    "이란": ("이란", "란"),
    "아": ("아", "야"),
    "이며": ("이며", "며"),
    "이고": ("이고", "고"),
    "이라": ("이라", "라"),
    "이다": ("이다", "다"),
    "이든": ("이든", "든"),
    "이랑": ("이랑", "랑"),
}
"""The form after a final consonant names the pair: (after a consonant, after a vowel)."""

_DIGIT_FINALS = {"0": "ㅇ", "1": "ㄹ", "3": "ㅁ", "6": "ㄱ", "7": "ㄹ", "8": "ㄹ"}
_LETTER_FINALS = {"L": "ㄹ", "M": "ㅁ", "N": "ㄴ", "R": "ㄹ"}
_FINALS: list[str] = ["", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]


def final_of(word: str) -> str | None:
    """Return the final consonant of the last sound ("" = a vowel), None when it cannot be known.

    Closing brackets and quotation marks, with what brackets hold, are looked through.
    """
    bare = re.sub(r"(?:\([^()]*\)|[\"'”’」』》〉)\]])+$", "", word.strip())
    if not bare:
        return None
    last = bare[-1]
    if "가" <= last <= "힣":
        return _FINALS[(ord(last) - 0xAC00) % 28]
    if last.isdigit():
        return _DIGIT_FINALS.get(last, "")
    if last.isascii() and last.isalpha():
        return _LETTER_FINALS.get(last.upper(), "")
    if last == "%":
        return ""
    return None


def particle(word: str, form: str) -> str:
    """Return the particle that fits after `word`; `form` is either one of its pair.

    A word whose last sound is not known keeps both: 을(를). Raises KeyError for no particle.
    """
    after_consonant, after_vowel = _pair(form)
    final = final_of(word)
    if final is None:
        return f"{after_consonant}({after_vowel})"
    if after_consonant == "으로":
        return after_vowel if final in ("", "ㄹ") else after_consonant
    return after_consonant if final else after_vowel


def attach(word: str, form: str) -> str:
    """Return the word with its particle: attach("연습시", "은") -> 연습시는."""
    return word + particle(word, form)


def is_particle(form: str) -> bool:
    """Return whether `form` is a particle that changes with the word before it."""
    return any(form in pair for pair in PAIRS.values())


def _pair(form: str) -> tuple[str, str]:
    for pair in PAIRS.values():
        if form in pair:
            return pair
    raise KeyError(form)
