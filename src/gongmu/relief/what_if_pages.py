"""What if the law were otherwise: who of the stored cases would pay how much more or less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from fractions import Fraction
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from gongmu.core.errors import GongmuError, Refused
from gongmu.core.people import Person
from gongmu.core.values import korean_date
from gongmu.portal.svg import Bar, bars
from gongmu.relief.article import article_head, article_words
from gongmu.relief.grant import Grant
from gongmu.relief.judging import law_of_house
from gongmu.relief.law import Law
from gongmu.relief.page_ground import Ground, error_status, last_week, week_of
from gongmu.relief.parameters import BLOCKS
from gongmu.relief.stored_what_if import Shift, StoredWhatIf, stored_what_if
from gongmu.relief.weeks import week_name, week_words

MOST_WEEKS = 53
SHOWN = 100
VALUES = {
    "last_on": "끝나는 날",
    "cap_won": "감면 한도(원)",
    "rate": "감면율",
    "compensated_rate": "보훈보상대상자 감면율",
    "two_rate": "두 자녀 감면율",
    "two_cap_won": "두 자녀 감면 한도(원)",
    "three_plus_cap_won": "세 자녀 이상 감면 한도(원)",
    "relief_rate": "최소납부 감면율",
    "over_won": "최소납부를 보는 세액(원)",
    "cc_max": "배기량 한도(cc)",
    "clawback_years": "의무 기간(년)",
    "passenger_private_rate": "승용차 세율",
    "light_private_rate": "경차 세율",
}
"""Values that a person may change here, with their words."""


@dataclass(frozen=True)
class Knob:
    """One value of the law that can be turned: name, Korean words, what it is today."""

    name: str
    title: str
    today: str


def what_if_routes(router: APIRouter, ground: Ground) -> None:
    """Add the page; everything asked stands in the address and names nobody."""

    @router.get("/what-if")
    def page(
        request: Request,
        name: Annotated[str, Query(max_length=80)] = "",
        value: Annotated[str, Query(max_length=40)] = "",
        first: Annotated[str, Query(alias="from", max_length=8)] = "",
        last: Annotated[str, Query(alias="to", max_length=8)] = "",
    ) -> Response:
        person = ground.enter(request)
        end = week_of(last) if last else last_week(ground.today())
        start = week_of(first) if first else end - timedelta(days=7 * 3)
        asked = {"name": name, "value": value, "from": week_name(start), "to": week_name(end)}
        if not name:
            ground.note(request, person, "relief.view_what_if", "form")
            return _page(ground, request, asked)
        try:
            result, rows = _run(ground, request, person, name, value, start, end)
        except Refused as wrong:
            return _page(ground, request, asked, wrong=wrong)
        return _page(ground, request, asked, result=result, rows=rows)


def _run(
    ground: Ground,
    request: Request,
    person: Person,
    name: str,
    value: str,
    start: date,
    end: date,
) -> tuple[StoredWhatIf, Sequence[tuple[Shift, Any]]]:
    weeks = (end - start).days // 7 + 1
    if not 1 <= weeks <= MOST_WEEKS:
        raise Refused(
            "period_invalid",
            "기간이 거꾸로이거나 너무 깁니다.",
            f"{MOST_WEEKS}주까지 고르세요.",
        )
    if not value.strip():
        raise Refused("value_missing", "바꿀 값이 없습니다.", "새 값이나 끝나는 날을 적으세요.")
    kept = ground.store.kept
    grants: list[Grant] = []
    for number in range(weeks):
        ids = kept.ids_of(start + timedelta(days=7 * number))
        grants += kept.opened(ids).values()
    about = f"{name}={value} {week_name(start)}~{week_name(end)}"
    ground.note(request, person, "relief.what_if", about, subjects=len(grants))
    result = stored_what_if(grants, law_of_house(ground.house), {name: value.strip()})
    most = sorted(result.changed, key=lambda one: -abs(one.due_change_won))[:SHOWN]
    known = ground.rows_by_id(request, person, [one.grant_id for one in most])
    return result, [(one, known.get(one.grant_id)) for one in most]


def knobs_of(law: Law, day: date) -> Sequence[Knob]:
    """Return the values that can be turned, each with what it is on `day`."""
    found = []
    for key, kind in BLOCKS.items():
        versions = law.blocks.get(key, ())
        now = next(
            (
                item
                for item in versions
                if item.first_on <= day and (item.last_on is None or day <= item.last_on)
            ),
            versions[-1] if versions else None,
        )
        if now is None:
            continue
        for item in fields(kind):
            if item.name in VALUES:
                words = f"{now.title}: {VALUES[item.name]}"
                found.append(Knob(f"{key}.{item.name}", words, _words(getattr(now, item.name))))
    return found


def _words(value: Any) -> str:
    if value is None:
        return "없음"
    if isinstance(value, date):
        return korean_date(value)
    if isinstance(value, Fraction):
        return f"{float(value) * 100:g}%"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _page(
    ground: Ground,
    request: Request,
    asked: dict[str, str],
    *,
    result: StoredWhatIf | None = None,
    rows: Sequence[tuple[Shift, Any]] = (),
    wrong: GongmuError | None = None,
) -> Response:
    recent = {*ground.store.weeks(), last_week(ground.today())}
    recent |= {week_of(asked["from"]), week_of(asked["to"])}
    knobs = knobs_of(law_of_house(ground.house), ground.today())
    articles = _by_article(result) if result else []
    drawn = [
        Bar(head, abs(won), f"{won:+,}원") for head, _, won in articles if won
    ]  # fmt: skip
    return ground.show(
        request,
        "relief_what_if.html",
        status=error_status(wrong) if wrong else 200,
        title="만약에",
        asked=asked,
        knobs=[(knob.name, f"{knob.title} (지금 {knob.today})") for knob in knobs],
        chosen=next((knob for knob in knobs if knob.name == asked["name"]), None),
        weeks=[(week_name(day), week_words(day)) for day in sorted(recent, reverse=True)],
        result=result,
        rows=rows,
        shown=SHOWN,
        articles=articles,
        chart=bars(drawn, "조문별 납부세액의 변화") if drawn else "",
        words=article_words,
        wrong=wrong,
    )


def _by_article(result: StoredWhatIf) -> list[tuple[str, int, int]]:
    """Return (article, cases that change, change of the tax due in won), the most first."""
    found: dict[str, tuple[int, int]] = {}
    for one in result.changed:
        head = article_head(one.article)
        count, won = found.get(head, (0, 0))
        found[head] = (count + 1, won + one.due_change_won)
    rows = [(head, count, won) for head, (count, won) in found.items()]
    return sorted(rows, key=lambda row: -abs(row[2]))
