"""What if the law were otherwise, over grants as recorded: the recorded article is trusted.

A list lacks what a full judgement needs (children, household), so each grant is computed under its
own article by the law as it is and as it would be. A relief that would have ended gives nothing;
whether another one would take its place is not asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gongmu.relief.crosscheck import cross_check
from gongmu.relief.grant import Grant
from gongmu.relief.law import Law
from gongmu.relief.what_if import changed_blocks


@dataclass(frozen=True)
class Shift:
    """One grant whose relief would be another; amounts in won."""

    grant_id: str
    article: str
    relief_before_won: int
    relief_after_won: int
    due_before_won: int
    due_after_won: int

    @property
    def due_change_won(self) -> int:
        """How much more would be due."""
        return self.due_after_won - self.due_before_won


@dataclass(frozen=True)
class StoredWhatIf:
    """The grants that would change, and totals over those that can be computed."""

    grant_count: int
    unknown_count: int
    """Grants that cannot be computed under their article either way; left out of the totals."""
    changed: tuple[Shift, ...]
    relief_before_won: int
    relief_after_won: int
    due_before_won: int
    due_after_won: int


def stored_what_if(grants: Iterable[Grant], law: Law, changes: Mapping[str, Any]) -> StoredWhatIf:
    """Compute grants by `law` and by `law` with `changes` ({"ev_66_4.last_on": "2026-06-30"}).

    Raises Refused: parameter_unknown, parameters_invalid, rules_overlap.
    """
    other = law.with_blocks(changed_blocks(law.blocks, changes))
    keys = {name.partition(".")[0].partition("@")[0] for name in changes}
    shifts: list[Shift] = []
    count = 0
    for grant in grants:
        count += 1
        shift = _shift(grant, law, other, keys)
        if shift is not None:
            shifts.append(shift)
    return StoredWhatIf(
        grant_count=count,
        unknown_count=count - len(shifts),
        changed=tuple(
            one
            for one in shifts
            if one.relief_before_won != one.relief_after_won or one.due_change_won
        ),
        relief_before_won=sum(one.relief_before_won for one in shifts),
        relief_after_won=sum(one.relief_after_won for one in shifts),
        due_before_won=sum(one.due_before_won for one in shifts),
        due_after_won=sum(one.due_after_won for one in shifts),
    )


def _shift(grant: Grant, law: Law, other: Law, keys: Iterable[str]) -> Shift | None:
    """Return both computations of a grant, None when one of them cannot be told."""
    before, after = cross_check(grant, law).computed, cross_check(grant, other).computed
    relief, due = before["감면세액"], before["납부세액"]
    new_relief, new_due = after["감면세액"], after["납부세액"]
    if relief is None or due is None or grant.acquired_on is None:
        return None
    if new_relief is None:
        now, then = law.on(grant.acquired_on).blocks, other.on(grant.acquired_on).blocks
        if after["산출세액"] is None or not any(key in now and key not in then for key in keys):
            return None
        new_relief, new_due = 0, after["산출세액"]
    if new_due is None:
        return None
    return Shift(grant.grant_id, grant.article, relief, new_relief, due, new_due)
