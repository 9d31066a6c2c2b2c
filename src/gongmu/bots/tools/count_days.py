"""Counts days and deadlines as the law does and shows the working."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date, time

from pydantic import BaseModel, ConfigDict, Field

from gongmu.bots.tool import Tool, ToolGround, ToolResult
from gongmu.bots.tools.counting import Counted, Rule, Unit, between, count, rest_reason
from gongmu.bots.tools.reading import (
    WrittenDay,
    WrittenSpan,
    clock_in,
    day_text,
    days_in,
    impossible_day,
    spans_in,
)
from gongmu.core.errors import Refused
from gongmu.core.people import Act


class Days(BaseModel):
    """What to count; with `until` the days between two days."""

    model_config = ConfigDict(extra="forbid")

    start: date = Field(description="기준일(2026-11-20). 이 날부터(또는 이 날 전으로) 셉니다.")
    amount: int | None = Field(default=None, ge=1, le=36600, description="기간의 길이")
    unit: Unit = Field(default=Unit.DAY, description="기간의 단위")
    rule: Rule = Field(
        default=Rule.CIVIL,
        description="세는 법: 민법(기본), 민원(처리기간), 정보공개(결정기간), 지방세(기한), "
        "권익제한(영업정지처럼 의무가 이어지는 기간), 근무일(근무일만), 며칠째(기준일이 1일째)",
    )
    back: bool = Field(default=False, description="기준일 전으로 거꾸로 세면 true")
    first_counts: bool = Field(default=False, description="첫날을 산입하기로 했으면 true")
    at: time | None = Field(default=None, description="접수 시각(5일 이하 민원), 예: 14:30")
    until: date | None = Field(default=None, description="두 날짜 사이를 셀 때의 끝 날")
    impossible: str = Field(
        default="", max_length=40, description="달력에 없는 날짜를 적었으면 적은 그대로"
    )
    assumed: str = Field(default="", max_length=200, description="날짜를 읽을 때 더한 가정")


def run(ground: ToolGround, arguments: BaseModel) -> ToolResult:
    """Count; raises Refused for a day no calendar has, a period too long or without an hour."""
    asked = Days.model_validate(arguments)
    if asked.impossible:
        raise Refused(
            "day_impossible",
            f"달력에 없는 날짜입니다: {asked.impossible}",
            "날짜를 확인해 다시 물어보세요.",
        )
    closed = ground.house.city.closed_on
    if asked.until is not None or asked.amount is None:
        return _apart(asked.start, asked.until or ground.today, asked.assumed, closed)
    counted = count(
        asked.start,
        asked.amount,
        asked.unit,
        asked.rule,
        back=asked.back,
        first_counts=asked.first_counts,
        at=asked.at,
        extra=closed,
    )
    return ToolResult(
        text=_text(asked, counted),
        rows=[
            {
                "기준일": asked.start.isoformat(),
                "기산일": counted.first.isoformat(),
                "만료일": counted.last.isoformat(),
                "근거": ", ".join(counted.articles),
            }
        ],
        source="날짜 계산: " + (", ".join(counted.articles) or "달력"),
    )


_UNIT_WORDS = {Unit.DAY: "일", Unit.WEEK: "주", Unit.MONTH: "개월", Unit.YEAR: "년"}


def _text(asked: Days, counted: Counted) -> str:
    unit = "근무일" if asked.rule is Rule.WORKING else _UNIT_WORDS.get(asked.unit, "시간")
    what = f"{day_text(asked.start)}{'의' if asked.back else '부터'} {asked.amount}{unit}"
    ends = f" {counted.ends_at:%H:%M}" if counted.ends_at else ""
    kind = " 전은" if asked.back else " 기간의 만료일은"
    if asked.rule is Rule.ORDINAL:
        kind = "째 되는 날은"
    head = f"{what}{kind} {day_text(counted.last)}{ends}입니다."
    lines = [head, *(f"- {step}" for step in counted.steps)]
    if counted.articles:
        lines.append(f"- 근거: {', '.join(counted.articles)}")
    elif asked.rule is Rule.WORKING:
        lines.append("- 근무일로 세는 것은 관행입니다. 법령이나 계약이 정하면 그에 따르세요.")
    if asked.rule is Rule.CIVIL and not asked.back:
        lines.append("- 다른 법령에 기간을 세는 특별한 규정이 있으면 그 규정이 먼저입니다.")
    if asked.assumed:
        lines.append(f"- {asked.assumed}")
    return "\n".join(lines)


def _apart(start: date, until: date, assumed: str, closed: Collection[date]) -> ToolResult:
    apart = between(start, until, closed)
    early, late = min(start, until), max(start, until)
    lines = [
        f"{day_text(early)}부터 {day_text(late)}까지는 {apart.days}일입니다"
        f"(첫날을 넣으면 {apart.days + 1}일).",
        f"- 그 사이 근무일은 {apart.working}일입니다(첫날은 빼고 끝날은 넣음).",
    ]
    if why := rest_reason(late, Rule.CIVIL, closed):
        lines.append(f"- {day_text(late)}은 {why}입니다.")
    if assumed:
        lines.append(f"- {assumed}")
    row = {"시작": early.isoformat(), "끝": late.isoformat(), "일수": apart.days}
    return ToolResult(
        "\n".join(lines), rows=[row | {"근무일": apart.working}], source="날짜 계산: 달력"
    )


_ASKS = re.compile(
    r"언제|며칠|몇\s*일|기한|마감|만료|말일|끝나|까지(?:야|인|예|는|$|\?)|계산|날짜|D-?day|디데이|남았|되는\s*날|무슨\s*요일"
)
_APART = re.compile(r"며칠|몇\s*일|일수|남았|D-?day|디데이|사이")
_DISCLOSURE = re.compile(r"정보\s*공개|공개\s*(?:여부\s*)?결정")
_TAX = re.compile(r"지방세|취득세|재산세|자동차세|신고\s*(?:·|및|와)?\s*납부|과세|세금|취득일")
_BURDEN = re.compile(
    r"영업\s*정지|자격\s*정지|면허\s*정지|업무\s*정지|과징금\s*유예|정지\s*기간|입찰\s*참가\s*자격\s*제한"
)
_NOT_DEADLINE = re.compile(r"통계|혼잡|재차|승차|노선|추이")


def reads(question: str, today: date) -> Days | None:
    """Return what a question asks to be counted, None when it asks for no counting."""
    days, spans = days_in(question, today), spans_in(question)
    if (spans or _APART.search(question)) and (written := impossible_day(question, today)):
        return Days(start=today, amount=1, impossible=written[:40])
    rule = _rule(question)
    span = _best(spans)
    if span is None and rule is Rule.DISCLOSURE and days and _ASKS.search(question):
        # 정보공개법 제11조제1항: the decision is due within ten days.
        span = WrittenSpan(10, "일", 0, 0, "이내")
    if span is not None and not _NOT_DEADLINE.search(question):
        asked = bool(_ASKS.search(question))
        if (days or span.tail in ("뒤", "후", "전", "이후") or "오늘" in question) and asked:
            return _counting(question, today, days, span, rule)
        beside = _side_by_side(question, days, span)
        if len(question) < 50 and (beside or (days and span.tail in ("뒤", "후", "전"))):
            return _counting(question, today, days, span, rule)
    if days and span is None and _APART.search(question) and not _NOT_DEADLINE.search(question):
        start = days[0] if len(days) > 1 else None
        assumed = " ".join(filter(None, (one.assumed for one in days[:2])))
        if start is not None:
            return Days(start=start.day, until=days[1].day, assumed=assumed)
        return Days(start=today, until=days[0].day, assumed=assumed)
    return None


def _best(spans: Sequence[WrittenSpan]) -> WrittenSpan | None:
    told = [one for one in spans if one.tail] or list(spans)
    return told[0] if told else None


def _side_by_side(question: str, days: Sequence[WrittenDay], span: WrittenSpan) -> bool:
    """Whether a day and a length stand together: "2026-11-20부터 14일"."""
    return any(
        re.fullmatch(r"\s*(?:로부터|부터|에서|기준)\s*", question[one.end : span.start])
        for one in days
    )


def _rule(question: str) -> Rule:
    if _DISCLOSURE.search(question):
        return Rule.DISCLOSURE
    if _BURDEN.search(question):
        return Rule.BURDEN
    if "민원" in question or re.search(r"처리\s*(?:기한|기간)", question):
        return Rule.PETITION
    return Rule.LOCAL_TAX if _TAX.search(question) else Rule.CIVIL


def _counting(
    question: str, today: date, days: Sequence[WrittenDay], span: WrittenSpan, rule: Rule
) -> Days:
    base = days[0] if days else None
    unit, chosen = Unit.DAY, rule
    if span.unit == "근무일":
        chosen = Rule.WORKING
    elif span.tail == "째" and span.unit == "일":
        chosen = Rule.ORDINAL
    else:
        unit = Unit(span.unit)
    if unit is Unit.HOUR:
        chosen = Rule.PETITION
    return Days(
        start=base.day if base else today,
        amount=span.amount,
        unit=unit,
        rule=chosen,
        back=span.tail == "전",
        first_counts=bool(re.search(r"(?:첫날|초일)(?:을|도)?\s*(?:산입|포함|넣)", question)),
        at=clock_in(question) if chosen is Rule.PETITION else None,
        assumed=base.assumed if base else "기준일이 없어 오늘부터 세었습니다.",
    )


TOOL = Tool(
    code="count_days",
    title="날짜·기한 계산",
    description="기준일부터 며칠·몇 주·몇 달 뒤(전)의 날, 법정 기한, 민원·정보공개 처리기한, "
    "두 날짜 사이의 일수를 법에 따라 세고 과정을 보여 줍니다.",
    arguments=Days,
    act=Act.VIEW,
    run=run,
    reads=reads,
)
