"""Lines and tables of a document with where they stand: under which headings, on which page.

The first half of cutting: headings, articles, annexes and lists of contents are told apart by the
marks of Korean official documents where the file itself does not mark them. Quiet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gongmu.bots.knowledge.blocks import ABOUT, Block, Heading, PageStart, Table, Text
from gongmu.bots.knowledge.marks import ANNEX, ARTICLE, SUPPLEMENT, mark_of

_FILE_ORDER = ("part", "chapter", "section", "subsection")
_ALWAYS = frozenset(_FILE_ORDER)
_OFTEN = frozenset({"roman", "decimal", "number", "syllable", "box", "bracket", "number)"})
_LONGEST = {"number)": 25, "syllable": 32}
_LONGEST_HEADING = 45
_SENTENCE = re.compile(r"(?:[다요함음임됨]\.?|니까\??|[.;,:])\s*$")
_BOX_SENTENCE = re.compile(r"(?:[다요]\.|니까\??|[;,:])\s*$|\s:\s")
_LEADER = re.compile(r"(?:[.·…․‥]\s?){3,}\s*[-\dⅰ-ⅻ]+\s*$")
_CONTENTS = re.compile(r"(?:목\s{0,4}차|차\s{0,4}례|contents)", re.IGNORECASE)
_CONTENTS_LINE = re.compile(r"\S.*\s\d{1,4}$")


class Kind(StrEnum):
    """What a unit is."""

    HEADING = "heading"
    QUESTION = "question"
    """Opens a question with its answer."""
    ARTICLE = "article"
    """First line of an article."""
    TEXT = "text"
    TABLE = "table"


@dataclass(frozen=True)
class Unit:
    """A line or table in its place; `path` are the headings above it, itself included.

    `article` names the article it belongs to ("제12조", "부칙 제2조"); `annex` "별표 1" and the
    like; `item` whether it opens a list item.
    """

    kind: Kind
    text: str
    path: tuple[str, ...]
    page: int = 0
    article: str = ""
    annex: str = ""
    table: Table | None = None
    item: bool = False


@dataclass(frozen=True)
class _Line:
    text: str
    mark: str = ""
    level: int = -1
    """Level that the file gives; -1 = none, 0 = an attached document."""
    table: Table | None = None
    page: int = 0


@dataclass
class _Stack:
    """The headings above the present line: (class, text)."""

    items: list[tuple[str, str]]

    def push(self, kind: str, text: str) -> None:
        """Put a heading in its place: an equal one above it ends with all below."""
        for at, (known, _) in enumerate(self.items):
            if known == kind or _is_above(kind, known):
                del self.items[at:]
                break
        self.items.append((kind, text))

    @property
    def path(self) -> tuple[str, ...]:
        """Return the texts from the highest."""
        return tuple(text for _, text in self.items)


def _is_above(kind: str, known: str) -> bool:
    """Return whether a heading of `kind` ends one of class `known`."""
    if kind.startswith("level") and known.startswith("level"):
        return int(kind[5:]) <= int(known[5:])
    if kind in _FILE_ORDER and known in _FILE_ORDER:
        return _FILE_ORDER.index(kind) <= _FILE_ORDER.index(known)
    if kind == "level0":
        return True
    if kind in _FILE_ORDER or kind in ("annex", "supplement"):
        return known not in ("level0", *(_FILE_ORDER if kind in _FILE_ORDER else ()))
    return kind.startswith("level") and known != "level0"


def outline(blocks: Sequence[Block]) -> Iterator[Unit]:
    """Yield the units of a document in order; lines of lists of contents are left out."""
    lines = _without_contents(list(_lines(blocks)))
    stack = _Stack([])
    article = annex = supplement = ""
    was_item: dict[str, bool] = {}
    for at, line in enumerate(lines):
        following = lines[at + 1] if at + 1 < len(lines) else None
        if line.table is not None:
            yield Unit(Kind.TABLE, "", stack.path, line.page, article, annex, line.table)
            continue
        kind = _heading_kind(line, following, was_item)
        if kind:
            if kind in ("annex", "supplement", "level0"):
                annex = _annex_name(line.text) if kind == "annex" else ""
                article = supplement = "부칙" if kind == "supplement" else ""
            elif kind in _ALWAYS:
                article = annex = supplement = ""
            elif not annex and not article.startswith("부칙"):
                article = ""
            stack.push(kind, line.text)
            yield Unit(Kind.HEADING, line.text, stack.path, line.page, article, annex)
        elif found := _article(line):
            article = f"{supplement} {found}".strip()
            head = ARTICLE.match(line.text)
            stack.push("article", head[0].strip() if head else found)
            yield Unit(Kind.ARTICLE, line.text, stack.path, line.page, article, annex)
        elif line.mark == "question":
            stack.push("question", line.text[:80])
            yield Unit(Kind.QUESTION, line.text, stack.path, line.page, article, annex)
        else:
            item = bool(line.mark)
            yield Unit(Kind.TEXT, line.text, stack.path, line.page, article, annex, item=item)


def _lines(blocks: Sequence[Block]) -> Iterator[_Line]:
    page = 0
    for block in blocks:
        match block:
            case PageStart():
                page = block.number
            case Heading():
                mark = mark_of(block.text)
                yield _Line(block.text, mark.kind if mark else "", block.level, page=page)
            case Table():
                yield _Line("", table=block, page=page)
            case Text() if block.aside == ABOUT:
                pass
            case Text():
                label = f"{block.aside}: " if block.aside in ("각주", "미주") else ""
                for line in block.text.splitlines():
                    mark = mark_of(line)
                    yield _Line(label + line, mark.kind if mark else "", page=page)


def _without_contents(lines: list[_Line]) -> list[_Line]:
    """Leave out lists of contents: they answer nothing and match everything."""
    kept: list[_Line] = []
    inside = False
    for at, line in enumerate(lines):
        following = lines[at + 1] if at + 1 < len(lines) else None
        if line.table is not None or (line.level > 0 and not _CONTENTS.fullmatch(line.text)):
            inside = False
        elif _CONTENTS.fullmatch(line.text):
            entry = following is not None and following.table is None
            inside = entry and bool(
                following
                and (_LEADER.search(following.text) or _CONTENTS_LINE.match(following.text))
            )
            if inside:
                continue
        elif _LEADER.search(line.text) or (inside and _is_entry(line.text)):
            continue
        else:
            inside = False
        kept.append(line)
    return kept


def _is_entry(text: str) -> bool:
    return len(text) < 80 and bool(_CONTENTS_LINE.match(text))


def _heading_kind(line: _Line, following: _Line | None, was_item: dict[str, bool]) -> str:
    """Return the class of the heading that a line is, or ""; remembers the items of lists."""
    text = line.text
    if _article(line):
        return ""
    if SUPPLEMENT.fullmatch(text):
        return "supplement"
    if (found := ANNEX.match(text)) and len(text) <= 60 and _opens_annex(found, text):
        return "annex"
    if line.level >= 0:
        return line.mark if line.mark in _ALWAYS else f"level{line.level}"
    if line.mark in _ALWAYS and len(text) <= 60:
        return line.mark
    if line.mark not in _OFTEN:
        return ""
    has_own = following is not None and following.mark != line.mark and following.level < 0
    longest = _LONGEST.get(line.mark, _LONGEST_HEADING)
    ends = _BOX_SENTENCE if line.mark == "box" else _SENTENCE
    # The last of a run of siblings is an item like them, though something follows it.
    is_heading = (
        has_own
        and len(text) <= longest
        and not ends.search(text)
        and not was_item.get(line.mark, False)
    )
    was_item.clear()
    was_item[line.mark] = not has_own
    return line.mark if is_heading else ""


def _opens_annex(found: re.Match[str], text: str) -> bool:
    bracketed = text[:1] in "[<〈【("
    named = found["name"] in ("별표", "별지", "서식")
    return bracketed or (named and bool(found["number"])) or len(text) <= len(found[0]) + 1


def _annex_name(text: str) -> str:
    found = ANNEX.match(text)
    if found is None:
        return ""
    return f"{found['name']} {found['number']}".strip()


def _article(line: _Line) -> str:
    """Return "제12조의2" when a line opens an article, else ""."""
    found = ARTICLE.match(line.text)
    if found is None or line.table is not None:
        return ""
    if not found["title"] and found.end() < len(line.text.rstrip()):
        # "제3조 및 제5조에 따라 ..." goes on with a sentence; an article without title stands alone
        # or goes on with its first paragraph.
        rest = line.text[found.end() :].lstrip()
        if not re.match(r"[①-⑳]|삭\s?제|[<〈\[]", rest):
            return ""
    if found["title"] and _refers(line.text[found.end() :]):
        return ""
    branch = f"의{found['branch']}" if found["branch"] else ""
    return f"제{found['article']}조{branch}"


def _refers(rest: str) -> bool:
    """Return whether what follows "제3조(정의)" shows a reference inside a sentence."""
    return bool(
        re.match(r"(?:의|에|와|과|및|를|을|은|는|부터|까지|제\d+항)(?:\s|$|따|의|서)", rest)
    )
