"""A question as weighted terms: what is asked for, without the frame of asking; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gongmu.bots.search.tokens import Kind, Token
from gongmu.bots.search.wording import FORMULA, FRAME, LIGHT, NEAR

_WEIGHTS = {
    Kind.NOUN: 1.0,
    Kind.VERB: 0.7,
    Kind.NUMBER: 1.0,
    Kind.JOINED: 0.5,
    Kind.OTHER_WAY: 0.5,
    Kind.ARTICLE: 1.5,
}
_FORMULA_WEIGHT = 0.1
_NEAR_WEIGHT = 0.3
_VERB_SHARE = 0.3
_LIGHT_SHARE = 0.1
MOST_TERMS = 160
"""Terms of one question; a pasted page is cut here."""


@dataclass(frozen=True)
class Question:
    """`weights`: term -> how much it counts before its rarity. `near`: near words -> the terms
    they stand for, `instead`: the other way round. `main`: the terms that the share found is
    measured by. `pairs`: adjacent terms.
    """

    weights: Mapping[str, float]
    near: Mapping[str, Sequence[str]]
    instead: Mapping[str, Sequence[str]]
    main: Mapping[str, float]
    pairs: Sequence[tuple[str, str]]

    @property
    def terms(self) -> Sequence[str]:
        """Return every term to look up, near words included."""
        return list(dict.fromkeys([*self.weights, *self.near]))


def read_question(read: Sequence[Token]) -> Question:
    """Return the question that these tokens ask; only a frame is asked as it stands."""
    framed = [one for one in read if one.text not in FRAME] or list(read)
    weights: dict[str, float] = {}
    for one in framed:
        weight = _FORMULA_WEIGHT if one.text in FORMULA else _WEIGHTS[one.kind]
        if len(weights) < MOST_TERMS or one.text in weights:
            weights[one.text] = max(weights.get(one.text, 0.0), weight)
    near: dict[str, list[str]] = {}
    instead = {one.text: NEAR[one.text] for one in framed if one.is_main and one.text in NEAR}
    for asked, others in instead.items():
        for other in others:
            if other not in weights:
                near.setdefault(other, []).append(asked)
    whole = [one for one in framed if one.is_main and one.text in weights]
    # A date or amount is the asker's own: no paper needs to hold it for an answer.
    sought = [one for one in whole if one.kind is not Kind.NUMBER] or whole
    main = {one.text: _share_of(one) for one in sought}
    pairs = _pairs([one.text for one in read if one.is_main])
    return Question(weights, near, instead, main, pairs)


def _share_of(token: Token) -> float:
    if token.text in LIGHT:
        return _LIGHT_SHARE
    return _VERB_SHARE if token.kind is Kind.VERB else 1.0


def weighed(question: Question, rarity: Mapping[str, float]) -> Mapping[str, float]:
    """Return term -> final weight, given each term's inverse document frequency."""
    final = {term: weight * rarity[term] ** 1.2 for term, weight in question.weights.items()}
    for near, stands_for in question.near.items():
        final[near] = _NEAR_WEIGHT * min(
            rarity[near] ** 1.2, max(final.get(one, 0.0) for one in stands_for)
        )
    return final


def _pairs(main: Sequence[str]) -> Sequence[tuple[str, str]]:
    return list(
        dict.fromkeys(
            (one, other) for one, other in pairwise(main) if one not in FRAME and other not in FRAME
        )
    )
