"""The drafts of an office: made, changed, checked and handed out, each act in the access record.

A draft belongs to the department of who made it, and nobody else sees it. Nothing is sent from
here: a draft only ever becomes a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gongmu.bots.drafts.cabinet import form_of
from gongmu.bots.drafts.export import Export, export
from gongmu.bots.drafts.form import Setting, checked_values
from gongmu.bots.drafts.marks import Origin, Verified
from gongmu.bots.drafts.rights import must_download, must_have_department, must_review
from gongmu.bots.drafts.shelf import DraftShelf
from gongmu.bots.drafts.speech import Progress, transcribe
from gongmu.bots.drafts.store import (
    DraftRow,
    ReviewRow,
    Version,
    changed_meanwhile,
    values_hash,
)
from gongmu.bots.drafts.views import (
    NamedFile,
    Officer,
    asks_of,
    still_open,
)
from gongmu.bots.drafts.weekly_files import merged_files
from gongmu.bots.guard.office import bots_office
from gongmu.bots.passages import DataClass
from gongmu.core.clock import today
from gongmu.core.errors import Refused
from gongmu.core.values import korean_date, new_id


class DraftDesk(DraftShelf):
    """Makes, changes, checks and hands out drafts."""

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
        must_have_department(by)
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
            asks_of(shape, checked, asks),
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
        made = merged_files(files, day, order)
        values = {**made.values, "department": by.department, "made_on": korean_date(day)}
        return self.create(
            "weekly",
            values,
            by,
            bot=bot,
            bot_version=bot_version,
            data_class=data_class,
            asks=made.asks,
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
                asks_of(form, checked, asks),
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
        must_review(by, note)
        version = self._version(row, number or row.last_number)
        form = form_of(row.form)
        if missing := still_open(form, version.values):
            raise Refused(
                "draft_open",
                f"아직 채우지 않은 항목이 있습니다: {', '.join(missing)}",
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
        must_download(by, reason)
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
