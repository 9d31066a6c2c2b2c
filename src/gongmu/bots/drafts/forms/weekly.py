"""주간업무: what each department did and will do, side by side."""

from __future__ import annotations

from datetime import date

from gongmu.bots.drafts import sheets
from gongmu.bots.drafts.form import (
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
from gongmu.bots.drafts.request import without_request
from gongmu.bots.drafts.weekly import merged, period_of, weeks_of_text
from gongmu.core.documents.paper import Align, Block, Cell, Edge, Paper, Paragraph, Table
from gongmu.core.values import korean_date


def fill(text: str, today: date, setting: Setting) -> Filling:
    """Return one report of the departments that pasted text names."""
    body = without_request(text)
    weeks = weeks_of_text(body)
    for week in weeks:
        week.department = week.department or setting.department
    made = merged(weeks, today, period=period_of([body], today))
    values: dict[str, Value] = {
        **made.values,
        "department": setting.department,
        "made_on": korean_date(today),
    }
    return Filling(values, made.asks)


def paper(values: Values) -> Paper:
    """Return the report as a paper."""
    title = shown(FORM, values, "title")
    period = str(values.get("period") or "")
    made = ", ".join(
        one for one in (shown(FORM, values, "made_on"), shown(FORM, values, "department")) if one
    )
    blocks: list[Block] = [sheets.title_box(f"{title}({period})" if period else title)]
    blocks.append(Paragraph(f"({made})", align=Align.RIGHT, size_pt=12, before_pt=4, after_pt=6))
    rows = rows_of(values, "weeks")
    if rows:
        blocks.append(_weeks(rows))
    else:
        blocks += sheets.section("주간업무", f"○ {shown(FORM, values, 'weeks')}")
    blocks += sheets.rows_section(FORM, values, "requests", (3, 10))
    checks = lines_of(values, "checks")
    if checks:
        blocks += sheets.section("취합하며 확인할 것", "\n".join(f"○ {one}" for one in checks))
    sources = [f"※ {row[0]}: {row[3]}" for row in rows if row[3]]
    if sources:
        blocks += sheets.section("원본", "\n".join(sources))
    return Paper(title, shown(FORM, values, "department"), blocks, header_mm=0)


def _weeks(rows: list[list[str]]) -> Table:
    head = ("부서", "추진 실적", "추진 계획")
    body = [
        (
            Cell((Paragraph(row[0], True, Align.CENTER, 11, after_pt=0),), shaded=True),
            _lines(row[1]),
            _lines(row[2]),
        )
        for row in rows
    ]
    return Table((head, *body), (3, 8, 8), header_rows=1, size_pt=11, edge=Edge.OPEN, row_mm=8)


def _lines(text: str) -> Cell:
    lines = [one for one in text.split("\n") if one.strip()]
    if not lines:
        return Cell((Paragraph("(없음)", align=Align.CENTER, size_pt=11, after_pt=0),))
    found = []
    for line in lines:
        made = sheets.item_line(line, size_pt=11)
        if isinstance(made, Paragraph):
            found.append(made)
    return Cell(found)


FORM = Form(
    code="weekly",
    title="주간업무",
    purpose="부서들의 주간업무를 한 문서로 모은 보고",
    fields=(
        Field("title", "제목", needed=True),
        Field("period", "기간", hint="2026. 11. 16.(월)~11. 20.(금)"),
        Field("department", "작성 부서", needed=True),
        Field("made_on", "작성일", needed=True),
        Field(
            "weeks",
            "부서별 업무",
            Kind.ROWS,
            True,
            columns=("부서", "추진 실적", "추진 계획", "원본"),
        ),
        Field("requests", "협조·건의 사항", Kind.ROWS, columns=("부서", "내용")),
        Field("checks", "취합하며 확인할 것", Kind.LIST),
    ),
    fill=fill,
    paper=paper,
)
