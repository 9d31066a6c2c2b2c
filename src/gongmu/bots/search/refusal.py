"""When the city's papers do not hold an answer: the share of a question found, against a threshold.

Pure. The threshold differs by knowledge base, so it is calibrated on questions; see calibration.
"""

from __future__ import annotations

from collections.abc import Sequence

from gongmu.bots.passages import Found

USUAL_THRESHOLD = 0.45
"""For a knowledge base nobody has calibrated yet."""


def share(found: Sequence[Found]) -> float:
    """Return the largest share of the question that one of the best passages holds; 0 for none."""
    return max((one.share for one in found[:3]), default=0.0)


def enough(found: Sequence[Found], threshold: float | None = None) -> bool:
    """Return whether what was found is enough to answer from."""
    return share(found) >= (USUAL_THRESHOLD if threshold is None else threshold)


def calibrate(
    on_topic: Sequence[float], off_topic: Sequence[float], false_refusals: float = 0.04
) -> float:
    """Return the threshold that errs least on both kinds.

    At most `false_refusals` of the questions on the topic fall below it. Without questions of one
    kind the usual threshold stands.
    """
    if not on_topic or not off_topic:
        return USUAL_THRESHOLD
    ordered = sorted(on_topic)
    highest = ordered[int(len(ordered) * false_refusals)]
    options = sorted({*on_topic, *off_topic})
    best, least = highest, float("inf")
    for option in options:
        if option > highest:
            break
        missed = sum(one < option for one in on_topic) / len(on_topic)
        let_in = sum(one >= option for one in off_topic) / len(off_topic)
        if missed + let_in <= least:
            best, least = option, missed + let_in
    return best
