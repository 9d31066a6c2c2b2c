"""The lists as the tax system hands them out: HTML called .xls, CSV in CP949, workbooks.

A row is a mapping of column code to text; the same rows can be written in every form, each with
the habits of its kind: merged heads over two rows, a title, a total row, dates without hyphens.
"""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import xlsxwriter

from gongmu.practice.tax.later import Change
from gongmu.practice.tax.sales import CODES, Sale

Row = Mapping[str, str]

COLUMNS: tuple[tuple[str, str, str], ...] = (
    # (code, group head, head)
    ("filed_on", "", "접수일자"),
    ("tax_number", "", "과세번호"),
    ("name", "납세의무자", "성명"),
    ("person_type", "납세의무자", "개인법인구분"),
    ("number", "납세의무자", "주민(법인)등록번호"),
    ("address", "납세의무자", "주소"),
    ("postcode", "납세의무자", "우편번호"),
    ("phone", "납세의무자", "휴대전화"),
    ("plate", "차량", "차량번호"),
    ("vin", "차량", "차대번호"),
    ("car_name", "차량", "차명"),
    ("kind", "차량", "차종"),
    ("seats", "차량", "승차정원"),
    ("cc", "차량", "배기량(cc)"),
    ("payload_kg", "차량", "적재량(kg)"),
    ("use", "차량", "용도"),
    ("fuel", "차량", "연료"),
    ("acquired_on", "취득", "취득일자"),
    ("registered_on", "취득", "등록일자"),
    ("cause", "취득", "취득원인"),
    ("tax_base_won", "과세", "과세표준"),
    ("rate", "과세", "세율"),
    ("base_tax_won", "과세", "산출세액"),
    ("relief_code", "감면", "코드"),
    ("relief_text", "감면", "조문"),
    ("relief_rate", "감면", "율"),
    ("relief_won", "감면", "세액"),
    ("tax_due_won", "", "납부세액"),
    ("co_name", "공동소유자", "성명"),
    ("co_relation", "공동소유자", "관계"),
    ("co_share", "공동소유자", "지분"),
    ("co_number", "공동소유자", "주민등록번호"),
    ("previous_plate", "", "종전차량번호"),
    ("electronic_notice", "", "전자안내신청"),
)
FLAT_HEADS = {
    "name": "납세자명", "relief_code": "감면코드", "relief_text": "감면조문",
    "relief_rate": "감면율", "relief_won": "감면세액", "co_name": "공동소유자",
    "co_relation": "공동소유자관계", "co_share": "공동소유자지분",
    "co_number": "공동소유자주민등록번호",
}  # fmt: skip
"""Heads of the forms that have one row of them."""

OWNERSHIP_COLUMNS = {
    "changed_on": "변동일자", "kind": "변동구분", "plate": "차량번호", "vin": "차대번호",
    "name": "전소유자", "number": "전소유자주민등록번호", "new_name": "신소유자",
    "new_number": "신소유자주민등록번호", "relation": "관계", "share": "이전지분",
    "reason": "변동사유",
}  # fmt: skip
HOUSEHOLD_COLUMNS = {
    "changed_on": "변동일자", "kind": "변동구분", "name": "성명", "number": "주민등록번호",
    "plate": "감면차량번호", "relation": "세대주와의 관계", "reason": "변동사유",
}  # fmt: skip
_MONEY = ("tax_base_won", "base_tax_won", "relief_won", "tax_due_won")
_DAYS = ("filed_on", "acquired_on", "registered_on")


