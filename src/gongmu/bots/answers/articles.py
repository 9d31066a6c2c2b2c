"""Articles of law that an answer names, and whether a source is or names the same article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gongmu.bots.statutes.citation import LawCitation, Part, find_citations
from gongmu.bots.statutes.names import Names, normal_name

_BRACKETED = re.compile(r"[「『｢《](?P<name>[^」』｣》\n]{2,90})[」』｣》]")
_ASIDE = re.compile(r"\s*[(\[_<][^)\]>]*[)\]>]?\s*$")
_DATED = re.compile(r"[\s_,(]*(?:시행\s*)?(?:19|20)\d{2}\s?[.\-년].*$|\s제\d+(?:-\d+)?호$")
_LAWLIKE = re.compile(
    r"(?:법|법률|헌법|시행령|시행규칙|조례|규칙|규정|훈령|예규|고시|지침|시행세칙|령|약관|정관)$"
)
_OWN = re.compile(r"(?m)^\s*(?:#+\s*|\*\*)?제\s?(\d+)\s?조(?:의\s?(\d+))?(?=\s*[(【\[]|\s*$|\s|제)")
_PLACE = re.compile(r"제\s?(\d+)\s?조(?:의\s?(\d+))?")
_PLACE_BELOW = re.compile(r"조(?:의\s?\d+)?\s?제\s?(\d+)\s?항(?:\s?제\s?(\d+)\s?호)?")
_CIRCLES = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


@dataclass(frozen=True)
class Bracketed:
    """A name in 「」 or 『』 and where it stands."""

    name: str
    start: int
    end: int


def bracketed(text: str) -> Sequence[Bracketed]:
    """Return the names that stand in 「」, 『』, 《》."""
    return [Bracketed(one["name"], one.start(), one.end()) for one in _BRACKETED.finditer(text)]


def document_key(title: str) -> str:
    """Return a document's title as law names are compared: without brackets, dates, spaces."""
    return normal_name(_bare(title))


def is_law(title: str) -> bool:
    """Return whether a document of this title has articles of its own."""
    return bool(_LAWLIKE.search(document_key(title)))


