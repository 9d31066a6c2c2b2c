"""The files of a folder that are worth learning, with names that a database can keep."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gongmu.core.errors import Refused

MOST_FILES = 50_000
_LITTER = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db"})
_UNFINISHED = (".tmp", ".part", ".crdownload", ".partial", ".lock", ".bak")


@dataclass(frozen=True)
class FoundFile:
    """A file of a folder; `name` is its path below the folder, with slashes, NFC."""

    path: Path
    name: str
    size: int
    changed_ns: int


def files_of(folder: Path) -> list[FoundFile]:
    """Return the files in and below a folder in order of name, hidden and unfinished ones left out.

    Links are not followed. Raises Refused folder_missing or folder_too_large.
    """
    if not folder.is_dir():
        raise Refused(
            "folder_missing",
            f"폴더가 없거나 볼 수 없습니다: {shown(str(folder))}",
            "경로와 공유 폴더의 연결을 확인하세요.",
        )
    found = sorted(_walk(folder, ""), key=lambda one: one.name)
    if len(found) > MOST_FILES:
        raise Refused(
            "folder_too_large",
            f"폴더에 파일이 {MOST_FILES:,}개보다 많습니다: {shown(str(folder))}",
            "배울 문서만 모은 폴더를 주세요.",
        )
    return found


def _walk(folder: Path, above: str) -> Iterator[FoundFile]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as why:
        raise Refused(
            "folder_unreadable",
            f"폴더를 열 수 없습니다: {shown(str(folder))}",
            "읽는 권한을 확인하세요.",
        ) from why
    for entry in entries:
        name = shown(entry.name)
        if name.startswith((".", "~$")) or name.lower() in _LITTER:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), f"{above}{name}/")
        elif entry.is_file(follow_symlinks=False) and not name.lower().endswith(_UNFINISHED):
            found = entry.stat(follow_symlinks=False)
            yield FoundFile(Path(entry.path), above + name, found.st_size, found.st_mtime_ns)


def shown(name: str) -> str:
    """Return a file's name as text: CP949 is read as such, split Hangul joined."""
    try:
        name.encode()
    except UnicodeEncodeError:
        raw = os.fsencode(name)
        try:
            name = raw.decode("cp949")
        except UnicodeDecodeError:
            name = raw.decode("utf-8", "replace")
    return unicodedata.normalize("NFC", name)
