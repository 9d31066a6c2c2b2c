"""Reads one document of any kind into blocks, in this process.

Other rooms call `reading_room.read_document`, which does the same in a process of its own.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import PurePosixPath

from gongmu.bots.knowledge.blocks import (
    Content,
    DocumentReader,
    Heading,
    ReadDocument,
    Table,
    Text,
    characters,
    one_line,
)
from gongmu.bots.knowledge.dates import in_force
from gongmu.bots.knowledge.kinds import kind_of, unknown
from gongmu.core.errors import Refused

READING_VERSION = 1
"""Raised when documents should be read anew because the readers read more than before."""
MOST_BYTES = 50 * 1024**2
MOST_CHARACTERS = 8_000_000
_DEEPEST_MAIL = 3
_LONGEST_TITLE = 120
_BETWEEN = re.compile(r"[_\s]+")
_NUMBERED = re.compile(r"(?:\d{1,2}|[가-하]|[IVXⅠ-Ⅻ]+)\s?[.)]\s|제\s?\d+\s?[장절조]")
_UNTITLED = re.compile(
    r"(?i)(?:microsoft word|powerpoint|untitled|제목\s?없음|문서\s?\d*|document\s?\d*"
    r"|.*\.(?:hwpx?|docx?|xlsx?|pdf|tmp))\b.*"
)


@cache
def readers() -> dict[str, DocumentReader]:
    """Return code to reader for every kind that is read."""
    from gongmu.bots.knowledge import readers as package
    from gongmu.core.catalogue import catalogue

    found = catalogue(package, "READER", beside=frozenset())
    return {code: one for code, one in found.items() if isinstance(one, DocumentReader)}


def read_here(data: bytes, name: str, *, inside: str = "") -> ReadDocument:
    """Return a document read in this process; `inside` names the mail it hangs on.

    Raises Refused: file_empty, file_too_large, file_damaged, file_truncated, file_encrypted,
    format_unknown, encoding_unknown, scan_without_text.
    """
    check_size(len(data), name)
    if inside.count("\n") >= _DEEPEST_MAIL:
        raise unknown(name, "메일 속의 메일 속의 메일")
    kind = kind_of(data, name)
    reader = readers()[kind]
    content = reader.read(data, f"{inside}\n{name}" if kind == "eml" else name)
    return finished(content, name, kind)


def check_size(size: int, name: str) -> None:
    """Raise Refused file_too_large above 50 MB."""
    if size > MOST_BYTES:
        raise Refused(
            "file_too_large",
            f"'{name}' 파일이 {MOST_BYTES // 1024**2} MB를 넘습니다({size / 1024**2:.0f} MB).",
            "그림의 크기를 줄이거나 문서를 나누어 올리세요.",
        )


def finished(content: Content, name: str, kind: str) -> ReadDocument:
    """Return the document with its title and the days it is in force."""
    length = characters(content.blocks)
    if length > MOST_CHARACTERS:
        raise Refused(
            "file_too_large",
            f"'{name}' 파일의 글이 너무 깁니다({MOST_CHARACTERS:,}자까지).",
            "문서를 나누어 올리세요.",
        )
    blocks = tuple(content.blocks)
    title = title_of(content, name, kind)
    lines = [
        line
        for block in blocks
        if isinstance(block, Text | Heading)
        for line in block.text.splitlines()
    ]
    lines += [
        " ".join(row) for block in blocks[:12] if isinstance(block, Table) for row in block.rows[:8]
    ]
    when = in_force(f"{title}\n{name}", lines)
    notes = [*content.notes]
    if when.starts_on:
        notes.append(f"시행일 {when.starts_on:%Y-%m-%d}: {when.source}에서 읽었습니다.")
    if not length:
        notes.append("글이 한 줄도 없습니다.")
    return ReadDocument(title, blocks, when.starts_on, when.ends_on, tuple(notes), kind)


def title_of(content: Content, name: str, kind: str) -> str:
    """Return the title: of the file's own record, else its first heading, else its name."""
    stem = _BETWEEN.sub(" ", PurePosixPath(name.replace("\\", "/")).stem).strip()
    stem = one_line(stem) or name
    own = one_line(content.title)
    if kind == "html":
        for block in content.blocks[:20]:
            if isinstance(block, Heading) and block.level == 1:
                return block.text[:_LONGEST_TITLE]
    if own and kind in ("eml", "html", "md") and not _UNTITLED.fullmatch(own):
        return own[:_LONGEST_TITLE]
    if kind in ("xlsx", "csv", "eml"):
        return stem
    head = [block for block in content.blocks[:6] if isinstance(block, Heading | Text)]
    if own and any(one_line(block.text) == own for block in head):
        return own[:_LONGEST_TITLE]
    for block in head:
        # A numbered heading ("1. 개요") is the first chapter of a paper, not its name.
        if (
            isinstance(block, Heading)
            and block.level == 1
            and 2 < len(block.text) <= 60
            and not _NUMBERED.match(block.text)
        ):
            return block.text
    return stem
