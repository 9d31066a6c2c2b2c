"""Notes without a model: what is recognised, what is left open, that nothing is invented."""

from __future__ import annotations

import re
from datetime import date
from time import monotonic
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongmu.bots.drafts.cabinet import all_forms, form_of
from gongmu.bots.drafts.complaint import read_complaint
from gongmu.bots.drafts.form import OPEN_MARK, Filling, Setting, checked_values, rows_of, schema
from gongmu.bots.drafts.forms.complaint_reply import with_sources
from gongmu.bots.drafts.moments import find_moments
from gongmu.bots.drafts.notes import read_notes
from gongmu.bots.drafts.outline import house_lines, items, numbered
from gongmu.bots.drafts.plain import simplify
from gongmu.bots.drafts.style import fix
from gongmu.bots.drafts.transcript import noun_ending, read_transcript
from gongmu.bots.drafts.weekly import DepartmentWeek, Side, merged, weeks_of_document, weeks_of_text
from gongmu.bots.knowledge.blocks import Heading, ReadDocument, Table, Text
from gongmu.bots.passages import Passage
from gongmu.core.errors import Refused

TODAY = date(2026, 11, 22)
HERE = Setting("연습시", "버스정책과", "김담당", "031-000-1234")
ONE_LINE = "11/25 14:00 버스노선 개편 주민설명회 시청 대강당, 120명, 담당 김○○ 031-000-1234"
NOTES = """버스노선 개편 주민설명회
일시: 11/25 14:00
장소: 시청 대강당
참석: 주민 120명
수신: 각 동장
- 재차율이 높은 5개 노선의 개편안을 주민에게 설명하고 의견을 듣기 위해 마련
- 근거: 여객자동차 운수사업법 제23조
- 10번과 12번 노선의 출근시간 혼잡 민원이 이어져 개편을 요구하는 주민이 많음
- 개편안은 10번 증차 2대, 12번 분리 운행
- 12/10까지 의견 접수, 12/20 개편안 확정 예정
- 예산 3천만원
담당 버스정책과 김담당 주무관 031-000-1234
붙임: 노선도 1부, 개편안 1부"""


def filled(code: str, text: str) -> Filling:
    return form_of(code).fill_in(text, TODAY, HERE)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("11/25 14:00 회의", "2026. 11. 25.(수) 14:00"),
        ("2026.11.25(수) 오후 2시", "2026. 11. 25.(수) 14:00"),
        ("12월 3일(목) 오전 10시 30분~12시", "2026. 12. 3.(목) 10:30~12:00"),
        ("11. 30.까지 제출", "2026. 11. 30.(월)"),
        ("'26.12.1.~12.5. 접수", "2026. 12. 1.(화)~12. 5.(토)"),
        ("12월 1일부터 5일까지", "2026. 12. 1.(화)~12. 5.(토)"),
        ("2027. 3. 2.부터 11. 30.까지", "2027. 3. 2.(화)~11. 30.(화)"),
        ("다음 주 화요일 14시", "2026. 11. 24.(화) 14:00"),
        ("오는 25일(수) 개최", "2026. 11. 25.(수)"),
        ("내일 오후 2시 반", "2026. 11. 23.(월) 14:30"),
        ("1월 15일 시행", "2027. 1. 15.(금)"),
        ("출근시간 7~9시", "07:00~09:00"),
        ("예산 12.5억, 판 1.2.3, 제12조", ""),
    ],
)
def test_dates_and_times_are_read(text: str, shown: str) -> None:
    moments = find_moments(text, TODAY)
    assert " ".join(one.text for one in moments) == shown


def test_what_is_not_sure_is_asked_not_guessed() -> None:
    notes = read_notes("11/24(수) 3시 노선 회의", TODAY)
    assert any("화요일" in ask for ask in notes.asks)
    assert any("오전인지 오후인지" in ask for ask in notes.asks)


def test_one_line_of_notes_gives_its_facts() -> None:
    notes = read_notes(ONE_LINE, TODAY)
    assert notes.title == "버스노선 개편 주민설명회"
    assert notes.when == "2026. 11. 25.(수) 14:00"
    assert notes.place == "시청 대강당"
    assert notes.headcount == "120명"
    assert notes.contact == "김○○(☎ 031-000-1234)"


