"""A whole portal over the tiny city, in process and served to a real browser."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser
from pwdlib.hashers.argon2 import Argon2Hasher

from gongmu.bus.pages import bus_room
from gongmu.bus.warehouse import Warehouse
from gongmu.core.audit import Audit
from gongmu.core.database import open_database, upgrade
from gongmu.core.files import FileStore
from gongmu.core.people import People, Role
from gongmu.core.runs import Runs, Status
from gongmu.core.settings import Settings
from gongmu.core.vault import Vault
from gongmu.portal.app import make_portal
from gongmu.portal.run_pages import run_room
from gongmu.practice.loopback import serving as serving_site
from gongmu.practice.portals.model import ModelSite
from gongmu.robots.browser import open_browser
from tests.conftest import Ticking
from tests.portal.days import CITY, publish

if TYPE_CHECKING:
    from tests.portal.desks import Desks

PASSWORD = "푸른 하늘 은하수 1"
QUICK = Argon2Hasher(time_cost=1, memory_cost=1024, parallelism=1)
"""The real hash, made cheap: the tests sign in hundreds of times."""


@dataclass
class Portal:
    """The portal's parts, for tests that look behind the screen."""

    app: FastAPI
    engine: sa.Engine
    people: People
    audit: Audit
    runs: Runs
    files: FileStore
    clock: Ticking
    answers: list[str] = field(default_factory=list)

    def did(self) -> list[str]:
        """Return the codes of the access record, oldest first."""
        return [entry.did for entry in self.audit.entries()]


def open_portal(home: Path, published: bool = True) -> Portal:
    """Return a portal with three people and three runs."""
    clock = Ticking()
    engine = open_database(f"sqlite:///{home / 'gongmu.sqlite'}")
    upgrade(engine)
    people = People(engine, clock, hasher=QUICK)
    audit, runs = Audit(engine, clock), Runs(engine, clock)
    files = FileStore(home / "files", engine, Vault.open(Settings(home=home), engine), clock)
    people.create("kim", "김담당", [Role.WORK], PASSWORD, department="교통과", by="test")
    people.create("lee", "이조회", [Role.VIEW], PASSWORD, by="test")
    warehouse = Warehouse(home / "warehouse")
    if published:
        publish(warehouse)
    answers: list[str] = []
    rooms = [
        bus_room(warehouse, CITY, audit, clock),
        run_room(runs, lambda run, who, _: answers.append(f"{run} {who}"), files, audit, clock),
    ]
    app = make_portal(people=people, audit=audit, rooms=rooms, city_name=CITY.name)
    return Portal(app, engine, people, audit, runs, files, clock, answers)


def add_runs(runs: Runs) -> None:
    """Write down a run that waits for its person, one that failed and one that is done."""
    for day, status, message in (
        ("2026-11-18", Status.DONE, "2026. 11. 18. 분석을 펴냈습니다."),
        (
            "2026-11-19",
            Status.FAILED,
            "정산 포털의 비밀번호가 맞지 않습니다. → 관리자에게 알리세요.",
        ),
        ("2026-11-20", Status.WAITING, "휴대전화의 간편인증을 마친 뒤 아래 단추를 누르세요."),
    ):
        runs.start(f"bus-day/{day}", "bus-day", f"{day} 버스 하루")
        runs.note(f"bus-day/{day}", "BMS 포털에 로그인했습니다.", "ef" * 32)
        runs.change(f"bus-day/{day}", status, message, 12)


@dataclass(frozen=True)
class Served:
    """The portal at an address of this machine."""

    portal: Portal
    address: str

    @contextmanager
    def visitor(self, account: str = "") -> Iterator[httpx.Client]:
        """Give a program that behaves as a browser on our own pages, signed in if asked."""
        headers = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
        with httpx.Client(base_url=self.address, headers=headers, timeout=60) as client:
            if account:
                form = {"account": account, "password": PASSWORD}
                assert client.post("/sign-in", data=form).status_code == 303
            yield client


@contextmanager
def serving(portal: Portal) -> Iterator[Served]:
    """Serve a portal on loopback."""
    config = uvicorn.Config(portal.app, host="127.0.0.1", port=0, log_level="warning", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Served(portal, f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        thread.join(10)
        portal.engine.dispose()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Served]:
    """A portal of this test alone."""
    with serving(open_portal(tmp_path)) as served:
        yield served


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One portal for the tests that only look."""
    portal = open_portal(tmp_path_factory.mktemp("portal"))
    add_runs(portal.runs)
    with serving(portal) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser without a screen."""
    with open_browser() as opened:
        yield opened


# ------------------------------------------------------------ desks


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with desks, documents, laws and a draft in it, to be copied."""
    from tests.portal.desks import open_desks

    home = tmp_path_factory.mktemp("made")
    with open_desks(home):
        pass
    return home


@pytest.fixture
def desks(tmp_path: Path, made: Path) -> Iterator[Desks]:
    """Desks of this test alone, without a model."""
    from tests.portal.desks import open_desks
    from tests.portal.offices import serving_office

    with open_desks(tmp_path, made=made) as opened, serving_office(opened) as address:
        opened.address = address
        yield opened


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory, made: Path) -> Iterator[Desks]:
    """Desks for the tests that only look."""
    from tests.portal.desks import open_desks
    from tests.portal.offices import serving_office

    home = tmp_path_factory.mktemp("looked_at")
    with open_desks(home, made=made) as opened, serving_office(opened) as address:
        opened.address = address
        yield opened


@pytest.fixture(scope="module")
def modelled(tmp_path_factory: pytest.TempPathFactory, made: Path) -> Iterator[Desks]:
    """Desks with the practice model behind them."""
    from tests.portal.desks import open_desks
    from tests.portal.offices import serving_office

    home = tmp_path_factory.mktemp("modelled")
    with (
        serving_site(ModelSite()) as model,
        open_desks(home, made=made, model=f"{model}/v1") as opened,
        serving_office(opened) as address,
    ):
        opened.address = address
        yield opened
