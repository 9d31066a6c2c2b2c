"""HWP 5 documents (.hwp), distribution copies included."""

from __future__ import annotations

import re
import struct
import zlib

from gongmu.bots.knowledge.blocks import Block, Content, DocumentReader
from gongmu.bots.knowledge.compound import CompoundFile
from gongmu.bots.knowledge.hwp_body import Body
from gongmu.core.documents.sniff import ASK_AGAIN
from gongmu.core.errors import Refused

_MOST_BYTES = 256 * 1024**2
_PACKED, _LOCKED, _DISTRIBUTED, _DRM = 0x1, 0x2, 0x4, 0x10
_CERTIFIED = 0x100 | 0x400
_SEED_RECORD_BYTES = 4 + 256


def _read(data: bytes, name: str) -> Content:
    store = CompoundFile(data, name)
    if "FileHeader" not in store.streams:
        raise _damaged(name)
    try:
        (marks,) = struct.unpack_from("<I", store.read("FileHeader"), 36)
        if marks & (_LOCKED | _DRM | _CERTIFIED):
            raise Refused(
                "file_encrypted",
                f"'{name}' 한글 문서에 암호나 문서보안(DRM)이 걸려 있습니다.",
                "한글에서 열어 암호를 없애고 다시 저장한 뒤 올리세요.",
            )
        packed, distributed = bool(marks & _PACKED), bool(marks & _DISTRIBUTED)
        body = Body(_unpacked(store.read("DocInfo"), packed, name))
        blocks: list[Block] = []
        for path in _sections(store, distributed):
            raw = store.read(path)
            raw = _opened(raw) if distributed else raw
            blocks += body.section(_unpacked(raw, packed, name))
    except (struct.error, ValueError, KeyError, IndexError, zlib.error, RecursionError) as why:
        raise _damaged(name) from why
    return Content(blocks)


def _sections(store: CompoundFile, distributed: bool) -> list[str]:
    folder = "ViewText" if distributed else "BodyText"
    found = [
        (int(match[1]), path)
        for path in store.streams
        if (match := re.fullmatch(rf"{folder}/Section(\d+)", path))
    ]
    if not found:
        raise KeyError(folder)
    return [path for _, path in sorted(found)]


def _unpacked(data: bytes, packed: bool, name: str) -> bytes:
    if not packed:
        return data
    reader = zlib.decompressobj(-15)
    found = reader.decompress(data, _MOST_BYTES)
    if reader.unconsumed_tail:
        raise Refused(
            "file_too_large",
            f"'{name}' 한글 문서를 풀면 너무 커집니다.",
            "문서를 나누어 올리세요.",
        )
    if not reader.eof:
        raise zlib.error("cut off")
    return found


def _opened(data: bytes) -> bytes:
    """Return the body of a distribution copy; its key lies, spread, in its own first record."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    spread = bytearray(data[4:_SEED_RECORD_BYTES])
    (seed,) = struct.unpack_from("<I", spread)
    offset = (seed & 0xF) + 4
    state, left, key = seed, 0, 0

    def roll() -> int:
        nonlocal state
        state = (state * 214013 + 2531011) & 0xFFFFFFFF
        return int(state >> 16 & 0x7FFF)

    for at in range(256):
        if left == 0:
            key, left = roll() & 0xFF, (roll() & 0xF) + 1
        if at >= 4:
            spread[at] ^= key
        left -= 1
    # The published form prescribes this cipher and mode; it guards nothing here.
    cipher = Cipher(algorithms.AES(bytes(spread[offset : offset + 16])), modes.ECB())  # noqa: S305
    body = data[_SEED_RECORD_BYTES:]
    body = body[: len(body) // 16 * 16]
    return cipher.decryptor().update(body)


def _damaged(name: str) -> Refused:
    return Refused("file_damaged", f"'{name}' 한글 문서가 깨졌거나 잘렸습니다.", ASK_AGAIN)


READER = DocumentReader("hwp", "한글 문서(HWP)", _read)
