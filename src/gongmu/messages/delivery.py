"""Texts from acceptance to their last receipt, each handed over at most once without an answer.

The rule behind everything here: between two hand-overs of one message stands a definite word
that the first was not taken: the provider's refusal of the whole request, its NOT_TAKEN when
asked by reference after its settling time, or an officer's decision.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from gongmu.core.clock import today
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.messages import hours
from gongmu.messages.changes import Change
from gongmu.messages.dispatch import Dispatch
from gongmu.messages.enquiry import Enquiry
from gongmu.messages.ledger import Draft
from gongmu.messages.message import check, recipient_digits
from gongmu.messages.office import MessageOffice
from gongmu.messages.post_room import PostRoom
from gongmu.messages.tables import (
    KEY_LENGTH,
    STATUS_TITLES,
    Entry,
    Event,
    Outgoing,
    Progress,
    Status,
    Stop,
)

__all__ = ["STATUS_TITLES", "Delivery", "Entry", "Event", "Outgoing", "Progress", "Status", "Stop"]

LEASE_SECONDS = 300.0
"""A claim older than this is surely abandoned; many times the longest request."""


class Delivery:
    """The texts of one installation; any number of processes may work on one ledger."""

    def __init__(self, house: House, *, lease_seconds: float = LEASE_SECONDS) -> None:
        self._house = house
        self._clock = house.clock
        self._room = PostRoom(house, lease_seconds)
        self._ledger, self._view = self._room.ledger, self._room.view
        self._enquiry = Enquiry(self._room)

    @property
    def office(self) -> MessageOffice:
        """The city's [messages] section; raises Refused city_file_invalid."""
        return self._room.office

    # ------------------------------------------------------------- into the ledger

    def accept(self, messages: Sequence[Outgoing]) -> int:
        """Write approved texts into the ledger, all or none; return how many were new.

        A key already there is ignored. Raises Refused: message_changed (other content under the
        same key), or the problem of a text that must not be sent. A number that no text can
        reach is written down as failed, so that it comes to the letter list.
        """
        drafts = [self._draft(message) for message in messages]
        return self._ledger.write(drafts, today(self._clock))

    def _draft(self, message: Outgoing) -> Draft:
        key = message.key
        if len(key) > KEY_LENGTH or not re.fullmatch(r"[!-~]+", key):
            raise Refused("key_invalid", "문자의 열쇠는 빈칸 없는 ASCII 40자까지입니다.")
        kind = check(message.text, message.subject, self.office.forbidden)
        try:
            phone = recipient_digits(message.phone)
        except Refused as problem:
            return Draft(message, kind, problem.message)
        values = {**vars(message), "phone": phone}
        return Draft(Outgoing(**values), kind)

    def send_test(self, phone: str, text: str, subject: str, who: str) -> str:
        """Queue a text to oneself and return its key; raises Refused test_limit, phone_unreachable.

        At most `test_numbers_per_day` a day for the whole house; sent within the hours.
        """
        recipient_digits(phone)
        day = today(self._clock)
        for number in range(1, self.office.test_numbers_per_day + 1):
            key = f"test-{day:%Y%m%d}-{number}"
            try:
                taken = self.accept([Outgoing(key, f"test/{day}", phone, text, subject, "test")])
            except Refused as problem:
                if problem.code != "message_changed":
                    raise
                continue
            if taken:
                self._house.audit.record(who, "message.test", key, subjects=1)
                return key
        raise Refused(
            "test_limit",
            f"시험 문자는 하루 {self.office.test_numbers_per_day}통까지입니다.",
            "내일 다시 보내거나 도시 파일의 test_numbers_per_day를 늘리세요.",
        )

    # ------------------------------------------------------------- looking

    def progress(self, campaign: str | None = None) -> Progress:
        """Return how a campaign, or everything, stands."""
        return self._view.progress(campaign)

    def entries(
        self,
        campaign: str | None,
        status: Status | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> Sequence[Entry]:
        """Return rows with masked phones and no text, those numbered above `after`."""
        return self._view.entries(campaign, status, after, limit)

    def entry(self, key: str) -> Entry:
        """Return one row; raises Refused message_unknown."""
        return self._view.entry(key)

    def history(self, key: str) -> Sequence[Event]:
        """Return what happened to a message, oldest first."""
        return self._view.history(key)

    def failures(self, campaign: str) -> Sequence[Entry]:
        """Return every failed one, for the letter list."""
        return self._view.entries(campaign, Status.FAILED, 0, 1_000_000)

    def text_of(self, key: str, who: str, reason: str) -> str:
        """Return the text as it went out; the look is written down."""
        _need(reason)
        letter = self._view.letter(key)
        self._house.audit.record(who, "message.read", key, reason=reason, subjects=1)
        return letter.text

    # ------------------------------------------------------------- sending

    def may_send(self) -> bool:
        """Return whether texts may leave now: within the hours and not stopped."""
        return self._room.is_open(self._clock()) and self.stopped() is None

    def next_opening(self) -> datetime:
        """Return now or the next instant at which the hours let texts out."""
        return hours.next_opening(self._clock(), self.office.hours)

    def next_day(self, campaign: str) -> date | None:
        """Return the first later day on which texts of a campaign may go."""
        return self._view.next_day(campaign, today(self._clock))

    def send_due(self, campaign: str | None = None, limit: int | None = None) -> Progress:
        """Hand over what is due, as long as hours and kill switch allow; return the progress.

        Raises Refused when the provider wants a person, Transient or Ambiguous when it failed
        again and again; whatever was answered until then is in the ledger.
        """
        Dispatch(self._room).run(campaign, limit)
        return self.progress(campaign)

    def settle_doubt(self) -> int:
        """Put abandoned rows in doubt and look doubtful ones up; return how many were settled.

        A provider that cannot look up is not asked: then an officer decides. Raises Transient.
        """
        self._ledger.sweep_cancelled()
        self._enquiry.doubt_abandoned()
        return self._enquiry.settle()

    def take_receipts(self) -> int:
        """Ask once about everything whose result is awaited; return how many rows changed.

        Raises Transient.
        """
        return self._enquiry.take_receipts()

    def decide(self, key: str, delivered: bool, who: str, reason: str) -> None:
        """Settle a doubtful message by an officer's word; not delivered sends it again.

        Raises Refused: reason_missing, not_in_doubt, doubt_too_fresh (the hand-over may still
        be under way).
        """
        _need(reason)
        entry = self._view.entry(key)
        since = self._view.doubted_at(key)
        if entry.status is not Status.IN_DOUBT or since is None:
            raise _not_in_doubt(key)
        settle = timedelta(seconds=self._room.provider.settle_seconds)
        if not delivered and self._clock() - since < settle:
            raise Refused(
                "doubt_too_fresh",
                "넘긴 지 얼마 되지 않아 아직 도착할 수 있습니다.",
                f"{settle.total_seconds():.0f}초가 지난 뒤 다시 정하세요.",
            )
        to = Status.DELIVERED if delivered else Status.QUEUED
        change = Change(key, to, code="decided", reason=f"담당자가 정함: {reason}")
        if not self._ledger.change([change], {Status.IN_DOUBT}, who=who):
            raise _not_in_doubt(key)
        self._house.audit.record(who, "message.decide", key, reason=reason, subjects=1)

    # ------------------------------------------------------------- stopping

    def stop(self, who: str, reason: str) -> None:
        """Stop all texts of all campaigns: nothing more than the requests under way goes out."""
        _need(reason)
        self._ledger.put_stop(True, who, reason)
        self._house.audit.record(who, "message.stop", "all", reason=reason)

    def resume(self, who: str, reason: str) -> None:
        """Let texts go again."""
        _need(reason)
        self._ledger.put_stop(False, who, reason)
        self._house.audit.record(who, "message.resume", "all", reason=reason)

    def stopped(self) -> Stop | None:
        """Return who stopped all texts, when and why; None when nobody did."""
        return self._ledger.stop()

    def cancel(self, campaign: str, who: str, reason: str) -> int:
        """Cancel what of a campaign has not left the house; return how many texts."""
        _need(reason)
        count = self._ledger.cancel(campaign, who, reason)
        self._house.audit.record(who, "message.cancel", campaign, reason=reason, subjects=count)
        return count

    def drop(self, keys: Sequence[str], reason: str) -> int:
        """Cancel single texts that have not left the house; return how many."""
        changes = [Change(key, Status.CANCELLED, code="dropped", reason=reason) for key in keys]
        return self._ledger.change(changes, {Status.QUEUED}) if changes else 0

    def forget_older(self, before: datetime) -> int:
        """Remove phones and texts of messages finished before an instant; return how many."""
        return self._ledger.forget(before)


def _need(reason: str) -> None:
    if not reason.strip():
        raise Refused("reason_missing", "까닭이 없습니다.", "까닭을 한 줄 적으세요.")


def _not_in_doubt(key: str) -> Refused:
    return Refused(
        "not_in_doubt",
        f"'{key}' 문자는 불확실한 상태가 아닙니다.",
        "gongmu message doubt 로 목록을 다시 보세요.",
    )
