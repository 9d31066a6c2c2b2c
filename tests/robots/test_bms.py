"""The BMS robot against the practice BMS site, in a real browser."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from gongmu.core.errors import Refused, Transient
from gongmu.core.values import content_hash
from gongmu.core.vault import secret_table
from gongmu.practice.serve import PRACTICE_ACCOUNT, Portals
from gongmu.robots.bms import ROBOT
from gongmu.robots.browser import Browser
from gongmu.robots.evidence import keep_trace, start_trace
from tests.robots.conftest import DAY, Office, outside_files

pytestmark = pytest.mark.browser


def test_a_day_is_brought_whole_with_names_of_our_own(portals: Portals, office: Office) -> None:
    hands = office.hands(portals.bms_address)
    session = ROBOT.confirm(hands, ROBOT.sign_in(hands))
    assert session.waiting_for is None
    brought = ROBOT.collect(hands, session, DAY)

    assert brought.missing == ()
    assert [file.name for file in brought.files] == [
        "노선_20261120_bms.csv",
        "노선정류소_20261120_bms.csv",
        "정류소_20261120_bms.csv",
        "차량_20261120_bms.csv",
        "배차시간표_20261120_bms.csv",
        "정류소통과_20261120_bms_가람운수.xls",
        "정류소통과_20261120_bms_나루교통.xls",
    ]
    outside = outside_files()
    passages = outside["bms/정류소통과_20261120_가람운수.xls"]
    assert brought.files[5].sha256 == content_hash(passages)
    assert office.files.read(brought.files[5].sha256) == passages
    assert office.files.read(brought.screenshot_sha256).startswith(b"\x89PNG")
    assert office.files.read(brought.trace_sha256).startswith(b"PK")
    assert "사이트가 띄운 창을 닫았습니다." in office.notes
    assert "사이트의 물음 창에 '취소'로 답했습니다." in office.notes
    assert all(any(name in note for note in office.notes) for name in ("차량_", "나루교통"))


def test_what_is_not_there_yet_is_missing_and_no_error(portals: Portals, office: Office) -> None:
    portals.bms_faults.change({"late": "정류소통과_20261120_나루교통", "late_visits": 1})
    hands = office.hands(portals.bms_address)
    brought = ROBOT.collect(hands, ROBOT.sign_in(hands), DAY)
    assert brought.missing == ("정류소통과(나루교통)",)
    assert len(brought.files) == 6


def test_a_day_without_any_material_is_all_missing(portals: Portals, office: Office) -> None:
    hands = office.hands(portals.bms_address)
    brought = ROBOT.collect(hands, ROBOT.sign_in(hands), DAY.replace(day=22))
    assert brought.files == ()
    assert brought.missing[:2] == ("노선", "노선정류소")
    assert brought.missing[-1] == "정류소통과(나루교통)"


def test_a_site_that_is_down_is_tried_again_later(portals: Portals, office: Office) -> None:
    portals.bms_faults.down = True
    hands = office.hands(portals.bms_address, wait_seconds=1.0)
    assert office.failure(Transient, lambda: ROBOT.sign_in(hands)).code == "site_down"
    # One unwell answer is waited out inside; the rest is for the retry of the whole step.
    portals.bms_faults.change({"down": False, "down_visits": 1})
    assert ROBOT.sign_in(office.hands(portals.bms_address)).waiting_for is None


def test_a_site_nobody_listens_at_is_down(office: Office) -> None:
    hands = office.hands("http://127.0.0.1:9", wait_seconds=1.0)
    assert office.failure(Transient, lambda: ROBOT.sign_in(hands)).code == "site_down"


def test_a_slow_site_is_waited_for(portals: Portals, office: Office) -> None:
    portals.bms_faults.slow_seconds = 0.5
    assert ROBOT.sign_in(office.hands(portals.bms_address)).waiting_for is None


def test_a_site_that_is_too_slow_is_transient(portals: Portals, office: Office) -> None:
    portals.bms_faults.slow_seconds = 3.0
    hands = office.hands(portals.bms_address, wait_seconds=1.0)
    late = office.failure(Transient, lambda: ROBOT.sign_in(hands))
    assert late.code in ("site_down", "site_slow")


def test_a_renamed_button_is_named(portals: Portals, office: Office) -> None:
    session = ROBOT.sign_in(office.hands(portals.bms_address))
    portals.bms_faults.change({"changed": "renamed"})
    hands = office.hands(portals.bms_address, wait_seconds=2.0)
    changed = office.failure(Refused, lambda: ROBOT.collect(hands, session, DAY))
    assert changed.code == "screen_changed"
    assert "BMS 포털의 '운행자료 내려받기' 화면에서 조회 단추" in changed.message
    assert "지금 보이는 것: '▦', '자료검색'" in changed.message
    assert office.files.read(changed.evidence_sha256).startswith(b"\x89PNG")
    assert office.files.read(changed.trace_sha256).startswith(b"PK")
    # The workflow engine keeps errors pickled; the evidence must not get lost there.
    assert vars(pickle.loads(pickle.dumps(changed))) == vars(changed)  # noqa: S301 - our own


def test_a_wrong_password_is_refused_after_one_try(portals: Portals, office: Office) -> None:
    portals.bms_faults.password_changed = True
    hands = office.hands(portals.bms_address)
    refused = office.failure(Refused, lambda: ROBOT.sign_in(hands))
    assert refused.code == "sign_in_refused"
    assert "(오류 1/5회)" in refused.message
    assert "gongmu secrets set bms.password" in refused.todo
    assert office.files.read(refused.evidence_sha256).startswith(b"\x89PNG")


def test_an_ended_session_is_told_as_such(portals: Portals, office: Office) -> None:
    hands = office.hands(portals.bms_address)
    session = ROBOT.sign_in(hands)
    portals.bms_faults.session_seconds = 0.0
    ended = office.failure(Transient, lambda: ROBOT.collect(hands, session, DAY))
    assert ended.code == "session_expired"


def test_a_session_that_ends_between_two_files_is_told_as_such(
    portals: Portals, office: Office
) -> None:
    session = ROBOT.sign_in(office.hands(portals.bms_address))

    def end_after_the_first_file(note: str) -> None:
        if "파일을 받았습니다" in note:
            portals.bms_faults.session_seconds = 0.0

    hands = replace(office.hands(portals.bms_address, 2.0), note=end_after_the_first_file)
    ended = office.failure(Transient, lambda: ROBOT.collect(hands, session, DAY))
    assert ended.code == "session_expired"


def test_a_download_that_stalls_is_given_up(portals: Portals, office: Office) -> None:
    session = ROBOT.sign_in(office.hands(portals.bms_address))
    portals.bms_faults.stalled = True
    hands = office.hands(portals.bms_address, wait_seconds=2.0)
    stalled = office.failure(Transient, lambda: ROBOT.collect(hands, session, DAY))
    assert stalled.code == "site_slow"
    assert office.kept("download") == []


def test_a_download_that_breaks_off_is_not_kept(portals: Portals, office: Office) -> None:
    session = ROBOT.sign_in(office.hands(portals.bms_address))
    portals.bms_faults.broken = True
    hands = office.hands(portals.bms_address)
    broken = office.failure(Transient, lambda: ROBOT.collect(hands, session, DAY))
    assert broken.code == "site_down"
    assert office.kept("download") == []


def test_a_browser_that_dies_is_transient(
    portals: Portals, office: Office, browser: Browser
) -> None:
    def kill(note: str) -> None:
        if "엽니다" in note:
            browser.contexts[-1].close()

    hands = replace(office.hands(portals.bms_address), note=kill)
    assert office.failure(Transient, lambda: ROBOT.sign_in(hands)).code == "browser_failed"


def test_a_missing_secret_is_named(portals: Portals, office: Office) -> None:
    with office.engine.begin() as connection:
        connection.execute(secret_table.delete().where(secret_table.c.name == "bms.password"))
    hands = office.hands(portals.bms_address)
    refused = office.failure(Refused, lambda: ROBOT.sign_in(hands))
    assert refused.code == "secret_missing"
    assert "bms.password" in refused.message


def test_the_search_for_leaks_finds_a_traced_sign_in(
    portals: Portals, office: Office, browser: Browser
) -> None:
    """Shows why signing in is not traced, and that the check after every test can fail."""
    context = browser.new_context()
    start_trace(context)
    page = context.new_page()
    page.goto(portals.bms_address)
    page.get_by_label("비밀번호").fill("Other-word-9")
    sha256 = keep_trace(office.hands(portals.bms_address), context, "bms")
    context.close()
    assert office.files.find(sha256) is not None
    assert office.leaks("Other-word-9") != []
    assert office.leaks(PRACTICE_ACCOUNT.password) == []
