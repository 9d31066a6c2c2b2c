"""Durable work survives a real kill -9, on SQLite and on PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from dbos import DBOSClient

from gongmu.core.database import open_database
from gongmu.core.errors import Refused
from gongmu.core.settings import Settings
from gongmu.core.workflow import Desk, adopt_orphans, is_working, working

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).with_name("counting_work.py")


def _work(settings: Settings, job: str, worker: str = "worker-1") -> subprocess.Popen[str]:
    command = [sys.executable, str(SCRIPT), str(settings.home), settings.url, worker, job]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _until(done: Callable[[], bool], seconds: float = 40) -> None:
    ends = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < ends, "waited too long"
        time.sleep(0.05)


def _trail(settings: Settings) -> list[str]:
    path = settings.home / "trail.txt"
    return [line.split()[0] for line in path.read_text().splitlines()] if path.exists() else []


def test_work_goes_on_behind_its_last_finished_step_after_kill_9(settings: Settings) -> None:
    process = _work(settings, "job/1")
    _until(lambda: "2" in _trail(settings))
    process.kill()
    process.wait()
    again = _work(settings, "job/1")
    assert again.communicate(timeout=60)[0].split() == ["launched", "SUCCESS"]
    steps = [line for line in _trail(settings) if line != "flaky"]
    assert sorted(set(steps)) == ["0", "1", "2", "3", "4"]
    # Only the step that was cut off may have run twice.
    assert len(steps) <= 6
    assert steps.count("0") == 1


def test_transient_failures_are_tried_again_and_a_done_id_is_not_run_again(
    settings: Settings,
) -> None:
    for _ in range(2):
        assert "SUCCESS" in _work(settings, "job/1").communicate(timeout=60)[0]
    assert _trail(settings) == ["flaky"] * 3 + ["0", "1", "2", "3", "4"]


def test_waiting_for_a_person_survives_the_process(settings: Settings) -> None:
    process = _work(settings, "ask/1")
    _until(lambda: _trail(settings).count("flaky") == 3)
    time.sleep(0.5)
    process.kill()
    process.wait()
    engine = open_database(settings.url)
    desk = Desk(engine)
    # The person answers while nobody works.
    desk.answer("ask/1", "phone")
    desk.close()
    engine.dispose()
    assert "SUCCESS" in _work(settings, "ask/1").communicate(timeout=60)[0]


def test_a_second_live_worker_of_the_same_name_is_refused(
    settings: Settings, engine: sa.Engine
) -> None:
    process = _work(settings, "ask/1")
    assert process.stdout is not None
    process.stdout.readline()
    assert is_working(settings, engine)
    with pytest.raises(Refused, match="이미 일하는"), working(settings, engine):
        pass
    process.kill()
    process.communicate()
    _until(lambda: not is_working(settings, engine))


def test_another_worker_adopts_what_a_dead_one_left(settings: Settings, engine: sa.Engine) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("one process only on SQLite")
    process = _work(settings, "job/1", worker="north")
    _until(lambda: "1" in _trail(settings))
    process.kill()
    process.wait()
    client = DBOSClient(system_database_engine=engine)
    _until(lambda: adopt_orphans(client, engine, "south") == ["job/1"])
    client.destroy()
    assert "SUCCESS" in _work(settings, "job/1", worker="south").communicate(timeout=60)[0]
    assert sorted(set(_trail(settings)) - {"flaky"}) == ["0", "1", "2", "3", "4"]


SLEEPER = """
import sys, time
from pathlib import Path
from gongmu.core.database import open_database
from gongmu.core.settings import Settings
from gongmu.core.workflow import pause, prepare, step, workflow, working
settings = Settings(home=Path(sys.argv[1]), database_url=sys.argv[2])
engine = open_database(settings.url)
prepare(settings)
mark = step("sleeper.mark")(lambda name: print(name, flush=True))
def sleep(seconds):
    mark("asleep")
    pause(seconds)
    mark("awake")
run = workflow("sleeper")(sleep)
with working(settings, engine) as worker:
    worker.start(run, "sleeper/1", float(sys.argv[3]))
    time.sleep(float(sys.argv[4]))
"""


def test_a_worker_may_leave_while_its_workflow_sleeps_and_the_next_sleeps_the_rest(
    settings: Settings,
) -> None:
    def worker(stays: str) -> list[str]:
        arguments = [str(settings.home), settings.url, "6", stays]
        command = [sys.executable, "-c", SLEEPER, *arguments]
        # A sleep of its own would keep the process alive; ours lets it end.
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        assert done.stderr == ""
        return done.stdout.split()

    started = time.monotonic()
    assert worker("2") == ["asleep"]
    assert worker("8") == ["awake"]
    assert time.monotonic() - started > 6
