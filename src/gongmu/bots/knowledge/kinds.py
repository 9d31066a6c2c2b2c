"""Which kind of document some bytes are; the file's name is not believed."""

from __future__ import annotations

import io
import re
import zipfile

from gongmu.bots.knowledge.compound import MAGIC, CompoundFile
from gongmu.bots.knowledge.package import encrypted
from gongmu.core.documents.sniff import ASK_AGAIN, Format, sniff
from gongmu.core.errors import Refused

OLD_HWP = b"HWP Document File V"
_PICTURES = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"BM",
    b"II*\x00",
    b"MM\x00*",
    b"\x00\x00\x01\x00",
)
_MAIL = re.compile(
    rb"(?im)^(?:mime-version|received|return-path|message-id|x-mailer):.*(?:\r?\n|\r)"
)
_MAIL_FIRST = re.compile(rb"[A-Za-z][A-Za-z0-9-]*:[^\n]*\n")
_SAVE_AS = "한글, 워드, 엑셀, PDF, HTML, 텍스트 가운데 하나로 저장해 다시 올리세요."


def kind_of(data: bytes, name: str) -> str:
    """Return the code of the reader for `data`.

    Raises Refused: file_empty, file_damaged, file_truncated, file_encrypted, format_unknown.
    """
    if not data.strip(b"\x00\r\n\t "):
        raise Refused("file_empty", f"'{name}' 파일에 내용이 없습니다.", ASK_AGAIN)
    if data.startswith(OLD_HWP):
        return "hwp3"
    if data.startswith(MAGIC):
        return _of_compound(data, name)
    if data.startswith(b"PK\x03\x04"):
        return _of_package(data, name)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK\x05\x06"):
        raise Refused("file_empty", f"'{name}' 압축 파일에 든 것이 없습니다.", ASK_AGAIN)
    # Some marks are words, too; a text that begins so holds no zero byte.
    if data.startswith(_PICTURES) and (data[0] > 0x7F or b"\x00" in data[:512]):
        raise unknown(name, "그림", "글자를 알아보게(OCR) 한 PDF로 만들어 올리세요.")
    return _of_text(data, name)


def _of_text(data: bytes, name: str) -> str:
    suffix = name.lower().rpartition(".")[2]
    if suffix in ("eml", "mht", "mhtml") or _is_mail(data):
        return "eml"
    try:
        found = sniff(data, name)
    except Refused as refused:
        if refused.code == "format_unknown":
            raise unknown(name, "글자가 아닌 자료") from None
        raise
    if found is Format.HTML or (
        suffix in ("html", "htm", "xhtml") and data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
    ):
        return "html"
    return "csv" if suffix in ("csv", "tsv") else "md"


def _is_mail(data: bytes) -> bool:
    head = data[:4096].lstrip()
    return bool(_MAIL_FIRST.match(head)) and len(_MAIL.findall(head)) >= 2


def _of_compound(data: bytes, name: str) -> str:
    streams = CompoundFile(data, name).streams
    if "FileHeader" in streams:
        return "hwp"
    if "EncryptedPackage" in streams:
        raise encrypted(name)
    if "Workbook" in streams or "Book" in streams:
        return "xlsx"
    if "WordDocument" in streams:
        raise unknown(name, "옛 워드(.doc) 문서", "워드에서 열어 .docx로 저장해 다시 올리세요.")
    if "PowerPoint Document" in streams:
        raise unknown(name, "파워포인트 문서", "PDF로 저장해 다시 올리세요.")
    raise unknown(name, "알 수 없는 문서")


def _of_package(data: bytes, name: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        raise Refused(
            "file_truncated", f"'{name}' 파일이 끝까지 받아지지 않았습니다(압축이 잘림).", ASK_AGAIN
        ) from None
    lower = {one.lower() for one in names}
    if any(re.fullmatch(r"(?:.*/)?section\d+\.xml", one) for one in lower) or (
        "contents/content.hpf" in lower
    ):
        return "hwpx"
    if "word/document.xml" in lower:
        return "docx"
    if {"xl/workbook.xml", "xl/workbook.bin"} & lower:
        return "xlsx"
    if any(one.startswith("ppt/") for one in lower):
        raise unknown(name, "파워포인트 문서", "PDF로 저장해 다시 올리세요.")
    if "content.xml" in lower and "mimetype" in lower:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if b"spreadsheet" in archive.open("mimetype").read(200):
                return "xlsx"
        raise unknown(name, "오픈도큐먼트 글", "워드(.docx)나 PDF로 저장해 다시 올리세요.")
    raise unknown(name, "압축 파일", "압축을 풀어 문서를 하나씩 올리거나 폴더로 배우게 하세요.")


def unknown(name: str, looks: str, todo: str = _SAVE_AS) -> Refused:
    """Return the refusal of a kind that is not read."""
    return Refused("format_unknown", f"'{name}' 파일은 {looks}이어서 읽을 수 없습니다.", todo)
