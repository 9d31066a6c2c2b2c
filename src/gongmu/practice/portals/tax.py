"""A practice local-tax system: certificate in a window, menu in a frame, .xls that is HTML."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from gongmu.core.values import parse_day
from gongmu.practice.portals.site import Account, Faults, Site, Visit
from gongmu.practice.tax.lists import household_workbook, html_list, ownership_csv
from gongmu.practice.tax.make import HOUSEHOLD, OWNERSHIP, REGISTER, RELIEFS

WAITING, DONE, CANCELLED, EXPIRED = "인증 대기", "인증 완료", "인증 취소", "시간 초과"
OFFICES = {"00": "전체", "01": "연습시 세정과"}
CERTIFICATE_ID = "1"
"""Codes, as forms of a page in EUC-KR do not send Korean that everybody can read."""
SHOWN_ROWS = 20
"""Rows of the screen's first page; the file has all of them."""


@dataclass(frozen=True)
class Certificate:
    """The officer's practice certificate; it opens nothing but the practice site."""

    name: str = "연습 담당자(행정전자서명)"
    password: str = "Yeonseup-Injeung!2026"  # noqa: S105 - opens only the practice site on loopback


@dataclass
class Signing:
    """A request shown in the certificate window."""

    number: str
    asked: float
    answer: str = WAITING
    told: str = ""


@dataclass(frozen=True)
class Inquiry:
    """One of the three inquiries: its page, its rows and the columns the screen shows."""

    kind: str
    title: str
    day: str
    day_title: str
    columns: Mapping[str, str]


_SCREEN = {
    "name": "납세자명",
    "number": "주민(법인)등록번호",
    "plate": "차량번호",
    "phone": "휴대전화",
}
INQUIRIES = {
    "reliefs": Inquiry(
        RELIEFS,
        "자동차 취득세 감면대장",
        "filed_on",
        "접수일자",
        {"filed_on": "접수일자", "tax_number": "과세번호"} | _SCREEN | {"relief_won": "감면세액"},
    ),
    "ownership": Inquiry(
        OWNERSHIP,
        "소유권 변동 조회",
        "changed_on",
        "변동일자",
        {"changed_on": "변동일자", "kind": "변동구분", "plate": "차량번호", "name": "전소유자"},
    ),
    "household": Inquiry(
        HOUSEHOLD,
        "세대 변동 조회",
        "changed_on",
        "변동일자",
        {"changed_on": "변동일자", "kind": "변동구분", "name": "성명", "number": "주민등록번호"},
    ),
}


