"""Durable work: the only door to DBOS.

A workflow is a function whose steps are written down as they finish; after a crash it goes on
behind the last finished step. Inputs and results are stored in clear, so pass ids and file
hashes, never secrets or personal data. Steps must be safe to repeat: a step that was cut off
runs again.

Traps met and settled here: DBOS neither sets WAL nor takes our engine by itself; its default
application version strands runs after an upgrade; two live processes under one executor id run
a step twice, so a lock guards each id.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, EnqueueOptions, SetWorkflowID
from dbos import error as dbos_error

from gongmu.core.errors import Refused, Transient
from gongmu.core.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")

APPLICATION_VERSION = "1"
"""Raised only when a running workflow could not go on under the new code."""

QUEUE = "work"
_FINISHED = frozenset({"SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"})
_ADOPT_EVERY_SECONDS = 15.0


def workflow(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function a durable workflow under a stable name."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            return function(*args, **kwargs)

        return DBOS.workflow(name=name, max_recovery_attempts=100)(run)

    return decorate


def step(
    name: str, *, attempts: int = 5, wait_seconds: float = 2.0
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function one step; only `Transient` failures are tried again, ever more slowly."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            return function(*args, **kwargs)

        durable = DBOS.step(
            name=name,
            retries_allowed=attempts > 1,
            max_attempts=attempts,
            interval_seconds=wait_seconds,
            should_retry=lambda error: isinstance(error, Transient),
        )(run)

        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return durable(*args, **kwargs)
            except dbos_error.DBOSMaxStepRetriesExceeded as tired:
                # The last try says why; how often it was tried is in the run's log.
                raise tired.errors[-1] from tired

        return call

    return decorate


def wait_for_person(topic: str, timeout_seconds: float) -> bool:
    """Inside a workflow: wait, through restarts, until a person answers; False after the time."""
    return DBOS.recv(topic, timeout_seconds=timeout_seconds) is not None


class _Left(BaseException):
    """Ends the thread of a sleeping workflow when its worker goes; nothing is written of it."""


_leaving = threading.Event()
"""Set when the present worker goes."""


@DBOS.step(name="DBOS.sleep")  # its own sleep's name and value: runs that sleep now go on
def _wakes_at(seconds: float) -> float:
    return time.time() + seconds


def pause(seconds: float) -> None:
    """Inside a workflow: sleep; after a restart only the rest of the time is slept.

    DBOS's own sleep cannot be cut short, and a process could not end while a workflow slept.
    """
    if seconds <= 0:
        return
    leaving = _leaving
    if leaving.wait(max(_wakes_at(seconds) - time.time(), 0.0)):
        raise _Left


def start_child(run: Callable[..., R], workflow_id: str, *args: Any) -> None:
    """Inside a workflow: queue another one; an id already known is not started again."""
    with SetWorkflowID(workflow_id):
        DBOS.enqueue_workflow(QUEUE, run, *args)


class Worker:
    """This process as the one live holder of an executor id."""

    def start(self, run: Callable[..., R], workflow_id: str, *args: Any) -> None:
        """Queue a workflow under `workflow_id`; an id already known is not started again."""
        start_child(run, workflow_id, *args)

    def schedule(self, name: str, run: Callable[..., Any], cron: str) -> None:
        """Run a workflow of (time, context) by cron, Seoul time; missed times are made up for."""
        DBOS.apply_schedules(
            [
                {
                    "schedule_name": name,
                    "workflow_fn": run,
                    "schedule": cron,
                    "context": None,
                    "cron_timezone": "Asia/Seoul",
                    "automatic_backfill": True,
                }
            ]
        )


def prepare(settings: Settings) -> None:
    """Bring DBOS's own tables to its version; doing it again changes nothing."""
    logging.getLogger("dbos").setLevel(logging.ERROR)
    DBOS.migrate(settings.url)


class Desk:
    """What any process may do without being a worker: ask, answer, queue."""

    def __init__(self, engine: sa.Engine) -> None:
        self._client = DBOSClient(system_database_engine=engine)

    def status(self, workflow_id: str) -> str | None:
        """Return DBOS's status word of a workflow, or None when it is not known."""
        found = self._client.list_workflows(workflow_ids=[workflow_id])
        return found[0].status if found else None

    def unfinished(self, prefix: str) -> list[str]:
        """Return the ids, starting with `prefix`, of workflows that are queued or running."""
        found = self._client.list_workflows(workflow_id_prefix=prefix)
        return [entry.workflow_id for entry in found if entry.status not in _FINISHED]

    def wait(self, workflow_id: str) -> None:
        """Return when a workflow has finished; raises its failure."""
        self._client.retrieve_workflow(workflow_id).get_result(polling_interval_sec=0.2)

    def queue(self, name: str, workflow_id: str, *args: Any) -> None:
        """Queue a workflow by its name for whichever worker is alive."""
        options: EnqueueOptions = {
            "workflow_name": name,
            "queue_name": QUEUE,
            "workflow_id": workflow_id,
            "app_version": APPLICATION_VERSION,
        }
        self._client.enqueue(options, *args)

    def answer(self, workflow_id: str, topic: str) -> None:
        """Tell a waiting workflow that the person has done what it waits for."""
        self._client.send(workflow_id, "done", topic)

    def close(self) -> None:
        """Let go of the client's connections."""
        self._client.destroy()


