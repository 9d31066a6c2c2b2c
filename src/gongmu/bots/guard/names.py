"""Names of persons where the words around them show that a person is meant.

Pure. A bare name without such words is left alone, unless it was met elsewhere in the same text.
"""

from __future__ import annotations

import re

from gongmu.bots.guard.ordinary_words import ORDINARY_WORDS
from gongmu.bots.guard.personal_kinds import PersonalItem, PersonalKind

_SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구라진"
    "지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용예봉사부민나태"
)
_DOUBLE = "남궁|황보|제갈|사공|선우|서문|독고|동방"
_NAME = rf"(?:(?:{_DOUBLE})[가-힣]{{1,2}}|[{_SURNAMES}][가-힣]{{1,2}})"
_SPACED = rf"(?:(?:{_DOUBLE})\s[가-힣]{{2}}|[{_SURNAMES}]\s{{1,3}}[가-힣]\s{{0,3}}[가-힣])"
_LABELS = (
    "성명|성 명|이름|민원인|신청인|신청자|청구인|청구자|피해자|보호자|대리인|위임인"
    "|수임인|예금주|수급자|수급권자|대상자"
    "|납세자|납세의무자|체납자|세대주|세대원|배우자|고객|환자|차주|소유자|소유주|임차인"
    "|임대인|제보자|신고인|신고자"
    "|고발인|피고인|피의자|원고|피고|당사자|상담자|내담자|문의자|자녀|학생|참고인|계약자"
    "|수령인|수취인|받는\\s?사람|보내는\\s?사람"
    "|본인|주민|시민|노인|어르신|장애인|사망자|상속인|채무자|채권자|매도인|매수인|가해자"
    "|목격자|운전자|승객|아동|유족"
    "|남편|아내|어머니|아버지|모친|부친|아들|딸|시어머니|시아버지|장모|구직자|실직자"
    "|(?:피해|학대|보호|수급)아동|대표자|대표이사|거주자|입주자|당첨자|친권자|후견인|보증인|증인|고소인|진정인"
    "|(?:환자|신청자|예금주|고객|학생|보호자|상담자|신고자|체납자|납세자|소유자|대표자)명|성함|존함|명의자|명의|가입자|회원|신고된\\s?사람|[Nn]ame"
)
_TITLES = (
    "씨|님|귀하|옹|여사|할머니|할아버지|어르신|군|양|아무개|학생|선생님|사장님"
    "|어머님|아버님|환자|고객님|민원인"
)
_SURE_TITLE = re.compile(r"\s?(?:씨|님|귀하|여사|할머니|할아버지|어르신)(?![가-힣]{3})")
_PARTICLE = (
    r"(?=$|[^가-힣]|(?:은|는|이|가|을|를|의|에게|에게서|께서|께|와|과|으로|로|도|만|이다"
    r"|입니다|이고|이며|이라|라고|이라고"
    r"|씨|님|귀하|측|이는|이가|에|한테|예요|이에요)(?:$|[^가-힣]|[가-힣]{0,2}(?:$|[^가-힣])))"
)
_AFTER_LABEL = re.compile(
    rf"(?:{_LABELS})(?:\([^)\n]{{0,12}}\))?[\"'*]{{0,3}}(?:\s*[:=：|]{{1,2}}[\s|\"'*]{{0,6}}|[은는이가]\s)"
    rf"(?P<name>{_SPACED}|{_NAME}){_PARTICLE}"
)
_CLOSE_LABEL = re.compile(
    rf"(?<![가-힣\d])(?:{_LABELS})(?:\s?\(인\))?(?:\s|\()(?=(?P<name>{_NAME}){_PARTICLE})"
)
_TITLED = re.compile(
    rf"(?<![가-힣])(?P<name>{_NAME}|{_SPACED})\s?(?:{_TITLES})"
    r"(?=$|[^가-힣]|은|는|이|가|을|를|의|에|께|도|와|과|만|으로|로|한|입|이라|측|댁|본인)"
)
_BEFORE_DATA = re.compile(
    rf"(?<![가-힣])(?P<name>{_NAME}|{_SPACED})(?:\s?(?:씨|님))?\s*[(\[,:/|·、\-\t\n ]{{1,4}}\s*"
    r"(?:(?:주민(?:등록)?번호|생년월일|연락처|전화(?:번호)?|휴대(?:폰|전화)|핸드폰|남|여"
    r"|HP|H\.P)[\s:,.(|/]{0,3}){0,2}\Z"
)
_SIGNED = re.compile(
    rf"(?<![가-힣])(?P<name>{_NAME}|{_SPACED})\s?(?:올림|드림|배상|拜上|\(\s?(?:인|서명|印)\s?\))"
    r"(?=\s*(?:$|\n|[.)]))"
)
_OWN = re.compile(
    rf"(?:저는?|제가|제\s?이름은|본인은|이름이|성함이)\s(?P<name>{_NAME})"
    r"(?=이?라고|\s?이?라는|입니다|이에요|예요|이며|인데|이고|\s이신|\s이십)"
)
_AGED = re.compile(
    rf"(?<![가-힣])(?P<name>{_NAME}|{_SPACED})\s?\(\s?(?:(?:남|여)(?:성|자)?\s?[,/·]?\s?)?"
    r"(?:만\s?)?(?:\d{1,3}\s?세(?!\s?(?:이상|이하|미만|초과|부터|까지|[~-]))|\d{2,4}년생|남\)|여\)|남성\)|여성\))"
)
_TAGGED = re.compile(
    rf"(?:{_LABELS})\s*(?:</?t[dh]\b[^<>]{{0,60}}>\s*){{2,3}}(?P<name>{_SPACED}|{_NAME})(?=\s*<)"
)
_SPACED_TWO = re.compile(
    rf"(?:{_LABELS})\s*[:=：]\s*(?P<name>[{_SURNAMES}]\s[가-힣])(?![가-힣]|\s[가-힣](?![가-힣]))"
)
_UNDER_LABEL = re.compile(
    rf"(?:^|\n)[ \t]*(?:{_LABELS})[ \t]*:?[ \t]*\r?\n[ \t]*"
    rf"(?P<name>{_SPACED}|{_NAME})[ \t]*(?=\r?\n|\Z)"
)
_RARER = {
    _SIGNED: re.compile(r"올림|드림|배상|拜上|[인명印]\s?\)"),
    _OWN: re.compile(r"저는?\s|제가\s|본인은|이름[은이]|성함이"),
    _AGED: re.compile(r"세|년생|[남여성]\s?\)"),
    _UNDER_LABEL: re.compile(rf"\n[ \t]*[{_SURNAMES}][가-힣 ]{{1,7}}\r?(?:\n|\Z)"),
    _SPACED_TWO: re.compile(rf"[:=：]\s*[{_SURNAMES}]\s"),
    _TAGGED: re.compile(r"</t[dh]\b"),
}
"""Patterns that cost much, and what must stand in a text for them to find anything."""
_NEVER_LAST = frozenset("자관원장인사생주모부민들측등별용")
"""Last syllables of words for what somebody is; a name that ends so needs given-name syllables."""
_PURE_LINES = (
    "가을 여름 겨울 나라 사랑 미소 바다 하나 우리 소리 누리 마음 기쁨 나비 보미 이슬 새미 다미",
    "소망 하늬 나무 다나 모아 아라 라라 리나 유나 두리 세나 단비 은비 가비 솔비 한비 유비 도비",
)
_PURE = frozenset(word for line in _PURE_LINES for word in line.split())
"""Given names that are words of their own."""
_GIVEN_FIRST = frozenset("가다라바비이리르의필말점분복달삼칠")
_GIVEN_LAST = frozenset("르라래롬름솜별빛봄늘슬람온결빈샘찬렬녀순분필달돌삼석택습")
_GIVEN = frozenset(
    "강건겸경관광교국권규균근금기길나남노단담대덕도동두라란람래려련령례로록루률리린림만매명모무문미민"
    "배백범별병보복봉빈산상새서석선설섭성세소솔송수숙순슬승시식신아애양언엄여연열영예오옥온완왕용우욱운웅원월유윤율은"
    "이익인일임자장재정조종주준중지진찬창채천철청초춘충치태택평표하학한해향혁현형혜호홍화환효후훈휘흥희"
)
"""Syllables that given names are made of; asked for where the words around say little."""
_ROLES = re.compile(
    r"(?:주무관|사무관|서기관|과장|국장|팀장|실장|시장|부시장|구청장|군수|도지사|위원장"
    r"|위원|의원|의장|장관|차관|총리|대통령"
    r"|청장|소장|동장|계장|담당관|주사|서기|원장|본부장|센터장|이사장|교수)"
)
_ROLE_BEFORE = re.compile(_ROLES.pattern + r"\s*[:(]?\s*\Z")
_TABLE_HEADS = re.compile(
    r"(?:성\s?명|이름|민원인|신청인|신청자|성함|예금주|소유자|수급자|대상자|보호자|세대주"
    r"|납세자|차주|환자|학생|고객)(?:명|\(.*\))?\Z"
)
_HANGUL_NAME = re.compile(r"[가-힣]{2,5}\Z|[가-힣]\s[가-힣]\s?[가-힣]\Z")
_CELL_BORDERS = "|\t;,"


