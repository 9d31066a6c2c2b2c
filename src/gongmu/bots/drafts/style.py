"""How official documents are written: dates, times, money, item marks, 붙임 and 끝.

Source: 행정업무의 운영 및 혁신에 관한 규정 제7조와 같은 규정 시행규칙 제2조·제4조, and the common
practice of municipal writing guides where the rule is marked so. Quotations, laws and their
numbers, and addresses are never touched.

Quiet: no clock, database, file or model is reached from here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from gongmu.bots.drafts.amounts import find_amounts, won_words
from gongmu.bots.drafts.item_order import order_findings
from gongmu.bots.drafts.shelter import Shelter

DATES = "규정 제7조제4항, 시행규칙 제4조(날짜는 숫자로 쓰고 온점을 찍는다)"
TIMES = "규정 제7조제5항(시·분은 24시각제로, 쌍점을 찍는다)"
MONEY = "시행규칙 제2조제2항(아라비아 숫자로 쓰고 괄호에 한글로 적는다)"
MARKS = "시행규칙 제2조제1항(항목의 구분)"
ENDING = "시행규칙 제4조제5항(끝 표시)"
ATTACHED = "시행규칙 제4조제4항(붙임)"
HABIT = "공문서 작성 관행"


@dataclass(frozen=True)
class Finding:
    """One place that breaks a rule, from `start` to `end`.

    `suggestion` is what to put there; None = a person has to rewrite it.
    """

    start: int
    end: int
    rule: str
    source: str
    found: str
    message: str
    suggestion: str | None


@dataclass(frozen=True)
class _Rule:
    code: str
    source: str
    message: str
    find: Callable[[str], Iterator[tuple[int, int, str]]]


def check(text: str, form: str = "") -> list[Finding]:
    """Return what breaks a rule, in order; `form` official_letter asks for 끝 as well."""
    shelter = Shelter(text)
    found: list[Finding] = []
    taken = [False] * (len(text) + 1)
    for rule in _RULES:
        for start, end, suggestion in rule.find(text):
            if text[start:end] == suggestion or shelter.covers(start, end):
                continue
            if any(taken[start : max(end, start + 1)]):
                continue
            taken[start:end] = [True] * (end - start)
            found.append(
                Finding(
                    start, end, rule.code, rule.source, text[start:end], rule.message, suggestion
                )
            )
    found += [
        Finding(one.start, one.end, "order", MARKS, text[one.start : one.end], one.message, None)
        for one in order_findings(text)
    ]
    found += _money_words(text, shelter)
    if form == "official_letter":
        found += _no_end(text)
    return sorted(found, key=lambda one: (one.start, one.end))


def fix(text: str, form: str = "") -> str:
    """Return the text with every suggestion put in; doing it again changes nothing."""
    for _ in range(12):
        changed = _once(text, form)
        if changed == text:
            return text
        text = changed
    return text


def _once(text: str, form: str) -> str:
    found = check(text, form)
    # 전각 숫자는 먼저 혼자 고친다: 다른 규칙이 반각 숫자를 보고 판단한다
    first = [one for one in found if one.rule == "digit"]
    for one in reversed(first or found):
        if one.suggestion is not None:
            text = text[: one.start] + one.suggestion + text[one.end :]
    return text


# ------------------------------------------------------------ dates and times

_FULL_DATE = re.compile(
    r"(?<![\d.\-/])(?:(?P<year>(?:19|20)\d\d)|[’'‘](?P<short>\d\d))(?:"
    r"\s?\.\s?(?P<m1>\d{1,2})\s?\.\s?(?P<d1>\d{1,2})(?!\d)(?P<dot>\s?\.(?!\d))?"
    r"|-(?P<m2>\d{1,2})-(?P<d2>\d{1,2})(?![\d-])"
    r"|/(?P<m3>\d{1,2})/(?P<d3>\d{1,2})(?![\d/])"
    r"|\s?년\s?(?P<m4>\d{1,2})\s?월\s?(?P<d4>\d{1,2})\s?일(?![가-힣]?[간째]))"
)
_MONTH = re.compile(r"(?<![\d.\-/])(?P<year>(?:19|20)\d\d)\s?\.\s?(?P<month>\d{1,2})\s?\.(?!\s?\d)")
_SHORT_DATE = re.compile(
    r"(?<![\d.\-/])(?P<month>0?[1-9]|1[0-2])\.(?P<gap>\s?)(?P<day>0?[1-9]|[12]\d|3[01])\.(?=\s?\()"
)


def _dates(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _FULL_DATE.finditer(text):
        groups = match.groupdict()
        month = next(groups[f"m{n}"] for n in "1234" if groups[f"m{n}"])
        day = next(groups[f"d{n}"] for n in "1234" if groups[f"d{n}"])
        year = groups["year"] or f"20{groups['short']}"
        try:
            on = date(int(year), int(month), int(day))
        except ValueError:
            continue
        yield match.start(), match.end(), f"{on.year}. {on.month}. {on.day}."


def _months(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _MONTH.finditer(text):
        if 1 <= int(match["month"]) <= 12:
            yield match.start(), match.end(), f"{match['year']}. {int(match['month'])}."


def _short_dates(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _SHORT_DATE.finditer(text):
        yield match.start(), match.end(), f"{int(match['month'])}. {int(match['day'])}."


def _weekdays(text: str) -> Iterator[tuple[int, int, str]]:
    for match in re.finditer(r"(?<=\d\.)\s+\((?P<day>[월화수목금토일])(?:요일)?\)", text):
        yield match.start(), match.end(), f"({match['day']})"
    for match in re.finditer(r"(?<=\d\.)\((?P<day>[월화수목금토일])요일\)", text):
        yield match.start(), match.end(), f"({match['day']})"


_HALF = re.compile(
    r"(?P<half>오전|오후)\s*(?P<hour>\d{1,2})(?:\s?시(?:\s?(?P<minute>\d{1,2})\s?분|"
    r"\s?(?P<thirty>반))?"
    r"|:(?P<colon>[0-5]\d))(?!\s?간)"
)
_SPOKEN = re.compile(
    r"(?<![\d:~])(?P<hour>[01]?\d|2[0-4])\s?시\s?(?P<minute>[0-5]?\d)\s?분(?!\s?간)"
)
_HOUR = re.compile(
    r"(?<![\d:~.,])(?P<hour>1[3-9]|2[0-4])\s?시(?=[\s,.)~부까에]|"
    r"$)(?!\s?\d)(?!\s?간)"
)
_BARE = re.compile(r"(?<![\d:.])(?P<hour>\d):(?P<minute>[0-5]\d)(?![\d:])")


def _times(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _HALF.finditer(text):
        hour = int(match["hour"])
        minute = int(match["minute"] or match["colon"] or (30 if match["thirty"] else 0))
        if match["half"] == "오후" and hour < 12:
            hour += 12
        elif match["half"] == "오전" and hour == 12:
            hour = 0
        if hour <= 24 and minute < 60:
            yield match.start(), match.end(), f"{hour:02d}:{minute:02d}"
    for match in _SPOKEN.finditer(text):
        if not re.search(r"오[전후]\s*$", text[: match.start()]):
            minute = int(match["minute"])
            yield match.start(), match.end(), f"{int(match['hour']):02d}:{minute:02d}"
    for match in _HOUR.finditer(text):
        yield match.start(), match.end(), f"{match['hour']}:00"
    for match in _BARE.finditer(text):
        if not re.search(r"(?:비율|대|[가-힣]\s?비)\s*$", text[: match.start()]):
            yield match.start(), match.end(), f"0{match['hour']}:{match['minute']}"


def _ranges(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the tilde between numbers with spaces around it."""
    for match in re.finditer(r"(?<=[\d.)시일월년%원])[ \t]*[~∼〜][ \t]*(?=[\d’'])", text):
        yield match.start(), match.end(), "~"


