"""교환자동차와 환경친화적 자동차 (지특법 제66조)."""

from __future__ import annotations

from datetime import date

from gongmu.relief.facts import Case, Fuel, Kind
from gongmu.relief.parameters import Deduction, InForce, Share, Version, block_of
from gongmu.relief.rule import MICRO, Judgement, Question, Rule, Trail

SWAP, HYBRID, EV = "swap_66_1", "hybrid_66_3", "ev_66_4"
HYDROGEN, HYDROGEN_TRUCK = "hydrogen_66_5", "hydrogen_truck_66_6"

Q_SWAP = Question("지특법§66①", "제작결함으로 반납한 자동차와 같은 종류로 교환받았는가")
Q_HYBRID = Question("지특법§66③", "하이브리드자동차(플러그인 포함)인가")
Q_EV = Question("지특법§66④", "전기자동차인가")
Q_HYDROGEN = Question("지특법§66⑤", "수소전기자동차(화물자동차 제외)인가")
Q_HYDROGEN_TRUCK = Question("지특법§66⑥", "수소전기자동차인 화물자동차인가")
Q_LISTED = Question("환경친화적자동차법§2", "환경친화적 자동차로 고시된 자동차인가")

FUEL_SAID = "연료가 적히지 않아 하이브리드·전기·수소차가 아니라고 봤습니다."
LISTED_SAID = "환경친화적 자동차로 고시된 차라고 봤습니다."
LATER = (
    "취득일은 {last} 이전이고 등록일은 그 뒤입니다. 「취득하는 경우」이므로 취득일로 판단했습니다."
)
RURAL_TAX = (
    "농어촌특별세: {article} 감면분은 농특세령 제4조제7항제5호에 열거되지 않았습니다. 감면세액의 "
    "20%를 부과할지 확인해 주세요."
)
SPECIAL_HYDROGEN = (
    "수소전기 특수자동차가 화물자동차 운수사업법 제2조제1호의 화물자동차(50% 경감)인지, "
    "그 밖의 수소전기자동차(140만원)인지 정해 주세요."
)


def judge_swap(case: Case, now: InForce, micro: int, trail: Trail) -> Judgement | None:
    """Judge 제66조제1항: free up to the tax paid for the returned car."""
    swap = case.swap
    if swap is None:
        return None
    version, deciding = block_of(now, SWAP, Version)
    if version is None:
        return None
    if swap.settled is False or swap.same_kind is False:
        trail.checks.append(Q_SWAP.no)
        return Judgement(SWAP, "지특법§66①", False)
    missing: list[str] = []
    if swap.settled is None:
        missing.append("교환의 근거(소비자분쟁해결기준 또는 하자심의위원회 중재)")
    if swap.same_kind is None:
        missing.append("반납한 자동차와 같은 종류인지")
    if swap.paid_tax_won is None:
        missing.append("종전 자동차에 납부한 취득세액")
    trail.checks.append(Q_SWAP.of(None if missing else True))
    paid = micro if swap.paid_tax_won is None else swap.paid_tax_won * MICRO
    return Judgement(
        SWAP,
        "지특법§66①",
        None if missing else not deciding,
        min(micro, paid),
        missing=tuple(missing),
        deciding=deciding,
    )


def _listed(case: Case, found: Judgement, trail: Trail) -> Judgement:
    vehicle = case.vehicle
    listed = vehicle.eco_listed if vehicle is not None else None
    if listed is False:
        trail.checks.append(Q_LISTED.no)
        return Judgement(found.key, found.article, False)
    if listed is None:
        trail.checks.append(Q_LISTED.unknown)
        found.missing = (*found.missing, "환경친화적 자동차로 고시됐는지")
        found.applies = None
    elif LISTED_SAID not in trail.assumed:
        trail.assumed.append(LISTED_SAID)
    return found


def _deducted(
    case: Case, now: InForce, micro: int, trail: Trail, key: str, article: str
) -> Judgement | None:
    version, deciding = block_of(now, key, Deduction)
    if version is None:
        return None
    notes: list[str] = []
    if version.last_on and case.registered_on and now.day <= version.last_on < case.registered_on:
        notes.append(LATER.format(last=version.last_on))
    article = version.article or article
    if article == "지특법§66⑤":
        notes.append(RURAL_TAX.format(article="제66조제5항"))
    cap = version.cap_won * MICRO
    found = Judgement(
        key,
        article,
        not deciding,
        min(micro, cap),
        exempts=micro <= cap,
        deciding=deciding,
        notes=tuple(notes),
    )
    return _listed(case, found, trail)


