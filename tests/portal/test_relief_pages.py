"""The tax office's pages without a browser: who sees what, what is written down, what is masked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest

from gongmu.core.runs import Status as RunStatus
from gongmu.relief.batch import Batches, State
from gongmu.relief.code_edits import CodeEdits
from gongmu.relief.events import Events, EventState
from gongmu.relief.lists import Lists, ListState
from gongmu.relief.review import Reviews
from tests.portal.conftest import PASSWORD
from tests.portal.offices import (
    EVENT,
    NAMES,
    PHONE,
    PLATE,
    SHA,
    WEEK,
    WEEK_ON,
    Office,
    approved,
    grant,
    open_office,
    serving_office,
    visitor,
)

FIRST = grant(0).grant_id
BATCH = f"relief-{WEEK}-1"
LIST = (
    "과세번호,접수일자,납세자명,주민등록번호,휴대전화,차량번호,취득일자,등록일자,"
    "감면코드,과세표준,산출세액,감면세액,납부세액\n"
    "2026-0-0001,2026-11-17,가람솔,800101-1******,010-0000-1230,12가3450,2026-11-12,2026-11-13,"
    "022111,40000000,2800000,2380000,420000\n"
).encode("cp949")
PAGES = (
    "/relief",
    f"/relief/weeks/{WEEK}",
    f"/relief/weeks/{WEEK}?stand=review",
    f"/relief/lists/{WEEK}/{SHA}",
    f"/relief/grants/{FIRST}",
    f"/relief/batches/{BATCH}",
    f"/relief/batches/{BATCH}/members",
    f"/relief/letters/{WEEK}",
    "/relief/due?week=2027-W45",
    "/relief/watch",
    f"/relief/watch/{EVENT}",
    "/relief/people",
    f"/relief/people/{FIRST}",
    "/relief/what-if",
    f"/relief/what-if?name=ev_66_4.last_on&value=2026-06-30&from={WEEK}&to={WEEK}",
    "/relief/report",
    "/messages",
    "/messages/doubt",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the week in it, closed again."""
    home = tmp_path_factory.mktemp("made")
    with open_office(home):
        pass
    return home


@pytest.fixture
def office(tmp_path: Path, made: Path) -> Iterator[Office]:
    """An office of this test alone."""
    with open_office(tmp_path, made=made) as opened, serving_office(opened) as address:
        opened.address = address
        yield opened


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory, made: Path) -> Iterator[Office]:
    """One office for the tests that only look."""
    home = tmp_path_factory.mktemp("looked_at")
    with open_office(home, made=made) as opened, serving_office(opened) as address:
        opened.address = address
        yield opened


def test_every_page_opens_and_shows_nobody_in_full(looked_at: Office) -> None:
    secrets = [*NAMES, PHONE, PLATE, "연습로", "800101"]
    with visitor(looked_at, "kim") as kim:
        for path in (*PAGES, "/relief/codes", "/relief/criteria", "/todo"):
            answer = kim.get(path)
            assert answer.status_code == 200, path
            assert "<h1>" in answer.text
            found = [word for word in secrets if word in answer.text]
            assert not found, f"{path} shows {found}"
            assert answer.headers["cache-control"] == "no-store"


def test_only_the_department_and_auditors_come_in(looked_at: Office) -> None:
    with visitor(looked_at, "choi") as other:
        assert "감면 안내" not in other.get("/todo").text
        for path in PAGES:
            refused = other.get(path)
            assert refused.status_code == 403, path
            assert "세정과에 문의" in refused.text
    with visitor(looked_at, "jung") as viewer:
        refused = viewer.get("/relief")
        assert refused.status_code == 403
        assert "역할" in refused.text
    with visitor(looked_at, "lee") as auditor:
        assert auditor.get(f"/relief/weeks/{WEEK}").status_code == 200
        assert auditor.post(f"/relief/batches/{BATCH}/hand-in").status_code == 403
    assert "relief.hand_in" not in looked_at.did()


def test_the_criteria_are_open_to_everyone(looked_at: Office) -> None:
    with httpx.Client(base_url=looked_at.address, headers={"Accept": "text/html"}) as nobody:
        page = nobody.get("/relief/criteria")
        assert page.status_code == 200
        assert "다자녀 양육자의 자동차" in page.text
        assert nobody.get("/relief").status_code == 303


