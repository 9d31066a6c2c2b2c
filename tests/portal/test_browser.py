"""The portal in a real browser: mouse, keyboard, Back, contrast, screen readers, print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.portal.conftest import PASSWORD, Served

pytestmark = pytest.mark.browser

PAGES = (
    "/bus",
    "/bus?route=234000002",
    "/bus?from=2026-01-01&to=2026-01-02",
    "/bus/why",
    "/runs",
    "/runs/bus-day/2026-11-20",
    "/nowhere",
)
SIGHTS = (("normal", 360), ("normal", 1440), ("high", 360), ("high", 768))
"""Contrast and width of the window; 768 lays the pages out as 1440 does or as 360 does."""


@dataclass
class Window:
    """A browser window that remembers everything that went wrong in it."""

    page: Page
    address: str
    wrong: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to a page of the portal."""
        self.page.goto(self.address + path)
        return self.page


def _window(context: BrowserContext, address: str) -> Window:
    window = Window(context.new_page(), address)

    def on_console(message: object) -> None:
        text = f"{getattr(message, 'type', '')}: {getattr(message, 'text', '')}"
        if text.startswith(("error", "warning")):
            window.wrong.append(text)

    def on_request(request: object) -> None:
        url = str(getattr(request, "url", ""))
        if not url.startswith((address, "data:")):
            window.wrong.append(f"external: {url}")

    window.page.on("console", on_console)
    window.page.on("pageerror", lambda error: window.wrong.append(f"script: {error}"))
    window.page.on("request", on_request)
    return window