def test_a_report_sorts_lines_by_what_they_are_about() -> None:
    values = filled("report", NOTES).values
    assert values["title"] == "버스노선 개편 주민설명회 개최 계획"
    assert "듣기 위해 마련" in str(values["purpose"])
    assert "민원이 이어져" in str(values["background"])
    assert "증차 2대" in str(values["content"])
    assert "2026. 12. 10.(목)까지 의견 접수" in str(values["plan"])
    assert values["attachments"] == ["노선도 1부", "개편안 1부"]
    assert ["소요예산", "금30,000,000원(금삼천만원)"] in rows_of(values, "overview")


def test_a_plan_gets_its_schedule_as_rows() -> None:
    assert rows_of(filled("plan", NOTES).values, "schedule") == [
        ["2026. 12. 10.(목)까지", "의견 접수", ""],
        ["2026. 12. 20.(일)", "개편안 확정 예정", ""],
    ]


def test_a_press_release_opens_with_who_when_where_what() -> None:
    lead = str(filled("press_release", NOTES).values["lead"])
    assert lead == (
        "연습시는 오는 11월 25일 오후 2시 시청 대강당에서 주민 120명이 참여하는 가운데 "
        "버스노선 개편 주민설명회를 개최한다고 밝혔다."
    )


@pytest.mark.parametrize("code", sorted(all_forms()))
@pytest.mark.parametrize("text", ["", "   \n", "이것저것 적어 둔 글", ONE_LINE, NOTES])
def test_what_nobody_said_is_left_open(code: str, text: str) -> None:
    form = form_of(code)
    filling = filled(code, text)
    for field in form.open_fields(filling.values):
        assert f"{OPEN_MARK}{field.title}" in filling.asks
    form.paper(filling.values)
    form.paper({})


def _figures(values: object) -> set[str]:
    return set(re.findall(r"\d+", re.sub(r"(?<=\d),(?=\d{3})", "", str(values))))


@settings(max_examples=60, deadline=None)
@given(
    code=st.sampled_from(sorted(all_forms())),
    lines=st.lists(st.sampled_from([*NOTES.split("\n"), ONE_LINE, "내용 없음"]), max_size=8),
)
def test_no_figure_stands_in_a_draft_that_the_notes_do_not_give(
    code: str, lines: list[str]
) -> None:
    """Dates, times and money come in other shapes; every other figure must be in the notes."""
    text = "\n".join(lines)
    made = _figures(filled(code, text).values)
    known = _figures(text) | _figures(HERE) | {"2026", "11", "22", "30000000", "00", "2"}
    lines_named = {str(number) for number in range(1, len(lines) + 1)}
    assert made <= known | lines_named, (made - known, text)


@pytest.mark.parametrize(
    ("text", "house"),
    [
        ("ㅁ 배경\nㅇ 민원\n - 세부\n  · 더", "□ 배경\n○ 민원\n- 세부\n․ 더"),
        ("- 가\n  - 나\n- 다", "□ 가\n○ 나\n□ 다"),
        ("1. 가\n 가. 나\n  1) 다", "□ 가\n○ 나\n- 다"),
        ("* 가\n* 나\n※ 다", "□ 가\n□ 나\n※ 다"),
    ],
)
def test_any_marks_become_the_house_marks(text: str, house: str) -> None:
    assert house_lines(items(text)) == house


def test_letters_are_numbered_and_a_single_item_is_not() -> None:
    made = numbered(items("□ 하나\n○ 둘\n- 셋\n○ 넷\n□ 다섯"))
    assert [one.mark for one in made] == ["1.", "가.", "1)", "나.", "2."]
    assert [one.mark for one in numbered(items("□ 하나"))] == [""]