def test_the_table_puts_exceptions_first_and_says_the_rule(looked_at: Office) -> None:
    with visitor(looked_at, "kim") as kim:
        page = kim.get(f"/relief/weeks/{WEEK}").text
        marks = ("어느 조문인지 모릅니다", "휴대전화 번호가 없어", "2027. 11. 13.까지")
        places = [page.index(mark) for mark in marks]
        assert places == sorted(places)
        assert "추징 규정이 없는 감면" in page, "the electric car gets no text, and it says why"
        only = kim.get(f"/relief/weeks/{WEEK}?stand=left_out&notice=NONE").text
        assert "감면 건 1건" in only
        assert "조건을 지우고" in kim.get(f"/relief/weeks/{WEEK}?notice=N67").text
        assert kim.get(f"/relief/weeks/{WEEK}?stand=nonsense").status_code == 400
        assert kim.get("/relief/weeks/2026-W99").status_code == 404


def test_every_look_at_rows_is_written_down_with_how_many(office: Office) -> None:
    with visitor(office, "kim") as kim:
        kim.get(f"/relief/weeks/{WEEK}")
        kim.get(f"/relief/batches/{BATCH}/members")
    entries = {entry.did: entry for entry in office.house.audit.entries(limit=1000)}
    assert entries["relief.view_list"].subjects == 8
    assert entries["relief.view_batch"].subjects == 4
    assert entries["relief.view_batch"].who == "kim"
    assert entries["relief.view_batch"].address
    assert office.house.audit.first_broken() is None


def test_what_is_hidden_is_shown_for_a_reason_only(office: Office) -> None:
    place = f"/relief/grants/{FIRST}"
    with visitor(office, "kim") as kim:
        bare = kim.post(f"{place}/reveal", data={"reason": " "})
        assert bare.status_code == 422
        assert 'aria-invalid="true"' in bare.text
        assert NAMES[0] not in bare.text
        shown = kim.post(f"{place}/reveal", data={"reason": "민원 전화 문의"})
        assert NAMES[0] in shown.text
        assert PHONE in shown.text
    (entry,) = [e for e in office.house.audit.entries(limit=1000) if e.did == "relief.reveal"]
    assert (entry.reason, entry.subjects, entry.about) == ("민원 전화 문의", 1, FIRST)


def test_a_person_is_found_without_a_trace_of_the_number(office: Office) -> None:
    with visitor(office, "kim") as kim:
        found = kim.post(
            "/relief/people",
            data={"kind": "phone", "value": "010-0000-1230", "reason": "전화 문의"},
        )
        assert f"/relief/people/{FIRST}" in found.text
        assert PHONE not in found.text
        assert "0000-1230" not in found.text.replace("****", "")
        nobody = kim.post(
            "/relief/people", data={"kind": "plate", "value": "99하9999", "reason": "전화 문의"}
        )
        assert "그 번호의 감면 건이 없습니다" in nobody.text
        unsaid = kim.post("/relief/people", data={"kind": "plate", "value": PLATE, "reason": ""})
        assert unsaid.status_code == 422
        assert "까닭을 적으세요" in unsaid.text
    said = " ".join(f"{e.about} {e.reason}" for e in office.house.audit.entries(limit=1000))
    assert PHONE not in said
    assert PLATE not in said
    assert office.did().count("relief.search") == 2


def test_two_people_approve_a_batch_with_the_password_once_more(office: Office) -> None:
    batch = office.batch
    assert batch is not None
    place = f"/relief/batches/{BATCH}"
    with visitor(office, "kim") as kim, visitor(office, "park") as park:
        assert "결재 올리기" in kim.get("/todo").text
        assert kim.post(f"{place}/hand-in").headers["location"] == f"{place}?done=handed_in"
        assert kim.post(f"{place}/hand-in").headers["location"] == place, "twice is once"
        assert "기안한 사람은 결재할 수 없" in kim.get(place).text
        assert kim.get(f"{place}/approve").status_code == 403
        assert "문자 4건 결재하기" in park.get("/todo").text
        assert batch.hash in park.get(f"{place}/approve").text
        form = {"hash": batch.hash, "seen": "yes", "password": "아닌 비밀번호 3"}
        wrong = park.post(f"{place}/approve", data=form)
        assert "비밀번호가 맞지 않습니다" in wrong.text
        unseen = park.post(f"{place}/approve", data=form | {"password": PASSWORD, "seen": ""})
        assert "확인했다는 표시가 없습니다" in unseen.text
        assert Batches(office.house).find(BATCH).state is State.HANDED_IN
        stale = park.post(f"{place}/approve", data=form | {"password": PASSWORD, "hash": "0" * 64})
        assert "내용이 바뀌었습니다" in stale.text
        done = park.post(f"{place}/approve", data=form | {"password": PASSWORD})
        assert done.headers["location"] == f"{place}?done=approved"
        again = park.post(f"{place}/approve", data=form | {"password": PASSWORD})
        assert again.headers["location"] == place, "twice is once"
    assert office.did().count("relief.approve") == 1
    assert Batches(office.house).approved_hash(Batches(office.house).find(BATCH)) == batch.hash


