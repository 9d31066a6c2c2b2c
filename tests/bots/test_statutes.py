"""Which text holds on a day, whether a cited place exists, what changed, who cites whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from gongmu.bots.passages import Passage, Reader
from gongmu.bots.search.index import SearchIndex
from gongmu.bots.statutes.check import Verdict
from gongmu.bots.statutes.compare import (
    Change,
    Mark,
    compare,
    compare_articles,
    side_by_side,
    word_changes,
)
from gongmu.bots.statutes.drf import parse_law
from gongmu.bots.statutes.import_folder import import_folder
from gongmu.bots.statutes.law import LawVersion
from gongmu.bots.statutes.printed_law import strip_heading
from gongmu.bots.statutes.references import cited_by, references_in
from gongmu.bots.statutes.rulings import parse_ruling
from gongmu.bots.statutes.store import Statutes
from gongmu.bots.statutes.view import State, standing, timeline, view_on
from gongmu.core.people import Role
from gongmu.practice.laws import law_json, practice_laws
from tests.conftest import Ticking, shared

READER = Reader("kim", "김연습", "세정과", frozenset({Role.WORK}))
PARKING = "연습주차질서법"


def versions_of(name: str) -> list[LawVersion]:
    return [parse_law(law_json(one)) for one in practice_laws() if one.name == name]


@pytest.fixture
def statutes(engine: sa.Engine, clock: Ticking) -> Statutes:
    kept = Statutes(engine, SearchIndex(engine), clock)
    for one in practice_laws():
        if one.target in ("prec", "expc"):
            kept.import_ruling(parse_ruling(law_json(one)))
        else:
            kept.import_law(parse_law(law_json(one)), learn=False)
    for row in kept.laws():
        kept.learn(row.law_key)
    return kept


# ---------------------------------------------------------------- what holds when

STANDINGS = [
    (PARKING, "000300", date(2022, 12, 31), State.NOT_YET, ""),
    (PARKING, "000300", date(2023, 1, 1), State.IN_FORCE, "500원"),
    (PARKING, "000300", date(2024, 6, 30), State.IN_FORCE, "500원"),
    (PARKING, "000300", date(2024, 7, 1), State.IN_FORCE, "600원"),
    (PARKING, "000700", date(2024, 6, 30), State.IN_FORCE, "2배"),
    (PARKING, "000700", date(2024, 7, 1), State.DELETED, ""),
    (PARKING, "001002", date(2024, 6, 30), State.NOT_YET, ""),
    (PARKING, "001002", date(2024, 7, 1), State.IN_FORCE, "10만원"),
    # The newest version carries a text of 제8조 that comes into force a year later.
    (PARKING, "000800", date(2026, 6, 1), State.IN_FORCE, "5만원"),
    (PARKING, "000800", date(2027, 1, 1), State.IN_FORCE, "8만원"),
    (PARKING, "009900", date(2026, 6, 1), State.ABSENT, ""),
    ("연습임시교통지원법", "000200", date(2024, 12, 31), State.IN_FORCE, "3만원"),
    ("연습임시교통지원법", "000200", date(2025, 1, 1), State.EXPIRED, ""),
    ("연습민원절차법", "000400", date(2025, 2, 28), State.IN_FORCE, "전화"),
    ("연습민원절차법", "000400", date(2025, 3, 1), State.GONE, ""),
    ("연습구법", "000200", date(2023, 6, 30), State.IN_FORCE, "300원"),
    ("연습구법", "000200", date(2023, 7, 1), State.EXPIRED, ""),
]


@pytest.mark.parametrize(("law", "code", "on", "state", "says"), STANDINGS)
def test_what_holds_on_a_day(law: str, code: str, on: date, state: State, says: str) -> None:
    found = standing(versions_of(law), code, on)
    assert found.state is state
    if says:
        assert found.article is not None
        assert says in found.article.text


@settings(deadline=None)
@given(st.dates(date(2022, 1, 1), date(2028, 12, 31)), st.randoms(use_true_random=False))
def test_the_view_of_a_day_agrees_with_the_timeline_in_any_order_of_versions(
    on: date, luck: object
) -> None:
    versions = versions_of(PARKING)
    luck.shuffle(versions)  # type: ignore[attr-defined]
    for key, spans in timeline(versions).items():
        holding = [s for s in spans if s.starts_on <= on and (s.ends_on is None or on <= s.ends_on)]
        assert len(holding) <= 1, "texts of one article never overlap"
        now = standing(versions, key, on)
        holds = now.state in (State.IN_FORCE, State.DELETED)
        assert holds == bool(holding)
        if holding and now.article is not None:
            assert now.article.text == holding[0].article.text


def test_a_view_tells_what_is_to_come() -> None:
    view = view_on(versions_of(PARKING), date(2026, 11, 22))
    assert view is not None
    assert [one.article.name for one in view.later if one.article] == ["제8조"]
    assert view.known
    assert not view.expired
    early = view_on(versions_of(PARKING), date(2020, 1, 1))
    assert early is not None
    assert not early.known


# ---------------------------------------------------------------- the store

CHECKS = [
    ("연습주차질서법 제3조제2항", Verdict.IN_FORCE),
    ("연습주차법 제3조제2항", Verdict.IN_FORCE),
    ("「연습주차질서법」 제3조제3항", Verdict.ABSENT),
    ("연습주차질서법 제2조제1호의2", Verdict.IN_FORCE),
    ("연습주차질서법 제2조제2호나목", Verdict.IN_FORCE),
    ("연습주차질서법 제2조제2호다목", Verdict.ABSENT),
    ("연습주차질서법 제4조제1항제3호", Verdict.IN_FORCE),
    ("연습주차질서법 제4조제4호", Verdict.ABSENT),
    ("연습주차질서법 제3조제1호", Verdict.ABSENT),
    ("연습주차질서법 제7조", Verdict.DELETED),
    ("연습주차질서법 제10조의2제2항", Verdict.IN_FORCE),
    ("연습주차질서법 제10조의3", Verdict.ABSENT),
    ("연습주차질서법 제99조", Verdict.ABSENT),
    ("연습민원절차법 제4조", Verdict.GONE),
    ("연습임시교통지원법 제2조", Verdict.EXPIRED),
    ("연습구법 제2조", Verdict.EXPIRED),
    ("「연습구법」", Verdict.EXPIRED),
    ("「연습주차질서법」", Verdict.IN_FORCE),
    ("연습주차질서법 시행령 제2조", Verdict.IN_FORCE),
    ("연습주차질서법 시행령 별표 1", Verdict.IN_FORCE),
    ("연습주차질서법 시행령 별표 2", Verdict.ABSENT),
    ("연습주차질서법 부칙 <제10017호> 제2조", Verdict.IN_FORCE),
    ("연습주차질서법 부칙 <제10017호> 제3조", Verdict.ABSENT),
    ("연습주차질서법 시행규칙 제1조", Verdict.LAW_UNKNOWN),
    ("연습버스진흥법 제5조", Verdict.LAW_UNKNOWN),
    ("어린이 연습주차질서법 제3조", Verdict.LAW_UNKNOWN),
    ("연습시 주차장 조례 제5조의2", Verdict.IN_FORCE),
    ("연습시주차장조례 제9조", Verdict.ABSENT),
    ("연습 대중교통 재정지원 지침 제2조제2항제2호", Verdict.IN_FORCE),
]


def test_every_cited_place_is_checked(statutes: Statutes) -> None:
    on = date(2026, 11, 22)
    found = {text: statutes.check_text(text, on) for text, _ in CHECKS}
    assert {text: one[0].verdict for text, one in found.items() if one} == dict(CHECKS)
    for text, (one, *_) in found.items():
        exists = {
            Verdict.IN_FORCE: True,
            Verdict.LAW_UNKNOWN: None,
        }.get(one.verdict, False)
        assert one.exists is exists, text
        assert one.note or one.exists, "whatever is wrong is said"


def test_a_found_place_gives_its_text_and_the_passage_of_its_article(statutes: Statutes) -> None:
    (one,) = statutes.check_text("연습주차질서법 제3조제1항", date(2024, 1, 1))
    assert one.text == ("① 시장은 주차구획을 쓰는 사람에게서 30분마다 500원의 요금을 받을 수 있다.")
    index = SearchIndex(statutes._engine)
    passage = index.passage(one.passage_id, READER)
    assert passage is not None
    assert one.text in passage.text
    assert (passage.starts_on, passage.ends_on) == (date(2023, 1, 1), date(2024, 6, 30))


def test_the_search_finds_the_text_of_the_day(statutes: Statutes) -> None:
    index = SearchIndex(statutes._engine)
    for on, won in ((date(2024, 1, 1), "500원"), (date(2026, 1, 1), "600원")):
        found = index.search("주차구획 30분 요금", ["statutes"], READER, 3, on)
        assert won in found[0].passage.text
    found = index.search("충전구획 점유 과태료 해석", ["precedents"], READER)
    assert "연습법제처" in found[0].passage.document


def test_sunsets_named_in_the_text_are_told(statutes: Statutes) -> None:
    (one,) = statutes.check_text("연습주차질서법 제4조", date(2026, 11, 22))
    assert one.past(date(2026, 11, 22)) == [date(2026, 6, 30)]
    assert one.past(date(2026, 6, 30)) == []


def test_a_day_before_every_version_cannot_be_checked_but_shows_the_text(
    statutes: Statutes,
) -> None:
    (one,) = statutes.check_text("연습시 당직 및 비상근무 규칙 제2조", date(2010, 1, 1))
    assert (one.verdict, one.exists, one.in_force) == (Verdict.DATE_UNKNOWN, True, None)
    assert "2019. 9. 1." in one.note


def test_importing_the_same_again_changes_nothing(statutes: Statutes) -> None:
    before = statutes.laws()
    done = [statutes.import_law(one) for one in versions_of(PARKING)]
    assert not any(one.changed for one in done)
    assert statutes.laws() == before


class _Counting(SearchIndex):
    """The real index, counting how often it is written to."""

    written = 0

    def replace(self, corpus: str, document_id: str, passages: Sequence[Passage]) -> None:
        self.written += 1
        super().replace(corpus, document_id, passages)


def test_learning_again_writes_only_what_the_index_does_not_hold(
    statutes: Statutes, engine: sa.Engine, clock: Ticking
) -> None:
    (row,) = [one for one in statutes.laws() if one.name == PARKING]
    index = _Counting(engine)
    again = Statutes(engine, index, clock)
    held = index.passages("statutes", row.law_key, READER)
    assert again.learn(row.law_key) == len(held) > 0
    assert index.written == 0
    # An import that was cut off before its passages were written is made good.
    index.remove("statutes", [row.law_key])
    again.learn(row.law_key)
    assert index.written == 1
    assert index.passages("statutes", row.law_key, READER) == held


@pytest.mark.parametrize(
    ("text", "title", "rest"),
    [
        ("제3조(목적) 이 법은", "목적", "이 법은"),
        ("제3조의2 ( 수집·이용 ) 이 법은", "수집ㆍ이용", "이 법은"),
        ("제3조[벌 칙] 다음", "벌칙", "다음"),
        ("제3조(감면(특례 포함)) 다음", "감면(특례 포함)", "다음"),
        ("제3조(목적 등) 이 법은", "목적", "(목적 등) 이 법은"),
        ("제3조 삭제 <2020.1.1>", "", "삭제 <2020.1.1>"),
        ("제3조(목적", "목적", "(목적"),
    ],
)
def test_an_articles_own_heading_is_taken_off(text: str, title: str, rest: str) -> None:
    assert strip_heading(text, title) == rest


def test_articles_and_their_history(statutes: Statutes) -> None:
    article = statutes.article(PARKING, 10, date(2026, 1, 1), branch=2)
    assert article is not None
    assert article.path == "제3장 벌칙"
    assert statutes.article(PARKING, "제7조", date(2026, 1, 1)) is None
    assert [s.starts_on.year for s in statutes.history(PARKING, "000800")] == [2023, 2027]
    assert [one.starts_on.year for one in statutes.versions("연습주차법")] == [2023, 2024, 2026]
    assert statutes.view("없는 법", date(2026, 1, 1)) is None


def test_a_folder_is_imported_and_what_cannot_be_read_is_told(
    engine: sa.Engine, clock: Ticking, tmp_path: Path
) -> None:
    import json

    for one in practice_laws():
        if one.name in (PARKING, "연습시 주차장 조례"):
            (tmp_path / f"{one.serial}.json").write_text(json.dumps(law_json(one)), "utf-8")
    (tmp_path / "복사본.md").write_text(
        "---\n제목: 연습글법\n법령구분: 법률\n시행일자: 2026-01-01\n---\n\n"
        "# 연습글법\n\n## 제1장 총칙\n\n"
        "##### 제1조 (목적)\n\n이 법은 글로 적는다.\n\n"
        "##### 제2조 (정의)\n\n**①** 뜻은 다음과 같다.\n\n"
        "  1\\. 하나\n    가\\. 첫째\n  2의2\\. 둘\n\n## 부칙\n\n부칙 <제1호,2025.12.1>\n\n"
        "제2조(경과조치) 종전에 따른다.\n",
        "utf-8",
    )
    (tmp_path / "연습글법_제2조_연혁.md").write_text(
        "===== 공포 2020-01-01 제9호 / 파일상 시행일자 2020-02-01 =====\n"
        "##### 제2조 (정의)\n\n옛 뜻.\n",
        "utf-8",
    )
    (tmp_path / "broken.json").write_text("{", "utf-8")
    (tmp_path / "전혀다른글.md").write_text("# 회의록\n", "utf-8")
    statutes = Statutes(engine, SearchIndex(engine), clock)
    done = import_folder(statutes, tmp_path)
    assert (done.laws, done.versions) == (3, 7)
    assert {line.split(":")[0] for line in done.unreadable} == {"broken.json", "전혀다른글.md"}
    now = statutes.article("연습글법", 2, date(2026, 5, 1))
    assert now is not None
    assert now.text == "제2조(정의)\n① 뜻은 다음과 같다.\n1. 하나\n가. 첫째\n2의2. 둘"
    then = statutes.article("연습글법", 2, date(2021, 5, 1))
    assert then is not None
    assert "옛 뜻" in then.text
    (one,) = statutes.check_text("연습글법 제1조", date(2021, 5, 1))
    assert one.verdict is Verdict.DATE_UNKNOWN, "a history of one article says nothing of others"


@pytest.mark.slow
def test_the_real_copies_answer(engine: sa.Engine, clock: Ticking) -> None:
    folder = shared("law")
    statutes = Statutes(engine, None, clock)
    done = import_folder(statutes, folder)
    assert not done.unreadable
    assert done.laws > 60
    on = date(2026, 11, 22)
    for text, verdict in (
        ("지특법 제66조제3항", Verdict.IN_FORCE),
        ("지특법 제14조의2", Verdict.DELETED),
        ("민법 제161조", Verdict.IN_FORCE),
        ("개인정보보호법 제15조제9항", Verdict.ABSENT),
        ("자동차관리법 제3조", Verdict.DATE_UNKNOWN),
        ("지방세특례제한법 부칙 <제10220호> 제3조의2", Verdict.IN_FORCE),
    ):
        assert statutes.check_text(text, on)[0].verdict is verdict, text
    then = statutes.article("지방세특례제한법", 66, date(2012, 6, 1))
    assert then is not None
    assert "2012년 12월 31일까지" in then.text


# ---------------------------------------------------------------- comparing and citing


def test_two_versions_are_compared_article_by_article() -> None:
    first, second, third = versions_of(PARKING)
    changes = {one.name: one.change for one in compare(first, second)}
    assert changes == {
        "제2조": Change.CHANGED,
        "제3조": Change.CHANGED,
        "제4조": Change.CHANGED,
        "제7조": Change.DELETED,
        "제10조의2": Change.NEW,
    }
    fee = next(one for one in compare(first, second) if one.name == "제3조")
    assert [w.text for w in fee.old if w.mark is Mark.GONE] == ["500"]
    assert next(w.text for w in fee.new if w.mark is Mark.NEW) == "600"
    assert {one.name for one in compare(second, third)} == {"제3조", "제8조"}
    assert len(compare(first, first, all_articles=True)) == len(first.articles)
    assert not compare(first, first)
    gone = compare(*versions_of("연습민원절차법"))
    assert {one.name: one.change for one in gone}["제4조"] is Change.GONE


def test_the_side_by_side_table_shortens_what_stays() -> None:
    first, second, _ = versions_of(PARKING)
    rows = side_by_side(first.by_key["000300"][0], second.by_key["000300"][0])
    assert [(row.old[:12], row.new[:13]) for row in rows] == [
        ("제3조(요금) (생 략)"[:12], "제3조(요금) (현행과 같음)"[:13]),
        ("① 시장은 주차구획을 ", "① 시장은 주차구획을 쓰"),
        ("② (생 략)", "② (현행과 같음)"),
    ]
    new = side_by_side(None, second.by_key["001002"][0])
    assert {row.old for row in new} == {"<신 설>"}
    deleted = side_by_side(first.by_key["000700"][0], second.by_key["000700"][0])
    assert {row.new for row in deleted} == {"<삭 제>"}
    items = side_by_side(first.by_key["000200"][0], second.by_key["000200"][0])
    assert [row.old for row in items].count("<신 설>") == 1
    assert compare_articles(None, None) is None


@settings(deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_words_that_stay_go_and_come_give_both_texts_again(old: str, new: str) -> None:
    left, right = word_changes(old, new)
    assert "".join(one.text for one in left) == old
    assert "".join(one.text for one in right) == new
    kept = "".join(one.text for one in left if one.mark is Mark.SAME)
    assert kept == "".join(one.text for one in right if one.mark is Mark.SAME)


def places(found: Sequence[object]) -> list[str]:
    return sorted(f"{one.law} {one.place}" for one in found)  # type: ignore[attr-defined]


def test_who_cites_whom() -> None:
    act = versions_of(PARKING)[-1]
    decree = versions_of(f"{PARKING} 시행령")[0]
    listed = [*references_in(act).values(), *references_in(decree).values()]
    assert places(cited_by(PARKING, "000800", listed)) == [
        f"{PARKING} 시행령 제2조",
        f"{PARKING} 제8조제2항",
    ]
    assert f"{PARKING} 제4조" in places(cited_by(PARKING, "000300", listed))
