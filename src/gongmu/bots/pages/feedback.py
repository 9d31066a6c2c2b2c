"""What people thought of answers, for the department that looks after the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gongmu.bots.answers.conversations import REASONS, Conversations, Feedback
from gongmu.bots.bot import Bot
from gongmu.bots.guard.mask import mask_for_good
from gongmu.bots.guard.personal_kinds import MASKED
from gongmu.bots.pages.ground import Ground, manages
from gongmu.core.people import Act, Person

MOST = 200


@dataclass(frozen=True)
class Word:
    """One thumb as shown: masked, without who said it."""

    desk: str
    bot: str
    at: datetime
    good: bool
    reason: str
    question: str
    correction: str

    @property
    def case(self) -> str:
        """Return the lines of a check to put into the desk's file."""
        return f'- ask: "{_quoted(self.question)}"\n  says: ["{_quoted(self.correction)}"]'


def feedback_routes(router: APIRouter, ground: Ground) -> None:
    """Add the page of feedback."""

    @router.get("/feedback")
    def look(request: Request) -> Response:
        person = ground.enter(request, Act.CONFIGURE)
        own = {code: bot for code, bot in ground.bots().items() if _looks_after(person, bot)}
        words = _words(own, Conversations(ground.house).feedback())
        ground.note(request, person, "bots.view_feedback", f"{len(words)}건")
        return ground.show(
            request,
            "bots_feedback.html",
            title="답에 대한 의견",
            words=words[:MOST],
            good_count=sum(one.good for one in words),
            total=len(words),
            desks=len(own),
        )


def _looks_after(person: Person, bot: Bot) -> bool:
    return manages(person) or person.department == bot.department


def _words(own: dict[str, Bot], given: Sequence[Feedback]) -> list[Word]:
    return [
        Word(
            own[one.bot].title,
            one.bot,
            one.at,
            one.good,
            REASONS.get(one.reason, ""),
            _hidden(one.question),
            _hidden(one.correction),
        )
        for one in reversed(given)
        if one.bot in own
    ]


def _hidden(text: str) -> str:
    return mask_for_good(text, kinds=MASKED).text


def _quoted(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
