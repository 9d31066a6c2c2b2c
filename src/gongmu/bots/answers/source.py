"""What a sentence may rest on: a numbered passage or tool result, read once for all checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from gongmu.bots.answers.articles import ArticlesOf
from gongmu.bots.answers.figures import Figure, figures
from gongmu.bots.answers.quotations import Flat, flatten
from gongmu.bots.answers.support import Support, Words
from gongmu.bots.passages import Passage
from gongmu.bots.statutes.names import Names


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
            return f"{self.starts_on.isoformat()}~{self.ends_on.isoformat()}"
        if self.starts_on:
            return f"{self.starts_on.isoformat()}부터"
        return f"{self.ends_on.isoformat()}까지" if self.ends_on else ""

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


class Read:
    """A source with all that is read from it, each part when it is first asked for."""

    def __init__(self, source: Source, words: Words, names: Names) -> None:
        self.source = source
        self._words, self._names = words, names

    @cached_property
    def flat(self) -> Flat:
        """The text as quotations are looked up in it."""
        return flatten(f"{self.source.heading}\n{self.source.text}")

    @cached_property
    def figures(self) -> Sequence[Figure]:
        """Every figure, those of title and heading included."""
        head = f"{self.source.document}\n{self.source.place}\n{self.source.heading}"
        return [*figures(self.source.text), *figures(head)]

    @cached_property
    def articles(self) -> ArticlesOf:
        """Its own articles and those it names."""
        one = self.source
        return ArticlesOf(one.document, one.place, one.heading, one.text, self._names)

    @cached_property
    def support(self) -> Support:
        """Its words."""
        one = self.source
        return Support(f"{one.document} {one.place} {one.heading}", one.text, self._words)
