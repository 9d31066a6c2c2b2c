"""Bearer tokens of the MCP door: one per program of a person; hashed, listed, revocable."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from gongmu.bots.guard.tables import mcp_token_table
from gongmu.core.audit import Audit
from gongmu.core.clock import Clock
from gongmu.core.errors import Refused
from gongmu.core.people import People, Person
from gongmu.core.values import new_id
from gongmu.core.vault import Secret

LONGEST_DAYS = 180
_PREFIX = "gmcp_"


@dataclass(frozen=True)
class TokenInfo:
    """What may be shown of a token."""

    token_id: str
    account: str
    label: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    def is_live(self, now: datetime) -> bool:
        """Return whether it still opens the door."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True)
class IssuedToken:
    """A new token; `token` is shown once and kept nowhere."""

    info: TokenInfo
    token: Secret


class McpTokens:
    """Issues, lists, revokes and checks tokens."""

    def __init__(self, engine: sa.Engine, clock: Clock, audit: Audit) -> None:
        self._engine = engine
        self._clock = clock
        self._audit = audit
        self._people = People(engine, clock)

    def issue(self, person: Person, label: str, *, days: int = 90) -> IssuedToken:
        """Make a token for `person`; raises Refused token_days, account_disabled."""
        if not 1 <= days <= LONGEST_DAYS:
            raise Refused(
                "token_days",
                f"토큰의 기간은 1일에서 {LONGEST_DAYS}일 사이입니다.",
                "기간을 다시 정하세요.",
            )
        if person.disabled:
            raise Refused("account_disabled", "멈춘 계정입니다.", "관리자에게 물어보세요.")
        now = self._clock()
        token = _PREFIX + secrets.token_urlsafe(32)
        info = TokenInfo(
            new_id("mcp", now),
            person.account,
            (label.strip() or "이름 없음")[:100],
            now,
            now + timedelta(days=days),
            None,
            None,
        )
        with self._engine.begin() as connection:
            connection.execute(
                mcp_token_table.insert().values(token_hash=_hash(token), **vars(info))
            )
        self._audit.record(person.account, "bot.token_issued", info.token_id)
        return IssuedToken(info, Secret(token))

    def of(self, account: str) -> Sequence[TokenInfo]:
        """Return the tokens of an account, newest first, dead ones too."""
        table = mcp_token_table.c
        columns = [table[name] for name in TokenInfo.__dataclass_fields__]
        query = sa.select(*columns).where(table.account == account)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(table.created_at.desc(), table.token_id))
            return [TokenInfo(*row) for row in rows]

    def revoke(self, token_id: str, *, by: str) -> None:
        """End a token; doing it again changes nothing. Raises Refused token_unknown."""
        table = mcp_token_table
        with self._engine.begin() as connection:
            known = connection.scalar(
                sa.select(table.c.token_id).where(table.c.token_id == token_id)
            )
            connection.execute(
                table.update()
                .where(table.c.token_id == token_id, table.c.revoked_at.is_(None))
                .values(revoked_at=self._clock())
            )
        if known is None:
            raise Refused("token_unknown", "없는 토큰입니다.", "목록에서 다시 고르세요.")
        self._audit.record(by, "bot.token_revoked", token_id)

    def person(self, token: str) -> Person | None:
        """Return whose live token this is; None for any other, and for a stopped account."""
        if not token.startswith(_PREFIX):
            return None
        table, now = mcp_token_table, self._clock()
        alive = sa.and_(
            table.c.token_hash == _hash(token),
            table.c.revoked_at.is_(None),
            table.c.expires_at > now,
        )
        with self._engine.begin() as connection:
            account = connection.scalar(sa.select(table.c.account).where(alive))
            if account is None:
                return None
            connection.execute(table.update().where(alive).values(used_at=now))
        try:
            person = self._people.find(account)
        except Refused:
            return None
        return None if person.disabled else person


def _hash(token: str) -> str:
    # The token is 256 random bits: a plain hash cannot be guessed back.
    return hashlib.sha256(token.encode()).hexdigest()
