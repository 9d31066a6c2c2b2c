"""The desks: one search box that finds the right one, their cards, the visitor's own talks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from gongmu.bots.answers.conversations import Conversations
from gongmu.bots.bot import Bot
from gongmu.bots.pages.freshness import known_dates, known_on
from gongmu.bots.pages.ground import Ground
from gongmu.bots.pages.scores import last_scores
from gongmu.bots.passages import Reader
from gongmu.bots.registry import bots_for, find_desk

TALKS = 12
FOUND = 6


@dataclass(frozen=True)
class Card:
    """A desk on the first page; `score` 0..1 of its last evaluation, None = not yet."""

    bot: Bot
    known_on: date | None
    score: float | None


@dataclass(frozen=True)
class TalkLine:
    """A talk in a list, with the title of its desk."""

    conversation_id: str
    bot: str
    desk: str
    title: str
    changed_at: datetime


def desk_routes(router: APIRouter, ground: Ground) -> None:
    """Add the first page."""
    talks = Conversations(ground.house)

    @router.get("")
    def desks(request: Request, q: Annotated[str, Query(max_length=300)] = "") -> Response:
        person = ground.enter(request)
        reader = Reader.of(person)
        mine = bots_for(reader, ground.bots())
        found = find_desk(q, mine, FOUND) if q.strip() else ()
        shown = found or list(mine.values())
        dates, scores = known_dates(ground.house.engine), last_scores(ground.house)
        cards = [Card(bot, known_on(bot.corpora, dates), scores.get(bot.code)) for bot in shown]
        titles = {code: bot.title for code, bot in mine.items()}
        return ground.show(
            request,
            "bots_home.html",
            title="챗봇",
            query=q.strip(),
            desks=cards,
            best=cards[0] if found else None,
            model=ground.office.models[0].name if ground.office.models else "",
            keep_days=ground.office.keep_days,
            talks=[
                TalkLine(one.conversation_id, one.bot, titles[one.bot], one.title, one.changed_at)
                for one in talks.talks(reader, limit=TALKS)
                if one.bot in titles
            ],
        )
