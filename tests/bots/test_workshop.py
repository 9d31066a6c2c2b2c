"""Departments' own desks: who may do what, in which order, and what two people at once see."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from gongmu.bots.bot import Bot, parse_bot
from gongmu.bots.registry import all_bots, shipped_bots
from gongmu.bots.workshop import rules
from gongmu.bots.workshop.desk import Draft, Verdict
from gongmu.bots.workshop.difference import Change, difference
from gongmu.bots.workshop.live import left_out
from gongmu.bots.workshop.rules import DraftFacts, State
from gongmu.bots.workshop.store import Workshop
from gongmu.bots.workshop.tables import version_table
from gongmu.bots.workshop.text import LONGEST, problems, read_text
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.people import Person, Role
from gongmu.core.settings import Settings
from tests.conftest import Ticking
from tests.messages.houses import make_house

TEXT = """\
title: 주차 요금 안내
purpose: 공영주차장 요금과 감면을 알려 드립니다.
department: 주차관리과
roles: [조회, 담당]
data_class: O
instructions: 안내문에 적힌 요금만 말합니다.
corpora: [manual]
tools: []
examples:
  - 시장 주차장 요금이 얼마예요?
checks:
  - {ask: "시장 주차장 첫 30분 요금은?", says: ["무료"]}
  - {ask: "장애인 감면은 얼마인가요?", says: ["50%"]}
  - {ask: "김치찌개 끓이는 법", refuse: true}
