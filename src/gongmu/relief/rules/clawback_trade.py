"""매매용·수출용 중고자동차의 추징 (지특법 제68조제2항·제4항): not sold or exported in time."""

from __future__ import annotations

from datetime import date, timedelta

from gongmu.relief.facts import Event, Happening, Reason
from gongmu.relief.rules.clawback_terms import (
    BEFORE_START,
    EVENT_WORDS,
    LAST_DAY,
    Clawback,
    ClawbackRule,
    Relieved,
    Status,
    not_due,
    say,
    to_review,
)
from gongmu.relief.rules.deadlines import end_of_years, in_grace


def judge_trade(found: Clawback, rule: ClawbackRule, relieved: Relieved, event: Event) -> None:
    """Judge an event of a dealer's or exporter's car; fills `found`."""
    until = rule.until(relieved.acquired_on, relieved.registered_on)
    if until is None:
        to_review(found, missing=("취득일",))
        return
    if event.when is None:
        if event.kind is Happening.UNSOLD:
            _late(found, until, event)
        else:
            to_review(found, missing=("사유가 생긴 날",))
        return
    if relieved.acquired_on is not None and event.when.last < relieved.acquired_on:
        to_review(found, missing=(BEFORE_START,))
        return
    sold = event.kind is Happening.EXPORT or (
        event.kind is Happening.TRANSFER and rule.article == "지특법§68②"
    )
    if event.kind in (Happening.SCRAPPING, Happening.DEREGISTRATION):
        _scrapped(found, rule, relieved, event, until)
        return
    in_time = event.when.last <= until
    if not sold:
        say(found, "매각·수출했는가", False, EVENT_WORDS[event.kind or Happening.TRANSFER])
        if in_time:
            not_due(found, f"{until}까지 매각·수출하면 됩니다.")
        else:
            _late(found, until, event)
        return
    if in_time:
        say(found, f"{until}까지 매각·수출했는가", True)
        not_due(found, "기간 안에 매각·수출했습니다.")
    elif event.when.first <= until:
        to_review(found, missing=("매각·수출한 날(일까지)",))
    else:
        _late(found, until, event)


def _late(found: Clawback, until: date, event: Event) -> None:
    say(found, f"{until}까지 매각·수출했는가", False)
    if event.when is not None and in_grace(until, event.when.first):
        to_review(found, questions=(LAST_DAY,))
        return
    found.status, found.reason = Status.DUE, f"{until}까지 매각(수출)하지 않았습니다."
    found.event_on = until + timedelta(days=1)


def _scrapped(
    found: Clawback, rule: ClawbackRule, relieved: Relieved, event: Event, until: date
) -> None:
    later = relieved.acquired_on is None or relieved.acquired_on.year >= 2024
    if event.reason is Reason.DISASTER and later:
        say(found, "재난 피해로 폐차했는가", True)
        not_due(found, "재난 피해로 폐차해 추징하지 않습니다(단서).")
        return
    if event.reason is Reason.FAILED_INSPECTION and rule.article == "지특법§68②":
        year = end_of_years(relieved.acquired_on, 1) if relieved.acquired_on else None
        if year is not None and event.when is not None and event.when.first > year:
            say(found, "취득일부터 1년이 지나 검사 부적합으로 폐차했는가", True)
            not_due(found, "검사 부적합으로 폐차해 추징하지 않습니다(단서).")
            return
    if event.reason is None:
        to_review(found, missing=("폐차한 까닭(검사 부적합·재난 피해 등)",))
        return
    say(found, "추징하지 않는 폐차인가", False)
    found.status, found.reason = Status.DUE, "매각(수출)하지 않고 폐차했습니다."
    day = event.when.last if event.when is not None else until
    found.event_on = min(day, until + timedelta(days=1))
