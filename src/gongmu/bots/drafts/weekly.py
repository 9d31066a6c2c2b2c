"""Weekly reports of departments, in whatever form they come, merged into one.

Every line keeps the name of the file it came from. Lines said twice and departments that left a
side empty are pointed out; nothing is dropped.

Quiet: no clock, database, file or model is reached from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from gongmu.bots.drafts.complaint import alike
from gongmu.bots.drafts.form import Value
from gongmu.bots.drafts.moments import find_moments
from gongmu.bots.drafts.outline import items, split_mark
from gongmu.bots.knowledge.blocks import Block, Heading, ReadDocument, Table, Text

_OFFICE = (
    r"[가-힣·]{1,14}(?:담당관실|담당관|보건소|사업소|행정복지센터|주민센터|도서관|"
    r"센터|과|팀|실|국|소|동|읍|면)"
)
_WHOSE = re.compile(
    rf"(?:부서(?:명)?|작성\s?부서|보고\s?부서|소관)\s*[:：]?\s*(?P<named>{_OFFICE})(?![가-힣])|"
    rf"[(\[【<]\s*(?P<bracketed>{_OFFICE})\s*[)\]】>]|(?:^|[\s_-])(?P<bare>{_OFFICE})(?=$|[\s_.(-])"
)
_TURN = re.compile(rf"(?:^|(?<=[.음임함됨정침움]\s)|(?<=\.\s))(?P<who>{_OFFICE})\s*[:：]\s*")
_SIDES_INLINE = re.compile(
    r"(?:^|(?<=[,;/.]\s)|(?<=[,;/])|(?<=\s))(?P<side>지난\s?주|전주|금주|이번\s?주|차주|다음\s?주)"
    r"(?:\s?(?:실적|계획|추진\s?실적|추진\s?계획|에는|에|는|엔))?\s*[:：]?\s+"
)


class Side(StrEnum):
    """Which part of a weekly report a line belongs to."""

    DONE = "done"
    PLAN = "plan"
    ASK = "ask"
    """협조·건의."""


@dataclass
class DepartmentWeek:
    """One department's week as one file gives it; `source` is shown beside it."""

    department: str
    source: str
    lines: dict[Side, list[str]] = field(default_factory=lambda: {side: [] for side in Side})

    def add(self, side: Side, text: str) -> None:
        """Take a line in, once."""
        clean = re.sub(r"\s+", " ", split_mark(text)[1]).strip(" ,")
        if clean and not _NOTHING.fullmatch(clean) and clean not in self.lines[side]:
            self.lines[side].append(clean)


_NOTHING = re.compile(
    r"(?:-|해당\s?(?:사항)?\s?없음|특이\s?사항\s?없음|없음|이하\s?빈칸|[.·]+|끝\.?)"
)


@dataclass(frozen=True)
class Merged:
    """Weekly reports as one: values of the form, and what a person has to look at."""

    values: dict[str, Value]
    asks: tuple[str, ...]
    sources: tuple[str, ...]


def weeks_of_document(document: ReadDocument, name: str) -> list[DepartmentWeek]:
    """Return the departments' weeks in one file; tables with a column of offices hold several."""
    own = office_in(document.title) or office_in(re.sub(r"\.\w+$", "", name))
    return _weeks_of_blocks(document.blocks, own, name)


def _weeks_of_blocks(blocks: Sequence[Block], own: str, name: str) -> list[DepartmentWeek]:
    found: dict[str, DepartmentWeek] = {}
    side: Side | None = None
    where = own
    for block in _with_drawn_tables(blocks):
        match block:
            case Table():
                side = _take_table(found, block, where, side, name)
            case Heading() | Text():
                for line in block.text.split("\n"):
                    bare = split_mark(line)[1]
                    head, rest = _headed(bare)
                    if head is not None:
                        side = head
                        if rest:
                            _of(found, where, name).add(side, rest)
                    elif _is_office(bare):
                        where = office_in(bare)
                    elif side is not None and not isinstance(block, Heading):
                        _of(found, where, name).add(side, bare)
                    elif side is None and where == "" and office_in(bare):
                        where = office_in(bare)
            case _:
                continue
    if not found:
        _of(found, where, name)
    return list(found.values())


