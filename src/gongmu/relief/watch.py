"""The clawback watch: later lists against live duties, and what each event means by law.

An event is kept once, whatever list brings it; what an officer said of it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from gongmu.core.clock import today
from gongmu.core.house import House
from gongmu.relief.changes import HouseholdChange, OwnershipChange, read_changes
from gongmu.relief.decision import clawback_json
from gongmu.relief.duty import relieved_of
from gongmu.relief.events import REPLACED, Events, Found
from gongmu.relief.facts import Event, Happening, Reason, Relation, When
from gongmu.relief.grant import Grant
from gongmu.relief.judging import law_of_house
from gongmu.relief.keeping import Judgement, Keeping
from gongmu.relief.lists import ListKind, ListRecord, Lists, ListState
from gongmu.relief.review import Question, Reviews
from gongmu.relief.review import Reason as ReviewReason
from gongmu.relief.rules.clawback import judge_event
from gongmu.relief.rules.clawback_terms import Clawback, Status
from gongmu.relief.rules.deadlines import PenaltyLine
from gongmu.relief.sealed import Lookup
from gongmu.relief.words import bare, reading_of

Note = Callable[[str], None]

SALE, SPLIT, COMMERCIAL, STRUCK_OFF, DIED = "이전", "세대분리", "영업용", "말소", "사망"
UNREPLACED, UNSOLD, OTHER = "종전차 미정리", "미매각", "그 밖의 변동"

_KINDS = {
    Happening.TRANSFER: SALE,
    Happening.DEREGISTRATION: STRUCK_OFF,
    Happening.SCRAPPING: STRUCK_OFF,
    Happening.EXPORT: STRUCK_OFF,
    Happening.HOUSEHOLD_SPLIT: SPLIT,
    Happening.COMMERCIAL_USE: COMMERCIAL,
    Happening.DEATH: DIED,
}


_NO_EXCUSE = frozenset(
    {"매매", "매도", "매각", "양도", "증여", "교환", "이전", "당사자거래", "상사매매"}
)
"""Reasons of the register that only word the deal itself."""


@dataclass(frozen=True)
class Watched:
    """What a list brought: rows of ours, events new, of them owing tax, and for an officer."""

    matched: int
    new: int
    owing: int
    asked: int


@dataclass(frozen=True)
class _Row:
    """A change of either list in one form; `owner_key` is who had the car, or who moved."""

    row_number: int
    kind: str
    on: date
    plate: str
    owner_key: str
    new_key: str = ""
    relation: str = ""
    share: str = ""
    reason: str = ""
    household: bool = False


class Watch:
    """Compares later lists with the grants whose duty lives."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._kept = Keeping(house)
        self._events = Events(house)
        self._reviews = Reviews(house)
        self._law = law_of_house(house)
        self._today = today(house.clock)

    def take_in(
        self, week_on: date, sha256: str, *, source: str, note: Note, who: str = "gongmu"
    ) -> Watched:
        """Read one kept list of changes and keep the events that touch our grants."""
        data = self._house.files.read(sha256)
        found = read_changes(data, "changes", self._kept.seals.person_key)
        rows = [_of_ownership(item) for item in found.ownership]
        rows += [_of_household(item) for item in found.household]
        kind = ListKind.HOUSEHOLD if found.household else ListKind.OWNERSHIP
        matched = self._matched(rows)
        events = [
            event
            for grant_id, mine in sorted(matched.items())
            for event in self._judged(grant_id, mine, sha256)
        ]
        done = self._keep(week_on, events, len(matched))
        record = ListRecord(
            sha256=sha256,
            week_on=week_on,
            kind=kind,
            source=source,
            state=ListState.READ,
            held_for="",
            accepted_by="",
            accepted_for="",
            rows_read=found.rows_read,
            rows_kept=len(rows),
            rows_set_aside=len(found.set_aside),
            rows_skipped=found.skipped,
            rows_outside=0,
            rows_new=done.new,
            rows_changed=0,
            read_at=self._house.clock(),
        )
        Lists(self._house).keep(record, found.set_aside)
        self._house.audit.record(who, "relief.watch", sha256[:16], subjects=len(rows))
        note(
            f"변동 {len(rows)}건을 보았습니다: 감면 차량 {done.matched}대, 새 변동 {done.new}건, "
            f"60일 안에 신고할 사람 {done.owing}명, 담당자가 확인할 건 {done.asked}."
        )
        return done

    def expire(self, week_on: date) -> Watched:
        """Find duties to act that passed without a sign of the act: earlier car, dealer's stock."""
        ids = self._kept.ids_with_duty(self._today - timedelta(days=60))
        judged, known = self._kept.judgements(ids), self._events.of_grants(ids)
        events = []
        for grant_id, said in judged.items():
            mine = known.get(grant_id, ())
            due_on, until = said.replacement_due_on, said.clawback_until_on
            if due_on and due_on < self._today and not any(e.kind == REPLACED for e in mine):
                why = f"종전차를 {due_on}까지 정리했는지 대장에서 확인되지 않습니다."
                events.append(self._late(grant_id, UNREPLACED, due_on, why))
            sold = any(event.kind in (SALE, STRUCK_OFF) for event in mine)
            if said.notice_code == "N68" and until and until < self._today and not sold:
                why = f"{until}까지 팔았는지 대장에서 확인되지 않습니다."
                events.append(self._late(grant_id, UNSOLD, until, why))
        return self._keep(week_on, events, len(events))

    def penalty(self, event_id: str, as_of: date) -> tuple[PenaltyLine, ...]:
        """Return the penalties of an owing event, line by line, as of a day."""
        event = self._events.find(event_id)
        grant = self._kept.opened([event.grant_id]).get(event.grant_id)
        facts = self._events.facts_of(event_id)
        if grant is None or grant.acquired_on is None or "event" not in facts:
            return ()
        rebuilt = _event_of(facts["event"])
        said = judge_event(relieved_of(grant), rebuilt, self._law.on(grant.acquired_on), as_of)
        return said.penalty

    # ------------------------------------------------------------ inside

    def _matched(self, rows: Sequence[_Row]) -> dict[str, list[_Row]]:
        """Return the rows of each grant that a plate or a person of the list belongs to."""
        plates = self._kept.ids_by_lookup(Lookup.PLATE, {row.plate for row in rows if row.plate})
        people = self._kept.ids_by_lookup(
            Lookup.PERSON, {row.owner_key for row in rows if row.household and row.owner_key}
        )
        found: dict[str, list[_Row]] = {}
        for row in rows:
            ids = plates.get(row.plate, ()) if row.plate else people.get(row.owner_key, ())
            for grant_id in ids:
                found.setdefault(grant_id, []).append(row)
        return found

    def _judged(self, grant_id: str, rows: Sequence[_Row], sha256: str) -> Iterable[Found]:
        grant = self._kept.opened([grant_id]).get(grant_id)
        said = self._kept.judgement(grant_id)
        if grant is None or said is None:
            return
        mine = [row for row in rows if _is_about(row, grant)]
        earlier = tuple(_event(row, grant) for row in mine)
        earlier += tuple(
            _event_of(facts["event"])
            for known in self._events.of_grants([grant_id]).get(grant_id, ())
            if "event" in (facts := self._events.facts_of(known.event_id))
        )
        for row in rows:
            if grant.previous_plate and _same(row.plate, grant.previous_plate):
                yield self._replaced(grant, said, row, sha256)
            elif row in mine:
                yield self._found(grant, row, earlier, sha256)

    def _found(self, grant: Grant, row: _Row, others: tuple[Event, ...], sha256: str) -> Found:
        event = _event(row, grant)
        kind = _KINDS.get(event.kind, OTHER) if event.kind else OTHER
        if grant.acquired_on is None:
            said = Clawback(Status.REVIEW, missing=("취득일",))
        else:
            now = self._law.on(grant.acquired_on)
            earlier = tuple(other for other in others if other != event)
            said = judge_event(relieved_of(grant), event, now, self._today, earlier)
        status = said.status if said.status is not Status.NONE else Status.NOT_DUE
        owing = status is Status.DUE
        return Found(
            event_id=self._event_id(grant.grant_id, kind, row.on),
            grant_id=grant.grant_id,
            kind=kind,
            happened_on=row.on,
            list_sha256=sha256,
            row_number=row.row_number,
            status=status.value,
            reason=_reason(said),
            amount_won=said.amount_won if owing else None,
            filing_due_on=said.filing_due_on if owing else None,
            facts={"said": clawback_json(said), "event": _event_plain(event), "word": row.kind},
        )

    def _replaced(self, grant: Grant, said: Judgement, row: _Row, sha256: str) -> Found:
        due_on = said.replacement_due_on
        late = due_on is not None and row.on > due_on
        why = (
            f"종전차를 기한({due_on})보다 늦게 정리했습니다." if late else "종전차를 정리했습니다."
        )
        return Found(
            event_id=self._event_id(grant.grant_id, REPLACED, row.on),
            grant_id=grant.grant_id,
            kind=REPLACED,
            happened_on=row.on,
            list_sha256=sha256,
            row_number=row.row_number,
            status="review" if late else "not_due",
            reason=why,
            amount_won=None,
            filing_due_on=None,
            facts={"word": row.kind},
        )

    def _late(self, grant_id: str, kind: str, on: date, why: str) -> Found:
        return Found(
            event_id=self._event_id(grant_id, kind, on),
            grant_id=grant_id,
            kind=kind,
            happened_on=on + timedelta(days=1),
            list_sha256="",
            row_number=0,
            status="review",
            reason=why,
            amount_won=None,
            filing_due_on=None,
            facts={},
        )

    def _keep(self, week_on: date, events: Sequence[Found], matched: int) -> Watched:
        new = self._events.keep(events)
        asked = self._reviews.raise_all(
            week_on,
            [
                Question(item.grant_id, ReviewReason.EVENT, item.reason, mark=item.event_id[:40])
                for item in events
                if item.status == "review"
            ],
        )
        owing = len({item.grant_id for item in events if item.status == "due"})
        return Watched(matched, new, owing, asked)

    def _event_id(self, grant_id: str, kind: str, on: date) -> str:
        return self._kept.seals.keyed("event", grant_id, kind, on.isoformat())[:40]


