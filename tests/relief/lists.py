"""Lists for the intake tests: the practice city's rows, written in every form, and what is true."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter

from gongmu.practice.tax import lists
from gongmu.practice.tax.make import make_tax_office
from gongmu.relief.grant import Grant

MONDAY, SUNDAY, TODAY = date(2026, 11, 16), date(2026, 11, 22), date(2026, 11, 23)
Row = Mapping[str, str]

HEADS = [lists.FLAT_HEADS.get(code, head) for code, _, head in lists.COLUMNS]
CODES = [code for code, _, _ in lists.COLUMNS]
OTHER_HEADS = {
    "filed_on": "신고 일자", "tax_number": "전자과세번호", "name": "납세의무자\n성명",
    "number": "주민등록번호", "phone": "휴대폰번호", "plate": "자동차등록번호", "kind": "차 종",
    "seats": "정원(명)", "cc": "총배기량(cc)", "acquired_on": "취득일",
    "registered_on": "차량등록일",
    "tax_base_won": "과세표준액(원)", "base_tax_won": "산출세액(원)", "relief_won": "감면액(원)",
    "relief_code": "감면 코드", "relief_text": "감면근거", "relief_rate": "감면율", "rate": "세율",
    "co_name": "공동소유자 성명", "tax_due_won": "납부할 세액", "address": "도로명주소",
}  # fmt: skip
"""Other names for the columns, as another office's export has them."""


def key(text: str) -> str:
    """A keyed hash, as the vault's would be."""
    return hashlib.blake2b(text.encode(), key=b"test", digest_size=32).hexdigest()


@lru_cache
def truth(faults: int = 2, seed: int = 7) -> Mapping[str, Mapping[str, Any]]:
    """Return truth by tax number of a practice tax office, made once."""
    with TemporaryDirectory() as folder:
        make_tax_office(Path(folder), seed, MONDAY, 1, 300, faults, lambda _: None)
        text = (Path(folder) / "truth/relief.json").read_text("utf-8")
        week = Path(folder) / "outside/tax/2026-W47/register.json"
        _REGISTERS[faults, seed] = json.loads(week.read_text("utf-8"))["감면대장"]
    grants: Mapping[str, Mapping[str, Any]] = json.loads(text)["grants"]
    return {number: one for number, one in grants.items() if one["week"] == "2026-W47"}


_REGISTERS: dict[tuple[int, int], list[Row]] = {}


def register(faults: int = 2, seed: int = 7) -> list[Row]:
    """Return the rows of the week as the system lists them."""
    truth(faults, seed)
    return _REGISTERS[faults, seed]


def forms(rows: Sequence[Row]) -> dict[str, bytes]:
    """Return the list in every form it may come in."""
    return {
        "감면대장.xls": lists.html_list(rows, MONDAY, SUNDAY),
        "감면대장_utf8.xls": lists.html_list(rows, MONDAY, SUNDAY, "utf-8"),
        "감면대장.csv": lists.csv_list(rows),
        "감면대장_utf8.csv": lists.csv_list(rows, "utf-8"),
        "감면대장.xlsx": lists.workbook_list(rows),
    }


def expected(row: Row) -> dict[str, Any]:
    """Return what must be read from a row, worked out apart from the product's readers."""

    def won(code: str) -> int | None:
        return int(row[code].replace(",", "")) if row[code] else None

    def day(code: str) -> date:
        return date.fromisoformat(row[code])

    def percent(code: str) -> Fraction:
        return Fraction(row[code].removesuffix("%")) / 100

    company = row["person_type"] == "법인"
    number = row["number"].replace("-", "")
    same = (
        "tax_number", "name", "address", "postcode", "plate", "vin", "car_name", "kind", "use",
        "fuel", "cause", "relief_code", "relief_text", "previous_plate",
    )  # fmt: skip
    owners: tuple[Any, ...] = ()
    if row["co_name"]:
        other = key(row["co_number"].replace("-", ""))
        owners = ((row["co_name"], Fraction(row["co_share"]), other, row["co_relation"]),)
    return {code: row[code] for code in same} | {
        "filed_on": day("filed_on"),
        "acquired_on": day("acquired_on"),
        "registered_on": day("registered_on"),
        "birth": "" if company else f"{number[:6]}-{number[6]}",
        "is_company": company,
        "person_key": key(number),
        "phone": row["phone"].replace("-", ""),
        "seats": won("seats"),
        "cc": won("cc"),
        "payload_kg": won("payload_kg"),
        "tax_base_won": won("tax_base_won"),
        "base_tax_won": won("base_tax_won"),
        "relief_won": won("relief_won"),
        "tax_due_won": won("tax_due_won"),
        "rate": percent("rate"),
        "relief_rate": percent("relief_rate"),
        "electronic_notice": {"신청": True, "미신청": False, "": None}[row["electronic_notice"]],
        "co_owners": owners,
    }


def read(grant: Grant) -> dict[str, Any]:
    """Return a grant's fields in the shape of `expected`."""
    said = {one.name: getattr(grant, one.name) for one in fields(Grant)}
    for beside in ("grant_id", "row_number", "article"):
        said.pop(beside)
    said["co_owners"] = tuple(
        (one.name, one.share, one.person_key, one.relation) for one in grant.co_owners
    )
    return said


# ------------------------------------------------------------------ grids

Grid = list[list[str]]


def grid(rows: Sequence[Row], other_heads: bool = False) -> Grid:
    """Return title, one row of heads and the rows, as text cells."""
    heads = [OTHER_HEADS.get(code, head) if other_heads else head
             for code, head in zip(CODES, HEADS, strict=True)]  # fmt: skip
    return [["취득세 감면대장"], heads, *([row[code] for code in CODES] for row in rows)]


def as_csv(cells: Grid, encoding: str = "cp949") -> bytes:
    """Write a grid as comma-separated text."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(cells)
    return out.getvalue().encode(encoding, errors="replace")


def as_html(cells: Grid, encoding: str = "cp949") -> bytes:
    """Write a grid as an HTML table."""
    rows = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>\n" for row in cells)
    page = f"<html><body><table>{rows}</table></body></html>"
    return page.encode(encoding, errors="replace")


def as_workbook(cells: Grid) -> bytes:
    """Write a grid as a workbook; cells that begin with '=' are formulas."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for at, row in enumerate(cells):
        for place, text in enumerate(row):
            if text.startswith("="):
                sheet.write_formula(at, place, text, None, "#DIV/0!")
            elif text:
                sheet.write_string(at, place, text)
    book.close()
    return out.getvalue()
