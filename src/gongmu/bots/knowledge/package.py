"""Office packages (zip with XML inside: hwpx, docx, xlsx) opened within limits."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from lxml import etree

from gongmu.core.documents.sniff import ASK_AGAIN
from gongmu.core.errors import Refused

MOST_UNPACKED = 512 * 1024**2
"""What a package may unfold into, in bytes; a file given to us is at most 50 MB."""
_MOST_PART = 192 * 1024**2
_MOST_MEMBERS = 20_000
_REMOVE_LOCK = "문서를 연 뒤 암호(문서보안)를 풀고 다른 이름으로 저장해 다시 올리세요."


class Package:
    """The parts of an office package by name."""

    def __init__(self, data: bytes, name: str) -> None:
        """Raises Refused file_damaged, file_encrypted or file_too_large naming the file."""
        self._name = name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            members = self._zip.infolist()
        except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as why:
            raise self._damaged() from why
        if any(member.flag_bits & 0x1 for member in members):
            raise encrypted(name)
        if len(members) > _MOST_MEMBERS or sum(m.file_size for m in members) > MOST_UNPACKED:
            raise self._too_large()
        self.names: Sequence[str] = [member.filename for member in members]
        self._left = MOST_UNPACKED

    def read(self, part: str) -> bytes:
        """Return a part's bytes; raises KeyError when there is none."""
        if part not in self.names:
            raise KeyError(part)
        try:
            with self._zip.open(part) as stream:
                # The size a member claims is not believed.
                data = stream.read(min(_MOST_PART, self._left) + 1)
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as why:
            raise self._damaged() from why
        except Exception as why:  # zlib.error has no common base with the others
            raise self._damaged() from why
        self._left -= len(data)
        if self._left < 0 or len(data) > _MOST_PART:
            raise self._too_large()
        return data

    def tree(self, part: str) -> etree._Element:
        """Return a part as XML; raises KeyError when there is none, Refused when it is broken."""
        data = self.read(part)
        if b"<!ENTITY" in data[:4096]:
            raise self._damaged()
        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
        try:
            return etree.fromstring(data, parser)
        except etree.XMLSyntaxError as why:
            raise self._damaged() from why

    def check(self) -> None:
        """Read every part once, so that what a library opens later is within the limits."""
        for part in self.names:
            if not part.endswith("/"):
                self.read(part)
        self._left = MOST_UNPACKED

    def _damaged(self) -> Refused:
        return Refused(
            "file_damaged", f"'{self._name}' 파일이 깨졌거나 끝까지 받아지지 않았습니다.", ASK_AGAIN
        )

    def _too_large(self) -> Refused:
        return Refused(
            "file_too_large",
            f"'{self._name}' 파일을 풀면 너무 커집니다({MOST_UNPACKED // 1024**2} MB까지).",
            "그림을 줄이거나 문서를 나누어 올리세요.",
        )


def encrypted(name: str) -> Refused:
    """Return the refusal of a locked file."""
    return Refused(
        "file_encrypted", f"'{name}' 파일에 암호나 문서보안이 걸려 있습니다.", _REMOVE_LOCK
    )


def local(element: etree._Element) -> str:
    """Return an element's name without its namespace; "" for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
