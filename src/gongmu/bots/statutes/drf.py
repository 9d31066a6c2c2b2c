"""Reads the JSON of the national law service (law.go.kr/DRF) into laws, with all its oddities.

Pure. Met and settled here: a list of one comes as the thing itself, at every level; texts come as
a string, a list, or a list of lists; chapter headings stand among the articles with 조문여부
"전문"; paragraphs without a number; the branch number apart (조문가지번호) or in the mark (6의2.).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gongmu.bots.statutes.drf_values import day_of, laid_out, many, number_of, text_of, unreadable
from gongmu.bots.statutes.law import (
    CIRCLED,
    Annex,
    Article,
    Item,
    LawKind,
    LawVersion,
    Paragraph,
    Subitem,
    Supplement,
    is_deleted,
    kind_of,
)
from gongmu.bots.statutes.printed_law import (
    HEADING,
    OWN_HEAD,
    article_of_text,
    articles_of_text,
    headed,
    strip_heading,
)


def parse_law(data: Mapping[str, Any], source: str = "") -> LawVersion:
    """Return the law of a lawService answer (법령, LawService, AdmRulService).

    Raises Refused("statute_unreadable") when it is none of these or holds neither a name nor a
    day.
    """
    if isinstance(body := data.get("법령"), Mapping):
        return _national(body, source)
    if isinstance(body := data.get("LawService"), Mapping):
        return _ordinance(body, source)
    if isinstance(body := data.get("AdmRulService"), Mapping):
        return _admin_rule(body, source)
    raise unreadable(source, "법령 본문이 없습니다")


def _national(body: Mapping[str, Any], source: str) -> LawVersion:
    info = body.get("기본정보") or {}
    name, starts = text_of(info.get("법령명_한글")), day_of(info.get("시행일자"))
    if not name or starts is None:
        raise unreadable(source, "법령명이나 시행일자가 비어 있습니다")
    kind = kind_of(text_of(info.get("법종구분")), name)
    short = text_of(info.get("법령명약칭"))
    return LawVersion(
        law_id=text_of(info.get("법령ID")) or name,
        serial=text_of(info.get("법령일련번호")) or text_of(body.get("법령키")),
        name=name,
        short_names=tuple(part.strip() for part in short.split(",") if part.strip()),
        kind=kind,
        owner=text_of(info.get("소관부처")),
        promulgated_on=day_of(info.get("공포일자")),
        promulgation_number=text_of(info.get("공포번호")).lstrip("0"),
        starts_on=starts,
        revision=text_of(info.get("제개정구분")),
        articles=tuple(_articles(body.get("조문") or {})),
        supplements=tuple(_supplements(body.get("부칙"))),
        annexes=tuple(_annexes(body.get("별표"))),
        source=source,
    )


# ---------------------------------------------------------------- articles


def _articles(block: Any) -> Iterator[Article]:
    units = many(block.get("조문단위") if isinstance(block, Mapping) else block)
    path: list[str] = []
    for unit in units:
        if not isinstance(unit, Mapping):
            continue
        if text_of(unit.get("조문여부")) not in ("조문", ""):
            path = headed(path, text_of(unit.get("조문내용")).split("\n"))
            continue
        yield _article(unit, " > ".join(path))


def _article(unit: Mapping[str, Any], path: str) -> Article:
    number = number_of(unit.get("조문번호"))
    branch = number_of(unit.get("조문가지번호"))
    title = text_of(unit.get("조문제목"))
    lead = strip_heading(text_of(unit.get("조문내용")), title)
    paragraphs = tuple(_paragraph(one) for one in many(unit.get("항")) if isinstance(one, Mapping))
    return Article(
        number=number,
        branch=branch,
        title=title,
        lead=lead,
        paragraphs=tuple(one for one in paragraphs if one.text or one.items),
        starts_on=day_of(unit.get("조문시행일자")),
        deleted=is_deleted(lead) and not paragraphs,
        path=path,
        note=text_of(unit.get("조문참고자료")),
    )


def _paragraph(raw: Mapping[str, Any]) -> Paragraph:
    mark = text_of(raw.get("항번호"))
    number = CIRCLED.index(mark) + 1 if mark and mark in CIRCLED else number_of(mark) or None
    text = text_of(raw.get("항내용"))
    if mark and text.startswith(mark):
        text = text[len(mark) :].strip()
    items = tuple(_item(one) for one in many(raw.get("호")) if isinstance(one, Mapping))
    return Paragraph(number, text, items)


def _item(raw: Mapping[str, Any]) -> Item:
    mark = text_of(raw.get("호번호"))
    found = re.match(r"(\d+)(?:\s*의\s*(\d+))?", mark)
    branch = int(found[2] or 0) if found else 0
    subitems = tuple(_subitem(one) for one in many(raw.get("목")) if isinstance(one, Mapping))
    return Item(
        int(found[1]) if found else 0,
        branch or number_of(raw.get("호가지번호")),
        _unmarked(text_of(raw.get("호내용")), mark),
        subitems,
    )


def _subitem(raw: Mapping[str, Any]) -> Subitem:
    mark = text_of(raw.get("목번호"))
    return Subitem(mark.rstrip(". "), _unmarked(text_of(raw.get("목내용")), mark))


def _unmarked(text: str, mark: str) -> str:
    bare = mark.rstrip(". ")
    return re.sub(rf"^{re.escape(bare)}\s*\.?\s*", "", text, count=1) if bare else text


# ---------------------------------------------------------------- supplements and annexes


def _supplements(block: Any) -> Iterator[Supplement]:
    if not isinstance(block, Mapping):
        return
    units = many(block.get("부칙단위")) or ([block] if "부칙내용" in block else [])
    for unit in units:
        contents = unit.get("부칙내용")
        days, numbers = many(unit.get("부칙공포일자")), many(unit.get("부칙공포번호"))
        # Ordinances give all supplements in one unit, as lists side by side.
        if len(days) > 1 and isinstance(contents, list) and len(contents) == len(days):
            for day, number, content in zip(days, numbers, contents, strict=False):
                yield Supplement(number_of(number) or None, day_of(day), text_of(content))
        else:
            text = text_of(contents)
            if text:
                number = number_of(numbers[0]) if numbers else 0
                yield Supplement(number or None, day_of(days[0]) if days else None, text)


def _annexes(block: Any) -> Iterator[Annex]:
    if not isinstance(block, Mapping):
        return
    for unit in many(block.get("별표단위")):
        if isinstance(unit, Mapping):
            yield Annex(
                form="서식" in text_of(unit.get("별표구분")),
                number=number_of(unit.get("별표번호")),
                branch=number_of(unit.get("별표가지번호")),
                title=text_of(unit.get("별표제목")),
                text=laid_out(unit.get("별표내용")),
                starts_on=day_of(unit.get("별표시행일자")),
            )


# ---------------------------------------------------------------- ordinances and admin rules


def _ordinance(body: Mapping[str, Any], source: str) -> LawVersion:
    info = body.get("자치법규기본정보") or {}
    name, starts = text_of(info.get("자치법규명")), day_of(info.get("시행일자"))
    starts = starts or day_of(info.get("공포일자"))
    if not name or starts is None:
        raise unreadable(source, "자치법규명이나 시행일자가 비어 있습니다")
    written = text_of(info.get("자치법규종류"))
    kind = kind_of(_ORDINANCE_KINDS.get(written, written), name)
    if not kind.local:
        kind = LawKind.ORDINANCE if name.endswith("조례") else LawKind.ORDINANCE_RULE
    return LawVersion(
        law_id=text_of(info.get("자치법규ID")) or name,
        serial=text_of(info.get("자치법규일련번호")),
        name=name,
        kind=kind,
        owner=" ".join(
            filter(None, (text_of(info.get("지자체기관명")), text_of(info.get("담당부서명"))))
        ),
        promulgated_on=day_of(info.get("공포일자")),
        promulgation_number=text_of(info.get("공포번호")).lstrip("0"),
        starts_on=starts,
        revision=text_of(info.get("제개정구분명")) or text_of(info.get("제개정정보")),
        articles=tuple(_ordinance_articles(body.get("조문"))),
        supplements=tuple(_supplements(body.get("부칙"))),
        annexes=tuple(_annexes(body.get("별표"))),
        source=source,
    )


_ORDINANCE_KINDS = {"C0001": "조례", "C0002": "규칙", "C0003": "훈령", "C0004": "예규"}


def _ordinance_articles(block: Any) -> Iterator[Article]:
    units = many(block.get("조") if isinstance(block, Mapping) else block)
    path: list[str] = []
    for unit in units:
        if not isinstance(unit, Mapping):
            continue
        text, flag = text_of(unit.get("조내용")), text_of(unit.get("조문여부"))
        if flag == "N" or (HEADING.match(text) and not OWN_HEAD.match(text)):
            path = headed(path, text.split("\n"))
            continue
        code = text_of(unit.get("조문번호"))
        found = re.match(r"제\s*(\d+)\s*조(?:\s*의\s*(\d+))?", text)
        # The text itself says which article it is; the code counts in a way of its own.
        number = int(found[1]) if found else int(code[:4] or 0)
        branch = int(found[2] or 0) if found else int(code[4:6] or 0)
        yield article_of_text(
            number, branch, text_of(unit.get("조제목")), text, path=" > ".join(path)
        )


def _admin_rule(body: Mapping[str, Any], source: str) -> LawVersion:
    info = body.get("행정규칙기본정보") or {}
    name = text_of(info.get("행정규칙명"))
    starts = day_of(info.get("시행일자")) or day_of(info.get("발령일자"))
    if not name or starts is None:
        raise unreadable(source, "행정규칙명이나 시행일자가 비어 있습니다")
    return LawVersion(
        law_id=text_of(info.get("행정규칙ID")) or name,
        serial=text_of(info.get("행정규칙일련번호")),
        name=name,
        kind=LawKind.ADMIN_RULE,
        owner=text_of(info.get("소관부처명")),
        promulgated_on=day_of(info.get("발령일자")),
        promulgation_number=text_of(info.get("발령번호")),
        starts_on=starts,
        revision=text_of(info.get("제개정구분명")),
        articles=tuple(articles_of_text(map(text_of, many(body.get("조문내용"))))),
        supplements=tuple(_supplements(body.get("부칙"))),
        annexes=tuple(_annexes(body.get("별표"))),
        source=source,
    )