def relief_row(sale: Sale) -> dict[str, str]:
    """Return a sale's row as the system shows it: 2026-11-17, 7%, 1,400,000."""
    told = sale.listed
    rate = told.get("rate", sale.rate)
    model = sale.model
    return {
        "filed_on": sale.filed_on.isoformat(),
        "tax_number": sale.tax_number,
        "name": sale.owner.name,
        "person_type": "법인" if sale.owner.company else "개인",
        "number": sale.owner.number,
        "address": sale.address,
        "postcode": sale.postcode,
        "phone": sale.phone,
        "plate": sale.plate,
        "vin": sale.vin,
        "car_name": model.name,
        "kind": model.kind,
        "seats": str(model.seats),
        "cc": f"{model.cc:,}" if model.cc else "",
        "payload_kg": f"{model.payload_kg:,}" if model.payload_kg else "",
        "use": "영업용" if sale.commercial else "비영업용",
        "fuel": model.fuel,
        "acquired_on": sale.acquired_on.isoformat(),
        "registered_on": sale.registered_on.isoformat(),
        "cause": sale.cause,
        "tax_base_won": f"{sale.price_won:,}",
        "rate": f"{float(rate * 100):g}%",
        "base_tax_won": f"{told.get('base_won', sale.base_won):,}",
        "relief_code": told.get("relief_code", CODES[sale.article]),
        "relief_text": told.get("relief_text", article_text(sale.article)),
        "relief_rate": sale.relief_rate,
        "relief_won": f"{told.get('relief_won', sale.relief_won):,}",
        "tax_due_won": f"{told.get('due_won', sale.due_won):,}",
        "co_name": sale.joint.name if sale.joint else "",
        "co_relation": sale.joint_relation,
        "co_share": sale.joint_share,
        "co_number": sale.joint.number if sale.joint else "",
        "previous_plate": sale.previous_plate,
        "electronic_notice": {True: "신청", False: "미신청", None: ""}[sale.electronic],
    }


def article_text(article: str) -> str:
    """Return an article as the system words it: 지방세특례제한법 제22조의2제1항제1호가목."""
    body = article.removeprefix("지특법§")
    number, paragraph = "", ""
    for at, letter in enumerate(body):
        if letter in "①②③④⑤⑥":
            number, paragraph, body = body[:at], str("①②③④⑤⑥".index(letter) + 1), body[at + 1 :]
            break
    main, _, branch = number.partition("의")
    text = f"지방세특례제한법 제{main}조" + (f"의{branch}" if branch else "") + f"제{paragraph}항"
    if body:
        text += f"제{body[0]}호" + (f"{body[1]}목" if len(body) > 1 else "")
    return text


def change_row(change: Change) -> dict[str, str]:
    """Return a later change as a row of its list."""
    row = {key: str(value) for key, value in vars(change).items() if isinstance(value, str)}
    return row | {"changed_on": change.changed_on.isoformat()}


# ------------------------------------------------------------------ forms


def html_list(rows: Sequence[Row], first: date, last: date, encoding: str = "cp949") -> bytes:
    """Return the list as an HTML page that is called .xls; says its encoding by <meta>."""
    charset = "euc-kr" if encoding == "cp949" else encoding
    width = len(COLUMNS)
    title = f"취득세 감면대장 ({first:%Y.%m.%d.} ~ {last:%Y.%m.%d.})"
    lines = [
        f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}">'
        "<style>td{mso-number-format:'\\@'}</style></head><body>",
        f'<table border="1"><tr><td colspan="{width}" align="center"><b>{title}</b></td></tr>',
        *_html_heads(),
    ]
    for row in rows:
        cells = "".join(f"<td>{html.escape(row.get(code, ''))}</td>" for code, _, _ in COLUMNS)
        lines.append(f"<tr>{cells}</tr>")
    totals = {code: _total(rows, code) for code in _MONEY}
    cells = "".join(f"<td>{totals.get(code, '')}</td>" for code, _, _ in COLUMNS[2:])
    lines.append(f'<tr><td colspan="2">합계(총 {len(rows):,}건)</td>{cells}</tr>')
    lines.append("</table></body></html>")
    return "\r\n".join(lines).encode(encoding, errors="xmlcharrefreplace")


