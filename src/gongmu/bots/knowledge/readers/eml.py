"""Saved mail (.eml, .mht) with what is attached to it."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage

from gongmu.bots.knowledge.blocks import Block, Content, DocumentReader, Heading, Text, one_line
from gongmu.core.documents.sniff import ASK_AGAIN
from gongmu.core.errors import Refused

_SHOWN = {"From": "보낸 사람", "To": "받는 사람", "Cc": "참조", "Date": "보낸 때"}
_MOST_ATTACHED = 50


def _read(data: bytes, name: str) -> Content:
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not isinstance(message, EmailMessage) or not message.keys():
        raise Refused("file_damaged", f"'{name}' 메일 파일이 깨졌습니다.", ASK_AGAIN)
    title = _header(message, "Subject")
    notes: list[str] = []
    blocks: list[Block] = [Heading(title, 1)] if title else []
    for field, shown in _SHOWN.items():
        if value := _header(message, field):
            blocks.append(Text(f"{shown}: {value}"))
    blocks += _body(message)
    for at, part in enumerate(_attachments(message)):
        if at >= _MOST_ATTACHED:
            notes.append(f"붙임이 많아 앞의 {_MOST_ATTACHED}개만 읽었습니다.")
            break
        blocks += _attached(part, name, notes)
    return Content(blocks, title, notes)


def _header(message: EmailMessage, field: str) -> str:
    try:
        return one_line(str(message.get(field, "")))
    except (ValueError, IndexError, TypeError, AttributeError):
        # Headers of old mailers break the standard parser; the mail is read without them.
        return ""


def _body(message: EmailMessage) -> Iterator[Block]:
    from gongmu.bots.knowledge.readers.html import blocks_of
    from gongmu.bots.knowledge.readers.md import READER as plain

    part = message.get_body(("html", "plain"))
    raw = _bytes(part) if isinstance(part, EmailMessage) else b""
    if not raw.strip():
        return
    if isinstance(part, EmailMessage) and part.get_content_type() == "text/html":
        yield from blocks_of(raw)
    else:
        yield from plain.read(raw, "본문.txt").blocks


def _bytes(part: EmailMessage) -> bytes:
    """Return a text part as UTF-8, whatever character set it claims."""
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    claimed = (part.get_content_charset() or "").replace("ks_c_5601-1987", "cp949")
    for encoding in (claimed.replace("euc-kr", "cp949"), "utf-8", "cp949"):
        try:
            return raw.decode(encoding).encode() if encoding else raw.decode("utf-8").encode()
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("utf-8", "replace").encode()


def _attachments(message: EmailMessage) -> Iterator[EmailMessage]:
    body = message.get_body(("html", "plain"))
    for part in message.walk():
        if part is message or part.is_multipart() or part is body:
            continue
        if isinstance(part, EmailMessage) and part.get_filename():
            yield part


def _attached(part: EmailMessage, mail: str, notes: list[str]) -> Iterator[Block]:
    from gongmu.bots.knowledge.reading import read_here

    file = one_line(part.get_filename() or "이름 없는 붙임")
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    if part.get_content_maintype() == "image":
        return
    try:
        document = read_here(data, file, inside=mail)
    except Refused as refused:
        notes.append(f"붙임을 읽지 못했습니다: {refused}")
        return
    yield Heading(f"붙임: {file}", 0)
    yield from document.blocks
    notes.extend(f"{file}: {note}" for note in document.notes)


READER = DocumentReader("eml", "메일", _read)