"""


def person(account: str, *roles: Role, department: str = "주차관리과") -> Person:
    return Person(f"person-{account}", account, account, department, frozenset(roles), False)


KIM = person("kim", Role.WORK)
LEE = person("lee", Role.WORK)
PARK = person("park", Role.APPROVE)
CHOI = person("choi", Role.WORK, Role.APPROVE)
STRANGER = person("jung", Role.WORK, department="도로과")
MANAGER = person("boss", Role.MANAGE, department="정보통신과")
READER = person("view", Role.VIEW)


def passes(draft: Bot, live: Bot | None) -> Verdict:
    return Verdict(True, 1.0)


def fails(draft: Bot, live: Bot | None) -> Verdict:
    return Verdict(False, 0.5, ("'장애인 감면은 얼마인가요?'에 틀리게 답했습니다.",))


@pytest.fixture
def house(settings: Settings, engine: sa.Engine, clock: Ticking) -> House:
    return make_house(settings, engine, clock)


@pytest.fixture
def shop(house: House) -> Workshop:
    return Workshop(house)


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(Refused) as stopped:
        work()
    assert stopped.value.message
    assert stopped.value.todo
    return stopped.value.code


def published(shop: Workshop, text: str = TEXT) -> Draft:
    draft = shop.draft("parking_fee") or shop.start("parking_fee", text, KIM)
    if draft.text != text:
        shop.save("parking_fee", text, draft.revision, KIM)
    shop.test("parking_fee", KIM, passes)
    made = shop.draft("parking_fee")
    assert made is not None
    shop.approve("parking_fee", made.revision, PARK)
    return made


# ---------------------------------------------------------------- from draft to published


def test_a_desk_goes_live_only_tested_and_approved_by_another(
    shop: Workshop, house: House, engine: sa.Engine
) -> None:
    draft = shop.start("parking_fee", TEXT, KIM)
    assert "parking_fee" not in all_bots(engine)
    assert refused(lambda: shop.approve("parking_fee", draft.revision, PARK)) == "not_tested"

    assert not shop.test("parking_fee", KIM, fails).passed
    failed = shop.draft("parking_fee")
    assert failed is not None
    assert failed.facts.state is State.DRAFT
    assert failed.verdict is not None
    assert failed.verdict.reasons
    assert refused(lambda: shop.approve("parking_fee", failed.revision, PARK)) == "not_tested"

    shop.test("parking_fee", KIM, passes)
    ready = shop.draft("parking_fee")
    assert ready is not None
    assert ready.facts.state is State.TESTED
    assert refused(lambda: shop.approve("parking_fee", ready.revision, KIM)) == "not_allowed"
    version = shop.approve("parking_fee", ready.revision, PARK)

    assert (version.number, version.state, version.approved_by) == (1, State.PUBLISHED, "park")
    assert shop.draft("parking_fee") is None
    live = all_bots(engine)["parking_fee"]
    assert (live.version, live.title) == (1, "주차 요금 안내")
    assert set(shipped_bots()) < set(all_bots(engine))
    done = [entry.did for entry in house.audit.entries()]
    assert done == ["bot.start", "bot.test", "bot.test", "bot.approve"]
    assert house.audit.first_broken() is None


def test_nobody_approves_what_he_wrote_a_part_of(shop: Workshop) -> None:
    draft = shop.start("parking_fee", TEXT, KIM)
    shop.save("parking_fee", TEXT.replace("요금만", "요금과 감면만"), draft.revision, CHOI)
    shop.test("parking_fee", KIM, passes)
    ready = shop.draft("parking_fee")
    assert ready is not None
    assert ready.facts.editors == ("kim", "choi")
    assert refused(lambda: shop.approve("parking_fee", ready.revision, CHOI)) == "same_person"
    assert shop.approve("parking_fee", ready.revision, PARK).editors == ("kim", "choi")


def test_a_change_after_the_test_has_to_be_tested_again(shop: Workshop) -> None:
    shop.start("parking_fee", TEXT, KIM)
    shop.test("parking_fee", KIM, passes)
    ready = shop.draft("parking_fee")
    assert ready is not None
    changed = shop.save(
        "parking_fee", TEXT + "limits: [감면은 담당자가 정합니다]\n", ready.revision, LEE
    )
    assert changed.facts.state is State.DRAFT
    assert refused(lambda: shop.approve("parking_fee", changed.revision, PARK)) == "not_tested"
    back = shop.save("parking_fee", TEXT, changed.revision, LEE)
    assert back.facts.state is State.TESTED, "the very text that passed"


def test_a_change_during_the_test_is_seen(shop: Workshop) -> None:
    draft = shop.start("parking_fee", TEXT, KIM)

    def meanwhile(_draft: Bot, _live: Bot | None) -> Verdict:
        shop.save("parking_fee", TEXT + "limits: [바뀜]\n", draft.revision, LEE)
        return Verdict(True, 1.0)

    assert refused(lambda: shop.test("parking_fee", KIM, meanwhile)) == "draft_changed"
    left = shop.draft("parking_fee")
    assert left is not None
    assert left.facts.state is State.DRAFT


def test_the_trial_is_handed_the_published_desk_to_compare_with(shop: Workshop) -> None:
    published(shop)
    shop.open("parking_fee", KIM)
    seen: list[tuple[int, int | None]] = []

    def trial(draft: Bot, live: Bot | None) -> Verdict:
        seen.append((draft.version, live.version if live else None))
        return Verdict(True, 1.0)

    shop.test("parking_fee", KIM, trial)
    assert seen == [(2, 1)]


# ---------------------------------------------------------------- two people at once


def test_the_second_of_two_editors_is_told(shop: Workshop) -> None:
    draft = shop.start("parking_fee", TEXT, KIM)
    shop.save("parking_fee", TEXT.replace("요금만", "요금과 감면만"), draft.revision, KIM)
    with pytest.raises(Refused, match="kim") as stopped:
        shop.save("parking_fee", TEXT, draft.revision, LEE)
    assert stopped.value.code == "draft_changed"
    kept = shop.draft("parking_fee")
    assert kept is not None
    assert "감면만" in kept.text


def test_of_many_saves_at_once_one_is_kept(shop: Workshop) -> None:
    draft = shop.start("parking_fee", TEXT, KIM)
    gate = threading.Barrier(6)
    said: list[str] = []

    def save(number: int) -> None:
        gate.wait()
        try:
            shop.save("parking_fee", TEXT + f"limits: [{number}번]\n", draft.revision, KIM)
        except Refused as stopped:
            said.append(stopped.code)
        else:
            said.append("kept")

    threads = [threading.Thread(target=save, args=(number,)) for number in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(said) == ["draft_changed"] * 5 + ["kept"]


def test_of_two_approvals_at_once_one_makes_a_version(shop: Workshop) -> None:
    shop.start("parking_fee", TEXT, KIM)
    shop.test("parking_fee", KIM, passes)
    ready = shop.draft("parking_fee")
    assert ready is not None
    gate = threading.Barrier(4)
    said: list[str] = []

    def approve() -> None:
        gate.wait()
        try:
            shop.approve("parking_fee", ready.revision, PARK)
        except Refused as stopped:
            said.append(stopped.code)
        else:
            said.append("made")

    threads = [threading.Thread(target=approve) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert said.count("made") == 1
    assert set(said) <= {"made", "draft_changed", "draft_missing"}
    assert [one.number for one in shop.versions("parking_fee")] == [1]


# ---------------------------------------------------------------- versions


def test_versions_are_numbered_compared_and_brought_back(shop: Workshop, engine: sa.Engine) -> None:
    published(shop)
    shop.open("parking_fee", KIM)
    second = TEXT.replace("요금만 말합니다", "요금과 감면만 말합니다").replace(
        "tools: []", "tools: []\nkeywords: [주차]"
    )
    published(shop, second)
    assert all_bots(engine)["parking_fee"].version == 2

    found = shop.compare("parking_fee", 1, 2)
    assert [(one.key, one.change) for one in found.keys] == [
        ("instructions", Change.CHANGED),
        ("keywords", Change.ADDED),
    ]
    assert [line.text for line in found.lines if line.change is Change.ADDED] == [
        "instructions: 안내문에 적힌 요금과 감면만 말합니다.",
        "keywords: [주차]",
    ]

    again = shop.roll_back("parking_fee", 1, LEE)
    assert (again.text, again.base, again.facts.editors) == (TEXT, 1, ("lee",))
    assert all_bots(engine)["parking_fee"].version == 2, "live until tested and approved"
    shop.test("parking_fee", LEE, passes)
    ready = shop.draft("parking_fee")
    assert ready is not None
    third = shop.approve("parking_fee", ready.revision, PARK)
    assert (third.number, third.text, third.base) == (3, TEXT, 1)
    states = [(one.number, one.state) for one in shop.versions("parking_fee")]
    assert states == [(3, State.PUBLISHED), (2, State.REPLACED), (1, State.REPLACED)]
    assert refused(lambda: shop.roll_back("parking_fee", 3, LEE)) == "already_published"
    assert refused(lambda: shop.roll_back("parking_fee", 9, LEE)) == "version_unknown"
    shop.open("parking_fee", KIM)
    assert refused(lambda: shop.roll_back("parking_fee", 2, LEE)) == "draft_open"


def test_a_retired_desk_answers_no_more_and_can_come_back(
    shop: Workshop, house: House, engine: sa.Engine
) -> None:
    published(shop)
    assert refused(lambda: shop.retire("parking_fee", KIM, " ")) == "reason_missing"
    assert refused(lambda: shop.retire("parking_fee", STRANGER, "틀린 요금")) == "not_allowed"
    shop.retire("parking_fee", PARK, "틀린 요금을 안내함")
    assert "parking_fee" not in all_bots(engine)
    assert shop.desk("parking_fee").state is State.RETIRED
    assert house.audit.entries()[-1].reason == "틀린 요금을 안내함"
    assert refused(lambda: shop.retire("parking_fee", PARK, "또 거둠")) == "not_published"
    shop.roll_back("parking_fee", 1, KIM)
    published(shop)
    assert all_bots(engine)["parking_fee"].version == 2
    assert shop.desk("parking_fee").retired_at is None


def test_a_desk_that_can_no_longer_be_read_stops_only_itself(
    shop: Workshop, engine: sa.Engine
) -> None:
    published(shop)
    with engine.begin() as connection:
        connection.execute(version_table.update().values(text="title: 옛 꼴\n"))
    assert set(all_bots(engine)) == set(shipped_bots())
    assert "빠진 항목" in left_out(engine)["parking_fee"]


def test_a_discarded_first_draft_leaves_nothing(shop: Workshop) -> None:
    draft = shop.start("parking_fee", TEXT, KIM)
    shop.discard("parking_fee", draft.revision, KIM)
    assert list(shop.desks()) == []
    shop.start("parking_fee", TEXT, LEE)


# ---------------------------------------------------------------- who may


@pytest.mark.parametrize(
    ("who", "code"), [(STRANGER, "not_allowed"), (READER, "not_allowed"), (PARK, "not_allowed")]
)
def test_only_the_department_and_managers_write(shop: Workshop, who: Person, code: str) -> None:
    assert refused(lambda: shop.start("parking_fee", TEXT, who)) == code
    draft = shop.start("parking_fee", TEXT, KIM)
    assert refused(lambda: shop.save("parking_fee", TEXT, draft.revision, who)) == code
    assert refused(lambda: shop.test("parking_fee", who, passes)) == code
    assert refused(lambda: shop.discard("parking_fee", draft.revision, who)) == code


def test_a_manager_writes_for_any_department(shop: Workshop) -> None:
    assert shop.start("parking_fee", TEXT, MANAGER).facts.editors == ("boss",)


def test_a_desk_is_not_moved_to_another_department_by_its_text(shop: Workshop) -> None:
    draft = shop.start("parking_fee", TEXT, KIM)
    moved = TEXT.replace("department: 주차관리과", "department: 도로과")
    assert refused(lambda: shop.save("parking_fee", moved, draft.revision, KIM)) == "not_allowed"


@pytest.mark.parametrize("code", ["welfare", "주차", "a", "Parking", "x" * 41, "../up", "1st"])
def test_codes_that_are_refused(shop: Workshop, code: str) -> None:
    assert refused(lambda: shop.start(code, TEXT, KIM)) in ("bot_code", "bot_double")


def test_unknown_parts_are_refused_when_saving(shop: Workshop) -> None:
    wrong = TEXT.replace("corpora: [manual]", "corpora: [no_such]").replace(
        "tools: []", "tools: [launch_rocket]"
    )
    with pytest.raises(Refused, match="launch_rocket") as stopped:
        shop.start("parking_fee", wrong, KIM)
    assert stopped.value.code == "bot_unknown_part"
    assert "no_such" in stopped.value.message


def test_the_same_code_twice_is_refused(shop: Workshop) -> None:
    shop.start("parking_fee", TEXT, KIM)
    assert refused(lambda: shop.start("parking_fee", TEXT, LEE)) == "bot_double"


# ---------------------------------------------------------------- the text


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (("title: 주차 요금 안내", "titel: 주차 요금 안내"), 1, "titel"),
        (("data_class: O", "data_class: X"), 5, "X"),
        (("roles: [조회, 담당]", "roles: [조회, 시장]"), 4, "시장"),
        (("tools: []", "tools: count_days"), 8, "목록"),
        (('says: ["50%"]', "sayz: [1]"), 13, "sayz"),
        (('  - {ask: "장애인 감면은 얼마인가요?", says: ["50%"]}', "  - {says: [a]}"), 13, "ask"),
        ((', says: ["50%"]', ""), 13, "가운데 하나"),
        ((", refuse: true", ', says: ["x"]'), 12, "refuse: true"),
        (("corpora: [manual]", "title: 또"), 7, "두 번"),
        (("data_class: O", "data_class: &a O"), 5, "별칭"),
        (("examples:", "examples: ["), 10, "YAML"),
    ],
)
def test_problems_tell_their_line(change: tuple[str, str], line: int, said: str) -> None:
    text = TEXT.replace(*change)
    assert text != TEXT
    found = problems(text)
    assert any(said in one.text and one.line == line for one in found), found
    with pytest.raises(Refused, match="줄"):
        read_text("parking_fee", text)


def test_every_problem_is_told_at_once() -> None:
    text = TEXT.replace("title:", "titel:").replace("data_class: O", "data_class: X")
    assert [one.line for one in problems(text)] == [1, 1, 5]


@pytest.mark.slow
def test_long_and_nested_texts_are_refused() -> None:
    assert problems("a" * (LONGEST + 1))
    assert problems("title: " + "[" * 5000)


def test_a_right_text_reads_the_same_as_the_catalogue_does() -> None:
    assert problems(TEXT) == ()
    assert read_text("parking_fee", TEXT) == parse_bot("parking_fee", TEXT)


def test_shipped_desks_have_no_problems() -> None:
    from importlib.resources import files

    folder = files("gongmu.bots") / "catalogue"
    for entry in folder.iterdir():
        assert problems(entry.read_text("utf-8")) == (), entry.name


@given(st.text(max_size=300))
def test_no_text_makes_the_reader_break(text: str) -> None:
    for one in problems(text):
        assert one.line >= 1
        assert one.text


@given(
    st.lists(st.sampled_from("가나다라"), max_size=8),
    st.lists(st.sampled_from("가나다라"), max_size=8),
)
def test_a_difference_holds_both_texts(old: list[str], new: list[str]) -> None:
    found = difference("\n".join(old), "\n".join(new))
    before = [line.text for line in found.lines if line.old is not None]
    after = [line.text for line in found.lines if line.new is not None]
    assert (before, after) == (old, new)


# ---------------------------------------------------------------- the rules alone


@given(
    st.sampled_from([State.DRAFT, State.TESTED]),
    st.sampled_from(["a", "b"]),
    st.sampled_from(["", "a", "b"]),
    st.lists(st.sampled_from(["kim", "choi", "park"]), max_size=3),
    st.sampled_from([KIM, CHOI, PARK, READER, replace(PARK, disabled=True)]),
)
def test_an_approval_never_slips_through(
    state: State, text: str, tested: str, editors: list[str], who: Person
) -> None:
    facts = DraftFacts(state, 1, text, tested, tuple(editors), "kim")
    may = Role.APPROVE in who.roles and not who.disabled and who.account not in editors
    if may and state is State.TESTED and text == tested:
        rules.check_approval(facts, who)
    else:
        with pytest.raises(Refused):
            rules.check_approval(facts, who)
