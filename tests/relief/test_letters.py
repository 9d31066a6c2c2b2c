"""Letters: a page for everyone who gets one, with what the statutory form tells."""

from __future__ import annotations

import io
import re
import time
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest
from lxml import etree

from gongmu.core.documents.paper import Heading, PageBreak, Paragraph, Table
from gongmu.core.errors import Refused
from gongmu.relief.letters import (
    LIST_COLUMNS,
    LetterSheet,
    clawback_letter_of,
    letter_hwpx,
    letter_of,
    letter_pdf,
    letters_paper,
    letters_workbook,
)
from gongmu.relief.notices import EVENT_KINDS, LetterWhy
from tests.relief.noticed import REPLACING, TODAY, Event, Judgement, Office, grant, judgement
from tests.relief.test_notices import ALWAYS_SAID, NEVER_SAID

CODES = (*EVENT_KINDS, *(f"{code}+REPL" for code in REPLACING), "NONE")
MADE_AT = datetime(2026, 11, 23, tzinfo=UTC)
WHY = (LetterWhy.STATUTORY.value,)


def sheet(code: str = "N22") -> LetterSheet:
    return letter_of(grant(code), judgement(code), WHY, TODAY)


def words(letter: LetterSheet) -> str:
    """Everything the page says, in order."""
    found = []
    for block in letters_paper([letter], Office(), TODAY).blocks:
        if isinstance(block, Heading | Paragraph):
            found.append(block.text)
        elif isinstance(block, Table):
            found += [cell for row in block.rows for cell in row]
    return "\n".join(found)


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


@pytest.mark.parametrize("code", CODES)
def test_a_letter_tells_what_the_form_tells(code: str) -> None:
    said = words(sheet(code))
    for told in (
        "지방세 감면 안내",
        "시행규칙 제2조제2항",
        "가나다 귀하",
        "(01234)",
        "12가3456",
        "3,150,000원",
        "2,677,500원",
        "472,500원",
        "지방세특례제한법 제",
        "연습시 세정과 031-000-2000",
        "2026. 11. 23.",
        "연습시장",
    ):
        assert told in said
    assert ("60일 안에 감면받은" in said) == (code != "NONE")
    assert ("2027. 11. 10.까지" in said) == (code != "NONE")
    assert ("34나7890" in said) == code.endswith("+REPL")


@pytest.mark.parametrize("code", sorted(EVENT_KINDS))
def test_a_letter_speaks_of_its_own_duties_only(code: str) -> None:
    letter = sheet(code)
    said = "\n".join(line for _, lines in letter.sections for line in lines)
    for word in NEVER_SAID[code]:
        assert word not in said
    for word in ALWAYS_SAID[code]:
        assert word.removeprefix("소유권 ") in said
    for word in ("장애", "유공", "보훈", "등급"):
        assert word not in words(letter)


def test_a_letter_waits_for_an_officers_decision() -> None:
    for decided in (Judgement("CHECK"), Judgement("N22", None), Judgement("N22+REPL")):
        with pytest.raises(Refused) as stopped:
            letter_of(grant(), decided, WHY, TODAY)
        assert stopped.value.code == "letter_undecided"
    with pytest.raises(Refused):
        clawback_letter_of(grant(), Event(amount_won=None), "이전", WHY, TODAY)
    with pytest.raises(Refused):
        letters_paper([], Office(), TODAY)


def test_a_clawback_letter_names_tax_and_day_and_says_when_it_is_late() -> None:
    due_on = date(2027, 1, 4)
    before = clawback_letter_of(grant(), Event(), "이전", WHY, due_on)
    after = clawback_letter_of(grant(), Event(), "이전", WHY, date(2027, 1, 5))
    for letter in (before, after):
        said = words(letter)
        assert "소유권 이전이 확인되어" in said
        assert "2,677,500원" in said
        assert "2027. 1. 4.까지" in said
    assert "기한 지남" in after.title
    assert "기한 지남" not in before.title


def test_every_letter_of_a_batch_has_a_page_of_its_own() -> None:
    batch = [sheet(code) for code in CODES]
    assert pages_of(letter_pdf(batch, Office(), TODAY, MADE_AT)) == len(batch)
    archive = zipfile.ZipFile(io.BytesIO(letter_hwpx(batch, Office(), TODAY, MADE_AT)))
    section = etree.fromstring(archive.read("Contents/section0.xml"))
    paragraphs = list(section.iter("{*}p"))
    assert sum(item.get("pageBreak") == "1" for item in paragraphs) == len(batch) - 1
    text = "".join(section.itertext())
    assert text.count("가나다 귀하") == len(batch)


def test_the_address_stands_where_a_window_envelope_shows_it() -> None:
    blocks = letters_paper([sheet()], Office(), TODAY).blocks
    place = next(block for block in blocks if isinstance(block, Table))
    assert not place.ruled
    assert place.row_mm >= 30
    assert "연습로 123" in place.rows[0][0]
    assert not any(isinstance(block, PageBreak) for block in blocks)


def test_the_letter_list_is_text_and_says_what_is_missing() -> None:
    batch = [
        sheet(),
        letter_of(grant(name="=HYPERLINK(1)", address=" "), judgement("N22"), WHY, TODAY),
    ]
    book = openpyxl.load_workbook(io.BytesIO(letters_workbook(batch)))
    rows = list(book.active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert rows[0] == LIST_COLUMNS
    assert rows[1][1:5] == ("가나다", "01234", batch[0].address, "전자적 안내를 신청하지 않음")
    assert rows[2][1] == "=HYPERLINK(1)"
    assert book.active.cell(3, 2).data_type == "s"  # type: ignore[union-attr]
    assert letter_of(grant(), judgement("N22"), "휴대전화 없음", TODAY).why == ("휴대전화 없음",)
    assert rows[2][5] == "주소가 없습니다. 확인하세요."


@pytest.mark.slow
def test_three_hundred_letters_take_seconds() -> None:
    batch = [sheet(CODES[number % len(CODES)]) for number in range(300)]
    for write in (letter_pdf, letter_hwpx):
        started = time.perf_counter()
        assert write(batch, Office(), TODAY)
        assert time.perf_counter() - started < 20
