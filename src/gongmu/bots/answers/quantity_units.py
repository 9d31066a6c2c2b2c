"""Units beside numbers, with their spellings: 명 = 인, 개월 = 달, % = 퍼센트, 천원 = 1,000원."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

BARE = ""
"""No unit: a cell, or a particle follows at once."""
UNKNOWN = "?"
"""Begins the name of a unit that is not in the list, e.g. "?필" of 필지."""

_SPELLINGS: dict[str, str] = {
    "원": "원",
    "%": "% 퍼센트 프로",
    "%p": "%p %포인트 퍼센트포인트",
    "일": "일간 일",
    "개월": "개월간 개월 달",
    "년": "년간 년",
    "주": "주일 주간 주",
    "시간": "시간",
    "분": "분간 분",
    "초": "초",
    "명": "명 사람 인",
    "인승": "인승",
    "건": "건",
    "회": "회 번 차례",
    "대": "대",
    "개": "개",
    "곳": "곳 개소",
    "장": "장 매",
    "부": "부",
    "세": "세 살",
    "쪽": "쪽 페이지",
    "m2": "m2 제곱미터 평방미터",
    "km": "km 킬로미터",
    "m": "m 미터",
    "cm": "cm 센티미터",
    "mm": "mm 밀리미터",
    "kg": "kg 킬로그램",
    "t": "t 톤",
    "l": "l L 리터",
    "cc": "cc 시시",
    "점": "점",
    "급": "급",
    "배": "배",
    "가구": "가구 세대",
    "자녀": "자녀",
    "필지": "필지",
    "층": "층",
    "가지": "가지 종류 종",
    "단계": "단계",
    "학기": "학기",
    "분기": "분기",
    "노선": "노선",
    "좌석": "좌석 석",
    "호": "호",
    "차": "차",
    "월": "월",
    "등급": "등급",
    "박": "박",
    "쌍": "쌍",
    "마리": "마리",
    "권": "권",
    "억": "",
}
_NAMES = {
    spelling: name for name, spellings in _SPELLINGS.items() for spelling in spellings.split()
}
_UNIT = re.compile(
    "|".join(re.escape(one) for one in sorted(_NAMES, key=len, reverse=True)), re.ASCII
)
_NOT = {
    "부": re.compile("부터|부과|부서|부분"),
    "인": re.compile("인\\s?경우|인데|인지|인\\s?때|인가|인\\s?것"),
    "회": re.compile("회계|회의"),
    "일": re.compile("일반|일\\s?때|일\\s?경우|일부|일까"),
    "대": re.compile("대상|대비|대하|대한"),
    "주": re.compile("주민|주차|주소"),
    "분": re.compile("분야|분류"),
    "시간": re.compile("$^"),
    "m": re.compile("m[a-z]"),
    "t": re.compile("t[a-z]"),
    "l": re.compile("l[a-z]"),
    "차": re.compile("차량|차로|차이"),
    "장": re.compile("장애|장소"),
    "개": re.compile("개정|개인"),
    "명": re.compile("명의|명령"),
    "세": re.compile("세금|세율|세액|세무"),
    "번": re.compile("번호"),
    "건": re.compile("건물|건축"),
    "점": re.compile("점검"),
    "급": re.compile("급여"),
    "호": re.compile("$^"),
    "종": re.compile("종합|종료"),
    "원": re.compile("원칙|원금"),
    "석": re.compile("$^"),
    "매": re.compile("매월|매년"),
    "배": re.compile("배상|배정"),
    "층": re.compile("$^"),
}
_PARTICLE = re.compile(
    r"은|는|이|가|을|를|의|에|와|과|로|으로|도|만|입니|이다|이며|이고|까지|부터|이상|이하|초과|미만"
    r"|이내|임|및|또는|인|일|여"
)
_MONEY = re.compile(
    r"^(십|백|천|만|십만|백만|천만|억|십억|백억|천억|조)?\s?(원|명|건|대|개|㎡|m2|톤)$"
)
_SCALES = {
    "십": 10, "백": 100, "천": 1000, "만": 10**4, "십만": 10**5, "백만": 10**6, "천만": 10**7,
    "억": 10**8, "십억": 10**9, "백억": 10**10, "천억": 10**11, "조": 10**12,
}  # fmt: skip


@dataclass(frozen=True)
class Unit:
    """A unit read: its one name, what a number of it is multiplied with, where it ends."""

    name: str
    scale: Fraction
    end: int


def unit_after(text: str, position: int) -> Unit:
    """Return the unit that follows a number ending at `position`; BARE where there is none."""
    several = re.compile(r"여(?=\s?[가-힣])").match(text, position)
    start = several.end() if several else position
    spaced = re.compile(r"[ \t]?").match(text, start)
    begin = spaced.end() if spaced else start
    if (found := _UNIT.match(text, begin)) and _fits(text, found, begin > start):
        return Unit(_NAMES[found[0]], Fraction(1), found.end())
    word = re.compile(r"[가-힣A-Za-z]+").match(text, start)
    if word is None or begin > start or _PARTICLE.match(word[0]):
        return Unit(BARE, Fraction(1), position)
    return Unit(UNKNOWN + word[0][0], Fraction(1), position)


def _fits(text: str, found: re.Match[str], spaced: bool) -> bool:
    stop = _NOT.get(found[0])
    if stop is not None and stop.match(text, found.start()):
        return False
    if not spaced or not re.match(r"[가-힣]", found[0]):
        return True
    # "2026 대상자": after a space only a unit that ends there or takes a particle counts.
    following = text[found.end() : found.end() + 2]
    return not re.match(r"[가-힣]", following) or bool(
        re.match(r"[은는이가을를의에와과로도만]|까지|부터|초과|미만|이|간|당|씩|입", following)
    )


def header_unit(heading: str) -> Unit | None:
    """Return the unit that a column's heading names: 금액(천원), 인원(명), 단위: 백만원."""
    inside = re.findall(r"[(\[]([^)\]]+)[)\]]", heading) or [heading]
    for part in inside:
        word = part.strip().removeprefix("단위").lstrip(" :").strip()
        if money := _MONEY.match(word):
            scale = Fraction(_SCALES.get(money[1] or "", 1))
            return Unit(_NAMES.get(money[2], money[2]), scale, 0)
        if word in _NAMES:
            return Unit(_NAMES[word], Fraction(1), 0)
    return None


