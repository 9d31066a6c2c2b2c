"""The day's files of a practice site: which there are, which come late, how they are sent."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from starlette.responses import FileResponse, Response, StreamingResponse

from gongmu.core.values import parse_day
from gongmu.practice.portals.site import Site

_NAME = re.compile(r"(?P<kind>.+?)_(?P<day>\d{8})(?:_(?P<operator>.+))?\.(?P<form>\w+)")
_MEDIA = {"csv": "text/csv", "xls": "application/vnd.ms-excel", "dat": "application/octet-stream"}


@dataclass(frozen=True)
class Item:
    """One file of the list; `operator` is empty where the name carries none."""

    name: str
    path: Path
    kind: str
    day: date
    operator: str
    form: str
    ready: bool = True

    @property
    def size_text(self) -> str:
        """Return the size as the lists show it."""
        return f"{max(1, self.path.stat().st_size // 1024):,} KB"


class Shelf:
    """Files named 자료_YYYYMMDD[_운수사].확장자 in `folders`; of equal names the first counts."""

    def __init__(self, folders: Sequence[Path], site: Site) -> None:
        self._folders = folders
        self._site = site
        self._asked: Counter[str] = Counter()

    def all(self) -> list[Item]:
        """Return every file, late or not, by name."""
        found: dict[str, Item] = {}
        for folder in self._folders:
            for path in sorted(folder.glob("*")):
                match = _NAME.fullmatch(path.name)
                if match and path.name not in found:
                    day = parse_day(match["day"])
                    operator = match["operator"] or ""
                    found[path.name] = Item(
                        path.name, path, match["kind"], day, operator, match["form"]
                    )
        return sorted(found.values(), key=lambda item: item.name)

    def operators(self) -> list[str]:
        """Return the names of the operators that have files, sorted."""
        return sorted({item.operator for item in self.all() if item.operator})

    def asked(self, first: date, last: date, operator: str | None = None) -> list[Item]:
        """Return what a search shows; counts as a visit for files that appear after visits."""
        shown = []
        for item in self.all():
            if not first <= item.day <= last or operator not in (None, item.operator):
                continue
            self._asked[item.name] += 1
            if self._ready(item.name):
                shown.append(item)
            elif not self._site.faults.late_hidden:
                shown.append(Item(**(vars(item) | {"ready": False})))
        return shown

    def send(self, name: str) -> Response | None:
        """Return the file as a download under its CP949 name, or None when it is not there."""
        item = next((one for one in self.all() if one.name == name), None)
        if item is None or not self._ready(name):
            return None
        media = _MEDIA.get(item.form, "application/octet-stream")
        response: Response = FileResponse(item.path, media_type=media)
        if self._site.faults.stalled or self._site.faults.broken:
            length = {"content-length": str(item.path.stat().st_size)}
            response = StreamingResponse(self._half(item), headers=length, media_type=media)
        # The real sites send the raw CP949 bytes, which no HTTP standard allows.
        plain = b'attachment; filename="' + name.encode("cp949") + b'"'
        response.raw_headers.append((b"content-disposition", plain))
        return response

    async def _half(self, item: Item) -> AsyncIterator[bytes]:
        data = item.path.read_bytes()
        yield data[: len(data) // 2]
        while self._site.faults.stalled:
            await asyncio.sleep(0.05)

    def _ready(self, name: str) -> bool:
        faults = self._site.faults
        if not faults.late or not name.startswith(faults.late):
            return True
        waited = time.monotonic() - self._site.started
        return self._asked[name] > faults.late_visits and waited >= faults.late_seconds
