"""One request to a vendor's HTTP interface, and what may be believed of its failure.

Nothing of what was sent may stand in an error: httpx errors carry the request, so they are never
chained to ours, not even as a hidden context.
"""

from __future__ import annotations

import json
import logging
import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx

from gongmu.core.errors import Ambiguous, GongmuError, Refused, Transient

# Addresses carry application keys; httpx writes every address at INFO.
logging.getLogger("httpx").setLevel(logging.WARNING)

ANSWER_LIMIT = 64 * 1024 * 1024
"""Bytes of one answer; more than any page of results."""

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
"""Failures before the first byte of the body went out."""


@dataclass(frozen=True)
class Answer:
    """What came back: HTTP status and the JSON object, empty when it was none."""

    status: int
    body: Mapping[str, Any] = field(repr=False)


class Exchange:
    """A line to one vendor; `title` names it in messages, `timeout_seconds` holds in total."""

    def __init__(self, title: str, address: str, timeout_seconds: float) -> None:
        self._title = title
        _check_address(title, address)
        self._timeout_seconds = timeout_seconds
        self._client = httpx.Client(
            base_url=address,
            timeout=timeout_seconds,
            follow_redirects=False,
            verify=_trust(),
        )

    def close(self) -> None:
        """Close the line; closing it again does nothing."""
        self._client.close()

    def hand_over(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Answer:
        """Post what must happen once.

        Raises Transient("gateway_down" | "gateway_busy") when surely nothing was taken,
        Ambiguous("gateway_unclear") for a time-out, a broken line, 5xx or no JSON.
        """
        data = json.dumps(body, ensure_ascii=False).encode()
        request = self._client.build_request(
            "POST", path, content=data, headers={"Content-Type": _JSON, **headers}
        )
        return self._run(request, once=True)

    def look(self, path: str, query: Mapping[str, str | int], headers: Mapping[str, str]) -> Answer:
        """Ask something that changes nothing; raises Transient when there is no good answer."""
        request = self._client.build_request("GET", path, params=dict(query), headers=headers)
        return self._run(request, once=False)

    def _run(self, request: httpx.Request, *, once: bool) -> Answer:
        failure: GongmuError | None = None
        try:
            status, data = self._exchange(request)
        except _NOT_SENT:
            failure = self.down()
        except httpx.HTTPError:
            failure = self.unclear() if once else self.down()
        if failure is not None:
            raise failure
        if status == 429:
            raise Transient(
                "gateway_busy",
                f"{self._title}: 요청이 많아 받지 않았습니다.",
                "잠시 뒤 저절로 다시 합니다. 되풀이되면 초당 건수를 줄이세요.",
            )
        body = _object(data)
        # 408: the vendor gave up reading, and nobody knows how far it had come.
        if status >= 500 or status == 408 or (body is None and status < 400):
            raise self.unclear() if once else self.down()
        return Answer(status, body or {})

    def _exchange(self, request: httpx.Request) -> tuple[int, bytes]:
        """Return status and body; every failure, a late body included, is an httpx error."""
        until = time.monotonic() + self._timeout_seconds
        response = self._client.send(request, stream=True)
        try:
            data = bytearray()
            for chunk in response.iter_bytes():
                data += chunk
                # httpx's own limit starts anew with every chunk.
                if time.monotonic() > until or len(data) > ANSWER_LIMIT:
                    raise httpx.ReadTimeout("answer too slow or too long")
            return response.status_code, bytes(data)
        finally:
            response.close()

    def down(self) -> Transient:
        """Return the error for a vendor that did not answer and surely took nothing."""
        return Transient(
            "gateway_down",
            f"{self._title}에 연결하지 못했습니다.",
            "저절로 다시 합니다. 이어지면 인터넷과 방화벽을 확인하세요.",
        )

    def unclear(self) -> Ambiguous:
        """Return the error for a hand-over of which nobody can know whether it was taken."""
        return Ambiguous(
            "gateway_unclear",
            f"{self._title}에 넘겼으나 받았다는 답이 없습니다.",
            "다시 보내지 않고 먼저 중계사에 조회합니다.",
        )

    def key_refused(self, code: str) -> Refused:
        """Return the error for keys that the vendor does not accept."""
        return Refused(
            "gateway_key_refused",
            f"{self._title}: 인증을 거절했습니다(코드 {plain(code)}).",
            "`gongmu secrets set`으로 열쇠를 다시 넣고, 허용 IP와 컴퓨터의 시계를 확인하세요.",
        )

    def sender_refused(self, code: str) -> Refused:
        """Return the error for a sender number that is not registered or is blocked."""
        return Refused(
            "gateway_sender_refused",
            f"{self._title}: 발신번호가 등록되어 있지 않거나 막혀 있습니다(코드 {plain(code)}).",
            "중계사의 발신번호 사전등록을 마치고, 도시 파일의 sender를 그 번호로 고치세요.",
        )

    def balance_empty(self, code: str) -> Refused:
        """Return the error for an account without money."""
        return Refused(
            "gateway_balance_empty",
            f"{self._title}: 잔액이 모자랍니다(코드 {plain(code)}).",
            "중계사 누리집에서 충전한 뒤 보내기를 다시 시작하세요.",
        )

    def rejected(self, code: str) -> Refused:
        """Return the error for a request that the vendor did not understand or does not allow."""
        return Refused(
            "gateway_rejected",
            f"{self._title}: 요청을 거절했습니다(코드 {plain(code)}).",
            "docs/operator-messages.md의 표에서 코드를 찾아보고, 없으면 중계사에 물어보세요.",
        )


def too_many(title: str, limit: int) -> Refused:
    """Return the error for more parcels in one call than the vendor takes."""
    return Refused(
        "too_many_parcels",
        f"{title}: 한 번에 {limit}건까지 넘길 수 있습니다.",
        "나누어 넘기세요.",
    )


def plain(code: object) -> str:
    """Return a vendor's code without anything that could be a person's data."""
    text = str(code)
    return text if re.fullmatch(r"-?\d{1,5}|[A-Za-z][A-Za-z0-9_]{0,39}", text) else "?"


_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_JSON = "application/json;charset=UTF-8"


@cache
def _trust() -> ssl.SSLContext:
    """Return the certificates to trust; reading them anew for each line would cost 30 ms."""
    return httpx.create_ssl_context()


def _check_address(title: str, address: str) -> None:
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        url = httpx.URL("")
    # Phone numbers and texts go over this line; unencrypted only within this machine.
    if url.scheme != "https" and not (url.scheme == "http" and url.host in _LOOPBACK):
        raise Refused(
            "gateway_address_invalid",
            f"{title}: 주소가 https로 시작하지 않습니다.",
            "도시 파일의 [messages.gateway] address를 확인하세요.",
        )


def _object(data: bytes) -> Mapping[str, Any] | None:
    try:
        value = json.loads(data)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