def _html_heads() -> list[str]:
    top, bottom = [], []
    for at, (_, group, head) in enumerate(COLUMNS):
        if not group:
            top.append(f'<th rowspan="2">{head}</th>')
            continue
        if at == 0 or COLUMNS[at - 1][1] != group:
            span = sum(1 for _, other, _ in COLUMNS if other == group)
            top.append(f'<th colspan="{span}">{group}</th>')
        bottom.append(f"<th>{head}</th>")
    return [f"<tr>{''.join(top)}</tr>", f"<tr>{''.join(bottom)}</tr>"]


def _total(rows: Sequence[Row], code: str) -> str:
    return f"{sum(int(row[code].replace(',', '')) for row in rows if row[code]):,}"


def csv_list(rows: Sequence[Row], encoding: str = "cp949") -> bytes:
    """Return the list as comma-separated text: solid dates, plain money, rates as fractions."""
    heads = [FLAT_HEADS.get(code, head) for code, _, head in COLUMNS]
    lines = [heads, *([_plain(row, code) for code, _, _ in COLUMNS] for row in rows)]
    return _csv(lines, encoding)


def _plain(row: Row, code: str) -> str:
    text = row.get(code, "")
    if code in _DAYS:
        return text.replace("-", "") if len(text) == 10 else text
    if code in (*_MONEY, "cc", "payload_kg"):
        return text.replace(",", "")
    if code in ("rate", "relief_rate") and text:
        return f"{float(text.removesuffix('%')) / 100:g}"
    return text


def _csv(lines: Sequence[Sequence[str]], encoding: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    bom = b"\xef\xbb\xbf" if encoding == "utf-8" else b""
    return bom + out.getvalue().encode(encoding)


def workbook_list(rows: Sequence[Row]) -> bytes:
    """Return the list as a workbook: a title, one row of heads, true dates and numbers."""
    out = io.BytesIO()
    book, day, percent = _book(out)
    sheet = book.add_worksheet("감면대장")
    sheet.merge_range(0, 0, 0, len(COLUMNS) - 1, "취득세 감면대장")
    for at, (code, _, head) in enumerate(COLUMNS):
        sheet.write_string(2, at, FLAT_HEADS.get(code, head))
    for number, row in enumerate(rows, start=3):
        for at, (code, _, _) in enumerate(COLUMNS):
            text = row.get(code, "")
            if not text:
                continue
            if code in _DAYS and _is_day(text):
                sheet.write_datetime(number, at, datetime.fromisoformat(text), day)
            elif code in (*_MONEY, "seats", "cc", "payload_kg"):
                sheet.write_number(number, at, int(text.replace(",", "")))
            elif code in ("rate", "relief_rate"):
                sheet.write_number(number, at, float(text.removesuffix("%")) / 100, percent)
            else:
                sheet.write_string(number, at, text)
    book.close()
    return out.getvalue()


def _book(out: io.BytesIO) -> tuple[xlsxwriter.Workbook, object, object]:
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001 - the same bytes always
    return (
        book,
        book.add_format({"num_format": "yyyy-mm-dd"}),
        book.add_format({"num_format": "0%"}),
    )


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def ownership_csv(rows: Sequence[Row]) -> bytes:
    """Return ownership changes as comma-separated text in CP949."""
    heads = list(OWNERSHIP_COLUMNS.values())
    lines = [[row.get(code, "") for code in OWNERSHIP_COLUMNS] for row in rows]
    return _csv([heads, *lines], "cp949")


def household_workbook(rows: Sequence[Row]) -> bytes:
    """Return household changes as a workbook."""
    out = io.BytesIO()
    book, _, _ = _book(out)
    sheet = book.add_worksheet("세대변동")
    for at, head in enumerate(HOUSEHOLD_COLUMNS.values()):
        sheet.write_string(0, at, head)
    for number, row in enumerate(rows, start=1):
        for at, code in enumerate(HOUSEHOLD_COLUMNS):
            sheet.write_string(number, at, row.get(code, ""))
    book.close()
    return out.getvalue()
