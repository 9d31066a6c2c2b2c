"""Read any file into sheets of text cells: the one call other rooms need."""

from __future__ import annotations

from collections.abc import Sequence

from gongmu.core.documents.delimited import read_delimited
from gongmu.core.documents.grid import Document
from gongmu.core.documents.hypertext import read_html
from gongmu.core.documents.sniff import ASK_AGAIN, Format, decode, sniff
from gongmu.core.documents.workbook import read_workbook
from gongmu.core.errors import Refused


def read_document(data: bytes, name: str, encodings: Sequence[str] = ("cp949",)) -> Document:
    """Return the file's sheets; every value is text, blank cells are null.

    `name` is used in messages only. `encodings` are tried after UTF-8. Open archives
    with `archive.members` first. Raises `Refused`: file_empty, file_truncated, file_damaged,
    file_encrypted, encoding_unknown, format_unknown.
    """
    kind = sniff(data, name)
    if kind is Format.ARCHIVE:
        raise ValueError("an archive is opened with archive.members")
    if kind in (Format.WORKBOOK, Format.OLD_WORKBOOK):
        sheets, encoding = read_workbook(data, name), "-"
    else:
        utf8, encoding = decode(data, name, encodings)
        sheets = read_html(utf8, name) if kind is Format.HTML else [read_delimited(utf8, name)]
    if not any(sheet.height for sheet in sheets):
        raise Refused("file_empty", f"'{name}' 파일에 자료가 한 줄도 없습니다.", ASK_AGAIN)
    return Document(name, kind.value, encoding, tuple(sheets))