@contextlib.contextmanager
def working(settings: Settings, engine: sa.Engine) -> Iterator[Worker]:
    """Be the worker named in the settings while the block runs.

    Workflows must be registered before. Raises Refused("worker_busy") when another live
    process already works under that name. Work left unfinished by a dead process of the same
    name goes on at once.
    """
    global _leaving
    with _only_one(settings, engine):
        _leaving = threading.Event()
        logging.getLogger("dbos").setLevel(logging.ERROR)
        DBOS(
            config={
                "name": "gongmu",
                "system_database_url": settings.url,
                "system_database_engine": engine,
                "application_version": APPLICATION_VERSION,
                "executor_id": settings.worker,
                "log_level": "ERROR",
                "notification_listener_polling_interval_sec": 0.2,
                "scheduler_polling_interval_sec": 5.0,
            }
        )
        stop = threading.Event()
        try:
            DBOS.launch()
            DBOS.register_queue(QUEUE, worker_concurrency=16, polling_interval_sec=0.2)
            if engine.dialect.name == "postgresql":
                _adopt_in_background(engine, settings.worker, stop)
            yield Worker()
        finally:
            stop.set()
            _leaving.set()
            # A workflow that sleeps goes on in the next worker; that it was left is no error.
            logging.getLogger("dbos").setLevel(logging.CRITICAL)
            DBOS.destroy(workflow_completion_timeout_sec=0)


def is_working(settings: Settings, engine: sa.Engine) -> bool:
    """Return whether a live process works under the name in the settings."""
    try:
        with _only_one(settings, engine):
            return False
    except Refused:
        return True


@contextlib.contextmanager
def _only_one(settings: Settings, engine: sa.Engine) -> Iterator[None]:
    if engine.dialect.name == "postgresql":
        holder = _advisory_lock(engine, settings.worker)
    else:
        holder = _file_lock(settings.home / f"{settings.worker}.lock")
    with holder as held:
        if not held:
            raise Refused(
                "worker_busy",
                f"'{settings.worker}' 이름으로 이미 일하는 프로세스가 있습니다.",
                "그 프로세스를 쓰거나 GONGMU_WORKER 로 다른 이름을 주세요.",
            )
        yield


@contextlib.contextmanager
def _file_lock(path: Path) -> Iterator[bool]:
    # The operating system lets go of the lock when the process dies, however it dies.
    with path.open("a+b") as file:
        try:
            if os.name == "nt":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def _lock_key(worker: str) -> int:
    digest = hashlib.sha256(f"gongmu.worker:{worker}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


@contextlib.contextmanager
def _advisory_lock(engine: sa.Engine, worker: str) -> Iterator[bool]:
    with engine.connect() as connection:
        query = sa.select(sa.func.pg_try_advisory_lock(_lock_key(worker)))
        held = bool(connection.scalar(query))
        connection.commit()
        try:
            yield held
        finally:
            if held:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(_lock_key(worker))))
                connection.commit()


def _adopt_in_background(engine: sa.Engine, worker: str, stop: threading.Event) -> None:
    def watch() -> None:
        client = DBOSClient(system_database_engine=engine)
        while not stop.wait(_ADOPT_EVERY_SECONDS):
            with contextlib.suppress(sa.exc.OperationalError):
                adopt_orphans(client, engine, worker)
        client.destroy()

    threading.Thread(target=watch, name="adopt-orphans", daemon=True).start()


def adopt_orphans(client: DBOSClient, engine: sa.Engine, worker: str) -> list[str]:
    """Queue again the unfinished work of workers whose lock nobody holds; return its ids."""
    pending = client.list_workflows(status="PENDING", app_version=APPLICATION_VERSION)
    adopted: list[str] = []
    for name in {entry.executor_id for entry in pending if entry.executor_id} - {worker}:
        with _advisory_lock(engine, name) as dead:
            if not dead:
                continue
            orphans = [entry.workflow_id for entry in pending if entry.executor_id == name]
            client.resume_workflows(orphans, queue_name=QUEUE)
            adopted += orphans
    return adopted


def wait_until(done: Callable[[], bool], *, every_seconds: float, timeout_seconds: float) -> bool:
    """Ask again and again until `done` or the time is over; for foreground commands only."""
    ends = time.monotonic() + timeout_seconds
    while not done():
        if time.monotonic() > ends:
            return False
        time.sleep(every_seconds)
    return True
