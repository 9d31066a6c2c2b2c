"""Placeholders for personal data: put in before a text leaves, taken out on the officer's screen.

Pure. One value has one placeholder throughout a conversation, so that a model can speak of it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

from gongmu.bots.answer import MaskedItem
from gongmu.bots.guard.folding import fold
from gongmu.bots.guard.personal import ALWAYS_SECRET, PersonalKind, find_personal

_WORDS = "|".join(kind for kind in PersonalKind if kind is not PersonalKind.OFFICE_PHONE)
_PLACEHOLDER = re.compile(
    rf"[\[［【〔〈<({{「]\s*\**\s*(?P<kind>{_WORDS})\s*[-_#]?\s*(?P<number>\d{{1,4}})\s*\**\s*[\]］】〕〉>)}}」]"
    rf"|(?<![가-힣\w])(?P<kind2>{_WORDS})_?(?P<number2>\d{{1,4}})(?![\d\w]|\s?[차번회명건개월일호층])"
)


@dataclass(frozen=True)
class MaskedText:
    """A text that may leave, and what was taken out of it."""

    text: str
    items: Sequence[MaskedItem] = ()


class MaskMemory:
    """The values behind one conversation's placeholders; safe to use from several threads.

    `public` holds telephone numbers (digits) that the city publishes itself.
    """

    def __init__(self, public: frozenset[str] = frozenset()) -> None:
        self.public = public
        self._lock = Lock()
        self._placeholders: dict[tuple[str, str], str] = {}
        self._values: dict[str, str] = {}
        self._names: set[str] = set()

    def placeholder(self, kind: PersonalKind, value: str) -> str:
        """Return the placeholder of `value`, a new one the first time."""
        key = (kind.value, _key(kind, value))
        with self._lock:
            if (known := self._placeholders.get(key)) is not None:
                return known
            number = sum(1 for other, _ in self._placeholders if other == kind.value) + 1
            made = f"[{kind.value}{number}]"
            self._placeholders[key] = made
            self._values[f"{kind.value}{number}"] = value
            if kind is PersonalKind.NAME and len(key[1]) >= 3:
                self._names.add(key[1])
            return made

    def value(self, kind: str, number: int) -> str | None:
        """Return the value behind a placeholder, None when there is none."""
        return self._values.get(f"{kind}{number}")

    def names(self) -> tuple[str, ...]:
        """Return the full names met so far."""
        with self._lock:
            return tuple(sorted(self._names, key=len, reverse=True))

    @property
    def count(self) -> int:
        """Return how many values it holds."""
        return len(self._values)

    def dump(self) -> bytes:
        """Return everything as bytes, to be sealed before it is kept."""
        with self._lock:
            rows = [[kind, key, mark] for (kind, key), mark in self._placeholders.items()]
            return json.dumps({"rows": rows, "values": self._values}, ensure_ascii=False).encode()

    @classmethod
    def load(cls, data: bytes, public: frozenset[str] = frozenset()) -> MaskMemory:
        """Return the memory that `dump` wrote."""
        memory = cls(public)
        kept = json.loads(data)
        for kind, key, mark in kept["rows"]:
            memory._placeholders[(kind, key)] = mark
            if kind == PersonalKind.NAME.value and len(key) >= 3:
                memory._names.add(key)
        memory._values = dict(kept["values"])
        return memory


def mask(text: str, memory: MaskMemory) -> MaskedText:
    """Return `text` with a placeholder for everything personal; office telephones stay."""
    if not text:
        return MaskedText(text)
    counts: Counter[str] = Counter()
    parts: list[str] = []
    at = 0
    for item in find_personal(text, memory.public):
        if item.kind is PersonalKind.OFFICE_PHONE:
            continue
        parts += (text[at : item.start], memory.placeholder(item.kind, text[item.start : item.end]))
        counts[item.kind.value] += 1
        at = item.end
    parts.append(text[at:])
    masked = "".join(parts)
    for name in memory.names():
        if name in masked:
            mark = memory.placeholder(PersonalKind.NAME, name)
            masked, times = re.subn(rf"(?<![가-힣]){re.escape(name)}", _constant(mark), masked)
            if times:
                counts[PersonalKind.NAME.value] += times
    return MaskedText(masked, tuple(MaskedItem(kind, n) for kind, n in sorted(counts.items())))


def mask_for_good(
    text: str, public: frozenset[str] = frozenset(), kinds: frozenset[PersonalKind] = ALWAYS_SECRET
) -> MaskedText:
    """Return `text` with `kinds` replaced by their words; there is no way back."""
    counts: Counter[str] = Counter()
    parts: list[str] = []
    at = 0
    for item in find_personal(text, public):
        if item.kind in kinds:
            parts += (text[at : item.start], f"[{item.kind.value}]")
            counts[item.kind.value] += 1
            at = item.end
    parts.append(text[at:])
    items = tuple(MaskedItem(kind, n) for kind, n in sorted(counts.items()))
    return MaskedText("".join(parts), items)


def unmask(text: str, memory: MaskMemory) -> str:
    """Return `text` with the values back, for the officer's own screen only.

    Bears other brackets, spaces and full-width digits that a model may write; a placeholder that
    nobody gave stays as it is.
    """

    def back(match: re.Match[str]) -> str:
        kind = match["kind"] or match["kind2"]
        number = int(match["number"] or match["number2"])
        value = memory.value(kind, number)
        return match[0] if value is None else value

    return _PLACEHOLDER.sub(back, text)


def _constant(mark: str) -> Callable[[re.Match[str]], str]:
    return lambda _match: mark


def _key(kind: PersonalKind, value: str) -> str:
    plain = fold(value).text
    digits = re.sub(r"\D", "", plain)
    if kind is PersonalKind.NAME or kind is PersonalKind.PLATE:
        return re.sub(r"[\s\-_.·\x1f]", "", plain)
    return digits if len(digits) >= 6 else re.sub(r"\s+", " ", plain).strip()
