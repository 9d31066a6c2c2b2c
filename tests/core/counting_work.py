"""A small durable task for the crash tests: five steps, each leaves a line; waits for a person."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from gongmu.core.database import open_database, upgrade
from gongmu.core.errors import Transient
from gongmu.core.settings import Settings
from gongmu.core.workflow import Desk, step, wait_for_person, wait_until, workflow, working


def main(home: str, url: str, worker: str, job: str) -> None:
    """Work as `worker` on workflow `job` until it has ended; prints how it ended."""
    settings = Settings(home=Path(home), database_url=url, worker=worker)
    engine = open_database(settings.url)
    upgrade(engine)
    trail = settings.home / "trail.txt"

    def leave(number: int) -> int:
        with trail.open("a") as file:
            file.write(f"{number} {os.getpid()}\n")
        time.sleep(0.3)
        return number

    def flaky() -> int:
        with trail.open("a") as file:
            file.write("flaky\n")
        if trail.read_text().count("flaky") < 3:
            raise Transient("down", "쉬는 중")
        return 0

    leave_step = step("count.leave", attempts=1)(leave)
    flaky_step = step("count.flaky", wait_seconds=0.1)(flaky)

    @workflow("count")
    def count(ask: bool) -> int:
        flaky_step()
        if ask:
            while not wait_for_person("phone", 60):
                pass
        return sum(leave_step(number) for number in range(5))

    with working(settings, engine) as worker_now:
        if job:
            worker_now.start(count, job, job.startswith("ask"))
        desk = Desk(engine)
        print("launched", flush=True)
        wait_until(
            lambda: bool(job) and desk.status(job) == "SUCCESS",
            every_seconds=0.1,
            timeout_seconds=60,
        )
        print(desk.status(job) if job else "idle", flush=True)
        desk.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
