"""Serves the practice sites on loopback, in threads, until told to stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gongmu.practice.loopback import Served, Server
from gongmu.practice.portals.bms import BmsSite
from gongmu.practice.portals.card import CardSite
from gongmu.practice.portals.gateway import GATEWAY_KEY, GatewayFaults, GatewaySite
from gongmu.practice.portals.model import ModelFaults, ModelSite
from gongmu.practice.portals.site import LOOPBACK, Account, Faults
from gongmu.practice.portals.statutes import PRACTICE_OC, StatuteFaults, StatuteSite
from gongmu.practice.portals.tax import Certificate, TaxSite

BMS_PORT = 8701
CARD_PORT = 8702
TAX_PORT = 8703
GATEWAY_PORT = 8704
MODEL_PORT = 8705
STATUTE_PORT = 8706
PRACTICE_ACCOUNT = Account()
"""Id and password of all sites; practice only, so they are no secret."""
PRACTICE_SECRETS = {
    "bms.id": PRACTICE_ACCOUNT.user_id,
    "bms.password": PRACTICE_ACCOUNT.password,
    "card.id": PRACTICE_ACCOUNT.user_id,
    "card.password": PRACTICE_ACCOUNT.password,
    "local_tax.id": PRACTICE_ACCOUNT.user_id,
    "local_tax.password": PRACTICE_ACCOUNT.password,
    "gateway.key": GATEWAY_KEY,
    "statutes.oc": PRACTICE_OC,
}
"""What the robots' secrets hold when they practise: secret name to value."""
PRACTICE_CERTIFICATE = Certificate()
"""What the officer chooses and types in the certificate window; no robot knows it."""


@dataclass(frozen=True)
class Portals:
    """The addresses of the running sites and the faults that may be switched meanwhile."""

    bms_address: str
    card_address: str
    phone_address: str
    bms_faults: Faults
    card_faults: Faults
    tax_address: str
    certificate_address: str
    """The certificate window of the local-tax system, on the officer's own screen."""
    tax_faults: Faults
    gateway_address: str
    gateway_faults: GatewayFaults
    model_address: str
    """An OpenAI-compatible endpoint, ".../v1"; models are named practice-honest and the like."""
    model: ModelSite
    """The model itself: its faults, and every body it received."""
    statute_address: str
    """The law service; its program is asked under `/DRF`."""
    statute: StatuteSite
    """The law service itself: its bad days, and every call."""


@contextmanager
def running(
    directory: Path,
    bms_port: int = 0,
    card_port: int = 0,
    host: str = LOOPBACK,
    *,
    tax_port: int = 0,
    account: Account = PRACTICE_ACCOUNT,
    bms_faults: Faults | None = None,
    card_faults: Faults | None = None,
    tax_faults: Faults | None = None,
    gateway_port: int = 0,
    gateway_faults: GatewayFaults | None = None,
    model_port: int = 0,
    model_faults: ModelFaults | None = None,
    statute_port: int = 0,
    statute_faults: StatuteFaults | None = None,
) -> Iterator[Portals]:
    """Serve `directory`/outside while the block runs; port 0 takes a free one.

    Raises ValueError for an address other than loopback and OSError for a taken port.
    """
    if host != LOOPBACK:
        raise ValueError(f"연습 사이트는 {LOOPBACK} 에서만 열 수 있습니다: {host}")
    outside = directory / "outside"
    bms = BmsSite(outside / "bms", account, bms_faults)
    card = CardSite(outside / "card", account, card_faults)
    tax = TaxSite(outside / "tax", account, tax_faults, PRACTICE_CERTIFICATE)
    gateway = GatewaySite(gateway_faults)
    model = ModelSite(model_faults)
    statute = StatuteSite(statute_faults)
    servers: list[Server] = []
    try:
        sites: tuple[tuple[Served, int], ...]
        sites = ((bms, bms_port), (card, card_port), (tax, tax_port), (gateway, gateway_port))
        sites += ((model, model_port), (statute, statute_port))
        for site, port in sites:
            servers.append(Server(site, port))
            servers[-1].start()
        addresses = (one.address for one in servers)
        bms_address, card_address, tax_address, gateway_address, *rest = addresses
        model_address, statute_address = rest
        yield Portals(
            bms_address=bms_address,
            card_address=card_address,
            phone_address=f"{card_address}/phone",
            bms_faults=bms.faults,
            card_faults=card.faults,
            tax_address=tax_address,
            certificate_address=f"{tax_address}/certificate",
            tax_faults=tax.faults,
            gateway_address=gateway_address,
            gateway_faults=gateway.faults,
            model_address=f"{model_address}/v1",
            model=model,
            statute_address=statute_address,
            statute=statute,
        )
    finally:
        for server in servers:
            server.should_exit = True
        for server in servers:
            server.stop()


def serve(
    directory: Path,
    bms_port: int = BMS_PORT,
    card_port: int = CARD_PORT,
    host: str = LOOPBACK,
    *,
    tax_port: int = TAX_PORT,
    gateway_port: int = GATEWAY_PORT,
    model_port: int = MODEL_PORT,
    statute_port: int = STATUTE_PORT,
    say: Callable[[str], None] = print,
) -> None:
    """Serve the sites until Ctrl-C or SIGTERM; `say` gets the addresses as Korean lines."""
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with running(
        directory,
        bms_port,
        card_port,
        host,
        tax_port=tax_port,
        gateway_port=gateway_port,
        model_port=model_port,
        statute_port=statute_port,
    ) as portals:
        say(f"BMS 연습 사이트: {portals.bms_address}")
        say(f"카드 정산 연습 사이트: {portals.card_address}")
        say(f"담당자 휴대전화(인증 승인): {portals.phone_address}")
        say(f"문자 게이트웨이: {portals.gateway_address}")
        say(f"연습 휴대전화(시민이 받은 문자): {portals.gateway_address}/phone")
        say(f"지방세 연습 시스템: {portals.tax_address}")
        say(f"담당자 인증서 창: {portals.certificate_address}")
        say(f"국가법령정보 연습 서비스: {portals.statute_address} (인증값 {PRACTICE_OC})")
        say(f"연습 모델(OpenAI 호환): {portals.model_address} (이름 practice-honest)")
        say(f"연습 인증서 비밀번호: {PRACTICE_CERTIFICATE.password}")
        say(f"연습 계정: {PRACTICE_ACCOUNT.user_id} / {PRACTICE_ACCOUNT.password}")
        while not stop.wait(0.5):
            pass