_DAYS = {
    "하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "이레": 7, "여드레": 8,
    "아흐레": 9, "열흘": 10, "보름": 15, "스무날": 20,
}  # fmt: skip
_COUNTS = {
    "한": 1, "두": 2, "세": 3, "석": 3, "네": 4, "넉": 4, "다섯": 5, "여섯": 6, "일곱": 7,
    "여덟": 8, "아홉": 9, "열": 10, "스무": 20, "서른": 30,
}  # fmt: skip
_COUNTERS = {
    "달": "개월", "명": "명", "사람": "명", "번": "회", "차례": "회", "개": "개", "건": "건",
    "대": "대", "곳": "곳", "살": "세", "시간": "시간", "배": "배", "주": "주", "장": "장",
    "부": "부", "가지": "가지",
}  # fmt: skip
_NATIVE = re.compile(
    rf"(?<![가-힣])(?:(?P<day>{'|'.join(_DAYS)})(?!같이|하루)|(?P<count>{'|'.join(_COUNTS)})\s?"
    rf"(?P<counter>{'|'.join(_COUNTERS)})(?![가-힣]*(?:째|에\s?한)))"
    r"(?=[간의에을를이가은는과와도로,.\s)]|까지|부터|씩|만|입|안|$)"
)


@dataclass(frozen=True)
class NativeCount:
    """A count in native words: 열흘, 두 달, 세 명; `unit` is the unit's one name."""

    value: int
    unit: str
    start: int
    end: int
    text: str


def native_counts(text: str) -> Sequence[NativeCount]:
    """Return the counts in native words; 한 번, 한 가지, 하루하루 state nothing."""
    found = []
    for match in _NATIVE.finditer(text):
        if match["day"]:
            value, unit = _DAYS[match["day"]], "일"
        elif match["count"] == "한" and match["counter"] not in ("달", "시간", "주"):
            continue
        else:
            value, unit = _COUNTS[match["count"]], _COUNTERS[match["counter"]]
        found.append(NativeCount(value, unit, match.start(), match.end(), match[0]))
    return found
