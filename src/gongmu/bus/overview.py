"""What the congestion page shows and its workbook holds, put together from the figures.

Knows no web: the page, the command line and the nightly run draw on the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from gongmu.bus import heatmap
from gongmu.bus.figures import Figures, View, by_measure
from gongmu.bus.heatmap import DENOMINATORS, DIRECTIONS, MEASURES, OVER, Grades
from gongmu.bus.workbook import About, workbook_bytes
from gongmu.core.city import City, Congestion
from gongmu.core.values import clock_text, korean_date
from gongmu.portal import svg

PERIOD_DAYS = 28
RAW_ROWS_MOST = 600_000
"""More stop visits than this make a workbook nobody can open; the page asks to narrow the view."""
WEEKS = {"all": "모든 요일", "work": "평일(월~금)", "rest": "토·일요일"}
ORDERS = {"": "노선번호", "full": "붐비는 노선 먼저"}
DEFINITIONS = (
    "재차인원(정류소 i) = 그 운행의 승차 합(1..i) − 하차 합(1..i), 그 정류소를 떠날 때. "
    "교통카드 이용자만 셉니다(현금 승객 제외).",
    "재차율(%) = 재차인원 ÷ 분모 × 100. 공식 정의가 없어 분모를 적습니다.",
    "시간대는 그 정류소를 떠난 시각입니다. 24~27시는 다음 날 0~3시(운행일 04:00~03:59).",
    "분모를 넘은 승객·분 = (재차인원 − 분모)의 양수 × 다음 정류소까지 걸린 분의 합.",
)


class Overview:
    """Puts together what the templates show; holds no state between requests."""

    def __init__(self, figures: Figures, city: City) -> None:
        self._figures = figures
        self._city = city

    def view(self, fields: Mapping[str, Any], published: Sequence[date]) -> tuple[View, list[date]]:
        """Return the view asked for, its gaps filled with the usual choice, and its days."""
        newest = published[-1] if published else date.min
        given = {name: value for name, value in fields.items() if value}
        last = given.pop("last", newest)
        first = given.pop("first", None) or max(
            last - timedelta(days=PERIOD_DAYS - 1), published[0] if published else newest
        )
        given.setdefault("base", self._city.denominator)
        view = View(first, last, **given)
        if "week" not in given:
            # 평일이 기본이고, 평일 자료가 없으면 모든 요일을 보인다
            weekdays = replace(view, week="work")
            view = weekdays if weekdays.days(published) else replace(view, week="all")
        return view, view.days(published)

    def shell(self, view: View, published: Sequence[date], days: Sequence[date]) -> dict[str, Any]:
        """Return what stands above the numbers: the filters and what they may be set to."""
        routes = self._figures.route_names(days or published[-1:])
        bases = [self._city.denominator]
        if days and self._figures.has("vehicles", days):
            bases = list(DENOMINATORS)
        named = sorted(routes.items(), key=lambda pair: heatmap.number_order(pair[1]))
        return {
            "view": view,
            "published": published,
            "days": days,
            "weeks": list(WEEKS.items()),
            "routes": [("", f"전체 {len(named)}개"), *((key, f"{name}번") for key, name in named)],
            "ways": [("", "양방향"), *((str(key), text) for key, text in DIRECTIONS.items())],
            "values": list(MEASURES.items()),
            "bases": [(base, DENOMINATORS[base]) for base in bases],
            "orders": list(ORDERS.items()),
        }

    def board(self, view: View, days: list[date]) -> dict[str, Any]:
        """Return everything below the filters."""
        figures, grades = self._figures, self.grades(view, days)
        stops = figures.stop_names(days)
        routes = figures.route_names(days)
        if view.route:
            hours = figures.stops_hours(view, days)
            table = heatmap.stop_board(hours, stops, grades, self._span(hours), view.value)
        else:
            hours = figures.routes_hours(view, days)
            table = heatmap.route_board(
                hours,
                routes,
                grades,
                self._span(hours),
                view.value,
                fullest_first=view.order == "full",
            )
        first = self._finding(view, days, routes, stops)
        return {
            "board": table,
            "finding": first,
            "figures": self._totals(view, days),
            "grades": grades,
            "measure": MEASURES[view.value],
            "denominator": DENOMINATORS[view.base],
            "quality": _quality_facts(figures.quality(days)),
            "manifests": figures.manifests(days),
            "definitions": DEFINITIONS,
            "classes": self.classes(days),
            "notes": self._city.notes + self._derived(days),
            "spark": svg.sparkline,
            **self.profile(view, days, first.place),
        }

    def profile(
        self, view: View, days: list[date], usual: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the load profile of the chosen cell, or of the finding when none is chosen."""
        routes, stops = self._figures.route_names(days), self._figures.stop_names(days)
        if not view.at:
            place = usual if usual is not None else self._finding(view, days, routes, stops).place
            view = replace(view, **place)
        grades = self.grades(view, days)
        found = self._figures.profile(view, days).to_dicts()
        points = [
            svg.ProfileStop(
                row["stop_seq"],
                stops.get(row["stop_id"], row["stop_id"]),
                row["boardings"],
                row["alightings"],
                row["load"],
                grades.of(row["share"]),
            )
            for row in found
        ]
        route, direction = view.chosen
        name = routes.get(route, route)
        title = (
            f"{name}번 {DIRECTIONS.get(direction, '')} {heatmap.hour_text(view.hour)} 정류소별 재차"
        )
        capacity = found[0]["people"] if found else 0.0
        peak = max(points, key=lambda point: point.load, default=None)
        return {
            "view": view,
            "profile_title": title,
            "profile_note": self._which(view, found, days),
            "points": list(zip(points, found, strict=True)),
            "people": capacity,
            "chart": svg.load_profile(points, capacity, _spoken(title, peak, capacity)),
            "denominator": DENOMINATORS[view.base],
            "grades": grades,
            "others": self._others(view, days, routes, route),
            "spark": svg.sparkline,
        }

    def grades(self, view: View, days: Sequence[date]) -> Grades:
        """Return the congestion classes in force on the last day, as shares of the denominator."""
        version = self._city.congestion_on(days[-1])
        usual = next(iter(version.bounds.values()), ())
        whole = {"capacity": self._city.default_capacity, "seats": self._city.default_seats}
        unit = self._city.default_seats if version.basis == "seats" else 1
        shares = (0.0, *(bound * unit / whole[view.base] for bound in usual))
        return Grades(version.title, version.names[: len(shares)], shares, version.source)

    def workbook(self, view: View, days: list[date], made_on: date) -> bytes:
        """Return the Excel workbook of the view's route, direction and days."""
        return workbook_bytes(self.tables(view, days), self.about(view, days, made_on))

    def tables(self, view: View, days: list[date]) -> dict[str, pl.DataFrame]:
        """Return the workbook's tables, named for people; too many stop visits are left out."""
        routes, stops = self._figures.route_names(days), self._figures.stop_names(days)
        names = ["route_hour", "stop_hour"]
        if self._figures.visits(view, days) <= RAW_ROWS_MOST:
            names.append("trip_stop")
        tables = {
            name: _named(self._figures.table(name, view, days), routes, stops) for name in names
        }
        return tables | {"quality": self._figures.quality(days)}

    def about(self, view: View, days: list[date], made_on: date) -> About:
        """Return what is printed on the workbook: filters, definitions, sources, quality."""
        view = replace(view, base=self._city.denominator)  # 펴낸 표의 분모는 하나다
        manifests = self._figures.manifests(days)
        routes = self._figures.route_names(days)
        first = self._finding(view, days, routes, self._figures.stop_names(days))
        filters = (
            ("기준기간", f"{korean_date(days[0])} ~ {korean_date(days[-1])} ({len(days)}일)"),
            ("요일", WEEKS[view.week]),
            ("노선", f"{routes.get(view.route, view.route)}번" if view.route else "전체"),
            ("방향", DIRECTIONS[int(view.way)] if view.way else "양방향"),
            ("값", MEASURES[view.value]),
            ("분모", DENOMINATORS[view.base]),
        )
        return About(
            title=f"{self._city.name} 노선·시간대별 재차율",
            filters=filters,
            source="교통카드 이용 내역, BMS 정류소 통과 이력"
            f"(파일 {_file_count(manifests)}개), 일(잠정)",
            made_on=made_on,
            definitions=DEFINITIONS,
            grades=self.grades(view, days),
            value=view.value,
            quality=tuple(_quality_facts(self._figures.quality(days))),
            finding=f"{first.sentence} {first.evidence}".strip(),
            code_version=", ".join(sorted({manifest.code_version for manifest in manifests})),
            notes=self._city.notes + self._derived(days),
        )

    def _span(self, hours: pl.DataFrame) -> list[int]:
        """Return the hours of the table: the city's hours of service and any others ridden."""
        usual = range(self._city.first_hour, self._city.last_hour + 1)
        ridden = hours["hour"].unique().to_list()
        return sorted({*ridden} | {hour for hour in usual if ridden and hour <= max(ridden)})

    def _finding(
        self,
        view: View,
        days: list[date],
        routes: Mapping[str, str],
        stops: Mapping[str, str],
    ) -> heatmap.Finding:
        worst = self._figures.worst(view, days)
        along = pl.DataFrame(schema={"stop_seq": pl.Int16, "share_max": pl.Float64})
        name = ""
        if worst is not None:
            name = routes.get(worst["route_id"], worst["route_id"])
            seen = replace(view, route=worst["route_id"], way=str(worst["direction"]))
            along = self._figures.stops_hours(seen, days).filter(pl.col("hour") == worst["hour"])
            named = [stops.get(stop, stop) for stop in along["stop_id"]]
            along = along.with_columns(pl.Series("stop_name", named, pl.String))
        return heatmap.finding(worst, along, name, len(days), DENOMINATORS[view.base])

    def _totals(self, view: View, days: list[date]) -> list[tuple[str, str, str]]:
        """Return the four figures: label, value, note."""
        now = self._figures.totals(view, days)
        earlier = self._before(view)
        past = self._figures.totals(view, earlier) if earlier else None
        same = past if past is not None and len(earlier) == len(days) else None

        def note(key: str) -> str:
            change = heatmap.Change(now[key], same[key] if same else None).note
            return f"{change} 앞 기간 대비" if change else ""

        quality = by_measure(self._figures.quality(days))
        placed = quality.get("matched", {}).get("share")
        trips = now["trips"]
        share = f"운행 {trips:,}회의 {now['full_trips'] / trips * 100:.1f}%" if trips else ""
        return [
            (
                f"{OVER[DENOMINATORS[view.base]]} 넘은 운행",
                f"{now['full_trips']:,}회",
                note("full_trips") or share,
            ),
            (
                f"{OVER[DENOMINATORS[view.base]]} 넘은 승객·분",
                f"{now['over_minutes']:,.0f}",
                note("over_minutes") or f"{len(days)}일 합",
            ),
            (
                "하루 평균 승차",
                f"{now['boardings'] / len(days):,.0f}명",
                note("boardings") or "카드 이용자, 현금 제외",
            ),
            (
                "운행에 잇지 못한 이용",
                "–" if placed is None else f"{(1 - placed) * 100:.1f}%",
                "재차에 들지 않음",
            ),
        ]

    def _before(self, view: View) -> list[date]:
        length = (view.last - view.first).days + 1
        shifted = replace(
            view,
            first=view.first - timedelta(days=length),
            last=view.last - timedelta(days=length),
        )
        return shifted.days(self._figures.published())

    def _which(self, view: View, found: Sequence[Mapping[str, Any]], days: list[date]) -> str:
        if not found:
            return ""
        if view.value == "mean":
            return f"{len(days)}일 동안 {view.hour}시에 떠난 운행의 평균(정차 한 번에)"
        first = found[0]
        leaves = clock_text(first["departed_s"])
        return (
            f"이 시간대에 가장 찬 운행 하나: {korean_date(first['service_day'])} {leaves} 출발"
            f"(운행ID {first['trip_id']})"
        )

    def _others(
        self, view: View, days: list[date], routes: Mapping[str, str], chosen: str
    ) -> list[dict[str, Any]]:
        """Return up to six other routes, the fullest of the chosen hour first."""
        hours = self._figures.routes_hours(view, days)
        key = f"share_{view.value}"
        same = hours.filter((pl.col("hour") == view.hour) & (pl.col("route_id") != chosen))
        span = self._span(hours)
        found = []
        for row in same.sort(key, "route_id", descending=[True, False]).head(6).to_dicts():
            mine = hours.filter(pl.col("route_id") == row["route_id"])
            shares = dict(mine.select("hour", key).iter_rows())
            found.append(
                {
                    "name": routes.get(row["route_id"], row["route_id"]),
                    "share": f"{row[key] * 100:.0f}%",
                    "place": {"at": f"{row['route_id']}:{row['direction']}", "stop": 0},
                    "shares": [shares.get(hour) for hour in span],
                }
            )
        return found

    def classes(self, days: Sequence[date]) -> str:
        """Return the classes as they are decided, per vehicle type; estimates are marked."""
        version = self._city.congestion_on(days[-1])
        said = [
            f"{kind} {_bounds(version, kind)}{'(추정)' if kind in version.derived else ''}"
            for kind in version.bounds
        ]
        return f"{version.title} · {'/'.join(version.names[:-1])}: {', '.join(said)}까지"

    def _derived(self, days: Sequence[date]) -> tuple[str, ...]:
        version = self._city.congestion_on(days[-1])
        if not version.derived:
            return ()
        figures = ", ".join(f"{kind} {_bounds(version, kind)}" for kind in version.derived)
        return (
            f"혼잡 등급의 {figures} 경계는 공식 값을 확인하지 못해 추정한 값입니다. "
            "보고에 쓸 때 함께 적으세요.",
        )


