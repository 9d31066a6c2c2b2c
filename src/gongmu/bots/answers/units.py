"""An answer cut into what is shown at once: sentences, list items, table rows, headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

MARK = re.compile(
    r"[\[［【]\s*(?:(?:자료|출처|근거|문서)\s*)?"
    r"(\d{1,3}(?:\s*[,·、~∼-]\s*(?:(?:자료|출처|근거|문서)\s*)?\d{1,3})*)\s*[\]］】](?!\()"
)
"""A citation mark: [1], [1, 3], [1-3], 【2】, [자료 1]."""

_LIST = re.compile(r"^\s*(?:[-*+•◦○●□■▪▫ㅇ※▶]|\d{1,2}[.)]|\(\d{1,2}\)|[가-하][.)]|[①-⑳])\s+(?=\S)")
_HEADING = re.compile(r"^\s*#{1,6}\s+\S|^\s*\*\*[^*]+\*\*:?\s*$")
_ROW = re.compile(r"^\s*\|.*\|\s*$")
_RULE = re.compile(r"^\s*\|?[\s:|-]*-{3,}[\s:|-]*\|?\s*$")
_END = re.compile(r"(?<=[^\d\s.!?。])[.!?。]+[)\]”’\"'」』*]*(?=\s|$|\[|【|［)")
_TAIL = re.compile(r"(?:[ \t]*" + MARK.pattern + r")+[ \t]*[.]?")


class UnitKind(StrEnum):
    """What a stretch of an answer is."""

    SENTENCE = "sentence"
    ITEM = "item"
    HEADING = "heading"
    HEADER = "header"
    """The first row of a table."""
    ROW = "row"
    RULE = "rule"
    """The line under a table's header, or across the page."""
    QUOTE = "quote"
    """A line of a quoted block (`> ...`)."""


@dataclass(frozen=True)
class Unit:
    """One stretch; `before` is the white space between it and the one before."""

    kind: UnitKind
    text: str
    before: str = ""


def marks(text: str) -> tuple[int, ...]:
    """Return the citation numbers in `text` in order, each once; [1-3] counts as 1, 2, 3."""
    found: dict[int, None] = {}
    for match in MARK.finditer(text):
        for part in re.split(r"[,·、]", match[1]):
            ends = [int(one) for one in re.findall(r"\d+", part)]
            last = ends[-1] if ends[-1] - ends[0] < 50 else ends[0]
            found.update(dict.fromkeys(range(ends[0], last + 1) if ends[0] <= last else ends))
    return tuple(found)


def without_marks(text: str) -> str:
    """Return `text` without its citation marks."""
    return MARK.sub("", text)


def list_marker(text: str) -> str:
    """Return the marker that begins a list item ("1. ", "- "), or ""."""
    found = _LIST.match(text)
    return found[0] if found else ""


class Splitter:
    """Cuts a growing text; a unit is given out once nothing that follows can belong to it."""

    def __init__(self) -> None:
        self._rest = ""
        self._before = ""
        self._first_in_line = True
        self._in_table = False

    def feed(self, text: str) -> Sequence[Unit]:
        """Take more text and return the units that are complete now."""
        self._rest += text.replace("\r\n", "\n").replace("\r", "\n")
        units: list[Unit] = []
        while (end := self._rest.find("\n")) >= 0:
            line, self._rest = self._rest[:end], self._rest[end + 1 :]
            units += self._line(line)
            self._before += "\n"
            self._first_in_line = True
        units += self._open_line()
        return units

    def finish(self) -> Sequence[Unit]:
        """Return what is left as units."""
        line, self._rest = self._rest, ""
        return self._line(line)

    def _open_line(self) -> Sequence[Unit]:
        """Give out the finished sentences of a line that still grows."""
        if self._first_in_line and re.match(r"\s*[|#>]", self._rest):
            return []
        done, start = [], 0
        ends = _ends(self._rest)
        # The last end may yet be followed by its citation mark.
        for end in ends:
            following = self._rest[end:].lstrip(" \t")
            if not following or following[0] in "[［【":
                break
            done.append(self._rest[start:end])
            start = end
        self._rest = self._rest[start:]
        return [unit for part in done if (unit := self._sentence(part))]

    def _line(self, line: str) -> Sequence[Unit]:
        if not line.strip():
            if self._first_in_line:
                self._in_table = False
            return []
        if self._first_in_line and (kind := self._whole_line(line)):
            self._in_table = kind in (UnitKind.HEADER, UnitKind.ROW, UnitKind.RULE)
            return [self._made(kind, line.strip())]
        if self._first_in_line:
            self._in_table = False
        parts, start = [], 0
        for end in [*_ends(line), len(line)]:
            parts.append(line[start:end])
            start = end
        return [unit for part in parts if (unit := self._sentence(part))]

    def _whole_line(self, line: str) -> UnitKind | None:
        if _RULE.match(line):
            return UnitKind.RULE
        if _ROW.match(line) or line.lstrip().startswith("|"):
            return UnitKind.ROW if self._in_table else UnitKind.HEADER
        if line.lstrip().startswith(">"):
            return UnitKind.QUOTE
        return UnitKind.HEADING if _HEADING.match(line) else None

    def _sentence(self, text: str) -> Unit | None:
        if not text.strip():
            return None
        item = self._first_in_line and bool(_LIST.match(text))
        if not self._first_in_line and not self._before:
            self._before = " "
        indent = text[: len(text) - len(text.lstrip())] if self._first_in_line else ""
        return self._made(UnitKind.ITEM if item else UnitKind.SENTENCE, indent + text.strip())

    def _made(self, kind: UnitKind, text: str) -> Unit:
        unit = Unit(kind, text, self._before)
        self._before, self._first_in_line = "", False
        return unit


def split_units(text: str) -> Sequence[Unit]:
    """Return the units of a whole answer."""
    splitter = Splitter()
    return [*splitter.feed(text), *splitter.finish()]


def _ends(line: str) -> Sequence[int]:
    """Return the positions after each sentence of a line, marks that follow included."""
    ends = []
    marker = len(list_marker(line))
    for match in _END.finditer(line, marker):
        end = match.end()
        if tail := _TAIL.match(line, end):
            end = tail.end()
        # “...다.”[2], “...다.”[3]: one sentence that goes on.
        follows = line[end:] if line[end - 1].isspace() else line[end:].lstrip()
        if re.match(r"[,、·]", follows) or (
            re.match(r"[가-힣]", line[end:]) and not line[end - 1].isspace()
        ):
            continue
        if not _in_quotation(line[:end]) and not _ordinal(line[: match.start()]):
            ends.append(end)
    return ends


def _ordinal(before: str) -> bool:
    """Whether the point follows a list letter in the middle of a line: "... 가. 신분증"."""
    return bool(re.search(r"(?:^|[\s(])[가-하]$", before))


def _in_quotation(before: str) -> bool:
    opened = before.count("“") - before.count("”")
    return opened > 0 or before.count('"') % 2 == 1 or before.count("「") > before.count("」")
