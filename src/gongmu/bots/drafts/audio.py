"""A recording cut into pieces that a speech endpoint takes, without decoding it.

Quiet: no clock, database, file or model is reached from here.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gongmu.core.errors import Refused

CHUNK_SECONDS = 300
MOST_BYTES = 500 * 1024**2
MOST_WHOLE_BYTES = 24 * 1024**2
"""What a speech endpoint takes in one request; other kinds than WAV are sent whole."""

_KINDS: dict[str, Callable[[bytes], bool]] = {
    "wav": lambda data: data[:4] == b"RIFF" and data[8:12] == b"WAVE",
    "mp3": lambda data: data[:3] == b"ID3" or (data[:1] == b"\xff" and data[1] & 0xE0 == 0xE0),
    "m4a": lambda data: data[4:8] == b"ftyp",
    "ogg": lambda data: data[:4] == b"OggS",
    "flac": lambda data: data[:4] == b"fLaC",
    "webm": lambda data: data[:4] == b"\x1aE\xdf\xa3",
}


@dataclass(frozen=True)
class Chunk:
    """A piece of a recording: `number` of `count` (from 1), where it begins."""

    number: int
    count: int
    starts_seconds: float
    kind: str
    data: bytes


def kind_of(data: bytes, name: str) -> str:
    """Return the kind of a recording by its bytes; raises Refused `audio_unknown`."""
    for kind, is_kind in _KINDS.items():
        if len(data) > 12 and is_kind(data):
            return kind
    raise Refused(
        "audio_unknown",
        f"'{name}' 파일은 녹음 파일이 아닙니다.",
        "wav, mp3, m4a, ogg, flac, webm 가운데 하나로 올리세요.",
    )


def chunks(data: bytes, name: str, seconds: int = CHUNK_SECONDS) -> Iterator[Chunk]:
    """Yield the pieces of a recording in order; a WAV is cut every `seconds`.

    Raises Refused: audio_unknown, audio_damaged, audio_too_large.
    """
    kind = kind_of(data, name)
    if len(data) > MOST_BYTES or (kind != "wav" and len(data) > MOST_WHOLE_BYTES):
        raise Refused(
            "audio_too_large",
            f"'{name}' 녹음이 너무 큽니다({len(data) / 1024**2:.0f} MB).",
            "wav(500 MB까지)로 바꾸거나 24 MB보다 작게 나누어 올리세요.",
        )
    if kind != "wav":
        yield Chunk(1, 1, 0.0, kind, data)
        return
    try:
        yield from _wav_chunks(data, seconds)
    except (wave.Error, EOFError) as why:
        raise Refused(
            "audio_damaged", f"'{name}' 녹음 파일이 깨졌습니다.", "다시 저장해 올리세요."
        ) from why


def _wav_chunks(data: bytes, seconds: int) -> Iterator[Chunk]:
    with wave.open(io.BytesIO(data)) as whole:
        rate, total = whole.getframerate(), whole.getnframes()
        if total == 0:
            raise wave.Error("no sound")
        size = rate * seconds
        count = -(-total // size)
        for number in range(1, count + 1):
            frames = whole.readframes(size)
            held = io.BytesIO()
            with wave.open(held, "wb") as piece:
                piece.setnchannels(whole.getnchannels())
                piece.setsampwidth(whole.getsampwidth())
                piece.setframerate(rate)
                piece.writeframes(frames)
            yield Chunk(number, count, float((number - 1) * seconds), "wav", held.getvalue())
