"""A tax office with one made week by the real rules, plan and batch; every person is invented."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import partial
from pathlib import Path
from unittest.mock import patch

import httpx
import jinja2
import uvicorn
from fastapi import FastAPI
from jinja2.bccache import Bucket

from gongmu.app import open_house
from gongmu.core.house import House
from gongmu.core.people import People, Role
from gongmu.core.settings import Settings
from gongmu.messages.delivery import Delivery, Outgoing, Status
from gongmu.messages.ledger import Change, Ledger
from gongmu.messages.office import load_office
from gongmu.messages.pages import message_room
from gongmu.portal.app import make_portal
from gongmu.relief.batch import Batch, Batches
from gongmu.relief.events import Events, Found
from gongmu.relief.grant import CoOwner, Grant
from gongmu.relief.judging import Judging
from gongmu.relief.keeping import Keeping
from gongmu.relief.letter_desk import LetterDesk
from gongmu.relief.listing import SetAside
from gongmu.relief.lists import ListKind, ListRecord, Lists, ListState
from gongmu.relief.page_ground import batch_page, subject_page
from gongmu.relief.pages import relief_room
from gongmu.relief.planning import planned
from gongmu.relief.review import Question, Reason, Reviews
from tests.conftest import Ticking
from tests.portal.conftest import PASSWORD, QUICK

WEEK_ON = date(2026, 11, 16)
WEEK = "2026-W47"
EVENT = "e1" + "0" * 30
RUN = f"relief-notice-week/{WEEK}"
SHA = "ab" * 32
NAMES = ("가람솔", "나래빛", "다온결", "라온별", "마루한", "바다윤", "사랑해", "아름찬")
PHONE = "01000001230"
PLATE = "12가3450"
"""The first person's, by whom the tests look people up."""


@dataclass
class Office:
    """The portal over one open house, for tests that look behind the screen."""

    house: House
    app: FastAPI
    people: People
    clock: Ticking
    batch: Batch | None
    address: str = ""

    def did(self) -> list[str]:
        """Return the codes of the access record, oldest first."""
        return [entry.did for entry in self.house.audit.entries(limit=10_000)]


