"""회의록: who, when, where, agenda, statements, decisions, things to do, open questions."""

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
    lines_of,
    rows_of,
    shown,
)
from gongmu.bots.drafts.notes import house_dates, read_notes
from gongmu.bots.drafts.transcript import Transcript, read_transcript, spoken_lines
from gongmu.core.documents.paper import Block, Paper, Table

_HEADS = {
    "title": ("회의명", "회의", "제목", "건명"),
    "held": ("일시", "회의일시"),
    "place": ("장소", "회의장소"),
    "attendants": ("참석", "참석자", "참석인원"),
    "absent": ("불참", "불참자"),
    "chair": ("주재", "사회"),
    "writer": ("작성", "작성자", "기록", "기록자", "서기"),
    "next": ("다음회의", "차기회의"),
}


def fill(text: str, today: date, setting: Setting) -> Filling:
    """Return the fields that a transcript gives; who spoke counts as present."""
    meeting = read_transcript(text, today)
    said = {code: _head(meeting, names) for code, names in _HEADS.items()}
    notes = read_notes("\n".join(f"{name}: {value}" for name, value in meeting.head.items()), today)
    values: dict[str, Value] = {
        "title": said["title"],
        "held": house_dates(said["held"], today),
        "place": said["place"] or notes.place,
        "attendants": said["attendants"] or ", ".join(meeting.speakers),
        "absent": said["absent"],
        "chair": said["chair"] or _chair(meeting),
        "writer": said["writer"] or setting.officer,
        "department": filling.department(notes, setting),
        "agenda": list(meeting.agenda),
        "statements": spoken_lines(
            meeting.turns, meeting.held_on or today, relative=meeting.held_on is not None
        ),
        "decisions": [[one.text, one.who, f"{one.line}줄"] for one in meeting.decisions],
        "tasks": [[one.what, one.who, one.due, f"{one.line}줄"] for one in meeting.tasks],
        "questions": [[one.text, one.who, f"{one.line}줄"] for one in meeting.questions],
        "next": house_dates(said["next"], today),
    }
    return Filling(values, (*notes.asks, *_asks(meeting)))


def _head(meeting: Transcript, names: tuple[str, ...]) -> str:
    return next((meeting.head[name] for name in names if name in meeting.head), "")


def _chair(meeting: Transcript) -> str:
    for who in meeting.speakers:
        if any(word in who for word in ("위원장", "의장", "사회자", "진행자")):
            return who
    return ""


def _asks(meeting: Transcript) -> list[str]:
    """Return a line for each thing to do that has no name or no day."""
    asks = []
    for task in meeting.tasks:
        missing = [name for name, value in (("담당", task.who), ("기한", task.due)) if not value]
        if missing:
            asks.append(f"할 일의 {'과 '.join(missing)} 확인 필요({task.line}줄): {task.what[:40]}")
    return asks


def paper(values: Values) -> Paper:
    """Return the minutes as a paper."""
    title = shown(FORM, values, "title")
    facts = [
        ("일시", shown(FORM, values, "held")),
        ("장소", shown(FORM, values, "place")),
        ("참석", shown(FORM, values, "attendants")),
        ("불참", str(values.get("absent") or "")),
        ("주재", str(values.get("chair") or "")),
        ("작성", str(values.get("writer") or "")),
        ("다음 회의", str(values.get("next") or "")),
    ]
    blocks: list[Block] = [
        sheets.title_box(_titled(title)),
        sheets.facts_table([row for row in facts if row[1]]),
    ]
    agenda = lines_of(values, "agenda")
    if agenda:
        blocks += sheets.section("안건", "\n".join(f"○ {one}" for one in agenda))
    blocks += _decisions(values)
    blocks += sheets.rows_section(FORM, values, "tasks", (7, 3, 4, 2), center=(1, 2, 3))
    blocks += sheets.rows_section(FORM, values, "questions", (9, 3, 2), center=(1, 2))
    blocks += sheets.rows_section(FORM, values, "statements", (3, 10, 2), center=(0, 2))
    return Paper(title, str(values.get("department") or ""), blocks, header_mm=0)


def _titled(title: str) -> str:
    if title.endswith("회의록"):
        return title
    return f"{title}록" if title.endswith("회의") else f"{title} 회의록"


def _decisions(values: Values) -> list[Block]:
    rows = rows_of(values, "decisions")
    if not rows:
        return sheets.section("결정 사항", "○ 결정으로 적힌 말이 없음(확인 필요)")
    field = FORM.field("decisions")
    table: Table = sheets.grid(field.columns, rows, (9, 3, 2), center=(1, 2))
    return [sheets.item_line("□ 결정 사항"), table]


FORM = Form(
    code="minutes",
    title="회의록",
    purpose="회의의 결정, 할 일, 발언을 정리한 문서",
    fields=(
        Field("title", "회의명", needed=True),
        Field("held", "일시", needed=True),
        Field("place", "장소", needed=True),
        Field("attendants", "참석", needed=True),
        Field("absent", "불참"),
        Field("chair", "주재"),
        Field("writer", "작성자"),
        Field("department", "작성 부서"),
        Field("agenda", "안건", Kind.LIST),
        Field("decisions", "결정 사항", Kind.ROWS, columns=("결정", "말한 이", "근거")),
        Field("tasks", "할 일", Kind.ROWS, columns=("할 일", "담당", "기한", "근거")),
        Field("questions", "남은 물음", Kind.ROWS, columns=("물음", "말한 이", "근거")),
        Field("statements", "발언 요지", Kind.ROWS, columns=("말한 이", "요지", "근거")),
        Field("next", "다음 회의"),
    ),
    fill=fill,
    paper=paper,
)
