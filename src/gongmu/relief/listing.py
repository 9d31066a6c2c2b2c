"""The rows of a list, whatever file it came in: opened, the header found, every row accounted for.

What all lists share: title rows above, total rows below, heads repeated on every page, rows with
too many or too few cells. No row is dropped: a row is data, set aside, or skipped and counted.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from gongmu.core.documents.archive import members
from gongmu.core.documents.grid import Document, Sheet
from gongmu.core.documents.read import read_document
from gongmu.core.documents.sniff import ASK_AGAIN, Format
from gongmu.core.errors import Refused
from gongmu.relief.cells import Unreadable, cleaned, refuse_resident_number
from gongmu.relief.columns import COLUMNS, Table
from gongmu.relief.headers import HEADER_WITHIN, Header, bare, find_header

_FOOT = re.compile(
    r"(총?합계|총계|소계|누계|계|총건수|건수|이하여백|이하빈칸|끝|페이지|쪽)[총0-9건명대원:,()개]*"
    r"|(출력|작성|조회|기준|발급|생성)(일시|일자|자|자료|기준|부서)?[^가-힣]*.*|※.*|\*.*|-?\d+/\d+-?|page.*"
    r"|총\d+건.*|(담당|확인|결재)자?:.*",
    re.IGNORECASE,
)
_COUNT_SAID = re.compile(r"총?\s*([\d,]+)\s*건")
_OUTSIDE_CELLS = re.compile(rb"</t[dh]\s*>\s*[^<\s]", re.IGNORECASE)
"""Text between two cells: a tag stands inside a cell's text, part of which would be lost."""
_PAIRS = [
    (re.compile(rb"<%b\b" % tag, re.IGNORECASE), re.compile(rb"</%b\b" % tag, re.IGNORECASE))
    for tag in (b"td", b"th", b"tr", b"table")
]
_UNIT_SAID = re.compile(r"단위\s*[:：]?\s*(천|만|백만|억)")
_WIDEST_NOTE = 3
_TOO_MANY_ROWS = 300_000


@dataclass(frozen=True)
class SetAside:
    """A row that a person has to look at; holds no content of the row."""

    row_number: int
    """As a person counts rows of the file, from 1; sheets are counted on."""
    column: str
    """The column's usual name; '' when the row as a whole cannot be read."""
    reason_ko: str
    todo_ko: str


@dataclass(frozen=True)
class Line:
    """One data row: its number, and column code → raw text ('' for blank)."""

    number: int
    cells: Mapping[str, str]


@dataclass
class Listing:
    """What a file holds of one kind of list."""

    header: Header
    lines: list[Line] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    skipped: int = 0
    rows_read: int = 0
    total: Mapping[str, str] | None = None
    """The cells of the last total row."""
    count_said: int | None = None
    """How many grants the file itself says it holds."""
    notes: list[str] = field(default_factory=list)


def read_listing(data: bytes, name: str, tables: Sequence[Table]) -> Listing:
    """Return the rows of the list in a file.

    Raises Refused: list_header_missing, list_column_missing, list_column_doubled,
    list_unit_unknown, archive_of_many, and what `read_document` raises.
    """
    document, last_may_be_cut = _open(data, name)
    found = [(sheet, find_header(sheet.head(HEADER_WITHIN), tables)) for sheet in document.sheets]
    first = next((header for _, header in found if header), None)
    if first is None:
        raise _no_header(tables)
    listing = Listing(first)
    for sheet, header in found:
        rows = list(_rows(sheet))
        listing.rows_read += len(rows)
        if header is not None and header.table is first.table:
            _check(header)
            _Sorter(listing, header).sort(rows)
        else:
            _other_sheet(listing, rows)
    if listing.rows_read > _TOO_MANY_ROWS:
        raise Refused(
            "list_too_long",
            f"명단이 {_TOO_MANY_ROWS:,}행을 넘습니다.",
            "기간을 나누어 내려받아 올리세요.",
        )
    if last_may_be_cut:
        _doubt_last_line(listing)
    if unknown := first.unknown:
        letters = ", ".join(_letter(at) for at in unknown)
        listing.notes.append(
            f"알아보지 못해 읽지 않은 열이 {len(unknown)}개 있습니다({letters}열)."
        )
    return listing


