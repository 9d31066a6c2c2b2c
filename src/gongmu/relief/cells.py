"""Reads the text of one cell: days, money, rates, numbers, plates, resident numbers. Quiet.

Everything is read exactly or not at all; `Unreadable` says why in words that never quote the cell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2100, 12, 31)
MOST_LETTERS = 400
MOST_WON = 100_000_000_000

CHECK_SOURCE = "지방세 시스템에서 이 행을 확인해 고친 파일을 다시 올리세요."


class Unreadable(ValueError):
    """A cell that cannot be read without guessing; carries Korean words, never the cell."""

    def __init__(self, reason_ko: str, todo_ko: str = CHECK_SOURCE, column: str = "") -> None:
        super().__init__(reason_ko)
        self.reason_ko = reason_ko
        self.todo_ko = todo_ko
        self.column = column
        """Code of the column, where the reader of several columns knows better than its caller."""


_CIRCLED = re.compile(r"([①-⑮])")
_BLANK = frozenset(
    ("", "-", "--", "―", "–", "—", "NULL", "null", "None", "N/A", "해당없음", "없음")
)
_ERRORS = frozenset(
    ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!")
)
_SPOILT = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]|占쏙옙|ï»¿|[ÃÂ][\x80-\xbf]"
)


def cleaned(text: str | None) -> str:
    """Return the cell in NFKC without outer blanks; '' for what lists write for nothing.

    Raises Unreadable for formula errors, broken letters and cells longer than any real one.
    """
    if text is None:
        return ""
    if len(text) > MOST_LETTERS:
        raise Unreadable("칸의 글이 지나치게 깁니다.")
    plain = _plain(text).strip()
    if plain in _ERRORS:
        raise Unreadable("엑셀 수식 오류(#N/A 등)가 들어 있습니다.")
    if _SPOILT.search(text):
        raise Unreadable("글자가 깨져 있습니다.", "파일을 다시 내려받아 올리세요.")
    if '"' in plain:
        raise Unreadable("짝이 맞지 않는 따옴표가 들어 있습니다.", "파일을 다시 내려받아 올리세요.")
    return "" if plain in _BLANK else plain


_RESIDENT = re.compile(r"(?<!\d)\d{6}\s?-\s?[0-9]\d{6}(?!\d)|(?<!\d)\d{13}(?!\d)")


def refuse_resident_number(text: str) -> None:
    """Raise Unreadable when a cell that is no number's holds a resident or corporate number."""
    if _RESIDENT.search(text):
        raise Unreadable(
            "주민(법인)등록번호로 보이는 수가 들어 있습니다.", "그 번호를 지우고 다시 올리세요."
        )


def _plain(text: str) -> str:
    """Return NFKC, but ① stays ①: it is no 1 in the name of an article."""
    if text.isascii() or not _CIRCLED.search(text):
        return unicodedata.normalize("NFKC", text)
    parts = _CIRCLED.split(text)
    return "".join(
        part if _CIRCLED.fullmatch(part) else unicodedata.normalize("NFKC", part) for part in parts
    )


# ------------------------------------------------------------------ days

