"""Vectors of meaning beside the words: tried per corpus, used only where its questions gain.

The city's embeddings endpoint is reached through the guard's outlet, which masks what leaves and
keeps class S inside and class C at home; passages that may not leave are ranked by their words.
Vectors lie as bytes in a table of both databases and only the best passages by words are weighed
again, so no vector extension is needed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from gongmu.bots.guard.mask import MaskMemory
from gongmu.bots.guard.office import Endpoint, bots_office
from gongmu.bots.guard.outlet import open_sync_outlet
from gongmu.bots.passages import DataClass, Found, Reader
from gongmu.bots.search.index import SearchIndex
from gongmu.bots.search.tables import corpus_table, passage_table, passage_text_table, vector_table
from gongmu.core.errors import GongmuError, Refused, Transient
from gongmu.core.house import House

Vector: TypeAlias = NDArray[np.float32]
WEIGHT = 0.3
"""What likeness (cosine) counts beside the words' score as a share of the best one."""
_WEIGHED_AGAIN = 30
_AT_ONCE = 32
_LONGEST = 2_000
_PATIENCE_SECONDS = 3.0
"""How long a question waits for its vector."""
_LEAST_QUESTIONS = 20
_NOISE = 1.64
"""Standard deviations by which more questions must gain than lose (one-sided 5 %)."""
NO_ANSWER = "임베딩 서버가 답하지 않아 낱말만으로 찾았습니다."


@dataclass(frozen=True)
class DenseQuestion:
    """A question of a corpus and whether a passage answers it."""

    text: str
    answers: Callable[[Found], bool]


@dataclass(frozen=True)
class DenseFigures:
    """How high the right passages stood; shares 0..1."""

    recall_at_1: float
    recall_at_5: float
    mrr_at_10: float


@dataclass(frozen=True)
class DenseTrial:
    """What a corpus's questions found without vectors (`before`) and with them (`after`)."""

    before: DenseFigures
    after: DenseFigures
    switched_on: bool
    questions: int
    embedded: int


@dataclass(frozen=True)
class DenseFound:
    """What was found, and a Korean note where the vectors could not be asked."""

    found: Sequence[Found]
    note: str = ""


def try_dense(
    house: House, corpus: str, questions: Sequence[DenseQuestion], reader: Reader
) -> DenseTrial:
    """Embed what is new, ask the questions both ways, and switch the corpus on or off.

    On only where, of at least 20 questions, clearly more gain than lose and neither R@1, R@5 nor
    MRR falls. Embedding goes on where it was cut off. `reader` sees the whole corpus. Raises
    Refused `embeddings_missing` and Transient `embeddings_down`.
    """
    endpoint = bots_office(house).embeddings
    if endpoint is None:
        raise Refused(
            "embeddings_missing",
            "임베딩 주소가 없습니다.",
            "도시 파일의 [bots.embeddings]를 적으세요.",
        )
    embedded = embed_corpus(house, corpus, endpoint)
    index = SearchIndex(house.engine)
    plain, dense = [], []
    for question in questions:
        found = index.search(question.text, [corpus], reader, _WEIGHED_AGAIN)
        again = _weighed(house, endpoint, question.text, found)
        plain.append(_rank(question, found))
        dense.append(_rank(question, again))
    before, after = _figures(plain), _figures(dense)
    on = gains(plain, dense)
    with house.engine.begin() as connection:
        connection.execute(
            sa.update(corpus_table).where(corpus_table.c.corpus == corpus).values(dense=on)
        )
    return DenseTrial(before, after, on, len(questions), embedded)


def dense_search(
    house: House,
    index: SearchIndex,
    endpoint: Endpoint | None,
    query: str,
    corpora: Sequence[str],
    reader: Reader,
    k: int = 10,
    on: date | None = None,
    below: DataClass | None = None,
) -> DenseFound:
    """Search as `SearchIndex.search`, with vectors where all these corpora have them on.

    Whatever goes wrong with the vectors, the words' result is returned with a note.
    """
    if endpoint is None or not _is_on(house.engine, corpora):
        return DenseFound(index.search(query, corpora, reader, k, on, below))
    found = index.search(query, corpora, reader, max(k, _WEIGHED_AGAIN), on, below)
    try:
        return DenseFound(_weighed(house, endpoint, query, found)[:k])
    except GongmuError:
        return DenseFound(found[:k], NO_ANSWER)


def embed_corpus(house: House, corpus: str, endpoint: Endpoint) -> int:
    """Embed the passages without a vector of this model; returns how many were embedded.

    Each batch is kept as it comes. Raises Transient `embeddings_down`.
    """
    done = 0
    for data_class in (DataClass.OPEN, DataClass.SENSITIVE):
        if not data_class.may_go(endpoint.internal):
            break
        while rows := _without_vector(house.engine, corpus, endpoint.name, data_class):
            texts = [f"{row.document} {row.heading}\n{row.text}"[:_LONGEST] for row in rows]
            vectors = _embed(house, endpoint, texts, data_class, endpoint.timeout_seconds)
            kept = [
                {"number": row.number, "model": endpoint.name, "vector": vector.tobytes()}
                for row, vector in zip(rows, vectors, strict=True)
            ]
            numbers = [row.number for row in rows]
            with house.engine.begin() as connection:
                connection.execute(
                    sa.delete(vector_table).where(vector_table.c.number.in_(numbers))
                )
                connection.execute(sa.insert(vector_table), kept)
            done += len(rows)
    return done


