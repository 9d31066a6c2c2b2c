"""An answer without any model: the sentences, rows and steps of the best passages, quoted.

Pure. Everything is a quotation with its number, so that it is checked like any other answer.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from gongmu.bots.answers.figures import FigureKind, figures, table_cells
from gongmu.bots.answers.source import Source
from gongmu.bots.answers.support import Words
from gongmu.bots.answers.units import list_marker

LONGEST = 8
"""Lines of an extracted answer, about."""
_LONGEST_QUOTE = 420
_LEAST_OF_BEST = 0.62
_LEAST_FOR_ROWS = 0.8
"""A table takes much room."""
_MOST_ITEMS = 8
_MOST_ROWS = 5
_TOOL_LINES = 8
_DRAFTING = "document_form"

_ASKS_WHEN = re.compile(r"언제|기한|기간|며칠|몇\s?일|날짜|얼마\s?동안|(?<!얼마)까지|시한|시간")
_ASKS_MONEY = re.compile(
    r"얼마|금액|비용|수수료|요금|과태료|지원금|장려금|몇\s?원|단가|예산|세액|한도"
)
_ASKS_WHO = re.compile(r"누구|어디|연락처|전화|문의처|담당|부서|창구")
_ASKS_LIST = re.compile(
    r"서류|준비물|구비|절차|방법|순서|어떻게|목록|종류|요건|조건|항목|단계|무엇|뭐"
)
_ASKS_COUNT = re.compile(r"몇|비율|얼마나|퍼센트|%")
_ASKS_UNIT = re.compile(r"몇\s?(명|살|세|대|곳|개|번|차례|점|장|층|면|회|건|퍼센트|배|조|호|급)")
_ASKS_WHOLE = re.compile(r"사례|예문|예시|보여|원문|전문|조문")
_LONGEST_WHOLE = 700
_ASKS_ALL = re.compile(r"전체|모두|각각|목록|비교|종류|구분|별로?\b|표")
_PHONE = re.compile(r"\d{2,4}-\d{3,4}-\d{4}|\d{3,4}-\d{4}")
_SENTENCE_END = re.compile(r"(?<=[가-힣)\]”\"])(?<!\s[가-하])[.!?](?=\s|$)\s*")
"""Not after a mark of an item: "1. → 가. → 1)"."""
_CIRCLED = re.compile(r"(?<!→ )(?=[①-⑳])")
_LEADS_LIST = re.compile(r"(?:[::]|다음 각 호[^.]{0,30}|다음과 같다|아래와 같다)[.)]?\s*$")
_IMPRINT = re.compile(
    r"^[가-힣 ·]{2,30},\s*(?:\[시행\s*)?(?:19|20)\d{2}\.\s?\d{1,2}\.\s?\d{1,2}"
    r"\.?\]?\s*(?:\(.*\))?\.?$"
)
"""Who wrote a paper and when, as it stands under its title."""
_ARTICLE_TITLE = re.compile(r"^제\d{1,4}조(?:의\d{1,3})?\s*\([^)]*\)$")
_BARE = re.compile(f"{_IMPRINT.pattern}|{_ARTICLE_TITLE.pattern}")
_EXAMPLE = re.compile(r"^\s*[-○※(\[<]?\s*(?:예|예시|보기)\s*[):>\]：]")
_PARTS = re.compile(r"[,?]\s*|(?:이고|하고|고|이며|며|그리고|및)\s+")
_ASKS = re.compile(
    r"얼마|언제|며칠|몇|누구|누가|어디|무엇|뭐|어떻게|대상|금액|기한|기간|서류|방법|문의"
)
_ONLY_MARKS = re.compile(r"^[\s#*\-|:=_.]*$")


@dataclass(frozen=True)
class Piece:
    """A sentence, list item or table row of a source; `lead`: the line its list stands under."""

    source: Source
    text: str
    order: int
    kind: str = "sentence"
    """sentence | item | row | heading"""
    lead: str = ""
    header: tuple[str, ...] = ()
    score: float = 0.0


def extract(
    question: str,
    passages: Sequence[Source],
    tools: Sequence[Source],
    words: Words,
    most: int = LONGEST,
) -> str:
    """Return an answer of quotations with [n] marks: tool results first, then the best places.

    "" when nothing in the passages touches the question and no tool ran. `passages` are in the
    order in which the search ranked them.
    """
    lines: list[str] = []
    for tool in tools:
        lines += _of_tool(tool)
    room = min(most, max(3, LONGEST - len(lines)))
    lines += _of_passages(question, passages, words, room)
    return "\n".join(lines)


def _of_tool(tool: Source) -> list[str]:
    given = [line.rstrip() for line in tool.text.split("\n") if line.strip()]
    if not given:
        return []
    mark = f" [{tool.number}]"
    lines = [f"{tool.document} 결과는 다음과 같습니다.{mark}"]
    table = False
    for line in _of_draft(given) if tool.tool == _DRAFTING else given[:_TOOL_LINES]:
        cells = table_cells(line)
        if cells and (line.lstrip().startswith("|") or table):
            lines.append(_row_of(cells) if not _ONLY_MARKS.match(line) else line)
        else:
            parts = _sentences(line.lstrip("-• "))
            lines.append("- " + " ".join(f"{part}{mark}" for part in parts))
        table = bool(cells) and line.lstrip().startswith("|")
    return lines


def _of_draft(given: Sequence[str]) -> Sequence[str]:
    """Return what is said of a draft: which it is, what is open in it, where it lies."""
    asks = [at for at, line in enumerate(given) if line.startswith("확인할 것")]
    opened = given[asks[0] + 1 : -1][:_MOST_ROWS] if asks else []
    return [given[0], *opened, given[-1]] if len(given) > 1 else given


def _row_of(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _of_passages(question: str, passages: Sequence[Source], words: Words, room: int) -> list[str]:
    pieces = [piece for one in passages for piece in pieces_of(one)]
    ranked = rank(question, pieces, passages, words)
    if not ranked:
        return []
    best = ranked[0].score
    page = _Page(question, pieces, room)
    for piece in ranked:
        if len(page.lines) >= room or piece.score < best * _LEAST_OF_BEST:
            break
        if piece.kind == "row" and piece.score < best * _LEAST_FOR_ROWS:
            continue
        page.take(piece)
    for part in parts_of(question):
        # A second question in the same sentence is answered too.
        if any(_fits(part, one) > 0 for one in page.taken):
            continue
        fitting = [one for one in ranked if _fits(part, one) > 0]
        near = [one for one in fitting if one.source.number == ranked[0].source.number]
        for piece in (near or [one for one in fitting if one.score >= 0.4 * best])[:1]:
            page.take(piece, more=4)
    return page.lines


def parts_of(question: str) -> Sequence[str]:
    """Return the questions in a sentence that asks more than one thing, [] for a single one."""
    parts = [one for one in _PARTS.split(question) if _ASKS.search(one)]
    return parts if len(parts) > 1 else []


class _Page:
    """The lines of an answer as they are chosen; nothing is said twice."""

    def __init__(self, question: str, pieces: Sequence[Piece], room: int) -> None:
        self._question, self._pieces, self._room = question, pieces, room
        self._used: set[tuple[int, int]] = set()
        self._seen: set[str] = set()
        self.lines: list[str] = []
        self.taken: list[Piece] = []

    def take(self, piece: Piece, more: int = 0) -> None:
        """Add the lines of a piece where there is room."""
        if (piece.source.number, piece.order) in self._used or _plain(piece.text) in self._seen:
            return
        whole = not self.lines and bool(_ASKS_WHOLE.search(self._question))
        made, taken = _whole(piece, self._pieces) if whole else ([], [])
        if not made or len(made) > self._room + 3:
            made, taken = _shown(self._question, piece, self._pieces)
        if self.lines and len(self.lines) + len(made) > self._room + 3 + more:
            return
        self.lines += made
        self.taken += taken
        for one in taken:
            self._used.add((one.source.number, one.order))
            self._seen.add(_plain(one.text))


# ---------------------------------------------------------------- cutting


def pieces_of(source: Source) -> Sequence[Piece]:
    """Return the sentences, items and rows of a source in order."""
    made: list[Piece] = []
    lead = ""
    header: tuple[str, ...] = ()

    def add(text: str, kind: str) -> None:
        made.append(Piece(source, text, len(made), kind, lead, header))

    lines = source.text.split("\n")
    for at, line in enumerate(lines):
        if not line.strip() or _ONLY_MARKS.match(line):
            continue
        cells = table_cells(line)
        if cells:
            if not header:
                header = tuple(cells)
            else:
                add(line.strip(), "row")
            continue
        header = ()
        if _plain(line) in (_plain(source.heading), _plain(source.document)):
            add(line.strip(), "heading")
            continue
        if _BARE.match(line.strip()) or _leads_text(line, lines[:at], lines[at + 1 :]):
            add(line.strip(), "heading")
            continue
        if list_marker(line) and not re.match(r"\s*[①-⑳]", line):
            add(line.strip(), "item")
            continue
        for part in _CIRCLED.split(line):
            for sentence in _sentences(part):
                heading = len(sentence) < 30 and not re.search(r"[다요음함임]\.?$", sentence)
                numbered = re.sub(r"^(?:[가-힣]{1,3}\s)?\d{1,2}\.\s", "", sentence)
                add(sentence, "heading" if heading and not _has_figure(numbered) else "sentence")
        if _LEADS_LIST.search(line) or (made and made[-1].kind == "heading"):
            lead = line.strip()
    return made


def _leads_text(line: str, before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether a numbered line is the heading of the text below it: "1. 보고서의 뼈대"."""
    mark = list_marker(line)
    bare = line[len(mark) :].strip()
    if not re.match(r"\s*(?:제?\d{1,2}[.)장절]|□|■|#)", line) or len(bare) >= 30:
        return False
    if re.search(r"[다요음함임]\.?$", bare) or _has_figure(bare):
        return False
    above = next((one for one in reversed(before) if one.strip()), "")
    if list_marker(above):
        # The last item of a list is no heading: "3. 신분증".
        return False
    below = next((one for one in after if one.strip()), "")
    return (
        bool(below)
        and not list_marker(below)[:1].isdigit()
        and (bool(re.search(r"다[.]?(?:\s|$)", below)) or bool(table_cells(below)))
    )


