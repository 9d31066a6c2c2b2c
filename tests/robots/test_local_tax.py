"""The local-tax robot against the practice system: a certificate, frames, nobody's name left."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from gongmu.core.errors import Refused, Transient
from gongmu.practice.officer import certify
from gongmu.practice.serve import PRACTICE_CERTIFICATE, Portals, running
from gongmu.practice.tax.make import make_tax_office
from gongmu.robots.browser import Browser
from gongmu.robots.local_tax import ROBOT
from gongmu.robots.robot import Hands, Session
from tests.robots.conftest import Office

pytestmark = pytest.mark.browser

MONDAY = date(2026, 11, 16)
KINDS = ("relief_list", "ownership_changes", "household_changes")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tax office with few grants a week; its lists have no faults."""
    folder = tmp_path_factory.mktemp("city")
    make_tax_office(folder, 3, MONDAY, 2, 40, 0, lambda _: None)
    return folder


@pytest.fixture
def portals(city: Path) -> Iterator[Portals]:
    with running(city) as addresses:
        yield addresses


def signed_in(hands: Hands, portals: Portals, browser: Browser) -> Session:
    """Sign in and let the officer show the certificate."""
    session = ROBOT.sign_in(hands)
    number = re.search(r"\d{4}-\d{4}", session.waiting_for or "")
    assert number is not None
    show_certificate(portals, browser, number[0])
    return ROBOT.confirm(hands, session)


def show_certificate(portals: Portals, browser: Browser, number: str = "") -> str:
    password = PRACTICE_CERTIFICATE.password
    return certify(browser, portals.certificate_address, password, number)


def register(city: Path, week: str = "2026-W47") -> dict[str, list[dict[str, str]]]:
    text = (city / "outside/tax" / week / "register.json").read_text("utf-8")
    rows: dict[str, list[dict[str, str]]] = json.loads(text)
    return rows


def test_the_robot_waits_for_the_certificate_and_brings_the_weeks_lists(
    portals: Portals, office: Office, browser: Browser, city: Path
) -> None:
    hands = office.hands(portals.tax_address)
    waiting = ROBOT.sign_in(hands)
    assert ROBOT.confirm(hands, Session(waiting.state_sha256, None)) == waiting
    number = show_certificate(portals, browser)
    assert waiting.waiting_for == (
        f"인증서 창에서 지방세 시스템의 로그인 요청 {number}에 담당자 인증서로 인증하세요."
    )
    session = ROBOT.confirm(hands, waiting)
    assert session.waiting_for is None

    brought = ROBOT.collect(hands, session, MONDAY)
    assert brought.missing == ()
    assert [file.kind for file in brought.files] == list(KINDS)
    assert [file.name for file in brought.files] == [
        "relief_list_20261116_local_tax.xls",
        "ownership_changes_20261116_local_tax.csv",
        "household_changes_20261116_local_tax.xlsx",
    ]
    expected = next((city / "outside/tax/2026-W47").glob("감면대장_*.xls")).read_bytes()
    assert office.files.read(brought.files[0].sha256) == expected


def test_no_name_number_plate_or_phone_is_left_anywhere_but_in_the_lists(
    portals: Portals, office: Office, browser: Browser, city: Path
) -> None:
    hands = office.hands(portals.tax_address)
    ROBOT.collect(hands, signed_in(hands, portals, browser), MONDAY)
    rows = register(city)
    people = [*rows["감면대장"][:20], *rows["소유권변동"], *rows["세대변동"]]
    said = {row.get(code, "") for row in people for code in ("name", "number", "plate", "phone")}
    found = [place for word in said - {""} for place in office.leaks(word)]
    assert found == []
    assert office.leaks(PRACTICE_CERTIFICATE.password) == []


