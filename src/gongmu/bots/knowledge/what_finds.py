"""What a question would find, for the officer who looks after a knowledge base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gongmu.bots.passages import Found, Passage, Reader
from gongmu.bots.search.index import SearchIndex
from gongmu.bots.search.refusal import enough, share


@dataclass(frozen=True)
class Finding:
    """A passage that a question finds; `in_force` False = left out of answers today."""

    passage: Passage
    score: float
    share: float
    in_force: bool


@dataclass(frozen=True)
class WhatFinds:
    """What a question finds, best first, and whether a desk would answer from it.

    `share` (0..1) is how much of the question the best passage in force holds; below `threshold`
    the desk refuses.
    """

    question: str
    findings: Sequence[Finding]
    share: float
    threshold: float
    answers: bool

    def said(self) -> str:
        """Return the verdict as a Korean sentence."""
        held, least = f"{self.share:.0%}", f"{self.threshold:.0%}"
        if self.answers:
            return f"답합니다: 물음의 {held}가 들어 있는 대목이 있습니다(기준 {least})."
        if not self.findings:
            return "거절합니다: 물음의 말이 들어 있는 대목이 없습니다."
        if not any(one.in_force for one in self.findings):
            return "거절합니다: 찾은 대목이 모두 그날 시행 중이 아닙니다."
        return f"거절합니다: 가장 나은 대목도 물음의 {held}만 담고 있습니다(기준 {least})."


def what_finds(
    index: SearchIndex,
    question: str,
    corpora: Sequence[str],
    reader: Reader,
    on: date,
    k: int = 10,
) -> WhatFinds:
    """Return what `question` finds for `reader` on a day, passages out of force shown as such."""
    current = index.search(question, corpora, reader, k, on=on)
    every = index.search(question, corpora, reader, k)
    threshold = index.threshold(*corpora)
    valid = {one.passage.passage_id for one in current}
    findings = [_finding(one, True) for one in current]
    findings += [_finding(one, False) for one in every if one.passage.passage_id not in valid]
    findings = [one for one in findings if one.in_force or not _holds(one.passage, on)]
    findings.sort(key=lambda one: -one.score)
    return WhatFinds(
        question, findings, share(current), threshold, bool(current) and enough(current, threshold)
    )


def _finding(one: Found, in_force: bool) -> Finding:
    return Finding(one.passage, one.score, one.share, in_force)


def _holds(passage: Passage, on: date) -> bool:
    starts, ends = passage.starts_on, passage.ends_on
    return (starts is None or starts <= on) and (ends is None or ends >= on)