def _has_figure(text: str) -> bool:
    return bool(re.search(r"\d", text))


def _sentences(text: str) -> list[str]:
    found, last = [], 0
    for end in _SENTENCE_END.finditer(text):
        # "... 30만원을 지급한다. 다만, ..." : the exception or example belongs to its rule.
        if re.match(r"다만|이 경우|단,|예:|예를 들", text[end.end() :]):
            continue
        found.append(text[last : end.end()].strip())
        last = end.end()
    found.append(text[last:].strip())
    return [one for one in found if one]


# ---------------------------------------------------------------- ranking


def rank(
    question: str, pieces: Sequence[Piece], passages: Sequence[Source], words: Words
) -> Sequence[Piece]:
    """Return the pieces that answer, best first: rare shared words, kind of figure asked for."""
    asked = frozenset(words(question))
    cut = [frozenset(words(f"{one.lead} {' '.join(one.header)} {one.text}")) for one in pieces]
    held = Counter(word for one in cut for word in one & asked)
    count = len(pieces) + 1
    weight = {word: math.log(1 + count / (1 + held[word])) for word in asked}
    heads = {
        one.number: frozenset(words(f"{one.document} {one.place} {one.heading}")) & asked
        for one in passages
    }
    places = {one.number: place for place, one in enumerate(passages)}
    scored = []
    money = bool(_ASKS_MONEY.search(question))
    for piece, have in zip(pieces, cut, strict=True):
        # A table speaks for what its heading names.
        shared = asked & have
        if piece.kind == "row" and money:
            shared = asked & (have | heads[piece.source.number])
        own = asked & frozenset(words(piece.text))
        if not shared or piece.kind == "heading":
            continue
        number = piece.source.number
        score = sum(weight[word] for word in shared) + 0.4 * sum(weight[word] for word in own)
        score += 0.5 * sum(weight[word] for word in heads[number] - shared)
        score *= 1.0 + _fits(question, piece)
        score *= 1.0 / (1.0 + 0.18 * places[number])
        score /= 1.0 + max(0, len(piece.text) - 160) / 900
        scored.append(replace(piece, score=score))
    return sorted(scored, key=lambda one: (-one.score, places[one.source.number], one.order))


