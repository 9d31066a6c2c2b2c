"""Array types and the dice of the practice city: every random draw has a named, seeded source."""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def dice(seed: int, *purpose: str | int) -> np.random.Generator:
    """Return the generator of one purpose; the same seed and purpose give the same draws."""
    words = [zlib.crc32(str(word).encode()) for word in purpose]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))


def spread(lengths: Ints) -> tuple[Ints, Ints]:
    """Return (owner, position) of every item when owner k has `lengths[k]` items in a row."""
    owner = np.repeat(np.arange(lengths.size), lengths)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
    return owner, np.arange(owner.size) - starts[owner]


def running_sum(values: Floats, owner: Ints) -> Floats:
    """Return the sum so far within each owner's run; owners stand in ascending runs."""
    total = np.cumsum(values)
    first = np.concatenate([[True], owner[1:] != owner[:-1]])
    before = (total - values)[first]
    so_far: Floats = total - before[np.cumsum(first) - 1]
    return so_far


def first_of_each(sorted_groups: Ints) -> Flags:
    """Return where a new group starts in an array whose equal groups stand together."""
    if sorted_groups.size == 0:
        return np.zeros(0, dtype=bool)
    return np.concatenate([[True], sorted_groups[1:] != sorted_groups[:-1]])
