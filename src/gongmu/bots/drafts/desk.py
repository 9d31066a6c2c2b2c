"""The drafts of an office: made, changed, checked and handed out, each act in the access record.

A draft belongs to the department of who made it, and nobody else sees it. Nothing is sent from
here: a draft only ever becomes a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from gongmu.bots.drafts.cabinet import form_of
from gongmu.bots.drafts.compare import Difference, differences
from gongmu.bots.drafts.export import Export, export
from gongmu.bots.drafts.form import OPEN_MARK, Form, Setting, Value, checked_values, shown
from gongmu.bots.drafts.marks import Origin, Verified, mark_of
from gongmu.bots.drafts.speech import Progress, transcribe
from gongmu.bots.drafts.store import (
    DraftRow,
    DraftStore,
    ReviewRow,
    Version,
    changed_meanwhile,
    values_hash,
)
from gongmu.bots.drafts.weekly import merged, period_of, weeks_of_document
from gongmu.bots.guard.office import bots_office
from gongmu.bots.knowledge.reading_room import read_document
from gongmu.bots.passages import DataClass
from gongmu.core.clock import today
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.people import ALLOWED, Act, Role
from gongmu.core.values import korean_date, new_id


class Officer(Protocol):
    """Who acts; `passages.Reader` and `people.Person` fit."""

    @property
    def account(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def department(self) -> str: ...
    @property
    def roles(self) -> frozenset[Role]: ...


@dataclass(frozen=True)
class NamedFile:
    """A file that was handed in."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Draft:
    """One version of a draft, as its page shows it."""

    row: DraftRow
    form: Form
    number: int
    title: str
    values: dict[str, Value]
    asks: tuple[str, ...]
    """What a person has to look at: open fields, doubtful dates."""
    sources: tuple[str, ...]
    made_by: str
    made_at: datetime
    model: str
    mark: str
    """The line that it carries when it leaves; empty once verified."""
    verified: Verified | None


@dataclass(frozen=True)
class Card:
    """A draft in a list."""

    draft_id: str
    form_title: str
    title: str
    made_by: str
    changed_at: datetime
    number: int
    verified: bool
    with_model: bool


