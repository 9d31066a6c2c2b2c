"""A practice NHN Cloud SMS: sender/sms, sender/mms and their lists of API v3.0."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gongmu.core.values import SEOUL
from gongmu.practice.portals.texting import Desk, Held, Text, troubled

APP_KEY = "practiceAppKey01"
SECRET_KEY = "practiceS"  # noqa: S105 - opens only the practice gateway
BASE = "/sms/v3.0/appKeys/{app_key}/sender/{form}"
FORMS = {"sms": "SMS", "mms": "LMS"}
MONTH = timedelta(days=31)
MESSAGES = {
    "0": "SUCCESS",
    "-1001": "Service is not exist.",
    "-2001": "RecipientList can not be null.",
    "-2011": "RequestId or start/endRequestDate or start/endCreateDate is required.",
    "-2016": "The max recipient size is 1000.",
    "-2019": "RecipientNo is invalid.",
    "-2312": "Not regist sendno.",
    "-4000": "Search is possible within one month.",
    "-9999": "System error.",
}


class NhnSite:
    """Answers as sms.api.nhncloudservice.com does; the desk decides what becomes of a text."""

    def __init__(self, desk: Desk | None = None) -> None:
        self.desk = desk or Desk()
        self._groups: dict[str, str] = {}
        """The desk's number → senderGroupingKey."""

    def app(self) -> Starlette:
        """Return the ASGI application."""
        return Starlette(
            routes=[
                Route(BASE, self.send, methods=["POST"]),
                Route(BASE, self.listing, methods=["GET"]),
            ]
        )

    async def send(self, request: Request) -> Response:
        """Take one text for up to 1,000 numbers."""
        wrong = self._unauthorized(request)
        if wrong is not None:
            return wrong
        body = await request.json()
        recipients = body.get("recipientList")
        if not isinstance(recipients, list) or not recipients:
            return _answer("-2001")
        if len(recipients) > 1000:
            return _answer("-2016")
        if body.get("sendNo") in self.desk.unregistered:
            return _answer("-2312")

        async def take() -> Response:
            return self._take(FORMS[request.path_params["form"]], body, recipients)

        return await troubled(self.desk, request, take, Response("Too Many Requests", 429))

    def listing(self, request: Request) -> Response:
        """Return texts of one form by date of entry and grouping keys, newest first."""
        wrong = self._unauthorized(request)
        if wrong is not None:
            return wrong
        query = request.query_params
        try:
            first, last = (
                datetime.fromisoformat(query[name]).replace(tzinfo=SEOUL)
                for name in ("startCreateDate", "endCreateDate")
            )
        except KeyError:
            return _answer("-2011")
        if last - first > MONTH:
            return _answer("-4000")
        kind = FORMS[request.path_params["form"]]
        rows = [
            row
            for held in self.desk.all()
            if held.text.kind == kind and first <= _created(held) <= last
            for row in [_row(held, self._groups[held.number])] * self._times()
            if all(
                row[name] == query[name]
                for name in ("senderGroupingKey", "recipientGroupingKey", "recipientNo")
                if name in query
            )
        ]
        number, size = int(query.get("pageNum", "1")), int(query.get("pageSize", "15"))
        page = rows[(number - 1) * size : number * size]
        body = {"pageNum": number, "pageSize": size, "totalCount": len(rows), "data": page}
        return _answer("0", body)

    def _times(self) -> int:
        """Return how often a row is told: pages that move tell some of them twice."""
        troubles = self.desk.troubles
        return 2 if troubles.chance.random() < troubles.repeat_share else 1

    def _take(self, kind: str, body: dict[str, Any], recipients: list[dict[str, Any]]) -> Response:
        results = []
        for place, recipient in enumerate(recipients, start=1):
            phone, reference = recipient["recipientNo"], recipient.get("recipientGroupingKey", "")
            code = self.desk.refused.get(phone, "0")
            if code == "0":
                text = Text(
                    reference, phone, body["sendNo"], kind, body.get("title", ""), body["body"]
                )
                held = self.desk.take(text, "R")
                self._groups[held.number] = body.get("senderGroupingKey", "")
            results.append(
                {
                    "recipientNo": phone,
                    "resultCode": int(code),
                    "resultMessage": MESSAGES.get(code, ""),
                    "recipientSeq": place,
                    "recipientGroupingKey": reference,
                }
            )
        number = f"{datetime.now(SEOUL):%Y%m%d%H%M%S}R{len(self.desk.held):08d}"
        data = {"requestId": number, "statusCode": "2", "sendResultList": results}
        return _answer("0", {"data": data})

    @staticmethod
    def _unauthorized(request: Request) -> Response | None:
        given = request.headers.get("x-secret-key", "")
        if request.path_params["form"] not in FORMS:
            return _answer("-9998")
        if request.path_params["app_key"] != APP_KEY:
            return _answer("-1001")
        # The answer to a wrong secret key is not published; the interface's header in a 401 is.
        return None if hmac.compare_digest(given, SECRET_KEY) else _answer("-1000", status=401)


def _answer(code: str, body: dict[str, Any] | None = None, status: int = 200) -> Response:
    header = {
        "isSuccessful": code == "0",
        "resultCode": int(code),
        "resultMessage": MESSAGES.get(code, "practice"),
    }
    return JSONResponse({"header": header, "body": body}, status)


def _created(held: Held) -> datetime:
    return datetime.now(SEOUL) - timedelta(seconds=held.age_seconds)


def _row(held: Held, group: str) -> dict[str, Any]:
    text, done = held.text, held.has_result
    state = ("0" if held.failure else "3") if done else "2"
    result = (held.failure or "1000") if done else None
    return {
        "requestId": held.number,
        "requestDate": f"{_created(held):%Y-%m-%d %H:%M:%S}.0",
        "resultDate": f"{datetime.now(SEOUL):%Y-%m-%d %H:%M:%S}.0" if done else None,
        "body": text.text,
        "sendNo": text.sender,
        "recipientNo": text.phone,
        "msgStatus": state,
        "resultCode": result,
        "recipientSeq": 1,
        "messageType": text.kind,
        "senderGroupingKey": group,
        "recipientGroupingKey": text.reference,
    }
