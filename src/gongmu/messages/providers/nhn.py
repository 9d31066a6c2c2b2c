"""NHN Cloud SMS, API v3.0.

Our reference travels as recipientGroupingKey, by which the vendor's list can be asked within a
range of dates of at most a month. One request holds one text for many numbers; our texts differ
from person to person, so a request holds one parcel. The vendor delivers a repeated one twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from gongmu.core.clock import system_clock
from gongmu.core.errors import Ambiguous, Refused
from gongmu.core.values import SEOUL
from gongmu.messages.provider import (
    Kind,
    Known,
    Line,
    Outcome,
    Parcel,
    Provider,
    Receipt,
    Taken,
)
from gongmu.messages.providers._exchange import Answer, Exchange, plain, too_many

TITLE = "NHN Cloud SMS"
APP_KEY, SECRET_KEY = "nhn.app_key", "nhn.secret_key"
GROUP = "gongmu"
"""senderGroupingKey of everything we send, to find our own among others of the account."""

PATHS = {Kind.SMS: "sms", Kind.LMS: "mms"}
PAGE = 1000
PAGES = 200
WINDOW = timedelta(days=28)
"""The list answers for at most a month at a time (-4000)."""
LOOK_BACK_DAYS = 84
RESULT_DAYS = 5
"""How far back results are asked for; the vendor gives up after 25 (SMS) or 80 hours (LMS)."""

MESSAGE_STATES = {
    "0": (Outcome.FAILED, "보내지 못했습니다"),
    "1": (Outcome.PENDING, "중계사가 받았습니다"),
    "2": (Outcome.PENDING, "보내는 중입니다"),
    "3": (Outcome.DELIVERED, "단말기에 도착했습니다"),
    "4": (Outcome.FAILED, "예약이 취소되었습니다"),
    "5": (Outcome.FAILED, "중계사가 겹친 문자로 보고 보내지 않았습니다"),
}
"""msgStatus."""
RESULTS = {
    "1001": "이동통신사 서버가 바쁩니다",
    "1002": "수신번호의 꼴이 틀렸습니다",
    "1003": "발신번호의 꼴이 틀렸습니다",
    "1019": "전송 시간이 지났습니다",
    "2000": "전송 시간이 지났습니다",
    "2001": "무선망에서 실패했습니다",
    "2002": "무선망과 단말기 사이에서 실패했습니다",
    "2003": "단말기가 꺼져 있습니다",
    "2004": "이동통신사의 대기열이 가득 찼습니다",
    "2005": "전파가 닿지 않는 곳입니다",
    "2006": "문자가 지워졌습니다",
    "2007": "잠시 동안의 단말기 문제",
    "3000": "보낼 수 없습니다",
    "3001": "가입자가 아닙니다",
    "3002": "성인 인증에 실패했습니다",
    "3003": "없는 번호이거나 수신번호의 꼴이 틀렸습니다",
    "3004": "단말기가 일시 정지되었습니다",
    "3005": "단말기가 통화 중입니다",
    "3006": "받는 쪽이 거절했습니다",
    "3007": "콜백 주소를 받을 수 없는 단말기입니다",
    "3008": "그 밖의 단말기 문제",
    "3009": "문자의 꼴이 틀렸습니다",
    "3010": "장문을 받을 수 없는 단말기입니다",
    "3011": "이동통신사 서버 오류",
    "3012": "이동통신사가 스팸으로 걸렀습니다",
    "3013": "이동통신사가 서비스를 거절했습니다",
    "3014": "그 밖의 까닭",
    "3015": "보낼 경로가 없습니다",
    "3016": "붙임 파일이 너무 큽니다",
    "3017": "발신번호가 변작 방지 형식에 어긋납니다",
    "3018": "발신번호가 번호도용 차단 서비스에 가입된 번호입니다",
    "3019": "모든 고객사에 차단된 발신번호입니다",
    "E911": "붙임 파일의 확장자가 없습니다",
    "E913": "붙임 파일이 비어 있습니다",
    "E915": "중계사가 겹친 문자로 보고 보내지 않았습니다",
    "E919": "보낼 수 없는 시간이라 다시 보내지 않았습니다",
    "E999": "그 밖의 오류",
}
"""resultCode of the telephone companies; 1000 is success."""
PARCEL_CODES = {
    "-2014": "제목이나 본문이 비어 있습니다",
    "-2015": "제목이나 본문이 너무 깁니다",
    "-2018": "수신번호가 비어 있습니다",
    "-2019": "수신번호가 맞지 않습니다",
    "-2023": "보낼 수 없는 글자가 들어 있습니다",
    "-6001": "받는 사람이 080으로 수신을 거부했습니다",
}
"""Codes of the interface that speak of one parcel, not of the account."""
KEY_CODES = frozenset({"-1000", "-1001", "-1002", "-1003", "-1004", "-1007", "-1008"})
SENDER_CODES = frozenset({"-2312", "-2313", "-2103"})
UNCLEAR_CODES = frozenset({"-9999", "-2021"})
"""Errors inside the vendor's system, of which it does not say how far the text had come."""


