"""Personal data with letters in it: plates, passports, e-mail, birth dates, addresses.

Pure; reads plain (folded) text.
"""

from __future__ import annotations

import re

from gongmu.bots.guard.homes import find_homes
from gongmu.bots.guard.personal_kinds import PersonalItem, PersonalKind

_REGION = "서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주"
_USE = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자배하허호육해공국합"
_GAP = r"[ \t\n\x1f\-_.·'‘’“”\"]{0,3}"
_PLATE = re.compile(
    rf"(?P<region>(?:{_REGION}){_GAP})?(?<!\d)(?<![제第])(?P<kind>\d{_GAP}\d(?:{_GAP}\d)?)"
    rf"(?P<one>{_GAP})(?P<use>[{_USE}])(?P<two>{_GAP}|[ \t]?\|[ \t]?)"
    rf"(?P<number>\d{_GAP}\d{_GAP}\d{_GAP}\d)(?!\d)"
)
_OLD_PLATE = re.compile(
    rf"(?:{_REGION}){_GAP}(?:[가-힣]{{2}}{_GAP})?\d{{0,2}}{_GAP}[{_USE}]{_GAP}\d{_GAP}\d{_GAP}\d{_GAP}\d(?!\d)"
)
_STATE_PLATE = re.compile(
    r"(?:외교|영사|준외|준영|국기|협정|대표|임시)[ \t\-]{0,2}\d{3}[ \-]{0,2}\d{3,4}(?!\d)"
    r"|임시\s?\d{2,6}(?=\s?(?:번호판|차량|호))"
    r"|임시\s?(?:운행|번호판?)\s?(?:허가증?\s?)?(?:번호)?[\s:]{0,2}\d{2,6}(?![\d,]|\s?[건대원명회년월일개])"
)
_ARMY_PLATE = re.compile(r"(?<![가-힣\d])[육공해국합]\s?\d{4,5}(?![\d,])")
_CAR_WORDS = re.compile(
    r"차량|차번호|번호판|자동차|등록번호|주차|운전|단속|견인|승용|화물|택시|렌터카|버스"
    r"|차주|넘버|과태료|차종|차\s?[:는가을]|내\s차|car|plate|Car|Plate"
)
_COUNTED = re.compile(
    r"\s*(?:자(?![가-힣])|글자|자\s이[내상하]|년|억|만|원|명|개|건|%|,\d|\.\s?\d|월|일|시|분|km|m|톤|호|조|항|대|세대|가구"
    r"|회|쪽|번지|번길|여)"
)
_COUNTERS = frozenset("호조주도구부소수무로고서오공국사")
_PASSPORT = re.compile(
    r"(?<![A-Za-z0-9])[MSRODGmsrodg][ \x1f-]?(?:\d{3}[ -]?[A-Za-z][ -]?\d{4}|\d{8}|\d{4} \d{4})"
    r"(?![A-Za-z0-9])|(?<![A-Za-z0-9])(?:PM|PS|PR|PO|PD)\d{7}(?![0-9])"
)
_NAMED_PASSPORT = re.compile(
    r"(?:여권|[Pp]assport|PASSPORT)[^\d\n|]{0,14}?[\s:|]{0,3}"
    r"(?P<number>(?<![A-Za-z])(?:[A-Za-z]{1,2}|엠|에스|알)[ \x1f.-]{0,2}\d"
    r"(?:[ \x1f.-]?[A-Za-z0-9]){6,8}"
    r"|(?<=[\s:])\d{8})(?![\d,]|\s?[원명건개])"
)
_LOCAL = r"[A-Za-z0-9][A-Za-z0-9._%+\-]*"
_AT = r"\s?(?:@|[(\[{]\s?(?:at|AT|골뱅이|앳)\s?[)\]}]| at |골뱅이|앳)\s?"
_DOT = r"\s?(?:\.|·|,(?=(?:com|net|co|kr|org)\b)|[(\[]\s?(?:dot|점)\s?[)\]]| dot |쩜|닷|점)\s?"
_EMAIL = re.compile(
    rf"{_LOCAL}{_AT}[A-Za-z0-9\-]+(?:{_DOT}[A-Za-z0-9\-]+)+"
    rf"|{_LOCAL}{_AT}[A-Za-z0-9가-힣\-]+(?:{_DOT}[A-Za-z0-9가-힣\-]+)*{_DOT}"
    r"(?:한국|닷컴|컴|닷넷|넷|com|net|org|kr|회사|코리아)"
    rf"|{_LOCAL}\s?(?:@|[(\[]\s?(?:at|골뱅이)\s?[)\]]|골뱅이|앳)\s?(?:네이버|지메일|구글|다음|한메일|핫메일"
    r"|네이트|카카오)(?:\s?(?:\.|쩜|닷|점)\s?(?:컴|com|net|넷))?"
    rf"|{_LOCAL}\s?\(\s?(?:naver|gmail|daum|hanmail|nate|kakao)\.(?:com|net)\s?\)"
    rf"|{_LOCAL}@\[[\d.:a-fA-F]+\]"
    r"|[A-Za-z0-9][A-Za-z0-9._+\-]{2,}[ \t]*[|\t,][ \t]*@\s?[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+"
)
_OFFICE_EMAIL = re.compile(
    r"(?:help|info|admin|webmaster|minwon|press|contact|support|noreply|no-reply|office)@[\w.-]+"
    r"|[\w.-]+@example\.(?:com|org|net|kr)\Z"
)
_DATE = (
    r"(?:(?:19|20)\d{2}\s?[-./년]\s?\d{1,2}\s?[-./월]\s?\d{1,2}\s?(?:일|\.)?"
    r"|(?:19|20)\d{2}[01]\d[0-3]\d|\d{2}\s?[-./년]\s?\d{1,2}\s?[-./월]\s?\d{1,2}\s?(?:일|\.)?"
    r"|\d{2}[01]\d[0-3]\d)"
)
_BIRTH = re.compile(
    rf"(?:생년\s?월일|생일|출생(?:일|년월일)?|생년|태어난\s?날|DOB|[Bb]irth(?:day|date)?)"
    rf"[^\d\n]{{0,12}}?(?P<a>(?<!\d){_DATE})(?!\d|[일.]?\s?(?:이전|이후|부터|까지|기준))"
    rf"|(?<!\d)(?P<b>{_DATE})\s?(?:생(?![가-힣])|생(?=[인으이]|\s)|출생(?![자아연])"
    r"|에 태어|\s?년생)"
    rf"|(?<=[가-힣])\s?\((?:만\s?\d+세,\s?)?(?P<c>\d{{6}}|{_DATE})(?:생|,\s?[남여](?:성"
    rf"|자)?|\s?[남여])\s?\)"
)


