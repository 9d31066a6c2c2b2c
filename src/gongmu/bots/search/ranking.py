"""How good a passage is for a question, from their tokens alone; pure.

BM25 over text and (weighted) title, after Robertson and Zaragoza, "The Probabilistic Relevance
Framework: BM25 and Beyond" (2009); the share of the question found is kept for refusal.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SATURATION = 1.2
"""k1: how soon a repeated term counts no more."""
LENGTH_SHARE = 0.75
"""b: how far long passages are held back."""
TITLE_WEIGHT = 2
"""How often a token of the title or heading counts."""


@dataclass(frozen=True)
class Ground:
    """What the corpora searched know: passages, mean length in tokens, passages per term."""

    passages: int
    mean_length: float
    holding: Mapping[str, int]

    def weight(self, term: str) -> float:
        """Return the inverse document frequency of `term`; highest for a term never seen."""
        holding = self.holding.get(term, 0)
        return math.log(1 + (self.passages - holding + 0.5) / (holding + 0.5))


@dataclass(frozen=True)
class Candidate:
    """A passage's tokens as stored."""

    number: int
    title: Sequence[str]
    body: Sequence[str]


@dataclass(frozen=True)
class Ranked:
    """A candidate's score (higher is better) and share (0..1) of the question found in it."""

    number: int
    score: float
    share: float


def frequencies(title: Sequence[str], body: Sequence[str]) -> Mapping[str, int]:
    """Return how often each token counts in a passage: title tokens count several times."""
    counted = Counter(body)
    for token in title:
        counted[token] += TITLE_WEIGHT
    return counted


def rarest(terms: Sequence[str], ground: Ground, budget: int, least: int = 4) -> Sequence[str]:
    """Return the known terms from the rarest on whose postings stay within `budget` rows."""
    known = sorted((t for t in terms if ground.holding.get(t)), key=ground.holding.__getitem__)
    taken: list[str] = []
    rows = 0
    for term in known:
        rows += ground.holding[term]
        if rows > budget and len(taken) >= least:
            break
        taken.append(term)
    return taken


def rank(terms: Sequence[str], candidates: Sequence[Candidate], ground: Ground) -> Sequence[Ranked]:
    """Return the candidates best first; equal ones by number."""
    weights = {term: ground.weight(term) for term in terms}
    whole = sum(weights.values()) or 1.0
    ranked = [_ranked(weights, whole, one, ground) for one in candidates]
    return sorted(ranked, key=lambda one: (-one.score, one.number))


def _ranked(
    weights: Mapping[str, float], whole: float, candidate: Candidate, ground: Ground
) -> Ranked:
    counted = frequencies(candidate.title, candidate.body)
    length = len(candidate.body) / (ground.mean_length or 1.0)
    damped = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length)
    score = found = 0.0
    for term, weight in weights.items():
        if count := counted.get(term, 0):
            score += weight * count * (SATURATION + 1) / (count + damped)
            found += weight
    return Ranked(candidate.number, score, found / whole)
