"""Word documents (.docx)."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from gongmu.bots.knowledge.blocks import Block, Content, DocumentReader, Text, one_line
from gongmu.bots.knowledge.docx_body import DocxBody
from gongmu.bots.knowledge.package import Package, local
from gongmu.core.documents.sniff import ASK_AGAIN
from gongmu.core.errors import Refused

_BODY = "word/document.xml"


def _read(data: bytes, name: str) -> Content:
    package = Package(data, name)
    notes = {
        f"{kind}{one.get(f'{_namespace(one)}id', '')}": one
        for kind in ("footnote", "endnote")
        if (root := _part(package, f"word/{kind}s.xml")) is not None
        for one in root
    }
    styles, numbering = _part(package, "word/styles.xml"), _part(package, "word/numbering.xml")
    body = DocxBody(styles, numbering, notes)
    try:
        root = package.tree(_BODY)
        inside = next((one for one in root if local(one) == "body"), root)
        blocks = [*_margins(package, body, "header", "머리말"), *body.blocks(inside)]
        blocks += _margins(package, body, "footer", "꼬리말")
    except (KeyError, RecursionError) as why:
        raise Refused(
            "file_damaged", f"'{name}' 워드 문서가 깨졌거나 잘렸습니다.", ASK_AGAIN
        ) from why
    return Content(blocks, _title(package))


def _margins(package: Package, body: DocxBody, kind: str, aside: str) -> Iterator[Block]:
    """Yield headers or footers, each different one once."""
    seen: set[str] = set()
    for part in sorted(package.names):
        if part.startswith(f"word/{kind}") and part.endswith(".xml"):
            blocks = body.blocks(package.tree(part))
            text = "\n".join(block.text for block in blocks if isinstance(block, Text))
            if text and text not in seen and not text.strip("-– ").isdecimal():
                seen.add(text)
                yield Text(text, aside=aside)


def _part(package: Package, part: str) -> etree._Element | None:
    return package.tree(part) if part in package.names else None


def _namespace(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[0] + "}"


def _title(package: Package) -> str:
    core = _part(package, "docProps/core.xml")
    titles = (x.text or "" for x in core.iter() if local(x) == "title") if core is not None else ()
    return one_line(next(iter(titles), ""))


READER = DocumentReader("docx", "워드 문서", _read)
