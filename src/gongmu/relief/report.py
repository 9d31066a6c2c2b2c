"""The monthly result report: counts in, tables out, written as workbook, HWPX and PDF.

It holds no personal data: counts and sums only. The room's store counts; nothing is counted or
guessed here, and a figure that is not known stays empty.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from gongmu.core.documents.hwpx_writer import hwpx_bytes
from gongmu.core.documents.paper import Align, Block, Heading, Paper, Paragraph, Table
from gongmu.core.documents.pdf_writer import pdf_bytes
from gongmu.core.values import korean_date
from gongmu.relief.article import article_words
from gongmu.relief.statistics import LAWS, ReliefFigure, total

Cell = str | int | None
"""A cell of a report; None = not known, printed empty."""


@dataclass(frozen=True)
class ClawbackFigure:
    """Clawback notices of the month: how many persons, how much tax."""

    notified_count: int = 0
    tax_won: int = 0
    overdue_count: int = 0
    """Of them past the day of filing without a filing (미신고)."""
    overdue_won: int = 0


@dataclass(frozen=True)
class MonthFigures:
    """Everything the report of one month says; counts are of persons or texts as named."""

    month_on: date
    """Any day of the month."""
    grant_count: int
    noticed_count: int
    """Grants that a first text went out for."""
    excluded: Mapping[str, int] = field(default_factory=dict)
    """Korean reason → grants without a text."""
    sent: Mapping[str, int] = field(default_factory=dict)
    """Korean status (전달됨, 실패, 확인 필요, ...) → texts."""
    texts: Mapping[str, int] = field(default_factory=dict)
    """Notice code → texts handed over."""
    cost_won: int = 0
    """Price of the texts, as the provider bills them."""
    letters: Mapping[str, int] = field(default_factory=dict)
    """Korean reason → letters."""
    delivered_without_letter_count: int = 0
    """Texts that reached a person who got no letter for the same notice: the saved letters."""
    postage_won: int = 0
    """One letter."""
    clawback: ClawbackFigure = ClawbackFigure()
    coming: Mapping[str, int] = field(default_factory=dict)
    """Duty (1년 의무, 60일 대체취득, ...) → how many end next month."""
    reliefs: tuple[ReliefFigure, ...] = ()
    """From `relief_figures`."""

    @property
    def letters_won(self) -> int:
        """What the letters cost: count times postage."""
        return sum(self.letters.values()) * self.postage_won

    @property
    def saved_won(self) -> int:
        """Postage not spent, less the price of all texts; negative when texts cost more."""
        return self.delivered_without_letter_count * self.postage_won - self.cost_won


@dataclass(frozen=True)
class ReportTable:
    """One table of the report; numbers stay numbers until they are printed."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


def report_tables(figures: MonthFigures) -> tuple[ReportTable, ...]:
    """Return the tables of the report in the order of printing."""
    claw = figures.clawback
    return (
        ReportTable(
            "대상과 제외",
            ("구분", "건수"),
            (
                ("감면 접수", figures.grant_count),
                ("문자 안내", figures.noticed_count),
                *_sorted("제외: ", figures.excluded),
            ),
        ),
        ReportTable("발송 결과", ("상태", "건수"), _sorted("", figures.sent)),
        ReportTable("안내 종류", ("안내", "건수"), tuple(sorted(figures.texts.items()))),
        ReportTable("우편 발송", ("사유", "건수"), _sorted("", figures.letters)),
        ReportTable(
            "비용과 절감",
            ("구분", "금액(원)"),
            (
                ("문자 비용", figures.cost_won),
                ("우편 비용", figures.letters_won),
                ("절감액", figures.saved_won),
            ),
            "절감액 = 우편 없이 문자로 전해진 "
            f"{figures.delivered_without_letter_count:,}건 × 우편료 {figures.postage_won:,}원 "
            "- 문자 비용",
        ),
        ReportTable(
            "추징 안내",
            ("구분", "건수", "세액(원)"),
            (
                ("추징 사유 발생 안내", claw.notified_count, claw.tax_won),
                ("그 가운데 기한 지나 미신고", claw.overdue_count, claw.overdue_won),
            ),
        ),
        ReportTable("다음 달 기한 도래", ("의무", "건수"), _sorted("", figures.coming)),
        _relief_table(figures.reliefs),
    )


