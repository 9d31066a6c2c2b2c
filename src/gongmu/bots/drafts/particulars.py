"""Places, people, offices and numbers of people in free text.

Quiet: no clock, database, file or model is reached from here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SURNAMES = (
    ""
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염"
    "여추도소석선설마길연위표명기반라왕금옥육인맹제모탁국어은편용예경봉사부"
)
_RANKS = (
    "주무관|팀장|과장|국장|실장|소장|동장|면장|읍장|구청장|부시장|시장|사무관|"
    "서기관|주사보|주사|서기보|서기|"
    "계장|담당관|위원장|위원|의원|교수|대표|이사장|이사|회장|총무|통장|이장|반장|"
    "센터장|관장|원장|본부장|단장|"
    "연구원|연구사|지도사|기사|감독관|변호사|박사|주임|대리|차장|부장|사장|팀원|"
    "간사|부위원장|부회장|씨"
)
NAME = (
    rf"(?:[{_SURNAMES}](?:[가-힣]{{1,2}}|[○〇*OＯ]{{1,2}})|(?:남궁|황보|제갈|선우|"
    rf"독고)[가-힣]{{1,2}})"
)
PHONE = r"(?:0\d{1,2}[-.)\s]\s?\d{3,4}[-.\s]\d{4}|1[568]\d{2}-\d{4}|내선\s?\d{2,4})"
DEPARTMENT = r"[가-힣]{1,14}(?:담당관실|담당관|사업소|보건소|본부|센터|과|팀|실|국|소)"

_PHONE = re.compile(rf"(?<![\d-]){PHONE}(?!\d)")
_OFFICER = re.compile(
    r"(?P<label>담당자|담당공무원|담당\s?주무관|담당|문의처|문의(?!\s?사항)|작성자|기안자|책임자)\s*[:：]?\s*"
    rf"(?:(?P<department>{DEPARTMENT})\s+)?(?:(?P<team>[가-힣]{{1,10}}팀)\s+)?"
    rf"(?P<name>{NAME})(?:\s*(?P<rank>{_RANKS}))?(?![가-힣])"
    rf"(?:\s*[,(（☎\s:]*\s*(?P<phone>{PHONE})\s*[)）]?)?"
)
_CONTACT = re.compile(
    rf"^(?:문의(?:처)?\s*[:：]?\s*)?(?P<department>(?:[가-힣]{{2,12}}(?:관|원|소|센터)\s+)?"
    rf"{DEPARTMENT}(?:\s+[가-힣]{{1,10}}팀)?)"
    rf"(?:\s+(?P<name>{NAME}))?(?:\s*(?P<rank>{_RANKS}))?\s*[,(（☎\s:]*"
    rf"(?P<phone>{PHONE})\s*[)）]?\.?$"
)
"""A line that is nothing but an office, perhaps a person, and a number."""
_HEADCOUNT = re.compile(
    r"(?:(?P<who>주민|시민|구민|공무원|관계자|참석자|학생|어르신|위원|통장|직원|"
    r"신청자|대상자|청소년|참가자)\s*)?"
    r"(?:약\s*)?(?<![\d.,])\d[\d,]*\s*여?\s*(?:명|인(?=$|[,.)]|\s+(?:참석|참여|내외|"
    r"규모)))(?:\s*내외)?"
)
_ROOM = (
    r"대강당|소강당|강당|대회의실|중회의실|소회의실|회의실|영상회의실|상황실|"
    r"재난상황실|대공연장|공연장|체육관|"
    r"문화회관|시민회관|복지회관|마을회관|회관|컨벤션|컨벤션센터|광장|공원|도서관|"
    r"문화센터|체육센터|복지센터|센터|"
    r"행정복지센터|주민센터|보건소|시청|구청|군청|본청|별관|본관|청사|의회|본회의장|"
    r"초등학교|중학교|고등학교|대학교|"
    r"학교|정류장|정류소|터미널|전철역|역사|시장|운동장|경기장|박물관|미술관|전시관|"
    r"교육장|교육관|강의실|세미나실|"
    r"홀|로비|차고지|공영주차장|주차장|현장|사거리|삼거리|교차로|아트홀|누리홀|"
    r"배움터|경로당|복지관|수련관|스튜디오"
)
_PLACE_PART = (
    rf"(?:[가-힣A-Za-z0-9·]{{0,12}}(?:{_ROOM})|지?하?\d+층|[가-힣]{{1,8}}(?:시|구|군|읍|면|"
    rf"동|리|로|길|역)(?:\s?\d+(?:-\d+)?(?:번지|호)?)?"
    r"|제?\d+(?:회의실|강의실|호)|일원|앞|[가-힣]{2,8}대학교)"
)
_PLACE = re.compile(
    rf"(?<![가-힣A-Za-z0-9]){_PLACE_PART}(?:\s+{_PLACE_PART}){{0,5}}(?=$|[\s,.)(·/]|에서|에|으로|로)"
)
_HAS_ROOM = re.compile(rf"(?:{_ROOM})(?:\s|$)|\d층|일원|\d(?:번지|호)?$")
_BARE = re.compile(r"시청|구청|군청|의회|현장|학교|센터|공원|광장|본청|청사|홀|로비|별관|본관")
_NO_PLACE = re.compile(
    r"(?:전통|중고|노동|금융|부동산|온라인)?시장(?:님)?$|부시장$|기로$|^(?:필요|주요|중요|"
    r"진행|수시|다시|동시|임시|즉시|실시|개시|공시|표시)"
)

_NO_ROOM = re.compile(r"\s?(?:말고|제외|아닌|대신|사용\s?불가|폐쇄|이용\s?불가|\d+개소|\s\d+개소)")
"""What follows a place where nothing is held."""

_NO_NAMES = frozenset(
    {
        "부서",
        "부분",
        "부처",
        "업무",
        "직원",
        "주무",
        "주체",
        "기관",
        "변경",
        "지정",
        "전화",
        "연락",
        "연락처",
        "이메일",
        "성명",
        "인력",
        "인원",
        "구역",
        "지역",
        "공무원",
        "조직",
        "계약",
        "변호",
        "안내",
        "이름",
        "선생님",
        "강사",
        "교사",
        "의사",
        "기사",
        "임무",
        "사항",
        "사업",
        "소관",
        "심사",
        "조사",
        "국장",
        "과장",
        "실장",
        "소장",
    }
)
"""Words after 담당 that begin like a family name and are none."""


@dataclass(frozen=True)
class Particular:
    """Something named in a text from `start` to `end`; `text` is it as shown."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Officer:
    """Who is in charge, as far as the text says."""

    start: int
    end: int
    name: str
    rank: str = ""
    department: str = ""
    phone: str = ""


