"""Cross references: what an article cites, and which articles cite it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gongmu.bots.statutes.citation import LawCitation, Part, article_code, find_citations
from gongmu.bots.statutes.law import Article, LawVersion, paragraph_lines
from gongmu.bots.statutes.names import Names, normal_name


@dataclass(frozen=True)
class Reference:
    """A citation that stands in a law: where, and what it cites."""

    law: str
    article: str
    """Code of the citing article."""
    place: str
    """Where it stands: 제3조제2항."""
    cites: LawCitation


def references_of(article: Article, law: str, names: Names | None = None) -> list[Reference]:
    """Return what an article cites; "제1항" in it means its own paragraph."""
    found = []
    for place, paragraph, text in _stretches(article):
        here = LawCitation(
            law,
            Part.ARTICLE,
            0,
            0,
            "",
            article=article.number,
            branch=article.branch,
            paragraph=paragraph,
            known=True,
        )
        for one in find_citations(text, law, names, own_article=here):
            if one.article is not None or one.part is not Part.ARTICLE:
                found.append(Reference(law, article.key, place, one))
    return found


def _stretches(article: Article) -> Iterable[tuple[str, int | None, str]]:
    if article.lead:
        yield article.name, None, article.lead
    for paragraph in article.paragraphs:
        number = f"제{paragraph.number}항" if paragraph.number else ""
        yield f"{article.name}{number}", paragraph.number, "\n".join(paragraph_lines(paragraph))


def references_in(version: LawVersion, names: Names | None = None) -> Mapping[str, list[Reference]]:
    """Return the references of every article of a version, by the citing article's code."""
    return {one.key: references_of(one, version.name, names) for one in version.articles}


def cited_by(law: str, code: str, references: Iterable[Sequence[Reference]]) -> list[Reference]:
    """Return the references that cite the article `code` of `law`, ranges included."""
    wanted = normal_name(law)
    found = []
    for listed in references:
        for number, one in enumerate(listed):
            if normal_name(one.cites.law) != wanted or one.cites.part is not Part.ARTICLE:
                continue
            last = listed[number + 1].cites if number + 1 < len(listed) else None
            between = (
                one.cites.range_from
                and last is not None
                and last.range_to
                and last.article is not None
                and one.cites.code < code < article_code(last.article, last.branch)
            )
            if one.cites.code == code or between:
                found.append(one)
    return found
