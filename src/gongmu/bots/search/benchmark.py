"""Measures the search on a file of documents, questions and which documents answer them."""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gongmu.bots.passages import Passage, Reader
from gongmu.bots.search.elsewhere import ELSEWHERE
from gongmu.bots.search.index import SearchIndex
from gongmu.bots.search.refusal import RefusalFigures, calibrate, figures, share
from gongmu.core.database import open_database, upgrade
from gongmu.core.errors import Refused

CORPUS = "benchmark"
_ANYBODY = Reader("benchmark", "", "", frozenset())
_ARTICLE = re.compile(
    r"(?P<law>[^\n]{2,80}?) (?P<place>제\d+조(?:의\d+)?)(?:\((?P<heading>[^\n]{1,120}?)\)(?=\s|$))?"
)
_LONGEST_TITLE = 80


@dataclass(frozen=True)
class Trial:
    """A retrieval set: document texts by id, questions with the ids of the right documents."""

    documents: Mapping[str, str]
    questions: Sequence[TrialQuestion]


@dataclass(frozen=True)
class TrialQuestion:
    """A question and the documents that answer it."""

    text: str
    relevant: frozenset[str]


@dataclass(frozen=True)
class Benchmark:
    """What a search did; recalls 0..1, times in milliseconds and seconds."""

    documents: int
    questions: int
    recall_at_1: float
    recall_at_5: float
    recall_at_10: float
    mrr_at_10: float
    mean_ms: float
    p95_ms: float
    build_seconds: float
    passages_per_second: float
    refusal: RefusalFigures | None = None

    def as_json(self) -> Mapping[str, Any]:
        """Return the figures for a machine to read."""
        return asdict(self)

    def summary(self) -> str:
        """Return the figures as Korean lines."""
        lines = [
            f"문서 {self.documents:,}건, 물음 {self.questions:,}개",
            f"R@1 {self.recall_at_1:.3f}  R@5 {self.recall_at_5:.3f}"
            f"  R@10 {self.recall_at_10:.3f}  MRR@10 {self.mrr_at_10:.3f}",
            f"물음당 {self.mean_ms:.1f}ms (p95 {self.p95_ms:.1f}ms)",
            f"색인 {self.build_seconds:.1f}초 (1초에 {self.passages_per_second:,.0f}건)",
        ]
        if one := self.refusal:
            lines.append(
                f"거절 문턱 {one.threshold:.3f}: 다른 물음 {one.off_topic:,}개 가운데"
                f" {one.refused_off_topic:.1%} 거절, 맞는 물음 {one.on_topic:,}개 가운데"
                f" {one.refused_on_topic:.1%} 잘못 거절"
            )
        return "\n".join(lines)


def read_trial(path: Path) -> Trial:
    """Read a retrieval set; raises Refused `benchmark_unreadable`.

    `documents`: a list or id -> text. `questions`: a list of [text, [document, ...]], or
    id -> text with `relevant`: question id -> document ids.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        documents = _by_id(raw["documents"])
        questions = [
            TrialQuestion(text, frozenset(map(str, relevant)))
            for text, relevant in _questions(raw["questions"], raw.get("relevant"))
        ]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise _unreadable(path, f"{type(problem).__name__}") from None
    answerable = [one for one in questions if one.relevant & documents.keys()]
    if not documents or not answerable:
        raise _unreadable(path, "문서나 답이 있는 질문이 없습니다")
    return Trial(documents, answerable)


def passages_of(trial: Trial) -> Mapping[str, Sequence[Passage]]:
    """Return the documents as passages, articles of one law as one document's."""
    kept: dict[str, list[Passage]] = {}
    for document_id, text in trial.documents.items():
        title, place, heading, body = _parts(text)
        group = title if place else document_id
        number = len(kept.setdefault(group, []))
        kept[group].append(Passage(document_id, group, CORPUS, title, place, heading, body, number))
    return kept


