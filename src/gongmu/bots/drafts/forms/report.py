"""보고서: title box, □ ○ - items, tables, 붙임."""

from __future__ import annotations

from datetime import date

from gongmu.bots.drafts import filling, sheets
from gongmu.bots.drafts.form import Field, Filling, Form, Kind, Setting, Values, shown
from gongmu.bots.drafts.notes import read_notes
from gongmu.core.documents.paper import Align, Block, Paper, Paragraph
from gongmu.core.values import korean_date

_PARTS = ("purpose", "background", "status", "problem", "content")
_LAST = ("effect", "plan", "admin")


def fill(text: str, today: date, setting: Setting) -> Filling:
    """Return the fields that notes give."""
    notes = read_notes(text, today)
    values: Values = {
        "title": filling.document_title(notes.title, "보고", today, notes),
        "made_on": korean_date(today),
        "department": filling.department(notes, setting),
        "officer": filling.officer(notes, setting),
        "summary": "\n".join(line.text for line in notes.section("summary")),
        "overview": filling.overview(notes, today),
        "purpose": filling.body(notes, today, "purpose"),
        "background": filling.body(notes, today, "grounds", "background"),
        "status": filling.body(notes, today, "status"),
        "problem": filling.body(notes, today, "problem"),
        "content": filling.body(notes, today, "overview", "content", "budget", "roles"),
        "effect": filling.body(notes, today, "effect"),
        "plan": filling.body(notes, today, "plan", "schedule"),
        "admin": filling.body(notes, today, "admin"),
        "attachments": filling.attachments(notes),
    }
    return Filling(dict(values), notes.asks)


def paper(values: Values) -> Paper:
    """Return the report as a paper."""
    title = shown(FORM, values, "title")
    made = ", ".join(
        one
        for one in (
            shown(FORM, values, "made_on"),
            " ".join(
                part
                for part in (shown(FORM, values, "department"), shown(FORM, values, "officer"))
                if part
            ),
        )
        if one
    )
    blocks: list[Block] = [
        sheets.title_box(title),
        Paragraph(f"({made})", align=Align.RIGHT, size_pt=12, before_pt=4, after_pt=6),
    ]
    if values.get("summary"):
        blocks += [sheets.summary_box(shown(FORM, values, "summary"))]
    for code in _PARTS[:2]:
        blocks += sheets.body_section(FORM, values, code)
    blocks += sheets.rows_section(FORM, values, "overview", (2, 9))
    for code in _PARTS[2:]:
        blocks += sheets.body_section(FORM, values, code)
    blocks += sheets.rows_section(FORM, values, "table", (3, 3, 3, 2))
    for code in _LAST:
        blocks += sheets.body_section(FORM, values, code)
    blocks += sheets.attachment_blocks(values, end=False)
    return Paper(title, shown(FORM, values, "department"), blocks, header_mm=0)


FORM = Form(
    code="report",
    title="보고서",
    purpose="상급자에게 보고하는 개조식 문서",
    fields=(
        Field("title", "제목", needed=True),
        Field("made_on", "작성일", needed=True, hint="2026. 11. 22. 꼴"),
        Field("department", "작성 부서", needed=True),
        Field("officer", "작성자"),
        Field("summary", "요약", Kind.BODY, hint="두 줄 안의 결론"),
        Field("purpose", "목적", Kind.BODY, hint="○ - 항목"),
        Field("background", "추진 배경", Kind.BODY, True, "○ - 항목"),
        Field("overview", "개요", Kind.ROWS, hint="일시, 장소, 대상", columns=("구분", "내용")),
        Field("status", "현황", Kind.BODY, hint="○ - 항목"),
        Field("problem", "문제점", Kind.BODY, hint="○ - 항목"),
        Field("content", "주요 내용", Kind.BODY, True, "○ - 항목"),
        Field("table", "세부 내역", Kind.ROWS, columns=("구분", "내용", "수량·금액", "비고")),
        Field("effect", "기대 효과", Kind.BODY, hint="○ - 항목"),
        Field("plan", "향후 계획", Kind.BODY, True, "○ - 항목, 날짜를 적어서"),
        Field("admin", "행정 사항", Kind.BODY),
        Field("attachments", "붙임", Kind.LIST),
    ),
    fill=fill,
    paper=paper,
)
