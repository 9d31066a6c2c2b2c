"""Asking the provider: what became of doubtful hand-overs, and what the receipts say."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

from gongmu.messages.changes import Change
from gongmu.messages.ledger_view import RECEIPT_DAYS
from gongmu.messages.post_room import PostRoom
from gongmu.messages.provider import Known, Outcome, Receipt
from gongmu.messages.tables import Status

_ASKED_AT_ONCE = 500
_ASKED_IN_ONE_PASS = 10_000

_FATES = {
    Outcome.PENDING: Status.SENT,
    Outcome.DELIVERED: Status.DELIVERED,
    Outcome.FAILED: Status.FAILED,
}


class Enquiry:
    """Questions to the provider about what has left the house."""

    def __init__(self, room: PostRoom) -> None:
        self._room = room

    def doubt_abandoned(self) -> None:
        """Put rows in doubt whose sender has vanished: claimed longer ago than the lease."""
        room = self._room
        before = room.clock() - timedelta(seconds=room.lease_seconds)
        while rows := room.view.abandoned(before, _ASKED_AT_ONCE):
            said = "보내던 프로세스가 답을 적지 못하고 사라짐"
            room.ledger.change(
                [Change(key, Status.IN_DOUBT, claim, "abandoned", said) for key, claim in rows],
                {Status.SENDING},
            )

    def settle(self) -> int:
        """Look doubtful rows up by reference; return how many were settled; raises Transient.

        Only NOT_TAKEN, asked for after the provider's settling time, puts a row back in the
        queue. A row handed over by another provider than today's is not asked about.
        """
        room, provider = self._room, self._room.provider
        before = room.clock() - timedelta(seconds=provider.settle_seconds)
        rows = provider.can_look_up and room.view.doubtful(provider.code, before, _ASKED_AT_ONCE)
        if not rows:
            return 0
        settled = 0
        with closing(room.connect()) as connection:
            while rows:
                known = connection.look_up([key for key, _claim in rows])
                found = [_change(key, claim, known.get(key)) for key, claim in rows]
                # The claim fences the answer: a row handed over again meanwhile is left alone.
                changes = [change for change in found if change is not None]
                settled += room.ledger.change(changes, {Status.IN_DOUBT})
                room.ledger.mark_asked([key for key, _claim in rows])
                rows = room.view.doubtful(provider.code, before, _ASKED_AT_ONCE)
        return settled

    def take_receipts(self) -> int:
        """Ask once about everything whose result is awaited; return how many rows changed.

        What was told is committed before the provider is asked again. Raises Transient.
        """
        room = self._room
        since = room.clock() - RECEIPT_DAYS
        references = room.view.awaiting(room.provider.code, since, _ASKED_IN_ONE_PASS)
        if not references:
            return 0
        changed = 0
        with closing(room.connect()) as connection:
            for at in range(0, len(references), _ASKED_AT_ONCE):
                asked = references[at : at + _ASKED_AT_ONCE]
                told = connection.receipts(asked)
                changed += room.ledger.received([self._change(receipt) for receipt in told])
                room.ledger.mark_asked(asked, {Status.SENT})
        return changed

    def _change(self, receipt: Receipt) -> Change:
        failed = receipt.outcome is Outcome.FAILED
        return Change(
            receipt.reference,
            _FATES[receipt.outcome],
            code=receipt.code,
            reason=receipt.reason,
            unreachable=failed and receipt.code in self._room.provider.unreachable,
        )


def _change(key: str, claim: str, known: Known | None) -> Change | None:
    if known is Known.TAKEN:
        return Change(key, Status.SENT, claim, "found", "중계사에 물어보니 받았음")
    if known is Known.NOT_TAKEN:
        return Change(key, Status.QUEUED, claim, "not_taken", "중계사에 물어보니 받지 않았음")
    return None
