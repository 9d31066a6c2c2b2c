"""A list that cannot be the right one is held, and nobody becomes new by a missing column."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.settings import Settings
from gongmu.practice.tax.make import make_tax_office
from gongmu.relief.keeping import Keeping
from gongmu.relief.lists import ListKind
from gongmu.relief.reading import WEEK_HELD, Reader, Taken
from tests.conftest import Ticking
from tests.relief.ground import WEEK, open_office

PHONE, NUMBER = "휴대전화", "과세번호"


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The week's list of a small town, without faults."""
    folder = tmp_path_factory.mktemp("town")
    make_tax_office(folder, 31, WEEK, 1, 40, 0, lambda _text: None)
    return next((folder / "outside/tax/2026-W47").glob("감면대장_*")).read_text("cp949")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    clock = Ticking()
    clock.pass_(days=1, hours=1)
    with open_office(Settings(home=tmp_path), clock) as house:
        yield house


def take(house: House, sheet: str, *, weeks_later: int = 0, accept: str = "") -> Taken:
    kept = house.files.put(
        sheet.encode("cp949"), "a.xls", kind=ListKind.RELIEF.value, source="file"
    )
    week_on = WEEK + timedelta(weeks=weeks_later)
    return Reader(house).take_in(
        week_on, kept.sha256, source="file", note=lambda _text: None, accept=accept
    )


def test_a_list_of_another_week_is_held_and_names_its_week(house: House, sheet: str) -> None:
    with pytest.raises(Refused, match="2026-W47") as held:
        take(house, sheet, weeks_later=1)
    assert held.value.code == WEEK_HELD


def test_a_list_without_telephones_is_held_until_somebody_takes_it(
    house: House, sheet: str
) -> None:
    silent = sheet.replace(PHONE, "모르는칸")
    with pytest.raises(Refused, match="휴대전화") as held:
        take(house, silent)
    assert held.value.code == WEEK_HELD
    assert Keeping(house).ids_of(WEEK) == []
    assert take(house, silent, accept="모두 우편으로 안내").new == 40


@pytest.mark.parametrize("first", ["with numbers", "without"])
def test_a_list_with_or_without_tax_numbers_holds_the_same_grants(
    house: House, sheet: str, first: str
) -> None:
    bare = sheet.replace(NUMBER, "모르는칸")
    lists = [sheet, bare] if first == "with numbers" else [bare, sheet]
    assert take(house, lists[0]).new == 40
    ids = Keeping(house).ids_of(WEEK)
    again = take(house, lists[1])
    assert again.new == 0
    assert Keeping(house).ids_of(WEEK) == ids
    assert (again.same, again.changed) == ((40, 0) if first == "with numbers" else (0, 40))
    assert all(grant.tax_number for grant in Keeping(house).opened(ids).values())
