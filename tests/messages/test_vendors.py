"""What only one vendor does, and what its documents leave open."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from gongmu.core.errors import Ambiguous, Refused, Transient
from gongmu.messages.provider import Connection, Kind, Known, Line, Outcome, Parcel, all_providers
from gongmu.messages.providers import solapi
from gongmu.messages.providers._agent_table import Layout, layout_of, shipped
from gongmu.messages.providers._exchange import Exchange, plain
from gongmu.practice.agent import PracticeAgent
from gongmu.practice.portals.nhn import NhnSite
from gongmu.practice.portals.solapi import SolapiSite
from gongmu.practice.portals.texting import Desk
from tests.messages.counterparts import SECRETS, Stage, running_stage, secret_of

SENDER = "0310002000"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """One server for all tests of this file."""
    with running_stage() as stage:
        yield stage


def parcel(reference: str, phone: str = "01000007777") -> Parcel:
    return Parcel(reference, phone, SENDER, Kind.SMS, "", "[연습시 세정과] 안내")


@contextmanager
def opened(code: str, address: str, **options: object) -> Iterator[Connection]:
    """Open a provider's line at `address`."""
    connection = all_providers()[code].open(Line(address, secret_of(SECRETS), 5.0, options))
    try:
        yield connection
    finally:
        connection.close()


class FixedSite:
    """Answers everything with one response."""

    def __init__(self, response: Response) -> None:
        self.desk = Desk()
        self._response = response

    def app(self) -> Starlette:
        """Return the application."""
        route = Route("/{path:path}", lambda _request: self._response, methods=["GET", "POST"])
        return Starlette(routes=[route])


