"""Tell a file's format and encoding from its bytes; its name is not believed.

Sources: ECMA-376 and MS-OFFCRYPTO (an encrypted workbook is an OLE file with an
`EncryptedPackage` stream), APPNOTE.TXT (zip), and the portals' habit of naming HTML `.xls`.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from enum import StrEnum

from gongmu.core.errors import Refused

ASK_AGAIN = "원본을 다시 내려받거나 보낸 곳에 다시 요청하세요."
_REMOVE_LOCK = "문서를 연 뒤 암호(문서보안)를 풀고 다른 이름으로 저장해 다시 올리세요."

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_LOCKED_BY = (b"\x9b\x20DRMONE", b"<## NASCA DRM FILE", b"SCDSA0", b"<DOCUMENT SAFER")
_HTML = re.compile(r"<\s*(!doctype\s+html|html|head|meta|body|table|style|div)\b", re.IGNORECASE)
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


class Format(StrEnum):
    """The formats gongmu reads."""

    WORKBOOK = "엑셀 통합 문서"
    OLD_WORKBOOK = "엑셀 97-2003"
    HTML = "HTML 표"
    TEXT = "텍스트"
    ARCHIVE = "압축 파일"


def sniff(data: bytes, name: str) -> Format:
    """Return the format of `data`.

    Raises `Refused`: file_empty, file_truncated, file_encrypted, format_unknown.
    """
    if not data.strip(b"\x00\r\n\t ") or data in (b"\xef\xbb\xbf", *_UTF16):
        raise Refused("file_empty", f"'{name}' 파일에 내용이 없습니다.", ASK_AGAIN)
    if any(data.startswith(mark) for mark in _LOCKED_BY):
        raise Refused(
            "file_encrypted", f"'{name}' 파일은 문서보안(DRM)이 걸려 있습니다.", _REMOVE_LOCK
        )
    if data.startswith(_OLE):
        return _inside_ole(data, name)
    if data.startswith(b"PK"):
        return _inside_zip(data, name)
    if data.startswith(b"%PDF"):
        raise _unknown(name, "PDF 문서")
    if _UTF16.get(data[:2]) is None and not _looks_utf16(data) and b"\x00" in data[:4096]:
        raise _unknown(name, "글자가 아닌 자료")
    return Format.HTML if _looks_html(data) else Format.TEXT


def decode(data: bytes, name: str, encodings: Sequence[str] = ("cp949",)) -> tuple[bytes, str]:
    """Return `data` as UTF-8 without a byte-order mark, and the encoding it had.

    Tries BOM, UTF-16 by its zero bytes, strict UTF-8, then strictly each of `encodings` (which a
    city file may name). Nothing is guessed: raises `Refused` file_truncated when only the last
    character is cut, else encoding_unknown.
    """
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    utf16 = _UTF16.get(data[:2]) or _looks_utf16(data)
    if utf16:
        return _strict(data.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff"), utf16, name)
    if data.isascii():
        return data, "ASCII"
    try:
        return _strict(data, "utf-8", name)
    except UnicodeDecodeError as utf8:
        failed = [utf8]
    for encoding in encodings:
        try:
            return _strict(data, encoding, name)
        except UnicodeDecodeError as why:
            failed.append(why)
    if any(why.start >= len(data) - 3 for why in failed):
        raise Refused("file_truncated", f"'{name}' 파일의 마지막 글자가 잘렸습니다.", ASK_AGAIN)
    tried = ", ".join(("UTF-8", *(encoding.upper() for encoding in encodings)))
    raise Refused(
        "encoding_unknown",
        f"'{name}' 파일의 글자 부호를 알 수 없습니다({tried} 어느 것도 아님).",
        "보낸 곳에 UTF-8이나 CP949(EUC-KR)로 저장해 달라고 요청하세요.",
    )


def _strict(data: bytes, encoding: str, name: str) -> tuple[bytes, str]:
    if encoding == "utf-8":
        data.decode("utf-8")
        return data, "UTF-8"
    try:
        return data.decode(encoding).encode(), encoding.upper()
    except UnicodeDecodeError:
        if encoding.startswith("utf-16"):
            raise Refused(
                "file_truncated", f"'{name}' 파일(UTF-16)이 중간에서 잘렸습니다.", ASK_AGAIN
            ) from None
        raise


def _looks_utf16(data: bytes) -> str | None:
    """Return the UTF-16 form that plain-ASCII zero bytes in the first 400 give away."""
    head = data[:400]
    for form, low, high in (("utf-16-le", 0, 1), ("utf-16-be", 1, 0)):
        zeros = head[high::2].count(0)
        if zeros > len(head) * 0.15 and head[low::2].count(0) == 0:
            text = head.decode(form, errors="ignore")
            return form if all(letter >= " " or letter in "\r\n\t" for letter in text) else None
    return None


def _looks_html(data: bytes) -> bool:
    utf16 = _UTF16.get(data[:2]) or _looks_utf16(data)
    head = (
        data[:4096].decode(utf16 or "latin-1", errors="ignore").lstrip("\ufeff\xef\xbb\xbf \r\n\t")
    )
    head = re.sub(r"^(<\?xml[^>]*\?>|<!--.*?-->|\s)+", "", head, flags=re.DOTALL)
    return head.startswith("<") and _HTML.search(head) is not None


def _inside_ole(data: bytes, name: str) -> Format:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Refused("file_encrypted", f"'{name}' 엑셀 파일에 암호가 걸려 있습니다.", _REMOVE_LOCK)
    if any(stream.encode("utf-16-le") in data for stream in ("Workbook\x00", "Book\x00")):
        return Format.OLD_WORKBOOK
    raise _unknown(name, "한글(HWP)이나 워드 같은 문서")


def _inside_zip(data: bytes, name: str) -> Format:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, NotImplementedError):
        raise Refused(
            "file_truncated", f"'{name}' 파일이 끝까지 받아지지 않았습니다(압축이 잘림).", ASK_AGAIN
        ) from None
    if any(member.flag_bits & 0x1 for member in members):
        raise Refused("file_encrypted", f"'{name}' 압축 파일에 암호가 걸려 있습니다.", _REMOVE_LOCK)
    names = {member.filename for member in members}
    if {"xl/workbook.xml", "xl/workbook.bin"} & names or "content.xml" in names:
        return Format.WORKBOOK
    if "[Content_Types].xml" in names or "mimetype" in names:
        raise _unknown(name, "표가 아닌 문서(워드·HWPX 등)")
    return Format.ARCHIVE


def _unknown(name: str, looks: str) -> Refused:
    return Refused(
        "format_unknown",
        f"'{name}' 파일은 {looks}이어서 표로 읽을 수 없습니다.",
        "엑셀, CSV, 텍스트, HTML 표 가운데 하나로 내려받아 다시 올리세요.",
    )
