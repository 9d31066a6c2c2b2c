"""기안문: 수신·경유·제목, numbered body, 붙임, 끝., sender, approvers, 시행 line, address line."""

from __future__ import annotations

import re
from datetime import date

from gongmu.bots.drafts import filling, sheets
from gongmu.bots.drafts.form import Field, Filling, Form, Kind, Setting, Value, Values, shown
from gongmu.bots.drafts.notes import Line, Notes, house_dates, official_sums, read_notes
from gongmu.bots.drafts.outline import Item, items, numbered
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

_SIZE = 13
_BLANK = " " * 24
_TAB_MM = 4.6
"""Width of two letters (2타) at this size."""


def fill(text: str, today: date, setting: Setting) -> Filling:
    """Return the fields that notes give."""
    notes = read_notes(text, today)
    values: dict[str, Value] = {
        "city": setting.city,
        "receiver": notes.labels.get("receiver", ""),
        "via": notes.labels.get("via", ""),
        "title": filling.document_title(notes.title, "알림", today, notes),
        "body": _body(notes, today),
        "attachments": filling.attachments(notes),
        "sender": f"{setting.city}장" if setting.city else "",
        "drafter": filling.officer(notes, setting),
        "department": filling.department(notes, setting),
        "phone": filling.phone(notes, setting),
    }
    return Filling(values, notes.asks)


def _body(notes: Notes, today: date) -> str:
    """Return 관련, the matter and its particulars as levels of □ and ○."""
    lines = [f"□ 관련: {_settled(line.text, today)}" for line in notes.section("grounds")]
    if not lines and notes.labels.get("law"):
        lines = [f"□ 관련: {notes.labels['law']}"]
    # 공문은 적은 차례가 곧 글의 차례다
    rest = sorted(notes.section(*_MATTER), key=lambda line: line.number)
    related = [line for line in rest if _RELATED.fullmatch(line.text)]
    for line in related:
        lines.append("□ 관련: " + _RELATED.sub(r"\1", _settled(line.text, today)))
    lines += [_line(line, today) for line in rest if line not in related]
    said = "\n".join(lines)
    particulars = [row for row in filling.overview(notes, today) if row[1] not in said]
    if particulars:
        lines.append("□ 다음과 같이 알려드립니다." if not rest else "□ 세부 사항")
        lines += [f"○ {label}: {value}" for label, value in particulars]
    return "\n".join(lines)


_MATTER = (
    "summary",
    "purpose",
    "background",
    "status",
    "problem",
    "overview",
    "content",
    "roles",
    "effect",
    "plan",
    "schedule",
    "admin",
)
_RELATED = re.compile(r"(.{2,60}?)(?:와|과|의)?\s관련(?:입니다|임)?\.?")


def _line(line: Line, today: date) -> str:
    if line.mark == "table":
        return f"| {house_dates(line.text, today)}"
    return f"{_mark(line.level)} {_settled(line.text, today)}"


def _mark(level: int) -> str:
    return "□" if level <= 1 else "○" if level == 2 else "-"


def _settled(text: str, today: date) -> str:
    return official_sums(house_dates(text, today))


def paper(values: Values) -> Paper:
    """Return the letter as a paper."""
    title = shown(FORM, values, "title")
    city = shown(FORM, values, "city")
    blocks: list[Block] = [
        Paragraph(city, True, Align.CENTER, 22, after_pt=6, face=Face.HEAD),
        *_opening(values),
        _rule(),
        *_matter(values),
        Paragraph(
            shown(FORM, values, "sender"),
            True,
            Align.CENTER,
            20,
            before_pt=12,
            after_pt=6,
            face=Face.HEAD,
        ),
        _rule(),
        *_closing(values),
    ]
    return Paper(title, shown(FORM, values, "department"), blocks, False, header_mm=0)


def _opening(values: Values) -> list[Block]:
    via = f"(경유) {values.get('via') or ''}".rstrip()
    lines = (
        f"수신  {shown(FORM, values, 'receiver')}",
        via,
        f"제목  {shown(FORM, values, 'title')}",
    )
    return [
        Paragraph(
            line, line.startswith("제목"), size_pt=_SIZE, hanging_mm=12, after_pt=3, face=Face.SERIF
        )
        for line in lines
    ]


