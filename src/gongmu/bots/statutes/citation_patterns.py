"""The patterns of citations: places, names, what joins them, what only looks like one."""

from __future__ import annotations

import re

ONE_FOR_ONE = str.maketrans(
    "第條条項號号目法令則附別表紙同０１２３４５６７８９",
    "제조조항호호목법령칙부별표지동0123456789",
)
HANJA = {mark: value for value, mark in enumerate("一二三四五六七八九", 1)}
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟"

N = r"(?:\d{1,4}|[一二三四五六七八九十百]{1,7})"
_COUNTED = r"(?:가지|개|명|배|분|년|월|일|차|회|항|호|인|건|종|조|,\d)"
_BRANCH = rf"(?:\s*의\s*(?P<{{0}}>\d{{{{1,2}}}})(?!\d|\s*{_COUNTED}))?"
_SUBITEMS = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초코토포호"


def _branch(name: str) -> str:
    return _BRANCH.format(name).replace("{{", "{").replace("}}", "}")


_PARAGRAPH = (
    rf"(?:제\s*(?P<para>{N})\s*항|(?P<bare_para>\d{{1,2}})\s*항|(?P<circled>[{CIRCLED}])항?)"
)
_ITEM = (
    rf"(?:제\s*(?P<item>{N})\s*호|(?P<bare_item>\d{{1,3}})\s*호(?!선|차|기|봉|실|관|점))"
    + _branch("item_branch")
)
_SUB = rf"(?P<sub>[{_SUBITEMS}])\s*목(?!적|표|록|차|재|숨|욕|공|사|포)"
_JOIN = r"\s*(?:의\s*)?"
_LOWER = rf"(?:{_JOIN}{_PARAGRAPH})?(?:{_JOIN}{_ITEM})?(?:{_JOIN}{_SUB})?"
_TITLE = (
    r"(?:\s*\((?P<title>(?!이하|같은|법률|대통령령|팀|조|그룹|\d)"
    r"[^()\n]{1,60}(?:\([^()\n]*\)[^()\n]*)?)\))?"
)
ARTICLE = re.compile(
    rf"(?P<the>(?P<sign>§)\s*|제\s*)?(?P<art>{N})\s*(?(sign)(?:조|(?![\d,.항호]))|조)"
    rf"{_branch('branch')}{_TITLE}{_LOWER}"
)
"""Behind the sign (지특법 §66③) 조 is left out."""
UNDER = re.compile(rf"(?:제\s*(?P<para>{N})\s*항)(?:{_JOIN}{_ITEM})?(?:{_JOIN}{_SUB})?")
UNDER_ITEM = re.compile(rf"(?:제\s*(?P<item>{N})\s*호){_branch('item_branch')}(?:{_JOIN}{_SUB})?")
UNDER_SUB = re.compile(_SUB)
SAME = re.compile(
    rf"(?P<same>(?:같은|동|이|위|본)\s*(?P<level>조|항|호))(?![가-힣])(?P<rest>{_LOWER})"
)
SUPPLEMENT = re.compile(
    rf"부\s*칙(?:\s*[<(\[]?\s*(?:(?:법률|대통령령|조례|규칙|[가-힣]{{2,8}}령)\s*)?제\s*(?P<no>\d{{1,6}})\s*호"
    rf"[^)>\]\n]{{0,30}}[)>\]]?|\s*[(<]\s*\d{{4}}[^)>\n]{{0,20}}[)>])?"
    rf"(?:\s*제\s*(?P<art>{N})\s*조{_branch('branch')}{_TITLE}{_LOWER})?"
)
TABLE = re.compile(
    rf"\[?별\s*표(?:\s*제?\s*(?P<no>\d{{1,3}})(?:\s*호)?{_branch('branch')})?\]?(?=[^가-힣]|$|에|의|와|과|은|는|를|을|및|로|중|가|이)"
)
FORM = re.compile(
    rf"\[?별\s*지\s*(?:제\s*)?(?P<no>\d{{1,3}})\s*호?{_branch('branch')}\s*(?:호\s*)?(?:서\s*식|양\s*식)?\]?"
)
NAME = re.compile(r"[「『](?P<name>[^「」『』\n]{2,90})[」』]")
ALIAS = re.compile(
    r"\((?:[^()\n]{0,30},\s*)?이하\s*(?:이\s*[조장절항]에서\s*)?[\"“”'‘’「]\s*(?P<alias>[가-힣ㆍ·\s]{1,20}?)\s*"
    r"[\"“”'‘’」][^()\n]{0,20}\)"
)
WORD = re.compile(
    r"(?P<word>(?<![가-힣])[가-힣ㆍ·0-9]*(?:법률|법|시행령|시행규칙|조례))"
    r"(?=에|의|은|는|을|를|이|가|과|와|상|도|으로|로|만|보다|[\s,.)\]」:;]|$)"
)
START = re.compile(
    rf"[「『]|부\s*칙|\[?별\s*[표지]|\((?=[^()\n]{{0,32}}이하)|(?:같은|동|이|위|본)\s*[조항호](?![가-힣])"
    rf"|제\s*{N}\s*[조항호]|§\s*\d|(?<![\d.,제])\d{{1,4}}\s*조|(?<![가-힣])[가-힣ㆍ·0-9]*(?:법|률|령|규칙|조례)|[{_SUBITEMS}]\s*목"
)

