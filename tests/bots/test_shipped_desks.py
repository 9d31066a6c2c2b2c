"""Every shipped desk does its work on the practice city's shelves without any model."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from gongmu.bots.answer import Answer
from gongmu.bots.answers.desk import AnswerDesk
from gongmu.bots.bot import Check
from gongmu.bots.knowledge.store import Knowledge
from gongmu.bots.passages import DataClass, Reader
from gongmu.bots.registry import CORPORA, shipped_bots
from gongmu.bots.search.index import SearchIndex
from gongmu.bots.search.refusal import calibrate, share
from gongmu.bots.search.tables import corpus_table
from gongmu.core.database import open_database, upgrade
from gongmu.core.house import House
from gongmu.core.people import Role
from gongmu.core.settings import Settings
from gongmu.practice.library.make import write_library
from tests.conftest import Ticking
from tests.messages.houses import make_house

pytestmark = pytest.mark.slow

SEED = 23
TODAY = date(2026, 11, 22)
KEEPER = Reader("keeper", "관리자", "총무과", frozenset({Role.MANAGE}))
OFFICER = Reader("kim", "김담당", "버스정책과", frozenset(Role))


@dataclass(frozen=True)
class Shelves:
    """A house that has learnt the practice city's shelves."""

    house: House
    index: SearchIndex
    folder: Path


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelves]:
    home = tmp_path_factory.mktemp("desks")
    settings = Settings(home=home, database_url=f"sqlite:///{home / 'gongmu.sqlite'}")
    engine = open_database(settings.url)
    upgrade(engine)
    house = make_house(settings, engine, Ticking())
    index = SearchIndex(engine)
    knowledge = Knowledge(house, index)
    folder = home / "library"
    write_library(folder, SEED)
    for place in sorted(one for one in folder.iterdir() if one.is_dir()):
        if place.name == "personnel":
            closed = ("총무과",)
            knowledge.ensure_corpus(
                "personnel", "인사 내부 자료", "총무과", closed, DataClass.SENSITIVE
            )
        else:
            knowledge.ensure_corpus(place.name, CORPORA[place.name])
        report = knowledge.learn_folder(place.name, place, KEEPER)
        assert not report.unreadable, report.said()
    _calibrate(house, index, folder)
    yield Shelves(house, index, folder)
    engine.dispose()


def _calibrate(house: House, index: SearchIndex, folder: Path) -> None:
    asked = json.loads((folder / "questions.json").read_text("utf-8"))
    shares: dict[str, list[float]] = defaultdict(list)
    for key, text in asked["questions"].items():
        corpus = asked["relevant"][key][0].partition("/")[0]
        shares[corpus].append(share(index.search(text, [corpus], OFFICER, on=TODAY)))
    for corpus, on_topic in shares.items():
        off_topic = [
            share(index.search(text, [corpus], OFFICER, on=TODAY)) for text in asked["off_topic"]
        ]
        found = corpus_table.update().where(corpus_table.c.corpus == corpus)
        with house.engine.begin() as connection:
            connection.execute(found.values(threshold=calibrate(on_topic, off_topic)))


def _holds(check: Check, answer: Answer) -> bool:
    if check.refuse or answer.refused:
        return check.refuse and answer.refused
    told = _plain(answer.text + "".join(use.text for use in answer.tools))
    cited = [_plain(f"{one.document} {one.place}") for one in answer.citations]
    return (
        all(_plain(word) in told for word in check.says)
        and all(any(_plain(part) in one for one in cited) for part in check.documents)
        and (not check.tool or check.tool in [use.tool for use in answer.tools])
    )


def _plain(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("code", sorted(shipped_bots()))
def test_a_desk_passes_nine_tenths_of_its_questions(shelves: Shelves, code: str) -> None:
    bot = shipped_bots()[code]
    desk = AnswerDesk(shelves.house, index=shelves.index, keep=False)
    wrong = [
        check.ask
        for check in bot.checks
        if not _holds(check, desk.ask(bot, OFFICER, check.ask, today=TODAY))
    ]
    assert 1 - len(wrong) / len(bot.checks) >= 0.9, wrong


def test_figures_of_this_seed_are_found_in_what_was_learnt(shelves: Shelves) -> None:
    """Questions whose answers differ from seed to seed lead to the figures of this one."""
    asked = json.loads((shelves.folder / "questions.json").read_text("utf-8"))
    found = total = 0
    for key, words in asked["says"].items():
        corpus = asked["relevant"][key][0].partition("/")[0]
        hits = shelves.index.search(asked["questions"][key], [corpus], OFFICER, k=5, on=TODAY)
        told = [
            _plain(f"{one.passage.heading} {one.passage.text}").replace(",", "") for one in hits
        ]
        total += 1
        found += all(any(_plain(word).replace(",", "") in text for text in told) for word in words)
    assert total >= 150
    assert found / total >= 0.95


def test_the_closed_shelf_is_shown_to_nobody_else(shelves: Shelves) -> None:
    corpora = [*CORPORA, "personnel"]
    hits = shelves.index.search("승진 심사 위원회 명부 확정", corpora, OFFICER, k=20)
    assert not [one for one in hits if one.passage.corpus == "personnel"]
    own = Reader("lee", "이담당", "총무과", frozenset({Role.WORK}))
    hits = shelves.index.search("승진 심사 위원회 명부 확정", corpora, own, k=20)
    assert hits[0].passage.corpus == "personnel"


def test_papers_gone_by_are_not_answered_from(shelves: Shelves) -> None:
    hits = shelves.index.search("당직비는 하루에 얼마인가요", ["manual"], OFFICER, on=TODAY)
    assert "6만 원" in hits[0].passage.text
    assert not [one for one in hits if "5만 원이며" in one.passage.text]
    before = shelves.index.search(
        "당직비는 하루에 얼마인가요", ["manual"], OFFICER, on=date(2025, 6, 1)
    )
    assert "5만 원" in before[0].passage.text
