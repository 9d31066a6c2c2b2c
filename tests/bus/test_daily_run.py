"""The workflow bus-day/<day> on the practice city: real portals, a real browser, a real kill -9."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from openpyxl import load_workbook

from gongmu.app import open_house
from gongmu.bus.partition import warehouse_of
from gongmu.bus.tables import PUBLISHED_TABLES
from gongmu.core.house import House
from gongmu.core.runs import Status
from gongmu.core.settings import Settings
from gongmu.practice.make import make
from gongmu.practice.officer import approve
from gongmu.practice.serve import Portals, running
from gongmu.robots.browser import open_browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCRIPT = Path(__file__).with_name("day_worker.py")
FIRST, SECOND = date(2026, 11, 19), date(2026, 11, 20)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two service days of a small practice city with the usual faults, so some rows come late."""
    folder = tmp_path_factory.mktemp("city")
    make(folder, 11, 2, 0.05, 2, FIRST, lambda _text: None)
    return folder


@pytest.fixture
def outside(city: Path, tmp_path: Path) -> Path:
    """The sites as they stand on the first evening: nothing of the second day is there yet."""
    folder = tmp_path / "city"
    shutil.copytree(city / "outside", folder / "outside")
    for path in _of_second_day(folder):
        path.unlink()
    return folder


def _of_second_day(folder: Path) -> list[Path]:
    return [path for path in (folder / "outside").rglob(f"*{SECOND:%Y%m%d}*") if path.is_file()]


@pytest.fixture
def portals(outside: Path) -> Iterator[Portals]:
    with running(outside) as portals:
        yield portals


@pytest.fixture
def house(tmp_path: Path, portals: Portals, request: pytest.FixtureRequest) -> Iterator[House]:
    """The same installation the worker process uses, seen from the test.

    A test marked `on_postgresql` works on a PostgreSQL database instead of SQLite.
    """
    home = tmp_path / "home"
    home.mkdir()
    on_postgresql = request.node.get_closest_marker("on_postgresql")
    settings = Settings(
        home=home,
        bms_address=portals.bms_address,
        card_address=portals.card_address,
        database_url=request.getfixturevalue("postgres_database") if on_postgresql else "",
    )
    with open_house(settings) as house, _officer(house, portals):
        yield house


class _officer:
    """Approves on the phone page whenever a run waits for its person."""

    def __init__(self, house: House, portals: Portals) -> None:
        self._house, self._portals = house, portals
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join(30)

    def _watch(self) -> None:
        while not self._stop.wait(0.2):
            for run in self._house.runs.recent(5):
                if run.status is Status.WAITING:
                    try:
                        with open_browser(self._house.settings.browser) as browser:
                            approve(browser, self._portals.phone_address)
                    except LookupError:
                        continue
                    self._house.answer(run.run_id, "test")
                    self._stop.wait(3)


def _start(house: House, day: date, again: str = "") -> subprocess.Popen[str]:
    settings = house.settings
    arguments = [str(settings.home), settings.bms_address, settings.card_address, str(day), again]
    environment = {**os.environ, "GONGMU_DATABASE_URL": settings.database_url}
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _run(house: House, day: date, again: str = "") -> str:
    return _start(house, day, again).communicate(timeout=240)[0]


def _tables(house: House, day: date) -> dict[str, pl.DataFrame]:
    warehouse = warehouse_of(house)
    return {
        table.name: pl.read_parquet(warehouse.path("practice", day, table.name))
        for table in PUBLISHED_TABLES
    }