def test_a_rejection_comes_back_with_its_reason_and_a_change_voids(office: Office) -> None:
    place = f"/relief/batches/{BATCH}"
    with visitor(office, "kim") as kim, visitor(office, "park") as park:
        kim.post(f"{place}/hand-in")
        assert park.post(f"{place}/reject", data={"reason": ""}).status_code == 422
        park.post(f"{place}/reject", data={"reason": "글을 다시 보세요"})
        assert "반려: 글을 다시 보세요" in kim.get(place).text
        kim.post(f"{place}/hand-in")
        fresh = Batches(office.house).find(BATCH)
        form = {"hash": fresh.hash, "seen": "yes", "password": PASSWORD}
        park.post(f"{place}/approve", data=form)
        key = office.house.audit and _first_key(office)
        kim.post(f"{place}/exclude", data={"key": key, "reason": "본인이 이미 앎"})
        page = kim.get(place).text
        assert "결재 무효" in page
        assert "뺌: 본인이 이미 앎" in page
    assert Batches(office.house).approved_hash(Batches(office.house).find(BATCH)) == ""


def _first_key(office: Office) -> str:
    from gongmu.relief.frozen import Freezer

    return Freezer(office.house).members(BATCH)[0].key


def test_a_withdrawn_batch_lets_its_people_go(office: Office) -> None:
    place = f"/relief/batches/{BATCH}"
    with visitor(office, "kim") as kim:
        kim.post(f"{place}/withdraw", data={"reason": "명단을 다시 받음"})
        assert "거둠: 명단을 다시 받음" in kim.get(place).text
        assert kim.post(f"{place}/withdraw", data={"reason": "또"}).headers["location"] == place


def test_a_test_text_goes_to_oneself_and_is_counted(office: Office) -> None:
    place = f"/relief/batches/{BATCH}/test"
    with visitor(office, "kim") as kim:
        form = {"key": _first_key(office), "phone": "02-120"}
        assert "받을 수 없는 번호" in kim.post(place, data=form).text
        for _ in range(5):
            assert kim.post(place, data=form | {"phone": "01000009999"}).status_code == 303
        assert "하루 5통까지" in kim.post(place, data=form | {"phone": "01000009999"}).text
    assert office.did().count("message.test") == 5


def test_a_review_is_settled_once_with_a_note(office: Office) -> None:
    (asked,) = Reviews(office.house).queue("test", grant_id=grant(4).grant_id)
    place = f"/relief/reviews/{asked.number}"
    with visitor(office, "kim") as kim:
        bare = kim.post(place, data={"resolution": "notice", "note": "대장 확인"})
        assert "안내문을 고르지 않았습니다" in bare.text
        assert "대장 확인" in bare.text, "what was typed stays"
        form = {"resolution": "notice", "notice": "N22", "note": "대장 확인"}
        assert kim.post(place, data=form).status_code == 303
        assert kim.post(place, data=form | {"resolution": "no_notice"}).status_code == 303
    settled = Reviews(office.house).review(asked.number)
    assert (settled.is_open, settled.notice_code, settled.settled_by) == (False, "N22", "kim")


def test_unknown_codes_stand_first_and_are_edited_with_a_reason(office: Office) -> None:
    with visitor(office, "kim") as kim:
        assert "999999 · 1건 정하기" in kim.get("/relief/codes").text
        form = {"code": "999999", "article": "어딘가", "note": "조례 확인"}
        wrong = kim.post("/relief/codes", data=form)
        assert "조문으로 읽을 수 없습니다" in wrong.text
        assert 'value="999999"' in wrong.text
        kim.post("/relief/codes", data=form | {"article": "제22조의2제1항제1호가목"})
    assert CodeEdits(office.house).code_map().article_of("999999") == "지특법§22의2①1가"
    with visitor(office, "park") as park:
        assert park.get("/relief/codes").status_code == 403
        assert 'href="/relief/codes"' not in park.get("/relief").text


