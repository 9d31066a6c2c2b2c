"""Reads articles from their printed text: 제N조(제목), ① paragraphs, 1. items, 가. subitems.

Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from gongmu.bots.statutes.law import CIRCLED, Article, Item, Paragraph, Subitem, is_deleted

HEADING = re.compile(r"^제\s*\d+\s*(?:편|장|절|관|항|속)")
OWN_HEAD = re.compile(r"^제\s*\d+\s*조(?:\s*의\s*\d+)?\s*")
_LEVELS = "편장절관"
_DOTS = "ㆍ·・‧"


def headed(path: Sequence[str], lines: Iterable[str]) -> list[str]:
    """Return the headings that hold after `lines` (제2장 ..., 제1절 ...), amendments cut off."""
    kept = list(path)
    for line in lines:
        heading = re.sub(r"\s*<[^>]*>\s*$", "", line.strip())
        found = re.match(r"제\s*\d+\s*([편장절관])", heading)
        if not found:
            continue
        rank = _LEVELS.index(found[1])
        kept = [one for one in kept if _rank(one) < rank]
        kept.append(heading)
    return kept


def _rank(heading: str) -> int:
    found = re.match(r"제\s*\d+\s*([편장절관])", heading)
    return _LEVELS.index(found[1]) if found else 0


def strip_heading(text: str, title: str) -> str:
    """Return an article's text without its own "제3조(제목)"."""
    rest = OWN_HEAD.sub("", text, count=1).lstrip()
    return rest[_past_title(rest, title) :].strip()


def _past_title(text: str, title: str) -> int:
    """Return where the bracketed title at the head of `text` ends, 0 when there is none.

    Spaces and kinds of middle dot are not compared.
    """
    wanted = "".join("·" if letter in _DOTS else letter for letter in title if letter.strip())
    if not wanted or text[:1] not in ("(", "["):
        return 0
    met = 0
    for at in range(1, len(text)):
        letter = "·" if text[at] in _DOTS else text[at]
        if not letter.strip():
            continue
        if met == len(wanted):
            return at + 1 if letter in ")]" else 0
        if letter != wanted[met]:
            return 0
        met += 1
    return 0


_ARTICLE_LINE = re.compile(
    r"^\s*제\s*(\d+)\s*조(?:\s*의\s*(\d+))?\s*(?:\((?P<title>[^)\n]{1,80})\)|(?=삭\s*제))"
)


def articles_of_text(pieces: Iterable[str]) -> Iterator[Article]:
    """Yield the articles of plain text given in pieces or whole: lines 제N조(제목) begin one."""
    path: list[str] = []
    current: list[str] = []
    for line in "\n".join(pieces).split("\n"):
        if _ARTICLE_LINE.match(line):
            yield from _collected(current, path)
            current = [line]
        elif HEADING.match(line):
            yield from _collected(current, path)
            current = []
            path = headed(path, [line])
        else:
            current.append(line)
    yield from _collected(current, path)


def _collected(lines: Sequence[str], path: Sequence[str]) -> Iterator[Article]:
    found = _ARTICLE_LINE.match(lines[0]) if lines else None
    if found:
        title = (found["title"] or "").strip()
        numbers = int(found[1]), int(found[2] or 0)
        yield article_of_text(*numbers, title, "\n".join(lines), path=" > ".join(path))


_PARAGRAPH_LINE = re.compile(rf"^\s*([{CIRCLED}])\s*")
_ITEM_LINE = re.compile(r"^\s*(\d{1,3})(?:의(\d{1,2}))?\.\s+(?!\d+\.)")
_SUBITEM_LINE = re.compile(r"^\s*([가-힣])\.\s+")
_MARKS = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초코토포호"


def article_of_text(
    number: int,
    branch: int,
    title: str,
    text: str,
    *,
    path: str = "",
    starts_on: date | None = None,
) -> Article:
    """Return an article read from its printed text: ① paragraphs, 1. items, 가. subitems."""
    lines = _split_paragraphs(strip_heading(text, title)).split("\n")
    reading = _Reading()
    for line in lines:
        reading.take(line)
    lead, paragraphs, note = reading.done()
    return Article(
        number=number,
        branch=branch,
        title=title,
        lead=lead,
        paragraphs=paragraphs,
        starts_on=starts_on,
        deleted=is_deleted(lead) and not paragraphs,
        path=path,
        note=note,
    )


def _split_paragraphs(text: str) -> str:
    # "제5조(제목) ① ..." has its first paragraph on the heading's line, and some files all of them.
    return re.sub(rf"(?<=[.>\])다)])\s+(?=[{CIRCLED}]\s)", "\n", text)


class _Reading:
    """Lines of one article, sorted into paragraphs, items and subitems as they come."""

    def __init__(self) -> None:
        self._lead: list[str] = []
        self._paragraphs: list[tuple[int | None, list[str], list[_Marked]]] = []
        self._notes: list[str] = []

    def take(self, line: str) -> None:
        """Put one line where it belongs."""
        line = line.strip()
        if not line:
            return
        if re.fullmatch(r"\[[^\]]*\d{4}[^\]]*\](?:\s*\[[^\]]*\])*", line):
            self._notes.append(line)
        elif found := _PARAGRAPH_LINE.match(line):
            self._paragraphs.append((CIRCLED.index(found[1]) + 1, [line[found.end() :]], []))
        elif (found := _ITEM_LINE.match(line)) and self._follows(int(found[1])):
            self._items().append(
                _Marked(int(found[1]), int(found[2] or 0), [line[found.end() :]], [])
            )
        elif (found := _SUBITEM_LINE.match(line)) and self._subitem_follows(found[1]):
            self._items()[-1].subitems.append((found[1], [line[found.end() :]]))
        else:
            self._last_lines().append(line)

    def done(self) -> tuple[str, tuple[Paragraph, ...], str]:
        """Return lead, paragraphs and note."""
        paragraphs = tuple(
            Paragraph(number, _lines(lines), tuple(item.done() for item in items))
            for number, lines, items in self._paragraphs
        )
        return _lines(self._lead), paragraphs, "\n".join(self._notes)

    def _items(self) -> list[_Marked]:
        if not self._paragraphs:
            self._paragraphs.append((None, [], []))
        return self._paragraphs[-1][2]

    def _follows(self, number: int) -> bool:
        # "2026. 1. 1." and enumerations inside a text are no items: items count up.
        items = self._paragraphs[-1][2] if self._paragraphs else []
        last = items[-1].number if items else 0
        return number in (last, last + 1) or (bool(items) and last < number <= last + 3)

    def _subitem_follows(self, mark: str) -> bool:
        items = self._paragraphs[-1][2] if self._paragraphs else []
        if not items or mark not in _MARKS:
            return False
        done = len(items[-1].subitems)
        return mark == (_MARKS[done] if done < len(_MARKS) else "")

    def _last_lines(self) -> list[str]:
        if not self._paragraphs:
            return self._lead
        _, lines, items = self._paragraphs[-1]
        if not items:
            return lines
        return items[-1].subitems[-1][1] if items[-1].subitems else items[-1].lines


class _Marked:
    def __init__(
        self, number: int, branch: int, lines: list[str], subitems: list[tuple[str, list[str]]]
    ) -> None:
        self.number, self.branch = number, branch
        self.lines, self.subitems = lines, subitems

    def done(self) -> Item:
        subitems = tuple(Subitem(mark, _lines(lines)) for mark, lines in self.subitems)
        return Item(self.number, self.branch, _lines(self.lines), subitems)


def _lines(lines: Sequence[str]) -> str:
    return "\n".join(line for line in lines if line).strip()