def test_a_day_twice_changes_nothing_and_a_late_file_changes_only_its_day(
    house: House, portals: Portals, city: Path, outside: Path
) -> None:
    # The BMS is down at first, one card file comes late, and one screen takes its time.
    portals.bms_faults.down_visits = 1
    portals.card_faults.change({"late": "DWTCD", "late_visits": 1})
    said = _run(house, FIRST)
    assert "아직 없는 파일을 기다립니다: DWTCD" in said
    first = house.runs.find(f"bus-day/{FIRST}")
    assert first is not None, said
    assert first.status is Status.DONE, said
    warehouse = warehouse_of(house)
    manifest = warehouse.manifest("practice", FIRST)
    assert manifest is not None
    before = _tables(house, FIRST)
    _check_workbook(house, FIRST, before)

    # Twice: left alone; fetched once more: the same files, nothing computed again.
    assert "이미 마쳤습니다" in _run(house, FIRST)
    assert "바뀐 것이 없어" in _run(house, FIRST, "again")
    assert warehouse.manifest("practice", FIRST) == manifest

    # The next day's files bring late rows of the first day: it is computed again with them.
    for path in _of_second_day(city):
        target = outside / path.relative_to(city)
        target.parent.mkdir(exist_ok=True)
        shutil.copy(path, target)
    said = _run(house, SECOND)
    later = warehouse.manifest("practice", FIRST)
    assert later is not None
    assert later.published_at > manifest.published_at, said
    assert later.rows["tap"] > manifest.rows["tap"]
    assert warehouse.days("practice") == [FIRST, SECOND]
    assert before["trip_stop"].height == later.rows["trip_stop"]


def _check_workbook(house: House, day: date, tables: dict[str, pl.DataFrame]) -> None:
    path = house.settings.home / "reports" / f"버스혼잡_{day}.xlsx"
    book = load_workbook(path, read_only=True)
    raw = book["원자료"]
    rows = sum(1 for row in raw.iter_rows(values_only=True) if any(row))
    assert rows >= tables["trip_stop"].height


def test_what_only_a_person_can_mend_stops_with_a_clear_sentence_and_a_picture(
    house: House, portals: Portals
) -> None:
    portals.bms_faults.changed = "renamed"
    assert "run_failed" in _run(house, FIRST)
    run = house.runs.find(f"bus-day/{FIRST}")
    assert run is not None
    assert run.status is Status.FAILED
    assert "화면" in run.message
    pictures = [s.evidence_sha256 for s in house.runs.steps(run.run_id) if s.evidence_sha256]
    assert house.files.read(pictures[-1]).startswith(b"\x89PNG")

    # A site that stays down is tried again and again, then given up.
    portals.bms_faults.change({"changed": "", "down": True})
    _run(house, FIRST)
    run = house.runs.find(f"bus-day/{FIRST}/2")
    assert run is not None
    assert run.status is Status.FAILED
    opened = [s.text for s in house.runs.steps(run.run_id)]
    assert opened.count("BMS 포털을 엽니다.") == 3


@pytest.mark.on_postgresql
def test_killed_again_and_again_the_day_comes_out_the_same(
    house: House, portals: Portals, tmp_path: Path
) -> None:
    run_id = f"bus-day/{FIRST}"
    killed = 0
    # Each time the process dies as soon as it has written a few more lines of its log.
    for more in (1, 4, 8, 6, 6, 6):
        seen = len(house.runs.steps(run_id))
        process = _start(house, FIRST)
        _until(lambda aim=seen + more: _over(house, run_id) or len(house.runs.steps(run_id)) >= aim)
        if not _over(house, run_id):
            killed += 1
        process.kill()
        process.communicate()
    said = _run(house, FIRST)
    run = house.runs.find(run_id)
    assert run is not None, said
    assert run.status is Status.DONE, said
    assert killed >= 4
    whole = _undisturbed(house, portals, tmp_path)
    for name, frame in _tables(house, FIRST).items():
        assert (
            frame.equals(whole[name].with_columns(frame["card"]))
            if name == "tap"
            else (frame.equals(whole[name]))
        ), name


def _undisturbed(house: House, portals: Portals, tmp_path: Path) -> dict[str, pl.DataFrame]:
    """The same day in a second installation with the same key, without any crash."""
    home = tmp_path / "undisturbed"
    home.mkdir()
    (home / "master.key").write_bytes((house.settings.home / "master.key").read_bytes())
    settings = house.settings.model_copy(update={"home": home, "database_url": ""})
    with open_house(settings) as other:
        with _officer(other, portals):
            said = _run(other, FIRST)
        assert "펴냈습니다" in said
        return _tables(other, FIRST)


def _over(house: House, run_id: str) -> bool:
    run = house.runs.find(run_id)
    return run is not None and run.status in (Status.DONE, Status.FAILED, Status.HELD)


def _until(done: object, seconds: float = 120) -> None:
    ends = time.monotonic() + seconds
    while not done():  # type: ignore[operator]
        assert time.monotonic() < ends, "waited too long"
        time.sleep(0.02)
