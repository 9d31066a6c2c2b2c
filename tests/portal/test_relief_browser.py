"""The tax office's pages in a real browser: axe, widths, both contrasts, a week's whole path."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from gongmu.messages.delivery import Delivery
from gongmu.practice.loopback import serving
from gongmu.practice.portals.gateway import GATEWAY_KEY, GatewayFaults, GatewaySite
from gongmu.relief.batch import Batches
from tests.portal.conftest import PASSWORD
from tests.portal.offices import (
    EVENT,
    PHONE,
    SHA,
    WEEK,
    Office,
    doubtful,
    grant,
    open_office,
    serving_office,
)
from tests.portal.test_browser import SIGHTS, Window, _no_sideways_scroll, _window, axe_clean

pytestmark = pytest.mark.browser

BATCH = f"relief-{WEEK}-1"
FIRST = grant(0).grant_id
LOOKS = (
    "/relief",
    f"/relief/weeks/{WEEK}",
    f"/relief/weeks/{WEEK}?notice=N67",
    f"/relief/lists/{WEEK}/{SHA}",
    f"/relief/grants/{grant(5).grant_id}",
    f"/relief/grants/{grant(4).grant_id}",
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
    "/relief/codes",
    "/relief/report?month=2026-11",
    "/relief/criteria",
    "/messages",
    "/messages/doubt",
    "/messages/rows/k1",
    "/messages/campaigns/w47",
    "/todo",
)


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office for the tests that only look: a made week and one text in doubt."""
    with open_office(tmp_path_factory.mktemp("office")) as office, serving_office(office) as at:
        doubtful(office)
        office.address = at
        yield office


def sign_in(browser: Browser, address: str, account: str) -> Window:
    """Open a fresh window and sign in."""
    context = browser.new_context(viewport={"width": 1440, "height": 958}, locale="ko-KR")
    window = _window(context, address)
    page = window.open("/")
    page.get_by_label("계정").fill(account)
    page.get_by_label("비밀번호").fill(PASSWORD)
    page.get_by_role("button", name="로그인").click()
    expect(page.get_by_role("button", name="로그아웃")).to_be_visible()
    return window


@pytest.mark.parametrize(("contrast", "width"), SIGHTS)
def test_every_page_passes_axe_and_fits(
    browser: Browser, looked_at: Office, width: int, contrast: str
) -> None:
    window = sign_in(browser, looked_at.address, "kim")
    page = window.page
    cookie = {"name": "gongmu_contrast", "value": contrast, "url": looked_at.address}
    page.context.add_cookies([cookie])
    page.set_viewport_size({"width": width, "height": 900})
    for path in LOOKS:
        window.open(path)
        for fold in page.locator("details").all():
            fold.evaluate("fold => fold.open = true")
        axe_clean(page, f"{path} {width} {contrast}")
        _no_sideways_scroll(page, f"{path} {width}")
    page.context.close()
    assert not window.wrong


def test_first_load_is_small(browser: Browser, looked_at: Office) -> None:
    window = sign_in(browser, looked_at.address, "kim")
    page = window.page
    # What the sign-in page still loads would otherwise be counted with this page.
    page.wait_for_load_state("networkidle")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    asked: dict[str, str] = {}
    sizes: dict[str, int] = {}
    session.on(
        "Network.requestWillBeSent",
        lambda event: asked.__setitem__(event["requestId"], event["request"]["url"]),
    )
    session.on(
        "Network.loadingFinished",
        lambda event: sizes.__setitem__(event["requestId"], event["encodedDataLength"]),
    )
    window.open(f"/relief/weeks/{WEEK}")
    page.wait_for_load_state("networkidle")
    page.context.close()
    counted = {
        url: sizes.get(number, 0) for number, url in asked.items() if not url.endswith(".woff2")
    }
    assert counted
    assert sum(counted.values()) <= 60_000, counted


