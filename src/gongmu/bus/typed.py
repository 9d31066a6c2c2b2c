"""Turn columns of text into times, counts and identifiers, whole columns at a time.

Each function takes a text series with nulls for missing values and returns a typed series in
which unreadable values are null too, so `unreadable(text, made)` tells the two apart. Quiet.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl

from gongmu.core.values import DAY_SECONDS, SERVICE_DAY_FIRST_SECOND

DIRECTIONS = {
    "상행": 1, "하행": 2, "순환": 0, "상": 1, "하": 2,
    "1": 1, "2": 2, "0": 0, "기점→종점": 1, "종점→기점": 2,
}  # fmt: skip
_LAST_HOUR = 27
"""Some systems write the small hours as 24 to 27 of the day before."""


def clean(text: pl.Series, missing: tuple[str, ...]) -> pl.Series:
    """Strip blanks and turn the file's words for 'missing' into null."""
    stripped = text.str.strip_chars()
    return stripped.set(stripped.is_in(list(missing)), None)


def unreadable(text: pl.Series, made: pl.Series) -> pl.Series:
    """Tell which values stood in the file but could not be read."""
    return text.is_not_null() & made.is_null()


def by_value(text: pl.Series, read: Callable[[str], Any], dtype: pl.DataType) -> pl.Series:
    """Read each distinct text once."""
    distinct = text.drop_nulls().unique()
    made = pl.Series([read(value) for value in distinct.to_list()], dtype=dtype)
    return text.replace_strict(distinct, made, default=None, return_dtype=dtype)


