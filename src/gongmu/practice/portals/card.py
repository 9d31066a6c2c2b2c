"""A practice card settlement site: a second step on the officer's phone, files that come late."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gongmu.core.values import parse_day
from gongmu.practice.portals.shelf import Shelf
from gongmu.practice.portals.site import Account, Faults, Site, Visit

WAITING, APPROVED, DENIED, EXPIRED = "승인 대기", "승인 완료", "승인 거절", "시간 초과"


@dataclass
class Approval:
    """A request shown on the officer's phone."""

    number: str
    user_id: str
    asked: float
    answer: str = WAITING


class CardSite(Site):
    """Serves `folder` (outside/card and its late/) as a settlement company's site does."""

    title = "연습 교통카드 정산자료실"

    def __init__(
        self, folder: Path, account: Account | None = None, faults: Faults | None = None
    ) -> None:
        super().__init__(account, faults)
        self.shelf = Shelf([folder, folder / "late"], self)
        self.approvals: dict[str, Approval] = {}

    def routes(self) -> list[BaseRoute]:
        """Return the pages of the site, and `/phone`, which stands for the officer's own device."""
        return [
            Route("/", self.login_page),
            Route("/login", self.login, methods=["POST"]),
            Route("/auth", self.auth_page),
            Route("/auth/done", self.auth_done, methods=["POST"]),
            Route("/phone", self.phone_page),
            Route("/phone", self.phone_answer, methods=["POST"]),
            Route("/files", self.files_page),
            Route("/files/get", self.file),
        ]

    def login_page(self, _request: Request) -> Response:
        """Show the login form."""
        return self.screen("card_login.html", told="")

    async def login(self, request: Request) -> Response:
        """Check id and password, then ask the officer's phone."""
        told = await self.sign_in(request)
        if told is not None:
            return self.screen("card_login.html", told=told)
        number = f"{secrets.randbelow(900_000) + 100_000:,}".replace(",", "-")
        self.approvals[number] = Approval(number, self.account.user_id, time.monotonic())
        return self.welcome("/auth", number)

    def auth_page(self, request: Request) -> Response:
        """Show how the phone approval stands."""
        visit = self.visit(request)
        if visit is None or visit.request is None:
            return self.expired()
        answer = self._answer(visit.request)
        return self.screen("card_auth.html", number=visit.request, answer=answer)

    def auth_done(self, request: Request) -> Response:
        """Let an approved visitor in; the others see how their request stands."""
        visit = self.visit(request)
        if visit is None:
            return self.expired()
        return RedirectResponse("/files" if self._let_in(visit) else "/auth", 303)

    def phone_page(self, _request: Request) -> Response:
        """Show the requests that wait, on the officer's own device."""
        waiting = [one for one in self.approvals.values() if self._answer(one.number) == WAITING]
        return self.screen("card_phone.html", waiting=waiting)

    async def phone_answer(self, request: Request) -> Response:
        """Take the officer's answer to one waiting request."""
        form = await request.form()
        approval = self.approvals.get(str(form.get("number")))
        if approval is not None and self._answer(approval.number) == WAITING:
            approval.answer = APPROVED if form.get("answer") == "approve" else DENIED
        return RedirectResponse("/phone", 303)

    def files_page(self, request: Request) -> Response:
        """Show the files of the asked dates."""
        visit = self.visit(request)
        if visit is None or not self._let_in(visit):
            return self.expired()
        asked = {name: request.query_params.get(name, "") for name in ("first", "last")}
        if not any(asked.values()):
            told = "기준일자를 입력한 뒤 조회하십시오."
            return self.screen("card_files.html", asked=asked, items=[], told=told)
        try:
            items = self.shelf.asked(parse_day(asked["first"]), parse_day(asked["last"]))
        except ValueError:
            told = "기준일자를 YYYY-MM-DD 형식으로 입력하십시오."
            return self.screen("card_files.html", asked=asked, items=[], told=told)
        told = "" if items else "조회된 자료가 없습니다."
        return self.screen("card_files.html", asked=asked, items=items, told=told)

    def file(self, request: Request) -> Response:
        """Send one file."""
        visit = self.visit(request)
        if visit is None or not self._let_in(visit):
            return self.expired()
        sent = self.shelf.send(request.query_params.get("name", ""))
        return sent or PlainTextResponse("자료가 없습니다.", 404)

    def _let_in(self, visit: Visit) -> bool:
        return visit.request is not None and self._answer(visit.request) == APPROVED

    def _answer(self, number: str) -> str:
        approval = self.approvals[number]
        late = time.monotonic() - approval.asked > self.faults.approval_seconds
        return EXPIRED if approval.answer == WAITING and late else approval.answer
