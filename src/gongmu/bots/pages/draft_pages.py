"""Drafts: the list, the editor with what a person still has to look at, versions, checks, files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from gongmu.bots.drafts.cabinet import all_forms
from gongmu.bots.drafts.desk import DraftDesk
from gongmu.bots.drafts.form import Values
from gongmu.bots.drafts.marks import Origin, marked
from gongmu.bots.drafts.views import Draft
from gongmu.bots.pages.draft_advice import Advice, advice_for, with_fix
from gongmu.bots.pages.draft_values import blanks, values_of
from gongmu.bots.pages.ground import Ground, attachment, back_to, error_status
from gongmu.bots.pages.paper_view import sheet_parts
from gongmu.core.errors import Refused
from gongmu.core.people import Act, Person
from gongmu.portal.view import client_address

KINDS = {"hwpx": "한글(HWPX)", "docx": "워드(DOCX)", "pdf": "PDF", "md": "글(MD)"}
DONE = {
    "made": "초안을 만들었습니다. ‘확인 필요’를 채우고 저장하세요.",
    "saved": "새 판으로 저장했습니다.",
    "reviewed": "검증을 적었습니다. 이 판은 표시 없이 내보냅니다.",
}
Reason = Annotated[str, Form(max_length=300)]
Short = Annotated[str, Form(max_length=60)]


async def form_fields(request: Request) -> FormData:
    """Return the fields of a form whose names the page made up."""
    return await request.form(max_fields=4000)


Fields = Annotated[FormData, Depends(form_fields)]


def draft_routes(router: APIRouter, ground: Ground) -> None:
    """Add the list of drafts and the pages of one."""
    desk = DraftDesk(ground.house)
    _list(router, ground, desk)
    _edit(router, ground, desk)
    _leave(router, ground, desk)


def _list(router: APIRouter, ground: Ground, desk: DraftDesk) -> None:
    @router.get("/drafts")
    def drafts(request: Request) -> Response:
        return _all(ground, desk, request, ground.enter(request))

    @router.post("/drafts")
    def make(
        request: Request,
        form: Short = "",
        notes: Annotated[str, Form(max_length=60_000)] = "",
    ) -> Response:
        person = ground.enter(request, Act.DRAFT)
        try:
            draft_id = desk.create_from_notes(form, notes, person)
        except Refused as wrong:
            given = {"form": form, "notes": notes}
            return _all(ground, desk, request, person, wrong, given)
        return back_to(f"/bots/drafts/{draft_id}", "made")


def _all(
    ground: Ground,
    desk: DraftDesk,
    request: Request,
    person: Person,
    wrong: Refused | None = None,
    given: Mapping[str, str] | None = None,
) -> Response:
    return ground.show(
        request,
        "bots_drafts.html",
        status=error_status(wrong) if wrong else 200,
        title="문서 초안",
        cards=desk.drafts(person),
        forms=list(all_forms().values()),
        may_draft=person.may(Act.DRAFT),
        speech=ground.office.speech is not None,
        chosen=request.query_params.get("form", ""),
        wrong=wrong,
        given=given or {},
    )


def _edit(router: APIRouter, ground: Ground, desk: DraftDesk) -> None:
    @router.get("/drafts/{draft_id}")
    def one(
        request: Request, draft_id: str, version: Annotated[int, Query(ge=0, le=10_000)] = 0
    ) -> Response:
        person = ground.enter(request)
        return _editor(ground, desk, request, person, desk.draft(draft_id, person, version))

    @router.post("/drafts/{draft_id}")
    def save(
        request: Request,
        draft_id: str,
        fields: Fields,
    ) -> Response:
        person = ground.enter(request, Act.DRAFT)
        draft = desk.draft(draft_id, person)
        values = values_of(draft.form, fields)
        if fix := str(fields.get("fix") or ""):
            changed = with_fix(draft.form, values, fix)
            return _editor(ground, desk, request, person, draft, values=changed, fixed=True)
        base = str(fields.get("base") or "0")
        try:
            number = int(base) if base.isdecimal() else 0
            if values != draft.values or number != draft.number:
                asks = [one for one in draft.asks if not one.startswith("확인 필요")]
                where = client_address(request)
                desk.change(draft_id, values, person, base=number, asks=asks, address=where)
        except Refused as wrong:
            return _editor(ground, desk, request, person, draft, wrong=wrong, values=values)
        return back_to(f"/bots/drafts/{draft_id}", "saved")

    @router.get("/drafts/{draft_id}/versions")
    def versions(
        request: Request,
        draft_id: str,
        old: Annotated[int, Query(ge=0, le=10_000)] = 0,
        new: Annotated[int, Query(ge=0, le=10_000)] = 0,
    ) -> Response:
        person = ground.enter(request)
        found = desk.versions(draft_id, person)
        new = new or found[-1].number
        old = old or max(1, new - 1)
        return ground.show(
            request,
            "bots_draft_versions.html",
            title=f"{found[-1].title} 판",
            draft=found[-1],
            versions=found,
            old=str(old),
            new=str(new),
            choices=[(str(v.number), f"{v.number}판 {v.made_by}") for v in found],
            changes=desk.compare(draft_id, person, old, new),
        )

    @router.get("/drafts/{draft_id}/preview")
    def preview(
        request: Request, draft_id: str, version: Annotated[int, Query(ge=0, le=10_000)] = 0
    ) -> Response:
        person = ground.enter(request)
        draft = desk.draft(draft_id, person, version)
        return ground.show(
            request,
            "bots_draft_preview.html",
            title=f"{draft.title} 미리 보기",
            draft=draft,
            parts_of=_sheet(draft),
        )


def _sheet(draft: Draft) -> Any:
    origin = Origin(
        draft.row.draft_id, draft.number, draft.row.form, draft.made_at, model=draft.model
    )
    return sheet_parts(marked(draft.form.paper(draft.values), origin, draft.verified))


def _leave(router: APIRouter, ground: Ground, desk: DraftDesk) -> None:
    @router.post("/drafts/{draft_id}/review")
    def review(
        request: Request,
        draft_id: str,
        checked: Short = "",
        note: Annotated[str, Form(max_length=1000)] = "",
        number: Annotated[int, Form(ge=0, le=10_000)] = 0,
    ) -> Response:
        person = ground.enter(request, Act.DRAFT)
        draft = desk.draft(draft_id, person, number)
        if draft.verified is not None:  # 두 번 눌러도 한 번만 적는다
            return back_to(f"/bots/drafts/{draft_id}")
        try:
            if checked != "yes":
                raise Refused(
                    "unchecked", "확인했다는 표시가 없습니다.", "읽고 확인한 뒤 표시하세요."
                )
            where = client_address(request)
            desk.review(draft_id, person, note, number=number, address=where)
        except Refused as wrong:
            given = {"note": note}
            return _editor(
                ground, desk, request, person, draft, wrong=wrong, field="review", given=given
            )
        return back_to(f"/bots/drafts/{draft_id}", "reviewed")

    @router.post("/drafts/{draft_id}/file")
    def file(
        request: Request,
        draft_id: str,
        kind: Short = "",
        reason: Reason = "",
        number: Annotated[int, Form(ge=0, le=10_000)] = 0,
    ) -> Response:
        person = ground.enter(request, Act.DOWNLOAD)
        draft = desk.draft(draft_id, person, number)
        try:
            where = client_address(request)
            made = desk.export(draft_id, kind, person, reason=reason, number=number, address=where)
        except Refused as wrong:
            given = {"reason": reason, "kind": kind}
            return _editor(
                ground, desk, request, person, draft, wrong=wrong, field="file", given=given
            )
        return attachment(made.data, draft_id, made.name.rpartition(".")[0], kind)


def _editor(
    ground: Ground,
    desk: DraftDesk,
    request: Request,
    person: Person,
    draft: Draft,
    *,
    values: Values | None = None,
    fixed: bool = False,
    wrong: Refused | None = None,
    field: str = "edit",
    given: Mapping[str, str] | None = None,
) -> Response:
    now = draft.values if values is None else values
    found: Advice = advice_for(draft.form, now)
    fields = blanks(draft.form, now)
    return ground.show(
        request,
        "bots_draft.html",
        status=error_status(wrong) if wrong else 200,
        title=draft.title,
        draft=draft,
        blanks=fields,
        open_count=sum(one.open for one in fields),
        advice=found,
        fixed=fixed,
        is_last=draft.number == draft.row.last_number,
        kinds=list(KINDS.items()),
        may_draft=person.may(Act.DRAFT) and draft.number == draft.row.last_number,
        may_download=person.may(Act.DOWNLOAD),
        done_words=DONE,
        wrong=wrong,
        field=field,
        given=given or {},
    )
