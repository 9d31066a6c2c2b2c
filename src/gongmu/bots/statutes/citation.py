"""Finds citations of laws in free text: 「지방세법」 제12조의3제2항제1호가목, 같은 법 시행령 제3조.

Pure. Understands short names, references back (같은 법, 동법, 영, 규칙, 같은 조), ranges and
lists, 부칙, 별표 and 별지, odd spaces, Hanja (第12條) and full-width digits; it is not fooled by
sums of money (3조 원) and groups of people (제3조(팀)).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gongmu.bots.statutes.names import Names


class Part(StrEnum):
    """Which part of a law is cited."""

    LAW = "law"
    """The law as a whole, by its name."""
    ARTICLE = "article"
    SUPPLEMENT = "supplement"
    """부칙."""
    TABLE = "table"
    """별표."""
    FORM = "form"
    """별지 서식."""


@dataclass(frozen=True)
class LawCitation:
    """One cited place; `start` and `end` are offsets in the text, the law's name included.

    `law` is the full name as far as known, "" when the text does not tell. `article` is None for
    a law as a whole and for 부칙, 별표, 별지 without an article; their own number is `number`.
    """

    law: str
    part: Part
    start: int
    end: int
    text: str
    article: int | None = None
    branch: int = 0
    paragraph: int | None = None
    item: int | None = None
    item_branch: int = 0
    subitem: str = ""
    title: str = ""
    """제목 in brackets behind the article, as written."""
    number: int | None = None
    """Number of a 별표 or 별지, or the promulgation number of a 부칙."""
    number_branch: int = 0
    known: bool = False
    """Whether the law's name is a known one."""
    implied: bool = False
    """True when the law (or the article) is not written here but taken from what came before."""
    range_from: bool = False
    """True for the first of "제3조부터 제5조까지"; the last follows as the next citation."""
    range_to: bool = False

    @property
    def place(self) -> str:
        """Return the place as written in full: 제12조의3제2항제1호가목, 부칙 제2조, 별표 1의2."""
        return place_text(self)

    @property
    def full(self) -> str:
        """Return law and place: 「지방세법」 제7조제1항."""
        return f"「{self.law}」 {self.place}".strip() if self.law else self.place

    @property
    def code(self) -> str:
        """Return the article code AAAABB of the national API (제10조의2 = 001002), "" without."""
        return article_code(self.article, self.branch) if self.article is not None else ""


def article_code(article: int, branch: int = 0) -> str:
    """Return the article code AAAABB: 제10조의2 → 001002."""
    return f"{article:04d}{branch:02d}"


def article_name(article: int, branch: int = 0) -> str:
    """Return 제10조의2."""
    return f"제{article}조" + (f"의{branch}" if branch else "")


def place_text(one: LawCitation) -> str:
    """Return the cited place within its law in the official form."""
    parts = []
    if one.part is Part.SUPPLEMENT:
        parts.append(f"부칙 <제{one.number}호> " if one.number else "부칙 ")
    elif one.part in (Part.TABLE, Part.FORM):
        branch = f"의{one.number_branch}" if one.number_branch else ""
        if one.part is Part.TABLE:
            parts.append(f"별표 {one.number}{branch} " if one.number is not None else "별표 ")
        else:
            parts.append(
                f"별지 제{one.number}호{branch}서식 " if one.number is not None else "별지 "
            )
    if one.article is not None:
        parts.append(article_name(one.article, one.branch))
    if one.paragraph is not None:
        parts.append(f"제{one.paragraph}항")
    if one.item is not None:
        parts.append(f"제{one.item}호" + (f"의{one.item_branch}" if one.item_branch else ""))
    if one.subitem:
        parts.append(f"{one.subitem}목")
    return "".join(parts).strip()


def find_citations(
    text: str, own: str = "", names: Names | None = None, *, own_article: LawCitation | None = None
) -> list[LawCitation]:
    """Return the citations of `text` in order.

    `own` is the law the text itself belongs to: what "법", "이 영" and a bare "제5조" mean; without
    it they mean the law named last (`implied`). `own_article` is the article the text stands in:
    what a bare "제1항" means.
    """
    from gongmu.bots.statutes.citation_scan import Scan

    return Scan(text, own, names or Names(), own_article).run()
