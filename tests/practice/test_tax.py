"""The practice tax office: the same seed the same bytes, people who cannot exist, a full truth."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gongmu.practice.tax.law import file_by, years_after
from gongmu.practice.tax.make import HISTORY_WEEKS, make_tax_office

MONDAY = date(2026, 11, 16)


def made(folder: Path, seed: int = 5, faults: int = 2) -> dict[str, Any]:
    make_tax_office(folder, seed, MONDAY, 2, 150, faults, lambda _: None)
    truth: dict[str, Any] = json.loads((folder / "truth/relief.json").read_text("utf-8"))
    return truth


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return made(tmp_path_factory.mktemp("tax"))


def test_the_same_seed_makes_the_same_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    made(one), made(two)
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert len(files) == HISTORY_WEEKS * 4 + 1
    for path in files:
        assert (one / path).read_bytes() == (two / path).read_bytes(), path
    made(two, seed=6)
    assert (one / "truth/relief.json").read_bytes() != (two / "truth/relief.json").read_bytes()


def test_nobodys_number_can_be_real(truth: dict[str, Any]) -> None:
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    people = 0
    for one in truth["grants"].values():
        row = one["row"]
        if row["person_type"] == "법인":
            continue
        digits = row["number"].replace("-", "")
        total = sum(int(d) * w for d, w in zip(digits[:12], weights, strict=True))
        assert (11 - total % 11) % 10 != int(digits[12])
        century = 1900 if digits[6] in "12" else 2000
        date(century + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
        assert row["phone"] == "" or "000" in row["phone"]
        people += 1
    assert people > 500


def test_the_lists_go_wrong_as_often_as_the_level_says(truth: dict[str, Any]) -> None:
    grants = list(truth["grants"].values())
    wrong = sum(not one["figures_right"] for one in grants) / len(grants)
    unknown = sum(one["unknown_code"] for one in grants) / len(grants)
    electronic = sum(one["electronic"] is True for one in grants) / len(grants)
    assert wrong == pytest.approx(0.02, abs=0.012)
    assert unknown == pytest.approx(0.01, abs=0.008)
    assert electronic == pytest.approx(0.8, abs=0.05)
    fates = Counter(one["listed"] for one in grants)
    assert fates["future"] == 2
    assert fates["broken"] > HISTORY_WEEKS / 2
    assert sum(one["listed_times"] == 2 for one in grants) == 4


def test_a_clean_office_has_no_faults(tmp_path: Path) -> None:
    grants = made(tmp_path, faults=0)["grants"].values()
    assert all(one["figures_right"] and one["listed"] == "good" for one in grants)
    assert not any(one["unknown_code"] or one["listed_times"] > 1 for one in grants)


def test_duties_end_now_and_lives_go_on(truth: dict[str, Any]) -> None:
    grants = truth["grants"].values()
    ending = [one for one in grants if one["ends_on"] and one["ends_on"][:10] >= "2026-11-16"]
    assert ending
    events = [(one, event) for one in grants for event in one["later"]]
    on_last_day = [e for one, e in events if e["on"] == one["ends_on"] and e["kind"] == "이전"]
    assert on_last_day
    assert all(event["clawback"] == "due" for event in on_last_day)
    kinds = {(event["kind"], event["clawback"]) for _, event in events}
    assert {("이전", "due"), ("이전", "not_due"), ("영업용전환", "due")} <= kinds
    assert {("상속이전", "not_due"), ("말소", "open"), ("지분이전", "due")} <= kinds
    for one, event in events:
        if event["clawback"] == "due":
            assert event["amount_won"] == one["relief_won"]
            assert event["file_by"] > event["on"]
        if "N22" in one["notice"] and event["kind"] == "세대분가":
            assert event["clawback"] == "not_due"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2025, 6, 10), date(2026, 6, 10)),
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2023, 2, 28), date(2024, 2, 29)),
    ],
)
def test_a_year_ends_as_the_civil_act_counts(start: date, end: date) -> None:
    assert years_after(start, 1) == end


def test_filing_ends_on_a_working_day() -> None:
    assert file_by(date(2026, 3, 10)) == date(2026, 5, 11)  # day 60 is a Saturday


def test_arguments_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="월요일"):
        make_tax_office(tmp_path, 1, date(2026, 11, 17), 1, 10, 0, lambda _: None)
    with pytest.raises(ValueError, match="결함"):
        make_tax_office(tmp_path, 1, MONDAY, 1, 10, 9, lambda _: None)
