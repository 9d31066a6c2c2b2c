"""A complaint taken apart: the points it asks about, and which notes and sources speak to each.

Quiet: no clock, database, file or model is reached from here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gongmu.bots.drafts.outline import items
from gongmu.bots.drafts.particulars import find_officers, find_phones
from gongmu.bots.drafts.request import without_request
from gongmu.bots.passages import Passage

_PARTS = (
    (
        "complaint",
        r"민원\s?(?:요지|내용|사항|원문|글)?|신청\s?(?:내용|취지)|질의\s?(?:내용|사항)?|"
        r"건의\s?내용|내용",
    ),
    (
        "answer",
        r"(?:답변|회신|검토|조치|처리)\s?(?:내용|결과|의견|사항|계획|메모)?|"
        r"검토\s?및\s?조치(?:\s?결과)?",
    ),
    ("appeal", r"불복\s?(?:절차|방법|안내)?|이의\s?(?:신청|절차)(?:\s?안내)?|행정심판(?:\s?안내)?"),
    ("title", r"제목"),
    ("when", r"접수일(?:자)?|접수\s?일시|신청일"),
    ("number", r"접수번호|신청번호|민원번호"),
    ("who", r"민원인|신청인|받는\s?(?:이|분)|수신"),
)
_LOOSE = {
    "when": r"|^(?:접수일(?:자)?|신청일)\s+(?=[\d'’])",
    "number": r"|^(?:접수|신청|민원)번호\s+(?=\S+$)",
    "who": r"|^(?:민원인|신청인)\s+(?=\S{2,6}$)",
}
"""Labels that also stand without a colon, before just such a value."""
_HEADING = re.compile(
    "|".join(
        rf"(?P<{name}>^(?:{words})\s*(?:[:：]|$){_LOOSE.get(name, '')})" for name, words in _PARTS
    )
)
_LABELS = re.compile(
    r"(?:^|(?<=[.,?!])\s+)(?P<label>" + "|".join(words for _, words in _PARTS) + r")\s*[:：][ \t]*"
)
_ASKING = re.compile(
    r"[?？]|[가-힣]\s?(?:주세요|주십시오|주시기|달라|주실|주기|주시든지|주시면)|좋겠|바랍니다|십시오|"
    r"부탁|요청|원합니다|원해요|알고\s?싶|궁금|건의|필요합니다|필요해요|왜\s|언제|"
    r"인가요|나요|는지요?"
)
_GREETING = re.compile(
    r"^(?:안녕|수고|감사|고생|존경|저는\s.{0,20}(?:사는|거주)|다름(?:이)?\s?아니라|"
    r"빠른\s?답변|잘\s?부탁)"
)
_WORD = re.compile(r"[가-힣]{2,}|[A-Za-z0-9]{2,}")
_PETITION = re.compile(r"(?:국민신문고\s*)?(?P<number>[12]A[A-Z]-\d{4}-\d{4,8})")
"""The number that the national petition site gives."""
_ITEM = "\u0001"
"""Begins a line that is an item of a list."""
_ENOUGH = 0.16


@dataclass(frozen=True)
class Complaint:
    """What a complaint letter and the officer's notes say."""

    points: tuple[str, ...]
    answers: tuple[str, ...]
    """The officer's own lines on what was found and done."""
    appeal: tuple[str, ...] = ()
    received: str = ""
    number: str = ""
    who: str = ""


@dataclass(frozen=True)
class Ground:
    """A source that speaks to a point of the complaint, quoted word for word."""

    point: int
    document: str
    place: str
    quote: str


def read_complaint(text: str) -> Complaint:
    """Return the parts of a pasted complaint; lines before any heading belong to it."""
    number = _PETITION.search(text)
    if number and not re.search(r"(?:접수|신청|민원)번호", text):
        text = f"{text[: number.start()]}\n접수번호: {number['number']}\n{text[number.end() :]}"
    text = _LABELS.sub(r"\n\g<label>: ", without_request(text))
    parts: dict[str, list[str]] = {name: [] for name, _ in _PARTS}
    part = "complaint"
    for item in items(text):
        match = _HEADING.match(item.text)
        if match:
            part = match.lastgroup or part
            rest = item.text[match.end() :].strip()
            if rest:
                parts[part].append(rest)
            if part in ("when", "number", "who", "title"):
                part = "complaint"
            continue
        if part == "answer" and _contact_only(item.text):
            continue
        parts[part].append(f"{_ITEM} {item.text}" if item.level else item.text)
    return Complaint(
        points_of("\n".join(parts["complaint"])),
        tuple(one for line in parts["answer"] for one in _answers(line.removeprefix(_ITEM))),
        tuple(line.removeprefix(_ITEM).strip() for line in parts["appeal"]),
        " ".join(parts["when"]),
        " ".join(parts["number"]),
        re.sub(r"님$", "", " ".join(parts["who"])),
    )


