"""Looks for planted personal data in whatever a run leaves behind, however it may be written."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import numpy as np

FIELDS = ("name", "number", "phone", "plate", "vin", "address")
_LEAST_BYTES = 8
"""Shorter traces (a two-syllable name) are found by chance in any large file."""


def planted_in(truth: Path, week: str) -> set[str]:
    """Return the personal values of the practice city's grants of a week, with and without '-'."""
    grants = json.loads(truth.read_text("utf-8"))["grants"].values()
    rows = [grant["row"] for grant in grants if grant["week"] == week]
    values = {str(row.get(field) or "") for row in rows for field in FIELDS}
    return {form for value in values for form in (value, value.replace("-", "")) if len(form) > 2}


def traces(value: str) -> Iterator[bytes]:
    """Return the bytes by which `value` would show: plain, escaped in JSON, inside base64."""
    for encoding in ("utf-8", "cp949", "utf-16-le"):
        yield value.encode(encoding, "ignore")
    yield json.dumps(value)[1:-1].encode()
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + value.encode())
        yield coded[4 if offset else 0 : -4]


def found_in(folder: Path, values: Iterable[str], beside: Collection[str] = ()) -> list[str]:
    """Return file names below `folder` with how many planted values each holds."""
    wanted = {trace for value in values for trace in traces(value) if len(trace) >= _LEAST_BYTES}
    by_start: dict[bytes, list[bytes]] = {}
    for trace in wanted:
        by_start.setdefault(trace[:_LEAST_BYTES], []).append(trace)
    starts = np.unique(np.frombuffer(b"".join(by_start), dtype=np.uint64))
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in beside:
            data = path.read_bytes()
            if hits := sum(
                trace in data for one in _begun(data, starts) for trace in by_start[one]
            ):
                found.append(f"{path.relative_to(folder)}: {hits}")
    return found


def _begun(data: bytes, starts: np.ndarray) -> list[bytes]:
    """Return the first eight bytes of traces that stand anywhere in `data`."""
    here: list[np.ndarray] = []
    for offset in range(_LEAST_BYTES):
        whole = (len(data) - offset) // _LEAST_BYTES
        if whole > 0:
            words = np.frombuffer(data, dtype=np.uint64, count=whole, offset=offset)
            places = np.searchsorted(starts, words)
            places[places == len(starts)] = 0
            here.append(words[starts[places] == words])
    return [one.tobytes() for one in np.unique(np.concatenate(here))] if here else []
