"""Numbers spelled in Hangul syllables or letters that look like digits (공일공, O1O).

Pure. A run counts only when it is long enough and made of nothing but digits and separators, so
that ordinary words keep their syllables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_DIGITS = dict(zip("공영빵일이삼사오육륙칠팔구", "0001234566789", strict=True))
_LIKE = {"ㅇ": "0", "O": "0", "o": "0", "l": "1", "I": "1"}
_HANGUL = "공영빵일이삼사오육륙칠팔구"
_BETWEEN = r"(?:[ \t\x1f.·,\-~_/()]|다시|대시|하이픈|에|국에|국|의){0,4}"
_RUN = re.compile(rf"[{_HANGUL}0-9](?:{_BETWEEN}[{_HANGUL}0-9]){{7,}}")
_PLATE = re.compile(
    rf"(?<![{_HANGUL}])[{_HANGUL}0-9]{{2,3}}\s?(?![{_HANGUL}])[가-힣]\s?[{_HANGUL}0-9]{{4}}"
    rf"(?![{_HANGUL}])"
)
_LETTERS = re.compile(r"(?<![A-Za-z가-힣])[0-9OolIㅇ](?:[ \-.]{0,2}[0-9OolIㅇ]){8,}(?![A-Za-z])")
_MOBILE = re.compile(r"01[016789](?:\D{0,4}\d){7,8}")
_RESIDENT = re.compile(
    r"\d\D{0,2}\d\D{0,2}(?:0\D{0,2}[1-9]|1\D{0,2}[0-2])\D{0,2}(?:[012]\D{0,2}\d|3\D{0,2}[01])"
    r"\D{0,4}[1-8](?:\D{0,2}\d){6}"
)
_COUNTED = re.compile(r"[공영일이삼사오육륙칠팔구]")
_BIRTH_DIGITS = r"(?:\d\x1f?){2}(?:0\x1f?[1-9]|1\x1f?[0-2])\x1f?(?:[012]\x1f?\d|3\x1f?[01])"
_RESIDENT_WORD = re.compile(r"주민|외국인|[앞뒷]\s?자리|[앞뒷뒤]\s?번호")
_SPELLED_HALF = re.compile(
    rf"(?<![{_HANGUL}\d])[{_HANGUL}](?: ?[{_HANGUL}]){{5,6}}(?! ?[{_HANGUL}\d])"
)
_STRICT = re.compile(
    rf"(?<!\d){_BIRTH_DIGITS}[\s\x1f\-~·./]{{0,3}}[1-8](?:\x1f?\d){{6}}(?!\d)"
    r"|(?<!\d)01[016789](?:[\s\-.·]{0,3}(?:\d\x1f?){3,4}){2}(?!\d)"
)
"""Shapes strong enough for a number in which only one or two digits are spelled."""
_TENS = re.compile(
    r"(?<![가-힣])([일이삼사오육칠팔구]?)십([일이삼사오육칠팔구])(?=\s?[가-힣]\s?[공영일이삼사오육칠팔구0-9]{4})"
)


def spelled_out(plain: str) -> Iterator[str]:
    """Yield copies of `plain` of equal length in which spelled numbers are written in digits.

    Twice where a run is longer than a known shape: whole, and cut to the shape, for a syllable
    before or after it may belong to a word.
    """
    plain = _TENS.sub(_in_tens, plain)
    runs = [match for match in _RUN.finditer(plain) if _is_number(match[0])]
    if _RESIDENT_WORD.search(plain):
        runs += _spelled_halves(plain, runs)
    whole = {match.start(): _in_digits(match[0]) for match in runs}
    cut = {match.start(): _trimmed(match[0]) for match in runs}
    others = {}
    for match in _PLATE.finditer(plain):
        if len(_COUNTED.findall(match[0])) >= 3:
            others[match.start()] = _in_digits(match[0])
    for match in _LETTERS.finditer(plain):
        if sum(map(str.isdigit, match[0])) >= 6 and not match[0].replace("-", "").isdigit():
            others[match.start()] = "".join(_LIKE.get(letter, letter) for letter in match[0])
    if whole or others:
        yield _written(plain, others | whole)
    if cut != whole:
        yield _written(plain, cut)


def _spelled_halves(plain: str, runs: list[re.Match[str]]) -> list[re.Match[str]]:
    """Return the halves of a resident number that are spelled apart from each other."""
    taken = {match.start() for match in runs}
    return [match for match in _SPELLED_HALF.finditer(plain) if match.start() not in taken]


def _in_tens(match: re.Match[str]) -> str:
    """Return 십이 as 12 and 삼십일 as 31, of equal length."""
    ones = _DIGITS[match[2]]
    return f"{_DIGITS[match[1]]}\x1f{ones}" if match[1] else f"1{ones}"


def _is_number(run: str) -> bool:
    spelled = len(_COUNTED.findall(run))
    return spelled >= 3 or (spelled > 0 and _STRICT.search(_in_digits(run)) is not None)


def _in_digits(run: str) -> str:
    return "".join(_DIGITS.get(letter, letter) for letter in run)


def _trimmed(run: str) -> str:
    """Return the run in digits; what stands before or after a known shape is cut off."""
    digits = _in_digits(run)
    found = _RESIDENT.search(digits) or _MOBILE.search(digits)
    if found is None or found.start() > 6:
        return digits
    head, tail = digits[: found.start()], digits[found.end() :]
    return re.sub(r"\d", "이", head) + found[0] + re.sub(r"\d", "이", tail)


def _written(plain: str, runs: dict[int, str]) -> str:
    letters = list(plain)
    for start, written in runs.items():
        letters[start : start + len(written)] = written
    return "".join(letters)
