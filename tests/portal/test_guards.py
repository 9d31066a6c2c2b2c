"""What stands before every page: sign-in, roles, headers, same-origin acts, errors as pages."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from gongmu.portal.security import POLICY, safe_next
from tests.portal.conftest import PASSWORD, Served, add_runs

PAGES = ("/bus", "/bus/why", "/bus/workbook.xlsx", "/runs", "/runs/bus-day/2026-11-20", "/")


@pytest.fixture
def nobody(fresh: Served) -> Iterator[httpx.Client]:
    with fresh.visitor() as client:
        yield client


@pytest.fixture
def kim(fresh: Served) -> Iterator[httpx.Client]:
    with fresh.visitor("kim") as client:
        yield client


@pytest.mark.parametrize("path", PAGES)
def test_nobody_sees_a_page_without_signing_in(nobody: httpx.Client, path: str) -> None:
    answer = nobody.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/sign-in?next={path}"
    machine = nobody.get(path, headers={"Accept": "application/json"})
    assert machine.status_code == 401
    assert machine.headers["content-type"] == "application/problem+json"


def test_after_signing_in_one_arrives_where_one_wanted(fresh: Served) -> None:
    with fresh.visitor() as client:
        form = {"account": "kim", "password": PASSWORD, "next": "/bus?way=1"}
        answer = client.post("/sign-in", data=form)
        assert answer.headers["location"] == "/bus?way=1"
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert client.get("/bus").status_code == 200
        client.post("/sign-out")
        assert client.get("/bus").status_code == 303
    assert fresh.portal.did() == ["portal.sign_in", "bus.view", "portal.sign_out"]


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)",
     "/ok\r\nSet-Cookie: a=b", "/\t/evil.example", ""],
)  # fmt: skip
def test_sign_in_never_leads_to_another_site(nobody: httpx.Client, elsewhere: str) -> None:
    assert safe_next(elsewhere) == "/"
    form = {"account": "kim", "password": PASSWORD, "next": elsewhere}
    assert nobody.post("/sign-in", data=form).headers["location"] == "/"


def test_five_wrong_passwords_lock_the_account(fresh: Served) -> None:
    with fresh.visitor() as client:
        wrong = {"account": "kim", "password": "아닌 비밀번호 3"}
        assert [client.post("/sign-in", data=wrong).status_code for _ in range(5)] == [403] * 5
        locked = client.post("/sign-in", data=wrong | {"password": PASSWORD})
        assert locked.status_code == 429
        assert "잠시 잠겼습니다" in locked.text
        fresh.portal.clock.pass_(minutes=11)
        again = client.post("/sign-in", data=wrong | {"password": PASSWORD})
        assert again.status_code == 303
    assert fresh.portal.did().count("portal.sign_in_refused") == 6


def test_every_answer_carries_the_strict_policy(kim: httpx.Client) -> None:
    for path in (*PAGES, "/sign-in", "/nowhere", "/static/portal.css", "/health"):
        headers = kim.get(path).headers
        assert headers["content-security-policy"] == POLICY, path
        assert headers["x-content-type-options"] == "nosniff"
    assert "unsafe" not in POLICY
    assert kim.get("/bus").headers["cache-control"] == "no-store"
    assert "HX-Request-Type" in kim.get("/bus").headers["vary"]
    assert "immutable" in kim.get("/static/portal.css").headers["cache-control"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 204),
        ({"Sec-Fetch-Site": "none"}, 204),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
def test_acts_come_from_our_own_pages_only(
    fresh: Served, kim: httpx.Client, headers: dict[str, str], status: int
) -> None:
    with httpx.Client(base_url=fresh.address, cookies=kim.cookies) as plain:
        assert plain.post("/session/extend", headers=headers).status_code == status
        ours = {"Origin": fresh.address}
        assert plain.post("/session/extend", headers=ours).status_code == 204


def test_what_is_sent_is_limited_also_without_a_length(kim: httpx.Client) -> None:
    accept = {"Accept": "application/json"}
    said = kim.post("/contrast", content=b"x" * 1_000_001, headers=accept)

    def pieces() -> Iterator[bytes]:
        for _ in range(20):
            yield b"x" * 100_000

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    unsaid = kim.post("/contrast", content=pieces(), headers=accept | form)
    for answer in (said, unsaid):
        assert answer.status_code == 413
        assert answer.json()["type"] == "urn:gongmu:too_large"


def test_errors_are_korean_pages_that_say_what_to_do(fresh: Served, kim: httpx.Client) -> None:
    missing = kim.get("/nowhere")
    assert missing.status_code == 404
    assert "찾는 화면이 없습니다" in missing.text
    assert kim.get("/bus?hour=99").status_code == 400
    assert kim.get("/bus?from=yesterday").status_code == 400
    machine = kim.get("/nowhere", headers={"Accept": "application/json"}).json()
    assert machine["status"] == 404
    assert machine["todo"]

    def broken() -> None:
        raise RuntimeError("secret detail")

    fresh.portal.app.add_api_route("/broken", broken)
    bug = kim.get("/broken")
    assert bug.status_code == 500
    assert "secret detail" not in bug.text
    assert "운영 담당자" in bug.text
    assert bug.headers["content-security-policy"] == POLICY


def test_viewing_is_for_all_but_downloads_and_answers_for_working_roles(fresh: Served) -> None:
    add_runs(fresh.portal.runs)
    with fresh.visitor("lee") as lee:
        assert "엑셀(담당 역할 필요)" in lee.get("/bus").text
        refused = lee.get("/bus/workbook.xlsx")
        assert refused.status_code == 403
        assert "권한이 없습니다" in refused.text
        assert "인증을 마쳤습니다" not in lee.get("/runs").text
        assert lee.post("/runs/bus-day/2026-11-20").status_code == 403
    assert "bus.download" not in fresh.portal.did()
    assert not fresh.portal.answers


def test_a_waiting_robot_is_answered_once_by_its_person(fresh: Served) -> None:
    add_runs(fresh.portal.runs)
    with fresh.visitor("kim") as kim:
        assert "인증을 마쳤습니다" in kim.get("/runs").text
        assert "BMS 포털에 로그인했습니다" in kim.get("/runs/bus-day/2026-11-20").text
        assert kim.post("/runs/bus-day/2026-11-20").status_code == 303
        assert kim.post("/runs/bus-day/2026-11-18").status_code == 303, "done already: no answer"
        assert kim.get("/runs/no-such-run").status_code == 404
    assert fresh.portal.answers == ["bus-day/2026-11-20 kim"]


def test_every_view_and_download_is_on_the_access_record(fresh: Served, kim: httpx.Client) -> None:
    kim.get("/bus?way=1")
    kim.get("/bus", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    kim.get("/bus/why")
    kim.get("/bus/workbook.xlsx")
    entries = [entry for entry in fresh.portal.audit.entries() if entry.did.startswith("bus.")]
    assert [entry.did for entry in entries] == [
        "bus.view",
        "bus.view",
        "bus.view_lineage",
        "bus.download",
    ]
    assert {(entry.who, entry.address) for entry in entries} == {("kim", "127.0.0.1")}
    assert "way=1" in entries[0].about
    assert fresh.portal.audit.first_broken() is None


def test_an_ended_session_moves_the_whole_page_not_a_piece(fresh: Served) -> None:
    with fresh.visitor("kim") as kim:
        fresh.portal.clock.pass_(minutes=31)
        piece = kim.get("/bus", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert piece.status_code == 401
    assert piece.headers["hx-redirect"] == "/sign-in?ended=1"
