"""When the papers do not hold an answer: the share of the question found, against a threshold.

Pure. The threshold differs by knowledge base, so it is learnt from questions; see calibration.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gongmu.bots.passages import Found

USUAL_THRESHOLD = 0.45
"""For a knowledge base that nobody has calibrated yet."""
FALSE_REFUSALS = 0.035
_LOWEST, _HIGHEST = 0.2, 0.75
_LOOKED_AT = 3


def share(found: Sequence[Found]) -> float:
    """Return the largest share of the question that one of the best passages holds; 0 for none."""
    return max((one.share for one in found[:_LOOKED_AT]), default=0.0)


def enough(found: Sequence[Found], threshold: float | None = None) -> bool:
    """Return whether what was found is enough to answer from."""
    return share(found) >= (USUAL_THRESHOLD if threshold is None else threshold)


def calibrate(on_topic: Sequence[float], off_topic: Sequence[float]) -> float:
    """Return the threshold whose greater error is least on the shares of both kinds of question.

    Where several err alike, the middle one; always between 0.2 and 0.75, and never so high that
    more than 3.5 % of the questions on the topic are refused, as far as that goes. Without
    questions of one kind the usual threshold stands.
    """
    if not on_topic or not off_topic:
        return USUAL_THRESHOLD
    ordered = sorted(on_topic)
    highest = max(_LOWEST, min(_HIGHEST, ordered[int(len(ordered) * FALSE_REFUSALS)]))
    options = [step / 200 for step in range(int(_LOWEST * 200), int(highest * 200) + 1)]
    costs = [_cost(option, on_topic, off_topic) for option in options]
    least = min(costs)
    best = [option for option, cost in zip(options, costs, strict=True) if cost <= least + 1e-9]
    return best[len(best) // 2]


@dataclass(frozen=True)
class RefusalFigures:
    """How a threshold did: shares (0..1) of off-topic refused and of on-topic refused wrongly."""

    threshold: float
    refused_off_topic: float
    refused_on_topic: float
    on_topic: int
    off_topic: int


def figures(
    threshold: float, on_topic: Sequence[float], off_topic: Sequence[float]
) -> RefusalFigures:
    """Return how `threshold` does on the shares of questions of both kinds."""
    return RefusalFigures(
        threshold,
        sum(one < threshold for one in off_topic) / len(off_topic) if off_topic else 0.0,
        sum(one < threshold for one in on_topic) / len(on_topic) if on_topic else 0.0,
        len(on_topic),
        len(off_topic),
    )


def _cost(threshold: float, on_topic: Sequence[float], off_topic: Sequence[float]) -> float:
    one = figures(threshold, on_topic, off_topic)
    wrong = (1 - one.refused_off_topic, one.refused_on_topic)
    return max(wrong) + sum(wrong) / 10
