"""A complaint taken apart: the points it asks about, and which notes and sources speak to each.

Quiet: no clock, database, file or model is reached from here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gongmu.bots.drafts.outline import items
from gongmu.bots.drafts.request import without_request
from gongmu.bots.passages import Passage

_PARTS = (
    (
        "complaint",
        r"민원\s?(?:요지|내용|사항|원문|글)?|신청\s?(?:내용|취지)|질의\s?(?:내용|사항)?|"
        r"건의\s?내용",
    ),
    (
        "answer",
        r"(?:답변|회신|검토|조치|처리)\s?(?:내용|결과|의견|사항|계획|메모)?|"
        r"검토\s?및\s?조치(?:\s?결과)?",
    ),
    ("appeal", r"불복\s?(?:절차|방법|안내)?|이의\s?(?:신청|절차)(?:\s?안내)?|행정심판(?:\s?안내)?"),
    ("when", r"접수일(?:자)?|접수\s?일시|신청일"),
    ("number", r"접수번호|신청번호|민원번호"),
    ("who", r"민원인|신청인|받는\s?(?:이|분)|수신"),
)
_HEADING = re.compile(
    "|".join(rf"(?P<{name}>^(?:{words})\s*(?:[:：]|$))" for name, words in _PARTS)
)
_LABELS = re.compile(
    r"(?:^|(?<=[.,?!])\s+)(?P<label>" + "|".join(words for _, words in _PARTS) + r")\s*[:：]\s*"
)
_ASKING = re.compile(
    r"[?？]|(?:해|하여|고쳐|바꿔|늘려|알려|설치해|살펴|봐|확인해|"
    r"조치해)\s?(?:주세요|주십시오|주시기|달라|주실|주기)|바랍니다|"
    r"부탁|요청|원합니다|원해요|알고\s?싶|궁금|건의|필요합니다|필요해요|왜\s|언제|"
    r"인가요|나요|는지요?"
)
_GREETING = re.compile(
    r"^(?:안녕|수고|감사|고생|존경|저는\s.{0,20}(?:사는|거주)|다름(?:이)?\s?아니라|"
    r"빠른\s?답변|잘\s?부탁)"
)
_WORD = re.compile(r"[가-힣]{2,}|[A-Za-z0-9]{2,}")
_ENOUGH = 0.16
_SHORT = 18
"""Letters below which a question says little without the sentence before it."""


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
            if part in ("when", "number", "who"):
                part = "complaint"
            continue
        parts[part].append(item.text)
    return Complaint(
        points_of("\n".join(parts["complaint"])),
        tuple(one for line in parts["answer"] for one in sentences(line)),
        tuple(parts["appeal"]),
        " ".join(parts["when"]),
        " ".join(parts["number"]),
        " ".join(parts["who"]),
    )


def points_of(text: str) -> tuple[str, ...]:
    """Return what the complaint asks or asks for; when it asks nothing, what it tells.

    A question keeps the sentence before it only where it would be empty without.
    """
    told = [one for line in text.split("\n") for one in sentences(line)]
    told = [one for one in told if len(one) > 4 and not _GREETING.match(one)]
    asked = []
    for place, one in enumerate(told):
        if not _ASKING.search(one):
            continue
        before = told[place - 1] if place else ""
        needs_more = len(one) < _SHORT and before and not _ASKING.search(before)
        asked.append(f"{before}. {one}" if needs_more else one)
    return tuple(dict.fromkeys(asked or told))


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
        if shares[best] < _ENOUGH:
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
