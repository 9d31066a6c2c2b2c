"""Scores of desks over time: a line, a table, and what was wrong the last time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from gongmu.bots.bot import Bot
from gongmu.bots.evaluation.evaluate import evaluate_bots
from gongmu.bots.evaluation.scoring import BotScore, Outcome
from gongmu.bots.evaluation.store import Scores
from gongmu.bots.pages.ground import Ground, back_to, manages
from gongmu.bots.passages import Reader
from gongmu.bots.registry import bots_for
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.people import Act, Person
from gongmu.core.values import SEOUL, korean_date
from gongmu.portal.svg import Dot, shares_over_time, sparkline

SHOWN = 20
GOOD = 0.9
"""The share that the line's dashes stand for."""
DONE = {"evaluated": "평가를 마쳤습니다."}


@dataclass(frozen=True)
class Line:
    """A desk in the list of scores; `last` None = never evaluated."""

    bot: Bot
    last: BotScore | None
    before: BotScore | None
    spark: Markup | None


def last_scores(house: House) -> Mapping[str, float]:
    """Return desk → the share of its checks that its last evaluation found right."""
    return Scores(house.engine).last_shares()


def score_routes(router: APIRouter, ground: Ground) -> None:
    """Add the list of scores and the page of one desk's."""
    scores = Scores(ground.house.engine)

    @router.get("/scores")
    def all_scores(request: Request) -> Response:
        person = ground.enter(request)
        bots = bots_for(Reader.of(person), ground.bots()).values()
        lines = [_line(bot, scores.history(bot.code, 12)) for bot in bots]
        fallen = [one for one in lines if one.last and one.before and _fell(one)]
        done = [one.last for one in lines if one.last]
        return ground.show(
            request,
            "bots_scores.html",
            title="평가",
            lines=lines,
            fallen=fallen,
            done_count=len(done),
            right=sum(one.right for one in done),
            checks=sum(len(one.outcomes) for one in done),
            newest=max((one.at for one in done), default=None),
        )

    @router.get("/scores/{code}")
    def one_desk(request: Request, code: str) -> Response:
        person = ground.enter(request)
        bot = ground.bot(code, Reader.of(person))
        history = scores.history(code, SHOWN)
        return ground.show(
            request,
            "bots_score.html",
            title=f"평가 {bot.title}",
            bot=bot,
            history=history,
            graph=_graph(bot, history) if history else "",
            outcomes=[(_named(bot, one), one) for one in history[0].outcomes] if history else (),
            may_evaluate=_may_evaluate(person, bot),
            done_words=DONE,
        )

    @router.post("/scores/{code}")
    def evaluate(request: Request, code: str) -> Response:
        person = ground.enter(request, Act.CONFIGURE)
        bot = ground.bot(code, Reader.of(person))
        if not _may_evaluate(person, bot):
            raise Refused(
                "not_allowed",
                f"{bot.department}의 창구를 평가할 수 없습니다.",
                f"{bot.department}의 담당자나 관리자에게 부탁하세요.",
            )
        evaluate_bots(ground.house, [bot])
        ground.note(request, person, "bot.evaluate", code)
        return back_to(f"/bots/scores/{code}", "evaluated")


def _may_evaluate(person: Person, bot: Bot) -> bool:
    own = person.department == bot.department and person.may(Act.CONFIGURE)
    return own or manages(person)


def _line(bot: Bot, history: Sequence[BotScore]) -> Line:
    values = [float(one.share) for one in reversed(history)]
    return Line(
        bot,
        history[0] if history else None,
        history[1] if len(history) > 1 else None,
        sparkline(values, GOOD) if len(values) > 1 else None,
    )


def _fell(line: Line) -> bool:
    return bool(line.last and line.before and line.last.share < line.before.share)


def _graph(bot: Bot, history: Sequence[BotScore]) -> Markup:
    dots = []
    for one in reversed(history):
        local = one.at.astimezone(SEOUL)
        words = f"{korean_date(local.date())} {one.right}/{len(one.outcomes)} {one.version}판"
        dots.append(Dot(float(one.share), f"{local.month}. {local.day}.", words))
    return shares_over_time(dots, f"{bot.title} 평가 점수, 오래된 것부터", GOOD)


def _named(bot: Bot, outcome: Outcome) -> str:
    """Return a check's question; what people asked is kept by its id and not shown."""
    return outcome.name if any(check.ask == outcome.name for check in bot.checks) else "고쳐 준 답"