def _fuel_unknown(found: Judgement | None) -> Judgement | None:
    """Leave open what hangs on the fuel; a car with a displacement is no electric one."""
    if found is None or found.applies is False:
        return None
    found.applies = None
    found.missing = (*found.missing, "연료(하이브리드·전기·수소인지)")
    return found


def judge_hybrid(case: Case, now: InForce, micro: int, trail: Trail) -> Judgement | None:
    """Judge 제66조제3항 (until 2024-12-31)."""
    vehicle = case.vehicle
    fuel = vehicle.fuel if vehicle is not None else None
    if vehicle is not None and vehicle.fuel_unknown:
        return _fuel_unknown(_deducted(case, now, micro, trail, HYBRID, "지특법§66③"))
    if fuel is not Fuel.HYBRID and fuel is not Fuel.PLUG_IN_HYBRID:
        return None
    found = _deducted(case, now, micro, trail, HYBRID, "지특법§66③")
    trail.checks.append(
        Q_HYBRID.yes if found is not None else Q_HYBRID.of(True, "2024-12-31로 감면이 끝났습니다.")
    )
    return found


def judge_ev(case: Case, now: InForce, micro: int, trail: Trail) -> Judgement | None:
    """Judge 제66조제4항 for battery cars."""
    vehicle = case.vehicle
    if vehicle is not None and vehicle.fuel is None and not vehicle.fuel_unknown:
        trail.assumed.append(FUEL_SAID)
    if vehicle is not None and vehicle.fuel_unknown and not vehicle.cc:
        return _fuel_unknown(_deducted(case, now, micro, trail, EV, "지특법§66④"))
    if vehicle is None or vehicle.fuel is not Fuel.ELECTRIC:
        return None
    trail.checks.append(Q_EV.yes)
    return _deducted(case, now, micro, trail, EV, "지특법§66④")


def judge_hydrogen(case: Case, now: InForce, micro: int, trail: Trail) -> Judgement | None:
    """Judge 제66조제5항 (until 2024: 제4항) for fuel-cell cars that are no trucks."""
    vehicle = case.vehicle
    if vehicle is None or vehicle.fuel is not Fuel.HYDROGEN or vehicle.kind is Kind.TRUCK:
        return None
    trail.checks.append(Q_HYDROGEN.yes)
    found = _deducted(case, now, micro, trail, HYDROGEN, "지특법§66⑤")
    if found is not None and vehicle.kind is Kind.SPECIAL:
        found.deciding = (*found.deciding, SPECIAL_HYDROGEN)
    return found


def judge_hydrogen_truck(case: Case, now: InForce, micro: int, trail: Trail) -> Judgement | None:
    """Judge 제66조제6항 (until 2024: 제5항) for fuel-cell trucks, private or commercial."""
    vehicle = case.vehicle
    if vehicle is None or vehicle.fuel is not Fuel.HYDROGEN or vehicle.kind is not Kind.TRUCK:
        return None
    version, deciding = block_of(now, HYDROGEN_TRUCK, Share)
    if version is None:
        return None
    trail.checks.append(Q_HYDROGEN_TRUCK.yes)
    rate = version.rate
    article = version.article or "지특법§66⑥"
    notes = (RURAL_TAX.format(article="제66조제6항"),) if article == "지특법§66⑥" else ()
    found = Judgement(
        HYDROGEN_TRUCK,
        article,
        not deciding,
        micro * rate.numerator // rate.denominator,
        rate=rate,
        deciding=deciding,
        notes=notes,
    )
    return _listed(case, found, trail)


_FIRST = date(2023, 1, 1)
RULES = (
    Rule(
        SWAP,
        "제작결함 교환자동차",
        "지특법 제66조제1항(법률 제18656호)",
        _FIRST,
        judge_swap,
        order=40,
    ),
    Rule(
        HYBRID,
        "하이브리드자동차",
        "지특법 제66조제3항(법률 제19232호)",
        _FIRST,
        judge_hybrid,
        order=41,
    ),
    Rule(
        EV, "전기자동차", "지특법 제66조제4항(법률 제18656호·제20632호)", _FIRST, judge_ev, order=42
    ),
    Rule(
        HYDROGEN,
        "수소전기자동차",
        "지특법 제66조제4항(법률 제19232호), 2025년부터 제5항(법률 제20632호)",
        _FIRST,
        judge_hydrogen,
        order=43,
    ),
    Rule(
        HYDROGEN_TRUCK,
        "수소전기 화물자동차",
        "지특법 제66조제5항(법률 제19232호), 2025년부터 제6항(법률 제20632호·제21309호)",
        _FIRST,
        judge_hydrogen_truck,
        order=44,
    ),
)
