"""The marks that order Korean official documents: 제1장, Ⅰ., 1., 가., □, ○, ①, ※.

Quiet: this module reaches nothing outside itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ARTICLE = re.compile(
    r"제\s?(?P<article>\d{1,4})\s?조(?:의\s?(?P<branch>\d{1,3}))?"
    r"(?:\s?(?P<title>[(（][^)）\n]{1,80}[)）])|(?=\s|$))"
)
"""At the head of a line: an article with its title, as laws, ordinances and contracts have it."""
SUPPLEMENT = re.compile(r"부\s{0,6}칙\s*(?:[<〈(（\[].{0,80})?")
ANNEX = re.compile(
    r"[\[<〈【(]?\s*(?P<name>별표|별지|서식|붙임|참고|첨부|부록)\s*(?:제)?\s*(?P<number>\d{0,3}(?:의\d+)?)"
    r"\s*(?:호)?\s*(?:서식)?\s*[\]>〉】)]?(?=$|[\s.:])"
)
_KINDS = (
    ("part", re.compile(r"제\s?\d{1,3}\s?(?:편|부)(?=\s|$|\()")),
    ("chapter", re.compile(r"제\s?\d{1,3}\s?장(?:의\s?\d+)?(?=\s|$|\()")),
    ("section", re.compile(r"제\s?\d{1,3}\s?절(?:의\s?\d+)?(?=\s|$|\()")),
    ("subsection", re.compile(r"제\s?\d{1,3}\s?관(?:의\s?\d+)?(?=\s|$|\()")),
    ("roman", re.compile(r"(?:[Ⅰ-Ⅻ]|[IVX]{1,5}(?=[.)]))\s*[.)]?\s*(?=\S)")),
    ("decimal", re.compile(r"\d{1,2}(?:\.\d{1,2}){1,4}\.?\s+(?=\S)")),
    ("number", re.compile(r"\d{1,2}\.\s*(?=[^\d\s])")),
    ("syllable", re.compile(r"[가나다라마바사아자차카타파하]\.\s*(?=\S)")),
    ("number)", re.compile(r"\d{1,2}\)\s*(?=\S)")),
    ("syllable)", re.compile(r"[가나다라마바사아자차카타파하]\)\s*(?=\S)")),
    ("(number)", re.compile(r"\(\d{1,2}\)\s*(?=\S)")),
    ("(syllable)", re.compile(r"\([가나다라마바사아자차카타파하]\)\s*(?=\S)")),
    ("circle", re.compile(r"[①-⑳]\s*(?=\S)")),
    ("circled", re.compile(r"[㉮-㉻㉠-㉭]\s*(?=\S)")),
    ("box", re.compile(r"[□■◇◆▣▶❏❑▷◈]\s*(?=\S)")),
    ("round", re.compile(r"(?:[○●◦◯◎⊙❍]|ㅇ(?=\s)|o(?=\s))\s*(?=\S)")),
    ("dash", re.compile(r"(?:[-–―∙·•‧․*▪▸‣◾](?=\s|[가-힣])|[-–―]\s)\s*(?=\S)")),
    ("note", re.compile(r"(?:※|\*{1,3}|☞|★|주\s?\d?\))\s*(?=\S)")),
    ("question", re.compile(r"(?:Q|문)\s?\d{0,3}\s?[.:)]\s*(?=\S)|Q\d{1,3}\s+(?=\S)")),
    ("bracket", re.compile(r"[<〈【\[][^\]>〉】]{2,30}[\]>〉】]\s*$")),
)  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """What a line begins with: its kind, and how many characters it takes."""

    kind: str
    length: int


def mark_of(line: str) -> Mark | None:
    """Return the mark at the head of a line, or None."""
    for kind, form in _KINDS:
        if found := form.match(line):
            return Mark(kind, found.end())
    return None


def starts_item(line: str) -> bool:
    """Return whether a line begins something of its own, so that no line before runs into it."""
    if ARTICLE.match(line) or SUPPLEMENT.fullmatch(line) or ANNEX.match(line):
        return True
    return mark_of(line) is not None
