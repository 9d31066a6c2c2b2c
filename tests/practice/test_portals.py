"""The practice sites behave as the real ones do, quirks and troubles included."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from gongmu.practice.portals.site import LOCKED_AFTER, Faults
from gongmu.practice.serve import PRACTICE_ACCOUNT, Portals, running

DAY = "2026-11-20"
EVENTS = "정류소통과_20261120_가람운수.xls"


@pytest.fixture
def portals(tmp_path: Path) -> Iterator[Portals]:
    bms, card = tmp_path / "outside/bms", tmp_path / "outside/card"
    (card / "late").mkdir(parents=True)
    bms.mkdir()
    (bms / "노선_20261120.csv").write_bytes("노선ID,노선번호\r\n".encode("cp949"))
    (bms / EVENTS).write_bytes("<table><tr><td>운행일자</td></tr></table>".encode("cp949"))
    (card / "DWTCD_20261120.dat").write_bytes(b"1|2|3\r\n")
    (card / "교통카드_20261120.xlsx").write_bytes(b"PK")
    (card / "late/DWTCD_20261121.dat").write_bytes(b"4|5|6\r\n")
    with running(tmp_path) as addresses:
        yield addresses


@contextmanager
def visiting(address: str, password: str = PRACTICE_ACCOUNT.password) -> Iterator[httpx.Client]:
    """Give a client that has sent id and password."""
    with httpx.Client(base_url=address, follow_redirects=True) as client:
        client.post("/login", data={"user_id": PRACTICE_ACCOUNT.user_id, "password": password})
        yield client


@contextmanager
def inside_card(portals: Portals) -> Iterator[httpx.Client]:
    """Give a client whose second step was approved."""
    with visiting(portals.card_address) as client:
        answer(client, "approve")
        client.post("/auth/done")
        yield client


def answer(client: httpx.Client, choice: str) -> None:
    number = client.get("/auth").text.split('"요청 번호">')[1].split("<")[0]
    client.post("/phone", data={"number": number, "answer": choice})


def test_the_sites_refuse_every_address_but_loopback(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"127\.0\.0\.1"), running(tmp_path, host="0.0.0.0"):  # noqa: S104
        pass


def test_the_sites_answer_to_loopback_names_only(portals: Portals) -> None:
    refused = httpx.get(portals.bms_address, headers={"Host": "evil.example"})
    assert refused.status_code == 400


def test_the_sites_stop_when_the_block_ends(tmp_path: Path) -> None:
    with running(tmp_path) as portals:
        assert httpx.get(portals.card_address).status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(portals.card_address)


def test_a_taken_port_is_said_and_nothing_stays_open(portals: Portals, tmp_path: Path) -> None:
    taken = int(portals.card_address.rsplit(":", 1)[1])
    with pytest.raises(OSError, match="in use"), running(tmp_path, card_port=taken):
        pass
    assert httpx.get(portals.card_address).status_code == 200


def test_bms_speaks_euc_kr_and_sends_cp949_file_names(portals: Portals) -> None:
    with visiting(portals.bms_address) as client:
        result = client.get("/work/result", params={"day": DAY, "operator": "01"})
        assert result.headers["content-type"] == "text/html; charset=euc-kr"
        assert "가람운수 자료 목록" in result.content.decode("cp949")
        sent = client.get("/work/file", params={"name": EVENTS})
    assert sent.content.startswith(b"<table>")
    names = [value for key, value in sent.headers.raw if key.lower() == b"content-disposition"]
    assert names == [b'attachment; filename="' + EVENTS.encode("cp949") + b'"']


def test_bms_says_when_a_day_is_not_there_yet(portals: Portals) -> None:
    with visiting(portals.bms_address) as client:
        result = client.get("/work/result", params={"day": "2026-11-21", "operator": "01"})
    assert "2026-11-21 자료는 아직 생성되지 않았습니다" in result.content.decode("cp949")


def test_bms_asks_for_a_readable_day_and_an_operator(portals: Portals) -> None:
    with visiting(portals.bms_address) as client:
        no_day = client.get("/work/result", params={"day": "어제", "operator": "01"})
        no_operator = client.get("/work/result", params={"day": DAY, "operator": ""})
    assert "YYYY-MM-DD" in no_day.content.decode("cp949")
    assert "운수사를 선택" in no_operator.content.decode("cp949")


def test_nothing_is_shown_before_sign_in(portals: Portals) -> None:
    for address, path in (
        (portals.bms_address, "/main"),
        (portals.bms_address, "/work/result"),
        (portals.bms_address, f"/work/file?name={EVENTS}"),
        (portals.card_address, "/auth"),
        (portals.card_address, "/files"),
        (portals.card_address, "/files/get?name=DWTCD_20261120.dat"),
    ):
        shown = httpx.get(address + path, follow_redirects=True)
        assert "세션이 만료되었습니다" in shown.content.decode(shown.encoding or "utf-8"), path


def test_files_outside_the_folder_cannot_be_asked_for(portals: Portals) -> None:
    with visiting(portals.bms_address) as client:
        sent = client.get("/work/file", params={"name": "../card/DWTCD_20261120.dat"})
    assert sent.status_code == 404


def test_wrong_passwords_lock_the_account(portals: Portals) -> None:
    for _ in range(LOCKED_AFTER):
        with visiting(portals.bms_address, "wrong"):
            pass
    with visiting(portals.bms_address) as client:
        told = client.post("/login", data={"user_id": "practice01", "password": "x"})
    assert "계정이 잠겼습니다" in told.content.decode("cp949")


def test_the_card_site_lets_nobody_in_before_the_phone_answers(portals: Portals) -> None:
    with visiting(portals.card_address) as client:
        assert "휴대전화 인증 대기" in client.get("/auth").text
        assert "승인 대기" in client.post("/auth/done").text
        answer(client, "approve")
        assert "정산자료 목록" in client.post("/auth/done").text


def test_a_denied_or_late_answer_lets_nobody_in(portals: Portals) -> None:
    with visiting(portals.card_address) as client:
        answer(client, "deny")
        assert "승인 거절" in client.post("/auth/done").text
    portals.card_faults.approval_seconds = 0.0
    with visiting(portals.card_address) as client:
        answer(client, "approve")
        assert "시간 초과" in client.post("/auth/done").text


def test_the_next_day_holds_the_late_rows(portals: Portals) -> None:
    with inside_card(portals) as client:
        listed = client.get("/files", params={"first": DAY, "last": "2026-11-21"}).text
        sent = client.get("/files/get", params={"name": "DWTCD_20261121.dat"})
    assert "DWTCD_20261120.dat" in listed
    assert "교통카드_20261120.xlsx" in listed
    assert sent.content == b"4|5|6\r\n"


def test_a_late_file_is_being_made_until_it_was_asked_for_twice(portals: Portals) -> None:
    portals.card_faults.change({"late": "DWTCD_20261120", "late_visits": 2})
    with inside_card(portals) as client:
        get = {"name": "DWTCD_20261120.dat"}
        asked = []
        for _ in range(3):
            asked.append("생성 중" in client.get("/files", params={"first": DAY, "last": DAY}).text)
            last_sent = client.get("/files/get", params=get).status_code
    assert asked == [True, True, False]
    assert last_sent == 200


def test_a_late_file_may_be_hidden_until_its_time(portals: Portals) -> None:
    portals.card_faults.change({"late": "DWTCD", "late_seconds": 3600.0, "late_hidden": True})
    with inside_card(portals) as client:
        listed = client.get("/files", params={"first": DAY, "last": DAY}).text
    assert "DWTCD" not in listed


def test_sessions_end_after_idle_time(portals: Portals) -> None:
    with visiting(portals.bms_address) as client:
        portals.bms_faults.session_seconds = 0.0
        assert "세션이 만료되었습니다" in client.get("/main").content.decode("cp949")


def test_faults_are_switched_through_the_practice_door(portals: Portals) -> None:
    door = f"{portals.bms_address}/practice/faults"
    assert httpx.put(door, json={"down": True}).json()["down"] is True
    assert httpx.get(portals.bms_address).status_code == 503
    assert httpx.put(door, json={"down": False, "down_visits": 1}).status_code == 200
    assert [httpx.get(portals.bms_address).status_code for _ in range(2)] == [503, 200]


@pytest.mark.parametrize("wrong", [{"nonsense": 1}, {"down": "yes"}, [1]])
def test_unknown_faults_are_refused_whole(portals: Portals, wrong: object) -> None:
    refused = httpx.put(f"{portals.bms_address}/practice/faults", json=wrong)
    assert refused.status_code == 400
    assert portals.bms_faults == Faults()


def test_a_slow_site_still_answers(portals: Portals) -> None:
    portals.bms_faults.slow_seconds = 0.2
    assert httpx.get(portals.bms_address).elapsed.total_seconds() >= 0.2
