"""An answer being written: text comes in, checked sentences go out, the answer grows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from gongmu.bots.answer import Answer, Citation, MaskedItem, Sentence, Standing
from gongmu.bots.answers.events import CitationShown, SentenceShown
from gongmu.bots.answers.extract import best_quote
from gongmu.bots.answers.groundwork import Ready
from gongmu.bots.answers.quotations import flatten, is_quoted_from, quotations
from gongmu.bots.answers.source import Source
from gongmu.bots.answers.support import Words, content
from gongmu.bots.answers.units import Splitter, Unit
from gongmu.bots.answers.verify import Judge, Verifier, shown
from gongmu.bots.guard.mask import MaskMemory, unmask


@dataclass
class Written:
    """What has been written and checked so far."""

    sentences: list[Sentence] = field(default_factory=list)
    citations: dict[int, Citation] = field(default_factory=dict)


class Writer:
    """Turns growing text into checked sentences with their citations."""

    def __init__(
        self,
        ready: Ready,
        memory: MaskMemory,
        *,
        words: Words,
        judge: Judge | None,
        law_names: Iterable[str] = (),
        known: str = "",
    ) -> None:
        self._ready, self._memory, self._words = ready, memory, words
        self._verifier = Verifier(
            ready.sources,
            on=ready.on,
            words=words,
            known=known,
            question=ready.asked.question,
            judge=judge,
            law_names=law_names,
        )
        self._splitter = Splitter()
        self._asked = frozenset(words(ready.asked.question))
        self._known = {one.number for one in ready.sources}
        self.written = Written()

    def units(self, text: str) -> Sequence[Unit]:
        """Take more text and return the units that are complete."""
        return self._splitter.feed(text)

    def rest(self) -> Sequence[Unit]:
        """Return what is left at the end of the text."""
        return self._splitter.finish()

    def show(self, unit: Unit) -> Iterator[SentenceShown | CitationShown]:
        """Check one unit and yield what is to be shown, new citations first."""
        for source in self._ready.sources:
            if source.number not in self._known:
                self._known.add(source.number)
                self._verifier.add(source)
        opened = replace(unit, text=unmask(unit.text, self._memory))
        sentence = self._verifier.check(opened)
        yield from self._keep(sentence)

    def show_all(self, text: str) -> Sequence[SentenceShown | CitationShown]:
        """Check a whole text at once."""
        units = [*self.units(text), *self.rest()]
        return [event for unit in units for event in self.show(unit)]

    def _keep(self, sentence: Sentence) -> Iterator[SentenceShown | CitationShown]:
        self.written.sentences.append(sentence)
        for number in sentence.citations:
            source = next((one for one in self._ready.sources if one.number == number), None)
            if source is not None and number not in self.written.citations:
                citation = citation_of(source, sentence.text, self._words, self._asked)
                self.written.citations[number] = citation
                yield CitationShown(citation)
        yield SentenceShown(sentence)


def citation_of(
    source: Source, said: str, words: Words, asked: frozenset[str] = frozenset()
) -> Citation:
    """Return a source as cited: with the place of it that the sentence rests on, word for word."""
    flat = flatten(source.text)
    quoted = [one.text for one in quotations(said) if is_quoted_from(one.text, flat)]
    quote = quoted[0] if quoted else best_quote(source.text, content(said, words) | asked, words)
    return Citation(
        number=source.number,
        document=source.document,
        place=source.place,
        quote=quote,
        verified=bool(quote) and is_quoted_from(quote, flat),
        passage_id=source.passage_id,
        in_force=source.in_force,
    )


def answer_of(
    ready: Ready,
    written: Written,
    *,
    model: str = "",
    masked: Sequence[MaskedItem] = (),
    cost_won: Fraction = Fraction(0),
    tokens_in: int = 0,
    tokens_out: int = 0,
    stopped: bool = False,
    notes: Sequence[str] = (),
) -> Answer:
    """Return the answer as it stands."""
    doubtful = sum(one.standing is Standing.UNVERIFIED for one in written.sentences)
    more = [f"확인하지 못한 문장이 {doubtful}개 있습니다. 원문을 보고 쓰세요."] if doubtful else []
    more += [
        f"초안 번호는 {one}입니다. 포털의 초안함에서 열어 고치고 확인하세요."
        for one in ready.drafts
    ]
    return Answer(
        text=shown(written.sentences),
        sentences=tuple(written.sentences),
        citations=tuple(written.citations[one] for one in sorted(written.citations)),
        whom_to_ask=ready.whom,
        tools=tuple(ready.tools),
        masked=tuple(masked),
        model=model,
        cost_won=cost_won,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        stopped=stopped,
        draft_ids=tuple(ready.drafts),
        notes=tuple(dict.fromkeys([*ready.notes, *notes, *more])),
    )
