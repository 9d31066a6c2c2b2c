"""A whole week: from the practice city's list to texts on phones, each person exactly once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.people import Role
from gongmu.core.runs import Status
from gongmu.core.settings import Settings
from gongmu.messages.delivery import Delivery
from gongmu.messages.delivery import Status as Sent
from gongmu.messages.message import recipient_digits
from gongmu.practice.officer import certify
from gongmu.practice.portals.gateway import JOURNAL
from gongmu.practice.serve import PRACTICE_CERTIFICATE, PRACTICE_SECRETS, Portals, running
from gongmu.practice.tax.make import make_tax_office
from gongmu.relief.batch import Batch, Batches, State
from gongmu.relief.code_edits import CodeEdits
from gongmu.relief.frozen import Freezer
from gongmu.relief.letter_desk import LetterDesk
from gongmu.relief.lists import Lists, ListState
from gongmu.relief.review import Reason, Reviews
from gongmu.relief.run_week import run_week, send_week
from gongmu.relief.sealed import Lookup
from gongmu.relief.store import ReliefStore
from gongmu.robots.browser import open_browser
from tests.planted import found_in, planted_in
from tests.relief.ground import MORNING, WEEK, officer, open_office

SCRIPT = Path(__file__).with_name("week_worker.py")
RUN = "relief-notice-week/2026-W47"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two full weeks of the practice tax office, with the usual faults in the lists."""
    folder = tmp_path_factory.mktemp("city")
    make_tax_office(folder, 7, WEEK, 2, 60, 2, lambda _text: None)
    return folder


