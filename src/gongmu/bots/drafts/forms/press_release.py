"""보도자료: 보도시점, title, lead of who, when and where, paragraphs, table of offices."""

from __future__ import annotations

import re
from datetime import date

from gongmu.bots.drafts import filling, sheets
from gongmu.bots.drafts.form import (
    Field,
    Filling,
    Form,
    Kind,
    Setting,
    Value,
    Values,
    lines_of,
    shown,
)
from gongmu.bots.drafts.moments import find_moments
from gongmu.bots.drafts.notes import Line, Notes, read_notes
from gongmu.bots.drafts.outline import split_mark
from gongmu.bots.drafts.particle import attach
from gongmu.core.documents.paper import (
    Align,
    Block,
    Cell,
    Edge,
    Face,
    Paper,
    Paragraph,
    Table,
)
from gongmu.core.values import korean_date

_HELD = re.compile(
    r"(?:설명회|공청회|간담회|토론회|보고회|협의회|회의|워크숍|교육|축제|행사|"
    r"캠페인|박람회|식)$"
)

_DONE_NOUN = re.compile(
    r"\s(?P<doing>개최|운영|추진|실시|모집|시행|설치|조성|공개|발표|접수|지원|확대|점검|정비|보급)$"
)
"""A title's last word that becomes the verb of the lead; other titles get no lead made up."""
_OPENING = re.compile(r"밝혔다\.?$")


def fill(text: str, today: date, setting: Setting) -> Filling:
    """Return the fields that notes give; the lead is made of their facts alone."""
    notes = read_notes(text, today)
    topics = ("purpose", "background", "status", "content", "effect", "plan", "admin")
    lines = sorted(notes.section(*topics), key=lambda line: line.number)
    opening = next((line for line in lines if _OPENING.search(line.text)), None)
    body = [_bodied(line, today) for line in lines if line is not opening]
    first = body_dates(opening.text, today) if opening else lead(notes, today, setting)
    body += _facts_left(notes, today, "\n".join([first, *body]))
    values: dict[str, Value] = {
        "title": notes.title,
        "subtitle": notes.labels.get("subtitle", ""),
        "city": setting.city,
        "release": notes.labels.get("release", ""),
        "distributed_on": korean_date(today),
        "department": filling.department(notes, setting),
        "head": _head_of(text),
        "officer": filling.officer(notes, setting),
        "phone": filling.phone(notes, setting),
        "lead": first,
        "body": "\n".join(body),
        "quote": "\n".join(line.text for line in notes.section("quote")),
        "attachments": filling.attachments(notes),
    }
    return Filling(values, notes.asks)


def _head_of(text: str) -> str:
    """Return who answers for the office, as written beside 책임자."""
    said = re.search(r"책임자\s*[:：]?\s*(?P<who>[가-힣]{2,4}(?:\s[가-힣]{2,4})?)(?![가-힣])", text)
    return "" if said is None else re.sub(r"\s*담당자?$", "", said["who"])


def _bodied(line: Line, today: date) -> str:
    if line.mark == "table":
        return f"| {line.text}"
    mark = "○ " if line.level > 1 else ""
    return mark + body_dates(line.text, today)


def _facts_left(notes: Notes, today: date, said: str) -> list[str]:
    """Return what the notes label and neither the lead nor the body says."""
    left = []
    for label, value in filling.overview(notes, today):
        days = [one.on for one in find_moments(value, today) if one.on]
        told = value in said or body_dates(value, today) in said
        single = len(days) == 1 and "~" not in value
        if single and f"{days[0].month}월 {days[0].day}일" in said and label == "일시":
            told = True
        if label == "소요예산" and not notes.labels.get("budget"):
            told = True
        if not told and label not in ("담당", "주최·주관"):
            left.append(f"○ {label}: {value}")
    return left


def lead(notes: Notes, today: date, setting: Setting) -> str:
    """Return the first sentence: who does what, when, where; empty when the notes name nothing."""
    subject = notes.title.removeprefix(f"{setting.city} ") if setting.city else notes.title
    done = _DONE_NOUN.search(subject)
    if find_moments(subject, today) or "," in subject or not (done or _HELD.search(subject)):
        return ""
    when = next((one for one in notes.moments if one.on), None)
    if not subject or re.search(r"[다요]$", subject):
        return ""
    if not setting.city or (when is None and not notes.place):
        return ""
    parts = [attach(setting.city, "은")]
    if when is not None and when.on is not None:
        ahead = when.on >= today
        day = f"{when.on.month}월 {when.on.day}일"
        if when.on.year != today.year:
            day = f"{when.on.year}년 {day}"
        parts.append(
            ("오는 " if ahead else "지난 ")
            + day
            + (f" {_spoken(when.clock)}" if when.clock else "")
        )
    if notes.place:
        parts.append(f"{notes.place}에서")
    if notes.headcount and not notes.headcount[0].isdigit():
        parts.append(f"{attach(notes.headcount, '이')} 참여하는 가운데")
    past = when is not None and when.on is not None and when.on < today
    doing = done["doing"] if done else "개최"
    subject = subject[: done.start()] if done else subject
    ending = f"{doing}했다고" if past else f"{doing}한다고"
    parts.append(f"{attach(subject, '을')} {ending} 밝혔다.")
    return " ".join(parts)