def _fits(question: str, piece: Piece) -> float:
    text = piece.text
    found = figures(text, piece.header)
    units = {one.unit for one in found}
    bonus = 0.0
    timed = {FigureKind.DATE, FigureKind.TIME} & {one.kind for one in found}
    if _ASKS_WHEN.search(question) and (timed or units & {"일", "개월", "년", "시간", "주"}):
        bonus += 0.35
    if _ASKS_MONEY.search(question) and "원" in units:
        bonus += 0.35 if piece.kind != "row" else 0.6
    if _ASKS_WHO.search(question) and _PHONE.search(text):
        bonus += 1.5
    if _ASKS_LIST.search(question) and piece.kind in ("item", "row"):
        bonus += 0.2
    if _ASKS_COUNT.search(question) and found:
        bonus += 0.15
    if (asked := _ASKS_UNIT.search(question)) and _counts(text, asked[1]):
        bonus += 0.6
    return bonus


def _counts(text: str, unit: str) -> bool:
    units = "살|세" if unit in ("살", "세") else re.escape(unit)
    return bool(re.search(rf"\d\s?(?:{units})", text))


# ---------------------------------------------------------------- showing


def _shown(
    question: str, piece: Piece, pieces: Sequence[Piece]
) -> tuple[list[str], Sequence[Piece]]:
    """Return the lines for a piece with what belongs to it, and which pieces they use."""
    if piece.kind == "row":
        return _table(question, piece, pieces)
    if piece.kind == "item" or _LEADS_LIST.search(piece.text):
        listed = _list_around(piece, pieces)
        if len(listed) > 1:
            lines, taken = _checklist(piece, listed)
            leads = [
                one
                for one in pieces
                if one.source.number == piece.source.number
                and one.text in (piece.text, listed[0].lead)
            ]
            return lines, [*taken, *leads]
    lines = [f"{_where(piece.source)}: {_quoted(piece.text)} [{piece.source.number}]"]
    example = next(
        (
            one
            for one in pieces
            if one.source.number == piece.source.number
            and one.order == piece.order + 1
            and _EXAMPLE.match(one.text)
        ),
        None,
    )
    if example is None:
        return lines, [piece]
    return [*lines, f"- {_quoted(_unmarked(example.text))} [{piece.source.number}]"], [
        piece,
        example,
    ]


