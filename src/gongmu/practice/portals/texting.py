"""What the practice text gateways share: a desk that takes texts, its journal and its troubles.

A desk knows nothing of a vendor's wire form; the sites (`solapi.py`, `nhn.py`, `gateway.py`) put
theirs around it. Whatever reaches the desk counts as delivered to a phone exactly as often as it
was taken, so that a test can count what was lost and what came twice.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

_START_SECONDS = 20.0


class Trouble(StrEnum):
    """How one hand-over goes wrong; `taken`: the desk has the text all the same."""

    TIMEOUT_TAKEN = "timeout_taken"
    TIMEOUT_LOST = "timeout_lost"
    ERROR_TAKEN = "error_taken"
    """5xx although the text was taken."""
    ERROR_LOST = "error_lost"
    BROKEN_TAKEN = "broken_taken"
    """The line breaks in the middle of the answer."""
    BROKEN_LOST = "broken_lost"
    BUSY = "busy"
    """429 before anything was taken."""

    @property
    def takes(self) -> bool:
        """Whether the desk has the text although the sender gets no good answer."""
        return self.value.endswith("_taken")


@dataclass
class Troubles:
    """When hand-overs go wrong: first those named in `next`, then by chance."""

    next: list[Trouble] = field(default_factory=list)
    """Troubles of the next hand-overs, in this order."""
    timeout_share: float = 0.0
    """Share of hand-overs that are never answered; half of them are taken."""
    error_share: float = 0.0
    """Share of hand-overs answered 5xx; half of them are taken."""
    hang_seconds: float = 60.0
    answer_seconds: float = 0.0
    """How long a good answer takes."""
    receipt_seconds: float = 0.0
    """How long after the hand-over the result is there."""
    late_share: float = 0.0
    """Share of texts whose result comes ten times as late."""
    repeat_share: float = 0.0
    """Share of results that are told twice."""
    balance_empty: bool = False
    chance: random.Random = field(default_factory=lambda: random.Random(20261122))

    def draw(self) -> Trouble | None:
        """Return what goes wrong with this hand-over, None for nothing."""
        if self.next:
            return self.next.pop(0)
        number = self.chance.random()
        if number < self.timeout_share:
            return self.chance.choice((Trouble.TIMEOUT_TAKEN, Trouble.TIMEOUT_LOST))
        if number < self.timeout_share + self.error_share:
            return self.chance.choice((Trouble.ERROR_TAKEN, Trouble.ERROR_LOST))
        return None


@dataclass(frozen=True)
class Text:
    """One text as the desk took it."""

    reference: str
    phone: str
    sender: str
    kind: str
    subject: str
    text: str


@dataclass
class Held:
    """A text at the desk: the gateway's own number, when it came, what becomes of it."""

    number: str
    text: Text
    taken: float
    result_after_seconds: float
    failure: str = ""
    """The vendor's code of the failure; empty: it is delivered."""

    @property
    def has_result(self) -> bool:
        """Whether the telephone company has answered by now."""
        return self.age_seconds >= self.result_after_seconds

    @property
    def age_seconds(self) -> float:
        """How long ago the text was taken."""
        return time.monotonic() - self.taken


class Desk:
    """Takes texts, numbers them, and remembers every one that went out to a phone."""

    def __init__(self, troubles: Troubles | None = None) -> None:
        self.troubles = troubles or Troubles()
        self.held: dict[str, Held] = {}
        """By the gateway's own number, in the order of taking."""
        self.failing: dict[str, str] = {}
        """Phone → vendor's code, for phones that a text never reaches."""
        self.refused: dict[str, str] = {}
        """Phone → vendor's code, for phones that are refused at the hand-over."""
        self.unregistered: set[str] = set()
        """Senders that are not registered."""
        self._lock = threading.Lock()

    def take(self, text: Text, prefix: str = "") -> Held:
        """Take a text, even one that was taken before: most vendors do not look."""
        with self._lock:
            number = f"{prefix}{len(self.held) + 1:012d}"
            seconds = self.troubles.receipt_seconds
            if self.troubles.chance.random() < self.troubles.late_share:
                seconds *= 10
            failure = self.failing.get(text.phone, "")
            held = Held(number, text, time.monotonic(), seconds, failure)
            self.held[number] = held
            return held

    def of_reference(self, reference: str) -> list[Held]:
        """Return every text taken under a reference, oldest first."""
        with self._lock:
            return [one for one in self.held.values() if one.text.reference == reference]

    def all(self) -> list[Held]:
        """Return every text, newest first."""
        with self._lock:
            return list(reversed(self.held.values()))

    @property
    def journal(self) -> list[Text]:
        """Return what went out to phones, one entry per time, oldest first."""
        with self._lock:
            return [one.text for one in self.held.values()]


class TextingSite(Protocol):
    """What can be served: an application around a desk."""

    desk: Desk

    def app(self) -> Starlette:
        """Return the ASGI application."""
        ...


async def troubled(
    desk: Desk, request: Request, take: Callable[[], Awaitable[Response]], busy: Response
) -> Response:
    """Answer a hand-over, or go wrong as the desk's troubles say; `take` takes and answers."""
    trouble = desk.troubles.draw()
    if trouble is None:
        if desk.troubles.answer_seconds:
            await asyncio.sleep(desk.troubles.answer_seconds)
        return await take()
    if trouble is Trouble.BUSY:
        return busy
    if trouble.takes:
        await take()
    if trouble in (Trouble.TIMEOUT_TAKEN, Trouble.TIMEOUT_LOST):
        await _hang(request, desk.troubles.hang_seconds)
        return _Broken()
    if trouble in (Trouble.BROKEN_TAKEN, Trouble.BROKEN_LOST):
        return _Broken()
    return PlainTextResponse("Internal Server Error", 500)


async def _hang(request: Request, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not await request.is_disconnected():
        await asyncio.sleep(0.02)


class _Broken(Response):
    """An answer that breaks off in the middle."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"4096")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"', "more_body": True})
        # Ending the body early makes the server close the connection.
        await send({"type": "http.response.body", "body": b"", "more_body": False})
