"""Serves practice sites on loopback, each in a thread of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import uvicorn
from starlette.applications import Starlette

from gongmu.practice.portals.site import LOOPBACK

_START_SECONDS = 20.0


@contextmanager
def serving(site: Served, port: int = 0) -> Iterator[str]:
    """Serve one site alone while the block runs and give its address.

    Raises OSError for a taken port or a site that does not start. A line that the site breaks on
    purpose is not told.
    """
    server = Server(site, port, log_level="critical")
    server.start()
    try:
        yield server.address
    finally:
        server.stop()


class Served(Protocol):
    """A site that can be served."""

    def app(self) -> Starlette: ...


class Server(uvicorn.Server):
    """One site in a thread of its own, on a socket that is open from the beginning."""

    def __init__(self, site: Served, port: int, *, log_level: str = "error") -> None:
        super().__init__(
            uvicorn.Config(
                site.app(),
                log_level=log_level,
                access_log=False,
                lifespan="off",
                ws="none",
                timeout_graceful_shutdown=1,
            )
        )
        self._door = socket.create_server((LOOPBACK, port))
        # asyncio does not see that such a socket is TCP; without this answers wait 40 ms.
        self._door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.address = f"http://{LOOPBACK}:{self._door.getsockname()[1]}"
        self._thread = threading.Thread(
            target=self.run, kwargs={"sockets": [self._door]}, daemon=True
        )

    def start(self) -> None:
        """Start and return once requests are answered; raises OSError if that does not happen."""
        self._thread.start()
        pause = threading.Event()
        for _ in range(int(_START_SECONDS / 0.02)):
            if self.started:
                return
            pause.wait(0.02)
        raise OSError("the practice site did not start")

    def stop(self) -> None:
        """Wait until open requests are done and the socket is closed."""
        self.should_exit = True
        if self._thread.is_alive():
            self._thread.join(timeout=_START_SECONDS)
        self._door.close()
