"""Whether a cited place exists on a day: in force, deleted, not yet in force, or not to be told.

Pure. "The law is not at hand" is never "it does not exist".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gongmu.bots.statutes.citation import LawCitation, Part, article_name
from gongmu.bots.statutes.law import (
    CIRCLED,
    Article,
    Item,
    LawVersion,
    Paragraph,
    is_deleted,
    item_lines,
    paragraph_lines,
    sunsets,
)
from gongmu.bots.statutes.view import Standing, State, ordered, standing
from gongmu.core.values import korean_date


class Verdict(StrEnum):
    """What was found out about a cited place."""

    IN_FORCE = "in_force"
    DELETED = "deleted"
    NOT_YET = "not_yet"
    GONE = "gone"
    EXPIRED = "expired"
    ABSENT = "absent"
    """The law is at hand and has no such place."""
    DATE_UNKNOWN = "date_unknown"
    """The place exists in the version at hand, which is not of that day."""
    LAW_UNKNOWN = "law_unknown"
    """The law is not at hand: nothing can be said."""


@dataclass(frozen=True)
class ArticleCheck:
    """What is known of a cited place on a day.

    `exists` and `in_force` are None where that cannot be checked. `text` is the cited unit (the
    paragraph, item ...) and `passage_id` the article it stands in. `note` is Korean, for people.
    """

    verdict: Verdict
    exists: bool | None
    in_force: bool | None
    law: str = ""
    place: str = ""
    passage_id: str = ""
    text: str = ""
    title: str = ""
    """제목 of the article found."""
    starts_on: date | None = None
    note: str = ""
    sunsets: tuple[date, ...] = ()
    """Last days that the cited text names ("2027년 12월 31일까지")."""

    def past(self, on: date) -> list[date]:
        """Return the last days named in the text that were over on a day; [] for no text."""
        return [day for day in self.sunsets if day < on] if self.exists else []


_EXISTS = {
    Verdict.IN_FORCE: (True, True),
    Verdict.DELETED: (False, False),
    Verdict.NOT_YET: (True, False),
    Verdict.GONE: (False, False),
    Verdict.EXPIRED: (False, False),
    Verdict.ABSENT: (False, False),
    Verdict.DATE_UNKNOWN: (True, None),
    Verdict.LAW_UNKNOWN: (None, None),
}


def check_of(
    verdict: Verdict,
    law: str,
    place: str,
    note: str = "",
    *,
    text: str = "",
    title: str = "",
    starts_on: date | None = None,
    key: str = "",
) -> ArticleCheck:
    """Return a check with `exists` and `in_force` as the verdict says."""
    exists, in_force = _EXISTS[verdict]
    return ArticleCheck(
        verdict,
        exists,
        in_force,
        law,
        place,
        key,
        text,
        title,
        starts_on,
        note,
        tuple(sunsets(text)),
    )


def unknown_law(citation: LawCitation) -> ArticleCheck:
    """Return that nothing can be said because the law is not at hand."""
    if not citation.law:
        note = "어느 법령의 조문인지 글에서 알 수 없어 확인하지 못했습니다."
    else:
        note = f"「{citation.law}」은(는) 가진 법령 자료에 없어 확인하지 못했습니다."
    return check_of(Verdict.LAW_UNKNOWN, citation.law, citation.place, note)


def check_place(citation: LawCitation, versions: Sequence[LawVersion], on: date) -> ArticleCheck:
    """Return what is known of the cited place; `versions` are all there are of its law."""
    if citation.part is Part.LAW or (citation.part is Part.ARTICLE and citation.article is None):
        return _whole(versions, on)
    if citation.part is Part.SUPPLEMENT:
        return _supplement(citation, versions)
    if citation.part in (Part.TABLE, Part.FORM):
        return _annex(citation, versions, on)
    found = standing(versions, citation.code, on)
    return _article(citation, found, versions, on)


def _whole(versions: Sequence[LawVersion], on: date) -> ArticleCheck:
    known = ordered(versions)
    name = known[-1].name
    effective = [one for one in known if one.starts_on <= on]
    if not effective:
        first = known[0].starts_on
        note = f"가진 판은 {korean_date(first)} 시행분부터입니다."
        return check_of(Verdict.DATE_UNKNOWN, name, "", note, starts_on=first)
    newest = effective[-1]
    if newest.repealed:
        note = f"{korean_date(newest.starts_on)} 폐지되었습니다."
        return check_of(Verdict.EXPIRED, name, "", note)
    return check_of(Verdict.IN_FORCE, name, "", starts_on=newest.starts_on)


_WORDS = {
    State.DELETED: "삭제된 조문입니다.",
    State.GONE: "지금 판에는 없는 조문입니다(예전 판에는 있었습니다).",
    State.EXPIRED: "이 법령은 폐지되었거나 유효기간이 끝났습니다.",
    State.ABSENT: "이 법령에 없는 조문입니다.",
}


def _article(
    citation: LawCitation, found: Standing, versions: Sequence[LawVersion], on: date
) -> ArticleCheck:
    law, place = ordered(versions)[-1].name, citation.place
    article = found.article
    if article is None or found.state in (State.DELETED, State.GONE, State.EXPIRED, State.ABSENT):
        if found.state is State.DATE_UNKNOWN:
            note = "이 조문은 가진 자료에 들어 있지 않아 확인하지 못했습니다."
            return check_of(Verdict.LAW_UNKNOWN, law, place, note)
        text = article.text if article is not None else ""
        return check_of(Verdict(found.state.value), law, place, _WORDS[found.state], text=text)
    verdict = Verdict(found.state.value)
    note = ""
    if verdict is Verdict.NOT_YET and found.starts_on:
        note = f"{korean_date(found.starts_on)}부터 시행되는 조문입니다."
    elif verdict is Verdict.DATE_UNKNOWN and found.version is not None:
        note = (
            f"{korean_date(on)}의 판은 없고 {korean_date(found.version.starts_on)} 시행 판에서 "
            "확인했습니다."
        )
    unit = unit_of(article, citation)
    if unit is None:
        note = f"{article.name}에 {_below(citation)}이(가) 없습니다."
        return check_of(Verdict.ABSENT, law, place, note, title=article.title)
    if is_deleted(unit_body(unit)):
        return check_of(Verdict.DELETED, law, place, "삭제된 항·호·목입니다.", text=unit)
    return check_of(
        verdict, law, place, note, text=unit, title=article.title, starts_on=found.starts_on
    )


def _below(citation: LawCitation) -> str:
    return citation.place.removeprefix(article_name(citation.article or 0, citation.branch))


_OWN_MARK = re.compile(rf"^\s*(?:[{CIRCLED}]|\d+(?:의\d+)?\.|[가-힣]\.)\s*")


def unit_body(unit: str) -> str:
    """Return a unit's text without its own mark (①, 3., 가.)."""
    return _OWN_MARK.sub("", unit, count=1)


