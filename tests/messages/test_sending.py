"""The sending workflow against the practice gateway over HTTP, and what it leaves behind."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from gongmu.app import open_house
from gongmu.cli.message import app as message_app
from gongmu.core.errors import Refused, Transient
from gongmu.core.house import House
from gongmu.core.runs import Status as RunStatus
from gongmu.core.settings import Settings
from gongmu.core.workflow import wait_until, working
from gongmu.messages.delivery import Delivery, Status
from gongmu.messages.sending import Sending
from gongmu.practice.loopback import serving
from gongmu.practice.portals.gateway import GATEWAY_KEY, GatewayFaults, GatewaySite
from tests.conftest import Ticking
from tests.messages.houses import MONDAY_TEN, outgoing

PHONE, NAME = "01000007531", "홍길순표식"


@pytest.fixture
def site() -> GatewaySite:
    return GatewaySite(GatewayFaults(receipt_seconds=0.0))


@pytest.fixture
def gateway(site: GatewaySite) -> Iterator[str]:
    with serving(site) as address:
        yield address


@pytest.fixture
def open_now(settings: Settings, gateway: str, clock: Ticking) -> Iterator[House]:
    clock.now += MONDAY_TEN
    own = settings.model_copy(update={"gateway_address": gateway})
    with open_house(own, clock) as house:
        house.vault.put_secret("gateway.key", GATEWAY_KEY, by="test")
        yield house


def _done(house: House, run_id: str) -> bool:
    run = house.runs.find(run_id)
    return run is not None and run.status in (RunStatus.DONE, RunStatus.FAILED, RunStatus.HELD)


def test_a_campaign_is_sent_to_its_end_and_leaves_no_personal_data(
    open_now: House, site: GatewaySite, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    house = open_now
    # The log of this test's own server holds what citizens get; the house's must not.
    sending = Sending(house, wait_seconds=0.2)
    text = f"[연습시 세정과] {NAME}님 안내"
    messages = [outgoing(n, phone=PHONE, text=f"{text} {n}") for n in range(30)]
    messages.append(outgoing(99, phone="01000000404", text=f"{text} 99"))
    sending.delivery.accept(messages)
    with working(house.settings, house.engine):
        run_id = sending.start("w47")
        sending.start("w47")
        assert wait_until(lambda: _done(house, run_id), every_seconds=0.1, timeout_seconds=60)
    run = house.runs.find(run_id)
    assert run is not None
    assert (run.status, run.message) == (RunStatus.DONE, "도착 30, 실패 1")
    [failed] = sending.delivery.failures("w47")
    assert (failed.reason, failed.unreachable) == ("없는 번호", True)
    assert len(site.desk.journal) == 31
    said = caplog.text + json.dumps([step.text for step in house.runs.steps(run_id)])
    _nothing_left(house, said)


def _nothing_left(house: House, said: str) -> None:
    masks = [word.encode() for word in (PHONE, "0000-7531", NAME, "010-0000-7531")]
    # Workflow inputs and outputs are pickled in base64, so what it would look like is sought too.
    assert not [mask for mask in masks if mask in said.encode()]
    inspector = sa.inspect(house.engine)
    schemas = [None, "dbos"] if "dbos" in inspector.get_schema_names() else [None]
    with house.engine.connect() as connection:
        for schema in schemas:
            for table in inspector.get_table_names(schema=schema):
                named = f"{schema}.{table}" if schema else f'"{table}"'
                rows = connection.execute(sa.text(f"SELECT * FROM {named}"))  # noqa: S608
                for row in rows:
                    _clean(row, masks, table)
    for path in Path(house.settings.home).rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not [mask for mask in masks if mask in data], path


def _clean(row: sa.Row[tuple[object, ...]], masks: list[bytes], table: str) -> None:
    for value in row:
        data = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
        shown = [data]
        with suppress(binascii.Error, ValueError):
            shown.append(base64.b64decode(data, validate=True))
        assert not [mask for mask in masks for one in shown if mask in one], table


def test_outside_the_hours_the_campaign_waits_and_says_until_when(
    open_now: House, site: GatewaySite, clock: Ticking
) -> None:
    clock.pass_(hours=9)
    sending = Sending(open_now)
    sending.delivery.accept([outgoing(1)])
    sending._begin("message-sending/w47", "w47")
    until = (clock() + timedelta(hours=72)).isoformat()
    stand = sending._pass("message-sending/w47", "w47", until)
    assert stand["sleep_seconds"] == 14 * 3600
    assert not stand["done"]
    run = open_now.runs.find("message-sending/w47")
    assert run is not None
    assert "11월 24일 09:00" in run.message
    assert not site.desk.journal


def test_a_missing_key_holds_the_campaign_with_a_clear_sentence(
    open_now: House, clock: Ticking
) -> None:
    sending = Sending(open_now)
    open_now.vault.put_secret("gateway.key", "wrong", by="test")
    sending.delivery.accept([outgoing(1)])
    sending._begin("message-sending/w47", "w47")
    stand = sending._pass("message-sending/w47", "w47", clock().isoformat())
    assert not stand["done"]
    run = open_now.runs.find("message-sending/w47")
    assert run is not None
    assert run.status is RunStatus.HELD
    assert "인증을 거절" in run.message


def test_after_three_days_a_sent_one_is_reported_as_unconfirmed(
    open_now: House, site: GatewaySite, clock: Ticking
) -> None:
    site.faults.receipt_seconds = 3600.0
    sending = Sending(open_now)
    sending.delivery.accept([outgoing(1)])
    until = sending._begin("message-sending/w47", "w47")
    assert not sending._pass("message-sending/w47", "w47", until)["done"]
    clock.pass_(hours=72, minutes=1)
    assert sending._pass("message-sending/w47", "w47", until)["done"]
    assert "결과 미확인 1통" in sending._end("message-sending/w47", "w47")
    assert sending.delivery.progress("w47").unconfirmed_count == 1


def test_the_tick_sends_what_no_campaign_waits_for_any_more(
    open_now: House, site: GatewaySite
) -> None:
    sending = Sending(open_now)
    sending.delivery.accept([outgoing(1), outgoing(2, campaign="w40")])
    assert sending._tick() == ""
    assert sending.delivery.progress().count(Status.DELIVERED) == 2
    assert len(site.desk.journal) == 2


def test_a_busy_gateway_is_waited_for(open_now: House, site: GatewaySite) -> None:
    site.faults.per_second = 40
    delivery = Delivery(_with_batch(open_now, 10))
    delivery.accept([outgoing(n) for n in range(100)])
    started = time.monotonic()
    while delivery.progress().count(Status.QUEUED):
        try:
            delivery.send_due()
        except Transient:
            time.sleep(0.2)
    assert time.monotonic() - started > 1.0
    assert len(site.desk.journal) == 100


def _with_batch(house: House, size: int) -> House:
    gateway = {**house.city.messages["gateway"], "batch_size": size}
    messages = {**house.city.messages, "gateway": gateway}
    return dataclasses.replace(house, city=dataclasses.replace(house.city, messages=messages))


def test_the_practice_phone_shows_what_citizens_received(open_now: House, gateway: str) -> None:
    delivery = Delivery(open_now)
    delivery.accept([outgoing(1, phone=PHONE, text="안내 & 드립니다")])
    with pytest.raises(Refused, match="1번째 글자부터 채우지 않은"):
        delivery.accept([outgoing(2, text="<이름>님")])
    delivery.send_due()
    page = httpx.get(f"{gateway}/phone", params={"number": "010-0000-7531"}).text
    assert "안내 &amp; 드립니다" in page
    assert PHONE in page
    assert "받은 문자가 없습니다" in httpx.get(f"{gateway}/phone?number=01099999999").text


def test_the_command_counts_bytes_and_names_what_cannot_be_sent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run = CliRunner().invoke
    good = run(message_app, ["bytes", "가나다", "--json"])
    assert good.exit_code == 0
    assert json.loads(good.stdout)["bytes"] == 6
    bad = run(message_app, ["bytes", "장애인・유공자"])
    assert bad.exit_code == 1
    assert "4번째 글자 '・'" in bad.stdout
    monkeypatch.setenv("GONGMU_HOME", str(tmp_path))
    stopped = run(message_app, ["stop", "--reason", "문구가 틀림"])
    assert stopped.exit_code == 0
    assert "문구가 틀림" in run(message_app, ["status"]).stdout
    assert run(message_app, ["resume", "--reason", "고침"]).exit_code == 0
    assert json.loads(run(message_app, ["status", "--json"]).stdout)["stopped"] == ""
    assert "불확실한 문자가 없습니다" in run(message_app, ["doubt"]).stdout
    shown = json.loads(run(message_app, ["providers", "--json"]).stdout)
    practice = next(one for one in shown if one["code"] == "practice")
    assert practice["chosen"]
    assert practice["secrets"] == {"gateway.key": False}
