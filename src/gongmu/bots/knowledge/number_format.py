"""Numbers of a workbook as its formats show them: 1,234,000원, 15.0%, 2026-11-22.

Quiet: this module reaches nothing outside itself. Source: ECMA-376 part 1, 18.8.30 (numFmt).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

_BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 14: "yyyy-mm-dd",
    15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm",
    21: "h:mm:ss", 22: "yyyy-mm-dd h:mm", 27: "yyyy-mm-dd", 28: "mm-dd", 29: "mm-dd",
    30: "mm-dd-yy", 31: "yyyy-mm-dd", 32: "h:mm", 33: "h:mm:ss", 34: "yyyy-mm-dd",
    35: "yyyy-mm-dd", 36: "yyyy-mm-dd", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00",
    41: "#,##0", 42: "#,##0", 43: "#,##0.00", 44: "#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss",
    47: "mm:ss", 50: "yyyy-mm-dd", 51: "mm-dd", 52: "yyyy-mm-dd", 53: "yyyy-mm-dd", 54: "mm-dd",
    55: "yyyy-mm-dd", 56: "yyyy-mm-dd", 57: "yyyy-mm-dd", 58: "mm-dd",
}  # fmt: skip
_QUOTED = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]')
_TIME_LETTERS = re.compile(r"[ymdhs]", re.IGNORECASE)
_DIGITS = re.compile(r"[#0?][#0?,]*(?:\.[0#?]+)?,*")


@dataclass(frozen=True)
class _Look:
    """How a number is shown: as a day or time, with decimals, separators, signs around it."""

    is_day: bool = False
    has_clock: bool = False
    has_date: bool = False
    decimals: int = -1
    """-1 = as many as it has."""
    grouped: bool = False
    percent: bool = False
    thousands: int = 0
    """How often it is divided by 1,000 for showing."""
    width: int = 0
    """Digits at least, zeros before: 00123."""
    before: str = ""
    after: str = ""


def shown_number(raw: str, format_id: int, code: str, *, from_1904: bool = False) -> str:
    """Return a cell's number as the workbook shows it; `code` overrides the built-in format."""
    try:
        number = Decimal(raw)
    except ArithmeticError:
        return raw
    look = _look(code or _BUILT_IN.get(format_id, ""))
    if look.is_day:
        return _day(number, look, from_1904)
    if look.percent:
        number *= 100
    number /= 1000**look.thousands
    if look.decimals >= 0:
        step = Decimal(1).scaleb(-look.decimals)
        number = number.quantize(step, ROUND_HALF_UP) if abs(number) < 10**24 else number
        text = f"{number:,f}" if look.grouped else f"{number:f}"
    else:
        text = _plain(number)
    if look.width and text.isdigit():
        text = text.zfill(look.width)
    return f"{look.before}{text}{'%' if look.percent else ''}{look.after}"


def _plain(number: Decimal) -> str:
    """Return a number without the noise of binary fractions: 0.30000000000000004 is 0.3."""
    if number == number.to_integral_value():
        return f"{number:.0f}"
    text = f"{float(number):.12g}"
    return text if "e" not in text else f"{number:f}"


@lru_cache(maxsize=2000)
def _look(code: str) -> _Look:
    first = code.split(";")[0]
    elapsed = bool(re.search(r"\[[hms]+\]", first, re.IGNORECASE))
    bare = _QUOTED.sub("", first)
    if code in ("", "General", "@") or bare.strip() in ("General", "@"):
        return _Look()
    if _TIME_LETTERS.search(bare) or elapsed:
        letters = bare.lower()
        return _Look(
            is_day=True,
            has_clock="h" in letters or "s" in letters or elapsed,
            has_date=bool(re.search(r"[yd]", letters)) or "h" not in letters + ("h" * elapsed),
        )
    found = _DIGITS.search(first)
    if found is None:
        return _Look()
    digits = found[0]
    whole, _, part = digits.rstrip(",").partition(".")
    zeros = len(re.sub(r"[^0]", "", whole))
    grouped = "," in whole
    return _Look(
        decimals=len(part),
        grouped=grouped,
        percent="%" in bare,
        thousands=len(digits) - len(digits.rstrip(",")),
        width=zeros if zeros > 1 and not grouped and "#" not in whole else 0,
        before=_literal(first[: found.start()]),
        after=_literal(first[found.end() :]),
    )


def _literal(text: str) -> str:
    """Return the words that a format puts beside a number: "원", "명"."""
    said = "".join(
        match[1] or match[2] or "" for match in _QUOTED.finditer(text) if match[1] or match[2]
    )
    currency = re.search(r"\[\$([^\]-]+)", text)
    bare = _QUOTED.sub("", text)
    sign = currency[1] if currency else next((mark for mark in "₩￦$€" if mark in bare), "")
    loose = re.sub(r"[^가-힣]", "", bare)
    return f"{sign}{said}{loose}" if said.strip() or sign or loose else ""


def _day(number: Decimal, look: _Look, from_1904: bool) -> str:
    serial = float(number)
    if not look.has_date:
        minutes, seconds = divmod(round(serial * 86_400), 60)
        clock = f"{minutes // 60:02d}:{minutes % 60:02d}"
        return f"{clock}:{seconds:02d}" if seconds else clock
    # The spreadsheet believes in 29 February 1900; days before March 1900 do not occur here.
    epoch = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)  # noqa: DTZ001
    try:
        moment = epoch + timedelta(seconds=round(serial * 86_400))
    except OverflowError:
        return str(number)
    return f"{moment:%Y-%m-%d %H:%M}" if look.has_clock else f"{moment:%Y-%m-%d}"
