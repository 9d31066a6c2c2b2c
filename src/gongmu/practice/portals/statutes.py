"""The practice law service: lawSearch.do and lawService.do in JSON, with the real one's bad days.

It answers with bursts of 404, empty bodies, HTML error pages, empty results for laws that exist,
"quota exceeded" and "not registered", as the faults say; its journal tells what was asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from gongmu.practice.laws import (
    PracticeVersion,
    current_versions,
    law_json,
    listed_json,
    practice_laws,
)
from gongmu.practice.portals.site import CONTROL

PRACTICE_OC = "yeonseup-oc"
"""The practice key; it opens nothing but the practice service, so it is written down here."""
JOURNAL = "/practice/journal"
_ORGS = {"6990000": "연습시", "6990001": "이웃군"}
_ENVELOPES = {
    "law": ("LawSearch", "law"),
    "eflaw": ("LawSearch", "law"),
    "ordin": ("OrdinSearch", "law"),
    "admrul": ("AdmRulSearch", "admrul"),
    "prec": ("PrecSearch", "prec"),
    "expc": ("Expc", "expc"),
}
_ERROR_PAGE = (
    "<!DOCTYPE html><html><head><title>오류안내</title></head>"
    "<body><h1>페이지 접속에 실패하였습니다.</h1>"
    "<p>URL에 오타가 없는지 확인해 주십시오.</p></body></html>"
)


@dataclass
class StatuteFaults:
    """How the service misbehaves; each count is how many of the next answers go wrong so."""

    not_found: int = 0
    """404 in a burst."""
    empty: int = 0
    """200 with an empty body."""
    html: int = 0
    """200 with an HTML error page."""
    broken: int = 0
    """200 with JSON cut off in the middle."""
    no_results: int = 0
    """Searches that find nothing though there is something."""
    fails_every: int = 0
    """Every n-th answer is a 404; 0 = none."""
    quota: int = -1
    """Answers left before the quota is used up; -1 = no quota."""
    slow_seconds: float = 0.0
    down: bool = False

    def change(self, values: dict[str, Any]) -> None:
        """Set fields by name; raises ValueError for an unknown one."""
        if unknown := values.keys() - {one.name for one in fields(self)}:
            raise ValueError(f"unknown fault: {', '.join(sorted(unknown))}")
        for name, value in values.items():
            setattr(self, name, type(getattr(self, name))(value))


class StatuteSite:
    """One law service; `today` decides which versions are current."""

    title = "연습 국가법령정보"

    def __init__(
        self, faults: StatuteFaults | None = None, today: Callable[[], date] = date.today
    ) -> None:
        self.faults = faults or StatuteFaults()
        self.calls: list[dict[str, str]] = []
        """The parameters of every request, with its path."""
        self._today = today

    def app(self) -> Starlette:
        """Return the ASGI application."""
        return Starlette(
            routes=[
                Route("/DRF/lawSearch.do", self.search),
                Route("/DRF/lawService.do", self.service),
                Route(JOURNAL, self.journal),
                Route(CONTROL, self.control, methods=["GET", "PUT"]),
            ]
        )

    async def search(self, request: Request) -> Response:
        """Answer lawSearch.do."""
        if (wrong := await self._trouble(request)) is not None:
            return wrong
        asked = request.query_params
        target = asked.get("target", "law")
        if target not in _ENVELOPES:
            return HTMLResponse(_ERROR_PAGE)
        found = self._found(target, asked)
        if self.faults.no_results > 0:
            self.faults.no_results -= 1
            found = []
        display = min(int(asked.get("display", "20")), 100)
        page = max(int(asked.get("page", "1")), 1)
        shown = found[(page - 1) * display : page * display]
        envelope, key = _ENVELOPES[target]
        answer: dict[str, Any] = {
            "target": target,
            "totalCnt": str(len(found)),
            "page": str(page),
            "numOfRows": str(len(shown)),
            "resultCode": "00",
            "resultMsg": "success",
        }
        rows = [
            listed_json(one, number, self._today())
            for number, one in enumerate(shown, (page - 1) * display + 1)
        ]
        if rows:
            answer[key] = rows[0] if len(rows) == 1 else rows
        return JSONResponse({envelope: answer})

    async def service(self, request: Request) -> Response:
        """Answer lawService.do."""
        if (wrong := await self._trouble(request)) is not None:
            return wrong
        asked = request.query_params
        target = asked.get("target", "law")
        kind = "law" if target == "eflaw" else target
        mine = [one for one in practice_laws() if one.target == kind]
        if serial := asked.get("MST"):
            mine = [one for one in mine if one.serial == serial]
        elif wanted := asked.get("ID"):
            current = {one.serial for one in current_versions(self._today())}
            exact = [one for one in mine if one.serial == wanted]
            mine = exact or [one for one in mine if one.law_id == wanted and one.serial in current]
        if day := asked.get("efYd"):
            mine = [one for one in mine if f"{one.starts_on:%Y%m%d}" == day]
        if not mine:
            return JSONResponse({"Law": "일치하는 법령이 없습니다.  법령명을 확인하여 주십시오."})
        return JSONResponse(law_json(mine[-1]))

    def _found(self, target: str, asked: Any) -> Sequence[PracticeVersion]:
        today = self._today()
        if target == "eflaw":
            known: Sequence[PracticeVersion] = [
                one for one in practice_laws() if one.target == "law"
            ]
            if wanted := asked.get("nw"):
                current = current_versions(today)
                states = {
                    "1": [one for one in known if one not in current and one.starts_on <= today],
                    "2": [one for one in known if one.starts_on > today],
                    "3": [one for one in known if one in current],
                }
                chosen = [one for part in wanted.split(",") for one in states.get(part, [])]
                known = [one for one in known if one in chosen]
        elif target in ("prec", "expc"):
            known = [one for one in practice_laws() if one.target == target]
        else:
            known = [one for one in current_versions(today) if one.target == target]
            known = [one for one in known if one.revision != "폐지"]
        if org := asked.get("org"):
            known = [one for one in known if one.law["owner"] == _ORGS.get(org)]
        query = asked.get("query", "*").replace(" ", "")
        if query in ("", "*"):
            return known
        return [one for one in known if query in one.name.replace(" ", "")]

    async def _trouble(self, request: Request) -> Response | None:
        self.calls.append({"path": request.url.path, **request.query_params})
        faults = self.faults
        if faults.slow_seconds:
            await asyncio.sleep(faults.slow_seconds)
        if faults.down:
            return PlainTextResponse("Service Unavailable", 503)
        if request.query_params.get("OC") != PRACTICE_OC:
            return JSONResponse(
                {
                    "result": "사용자 정보 검증에 실패하였습니다.",
                    "msg": "OPEN API 호출 시 사용자 검증을 위하여 정확한 서버장비의 IP주소 및 "
                    "도메인주소를 등록해 주세요.",
                }
            )
        if faults.quota == 0:
            return JSONResponse({"result": "일일 호출 한도를 초과하였습니다.", "msg": "quota"})
        if faults.quota > 0:
            faults.quota -= 1
        if faults.fails_every and len(self.calls) % faults.fails_every == 0:
            return HTMLResponse(_ERROR_PAGE, 404)
        for name, answer in (
            ("not_found", HTMLResponse(_ERROR_PAGE, 404)),
            ("empty", Response(b"", 200, media_type="application/json")),
            ("html", HTMLResponse(_ERROR_PAGE)),
            ("broken", Response(b'{"LawSearch": {"totalCnt": "3", "law": [', 200)),
        ):
            if getattr(faults, name) > 0:
                setattr(faults, name, getattr(faults, name) - 1)
                return answer
        return None

    async def journal(self, _request: Request) -> Response:
        """Tell every request so far, without the key."""
        return JSONResponse(
            [{name: value for name, value in call.items() if name != "OC"} for call in self.calls]
        )

    async def control(self, request: Request) -> Response:
        """Show the faults, or set some of them."""
        if request.method == "PUT":
            try:
                self.faults.change(await request.json())
            except ValueError as problem:
                return JSONResponse({"error": str(problem)}, 400)
        return JSONResponse(vars(self.faults))