def run_benchmark(
    path: Path,
    k: int = 10,
    *,
    off_topic: Sequence[str] = (),
    note: Callable[[str], None] = lambda _: None,
) -> Benchmark:
    """Build an index of the file's documents, ask its questions, and return the figures.

    Refusal is calibrated on every second question and measured on the others; `off_topic` are
    questions these documents do not answer, besides our own. Raises Refused.
    """
    trial = read_trial(path)
    with tempfile.TemporaryDirectory(prefix="gongmu-benchmark-") as folder:
        engine = open_database(f"sqlite:///{Path(folder) / 'index.sqlite'}")
        try:
            upgrade(engine)
            index = SearchIndex(engine)
            index.warm()
            note(f"문서 {len(trial.documents):,}건을 색인합니다.")
            started = time.perf_counter()
            index.replace_many(CORPUS, passages_of(trial))
            build = time.perf_counter() - started
            note(f"질문 {len(trial.questions):,}개를 묻습니다.")
            return _ask(index, trial, max(k, 10), build, [*ELSEWHERE, *off_topic])
        finally:
            engine.dispose()


def recall(ranks: Sequence[int | None], k: int) -> float:
    """Return the share of questions whose first right document stands among the best `k`."""
    return sum(rank is not None and rank < k for rank in ranks) / len(ranks)


def reciprocal_rank(ranks: Sequence[int | None], k: int = 10) -> float:
    """Return the mean of 1/(place of the first right document), 0 beyond `k`."""
    return sum(1 / (rank + 1) for rank in ranks if rank is not None and rank < k) / len(ranks)


def percentile(values: Sequence[float], share_: float) -> float:
    """Return the value that `share_` of the values do not pass."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share_))]


def _ask(
    index: SearchIndex, trial: Trial, k: int, build: float, off_topic: Sequence[str]
) -> Benchmark:
    ranks: list[int | None] = []
    spent: list[float] = []
    shares: list[float] = []
    for question in trial.questions:
        started = time.perf_counter()
        found = index.search(question.text, [CORPUS], _ANYBODY, k)
        spent.append((time.perf_counter() - started) * 1000)
        ids = [one.passage.passage_id for one in found]
        ranks.append(next((at for at, one in enumerate(ids) if one in question.relevant), None))
        shares.append(share(found))
    foreign = [share(index.search(one, [CORPUS], _ANYBODY, k)) for one in off_topic]
    threshold = calibrate(shares[::2], foreign[::2])
    return Benchmark(
        documents=len(trial.documents),
        questions=len(trial.questions),
        recall_at_1=recall(ranks, 1),
        recall_at_5=recall(ranks, 5),
        recall_at_10=recall(ranks, 10),
        mrr_at_10=reciprocal_rank(ranks),
        mean_ms=sum(spent) / len(spent),
        p95_ms=percentile(spent, 0.95),
        build_seconds=build,
        passages_per_second=len(trial.documents) / build,
        refusal=figures(threshold, shares[1::2], foreign[1::2]),
    )


def _parts(text: str) -> tuple[str, str, str, str]:
    article = _ARTICLE.match(text)
    if article:
        return (article["law"], article["place"], article["heading"] or "", text[article.end() :])
    first, _, rest = text.partition("\n")
    if rest.strip() and len(first) <= _LONGEST_TITLE:
        return first.strip(), "", "", rest
    return "", "", "", text


def _by_id(raw: Any) -> Mapping[str, str]:
    pairs = raw.items() if isinstance(raw, dict) else enumerate(raw)
    return {str(key): str(text) for key, text in pairs}


def _questions(raw: Any, relevant: Any) -> Sequence[tuple[str, Sequence[Any]]]:
    if isinstance(raw, dict):
        return [(str(text), relevant.get(key, ())) for key, text in raw.items()]
    return [(str(text), ids) for text, ids in raw]


def _unreadable(path: Path, why: str) -> Refused:
    return Refused(
        "benchmark_unreadable",
        f"{path.name}: 검색 시험 자료로 읽을 수 없습니다({why}).",
        "documents, questions, relevant가 있는 JSON인지 확인하세요.",
    )
