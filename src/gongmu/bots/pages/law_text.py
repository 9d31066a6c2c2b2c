"""An article's text for the screen: its lines, with each cited place as a way to it.

Quiet: no clock, database or file is reached from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode

from gongmu.bots.statutes.citation import LawCitation, find_citations
from gongmu.bots.statutes.law import Article, circled
from gongmu.bots.statutes.names import Names


@dataclass(frozen=True)
class Run:
    """A stretch of text; `address` is where its cited place stands, "" for plain text."""

    text: str
    address: str = ""


@dataclass(frozen=True)
class Line:
    """One unit of an article: depth 0 the lead or 항, 1 호, 2 목."""

    depth: int
    runs: Sequence[Run]


@dataclass(frozen=True)
class Branch:
    """A part of the tree: the heading (장, 절) and its articles."""

    title: str
    articles: Sequence[Article]


def law_address(name: str, on: date | None = None, code: str = "") -> str:
    """Return the page of a law, of an article in it, on a day."""
    query = {key: value for key, value in (("on", on), ("article", code)) if value}
    return f"/bots/law/laws/{quote(name, safe='')}" + (f"?{urlencode(query)}" if query else "")


def lines_of(
    article: Article, law: str, on: date, names: Names, kept: frozenset[str]
) -> Sequence[Line]:
    """Return the article line by line; only laws in `kept` are linked."""
    found = [Line(0, _runs(article.lead, law, on, names, kept))] if article.lead else []
    for paragraph in article.paragraphs:
        mark = "" if paragraph.number is None else f"{circled(paragraph.number)} "
        if paragraph.text or mark:
            text = f"{mark}{paragraph.text}".strip()
            found.append(Line(0, _runs(text, law, on, names, kept, skip=len(mark))))
        for item in paragraph.items:
            text = f"{item.mark}. {item.text}"
            found.append(Line(1, _runs(text, law, on, names, kept)))
            for sub in item.subitems:
                found.append(Line(2, _runs(f"{sub.mark}. {sub.text}", law, on, names, kept)))
    return found


def _runs(
    text: str, law: str, on: date, names: Names, kept: frozenset[str], skip: int = 0
) -> Sequence[Run]:
    runs: list[Run] = []
    at = 0
    for citation in find_citations(text, law, names):
        if citation.start < max(at, skip) or citation.end <= citation.start:
            continue
        address = _address(citation, law, on, kept)
        if not address:
            continue
        if citation.start > at:
            runs.append(Run(text[at : citation.start]))
        runs.append(Run(text[citation.start : citation.end], address))
        at = citation.end
    if at < len(text):
        runs.append(Run(text[at:]))
    return runs


def _address(citation: LawCitation, law: str, on: date, kept: frozenset[str]) -> str:
    name = citation.law or law
    if name not in kept or (name == law and citation.article is None):
        return ""
    return law_address(name, on, citation.code)


def tree(articles: Sequence[Article]) -> Sequence[Branch]:
    """Return the articles under their headings, in the law's own order."""
    found: list[tuple[str, list[Article]]] = []
    for article in articles:
        if not found or found[-1][0] != article.path:
            found.append((article.path, []))
        found[-1][1].append(article)
    return [Branch(title, tuple(mine)) for title, mine in found]
