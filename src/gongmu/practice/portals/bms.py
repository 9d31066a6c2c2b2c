"""A practice BMS site: notice popup, confirm dialog, screens inside nested frames, CP949 names."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gongmu.core.values import parse_day
from gongmu.practice.portals.shelf import Shelf
from gongmu.practice.portals.site import Account, Faults, Site

SHARED = "00"
"""Operator code of the masters, which belong to no operator."""


class BmsSite(Site):
    """Serves `folder` (the practice city's outside/bms) as a bus management system does."""

    title = "연습시 버스운행관리시스템(BMS)"
    encoding = "euc-kr"

    def __init__(
        self, folder: Path, account: Account | None = None, faults: Faults | None = None
    ) -> None:
        super().__init__(account, faults)
        self.shelf = Shelf([folder], self)

    def routes(self) -> list[BaseRoute]:
        """Return the pages of the site."""
        return [
            Route("/", self.login_page),
            Route("/login", self.login, methods=["POST"]),
            Route("/main", self.main_page),
            Route("/notice", self.notice_page),
            Route("/work/download", self.work_page),
            Route("/work/result", self.result_page),
            Route("/work/file", self.file),
        ]

    def login_page(self, _request: Request) -> Response:
        """Show the login form."""
        return self.screen("bms_login.html", told="")

    async def login(self, request: Request) -> Response:
        """Check id and password."""
        told = await self.sign_in(request)
        return self.welcome("/main") if told is None else self.screen("bms_login.html", told=told)

    def main_page(self, request: Request) -> Response:
        """Show the outer page, which opens the notice window and asks about the password."""
        if self.visit(request) is None:
            return self.expired()
        return self.screen("bms_main.html", person=self.account.person)

    def notice_page(self, _request: Request) -> Response:
        """Show the notice window."""
        return self.screen("bms_notice.html")

    def work_page(self, request: Request) -> Response:
        """Show the search form inside the first frame."""
        if self.visit(request) is None:
            return self.expired()
        newest = max((item.day for item in self.shelf.all()), default=None)
        return self.screen("bms_work.html", operators=self._operators(), newest=newest)

    def result_page(self, request: Request) -> Response:
        """Show the list of a day and operator inside the second frame."""
        if self.visit(request) is None:
            return self.expired()
        try:
            day = parse_day(request.query_params.get("day", ""))
        except ValueError:
            return self._result("운행일자를 YYYY-MM-DD 형식으로 입력하십시오.")
        code = request.query_params.get("operator", "")
        operator = self._operators().get(code)
        if operator is None:
            return self._result("운수사를 선택하십시오.")
        items = self.shelf.asked(day, day, "" if code == SHARED else operator)
        if not items:
            after = day + timedelta(days=1)
            return self._result(
                f"{day} 자료는 아직 생성되지 않았습니다. {after} 06시 이후에 조회하십시오."
            )
        return self.screen("bms_result.html", items=items, told="", operator=operator)

    def file(self, request: Request) -> Response:
        """Send one file."""
        if self.visit(request) is None:
            return self.expired()
        if "name" not in request.query_params:
            return RedirectResponse("/work/download", 303)
        sent = self.shelf.send(request.query_params["name"])
        return sent or PlainTextResponse("자료가 없습니다.", 404)

    def _operators(self) -> dict[str, str]:
        named = enumerate(self.shelf.operators(), 1)
        return {SHARED: "공통(기준정보)"} | {f"{number:02d}": name for number, name in named}

    def _result(self, told: str) -> Response:
        return self.screen("bms_result.html", items=[], told=told, operator="")
