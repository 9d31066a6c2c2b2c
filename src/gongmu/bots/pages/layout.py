"""An answer as blocks for the screen: paragraphs, lists, tables; and a quote found in its passage.

Quiet: no clock, database or file is reached from here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gongmu.bots.answer import Sentence

_BULLET = re.compile(r"^\s*(?:[-*•·○□ㅇ◦※]|\(?\d{1,2}[.)]|[가-하][.)])\s+")
_HEADING = re.compile(r"^\s*#{1,4}\s+")
_MARK = re.compile(r"[ \t]*\[(?P<number>\d{1,3})\]")
_RULE = re.compile(r"^\s*\|?[\s:|-]+\|?\s*$")


@dataclass(frozen=True)
class Piece:
    """A sentence as shown; `shown` has no marks of Markdown left, `mark` is its item mark."""

    sentence: Sentence
    shown: str
    mark: str = ""
    cells: tuple[str, ...] = ()
    apart: bool = True
    """Whether a space stands before it."""

    @property
    def parts(self) -> Sequence[str | int]:
        """Return the text with its citation marks taken out as numbers, each in its place."""
        return cut_marks(self.shown, self.sentence.citations)

    def cell_parts(self, cell: str) -> Sequence[str | int]:
        """Return the same for one cell of a table's row."""
        return cut_marks(cell, self.sentence.citations, rest=cell == self.cells[-1])


@dataclass(frozen=True)
class Block:
    """A stretch of an answer: kind is text, list, table or head."""

    kind: str
    pieces: tuple[Piece, ...]
    headed: bool = False
    """Whether a table's first row names its columns."""


@dataclass(frozen=True)
class Stretch:
    """A part of a passage's text; `quoted` when it is the part that was quoted."""

    text: str
    quoted: bool


def blocks(sentences: Sequence[Sentence]) -> Sequence[Block]:
    """Return the sentences laid out; each sentence stands in exactly one block, in order."""
    found: list[tuple[str, list[Piece]]] = []
    headed: set[int] = set()
    for sentence in sentences:
        kind, piece = _piece(sentence)
        if kind == "rule":  # the line under a table's first row
            if found and found[-1][0] == "table" and len(found[-1][1]) == 1:
                headed.add(len(found) - 1)
            continue
        fresh = not found or kind != found[-1][0] or kind == "head"
        if kind == "text" and not fresh:
            fresh = "\n" in sentence.before
        if kind == "text" and found and found[-1][0] == "list" and "\n" not in sentence.before:
            kind, fresh = "list", False  # goes on in the same item
        if fresh:
            found.append((kind, [piece]))
        else:
            found[-1][1].append(piece)
    return [
        Block(kind, tuple(pieces), number in headed) for number, (kind, pieces) in enumerate(found)
    ]


def items(block: Block) -> Sequence[Sequence[Piece]]:
    """Return a list's items, each of one or several sentences."""
    found: list[list[Piece]] = []
    for piece in block.pieces:
        if piece.mark or not found:
            found.append([piece])
        else:
            found[-1].append(piece)
    return found


def _piece(sentence: Sentence) -> tuple[str, Piece]:
    text = sentence.text.strip("\n")
    if text.lstrip().startswith("|") and text.count("|") >= 2:
        if _RULE.match(text):
            return "rule", Piece(sentence, text)
        cells = tuple(bare(cell.strip()) for cell in text.strip().strip("|").split("|"))
        return "table", Piece(sentence, text, cells=cells)
    if head := _HEADING.match(text):
        return "head", Piece(sentence, bare(text[head.end() :]))
    if mark := _BULLET.match(text):
        return "list", Piece(sentence, bare(text[mark.end() :]), mark=mark.group().strip())
    return "text", Piece(sentence, bare(text), apart=sentence.before != "")


def cut_marks(text: str, numbers: Sequence[int], rest: bool = True) -> Sequence[str | int]:
    """Return text and, in their places, the numbers written in it as [n]; `rest`: others last."""
    found: list[str | int] = []
    at = 0
    for match in _MARK.finditer(text):
        if int(match["number"]) not in numbers:
            continue
        found += [text[at : match.start()], int(match["number"])]
        at = match.end()
    found.append(text[at:])
    if rest:
        found += [number for number in numbers if number not in found]
    return [part for part in found if part != ""]


def bare(text: str) -> str:
    """Return text without the stars and backticks of Markdown."""
    text = re.sub(r"\*\*(.+?)\*\*", r"\1", text)
    return re.sub(r"`([^`\n]+)`", r"\1", text)


def quoted(text: str, quote: str) -> Sequence[Stretch]:
    """Return the passage cut at the quote; white space may differ; no quote found, one stretch."""
    place = find_quote(text, quote)
    if place is None:
        return [Stretch(text, False)]
    start, end = place
    cut = [
        Stretch(text[:start], False),
        Stretch(text[start:end], True),
        Stretch(text[end:], False),
    ]
    return [one for one in cut if one.text]


def stretches(text: str, start: int, end: int) -> Sequence[Stretch]:
    """Return the passage cut at two places given in an address; nonsense marks nothing."""
    if not 0 <= start < end <= len(text):
        return [Stretch(text, False)]
    cut = [
        Stretch(text[:start], False),
        Stretch(text[start:end], True),
        Stretch(text[end:], False),
    ]
    return [one for one in cut if one.text]


def find_quote(text: str, quote: str) -> tuple[int, int] | None:
    """Return where a quote begins and ends in a text, white space aside; None when nowhere."""
    wanted = "".join(quote.split()).strip("…\"'“”‘’")
    if not wanted:
        return None
    places = [index for index, sign in enumerate(text) if not sign.isspace()]
    at = "".join(text[index] for index in places).find(wanted)
    if at < 0:
        return None
    return places[at], places[at + len(wanted) - 1] + 1
