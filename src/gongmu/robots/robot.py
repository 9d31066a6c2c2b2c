"""What a robot is: signs in, lets a person complete the second step, collects a day's files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from gongmu.core.catalogue import catalogue
from gongmu.core.clock import Clock
from gongmu.core.files import FileStore, StoredFile
from gongmu.core.vault import Vault

if TYPE_CHECKING:
    from gongmu.robots.browser import Browser

BESIDE = frozenset({"robot", "browser", "screen", "evidence", "errand"})
"""Files of this folder that are no robots; the catalogue leaves them out."""


def all_robots() -> Mapping[str, Robot]:
    """Return every robot of this folder by its code; raises Refused for a half-finished file."""
    import gongmu.robots

    found = catalogue(gongmu.robots, "ROBOT", beside=BESIDE)
    return {code: robot for code, robot in found.items() if isinstance(robot, Robot)}


@dataclass(frozen=True)
class Hands:
    """All a robot may use; every call of a robot opens its own browser and closes it."""

    browser: Callable[[], AbstractContextManager[Browser]]
    vault: Vault
    files: FileStore
    address: str
    clock: Clock
    run_id: str
    note: Callable[[str], None]
    """Gets one Korean sentence per visible step."""
    wait_seconds: float = 20.0
    """How long to wait for one thing on the screen."""


@dataclass(frozen=True)
class Session:
    """A sign-in that outlives the process: its state is kept sealed in the FileStore."""

    state_sha256: str
    waiting_for: str | None
    """What a person must do first, as a Korean sentence; None when signed in."""


@dataclass(frozen=True)
class Collected:
    """What a robot brought: files named by ourselves, what is not there yet, and the evidence."""

    files: tuple[StoredFile, ...]
    missing: tuple[str, ...]
    """Names of the material that the site does not give yet; no error."""
    screenshot_sha256: str
    trace_sha256: str


@dataclass(frozen=True)
class Robot:
    """One site's robot.

    `sign_in` raises Refused("sign_in_refused") for a wrong password, which must not be retried;
    all three raise Transient("site_down" | "site_slow" | "session_expired") and
    Refused("screen_changed"), the last two with the screenshot's hash in `evidence_sha256`.
    """

    code: str
    title: str
    owner_hint: str
    """Whom to ask when the site changes or refuses."""
    secrets: tuple[str, ...]
    """Names of the secrets that must be in the vault."""
    has_second_step: bool
    sign_in: Callable[[Hands], Session]
    confirm: Callable[[Hands, Session], Session]
    """Looks whether the person has done the second step; what it returns may still wait."""
    collect: Callable[[Hands, Session, date], Collected]
