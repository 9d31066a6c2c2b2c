"""What every message provider must do; each one runs against a working stand-in of its vendor.

The stand-ins were built from the vendors' public documentation. They check keys and signatures,
know the documented forms and codes, and lose, repeat and break off as networks do.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from gongmu.core.errors import Ambiguous, GongmuError, Refused, Transient
from gongmu.core.house import House
from gongmu.messages.delivery import Delivery, Status
from gongmu.messages.provider import (
    Connection,
    Kind,
    Known,
    Outcome,
    Parcel,
    Receipt,
    Taken,
    all_providers,
)
from gongmu.practice.portals.texting import Trouble
from tests.conftest import Ticking
from tests.messages.counterparts import (
    COUNTERPARTS,
    SECRETS,
    Counterpart,
    Stage,
    running_stage,
)
from tests.messages.houses import outgoing

PHONE = "01000007777"
"""Planted: it may stand nowhere but in the request."""
PLANTED = "나무숲에심은글"
SENDER = "0310002000"
SHORT = f"[연습시 세정과] {PLANTED} 1년 안에 팔면 세금을 냅니다."
LONG = f"[연습시 세정과] {PLANTED}\n" + "다자녀 감면 자동차는 1년 동안 소유해야 합니다. " * 8
HANGUL = re.compile("[가-힣]")


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """One server for all tests of this file."""
    with running_stage() as stage:
        yield stage


@pytest.fixture(
    params=[
        pytest.param(name, marks=pytest.mark.slow) if " " in name else name for name in COUNTERPARTS
    ]
)
def vendor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Counterpart]:
    """A provider with its working stand-in."""
    with COUNTERPARTS[request.param](request, tmp_path) as counterpart:
        yield counterpart
        for connection in counterpart.opened:
            connection.close()


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """SQLite only: the ledger is tested on both databases elsewhere."""
    return f"sqlite:///{tmp_path / 'home' / 'gongmu.sqlite'}"


def parcel(reference: str, phone: str = PHONE, kind: Kind = Kind.SMS) -> Parcel:
    """Return a parcel with the planted phone and text."""
    short = kind is Kind.SMS
    return Parcel(
        reference, phone, SENDER, kind, "" if short else "감면 안내", SHORT if short else LONG
    )


def send(connection: Connection, *parcels: Parcel) -> None:
    """Hand parcels over, one request each, and make sure that they are taken."""
    for one in parcels:
        (taken,) = connection.send([one])
        assert (taken.reference, taken.accepted) == (one.reference, True)


def told(connection: Connection, *references: str) -> dict[str, Receipt]:
    """Return the receipts of references as far as they are known; one told twice must agree."""
    found: dict[str, Receipt] = {}
    for one in connection.receipts(references):
        first = found.setdefault(one.reference, one)
        assert (first.outcome, first.code) == (one.outcome, one.code)
    return {name: one for name, one in found.items() if name in references}


def in_batches(vendor: Counterpart, parcels: Sequence[Parcel]) -> dict[str, Taken]:
    """Hand parcels over in requests as large as the vendor takes; return the answers."""
    size, connection = vendor.provider.batch_size, vendor.open()
    return {
        one.reference: one
        for at in range(0, len(parcels), size)
        for one in connection.send(parcels[at : at + size])
    }


def failure(kind: type[GongmuError], act: Callable[[], object]) -> GongmuError:
    """Return the error that `act` must raise, of exactly this kind."""
    with pytest.raises(GongmuError) as caught:
        act()
    assert type(caught.value) is kind, caught.value
    return caught.value


def test_every_provider_of_the_catalogue_is_examined() -> None:
    assert {name.split()[0] for name in COUNTERPARTS} == set(all_providers())


def test_texts_arrive_as_they_were_written(vendor: Counterpart) -> None:
    connection = vendor.open()
    send(connection, parcel("short1"), parcel("long1", kind=Kind.LMS))
    (short,), (long,) = vendor.delivered("short1"), vendor.delivered("long1")
    assert (short.kind, short.phone, short.sender, short.text) == ("SMS", PHONE, SENDER, SHORT)
    assert (long.kind, long.subject, long.text) == ("LMS", "감면 안내", LONG)


def test_a_reference_is_found_again_by_another_process(vendor: Counterpart) -> None:
    send(vendor.open(), parcel("known1"), parcel("known2", kind=Kind.LMS))
    vendor.work()
    found = vendor.open().look_up(["known1", "known2", "never"])
    can = vendor.provider.can_look_up
    taken, not_taken = (Known.TAKEN, Known.NOT_TAKEN) if can else (Known.CANNOT_TELL,) * 2
    assert found == {"known1": taken, "known2": taken, "never": not_taken}


def test_a_repeated_reference_goes_out_once_where_the_vendor_promises_it(
    vendor: Counterpart,
) -> None:
    connection = vendor.open()
    send(connection, parcel("twice"))
    for _ in range(3):
        vendor.work()
        send(vendor.open(), parcel("twice"))
    assert (len(vendor.delivered("twice")) == 1) is vendor.repeats_are_one


@pytest.mark.parametrize("trouble", list(Trouble))
def test_what_nobody_can_know_is_ambiguous_and_the_look_up_settles_it(
    vendor: Counterpart, trouble: Trouble
) -> None:
    """However the hand-over went wrong, looking up first leads to one text, never to two."""
    if trouble not in vendor.troubles:
        pytest.skip(f"{trouble} cannot happen between us and {vendor.provider.code}")
    connection = vendor.open(timeout_seconds=0.25)
    with vendor.trouble(trouble):
        kind = Transient if trouble is Trouble.BUSY else Ambiguous
        failure(kind, lambda: connection.send([parcel("doubt")]))
    again = vendor.open()
    if vendor.provider.can_look_up:
        found = again.look_up(["doubt"])["doubt"]
        assert found is (Known.TAKEN if trouble.takes else Known.NOT_TAKEN)
        if found is Known.NOT_TAKEN:
            send(again, parcel("doubt"))
        assert len(vendor.delivered("doubt")) == 1


@pytest.mark.slow
def test_the_ledger_gets_each_text_out_once_through_every_trouble(
    vendor: Counterpart, house: House, clock: Ticking
) -> None:
    """Our own sending against each vendor, with everything that can go wrong one after another."""
    for name, value in SECRETS.items():
        house.vault.put_secret(name, value, "test")
    gateway = {
        "provider": vendor.provider.code,
        "address": vendor.line.address,
        "certificate": "연습용",
        "sms_won": "9.0",
        "lms_won": "27.0",
        "timeout_seconds": 0.4,
        "lanes": 1,
        "batch_size": 2,
    }
    city = replace(house.city, messages={**house.city.messages, "gateway": gateway})
    delivery = Delivery(replace(house, city=city))
    numbers = range(3 * len(vendor.troubles))
    delivery.accept([outgoing(number, phone=f"010-0000-{number:04d}") for number in numbers])
    for trouble in vendor.troubles:
        with vendor.trouble(trouble), suppress(GongmuError):
            delivery.send_due(limit=2)
    assert delivery.progress().count(Status.IN_DOUBT) > 0
    clock.pass_(seconds=vendor.provider.settle_seconds + 1)
    delivery.settle_doubt()
    delivery.send_due()
    vendor.work()
    delivery.take_receipts()
    times = {f"k{number}": len(vendor.delivered(f"k{number}")) for number in numbers}
    assert times == dict.fromkeys(times, 1)
    assert delivery.progress().count(Status.DELIVERED) == len(numbers)


def test_a_refused_connection_is_transient(vendor: Counterpart) -> None:
    connection = vendor.open(vendor.deaf())
    failure(Transient, lambda: connection.send([parcel("deaf")]))
    failure(Transient, lambda: connection.look_up(["deaf"]))
    failure(Transient, lambda: connection.receipts(["deaf"]))
    assert vendor.delivered("deaf") == []


def test_wrong_keys_are_refused_with_what_to_do(vendor: Counterpart) -> None:
    for line in vendor.wrong_lines:
        connection = vendor.open(line)
        for act in (
            lambda: connection.send([parcel("locked")]),  # noqa: B023
            lambda: connection.look_up(["locked"]),  # noqa: B023
        ):
            problem = failure(Refused, act)
            assert HANGUL.search(problem.message)
            assert HANGUL.search(problem.todo)
    assert vendor.delivered("locked") == []


def test_an_unregistered_sender_is_refused_with_what_to_do(vendor: Counterpart) -> None:
    if not vendor.sender_code:
        pytest.skip("the sender is checked later")
    vendor.desk.unregistered.add(SENDER)
    problem = failure(Refused, lambda: vendor.open().send([parcel("unregistered")]))
    assert problem.code == "gateway_sender_refused"
    assert "발신번호" in problem.todo
    vendor.desk.unregistered.clear()
    assert vendor.open().look_up(["unregistered"])["unregistered"] is Known.NOT_TAKEN


def test_an_empty_account_is_refused_with_what_to_do(vendor: Counterpart) -> None:
    if not vendor.has_balance:
        pytest.skip("paid afterwards")
    vendor.desk.troubles.balance_empty = True
    problem = failure(Refused, lambda: vendor.open().send([parcel("poor")]))
    assert (problem.code, "충전" in problem.todo) == ("gateway_balance_empty", True)


def test_a_number_that_is_not_taken_keeps_nobody_else_back(vendor: Counterpart) -> None:
    vendor.desk.refused["01000000000"] = vendor.refused_code
    parcels = [parcel("bad", "01000000000"), parcel("good", "01000001111")]
    taken = in_batches(vendor, parcels)
    vendor.work()
    assert taken["good"].accepted
    if taken["bad"].accepted:
        result = told(vendor.open(), "bad")["bad"]
        assert (result.outcome, result.code) == (Outcome.FAILED, vendor.refused_code)
    else:
        assert taken["bad"].code == vendor.refused_code
        assert HANGUL.search(taken["bad"].reason)
    assert vendor.refused_code in vendor.provider.unreachable


def test_every_status_has_an_outcome_and_a_korean_reason(vendor: Counterpart) -> None:
    statuses = vendor.provider.statuses
    assert {outcome for outcome, _ in statuses.values()} >= {Outcome.DELIVERED, Outcome.FAILED}
    assert all(HANGUL.search(reason) for _, reason in statuses.values())
    for code in vendor.provider.unreachable:
        assert statuses[code][0] is Outcome.FAILED


def test_every_result_of_the_table_is_told_as_it_is_written_there(vendor: Counterpart) -> None:
    expected = {
        f"failed{number}": (code, outcome, reason)
        for number, (code, (outcome, reason)) in enumerate(vendor.provider.statuses.items())
        if outcome is Outcome.FAILED and code not in vendor.other_codes
    }
    assert len(expected) >= 4
    parcels = [parcel(one, f"01000{n:06d}") for n, one in enumerate(expected)]
    for one in parcels:
        vendor.desk.failing[one.phone] = expected[one.reference][0]
    assert all(one.accepted for one in in_batches(vendor, parcels).values())
    vendor.work()
    results = told(vendor.open(), *expected)
    found = {name: (one.code, one.outcome, one.reason) for name, one in results.items()}
    assert found == expected


def test_a_result_comes_when_it_comes_and_stays(vendor: Counterpart) -> None:
    """Late and repeated results are harmless: a delivered text is never told otherwise."""
    vendor.desk.troubles.receipt_seconds = 0.1
    vendor.desk.troubles.repeat_share = 1.0
    connection = vendor.open()
    send(connection, parcel("slow"), parcel("slow2", kind=Kind.LMS))
    vendor.work()
    early = told(connection, "slow", "slow2").values()
    assert all(one.outcome is Outcome.PENDING for one in early)
    results: list[Receipt] = []
    for asking in (connection, connection, vendor.open()):
        time.sleep(0.12)
        vendor.work()
        results += told(asking, "slow", "slow2").values()
    assert {one.reference for one in results} == {"slow", "slow2"}
    assert {one.outcome for one in results} == {Outcome.DELIVERED}
    assert all(one.at is None or one.at.tzinfo is not None for one in results)


def test_a_reference_that_never_left_has_no_result(vendor: Counterpart) -> None:
    connection = vendor.open()
    send(connection, parcel("left"))
    vendor.work()
    assert told(connection, "never") == {}


def test_more_parcels_than_one_request_holds_are_split_or_refused_whole(
    vendor: Counterpart,
) -> None:
    count = vendor.provider.batch_size + 1
    parcels = [parcel(f"many{n}", f"0100000{n:04d}") for n in range(count)]
    connection = vendor.open()
    full = connection.send(parcels[:-1])
    assert [one.reference for one in full] == [one.reference for one in parcels[:-1]]
    extra = [replace(one, reference=f"x{one.reference}") for one in parcels]
    try:
        taken = list(connection.send(extra))
    except Refused:
        taken = []
    assert len(taken) in (0, count)
    sent = [len(vendor.delivered(one.reference)) for one in extra]
    assert sent == [bool(taken)] * count


def test_nothing_to_send_is_no_request(vendor: Counterpart) -> None:
    connection = vendor.open()
    assert list(connection.send([])) == []
    assert not connection.look_up([])
    assert list(connection.receipts([])) == []


def test_two_texts_to_one_phone_both_arrive(vendor: Counterpart) -> None:
    """A person with two relieved cars gets two texts, also when one request carries both."""
    both = [parcel("car1"), parcel("car2")]
    assert all(one.accepted for one in in_batches(vendor, both).values())
    assert [len(vendor.delivered(one)) for one in ("car1", "car2")] == [1, 1]


def test_closing_twice_does_nothing(vendor: Counterpart) -> None:
    connection = vendor.open()
    send(connection, parcel("closed"))
    connection.close()
    connection.close()


def test_no_personal_data_stands_in_errors_answers_or_logs(
    vendor: Counterpart, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[str] = []

    def fails(act: Callable[[], object]) -> None:
        with pytest.raises(GongmuError) as caught:
            act()
        said.extend(chain(caught.value))

    for number, trouble in enumerate(vendor.troubles):
        short_lived = vendor.open(timeout_seconds=0.15)
        with vendor.trouble(trouble):
            fails(lambda: short_lived.send([parcel(f"said{number}")]))  # noqa: B023
    for line in (*vendor.wrong_lines, vendor.deaf()):
        connection = vendor.open(line)
        fails(lambda: connection.send([parcel("said")]))  # noqa: B023
    vendor.desk.refused[PHONE] = vendor.refused_code
    connection = vendor.open()
    said += [repr(one) for one in connection.send([parcel("refused")])]
    vendor.work()
    said += [repr(one) for one in connection.receipts(["refused"])]
    said += [repr(connection), str(vars(connection)), caplog.text]
    everything = "\n".join(said)
    for word in (PHONE, PLANTED, PLANTED.encode("unicode_escape").decode(), PHONE[3:]):
        assert word not in everything
    for name, value in SECRETS.items():
        assert value not in "\n".join([caplog.text, *said[:-3]]), name


def chain(error: BaseException) -> Iterator[str]:
    """Yield an error with all it hangs on, seen and hidden."""
    link: BaseException | None = error
    while link is not None:
        yield f"{link!r} {link} {vars(link)}"
        link = link.__cause__ or link.__context__
