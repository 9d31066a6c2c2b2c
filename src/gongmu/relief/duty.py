"""What a granted relief obliges to, and what a later event means for it."""

from __future__ import annotations

from datetime import date

from gongmu.relief.assess import judge_events
from gongmu.relief.crosscheck import kind_of
from gongmu.relief.facts import Event, Kind
from gongmu.relief.grant import Grant
from gongmu.relief.law import FIRST_DAY, Law
from gongmu.relief.rules.clawback_terms import Clawback, ClawbackRule, Relieved, Status
from gongmu.relief.rules.clawback_terms import clawback_rule as rule_in_force


def clawback_rule(
    article: str, acquired_on: date, law: Law, kind: Kind | None = None
) -> ClawbackRule | None:
    """Return what takes back a relief under `article`; None when nothing does.

    Start, years, events and exceptions in Korean words; `until(acquired_on, registered_on)` gives
    the last day. `kind` matters for 제68조 only. Acquisitions before 2023-01-01 give None.
    """
    if not article or acquired_on < FIRST_DAY:
        return None
    return rule_in_force(article, acquired_on, law.on(acquired_on), kind)


def relieved_of(grant: Grant) -> Relieved:
    """Return a grant as what a clawback is reckoned from: article and amounts are the list's."""
    kind, _ = kind_of(grant.kind)
    return Relieved(
        grant.article,
        grant.acquired_on,
        grant.registered_on,
        grant.relief_won,
        bool(grant.co_owners),
        kind,
    )


def judge_event(
    about: Grant | Relieved,
    events: Event | tuple[Event, ...],
    law: Law,
    today: date | None = None,
) -> Clawback:
    """Judge later events of a granted relief; the recorded article and amount are trusted.

    Of several events the gravest counts, and a death or marriage among them may excuse a sale.
    `today` is the day for penalties; without it they are not reckoned. A grant whose article or
    day of acquisition is not known, or that is older than 2023, is left to a person (review).
    """
    several = (events,) if isinstance(events, Event) else events
    relieved = relieved_of(about) if isinstance(about, Grant) else about
    day = relieved.acquired_on
    if day is None or day < FIRST_DAY or not relieved.article:
        return Clawback(Status.REVIEW, missing=("취득일(2023-01-01 이후) 또는 감면 조문",))
    if not several:
        return Clawback()
    return judge_events(relieved, several, law.on(day), today)
