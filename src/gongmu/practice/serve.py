"""Serves the two practice sites on loopback, in threads, until told to stop."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from gongmu.practice.portals.bms import BmsSite
from gongmu.practice.portals.card import CardSite
from gongmu.practice.portals.site import LOOPBACK, Account, Faults, Site

BMS_PORT = 8701
CARD_PORT = 8702
PRACTICE_ACCOUNT = Account()
"""Id and password of both sites; practice only, so they are no secret."""
PRACTICE_SECRETS = {
    "bms.id": PRACTICE_ACCOUNT.user_id,
    "bms.password": PRACTICE_ACCOUNT.password,
    "card.id": PRACTICE_ACCOUNT.user_id,
    "card.password": PRACTICE_ACCOUNT.password,
}
"""What the robots' secrets hold when they practise: secret name to value."""

_START_SECONDS = 20.0


@dataclass(frozen=True)
class Portals:
    """The addresses of the running sites and the faults that may be switched meanwhile."""

    bms_address: str
    card_address: str
    phone_address: str
    bms_faults: Faults
    card_faults: Faults


@contextmanager
def running(
    directory: Path,
    bms_port: int = 0,
    card_port: int = 0,
    host: str = LOOPBACK,
    *,
    account: Account = PRACTICE_ACCOUNT,
    bms_faults: Faults | None = None,
    card_faults: Faults | None = None,
) -> Iterator[Portals]:
    """Serve `directory`/outside while the block runs; port 0 takes a free one.

    Raises ValueError for an address other than loopback and OSError for a taken port.
    """
    if host != LOOPBACK:
        raise ValueError(f"연습 사이트는 {LOOPBACK} 에서만 열 수 있습니다: {host}")
    outside = directory / "outside"
    bms = BmsSite(outside / "bms", account, bms_faults)
    card = CardSite(outside / "card", account, card_faults)
    with ExitStack() as stack:
        bms_address = stack.enter_context(_served(bms, bms_port))
        card_address = stack.enter_context(_served(card, card_port))
        phone = f"{card_address}/phone"
        yield Portals(bms_address, card_address, phone, bms.faults, card.faults)


def serve(
    directory: Path,
    bms_port: int = BMS_PORT,
    card_port: int = CARD_PORT,
    host: str = LOOPBACK,
    *,
    say: Callable[[str], None] = print,
) -> None:
    """Serve both sites until Ctrl-C or SIGTERM; `say` gets the addresses as Korean lines."""
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with running(directory, bms_port, card_port, host) as portals:
        say(f"BMS 연습 사이트: {portals.bms_address}")
        say(f"카드 정산 연습 사이트: {portals.card_address}")
        say(f"담당자 휴대전화(인증 승인): {portals.phone_address}")
        say(f"연습 계정: {PRACTICE_ACCOUNT.user_id} / {PRACTICE_ACCOUNT.password}")
        while not stop.wait(0.5):
            pass


@contextmanager
def _served(site: Site, port: int) -> Iterator[str]:
    """Run one site in a thread and yield its address; stops it gracefully at the end."""
    with socket.create_server((LOOPBACK, port)) as door:
        address = f"http://{LOOPBACK}:{door.getsockname()[1]}"
        config = uvicorn.Config(
            site.app(),
            log_level="error",
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        try:
            _wait_until_started(server, thread)
            yield address
        finally:
            server.should_exit = True
            thread.join(timeout=_START_SECONDS)


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    pause = threading.Event()
    for _ in range(int(_START_SECONDS / 0.02)):
        if server.started:
            return
        if not thread.is_alive():
            break
        pause.wait(0.02)
    raise OSError("the practice site did not start")