@pytest.fixture
def portals(city: Path) -> Iterator[Portals]:
    with running(city) as portals:
        yield portals


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The quick run takes SQLite only; the whole one both."""
    if request.param == "sqlite":
        return ""
    address: str = request.getfixturevalue("postgres_database")
    return address


@pytest.fixture
def house(
    tmp_path: Path, database_url: str, portals: Portals, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    # When the clock of the crash tests' workers stood at Monday 10:00.
    monkeypatch.setenv("RELIEF_TEST_STARTED", str(time.time()))
    settings = Settings(
        home=tmp_path / "home",
        database_url=database_url,
        gateway_address=portals.gateway_address,
        tax_address=portals.tax_address,
    )
    settings.home.mkdir()
    with open_office(settings) as house:
        for name, value in PRACTICE_SECRETS.items():
            house.vault.put_secret(name, value, by="test")
        yield house


def the_list(city: Path, week: str = "2026-W47") -> Path:
    return next((city / "outside/tax" / week).glob("감면대장_*"))


def truth(city: Path, week: str = "2026-W47") -> dict[str, dict[str, Any]]:
    grants = json.loads((city / "truth/relief.json").read_text("utf-8"))["grants"]
    return {number: one for number, one in grants.items() if one["week"] == week}


def quietly(_text: str) -> None:
    """Print nothing."""


def approve(house: House) -> Batch:
    """Two people hand in and approve the newest batch."""
    batches = Batches(house)
    batch = batches.recent(1)[0]
    batches.hand_in(batch.batch_id, officer(house, f"kim{batch.number}", Role.WORK))
    batches.approve(batch.batch_id, batch.hash, officer(house, f"lee{batch.number}", Role.APPROVE))
    return batch


def taken(portals: Portals) -> Counter[str]:
    """Return how often the gateway took each reference."""
    return Counter(httpx.get(f"{portals.gateway_address}{JOURNAL}").json()["taken"])


# ------------------------------------------------------------------ from the file to the phones


def test_a_week_goes_from_the_file_to_the_phones_and_stops_for_its_approval(
    house: House, portals: Portals, city: Path
) -> None:
    told: list[str] = []
    run = run_week(house, WEEK, file=the_list(city), note=told.append)
    assert run is not None
    assert (run.status, run.message.startswith("결재를 기다립니다")) == (Status.WAITING, True)
    assert "gongmu relief approve" in told[-1]

    # Somebody presses "다 했습니다" on the run's page: that is no approval.
    house.answer(RUN, "kim")
    send_week(house, note=told.append)
    assert told[-1].startswith("보낼 묶음이 없습니다")
    assert taken(portals) == Counter()

    batch = approve(house)
    send_week(house, note=told.append)
    assert Batches(house).find(batch.batch_id).state is State.DONE
    ended = house.runs.find(RUN)
    assert ended is not None
    assert (ended.status, ended.items) == (Status.DONE, batch.member_count)
    members = Freezer(house).members(batch.batch_id)
    assert taken(portals) == Counter({item.key: 1 for item in members})
    _assert_right_people(house, city, batch)

    # The same file once more: nothing new, nobody told twice.
    again = run_week(house, WEEK, file=the_list(city), note=told.append)
    assert again is not None
    assert (again.status, again.message) == (Status.DONE, "새로 안내할 사람이 없습니다.")
    assert len(Batches(house).of_week(WEEK)) == 1
    assert taken(portals) == Counter({item.key: 1 for item in members})
    assert house.audit.first_broken() is None
    _assert_nothing_personal(house, city, told)


def _assert_right_people(house: House, city: Path, batch: Batch) -> None:
    """Every sound grant with a duty and a phone got its notice, and nobody else did."""
    store = ReliefStore(house)
    members = {item.grant_id: item for item in Freezer(house).members(batch.batch_id)}
    expected = 0
    for number, one in truth(city).items():
        rows = store.find(Lookup.TAX_NUMBER, number, "test", "시험")
        got = members.get(rows[0].grant_id) if rows else None
        if one["listed"] != "good" or one["unknown_code"] or one["notice"] == "NONE":
            assert got is None, one
            continue
        if got is None:
            person = store.reveal(rows[0].grant_id, "test", "시험")
            assert person.is_company or not _is_mobile(person.phone), one
            continue
        expected += 1
        assert got.notice_code == one["notice"], one
        assert str(got.due_on) == one["ends_on"], one
    assert expected == batch.member_count > 20


def _is_mobile(phone: str) -> bool:
    try:
        recipient_digits(phone)
    except Refused:
        return False
    return True


def _assert_nothing_personal(house: House, city: Path, told: list[str]) -> None:
    planted = planted_in(city / "truth/relief.json", "2026-W47")
    assert found_in(house.settings.home, planted) == []
    assert [value for value in planted if len(value) > 3 and value in "\n".join(told)] == []


@pytest.mark.slow
def test_late_rows_become_a_supplement_with_only_the_new_ones(
    house: House, portals: Portals, city: Path, tmp_path: Path
) -> None:
    whole = the_list(city).read_bytes()
    early = tmp_path / "early.xls"
    early.write_bytes(_without_last_rows(whole, 20))
    run_week(house, WEEK, file=early, note=quietly)
    first = approve(house)
    send_week(house, note=quietly)
    run_week(house, WEEK, file=the_list(city), note=quietly)
    second = Batches(house).recent(1)[0]
    assert (second.number, 0 < second.member_count <= 20) == (2, True)
    approve(house)
    send_week(house, note=quietly)
    assert set(taken(portals).values()) == {1}
    assert len(taken(portals)) == first.member_count + second.member_count


def _without_last_rows(data: bytes, count: int) -> bytes:
    """Return an HTML list without its last rows, the total's row among them."""
    parts = data.split(b"<tr")
    return b"<tr".join(parts[: -count - 1]) + data[data.rindex(b"</tr>") + 5 :]


