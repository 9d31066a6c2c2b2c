"""Who may come in and what they may do: accounts, roles, sign-in, sessions.

Passwords are kept as argon2 hashes and sessions as hashes of their tokens, so a copy of the
database lets nobody in. Every grant, change and removal is kept (three years are asked for by
개인정보의 안전성 확보조치 기준 제5조); failed sign-ins lock an account for a while.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import sqlalchemy as sa
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from gongmu.core.clock import Clock, system_clock
from gongmu.core.database import Instant, metadata
from gongmu.core.errors import Refused
from gongmu.core.person import ALLOWED as ALLOWED
from gongmu.core.person import Act as Act
from gongmu.core.person import Person as Person
from gongmu.core.person import Role as Role
from gongmu.core.values import content_hash, new_id

person_table = sa.Table(
    "person",
    metadata,
    sa.Column("person_id", sa.String(40), primary_key=True),
    sa.Column("account", sa.String(60), nullable=False, unique=True),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("department", sa.String(100), nullable=False),
    sa.Column("roles", sa.String(200), nullable=False),
    sa.Column("password_hash", sa.String(300), nullable=False),
    sa.Column("password_at", Instant, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("disabled_at", Instant),
)

person_change_table = sa.Table(
    "person_change",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("person_id", sa.String(40), nullable=False),
    sa.Column("account", sa.String(60), nullable=False),
    sa.Column("change", sa.String(20), nullable=False),
    sa.Column("roles", sa.String(200), nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
)

session_table = sa.Table(
    "session",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.person_id"), nullable=False, index=True),
    sa.Column("address", sa.String(64), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("used_at", Instant, nullable=False),
)

failed_sign_in_table = sa.Table(
    "failed_sign_in",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("account", sa.String(60), nullable=False),
    sa.Column("address", sa.String(64), nullable=False),
    sa.Index("ix_failed_sign_in_account_at", "account", "at"),
    sa.Index("ix_failed_sign_in_address_at", "address", "at"),
)


@dataclass(frozen=True)
class SignInRules:
    """The institution's choices; times in minutes."""

    failures: int = 5
    failures_from_one_address: int = 30
    lock_minutes: int = 10
    idle_minutes: int = 30
    longest_minutes: int = 600
    password_length: int = 10


@dataclass(frozen=True)
class SignedIn:
    """A fresh session; `token` goes to the browser's cookie and is kept nowhere."""

    person: Person
    token: str


@dataclass(frozen=True)
class Change:
    """One line of an account's history: made, roles, password, disabled or enabled."""

    at: datetime
    account: str
    change: str
    roles: str
    by: str