def _of_ownership(item: OwnershipChange) -> _Row:
    return _Row(
        row_number=item.row_number,
        kind=item.kind,
        on=item.changed_on,
        plate=item.plate,
        owner_key=item.person_key,
        new_key=item.new_person_key,
        relation=item.new_relation,
        share=item.share,
        reason=item.reason,
    )


def _of_household(item: HouseholdChange) -> _Row:
    return _Row(
        row_number=item.row_number,
        kind=item.kind,
        on=item.moved_on,
        plate=item.plate,
        owner_key=item.person_key,
        relation=item.relation,
        reason=item.reason,
        household=True,
    )


def _is_about(row: _Row, grant: Grant) -> bool:
    """Return whether a row happened to this grant's car or people, after it was acquired."""
    if grant.acquired_on is not None and row.on < grant.acquired_on:
        return False
    ours = {grant.person_key, *(owner.person_key for owner in grant.co_owners)} - {""}
    if row.household:
        return not ours or not row.owner_key or row.owner_key in ours
    if row.plate and not _same(row.plate, grant.plate):
        return False
    # A car sold on once more by its next owner is no longer ours to watch.
    return not row.owner_key or not ours or row.owner_key in ours


def _same(one: str, other: str) -> bool:
    return "".join(one.split()) == "".join(other.split())


