"""Solapi (솔라피, formerly CoolSMS), messages API v4.

Our reference travels in each message's customFields. The vendor's list cannot be asked by that
field, so a look-up walks the list of the last `look_back_days` and compares; "not taken" is said
only after the whole walk. The vendor delivers a repeated reference twice.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from gongmu.core.clock import system_clock
from gongmu.core.errors import Refused, Transient
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

TITLE = "솔라피(Solapi)"
API_KEY, API_SECRET = "solapi.api_key", "solapi.api_secret"
REFERENCE = "reference"
"""Name of the custom field (30 letters at most, value 100)."""

PAGE = 500
PAGES = 400
"""Pages of one walk; an account with more messages gets "cannot tell"."""
IDS = 100
"""Message ids in one question; their list stands in the address."""
KEPT_DAYS = 180
"""The vendor keeps messages for six months."""
RESULT_DAYS = 8
"""How far back the receipts of an earlier process are sought."""

WAITING = {
    "2000": "중계사가 받았습니다",
    "3000": "이동통신사로 넘겼습니다",
}
DELIVERED = "4000"
# Only what can befall SMS and LMS; codes of KakaoTalk, images and voice are left out.
FAILED = {
    "1010": "꼭 있어야 할 값이 빠졌습니다",
    "1011": "값의 꼴이 틀렸습니다",
    "1013": "단문에는 제목을 쓸 수 없습니다",
    "1014": "제목이 40바이트를 넘습니다",
    "1020": "등록된 계정이 아닙니다",
    "1021": "그런 문자가 없습니다",
    "1022": "그런 묶음이 없습니다",
    "1024": "중계사 서버 오류",
    "1025": "문자 종류가 틀렸습니다",
    "1026": "같은 수신번호가 겹쳤습니다",
    "1027": "글자 부호화가 UTF-8이 아닙니다",
    "1028": "보이지 않는 글자가 들어 있습니다",
    "1029": "완성형 한글(EUC-KR)에 없는 글자가 있습니다",
    "1030": "잔액이 모자랍니다",
    "1031": "문자가 너무 깁니다",
    "1032": "덧붙인 값이 맞지 않습니다",
    "1058": "보낼 경로가 없습니다",
    "1060": "차단된 수신번호입니다",
    "1061": "받는 사람이 080으로 수신을 거부했습니다",
    "1062": "등록되지 않은 발신번호입니다",
    "1064": "한국인터넷진흥원 신고로 차단되었습니다",
    "2011": "값의 꼴이 틀렸습니다",
    "2024": "중계사 서버 오류",
    "2060": "차단된 수신번호입니다",
    "2061": "받는 사람이 080으로 수신을 거부했습니다",
    "2062": "등록되지 않은 발신번호입니다",
    "2063": "차단된 계정입니다",
    "2064": "한국인터넷진흥원 신고로 차단되었습니다",
    "2230": "잔액이 모자랍니다",
    "2254": "중계사가 스팸으로 걸렀습니다",
    "3010": "수신번호의 꼴이 틀렸습니다",
    "3011": "값의 꼴이 틀렸습니다",
    "3012": "이동통신사 연결 서버 오류",
    "3013": "발신번호가 세칙에 어긋납니다",
    "3014": "상태를 알 수 없는 문자입니다",
    "3024": "이동통신사 서버 오류",
    "3031": "보낼 수 없습니다",
    "3032": "가입자가 아닙니다",
    "3040": "전송 시간이 지났습니다",
    "3041": "단말기가 통화 중입니다",
    "3042": "전파가 닿지 않는 곳입니다",
    "3043": "단말기가 꺼져 있습니다",
    "3044": "단말기의 문자함이 가득 찼습니다",
    "3045": "단말기가 일시 정지되었습니다",
    "3046": "그 밖의 단말기 문제",
    "3047": "받는 쪽이 거절했습니다",
    "3048": "이동통신사가 알 수 없는 코드를 주었습니다",
    "3050": "문자를 받을 수 없는 단말기입니다",
    "3051": "받는 쪽을 부를 수 없습니다",
    "3052": "이동통신사가 지웠습니다",
    "3053": "이동통신사의 대기열이 가득 찼습니다",
    "3054": "이동통신사가 스팸으로 걸렀습니다",
    "3055": "스팸 신고 사이트에 오른 번호입니다",
    "3056": "무선망에서 실패했습니다",
    "3057": "무선망과 단말기 사이에서 실패했습니다",
    "3058": "보낼 경로가 없습니다",
    "3059": "변작된 발신번호로 보았습니다",
    "3060": "성인 인증에 실패했습니다",
}
CLASSES = {
    "1": "접수하지 않았습니다",
    "2": "중계사 안에서 실패했습니다",
    "3": "이동통신사에서 실패했습니다",
}
"""First digit → reason, for codes that the vendor adds later."""

KEY_CODES = frozenset(
    {"InvalidAPIKey", "SignatureDoesNotMatch", "RequestTimeTooSkewed", "DuplicatedSignature"}
)
BALANCE_CODES = frozenset({"NotEnoughBalance", "1030", "2230"})
SENDER_CODES = frozenset({"1062", "2062"})
ACCOUNT_CODES = frozenset({"1020", "2063"}) | BALANCE_CODES | SENDER_CODES
"""Codes that befall every message of the account, whoever it goes to."""


def authorization(key: str, secret: str, now: datetime, salt: str) -> str:
    """Return the Authorization header: HMAC-SHA256 of date and salt under the API secret."""
    date = now.isoformat(timespec="milliseconds")
    signature = hmac.new(secret.encode(), (date + salt).encode(), hashlib.sha256).hexdigest()
    return f"HMAC-SHA256 apiKey={key}, date={date}, salt={salt}, signature={signature}"


def outcome_of(code: str) -> tuple[Outcome, str]:
    """Return outcome and reason of a status code, one that is not in the table included."""
    if code in PROVIDER.statuses:
        return PROVIDER.statuses[code]
    if code[:1] in CLASSES:
        return Outcome.FAILED, CLASSES[code[:1]]
    return Outcome.PENDING, "중계사가 모르는 상태를 알렸습니다"


class SolapiConnection:
    """An open line to Solapi."""

    def __init__(self, line: Line) -> None:
        self._key, self._secret = line.secret(API_KEY), line.secret(API_SECRET)
        self._look_back = timedelta(days=int(line.options.get("look_back_days", KEPT_DAYS)))
        self._exchange = Exchange(TITLE, line.address, line.timeout_seconds)
        self._numbers: dict[str, str] = {}
        """Reference → message id, of what this connection has seen."""

    def close(self) -> None:
        """Close the line; closing it again does nothing."""
        self._exchange.close()

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Taken]:
        """Hand over up to `batch_size` parcels in one request."""
        if not parcels:
            return ()
        if len(parcels) > PROVIDER.batch_size:
            raise too_many(TITLE, PROVIDER.batch_size)
        body = {
            "messages": [_message(one) for one in parcels],
            # Else two texts to one phone in a batch (two cars) count as a mistake: 1026.
            "allowDuplicates": True,
            "showMessageList": True,
        }
        answer = self._exchange.hand_over("/messages/v4/send-many/detail", body, self._headers())
        if answer.status >= 400:
            raise self._refusal(answer)
        taken = self._taken(parcels, answer.body)
        codes = {one.code for one in taken}
        if not any(one.accepted for one in taken) and codes <= ACCOUNT_CODES:
            raise self._account_refusal(min(codes))
        return taken

    def look_up(self, references: Sequence[str]) -> Mapping[str, Known]:
        """Walk the list until every reference is found or the list of `look_back_days` ends."""
        complete = self._seek(references, self._look_back)
        missing = Known.NOT_TAKEN if complete else Known.CANNOT_TELL
        return {one: Known.TAKEN if one in self._numbers else missing for one in references}

    def receipts(self, references: Sequence[str]) -> Sequence[Receipt]:
        """Ask by the vendor's ids, after finding those that another process handed over."""
        self._seek(references, min(self._look_back, timedelta(days=RESULT_DAYS)))
        wanted = {self._numbers[one]: one for one in references if one in self._numbers}
        numbers = list(wanted)
        found: list[Receipt] = []
        for start in range(0, len(numbers), IDS):
            some = numbers[start : start + IDS]
            body = self._list({"messageIds": json.dumps(some), "limit": PAGE})
            found += [
                _receipt(wanted[number], row)
                for number, row in _rows(body).items()
                if number in wanted
            ]
        return found

    def _seek(self, references: Sequence[str], back: timedelta) -> bool:
        """Learn the numbers of `references`; False when the walk was cut short."""
        missing = set(references) - self._numbers.keys()
        if not missing:
            return True
        for body in self._walk(back):
            for number, row in _rows(body).items():
                reference = _reference(row)
                # Kept in the list, but refused for the account's sake: it may be sent again.
                if reference and str(row.get("statusCode")) not in ACCOUNT_CODES:
                    self._numbers.setdefault(reference, number)
                    missing.discard(reference)
            if not missing or not body.get("nextKey"):
                return True
        return False

    def _walk(self, back: timedelta) -> Iterator[Mapping[str, Any]]:
        now = system_clock()
        query: dict[str, str | int] = {
            "dateType": "CREATED",
            "startDate": (now - back).isoformat(timespec="seconds"),
            # The vendor's clock may be ahead of ours.
            "endDate": (now + timedelta(hours=1)).isoformat(timespec="seconds"),
            "limit": PAGE,
        }
        for _ in range(PAGES):
            body = self._list(query)
            yield body
            query["startKey"] = str(body.get("nextKey"))

    def _list(self, query: Mapping[str, str | int]) -> Mapping[str, Any]:
        answer = self._exchange.look("/messages/v4/list", query, self._headers())
        if answer.status >= 400:
            raise self._refusal(answer)
        return answer.body

    def _headers(self) -> dict[str, str]:
        # A signature may be used once within 15 minutes, so every request has its own salt.
        salt = secrets.token_hex(16)
        return {"Authorization": authorization(self._key, self._secret, system_clock(), salt)}

    def _taken(self, parcels: Sequence[Parcel], body: Mapping[str, Any]) -> list[Taken]:
        """Return one answer per parcel; raises Ambiguous when the vendor left one out."""
        told = {}
        for row in (*_list_of(body, "messageList"), *_list_of(body, "failedMessageList")):
            # A failed row may lack our field; its phone tells whose it is, if there is only one.
            told[_reference(row) or _only(parcels, str(row.get("to", "")))] = row
        if any(one.reference not in told for one in parcels):
            raise self._exchange.unclear()
        return [self._answer(one, told[one.reference]) for one in parcels]

    def _answer(self, parcel: Parcel, row: Mapping[str, Any]) -> Taken:
        number, code = str(row.get("messageId", "")), plain(row.get("statusCode", ""))
        outcome, reason = outcome_of(code)
        if number and code not in ACCOUNT_CODES:
            self._numbers[parcel.reference] = number
        accepted = outcome is not Outcome.FAILED
        return Taken(parcel.reference, accepted, number, code, reason)

    def _refusal(self, answer: Answer) -> Refused | Transient:
        code = plain(answer.body.get("errorCode", f"HTTP{answer.status}"))
        if code in KEY_CODES or answer.status in (401, 403):
            return self._exchange.key_refused(code)
        if code in BALANCE_CODES or answer.status == 402:
            return self._exchange.balance_empty(code)
        return self._exchange.rejected(code)

    def _account_refusal(self, code: str) -> Refused:
        if code in BALANCE_CODES:
            return self._exchange.balance_empty(code)
        if code in SENDER_CODES:
            return self._exchange.sender_refused(code)
        return self._exchange.key_refused(code)


