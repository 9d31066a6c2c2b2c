"""Shapes the numbers of the congestion page: rows of coloured cells, the finding, the figures.

Quiet: takes frames and returns values; shares are 0.., shown as whole per cent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

DIRECTIONS = {0: "순환", 1: "상행", 2: "하행"}
DENOMINATORS = {"capacity": "승차정원", "seats": "좌석 수"}
OVER = {"승차정원": "승차정원을", "좌석 수": "좌석 수를"}
"""The denominator as an object, with its particle."""
MEASURES = {"max": "최대 재차율", "mean": "평균 재차율"}


@dataclass(frozen=True)
class Grades:
    """Congestion classes as lower bounds of the load factor, emptiest first, with their source.

    `firm` are the shares that a class begins at for the usual vehicle; a published class name
    (decided per vehicle type) wins over the share.
    """

    title: str
    names: tuple[str, ...]
    from_share: tuple[float, ...]
    source: str

    def of(self, share: float, published: str | None = None) -> int:
        """Return the class, 0 the emptiest, at most 3 (there are four colours)."""
        if published in self.names:
            grade = self.names.index(published)
        else:
            grade = sum(share > bound for bound in self.from_share[1:])
        return min(grade, 3)

    def legend(self) -> list[tuple[str, str]]:
        """Return class name and reach: ('여유', '45%까지'), .., ('매우혼잡', '100% 넘음')."""
        ends = [f"{share * 100:.0f}%까지" for share in self.from_share[1:]]
        last = f"{self.from_share[-1] * 100:.0f}% 넘음" if ends else ""
        return list(zip(self.names, [*ends, last], strict=True))


@dataclass(frozen=True)
class Cell:
    """One hour of one row: per cent as printed, class, what it says, and where a click leads."""

    text: str
    grade: int
    title: str
    place: Mapping[str, object]


@dataclass(frozen=True)
class Row:
    """One route (or one stop of a route): cells in order of the hours, None = no service.

    `group` heads the rows that share it, such as the stops of one direction.
    """

    label: str
    place: Mapping[str, object]
    cells: tuple[Cell | None, ...]
    shares: tuple[float | None, ...]
    group: str = ""


@dataclass(frozen=True)
class Board:
    """The whole table."""

    head: str
    hours: tuple[int, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Finding:
    """The sentence on top: what to look at first, with its evidence; calm = nothing is too full."""

    calm: bool
    sentence: str
    evidence: str
    place: Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """A figure against the period before: share of change, None when there is nothing before."""

    now: float
    before: float | None

    @property
    def note(self) -> str:
        """Return '▲ 12%' or '▼ 3.1%', empty without a period before."""
        if not self.before:
            return ""
        change = self.now / self.before - 1
        mark = "▲" if change > 0 else "▼" if change < 0 else "="
        return f"{mark} {abs(change) * 100:.1f}%"


def route_board(
    hours: pl.DataFrame,
    names: Mapping[str, str],
    grades: Grades,
    span: Sequence[int],
    value: str,
    *,
    fullest_first: bool = False,
) -> Board:
    """Return the table route × hour.

    `hours` has route_id, hour, direction (the fullest), share_max, share_mean, trips, load_max,
    over_minutes, congestion; one row per route and hour. Routes stand in the order of their
    numbers, or of their passenger-minutes over the denominator.
    """
    rows, over = [], {}
    for route_id, group in _groups(hours, "route_id"):
        label = names.get(route_id, route_id) + "번"
        cells = {row["hour"]: _route_cell(row, label, grades, value) for row in group}
        shares = {row["hour"]: row[f"share_{value}"] for row in group}
        rows.append(_row(label, {"route": route_id}, cells, shares, span))
        over[label] = (
            sum(_float(row["over_minutes"]) for row in group),
            max(_float(row["share_max"]) for row in group),
        )
    rows.sort(key=lambda row: number_order(row.label))
    if fullest_first:
        rows.sort(key=lambda row: over[row.label], reverse=True)
    return Board("노선", tuple(span), tuple(rows))


def stop_board(
    hours: pl.DataFrame, names: Mapping[str, str], grades: Grades, span: Sequence[int], value: str
) -> Board:
    """Return the table stop × hour of one route, in order of direction and stop.

    `hours` has route_id, direction, stop_seq, stop_id, hour, share_max, share_mean, load_max,
    visits; one row per stop and hour.
    """
    rows = []
    keyed = hours.with_columns(
        pl.format("{}:{}", "direction", pl.col("stop_seq").cast(pl.String).str.zfill(4)).alias(
            "key"
        )
    )
    several = hours["direction"].n_unique() > 1
    for _, group in _groups(keyed, "key"):
        first = group[0]
        seq, name = first["stop_seq"], names.get(first["stop_id"], first["stop_id"])
        way = DIRECTIONS[first["direction"]] if several else ""
        label = f"{seq} {name}"
        said = f"{label} ({way})" if way else label
        cells = {row["hour"]: _stop_cell(row, said, grades, value) for row in group}
        shares = {row["hour"]: row[f"share_{value}"] for row in group}
        rows.append(_row(label, {}, cells, shares, span, way))
    return Board("정류소", tuple(span), tuple(rows))


def hour_text(hour: int) -> str:
    """Return an hour of the service day: '08시', past midnight '25시(다음 날 1시)'."""
    return f"{hour:02d}시" if hour < 24 else f"{hour}시(다음 날 {hour - 24}시)"


def number_order(text: str) -> tuple[tuple[int, int, str], ...]:
    """Order route numbers as people do: 2, 2-1, 13-4, 720, M1."""
    parts: list[tuple[int, int, str]] = []
    digits = ""
    for character in text + "\0":
        if character.isdecimal():
            digits += character
            continue
        if digits:
            parts.append((0, int(digits), ""))
            digits = ""
        parts.append((1, 0, character))
    return tuple(parts)


def finding(
    worst: Mapping[str, object] | None,
    stops: pl.DataFrame,
    name: str,
    days: int,
    denominator: str,
) -> Finding:
    """Say what to look at first.

    `worst`: route_id, direction, hour, share_max, over_minutes, days_over, service_day of the
    route-hour with most passenger-minutes over the denominator (or the fullest, when none is).
    `stops`: stop_seq, stop_name, share_max of that route, direction and hour, in order.
    """
    if worst is None:
        return Finding(True, "이 조건에 맞는 운행이 없습니다.", "", {})
    hour, direction = _int(worst["hour"]), _int(worst["direction"])
    share, over = _float(worst["share_max"]), _float(worst["over_minutes"])
    place = {"at": f"{worst['route_id']}:{direction}", "hour": hour}
    where = f"{name}번 {DIRECTIONS[direction]} {hour_text(hour)}"
    per_cent = f"{share * 100:.0f}%"
    if share <= 1:
        sentence = (
            f"{OVER[denominator]} 넘은 운행이 없습니다. 가장 찬 곳은 {where}의 {per_cent}입니다."
        )
        return Finding(True, sentence, "", place)
    full = stops.filter(pl.col("share_max") > 1)
    between = _stretch(full)
    sentence = f"{where}에 {between} {denominator}의 {per_cent}까지 찼습니다."
    if days > 1:
        sentence += f" {days}일 가운데 {worst['days_over']}일 되풀이되었습니다."
    evidence = f"{OVER[denominator]} 넘은 승객·분 {over:,.0f}(가장 많음)"
    return Finding(False, sentence, evidence, place)


def _stretch(full: pl.DataFrame) -> str:
    if full.is_empty():
        return "한때"
    first, last = full.row(0, named=True), full.row(-1, named=True)
    if full.height == 1:
        return f"{first['stop_seq']}번째 정류소({first['stop_name']})에서"
    span = f"{first['stop_seq']}~{last['stop_seq']}번째 정류소"
    whole = full.height == last["stop_seq"] - first["stop_seq"] + 1
    some = "" if whole else f" 가운데 {full.height}곳"
    return f"{span}({first['stop_name']}~{last['stop_name']}){some}에서"


def _groups(frame: pl.DataFrame, key: str) -> list[tuple[str, list[dict[str, Any]]]]:
    groups = frame.sort(key, "hour").partition_by(key, as_dict=True, maintain_order=True)
    return [(str(name[0]), group.to_dicts()) for name, group in groups.items()]


def _route_cell(row: Mapping[str, object], label: str, grades: Grades, value: str) -> Cell:
    share = _float(row[f"share_{value}"])
    published = str(row["congestion"]) if value == "max" and row["congestion"] else None
    grade = grades.of(share, published)
    way = DIRECTIONS[_int(row["direction"])]
    title = (
        f"{label} {hour_text(_int(row['hour']))} {MEASURES[value]} {share * 100:.0f}% "
        f"{grades.names[min(grade, len(grades.names) - 1)]} · {way} 최대 재차 "
        f"{_float(row['load_max']):.0f}명 · 운행 {_int(row['trips'])}회"
    )
    place = {"at": f"{row['route_id']}:{row['direction']}", "hour": row["hour"]}
    return Cell(f"{share * 100:.0f}", grade, title, place)


def _stop_cell(row: Mapping[str, object], label: str, grades: Grades, value: str) -> Cell:
    share = _float(row[f"share_{value}"])
    grade = grades.of(share)
    title = (
        f"{label} {hour_text(_int(row['hour']))} {MEASURES[value]} {share * 100:.0f}% "
        f"{grades.names[min(grade, len(grades.names) - 1)]} · 최대 재차 "
        f"{_float(row['load_max']):.0f}명 · 정차 {_int(row['visits'])}회"
    )
    at = f"{row['route_id']}:{row['direction']}"
    place = {"at": at, "hour": row["hour"], "stop": row["stop_seq"]}
    return Cell(f"{share * 100:.0f}", grade, title, place)


def _row(
    label: str,
    place: Mapping[str, object],
    cells: Mapping[object, Cell],
    shares: Mapping[object, object],
    span: Sequence[int],
    group: str = "",
) -> Row:
    found = tuple(cells.get(hour) for hour in span)
    numbers = tuple(_float(shares[hour]) if hour in shares else None for hour in span)
    return Row(label, place, found, numbers, group)


def _float(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def _int(value: object) -> int:
    return int(value) if isinstance(value, (int, float)) else 0
