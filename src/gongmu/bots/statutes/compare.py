"""Compares two versions of a law article by article, and sets them side by side (신·구조문 대비표).

Pure. Differences are data: words that stay, go and come.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gongmu.bots.statutes.law import Article, LawVersion, circled


class Change(StrEnum):
    """What became of an article; the value is the word on the screen."""

    SAME = "그대로"
    CHANGED = "개정"
    NEW = "신설"
    DELETED = "삭제"
    GONE = "없어짐"


class Mark(StrEnum):
    """What became of a stretch of words."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Words:
    """A stretch of text with its mark; stretches joined give the text again."""

    mark: Mark
    text: str


@dataclass(frozen=True)
class ArticleChange:
    """An article in both versions; `old` shows what went, `new` what came."""

    name: str
    title: str
    change: Change
    old: Sequence[Words] = ()
    new: Sequence[Words] = ()


@dataclass(frozen=True)
class SideBySide:
    """A row of the 신·구조문 대비표; equal units are shortened to (생략) and (현행과 같음)."""

    old: str
    new: str


def compare(old: LawVersion, new: LawVersion, *, all_articles: bool = False) -> list[ArticleChange]:
    """Return the articles that differ, in order of their numbers; `all_articles`: equal ones too.

    A version that holds only some articles says nothing of the others: those are left out.
    """
    before = {one.key: one for one in old.articles}
    after = {one.key: one for one in new.articles}
    found = []
    for key in sorted(before.keys() | after.keys()):
        here, there = before.get(key), after.get(key)
        if (here is None and old.partial and key not in old.covers) or (
            there is None and new.partial and key not in new.covers
        ):
            continue
        change = compare_articles(here, there)
        if change is not None and (all_articles or change.change is not Change.SAME):
            found.append(change)
    return found


def compare_articles(old: Article | None, new: Article | None) -> ArticleChange | None:
    """Return what became of one article; None when it is in neither."""
    article = new or old
    if article is None:
        return None
    here, there = (old.text if old else ""), (new.text if new else "")
    left, right = word_changes(here, there)
    return ArticleChange(article.name, article.title, _change(old, new), left, right)


def _change(old: Article | None, new: Article | None) -> Change:
    if new is None:
        return Change.GONE
    if old is None or (old.deleted and not new.deleted):
        return Change.NEW
    if new.deleted and not old.deleted:
        return Change.DELETED
    return Change.SAME if plain(old.text) == plain(new.text) else Change.CHANGED


_AMENDED = re.compile(r"\s*[<(\[](?:개정|신설|전문개정|본조신설|제목개정)\s[\d.,\s]+[>)\]]")


def plain(text: str) -> str:
    """Return a text as compared: amendment notes (<개정 2024.6.1>) and spacing left out."""
    return re.sub(r"\s+", " ", _AMENDED.sub("", text)).strip()


_WORD = re.compile(r"\s+|[가-힣]+|\d+(?:[.,]\d+)*|[A-Za-z]+|.", re.DOTALL)


def word_changes(old: str, new: str) -> tuple[list[Words], list[Words]]:
    """Return both texts cut into stretches that stay, go (old) and come (new)."""
    left, right = _WORD.findall(old), _WORD.findall(new)
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    gone: list[Words] = []
    come: list[Words] = []
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        before, after = "".join(left[i1:i2]), "".join(right[j1:j2])
        if kind == "equal":
            _add(gone, Mark.SAME, before)
            _add(come, Mark.SAME, after)
        else:
            _add(gone, Mark.GONE, before)
            _add(come, Mark.NEW, after)
    return gone, come


def _add(found: list[Words], mark: Mark, text: str) -> None:
    if not text:
        return
    if found and found[-1].mark is mark:
        found[-1] = Words(mark, found[-1].text + text)
    else:
        found.append(Words(mark, text))


def side_by_side(old: Article | None, new: Article | None) -> list[SideBySide]:
    """Return the rows of the 신·구조문 대비표 of one article, unit by unit."""
    left = _units(old)
    right = _units(new)
    if not left:
        return [SideBySide("<신 설>", text) for text in right.values()]
    if not right or (new is not None and new.deleted):
        return [SideBySide(text, "<삭 제>") for text in left.values()]
    rows = []
    for key in _merged(list(left), list(right)):
        here, there = left.get(key), right.get(key)
        if here is None:
            rows.append(SideBySide("<신 설>", there or ""))
        elif there is None:
            rows.append(SideBySide(here, "<삭 제>"))
        elif plain(here) == plain(there):
            mark = here.split(" ", 1)[0]
            rows.append(SideBySide(f"{mark} (생 략)", f"{mark} (현행과 같음)"))
        else:
            rows.append(SideBySide(here, there))
    return rows


def _units(article: Article | None) -> dict[str, str]:
    if article is None:
        return {}
    found = {"": f"{article.heading} {article.lead}".strip()}
    for paragraph in article.paragraphs:
        number = f"{paragraph.number or 0}"
        if paragraph.number is not None:
            found[number] = f"{circled(paragraph.number)} {paragraph.text}"
        for item in paragraph.items:
            found[f"{number}.{item.mark}"] = f"{item.mark}. {item.text}"
            for sub in item.subitems:
                found[f"{number}.{item.mark}.{sub.mark}"] = f"{sub.mark}. {sub.text}"
    return found


def _merged(left: Sequence[str], right: Sequence[str]) -> list[str]:
    """Return the keys of both in an order that suits both."""
    found = list(left)
    for number, key in enumerate(right):
        if key not in found:
            before = right[number - 1] if number else None
            found.insert(found.index(before) + 1 if before in found else 0, key)
    return found
