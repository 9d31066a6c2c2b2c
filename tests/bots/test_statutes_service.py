"""Laws are brought from a service with bad days; silence is never believed, a cut run goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from gongmu.app import open_house
from gongmu.bots.passages import Passage, Reader
from gongmu.bots.statutes.client import SECRET, Target
from gongmu.bots.statutes.import_run import StatuteImport, Wanted
from gongmu.bots.statutes.store import Statutes
from gongmu.core.audit import Audit
from gongmu.core.errors import Refused, Transient
from gongmu.core.runs import Runs, Status
from gongmu.core.settings import Settings
from gongmu.core.vault import Vault
from gongmu.core.workflow import working
from gongmu.practice.portals.statutes import PRACTICE_OC, StatuteSite
from tests.bots.law_service import law_site, line_to
from tests.conftest import Ticking

EVERYTHING = [Wanted(target) for target in Target if target is not Target.LAW]
LISTED = 9 + 5 + 1 + 1 + 1
"""Versions of laws, present ordinances, a rule, a judgment, an interpretation."""


class Shelf:
    """What the search is given, by corpus and document."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], Sequence[Passage]] = {}

    def replace(self, corpus: str, document_id: str, passages: Sequence[Passage]) -> None:
        self.held[corpus, document_id] = passages

    def passages(self, corpus: str, document_id: str, _reader: Reader) -> Sequence[Passage]:
        return self.held.get((corpus, document_id), ())


@pytest.fixture
def site() -> Iterator[tuple[StatuteSite, str]]:
    with law_site() as served:
        yield served


@pytest.fixture
def house(
    engine: sa.Engine, settings: Settings, clock: Ticking, vault: Vault, audit: Audit, runs: Runs
) -> Any:
    return SimpleNamespace(
        engine=engine, settings=settings, clock=clock, vault=vault, audit=audit, runs=runs
    )


def importer(house: Any, address: str, shelf: Shelf, **how: object) -> StatuteImport:
    made = StatuteImport.__new__(StatuteImport)
    made._house = house
    made._statutes = Statutes(house.engine, shelf, house.clock)
    made._open = lambda: line_to(address, **how)
    return made


# ---------------------------------------------------------------- the line


@pytest.mark.parametrize(
    "faults",
    [
        {"not_found": 3},
        {"empty": 3},
        {"html": 3},
        {"broken": 3},
        {"not_found": 2, "empty": 2, "html": 1},
        {"no_results": 1},
    ],
    ids=str,
)
def test_odd_answers_are_asked_again(faults: dict[str, int]) -> None:
    with law_site(**faults) as (_, address), line_to(address) as line:
        found = line.search_all(Target.ORDINANCE, "주차장")
    assert sorted(row.name for row in found) == ["연습시 주차장 조례", "이웃군 주차장 조례"]


def test_one_row_and_no_row_are_both_read(site: tuple[StatuteSite, str]) -> None:
    with line_to(site[1]) as line:
        assert [row.name for row in line.search_all(Target.LAW, "연습임시교통지원법")] == [
            "연습임시교통지원법"
        ]
        assert line.search_all(Target.LAW, "세상에 없는 법") == []
    asked = [call for call in site[0].calls if call.get("query") == "세상에 없는 법"]
    assert len({call["display"] for call in asked}) > 1, "nothing is believed at once"


def test_a_service_that_finds_nothing_at_all_is_asleep() -> None:
    with (
        law_site(no_results=99) as (_, address),
        line_to(address) as line,
        pytest.raises(Transient, match="찾아 주지 않습니다"),
    ):
        line.search_all(Target.LAW, "연습주차질서법")


def test_pages_must_add_up() -> None:
    with law_site() as (site, address), line_to(address) as line:
        real = site._found
        site._found = lambda target, asked: list(real(target, asked)) * 60  # type: ignore[method-assign]
        with pytest.raises(Transient, match="다 오지 않았습니다"):
            line.search_all(Target.LAW, "연습주차질서법")


def test_a_refused_key_and_a_used_up_quota_stop_at_once_without_naming_the_key() -> None:
    with law_site() as (site, address), line_to(address, "secret-oc") as line:
        with pytest.raises(Refused) as stopped:
            line.search(Target.LAW)
        assert stopped.value.code == "statute_key_refused"
        assert "secret-oc" not in str(stopped.value)
        assert len(site.calls) == 1
    with law_site(quota=0) as (site, address), line_to(address) as line:
        with pytest.raises(Refused) as stopped:
            line.search(Target.LAW)
        assert stopped.value.code == "statute_quota"
        assert len(site.calls) == 1


