"""Numbers spelled in Hangul syllables or letters that look like digits (공일공, O1O).

Pure. A run counts only when it is long enough and made of nothing but digits and separators, so
that ordinary words keep their syllables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_DIGITS = dict(zip("공영빵일이삼사오육륙칠팔구ㅇOoOlI|", "00012345667890000111", strict=False))
_DIGITS.update({"구": "9", "팔": "8", "칠": "7", "ㅇ": "0", "O": "0", "o": "0", "l": "1", "I": "1"})
_DIGITS.pop("|", None)
_HANGUL = "공영빵일이삼사오육륙칠팔구"
_BETWEEN = r"(?:[ \t\x1f.·,\-~_/()]|다시|대시|하이픈|에|국에|국|의){0,4}"
_RUN = re.compile(rf"[{_HANGUL}0-9](?:{_BETWEEN}[{_HANGUL}0-9]){{7,}}")
_PLATE = re.compile(rf"[{_HANGUL}0-9]{{2,3}}\s?[가-힣]\s?[{_HANGUL}0-9]{{4}}(?=\D|\Z)")
_LETTERS = re.compile(r"(?<![A-Za-z가-힣])[0-9OolIㅇ](?:[ \-.]{0,2}[0-9OolIㅇ]){8,}(?![A-Za-z])")
_MOBILE = re.compile(r"01[016789](?:\D{0,4}\d){7,8}")
_RESIDENT = re.compile(
    r"\d\D{0,2}\d\D{0,2}(?:0\D{0,2}[1-9]|1\D{0,2}[0-2])\D{0,2}(?:[012]\D{0,2}\d|3\D{0,2}[01])"
    r"\D{0,4}[1-8](?:\D{0,2}\d){6}"
)
_COUNTED = re.compile(r"[공영일이삼사오육륙칠팔구]")


def spelled_out(plain: str) -> Iterator[str]:
    """Yield copies of `plain` of equal length in which spelled numbers are written in digits."""
    letters = list(plain)
    changed = False
    for match in _RUN.finditer(plain):
        if len(_COUNTED.findall(match[0])) >= 3:
            changed |= _write(letters, match.start(), _trimmed(match[0]))
    for match in _PLATE.finditer(plain):
        if len(_COUNTED.findall(match[0])) >= 3:
            place = 2 if match[0][2] not in _DIGITS and not match[0][2].isdigit() else 3
            keep = match[0][place]
            written = "".join(
                letter if spot == place else _DIGITS.get(letter, letter)
                for spot, letter in enumerate(match[0])
            )
            changed |= _write(letters, match.start(), written) if keep else False
    for match in _LETTERS.finditer(plain):
        if sum(map(str.isdigit, match[0])) >= 6 and not match[0].replace("-", "").isdigit():
            written = "".join(_DIGITS.get(letter, letter) for letter in match[0])
            changed |= _write(letters, match.start(), written)
    if changed:
        yield "".join(letters)


def _trimmed(run: str) -> str:
    """Return the run in digits; what stands before or after a known shape is cut off."""
    digits = "".join(_DIGITS.get(letter, letter) for letter in run)
    found = _RESIDENT.search(digits) or _MOBILE.search(digits)
    if found is None or found.start() > 6:
        return digits
    head, tail = digits[: found.start()], digits[found.end() :]
    return re.sub(r"\d", "이", head) + found[0] + re.sub(r"\d", "이", tail)


def _write(letters: list[str], start: int, written: str) -> bool:
    for place, letter in enumerate(written):
        letters[start + place] = letter
    return True
