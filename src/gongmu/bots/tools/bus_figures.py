"""Answers from the published bus analysis: load factor, congestion by hour, boardings, sections."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from gongmu.bots.tool import Tool, ToolGround, ToolResult
from gongmu.bots.tools.bus_words import (
    Figure,
    asks_of_buses,
    figure_in,
    hours_in,
    period_in,
    route_in,
)
from gongmu.core.errors import Refused
from gongmu.core.people import Act
from gongmu.core.values import korean_date


class BusQuestion(BaseModel):
    """Which figures of which route, period and hours."""

    model_config = ConfigDict(extra="forbid")

    figure: Figure = Field(
        default=Figure.CONGESTION,
        description="혼잡(재차율), 승차(승차 인원), 구간(붐비는 구간), 순위(붐비는 노선)",
    )
    route: str = Field(default="", max_length=20, description="노선 번호: 10-1. 비우면 모든 노선")
    way: Literal["", "0", "1"] = Field(default="", description="방향. 비우면 양방향")
    first: date | None = Field(default=None, description="첫날. 비우면 최근 4주")
    last: date | None = Field(default=None, description="끝 날")
    week: Literal["", "all", "work", "rest"] = Field(
        default="", description="work 평일, rest 토·일요일, all 모든 요일. 비우면 평일"
    )
    first_hour: int | None = Field(default=None, ge=0, le=27, description="첫 시간대(0~27시)")
    last_hour: int | None = Field(default=None, ge=0, le=27, description="끝 시간대")


def run(ground: ToolGround, arguments: BaseModel) -> ToolResult:
    """Answer from the published days; raises Refused when there are none or no such route."""
    from gongmu.bots.tools.bus_answers import Looked, answer
    from gongmu.bus.figures import Figures
    from gongmu.bus.overview import Overview
    from gongmu.bus.partition import warehouse_of

    asked = BusQuestion.model_validate(arguments)
    city = ground.house.city
    figures = Figures(warehouse_of(ground.house), city.code, city.denominator)
    published = figures.published()
    if not published:
        raise Refused(
            "bus_no_data",
            "펴낸 버스 분석이 아직 없습니다.",
            "버스정책과에서 그날 자료를 먼저 분석하세요.",
        )
    fields = {"first": asked.first, "last": asked.last, "week": asked.week, "way": asked.way}
    view, days = Overview(figures, city).view(fields, published)
    if not days:
        first, last = korean_date(published[0]), korean_date(published[-1])
        raise Refused(
            "bus_no_data",
            f"그 기간({korean_date(view.first)}~{korean_date(view.last)})의 버스 분석이 없습니다.",
            f"펴낸 날은 {first}부터 {last}까지 {len(published)}일입니다. 기간을 바꾸어 물어보세요.",
        )
    routes = figures.route_names(days)
    if asked.route:
        view = replace(view, route=_route_id(asked.route, routes))
    looked = Looked(view, days, _hours(asked), routes, figures.stop_names(days))
    return answer(figures, looked, asked.figure)


def _hours(asked: BusQuestion) -> tuple[int, int] | None:
    if asked.first_hour is None and asked.last_hour is None:
        return None
    first = asked.first_hour if asked.first_hour is not None else 0
    last = asked.last_hour if asked.last_hour is not None else asked.first_hour or 27
    return min(first, last), max(first, last)


def _route_id(written: str, routes: Mapping[str, str]) -> str:
    wanted = _bare(written)
    found = [key for key, name in routes.items() if _bare(name) == wanted or key == written]
    if not found:
        near = [name for name in routes.values() if wanted and _bare(name).startswith(wanted)]
        listed = ", ".join(sorted(near or routes.values())[:12])
        raise Refused(
            "bus_no_route",
            f"{written}번 노선은 분석한 자료에 없습니다.",
            f"있는 노선: {listed}",
        )
    if len(found) > 1:
        raise Refused(
            "bus_route_ambiguous",
            f"{written}번 노선이 {len(found)}개입니다.",
            f"노선 ID로 물어보세요: {', '.join(found)}",
        )
    return found[0]


def _bare(name: str) -> str:
    return re.sub(r"\s|번$|번\(|\)", "", name).casefold()


def reads(question: str, today: date) -> BusQuestion | None:
    """Return what a question asks of the bus figures, None when it asks nothing of them."""
    if not asks_of_buses(question):
        return None
    route, period, hours = route_in(question), period_in(question, today), hours_in(question)
    week = period.week if period.week in ("all", "work", "rest") else ""
    return BusQuestion(
        figure=figure_in(question, route),
        route=route,
        first=period.first,
        last=period.last,
        week=week,
        first_hour=hours[0] if hours else None,
        last_hour=hours[1] if hours else None,
    )


TOOL = Tool(
    code="bus_figures",
    title="버스 재차·혼잡 수치",
    description="펴낸 버스 분석에서 노선·시간대별 재차율, 승차 인원, 붐비는 구간과 노선을 "
    "찾습니다. 기간과 품질, 잠정 수치임을 함께 알려 줍니다.",
    arguments=BusQuestion,
    act=Act.VIEW,
    run=run,
    reads=reads,
)