def test_a_line_that_stays_down_is_transient_and_waits_ever_longer() -> None:
    waits: list[float] = []
    with law_site(down=True) as (site, address):
        line = line_to(address, wait_seconds=1.0, sleep=waits.append)
        with line, pytest.raises(Transient):
            line.search(Target.LAW)
        assert len(site.calls) == 6
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0]
    with line_to("http://127.0.0.1:9") as line, pytest.raises(Transient):
        line.search(Target.LAW)


def test_a_missing_serial_is_believed_the_second_time(site: tuple[StatuteSite, str]) -> None:
    with line_to(site[1]) as line, pytest.raises(Refused) as stopped:
        line.law(Target.LAW, "1")
    assert stopped.value.code == "statute_not_found"
    assert len(site[0].calls) == 2


def test_a_line_keeps_to_its_budget(site: tuple[StatuteSite, str]) -> None:
    with line_to(site[1], budget=2) as line:
        line.search(Target.LAW)
        line.search(Target.LAW)
        with pytest.raises(Refused, match="호출 수"):
            line.search(Target.LAW)
    assert len(site[0].calls) == 2


# ---------------------------------------------------------------- the run


def test_everything_is_brought_and_learnt(house: Any, site: tuple[StatuteSite, str]) -> None:
    shelf = Shelf()
    done = importer(house, site[1], shelf).bring("statute-import/1", EVERYTHING)
    assert (done.listed, done.done, done.failed) == (LISTED, LISTED, 0)
    laws = {row.name: row for row in Statutes(house.engine).laws()}
    assert laws["연습주차질서법"].versions == 3
    assert laws["연습시 주차장 조례"].kind.value == "조례"
    assert {corpus for corpus, _ in shelf.held} == {"statutes", "ordinances", "precedents"}
    parking = shelf.held["statutes", "law:900001"]
    first = [one for one in parking if one.place == "제3조"]
    assert [(one.starts_on, one.ends_on) for one in first] == [
        (date(2023, 1, 1), date(2024, 6, 30)),
        (date(2024, 7, 1), date(2025, 12, 31)),
        (date(2026, 1, 1), None),
    ]
    run = house.runs.find("statute-import/1")
    assert run.status is Status.DONE
    assert any("받았습니다" in step.text for step in house.runs.steps("statute-import/1"))


def test_a_city_is_asked_for_by_its_code(house: Any, site: tuple[StatuteSite, str]) -> None:
    wanted = [Wanted.read("ordin:*@6990000")]
    importer(house, site[1], Shelf()).bring("statute-import/2", wanted)
    owners = {row.owner.split()[0] for row in Statutes(house.engine).laws()}
    assert owners == {"연습시"}


def test_a_run_cut_off_by_the_quota_goes_on_where_it_was(
    house: Any, site: tuple[StatuteSite, str]
) -> None:
    shelf = Shelf()
    wanted = [Wanted(Target.LAW_BY_DAY)]
    made = importer(house, site[1], shelf)
    site[0].faults.quota = 5
    with pytest.raises(Refused, match="한도"):
        made.bring("statute-import/3", wanted)
    assert house.runs.find("statute-import/3").status is Status.FAILED
    before = made.progress("statute-import/3")
    assert 0 < before.done < before.listed
    assert shelf.held, "what was brought is learnt although the run stopped"
    site[0].faults.quota = -1
    site[0].calls.clear()
    after = made.bring("statute-import/3", wanted)
    assert after.done == after.listed == before.listed
    fetched = [call for call in site[0].calls if call["path"].endswith("lawService.do")]
    assert len(fetched) == before.listed - before.done, "nothing is fetched twice"


def test_a_stormy_day_brings_everything_all_the_same(
    house: Any, site: tuple[StatuteSite, str]
) -> None:
    site[0].faults.fails_every = 3
    site[0].faults.empty = 2
    done = importer(house, site[1], Shelf()).bring("statute-import/4", EVERYTHING)
    assert done.done == done.listed


@pytest.mark.parametrize("text", ["laws:지방세법", "지방세법", ""])
def test_what_is_wanted_is_checked(text: str) -> None:
    with pytest.raises(Refused, match="받을 법령"):
        Wanted.read(text)


@pytest.mark.slow
def test_a_queued_import_runs_as_a_workflow(tmp_path: Path, site: tuple[StatuteSite, str]) -> None:
    settings = Settings(home=tmp_path, statute_address=site[1])
    with open_house(settings) as house:
        house.vault.put_secret(SECRET, PRACTICE_OC, by="test")
        shelf = Shelf()
        made = StatuteImport(house, shelf)
        with working(settings, house.engine):
            run_id = made.queue([Wanted(Target.LAW, "연습주차질서법")], "kim")
            house.desk.wait(run_id)
        run = house.runs.find(run_id)
        assert run is not None
        assert (run.status, run.items) == (Status.DONE, 2)
        assert set(shelf.held) == {("statutes", "law:900001"), ("statutes", "law:900002")}
        assert house.audit.entries()[-1].did == "statutes.import"
