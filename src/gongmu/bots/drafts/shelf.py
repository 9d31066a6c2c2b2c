"""The kept drafts of a department: listed, opened, compared, and forgotten in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gongmu.bots.drafts.compare import Difference, differences
from gongmu.bots.drafts.store import DraftRow, DraftStore, Version
from gongmu.bots.drafts.views import Card, Draft, Officer, draft_of
from gongmu.core.errors import Refused
from gongmu.core.house import House


class DraftShelf:
    """Shows drafts to the department that made them, and to nobody else."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._store = DraftStore(house.engine, house.vault)

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

    def forget_older(self, before: datetime) -> int:
        """Remove drafts not changed since a time (retention) and return how many."""
        gone = self._store.forget_older(before)
        if gone:
            self._house.audit.record("system", "draft.forget", f"{gone}건", reason="보관 기간 지남")
        return gone

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
        version = self._version(row, number)
        return draft_of(row, version, self._store.review(row.draft_id, number))
