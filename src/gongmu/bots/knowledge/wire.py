"""A read document as JSON, the only thing that comes back from the reading process.

Quiet: this module reaches nothing outside itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from gongmu.bots.knowledge.blocks import Block, Heading, PageStart, ReadDocument, Table, Text

_NAMES: Mapping[type[Block], str] = {Heading: "h", Text: "t", Table: "g", PageStart: "p"}


def to_json(document: ReadDocument) -> bytes:
    """Return a document as UTF-8 JSON."""
    blocks = [[_NAMES[type(block)], asdict(block)] for block in document.blocks]
    head = {
        "title": document.title,
        "starts_on": document.starts_on and document.starts_on.isoformat(),
        "ends_on": document.ends_on and document.ends_on.isoformat(),
        "notes": document.notes,
        "kind": document.kind,
    }
    return json.dumps({**head, "blocks": blocks}, ensure_ascii=False).encode(errors="surrogatepass")


def from_json(raw: bytes) -> ReadDocument:
    """Return what `to_json` wrote; raises ValueError or KeyError for anything else."""
    said = json.loads(raw.decode(errors="surrogatepass"))
    return ReadDocument(
        title=str(said["title"]),
        blocks=tuple(_block(kind, fields) for kind, fields in said["blocks"]),
        starts_on=_day(said["starts_on"]),
        ends_on=_day(said["ends_on"]),
        notes=tuple(map(str, said["notes"])),
        kind=str(said["kind"]),
    )


def _block(kind: str, fields: Mapping[str, Any]) -> Block:
    match kind:
        case "h":
            return Heading(str(fields["text"]), int(fields["level"]))
        case "t":
            return Text(str(fields["text"]), str(fields["aside"]))
        case "p":
            return PageStart(int(fields["number"]))
        case "g":
            return Table(
                tuple(tuple(map(str, row)) for row in fields["rows"]),
                int(fields["header_rows"]),
                str(fields["caption"]),
                str(fields["place"]),
                tuple(map(int, fields["row_numbers"])),
            )
    raise ValueError(kind)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
