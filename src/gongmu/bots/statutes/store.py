"""Keeps laws: all versions that were imported, found by name and day, and learnt for the search."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol

import sqlalchemy as sa
from pydantic import TypeAdapter

from gongmu.bots.passages import Passage, Reader
from gongmu.bots.statutes.check import ArticleCheck, Verdict, check_place, unknown_law
from gongmu.bots.statutes.citation import LawCitation, article_code, find_citations
from gongmu.bots.statutes.law import (
    Annex,
    Article,
    LawKind,
    LawVersion,
    Ruling,
    Supplement,
)
from gongmu.bots.statutes.law_passages import (
    PRECEDENTS,
    corpus_of,
    law_passages,
    passage_key,
    ruling_passages,
)
from gongmu.bots.statutes.names import Names, normal_name
from gongmu.bots.statutes.tables import (
    law_article_table,
    law_part_table,
    law_table,
    law_version_table,
    ruling_table,
)
from gongmu.bots.statutes.view import LawView, Span, State, ordered, spans_of, standing, view_on
from gongmu.core.clock import Clock, system_clock, today
from gongmu.core.values import content_hash

_LAW = TypeAdapter(LawVersion)
_ARTICLE = TypeAdapter(Article)
_SUPPLEMENT = TypeAdapter(Supplement)
_ANNEX = TypeAdapter(Annex)
_RULING = TypeAdapter(Ruling)
_SUPPLEMENT_KIND, _ANNEX_KIND = "부칙", "별표"


class PassageIndex(Protocol):
    """Where passages go to be found; the search index is one."""

    def replace(self, corpus: str, document_id: str, passages: Sequence[Passage]) -> None:
        """Put `passages` in place of the document's present ones."""
        ...

    def passages(self, corpus: str, document_id: str, reader: Reader) -> Sequence[Passage]:
        """Return the document's passages that `reader` may see, in their order."""
        ...


_READER = Reader("gongmu", "법령", "", frozenset())
"""Laws are open to everyone; this reader sees them all."""


@dataclass(frozen=True)
class LawRow:
    """A law that is kept; `starts_on` are the first and last day its versions begin."""

    law_key: str
    name: str
    kind: LawKind
    owner: str
    versions: int
    first_on: date
    last_on: date
    imported_at: datetime


@dataclass(frozen=True)
class VersionRow:
    """A version that is kept."""

    version_key: str
    name: str
    serial: str
    starts_on: date
    promulgated_on: date | None
    promulgation_number: str
    revision: str
    partial: bool
    source: str


@dataclass(frozen=True)
class Imported:
    """What an import did; `changed` is false when the very same text was there already."""

    law_key: str
    version_key: str
    articles: int
    changed: bool


