"""The working stand-in of each message provider, as the conformance suite meets it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from gongmu.core.errors import Refused
from gongmu.messages.provider import Connection, Line, Provider, all_providers
from gongmu.messages.providers import agent as agent_provider
from gongmu.messages.providers._agent_table import layout_of
from gongmu.practice.agent import PracticeAgent
from gongmu.practice.loopback import serving
from gongmu.practice.portals import gateway, nhn, solapi
from gongmu.practice.portals.texting import Desk, Text, TextingSite, Trouble

SECRETS = {
    "solapi.api_key": solapi.API_KEY,
    "solapi.api_secret": solapi.API_SECRET,
    "nhn.app_key": nhn.APP_KEY,
    "nhn.secret_key": nhn.SECRET_KEY,
    "gateway.key": gateway.GATEWAY_KEY,
}
WRONG = "WRONGKEY00000000"
HTTP_TROUBLES = tuple(Trouble)
COMMIT_TROUBLES = (Trouble.TIMEOUT_TAKEN, Trouble.TIMEOUT_LOST, Trouble.BUSY)


class Stage:
    """One running server; each test puts a site of its own on it."""

    def __init__(self) -> None:
        self.desk = Desk()
        self._site: ASGIApp | None = None
        self.address = ""

    def show(self, site: TextingSite) -> str:
        """Put a site on; returns the address."""
        self._site = site.app()
        return self.address

    def app(self) -> Starlette:
        """Return an application that hands everything on to the site of the day."""
        return Starlette(routes=[Mount("/", app=self._hand_on)])

    async def _hand_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._site is not None
        await self._site(scope, receive, send)


@contextmanager
def running_stage() -> Iterator[Stage]:
    """Give a stage that is served while the block runs."""
    stage = Stage()
    with serving(stage) as address:
        stage.address = address
        yield stage


def secret_of(values: Mapping[str, str]) -> Callable[[str], str]:
    """Return a look-up of secrets that refuses a missing one as the vault does."""

    def look(name: str) -> str:
        if name not in values:
            raise Refused("secret_missing", f"비밀값이 없습니다: {name}", "비밀값을 넣으세요.")
        return values[name]

    return look


@dataclass
class Counterpart:
    """A provider and the stand-in that answers it."""

    provider: Provider
    desk: Desk
    line: Line
    refused_code: str
    """What the vendor says of a phone that it does not take."""
    wrong_lines: Sequence[Line]
    """Lines that must be refused until a person acts."""
    troubles: Sequence[Trouble]
    """What can go wrong with a hand-over here."""
    repeats_are_one: bool
    """Whether the vendor promises that a repeated reference goes out once."""
    other_codes: frozenset[str] = frozenset()
    """Codes of the table that are no result of a single text."""
    sender_code: str = ""
    """Set where the vendor checks the sender at the hand-over."""
    has_balance: bool = False
    work: Callable[[], object] = lambda: None
    """Lets the vendor do what it does by itself in the meantime."""
    key_of: Callable[[str], str] = lambda reference: reference
    """How the stand-in's journal calls our reference."""
    going_wrong: Callable[[Trouble], AbstractContextManager[object]] | None = None
    """How troubles are caused where the desk cannot."""
    opened: list[Connection] = field(default_factory=list)

    def open(self, line: Line | None = None, timeout_seconds: float = 0.0) -> Connection:
        """Open a line, the good one unless told otherwise; it is closed after the test."""
        line = line or self.line
        if timeout_seconds:
            line = Line(line.address, line.secret, timeout_seconds, line.options)
        self.opened.append(self.provider.open(line))
        return self.opened[-1]

    def trouble(self, trouble: Trouble) -> AbstractContextManager[object]:
        """Make the next hand-over go wrong."""
        if self.going_wrong is not None:
            return self.going_wrong(trouble)
        self.desk.troubles.next.append(trouble)
        return nullcontext()

    def delivered(self, reference: str) -> list[Text]:
        """Return what went out under a reference, once per time."""
        self.work()
        return [one for one in self.desk.journal if one.reference == self.key_of(reference)]

    def deaf(self) -> Line:
        """Return a line at whose other end nobody listens."""
        with socket.create_server(("127.0.0.1", 0)) as door:
            port = door.getsockname()[1]
        address = f"http://127.0.0.1:{port}"
        if self.provider.code == "agent":
            address = f"postgresql+psycopg://gongmu@127.0.0.1:{port}/sms"
        return Line(address, self.line.secret, 2.0, self.line.options)


def _lines(address: str, *secrets: str) -> tuple[Line, list[Line]]:
    """Return the good line, and one for each secret that is wrong."""
    wrong = [Line(address, secret_of({**SECRETS, name: WRONG})) for name in secrets]
    return Line(address, secret_of(SECRETS)), wrong


