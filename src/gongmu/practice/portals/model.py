"""The practice model: an OpenAI-compatible server that answers by rule, well or badly.

How it behaves is chosen by the model's name (`practice-inventing`, or `inventing`), by the header
`x-practice`, or by the faults. Deterministic by seed. It keeps every body it received, as bytes, so
that tests look at what really left (GET /practice/received).
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from gongmu.practice.portals.model_words import (
    Talk,
    embedding,
    filled,
    honest,
    invented,
    obedient,
    read_talk,
    tool_call,
)
from gongmu.practice.portals.site import CONTROL

RECEIVED = "/practice/received"
BEHAVIOURS = (
    "honest",
    "slow",
    "cut-off",
    "wrong-json",
    "tool-calling",
    "inventing",
    "obedient",
    "limited",
    "broken",
    "huge",
    "html",
    "empty",
    "scripted",
)
_KEPT = 2_000


@dataclass
class ModelFaults:
    """How the model behaves now; may be changed while it runs (PUT /practice/faults)."""

    behaviour: str = ""
    """Overrides the behaviour that the model's name asks for."""
    seed: int = 7
    first_seconds: float = 0.02
    """The wait before the first word."""
    word_seconds: float = 0.0005
    """The wait between pieces of a stream."""
    slow_seconds: float = 1.0
    """The wait between pieces of the slow one."""
    pieces_before_cut: int = 12
    down: bool = False


