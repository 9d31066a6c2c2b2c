"""Words the published bus figures: what stands in the warehouse, with period, quality and label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gongmu.bots.tool import ToolResult
from gongmu.bots.tools.bus_words import Figure
from gongmu.bus.figures import Figures, View, by_measure
from gongmu.bus.heatmap import DENOMINATORS, DIRECTIONS, hour_text
from gongmu.core.values import korean_date

_WEEKS = {"all": "모든 요일", "work": "평일", "rest": "토·일요일"}
_TOP = 5


@dataclass(frozen=True)
class Looked:
    """What is looked at: the view, its days, the chosen hours and the names."""

    view: View
    days: list[date]
    hours: tuple[int, int] | None
    routes: Mapping[str, str]
    stops: Mapping[str, str]

    @property
    def period(self) -> str:
        """Return the period in words: 2026. 11. 16.~2026. 11. 20. 평일 5일."""
        first, last = korean_date(self.days[0]), korean_date(self.days[-1])
        span = first if first == last else f"{first}~{last}"
        return f"{span} {_WEEKS[self.view.week]} {len(self.days)}일"

    @property
    def route(self) -> str:
        """Return the route's number."""
        return self.routes.get(self.view.route, self.view.route)

    @property
    def when(self) -> str:
        """Return the hours in words, "" for the whole day."""
        if self.hours is None:
            return ""
        first, last = self.hours
        return f"{hour_text(first)}~{hour_text(last + 1)}" if last > first else hour_text(first)


def answer(figures: Figures, looked: Looked, figure: Figure) -> ToolResult:
    """Return the figures asked for, in words and rows."""
    match figure:
        case Figure.SECTION if looked.view.route:
            lines, rows = _sections(figures, looked)
        case Figure.BOARDINGS:
            lines, rows = _boardings(figures, looked)
        case Figure.RANKING:
            lines, rows = _ranking(figures, looked)
        case _ if looked.view.route:
            lines, rows = _congestion(figures, looked)
        case _:
            lines, rows = _ranking(figures, looked)
    source = f"버스 분석 {looked.period}(잠정)"
    return ToolResult("\n".join([*lines, *_quality(figures, looked)]), rows=rows, source=source)


def percent(share: float) -> str:
    """Write a share as a percentage: 1.354 → 135.4%."""
    return f"{share * 100:.1f}%"