def _bounds(version: Congestion, kind: str) -> str:
    unit = "배" if version.basis == "seats" else "명"
    return "·".join(f"{bound:g}" for bound in version.bounds[kind]) + unit


def _spoken(title: str, peak: svg.ProfileStop | None, capacity: float) -> str:
    if peak is None:
        return title
    limit = f", 분모 {capacity:.0f}명" if capacity else ""
    where = f"{peak.number}번째 {peak.name} {peak.load:.0f}명{limit}"
    return f"{title}: 가장 찬 곳은 {where}. 표로 보기에 같은 숫자가 있습니다."


def _quality_facts(quality: pl.DataFrame) -> list[tuple[str, str]]:
    """Return the headline facts of the data's quality: title and share with counts."""
    rows = by_measure(quality)
    shown = (
        ("matched", "운행에 이은 이용"),
        ("board_corrected", "BMS로 바로잡은 승차"),
        ("alight_missing", "하차 태그가 없는 이용"),
        ("alight_imputed", "추정할 하차 가운데 추정함"),
        ("visits_filled", "통과 이력을 채운 정류소"),
    )
    return [
        (
            title,
            f"{rows[key]['share'] * 100:.1f}% ({rows[key]['count']:,.0f}/{rows[key]['base']:,.0f})",
        )
        for key, title in shown
        if key in rows and rows[key]["share"] is not None
    ]


def _file_count(manifests: Sequence[Any]) -> int:
    return len({file.sha256 for manifest in manifests for file in manifest.files})


def _named(
    frame: pl.DataFrame, routes: Mapping[str, str], stops: Mapping[str, str]
) -> pl.DataFrame:
    """Return the frame with route and stop names beside the ids, for people."""
    added = [
        pl.col("route_id").replace_strict(routes, default=pl.col("route_id")).alias("route_name")
    ]
    if "stop_id" in frame.columns:
        added.append(
            pl.col("stop_id").replace_strict(stops, default=pl.col("stop_id")).alias("stop_name")
        )
    return frame.with_columns(added)