def report_paper(figures: MonthFigures, office: str, made_on: date) -> Paper:
    """Lay the report on paper."""
    blocks: list[Block] = [
        Heading(_title(figures)),
        Paragraph(f"{office}  {korean_date(made_on)}", align=Align.RIGHT, size_pt=10),
    ]
    for number, table in enumerate(report_tables(figures), start=1):
        blocks.append(Heading(f"{number}. {table.title}", level=2))
        if table.rows:
            blocks.append(_printed(table))
        else:
            blocks.append(Paragraph("해당 없음", size_pt=10))
        if table.note:
            blocks.append(Paragraph(f"※ {table.note}", size_pt=9))
    return Paper(_title(figures), office, tuple(blocks))


def report_pdf(
    figures: MonthFigures, office: str, made_on: date, made_at: datetime | None = None
) -> bytes:
    """Return the report as PDF."""
    return pdf_bytes(report_paper(figures, office, made_on), made_at)


def report_hwpx(
    figures: MonthFigures, office: str, made_on: date, made_at: datetime | None = None
) -> bytes:
    """Return the report as HWPX."""
    return hwpx_bytes(report_paper(figures, office, made_on), made_at)


def report_workbook(figures: MonthFigures, office: str, made_on: date) -> bytes:
    """Return the report as xlsx: one sheet, the tables one below another, numbers as numbers."""
    import xlsxwriter

    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True})
    sheet = book.add_worksheet("월간 실적")
    title = book.add_format({"bold": True, "font_size": 14})
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "bg_color": "#EEEEEE", "border": 1})
    text = book.add_format({"border": 1, "num_format": "#,##0"})
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 5, 18)
    sheet.write_string(0, 0, _title(figures), title)
    sheet.write_string(1, 0, f"{office}  {korean_date(made_on)}")
    row = 3
    for number, table in enumerate(report_tables(figures), start=1):
        sheet.write_string(row, 0, f"{number}. {table.title}", bold)
        for column, word in enumerate(table.columns):
            sheet.write_string(row + 1, column, word, head)
        row += 2
        for cells in table.rows:
            for column, cell in enumerate(cells):
                if isinstance(cell, int):
                    sheet.write_number(row, column, cell, text)
                else:
                    sheet.write_string(row, column, cell or "", text)
            row += 1
        if table.note:
            sheet.write_string(row, 0, f"※ {table.note}")
            row += 1
        row += 1
    book.close()
    return held.getvalue()


def _title(figures: MonthFigures) -> str:
    return f"{figures.month_on.year}년 {figures.month_on.month}월 자동차 취득세 감면 안내 실적"


def _relief_table(reliefs: Sequence[ReliefFigure]) -> ReportTable:
    rows: list[tuple[Cell, ...]] = []
    for law in LAWS:
        lines = [line for line in reliefs if line.law == law]
        if not lines and law == LAWS[-1]:
            continue
        rows.append(_relief_row(total(law, lines), f"{law} 계"))
        rows += [
            _relief_row(line, f"  {article_words(line.article)}") for line in lines if line.article
        ]
    rows.append(_relief_row(total("", reliefs), "합계"))
    return ReportTable(
        "비과세·감면 현황(법구분)",
        ("법구분", "건수", "감면세액(원)", "산출세액(원)", "감면율"),
        tuple(rows),
        "감면율 = 감면세액 ÷ 산출세액. 산출세액이나 감면세액을 모르는 건이 있으면 비워 둡니다.",
    )


def _relief_row(line: ReliefFigure, name: str) -> tuple[Cell, ...]:
    share = line.relief_share
    percent = None
    if share is not None:
        tenths = (share.numerator * 1000 * 2 + share.denominator) // (share.denominator * 2)
        percent = f"{tenths // 10}.{tenths % 10}%"
    return name, line.count, line.relief_won, line.base_won, percent


def _sorted(prefix: str, counts: Mapping[str, int]) -> tuple[tuple[Cell, ...], ...]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple((f"{prefix}{name}", count) for name, count in ordered)


def _printed(table: ReportTable) -> Table:
    wide = len(table.columns)
    rows = [
        table.columns,
        *(
            tuple(f"{cell:,}" if isinstance(cell, int) else cell or "" for cell in cells)
            for cells in table.rows
        ),
    ]
    return Table(
        tuple(rows),
        (3,) + (2,) * (wide - 1) if wide < 4 else (5, 2, 3, 3, 2),
        header_rows=1,
        right_columns=tuple(range(1, wide)),
        size_pt=10,
    )
