"""Acts the person in demo and tests: answers on the phone page, signs in the certificate window."""

from __future__ import annotations

import time

from playwright.sync_api import Browser, Error, Locator, Page

_WAIT_SECONDS = 20.0


def approve(browser: Browser, phone_address: str, number: str = "") -> str:
    """Approve the request `number` (empty: the first that waits) and return its number.

    Raises LookupError when no such request waits within 20 seconds.
    """
    return _answer(browser, phone_address, number, "승인")


def deny(browser: Browser, phone_address: str, number: str = "") -> str:
    """Deny the request `number` (empty: the first that waits) and return its number."""
    return _answer(browser, phone_address, number, "거절")


def certify(browser: Browser, certificate_address: str, password: str, number: str = "") -> str:
    """Choose the certificate and type its password for the request `number`; return its number.

    An empty number means the first that waits. Raises LookupError when none waits within 20
    seconds and ValueError when the password is refused.
    """
    window = browser.new_context(locale="ko-KR", viewport={"width": 420, "height": 420})
    try:
        page = window.new_page()
        request = _waiting(page, certificate_address, number)
        shown = (request.get_attribute("aria-label") or "").removeprefix("요청 ")
        request.get_by_label("인증서", exact=True).select_option(index=1)
        request.get_by_label("인증서 비밀번호").fill(password)
        request.get_by_role("button", name="확인", exact=True).click()
        page.wait_for_load_state()
        if page.get_by_role("form", name=f"요청 {shown}").count():
            raise ValueError("인증서 비밀번호가 맞지 않습니다.")
        return shown
    finally:
        window.close()


def _waiting(page: Page, address: str, number: str) -> Locator:
    """Return the form of the waiting request, looking again until it is there."""
    until = time.monotonic() + _WAIT_SECONDS
    while True:
        page.goto(address)
        form = page.get_by_role("form", name=f"요청 {number}" if number else "요청").first
        if form.count():
            return form
        if time.monotonic() > until:
            raise LookupError("인증을 기다리는 요청이 없습니다.")
        page.wait_for_timeout(200)


def _answer(browser: Browser, phone_address: str, number: str, button: str) -> str:
    phone = browser.new_context(locale="ko-KR", viewport={"width": 390, "height": 844})
    try:
        page = phone.new_page()
        page.goto(phone_address)
        name = f"요청 {number}" if number else "요청"
        request = page.get_by_role("form", name=name).first
        try:
            # The page reloads itself, so a request that comes a little later shows up.
            request.wait_for(timeout=_WAIT_SECONDS * 1000)
        except Error as error:
            raise LookupError("승인을 기다리는 요청이 없습니다.") from error
        shown = (request.get_attribute("aria-label") or "").removeprefix("요청 ")
        request.get_by_role("button", name=button, exact=True).click()
        page.wait_for_url(phone_address)
        return shown
    finally:
        phone.close()
