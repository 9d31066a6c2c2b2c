"""Writes a sheet as Markdown, HTML, text of the old code page, or a mail."""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from gongmu.practice.library.sheet import Block, Heading, Sheet, Table, Text

_SEOUL = timezone(timedelta(hours=9))


def markdown_bytes(sheet: Sheet) -> bytes:
    """Return the sheet as Markdown in UTF-8."""
    lines = [f"# {sheet.title}", "", sheet.imprint, ""]
    for block in sheet.blocks:
        if isinstance(block, Heading):
            lines += [f"{'#' * (block.level + 1)} {block.text}", ""]
        elif isinstance(block, Text):
            lines += [block.text, ""]
        else:
            rows = [f"| {' | '.join(row)} |" for row in block.rows]
            lines += [rows[0], "|" + "---|" * len(block.rows[0]), *rows[1:], ""]
    return "\n".join(lines).encode()


def html_bytes(sheet: Sheet) -> bytes:
    """Return the sheet as a page, with the menu and foot that a real page has around its text."""
    body = "\n".join(_html(block) for block in sheet.blocks)
    title = escape(sheet.title)
    return f"""<!DOCTYPE html>
<html lang="ko"><head><meta charset="utf-8"><title>{title} - 연습시청</title>
<style>table {{ border-collapse: collapse }} td, th {{ border: 1px solid }}</style></head>
<body><nav><a href="/">처음으로</a> <a href="/guide">업무 안내</a></nav>
<main><h1>{title}</h1>
<p>{escape(sheet.imprint)}</p>
{body}
</main><footer>연습시청 031-000-0000</footer>
<script>document.title = document.title;</script></body></html>
""".encode()


def _html(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level + 1}>{escape(block.text)}</h{block.level + 1}>"
    if isinstance(block, Text):
        return f"<p>{escape(block.text)}</p>"
    head, *rest = block.rows
    lines = ["<table>", _html_row(head, "th"), *(_html_row(row, "td") for row in rest), "</table>"]
    return "\n".join(lines)


def _html_row(cells: tuple[str, ...], tag: str) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"


def plain_text(sheet: Sheet) -> str:
    """Return the sheet as lines of plain text, tables with bars between their cells."""
    lines = [sheet.title, sheet.imprint, ""]
    for block in sheet.blocks:
        if isinstance(block, Heading):
            lines += ["", f"{'□' if block.level == 1 else '○'} {block.text}"]
        elif isinstance(block, Text):
            lines.append(block.text)
        else:
            lines += [" | ".join(row) for row in block.rows]
    return "\n".join(lines) + "\n"


def text_bytes(sheet: Sheet) -> bytes:
    """Return the sheet as the text files of old office machines: CP949, CRLF."""
    return plain_text(sheet).replace("\n", "\r\n").encode("cp949")


def mail_bytes(sheet: Sheet, attachment: bytes | None) -> bytes:
    """Return the sheet as a mail to all departments, with its paper attached where it has one."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = sheet.title
    mail["From"] = f"{sheet.department} <office@yeonseup.example>"
    mail["To"] = "전 부서 <all@yeonseup.example>"
    sent = datetime.combine(sheet.on, time(9, 30), _SEOUL)
    mail["Date"] = format_datetime(sent)
    mail["Message-ID"] = f"<{sheet.on:%Y%m%d}.{len(sheet.blocks)}@yeonseup.example>"
    mail.set_content(plain_text(sheet), charset="utf-8", cte="base64")
    if attachment is not None and sheet.attached is not None:
        name = f"{sheet.attached.name}.{sheet.attached.kind}"
        kind = ("application", "octet-stream")
        mail.add_attachment(attachment, maintype=kind[0], subtype=kind[1], filename=name)
        # 시험이 바이트를 견주므로 경계 글도 정해 둔다
        mail.set_boundary("=====practice-library=====")
    return mail.as_bytes()


def tables_of(sheet: Sheet) -> list[Table]:
    """Return the sheet's tables in order."""
    return [block for block in sheet.blocks if isinstance(block, Table)]