def unit_of(article: Article, citation: LawCitation) -> str | None:
    """Return the text of the cited paragraph, item or subitem; None when there is none."""
    if citation.paragraph is None and citation.item is None:
        return article.text if not citation.subitem else None
    paragraph = article.paragraph(citation.paragraph or 1)
    if citation.paragraph is None and not article.undivided and len(article.paragraphs) > 1:
        return None
    if paragraph is None:
        return None
    if citation.item is None:
        return _of_paragraph(paragraph, article) if not citation.subitem else None
    item = _item(paragraph, citation)
    if item is None or not citation.subitem:
        return None if item is None else "\n".join(item_lines(item))
    for sub in item.subitems:
        if sub.mark == citation.subitem:
            return f"{sub.mark}. {sub.text}"
    return None


def _of_paragraph(paragraph: Paragraph, article: Article) -> str:
    return article.text if paragraph.number is None else "\n".join(paragraph_lines(paragraph))


def _item(paragraph: Paragraph, citation: LawCitation) -> Item | None:
    for item in paragraph.items:
        if (item.number, item.branch) == (citation.item, citation.item_branch):
            return item
    return None


def _supplement(citation: LawCitation, versions: Sequence[LawVersion]) -> ArticleCheck:
    law, place = ordered(versions)[-1].name, citation.place
    parts = {(one.number, one.text): one for version in versions for one in version.supplements}
    known = sorted(parts.values(), key=lambda one: one.promulgated_on or date.min, reverse=True)
    if not known:
        note = "부칙은 가진 자료에 들어 있지 않아 확인하지 못했습니다."
        return check_of(Verdict.LAW_UNKNOWN, law, place, note)
    if citation.number:
        known = [one for one in known if one.number == citation.number]
    for one in known:
        if citation.article is None:
            return check_of(Verdict.IN_FORCE, law, place, text=one.text)
        text = one.articles().get(citation.code)
        if text is not None:
            note = "" if citation.number else f"부칙 <제{one.number}호>에서 확인했습니다."
            return check_of(Verdict.IN_FORCE, law, place, note, text=text)
    return check_of(Verdict.ABSENT, law, place, "이 부칙 조문은 없습니다.")


def _annex(citation: LawCitation, versions: Sequence[LawVersion], on: date) -> ArticleCheck:
    law, place = ordered(versions)[-1].name, citation.place
    whole = [one for one in ordered(versions) if not one.partial]
    if not whole:
        return check_of(Verdict.LAW_UNKNOWN, law, place, "별표·서식은 가진 자료에 없습니다.")
    effective = [one for one in whole if one.starts_on <= on]
    version = effective[-1] if effective else whole[0]
    wanted = (citation.part is Part.FORM, citation.number or 0, citation.number_branch)
    mine = [one for one in version.annexes if (one.form, one.number, one.branch) == wanted]
    if not mine and citation.number is None:
        mine = [one for one in version.annexes if one.form == wanted[0]]
        mine = mine if len(mine) == 1 else []
    if not mine:
        what = "서식" if wanted[0] else "별표"
        return check_of(Verdict.ABSENT, law, place, f"이 법령에 그런 {what}이(가) 없습니다.")
    one = mine[0]
    if is_deleted(one.title):
        return check_of(Verdict.DELETED, law, place, "삭제된 별표·서식입니다.")
    verdict = Verdict.IN_FORCE if effective else Verdict.DATE_UNKNOWN
    if one.starts_on and one.starts_on > on:
        verdict = Verdict.NOT_YET
    return check_of(verdict, law, place, text=f"{one.name} {one.title}\n{one.text}".strip())
