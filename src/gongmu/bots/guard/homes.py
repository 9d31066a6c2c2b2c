"""Where people live: addresses with a home's number, after a word, or written out in full.

Pure; reads plain (folded) text. A road with a number is also how works and public places are
told: without a word about a person only a full address counts, and none of a public place.
"""

from __future__ import annotations

import re

from gongmu.bots.guard.personal_kinds import PersonalItem, PersonalKind

_REGION = "서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주"
_PART = r"[가-힣]{1,6}(?:특별자치도|특별자치시|특별시|광역시|도|시|군|구)\s?"
_PARTS = rf"(?:(?:{_REGION})\s|{_PART})?(?:{_PART}){{0,2}}(?:[가-힣]{{1,6}}[읍면]\s?)?"
_FULL_PARTS = (
    rf"(?:(?:(?:{_REGION})\s|{_PART}){_PART}(?:{_PART})?(?:[가-힣]{{1,6}}[읍면]\s?)?"
    rf"|{_PART}[가-힣]{{1,6}}[읍면]\s?)"
)
_SPOKEN = r"[일이삼사오육칠팔구십백천]{2,8}"
_ROAD = (
    r"[가-힣0-9·]{1,12}(?:대로|로|길)(?:\s?\d{1,4}번?[가나다]?길)?\s?\d{1,4}(?:-\d{1,4})?"
    r"(?!\d)(?:번지)?(?!\s?(?:번\s?(?:버스|노선)|호선|분|명|원|%|km|m\b|년|월|개|건|대|차로))"
)
_LOT = (
    r"[가-힣0-9]{1,6}(?:동|리|가)\s?(?:산\s?)?\d{1,4}(?:-\d{1,4})?(?:번지)?"
    r"(?!\d|\s?(?:년|월|일|명|원|개|건|차|층|호선|%|세대|가구))"
)
_HOUSE = (
    r"(?:아파트|빌라|빌딩|오피스텔|맨션|연립|타워|주택|빌|캐슬|자이|푸르지오|힐스테이트|래미안"
    r"|하이츠|타운|팰리스|원룸|고시원)"
)
_DOOR = r"(?:[A-Za-z가-하]?\d{1,4}호|[A-Z]-?\d{2,4}호?)"
_FLOOR = r"(?:지하\s?)?제?\d{1,2}층"
_BLOCK = r"(?:\d{1,4}|[가-하A-Z])동"
_UNIT = (
    r"(?:[,\s]{0,3}(?:\([가-힣0-9, ]{1,20}\)\s?)?"
    rf"(?:[가-힣A-Za-z0-9]{{0,14}}{_HOUSE}\s?)?"
    rf"(?:{_BLOCK}\s?(?:{_FLOOR}\s?)?{_DOOR}"
    rf"|{_FLOOR}\s?{_DOOR}|(?<=[,\s]){_FLOOR}(?!\s?(?:건물|규모|이상|이하|짜리)))"
    rf"|[,\s]{{1,3}}\d{{2,4}}호|[,\s]{{1,3}}{_HOUSE}\s?\d{{2,4}}호"
    r"|[,\s]{1,3}\d{2,4}-\d{3,4}(?![\d-])호?)"
)
_HOME = re.compile(rf"{_PARTS}(?:{_ROAD}|{_LOT}){_UNIT}")
_SPOKEN_HOME = re.compile(
    rf"{_PARTS}[가-힣]{{1,8}}(?:로|길)\s(?:{_SPOKEN}|\d{{1,4}})[\s,]{{1,2}}(?:{_SPOKEN}동\s?)?{_SPOKEN}호"
)
_FLAT = re.compile(
    rf"[가-힣A-Za-z0-9]{{1,12}}(?:\s?{_HOUSE}|마을\s?{_HOUSE}?|단지)\s?"
    rf"(?:{_BLOCK}\s?(?:{_FLOOR}\s?)?{_DOOR}|\d{{2,4}}-\d{{3,4}}(?![\d-])호?)"
    r"|[가-힣A-Za-z0-9]{1,12}\s?(?:아파트|빌라|연립|맨션|원룸|고시원|오피스텔|주택)\s\d{2,4}호"
)
_ADDRESS_WORD = (
    r"(?:주\s?소(?:지)?|거주지?|사는\s?(?:곳|집)|자택|본적|등록기준지|실거주지|배송지|송달장소|전입지|(?<![가-힣])[집댁](?=[은이]\s)"
    r"|address|Address)"
)
_NAMED_HOME = re.compile(
    rf"{_ADDRESS_WORD}[^\n가-힣\d]{{0,6}}(?:은|는|이|:)?\s*(?:\(?우?\)?\s?\[?\d{{5}}\]?[\s,)]*)?"
    rf"(?P<home>{_PARTS}(?:{_ROAD}|{_LOT})(?:{_UNIT})?)"
)
_SPACED_HOME = re.compile(
    rf"{_ADDRESS_WORD}[^\n가-힣\d]{{0,4}}(?:은|는|:)?\s*"
    r"(?P<home>(?:[가-힣\d-] ){5,}[가-힣\d-](?![가-힣\d]))"
)
_LIVES = re.compile(
    rf"(?P<home>{_PARTS}(?:{_ROAD}|{_LOT})(?:{_UNIT})?)"
    r"(?=에서?\s?(?:[가-힣]{1,3}\s)?(?:거주|사는|사시|산다|삽니다|살|세\s?들)|\s?거주|\s?사는)"
)
_FULL_HOME = re.compile(
    rf"(?P<home>(?:\(우\)\s?\d{{5}}\s?|\[?\(?\d{{5}}\)?\]?\s)?{_FULL_PARTS}(?:{_ROAD}|{_LOT})(?:{_UNIT})?)"
)
_HAS_NUMBER = re.compile(r"[로길동리가]\s?(?:산\s?)?\d")
_HAS_FLAT = re.compile(rf"{_HOUSE}|마을|단지")
_HAS_LIVES = re.compile(r"거주|사는|사시|산다|삽니다|에서?\s?[가-힣\s]{0,4}살|세\s?들")
_HAS_SPELLED = re.compile(
    rf"{_ADDRESS_WORD}[은는이:\s]{{0,4}}[가-힣]\s[가-힣]\s|[십백천][일이삼사오육칠팔구]?호"
)
_PUBLIC_PLACE = re.compile(
    r"(?:시청|구청|군청|도청|청사|주민센터|행정복지센터|보건소|도서관|센터|사무소|공단|재단|협회"
    r"|기관|본부|은행|회관|병원|학교|경찰서|소방서|우체국|법원|공원|시장(?=\s|$)|역(?=\s|\)|$)"
    r"|체육관|박물관|미술관|주차장|터미널|어린이집|유치원|복지관|경로당|지구대|파출소)"
)
_WORKS = re.compile(
    r"일원|일대|구간|공사|사업|정류|현장|부지|도로|노선|부근|인근|교차로|지점|앞|소재|부터|까지"
    r"|접수|방문|제출|우편|문의|국립|설치|정비|포장|확장|개설|단속|~|회의|장소|개최|위치"
)


def find_homes(text: str) -> list[PersonalItem]:
    """Return the addresses of homes in plain `text`."""
    found = []
    patterns = [_NAMED_HOME, _HOME, _FULL_HOME] if _HAS_NUMBER.search(text) else []
    patterns += [_FLAT] if _HAS_FLAT.search(text) else []
    patterns += [_LIVES] if _HAS_LIVES.search(text) else []
    patterns += [_SPACED_HOME, _SPOKEN_HOME] if _HAS_SPELLED.search(text) else []
    for pattern in patterns:
        for match in pattern.finditer(text):
            start, end = match.span("home") if "home" in pattern.groupindex else match.span()
            around = text[max(start - 16, 0) : start] + "#" + text[end : end + 16]
            place = around + match[0] if pattern is _FULL_HOME else around
            if _PUBLIC_PLACE.search(place) and pattern is not _LIVES:
                continue
            if pattern is _FULL_HOME and _WORKS.search(around):
                continue
            found.append(PersonalItem(PersonalKind.ADDRESS, start, end))
    return found
