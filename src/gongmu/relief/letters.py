"""The statutory letter of a relief (지특법 시행규칙 별지 제2호서식), by the batch, and its list.

The layout is our own with the particulars of such a form. A letter is sealed in an envelope, so it
names the article; it never names a grade. The address stands where a window envelope shows it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from gongmu.core.documents.hwpx_writer import hwpx_bytes
from gongmu.core.documents.paper import (
    Align,
    Block,
    Gap,
    Heading,
    PageBreak,
    Paper,
    Paragraph,
    Table,
)
from gongmu.core.documents.pdf_writer import pdf_bytes
from gongmu.core.errors import Refused
from gongmu.core.values import korean_date
from gongmu.relief.article import article_words
from gongmu.relief.grant import Grant
from gongmu.relief.notices import Event, Judged
from gongmu.relief.wording import FORM, NO_DUTY, Texts, filled, shipped_texts

LIST_COLUMNS = ("순번", "받는 사람", "우편번호", "주소", "사유", "비고")
"""Columns of the letter list."""


class Sender(Protocol):
    """Who writes; `relief.office.Office` fits."""

    @property
    def office(self) -> str: ...
    @property
    def phone(self) -> str: ...
    @property
    def head(self) -> str: ...
    @property
    def address(self) -> str: ...


@dataclass(frozen=True)
class LetterSheet:
    """One letter, ready to be set: it holds personal data and lives in memory only."""

    grant_id: str
    title: str
    name: str
    address: str
    postcode: str
    why: tuple[str, ...]
    """Why it goes by post; stands in the list, not in the letter."""
    opening: str
    facts: tuple[tuple[str, str], ...]
    """Label and value, printed two pairs in a row."""
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    """Heading and its sentences."""

    @property
    def remark(self) -> str:
        """What a person has to look after before it is posted."""
        return "" if self.address.strip() else "주소가 없습니다. 확인하세요."


def letter_of(
    grant: Grant,
    decision: Judged,
    why: str | Sequence[str],
    today: date,
    texts: Texts | None = None,
) -> LetterSheet:
    """Make the guidance letter of one grant; raises Refused letter_undecided.

    `why` are the list's reasons (`notices.LetterWhy`). A decision that an officer has still to
    take makes no letter: 지특법 §183②, 시행규칙 §2②.
    """
    texts = texts or shipped_texts()
    base = decision.notice_code.removesuffix("+REPL")
    ends_on = decision.clawback_until_on
    if base not in texts.codes or (base != NO_DUTY and ends_on is None):
        raise _undecided()
    form, own = texts.on(FORM, today).letter, texts.on(base, today).letter
    values = {"의무종료일": korean_date(ends_on) if ends_on else ""}
    duties = [filled(line, values) for line in own.duties]
    if decision.notice_code.endswith("+REPL"):
        if decision.replacement_due_on is None:
            raise _undecided()
        values["대체기한"] = korean_date(decision.replacement_due_on)
        old = grant.previous_plate.strip()
        values["종전차량"] = f"종전 차량({old})" if old else "종전 차량"
        duties += [filled(line, values) for line in texts.on("REPL", today).letter.duties]
    sections = [("지키셔야 할 일", tuple(duties))]
    if own.exceptions:
        sections.append(("추징하지 않는 경우", own.exceptions))
    if base != NO_DUTY:
        sections.append(("신고와 납부", form.filing))
    facts = (
        ("성명(법인명)", grant.name),
        ("자동차등록번호", grant.plate),
        ("차명", grant.car_name),
        ("등록일", korean_date(grant.registered_on) if grant.registered_on else ""),
        ("감면 세목", "취득세"),
        ("감면 근거", article_words(grant.article)),
        ("산출세액", _won(grant.base_tax_won)),
        ("감면세액", _won(grant.relief_won)),
        ("납부세액", _won(grant.tax_due_won)),
        ("의무 기간", f"{korean_date(ends_on)}까지" if ends_on else "해당 없음"),
    )
    return LetterSheet(
        grant_id=grant.grant_id,
        title="지방세 감면 안내",
        name=grant.name.strip(),
        address=grant.address.strip(),
        postcode=grant.postcode.strip(),
        why=_reasons(why),
        opening=" ".join(form.opening),
        facts=facts,
        sections=tuple(sections),
    )


def clawback_letter_of(
    grant: Grant,
    event: Event,
    event_kind: str,
    why: str | Sequence[str],
    today: date,
    texts: Texts | None = None,
) -> LetterSheet:
    """Make the letter after an event that makes clawback due; raises Refused letter_undecided.

    Source: 지방세법 §20③ (60 days), 지방세기본법 §53, §55, §57②.
    """
    texts = texts or shipped_texts()
    due_on = event.filing_due_on
    if due_on is None or not event.amount_won:
        raise _undecided()
    late = today > due_on
    reason = texts.on("CB", today).words["사유"][event_kind]
    opening = f"취득세를 감면받으신 자동차에서 {reason} 확인되어 안내드립니다."
    if late:
        opening += " 신고 기한이 지났으나 신고가 아직 확인되지 않습니다."
    facts = (
        ("성명(법인명)", grant.name),
        ("자동차등록번호", grant.plate),
        ("감면 세목", "취득세"),
        ("감면 근거", article_words(grant.article)),
        ("신고하실 세액", _won(event.amount_won)),
        ("신고 기한", f"{korean_date(due_on)}까지"),
    )
    last = "부득이한 사유가 있거나 이미 신고하셨다면 아래 문의처로 알려 주세요."
    return LetterSheet(
        grant_id=grant.grant_id,
        title="감면 취득세 신고 안내" + (" (기한 지남)" if late else ""),
        name=grant.name.strip(),
        address=grant.address.strip(),
        postcode=grant.postcode.strip(),
        why=_reasons(why),
        opening=opening,
        facts=facts,
        sections=(("신고와 납부", (*texts.on(FORM, today).letter.filing, last)),),
    )


def letters_paper(letters: Sequence[LetterSheet], sender: Sender, day: date) -> Paper:
    """Lay the letters of one batch on paper, a page each; raises Refused letters_empty."""
    if not letters:
        raise Refused("letters_empty", "보낼 편지가 없습니다.", "편지 대상을 확인하세요.")
    blocks: list[Block] = []
    for number, letter in enumerate(letters):
        if number:
            blocks.append(PageBreak())
        blocks += _page(letter, sender, day)
    return Paper("지방세 감면 안내", sender.office, tuple(blocks), page_numbers=False)


def letter_pdf(
    letters: Sequence[LetterSheet], sender: Sender, day: date, made_at: datetime | None = None
) -> bytes:
    """Return the letters of one batch as one PDF, a page each."""
    return pdf_bytes(letters_paper(letters, sender, day), made_at)


def letter_hwpx(
    letters: Sequence[LetterSheet], sender: Sender, day: date, made_at: datetime | None = None
) -> bytes:
    """Return the letters of one batch as one HWPX file, a page each."""
    return hwpx_bytes(letters_paper(letters, sender, day), made_at)


def letters_workbook(letters: Sequence[LetterSheet]) -> bytes:
    """Return the letter list as xlsx: LIST_COLUMNS, one row a letter, everything as text."""
    import xlsxwriter

    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True})
    sheet = book.add_worksheet("우편 발송 명단")
    head = book.add_format({"bold": True, "bg_color": "#EEEEEE", "border": 1})
    for column, (word, width) in enumerate(zip(LIST_COLUMNS, (6, 16, 10, 60, 40, 28), strict=True)):
        sheet.write_string(0, column, word, head)
        sheet.set_column(column, column, width)
    for row, letter in enumerate(letters, start=1):
        sheet.write_number(row, 0, row)
        cells = (letter.name, letter.postcode, letter.address, ", ".join(letter.why))
        # 글자로만 적는다: '='로 시작하는 이름이 수식이 되지 않고 우편번호의 0이 남는다
        for column, cell in enumerate((*cells, letter.remark), start=1):
            sheet.write_string(row, column, cell)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    book.close()
    return held.getvalue()


def _page(letter: LetterSheet, sender: Sender, day: date) -> list[Block]:
    signed = sender.head or sender.office
    postcode = f"\n({letter.postcode})" if letter.postcode else ""
    blocks: list[Block] = [
        Paragraph(f"{sender.office}  {sender.address}".strip(), size_pt=9),
        Gap(6),
        # 창봉투의 창: 위에서 45~85mm, 왼쪽에서 20~110mm
        Table(
            ((f"{letter.address}\n{letter.name} 귀하{postcode}", ""),),
            (95, 80),
            ruled=False,
            size_pt=11,
            row_mm=34,
        ),
        Heading(letter.title),
        Paragraph(letter.opening, size_pt=10),
        Table(_pairs(letter.facts), (26, 58, 30, 61), label_columns=(0, 2)),
    ]
    for title, sentences in letter.sections:
        blocks.append(Heading(f"□ {title}", level=3))
        blocks += [Paragraph(f"○ {sentence}", size_pt=10, hanging_mm=4.5) for sentence in sentences]
    where = f"{sender.office} {sender.phone}" + (f" ({sender.address})" if sender.address else "")
    blocks += [
        Heading("□ 신고하실 곳과 문의", level=3),
        Paragraph(f"○ {where}", size_pt=10, hanging_mm=4.5),
        Gap(4),
        Paragraph(korean_date(day), align=Align.CENTER),
        Paragraph(signed, bold=True, align=Align.CENTER, size_pt=14),
    ]
    return blocks


def _pairs(facts: Sequence[tuple[str, str]]) -> tuple[tuple[str, str, str, str], ...]:
    padded = [*facts, ("", "")] if len(facts) % 2 else list(facts)
    return tuple((*left, *right) for left, right in zip(padded[::2], padded[1::2], strict=True))


def _won(amount: int | None) -> str:
    return "" if amount is None else f"{amount:,}원"


def _reasons(why: str | Sequence[str]) -> tuple[str, ...]:
    return (why,) if isinstance(why, str) else tuple(str(one) for one in why)


def _undecided() -> Refused:
    return Refused(
        "letter_undecided",
        "의무나 기한이 정해지지 않아 편지를 만들 수 없습니다.",
        "담당자 확인을 마친 뒤 다시 하세요.",
    )
