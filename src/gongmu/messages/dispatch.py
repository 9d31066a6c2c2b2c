"""One pass of sending: claim, hand over, write down, until nothing is due or somebody says stop."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Sequence

from gongmu.core.clock import today
from gongmu.core.errors import Ambiguous, GongmuError, Refused, Transient
from gongmu.messages.changes import Change
from gongmu.messages.hand_over import Kept, Lanes, Outcome
from gongmu.messages.ledger import Claimed
from gongmu.messages.post_room import PostRoom
from gongmu.messages.tables import Status

_CLAIMED_AT_ONCE = 16
"""Rows in flight: few enough that a crash leaves few in doubt, enough to fill the lanes."""
_MOST_CLAIMED = 2_000
_LOOK_AT_STOP_SECONDS = 0.5
BACKOFF_SECONDS = 0.1
"""Half the wait after the first failed round; each further one is twice as long, up to 5 s."""
_TIRED_ROUNDS = 6
"""Rounds in a row that brought nothing but Transient failures before a pass gives up."""


class Dispatch:
    """Sends what is due; one object per pass."""

    def __init__(self, room: PostRoom) -> None:
        self._room = room
        self._token = secrets.token_hex(16)

    def run(self, campaign: str | None, limit: int | None) -> None:
        """Hand over what is due; raises what made the pass give up, after writing down the rest."""
        room = self._room
        gateway = room.office.gateway
        size = max(_CLAIMED_AT_ONCE, min(2 * gateway.lanes * gateway.batch_size, _MOST_CLAIMED))
        left = limit if limit is not None else 1 << 60
        tired = _Tiredness(gateway.lanes)
        with Lanes(room.office, room.connect, _Gate(room), room.pace) as lanes:
            while True:
                # Two claims' worth at most is under way, so the lanes never wait for a commit.
                while left and lanes.waiting_count <= size and tired.problem is None:
                    claimed = self._claim(min(size, left), campaign)
                    if not claimed:
                        break
                    left -= len(claimed)
                    lanes.submit(claimed)
                answers = lanes.collect()
                if not answers:
                    break
                self._write(answers)
                if tired.after([outcome for _claimed, outcome in answers]):
                    lanes.halted.set()
        if tired.problem is not None:
            raise tired.problem

    def _claim(self, size: int, campaign: str | None) -> list[Claimed]:
        room = self._room
        if not room.is_open(room.clock()):
            return []
        gateway = room.office.gateway
        return room.ledger.claim(
            self._token, size, campaign, today(room.clock), gateway.provider.code, gateway.prices
        )

    def _write(self, answers: Sequence[tuple[Sequence[Claimed], Outcome]]) -> None:
        changes: list[Change] = []
        for claimed, outcome in answers:
            changes += self._changes(self._token, claimed, outcome)
        self._room.ledger.answered(changes)

    def _changes(self, token: str, claimed: Sequence[Claimed], outcome: Outcome) -> list[Change]:
        """Return what the outcome of one request means for each of its parcels."""
        if isinstance(outcome, Kept):
            code, reason = outcome.code, outcome.reason
            return [Change(c.key, Status.QUEUED, token, code, reason) for c in claimed]
        if isinstance(outcome, Transient | Refused):
            code, reason = outcome.code, f"받지 않음: {outcome.message}"
            return [Change(c.key, Status.QUEUED, token, code, reason) for c in claimed]
        if isinstance(outcome, Exception):
            known = isinstance(outcome, GongmuError)
            code = outcome.code if isinstance(outcome, GongmuError) else type(outcome).__name__
            reason = str(outcome.args[1]) if known else "연결 프로그램 오류"
            return [Change(c.key, Status.IN_DOUBT, token, code, reason) for c in claimed]
        unreachable = self._room.provider.unreachable
        taken = {answer.reference: answer for answer in outcome}
        changes = []
        for one in claimed:
            answer = taken.get(one.key)
            if answer is None:
                said = "답에 이 문자가 없음"
                changes.append(Change(one.key, Status.IN_DOUBT, token, "no_answer", said))
                continue
            changes.append(
                Change(
                    one.key,
                    Status.SENT if answer.accepted else Status.FAILED,
                    token,
                    answer.code,
                    answer.reason,
                    answer.provider_id,
                    not answer.accepted and answer.code in unreachable,
                )
            )
        return changes


class _Gate:
    """Asked right before each request: stopped, outside the hours, or asleep for too long?"""

    def __init__(self, room: PostRoom) -> None:
        self._room = room
        self._lock = threading.Lock()
        self._looked = time.monotonic()
        self._stopped = False

    def __call__(self, claimed: Sequence[Claimed]) -> Kept | None:
        room, now = self._room, self._room.clock()
        oldest = min(one.at for one in claimed)
        asleep = max(
            (now - oldest).total_seconds(),
            time.monotonic() - min(one.since for one in claimed),
        )
        # Others may take the row for abandoned after the lease; we stop long before.
        if asleep > room.lease_seconds / 3:
            return Kept("stale", "맡아 둔 지 오래되어 보내지 않고 되돌림")
        if not room.is_open(now):
            return Kept("closed", "보낼 수 있는 시간이 아님")
        with self._lock:
            if time.monotonic() - self._looked > _LOOK_AT_STOP_SECONDS:
                self._stopped = room.ledger.stop() is not None
                self._looked = time.monotonic()
            return Kept("stopped", "모든 문자를 멈춤") if self._stopped else None


class _Tiredness:
    """Decides when failures are too many to go on."""

    def __init__(self, lanes: int) -> None:
        self.problem: Exception | None = None
        self._doubts_allowed = 3 * lanes
        self._doubts = 0
        self._rounds = 0

    def after(self, outcomes: Sequence[Outcome]) -> bool:
        """Take in one round; wait a while after a failed one; return whether to give up."""
        failures = [
            outcome.problem if isinstance(outcome, Kept) else outcome
            for outcome in outcomes
            if isinstance(outcome, Kept | Exception)
        ]
        problems = [problem for problem in failures if problem is not None]
        if len(failures) < len(outcomes):
            self._doubts = self._rounds = 0
        for problem in problems:
            if not isinstance(problem, Transient | Ambiguous):
                self.problem = problem
        self._doubts += sum(isinstance(problem, Ambiguous) for problem in problems)
        transient = [problem for problem in problems if isinstance(problem, Transient)]
        if transient and len(failures) == len(outcomes):
            self._rounds += 1
            time.sleep(min(BACKOFF_SECONDS * 2**self._rounds, 5.0))
        if self._rounds >= _TIRED_ROUNDS or self._doubts >= self._doubts_allowed:
            self.problem = self.problem or problems[-1]
        return self.problem is not None