def gains(before: Sequence[int | None], after: Sequence[int | None]) -> bool:
    """Return whether vectors help by more than chance: ranks (0 best, None absent) per question."""
    if len(before) < _LEAST_QUESTIONS:
        return False
    one, other = _figures(before), _figures(after)
    if other.recall_at_1 < one.recall_at_1 or other.recall_at_5 < one.recall_at_5:
        return False
    pairs = [(_points(was), _points(now)) for was, now in zip(before, after, strict=True)]
    better = sum(now > was for was, now in pairs)
    worse = sum(now < was for was, now in pairs)
    clearly = better - worse > _NOISE * math.sqrt(better + worse)
    return clearly and other.mrr_at_10 > one.mrr_at_10


def _is_on(engine: sa.Engine, corpora: Sequence[str]) -> bool:
    table = corpus_table.c
    query = sa.select(table.dense).where(table.corpus.in_(corpora), table.passages > 0)
    with engine.connect() as connection:
        switched = connection.scalars(query).all()
    return bool(switched) and all(switched)


def _weighed(
    house: House, endpoint: Endpoint, query: str, found: Sequence[Found]
) -> Sequence[Found]:
    vectors = _vectors(house.engine, [one.passage.passage_id for one in found], endpoint.name)
    if not vectors:
        return found
    asked = _embed(house, endpoint, [query[:_LONGEST]], DataClass.OPEN, _PATIENCE_SECONDS)[0]
    alike = {
        key: float(vector @ asked) for key, vector in vectors.items() if len(vector) == len(asked)
    }
    # A passage that may not leave the city has no vector: it is taken for as alike as the others.
    usual = sum(alike.values()) / len(alike) if alike else 0.0
    best = max(one.score for one in found) or 1.0
    again = [
        replace(one, score=one.score + best * WEIGHT * alike.get(one.passage.passage_id, usual))
        for one in found
    ]
    return sorted(again, key=lambda one: (-one.score, one.passage.passage_id))


def _vectors(engine: sa.Engine, passage_ids: Sequence[str], model: str) -> Mapping[str, Vector]:
    passage = passage_table.c
    query = (
        sa.select(passage.passage_id, vector_table.c.vector)
        .join(vector_table, vector_table.c.number == passage.number)
        .where(passage.passage_id.in_(passage_ids), vector_table.c.model == model)
    )
    with engine.connect() as connection:
        return {key: np.frombuffer(raw, np.float32) for key, raw in connection.execute(query)}


def _without_vector(
    engine: sa.Engine, corpus: str, model: str, data_class: DataClass
) -> Sequence[Any]:
    passage, text, vector = passage_table.c, passage_text_table.c, vector_table.c
    known = sa.exists().where(vector.number == passage.number, vector.model == model)
    query = (
        sa.select(passage.number, text.document, text.heading, text.text)
        .join(passage_text_table, text.number == passage.number)
        .where(passage.corpus == corpus, passage.class_rank == data_class.rank, ~known)
        .order_by(passage.number)
        .limit(_AT_ONCE)
    )
    with engine.connect() as connection:
        return connection.execute(query).all()


def _embed(
    house: House,
    endpoint: Endpoint,
    texts: Sequence[str],
    data_class: DataClass,
    patience_seconds: float,
) -> Sequence[Vector]:
    """Return a vector of length one per text; raises Refused of the outlet or Transient."""
    memory = MaskMemory(bots_office(house).public_phones)
    import httpx2

    address = f"{endpoint.address.rstrip('/')}/embeddings"
    body = {"model": endpoint.name, "input": list(texts)}
    try:
        with open_sync_outlet(house, endpoint, memory=memory, highest_class=data_class) as client:
            response = client.post(address, json=body, timeout=patience_seconds)
        if response.status_code != 200:
            raise _down()
        rows = sorted(response.json()["data"], key=lambda row: int(row["index"]))
        vectors = [np.array(row["embedding"], dtype=np.float32) for row in rows]
    except (httpx2.HTTPError, ValueError, KeyError, TypeError):
        raise _down() from None
    if len(vectors) != len(texts) or not all(one.ndim == 1 and one.size for one in vectors):
        raise _down()
    return [one / (float(np.linalg.norm(one)) or 1.0) for one in vectors]


def _down() -> Transient:
    return Transient(
        "embeddings_down", "임베딩 서버가 바르게 답하지 않습니다.", "잠시 뒤 다시 하세요."
    )


def _rank(question: DenseQuestion, found: Sequence[Found]) -> int | None:
    return next((at for at, one in enumerate(found) if question.answers(one)), None)


def _points(rank: int | None) -> float:
    return 0.0 if rank is None or rank >= 10 else 1 / (rank + 1)


def _figures(ranks: Sequence[int | None]) -> DenseFigures:
    count = len(ranks) or 1
    return DenseFigures(
        sum(rank == 0 for rank in ranks) / count,
        sum(rank is not None and rank < 5 for rank in ranks) / count,
        sum(map(_points, ranks)) / count,
    )
