"""Notes as people paste them: what the drafts look like, and that no figure is lost.

The golden papers are rewritten with GONGMU_GOLDEN=1; read the difference before keeping it.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree

from gongmu.bots.drafts.amounts import find_amounts
from gongmu.bots.drafts.cabinet import form_of
from gongmu.bots.drafts.export import export
from gongmu.bots.drafts.form import Setting, checked_values
from gongmu.bots.drafts.marks import Origin
from gongmu.bots.drafts.views import NamedFile
from gongmu.bots.drafts.weekly_files import merged_files
from gongmu.core.documents.hwpx_writer import hwpx_bytes
from gongmu.core.documents.paper import Paper, Paragraph, Table

TODAY = date(2026, 11, 22)
MADE_AT = datetime(2026, 11, 22, 3, tzinfo=UTC)
SETTING = Setting("연습시", "버스정책과", "김작성", "031-000-9999")
TESTS = Path(__file__).parents[1]
CASES: list[dict[str, Any]] = yaml.safe_load(
    (TESTS / "cases/bots/pasted_notes.yaml").read_text("utf-8")
)
GOLDEN = (
    "report_table",
    "report_email",
    "letter_table",
    "press_contact",
    "complaint_points",
    "minutes_memo",
    "plan_schedule",
)


def drafted(case: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Return the draft of a case as Markdown, and what it asks."""
    form = form_of(case["form"])
    filling = form.fill_in(case["notes"], TODAY, SETTING)
    values = checked_values(form, filling.values)
    made = export(form, values, "md", Origin("d", 1, form.code, MADE_AT), None)
    return made.data.decode(), tuple(filling.asks)


@pytest.mark.parametrize("name", GOLDEN)
def test_a_pasted_note_becomes_the_known_paper(name: str) -> None:
    case = next(one for one in CASES if one["name"] == name)
    text, asks = drafted(case)
    shown = text + "".join(f"? {one}\n" for one in asks)
    path = TESTS / "golden/bots" / f"{name}.md"
    if os.environ.get("GONGMU_GOLDEN"):
        path.write_text(shown, "utf-8")
    assert shown == path.read_text("utf-8")


@pytest.mark.parametrize("case", CASES, ids=[one["name"] for one in CASES])
def test_no_figure_of_the_notes_is_lost(case: dict[str, Any]) -> None:
    text, asks = drafted(case)
    shown = "\n".join([text, *asks]).replace(",", "")
    # 항목 번호, 이름표 앞의 번호와 시각은 모양이 바뀐다
    notes = re.sub(r"(?m)^\s*(?:\d{1,2}[.)]|\[[\d:]+\])\s+|[1-9]번(?=\s)", "", case["notes"])
    notes = re.sub(r"(?<=[ ,])\d\.\s(?=[가-힣])", "", notes).replace(",", "")
    notes = re.sub(
        r"(?:오전|오후|아침|저녁)?\s?\d{1,2}시(?:\s?\d{1,2}분)?|\d{1,2}:\d{2}", " ", notes
    )
    for amount in reversed(find_amounts(notes)):
        if amount.won is not None and str(amount.won) in shown:
            notes = notes[: amount.start] + notes[amount.end :]
    known = {int(one) for one in re.findall(r"\d+", shown)}
    lost = [one for one in re.findall(r"\d+", notes) if int(one) not in known]
    assert not lost


def test_groups_in_a_weekly_table_are_no_departments() -> None:
    text = (
        "# 환경과 주간업무\n\n| 구분 | 지난주 | 이번주 | 협조사항 |\n|---|---|---|---|\n"
        "| 대기 | - 점검 12개소 - 홍보 3회 | 소등행사 | 각 부서 참여 |\n"
    )
    files = [NamedFile("환경과.md", text.encode())]
    made = merged_files(files, TODAY, ["환경과", "세정과"])
    assert made.values["weeks"] == [
        ["환경과", "○ 대기: 점검 12개소\n○ 대기: 홍보 3회", "○ 대기: 소등행사", "환경과.md"]
    ]
    assert made.values["requests"] == [["환경과", "대기: 각 부서 참여"]]
    assert made.asks == ("내지 않음: 세정과",)


def test_a_long_table_crosses_pages_and_a_long_word_its_line() -> None:
    rows = [("구분", "수"), *((f"{at}", "1") for at in range(60))]
    word = "https://www.example.go.kr/" + "0123456789" * 8
    made = hwpx_bytes(Paper("t", "a", (Table(rows, (1, 1), header_rows=1), Paragraph(word))))
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        section = package.read("Contents/section0.xml").decode()
        header = etree.fromstring(package.read("Contents/header.xml"))
    assert 'treatAsChar="0"' in section
    assert 'repeatHeader="1"' in section
    broken = [
        shape.get("id")
        for shape in header.iter("{*}paraPr")
        if any(one.get("breakLatinWord") == "BREAK_WORD" for one in shape.iter("{*}breakSetting"))
    ]
    assert any(f'paraPrIDRef="{one}"' in section.split("</hp:tbl>")[1] for one in broken)


def test_what_is_not_said_is_not_made_up() -> None:
    for name, words in {
        "r1": ("62명 |", "| 소요예산"),
        "r9": ("| 장소 |",),
        "p3": ("밝혔다",),
        "l2": ("개최 결과", "| 일시 |"),
        "o5": ("일시: 2026",),
        "q10": ("2026\\. 11. 22.(일)", "2026. 11. 22.(일)"),
    }.items():
        text, _ = drafted(next(one for one in CASES if one["name"] == name))
        assert [word for word in words if word in text] == []
