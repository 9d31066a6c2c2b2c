"""Knowledge: what is learnt, what could not be read, and what a question would find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gongmu.bots.knowledge.document import STATE_TITLES, Corpus, Document, State
from gongmu.bots.knowledge.learning_run import TASK
from gongmu.bots.knowledge.store import Knowledge, may_learn
from gongmu.bots.knowledge.what_finds import WhatFinds, what_finds
from gongmu.bots.pages.ground import Ground, error_status, manages, page_of
from gongmu.bots.passages import Reader
from gongmu.core.errors import GongmuError, Refused
from gongmu.core.people import Act, Person
from gongmu.core.runs import STATUS_TITLES, Status
from gongmu.portal.run_pages import MARKS as RUN_MARKS
from gongmu.portal.view import wants_fragment

PAGE = 50
UPLOAD_BYTES = 60_000_000
MOST_FILES = 40
MARKS = {State.UNREADABLE: " bad", State.LEARNING: " wait", State.DUPLICATE: ""}
DONE = {
    "made": "지식을 만들었습니다. 이제 문서를 올리세요.",
    "queued": "올린 문서를 배우기 시작했습니다. 아래에서 진행을 보세요.",
    "learnt": "올린 문서를 배웠습니다.",
    "watched": "폴더를 밤마다 다시 배웁니다.",
    "unwatched": "폴더를 더 보지 않습니다. 배운 것은 남아 있습니다.",
    "forgotten": "문서를 지웠습니다.",
}
Words = Annotated[str, Query(max_length=300)]
Code = Annotated[str, Form(max_length=60)]


def knowledge_routes(router: APIRouter, ground: Ground) -> None:
    """Add the list of knowledge bases and the page of one."""
    knowledge = Knowledge(ground.house, ground.index)
    _look(router, ground, knowledge)


def _look(router: APIRouter, ground: Ground, knowledge: Knowledge) -> None:
    @router.get("/knowledge")
    def corpora(request: Request, ask: Words = "", corpus: Words = "") -> Response:
        person = ground.enter(request)
        return show_all(ground, knowledge, request, person, ask=ask, chosen=corpus)

    @router.get("/knowledge/{code}/now")
    def now(request: Request, code: str) -> Response:
        person = ground.enter(request)
        corpus = _known(knowledge, code, Reader.of(person))
        if not wants_fragment(request):
            return RedirectResponse(f"/bots/knowledge/{code}", 303)
        return ground.fragment(
            request, "bots_learning.html", corpus=corpus, **learning_state(ground, code)
        )

    @router.get("/knowledge/{code}")
    def one(
        request: Request,
        code: str,
        ask: Words = "",
        q: Words = "",
        state: Annotated[str, Query(max_length=20)] = "",
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    ) -> Response:
        person = ground.enter(request)
        return show_corpus(
            ground, knowledge, request, person, code, ask=ask, query=q, state=state, page=page
        )


def show_all(
    ground: Ground,
    knowledge: Knowledge,
    request: Request,
    person: Person,
    *,
    ask: str = "",
    chosen: str = "",
    wrong: Refused | None = None,
    given: Mapping[str, str] | None = None,
) -> Response:
    """Return the list of knowledge bases."""
    reader = Reader.of(person)
    corpora = knowledge.corpora(reader)
    codes = [one.code for one in corpora if chosen in ("", one.code)]
    return ground.show(
        request,
        "bots_knowledge.html",
        status=error_status(wrong) if wrong else 200,
        title="지식",
        corpora=corpora,
        ask=ask,
        chosen=chosen,
        choices=[("", "모든 지식"), *((one.code, one.title) for one in corpora)],
        finds=_finds(ground, ask, codes, reader),
        may_make=person.may(Act.CONFIGURE),
        done_words=DONE,
        wrong=wrong,
        given=given or {},
    )


def show_corpus(
    ground: Ground,
    knowledge: Knowledge,
    request: Request,
    person: Person,
    code: str,
    *,
    ask: str = "",
    query: str = "",
    state: str = "",
    page: int = 1,
    wrong: GongmuError | None = None,
    field: str = "file",
    given: Mapping[str, str] | None = None,
) -> Response:
    """Return the page of one knowledge base."""
    reader = Reader.of(person)
    corpus = _known(knowledge, code, reader)
    documents = knowledge.documents(code, reader)
    day = ground.today()
    chosen = [one for one in documents if _fits(one, query, state, day)]
    page, pages = page_of(page, PAGE, len(chosen))
    return ground.show(
        request,
        "bots_corpus.html",
        status=error_status(wrong) if wrong else 200,
        title=f"지식 {corpus.title}",
        corpus=corpus,
        documents=chosen[(page - 1) * PAGE : page * PAGE],
        titles={one.document_id: one.title for one in documents},
        counts=_counts(documents, day),
        total=len(documents),
        passages=ground.index.count(code),
        query=query,
        state=state,
        states=[("", "모두"), *_STATES.items()],
        state_titles=STATE_TITLES,
        marks=MARKS,
        ask=ask,
        finds=_finds(ground, ask, [code], reader),
        **learning_state(ground, code),
        watches=knowledge.rows.watches(code),
        may_learn=person.may(Act.CONFIGURE) and may_learn(reader, corpus),
        may_watch=manages(person),
        page=page,
        pages=pages,
        address_of="?" + (f"q={query}&" if query else "") + (f"state={state}&" if state else ""),
        done_words=DONE,
        wrong=wrong,
        field=field,
        given=given or {},
    )


_STATES = {
    "learnt": "배움",
    "unreadable": "읽지 못함",
    "same": "같거나 거의 같음",
    "past": "지난 판",
}


def learning_state(ground: Ground, code: str) -> dict[str, Any]:
    """Return the runs that learn into a corpus, and the last lines of one that is under way."""
    mine = f"({code},"
    runs = [run for run in ground.house.runs.recent(200) if run.task == TASK and mine in run.title][
        :4
    ]
    moving = [run for run in runs if run.status is Status.RUNNING]
    return {
        "learning": runs,
        "learning_lines": ground.house.runs.steps(moving[0].run_id)[-4:] if moving else (),
        "moving": bool(moving),
        "run_titles": STATUS_TITLES,
        "run_marks": RUN_MARKS,
    }


def _known(knowledge: Knowledge, code: str, reader: Reader) -> Corpus:
    """Return a corpus that the reader may see; one that may not be seen is unknown."""
    for one in knowledge.corpora(reader):
        if one.code == code:
            return one
    raise Refused("corpus_unknown", f"'{code}' 지식이 없습니다.", "지식 목록에서 다시 고르세요.")


def _counts(documents: Sequence[Document], day: date) -> dict[str, int]:
    return {state: sum(_in_state(one, state, day) for one in documents) for state in _STATES}


def _fits(one: Document, query: str, state: str, day: date) -> bool:
    words = query.split()
    named = all(word in one.title or word in one.name for word in words)
    return named and (not state or _in_state(one, state, day))


def _in_state(one: Document, state: str, day: date) -> bool:
    if state == "same":
        return bool(one.duplicate_of)
    if state == "past":
        return bool(one.replaced_by) or (one.ends_on is not None and one.ends_on < day)
    return one.state.value == state


def _finds(ground: Ground, ask: str, codes: Sequence[str], reader: Reader) -> WhatFinds | None:
    if not ask.strip() or not codes:
        return None
    return what_finds(ground.index, ask, codes, reader, ground.today())
