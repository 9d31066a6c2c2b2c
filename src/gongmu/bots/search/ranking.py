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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gongmu.bots.search.packing import FIRST_LINE, Hits, find
from gongmu.bots.search.question import Question, weighed

SATURATION = 1.8
"""k1: how soon a repeated term counts no more."""
LENGTH_SHARE = 0.85
"""b: how far long passages are held back."""
TITLE_WEIGHT = 2
"""How often a token of the document's title or the heading counts."""
_TITLE, _SENTENCE, _WHOLE, _ORDER, _DOCUMENT = 0.4, 0.2, 0.2, 0.3, 0.3
_SIBLINGS = 5
_FEW = 300
"""In fewer passages than these a word counts for the share as if there were so many: what most of
a few papers speak of is their matter, not a common word."""
_NEARLY_MET = 0.7
"""What a near word in place of the one asked for counts in the share found."""

Shares: TypeAlias = NDArray[np.float64]


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
    """A passage as stored: `name` is the tokens of its heading, else of its document's title.

    `terms` as in `packing`, `length` in tokens of the text.
    """

    number: int
    document_id: str
    name: str
    terms: bytes
    length: int


@dataclass(frozen=True)
class Ranked:
    """A candidate's score (higher is better) and share (0..1) of the question found in it."""

    number: int
    score: float
    share: float


@dataclass(frozen=True)
class Name:
    """The tokens of a name with their rarities, and the sum of these."""

    rarities: Mapping[str, float]
    whole: float


def frequencies(
    title: Sequence[str], heading: Sequence[str], lines: Sequence[Sequence[str]]
) -> Mapping[str, int]:
    """Return how often each token counts in a passage: title tokens count several times."""
    counted = Counter(token for line in lines for token in line)
    for token in (*title, *heading):
        counted[token] += TITLE_WEIGHT
    return counted


def name_of(tokens: str, ground: Ground) -> Name:
    """Return a name's tokens weighed; their terms must be known to `ground`."""
    rarities = {token: ground.rarity(token) for token in tokens.split()}
    return Name(rarities, sum(rarities.values()))


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
    numbers: Callable[[str], Sequence[int]],
    names: Callable[[str], Name],
) -> Sequence[Ranked]:
    """Return the candidates best first; equal ones by number.

    `numbers`: a term's numbers in the packed terms. `names`: a candidate's name weighed.
    """
    if not candidates:
        return []
    measure = _Measure(question, weights, candidates, ground, numbers)
    bm25 = measure.bm25
    best = float(bm25.max())
    score = (
        bm25
        + _DOCUMENT * _of_documents(candidates, bm25)
        + best * _TITLE * _titles(candidates, weights, names)
        + best * _WHOLE * measure.whole
        + best * _ORDER * measure.order
        + best * _SENTENCE * measure.sentence
    )
    ranked = [
        Ranked(candidate.number, float(points), float(share))
        for candidate, points, share in zip(candidates, score, measure.share, strict=True)
    ]
    return sorted(ranked, key=lambda one: (-one.score, one.number))


def _of_documents(candidates: Sequence[Candidate], bm25: Shares) -> Shares:
    """Return for each candidate what its document's best passages come to."""
    by_document: dict[str, list[float]] = {}
    for candidate, points in zip(candidates, bm25, strict=True):
        by_document.setdefault(candidate.document_id, []).append(float(points))
    sums = {
        document: sum(sorted(points, reverse=True)[:_SIBLINGS]) / _SIBLINGS
        for document, points in by_document.items()
    }
    return np.array([sums[one.document_id] for one in candidates])


def _titles(
    candidates: Sequence[Candidate], weights: Mapping[str, float], names: Callable[[str], Name]
) -> Shares:
    """Return how far the question covers each candidate's name, 0..1."""
    covered = []
    for one in candidates:
        name = names(one.name)
        met = sum(rarity for token, rarity in name.rarities.items() if token in weights)
        covered.append(met / name.whole if name.whole else 0.0)
    return np.array(covered)