@dataclass
class Received:
    """One request as it came over the socket."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float = field(default_factory=time.time)


class ModelSite:
    """One server; everything happens in one event loop."""

    title = "연습 모델"

    def __init__(self, faults: ModelFaults | None = None) -> None:
        self.faults = faults or ModelFaults()
        self.received: deque[Received] = deque(maxlen=_KEPT)
        self.script: Callable[[Talk], str] | None = None
        """Writes the answers of the behaviour `scripted`; set by who measures."""
        self._count = 0

    def app(self) -> Starlette:
        """Return the ASGI application."""
        return Starlette(
            routes=[
                Route("/v1/chat/completions", self.chat, methods=["POST"]),
                Route("/v1/embeddings", self.embeddings, methods=["POST"]),
                Route("/v1/audio/transcriptions", self.transcriptions, methods=["POST"]),
                Route("/v1/models", self.models),
                Route(RECEIVED, self.shown, methods=["GET", "DELETE"]),
                Route(CONTROL, self.control, methods=["GET", "PUT"]),
            ]
        )

    # ------------------------------------------------------------ the four doors

    async def chat(self, request: Request) -> Response:
        """Answer a conversation, streamed or whole."""
        body = await self._take(request)
        try:
            raw = json.loads(body)
            talk = read_talk(raw)
        except (ValueError, KeyError, TypeError):
            return _error(400, "invalid_request_error", "cannot read the request")
        behaviour = self._behaviour(request, talk.model)
        await asyncio.sleep(self.faults.first_seconds)
        if (problem := self._problem(behaviour)) is not None:
            return problem
        message = self._message(behaviour, talk)
        if not raw.get("stream"):
            return self._whole(behaviour, talk, message)
        stream = self._stream(behaviour, talk, message, self._next_id())
        return StreamingResponse(stream, media_type="text/event-stream")

    async def embeddings(self, request: Request) -> Response:
        """Return vectors made of letter pairs: alike texts have alike vectors."""
        body = await self._take(request)
        if self.faults.down:
            return _error(503, "server_error", "down")
        raw = json.loads(body)
        given = raw["input"] if isinstance(raw["input"], list) else [raw["input"]]
        data = [
            {"object": "embedding", "index": number, "embedding": embedding(str(text))}
            for number, text in enumerate(given)
        ]
        usage = {"prompt_tokens": sum(len(str(text)) for text in given), "total_tokens": 0}
        return JSONResponse({"object": "list", "data": data, "model": raw.get("model"),
                             "usage": usage})  # fmt: skip

    async def transcriptions(self, request: Request) -> Response:
        """Return the text that a practice recording carries, else a fixed short meeting."""
        body = await self._take(request)
        if self.faults.down:
            return _error(503, "server_error", "down")
        marker = b"PRACTICE-TEXT:"
        if marker in body:
            spoken = body.split(marker, 1)[1].split(b"\x00", 1)[0].split(b"\r\n--", 1)[0]
            return JSONResponse({"text": spoken.decode("utf-8", "replace").strip()})
        return JSONResponse({"text": _MEETING})

    async def models(self, _request: Request) -> Response:
        """Return the behaviours as models."""
        data = [{"id": f"practice-{one}", "object": "model"} for one in BEHAVIOURS]
        return JSONResponse({"object": "list", "data": data})

    # ------------------------------------------------------------ for tests

    async def shown(self, request: Request) -> Response:
        """Return what was received as lines of text; DELETE forgets it."""
        if request.method == "DELETE":
            self.received.clear()
            return PlainTextResponse("")
        lines = [one.body.decode("utf-8", "replace") for one in self.received]
        return PlainTextResponse("\n".join(lines))

    async def control(self, request: Request) -> Response:
        """Show or change the faults."""
        if request.method == "PUT":
            values = await request.json()
            if unknown := set(values) - set(vars(self.faults)):
                return JSONResponse({"unknown": sorted(unknown)}, 422)
            for name, value in values.items():
                setattr(self.faults, name, type(getattr(self.faults, name))(value))
        return JSONResponse(vars(self.faults))

    # ------------------------------------------------------------ inside

    async def _take(self, request: Request) -> bytes:
        body = await request.body()
        self.received.append(Received(request.url.path, dict(request.headers), body))
        return body

    def _behaviour(self, request: Request, model: str) -> str:
        named = self.faults.behaviour or request.headers.get("x-practice", "")
        named = named or model.removeprefix("practice-")
        return named if named in BEHAVIOURS else "honest"

    def _problem(self, behaviour: str) -> Response | None:
        if self.faults.down or behaviour == "broken":
            return _error(500, "server_error", "the model has fallen over")
        if behaviour == "limited":
            return _error(429, "rate_limit_error", "too many requests")
        if behaviour == "html":
            return Response("<html><body>점검 중입니다</body></html>", 200, media_type="text/html")
        return None

    def _message(self, behaviour: str, talk: Talk) -> dict[str, Any]:
        seed = self.faults.seed
        call = None
        if behaviour in ("tool-calling", "obedient") or talk.must_call:
            call = tool_call(talk, obey=behaviour == "obedient")
        if behaviour == "scripted" and self.script is not None:
            said = self.script(talk)
            if call is None:
                return _said(said)
            # A form asked for as a tool call: the script writes what it is called with.
            call["function"]["arguments"] = said
        if call is not None:
            return {"role": "assistant", "content": None, "tool_calls": [call]}
        if behaviour == "wrong-json" and (talk.schema or talk.wants_json):
            return _said('```json\n{"title": "끝나지 않는 글", "body": [')
        if talk.schema is not None:
            invents = behaviour == "inventing"
            return _said(json.dumps(filled(talk, seed, invents=invents), ensure_ascii=False))
        if behaviour == "inventing":
            return _said(invented(talk, seed))
        if behaviour == "obedient":
            return _said(obedient(talk))
        if behaviour == "huge":
            return _said((honest(talk) + "\n") * 2_000)
        if behaviour == "wrong-json":
            return _said('{"tool": "없는도구", "arguments": ')
        if behaviour == "empty":
            return _said("")
        return _said(honest(talk))

    def _whole(self, behaviour: str, talk: Talk, message: dict[str, Any]) -> Response:
        ends = "tool_calls" if message.get("tool_calls") else "stop"
        if behaviour == "cut-off":
            return Response('{"id": "x", "choices": [{"mess', media_type="application/json")
        choice = {"index": 0, "message": message, "finish_reason": ends}
        return JSONResponse(
            {
                "id": self._next_id(),
                "object": "chat.completion",
                "created": int(time.time()),
                "model": talk.model,
                "choices": [choice],
                "usage": _usage(talk, message),
            }
        )

    async def _stream(
        self, behaviour: str, talk: Talk, message: dict[str, Any], id_: str
    ) -> AsyncIterator[bytes]:
        pieces: Sequence[dict[str, Any]]
        if calls := message.get("tool_calls"):
            pieces = [{"tool_calls": [{**one, "index": at}]} for at, one in enumerate(calls)]
        else:
            text = message["content"]
            pieces = [{"content": text[at : at + 7]} for at in range(0, len(text), 7)]
        wait = self.faults.slow_seconds if behaviour == "slow" else self.faults.word_seconds
        yield _event(id_, talk, {"role": "assistant", "content": ""})
        for number, piece in enumerate(pieces):
            if behaviour == "cut-off" and number >= self.faults.pieces_before_cut:
                return
            if wait:
                await asyncio.sleep(wait)
            yield _event(id_, talk, piece)
        ends = "tool_calls" if message.get("tool_calls") else "stop"
        yield _event(id_, talk, {}, ends)
        yield _event(id_, talk, None, usage=_usage(talk, message))
        yield b"data: [DONE]\n\n"

    def _next_id(self) -> str:
        self._count += 1
        return f"chatcmpl-practice-{self._count}"


def _said(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


def _usage(talk: Talk, message: Mapping[str, Any]) -> dict[str, int]:
    # Four letters of Korean are about three tokens; the same text always costs the same.
    sent = sum(len(one) for one in talk.texts) * 3 // 4
    said = len(json.dumps(message, ensure_ascii=False)) * 3 // 4
    return {"prompt_tokens": sent, "completion_tokens": said, "total_tokens": sent + said}


def _event(
    id_: str,
    talk: Talk,
    delta: Mapping[str, Any] | None,
    ends: str | None = None,
    usage: Mapping[str, int] | None = None,
) -> bytes:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": ends}]
    chunk: dict[str, Any] = {
        "id": id_,
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": talk.model,
        "choices": choices,
    }
    if usage is not None:
        chunk["usage"] = usage
    return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n".encode()


def _error(status: int, kind: str, message: str) -> Response:
    return JSONResponse({"error": {"type": kind, "message": message}}, status)


_MEETING = (
    "연습시 주간 회의를 시작하겠습니다. 버스정책과장입니다. "
    "12번 노선 배차를 5분 줄이기로 결정했습니다. "
    "세정과는 11월 30일까지 감면 대상자 명단을 정리해 주시기 바랍니다. 이상으로 마치겠습니다."
)
