"""The one way out for words: every request is masked here or not sent at all.

No other module of the desks opens a network client (the national law API has its own, which sends
no words of officers). What is sent goes to one configured host, never along a redirect.
"""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus, urlsplit

from gongmu.bots.answer import MaskedItem
from gongmu.bots.guard.body import safe_body
from gongmu.bots.guard.mask import MaskMemory
from gongmu.bots.guard.office import Endpoint
from gongmu.bots.guard.personal import PersonalKind, find_personal
from gongmu.bots.passages import DataClass
from gongmu.core.errors import GongmuError, Refused

if TYPE_CHECKING:
    import httpx2

    from gongmu.core.house import House

Note = Callable[[Sequence[MaskedItem]], None]
"""Told what was masked in each request that leaves."""

_HEADERS = frozenset(
    {"accept", "connection", "host", "mcp-session-id", "mcp-protocol-version", "last-event-id"}
    | {"mcp-method", "mcp-name"}
)
"""The caller's headers that go along; every other one is dropped."""
_METHODS = frozenset({"GET", "POST", "DELETE"})
_QUIET = ("openai", "httpx2", "httpcore2", "mcp", "pydantic_ai")


@dataclass(frozen=True)
class _Rules:
    """What one outlet lets through."""

    scheme: str
    host: str
    port: int | None
    path: str
    internal: bool
    memory: MaskMemory
    note: Note | None
    key: str

    def check(self, method: str, url: httpx2.URL, headers: httpx2.Headers) -> None:
        """Raise Refused where the request goes elsewhere or hides its body."""
        if (url.scheme, url.host, url.port) != (self.scheme, self.host, self.port):
            raise _elsewhere()
        path = url.path
        if ".." in path or not (path == self.path or path.startswith(self.path.rstrip("/") + "/")):
            raise _elsewhere()
        if method not in _METHODS or headers.get("content-encoding", "identity") != "identity":
            raise _guarded()
        told = unquote_plus(url.raw_path.decode("ascii", "replace"))
        if any(item.kind is not PersonalKind.OFFICE_PHONE for item in find_personal(told)):
            raise _guarded()


def open_outlet(
    house: House,
    endpoint: Endpoint,
    *,
    memory: MaskMemory,
    highest_class: DataClass,
    note: Note | None = None,
) -> httpx2.AsyncClient:
    """Return a client for `endpoint` that masks what it sends; give it to openai or mcp.

    Raises Refused class_confidential, class_internal_only, secret_missing. Its requests raise
    Refused outlet_unreadable, outlet_file, outlet_elsewhere, outlet_guard, outlet_redirect;
    libraries may wrap that: see `refusal_of`.
    """
    import httpx2

    rules = _rules(house, endpoint, memory, highest_class, note)
    # No proxy and no certificates of the environment: the host is the one the city wrote down.
    transport = _async_transport(
        rules, httpx2.AsyncHTTPTransport(verify=_certificates(), trust_env=False)
    )
    return httpx2.AsyncClient(
        transport=transport,
        timeout=httpx2.Timeout(endpoint.timeout_seconds, connect=min(endpoint.timeout_seconds, 5)),
        follow_redirects=False,
        trust_env=False,
    )


def open_sync_outlet(
    house: House,
    endpoint: Endpoint,
    *,
    memory: MaskMemory,
    highest_class: DataClass,
    note: Note | None = None,
) -> httpx2.Client:
    """Return the same for code that does not await; raises as `open_outlet`."""
    import httpx2

    rules = _rules(house, endpoint, memory, highest_class, note)
    return httpx2.Client(
        transport=_sync_transport(
            rules, httpx2.HTTPTransport(verify=_certificates(), trust_env=False)
        ),
        timeout=httpx2.Timeout(endpoint.timeout_seconds, connect=min(endpoint.timeout_seconds, 5)),
        follow_redirects=False,
        trust_env=False,
    )


def check_class(endpoint_internal: bool, highest_class: DataClass) -> None:
    """Raise Refused where content of this class may not go to such an endpoint."""
    if highest_class.may_go(endpoint_internal):
        return
    if highest_class is DataClass.CONFIDENTIAL:
        raise Refused(
            "class_confidential",
            "기밀(C) 내용은 어떤 모델에도 보내지 않습니다.",
            "모델 없이 인용으로 답하는 창을 쓰세요.",
        )
    raise Refused(
        "class_internal_only",
        "민감(S) 내용은 시 안쪽 모델에만 보냅니다.",
        "도시 파일에서 안쪽(internal) 모델을 정하거나 모델 없이 쓰세요.",
    )


