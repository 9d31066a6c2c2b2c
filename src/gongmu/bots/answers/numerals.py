"""Numerals as Korean papers write them: 3천만, 1억 2,000만, 삼십, 三十, ①, full width."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

_SMALL = {"십": 10, "백": 100, "천": 1000}
_LARGE = {"만": 10**4, "억": 10**8, "조": 10**12}
_HANGUL = {name: value for value, name in enumerate("영일이삼사오육칠팔구")} | {"공": 0, "육": 6}
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?")
_SCALE = re.compile(r"[십백천만억조]+")
_WRITTEN = re.compile(r"[일이삼사오육칠팔구십백천만억조]{2,}")
_CIRCLED = re.compile(r"[①-⑳㉠-㉻⓪⑴-⒇]")
_HANJA = str.maketrans(
    "一二三四五六七八九十百千萬億兆壹貳參", "일이삼사오육칠팔구십백천만억조일이삼"
)
_HANJA_RUN = re.compile(
    r"[一二三四五六七八九十百千萬億兆壹貳參]+(?=\s?[일年月日名원圓円%個대건회년월명])"
)
_HANJA_UNITS = str.maketrans("年月日名圓円", "년월일명원원")
_DASHES = str.maketrans({"∼": "~", "〜": "~", "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-"})


@dataclass(frozen=True)
class Numeral:
    """A number in a text: its exact value and where it stands; `scaled`: 만, 억, ... took part."""

    value: Fraction
    start: int
    end: int
    scaled: bool


def plain(text: str) -> str:
    """Return `text` in one spelling of digits, dashes and Hanja numerals; circled marks blank."""
    text = _CIRCLED.sub(" ", text)
    text = unicodedata.normalize("NFKC", text).translate(_DASHES)

    def hangul(match: re.Match[str]) -> str:
        return match[0].translate(_HANJA)

    found = _HANJA_RUN.sub(hangul, text)
    return found.translate(_HANJA_UNITS) if found != text else text


def read_number(text: str) -> Fraction:
    """Return the value of digits with commas and a decimal point."""
    return Fraction(text.replace(",", ""))


def numeral_at(text: str, match: re.Match[str]) -> Numeral:
    """Return the numeral that begins with the digits of `match`, its 만/억/천 included."""
    total = section = Fraction(0)
    current = read_number(match[0])
    end, scaled, least = match.end(), False, Fraction(0)
    while scale := _scale_at(text, end):
        scaled, end = True, scale.end()
        for name in scale[0].strip():
            if name in _SMALL:
                least = Fraction(_SMALL[name])
                current = (current or 1) * least
            else:
                least = Fraction(_LARGE[name])
                total += (section + current) * least
                section = current = Fraction(0)
        following = re.compile(r"\s?(?=\d)").match(text, end)
        more = _NUMBER.match(text, following.end()) if following else None
        if more is None or read_number(more[0]) >= least or not _goes_on(text, more.end()):
            break
        section += current
        current, end = read_number(more[0]), more.end()
    return Numeral(total + section + current, match.start(), end, scaled)


def _goes_on(text: str, end: int) -> bool:
    return bool(re.compile(r"\s?[십백천만억조원명건대%]").match(text, end))


def _scale_at(text: str, position: int) -> re.Match[str] | None:
    direct = _SCALE.match(text, position)
    if direct:
        # "10조례", "3조제1항": 조 is no number there; "5만큼" neither.
        return None if re.compile(r"[례항제직]|큼").match(text, direct.end()) else direct
    return re.compile(r"\s[십백천만억조]+(?=\s?원)").match(text, position)


def digits_in(text: str) -> list[re.Match[str]]:
    """Return the stretches of digits in `text`, in order."""
    return list(_NUMBER.finditer(text))


def written_numerals(text: str) -> list[Numeral]:
    """Return numbers written in Hangul that stand before a unit: 삼십일, 이십삼만사천 원."""
    found = []
    for match in _WRITTEN.finditer(text):
        numeral = _written(text, match)
        if numeral is not None:
            found.append(numeral)
    return found


def _written(text: str, match: re.Match[str]) -> Numeral | None:
    if match.start() and re.match(r"[가-힣\d]", text[match.start() - 1]):
        before = text[match.start() - 1]
        if before != "금" and before != "제":
            return None
    run, unit = match[0], text[match.end() : match.end() + 3]
    # 일 may be the unit (삼십일 = 30일) when no other unit follows.
    if not re.match(r"\s?(원|개월|년|월|명|인|%|퍼센트|건|회|세|대|일|시간|배|차|호)", unit):
        if not run.endswith("일") or len(run) < 2:
            return None
        run = run[:-1]
    if not re.search(r"[십백천만억조]", run):
        return None
    value = _value(run)
    return Numeral(value, match.start(), match.start() + len(run), True) if value else None


def _value(run: str) -> Fraction | None:
    total = section = current = 0
    for name in run:
        if name in _HANGUL:
            if current:
                return None
            current = _HANGUL[name]
        elif name in _SMALL:
            section += (current or 1) * _SMALL[name]
            current = 0
        else:
            total += ((section + current) or 1) * _LARGE[name]
            section = current = 0
    return Fraction(total + section + current)
