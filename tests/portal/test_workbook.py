"""The Excel workbook, read back with two other programs."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from gongmu.bus import workbook
from gongmu.bus.figures import Figures
from gongmu.bus.overview import Overview
from gongmu.bus.warehouse import Warehouse
from gongmu.bus.workbook import workbook_bytes
from tests.portal.conftest import Served
from tests.portal.days import CITY, DAY, Line, day_tables, publish

SMALL = (Line("2-1", 1.35, 5), Line("13-4", 0.5, 5))
MADE_ON = date(2026, 11, 22)


@pytest.fixture
def overview(tmp_path: Path) -> Overview:
    warehouse = Warehouse(tmp_path)
    publish(warehouse, SMALL, hours=9)
    return Overview(Figures(warehouse, CITY.code, CITY.denominator), CITY)


def _made(overview: Overview, **fields: object) -> bytes:
    view, days = overview.view(fields, [DAY])
    return overview.workbook(view, days, MADE_ON)


def test_the_print_sheet_says_what_officers_expect(overview: Overview) -> None:
    book = openpyxl.load_workbook(io.BytesIO(_made(overview)))
    sheet = book["인쇄용"]
    page = "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    for printed in (
        "연습시 노선·시간대별 재차율", "기준기간", "2026. 11. 20. ~ 2026. 11. 20. (1일)", "단위",
        "자료출처", "작성일", "2026. 11. 22.", "담당", "승차정원", "경기도 2017",
        "운행에 이은 이용", "재차율(%) = 재차인원 ÷ 분모", "2-1번",
        "2-1번 상행 08시에 3번째 정류소", "혼잡 100%까지, 매우혼잡 100% 넘음", "추정한 값입니다",
    ):  # fmt: skip
        assert printed in page, printed
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.freeze_panes is not None
    heads = [
        row for row in sheet.iter_rows(values_only=True) if row[0] == "노선" and row[1] == "5시"
    ]
    assert len(heads) == 1
    row = next(row for row in sheet.iter_rows() if row[0].value == "2-1번")
    worst = row[4]
    assert worst.value == pytest.approx(74 / 55)
    assert worst.number_format == "0%"
    assert worst.font.underline == "single", "the fullest class shows without colour"


def test_both_readers_find_the_same_numbers_as_the_warehouse(overview: Overview) -> None:
    data = _made(overview)
    view, days = overview.view({}, [DAY])
    tables = overview.tables(view, days)
    calamine = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert calamine.sheet_names == [
        "인쇄용",
        "피벗용_노선시간",
        "피벗용_정류소시간",
        "원자료",
        "품질",
    ]
    rows = calamine.get_sheet_by_name("원자료").to_python()
    assert len(rows) - 1 == tables["trip_stop"].height
    heads = [str(head) for head in rows[0]]
    assert heads[:3] == ["운행일", "노선번호", "노선ID"]
    first = dict(zip(heads, rows[1], strict=True))
    truth = tables["trip_stop"].row(0, named=True)
    assert first["운행일"] == DAY
    assert first["노선ID"] == truth["route_id"], "identifiers stay text, zeros and all"
    assert first["방향"] == "상행"
    assert first["재차율"] == pytest.approx(truth["load_factor"])
    left = first["출발"]
    assert isinstance(left, datetime)
    assert abs((left - truth["departed_at"].replace(tzinfo=None)).total_seconds()) < 0.01
    for sheet in openpyxl.load_workbook(io.BytesIO(data)).worksheets[1:]:
        assert sheet.auto_filter.ref is not None
        assert sheet.freeze_panes is not None
        assert [cell.value for cell in sheet[1]]
    total = sum(row[heads.index("승차(명)")] for row in rows[1:])
    assert total == tables["trip_stop"]["boardings"].sum()


def test_text_never_becomes_a_formula_or_markup(overview: Overview) -> None:
    view, days = overview.view({}, [DAY])
    tables = overview.tables(view, days)
    evil = ["=1+1", "+SUM(A1)", "-2", "@cmd", "<b>&amp;</b>", "_x0041_", " 빈칸 ", "a\x00\x0bb"]
    names = pl.Series(
        "stop_name", (evil * tables["stop_hour"].height)[: tables["stop_hour"].height]
    )
    tables["stop_hour"] = tables["stop_hour"].with_columns(names)
    routes = pl.Series("route_name", ["=cmd|' /C calc'!A0"] * tables["route_hour"].height)
    tables["route_hour"] = tables["route_hour"].with_columns(routes)
    data = workbook_bytes(tables, overview.about(view, days, MADE_ON))
    book = openpyxl.load_workbook(io.BytesIO(data))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())
    sheet = book["피벗용_정류소시간"]
    column = [cell.value for cell in sheet[1]].index("정류소명") + 1
    read = [sheet.cell(row, column).value for row in range(2, 10)]
    # Excel reads _x005F_ as an underscore; openpyxl shows what stands in the file.
    assert read == [*evil[:5], "_x005F_x0041_", " 빈칸 ", "ab"]


def test_the_state_of_each_row_is_said_in_words(overview: Overview) -> None:
    view, days = overview.view({}, [DAY])
    tables = overview.tables(view, days)
    flags = pl.Series("flags", [0, 8 | 16] * (tables["trip_stop"].height // 2), pl.UInt16)
    tables["trip_stop"] = tables["trip_stop"].with_columns(flags)
    data = workbook_bytes(tables, overview.about(view, days, MADE_ON))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("원자료").to_python()
    column = rows[0].index("자료 상태")
    assert rows[1][column] == ""
    assert rows[2][column].startswith("카드가 적은 승차 정류소를 BMS로 바로잡은 승차가 있음, ")


def test_what_is_too_long_is_cut_into_sheets(
    overview: Overview, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "SHEET_ROWS", 31)
    book = CalamineWorkbook.from_filelike(io.BytesIO(_made(overview)))
    pieces = [name for name in book.sheet_names if name.startswith("원자료")]
    assert pieces == ["원자료_1", "원자료_2", "원자료_3"]
    lengths = [len(book.get_sheet_by_name(name).to_python()) - 1 for name in pieces]
    assert lengths == [30, 30, 20]


def test_too_many_visits_are_left_out_and_said(
    overview: Overview, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gongmu.bus.overview.RAW_ROWS_MOST", 10)
    book = CalamineWorkbook.from_filelike(io.BytesIO(_made(overview)))
    assert "기간을 줄이거나" in str(book.get_sheet_by_name("원자료").to_python())


def test_filters_hold_in_the_workbook(overview: Overview) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(_made(overview, route="234000001", way="2")))
    rows = book.get_sheet_by_name("원자료").to_python()[1:]
    assert {(row[1], row[3]) for row in rows} == {("13-4", "하행")}
    assert "13-4번" in str(book.get_sheet_by_name("인쇄용").to_python())


def test_the_same_day_gives_the_same_bytes(overview: Overview) -> None:
    assert _made(overview) == _made(overview)


def test_the_portal_hands_it_over_under_a_korean_name(served: Served) -> None:
    with served.visitor("kim") as kim:
        answer = kim.get("/bus/workbook.xlsx")
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    assert (
        "filename*=UTF-8''%EB%B2%84%EC%8A%A4%ED%98%BC%EC%9E%A1"
        in (answer.headers["content-disposition"])
    )
    assert CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).sheet_names[0] == "인쇄용"


@pytest.mark.slow
def test_a_city_of_180000_stop_visits_is_written_fast(overview: Overview) -> None:
    """15 seconds on the two cores of an office PC; measured in processor time, not wall time."""
    frames = day_tables(DAY, [Line(str(number), 1.2, 48) for number in range(99)])
    assert frames["trip_stop"].height > 180_000
    view, days = overview.view({}, [DAY])
    tables = {name: frames[name] for name in ("route_hour", "stop_hour", "trip_stop", "quality")}
    began = time.process_time()
    data = workbook_bytes(tables, overview.about(view, days, MADE_ON))
    assert time.process_time() - began < 15
    assert len(data) > 1_000_000