def _matter(values: Values) -> list[Block]:
    """Return the numbered body, 붙임 and 끝."""
    text = shown(FORM, values, "body")
    listed = numbered([_levelled(one) for one in items(text)])
    attached = sheets.attachment_lines(values, end=True)
    blocks: list[Block] = []
    rows: list[list[str]] = []
    for place, item in enumerate(listed):
        last = place == len(listed) - 1
        if item.mark == "table":
            rows.append(sheets.cells_of(item.text))
            if last or listed[place + 1].mark != "table":
                blocks.append(sheets.drawn_grid(rows))
                rows = []
        else:
            blocks.append(_item(item, sheets.END if not attached and last else ""))
    if not attached and listed and listed[-1].mark == "table":
        blocks.append(Paragraph(sheets.END.strip(), size_pt=_SIZE, before_pt=3, face=Face.SERIF))
    if attached:
        blocks += sheets.attachment_blocks(values, end=True)
    return blocks


def _item(item: Item, end: str) -> Paragraph:
    return Paragraph(
        f"{item.mark} {item.text}".strip() + end,
        size_pt=_SIZE,
        indent_mm=round((max(item.level, 1) - 1) * _TAB_MM, 1),
        hanging_mm=5.4 if item.mark else 0,
        after_pt=3,
        before_pt=3 if item.level <= 1 else 0,
        face=Face.SERIF,
    )


def _levelled(item: Item) -> Item:
    return item if item.level else Item(1, item.text, item.mark, item.line)


def _closing(values: Values) -> list[Block]:
    people = [
        (title, str(values.get(code) or ""))
        for title, code in (("기안자", "drafter"), ("검토자", "reviewer"), ("결재권자", "approver"))
    ]
    cells = [Cell((_small(f"{title}  {name}"),)) for title, name in people]
    number = values.get("number") or f"{values.get('department') or ''}-".strip()
    effect = f"시행  {number} ({values.get('sent_on') or '          '})"
    received = f"접수  {values.get('received') or '              (          )'}"
    where = f"우 {values.get('postcode') or '(         )'}  {values.get('address') or _BLANK}"
    site = f"/ {values.get('homepage') or _BLANK}"
    reach = (
        f"전화 {values.get('phone') or _BLANK[:14]}  전송 {values.get('fax') or _BLANK[:14]}"
        f"  / {values.get('email') or ''}  / {shown(FORM, values, 'disclosure')}"
    )
    return [
        Table((cells,), (1, 1, 1), ruled=False, size_pt=10),
        _small(f"협조자  {values.get('cooperation') or ''}".rstrip()),
        Table((((Cell((_small(effect),))), Cell((_small(received),))),), (1, 1), ruled=False),
        _small(f"{where}  {site}".rstrip()),
        _small(reach),
    ]


def _small(text: str) -> Paragraph:
    return Paragraph(text, size_pt=10, after_pt=0, face=Face.SERIF)


def _rule() -> Table:
    """Return a thick line across the page."""
    return Table(
        ((Cell((Paragraph("", size_pt=1, after_pt=0),)),),), (1,), edge=Edge.LINE, size_pt=1
    )


def plain_items(values: Values) -> list[str]:
    """Return the body as it is numbered on paper, for reading aloud and for tests."""
    text = re.sub(r"\n+", "\n", shown(FORM, values, "body"))
    return [
        f"{one.mark} {one.text}".strip() for one in numbered([_levelled(i) for i in items(text)])
    ]


FORM = Form(
    code="official_letter",
    title="공문(기안문)",
    purpose="다른 기관이나 부서에 보내는 공문",
    fields=(
        Field("city", "기관명", needed=True),
        Field("receiver", "수신", needed=True, hint="받는 기관이나 '내부결재'"),
        Field("via", "경유"),
        Field("title", "제목", needed=True),
        Field("body", "본문", Kind.BODY, True, "□는 1., ○는 가., -는 1)로 찍힙니다"),
        Field("attachments", "붙임", Kind.LIST),
        Field("sender", "발신 명의", needed=True),
        Field("drafter", "기안자"),
        Field("reviewer", "검토자"),
        Field("approver", "결재권자"),
        Field("cooperation", "협조자"),
        Field("department", "처리과"),
        Field("number", "문서번호"),
        Field("sent_on", "시행일"),
        Field("received", "접수"),
        Field("postcode", "우편번호"),
        Field("address", "주소"),
        Field("homepage", "누리집"),
        Field("phone", "전화"),
        Field("fax", "전송"),
        Field("email", "전자우편"),
        Field("disclosure", "공개 구분", needed=True, hint="대국민 공개, 부분 공개, 비공개"),
    ),
    fill=fill,
    paper=paper,
)
