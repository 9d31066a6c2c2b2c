"""The letter list of a week, and its letters to keep: a reason, an access line, then the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from gongmu.core.errors import GongmuError, Refused
from gongmu.core.people import Act, Person
from gongmu.portal.view import client_address
from gongmu.relief.letter_desk import LetterDesk
from gongmu.relief.letters import letter_hwpx, letter_pdf, letters_workbook
from gongmu.relief.page_ground import Ground, attachment, error_status, reason_given, week_of
from gongmu.relief.weeks import week_name, week_words


def letter_routes(router: APIRouter, ground: Ground) -> None:
    """Add the list and the download."""
    desk = LetterDesk(ground.house)

    @router.get("/letters/{week}")
    def letters(request: Request, week: str) -> Response:
        return _page(ground, desk, request, ground.enter(request), week)

    @router.post("/letters/{week}")
    def download(
        request: Request,
        week: str,
        form: Annotated[Literal["pdf", "hwpx", "xlsx"], Form()],
        reason: Annotated[str, Form(max_length=300)] = "",
    ) -> Response:
        person = ground.enter(request)
        ground.enter(request, Act.DOWNLOAD)
        monday = week_of(week)
        try:
            why = reason_given(reason)
            found = desk.sheets(
                monday, person.account, address=client_address(request), reason=f"{form}: {why}"
            )
            if not found.sheets:
                raise Refused(
                    "letters_empty", "이 주에 보낼 편지가 없습니다.", "주와 편지 대상을 확인하세요."
                )
        except Refused as wrong:
            return _page(ground, desk, request, person, week, wrong)
        now, day = ground.house.clock(), ground.today()
        write: dict[str, Callable[[], bytes]] = {
            "pdf": lambda: letter_pdf(found.sheets, ground.office, day, now),
            "hwpx": lambda: letter_hwpx(found.sheets, ground.office, day, now),
            "xlsx": lambda: letters_workbook(found.sheets),
        }
        body = write[form]()
        desk.mark_made(monday, person.account)
        return attachment(body, f"letters_{week}", f"감면안내_편지_{week}", form)


def _page(
    ground: Ground,
    desk: LetterDesk,
    request: Request,
    person: Person,
    week: str,
    wrong: GongmuError | None = None,
) -> Response:
    monday = week_of(week)
    rows = desk.of_week(monday)
    known = ground.rows_by_id(request, person, [row.grant_id for row in rows])
    reasons: dict[str, int] = {}
    for row in rows:
        for why in row.why.split(", "):
            reasons[why] = reasons.get(why, 0) + 1
    return ground.show(
        request,
        "relief_letters.html",
        status=error_status(wrong) if wrong else 200,
        title="편지 목록",
        week=week_name(monday),
        week_words=week_words(monday),
        rows=[(row, known.get(row.grant_id)) for row in rows],
        reasons=reasons,
        may_download=ground.door.lets(person, Act.DOWNLOAD),
        wrong=wrong,
    )
