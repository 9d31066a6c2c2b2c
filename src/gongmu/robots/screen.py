"""A site as a robot sees it: elements with names people know, and failures told in Korean.

Nothing that Playwright says reaches a message: its errors quote what was typed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeVar

from gongmu.core.errors import GongmuError, Refused, Transient
from gongmu.core.vault import Secret
from gongmu.robots.browser import (
    BrowserContext,
    BrowserError,
    BrowserTimeout,
    Dialog,
    DownloadProgress,
    FrameLocator,
    Locator,
    Page,
    Request,
    Response,
)
from gongmu.robots.evidence import (
    keep_screenshot,
    keep_state,
    keep_trace,
    load_state,
    start_trace,
)
from gongmu.robots.robot import Hands, Session

T = TypeVar("T")

_LOOK_AGAIN_MS = 50
_VISIT_AGAIN_MS = 500


@dataclass(frozen=True)
class Site:
    """What every screen of one site shares."""

    code: str
    title: str
    expired: str
    """Words that stand on the page after the session has ended."""
    unseen: str = ""
    """CSS selector of what shows personal data; no picture and no message shows it."""


@dataclass(frozen=True)
class Element:
    """One thing on a screen, found by its role (or, without role, by its label) and its words."""

    screen: str
    """Name of the screen, for people."""
    name: str
    """Name of the element, for people."""
    role: Literal["", "alert", "button", "combobox", "link", "status", "table", "textbox"]
    label: str = ""
    """Its exact words; empty: any."""
    frames: tuple[str, ...] = ()
    """Titles of the frames it stands in, outermost first."""


@dataclass(frozen=True)
class Row:
    """One row of a list: column head to text, and where it stands."""

    cells: Mapping[str, str]
    locator: Locator


def work_at(
    hands: Hands, site: Site, work: Callable[[Screen], T], session: Session | None = None
) -> T:
    """Do `work` in a browser of its own; with a session the work starts signed in and is traced.

    Raises what `work` raises, Playwright's errors translated; a GongmuError carries the hashes of
    a screenshot (`evidence_sha256`) and, where traced, of the trace (`trace_sha256`).
    """
    with hands.browser() as browser:
        context = browser.new_context(
            storage_state=load_state(hands, session.state_sha256) if session else None,
            locale="ko-KR",
            timezone_id="Asia/Seoul",
            viewport={"width": 1280, "height": 900},
        )
        try:
            context.set_default_timeout(hands.wait_seconds * 1000)
            if session is not None:
                start_trace(context)
            screen = Screen(hands, site, context, traced=session is not None)
            return _translated(screen, work)
        finally:
            with suppress(BrowserError):
                context.close()


def _translated(screen: Screen, work: Callable[[Screen], T]) -> T:
    trouble: GongmuError
    try:
        return work(screen)
    except GongmuError as error:
        trouble = error
    except BrowserTimeout:
        trouble = screen.slow()
    except BrowserError:
        trouble = Transient(
            "browser_failed",
            "로봇이 쓰던 브라우저가 일을 마치지 못하고 멈췄습니다.",
            "잠시 뒤 저절로 다시 합니다. 이어지면 이 컴퓨터의 메모리를 확인하세요.",
        )
    # Raised outside `except`, so that no Playwright error hangs on it as its context.
    screen.leave_evidence(trouble)
    raise trouble


class Screen:
    """One open page of `site`; windows it opens are closed and questions it asks are declined."""

    def __init__(self, hands: Hands, site: Site, context: BrowserContext, *, traced: bool) -> None:
        self.hands = hands
        self._site = site
        self._context = context
        self._traced = traced
        self._failed = False
        self._page = context.new_page()
        self._page.on("dialog", self._decline)
        self._page.on("popup", self._close_window)
        self._page.on("response", self._watch_response)
        self._page.on("requestfailed", self._watch_failure)

    # What is done

    def note(self, sentence: str) -> None:
        """Tell people what is being done."""
        self.hands.note(sentence)

    def visit(self, path: str) -> None:
        """Open a page of the site, trying again for a quarter of the waiting time."""
        until = time.monotonic() + self.hands.wait_seconds / 4
        while True:
            self._failed = False
            answered = False
            with suppress(BrowserError):
                self._page.goto(self.hands.address.rstrip("/") + path)
                answered = not self._failed
            if answered:
                return
            if time.monotonic() >= until:
                raise self.down()
            self._page.wait_for_timeout(_VISIT_AGAIN_MS)

    def see(self, element: Element) -> Locator:
        """Return the element once it shows; raises Refused("screen_changed") if it never does."""
        self.first_of(element)
        return self._locate(element)

    def first_of(self, *elements: Element) -> Element:
        """Return whichever of the elements shows first."""
        until = time.monotonic() + self.hands.wait_seconds
        while True:
            for element in elements:
                if self._shows(element):
                    return element
            self._check_site()
            if time.monotonic() >= until:
                raise self.changed(elements[0])
            self._page.wait_for_timeout(_LOOK_AGAIN_MS)

    def read(self, element: Element) -> str:
        """Return the words of the element."""
        return self.see(element).inner_text().strip()

    def click(self, element: Element) -> None:
        """Press the element."""
        self.see(element).click()

    def click_and_reload(self, element: Element, frame: str = "") -> None:
        """Press the element and wait until the frame of that name (empty: the page) has loaded."""
        found = self.see(element)
        with self._page.expect_event("framenavigated", lambda loaded: loaded.name == frame):
            found.click()
        self._check_site()

    def type(self, element: Element, text: str) -> None:
        """Put text into the field."""
        self.see(element).fill(text)

    def sign_in(
        self, fields: Mapping[Element, str], button: Element, *, then: Element, refusal: Element
    ) -> None:
        """Fill the fields with the secrets of those names, press the button, see `then`.

        Raises Refused("sign_in_refused") when `refusal` shows instead.
        """
        secrets = {field: self.hands.vault.secret(name) for field, name in fields.items()}
        for field, secret in secrets.items():
            self.type_secret(field, secret)
        self.click(button)
        if self.first_of(then, refusal) == then:
            return
        told = self.read(refusal)
        for secret in secrets.values():
            told = told.replace(secret.reveal(), str(secret))
        raise Refused(
            "sign_in_refused",
            f"{self._site.title}이(가) 로그인을 받아 주지 않았습니다: {told}",
            "계정이 잠기지 않도록 다시 시도하지 않습니다. 비밀번호를 확인하고"
            f" gongmu secrets set {self._site.code}.password 로 다시 등록하세요.",
        )

    def type_secret(self, element: Element, secret: Secret) -> None:
        """Put a secret into the field; never in a traced context."""
        if self._traced:
            raise AssertionError("a secret would stand in the trace")
        field, typed = self.see(element), False
        with suppress(BrowserError):  # its message would quote the secret
            field.fill(secret.reveal())
            typed = True
        if not typed:
            raise self.slow()

    def choices(self, element: Element) -> list[str]:
        """Return the words of the choices that have a value."""
        listed = "list => [...list.options].filter(o => o.value).map(o => o.text.trim())"
        choices: list[str] = self.see(element).evaluate(listed)
        return choices

    def choose(self, element: Element, words: str) -> None:
        """Choose by the words that people see."""
        self.see(element).select_option(label=words)

    def rows(self, element: Element, columns: Sequence[str]) -> list[Row]:
        """Return the rows of a list; raises Refused("screen_changed") when a column is gone."""
        table = self.see(element)
        cells = "table => [...table.rows].map(row => [...row.cells].map(c => c.innerText.trim()))"
        lines: list[list[str]] = table.evaluate(cells)
        heads = lines[0] if lines else []
        for column in columns:
            if column not in heads:
                raise self.changed(replace(element, name=f"{element.name}의 '{column}' 열"))
        places = table.get_by_role("row")
        return [
            Row(dict(zip(heads, line, strict=False)), places.nth(number))
            for number, line in enumerate(lines)
            if number
        ]

    def download(self, row: Row, element: Element) -> bytes:
        """Press the row's download element and return the file; a stalled one is Transient."""
        button = self._within(row.locator, element)
        if button.count() != 1:
            raise self.changed(element)
        return self._save(button)

    def download_here(self, element: Element) -> bytes:
        """Press a download element that stands in no row and return the file."""
        return self._save(self.see(element))

    def _save(self, button: Locator) -> bytes:
        progress = DownloadProgress(self._context, self._page)
        file = None
        with suppress(BrowserTimeout), self._page.expect_download() as started:
            button.click()
            file = started.value
        if file is None:
            self._check_site()
            raise self.slow()
        if not progress.finished(self.hands.wait_seconds):
            file.cancel()
            raise self.slow()
        if file.failure() is not None:
            raise self.down()
        data = Path(file.path()).read_bytes()
        file.delete()
        return data

    # What is left behind

    def screenshot(self) -> str:
        """Keep a picture of the page and return its hash."""
        return keep_screenshot(self.hands, self._page, self._site.code, self._site.unseen)

    def finish_trace(self) -> str:
        """Keep the trace and return its hash; nothing is recorded afterwards."""
        self._traced = False
        return keep_trace(self.hands, self._context, self._site.code)

    def session(self, waiting_for: str | None = None) -> Session:
        """Keep the sign-in so that another process can go on."""
        return Session(keep_state(self.hands, self._context, self._site.code), waiting_for)

    def leave_evidence(self, error: GongmuError) -> None:
        """Put the hashes of a screenshot and of the trace on the error, as far as there are any."""
        with suppress(BrowserError):
            error.evidence_sha256 = self.screenshot()
        with suppress(BrowserError):
            error.trace_sha256 = self.finish_trace() if self._traced else ""

    # What can go wrong

    def down(self) -> Transient:
        """Return the error for a site that does not answer."""
        return Transient(
            "site_down",
            f"{self._site.title}이(가) 응답하지 않습니다(점검 중이거나 연결이 끊겼습니다).",
            "잠시 뒤 저절로 다시 합니다. 오래 이어지면 사이트가 열리는지 확인하세요.",
        )

    def slow(self) -> Transient:
        """Return the error for a site that answers too late."""
        return Transient(
            "site_slow",
            f"{self._site.title}이(가) {self.hands.wait_seconds:g}초 안에 답하지 않았습니다.",
            "잠시 뒤 저절로 다시 합니다.",
        )

    def changed(self, element: Element) -> Refused:
        """Return the error for an element that is not where it was."""
        seen = self._alike(element)
        instead = f" 지금 보이는 것: {', '.join(seen)}." if seen else ""
        return Refused(
            "screen_changed",
            f"{self._site.title}의 '{element.screen}' 화면에서 {element.name}을(를) "
            f"찾지 못했습니다.{instead}",
            "사이트 화면이 바뀌었는지 남겨 둔 화면 사진을 보고, 로봇 파일의 요소 이름을 고치세요.",
        )

    def objected(self, told: str) -> Refused:
        """Return the error for an alert of the site that the robot does not know."""
        return Refused(
            "site_objected",
            f"{self._site.title}이(가) 알림을 띄웠습니다: {told}",
            "남겨 둔 화면 사진을 보고 사이트의 안내를 따르세요.",
        )

    def _alike(self, element: Element) -> list[str]:
        """Return the words of what has the same role in the same frame, to help people."""
        if element.role not in ("button", "link") or self._site.unseen:
            return []
        with suppress(BrowserError):
            words = self._root(element).get_by_role(element.role).all_inner_texts()
            return [f"'{word.strip()[:30]}'" for word in words[:8] if word.strip()]
        return []

    def _check_site(self) -> None:
        """Raise when the site is down or says that the session has ended."""
        if self._failed:
            raise self.down()
        for frame in self._page.frames:
            with suppress(BrowserError):  # a frame may go away while it is looked at
                if not frame.get_by_text(self._site.expired).count():
                    continue
                raise Transient(
                    "session_expired",
                    f"{self._site.title}의 로그인이 풀렸습니다.",
                    "다시 로그인하면 이어서 합니다.",
                )

    # How it is found

    def _root(self, element: Element) -> Page | FrameLocator:
        root: Page | FrameLocator = self._page
        for title in element.frames:
            root = root.frame_locator(f'iframe[title="{title}"]')
        return root

    def _locate(self, element: Element) -> Locator:
        return self._within(self._root(element), element)

    def _within(self, root: Page | FrameLocator | Locator, element: Element) -> Locator:
        if not element.role:
            return root.get_by_label(element.label, exact=True)
        if not element.label:
            return root.get_by_role(element.role)
        return root.get_by_role(element.role, name=element.label, exact=True)

    def _shows(self, element: Element) -> bool:
        with suppress(BrowserError):  # pages change under the eye
            found = self._locate(element)
            # Two of a kind is as bad as none: the robot must not guess.
            return found.count() == 1 and found.is_visible()
        return False

    def _decline(self, dialog: Dialog) -> None:
        self.note("사이트의 물음 창에 '취소'로 답했습니다.")
        dialog.dismiss()

    def _close_window(self, window: Page) -> None:
        self.note("사이트가 띄운 창을 닫았습니다.")
        with suppress(BrowserError):
            window.close()

    def _watch_response(self, response: Response) -> None:
        if response.status >= 500 and response.request.is_navigation_request():
            self._failed = True

    def _watch_failure(self, request: Request) -> None:
        # A navigation that turns into a download is reported as aborted.
        if request.is_navigation_request() and "ERR_ABORTED" not in (request.failure or ""):
            self._failed = True
