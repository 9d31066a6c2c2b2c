"""What 제17조 and 제29조 have in common: the car, the owners, the one car, the open points."""

from __future__ import annotations

from gongmu.relief.facts import Case
from gongmu.relief.parameters import InForce, PersonCar
from gongmu.relief.rule import Judgement, Trail
from gongmu.relief.rules.car_limits import person_scope
from gongmu.relief.rules.co_owners import family_title
from gongmu.relief.rules.replacement import PERSON_HEADS, earlier_cars

REGISTERED_LATER = (
    "취득일은 {last} 이전이나 등록일이 그 뒤입니다. 「취득하여 등록하는」 자동차로 볼 수 있는지 "
    "정해 주세요."
)


def judge_person_car(
    case: Case,
    now: InForce,
    micro: int,
    trail: Trail,
    limit: PersonCar,
    found: Judgement,
    replaced_article: str = "",
) -> Judgement:
    """Judge car, owners and the one car; `found` carries key, article, rate and open questions.

    `found.article` is completed with the item of the car (①1가), or becomes `replaced_article`.
    """
    vehicle = case.vehicle
    missing = list(found.missing)
    deciding = list(found.deciding)
    applies: bool | None = found.applies
    if vehicle is None:
        missing.append("차량")
    else:
        scope = person_scope(vehicle, limit, now.size, trail)
        if scope.inside is False:
            found.applies = False
            found.deciding = ()
            return found
        missing += scope.missing
        deciding += scope.deciding
        found.article += scope.item
    title = family_title(case, trail)
    if title.fits is False:
        found.applies = False
        found.deciding = ()
        return found
    missing += title.missing
    found.joint = title.joint
    earlier = earlier_cars(case, PERSON_HEADS, frozenset(), limit.replacement_days, trail)
    missing += earlier.missing
    deciding += earlier.deciding
    if earlier.blocks:
        applies = False
    elif earlier.replaced:
        found.replacement_due_on = earlier.due_on
        found.article = replaced_article or found.article
    if case.registered_on is None:
        missing.append("등록일")
    elif limit.open_after and limit.last_on and case.registered_on > limit.last_on >= now.day:
        deciding.append(REGISTERED_LATER.format(last=limit.last_on))
    rate = found.rate
    if rate is not None:
        found.micro = micro * rate.numerator // rate.denominator
        found.exempts = rate == 1
    found.applies = None if missing and applies is not False else applies
    found.missing = tuple(missing) if applies is not False else ()
    found.deciding = tuple(deciding)
    found.by_person = True
    return found
