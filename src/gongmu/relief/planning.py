"""From judgements to a batch: who is told what now, who is left out and why, who gets a letter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from gongmu.core.clock import today
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.messages.message import recipient_digits
from gongmu.messages.office import load_office
from gongmu.relief.consents import Consents
from gongmu.relief.drafts import UNSENDABLE, Drafter, NoticeDraft
from gongmu.relief.events import EventRow, Events, EventState
from gongmu.relief.facts import Relation
from gongmu.relief.frozen import LeftOut, LetterDue, Parts, Text
from gongmu.relief.grant import Grant
from gongmu.relief.judging import Duty
from gongmu.relief.keeping import Judgement, Keeping
from gongmu.relief.notices import Plan, Why, clawback_plan, plan
from gongmu.relief.office import office_of
from gongmu.relief.reminders import Reminder, due_in_week, reminders
from gongmu.relief.review import (
    BLOCKING,
    FIRST,
    REASON_TITLES,
    Question,
    Reason,
    Resolution,
    Review,
    Reviews,
)
from gongmu.relief.watch import DIED, SALE, STRUCK_OFF
from gongmu.relief.weeks import monday_of
from gongmu.relief.wording import shipped_texts

SETTLED_OUT = "안내하지 않기로 함"
_ASKING = frozenset({Why.REVIEW, Why.MISMATCH, Why.MISSING})
"""Exclusions that an officer can mend."""


@dataclass(frozen=True)
class Word:
    """What an officer's open and settled questions mean for a grant's text."""

    blocked: str = ""
    """Korean reason why no text may be made; ''."""
    why: str = Why.REVIEW
    notice_code: str = ""
    """The notice an officer named; ''."""


class Planner:
    """Plans the texts of a day; writes nothing but questions."""

    def __init__(self, house: House) -> None:
        self._kept = Keeping(house)
        self._reviews = Reviews(house)
        self._events = Events(house)
        self._consents = Consents(house)
        self._office = office_of(house.city)
        self._closed_on = load_office(house.city, house.settings).hours.closed_on
        self._today = today(house.clock)

    def all_of(self, week_on: date, ids: Sequence[str]) -> Parts:
        """Plan a week's first notices, the reminders of these days, and clawback notices."""
        parts = [self.week(week_on, ids), self.reminders(but=ids), self.clawbacks(week_on)]
        return Parts(
            texts=tuple(text for part in parts for text in part.texts),
            left_out=tuple(item for part in parts for item in part.left_out),
            letters=tuple(item for part in parts for item in part.letters),
        )

    def week(self, week_on: date, ids: Sequence[str]) -> Parts:
        """Plan the first notices of a week's grants."""
        grants, versions = self._kept.opened(ids), self._kept.versions(ids)
        judged, standing = self._kept.judgements(ids), self._reviews.standing(ids)
        consents = self._consents.standing(ids)
        texts: list[Text] = []
        left_out: list[LeftOut] = []
        letters: list[LetterDue] = []
        questions: list[Question] = []
        for grant_id in sorted(grants.keys() & judged.keys()):
            version, phone = versions[grant_id], grants[grant_id].phone
            word = word_of(standing.get(grant_id, ()))
            if word.blocked:
                left_out.append(LeftOut(grant_id, version, word.why, word.blocked))
                continue
            duty = _duty(judged[grant_id], word)
            asked = consents.get(grant_id, grants[grant_id].electronic_notice)
            grant = replace(grants[grant_id], electronic_notice=asked)
            made = plan(grant, duty, self._office, self._today, closed_on=self._closed_on)
            texts += [Text(grant_id, version, FIRST, phone, draft) for draft in made.now]
            left_out += _left_out(made, version)
            questions += _asked(made, version)
            if made.needs_letter:
                letters.append(LetterDue(grant_id, FIRST, ", ".join(made.letter)))
        self._reviews.raise_all(week_on, questions)
        return Parts(tuple(texts), tuple(left_out), tuple(letters))

    def reminders(self, *, but: Iterable[str] = ()) -> Parts:
        """Plan the reminders that fall due in the week of today, of all grants under a duty.

        `but` are grants whose first notice goes out now: it says the same days.
        """
        monday, out = monday_of(self._today), frozenset(but)
        ids = [item for item in self._kept.ids_with_duty(monday) if item not in out]
        judged = self._kept.judgements(ids)
        due = {
            grant_id: found
            for grant_id in ids
            if (found := due_in_week(self._days(judged[grant_id]), monday))
        }
        names = sorted(due)
        grants, versions = self._kept.opened(names), self._kept.versions(names)
        standing, events = self._reviews.standing(names), self._events.of_grants(names)
        gone = {name for name in names if self._is_gone(events.get(name, ()))}
        texts: list[Text] = []
        for grant_id in sorted(grants):
            word = word_of(standing.get(grant_id, ()))
            if word.blocked or grant_id in gone or not _reachable(grants[grant_id]):
                continue
            duty = _duty(judged[grant_id], word)
            drafter = Drafter(grants[grant_id], duty, self._office, shipped_texts())
            for item in due[grant_id]:
                if item.ends_on < self._today or _moot(item, events.get(grant_id, ())):
                    continue
                draft = _reminder(drafter, item, self._today)
                phone = grants[grant_id].phone
                if draft is not None:
                    texts.append(Text(grant_id, versions[grant_id], item.code, phone, draft))
        return Parts(tuple(texts))

    def clawbacks(self, week_on: date) -> Parts:
        """Plan the notices after events that make clawback due: CB, past the day CB미신고."""
        events = self._events.owing()
        names = sorted({event.grant_id for event in events})
        grants, versions = self._kept.opened(names), self._kept.versions(names)
        judged = self._kept.judgements(names)
        texts: list[Text] = []
        left_out: list[LeftOut] = []
        letters: list[LetterDue] = []
        for event in events:
            grant, said = grants.get(event.grant_id), judged.get(event.grant_id)
            if grant is None or said is None:
                continue
            made = clawback_plan(
                grant,
                _duty(said, Word()),
                event,
                event.text_kind,
                self._office,
                self._today,
                closed_on=self._closed_on,
            )
            version = versions[event.grant_id]
            for draft in made.now:
                slot = f"{draft.code}:{event.event_id[:16]}"
                texts.append(Text(event.grant_id, version, slot, grant.phone, draft))
            left_out += _left_out(made, version)
            if made.needs_letter:
                slot = f"CB:{event.event_id[:16]}"
                letters.append(LetterDue(event.grant_id, slot, ", ".join(made.letter)))
        return Parts(tuple(texts), tuple(left_out), tuple(letters))

    def _is_gone(self, events: Sequence[EventRow]) -> bool:
        """Return whether the car left its owner, or the owner died: nobody is to be reminded."""
        for event in events:
            if event.kind not in (SALE, STRUCK_OFF, DIED):
                continue
            facts = self._events.facts_of(event.event_id)
            happened = facts.get("event", {})
            of_another = event.kind == DIED and happened.get("by") == Relation.OTHER_RELATIVE
            only_a_share = "지분" in facts.get("word", "") and not happened.get("whole")
            if not of_another and not only_a_share:
                return True
        return False

    def _days(self, said: Judgement) -> tuple[Reminder, ...]:
        return reminders(said.clawback_until_on, said.replacement_due_on, self._closed_on)


