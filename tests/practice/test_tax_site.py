"""The practice local-tax system behaves as such systems do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx
import pytest

from gongmu.practice.serve import PRACTICE_ACCOUNT, PRACTICE_CERTIFICATE, Portals, running
from gongmu.practice.tax.make import make_tax_office

WEEK = {"first": "2026-11-16", "last": "2026-11-22", "office": "00"}


@pytest.fixture(scope="module")
def portals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portals]:
    folder: Path = tmp_path_factory.mktemp("city")
    make_tax_office(folder, 2, date(2026, 11, 16), 1, 30, 0, lambda _: None)
    with running(folder) as addresses:
        yield addresses


@pytest.fixture
def client(portals: Portals) -> Iterator[httpx.Client]:
    """Somebody who has sent id and password, but shown no certificate yet."""
    with httpx.Client(base_url=portals.tax_address, follow_redirects=True) as client:
        account = {"user_id": PRACTICE_ACCOUNT.user_id, "password": PRACTICE_ACCOUNT.password}
        client.post("/login", data=account)
        yield client


def show_certificate(client: httpx.Client, password: str) -> None:
    number = text(client.get("/auth")).split('"요청 번호">')[1].split("<")[0]
    sent = {"number": number, "certificate": "1", "certificate_password": password}
    client.post("/certificate", data=sent | {"answer": "sign"})
    client.post("/auth/done")


def text(response: httpx.Response) -> str:
    return response.content.decode("cp949")


def test_nothing_is_shown_before_the_certificate(client: httpx.Client) -> None:
    for path in ("/main", "/menu", "/work/reliefs", "/work/reliefs/result", "/work/reliefs/file"):
        page = text(client.get(path, params=WEEK))
        assert "세션이 만료되었습니다" in page
        assert "alert(" in page
    show_certificate(client, "wrong")
    assert "인증 대기" in text(client.get("/auth"))


def test_the_whole_list_is_sent_as_html_called_xls_under_a_cp949_name(
    client: httpx.Client,
) -> None:
    show_certificate(client, PRACTICE_CERTIFICATE.password)
    shown = text(client.get("/work/reliefs/result", params=WEEK))
    assert '"건수">30<' in shown
    sent = client.get("/work/reliefs/file", params=WEEK)
    names = [value for key, value in sent.headers.raw if key.lower() == b"content-disposition"]
    assert names == ['attachment; filename="감면대장_20261116.xls"'.encode("cp949")]
    assert "charset=euc-kr" in text(sent)
    assert "합계(총 30건)" in text(sent)
    assert client.get("/work/ownership/file", params=WEEK).content.startswith(
        "변동일자,변동구분".encode("cp949")
    )
    assert client.get("/work/household/file", params=WEEK).content.startswith(b"PK")


def test_a_session_ends_after_idle_time(client: httpx.Client, portals: Portals) -> None:
    show_certificate(client, PRACTICE_CERTIFICATE.password)
    portals.tax_faults.session_seconds = 0.0
    assert "세션이 만료되었습니다" in text(client.get("/main"))
    portals.tax_faults.session_seconds = 600.0
