"""How sound citations are: 200 scripted answers mixing true and invented items, through the desk.

The practice model writes each answer from the passages that reached it over the socket, so every
item's truth is known. Run: .venv/bin/python bench/citations.py --json [--seed 7] [--answers 200]
"""

# ruff: noqa: S311  long Korean sentences; chance by seed

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from citation_items import THINGS, Item, compose, passages

from gongmu.app import open_house
from gongmu.bots.answer import Standing
from gongmu.bots.answers.desk import AnswerDesk
from gongmu.bots.bot import parse_bot
from gongmu.bots.passages import Reader
from gongmu.bots.search.index import SearchIndex
from gongmu.core.people import Role
from gongmu.core.settings import Settings
from gongmu.practice.loopback import serving
from gongmu.practice.portals.model import ModelSite
from gongmu.practice.portals.model_words import Talk

BOT = """
title: 인용 재기
purpose: 인용이 맞는지 잽니다
department: 총무과
data_class: O
instructions: 자료로 답한다.
corpora: [manual]
examples: [가]
checks: [{ask: 가, refuse: true}]
"""


# ---------------------------------------------------------------- measuring


def measure(answers: int, seed: int) -> dict[str, object]:
    """Return the figures of one run."""
    made = passages(seed)
    titles = {one.text.split("\n")[0]: one.document for one in made if "조례" in one.document}
    chance = random.Random(seed + 1)
    told: dict[str, list[Item]] = {}
    site = ModelSite()

    def script(talk: Talk) -> str:
        items = compose(talk, chance, titles)
        told[talk.question] = items
        return "\n".join(f"{one.text}" for one in items)

    site.script = script
    site.faults.first_seconds = site.faults.word_seconds = 0.0
    counts: Counter[str] = Counter()
    wrong: list[dict[str, object]] = []
    started = time.perf_counter()
    with serving(site) as address, tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            home=Path(folder), model_address=f"{address}/v1", model_name="scripted",
            model_internal=True,
        )  # fmt: skip
        with open_house(settings) as house:
            index = SearchIndex(house.engine)
            index.replace_many("manual", {one.document_id: [one] for one in made})
            desk = AnswerDesk(house, index=index, keep=False)
            desk.warm()
            bot = parse_bot("bench", BOT)
            reader = Reader("bench", "재는 사람", "총무과", frozenset({Role.WORK}))
            for number in range(answers):
                thing = chance.choice(THINGS)
                question = f"{thing} 신청 수수료와 처리 기간, 사용료 ({number})"
                answer = desk.ask(bot, reader, question)
                shown = {one.text.strip(): one for one in answer.sentences}
                if answer.refused or not answer.model:
                    counts["refused"] += 1
                    continue
                counts["answers"] += 1
                for item in told.get(question, []):
                    sentence = shown.get(item.text.strip())
                    verified = sentence is not None and sentence.standing is Standing.VERIFIED
                    counts["true" if item.true else "invented"] += 1
                    counts["true_verified" if item.true else "invented_verified"] += verified
                    if verified is not item.true or sentence is None:
                        doubts = [] if sentence is None else [vars(d) for d in sentence.doubts]
                        wrong.append({"kind": item.kind, "text": item.text, "doubts": doubts})
    seconds = time.perf_counter() - started
    return {
        "answers": counts["answers"],
        "refused": counts["refused"],
        "true": counts["true"],
        "true_verified": counts["true_verified"],
        "true_verified_share": round(counts["true_verified"] / max(counts["true"], 1), 4),
        "invented": counts["invented"],
        "invented_shown_verified": counts["invented_verified"],
        "seconds": round(seconds, 1),
        "wrong": wrong,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--answers", type=int, default=200)
    asked = parser.parse_args()
    figures = measure(asked.answers, asked.seed)
    if asked.json:
        print(json.dumps(figures, ensure_ascii=False, indent=1))
        return
    for name, value in figures.items():
        if name != "wrong":
            print(f"{name}: {value}")
    for one in figures["wrong"][:20]:  # type: ignore[index]
        print(one)


if __name__ == "__main__":
    main()
