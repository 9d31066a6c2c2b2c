"""민원 회신: the points of the complaint, an answer to each with its sources, whom to call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from gongmu.bots.drafts import complaint, filling, sheets
from gongmu.bots.drafts.form import (
    OPEN_MARK,
    Field,
    Filling,
    Form,
    Kind,
    Setting,
    Value,
    Values,
    lines_of,
    rows_of,
    shown,
)
from gongmu.bots.drafts.notes import house_dates, read_notes
from gongmu.bots.passages import Passage
from gongmu.core.documents.paper import Align, Block, Face, Paper, Paragraph
from gongmu.core.values import korean_date

_SIZE = 13
_OPENING = (
    "안녕하십니까? 시정에 관심을 가져 주셔서 감사합니다. "
    "귀하께서 제출하신 민원에 대하여 다음과 같이 답변드립니다."
)


def fill(text: str, today: date, setting: Setting) -> Filling:
    """Return the fields that a pasted complaint and the officer's notes give.

    An answer that no note gives stays open; nothing is promised.
    """
    said, notes = complaint.read_complaint(text), read_notes(text, today)
    answers = complaint.matched(said.points, said.answers)
    rows = [
        [point, house_dates(answer, today) or f"{OPEN_MARK}답변"]
        for point, answer in zip(said.points, answers, strict=True)
    ]
    values: dict[str, Value] = {
        "receiver": said.who,
        "title": notes.labels.get("title", "") or "민원에 대한 답변",
        "number": said.number,
        "received_on": house_dates(said.received, today),
        "made_on": korean_date(today),
        "answers": rows,
        "appeal": "\n".join(said.appeal),
        "department": filling.department(notes, setting),
        "officer": filling.officer(notes, setting),
        "phone": filling.phone(notes, setting),
        "sender": f"{setting.city}장" if setting.city else "",
    }
    return Filling(values, notes.asks)


def with_sources(values: Values, passages: Sequence[Passage]) -> dict[str, Value]:
    """Return the values with the passages that speak to each point, quoted word for word."""
    points = [row[0] for row in rows_of(values, "answers")]
    listed = [
        [str(one.point + 1), f"{one.document} {one.place}".strip(), one.quote]
        for one in complaint.grounds(points, passages)
    ]
    return {**values, "sources": listed} if listed else dict(values)


def paper(values: Values) -> Paper:
    """Return the reply as a paper."""
    title = shown(FORM, values, "title")
    answered = rows_of(values, "answers")
    blocks: list[Block] = [
        sheets.title_box(title),
        Paragraph(f"{shown(FORM, values, 'receiver')} 귀하", True, size_pt=14, before_pt=10),
        *_reference(values),
        _line(f"1. {_OPENING}", 1),
        _line("2. 민원 요지", 1),
        *(_line(f"{_letter(at)}. {row[0]}", 2) for at, row in enumerate(answered)),
        _line("3. 답변 내용", 1),
    ]
    sources = rows_of(values, "sources")
    for at, row in enumerate(answered or [["", shown(FORM, values, "answers")]]):
        blocks.append(_line(f"{_letter(at)}. {row[1] or OPEN_MARK + '답변'}", 2))
        blocks += [
            _line(f"근거: {place} “{quote}”", 3)
            for number, place, quote in (one[:3] for one in sources)
            if number == str(at + 1)
        ]
    number = 4
    for line in lines_of(values, "appeal"):
        blocks.append(_line(f"{number}. {line}", 1))
        number += 1
    blocks.append(_line(f"{number}. {_contact(values)}{sheets.END}", 1))
    blocks += [
        Paragraph(shown(FORM, values, "made_on"), align=Align.CENTER, size_pt=13, before_pt=20),
        Paragraph(
            shown(FORM, values, "sender"), True, Align.CENTER, 20, before_pt=8, face=Face.HEAD
        ),
    ]
    return Paper(title, shown(FORM, values, "department"), blocks, False, header_mm=0)


def _reference(values: Values) -> list[Block]:
    known = [
        (label, str(values[code]))
        for label, code in (("접수번호", "number"), ("접수일", "received_on"))
        if values.get(code)
    ]
    text = ", ".join(f"{label}: {value}" for label, value in known)
    return [Paragraph(f"({text})", size_pt=11, after_pt=8)] if text else []


def _contact(values: Values) -> str:
    who = " ".join(
        part for part in (shown(FORM, values, "department"), shown(FORM, values, "officer")) if part
    )
    return (
        "답변에 대해 더 궁금하신 점은 "
        f"{who}(☎ {shown(FORM, values, 'phone')})에게 연락하시면 안내해 드리겠습니다."
    )


def _letter(place: int) -> str:
    return "가나다라마바사아자차카타파하"[place % 14]


def _line(text: str, level: int) -> Paragraph:
    return Paragraph(
        text,
        size_pt=_SIZE if level < 3 else 11,
        indent_mm=(level - 1) * 4.6,
        hanging_mm=5.4,
        before_pt=4 if level == 1 else 0,
        face=Face.SERIF,
    )


FORM = Form(
    code="complaint_reply",
    title="민원 회신",
    purpose="민원의 쟁점마다 답하는 글",
    fields=(
        Field("receiver", "받는 분", needed=True, hint="민원인 이름"),
        Field("title", "제목", needed=True),
        Field("number", "접수번호"),
        Field("received_on", "접수일"),
        Field("made_on", "회신일", needed=True),
        Field(
            "answers",
            "쟁점과 답변",
            Kind.ROWS,
            True,
            "민원이 물은 것마다 한 줄",
            ("쟁점", "답변"),
        ),
        Field("sources", "근거", Kind.ROWS, columns=("쟁점 번호", "문서와 자리", "인용")),
        Field("appeal", "불복 안내", Kind.BODY, hint="불복할 수 있는 처분일 때만, 받은 글 그대로"),
        Field("department", "담당 부서", needed=True),
        Field("officer", "담당자", needed=True),
        Field("phone", "전화", needed=True),
        Field("sender", "발신 명의", needed=True),
    ),
    fill=fill,
    paper=paper,
)
