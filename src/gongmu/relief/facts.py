"""What is known of one acquisition; None means not known, never "no".

Two lists mean "none" when nothing is said, because the filing names them when they are there:
`owners` (empty = the applicant alone) and `earlier_cars` (empty = none). Decisions say so under
`assumed`. Given as null in a case file they are None: not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple


class When(NamedTuple):
    """A day that may be known only to the month or year: the first and last it can be."""

    first: date
    last: date

    @property
    def day(self) -> date | None:
        """The day itself, None when it is not known to the day."""
        return self.first if self.first == self.last else None


class Kind(StrEnum):
    """자동차의 종류 (자동차관리법 제3조)."""

    PASSENGER = "passenger"
    VAN = "van"
    TRUCK = "truck"
    SPECIAL = "special"
    MOTORCYCLE = "motorcycle"
    OTHER = "other"


class Size(StrEnum):
    """규모별 세부기준 (자동차관리법 시행규칙 별표 1)."""

    LIGHT = "light"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class Use(StrEnum):
    """용도: commercial means licensed passenger or freight business (지방세법 시행령 제23조)."""

    PRIVATE = "private"
    COMMERCIAL = "commercial"


class Fuel(StrEnum):
    """사용 연료."""

    GASOLINE = "gasoline"
    DIESEL = "diesel"
    LPG = "lpg"
    CNG = "cng"
    HYBRID = "hybrid"
    PLUG_IN_HYBRID = "plug_in_hybrid"
    ELECTRIC = "electric"
    HYDROGEN = "hydrogen"
    OTHER = "other"


class Cause(StrEnum):
    """취득원인."""

    NEW = "new"
    PURCHASE = "purchase"
    IMPORT = "import"
    AUCTION = "auction"
    STATE = "state"
    EXCHANGE = "exchange"
    GIFT = "gift"
    INHERITANCE = "inheritance"


class Proof(StrEnum):
    """Why the price paid counts even below the standard value (지방세법 시행령 제18조의3)."""

    DAMAGED = "damaged"
    STATE = "state"
    IMPORT = "import"
    JUDGMENT = "judgment"
    BOOKS = "books"
    AUCTION = "auction"


class Relation(StrEnum):
    """A person's relation to the applicant (본인)."""

    SELF = "self"
    SPOUSE = "spouse"
    PARENT = "parent"
    GRANDPARENT = "grandparent"
    CHILD = "child"
    GRANDCHILD = "grandchild"
    SIBLING = "sibling"
    SPOUSE_OF_LINEAL = "spouse_of_lineal"
    SPOUSE_LINEAL = "spouse_lineal"
    SPOUSE_SIBLING = "spouse_sibling"
    SIBLING_SPOUSE = "sibling_spouse"
    OTHER_RELATIVE = "other_relative"
    OUTSIDER = "outsider"


class Descent(StrEnum):
    """How a child is the applicant's, by the family register."""

    OWN = "own"
    ADOPTED = "adopted"
    SPOUSE_CHILD = "spouse_child"
    ADOPTED_OUT = "adopted_out"


class Veteran(StrEnum):
    """국가유공자등 of 지특법 제29조제4항 and 시행령 제12조의2제1항."""

    MERIT = "merit"
    COMPENSATED = "compensated"
    SUPPORTED = "supported"
    MAY_18 = "may_18"
    DEFOLIANT = "defoliant"


class State(StrEnum):
    """What has become of an earlier relieved car."""

    KEPT = "kept"
    TRANSFERRED = "transferred"
    DEREGISTERED = "deregistered"
    BROKERAGE = "brokerage"
    DESTROYED = "destroyed"
    SCRAPPED = "scrapped"
    EXPORTED = "exported"


class Happening(StrEnum):
    """A later event."""

    TRANSFER = "transfer"
    DEREGISTRATION = "deregistration"
    SCRAPPING = "scrapping"
    EXPORT = "export"
    HOUSEHOLD_SPLIT = "household_split"
    COMMERCIAL_USE = "commercial_use"
    DEATH = "death"
    MARRIAGE = "marriage"
    EMIGRATION = "emigration"
    LICENCE_REVOKED = "licence_revoked"
    REJOINED = "rejoined"
    """Back in the household after having left it; undoes nothing."""
    UNSOLD = "unsold"
    """A dealer's car still not sold (exported) on that day."""


