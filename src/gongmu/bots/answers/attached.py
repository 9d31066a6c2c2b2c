"""A file given with a question: read to text, with the class its own marks give it."""

from __future__ import annotations

from gongmu.bots.answers.groundwork import Attachment


def attachment_of(name: str, data: bytes) -> Attachment:
    """Return the file as an attachment; raises Refused when it cannot be read."""
    from gongmu.bots.guard.forbidden import marked_class
    from gongmu.bots.knowledge.blocks import texts
    from gongmu.bots.knowledge.reading_room import read_document

    text = "\n".join(texts(read_document(data, name).blocks))
    return Attachment(name, text, marked_class(text))
