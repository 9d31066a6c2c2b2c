"""What every page of the desks stands on: the stores, the visitor as a reader, shared words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from gongmu.bots.answers.model import allowed
from gongmu.bots.bot import Bot
from gongmu.bots.guard.office import BotsOffice, bots_office
from gongmu.bots.passages import DataClass, Reader
from gongmu.bots.registry import all_bots, bots_for
from gongmu.bots.search.index import SearchIndex
from gongmu.core.clock import today
from gongmu.core.errors import GongmuError, Refused
from gongmu.core.house import House
from gongmu.core.people import Act, People, Person, Role
from gongmu.portal.problems import said, status_of
from gongmu.portal.view import Screen, client_address, visitor

PLACES = (
    ("/bots", "창구"),
    ("/bots/drafts", "문서 초안"),
    ("/bots/law", "법령·자치법규"),
    ("/bots/knowledge", "지식"),
    ("/bots/workshop", "창구 만들기"),
    ("/bots/scores", "평가"),
    ("/bots/usage", "사용량"),
    ("/bots/ethics", "윤리 점검"),
    ("/bots/connections", "연결"),
)
RESERVED = frozenset(
    path.removeprefix("/bots/").split("/")[0] for path, _ in PLACES if path != "/bots"
) | {"passages", "documents", "talks", "turns", "ask", "look-over", "feedback", "files"}
"""Words that stand for pages, so that no desk may be called so."""

CLASS_TITLES = {
    DataClass.OPEN: "공개(O)",
    DataClass.SENSITIVE: "민감(S)",
    DataClass.CONFIDENTIAL: "기밀(C)",
}
KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "hwpx": "application/hwp+zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "md": "text/markdown; charset=utf-8",
    "yaml": "application/yaml; charset=utf-8",
}
_MAY_NOT = {
    Act.CONFIGURE: "지식과 창구를 고치는 일은 담당·관리 역할이 합니다.",
    Act.DRAFT: "초안을 쓰고 올리는 일은 담당 역할이 합니다.",
    Act.APPROVE: "승인은 결재 역할이 합니다.",
    Act.DOWNLOAD: "파일로 받는 일은 담당·결재·관리 역할이 합니다.",
}


@dataclass(frozen=True)
class Ground:
    """The room's stores and the ways that its pages share."""

    house: House
    people: People
    index: SearchIndex
    office: BotsOffice

    def today(self) -> date:
        """Return today in Seoul."""
        return today(self.house.clock)

    def show(
        self, request: Request, template: str, *, title: str, status: int = 200, **context: Any
    ) -> HTMLResponse:
        """Return a page of the room."""
        screen: Screen = request.app.state.screen
        shared = {
            "places": PLACES,
            "classes": CLASS_TITLES,
            "today_on": self.today(),
            "wrong": None,
            "done": request.query_params.get("done", ""),
            "done_words": {},
        }
        # 처음 여는 꼴에는 적은 것이 없다: 모든 칸이 빈칸이다
        context["given"] = defaultdict(str, context.get("given") or {})
        return screen.page(request, template, title=title, status=status, **(shared | context))

    def fragment(self, request: Request, template: str, **context: Any) -> HTMLResponse:
        """Return a piece of a page for htmx."""
        screen: Screen = request.app.state.screen
        return screen.fragment(template, classes=CLASS_TITLES, **context)

    def enter(self, request: Request, act: Act = Act.VIEW) -> Person:
        """Return the visitor when they may do `act`; raises Refused("not_allowed")."""
        person = visitor(request)
        if person is None:
            raise said(401)
        if not person.may(act):
            raise Refused(
                "not_allowed",
                _MAY_NOT.get(act, "이 일은 지금 역할로는 할 수 없습니다."),
                "그 역할을 가진 동료에게 맡기거나 관리자에게 역할을 요청하세요.",
            )
        return person

    def bots(self) -> Mapping[str, Bot]:
        """Return every desk, shipped and published."""
        return all_bots(self.house.engine)

    def bot(self, code: str, reader: Reader) -> Bot:
        """Return a desk that the reader may use; one that is not for the reader is unknown."""
        found = bots_for(reader, self.bots()).get(code)
        if found is None:
            raise said(404)
        return found

    def model_of(self, bot: Bot) -> str:
        """Return the name of the model that a desk of this class is asked for first, or ''."""
        return next((one.name for one in allowed(self.office.models, bot.data_class)), "")

    def note(
        self,
        request: Request,
        who: Person,
        did: str,
        about: str,
        *,
        reason: str = "",
        subjects: int = 0,
    ) -> None:
        """Write an access line for what a store does not write itself."""
        self.house.audit.record(
            who.account,
            did,
            about[:500],
            address=client_address(request),
            reason=reason[:500],
            subjects=subjects,
        )


def open_ground(house: House, people: People) -> Ground:
    """Return the ground of an open installation; raises Refused for an unfit [bots] section."""
    return Ground(house, people, SearchIndex(house.engine), bots_office(house))


def manages(person: Person) -> bool:
    """Return whether the person sees a department's or the city's figures."""
    return not person.disabled and Role.MANAGE in person.roles


def reason_given(text: str) -> str:
    """Return a reason; raises Refused("reason_missing") when it says nothing."""
    if len(text.strip()) < 2:
        raise Refused("reason_missing", "까닭이 없습니다.", "까닭을 적으세요.")
    return text.strip()


def back_to(place: str, done: str = "") -> Response:
    """Send the browser on to a page after an act, with the word for what was done."""
    path, hash_mark, anchor = place.partition("#")
    mark = ("&" if "?" in path else "?") + f"done={done}" if done else ""
    return RedirectResponse(path + mark + hash_mark + anchor, 303)


def error_status(error: GongmuError) -> int:
    """Return the HTTP status with which a form comes back."""
    return status_of(error)


def attachment(body: bytes, plain: str, korean: str, kind: str) -> Response:
    """Return a file to keep; `plain` is the name for programs that read no Korean."""
    names = f"attachment; filename=\"{plain}.{kind}\"; filename*=UTF-8''{quote(korean)}.{kind}"
    return Response(body, media_type=KINDS[kind], headers={"Content-Disposition": names})


def page_of(number: int, size: int, total: int) -> tuple[int, int]:
    """Return the wanted page, kept within what there is, and how many pages there are."""
    pages = max(1, -(-total // size))
    return min(max(number, 1), pages), pages
