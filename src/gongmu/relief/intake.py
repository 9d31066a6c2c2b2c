"""Reads the tax system's lists, whatever file they come in: grants, and what happened to cars.

The door where resident registration numbers stop: a number is turned into a keyed hash and a
birth day here and is never kept, shown or put into an error text. A row that cannot be read
without guessing is set aside with its number, column, reason and what to do; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from gongmu.relief.codes import CodeMap
from gongmu.relief.grant import Grant

PersonKey = Callable[[str], str]
"""Keyed hash of a number: the same number gives the same key, the key gives no number."""


@dataclass(frozen=True)
class SetAside:
    """A row that a person has to look at; holds no content of the row."""

    row_number: int
    """As a person counts rows of the file, from 1; sheets are counted on."""
    column: str
    """The column's usual name; '' when the row as a whole cannot be read."""
    reason_ko: str
    todo_ko: str


@dataclass(frozen=True)
class ReliefList:
    """A relief list as read; rows_read == len(grants) + len(set_aside) + skipped, always."""

    grants: tuple[Grant, ...]
    set_aside: tuple[SetAside, ...]
    rows_read: int
    """Every row of the file that is not blank, title, header and total rows included."""
    skipped: int
    """Title, header and total rows, notes, and rows that only add an owner to the row above."""
    unknown_codes: tuple[str, ...] = ()
    """Relief codes that the map does not know, sorted; their grants have article '' unless the
    list words the article."""
    notes: tuple[str, ...] = ()
    """What a person should know about the file as a whole, in Korean; nothing personal."""


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
    """Later ownership or household changes; the same promise about rows as `ReliefList`."""

    ownership: tuple[OwnershipChange, ...]
    household: tuple[HouseholdChange, ...]
    set_aside: tuple[SetAside, ...]
    rows_read: int
    skipped: int
    notes: tuple[str, ...] = ()


def read_relief_list(
    data: bytes, name: str, codes: CodeMap, person_key: PersonKey, today: date
) -> ReliefList:
    """Return the grants of a weekly relief list (취득세 감면대장).

    `data` is an xlsx, xls, HTML or delimited file (CP949 or UTF-8); `name` is used in messages
    only. Dates after `today` are not believed. Raises Refused: what `read_document` raises,
    list_header_missing, list_column_missing, list_column_doubled, list_columns_doubtful.
    """
    raise NotImplementedError


def read_changes(data: bytes, name: str, person_key: PersonKey) -> ChangeList:
    """Return the later changes of relieved cars (소유권 변동) or of households (세대 변동).

    Which of the two it is is told by the columns. Raises as `read_relief_list` does.
    """
    raise NotImplementedError
