"""Scoring: what counts as right, what a gate lets through, how scores are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
import sqlalchemy as sa

from gongmu.bots.answer import Answer, Citation, ToolUse
from gongmu.bots.bot import Bot, Check, OutputMode
from gongmu.bots.evaluation.evaluate import evaluate_bot
from gongmu.bots.evaluation.scoring import BotScore, Outcome, gate, judge, judge_correction
from gongmu.bots.evaluation.store import Scores
from gongmu.bots.passages import DataClass
from gongmu.core.errors import Refused

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ANSWER = Answer(
    "난방비는 세대당 234,000원을 드립니다.",
    citations=[Citation(1, "복지 안내서", "3쪽", "234,000원", True)],
    tools=[ToolUse("count_days", "날짜 세기", {}, "", True)],
)


@pytest.mark.parametrize(
    ("check", "right"),
    [
        (Check("?", documents=("복지 안내서 3쪽",)), True),
        (Check("?", documents=("복지안내서",), says=("234,000 원",), tool="count_days"), True),
        (Check("?", documents=("예산 편람",)), False),
        (Check("?", says=("235,000원",)), False),
        (Check("?", tool="calculate"), False),
        (Check("?", refuse=True), False),
    ],
)
def test_every_part_of_a_check_must_hold(check: Check, right: bool) -> None:
    assert judge(check, ANSWER).right is right


def test_a_refusal_is_right_only_where_it_is_asked_for() -> None:
    refused = Answer("", refused=True, refusal="no_passage")
    assert judge(Check("?", refuse=True), refused).right
    assert not judge(Check("?", documents=("복지 안내서",)), refused).right


@pytest.mark.parametrize(
    ("correction", "right"),
    [
        ("", True),
        ("세대당 234,000원입니다", True),
        ("세대당 250,000원입니다", False),
        ("난방비는 세대당 드립니다", True),
        ("차량 등록은 교통과 소관입니다", False),
    ],
)
def test_a_correction_is_met_by_what_it_names(correction: str, right: bool) -> None:
    assert judge_correction("f1", correction, ANSWER).right is right


def score(right: int, wrong: int, version: int = 0) -> BotScore:
    outcomes = [Outcome(f"q{one}") for one in range(right)]
    outcomes += [Outcome(f"q{right + one}", ("틀림",)) for one in range(wrong)]
    return BotScore("welfare", version, NOW, "", "k", tuple(outcomes))


def test_only_what_is_no_worse_goes_live() -> None:
    assert not gate(score(8, 0), score(7, 1)).passes
    assert gate(score(8, 0), score(7, 1)).worse == ("q7",)
    assert gate(score(7, 1), score(7, 1)).passes
    assert gate(score(7, 1), score(8, 0)).passes
    assert gate(None, score(1, 7)).passes
    assert not gate(None, score(0, 0)).passes


def test_an_answer_that_fails_is_a_wrong_one() -> None:
    bot = Bot(
        "welfare", "복지", "", "복지정책과", frozenset(), DataClass.OPEN, "", (), (), "",
        OutputMode.TEXT, (), (), (Check("난방비?", says=("234,000원",)), Check("다른 것?")),
    )  # fmt: skip

    def ask(_bot: Bot, question: str) -> Answer:
        if question == "난방비?":
            return ANSWER
        raise Refused("broken", "답하지 못했습니다.")

    found = evaluate_bot(bot, ask, NOW)
    assert (found.right, found.share) == (1, Fraction(1, 2))
    assert found.outcomes[1].faults == ("답하지 못했습니다.",)


def test_scores_are_kept_over_time(engine: sa.Engine) -> None:
    scores = Scores(engine)
    scores.keep(score(6, 2))
    later = BotScore(
        "welfare", 1, NOW + timedelta(days=1), "m", "k2", score(8, 0).outcomes, Fraction(7, 8)
    )
    scores.keep(later)
    assert scores.history("welfare")[0] == later
    assert [one.right for one in scores.history("welfare")] == [8, 6]
    assert scores.last("welfare", version=0) == score(6, 2)
    assert scores.last_shares() == {"welfare": 1.0}
    assert scores.last("budget") is None