def _whole(piece: Piece, pieces: Sequence[Piece]) -> tuple[list[str], Sequence[Piece]]:
    """Return every sentence and item of a short passage: a case or an article is read whole."""
    title = (_plain(piece.source.heading), _plain(piece.source.document))
    own = [
        one
        for one in pieces
        if one.source.number == piece.source.number
        and (one.kind != "heading" or (one.order > 0 and _plain(one.text) not in title))
    ]
    if len(piece.source.text) > _LONGEST_WHOLE or any(one.kind == "row" for one in own):
        return [], []
    number = piece.source.number
    lines = [
        f"- {_quoted(_unmarked(one.text))} [{number}]"
        if one.kind == "item"
        else f"{_where(one.source)}: {_quoted(one.text)} [{number}]"
        for one in own
    ]
    return lines, own


def _table(
    question: str, piece: Piece, pieces: Sequence[Piece]
) -> tuple[list[str], Sequence[Piece]]:
    """Return the rows of the piece's table that hold most of the question's own words."""
    rows = [
        one
        for one in pieces
        if one.kind == "row"
        and one.source.number == piece.source.number
        and one.header == piece.header
    ]
    few = len(rows) <= _MOST_ROWS + 1 and _ASKS_LIST.search(question)
    if not few and not _ASKS_ALL.search(question):
        held = {one.order: _said_in(question, one.text) for one in rows}
        most = max(held.values())
        if most:
            rows = [one for one in rows if held[one.order] == most]
        elif len(rows) > _MOST_ROWS + 1:
            rows = [piece]
    rows = rows[: _MOST_ROWS + 1]
    width = len(piece.header)
    note = re.search(r"\(\s*단위\s*:?[^)]*\)", piece.source.text)
    head = f"{_where(piece.source)}{' ' + note[0] if note else ''}: [{piece.source.number}]"
    lines = [head, _row_of(piece.header), "|" + "---|" * width]
    return [*lines, *(_row_of(table_cells(one.text)) for one in rows)], [piece, *rows]