def _word(kind: type[StrEnum], text: str) -> StrEnum | None:
    table = reading_of(kind)
    plain = bare(text)
    return table.get(plain) or next(
        (member for word, member in table.items() if word in plain and len(word) > 1), None
    )


def _event(row: _Row, grant: Grant) -> Event:
    """Return a row as the law's judge reads it; what the list does not say stays unknown."""
    kind = _word(Happening, row.kind)
    if kind is None and "지분" in row.kind:
        kind = Happening.TRANSFER
    if bare(row.kind).startswith("수출"):
        kind = Happening.EXPORT
    relation = _word(Relation, row.relation) if row.relation else None
    reason = _reason_of(row)
    share = _share(row.share)
    by_self = bool(row.owner_key) and row.owner_key == grant.person_key
    by = Relation.SELF if by_self else Relation.OTHER_RELATIVE if row.owner_key else None
    whole = None if share is None else share >= 1
    to = relation if isinstance(relation, Relation) else None
    if row.new_key and row.new_key == grant.person_key:
        to = Relation.SELF
    return Event(
        kind=kind if isinstance(kind, Happening) else None,
        when=When(row.on, row.on),
        by=by,
        to=None if row.household else to,
        share=share,
        whole=whole,
        reason=reason,
    )


def _reason_of(row: _Row) -> Reason | None:
    """Return why it came about: a sale or gift is no excuse, an unknown word may be one."""
    if row.kind.startswith("상속"):
        return Reason.DEATH
    if not row.reason:
        return None
    if bare(row.reason) in _NO_EXCUSE:
        return Reason.NONE
    found = _word(Reason, row.reason)
    return found if isinstance(found, Reason) else Reason.OTHER


def _share(text: str) -> Fraction | None:
    plain = text.replace(" ", "")
    try:
        return Fraction(plain[:-1]) / 100 if plain.endswith("%") else Fraction(plain)
    except (ValueError, ZeroDivisionError):
        return None


def _event_plain(event: Event) -> dict[str, str | bool | None]:
    return {
        "kind": event.kind.value if event.kind else None,
        "on": event.when.first.isoformat() if event.when else None,
        "by": event.by.value if event.by else None,
        "to": event.to.value if event.to else None,
        "share": str(event.share) if event.share is not None else None,
        "whole": event.whole,
        "reason": event.reason.value if event.reason else None,
    }


def _event_of(plain: dict[str, str | None]) -> Event:
    kind, by, to, reason = (plain.get(name) for name in ("kind", "by", "to", "reason"))
    day, share, whole = plain.get("on"), plain.get("share"), plain.get("whole")
    on = date.fromisoformat(day) if day else None
    return Event(
        kind=Happening(kind) if kind else None,
        when=When(on, on) if on else None,
        by=Relation(by) if by else None,
        to=Relation(to) if to else None,
        share=Fraction(share) if share else None,
        whole=None if whole is None else bool(whole),
        reason=Reason(reason) if reason else None,
    )


def _reason(said: Clawback) -> str:
    lacking = f" 모르는 사실: {', '.join(said.missing)}." if said.missing else ""
    asked = (
        f" {' '.join(said.questions)}" if said.questions and said.status is Status.REVIEW else ""
    )
    return f"{said.reason}{lacking}{asked}".strip() or "추징 사유가 아닙니다."