def test_pictures_look_the_same_whoever_stands_in_the_list(
    office: Office, browser: Browser, tmp_path: Path
) -> None:
    """Two towns with different people leave the same picture: no row is visible in it."""
    pictures = set()
    for seed in (3, 4):
        folder = tmp_path / str(seed)
        make_tax_office(folder, seed, MONDAY, 1, 30, 0, lambda _: None)
        for week in (folder / "outside/tax").glob("*/register.json"):
            rows = json.loads(week.read_text("utf-8"))
            # Only the reliefs, so that the last screen is the same list with as many rows.
            week.write_text(json.dumps(rows | {"세대변동": rows["감면대장"]}), "utf-8")
            for row in rows["감면대장"]:
                row["changed_on"] = row["filed_on"]
            week.write_text(json.dumps(rows | {"세대변동": rows["감면대장"]}), "utf-8")
        with running(folder) as portals:
            hands = office.hands(portals.tax_address)
            brought = ROBOT.collect(hands, signed_in(hands, portals, browser), MONDAY)
        pictures.add(office.files.read(brought.screenshot_sha256))
    assert len(pictures) == 1


def test_a_week_without_changes_has_no_file_of_them_and_an_empty_list_is_missing(
    portals: Portals, office: Office, browser: Browser
) -> None:
    hands = office.hands(portals.tax_address)
    session = signed_in(hands, portals, browser)
    brought = ROBOT.collect(hands, session, date(2027, 3, 1))
    assert brought.files == ()
    assert brought.missing == ("relief_list",)


def test_a_list_that_is_not_closed_yet_is_missing_first_and_brought_later(
    portals: Portals, office: Office, browser: Browser
) -> None:
    portals.tax_faults.change({"late": "감면대장", "late_visits": 1})
    hands = office.hands(portals.tax_address)
    session = signed_in(hands, portals, browser)
    assert ROBOT.collect(hands, session, MONDAY).missing == ("relief_list",)
    assert ROBOT.collect(hands, session, MONDAY).missing == ()


def test_a_wrong_certificate_password_lets_nobody_in(
    portals: Portals, office: Office, browser: Browser
) -> None:
    hands = office.hands(portals.tax_address)
    session = ROBOT.sign_in(hands)
    with pytest.raises(ValueError, match="인증서 비밀번호"):
        certify(browser, portals.certificate_address, "wrong")
    assert ROBOT.confirm(hands, session).waiting_for == session.waiting_for
    pretended = Session(session.state_sha256, None)
    ended = office.failure(Transient, lambda: ROBOT.collect(hands, pretended, MONDAY))
    assert ended.code == "session_expired"
    refused = office.failure(Refused, lambda: ROBOT.collect(hands, session, MONDAY))
    assert refused.code == "second_step_waiting"


@pytest.mark.parametrize("how", ["renamed", "moved"])
def test_a_changed_button_is_named_with_a_picture(
    portals: Portals, office: Office, browser: Browser, how: str
) -> None:
    session = signed_in(office.hands(portals.tax_address), portals, browser)
    portals.tax_faults.change({"changed": how})
    hands = office.hands(portals.tax_address, wait_seconds=2.0)
    changed = office.failure(Refused, lambda: ROBOT.collect(hands, session, MONDAY))
    assert changed.code == "screen_changed"
    assert "조회 단추" in changed.message
    assert office.files.read(changed.evidence_sha256).startswith(b"\x89PNG")


def test_troubles_of_the_site_are_told_apart(
    portals: Portals, office: Office, browser: Browser
) -> None:
    hands = office.hands(portals.tax_address, wait_seconds=2.0)
    session = signed_in(hands, portals, browser)
    portals.tax_faults.change({"session_seconds": 0.0})
    expired = office.failure(Transient, lambda: ROBOT.collect(hands, session, MONDAY))
    portals.tax_faults.change({"session_seconds": 600.0, "down": True})
    down = office.failure(Transient, lambda: ROBOT.collect(hands, session, MONDAY))
    portals.tax_faults.change({"down": False, "password_changed": True})
    refused = office.failure(Refused, lambda: ROBOT.sign_in(hands))
    assert [expired.code, down.code, refused.code] == [
        "session_expired",
        "site_down",
        "sign_in_refused",
    ]


def test_a_download_that_breaks_off_is_tried_again_later(
    portals: Portals, office: Office, browser: Browser
) -> None:
    hands = office.hands(portals.tax_address, wait_seconds=3.0)
    session = signed_in(hands, portals, browser)
    portals.tax_faults.change({"broken": True})
    broken = office.failure(Transient, lambda: ROBOT.collect(hands, session, MONDAY))
    assert broken.code in ("site_down", "site_slow")
    assert office.kept("relief_list") == []
