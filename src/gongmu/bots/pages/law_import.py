"""Bringing laws from the national service: what was asked for, and how far each run has come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gongmu.bots.pages.ground import Ground, back_to
from gongmu.bots.statutes.client import Target
from gongmu.bots.statutes.import_run import TASK, Wanted, queue_import
from gongmu.core.errors import Refused
from gongmu.core.people import Act, Person
from gongmu.core.runs import STATUS_TITLES, Status
from gongmu.portal.run_pages import MARKS
from gongmu.portal.view import wants_fragment

TARGETS = {
    Target.LAW: "법령(현행)",
    Target.LAW_BY_DAY: "법령(시행일마다)",
    Target.ORDINANCE: "자치법규",
    Target.ADMIN_RULE: "행정규칙",
    Target.PRECEDENT: "판례",
    Target.INTERPRETATION: "법령해석례",
}
DONE = {"queued": "들여오기를 시작했습니다. 오른쪽 '들여온 일'에서 진행을 보세요."}
MOST_NAMES = 40
_RECENT = 300


def import_state(ground: Ground, person: Person) -> Mapping[str, Any]:
    """Return what the list of laws shows of imports."""
    runs = [run for run in ground.house.runs.recent(_RECENT) if run.task == TASK][:6]
    return {
        "may_import": person.may(Act.CONFIGURE),
        "targets": [(target.value, title) for target, title in TARGETS.items()],
        "runs": runs,
        "run_titles": STATUS_TITLES,
        "run_marks": MARKS,
        "moving": any(run.status is Status.RUNNING for run in runs),
        "import_words": DONE,
    }


def import_routes(router: APIRouter, ground: Ground) -> None:
    """Add the act that begins an import."""
    from gongmu.bots.pages.law_pages import show_laws

    @router.get("/law/imports")
    def runs(request: Request) -> Response:
        person = ground.enter(request)
        if not wants_fragment(request):
            return RedirectResponse("/bots/law", 303)
        return ground.fragment(request, "bots_law_runs.html", **import_state(ground, person))

    @router.post("/law/import")
    def bring(
        request: Request,
        names: Annotated[str, Form(max_length=4000)] = "",
        target: Annotated[str, Form(max_length=20)] = "",
        org: Annotated[str, Form(max_length=20)] = "",
    ) -> Response:
        person = ground.enter(request, Act.CONFIGURE)
        try:
            queue_import(ground.house, _wanted(names, target, org), person.account)
        except Refused as wrong:
            given = {"names": names, "target": target, "org": org}
            return show_laws(ground, request, person, wrong=wrong, given=given)
        return back_to("/bots/law", "queued")


def _wanted(names: str, target: str, org: str) -> list[Wanted]:
    lines = [line.strip() for line in names.splitlines() if line.strip()]
    if not lines:
        raise Refused("names_missing", "들여올 이름이 없습니다.", "한 줄에 하나씩 적으세요.")
    if len(lines) > MOST_NAMES:
        raise Refused("names_many", f"한 번에 {MOST_NAMES}개까지입니다.", "나누어 들여오세요.")
    place = f"@{org.strip()}" if org.strip() else ""
    return [Wanted.read(f"{target}:{line}{place}") for line in lines]
