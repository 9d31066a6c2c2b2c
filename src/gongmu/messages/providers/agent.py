"""A database agent (에이전트): a program of the vendor that sends the rows of a table.

Handing over is one INSERT under a key made of our reference, so it is exact: a repeated one meets
its own row, in the send table or in the log table of its month, and counts as taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from gongmu.core.clock import system_clock
from gongmu.core.errors import Ambiguous, GongmuError, Refused, Transient
from gongmu.core.values import SEOUL
from gongmu.messages.provider import Kind, Known, Line, Outcome, Parcel, Provider, Receipt, Taken
from gongmu.messages.providers._agent_table import layout_of
from gongmu.messages.providers._exchange import plain, too_many

TITLE = "문자 에이전트(DB 연동)"
INSERTED = "에이전트 표에 넣었습니다"
WAITING = "에이전트가 아직 결과를 적지 않았습니다"
DELIVERED = "단말기에 도착했습니다"
UNKNOWN_FAILURE = "에이전트가 실패로 적었습니다"
KEY_CLASH = "KEY"

T = TypeVar("T")


@dataclass(frozen=True)
class _Seen:
    """A row of ours in the send table or a log table."""

    status: str
    result: str
    at: datetime | None
    reference: str
    in_log: bool


class AgentConnection:
    """An open line to an agent's database; connects at the first call."""

    def __init__(self, line: Line) -> None:
        self._layout = layout_of(line.options)
        self._engine = _engine(line)
        self._keys: sa.types.TypeEngine[Any] = (
            sa.BigInteger() if self._layout.key_form == "number" else sa.String()
        )

    def close(self) -> None:
        """Close the line; closing it again does nothing."""
        self._engine.dispose()

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Taken]:
        """Insert the rows in one transaction; rows that are there already count as taken."""
        if len(parcels) > PROVIDER.batch_size:
            raise too_many(TITLE, PROVIDER.batch_size)
        if not parcels:
            return ()
        return self._run(lambda connection: self._insert(connection, parcels), writes=True)

    def look_up(self, references: Sequence[str]) -> Mapping[str, Known]:
        """Tell of each reference whether its row is in the send table or a log table."""
        keys = {self._layout.key_of(one): one for one in references}
        seen = self._run(lambda connection: self._seen(connection, list(keys)))
        return {one: Known.TAKEN if key in seen else Known.NOT_TAKEN for key, one in keys.items()}

    def receipts(self, references: Sequence[str]) -> Sequence[Receipt]:
        """Return what the agent has written; rows that are not there are left out."""
        keys = {self._layout.key_of(one): one for one in references}
        seen = self._run(lambda connection: self._seen(connection, list(keys)))
        return tuple(self._receipt(keys[key], row) for key, row in seen.items())

    def _insert(self, connection: sa.Connection, parcels: Sequence[Parcel]) -> Sequence[Taken]:
        table = self._table(self._layout.send_table)
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        fresh = set[Any]()
        for parcel in parcels:
            row = self._row(parcel)
            statement = insert(table).values(row).on_conflict_do_nothing()
            # Drivers do not agree on the row count of an insert; what it returns is certain.
            if connection.execute(statement.returning(table.c[self._layout.key])).first():
                fresh.add(row[self._layout.key])
        keys = {self._layout.key_of(one.reference) for one in parcels}
        # Only after the insert: a row that left the send table before is in the log by now.
        seen = self._seen(connection, list(keys))
        old = sorted(key for key in fresh if key in seen and seen[key].in_log)
        if old:
            connection.execute(sa.delete(table).where(table.c[self._layout.key].in_(old)))
        if any(key not in seen for key in keys):
            raise _mismatch("넣은 행이 표에 없습니다")
        return tuple(self._taken(one, seen[self._layout.key_of(one.reference)]) for one in parcels)

    def _taken(self, parcel: Parcel, row: _Seen) -> Taken:
        key = self._layout.key_of(parcel.reference)
        if row.reference not in ("", parcel.reference):
            reason = "전송 번호가 다른 문자와 겹쳐 넣지 않았습니다"
            return Taken(parcel.reference, False, str(key), KEY_CLASH, reason)
        return Taken(parcel.reference, True, str(key), plain(row.status), INSERTED)

    def _row(self, parcel: Parcel) -> dict[str, Any]:
        layout = self._layout
        now = system_clock().astimezone(SEOUL).replace(tzinfo=None, microsecond=0)
        row: dict[str, Any] = {
            **layout.always,
            layout.key: layout.key_of(parcel.reference),
            layout.phone: parcel.phone,
            layout.sender: parcel.sender,
            layout.text: parcel.text,
            layout.kind: layout.sms if parcel.kind is Kind.SMS else layout.lms,
            layout.status: layout.waiting,
            **dict.fromkeys((layout.send_at, *layout.also_at), now),
        }
        if layout.subject and parcel.kind is Kind.LMS:
            row[layout.subject] = parcel.subject
        if layout.reference:
            row[layout.reference] = parcel.reference
        return row

    def _seen(self, connection: sa.Connection, keys: Sequence[str | int]) -> dict[str | int, _Seen]:
        """Return our rows by key: the send table first, then the logs, so that none slips by."""
        layout = self._layout
        today = system_clock().astimezone(SEOUL).date()
        there = {name.lower() for name in sa.inspect(connection).get_table_names(self._schema)}
        if layout.send_table.lower() not in there:
            raise _mismatch(f"'{layout.send_table}' 표가 없습니다")
        logs = [name for name in layout.log_tables(today) if name.lower() in there]
        found: dict[str | int, _Seen] = {}
        for name in (layout.send_table, *logs):
            in_log = name != layout.send_table
            for row in connection.execute(self._select(name, keys)):
                key = int(row[0]) if layout.key_form == "number" else str(row[0])
                # A log row of a key that we have just inserted is the older one, and counts.
                found[key] = _seen_row(row, in_log)
        return found

    def _select(self, name: str, keys: Sequence[str | int]) -> sa.Select[Any]:
        layout = self._layout
        table = self._table(name)
        names = (layout.key, layout.status, layout.result, layout.result_at, layout.reference)
        columns = [table.c[one] if one else sa.null() for one in names]
        return sa.select(*columns).where(table.c[layout.key].in_(keys))

    def _receipt(self, reference: str, row: _Seen) -> Receipt:
        layout = self._layout
        if not row.result or (row.status not in layout.done and not row.in_log):
            return Receipt(reference, Outcome.PENDING, plain(row.status), WAITING)
        if row.result in layout.delivered:
            return Receipt(reference, Outcome.DELIVERED, plain(row.result), DELIVERED, row.at)
        reason = layout.reasons.get(row.result, UNKNOWN_FAILURE)
        return Receipt(reference, Outcome.FAILED, plain(row.result), reason, row.at)

    @property
    def _schema(self) -> str | None:
        return self._layout.schema or None

    def _table(self, name: str) -> sa.TableClause:
        layout = self._layout
        plain_names = {
            *(layout.phone, layout.sender, layout.text, layout.kind, layout.status),
            *(layout.result, layout.send_at, layout.result_at, layout.subject, layout.reference),
            *(*layout.also_at, *layout.always),
        } - {"", layout.key}
        columns = [sa.column(layout.key, self._keys), *map(sa.column, sorted(plain_names))]
        return sa.table(name, *columns, schema=self._schema)

    def _run(self, work: Callable[[sa.Connection], T], *, writes: bool = False) -> T:
        """Do `work` in one transaction; only a failing commit leaves anything unclear.

        The driver's errors carry rows and parameters, so they are never chained to ours.
        """
        committing = False
        failure: GongmuError | None = None
        result: T | None = None
        try:
            with self._engine.connect() as connection:
                result = work(connection)
                committing = writes
                connection.commit()
        except sa.exc.SQLAlchemyError as problem:
            failure = _failure(problem, committing)
        if failure is not None:
            raise failure
        return result  # type: ignore[return-value]