def weeks_of_text(text: str, source: str = "붙여 넣은 글") -> list[DepartmentWeek]:
    """Return the departments' weeks in pasted text, also several in one line."""
    drawn = [one for one in _with_drawn_tables([Text(text)]) if isinstance(one, Table)]
    if any(_side_columns(one.rows)[1] for one in drawn):
        return _weeks_of_blocks([Text(text)], "", source)
    found: dict[str, DepartmentWeek] = {}
    where = ""
    side: Side | None = None
    for item in items(_broken(text)):
        line = item.text
        turn = _TURN.match(line)
        if turn:
            where, side, line = turn["who"], None, line[turn.end() :].strip()
            _of(found, where, source)
        if not line:
            continue
        if _is_office(line):
            where, side = office_in(line), None
            _of(found, where, source)
            continue
        head, rest = _headed(line)
        if head is not None:
            side = head
            if rest:
                _of(found, where, source).add(side, rest)
            continue
        parts = _inline_sides(line)
        if not parts and side is not None:
            _of(found, where, source).add(side, line)
        for part_side, part in parts:
            side = part_side
            for piece in _pieces(part):
                _of(found, where, source).add(part_side, piece)
    return list(found.values())


def merged(
    weeks: Sequence[DepartmentWeek], today: date, order: Sequence[str] = (), period: str = ""
) -> Merged:
    """Return one report: departments in `order`, the others after them by name.

    Two files of one department are put together. Departments of `order` that sent nothing are
    listed as missing.
    """
    together: dict[str, DepartmentWeek] = {}
    sources: dict[str, list[str]] = {}
    for week in weeks:
        one = together.setdefault(week.department, DepartmentWeek(week.department, week.source))
        sources.setdefault(week.department, []).append(week.source)
        for side, lines in week.lines.items():
            for line in lines:
                one.add(side, line)
    names = sorted(
        together, key=lambda name: (order.index(name) if name in order else len(order), name)
    )
    rows, requests = [], []
    for name in names:
        one = together[name]
        if not name and not any(one.lines.values()):
            continue
        listed = list(dict.fromkeys(sources[name]))
        rows.append(
            [
                name or "(부서 없음)",
                _marked(one.lines[Side.DONE]),
                _marked(one.lines[Side.PLAN]),
                ", ".join(listed),
            ]
        )
        requests += [[name, line] for line in one.lines[Side.ASK]]
    asks = [*_empties(together, names), *_missing(together, order), *_doubles(together, names)]
    values: dict[str, Value] = {
        "title": "주간업무 보고",
        "period": period,
        "weeks": rows,
        "requests": requests,
        "checks": asks,
    }
    shown = tuple(f"{name}: {', '.join(dict.fromkeys(sources[name]))}" for name in names)
    return Merged(values, tuple(asks), shown)


def side_of(text: str) -> Side | None:
    """Return which side a heading opens, None when it is no such heading."""
    bare = re.sub(r"[\s·ㆍ/&,:：()\[\]<>【】〈〉]+", "", text)
    bare = re.sub(r"^(?:\d{1,2}\.|[ⅠⅡⅢⅣ]\.?)", "", bare)
    bare = re.sub(r"\d{1,2}\.?\d{0,2}\.?~\d{1,2}\.?\d{0,2}\.?", "", bare)
    if len(bare) > 18:
        return None
    if re.search(r"협조|건의|요청사항|당부|특이사항|현안", bare):
        return Side.ASK
    if re.fullmatch(
        r".{0,6}(?:실적|한일|한업무|추진결과|처리결과|완료사항|완료업무)(?:및결과)?", bare
    ):
        return Side.DONE
    if re.fullmatch(r".{0,6}(?:계획|할일|할업무|예정사항|예정업무|추진예정|일정)", bare):
        return Side.PLAN
    if bare in ("지난주", "전주", "금주업무") or bare in ("금주", "이번주"):
        return Side.DONE
    if bare in ("차주", "다음주", "내주"):
        return Side.PLAN
    return None


def _headed(line: str) -> tuple[Side | None, str]:
    """Return the side that a line opens and what it says of it: '협조사항: 소등 참여'."""
    label, colon, rest = re.sub("：", ":", line).partition(":")
    if colon and rest.strip() and (side := side_of(label)) is not None:
        return side, rest.strip()
    return side_of(line), ""


def office_in(text: str) -> str:
    """Return the department that a title, heading or file name speaks of; "" for none."""
    for match in _WHOSE.finditer(text):
        name = match["named"] or match["bracketed"] or match["bare"]
        if name not in _NO_OFFICES and len(name) >= 2:
            return name
    return ""


