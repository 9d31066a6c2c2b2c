"""The ledger from acceptance to receipts, on SQLite and on PostgreSQL."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from gongmu.core.errors import Ambiguous, Refused, Transient
from gongmu.core.house import House
from gongmu.messages.delivery import Delivery, Status
from gongmu.messages.provider import Outcome, Receipt
from tests.conftest import Ticking
from tests.messages.houses import SETTLE_SECONDS, World, in_world, outgoing


@pytest.fixture
def delivery(house: House, world: World) -> Delivery:
    return in_world(house, world)


def statuses(delivery: Delivery, key: str) -> list[str]:
    return [event.status for event in delivery.history(key)]


def test_a_text_goes_out_once_and_its_whole_way_is_kept(delivery: Delivery, world: World) -> None:
    assert delivery.accept([outgoing(1), outgoing(2)]) == 2
    assert delivery.accept([outgoing(1)]) == 0
    progress = delivery.send_due("w47")
    assert progress.count(Status.SENT) == 2
    delivery.send_due("w47")
    assert world.taken == {"k1": 1, "k2": 1}
    assert delivery.take_receipts() == 2
    assert statuses(delivery, "k1") == ["queued", "sending", "sent", "delivered"]
    entry = delivery.entry("k1")
    assert (entry.masked_phone, entry.about) == ("010-****-1234", "grant-1")
    assert delivery.progress("w47").cost_won == 18
    assert delivery.text_of("k1", "kim", "민원 전화") == "[연습시 세정과] 안내 1"


def test_another_content_under_one_key_is_refused_and_nothing_is_written(
    delivery: Delivery,
) -> None:
    delivery.accept([outgoing(1)])
    for changed in ({"text": "다른 글"}, {"phone": "010-0000-9999"}, {"subject": "제목"}):
        with pytest.raises(Refused, match="다릅니다"):
            delivery.accept([outgoing(2), outgoing(1, **changed)])
    assert delivery.progress().total == 1


def test_a_number_that_no_text_reaches_comes_to_the_letter_list(
    delivery: Delivery, world: World
) -> None:
    delivery.accept([outgoing(1, phone="031-000-2000")])
    delivery.send_due()
    [entry] = delivery.failures("w47")
    assert entry.unreachable
    assert entry.reason == "문자를 받을 수 없는 번호입니다."
    assert not world.requests


@pytest.mark.parametrize("mode", ["ambiguous_taken", "ambiguous_lost", "ambiguous_late", "bug"])
def test_a_doubtful_one_is_looked_up_and_never_doubled(
    delivery: Delivery, world: World, clock: Ticking, mode: str
) -> None:
    delivery.accept([outgoing(1)])
    world.mode = mode
    for _ in range(3):
        try:
            delivery.send_due()
        except (Ambiguous, KeyError):
            assert mode == "bug" or mode.startswith("ambiguous")
    assert delivery.entry("k1").status is Status.IN_DOUBT
    assert len(world.requests) == 1
    world.mode = "ok"
    assert delivery.settle_doubt() == 0  # too early to believe anything
    clock.pass_(seconds=SETTLE_SECONDS + 1)
    assert delivery.settle_doubt() == 1
    delivery.send_due()
    delivery.take_receipts()
    assert delivery.entry("k1").status is Status.DELIVERED
    assert world.taken["k1"] == 1


def test_doubt_older_than_the_vendors_memory_is_left_to_an_officer(
    delivery: Delivery, world: World, clock: Ticking
) -> None:
    delivery.accept([outgoing(1)])
    world.mode = "ambiguous_lost"
    delivery.send_due()
    assert delivery.entry("k1").status is Status.IN_DOUBT
    world.mode = "ok"
    clock.pass_(days=31)  # by now "never taken" may only mean "forgotten"
    assert delivery.settle_doubt() == 0
    assert delivery.entry("k1").status is Status.IN_DOUBT


def test_what_surely_was_not_taken_is_sent_again(delivery: Delivery, world: World) -> None:
    delivery.accept([outgoing(n) for n in range(3)])
    world.mode = "transient"
    with pytest.raises(Transient):
        delivery.send_due()
    assert delivery.progress().count(Status.QUEUED) == 3
    world.mode = "refused"
    with pytest.raises(Refused, match="잔액"):
        delivery.send_due()
    assert delivery.progress().count(Status.QUEUED) == 3
    world.mode = "ok"
    delivery.send_due()
    assert set(world.taken.values()) == {1}


def test_an_answer_that_leaves_one_out_leaves_it_in_doubt(delivery: Delivery, world: World) -> None:
    delivery.accept([outgoing(1), outgoing(2)])
    world.mode = "one_unanswered"
    delivery.send_due()
    assert delivery.entry("k1").status is Status.IN_DOUBT
    assert delivery.entry("k2").status is Status.SENT


def test_rows_of_a_vanished_sender_are_doubted_only_after_the_lease(
    delivery: Delivery, world: World, clock: Ticking
) -> None:
    delivery.accept([outgoing(1), outgoing(2)])
    room = delivery._room
    gateway = delivery.office.gateway
    room.ledger.claim("gone", 10, None, date(2026, 11, 23), "practice", gateway.prices)
    world.take("k1")  # one had left the house before the sender died
    delivery.settle_doubt()
    assert delivery.progress().count(Status.SENDING) == 2
    clock.pass_(seconds=301)
    delivery.settle_doubt()
    assert delivery.progress().count(Status.IN_DOUBT) == 2
    clock.pass_(seconds=SETTLE_SECONDS + 1)
    assert delivery.settle_doubt() == 2
    delivery.send_due()
    assert world.taken == {"k1": 1, "k2": 1}


def test_without_a_look_up_an_officer_decides(house: House, world: World, clock: Ticking) -> None:
    delivery = in_world(house, world, can_look_up=False)
    delivery.accept([outgoing(1), outgoing(2)])
    world.mode = "ambiguous_lost"
    delivery.send_due()
    with pytest.raises(Refused, match="얼마 되지 않아"):
        delivery.decide("k1", delivered=False, who="kim", reason="중계사에 전화함")
    clock.pass_(seconds=SETTLE_SECONDS + 1)
    assert delivery.settle_doubt() == 0
    assert delivery.progress().count(Status.IN_DOUBT) == 2
    delivery.decide("k1", delivered=False, who="kim", reason="중계사에 전화함")
    delivery.decide("k2", delivered=True, who="kim", reason="시민이 받았다고 함")
    with pytest.raises(Refused, match="불확실한 상태가 아닙니다"):
        delivery.decide("k2", delivered=False, who="kim", reason="다시")
    world.mode = "ok"
    delivery.send_due()
    assert world.taken == {"k1": 1}
    assert delivery.history("k1")[-3].who == "kim"
    assert [e.did for e in house.audit.entries()].count("message.decide") == 2


def test_receipts_settle_doubt_and_may_come_twice_late_or_for_nobody(
    delivery: Delivery, world: World
) -> None:
    delivery.accept([outgoing(n) for n in (1, 2, 3)])
    world.mode = "ambiguous_taken"
    delivery.send_due(limit=2)
    world.mode = "ok"
    world.receipts_due += [
        Receipt("k1", Outcome.PENDING),
        Receipt("k1", Outcome.DELIVERED, "1000"),
        Receipt("k3", Outcome.DELIVERED, "1000"),  # never handed over: not ours
        Receipt("unknown", Outcome.DELIVERED, "1000"),
    ]
    assert delivery.take_receipts() == 2
    assert delivery.entry("k1").status is Status.DELIVERED
    assert delivery.entry("k2").status is Status.DELIVERED
    assert delivery.entry("k3").status is Status.QUEUED
    ledger, before = delivery._room.ledger, len(delivery.history("k1"))
    for _ in range(2):  # the first final word counts; another one is noted once
        world.receipts_due = [Receipt("k1", Outcome.FAILED, "2001", "없는 번호 010-0000-1234")]
        delivery.send_due(limit=0)
        told = world.receipts(())
        ledger.received([delivery._enquiry._change(receipt) for receipt in told])
    assert delivery.entry("k1").status is Status.DELIVERED
    assert len(delivery.history("k1")) == before + 1
    assert "0000" not in delivery.history("k1")[-1].reason


def test_a_late_answer_under_an_old_claim_is_only_noted(
    delivery: Delivery, world: World, clock: Ticking
) -> None:
    from gongmu.messages.changes import Change

    delivery.accept([outgoing(1)])
    room, prices = delivery._room, delivery.office.gateway.prices
    room.ledger.claim("asleep", 1, None, date(2026, 11, 23), "practice", prices)
    clock.pass_(seconds=301)
    delivery.settle_doubt()
    clock.pass_(seconds=SETTLE_SECONDS + 1)
    delivery.settle_doubt()
    delivery.send_due()
    assert room.ledger.answered([Change("k1", Status.FAILED, "asleep", "x", "번호 오류")]) == 0
    assert delivery.entry("k1").status is Status.SENT
    assert delivery.history("k1")[-1].reason.startswith("늦은 응답")


def test_a_worker_that_slept_through_its_lease_hands_nothing_over(
    delivery: Delivery, world: World, clock: Ticking
) -> None:
    from gongmu.messages.dispatch import _Gate

    delivery.accept([outgoing(1)])
    room, prices = delivery._room, delivery.office.gateway.prices
    gate = _Gate(room)
    claimed = room.ledger.claim("asleep", 1, None, date(2026, 11, 23), "practice", prices)
    assert gate(claimed) is None
    clock.pass_(seconds=101)
    kept = gate(claimed)
    assert kept is not None
    assert kept.code == "stale"


def test_the_kill_switch_and_the_hours_hold_everything(
    delivery: Delivery, world: World, clock: Ticking
) -> None:
    delivery.accept([outgoing(1)])
    delivery.stop("lee", "잘못된 문구")
    stop = delivery.stopped()
    assert stop is not None
    assert (stop.who, stop.reason) == ("lee", "잘못된 문구")
    delivery.send_due()
    delivery.resume("lee", "고침")
    clock.pass_(hours=8)  # 18:00
    delivery.send_due()
    assert not world.requests
    assert delivery.next_opening() == clock() + timedelta(hours=15)
    clock.pass_(hours=15)
    delivery.send_due()
    assert world.taken["k1"] == 1


def test_the_kill_switch_stops_what_was_claimed_but_has_not_left(
    house: House, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gongmu.messages.dispatch._LOOK_AT_STOP_SECONDS", 0.0)
    delivery = in_world(house, world, batch_size=1)
    delivery.accept([outgoing(n) for n in range(40)])
    send = world.send

    def send_and_stop(parcels):  # type: ignore[no-untyped-def]
        if delivery.stopped() is None:
            delivery.stop("lee", "멈춤")
        return send(parcels)

    monkeypatch.setattr(world, "send", send_and_stop)
    delivery.send_due()
    # At most what the two lanes had in their hands.
    assert sum(world.taken.values()) <= 4
    assert delivery.progress().count(Status.SENDING) == 0
    delivery.resume("lee", "다시")
    monkeypatch.setattr(world, "send", send)
    delivery.send_due()
    assert len(world.taken) == 40
    assert set(world.taken.values()) == {1}


def test_a_cancelled_campaign_sends_nothing_more_even_after_doubt(
    delivery: Delivery, world: World, clock: Ticking
) -> None:
    delivery.accept([outgoing(1), outgoing(2), outgoing(3)])
    world.mode = "ambiguous_lost"
    delivery.send_due(limit=2)
    assert delivery.cancel("w47", "lee", "결재 취소") == 1
    world.mode = "ok"
    clock.pass_(seconds=SETTLE_SECONDS + 1)
    delivery.settle_doubt()
    delivery.send_due()
    assert delivery.progress("w47").counts == {Status.CANCELLED: 3}
    assert not world.taken


def test_a_text_waits_for_its_day(delivery: Delivery, world: World, clock: Ticking) -> None:
    delivery.accept([outgoing(1, not_before_on=date(2026, 11, 25))])
    assert delivery.send_due("w47").later_count == 1
    assert delivery.next_day("w47") == date(2026, 11, 25)
    clock.pass_(days=2)
    delivery.send_due("w47")
    assert world.taken["k1"] == 1


def test_another_provider_is_not_asked_about_what_this_one_took(
    delivery: Delivery, world: World, clock: Ticking
) -> None:
    delivery.accept([outgoing(1)])
    world.mode = "ambiguous_taken"
    delivery.send_due()
    office = delivery.office
    other = dataclasses.replace(office.gateway.provider, code="other")
    gateway = dataclasses.replace(office.gateway, provider=other)
    delivery._room.__dict__["office"] = dataclasses.replace(office, gateway=gateway)
    clock.pass_(seconds=SETTLE_SECONDS + 1)
    assert delivery.settle_doubt() == 0
    assert delivery.entry("k1").status is Status.IN_DOUBT


def test_tests_to_oneself_are_counted(delivery: Delivery, house: House) -> None:
    keys = {delivery.send_test("010-0000-1111", "시험", "", "kim") for _ in range(5)}
    assert len(keys) == 5
    with pytest.raises(Refused, match="하루 5통"):
        delivery.send_test("010-0000-1111", "시험", "", "kim")


def test_the_history_cannot_be_rewritten(delivery: Delivery, engine: sa.Engine) -> None:
    delivery.accept([outgoing(1)])
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(sa.text("UPDATE message_event SET reason = 'x'"))


def test_finished_texts_are_forgotten_after_their_time(
    delivery: Delivery, world: World, clock: Ticking
) -> None:
    delivery.accept([outgoing(1)])
    delivery.send_due()
    delivery.take_receipts()
    clock.pass_(days=1)
    assert delivery.forget_older(clock()) == 1
    with pytest.raises(Refused, match="보관 기간"):
        delivery.text_of("k1", "kim", "확인")
    assert delivery.entry("k1").masked_phone == "(지움)"
