"""The practice city's text gateway: JSON over HTTP on this machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from gongmu.core.errors import Ambiguous, Transient
from gongmu.messages.provider import Known, Line, Outcome, Parcel, Provider, Receipt, Taken
from gongmu.messages.providers._exchange import Answer, Exchange

_TITLE = "연습 문자 게이트웨이"
_RECEIPTS_AT_ONCE = 1_000

STATUSES = MappingProxyType(
    {
        "1000": (Outcome.DELIVERED, "도착"),
        "2001": (Outcome.FAILED, "없는 번호"),
        "2002": (Outcome.FAILED, "문자를 받을 수 없는 번호"),
        "3001": (Outcome.FAILED, "전원이 꺼져 있음"),
        "3002": (Outcome.FAILED, "수신 거부"),
    }
)


class PracticeLine:
    """An open line to the practice gateway."""

    def __init__(self, line: Line) -> None:
        self._exchange = Exchange(_TITLE, line.address, line.timeout_seconds)
        self._headers = {"Authorization": f"Bearer {line.secret('gateway.key')}"}
        self._seen_batch = ""

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Taken]:
        """Hand parcels over; see `provider.Connection`."""
        messages = [
            {
                "reference": one.reference,
                "to": one.phone,
                "from": one.sender,
                "kind": one.kind,
                "subject": one.subject,
                "text": one.text,
            }
            for one in parcels
        ]
        answer = self._exchange.hand_over("/v1/messages", {"messages": messages}, self._headers)
        self._check(answer)
        return [_taken(told) for told in answer.body.get("results", ())]

    def look_up(self, references: Sequence[str]) -> Mapping[str, Known]:
        """Ask by our reference; a gateway with the look-up switched off cannot tell."""
        answer = self._ask("/v1/lookup", {"references": list(references)})
        if answer.status == 404:
            return dict.fromkeys(references, Known.CANNOT_TELL)
        self._check(answer)
        known = answer.body["known"]
        return {key: Known.TAKEN if known.get(key) else Known.NOT_TAKEN for key in references}

    def receipts(self, references: Sequence[str]) -> Sequence[Receipt]:
        """Pull waiting receipts, whomever they are for; the next pull acknowledges these."""
        found: list[Receipt] = []
        asked = {"acknowledge": self._seen_batch, "limit": _RECEIPTS_AT_ONCE}
        answer = self._ask("/v1/receipts", asked)
        self._check(answer)
        # Whoever calls again has written these down; until then the gateway keeps them.
        self._seen_batch = str(answer.body["batch"])
        found += [_receipt(told) for told in answer.body["receipts"]]
        return found

    def close(self) -> None:
        """Close the line; receipts not acknowledged come again."""
        self._exchange.close()

    def _ask(self, path: str, body: Mapping[str, Any]) -> Answer:
        try:
            return self._exchange.hand_over(path, body, self._headers)
        except Ambiguous as problem:
            # Asking changes nothing, so it may be asked again.
            raise Transient(problem.code, problem.message, problem.todo) from None

    def _check(self, answer: Answer) -> None:
        code = str(answer.body.get("code", ""))
        if answer.status in (401, 403):
            raise self._exchange.key_refused(code)
        if code == "balance":
            raise self._exchange.balance_empty(code)
        if code == "sender":
            raise self._exchange.sender_refused(code)
        if answer.status != 200:
            raise self._exchange.rejected(code or str(answer.status))


def _taken(told: Mapping[str, Any]) -> Taken:
    code = str(told["code"])
    reason = "" if told["accepted"] else STATUSES.get(code, (Outcome.FAILED, "알 수 없는 코드"))[1]
    return Taken(str(told["reference"]), bool(told["accepted"]), str(told["id"]), code, reason)


def _receipt(told: Mapping[str, Any]) -> Receipt:
    code = str(told["code"])
    outcome, reason = STATUSES.get(code, (Outcome.FAILED, "알 수 없는 코드"))
    return Receipt(
        str(told["reference"]), outcome, code, reason, datetime.fromisoformat(told["at"])
    )


PROVIDER = Provider(
    code="practice",
    title=_TITLE,
    owner_hint="연습 도시(이 컴퓨터)",
    secrets=("gateway.key",),
    can_look_up=True,
    settle_seconds=3.0,
    batch_size=100,
    per_second=1_000.0,
    default_address="http://127.0.0.1:8704",
    statuses=STATUSES,
    open=PracticeLine,
    unreachable=frozenset({"2001", "2002"}),
)
