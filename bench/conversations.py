"""What our side adds before the first sentence, and 50 conversations at once (practice model).

Three ways of arriving: one question after another; all 50 in one instant (the worst there is: the
last waits for the computing of 49 others); 50 open conversations whose people think about ten
seconds between questions, which is what 50 officers at work do.

The model waits a fixed 50 ms before its first word; that is taken off, all the rest counts as ours. Run: .venv/bin/python bench/conversations.py --json [--at-once 50] [--rounds 4]
"""

# ruff: noqa: E501  long Korean sentences

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from gongmu.app import open_house
from gongmu.bots.answers.desk import AnswerDesk
from gongmu.bots.answers.events import Failed, Finished, SentenceShown
from gongmu.bots.bot import Bot, parse_bot
from gongmu.bots.passages import Passage, Reader
from gongmu.bots.search.index import SearchIndex
from gongmu.core.people import Role
from gongmu.core.settings import Settings
from gongmu.practice.loopback import serving
from gongmu.practice.portals.model import ModelFaults, ModelSite

BOT = """
title: 재는 창구
purpose: 빠르기를 잽니다
department: 총무과
data_class: O
instructions: 자료로 답한다.
corpora: [manual]
tools: [count_days]
examples: [가]
checks: [{ask: 가, refuse: true}]
"""
SUBJECTS = ("도로", "공원", "상수도", "주차장", "도서관", "체육관", "보건", "청년", "농지", "건축")
MATTERS = ("점용", "사용", "신고", "허가", "등록", "변경", "지원", "대관", "점검", "철거")
_FIRST_SECONDS, _WORD_SECONDS = 0.05, 0.0
_THINKING = 10.0


@dataclass(frozen=True)
class Timed:
    """One answer: seconds to the first sentence and to the end, whether it went well."""

    first: float
    whole: float
    well: bool


def passages(count: int) -> list[Passage]:
    """Return `count` passages of an invented manual."""
    made = []
    for number in range(count):
        subject = SUBJECTS[number % 10]
        matter = MATTERS[number // 10 % 10]
        days = 3 + number % 57
        text = (
            f"{subject} {matter} {number}호 업무는 신청을 받은 날부터 {days}일 이내에 처리한다. 수수료는 "
            f"{(number % 89 + 1) * 100}원이며 신청서 {number % 4 + 1}부를 낸다. 담당은 {subject}관리과이고 "
            f"문의는 031-000-{1000 + number % 9000}으로 한다. 처리 결과는 문자로 알린다."
        )
        made.append(
            Passage(
                f"p{number}",
                f"d{number}",
                "manual",
                f"{subject} {matter} 편람",
                f"{number + 1}쪽",
                f"{subject} {matter} {number}호",
                text * 2,
                number,
            )
        )
    return made


async def timed(desk: AnswerDesk, bot: Bot, reader: Reader, question: str) -> Timed:
    """Ask once."""
    started = time.perf_counter()
    first = whole = 0.0
    well = False
    async for event in desk.stream(bot, reader, question):
        if isinstance(event, SentenceShown) and not first:
            first = time.perf_counter() - started
        if isinstance(event, Finished):
            whole = time.perf_counter() - started
            well = bool(event.answer.model) and bool(event.answer.sentences)
        if isinstance(event, Failed):
            break
    return Timed(first, whole, well)


def questions(count: int) -> list[str]:
    """Return different questions on the manual."""
    return [
        f"{SUBJECTS[one % 10]} {MATTERS[one * 7 % 10]} 업무의 수수료와 신청서, 처리 결과를 알려 주세요"
        for one in range(count)
    ]


async def measure(desk: AnswerDesk, bot: Bot, at_once: int, rounds: int) -> dict[str, object]:
    """Return the figures: one after another, 50 in one instant, 50 open ones that think between."""
    readers = [
        Reader(f"person{one}", "재는 사람", "총무과", frozenset({Role.WORK}))
        for one in range(at_once)
    ]
    asked = iter(questions(60 + at_once * (rounds + 2)))
    chance = random.Random(7)  # noqa: S311  when people ask is no secret
    for question in islice(asked, 5):
        await timed(desk, bot, readers[0], question)
    spent = time.process_time()
    alone = [await timed(desk, bot, readers[0], question) for question in islice(asked, 40)]
    spent = (time.process_time() - spent) / len(alone)

    burst = list(await asyncio.gather(*(timed(desk, bot, one, next(asked)) for one in readers)))
    steady: list[Timed] = []
    started, busy = time.perf_counter(), time.process_time()

    async def person(reader: Reader) -> None:
        # People read, think and type between questions: 5 to 15 seconds, 10 in the middle.
        await asyncio.sleep(chance.uniform(0, _THINKING))
        for _ in range(rounds):
            steady.append(await timed(desk, bot, reader, next(asked)))
            await asyncio.sleep(chance.uniform(0.5, 1.5) * _THINKING)

    await asyncio.gather(*(person(one) for one in readers))
    seconds = time.perf_counter() - started
    return {
        "load_of_machine": round(os.getloadavg()[0], 1),
        "cpu_ms_per_answer": round(spent * 1000, 1),
        "one_at_a_time": _figures(alone),
        "all_in_one_instant": {"conversations": at_once, **_figures(burst)},
        "steady": {
            "conversations": at_once,
            "thinking_seconds": _THINKING,
            "answers": len(steady),
            "answers_per_second": round(len(steady) / seconds, 1),
            "cores_used": round((time.process_time() - busy) / seconds, 2),
            **_figures(steady),
        },
    }


def _figures(found: Sequence[Timed]) -> dict[str, object]:
    over = sorted(one.first - _FIRST_SECONDS for one in found)
    whole = sorted(one.whole for one in found)
    return {
        "errors": sum(not one.well for one in found),
        "overhead_ms_p50": round(statistics.median(over) * 1000, 1),
        "overhead_ms_p95": round(over[int(len(over) * 0.95)] * 1000, 1),
        "answer_ms_p50": round(statistics.median(whole) * 1000, 1),
        "answer_ms_p95": round(whole[int(len(whole) * 0.95)] * 1000, 1),
    }


def serve_model() -> None:
    """Serve the practice model until the other end goes away."""
    site = ModelSite(ModelFaults(first_seconds=_FIRST_SECONDS, word_seconds=_WORD_SECONDS))
    with serving(site) as address:
        print(address, flush=True)
        sys.stdin.read()


@contextmanager
def model_elsewhere() -> Iterator[str]:
    """Run the practice model in a process of its own, as a real one is."""
    command = [sys.executable, __file__, "--model"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
            process.wait(10)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--model", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--passages", type=int, default=2000)
    asked = parser.parse_args()
    if asked.model:
        serve_model()
        return
    logging.disable(logging.WARNING)
    with model_elsewhere() as address, tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            home=Path(folder),
            model_address=f"{address}/v1",
            model_name="practice-honest",
            model_internal=True,
        )
        with open_house(settings) as house:
            index = SearchIndex(house.engine)
            index.replace_many(
                "manual", {one.document_id: [one] for one in passages(asked.passages)}
            )
            desk = AnswerDesk(house, index=index)
            desk.warm()
            bot = parse_bot("bench", BOT)
            figures = asyncio.run(measure(desk, bot, asked.at_once, asked.rounds))
    print(json.dumps(figures, ensure_ascii=False, indent=1 if asked.json else None))


if __name__ == "__main__":
    main()
