"""Reading any file into text cells: formats told by bytes, nothing lost, nothing guessed."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile

import msoffcrypto.format.ooxml  # type: ignore[import-untyped]
import openpyxl  # type: ignore[import-untyped]
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from gongmu.core.documents.archive import members
from gongmu.core.documents.grid import Document
from gongmu.core.documents.read import read_document
from gongmu.core.errors import Refused


def rows(document: Document, sheet: int = 0) -> list[tuple[int, list[str]]]:
    """Return (row number, cells) of a sheet, trailing blank cells left out."""
    found = []
    for number, cells in document.sheets[sheet].head(10**9):
        kept = list(cells)
        while kept and not kept[-1]:
            kept.pop()
        found.append((number, kept))
    return found


def workbook(*sheets: list[list[object]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        for cells in sheets:
            sheet = book.add_worksheet()
            for at, row in enumerate(cells):
                sheet.write_row(at, 0, row)
    return target.getvalue()


def archive(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return target.getvalue()


def encrypted(book: bytes) -> bytes:
    target = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(book)).encrypt("비밀번호", target)
    return target.getvalue()


BOOK = workbook([["정류소", "ARS"], ["시청앞", "07001"]])
ZIPPED = archive({"하나.csv": b"a,b\n1,2\n"})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"\xef\xbb\xbf", "file_empty"),
        (b"\r\n  \r\n", "file_empty"),
        (BOOK[: len(BOOK) // 2], "file_truncated"),
        (ZIPPED[:-30], "file_truncated"),
        ("노선,정류소\n7,시청".encode("cp949")[:-1], "file_truncated"),
        ("노선\n시청".encode("utf-16")[:-1], "file_truncated"),
        (b"<html><table><tr><td>1</td></tr><tr><td>", "file_truncated"),
        (encrypted(BOOK), "file_encrypted"),
        (b"\x9b DRMONE  This Document is encrypted", "file_encrypted"),
        (b"SCDSA002" + b"\x00" * 64, "file_encrypted"),
        (b"route,stop\n" + b"\xff\xff\x80,1\n" * 40, "encoding_unknown"),
        (b"%PDF-1.7 ...", "format_unknown"),
        (b"\x00\x01\x02\x03" * 200, "format_unknown"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"HWP" * 300, "format_unknown"),
        (archive({"word/document.xml": b"<x/>", "[Content_Types].xml": b"<x/>"}), "format_unknown"),
        ("<html><body>로그인하세요</body></html>".encode(), "format_unknown"),
    ],
    # The bytes of an archive hold the time of day; a name made of them differs between workers.
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_document(data, "받은파일.xls")
    assert refused.value.code == code
    assert "받은파일.xls" in refused.value.message
    assert refused.value.todo


def test_a_damaged_workbook_is_refused() -> None:
    with zipfile.ZipFile(io.BytesIO(BOOK)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"][:150]
    with pytest.raises(Refused) as refused:
        read_document(archive(parts), "표.xlsx")
    assert refused.value.code == "file_damaged"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16", "utf-16-le"])
def test_korean_text_is_read_in_the_encodings_that_are_met(encoding: str) -> None:
    data = "route,stop,name,last\r\n7,00123,뷁마을,홍길\r\n".encode(encoding)
    document = read_document(data, "a.csv")
    wanted = [(1, ["route", "stop", "name", "last"]), (2, ["7", "00123", "뷁마을", "홍길"])]
    assert rows(document) == wanted


def test_another_encoding_is_read_only_when_it_is_named() -> None:
    data = "stop\nZürich,é\n".encode("latin-1")
    with pytest.raises(Refused, match="글자 부호"):
        read_document(data, "a.csv")
    assert rows(read_document(data, "a.csv", ("latin-1",)))[1] == (2, ["Zürich", "é"])


def test_broken_lines_stay_apart_and_keep_their_row_numbers() -> None:
    data = b"a|b|c\n1|2|3\n\n4|5\n6|7|8|9\n1||\n"
    sheet = read_document(data, "a.dat").sheets[0]
    assert [(frame.width - 1, frame["row"].to_list()) for frame in sheet.blocks] == [
        (3, [1, 2, 6]),
        (2, [4]),
        (4, [5]),
    ]


def test_quotes_are_understood_and_stray_ones_swallow_nothing() -> None:
    data = b'n,name,x\n1,"a,b",2\n2,"two\nlines",3\n3,12" pipe,4\n4,"open,5\n5,="007",6\n6,z,7\n'
    assert rows(read_document(data, "a.csv")) == [
        (1, ["n", "name", "x"]),
        (2, ["1", "a,b", "2"]),
        (3, ["2", "two\nlines", "3"]),
        (5, ["3", '12" pipe', "4"]),
        (6, ["4", '"open', "5"]),
        (7, ["5", "007", "6"]),
        (8, ["6", "z", "7"]),
    ]


def test_a_workbook_gives_text_and_counts_rows_on_over_sheets() -> None:
    first: list[list[object]] = [["id", "n"], ["007", 1234.0], [], ["x", 0.5]]
    second: list[list[object]] = [["id"], [123456789012345678], [True]]
    document = read_document(workbook(first, second), "a.xlsx")
    assert rows(document) == [(1, ["id", "n"]), (2, ["007", "1234"]), (4, ["x", "0.5"])]
    assert rows(document, 1) == [(5, ["id"]), (6, ["1.234568e+17"]), (7, ["TRUE"])]


def test_merged_cells_dates_and_errors_of_a_workbook() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["노선", None, "시각"])
    sheet.merge_cells("A1:B1")
    sheet.append(["ID", "번호", dt.datetime(2026, 11, 20, 8, 3, 12)])  # noqa: DTZ001 - as Excel
    sheet.append(["1", "=1/0", dt.timedelta(hours=25, minutes=3)])
    target = io.BytesIO()
    book.save(target)
    assert rows(read_document(target.getvalue(), "a.xlsx")) == [
        (1, ["노선", "노선", "시각"]),
        (2, ["ID", "번호", "2026-11-20 08:03:12"]),
        (3, ["1", "", "25:03:00"]),
    ]


HTML = """<html><head><meta charset="euc-kr"></head><body>
<table><tr><td colspan="4">정류소 통과 이력</td></tr>
<tr><th rowspan=2>일자</th><th colspan=2>노선</th><th>시각</th></tr>
<tr><th>ID</th><th>번호</th><th>도착</th></tr>
<tr><td rowspan="2">2026-11-20</td><td>001</td><td>7&nbsp; 번</td><td>08:00<br>30</td></tr>
<tr><td>002</td><td></td><td><b>09:00</b></td></tr></table>
<table><tr><td>끝</td></tr></table></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "cp949", "utf-16"])
def test_html_called_xls_is_read_with_its_merged_cells(encoding: str) -> None:
    document = read_document(HTML.replace("번호", "번홓").encode(encoding), "통과.xls")
    assert rows(document) == [
        (1, ["정류소 통과 이력"] * 4),
        (2, ["일자", "노선", "노선", "시각"]),
        (3, ["일자", "ID", "번홓", "도착"]),
        (4, ["2026-11-20", "001", "7 번", "08:00 30"]),
        (5, ["2026-11-20", "002", "", "09:00"]),
    ]
    assert rows(document, 1) == [(6, ["끝"])]


