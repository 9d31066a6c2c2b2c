"""Read whatever an outside system gives into the tables of the bus room.

A file's bytes tell its format, its header or values tell its layout, the city's data tells what
the columns mean. Good rows go on, bad rows are set aside with file, row and reason, total rows are
skipped; `rows_read == rows_kept + set_aside.height + rows_skipped` always. Card numbers become
pseudonyms here and go no further; no message holds a value of the file's rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from gongmu.bus import tables
from gongmu.bus.columns import Found, layouts_of, recognise
from gongmu.bus.convert import Converted, convert, shaped
from gongmu.bus.fitting import fit
from gongmu.bus.sorting import REASONS, Sorting
from gongmu.bus.typed import card_pseudonym, day_of
from gongmu.core.city import City
from gongmu.core.documents.archive import members
from gongmu.core.documents.grid import ROW, Sheet
from gongmu.core.documents.read import read_document
from gongmu.core.errors import Refused
from gongmu.core.values import content_hash

__all__ = ["Intake", "Source", "card_pseudonym", "read", "read_folder"]

Pseudonym = Callable[[pl.Series], pl.Series]

_TABLES = {table.name: table for table in tables.INTAKE_TABLES}
_ARCHIVES = {".7z", ".alz", ".egg", ".rar", ".gz", ".tgz", ".tar", ".bz2", ".xz"}
"""Archives that may well hold the day's files but that only a person can open here."""
_DATA_SUFFIXES = {".csv", ".dat", ".txt", ".tsv", ".xls", ".xlsx", ".xlsb", ".xlsm", ".ods"} | {
    ".htm", ".html", ".zip",
}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """A file as it was given: its name and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Intake:
    """What became of one file."""

    file_id: str
    sha256: str
    name: str
    layout: str | None
    rows_read: int
    rows_kept: int
    tables: Mapping[str, pl.DataFrame]
    """Table name → frame in the schema of bus.tables."""
    set_aside: pl.DataFrame
    """Rows in the schema of tables.SET_ASIDE."""
    notes: tuple[str, ...]
    """Korean sentences for people."""
    rows_skipped: int = 0
    """Total rows and repeated headers, which are no data."""
    dated: date | None = None
    """The date in the file's name; the day a master is of."""
    refused: Refused | None = None
    """Why a person has to look (only from `read_folder`): nothing of the file was read, or all of
    it but the columns that its header lacks."""


def read(source: Source, city: City, pseudonym: Pseudonym, today: date) -> list[Intake]:
    """Read one file; an archive gives one Intake per member, the same content twice only one.

    `pseudonym` takes card numbers (text) and returns UInt64; `today` bounds the future. Raises
    `Refused` with the codes of documents.read and archive, column_missing, layout_unknown.
    """
    seen: dict[str, str] = {}
    made = [
        _read_member(name, data, digest, city, pseudonym, today)
        for name, data in members(source.name, source.data)
        if seen.setdefault(digest := content_hash(data), name) == name
    ]
    for intake in made:
        if intake.refused is not None:
            raise intake.refused
    return made


def read_folder(
    folder: Path, city: City, pseudonym: Pseudonym, today: date, but: Path | None = None
) -> Iterator[Intake]:
    """Read every data file under `folder` in name order; what cannot be read is yielded refused.

    Hidden files, folders called truth and the folder `but` (of results) are passed over. A content
    that was already read yields an Intake without rows whose note names the first file.
    """
    first: dict[str, str] = {}
    results = but.resolve() if but is not None else None
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if not path.is_file() or any(part.startswith((".", "~$")) for part in inside.parts):
            continue
        if "truth" in inside.parts[:-1] or results in path.resolve().parents:
            continue
        if path.suffix.lower() in _DATA_SUFFIXES:
            yield from _read_path(path, inside.as_posix(), first, (city, pseudonym, today))
        else:
            yield _not_opened(inside.as_posix(), path.suffix.lower())


def _not_opened(name: str, suffix: str) -> Intake:
    """Return the word on a file that is passed over unread, so that none is lost in silence."""
    if suffix in _ARCHIVES:
        why = Refused(
            "archive_unknown",
            f"'{name}' 압축 파일({suffix})은 열지 못합니다.",
            "압축을 풀어 두거나 zip으로 다시 묶으세요.",
        )
    else:
        why = Refused(
            "not_a_table",
            f"'{name}' 파일은 표 자료가 아니어서({suffix or '확장자 없음'}) 열지 않았습니다.",
            "분석할 자료라면 엑셀이나 CSV로 저장해 두세요.",
        )
    return _nothing(name, "", str(why), why)


def _read_path(
    path: Path, name: str, first: dict[str, str], rest: tuple[City, Pseudonym, date]
) -> Iterator[Intake]:
    try:
        data = path.read_bytes()
    except OSError:
        why = Refused(
            "file_unreadable",
            f"'{name}' 파일을 열 수 없습니다.",
            "파일의 읽기 권한을 확인하세요.",
        )
        yield _nothing(name, "", str(why), why)
        return
    whole = content_hash(data)
    try:
        for member, content in members(name, data):
            digest = content_hash(content)
            if (earlier := first.setdefault(digest, member)) != member:
                yield _nothing(
                    member, digest, f"'{earlier}' 파일과 내용이 같아 한 번만 읽었습니다."
                )
            else:
                yield _read_refusable(member, content, digest, rest)
    except Refused as why:
        yield _nothing(name, whole, str(why), why)


