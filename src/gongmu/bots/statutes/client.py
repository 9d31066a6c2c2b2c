"""Asks the national law service (law.go.kr/DRF), which has bad days, and never believes silence.

Known of it: bursts of 404, 200 with an empty body, HTML error pages under 200, JSON cut off,
empty results for laws that exist, a daily quota. So every odd answer is asked again with growing
pauses; "nothing found" is believed only when a second question, worded otherwise, says so too and
the service proves awake by finding something. Addresses and fields: open.law.go.kr; the texts of
its refusals (wrong key, quota) are not documented and are recognised by their words.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from gongmu.bots.statutes.drf import parse_law
from gongmu.bots.statutes.drf_values import day_of, many, text_of
from gongmu.bots.statutes.law import LawVersion, Ruling
from gongmu.bots.statutes.rulings import parse_ruling
from gongmu.core.errors import Refused, Transient

ADDRESS = "https://www.law.go.kr"
SECRET = "statutes.oc"  # noqa: S105 - the name of the secret, not its value
DISPLAY = 100


class Target(StrEnum):
    """What may be asked for; the value is the service's word."""

    LAW = "law"
    """Laws in force, by promulgation."""
    LAW_BY_DAY = "eflaw"
    """All versions of laws, by the day they come into force."""
    ORDINANCE = "ordin"
    ADMIN_RULE = "admrul"
    PRECEDENT = "prec"
    INTERPRETATION = "expc"

    @property
    def ruling(self) -> bool:
        """Return whether it is a judgment or interpretation."""
        return self in (Target.PRECEDENT, Target.INTERPRETATION)


_ENVELOPES = {
    Target.LAW: ("LawSearch", "law"),
    Target.LAW_BY_DAY: ("LawSearch", "law"),
    Target.ORDINANCE: ("OrdinSearch", "law"),
    Target.ADMIN_RULE: ("AdmRulSearch", "admrul"),
    Target.PRECEDENT: ("PrecSearch", "prec"),
    Target.INTERPRETATION: ("Expc", "expc"),
}
_SERIAL = (
    "법령일련번호",
    "자치법규일련번호",
    "행정규칙일련번호",
    "판례일련번호",
    "법령해석례일련번호",
)
_NAME = ("법령명한글", "자치법규명", "행정규칙명", "사건명", "안건명")


@dataclass(frozen=True)
class Listed:
    """A row of a search: what may be fetched. `starts_on` is 시행일자 (선고일, 회신일)."""

    target: Target
    serial: str
    name: str
    starts_on: date | None
    state: str = ""
    """현행, 연혁, 시행예정, as far as the service says."""


@dataclass(frozen=True)
class Page:
    """A page of a search and how many there are in all."""

    total: int
    rows: Sequence[Listed]


