"""How two texts of a desk differ: line by line, and key by key in words. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import yaml


class Change(StrEnum):
    """What became of a line or key."""

    SAME = "같음"
    ADDED = "더함"
    REMOVED = "뺌"
    CHANGED = "고침"


@dataclass(frozen=True)
class Line:
    """A line with its numbers in the old and the new text (from 1, None = not in it)."""

    change: Change
    text: str
    old: int | None
    new: int | None


@dataclass(frozen=True)
class KeyChange:
    """A key that differs; for lists `added` and `removed` are its items."""

    key: str
    change: Change
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """Lines in order, kept ones too, and the keys that differ."""

    lines: tuple[Line, ...]
    keys: tuple[KeyChange, ...]

    @property
    def same(self) -> bool:
        """Return whether the texts are the same."""
        return all(line.change is Change.SAME for line in self.lines)


def difference(old: str, new: str) -> Difference:
    """Return how `new` differs from `old`; texts that are no YAML differ by lines only."""
    return Difference(tuple(_lines(old, new)), tuple(_keys(_mapping(old), _mapping(new))))


def _lines(old: str, new: str) -> Iterator[Line]:
    before, after = old.splitlines(), new.splitlines()
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag == "equal":
            for step in range(last - first):
                yield Line(Change.SAME, before[first + step], first + step + 1, start + step + 1)
            continue
        for number in range(first, last):
            yield Line(Change.REMOVED, before[number], number + 1, None)
        for number in range(start, end):
            yield Line(Change.ADDED, after[number], None, number + 1)


def _keys(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[KeyChange]:
    for key in [*old, *(key for key in new if key not in old)]:
        if old.get(key) == new.get(key):
            continue
        if key not in new:
            yield KeyChange(key, Change.REMOVED, removed=_items(old[key]))
        elif key not in old:
            yield KeyChange(key, Change.ADDED, added=_items(new[key]))
        else:
            before, after = _items(old[key]), _items(new[key])
            yield KeyChange(
                key,
                Change.CHANGED,
                added=tuple(one for one in after if one not in before),
                removed=tuple(one for one in before if one not in after),
            )


def _items(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(_shown(one) for one in value)
    return (_shown(value),)


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_shown(one)}" for key, one in value.items())
    if isinstance(value, list):
        return " / ".join(_shown(one) for one in value)
    return str(value).strip()


def _mapping(text: str) -> Mapping[str, Any]:
    try:
        made = yaml.safe_load(text)
    except yaml.YAMLError:
        return {}
    return made if isinstance(made, dict) else {}
