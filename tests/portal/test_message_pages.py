"""The pages of texts: how sending stands, the kill switch, texts whose end nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gongmu.messages.delivery import Delivery, Status
from tests.portal.offices import (
    WEEK,
    Office,
    approved,
    doubtful,
    open_office,
    serving_office,
    visitor,
)

BATCH = f"relief-{WEEK}-1"


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


def test_all_sending_is_stopped_and_opened_again_with_a_reason(office: Office) -> None:
    delivery = Delivery(office.house)
    with visitor(office, "kim") as kim:
        assert kim.post("/messages/stop", data={"reason": ""}).status_code == 422
        assert kim.post("/messages/stop", data={"reason": "글에 잘못이 있음"}).status_code == 303
        assert delivery.stopped() is not None
        page = kim.get("/messages").text
        assert "모든 발송이 멈춰 있습니다" in page
        assert "글에 잘못이 있음" in page
        assert "멈춰 둔 발송 확인하기" in kim.get("/todo").text
        kim.post("/messages/resume", data={"reason": "고쳤음"})
        assert delivery.stopped() is None
    with visitor(office, "lee") as auditor:
        assert auditor.post("/messages/stop", data={"reason": "멈춤"}).status_code == 403


def test_the_ledger_is_shown_masked_and_refreshes_in_pieces(office: Office) -> None:
    approved(office)
    with visitor(office, "kim") as kim:
        rows = kim.get(f"/messages/campaigns/{BATCH}")
        assert "010-****-1230" in rows.text
        assert f"/relief/batches/{BATCH}" in rows.text
        piece = kim.get("/messages/now", headers={"HX-Request-Type": "partial"}).text
        assert piece.lstrip().startswith('<div id="live"')
        assert 'hx-trigger="every 3s"' in piece, "texts wait and the hours are open"
        assert kim.get("/messages/now").status_code == 303
        key = Delivery(office.house).entries(BATCH)[0].key
        assert "글을 보는 까닭" in kim.get(f"/messages/rows/{key}").text
        shown = kim.post(f"/messages/rows/{key}/text", data={"reason": "전화 문의"})
        assert "취득세 감면차량 안내" in shown.text
        assert kim.get("/messages/rows/none").status_code == 422
    assert office.did().count("message.read") == 1


def test_a_doubtful_text_waits_for_an_officers_word(office: Office) -> None:
    key = doubtful(office)
    with visitor(office, "kim") as kim:
        assert "결과를 모르는 문자 1건" in kim.get("/todo").text
        assert f"/messages/rows/{key}" in kim.get("/messages/doubt").text
        place = f"/messages/rows/{key}/decide"
        assert "결과를 고르지 않았습니다" in kim.post(place, data={"reason": "문의함"}).text
        office.clock.pass_(minutes=5)
        form = {"outcome": "delivered", "reason": "중계사에 문의함"}
        assert (
            kim.post(place, data=form).headers["location"] == f"/messages/rows/{key}?done=decided"
        )
        assert kim.post(place, data=form).status_code == 303, "twice is once"
    assert Delivery(office.house).entry(key).status is Status.DELIVERED
    assert office.did().count("message.decide") == 1