def _seen_row(row: Sequence[Any], in_log: bool) -> _Seen:
    status, result, at, reference = row[1:5]
    if isinstance(at, str):
        try:
            at = datetime.fromisoformat(at)
        except ValueError:
            at = None
    if isinstance(at, datetime):
        at = at.replace(tzinfo=SEOUL) if at.tzinfo is None else at
    else:
        at = None
    words = ("" if one is None else str(one).strip() for one in (status, result, reference))
    status, result, reference = words
    return _Seen(status, result, at, reference, in_log)


_PERSON_NEEDED = (
    *("no such", "no column named", "not a database", "readonly"),
    *("authentication failed", "does not exist"),
)
"""Words of SQLite and PostgreSQL for what repeating cannot mend."""


def _failure(problem: sa.exc.SQLAlchemyError, committing: bool) -> GongmuError:
    if committing:
        return Ambiguous(
            "gateway_unclear",
            f"{TITLE}: 표에 넣었으나 저장되었다는 답이 없습니다.",
            "다시 넣지 않고 먼저 표를 조회합니다.",
        )
    passing = isinstance(problem, sa.exc.OperationalError | sa.exc.TimeoutError)
    if passing and not any(word in str(problem) for word in _PERSON_NEEDED):
        return Transient(
            "gateway_down",
            f"{TITLE}: 데이터베이스에 쓰지 못했습니다.",
            "저절로 다시 합니다. 이어지면 에이전트 서버와 방화벽을 확인하세요.",
        )
    return _mismatch("데이터베이스가 거절했습니다")


