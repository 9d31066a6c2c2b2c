"""Recordings to text by the city's own speech endpoint; without one, nothing leaves.

A recording of a meeting counts as sensitive (S), so only an endpoint that the city marked
internal is used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gongmu.bots.drafts.audio import CHUNK_SECONDS, Chunk, chunks
from gongmu.bots.guard.mask import MaskMemory
from gongmu.bots.guard.office import Endpoint, bots_office
from gongmu.bots.guard.outlet import open_sync_outlet, refusal_of
from gongmu.bots.passages import DataClass
from gongmu.core.errors import Refused, Transient
from gongmu.core.house import House

Progress = Callable[[int, int], None]
"""Told (pieces done, pieces in all) after each piece."""

_ATTEMPTS = 3


def transcribe(
    house: House,
    data: bytes,
    name: str,
    *,
    progress: Progress | None = None,
    chunk_seconds: int = CHUNK_SECONDS,
) -> str:
    """Return what is said in a recording, a line a segment, speakers named where they are told.

    Raises Refused: speech_absent, class_internal_only, audio_unknown, audio_damaged,
    audio_too_large, speech_refused, speech_empty; Transient: speech_down.
    """
    endpoint = bots_office(house).speech
    if endpoint is None:
        raise Refused(
            "speech_absent",
            "이 도시에는 음성 인식 서버가 정해져 있지 않습니다.",
            "회의 내용을 글로 붙여 넣거나, 관리자에게 도시 파일의 [bots.speech]를 부탁하세요.",
        )
    lines: list[str] = []
    client = open_sync_outlet(
        house, endpoint, memory=MaskMemory(), highest_class=DataClass.SENSITIVE
    )
    with client:
        for chunk in chunks(data, name, chunk_seconds):
            lines += _lines(_answer(client, endpoint, chunk))
            if progress is not None:
                progress(chunk.number, chunk.count)
    if not lines:
        raise Refused(
            "speech_empty",
            f"'{name}' 녹음에서 알아들은 말이 없습니다.",
            "녹음을 들어 보고 소리가 너무 작지 않은지 확인하세요.",
        )
    return "\n".join(lines)


def _answer(client: Any, endpoint: Endpoint, chunk: Chunk) -> Any:
    import httpx2

    address = f"{endpoint.address.rstrip('/')}/audio/transcriptions"
    fields = {"model": endpoint.name, "language": "ko", "response_format": "verbose_json"}
    sound = {"file": (f"audio.{chunk.kind}", chunk.data, f"audio/{chunk.kind}")}
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            response = client.post(address, data=fields, files=sound)
        except httpx2.HTTPError as problem:
            if (refused := refusal_of(problem)) is not None:
                raise refused from None
            if attempt == _ATTEMPTS:
                raise _down() from None
            continue
        if response.status_code == 429 or response.status_code >= 500:
            if attempt == _ATTEMPTS:
                raise _down()
            continue
        if response.status_code != 200:
            raise _refused(f"답 {response.status_code}")
        try:
            return response.json()
        except ValueError:
            raise _refused("읽을 수 없는 답") from None
    raise _down()


def _lines(answer: Any) -> list[str]:
    """Return the lines of one answer: segments with their speakers, or the text alone."""
    if not isinstance(answer, dict):
        raise _refused("읽을 수 없는 답")
    segments = answer.get("segments")
    if isinstance(segments, list) and segments:
        found: list[str] = []
        for one in segments:
            if not isinstance(one, dict) or not str(one.get("text") or "").strip():
                continue
            text, who = str(one["text"]).strip(), str(one.get("speaker") or "").strip()
            found.append(f"{who}: {text}" if who else text)
        if found:
            return found
    text = str(answer.get("text") or "")
    return [line.strip() for line in text.split("\n") if line.strip()]


def _down() -> Transient:
    return Transient(
        "speech_down",
        "음성 인식 서버가 답하지 않습니다.",
        "잠시 뒤 다시 하거나 글로 붙여 넣으세요.",
    )


def _refused(why: str) -> Refused:
    return Refused(
        "speech_refused",
        f"음성 인식 서버가 녹음을 받지 않았습니다({why}).",
        "관리자에게 음성 인식 서버의 설정을 확인해 달라고 하세요.",
    )