@contextmanager
def _solapi(request: pytest.FixtureRequest, _folder: Path) -> Iterator[Counterpart]:
    site = solapi.SolapiSite()
    address = request.getfixturevalue("stage").show(site)
    line, wrong = _lines(address, "solapi.api_key", "solapi.api_secret")
    yield Counterpart(
        all_providers()["solapi"],
        site.desk,
        line,
        refused_code="1060",
        wrong_lines=wrong,
        troubles=HTTP_TROUBLES,
        repeats_are_one=False,
        sender_code="1062",
        has_balance=True,
        # Refused for the account's sake: the list shows them, a look-up does not count them.
        other_codes=frozenset({"1020", "1030", "1062", "2062", "2063", "2230"}),
    )


@contextmanager
def _nhn(request: pytest.FixtureRequest, _folder: Path) -> Iterator[Counterpart]:
    site = nhn.NhnSite()
    address = request.getfixturevalue("stage").show(site)
    line, wrong = _lines(address, "nhn.app_key", "nhn.secret_key")
    yield Counterpart(
        all_providers()["nhn"],
        site.desk,
        line,
        refused_code="-2019",
        wrong_lines=wrong,
        troubles=HTTP_TROUBLES,
        repeats_are_one=False,
        sender_code="-2312",
        # States of a message, and what the interface says instead of taking one.
        other_codes=frozenset({*"012345", "-2014", "-2015", "-2018", "-2019", "-2023", "-6001"}),
    )


@contextmanager
def _practice(request: pytest.FixtureRequest, _folder: Path) -> Iterator[Counterpart]:
    # A text of a time-out is taken at once here: settling is the ledger's business.
    faults = gateway.GatewayFaults(receipt_seconds=0.0, take_after_seconds=0.0)
    site = gateway.GatewaySite(faults)
    address = request.getfixturevalue("stage").show(site)
    line, wrong = _lines(address, "gateway.key")
    yield Counterpart(
        all_providers()["practice"],
        site.desk,
        line,
        refused_code="2001",
        wrong_lines=wrong,
        troubles=HTTP_TROUBLES,
        repeats_are_one=False,
        has_balance=True,
    )


@contextmanager
def _agent_on(address: str, wrong: str) -> Iterator[Counterpart]:
    engine = sa.create_engine(address)
    agent = PracticeAgent(engine)
    agent.create_tables()
    layout = layout_of({})
    line = Line(address, secret_of({}))

    @contextmanager
    def going_wrong(trouble: Trouble) -> Iterator[None]:
        with ExitStack() as stack:
            if trouble is Trouble.BUSY:
                # Another writer holds the table for longer than anybody waits.
                holder = stack.enter_context(engine.connect())
                if engine.dialect.name == "sqlite":
                    holder.exec_driver_sql("BEGIN IMMEDIATE")
                else:
                    holder.exec_driver_sql("LOCK TABLE k_message IN ACCESS EXCLUSIVE MODE")
            else:
                stack.enter_context(_commit_unanswered(str(engine.url.database), trouble.takes))
            yield

    try:
        yield Counterpart(
            all_providers()["agent"],
            agent.desk,
            line,
            refused_code="3003",
            wrong_lines=[Line(wrong, secret_of({}), 2.0)],
            troubles=COMMIT_TROUBLES,
            repeats_are_one=True,
            other_codes=frozenset({agent_provider.KEY_CLASH}),
            work=agent.step,
            key_of=lambda reference: str(layout.key_of(reference)),
            going_wrong=going_wrong,
        )
    finally:
        engine.dispose()


@contextmanager
def _commit_unanswered(database: str, takes: bool) -> Iterator[None]:
    """Lose the answer to a commit in `database`, and the commit itself unless it `takes`."""
    real = sa.engine.default.DefaultDialect.do_commit

    def do_commit(dialect: Any, connection: Any) -> None:
        sqlite = dialect.name == "sqlite"
        asked = "PRAGMA database_list" if sqlite else "SELECT 0, 0, current_database()"
        cursor = connection.cursor()
        cursor.execute(asked)
        if cursor.fetchone()[2] != database:
            real(dialect, connection)
            return
        if takes:
            real(dialect, connection)
        else:
            dialect.do_rollback(connection)
        raise dialect.dbapi.OperationalError("the server closed the connection unexpectedly")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sa.engine.default.DefaultDialect, "do_commit", do_commit)
        yield


@contextmanager
def _agent_sqlite(_request: pytest.FixtureRequest, folder: Path) -> Iterator[Counterpart]:
    empty = folder / "empty.sqlite"
    empty.touch()
    with _agent_on(f"sqlite:///{folder / 'agent.sqlite'}", f"sqlite:///{empty}") as counterpart:
        yield counterpart


@contextmanager
def _agent_postgresql(request: pytest.FixtureRequest, _folder: Path) -> Iterator[Counterpart]:
    address: str = request.getfixturevalue("postgres_database")
    wrong = sa.make_url(address).set(username="nobody")
    with _agent_on(address, wrong.render_as_string(hide_password=False)) as counterpart:
        yield counterpart


COUNTERPARTS: dict[
    str, Callable[[pytest.FixtureRequest, Path], AbstractContextManager[Counterpart]]
] = {
    "solapi": _solapi,
    "nhn": _nhn,
    "practice": _practice,
    "agent": _agent_sqlite,
    "agent on postgresql": _agent_postgresql,
}
"""Stand-in by provider code; a word after the code names a further kind of the same."""
