"""Every figure that a text states: amounts with units, shares, dates, times, numbers to dial.

Two spellings of one figure are equal (3천만원 = 30,000,000원, 100분의 50 = 50%, 2025. 3. 1. =
2025년 3월 1일); the same digits with another unit or bound (30일 이내, 30일 초과) are not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from gongmu.bots.answers.numerals import (
    digits_in,
    numeral_at,
    plain,
    read_number,
    written_numerals,
)
from gongmu.bots.answers.quantity_units import (
    BARE,
    UNKNOWN,
    header_unit,
    native_counts,
    unit_after,
)


class Bound(StrEnum):
    """What a word beside a figure makes of it."""

    NONE = ""
    WITHIN = "이내"
    AT_LEAST = "이상"
    OVER = "초과"
    UNDER = "미만"
    BEFORE = "전"
    AFTER = "후"
    FROM = "부터"
    UNTIL = "까지"


class FigureKind(StrEnum):
    """What a figure is."""

    AMOUNT = "amount"
    DATE = "date"
    TIME = "time"
    NUMBER = "number"
    """Digits that name something: telephone, account or law numbers."""


@dataclass(frozen=True)
class Day:
    """A date as far as it is written."""

    year: int | None
    month: int | None
    day: int | None


@dataclass(frozen=True)
class Figure:
    """One figure; `text` is how it is written, `start`/`end` where (in `plain(text)`)."""

    kind: FigureKind
    text: str
    start: int
    end: int
    value: Fraction = Fraction(0)
    unit: str = ""
    bound: Bound = Bound.NONE
    date: Day | None = None
    digits: str = ""


_BOUND = re.compile(
    r"\s*(?:간|의\s?기간|을|를|이)?\s*"
    r"(이내|이하|이상|초과|미만|이전|이후|까지|부터|넘|지나|지난|경과|안에"
    r"|내(?=[에의,.\s)]|$)|전(?=[에까의,.\s)]|$|부터)|후(?=[에의,.\s)]|$|부터))"
)
_BOUNDS = {
    "이내": Bound.WITHIN,
    "이하": Bound.WITHIN,
    "내": Bound.WITHIN,
    "안에": Bound.WITHIN,
    "이상": Bound.AT_LEAST,
    "초과": Bound.OVER,
    "넘": Bound.OVER,
    "미만": Bound.UNDER,
    "이전": Bound.BEFORE,
    "전": Bound.BEFORE,
    "이후": Bound.AFTER,
    "후": Bound.AFTER,
    "지나": Bound.AFTER,
    "지난": Bound.AFTER,
    "경과": Bound.AFTER,
    "부터": Bound.FROM,
    "까지": Bound.UNTIL,
}
_BEFORE = re.compile(r"(최대|최고|한도|상한|최소|최저|적어도|하한)(?:액|은|는|:|\s)*$")
_LAW = re.compile(
    r"(?:제\s?\d+\s?조|(?<![\d,.])\d+조(?!\s?[\d십백천만원]))(?:\s?의\s?\d+)?(?:\s?제\s?\d+\s?항)?(?:\s?제\s?\d+\s?호(?:의\s?\d+)?)?"
    r"(?:\s?[가-하]\s?목)?|제\s?\d+\s?[항호목](?:의\s?\d+)?"
)
_LAW_NUMBER = re.compile(
    r"(?<=[가-힣)])\s?제\s?(?:\d+-)?\d{3,6}\s?호|(?:법률|령|규칙|조례|훈령|예규|고시|공고)\s?제\s?\d+\s?호"
)
_RANGE = re.compile(r"\s*(?:~|-|에서|부터|내지)\s*(?=\d)")
_NAMING = re.compile(r"(?<![\d.])(?:0\d{1,3}\)?[-\s.)]\s?\d{3,4}[-\s.]\s?\d{4}|1[0-9]{3}-\d{4}"
                     r"|\d{2,6}(?:-\d{1,8}){2,3}|\d{4}-\d{1,6}(?=\s?호))(?!\d)")  # fmt: skip
_TIME = re.compile(
    r"(?:(오전|오후|낮|밤|새벽|저녁|아침)\s*)?(?<![\d:])(\d{1,2})"
    r"(?::(\d{2})(?![\d:])|시(?!간|[가-힣]*[군도립])(?:\s?(\d{1,2})분|\s?(반))?)"
)
_DATES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<![\d.])(\d{4})\s?년\s?(\d{1,2})\s?월\s?(\d{1,2})\s?일"), "ymd"),
    (re.compile(r"(?<![\d.])(\d{4})\s?([.\-/])\s?(\d{1,2})\s?\2\s?(\d{1,2})(?!\d)\.?"), "y_md"),
    (re.compile(r"(?<![\d.])[‘'’](\d{2})\s?\.\s?(\d{1,2})\s?\.\s?(\d{1,2})(?!\d)\.?"), "ymd"),
    (re.compile(r"(?<![\d.])(\d{2})\.\s?(\d{1,2})\.\s?(\d{1,2})\.(?!\d)"), "ymd"),
    (re.compile(r"(?<![\d.,-])((?:19|20)\d{2})(\d{2})(\d{2})(?![\d,-])"), "ymd"),
    (re.compile(r"(?<![\d.])(\d{4})\s?년\s?(\d{1,2})\s?월(?!\s?\d)"), "ym"),
    (
        re.compile(r"(?<![\d.])((?:19|20)\d{2})(?:-(\d{2})(?![\d-])|\.\s?(\d{1,2})\.(?!\s?\d))"),
        "ym",
    ),
    (re.compile(r"(?<![\d.])(\d{1,2})\s?월\s?(\d{1,2})\s?일"), "md"),
    (re.compile(r"(?<![\d.,])(\d{1,2})\.\s?(\d{1,2})\.(?!\d)"), "md"),
    (re.compile(r"(?<![\d.])((?:19|20)\d{2})\s?(?:년도|년(?!간)|학년도|회계연도)"), "y"),
    (re.compile(r"(?<![\d.,])(\d{1,2})월"), "m"),
)


def figures(text: str, header: Sequence[str] = (), around: str = "") -> Sequence[Figure]:
    """Return the figures of `text` in order; `header`: the cells above, where it is a table row.

    `around`: the text it is cut from, for its "(단위: 천원)".

    Articles (제12조제1항), list marks and circled numbers are no figures. Cells without a unit
    take the one of their column's heading, "(단위: 천원)" counts for the table below it.
    """
    found: list[Figure] = []
    text = plain(text)
    left = _take(text, _LAW_NUMBER, found, _naming)
    left = _take(left, _LAW, found, lambda _match: None)
    left = _list_marks_blank(left)
    for pattern, parts in _DATES[:2]:
        left = _take(left, pattern, found, lambda match, parts=parts: _date(text, match, parts))  # type: ignore[misc]
    left = _take(left, _NAMING, found, _naming)
    for pattern, parts in _DATES[2:]:
        left = _take(left, pattern, found, lambda match, parts=parts: _date(text, match, parts))  # type: ignore[misc]
    left = _take(left, _TIME, found, lambda match: _time(text, match))
    left = _take_amounts(left, found)
    found.sort(key=lambda one: one.start)
    return _with_columns(_with_years(text, found), text, tuple(header), plain(around) or text)


def borne_out(claim: Figure, sources: Sequence[Figure]) -> bool:
    """Return whether one of `sources` states the same figure with a bound that says the same."""
    return any(same(claim, one) and _bounds_agree(claim, one) for one in sources)


def same(claim: Figure, other: Figure) -> bool:
    """Return whether two figures have one value in one unit, bounds aside."""
    if claim.kind is FigureKind.DATE or other.kind is FigureKind.DATE:
        return _same_day(claim, other)
    if claim.kind is not other.kind:
        return False
    if claim.kind is FigureKind.NUMBER:
        return claim.digits == other.digits
    if claim.kind is FigureKind.TIME:
        return claim.value == other.value
    if claim.value != other.value:
        return False
    if claim.unit == BARE or claim.unit == other.unit:
        return True
    return claim.unit.startswith(UNKNOWN) and other.unit == BARE


def same_measure(one: Figure, other: Figure) -> bool:
    """Return whether two figures measure the same kind of thing (both days, both won, ...)."""
    return one.kind is other.kind and one.unit == other.unit


# ---------------------------------------------------------------- comparing


def _same_day(claim: Figure, other: Figure) -> bool:
    if claim.date is None:
        return False
    if other.date is None:
        # A bare 2026 in a title is the year 2026.
        year_only = claim.date.month is None and claim.date.day is None
        return year_only and other.unit == BARE and other.value == claim.date.year
    parts = ("year", "month", "day")
    asked = [part for part in parts if getattr(claim.date, part) is not None]
    return all(getattr(claim.date, part) == getattr(other.date, part) for part in asked)


_ALIKE = (
    {Bound.WITHIN, Bound.UNTIL},
    {Bound.FROM, Bound.AT_LEAST},
    {Bound.FROM, Bound.AFTER},
    {Bound.OVER, Bound.AFTER},
)
_OF_DAYS = ({Bound.UNTIL, Bound.BEFORE}, {Bound.WITHIN, Bound.BEFORE})


def _bounds_agree(claim: Figure, other: Figure) -> bool:
    mine, theirs = claim.bound, other.bound
    if mine in (theirs, Bound.NONE):
        return True
    if theirs is Bound.NONE:
        return mine in (Bound.FROM, Bound.UNTIL) or (mine is Bound.WITHIN and claim.unit != "원")
    pair = {mine, theirs}
    dated = claim.kind in (FigureKind.DATE, FigureKind.TIME)
    return pair in _ALIKE or (dated and pair in _OF_DAYS)


# ---------------------------------------------------------------- reading


def _take(
    text: str,
    pattern: re.Pattern[str],
    found: list[Figure],
    read: Callable[[re.Match[str]], Figure | None],
) -> str:
    """Read what `pattern` finds and return `text` with it blanked out."""
    pieces, last = [], 0
    for match in pattern.finditer(text):
        figure = read(match)
        if figure is None and pattern is not _LAW:
            continue
        if figure is not None:
            found.append(figure)
        pieces += [text[last : match.start()], " " * (match.end() - match.start())]
        last = match.end()
    return "".join(pieces) + text[last:]


_LIST_MARK = re.compile(r"(?m)^(\s*(?:\|\s*)?)(\d{1,2}[.)]|\(\d{1,2}\))(?=\s+\S)(?!\s*\d{1,2}\.)")


def _list_marks_blank(text: str) -> str:
    return _LIST_MARK.sub(lambda match: match[1] + " " * len(match[2]), text)


def _date(text: str, match: re.Match[str], parts: str) -> Figure | None:
    groups = [one for one in match.groups() if one is not None and one not in ".-/"]
    numbers = [int(one) for one in groups]
    names = parts.replace("_", "")
    given = dict(zip(names, numbers, strict=False))
    year = given.get("y")
    if year is not None and year < 100:
        year += 2000
    month, day = given.get("m"), given.get("d")
    if (month is not None and not 1 <= month <= 12) or (day is not None and not 1 <= day <= 31):
        return None
    return Figure(
        kind=FigureKind.DATE,
        text=match[0].strip(),
        start=match.start(),
        end=match.end(),
        date=Day(year, month, day),
        bound=_bound(text, match.start(), match.end()),
    )


def _naming(match: re.Match[str]) -> Figure:
    digits = re.sub(r"\D", "", match[0])
    return Figure(FigureKind.NUMBER, match[0], match.start(), match.end(), digits=digits)


def _time(text: str, match: re.Match[str]) -> Figure | None:
    half, hour = match[1], int(match[2])
    minute = 30 if match[5] else int(match[3] or match[4] or 0)
    if hour > 29 or minute > 59:
        return None
    if half in ("오후", "저녁", "밤", "낮") and hour < 12 and not (half == "낮" and hour > 9):
        hour += 12
    elif half in ("오전", "새벽") and hour == 12:
        hour = 0
    return Figure(
        kind=FigureKind.TIME,
        text=match[0].strip(),
        start=match.start(),
        end=match.end(),
        value=Fraction(hour * 60 + minute),
        bound=_bound(text, match.start(), match.end()),
    )


def _bound(text: str, start: int, end: int) -> Bound:
    weekday = re.compile(r"\s?\([월화수목금토일]\)").match(text, end)
    end = weekday.end() if weekday else end
    if after := _BOUND.match(text, end):
        return _BOUNDS[after[1]]
    if re.compile(r"\s*~").match(text, end):
        return Bound.FROM
    if re.search(r"~\s*$", text[:start]):
        return Bound.UNTIL
    if before := _BEFORE.search(text[max(0, start - 12) : start]):
        return Bound.AT_LEAST if before[1] in ("최소", "최저", "적어도", "하한") else Bound.WITHIN
    return Bound.NONE


_SHARE = re.compile(
    r"(\d[\d,]*(?:\.\d+)?)\s?분의\s?(\d[\d,]*(?:\.\d+)?)|(?<!\d)(\d+)/(\d+)(?![\d/])"
)


def _take_amounts(text: str, found: list[Figure]) -> str:
    text = _take(text, _SHARE, found, lambda match: _share(text, match))
    taken = -1
    matches = digits_in(text)
    for place, match in enumerate(matches):
        if match.start() < taken:
            continue
        numeral = numeral_at(text, match)
        unit = unit_after(text, numeral.end)
        if unit.name == BARE and (to := _RANGE.match(text, numeral.end)):
            # "30~60일": the first figure has the unit of the second.
            second = next((one for one in matches[place + 1 :] if one.start() == to.end()), None)
            if second is not None:
                following = numeral_at(text, second)
                unit = replace(unit_after(text, following.end), end=numeral.end)
        end = max(unit.end, numeral.end)
        bound = _bound(text, numeral.start, end)
        shown = text[numeral.start : end].strip()
        value = numeral.value * unit.scale
        found.append(Figure(FigureKind.AMOUNT, shown, numeral.start, end, value, unit.name, bound))
        taken = numeral.end
    for numeral in written_numerals(text):
        unit = unit_after(text, numeral.end)
        end = max(unit.end, numeral.end)
        bound = _bound(text, numeral.start, end)
        shown = text[numeral.start : end].strip()
        value = numeral.value * unit.scale
        found.append(Figure(FigureKind.AMOUNT, shown, numeral.start, end, value, unit.name, bound))
    for one in native_counts(text):
        bound = _bound(text, one.start, one.end)
        value = Fraction(one.value)
        found.append(
            Figure(FigureKind.AMOUNT, one.text, one.start, one.end, value, one.unit, bound)
        )
    return text


def _share(text: str, match: re.Match[str]) -> Figure | None:
    if match[1]:
        below, above = read_number(match[1]), read_number(match[2])
    else:
        above, below = Fraction(int(match[3])), Fraction(int(match[4]))
    if not below:
        return None
    bound = _bound(text, match.start(), match.end())
    value = above / below * 100
    return Figure(FigureKind.AMOUNT, match[0], match.start(), match.end(), value, "%", bound)


# ---------------------------------------------------------------- what stands around


def _with_years(text: str, found: Sequence[Figure]) -> list[Figure]:
    """Give a date after "~" the year of the one before it: 2026. 3. 1. ~ 3. 31."""
    done: list[Figure] = []
    for figure in found:
        before = done[-1] if done else None
        if (
            figure.date
            and figure.date.year is None
            and before is not None
            and before.date
            and before.date.year
            and re.fullmatch(
                r"\s*(?:\([월화수목금토일]\))?\s*(?:~|부터)\s*", text[before.end : figure.start]
            )
        ):
            figure = replace(figure, date=replace(figure.date, year=before.date.year))
        done.append(figure)
    return done


_UNIT_NOTE = re.compile(r"단위\s*:?\s*([^)\]\n|]{1,20})")


def _with_columns(
    found: list[Figure], text: str, header: tuple[str, ...], around: str
) -> Sequence[Figure]:
    """Add readings of bare cells with the unit of their column or of the note over the table."""
    notes = [
        header_unit(part)
        for match in _UNIT_NOTE.finditer(around)
        for part in re.split(r"[,/·]", match[1])
    ]
    extra: list[Figure] = []
    position, above = 0, header
    for line in text.split("\n"):
        cells = table_cells(line)
        mine = [one for one in found if position <= one.start < position + len(line)]
        if cells and not above:
            above = tuple(cells)
        elif cells and not re.fullmatch(r"[\s|:-]+", line):
            for figure in mine:
                if figure.unit != BARE or figure.kind is not FigureKind.AMOUNT:
                    continue
                column = line[: figure.start - position].count("|") - line.lstrip().startswith("|")
                heading = above[column] if 0 <= column < len(above) else ""
                for unit in (header_unit(heading), *notes):
                    if unit is not None:
                        value = figure.value * unit.scale
                        extra.append(replace(figure, value=value, unit=unit.name))
        elif not cells:
            above = () if line.strip() else above
            for figure in mine:
                if figure.unit == BARE and figure.kind is FigureKind.AMOUNT:
                    extra += [
                        replace(figure, value=figure.value * unit.scale, unit=unit.name)
                        for unit in notes
                        if unit is not None
                    ]
        position += len(line) + 1
    return [*found, *extra]


def table_cells(line: str) -> list[str]:
    """Return the cells of a table row written with |, or [] for other lines."""
    if line.count("|") < 2 and not line.lstrip().startswith("|"):
        return []
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
