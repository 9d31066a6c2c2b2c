"""Personal data with letters in it: plates, passports, e-mail, birth dates, addresses.

Pure; reads plain (folded) text.
"""

from __future__ import annotations

import re

from gongmu.bots.guard.personal_kinds import PersonalItem, PersonalKind

_REGION = "서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주"
_USE = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자배하허호육해공국합"
_GAP = r"[ \t\n\x1f\-_.·]{0,3}"
_PLATE = re.compile(
    rf"(?P<region>(?:{_REGION}){_GAP})?(?<!\d)(?<![제第])(?P<kind>\d{_GAP}\d(?:{_GAP}\d)?)"
    rf"(?P<one>{_GAP})(?P<use>[{_USE}])(?P<two>{_GAP})(?P<number>\d{_GAP}\d{_GAP}\d{_GAP}\d)(?!\d)"
)
_OLD_PLATE = re.compile(
    rf"(?:{_REGION}){_GAP}\d{{0,2}}{_GAP}[{_USE}]{_GAP}\d{_GAP}\d{_GAP}\d{_GAP}\d(?!\d)"
)
_STATE_PLATE = re.compile(
    r"(?:외교|영사|준외|준영|국기|협정|대표|임시)[ \t\-]{0,2}\d{3}[ \-]{0,2}\d{3,4}(?!\d)"
    r"|임시\s?\d{2,6}(?=\s?(?:번호판|차량|호))"
)
_CAR_WORDS = re.compile(
    r"차량|차번호|번호판|자동차|등록번호|주차|운전|단속|견인|승용|화물|택시|렌터카|버스"
    r"|차주|넘버|과태료|차종|차\s?[:는가]|car|plate|Car|Plate"
)
_COUNTED = re.compile(
    r"\s*(?:년|억|만|원|명|개|건|%|,\d|\.\s?\d|월|일|시|분|km|m|톤|호|조|항|대|세대|가구"
    r"|회|쪽|번지|번길|여)"
)
_COUNTERS = frozenset("호조주도구부소수무로고서오공국사")
_PASSPORT = re.compile(
    r"(?<![A-Za-z0-9])[MSRODGmsrodg][ \x1f-]?(?:\d{3}[ -]?[A-Za-z][ -]?\d{4}|\d{8}|\d{4} \d{4})"
    r"(?![A-Za-z0-9])|(?<![A-Za-z0-9])(?:PM|PS|PR|PO|PD)\d{7}(?![0-9])"
)
_EMAIL = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._%+\-]*\s?(?:@|\(at\)|\[at\]|\{at\}| at |골뱅이)\s?"
    r"[A-Za-z0-9\-]+(?:\s?(?:\.|\(dot\)|\[dot\]| dot |쩜|닷)\s?[A-Za-z0-9\-]+)+"
    r"|[A-Za-z0-9][A-Za-z0-9._%+\-]*\s?(?:@|\(at\)|\[at\]|골뱅이)\s?(?:네이버|지메일|다음"
    r"|한메일|핫메일|네이트)"
    r"(?:\s?(?:\.|쩜|닷|점)\s?(?:컴|com|net|넷))?"
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
    rf"[^\d\n]{{0,12}}?(?P<a>(?<!\d){_DATE})(?!\d)"
    rf"|(?<!\d)(?P<b>{_DATE})\s?(?:생(?![가-힣])|생(?=[인으이]|\s)|출생(?![자아연])"
    r"|에 태어|\s?년생)"
    rf"|(?<=[가-힣])\s?\((?:만\s?\d+세,\s?)?(?P<c>\d{{6}}|{_DATE})(?:생|,\s?[남여](?:성"
    rf"|자)?|\s?[남여])\s?\)"
)
_BIRTH_HEAD = re.compile(r"(?:생년\s?월일|생일|출생일)\s*\Z")
_ROAD = (
    r"(?:(?:[가-힣]{1,6}(?:특별자치도|특별자치시|특별시|광역시|도|시|군|구)\s?){0,3})"
    r"(?:[가-힣]{1,6}[읍면]\s?)?[가-힣0-9·]{1,12}(?:대로|로"
    r"|길)(?:\s?\d{1,4}번?[가나다]?길)?\s?\d{1,4}(?:-\d{1,4})?"
    r"(?:번지)?(?!\s?(?:번\s?(?:버스|노선)|호선|분|명|원|%|km|m\b))"
)
_LOT = (
    r"(?:(?:[가-힣]{1,6}(?:특별자치도|특별자치시|특별시|광역시|도|시|군|구)\s?){0,3})"
    r"[가-힣0-9]{1,6}(?:동|리|가)\s?(?:산\s?)?\d{1,4}(?:-\d{1,4})?(?:번지)?"
)
_UNIT = (
    r"(?:[,\s]{0,3}(?:\([가-힣0-9, ]{1,20}\)\s?)?(?:[가-힣A-Za-z0-9]{0,14}(?:아파트|빌라"
    r"|빌딩|오피스텔|맨션|연립|타워|주택)\s?)?"
    r"(?:\d{1,4}|[가-하])동\s?(?:제?\d{1,2}층\s?)?\d{1,4}호"
    r"|[,\s]{0,3}(?:[가-힣A-Za-z0-9]{1,14}(?:아파트|빌라|오피스텔)\s?)"
    r"?(?:지하\s?)?\d{1,2}층\s?\d{1,4}호|[,\s]{1,3}\d{2,4}호)"
)
_HOME = re.compile(rf"(?:{_ROAD}|{_LOT}){_UNIT}")
_NAMED_HOME = re.compile(
    rf"(?:주\s?소(?:지)?|거주지?|사는\s?곳|자택|본적|등록기준지|실거주지|배송지|송달장소"
    rf"|address|Address)"
    rf"[^\n가-힣\d]{{0,6}}(?:은|는|:)?\s*(?P<home>(?:{_ROAD}|{_LOT})(?:{_UNIT})?)"
)
_LIVES = re.compile(
    rf"(?P<home>(?:{_ROAD}|{_LOT})(?:{_UNIT})?)(?=에\s?(?:거주|사는|산다|삽니다|살고|살며)|\s?거주)"
)
_PUBLIC_PLACE = re.compile(
    r"(?:시청|구청|도청|청사|주민센터|행정복지센터|보건소|도서관|센터|사무소|공단|재단|협회|기관|본부|은행|회관|병원|학교|경찰서|소방서|우체국|법원)"
)