class LawService:
    """One open line to the service; used by one thread at a time.

    `pause_seconds` lies between two questions; an odd answer is asked again up to `attempts`
    times, each wait twice as long. `budget` is how many answers this line may take (None = any).
    """

    def __init__(
        self,
        address: str,
        oc: str,
        *,
        attempts: int = 6,
        wait_seconds: float = 1.0,
        pause_seconds: float = 0.3,
        timeout_seconds: float = 30.0,
        budget: int | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        import httpx

        self._http = httpx.Client(
            base_url=(address or ADDRESS).rstrip("/"),
            timeout=timeout_seconds,
            follow_redirects=True,
        )
        self._oc = oc
        self._attempts, self._wait, self._pause = attempts, wait_seconds, pause_seconds
        self._budget = budget
        self._sleep = sleep
        self.asked = 0
        """How many requests went out."""
        self.repeated = 0
        """How many of them because the answer before was no answer."""

    def close(self) -> None:
        """Let go of the line."""
        self._http.close()

    def __enter__(self) -> LawService:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------ questions

    def search(
        self,
        target: Target,
        query: str = "*",
        page: int = 1,
        display: int = DISPLAY,
        more: Mapping[str, str] | None = None,
    ) -> Page:
        """Return one page of a search; raises Transient, Refused (key, quota)."""
        envelope, key = _ENVELOPES[target]
        asked = {"target": target.value, "query": query, "page": str(page), **(more or {})}
        answer = self._ask("lawSearch.do", asked | {"display": str(display)}, envelope)
        total = int(text_of(answer.get("totalCnt")) or 0)
        rows = [_listed(target, row) for row in many(answer.get(key)) if isinstance(row, Mapping)]
        return Page(total, [row for row in rows if row.serial])

    def search_all(
        self, target: Target, query: str = "*", more: Mapping[str, str] | None = None
    ) -> list[Listed]:
        """Return every row of a search, without repeats; an empty result is asked twice.

        Raises Transient when the pages do not add up to the total that the service names, or when
        it finds nothing at all for anything (it is not awake).
        """
        first = self.search(target, query, more=more)
        if not first.total and not first.rows:
            first = self._believed_empty(target, query, more)
            if not first.total:
                return []
        found = {(row.serial, row.starts_on): row for row in first.rows}
        page = 1
        while len(found) < first.total and page * DISPLAY < first.total:
            page += 1
            rows = self.search(target, query, page, more=more).rows
            found |= {(row.serial, row.starts_on): row for row in rows}
        if len(found) < first.total:
            raise Transient(
                "statute_incomplete",
                f"목록이 다 오지 않았습니다({len(found)}/{first.total}).",
                "잠시 뒤 다시 시도합니다.",
            )
        return list(found.values())

    def _believed_empty(self, target: Target, query: str, more: Mapping[str, str] | None) -> Page:
        """Ask the same otherwise: another page size, then without spaces; then whether it wakes."""
        for words, display in ((query, 20), (query.replace(" ", ""), 50)):
            again = self.search(target, words, 1, display, more)
            if again.total or again.rows:
                return self.search(target, query, more=more)
        if query not in ("*", "") and not self.search(target, "*", 1, 5).total:
            raise Transient(
                "statute_asleep",
                "국가법령정보 서비스가 아무것도 찾아 주지 않습니다.",
                "잠시 뒤 다시 시도합니다.",
            )
        return Page(0, [])

    def law(self, target: Target, serial: str, starts_on: date | None = None) -> LawVersion:
        """Return a law's text; raises Refused("statute_not_found") when the service has none."""
        return parse_law(self._fetch(target, serial, starts_on), f"{target.value}:{serial}")

    def ruling(self, target: Target, serial: str) -> Ruling:
        """Return a judgment or interpretation."""
        return parse_ruling(self._fetch(target, serial, None), f"{target.value}:{serial}")

    def _fetch(self, target: Target, serial: str, starts_on: date | None) -> Mapping[str, Any]:
        by_master = target in (Target.LAW, Target.LAW_BY_DAY, Target.ORDINANCE)
        asked = {"target": target.value, ("MST" if by_master else "ID"): serial}
        if target is Target.LAW_BY_DAY and starts_on is not None:
            asked["efYd"] = f"{starts_on:%Y%m%d}"
        return self._ask("lawService.do", asked, "")

    # ------------------------------------------------------------ one question

    def _ask(self, page: str, asked: Mapping[str, str], envelope: str) -> Mapping[str, Any]:
        """Ask until there is an answer; what is surely no answer is asked again."""
        last: Transient | None = None
        missing = 0
        for attempt in range(self._attempts):
            if attempt:
                self.repeated += 1
                self._sleep(min(self._wait * 2 ** (attempt - 1), 60.0))
            elif self.asked and self._pause:
                self._sleep(self._pause)
            try:
                answer = self._once(page, asked)
            except Transient as problem:
                last = problem
                continue
            if envelope and envelope not in answer:
                last = _odd("statute_shape", "알 수 없는 꼴의 답이 왔습니다")
                continue
            if not envelope and _says_missing(answer):
                missing += 1
                if missing > 1:
                    raise _not_found(asked)
                last = _odd("statute_missing", "없다는 답이 왔습니다")
                continue
            found = answer[envelope] if envelope else answer
            return found if isinstance(found, Mapping) else {}
        raise last or _odd("statute_unreachable", "답이 오지 않았습니다")

    def _once(self, page: str, asked: Mapping[str, str]) -> Mapping[str, Any]:
        import httpx

        if self._budget is not None and self.asked >= self._budget:
            raise Refused(
                "statute_budget",
                f"이번 실행에서 정한 호출 수({self._budget:,}번)를 다 썼습니다.",
                "다음 날 다시 실행하면 이어서 받습니다.",
            )
        self.asked += 1
        parameters = {"OC": self._oc, "type": "JSON", **asked}
        try:
            response = self._http.get(f"/DRF/{page}", params=parameters)
        except httpx.HTTPError as problem:
            # The address holds the key, so only the kind of failure is told.
            raise _odd("statute_unreachable", type(problem).__name__) from None
        if response.status_code != 200:
            raise _odd("statute_status", f"상태 {response.status_code}")
        return _read(response.content)


def _read(body: bytes) -> Mapping[str, Any]:
    text = body.decode("utf-8", "replace").strip()
    if not text:
        raise _odd("statute_empty", "빈 답이 왔습니다")
    if text[0] == "<":
        _refuse_when_told(re.sub(r"<[^>]+>", " ", text))
        raise _odd("statute_html", "자료 대신 오류 화면이 왔습니다")
    try:
        answer = json.loads(text)
    except ValueError:
        raise _odd("statute_cut", "답이 중간에 끊겼습니다") from None
    if not isinstance(answer, Mapping):
        raise _odd("statute_shape", "알 수 없는 꼴의 답이 왔습니다")
    if "result" in answer or "msg" in answer:
        _refuse_when_told(f"{text_of(answer.get('result'))} {text_of(answer.get('msg'))}")
        raise _odd("statute_said", text_of(answer.get("result"))[:80] or "오류를 알려 왔습니다")
    return answer


def _refuse_when_told(text: str) -> None:
    if re.search(r"검증에\s*실패|미신청|신청(?:되지|하지)\s*않|등록되지\s*않은|인증키", text):
        raise Refused(
            "statute_key_refused",
            "국가법령정보 서비스가 인증값(OC)을 받지 않았습니다.",
            "open.law.go.kr에서 신청과 IP 등록을 확인하고 "
            f"gongmu secrets set {SECRET} 으로 넣으세요.",
        )
    if re.search(r"한도|초과|트래픽|quota", text, re.IGNORECASE):
        raise Refused(
            "statute_quota",
            "국가법령정보 서비스의 하루 호출 한도를 넘었습니다.",
            "내일 다시 실행하면 이어서 받습니다.",
        )


def _says_missing(answer: Mapping[str, Any]) -> bool:
    told = answer.get("Law") or answer.get("law")
    return isinstance(told, str) and "없습니다" in told


def _not_found(asked: Mapping[str, str]) -> Refused:
    serial = asked.get("MST") or asked.get("ID") or ""
    return Refused(
        "statute_not_found",
        f"국가법령정보에 없는 일련번호입니다: {asked['target']} {serial}",
        "목록을 다시 받아 보세요.",
    )


def _odd(code: str, why: str) -> Transient:
    return Transient(code, f"국가법령정보 서비스: {why}.", "잠시 뒤 다시 시도합니다.")


def _listed(target: Target, row: Mapping[str, Any]) -> Listed:
    def first(names: Sequence[str]) -> str:
        return next((text_of(row[name]) for name in names if row.get(name)), "")

    days = ("시행일자", "선고일자", "회신일자", "발령일자", "공포일자")
    return Listed(
        target=target,
        serial=first(_SERIAL),
        name=first(_NAME),
        starts_on=day_of(first(days)),
        state=first(("현행연혁코드", "현행연혁구분")),
    )