class Reason(StrEnum):
    """Why a later event came about."""

    NONE = "none"
    DEATH = "death"
    MARRIAGE = "marriage"
    EMIGRATION = "emigration"
    LICENCE_REVOKED = "licence_revoked"
    ILLNESS = "illness"
    EMPLOYMENT = "employment"
    STUDY = "study"
    HARDSHIP = "hardship"
    REBUILDING = "rebuilding"
    DISCORD = "discord"
    SPECIAL_SCHOOL = "special_school"
    FAILED_INSPECTION = "failed_inspection"
    DISASTER = "disaster"
    OTHER = "other"


class Business(StrEnum):
    """A licensed or registered business that reliefs rest on."""

    DEALER = "dealer"
    EXPORTER = "exporter"
    CITY_BUS = "city_bus"
    RURAL_BUS = "rural_bus"
    VILLAGE_BUS = "village_bus"
    INTERCITY_BUS = "intercity_bus"
    CHARTER_BUS = "charter_bus"
    COMPANY_TAXI = "company_taxi"
    PRIVATE_TAXI = "private_taxi"
    RENTAL = "rental"
    FREIGHT = "freight"
    OTHER = "other"


@dataclass(slots=True)
class Vehicle:
    """The car acquired; lengths in mm, payload in kg."""

    kind: Kind | None = None
    size: Size | None = None
    seats: int | None = None
    seats_before_change: int | None = None
    """승차정원 before a change of structure for the disabled person."""
    cc: int | None = None
    power_kw: Fraction | None = None
    payload_kg: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    use: Use | None = None
    fuel: Fuel | None = None
    fuel_unknown: bool = False
    """The file says null of it; a file that says nothing of it means no 전기·수소·하이브리드."""
    eco_listed: bool | None = True
    """On the notice of environment-friendly cars (고시); unsaid = listed, null = not known."""
    used: bool | None = None
    reclassified_2006: bool = False
    """Counted as truck until 2005, as passenger car from 2006 (제17조제1항제1호다목)."""
    towed_special: bool = False
    """특수용도형 화물자동차로서 피견인형 (제67조제2항 괄호)."""


@dataclass(slots=True)
class Owner:
    """One owner on the registration."""

    relation: Relation | None = None
    share: Fraction | None = None
    same_household: bool | None = None
    """On the same resident register (세대별 주민등록표) on the day of registration."""


@dataclass(slots=True)
class Child:
    """One child."""

    born: When | None = None
    descent: Descent | None = Descent.OWN
    raised: bool | None = True
    """Brought up by the applicant; False for a child raised elsewhere (이혼 뒤 비양육)."""


@dataclass(slots=True)
class Disability:
    """Of the applicant, registered under 장애인복지법."""

    severe: bool | None = None
    kind: str | None = None
    grade: int | None = None
    """Grade before 2019-07-01, or the grade it corresponds to."""


@dataclass(slots=True)
class VeteranStatus:
    """Of the applicant."""

    kind: Veteran | None = None
    grade: str | None = None
    """상이등급 or 신체장해등급 as digits, 고엽제 경도·중등도·고도, or 등급외."""


@dataclass(slots=True)
class EarlierCar:
    """A car for which a relief was granted before."""

    article: str | None = None
    """The relief it had, short form; None = the same article as is asked for now."""
    holder: Relation | None = Relation.SELF
    registered: When | None = None
    relieved_won: int | None = None
    state: State | None = None
    gone: When | None = None
    """When it was transferred, struck off, handed to a broker, destroyed, ..."""
    gone_to: Relation | None = None
    gone_reason: Reason | None = None
    to_co_owner: bool | None = None
    """Whether it went to someone who was a joint owner of it."""
    whole: bool | None = True
    """Whether every share has gone."""
    returned: bool | None = False
    """Came back from the broker unsold."""
    certified: bool | None = True
    """Destroyed cars: accepted by the mayor; others: proved."""
    to_be_replaced: bool | None = False
    """Still kept, but to be given up within 60 days: a replacement."""