def test_letters_are_handed_out_for_a_reason_to_who_may(office: Office) -> None:
    place = f"/relief/letters/{WEEK}"
    with visitor(office, "kim") as kim:
        assert kim.post(place, data={"form": "xlsx", "reason": ""}).status_code == 422
        for form, start in (("xlsx", b"PK"), ("hwpx", b"PK"), ("pdf", b"%PDF")):
            answer = kim.post(place, data={"form": form, "reason": "우편 발송"})
            assert answer.content.startswith(start)
            named = unquote(answer.headers["content-disposition"])
            assert f"감면안내_편지_{WEEK}.{form}" in named
        assert "김담당" in kim.get(place).text
    with visitor(office, "lee") as auditor:
        assert auditor.post(place, data={"form": "pdf", "reason": "점검"}).status_code == 403
    entries = [e for e in office.house.audit.entries(limit=1000) if e.did == "relief.letters"]
    assert [entry.reason for entry in entries] == [
        "xlsx: 우편 발송", "hwpx: 우편 발송", "pdf: 우편 발송"]  # fmt: skip
    assert all(entry.subjects > 0 for entry in entries)


def test_an_event_says_the_tax_and_takes_an_officers_word(office: Office) -> None:
    place = f"/relief/watch/{EVENT}"
    with visitor(office, "kim") as kim:
        assert "2,380,000원" in kim.get(place).text
        assert kim.post(place, data={"state": "filed", "note": ""}).status_code == 422
        assert kim.post(place, data={"state": "filed", "note": "신고서 확인"}).status_code == 303
        assert "신고함" in kim.get(place).text
    assert Events(office.house).find(EVENT).state is EventState.FILED


def test_a_story_is_opened_for_a_reason_and_says_why(office: Office) -> None:
    approved(office)
    place = f"/relief/people/{FIRST}"
    with visitor(office, "kim") as kim:
        assert kim.post(place, data={"reason": ""}).status_code == 422
        told = kim.post(place, data={"reason": "민원 전화 문의"}).text
        assert "제22조의2제1항제1호가목에 따라 취득세를 감면받은 차량이어서" in told
        assert "결재 park" in told
        assert "보내기 전" in told
        form = {"electronic": "no", "reason": "전화로 우편을 청함"}
        for _ in range(2):
            assert kim.post(f"{place}/consent", data=form).status_code == 303
        assert kim.get(place).text.count("전화로 우편을 청함") == 1, "twice is once"
    assert office.did().count("relief.explain") == 1


def test_the_months_result_is_shown_and_kept_without_a_person(office: Office) -> None:
    approved(office)
    with visitor(office, "kim") as kim:
        page = kim.get("/relief/report?month=2026-11").text
        assert "감면 8건 가운데 4건" in page
        for form, start in (("xlsx", b"PK"), ("hwpx", b"PK"), ("pdf", b"%PDF")):
            assert kim.get(f"/relief/report.{form}?month=2026-11").content.startswith(start)
        assert kim.get("/relief/report?month=2026-13").status_code == 404
    with visitor(office, "lee") as auditor:
        assert auditor.get("/relief/report.pdf?month=2026-11").status_code == 403
    assert office.did().count("relief.download_report") == 3


def test_a_batch_is_made_anew_from_what_is_known_now(office: Office) -> None:
    (asked,) = Reviews(office.house).queue("test", grant_id=grant(4).grant_id)
    CodeEdits(office.house).edit("999999", "지특법§22의2①1가", "kim", "대장 확인")
    place = f"/relief/batches/{BATCH}"
    with visitor(office, "kim") as kim:
        kim.post(f"{place}/hand-in")
        answer = kim.post(f"{place}/again")
        assert answer.headers["location"] == f"{place}?done=again"
        assert "결재 무효" in kim.get(place).text
        assert f"/relief/grants/{asked.grant_id}" not in kim.get(f"{place}/members").text