@pytest.fixture
def window(browser: Browser, served: Served) -> Iterator[Window]:
    """A fresh window; any script error, refused resource or outside request fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 958}, locale="ko-KR")
    opened = _window(context, served.address)
    yield opened
    context.close()
    assert not opened.wrong


@pytest.fixture
def kim(window: Window) -> Window:
    page = window.open("/")
    page.get_by_label("계정").fill("kim")
    page.get_by_label("비밀번호").fill(PASSWORD)
    page.get_by_role("button", name="로그인").click()
    expect(page.get_by_role("heading", name="버스 혼잡 현황")).to_be_visible()
    return window


def test_a_wrong_password_is_said_and_the_account_kept(window: Window) -> None:
    page = window.open("/")
    page.get_by_label("계정").fill("nobody")
    page.get_by_label("비밀번호").fill("wrong password 1")
    page.get_by_role("button", name="로그인").click()
    expect(page.get_by_role("alert")).to_contain_text("맞지 않습니다")
    expect(page.get_by_label("계정")).to_have_value("nobody")
    window.wrong.clear()  # the 403 itself is written to the console


def test_a_click_shows_the_profile_and_back_shows_whole_pages(kim: Window) -> None:
    page = kim.page
    page.locator("td a[title^='2-1번 18시']").click()
    expect(page.locator("#profile-title")).to_have_text("2-1번 상행 18시 정류소별 재차")
    assert "hour=18" in page.url
    expect(page.locator("a[aria-current=true][title^='2-1번 18시']")).to_have_count(1)
    assert page.locator("td a[aria-current]").count() == 1
    page.get_by_text("표로 보기").click()
    expect(page.get_by_role("cell", name="매우혼잡").first).to_be_visible()
    page.locator(".others a").first.click()
    expect(page.locator("#profile-title")).to_contain_text("62-1번")
    page.go_back()
    expect(page.locator("#profile-title")).to_have_text("2-1번 상행 18시 정류소별 재차")
    expect(page.locator("header .brand")).to_be_visible()
    page.go_back()
    expect(page.locator("#profile-title")).to_have_text("62-1번 상행 08시 정류소별 재차")
    expect(page.locator("nav.menu")).to_be_visible()


def test_without_scripts_every_cell_is_still_a_link(browser: Browser, served: Served) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(served.address + "/bus")
    page.get_by_label("계정").fill("kim")
    page.get_by_label("비밀번호").fill(PASSWORD)
    page.get_by_role("button", name="로그인").click()
    page.locator("td a[title^='2-1번 18시']").click()
    expect(page.locator("#profile-title")).to_have_text("2-1번 상행 18시 정류소별 재차")
    page.get_by_role("button", name="고대비").click()
    expect(page.locator("html")).to_have_attribute("data-contrast", "high")
    assert "hour=18" in page.url, "the switch comes back to the same view"
    context.close()


def test_filters_stand_in_the_address(kim: Window) -> None:
    page = kim.page
    page.get_by_label("방향").select_option("하행")
    page.get_by_label("값").select_option("평균 재차율")
    page.get_by_role("button", name="조회").click()
    expect(page.locator("#heat-title")).to_contain_text("평균 재차율")
    address = page.url
    assert "way=2" in address
    assert "value=mean" in address
    page.reload()
    expect(page.get_by_label("방향")).to_have_value("2")


def test_the_link_is_copied(kim: Window) -> None:
    page = kim.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="링크 복사").click()
    expect(page.locator("#said")).to_have_text("링크를 복사했습니다.")
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_all_of_it_by_keyboard(window: Window) -> None:
    page = window.open("/")
    page.keyboard.type("kim")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="버스 혼잡 현황")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('table[data-heat]') !== null"):
            break
    expect(page.locator("td a[title^='62-1번 08시']")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    expect(page.locator("td a[title^='13-4번 09시']")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#profile-title")).to_contain_text("13-4번")
    assert page.locator("table[data-heat] tbody a[tabindex='0']").count() == 1


def test_high_contrast_is_kept(kim: Window) -> None:
    page = kim.page
    page.get_by_role("button", name="고대비").click()
    expect(page.locator("html")).to_have_attribute("data-contrast", "high")
    expect(page.get_by_role("button", name="고대비")).to_have_attribute("aria-pressed", "true")
    page.wait_for_load_state("networkidle")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-contrast", "high")


def test_the_session_warning_lets_the_person_go_on(kim: Window) -> None:
    page = kim.page
    page.evaluate("localStorage.setItem('gongmu.used', String(Date.now() - 28.5 * 60000))")
    dialog = page.get_by_role("dialog", name="곧 로그아웃됩니다")
    expect(dialog).to_be_visible()
    axe_clean(page, "session warning")
    page.get_by_role("button", name="계속 사용").click()
    expect(dialog).to_be_hidden()
    page.evaluate("localStorage.setItem('gongmu.used', '0')")
    expect(page.get_by_role("heading", name="로그인")).to_be_visible()


def axe_clean(page: Page, where: str) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, f"{where}\n{found.generate_report()}"


def _no_sideways_scroll(page: Page, where: str) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{where} is {wide} px too wide"


@pytest.mark.parametrize(("contrast", "width"), SIGHTS)
def test_every_page_passes_axe_and_fits(kim: Window, width: int, contrast: str) -> None:
    page = kim.page
    page.context.add_cookies([{"name": "gongmu_contrast", "value": contrast, "url": kim.address}])
    page.set_viewport_size({"width": width, "height": 900})
    for path in (*PAGES, "/sign-in"):
        kim.open(path)
        for fold in page.locator("details").all():
            fold.evaluate("fold => fold.open = true")
        axe_clean(page, f"{path} {width} {contrast}")
        _no_sideways_scroll(page, f"{path} {width}")
    kim.wrong[:] = [line for line in kim.wrong if "404" not in line]  # /nowhere itself


def test_printing_fits_a4_landscape(kim: Window) -> None:
    page = kim.page
    page.emulate_media(media="print")
    expect(page.locator("nav.menu")).to_be_hidden()
    expect(page.locator("table[data-heat]")).to_be_visible()
    expect(page.locator(".finding").first).to_be_visible()
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) == 1
