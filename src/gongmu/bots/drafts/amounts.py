"""Money in free text and as official documents write it: 금234,580원(금이십삼만사천오백팔십원).

Quiet: no clock, database, file or model is reached from here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

_DIGITS = "일이삼사오육칠팔구"
_SMALL = {"십": 10, "백": 100, "천": 1000}
_BIG = {"만": 10**4, "억": 10**8, "조": 10**12}
_NUMBER = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?"
_MONEY = re.compile(
    rf"(?P<about>약\s*)?(?P<gold>금\s*)?(?<![\d.,])"
    rf"(?P<sum>(?:{_NUMBER})\s*(?:[십백천만억조]+\s*(?:(?:{_NUMBER})\s*[십백천만억조]+\s*){{0,4}})?)"
    r"(?P<more>여\s*[만억천백]?\s*)?원(?!주|도심|칙|인|형|장)"
)
_HANGUL = re.compile(
    r"(?<![가-힣])(?P<gold>금\s*)?(?P<sum>[일이삼사오육칠팔구십백천만억조]{3,44})\s?원(?![가-힣]{2})"
)


@dataclass(frozen=True)
class Amount:
    """Money as it stands in a text from `start` to `end`; `won` None = only about so much."""

    start: int
    end: int
    text: str
    won: int | None


def find_amounts(text: str) -> list[Amount]:
    """Return every amount of money in order: 3천만원, 1억 2,000만 원, 350백만원, 삼천만원."""
    found = []
    for match in _MONEY.finditer(text):
        won = _value(match["sum"])
        exact = won is not None and not match["about"] and not match["more"]
        found.append(Amount(match.start(), match.end(), match[0].strip(), won if exact else None))
    for match in _HANGUL.finditer(text):
        if any(one.start < match.end() and match.start() < one.end for one in found):
            continue
        if set(match["sum"]) & (_SMALL.keys() | _BIG.keys()):
            found.append(Amount(match.start(), match.end(), match[0], _value(match["sum"])))
    return sorted(found, key=lambda one: one.start)


def won_words(won: int) -> str:
    """Write an amount in Hangul without spaces, every 일 written: 113560 -> 일십일만삼천오백육십.

    Raises ValueError below 1 or from 10^16 on.
    """
    if not 0 < won < 10**16:
        raise ValueError(f"not an amount to write out: {won}")
    words = ""
    for sign, size in (("조", 10**12), ("억", 10**8), ("만", 10**4), ("", 1)):
        part, won = divmod(won, size)
        if part:
            words += _four(part) + sign
    return words


def won_text(won: int) -> str:
    """Write an amount as official documents do: 금113,560원(금일십일만삼천오백육십원)."""
    return f"금{won:,}원(금{won_words(won)}원)"


def _four(number: int) -> str:
    words = ""
    for sign, size in (("천", 1000), ("백", 100), ("십", 10), ("", 1)):
        digit, number = divmod(number, size)
        if digit:
            words += _DIGITS[digit - 1] + sign
    return words


def _value(written: str) -> int | None:
    """Return the number that digits and 십백천만억조 write; None when it is no whole number."""
    total, section, number = Fraction(0), Fraction(0), None
    for token in re.findall(rf"{_NUMBER}|[일이삼사오육칠팔구십백천만억조]", written):
        if token in _SMALL:
            section += (1 if number is None else number) * _SMALL[token]
            number = None
        elif token in _BIG:
            part = section + (number or 0)
            total += (part or 1) * _BIG[token]
            section, number = Fraction(0), None
        elif token in _DIGITS:
            number = Fraction(_DIGITS.index(token) + 1)
        else:
            number = Fraction(token.replace(",", ""))
    value = total + section + (number or 0)
    return int(value) if value.denominator == 1 and value > 0 else None
