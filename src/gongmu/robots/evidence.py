"""What a robot leaves behind: screenshots, traces without passwords, sealed sign-in states.

A trace records everything typed. So signing in is never traced: its state is kept, and only
contexts opened from that state are. All goes through the FileStore, which seals it.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from gongmu.core.files import StoredFile
from gongmu.core.values import SEOUL
from gongmu.robots.browser import BrowserContext, Page, StorageState
from gongmu.robots.robot import Hands

_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\s]+')


def keep_download(
    hands: Hands,
    data: bytes,
    source: str,
    day: date,
    kind: str,
    form: str,
    of: str = "",
    *,
    kept_as: str = "download",
) -> StoredFile:
    """Keep a downloaded file as kind_YYYYMMDD_source[_of].form.

    The site's own name is not used: CP949 names arrive broken in the browser. The record carries
    today's name even when the same bytes were kept before under another. `kept_as` is the kind it
    is kept under, so that lists with personal data can be forgotten sooner than others.
    """
    parts = [kind, f"{day:%Y%m%d}", source, of]
    stem = "_".join(_NOT_IN_NAMES.sub("-", part) for part in parts if part)
    name = f"{stem}.{_NOT_IN_NAMES.sub('', form)}"
    return replace(hands.files.put(data, name, kind=kept_as, source=source), name=name)


def keep_screenshot(hands: Hands, page: Page, source: str, unseen: str = "") -> str:
    """Keep a picture of the page, its password fields covered, and return its hash.

    `unseen` selects what shows personal data: it is made invisible in every frame while the
    picture is taken.
    """
    covered = [frame.locator("input[type=password]") for frame in page.frames]
    style = f"{unseen}, {unseen} * {{ visibility: hidden !important }}" if unseen else None
    picture = page.screenshot(mask=covered, style=style, timeout=hands.wait_seconds * 1000)
    return _keep(hands, picture, source, "screenshot", "png")


def start_trace(context: BrowserContext) -> None:
    """Start recording; only for contexts that never see a password."""
    context.tracing.start(screenshots=True, snapshots=True)


def keep_trace(hands: Hands, context: BrowserContext, source: str) -> str:
    """Stop recording, keep the trace and return its hash."""
    with TemporaryDirectory(prefix="gongmu-") as folder:
        path = Path(folder) / "trace.zip"
        context.tracing.stop(path=path)
        return _keep(hands, path.read_bytes(), source, "trace", "zip")


def keep_state(hands: Hands, context: BrowserContext, source: str) -> str:
    """Keep the sign-in (cookies and local storage, no password) and return its hash."""
    state = json.dumps(context.storage_state(), ensure_ascii=False).encode()
    return _keep(hands, state, source, "browser_state", "json")


def load_state(hands: Hands, sha256: str) -> StorageState:
    """Return a kept sign-in; raises Refused when it is gone."""
    state: StorageState = json.loads(hands.files.read(sha256))
    return state


def _keep(hands: Hands, data: bytes, source: str, kind: str, form: str) -> str:
    at = hands.clock().astimezone(SEOUL)
    name = f"{source}_{kind}_{at:%Y%m%d_%H%M%S}.{form}"
    return hands.files.put(data, name, kind=kind, source=source).sha256
