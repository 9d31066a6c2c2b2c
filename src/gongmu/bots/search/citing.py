"""Article numbers of free text as tokens, so that a question can name an article."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ARTICLE = re.compile(r"제\s*(\d{1,4})\s*조(?:\s*의\s*(\d{1,3}))?")


def article_tokens(text: str) -> Sequence[str]:
    """Return a token per article named: 제22조의2 -> "jo22x2", 제3조 -> "jo3"."""
    return [
        f"jo{int(number)}x{int(branch)}" if branch else f"jo{int(number)}"
        for number, branch in _ARTICLE.findall(text)
    ]
