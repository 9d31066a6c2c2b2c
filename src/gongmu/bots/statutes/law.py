"""Laws as data: versions, articles with paragraphs, items and subitems, supplements, annexes.

Pure. A version is what was promulgated at one time; each article carries the day from which its
text is in force, which may be later than the version's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from gongmu.bots.statutes.citation import article_code, article_name

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿"


class LawKind(StrEnum):
    """What a law is; the value is the word on the screen."""

    ACT = "법률"
    DECREE = "대통령령"
    RULE = "부령"
    ORDINANCE = "조례"
    ORDINANCE_RULE = "규칙"
    ADMIN_RULE = "행정규칙"

    @property
    def local(self) -> bool:
        """Return whether it is a city's own (자치법규)."""
        return self in (LawKind.ORDINANCE, LawKind.ORDINANCE_RULE)


def kind_of(text: str, name: str = "") -> LawKind:
    """Return the kind named by `text` (국토교통부령, 조례, 훈령 ...), helped by the law's name."""
    if "조례" in text:
        return LawKind.ORDINANCE
    if text in ("규칙", "의회규칙", "교육규칙"):
        return LawKind.ORDINANCE_RULE
    if any(word in text for word in ("훈령", "예규", "고시", "공고", "지침", "행정규칙")):
        return LawKind.ADMIN_RULE
    if "대통령령" in text:
        return LawKind.DECREE
    if text.endswith("령") or "부령" in text or text.endswith("규칙"):
        return LawKind.RULE
    if "법률" in text or text == "헌법":
        return LawKind.ACT
    for ending, kind in (
        ("시행령", LawKind.DECREE),
        ("시행규칙", LawKind.RULE),
        ("조례", LawKind.ORDINANCE),
        ("법", LawKind.ACT),
        ("법률", LawKind.ACT),
    ):
        if name.endswith(ending):
            return kind
    return LawKind.ADMIN_RULE


@dataclass(frozen=True)
class Subitem:
    """목: mark is 가, 나, ...; text without the mark, may hold lines of 1), 가) below it."""

    mark: str
    text: str


@dataclass(frozen=True)
class Item:
    """호: 제1호, 제2호의2."""

    number: int
    branch: int
    text: str
    subitems: tuple[Subitem, ...] = ()

    @property
    def mark(self) -> str:
        """Return 1 or 2의2."""
        return f"{self.number}의{self.branch}" if self.branch else str(self.number)


@dataclass(frozen=True)
class Paragraph:
    """항; `number` is None when the article is not divided and its items stand under its lead."""

    number: int | None
    text: str
    items: tuple[Item, ...] = ()

    @property
    def deleted(self) -> bool:
        """Return whether only 삭제 is left of it."""
        return is_deleted(self.text)


@dataclass(frozen=True)
class Article:
    """조: `lead` is the text before the first paragraph, without 제N조(제목).

    `starts_on` is 조문시행일자, None = that of the version. `path` is where it stands: 제1장 총칙.
    """

    number: int
    branch: int
    title: str
    lead: str = ""
    paragraphs: tuple[Paragraph, ...] = ()
    starts_on: date | None = None
    deleted: bool = False
    path: str = ""
    note: str = ""
    """개정 이력 in square brackets: [본조신설 2013.8.6]."""

    @property
    def key(self) -> str:
        """Return the article code AAAABB."""
        return article_code(self.number, self.branch)

    @property
    def name(self) -> str:
        """Return 제10조의2."""
        return article_name(self.number, self.branch)

    @property
    def heading(self) -> str:
        """Return 제10조의2(제목)."""
        return f"{self.name}({self.title})" if self.title else self.name

    @property
    def text(self) -> str:
        """Return the whole article as printed, one unit a line."""
        return "\n".join(self.lines())

    def lines(self) -> Iterator[str]:
        """Yield heading with lead, then paragraphs, items and subitems with their marks."""
        yield f"{self.heading} {self.lead}".strip()
        for paragraph in self.paragraphs:
            yield from paragraph_lines(paragraph)

    def paragraph(self, number: int) -> Paragraph | None:
        """Return 제`number`항, None without one; an undivided article is its own 제1항."""
        for one in self.paragraphs:
            if one.number == number:
                return one
        if number == 1 and self.undivided:
            items = self.paragraphs[0].items if self.paragraphs else ()
            return Paragraph(None, self.lead, items)
        return None

    @property
    def undivided(self) -> bool:
        """Return whether the article has no numbered paragraphs."""
        return not any(one.number for one in self.paragraphs)


def paragraph_lines(paragraph: Paragraph) -> Iterator[str]:
    """Yield a paragraph with its items and subitems, one a line, with their marks."""
    if paragraph.number is not None:
        yield f"{circled(paragraph.number)} {paragraph.text}".strip()
    elif paragraph.text:
        yield paragraph.text
    for item in paragraph.items:
        yield from item_lines(item)


def item_lines(item: Item) -> Iterator[str]:
    """Yield an item and its subitems, one a line."""
    yield f"{item.mark}. {item.text}".strip()
    for sub in item.subitems:
        yield f"{sub.mark}. {sub.text}".strip()


def circled(number: int) -> str:
    """Return ①; above 50 the number in brackets."""
    return CIRCLED[number - 1] if 0 < number <= len(CIRCLED) else f"({number})"


