"""Tells documents that say nearly the same: shingles of letters under many hashes (MinHash).

Quiet: this module reaches nothing outside itself. A. Broder, "On the resemblance and containment
of documents" (1997).
"""

from __future__ import annotations

import hashlib
import re
import struct

import numpy as np

_HASHES = 128
_SHINGLE = 7
_MOST_SHINGLES = 60_000
NEARLY_SAME = 0.82
"""Share of equal hashes above which two documents are shown as near-duplicates."""
SAME_FAMILY = 0.35
"""Share above which two documents of one title are editions of one text."""
_SHORTEST = 80
"""Shorter texts (forms, letters) are alike by nature and are not compared."""


def signature(text: str) -> bytes:
    """Return a text's signature, 512 bytes; empty for a text too short to compare."""
    letters = re.sub(r"\W+", "", text)
    if len(letters) < _SHORTEST:
        return b""
    step = max(1, len(letters) // _MOST_SHINGLES)
    pieces = {letters[at : at + _SHINGLE] for at in range(0, len(letters) - _SHINGLE + 1, step)}
    raw = b"".join(hashlib.blake2b(piece.encode(), digest_size=4).digest() for piece in pieces)
    values = np.frombuffer(raw, dtype=">u4").astype(np.uint64)
    least = np.empty(_HASHES, dtype=np.uint32)
    for at, (factor, shift) in enumerate(_FACTORS):
        mixed = (values * factor + shift) & np.uint64(0xFFFFFFFFFFFFFFFF)
        least[at] = np.uint32((mixed >> np.uint64(32)).min())
    return least.astype(">u4").tobytes()


def alike(one: bytes, other: bytes) -> float:
    """Return the estimated share (0..1) of shingles that two signatures have in common."""
    if len(one) != _HASHES * 4 or len(other) != _HASHES * 4:
        return 0.0
    left, right = np.frombuffer(one, dtype=">u4"), np.frombuffer(other, dtype=">u4")
    return float((left == right).mean())


def _factors() -> list[tuple[np.uint64, np.uint64]]:
    found = []
    for at in range(_HASHES):
        digest = hashlib.sha256(f"shingle {at}".encode()).digest()
        factor, shift = struct.unpack(">QQ", digest[:16])
        found.append((np.uint64(factor | 1), np.uint64(shift)))
    return found


_FACTORS = _factors()

_EDITION = re.compile(
    r"\(?\s?(?:20\d{2}|’?\d{2}|'\d{2})\s?(?:년도?|학년도|회계연도|\.\s?\d{1,2}\.?(?:\s?\d{1,2}\.?)?)\s?\)?"
    r"|제\s?\d+\s?(?:판|차|호|집)|[(\[](?:개정|제정|전부개정|일부개정|최종|수정|변경|확정|초안|안)[)\]]"
    r"|(?:개정|수정|증보|최종|확정)[판본]"
    r"|v(?:er)?\.?\s?\d+(?:\.\d+)*|[(\[]\s?\d+\s?[)\]]|복사본|사본|copy|20\d{2}(?:\d{4})?",
    re.IGNORECASE,
)


def family(title: str) -> str:
    """Return a title without year, edition and copy marks: the same for editions of one text."""
    return re.sub(r"[\W_]+", "", _EDITION.sub(" ", title)).lower()
