"""The practice text gateway: takes texts in JSON, answers look-ups, hands receipts out in batches.

It never looks whether a reference came before, as most vendors do not: whatever is posted twice
is delivered twice, and its journal says so. `/phone` shows what citizens received.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections import Counter, deque
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from gongmu.practice.portals.site import CONTROL, LOOPBACK
from gongmu.practice.portals.texting import Desk, Held, Text, Trouble, Troubles

GATEWAY_KEY = "yeonseup-gateway-key"
JOURNAL = "/practice/journal"
FAILING_ENDS = {"0404": "2001", "0405": "2002", "0503": "3001", "0509": "3002"}
"""Last four digits of numbers that a text never reaches → the code of the receipt."""
_UNSEEN_AGAIN_SECONDS = 5.0
"""Receipts that nobody acknowledged come again after this."""
_SCREENS = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "screens"),
    autoescape=True,
    undefined=StrictUndefined,
)


@dataclass
class GatewayFaults(Troubles):
    """How the gateway misbehaves now; may be changed while it runs (PUT /practice/faults)."""

    answer_seconds: float = 0.002
    receipt_seconds: float = 0.2
    hang_seconds: float = 5.0
    take_after_seconds: float = 1.0
    """A text of a time-out is taken this much later, when its sender has long given up."""
    look_up: bool = True
    per_second: int = 0
    """Texts taken in one second before 429 is answered; 0: no limit."""
    down: bool = False

    def change(self, values: dict[str, Any]) -> None:
        """Set fields by name; raises ValueError for an unknown one."""
        known = {one.name for one in fields(self)} - {"chance", "next"}
        if unknown := values.keys() - known:
            raise ValueError(f"unknown fault: {', '.join(sorted(unknown))}")
        for name, value in values.items():
            setattr(self, name, type(getattr(self, name))(value))

    def shown(self) -> dict[str, Any]:
        """Return the values by name."""
        hidden = {"chance", "next"}
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name not in hidden}


@dataclass(order=True)
class _Due:
    """A receipt on its way, by the time at which it may be told."""

    at: float
    number: int
    held: Held = field(compare=False)


class GatewaySite:
    """One gateway with its desk; everything happens in one event loop."""

    title = "연습 문자 게이트웨이"

    def __init__(self, faults: GatewayFaults | None = None) -> None:
        self.faults = faults or GatewayFaults()
        self.desk = Desk(self.faults)
        self._counts: Counter[str] = Counter()
        self._due: list[_Due] = []
        self._unseen: dict[str, tuple[float, list[_Due]]] = {}
        self._batches = itertools.count(1)
        self._order = itertools.count()
        self._recent: deque[float] = deque()

    def app(self) -> Starlette:
        """Return the ASGI application."""
        return Starlette(
            routes=[
                Route("/v1/messages", self.messages, methods=["POST"]),
                Route("/v1/lookup", self.lookup, methods=["POST"]),
                Route("/v1/receipts", self.receipts, methods=["POST"]),
                Route("/phone", self.phone),
                Route(JOURNAL, self.journal),
                Route(CONTROL, self.control, methods=["GET", "PUT"]),
            ]
        )

    async def messages(self, request: Request) -> Response:
        """Take texts, or go wrong as the faults say."""
        if problem := self._refusal(request):
            return problem
        given = (await request.json())["messages"]
        if self._too_fast(len(given)):
            return JSONResponse({"code": "busy"}, 429)
        trouble = self.faults.draw()
        if trouble is None:
            # A sender's answer comes after the text is safe with the gateway.
            await asyncio.sleep(self.faults.answer_seconds)
            return JSONResponse({"results": [self._take(one) for one in given]})
        if trouble is Trouble.BUSY:
            return JSONResponse({"code": "busy"}, 429)
        silent = trouble in (Trouble.TIMEOUT_TAKEN, Trouble.TIMEOUT_LOST)
        if silent:
            await asyncio.sleep(self.faults.take_after_seconds)
        if trouble.takes:
            for one in given:
                self._take(one)
        if silent:
            await asyncio.sleep(self.faults.hang_seconds)
        return PlainTextResponse("Internal Server Error", 500)

    async def lookup(self, request: Request) -> Response:
        """Tell which references were ever taken."""
        if problem := self._refusal(request):
            return problem
        if not self.faults.look_up:
            return JSONResponse({"code": "off"}, 404)
        asked = (await request.json())["references"]
        return JSONResponse({"known": {one: self._counts[one] > 0 for one in asked}})

    async def receipts(self, request: Request) -> Response:
        """Hand out receipts that are due; those of the acknowledged batch are done with."""
        if problem := self._refusal(request):
            return problem
        asked, now = await request.json(), time.monotonic()
        self._unseen.pop(asked.get("acknowledge", ""), None)
        for batch in [b for b, (at, _) in self._unseen.items() if now - at > _UNSEEN_AGAIN_SECONDS]:
            for due in self._unseen.pop(batch)[1]:
                heapq.heappush(self._due, due)
        told: list[_Due] = []
        while self._due and self._due[0].at <= now and len(told) < asked["limit"]:
            told.append(heapq.heappop(self._due))
        name = ""
        if told:
            name = f"b{next(self._batches)}"
            self._unseen[name] = (now, told)
        at = datetime.now(UTC).isoformat()
        receipts = [
            {"reference": d.held.text.reference, "code": d.held.failure or "1000", "at": at}
            for d in told
        ]
        return JSONResponse({"batch": name, "receipts": receipts})

    async def phone(self, request: Request) -> Response:
        """Show the texts received, newest first, of all numbers or of one."""
        number = "".join(c for c in request.query_params.get("number", "") if c.isdigit())
        texts = [h.text for h in self.desk.all() if not h.failure and number in ("", h.text.phone)]
        page = _SCREENS.get_template("gateway_phone.html").render(
            charset="utf-8", site_title="연습 휴대전화", number=number, texts=texts[:200]
        )
        return HTMLResponse(page)

    async def journal(self, _request: Request) -> Response:
        """Tell how often each reference was taken, for tests and benchmarks."""
        return JSONResponse({"taken": self._counts})

    async def control(self, request: Request) -> Response:
        """Show or change the faults; a practice-only door."""
        if request.method == "PUT":
            try:
                self.faults.change(await request.json())
            except (ValueError, AttributeError, TypeError) as error:
                return JSONResponse({"error": str(error)}, 400)
        return JSONResponse(self.faults.shown())

    def _refusal(self, request: Request) -> Response | None:
        if request.url.hostname not in (LOOPBACK, "localhost"):
            return JSONResponse({"code": "host"}, 400)
        if self.faults.down:
            return PlainTextResponse("Service Unavailable", 503)
        if request.headers.get("authorization") != f"Bearer {GATEWAY_KEY}":
            return JSONResponse({"code": "key"}, 401)
        if self.faults.balance_empty:
            return JSONResponse({"code": "balance"}, 402)
        return None

    def _too_fast(self, texts: int) -> bool:
        if not self.faults.per_second:
            return False
        now = time.monotonic()
        while self._recent and now - self._recent[0] > 1.0:
            self._recent.popleft()
        if len(self._recent) + texts > self.faults.per_second:
            return True
        self._recent.extend([now] * texts)
        return False

    def _take(self, given: dict[str, str]) -> dict[str, Any]:
        text = Text(
            reference=given["reference"],
            phone=given["to"],
            sender=given["from"],
            kind=given["kind"],
            subject=given["subject"],
            text=given["text"],
        )
        if code := self.desk.refused.get(text.phone):
            return {"reference": text.reference, "accepted": False, "id": "", "code": code}
        if text.phone[-4:] in FAILING_ENDS:
            self.desk.failing.setdefault(text.phone, FAILING_ENDS[text.phone[-4:]])
        held = self.desk.take(text, "P")
        self._counts[text.reference] += 1
        at = time.monotonic() + held.result_after_seconds
        heapq.heappush(self._due, _Due(at, next(self._order), held))
        if self.faults.chance.random() < self.faults.repeat_share:
            again = at + self.faults.receipt_seconds
            heapq.heappush(self._due, _Due(again, next(self._order), held))
        return {"reference": text.reference, "accepted": True, "id": held.number, "code": ""}


def main() -> None:
    """Serve one gateway until the process ends; prints its address. Faults as JSON argument."""
    import argparse
    import json
    import threading

    from gongmu.practice.loopback import serving

    parser = argparse.ArgumentParser(description="연습 문자 게이트웨이")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--faults", default="{}", help="JSON")
    given = parser.parse_args()
    faults = GatewayFaults()
    faults.chance.seed(given.seed)
    faults.change(json.loads(given.faults))
    with serving(GatewaySite(faults), given.port) as address:
        print(address, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
