"""Read delimited text (comma, '|', tab, ...) as text cells, broken lines included.

The fast path hands whole groups of lines with the same number of fields to Polars; only lines
with quotes go through the csv module. No line is dropped or padded.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

import polars as pl

from gongmu.core.documents.grid import ROW, Sheet, block, cell

SEPARATORS = ("|", ",", "\t", ";", "^")
_IN_QUOTES = re.compile(r'"[^"]*"')


def read_delimited(utf8: bytes, name: str) -> Sheet:
    """Return one sheet; `utf8` is UTF-8 text without a byte-order mark, of any line ending."""
    if b"\n" not in utf8:
        utf8 = utf8.replace(b"\r", b"\n")
    lines = _lines(utf8)
    separator = _separator(lines["line"].head(400).to_list())
    quoted = b'"' in utf8
    if quoted:
        has_quote = pl.col("line").str.contains('"', literal=True)
        groups, plain = _quoted(lines, has_quote, separator), lines.filter(~has_quote)
    else:
        groups, plain = {}, lines
    blocks: dict[int, list[pl.DataFrame]] = defaultdict(list)
    for fields, frame in groups.items():
        blocks[fields].append(frame)
    whole = utf8 if not quoted and _as_counted(lines, utf8) else None
    for fields, frame in _plain(plain, separator, whole):
        blocks[fields].append(frame)
    joined = [pl.concat(parts).sort(ROW) if parts[1:] else parts[0] for parts in blocks.values()]
    return Sheet(name, tuple(sorted(joined, key=lambda frame: (-frame.height, frame[ROW][0]))))


def _lines(utf8: bytes) -> pl.DataFrame:
    """Return ROW and `line` of every non-blank line."""
    controls = (chr(code) for code in range(1, 32) if code not in (9, 10, 13))
    unused = next((letter for letter in controls if letter.encode() not in utf8), "\x7f")
    frame = _text(utf8, unused).rename({"column_0": "line"})
    frame = frame.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int32))
    return frame.filter(pl.col("line").str.strip_chars() != "")


def _text(utf8: bytes, separator: str) -> pl.DataFrame:
    return pl.read_csv(
        utf8, separator=separator, has_header=False, infer_schema=False, quote_char=None
    )


def _as_counted(lines: pl.DataFrame, utf8: bytes) -> bool:
    """Tell whether no blank line was left out, so that the whole text can be read at once."""
    return lines.height > 0 and lines[ROW][-1] == lines.height and lines.height >= utf8.count(b"\n")


def _separator(sample: Sequence[str]) -> str:
    """Return the separator that cuts most sample lines into the same number (>1) of fields."""
    bare = [_IN_QUOTES.sub("", line) for line in sample]

    def steadiness(separator: str) -> tuple[int, int]:
        counts = Counter(line.count(separator) for line in bare)
        counts.pop(0, None)
        return max(((lines, fields) for fields, lines in counts.items()), default=(0, 0))

    return max(SEPARATORS, key=steadiness)


def _plain(
    lines: pl.DataFrame, separator: str, whole: bytes | None
) -> list[tuple[int, pl.DataFrame]]:
    """Return (number of fields, block) per group of lines without quotes."""
    fields = lines["line"].str.count_matches(separator, literal=True) + 1
    if whole is not None and fields.n_unique() == 1:
        return [(int(fields[0]), _named(_text(whole, separator), lines[ROW]))]
    found = []
    for (count,), group in lines.with_columns(fields.alias("fields")).group_by("fields"):
        cells = _text("\n".join(group["line"].to_list()).encode(), separator)
        found.append((int(str(count)), _named(cells, group[ROW])))
    return found


def _named(cells: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    cells.columns = [cell(at) for at in range(1, cells.width + 1)]
    return cells.insert_column(0, rows)


def _quoted(lines: pl.DataFrame, has_quote: pl.Expr, separator: str) -> dict[int, pl.DataFrame]:
    """Return blocks of the lines with quotes; a record over two lines has its first's number."""
    usual = _usual_fields(lines, separator)
    rows_of: dict[int, list[int]] = defaultdict(list)
    fields_of: dict[int, list[list[str]]] = defaultdict(list)
    for number, fields in _records(lines.filter(has_quote), separator, usual):
        rows_of[len(fields)].append(number)
        fields_of[len(fields)].append([_unwrapped(value) for value in fields])
    return {
        count: block(rows_of[count], [[value or None for value in column] for column in columns])
        for count, columns in ((n, list(zip(*f, strict=True))) for n, f in fields_of.items())
    }


def _usual_fields(lines: pl.DataFrame, separator: str) -> int:
    counts = Counter(len(_split(line, separator)) for line in lines["line"].head(400).to_list())
    return counts.most_common(1)[0][0]


def _records(lines: pl.DataFrame, separator: str, usual: int) -> list[tuple[int, list[str]]]:
    rows, texts = lines[ROW].to_list(), lines["line"].to_list()
    if all(text.count('"') % 2 == 0 for text in texts):
        records = list(csv.reader(texts, delimiter=separator))
        if len(records) == len(texts):
            return list(zip(rows, records, strict=True))
    found, at = [], 0
    while at < len(texts):
        taken, fields = _record(rows, texts, at, separator, usual)
        found.append((rows[at], fields))
        at += taken
    return found


def _record(
    rows: list[int], texts: list[str], at: int, separator: str, usual: int
) -> tuple[int, list[str]]:
    """Return how many lines the record at `at` takes, and its fields.

    An odd quote opens a record over two lines only when joining them gives the usual number of
    fields; otherwise the quote is taken as a letter, so a stray one swallows nothing.
    """
    text = texts[at]
    alone = _split(text, separator)
    if text.count('"') % 2 == 0:
        return 1, alone
    last = at + 1
    if last < len(texts) and rows[last] == rows[at] + 1 and texts[last].count('"') % 2:
        both = csv.reader([text + "\n", texts[last]], delimiter=separator)
        joined = next(both)
        if both.line_num == 2 and len(joined) == usual:
            return 2, joined
    return 1, alone if len(alone) == usual else text.split(separator)


def _split(line: str, separator: str) -> list[str]:
    return next(csv.reader([line], delimiter=separator))


def _unwrapped(value: str) -> str:
    """Undo the ="00123" that spreadsheets are given to keep leading zeros."""
    return value[2:-1] if value.startswith('="') and value.endswith('"') else value
