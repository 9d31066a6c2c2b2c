"""The door to models: one endpoint, one exchange, streamed; everything leaves by the outlet."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gongmu.bots.answer import MaskedItem
from gongmu.bots.answers.compose import Told, tool_words
from gongmu.bots.guard.mask import MaskMemory
from gongmu.bots.guard.office import Endpoint
from gongmu.bots.guard.outlet import Note, open_outlet, refusal_of
from gongmu.bots.passages import DataClass
from gongmu.core.errors import GongmuError, Refused, Transient
from gongmu.core.house import House

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.models.openai import OpenAIChatModel

LONGEST_ANSWER = 24_000
"""Letters after which an answer is cut."""
_LEAST_PATIENCE = 0.25
_TOOL_LINE = re.compile(r'^\s*(?:```(?:json)?\s*)?\{\s*"tool"\s*:')


@dataclass(frozen=True)
class Piece:
    """More text of the answer."""

    text: str


@dataclass(frozen=True)
class Call:
    """The model asks for a tool."""

    tool: str
    arguments: Mapping[str, Any]
    call_id: str = ""


@dataclass(frozen=True)
class End:
    """The exchange is over; `whole` is False when the stream broke off or was too long."""

    calls: Sequence[Call]
    whole: bool
    tokens_in: int
    tokens_out: int


@dataclass
class Exchange:
    """One talk with one endpoint: what is said so far, and what came of it."""

    endpoint: Endpoint
    instructions: str
    question: str
    history: Sequence[Told] = ()
    tools: Sequence[Mapping[str, Any]] = ()
    schema: Mapping[str, Any] | None = None
    schema_title: str = ""
    output: str = "text"
    """text | native | tool | prompted"""
    messages: list[Any] = field(default_factory=list)
    """Calls and results of this answer, in the library's own form."""


class ModelDoor:
    """Opens exchanges with one endpoint for one answer."""

    def __init__(
        self,
        house: House,
        endpoint: Endpoint,
        memory: MaskMemory,
        highest_class: DataClass,
        stop: threading.Event,
        note: Note | None = None,
    ) -> None:
        self.endpoint = endpoint
        self._stop = stop
        self._client = open_outlet(
            house, endpoint, memory=memory, highest_class=highest_class, note=note
        )
        self._model: OpenAIChatModel | None = None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def speak(self, exchange: Exchange) -> AsyncGenerator[Piece | End, None]:
        """Yield the answer's text as it comes, then its end.

        Raises Transient model_down (with the kind of failure), Refused of the outlet. Stops
        quietly when the stop is set.
        """
        try:
            async for one in self._speak(exchange):
                yield one
        except Exception as problem:  # noqa: BLE001  a server may answer anything
            raise _down(self.endpoint, problem) from None

    async def _speak(self, exchange: Exchange) -> AsyncGenerator[Piece | End, None]:
        from pydantic_ai.direct import model_request_stream

        model = self._open()
        native = bool(exchange.tools) and self.endpoint.tool_calls
        length, cut = 0, False
        async with model_request_stream(
            model,
            _messages(exchange, native),
            model_settings={"temperature": 0.0, "timeout": self.endpoint.timeout_seconds},
            model_request_parameters=_parameters(exchange, native),
            instrument=False,
        ) as stream:
            async for text in self._until_stopped(_texts(stream)):
                length += len(text)
                yield Piece(text)
                if length > LONGEST_ANSWER:
                    cut = True
                    break
            response = stream.get()
        if native and not cut:
            exchange.messages.append(response)
        whole = not cut and response.finish_reason in ("stop", "tool_call")
        usage = response.usage
        yield End(_calls(response), whole, usage.input_tokens, usage.output_tokens)

    async def _until_stopped(self, texts: AsyncIterator[str]) -> AsyncIterator[str]:
        """Pass texts on; look for the stop even while nothing comes."""
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + 5 * self.endpoint.timeout_seconds
        waiting: asyncio.Future[str] | None = None
        try:
            while True:
                waiting = asyncio.ensure_future(_next(texts))
                while not (await asyncio.wait({waiting}, timeout=_LEAST_PATIENCE))[0]:
                    if self._stop.is_set():
                        return
                    if loop.time() > ends_at:
                        raise TimeoutError
                if self._stop.is_set():
                    return
                try:
                    yield waiting.result()
                except _Over:
                    return
        finally:
            if waiting is not None and not waiting.done():
                waiting.cancel()
                await asyncio.gather(waiting, return_exceptions=True)

    def _open(self) -> OpenAIChatModel:
        if self._model is None:
            from openai import AsyncOpenAI
            from pydantic_ai.models.openai import OpenAIChatModel
            from pydantic_ai.profiles.openai import OpenAIModelProfile
            from pydantic_ai.providers.openai import OpenAIProvider

            client = AsyncOpenAI(
                base_url=self.endpoint.address,
                api_key="-",
                http_client=self._client,
                max_retries=0,
                timeout=self.endpoint.timeout_seconds,
            )
            self._model = OpenAIChatModel(
                self.endpoint.name,
                provider=OpenAIProvider(openai_client=client),
                # A stream that ends without saying why has broken off: that is no answer.
                profile=OpenAIModelProfile(openai_chat_streaming_requires_finish_reason=True),
            )
        return self._model


class _Over(Exception):
    """The texts have come to their end."""


async def _next(texts: AsyncIterator[str]) -> str:
    # A future cannot carry StopAsyncIteration.
    try:
        return await anext(texts)
    except StopAsyncIteration:
        raise _Over from None


async def _texts(stream: Any) -> AsyncIterator[str]:
    from pydantic_ai.messages import PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta

    async for event in stream:
        if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
            if event.part.content:
                yield event.part.content
        elif isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
            if event.delta.content_delta:
                yield event.delta.content_delta
        else:
            # Parts of a tool call: nothing to show, but the time of a stop.
            yield ""