class TestExchange:
    """What may be believed of an answer."""

    @pytest.mark.parametrize(
        ("response", "kind"),
        [
            (HTMLResponse("<h1>망 사용 로그인</h1>"), Ambiguous),
            (RedirectResponse("/login"), Ambiguous),
            (HTMLResponse("gateway timeout", 504), Ambiguous),
            (JSONResponse({}, 408), Ambiguous),
            (JSONResponse(["not", "an", "object"]), Ambiguous),
            (HTMLResponse("bad request", 400), Refused),
            (HTMLResponse("slow down", 429), Transient),
        ],
    )
    @pytest.mark.parametrize("code", ["solapi", "nhn"])
    def test_only_a_clear_answer_is_believed(
        self, stage: Stage, code: str, response: Response, kind: type[Exception]
    ) -> None:
        with opened(code, stage.show(FixedSite(response))) as connection:
            with pytest.raises(kind):
                connection.send([parcel("one")])
            # Asking changes nothing, so an unclear answer to a question is merely asked again.
            asked = Refused if kind is Refused else Transient
            with pytest.raises(asked):
                connection.look_up(["one"])

    def test_an_answer_that_trickles_in_is_given_up_in_time(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as door:
            threading.Thread(target=_trickle, args=(door,), daemon=True).start()
            line = Exchange("연습", f"http://127.0.0.1:{door.getsockname()[1]}", 0.3)
            started = time.monotonic()
            with pytest.raises(Ambiguous):
                line.hand_over("/", {"text": "글"}, {})
            assert time.monotonic() - started < 2.0
            line.close()

    def test_texts_leave_this_machine_only_encrypted(self) -> None:
        for address in ("http://api.example.com", "ftp://127.0.0.1", "nonsense", ""):
            with pytest.raises(Refused, match="https"):
                Exchange("연습", address, 1.0)

    def test_a_code_that_may_be_a_phone_is_not_repeated(self) -> None:
        codes = ("1062", "-2019", "E915", "InvalidAPIKey", "01000007777", "a b", "", "가")
        assert [plain(one) for one in codes] == [*codes[:4], "?", "?", "?", "?"]


def _trickle(door: socket.socket) -> None:
    visitor, _ = door.accept()
    visitor.recv(65536)
    visitor.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{")
    for _ in range(200):
        time.sleep(0.05)
        try:
            visitor.sendall(b" ")
        except OSError:
            return


class TestSolapi:
    """Solapi: signatures, and a list that cannot be asked by our reference."""

    def test_a_clock_that_is_wrong_is_refused(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        late = datetime.now(UTC) - timedelta(minutes=16)
        monkeypatch.setattr(solapi, "system_clock", lambda: late)
        with (
            opened("solapi", stage.show(SolapiSite())) as connection,
            pytest.raises(Refused, match="RequestTimeTooSkewed") as caught,
        ):
            connection.send([parcel("late")])
        assert "시계" in caught.value.todo

    def test_a_signature_is_good_for_one_request(self, stage: Stage) -> None:
        address = stage.show(SolapiSite())
        keys = (SECRETS["solapi.api_key"], SECRETS["solapi.api_secret"])
        header = solapi.authorization(*keys, datetime.now(UTC), "0" * 32)
        asked = [
            httpx.get(f"{address}/messages/v4/list", headers={"Authorization": header})
            for _ in range(2)
        ]
        assert [one.status_code for one in asked] == [200, 403]
        assert asked[1].json()["errorCode"] == "DuplicatedSignature"

    def test_the_whole_list_is_walked_before_a_text_counts_as_not_taken(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(solapi, "PAGE", 10)
        address = stage.show(SolapiSite())
        with opened("solapi", address) as connection:
            for start in (0, 20):
                connection.send([parcel(f"r{n}") for n in range(start, start + 20)])
        with opened("solapi", address) as connection:
            found = connection.look_up(["r0", "r39", "never"])
        assert found == {"r0": Known.TAKEN, "r39": Known.TAKEN, "never": Known.NOT_TAKEN}
        monkeypatch.setattr(solapi, "PAGES", 2)
        with opened("solapi", address) as connection:
            cut = connection.look_up(["r0", "r39", "never"])
        assert cut["r39"] is Known.TAKEN
        assert (cut["r0"], cut["never"]) == (Known.CANNOT_TELL, Known.CANNOT_TELL)

    def test_what_lies_before_the_look_back_is_not_seen(self, stage: Stage) -> None:
        site = SolapiSite()
        address = stage.show(site)
        with opened("solapi", address) as connection:
            connection.send([parcel("old")])
        next(iter(site.desk.held.values())).taken -= 3 * 86_400
        for days, known in ((2, Known.NOT_TAKEN), (4, Known.TAKEN)):
            with opened("solapi", address, look_back_days=days) as connection:
                assert connection.look_up(["old"])["old"] is known

    def test_a_failure_without_our_field_is_told_by_its_phone_if_that_is_certain(
        self, stage: Stage
    ) -> None:
        row = {"to": "01000000001", "statusCode": "1060", "messageId": "M1"}
        good = {"statusCode": "2000", "messageId": "M2", "customFields": {"reference": "good"}}
        body = {"failedMessageList": [row], "messageList": [good], "groupInfo": {}}
        good_one = parcel("good", "01000000002")
        with opened("solapi", stage.show(FixedSite(JSONResponse(body)))) as connection:
            told = connection.send([parcel("bad", "01000000001"), good_one])
            assert [(one.accepted, one.code) for one in told] == [(False, "1060"), (True, "2000")]
            same = [parcel("bad", "01000000001"), parcel("bad2", "01000000001"), good_one]
            with pytest.raises(Ambiguous):
                connection.send(same)

    @pytest.mark.parametrize(
        ("code", "outcome"),
        [("1999", Outcome.FAILED), ("3999", Outcome.FAILED), ("5000", Outcome.PENDING)],
    )
    def test_a_code_of_tomorrow_is_understood_by_its_class(
        self, code: str, outcome: Outcome
    ) -> None:
        assert solapi.outcome_of(code)[0] is outcome


class TestNhn:
    """NHN Cloud: codes of the interface."""

    @pytest.mark.parametrize(
        ("code", "kind"),
        [(-9999, Ambiguous), (-2021, Ambiguous), (-1004, Refused), (-2312, Refused), (4, Refused)],
    )
    def test_an_error_inside_the_vendor_leaves_doubt_and_others_do_not(
        self, stage: Stage, code: int, kind: type[Exception]
    ) -> None:
        address = stage.show(FixedSite(_nhn_says(code)))
        with opened("nhn", address) as connection, pytest.raises(kind):
            connection.send([parcel("one")])

    def test_a_text_that_cannot_be_sent_fails_alone(self, stage: Stage) -> None:
        with opened("nhn", stage.show(FixedSite(_nhn_says(-2023)))) as connection:
            (told,) = connection.send([parcel("one")])
        assert (told.accepted, told.code) == (False, "-2023")
        assert "글자" in told.reason

    def test_the_list_is_asked_month_by_month(self, stage: Stage) -> None:
        site = NhnSite()
        address = stage.show(site)
        with opened("nhn", address) as connection:
            connection.send([parcel("old")])
        next(iter(site.desk.held.values())).taken -= 70 * 86_400
        for days, known in ((60, Known.NOT_TAKEN), (84, Known.TAKEN)):
            with opened("nhn", address, look_back_days=days) as connection:
                assert connection.look_up(["old"])["old"] is known


def _nhn_says(code: int) -> Response:
    header = {"isSuccessful": False, "resultCode": code, "resultMessage": "practice"}
    return JSONResponse({"header": header})


class TestAgent:
    """Database agents: the table is the hand-over."""

    @pytest.fixture
    def agent(self, database_url: str) -> Iterator[PracticeAgent]:
        """A practice agent on either database."""
        if database_url.startswith("sqlite"):
            Path(sa.make_url(database_url).database or "").parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(database_url)
        agent = PracticeAgent(engine)
        agent.create_tables()
        yield agent
        engine.dispose()

    def test_repeats_meet_their_row_while_the_agent_takes_and_moves_rows(
        self, agent: PracticeAgent
    ) -> None:
        """Three senders repeat the same references all the time; each goes out once."""
        parcels = [parcel(f"r{n}") for n in range(12)]
        address = agent.engine.url.render_as_string(hide_password=False)

        def repeat(_: int) -> None:
            with opened("agent", address) as connection:
                for _ in range(8):
                    assert all(one.accepted for one in connection.send(parcels))

        with agent.running(pause_seconds=0.001), ThreadPoolExecutor(3) as senders:
            list(senders.map(repeat, range(3)))
        while agent.step():
            pass
        keys = [one.reference for one in agent.desk.journal]
        assert sorted(keys) == sorted(str(layout_of({}).key_of(one.reference)) for one in parcels)

    def test_a_table_with_other_columns_is_refused_and_nothing_stays(
        self, agent: PracticeAgent
    ) -> None:
        address = agent.engine.url.render_as_string(hide_password=False)
        for table in (
            {"always": {}},  # a column that must not be empty
            {"sender": "no_such_column"},
            {"send_table": "no_such_table"},
        ):
            with (
                opened("agent", address, table=table) as connection,
                pytest.raises(Refused) as caught,
            ):
                connection.send([parcel("one"), parcel("two")])
            assert caught.value.code == "agent_table_mismatch"
        with opened("agent", address) as connection:
            assert connection.look_up(["one"])["one"] is Known.NOT_TAKEN

    def test_the_log_of_an_earlier_month_counts(self, agent: PracticeAgent) -> None:
        address = agent.engine.url.render_as_string(hide_password=False)
        with opened("agent", address) as connection:
            connection.send([parcel("old")])
            with agent.engine.begin() as writer:
                day = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=62)
                writer.execute(sa.update(agent.send_table).values(reserve_date=day))
            while agent.step():
                pass
            assert connection.look_up(["old"])["old"] is Known.TAKEN
            assert connection.send([parcel("old")])[0].accepted
        assert (agent.step(), len(agent.desk.journal)) == (0, 1)

    def test_the_password_comes_from_the_vault(self, tmp_path: Path) -> None:
        asked: list[str] = []

        def secret(name: str) -> str:
            asked.append(name)
            return "사람만-아는-비밀"

        line = Line(
            "postgresql+psycopg://sms@127.0.0.1:1/sms",
            secret,
            1.0,
            {"password_secret": "agent.password"},
        )
        connection = all_providers()["agent"].open(line)
        with pytest.raises(Transient) as caught:
            connection.look_up(["one"])
        assert asked == ["agent.password"]
        assert "사람만" not in f"{vars(connection)} {caught.value!r} {caught.value.__context__!r}"
        connection.close()


class TestLayouts:
    """Tables of the agents as data."""

    @pytest.fixture(params=sorted(shipped().keys() - {"reasons"}))
    def layout(self, request: pytest.FixtureRequest) -> str:
        """The name of a layout that comes with the product."""
        name: str = request.param
        return name

    def test_a_row_goes_in_and_its_result_comes_back(self, layout: str, tmp_path: Path) -> None:
        names = layout_of({"layout": layout})
        engine, table = _made_table(names, tmp_path / "agent.sqlite")
        with opened("agent", str(engine.url), layout=layout) as connection:
            (told,) = connection.send([parcel("one")])
            assert told.accepted
            for code, outcome in (
                (names.delivered[0], Outcome.DELIVERED),
                ("3001", Outcome.FAILED),
            ):
                with engine.begin() as agent:
                    values = {names.status: names.done[0], names.result: code}
                    agent.execute(sa.update(table).values(values))
                (receipt,) = connection.receipts(["one"])
                assert (receipt.outcome, receipt.code) == (outcome, code)
        engine.dispose()

    def test_another_text_under_our_key_is_told_apart_where_the_reference_is_kept(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        names = layout_of({"layout": "ums_msg"})
        engine, _table = _made_table(names, tmp_path / "agent.sqlite")
        monkeypatch.setattr(Layout, "key_of", lambda _layout, _reference: "SAMEKEY")
        with opened("agent", str(engine.url), layout="ums_msg") as connection:
            assert connection.send([parcel("mine")])[0].accepted
            assert connection.send([parcel("mine")])[0].accepted
            (other,) = connection.send([parcel("other")])
        assert (other.accepted, other.code) == (False, "KEY")
        engine.dispose()

    def test_keys_fit_their_column_and_never_change(self, layout: str) -> None:
        names = layout_of({"layout": layout})
        references = [f"relief-2026-W47-{number:024d}" for number in range(2000)]
        keys = [names.key_of(one) for one in references]
        assert len(set(keys)) == len(references)
        assert keys == [names.key_of(one) for one in references]
        assert all(len(str(key)) <= names.key_length for key in keys)

    @pytest.mark.parametrize(
        "options",
        [
            {"layout": "no_such"},
            {"table": {"send_table": "t; drop table people"}},
            {"table": {"no_such_key": "x"}},
            {"table": {"key_length": 400}},
            {"table": "k_message"},
        ],
    )
    def test_a_layout_that_cannot_be_is_refused(self, options: Mapping[str, Any]) -> None:
        with pytest.raises(Refused, match="도시 파일"):
            layout_of(options)


def _made_table(names: Layout, path: Path) -> tuple[sa.Engine, sa.Table]:
    """Return a database with a send table of the layout's names."""
    engine = sa.create_engine(f"sqlite:///{path}")
    key: sa.types.TypeEngine[Any] = (
        sa.BigInteger() if names.key_form == "number" else sa.String(names.key_length)
    )
    others: Sequence[str] = [
        *(names.phone, names.sender, names.text, names.kind, names.status, names.send_at),
        *(names.result, names.result_at, names.subject, names.reference),
        *(*names.also_at, *names.always),
    ]
    columns = [sa.Column(one, sa.String) for one in sorted({*others} - {""})]
    table = sa.Table(
        names.send_table, sa.MetaData(), sa.Column(names.key, key, primary_key=True), *columns
    )
    table.create(engine)
    return engine, table
