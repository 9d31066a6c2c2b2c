"""Laws and ordinances: the list, a law as it stands on a day, an article with its references."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from gongmu.bots.pages.ground import Ground, error_status, page_of
from gongmu.bots.pages.law_import import import_state
from gongmu.bots.pages.law_text import law_address, lines_of, tree
from gongmu.bots.pages.law_ways import Ways
from gongmu.bots.passages import Reader
from gongmu.bots.statutes.store import LawRow, Statutes
from gongmu.bots.statutes.view import LawView, Span
from gongmu.core.errors import Refused
from gongmu.core.people import Person
from gongmu.portal.problems import said
from gongmu.portal.view import wants_fragment

PAGE = 50
CORPORA = ("statutes", "ordinances", "precedents")
Words = Annotated[str, Query(max_length=200)]


def law_routes(router: APIRouter, ground: Ground) -> None:
    """Add the list and the pages of one law."""
    statutes = Statutes(ground.house.engine, ground.index, ground.house.clock)

    known = Ways(ground.house.engine, statutes)

    @router.get("/law")
    def all_laws(
        request: Request,
        q: Words = "",
        kind: Annotated[str, Query(max_length=20)] = "",
        on: date | None = None,
        page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    ) -> Response:
        person = ground.enter(request)
        return show_laws(ground, request, person, words=q, kind=kind, on=on, page=page)

    @router.get("/law/laws/{name:path}")
    def one(
        request: Request,
        name: str,
        on: date | None = None,
        article: Annotated[str, Query(max_length=12)] = "",
        ways: Annotated[str, Query(max_length=3)] = "",
    ) -> Response:
        ground.enter(request)
        day = on or ground.today()
        view = statutes.view(name, day)
        if view is None:
            raise said(404)
        if article and wants_fragment(request):
            return ground.fragment(
                request, "bots_law_ways.html", incoming=known.incoming(view, article)
            )
        kept = frozenset(law.name for law in statutes.laws())
        shown = [span for span in view.spans if span.article.key == article]
        if article and not shown and not any(_is(one, article) for one in view.later):
            raise said(404)
        return ground.show(
            request,
            "bots_law_one.html",
            title=_title(view, shown[0] if shown else None),
            view=view,
            day=day,
            tree=tree([span.article for span in view.spans]),
            chosen=article,
            span=shown[0] if shown else None,
            later=[one for one in view.later if _is(one, article)] if article else view.later,
            lines=(
                lines_of(shown[0].article, view.name, day, statutes.names(), kept) if shown else ()
            ),
            history=statutes.history(view.name, article) if article else (),
            versions=statutes.versions(view.name),
            law_address=law_address,
            outgoing=known.outgoing(view, article, kept) if article else (),
            incoming=known.incoming(view, article) if article and ways else None,
        )


def show_laws(
    ground: Ground,
    request: Request,
    person: Person,
    *,
    words: str = "",
    kind: str = "",
    on: date | None = None,
    page: int = 1,
    wrong: Refused | None = None,
    given: Mapping[str, str] | None = None,
) -> Response:
    """Return the list of laws with the way to bring more."""
    statutes = Statutes(ground.house.engine, ground.index, ground.house.clock)
    day, laws = on or ground.today(), statutes.laws()
    kinds = sorted({law.kind.value for law in laws})
    chosen = [law for law in laws if _named(law, words) and kind in ("", law.kind.value)]
    page, pages = page_of(page, PAGE, len(chosen))
    state = import_state(ground, person)
    return ground.show(
        request,
        "bots_law.html",
        status=error_status(wrong) if wrong else 200,
        title="법령·자치법규",
        query=words,
        day=day,
        kind=kind,
        kinds=[("", "모두"), *((one, one) for one in kinds)],
        laws=chosen[(page - 1) * PAGE : page * PAGE],
        total=len(laws),
        found=_found(ground, person, words, day) if words else (),
        law_address=law_address,
        page=page,
        pages=pages,
        address_of=_filters(words, kind),
        done_words=state["import_words"],
        wrong=wrong,
        given=given or {},
        **state,
    )


def _is(standing: Any, code: str) -> bool:
    return standing.article is not None and standing.article.key == code


def _named(law: LawRow, words: str) -> bool:
    bare = law.name.replace(" ", "")
    return all(word in bare for word in words.split()) if words else True


def _found(ground: Ground, person: Person, words: str, day: date) -> Any:
    return ground.index.search(words, CORPORA, Reader.of(person), k=10, on=day)


def _filters(words: str, kind: str) -> str:
    return "?" + (f"q={words}&" if words else "") + (f"kind={kind}&" if kind else "")


def _title(view: LawView, span: Span | None) -> str:
    return f"{view.name} {span.article.heading}" if span else view.name
