"""Files that were read become the inputs of a day: late rows join it, masters are the newest."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from gongmu.bus import assemble
from gongmu.bus.intake import Intake, Source, card_pseudonym, read, read_folder
from gongmu.core.city import load_city
from tests.bus.test_intake import GOOD_28, PRACTICE, TODAY, changed

DAY = date(2026, 11, 20)
ROUTES = "노선ID,노선번호,노선유형,기점,종점,운수사,인가대수,인가횟수,정산사노선ID\n"


def intake(text: str, name: str) -> Intake:
    source = Source(name, text.encode("cp949"))
    [made] = read(source, PRACTICE, card_pseudonym(b"k"), TODAY)
    return made


def route(number: str, trips: int) -> str:
    return f"{number},7,간선,가,나,가온여객,9,{trips},1\n"


def test_a_staged_file_comes_back_the_same(tmp_path: Path) -> None:
    made = intake("\n".join([GOOD_28] * 20 + ["x|y"]), "DWTCD_20261120.dat")
    place = assemble.stage(made, tmp_path)
    assert assemble.stage(made, tmp_path) == place
    back = assemble.load_staged(tmp_path, made.file_id)
    assert back is not None
    assert (back.rows_read, back.notes, back.dated) == (21, made.notes, DAY)
    assert back.tables["taps"].equals(made.tables["taps"])
    assert back.set_aside.equals(made.set_aside)
    assert [path.name for path in tmp_path.iterdir()] == [made.file_id]


def test_a_file_that_was_not_staged_is_absent(tmp_path: Path) -> None:
    assert assemble.load_staged(tmp_path, "0" * 16) is None


def test_late_rows_join_their_day_and_every_tap_stands_as_it_came() -> None:
    on_time = intake("\n".join([GOOD_28, GOOD_28]), "DWTCD_20261120.dat")
    late_row = changed(GOOD_28, (4, "990000000002"))
    next_day = changed(GOOD_28, (1, "20261121"), (15, "20261121070000"), (19, ""))
    late = intake("\n".join([GOOD_28, late_row, next_day]), "DWTCD_20261121.dat")
    assert assemble.service_days([on_time, late]) == (DAY, date(2026, 11, 21))
    inputs = assemble.day_inputs([on_time, late], DAY)
    # Three times the same ride: the analysis counts the repeats, so none may vanish before.
    assert (inputs.taps.height, inputs.taps["card"].n_unique()) == (4, 2)
    assert assemble.day_inputs([on_time, late], date(2026, 11, 21)).taps.height == 1


def test_masters_are_the_newest_that_are_not_of_a_later_day() -> None:
    old = intake(ROUTES + route("234000001", 10) + route("234000002", 10), "노선_20261101.csv")
    new = intake(ROUTES + route("234000001", 20), "노선_20261120.csv")
    later = intake(ROUTES + route("234000001", 30), "노선_20261121.csv")
    chosen = assemble.day_inputs([later, new, old], DAY).routes
    assert list(chosen.select("route_id", "licensed_trips").iter_rows()) == [("234000001", 20)]
    before = assemble.day_inputs([later, new], date(2026, 10, 1)).routes
    assert before["licensed_trips"].to_list() == [20]


def test_settlement_masters_are_chosen_for_each_company() -> None:
    def stops(company: str, name: str) -> str:
        return f"20261120|{company}|MM99150000|B|1254|{name}||07101|37.627187|126.453189"

    first = intake(stops("03", "옛 시장") + "\n" + stops("08", "역"), "STTN_20261101.dat")
    second = intake(stops("03", "새 시장"), "STTN_20261120.dat")
    chosen = assemble.day_inputs([first, second], DAY).settlement_stops
    assert sorted(chosen["stop_name"]) == ["새 시장", "역"]


def test_a_day_with_too_many_bad_rows_waits_for_a_person() -> None:
    good = intake("\n".join([GOOD_28] * 98), "a.dat")
    two = intake("\n".join([GOOD_28] * 8 + [changed(GOOD_28, (15, ""))] * 2), "b.dat")
    four = intake("\n".join([GOOD_28] * 8 + [changed(GOOD_28, (15, ""))] * 4), "c.dat")
    assert assemble.held([good, two], PRACTICE) == []
    [reason] = assemble.held([good, four], PRACTICE)
    assert "시각이 비어 있습니다 4행(time_missing)" in reason
    assert "2.0%" in reason


def test_rows_of_another_city_hold_a_day_only_when_a_file_has_no_others() -> None:
    foreign = changed(GOOD_28, (5, "MM10146000"))
    mixed = intake("\n".join([GOOD_28] + [foreign] * 9), "a.dat")
    alien = intake("\n".join([foreign] * 9), "b.dat")
    assert assemble.held([mixed], PRACTICE) == []
    [reason] = assemble.held([mixed, alien], PRACTICE)
    assert "다른 도시" in reason


def test_a_refused_file_holds_the_day(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 cut")
    made = list(read_folder(tmp_path, load_city("practice"), card_pseudonym(b"k"), TODAY))
    [reason] = assemble.held(made, PRACTICE)
    assert "a.xlsx" in reason


@pytest.mark.parametrize("day", [DAY, date(2026, 11, 21)])
def test_a_day_without_files_has_empty_tables(day: date) -> None:
    inputs = assemble.day_inputs([], day)
    assert (inputs.taps.height, inputs.routes.height) == (0, 0)
