"""대체취득: what became of the car relieved before, and by when it must be gone.

지특령 제8조제5항·제6항, 제12조의2제5항·제6항, 제10조의2, 지특법 제22조의2제3항제1호·제5항.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from gongmu.relief.article import article_head
from gongmu.relief.facts import ELIGIBLE_RELATIONS, Case, EarlierCar, Relation, State
from gongmu.relief.rule import Question, Trail
from gongmu.relief.rules.deadlines import in_grace

Q_FIRST = Question("지특법§22의2①단서", "종전에 감면받은 자동차를 소유하고 있는가")
Q_REPLACED = Question("지특령§8⑤", "종전 감면차량을 등록일부터 60일 안에 말소·이전하는가")
Q_NOT_OWNED = Question("지특령§8⑥", "종전 감면차량을 소유하지 않은 것으로 보는가")
Q_TO_SPOUSE = Question("지특령§10의2", "종전 감면차량을 배우자에게 이전했는가(대체취득 아님)")
Q_TO_CO_OWNER = Question(
    "지특령§8⑤", "종전 감면차량을 그 차의 공동명의자에게 이전했는가(대체취득 아님)"
)
Q_ALL_SHARES = Question("지특령§8⑤", "종전 감면차량의 지분을 모두 처분했는가")

NONE_SAID = "종전 감면차량이 적히지 않아 없는 것으로 봤습니다."
EARLIER_UNKNOWN = "종전에 감면받은 자동차가 있는지"
OTHER_ARTICLE = (
    "종전 차량은 제17조(제29조)로 감면받았습니다. 이 차가 제22조의2제1항 단서의 "
    "「종전에 감면받은 자동차」에 들어 다자녀 감면을 막는지 정해 주세요."
)
GRACE_60 = (
    "60일째 날이 토·일·공휴일입니다. 민법 제161조로 다음 날까지 늘어나 "
    "대체취득으로 인정되는지 정해 주세요."
)
BROKER_LATER = (
    "새 차를 등록한 뒤에 종전 차의 매매 알선을 맡겼습니다. 60일 안의 이전·말소를 "
    "갈음하는지 정해 주세요."
)


@dataclass(slots=True)
class Earlier:
    """What the earlier cars mean for the new one.

    `blocks` None = not known. `due_on`: the last day for the old car to go, when it was still
    there on the day of registration.
    """

    blocks: bool | None = False
    replaced: bool = False
    due_on: date | None = None
    missing: list[str] = field(default_factory=list)
    deciding: list[str] = field(default_factory=list)


def earlier_cars(
    case: Case, heads: frozenset[str], other_heads: frozenset[str], days: int, trail: Trail
) -> Earlier:
    """Judge the earlier cars whose relief was under one of `heads`.

    `other_heads`: reliefs of which it is an open question whether they block.
    """
    found = Earlier()
    if case.earlier_cars is None:
        trail.checks.append(Q_FIRST.unknown)
        found.blocks = None
        found.missing.append(EARLIER_UNKNOWN)
        return found
    if not case.earlier_cars:
        if NONE_SAID not in trail.assumed:
            trail.assumed.append(NONE_SAID)
        trail.checks.append(Q_FIRST.no)
        return found
    for car in case.earlier_cars:
        head = article_head(car.article) if car.article else None
        if case.same_car is not None and car.gone_to is Relation.SELF:
            continue  # This very car, told twice.
        if head is not None and head not in heads:
            if head in other_heads:
                aside = Earlier()
                _judge(case, car, days, aside, False, trail)
                if aside.blocks is not False or aside.due_on is not None:
                    found.deciding.append(OTHER_ARTICLE)
            continue
        _judge(case, car, days, found, heads is MULTI_HEADS, trail)
        if found.blocks:
            break
    return found


MULTI_HEADS = frozenset({"지특법§22의2"})
PERSON_HEADS = frozenset({"지특법§17", "지특법§29"})


def _judge(
    case: Case, car: EarlierCar, days: int, found: Earlier, multi: bool, trail: Trail
) -> None:
    if multi and car.holder not in (None, Relation.SELF, Relation.SPOUSE):
        return
    state = car.state
    if state is None:
        found.blocks = None
        found.missing.append("종전 감면차량의 처분 여부")
        return
    ref = case.registered_on or case.acquired_on
    limit = ref + timedelta(days=days) if ref is not None else None
    if state is State.KEPT or (state is State.BROKERAGE and car.returned):
        if car.to_be_replaced and not (trail.as_of and limit and trail.as_of > limit):
            trail.checks.append(Q_REPLACED.of(None, f"{limit}까지 처분해야 합니다."))
            found.replaced, found.due_on = True, limit
        else:
            trail.checks.append(Q_FIRST.yes)
            found.blocks = True
        return
    if _kept_after_all(car, multi, found, trail):
        return
    _by_days(car, ref, limit, found, trail)


def _kept_after_all(car: EarlierCar, multi: bool, found: Earlier, trail: Trail) -> bool:
    """Return whether the car counts as kept, or whether that cannot be told."""
    if car.certified is not True and car.state is not State.TRANSFERRED:
        trail.checks.append(Q_NOT_OWNED.of(car.certified))
        found.blocks = True if car.certified is False else None
        if car.certified is None:
            found.missing.append("종전 차량을 쓸 수 없음을 시장이 인정했는지(증명 자료)")
        return True
    if car.state is not State.TRANSFERRED:
        return False
    if multi and car.gone_to is Relation.SELF:
        found.blocks = None
        found.missing.append("종전 감면차량이 이번에 이전받은 바로 그 차인지(same_car)")
        return True
    if multi and car.gone_to is Relation.SPOUSE:
        trail.checks.append(Q_TO_SPOUSE.yes)
        found.blocks = True
        return True
    if not multi and car.to_co_owner:
        trail.checks.append(Q_TO_CO_OWNER.yes)
        found.blocks = True
        return True
    if car.whole is not True:
        trail.checks.append(Q_ALL_SHARES.of(car.whole))
        found.blocks = True if car.whole is False else None
        if car.whole is None:
            found.missing.append("종전 감면차량의 지분을 모두 처분했는지")
        return True
    if not multi and car.to_co_owner is None and car.gone_to in ELIGIBLE_RELATIONS:
        found.blocks = None
        found.missing.append("종전 감면차량을 이전받은 가족이 그 차의 공동명의자였는지")
        return True
    return False


def _by_days(
    car: EarlierCar, ref: date | None, limit: date | None, found: Earlier, trail: Trail
) -> None:
    gone = car.gone
    as_not_owned = car.state in (State.BROKERAGE, State.DESTROYED, State.SCRAPPED, State.EXPORTED)
    if gone is None and as_not_owned:
        trail.checks.append(Q_NOT_OWNED.yes)
        return
    if gone is None or ref is None or limit is None:
        found.blocks = None
        found.missing.append("종전 감면차량을 처분한 날" if gone is None else "등록일")
        return
    if gone.last <= ref:
        trail.checks.append(Q_NOT_OWNED.yes if as_not_owned else Q_REPLACED.yes)
        found.replaced = found.replaced or not as_not_owned
        return
    if gone.last <= limit:
        trail.checks.append(Q_REPLACED.of(True, f"등록일부터 {(gone.last - ref).days}일째"))
        found.replaced, found.due_on = True, limit
        if car.state is State.BROKERAGE:
            found.deciding.append(BROKER_LATER)
        return
    if gone.first > limit:
        trail.checks.append(Q_REPLACED.of(False, f"{limit}를 지나 처분했습니다."))
        found.blocks = True
        if in_grace(limit, gone.first):
            found.deciding.append(GRACE_60)
        return
    found.blocks = None
    found.missing.append("종전 감면차량을 처분한 날(일까지)")
