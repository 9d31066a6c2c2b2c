"""Cells of an .xlsx as the workbook shows them, sheet by sheet (ECMA-376 SpreadsheetML)."""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from gongmu.bots.knowledge.blocks import one_line
from gongmu.bots.knowledge.number_format import shown_number
from gongmu.bots.knowledge.package import Package, local

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_MOST_CELLS = 600_000
_MOST_COLUMNS = 500


@dataclass(frozen=True)
class SheetCells:
    """A sheet: its rows as (row number, cells from column A); merged cells say what they span."""

    name: str
    rows: Sequence[tuple[int, Mapping[int, str]]]
    merged: Sequence[tuple[int, int, int, int]]
    """(first row, first column, last row, last column), counted from 1."""
    is_cut: bool = False


@dataclass(frozen=True)
class Workbook:
    """A workbook's visible sheets, and the names of those that are hidden."""

    sheets: Sequence[SheetCells]
    hidden: Sequence[str]


def read_xlsx(package: Package) -> Workbook:
    """Return the sheets; raises KeyError where the package is no complete workbook."""
    book = package.tree("xl/workbook.xml")
    links = _links(package)
    strings = _strings(package)
    formats = _formats(package)
    properties = next((x for x in book if local(x) == "workbookPr"), None)
    from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    sheets, hidden = [], []
    for one in book.iter(f"{_MAIN}sheet"):
        name = one_line(one.get("name") or "")
        link = next((v for k, v in one.attrib.items() if str(k).endswith("}id")), "")
        part = links.get(str(link), "")
        if "worksheets/" not in part:
            continue
        if one.get("state", "visible") != "visible":
            hidden.append(name)
            continue
        sheets.append(_sheet(package.read(part), name, strings, formats, from_1904))
    return Workbook(sheets, hidden)


def _links(package: Package) -> Mapping[str, str]:
    root = package.tree("xl/_rels/workbook.xml.rels")
    found = {}
    for one in root:
        target = one.get("Target") or ""
        path = target[1:] if target.startswith("/") else posixpath.join("xl", target)
        found[one.get("Id") or ""] = posixpath.normpath(path)
    return found


def _strings(package: Package) -> Sequence[str]:
    part = next((x for x in package.names if x.lower() == "xl/sharedstrings.xml"), None)
    if part is None:
        return ()
    return [_said(one) for one in package.tree(part) if local(one) == "si"]


def _said(element: etree._Element) -> str:
    """Return a string's text without the reading aids of East Asian words."""
    pieces = []
    for one in element.iter(f"{_MAIN}t"):
        parent = one.getparent()
        if parent is None or local(parent) != "rPh":
            pieces.append(one.text or "")
    return one_line("".join(pieces))


@dataclass(frozen=True)
class _Format:
    number: int
    code: str


def _formats(package: Package) -> Sequence[_Format]:
    if "xl/styles.xml" not in package.names:
        return ()
    root = package.tree("xl/styles.xml")
    codes = {
        one.get("numFmtId") or "": one.get("formatCode") or ""
        for one in root.iter(f"{_MAIN}numFmt")
    }
    shapes = next((x for x in root if local(x) == "cellXfs"), None)
    found = []
    for one in shapes if shapes is not None else ():
        number = one.get("numFmtId") or "0"
        found.append(_Format(int(number) if number.isdecimal() else 0, codes.get(number, "")))
    return found


def _sheet(
    data: bytes,
    name: str,
    strings: Sequence[str],
    formats: Sequence[_Format],
    from_1904: bool,
) -> SheetCells:
    rows: list[tuple[int, Mapping[int, str]]] = []
    merged: list[tuple[int, int, int, int]] = []
    number = count = 0
    is_cut = False
    events = etree.iterparse(
        io.BytesIO(data), tag=(f"{_MAIN}row", f"{_MAIN}mergeCell"), resolve_entities=False,
        no_network=True,
    )  # fmt: skip
    for _, element in events:
        if local(element) == "mergeCell":
            merged += _range(element.get("ref") or "")
            continue
        given = element.get("r") or ""
        number = int(given) if given.isdecimal() else number + 1
        if count < _MOST_CELLS:
            cells = dict(_cells(element, strings, formats, from_1904))
            count += len(cells)
            if cells:
                rows.append((number, cells))
        else:
            is_cut = True
        element.clear()
    return SheetCells(name, rows, merged, is_cut)


def _cells(
    row: etree._Element, strings: Sequence[str], formats: Sequence[_Format], from_1904: bool
) -> Iterator[tuple[int, str]]:
    column = 0
    for cell in row:
        if local(cell) != "c":
            continue
        found = _REFERENCE.fullmatch(cell.get("r") or "")
        column = _column(found[1]) if found else column + 1
        if column > _MOST_COLUMNS:
            return
        if text := _text(cell, strings, formats, from_1904):
            yield column, text


def _text(
    cell: etree._Element, strings: Sequence[str], formats: Sequence[_Format], from_1904: bool
) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _said(cell)
    value = next((x.text or "" for x in cell if local(x) == "v"), "")
    if not value or kind == "e":
        return ""
    if kind == "s":
        return strings[int(value)] if value.isdecimal() and int(value) < len(strings) else ""
    if kind == "b":
        return "예" if value == "1" else "아니오"
    if kind in ("str", "d"):
        return one_line(value)
    style = cell.get("s") or "0"
    at = int(style) if style.isdecimal() else 0
    known = formats[at] if at < len(formats) else _Format(0, "")
    return shown_number(value, known.number, known.code, from_1904=from_1904)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _range(reference: str) -> Iterator[tuple[int, int, int, int]]:
    first, _, last = reference.partition(":")
    begin, end = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last)
    if begin and end:
        yield int(begin[2]), _column(begin[1]), int(end[2]), _column(end[1])