def _message(parcel: Parcel) -> dict[str, Any]:
    message = {
        "to": parcel.phone,
        "from": parcel.sender,
        "type": parcel.kind.value,
        "text": parcel.text,
        "autoTypeDetect": False,
        "customFields": {REFERENCE: parcel.reference},
    }
    if parcel.kind is Kind.LMS and parcel.subject:
        message["subject"] = parcel.subject
    return message


def _rows(body: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Return message id → row; the list is an object, not an array."""
    rows = body.get("messageList")
    return rows if isinstance(rows, dict) else {}


def _list_of(body: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = body.get(name)
    return [one for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []


def _reference(row: Mapping[str, Any]) -> str:
    fields = row.get("customFields")
    return str(fields.get(REFERENCE, "")) if isinstance(fields, dict) else ""


def _only(parcels: Sequence[Parcel], phone: str) -> str:
    found = [one.reference for one in parcels if one.phone == phone]
    return found[0] if len(found) == 1 else ""


def _receipt(reference: str, row: Mapping[str, Any]) -> Receipt:
    code = plain(row.get("statusCode", ""))
    outcome, reason = outcome_of(code)
    when = row.get("dateReceived") or row.get("dateReported") or row.get("dateUpdated")
    return Receipt(reference, outcome, code, reason, _instant(when))


def _instant(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


PROVIDER = Provider(
    code="solapi",
    title=TITLE,
    owner_hint="솔라피 고객센터와 정보통신 담당자",
    secrets=(API_KEY, API_SECRET),
    can_look_up=True,
    # The vendor does not say how soon its list shows a message; five minutes are our choice.
    settle_seconds=300.0,
    # One request may hold 10,000; a smaller one leaves fewer in doubt when it is not answered.
    batch_size=100,
    # Not published; our choice.
    per_second=100.0,
    default_address="https://api.solapi.com",
    statuses={
        **{code: (Outcome.PENDING, reason) for code, reason in WAITING.items()},
        DELIVERED: (Outcome.DELIVERED, "단말기에 도착했습니다"),
        **{code: (Outcome.FAILED, reason) for code, reason in FAILED.items()},
    },
    open=SolapiConnection,
    unreachable=frozenset({"1060", "1061", "2060", "2061", "3010", "3032", "3050"}),
)
