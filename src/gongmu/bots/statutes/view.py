"""Which text of a law holds on a day, and from when to when each text of an article held.

Pure. The newest version in force decides; where its text of an article comes into force later,
the version before speaks. A version that holds only some articles is silent on the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from gongmu.bots.statutes.law import Article, LawVersion, expires_on, sunsets


class State(StrEnum):
    """How an article stands on a day."""

    IN_FORCE = "in_force"
    DELETED = "deleted"
    NOT_YET = "not_yet"
    """Its text comes into force later."""
    GONE = "gone"
    """It stood in an earlier version and no longer does."""
    EXPIRED = "expired"
    """The whole law has run out (유효기간) or was repealed."""
    ABSENT = "absent"
    """No version knows it."""
    DATE_UNKNOWN = "date_unknown"
    """No version of that day is at hand; `article` is that of the oldest one there is."""


@dataclass(frozen=True)
class Standing:
    """An article on a day: its text, the version it comes from, and from when it holds."""

    state: State
    article: Article | None = None
    version: LawVersion | None = None
    starts_on: date | None = None


@dataclass(frozen=True)
class Span:
    """One text of an article with its first and last day in force (None = still)."""

    article: Article
    version: LawVersion
    starts_on: date
    ends_on: date | None

    @property
    def past_sunsets(self) -> Sequence[date]:
        """Return the last days that the text itself names."""
        return sunsets(self.article.text)


@dataclass(frozen=True)
class LawView:
    """A law as it stands on a day, article by article."""

    name: str
    on: date
    version: LawVersion
    """The newest version in force that day (the oldest there is when `known` is false)."""
    known: bool
    spans: Sequence[Span]
    """What is in force, in the law's own order; deleted articles included."""
    later: Sequence[Standing]
    """Texts already promulgated that come into force later."""
    expired: bool = False


def ordered(versions: Iterable[LawVersion]) -> list[LawVersion]:
    """Return versions from the oldest to the newest."""
    return sorted(
        versions, key=lambda one: (one.starts_on, one.promulgated_on or date.min, not one.partial)
    )


def standing(versions: Sequence[LawVersion], key: str, on: date) -> Standing:
    """Return how the article `key` (AAAABB) stands on a day; `versions` in any order."""
    return _standing(ordered(versions), key, on)


def _standing(known: Sequence[LawVersion], key: str, on: date) -> Standing:
    """As `standing`, of versions already `ordered`: asked once for every day of every article."""
    effective = [one for one in known if one.starts_on <= on]
    if not effective:
        return _before(known, key)
    newest = next((one for one in reversed(effective) if not one.partial), None)
    if newest is not None and _over(newest, on):
        return Standing(State.EXPIRED, version=newest)
    ahead: Standing | None = None
    for version in reversed(effective):
        mine = version.by_key.get(key, ())
        due = [one for one in mine if (one.starts_on or version.starts_on) <= on]
        if due:
            article = max(due, key=lambda one: one.starts_on or version.starts_on)
            state = State.DELETED if article.deleted else State.IN_FORCE
            return Standing(state, article, version, article.starts_on or version.starts_on)
        if mine:
            ahead = Standing(State.NOT_YET, mine[0], version, mine[0].starts_on)
        elif not version.partial or key in version.covers:
            return ahead or _absent(known, effective, version, key)
    return ahead or _before(known, key, silent=True)


def _over(version: LawVersion, on: date) -> bool:
    last = expires_on(version)
    return version.repealed or (last is not None and last < on)


def _absent(
    known: Sequence[LawVersion], effective: Sequence[LawVersion], here: LawVersion, key: str
) -> Standing:
    if any(key in old.by_key for old in effective if old is not here):
        return Standing(State.GONE, version=here)
    for version in known:
        if version.starts_on > here.starts_on:
            for article in version.by_key.get(key, ()):
                starts = article.starts_on or version.starts_on
                return Standing(State.NOT_YET, article, version, starts)
    return Standing(State.ABSENT, version=here)


def _before(known: Sequence[LawVersion], key: str, *, silent: bool = False) -> Standing:
    """Return the standing where no version at hand speaks of the day."""
    for version in known:
        for article in version.by_key.get(key, ()):
            starts = article.starts_on or version.starts_on
            first = not silent and version is known[0] and version.revision.startswith("제정")
            state = State.NOT_YET if first else State.DATE_UNKNOWN
            return Standing(state, article, version, starts)
    if known and all(one.partial and key not in one.covers for one in known):
        return Standing(State.DATE_UNKNOWN)
    return Standing(State.ABSENT, version=known[0] if known else None)


def timeline(versions: Sequence[LawVersion]) -> Mapping[str, Sequence[Span]]:
    """Return every article's texts in the order of their first days, equal texts run together."""
    known = ordered(versions)
    keys = list(dict.fromkeys(one.key for version in reversed(known) for one in version.articles))
    days = _turning_days(known)
    return {key: _spans(known, key, days) for key in keys}


def spans_of(versions: Sequence[LawVersion], key: str) -> Sequence[Span]:
    """Return the texts of one article in the order of their first days."""
    known = ordered(versions)
    return _spans(known, key, _turning_days(known))


def _turning_days(versions: Sequence[LawVersion]) -> list[date]:
    days = {one.starts_on for one in versions}
    for version in versions:
        days |= {one.starts_on for one in version.articles if one.starts_on}
        if last := expires_on(version):
            days.add(last + timedelta(days=1))
    return sorted(days)


def _spans(versions: Sequence[LawVersion], key: str, days: Sequence[date]) -> list[Span]:
    found: list[Span] = []
    open_span: Span | None = None
    for day in days:
        now = _standing(versions, key, day)
        here = now.article if now.state in (State.IN_FORCE, State.DELETED) else None
        if open_span is not None and (here is None or here.text != open_span.article.text):
            ended = day - timedelta(days=1)
            found.append(Span(open_span.article, open_span.version, open_span.starts_on, ended))
            open_span = None
        if here is not None and open_span is None and now.version is not None:
            open_span = Span(here, now.version, day, None)
    if open_span is not None:
        found.append(open_span)
    return found


def view_on(versions: Sequence[LawVersion], on: date) -> LawView | None:
    """Return the law as it stands on a day; None without a whole version of it."""
    known = ordered(versions)
    whole = [one for one in known if not one.partial]
    effective = [one for one in whole if one.starts_on <= on]
    if not known:
        return None
    version = effective[-1] if effective else whole[0] if whole else known[-1]
    keys = list(dict.fromkeys(one.key for one in version.articles))
    keys += [one.key for old in known if old.partial for one in old.articles]
    spans, later = [], []
    for key in dict.fromkeys(keys):
        now = _standing(known, key, on)
        starts = now.starts_on or version.starts_on
        if now.state is State.NOT_YET:
            later.append(now)
        elif now.article is not None and now.version is not None:
            spans.append(Span(now.article, now.version, starts, None))
    later += _coming(known, on) if effective else []
    return LawView(
        version.name, on, version, bool(effective), spans, later, expired=_over(version, on)
    )


def _coming(known: Sequence[LawVersion], on: date) -> Iterable[Standing]:
    """Yield the texts that come into force after `on` and differ from those of the day."""
    seen: set[tuple[str, date]] = set()
    for version in known:
        for article in version.articles:
            starts = article.starts_on or version.starts_on
            if starts <= on or (article.key, starts) in seen:
                continue
            now = _standing(known, article.key, on)
            if now.state is not State.NOT_YET and (
                now.article is None or now.article.text != article.text
            ):
                seen.add((article.key, starts))
                yield Standing(State.NOT_YET, article, version, starts)