@pytest.mark.slow
def test_the_failed_go_to_the_letter_list_beside_those_who_did_not_ask_for_texts(
    house: House, city: Path, tmp_path: Path
) -> None:
    run_week(house, WEEK, file=the_list(city), note=quietly)
    batch = Batches(house).recent(1)[0]
    some = Freezer(house).members(batch.batch_id)[0]
    approve(house)
    send_week(house, note=quietly)
    failed = Delivery(house).failures(batch.batch_id)
    letters = LetterDesk(house).of_week(WEEK)
    listed = {row.grant_id for row in letters if "전해지지 않음" in row.why}
    assert listed == {entry.about for entry in failed}
    assert some.grant_id not in listed or failed
    written = LetterDesk(house).write(WEEK, tmp_path / "out", "kim", "우편 발송")
    assert [path.suffix for path in written] == [".pdf", ".hwpx", ".xlsx"]
    assert all(row.is_made for row in LetterDesk(house).of_week(WEEK))
    assert house.audit.entries()[-1].did == "relief.letters"


# ------------------------------------------------------------------ what holds the sending


def test_send_says_what_keeps_the_texts_and_goes_on_once_it_is_mended(
    house: House, portals: Portals, city: Path
) -> None:
    began = time.monotonic()

    def going() -> datetime:
        return MORNING + timedelta(seconds=time.monotonic() - began)

    with open_office(house.settings, going) as going_house:
        _held_and_mended(going_house, portals, city)


def _held_and_mended(house: House, portals: Portals, city: Path) -> None:
    told: list[str] = []
    run_week(house, WEEK, file=the_list(city), note=quietly)
    batch = approve(house)
    house.vault.put_secret("gateway.key", "wrong", by="test")
    send_week(house, note=told.append)
    assert "열쇠를 다시 넣고" in told[-1]
    assert taken(portals) == Counter()

    house.vault.put_secret("gateway.key", PRACTICE_SECRETS["gateway.key"], by="test")
    Delivery(house).stop("kim", "글을 다시 봄")
    send_week(house, note=told.append)
    assert "모든 문자를 멈춘 상태입니다(kim" in told[-1]
    assert taken(portals) == Counter()

    Delivery(house).resume("kim", "이상 없음")
    send_week(house, note=told.append)
    assert Batches(house).find(batch.batch_id).state is State.DONE
    assert set(taken(portals).values()) == {1}


# ------------------------------------------------------------------ what holds a week


