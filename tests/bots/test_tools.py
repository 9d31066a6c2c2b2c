"""Tools: rights before everything, deterministic reading of questions, exact results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongmu.app import open_house
from gongmu.bots.passages import Reader
from gongmu.bots.statutes.drf import parse_law
from gongmu.bots.statutes.store import Statutes
from gongmu.bots.tool import ToolGround
from gongmu.bots.toolbox import all_tools, may_run, run_tool, tool_schema, tools_for
from gongmu.bots.tools.counting import Rule, Unit, between, count, rest_reason
from gongmu.bots.tools.figuring import plain, rounded, work_out
from gongmu.bots.tools.reading import days_in, spans_in, won_in
from gongmu.bus.warehouse import Warehouse
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.people import ALLOWED, Act, Role
from gongmu.core.settings import Settings
from gongmu.practice.laws import law_json, practice_laws
from tests.conftest import Ticking
from tests.portal.days import publish

TODAY = date(2026, 11, 22)
NEEDED = {"statute_lookup", "count_days", "bus_figures", "relief_assessment"}
NEEDED |= {"document_form", "calculate", "writing_check"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("tools")
    with open_house(Settings(home=Path(home)), Ticking()) as opened:
        publish(
            Warehouse(opened.settings.warehouse),
            days=[date(2026, 11, 16) + timedelta(days=n) for n in range(5)],
        )
        statutes = Statutes(opened.engine)
        for one in practice_laws():
            if one.target not in ("prec", "expc"):
                statutes.import_law(parse_law(law_json(one)))
        yield opened


def reader(*roles: Role, department: str = "버스정책과") -> Reader:
    return Reader("kim", "김연습", department, frozenset(roles or {Role.WORK}))


def ground(house: House, who: Reader | None = None) -> ToolGround:
    return ToolGround(house, who or reader(), TODAY, "test")


def ask(house: House, code: str, question: str) -> str:
    arguments = all_tools()[code].reads(question, TODAY)
    assert arguments is not None, f"{code} does not read: {question}"
    run = run_tool(ground(house), code, arguments)
    return run.use.text


# ---------------------------------------------------------------- rights


def test_the_toolbox_is_complete_and_every_argument_is_explained_in_korean() -> None:
    tools = all_tools()
    assert set(tools) >= NEEDED
    for tool in tools.values():
        schema = tool_schema(tool)
        assert schema["additionalProperties"] is False
        for name, field in schema["properties"].items():
            words = field.get("description", "")
            assert name == "assumed" or any("가" <= letter <= "힣" for letter in words), name
        assert any("가" <= letter <= "힣" for letter in tool.description)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    code=st.sampled_from(sorted(NEEDED)),
    roles=st.frozensets(st.sampled_from(list(Role)), max_size=3),
    arguments=st.dictionaries(st.text(max_size=8), st.integers() | st.text(max_size=8), max_size=3),
)
def test_who_may_not_is_refused_and_every_call_is_written_down(
    house: House, code: str, roles: frozenset[Role], arguments: dict[str, Any]
) -> None:
    who = Reader("lee", "이연습", "세정과", roles)
    before = house.audit.entries(limit=100_000)
    run = run_tool(ground(house, who), code, arguments)
    (entry,) = house.audit.entries(after=before[-1].number if before else 0)
    tool = all_tools()[code]
    allowed = bool(roles & ALLOWED[tool.act])
    assert may_run(who, tool) is allowed
    assert (code in tools_for(who)) is allowed
    if not allowed:
        assert (run.refused, run.result, run.use.ok) == ("not_allowed", None, False)
    assert entry.who == "lee"
    assert entry.about == f"test:{code}"
    assert entry.did == ("bot.tool_refused" if run.refused else "bot.tool")
    assert entry.reason == run.refused
    for value in arguments.values():
        assert len(str(value)) < 6 or str(value) not in entry.about


def test_drafts_are_for_who_may_draft_and_leave_nothing_sent(house: House) -> None:
    tool = all_tools()["document_form"]
    assert tool.act is Act.DRAFT
    assert tool.only_drafts
    notes = {"form": "report", "notes": "제목: 겨울철 제설 대책\n현황: 간선도로 14개 노선"}
    refused = run_tool(ground(house, reader(Role.VIEW)), "document_form", notes)
    assert refused.refused == "not_allowed"
    done = run_tool(ground(house), "document_form", notes)
    assert done.result is not None, done.use.text
    assert done.result.draft_id.startswith("draft_")
    assert "보내지 않았습니다" in done.use.text


def test_wrong_arguments_are_told_in_korean(house: House) -> None:
    run = run_tool(ground(house), "count_days", {"start": "어제", "amount": 0, "unitt": 1})
    assert run.refused == "tool_arguments"
    assert "start: 날짜" in run.use.text
    assert "unitt: 모르는 항목" in run.use.text
    with pytest.raises(Refused, match="그런 도구가 없습니다"):
        run_tool(ground(house), "delete_everything", {})


# ---------------------------------------------------------------- reading questions

QUESTIONS = [
    ("11월 20일부터 14일 뒤가 언제예요?", {"count_days"}),
    ("2026-11-20부터 14일", {"count_days"}),
    ("오늘부터 3개월 뒤는 며칠이야?", {"count_days"}),
    ("11/20 접수한 민원 처리기간 7일이면 언제까지인가요?", {"count_days"}),
    ("12월 1일 정보공개 청구가 들어왔는데 결정 기한이 언제?", {"count_days"}),
    ("연말까지 며칠 남았어? 12월 31일", {"count_days"}),
    ("보름 뒤가 언제죠", {"count_days"}),
    ("5근무일 뒤가 언제야", {"count_days"}),
    ("10-1번 버스 아침 혼잡", {"bus_figures"}),
    ("재차율이 가장 높은 노선은 어디인가요?", {"bus_figures"}),
    ("아침 8시에 가장 붐비는 노선과 구간을 알려 주세요.", {"bus_figures"}),
    ("62-1번 지난주 승차 인원", {"bus_figures"}),
    ("노선 13-4 혼잡도", {"bus_figures"}),
    ("경차 취득세 감면 얼마", {"relief_assessment"}),
    ("세 자녀 가정이 7인승 승용차를 샀을 때 취득세 감면을 봐 주세요.", {"relief_assessment"}),
    ("전기 승용차 5천만원 자가용 신차 취득세 얼마", {"relief_assessment"}),
    ("지방세특례제한법 제66조 보여 줘", {"statute_lookup"}),
    ("2025-03-01 현재 연습시 주차장 조례 제5조를 보여 주세요.", {"statute_lookup"}),
    ("지특법 66조 3항이 뭐야", {"statute_lookup"}),
    ("234,580원 × 12는 얼마?", {"calculate"}),
    ("1,200만원의 30%", {"calculate"}),
    ("합계 1,200원, 3,400원 더하면?", {"calculate"}),
    ("보고서 초안을 써 줘. 제목: 겨울철 제설 대책", {"document_form"}),
    ("민원 답변을 써 줘. 버스가 정류소를 그냥 지나갔다는 민원입니다.", {"document_form"}),
    ("12월 1일 회의 결과를 보고서로 작성해줘", {"document_form"}),
    ("안녕하세요", set()),
    ("수박 당도가 높은 것을 고르는 법은?", set()),
    ("버스 노선 조정은 언제 하나요?", set()),
    ("추징 사유가 생기면 며칠 안에 신고해야 하나요?", set()),
    ("감면 안내 문자는 언제 보내나요?", set()),
    ("장애인 자동차 감면 신청 서류는?", set()),
    ("한 장 보고서는 어떤 순서로 쓰나요?", set()),
    ("회의록 초안은 며칠 안에 만들어야 하나요?", set()),
    ("당직을 바꾸려면 며칠 전까지 신청해야 하나요?", set()),
    ("예산 3조 원 규모는 어디에 쓰나요?", set()),
    ("전화번호 031-000-1234는 어느 부서인가요?", set()),
    ("2024년 12월 31일까지 감면하나요", set()),
    ("축제 보도자료 예문을 보여 주세요.", set()),
]


@pytest.mark.parametrize(("question", "codes"), QUESTIONS, ids=[one[0] for one in QUESTIONS])
def test_a_question_calls_for_its_tool_and_no_other(question: str, codes: set[str]) -> None:
    called = {code for code, tool in all_tools().items() if tool.reads(question, TODAY)}
    assert called & NEEDED == codes


@settings(deadline=None)
@given(
    st.text(
        alphabet="0123456789일월년주시간뒤후전부터까지언제 번버스혼잡원%×+-/().,제조법", max_size=60
    )
)
def test_no_question_breaks_a_detector(question: str) -> None:
    for tool in all_tools().values():
        tool.reads(question, TODAY)


# ---------------------------------------------------------------- days


COUNTED = [
    # start, amount, unit, rule, last day, article
    ((2026, 11, 20), 14, Unit.DAY, Rule.CIVIL, (2026, 12, 4), "민법 제157조"),
    ((2026, 11, 2), 60, Unit.DAY, Rule.LOCAL_TAX, (2027, 1, 4), "지방세기본법 제24조제1항"),
    ((2026, 1, 31), 1, Unit.MONTH, Rule.CIVIL, (2026, 3, 3), "민법 제161조"),
    ((2026, 1, 30), 1, Unit.MONTH, Rule.CIVIL, (2026, 3, 3), "민법 제160조"),
    ((2024, 2, 29), 1, Unit.YEAR, Rule.CIVIL, (2025, 2, 28), "민법 제160조"),
    ((2026, 11, 20), 2, Unit.WEEK, Rule.CIVIL, (2026, 12, 4), "민법 제160조"),
    ((2026, 12, 1), 1, Unit.MONTH, Rule.BURDEN, (2026, 12, 31), "행정기본법 제6조제2항제1호"),
    ((2026, 11, 21), 1, Unit.DAY, Rule.BURDEN, (2026, 11, 21), "행정기본법 제6조제2항제2호"),
    ((2026, 11, 20), 7, Unit.DAY, Rule.PETITION, (2026, 11, 30), "제19조제2항"),
    ((2026, 11, 21), 7, Unit.DAY, Rule.PETITION, (2026, 12, 1), "제19조제2항"),
    ((2026, 11, 20), 3, Unit.DAY, Rule.PETITION, (2026, 11, 25), "제19조제1항"),
    ((2026, 11, 20), 2, Unit.WEEK, Rule.PETITION, (2026, 12, 3), "제19조제3항"),
    ((2026, 12, 1), 10, Unit.DAY, Rule.DISCLOSURE, (2026, 12, 14), "제29조제2항"),
    ((2026, 11, 20), 5, Unit.DAY, Rule.WORKING, (2026, 11, 27), ""),
]


@pytest.mark.parametrize(("start", "amount", "unit", "rule", "last", "article"), COUNTED)
def test_worked_periods(
    start: tuple[int, int, int],
    amount: int,
    unit: Unit,
    rule: Rule,
    last: tuple[int, int, int],
    article: str,
) -> None:
    counted = count(date(*start), amount, unit, rule)
    assert counted.last == date(*last)
    assert article in ", ".join(counted.articles)


def test_a_short_petition_is_counted_in_office_hours() -> None:
    found = count(date(2026, 11, 20), 3, Unit.DAY, Rule.PETITION, at=time(16))
    assert (found.last, found.ends_at) == (date(2026, 11, 25), time(16))
    found = count(date(2026, 11, 20), 4, Unit.HOUR, Rule.PETITION, at=time(11))
    assert (found.last, found.ends_at) == (date(2026, 11, 20), time(16))
    found = count(date(2026, 11, 20), 1, Unit.HOUR, Rule.PETITION, at=time(19))
    assert (found.last, found.ends_at) == (date(2026, 11, 23), time(10))
    with pytest.raises(Refused, match="접수 시각"):
        count(date(2026, 11, 20), 3, Unit.HOUR, Rule.PETITION)


def test_labour_day_moves_a_deadline_since_2026_and_before_only_of_local_tax() -> None:
    assert rest_reason(date(2025, 5, 1), Rule.CIVIL) == ""
    assert rest_reason(date(2025, 5, 1), Rule.LOCAL_TAX) == "노동절"
    assert rest_reason(date(2026, 5, 1), Rule.CIVIL) == "노동절"


@settings(deadline=None)
@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(1, 400), st.sampled_from(Unit))
def test_periods_of_civil_law_end_on_an_open_day_and_never_early(
    start: date, amount: int, unit: Unit
) -> None:
    if unit is Unit.HOUR or (unit is not Unit.DAY and amount > 60):
        return
    counted = count(start, amount, unit)
    assert rest_reason(counted.last, Rule.CIVIL) == ""
    longer = count(start, amount + 1, unit)
    assert longer.last >= counted.last
    if unit is Unit.DAY:
        assert counted.last >= start + timedelta(days=amount)
        assert between(start, counted.last).days >= amount


@settings(deadline=None)
@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(6, 90))
def test_petition_days_count_the_first_open_day_and_only_open_days(
    start: date, amount: int
) -> None:
    counted = count(start, amount, Unit.DAY, Rule.PETITION)
    open_days = [
        day
        for number in range((counted.last - start).days + 1)
        if not rest_reason(day := start + timedelta(days=number), Rule.PETITION)
    ]
    assert len(open_days) == amount
    assert open_days[-1] == counted.last


def test_a_counted_answer_shows_its_working(house: House) -> None:
    text = ask(house, "count_days", "11월 20일부터 14일 뒤가 언제예요?")
    assert "2026. 12. 4.(금)" in text
    assert "기산일 2026. 11. 21.(토)" in text
    assert "민법 제157조" in text
    text = ask(house, "count_days", "11월 20일 오후 4시에 접수된 3일 민원 기한은?")
    assert "2026. 11. 25.(수) 16:00" in text
    text = ask(house, "count_days", "개찰일 12월 10일 7일 전까지 공고해야 하는데 언제")
    assert "2026. 12. 2.(수)까지" in text


NAMED = [
    # question, what the first line of the answer must hold
    ("이번 달 말일부터 한 달 뒤는 언제인가요?", "2026. 12. 31.(목)"),
    ("다음 달 3일부터 7일 뒤는 언제?", "2026. 12. 10.(목)"),
    ("내년 1월 말일부터 30일 이내는 언제까지", "2027. 3. 2.(화)"),
    ("크리스마스까지 며칠 남았나요?", "33일"),
    ("내년 추석까지 며칠 남았어?", "297일"),
    ("연말까지 며칠 남았나요", "39일"),
    ("2026년 11월 20일부터 100일째 되는 날은?", "2027. 2. 27.(토)"),
    ("2024년 2월 28일부터 2일째 되는 날은 언제", "2024. 2. 29.(목)"),
    ("2026년 9월 10일부터 14일 이내 언제까지?", "2026. 9. 28.(월)"),
    ("2025년 9월 20일부터 14일 이내는 언제까지야?", "2025. 10. 10.(금)"),
    ("2027년 1월 27일부터 10일 이내는 언제까지인가요?", "2027. 2. 10.(수)"),
    ("2027년 7월 2일부터 15일 이내는 언제까지", "2027. 7. 20.(화)"),
    ("2025년 4월 17일부터 14일 이내는 언제까지", "2025. 5. 1.(목)"),
    ("2026년 4월 17일부터 14일 이내는 언제까지", "2026. 5. 4.(월)"),
    ("2026년 9월 21일에 접수한 민원 처리기간 10일은 언제까지", "2026. 10. 7.(수)"),
    ("정보공개 청구 2026년 9월 21일 접수, 결정 기한은 언제?", "2026. 10. 7.(수)"),
]


@pytest.mark.parametrize(("question", "said"), NAMED, ids=[one[0] for one in NAMED])
def test_a_question_about_days_is_answered_in_the_first_line(
    house: House, question: str, said: str
) -> None:
    assert said in ask(house, "count_days", question).split("\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "2026년 2월 30일부터 10일 뒤는 언제?",
        "2월 29일부터 10일 뒤는 언제?",
        "2026. 11. 31.까지 며칠 남았나요?",
        "13월 1일부터 3일 뒤는 언제인가요?",
    ],
)
def test_a_day_that_no_calendar_has_is_not_counted_from(house: House, question: str) -> None:
    arguments = all_tools()["count_days"].reads(question, TODAY)
    assert arguments is not None
    run = run_tool(ground(house), "count_days", arguments)
    assert run.refused == "day_impossible"


WORKED = [
    ("취득세 2,345만원의 7%에서 140만원 빼면?", "241,500원"),
    ("3억 5천만 원의 4%에 2만원을 더하면 얼마?", "14,020,000원"),
    ("100 + 200에 3을 곱하면 얼마?", "900"),
    ("(100 + 200)에 3을 곱하면 얼마?", "900"),
    ("1,200만원을 12로 나누면 얼마인가요?", "1,000,000원"),
    ("3만원, 5만원 합계는?", "80,000원"),
]


@pytest.mark.parametrize(("question", "said"), WORKED, ids=[one[0] for one in WORKED])
def test_verbs_behind_the_numbers_are_worked_out(house: House, question: str, said: str) -> None:
    assert ask(house, "calculate", question).split("\n")[0].endswith(f" = {said}")


@pytest.mark.parametrize(
    "question",
    ["10% 인상하면 45,000원은 얼마?", "1,000원에서 300원 뺀 값의 2배는?", "5 + 3의 절반은?"],
)
def test_half_of_a_question_is_never_worked_out(question: str) -> None:
    assert all_tools()["calculate"].reads(question, TODAY) is None


@pytest.mark.parametrize(
    ("question", "judged"),
    [
        ("2자녀 가구 2025년 3월 5일 5인승 승용차 취득 감면", True),
        ("감면받은 장애인 차를 8개월 만에 팔면 추징되나요?", False),
        ("자동차 취득세 감면", False),
    ],
)
def test_a_case_told_as_a_note_is_judged_a_question_of_clawback_is_not(
    question: str, judged: bool
) -> None:
    assert (all_tools()["relief_assessment"].reads(question, TODAY) is not None) is judged


def test_days_decreed_closed_by_the_city_count_as_holidays(house: House) -> None:
    city = replace(house.city, messages={**house.city.messages, "closed_on": [date(2026, 12, 4)]})
    closed = replace(house, city=city)
    text = ask(closed, "count_days", "2026-11-20부터 14일")
    assert "2026. 12. 7.(월)입니다" in text
    assert "2026. 12. 4.(금)은 임시공휴일" in text
    text = ask(closed, "count_days", "2026-12-03부터 3근무일 뒤는 언제")
    assert "2026. 12. 9.(수)입니다" in text
    wrong = replace(house.city, messages={"closed_on": ["2026-12-04"]})
    with pytest.raises(Refused, match="closed_on"):
        _ = wrong.closed_on


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026. 11. 20.부터", [date(2026, 11, 20)]),
        ("'26. 1. 5. 시행", [date(2026, 1, 5)]),
        ("20261120", [date(2026, 11, 20)]),
        ("1월 5일에", [date(2027, 1, 5)]),
        ("내년 1월 5일과 작년 3월 2일", [date(2027, 1, 5), date(2025, 3, 2)]),
        ("다음 주 월요일", [date(2026, 11, 23)]),
        ("어제와 모레", [date(2026, 11, 21), date(2026, 11, 24)]),
        ("13월 40일", []),
        ("10-1번", []),
        ("제3조제2항", []),
    ],
)
def test_days_are_read_as_officers_write_them(text: str, days: list[date]) -> None:
    assert [one.day for one in days_in(text, TODAY)] == days


def test_spans_and_sums_are_read() -> None:
    spans = spans_in("2026년 11월 20일부터 열흘, 3주 이내, 두 달 뒤, 5 영업일")
    assert [(one.amount, one.unit) for one in spans] == [
        (10, "일"),
        (3, "주"),
        (2, "월"),
        (5, "근무일"),
    ]
    assert won_in("3억 5천만 원과 1,234,500원, 2.5만원") == [350_000_000, 1_234_500, 25_000]


# ---------------------------------------------------------------- sums


@settings(deadline=None)
@given(st.integers(0, 10**12), st.integers(1, 10**6), st.integers(0, 10**9))
def test_sums_are_exact(a: int, b: int, c: int) -> None:
    assert work_out(f"{a:,}원 × {b} + {c}원").value == a * b + c
    assert work_out(f"({a} - {c}) ÷ {b}").value == Fraction(a - c, b)
    assert work_out(f"{a}원의 30%").value == Fraction(a * 3, 10)
    assert work_out(f"{a}의 100분의 7").value == Fraction(a * 7, 100)


def test_sums_say_what_they_are(house: House) -> None:
    assert "= 2,814,960원" in ask(house, "calculate", "234,580원 × 12는 얼마?")
    text = ask(house, "calculate", "100만원 / 3")
    assert "333,333.33원" in text
    assert "10원 미만을 버리면 333,330원" in text
    assert "0으로 나눌 수 없습니다" in ask(house, "calculate", "5 / 0 은 얼마?")
    for text in ("__import__('os')", "2 ** 9", "1 +", "(2", "가나다", "1e9"):
        run = run_tool(ground(house), "calculate", {"expression": text})
        assert run.refused == "calculate_unreadable", text
    assert plain(Fraction(1, 8)) == "0.125"
    assert rounded(Fraction(-2, 3), 2) == "-0.67"


# ---------------------------------------------------------------- buses, relief, statutes


def test_bus_figures_come_with_period_quality_and_label(house: House) -> None:
    text = ask(house, "bus_figures", "62-1번 버스 아침 혼잡")
    for part in ("2026. 11. 16.~2026. 11. 20. 평일 5일", "141.8%", "08시", "잠정", "98.6%"):
        assert part in text
    run = run_tool(ground(house), "bus_figures", {"figure": "순위"})
    assert run.result is not None
    assert run.result.rows[0]["노선"] == "62-1"
    for row in run.result.rows:
        assert f"{row['최고 재차율(%)']}%" in run.use.text, "every figure stands in the text"
        assert f"재차 {row['최대 재차인원(명)']}명" in run.use.text
    assert "1,436명" in ask(house, "bus_figures", "62-1번 이용객 몇 명?")
    assert "가장 붐비는 구간" in ask(house, "bus_figures", "2-1번 붐비는 구간 알려줘 버스")


def test_without_bus_data_it_says_so(house: House) -> None:
    assert "버스 분석이 없습니다" in ask(house, "bus_figures", "10월 승차 인원 전체 노선")
    text = ask(house, "bus_figures", "10-1번 버스 아침 혼잡")
    assert "10-1번 노선은 분석한 자료에 없습니다" in text
    assert "62-1" in text


def test_relief_is_judged_by_the_rules_and_doubt_stays_doubt(house: House) -> None:
    text = ask(house, "relief_assessment", "경차 신차 1,500만원 비영업용 취득세 감면 얼마예요?")
    assert "지방세특례제한법 제67조제1항" in text
    assert "감면세액 600,000원" in text
    text = ask(house, "relief_assessment", "경차 취득세 감면 얼마")
    assert text.startswith("판단 보류")
    assert "취득가격" in text
    assert "감면세액" not in text
    run = run_tool(ground(house), "relief_assessment", {"case": {"vehicle": {"kind": "우주선"}}})
    assert run.refused == "relief_facts"


def test_statutes_are_shown_as_of_the_day(house: House) -> None:
    text = ask(house, "statute_lookup", "2025-03-01 현재 연습시 주차장 조례 제5조를 보여 주세요.")
    assert "60,000원" in text
    assert "2025. 3. 1. 현재" in text
    text = ask(house, "statute_lookup", "연습시 주차장 조례 제5조를 보여 주세요.")
    assert "80,000원" in text
    assert "확인할 수 없음" in ask(house, "statute_lookup", "연습버스진흥법 제5조")
    assert "삭제" in ask(house, "statute_lookup", "연습주차질서법 제7조")
    text = ask(house, "statute_lookup", "연습주차질서법 제3조부터 제5조까지")
    assert text.count("시행 중") == 3
    assert "기한이 지났습니다: 2026. 6. 30." in text
    run = run_tool(ground(house), "statute_lookup", {"citation": "연습주차질서법 제9조"})
    assert run.result is not None
    (passage,) = run.result.passages
    assert passage.text in run.use.text
    assert passage.passage_id.startswith("law:900001:000900:")


def test_the_record_holds_no_arguments(house: House, engine: sa.Engine) -> None:
    run_tool(ground(house), "calculate", {"expression": "987654321 + 1"})
    assert not any("987654321" in f"{e.about}{e.reason}" for e in house.audit.entries(limit=9999))
