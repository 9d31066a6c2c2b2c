"""Personal numbers in what is learnt are blotted out for good; the sealed original keeps them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gongmu.bots.guard.personal import find_personal
from gongmu.bots.guard.personal_kinds import ALWAYS_SECRET
from gongmu.bots.passages import Passage


@dataclass(frozen=True)
class Hidden:
    """Passages without personal numbers, and how many of each kind were blotted out."""

    passages: Sequence[Passage]
    counts: Mapping[str, int]


def hide(passages: Sequence[Passage]) -> Hidden:
    """Return the passages with resident, card, account, passport and licence numbers blotted out.

    What stands there instead names the kind: [주민번호 가림].
    """
    counts: Counter[str] = Counter()
    done = [
        replace(
            passage,
            text=without(passage.text, counts),
            heading=without(passage.heading, counts),
            document=without(passage.document, Counter()),
            place=without(passage.place, Counter()),
        )
        for passage in passages
    ]
    return Hidden(done, dict(counts))


def without(text: str, counts: Counter[str]) -> str:
    """Return a text without personal numbers; `counts` is told the kinds."""
    pieces: list[str] = []
    at = 0
    for item in find_personal(text):
        if item.kind not in ALWAYS_SECRET or item.start < at:
            continue
        pieces += [text[at : item.start], f"[{item.kind.value} 가림]"]
        at = item.end
        counts[item.kind.value] += 1
    return "".join((*pieces, text[at:]))
