"""A draft desk's test run: its questions asked without leaving a talk, each with its verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gongmu.bots.bot import Bot
from gongmu.bots.evaluation.evaluate import evaluate_bots
from gongmu.bots.evaluation.scoring import gate
from gongmu.bots.pages.ground import Ground
from gongmu.bots.workshop.store import Verdict

LEAST_SHARE = 0.8
"""Share of its questions that a desk must answer rightly before anybody may let it go live."""


@dataclass(frozen=True)
class TrialLine:
    """One question of a test run."""

    ask: str
    passed: bool
    reason: str


class Trial:
    """One test run; `lines` are its questions once `run` has asked them."""

    def __init__(self, ground: Ground) -> None:
        self._house = ground.house
        self.lines: Sequence[TrialLine] = ()

    def run(self, bot: Bot, live: Bot | None) -> Verdict:
        """Ask the draft's questions, and the published desk's, on what is learnt now."""
        (new,) = evaluate_bots(self._house, [bot], keep=False)
        old = evaluate_bots(self._house, [live], keep=False)[0] if live is not None else None
        self.lines = [
            TrialLine(_name(bot, one.name), one.right, " ".join(one.faults)) for one in new.outcomes
        ]
        said = gate(old, new)
        share = float(new.share)
        wrong = [f"{one.ask}: {one.reason}" for one in self.lines if not one.passed]
        if share < LEAST_SHARE:
            wrong.insert(0, f"맞은 물음이 {share:.0%}로 {LEAST_SHARE:.0%}보다 적습니다.")
        if not said.passes:
            wrong.insert(0, said.reason)
        return Verdict(said.passes and share >= LEAST_SHARE, share, tuple(wrong))


def _name(bot: Bot, name: str) -> str:
    return name if any(check.ask == name for check in bot.checks) else "고쳐 준 답"
