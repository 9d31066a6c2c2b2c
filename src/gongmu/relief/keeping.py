"""What the run writes and reads of grants: versions, judgements, and who is under a duty.

Nothing here is shown to a person; `relief.store` does that, and writes each look down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from gongmu.core.house import House
from gongmu.relief.grant import Grant
from gongmu.relief.sealed import Lookup, Seals, changed_fields
from gongmu.relief.tables import decision_table, grant_table, lookup_table


@dataclass(frozen=True)
class Judgement:
    """What the rules said of one version of a grant, as the store keeps it.

    `facts` (checks, missing, questions, both computations) is sealed: a note in it may name.
    """

    outcome: str
    article: str
    notice_code: str
    relief_won: int | None
    tax_due_won: int | None
    clawback_until_on: date | None
    replacement_due_on: date | None
    cross_status: str
    """agree | differ | cannot_compute."""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Kept:
    """What keeping a list's grants did: ids of new, changed and unchanged ones."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """How a grant's newer version differs: the names of the fields, never their values."""

    grant_id: str
    version: int
    fields: tuple[str, ...]
    only_article_found: bool = False
    """The row is the same; the code map now knows its code."""


class Keeping:
    """Grants and judgements as the run handles them."""

    def __init__(self, house: House) -> None:
        self._clock = house.clock
        self._engine = house.engine
        self.seals = Seals(house.vault)

    # ------------------------------------------------------------ writing

    def keep_grants(
        self,
        week_on: date,
        list_sha256: str,
        grants: Iterable[Grant],
        *,
        is_history: bool = False,
    ) -> Kept:
        """Write grants down; an unchanged one is left alone, a changed one gets a new version.

        A grant stays in the week that it was first kept in. Repeating changes nothing.
        """
        given = list(grants)
        found: dict[str, list[str]] = {"new": [], "changed": [], "same": []}
        now = self._clock()
        with self._engine.begin() as connection:
            known = _current(connection, [grant.grant_id for grant in given])
            for grant in given:
                print_ = self.seals.fingerprint(grant)
                old = known.get(grant.grant_id)
                if old is not None and old.fingerprint == print_:
                    found["same"].append(grant.grant_id)
                    continue
                row = self._row(grant, print_, list_sha256, now)
                if old is None:
                    row |= {"version": 1, "week_on": week_on, "is_history": is_history}
                    found["new"].append(grant.grant_id)
                else:
                    row |= {
                        "version": old.version + 1,
                        "week_on": old.week_on,
                        "is_history": old.is_history,
                    }
                    _retire(connection, grant.grant_id)
                    found["changed"].append(grant.grant_id)
                connection.execute(grant_table.insert().values(row))
                self._index(connection, grant)
                known[grant.grant_id] = _Known(
                    row["version"], row["week_on"], row["is_history"], print_
                )
        return Kept(
            tuple(found["new"]), tuple(dict.fromkeys(found["changed"])), tuple(found["same"])
        )

    def keep_judgements(self, judgements: Mapping[tuple[str, int], Judgement]) -> None:
        """Write down what the rules said, by (grant id, version); an earlier word is replaced."""
        now = self._clock()
        rows = []
        for (grant_id, version), said in judgements.items():
            plain = {name: value for name, value in vars(said).items() if name != "facts"}
            sealed = self.seals.seal_facts(said.facts, judged_purpose(grant_id, version))
            rows.append(
                {
                    **plain,
                    "grant_id": grant_id,
                    "version": version,
                    "sealed": sealed,
                    "decided_at": now,
                }
            )
        table = decision_table
        with self._engine.begin() as connection:
            for row in rows:
                same = sa.and_(
                    table.c.grant_id == row["grant_id"], table.c.version == row["version"]
                )
                connection.execute(table.delete().where(same))
            if rows:
                connection.execute(table.insert(), rows)

    # ------------------------------------------------------------ reading

    def opened(self, ids: Sequence[str]) -> dict[str, Grant]:
        """Return current grants in full, by id; the caller writes the access line."""
        table = grant_table.c
        query = sa.select(table.grant_id, table.sealed).where(
            table.grant_id.in_(ids), table.is_current, table.sealed.is_not(None)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all() if ids else []
        return {row.grant_id: self.seals.open_grant(row.sealed, row.grant_id) for row in rows}

    def under_known_ids(self, given: Sequence[Grant]) -> list[Grant]:
        """Return the grants, one that lacks a tax number under the id that it is known by.

        A file without tax numbers (or the first with them) must not make everybody new: they
        would be told twice. The plate and the days tell that it is the same grant.
        """
        unknown = {grant.grant_id for grant in given} - self.versions(
            [grant.grant_id for grant in given]
        ).keys()
        ids = self.ids_by_lookup(
            Lookup.PLATE, {one.plate for one in given if one.grant_id in unknown and one.plate}
        )
        known = self.opened(sorted({grant_id for found in ids.values() for grant_id in found}))
        made = []
        for grant in given:
            if grant.grant_id in unknown:
                others = [known[name] for name in ids.get(grant.plate, ()) if name in known]
                same = [other for other in others if _is_same(grant, other)]
                if len(same) == 1:
                    number = grant.tax_number or same[0].tax_number
                    grant = replace(grant, grant_id=same[0].grant_id, tax_number=number)
            made.append(grant)
        return made

    def versions(self, ids: Sequence[str]) -> dict[str, int]:
        """Return the current version of each grant."""
        with self._engine.connect() as connection:
            return {key: known.version for key, known in _current(connection, ids).items()}

    def change_of(self, grant_id: str) -> Change:
        """Return how the newest version of a grant differs from the one before."""
        table = grant_table.c
        query = (
            sa.select(table.version, table.sealed)
            .where(table.grant_id == grant_id, table.sealed.is_not(None))
            .order_by(table.version.desc())
            .limit(2)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        if len(rows) < 2:
            return Change(grant_id, rows[0].version if rows else 0, ())
        new, old = (self.seals.open_grant(row.sealed, grant_id) for row in rows)
        names = changed_fields(old, new)
        return Change(grant_id, rows[0].version, names, names == ("article",) and not old.article)

    def judgement(self, grant_id: str) -> Judgement | None:
        """Return what the rules said of a grant's current version, without its sealed facts."""
        return self.judgements([grant_id]).get(grant_id)

    def judgements(self, ids: Sequence[str]) -> dict[str, Judgement]:
        """Return what the rules said of current versions, by grant id, without sealed facts."""
        names = [name for name in Judgement.__dataclass_fields__ if name != "facts"]
        columns = [decision_table.c[name] for name in names]
        query = (
            sa.select(decision_table.c.grant_id, *columns)
            .join(grant_table, same_version())
            .where(decision_table.c.grant_id.in_(ids), grant_table.c.is_current)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all() if ids else []
        return {row["grant_id"]: Judgement(**{name: row[name] for name in names}) for row in rows}

    def ids_of(self, week_on: date) -> list[str]:
        """Return the ids of a week's grants, those brought in as history left out."""
        table = grant_table.c
        query = (
            sa.select(table.grant_id)
            .where(table.week_on == week_on, table.is_current, sa.not_(table.is_history))
            .order_by(table.grant_id)
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

    def ids_unjudged(self) -> list[str]:
        """Return the ids of current grants of which the rules have not said anything."""
        query = (
            sa.select(grant_table.c.grant_id)
            .join(decision_table, same_version(), isouter=True)
            .where(grant_table.c.is_current, decision_table.c.grant_id.is_(None))
            .order_by(grant_table.c.grant_id)
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

    def ids_with_duty(self, from_on: date) -> list[str]:
        """Return the ids of grants, history included, whose duty ends on `from_on` or later."""
        ends = sa.or_(
            decision_table.c.clawback_until_on >= from_on,
            decision_table.c.replacement_due_on >= from_on,
        )
        query = (
            sa.select(grant_table.c.grant_id)
            .join(decision_table, same_version())
            .where(grant_table.c.is_current, grant_table.c.sealed.is_not(None), ends)
            .order_by(grant_table.c.grant_id)
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

    def ids_by_lookup(self, kind: Lookup, values: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return value → ids of the grants it belongs to; for the watch."""
        hashes = {self.seals.lookup(kind, value): value for value in values}
        hashes.pop("", None)
        table = lookup_table.c
        found: dict[str, list[str]] = {}
        with self._engine.connect() as connection:
            for part in parts(list(hashes)):
                query = sa.select(table.value_hash, table.grant_id).where(
                    table.kind == kind.name, table.value_hash.in_(part)
                )
                for row in connection.execute(query):
                    found.setdefault(hashes[row.value_hash], []).append(row.grant_id)
        return {value: tuple(sorted(ids)) for value, ids in found.items()}

    # ------------------------------------------------------------ inside

    def _row(self, grant: Grant, print_: str, list_sha256: str, now: datetime) -> dict[str, Any]:
        clear = (
            "grant_id", "row_number", "filed_on", "acquired_on", "registered_on", "article",
            "relief_code", "is_company", "base_tax_won", "relief_won", "tax_due_won",
        )  # fmt: skip
        return {name: getattr(grant, name) for name in clear} | {
            "list_sha256": list_sha256,
            "is_current": True,
            "is_joint": bool(grant.co_owners),
            "fingerprint": print_,
            "sealed": self.seals.seal_grant(grant),
            "kept_at": now,
            "purged_at": None,
        }

    def _index(self, connection: sa.Connection, grant: Grant) -> None:
        table = lookup_table
        mine = table.c.grant_id == grant.grant_id
        query = sa.select(table.c.kind, table.c.value_hash).where(mine)
        known = {(kind, found) for kind, found in connection.execute(query)}
        rows = [
            {"kind": kind, "value_hash": found, "grant_id": grant.grant_id}
            for kind, found in self.seals.lookups(grant) - known
        ]
        if rows:
            connection.execute(table.insert(), rows)


@dataclass(frozen=True)
class _Known:
    version: int
    week_on: date
    is_history: bool
    fingerprint: str


def _is_same(grant: Grant, known: Grant) -> bool:
    """Return whether two grants are one, of which a file left the tax number out."""
    if grant.tax_number and known.tax_number:
        return False
    names = ("plate", "acquired_on", "registered_on", "filed_on")
    return all(getattr(grant, name) == getattr(known, name) for name in names)


def _current(connection: sa.Connection, ids: Sequence[str]) -> dict[str, _Known]:
    table = grant_table.c
    columns = (table.grant_id, table.version, table.week_on, table.is_history, table.fingerprint)
    found: dict[str, _Known] = {}
    for part in parts(ids):
        query = sa.select(*columns).where(table.grant_id.in_(part), table.is_current)
        found |= {row[0]: _Known(*row[1:]) for row in connection.execute(query)}
    return found


def _retire(connection: sa.Connection, grant_id: str) -> None:
    mine = sa.and_(grant_table.c.grant_id == grant_id, grant_table.c.is_current)
    connection.execute(grant_table.update().where(mine).values(is_current=False))


def parts(items: Sequence[str], size: int = 500) -> Iterable[Sequence[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def same_version() -> sa.ColumnElement[bool]:
    return sa.and_(
        decision_table.c.grant_id == grant_table.c.grant_id,
        decision_table.c.version == grant_table.c.version,
    )


def judged_purpose(grant_id: str, version: int) -> str:
    return f"relief.decision:{grant_id}:{version}"
