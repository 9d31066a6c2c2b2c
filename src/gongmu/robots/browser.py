"""The only door to Playwright: finds a Chromium-family browser, starts it, closes everything."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Dialog,
    Frame,
    FrameLocator,
    Locator,
    Page,
    Playwright,
    Request,
    Response,
    StorageState,
    sync_playwright,
)
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import TimeoutError as BrowserTimeout

from gongmu.core.errors import Refused, Transient
from gongmu.core.settings import Settings

__all__ = [
    "Browser",
    "BrowserContext",
    "BrowserError",
    "BrowserTimeout",
    "Dialog",
    "DownloadProgress",
    "Frame",
    "FrameLocator",
    "Locator",
    "Page",
    "Request",
    "Response",
    "StorageState",
    "browser_door",
    "find_browser",
    "open_browser",
]

_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_COMMANDS_AFTER = ("microsoft-edge", "microsoft-edge-stable", "msedge")
_WINDOWS_FOLDERS = (Path("C:/Program Files"), Path("C:/Program Files (x86)"))
_WINDOWS_PROGRAMS = (
    "Google/Chrome/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)

_LOOK_AGAIN_MS = 50

_QUIET_FLAGS = [
    # A city's machine talks to the asked site and to nobody else.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
]


def find_browser(chosen: Path | None = None) -> Path | None:
    """Return the browser to use: the chosen one, else an installed Chromium, Chrome or Edge.

    Returns None when nothing is installed (Playwright's own may still be there); raises Refused
    when `chosen` does not exist.
    """
    if chosen is not None:
        if not chosen.is_file():
            raise Refused(
                "browser_absent",
                f"GONGMU_BROWSER에 적힌 브라우저가 없습니다: {chosen}",
                "실행 파일의 전체 경로를 다시 적거나 설정을 비우세요.",
            )
        return chosen
    for command in (*_COMMANDS, *_COMMANDS_AFTER):
        if found := shutil.which(command):
            return Path(found)
    for folder in (*_WINDOWS_FOLDERS, Path.home() / "AppData/Local"):
        for program in _WINDOWS_PROGRAMS:
            if (folder / program).is_file():
                return folder / program
    return None


@contextmanager
def open_browser(chosen: Path | None = None, *, visible: bool = False) -> Iterator[Browser]:
    """Give a running browser and close it afterwards.

    Raises Refused when there is no browser and Transient when it does not start.
    """
    _silence_debug_log()
    with sync_playwright() as playwright:
        browser = _launch(playwright, _executable(playwright, chosen), visible)
        try:
            yield browser
        finally:
            browser.close()


def browser_door(settings: Settings) -> Callable[[], AbstractContextManager[Browser]]:
    """Return what `Hands.browser` needs, as the settings say."""
    return partial(open_browser, settings.browser, visible=settings.browser_visible)


class DownloadProgress:
    """Watches one download through the browser's protocol, as Playwright waits without end."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self._page = page
        self._state = ""
        self._received = -1.0
        self._protocol = context.new_cdp_session(page)
        self._protocol.on("Page.downloadProgress", self._hear)
        self._protocol.send("Page.enable")

    def finished(self, stall_seconds: float) -> bool:
        """Wait while bytes keep coming; False when none came for `stall_seconds`."""
        received, since = self._received, time.monotonic()
        while self._state not in ("completed", "canceled"):
            self._page.wait_for_timeout(_LOOK_AGAIN_MS)
            if self._received != received:
                received, since = self._received, time.monotonic()
            elif time.monotonic() - since > stall_seconds:
                return False
        self._protocol.detach()
        return True

    def _hear(self, event: dict[str, Any]) -> None:
        self._state = event["state"]
        self._received = event["receivedBytes"]


def _executable(playwright: Playwright, chosen: Path | None) -> Path:
    own = Path(playwright.chromium.executable_path)
    found = find_browser(chosen) or (own if own.is_file() else None)
    if found is None:
        raise Refused(
            "browser_absent",
            "로봇이 쓸 브라우저(Chromium, Chrome, Edge)를 찾지 못했습니다.",
            "Windows에서는 Edge나 Chrome을, Linux에서는 chromium 꾸러미를 설치하거나"
            " GONGMU_BROWSER에 실행 파일의 경로를 적으세요.",
        )
    return found


def _launch(playwright: Playwright, executable: Path, visible: bool) -> Browser:
    # Chromium refuses its sandbox to root (containers); everybody else keeps it.
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    try:
        return playwright.chromium.launch(
            executable_path=executable,
            headless=not visible,
            chromium_sandbox=not root,
            args=_QUIET_FLAGS,
            handle_sigint=False,
            handle_sigterm=False,
        )
    except BrowserError as error:
        raise Transient(
            "browser_failed",
            f"브라우저가 켜지지 않았습니다: {executable}",
            "메모리와 디스크의 여유를 보고, 같은 일이 이어지면 브라우저를 다시 설치하세요.",
        ) from error


def _silence_debug_log() -> None:
    """Keep Playwright's debug log off: it would print every typed password."""
    if "pw:" in os.environ.get("DEBUG", ""):
        del os.environ["DEBUG"]