def find_shapes(text: str) -> list[PersonalItem]:
    """Return plates, passports, e-mail addresses, birth dates and homes in plain `text`."""
    found = [PersonalItem(PersonalKind.PLATE, *span) for span in _plates(text)]
    found += [PersonalItem(PersonalKind.PASSPORT, *m.span()) for m in _PASSPORT.finditer(text)]
    if "@" in text or "at" in text or "골뱅이" in text:
        found += [
            PersonalItem(PersonalKind.EMAIL, *match.span())
            for match in _EMAIL.finditer(text)
            if not _OFFICE_EMAIL.match(match[0])
        ]
    for match in _BIRTH.finditer(text):
        name = match.lastgroup or "a"
        found.append(PersonalItem(PersonalKind.BIRTH, *match.span(name)))
    return found + _homes(text)


def _plates(text: str) -> list[tuple[int, int]]:
    found = [match.span() for match in _STATE_PLATE.finditer(text)]
    for match in _PLATE.finditer(text):
        if match["region"] or _is_plate(text, match):
            found.append(match.span())
    found += [
        match.span()
        for match in _OLD_PLATE.finditer(text)
        if not _COUNTED.match(text, match.end())
        or _CAR_WORDS.search(text[max(match.start() - 24, 0) : match.start()])
    ]
    return found


def _is_plate(text: str, match: re.Match[str]) -> bool:
    around = text[max(match.start() - 24, 0) : match.start()] + text[match.end() : match.end() + 10]
    if _CAR_WORDS.search(around):
        return True
    if _COUNTED.match(text, match.end()):
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


def _homes(text: str) -> list[PersonalItem]:
    found = []
    for pattern in (_HOME, _NAMED_HOME, _LIVES):
        for match in pattern.finditer(text):
            start, end = match.span("home") if "home" in match.groupdict() else match.span()
            line = text[max(start - 16, 0) : start]
            after = text[end : end + 12]
            if not (_PUBLIC_PLACE.search(line) or _PUBLIC_PLACE.search(after)):
                found.append(PersonalItem(PersonalKind.ADDRESS, start, end))
    return found