def points_of(text: str) -> tuple[str, ...]:
    """Return what the complaint asks, each with what it tells before; else all that it tells.

    An item of a list is a point of its own. Nothing but greetings is left out.
    """
    points: list[str] = []
    told: list[str] = []

    for line in text.split("\n"):
        if own := line.startswith(_ITEM):
            _close(points, told)
        for one in sentences(line.removeprefix(_ITEM)):
            if len(one) <= 2 or _GREETING.match(one):
                continue
            told.append(one)
            if _ASKING.search(one) and not own:
                _close(points, told)
        if own:
            _close(points, told)
    if told and points and not text.split("\n")[-1].startswith(_ITEM):
        points[-1] = ". ".join([points[-1], *(one for one in told)])
        told.clear()
    _close(points, told)
    return tuple(dict.fromkeys(points))


def _close(points: list[str], told: list[str]) -> None:
    """Make what was told so far a point."""
    if told:
        points.append(" ".join(_stopped(one) for one in told).rstrip("."))
        told.clear()


def sentences(line: str) -> list[str]:
    """Cut a line into sentences at their ends, not at dates or numbers."""
    cut = re.split(r"(?<=[다요죠까오함음됨임])[.!]\s+|(?<=[?？])\s*|(?<=[다요])\.(?=[가-힣])", line)
    return [one.strip().rstrip(".") for one in cut if one and one.strip()]


def matched(points: Sequence[str], answers: Sequence[str]) -> list[str]:
    """Return each point's answer lines, joined; lines that fit no point go to the last one.

    With as many answers as points they go in order, except where words say otherwise.
    """
    found: list[list[str]] = [[] for _ in points]
    if not points:
        return []
    for place, answer in enumerate(answers):
        shares = [alike(point, answer) for point in points]
        best = max(range(len(points)), key=lambda at: shares[at])
        numbered = re.match(r"([1-9])번[은:]?\s+", answer)
        if numbered and int(numbered[1]) <= len(points):
            best, answer = int(numbered[1]) - 1, answer[numbered.end() :]
        elif shares[best] < _ENOUGH:
            best = min(place, len(points) - 1)
        found[best].append(answer)
    return [" ".join(_stopped(line) for line in lines) for lines in found]


def grounds(points: Sequence[str], passages: Sequence[Passage], most: int = 2) -> list[Ground]:
    """Return for each point the sentences of `passages` that share most words with it."""
    found = []
    for place, point in enumerate(points):
        scored = [
            (alike(point, f"{passage.heading} {one}"), -order, passage, one)
            for order, passage in enumerate(passages)
            for line in passage.text.split("\n")
            for one in sentences(line)
            if len(one) >= 8
        ]
        scored.sort(key=lambda one: one[:2], reverse=True)
        for share, _, passage, quote in scored[:most]:
            if share >= _ENOUGH:
                found.append(Ground(place, passage.document, passage.place, quote))
    return found


def _answers(line: str) -> list[str]:
    """Return the sentences of an answer; '1번 ..., 2번 ...' is one for each number."""
    parts = re.split(r"[,.]?\s*(?=(?<![\d가-힣])[1-9]번[은:]?\s)", line)
    if len([one for one in parts if re.match(r"[1-9]번", one)]) < 2:
        return sentences(line)
    return [one.strip(" ,") for one in parts if one.strip(" ,")]


def _contact_only(line: str) -> bool:
    """Tell whether a line only names who is in charge."""
    if not find_phones(line):
        return False
    for officer in reversed(find_officers(line)):
        line = line[: officer.start] + line[officer.end :]
    for phone in reversed(find_phones(line)):
        line = line[: phone.start] + line[phone.end :]
    return len(re.sub(r"[\s☎(),.:]", "", line)) <= 10 and not re.search(r"[다요음함]\.?$", line)


def alike(one: str, other: str) -> float:
    """Return the share (0..1) of the shorter text's pairs of letters that the other has too."""
    first, second = _pairs(one), _pairs(other)
    if not first or not second:
        return 0.0
    return len(first & second) / min(len(first), len(second))


def _pairs(text: str) -> set[str]:
    return {word[at : at + 2] for word in _WORD.findall(text) for at in range(len(word) - 1)}


def _stopped(line: str) -> str:
    return line if re.search(r"[.!?]$", line) else f"{line}."
