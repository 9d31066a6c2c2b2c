"""Looks for planted personal data in whatever a run leaves behind, however it may be written."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

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
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in beside:
            data = path.read_bytes()
            if hits := sum(trace in data for trace in wanted):
                found.append(f"{path.relative_to(folder)}: {hits}")
    return found