class Statutes:
    """The laws of one installation; safe to make anew for each piece of work."""

    def __init__(
        self, engine: sa.Engine, index: PassageIndex | None = None, clock: Clock = system_clock
    ) -> None:
        self._engine = engine
        self._index = index
        self._clock = clock
        self._names: tuple[object, Names] | None = None
        self._loaded: dict[str, tuple[object, list[LawVersion]]] = {}

    # ------------------------------------------------------------ importing

    def import_law(self, version: LawVersion, *, learn: bool = True) -> Imported:
        """Keep one version of a law, in place of the same one; `learn` renews its passages.

        Importing many versions of one law: pass learn=False and call `learn` once at the end.
        """
        key = self._key_of(version)
        version_key = _version_key(key, version)
        digest = content_hash(_LAW.dump_json(replace(version, source="")))
        with self._engine.begin() as connection:
            before = connection.scalar(
                sa.select(law_version_table.c.content_hash).where(
                    law_version_table.c.version_key == version_key
                )
            )
            if before == digest:
                return Imported(key, version_key, len(version.articles), changed=False)
            self._write_law(connection, key, version)
            _remove_version(connection, version_key)
            self._write_version(connection, key, version_key, version, digest)
            self._rename(connection, key)
        if learn:
            self.learn(key)
        return Imported(key, version_key, len(version.articles), changed=True)

    def learn(self, law_key: str) -> int:
        """Renew a law's passages from all its versions; returns how many there are.

        Passages that the index holds already, word for word, are left alone: cutting them into
        stems is nearly all the work.
        """
        versions = self._versions_of(law_key) if self._index is not None else []
        if self._index is None or not versions:
            return 0
        corpus = corpus_of(ordered(versions)[-1].kind)
        passages = law_passages(law_key, versions, today(self._clock))
        if list(self._index.passages(corpus, law_key, _READER)) != passages:
            self._index.replace(corpus, law_key, passages)
        return len(passages)

    def import_ruling(self, ruling: Ruling) -> str:
        """Keep a judgment or interpretation and learn it; returns its key."""
        key = f"{'expc' if ruling.interpretation else 'prec'}:{ruling.ruling_id}"
        row = {
            "interpretation": ruling.interpretation,
            "title": ruling.title[:500],
            "number": ruling.number[:120],
            "decided_on": ruling.decided_on,
            "body": _RULING.dump_json(ruling).decode(),
            "imported_at": self._clock(),
        }
        with self._engine.begin() as connection:
            done = connection.execute(
                ruling_table.update().where(ruling_table.c.ruling_key == key).values(row)
            )
            if not done.rowcount:
                connection.execute(ruling_table.insert().values(ruling_key=key, **row))
        if self._index is not None:
            self._index.replace(PRECEDENTS, key, ruling_passages(key, ruling))
        return key

    def _key_of(self, version: LawVersion) -> str:
        prefix = {LawKind.ADMIN_RULE: "admrul"}.get(version.kind, "law")
        prefix = "ordin" if version.kind.local else prefix
        known = self._law_key(version.name)
        if known is not None and known.split(":")[0] == prefix:
            return known
        return f"{prefix}:{version.law_id}"[:120]

    def _write_law(self, connection: sa.Connection, key: str, version: LawVersion) -> None:
        row = connection.execute(
            sa.select(law_table.c.other_names).where(law_table.c.law_key == key)
        ).one_or_none()
        names = set(json.loads(row.other_names)) if row else set()
        names |= {version.name, *version.short_names}
        values: dict[str, Any] = {
            "other_names": json.dumps(sorted(names), ensure_ascii=False),
            "imported_at": self._clock(),
        }
        if row:
            connection.execute(law_table.update().where(law_table.c.law_key == key).values(values))
            return
        fresh = {"name": version.name, "normal": normal_name(version.name)}
        fresh |= {"kind": version.kind.value, "owner": version.owner}
        connection.execute(law_table.insert().values(law_key=key, **fresh, **values))

    def _write_version(
        self,
        connection: sa.Connection,
        key: str,
        version_key: str,
        version: LawVersion,
        digest: str,
    ) -> None:
        connection.execute(
            law_version_table.insert().values(
                version_key=version_key,
                law_key=key,
                name=version.name,
                serial=version.serial,
                starts_on=version.starts_on,
                promulgated_on=version.promulgated_on,
                promulgation_number=version.promulgation_number,
                revision=version.revision,
                partial=version.partial,
                covers=json.dumps(sorted(version.covers)),
                source=version.source[-300:],
                content_hash=digest,
                imported_at=self._clock(),
            )
        )
        articles = [
            {"version_key": version_key, "code": one.key, "body": _json(_ARTICLE, one)}
            for one in version.articles
        ]
        if articles:
            connection.execute(law_article_table.insert(), articles)
        parts = [(_SUPPLEMENT_KIND, _json(_SUPPLEMENT, one)) for one in version.supplements]
        parts += [(_ANNEX_KIND, _json(_ANNEX, one)) for one in version.annexes]
        rows = [{"version_key": version_key, "kind": kind, "body": body} for kind, body in parts]
        if rows:
            connection.execute(law_part_table.insert(), rows)

    def _rename(self, connection: sa.Connection, key: str) -> None:
        """Let the law carry the name of its newest whole version."""
        newest = connection.execute(
            sa.select(law_version_table.c.name)
            .where(law_version_table.c.law_key == key)
            .order_by(law_version_table.c.partial, law_version_table.c.starts_on.desc())
            .limit(1)
        ).scalar_one()
        connection.execute(
            law_table.update()
            .where(law_table.c.law_key == key)
            .values(name=newest, normal=normal_name(newest))
        )

    # ------------------------------------------------------------ finding

    def names(self) -> Names:
        """Return the names by which laws are recognised: the kept ones and the well-known."""
        state = self._state()
        if self._names is None or self._names[0] != state:
            with self._engine.connect() as connection:
                rows = connection.execute(
                    sa.select(law_table.c.name, law_table.c.other_names)
                ).all()
            short = {other: row.name for row in rows for other in json.loads(row.other_names)}
            self._names = (state, Names([row.name for row in rows], short))
        return self._names[1]

    def laws(self) -> Sequence[LawRow]:
        """Return the laws that are kept, by name."""
        counted = (
            sa.select(
                law_version_table.c.law_key,
                sa.func.count().label("versions"),
                sa.func.min(law_version_table.c.starts_on).label("first_on"),
                sa.func.max(law_version_table.c.starts_on).label("last_on"),
            )
            .group_by(law_version_table.c.law_key)
            .subquery()
        )
        query = sa.select(law_table, counted).join_from(
            law_table, counted, law_table.c.law_key == counted.c.law_key
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(law_table.c.name)).all()
        return [
            LawRow(
                row.law_key,
                row.name,
                LawKind(row.kind),
                row.owner,
                row.versions,
                row.first_on,
                row.last_on,
                row.imported_at,
            )
            for row in rows
        ]

    def versions(self, law_name: str) -> Sequence[VersionRow]:
        """Return a law's versions, oldest first; empty when the law is not kept."""
        key = self._law_key(law_name)
        columns = [law_version_table.c[name] for name in VersionRow.__dataclass_fields__]
        query = (
            sa.select(*columns)
            .where(law_version_table.c.law_key == key)
            .order_by(law_version_table.c.starts_on, law_version_table.c.promulgated_on)
        )
        with self._engine.connect() as connection:
            return [VersionRow(*row) for row in connection.execute(query)]

    def version(self, version_key: str) -> LawVersion | None:
        """Return one version whole, None when there is none of that key."""
        with self._engine.connect() as connection:
            found = _load(connection, law_version_table.c.version_key == version_key)
        return found[0] if found else None

    def all_versions(self, law_name: str) -> Sequence[LawVersion]:
        """Return every version of a law, whole, oldest first; empty when it is not kept."""
        key = self._law_key(law_name)
        return self._versions_of(key) if key is not None else []

    def view(self, law_name: str, on: date) -> LawView | None:
        """Return the law as it stands on a day; None when it is not kept."""
        return view_on(self.all_versions(law_name), on)

    def article(
        self, law_name: str, article: int | str, on: date, branch: int = 0
    ) -> Article | None:
        """Return an article as in force on a day, None otherwise (see `check` for why).

        `article`: 10, "001002" or "제10조의2".
        """
        versions = self.all_versions(law_name)
        found = standing(versions, _code(article, branch), on) if versions else None
        return found.article if found and found.state is State.IN_FORCE else None

    def history(self, law_name: str, article: int | str, branch: int = 0) -> Sequence[Span]:
        """Return every text an article has had, with first and last day."""
        return spans_of(self.all_versions(law_name), _code(article, branch))

    def check(self, citation: LawCitation, on: date) -> ArticleCheck:
        """Return whether the cited place exists on a day, and its text.

        A law that is not kept gives LAW_UNKNOWN (cannot be checked), never ABSENT.
        """
        key = self._law_key(citation.law) if citation.law else None
        if key is None:
            return unknown_law(citation)
        versions = self._versions_of(key)
        found = check_place(citation, versions, on)
        if citation.article is None or found.exists is None or found.starts_on is None:
            return found
        starts = _span_start(versions, citation.code, on, found)
        return replace(found, passage_id=passage_key(key, citation.code, starts or found.starts_on))

    def check_text(self, text: str, on: date, own: str = "") -> Sequence[ArticleCheck]:
        """Return a check for every citation of `text`, in order."""
        return [self.check(one, on) for one in find_citations(text, own, self.names())]

    def ruling(self, ruling_key: str) -> Ruling | None:
        """Return a judgment or interpretation, None when it is not kept."""
        query = sa.select(ruling_table.c.body).where(ruling_table.c.ruling_key == ruling_key)
        with self._engine.connect() as connection:
            body = connection.scalar(query)
        return _RULING.validate_json(body) if body else None

    def _law_key(self, name: str) -> str | None:
        wanted = {normal_name(name), normal_name(self.names().known(name) or name)}
        query = sa.select(law_table.c.law_key).where(law_table.c.normal.in_(wanted))
        with self._engine.connect() as connection:
            return connection.scalar(query.order_by(law_table.c.law_key).limit(1))

    def _versions_of(self, law_key: str) -> list[LawVersion]:
        with self._engine.connect() as connection:
            state = connection.execute(
                sa.select(sa.func.count(), sa.func.max(law_version_table.c.imported_at)).where(
                    law_version_table.c.law_key == law_key
                )
            ).one()
            kept = self._loaded.get(law_key)
            if kept is not None and kept[0] == tuple(state):
                return kept[1]
            found = _load(connection, law_version_table.c.law_key == law_key)
        if len(self._loaded) > 60:
            self._loaded.clear()
        self._loaded[law_key] = (tuple(state), found)
        return found

    def _state(self) -> object:
        with self._engine.connect() as connection:
            return tuple(
                connection.execute(
                    sa.select(sa.func.count(), sa.func.max(law_table.c.imported_at))
                ).one()
            )


