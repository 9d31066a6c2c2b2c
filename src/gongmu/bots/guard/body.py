"""A request's body with nothing personal left in it, or a refusal.

Pure. Every string of a JSON body is looked at, keys, long numbers and JSON inside strings too;
what cannot be read is not sent.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from itertools import accumulate, groupby, pairwise
from typing import Any
from urllib.parse import parse_qsl, urlencode

from gongmu.bots.answer import MaskedItem
from gongmu.bots.guard.mask import MaskMemory, mask
from gongmu.bots.guard.personal import PersonalKind, find_personal
from gongmu.core.errors import Refused

DEEPEST = 60
_LONGEST_NUMBER = 6
_FILES = frozenset(
    {"image_url", "input_image", "image", "file", "input_file", "document", "video_url", "resource"}
)
_SOUNDS = frozenset({"input_audio", "audio", "audio_url"})
_DATA_ADDRESS = re.compile(r"data:[\w.+/-]*;base64,", re.IGNORECASE)
_TELLING = re.compile(
    r"주민|외국인|번호|전화|연락|휴대|계좌|카드|차량|생년|생일|성명|이름|주소|면허|여권|메일|rrn|jumin|resident|ssn|phone|mobile|tel|card"
    r"|account|plate|birth|name|address|licen|passport|front|back|앞|뒤|뒷",
    re.IGNORECASE,
)
_ENDS_IN_DIGIT = re.compile(r"[\d０-９〇零一二三四五六七八九①-⑳][^\w가-힣]{0,8}\Z")
_BEGINS_WITH_DIGIT = re.compile(r"[^\w가-힣]{0,8}[\d０-９〇零一二三四五六七八九①-⑳]")
_PIECE = re.compile(r"\s?\d{1,8}\s?-?\s?\Z")
_EDGE = 48


@dataclass(frozen=True)
class SafeBody:
    """Bytes that may leave, their content type, and what was taken out."""

    data: bytes
    content_type: str
    items: Sequence[MaskedItem]


def safe_body(data: bytes, content_type: str, memory: MaskMemory, *, internal: bool) -> SafeBody:
    """Return `data` masked; raises Refused outlet_unreadable or outlet_file, nothing quoted."""
    kind = content_type.split(";")[0].strip().lower()
    counts: Counter[str] = Counter()
    if kind in ("application/json", "application/json-rpc") or kind.endswith("+json"):
        return SafeBody(_json(data, memory, counts, internal), "application/json", _told(counts))
    if kind == "application/x-www-form-urlencoded":
        made = _form(data, memory, counts)
        return SafeBody(made, kind, _told(counts))
    if kind == "multipart/form-data":
        made = _multipart(data, content_type, memory, counts, internal)
        return SafeBody(made, content_type, _told(counts))
    raise _unreadable()


def _told(counts: Counter[str]) -> tuple[MaskedItem, ...]:
    return tuple(MaskedItem(kind, count) for kind, count in sorted(counts.items()))


def _json(data: bytes, memory: MaskMemory, counts: Counter[str], internal: bool) -> bytes:
    try:
        body = json.loads(data.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise _unreadable() from None
    known = memory.names()
    body = _walk(body, memory, counts, internal, "", 0)
    if memory.names() != known:
        # A name met late also stands in what was looked at before.
        body = _walk(body, memory, counts, internal, "", 0)
    body = _across(body, memory, counts)
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _no_constant(_name: str) -> Any:
    raise ValueError


def _walk(
    value: Any, memory: MaskMemory, counts: Counter[str], internal: bool, key: str, depth: int
) -> Any:
    if depth > DEEPEST:
        raise _unreadable()
    if isinstance(value, str):
        return _string(value, memory, counts, internal, key, depth)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return _number(value, memory, counts, key)
    if isinstance(value, list):
        if len(value) > 16 and key == "input" and all(type(one) is int for one in value):
            raise _unreadable()  # tokens: words that nobody can look at
        return [_walk(one, memory, counts, internal, key, depth + 1) for one in value]
    _check_part(value, internal)
    return {
        _masked(name, memory, counts): _walk(one, memory, counts, internal, name, depth + 1)
        for name, one in value.items()
    }


def _check_part(value: dict[str, Any], internal: bool) -> None:
    """Refuse a part that carries a file; sound may go to an internal endpoint."""
    kind = value.get("type")
    if not isinstance(kind, str):
        return
    held = any(isinstance(value.get(name), dict | str) for name in (kind, "data", "file_data"))
    held = held or "image_url" in value or "source" in value
    if kind in _FILES and held:
        raise _file()
    if kind in _SOUNDS and held and not internal:
        raise _file()


def _string(
    value: str, memory: MaskMemory, counts: Counter[str], internal: bool, key: str, depth: int
) -> str:
    if _DATA_ADDRESS.search(value):
        raise _file()
    if key == "data" and internal and len(value) > 2000 and not re.search(r"\s", value):
        return value  # sound for an internal endpoint, as _check_part allowed
    lead = value.lstrip()[:1]
    if lead in ("{", "[", '"'):
        try:
            inner = json.loads(value)
        except (ValueError, RecursionError):
            inner = None
        if isinstance(inner, dict | list | str):
            made = _across(_walk(inner, memory, counts, internal, key, depth + 1), memory, counts)
            if made == inner:
                return _masked(value, memory, counts, key)
            return _masked(json.dumps(made, ensure_ascii=False), memory, counts, key)
    return _masked(value, memory, counts, key)


def _masked(value: str, memory: MaskMemory, counts: Counter[str], key: str = "") -> str:
    if key and _TELLING.search(key) and len(value) <= 80:
        head = f"{key}: "
        made = mask(head + value, memory)
        if made.items and made.text.startswith(head):
            _count(counts, made.items)
            return made.text[len(head) :]
    made = mask(value, memory)
    _count(counts, made.items)
    return made.text


def _count(counts: Counter[str], items: Sequence[MaskedItem]) -> None:
    for item in items:
        counts[item.kind] += item.count


def _number(value: float, memory: MaskMemory, counts: Counter[str], key: str) -> Any:
    if isinstance(value, float):
        return value
    text = str(value)
    if len(text) < _LONGEST_NUMBER:
        return value
    padded = (
        f"0{text}" if text.startswith(("10", "11", "2", "3")) and 9 <= len(text) <= 10 else text
    )
    for form in {text, padded}:
        told = f"{key}: {form}" if _TELLING.search(key) else form
        if form != text and not _TELLING.search(key):
            continue
        made = _masked(told, memory, counts)
        if made != told:
            return made.removeprefix(f"{key}: ")
    return value


@dataclass
class _Leaf:
    holder: Any
    place: Any
    text: str


def _across(body: Any, memory: MaskMemory, counts: Counter[str]) -> Any:
    """Mask numbers that go on from one string to the next (list items, cells, messages)."""
    leaves = list(_leaves(body))
    _runs(leaves, memory, counts)
    for one, two in pairwise(leaves):
        _pair(one, two, memory, counts)
    return body


def _leaves(value: Any) -> Iterator[_Leaf]:
    places: Iterator[tuple[Any, Any]]
    if isinstance(value, dict):
        places = iter(list(value.items()))
    elif isinstance(value, list):
        places = iter(list(enumerate(value)))
    else:
        return
    for place, one in places:
        if isinstance(one, dict | list):
            yield from _leaves(one)
        elif isinstance(one, str) and one and place not in ("role", "type"):
            yield _Leaf(value, place, one)
        elif isinstance(one, int) and not isinstance(one, bool):
            yield _Leaf(value, place, str(one))


def _runs(leaves: Sequence[_Leaf], memory: MaskMemory, counts: Counter[str]) -> None:
    """Mask numbers given in three pieces and more, each a string of its own."""
    for short, group in groupby(leaves, key=lambda leaf: _PIECE.match(leaf.text) is not None):
        pieces = list(group)
        if not short or len(pieces) < 3:
            continue
        ends = list(accumulate(len(piece.text) + 1 for piece in pieces))
        joined = "\n".join(piece.text for piece in pieces)
        for item in find_personal(joined, memory.public):
            first = bisect_right(ends, item.start)
            last = bisect_right(ends, item.end - 1)
            if item.kind is PersonalKind.OFFICE_PHONE or last - first < 2:
                continue
            mark = memory.placeholder(item.kind, joined[item.start : item.end])
            counts[item.kind.value] += 1
            for piece in pieces[first : last + 1]:
                piece.text = mark
                piece.holder[piece.place] = mark


def _pair(one: _Leaf, two: _Leaf, memory: MaskMemory, counts: Counter[str]) -> None:
    if not (_ENDS_IN_DIGIT.search(one.text) and _BEGINS_WITH_DIGIT.match(two.text)):
        return
    tail, head = one.text[-_EDGE:], two.text[:_EDGE]
    seam = len(tail)
    for item in find_personal(f"{tail}\n{head}", memory.public):
        if item.kind is PersonalKind.OFFICE_PHONE or not item.start < seam < item.end - 1:
            continue
        mark = memory.placeholder(item.kind, f"{tail}\n{head}"[item.start : item.end])
        counts[item.kind.value] += 1
        cut = len(one.text) - seam + item.start
        one.text = one.text[:cut] + mark
        two.text = mark + two.text[item.end - seam - 1 :]
        one.holder[one.place], two.holder[two.place] = one.text, two.text
        return


def _form(data: bytes, memory: MaskMemory, counts: Counter[str]) -> bytes:
    try:
        fields = parse_qsl(data.decode("ascii"), keep_blank_values=True, strict_parsing=True)
    except ValueError:
        raise _unreadable() from None
    safe = [(_masked(n, memory, counts), _masked(v, memory, counts, n)) for n, v in fields]
    return urlencode(safe).encode("ascii")


def _multipart(
    data: bytes, content_type: str, memory: MaskMemory, counts: Counter[str], internal: bool
) -> bytes:
    match = re.search(r'boundary="?([^";\s]+)"?', content_type)
    if match is None:
        raise _unreadable()
    head = f"Content-Type: {content_type}\r\n\r\n".encode("ascii", "replace")
    message = BytesParser(policy=HTTP).parsebytes(head + data)
    if not message.is_multipart() or message.defects:
        raise _unreadable()
    made: list[bytes] = []
    for part in message.iter_parts():
        made.append(_part(part, memory, counts, internal))
    edge = match[1].encode("ascii")
    return (
        b"".join(b"--" + edge + b"\r\n" + one + b"\r\n" for one in made) + b"--" + edge + b"--\r\n"
    )


def _part(part: Any, memory: MaskMemory, counts: Counter[str], internal: bool) -> bytes:
    name = part.get_param("name", header="content-disposition")
    body = part.get_payload(decode=True)
    if not isinstance(name, str) or not isinstance(body, bytes):
        raise _unreadable()
    name = _header_word(_masked(name, memory, counts))
    if part.get_filename() is None:
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            raise _unreadable() from None
        safe = _masked(text, memory, counts, name).encode()
        return b'Content-Disposition: form-data; name="%s"\r\n\r\n%s' % (name.encode(), safe)
    kind = _sound_kind(part.get_filename(), part.get_content_type())
    if not internal or not kind or not _is_sound(body):
        raise _file()
    # A file's own name tells of people: only its kind goes along.
    head = f'Content-Disposition: form-data; name="{name}"; filename="audio.{kind}"'
    return head.encode() + b"\r\nContent-Type: application/octet-stream\r\n\r\n" + body


def _header_word(word: str) -> str:
    return re.sub(r'[\r\n"\\]', "", word)


_SOUND_NAMES = frozenset({"wav", "mp3", "m4a", "flac", "ogg", "oga", "opus", "webm", "mp4", "mpga"})


def _sound_kind(name: str, kind: str) -> str:
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if ending in _SOUND_NAMES:
        return ending
    return "wav" if kind.startswith("audio/") else ""


def _is_sound(body: bytes) -> bool:
    starts: tuple[tuple[int, bytes], ...] = (
        (0, b"RIFF"),
        (0, b"ID3"),
        (0, b"fLaC"),
        (0, b"OggS"),
        (4, b"ftyp"),
        (0, b"\x1aE\xdf\xa3"),
    )
    if any(body[at : at + len(mark)] == mark for at, mark in starts):
        return True
    return len(body) > 1 and body[0] == 0xFF and body[1] & 0xE0 == 0xE0


def _unreadable() -> Refused:
    return Refused(
        "outlet_unreadable",
        "보낼 내용을 확인할 수 없어 보내지 않았습니다.",
        "글로 옮겨 적어 다시 물어보세요.",
    )


def _file() -> Refused:
    return Refused(
        "outlet_file",
        "파일이나 그림은 밖으로 보내지 않습니다.",
        "파일을 붙이면 글만 뽑아 가린 뒤 씁니다. 소리는 내부 주소로만 보냅니다.",
    )