def test_each_point_of_a_complaint_is_answered_or_left_open() -> None:
    filling = filled(
        "complaint_reply",
        "민원 요지:\n골목 가로등이 꺼져 있습니다. 언제 고치나요?\n보도블록도 깨져 "
        "있으니 고쳐 주세요.\n"
        "답변:\n가로등은 12월 3일까지 고치겠습니다.",
    )
    rows = rows_of(filling.values, "answers")
    assert [row[0] for row in rows] == [
        "골목 가로등이 꺼져 있습니다. 언제 고치나요?",
        "보도블록도 깨져 있으니 고쳐 주세요",
    ]
    answered = [row for row in rows if not row[1].startswith(OPEN_MARK)]
    assert len(answered) == 1
    assert "12. 3." in answered[0][1]
    assert "appeal" not in filling.values


def test_an_appeal_notice_stands_only_when_given() -> None:
    given_one = filled(
        "complaint_reply",
        "민원: 허가를 내주세요.\n불복 안내: 90일 안에 행정심판을 청구할 수 있습니다.",
    )
    assert "90일" in str(given_one.values["appeal"])
    assert read_complaint("민원: 허가를 내주세요.").appeal == ()


def test_sources_are_quoted_word_for_word() -> None:
    values = filled("complaint_reply", "민원: 가로등 고장은 며칠 안에 고치나요?").values
    passage = Passage(
        "p1",
        "d1",
        "manual",
        "가로등 편람",
        "3쪽",
        "고장 수리",
        "가로등 고장은 신고를 받은 날부터 3일 안에 고친다. 겨울에는 예외가 있다.",
        1,
    )
    made = with_sources(values, [passage])
    assert rows_of(made, "sources") == [
        ["1", "가로등 편람 3쪽", "가로등 고장은 신고를 받은 날부터 3일 안에 고친다"]
    ]
    assert "sources" not in with_sources(values, [])


TALK = """회의명: 노선 개편 회의
일시: 11월 20일 오후 2시
장소: 시청 3층 회의실
안건: 10번 증차, 심야 노선

김과장: 지금부터 회의를 시작하겠습니다.
김과장: 10번 증차는 2대로 하기로 결정했습니다.
박팀장: 네, 알겠습니다. 제가 12월 5일까지 인가 신청서를 제출하겠습니다.
이주무관: 심야 노선은 언제부터 다니나요?
김과장: 그 건은 다음 회의에서 다시 논의합시다. 도로과에서 정류소 위치를 다음 주까지 알려 주세요.
"""


def test_minutes_hold_decisions_tasks_and_questions_with_their_lines() -> None:
    values = filled("minutes", TALK).values
    assert values["title"] == "노선 개편 회의"
    assert values["held"] == "2026. 11. 20.(금) 14:00"
    assert values["agenda"] == ["10번 증차", "심야 노선"]
    assert rows_of(values, "decisions") == [["10번 증차는 2대로 하기로 결정함", "김과장", "7줄"]]
    tasks = rows_of(values, "tasks")
    assert tasks[0][1:] == ["박팀장", "2026. 12. 5.(토)", "8줄"]
    assert "인가 신청서를 제출하겠음" in tasks[0][0]
    assert tasks[1][1:] == ["도로과", "다음 주", "10줄"]
    questions = [row[0] for row in rows_of(values, "questions")]
    assert "심야 노선은 언제부터 다니나요?" in questions
    assert any("다음 회의에서 다시 논의" in one for one in questions)


def test_a_task_without_name_or_day_is_asked_for() -> None:
    meeting = read_transcript("김과장: 정류소 표지를 정리해 주세요.", TODAY)
    assert (meeting.tasks[0].who, meeting.tasks[0].due) == ("", "")
    assert any(
        "담당과 기한" in ask
        for ask in filled("minutes", "김과장: 정류소 표지를 정리해 주세요.").asks
    )


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("하기로 했습니다.", "하기로 함"),
        ("제출하겠습니다", "제출하겠음"),
        ("완료되었습니다.", "완료됨"),
        ("예산이 없습니다.", "예산이 없음"),
        ("보고를 받았습니다", "보고를 받았음"),
    ],
)
def test_spoken_endings_become_those_of_minutes(said: str, written: str) -> None:
    assert noun_ending(said) == written


def _report(title: str, *blocks: Any) -> ReadDocument:
    return ReadDocument(title, blocks)


