"""Read the streams of an OLE compound file (MS-CFB), the coat of .hwp, .doc and old .xls.

Every chain is followed at most as far as the file is long, so a damaged or hostile file ends in
Refused and not in a loop.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from gongmu.core.documents.sniff import ASK_AGAIN
from gongmu.core.errors import Refused

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST_SECTOR = 0xFFFFFFFA
_NO_ENTRY = 0xFFFFFFFF
_ENTRY_BYTES = 128
_STORAGE, _STREAM, _ROOT = 1, 2, 5


@dataclass(frozen=True)
class _Entry:
    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


class CompoundFile:
    """The streams of a compound file by their path: "BodyText/Section0"."""

    def __init__(self, data: bytes, name: str) -> None:
        """Raises Refused file_truncated or file_damaged naming the file."""
        self._data = data
        self._name = name
        if len(data) < 512 or not data.startswith(MAGIC):
            raise self._damaged()
        try:
            self._open()
        except (struct.error, IndexError, ValueError) as why:
            raise self._damaged() from why

    @property
    def streams(self) -> Mapping[str, int]:
        """Return path to size in bytes."""
        return {path: entry.size for path, entry in self._found.items()}

    def read(self, path: str) -> bytes:
        """Return a stream's bytes; raises KeyError when there is none, Refused when damaged."""
        entry = self._found[path]
        if entry.size < self._small_limit:
            return self._chain_bytes(
                entry.start, self._small_fat, self._small, 1 << self._small_shift, entry.size, 0
            )
        size = 1 << self._shift
        return self._chain_bytes(entry.start, self._fat, self._data, size, entry.size, size)

    def _open(self) -> None:
        header = self._data[:512]
        self._shift, self._small_shift = struct.unpack_from("<HH", header, 30)
        if self._shift not in (9, 12) or self._small_shift != 6:
            raise self._damaged()
        directory, self._small_limit = struct.unpack_from("<I4xI", header, 48)
        small_fat, _, more, more_count = struct.unpack_from("<IIII", header, 60)
        size = 1 << self._shift
        tables = [at for at in struct.unpack_from("<109I", header, 76) if at < _LAST_SECTOR]
        seen = 0
        while more < _LAST_SECTOR and seen <= more_count:
            numbers = struct.unpack(f"<{size // 4}I", self._sector(more))
            tables += [at for at in numbers[:-1] if at < _LAST_SECTOR]
            more, seen = numbers[-1], seen + 1
        self._fat: list[int] = []
        for at in tables[: len(self._data) // size + 1]:
            self._fat += struct.unpack(f"<{size // 4}I", self._sector(at))
        entries = self._entries(self._chain_bytes(directory, self._fat, self._data, size, -1, size))
        if not entries or entries[0].kind != _ROOT:
            raise self._damaged()
        root = entries[0]
        raw = self._chain_bytes(small_fat, self._fat, self._data, size, -1, size)
        self._small_fat = list(struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4]))
        self._small = self._chain_bytes(root.start, self._fat, self._data, size, root.size, size)
        self._found: dict[str, _Entry] = {}
        self._walk(entries, root.child, "", set())

    def _sector(self, at: int) -> bytes:
        start = (at + 1) << self._shift
        sector = self._data[start : start + (1 << self._shift)]
        if len(sector) < 1 << self._shift:
            # Writers may leave the last sector short.
            if not sector:
                raise self._damaged()
            sector = sector.ljust(1 << self._shift, b"\0")
        return sector

    def _chain_bytes(
        self, start: int, fat: list[int], store: bytes, size: int, length: int, skip: int
    ) -> bytes:
        pieces: list[bytes] = []
        at, left = start, len(fat) + 1
        enough = len(fat) if length < 0 else -(-length // size)
        while at < _LAST_SECTOR and len(pieces) < enough:
            left -= 1
            begin = at * size + skip
            if left < 0 or at >= len(fat) or begin >= len(store):
                raise self._damaged()
            pieces.append(store[begin : begin + size])
            at = fat[at]
        data = b"".join(pieces)
        if length < 0:
            return data
        if len(data) < length:
            raise self._damaged()
        return data[:length]

    def _entries(self, data: bytes) -> list[_Entry]:
        entries = []
        for at in range(0, len(data) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
            length, kind = struct.unpack_from("<HB", data, at + 64)
            left, right, child = struct.unpack_from("<III", data, at + 68)
            start, size = struct.unpack_from("<II", data, at + 116)
            name = data[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            entries.append(_Entry(name, kind, left, right, child, start, size))
        return entries

    def _walk(self, entries: list[_Entry], at: int, above: str, seen: set[int]) -> None:
        """Collect the streams of a storage without recursing along its siblings."""
        waiting = [(at, above)]
        while waiting:
            number, path = waiting.pop()
            if number == _NO_ENTRY or number in seen or number >= len(entries):
                continue
            seen.add(number)
            entry = entries[number]
            if entry.kind == _STREAM:
                self._found[path + entry.name] = entry
            elif entry.kind == _STORAGE:
                waiting.append((entry.child, f"{path}{entry.name}/"))
            waiting += [(entry.left, path), (entry.right, path)]

    def _damaged(self) -> Refused:
        return Refused(
            "file_damaged", f"'{self._name}' 파일이 깨졌거나 끝까지 받아지지 않았습니다.", ASK_AGAIN
        )