class _Measure:
    """One question's measures of all candidates at once, an entry for each."""

    def __init__(
        self,
        question: Question,
        weights: Mapping[str, float],
        candidates: Sequence[Candidate],
        ground: Ground,
        numbers: Callable[[str], Sequence[int]],
    ) -> None:
        self._question, self._ground, self._candidates = question, ground, candidates
        known = [term for term in weights if numbers(term)]
        self._which = {term: at for at, term in enumerate(known)}
        self._weight = np.array([weights[term] for term in known])
        self._all = sum(weights[term] for term in question.weights) or 1.0
        self._hits: Hits = find(
            [one.terms for one in candidates],
            [(number, at) for at, term in enumerate(known) for number in numbers(term)],
        )

    @cached_property
    def _counts(self) -> Shares:
        hits, terms = self._hits, len(self._which)
        times = np.where(hits.part < FIRST_LINE, TITLE_WEIGHT, 1)
        places = hits.passage * terms + hits.term
        size = len(self._candidates) * terms
        counted: Shares = np.bincount(places, times, size).astype(float)
        return counted.reshape(-1, terms)

    @cached_property
    def bm25(self) -> Shares:
        length = np.array([one.length for one in self._candidates])
        shares = length / (self._ground.mean_length or 1.0)
        damped = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * shares)
        counts = self._counts
        found: Shares = counts * (SATURATION + 1) / (counts + damped[:, None]) @ self._weight
        return found

    @property
    def whole(self) -> Shares:
        """How much of the question stands in the passage, 0..1."""
        shares: Shares = (self._counts > 0) @ self._weight / self._all
        return np.minimum(1.0, shares)

    @property
    def share(self) -> Shares:
        """How much of what is asked for stands in the passage, near words nearly counting."""
        held = self._counts > 0
        found = np.zeros(len(self._candidates))
        whole = 0.0
        ground = self._ground
        if ground.passages < _FEW:
            ground = Ground(_FEW, ground.mean_length, ground.holding)
        for term, weight in self._question.main.items():
            weight *= ground.rarity(term) ** 0.5
            whole += weight
            near = [self._which[one] for one in self._question.instead.get(term, ())
                    if one in self._which]  # fmt: skip
            met = held[:, near].any(axis=1) * _NEARLY_MET if near else 0.0
            if term in self._which:
                met = np.maximum(met, held[:, self._which[term]])
            found += weight * met
        shares: Shares = found / (whole or 1.0)
        return shares

    @property
    def order(self) -> Shares:
        """How many of the question's adjacent pairs stand adjacent in the passage, 0..1."""
        pairs, which, hits = self._question.pairs, self._which, self._hits
        known = [
            (which[one], which[other]) for one, other in pairs if one in which and other in which
        ]
        if not known:
            return np.zeros(len(self._candidates))
        table = np.full((len(which), len(which)), -1)
        for number, (one, other) in enumerate(known):
            table[one, other] = number
        beside = np.flatnonzero((np.diff(hits.at) == 1) & (hits.part[1:] > 0))
        pair = table[hits.term[beside], hits.term[beside + 1]]
        met = np.zeros((len(self._candidates), len(known)), dtype=bool)
        met[hits.passage[beside][pair >= 0], pair[pair >= 0]] = True
        shares: Shares = met.sum(axis=1) / len(pairs)
        return shares

    @property
    def sentence(self) -> Shares:
        """How much of the question stands in one sentence or row, 0..1."""
        hits, terms = self._hits, len(self._which)
        said = hits.part >= FIRST_LINE
        places = np.unique(hits.line[said] * terms + hits.term[said])
        of_line = np.bincount(places // terms, self._weight[places % terms], hits.lines)
        best: Shares = np.zeros(len(self._candidates))
        np.maximum.at(best, hits.passage_of_line, of_line)
        return np.minimum(1.0, best / self._all)