@dataclass(frozen=True)
class Supplement:
    """부칙 of one promulgation."""

    number: int | None
    promulgated_on: date | None
    text: str

    def articles(self) -> Mapping[str, str]:
        """Return its articles by code, when it has any."""
        marks = list(_SUPPLEMENT_ARTICLE.finditer(self.text))
        found: dict[str, str] = {}
        for mark, following in zip(marks, [*marks[1:], None], strict=False):
            end = following.start() if following else len(self.text)
            key = article_code(int(mark[1]), int(mark[2] or 0))
            found.setdefault(key, self.text[mark.start() : end].strip())
        return found


_SUPPLEMENT_ARTICLE = re.compile(r"^[ \t]*제(\d+)조(?:의(\d+))?[ \t]*(?=\()", re.MULTILINE)


@dataclass(frozen=True)
class Annex:
    """별표 or 서식 (`form`)."""

    form: bool
    number: int
    branch: int
    title: str
    text: str = ""
    starts_on: date | None = None

    @property
    def name(self) -> str:
        """Return 별표 1의2 or 별지 제2호서식."""
        branch = f"의{self.branch}" if self.branch else ""
        if self.form:
            return f"별지 제{self.number}호{branch}서식"
        return f"별표 {self.number}{branch}" if self.number else "별표"


@dataclass(frozen=True)
class LawVersion:
    """One promulgated version of a law.

    `partial`: the file holds only some articles, so one that is missing may still exist.
    `revision`: 제정, 일부개정, 전부개정, 폐지 ... as given, "" = not known.
    """

    law_id: str
    name: str
    kind: LawKind
    starts_on: date
    articles: Sequence[Article]
    serial: str = ""
    """법령일련번호(MST) or 자치법규일련번호."""
    short_names: tuple[str, ...] = ()
    owner: str = ""
    """소관부처 or 지자체."""
    promulgated_on: date | None = None
    promulgation_number: str = ""
    revision: str = ""
    supplements: Sequence[Supplement] = ()
    annexes: Sequence[Annex] = ()
    partial: bool = False
    covers: frozenset[str] = frozenset()
    """Of a partial version: codes of the articles it knows of, whether they stand in it or not."""
    source: str = ""

    @cached_property
    def by_key(self) -> Mapping[str, Sequence[Article]]:
        """Return the articles by code; a code may have a present and a future text."""
        found: dict[str, list[Article]] = {}
        for article in self.articles:
            found.setdefault(article.key, []).append(article)
        return found

    @cached_property
    def last_day(self) -> date | None:
        """Return the last day of a law of limited duration, by its newest 부칙 that names one."""
        return _last_day(self.supplements)

    @property
    def repealed(self) -> bool:
        """Return whether this version ends the law."""
        return "폐지" in self.revision


@dataclass(frozen=True)
class Ruling:
    """A judgment (판례) or an interpretation (법령해석례); parts by their Korean titles."""

    ruling_id: str
    interpretation: bool
    title: str
    number: str
    """사건번호 or 안건번호."""
    by: str
    """법원명 or 해석기관."""
    decided_on: date | None
    parts: Mapping[str, str] = field(default_factory=dict)


_DELETED = re.compile(r"^\s*삭\s*제\s*(?:[<(\[〈].*)?[.\s]*$", re.DOTALL)


def is_deleted(text: str) -> bool:
    """Return whether the text says only that something was deleted: 삭제 <2020. 2. 4.>."""
    return bool(_DELETED.match(text))


_SUNSET = re.compile(
    r"(?:(?P<year>\d{4})년\s*(?P<month>\d{1,2})월\s*(?P<day>\d{1,2})일|"
    r"(?P<y2>\d{4})\.\s*(?P<m2>\d{1,2})\.\s*(?P<d2>\d{1,2})\.?)\s*까지"
)


def sunsets(text: str) -> list[date]:
    """Return the days named as a last day ("2027년 12월 31일까지"), in order, without repeats."""
    found = []
    for match in _SUNSET.finditer(text):
        parts = [match["year"] or match["y2"], match["month"] or match["m2"]]
        parts.append(match["day"] or match["d2"])
        try:
            day = date(*(int(part) for part in parts))
        except ValueError:
            continue
        if day not in found:
            found.append(day)
    return sorted(found)


_EXPIRY = re.compile(
    r"이\s*(?:법|영|규칙|조례|훈령|예규|고시|규정|지침)(?:은|는)\s*[^.\n]{0,60}?"
    r"(?P<year>\d{4})년\s*(?P<month>\d{1,2})월\s*(?P<day>\d{1,2})일까지\s*(?:그\s*)?"
    r"(?:효력을|유효)"
)


def expires_on(version: LawVersion) -> date | None:
    """Return the last day of a law of limited duration; looked up once a version."""
    return version.last_day


def _last_day(supplements: Sequence[Supplement]) -> date | None:
    newest, last = date.min, None
    for supplement in supplements:
        match = _EXPIRY.search(supplement.text)
        since = supplement.promulgated_on or date.min
        if match is not None and since >= newest:
            newest, last = since, date(*(int(match[part]) for part in ("year", "month", "day")))
    return last
