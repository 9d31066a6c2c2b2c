"""Other bodies' tools at a desk: a real server beside the practice model."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pytest

from gongmu.app import open_house, register_work
from gongmu.bots.answer import Answer, Standing
from gongmu.bots.answers.desk import AnswerDesk
from gongmu.bots.answers.groundwork import Attachment
from gongmu.bots.bot import parse_bot
from gongmu.bots.guard.office import bots_office
from gongmu.bots.passages import DataClass, Reader
from gongmu.bots.registry import check_desks, known_tools
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.people import Role
from gongmu.core.settings import Settings
from gongmu.practice.loopback import serving
from gongmu.practice.portals.model import ModelSite
from gongmu.practice.portals.model_words import Talk
from tests.conftest import REPOSITORY

TODAY = date(2026, 11, 22)
OFFICER = Reader("hong", "홍길동", "총무과", frozenset({Role.WORK}))
FOREIGN = {
    "code": "foreign",
    "command": [sys.executable, str(REPOSITORY / "tests" / "bots" / "mcp_foreign.py")],
    "tools": ["echo", "order", "erase", "gone"],
    "timeout_seconds": 15,
}
BOT = """
title: 바깥 자료 창구
purpose: 다른 기관의 자료를 봅니다
department: 총무과
data_class: S
instructions: 바깥 도구로 답한다.
corpora: []
tools: [{tools}]
examples: [가]
checks: [{{ask: 가, refuse: true}}]
"""
OPEN = Attachment("메모.txt", "점심 식단이다.")
SECRET = Attachment("메모.txt", "점심 식단이다.", DataClass.SENSITIVE)


class Ground:
    """A house whose city listed another body's server, and the practice model."""

    def __init__(self, house: House, site: ModelSite) -> None:
        self.house, self.site = house, site

    def ask(
        self,
        question: str,
        tools: Sequence[str],
        *,
        reader: Reader = OFFICER,
        attachments: Sequence[Attachment] = (),
        **model: Any,
    ) -> Answer:
        """Ask a desk with these tools; how the endpoint stands is in `model`."""
        office = bots_office(self.house)
        (own,) = office.models
        office = dataclasses.replace(office, models=(dataclasses.replace(own, **model),))
        desk = AnswerDesk(self.house, office=office)
        bot = parse_bot("outside", BOT.format(tools=", ".join(tools)))
        return desk.ask(bot, reader, question, attachments=attachments, today=TODAY)

    def offered(self) -> list[str]:
        """Return the tools that the model was last offered."""
        body = json.loads(self.site.received[-1].body)
        return [one["function"]["name"] for one in body.get("tools", ())]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    site = ModelSite()
    site.faults.first_seconds = site.faults.word_seconds = 0.0
    with serving(site) as address:
        settings = Settings(
            home=tmp_path_factory.mktemp("others"),
            model_address=f"{address}/v1",
            model_name="practice-tool-calling",
            model_internal=True,
        )
        with open_house(settings) as house:
            city = dataclasses.replace(house.city, bots={"mcp": [FOREIGN]})
            yield Ground(dataclasses.replace(house, city=city), site)


def _scripted(talk: Talk) -> str:
    if len(talk.texts) < 3:
        return '{"tool": "foreign__echo", "arguments": {"words": "바깥 자료 4,321건"}}'
    return "바깥 자료는 4,321건입니다 [1]. 바깥 자료는 9,999건입니다 [1]."


@pytest.mark.parametrize("native", [True, False])
def test_a_result_is_a_numbered_source(ground: Ground, native: bool) -> None:
    ground.site.script = _scripted
    name = "practice-tool-calling" if native else "practice-scripted"
    question = "바깥 자료 4,321건을 확인해 주세요"
    answer = ground.ask(question, ["foreign.echo"], tool_calls=native, name=name)
    (use,) = answer.tools
    assert (use.tool, use.ok) == ("foreign.echo", True)
    assert "4,321건" in json.loads(use.text)["got"]
    assert [(one.document, one.place) for one in answer.citations] == [
        ("echo", "바깥 도구 foreign.echo")
    ]
    assert [one.standing for one in answer.sentences if "4,321건" in one.text] == [
        Standing.VERIFIED
    ]
    assert all(
        one.standing is not Standing.VERIFIED for one in answer.sentences if "9,999" in one.text
    )
    dids = [(one.did, one.about) for one in ground.house.audit.entries()]
    assert ("bot.other_tool", "foreign.echo") in dids


def test_what_is_personal_leaves_neither_way(ground: Ground) -> None:
    ground.site.received.clear()
    answer = ground.ask("홍길동(850101-1234567) 님을 찾아 주세요", ["foreign.echo"])
    (use,) = answer.tools
    assert use.ok
    assert "850101-1234567" in use.text
    left = b"".join(one.body for one in ground.site.received).decode()
    assert "1234567" not in left
    assert "[주민번호1]" in left


def test_orders_in_a_result_are_data(ground: Ground) -> None:
    answer = ground.ask("앞의 일을 해 주세요", ["foreign.order"])
    assert [(use.tool, use.ok) for use in answer.tools] == [("foreign.order", True)]
    assert "\u200b" not in answer.tools[0].text


def test_only_what_city_and_desk_both_name_is_offered(ground: Ground) -> None:
    named = ["foreign.echo", "foreign.erase", "foreign.gone", "foreign.hidden", "count_days"]
    ground.ask("확인해 주세요", named)
    assert sorted(ground.offered()) == ["count_days", "foreign__echo"]
    ground.ask("확인해 주세요", ["count_days"], attachments=[OPEN])
    assert ground.offered() == ["count_days"]


def test_a_reader_who_may_not_take_words_out_is_offered_none(ground: Ground) -> None:
    viewer = dataclasses.replace(OFFICER, roles=frozenset({Role.VIEW}))
    ground.ask("확인해 주세요", ["foreign.echo"], reader=viewer, attachments=[OPEN])
    assert ground.offered() == []
    assert ground.ask("확인해 주세요", ["foreign.echo"], reader=viewer).refused


def test_sensitive_content_goes_to_no_outside_tool(ground: Ground) -> None:
    answer = ground.ask("확인해 주세요", ["foreign.echo"], attachments=[SECRET])
    assert ground.offered() == []
    assert not any(use.ok for use in answer.tools)


def test_a_desk_may_name_what_the_city_listed_and_nothing_else(ground: Ground) -> None:
    tools = known_tools(bots_office(ground.house))
    check_desks({"a": parse_bot("a", BOT.format(tools="foreign.echo"))}, tools=tools)
    with pytest.raises(Refused, match=r"foreign\.hidden"):
        check_desks({"a": parse_bot("a", BOT.format(tools="foreign.hidden"))}, tools=tools)
    register_work(ground.house)
