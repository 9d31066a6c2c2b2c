"""Keeps the scores of desks, so that a page can show them over time and a gate compare them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from gongmu.bots.evaluation.scoring import BotScore, Outcome
from gongmu.bots.evaluation.tables import score_table
from gongmu.core.values import new_id


class Scores:
    """The scores of one installation."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def keep(self, score: BotScore) -> str:
        """Keep a score and return its id."""
        score_id = new_id("score", score.at)
        outcomes = [{"name": one.name, "faults": one.faults} for one in score.outcomes]
        with self._engine.begin() as connection:
            connection.execute(
                sa.insert(score_table).values(
                    score_id=score_id,
                    bot=score.bot,
                    version=score.version,
                    at=score.at,
                    model=score.model,
                    knowledge=score.knowledge,
                    checks=len(score.outcomes),
                    right=score.right,
                    recall="" if score.recall is None else str(score.recall),
                    outcomes=json.dumps(outcomes, ensure_ascii=False),
                )
            )
        return score_id

    def history(self, bot: str, limit: int = 100) -> Sequence[BotScore]:
        """Return a desk's scores, newest first."""
        query = (
            sa.select(score_table)
            .where(score_table.c.bot == bot)
            .order_by(score_table.c.at.desc(), score_table.c.score_id.desc())
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [_score(row) for row in connection.execute(query).mappings()]

    def last(self, bot: str, version: int | None = None) -> BotScore | None:
        """Return a desk's newest score, of one version where given."""
        return next(
            (one for one in self.history(bot) if version is None or one.version == version), None
        )

    def last_shares(self) -> Mapping[str, float]:
        """Return desk -> share of checks right in its newest evaluation, for pages (0..1)."""
        newest = (
            sa.select(score_table.c.bot, sa.func.max(score_table.c.at).label("at"))
            .group_by(score_table.c.bot)
            .subquery()
        )
        query = sa.select(score_table.c.bot, score_table.c.right, score_table.c.checks).join(
            newest, sa.and_(newest.c.bot == score_table.c.bot, newest.c.at == score_table.c.at)
        )
        with self._engine.connect() as connection:
            return {
                row.bot: row.right / row.checks if row.checks else 0.0
                for row in connection.execute(query)
            }


def _score(row: Mapping[str, Any] | sa.RowMapping) -> BotScore:
    return BotScore(
        bot=row["bot"],
        version=row["version"],
        at=row["at"],
        model=row["model"],
        knowledge=row["knowledge"],
        outcomes=tuple(
            Outcome(one["name"], tuple(one["faults"])) for one in json.loads(row["outcomes"])
        ),
        recall=Fraction(row["recall"]) if row["recall"] else None,
    )
