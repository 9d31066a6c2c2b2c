"""What a robot saw: the screenshots on a run's page, for those who may act on runs."""

from __future__ import annotations

import struct
import zlib

import pytest

from gongmu.core.runs import Status
from tests.portal.conftest import Served

RUN = "bus-day/2026-11-19"


def png(shade: int) -> bytes:
    """Return a true one-pixel picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    dot = chunk(b"IDAT", zlib.compress(bytes([0, shade])))
    return b"\x89PNG\r\n\x1a\n" + head + dot + chunk(b"IEND", b"")


@pytest.fixture
def seen(fresh: Served) -> str:
    """A failed run that left a picture of the screen it could not read; returns its address."""
    portal = fresh.portal
    portal.runs.start(RUN, "bus-day", "2026. 11. 19. 버스 하루")
    kept = portal.files.put(png(120), "bms_screenshot.png", kind="screenshot", source="bms")
    said = "BMS 포털의 조회 단추를 찾지 못했습니다."
    portal.runs.note(RUN, said, kept.sha256)
    portal.runs.change(RUN, Status.FAILED, said)
    return f"/runs/{RUN}/pictures/{kept.sha256}"


def test_a_failure_shows_the_screen_the_robot_saw(fresh: Served, seen: str) -> None:
    with fresh.visitor("kim") as kim:
        page = kim.get(f"/runs/{RUN}").text
        assert f'<a href="{seen}"><img src="{seen}"' in page
        assert "조회 단추를 찾지 못했습니다" in page
        answer = kim.get(seen)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.content == png(120)
    assert answer.headers["cache-control"] == "no-store"
    (entry,) = [entry for entry in fresh.portal.audit.entries() if entry.did == "run.view_picture"]
    assert entry.who == "kim"
    assert entry.about.startswith(f"{RUN} ")


def test_who_may_not_act_on_runs_sees_no_picture(fresh: Served, seen: str) -> None:
    with fresh.visitor("lee") as lee:
        page = lee.get(f"/runs/{RUN}").text
        assert "<img" not in page
        assert "담당 역할부터 볼 수 있습니다" in page
        assert lee.get(seen).status_code == 403
    with fresh.visitor() as nobody:
        assert nobody.get(seen).status_code == 303
    assert "run.view_picture" not in fresh.portal.did()


def test_only_pictures_of_that_run_are_handed_out(fresh: Served, seen: str) -> None:
    portal = fresh.portal
    trace = portal.files.put(b"PK\x03\x04", "trace.zip", kind="trace", source="bms")
    posing = portal.files.put(b"<html>", "page.png", kind="screenshot", source="bms")
    for kept in (trace, posing):
        portal.runs.note(RUN, "남긴 것", kept.sha256)
    elsewhere = portal.files.put(png(7), "other.png", kind="screenshot", source="card")
    with fresh.visitor("kim") as kim:
        assert trace.sha256 not in kim.get(f"/runs/{RUN}").text
        for sha256 in (trace.sha256, posing.sha256, elsewhere.sha256, "ab" * 32):
            assert kim.get(f"/runs/{RUN}/pictures/{sha256}").status_code == 404
        assert kim.get(seen.replace("11-19", "11-18")).status_code == 404
    assert "run.view_picture" not in portal.did()
