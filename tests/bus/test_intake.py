"""Intake: good rows become tables, bad rows are set aside with a reason, nothing is lost."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from gongmu.bus import tables
from gongmu.bus.intake import Intake, Source, card_pseudonym, read, read_folder
from gongmu.core.city import City, load_city
from gongmu.core.errors import Refused

PRACTICE = load_city("practice")
PSEUDONYM = card_pseudonym(b"a key of the city that never leaves")
TODAY = date(2026, 11, 22)

GOOD_28 = (
    "20261120|03|1|990000000001|MM99150000|C||000146718039|연습70아8039|20261120073000|"
    "20261120081500|784|234000002|046711144|20261120073500|20261120073510|235000842|0002710250|"
    "20261120074505|235000843|2709970|001|0|03|1|4595|605|1400"
)
GOOD_18 = (
    "20261120,08,990000000001,MM99150000,C,V1,784,R1,20261120080000,101,20261120082000,100,1,0,04,"
    "2,1000,1200"
)
HEADER_18 = (
    "운행일자,정산사ID,가상카드번호,정산지역코드,카드구분코드,정산사차량ID,교통수단코드,정산사노선ID,"
    "승차일시,정산사승차정류장ID,하차일시,정산사하차정류장ID,트랜잭션ID,환승건수,"
    "이용자유형코드(시스템),이용자수,이용거리,탑승시간"
)
HEADER_14 = (
    "카드번호,운행출발일시,트랜잭션ID,교통수단CD,환승횟수,버스노선ID,교통사업자ID,차량ID,"
    "사용자구분코드,승차일시,승차정류장ID,하차일시,하차정류장ID,이용객수_다인승"
)


def intake(
    text: str | bytes, name: str = "a.csv", city: City = PRACTICE, today: date = TODAY
) -> Intake:
    """Read one file and check that no row is lost."""
    data = text if isinstance(text, bytes) else text.encode("cp949")
    [made] = read(Source(name, data), city, PSEUDONYM, today)
    assert made.rows_read == made.rows_kept + made.set_aside.height + made.rows_skipped
    assert made.set_aside.schema == tables.SET_ASIDE.schema
    for table, frame in made.tables.items():
        expected = next(known for known in tables.INTAKE_TABLES if known.name == table)
        assert frame.schema == expected.schema
    return made


def changed(line: str, *changes: tuple[int, str], separator: str = "|") -> str:
    fields = line.split(separator)
    for at, value in changes:
        fields[at - 1] = value
    return separator.join(fields)


def reasons(made: Intake) -> list[tuple[int, str]]:
    return list(made.set_aside.select("row_number", "reason").iter_rows())


# ------------------------------------------------------------------------------ card layouts


def test_28_fields_become_a_tap() -> None:
    [tap] = intake(GOOD_28, "DWTCD_20261120.dat").tables["taps"].to_dicts()
    assert tap | {"file_id": "", "card": 0} == {
        "file_id": "",
        "row_number": 1,
        "service_day": date(2026, 11, 20),
        "card": 0,
        "vehicle_id": "03:MM99150000:146718039",
        "vehicle_plate": "연습70아8039",
        "route_id": "03:MM99150000:46711144",
        "route_std_id": "234000002",
        "boarded_s": 7 * 3600 + 35 * 60,
        "board_stop_id": "03:MM99150000:2710250",
        "board_stop_std_id": "235000842",
        "alighted_s": 7 * 3600 + 45 * 60 + 5,
        "alight_stop_id": "03:MM99150000:2709970",
        "alight_stop_std_id": "235000843",
        "transaction_id": "001",
        "transfer_count": 0,
        "user_type": "03",
        "riders": 1,
        "distance_m": 4595,
        "fare_won": 1400,
        "mode": "784",
    }


def test_standard_ids_may_be_empty_and_the_vehicle_may_stand_one_field_earlier() -> None:
    line = changed(GOOD_28, (7, "146718039"), (8, ""), (13, ""), (17, ""), (20, ""))
    [tap] = intake(line).tables["taps"].to_dicts()
    assert tap["vehicle_id"] == "03:MM99150000:146718039"
    assert (tap["route_std_id"], tap["board_stop_std_id"], tap["alight_stop_std_id"]) == (None,) * 3


def test_a_lost_first_field_is_repaired_and_said() -> None:
    shifted = GOOD_28.split("|", 1)[1]
    made = intake("\n".join([GOOD_28] * 3 + [shifted]))
    assert made.tables["taps"].drop("file_id", "row_number").unique().height == 1
    assert made.rows_kept == 4
    assert any("첫 필드가 빠져" in note and "1행" in note for note in made.notes)


def test_a_whole_file_without_its_first_field_is_recognised() -> None:
    made = intake("\n".join([GOOD_28.split("|", 1)[1]] * 3))
    assert (made.layout, made.rows_kept) == ("tcd_28", 3)


def test_a_cut_or_empty_operation_day_is_restored_from_certain_signs() -> None:
    lines = [changed(GOOD_28, (1, "0261120")), changed(GOOD_28, (1, "")), GOOD_28]
    made = intake("\n".join(lines))
    assert made.tables["taps"]["service_day"].to_list() == [date(2026, 11, 20)] * 3


def test_18_columns_with_a_header() -> None:
    [tap] = intake(f"{HEADER_18}\n{GOOD_18}").tables["taps"].to_dicts()
    assert tap["row_number"] == 2
    assert tap["vehicle_id"] == "08:MM99150000:V1"
    assert (tap["riders"], tap["user_type"], tap["fare_won"]) == (2, "04", None)


def test_27_columns_serve_as_taps_with_both_ids() -> None:
    line = GOOD_28.rsplit("|", 1)[0].replace("|", ",")
    made = intake(line, "TB_KTS_DWTCD_20261120_01.csv")
    assert made.layout == "tcd_27"
    [tap] = made.tables["taps"].to_dicts()
    assert (tap["board_stop_id"], tap["board_stop_std_id"]) == (
        "03:MM99150000:2710250",
        "235000842",
    )


def test_45_fields_and_more() -> None:
    fields = [""] * 52
    for at, value in {
        7: "9900", 9: "20261120073500", 10: "20261120074000", 18: "77", 21: "20261120070000",
        24: "234000002", 25: "46", 28: "235000842", 29: "27", 30: "235000843", 34: "1", 35: "3",
        45: "105",
    }.items():  # fmt: skip
        fields[at - 1] = value
    made = intake("|".join(fields))
    [tap] = made.tables["taps"].to_dicts()
    assert made.layout == "tcd_45"
    assert (tap["riders"], tap["user_type"], tap["mode"]) == (3, "01", "105")
    assert tap["board_stop_id"] == "*:MM99150000:27"


def test_14_columns_in_a_workbook_of_two_sheets_with_leading_zeros_gone() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.add_worksheet("설명").write_row(0, 0, ["이 자료는", "비공개"])
        for turn in range(2):
            sheet = book.add_worksheet(f"자료{turn}")
            sheet.write_row(0, 0, HEADER_14.split(","))
            sheet.write_row(
                1, 0,
                [990000000001, 20261120053000, 23, 105, 1, 11110602, 1, 111753597, 1,
                 20261120080004, 9009721, "~", "~", 1],
            )  # fmt: skip
    made = intake(target.getvalue(), "교통카드.xlsx")
    taps = made.tables["taps"]
    assert taps["row_number"].to_list() == [3, 5]
    assert taps["user_type"].to_list() == ["01", "01"]
    assert taps["alighted_s"].null_count() == 2
    assert taps["vehicle_id"][0] == "15:MM99150000:111753597"
    assert any("설명" in note for note in made.notes)


def test_24_columns_with_names_and_money() -> None:
    header = (
        "카드번호,교통수단코드,트랜잭션id,노선id,노선명,교통사업자ID,교통사업자명,차량id,차량등록번호,"
        "운행출발날짜,운행종료일시,승차일시,승차정류장id,승차정류장명,하차일시,하차정류장id,하차정류장명,"
        "환승횟수,사용자구분코드,이용객수,승하차금액,승하차위반금액,총이용거리,총탑승시간"
    )
    row = (
        "99,115,1,46,7번,1,가온,77,연습70아8039,20261120,20261120090000,2026-11-20 8:03:12,12,시청,"
        '~,~,~,0,01,1,"1,450",0,4595,600'
    )
    [tap] = intake(f"{header}\n{row}").tables["taps"].to_dicts()
    assert (tap["fare_won"], tap["boarded_s"], tap["alighted_s"]) == (1450, 28_992, None)


def test_jeju_columns_and_cards_spoiled_by_floats() -> None:
    header = (
        "user_card_id,bus_route_id,vhc_id,geton_date,geton_time,geton_station_code,"
        "geton_station_name,getoff_date,getoff_time,getoff_station_code,getoff_station_name,"
        "user_category,user_count"
    )
    good = (
        "1010010127894129,23000000,149013791,2019-09-01,07:34:45,360000174,가,NaN,NaN,NaN,NaN,1,1"
    )
    spoiled = good.replace("1010010127894129", "1.01001E+15")
    made = intake(f"{header}\n{good}\n{spoiled}", city=load_city("jeju"))
    [tap] = made.tables["taps"].to_dicts()
    assert (tap["boarded_s"], tap["alight_stop_std_id"]) == (27_285, None)
    assert reasons(made) == [(3, "id_unreadable")]


def test_the_same_card_has_one_pseudonym_in_every_layout_and_its_number_is_nowhere() -> None:
    first = intake(GOOD_28).tables["taps"]
    second = intake(f"{HEADER_18}\n{GOOD_18}").tables["taps"]
    assert first["card"].item() == second["card"].item()
    assert "990000000001" not in str(first.to_dicts())
    other = card_pseudonym(b"another key")(pl.Series(["990000000001"]))
    assert other.item() != first["card"].item()


# ------------------------------------------------------------------------------ masters


def test_settlement_stops_of_both_kinds_and_swapped_coordinates() -> None:
    ten = "20261120|03|MM99150000|B|125409|어린이집||07101|37.627187|126.453189"
    swapped = "20261120|03|MM99150000|B|0125410|공업사||7089|126.438735|37.627069"
    made = intake(f"{ten}\n{swapped}")
    stops = made.tables["settlement_stops"]
    assert stops["stop_id"].to_list() == ["03:MM99150000:125409", "03:MM99150000:125410"]
    assert stops["ars_id"].to_list() == ["07101", "07089"]
    assert stops["latitude"].to_list() == [37.627187, 37.627069]
    assert any("위도와 경도" in note for note in made.notes)
    fourteen = "20261120|03|MM99150000|3250842|서시장|B|34.744200|127.734100|1|2|3|4|5|6"
    [stop] = intake(fourteen).tables["settlement_stops"].to_dicts()
    assert (stop["stop_name"], stop["longitude"]) == ("서시장", 127.7341)


def test_route_stops_in_kilometres_become_metres() -> None:
    lines = [
        f"0261120|03|MM99150000|325000002|여수2|B|{at}|325084{at}|서시장|34.7|127.7|46100|{km}|0"
        for at, km in enumerate((0, 0.5, 6.8))
    ]
    made = intake("\n".join(lines))
    assert made.tables["settlement_route_stops"]["distance_m"].to_list() == [0.0, 500.0, 6800.0]
    assert any("km" in note for note in made.notes)


def test_bms_masters_and_the_timetable_after_midnight() -> None:
    routes = intake(
        "노선ID,노선번호,노선유형,기점,종점,운수사,인가대수,인가횟수,정산사노선ID\r\n"
        "234000011,4-3,간선,가,나,나래운수,9,152,0058205473\r\n"
    ).tables["routes"]
    assert routes["settlement_route_id"].to_list() == ["08:MM99150000:58205473"]
    times = intake(
        "노선ID,방향,요일구분,회차,출발시각\n234000011,상행,평일,1,05:00\n234000011,하행,평일,2,26:10\n"
        "234000011,하행,평일,3,00:20\n"
    ).tables["timetable"]
    assert times["departs_s"].to_list() == [18_000, 94_200, 87_600]
    assert times["direction"].to_list() == [1, 2, 2]


EVENTS = """<table><tr><td colspan="11">정류소 통과 이력</td></tr>
<tr><th rowspan=2>운행일자</th><th colspan=3>노선</th><th colspan=3>운행</th>
<th colspan=3>정류소</th><th colspan=2>시각</th></tr>
<tr><th>노선ID</th><th>노선번호</th><th>방향</th><th>운행ID</th><th>차량ID</th><th>차량번호</th>
<th>순번</th><th>정류소ID</th><th>정류소명</th><th>도착</th><th>출발</th></tr>
<tr><td>2026-11-20</td><td>234000011</td><td>4</td><td>상행</td><td>T1</td><td>237000014</td><td>가</td>
<td>1</td><td>235241895</td><td>시청</td>
<td>2026-11-20 23:59:50</td><td>2026-11-21 00:00:10</td></tr>
<tr><td>2026-11-20</td><td>234000011</td><td>4</td><td>상행</td><td>T1</td><td>237000014</td><td>가</td>
<td>2</td><td>235241896</td><td>역</td>
<td>2026-11-23 09:00:00</td><td>2026-11-23 09:00:10</td></tr>
<tr><td colspan="11">합계 2</td></tr></table>"""


def test_html_stop_events_count_past_midnight_and_totals_are_skipped() -> None:
    made = intake(EVENTS.replace("합계 2", "합계").encode("cp949"), "정류소통과_20261120_가.xls")
    [event] = made.tables["stop_events"].to_dicts()
    assert (event["row_number"], event["arrived_s"], event["departed_s"]) == (4, 86_390, 86_410)
    assert reasons(made) == [(5, "day_mismatch")]
    assert (made.rows_read, made.rows_skipped, made.dated) == (3, 1, date(2026, 11, 20))


# ------------------------------------------------------------------------------ bad rows


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ([(15, "2026112X073500")], "time_unreadable"),
        ([(15, "20261120247500")], "time_unreadable"),
        ([(15, "20261131073500")], "time_unreadable"),
        ([(19, "어제")], "kept"),
        ([(15, "")], "time_missing"),
        ([(1, "20261118")], "day_mismatch"),
        ([(1, "20301123"), (15, "20301123073500"), (19, "")], "date_future"),
        ([(4, "")], "id_missing"),
        ([(4, "9.9E+11")], "id_unreadable"),
        ([(8, ""), (9, ""), (13, ""), (14, "")], "id_missing"),
        ([(25, "많음")], "number_unreadable"),
        ([(25, "0")], "number_unreadable"),
        ([(25, "70000")], "number_unreadable"),
        ([(26, "멀다")], "kept"),
        ([(25, "")], "kept"),
        ([(5, "MM10146000")], "other_city"),
        ([(13, "325000002")], "other_city"),
        ([(28, "1400|1")], "field_count"),
        ([(27, "605"), (28, "1,400")], "kept"),
    ],
)
def test_a_bad_row_is_set_aside_with_its_reason(
    changes: list[tuple[int, str]], reason: str
) -> None:
    lines = [GOOD_28] * 12
    lines[4] = changed(GOOD_28, *changes)
    made = intake("\n".join(lines), "DWTCD_20261120.dat")
    assert reasons(made) == ([] if reason == "kept" else [(5, reason)])
    assert made.rows_read == 12
    if reason != "kept":
        [message] = made.set_aside["message"]
        assert "990000000001" not in message
        assert any("가" <= letter <= "힣" for letter in message)


def test_an_alighting_before_the_boarding_is_dropped_and_counted() -> None:
    made = intake(changed(GOOD_28, (19, "20261120073000")))
    [tap] = made.tables["taps"].to_dicts()
    assert (tap["alighted_s"], tap["alight_stop_id"], tap["alight_stop_std_id"]) == (None,) * 3
    assert any("하차가 승차보다 일러" in note for note in made.notes)


@pytest.mark.parametrize(
    ("boarded", "said", "day", "seconds"),
    [
        ("20261121003000", "20261120", 20, 88_200),
        ("20261121003000", "20261121", 20, 88_200),
        ("20261121035959", "20261120", 20, 100_799),
        ("20261121040000", "20261121", 21, 14_400),
        ("20261121040500", "20261120", 20, 101_100),
        ("20261120251000", "20261120", 20, 90_600),
    ],
)
def test_a_tap_belongs_to_the_service_day_of_its_boarding(
    boarded: str, said: str, day: int, seconds: int
) -> None:
    line = changed(GOOD_28, (1, said), (15, boarded), (19, ""))
    [tap] = intake(line).tables["taps"].to_dicts()
    assert (tap["service_day"].day, tap["boarded_s"]) == (day, seconds)


def test_a_renamed_column_names_itself_the_header_and_the_remedy() -> None:
    with pytest.raises(Refused) as refused:
        intake(f"{HEADER_18.replace('승차일시', '탄시각')}\n{GOOD_18}")
    assert refused.value.code == "column_missing"
    assert "'승차일시'" in refused.value.message
    assert "탄시각" in refused.value.message
    assert "[layout.tcd_18.columns.boarded_s]" in refused.value.todo
    assert "990000000001" not in str(refused.value)


def test_a_file_of_no_known_layout_is_refused_without_showing_its_rows() -> None:
    with pytest.raises(Refused) as refused:
        intake("a,b\n990000000001,2\n")
    assert refused.value.code == "layout_unknown"
    assert "990000000001" not in str(refused.value)


def test_a_header_met_again_is_no_row() -> None:
    made = intake("\n".join([HEADER_18, GOOD_18, HEADER_18, GOOD_18]))
    assert (made.rows_read, made.rows_kept, made.rows_skipped) == (3, 2, 1)


def test_a_header_without_rows_is_an_empty_table() -> None:
    made = intake(HEADER_18)
    assert (made.rows_read, made.tables["taps"].height) == (0, 0)


def test_the_same_content_in_an_archive_is_read_once() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in ("a.dat", "b.dat"):
            archive.writestr(name, GOOD_28)
    assert len(read(Source("a.zip", target.getvalue()), PRACTICE, PSEUDONYM, TODAY)) == 1


# ------------------------------------------------------------------------------ folders


def test_a_folder_is_read_in_order_and_one_refusal_stops_nothing(tmp_path: Path) -> None:
    files: dict[str, bytes] = {
        "card/1.dat": GOOD_28.encode("cp949"),
        "card/2.dat": GOOD_28.encode("cp949"),
        "card/3.xlsx": b"PK\x03\x04 broken",
        "card/4.egg": b"EGGA",
        "card/.hidden.dat": b"x",
        "truth/tap.csv": b"x",
        "readme.md": b"x",
        "z.csv": f"{HEADER_18}\n{GOOD_18}".encode(),
    }
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    made = list(read_folder(tmp_path, PRACTICE, PSEUDONYM, TODAY))
    told = [(i.name, i.rows_kept, i.refused.code if i.refused else "") for i in made]
    assert told == [
        ("card/1.dat", 1, ""),
        ("card/2.dat", 0, ""),
        ("card/3.xlsx", 0, "file_truncated"),
        ("card/4.egg", 0, "archive_unknown"),
        ("readme.md", 0, "not_a_table"),
        ("z.csv", 1, ""),
    ]
    assert "card/1.dat" in made[1].notes[0]


# ------------------------------------------------------------------------------ nothing is lost

LINES: Callable[[], st.SearchStrategy[str]] = lambda: st.one_of(  # noqa: E731 - a named recipe
    st.just(GOOD_28),
    st.builds(
        lambda at, value: changed(GOOD_28, (at, value)),
        st.integers(1, 28),
        st.text(st.characters(codec="cp949", exclude_characters="\r\n\0"), max_size=12),
    ),
    st.text(st.characters(codec="cp949", exclude_characters="\r\n\0"), min_size=1, max_size=40),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(LINES(), max_size=20))
def test_every_row_is_kept_or_set_aside_whatever_it_holds(more: list[str]) -> None:
    lines = [GOOD_28] * 30 + [line for line in more if '"' not in line and line.strip()]
    data = "\n".join(lines).encode("cp949")
    if b"\x00" in data:
        return
    made = intake(data)
    numbers = [*made.set_aside["row_number"], *made.tables["taps"]["row_number"]]
    assert sorted(numbers) == list(range(1, len(lines) + 1))
