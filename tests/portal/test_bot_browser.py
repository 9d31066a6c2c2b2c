"""The desks' pages in a real browser: a whole path, stopping, the warning, axe, first load."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from gongmu.bots.evaluation.scoring import BotScore, Outcome
from gongmu.bots.evaluation.store import Scores
from gongmu.practice.loopback import serving
from gongmu.practice.portals.model import ModelFaults, ModelSite
from tests.portal.conftest import PASSWORD
from tests.portal.desks import DESK, LAW, QUESTION, Desks, open_desks
from tests.portal.offices import serving_office, visitor
from tests.portal.test_browser import SIGHTS, Window, _no_sideways_scroll, axe_clean
from tests.portal.test_relief_browser import sign_in

pytestmark = pytest.mark.browser

LOOKS = (
    "/bots",
    "/bots?q=보도자료 쓰기",
    "/bots/drafts",
    "/bots/law?q=주차요금",
    f"/bots/law/laws/{LAW}",
    f"/bots/law/laws/{LAW}?article=000200",
    f"/bots/law/compare?name={LAW}",
    "/bots/knowledge?ask=당직비",
    "/bots/knowledge/manual?ask=당직비",
    "/bots/workshop",
    f"/bots/workshop/{DESK}?diff=yes",
    "/bots/scores",
    "/bots/scores/manual",
    "/bots/feedback",
    "/bots/usage",
    "/bots/ethics",
    "/bots/connections",
)


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[ModelSite, str]]:
    """The practice model and its address."""
    made = ModelSite(ModelFaults())
    with serving(made) as address:
        yield made, f"{address}/v1"


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory, site: tuple[ModelSite, str]) -> Iterator[Desks]:
    """Desks with a model, one of them evaluated."""
    home: Path = tmp_path_factory.mktemp("desks")
    with open_desks(home, model=site[1]) as opened, serving_office(opened) as address:
        opened.address = address
        scores = Scores(opened.house.engine)
        for right, hours in ((1, 48), (2, 24)):
            wrong = Outcome("당직비는?", ("답해야 하는데 거절했습니다",) if right < 2 else ())
            at = opened.clock() - timedelta(hours=hours)
            scores.keep(BotScore("manual", 0, at, "", "", (Outcome("당직 시간은?"), wrong)))
        yield opened


def ask(page: Page, question: str) -> None:
    """Write a question, tick the box and send it by keyboard."""
    page.get_by_role("textbox", name="물음").fill(question)
    page.get_by_label("비공개·개인정보가 아님을 확인했습니다").check()
    page.get_by_role("textbox", name="물음").press("Control+Enter")


def test_from_the_search_box_to_the_exported_draft(browser: Browser, desks: Desks) -> None:
    window = sign_in(browser, desks.address, "kim")
    page = window.open("/bots")
    page.get_by_label("무엇을 하려고 하세요").fill("당직 근무 시간을 알고 싶어요")
    page.keyboard.press("Enter")
    page.locator(".card.best h3 a").click()
    expect(page.get_by_text("생성형 AI가 작성합니다")).to_be_visible()
    ask(page, QUESTION)
    expect(page.locator(".turn .sources li").first).to_be_visible()
    expect(page.locator("#said")).to_have_text("답이 완료되었습니다.")
    assert "conversation=" in page.url
    expect(page.get_by_role("textbox", name="물음")).to_have_value("")
    expect(page.get_by_role("button", name="멈추기")).to_be_hidden()
    page.locator(".sources a.cite").first.click()
    expect(page.locator("#side mark")).to_be_visible()
    expect(page.locator("#side h2")).to_be_focused()
    axe_clean(page, "a talk with its source")
    page.locator("#side").get_by_role("link", name="이 대목의 화면").click()
    expect(page.locator(".passage mark")).to_be_visible()
    axe_clean(page, "a passage")
    page.go_back()
    page.get_by_role("button", name="도움됨").click()
    expect(page.get_by_text("도움됨으로 적음")).to_be_visible()
    page.get_by_role("button", name="초안으로").click()
    expect(page.get_by_role("heading", name="글 다듬기")).to_be_visible()
    _fill_what_is_open(page)
    page.get_by_role("button", name="판으로 저장").click()
    page.get_by_label("받는 까닭").fill("결재 올림")
    with page.expect_download() as download:
        page.get_by_role("button", name="내보내기").click()
    assert download.value.suggested_filename.endswith(".hwpx")
    page.context.close()
    assert not window.wrong
    did = desks.did()
    for act in ("bot.ask", "draft.create", "draft.change", "draft.export"):
        assert act in did, act


def _fill_what_is_open(page: Page) -> None:
    for field in page.locator("#editor [aria-invalid=true]").all():
        field.fill("○ 확인한 내용")


def test_a_slow_answer_is_stopped_and_asked_again(
    browser: Browser, desks: Desks, site: tuple[ModelSite, str]
) -> None:
    window = sign_in(browser, desks.address, "kim")
    page = window.open("/bots/manual")
    site[0].faults.behaviour = "slow"
    try:
        ask(page, QUESTION)
        expect(page.locator("#said")).to_have_text("작성 중")
        live = page.locator("[aria-live], [role=status], [role=alert]")
        assert not live.locator("[data-body]").count(), "no tokens in a live region"
        expect(page.locator("[data-turns]")).to_have_attribute("aria-busy", "true")
        page.get_by_role("button", name="멈추기").click()
        expect(page.get_by_text("멈춤", exact=True)).to_be_visible(timeout=15_000)
    finally:
        site[0].faults.behaviour = ""
    page.get_by_role("button", name="다시 쓰기").click()
    expect(page.locator(".turn").last.locator(".sources li").first).to_be_visible()
    page.reload()
    expect(page.locator(".turn")).to_have_count(1)
    page.context.close()
    assert not window.wrong


def test_a_page_that_comes_back_sees_the_answer_go_on(
    browser: Browser, desks: Desks, site: tuple[ModelSite, str]
) -> None:
    window = sign_in(browser, desks.address, "kim")
    page = window.open("/bots/manual")
    site[0].faults.first_seconds = 1.5
    try:
        ask(page, QUESTION)
        expect(page.locator("[data-open-turn]")).to_be_visible()
        page.reload()
        expect(page.locator("[data-open-turn]")).to_be_visible()
        expect(page.locator(".turn .sources li").first).to_be_visible(timeout=10_000)
    finally:
        site[0].faults.first_seconds = 0.02
    expect(page.locator(".turn")).to_have_count(1)
    page.context.close()
    assert not window.wrong


def test_the_warning_comes_while_writing_and_refusal_keeps_the_words(
    browser: Browser, desks: Desks
) -> None:
    window = sign_in(browser, desks.address, "kim")
    page = window.open("/bots/manual")
    question = page.get_by_role("textbox", name="물음")
    question.fill("900101-1234567 홍길동 씨의 당직은 언제인가요?")
    expect(page.locator("[data-warning]")).to_contain_text("주민번호")
    assert "900101" not in page.locator("[data-warning]").inner_text()
    ask(page, "[2급비밀] 점검 계획을 요약해 주세요")
    expect(page.locator("[data-wrong]")).to_contain_text("보내지 않습니다")
    expect(question).to_have_value("[2급비밀] 점검 계획을 요약해 주세요")
    axe_clean(page, "a question that may not be sent")
    page.context.close()
    window.wrong[:] = [line for line in window.wrong if "422" not in line]
    assert not window.wrong


def test_what_cites_an_article_comes_after_the_page(browser: Browser, desks: Desks) -> None:
    window = sign_in(browser, desks.address, "kim")
    page = window.open(f"/bots/law/laws/{LAW}?article=000200")
    expect(page.locator("ul#incoming")).to_contain_text("제4조")
    page.get_by_label("기준일").fill("2024-06-01")
    page.get_by_role("button", name="이 날 현재").click()
    expect(page.locator(".article")).to_contain_text("500원")
    page.go_back()
    expect(page.locator(".article")).to_contain_text("800원")
    page.context.close()
    assert not window.wrong


def test_without_scripts_the_whole_answer_comes_as_a_page(browser: Browser, desks: Desks) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(desks.address + "/bots/manual")
    page.get_by_label("계정").fill("kim")
    page.get_by_label("비밀번호").fill(PASSWORD)
    page.get_by_role("button", name="로그인").click()
    page.get_by_role("textbox", name="물음").fill(QUESTION)
    page.get_by_label("비공개·개인정보가 아님을 확인했습니다").check()
    page.get_by_role("button", name="묻기").click()
    expect(page.locator(".turn .sources li").first).to_be_visible()
    page.locator(".sources a.cite").first.click()
    expect(page.locator(".passage mark")).to_be_visible()
    context.close()


@pytest.fixture(scope="module")
def talk(desks: Desks) -> str:
    """The address of a talk with an answer in it."""
    with visitor(desks, "kim") as kim:
        form = {"bot": "manual", "question": QUESTION, "clear": "yes"}
        answer = kim.post("/bots/ask", data=form)
    return answer.headers["location"].partition("#")[0]


@pytest.mark.parametrize(("contrast", "width"), SIGHTS)
def test_every_page_passes_axe_and_fits(
    browser: Browser, desks: Desks, talk: str, width: int, contrast: str
) -> None:
    window = sign_in(browser, desks.address, "kim")
    page = window.page
    cookie = {"name": "gongmu_contrast", "value": contrast, "url": desks.address}
    page.context.add_cookies([cookie])
    page.set_viewport_size({"width": width, "height": 900})
    draft = f"/bots/drafts/{desks.draft_id}"
    for path in (*LOOKS, talk, draft, f"{draft}/preview", f"{draft}/versions"):
        window.open(path)
        for fold in page.locator("details").all():
            fold.evaluate("fold => fold.open = true")
        axe_clean(page, f"{path} {width} {contrast}")
        _no_sideways_scroll(page, f"{path} {width}")
    page.context.close()
    assert not window.wrong


def test_first_load_is_small_and_prints(browser: Browser, desks: Desks, talk: str) -> None:
    window = sign_in(browser, desks.address, "kim")
    for path in ("/bots", talk):
        assert _bytes_of(window, path) <= 60_000, path
    page = window.page
    page.emulate_media(media="print")
    expect(page.locator("nav.menu")).to_be_hidden()
    expect(page.locator(".turn .answer").first).to_be_visible()
    expect(page.get_by_role("button", name="다시 쓰기")).to_be_hidden()
    page.context.close()


def _bytes_of(window: Window, path: str) -> int:
    """Return what a first load takes over the wire, fonts aside."""
    page = window.page
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
    window.open(path)
    page.wait_for_load_state("networkidle")
    session.detach()
    return sum(sizes.get(number, 0) for number, url in asked.items() if not url.endswith(".woff2"))
