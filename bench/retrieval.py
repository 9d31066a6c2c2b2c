"""Retrieval beside two plain baselines: BM25 over words between spaces, and FTS5 trigrams.

    python bench/retrieval.py FILE.json [--other OTHER.json] [--json]

`--other` gives questions that FILE's documents do not answer, for the refusal figures.
"""

from __future__ import annotations

import argparse
import json
import math
import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from gongmu.bots.search.benchmark import (
    Trial,
    percentile,
    read_trial,
    recall,
    reciprocal_rank,
    run_benchmark,
)

K = 10
Search = Callable[[str], Sequence[str]]


def by_spaces(trial: Trial) -> Search:
    """BM25 (k1 1.2, b 0.75) over words between spaces."""
    postings: dict[str, list[tuple[str, int]]] = defaultdict(list)
    lengths = {}
    for key, text in trial.documents.items():
        words = text.split()
        lengths[key] = len(words)
        for word, count in Counter(words).items():
            postings[word].append((key, count))
    mean = sum(lengths.values()) / len(lengths)

    def search(question: str) -> Sequence[str]:
        scores: dict[str, float] = defaultdict(float)
        for word in set(question.split()):
            held = postings.get(word, [])
            rarity = math.log(1 + (len(lengths) - len(held) + 0.5) / (len(held) + 0.5))
            for key, count in held:
                damped = 1.2 * (0.25 + 0.75 * lengths[key] / mean)
                scores[key] += rarity * count * 2.2 / (count + damped)
        return sorted(scores, key=lambda key: -scores[key])[:K]

    return search


def by_trigrams(trial: Trial) -> Search:
    """SQLite FTS5 with its trigram tokenizer."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE t USING fts5(key UNINDEXED, text, tokenize='trigram')")
    database.executemany("INSERT INTO t VALUES (?, ?)", trial.documents.items())

    def search(question: str) -> Sequence[str]:
        words = [word.replace('"', "") for word in question.split()]
        grams = {word[at : at + 3] for word in words for at in range(len(word) - 2)}
        if not grams:
            return []
        asked = " OR ".join(f'"{gram}"' for gram in sorted(grams))
        rows = database.execute(
            "SELECT key FROM t WHERE t MATCH ? ORDER BY bm25(t) LIMIT ?", (asked, K)
        )
        return [row[0] for row in rows]

    return search


def measure(trial: Trial, make: Callable[[Trial], Search]) -> dict[str, Any]:
    """Return the figures of one way to search."""
    started = time.perf_counter()
    search = make(trial)
    build = time.perf_counter() - started
    ranks: list[int | None] = []
    spent = []
    for question in trial.questions:
        started = time.perf_counter()
        found = search(question.text)
        spent.append((time.perf_counter() - started) * 1000)
        ranks.append(next((at for at, one in enumerate(found) if one in question.relevant), None))
    return {
        "recall_at_1": recall(ranks, 1),
        "recall_at_5": recall(ranks, 5),
        "recall_at_10": recall(ranks, 10),
        "mrr_at_10": reciprocal_rank(ranks),
        "mean_ms": sum(spent) / len(spent),
        "p95_ms": percentile(spent, 0.95),
        "build_seconds": build,
    }


def main() -> None:
    """Print ours, theirs and the ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--other", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    off_topic = [one.text for one in read_trial(given.other).questions] if given.other else []
    trial = read_trial(given.file)
    ours = run_benchmark(given.file, off_topic=off_topic)
    figures = {
        "ours": dict(ours.as_json()),
        "whitespace BM25": measure(trial, by_spaces),
        "FTS5 trigram": measure(trial, by_trigrams),
    }
    if given.json:
        print(json.dumps(figures, ensure_ascii=False))
        return
    print(ours.summary())
    for name, one in figures.items():
        ratio = ours.recall_at_1 / one["recall_at_1"] if one["recall_at_1"] else math.inf
        print(
            f"{name:16} R@1 {one['recall_at_1']:.3f} R@5 {one['recall_at_5']:.3f} "
            f"R@10 {one['recall_at_10']:.3f} MRR {one['mrr_at_10']:.3f} "
            f"{one['mean_ms']:.1f} ms (p95 {one['p95_ms']:.1f}) ours/this R@1 {ratio:.2f}"
        )


if __name__ == "__main__":
    main()
