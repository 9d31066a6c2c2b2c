"""Laws and articles named in free text, as search tokens; pure.

제22조의2 is `jo22x2`; with its law's name before it, 지방세특례제한법 제22조의2 is also
`지방세특례제한법jo22x2`, which the article itself carries. Paragraphs and items are left out, for
the article is what is kept whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_ARTICLE = re.compile(r"제?\s*(\d{1,4})\s*조(?:\s*의\s*(\d{1,3}))?(?![가-힣]*원)")
_NAME_END = re.compile(r"(?:법|법률|령|규칙|조례|규정|지침)$")
_WORDS_OF_A_NAME = 9
_LONGEST_TOKEN = 120

SHORT_NAMES = {
    "지특법": "지방세특례제한법",
    "지특령": "지방세특례제한법시행령",
    "조특법": "조세특례제한법",
    "지방계약법": "지방자치단체를당사자로하는계약에관한법률",
    "국가계약법": "국가를당사자로하는계약에관한법률",
    "정보공개법": "공공기관의정보공개에관한법률",
    "개보법": "개인정보보호법",
    "민원처리법": "민원처리에관한법률",
    "청탁금지법": "부정청탁및금품등수수의금지에관한법률",
    "김영란법": "부정청탁및금품등수수의금지에관한법률",
    "이해충돌방지법": "공직자의이해충돌방지법",
    "여객자동차법": "여객자동차운수사업법",
    "국토계획법": "국토의계획및이용에관한법률",
    "정보통신망법": "정보통신망이용촉진및정보보호등에관한법률",
    "자본시장법": "자본시장과금융투자업에관한법률",
    "공정거래법": "독점규제및공정거래에관한법률",
    "채무자회생법": "채무자회생및파산에관한법률",
    "도시정비법": "도시및주거환경정비법",
    "집합건물법": "집합건물의소유및관리에관한법률",
    "공유재산법": "공유재산및물품관리법",
    "행정절차법": "행정절차법",
    "보조금법": "보조금관리에관한법률",
    "지방보조금법": "지방자치단체보조금관리에관한법률",
}
"""Names in use -> the full name without spaces."""


def named_laws(text: str) -> Sequence[str]:
    """Return the full names, without spaces, of laws that `text` calls by a short name."""
    return [full for short, full in SHORT_NAMES.items() if short in text and short != full]


def article_tokens(text: str) -> Sequence[str]:
    """Return the tokens of every article named in `text`, with and without its law."""
    found: list[str] = []
    for match in _ARTICLE.finditer(text):
        article = f"jo{int(match[1])}x{int(match[2])}" if match[2] else f"jo{int(match[1])}"
        found.append(article)
        found += [name + article for name in _names_before(text[: match.start()])]
    return found


def own_article(document: str, place: str) -> Sequence[str]:
    """Return the tokens of the article that a passage is: its own number, and with its law."""
    match = _ARTICLE.match(place.strip())
    if match is None:
        return ()
    return article_tokens(f"{_joined(document)} {match[0]}")


def _names_before(text: str) -> Sequence[str]:
    words = text[-120:].split()[-_WORDS_OF_A_NAME:]
    names: list[str] = []
    joined = ""
    for word in reversed(words):
        joined = _joined(word) + joined
        if not _NAME_END.search(joined) or len(joined) > _LONGEST_TOKEN - 12:
            break
        names.append(SHORT_NAMES.get(joined, joined))
    return names


def _joined(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z가-힣]", "", text)