def _messages(exchange: Exchange, native: bool) -> list[ModelMessage]:
    from pydantic_ai.messages import (
        ModelRequest,
        ModelResponse,
        SystemPromptPart,
        TextPart,
        UserPromptPart,
    )

    standing = exchange.instructions
    if exchange.tools and not native:
        standing = f"{standing}\n{tool_words(exchange.tools)}"
    made: list[Any] = [ModelRequest(parts=[SystemPromptPart(standing)])]
    for told in exchange.history:
        made.append(ModelRequest(parts=[UserPromptPart(told.question)]))
        made.append(ModelResponse(parts=[TextPart(told.answer)]))
    made.append(ModelRequest(parts=[UserPromptPart(exchange.question)]))
    return [*made, *exchange.messages]


def _parameters(exchange: Exchange, native: bool) -> ModelRequestParameters:
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.output import OutputObjectDefinition
    from pydantic_ai.tools import ToolDefinition

    tools = [
        ToolDefinition(
            name=one["name"],
            description=one["description"],
            parameters_json_schema=dict(one["parameters"]),
        )
        for one in (exchange.tools if native else ())
    ]
    if exchange.schema is None or exchange.output == "prompted":
        return ModelRequestParameters(function_tools=tools)
    schema = dict(exchange.schema)
    if exchange.output == "native":
        shape = OutputObjectDefinition(json_schema=schema, name="form", strict=False)
        return ModelRequestParameters(output_mode="native", output_object=shape)
    form = ToolDefinition(
        name="fill_form", description=exchange.schema_title, parameters_json_schema=schema
    )
    return ModelRequestParameters(output_mode="tool", output_tools=[form], allow_text_output=False)


def _calls(response: Any) -> Sequence[Call]:
    from pydantic_ai.messages import ToolCallPart

    found = []
    for part in response.parts:
        if isinstance(part, ToolCallPart):
            try:
                arguments = part.args_as_dict()
            except (ValueError, AssertionError):
                arguments = {}
            found.append(Call(part.tool_name, arguments, part.tool_call_id))
    return found


def say_result(exchange: Exchange, call: Call, text: str) -> None:
    """Add a tool's result to the talk, so that the model goes on from it."""
    from pydantic_ai.messages import (
        ModelRequest,
        ModelResponse,
        TextPart,
        ToolReturnPart,
        UserPromptPart,
    )

    if call.call_id:
        part = ToolReturnPart(tool_name=call.tool, content=text, tool_call_id=call.call_id)
        exchange.messages.append(ModelRequest(parts=[part]))
        return
    asked = json.dumps({"tool": call.tool, "arguments": dict(call.arguments)}, ensure_ascii=False)
    exchange.messages.append(ModelResponse(parts=[TextPart(asked)]))
    exchange.messages.append(
        ModelRequest(parts=[UserPromptPart(f'<도구 이름="{call.tool}">\n{text}\n</도구>')])
    )


def looks_like_call(text: str) -> bool:
    """Return whether an answer begins as a prompted tool call or other JSON."""
    return bool(re.match(r"^\s*(?:```(?:json)?\s*)?\{", text))


def prompted_call(text: str) -> Call | None:
    """Return the tool call that a model without tool calls wrote in words."""
    if not _TOOL_LINE.match(text):
        return None
    given = json_in(text)
    if not isinstance(given, dict) or not isinstance(given.get("tool"), str):
        return None
    arguments = given.get("arguments")
    return Call(given["tool"], arguments if isinstance(arguments, dict) else {})


def json_in(text: str) -> object:
    """Return the first JSON object in a text (fences and words around it aside), None for none."""
    start = text.find("{")
    if start < 0:
        return None
    try:
        return json.JSONDecoder().raw_decode(text[start:])[0]
    except ValueError:
        return None


def _down(endpoint: Endpoint, problem: Exception) -> GongmuError:
    """Return what went wrong in the house's words; nothing of what was sent is in them."""
    own = refusal_of(problem)
    if own is not None:
        return own
    status = getattr(problem, "status_code", None)
    if status is None:
        status = getattr(problem.__cause__, "status_code", None)
    kind = type(problem.__cause__ or problem).__name__
    why = {
        401: "열쇠를 받아 주지 않습니다",
        403: "열쇠를 받아 주지 않습니다",
        404: "그런 모델이 없다고 합니다",
        413: "글이 너무 길다고 합니다",
        429: "요청이 많아 받지 않습니다",
    }.get(status or 0)
    if why is None and "imeout" in kind:
        why = "제때 답하지 않습니다"
    if why is None:
        why = f"오류를 냅니다({status})" if status else "이어지지 않거나 알 수 없는 답을 합니다"
    return Transient("model_down", f"모델 '{endpoint.code}'이(가) {why}.", "잠시 뒤 다시 하세요.")


def allowed(models: Sequence[Endpoint], data_class: DataClass) -> Sequence[Endpoint]:
    """Return the endpoints to which content of this class may go, in their order."""
    return [one for one in models if data_class.may_go(one.internal)]


def add_up(items: Sequence[MaskedItem]) -> Sequence[MaskedItem]:
    """Return what was masked, each kind once.

    The same text goes out again with every turn of a tool call, so the largest count stands.
    """
    most: dict[str, int] = {}
    for one in items:
        most[one.kind] = max(most.get(one.kind, 0), one.count)
    return tuple(MaskedItem(kind, count) for kind, count in sorted(most.items()))


def wrong_form(why: str) -> Refused:
    """Return the error of a model that filled the form wrongly."""
    return Refused("model_form", f"모델이 서식을 바르게 채우지 못했습니다: {why}", "다시 하세요.")