class DraftDesk:
    """Makes, changes, checks and hands out drafts."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._store = DraftStore(house.engine, house.vault)

    def create(
        self,
        form: str,
        values: Mapping[str, Any],
        by: Officer,
        *,
        bot: str = "",
        bot_version: int = 0,
        model: str = "",
        conversation_id: str = "",
        data_class: DataClass = DataClass.OPEN,
        asks: Sequence[str] = (),
        sources: Sequence[str] = (),
    ) -> str:
        """Keep a draft of checked values and return its id; `model` names who wrote it, if any.

        Raises Refused `form_unknown`, `draft_invalid` or `department_missing`.
        """
        if not by.department:
            raise Refused(
                "department_missing",
                "부서가 없는 계정은 초안을 둘 수 없습니다.",
                "관리자에게 부서를 넣어 달라고 하세요.",
            )
        shape = form_of(form)
        checked = checked_values(shape, values)
        now = self._house.clock()
        draft_id = new_id("draft", now)
        row = DraftRow(
            draft_id,
            form,
            by.department,
            data_class,
            bot,
            conversation_id,
            by.account,
            now,
            now,
            1,
        )
        first = Version(
            draft_id,
            1,
            by.account,
            now,
            model,
            bot_version,
            values_hash(form, checked),
            checked,
            _asks(shape, checked, asks),
            tuple(sources),
        )
        self._store.add(row, first)
        self._house.audit.record(
            by.account, "draft.create", draft_id, reason=f"{shape.title} {bot}".strip()
        )
        return draft_id

    def create_from_notes(
        self,
        form: str,
        text: str,
        by: Officer,
        *,
        phone: str = "",
        bot: str = "",
        bot_version: int = 0,
        conversation_id: str = "",
        data_class: DataClass = DataClass.OPEN,
        sources: Sequence[str] = (),
    ) -> str:
        """Keep a draft filled in from notes, without any model, and return its id."""
        filling = form_of(form).fill_in(text, today(self._house.clock), self.setting(by, phone))
        return self.create(
            form,
            filling.values,
            by,
            bot=bot,
            bot_version=bot_version,
            conversation_id=conversation_id,
            data_class=data_class,
            asks=filling.asks,
            sources=sources,
        )

    def create_weekly(
        self,
        files: Sequence[NamedFile],
        by: Officer,
        *,
        order: Sequence[str] = (),
        bot: str = "",
        bot_version: int = 0,
        data_class: DataClass = DataClass.SENSITIVE,
    ) -> str:
        """Merge the weekly reports of departments, whatever kind of file, into one draft.

        Files that cannot be read are named among what has to be looked at. `order`: departments
        as the city lists them; those that sent nothing are named too.
        """
        day = today(self._house.clock)
        weeks, unread, titles = [], [], []
        for file in files:
            try:
                document = read_document(file.data, file.name)
            except Refused as problem:
                unread.append(f"읽지 못함: {file.name} - {problem.message}")
                continue
            titles.append(document.title)
            weeks += weeks_of_document(document, file.name)
        made = merged(weeks, day, order, period_of(titles, day))
        asks = (*unread, *made.asks)
        values = {
            **made.values,
            "checks": list(asks),
            "department": by.department,
            "made_on": korean_date(day),
        }
        return self.create(
            "weekly",
            values,
            by,
            bot=bot,
            bot_version=bot_version,
            data_class=data_class,
            asks=asks,
            sources=made.sources,
        )

    def create_minutes_from_audio(
        self,
        data: bytes,
        name: str,
        by: Officer,
        *,
        progress: Progress | None = None,
        bot: str = "",
        bot_version: int = 0,
    ) -> str:
        """Make minutes of a recording through the city's speech endpoint; raises as `transcribe`.

        The endpoint is a model, so the draft carries the mark of one.
        """
        text = transcribe(self._house, data, name, progress=progress)
        filling = form_of("minutes").fill_in(text, today(self._house.clock), self.setting(by))
        endpoint = bots_office(self._house).speech
        return self.create(
            "minutes",
            filling.values,
            by,
            bot=bot,
            bot_version=bot_version,
            model=(endpoint.name if endpoint else "") or "음성 인식",
            data_class=DataClass.SENSITIVE,
            asks=filling.asks,
            sources=(f"녹음: {name}",),
        )

    def setting(self, by: Officer, phone: str = "") -> Setting:
        """Return what a form may take as known: the city, and who makes the draft."""
        return Setting(self._house.city.name, by.department, by.name, phone)

    def drafts(self, by: Officer, limit: int = 100) -> Sequence[Card]:
        """Return the drafts of the officer's department, those changed last first."""
        cards = []
        for row in self._store.of_department(by.department, limit) if by.department else ():
            draft = self._draft(row, row.last_number)
            verified = draft.verified is not None
            cards.append(
                Card(
                    row.draft_id,
                    draft.form.title,
                    draft.title,
                    row.made_by,
                    row.changed_at,
                    row.last_number,
                    verified,
                    bool(draft.model),
                )
            )
        return cards

    def draft(self, draft_id: str, by: Officer, number: int = 0) -> Draft:
        """Return a version of a draft (0 = the last); raises Refused `draft_unknown`.

        A draft of another department is unknown, as one that never was.
        """
        row = self._admitted(draft_id, by)
        return self._draft(row, number or row.last_number)

    def versions(self, draft_id: str, by: Officer) -> Sequence[Draft]:
        """Return every version, oldest first."""
        row = self._admitted(draft_id, by)
        return [self._draft(row, number) for number in range(1, row.last_number + 1)]

    def compare(self, draft_id: str, by: Officer, old: int, new: int) -> Sequence[Difference]:
        """Return what changed from version `old` to `new`, field by field."""
        row = self._admitted(draft_id, by)
        before, after = self._draft(row, old), self._draft(row, new)
        return differences(before.form, before.values, after.values)

    def change(
        self,
        draft_id: str,
        values: Mapping[str, Any],
        by: Officer,
        *,
        base: int = 0,
        model: str = "",
        asks: Sequence[str] = (),
        address: str = "",
    ) -> int:
        """Keep a new version and return its number; the check of the one before no longer counts.

        `base` is the version that was changed (0 = the last). A text that a model once had a part
        in stays marked as such. Raises Refused `draft_changed` when somebody was faster.
        """
        row = self._admitted(draft_id, by)
        if base and base != row.last_number:
            raise changed_meanwhile()
        form, last = form_of(row.form), self._version(row, row.last_number)
        checked = checked_values(form, values)
        number = row.last_number + 1
        self._store.add_version(
            Version(
                draft_id,
                number,
                by.account,
                self._house.clock(),
                model or last.model,
                last.bot_version,
                values_hash(row.form, checked),
                checked,
                _asks(form, checked, asks),
                last.sources,
            )
        )
        self._house.audit.record(
            by.account, "draft.change", f"{draft_id} {number}판", address=address
        )
        return number

    def review(
        self, draft_id: str, by: Officer, note: str, *, number: int = 0, address: str = ""
    ) -> Verified:
        """Take the mark off one version: an officer of the department has checked it.

        Raises Refused `not_allowed` (not an officer in charge), `note_missing` (what was checked),
        `draft_open` (needed fields still open), `draft_reviewed`.
        """
        row = self._admitted(draft_id, by)
        if not by.roles & ALLOWED[Act.DRAFT]:
            raise Refused(
                "not_allowed",
                "검증은 이 부서의 담당만 할 수 있습니다.",
                "부서 담당에게 검증을 부탁하세요.",
            )
        if len(note.strip()) < 2:
            raise Refused(
                "note_missing",
                "무엇을 확인했는지 적지 않았습니다.",
                "확인한 것(사실, 숫자, 인용)을 적으세요.",
            )
        version = self._version(row, number or row.last_number)
        form = form_of(row.form)
        if still_open := _still_open(form, version.values):
            raise Refused(
                "draft_open",
                f"아직 채우지 않은 항목이 있습니다: {', '.join(still_open)}",
                "채운 뒤 검증하세요.",
            )
        now = self._house.clock()
        self._store.add_review(
            ReviewRow(
                draft_id,
                version.number,
                version.sha256,
                by.account,
                by.name,
                by.department,
                now,
                note.strip(),
            )
        )
        self._house.audit.record(
            by.account,
            "draft.verify",
            f"{draft_id} {version.number}판",
            address=address,
            reason="담당자 검증, 표시를 뗌",
        )
        return Verified(by.name, by.department, now, note.strip())

    def export(
        self,
        draft_id: str,
        kind: str,
        by: Officer,
        *,
        reason: str,
        number: int = 0,
        address: str = "",
    ) -> Export:
        """Return the draft as a file (hwpx, docx, pdf, md) and write the download down.

        Raises Refused `not_allowed`, `reason_missing`, `kind_unknown`.
        """
        row = self._admitted(draft_id, by)
        if not by.roles & ALLOWED[Act.DOWNLOAD]:
            raise Refused(
                "not_allowed",
                "초안을 내려받을 수 있는 역할이 아닙니다.",
                "담당이나 결재 역할이 있는 사람에게 부탁하세요.",
            )
        if len(reason.strip()) < 2:
            raise Refused("reason_missing", "까닭이 없습니다.", "까닭을 적으세요.")
        draft = self._draft(row, number or row.last_number)
        version = self._version(row, draft.number)
        origin = Origin(
            draft_id,
            draft.number,
            row.form,
            draft.made_at,
            row.bot,
            version.bot_version,
            draft.model,
        )
        made = export(draft.form, draft.values, kind, origin, draft.verified)
        self._house.audit.record(
            by.account,
            "draft.export",
            f"{draft_id} {draft.number}판 {kind}",
            address=address,
            reason=reason.strip()[:300],
        )
        return made

    def forget_older(self, before: datetime) -> int:
        """Remove drafts not changed since a time (retention) and return how many."""
        gone = self._store.forget_older(before)
        if gone:
            self._house.audit.record("system", "draft.forget", f"{gone}건", reason="보관 기간 지남")
        return gone

    # ------------------------------------------------------------ inside

    def _admitted(self, draft_id: str, by: Officer) -> DraftRow:
        row = self._store.find(draft_id)
        if row is None or not by.department or row.department != by.department:
            raise Refused("draft_unknown", "없는 초안입니다.", "초안 목록에서 다시 고르세요.")
        return row

    def _version(self, row: DraftRow, number: int) -> Version:
        version = self._store.version(row.draft_id, number)
        if version is None:
            raise Refused("draft_unknown", "없는 판입니다.", "초안의 판 목록에서 다시 고르세요.")
        return version

    def _draft(self, row: DraftRow, number: int) -> Draft:
        version, form = self._version(row, number), form_of(row.form)
        review = self._store.review(row.draft_id, number)
        verified = None
        if review is not None and review.sha256 == version.sha256:
            verified = Verified(
                review.reviewer_name, review.department, review.reviewed_at, review.note
            )
        origin = Origin(row.draft_id, number, row.form, version.made_at, model=version.model)
        return Draft(
            row,
            form,
            number,
            shown(form, version.values, "title") or form.title,
            version.values,
            version.asks,
            version.sources,
            version.made_by,
            version.made_at,
            version.model,
            "" if verified else mark_of(origin),
            verified,
        )


def _asks(form: Form, values: Mapping[str, Value], asks: Sequence[str]) -> tuple[str, ...]:
    still = [f"{OPEN_MARK}{one.title}" for one in form.open_fields(values)]
    other = [one for one in asks if not one.startswith(OPEN_MARK)]
    return tuple(dict.fromkeys([*other, *still]))


def _still_open(form: Form, values: Mapping[str, Value]) -> list[str]:
    """Return the titles of needed open fields and of those that still say 확인 필요."""
    titles = [one.title for one in form.open_fields(values)]
    sign = OPEN_MARK.strip(": ")
    titles += [one.title for one in form.fields if sign in str(values.get(one.code, ""))]
    return list(dict.fromkeys(titles))
