"""The demo's third part: the city's papers and laws are learnt, and the desks are asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from gongmu.bots.answers.desk import AnswerDesk
from gongmu.bots.bot import Bot
from gongmu.bots.drafts.desk import DraftDesk
from gongmu.bots.evaluation.thresholds import calibrate_after_learning
from gongmu.bots.guard.office import Endpoint, bots_office
from gongmu.bots.knowledge.store import Knowledge
from gongmu.bots.passages import DataClass, Reader, highest
from gongmu.bots.registry import CORPORA, all_bots, shipped_bots
from gongmu.bots.search.index import SearchIndex
from gongmu.bots.statutes.import_run import StatuteImport, Wanted
from gongmu.core.house import House
from gongmu.core.people import Role
from gongmu.practice.library.make import write_library

INVENTING = "practice-inventing"
"""A stand-in for a model that makes up laws, quotations and figures between true sentences."""
NOTES = """버스 노선 개편 주민설명회
11/25 14:00 시청 대강당
주민 120명, 버스정책과 직원 6명 참석 예정
출퇴근 시간 혼잡한 3-2번 배차 간격 조정, 심야버스 운행 시간 설명
담당 버스정책과 031-000-4100"""
QUESTIONS = (
    ("welfare", "긴급 생계 지원은 3인 가구에 얼마를 주나요?"),
    ("manual", "숙직은 몇 시부터 몇 시까지이고 몇 명이 서나요?"),
    ("bus", "3-2번 버스 아침 8시에 얼마나 붐비나요?"),
    ("disclosure", "2026년 11월 20일에 받은 정보공개 청구는 언제까지 결정하나요?"),
    ("welfare", "비트코인을 지금 사도 될까요?"),
)

Say = Callable[[str], None]


def play_desks(house: House, outside: Path, seed: int, model_address: str, say: Say) -> None:
    """Learn the shelves and the laws, ask a few desks, write a draft; print what came of it."""
    shelves = outside / "outside" / "library"
    if not (shelves / "index.json").exists():
        library = write_library(shelves, seed)
        say(f"연습 도시의 문서 {len(library.files)}건을 만들었습니다.")
    index = SearchIndex(house.engine)
    _learn(house, index, shelves, say)
    _laws(house, index, say)
    calibrate_after_learning(house)
    bots = all_bots(house.engine)
    desk = AnswerDesk(house, index=index)
    for code, question in QUESTIONS:
        _ask(desk, bots[code], question)
    model = Endpoint("practice", model_address, INVENTING, internal=True)
    typer.echo("\n  이번에는 없는 법과 숫자를 지어내는 연습 모델을 붙여 봅니다.")
    doubtful = AnswerDesk(
        house, index=index, office=replace(bots_office(house), models=(model,)), keep=False
    )
    _ask(doubtful, bots[QUESTIONS[0][0]], QUESTIONS[0][1])
    typer.echo("")
    _draft(house, say)


def _ask(desk: AnswerDesk, bot: Bot, question: str) -> None:
    answer = desk.ask(bot, _officer(bot.department), question)
    typer.echo(f"\n  [{bot.title}] {question}")
    for line in answer.text.splitlines():
        typer.echo(f"    {line}")
    for one in answer.citations:
        mark = "원문 확인" if one.verified else "확인 필요"
        typer.echo(f"    [{one.number}] {one.document} {one.place} ({mark})")


def _draft(house: House, say: Say) -> None:
    drafts = DraftDesk(house)
    officer = _officer("버스정책과")
    draft_id = drafts.create_from_notes("press_release", NOTES, officer, bot="press_release")
    made = drafts.export(draft_id, "hwpx", officer, reason="연습")
    path = house.settings.home / "reports" / made.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made.data)
    say(f"보도자료 초안을 썼습니다: {path}")


def _learn(house: House, index: SearchIndex, shelves: Path, say: Say) -> None:
    knowledge = Knowledge(house, index)
    owners = {bot.corpora[0]: bot.department for bot in shipped_bots().values() if bot.corpora}
    listed: Sequence[Mapping[str, Any]] = json.loads((shelves / "index.json").read_text("utf-8"))[
        "files"
    ]
    for code in sorted({str(one["corpus"]) for one in listed}):
        papers = [one for one in listed if one["corpus"] == code]
        owner = owners.get(code, str(papers[0]["department"]))
        closed = sorted({name for one in papers for name in one["departments"]})
        rank = highest(*(DataClass(one["data_class"]) for one in papers))
        knowledge.ensure_corpus(code, CORPORA.get(code, code), owner, closed, rank, by="demo")
        report = knowledge.learn_folder(code, shelves / code, _officer(owner))
        say(f"{CORPORA.get(code, code)}: {report.said()}")


def _laws(house: House, index: SearchIndex, say: Say) -> None:
    wanted = [Wanted.read(text) for text in ("law:*", "ordin:*", "admrul:*", "prec:*", "expc:*")]
    done = StatuteImport(house, index).bring("statute-import/demo", wanted)
    say(f"연습 국가법령 서비스에서 법령·자치법규 {done.done}건을 받았습니다.")


def _officer(department: str) -> Reader:
    return Reader("demo", "연습 담당자", department, frozenset({Role.WORK}))