def _in_hours(looked: Looked, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    if looked.hours is None:
        return list(rows)
    first, last = looked.hours
    return [row for row in rows if first <= row["hour"] <= last]


def _way(direction: int) -> str:
    return DIRECTIONS.get(direction, f"방향 {direction}")


def _congestion(figures: Figures, looked: Looked) -> tuple[list[str], list[dict[str, Any]]]:
    hours = figures.routes_hours(looked.view, looked.days).to_dicts()
    mine = [row for row in hours if row["route_id"] == looked.view.route]
    mine = _in_hours(looked, mine)
    if not mine:
        return [f"{looked.route}번은 {looked.period} {looked.when}에 운행 자료가 없습니다."], []
    worst = max(mine, key=lambda row: row["share_max"])
    trips = sum(row["trips"] for row in mine)
    mean = sum(row["share_mean"] * row["trips"] for row in mine) / trips if trips else 0.0
    base = DENOMINATORS[looked.view.base]
    place = f"{looked.route}번({looked.period}" + (f", {looked.when})" if looked.when else ")")
    lines = [
        f"{place}의 재차율은 평균 {percent(mean)}, 가장 높은 때는 {hour_text(worst['hour'])} "
        f"{_way(worst['direction'])} {percent(worst['share_max'])}입니다(분모: {base}).",
        f"- 그때 재차인원은 {worst['load_max']:,.0f}명입니다.",
    ]
    over = sum(row["over_minutes"] or 0 for row in mine)
    if over:
        lines.append(f"- 분모를 넘은 승객·분은 {len(looked.days)}일 합 {over:,.0f}입니다.")
    if worst.get("congestion"):
        lines.append(f"- 그때의 혼잡 등급은 '{worst['congestion']}'입니다.")
    by_hour = ", ".join(f"{hour_text(row['hour'])} {percent(row['share_max'])}" for row in mine)
    lines.append(f"- 시간대별 최고 재차율: {by_hour}")
    rows = [
        {
            "노선": looked.route,
            "시간대": hour_text(row["hour"]),
            "최고 재차율(%)": round(row["share_max"] * 100, 1),
            "평균 재차율(%)": round(row["share_mean"] * 100, 1),
            "최대 재차인원(명)": round(row["load_max"]),
            "운행(회)": row["trips"],
        }
        for row in mine
    ]
    return lines, rows


def _sections(figures: Figures, looked: Looked) -> tuple[list[str], list[dict[str, Any]]]:
    found = _in_hours(looked, figures.stops_hours(looked.view, looked.days).to_dicts())
    if not found:
        return [f"{looked.route}번은 {looked.period} {looked.when}에 운행 자료가 없습니다."], []
    following = {(row["direction"], row["stop_seq"]): row["stop_id"] for row in found}
    ordered = sorted(found, key=lambda row: (-row["share_max"], row["stop_seq"], row["hour"]))
    top: list[dict[str, Any]] = []
    for row in ordered:
        place = (row["direction"], row["stop_seq"])
        if all(place != (one["direction"], one["stop_seq"]) for one in top):
            top.append(row)
        if len(top) == _TOP:
            break

    def section(row: Mapping[str, Any]) -> str:
        name = looked.stops.get(row["stop_id"], row["stop_id"])
        later = following.get((row["direction"], row["stop_seq"] + 1))
        return f"{name}→{looked.stops.get(later, later)}" if later else name

    first = top[0]
    base = DENOMINATORS[looked.view.base]
    when = f", {looked.when}" if looked.when else ""
    lines = [
        f"{looked.route}번({looked.period}{when})에서 가장 붐비는 구간은 "
        f"{_way(first['direction'])} {section(first)}이고, "
        f"{hour_text(first['hour'])}에 재차율 {percent(first['share_max'])}"
        f"(재차 {first['load_max']:,.0f}명)까지 올랐습니다(분모: {base})."
    ]
    lines += [
        f"- {number}위 {_way(row['direction'])} {section(row)}: {hour_text(row['hour'])} "
        f"{percent(row['share_max'])}, 재차 {row['load_max']:,.0f}명"
        for number, row in enumerate(top, 1)
    ]
    rows = [
        {
            "방향": _way(row["direction"]),
            "구간": section(row),
            "시간대": hour_text(row["hour"]),
            "최고 재차율(%)": round(row["share_max"] * 100, 1),
            "최대 재차인원(명)": round(row["load_max"]),
        }
        for row in top
    ]
    return lines, rows


def _boardings(figures: Figures, looked: Looked) -> tuple[list[str], list[dict[str, Any]]]:
    name = f"{looked.route}번" if looked.view.route else "전체 노선"
    if looked.hours is not None and looked.view.route:
        table = figures.table("route_hour", looked.view, looked.days).to_dicts()
        mine = _in_hours(looked, table)
        total = sum(row["boardings"] or 0 for row in mine)
        head = f"{name}({looked.period}, {looked.when})"
    else:
        total = figures.totals(looked.view, looked.days)["boardings"]
        head = f"{name}({looked.period})"
    average = total / len(looked.days)
    lines = [f"{head}의 승차는 모두 {total:,.0f}명, 하루 평균 {average:,.0f}명입니다(카드 이용자)."]
    rows: list[dict[str, Any]] = [
        {"노선": name, "승차(명)": round(total), "하루 평균(명)": round(average)}
    ]
    per_day = [
        (day, figures.totals(looked.view, [day])["boardings"])
        for day in looked.days[-7:]
        if looked.hours is None
    ]
    if len(per_day) > 1:
        told = ", ".join(f"{korean_date(day)} {count:,.0f}명" for day, count in per_day)
        lines.append(f"- 날마다: {told}")
    return lines, rows


def _ranking(figures: Figures, looked: Looked) -> tuple[list[str], list[dict[str, Any]]]:
    hours = _in_hours(looked, figures.routes_hours(looked.view, looked.days).to_dicts())
    best: dict[str, dict[str, Any]] = {}
    for row in hours:
        kept = best.get(row["route_id"])
        if kept is None or row["share_max"] > kept["share_max"]:
            best[row["route_id"]] = row
    top = sorted(best.values(), key=lambda row: (-row["share_max"], row["route_id"]))[:_TOP]
    if not top:
        return [f"{looked.period} {looked.when}에 운행 자료가 없습니다."], []
    base = DENOMINATORS[looked.view.base]
    when = f", {looked.when}" if looked.when else ""
    lines = [f"재차율이 가장 높은 노선입니다({looked.period}{when}, 분모: {base})."]
    rows = []
    for number, row in enumerate(top, 1):
        name = looked.routes.get(row["route_id"], row["route_id"])
        lines.append(
            f"- {number}위 {name}번 {_way(row['direction'])} {hour_text(row['hour'])} "
            f"{percent(row['share_max'])}, 재차 {row['load_max']:,.0f}명"
        )
        rows.append(
            {
                "순위": number,
                "노선": name,
                "시간대": hour_text(row["hour"]),
                "최고 재차율(%)": round(row["share_max"] * 100, 1),
                "최대 재차인원(명)": round(row["load_max"]),
            }
        )
    return lines, rows


def _quality(figures: Figures, looked: Looked) -> list[str]:
    quality = by_measure(figures.quality(looked.days))
    placed = quality.get("matched", {}).get("share")
    lines = ["- 교통카드와 BMS 자료로 셈한 잠정 수치이며 현금 승객은 들어 있지 않습니다."]
    if placed is not None:
        lines.append(f"- 운행에 이은 카드 이용은 {percent(placed)}입니다.")
    return lines