def _json(adapter: TypeAdapter[Any], value: object) -> str:
    return adapter.dump_json(value).decode()


def _version_key(law_key: str, version: LawVersion) -> str:
    number = version.promulgation_number or version.serial
    part = f"~{min(version.covers, default='')}" if version.partial else ""
    return f"{law_key}@{version.starts_on:%Y%m%d}#{number}{part}"[:200]


def _code(article: int | str, branch: int) -> str:
    if isinstance(article, int):
        return article_code(article, branch)
    if re.fullmatch(r"\d{6}", article):
        return article
    found = re.search(r"(\d+)\s*조?(?:\s*의\s*(\d+))?", article)
    return article_code(int(found[1]), int(found[2] or branch)) if found else ""


def _remove_version(connection: sa.Connection, version_key: str) -> None:
    for table in (law_article_table, law_part_table, law_version_table):
        connection.execute(table.delete().where(table.c.version_key == version_key))


def _span_start(
    versions: Sequence[LawVersion], code: str, on: date, check: ArticleCheck
) -> date | None:
    spans = spans_of(versions, code) if check.verdict is not Verdict.ABSENT else []
    for span in spans:
        if span.starts_on <= on and (span.ends_on is None or on <= span.ends_on):
            return span.starts_on
    return next((span.starts_on for span in spans if span.starts_on > on), None)


