"""Handing parcels over in several threads: one connection each, one pace, one gate for all.

What a lane answers is either the provider's word, or a failure whose kind says whether anything
can have left the house. The ledger is not touched here.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType

from gongmu.messages.ledger import Claimed
from gongmu.messages.office import MessageOffice
from gongmu.messages.provider import Connection, Parcel, Taken

_GATHER_SECONDS = 0.1
"""How long answers are gathered before they are committed together."""


@dataclass(frozen=True)
class Kept:
    """Parcels that were surely not handed over, and why (Korean)."""

    code: str
    reason: str
    problem: Exception | None = None
    """The failure behind it, when there was one; a closed gate is none."""


Outcome = Sequence[Taken] | Kept | Exception
"""The provider's answers, or why nothing was handed over, or the failure of the hand-over."""

Gate = Callable[[Sequence[Claimed]], Kept | None]
"""Asked right before a request leaves: None lets it go."""


class Pace:
    """A token bucket: at most `per_second` parcels a second from this process."""

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._free_at = time.monotonic()
        self._lock = threading.Lock()

    def wait(self, parcels: int, stop: threading.Event) -> None:
        """Return when so many parcels may go, or at once when `stop` is set."""
        with self._lock:
            now = time.monotonic()
            # A short burst is allowed after a pause, a tenth of a second's worth.
            starts = max(self._free_at, now - 0.1)
            self._free_at = starts + parcels / self._per_second
        if starts > now:
            stop.wait(starts - now)


class Lanes:
    """Threads that hand parcels over; use as a context, which waits for open requests."""

    def __init__(
        self, office: MessageOffice, connect: Callable[[], Connection], gate: Gate, pace: Pace
    ) -> None:
        self._office = office
        self._connect = connect
        self._gate = gate
        self._pace = pace
        self._threads = ThreadPoolExecutor(office.gateway.lanes, thread_name_prefix="text-lane")
        self._own = threading.local()
        self._open: list[Connection] = []
        self._answers: queue.SimpleQueue[tuple[Sequence[Claimed], Outcome]] = queue.SimpleQueue()
        self.halted = threading.Event()
        """Set: whatever has not left yet stays."""
        self.waiting_count = 0
        """Parcels submitted whose outcome was not collected yet."""

    def __enter__(self) -> Lanes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.halted.set()
        self._threads.shutdown(wait=True)
        for connection in self._open:
            connection.close()

    def submit(self, claimed: Sequence[Claimed]) -> None:
        """Give parcels to the lanes, one request's worth each."""
        size = self._office.gateway.batch_size
        self.waiting_count += len(claimed)
        for at in range(0, len(claimed), size):
            self._threads.submit(self._hand_over, claimed[at : at + size])

    def collect(self) -> list[tuple[Sequence[Claimed], Outcome]]:
        """Return what was answered: waits for one answer, then gathers a moment longer."""
        found: list[tuple[Sequence[Claimed], Outcome]] = []
        until = 0.0
        while self.waiting_count:
            left = until - time.monotonic() if found else None
            if left is not None and left <= 0:
                break
            try:
                one = self._answers.get(timeout=left)
            except queue.Empty:
                break
            if not found:
                until = time.monotonic() + _GATHER_SECONDS
            found.append(one)
            self.waiting_count -= len(one[0])
        return found

    def _hand_over(self, claimed: Sequence[Claimed]) -> None:
        outcome: Outcome | None
        try:
            self._pace.wait(len(claimed), self.halted)
            connection = self._connection()
            # The last thing before the bytes: whoever slept through its lease must not send.
            outcome = self._kept(claimed)
        except Exception as problem:  # noqa: BLE001  up to here nothing can have left the house
            outcome = Kept(type(problem).__name__, "연결을 열지 못함", problem)
        if outcome is None:
            try:
                outcome = connection.send(self._parcels(claimed))
            except Exception as problem:  # noqa: BLE001  a bug in an adapter leaves doubt, no gap
                outcome = problem
        self._answers.put((claimed, outcome))

    def _kept(self, claimed: Sequence[Claimed]) -> Kept | None:
        if self.halted.is_set():
            return Kept("halted", "보내기를 멈춤")
        return self._gate(claimed)

    def _parcels(self, claimed: Sequence[Claimed]) -> list[Parcel]:
        sender = self._office.sender
        return [
            Parcel(one.key, one.letter.phone, sender, one.kind, one.letter.subject, one.letter.text)
            for one in claimed
        ]

    def _connection(self) -> Connection:
        connection: Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._connect()
            self._open.append(connection)
        return connection
