"""Reads who owns a car together: several names in a cell, a column of its own, rows below. Quiet.

Understood: '김가람, 이나래' · '김가람 외 1명' · '이나래(배우자, 1/100)' · '이나래/배우자/1%' ·
names, numbers, relations and shares in columns of their own, one entry per owner.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from gongmu.relief import cells, persons
from gongmu.relief.cells import Unreadable
from gongmu.relief.grant import CoOwner

_OTHERS = re.compile(r"(.+?)\s*외\s*(\d{1,2})\s*(?:명|인|)")
_BETWEEN = re.compile(r"[,;、\n]+(?![^(]*\))")
_BETWEEN_NAMES = re.compile(r"[,;、\n/]+")
_BETWEEN_NUMBERS = re.compile(r"[\s,;、/]+")
_SHARE = re.compile(r"\d+(?:\.\d+)?\s*%|\d+\s*/\s*\d+|\d+\s*분의\s*\d+|\d+(?:\.\d+)?\s*퍼센트")
_WORDS = re.compile(r"[()/,\s:·]+")
_RELATIONS = frozenset(
    re.findall(
        r"\w+",
        """배우자 처 남편 아내 부 모 부모 아버지 어머니 자 자녀 아들 딸 조부 조모 손 손자 손녀
        외조부 외조모 형 제 오빠 누나 언니 동생 형제 자매 형제자매 시부 시모 시부모 장인 장모
        며느리 사위 자부 배우자의부 배우자의모 배우자형제 배우자자매
        직계존속 직계비속 동거인 기타 타인""",
    )
)


@dataclass(frozen=True)
class Owners:
    """The first owner, who files the tax, and the others."""

    name: str
    number: persons.Number
    others: tuple[CoOwner, ...] = ()


@dataclass(frozen=True)
class OwnerCells:
    """The cells of a row that speak of owners, as cleaned text."""

    name: str
    number: str = ""
    company: bool | None = None
    co_name: str = ""
    co_share: str = ""
    co_number: str = ""
    co_relation: str = ""


def read_owners(row: OwnerCells, today: date, key: Callable[[str], str]) -> Owners:
    """Return the owners of a row; raises Unreadable when names, numbers and shares do not pair."""
    if not row.co_name and row.co_share and not _shares(row.co_share):
        # One column for both, '공동소유자/지분'.
        row = replace(row, co_name=row.co_share, co_share="")
    name, unnamed = _without_others(row.name)
    first, *more = _together(replace(row, name=name), today, key)
    named = (*more, *_beside(row, len(more), today, key))
    if unnamed is not None:
        if unnamed < len(named):
            raise Unreadable("'외 몇 명'의 수가 공동소유자 수와 다릅니다.")
        named += (CoOwner(""),) * (unnamed - len(named))
    main = persons.person_name(first.name, row.company)
    number = persons.number(_numbers(row.number)[0], _company(row, main), today, key)
    return Owners(main, number, named)


def own_row(row: OwnerCells, today: date, key: Callable[[str], str]) -> CoOwner:
    """Return the joint owner that a row below the first one adds."""
    name = persons.person_name(row.co_name or row.name, row.company)
    number = row.co_number or row.number
    shares = _shares(row.co_share)
    if row.co_share and len(shares) != 1:
        raise Unreadable("지분으로 읽을 수 없습니다.")
    return CoOwner(
        name,
        shares[0] if shares else None,
        persons.number(number, _company(row, name), today, key).key,
        _relation(row.co_relation),
    )


def _company(row: OwnerCells, name: str) -> bool | None:
    if persons.is_company_name(name):
        if row.company is False:
            raise Unreadable("이름은 법인인데 구분은 개인입니다.")
        return True
    return row.company


def _without_others(name: str) -> tuple[str, int | None]:
    match = _OTHERS.fullmatch(name)
    return (match[1], int(match[2])) if match else (name, None)


def _numbers(text: str) -> list[str]:
    return [part for part in _BETWEEN_NUMBERS.split(text) if part] or [""]


def _together(row: OwnerCells, today: date, key: Callable[[str], str]) -> list[CoOwner]:
    """Return the owners that stand together in the name cell, the first one too."""
    numbers = _numbers(row.number)
    names = [row.name]
    if not persons.is_company_name(row.name) and not row.company:
        names = [part.strip() for part in _BETWEEN_NAMES.split(row.name) if part.strip()]
        if len(numbers) > 1 and len(names) == 1:
            names = row.name.split()
        names = names or [""]
    if len(numbers) > 1 and len(numbers) != len(names):
        raise Unreadable("소유자의 이름과 번호의 수가 다릅니다.")
    if len(names) == 1:
        return [CoOwner(names[0])]
    shares = _shares(row.co_share) if not row.co_name else ()
    if shares and len(shares) != len(names):
        raise Unreadable("소유자와 지분의 수가 다릅니다.")
    found = [CoOwner(names[0])]
    for at, name in enumerate(names[1:], start=1):
        own = persons.number(numbers[at], None, today, key) if len(numbers) > 1 else None
        found.append(
            CoOwner(
                persons.person_name(name, None),
                shares[at] if shares else None,
                own.key if own else "",
            )
        )
    return found


def _beside(
    row: OwnerCells, known: int, today: date, key: Callable[[str], str]
) -> tuple[CoOwner, ...]:
    """Return the owners of the joint owners' own columns."""
    if not row.co_name:
        if row.co_number or row.co_relation:
            raise Unreadable("공동소유자의 이름이 비어 있습니다.")
        return ()
    if known:
        raise Unreadable("공동소유자가 두 곳에 적혀 있습니다.")
    owners = [_owner(part) for part in _BETWEEN.split(row.co_name) if part.strip()]
    numbers = [part for part in _numbers(row.co_number) if part]
    relations = [part for part in _BETWEEN_NUMBERS.split(row.co_relation) if part]
    shares = _shares(row.co_share)
    for what, values in (("번호", numbers), ("관계", relations), ("지분", shares)):
        if values and len(values) != len(owners):
            raise Unreadable(f"공동소유자와 {what}의 수가 다릅니다.")
    if row.co_share and not shares:
        raise Unreadable("지분으로 읽을 수 없습니다.")
    full = []
    for at, owner in enumerate(owners):
        if shares:
            owner = replace(owner, share=shares[at])
        if relations:
            owner = replace(owner, relation=_relation(relations[at]))
        if numbers:
            owner = replace(owner, person_key=persons.number(numbers[at], None, today, key).key)
        full.append(owner)
    if sum(owner.share or Fraction(0) for owner in full) > 1:
        raise Unreadable("지분을 더하면 1이 넘습니다.")
    return tuple(full)


def _owner(text: str) -> CoOwner:
    """Read '이나래(배우자, 1/100)'."""
    shares = _SHARE.findall(text)
    if len(shares) > 1:
        raise Unreadable("한 공동소유자에 지분이 둘입니다.")
    words = [word for word in _WORDS.split(_SHARE.sub(" ", text)) if word]
    relations = [word for word in words if word in _RELATIONS]
    names = [word for word in words if word not in _RELATIONS]
    if len(names) != 1 or len(relations) > 1:
        raise Unreadable("공동소유자를 읽을 수 없습니다.")
    return CoOwner(
        persons.person_name(names[0], None),
        cells.rate(shares[0].strip(), None) if shares else None,
        "",
        relations[0] if relations else "",
    )


def _relation(text: str) -> str:
    if text and text not in _RELATIONS:
        raise Unreadable("관계로 아는 말이 아닙니다.")
    return text


def _shares(text: str) -> Sequence[Fraction]:
    """Return the shares a cell lists; empty when it holds anything else."""
    if _SHARE.sub("", text).strip(" ,;、/\n"):
        return ()
    read = (cells.rate(part.strip(), None) for part in _SHARE.findall(text))
    return tuple(share for share in read if share is not None)