class ArticlesOf:
    """What a source is and names: its own articles, and those it refers to."""

    def __init__(self, document: str, place: str, heading: str, text: str, names: Names) -> None:
        self.law = document_key(document)
        self._law_document = is_law(document)
        self._text = text
        self._place = f"{place} {heading}"
        own = {(int(one[1]), int(one[2] or 0)) for one in _OWN.finditer(text)}
        own |= {(int(one[1]), int(one[2] or 0)) for one in _PLACE.finditer(place)}
        if not own and (headed := _PLACE.match(heading.strip())):
            own.add((int(headed[1]), int(headed[2] or 0)))
        self.own = frozenset(own) if self._law_document or _PLACE.search(place) else frozenset()
        name = document if self._law_document else ""
        self.named = find_citations(f"{heading}\n{text}", own=_bare(name), names=names)
        self._names = names

    def has(self, cited: LawCitation) -> bool:
        """Return whether this source is, or names, the article cited."""
        if cited.part is Part.LAW:
            return self.knows_name(cited.law)
        if cited.part is Part.ARTICLE and cited.implied and "조" not in cited.text:
            # 제1항 by itself: of this source's article, or as the source's own words say.
            words = re.sub(r"\s", "", cited.text)
            spoken = re.search(re.escape(words) + r"(?!\d)", re.sub(r"\s", "", self._text))
            return bool(spoken) or (bool(self.own) and self._below_of(cited, self._text))
        if cited.part is Part.ARTICLE:
            return self._is(cited) or any(self._names_it(cited, one) for one in self.named)
        return self._annex(cited) or any(self._names_it(cited, one) for one in self.named)

    def knows_name(self, name: str) -> bool:
        """Return whether the source is the document of this name or mentions it whole."""
        key = normal_name(name)
        if key == self.law or key == normal_name(self._names.official(self.law)):
            return True
        if any(normal_name(one.law) == key for one in self.named):
            return True
        return any(document_key(one.name) == document_key(name) for one in bracketed(self._text))

    def same_law(self, cited: LawCitation) -> bool:
        """Return whether the cited law is this document itself."""
        own = normal_name(self._names.official(self.law))
        return bool(cited.law) and normal_name(cited.law) in (self.law, own)

    def _is(self, cited: LawCitation) -> bool:
        if (cited.article, cited.branch) not in self.own:
            return False
        if not (self.same_law(cited) or not cited.law or cited.implied):
            return False
        return self._below_of(cited, self._own_text(cited))

    def _below_of(self, cited: LawCitation, part: str) -> bool:
        below = _PLACE_BELOW.search(self._place)
        if cited.paragraph and not (below and int(below[1]) == cited.paragraph):
            part = paragraph_text(part, cited.paragraph)
            if not part:
                return False
        if cited.item and not (below and below[2] and int(below[2]) == cited.item):
            part = item_text(part, cited.item, cited.item_branch)
            if not part:
                return False
        if cited.subitem:
            return bool(re.search(rf"(?:^|\s){cited.subitem}[.)]\s", part))
        return True

    def _own_text(self, cited: LawCitation) -> str:
        """Return the text of one of several articles in the source."""
        starts = list(_OWN.finditer(self._text))
        for place, start in enumerate(starts):
            if (int(start[1]), int(start[2] or 0)) == (cited.article, cited.branch):
                end = starts[place + 1].start() if place + 1 < len(starts) else len(self._text)
                return self._text[start.start() : end]
        return self._text

    def _names_it(self, cited: LawCitation, named: LawCitation) -> bool:
        if cited.part is not named.part or (cited.article, cited.branch, cited.number) != (
            named.article,
            named.branch,
            named.number,
        ):
            return False
        key = self._key(named)
        if cited.law and normal_name(cited.law) != key and not (cited.implied and key == self.law):
            return False
        if not cited.law and len({self._key(one) for one in self.named if one.article}) > 1:
            return False
        asked = (
            (cited.paragraph, named.paragraph),
            (cited.item, named.item),
            (cited.item_branch, named.item_branch),
            (cited.subitem, named.subitem),
        )
        return all(not mine or mine == theirs for mine, theirs in asked)

    def _key(self, named: LawCitation) -> str:
        return normal_name(named.law) if named.law else self.law

    def _annex(self, cited: LawCitation) -> bool:
        if cited.law and not self.same_law(cited):
            return False
        wanted = re.sub(r"\s", "", cited.place)
        whole = re.sub(r"\s", "", f"{self._place}\n{self._text}")
        return bool(re.search(re.escape(wanted) + r"(?!\d)", whole))


def paragraph_text(text: str, number: int) -> str:
    """Return the paragraph (①, ②, ...) of an article, "" when there is none."""
    if number <= len(_CIRCLES) and _CIRCLES[number - 1] in text:
        start = text.index(_CIRCLES[number - 1])
        following = [at for one in _CIRCLES[number:] if (at := text.find(one, start + 1)) > 0]
        return text[start : min(following, default=len(text))]
    found = re.search(rf"(?ms)^\s*(?:제\s?{number}\s?항|\({number}\))\s.*", text)
    return found[0] if found else ""


def item_text(text: str, number: int, branch: int = 0) -> str:
    """Return item `number`. of a paragraph, "" when there is none."""
    mark = rf"{number}의{branch}" if branch else f"{number}"
    start = re.search(rf"(?:^|\n|\s\s|[.:다] )\s*{mark}\.\s", text)
    if start is None:
        return ""
    end = re.search(r"(?m)^\s*\d+(?:의\d+)?\.\s", text[start.end() :])
    return text[start.start() : start.end() + end.start() if end else len(text)]


def _bare(title: str) -> str:
    bare = title.strip()
    for _ in range(3):
        bare = _ASIDE.sub("", _DATED.sub("", bare)) or bare
    return bare
