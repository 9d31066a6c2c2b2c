"""Reads what happened later to relieved cars and to the households of their owners."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gongmu.relief import cells, persons
from gongmu.relief.cells import Unreadable
from gongmu.relief.columns import Table
from gongmu.relief.headers import Header
from gongmu.relief.listing import Broken, Line, SetAside, clean_cells, read_listing


@dataclass(frozen=True)
class OwnershipChange:
    """What happened to a car later, as the ownership list words it."""

    row_number: int
    plate: str
    kind: str
    """변동구분: 이전, 말소, 수출말소, 지분변경, 영업용전환, 상속이전, ..."""
    changed_on: date
    vin: str = ""
    person_key: str = ""
    """Keyed hash of the former owner's number."""
    name: str = ""
    """Of the former owner."""
    new_person_key: str = ""
    new_name: str = ""
    new_relation: str = ""
    """Of the new owner to the former: 배우자, 자, ...; '' when the list does not say."""
    share: str = ""
    """Share that moved, as written (99/100, 1%); '' = not said."""
    reason: str = ""


@dataclass(frozen=True)
class HouseholdChange:
    """What happened to a household later, as the household list words it."""

    row_number: int
    person_key: str
    kind: str
    """변동구분: 전출, 분가(세대분리), 전입, 사망, ..."""
    moved_on: date
    plate: str = ""
    """The relieved car the person (co-)owns, when the list says."""
    name: str = ""
    birth: str = ""
    relation: str = ""
    reason: str = ""


@dataclass(frozen=True)
class ChangeList:
    """Later ownership or household changes; rows_read == changes + set_aside + skipped."""

    ownership: tuple[OwnershipChange, ...]
    household: tuple[HouseholdChange, ...]
    set_aside: tuple[SetAside, ...]
    rows_read: int
    skipped: int
    notes: tuple[str, ...] = ()


_KIND = cells.one_of(r"^[가-힣][가-힣()/· ]{0,20}$", "변동구분")


def read_changes(data: bytes, name: str, person_key: Callable[[str], str]) -> ChangeList:
    """Return the later changes of relieved cars (소유권 변동) or of households (세대 변동).

    Which of the two it is is told by the columns; an empty list (header only) gives none. Raises
    Refused as `intake.read_relief_list` does.
    """
    listing = read_listing(data, name, [Table.OWNERSHIP, Table.HOUSEHOLD])
    ownership: list[OwnershipChange] = []
    household: list[HouseholdChange] = []
    seen: dict[object, int] = {}
    for line in sorted(listing.lines, key=lambda one: one.number):
        try:
            known = clean_cells(line, listing.header)
            first = seen.setdefault(tuple(sorted(known.items())), line.number)
            if first != line.number:
                raise Broken(
                    "",
                    Unreadable(f"{first}행과 같은 행입니다.", "한 번만 셉니다. 할 일이 없습니다."),
                )
            reader = _Cells(listing.header, known, person_key)
            if listing.header.table is Table.OWNERSHIP:
                ownership.append(_ownership(line, reader))
            else:
                household.append(_household(line, reader))
        except Broken as broken:
            listing.set_aside.append(broken.row(line.number))
    return ChangeList(
        tuple(ownership),
        tuple(household),
        tuple(sorted(listing.set_aside, key=lambda row: row.row_number)),
        listing.rows_read,
        listing.skipped,
        tuple(listing.notes),
    )


class _Cells:
    """The cells of one row, read by column."""

    def __init__(self, header: Header, known: Mapping[str, str], key: Callable[[str], str]) -> None:
        self._header = header
        self._known = known
        self._key = key

    def read(self, code: str, reader: Callable[[str], Any]) -> Any:
        """Return what `reader` makes of the column; raises Broken naming it."""
        try:
            return reader(self._known.get(code, ""))
        except Unreadable as why:
            raise Broken(self._header.title(code), why) from None

    def needed(self, code: str, reader: Callable[[str], Any]) -> Any:
        """Return the column's value, which must be there."""
        value = self.read(code, reader)
        if not value:
            raise Broken(self._header.title(code), Unreadable("꼭 있어야 할 칸이 비어 있습니다."))
        return value

    def person(self, code: str, name: str) -> persons.Number:
        """Return what is kept of a person's or company's number."""
        company = persons.is_company_name(self._known.get(name, "")) or None
        number: persons.Number = self.read(
            code, lambda text: persons.number(text, company, None, self._key)
        )
        return number

    def name(self, code: str) -> str:
        """Return a name; '' when the list does not say."""
        found: str = self.read(code, lambda text: persons.person_name(text, None) if text else "")
        return found


def _ownership(line: Line, row: _Cells) -> OwnershipChange:
    return OwnershipChange(
        row_number=line.number,
        plate=row.needed("plate", cells.plate),
        kind=row.needed("kind", _KIND),
        changed_on=row.needed("changed_on", cells.day),
        vin=row.read("vin", cells.vin),
        person_key=row.person("number", "name").key,
        name=row.name("name"),
        new_person_key=row.person("new_number", "new_name").key,
        new_name=row.name("new_name"),
        new_relation=row.read("new_relation", str),
        share=row.read("share", cells.share_text),
        reason=row.read("reason", str),
    )


def _household(line: Line, row: _Cells) -> HouseholdChange:
    person = row.person("number", "name")
    return HouseholdChange(
        row_number=line.number,
        person_key=person.key,
        kind=row.needed("kind", _KIND),
        moved_on=row.needed("changed_on", cells.day),
        plate=row.read("plate", cells.plate),
        name=row.name("name"),
        birth=person.birth,
        relation=row.read("relation", str),
        reason=row.read("reason", str),
    )
