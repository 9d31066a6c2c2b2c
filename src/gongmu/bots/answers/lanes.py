"""Threads for the work behind answers: few, so that they do not wait for one another.

What a person is waiting for goes first: a sentence to be checked, then a new question, and only
then what is written down after an answer. In each lane first come is first served.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import itertools
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

R = TypeVar("R")

_THREADS = 3
"""Work that computes holds the interpreter's lock; a few more only wait for the database."""


class Lane(Enum):
    """Who goes first: by how many seconds a job lets others pass, so that none waits for ever."""

    SENTENCE = 0.0
    QUESTION = 0.3
    KEEPING = 1.0


@dataclass(order=True)
class _Job:
    due: float
    number: int
    run: Callable[[], Any] = field(compare=False)
    done: Future[Any] = field(compare=False)


class _Threads:
    def __init__(self, count: int) -> None:
        self._count = count
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._started = 0
        self._idle = 0

    def submit(self, lane: Lane, run: Callable[[], Any]) -> Future[Any]:
        done: Future[Any] = Future()
        with self._lock:
            # One more thread only while nobody is free.
            if self._started < self._count and self._idle <= self._jobs.qsize():
                self._started += 1
                threading.Thread(
                    target=self._work, name=f"answers-{self._started}", daemon=True
                ).start()
            self._jobs.put(_Job(time.monotonic() + lane.value, next(self._numbers), run, done))
        return done

    def _work(self) -> None:
        while True:
            with self._lock:
                self._idle += 1
            job = self._jobs.get()
            with self._lock:
                self._idle -= 1
            if not job.done.set_running_or_notify_cancel():
                continue
            try:
                job.done.set_result(job.run())
            except BaseException as problem:  # noqa: BLE001  it belongs to who waits
                job.done.set_exception(problem)
            # A thread that waits must not keep the last answer alive.
            del job


_threads = _Threads(_THREADS)


async def aside(work: Callable[..., R], *arguments: Any, lane: Lane = Lane.QUESTION) -> R:
    """Do work that waits or computes in a thread, so that other answers go on."""
    context = contextvars.copy_context()
    run = functools.partial(context.run, work, *arguments)
    return await asyncio.wrap_future(_threads.submit(lane, run))
