"""The one door to Kiwi: Korean text as search tokens, the same for documents and questions.

Words are analysed one by one and remembered, so that a stem is cut the same way wherever it
stands and a large corpus costs little more than its distinct words.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from typing import Any

from gongmu.bots.search.citing import article_tokens

_KEPT = frozenset(("NNG", "NNP", "NR", "VV", "VA", "XR", "SL", "SN", "SH", "MAG"))
_JOINED = frozenset(("NNG", "NNP", "XR", "SL", "SH"))
_REVISION_NOTE = re.compile(
    r"<(?:개정|신설|삭제|전문|본조|제목)[^<>]*>|\[(?:본조|전문|제목|종전)[^\[\]]*\]"
)
_NOT_WORD = re.compile(r"[^0-9a-z가-힣一-鿿]")
_LONGEST_WORD = 60
_REMEMBERED = 300_000


def tokens(text: str) -> tuple[str, ...]:
    """Return the search tokens of a document's text, in order: stems, joined nouns, articles."""
    plain = unicodedata.normalize("NFKC", text)
    plain = _REVISION_NOTE.sub(" ", plain)
    found = [token for word in plain.split() for token in _KIWI.of_word(word)]
    return (*found, *article_tokens(plain))


def query_tokens(text: str) -> tuple[str, ...]:
    """Return the distinct search tokens of a question, in order of first appearance."""
    return tuple(dict.fromkeys(tokens(text)))


def warm() -> None:
    """Load the analyser now (a second or two), so that the first question need not wait."""
    _KIWI.of_word("준비")


class _Door:
    """Loads the analyser once, whichever thread comes first, and remembers words."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kiwi: Any = None
        self._known: dict[str, tuple[str, ...]] = {}

    def of_word(self, word: str) -> tuple[str, ...]:
        known = self._known.get(word)
        if known is None:
            known = tuple(
                token
                for start in range(0, len(word), _LONGEST_WORD)
                for token in self._analysed(word[start : start + _LONGEST_WORD])
            )
            if len(self._known) >= _REMEMBERED:
                self._known = {}
            self._known[word] = known
        return known

    def _analysed(self, word: str) -> Iterator[str]:
        with self._lock:
            if self._kiwi is None:
                from kiwipiepy import Kiwi

                self._kiwi = Kiwi(num_workers=1)
            pieces = self._kiwi.tokenize(word)
        before, end = "", -1
        for piece in pieces:
            tag = str(piece.tag).partition("-")[0]
            form = _NOT_WORD.sub("", piece.form.lower()) if tag in _KEPT else ""
            if not form:
                before = ""
                continue
            yield form
            if tag not in _JOINED:
                before = ""
                continue
            if before and end == piece.start:
                yield before + form
            before, end = form, piece.start + piece.len


_KIWI = _Door()