_NO_OFFICES = frozenset(
    {"효과", "결과", "성과", "통과", "초과", "경과", "각과", "전부서", "과", "팀", "소"}
)


def _is_office(text: str) -> bool:
    bare = text.strip(" :：[]()【】<>○□■")
    return bool(re.fullmatch(_OFFICE, bare)) and bare not in _NO_OFFICES


def _of(found: dict[str, DepartmentWeek], where: str, source: str) -> DepartmentWeek:
    return found.setdefault(where, DepartmentWeek(where, source))


def _take_table(
    found: dict[str, DepartmentWeek], table: Table, where: str, side: Side | None, source: str
) -> Side | None:
    """Take in a table: with columns for both sides, or one under a side's heading."""
    rows = [row for row in table.rows if any(cell.strip() for cell in row)]
    if not rows:
        return side
    at, columns = _side_columns(rows)
    if columns:
        office_at = _office_column(rows[at])
        header = re.sub(r"\s", "", rows[at][office_at]) if office_at is not None else ""
        for row in rows[at + 1 :]:
            name, group = where, ""
            if office_at is not None:
                said = row[office_at].strip()
                name = office_in(said) or (said if header != "구분" or not where else where)
                group = said if name == where and said and not office_in(said) else ""
            for column, column_side in columns.items():
                for line in _cell_lines(row[column]):
                    one = f"{group}: {line}" if group and not _NOTHING.fullmatch(line) else line
                    _of(found, name, source).add(column_side, one)
        return side
    if len(rows) == 1 or len(rows[0]) == 1:
        head = side_of(rows[0][0])
        return head if head is not None else side
    if side is not None:
        for row in rows[1:]:
            _of(found, where, source).add(side, _joined(rows[0], row))
    return side


def _cell_lines(cell: str) -> list[str]:
    """Return the lines of a cell; marks in the middle of one begin lines too."""
    lines = cell.split("\n")
    if len(lines) == 1 and (mark := re.match(r"\s*([-○ㅇ•·□*])\s", cell)):
        lines = re.split(rf"(?:^|\s){re.escape(mark[1])}\s+", cell)
    return [split_mark(line)[1] for line in lines if line.strip()]


