"""Which documents of a corpus are earlier editions of others, and which say nearly the same.

Quiet: this module reaches nothing outside itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gongmu.bots.knowledge.alike import NEARLY_SAME, SAME_FAMILY, alike, family
from gongmu.bots.knowledge.dates import year_of
from gongmu.bots.knowledge.document import Document, State

_SHORTEST_FAMILY = 3


@dataclass(frozen=True)
class Place:
    """Where a document stands among the others: ids, empty when there is none."""

    ends_on: date | None
    replaced_by: str = ""
    duplicate_of: str = ""


def places(
    documents: Sequence[Document],
    said_ends: Mapping[str, date | None],
    signatures: Mapping[str, bytes],
) -> Mapping[str, Place]:
    """Return the place of every learnt document.

    An edition of one title ends the day before the next one begins, where both say when they
    begin. Only documents with the same rights are compared, so that none betrays another.
    """
    found = {
        one.document_id: Place(said_ends.get(one.document_id))
        for one in documents
        if one.state is State.LEARNT
    }
    groups: dict[tuple[object, ...], list[Document]] = defaultdict(list)
    for one in documents:
        if one.state is State.LEARNT:
            groups[one.data_class, one.departments].append(one)
    for group in groups.values():
        _replaced(group, said_ends, signatures, found)
        _nearly_same(group, signatures, found)
    return found


def _replaced(
    group: Sequence[Document],
    said_ends: Mapping[str, date | None],
    signatures: Mapping[str, bytes],
    found: dict[str, Place],
) -> None:
    families: dict[str, list[Document]] = defaultdict(list)
    for one in group:
        name = family(one.title)
        if _order(one) is not None and len(name) >= _SHORTEST_FAMILY:
            families[name].append(one)
    for editions in families.values():
        editions.sort(key=lambda one: (_order(one) or date.min, one.learnt_at))
        for at, earlier in enumerate(editions):
            later = next(
                (
                    one
                    for one in editions[at + 1 :]
                    if _order(one) != _order(earlier) and _one_text(earlier, one, signatures)
                ),
                None,
            )
            if later is None:
                continue
            last = said_ends.get(earlier.document_id)
            if later.starts_on is not None and earlier.starts_on is not None:
                eve = later.starts_on - timedelta(days=1)
                last = min(eve, last or eve)
            found[earlier.document_id] = Place(last, later.document_id)


def _order(one: Document) -> date | None:
    """Return what orders editions: since when one holds, else the year of its title.

    Where only the title tells, the earlier edition is shown as replaced but does not end.
    """
    if one.starts_on is not None:
        return one.starts_on
    year = year_of(one.title)
    return date(year, 1, 1) if year else None


def _one_text(one: Document, other: Document, signatures: Mapping[str, bytes]) -> bool:
    left = signatures.get(one.document_id, b"")
    right = signatures.get(other.document_id, b"")
    # Texts too short to compare are editions of each other by their title alone.
    return not left or not right or alike(left, right) >= SAME_FAMILY / 4


def _nearly_same(
    group: Sequence[Document], signatures: Mapping[str, bytes], found: dict[str, Place]
) -> None:
    import numpy as np

    known = sorted(group, key=lambda one: (one.learnt_at, one.document_id))
    known = [one for one in known if len(signatures.get(one.document_id, b"")) > 0]
    if len(known) < 2:
        return
    matrix = np.vstack([np.frombuffer(signatures[one.document_id], dtype=">u4") for one in known])
    for at in range(1, len(known)):
        shares = (matrix[:at] == matrix[at]).mean(axis=1)
        best = int(shares.argmax())
        one, other = known[at], known[best]
        is_edition = None not in (_order(one), _order(other)) and _order(one) != _order(other)
        if shares[best] >= NEARLY_SAME and not is_edition:
            place = found[one.document_id]
            found[one.document_id] = Place(place.ends_on, place.replaced_by, other.document_id)
