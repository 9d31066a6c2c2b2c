"""Names of articles: read from any wording, kept in one short form, worded in full Korean.

The short form used everywhere in data: 지특법§22의2①1가 (law, article, paragraph ①, item 1, 가).
"""

from __future__ import annotations

import re
from functools import lru_cache

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮"

_LAWS = (
    ("지방세특례제한법 시행령", "지특령"),
    ("지방세특례제한법", "지특법"),
    ("지방세기본법", "지방세기본법"),
    ("지방세법 시행령", "지방세령"),
    ("지방세법", "지방세법"),
    ("지특법", "지특법"),
    ("지특령", "지특령"),
    ("지방세령", "지방세령"),
    ("조세특례제한법", "조특법"),
)
_FULL = {
    "지특법": "지방세특례제한법",
    "지특령": "지방세특례제한법 시행령",
    "지방세법": "지방세법",
    "지방세령": "지방세법 시행령",
    "지방세기본법": "지방세기본법",
    "조특법": "조세특례제한법",
}

_ARTICLE = re.compile(
    r"(?:§\s*|제\s*)?(?P<article>\d{1,3})\s*조?\s*(?:의\s*(?P<branch>\d{1,2}))?"
    rf"\s*(?:(?P<circled>[{_CIRCLED}])|제?\s*(?P<paragraph>\d{{1,2}})\s*항)?"
    r"\s*(?:제?\s*(?P<item>\d{1,2})\s*호?)?"
    r"\s*(?P<letter>[가나다라마바사아자차카타파하])?\s*목?\s*$"
)
_CANONICAL = re.compile(
    rf"^(?P<law>[^§]+)§(?P<article>\d+)(?:의(?P<branch>\d+))?(?P<circled>[{_CIRCLED}])?"
    r"(?P<item>\d+)?(?P<letter>[가-하])?$"
)


def article_of_text(text: str) -> str | None:
    """Return the short form of an article worded in any usual way; None when it names none.

    "제22조의2", "22조의2 ②", "지방세특례제한법 제22조의2제1항제1호가목", "§17①1가" are read; a
    wording without a law's name means 지방세특례제한법. Text after the article in brackets is left
    out of account.
    """
    rest = re.sub(r"[「」『』\s]+", " ", text).strip()
    rest = re.sub(r"\s*[(\[（].*$", "", rest)
    law, named = "지특법", False
    for name, short in _LAWS:
        spaced = r"\s*".join(re.escape(part) for part in name.split())
        if found := re.match(spaced, rest):
            law, named, rest = short, True, rest[found.end() :].strip()
            break
    if "§" not in rest and "조" not in rest and not named:
        return None
    found = _ARTICLE.match(rest)
    if not found:
        return None
    circled = found["circled"] or ""
    if found["paragraph"]:
        number = int(found["paragraph"])
        if not 1 <= number <= len(_CIRCLED):
            return None
        circled = _CIRCLED[number - 1]
    branch = f"의{int(found['branch'])}" if found["branch"] else ""
    return f"{law}§{int(found['article'])}{branch}{circled}{found['item'] or ''}" + (
        found["letter"] or ""
    )


def article_words(article: str) -> str:
    """Return the full Korean wording of a short form: 지방세특례제한법 제22조의2제1항제1호가목.

    A name that is no short form (an ordinance) is returned as it is.
    """
    found = _CANONICAL.match(article)
    if not found:
        return article
    words = f"{_FULL.get(found['law'], found['law'])} 제{found['article']}조"
    if found["branch"]:
        words += f"의{found['branch']}"
    if found["circled"]:
        words += f"제{_CIRCLED.index(found['circled']) + 1}항"
    if found["item"]:
        words += f"제{found['item']}호"
    if found["letter"]:
        words += f"{found['letter']}목"
    return words


@lru_cache(maxsize=1024)
def article_head(article: str) -> str:
    """Return law and article without paragraph and items: 지특법§22의2①1가 → 지특법§22의2."""
    found = _CANONICAL.match(article)
    if not found:
        return article
    return f"{found['law']}§{found['article']}" + (
        f"의{found['branch']}" if found["branch"] else ""
    )


@lru_cache(maxsize=1024)
def paragraph_of(article: str) -> str:
    """Return article and paragraph without items: 지특법§22의2①1가 → 지특법§22의2①."""
    found = _CANONICAL.match(article)
    return article_head(article) + (found["circled"] or "") if found else article