def grant(number: int, **changes: object) -> Grant:
    """A multi-child grant that lacks nothing."""
    made = Grant(
        grant_id=f"{number:02d}" + "c4" * 15,
        row_number=number + 3,
        tax_number=f"2026-0-{number:04d}",
        filed_on=date(2026, 11, 17),
        name=NAMES[number % len(NAMES)],
        birth="800101-1",
        is_company=False,
        person_key=f"k{number}",
        phone=f"0100000123{number}"[:11],
        address=f"경기도 연습시 연습로 {number}",
        postcode="01234",
        plate=f"12가345{number}",
        car_name="연습 카니발",
        kind="승용",
        seats=7,
        cc=1995,
        use="비영업용",
        fuel="휘발유",
        acquired_on=date(2026, 11, 12),
        registered_on=date(2026, 11, 13),
        cause="신조",
        tax_base_won=40_000_000,
        rate=Fraction(7, 100),
        base_tax_won=2_800_000,
        relief_code="022111",
        article="지특법§22의2①1가",
        relief_rate=Fraction(85, 100),
        relief_won=2_380_000,
        tax_due_won=420_000,
        electronic_notice=True,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def grants() -> list[Grant]:
    """A week: usual ones, a joint one, a company, no phone, unknown code, wrong sum, an EV."""
    disabled = {"article": "지특법§17①1가", "relief_code": "017111", "relief_won": 2_380_000}
    return [
        grant(0),
        grant(1, electronic_notice=None),
        grant(2, **disabled, co_owners=(CoOwner("하늘빛", Fraction(1, 100), "k9", "배우자"),)),
        grant(3, phone=""),
        grant(4, relief_code="999999", article=""),
        grant(5, relief_won=2_000_000),
        grant(6, article="지특법§66④", relief_code="066400", fuel="전기", seats=5, cc=None,
              relief_rate=None, relief_won=1_400_000, tax_due_won=1_400_000),
        grant(7, name="연습상사(주)", is_company=True, article="지특법§68①",
              relief_code="068100", relief_won=2_800_000, tax_due_won=0),
    ]  # fmt: skip


def make_week(house: House) -> Batch | None:
    """Take the week in as the run does: keep, judge, plan, freeze; return the batch."""
    kept = Keeping(house)
    week = grants()
    kept.keep_grants(WEEK_ON, SHA, week)
    Lists(house).keep(
        _record(len(week)), [SetAside(17, "취득일자", "날짜가 아닙니다.", "고치세요.")]
    )
    detail = "감면코드 '999999'이(가) 어느 조문인지 모릅니다."
    asked = [Question(week[4].grant_id, Reason.UNKNOWN_CODE, detail, mark="999999")]
    Reviews(house).raise_all(WEEK_ON, asked)
    Judging(house).decide(WEEK_ON, kept.ids_of(WEEK_ON))
    parts = planned(house, WEEK_ON)
    LetterDesk(house).keep(WEEK_ON, parts.letters)
    _add_events(house)
    return Batches(house).freeze(WEEK_ON, RUN, parts)


def _record(count: int) -> ListRecord:
    return ListRecord(
        sha256=SHA, week_on=WEEK_ON, kind=ListKind.RELIEF, source="file", state=ListState.READ,
        held_for="", accepted_by="", accepted_for="", rows_read=count + 4, rows_kept=count,
        rows_set_aside=1, rows_skipped=3, rows_outside=0, rows_new=count, rows_changed=0,
        read_at=datetime(2026, 11, 22, 0, 0, tzinfo=UTC),
    )  # fmt: skip


def _add_events(house: House) -> None:
    """A car sold within the year, with tax to file; and one that an officer has to look at."""
    sold = Found(
        event_id=EVENT, grant_id=grant(0).grant_id, kind="이전",
        happened_on=date(2026, 11, 20), list_sha256=SHA, row_number=5, status="due",
        reason="1년 안에 이전했습니다.", amount_won=2_380_000, filing_due_on=date(2027, 1, 19),
        facts={},
    )  # fmt: skip
    unclear = replace(
        sold, event_id="e2" + "0" * 30, grant_id=grant(1).grant_id, status="review",
        reason="넘겨받은 사람과의 관계를 모릅니다.", amount_won=None, filing_due_on=None,
    )  # fmt: skip
    Events(house).keep([sold, unclear])


class _Remembered(jinja2.BytecodeCache):
    """Keeps compiled templates between the many portals of one test process."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was kept of this very source."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


_KEPT = _Remembered()


def make_people(people: People) -> None:
    """김담당 drafts, 박결재 approves, 이감사 looks, 최교통 is of another department."""
    for account, name, role, department in (
        ("kim", "김담당", Role.WORK, "세정과"),
        ("park", "박결재", Role.APPROVE, "세정과"),
        ("lee", "이감사", Role.AUDIT, "감사담당관"),
        ("choi", "최교통", Role.WORK, "교통과"),
        ("jung", "정조회", Role.VIEW, "세정과"),
    ):
        people.create(account, name, [role], PASSWORD, department=department, by="test")


@contextmanager
def open_office(home: Path, *, made: Path | None = None, gateway: str = "") -> Iterator[Office]:
    """Open a house with the practice city's tax office and its pages.

    `made` is a home with the week in it, copied instead of making the week once more.
    """
    clock = Ticking()
    clock.now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday, 10:00 in Seoul
    if made is not None:
        shutil.copytree(made, home, dirs_exist_ok=True)
    settings = Settings(home=home, city="practice", gateway_address=gateway)
    with open_house(settings, clock) as house:
        people = People(house.engine, clock, hasher=QUICK)
        if made is None:
            make_people(people)
            make_week(house)
        found = Batches(house).of_week(WEEK_ON)
        rooms = [
            relief_room(house, people),
            message_room(house, "세정과", batch_page, subject_page),
        ]
        with patch("jinja2.Environment", partial(jinja2.Environment, bytecode_cache=_KEPT)):
            app = make_portal(people=people, audit=house.audit, rooms=rooms, city_name="연습시")
        yield Office(house, app, people, clock, found[0] if found else None)


def approved(office: Office) -> Delivery:
    """Hand in and approve the batch, and put its texts into the ledger; return the delivery."""
    batches, batch = Batches(office.house), office.batch
    assert batch is not None
    batches.hand_in(batch.batch_id, office.people.find("kim"))
    batches.approve(batch.batch_id, batch.hash, office.people.find("park"))
    delivery = Delivery(office.house)
    delivery.accept(batches.release(batch.batch_id))
    return delivery


@contextmanager
def serving_office(office: Office) -> Iterator[str]:
    """Serve an office's portal on loopback; gives its address."""
    config = uvicorn.Config(office.app, host="127.0.0.1", port=0, log_level="warning", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


def doubtful(office: Office) -> str:
    """Put one text into the ledger whose hand-over nobody knows the end of; return its key."""
    house = office.house
    Delivery(house).accept([Outgoing("k1", "w47", PHONE, "안내", "", "test")])
    ledger = Ledger(house.engine, house.vault, house.clock)
    gateway = load_office(house.city, house.settings).gateway
    day = WEEK_ON + timedelta(days=7)
    (one,) = ledger.claim("token", 1, "w47", day, gateway.provider.code, gateway.prices)
    ledger.answered([Change(one.key, Status.IN_DOUBT, "token", "timeout", "답이 오지 않음")])
    return one.key


@contextmanager
def visitor(office: Office, account: str) -> Iterator[httpx.Client]:
    """A program that behaves as a browser on our own pages."""
    headers = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
    with httpx.Client(base_url=office.address, headers=headers, timeout=60) as client:
        form = {"account": account, "password": PASSWORD}
        assert client.post("/sign-in", data=form).status_code == 303
        yield client