def test_weekly_reports_of_any_shape_become_one() -> None:
    headings = _report(
        "주간업무 보고(버스정책과)",
        Heading("지난주 한 일", 1),
        Table((("업무", "내용", "일정"), ("증차 점검", "첫 주 점검", "11. 9.~11. 13."))),
        Heading("이번 주 할 일", 1),
        Text("- 새벽 수요 조사"),
    )
    columns = _report(
        "주간업무",
        Table(
            (
                ("부서", "금주 실적", "차주 계획"),
                ("도로과", "○ 보도 정비\n○ 새벽 수요 조사", "○ 제설함 채움"),
                ("건축과", "", "○ 현장 점검"),
            )
        ),
    )
    weeks = [
        *weeks_of_document(headings, "버스정책과.hwpx"),
        *weeks_of_document(columns, "도로_건축.xlsx"),
        *weeks_of_text("세정과: 지난주 번호판 영치, 이번 주 고지서 발송"),
    ]
    made = merged(weeks, TODAY, order=("세정과", "버스정책과", "홍보담당관"))
    rows = rows_of(made.values, "weeks")
    assert [row[0] for row in rows] == ["세정과", "버스정책과", "건축과", "도로과"]
    assert rows[1][1] == "○ 증차 점검: 첫 주 점검(11. 9.~11. 13.)"
    assert rows[1][3] == "버스정책과.hwpx"
    assert "내지 않음: 홍보담당관" in made.asks
    assert "비어 있음: 건축과의 추진 실적" in made.asks
    assert any(one.startswith("겹침: 버스정책과 '새벽 수요 조사'") for one in made.asks)


def test_a_table_drawn_in_plain_text_is_a_table() -> None:
    document = _report(
        "주간업무(세정과)",
        Text("지난주 한 일"),
        Text("업무 | 내용 | 일정"),
        Text("체납 정리 | 810백만 원 징수 | 11. 9."),
        Text("이번 주 할 일\n업무 | 내용 | 일정\n영치 | 야간 합동 | 11. 19."),
    )
    (week,) = weeks_of_document(document, "세정과.txt")
    assert week.lines[Side.DONE] == ["체납 정리: 810백만 원 징수(11. 9.)"]
    assert week.lines[Side.PLAN] == ["영치: 야간 합동(11. 19.)"]


def test_nothing_of_a_weekly_report_is_dropped() -> None:
    week = DepartmentWeek("가과", "가.txt")
    for line in ("- 하나", "하나", "둘", "해당 없음"):
        week.add(Side.DONE, line)
    assert week.lines[Side.DONE] == ["하나", "둘"]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"nothing": "x"}, "모르는 항목"),
        ({"title": ["a"]}, "글이어야"),
        ({"overview": "글"}, "목록이어야"),
        ({"overview": [["가", "나", "다"]]}, "2칸"),
        ({"title": "가" * 60_001}, "60,000자"),
    ],
)
def test_values_of_the_wrong_kind_are_refused(raw: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused) as stopped:
        checked_values(form_of("report"), raw)
    assert stopped.value.code == "draft_invalid"
    assert words in stopped.value.message


def test_a_model_is_told_the_shape_of_a_form() -> None:
    for form in all_forms().values():
        shape = schema(form)
        assert set(shape["properties"]) == {field.code for field in form.fields}
        assert set(shape["required"]) == {field.code for field in form.fields if field.needed}


def test_an_unknown_form_is_refused_with_those_there_are() -> None:
    with pytest.raises(Refused) as stopped:
        form_of("poem")
    assert "보고서" in stopped.value.message


@pytest.mark.parametrize(
    "text",
    [
        "1" * 6000,
        "1천 " * 2000,
        "시청 회의실 " * 1000,
        "가나 " * 2000,
        "김과장 " * 1500,
        "1." * 3000,
    ],
    ids=["digits", "money", "places", "words", "people", "dots"],
)
def test_a_hostile_text_is_read_in_time(text: str) -> None:
    """A regular expression that tries everything would take minutes here."""
    began = monotonic()
    for code in all_forms():
        filled(code, text)
    fix(text)
    simplify(text)
    assert monotonic() - began < 12


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=120), code=st.sampled_from(sorted(all_forms())))
def test_any_text_makes_a_paper(text: str, code: str) -> None:
    form = form_of(code)
    form.paper(filled(code, text).values)