_FILLER = (
    r"(?:\s*(?:각\s*호(?:\s*외의\s*부분)?(?:의\s*어느\s*하나)?|본문|단서|전단|후단"
    r"|\([^()\n]{0,80}\)))*"
)
BEFORE = re.compile(r"(?:전조|전항|후조|전\s*\d+\s*[조항])\s*(?:의\s*)?$")
"""Old acts count backwards; which article that is, the text alone does not tell."""
JOINED = re.compile(
    _FILLER + r"\s*(?:(?P<range>부터|내지|에서|[~∼～–-])|,\s*(?:및|또는)|,|[·ㆍ・]|및|와|과|또는"
    r"|이나|나|혹은|그리고)\s*"
)
RANGE_END = re.compile(r"\s*까지")
NOT_LAW = re.compile(
    r"\s*(?:\(\s*)?(?:\d{1,3}\s*명|팀|그룹|조장|조원|반장|근무|인원|교대|편성|작업|[\d,]*\s*(?:조\s*)?원(?![가-힣])|억|달러)"
)
RELATIVE = re.compile(
    r"(?<![가-힣A-Za-z0-9」』])(?:(?P<back>같은|동|위|그|당해|해당|앞의|이|본|우리)\s*)?"
    r"(?P<kind>법률|법|영|령|규칙|조례|훈령|규정|예규|고시|지침)(?:\s*(?P<lower>시행령|시행규칙))?$"
)
MANY_WORDED = re.compile(
    r"(?:관한|위한|대한|따른)\s+(?:[가-힣ㆍ·]+\s+){0,4}(?:법률|법|규칙|조례|규정)(?:\s*시행령|\s*시행규칙)?$"
)
LOWER_ALONE = re.compile(r"(?:^|(?<=[\s」』)]))(?P<lower>시행령|시행규칙)$")
BETWEEN = re.compile(r"\s*(?:의|상|상의|중)?\s*$")
ASIDE = re.compile(
    r"\s*\((?:[^()]{0,40}이하[^()]*|[^()]*(?:시행|개정|제정|제\s*\d+호|약칭)[^()]*)\)\s*$"
)
LAWLIKE = re.compile(
    r"(?:법|법률|헌법|시행령|시행규칙|조례|규칙|규정|훈령|예규|고시|지침|시행세칙|령)$"
)


def number_in(text: str | None) -> int:
    """Return a number written in digits, circled or in Hanja."""
    if not text:
        return 0
    if text in CIRCLED:
        return CIRCLED.index(text) + 1
    if text.isdecimal():
        return int(text)
    total, unit = 0, 0
    for mark in text:
        if mark in "十百":
            total += (unit or 1) * (10 if mark == "十" else 100)
            unit = 0
        else:
            unit = HANJA[mark]
    return total + unit


def units_below(match: re.Match[str]) -> dict[str, object]:
    """Return the paragraph, item and subitem of a match."""
    groups = match.groupdict()
    paragraph = groups.get("para") or groups.get("bare_para") or groups.get("circled")
    item = groups.get("item") or groups.get("bare_item")
    return {
        "paragraph": number_in(paragraph) if paragraph else None,
        "item": number_in(item) if item else None,
        "item_branch": number_in(groups.get("item_branch")),
        "subitem": groups.get("sub") or "",
    }


def units_given(match: re.Match[str]) -> dict[str, object]:
    """Return the units written here; an item without a branch has none."""
    found = units_below(match)
    kept = {name: value for name, value in found.items() if value}
    return kept | ({"item_branch": found["item_branch"]} if "item" in kept else {})


def core_end(match: re.Match[str]) -> int:
    """Return where 제N조의M itself ends."""
    if match["branch"]:
        return match.end("branch")
    here = re.compile(r"\s*조").match(match.string, match.end("art"))
    return here.end() if here else match.end("art")


def trimmed_end(match: re.Match[str]) -> int:
    """Return where a match ends without the space behind it."""
    return match.start() + len(match[0].rstrip())
