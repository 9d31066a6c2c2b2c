"""취득세 세액: 과세표준(지방세법 제10조의5), 세율(제12조), 면세점(제17조), 비과세(제9조제7항)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from gongmu.relief.facts import Case, Cause, Fuel, Kind, Proof, Size, Use, Vehicle
from gongmu.relief.parameters import CarSize, InForce
from gongmu.relief.rule import MICRO, Answer, Check, Question, Trail, floor_ten

Q_EXEMPT_PRICE = Question("지방세법§17①", "취득가액이 면세점(50만원) 이하인가")
Q_UNUSABLE = Question("지방세법§9⑦", "상속 차량이 사용할 수 없는 차량(비과세)인가")
Q_BELOW_STANDARD = Question("지방세법§10의5①2", "신고가액이 시가표준액보다 적은가")

GRATUITOUS = frozenset({Cause.GIFT, Cause.INHERITANCE})
_PROVED_BY_CAUSE = {
    Cause.IMPORT: Proof.IMPORT,
    Cause.AUCTION: Proof.AUCTION,
    Cause.STATE: Proof.STATE,
}
_PROOF_WORDS = {
    Proof.DAMAGED: "사고 등으로 가액이 낮다고 시장이 인정",
    Proof.STATE: "국가·지방자치단체에서 취득",
    Proof.IMPORT: "수입",
    Proof.JUDGMENT: "확정판결로 증명",
    Proof.BOOKS: "법인장부로 증명",
    Proof.AUCTION: "경매·공매",
}
_RATE_WORDS = {
    "passenger_private_rate": ("지방세법§12①2가", "비영업용 승용자동차"),
    "light_private_rate": ("지방세법§12①2", "경자동차"),
    "motorcycle_small_rate": ("지방세법§12①2나", "125cc(12kW) 이하 이륜자동차"),
    "other_private_rate": ("지방세법§12①2다", "그 밖의 비영업용 자동차"),
    "commercial_rate": ("지방세법§12①2다", "영업용 자동차"),
    "other_vehicle_rate": ("지방세법§12①2라", "자동차 외의 차량"),
}
RATE_MISSING = {
    "kind": "차종(승용·승합·화물·특수·이륜)",
    "use": "용도(비영업용·영업용)",
    "light": "경형 여부(규모별 구분 또는 길이·너비·높이)",
    "light_conflict": "경형 여부(적힌 규모와 배기량·크기가 서로 맞지 않음)",
    "motorcycle": "이륜자동차의 배기량 또는 최고정격출력",
    "price": "과세표준(취득가격 또는 시가표준액)",
    "standard": "시가표준액",
    "used": "중고차 여부(법인장부 가격이 시가표준액보다 낮음)",
    "unusable": "상속 차량을 사용할 수 없었음을 증명하는 자료",
}


@dataclass(slots=True)
class BaseTax:
    """The tax before relief; `micro` None = cannot be told for want of `missing`."""

    micro: int | None
    base_won: int | None = None
    rate_name: str = ""
    rate: Fraction | None = None
    light: bool | None = None
    free_article: str = ""
    """Why there is no tax at all: 지방세법§17① or 지방세법§9⑦."""
    missing: tuple[str, ...] = ()

    @property
    def won(self) -> int | None:
        """The tax in won, rounded down to ten."""
        return None if self.micro is None else floor_ten(self.micro)


def light_class(vehicle: Vehicle, size: CarSize) -> tuple[bool | None, str]:
    """Return whether the car is 경형 (None = not known) and which fact is missing.

    지방세법 시행령 제23조제2항, 지특령 제31조제1항: under 1,000 cc and within 3.6 x 1.6 x 2.0 m;
    only the lengths count for a car driven by electricity alone. A registration that says plain
    승용 means not 경형, unless the displacement speaks against it.
    """
    battery = vehicle.fuel is Fuel.ELECTRIC or vehicle.fuel is Fuel.HYDROGEN
    length, width, height = vehicle.length_mm, vehicle.width_mm, vehicle.height_mm
    said = None if vehicle.size is None else vehicle.size is Size.LIGHT
    cc = vehicle.cc
    measured: bool | None = None
    if (
        (length is not None and length > size.light_length_mm)
        or (width is not None and width > size.light_width_mm)
        or (height is not None and height > size.light_height_mm)
        or (not battery and cc is not None and cc >= size.light_cc_under)
    ):
        measured = False
    elif length is not None and width is not None and height is not None:
        measured = True if battery or cc is not None else None
    if measured is None:
        if said is not None:
            return said, ""
        if not battery and cc is not None and cc < size.light_cc_under:
            return None, "light"
        return False, ""
    if said is not None and said is not measured:
        return None, "light_conflict"
    return measured, ""


def rate_name(vehicle: Vehicle | None, now: InForce) -> tuple[str, bool | None, str]:
    """Return the name of the rate, whether the car is light, and which fact is missing."""
    if vehicle is None or vehicle.kind is None:
        return "", None, "kind"
    kind = vehicle.kind
    if kind is Kind.MOTORCYCLE:
        return _motorcycle_rate(vehicle, now)
    if kind is Kind.OTHER:
        return "other_vehicle_rate", False, ""
    light, lacking = light_class(vehicle, now.size)
    if vehicle.use is Use.COMMERCIAL:
        return "commercial_rate", light, ""
    if vehicle.use is None:
        if light and now.rates.light_private_rate == now.rates.commercial_rate:
            return "light_private_rate", True, ""
        return "", light, "use"
    if light is None:
        return "", None, lacking
    if light:
        return "light_private_rate", True, ""
    return (
        "passenger_private_rate" if kind is Kind.PASSENGER else "other_private_rate",
        False,
        "",
    )


def _motorcycle_rate(vehicle: Vehicle, now: InForce) -> tuple[str, bool | None, str]:
    cc, power = vehicle.cc or None, vehicle.power_kw
    if (cc is not None and cc <= now.rates.motorcycle_small_cc) or (
        power is not None and power <= now.rates.motorcycle_small_kw
    ):
        return "motorcycle_small_rate", False, ""
    if cc is None and power is None:
        return "", False, "motorcycle"
    if vehicle.use is None:
        return "", False, "use"
    commercial = vehicle.use is Use.COMMERCIAL
    return "commercial_rate" if commercial else "other_private_rate", False, ""


def tax_base(case: Case, trail: Trail) -> tuple[int | None, str]:
    """Return the base of the tax in won and which fact is missing (지방세법 제10조의5).

    Without consideration: the standard value. Otherwise the price paid, but the standard value
    when the price is not declared or below it; 시행령 제18조의3 lists where the price counts.
    """
    price, standard = case.price_won, case.standard_won
    if case.cause in GRATUITOUS:
        base = standard if standard is not None else case.tax_base_won
        return base, "" if base is not None else "standard"
    if price is None:
        base = case.tax_base_won if case.tax_base_won is not None else standard
        return base, "" if base is not None else "price"
    if standard is None:
        if case.cause is not Cause.NEW:
            trail.assumed.append("시가표준액이 적히지 않아 신고가액이 그보다 적지 않다고 봤습니다.")
        return price, ""
    if price >= standard:
        trail.checks.append(Q_BELOW_STANDARD.no)
        return price, ""
    proof = case.proof or (_PROVED_BY_CAUSE.get(case.cause) if case.cause else None)
    used = case.vehicle.used if case.vehicle is not None else None
    if proof is None:
        trail.checks.append(
            Q_BELOW_STANDARD.of(True, f"시가표준액 {standard:,}원을 과세표준으로 합니다.")
        )
        return standard, ""
    if proof is Proof.BOOKS and used is not False:
        if used is None:
            return None, "used"
        trail.checks.append(
            Check(
                "지방세령§18의3②",
                "법인장부로 증명된 중고차의 가격이 시가표준액보다 낮은가",
                Answer.YES,
                f"시가표준액 {standard:,}원을 과세표준으로 합니다.",
            )
        )
        return standard, ""
    trail.checks.append(
        Check(
            "지방세령§18의3①",
            "사실상취득가격을 그대로 인정하는 경우인가",
            Answer.YES,
            f"{_PROOF_WORDS[proof]}: {price:,}원",
        )
    )
    return price, ""


def base_tax(case: Case, now: InForce, trail: Trail) -> BaseTax:
    """Return the tax before relief of one acquisition."""
    if case.unusable is not None and case.cause in (None, Cause.INHERITANCE):
        free = _unusable(case, now, trail)
        if free is not None:
            return free
    missing: list[str] = []
    base, lacking = tax_base(case, trail)
    if lacking:
        missing.append(RATE_MISSING[lacking])
    elif base is not None and base <= now.rates.exempt_price_won:
        trail.checks.append(Q_EXEMPT_PRICE.of(True, f"취득가액 {base:,}원"))
        return BaseTax(0, base, free_article="지방세법§17①")
    name, light, lacking = rate_name(case.vehicle, now)
    if lacking:
        missing.append(RATE_MISSING[lacking])
    if missing or base is None:
        return BaseTax(None, base, name, None, light, missing=tuple(missing))
    ppm = now.ppm_of[name]
    article, words = _RATE_WORDS[name]
    law = now.rate_law_of.get(name)
    trail.checks.append(
        Check(
            article if law is None else "지방세법§14",
            words + "의 세율인가",
            Answer.YES,
            f"{base:,}원 × {ppm / 10_000:g}%" + (f" ({law})" if law else ""),
        )
    )
    return BaseTax(base * ppm, base, name, Fraction(ppm, MICRO), light)


def _unusable(case: Case, now: InForce, trail: Trail) -> BaseTax | None:
    """Judge 지방세법 제9조제7항; None when the car is taxed after all."""
    facts = case.unusable
    if facts is None or case.acquired_on is None:
        return None
    if facts.proved is False:
        trail.checks.append(Q_UNUSABLE.no)
        return None
    if facts.proved is None:
        return BaseTax(None, missing=(RATE_MISSING["unusable"],))
    if facts.before_death:
        trail.checks.append(Q_UNUSABLE.of(True, "상속개시 전에 사용할 수 없게 된 차량(제1호)"))
        return BaseTax(0, free_article="지방세법§9⑦1")
    if facts.struck_off is not None:
        from gongmu.relief.rules.deadlines import end_of_month, end_of_months

        months = now.filing.abroad_months if case.heirs_abroad else now.filing.inheritance_months
        last = end_of_months(end_of_month(case.acquired_on), months)
        if facts.struck_off.last <= last:
            trail.checks.append(
                Q_UNUSABLE.of(True, f"이전등록 없이 폐차하고 {last}까지 말소등록(제2호)")
            )
            return BaseTax(0, free_article="지방세법§9⑦2")
        if facts.struck_off.first <= last:
            return BaseTax(None, missing=("말소등록일(일까지)",))
        trail.checks.append(Q_UNUSABLE.of(False, f"말소등록이 {last}를 지났습니다."))
        return None
    if facts.before_death is None:
        return BaseTax(None, missing=("상속개시 전에 사용할 수 없게 됐는지 또는 말소등록일",))
    trail.checks.append(Q_UNUSABLE.no)
    return None
