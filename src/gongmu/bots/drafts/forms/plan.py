"""방침서·계획서: approval box, grounds, overview, contents, schedule and budget tables."""

from __future__ import annotations

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
    rows_of,
    shown,
)
from gongmu.bots.drafts.notes import read_notes
from gongmu.core.documents.paper import Align, Block, Cell, Paper, Paragraph, Table
from gongmu.core.values import korean_date


def fill(text: str, today: date, setting: Setting) -> Filling:
    """Return the fields that notes give."""
    notes = read_notes(text, today)
    dated = notes.section("schedule", "plan")
    schedule = filling.schedule(dated, today)
    known = {row[1] for row in schedule}
    in_rows = any(line.mark == "table" for line in dated) and bool(schedule)
    undated = [
        line
        for line in dated
        if not any(work in line.text for work in known) and not (in_rows and line.mark == "table")
    ]
    values: dict[str, Value] = {
        "title": filling.document_title(notes.title, "추진계획", today, notes),
        "made_on": korean_date(today),
        "department": filling.department(notes, setting),
        "officer": filling.officer(notes, setting),
        "purpose": filling.body(notes, today, "purpose"),
        "grounds": filling.body(notes, today, "grounds"),
        "background": filling.body(notes, today, "background", "status", "problem"),
        "overview": filling.overview(notes, today),
        "content": filling.body(notes, today, "overview", "content"),
        "schedule": schedule,
        "steps": "\n".join(
            f"{'|' if line.mark == 'table' else '○'} {line.text}" for line in undated
        ),
        "budget": notes.budget,
        "budget_source": filling.body(notes, today, "budget"),
        "roles": filling.body(notes, today, "roles"),
        "effect": filling.body(notes, today, "effect"),
        "admin": filling.body(notes, today, "admin"),
        "attachments": filling.attachments(notes),
    }
    return Filling(values, notes.asks)


def paper(values: Values) -> Paper:
    """Return the plan as a paper."""
    title = shown(FORM, values, "title")
    office = shown(FORM, values, "department")
    made = f"{shown(FORM, values, 'made_on')}, {office} {values.get('officer') or ''}".strip(" ,")
    blocks: list[Block] = [
        _approval(values),
        Paragraph("", size_pt=8),
        sheets.title_box(title),
        Paragraph(f"({made})", align=Align.RIGHT, size_pt=12, before_pt=4, after_pt=6),
    ]
    for code in ("purpose", "grounds", "background"):
        blocks += sheets.body_section(FORM, values, code)
    blocks += sheets.rows_section(FORM, values, "overview", (2, 9))
    blocks += sheets.body_section(FORM, values, "content")
    blocks += sheets.rows_section(FORM, values, "schedule", (4, 7, 3), center=(0, 2))
    blocks += sheets.body_section(FORM, values, "steps")
    blocks += sheets.body_section(FORM, values, "budget")
    if rows_of(values, "budget_rows"):
        blocks += sheets.rows_section(FORM, values, "budget_rows", (3, 5, 3, 2), right=(2,))
    for code in ("budget_source", "roles", "effect", "admin"):
        blocks += sheets.body_section(FORM, values, code)
    blocks += sheets.attachment_blocks(values, end=True)
    return Paper(title, office, blocks, header_mm=0)


def _approval(values: Values) -> Table:
    """Return the box in which a plan is signed, right at the top."""
    titles = [
        one.strip() for one in str(values.get("approval") or "담당, 팀장, 과장, 국장").split(",")
    ]
    made = (
        f"문서번호  {values.get('number') or ''}".rstrip(),
        f"결재일  {values.get('approved_on') or ''}".rstrip(),
    )
    left = Cell([Paragraph(one, size_pt=10, after_pt=6) for one in made], rows=2)
    sign = Cell((Paragraph("결\n재", align=Align.CENTER, size_pt=10),), rows=2, shaded=True)
    return Table(
        ((left, sign, *titles), tuple("\n" for _ in titles)),
        [max(4, 12 - 2 * len(titles)), 1, *([2] * len(titles))],
        header_rows=0,
        center_columns=tuple(range(2, len(titles) + 2)),
        size_pt=10,
        row_mm=7,
    )


FORM = Form(
    code="plan",
    title="방침서·계획서",
    purpose="사업을 하기로 정하고 결재받는 문서",
    fields=(
        Field("title", "제목", needed=True),
        Field("made_on", "작성일", needed=True),
        Field("department", "작성 부서", needed=True),
        Field("officer", "작성자"),
        Field("approval", "결재선", hint="담당, 팀장, 과장, 국장"),
        Field("number", "문서번호"),
        Field("approved_on", "결재일"),
        Field("purpose", "목적", Kind.BODY, True, "○ - 항목"),
        Field("grounds", "추진 근거", Kind.BODY, True, "법령, 조례, 방침"),
        Field("background", "추진 배경", Kind.BODY, hint="○ - 항목"),
        Field("overview", "사업 개요", Kind.ROWS, True, columns=("구분", "내용")),
        Field("content", "세부 추진 내용", Kind.BODY, True, "○ - 항목"),
        Field("schedule", "추진 일정", Kind.ROWS, True, columns=("일정", "할 일", "담당")),
        Field("steps", "그 밖의 추진 사항", Kind.BODY),
        Field("budget", "소요 예산", needed=True, hint="금30,000,000원(금삼천만원)"),
        Field(
            "budget_rows", "예산 내역", Kind.ROWS, columns=("항목", "산출 근거", "금액(원)", "비고")
        ),
        Field("budget_source", "예산 세부", Kind.BODY),
        Field("roles", "역할 분담", Kind.BODY),
        Field("effect", "기대 효과", Kind.BODY),
        Field("admin", "행정 사항", Kind.BODY),
        Field("attachments", "붙임", Kind.LIST),
    ),
    fill=fill,
    paper=paper,
)
