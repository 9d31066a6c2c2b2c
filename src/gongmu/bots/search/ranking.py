"""How good a passage is for a question, from their tokens alone; pure.

BM25 over text and (weighted) titles, after Robertson and Zaragoza, "The Probabilistic Relevance
Framework: BM25 and Beyond" (2009), and five things that it does not see: how far the question
covers the passage's title, how much of it stands in one sentence, in the passage at all, in the
same order, and how good the document's other passages are. The weights were chosen on two kinds
of corpus (guides and statutes) such that both halves of the questions of each gained.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gongmu.bots.search.question import Question, weighed

SATURATION = 1.8
"""k1: how soon a repeated term counts no more."""
LENGTH_SHARE = 0.85
"""b: how far long passages are held back."""
TITLE_WEIGHT = 2
"""How often a token of the document's title or the heading counts."""
_TITLE, _SENTENCE, _WHOLE, _ORDER, _DOCUMENT = 0.4, 0.2, 0.2, 0.3, 0.3
_SIBLINGS = 5
_NEARLY_MET = 0.7
"""What a near word in place of the one asked for counts in the share found."""
_LOOKED_INTO = 20
"""Of how many of the best the sentences are looked at."""


@dataclass(frozen=True)
class Ground:
    """What the corpora searched know: passages, mean length in tokens, passages per term."""

    passages: int
    mean_length: float
    holding: Mapping[str, int]

    def rarity(self, term: str) -> float:
        """Return the inverse document frequency of `term`; highest for a term never seen."""
        holding = self.holding.get(term, 0)
        return math.log(1 + (self.passages - holding + 0.5) / (holding + 0.5))


@dataclass(frozen=True)
class Candidate:
    """A passage's tokens as stored: title and heading in one line each, the text by sentences."""

    number: int
    document_id: str
    title: str
    heading: str
    body: str
    length: int

    @property
    def name(self) -> str:
        """Return the tokens of what the passage is called: its heading, else its document."""
        return self.heading or self.title


@dataclass(frozen=True)
class Ranked:
    """A candidate's score (higher is better) and share (0..1) of the question found in it."""

    number: int
    score: float
    share: float


def frequencies(title: str, heading: str, body: str) -> Mapping[str, int]:
    """Return how often each token counts in a passage: title tokens count several times."""
    counted = Counter(body.split())
    for token in (*title.split(), *heading.split()):
        counted[token] += TITLE_WEIGHT
    return counted


def weights_of(question: Question, ground: Ground) -> Mapping[str, float]:
    """Return the final weight of every term of the question in these corpora."""
    return weighed(question, {term: ground.rarity(term) for term in question.terms})


def rarest(
    weights: Mapping[str, float], ground: Ground, budget: int, least: int = 4
) -> Sequence[str]:
    """Return the known terms from the rarest on whose postings stay within `budget` rows."""
    known = sorted((t for t in weights if ground.holding.get(t)), key=ground.holding.__getitem__)
    taken: list[str] = []
    rows = 0
    for term in known:
        rows += ground.holding[term]
        if rows > budget and len(taken) >= least:
            break
        taken.append(term)
    return taken


def rank(
    question: Question,
    weights: Mapping[str, float],
    candidates: Sequence[Candidate],
    ground: Ground,
) -> Sequence[Ranked]:
    """Return the candidates best first; equal ones by number."""
    measure = _Measure(question, weights, ground)
    signs = [measure.signs(one) for one in candidates]
    best = max((one.bm25 for one in signs), default=0.0)
    by_document: dict[str, list[float]] = {}
    for candidate, one in zip(candidates, signs, strict=True):
        by_document.setdefault(candidate.document_id, []).append(one.bm25)
    siblings = {
        document: sum(sorted(scores, reverse=True)[:_SIBLINGS]) / _SIBLINGS
        for document, scores in by_document.items()
    }
    ranked = [
        Ranked(
            candidate.number,
            one.bm25
            + _DOCUMENT * siblings[candidate.document_id]
            + best * _TITLE * one.title
            + best * _WHOLE * one.whole
            + best * _ORDER * one.order,
            one.share,
        )
        for candidate, one in zip(candidates, signs, strict=True)
    ]
    ranked.sort(key=_order)
    by_number = {one.number: one for one in candidates}
    looked_into = [
        replace(one, score=one.score + best * _SENTENCE * measure.sentence(by_number[one.number]))
        for one in ranked[:_LOOKED_INTO]
    ]
    return [*sorted(looked_into, key=_order), *ranked[_LOOKED_INTO:]]


def _order(one: Ranked) -> tuple[float, int]:
    return -one.score, one.number


@dataclass(frozen=True, slots=True)
class _Signs:
    bm25: float
    title: float
    whole: float
    order: float
    share: float


class _Measure:
    """One question's measures of one passage after another."""

    def __init__(self, question: Question, weights: Mapping[str, float], ground: Ground) -> None:
        self._question = question
        self._weights = weights
        self._asks = weights.__contains__
        self._ground = ground
        self._rarity: dict[str, float] = {}
        self._all = sum(weights[term] for term in question.weights) or 1.0
        self._main = {
            term: ground.rarity(term) ** 0.5 * weight for term, weight in question.main.items()
        }
        self._instead = question.instead
        self._all_main = sum(self._main.values()) or 1.0

    def signs(self, passage: Candidate) -> _Signs:
        weights = self._weights
        asks = self._asks
        heads = [*passage.title.split(), *passage.heading.split()]
        counted = Counter(filter(asks, passage.body.split()))
        for token in filter(asks, heads):
            counted[token] += TITLE_WEIGHT
        length = passage.length / (self._ground.mean_length or 1.0)
        damped = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length)
        bm25 = sum(
            weights[term] * count * (SATURATION + 1) / (count + damped)
            for term, count in counted.items()
        )
        whole = sum(map(weights.__getitem__, counted))
        found = sum(weight * self._met(term, counted) for term, weight in self._main.items())
        return _Signs(
            bm25,
            self._title(passage),
            min(1.0, whole / self._all),
            self._order(passage, counted),
            found / self._all_main,
        )

    def _met(self, term: str, counted: Mapping[str, int]) -> float:
        if term in counted:
            return 1.0
        near = self._instead.get(term, ())
        return _NEARLY_MET if any(one in counted for one in near) else 0.0

    def sentence(self, passage: Candidate) -> float:
        """Return how much of the question stands in one sentence or row, 0..1."""
        weights, asks = self._weights, self._asks
        best = max(
            sum(map(weights.__getitem__, set(filter(asks, line.split()))))
            for line in passage.body.split("\n")
        )
        return min(1.0, best / self._all)

    def _title(self, passage: Candidate) -> float:
        tokens = set(passage.name.split())
        whole = found = 0.0
        for token in tokens:
            rarity = self._rarity.get(token)
            if rarity is None:
                rarity = self._rarity[token] = self._ground.rarity(token)
            whole += rarity
            if token in self._weights:
                found += rarity
        return found / whole if whole else 0.0

    def _order(self, passage: Candidate, counted: Mapping[str, int]) -> float:
        pairs = self._question.pairs
        if not pairs:
            return 0.0
        text = f" {passage.heading} {passage.body} "

        return sum(
            one in counted and other in counted and f" {one} {other} " in text
            for one, other in pairs
        ) / len(pairs)