def _mismatch(why: str) -> Refused:
    return Refused(
        "agent_table_mismatch",
        f"{TITLE}: {why}.",
        "데이터베이스의 주소·계정·권한과 도시 파일의 layout, [messages.gateway.table]을 고치세요.",
    )


def _engine(line: Line) -> sa.Engine:
    """Return an engine for the agent's database; raises Refused for an address that is none."""
    url = _url(line)
    # Errors name their parameters otherwise, and these are phones and texts.
    common: dict[str, Any] = {"hide_parameters": True, "pool_size": 1, "max_overflow": 0}
    if url.get_backend_name() == "sqlite":
        if not Path(url.database or "").is_file():
            raise _mismatch("데이터베이스 파일이 없습니다")
        arguments: dict[str, Any] = {
            "timeout": line.timeout_seconds,
            "isolation_level": "IMMEDIATE",
            "check_same_thread": False,
        }
        return sa.create_engine(url, connect_args=arguments, poolclass=sa.pool.QueuePool, **common)
    wait = int(line.timeout_seconds * 1000)
    arguments = {
        "connect_timeout": max(2, int(line.timeout_seconds)),
        "options": f"-c statement_timeout={wait} -c lock_timeout={wait}",
        "application_name": "gongmu",
    }
    return sa.create_engine(
        url,
        connect_args=arguments,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        **common,
    )


def _url(line: Line) -> sa.URL:
    wrong = False
    try:
        url = sa.make_url(line.address)
    except sa.exc.ArgumentError:
        wrong = True
    if wrong or url.get_backend_name() not in ("sqlite", "postgresql"):
        raise _mismatch("주소가 sqlite:///나 postgresql+psycopg://로 시작하지 않습니다")
    name = line.options.get("password_secret", "")
    return url.set(password=line.secret(str(name))) if name else url


_DEFAULT = layout_of({})

PROVIDER = Provider(
    code="agent",
    title=TITLE,
    owner_hint="에이전트를 둔 서버의 담당자와 중계사",
    # A password, where there is one, stands in the secret that `password_secret` names.
    secrets=(),
    can_look_up=True,
    # The row is there or not; half a minute lets a server drop a commit cut off on its way.
    settle_seconds=30.0,
    batch_size=100,
    # The agent sends at the pace of its own contract; this only keeps the table short.
    per_second=500.0,
    default_address="",
    statuses={
        str(_DEFAULT.waiting): (Outcome.PENDING, WAITING),
        **dict.fromkeys(_DEFAULT.delivered, (Outcome.DELIVERED, DELIVERED)),
        **{code: (Outcome.FAILED, reason) for code, reason in _DEFAULT.reasons.items()},
        KEY_CLASH: (Outcome.FAILED, "전송 번호가 다른 문자와 겹쳐 넣지 않았습니다"),
    },
    open=AgentConnection,
    unreachable=frozenset({"1002", "3001", "3003"}),
)
