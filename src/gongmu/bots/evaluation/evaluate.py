"""Runs the questions that test a desk, with what people corrected, and keeps the score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

import sqlalchemy as sa

from gongmu.bots.answer import Answer
from gongmu.bots.answers.conversations import Conversations
from gongmu.bots.answers.desk import AnswerDesk
from gongmu.bots.bot import Bot, Check
from gongmu.bots.evaluation.scoring import BotScore, Outcome, judge, judge_correction, squeezed
from gongmu.bots.evaluation.store import Scores
from gongmu.bots.passages import Reader
from gongmu.bots.registry import all_bots
from gongmu.bots.search.index import SearchIndex
from gongmu.bots.search.tables import corpus_table
from gongmu.core.errors import GongmuError
from gongmu.core.house import House
from gongmu.core.people import Role
from gongmu.core.values import content_hash

Ask = Callable[[Bot, str], Answer]
Note = Callable[[str], None]
_RECALL_AT = 5


def evaluate_bot(bot: Bot, ask: Ask, now: datetime) -> BotScore:
    """Return how `bot` does on its checks; a check whose answer fails counts as wrong."""
    outcomes: list[Outcome] = []
    models: set[str] = set()
    for check in bot.checks:
        try:
            answer = ask(bot, check.ask)
        except GongmuError as problem:
            outcomes.append(Outcome(check.ask, (problem.message,)))
            continue
        models.add(answer.model)
        outcomes.append(judge(check, answer))
    model = ", ".join(sorted(filter(None, models)))
    return BotScore(bot.code, bot.version, now, model, "", tuple(outcomes))


def evaluate_bots(
    house: House,
    bots: Sequence[Bot] | None = None,
    *,
    note: Note = lambda _: None,
    keep: bool = True,
    reader: Reader | None = None,
) -> Sequence[BotScore]:
    """Evaluate these desks (None = all), keep their scores and return them.

    Each is asked with the rights of its own department unless `reader` is given. Corrections and
    thumbs that people gave count as further checks. `keep=False` for a draft that is not live.
    """
    desk = AnswerDesk(house, keep=False)
    index = SearchIndex(house.engine)
    scores = Scores(house.engine)
    done: list[BotScore] = []
    for bot in all_bots(house.engine).values() if bots is None else bots:
        person = reader or _tester(bot)

        def ask(asked: Bot, question: str, person: Reader = person) -> Answer:
            return desk.ask(asked, person, question)

        before = scores.last(bot.code)
        score = evaluate_bot(bot, ask, house.clock())
        score = replace(
            score,
            outcomes=(*score.outcomes, *_from_feedback(house, bot, ask)),
            knowledge=knowledge_state(house.engine, bot.corpora),
            recall=_recall(bot.checks, bot.corpora, person, index),
            before=before.share if before else None,
        )
        if keep:
            scores.keep(score)
        done.append(score)
        note(f"{bot.title}: {score.right}/{len(score.outcomes)}")
    return done


def knowledge_state(engine: sa.Engine, corpora: Sequence[str]) -> str:
    """Return a hash of what these corpora held, which changes with every document learnt."""
    table = corpus_table.c
    query = (
        sa.select(table.corpus, table.revision, table.passages)
        .where(table.corpus.in_(corpora))
        .order_by(table.corpus)
    )
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    return content_hash(";".join(f"{one[0]}:{one[1]}:{one[2]}" for one in rows).encode())


def _tester(bot: Bot) -> Reader:
    return Reader("evaluation", "평가", bot.department, bot.roles or frozenset(Role))


def _from_feedback(house: House, bot: Bot, ask: Ask) -> Sequence[Outcome]:
    outcomes = []
    for one in Conversations(house).feedback(bot.code):
        if not one.good and not one.correction:
            continue
        try:
            answer = ask(bot, one.question)
        except GongmuError as problem:
            outcomes.append(Outcome(one.feedback_id, (problem.message,)))
            continue
        outcomes.append(judge_correction(one.feedback_id, one.correction, answer))
    return outcomes


def _recall(
    checks: Sequence[Check], corpora: Sequence[str], reader: Reader, index: SearchIndex
) -> Fraction | None:
    wanted = [check for check in checks if check.documents and not check.refuse]
    if not wanted or not corpora:
        return None
    met = 0
    for check in wanted:
        found = index.search(check.ask, corpora, reader, _RECALL_AT)
        names = [squeezed(f"{one.passage.document} {one.passage.place}") for one in found]
        met += all(any(squeezed(part) in name for name in names) for part in check.documents)
    return Fraction(met, len(wanted))