def find_names(text: str, others: list[PersonalItem]) -> list[PersonalItem]:
    """Return names in plain `text`; `others` are the finds that a name may stand in front of."""
    found: dict[tuple[int, int], str] = {}
    patterns = [_AFTER_LABEL, _CLOSE_LABEL, _TITLED]
    patterns += [pattern for pattern, sign in _RARER.items() if sign.search(text)]
    for pattern in patterns:
        for match in pattern.finditer(text):
            colon = any(mark in text[match.start() : match.start("name")] for mark in ":=：|\n")
            _keep(text, *match.span("name"), found, loose=colon or pattern in (_AGED, _TAGGED))
    for item in others:
        begin = max(item.start - 30, 0)
        if item.kind is not PersonalKind.OFFICE_PHONE and (
            before := _BEFORE_DATA.search(text[begin : item.start])
        ):
            birth = item.kind in (PersonalKind.RESIDENT, PersonalKind.BIRTH)
            where = begin + before.start("name"), begin + before.end("name")
            _keep(text, *where, found, short=birth)
    _columns(text, found)
    _again(text, found)
    return [PersonalItem(PersonalKind.NAME, start, end) for start, end in sorted(found)]


def _keep(
    text: str,
    start: int,
    end: int,
    found: dict[tuple[int, int], str],
    *,
    loose: bool = False,
    short: bool = False,
) -> None:
    """Note text[start:end] as a name unless it is an ordinary word.

    `loose`: a colon or cell border says that a name follows; `short`: two syllables will do.
    """
    name = re.sub(r"\s", "", text[start:end])
    # A particle may have been taken for the last syllable: "홍길은" is rare, "홍길동은" is not.
    if len(name) == 4 and not re.match(_DOUBLE, name) and name[-1] in "은는이가을를의님씨와과도":
        end -= 1
        name = name[:-1]
    if name in ORDINARY_WORDS or name[:-1] in ORDINARY_WORDS or _ROLES.search(name[1:]):
        return
    after = text[end : end + 4].lstrip()
    if len(name) == 2 and not (loose or short or after.startswith(("씨", "님", "귀하"))):
        return
    sure = _SURE_TITLE.match(text, end) is not None and name[-1] not in _NEVER_LAST
    double = re.match(_DOUBLE, name) is not None
    if not (loose or sure or double) and len(name) == 3 and not _may_be_given(name[1:]):
        return
    if _ROLES.match(after) or _ROLE_BEFORE.search(text[max(start - 8, 0) : start]):
        return
    found[(start, end)] = name