def _read_refusable(
    name: str, data: bytes, digest: str, rest: tuple[City, Pseudonym, date]
) -> Intake:
    try:
        return _read_member(name, data, digest, *rest)
    except Refused as why:
        return _nothing(name, digest, str(why), why)


def _nothing(name: str, digest: str, note: str, refused: Refused | None = None) -> Intake:
    return Intake(
        digest[:16], digest, name, None, 0, 0, {}, tables.SET_ASIDE.empty(), (note,),
        dated=_dated(name), refused=refused,
    )  # fmt: skip


def _read_member(
    name: str, data: bytes, digest: str, city: City, pseudonym: Pseudonym, today: date
) -> Intake:
    document = read_document(data, name, city.encodings)
    recognised, notes = _recognise(document.sheets, city, name)
    parts = []
    for sheet, found in recognised:
        fitted = fit(sheet, found)
        converted = convert(Sorting(found, fitted.cells, city, pseudonym, today))
        counted = converted.notes | fitted.repaired
        notes += [f"{stem}: {count:,}행" for stem, count in counted.items()]
        parts.append(_Part(found, fitted.cells[ROW], fitted.misfits, fitted.skipped, converted))
    if _cut(data, parts):
        notes.append(
            "마지막 줄이 끊겨 있습니다. 파일이 다 오지 않았을 수 있으니 원본의 줄 수를 확인하세요."
        )
    return _whole(name, digest, parts, notes)


def _cut(data: bytes, parts: list[_Part]) -> bool:
    """Tell whether the last line is a misfit without an end, as of a broken download."""
    if data.rstrip(b"\x00").endswith((b"\n", b"\r")):
        return False
    last = [part for part in parts if part.misfits.len()][-1:]
    return any(
        part.misfits.max() > (part.rows.max() or 0)  # type: ignore[operator]
        for part in last
    )


@dataclass(frozen=True)
class _Part:
    """One sheet of a file."""

    found: Found
    rows: pl.Series
    misfits: pl.Series
    skipped: int
    converted: Converted


def _recognise(
    sheets: tuple[Sheet, ...], city: City, name: str
) -> tuple[list[tuple[Sheet, Found]], list[str]]:
    """Return the sheets with a layout; sheets without one are said, unless none has."""
    layouts = layouts_of(city)
    found, notes, refusals = [], [], []
    for sheet in sheets:
        try:
            found.append((sheet, recognise(sheet, layouts, name)))
        except Refused as why:
            refusals.append(why)
            notes.append(f"'{sheet.name}' 시트(표)는 아는 형식이 아니어서 읽지 않았습니다.")
    changed = [why for why in refusals if why.code == "column_missing"]
    if changed or not found:
        raise (changed or refusals)[0]
    return found, notes


def _whole(name: str, digest: str, parts: list[_Part], notes: list[str]) -> Intake:
    frames: dict[str, list[pl.DataFrame]] = {}
    for part in parts:
        table = part.found.layout.target
        frames.setdefault(table.name, []).append(shaped(table, part.converted.rows, digest[:16]))
    aside = [_aside(part, name, digest[:16]) for part in parts]
    set_aside = pl.concat(aside).sort("row_number")
    layouts = dict.fromkeys(part.found.layout.code for part in parts)
    kept = sum(part.rows.len() - part.converted.aside.height for part in parts)
    skipped = sum(part.skipped for part in parts)
    return Intake(
        file_id=digest[:16],
        sha256=digest,
        name=name,
        layout="+".join(layouts),
        rows_read=sum(part.rows.len() + part.misfits.len() + part.skipped for part in parts),
        rows_kept=kept,
        tables={table: pl.concat(several) for table, several in frames.items()},
        set_aside=set_aside,
        notes=tuple(notes),
        rows_skipped=skipped,
        dated=_dated(name),
        refused=next((part.found.lacking for part in parts if part.found.lacking), None),
    )


def _aside(part: _Part, name: str, file_id: str) -> pl.DataFrame:
    """Return the set-aside rows of one sheet, misfits first in reason but all in row order."""
    misfits = pl.DataFrame({ROW: part.misfits}).with_columns(
        column=pl.lit(None, dtype=pl.String), reason=pl.lit("field_count")
    )
    rows = pl.concat([part.converted.aside, misfits.select(ROW, "column", "reason")])
    texts = pl.col("reason").replace_strict(REASONS, return_dtype=pl.String)
    where = (
        pl.when(pl.col("column").is_null())
        .then(pl.lit(""))
        .otherwise(pl.concat_str(pl.lit("'"), "column", pl.lit("': ")))
    )
    return tables.SET_ASIDE.shape(
        rows.with_columns(
            file_id=pl.lit(file_id),
            row_number=pl.col(ROW),
            file_name=pl.lit(name),
            message=pl.concat_str(where, texts),
        )
    )


def _dated(name: str) -> date | None:
    """Return the last date written in a file's name, if any."""
    found = [day for text in re.findall(r"(?<!\d)20\d{6}(?!\d)", name) if (day := day_of(text))]
    return found[-1] if found else None