@dataclass(slots=True)
class Event:
    """Something that happened after registration."""

    kind: Happening | None = None
    when: When | None = None
    by: Relation | None = None
    """Who gave the share away or moved out; 본인 is the person relieved."""
    to: Relation | None = None
    to_same_household: bool | None = None
    share: Fraction | None = None
    """Share of the whole car that passed; None = all that `by` had."""
    whole: bool | None = None
    """Whether `by` gave away all that they had."""
    reason: Reason | None = None
    filed_on: date | None = None
    paid_on: date | None = None


@dataclass(slots=True)
class Swap:
    """A car given in exchange for a defective one (제66조제1항)."""

    settled: bool | None = True
    """By 소비자분쟁해결기준 or the board's arbitration."""
    same_kind: bool | None = True
    paid_tax_won: int | None = None


@dataclass(slots=True)
class Disaster:
    """The car that this one replaces, lost to a disaster (제92조제1항)."""

    lost: When | None = None
    unavoidable: bool | None = True
    """천재지변, 그 밖의 불가항력."""
    earlier_new_price_won: int | None = None
    """신제품구입가액 of the lost car."""


@dataclass(slots=True)
class Unusable:
    """An inherited car that could not be used (지방세법 제9조제7항)."""

    before_death: bool | None = None
    """Already unusable when the inheritance began (제1호)."""
    proved: bool | None = True
    struck_off: When | None = None
    """Struck off without transfer to the heirs (제2호)."""


@dataclass(slots=True)
class SameCar:
    """This very car was relieved before, in the hands of the spouse or of one who has died."""

    deceased: bool = False
    article: str | None = None
    registered: When | None = None
    relieved_won: int | None = None
    legal_shares: bool | None = None
    """Registered in the shares of 민법 제1009조."""


@dataclass(slots=True)
class Case:
    """One acquisition as a case file says it."""

    case_id: str = ""
    acquired_on: date | None = None
    registered_on: date | None = None
    cause: Cause | None = None
    vehicle: Vehicle | None = None
    tax_base_won: int | None = None
    """과세표준, when it has been settled already."""
    price_won: int | None = None
    """Price paid, without value-added tax."""
    standard_won: int | None = None
    """시가표준액."""
    proof: Proof | None = None
    heirs_abroad: bool = False
    owners: tuple[Owner, ...] | None = ()
    children: tuple[Child, ...] | None = None
    children_under_18: int | None = None
    single_parent: bool | None = None
    disability: Disability | None = None
    veteran: VeteranStatus | None = None
    business: Business | None = None
    business_licensed: bool | None = True
    for_resale: bool | None = True
    """Bought by a dealer to be sold (매매용)."""
    earlier_cars: tuple[EarlierCar, ...] | None = ()
    same_car: SameCar | None = None
    swap: Swap | None = None
    disaster: Disaster | None = None
    unusable: Unusable | None = None
    events: tuple[Event, ...] = ()
    applied_for: str | None = None
    """Short form of the article applied for or recorded; settles ties."""
    filed_on: date | None = None
    paid_on: date | None = None


CaseData = Mapping[str, object]
"""A case as a JSON object."""


ELIGIBLE_RELATIONS = frozenset(
    {
        Relation.SPOUSE,
        Relation.PARENT,
        Relation.GRANDPARENT,
        Relation.CHILD,
        Relation.GRANDCHILD,
        Relation.SIBLING,
        Relation.SPOUSE_OF_LINEAL,
        Relation.SPOUSE_LINEAL,
        Relation.SPOUSE_SIBLING,
    }
)
"""지특령 제8조제3항, 제12조의2제3항 (2020-01-15~): may register together with the person."""

RELATION_WORDS = {
    Relation.SELF: "본인",
    Relation.SPOUSE: "배우자",
    Relation.PARENT: "부모",
    Relation.GRANDPARENT: "조부모",
    Relation.CHILD: "자녀",
    Relation.GRANDCHILD: "손자녀",
    Relation.SIBLING: "형제자매",
    Relation.SPOUSE_OF_LINEAL: "직계혈족의 배우자",
    Relation.SPOUSE_LINEAL: "배우자의 직계혈족",
    Relation.SPOUSE_SIBLING: "배우자의 형제자매",
    Relation.SIBLING_SPOUSE: "형제자매의 배우자",
    Relation.OTHER_RELATIVE: "그 밖의 친족",
    Relation.OUTSIDER: "타인",
}
