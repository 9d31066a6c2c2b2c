"""What a question says of one acquisition of a car, as a case file; what it leaves open stays open.

Pure: today's date is an argument. Nothing is guessed: an unsaid fact is simply not in the case.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from gongmu.bots.tools.reading import days_in, won_in

_CAR = re.compile(
    r"경차|경형|승용|승합|화물차|화물\s*자동차|자동차|차량|전기차|수소차|하이브리드|이륜차|오토바이|중고차|신차|\d+\s*인승|차를|차\s*한\s*대"
)
_TAX = re.compile(r"취득세|감면|면제|세금")
_ASKS = re.compile(
    r"얼마|되나|되는지|될까|받을|받나|봐\s*[주줘]|계산|대상|가능|있나|있는지|해당|판단|면제인|감면돼|내야|맞나|\?"
)
_OTHER = re.compile(
    r"서류|절차|방법|신청서|안내\s*문|문자|언제|며칠|근거\s*조문|조문(?:을|은|이|\s*보)|제\s*\d+\s*조|추징(?:\s*사유|되|될|인가|당하|대상)|건수|통계|몇\s*건"
)
_NUMBERS = {
    "하나": 1,
    "한": 1,
    "외동": 1,
    "둘": 2,
    "두": 2,
    "셋": 3,
    "세": 3,
    "네": 4,
    "넷": 4,
    "다섯": 5,
}
_CHILDREN = re.compile(
    r"(?:자녀|아이|아들딸|자식)(?:가|를|이)?\s*(?P<a>\d{1,2}|하나|둘|셋|넷|다섯|두|세|네)\s*(?:명|인)?"
    r"|(?P<b>\d{1,2}|한|두|세|네|다섯)\s*(?:명의\s*)?(?:자녀|아이)"
    r"|자녀\s*(?P<c>\d{1,2})\s*명"
)
_BIRTHS = re.compile(r"(?P<y>(?:19|20)\d{2})\s*년\s*생")
_SEATS = re.compile(r"(\d{1,2})\s*인승")
_CC = re.compile(r"(\d[\d,]{2,4})\s*(?:cc|씨씨|CC|㏄)")
_TONNES = re.compile(r"(\d+(?:\.\d+)?)\s*(?:톤|t\b)")
_GRADE = re.compile(r"(\d{1,2})\s*급")


def case_in(text: str, today: date) -> dict[str, Any]:
    """Return the facts said in a question as a case file's JSON value."""
    case: dict[str, Any] = {}
    vehicle = _vehicle(text)
    if vehicle:
        case["vehicle"] = vehicle
    case |= _money(text)
    case |= _persons(text)
    case |= _days(text, today)
    if re.search(r"신차|새\s*차", text):
        case["cause"] = "신차"
    elif re.search(r"상속", text):
        case["cause"] = "상속"
    elif re.search(r"증여", text):
        case["cause"] = "증여"
    elif re.search(r"중고", text):
        case["cause"] = "매매"
    return case


def asks_for_relief(question: str) -> bool:
    """Return whether the question asks to judge a relief of a car of which it says something."""
    asks = _ASKS.search(question) or _told_whole(question)
    if not (_TAX.search(question) and _CAR.search(question) and asks):
        return bool(re.search(r"취득세.*감면|감면.*취득세", question) and _said(question))
    return _said(question)


_WHOLE = re.compile(r"(?:감면|면제)(?:액|세액)?\s*[.]?\s*$")


def _told_whole(question: str) -> bool:
    """Whether a case is told as in a note, with a day or a price: "... 3,500만원 취득 감면"."""
    dated = re.search(r"\d{4}\s*[-.년/]\s*\d{1,2}", question)
    return bool(_WHOLE.search(question) and (dated or won_in(question)))


def _said(question: str) -> bool:
    if _OTHER.search(question):
        return False
    return bool(_vehicle(question) or _persons(question))


_KINDS = (
    (re.compile(r"이륜|오토바이"), "이륜"),
    (re.compile(r"승합"), "승합"),
    (re.compile(r"화물"), "화물"),
    (re.compile(r"승용|경차|경형|세단|SUV"), "승용"),
)
_FUELS = (
    (re.compile(r"플러그인\s*하이브리드"), "플러그인하이브리드"),
    (re.compile(r"하이브리드"), "하이브리드"),
    (re.compile(r"전기\s*(?:차|자동차|승용|화물|승합)"), "전기"),
    (re.compile(r"수소\s*(?:차|전기|자동차|승용)"), "수소전기"),
)
_USES = (
    (re.compile(r"비영업용|자가용|비사업용|개인용|출퇴근"), "비영업용"),
    (re.compile(r"영업용|사업용"), "영업용"),
)