class NhnConnection:
    """An open line to NHN Cloud SMS."""

    def __init__(self, line: Line) -> None:
        app_key = quote(line.secret(APP_KEY), safe="")
        self._headers = {"X-Secret-Key": line.secret(SECRET_KEY)}
        self._base = f"/sms/v3.0/appKeys/{app_key}/sender"
        self._look_back_days = int(line.options.get("look_back_days", LOOK_BACK_DAYS))
        self._exchange = Exchange(TITLE, line.address, line.timeout_seconds)

    def close(self) -> None:
        """Close the line; closing it again does nothing."""
        self._exchange.close()

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Taken]:
        """Hand over one parcel."""
        if len(parcels) > PROVIDER.batch_size:
            raise too_many(TITLE, PROVIDER.batch_size)
        return tuple(self._send(one) for one in parcels)

    def look_up(self, references: Sequence[str]) -> Mapping[str, Known]:
        """Ask the list by our reference, month by month over the last `look_back_days`."""
        return {one: self._known(one) for one in references}

    def receipts(self, references: Sequence[str]) -> Sequence[Receipt]:
        """Walk our own texts of the last days; of a reference seen twice the best is told."""
        wanted = set(references)
        found: dict[str, Receipt] = {}
        now = system_clock()
        for kind in PATHS:
            span = (now - timedelta(days=RESULT_DAYS), now + timedelta(hours=1))
            for row in self._rows(kind, span, {"senderGroupingKey": GROUP}):
                reference = str(row.get("recipientGroupingKey", ""))
                if reference in wanted:
                    found[reference] = _better(found.get(reference), _receipt(reference, row))
        return tuple(found.values())

    def _send(self, parcel: Parcel) -> Taken:
        body = {
            "body": parcel.text,
            "sendNo": parcel.sender,
            "senderGroupingKey": GROUP,
            "recipientList": [
                {"recipientNo": parcel.phone, "recipientGroupingKey": parcel.reference}
            ],
            "userId": GROUP,
        }
        if parcel.kind is Kind.LMS:
            body["title"] = parcel.subject
        path = f"{self._base}/{PATHS[parcel.kind]}"
        answer = self._exchange.hand_over(path, body, self._headers)
        code = self._code(answer)
        if code != "0":
            return self._not_taken(parcel, code)
        data = _object(_object(answer.body, "body"), "data")
        rows = data.get("sendResultList")
        row = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
        code = plain(row.get("resultCode", ""))
        if code != "0":
            return self._not_taken(parcel, code)
        number = f"{data.get('requestId', '')}/{row.get('recipientSeq', '')}"[:60]
        return Taken(parcel.reference, True, number, code, MESSAGE_STATES["1"][1])

    def _not_taken(self, parcel: Parcel, code: str) -> Taken:
        """Return the answer for a parcel refused for its own sake; raises for all others."""
        if code in PARCEL_CODES:
            return Taken(parcel.reference, False, "", code, PARCEL_CODES[code])
        raise self._refusal(code)

    def _refusal(self, code: str) -> Refused | Ambiguous:
        if code in KEY_CODES or code in ("HTTP401", "HTTP403"):
            return self._exchange.key_refused(code)
        if code in SENDER_CODES:
            return self._exchange.sender_refused(code)
        if code in UNCLEAR_CODES or code in ("?", "0"):
            return self._exchange.unclear()
        return self._exchange.rejected(code)

    def _known(self, reference: str) -> Known:
        now = system_clock()
        first = now - timedelta(days=self._look_back_days)
        for kind in PATHS:
            last = now + timedelta(hours=1)
            while last > first:
                span = (max(first, last - WINDOW), last)
                for row in self._rows(kind, span, {"recipientGroupingKey": reference}):
                    if row.get("recipientGroupingKey") == reference:
                        return Known.TAKEN
                last = span[0]
        return Known.NOT_TAKEN

    def _rows(
        self, kind: Kind, span: tuple[datetime, datetime], query: Mapping[str, str]
    ) -> Iterator[Mapping[str, Any]]:
        """Yield the listed texts of a span; raises Transient when the list does not end."""
        first, last = (at.astimezone(SEOUL).strftime("%Y-%m-%d %H:%M:%S") for at in span)
        asked: dict[str, str | int]
        asked = {"startCreateDate": first, "endCreateDate": last, "pageSize": PAGE, **query}
        for page in range(1, PAGES + 1):
            path = f"{self._base}/{PATHS[kind]}"
            answer = self._exchange.look(path, {**asked, "pageNum": page}, self._headers)
            code = self._code(answer)
            if code in UNCLEAR_CODES or code == "?":
                raise self._exchange.down()
            if code != "0":
                raise self._refusal(code)
            body = _object(answer.body, "body")
            rows = body.get("data")
            yield from (one for one in rows or () if isinstance(one, dict))
            if not rows or page * PAGE >= _count(body.get("totalCount")):
                return
        raise self._exchange.down()

    @staticmethod
    def _code(answer: Answer) -> str:
        """Return the vendor's code, "0" for success; the HTTP status where it gives none."""
        header = _object(answer.body, "header")
        code = plain(header.get("resultCode", ""))
        if answer.status in (401, 403) or (answer.status >= 400 and code == "?"):
            return f"HTTP{answer.status}"
        return "0" if header.get("isSuccessful") is True else code


