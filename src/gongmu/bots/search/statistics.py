"""What the corpora know about their terms, read once and kept until they change."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from gongmu.bots.search.ranking import Ground, Name, name_of
from gongmu.bots.search.tables import corpus_table, term_table

_SETS_KEPT = 40
_TERMS_KEPT = 50_000
_NAMES_KEPT = 10_000
_AT_ONCE = 500
_TERMS = sa.select(term_table.c.term, term_table.c.term_id, term_table.c.passages).where(
    term_table.c.corpus.in_(sa.bindparam("corpora", expanding=True)),
    term_table.c.term.in_(sa.bindparam("terms", expanding=True)),
)
_STATE = (
    sa.select(corpus_table.c.revision, corpus_table.c.passages, corpus_table.c.tokens)
    .where(corpus_table.c.corpus.in_(sa.bindparam("corpora", expanding=True)))
    .order_by(corpus_table.c.corpus)
)


@dataclass
class TermCounts:
    """One set of corpora at one state: how many passages hold each term looked up so far."""

    corpora: tuple[str, ...]
    state: tuple[int, ...]
    passages: int
    tokens: int
    _holding: dict[str, int] = field(default_factory=dict)
    _ids: dict[str, tuple[int, ...]] = field(default_factory=dict)
    _names: dict[str, Name] = field(default_factory=dict)

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
            known = connection.execute(_TERMS, {"corpora": self.corpora, "terms": some})
            for term, term_id, held in known:
                holding[term] += held
                ids[term] = (*ids.get(term, ()), term_id)
            self._ids.update(ids)
            self._holding.update(holding)
        mean = self.tokens / self.passages if self.passages else 0.0
        return Ground(self.passages, mean, self._holding)

    def read_names(self, connection: sa.Connection, names: Iterable[str]) -> None:
        """Weigh the names (tokens with spaces between) not seen before."""
        new = {name for name in names if name not in self._names}
        if new:
            ground = self.ground(connection, [token for name in new for token in name.split()])
            self._names.update((name, name_of(name, ground)) for name in new)

    def name(self, tokens: str) -> Name:
        """Return a name read before."""
        return self._names[tokens]

    @property
    def is_full(self) -> bool:
        """Return whether so many terms are kept that it is better to begin again."""
        return len(self._holding) > _TERMS_KEPT or len(self._names) > _NAMES_KEPT


class Statistics:
    """Keeps the term counts of the sets of corpora asked for; safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, ...], TermCounts] = {}

    def of(self, connection: sa.Connection, corpora: Sequence[str]) -> TermCounts:
        """Return the counts of these corpora as they stand now."""
        key = tuple(sorted(set(corpora)))
        rows = connection.execute(_STATE, {"corpora": key}).all()
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