def test_a_run_that_is_stuck_stands_in_the_inbox(office: Office) -> None:
    runs = office.house.runs
    run_id = f"relief-notice-week/{WEEK}"
    runs.start(run_id, "relief-notice-week", "47주 감면 안내")
    runs.change(run_id, RunStatus.HELD, "읽지 못해 따로 둔 행이 많습니다.")
    with visitor(office, "kim") as kim:
        assert "47주 감면 안내: 보류" in kim.get("/todo").text
        assert "보류" in kim.get(f"/relief?week={WEEK}").text
        runs.change(run_id, RunStatus.WAITING, "휴대전화의 인증을 마치세요.")
        assert "휴대전화의 인증을 마치세요." in kim.get(f"/relief?week={WEEK}").text


def test_looking_on_is_not_using(office: Office) -> None:
    """A page that asks by itself does not keep its session alive."""
    with visitor(office, "kim") as kim:
        asks = {"HX-Request-Type": "partial", "HX-Request": "true", "Gongmu-Poll": "1"}
        for _ in range(4):
            office.clock.pass_(minutes=9)
            answer = kim.get("/messages/now", headers=asks)
        assert answer.status_code == 401
        assert answer.headers["hx-redirect"] == "/sign-in?ended=1"


def test_what_if_says_who_and_how_much(office: Office) -> None:
    with visitor(office, "kim") as kim:
        found = kim.get(PAGES[14]).text
        assert "8건 가운데 1건이 달라지고" in found
        assert "+1,400,000원" in found
        assert "1건은 조문이나 사실을 몰라" in found, "the unknown code is told, not guessed"
        capped = kim.get(
            PAGES[14].replace("ev_66_4.last_on&value=2026-06-30", "ev_66_4.cap_won&value=1000000")
        )
        assert "+400,000원" in capped.text
        wrong = kim.get("/relief/what-if?name=ev_66_4.last_on&value=yesterday")
        assert wrong.status_code == 422
        assert 'aria-invalid="true"' in wrong.text
    entries = [e for e in office.house.audit.entries(limit=1000) if e.did == "relief.what_if"]
    assert [entry.subjects for entry in entries] == [8, 8, 8]


def test_a_wrong_file_is_told_at_the_form_and_a_right_one_queued(office: Office) -> None:
    with visitor(office, "kim") as kim:
        wrong = kim.post(
            "/relief/lists", data={"week": WEEK}, files={"list": ("명단.csv", b"no list at all")}
        )
        assert wrong.status_code == 422
        assert "명단" in wrong.text
        machine = kim.post(
            "/relief/lists",
            data={"week": WEEK},
            files={"list": ("a.csv", b"")},
            headers={"Accept": "application/json"},
        )
        assert machine.json()["type"] == "urn:gongmu:file_empty"
        right = kim.post("/relief/lists", data={"week": WEEK}, files={"list": ("a.csv", LIST)})
        assert right.headers["location"] == f"/relief?week={WEEK}&done=uploaded"
    assert office.house.desk.status(f"relief-notice-week/{WEEK}") is not None


def test_a_held_list_is_accepted_for_a_reason(office: Office) -> None:
    lists = Lists(office.house)
    read = lists.find(SHA, WEEK_ON)
    assert read is not None
    lists.keep(replace(read, state=ListState.HELD, held_for="따로 둔 행이 많습니다."), [])
    place = f"/relief/lists/{WEEK}/{SHA}"
    with visitor(office, "kim") as kim:
        assert "보류" in kim.get(f"/relief?week={WEEK}").text
        bare = kim.post(f"{place}/accept", data={"reason": " "})
        assert bare.status_code == 422
        assert 'aria-invalid="true"' in bare.text
        answer = kim.post(f"{place}/accept", data={"reason": "원본을 확인함"})
        assert answer.headers["location"] == f"/relief?week={WEEK}&done=accepted"
        assert kim.get(f"/relief/lists/{WEEK}/{'0' * 64}").status_code == 404
    assert "relief.accept_held" in office.did()


def test_collecting_now_is_queued_once(office: Office) -> None:
    with visitor(office, "kim") as kim:
        place = f"/relief?week={WEEK}"
        answer = kim.post("/relief/collect", data={"week": WEEK})
        assert answer.headers["location"] == f"{place}&done=collecting"
        assert office.house.desk.status(f"relief-notice-week/{WEEK}") is not None
        office.house.runs.start(f"relief-notice-week/{WEEK}", "relief-notice-week", "감면 안내")
        assert kim.post("/relief/collect", data={"week": WEEK}).headers["location"] == (
            f"{place}&done=running"
        )
    with visitor(office, "park") as park:
        assert park.post("/relief/collect", data={"week": WEEK}).status_code == 403