def _may_be_given(given: str) -> bool:
    if given in _PURE:
        return True
    if given[1] == "은" and given[0] not in "지하예다가정주시나고소재영혜희조효경채세보승":
        return False
    if given[1] in "한자권":
        return False
    first = given[0] in _GIVEN or given[0] in _GIVEN_FIRST
    return first and (given[1] in _GIVEN or given[1] in _GIVEN_LAST)


def _columns(text: str, found: dict[tuple[int, int], str]) -> None:
    """Find the names under a head such as 성명 in tables of | or tabs."""
    if not any(border in text for border in _CELL_BORDERS):
        return
    wanted: list[int] = []
    offset = width = 0
    for line in text.split("\n"):
        border = next((one for one in _CELL_BORDERS if one in line), "")
        cells = line.split(border) if border else []
        # Commas are no borders unless every line has as many.
        if not border or (border in ",;" and wanted and len(cells) != width):
            wanted = []
        else:
            width = len(cells)
            heads = [n for n, cell in enumerate(cells) if _TABLE_HEADS.match(cell.strip())]
            if heads:
                wanted = heads
            elif wanted:
                _cells(cells, wanted, offset, found)
        offset += len(line) + 1


def _cells(
    cells: list[str], wanted: list[int], offset: int, found: dict[tuple[int, int], str]
) -> None:
    at = offset
    for place, cell in enumerate(cells):
        name = cell.strip(" *_\"'\r")
        if place in wanted and _HANGUL_NAME.match(name) and name not in ORDINARY_WORDS:
            start = at + cell.index(name)
            found[(start, start + len(name))] = re.sub(r"\s", "", name)
        at += len(cell) + 1


def _again(text: str, found: dict[tuple[int, int], str]) -> None:
    """Find full names met once wherever else they stand."""
    taken = set(found)
    for name in {name for name in found.values() if len(name) >= 3}:
        for match in re.finditer(rf"(?<![가-힣]){re.escape(name)}", text):
            if match.span() not in taken and not any(
                start < match.end() and match.start() < end for start, end in taken
            ):
                found[match.span()] = name