def paper(values: Values) -> Paper:
    """Return the press release as a paper."""
    title = shown(FORM, values, "title")
    blocks: list[Block] = [_head(values), _facts(values)]
    blocks.append(
        Paragraph(title, True, Align.CENTER, 20, before_pt=14, after_pt=4, face=Face.HEAD)
    )
    for line in lines_of(values, "subtitle"):
        text = line.strip("- ")
        blocks.append(Paragraph(f"- {text} -", False, Align.CENTER, 14, after_pt=4))
    blocks.append(Paragraph("", size_pt=8))
    for code in ("lead", "body", "quote"):
        blocks += _lines(shown(FORM, values, code))
    blocks += sheets.attachment_blocks(values, end=False)
    blocks += [Paragraph("", size_pt=8), _contact(values)]
    return Paper(title, shown(FORM, values, "department"), blocks, header_mm=0)


def _head(values: Values) -> Table:
    city = shown(FORM, values, "city")
    left = Paragraph("보 도 자 료", True, Align.LEFT, 26, face=Face.HEAD, after_pt=0)
    right = Paragraph(city, True, Align.RIGHT, 16, face=Face.HEAD, after_pt=0)
    return Table(((Cell((left,)), Cell((right,))),), (3, 2), edge=Edge.BARS, row_mm=18)


def _facts(values: Values) -> Table:
    return Table(
        (
            (
                "보도시점",
                shown(FORM, values, "release"),
                "배포",
                shown(FORM, values, "distributed_on"),
            ),
        ),
        (2, 5, 2, 4),
        label_columns=(0, 2),
        center_columns=(0, 1, 2, 3),
        size_pt=11,
        edge=Edge.OPEN,
        row_mm=9,
    )


def _contact(values: Values) -> Table:
    return Table(
        (
            ("담당 부서", shown(FORM, values, "department"), "책임자", shown(FORM, values, "head")),
            ("담당자", shown(FORM, values, "officer"), "전화", shown(FORM, values, "phone")),
        ),
        (2, 4, 2, 4),
        label_columns=(0, 2),
        center_columns=(0, 1, 2, 3),
        size_pt=11,
        edge=Edge.OPEN,
        row_mm=9,
    )


def _lines(text: str) -> list[Block]:
    made: list[Block] = []
    rows: list[list[str]] = []
    for line in [*(one for one in text.split("\n") if one.strip()), ""]:
        if split_mark(line)[0] == "table":
            rows.append(sheets.cells_of(line))
            continue
        if rows:
            made.append(sheets.drawn_grid(rows))
            rows = []
        if line:
            made.append(_line(line))
    return made


def _line(text: str) -> Paragraph:
    kind, bare = split_mark(text)
    if kind in ("square", "circle", "dash", "dot", "note"):
        return sheets.item_line(text)
    return Paragraph(f"□ {bare}", False, Align.LEFT, 14, 7.2, 0, 6, 4, Face.SERIF)


def _spoken(clock: str) -> str:
    """Return a time as papers for the press say it: 14:00 -> 오후 2시."""
    said = []
    for part in clock.split("~"):
        if ":" not in part:
            return clock
        hour, minute = (int(one) for one in part.split(":"))
        half = "오전" if hour < 12 else "오후"
        spoken = (f"{half} {hour if hour <= 12 else hour - 12}시") + (
            f" {minute}분" if minute else ""
        )
        said.append(spoken)
    return f"{said[0]}부터 {said[1]}까지" if len(said) == 2 else said[0]


def body_dates(text: str, today: date) -> str:
    """Return the text with dates as papers for the press write them: 11월 25일."""
    for moment in reversed(find_moments(text, today)):
        if moment.on is not None and moment.until_on is None:
            day = f"{moment.on.month}월 {moment.on.day}일"
            clock = f" {_spoken(moment.clock)}" if moment.clock else ""
            text = text[: moment.start] + day + clock + text[moment.end :]
    return text


FORM = Form(
    code="press_release",
    title="보도자료",
    purpose="언론에 알리는 글. 첫 문단에 누가 언제 어디서 무엇을",
    fields=(
        Field("title", "제목", needed=True),
        Field("subtitle", "부제", Kind.BODY),
        Field("city", "기관", needed=True),
        Field("release", "보도시점", needed=True, hint="2026. 11. 23.(월) 조간"),
        Field("distributed_on", "배포일", needed=True),
        Field("department", "담당 부서", needed=True),
        Field("head", "책임자", needed=True),
        Field("officer", "담당자", needed=True),
        Field("phone", "전화", needed=True),
        Field("lead", "첫 문단", Kind.BODY, True, "누가, 언제, 어디서, 무엇을, 왜"),
        Field("body", "본문", Kind.BODY, True, "문단마다 한 줄"),
        Field("quote", "인용", Kind.BODY, hint="실제로 한 말만"),
        Field("attachments", "붙임", Kind.LIST),
    ),
    fill=fill,
    paper=paper,
)