def _object(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = body.get(name)
    return value if isinstance(value, dict) else {}


def _count(value: object) -> int:
    return int(value) if isinstance(value, int | str) and str(value).isdigit() else 0


def _receipt(reference: str, row: Mapping[str, Any]) -> Receipt:
    state, result = plain(row.get("msgStatus", "")), plain(row.get("resultCode", ""))
    at = _instant(row.get("resultDate"))
    unknown = (Outcome.PENDING, "중계사가 모르는 상태를 알렸습니다")
    outcome, reason = MESSAGE_STATES.get(state, unknown)
    if outcome is Outcome.PENDING:
        return Receipt(reference, outcome, state, reason)
    if result in PROVIDER.statuses and result not in MESSAGE_STATES:
        outcome, reason = PROVIDER.statuses[result]
        return Receipt(reference, outcome, result, reason, at)
    return Receipt(reference, outcome, state, reason, at)


_RANK = {Outcome.FAILED: 0, Outcome.PENDING: 1, Outcome.DELIVERED: 2}


def _better(one: Receipt | None, other: Receipt) -> Receipt:
    return one if one is not None and _RANK[one.outcome] >= _RANK[other.outcome] else other


def _instant(value: object) -> datetime | None:
    """Read `2018-08-10 10:06:42.0`, which the vendor writes in Seoul's time."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment.replace(tzinfo=SEOUL) if moment.tzinfo is None else moment


PROVIDER = Provider(
    code="nhn",
    title=TITLE,
    owner_hint="NHN Cloud 고객센터와 정보통신 담당자",
    secrets=(APP_KEY, SECRET_KEY),
    can_look_up=True,
    # The vendor does not say how soon its list shows a text; five minutes are our choice.
    settle_seconds=300.0,
    batch_size=1,
    per_second=300.0,
    default_address="https://sms.api.nhncloudservice.com",
    statuses={
        **MESSAGE_STATES,
        "1000": (Outcome.DELIVERED, "단말기에 도착했습니다"),
        **{code: (Outcome.FAILED, reason) for code, reason in RESULTS.items()},
        **{code: (Outcome.FAILED, reason) for code, reason in PARCEL_CODES.items()},
    },
    open=NhnConnection,
    unreachable=frozenset({"1002", "3001", "3003", "3010", "-2018", "-2019", "-6001"}),
)
