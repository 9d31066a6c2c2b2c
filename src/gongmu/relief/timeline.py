"""One grant from its filing to its end, and the answer to "왜 이 문자를 받았나"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa

from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.values import SEOUL, korean_date
from gongmu.messages.delivery import STATUS_TITLES as MESSAGE_TITLES
from gongmu.messages.delivery import Delivery
from gongmu.relief.article import article_words
from gongmu.relief.batch import ACT_TITLES, Batches
from gongmu.relief.consents import Consents
from gongmu.relief.events import STATE_TITLES, STATUS_TITLES, EventRow, Events
from gongmu.relief.frozen import LeftOut, member_purpose
from gongmu.relief.review import REASON_TITLES, RESOLUTION_TITLES, Reviews
from gongmu.relief.store import GrantRow, ReliefStore
from gongmu.relief.tables import (
    batch_table,
    decision_table,
    grant_table,
    left_out_table,
    letter_table,
    member_table,
)

NOTHING_YET = "안내할 의무가 없거나 아직 차례가 아닙니다."


@dataclass(frozen=True)
class Moment:
    """One thing that happened; `kind` is stable, `text` Korean and without clear personal data."""

    at: datetime
    kind: str
    """list | judgement | left_out | batch | message | letter | review | event | consent."""
    text: str


@dataclass(frozen=True)
class TextSent:
    """One text planned or sent to the person, with what became of it."""

    key: str
    batch_id: str
    notice_code: str
    template_version: str
    due_on: date
    status: str
    """Korean: 도착, 실패, 보내기 전, 제외, ..."""
    at: datetime | None
    excluded_for: str
    text: str
    """As it went out; names and plates in it are shortened by the wording itself."""
    approved_by: str


@dataclass(frozen=True)
class Explanation:
    """Why a person got, or did not get, a text: rule, checks, texts, receipts."""

    row: GrantRow
    article: str
    """The recorded article in full Korean."""
    because: str
    """One Korean paragraph for the officer on the phone."""
    checks: Sequence[Mapping[str, Any]]
    texts: tuple[TextSent, ...]
    left_out: tuple[LeftOut, ...]
    letters: tuple[str, ...]
    moments: tuple[Moment, ...]


class Timelines:
    """Tells one grant's story; every telling is written down with who asked and why."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._engine = house.engine
        self._store = ReliefStore(house)
        self._delivery = Delivery(house)

    def explain(self, grant_id: str, who: str, reason: str, *, address: str = "") -> Explanation:
        """Return the whole story of one grant; raises Refused without a reason."""
        if len(reason.strip()) < 2:
            raise Refused(
                "reason_missing", "보는 까닭이 없습니다.", "까닭을 적으세요. 예: 민원 전화 문의"
            )
        row = self._store.grant(grant_id, who, address=address)
        self._house.audit.record(
            who, "relief.explain", grant_id, address=address, reason=reason[:500], subjects=1
        )
        facts = self._store.facts_of(grant_id, who, address=address)
        texts = self._texts(grant_id)
        left_out = self._left_out(grant_id, row.version)
        return Explanation(
            row=row,
            article=article_words(row.article) if row.article else "",
            because=_because(row, texts, left_out),
            checks=tuple(facts.get("checks", ())),
            texts=texts,
            left_out=left_out,
            letters=tuple(why for _, why, _ in self._letters(grant_id)),
            moments=self._moments(grant_id, texts),
        )

    # ------------------------------------------------------------ inside

    def _texts(self, grant_id: str) -> tuple[TextSent, ...]:
        table = member_table
        query = (
            sa.select(table, batch_table.c.state)
            .join(batch_table, batch_table.c.batch_id == table.c.batch_id)
            .where(table.c.grant_id == grant_id)
            .order_by(batch_table.c.frozen_at, table.c.key)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(self._text(row) for row in rows)

    def _text(self, row: sa.RowMapping) -> TextSent:
        status, at = "제외" if row["excluded_for"] else "결재 전", None
        if row["state"] == "withdrawn":
            status = "거둠"
        if row["state"] in ("sending", "done") and not row["excluded_for"]:
            try:
                entry = self._delivery.entry(row["key"])
            except Refused:
                status = "보내기 전"
            else:
                status, at = MESSAGE_TITLES[entry.status], entry.sent_at or entry.changed_at
        batches = Batches(self._house)
        approvals = [line for line in batches.history(row["batch_id"]) if line.act == "approve"]
        purpose = member_purpose(row["batch_id"], row["key"])
        secret = self._store.seals.open_facts(row["sealed"], purpose)
        return TextSent(
            key=row["key"],
            batch_id=row["batch_id"],
            notice_code=row["notice_code"],
            template_version=row["template_version"],
            due_on=row["due_on"],
            status=status,
            at=at,
            excluded_for=row["excluded_for"],
            text=secret.get("text", ""),
            approved_by=approvals[-1].who if approvals else "",
        )

    def _left_out(self, grant_id: str, version: int) -> tuple[LeftOut, ...]:
        table = left_out_table.c
        query = (
            sa.select(table.grant_id, table.version, table.why, table.reason)
            .where(table.grant_id == grant_id, table.version == version)
            .order_by(table.number)
        )
        with self._engine.connect() as connection:
            return tuple(LeftOut(*row) for row in connection.execute(query))

    def _letters(self, grant_id: str) -> list[tuple[datetime, str, datetime | None]]:
        table = letter_table.c
        query = sa.select(table.raised_at, table.why, table.made_at).where(
            table.grant_id == grant_id
        )
        with self._engine.connect() as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(query)]

    def _moments(self, grant_id: str, texts: Sequence[TextSent]) -> tuple[Moment, ...]:
        found = [*self._of_lists(grant_id), *self._of_people(grant_id)]
        for text in texts:
            found += self._of_text(text)
        for raised_at, why, made_at in self._letters(grant_id):
            found.append(Moment(raised_at, "letter", f"우편 대상이 되었습니다({why})."))
            if made_at is not None:
                found.append(Moment(made_at, "letter", "편지를 만들었습니다."))
        events = Events(self._house).of_grants([grant_id]).get(grant_id, ())
        for event in events:
            found += _of_event(event)
        return tuple(sorted(found, key=lambda moment: moment.at))

    def _of_lists(self, grant_id: str) -> list[Moment]:
        table, judged = grant_table.c, decision_table.c
        query = sa.select(table.version, table.kept_at, table.is_history, table.filed_on).where(
            table.grant_id == grant_id
        )
        said = sa.select(judged.decided_at, judged.notice_code, judged.cross_status).where(
            judged.grant_id == grant_id
        )
        found = []
        with self._engine.connect() as connection:
            for version, kept_at, is_history, filed_on in connection.execute(query):
                source = "지난 감면으로 가져왔습니다" if is_history else "감면 대장에서 읽었습니다"
                if version > 1:
                    source = f"고쳐진 대장을 읽었습니다({version}판)"
                filed = f" 접수 {korean_date(filed_on)}." if filed_on else ""
                found.append(Moment(kept_at, "list", f"{source}.{filed}"))
            for decided_at, code, cross in connection.execute(said):
                differ = " 대장과 계산이 다릅니다." if cross == "differ" else ""
                found.append(Moment(decided_at, "judgement", f"판단: {code}.{differ}"))
        return found

    def _of_people(self, grant_id: str) -> list[Moment]:
        found = []
        for review in Reviews(self._house).standing([grant_id]).get(grant_id, ()):
            title = REASON_TITLES[review.reason]
            found.append(Moment(review.raised_at, "review", f"확인 요청: {title}"))
            if review.settled_at is not None and review.resolution is not None:
                how = RESOLUTION_TITLES[review.resolution]
                said = f"{review.settled_by} 확인: {how}"
                found.append(Moment(review.settled_at, "review", said))
        for consent in Consents(self._house).history([grant_id]):
            asked = "신청했습니다" if consent.electronic else "신청하지 않았습니다"
            said = f"전자적 안내를 {asked}({consent.source})."
            found.append(Moment(consent.at, "consent", said))
        return found

    def _of_text(self, text: TextSent) -> list[Moment]:
        found = [
            Moment(line.at, "batch", f"{text.notice_code} 묶음 {ACT_TITLES[line.act]}: {line.who}")
            for line in Batches(self._house).history(text.batch_id)
            if line.act in ("freeze", "approve", "withdraw")
        ]
        for event in self._delivery.history(text.key):
            title = MESSAGE_TITLES[event.status]
            why = f" ({event.reason})" if event.reason else ""
            found.append(Moment(event.at, "message", f"{text.notice_code} 문자 {title}{why}"))
        return found