def _load(connection: sa.Connection, where: sa.ColumnElement[bool]) -> list[LawVersion]:
    joined = sa.select(law_version_table, law_table.c.kind, law_table.c.owner).join_from(
        law_version_table, law_table
    )
    rows = connection.execute(
        joined.where(where).order_by(
            law_version_table.c.starts_on, law_version_table.c.promulgated_on
        )
    ).all()
    keys = [row.version_key for row in rows]
    articles = _bodies(connection, law_article_table, keys)
    parts = _bodies(connection, law_part_table, keys)
    found = []
    for row in rows:
        mine = parts.get(row.version_key, [])
        found.append(
            LawVersion(
                law_id=row.law_key.split(":", 1)[1],
                name=row.name,
                kind=LawKind(row.kind),
                starts_on=row.starts_on,
                articles=tuple(
                    _ARTICLE.validate_json(one.body) for one in articles.get(row.version_key, [])
                ),
                serial=row.serial,
                owner=row.owner,
                promulgated_on=row.promulgated_on,
                promulgation_number=row.promulgation_number,
                revision=row.revision,
                supplements=tuple(
                    _SUPPLEMENT.validate_json(one.body)
                    for one in mine
                    if one.kind == _SUPPLEMENT_KIND
                ),
                annexes=tuple(
                    _ANNEX.validate_json(one.body) for one in mine if one.kind == _ANNEX_KIND
                ),
                partial=row.partial,
                covers=frozenset(json.loads(row.covers)),
                source=row.source,
            )
        )
    return found


def _bodies(
    connection: sa.Connection, table: sa.Table, keys: Sequence[str]
) -> Mapping[str, list[sa.Row[Any]]]:
    found: dict[str, list[sa.Row[Any]]] = {}
    query = sa.select(table).where(table.c.version_key.in_(keys)).order_by(table.c.number)
    for row in connection.execute(query):
        found.setdefault(row.version_key, []).append(row)
    return found
