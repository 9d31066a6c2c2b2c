"""A relief grant: one row of the tax system's weekly list, as read and typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction


@dataclass(frozen=True)
class CoOwner:
    """A joint owner of the car; `share` is 0..1, None when the list does not say."""

    name: str
    share: Fraction | None = None
    person_key: str = ""
    relation: str = ""
    """To the first owner, as the list words it: 배우자, 모, ...; empty when it does not say."""


@dataclass(frozen=True)
class Grant:
    """One relief granted on one car; None and '' mean that the list does not say.

    Holds personal data: it lives in memory and, sealed, in `relief.store`; never in a log, an
    error text, a workflow's input or a file name. `grant_id` carries none of it.
    """

    grant_id: str
    """Stable over files and weeks: keyed hash of the tax number, else of plate and dates."""
    row_number: int
    """Row of the file as a person counts it, header rows included, from 1."""
    tax_number: str = ""
    """과세번호, leading zeros kept."""
    filed_on: date | None = None
    """접수일자 (신고일자): the day that puts the grant into a week."""
    name: str = ""
    birth: str = ""
    """YYMMDD-S of a natural person (the digit tells the century and sex); '' for companies."""
    is_company: bool | None = None
    person_key: str = ""
    """Keyed hash of the resident or corporate number; the number itself is never kept."""
    phone: str = ""
    """Digits only, as given; not yet checked."""
    address: str = ""
    postcode: str = ""
    plate: str = ""
    vin: str = ""
    car_name: str = ""
    kind: str = ""
    """차종 as the list words it: 승용, 승용(경형), 승합, 화물, 이륜, 특수, ..."""
    seats: int | None = None
    cc: int | None = None
    payload_kg: int | None = None
    use: str = ""
    """용도: 비영업용, 영업용, ..."""
    fuel: str = ""
    acquired_on: date | None = None
    registered_on: date | None = None
    cause: str = ""
    """취득원인: 신조(신규), 매매, 증여, 상속, ..."""
    tax_base_won: int | None = None
    rate: Fraction | None = None
    base_tax_won: int | None = None
    """산출세액."""
    relief_code: str = ""
    """감면코드 of the tax system."""
    relief_text: str = ""
    """감면조문 as the list words it."""
    article: str = ""
    """The relief decided by code map or text, canonical: 지특법§22의2①1가; '' = unknown."""
    relief_rate: Fraction | None = None
    relief_won: int | None = None
    """감면세액."""
    tax_due_won: int | None = None
    """납부세액."""
    co_owners: tuple[CoOwner, ...] = ()
    previous_plate: str = ""
    """종전차량번호, for a replacement car (대체취득)."""
    electronic_notice: bool | None = None
    """전자적 안내를 신청했는지 (지특법 시행규칙 제2조제2항 후단)."""