def _open(data: bytes, name: str) -> tuple[Document, bool]:
    inside = list(members(name, data))
    if len(inside) != 1:
        raise Refused(
            "archive_of_many",
            f"압축 파일에 파일이 {len(inside)}개 들어 있습니다.",
            "압축을 풀어 명단 파일 하나만 올리세요.",
        )
    inner_name, inner = inside[0]
    damaged = Refused("file_damaged", f"'{name}' 파일의 표가 깨졌습니다.", ASK_AGAIN)
    try:
        document = read_document(inner, inner_name)
    except (etree.LxmlError, csv.Error):
        raise damaged from None
    if document.format == Format.HTML.value and _is_torn(inner):
        raise damaged
    text = document.format == Format.TEXT.value
    return document, text and not inner[-4:].rstrip(b"\x00").endswith((b"\n", b"\r"))


def _is_torn(page: bytes) -> bool:
    """Tell whether a page's table lost something: text between cells, tags that do not pair."""
    if _OUTSIDE_CELLS.search(page):
        return True
    for opening, closing in _PAIRS:
        opened, closed = len(opening.findall(page)), len(closing.findall(page))
        # Pages that never close their cells are sloppy, not torn.
        if closed and opened != closed:
            return True
    return False


def _rows(sheet: Sheet) -> Iterator[tuple[int, tuple[str, ...]]]:
    rows: list[tuple[int, tuple[str, ...]]] = []
    for block in sheet.blocks:
        for number, *cells in block.iter_rows():
            rows.append((number, tuple(value or "" for value in cells)))
    rows.sort(key=lambda row: row[0])
    return iter(rows)


def _check(header: Header) -> None:
    missing = header.missing()
    if missing:
        understood = " / ".join(f"{one.title}({', '.join(one.names[1:6])} 등)" for one in missing)
        raise Refused(
            "list_column_missing",
            f"{header.table.value}에 꼭 있어야 할 열이 없습니다: {understood}",
            "괄호 안의 이름 가운데 하나가 머리글이 되게 내려받아 다시 올리세요.",
        )
    for code, unit in header.units.items():
        if code.endswith("_won") and any(many in unit for many in "천만억"):
            raise _not_won(f"{header.title(code)} 열")


def _not_won(where: str) -> Refused:
    return Refused(
        "list_unit_unknown",
        f"{where}의 금액 단위가 원이 아닙니다.",
        "금액을 원 단위로 내려받아 다시 올리세요.",
    )


def _no_header(tables: Sequence[Table]) -> Refused:
    titles = ", ".join(one.title for table in tables for one in COLUMNS[table] if one.needed)
    return Refused(
        "list_header_missing",
        f"{' 또는 '.join(tables)}의 머리글을 찾지 못했습니다.",
        f"첫 {HEADER_WITHIN}행 안에 열 이름({titles} 등)이 있는 파일을 올리세요.",
    )


