"""A practice Solapi: send-many/detail and list of messages API v4, signature checked for real."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gongmu.practice.portals.texting import Desk, Held, Text, troubled

API_KEY = "NCSPRACTICE00001"
API_SECRET = "PRACTICESECRET000000000000000001"  # noqa: S105 - opens only the practice gateway
SKEW = timedelta(minutes=15)
LIST_LIMIT = 500

_AUTHORIZATION = re.compile(
    r"HMAC-SHA256 apiKey=(?P<key>\w+), date=(?P<date>[^,]+), salt=(?P<salt>\w{12,64}), "
    r"signature=(?P<signature>[0-9a-f]{64})"
)
_WORDS = {"2000": "정상 접수", "3000": "이통사로 접수", "4000": "수신 완료"}


class SolapiSite:
    """Answers as api.solapi.com does; the desk decides what becomes of a text."""

    def __init__(self, desk: Desk | None = None) -> None:
        self.desk = desk or Desk()
        self._signatures: dict[str, datetime] = {}
        self._refused: dict[str, tuple[Text, str]] = {}
        """Texts refused at the hand-over; the vendor keeps them in its list."""

    def app(self) -> Starlette:
        """Return the ASGI application."""
        return Starlette(
            routes=[
                Route("/messages/v4/send-many/detail", self.send_many, methods=["POST"]),
                Route("/messages/v4/list", self.listing),
            ]
        )

    async def send_many(self, request: Request) -> Response:
        """Take the messages of one request."""
        wrong = self._unauthorized(request)
        if wrong is not None:
            return wrong
        body = await request.json()
        messages = body.get("messages")
        if not isinstance(messages, list) or not 0 < len(messages) <= 10_000:
            return _error(400, "ValidationError")
        if self.desk.troubles.balance_empty:
            return _error(402, "NotEnoughBalance")

        async def take() -> Response:
            return self._take(messages, bool(body.get("allowDuplicates")))

        return await troubled(self.desk, request, take, _error(429, "TooManyRequests"))

    def listing(self, request: Request) -> Response:
        """Return messages by ids, or those of a span of time, newest first, page by page."""
        wrong = self._unauthorized(request)
        if wrong is not None:
            return wrong
        query = request.query_params
        limit = int(query.get("limit", "20"))
        if not 0 < limit <= LIST_LIMIT:
            return _error(400, "ValidationError")
        rows = [*map(_row, self.desk.all()), *self._refused_rows()]
        if "messageIds" in query:
            ids = set(json.loads(query["messageIds"]))
            rows = [row for row in rows if row["messageId"] in ids]
        for name, keeps in (("startDate", 1), ("endDate", -1)):
            if name in query:
                edge = datetime.fromisoformat(query[name])
                rows = [r for r in rows if _sign(r["dateCreated"], edge) in (0, keeps)]
        keys = [row["messageId"] for row in rows]
        start = keys.index(query["startKey"]) if "startKey" in query else 0
        page, following = rows[start : start + limit], keys[start + limit : start + limit + 1]
        return JSONResponse(
            {
                "startKey": query.get("startKey"),
                "nextKey": following[0] if following else None,
                "limit": limit,
                "messageList": {row["messageId"]: row for row in page},
            }
        )

    def _take(self, messages: list[dict[str, Any]], allow_duplicates: bool) -> Response:
        done, failed = [], []
        phones: set[str] = set()
        for message in messages:
            text = Text(
                str(message.get("customFields", {}).get("reference", "")),
                message["to"],
                message["from"],
                message["type"],
                message.get("subject", ""),
                message["text"],
            )
            code = self._refusal(text, text.phone in phones and not allow_duplicates)
            phones.add(text.phone)
            if code:
                number = f"M4VR{len(self._refused) + 1:012d}"
                self._refused[number] = (text, code)
                failed.append({**_told(number, text, code), "to": text.phone, "from": text.sender})
            else:
                done.append(_told(self.desk.take(text, "M4V").number, text, "2000"))
        counts = {"total": len(messages), "registeredFailed": len(failed)}
        group = {"groupId": "G4VPRACTICE", "status": "SENDING", "count": counts}
        return JSONResponse({"failedMessageList": failed, "groupInfo": group, "messageList": done})

    def _refusal(self, text: Text, twice: bool) -> str:
        """Return the status code for which a message is not taken; empty when it is."""
        size = len(text.text.encode("cp949", "replace"))
        if text.sender in self.desk.unregistered:
            return "1062"
        if text.phone in self.desk.refused:
            return self.desk.refused[text.phone]
        if twice:
            return "1026"
        if text.kind == "SMS" and text.subject:
            return "1013"
        return "1031" if size > (90 if text.kind == "SMS" else 2000) else ""

    def _refused_rows(self) -> list[dict[str, Any]]:
        now = datetime.now(UTC).isoformat()
        return [
            {**_told(number, text, code), "dateCreated": now}
            for number, (text, code) in self._refused.items()
        ]

    def _unauthorized(self, request: Request) -> Response | None:
        found = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
        if found is None:
            return _error(403, "InvalidAPIKey")
        now = datetime.now(UTC)
        data = (found["date"] + found["salt"]).encode()
        right = hmac.new(API_SECRET.encode(), data, hashlib.sha256).hexdigest()
        if found["key"] != API_KEY:
            return _error(403, "InvalidAPIKey")
        if not hmac.compare_digest(right, found["signature"]):
            return _error(403, "SignatureDoesNotMatch")
        if abs(datetime.fromisoformat(found["date"]) - now) > SKEW:
            return _error(403, "RequestTimeTooSkewed")
        if self._signatures.get(right, now - 2 * SKEW) > now - SKEW:
            return _error(403, "DuplicatedSignature")
        self._signatures[right] = now
        return None


def _error(status: int, code: str) -> Response:
    return JSONResponse({"errorCode": code, "errorMessage": f"practice: {code}"}, status)


def _told(number: str, text: Text, code: str) -> dict[str, Any]:
    return {
        "messageId": number,
        "statusCode": code,
        "statusMessage": _WORDS.get(code, "접수 실패"),
        "customFields": {"reference": text.reference},
    }


def _row(held: Held) -> dict[str, Any]:
    text = held.text
    code = (held.failure or "4000") if held.has_result else "3000"
    created = datetime.now(UTC) - timedelta(seconds=held.age_seconds)
    return {
        **_told(held.number, text, code),
        "to": text.phone,
        "from": text.sender,
        "text": text.text,
        "type": text.kind,
        "status": "COMPLETE" if held.has_result else "SENDING",
        "dateCreated": created.isoformat(),
        "dateReceived": datetime.now(UTC).isoformat() if held.has_result else None,
    }


def _sign(date: str, edge: datetime) -> int:
    moment = datetime.fromisoformat(date)
    return (moment > edge) - (moment < edge)
