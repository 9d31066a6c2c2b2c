"""Exact arithmetic on what officers write: 1,200만원 × 12, (3억 5천만 - 2억) ÷ 4, 234,580원의 30%.

Pure. Every number is a fraction; nothing is rounded before the end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from gongmu.core.errors import Refused

_SCALES = {
    "조": 10**12,
    "억": 10**8,
    "천만": 10**7,
    "백만": 10**6,
    "십만": 10**5,
    "만": 10**4,
    "천": 10**3,
    "백": 100,
}
_NUMBER = (
    r"\d[\d,]*(?:\.\d+)?\s*(?:조|억|천만|백만|십만|만|천|백)?"
    r"(?:\s*\d[\d,]*(?:\.\d+)?\s*(?:억|천만|백만|십만|만|천|백))*(?:\s*\d[\d,]*(?=\s*원))?"
)
_TOKEN = re.compile(
    r"\s*(?:(?P<of>100\s*분의\s*(?P<hundredth>\d+(?:\.\d+)?))"
    r"|(?P<nth>(?P<below>\d+)\s*분의\s*(?P<above>\d+))"
    rf"|(?P<number>{_NUMBER})|(?P<percent>%|퍼센트|프로)|(?P<won>원)"
    r"|(?P<unit>명|개월|개|대|건|회|일|년|월|인|㎡|톤|km|번)"
    r"|(?P<op>[+\-−–*×xX·÷/()])|(?P<word>의|에서|을|를|곱하기|더하기|빼기|나누기|=))"
)
_WORDS = {
    "곱하기": "*",
    "더하기": "+",
    "빼기": "-",
    "나누기": "/",
    "의": "of",
}
_OPS = {"×": "*", "x": "*", "X": "*", "·": "*", "÷": "/", "−": "-", "–": "-"}
_MOST = 60


@dataclass(frozen=True)
class Figured:
    """A worked-out expression: its value, whether it is money, and how it was read."""

    value: Fraction
    won: bool
    read: str


def work_out(expression: str) -> Figured:
    """Return the exact value; raises Refused("calculate_unreadable" | "calculate_zero")."""
    tokens, won = _tokens(expression)
    reader = _Reader(tokens)
    value = reader.sum()
    if reader.left:
        raise _unreadable(expression)
    if abs(value) > 10**24:
        raise Refused("calculate_too_big", "너무 큰 수입니다.", "식을 확인하세요.")
    return Figured(value, won, " ".join(_shown(token) for token in tokens))


Token = Fraction | str


def _tokens(expression: str) -> tuple[list[Token], bool]:
    tokens: list[Token] = []
    position, won = 0, False
    text = expression.strip().rstrip("?.=은는 ")
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None or len(tokens) > _MOST:
            raise _unreadable(expression)
        position = found.end()
        if found["of"]:
            tokens.append(Fraction(found["hundredth"]) / 100)
        elif found["nth"]:
            if not int(found["below"]):
                raise _zero()
            tokens.append(Fraction(int(found["above"]), int(found["below"])))
        elif found["number"]:
            tokens.append(number_of(found["number"]))
        elif found["percent"]:
            if not tokens or isinstance(tokens[-1], str):
                raise _unreadable(expression)
            tokens[-1] = tokens[-1] / 100
        elif found["won"]:
            won = True
        elif found["op"]:
            tokens.append(_OPS.get(found["op"], found["op"]))
        elif word := _WORDS.get(found["word"] or "", ""):
            tokens.append(word)
    return tokens, won


def number_of(text: str) -> Fraction:
    """Return a number with Korean scales: 3억 5천만 → 350000000."""
    total = Fraction(0)
    for digits, scale in re.findall(
        r"(\d[\d,]*(?:\.\d+)?)\s*(조|억|천만|백만|십만|만|천|백)?", text
    ):
        total += Fraction(digits.replace(",", "")) * _SCALES.get(scale, 1)
    return total


class _Reader:
    """Reads tokens by the usual order: brackets, then × ÷ and "의", then + −."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = list(tokens)
        self._at = 0

    @property
    def left(self) -> bool:
        return self._at < len(self._tokens)

    def _next(self, *wanted: str) -> str | None:
        token = self._tokens[self._at] if self.left else None
        if isinstance(token, str) and token in wanted:
            self._at += 1
            return token
        return None

    def sum(self) -> Fraction:
        total = self._product()
        while op := self._next("+", "-"):
            term = self._product()
            total = total + term if op == "+" else total - term
        return total

    def _product(self) -> Fraction:
        total = self._factor()
        while op := self._next("*", "/", "of"):
            factor = self._factor()
            if op == "/" and not factor:
                raise _zero()
            total = total / factor if op == "/" else total * factor
        return total

    def _factor(self) -> Fraction:
        if self._next("-"):
            return -self._factor()
        if self._next("("):
            inner = self.sum()
            if not self._next(")"):
                raise _unreadable("괄호")
            return inner
        token = self._tokens[self._at] if self.left else None
        if not isinstance(token, Fraction):
            raise _unreadable("식")
        self._at += 1
        return token


def _unreadable(expression: str) -> Refused:
    return Refused(
        "calculate_unreadable",
        f"계산할 수 없는 식입니다: {expression[:80]}",
        "숫자와 + - × ÷ ( ) %만 써서 적으세요. 예: 234,580원 × 12",
    )


def _zero() -> Refused:
    return Refused("calculate_zero", "0으로 나눌 수 없습니다.", "식을 확인하세요.")


def _shown(token: Token) -> str:
    if isinstance(token, Fraction):
        return plain(token)
    return {"*": "×", "/": "÷", "of": "×"}.get(token, token)


def plain(value: Fraction) -> str:
    """Write a number exactly where its decimals end, else as a fraction: 1,234.5, 1/3."""
    sign, size = ("-" if value < 0 else ""), abs(value)
    if size.denominator == 1:
        return f"{sign}{size.numerator:,}"
    rest = size.denominator
    while rest % 2 == 0:
        rest //= 2
    while rest % 5 == 0:
        rest //= 5
    if rest == 1 and size.denominator < 10**9:
        digits = 0
        while (size * 10**digits).denominator != 1:
            digits += 1
        whole, part = divmod(int(size * 10**digits), 10**digits)
        return f"{sign}{whole:,}.{part:0{digits}d}"
    return f"{sign}{size.numerator:,}/{size.denominator:,}"


def rounded(value: Fraction, digits: int) -> str:
    """Write a number rounded half away from zero to some decimals: 2/3 → 0.67."""
    scaled = abs(value) * 10**digits
    whole = int(scaled + Fraction(1, 2))
    sign = "-" if value < 0 and whole else ""
    if not digits:
        return f"{sign}{whole:,}"
    return f"{sign}{whole // 10**digits:,}.{whole % 10**digits:0{digits}d}"
