"""A city's desks with learnt documents, laws and a model on loopback; everything is invented."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from unittest.mock import patch

import jinja2
from fastapi import FastAPI

from gongmu.app import open_house
from gongmu.bots.drafts.desk import DraftDesk
from gongmu.bots.knowledge.store import Knowledge
from gongmu.bots.pages.room import bot_room
from gongmu.bots.pages.workshop_sample import sample_text
from gongmu.bots.passages import DataClass, Reader
from gongmu.bots.search.index import SearchIndex
from gongmu.bots.statutes.law import Article, LawKind, LawVersion, Paragraph
from gongmu.bots.statutes.store import Statutes
from gongmu.bots.workshop.store import Verdict, Workshop
from gongmu.core.house import House
from gongmu.core.people import People, Role
from gongmu.core.settings import Settings
from gongmu.portal.app import make_portal
from tests.conftest import Ticking
from tests.portal.conftest import PASSWORD, QUICK
from tests.portal.offices import _KEPT

LAW = "연습시 주차장 조례"
DESK = "parking_desk"
QUESTION = "당직근무 시간과 복장은 어떻게 되나요?"
OFF_TOPIC = "명왕성까지 우주선으로 몇 년이 걸리나요?"
DUTY = """# 당직근무 편람

## 제1조 당직근무 시간
당직근무 시간은 평일 18:00부터 다음 날 09:00까지로 한다. 휴일은 09:00부터 다음 날 09:00까지로 한다.

## 제2조 당직 복장
당직근무자는 단정한 복장을 하고 당직 표지를 단다.

## 제3조 당직비
당직비는 1회 50,000원을 지급한다. 문의는 총무과 031-000-1300으로 한다.

| 구분 | 시작 | 끝 |
|---|---|---|
| 평일 | 18:00 | 09:00 |
| 휴일 | 09:00 | 09:00 |
"""
OLD_DUTY = DUTY.replace("50,000원", "30,000원")
PHONE = "민원 응대 요령\n\n전화는 세 번 울리기 전에 받는다.".encode("cp949")
SECRET = """# 감사 대상 검토(부서만)

