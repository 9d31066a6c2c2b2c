"""What stands on the practice city's shelves, before it becomes a file of some kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

KINDS = ("hwpx", "docx", "xlsx", "pdf", "md", "html", "txt", "eml")


@dataclass(frozen=True)
class Heading:
    """A heading inside a sheet; level 1 is a chapter, 2 a section."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Text:
    """One paragraph or list item."""

    text: str


@dataclass(frozen=True)
class Table:
    """Rows of cells, the first of them the header."""

    rows: tuple[tuple[str, ...], ...]


Block = Heading | Text | Table


@dataclass(frozen=True)
class Question:
    """What an officer might ask that the section at `section` (from 0) answers.

    `says` are words of a right answer, where the question has one that can be looked for.
    """

    text: str
    section: int
    says: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """One document; `name` is its file name without the ending, `kind` one of KINDS.

    `attached` is a sheet that goes along with a mail. `folder` sets the sheet apart under its
    corpus, e.g. for one department only.
    """

    corpus: str
    name: str
    kind: str
    title: str
    department: str
    on: date
    blocks: tuple[Block, ...]
    questions: tuple[Question, ...] = ()
    folder: str = ""
    data_class: str = "O"
    departments: tuple[str, ...] = ()
    ends_on: date | None = None
    replaces: str = ""
    """File name of the earlier version that this one takes the place of."""
    attached: Sheet | None = None

    @property
    def path(self) -> str:
        """Return the file's place under the library folder."""
        parts = [self.corpus, self.folder, f"{self.name}.{self.kind}"]
        return "/".join(part for part in parts if part)

    @property
    def imprint(self) -> str:
        """Return the line under the title: whose it is, of when, and that it is invented."""
        day = f"{self.on.year}. {self.on.month}. {self.on.day}."
        # 판이 바뀌는 지침과 조례는 언제부터 쓰는지를 머리에 적는다
        texts = [block.text for block in self.blocks if isinstance(block, Text)]
        ruled = bool(self.replaces or self.ends_on or any(map(article_of, texts)))
        told = any(text.startswith("적용 기간:") for text in texts)
        when = f"[시행 {day}]" if ruled and not told else day
        return f"연습시 {self.department}, {when} (가상의 도시 연습시의 연습용 문서)"


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it; `heading` is empty before the first one."""

    heading: str
    text: str


def sections(blocks: Sequence[Block]) -> Sequence[Section]:
    """Return the blocks cut at their headings, a section's heading with its chapter's before it."""
    return list(_sections(blocks))


_ARTICLE = re.compile(r"제\d+조(?:의\d+)?\([^)]*\)")


def article_of(text: str) -> str:
    """Return the article's number and title when the paragraph opens one, else ""."""
    found = _ARTICLE.match(text)
    return found.group() if found else ""


def _sections(blocks: Sequence[Block]) -> Iterator[Section]:
    chapter = heading = ""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Text) and (article := article_of(block.text)):
            if heading or lines:
                yield Section(heading, "\n".join(lines))
            heading, lines = article, [block.text]
            continue
        if isinstance(block, Heading):
            if heading or lines:
                yield Section(heading, "\n".join(lines))
            chapter = block.text if block.level == 1 else chapter
            heading = block.text if block.level == 1 or not chapter else f"{chapter} {block.text}"
            lines = []
        elif isinstance(block, Text):
            lines.append(block.text)
        else:
            lines += [" | ".join(row) for row in block.rows]
    if heading or lines:
        yield Section(heading, "\n".join(lines))
