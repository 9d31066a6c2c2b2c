"""The exact passage that an answer quotes, beside the answer and at its own address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from gongmu.bots.answers.conversations import Conversations
from gongmu.bots.knowledge.document import STATE_TITLES
from gongmu.bots.knowledge.rows import Rows
from gongmu.bots.knowledge.store import Knowledge, may_learn
from gongmu.bots.pages.ground import Ground, error_status, page_of
from gongmu.bots.pages.layout import Stretch, quoted, stretches
from gongmu.bots.passages import DataClass, Passage, Reader, highest, may_read
from gongmu.bots.registry import CORPORA
from gongmu.core.errors import Refused
from gongmu.core.people import Act, Person
from gongmu.portal.problems import said
from gongmu.portal.view import wants_fragment

PAGE = 60
AROUND = 4
DONE = {"dated": "시행 기간을 적었습니다."}
Place = Annotated[int, Query(ge=0, le=1_000_000)]


def passage_routes(router: APIRouter, ground: Ground) -> None:
    """Add the pages of passages and of whole documents."""
    talks = Conversations(ground.house)

    @router.get("/passages/{passage_id:path}")
    def one(
        request: Request,
        passage_id: str,
        of: Annotated[str, Query(max_length=80)] = "",
        n: Annotated[int, Query(ge=0, le=1000)] = 0,
        start: Place = 0,
        end: Place = 0,
    ) -> Response:
        person = ground.enter(request)
        passage = ground.index.passage(passage_id, Reader.of(person))
        if passage is None:
            raise said(404)
        _note(ground, request, person, passage.data_class, passage_id)
        wanted = _quote(talks, person, of, n, passage_id) if of else ""
        cut = quoted(passage.text, wanted) if wanted else stretches(passage.text, start, end)
        context: dict[str, Any] = {
            "passage": passage,
            "stretches": cut,
            "asked": bool(wanted),
            "marked": any(part.quoted for part in cut),
            "own_address": _address(passage, cut),
            "document_address": document_address(passage.corpus, passage.document_id),
            "over": _over(ground, passage),
        }
        if wants_fragment(request):
            return ground.fragment(request, "bots_passage_part.html", **context)
        whole = ground.index.passages(passage.corpus, passage.document_id, Reader.of(person))
        at = next((i for i, p in enumerate(whole) if p.passage_id == passage_id), 0)
        return ground.show(
            request,
            "bots_passage.html",
            title=f"{passage.document} {passage.place}",
            around=whole[max(0, at - AROUND) : at + AROUND + 1],
            corpus_title=_corpus_title(ground, passage.corpus),
            **context,
        )

    @router.get("/documents/{corpus}/{document_id:path}")
    def document(
        request: Request,
        corpus: str,
        document_id: str,
        q: Annotated[str, Query(max_length=100)] = "",
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    ) -> Response:
        person = ground.enter(request)
        return show_document(ground, request, person, corpus, document_id, query=q, page=page)


def show_document(
    ground: Ground,
    request: Request,
    person: Person,
    corpus: str,
    document_id: str,
    *,
    query: str = "",
    page: int = 1,
    wrong: Refused | None = None,
    field: str = "",
    given: Mapping[str, str] | None = None,
) -> Response:
    """Return the page of a whole document with what may be done to it."""
    reader = Reader.of(person)
    whole = ground.index.passages(corpus, document_id, reader)
    knowledge = Knowledge(ground.house, ground.index)
    known = knowledge.rows.document(document_id)
    if known is not None and not may_read(reader, known.departments, known.data_class):
        known = None
    if not whole and known is None:
        raise said(404)
    data_class = highest(
        *(one.data_class for one in whole), *((known.data_class,) if known else ())
    )
    _note(ground, request, person, data_class, document_id)
    words = query.split()
    found = [one for one in whole if all(word in one.text for word in words)]
    page, pages = page_of(page, PAGE, len(found))
    home = Rows(ground.house.engine).corpus(corpus)
    learns = home is not None and person.may(Act.CONFIGURE) and may_learn(reader, home)
    title = known.title if known else whole[0].document
    return ground.show(
        request,
        "bots_document.html",
        status=error_status(wrong) if wrong else 200,
        title=title,
        document_title=title,
        document_id=document_id,
        known=known,
        state_titles=STATE_TITLES,
        corpus=corpus,
        corpus_title=_corpus_title(ground, corpus),
        data_class=data_class,
        starts_on=known.starts_on if known else whole[0].starts_on,
        ends_on=known.ends_on if known else whole[0].ends_on,
        passages=found[(page - 1) * PAGE : page * PAGE],
        total=len(whole),
        query=query,
        page=page,
        pages=pages,
        may_learn=learns,
        may_download=person.may(Act.DOWNLOAD),
        replaced_by=_title(knowledge, corpus, known.replaced_by if known else ""),
        duplicate_of=_title(knowledge, corpus, known.duplicate_of if known else ""),
        document_address=document_address,
        done_words=DONE,
        wrong=wrong,
        field=field,
        given=given or {},
    )


def passage_address(passage_id: str) -> str:
    """Return the page of one passage."""
    return f"/bots/passages/{quote(passage_id, safe='')}"


def document_address(corpus: str, document_id: str) -> str:
    """Return the page of a whole document."""
    return f"/bots/documents/{corpus}/{quote(document_id, safe='')}"


def _title(knowledge: Knowledge, corpus: str, document_id: str) -> str:
    found = knowledge.rows.document(document_id) if document_id else None
    return found.title if found is not None and found.corpus == corpus else ""


def _corpus_title(ground: Ground, code: str) -> str:
    if code in CORPORA:
        return CORPORA[code]
    found = Rows(ground.house.engine).corpus(code)
    return found.title if found is not None else code


def _note(
    ground: Ground, request: Request, person: Person, data_class: DataClass, about: str
) -> None:
    """Write down a look at what is not open to all."""
    if data_class is not DataClass.OPEN:
        ground.note(request, person, "bots.view_passage", about)


def _over(ground: Ground, passage: Passage) -> str:
    day = ground.today()
    if passage.ends_on is not None and passage.ends_on < day:
        return "지난 내용"
    if passage.starts_on is not None and passage.starts_on > day:
        return "아직 시행 전"
    return ""


def _address(passage: Passage, cut: Sequence[Stretch]) -> str:
    """Return the address that marks the same stretch for everybody who may read it."""
    at, address = 0, passage_address(passage.passage_id)
    for part in cut:
        if part.quoted:
            return f"{address}?start={at}&end={at + len(part.text)}"
        at += len(part.text)
    return address


def _quote(talks: Conversations, person: Person, turn_id: str, number: int, passage_id: str) -> str:
    """Return what the visitor's own answer quotes from this passage; '' when nothing."""
    try:
        turn = talks.turn(turn_id, Reader.of(person))
    except Refused:  # 남의 대화에서 온 주소라도 대목은 볼 수 있다
        return ""
    if turn.answer is None:
        return ""
    for citation in turn.answer.citations:
        if citation.number == number and citation.passage_id == passage_id:
            return citation.quote
    return ""