def _with_drawn_tables(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks with tables that plain text draws with | made tables."""
    found: list[Block] = []
    rows: list[tuple[str, ...]] = []
    for line in _single_lines(blocks):
        cells = _drawn_row(line.text) if isinstance(line, Text) else ()
        if cells and (not rows or len(rows[0]) == len(cells)):
            rows.append(cells)
            continue
        if rows:
            found.append(Table(tuple(rows), 1))
            rows = [cells] if cells else []
        if not cells:
            found.append(line)
    return [*found, Table(tuple(rows), 1)] if rows else found


def _single_lines(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Text):
            yield from (Text(line) for line in block.text.split("\n"))
        else:
            yield block


def _drawn_row(line: str) -> tuple[str, ...]:
    """Return the cells of a line drawn with | or tabs; () for any other line and for rules."""
    parts = [one.strip() for one in re.split(r"[|│\t]", line.strip().strip("|│"))]
    if len(parts) < 3 or not any(parts) or re.fullmatch(r"[\s|│:+─=-]+", line):
        return ()
    return tuple(parts)


def _side_columns(rows: Sequence[Sequence[str]]) -> tuple[int, dict[int, Side]]:
    """Return the header row's place and the columns of each side; {} when there is none."""
    for at, row in enumerate(rows[:3]):
        sides = {column: side_of(cell) for column, cell in enumerate(row)}
        known = {column: side for column, side in sides.items() if side is not None}
        if len(set(known.values()) - {Side.ASK}) == 2:
            return at, known
        bare = {column: re.sub(r"\s", "", cell) for column, cell in enumerate(row)}
        before = [column for column, cell in bare.items() if cell in ("지난주", "전주")]
        present = [column for column, cell in bare.items() if cell in ("금주", "이번주")]
        if before and present:
            asked = {column: side for column, side in known.items() if side is Side.ASK}
            return at, {before[0]: Side.DONE, present[0]: Side.PLAN, **asked}
    return 0, {}


def _office_column(header: Sequence[str]) -> int | None:
    for column, cell in enumerate(header):
        if re.sub(r"\s", "", cell) in (
            "부서",
            "부서명",
            "과",
            "과명",
            "소관",
            "구분",
            "담당부서",
            "실과",
        ):
            return column
    return None


def _joined(header: Sequence[str], row: Sequence[str]) -> str:
    """Return a row as one line: 업무: 내용(일정, 담당)."""
    cells = [re.sub(r"\s+", " ", cell).strip() for cell in row]
    small = {
        column
        for column, name in enumerate(header)
        if re.search(r"일정|일시|기한|날짜|담당|비고|장소|시간", name)
    }
    numbers = {
        column for column, name in enumerate(header) if re.fullmatch(r"연번|순번|번호|No\.?", name)
    }
    main = [cell for column, cell in enumerate(cells) if cell and column not in small | numbers]
    side = [cell for column, cell in enumerate(cells) if cell and column in small]
    line = ": ".join(main[:2]) + "".join(f", {one}" for one in main[2:])
    return f"{line}({', '.join(side)})" if side and line else line or ", ".join(side)


def _broken(text: str) -> str:
    """Put each department of a line on a line of its own."""
    lines = []
    for line in text.split("\n"):
        cuts = [0, *(match.start("who") for match in _TURN.finditer(line) if match.start("who"))]
        ends = [*cuts[1:], len(line)]
        lines += [line[cut:end].rstrip() for cut, end in zip(cuts, ends, strict=True)]
    return "\n".join(lines)


def _inline_sides(line: str) -> list[tuple[Side, str]]:
    """Return the sides named inside a line; beside 차주, 이번 주 is what was done."""
    marks = list(_SIDES_INLINE.finditer(line))
    if not marks:
        return []
    words = [re.sub(r"\s", "", match["side"]) for match in marks]
    later = any(word in ("차주", "다음주") for word in words)
    parts = []
    for place, match in enumerate(marks):
        end = marks[place + 1].start() if place + 1 < len(marks) else len(line)
        done = words[place] in ("지난주", "전주") or (later and words[place] in ("금주", "이번주"))
        if "계획" in match[0]:
            done = False
        if "실적" in match[0]:
            done = True
        parts.append((Side.DONE if done else Side.PLAN, line[match.end() : end].strip(" ,;/.")))
    return parts


def _pieces(text: str) -> Iterable[str]:
    return [one for one in re.split(r"\s*[,;/]\s+", text) if one.strip(" .")]


def _marked(lines: Sequence[str]) -> str:
    return "\n".join(f"○ {line}" for line in lines)


def _empties(together: dict[str, DepartmentWeek], names: Sequence[str]) -> list[str]:
    asks = []
    for name in names:
        lines = together[name].lines
        empty = [title for side, title in _TITLES.items() if not lines[side]]
        if empty:
            shown = name or f"{together[name].source}(부서를 알 수 없음)"
            asks.append(f"비어 있음: {shown}의 {'과 '.join(empty)}")
    return asks


_TITLES = {Side.DONE: "추진 실적", Side.PLAN: "추진 계획"}


def _missing(together: dict[str, DepartmentWeek], order: Sequence[str]) -> list[str]:
    return [f"내지 않음: {name}" for name in order if name not in together]


def _doubles(together: dict[str, DepartmentWeek], names: Sequence[str]) -> list[str]:
    """Return lines that two departments, or both sides of one, say in almost the same words."""
    all_lines = [
        (name, side, line)
        for name in names
        for side in (Side.DONE, Side.PLAN)
        for line in together[name].lines[side]
    ]
    asks = []
    for at, (name, side, line) in enumerate(all_lines):
        for other_name, other_side, other in all_lines[at + 1 :]:
            if name == other_name and side == other_side:
                continue
            if len(line) >= 6 and _same(line, other):
                asks.append(f"겹침: {name} '{line}' / {other_name} '{other}'")
    return asks


def _same(line: str, other: str) -> bool:
    first, second = (re.sub(r"[\s\d.,:~()]+", "", one) for one in (line, other))
    if first == second:
        return True
    short, long = sorted((len(first), len(second)))
    return short >= 6 and short / long > 0.75 and alike(line, other) >= 0.85


def period_of(texts: Sequence[str], today: date) -> str:
    """Return the range of days that the first text naming one gives; "" for none."""
    for text in texts:
        for moment in find_moments(text, today):
            if moment.until_on is not None:
                return moment.text
    return ""
