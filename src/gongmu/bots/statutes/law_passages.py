"""Turns laws and rulings into passages with the days they hold, for the search."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from gongmu.bots.passages import DataClass, Passage
from gongmu.bots.statutes.citation import article_name
from gongmu.bots.statutes.law import LawKind, LawVersion, Ruling
from gongmu.bots.statutes.view import ordered, timeline
from gongmu.core.values import korean_date

STATUTES, ORDINANCES, PRECEDENTS = "statutes", "ordinances", "precedents"
_WORTH_FINDING = re.compile(r"적용례|경과조치|특례|유효기간")
_LONGEST = 6000
"""Letters of a 부칙 article or annex that are kept; some tables run to a book."""


def corpus_of(kind: LawKind) -> str:
    """Return the corpus a law of this kind is learnt into."""
    return ORDINANCES if kind.local else STATUTES


def passage_key(law_key: str, code: str, starts_on: date) -> str:
    """Return the id of the passage of an article's text that holds from `starts_on`."""
    return f"{law_key}:{code}:{starts_on:%Y%m%d}"


def law_passages(law_key: str, versions: Sequence[LawVersion], today: date) -> list[Passage]:
    """Return the passages of a law: each text of each article, 부칙 with cases, annexes.

    A law of which only a version of the future is at hand is found today all the same, with a
    word about it in the heading: most of its articles are in force already.
    """
    newest = ordered(versions)[-1]
    corpus = corpus_of(newest.kind)
    first_on = min(one.starts_on for one in versions)
    ahead = f" [{korean_date(first_on)} 시행 판]" if first_on > today else ""
    found: list[Passage] = []

    def add(
        key: str, place: str, heading: str, text: str, first: date | None, last: date | None
    ) -> None:
        found.append(
            Passage(
                passage_id=key,
                document_id=law_key,
                corpus=corpus,
                document=newest.name,
                place=place,
                heading=heading,
                text=text,
                number=len(found),
                data_class=DataClass.OPEN,
                starts_on=first,
                ends_on=last,
            )
        )

    for code, spans in timeline(versions).items():
        for span in spans:
            article = span.article
            if not article.deleted:
                key = passage_key(law_key, code, span.starts_on)
                heading = f"{newest.name} {article.heading}"
                early = ahead if span.starts_on == first_on else ""
                starts = None if early else span.starts_on
                add(key, article.name, heading + early, article.text, starts, span.ends_on)
    for key, place, text, first in _beside(law_key, newest, versions):
        add(key, place, f"{newest.name} {place}", text, first, None)
    return found


def _beside(
    law_key: str, newest: LawVersion, versions: Sequence[LawVersion]
) -> Iterator[tuple[str, str, str, date | None]]:
    seen: set[str] = set()
    for version in reversed(ordered(versions)):
        for part in version.supplements:
            for code, text in part.articles().items():
                name = article_name(int(code[:4]), int(code[4:]))
                place = f"부칙 <제{part.number}호> {name}"
                if place in seen or not _WORTH_FINDING.search(text.split(")", 1)[0]):
                    continue
                seen.add(place)
                key = f"{law_key}:s{part.number}-{code}"
                yield key, place, text[:_LONGEST], part.promulgated_on
    for annex in newest.annexes:
        if annex.text and not annex.form and annex.name not in seen:
            seen.add(annex.name)
            key = f"{law_key}:t{annex.number:04d}{annex.branch:02d}"
            text = f"{annex.name} {annex.title}\n{annex.text}"[:_LONGEST]
            yield key, annex.name, text, annex.starts_on or newest.starts_on


def ruling_passages(ruling_key: str, ruling: Ruling) -> list[Passage]:
    """Return a passage for each part of a judgment or interpretation."""
    kind = "법령해석례" if ruling.interpretation else "판례"
    document = f"{ruling.by} {ruling.number} {ruling.title}".strip()
    return [
        Passage(
            passage_id=f"{ruling_key}:{number}",
            document_id=ruling_key,
            corpus=PRECEDENTS,
            document=document,
            place=title,
            heading=f"{kind} {document}",
            text=text,
            number=number,
            starts_on=ruling.decided_on,
        )
        for number, (title, text) in enumerate(ruling.parts.items())
    ]