def moments(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return calendar day and seconds of that day (0 to 100,799) of times such as

    20240415073500, 202404150735, 2024-04-15 07:35:00, 2024.4.15 7:35:00 or 20240415250000.
    """
    number = _fourteen_digits(text).cast(pl.Int64, strict=False)
    frame = number.to_frame("n").select(
        day=pl.col("n") // 1_000_000,
        h=pl.col("n") // 10_000 % 100,
        m=pl.col("n") // 100 % 100,
        s=pl.col("n") % 100,
    )
    days = by_value(frame["day"].cast(pl.String), day_of, pl.Date())
    valid = (frame["h"] <= _LAST_HOUR) & (frame["m"] < 60) & (frame["s"] < 60) & days.is_not_null()
    seconds = (frame["h"] * 3600 + frame["m"] * 60 + frame["s"]).cast(pl.Int32)
    wrong = ~valid.fill_null(value=False)
    return days.set(wrong, None), seconds.set(wrong, None)


def _fourteen_digits(text: pl.Series) -> pl.Series:
    """Write times as YYYYMMDDHHMMSS; what has another shape becomes null."""
    length = text.str.len_bytes()
    if ((length == 14) | text.is_null()).all() and not text.str.contains(r"\D").any():
        return text
    frame = text.to_frame("t").select(
        plain=pl.col("t").str.replace(r"\.0+$", ""),
    )
    padded = pl.col("plain").str.replace_all(r"\b(\d)\b", "0$1")
    parted = padded.str.contains(
        r"^\d{4}[-/.]\s?\d{2}[-/.]\s?\d{2}\.?[T ]\s*\d{2}:\d{2}(:\d{2}(\.\d+)?)?$"
    )
    digits = (
        pl.when(parted)
        .then(padded.str.replace(r"(:\d{2})\.\d+$", "$1").str.replace_all(r"\D", ""))
        .when(pl.col("plain").str.contains(r"^\d{8}[T ]?(\d{4}|\d{6})$"))
        .then(pl.col("plain").str.replace(r"[T ]", ""))
        .when(pl.col("plain").str.contains(r"^\d{8}[T ]\d{1,2}:\d{2}(:\d{2})?$"))
        .then(padded.str.replace_all(r"\D", ""))
    )
    return frame.select(
        pl.when(digits.str.len_bytes() == 12).then(digits + "00").otherwise(digits)
    ).to_series()


def day_of(text: str) -> date | None:
    """Read 20240415, 2024-04-15, 2024. 4. 15., '12 10 4', or 0240415 whose first digit was cut."""
    text = re.sub(r"\.0+$", "", text)
    if re.fullmatch(r"0\d{6}", text):
        text = "2" + text
    found = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text) or re.fullmatch(
        r"(\d{4}|\d{1,2})[-./ ]\s*(\d{1,2})[-./ ]\s*(\d{1,2})\.?", text
    )
    if not found:
        return None
    year, month, day = (int(part) for part in found.groups())
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None


def month_of(text: str) -> date | None:
    """Read 202201, 202201.0 or 2022-01 as the first day of that month."""
    found = re.fullmatch(r"(\d{4})[-./]?(\d{1,2})(\.0+)?", text)
    if not found or not 1 <= int(found[2]) <= 12:
        return None
    return date(int(found[1]), int(found[2]), 1)


def clock_of(text: str) -> int | None:
    """Read HH:MM or HH:MM:SS, 04:00 to 27:59, as service-day seconds; 00:10 becomes 24:10."""
    found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", text)
    if not found or int(found[1]) > _LAST_HOUR or int(found[2]) > 59 or int(found[3] or 0) > 59:
        return None
    seconds = int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3] or 0)
    return seconds if seconds >= SERVICE_DAY_FIRST_SECOND else seconds + DAY_SECONDS


def counts(text: pl.Series) -> pl.Series:
    """Read whole numbers (1,234 and 12.0 too); fractions are unreadable."""
    made = text.cast(pl.Int64, strict=False)
    if not unreadable(text, made).any():
        return made
    real = text.str.replace_all(",", "").cast(pl.Float64, strict=False)
    whole = (real == real.floor()) & real.is_finite() & (real.abs() < 2**53)
    return real.set(~whole, None).cast(pl.Int64)


def numbers(text: pl.Series) -> pl.Series:
    """Read decimal numbers; NaN and infinity are unreadable."""
    made = text.str.replace_all(",", "").cast(pl.Float64, strict=False)
    return made.set(~made.is_finite(), None)


def ids(text: pl.Series, digits: int = 0) -> pl.Series:
    """Read identifiers: 123.0 loses its fraction, `digits` puts leading zeros back.

    An identifier written 1.23E+15 has lost digits and is unreadable.
    """
    if text.str.contains(r"\.|[0-9][eE][+]").any():
        whole = text.str.replace(r"^(\d+)\.0+$", "$1")
        text = whole.set(whole.str.contains(r"^\d+(\.\d+)?[eE][+]\d+$|^\d+\.\d+$"), None)
    return _filled(text, digits) if digits else text


def _filled(text: pl.Series, digits: int) -> pl.Series:
    short = pl.col("t").str.contains(r"^\d+$")
    return (
        text.to_frame("t")
        .select(pl.when(short).then(pl.col("t").str.zfill(digits)).otherwise(pl.col("t")))
        .to_series()
    )


def qualified(own: pl.Series, company: pl.Series, region: pl.Series) -> pl.Series:
    """Return '정산사:지역:ID' without the leading zeros that one file writes and another not."""
    frame = pl.DataFrame({"c": company, "r": region, "id": own.str.strip_chars_start("0")})
    made = pl.concat_str("c", "r", "id", separator=":")
    return frame.select(pl.when(pl.col("id") != "").then(made)).to_series()


def card_pseudonym(key: bytes) -> Callable[[pl.Series], pl.Series]:
    """Return a function that makes card numbers into keyed 64-bit pseudonyms (BLAKE2b).

    The same card and key give the same number in every file; without the key it cannot be turned
    back or tried out. Takes text (N,), returns UInt64 (N,), nulls stay null.
    """

    def one(card: str) -> int:
        return int.from_bytes(hashlib.blake2b(card.encode(), digest_size=8, key=key).digest())

    def pseudonyms(cards: pl.Series) -> pl.Series:
        return by_value(cards, one, pl.UInt64())

    return pseudonyms