# ------------------------------------------------------------ money and figures

_GOLD = re.compile(
    r"(?<![가-힣\d])(?:일)?금\s?(?P<won>\d{1,3}(?:,?\d{3})*)\s?원(?P<exact>\s?정)?"
    r""
    r"(?P<words>\s?\(\s?(?:일)?금\s?[일이삼사오육칠팔구십백천만억조\s]+원\s?(?:정)?\s?\))?(?![가-힣]{0,1}짜리)"
)


def _gold(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield 금 with digits: no space, commas, no 정, the amount in Hangul behind it."""
    for match in _GOLD.finditer(text):
        won = int(match["won"].replace(",", ""))
        if not 0 < won < 10**16:
            continue
        written = f"금{won:,}원"
        words = match["words"]
        if words is None:
            yield match.start(), match.end(), f"{written}(금{won_words(won)}원)"
            continue
        said = find_amounts(re.sub(r"[\s()정]|일(?=금)", "", words))
        if said and said[0].won == won:
            yield match.start(), match.end(), f"{written}(금{won_words(won)}원)"


def _money_words(text: str, shelter: Shelter) -> list[Finding]:
    """Return amounts whose Hangul says another sum; which is right a person has to say."""
    found = []
    for match in _GOLD.finditer(text):
        if match["words"] is None or shelter.covers(match.start(), match.end()):
            continue
        won = int(match["won"].replace(",", ""))
        said = find_amounts(re.sub(r"[\s()정]|일(?=금)", "", match["words"]))
        if not said or said[0].won != won:
            message = "숫자와 한글 금액이 다릅니다. 어느 쪽이 맞는지 확인하세요."
            found.append(
                Finding(match.start(), match.end(), "money_differs", MONEY, match[0], message, None)
            )
    return found


def _commas(text: str) -> Iterator[tuple[int, int, str]]:
    for match in re.finditer(
        r"(?<![\d.,\-/])(?P<sum>\d{4,15})(?=\s?(?:원|천원|백만원)(?![가-힣]{3}))", text
    ):
        yield match.start(), match.end(), f"{int(match['sum']):,}"


def _units(text: str) -> Iterator[tuple[int, int, str]]:
    for match in re.finditer(r"(?<=\d)\s+(?=[%％])|(?<=\d)％", text):
        yield match.start(), match.end(), "" if match[0].isspace() else "%"
    for match in re.finditer(r"(?<=\d)\s?(?P<unit>Km|KM|Kg|KG|kG|Mm|MM|Cm|CM)(?![A-Za-z])", text):
        yield match.start(), match.end(), match["unit"].lower()


def _full_width(text: str) -> Iterator[tuple[int, int, str]]:
    for match in re.finditer(r"[０-９]+", text):
        yield match.start(), match.end(), "".join(chr(ord(one) - 0xFEE0) for one in match[0])


# ------------------------------------------------------------ marks, colons, 붙임, 끝

_WRONG_MARK = re.compile(
    r"(?m)^(?P<indent>[ \t]*)(?P<mark>[ㅁ▢◻☐]|[ㅇ◦◯〇⚪]|[oO](?=\s)|[–—−‐―ㅡ]|"
    r"[·ㆍ・•∙‧⋅](?!\d))(?P<gap>[ \t]*)(?=\S)"
)
_MARK_FOR = (("ㅁ▢◻☐", "□"), ("ㅇ◦◯〇⚪oO", "○"), ("–—−‐―ㅡ", "-"), ("·ㆍ・•∙‧⋅", "․"))
_TIGHT_MARK = re.compile(
    r"(?m)^[ \t]*(?P<mark>[□○․※]|-(?=[가-힣「『“])|\d{1,2}\.(?=[가-힣「『“])|"
    r"[가나다라마바사아자차카타파하]\.(?=[^\s\d.])|"
    r"(?:\d{1,2}|[가나다라마바사아자차카타파하])\)(?=[^\s).,:：])|\((?:\d{1,2}|"
    r"[가나다라마바사아자차카타파하])\)(?=[가-힣])|"
    r"[①-⑳㉮-㉻])(?P<gap>)(?=\S)"
)


def _marks(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _WRONG_MARK.finditer(text):
        right = next(good for signs, good in _MARK_FOR if match["mark"] in signs)
        yield match.start("mark"), match.end("gap"), f"{right} "


def _mark_gaps(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _TIGHT_MARK.finditer(text):
        yield match.start("mark"), match.end("mark"), f"{match['mark']} "


def _colons(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the colon after a label: none before it, one space behind it."""
    for match in re.finditer(r"(?<=[가-힣)])(?P<colon>[ \t]*[:：][ \t]*)(?=\S)(?!//)", text):
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if len(line) <= 30:
            yield match.start(), match.end(), ": "


def _attached(text: str) -> Iterator[tuple[int, int, str]]:
    for match in re.finditer(
        r"(?m)^(?P<word>붙임|첨부|별첨)[ \t]*[:：.]?[ \t]*(?=\S)(?!끝|물|파일|문서|서류|"
        r"자료|표)",
        text,
    ):
        yield match.start(), match.end(), "붙임  "
    for match in re.finditer(
        r"(?m)^[ \t]*(?:붙임[ \t]+)?(?:\d{1,2}\.[ "
        r"\t]+)?[^\n]{0,200}?(?P<count>(?<!\d)\d{1,4}\s?부)(?P<tail>[ \t]*(?:끝\.?)?)$",
        text,
    ):
        before = text[: match.start("count")]
        if "붙임  " in before[-400:] or before.rstrip().endswith("붙임"):
            tail = "  끝." if "끝" in match["tail"] else ""
            yield match.start("count"), match.end("tail"), f"{match['count']}.{tail}"


_END = re.compile(r"(?P<gap>[ \t]*\n?[ \t]*)(?P<word>[-<(]?\s?끝\s?[->)]?\s?\.?)\s*\Z")


def _ends(text: str) -> Iterator[tuple[int, int, str]]:
    match = _END.search(text)
    if match is None:
        return
    before = text[: match.start()]
    # '끝'이 낱말의 일부이거나 글 전체이면 끝 표시가 아니다
    if not before.strip() or not re.search(r"[.)\]”」다요함음됨임부]$", before) or not match["gap"]:
        return
    dot = "" if before.endswith((".", "?", "!")) else "."
    yield match.start(), len(text.rstrip()), f"{dot}  끝."


def _no_end(text: str) -> list[Finding]:
    bare = text.rstrip()
    if not bare or re.search(r"끝\s?\.?$", bare):
        return []
    dot = "" if bare.endswith((".", "?", "!")) else "."
    message = "본문이나 붙임의 마지막 글자에서 두 칸 띄고 '끝.'을 적습니다."
    return [Finding(len(bare), len(bare), "end_missing", ENDING, "", message, f"{dot}  끝.")]


def _hopes(text: str) -> Iterator[tuple[int, int, str]]:
    for match in re.finditer(r"(?<=[가-힣]{2})(?<![기\s])(?=바랍니다)", text):
        word = re.search(r"[가-힣]+$", text[: match.start()])
        if word and not word[0].endswith(("시기", "하기", "길", "주기")):
            yield match.start(), match.end(), " "


_RULES: Sequence[_Rule] = (
    _Rule("date", DATES, "날짜는 '2025. 5. 19.' 꼴로 적습니다.", _dates),
    _Rule("date", DATES, "연월은 '2025. 5.' 꼴로 적습니다.", _months),
    _Rule("date", DATES, "월일은 '5. 19.' 꼴로 적습니다.", _short_dates),
    _Rule("weekday", HABIT, "요일은 날짜에 붙여 '(월)'로 적습니다.", _weekdays),
    _Rule("time", TIMES, "시각은 24시각제로 '15:20' 꼴로 적습니다.", _times),
    _Rule("range", HABIT, "물결표는 앞뒤를 붙여 씁니다.", _ranges),
    _Rule("money", MONEY, "금액은 '금234,580원(금이십삼만사천오백팔십원)' 꼴로 적습니다.", _gold),
    _Rule("comma", MONEY, "금액은 세 자리마다 쉼표를 찍습니다.", _commas),
    _Rule("unit", HABIT, "단위는 숫자에 붙이고 표준 기호로 적습니다.", _units),
    _Rule("digit", HABIT, "숫자는 반각 아라비아 숫자로 적습니다.", _full_width),
    _Rule("mark", MARKS, "항목 기호는 □ ○ - ․ 를 씁니다.", _marks),
    _Rule("mark_gap", MARKS, "항목 기호와 글 사이를 한 칸 띄웁니다.", _mark_gaps),
    _Rule("end", ENDING, "마지막 글자에서 두 칸 띄고 '끝.'을 적습니다.", _ends),
    _Rule("attached", ATTACHED, "'붙임' 다음을 두 칸 띄고 부수 뒤에 온점을 찍습니다.", _attached),
    _Rule("colon", HABIT, "쌍점은 앞말에 붙이고 뒤를 한 칸 띄웁니다.", _colons),
    _Rule("spacing", HABIT, "'바랍니다'는 앞말과 띄어 씁니다.", _hopes),
)