def find_shapes(text: str) -> list[PersonalItem]:
    """Return plates, passports, e-mail addresses, birth dates and homes in plain `text`."""
    found = [PersonalItem(PersonalKind.PLATE, *span) for span in _plates(text)]
    found += [PersonalItem(PersonalKind.PASSPORT, *m.span()) for m in _PASSPORT.finditer(text)]
    found += named_passports(text)
    if "@" in text or "at" in text or "골뱅이" in text or "앳" in text or ".com)" in text:
        found += _emails(text)
    for match in _BIRTH.finditer(text):
        name = match.lastgroup or "a"
        found.append(PersonalItem(PersonalKind.BIRTH, *match.span(name)))
    return found + find_homes(text)


def named_passports(text: str) -> list[PersonalItem]:
    """Return numbers after a word about passports, however they are spaced or lettered."""
    return [
        PersonalItem(PersonalKind.PASSPORT, *match.span("number"))
        for match in _NAMED_PASSPORT.finditer(text)
    ]


def _emails(text: str) -> list[PersonalItem]:
    """Find addresses, and their first part wherever it stands alone."""
    found = []
    locals_met = set()
    for match in _EMAIL.finditer(text):
        if _OFFICE_EMAIL.match(match[0]):
            continue
        found.append(PersonalItem(PersonalKind.EMAIL, *match.span()))
        local = re.match(r"[A-Za-z0-9._+\-]{6,}", match[0])
        if local and re.search(r"\d", local[0]) and re.search(r"[A-Za-z]", local[0]):
            locals_met.add(local[0])
    for local_part in locals_met:
        for again in re.finditer(rf"(?<![\w.@]){re.escape(local_part)}(?![\w@])", text):
            found.append(PersonalItem(PersonalKind.EMAIL, *again.span()))
    return found


def _plates(text: str) -> list[tuple[int, int]]:
    found = [match.span() for match in _STATE_PLATE.finditer(text)]
    for match in _PLATE.finditer(text):
        if match["region"] or _is_plate(text, match):
            found.append(match.span())
    for match in _OLD_PLATE.finditer(text):
        worded = _CAR_WORDS.search(text[max(match.start() - 24, 0) : match.start()])
        district = re.match(rf"(?:{_REGION})\W*[가-힣]{{3}}", match[0])
        if worded or not (district or _COUNTED.match(text, match.end())):
            found.append(match.span())
    return found + [
        m.span() for m in _ARMY_PLATE.finditer(text) if _CAR_WORDS.search(_around(text, m))
    ]


def _around(text: str, match: re.Match[str]) -> str:
    return text[max(match.start() - 24, 0) : match.start()] + text[match.end() : match.end() + 10]


def _is_plate(text: str, match: re.Match[str]) -> bool:
    if _CAR_WORDS.search(_around(text, match)):
        return True
    together = re.fullmatch(r"\d{2,3}[가-힣]\d{4}", match[0]) is not None
    if together and match["use"] not in "조호" and re.match(r"호(?![가-힣])", text[match.end() :]):
        return True
    if "|" in match["two"] or _COUNTED.match(text, match.end()):
        return False
    if not match["one"] and not match["two"] and len(re.sub(r"\D", "", match["kind"])) > 1:
        return match["use"] not in "조호" or text[match.start() - 1 : match.start()] not in (
            "제",
            "第",
        )
    apart = not match["kind"].isdigit() or "-" in match["one"]
    if match["use"] not in _COUNTERS or apart:
        return True
    year = re.sub(r"\D", "", match["number"])[:2] in ("19", "20")
    return not year and not match["one"]
