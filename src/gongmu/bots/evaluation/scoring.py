"""Whether an answer is right by a check, and what a desk's checks add up to; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from gongmu.bots.answer import Answer
from gongmu.bots.bot import Check

CORRECTION_SHARE = 0.6
"""Share of a correction's words that a later answer must have, where it names nothing exact."""
_UNIT = r"(?:\s?(?:원|만|억|천|백|%|명|건|일|월|년|개월|시간|회|세))*"
_EXACT = re.compile(r"「[^」]+」|[“\"][^”\"]+[”\"]|\d[\d,.]*" + _UNIT)


@dataclass(frozen=True)
class Outcome:
    """One check: its name (the question, or the id of the feedback) and what was wrong."""

    name: str
    faults: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """Return whether nothing was wrong."""
        return not self.faults


@dataclass(frozen=True)
class BotScore:
    """What one evaluation of a desk found; `recall` is None where no check names a document."""

    bot: str
    version: int
    at: datetime
    model: str
    knowledge: str
    outcomes: Sequence[Outcome]
    recall: Fraction | None = None
    before: Fraction | None = None
    """The share of the evaluation before, on other or the same version."""

    @property
    def right(self) -> int:
        """Return how many checks were right."""
        return sum(one.right for one in self.outcomes)

    @property
    def share(self) -> Fraction:
        """Return the share of checks that were right; 0 without checks."""
        return Fraction(self.right, len(self.outcomes)) if self.outcomes else Fraction(0)

    @property
    def fell(self) -> bool:
        """Return whether the desk did worse than the time before."""
        return self.before is not None and self.share < self.before

    def as_json(self) -> Mapping[str, Any]:
        """Return the score for a machine to read."""
        return {
            "bot": self.bot,
            "version": self.version,
            "at": self.at.isoformat(),
            "model": self.model,
            "knowledge": self.knowledge,
            "checks": len(self.outcomes),
            "right": self.right,
            "score": float(self.share),
            "before": None if self.before is None else float(self.before),
            "recall": None if self.recall is None else float(self.recall),
            "wrong": [asdict(one) for one in self.outcomes if not one.right],
        }


@dataclass(frozen=True)
class Verdict:
    """Whether a change may go live, and the checks that speak against it."""

    passes: bool
    reason: str
    worse: tuple[str, ...] = ()


def gate(old: BotScore | None, new: BotScore) -> Verdict:
    """Return whether `new` may go live in the place of `old` (None = nothing published yet).

    It must have checks, and its share must not be below the old one's.
    """
    if not new.outcomes:
        return Verdict(False, "시험 물음이 없어 공개할 수 없습니다.")
    wrong = tuple(one.name for one in new.outcomes if not one.right)
    if old is None or not old.outcomes:
        return Verdict(True, f"시험 {new.right}/{len(new.outcomes)}", wrong)
    was_right = {one.name for one in old.outcomes if one.right}
    worse = tuple(name for name in wrong if name in was_right)
    points = f"{float(old.share):.0%} → {float(new.share):.0%}"
    if new.share < old.share:
        return Verdict(False, f"점수가 내려가 공개할 수 없습니다({points}).", worse)
    return Verdict(True, f"점수 {points}", worse)


def judge(check: Check, answer: Answer) -> Outcome:
    """Return what is wrong with `answer` by `check`; every part given must hold."""
    faults: list[str] = []
    if check.refuse != answer.refused:
        faults.append("답하지 말아야 합니다" if check.refuse else "답해야 하는데 거절했습니다")
    said = squeezed(answer.text)
    faults += [f"'{one}'을 말하지 않았습니다" for one in check.says if squeezed(one) not in said]
    cited = [squeezed(f"{one.document} {one.place}") for one in answer.citations]
    faults += [
        f"'{one}'을 인용하지 않았습니다"
        for one in check.documents
        if not any(squeezed(one) in name for name in cited)
    ]
    if check.tool and not any(one.tool == check.tool and one.ok for one in answer.tools):
        faults.append(f"도구 '{check.tool}'를 쓰지 않았습니다")
    return Outcome(check.ask, tuple(faults))


def judge_correction(name: str, correction: str, answer: Answer) -> Outcome:
    """Return whether `answer` now says what a person said it should have said.

    Exact things (quotations, names of laws, numbers) must all stand in it; a correction without
    any needs three fifths of its words. An empty correction only asks for an answer.
    """
    if answer.refused:
        return Outcome(name, ("답해야 하는데 거절했습니다",))
    said = squeezed(answer.text)
    exact = _EXACT.findall(correction)
    missing = [one for one in exact if squeezed(one.strip('“”"')) not in said]
    if exact:
        return Outcome(name, ("고쳐 준 내용이 빠졌습니다",) if missing else ())
    words = [word for word in correction.split() if len(word) > 1]
    held = sum(squeezed(word)[:2] in said for word in words)
    enough = held >= CORRECTION_SHARE * len(words)
    return Outcome(name, () if enough else ("고쳐 준 내용이 빠졌습니다",))


def squeezed(text: str) -> str:
    """Return `text` without spaces and differences of width or case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()