def refusal_of(error: BaseException) -> GongmuError | None:
    """Return the house's own error inside what a client library raised, None when there is none."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, GongmuError):
            return one
        waiting += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
    return None


def _rules(
    house: House,
    endpoint: Endpoint,
    memory: MaskMemory,
    highest_class: DataClass,
    note: Note | None,
) -> _Rules:
    check_class(endpoint.internal, highest_class)
    for name in _QUIET:
        # At DEBUG these write whole requests.
        logging.getLogger(name).setLevel(logging.WARNING)
    import httpx2

    url = httpx2.URL(endpoint.address)
    key = house.vault.secret(endpoint.secret).reveal() if endpoint.secret else ""
    path = urlsplit(endpoint.address).path or "/"
    return _Rules(url.scheme, url.host, url.port, path, endpoint.internal, memory, note, key)


def _async_transport(rules: _Rules, inner: httpx2.AsyncHTTPTransport) -> httpx2.AsyncBaseTransport:
    import httpx2

    class Outlet(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            rules.check(request.method, request.url, request.headers)
            body = await request.aread()
            if len(body) > 4_000:
                # Looking at a long body takes milliseconds; others go on meanwhile.
                safe = await asyncio.to_thread(_safe_request, rules, request, body)
            else:
                safe = _safe_request(rules, request, body)
            try:
                response = await inner.handle_async_request(safe)
            except httpx2.RequestError as problem:
                raise type(problem)(_network_words(problem), request=safe) from None
            if response.is_redirect:
                await response.aclose()
                raise _redirected()
            return response

        async def aclose(self) -> None:
            await inner.aclose()

    return Outlet()


def _sync_transport(rules: _Rules, inner: httpx2.HTTPTransport) -> httpx2.BaseTransport:
    import httpx2

    class Outlet(httpx2.BaseTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            rules.check(request.method, request.url, request.headers)
            safe = _safe_request(rules, request, request.read())
            try:
                response = inner.handle_request(safe)
            except httpx2.RequestError as problem:
                raise type(problem)(_network_words(problem), request=safe) from None
            if response.is_redirect:
                response.close()
                raise _redirected()
            return response

        def close(self) -> None:
            inner.close()

    return Outlet()


def _safe_request(rules: _Rules, request: httpx2.Request, body: bytes) -> httpx2.Request:
    import httpx2

    headers = {n: v for n, v in request.headers.items() if n.lower() in _HEADERS}
    headers["user-agent"] = "gongmu"
    if rules.key:
        headers["authorization"] = f"Bearer {rules.key}"
    if not body:
        return httpx2.Request(
            request.method, request.url, headers=headers, extensions=dict(request.extensions)
        )
    try:
        safe = safe_body(
            body, request.headers.get("content-type", ""), rules.memory, internal=rules.internal
        )
    except GongmuError:
        raise
    except Exception:  # noqa: BLE001
        # Whatever failed, its words may hold what must not be told.
        raise _guarded() from None
    if rules.note is not None and safe.items:
        rules.note(safe.items)
    headers["content-type"] = safe.content_type
    return httpx2.Request(
        request.method,
        request.url,
        headers=headers,
        content=safe.data,
        extensions=dict(request.extensions),
    )


@cache
def _certificates() -> ssl.SSLContext:
    """Return the trusted certificates; reading them takes longer than a request."""
    import httpx2

    return httpx2.create_ssl_context(trust_env=False)


def _network_words(problem: Exception) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", " ", type(problem).__name__).lower()


def _elsewhere() -> Refused:
    return Refused(
        "outlet_elsewhere",
        "정해 둔 주소가 아닌 곳으로는 보내지 않습니다.",
        "도시 파일 [bots]의 address를 확인하세요.",
    )


def _redirected() -> Refused:
    return Refused(
        "outlet_redirect",
        "모델 주소가 다른 곳을 가리켜 따라가지 않았습니다.",
        "도시 파일 [bots]에 마지막 주소를 적으세요.",
    )


def _guarded() -> Refused:
    return Refused(
        "outlet_guard",
        "보낼 내용을 가리지 못해 보내지 않았습니다.",
        "개인정보를 빼고 다시 물어보세요.",
    )
