"""The tool that looks over a text: what it takes from a question, what it gives back."""

from __future__ import annotations

from datetime import date
from typing import cast

import pytest

from gongmu.bots.tool import ToolGround
from gongmu.bots.tools.writing_check import TOOL, Writing

TODAY = date(2026, 11, 22)
NOWHERE = cast(ToolGround, None)
"""The tool asks nothing of the house."""


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("'익일까지 시건장치를 확인할 것'을 쉽게 고쳐 주세요.", "익일까지 시건장치를 확인할 것"),
        ("다음 글을 다듬어 줘:\n금번 행사를 개최함", "금번 행사를 개최함"),
        ("아래 문장이 맞는지 봐 주세요: 26.11.25 오후 3시", "26.11.25 오후 3시"),
        ("바우처를 우리말로 바꾸면 무엇인가요?", None),
        ("'제고하다'를 쉬운 말로 쓰면?", None),
        ("한 문장은 몇 자 안팎으로 쓰는 게 좋나요?", None),
    ],
)
def test_what_a_question_hands_in(question: str, text: str | None) -> None:
    read = TOOL.reads(question, TODAY)
    assert (read.text if isinstance(read, Writing) else None) == text


def test_a_text_is_mended_with_reasons_and_its_figures_stay() -> None:
    found = TOOL.run(NOWHERE, Writing(text="익일 2026년 11월 25일 오후 2시까지 제출함(12,300원)"))
    assert "다음 날" in found.text
    assert "2026. 11. 25." in found.text
    assert "14:00" in found.text
    assert "12,300원" in found.text
    assert all(row["까닭"] for row in found.rows)


def test_a_plain_text_is_left_as_it_is() -> None:
    found = TOOL.run(NOWHERE, Writing(text="내일 회의를 엽니다."))
    assert "고칠 곳을 찾지 못했습니다" in found.text
