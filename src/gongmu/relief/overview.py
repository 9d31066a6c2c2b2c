"""What an approver looks at before putting their name to a batch; samples and rows are masked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction

import sqlalchemy as sa

from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.people import Act, Person
from gongmu.core.values import SEOUL
from gongmu.messages.delivery import Delivery
from gongmu.messages.hours import next_opening
from gongmu.messages.office import MessageOffice, load_office
from gongmu.messages.provider import Kind
from gongmu.relief.batch import Approval, Batch, Batches, State
from gongmu.relief.frozen import Freezer, Member
from gongmu.relief.keeping import Keeping
from gongmu.relief.masking import masked
from gongmu.relief.office import office_of
from gongmu.relief.review import Reason, Reviews
from gongmu.relief.tables import batch_table, left_out_table, letter_table, member_table


@dataclass(frozen=True)
class NoticeCount:
    """How many texts of one notice, this week and the week before."""

    notice_code: str
    count: int
    last_count: int

    @property
    def change_share(self) -> Fraction | None:
        """The change against last week as a share of it; None when there were none."""
        if not self.last_count:
            return None
        return Fraction(self.count - self.last_count, self.last_count)


@dataclass(frozen=True)
class Overview:
    """All that an approver needs besides the samples."""

    batch: Batch
    counts: tuple[NoticeCount, ...]
    left_out: Mapping[str, int]
    """Word of the reason → how many grants of the week get no text."""
    excluded: Mapping[str, int]
    """Reason given by a drafter → how many texts were taken out."""
    open_reviews: Mapping[Reason, int]
    sms_count: int
    lms_count: int
    cost_won: int
    letter_count: int
    postage_won: int
    first_at: datetime | None
    last_at: datetime | None
    """When the first and the last text may leave, by hours and the provider's rate."""
    changes: tuple[str, ...]
    """What no longer is as frozen; hand-in and approval are then refused."""
    history: Sequence[Approval]
    drafters: frozenset[str]


@dataclass(frozen=True)
class MemberRow:
    """One text of a batch as a list shows it."""

    key: str
    grant_id: str
    slot: str
    notice_code: str
    kind: str
    byte_count: int
    due_on: date
    not_before_on: date
    name: str
    plate: str
    phone: str
    excluded_for: str
    excluded_by: str


@dataclass(frozen=True)
class Sample:
    """One text in full beside its masked person."""

    row: MemberRow
    template_version: str
    subject: str
    text: str


