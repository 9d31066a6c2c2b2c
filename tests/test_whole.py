"""The commands a city types, as processes of their own: demo, check, serve."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from openpyxl import load_workbook

from gongmu.practice.serve import PRACTICE_SECRETS
from tests.planted import found_in, planted_in

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def _gongmu(home: Path, *arguments: str, **more: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "GONGMU_HOME": str(home), **more}
    return subprocess.Popen(
        [sys.executable, "-m", "gongmu", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_the_demo_runs_from_nothing_to_the_excel_file_and_the_phones(tmp_path: Path) -> None:
    process = _gongmu(tmp_path, "demo", "--no-serve", "--scale", "0.05")
    printed = process.communicate(timeout=280)[0]
    assert process.returncode == 0, printed
    desks = ("3인 가구 130만 원", "(확인 필요)", "에 문의하세요", "보도자료 초안을 썼습니다")
    for words in ("분석을 펴냈습니다", "결재했습니다", *desks):
        assert words in printed, printed
    assert printed.count("정답과 견줌") == 2
    [path] = (tmp_path / "demo").rglob("버스혼잡_2026-11-20.xlsx")
    assert load_workbook(path, read_only=True).sheetnames
    _assert_nothing_personal(tmp_path / "demo", printed)


def _assert_nothing_personal(demo: Path, printed: str) -> None:
    """Look through all that the run left behind, and what it printed, for the people of the week.

    Database, write-ahead log, workflow history, sealed files, pictures, traces, reports.
    """
    [city] = demo.glob("city-*")
    [house] = demo.glob("house-*")
    planted = planted_in(city / "truth" / "relief.json", "2026-W47")
    assert len(planted) > 1000
    assert found_in(city / "outside" / "tax" / "2026-W47", planted), "the search finds nothing"
    assert found_in(house, planted) == []
    assert [value for value in planted if len(value) > 3 and value in printed] == []


def test_serve_opens_the_portal_and_works_for_other_commands(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = _gongmu(tmp_path, "serve", GONGMU_PORT=str(port))
    try:
        address = f"http://127.0.0.1:{port}"
        _until_open(address, server)
        assert "로그인" in httpx.get(f"{address}/", follow_redirects=True).text
        # No secrets are set: the living worker runs the day, which stops with a clear sentence.
        run = _gongmu(tmp_path, "bus", "run", "--day", "2026-11-20", GONGMU_PORT=str(port))
        output = run.communicate(timeout=120)[0]
        assert run.returncode == 2
        assert "등록되어 있지 않습니다" in output or "주소" in output, output
    finally:
        server.terminate()
        server.communicate(timeout=30)
    assert server.returncode in (0, -15, 143)


def _until_open(address: str, server: subprocess.Popen[str]) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            if httpx.get(f"{address}/health").text == "ok":
                return
        except httpx.TransportError:
            time.sleep(0.2)
        assert server.poll() is None, server.communicate()[0]
    raise AssertionError("the portal did not open")


def test_check_names_what_is_missing_and_what_to_do(tmp_path: Path) -> None:
    check = _gongmu(tmp_path, "check")
    output = check.communicate(timeout=120)[0]
    assert check.returncode == 1
    assert "✓ 데이터베이스와 열쇠" in output
    assert "✗ 비밀값" in output
    assert "gongmu secrets set" in output
    for name in PRACTICE_SECRETS:
        setting = subprocess.run(
            [sys.executable, "-m", "gongmu", "secrets", "set", name, "--stdin"],
            input="x\n",
            text=True,
            capture_output=True,
            check=True,
            env={**os.environ, "GONGMU_HOME": str(tmp_path)},
        )
        assert "x" not in setting.stdout.replace(name, "")
    fixed = _gongmu(
        tmp_path,
        "check",
        GONGMU_BMS_ADDRESS="http://127.0.0.1:1",
        GONGMU_CARD_ADDRESS="http://127.0.0.1:2",
        GONGMU_TAX_ADDRESS="http://127.0.0.1:3",
    )
    output = fixed.communicate(timeout=120)[0]
    assert fixed.returncode == 0, output
