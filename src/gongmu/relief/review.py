"""The review queue: what only an officer can settle, and what they settled it with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa

from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.relief.sealed import Seals
from gongmu.relief.tables import claim_table, review_table


class Reason(StrEnum):
    """Why a grant waits for an officer."""

    UNKNOWN_CODE = "unknown_code"
    RULES = "rules"
    """The rules need facts that the list does not give, or an open legal question stands."""
    CROSS_CHECK = "cross_check"
    CHANGED = "changed"
    """The list was corrected after the grant was first kept."""
    PLAN = "plan"
    """A text could not be made: a value is missing, or article and text do not fit."""
    EVENT = "event"
    """A later sale or move that the rules cannot judge alone."""


REASON_TITLES = {
    Reason.UNKNOWN_CODE: "모르는 감면코드",
    Reason.RULES: "판단에 필요한 사실 부족",
    Reason.CROSS_CHECK: "대장과 계산이 다름",
    Reason.CHANGED: "대장의 내용이 바뀜",
    Reason.PLAN: "안내문을 만들 수 없음",
    Reason.EVENT: "변동 확인 필요",
}


class Resolution(StrEnum):
    """What an officer settled a review with."""

    AS_LISTED = "as_listed"
    """The list is right: go on with what the rules would have sent."""
    NOTICE = "notice"
    """Send the notice of the code that the officer names."""
    NO_NOTICE = "no_notice"
    TELL_AGAIN = "tell_again"
    """Tell a person once more although they were told, because what they were told was wrong."""


RESOLUTION_TITLES = {
    Resolution.AS_LISTED: "대장대로 진행",
    Resolution.NOTICE: "안내문 지정",
    Resolution.NO_NOTICE: "안내하지 않음",
    Resolution.TELL_AGAIN: "바로잡아 다시 안내",
}

BLOCKING = frozenset({Reason.UNKNOWN_CODE, Reason.RULES, Reason.PLAN, Reason.CHANGED})
"""Reasons that keep a grant's notice back until an officer settles them."""


@dataclass(frozen=True)
class Review:
    """One question to an officer; `detail` holds no personal data, `note` may."""

    number: int
    grant_id: str
    reason: Reason
    week_on: date
    detail: str
    is_open: bool
    resolution: Resolution | None
    notice_code: str
    note: str
    raised_at: datetime
    settled_at: datetime | None
    settled_by: str


@dataclass(frozen=True)
class Question:
    """A review to raise; `mark` tells one question of a reason from another."""

    grant_id: str
    reason: Reason
    detail: str
    mark: str = ""


