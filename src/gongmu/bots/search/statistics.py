"""What the corpora know about their terms, read once and kept until they change."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from gongmu.bots.search.ranking import Ground
from gongmu.bots.search.tables import corpus_table, term_table

_SETS_KEPT = 40
_TERMS_KEPT = 50_000
_AT_ONCE = 500


@dataclass
class TermCounts:
    """One set of corpora at one state: how many passages hold each term looked up so far."""

    corpora: tuple[str, ...]
    state: tuple[int, ...]
    passages: int
    tokens: int
    _holding: dict[str, int] = field(default_factory=dict)
    _ids: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def ids(self, term: str) -> Sequence[int]:
        """Return the numbers of a term looked up before, one per corpus that holds it."""
        return self._ids.get(term, ())

    def ground(self, connection: sa.Connection, terms: Sequence[str]) -> Ground:
        """Return the statistics for `terms` and all looked up before."""
        new = [term for term in dict.fromkeys(terms) if term not in self._holding]
        for at in range(0, len(new), _AT_ONCE):
            some = new[at : at + _AT_ONCE]
            holding = dict.fromkeys(some, 0)
            ids: dict[str, tuple[int, ...]] = {}
            for term, term_id, held in connection.execute(
                sa.select(term_table.c.term, term_table.c.term_id, term_table.c.passages).where(
                    term_table.c.corpus.in_(self.corpora), term_table.c.term.in_(some)
                )
            ):
                holding[term] += held
                ids[term] = (*ids.get(term, ()), term_id)
            self._ids.update(ids)
            self._holding.update(holding)
        mean = self.tokens / self.passages if self.passages else 0.0
        return Ground(self.passages, mean, self._holding)

    @property
    def is_full(self) -> bool:
        """Return whether so many terms are kept that it is better to begin again."""
        return len(self._holding) > _TERMS_KEPT


class Statistics:
    """Keeps the term counts of the sets of corpora asked for; safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, ...], TermCounts] = {}

    def of(self, connection: sa.Connection, corpora: Sequence[str]) -> TermCounts:
        """Return the counts of these corpora as they stand now."""
        key = tuple(sorted(set(corpora)))
        table = corpus_table.c
        rows = connection.execute(
            sa.select(table.revision, table.passages, table.tokens)
            .where(table.corpus.in_(key))
            .order_by(table.corpus)
        ).all()
        state = tuple(value for row in rows for value in row)
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or kept.state != state or kept.is_full:
                kept = TermCounts(
                    key, state, sum(row.passages for row in rows), sum(row.tokens for row in rows)
                )
                if len(self._kept) >= _SETS_KEPT:
                    self._kept.clear()
                self._kept[key] = kept
        return kept