def _other_sheet(listing: Listing, rows: Sequence[tuple[int, tuple[str, ...]]]) -> None:
    """Account for a sheet without the list's header: rows as wide as data are not let go."""
    least = max(4, len(listing.header.at) // 2)
    for number, cells in rows:
        if sum(1 for cell in cells if cell.strip()) >= least:
            listing.set_aside.append(
                SetAside(
                    number,
                    "",
                    "머리글이 없는 시트(표)에 있는 행입니다.",
                    "모든 시트에 머리글을 넣거나 한 시트로 모아 다시 올리세요.",
                )
            )
        else:
            listing.skipped += 1


def _doubt_last_line(listing: Listing) -> None:
    if not listing.lines:
        return
    last = max(listing.lines, key=lambda line: line.number)
    others = (one.row_number for one in listing.set_aside)
    if listing.total is not None or any(number > last.number for number in others):
        return
    listing.lines.remove(last)
    listing.set_aside.append(
        SetAside(
            last.number,
            "",
            "파일이 줄바꿈 없이 끝나 마지막 행이 잘렸을 수 있습니다.",
            "원본을 다시 내려받아 올리세요.",
        )
    )


class _Sorter:
    """Tells data rows from all other rows of a sheet."""

    def __init__(self, listing: Listing, header: Header) -> None:
        self._listing = listing
        self._header = header
        self._heads = set(header.heads)
        self._positions = {code: found[0] for code, found in header.at.items()}
        self._doubled = {code: found for code, found in header.at.items() if len(found) > 1}

    def sort(self, rows: Sequence[tuple[int, tuple[str, ...]]]) -> None:
        """Put every row into the listing."""
        for number, cells in rows:
            if number < self._header.first_row:
                self._above(number, cells)
            elif number <= self._header.last_row or self._is_head(cells) or self._is_note(cells):
                self._listing.skipped += 1
            else:
                self._data(number, cells)

    def _above(self, number: int, cells: tuple[str, ...]) -> None:
        filled = {cell.strip() for cell in cells if cell.strip()}
        if len(filled) >= max(4, len(self._header.at) // 2):
            self._aside(
                number, "", "머리글보다 위에 있는 행입니다.", "머리글 아래로 옮겨 올리세요."
            )
            return
        if any(_UNIT_SAID.search(cell) for cell in filled):
            raise _not_won("명단")
        self._heard(cells)
        self._listing.skipped += 1

    def _is_head(self, cells: tuple[str, ...]) -> bool:
        return tuple(bare(cell) for cell in cells) in self._heads

    def _is_note(self, cells: tuple[str, ...]) -> bool:
        """Tell total rows, page numbers and closing words, which name no car and no person."""
        filled = [cell.strip() for cell in cells if cell.strip()]
        first = re.sub(r"\s", "", filled[0])
        if not _FOOT.fullmatch(first):
            return False
        known = {code: self._text(cells, code) for code in self._positions}
        if len(set(filled)) <= _WIDEST_NOTE:
            self._heard(cells)
        elif any(
            known.get(code, "").strip()
            for code in ("plate", "vin", "registered_on", "acquired_on", "changed_on")
            if known.get(code, "").strip() != filled[0]
        ):
            return False
        if _TOTAL.match(first):
            self._listing.total = known
            self._heard(cells)
        return True

    def _heard(self, cells: tuple[str, ...]) -> None:
        for cell in cells:
            if match := _COUNT_SAID.search(cell):
                self._listing.count_said = int(match[1].replace(",", ""))

    def _data(self, number: int, cells: tuple[str, ...]) -> None:
        if any(cell.strip() for cell in cells[self._header.width :]):
            self._aside(number, "", "머리글보다 칸이 많습니다(구분 기호가 더 들었을 수 있습니다).")
        elif len(cells) < self._header.width:
            self._aside(number, "", "머리글보다 칸이 적습니다(행이 잘렸을 수 있습니다).")
        elif code := self._disagreeing(cells):
            title = self._header.title(code)
            self._aside(number, title, "같은 이름의 열이 둘인데 값이 서로 다릅니다.")
        else:
            known = {code: self._text(cells, code) for code in self._positions}
            self._listing.lines.append(Line(number, known))

    def _disagreeing(self, cells: tuple[str, ...]) -> str:
        for code, found in self._doubled.items():
            if len({cells[at].strip() for at in found}) > 1:
                return code
        return ""

    def _text(self, cells: tuple[str, ...], code: str) -> str:
        at = self._positions[code]
        return cells[at] if at < len(cells) else ""

    def _aside(
        self, number: int, column: str, reason: str, todo: str = "원본을 다시 내려받아 올리세요."
    ) -> None:
        self._listing.set_aside.append(SetAside(number, column, reason, todo))


_NUMBERS = frozenset(("number", "co_number", "new_number", "tax_number"))
_TOTAL = re.compile(r"(총?합계|총계|계)")


def clean_cells(line: Line, header: Header) -> Mapping[str, str]:
    """Return the line's cells cleaned; raises `Broken` naming the first column that is not text."""
    found = {}
    for code, text in line.cells.items():
        try:
            found[code] = cleaned(text)
            if code not in _NUMBERS:
                refuse_resident_number(found[code])
        except Unreadable as why:
            raise Broken(header.title(code), why) from None
    return found


class Broken(Exception):
    """A row that must be set aside: the column and why."""

    def __init__(self, column: str, why: Unreadable) -> None:
        super().__init__(why.reason_ko)
        self.column = column
        self.why = why

    def row(self, number: int) -> SetAside:
        """Return what is told about the row."""
        return SetAside(number, self.column, self.why.reason_ko, self.why.todo_ko)


def _letter(position: int) -> str:
    """Return the letters a spreadsheet gives a 0-based column: 0 → A, 27 → AB."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
