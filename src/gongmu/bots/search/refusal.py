"""When the papers do not hold an answer: the share of the question found, against a threshold.

Pure. The threshold differs by knowledge base, so it is learnt from questions; see calibration.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gongmu.bots.passages import Found

USUAL_THRESHOLD = 0.35
"""For a knowledge base that nobody has calibrated yet."""
FALSE_REFUSALS = 0.045
_LOWEST, _HIGHEST = 0.28, 0.75
MANY = 40
"""Fewer questions on the topic than these do not stand alone."""
_PLAIN_LOWEST, _PLAIN_HIGHEST = 0.32, 0.42
"""Between these lies a threshold that no questions of people stand behind."""
_FOREIGN_REFUSED = 0.96
_MARGIN = 0.01
_LOOKED_AT = 3


def share(found: Sequence[Found]) -> float:
    """Return the largest share of the question that one of the best passages holds; 0 for none."""
    return max((one.share for one in found[:_LOOKED_AT]), default=0.0)


def enough(found: Sequence[Found], threshold: float | None = None) -> bool:
    """Return whether what was found is enough to answer from."""
    return share(found) >= (USUAL_THRESHOLD if threshold is None else threshold)


def calibrate(on_topic: Sequence[float], off_topic: Sequence[float]) -> float:
    """Return the threshold whose greater error is least on the shares of both kinds of question.

    Where several err alike, a low one, for people ask in other words than those who write such
    questions; always between 0.28 and 0.75, and never so high that more than 4.5 % of the questions
    on the topic are refused, as far as that goes. Without questions of one kind the usual one.
    """
    if not on_topic or not off_topic:
        return USUAL_THRESHOLD
    ordered = sorted(on_topic)
    highest = max(_LOWEST, min(_HIGHEST, ordered[int(len(ordered) * FALSE_REFUSALS)]))
    options = [step / 200 for step in range(int(_LOWEST * 200), int(highest * 200) + 1)]
    costs = [_cost(option, on_topic, off_topic) for option in options]
    least = min(costs)
    best = [option for option, cost in zip(options, costs, strict=True) if cost <= least + 1e-9]
    return best[len(best) // 4]


def calibrate_plainly(made: Sequence[float], off_topic: Sequence[float]) -> float:
    """Return the threshold for papers of which nobody has asked yet.

    It refuses 96 % of the questions on other matters, between 0.32 and 0.42. `made` are the shares
    of questions made of the papers themselves: these only say when that would be too much.
    """
    if not off_topic:
        return USUAL_THRESHOLD
    ordered = sorted(off_topic)
    wanted = ordered[min(len(ordered) - 1, int(len(ordered) * _FOREIGN_REFUSED))] + _MARGIN
    own = sorted(made)
    highest = own[int(len(own) * FALSE_REFUSALS)] if own else _PLAIN_HIGHEST
    return max(_PLAIN_LOWEST, min(wanted, highest, _PLAIN_HIGHEST))


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
