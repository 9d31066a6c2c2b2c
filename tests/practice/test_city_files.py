"""The outside files have the forms real offices hand over, and the truth points into them."""

import re
from pathlib import Path

import lxml.html
import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from gongmu.core.values import content_hash
from tests.practice.made import made, simulated

TRUTH_TAP = {
    "file_sha256", "row_number", "service_day", "leg_id", "trip_id", "board_stop_id",
    "board_stop_seq", "alight_stop_id", "alight_stop_seq", "alight_recorded",
    "board_recorded_right",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A very small city of one day at fault level 2."""
    directory = tmp_path_factory.mktemp("city") / "made"
    made(directory)
    return directory


def _rows(path: Path) -> list[list[str]]:
    """Return every row of a card file as a person counts them, headers included."""
    if path.suffix == ".xlsx":
        book = CalamineWorkbook.from_path(path)
        sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
        return [[str(cell) for cell in row] for sheet in sheets for row in sheet]
    dat = path.suffix == ".dat"
    text = path.read_bytes().decode("cp949" if dat else "utf-8")
    return [line.split("|" if dat else ",") for line in text.splitlines()]


def test_the_folder_holds_exactly_the_promised_files(folder: Path) -> None:
    names = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    registers = {"노선", "노선정류소", "정류소", "차량", "배차시간표"}
    operators = {"가온여객", "나래운수", "다솜교통"}
    expected = {f"outside/bms/{name}_20261120.csv" for name in registers}
    expected |= {f"outside/bms/정류소통과_20261120_{name}.xls" for name in operators}
    expected |= {
        f"outside/card/{name}"
        for name in (
            "DWTCD_20261120.dat",
            "TB_KTS_DWTCD_METROPOLITAN_20261120.csv",
            "교통카드_20261120.xlsx",
            "STTN_20261120.dat",
            "ROUTESTTN_20261120.dat",
        )
    }
    expected |= {f"truth/{name}" for name in ("trip_stop.parquet", "tap.parquet", "city.json")}
    late = {name for name in names if name.startswith("outside/card/late/")}
    assert names - late == expected
    assert late
    assert all("20261121" in name for name in late)


def test_registers_are_cp949_csv_with_crlf_and_the_promised_headers(folder: Path) -> None:
    headers = {
        "노선": "노선ID,노선번호,노선유형,기점,종점,운수사,인가대수,인가횟수,정산사노선ID",
        "노선정류소": "노선ID,노선번호,방향,정류소순번,정류소ID,정류소명,누적거리(m)",
        "정류소": "정류소ID,ARS번호,정류소명,위도,경도,행정동,정산사정류장ID",
        "차량": "차량ID,차량번호,운수사,차종,승차정원,좌석수,저상여부,정산사ID,정산사차량ID",
        "배차시간표": "노선ID,방향,요일구분,회차,출발시각",
    }
    for name, header in headers.items():
        data = (folder / f"outside/bms/{name}_20261120.csv").read_bytes()
        lines = data.decode("cp949").split("\r\n")
        assert lines[0] == header
        assert lines[-1] == ""
        assert {line.count(",") for line in lines[:-1]} == {header.count(",")}
        assert '"' not in data.decode("cp949")


def test_stop_passages_are_html_with_merged_headers_and_a_total(folder: Path) -> None:
    for path in (folder / "outside/bms").glob("*.xls"):
        data = path.read_bytes()
        assert b"charset=euc-kr" in data
        table = lxml.html.fromstring(data.decode("cp949")).find(".//table")
        assert table is not None
        rows = table.findall("tr")
        assert rows[0][0].get("colspan") == "12"
        assert [cell.get("colspan") for cell in rows[1]] == [None, "3", "3", "3", "2"]
        assert rows[1][0].get("rowspan") == "2"
        assert [cell.text for cell in rows[2]] == [
            "노선ID", "노선번호", "방향", "운행ID", "차량ID", "차량번호", "순번", "정류소ID",
            "정류소명", "도착", "출발",
        ]  # fmt: skip
        assert {len(row) for row in rows[3:-1]} == {12}
        assert rows[-1][0].text == "합계"
        assert rows[-1][1].text == f"{len(rows) - 4:,}"
        assert re.fullmatch(r"2026-11-2[01] \d\d:\d\d:\d\d", rows[3][10].text or "")


def test_card_files_have_their_layouts(folder: Path) -> None:
    card = folder / "outside/card"
    dat = _rows(card / "DWTCD_20261120.dat")
    assert {len(row) for row in dat} == {28}
    assert {row[1] for row in dat} == {"03"}
    assert any(row[12] == "" for row in dat)
    assert any(row[12] != "" for row in dat)
    csv = _rows(card / "TB_KTS_DWTCD_METROPOLITAN_20261120.csv")
    assert {len(row) for row in csv} == {18}
    assert csv[0][14] == "이용자유형코드(시스템)"
    assert all(re.fullmatch(r"\d{14}", row[8]) for row in csv[1:])
    xlsx = _rows(card / "교통카드_20261120.xlsx")
    assert {len(row) for row in xlsx} == {14}
    assert sum(row[0] == "카드번호" for row in xlsx) == 2
    assert {row[11] for row in xlsx} >= {"~", ""}
    assert {len(row) for row in _rows(card / "STTN_20261120.dat")} == {10}
    route_stops = _rows(card / "ROUTESTTN_20261120.dat")
    assert {len(row) for row in route_stops} == {14}
    assert {row[1] for row in route_stops} == {"03", "08", "15"}


def test_every_tapped_stop_is_known_to_its_company(folder: Path) -> None:
    card = folder / "outside/card"
    known = {(row[1], row[4].lstrip("0")) for row in _rows(card / "STTN_20261120.dat")}
    taps = [("03", row[17]) for row in _rows(card / "DWTCD_20261120.dat")]
    csv = _rows(card / "TB_KTS_DWTCD_METROPOLITAN_20261120.csv")[1:]
    taps += [("08", row[9].lstrip("0")) for row in csv]
    assert set(taps) <= known


def test_truth_row_numbers_point_at_the_right_rows(folder: Path) -> None:
    truth = pl.read_parquet(folder / "truth/tap.parquet")
    assert set(truth.columns) == TRUTH_TAP
    stops = (folder / "outside/bms/정류소_20261120.csv").read_bytes().decode("cp949")
    ars = {line.split(",")[0]: line.split(",")[1] for line in stops.splitlines()[1:]}
    sttn = _rows(folder / "outside/card/STTN_20261120.dat")
    ars_of = {(row[1], row[4].lstrip("0")): row[7] for row in sttn}
    layouts = {".dat": ("03", 17, 20), ".csv": ("08", 9, 11), ".xlsx": ("15", 10, 12)}
    counted = 0
    for path in (folder / "outside/card").rglob("*"):
        if not path.is_file() or "STTN" in path.name:
            continue
        company, board, alight = layouts[path.suffix]
        mine = truth.filter(pl.col("file_sha256") == content_hash(path.read_bytes()))
        rows = _rows(path)
        headers = {".dat": 0, ".csv": 1, ".xlsx": 2}[path.suffix]
        assert mine.height == len(rows) - headers
        for true in mine.iter_rows(named=True):
            row = rows[true["row_number"] - 1]
            assert (row[alight] not in ("", "~")) == true["alight_recorded"]
            wrote = ars_of[company, row[board].lstrip("0")]
            if wrote:
                assert (wrote == ars[true["board_stop_id"]]) == true["board_recorded_right"]
        counted += mine.height
    assert counted == truth.height


def test_late_rows_carry_the_earlier_day(tmp_path: Path) -> None:
    made(tmp_path / "two", days=2)
    card = tmp_path / "two/outside/card"
    days = [row[0] for row in _rows(card / "TB_KTS_DWTCD_METROPOLITAN_20261121.csv")[1:]]
    assert days[0] == "20261120"
    assert 0 < days.count("20261120") < 0.05 * len(days)
    for path in (card / "late").glob("*.csv"):
        assert {row[0] for row in _rows(path)[1:]} == {"20261121"}
    truth = pl.read_parquet(tmp_path / "two/truth/tap.parquet")
    files = truth.group_by("file_sha256").agg(pl.col("service_day").n_unique())
    assert files["service_day"].max() == 2


def test_times_after_midnight_are_written_with_the_next_calendar_date(folder: Path) -> None:
    card = folder / "outside/card"
    dat = _rows(card / "DWTCD_20261120.dat")
    csv = _rows(card / "TB_KTS_DWTCD_METROPOLITAN_20261120.csv")[1:]
    xlsx = [row for row in _rows(card / "교통카드_20261120.xlsx") if row[0] != "카드번호"]
    stamps = [row[14] for row in dat] + [row[8] for row in csv] + [row[9] for row in xlsx]
    after = [stamp for stamp in stamps if stamp.startswith("20261121")]
    assert after
    assert max(after) < "20261121040000"
    assert {row[0] for row in dat + csv} == {"20261120"}
    events = b"".join(path.read_bytes() for path in (folder / "outside/bms").glob("*.xls"))
    assert b"<td>2026-11-21 0" in events


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path, folder: Path) -> None:
    again = made(tmp_path / "again")
    same = made(tmp_path / "again")
    assert again == same
    for path in folder.rglob("*"):
        if path.is_file():
            other = tmp_path / "again" / path.relative_to(folder)
            assert other.read_bytes() == path.read_bytes(), path.name


def test_a_folder_with_other_peoples_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "계획서.hwp").write_text("중요")
    with pytest.raises(ValueError, match=r"계획서\.hwp"):
        made(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["계획서.hwp"]
    other = tmp_path / "other"
    made(other)
    (other / "outside" / "메모.txt").write_text("내 것")
    with pytest.raises(ValueError, match="연습 도시의 것이 아닌"):
        made(other)


def test_level_three_renames_a_column_and_scatters_garbage(tmp_path: Path) -> None:
    made(tmp_path / "bad", faults=3)
    stops = (tmp_path / "bad/outside/bms/정류소_20261120.csv").read_bytes().decode("cp949")
    assert stops.startswith("정류소ID,정류소번호,")
    path = tmp_path / "bad/outside/card/DWTCD_20261120.dat"
    rows = _rows(path)
    assert sum(len(row) != 28 for row in rows) == 12
    truth = pl.read_parquet(tmp_path / "bad/truth/tap.parquet")
    mine = truth.filter(pl.col("file_sha256") == content_hash(path.read_bytes()))
    assert all(len(rows[number - 1]) == 28 for number in mine["row_number"])
    assert mine.height == len(rows) - 12


def test_true_loads_cover_every_performed_trip_and_stop(folder: Path) -> None:
    loads = pl.read_parquet(folder / "truth/trip_stop.parquet")
    day = simulated(3, 0.05).day
    assert loads.height == day.calls.trip.size
    assert loads["load"].to_list() == day.load.tolist()
    running = loads.with_columns(
        expected=(pl.col("boardings") - pl.col("alightings")).cum_sum().over("trip_id")
    )
    assert (running["expected"] == running["load"]).all()
