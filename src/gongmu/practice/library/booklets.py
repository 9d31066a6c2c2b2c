"""Makes sheets of lists: welfare programmes, audit cases, complaints and weekly reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from gongmu.practice.library.sheet import Block, Heading, Question, Sheet, Table, Text

Entry = Mapping[str, Any]

_WELFARE_PARTS = (
    ("지원대상", "대상"),
    ("지원내용", "내용"),
    ("신청방법", "신청"),
    ("신청기간", "기간"),
    ("구비서류", "서류"),
    ("유의사항", "유의"),
)
_WELFARE_KINDS = {
    "노인": "hwpx",
    "장애인": "docx",
    "아동·보육": "pdf",
    "생활안정": "hwpx",
    "청년": "html",
    "건강": "md",
    "여성·가족": "txt",
    "보훈": "docx",
}
_COMPLAINT_KINDS = ("hwpx", "docx", "md", "html", "txt", "eml")
_AUDIT_KINDS = ("hwpx", "pdf", "docx")


def welfare_sheets(entries: Sequence[Entry]) -> Iterator[Sheet]:
    """Yield a booklet for each field, and the table of all programmes as a workbook."""
    for field, programmes in _grouped(entries, "분야").items():
        blocks: list[Block] = []
        questions: list[Question] = []
        for number, one in enumerate(programmes):
            blocks.append(Heading(str(one["이름"])))
            blocks += [Text(f"{label}: {one[key]}") for label, key in _WELFARE_PARTS if key in one]
            blocks.append(Text(f"문의: {one['부서']} {one['전화']}"))
            questions += _asked(one, number)
        yield Sheet(
            "welfare",
            f"2026_복지사업안내_{field.replace('·', '_')}",
            _WELFARE_KINDS[field],
            f"2026년 연습시 복지사업 안내({field})",
            str(programmes[0]["부서"]),
            date(2026, 1, 12),
            tuple(blocks),
            tuple(questions),
        )
    yield _welfare_table(entries)


def _welfare_table(entries: Sequence[Entry]) -> Sheet:
    blocks: list[Block] = []
    for field, programmes in _grouped(entries, "분야").items():
        rows = [("사업명", "지원내용", "신청하는 곳", "담당부서", "전화")]
        rows += [
            (str(one["이름"]), str(one["요약"]), str(one["곳"]), str(one["부서"]), str(one["전화"]))
            for one in programmes
        ]
        blocks += [Heading(f"{field} 사업"), Table(tuple(rows))]
    return Sheet(
        "welfare",
        "2026_복지사업_한눈표",
        "xlsx",
        "2026년 연습시 복지사업 한눈에 보기",
        "복지정책과",
        date(2026, 1, 12),
        tuple(blocks),
    )


def audit_sheets(entries: Sequence[Entry]) -> Iterator[Sheet]:
    """Yield a volume of findings for each field: what was found, the rule, what followed."""
    for number, (field, cases) in enumerate(_grouped(entries, "분야").items()):
        blocks: list[Block] = []
        questions: list[Question] = []
        for place, one in enumerate(cases):
            blocks += [
                Heading(f"사례 {one['번호']}. {one['제목']}"),
                Text(f"지적 내용: {one['지적']}"),
                Text(f"판단 기준: {one['기준']}"),
                Text(f"처분 결과: {one['처분']}"),
                Text(f"유의할 점: {one['유의']}"),
            ]
            questions += _asked(one, place)
        yield Sheet(
            "audit",
            f"감사지적사례집_{number + 1}권_{field.replace('·', '_')}",
            _AUDIT_KINDS[number % 3],
            f"연습시 감사 지적 사례집 {number + 1}권({field})",
            "감사담당관",
            date(2026, 2, 20),
            tuple(blocks),
            tuple(questions),
        )


def complaint_sheets(entries: Sequence[Entry]) -> Iterator[Sheet]:
    """Yield a collection of answered complaints for each field."""
    for number, (field, cases) in enumerate(_grouped(entries, "분야").items()):
        blocks: list[Block] = []
        questions: list[Question] = []
        for place, one in enumerate(cases):
            blocks += [
                Heading(str(one["제목"])),
                Text(f"민원 요지: {one['요지']}"),
                Text(f"답변: {one['답변']}"),
                Text(f"담당: {one['부서']} {one['전화']}"),
            ]
            questions += _asked(one, place)
        yield Sheet(
            "complaints",
            f"민원답변사례_{field.replace('·', '_')}",
            _COMPLAINT_KINDS[number % len(_COMPLAINT_KINDS)],
            f"연습시 민원 답변 사례({field})",
            "민원여권과",
            date(2026, 6, 30),
            tuple(blocks),
            tuple(questions),
        )


def weekly_sheets(entries: Sequence[Entry]) -> Iterator[Sheet]:
    """Yield a department's report of a week, in the kind of file that department likes."""
    for one in entries:
        on = date.fromisoformat(str(one["날"]))
        blocks: list[Block] = []
        for heading in ("지난주 한 일", "이번 주 할 일"):
            rows: list[tuple[str, ...]] = [("업무", "내용", "일정", "담당")]
            rows += [tuple(str(cell) for cell in row) for row in one[heading]]
            blocks += [Heading(heading), Table(tuple(rows))]
        blocks += [Heading("협조·건의 사항"), *(Text(str(line)) for line in one["협조"])]
        yield Sheet(
            "weekly",
            f"{on:%Y%m%d}_주간업무_{one['부서']}",
            str(one["꼴"]),
            f"{on.month}월 {on.day}일 주간업무 보고({one['부서']})",
            str(one["부서"]),
            on,
            tuple(blocks),
            tuple(Question(str(ask), int(place)) for ask, place in one.get("물음", [])),
        )


def _asked(entry: Entry, section: int) -> Iterator[Question]:
    for ask in entry.get("물음", []):
        text, _, says = str(ask).partition("=>")
        words = tuple(word.strip() for word in says.split(";") if word.strip())
        yield Question(text.strip(), section, words)


def _grouped(entries: Sequence[Entry], key: str) -> Mapping[str, list[Entry]]:
    groups: dict[str, list[Entry]] = {}
    for one in entries:
        groups.setdefault(str(one[key]), []).append(one)
    return groups