class TaxSite(Site):
    """Serves `folder` (outside/tax, a folder per week) as a local-tax system does."""

    title = "연습 지방세 시스템"
    encoding = "euc-kr"

    def __init__(
        self,
        folder: Path,
        account: Account | None = None,
        faults: Faults | None = None,
        certificate: Certificate | None = None,
    ) -> None:
        super().__init__(account, faults)
        self.certificate = certificate or Certificate()
        self.signings: dict[str, Signing] = {}
        self._folder = folder
        self._registers: dict[Path, Mapping[str, Any]] = {}
        self._asked: Counter[str] = Counter()

    def routes(self) -> list[BaseRoute]:
        """Return the pages, and `/certificate`, which stands for the officer's own screen."""
        return [
            Route("/", self.login_page),
            Route("/login", self.login, methods=["POST"]),
            Route("/auth", self.auth_page),
            Route("/auth/done", self.auth_done, methods=["POST"]),
            Route("/certificate", self.certificate_page),
            Route("/certificate", self.certificate_answer, methods=["POST"]),
            Route("/main", self.main_page),
            Route("/notice", self.notice_page),
            Route("/menu", self.menu_page),
            Route("/work/{inquiry}", self.work_page),
            Route("/work/{inquiry}/result", self.result_page),
            Route("/work/{inquiry}/file", self.file),
        ]

    # Signing in

    def login_page(self, _request: Request) -> Response:
        """Show the login form."""
        return self.screen("tax_login.html", told="")

    async def login(self, request: Request) -> Response:
        """Check id and password, then ask for the certificate."""
        told = await self.sign_in(request)
        if told is not None:
            return self.screen("tax_login.html", told=told)
        number = f"{secrets.randbelow(9000) + 1000}-{secrets.randbelow(9000) + 1000}"
        self.signings[number] = Signing(number, time.monotonic())
        return self.welcome("/auth", number)

    def auth_page(self, request: Request) -> Response:
        """Show how the certificate step stands; opens the certificate window."""
        visit = self.visit(request)
        if visit is None or visit.request is None:
            return self.expired()
        answer = self._answer(visit.request)
        return self.screen("tax_auth.html", number=visit.request, answer=answer)

    def auth_done(self, request: Request) -> Response:
        """Let in who has shown the certificate; the others see how their request stands."""
        visit = self.visit(request)
        if visit is None:
            return self.expired()
        return RedirectResponse("/main" if self._let_in(visit) else "/auth", 303)

    def certificate_page(self, _request: Request) -> Response:
        """Show the requests that wait for a certificate, on the officer's own screen."""
        waiting = [one for one in self.signings.values() if self._answer(one.number) == WAITING]
        certificates = {CERTIFICATE_ID: self.certificate.name}
        return self.screen("tax_certificate.html", waiting=waiting, certificates=certificates)

    async def certificate_answer(self, request: Request) -> Response:
        """Take the certificate chosen and its password for one waiting request."""
        form = await request.form()
        signing = self.signings.get(str(form.get("number")))
        if signing is not None and self._answer(signing.number) == WAITING:
            chosen = form.get("certificate") == CERTIFICATE_ID
            password = str(form.get("certificate_password", "")).encode()
            right = secrets.compare_digest(password, self.certificate.password.encode())
            if form.get("answer") != "sign":
                signing.answer = CANCELLED
            elif chosen and right:
                signing.answer = DONE
            else:
                signing.told = "인증서를 고르고 인증서 비밀번호를 바르게 입력하십시오."
        return RedirectResponse("/certificate", 303)

    # Inside

    def main_page(self, request: Request) -> Response:
        """Show the frame of the work: notice window, menu and work frames."""
        if not self._inside(request):
            return self.expired()
        return self.screen("tax_main.html", person=self.account.person)

    def notice_page(self, _request: Request) -> Response:
        """Show the notice window."""
        return self.screen("tax_notice.html")

    def menu_page(self, request: Request) -> Response:
        """Show the menu inside its frame."""
        if not self._inside(request):
            return self.expired()
        return self.screen("tax_menu.html", inquiries=INQUIRIES)

    def work_page(self, request: Request) -> Response:
        """Show the form of an inquiry."""
        inquiry = INQUIRIES.get(request.path_params["inquiry"])
        if not self._inside(request) or inquiry is None:
            return self.expired()
        code = request.path_params["inquiry"]
        return self.screen("tax_work.html", inquiry=inquiry, code=code, offices=OFFICES)

    def result_page(self, request: Request) -> Response:
        """Show the first rows of an inquiry inside the result frame."""
        inquiry = INQUIRIES.get(request.path_params["inquiry"])
        if not self._inside(request) or inquiry is None:
            return self.expired()
        days = _days(request)
        if days is None:
            return self._result(inquiry, f"{inquiry.day_title}를 YYYY-MM-DD 형식으로 입력하십시오.")
        if request.query_params.get("office") not in OFFICES:
            return self._result(inquiry, "관할 부서를 선택하십시오.")
        self._asked[inquiry.kind] += 1
        if self._late(inquiry.kind):
            return self._result(inquiry, "자료를 마감하는 중입니다. 잠시 뒤 다시 조회하십시오.")
        rows = self._rows(inquiry, *days)
        if not rows:
            return self._result(inquiry, "조회된 자료가 없습니다.")
        shown = [[row.get(code, "") for code in inquiry.columns] for row in rows[:SHOWN_ROWS]]
        return self.screen(
            "tax_result.html",
            told="",
            inquiry=inquiry,
            rows=shown,
            count=len(rows),
            file=f"/work/{request.path_params['inquiry']}/file?{request.query_params}",
        )

    def file(self, request: Request) -> Response:
        """Send the whole list in the form of its kind, under a name in CP949."""
        inquiry = INQUIRIES.get(request.path_params["inquiry"])
        if not self._inside(request) or inquiry is None:
            return self.expired()
        days = _days(request)
        if days is None or self._late(inquiry.kind):
            return PlainTextResponse("자료가 없습니다.", 404)
        rows = self._rows(inquiry, *days)
        if inquiry.kind == RELIEFS:
            data, form, media = html_list(rows, *days), "xls", "application/vnd.ms-excel"
        elif inquiry.kind == OWNERSHIP:
            data, form, media = ownership_csv(rows), "csv", "text/csv"
        else:
            data, form, media = household_workbook(rows), "xlsx", "application/octet-stream"
        length = {"content-length": str(len(data))}
        response = StreamingResponse(self._sent(data), headers=length, media_type=media)
        name = f"{inquiry.kind}_{days[0]:%Y%m%d}.{form}"
        # The real systems send raw CP949 bytes, which no HTTP standard allows.
        plain = b'attachment; filename="' + name.encode("cp949") + b'"'
        response.raw_headers.append((b"content-disposition", plain))
        return response

    def expired_page(self, _request: Request) -> Response:
        """Say in an alert and on the page that the session has ended."""
        return self.screen("tax_expired.html")

    # What the pages know

    async def _sent(self, data: bytes) -> AsyncIterator[bytes]:
        whole = not (self.faults.stalled or self.faults.broken)
        yield data if whole else data[: len(data) // 2]
        while self.faults.stalled:
            await asyncio.sleep(0.05)

    def _inside(self, request: Request) -> bool:
        visit = self.visit(request)
        return visit is not None and self._let_in(visit)

    def _let_in(self, visit: Visit) -> bool:
        return visit.request is not None and self._answer(visit.request) == DONE

    def _answer(self, number: str) -> str:
        signing = self.signings[number]
        late = time.monotonic() - signing.asked > self.faults.approval_seconds
        return EXPIRED if signing.answer == WAITING and late else signing.answer

    def _late(self, kind: str) -> bool:
        faults = self.faults
        if not faults.late or not kind.startswith(faults.late):
            return False
        waited = time.monotonic() - self.started
        return self._asked[kind] <= faults.late_visits or waited < faults.late_seconds

    def _rows(self, inquiry: Inquiry, first: date, last: date) -> list[Mapping[str, str]]:
        """Return the rows whose day lies in the asked days, in the order of the lists."""
        found: list[Mapping[str, str]] = []
        for path in sorted(self._folder.glob(f"*/{REGISTER}")):
            if path not in self._registers:
                self._registers[path] = json.loads(path.read_text(encoding="utf-8"))
            rows = self._registers[path][inquiry.kind]
            asked = (first.isoformat(), last.isoformat())
            found += [row for row in rows if asked[0] <= row[inquiry.day] <= asked[1]]
        return found

    def _result(self, inquiry: Inquiry, told: str) -> Response:
        return self.screen("tax_result.html", told=told, inquiry=inquiry, rows=[], count=0, file="")


def _days(request: Request) -> tuple[date, date] | None:
    try:
        first = parse_day(request.query_params.get("first", ""))
        return first, parse_day(request.query_params.get("last", ""))
    except ValueError:
        return None
