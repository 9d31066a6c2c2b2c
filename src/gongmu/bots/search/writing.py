"""Writes and removes the index's rows: passages, their departments, terms and postings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import sqlalchemy as sa

from gongmu.bots.passages import Passage
from gongmu.bots.search import tokens as words
from gongmu.bots.search.citing import own_article
from gongmu.bots.search.packing import pack
from gongmu.bots.search.ranking import frequencies
from gongmu.bots.search.tables import (
    corpus_table,
    passage_department_table,
    passage_table,
    passage_text_table,
    posting_table,
    term_table,
    vector_table,
)
from gongmu.core.errors import Refused

_OF_A_PASSAGE = (
    posting_table,
    passage_department_table,
    vector_table,
    passage_text_table,
    passage_table,
)
_AT_ONCE = 500
"""Values in one IN list or insert: both databases limit a statement's parameters."""

T = TypeVar("T")


@dataclass(frozen=True)
class _Cut:
    passage: Passage
    title: Sequence[str]
    heading: Sequence[str]
    lines: Sequence[Sequence[str]]

    @property
    def length(self) -> int:
        return sum(map(len, self.lines))


def _cut(passage: Passage) -> _Cut:
    title = [*words.tokens(passage.document), *own_article(passage.document, passage.place)]
    return _Cut(passage, title, words.tokens(passage.heading), words.lines(passage.text))


def write_documents(
    connection: sa.Connection, corpus: str, documents: Mapping[str, Sequence[Passage]]
) -> None:
    """Replace these documents' passages; raises Refused `passage_misfiled` for a foreign one."""
    every = [passage for passages in documents.values() for passage in passages]
    words.prepare(text for one in every for text in (one.document, one.heading, one.text))
    cuts: list[_Cut] = []
    for document_id, passages in documents.items():
        for passage in passages:
            if passage.corpus != corpus or passage.document_id != document_id:
                raise _misfiled(passage)
            cuts.append(_cut(passage))
    _lock(connection, corpus)
    gone = _erase(connection, corpus, list(documents))
    _add(connection, corpus, cuts)
    length = sum(cut.length for cut in cuts)
    _keep_state(connection, corpus, len(cuts) - gone.passages, length - gone.tokens)


def remove_documents(connection: sa.Connection, corpus: str, document_ids: Sequence[str]) -> None:
    """Forget these documents' passages; unknown ones are passed over."""
    _lock(connection, corpus)
    gone = _erase(connection, corpus, document_ids)
    if gone.passages:
        _keep_state(connection, corpus, -gone.passages, -gone.tokens)


def _misfiled(passage: Passage) -> Refused:
    return Refused(
        "passage_misfiled",
        f"'{passage.document}'의 대목이 다른 지식이나 문서의 것으로 적혀 있습니다.",
        "문서를 다시 배우게 하세요.",
    )


