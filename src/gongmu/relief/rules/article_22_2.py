"""다자녀 양육자의 자동차 (지특법 제22조의2, 지특령 제10조의2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from gongmu.relief.article import article_head
from gongmu.relief.facts import Case, Child, Descent, Kind, Relation, SameCar
from gongmu.relief.parameters import InForce, MultiChild, block_of
from gongmu.relief.rule import MICRO, Check, Judgement, Question, Rule, Trail
from gongmu.relief.rules.car_limits import Q_KIND, other_scope
from gongmu.relief.rules.co_owners import others, spouse_title
from gongmu.relief.rules.deadlines import coming_of_age_on
from gongmu.relief.rules.person_car import REGISTERED_LATER
from gongmu.relief.rules.replacement import MULTI_HEADS, earlier_cars

KEY = "multichild_22_2"
HALF = Fraction(1, 2)

Q_ASKED = Question("지특법§183①", "다자녀 감면을 신청할 사유(자녀)가 적혀 있는가")
Q_THREE = Question("지특법§22의2①", "18세 미만 자녀 3명 이상을 양육하는가")
Q_TWO = Question("지특법§22의2②", "18세 미만 자녀 2명을 양육하는가(2025년부터)")
Q_SEATS = Question("지특법§22의2①1가", "승차정원 7명 이상 10명 이하인 승용자동차인가")
Q_CAP = Question("지특법§22의2①1나", "산출세액이 140만원 이하인가")
Q_SAME_CAR = Question("지특법§22의2③", "배우자 이전 또는 사망에 따른 법정상속분 등록인가")
Q_SHARES = Question("지특법§22의2③3", "배우자와 자녀가 법정상속분대로 등록했는가")
Q_SINGLE = Question("지특법", "한부모가족이라는 사유만으로 자동차 취득세를 감면하는 조문이 있는가")

AGE_DAY = (
    "취득일과 등록일 사이에 18세가 되는 자녀가 있습니다. 자녀 수를 어느 날로 볼지 정해 주세요."
)
NOT_RAISING = (
    "신청인이 함께 살며 기르지 않는 자녀(이혼 뒤 비양육 등)가 있습니다. 가족관계등록부의 자녀로 "
    "셀지 정해 주세요."
)
REPLACED_COUNT = (
    "대체취득의 감면 폭은 대체취득할 때의 자녀 수로 봤습니다(제22조의2제3항 「제1항 또는 제2항의 "
    "방법」)."
)
RURAL_TAX = (
    "농어촌특별세: {article} 감면분은 농특세령 제4조제7항제5호에 열거되지 않았습니다. 감면세액의 "
    "20%를 부과할지 확인해 주세요."
)


@dataclass(slots=True)
class Count:
    """Children under 18: surely so many, at most so many."""

    sure: int = 0
    most: int = 0
    missing: list[str] = field(default_factory=list)
    deciding: list[str] = field(default_factory=list)
    other: int | None = None
    """The count by the other reading of a deciding question."""


def _under_age(child: Child, day: date, age: int) -> bool | None:
    if child.born is None:
        return None
    if day >= coming_of_age_on(child.born.last, age) or day < child.born.first:
        return False
    if day < coming_of_age_on(child.born.first, age) and day >= child.born.last:
        return True
    return None


def count_children(case: Case, day: date, age: int) -> Count:
    """Count the children under `age` on the day of acquisition (민법 제158조).

    Adopted children and the spouse's count, a child adopted by others does not count for its
    parents of birth.
    """
    found = Count()
    if case.children is None:
        found.sure = found.most = case.children_under_18 or 0
        return found
    registered = case.registered_on
    other = 0
    for child in case.children:
        if child.descent is Descent.ADOPTED_OUT:
            continue
        young = _under_age(child, day, age)
        later = young if registered in (None, day) else _under_age(child, registered or day, age)
        if young is False and later is False:
            continue
        if young is None or child.descent is None or child.raised is None:
            found.most += 1
            other += 1
            found.missing.append(
                "자녀의 생년월일"
                if young is None
                else "자녀와의 관계(친생자·양자·배우자의 자녀)"
                if child.descent is None
                else "자녀를 신청인이 양육하는지"
            )
            continue
        if child.raised is False:
            other += 1
            found.deciding.append(NOT_RAISING)
            continue
        if later is not young:
            found.deciding.append(AGE_DAY)
        found.sure += young
        found.most += young
        other += bool(later)
    found.other = other if found.deciding else None
    _compare(found, case.children_under_18)
    return found


def _compare(found: Count, said: int | None) -> None:
    """Let a stated number settle what birthdays leave open; a contradiction is asked about."""
    if said is None or found.deciding or found.sure == found.most == said:
        return
    if found.sure <= said <= found.most:
        found.sure = found.most = said
    else:
        found.sure, found.most = min(found.sure, said), max(found.most, said)
        found.missing.append("18세 미만 자녀 수(적힌 수와 자녀 목록이 맞지 않음)")


def _grade(count: int, limit: MultiChild) -> int:
    if count >= 3:
        return 3
    return 2 if count == 2 and limit.two_rate is not None else 0


def judge(case: Case, now: InForce, micro: int, trail: Trail) -> Judgement | None:
    """Judge 제22조의2; None when the case says nothing of children."""
    if case.single_parent:
        trail.checks.append(Q_SINGLE.no)
    if case.children is None and case.children_under_18 is None:
        trail.checks.append(Q_ASKED.no)
        return None
    limit, after = block_of(now, KEY, MultiChild)
    if limit is None:
        return None
    count = count_children(case, now.day, limit.child_age)
    low, high = _grade(count.sure, limit), _grade(count.most, limit)
    swing = low if count.other is None else _grade(count.other, limit)
    _show_count(count, low, high, limit, trail)
    if max(low, high, swing) == 0:
        return Judgement(KEY, "지특법§22의2", False)
    found = _amount(case, max(low, high, swing), limit, micro, trail)
    if found.applies is False:
        return found
    missing = list(found.missing)
    deciding = [*found.deciding]
    if low != high:
        missing += count.missing
    elif swing != low:
        deciding += dict.fromkeys(count.deciding)
        found = _amount(case, low, limit, micro, Trail()) if low else found
        found.applies = bool(low)
    if after:
        deciding += after
        found.applies = False
    elif (
        limit.open_after
        and limit.last_on
        and case.registered_on
        and case.registered_on > limit.last_on
    ):
        deciding.append(REGISTERED_LATER.format(last=limit.last_on))
    return _conditions(case, found, limit, missing, deciding, trail)


def _show_count(count: Count, low: int, high: int, limit: MultiChild, trail: Trail) -> None:
    sure = low == high
    trail.checks.append(Q_THREE.of(low == 3 if sure else None, f"{count.sure}명 확인"))
    if limit.two_rate is not None and low != 3:
        trail.checks.append(Q_TWO.of(low == 2 if sure else None))


def _amount(case: Case, grade: int, limit: MultiChild, micro: int, trail: Trail) -> Judgement:
    """Return what the car gets with that many children, the owners not yet looked at."""
    article = "지특법§22의2②" if grade == 2 else "지특법§22의2①"
    found = Judgement(KEY, article, True, by_person=True)
    vehicle = case.vehicle
    if vehicle is None or vehicle.kind is None:
        found.applies, found.missing, found.micro = None, ("차종",), micro
        return found
    if vehicle.kind is not Kind.PASSENGER:
        scope = other_scope(vehicle, limit, trail)
        if scope.inside is False:
            return Judgement(KEY, article, False)
        found.missing, found.deciding = scope.missing, scope.deciding
        _by_share(found, grade, limit, micro)
        found.article += scope.item if grade == 3 else ""
        return found
    seats = vehicle.seats
    big = None if seats is None else limit.seats_min <= seats <= limit.seats_max
    trail.checks.append(Q_SEATS.of(big))
    if seats is not None and seats > limit.seats_max:
        trail.checks.append(Q_KIND.unknown)
        found.missing = ("차종(승용은 10인승까지인데 승차정원이 더 많음)",)
    cap = (limit.three_plus_cap_won if grade == 3 else limit.two_cap_over_won) * MICRO
    if big or (big is None and micro <= cap):
        _by_share(found, grade, limit, micro)
        found.article += ("1가" if big else "1") if grade == 3 else ""
        return found
    if big is None:
        found.missing = ("승차정원",)
        _by_share(found, grade, limit, micro)
        return found
    found.article += "1나" if grade == 3 else ""
    trail.checks.append(Q_CAP.yes if micro <= cap else Q_CAP.no)
    if micro <= cap:
        _by_share(found, grade, limit, micro)
    else:
        most = limit.three_plus_cap_won if grade == 3 else limit.two_cap_won
        found.micro = min(micro, most * MICRO)
    return found


def _by_share(found: Judgement, grade: int, limit: MultiChild, micro: int) -> None:
    if grade == 3:
        found.micro, found.rate, found.exempts = micro, Fraction(1), True
    else:
        rate = limit.two_rate or HALF
        found.micro, found.rate = micro * rate.numerator // rate.denominator, rate


def _conditions(
    case: Case,
    found: Judgement,
    limit: MultiChild,
    missing: list[str],
    deciding: list[str],
    trail: Trail,
) -> Judgement:
    """Look at the owners, the earlier cars, and 제3항."""
    same = case.same_car
    inherited = same is not None and same.deceased
    title = spouse_title(case, inherited, trail)
    if title.fits is False:
        return Judgement(KEY, found.article, False)
    missing += title.missing
    found.joint = title.joint
    notes: list[str] = []
    old = (limit.last_on or date.max).year <= 2024
    third = "지특법§22의2②" if old else "지특법§22의2③"
    if same is not None:
        trail.checks.append(Q_SAME_CAR.yes)
        fits = _same_car(case, same, missing, trail)
        if fits is False:
            return Judgement(KEY, found.article, False)
        found.article = third + ("3" if inherited else "2")
    earlier = earlier_cars(
        case,
        MULTI_HEADS,
        frozenset({"지특법§17", "지특법§29"}),
        limit.replacement_days,
        trail,
    )
    missing += earlier.missing
    deciding += earlier.deciding
    if earlier.blocks:
        found.applies = False
    elif earlier.replaced:
        found.article, found.replacement_due_on = third + "1", earlier.due_on
        notes.append(REPLACED_COUNT)
    if found.article.startswith("지특법§22의2③"):
        notes.append(RURAL_TAX.format(article="제22조의2제3항"))
    if case.registered_on is None:
        missing.append("등록일")
    if missing and found.applies is not False:
        found.applies = None
    found.missing = tuple(missing) if found.applies is None else ()
    found.deciding, found.notes = tuple(deciding), tuple(notes)
    return found


def _same_car(case: Case, same: SameCar, missing: list[str], trail: Trail) -> bool:
    """Return whether 제3항제2호·제3호 can apply to the car relieved before."""
    if same.article is not None and article_head(same.article) != "지특법§22의2":
        trail.checks.append(
            Check("지특법§22의2③", "다자녀 감면을 받은 자동차인가", Q_SAME_CAR.no.answer)
        )
        return False
    if not same.deceased:
        return True
    fits = same.legal_shares if same.legal_shares is not None else legal_shares(case)
    trail.checks.append(Q_SHARES.of(fits))
    if fits is None:
        missing.append("배우자와 자녀가 법정상속분(민법 제1009조)대로 등록했는지")
    return fits is not False


def legal_shares(case: Case) -> bool | None:
    """Return whether spouse (본인) and children hold 1.5 : 1 : ...; None when not said."""
    mine = [o for o in case.owners or () if o.relation is Relation.SELF]
    children = [o for o in others(case) if o.relation is Relation.CHILD]
    shares = [o.share for o in (*mine, *children)]
    if not mine or not children or any(share is None for share in shares):
        return None
    whole = 3 + 2 * len(children)
    expected = [Fraction(3, whole)] + [Fraction(2, whole)] * len(children)
    return shares == expected


RULES = (
    Rule(
        KEY,
        "다자녀 양육자의 자동차",
        "지특법 제22조의2(법률 제18656호·제19232호): 3명 이상만",
        date(2023, 1, 1),
        judge,
        date(2024, 12, 31),
        order=30,
    ),
    Rule(
        KEY,
        "다자녀 양육자의 자동차",
        "지특법 제22조의2(법률 제20632호): 2명 50%, 제3항으로 옮김",
        date(2025, 1, 1),
        judge,
        order=30,
    ),
)
