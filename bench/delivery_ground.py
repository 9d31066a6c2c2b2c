"""Ground for the delivery benchmarks: a house, a gateway process, a PostgreSQL, texts to send."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gongmu.app import open_house
from gongmu.core.house import House
from gongmu.core.settings import Settings
from gongmu.messages.delivery import Outgoing

CAMPAIGN = "bench"
OPEN_AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
"""A Tuesday at 10:00 in Seoul: the benchmarks' clocks begin there and run on."""


def shift_now() -> float:
    """Return the seconds that bring this computer's clock to OPEN_AT."""
    return (OPEN_AT - datetime.now(UTC)).total_seconds()


@contextmanager
def house_at(home: Path, url: str, gateway: str, shift: float) -> Iterator[House]:
    """Open an installation whose clock is shifted into the sending hours."""
    home.mkdir(exist_ok=True, parents=True)
    settings = Settings(home=home, database_url=url, gateway_address=gateway)
    with open_house(settings, lambda: datetime.now(UTC) + timedelta(seconds=shift)) as house:
        yield house


def with_gateway(house: House, **options: object) -> House:
    """Return the house with other values in its [messages.gateway] section."""
    gateway = {**house.city.messages["gateway"], **options}
    city = dataclasses.replace(house.city, messages={**house.city.messages, "gateway": gateway})
    return dataclasses.replace(house, city=city)


def texts(count: int) -> list[Outgoing]:
    """Return invented texts to numbers that belong to nobody."""
    return [
        Outgoing(
            key=f"bench-{number:06d}",
            campaign=CAMPAIGN,
            phone=f"0100000{number % 1000:04d}" if number % 1000 not in FAILING else "01000009999",
            text=f"[연습시 세정과] 연습 문자 {number}번입니다. 문의 031-000-2000",
            subject="",
            about=f"case-{number}",
        )
        for number in range(count)
    ]


FAILING = {404, 405, 503, 509}


@contextmanager
def gateway_process(faults: dict[str, object], seed: int = 7) -> Iterator[str]:
    """Run the practice gateway as its own process; gives its address."""
    command = [sys.executable, "-m", "gongmu.practice.portals.gateway", "--seed", str(seed)]
    process = subprocess.Popen(
        [*command, "--faults", json.dumps(faults)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()


@contextmanager
def postgres() -> Iterator[str]:
    """Give an empty PostgreSQL: GONGMU_TEST_POSTGRES, or a server of our own with fsync on."""
    if given := os.environ.get("GONGMU_TEST_POSTGRES"):
        yield given
        return
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found and not folders:
        sys.exit("PostgreSQL 프로그램(initdb)이 이 컴퓨터에 없습니다.")
    tools = Path(found or folders[-1]).parent
    folder = Path(tempfile.mkdtemp(prefix="gongmu-bench-pg-"))
    account = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    if account:
        shutil.chown(folder, **account)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(tools / program), "-D", str(folder / "data"), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            cwd=folder,
            **account,  # type: ignore[call-overload]
        )

    run("initdb", "-A", "trust", "-U", "gongmu", "-E", "UTF8", "--no-locale")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
    run("pg_ctl", "-w", "-l", str(folder / "server.log"), "-o", options, "start")
    try:
        yield f"postgresql+psycopg://gongmu@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
