"""Read workbooks (xlsx, xlsb, ods, xls) as text cells through calamine.

calamine gives numbers as floats whatever their display format, and errors such as #DIV/0! as
blank cells; leading zeros of a numeric cell are therefore gone here and are restored by the
layout (`width`), while numbers too long for a float are written with an exponent, so that an
identifier spoiled by the spreadsheet is noticed instead of believed.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import polars as pl
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from gongmu.core.documents.grid import Sheet, block, cell
from gongmu.core.documents.sniff import ASK_AGAIN
from gongmu.core.errors import Refused

_EXACT_DIGITS = 1e15
"""A spreadsheet keeps 15 digits; a longer number has lost its last ones."""


def read_workbook(data: bytes, name: str) -> list[Sheet]:
    """Return the visible and hidden sheets that have rows; row numbers are counted on.

    Raises `Refused` file_encrypted or file_damaged.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets, before = [], 0
        for meta in workbook.sheets_metadata:
            if (
                meta.typ is not SheetTypeEnum.WorkSheet
                or meta.visible is SheetVisibleEnum.VeryHidden
            ):
                continue
            sheet = workbook.get_sheet_by_name(meta.name)
            frame, used = _frame(sheet, before)
            before += used
            if frame.height:
                sheets.append(Sheet(meta.name, (frame,)))
    except PasswordError:
        raise Refused(
            "file_encrypted",
            f"'{name}' 엑셀 파일에 암호가 걸려 있습니다.",
            "암호를 풀어 다시 저장한 뒤 올리세요.",
        ) from None
    except (CalamineError, OSError, ValueError) as why:
        raise Refused("file_damaged", f"'{name}' 엑셀 파일이 깨졌습니다.", ASK_AGAIN) from why
    return sheets


def _frame(sheet: CalamineSheet, before: int) -> tuple[pl.DataFrame, int]:
    """Return the sheet's non-blank rows, and how many rows it uses."""
    rows = sheet.to_python(skip_empty_area=False)
    _spread(rows, sheet.merged_cell_ranges or ())
    columns = [[_text(value) for value in column] for column in zip(*rows, strict=True)]
    frame = block(range(before + 1, before + 1 + len(rows)), columns)
    cells = [cell(at) for at in range(1, len(columns) + 1)]
    if not cells:
        return frame, 0
    return frame.filter(~pl.all_horizontal(pl.col(cells).is_null())), len(rows)


def _spread(
    rows: list[list[Any]], merged: Sequence[tuple[tuple[int, int], tuple[int, int]]]
) -> None:
    """Write the value of each merged range into all of its cells."""
    for (top, left), (bottom, right) in merged:
        for row in rows[top : bottom + 1]:
            row[left : right + 1] = [rows[top][left]] * len(row[left : right + 1])


def _text(value: object) -> str | None:
    if type(value) is str:
        return value or None
    if type(value) is float:
        if value.is_integer():
            return str(int(value)) if abs(value) < _EXACT_DIGITS else f"{value:e}"
        return repr(value)
    return _rarer_text(value)


def _rarer_text(value: object) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "TRUE" if value else "FALSE"
        case dt.datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case dt.timedelta():
            minutes, seconds = divmod(round(value.total_seconds()), 60)
            return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
        case dt.time():
            return f"{value:%H:%M:%S}"
        case _:
            return str(value)
