"""The watch against the practice city's truth: what later events mean, to the won and the day."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.people import Role
from gongmu.core.settings import Settings
from gongmu.practice.tax.make import make_tax_office
from gongmu.relief.batch import Batches
from gongmu.relief.events import REPLACED, EventRow, Events, EventState
from gongmu.relief.frozen import Freezer
from gongmu.relief.history import import_file, watch_files
from gongmu.relief.keeping import Keeping
from gongmu.relief.planning import Planner
from gongmu.relief.sealed import Lookup
from gongmu.relief.store import GrantRow, ReliefStore
from gongmu.relief.watch import UNREPLACED, Watch
from tests.conftest import Ticking
from tests.relief.ground import WEEK, freeze, officer, open_office


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirteen months of a small town without faults in its lists."""
    folder = tmp_path_factory.mktemp("town")
    make_tax_office(folder, 11, WEEK, 3, 70, 0, lambda _text: None)
    return folder


@pytest.fixture(scope="module")
def watched(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """All earlier grants imported, all later lists seen, on Monday 2026-11-23."""
    home = tmp_path_factory.mktemp("home")
    clock = Ticking()
    clock.pass_(days=1, hours=1)
    with open_office(Settings(home=home), clock) as house:
        weeks = sorted((city / "outside/tax").iterdir())
        for week in weeks:
            import_file(house, next(week.glob("감면대장_*")), who="test", note=_quietly)
        changes = [path for week in weeks for path in [*week.glob("소유권*"), *week.glob("세대*")]]
        watch_files(house, changes, who="test", note=_quietly)
        yield house


def _quietly(_text: str) -> None:
    """Print nothing."""


def _later(city: Path) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    grants = json.loads((city / "truth/relief.json").read_text("utf-8"))["grants"]
    return [(number, one, later) for number, one in grants.items() for later in one["later"]]


def _event(house: House, number: str, later: dict[str, Any]) -> EventRow:
    (row,) = ReliefStore(house).find(Lookup.TAX_NUMBER, number, "test", "시험")
    mine = Events(house).of_grants([row.grant_id])[row.grant_id]
    return next(event for event in mine if str(event.happened_on) == later["on"])


def test_every_later_event_is_found_and_judged_as_the_law_says(watched: House, city: Path) -> None:
    due = asked = 0
    for number, one, later in _later(city):
        event = _event(watched, number, later)
        if later["clawback"] == "due" and event.status == "review":
            # 요양 is an open question of law: an officer decides.
            assert later["why"] == "요양", (one["article"], later, event.reason)
            asked += 1
        elif later["clawback"] == "due":
            assert event.status == "due", (one["article"], later, event.reason)
            assert event.amount_won == later["amount_won"]
            assert str(event.filing_due_on) == later["file_by"]
            due += 1
        else:
            assert event.status in ("not_due", "review"), (one["article"], later)
            assert (event.amount_won, event.filing_due_on) == (None, None)
    assert due > 10
    assert asked <= 3


def test_an_earlier_car_let_go_in_time_ends_its_duty_and_a_late_one_is_asked_about(
    watched: House, city: Path
) -> None:
    grants = json.loads((city / "truth/relief.json").read_text("utf-8"))["grants"]
    seen = {"not_due": 0, "due": 0, "waiting": 0}
    for number, one in grants.items():
        if not one["replacement"]:
            continue
        (row,) = ReliefStore(watched).find(Lookup.TAX_NUMBER, number, "test", "시험")
        assert str(row.replacement_due_on) == one["replacement"]["due_on"]
        mine = Events(watched).of_grants([row.grant_id]).get(row.grant_id, ())
        found = [event for event in mine if event.kind in (REPLACED, UNREPLACED)]
        truth = one["replacement"]["clawback"]
        seen[truth] += 1
        if truth == "not_due":
            assert [event.status for event in found] == ["not_due"]
        elif truth == "due":
            assert {event.status for event in found} == {"review"}
        else:
            assert found == []
    assert seen["not_due"] > 5
    assert seen["due"] > 0


def test_seeing_the_same_lists_again_finds_nothing_new(watched: House, city: Path) -> None:
    before = Events(watched).all_of()
    paths = [*(city / "outside/tax").rglob("소유권*"), *(city / "outside/tax").rglob("세대*")]
    watch_files(watched, sorted(paths)[:20], who="test", note=_quietly)
    assert Events(watched).all_of() == before


def test_a_car_sold_on_by_its_next_owner_is_no_longer_ours(watched: House) -> None:
    kinds = [event.kind for event in Events(watched).all_of()]
    assert "그 밖의 변동" not in kinds


def test_the_penalty_grows_by_the_day_and_is_worded_line_by_line(watched: House) -> None:
    event = min(Events(watched).owing(), key=lambda item: item.filing_due_on or date.max)
    assert event.filing_due_on is not None
    watch = Watch(watched)
    assert sum(line.won for line in watch.penalty(event.event_id, event.filing_due_on)) == 0
    one, two = (
        sum(line.won for line in watch.penalty(event.event_id, event.filing_due_on + timedelta(n)))
        for n in (200, 201)
    )
    per_day = (event.amount_won or 0) * 22 / 100_000
    assert abs(two - one - per_day) <= 10


def test_who_owes_is_told_once_with_the_tax_and_the_day_of_filing(watched: House) -> None:
    owing = {event.event_id: event for event in Events(watched).owing()}
    parts = Planner(watched).clawbacks(WEEK)
    batch = freeze(watched, "run/clawback")
    assert batch is not None
    members = [item for item in Freezer(watched).members(batch.batch_id) if "CB" in item.slot]
    assert len(members) == len(parts.texts) > 5
    for item in members:
        code, _, start = item.slot.partition(":")
        event = next(found for name, found in owing.items() if name.startswith(start))
        late = event.filing_due_on is not None and event.filing_due_on < date(2026, 11, 23)
        assert code == ("CB미신고" if late else "CB")
        assert f"{event.amount_won:,}" in item.text
        assert item.notice_code == code
    assert freeze(watched, "run/again") is None
    # The day of filing is past for some of them: that is what their text says, no reason to stop.
    assert "CB미신고" in {item.notice_code for item in members}
    Batches(watched).hand_in(batch.batch_id, officer(watched, "kim", Role.WORK))


def test_reminders_fall_due_in_the_week_and_not_for_a_car_that_is_gone(
    watched: House, city: Path
) -> None:
    parts = Planner(watched).reminders()
    grants = json.loads((city / "truth/relief.json").read_text("utf-8"))["grants"]
    codes = {text.slot for text in parts.texts}
    assert codes <= {"D30", "D14", "D0", "R14", "R0"}
    assert "D14" in codes or "D30" in codes or "D0" in codes
    gone = {event.grant_id for event in Events(watched).all_of() if event.status == "due"}
    assert not gone & {text.grant_id for text in parts.texts}
    for text in parts.texts:
        (row,) = ReliefStore(watched).rows_of([text.grant_id], "test")
        ends = row.clawback_until_on if text.slot.startswith("D") else row.replacement_due_on
        assert ends is not None
        days = {"D30": 30, "D14": 14, "R14": 14}.get(text.slot, 0)
        assert text.draft.due_on == ends - timedelta(days=days)
        # A day of rest is told of on the working day before.
        assert date(2026, 11, 23) <= text.draft.not_before_on <= date(2026, 11, 29)
        assert text.draft.not_before_on <= max(text.draft.due_on, date(2026, 11, 23))
        assert text.draft.byte_count <= 90
    assert grants


def test_nobody_is_reminded_of_a_car_that_they_no_longer_have_or_after_their_death(
    city: Path, tmp_path: Path
) -> None:
    clock = Ticking()
    left = {"이전", "말소", "상속이전"}
    over, reminded = set(), set()
    with open_office(Settings(home=tmp_path), clock) as house:
        weeks = sorted((city / "outside/tax").iterdir())
        for week in weeks:
            import_file(house, next(week.glob("감면대장_*")), who="test", note=_quietly)
        watch_files(
            house,
            [path for week in weeks for path in week.glob("소유권*")],
            who="test",
            note=_quietly,
        )
        gone = {number for number, _, later in _later(city) if later["kind"] in left}
        opened = Keeping(house).opened([row.grant_id for row in _all_rows(house)])
        for _ in range(20):
            clock.pass_(days=7)
            for text in Planner(house).reminders().texts:
                number = opened[text.grant_id].tax_number
                (over if number in gone else reminded).add(number)
    assert over == set()
    assert len(gone) > 10
    assert len(reminded) > 20


def _all_rows(house: House) -> Sequence[GrantRow]:
    return ReliefStore(house).grants(None, "test", limit=10_000)


def test_imported_grants_get_no_first_notice(watched: House) -> None:
    assert Planner(watched).week(WEEK, []).texts == ()
    for batch in ("relief-2026-W47-1",):
        slots = {item.slot.partition(":")[0] for item in Freezer(watched).members(batch)}
        assert "first" not in slots


def test_an_officer_settles_an_event_with_the_evidence_they_saw(watched: House) -> None:
    events = Events(watched)
    event = events.owing()[0]
    with pytest.raises(Refused, match="증빙"):
        events.settle(event.event_id, EventState.FILED, "kim", "")
    events.settle(event.event_id, EventState.FILED, "kim", "신고서 접수번호 1234 확인")
    after = events.find(event.event_id)
    assert (after.state, after.settled_by, after.note) == (
        EventState.FILED,
        "kim",
        "신고서 접수번호 1234 확인",
    )
    assert event.event_id not in {item.event_id for item in events.owing()}
