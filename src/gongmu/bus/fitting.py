"""Fit the rows of a sheet to its layout: repair what a rule repairs for certain, leave the rest.

Real files have rows with too few or too many fields. A row is repaired only when one reading is
possible (a lost first field, a name with unquoted commas); otherwise it is a misfit and is set
aside. Quiet.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from gongmu.bus.columns import Found, RightAnchored
from gongmu.core.documents.grid import ROW, Sheet, cell, width


@dataclass(frozen=True)
class Fitted:
    """Rows as the layout expects them.

    cells: ROW and c1.. of the layout; misfits: row numbers with a wrong number of fields;
    skipped: total rows and repeated headers; repaired: Korean reason → rows
    """

    cells: pl.DataFrame
    misfits: pl.Series
    skipped: int
    repaired: dict[str, int]


def fit(sheet: Sheet, found: Found) -> Fitted:
    """Return the data rows of `sheet` in the layout's fields, in file order."""
    fitted: list[pl.DataFrame] = []
    misfits: list[pl.Series] = []
    repaired: dict[str, int] = {}
    skipped = 0
    for raw in sheet.blocks:
        data = raw.filter(pl.col(ROW) > found.header_row) if found.header_row else raw
        rows = _without_totals(data, found)
        skipped += data.height - rows.height
        if not rows.height:
            continue
        good, why = _fit_block(rows, found)
        if good.height:
            fitted.append(good)
            if why:
                repaired[why] = repaired.get(why, 0) + good.height
        if good.height < rows.height:
            misfits.append(rows.join(good.select(ROW), on=ROW, how="anti")[ROW])
    return Fitted(
        _stacked(fitted, found.fields),
        pl.concat(misfits).sort() if misfits else pl.Series(ROW, [], dtype=pl.Int32),
        skipped,
        repaired,
    )


def _stacked(blocks: list[pl.DataFrame], fields: int) -> pl.DataFrame:
    if not blocks:
        names = [cell(at) for at in range(1, fields + 1)]
        return pl.DataFrame(schema={ROW: pl.Int32()} | dict.fromkeys(names, pl.String()))
    return blocks[0] if len(blocks) == 1 else pl.concat(blocks, how="diagonal").sort(ROW)


def _without_totals(rows: pl.DataFrame, found: Found) -> pl.DataFrame:
    """Leave out total rows and repeated headers, which only a sheet with a header has."""
    if not found.header_row or not rows.height:
        return rows
    first = [cell(at) for at in range(1, min(width(rows), 3) + 1)]
    lead = pl.coalesce(first).str.replace_all(r"\s", "")
    totals = lead.is_in(list(found.layout.totals))
    named = [
        pl.col(cell(places[0])).is_in(list(found.layout.columns[name].names))
        for name, places in found.at.items()
        if places[0] <= width(rows) and found.layout.columns[name].names
    ]
    header_again = pl.all_horizontal(named[:3]) if named else pl.lit(value=False)
    return rows.filter(~(totals | header_again).fill_null(value=False))


def _fit_block(rows: pl.DataFrame, found: Found) -> tuple[pl.DataFrame, str]:
    """Return the rows of one width that fit, and how they were repaired ('' = as they came)."""
    layout, has = found.layout, width(rows)
    if has == found.fields:
        return rows, ""
    if layout.fields_most and layout.fields <= has <= layout.fields_most:
        return rows, ""
    if has > found.fields and layout.right_anchored is None:
        extra = [pl.col(cell(at)).is_null() for at in range(found.fields + 1, has + 1)]
        return rows.filter(pl.all_horizontal(extra)).select(ROW, *_cells(1, found.fields)), ""
    if has == found.fields - 1 and found.blank_tail:
        return rows, ""
    if has == found.fields - 1 and layout.first_field_may_be_lost:
        return _shift(rows, found), "첫 필드가 빠져 한 칸씩 밀린 행을 바로잡음"
    if has > found.fields and layout.right_anchored is not None:
        anchored = _anchor(rows, has, layout.right_anchored)
        return anchored, "이름 안의 쉼표로 칸이 늘어난 행을 오른쪽에서 세어 바로잡음"
    return rows.clear(), ""


def _cells(first: int, last: int) -> list[str]:
    return [cell(at) for at in range(first, last + 1)]


def _shift(rows: pl.DataFrame, found: Found) -> pl.DataFrame:
    """Move every field one to the right; only rows that then look right are returned."""
    moved = rows.rename({cell(at): cell(at + 1) for at in range(1, width(rows) + 1)})
    looks = [
        pl.col(cell(int(at))).fill_null("").str.contains(f"^(?:{pattern})$")
        for at, pattern in found.layout.looks.items()
        if int(at) > 1
    ]
    return moved.filter(pl.all_horizontal(looks)).select(
        ROW, pl.lit(None, dtype=pl.String).alias(cell(1)), *_cells(2, found.fields)
    )


def _anchor(rows: pl.DataFrame, has: int, rule: RightAnchored) -> pl.DataFrame:
    """Cut rows from both ends; the one middle field that looks like the pivot parts two names.

    Field `left + 1` is the name before the pivot, `left + 2` the pivot, `left + 3` the name after
    it. Rows where no field or several look like the pivot are left out.
    """
    first, last = rule.left + 1, has - rule.right
    is_pivot = [
        pl.col(cell(at)).fill_null("").str.contains(f"^(?:{rule.pivot})$")
        for at in range(first + 1, last)
    ]
    one = rows.filter(pl.sum_horizontal(is_pivot) == 1)
    choices = []
    for turn, pivot in enumerate(range(first + 1, last)):
        before = pl.concat_str(_cells(first, pivot - 1), separator=",", ignore_nulls=True)
        after = pl.concat_str(_cells(pivot + 1, last), separator=",", ignore_nulls=True)
        choices.append(
            one.filter(is_pivot[turn]).select(
                ROW,
                *_cells(1, rule.left),
                before.alias(cell(first)),
                pl.col(cell(pivot)).alias(cell(first + 1)),
                after.alias(cell(first + 2)),
                *(
                    pl.col(cell(has - rule.right + at)).alias(cell(first + 2 + at))
                    for at in range(1, rule.right + 1)
                ),
            )
        )
    return pl.concat(choices)
