"""Whole tables into an Excel sheet at once.

xlsxwriter writes cell by cell (48 s for a day of 203,000 rows of 19 columns, this way 7 s); here
Polars makes the rows' XML column by column and it is handed to xlsxwriter's constant-memory row
file, which it copies into the sheet on closing. This leans on four private names of xlsxwriter,
all in this file; the tests that read the sheets back with two readers tell when they change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

_PIECE = 20_000
"""Rows made at a time; about 20 MB of text."""
_EXCEL_DAY_OF_1970 = 25_569
_DIGITS = 6
"""Decimals of numbers: a millionth of a person or of a share; longer ones double the file."""
_TIME_DIGITS = 8
"""Decimals of a day: a thousandth of a second."""


def append_rows(sheet: Any, frame: pl.DataFrame, formats: Mapping[str, Any]) -> None:
    """Write `frame` under row 0, which is already written; text stays text, nulls stay empty.

    `formats` gives a column's xlsxwriter format; dates and times need one to look like dates.
    """
    if not frame.height:
        return
    sheet._check_dimensions(frame.height, frame.width - 1)
    sheet._write_single_row(frame.height)
    cells = [_cell(frame, index, formats.get(name)) for index, name in enumerate(frame.columns)]
    numbered = frame.with_row_index("_row", offset=2)
    number = pl.col("_row").cast(pl.String)
    row = pl.concat_str(pl.lit('<row r="'), number, pl.lit('">'), *cells, pl.lit("</row>"))
    for start in range(0, frame.height, _PIECE):
        piece = numbered.slice(start, _PIECE).select(row.alias("xml"))["xml"]
        sheet.row_data_fh.write("".join(piece))


def _cell(frame: pl.DataFrame, index: int, format_: Any) -> pl.Expr:
    name = frame.columns[index]
    style = f' s="{format_._get_xf_index()}"' if format_ is not None else ""
    place = pl.concat_str(pl.lit(f'<c r="{_letters(index)}'), pl.col("_row").cast(pl.String))
    if frame.schema[name] == pl.String:
        # 앞뒤 빈칸이 있는 열에만 붙인다: 큰 표의 글이 한 칸에 21자씩 줄어든다
        kept = ' xml:space="preserve"' if _has_outer_spaces(frame[name]) else ""
        opening, value, closing = f' t="inlineStr"><is><t{kept}>', _text(name), "</t></is></c>"
    else:
        opening, value, closing = "><v>", _number(name, frame.schema[name]), "</v></c>"
    cell = pl.concat_str(place, pl.lit(f'"{style}{opening}'), value, pl.lit(closing))
    # 빈 칸은 칸 자체를 쓰지 않는다: concat_str은 하나라도 비면 빈 값이다
    return cell.fill_null("")


def _number(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if kind == pl.Date:
        return (column.cast(pl.Int32) + _EXCEL_DAY_OF_1970).cast(pl.String)
    if isinstance(kind, pl.Datetime):
        days = column.dt.replace_time_zone(None).dt.epoch("us") / 86_400_000_000
        return (days + _EXCEL_DAY_OF_1970).round(_TIME_DIGITS).cast(pl.String)
    if kind.is_float():
        return pl.when(column.is_finite()).then(column.round(_DIGITS)).cast(pl.String)
    return column.cast(pl.Int64).cast(pl.String)


def _text(name: str) -> pl.Expr:
    """Escape text for XML; what XML cannot hold is left out, what Excel would decode is kept."""
    return (
        pl.col(name)
        .str.replace_all(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]", "")
        .str.replace_all(r"_(x[0-9A-Fa-f]{4}_)", "_x005F_${1}")
        .str.replace_all("&", "&amp;", literal=True)
        .str.replace_all("<", "&lt;", literal=True)
        .str.replace_all(">", "&gt;", literal=True)
    )


def _has_outer_spaces(texts: pl.Series) -> bool:
    return bool(texts.str.contains(r"^\s|\s$|\n").any())


def _letters(index: int) -> str:
    """Return a column's letters: 0 -> A, 26 -> AA."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text
