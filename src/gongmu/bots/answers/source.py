"""What a sentence may rest on: a numbered passage or tool result, read once for all checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from gongmu.bots.answers.articles import ArticlesOf
from gongmu.bots.answers.figures import Figure, figures
from gongmu.bots.answers.quotations import Flat, flatten
from gongmu.bots.answers.support import Support, Words
from gongmu.bots.passages import Passage
from gongmu.bots.statutes.names import Names
from gongmu.core.values import korean_date


@dataclass(frozen=True)
class Source:
    """A passage or tool result under the number by which an answer cites it (from 1)."""

    number: int
    document: str
    place: str = ""
    heading: str = ""
    text: str = ""
    passage_id: str = ""
    tool: str = ""
    """Code of the tool whose result this is; "" for a passage."""
    starts_on: date | None = None
    ends_on: date | None = None

    @property
    def in_force(self) -> str:
        """Return the effective dates as shown."""
        if self.starts_on and self.ends_on:
            return f"{korean_date(self.starts_on)}~{korean_date(self.ends_on)}"
        if self.starts_on:
            return f"{korean_date(self.starts_on)}부터"
        return f"{korean_date(self.ends_on)}까지" if self.ends_on else ""

    @property
    def whole(self) -> str:
        """Return title, place, heading and text, as far as they are there."""
        return "\n".join(one for one in (self.document, self.place, self.heading, self.text) if one)


def source_of(number: int, passage: Passage) -> Source:
    """Return a passage as source `number`."""
    return Source(
        number=number,
        document=passage.document,
        place=passage.place,
        heading=passage.heading,
        text=passage.text,
        passage_id=passage.passage_id,
        starts_on=passage.starts_on,
        ends_on=passage.ends_on,
    )


@lru_cache(maxsize=1024)
def _flat(text: str) -> Flat:
    return flatten(text)


@lru_cache(maxsize=1024)
def _figures(text: str, head: str) -> Sequence[Figure]:
    return (*figures(text), *figures(head))


@lru_cache(maxsize=1024)
def _support(head: str, text: str, words: Words) -> Support:
    return Support(head, text, words)


class Read:
    """A source with all that is read from it, each part when it is first asked for.

    The same passages are cited again and again, so what is read of a text is remembered.
    """

    def __init__(self, source: Source, words: Words, names: Names) -> None:
        self.source = source
        self._words, self._names = words, names

    @cached_property
    def flat(self) -> Flat:
        """The text as quotations are looked up in it."""
        return _flat(f"{self.source.heading}\n{self.source.text}")

    @cached_property
    def figures(self) -> Sequence[Figure]:
        """Every figure, those of title and heading included."""
        head = f"{self.source.document}\n{self.source.place}\n{self.source.heading}"
        return _figures(self.source.text, head)

    @cached_property
    def articles(self) -> ArticlesOf:
        """Its own articles and those it names."""
        one = self.source
        return ArticlesOf(one.document, one.place, one.heading, one.text, self._names)

    @cached_property
    def support(self) -> Support:
        """Its words."""
        one = self.source
        return _support(f"{one.document} {one.place} {one.heading}", one.text, self._words)