def test_archives_are_opened_also_inside_each_other() -> None:
    inner = archive({"b.csv": b"1", "__MACOSX/b.csv": b"2", ".DS_Store": b"3"})
    outer = archive({"안.zip": inner, "a.csv": b"4", "표.xlsx": BOOK})
    names = [name for name, _ in members("자료.zip", outer)]
    assert names == ["자료.zip/a.csv", "자료.zip/안.zip/b.csv", "자료.zip/표.xlsx"]


def test_member_names_in_cp949_are_understood() -> None:
    data = archive({"XXXX.csv": b"1"}).replace(b"XXXX", "노선".encode("cp949"))
    assert [name for name, _ in members("a.zip", data)] == ["a.zip/노선.csv"]


def test_archives_too_deep_or_too_many_are_refused() -> None:
    nested = b"1"
    for _ in range(5):
        nested = archive({"더.zip" if nested != b"1" else "a.csv": nested})
    many = archive({f"{at}.csv": b"" for at in range(2_001)})
    for data in (nested, many):
        with pytest.raises(Refused) as refused:
            list(members("a.zip", data))
        assert refused.value.code == "file_too_large"


def test_a_zip_bomb_is_refused_before_it_is_unfolded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gongmu.core.documents.archive.MOST_BYTES", 1_000_000)
    bomb = archive({"0.csv": b"0" * 50_000_000})
    with pytest.raises(Refused, match="너무 커집니다"):
        list(members("a.zip", bomb))


cell_text = st.text(
    st.characters(codec="cp949", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), max_size=8
)


@settings(deadline=None)
@given(st.lists(st.lists(cell_text, min_size=2, max_size=5), min_size=1, max_size=30))
def test_every_line_of_a_quoted_csv_comes_back(table: list[list[str]]) -> None:
    target = io.StringIO()
    csv.writer(target, quoting=csv.QUOTE_ALL).writerows(table)
    document = read_document(target.getvalue().encode("cp949"), "a.csv")
    found = {
        number: list(cells)
        for frame in document.sheets[0].blocks
        for number, *cells in frame.fill_null("").iter_rows()
    }
    assert found == {
        at: [_spreadsheet(text) for text in row] for at, row in enumerate(table, start=1)
    }


def _spreadsheet(text: str) -> str:
    return text[2:-1] if text.startswith('="') and text.endswith('"') else text


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_never_a_crash(data: bytes) -> None:
    try:
        heights = [
            sum(sheet.height for sheet in read_document(content, name).sheets)
            for name, content in members("a", data)
        ]
        code = ""
    except Refused as why:
        heights, code = [], why.code
    assert all(heights) if not code else code.startswith(("file_", "format_", "encoding_"))
