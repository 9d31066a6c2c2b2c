"""The desks that come with the product, and the one search box that finds them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from gongmu.bots.passages import Reader
from gongmu.bots.registry import (
    CORPORA,
    all_bots,
    bots_for,
    check_desks,
    find_desk,
    rank_desks,
    read_catalogue,
    shipped_bots,
)
from gongmu.bots.workshop.text import KEYS, read_text
from gongmu.core.errors import Refused
from gongmu.core.people import Role
from tests.conftest import REPOSITORY

CASES = Path(__file__).parents[1] / "cases" / "bots" / "desks.yaml"
CODES = [
    "audit",
    "budget",
    "bus",
    "complaint_reply",
    "contracts",
    "disclosure",
    "manual",
    "minutes",
    "official_letter",
    "plain_language",
    "plan",
    "press_release",
    "relief",
    "report",
    "statutes",
    "weekly",
    "welfare",
]
TEXT = """\
title: 시험 창구
purpose: 시험합니다.
department: 총무과
data_class: O
instructions: 짧게 답합니다.
examples: [물음]
checks: [{ask: 물음, says: [답]}]
"""


def test_the_seventeen_desks() -> None:
    assert sorted(all_bots()) == CODES


@pytest.mark.parametrize("code", CODES)
def test_a_desk_says_what_it_needs_to(code: str) -> None:
    bot = shipped_bots()[code]
    assert bot.roles, "who may use it is written down, not left to chance"
    assert len(bot.checks) >= 8
    assert sum(check.refuse for check in bot.checks) >= 2
    assert len({check.ask for check in bot.checks}) == len(bot.checks)
    assert len(bot.examples) >= 3
    assert bot.limits
    assert len(bot.keywords) >= 8
    assert set(bot.corpora) <= set(CORPORA)


def test_every_part_that_a_desk_names_is_there() -> None:
    check_desks(shipped_bots())


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("tools: [launch_rocket]", "도구 launch_rocket"),
        ("corpora: [attic]", "지식 attic"),
        ("form: napkin", "서식 napkin"),
    ],
)
def test_unknown_parts_stop_the_start(part: str, said: str) -> None:
    bots = read_catalogue({"probe.yaml": TEXT + part + "\n"})
    with pytest.raises(Refused, match=said) as stopped:
        check_desks(bots)
    assert stopped.value.code == "bot_unknown_part"
    assert "probe" in stopped.value.message


def test_a_citys_own_knowledge_counts_as_known() -> None:
    bots = read_catalogue({"probe.yaml": TEXT + "corpora: [attic]\n"})
    check_desks(bots, corpora=["attic"])


@pytest.mark.parametrize(
    "texts",
    [
        {"probe.yaml": TEXT, "probe.yml": TEXT.replace("시험 창구", "다른 창구")},
        {"probe.yaml": TEXT, "Probe.yaml": TEXT.replace("시험 창구", "다른 창구")},
        {"probe.yaml": TEXT, "second.yaml": TEXT.replace("시험 창구", "시험창구")},
    ],
)
def test_doubles_are_refused(texts: dict[str, str]) -> None:
    with pytest.raises(Refused) as stopped:
        read_catalogue(texts)
    assert stopped.value.code == "bot_double"


def test_the_guides_example_is_a_desk_and_names_every_key() -> None:
    guide = (REPOSITORY / "docs" / "bot-file.md").read_text("utf-8")
    example = guide.split("```yaml\n")[1].split("```")[0]
    bot = read_text("parking_fee", example)
    check_desks({"parking_fee": bot}, tools=["count_days", "calculate"])
    assert all(f"| `{key}` |" in guide for key in KEYS)
    assert all(f"| `{key}` |" in guide for key in vars(bot.checks[0]))
    assert all(code in guide for code in CORPORA)


def test_desks_are_shown_to_those_they_admit() -> None:
    def reader(role: Role, department: str = "") -> Reader:
        return Reader("a", "가", department, frozenset({role}))

    assert "relief" not in bots_for(reader(Role.VIEW))
    assert set(bots_for(reader(Role.WORK))) == set(CODES)
    assert next(iter(bots_for(reader(Role.WORK, "회계과")))) == "contracts"


def _sentences(half: str) -> list[tuple[str, str]]:
    cases = yaml.safe_load(CASES.read_text("utf-8"))
    return [(code, text) for code, texts in cases[half].items() for text in texts]


@pytest.mark.parametrize("half", ["tune", "report"])
def test_the_search_box_puts_the_right_desk_first(half: str) -> None:
    asked = _sentences(half)
    assert len(asked) >= 60
    first = [text for code, text in asked if [b.code for b in find_desk(text)[:1]] == [code]]
    assert len(first) / len(asked) >= 0.9
    among = [
        text
        for code, text in asked
        if code in [one.code for one in rank_desks(text, all_bots())[:3]]
    ]
    assert len(among) / len(asked) >= 0.97


def test_a_sentence_about_nothing_finds_no_desk() -> None:
    assert find_desk("") == []
    assert find_desk("ㅋㅋㅋ ???") == []
    assert find_desk("손톱에 세로줄이 생겨요") == []
