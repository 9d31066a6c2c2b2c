"""`gongmu bots ...` and `gongmu laws ...` as a city types them, on papers of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Call

NIGHT = """# 당직 근무 요령

시행 2026. 3. 2.

## 1. 당직 시간

숙직은 18:00부터 다음 날 09:00까지 서고 당직원은 3명입니다.

## 2. 당직비

당직비는 하루 60,000원이며 다음 달 10일에 줍니다.
"""


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "당직.md").write_text(NIGHT, "utf-8")
    (folder / "빈 문서.pdf").write_bytes(b"")
    return folder


def test_a_city_learns_its_papers_and_asks(call: Call, papers: Path) -> None:
    code, told = call("bots", "learn", "manual", str(papers))
    assert code == 1, "a file that cannot be read is told"
    assert "배움 1건" in told
    assert "빈 문서.pdf" in told
    (papers / "빈 문서.pdf").unlink()
    code, told = call("bots", "learn", "manual", str(papers), "--json")
    assert (code, json.loads(told)["unchanged"]) == (0, 1)

    code, told = call("bots", "ask", "manual", "당직비는 하루에 얼마인가요?", "--json")
    answer = json.loads(told)
    assert code == 0, told
    assert set(answer) >= {"answer", "citations", "refused", "tools", "masked", "model", "cost"}
    assert "60,000원" in answer["answer"]
    first = answer["citations"][0]
    assert first["verified"]
    assert first["document"] == "당직 근무 요령"
    assert first["quote"].replace(" ", "") in NIGHT.replace(" ", "")

    code, told = call("bots", "ask", "manual", "프리미어리그 득점왕이 누구예요?", "--json")
    assert code == 3
    assert json.loads(told)["refused"]

    code, told = call("bots", "search", "manual", "숙직 시간", "-k", "1", "--json")
    (found,) = json.loads(told)
    assert code == 0
    assert "18:00" in found["text"]


def test_desks_are_listed_and_an_unknown_one_is_named(call: Call) -> None:
    code, told = call("bots", "list", "--json")
    assert code == 0
    assert len(json.loads(told)) == 17
    code, told = call("bots", "ask", "nowhere", "?")
    assert code == 2
    assert "'nowhere' 창구가 없습니다" in told


def test_a_desk_is_evaluated_on_its_own_questions(call: Call, papers: Path) -> None:
    (papers / "빈 문서.pdf").unlink()
    call("bots", "learn", "manual", str(papers))
    code, told = call("bots", "evaluate", "manual", "--json")
    assert code == 0, told
    (score,) = json.loads(told)
    assert score["bot"] == "manual"
    assert 0 < score["right"] <= score["checks"]


def test_a_file_of_questions_is_measured(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "questions.json"
    documents = [f"{name} 사용료는 한 시간에 {won}원입니다." for name, won in _FEES.items()]
    questions = [[f"{name} 사용료가 얼마인가요?", [number]] for number, name in enumerate(_FEES)]
    file.write_text(json.dumps({"documents": documents, "questions": questions}), "utf-8")
    code, told = call("bots", "benchmark", str(file), "--json")
    assert code == 0, told
    figures = json.loads(told)
    assert figures["recall_at_1"] == 1.0
    assert {"recall_at_5", "recall_at_10", "mrr_at_10", "mean_ms", "build_seconds"} <= set(figures)
    code, told = call("bots", "benchmark", str(file))
    assert "R@1" in told


_FEES = {"체육관": 5000, "강당": 30000, "주차장": 1200, "수영장": 4000, "공연장": 90000}


def test_laws_are_shown_as_of_a_day_and_unknown_ones_are_told(call: Call) -> None:
    code, told = call("laws", "show", "연습없는법 제3조")
    assert code == 1
    assert "확인하지 못했습니다" in told
    code, told = call("laws", "import", "/nowhere/at/all")
    assert code == 2
    assert "폴더가 없습니다" in told
