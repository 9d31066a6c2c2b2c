"""The desks' room: its pages put together, and what waits for whom."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter

from gongmu.bots.answers.desk import AnswerDesk
from gongmu.bots.pages.asking import FILE_BYTES, asking_routes
from gongmu.bots.pages.chat import chat_routes
from gongmu.bots.pages.connections import connection_routes
from gongmu.bots.pages.desks import desk_routes
from gongmu.bots.pages.document_pages import document_routes
from gongmu.bots.pages.draft_makers import UPLOAD_BYTES as DRAFT_BYTES
from gongmu.bots.pages.draft_makers import maker_routes
from gongmu.bots.pages.draft_pages import draft_routes
from gongmu.bots.pages.ethics import ethics_routes, ethics_todo
from gongmu.bots.pages.feedback import feedback_routes
from gongmu.bots.pages.ground import Ground, open_ground
from gongmu.bots.pages.knowledge_acts import UPLOAD_BYTES, knowledge_acts
from gongmu.bots.pages.knowledge_pages import knowledge_routes
from gongmu.bots.pages.law_compare import compare_routes
from gongmu.bots.pages.law_import import import_routes
from gongmu.bots.pages.law_pages import law_routes
from gongmu.bots.pages.passages import passage_routes
from gongmu.bots.pages.scores import score_routes
from gongmu.bots.pages.turns import Turns
from gongmu.bots.pages.usage import usage_routes
from gongmu.bots.pages.workshop_pages import workshop_routes, workshop_todo
from gongmu.core.house import House
from gongmu.core.people import Act, People, Person
from gongmu.portal.view import Room, Todo

_ROUTES = (
    desk_routes,
    passage_routes,
    document_routes,
    knowledge_routes,
    knowledge_acts,
    law_routes,
    compare_routes,
    import_routes,
    maker_routes,
    draft_routes,
    workshop_routes,
    score_routes,
    feedback_routes,
    usage_routes,
    ethics_routes,
    connection_routes,
)


def bot_room(house: House, people: People) -> Room:
    """Return the room of the desks; raises Refused when the city's [bots] section is unfit."""
    ground = open_ground(house, people)
    router = APIRouter(prefix="/bots")
    for add in _ROUTES:
        add(router, ground)
    turns = Turns()
    desk = AnswerDesk(house, index=ground.index, office=ground.office)
    asking_routes(router, ground, desk, turns)
    # 창구의 부호가 주소이므로 맨 뒤에 둔다
    chat_routes(router, ground, turns)
    return Room(
        "bots",
        "챗봇",
        "/bots",
        router,
        Path(__file__).parents[1] / "templates",
        shown_to=lambda person: person.may(Act.VIEW),
        todo=lambda person: todo_of(ground, person),
        uploads={
            "/bots/ask": FILE_BYTES,
            "/bots/knowledge/files": UPLOAD_BYTES,
            "/bots/drafts/minutes": DRAFT_BYTES,
            "/bots/drafts/weekly": DRAFT_BYTES,
        },
    )


def todo_of(ground: Ground, person: Person) -> Sequence[Todo]:
    """Return what waits for a person: desks to approve, the year's self-check."""
    return [*workshop_todo(ground, person), *ethics_todo(ground, person)]