_PARTED = re.compile(r"(\d{4})\s*[-./년]\s*(\d{1,2})\s*[-./월]\s*(\d{1,2})\s*[.일]?")
_SOLID = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"\d{5}")
_TIME = re.compile(r"[T\s]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_EXCEL_ZERO = date(1899, 12, 30)


def day(text: str) -> date | None:
    """Read 2026-11-17, 20261117, 2026.11.17., 2026년 11월 17일 or an Excel serial number."""
    if not text:
        return None
    bare = _TIME.sub("", text).strip()
    match = _PARTED.fullmatch(bare) or _SOLID.fullmatch(bare)
    try:
        if match:
            found = date(int(match[1]), int(match[2]), int(match[3]))
        elif _SERIAL.fullmatch(bare):
            found = _EXCEL_ZERO + timedelta(days=int(bare))
        else:
            raise Unreadable("날짜로 읽을 수 없습니다(네 자리 연도가 있어야 합니다).")
    except ValueError as why:
        raise (
            why if isinstance(why, Unreadable) else Unreadable("달력에 없는 날짜입니다.")
        ) from None
    if not FIRST_DAY <= found <= LAST_DAY:
        raise Unreadable("날짜가 2000년부터 2100년 사이가 아닙니다.")
    return found


# ------------------------------------------------------------------ numbers

_WON = re.compile(r"₩?\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?\s*원?")
_COUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?")
_SPOILT_NUMBER = re.compile(r"\d(\.\d+)?e[+-]?\d+", re.IGNORECASE)


def won(text: str) -> int | None:
    """Read money in whole won, with or without commas and 원."""
    if not text:
        return None
    match = _WON.fullmatch(text)
    if not match:
        negative = text.lstrip("₩ ").startswith(("-", "△", "▲", "(", "−"))
        reason = "금액이 음수입니다." if negative else "금액으로 읽을 수 없습니다."
        raise Unreadable(reason)
    value = int(match[1].replace(",", ""))
    if value > MOST_WON:
        raise Unreadable("금액이 지나치게 큽니다.")
    return value


def whole(words: str, least: int, most: int, *, zero: bool = False) -> Callable[[str], int | None]:
    """Return a reader of whole numbers that may carry one of the unit words (a pattern)."""
    unit = re.compile(rf"\s*(?:{words})$", re.IGNORECASE)

    def read(text: str) -> int | None:
        if not text:
            return None
        match = _COUNT.fullmatch(unit.sub("", text))
        if not match:
            raise Unreadable("수로 읽을 수 없습니다.")
        if match[1].startswith("0") and len(match[1]) > 1:
            raise Unreadable("수가 아니라 0으로 시작하는 부호입니다.")
        value = int(match[1].replace(",", ""))
        if not (least <= value <= most or (value == 0 and zero)):
            raise Unreadable(f"있을 수 있는 수({least:,}~{most:,})가 아닙니다.")
        return value

    return read


seats = whole("인승|명|인|석", 1, 100)
_cc = whole("cc|시시", 40, 16_500, zero=True)


def cc(text: str) -> int | None:
    """Read an engine's size; an output in kW (electric cars) says nothing about it."""
    return None if re.fullmatch(r"[\d.,]+\s*kw", text, re.IGNORECASE) else _cc(text)


def payload(text: str, unit: str = "") -> int | None:
    """Read kilograms or tonnes; without any unit a number from 100 on can only be kilograms."""
    if not text:
        return None
    match = re.fullmatch(r"([\d,]+(?:\.\d+)?)\s*(kg|킬로그램|톤|t|ton)?", text, re.IGNORECASE)
    if not match:
        raise Unreadable("적재량으로 읽을 수 없습니다.")
    value = Fraction(match[1].replace(",", ""))
    said = (match[2] or unit).lower()
    if said in ("톤", "t", "ton"):
        value *= 1000
    elif said not in ("kg", "킬로그램") and 0 < value < 100:
        raise Unreadable("적재량의 단위(kg, 톤)를 알 수 없습니다.")
    if value.denominator != 1 or value > 100_000:
        raise Unreadable("적재량으로 볼 수 없는 수입니다.")
    return int(value)


_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*(?:%|퍼센트|프로)")
_PARTS = re.compile(r"(\d{1,6})\s*/\s*(\d{1,6})|(\d{1,6})\s*분의\s*(\d{1,6})")
_PLAIN = re.compile(r"\d{1,9}(?:\.\d{1,18})?")


def bare_rate(text: str) -> Fraction | None:
    """Return a rate that is written as a number only, so that its unit must be found elsewhere."""
    return Fraction(text) if _PLAIN.fullmatch(text) else None


def rate(text: str, percent: bool | None) -> Fraction | None:
    """Read 7%, 0.07, 70/1000 or 1000분의 70 as 0..1.

    `percent` tells what a bare number is: True a percentage, False a fraction, None not known
    (then only 0 is read).
    """
    if not text:
        return None
    if match := _PERCENT.fullmatch(text):
        value = Fraction(match[1]) / 100
    elif match := _PARTS.fullmatch(text):
        above, below = (match[1], match[2]) if match[1] else (match[4], match[3])
        if int(below) == 0:
            raise Unreadable("분모가 0입니다.")
        value = Fraction(int(above), int(below))
    elif _PLAIN.fullmatch(text):
        value = Fraction(text)
        if percent is None and value:
            raise Unreadable("비율의 단위(%인지 소수인지)를 알 수 없습니다.")
        value = value / 100 if percent else value
    else:
        raise Unreadable("비율로 읽을 수 없습니다.")
    if not 0 <= value <= 1:
        raise Unreadable("비율이 0에서 1 사이가 아닙니다.")
    return value


def share_text(text: str) -> str:
    """Return a share as written once it is known to be one."""
    rate(text, None)
    return text


# ------------------------------------------------------------------ words

_PLATE = re.compile(r"(?:[가-힣]{2})?\d{2,3}[가-힣]\d{4}|[가-힣]{2,8}[가-힣]\d{4}|임시\d{4,8}")
_VIN = re.compile(r"(?=.*\d)[A-HJ-NPR-Z0-9-]{5,17}")
_NUMBER = re.compile(r"[0-9A-Za-z-]{8,40}")
_CODE = re.compile(r"[0-9A-Za-z가-힣._-]{1,12}")
_FEWEST_PHONE_DIGITS, _MOST_PHONE_DIGITS = 7, 12
_PHONE = re.compile(r"[\d\s()+.\-/]{1,25}")


def plate(text: str) -> str:
    """Return a plate without blanks, in any of the forms in use."""
    solid = re.sub(r"\s", "", text)
    if solid and not _PLATE.fullmatch(solid):
        raise Unreadable("차량번호의 꼴이 아닙니다.")
    return solid


def vin(text: str) -> str:
    """Return a chassis number in capitals."""
    solid = re.sub(r"\s", "", text).upper()
    if solid and not _VIN.fullmatch(solid):
        raise Unreadable("차대번호의 꼴이 아닙니다.")
    return solid


def identifier(text: str) -> str:
    """Return a number that names something, as text with its leading zeros."""
    solid = re.sub(r"\s", "", text)
    if _SPOILT_NUMBER.fullmatch(solid):
        raise Unreadable(
            "엑셀이 긴 번호를 수로 바꾸어 뒷자리를 잃었습니다.",
            "번호 열을 '텍스트' 서식으로 내려받아 다시 올리세요.",
        )
    if solid and not _NUMBER.fullmatch(solid):
        raise Unreadable("번호의 꼴이 아닙니다.")
    return solid


def code(text: str) -> str:
    """Return a relief code as text."""
    if text and not _CODE.fullmatch(text):
        raise Unreadable("감면코드의 꼴이 아닙니다.")
    return text


def phone(text: str) -> str:
    """Return the digits as given, right or wrong; whether they can be texted is judged later."""
    if text and not _PHONE.fullmatch(text):
        raise Unreadable("전화번호로 읽을 수 없습니다.")
    digits = re.sub(r"\D", "", text)
    # Lost leading zeros (10...), representative numbers (15...) and +82 are as given.
    begins = digits.startswith(("0", "1", "82"))
    if text and not (begins and _FEWEST_PHONE_DIGITS <= len(digits) <= _MOST_PHONE_DIGITS):
        raise Unreadable("전화번호로 읽을 수 없습니다.")
    return digits


def postcode(text: str) -> str:
    """Return a postcode: five digits, or 480-010 as written before 2015."""
    solid = re.sub(r"\s", "", text)
    if solid and not re.fullmatch(r"\d{5}|\d{3}-\d{3}", solid):
        raise Unreadable("우편번호의 꼴이 아닙니다.")
    return solid.replace("-", "")


def one_of(words: str, what: str) -> Callable[[str], str]:
    """Return a reader of cells that must hold one of the words (a pattern), returned as written."""
    known = re.compile(words, re.IGNORECASE)

    def read(text: str) -> str:
        if text and not known.search(text):
            raise Unreadable(f"{what}(으)로 아는 말이 아닙니다.")
        return text

    return read


kind = one_of(r"^[가-힣()\[\] ·/]*(승용|승합|화물|특수|이륜|버스)[가-힣0-9.()\[\] ·/톤t]*$", "차종")
use = one_of(
    r"^(비영업용?|영업용?|자가용|사업용|비사업용|관용|렌트|대여용?)(\([가-힣 ]+\))?$", "용도"
)
fuel = one_of(
    r"^[가-힣A-Za-z+/()\- ·]*(휘발유|가솔린|경유|디젤|LPG|엘피지|LPi|전기|수소|하이브리드|CNG"
    r"|LNG|천연가스|등유|알코올|태양열|없음|기타)[가-힣A-Za-z+/()\- ·]*$",
    "연료",
)
cause = one_of(
    r"^[가-힣() ·/]*(신규|신조|매매|매입|이전|증여|상속|경매|공매|낙찰|수입|교환|판결|법인|합병"
    r"|구입|승계|대체|원시|유상|무상|기타)[가-힣() ·/]*$",
    "취득원인",
)
relief_text = one_of(r"법|령|조례|\d조|§|감면|면제|경감|과세", "감면조문")
address = one_of(r"[가-힣].*(시|도|군|구|읍|면|동|리|로|길)", "주소")
_MODEL = re.compile(r"(?=.*[가-힣A-Za-z])[가-힣A-Za-z0-9 .,()\-+/&·']{1,60}")


def car_name(text: str) -> str:
    """Return a model's name."""
    if text and not _MODEL.fullmatch(text):
        raise Unreadable("차명으로 읽을 수 없습니다.")
    return text


_YES = frozenset(
    ("Y", "YES", "예", "신청", "O", "○", "1", "문자", "전자", "전자적방법", "TRUE", "동의")
)
_NO = frozenset(("N", "NO", "아니오", "미신청", "X", "×", "0", "우편", "FALSE", "미동의", "서면"))


def yes_or_no(text: str) -> bool | None:
    """Read whether electronic notice was asked for."""
    word = re.sub(r"\s", "", text).upper()
    if word in _YES:
        return True
    if word in _NO:
        return False
    if not word:
        return None
    raise Unreadable("신청 여부(예·아니오)로 읽을 수 없습니다.")
