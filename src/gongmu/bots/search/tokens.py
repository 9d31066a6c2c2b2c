"""The one door to Kiwi: Korean text as search tokens, the same for documents and questions.

Words are analysed one by one and remembered, so that a stem is cut the same way wherever it
stands and a large corpus costs little more than its distinct words. Where a word can be cut in
several ways nearly as likely, the other ways' stems are kept beside it.
"""

from __future__ import annotations

import os
import re
import threading
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gongmu.bots.search.citing import article_tokens, named_laws

_KEPT = frozenset(("NNG", "NNP", "NR", "VV", "VA", "XR", "SL", "SN", "SH", "MAG"))
_JOINED = frozenset(("NNG", "NNP", "XR", "SL", "SH"))
_REVISION_NOTE = re.compile(
    r"<(?:개정|신설|삭제|전문|본조|제목)[^<>]*>|\[(?:본조|전문|제목|종전)[^\[\]]*\]"
)
_WORD = re.compile(r"[0-9A-Za-z가-힣一-鿿]+(?:[.,][0-9]+)*")
_NOT_TOKEN = re.compile(r"[^0-9a-z가-힣一-鿿]")
_LINE = re.compile(r"\n+|(?<=[다요]\.)\s+")
_WAYS = 3
_NEARLY = 4.0
"""Log-likelihood by which another way to cut a word may be behind the best."""
_LONGEST_WORD = 60
_REMEMBERED = 120_000
_AT_ONCE = 256
"""Words analysed in one go; questions wait meanwhile."""


class Kind(StrEnum):
    """What a token is; questions weigh the kinds differently."""

    NOUN = "noun"
    VERB = "verb"
    NUMBER = "number"
    JOINED = "joined"
    """Two adjacent nouns as one."""
    OTHER_WAY = "other_way"
    ARTICLE = "article"


@dataclass(frozen=True, slots=True)
class Token:
    """A stem and what it is."""

    text: str
    kind: Kind

    @property
    def is_main(self) -> bool:
        """Return whether the token belongs to the likeliest reading, word for word."""
        return self.kind in _MAIN


_MAIN = frozenset((Kind.NOUN, Kind.VERB, Kind.NUMBER))


def tokens(text: str) -> tuple[str, ...]:
    """Return the search tokens of a text, in order: stems, joined nouns, articles."""
    return tuple(one.text for one in read(text))


def read(text: str, most: int = 0) -> Sequence[Token]:
    """Return the tokens of a text with their kinds; behind `most` different ones only articles."""
    plain = _plain(text)
    found: list[Token] = []
    different: set[str] = set()
    for word in _WORD.findall(plain):
        found += _KIWI.of_word(word)
        if most:
            different.update(token.text for token in found[-_LONGEST_WORD:])
            if len(different) >= most:
                break
    found += [Token(one, Kind.ARTICLE) for one in article_tokens(plain)]
    for name in named_laws(plain):
        found += _KIWI.of_word(name)
    return found


def lines(text: str) -> Sequence[Sequence[str]]:
    """Return the tokens of a text as indexed: a line per sentence or row, the main ones first."""
    kept = []
    for line in _LINE.split(_plain(text)):
        found = read(line)
        main = [one.text for one in found if one.kind in _MAIN]
        if main or found:
            kept.append([*main, *(one.text for one in found if one.kind not in _MAIN)])
    return kept


def prepare(texts: Iterable[str]) -> None:
    """Analyse the words of many texts, several at once, before they are asked for one by one."""
    _KIWI.learn({word for text in texts for word in _WORD.findall(_plain(text))})


def warm() -> None:
    """Load the analyser now (a second or two), so that the first question need not wait."""
    _KIWI.of_word("준비하다")


def _plain(text: str) -> str:
    return _REVISION_NOTE.sub(" ", unicodedata.normalize("NFKC", text))


class _Door:
    """Loads the analyser once, whichever thread comes first, and remembers words."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kiwi: Any = None
        self._known: dict[str, tuple[Token, ...]] = {}

    def learn(self, words: Iterable[str]) -> None:
        new = sorted(one for one in words if one not in self._known and len(one) <= _LONGEST_WORD)
        for at in range(0, min(len(new), _REMEMBERED), _AT_ONCE):
            some = new[at : at + _AT_ONCE]
            with self._lock:
                found = list(self._loaded().analyze(some, top_n=_WAYS))
            known = {word: tuple(_tokens(ways)) for word, ways in zip(some, found, strict=True)}
            self._remember(known)

    def of_word(self, word: str) -> tuple[Token, ...]:
        known = self._known.get(word)
        if known is None:
            pieces = [word[at : at + _LONGEST_WORD] for at in range(0, len(word), _LONGEST_WORD)]
            known = tuple(token for piece in pieces for token in self._analysed(piece))
            self._remember({word: known})
        return known

    def _remember(self, known: Mapping[str, tuple[Token, ...]]) -> None:
        if len(self._known) + len(known) > _REMEMBERED:
            self._known = {}
        self._known.update(known)

    def _loaded(self) -> Any:
        if self._kiwi is None:
            from kiwipiepy import Kiwi

            self._kiwi = Kiwi(num_workers=max(1, (os.cpu_count() or 1)))
        return self._kiwi

    def _analysed(self, word: str) -> Iterable[Token]:
        with self._lock:
            ways = self._loaded().analyze(word, top_n=_WAYS)
        return _tokens(ways)


def _tokens(ways: Sequence[tuple[Sequence[Any], float]]) -> Iterable[Token]:
    """Return the tokens of a word: of its likeliest reading, then what others add."""
    found: dict[str, Token] = {}
    for number, (pieces, likelihood) in enumerate(ways):
        if likelihood < ways[0][1] - _NEARLY:
            break
        for token in _cut(pieces):
            if number == 0:
                yield token
                found[token.text] = token
            elif token.text not in found and len(token.text) > 1:
                found[token.text] = Token(token.text, Kind.OTHER_WAY)
                yield found[token.text]


def _cut(pieces: Iterable[Any]) -> Iterable[Token]:
    before, end = "", -1
    for piece in pieces:
        tag = str(piece.tag).partition("-")[0]
        form = _NOT_TOKEN.sub("", piece.form.lower()) if tag in _KEPT else ""
        if not form:
            before = ""
            continue
        yield Token(form, _KINDS.get(tag, Kind.NOUN))
        if tag not in _JOINED:
            before = ""
            continue
        if before and end == piece.start:
            yield Token(before + form, Kind.JOINED)
        before, end = form, piece.start + piece.len


_KINDS: Mapping[str, Kind] = {
    "VV": Kind.VERB,
    "VA": Kind.VERB,
    "SN": Kind.NUMBER,
    "NR": Kind.NUMBER,
}
_KIWI = _Door()