def _word(text: str, words: Sequence[tuple[re.Pattern[str], str]]) -> str | None:
    return next((word for pattern, word in words if pattern.search(text)), None)


def _vehicle(text: str) -> dict[str, Any]:
    seats, cc, tonnes = _SEATS.search(text), _CC.search(text), _TONNES.search(text)
    used = True if "중고" in text else False if re.search(r"신차|새\s*차", text) else None
    found = {
        "kind": _word(text, _KINDS),
        "size_class": "경형" if re.search(r"경차|경형", text) else None,
        "fuel": _word(text, _FUELS),
        "seats": int(seats[1]) if seats else None,
        "cc": int(cc[1].replace(",", "")) if cc else None,
        "payload_kg": int(float(tonnes[1]) * 1000) if tonnes and "화물" in text else None,
        "use": _word(text, _USES),
        "used": used,
    }
    return {name: value for name, value in found.items() if value is not None}


def _money(text: str) -> dict[str, Any]:
    standard = re.search(r"시가\s*표준액(?:은|이|:)?\s*(?P<sum>[\d,.\s억천백만]+원)", text)
    found: dict[str, Any] = {}
    rest = text
    if standard:
        found["standard_won"] = won_in(standard["sum"])[0]
        rest = text.replace(standard[0], " ")
    sums = [one for one in won_in(rest) if one >= 100_000]
    if len(sums) == 1:
        found["price_won"] = sums[0]
    elif sums and (
        told := re.search(
            r"(?:취득\s*가격|차값|가격|금액|과세\s*표준)(?:은|이|:)?\s*(?P<sum>[\d,.\s억천백만]+원)",
            rest,
        )
    ):
        found["price_won"] = won_in(told["sum"])[0]
    return found


def _persons(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    births = _BIRTHS.findall(text)
    if (children := _CHILDREN.search(text)) and not births:
        written = children["a"] or children["b"] or children["c"]
        found["children_under_18"] = int(written) if written.isdigit() else _NUMBERS[written]
    elif births and re.search(r"자녀|아이", text):
        found["children"] = [{"birthday": year} for year in births]
    if re.search(r"장애", text) and not re.search(r"장애\s*없", text):
        found["disability"] = _disability(text)
    veteran = next(
        (
            word
            for word in ("국가유공자", "보훈보상대상자", "지원대상자", "고엽제후유의증")
            if word in re.sub(r"\s", "", text)
        ),
        None,
    )
    if veteran:
        found["veteran"] = {"kind": veteran} | _veteran_grade(text)
    if re.search(r"한\s*부모", text):
        found["single_parent"] = True
    return found


def _disability(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if re.search(r"심하지\s*않|경증", text):
        found["severe"] = False
    elif re.search(r"심한|중증", text):
        found["severe"] = True
    if "시각" in text:
        found["kind"] = "시각"
    if grade := re.search(r"장애\s*(?:인)?\s*(\d)\s*급|(\d)\s*급\s*(?:상당의?\s*)?장애", text):
        found["grade"] = int(grade[1] or grade[2])
    return found


def _veteran_grade(text: str) -> dict[str, str]:
    grade = re.search(r"(?:상이|장해)\s*(?:등급)?\s*(\d{1,2})\s*급", text) or _GRADE.search(text)
    if grade:
        return {"grade": grade[1]}
    found = re.search(r"경도|중등도|고도", text)
    return {"grade": found[0]} if found else {}


def _days(text: str, today: date) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in days_in(text, today):
        before, after = text[max(one.start - 12, 0) : one.start], text[one.end : one.end + 12]
        if re.search(r"등록", after) or re.search(r"등록일?\s*(?:은|이|:)?\s*$", before):
            found.setdefault("registered_on", one.day.isoformat())
        elif re.search(r"생\b|출생|태어", after + before):
            continue
        else:
            found.setdefault("acquired_on", one.day.isoformat())
    return found
