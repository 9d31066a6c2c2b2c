"""What several forms take from notes in the same way.

Quiet: no clock, database, file or model is reached from here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from gongmu.bots.drafts.form import Setting
from gongmu.bots.drafts.moments import find_moments
from gongmu.bots.drafts.notes import Line, Notes, as_items, house_dates, official_sums
from gongmu.bots.drafts.outline import Item, house_lines, split_mark
from gongmu.bots.drafts.particulars import DEPARTMENT

_EVENT = re.compile(
    r"(?:설명회|공청회|간담회|토론회|보고회|협의회|위원회|회의|워크숍|교육|연수|"
    r"축제|행사|캠페인|박람회|"
    r"발대식|개소식|준공식|기공식)$"
)
_NAMED = re.compile(
    r"(?:보고|계획|결과|방안|현황|검토|안|\(안\)|방침|대책|추진|개최|안내|요청|알림|제출|회신|통보|"
    r"협조|시행|공고|의뢰)$"
)


def body(notes: Notes, today: date, *topics: str, top: int = 2) -> str:
    """Return the lines of topics as house-style items from mark `top` (2 = ○), dates settled."""
    parts = []
    for topic in topics:
        if topic == "budget" and notes.budget:
            continue
        entries = [
            Item(one.level, house_dates(one.text, today), one.mark, one.line)
            for one in as_items(notes.section(topic))
        ]
        if entries:
            parts.append(house_lines(entries, top))
    return "\n".join(parts)


def overview(notes: Notes, today: date) -> list[list[str]]:
    """Return label and value of what happens when, where, for whom, with what money."""
    asked = (
        ("일시", notes.when),
        ("장소", notes.place),
        ("대상", notes.labels.get("target", "")),
        ("참석", notes.labels.get("attendants", "")),
        ("인원", notes.headcount if not notes.labels.get("attendants") else ""),
        ("기한", house_dates(notes.labels.get("due", ""), today)),
        ("방법", notes.labels.get("method", "")),
        ("주최·주관", notes.labels.get("host", "")),
        ("소요예산", notes.budget),
        ("담당", notes.contact),
    )
    return [[label, value] for label, value in asked if value]


def schedule(lines: Sequence[Line], today: date) -> list[list[str]]:
    """Return day, work and office of the lines that carry a date."""
    rows = []
    for line in lines:
        if line.mark == "table" and (cells := _scheduled(line.text, today)):
            rows.append(cells)
    for piece in (
        one for line in lines for one in _dated_pieces(line.text, today) if line.mark != "table"
    ):
        first = next(one for one in find_moments(piece, today) if one.on)
        rest = piece[: first.start] + " " + piece[first.end :]
        _, rest = split_mark(re.sub(r"\s+", " ", rest).strip())
        until = re.match(r"(?:까지|부터|에|중)\s*", rest)
        day = first.text + (until[0].strip() if until and until[0].strip() != "에" else "")
        rest = rest[until.end() :] if until else rest
        if rest := rest.strip(" ,:~()-"):
            rows.append([day, rest, ""])
    return rows


def _scheduled(text: str, today: date) -> list[str]:
    """Return day, work and office of a table's row that begins with a day."""
    first, *others = [one.strip() for one in text.split("|")]
    days = find_moments(first, today)
    if not others or not days or days[0].start:
        return []
    office = others[-1] if len(others) > 1 else ""
    return [house_dates(first, today), ", ".join(others[:-1] if office else others), office]


def _dated_pieces(text: str, today: date) -> list[str]:
    """Cut a line that names several days into one piece a day, at the commas before them."""
    starts = [one.start for one in find_moments(text, today) if one.on]
    if not starts:
        return []
    cuts = [0]
    for start in starts[1:]:
        if re.search(r"(?:[,;/→]|그리고|이후|이어)\s*$", text[:start]):
            cuts.append(start)
    ends = [*cuts[1:], len(text)]
    pieces = [text[cut:end].strip(" ,;/→") for cut, end in zip(cuts, ends, strict=True)]
    return [piece for piece in pieces if any(one.on for one in find_moments(piece, today))]


def document_title(subject: str, ending: str, today: date, notes: Notes) -> str:
    """Return a document's title: an event's subject gets 개최 계획 or 개최 결과 by its day."""
    if not subject or _NAMED.search(subject):
        return subject
    if _EVENT.search(subject):
        held = next((one.on for one in notes.moments if one.on), None)
        if held is not None:
            return f"{subject} 개최 {'결과' if held < today else '계획'}"
        return f"{subject} 개최"
    return f"{subject} {ending}".strip()


def sums(text: str) -> str:
    """Return a line of money as official documents write it."""
    return official_sums(text)


def department(notes: Notes, setting: Setting) -> str:
    """Return the office of the document: as noted, else the maker's own."""
    said = notes.labels.get("department", "")
    if said:
        return said
    one = notes.officer
    if one and one.department:
        return one.department
    named = re.match(DEPARTMENT, notes.labels.get("officer", ""))
    return named[0] if named else setting.department


def officer(notes: Notes, setting: Setting) -> str:
    """Return who is in charge: as noted, else who makes the draft for an office of their own."""
    one = notes.officer
    if one is not None:
        return " ".join(part for part in (one.name, one.rank) if part)
    return setting.officer if department(notes, setting) == setting.department else ""


def phone(notes: Notes, setting: Setting) -> str:
    """Return the number to call: the officer's, else the first noted, else the setting's."""
    one = notes.officer
    if one is not None and one.phone:
        return one.phone
    own = setting.phone if department(notes, setting) == setting.department else ""
    return notes.phones[0] if notes.phones else own


def attachments(notes: Notes) -> list[str]:
    """Return what is attached, without the word 붙임, numbers and 끝."""
    found = []
    for line in notes.section("attachments"):
        text = re.sub(r"^(?:붙임|첨부|별첨)\s*\d*\s*[.:：)]?\s*", "", line.text)
        text = re.sub(r"\s*끝\s*\.?\s*$", "", text)
        for part in re.split(r"\s*(?:,|(?<=부)\.\s+(?=\S)|(?:^|\s)\d+\.\s)\s*", text):
            if part.strip(" ."):
                found.append(part.strip(" ."))
    return found
