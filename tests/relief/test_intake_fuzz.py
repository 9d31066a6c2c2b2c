"""A hundred damaged lists: none crashes the intake, no damaged row is taken for a true one.

Each damage is dealt to real layouts (two sets of heads; CSV, HTML, workbook) with dice of its own.
A list may be refused as a whole; else every row is accounted for, and a row that was accepted
says what was written before the damage (a cell may be unknown, never another).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from gongmu.core.errors import Refused
from gongmu.relief.codes import default_codes
from gongmu.relief.intake import ReliefList, read_relief_list
from tests.relief.lists import (
    CODES,
    TODAY,
    Grid,
    as_csv,
    as_html,
    as_workbook,
    expected,
    grid,
    key,
    read,
    register,
)

ROWS = 40
HEAD, FIRST = 1, 2
"""Where the heads and the first row stand in a grid."""

Damage = Callable[[Grid, random.Random], "Grid | bytes"]


def _any(dice: random.Random, cells: Grid) -> int:
    return dice.randrange(FIRST, len(cells))


def _put(code: str, *texts: str) -> Damage:
    """Return a damage that writes one of the texts into a column of some rows."""

    def damage(cells: Grid, dice: random.Random) -> Grid:
        for _ in range(6):
            cells[_any(dice, cells)][CODES.index(code)] = dice.choice(texts)
        return cells

    return damage


def truncated(cells: Grid, dice: random.Random) -> bytes:
    data = dice.choice((as_csv, as_html, as_workbook))(cells)
    return data[: dice.randrange(len(data) // 4, len(data) - 1)]


def shifted(cells: Grid, dice: random.Random) -> Grid:
    for _ in range(5):
        row = cells[_any(dice, cells)]
        at = dice.randrange(len(row) - 3)
        if dice.random() < 0.5:
            row.insert(at, "")
            row.pop()
        else:
            row.append(row.pop(at))
    return cells


def swapped_heads(cells: Grid, dice: random.Random) -> Grid:
    one, other = dice.sample(range(len(CODES)), 2)
    head = cells[HEAD]
    head[one], head[other] = head[other], head[one]
    return cells


def doubled_column(cells: Grid, dice: random.Random) -> Grid:
    at = dice.randrange(len(CODES))
    other = cells[HEAD][dice.randrange(len(CODES))] if dice.random() < 0.5 else cells[HEAD][at]
    for number, row in enumerate(cells[HEAD:]):
        row.append(other if number == 0 else row[at])
    return cells


def mixed_encodings(cells: Grid, dice: random.Random) -> bytes:
    lines = as_csv(cells, "utf-8").split(b"\r\n")
    for at in dice.sample(range(2, len(lines)), 5):
        lines[at] = lines[at].decode("utf-8").encode("cp949")
    return b"\r\n".join(lines)


def mojibake(cells: Grid, dice: random.Random) -> Grid:
    for _ in range(6):
        row = cells[_any(dice, cells)]
        for at, text in enumerate(row):
            row[at] = text.encode().decode("cp949", errors="replace")
    return cells


def question_marks(cells: Grid, dice: random.Random) -> Grid:
    for _ in range(6):
        row = cells[_any(dice, cells)]
        for at, text in enumerate(row):
            row[at] = "".join("?" if "가" <= letter <= "힣" else letter for letter in text)
    return cells


def merged_rows(cells: Grid, dice: random.Random) -> bytes:
    """A person merged a money or a name cell over the row below."""
    at, column = _any(dice, cells[:-1]), CODES.index(dice.choice(("relief_won", "name", "plate")))
    html = as_html(cells, "utf-8").decode().split("<tr>")
    above, below = html[at + 1].split("<td>"), html[at + 2].split("<td>")
    above[column + 1] = f"{above[column + 1]}"
    html[at + 1] = (
        "<td>".join(above[: column + 1]) + '<td rowspan="2">' + "<td>".join(above[column + 1 :])
    )
    html[at + 2] = "<td>".join([*below[: column + 1], *below[column + 2 :]])
    return "<tr>".join(html).encode("cp949")


def formula_errors(cells: Grid, dice: random.Random) -> bytes:
    for _ in range(8):
        cells[_any(dice, cells)][dice.randrange(len(CODES))] = "=1/0"
    return as_workbook(cells)


def error_texts(cells: Grid, dice: random.Random) -> Grid:
    for _ in range(8):
        row = cells[_any(dice, cells)]
        row[dice.randrange(len(CODES))] = dice.choice(("#DIV/0!", "#REF!", "#N/A", "#VALUE!"))
    return cells


def damaged_workbook(cells: Grid, dice: random.Random) -> bytes:
    data = bytearray(as_workbook(cells))
    for _ in range(30):
        data[dice.randrange(60, len(data))] = dice.randrange(256)
    return bytes(data)


def damaged_html(cells: Grid, dice: random.Random) -> bytes:
    text = as_html(cells).decode("cp949")
    for _ in range(6):
        at = dice.randrange(len(text))
        tag = dice.choice(("</td>", "<td>", "</tr>", "<table>", "<td colspan=9", "<", "</table>"))
        text = text[:at] + tag + text[at:]
    return text.encode("cp949")


def wrong_type(cells: Grid, dice: random.Random) -> bytes:
    return dice.choice(
        (
            b"%PDF-1.7 \n1 0 obj",
            b"\x89PNG\r\n\x1a\n" + dice.randbytes(400),
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + dice.randbytes(900),
            b"PK\x03\x04" + dice.randbytes(300),
            b'{"rows": []}',
            "<html><body><p>세션이 만료되었습니다.</p></body></html>".encode(),
            dice.randbytes(2000),
            b"",
        )
    )


def huge_cells(cells: Grid, dice: random.Random) -> Grid:
    for _ in range(3):
        row = cells[_any(dice, cells)]
        row[dice.randrange(len(CODES))] = dice.choice('가A9"') * dice.choice((5_000, 300_000))
    return cells


def nulls(cells: Grid, dice: random.Random) -> bytes:
    data = bytearray(as_csv(cells))
    for _ in range(12):
        data.insert(dice.randrange(len(data) // 3, len(data)), 0)
    return bytes(data)


def header_only(cells: Grid, dice: random.Random) -> Grid:
    return cells[: dice.choice((1, 2))]


def no_header(cells: Grid, dice: random.Random) -> Grid:
    return [cells[0], *cells[FIRST:]]


def header_low(cells: Grid, dice: random.Random) -> Grid:
    """The heads stand below some of the rows."""
    at = dice.randrange(5, 20)
    return [cells[0], *cells[FIRST:at], cells[HEAD], *cells[at:]]


def footers_within(cells: Grid, dice: random.Random) -> Grid:
    width = len(CODES)
    for text in ("소계", "합계(총 9건)", "- 2 -", "※ 다음 쪽에 계속", "출력일시: 2026-11-23"):
        cells.insert(_any(dice, cells), [text, *[""] * (width - 1)])
    cells.insert(_any(dice, cells), list(cells[HEAD]))
    return cells


def lost_separators(cells: Grid, dice: random.Random) -> bytes:
    lines = as_csv(cells).split(b"\r\n")
    for _ in range(5):
        at = dice.randrange(2, len(lines) - 1)
        parts = lines[at].split(b",")
        # A comma inside an address may be lost without harm.
        cut = dice.choice([p for p, text in enumerate(parts[:-1]) if b'"' not in text])
        parts[cut : cut + 2] = [parts[cut] + parts[cut + 1]]
        lines[at] = b",".join(parts)
    return b"\r\n".join(lines)


def stray_quotes(cells: Grid, dice: random.Random) -> bytes:
    data = as_csv(cells)
    for _ in range(4):
        at = data.index(b",", dice.randrange(len(data) // 4, len(data) - 200))
        data = data[: at + 1] + b'"' + data[at + 1 :]
    return data


def thousand_won(cells: Grid, dice: random.Random) -> Grid:
    column = CODES.index(dice.choice(("relief_won", "base_tax_won", "tax_base_won")))
    cells[HEAD][column] += dice.choice(("(천원)", "(단위: 천원)", "[만원]"))
    for row in cells[FIRST:]:
        row[column] = str(int(row[column].replace(",", "")) // 1000)
    return cells


def words_for_money(cells: Grid, dice: random.Random) -> Grid:
    for _ in range(6):
        row = cells[_any(dice, cells)]
        column = CODES.index(dice.choice(("relief_won", "tax_due_won", "tax_base_won")))
        row[column] = dice.choice(
            ("백사십만원", "1.400.000", "1,40,000", "140만", "1e6", "1 400 000")
        )
    return cells


def same_number(cells: Grid, dice: random.Random) -> Grid:
    """Two different grants under one tax number."""
    one, other = dice.sample(range(FIRST, len(cells)), 2)
    column = CODES.index("tax_number")
    cells[other][column] = cells[one][column]
    return cells


DAMAGES: dict[str, Damage] = {
    "truncated": truncated,
    "shifted": shifted,
    "swapped heads": swapped_heads,
    "doubled column": doubled_column,
    "mixed encodings": mixed_encodings,
    "mojibake": mojibake,
    "question marks": question_marks,
    "merged rows": merged_rows,
    "formula errors": formula_errors,
    "error texts": error_texts,
    "damaged workbook": damaged_workbook,
    "damaged html": damaged_html,
    "wrong type": wrong_type,
    "huge cells": huge_cells,
    "nulls": nulls,
    "header only": header_only,
    "no header": no_header,
    "header low": header_low,
    "footers within": footers_within,
    "lost separators": lost_separators,
    "stray quotes": stray_quotes,
    "thousand won": thousand_won,
    "words for money": words_for_money,
    "same number": same_number,
    "negative money": _put("relief_won", "-140,000", "(140,000)", "△140,000", "−1"),
    "impossible days": _put("acquired_on", "2026-02-30", "1899-01-01", "9999-12-31", "26.11.17"),
    "days to come": _put("registered_on", "2062-11-17", "20771231", "2026-11-24"),
    "letters in numbers": _put("number", "850101-12A4567", "85O101-1234567", "850101 1", "없어요"),
}
LISTS = [(name, dice) for dice in range(4) for name in DAMAGES][:100]
MAY_BE_UNKNOWN = {"shifted", "formula errors", "damaged html", "damaged workbook"}
"""Damages that can only be seen as an empty cell; what is empty is unknown, not false."""


def make(name: str, seed: int) -> bytes:
    dice = random.Random(f"{name}:{seed}")  # noqa: S311 - damage is no secret
    cells = grid(register(0)[:ROWS], other_heads=seed % 2 == 1)
    damaged = DAMAGES[name](cells, dice)
    if isinstance(damaged, bytes):
        return damaged
    return (as_csv, as_html, as_workbook, as_csv)[seed % 4](damaged)


def agrees(mine: Any, true: Any, unknown: bool) -> bool:
    """Tell whether what was read is what was written, or, where allowed, not known."""
    if unknown and mine in (None, "", ()):
        return True
    if isinstance(mine, tuple) and isinstance(true, tuple):
        return len(mine) == len(true) and all(
            agrees(one, other, unknown) for one, other in zip(mine, true, strict=True)
        )
    return bool(mine == true)


def read_or_refused(data: bytes) -> ReliefList | Refused:
    try:
        return read_relief_list(data, "명단", default_codes(), key, TODAY)
    except Refused as refused:
        return refused


@pytest.mark.parametrize(("name", "seed"), LISTS, ids=lambda value: str(value))
def test_a_damaged_list_is_refused_or_read_truly(name: str, seed: int) -> None:
    true = {row["tax_number"]: expected(row) for row in register(0)[:ROWS]}
    found = read_or_refused(make(name, seed))
    if isinstance(found, Refused):
        told = str(found)
        assert found.todo
        assert not any(row["name"] in told or row["plate"] in told for row in register(0)[:ROWS])
        return
    assert found.rows_read == len(found.grants) + len(found.set_aside) + found.skipped
    for grant in found.grants:
        for code, value in read(grant).items():
            assert agrees(value, true[grant.tax_number][code], name in MAY_BE_UNKNOWN), code
    numbers = [row.row_number for row in found.set_aside]
    assert len(numbers) == len(set(numbers))
    assert not {grant.row_number for grant in found.grants} & set(numbers)


def test_there_are_a_hundred() -> None:
    assert len(LISTS) == 100
    assert len({make(name, seed) for name, seed in LISTS}) > 90
