"""Acts the person in demo and tests: opens the phone page and answers the waiting request."""

from __future__ import annotations

from playwright.sync_api import Browser, Error

_WAIT_SECONDS = 20.0


def approve(browser: Browser, phone_address: str, number: str = "") -> str:
    """Approve the request `number` (empty: the first that waits) and return its number.

    Raises LookupError when no such request waits within 20 seconds.
    """
    return _answer(browser, phone_address, number, "승인")


def deny(browser: Browser, phone_address: str, number: str = "") -> str:
    """Deny the request `number` (empty: the first that waits) and return its number."""
    return _answer(browser, phone_address, number, "거절")


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