class Reviews:
    """The queue of one installation."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._engine = house.engine
        self._seals = Seals(house.vault)

    def raise_all(self, week_on: date, questions: Iterable[Question]) -> int:
        """Put questions into the queue and return how many are new; a known one is left alone."""
        given = list({(q.grant_id, q.reason, q.mark[:80]): q for q in questions}.items())
        table, now, new = review_table, self._house.clock(), 0
        with self._engine.begin() as connection:
            for (grant_id, reason, mark), question in given:
                same = sa.and_(
                    table.c.grant_id == grant_id, table.c.reason == reason, table.c.mark == mark
                )
                if connection.scalar(sa.select(sa.func.count()).where(same)):
                    continue
                row = {
                    "grant_id": grant_id,
                    "reason": reason,
                    "mark": mark,
                    "week_on": week_on,
                    "detail": question.detail,
                    "state": "open",
                    "resolution": "",
                    "notice_code": "",
                    "raised_at": now,
                    "settled_by": "",
                }
                connection.execute(table.insert().values(row))
                new += 1
        return new

    def close_open(self, grant_ids: Sequence[str], reasons: Iterable[Reason], who: str) -> None:
        """Close open questions that a newer version or code map has answered by itself."""
        table = review_table
        moot = sa.and_(
            table.c.grant_id.in_(grant_ids),
            table.c.reason.in_([reason.value for reason in reasons]),
            table.c.state == "open",
        )
        values = {"state": "moot", "settled_at": self._house.clock(), "settled_by": who}
        if grant_ids:
            with self._engine.begin() as connection:
                connection.execute(table.update().where(moot).values(values))

    def queue(
        self,
        who: str,
        *,
        address: str = "",
        week_on: date | None = None,
        open_only: bool = True,
        grant_id: str = "",
        after: int = 0,
        limit: int = 100,
    ) -> Sequence[Review]:
        """Return a page of the queue in order; the look is written down."""
        table = review_table
        query = sa.select(table).where(table.c.number > after).order_by(table.c.number)
        if week_on is not None:
            query = query.where(table.c.week_on == week_on)
        if open_only:
            query = query.where(table.c.state == "open")
        if grant_id:
            query = query.where(table.c.grant_id == grant_id)
        with self._engine.connect() as connection:
            rows = connection.execute(query.limit(limit)).mappings().all()
        found = [self._review(row) for row in rows]
        subjects = len({review.grant_id for review in found})
        self._house.audit.record(
            who, "relief.view_reviews", f"{len(found)} reviews", address=address, subjects=subjects
        )
        return found

    def review(self, number: int) -> Review:
        """Return one question; raises Refused("review_unknown")."""
        query = sa.select(review_table).where(review_table.c.number == number)
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise Refused("review_unknown", "그 확인 건이 없습니다.", "번호를 확인하세요.")
        return self._review(row)

    def open_count(self, week_on: date | None = None) -> Mapping[Reason, int]:
        """Return how many questions wait, by reason."""
        table = review_table.c
        query = sa.select(table.reason, sa.func.count()).where(table.state == "open")
        if week_on is not None:
            query = query.where(table.week_on == week_on)
        with self._engine.connect() as connection:
            rows = connection.execute(query.group_by(table.reason)).all()
        return {Reason(reason): count for reason, count in rows}

    def settle(
        self,
        number: int,
        resolution: Resolution,
        who: str,
        note: str,
        *,
        notice_code: str = "",
        address: str = "",
    ) -> None:
        """Settle a question; raises Refused when it is settled, or without note or notice code."""
        review = self.review(number)
        if not review.is_open:
            raise Refused(
                "review_settled", "이미 정리된 확인 건입니다.", "화면을 새로 고쳐 확인하세요."
            )
        if len(note.strip()) < 2:
            raise Refused(
                "reason_missing", "확인한 내용이 없습니다.", "무엇을 확인했는지 적으세요."
            )
        if resolution is Resolution.NOTICE and not notice_code:
            raise Refused("notice_missing", "안내문을 고르지 않았습니다.", "안내문을 고르세요.")
        table = review_table
        open_ = sa.and_(table.c.number == number, table.c.state == "open")
        values = {
            "state": "settled",
            "resolution": resolution,
            "notice_code": notice_code if resolution is Resolution.NOTICE else "",
            "sealed_note": self._seals.seal_text(note, f"relief.review:{number}"),
            "settled_at": self._house.clock(),
            "settled_by": who,
        }
        with self._engine.begin() as connection:
            done = connection.execute(table.update().where(open_).values(values))
            if done.rowcount and resolution is Resolution.TELL_AGAIN:
                _release(connection, review.grant_id)
        about = f"{number} {review.grant_id}"
        self._house.audit.record(
            who, f"relief.settle.{resolution}", about, address=address, subjects=1
        )

    def standing(self, grant_ids: Sequence[str]) -> Mapping[str, Sequence[Review]]:
        """Return every question, open or settled by an officer, of some grants; for the run."""
        table = review_table
        query = (
            sa.select(table)
            .where(table.c.grant_id.in_(grant_ids), table.c.state != "moot")
            .order_by(table.c.number)
        )
        found: dict[str, list[Review]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(query).mappings() if grant_ids else []:
                found.setdefault(row["grant_id"], []).append(self._review(row))
        return found

    def _review(self, row: sa.RowMapping) -> Review:
        return Review(
            number=row["number"],
            grant_id=row["grant_id"],
            reason=Reason(row["reason"]),
            week_on=row["week_on"],
            detail=row["detail"],
            is_open=row["state"] == "open",
            resolution=Resolution(row["resolution"]) if row["resolution"] else None,
            notice_code=row["notice_code"],
            note=self._seals.open_text(row["sealed_note"], f"relief.review:{row['number']}"),
            raised_at=row["raised_at"],
            settled_at=row["settled_at"],
            settled_by=row["settled_by"],
        )


FIRST = "first"
"""The slot of a grant's first notice."""


def _release(connection: sa.Connection, grant_id: str) -> None:
    """Let the first notice go out once more; the earlier claim stays on record."""
    mine = sa.and_(
        claim_table.c.grant_id == grant_id,
        claim_table.c.slot == FIRST,
        claim_table.c.released_for == "",
    )
    connection.execute(claim_table.update().where(mine).values(released_for="tell_again"))