def find_officers(text: str) -> list[Officer]:
    """Return people named after 담당, 담당자, 문의 or the like, with rank, office and phone."""
    found = []
    for match in _OFFICER.finditer(text):
        if match["name"] in _NO_NAMES or match["name"].endswith(("팀", "과", "실")):
            continue
        department = " ".join(one for one in (match["department"], match["team"]) if one)
        found.append(
            Officer(
                match.start(),
                match.end(),
                match["name"],
                match["rank"] or "",
                department,
                match["phone"] or "",
            )
        )
    if not found and (alone := _CONTACT.match(text.strip())):
        name = alone["name"] or ""
        name = "" if name in _NO_NAMES or name.endswith(("팀", "과", "실")) else name
        found.append(
            Officer(0, len(text), name, alone["rank"] or "", alone["department"], alone["phone"])
        )
    return found


def find_phones(text: str) -> list[Particular]:
    """Return telephone numbers."""
    return [Particular(one.start(), one.end(), one[0].strip()) for one in _PHONE.finditer(text)]


def find_headcounts(text: str) -> list[Particular]:
    """Return numbers of people: 120명, 주민 약 50명, 30여 명."""
    found = []
    for one in _HEADCOUNT.finditer(text):
        shown = re.sub(r"(?<=[\d여])\s+(?=명|인|여)", "", one[0].strip())
        found.append(Particular(one.start(), one.end(), shown))
    return found


def find_places(text: str) -> list[Particular]:
    """Return places: words that end in a kind of room, building or open space, and what leads in.

    A bare 시, 동 or 로 is a place only in front of a room, floor or number.
    """
    found = []
    for one in _PLACE.finditer(text):
        shown = one[0].strip()
        if _NO_ROOM.match(text[one.end() :]) or re.fullmatch(r"제?\d+호", shown):
            continue
        if re.search(r"\s\d+$", shown) and re.match(r"[.,]\d|\s?[가-힣A-Za-z%]", text[one.end() :]):
            continue
        bare = " " not in shown and _BARE.fullmatch(shown)
        if bare and not re.match(r"에서|$|[,.)]", text[one.end() :].strip()[:2] or ""):
            continue
        if _HAS_ROOM.search(shown) and not _NO_PLACE.search(shown):
            found.append(Particular(one.start(), one.end(), shown))
    return found