def _lock(connection: sa.Connection, corpus: str) -> None:
    """Let one writer at a time into a corpus; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            sa.text("SELECT pg_advisory_xact_lock(hashtext(:name))"),
            {"name": f"gongmu.search.{corpus}"},
        )


@dataclass(frozen=True)
class _Gone:
    passages: int = 0
    tokens: int = 0


def _erase(connection: sa.Connection, corpus: str, document_ids: Sequence[str]) -> _Gone:
    numbers: list[int] = []
    length = 0
    for some in _portions(document_ids, _AT_ONCE):
        for row in connection.execute(
            sa.select(passage_table.c.number, passage_table.c.length).where(
                passage_table.c.corpus == corpus, passage_table.c.document_id.in_(some)
            )
        ):
            numbers.append(row.number)
            length += row.length
    fewer: Counter[int] = Counter()
    for portion in _portions(numbers, _AT_ONCE):
        fewer.update(
            connection.scalars(
                sa.select(posting_table.c.term_id).where(posting_table.c.number.in_(portion))
            )
        )
        for table in _OF_A_PASSAGE:
            connection.execute(sa.delete(table).where(table.c.number.in_(portion)))
    if fewer:
        _change_terms(connection, {term_id: -count for term_id, count in fewer.items()})
        connection.execute(
            sa.delete(term_table).where(term_table.c.corpus == corpus, term_table.c.passages <= 0)
        )
    return _Gone(len(numbers), length)


def _change_terms(connection: sa.Connection, by: Mapping[int, int]) -> None:
    connection.execute(
        sa.update(term_table)
        .where(term_table.c.term_id == sa.bindparam("which"))
        .values(passages=term_table.c.passages + sa.bindparam("more")),
        [{"which": term_id, "more": more} for term_id, more in sorted(by.items())],
    )


def _add(connection: sa.Connection, corpus: str, cuts: Sequence[_Cut]) -> None:
    if not cuts:
        return
    for some in _portions(cuts, _AT_ONCE):
        connection.execute(
            sa.insert(passage_table), [_row(cut.passage, cut.length) for cut in some]
        )
    numbers = _numbers(connection, [cut.passage.passage_id for cut in cuts])
    counted = [frequencies(cut.title, cut.heading, cut.lines) for cut in cuts]
    ids = _term_ids(connection, corpus, Counter(term for one in counted for term in one))
    for some in _portions(cuts, _AT_ONCE):
        connection.execute(
            sa.insert(passage_text_table),
            [_text_row(cut, numbers[cut.passage.passage_id], ids) for cut in some],
        )
    departments = [
        {"number": numbers[cut.passage.passage_id], "department": department}
        for cut in cuts
        for department in sorted(set(cut.passage.departments))
    ]
    if departments:
        connection.execute(sa.insert(passage_department_table), departments)
    _insert_postings(
        connection,
        sorted(
            (ids[term], numbers[cut.passage.passage_id], count, cut.length)
            for cut, one in zip(cuts, counted, strict=True)
            for term, count in one.items()
        ),
    )


def _row(passage: Passage, length: int) -> dict[str, object]:
    return {
        "class_rank": passage.data_class.rank,
        "restricted": bool(passage.departments),
        "starts_on": passage.starts_on,
        "ends_on": passage.ends_on,
        "length": length,
        "corpus": passage.corpus,
        "passage_id": passage.passage_id,
        "document_id": passage.document_id,
        "in_document": passage.number,
    }


def _text_row(cut: _Cut, number: int, ids: Mapping[str, int]) -> dict[str, object]:
    passage = cut.passage
    return {
        "number": number,
        "departments": "\n".join(passage.departments),
        "document": passage.document,
        "place": passage.place,
        "heading": passage.heading,
        "title_tokens": " ".join(cut.title),
        "heading_tokens": " ".join(cut.heading),
        "terms": pack([cut.title, cut.heading, *cut.lines], ids),
        "text": passage.text,
    }


def _numbers(connection: sa.Connection, passage_ids: Sequence[str]) -> Mapping[str, int]:
    table = passage_table.c
    return {
        row.passage_id: row.number
        for some in _portions(passage_ids, _AT_ONCE)
        for row in connection.execute(
            sa.select(table.passage_id, table.number).where(table.passage_id.in_(some))
        )
    }


def _term_ids(
    connection: sa.Connection, corpus: str, holding: Mapping[str, int]
) -> Mapping[str, int]:
    known = _known_terms(connection, corpus, list(holding))
    if known:
        _change_terms(connection, {known[term]: holding[term] for term in known})
    new = [term for term in holding if term not in known]
    for some in _portions(new, _AT_ONCE):
        connection.execute(
            sa.insert(term_table),
            [{"corpus": corpus, "term": term, "passages": holding[term]} for term in some],
        )
    return {**known, **_known_terms(connection, corpus, new)}


def _known_terms(connection: sa.Connection, corpus: str, terms: Sequence[str]) -> Mapping[str, int]:
    return {
        row.term: row.term_id
        for some in _portions(terms, _AT_ONCE)
        for row in connection.execute(
            sa.select(term_table.c.term, term_table.c.term_id).where(
                term_table.c.corpus == corpus, term_table.c.term.in_(some)
            )
        )
    }


def _insert_postings(connection: sa.Connection, rows: Sequence[tuple[int, int, int, int]]) -> None:
    columns = "(term_id, number, frequency, length)"
    if connection.dialect.name == "postgresql":
        cursor = connection.connection.cursor()
        with cursor.copy(f"COPY bot_posting {columns} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.close()
        return
    connection.exec_driver_sql(
        f"INSERT INTO bot_posting {columns} VALUES (?, ?, ?, ?)",  # noqa: S608
        list(rows),
    )


def _keep_state(connection: sa.Connection, corpus: str, passages: int, tokens: int) -> None:
    table = corpus_table
    changed = connection.execute(
        sa.update(table)
        .where(table.c.corpus == corpus)
        .values(
            passages=table.c.passages + passages,
            tokens=table.c.tokens + tokens,
            revision=table.c.revision + 1,
        )
    )
    if changed.rowcount == 0:
        connection.execute(
            sa.insert(table).values(
                corpus=corpus, passages=passages, tokens=tokens, revision=1, dense=False
            )
        )


def _portions(items: Iterable[T], size: int) -> Iterable[list[T]]:
    remaining = iter(items)
    while portion := list(islice(remaining, size)):
        yield portion