class People:
    """Accounts and sessions of one installation."""

    def __init__(
        self,
        engine: sa.Engine,
        clock: Clock = system_clock,
        rules: SignInRules | None = None,
        hasher: Argon2Hasher | None = None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self.rules = rules or SignInRules()
        self._hasher = PasswordHash((hasher or Argon2Hasher(),))

    # ------------------------------------------------------------ accounts

    def create(
        self,
        account: str,
        name: str,
        roles: Iterable[Role],
        password: str,
        *,
        department: str = "",
        by: str,
    ) -> Person:
        """Make an account; raises Refused when the name is taken or the password is weak."""
        account = account_name(account)
        granted = frozenset(roles)
        if not granted:
            raise Refused(
                "role_missing", "역할이 없습니다.", "조회, 담당 등 역할을 하나 이상 주세요."
            )
        check_password(password, account, self.rules.password_length)
        now = self._clock()
        row = {
            "person_id": new_id("person", now),
            "account": account,
            "name": name,
            "department": department,
            "roles": _roles_text(granted),
            "password_hash": self._hasher.hash(password),
            "password_at": now,
            "created_at": now,
            "disabled_at": None,
        }
        try:
            with self._engine.begin() as connection:
                connection.execute(person_table.insert().values(row))
                self._note(connection, row["person_id"], account, "made", row["roles"], by)
        except sa.exc.IntegrityError as error:
            message = f"이미 있는 계정입니다: {account}"
            raise Refused("account_taken", message, "다른 이름을 쓰세요.") from error
        return self.find(account)

    def set_roles(self, account: str, roles: Iterable[Role], *, by: str) -> None:
        """Replace what a person may do; open sessions follow at once."""
        self._change(account, "roles", {"roles": _roles_text(roles)}, by)

    def set_password(self, account: str, password: str, *, by: str) -> None:
        """Replace a password and end the person's sessions; raises Refused when it is weak."""
        check_password(password, account_name(account), self.rules.password_length)
        hashed = self._hasher.hash(password)
        values = {"password_hash": hashed, "password_at": self._clock()}
        self._change(account, "password", values, by)

    def disable(self, account: str, *, by: str) -> None:
        """Shut an account and end its sessions."""
        self._change(account, "disabled", {"disabled_at": self._clock()}, by)

    def enable(self, account: str, *, by: str) -> None:
        """Open a shut account again."""
        self._change(account, "enabled", {"disabled_at": None}, by)

    def find(self, account: str) -> Person:
        """Return a person; raises Refused when there is no such account."""
        row = self._row(account_name(account))
        if row is None:
            raise Refused(
                "account_unknown", f"없는 계정입니다: {account}", "계정 이름을 확인하세요."
            )
        return _person(row)

    def everyone(self) -> Sequence[Person]:
        """Return every account in order of its name."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(person_table).order_by(person_table.c.account))
            return [_person(row) for row in rows]

    def history(self, account: str) -> Sequence[Change]:
        """Return what was granted, changed and removed, oldest first."""
        table = person_change_table
        columns = (table.c.at, table.c.account, table.c.change, table.c.roles, table.c.by)
        query = sa.select(*columns).where(table.c.account == account).order_by(table.c.number)
        with self._engine.connect() as connection:
            return [Change(*row) for row in connection.execute(query)]

    # ------------------------------------------------------------ sign-in

    def sign_in(self, account: str, password: str, address: str) -> SignedIn:
        """Open a session; raises Refused, `locked_out` or `sign_in_refused`.

        The refusal is the same for an unknown account and a wrong password, and takes as long.
        """
        row, fresher = self._proved(account, password, address)
        token = secrets.token_urlsafe(32)
        self._open(row, token, address, fresher)
        return SignedIn(_person(row), token)

    def confirm(self, account: str, password: str, address: str) -> Person:
        """Return the person whose password was given once more; refuses and locks as sign_in."""
        return _person(self._proved(account, password, address)[0])

    def _proved(
        self, account: str, password: str, address: str
    ) -> tuple[sa.Row[tuple[object, ...]], str | None]:
        account = account_name(account)
        self._refuse_when_locked(account, address)
        row = self._row(account)
        good, fresher = self._hasher.verify_and_update(
            password, row.password_hash if row is not None else self._nobodys_hash
        )
        if row is None or not good or row.disabled_at is not None:
            failure = {"at": self._clock(), "account": account, "address": address}
            with self._engine.begin() as connection:
                connection.execute(failed_sign_in_table.insert().values(failure))
            raise Refused(
                "sign_in_refused",
                "계정 또는 비밀번호가 맞지 않습니다.",
                f"{self.rules.failures}번 틀리면 {self.rules.lock_minutes}분 동안 잠깁니다.",
            )
        return row, fresher

    def visitor(self, token: str, *, used: bool = True) -> Person | None:
        """Return whose session this is, or None when it ended; `used` puts off the idle end."""
        now = self._clock()
        key = content_hash(token.encode())
        alive = sa.and_(
            session_table.c.token_hash == key,
            session_table.c.used_at > now - timedelta(minutes=self.rules.idle_minutes),
            session_table.c.created_at > now - timedelta(minutes=self.rules.longest_minutes),
            person_table.c.disabled_at.is_(None),
        )
        query = sa.select(person_table, session_table.c.used_at).join(session_table).where(alive)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        # 누를 때마다 쓰지 않는다: 1분 안의 차이는 만료에 뜻이 없다
        if used and now - row.used_at > timedelta(minutes=1):
            touch = session_table.update().where(session_table.c.token_hash == key)
            with self._engine.begin() as connection:
                connection.execute(touch.values(used_at=now))
        return _person(row)

    def sign_out(self, token: str) -> None:
        """End a session; ending it twice changes nothing."""
        ended = session_table.c.token_hash == content_hash(token.encode())
        with self._engine.begin() as connection:
            connection.execute(session_table.delete().where(ended))

    # ------------------------------------------------------------ inside

    @cached_property
    def _nobodys_hash(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe(16))

    def _refuse_when_locked(self, account: str, address: str) -> None:
        table = failed_sign_in_table
        since = self._clock() - timedelta(minutes=self.rules.lock_minutes)
        recent = sa.select(sa.func.count()).select_from(table).where(table.c.at > since)
        with self._engine.connect() as connection:
            of_account = connection.scalar(recent.where(table.c.account == account)) or 0
            of_address = connection.scalar(recent.where(table.c.address == address)) or 0
        too_many = of_account >= self.rules.failures
        if too_many or of_address >= self.rules.failures_from_one_address:
            raise Refused(
                "locked_out",
                "여러 번 틀려 잠시 잠겼습니다.",
                f"마지막으로 틀린 때부터 {self.rules.lock_minutes}분 뒤에 다시 하거나 "
                "관리자에게 알리세요.",
            )

    def _open(
        self, row: sa.Row[tuple[object, ...]], token: str, address: str, fresher: str | None
    ) -> None:
        now = self._clock()
        session = {
            "token_hash": content_hash(token.encode()),
            "person_id": row.person_id,
            "address": address,
            "created_at": now,
            "used_at": now,
        }
        forgotten = now - timedelta(minutes=self.rules.longest_minutes)
        failures = failed_sign_in_table
        with self._engine.begin() as connection:
            connection.execute(session_table.delete().where(session_table.c.created_at < forgotten))
            past = sa.or_(failures.c.account == row.account, failures.c.at < forgotten)
            connection.execute(failures.delete().where(past))
            connection.execute(session_table.insert().values(session))
            if fresher:
                who = person_table.c.person_id == row.person_id
                connection.execute(person_table.update().where(who).values(password_hash=fresher))

    def _change(self, account: str, change: str, values: dict[str, object], by: str) -> None:
        person = self.find(account)
        mine = person_table.c.person_id == person.person_id
        roles = str(values.get("roles", _roles_text(person.roles)))
        with self._engine.begin() as connection:
            connection.execute(person_table.update().where(mine).values(values))
            self._note(connection, person.person_id, person.account, change, roles, by)
            if change in ("disabled", "password"):
                ended = session_table.c.person_id == person.person_id
                connection.execute(session_table.delete().where(ended))

    def _note(
        self,
        connection: sa.Connection,
        person_id: object,
        account: str,
        change: str,
        roles: object,
        by: str,
    ) -> None:
        row = {
            "at": self._clock(),
            "person_id": person_id,
            "account": account,
            "change": change,
            "roles": roles,
            "by": by,
        }
        connection.execute(person_change_table.insert().values(row))

    def _row(self, account: str) -> sa.Row[tuple[object, ...]] | None:
        query = sa.select(person_table).where(person_table.c.account == account)
        with self._engine.connect() as connection:
            return connection.execute(query).one_or_none()


def account_name(text: str) -> str:
    """Return the one spelling of an account name: NFC, no spaces around, small letters."""
    return unicodedata.normalize("NFC", text).strip().lower()[:60]


def check_password(password: str, account: str, length: int) -> None:
    """Raise Refused when a password is short, plain or holds the account's name."""
    kinds = sum(bool(re.search(kind, password)) for kind in (r"[a-zA-Z]", r"\d", r"[^a-zA-Z\d]"))
    problems = []
    if len(password) < length:
        problems.append(f"{length}자보다 짧습니다")
    if kinds < 2:
        problems.append("글자, 숫자, 기호 가운데 두 가지가 섞이지 않았습니다")
    if account and account in password.lower():
        problems.append("계정 이름이 들어 있습니다")
    if re.search(r"(.)\1{3,}", password):
        problems.append("같은 글자가 네 번 이어집니다")
    if problems:
        message = "비밀번호를 쓸 수 없습니다: " + ", ".join(problems) + "."
        raise Refused("password_weak", message, "긴 문장처럼 정하면 외우기 쉽고 안전합니다.")


def _roles_text(roles: Iterable[Role]) -> str:
    held = frozenset(roles)
    return ",".join(role.value for role in Role if role in held)


def _person(row: sa.Row[tuple[object, ...]]) -> Person:
    roles = frozenset(Role(text) for text in row.roles.split(",") if text)
    disabled = row.disabled_at is not None
    return Person(row.person_id, row.account, row.name, row.department, roles, disabled)
