"""Open zip archives, also one inside another, without falling for a zip bomb."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from gongmu.core.documents.sniff import ASK_AGAIN, Format, sniff
from gongmu.core.errors import Refused

DEEPEST = 3
MOST_MEMBERS = 2_000
MOST_BYTES = 4 * 1024**3


@dataclass
class _Allowance:
    """What one file given to us may still unfold into."""

    members: int
    bytes: int


def members(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield (name, bytes) of each file inside, in name order; a plain file yields itself.

    Names become 'archive.zip/member.csv'. Raises `Refused` file_too_large past 4 GiB, 2,000
    members or three archives deep, file_damaged on a checksum error, and what `sniff` raises.
    """
    if not data.startswith(b"PK"):
        yield name, data
        return
    yield from _unfold(name, data, 1, _Allowance(MOST_MEMBERS, MOST_BYTES))


def _unfold(name: str, data: bytes, depth: int, left: _Allowance) -> Iterator[tuple[str, bytes]]:
    if not data.startswith(b"PK") or sniff(data, name) is not Format.ARCHIVE:
        yield name, data
        return
    if depth > DEEPEST:
        raise _too_large(name)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        inside = {_name(info): info for info in archive.infolist() if not info.is_dir()}
        for member, info in sorted(inside.items()):
            if _is_litter(member):
                continue
            left.members -= 1
            content = _content(archive, info, name, left)
            yield from _unfold(f"{name}/{member}", content, depth + 1, left)


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, left: _Allowance) -> bytes:
    try:
        with archive.open(info) as stream:
            content = stream.read(left.bytes + 1)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError):
        raise Refused("file_damaged", f"'{name}' 압축 파일이 깨졌습니다.", ASK_AGAIN) from None
    left.bytes -= len(content)
    if left.bytes < 0 or left.members < 0:
        raise _too_large(name)
    return content


def _name(info: zipfile.ZipInfo) -> str:
    """Return the member's name; Korean zip programs write CP949 without saying so."""
    if info.flag_bits & 0x800:
        return info.filename
    raw = info.filename.encode("cp437", errors="ignore")
    try:
        return raw.decode("cp949")
    except UnicodeDecodeError:
        return info.filename


def _is_litter(member: str) -> bool:
    path = PurePosixPath(member)
    return "__MACOSX" in path.parts or path.name.startswith((".", "~$")) or path.name == "Thumbs.db"


def _too_large(name: str) -> Refused:
    return Refused(
        "file_too_large",
        f"'{name}' 압축 파일을 풀면 너무 커집니다(4 GiB, 파일 2,000개, 세 겹까지).",
        "파일을 나누어 올리세요.",
    )
