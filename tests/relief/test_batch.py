"""A batch: frozen, two people, exactly one content; whatever changes voids the approval."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.people import Person, Role
from gongmu.core.settings import Settings
from gongmu.messages.delivery import Delivery, Status
from gongmu.relief import wording
from gongmu.relief.batch import SEND_TASK, Batch, Batches, State
from gongmu.relief.frozen import Freezer, frozen_hash
from gongmu.relief.keeping import Keeping
from gongmu.relief.letter_desk import LetterDesk
from gongmu.relief.overview import BatchDesk
from gongmu.relief.review import Question, Reason, Resolution, Reviews
from gongmu.relief.tables import member_table
from tests.conftest import Ticking
from tests.relief.ground import (
    GRANT,
    LIST,
    WEEK,
    freeze,
    frozen,
    grants,
    keep,
    officer,
    open_office,
    parts,
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The quick run takes SQLite only; the whole one both."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'home' / 'gongmu.sqlite'}"
    address: str = request.getfixturevalue("postgres_database")
    return address


@pytest.fixture
def time(clock: Ticking) -> Ticking:
    """Monday 10:00 in Seoul, moved by the test."""
    clock.pass_(days=1, hours=1)
    return clock


@pytest.fixture
def house(settings: Settings, time: Ticking) -> Iterator[House]:
    with open_office(settings, time) as house:
        yield house


@pytest.fixture
def kim(house: House) -> Person:
    return officer(house, "kim", Role.WORK)


@pytest.fixture
def lee(house: House) -> Person:
    return officer(house, "lee", Role.APPROVE)


@pytest.fixture
def batches(house: House) -> Batches:
    return Batches(house)


def handed_in(house: House, kim: Person, count: int = 3) -> Batch:
    batch = frozen(house, count)
    Batches(house).hand_in(batch.batch_id, kim)
    return Batches(house).find(batch.batch_id)


def approved(house: House, kim: Person, lee: Person) -> Batch:
    batch = handed_in(house, kim)
    Batches(house).approve(batch.batch_id, batch.hash, lee, "10.0.0.2")
    return Batches(house).find(batch.batch_id)


# ------------------------------------------------------------------ two people, one content


def test_one_drafts_another_approves_and_only_then_the_texts_come_out(
    house: House, batches: Batches, kim: Person, lee: Person
) -> None:
    batch = frozen(house)
    with pytest.raises(Refused, match="결재가 없습니다"):
        batches.release(batch.batch_id)
    batches.hand_in(batch.batch_id, kim, "10.0.0.1")
    with pytest.raises(Refused, match="결재가 없습니다"):
        batches.release(batch.batch_id)
    batches.approve(batch.batch_id, batch.hash, lee, "10.0.0.2")
    texts = batches.release(batch.batch_id)
    assert sorted(text.about for text in texts) == ["grant_0", "grant_1", "grant_2"]
    assert {text.campaign for text in texts} == {"relief-2026-W47-1"}
    assert all(text.text.startswith("[연습시 세정과]") for text in texts)
    assert batches.release(batch.batch_id) == texts
    line = next(item for item in batches.history(batch.batch_id) if item.act == "approve")
    assert (line.who, line.hash, line.address) == ("lee", batch.hash, "10.0.0.2")
    assert house.desk.status(f"{SEND_TASK}/{batch.batch_id}/1") == "ENQUEUED"


def test_nobody_approves_their_own_draft_or_without_the_office(
    house: House, batches: Batches
) -> None:
    both = officer(house, "both", Role.WORK)
    house_people = [
        officer(house, "road", Role.APPROVE, "도로과"),
        officer(house, "view", Role.VIEW),
    ]
    batch = frozen(house)
    for other in house_people:
        with pytest.raises(Refused, match="권한이 없습니다"):
            batches.hand_in(batch.batch_id, other)
    batches.hand_in(batch.batch_id, both)
    double = replace(both, roles=frozenset({Role.WORK, Role.APPROVE}))
    with pytest.raises(Refused, match="기안한 사람은 결재할 수 없습니다"):
        batches.approve(batch.batch_id, batch.hash, double)
    with pytest.raises(Refused, match="권한이 없습니다"):
        batches.approve(batch.batch_id, batch.hash, house_people[0])


def test_a_small_office_may_let_one_person_do_both(settings: Settings, time: Ticking) -> None:
    with open_office(settings, time) as house:
        alone = replace(
            house, city=replace(house.city, relief={**house.city.relief, "two_people": False})
        )
        kim = replace(officer(alone, "kim", Role.WORK), roles=frozenset({Role.WORK, Role.APPROVE}))
        batch = frozen(alone)
        Batches(alone).hand_in(batch.batch_id, kim)
        Batches(alone).approve(batch.batch_id, batch.hash, kim)
        assert Batches(alone).find(batch.batch_id).state is State.APPROVED


def test_what_was_not_seen_is_not_approved(
    house: House, batches: Batches, kim: Person, lee: Person
) -> None:
    batch = handed_in(house, kim)
    with pytest.raises(Refused, match="보시는 동안"):
        batches.approve(batch.batch_id, "0" * 64, lee)


def test_the_hash_covers_people_texts_days_and_sender(house: House) -> None:
    batch = frozen(house)
    members = Freezer(house).members(batch.batch_id)
    assert frozen_hash(batch.batch_id, batch.sender, reversed(members)) == batch.hash
    changed = [
        replace(members[0], phone="01000007777"),
        replace(members[0], text=members[0].text + " "),
        replace(members[0], subject="다른 제목"),
        replace(members[0], not_before_on=date(2026, 11, 24)),
        replace(members[0], template_version="다른 판"),
        replace(members[0], grant_id="grant_9"),
    ]
    for other in changed:
        assert frozen_hash(batch.batch_id, batch.sender, [other, *members[1:]]) != batch.hash
    assert frozen_hash(batch.batch_id, "0310009999", members) != batch.hash
    assert frozen_hash(batch.batch_id, batch.sender, members[1:]) != batch.hash


# ------------------------------------------------------------------ what voids an approval


def test_taking_a_person_out_voids_the_approval_and_says_why(
    house: House, batches: Batches, kim: Person, lee: Person
) -> None:
    batch = approved(house, kim, lee)
    key = Freezer(house).members(batch.batch_id)[0].key
    batches.exclude(batch.batch_id, key, kim, "창구에서 이미 안내함")
    after = batches.find(batch.batch_id)
    assert after.state is State.FROZEN
    assert "제외" in after.why
    assert after.hash != batch.hash
    assert (after.member_count, after.excluded_count) == (2, 1)
    with pytest.raises(Refused, match="결재가 없습니다"):
        batches.release(batch.batch_id)
    batches.hand_in(batch.batch_id, kim)
    batches.approve(batch.batch_id, after.hash, lee)
    assert len(batches.release(batch.batch_id)) == 2


def test_a_corrected_list_voids_the_approval(
    house: House, batches: Batches, kim: Person, lee: Person
) -> None:
    batch = approved(house, kim, lee)
    Keeping(house).keep_grants(WEEK, "b" * 64, [replace(grants(1)[0], relief_won=1_000_000)])
    with pytest.raises(Refused, match="결재가 없습니다"):
        batches.release(batch.batch_id)
    after = batches.find(batch.batch_id)
    assert (after.state, "1건의 내용이 바뀌었습니다" in after.why) == (State.FROZEN, True)
    with pytest.raises(Refused, match="바뀌었습니다"):
        batches.hand_in(batch.batch_id, kim)


def test_another_sender_another_wording_or_a_new_question_void_it(
    house: House, kim: Person, lee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = approved(house, kim, lee)
    messages = {**house.city.messages, "senders": ["0310002001"], "sender": "0310002001"}
    other = replace(house, city=replace(house.city, messages=messages))
    assert Batches(other).changes(batch) == ("발신번호가 바뀌었습니다.",)
    newer = [
        replace(item, version=f"{item.version}-x")
        for code in wording.shipped_texts().codes
        for item in wording.shipped_texts().versions(code)
    ]
    monkeypatch.setattr("gongmu.relief.frozen.shipped_texts", lambda: wording.Texts(newer))
    assert Batches(house).changes(batch) == ("안내문의 판이 바뀌었습니다(N22).",)
    monkeypatch.undo()
    Reviews(house).raise_all(WEEK, [Question("grant_1", Reason.RULES, "확인하세요.", "x")])
    assert "새로 생겼습니다" in Batches(house).changes(batch)[0]


def test_a_row_changed_behind_our_back_is_never_sent(
    house: House, batches: Batches, kim: Person, lee: Person
) -> None:
    batch = approved(house, kim, lee)
    with house.engine.begin() as connection:
        connection.execute(sa.update(member_table).values(not_before_on=date(2026, 12, 1)))
    with pytest.raises(Refused, match="결재가 없습니다"):
        batches.release(batch.batch_id)
    assert "해시와 다릅니다" in batches.find(batch.batch_id).why


def test_an_approval_too_late_for_what_a_text_says_is_void(
    house: House, batches: Batches, kim: Person, lee: Person, time: Ticking
) -> None:
    batch = approved(house, kim, lee)
    time.pass_(days=400)
    with pytest.raises(Refused, match="결재가 없습니다"):
        batches.release(batch.batch_id)
    assert "말하는 날이 지난 문자가 3건" in batches.find(batch.batch_id).why


# ------------------------------------------------------------------ back, away, once more


def test_a_text_kept_past_its_day_is_not_sent(
    house: House, time: Ticking, kim: Person, lee: Person
) -> None:
    batch = frozen(house)
    batches = Batches(house)
    batches.hand_in(batch.batch_id, kim)
    batches.approve(batch.batch_id, batch.hash, lee)
    delivery = Delivery(house)
    delivery.accept(batches.release(batch.batch_id))
    delivery.stop("kim", "글을 다시 봄")
    last = Freezer(house).members(batch.batch_id)[0].due_on
    time.pass_(days=(last - date(2026, 11, 23)).days)
    assert batches.drop_past() == 0
    time.pass_(days=1)
    assert batches.drop_past() == 3
    assert delivery.progress(batch.batch_id).counts == {Status.CANCELLED: 3}
    assert batches.drop_past() == 0


def test_written_letters_are_for_the_one_who_wrote_them(house: House, tmp_path: Path) -> None:
    keep(house, grants(2, electronic_notice=False))
    LetterDesk(house).keep(WEEK, parts(house).letters)
    written = LetterDesk(house).write(WEEK, tmp_path / "out", "kim", "우편 발송")
    assert len(written) == 3
    if os.name == "posix":
        assert {path.stat().st_mode & 0o777 for path in written} == {0o600}


def test_a_rejected_batch_goes_back_with_its_reason(
    house: House, batches: Batches, kim: Person, lee: Person
) -> None:
    batch = handed_in(house, kim)
    with pytest.raises(Refused, match="까닭"):
        batches.reject(batch.batch_id, lee, "")
    batches.reject(batch.batch_id, lee, "지난주보다 많습니다")
    after = batches.find(batch.batch_id)
    assert (after.state, after.why) == (State.FROZEN, "반려: 지난주보다 많습니다")
    batches.hand_in(batch.batch_id, kim)
    batches.approve(batch.batch_id, after.hash, lee)
    assert batches.find(batch.batch_id).state is State.APPROVED


def test_a_withdrawn_batch_leaves_its_people_to_the_next(
    house: House, batches: Batches, kim: Person
) -> None:
    batch = frozen(house)
    assert freeze(house, "run/2") is None
    batches.withdraw(batch.batch_id, kim, "대장을 다시 받기로 함")
    again = freeze(house, "run/3")
    assert again is not None
    assert (again.batch_id, again.member_count) == ("relief-2026-W47-2", 3)
    keys = {
        item.key for name in (1, 2) for item in Freezer(house).members(f"relief-2026-W47-{name}")
    }
    assert len(keys) == 6


def test_a_withdrawal_cut_off_half_way_does_not_keep_its_people(
    house: House, kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = frozen(house)
    with monkeypatch.context() as cut:
        cut.setattr(Freezer, "release_claims", _cut_off)
        with pytest.raises(KeyboardInterrupt):
            Batches(house).withdraw(batch.batch_id, kim, "틀린 파일")
    again = freeze(house, "run/2")
    assert again is not None
    assert again.member_count == batch.member_count
    assert freeze(house, "run/3") is None


def _cut_off(*_given: object) -> None:
    raise KeyboardInterrupt


def test_freezing_for_one_run_again_gives_the_same_batch(house: House) -> None:
    batch = frozen(house)
    assert freeze(house) == batch


def test_late_rows_make_a_supplement_with_only_the_new_ones(house: House) -> None:
    frozen(house, 2)
    keep(house, grants(5), sha256="b" * 64)
    later = freeze(house, "run/2")
    assert later is not None
    assert later.number == 2
    members = Freezer(house).members(later.batch_id)
    assert {item.grant_id for item in members} == {"grant_2", "grant_3", "grant_4"}


def test_who_was_told_is_not_told_twice_although_the_row_was_corrected(
    house: House, kim: Person
) -> None:
    frozen(house, 1)
    moved = replace(grants(1)[0], registered_on=date(2026, 11, 20))
    keep(house, [moved], sha256="b" * 64)
    assert freeze(house, "run/2") is None


def test_an_officer_may_have_a_person_told_once_more(
    house: House, batches: Batches, kim: Person
) -> None:
    first = frozen(house, 1)
    Reviews(house).raise_all(WEEK, [Question("grant_0", Reason.CHANGED, "등록일자", "v2")])
    assert freeze(house, "run/2") is None
    (review,) = Reviews(house).queue("kim")
    Reviews(house).settle(review.number, Resolution.TELL_AGAIN, "kim", "기한을 잘못 알렸음")
    again = freeze(house, "run/3")
    assert again is not None
    keys = [Freezer(house).members(name)[0].key for name in (first.batch_id, again.batch_id)]
    assert keys[0] != keys[1]
    assert freeze(house, "run/4") is None


def test_nobody_is_taken_out_of_a_batch_that_has_just_begun_to_leave(
    house: House, batches: Batches, kim: Person, lee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = approved(house, kim, lee)
    key = Freezer(house).members(batch.batch_id)[0].key

    def meanwhile(freezer: Freezer, batch_id: str, _key: str) -> bool:
        Batches(house).release(batch_id)  # the sending begins between two statements of exclude
        return True

    monkeypatch.setattr(Freezer, "holds", meanwhile)
    with pytest.raises(Refused, match="그 사이에"):
        batches.exclude(batch.batch_id, key, kim, "창구에서 안내함")
    after = batches.find(batch.batch_id)
    assert (after.state, after.hash, after.member_count) == (State.SENDING, batch.hash, 3)


def test_a_batch_made_anew_keeps_out_who_was_taken_out(
    house: House, batches: Batches, kim: Person, lee: Person
) -> None:
    batch = approved(house, kim, lee)
    key = Freezer(house).members(batch.batch_id)[0].key
    batches.exclude(batch.batch_id, key, kim, "창구에서 안내함")
    keep(house, [replace(item, relief_won=1_000_000) for item in grants(3)], sha256="b" * 64)
    with pytest.raises(Refused, match="바뀌었습니다"):
        batches.hand_in(batch.batch_id, kim)
    fresh = batches.freeze_again(batch.batch_id, parts(house), kim)
    assert (fresh.member_count, fresh.excluded_count) == (2, 1)
    assert all("1,000,000원" in item.text for item in Freezer(house).members(batch.batch_id))
    batches.hand_in(batch.batch_id, kim)
    batches.approve(batch.batch_id, fresh.hash, lee)
    assert len(batches.release(batch.batch_id)) == 2


# ------------------------------------------------------------------ what an approver sees


def test_questions_keep_a_person_out_until_settled(house: House) -> None:
    unknown = replace(grants(1)[0], article="", relief_code="099620")
    keep(house, [unknown, *grants(3)[1:]])
    Reviews(house).raise_all(WEEK, [Question("grant_1", Reason.RULES, "확인하세요.", "x")])
    batch = freeze(house)
    assert batch is not None
    assert batch.member_count == 1
    (review,) = [item for item in Reviews(house).queue("kim") if item.reason is Reason.RULES]
    Reviews(house).settle(review.number, Resolution.NO_NOTICE, "kim", "전출로 대상 아님")
    assert freeze(house, "run/2") is None


def test_the_approver_sees_counts_against_last_week_samples_exclusions_and_cost(
    house: House, kim: Person
) -> None:
    before = [replace(item, grant_id=f"old_{n}") for n, item in enumerate(grants(2))]
    keep(house, before, week_on=WEEK - timedelta(days=7))
    freeze(house, "run/0", WEEK - timedelta(days=7))
    no_phone = replace(grants(4)[3], phone="0310001111")
    ev = replace(grants(5)[4], article="지특법§66④", electronic_notice=None)
    keep(house, [*grants(3), no_phone, ev])
    batch = freeze(house)
    assert batch is not None
    desk = BatchDesk(house)
    view = desk.overview(batch.batch_id)
    (count,) = view.counts
    assert (count.notice_code, count.count, count.last_count) == ("N22", 3, 2)
    assert count.change_share is not None
    assert float(count.change_share) == 0.5
    assert dict(view.left_out) == {"휴대전화 없음": 1, "추징 규정 없음": 1}
    assert (view.sms_count, view.lms_count, view.cost_won) == (0, 3, 81)
    assert view.first_at == view.batch.frozen_at
    (first, second) = desk.samples(batch.batch_id, "lee")
    assert "나*람 님" in first.text
    assert GRANT.name not in first.text
    rows = desk.members(batch.batch_id, "lee")
    assert [row.name for row in rows] == ["나*람"] * 3
    assert house.audit.entries()[-1].subjects == 3
    assert second.row.notice_code == "N22"
    assert LIST not in repr(view)


def test_a_drafter_sends_themselves_one_of_the_texts(house: House, kim: Person) -> None:
    batch = frozen(house)
    desk = BatchDesk(house)
    key = desk.members(batch.batch_id, "kim")[0].key
    assert desk.send_test(batch.batch_id, key, kim, "01000009999").startswith("test-")
