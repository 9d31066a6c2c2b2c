"""Quotations: what stands in quotation marks, and whether a source says it word for word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_PAIRS = (
    re.compile(r"“([^“”\n]*)(?:”|$)"),
    re.compile(r"‘([^‘’\n]*)’"),
    re.compile(r'"([^"\n]*)(?:"|$)'),
    re.compile(r"(?<![\w가-힣])'([^'\n]+)'"),
    re.compile(r"(?:〈|⟨|❝|«)([^〉⟩❞»\n]*)(?:〉|⟩|❞|»)"),
)
_GAP = re.compile(
    r"\s*(?:\(?\s*(?:\.{3,}|…+|⋯+|‥+|·{3,}|ㆍ{3,})\s*\)?|[(\[〔]\s*(?:중략|생략|이하\s*생략|전략|후략)\s*[)\]〕])\s*"
)
_CIRCLED = re.compile(r"[①-⑳⑴-⒇]")
_SAME_SIGNS = str.maketrans(
    {
        "ㆍ": "·", "・": "·", "‧": "·", "∙": "·", "•": "·", "∼": "~", "〜": "~", "–": "-", "—": "-",
        "−": "-", "‐": "-", "‑": "-",
    }
)  # fmt: skip
_DROPPED = set(" \t\r\n\u00a0\u200b\ufeff“”‘’\"'「」『』｢｣《》〈〉*_|`")
_SOFT = set(".,:;!?·()[]-")
_DATE = re.compile(r"(?<![\d.])(\d{4})\s?\.\s?(\d{1,2})\s?\.\s?(\d{1,2})(?!\d)\s?\.?")
_LONGEST_GAP = 400
_LEAST_PART = 4
_NEGATIVE_PREFIX = "불비미무부반"
_NEGATION = re.compile(r"않|아니|없|못하|못한|불가|제외|금지|말아야|안된|안되")


@dataclass(frozen=True)
class Quotation:
    """Words in quotation marks; `term`: one or two words in single marks, a stressed word."""

    text: str
    start: int
    end: int
    term: bool = False


def quotations(text: str) -> Sequence[Quotation]:
    """Return what stands in quotation marks; an opened one that is not closed runs to the end."""
    found: list[Quotation] = []
    for place, pattern in enumerate(_PAIRS):
        for match in pattern.finditer(text):
            inside = match[1].strip()
            overlaps = any(one.start < match.end() and match.start() < one.end for one in found)
            if not inside or overlaps:
                continue
            single = place in (1, 3, 4)
            term = single and len(inside) <= 12 and len(inside.split()) <= 2
            found.append(Quotation(inside, match.start(), match.end(), term))
    return sorted(found, key=lambda one: one.start)


@dataclass(frozen=True)
class Flat:
    """A text without what quotations may differ in; `starts[i]`: a word begins at letter i."""

    letters: str
    starts: tuple[bool, ...]


def flatten(text: str) -> Flat:
    """Return letters and figures of `text`: spaces, marks and full width aside."""
    text = unicodedata.normalize("NFKC", _CIRCLED.sub(" ", text)).translate(_SAME_SIGNS)
    text = _DATE.sub(r"\1. \2. \3. ", text)
    letters: list[str] = []
    starts: list[bool] = []
    begins = True
    for place, letter in enumerate(text):
        if letter in _DROPPED:
            begins = True
            continue
        if letter in _SOFT and not _inside_number(text, place):
            begins = True
            continue
        if letter == "," and _inside_number(text, place):
            continue
        letters.append(letter.lower())
        starts.append(begins)
        begins = False
    return Flat("".join(letters), tuple(starts))


def _inside_number(text: str, place: int) -> bool:
    """Whether a sign stands between two digits, where it changes the number."""
    return (
        0 < place < len(text) - 1
        and text[place] in ".,-:"
        and text[place - 1].isdigit()
        and text[place + 1].isdigit()
    )


def is_quoted_from(quotation: str, source: Flat) -> bool:
    """Return whether `source` says the words of `quotation` in order.

    Spacing, marks and case may differ, words may not. "…" and (중략) stand for words left out:
    at most 400 letters, and no negation inside the sentence cut.
    """
    parts = [flatten(part).letters for part in _GAP.split(quotation)]
    parts = [part for part in parts if part]
    if not parts or (len(parts) > 1 and min(map(len, parts)) < _LEAST_PART):
        return False
    return any(_goes_on(parts, source, start) for start in _found(parts[0], source, 0))


def _goes_on(parts: Sequence[str], source: Flat, start: int) -> bool:
    end = start + len(parts[0])
    for part in parts[1:]:
        following = next(
            (
                at
                for at in _found(part, source, end)
                if at - end <= _LONGEST_GAP and not _NEGATION.search(source.letters[end:at])
            ),
            None,
        )
        if following is None:
            return False
        end = following + len(part)
    return True


def _found(part: str, source: Flat, after: int) -> Sequence[int]:
    """Return where `part` stands, not cutting into a number or a word's beginning."""
    places, at = [], source.letters.find(part, after)
    while at >= 0:
        if _whole(part, source, at):
            places.append(at)
        at = source.letters.find(part, at + 1)
    return places


def _whole(part: str, source: Flat, at: int) -> bool:
    letters, end = source.letters, at + len(part)
    before = letters[at - 1] if at else ""
    after = letters[end] if end < len(letters) else ""
    if part[0].isdigit() and before and _of_number(before, source, at):
        return False
    if (
        part[-1].isdigit()
        and after
        and (after.isdigit() or (after in ".," and not source.starts[end]))
    ):
        return False
    if source.starts[at]:
        return True
    # Text squeezed together by its maker: a long quotation may begin inside such a word.
    return len(part) >= 12 and before not in _NEGATIVE_PREFIX and not before.isdigit()


def _of_number(before: str, source: Flat, at: int) -> bool:
    if before.isdigit():
        return not source.starts[at]
    return before in ".-:십백천만억조" and not source.starts[at]
