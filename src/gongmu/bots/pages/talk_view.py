"""A turn of a talk as its page shows it.

Quiet: no clock, database or file is reached from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from gongmu.bots.answer import Answer, Citation, Standing
from gongmu.bots.pages.layout import Block, blocks
from gongmu.core.errors import GongmuError


@dataclass(frozen=True)
class TurnView:
    """One question with its answer; `open` while it is written, `problem` when none came."""

    turn_id: str
    conversation_id: str
    bot: str
    number: int
    question: str
    at: datetime | None
    answer: Answer | None
    blocks: Sequence[Block] = ()
    citations: Mapping[int, Citation] | None = None
    open: bool = False
    last: bool = True
    thumb: str = ""
    """up, down or empty: what the person said of it."""
    may_draft: bool = False
    problem: GongmuError | None = None

    @property
    def sure_count(self) -> int:
        """Return how many sentences were found in their sources."""
        return self._count(Standing.VERIFIED)

    @property
    def unsure_count(self) -> int:
        """Return how many sentences a person has to look at."""
        return self._count(Standing.UNVERIFIED)

    @property
    def cost(self) -> str:
        """Return the cost as printed."""
        return won_words(self.answer.cost_won) if self.answer else ""

    def _count(self, standing: Standing) -> int:
        return sum(one.standing is standing for one in self.answer.sentences) if self.answer else 0


def laid_out(answer: Answer) -> Sequence[Block]:
    """Return the blocks of an answer; one without sentences is its text."""
    from gongmu.bots.answer import Sentence

    if answer.sentences:
        return blocks(answer.sentences)
    lines = [line for line in answer.text.split("\n") if line.strip()]
    return blocks([Sentence(line, before="\n") for line in lines])


def won_words(cost: Fraction) -> str:
    """Return money of an answer as printed: small sums with their parts of a won."""
    if not cost:
        return "0원"
    return f"{float(cost):,.2f}원" if cost < 100 else f"{round(cost):,}원"
