"""The card robot against the practice card site: a person in the middle, files that come late."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys

import pytest

from gongmu.core.errors import Refused, Transient
from gongmu.core.settings import Settings
from gongmu.practice.officer import approve, deny
from gongmu.practice.serve import Portals
from gongmu.robots.browser import Browser
from gongmu.robots.card import ROBOT
from gongmu.robots.robot import Hands, Session
from tests.conftest import REPOSITORY
from tests.robots.conftest import CARD_NUMBER, DAY, Office

pytestmark = pytest.mark.browser

THE_DAY = [
    "DWTCD_20261120_card.dat",
    "ROUTESTTN_20261120_card.dat",
    "STTN_20261120_card.dat",
    "TB_KTS_DWTCD_METROPOLITAN_20261120_card.csv",
    "교통카드_20261120_card.xlsx",
]
LATE_ROWS = "DWTCD_20261121_card.dat"


def signed_in(hands: Hands, portals: Portals, browser: Browser) -> Session:
    """Sign in and let the officer approve on the phone."""
    session = ROBOT.sign_in(hands)
    number = re.search(r"\d{3}-\d{3}", session.waiting_for or "")
    assert number is not None
    approve(browser, portals.phone_address, number[0])
    return ROBOT.confirm(hands, session)


def test_the_robot_waits_for_the_officer_and_brings_the_day(
    portals: Portals, office: Office, browser: Browser
) -> None:
    hands = office.hands(portals.card_address)
    waiting = ROBOT.sign_in(hands)
    # The site is asked, not the session: who kept only its hash gets the same answer.
    assert ROBOT.confirm(hands, Session(waiting.state_sha256, None)) == waiting
    number = approve(browser, portals.phone_address)
    assert waiting.waiting_for == (
        f"담당자 휴대전화에서 카드 정산 포털의 인증 요청 {number}을(를) 승인하세요."
    )
    session = ROBOT.confirm(hands, waiting)
    assert session.waiting_for is None

    brought = ROBOT.collect(hands, session, DAY)
    assert brought.missing == ()
    assert sorted(file.name for file in brought.files) == sorted([*THE_DAY, LATE_ROWS])
    assert all(CARD_NUMBER not in note for note in office.notes)
    downloads = {file.name for file in office.kept("download")}
    assert {place for place in office.leaks(CARD_NUMBER) if place not in downloads} == set()


def test_a_late_file_is_missing_first_and_brought_later(
    portals: Portals, office: Office, browser: Browser
) -> None:
    portals.card_faults.change({"late": "교통카드", "late_visits": 1})
    hands = office.hands(portals.card_address)
    session = signed_in(hands, portals, browser)
    first = ROBOT.collect(hands, session, DAY)
    assert first.missing == ("교통카드",)
    assert "교통카드 자료는 아직 없습니다." in office.notes
    second = ROBOT.collect(hands, session, DAY)
    assert second.missing == ()
    assert set(THE_DAY) <= {file.name for file in second.files}


def test_the_work_goes_on_after_the_process_was_killed(
    portals: Portals, office: Office, browser: Browser, settings: Settings
) -> None:
    command = [sys.executable, "-m", "tests.robots.worker"]
    place = [str(settings.home), portals.card_address]
    with subprocess.Popen(
        [*command, "wait", *place], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    ) as worker:
        assert worker.stdout is not None
        told = worker.stdout.readline()
        worker.send_signal(signal.SIGKILL)
        assert worker.wait() == -signal.SIGKILL
    assert approve(browser, portals.phone_address) in told

    went_on = subprocess.run(
        [*command, "go-on", *place], capture_output=True, text=True, cwd=REPOSITORY, check=True
    )
    assert set(THE_DAY) <= set(json.loads(went_on.stdout))
    assert {file.name for file in office.kept("download")} >= set(THE_DAY)


def test_a_denied_request_is_refused(portals: Portals, office: Office, browser: Browser) -> None:
    hands = office.hands(portals.card_address)
    session = ROBOT.sign_in(hands)
    deny(browser, portals.phone_address)
    denied = office.failure(Refused, lambda: ROBOT.confirm(hands, session))
    assert denied.code == "second_step_denied"


def test_an_approval_that_comes_too_late_needs_a_new_sign_in(
    portals: Portals, office: Office
) -> None:
    hands = office.hands(portals.card_address)
    session = ROBOT.sign_in(hands)
    portals.card_faults.approval_seconds = 0.0
    late = office.failure(Transient, lambda: ROBOT.confirm(hands, session))
    assert late.code == "session_expired"


def test_nothing_is_collected_before_the_second_step(portals: Portals, office: Office) -> None:
    hands = office.hands(portals.card_address)
    waiting = ROBOT.sign_in(hands)
    refused = office.failure(Refused, lambda: ROBOT.collect(hands, waiting, DAY))
    assert refused.code == "second_step_waiting"
    # Even if somebody says otherwise, the site does not let the robot in.
    pretended = Session(waiting.state_sha256, None)
    ended = office.failure(Transient, lambda: ROBOT.collect(hands, pretended, DAY))
    assert ended.code == "session_expired"


def test_a_moved_button_is_named(portals: Portals, office: Office, browser: Browser) -> None:
    session = signed_in(office.hands(portals.card_address), portals, browser)
    portals.card_faults.change({"changed": "moved"})
    hands = office.hands(portals.card_address, wait_seconds=2.0)
    changed = office.failure(Refused, lambda: ROBOT.collect(hands, session, DAY))
    assert changed.code == "screen_changed"
    assert "카드 정산 포털의 '정산자료 목록' 화면에서 조회 단추" in changed.message
    assert office.files.read(changed.evidence_sha256).startswith(b"\x89PNG")


def test_a_wrong_password_asks_no_phone(portals: Portals, office: Office) -> None:
    portals.card_faults.password_changed = True
    hands = office.hands(portals.card_address)
    refused = office.failure(Refused, lambda: ROBOT.sign_in(hands))
    assert refused.code == "sign_in_refused"
    assert not any("휴대전화" in note for note in office.notes)