def _said_in(question: str, row: str) -> int:
    """Return how many words of the question a row says, endings aside."""
    plain = re.sub(r"\s", "", row)
    stems = {word[:size] for word in re.findall(r"[가-힣A-Za-z0-9]{2,}", question)
             for size in range(len(word), 1, -1) if word[:size] in plain}  # fmt: skip
    return sum(not any(one != other and other.startswith(one) for other in stems) for one in stems)


def _list_around(piece: Piece, pieces: Sequence[Piece]) -> Sequence[Piece]:
    """Return the items of the list that `piece` is part of or leads in."""
    own = [one for one in pieces if one.source.number == piece.source.number]
    place = next(at for at, one in enumerate(own) if one.order == piece.order)
    start = place if piece.kind == "item" else place + 1
    while start > 0 and piece.kind == "item" and own[start - 1].kind == "item":
        start -= 1
    end = start
    while end < len(own) and own[end].kind == "item":
        end += 1
    return own[start:end]


def _checklist(piece: Piece, listed: Sequence[Piece]) -> tuple[list[str], Sequence[Piece]]:
    chosen = list(listed)
    if len(chosen) > _MOST_ITEMS:
        at = next((n for n, one in enumerate(chosen) if one.order == piece.order), 0)
        start = min(max(0, at - 2), len(chosen) - _MOST_ITEMS)
        chosen = chosen[start : start + _MOST_ITEMS]
    number = piece.source.number
    lead = piece.text if piece.kind != "item" else chosen[0].lead
    title = f"{_where(piece.source)}"
    lead_text = f": {_quoted(lead)}" if lead and _plain(lead) not in _plain(title) else ""
    lines = [f"{title}{lead_text} [{number}]"]
    lines += [f"- {_quoted(_unmarked(one.text))} [{number}]" for one in chosen]
    if len(chosen) < len(listed):
        lines.append("나머지 항목은 원문에서 확인하세요.")
    return lines, chosen


def _where(source: Source) -> str:
    place = source.place if source.place and source.place not in source.document else ""
    return f"『{source.document}』 {place}".strip()


def _quoted(text: str) -> str:
    text = re.sub(r"^#+\s*", "", text.strip())
    # Quotation marks inside would end the quotation.
    text = text.replace("“", "‘").replace("”", "’").replace('"', "'").strip(" *")
    if len(text) > _LONGEST_QUOTE:
        text = text[: text.rfind(" ", 0, _LONGEST_QUOTE)].rstrip() + " …"
    return f"“{text}”"


def _unmarked(text: str) -> str:
    return text[len(list_marker(text)) :]


def _plain(text: str) -> str:
    return re.sub(r"\W", "", text)


def best_quote(text: str, wanted: Collection[str], words: Words, longest: int = 160) -> str:
    """Return the sentence of `text` that holds most of `wanted`, for showing beside a citation."""
    best, most = "", -1.0
    for line in text.split("\n"):
        for sentence in [line] if table_cells(line) else _sentences(line):
            if _ONLY_MARKS.match(sentence):
                continue
            held = len(set(words(sentence)) & set(wanted)) / (1 + len(sentence) / 400)
            if held > most:
                best, most = sentence, held
    if len(best) <= longest:
        return best
    cut = best.rfind(" ", 0, longest)
    return best[: cut if cut > 0 else longest].rstrip()
