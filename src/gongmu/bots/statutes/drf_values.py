"""The values of the national law service: one thing or a list of it, text in lists, odd days.

Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from gongmu.core.errors import Refused
from gongmu.core.values import parse_day


def many(value: Any) -> list[Any]:
    """Return the value as a list: nothing → [], one thing → [it], a list → itself."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def text_of(value: Any) -> str:
    """Return text given as a string, a list or lists of lists, one line each, spaces tidied."""
    lines = []
    for line in _strings(value):
        for part in str(line).replace("\r", "").split("\n"):
            if part.strip():
                lines.append(re.sub(r"[ \t\u00a0\u3000]+", " ", part).strip())
    return "\n".join(lines)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str | int):
        yield str(value)
    elif isinstance(value, Mapping):
        yield from _strings(value.get("content", ""))
    elif isinstance(value, Sequence):
        for one in value:
            yield from _strings(one)


def day_of(value: Any) -> date | None:
    """Return a day given as 20260602 or 2026.6.2, None for an empty or broken one."""
    text = text_of(value)
    try:
        return parse_day(text) if text.strip("0") else None
    except ValueError:
        return None


def number_of(value: Any) -> int:
    """Return the first number in the value, 0 without one."""
    digits = re.search(r"\d+", text_of(value))
    return int(digits[0]) if digits else 0


def unreadable(source: str, why: str) -> Refused:
    """Return the refusal of an answer that holds no law or ruling."""
    where = f" ({source})" if source else ""
    return Refused(
        "statute_unreadable",
        f"법령 자료를 읽을 수 없습니다{where}: {why}.",
        "국가법령정보 공동활용에서 JSON으로 받은 파일인지 확인하세요.",
    )


def laid_out(value: Any) -> str:
    """Return drawn text, such as a table of an annex, with its lines and spaces."""
    return "\n".join(line.rstrip() for line in _strings(value)).strip("\n")
