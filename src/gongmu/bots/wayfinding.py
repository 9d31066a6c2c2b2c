"""Which desk a sentence is for: shared words weighed by how few desks have them. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

KEYWORD, NAMED, ASKED, MEANT = 3.0, 1.5, 1.0, 0.6
"""Weights of a keyword standing in the sentence, a word of the name, an example, the purpose."""


@dataclass(frozen=True)
class Desk:
    """A desk as far as finding it goes; all but the keywords as tokens."""

    code: str
    keywords: tuple[str, ...]
    named: tuple[str, ...]
    meant: tuple[str, ...]
    asked: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Ranked:
    """A desk and how well a sentence fits it; higher is better, never 0."""

    code: str
    score: float


class Wayfinder:
    """Weighs a sentence against every desk; made once for a set of desks."""

    def __init__(self, desks: Sequence[Desk]) -> None:
        self._desks = desks
        words = [_words(desk) for desk in desks]
        held = Counter(word for one in words for word in one)
        many = len(desks)
        self._rare = {word: math.log(1 + many / count) for word, count in held.items()}
        self._keys = [
            {_plain(key): max(1.0, math.sqrt(len(_plain(key)) / 2)) for key in desk.keywords}
            for desk in desks
        ]
        shared = Counter(key for keys in self._keys for key in keys)
        self._key_rare = {key: math.log(1 + many / count) for key, count in shared.items()}

    def rank(self, sentence: str, words: Sequence[str]) -> Sequence[Ranked]:
        """Return the desks that fit, best first; desks that share nothing are left out."""
        plain, asked = _plain(sentence), set(words)
        found = []
        for desk, keys in zip(self._desks, self._keys, strict=True):
            score = self._by_keywords(plain, keys) + self._by_words(asked, desk)
            if score > 0:
                found.append(Ranked(desk.code, score))
        return sorted(found, key=lambda one: (-one.score, one.code))

    def _by_keywords(self, plain: str, keys: dict[str, float]) -> float:
        standing = [key for key in keys if key in plain]
        # 긴 말이 서면 그 안의 짧은 말은 다시 세지 않는다
        whole = [key for key in standing if not any(key != o and key in o for o in standing)]
        return KEYWORD * sum(keys[key] * self._key_rare[key] for key in whole)

    def _by_words(self, asked: set[str], desk: Desk) -> float:
        named, meant = set(desk.named), set(desk.meant)
        score = NAMED * sum(self._weight(word) for word in asked & named)
        score += MEANT * sum(self._weight(word) for word in asked & meant)
        # 예문은 하나씩 견준다: 여러 예문의 흔한 말이 모여 이기지 않도록
        alike = (
            sum(self._weight(word) for word in asked & set(one)) / math.sqrt(len(one) + 1)
            for one in desk.asked
        )
        return score + ASKED * 2 * max(alike, default=0.0)

    def _weight(self, word: str) -> float:
        return self._rare.get(word, 0.0) * (1.0 if len(word) > 1 else 0.4)


def _words(desk: Desk) -> set[str]:
    return {*desk.named, *desk.meant, *(word for one in desk.asked for word in one)}


def _plain(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z가-힣]", "", text).lower()
