"""When the desks refuse: each corpus's threshold, learnt again after its papers changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa

from gongmu.bots.answer import Answer
from gongmu.bots.answers.conversations import Conversations
from gongmu.bots.bot import Bot, Check
from gongmu.bots.evaluation.scoring import judge_correction, squeezed
from gongmu.bots.passages import Found, Reader
from gongmu.bots.registry import all_bots
from gongmu.bots.search.calibration import department_of, stale
from gongmu.bots.search.dense import DenseQuestion, DenseTrial, try_dense
from gongmu.bots.search.index import SearchIndex
from gongmu.bots.search.tables import corpus_table, passage_table, passage_text_table
from gongmu.core.house import House
from gongmu.core.people import Role

Note = Callable[[str], None]
_LOOKED_AT = 5


@dataclass(frozen=True)
class OwnQuestions:
    """Questions that a corpus answers, with what answers them, and questions it does not."""

    answered: Sequence[Check]
    foreign: Sequence[str]


def calibrate_corpora(house: House, note: Note = lambda _: None) -> None:
    """Learn every corpus's refusal threshold anew."""
    table = corpus_table.c
    query = sa.select(table.corpus).where(table.passages > 0).order_by(table.corpus)
    with house.engine.connect() as connection:
        corpora = connection.scalars(query).all()
    _calibrate(house, corpora, note)


def calibrate_after_learning(
    house: House, corpora: Sequence[str] | None = None, note: Note = lambda _: None
) -> None:
    """Learn the thresholds of those corpora (None = all) whose papers changed since the last time.

    A second or so for each; nothing to do costs one query.
    """
    _calibrate(house, stale(house.engine, corpora), note)


def own_questions(
    house: House, corpus: str, index: SearchIndex, bots: Mapping[str, Bot] | None = None
) -> OwnQuestions:
    """Return which checks of the desks really are about this corpus.

    A shipped check asks about papers that another city may not have: it counts where the
    document it names is there, or where a passage found says what the answer must say. Checks
    that a desk must refuse count only beside such ones.
    """
    known = all_bots(house.engine) if bots is None else bots
    readers = [bot for bot in known.values() if corpus in bot.corpora]
    documents = _documents(house.engine, corpus) if readers else []
    reader = whole_reader(house, corpus)
    answered = [
        check
        for bot in readers
        for check in bot.checks
        if not (check.refuse or check.tool) and _is_here(check, corpus, documents, index, reader)
    ]
    foreign = [
        check.ask
        for bot in readers
        if answered and bot.corpora == (corpus,)
        for check in bot.checks
        if check.refuse
    ]
    return OwnQuestions(answered, foreign)


def try_vectors(house: House, corpus: str) -> DenseTrial:
    """Try the embeddings endpoint on the checks and corrections of the desks; see `try_dense`."""
    index = SearchIndex(house.engine)
    bots = all_bots(house.engine)
    own = own_questions(house, corpus, index, bots)
    questions = [
        DenseQuestion(check.ask, partial(_names, parts=check.documents))
        for check in own.answered
        if check.documents
    ]
    for bot in bots.values():
        if bot.corpora != (corpus,):
            continue
        questions += [
            DenseQuestion(one.question, partial(_says, correction=one.correction))
            for one in Conversations(house).feedback(bot.code)
            if one.correction
        ]
    return try_dense(house, corpus, questions, whole_reader(house, corpus))


def _names(found: Found, parts: Sequence[str]) -> bool:
    name = squeezed(f"{found.passage.document} {found.passage.place}")
    return any(squeezed(part) in name for part in parts)


def _says(found: Found, correction: str) -> bool:
    answer = Answer(found.passage.text)
    return judge_correction("", correction, answer).right


def whole_reader(house: House, corpus: str) -> Reader:
    """Return a reader of as much of the corpus as any one department may see."""
    department = department_of(house.engine, corpus)
    return Reader("evaluation", "평가", department, frozenset(Role))


def _calibrate(house: House, corpora: Sequence[str], note: Note) -> None:
    if not corpora:
        return
    index = SearchIndex(house.engine)
    bots = all_bots(house.engine)
    for corpus in corpora:
        own = own_questions(house, corpus, index, bots)
        asked = [check.ask for check in own.answered]
        reader = whole_reader(house, corpus)
        learnt = index.calibrate(corpus, reader, house.clock(), asked, own.foreign)
        note(f"{corpus}: 거절 문턱 {learnt:.2f}")


def _is_here(
    check: Check, corpus: str, documents: Sequence[str], index: SearchIndex, reader: Reader
) -> bool:
    if check.documents:
        names = [squeezed(part) for part in check.documents]
        return all(any(name in document for document in documents) for name in names)
    if not check.says:
        return False
    found = index.search(check.ask, [corpus], reader, _LOOKED_AT)
    said = [squeezed(one.passage.text) for one in found]
    return all(any(squeezed(part) in text for text in said) for part in check.says)


def _documents(engine: sa.Engine, corpus: str) -> Sequence[str]:
    text = passage_text_table.c
    query = (
        sa.select(text.document, text.place)
        .join(passage_table, passage_table.c.number == text.number)
        .where(passage_table.c.corpus == corpus)
        .distinct()
    )
    with engine.connect() as connection:
        return [squeezed(f"{row.document} {row.place}") for row in connection.execute(query)]