def _of_event(event: EventRow) -> list[Moment]:
    on = datetime.combine(event.happened_on, time(), SEOUL)
    found = [Moment(on, "event", f"{event.kind}: {STATUS_TITLES[event.status]}. {event.reason}")]
    if event.settled_at is not None:
        said = f"{event.settled_by} 확인: {STATE_TITLES[event.state]}"
        found.append(Moment(event.settled_at, "event", said))
    return found


def _because(row: GrantRow, texts: Sequence[TextSent], left_out: Sequence[LeftOut]) -> str:
    if not row.article:
        return "감면코드가 어느 조문인지 아직 정하지 못해 문자를 보내지 않았습니다."
    law = article_words(row.article)
    if not texts:
        why = (
            " ".join(item.reason for item in left_out)
            or "안내할 의무가 없거나 아직 차례가 아닙니다."
        )
        return f"{law}에 따라 감면받은 차량입니다. 문자를 보내지 않은 까닭: {why}"
    until = (
        f"{korean_date(row.clawback_until_on)}까지" if row.clawback_until_on else "정해진 기간에"
    )
    with_car = (
        f" 종전 차량은 {korean_date(row.replacement_due_on)}까지 정리해야 합니다."
        if row.replacement_due_on
        else ""
    )
    return (
        f"{law}에 따라 취득세를 감면받은 차량이어서 {until} 지킬 의무가 있습니다.{with_car} "
        "지방세특례제한법 제183조에 따라 감면받은 분에게 이를 알리는 문자입니다."
    )