class BatchDesk:
    """Shows batches to people, and lets a drafter send themselves one of the texts."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._engine = house.engine
        self._batches = Batches(house)
        self._freezer = Freezer(house)
        self._kept = Keeping(house)

    def overview(self, batch_id: str) -> Overview:
        """Return what an approver decides on; holds no row of a person."""
        batch = self._batches.find(batch_id)
        members = self._freezer.members(batch_id, excluded=True)
        inside = [item for item in members if not item.excluded_for]
        messages = load_office(self._house.city, self._house.settings)
        kinds = Counter(item.kind for item in inside)
        cost = sum(
            (messages.gateway.prices.of(Kind(kind)) * n for kind, n in kinds.items()), Fraction()
        )
        letters = self._letters(batch.week_on)
        first_at, last_at = self._times(inside, messages)
        standing = batch.state in (State.FROZEN, State.HANDED_IN, State.APPROVED)
        return Overview(
            batch=batch,
            counts=self._counts(batch, inside),
            left_out=self._left_out(batch.week_on),
            excluded=Counter(item.excluded_for for item in members if item.excluded_for),
            open_reviews=Reviews(self._house).open_count(batch.week_on),
            sms_count=kinds[Kind.SMS],
            lms_count=kinds[Kind.LMS],
            cost_won=round(cost),
            letter_count=letters,
            postage_won=letters * office_of(self._house.city).postage_won,
            first_at=first_at,
            last_at=last_at,
            changes=self._batches.changes(batch) if standing else (),
            history=self._batches.history(batch_id),
            drafters=self._batches.drafters(batch),
        )

    def members(
        self, batch_id: str, who: str, *, address: str = "", after: str = "", limit: int = 100
    ) -> Sequence[MemberRow]:
        """Return a page of a batch's texts in order of their keys; the look is written down."""
        rows = [m for m in self._freezer.members(batch_id, excluded=True) if m.key > after][:limit]
        self._seen(who, "relief.view_batch", batch_id, len(rows), address)
        return self._rows(rows)

    def samples(
        self, batch_id: str, who: str, *, address: str = "", per_notice: int = 2
    ) -> Sequence[Sample]:
        """Return the first texts of every notice and wording; the look is written down."""
        chosen: list[Member] = []
        seen: Counter[tuple[str, str]] = Counter()
        for item in self._freezer.members(batch_id):
            sort = (item.notice_code, item.template_version)
            seen[sort] += 1
            if seen[sort] <= per_notice:
                chosen.append(item)
        chosen.sort(key=lambda item: (item.notice_code, item.template_version, item.key))
        self._seen(who, "relief.view_samples", batch_id, len(chosen), address)
        rows = self._rows(chosen)
        return [
            Sample(row, item.template_version, item.subject, item.text)
            for row, item in zip(rows, chosen, strict=True)
        ]

    def send_test(self, batch_id: str, key: str, person: Person, phone: str) -> str:
        """Send one of the texts to an officer's own phone and return its key in the ledger.

        Raises Refused: act_refused, member_unknown, and what `Delivery.send_test` raises.
        """
        if not person.may(Act.DRAFT) and not person.may(Act.APPROVE):
            raise Refused("act_refused", "이 일을 할 권한이 없습니다.", "담당자에게 맡기세요.")
        found = [item for item in self._freezer.members(batch_id) if item.key == key]
        if not found:
            raise Refused("member_unknown", "묶음에 그 문자가 없습니다.", "화면을 새로 고치세요.")
        self._house.audit.record(
            person.account, "relief.send_test", f"{batch_id} {key}", subjects=1
        )
        return Delivery(self._house).send_test(
            phone, found[0].text, found[0].subject, person.account
        )

    # ------------------------------------------------------------ inside

    def _rows(self, members: Sequence[Member]) -> list[MemberRow]:
        grants = self._kept.opened(sorted({item.grant_id for item in members}))
        names = [
            name for name in MemberRow.__dataclass_fields__ if name in Member.__dataclass_fields__
        ]
        rows = []
        for item in members:
            shown = {name: getattr(item, name) for name in names}
            shown |= {"name": "", "plate": "", "phone": ""}
            if item.grant_id in grants:
                shown |= masked(grants[item.grant_id])
            rows.append(MemberRow(**shown))
        return rows

    def _counts(self, batch: Batch, members: Sequence[Member]) -> tuple[NoticeCount, ...]:
        now = Counter(item.notice_code for item in members)
        query = (
            sa.select(member_table.c.notice_code, sa.func.count())
            .join(batch_table, batch_table.c.batch_id == member_table.c.batch_id)
            .where(
                batch_table.c.week_on == batch.week_on - timedelta(days=7),
                batch_table.c.state != "withdrawn",
                member_table.c.excluded_for == "",
            )
            .group_by(member_table.c.notice_code)
        )
        with self._engine.connect() as connection:
            last = {code: count for code, count in connection.execute(query).all()}  # noqa: C416
        return tuple(
            NoticeCount(code, now[code], last.get(code, 0)) for code in sorted(now.keys() | last)
        )

    def _left_out(self, week_on: date) -> Mapping[str, int]:
        table = left_out_table.c
        query = (
            sa.select(table.why, sa.func.count(table.grant_id.distinct()))
            .where(table.week_on == week_on)
            .group_by(table.why)
        )
        with self._engine.connect() as connection:
            return {why: count for why, count in connection.execute(query).all()}  # noqa: C416

    def _letters(self, week_on: date) -> int:
        query = sa.select(sa.func.count()).where(letter_table.c.week_on == week_on)
        with self._engine.connect() as connection:
            return connection.scalar(query) or 0

    def _times(
        self, members: Sequence[Member], messages: MessageOffice
    ) -> tuple[datetime | None, datetime | None]:
        if not members:
            return None, None
        now, hours = self._house.clock(), messages.hours
        days = sorted(item.not_before_on for item in members)
        first, last = (
            next_opening(max(now, datetime.combine(day, time(), SEOUL)), hours)
            for day in (days[0], days[-1])
        )
        on_last = days.count(days[-1])
        return first, last + timedelta(seconds=on_last / messages.gateway.per_second)

    def _seen(self, who: str, did: str, about: str, subjects: int, address: str) -> None:
        self._house.audit.record(who, did, about, subjects=subjects, address=address)
