"""What every page of the tax office's room stands on: the door, the stores, weeks in addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from gongmu.core.clock import today
from gongmu.core.errors import GongmuError, Refused
from gongmu.core.house import House
from gongmu.core.people import Act, People, Person
from gongmu.portal.door import Door
from gongmu.portal.problems import said, status_of
from gongmu.portal.view import Screen, client_address, visitor
from gongmu.relief.batch import Batches
from gongmu.relief.lists import Lists
from gongmu.relief.office import Office, office_of
from gongmu.relief.overview import BatchDesk
from gongmu.relief.review import Reviews
from gongmu.relief.store import GrantRow, ReliefStore
from gongmu.relief.week_board import WeekBoard
from gongmu.relief.weeks import monday_of, parse_week

PLACES = (
    ("/relief", "이번 주"),
    ("/relief/due", "기한"),
    ("/relief/watch", "변동과 추징"),
    ("/relief/people", "사람 찾기"),
    ("/relief/what-if", "만약에"),
    ("/relief/codes", "감면코드"),
    ("/relief/report", "월 결과"),
    ("/relief/criteria", "기준과 절차"),
)
KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "hwpx": "application/hwp+zip",
    "pdf": "application/pdf",
}


@dataclass(frozen=True)
class Ground:
    """The room's stores and the ways that its pages share."""

    house: House
    people: People
    office: Office
    door: Door
    store: ReliefStore
    reviews: Reviews
    batches: Batches
    desk: BatchDesk
    lists: Lists
    board: WeekBoard

    def today(self) -> date:
        """Return today in Seoul."""
        return today(self.house.clock)

    def show(
        self, request: Request, template: str, *, title: str, status: int = 200, **context: Any
    ) -> HTMLResponse:
        """Return a page of the room."""
        screen: Screen = request.app.state.screen
        shared = {
            "places": self._places(request),
            "office": self.office,
            "today_on": self.today(),
            "notices": NOTICE_TITLES,
            "outcomes": OUTCOME_TITLES,
            "crosses": CROSS_TITLES,
            "wrong": None,
            "done": request.query_params.get("done", ""),
        }
        # 처음 여는 꼴에는 적은 것이 없다: 모든 칸이 빈칸이다
        context["given"] = defaultdict(str, context.get("given") or {})
        return screen.page(request, template, title=title, status=status, **(shared | context))

    def _places(self, request: Request) -> list[tuple[str, str]]:
        """Return the places of the room that the visitor may open."""
        person = visitor(request)
        configures = person is not None and self.door.lets(person, Act.CONFIGURE)
        return [place for place in PLACES if configures or place[0] != "/relief/codes"]

    def enter(self, request: Request, act: Act = Act.VIEW_PERSONAL) -> Person:
        """Return the visitor when they may do `act` in this room; raises Refused."""
        return self.door.enter(request, act)

    def rows_by_id(
        self, request: Request, who: Person, ids: Sequence[str]
    ) -> Mapping[str, GrantRow]:
        """Return grants masked, by id; the look is written down with how many people it shows."""
        wanted = list(dict.fromkeys(ids))
        rows = self.store.rows_of(wanted, who.account, address=client_address(request))
        return {row.grant_id: row for row in rows}

    def note(
        self, request: Request, who: Person, did: str, about: str, *, subjects: int = 0,
        reason: str = "",
    ) -> None:  # fmt: skip
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
    """Return the ground of an open installation."""
    office = office_of(house.city)
    return Ground(
        house=house,
        people=people,
        office=office,
        door=Door(office.department, "감면 안내"),
        store=ReliefStore(house),
        reviews=Reviews(house),
        batches=Batches(house),
        desk=BatchDesk(house),
        lists=Lists(house),
        board=WeekBoard(house),
    )


def batch_page(campaign: str) -> str:
    """Return the page of the batch behind a campaign of the send ledger; '' when it is not ours."""
    return f"/relief/batches/{campaign}" if campaign.startswith("relief-") else ""


def subject_page(about: str) -> str:
    """Return the page of the grant that a text is about; '' for a test text."""
    return "" if about in ("", "test") else f"/relief/people/{about}"


def week_of(text: str) -> date:
    """Return the Monday of 2026-W47; answers 404 for anything else."""
    try:
        return parse_week(text)
    except ValueError:
        raise said(404) from None


def last_week(day: date) -> date:
    """Return the Monday of the week before the one `day` is in."""
    return monday_of(day) - timedelta(days=7)


def reason_given(text: str) -> str:
    """Return a reason; raises Refused("reason_missing") when it says nothing."""
    if len(text.strip()) < 2:
        raise Refused("reason_missing", "까닭이 없습니다.", "까닭을 적으세요.")
    return text.strip()


def back_to(place: str, done: str = "") -> Response:
    """Send the browser on to a page after an act, with the word for what was done."""
    mark = ("&" if "?" in place else "?") + f"done={done}" if done else ""
    return RedirectResponse(place + mark, 303)


def error_status(error: GongmuError) -> int:
    """Return the HTTP status with which a form comes back."""
    return status_of(error)


def attachment(body: bytes, plain: str, korean: str, kind: str) -> Response:
    """Return a file to keep; its names carry days and counts, never a person."""
    names = f"attachment; filename=\"{plain}.{kind}\"; filename*=UTF-8''{quote(korean)}.{kind}"
    return Response(body, media_type=KINDS[kind], headers={"Content-Disposition": names})


def checks_of(facts: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the checks kept with a judgement, each with article, question, answer, note."""
    return [dict(item) for item in facts.get("checks", ())]


NOTICE_TITLES = {
    "N17": "장애인(단독)",
    "N17공동": "장애인(공동등록)",
    "N29": "국가유공자 등(단독)",
    "N29공동": "국가유공자 등(공동등록)",
    "N22": "다자녀 양육자",
    "N67": "경형자동차",
    "N68": "매매용 중고차 등",
    "NONE": "보낼 문자 없음",
    "CHECK": "담당자가 정함",
    "D30": "의무 종료 30일 전",
    "D14": "의무 종료 14일 전",
    "D0": "의무 종료일",
    "R14": "종전차 정리 14일 전",
    "R0": "종전차 정리 기한",
    "CB": "추징 신고 안내",
    "CB미신고": "추징 미신고 안내",
}
"""Notice code → what the screen calls it; `+REPL` is said beside it."""
OUTCOME_TITLES = {
    "RELIEF": "감면",
    "NO_RELIEF": "감면 아님",
    "NEEDS_REVIEW": "검토 필요",
    "": "판단 전",
}
CROSS_TITLES = {
    "agree": "대장과 같음",
    "differ": "대장과 다름",
    "cannot_compute": "계산 못 함",
    "": "대조 전",
}
