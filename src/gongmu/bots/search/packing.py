"""A passage's terms as bytes, in their order, so that many passages are weighed at once; pure.

32-bit numbers of `bot_term`, least significant byte first: the terms of the title, of the heading
and of every line (sentence or row) of the text, each part closed by a 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Whole: TypeAlias = NDArray[np.int64]
_NUMBER = np.dtype("<i4")
FIRST_LINE = 2
"""Parts before the lines of the text: title and heading."""


def pack(parts: Sequence[Sequence[str]], numbers: Mapping[str, int]) -> bytes:
    """Return the bytes for a passage: `parts` are title, heading and lines, each of tokens."""
    flat = [value for part in parts for value in (*(numbers[token] for token in part), 0)]
    return np.array(flat, dtype=_NUMBER).tobytes()


@dataclass(frozen=True)
class Hits:
    """Where the terms looked for stand in several passages, an entry for every occurrence.

    `passage`: which one (0..). `term`: which term (0..). `at`: place among all tokens, where
    neighbours differ by 1. `part`: 0 title, 1 heading, then lines. `line`: the same, all passages'
    parts counted on.
    """

    passage: Whole
    term: Whole
    at: Whole
    part: Whole
    line: Whole
    lines: int
    passage_of_line: Whole


def find(packed: Sequence[bytes], numbers: Sequence[tuple[int, int]]) -> Hits:
    """Return every occurrence of the terms with these (number in the table, which term)."""
    ordered = np.array(sorted(numbers), dtype=np.int64).reshape(-1, 2)
    tokens = np.frombuffer(b"".join(packed), dtype=_NUMBER)
    sizes = np.array([len(one) // _NUMBER.itemsize for one in packed])
    ends = np.flatnonzero(tokens == 0)
    place = np.minimum(np.searchsorted(ordered[:, 0], tokens), len(ordered) - 1)
    at = np.flatnonzero(ordered[place, 0] == tokens)
    line = np.searchsorted(ends, at)
    borders = np.cumsum(sizes)
    passage = np.searchsorted(borders, at, side="right")
    first_line = np.searchsorted(ends, np.concatenate(([0], borders[:-1])))
    return Hits(
        passage=passage,
        term=ordered[place[at], 1],
        at=at,
        part=line - first_line[passage],
        line=line,
        lines=len(ends),
        passage_of_line=np.searchsorted(borders, ends, side="right"),
    )
