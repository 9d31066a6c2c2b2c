"""Which article a relief code (감면코드) of the tax system stands for: a table people may edit.

No public code table exists, so nothing is guessed: a code that is not in the map is unknown, and
its grants wait for an officer unless the list words the article itself.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True)
class CodeMap:
    """Relief code → article in canonical form; codes are text, leading zeros matter."""

    articles: Mapping[str, str] = field(default_factory=dict)

    def article_of(self, code: str) -> str:
        """Return the article of a code; '' when the code is unknown or blank."""
        return self.articles.get(code, "")

    def with_edits(self, edits: Mapping[str, str]) -> CodeMap:
        """Return a map in which the city's own entries win; an edit to '' makes a code unknown."""
        merged = {**self.articles, **edits}
        return CodeMap({code: article for code, article in merged.items() if article})


@lru_cache(maxsize=1)
def default_codes() -> CodeMap:
    """Return the map that ships with the package (relief/codes.toml)."""
    text = files("gongmu.relief").joinpath("codes.toml").read_text(encoding="utf-8")
    return CodeMap(dict(tomllib.loads(text)["codes"]))