## 1. 검토 의견
이 문서는 감사담당관만 본다. 특별 점검 대상은 연습동 창고 3곳이다.
"""


@dataclass
class Desks:
    """The portal over one open house, for tests that look behind the screen."""

    house: House
    app: FastAPI
    people: People
    clock: Ticking
    draft_id: str = ""
    address: str = ""

    def did(self) -> list[str]:
        """Return the codes of the access record, oldest first."""
        return [entry.did for entry in self.house.audit.entries(limit=10_000)]

    def reader(self, account: str) -> Reader:
        """Return a person as far as rights go."""
        person = self.people.find(account)
        return Reader(person.account, person.name, person.department, person.roles)


def make_people(people: People) -> None:
    """김담당 works, 박결재 approves, 정관리 manages, 이감사 of another department, 조조회 looks."""
    for account, name, roles, department in (
        ("kim", "김담당", [Role.WORK], "총무과"),
        ("park", "박결재", [Role.APPROVE], "총무과"),
        ("jung", "정관리", [Role.MANAGE], "총무과"),
        ("lee", "이감사", [Role.WORK], "감사담당관"),
        ("cho", "조조회", [Role.VIEW], "교통과"),
    ):
        people.create(account, name, roles, PASSWORD, department=department, by="test")


def learn(house: House) -> None:
    """Learn a manual with an older edition, a broken file, and a paper of one department alone."""
    knowledge = Knowledge(house, SearchIndex(house.engine))
    kim = Reader("kim", "김담당", "총무과", frozenset({Role.WORK}))
    lee = Reader("lee", "이감사", "감사담당관", frozenset({Role.WORK}))
    knowledge.ensure_corpus("manual", "업무편람·매뉴얼", "총무과")
    knowledge.ensure_corpus("audit", "감사", "감사담당관", ("감사담당관",), DataClass.SENSITIVE)
    knowledge.learn_file("manual", OLD_DUTY.encode(), "당직근무 편람(2024).md", kim)
    knowledge.learn_file("manual", DUTY.encode(), "당직근무 편람(2026).md", kim)
    knowledge.learn_file(
        "manual",
        "민원 응대 요령\n\n전화는 세 번 울리기 전에 받는다.".encode("cp949"),
        "민원 응대.txt",
        kim,
    )
    knowledge.learn_file("audit", SECRET.encode(), "감사 검토.md", lee)


def keep_laws(house: House) -> None:
    """Keep an ordinance in two versions; an article cites another one."""
    statutes = Statutes(house.engine, SearchIndex(house.engine), house.clock)
    first = LawVersion(
        "9001", LAW, LawKind.ORDINANCE, date(2024, 1, 1),
        [
            Article(1, 0, "목적", "이 조례는 주차장의 관리를 정한다.", path="제1장 총칙"),
            Article(2, 0, "주차요금", path="제2장 요금", paragraphs=(
                Paragraph(1, "주차요금은 30분에 500원으로 한다."),
                Paragraph(2, "제3조의 감면을 받는 차는 절반을 낸다."))),
            Article(3, 0, "요금의 감면", "경형차는 제2조의 요금을 감면한다.", path="제2장 요금"),
        ],
        promulgation_number="1001", promulgated_on=date(2023, 12, 20), revision="제정",
        owner="연습시",
    )  # fmt: skip
    changed = [
        Article(2, 0, "주차요금", path="제2장 요금", paragraphs=(
            Paragraph(1, "주차요금은 30분에 800원으로 한다."),
            Paragraph(2, "제3조의 감면을 받는 차는 절반을 낸다."))),
    ]  # fmt: skip
    second = LawVersion(
        "9001", LAW, LawKind.ORDINANCE, date(2026, 3, 1),
        [first.articles[0], *changed, first.articles[2],
         Article(4, 0, "과태료", "제2조를 어긴 사람에게는 과태료를 물린다.", path="제3장 벌칙")],
        promulgation_number="1102", promulgated_on=date(2026, 2, 10), revision="일부개정",
        owner="연습시",
    )  # fmt: skip
    statutes.import_law(first, learn=False)
    statutes.import_law(second)


def write_drafts(house: House, people: People) -> str:
    """Keep a draft that lacks something, in two versions; return its id."""
    desk, kim = DraftDesk(house), people.find("kim")
    notes = (
        "제목: 당직근무 개선 보고\n추진 배경: 당직 인원이 적음에도 불구하고 민원이 늘었음\n"
        "당직비를 금50,000원으로 한다. 익일까지 제출 요망"
    )
    draft_id = desk.create_from_notes("report", notes, kim)
    values = dict(desk.draft(draft_id, kim).values)
    desk.change(draft_id, {**values, "title": "당직근무 개선 보고(안)"}, kim)
    return draft_id


def start_desk(house: House, people: People) -> None:
    """Begin a department's desk whose draft has passed its questions."""
    kim = people.find("kim")
    workshop = Workshop(house)
    workshop.start(DESK, sample_text("총무과"), kim)
    workshop.test(DESK, kim, lambda bot, live: Verdict(True, 1.0))


@contextmanager
def open_desks(home: Path, *, made: Path | None = None, model: str = "") -> Iterator[Desks]:
    """Open a house with desks, knowledge and laws; `made` is a home copied instead of making it.

    `model` is the address of an OpenAI-compatible endpoint ("" = answers without a model).
    """
    clock = Ticking()
    clock.now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday, 10:00 in Seoul
    if made is not None:
        shutil.copytree(made, home, dirs_exist_ok=True)
    settings = Settings(
        home=home,
        city="practice",
        model_address=model,
        model_name="practice-honest" if model else "",
        model_internal=bool(model),
    )
    with open_house(settings, clock) as house:
        people = People(house.engine, clock, hasher=QUICK)
        if made is None:
            make_people(people)
            learn(house)
            keep_laws(house)
            write_drafts(house, people)
            start_desk(house, people)
        rooms = [bot_room(house, people)]
        with patch("jinja2.Environment", partial(jinja2.Environment, bytecode_cache=_KEPT)):
            app = make_portal(people=people, audit=house.audit, rooms=rooms, city_name="연습시")
        cards = DraftDesk(house).drafts(people.find("kim"))
        yield Desks(house, app, people, clock, cards[-1].draft_id if cards else "")
