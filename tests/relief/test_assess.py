"""Every worked case comes out right; the public table's rows stand among them."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from gongmu.relief.assess import assess, decision_json
from gongmu.relief.facts import Case, Event, Happening, When
from gongmu.relief.rule import Answer
from tests.conftest import shared
from tests.relief.worked import Worked, case_of_facts, differences, law, worked_cases


@pytest.mark.parametrize("worked", worked_cases(), ids=lambda one: f"{one.group}: {one.words}")
def test_a_worked_case(worked: Worked) -> None:
    decided = decision_json(assess(case_of_facts(worked.facts), law()))
    assert list(differences(worked.expect, decided)) == []
    assert decided["checks"], "every decision shows what was asked"
    if decided["outcome"] == "NEEDS_REVIEW":
        assert decided["missing"] or decided["questions"]
        assert decided["notice_code"] == "CHECK"


def _public_rows() -> list[dict[str, str]]:
    text = shared("cases", "relief_cases.csv").read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_every_public_row_is_right_or_flagged() -> None:
    """High rows to the won and the day; medium ones right, or flagged with the question."""
    by_row = {one.row: one for one in worked_cases() if one.row}
    rows = _public_rows()
    assert {row["case_id"] for row in rows} == set(by_row)
    wrong = []
    for row in rows:
        facts = by_row[row["case_id"]].facts
        decided = decision_json(assess(case_of_facts(facts), law()))
        flagged = row["confidence"] != "high" and bool(decided["questions"])
        if (off := list(_off(row, decided))) and not flagged:
            wrong.append((row["case_id"], off))
        assert facts["acquired_on"] == row["acquisition_date"]
        assert facts["vehicle"]["seats"] == int(row["seats"])
        assert int(row["tax_base_price_won"]) in (
            facts.get("tax_base_won"),
            facts.get("standard_won"),
        )
    assert wrong == []


def _off(row: dict[str, str], decided: dict[str, object]) -> list[str]:
    expected = {
        "base_tax_won": int(row["expected_base_tax"]),
        "relief_won": int(row["expected_relief_amount"]),
        "tax_due_won": int(row["expected_tax_due"]),
        "clawback_until_on": row["expected_clawback_until"] or None,
        "notice_code": row["expected_notice_template"].replace("단독", ""),
    }
    off = list(differences(expected, decided))
    article = decided["relief_article"]
    if row["expected_relief_article"].startswith("없음"):
        off += [f"article {article}"] if article is not None else []
    elif not (isinstance(article, str) and _same_article(row["expected_relief_article"], article)):
        off.append(f"article {article}")
    return off


def _same_article(expected: str, article: str) -> bool:
    short = expected.split("(")[0].split(",")[0].strip()
    return article.startswith(short) or short.startswith(article)


def test_facts_that_cannot_change_the_outcome_are_not_asked_for() -> None:
    facts = {
        "acquired_on": "2026-03-10",
        "registered_on": "2026-03-10",
        "tax_base_won": 30_000_000,
        "vehicle": {"kind": "승용", "seats": 9, "use": "비영업용"},
        "disability": {"severe": True},
        # What the children get is less than the full exemption, so their birthdays do not matter.
        "children": [{}, {}, {}],
    }
    decided = assess(case_of_facts(facts), law())
    assert (decided.outcome, decided.missing) == ("RELIEF", ())
    assert decided.relief_article == "지특법§17①1나"


def test_silence_on_a_ground_leaves_a_check_and_asks_for_nothing() -> None:
    case = Case("", date(2026, 3, 10), date(2026, 3, 10), tax_base_won=1_000_000)
    case.vehicle = case_of_facts({"vehicle": {"kind": "승용", "use": "비영업용"}}).vehicle
    decided = assess(case, law())
    assert decided.outcome == "NO_RELIEF"
    asked = [check for check in decided.checks if check.article == "지특법§183①"]
    assert [check.answer for check in asked] == [Answer.NO] * 3


def test_what_was_taken_not_to_be_so_is_said() -> None:
    facts = next(one.facts for one in worked_cases() if one.row == "B01")
    assumed = assess(case_of_facts(facts), law()).assumed
    assert any("단독명의" in line for line in assumed)
    assert any("종전 감면차량" in line for line in assumed)


@pytest.mark.parametrize(
    ("as_of", "penalty_won"),
    [
        (date(2026, 5, 11), 0),
        # 무신고 140,000 and 1 day of 154 → 150
        (date(2026, 5, 12), 140_150),
        # 무신고 140,000 and 195 days of 154
        (date(2026, 11, 22), 140_000 + 30_030),
        # 납부지연 stops at 75 % of the tax
        (date(2046, 1, 1), 140_000 + 525_000),
    ],
)
def test_penalties_by_the_day(as_of: date, penalty_won: int) -> None:
    facts = next(one.facts for one in worked_cases() if one.row == "C18")
    clawback = assess(case_of_facts(facts), law(), as_of).clawback
    assert clawback.filing_due_on == date(2026, 5, 11)
    assert clawback.penalty_won == penalty_won


@pytest.mark.parametrize(
    ("filed_on", "share"),
    [("2026-06-11", 0.5), ("2026-06-12", 0.7), ("2026-08-11", 0.7), ("2026-11-12", 1.0)],
)
def test_a_late_filing_lessens_the_penalty(filed_on: str, share: float) -> None:
    facts = dict(next(one.facts for one in worked_cases() if one.row == "C18"))
    facts["events"] = [{**facts["events"][0], "filed_on": filed_on}]
    clawback = assess(case_of_facts(facts), law(), date(2026, 12, 31)).clawback
    assert clawback.penalty[0].won == int(140_000 * share)


def test_the_gravest_of_several_events_counts() -> None:
    facts = dict(next(one.facts for one in worked_cases() if one.row == "C18"))
    case = case_of_facts(facts)
    scrapped = When(date(2026, 1, 5), date(2026, 1, 5))
    case.events = (Event(Happening.SCRAPPING, scrapped), *case.events)
    assert assess(case, law()).clawback.status == "due"


def test_a_dealer_who_says_nothing_after_the_last_day_is_asked() -> None:
    facts = {
        "acquired_on": "2023-03-10",
        "registered_on": "2023-03-10",
        "tax_base_won": 20_000_000,
        "vehicle": {"kind": "승용", "seats": 5, "use": "비영업용", "used": True},
        "business": "매매업",
    }
    case = case_of_facts(facts)
    assert assess(case, law(), date(2025, 3, 10)).clawback.status == "none"
    asked = assess(case, law(), date(2025, 3, 11))
    assert (asked.clawback.status, asked.notice_code) == ("review", "CHECK")
    assert asked.missing == ("기간 안에 매각(수출)했는지",)