def planned(house: House, week_on: date) -> Parts:
    """Return what a batch of a week would hold today."""
    return Planner(house).all_of(week_on, Keeping(house).ids_of(week_on))


def word_of(standing: Sequence[Review]) -> Word:
    """Return what an officer's questions mean for a grant's text; the last settled one counts."""
    waiting = [review for review in standing if review.is_open and review.reason in BLOCKING]
    if waiting:
        titles = dict.fromkeys(REASON_TITLES[review.reason] for review in waiting)
        return Word(blocked=f"담당자가 확인하고 있습니다({', '.join(titles)}).")
    settled = [review for review in standing if review.resolution is not None]
    if not settled:
        return Word()
    last = max(settled, key=lambda review: (review.settled_at is not None, review.settled_at))
    if last.resolution is Resolution.NO_NOTICE:
        return Word(blocked="담당자가 확인하고 안내하지 않기로 했습니다.", why=SETTLED_OUT)
    named = [review for review in settled if review.resolution is Resolution.NOTICE]
    return Word(notice_code=named[-1].notice_code if named else "")


def _duty(said: Judgement, word: Word) -> Duty:
    return Duty(
        word.notice_code or said.notice_code, said.clawback_until_on, said.replacement_due_on
    )


def _left_out(made: Plan, version: int) -> list[LeftOut]:
    return [LeftOut(made.grant_id, version, item.why, item.reason) for item in made.exclusions]


def _asked(made: Plan, version: int) -> list[Question]:
    return [
        Question(made.grant_id, Reason.PLAN, f"{item.why}: {item.reason}", mark=f"plan-v{version}")
        for item in made.exclusions
        if item.why in _ASKING
    ]


def _reachable(grant: Grant) -> bool:
    if grant.is_company:
        return False
    try:
        recipient_digits(grant.phone)
    except Refused:
        return False
    return True


def _reminder(drafter: Drafter, item: Reminder, today_on: date) -> NoticeDraft | None:
    """Return the draft of a reminder, None when it holds a letter that no telephone can show."""
    try:
        return drafter.reminder(replace(item, send_on=max(item.send_on, today_on)))
    except Refused as why:
        if why.code != UNSENDABLE:
            raise
        return None


def _moot(item: Reminder, events: Sequence[EventRow]) -> bool:
    """Return whether what happened has overtaken a reminder: the car, or the earlier one, gone."""
    if item.code.startswith("R"):
        return any(event.is_replacement for event in events)
    over = (EventState.OPEN, EventState.FILED, EventState.PAID)
    return any(event.status == "due" and event.state in over for event in events)