def test_a_list_without_a_needed_column_is_held_with_a_sentence(
    house: House, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("접수일자,납세자명\n2026-11-17,아무개\n", "cp949")
    with pytest.raises(Refused) as held:
        run_week(house, WEEK, file=file, note=quietly)
    assert held.value.code == "week_held"
    run = house.runs.find(RUN)
    assert run is not None
    assert run.status is Status.HELD
    assert "아무개" not in run.message


def test_too_many_unreadable_rows_hold_the_week_until_somebody_takes_it(
    house: House, city: Path
) -> None:
    strict = replace(
        house, city=replace(house.city, limits=replace(house.city.limits, max_set_aside_share=0.0))
    )
    with pytest.raises(Refused, match="따로 둔 행이"):
        run_week(strict, WEEK, file=the_list(city), note=quietly)
    (record,) = Lists(house).of_week(WEEK)
    assert (record.state, record.rows_kept) == (ListState.HELD, 0)
    assert ReliefStore(house).count(WEEK) == 0
    run = run_week(strict, WEEK, file=the_list(city), accept="원본에서 확인함", note=quietly)
    assert run is not None
    assert run.status is Status.WAITING
    (record,) = Lists(house).of_week(WEEK)
    assert (record.state, record.accepted_for) == (ListState.READ, "원본에서 확인함")
    assert record.rows_read == (
        record.rows_kept + record.rows_set_aside + record.rows_skipped + record.rows_outside
    )


def test_an_empty_week_after_a_full_one_is_held(house: House, city: Path) -> None:
    last_week = WEEK - timedelta(days=7)
    run_week(house, last_week, file=the_list(city, "2026-W46"), note=quietly)
    with pytest.raises(Refused, match="한 건도 없습니다"):
        run_week(house, WEEK, file=the_list(city, "2026-W46"), note=quietly)


def test_an_unknown_code_waits_and_goes_out_once_the_officer_knows_it(
    house: House, city: Path
) -> None:
    run_week(house, WEEK, file=the_list(city), note=quietly)
    waiting = [item for item in Reviews(house).queue("kim") if item.reason is Reason.UNKNOWN_CODE]
    ids = {item.grant_id for item in waiting}
    assert ids
    assert not ids & {item.grant_id for item in Freezer(house).members("relief-2026-W47-1")}
    for row in ReliefStore(house).rows_of(sorted(ids), "kim"):
        CodeEdits(house).edit(row.relief_code, "지특법§22의2②", "kim", "도청 회신")
    run_week(house, WEEK, file=the_list(city), note=quietly)
    second = Batches(house).recent(1)[0]
    assert second.number == 2
    assert {item.grant_id for item in Freezer(house).members(second.batch_id)} == ids
    assert Reason.UNKNOWN_CODE not in Reviews(house).open_count()


# ------------------------------------------------------------------ crashes


def _work(house: House, what: str, portals: Portals, file: str) -> subprocess.Popen[str]:
    settings = house.settings
    arguments = [what, str(settings.home), settings.database_url, portals.gateway_address]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.relief.week_worker", *arguments, portals.tax_address, file],
        cwd=SCRIPT.parents[2],
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.slow
def test_killed_again_and_again_nobody_is_lost_and_nobody_told_twice(
    house: House, portals: Portals, city: Path
) -> None:
    killed = 0
    for more in (1, 2, 1, 1):
        killed += _killed(house, "run", portals, str(the_list(city)), more)
    said = _work(house, "run", portals, str(the_list(city))).communicate(timeout=120)[0]
    batches = Batches(house).of_week(WEEK)
    assert len(batches) == 1, said
    approve(house)
    for more in (1, 1, 2):
        killed += _killed(house, "send", portals, "", more)
    for _ in range(3):
        said = _work(house, "send", portals, "").communicate(timeout=240)[0]
    assert Batches(house).find(batches[0].batch_id).state is State.DONE, said
    members = {item.key for item in Freezer(house).members(batches[0].batch_id)}
    progress = Delivery(house).progress(batches[0].batch_id)
    doubt = progress.count(Sent.IN_DOUBT)
    assert killed >= 4
    assert doubt == 0
    assert taken(portals) == Counter(dict.fromkeys(members, 1))


def _killed(house: House, what: str, portals: Portals, file: str, more: int) -> bool:
    """Kill a worker as soon as it has written a few more lines of the run's log."""
    seen = len(house.runs.steps(RUN))
    process = _work(house, what, portals, file)
    ends = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < ends:
        if len(house.runs.steps(RUN)) >= seen + more:
            break
        time.sleep(0.01)
    alive = process.poll() is None
    process.kill()
    process.communicate()
    return alive


@pytest.mark.slow
@pytest.mark.browser
def test_the_robot_fetches_the_week_once_a_person_has_shown_the_certificate(
    house: House, portals: Portals, city: Path
) -> None:
    stop = threading.Event()

    def person() -> None:
        while not stop.wait(0.3):
            run = house.runs.find(RUN)
            if run is not None and run.status is Status.WAITING and "인증서" in run.message:
                with open_browser(house.settings.browser) as browser:
                    certify(browser, portals.certificate_address, PRACTICE_CERTIFICATE.password)
                house.answer(RUN, "kim")
                return

    thread = threading.Thread(target=person, daemon=True)
    thread.start()
    try:
        said = _work(house, "run", portals, "").communicate(timeout=240)[0]
    finally:
        stop.set()
        thread.join(30)
    run = house.runs.find(RUN)
    assert run is not None, said
    assert run.message.startswith("결재를 기다립니다"), said
    kinds = [record.kind.value for record in Lists(house).of_week(WEEK)]
    assert sorted(kinds) == ["household_changes", "ownership_changes", "relief_list"]
    _assert_nothing_personal(house, city, [said])
