"""Documents of every kind are read with their tables; broken ones are refused in Korean."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongmu.bots.knowledge.blocks import Heading, PageStart, ReadDocument, Table, Text, texts
from gongmu.bots.knowledge.reading import MOST_BYTES, read_here
from gongmu.bots.knowledge.reading_room import ReadingRoom, read_document
from gongmu.bots.knowledge.wire import from_json, to_json
from gongmu.core.documents import paper
from gongmu.core.documents.hwpx_writer import hwpx_bytes
from gongmu.core.documents.pdf_writer import pdf_bytes
from gongmu.core.errors import Refused
from tests.conftest import shared


def tables(document: ReadDocument) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def said(document: ReadDocument) -> str:
    return "\n".join(texts(document.blocks))


def refusal(data: bytes, name: str) -> Refused:
    with pytest.raises(Refused) as stopped:
        read_here(data, name)
    assert name in stopped.value.message
    assert stopped.value.todo
    return stopped.value


# ------------------------------------------------------------ hwp


def hwp(name: str) -> ReadDocument:
    return read_here(shared("data", "hwp", name).read_bytes(), name)


def test_text_boxes_of_an_hwp_are_read() -> None:
    assert [b.text for b in hwp("draw_text.hwp").blocks if isinstance(b, Text)] == [
        "글상자1",
        "글상자2",
    ]


def test_forms_of_an_hwp_keep_their_tables() -> None:
    found = tables(hwp("work_report.hwp"))
    assert ("업무내용", "완결여부", "산출물", "비고") in [row for one in found for row in one.rows]
    assert [one.caption for one in found if one.caption] == ["금주 진행업무", "차주 진행업무"]


def test_a_distribution_copy_is_read_with_outline_and_tables() -> None:
    document = hwp("한글문서파일형식_수식_revision1.3.hwp")
    headings = [b.text for b in document.blocks if isinstance(b, Heading)]
    assert "1.1.1. 수식에 쓰이는 글씨체" in headings
    assert len(tables(document)) >= 12
    assert ("`", "빈칸의 ¼") in tables(document)[0].rows


@pytest.mark.parametrize("name", ["annual_report.hwp", "hello_world.hwp", "outline.hwp"])
def test_every_other_hwp_is_read(name: str) -> None:
    document = hwp(name)
    assert document.kind == "hwp"
    assert bool(document.blocks) != (name == "outline.hwp")


def test_an_hwp_under_another_name_is_told_by_its_bytes() -> None:
    data = shared("data", "hwp", "hello_world.hwp").read_bytes()
    assert said(read_here(data, "안녕.docx")) == "Hello World!"


# ------------------------------------------------------------ hwpx


@pytest.fixture(scope="module")
def letter() -> bytes:
    return hwpx_bytes(
        paper.Paper(
            title="지원 안내",
            author="연습시",
            blocks=[
                paper.Heading("청년 월세 지원 안내"),
                paper.Paragraph("□ 지원 내용"),
                paper.Table(
                    rows=[
                        [paper.Cell([paper.Paragraph("구분")], rows=2),
                         paper.Cell([paper.Paragraph("금액")], columns=2)],
                        ["1인", "2인"],
                        ["월세", "20만원", "30만원"],
                        [paper.Cell([paper.Paragraph("이사비")], rows=2), "10만원", "15만원"],
                        ["한 번", "두 번"],
                    ],
                    shares=[1, 1, 1],
                    header_rows=2,
                ),
            ],
        )
    )  # fmt: skip


def test_our_own_hwpx_comes_back_with_merged_cells_written_out(letter: bytes) -> None:
    (table,) = tables(read_here(letter, "안내.hwpx"))
    assert table.header_rows == 2
    assert table.rows == (
        ("구분", "금액", "금액"),
        ("구분", "1인", "2인"),
        ("월세", "20만원", "30만원"),
        ("이사비", "10만원", "15만원"),
        ("이사비", "한 번", "두 번"),
    )


def test_hwpx_named_hwp_is_read(letter: bytes) -> None:
    assert read_here(letter, "안내.hwp").kind == "hwpx"


def test_hwpx_of_python_hwpx_is_read_with_nested_table_and_notes(tmp_path: Path) -> None:
    import hwpx

    document = hwpx.HwpxDocument.new()
    document.add_paragraph("버스 노선 개편 계획")
    table = document.add_table(rows=2, cols=2)
    for row, cells in enumerate((("노선", "배차"), ("7번", "12분"))):
        for column, text in enumerate(cells):
            table.set_cell_text(row, column, text)
    path = tmp_path / "계획.hwpx"
    document.save_to_path(path)
    read = read_here(path.read_bytes(), path.name)
    assert "버스 노선 개편 계획" in said(read)
    assert tables(read)[0].rows == (("노선", "배차"), ("7번", "12분"))


_SECTION = """<?xml version="1.0" encoding="UTF-8"?>
<hs:sec xmlns:hs="urn:s" xmlns:hp="urn:p">
<hp:p><hp:run><hp:ctrl><hp:header><hp:subList><hp:p><hp:run><hp:t>교통과</hp:t></hp:run></hp:p>
</hp:subList></hp:header></hp:ctrl></hp:run></hp:p>
<hp:p><hp:run><hp:t>지원금<hp:tab/>안내</hp:t><hp:ctrl><hp:footNote><hp:subList>
<hp:p><hp:run><hp:t>2026년 기준</hp:t></hp:run></hp:p></hp:subList></hp:footNote></hp:ctrl>
</hp:run></hp:p>
<hp:p><hp:run><hp:container><hp:rect><hp:drawText><hp:subList><hp:p><hp:run><hp:t>글상자 말</hp:t>
</hp:run></hp:p></hp:subList></hp:drawText></hp:rect></hp:container></hp:run></hp:p>
<hp:p><hp:run><hp:tbl><hp:tr>
<hp:tc><hp:subList><hp:p><hp:run><hp:t>대상</hp:t></hp:run></hp:p></hp:subList>
<hp:cellAddr colAddr="0" rowAddr="0"/><hp:cellSpan colSpan="1" rowSpan="1"/></hp:tc>
<hp:tc><hp:subList><hp:p><hp:run><hp:t>바깥</hp:t></hp:run></hp:p></hp:subList>
<hp:cellAddr colAddr="1" rowAddr="0"/><hp:cellSpan colSpan="1" rowSpan="1"/></hp:tc></hp:tr><hp:tr>
<hp:tc><hp:subList><hp:p><hp:run><hp:t>청년</hp:t></hp:run></hp:p></hp:subList>
<hp:cellAddr colAddr="0" rowAddr="1"/><hp:cellSpan colSpan="1" rowSpan="1"/></hp:tc>
<hp:tc><hp:subList><hp:p><hp:run><hp:tbl>
<hp:tr><hp:tc><hp:subList><hp:p><hp:run><hp:t>안쪽 가</hp:t></hp:run></hp:p></hp:subList>
<hp:cellAddr colAddr="0" rowAddr="0"/></hp:tc><hp:tc><hp:subList><hp:p><hp:run><hp:t>안쪽 나</hp:t>
</hp:run></hp:p></hp:subList><hp:cellAddr colAddr="1" rowAddr="0"/></hp:tc></hp:tr>
</hp:tbl></hp:run></hp:p></hp:subList>
<hp:cellAddr colAddr="1" rowAddr="1"/></hp:tc></hp:tr></hp:tbl></hp:run></hp:p>
</hs:sec>"""


def hwpx_of(section: str, **more: str) -> bytes:
    store = io.BytesIO()
    with zipfile.ZipFile(store, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/hwp+zip")
        package.writestr("Contents/section0.xml", section)
        for name, text in more.items():
            package.writestr(name, text)
    return store.getvalue()


def test_headers_notes_boxes_and_tables_inside_tables_are_read() -> None:
    document = read_here(hwpx_of(_SECTION), "속.hwpx")
    asides = {b.aside: b.text for b in document.blocks if isinstance(b, Text) and b.aside}
    assert asides == {"머리말": "교통과", "각주": "2026년 기준"}
    for text in ("지원금 안내", "글상자 말", "대상", "바깥", "청년", "안쪽 가", "안쪽 나"):
        assert text in said(document)
    assert len(tables(document)) == 2


def test_a_locked_hwpx_is_refused() -> None:
    manifest = '<manifest><file-entry><encryption-data checksum="x"/></file-entry></manifest>'
    data = hwpx_of(_SECTION, **{"META-INF/manifest.xml": manifest})
    assert refusal(data, "잠금.hwpx").code == "file_encrypted"


def test_entities_of_a_hostile_hwpx_are_not_unfolded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><sec><p><run><t>&a;</t></run></p></sec>'
    assert refusal(hwpx_of(bomb), "폭탄.hwpx").code == "file_damaged"


def test_a_zip_bomb_is_refused_before_it_unfolds() -> None:
    store = io.BytesIO()
    with zipfile.ZipFile(store, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("Contents/section0.xml", _SECTION)
        with package.open("BinData/big.bin", "w", force_zip64=True) as stream:
            for _ in range(600):
                stream.write(b"\0" * 1024**2)
    assert len(store.getvalue()) < 2 * 1024**2
    assert refusal(store.getvalue(), "폭탄.hwpx").code == "file_too_large"


# ------------------------------------------------------------ docx, xlsx, csv


def test_docx_with_headings_numbering_merged_cells_and_header() -> None:
    import docx

    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "대외 공개"
    document.add_heading("재난 대응 매뉴얼", 1)
    document.add_paragraph("첫째 항목", style="List Number")
    document.add_paragraph("둘째 항목", style="List Number")
    table = document.add_table(rows=3, cols=3)
    for row, line in enumerate((("단계", "할 일", "할 일"), ("관심", "점검", "월 1회"),
                                ("관심", "교육", "월 2회"))):  # fmt: skip
        for column, text in enumerate(line):
            table.cell(row, column).text = text if row or column < 2 else ""
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(2, 0).text = ""
    table.cell(1, 0).merge(table.cell(2, 0))
    store = io.BytesIO()
    document.save(store)
    read = read_here(store.getvalue(), "매뉴얼.docx")
    assert Heading("재난 대응 매뉴얼", 1) in read.blocks
    assert "1. 첫째 항목" in said(read)
    assert "2. 둘째 항목" in said(read)
    assert tables(read)[0].rows == (
        ("단계", "할 일", "할 일"),
        ("관심", "점검", "월 1회"),
        ("관심", "교육", "월 2회"),
    )
    assert Text("대외 공개", aside="머리말") in read.blocks


def test_xlsx_shows_numbers_as_the_workbook_does() -> None:
    import xlsxwriter

    store = io.BytesIO()
    book = xlsxwriter.Workbook(store)
    sheet = book.add_worksheet("단가")
    hidden = book.add_worksheet("감춤")
    hidden.hide()
    hidden.write(0, 0, "보이면 안 됨")
    won = book.add_format({"num_format": '#,##0"원"'})
    share = book.add_format({"num_format": "0.0%"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    code = book.add_format({"num_format": "00000"})
    sheet.merge_range(0, 0, 0, 4, "2026년 단가표")
    sheet.write_row(2, 0, ["품목", "단가", "비율", "적용일", "부호"])
    sheet.merge_range(3, 0, 4, 0, "복사용지")
    for row in (3, 4):
        sheet.write(row, 1, 1234000 + row, won)
        sheet.write(row, 2, 0.125, share)
        sheet.write(row, 3, date(2026, 3, 1), day)
        sheet.write(row, 4, 42, code)
    book.close()
    read = read_here(store.getvalue(), "단가.xlsx")
    (table,) = tables(read)
    assert table.rows[1:] == (
        ("복사용지", "1,234,003원", "12.5%", "2026-03-01", "00042"),
        ("복사용지", "1,234,004원", "12.5%", "2026-03-01", "00042"),
    )
    assert (table.place, table.row_numbers) == ("시트 '단가'", (3, 4, 5))
    assert "2026년 단가표" in said(read)
    assert "보이면 안 됨" not in said(read)
    assert any("감춤" in note for note in read.notes)


def test_html_named_xls_and_cp949_are_read() -> None:
    page = (
        "<html><meta charset=euc-kr><table><tr><th rowspan=2>노선<th colspan=2>승객"
        "<tr><th>평일<th>주말<tr><td>7번<td>120<td>80</table></html>"
    )
    read = read_here(page.encode("cp949"), "승객.xls")
    assert read.kind == "html"
    (table,) = tables(read)
    assert table.header_rows == 2
    assert table.rows[0] == ("노선", "승객", "승객")
    assert table.rows[-1] == ("7번", "120", "80")


def test_csv_in_cp949_is_a_table() -> None:
    read = read_here(
        "부서,전화\n교통과,031-000-1111\n세정과,031-000-2222\n".encode("cp949"), "전화.csv"
    )
    assert tables(read)[0].rows[1] == ("교통과", "031-000-1111")
    assert tables(read)[0].header_rows == 1


# ------------------------------------------------------------ pdf


@pytest.fixture(scope="module")
def printed() -> bytes:
    sentence = "연습시는 시민이 낸 세금을 아껴 쓰고 그 쓰임을 누구나 알 수 있게 밝힌다. " * 4
    return pdf_bytes(
        paper.Paper(
            title="예산 설명서",
            author="연습시",
            blocks=[
                paper.Heading("예산 설명서"),
                paper.Paragraph(sentence.strip()),
                paper.Table(
                    rows=[["분야", "금액"], ["교통", "120억 원"], ["복지", "340억 원"]],
                    shares=[1, 1],
                    header_rows=1,
                ),
                paper.PageBreak(),
                paper.Paragraph("둘째 쪽의 글"),
            ],
        )
    )


def test_pdf_keeps_pages_paragraphs_and_ruled_tables(printed: bytes) -> None:
    read = read_here(printed, "예산.pdf")
    assert [b.number for b in read.blocks if isinstance(b, PageStart)] == [1, 2]
    assert tables(read)[0].rows == (("분야", "금액"), ("교통", "120억 원"), ("복지", "340억 원"))
    paragraphs = [b.text for b in read.blocks if isinstance(b, Text)]
    joined = max(paragraphs, key=len)
    assert joined.count("밝힌다.") == 4
    assert "둘째 쪽의 글" in paragraphs[-1]


def scan() -> bytes:
    """A PDF of one page with a grey picture and no letter."""
    pixels = zlib.compress(b"\x80" * 64)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R"
        b"/Resources<</XObject<</I 5 0 R>>>>>>",
        b"<</Length 28>>stream\nq 200 0 0 200 0 0 cm /I Do Q\nendstream",
        b"<</Type/XObject/Subtype/Image/Width 8/Height 8/ColorSpace/DeviceGray/BitsPerComponent 8"
        b"/Filter/FlateDecode/Length %d>>stream\n" % len(pixels) + pixels + b"\nendstream",
    ]  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n"
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % start


def test_a_scan_is_refused_with_what_to_do() -> None:
    refused = refusal(scan(), "스캔.pdf")
    assert refused.code == "scan_without_text"
    assert "OCR" in refused.todo


def test_a_locked_pdf_is_refused(printed: bytes) -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(printed)))
    writer.encrypt("secret")
    store = io.BytesIO()
    writer.write(store)
    assert refusal(store.getvalue(), "잠금.pdf").code == "file_encrypted"


# ------------------------------------------------------------ text, mail


def test_markdown_and_plain_text() -> None:
    read = read_here(
        "# 안내\n\n| 구분 | 값 |\n|---|---|\n| 가 | 1 |\n\n1. 하나\n2. 둘\n".encode(), "안내.md"
    )
    assert tables(read)[0].rows == (("구분", "값"), ("가", "1"))
    assert "2. 둘" in said(read)
    plain = read_here("첫 줄\n제1조(목적) 글".encode("utf-16"), "글.txt")
    assert [b.text for b in plain.blocks if isinstance(b, Text)] == ["첫 줄", "제1조(목적) 글"]


def test_mail_is_read_with_its_attachments(letter: bytes) -> None:
    from email.message import EmailMessage

    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "자료 송부", "a@city.example", "b@city.example"
    mail.set_content("붙임과 같이 보냅니다.")
    mail.add_attachment(
        letter, maintype="application", subtype="octet-stream", filename="지원 안내.hwpx"
    )
    mail.add_attachment(
        b"\0\1\2", maintype="application", subtype="octet-stream", filename="깨짐.hwp"
    )
    read = read_here(mail.as_bytes(), "송부.eml")
    assert read.title == "자료 송부"
    assert "붙임과 같이 보냅니다." in said(read)
    assert Heading("붙임: 지원 안내.hwpx", 0) in read.blocks
    assert "30만원" in said(read)
    assert any("깨짐.hwp" in note for note in read.notes)


def test_mail_of_an_old_program_in_euc_kr() -> None:
    raw = (
        b"From: a@city.example\r\nSubject: =?ks_c_5601-1987?B?yLjAxw==?=\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=ks_c_5601-1987\r\n\r\n" + "회의는 3시".encode("cp949")
    )
    read = read_here(raw, "회의.eml")
    assert read.title == "회의"
    assert "회의는 3시" in said(read)


# ------------------------------------------------------------ broken and hostile


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "빈.hwp", "file_empty"),
        (b"\0" * 1000, "영.pdf", "file_empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "깨진.hwp", "file_damaged"),
        (b"PK\x03\x04 no zip", "깨진.hwpx", "file_truncated"),
        (b"%PDF-1.7 nothing", "깨진.pdf", "file_damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "사진.png", "format_unknown"),
        (b"\x89PNG\r\n", "잘린 사진.png", "format_unknown"),
        (b"PK\x05\x06" + b"\0" * 18, "빈 압축.zip", "file_empty"),
        (b"\x01\x02\x00\x03" * 50, "알 수 없음.dat", "format_unknown"),
        (b"<## NASCA DRM FILE - VER1.00 ##>" + b"\x91" * 99, "잠금.hwp", "file_encrypted"),
    ],
)
def test_files_that_cannot_be_read_say_why(data: bytes, name: str, code: str) -> None:
    assert refusal(data, name).code == code


def test_a_file_over_50_megabytes_is_refused() -> None:
    assert refusal(b"x" * (MOST_BYTES + 1), "큰.txt").code == "file_too_large"


def samples() -> Iterator[tuple[str, bytes]]:
    for name in ("work_report.hwp", "draw_text.hwp"):
        yield name, shared("data", "hwp", name).read_bytes()
    yield "속.hwpx", hwpx_of(_SECTION)
    yield "스캔.pdf", scan()


@pytest.fixture(scope="module")
def whole_files() -> list[tuple[str, bytes]]:
    return list(samples())


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    which=st.integers(0, 3),
    cut=st.floats(0.02, 1),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12),
)
def test_a_damaged_file_is_read_or_refused_never_a_crash(
    whole_files: list[tuple[str, bytes]],
    which: int,
    cut: float,
    changes: list[tuple[float, int]],
) -> None:
    name, data = whole_files[which]
    broken = bytearray(data[: max(1, int(len(data) * cut))])
    for where, value in changes:
        broken[int(where * (len(broken) - 1))] = value
    try:
        read_here(bytes(broken), name)
        todo = "read"
    except Refused as refused:
        todo = refused.todo
    assert todo


def test_what_the_reading_process_answers_is_what_was_read(letter: bytes) -> None:
    read = read_here(letter, "안내.hwpx")
    assert from_json(to_json(read)) == read
    assert read_document(letter, "안내.hwpx") == read


def test_a_file_that_hangs_or_kills_is_refused_and_the_next_one_is_read() -> None:
    # A fresh process takes longer than that to start.
    room = ReadingRoom(longest_seconds=0.02)
    try:
        with pytest.raises(Refused) as stopped:
            room.read(b"slow", "느림.txt")
        assert stopped.value.code == "file_hostile"
        room._longest = 60.0
        assert said(room.read("다음 글".encode(), "다음.txt")) == "다음 글"
        assert room._process is not None
        room._process.kill()
        room._process.wait()
        assert said(room.read("또 다음".encode(), "다음.txt")) == "또 다음"
    finally:
        room.close()
