"""Which articles an article cites and which cite it, over every law that is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock

import sqlalchemy as sa

from gongmu.bots.pages.law_text import law_address
from gongmu.bots.statutes.references import Reference, cited_by, references_of
from gongmu.bots.statutes.store import Statutes
from gongmu.bots.statutes.tables import law_article_table, law_table, law_version_table
from gongmu.bots.statutes.view import LawView

MOST = 60
_KEPT = 24


@dataclass(frozen=True)
class Way:
    """A way from one article to another."""

    title: str
    address: str


class Ways:
    """Cross references both ways; what was read of a law on a day is kept for the next look."""

    def __init__(self, engine: sa.Engine, statutes: Statutes) -> None:
        self._engine = engine
        self._statutes = statutes
        self._lock = Lock()
        self._read: dict[tuple[str, date, int], Mapping[str, list[Reference]]] = {}

    def outgoing(self, view: LawView, code: str, kept: frozenset[str]) -> Sequence[Way]:
        """Return the kept places that an article cites, in order, each once."""
        found: dict[str, Way] = {}
        names = self._statutes.names()
        own = [span.article for span in view.spans if span.article.key == code]
        for one in (one for article in own for one in references_of(article, view.name, names)):
            name = one.cites.law or view.name
            if name in kept and one.cites.code and (name, one.cites.code) != (view.name, code):
                title = one.cites.full if name != view.name else one.cites.place
                found.setdefault(title, Way(title, law_address(name, view.on, one.cites.code)))
        return list(found.values())[:MOST]

    def incoming(self, view: LawView, code: str) -> Sequence[Way]:
        """Return the places that cite an article, those of its own law first."""
        found: dict[str, Way] = {}
        for name in [view.name, *self._naming(view.name)]:
            other = view if name == view.name else self._statutes.view(name, view.on)
            if other is None:
                continue
            for one in cited_by(view.name, code, self._of(other).values()):
                if (one.law, one.article) == (view.name, code):
                    continue
                title = one.place if one.law == view.name else f"「{one.law}」 {one.place}"
                found.setdefault(title, Way(title, law_address(one.law, view.on, one.article)))
        return list(found.values())[:MOST]

    def _of(self, view: LawView) -> Mapping[str, list[Reference]]:
        """Return what each article of a law cites on its day, by code."""
        key = (view.name, view.on, hash(tuple(span.article for span in view.spans)))
        with self._lock:
            if key in self._read:
                return self._read[key]
        names = self._statutes.names()
        made = {
            span.article.key: references_of(span.article, view.name, names) for span in view.spans
        }
        with self._lock:
            while len(self._read) >= _KEPT:
                self._read.pop(next(iter(self._read)))
            self._read[key] = made
        return made

    def _naming(self, name: str) -> Sequence[str]:
        """Return the other laws that write this law's name, and those made under it."""
        version, article, law = law_version_table.c, law_article_table.c, law_table.c
        written = (
            sa.select(version.law_key)
            .join(law_article_table, article.version_key == version.version_key)
            .where(article.body.contains(name, autoescape=True))
        )
        query = sa.select(law.name).where(
            law.name != name,
            sa.or_(law.law_key.in_(written), law.name.startswith(name, autoescape=True)),
        )
        with self._engine.connect() as connection:
            return connection.scalars(query.order_by(law.name).limit(20)).all()