def test_errors_come_back_beside_their_field_and_are_axe_clean(
    browser: Browser, looked_at: Office
) -> None:
    window = sign_in(browser, looked_at.address, "kim")
    page = window.open("/relief/people")
    page.get_by_label("번호", exact=True).fill("12가3450")
    page.get_by_label("찾는 까닭").fill(" ")
    page.get_by_role("button", name="찾기").click()
    field = page.get_by_label("찾는 까닭")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#f-reason-wrong")).to_contain_text("까닭을 적으세요")
    assert "3450" not in page.url
    axe_clean(page, "people with an error")
    page.context.close()
    window.wrong[:] = [line for line in window.wrong if "422" not in line]
    assert not window.wrong


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office of this test alone, with the practice gateway behind it."""
    site = GatewaySite(GatewayFaults(receipt_seconds=0.0))
    with (
        serving(site) as gateway,
        open_office(tmp_path, gateway=gateway) as opened,
        serving_office(opened) as address,
    ):
        opened.house.vault.put_secret("gateway.key", GATEWAY_KEY, by="test")
        opened.address = address
        yield opened


def test_a_week_from_review_to_letters(browser: Browser, office: Office) -> None:
    kim, park = (sign_in(browser, office.address, name) for name in ("kim", "park"))
    _settle_a_review(kim.page, office)
    _hand_in(kim.open(f"/relief/batches/{BATCH}"))
    _approve(park.page, office)
    _send(office)
    page = kim.open("/messages")
    expect(page.get_by_role("cell", name="4", exact=True).first).to_be_visible()
    page.get_by_role("link", name=BATCH).click()
    expect(page.get_by_role("cell", name="도착").first).to_be_visible()
    _find_a_person(kim.open("/relief/people"))
    _take_letters(kim.open(f"/relief/letters/{WEEK}"))
    for window in (kim, park):
        window.page.context.close()
        assert not window.wrong
    did = office.did()
    for act in ("relief.hand_in", "relief.approve", "relief.search", "relief.explain"):
        assert did.count(act) == 1, act


def _settle_a_review(page: Page, office: Office) -> None:
    page.goto(office.address + f"/relief/weeks/{WEEK}?stand=review")
    page.get_by_role("row", name="모르는 감면코드").get_by_role("link").click()
    page.get_by_label("안내하지 않음").check()
    page.get_by_label("확인한 내용").fill("조례 감면이라 따로 안내함")
    page.get_by_role("button", name="이렇게 정하기").click()
    expect(page.get_by_text("확인한 내용을 적었습니다")).to_be_visible()


def _hand_in(page: Page) -> None:
    page.get_by_role("button", name="결재 올리기").click()
    expect(page.get_by_text("기안한 사람은 결재할 수 없", exact=False).first).to_be_visible()
    axe_clean(page, "a batch handed in")


def _approve(page: Page, office: Office) -> None:
    page.get_by_role("link", name="할 일").click()
    page.get_by_role("link", name="문자 4건 결재하기").click()
    page.get_by_role("link", name="결재 확인으로").click()
    axe_clean(page, "the confirmation")
    page.get_by_label("확인했습니다").check()
    page.get_by_label("내 비밀번호를 한 번 더").fill(PASSWORD)
    page.get_by_role("button", name="문자 4건 승인").click()
    expect(page.get_by_text("승인했습니다")).to_be_visible()


def _send(office: Office) -> None:
    """Do what the worker does with an approved batch; the worker itself is tested elsewhere."""
    delivery, batches = Delivery(office.house), Batches(office.house)
    delivery.accept(batches.release(BATCH))
    delivery.send_due(BATCH)
    delivery.take_receipts()


def _find_a_person(page: Page) -> None:
    page.get_by_label("번호", exact=True).fill(PHONE)
    page.get_by_label("찾는 까닭").fill("민원 전화 문의")
    page.get_by_role("button", name="찾기").click()
    assert PHONE not in page.content()
    page.locator("table.list tbody a").first.click()
    page.get_by_label("보는 까닭").fill("민원 전화 문의")
    page.get_by_role("button", name="왜 이 문자를 받았나").click()
    expect(page.get_by_role("heading", name="왜 이 문자를 받았나")).to_be_visible()
    expect(page.get_by_role("heading", name="다자녀 양육자 · 도착")).to_be_visible()
    axe_clean(page, "a person's story")


def _take_letters(page: Page) -> None:
    page.get_by_label("발송 명단(엑셀)").check()
    page.get_by_label("받는 까닭").fill("우편 발송")
    with page.expect_download() as download:
        page.get_by_role("button", name="통 받기").click()
    assert download.value.suggested_filename == f"감면안내_편지_{WEEK}.xlsx"


def test_the_board_looks_again_by_itself_until_all_is_done(
    browser: Browser, office: Office
) -> None:
    batches, batch = Batches(office.house), office.batch
    assert batch is not None
    batches.hand_in(BATCH, office.people.find("kim"))
    batches.approve(BATCH, batch.hash, office.people.find("park"))
    Delivery(office.house).accept(batches.release(BATCH))
    window = sign_in(browser, office.address, "kim")
    page = window.open("/messages")
    expect(page.locator("#live[hx-trigger]")).to_have_count(1)
    delivery = Delivery(office.house)
    delivery.send_due(BATCH)
    delivery.take_receipts()
    expect(page.get_by_text("보낼 것을 모두 보냈습니다")).to_be_visible(timeout=10_000)
    expect(page.locator("#live[hx-trigger]")).to_have_count(0)
    page.context.close()
    assert not window.wrong


def test_a_list_is_uploaded_with_a_word_of_what_is_wrong(browser: Browser, office: Office) -> None:
    window = sign_in(browser, office.address, "kim")
    page = window.open(f"/relief?week={WEEK}")
    file = {"name": "list.csv", "mimeType": "text/csv", "buffer": b"nothing of the kind"}
    page.get_by_label("감면대장 파일").set_input_files(file)
    page.get_by_role("button", name="올리고 읽기").click()
    expect(page.locator("[data-wrong]")).to_contain_text("머리글을 찾지 못했습니다")
    page.context.close()
    window.wrong[:] = [line for line in window.wrong if "422" not in line]
    assert not window.wrong
