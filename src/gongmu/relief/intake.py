"""Reads the tax system's weekly relief list, whatever file it comes in.

The door where resident registration numbers stop: a number is turned into a keyed hash and a
birth day here and is never kept, shown or put into an error text. A row that cannot be read
without guessing is set aside with its number, column, reason and what to do; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from gongmu.relief import cells, persons
from gongmu.relief.article import article_of_text
from gongmu.relief.cells import Unreadable
from gongmu.relief.changes import ChangeList, HouseholdChange, OwnershipChange, read_changes
from gongmu.relief.codes import CodeMap
from gongmu.relief.columns import Table
from gongmu.relief.doubts import DOUBT_TODO, doubtful_columns, doubtful_rows, total_notes
from gongmu.relief.grant import Grant
from gongmu.relief.headers import Header
from gongmu.relief.listing import Broken, Line, Listing, SetAside, clean_cells, read_listing
from gongmu.relief.owners import OwnerCells, own_row, read_owners

__all__ = [
    "ChangeList",
    "HouseholdChange",
    "OwnershipChange",
    "PersonKey",
    "ReliefList",
    "SetAside",
    "read_changes",
    "read_relief_list",
]

PersonKey = Callable[[str], str]
"""Keyed hash of a number: the same number gives the same key, the key gives no number."""


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


def read_relief_list(
    data: bytes, name: str, codes: CodeMap, person_key: PersonKey, today: date
) -> ReliefList:
    """Return the grants of a weekly relief list (취득세 감면대장).

    `data` is an xlsx, xls, HTML or delimited file (CP949 or UTF-8); `name` is used in messages
    only. Dates after `today` are not believed. Raises Refused: what `read_document` raises,
    list_header_missing, list_column_missing, list_unit_unknown, list_columns_doubtful,
    list_too_long, archive_of_many.
    """
    listing = read_listing(data, name, [Table.RELIEFS])
    reader = _Reader(listing, codes, person_key, today)
    reader.read()
    doubtful_columns(listing, reader.grants)
    for row_number, column, reason in doubtful_rows(reader.grants):
        reader.doubt(row_number, column, reason)
    grants = tuple(sorted(reader.grants, key=lambda grant: grant.row_number))
    notes = [*listing.notes, *total_notes(listing, grants), *reader.notes()]
    return ReliefList(
        grants,
        tuple(sorted(listing.set_aside, key=lambda row: row.row_number)),
        listing.rows_read,
        listing.skipped,
        tuple(sorted(reader.unknown_codes)),
        tuple(notes),
    )


_READERS: Mapping[str, Callable[[str], Any]] = {
    "filed_on": cells.day,
    "tax_number": cells.identifier,
    "phone": cells.phone,
    "address": cells.address,
    "postcode": cells.postcode,
    "plate": cells.plate,
    "vin": cells.vin,
    "car_name": cells.car_name,
    "kind": cells.kind,
    "seats": cells.seats,
    "cc": cells.cc,
    "use": cells.use,
    "fuel": cells.fuel,
    "acquired_on": cells.day,
    "registered_on": cells.day,
    "cause": cells.cause,
    "tax_base_won": cells.won,
    "base_tax_won": cells.won,
    "relief_code": cells.code,
    "relief_text": cells.relief_text,
    "relief_won": cells.won,
    "tax_due_won": cells.won,
    "previous_plate": cells.plate,
    "electronic_notice": cells.yes_or_no,
}
_MOST_TAX_RATE = Fraction(15, 100)
_OWNER_ROW_LACKS = ("filed_on", "plate", "acquired_on", "relief_won", "tax_number")


class _Reader:
    """Turns the lines of one listing into grants; what cannot be read goes to `set_aside`."""

    def __init__(
        self, listing: Listing, codes: CodeMap, person_key: PersonKey, today: date
    ) -> None:
        self._listing = listing
        self._header: Header = listing.header
        self._codes = codes
        self._key = person_key
        self._today = today
        self._percent = {code: self._is_percent(code) for code in ("rate", "relief_rate")}
        self.grants: list[Grant] = []
        self.unknown_codes: set[str] = set()
        self._at: dict[str, int] = {}
        """Grant id → place in `grants`; -1 once two rows contradict each other."""
        self._last: int | None = None
        """Place of the grant that a row of a joint owner would belong to."""
        self._contradicting: list[int] = []
        self._owner_rows = 0

    def read(self) -> None:
        """Read every line."""
        previous: Mapping[str, str] = {}
        for line in sorted(self._listing.lines, key=lambda one: one.number):
            try:
                known = clean_cells(line, self._header)
                if self._adds_owner(known, previous):
                    self._add_owner(line, known)
                    continue
                self._last = None
                previous = known
                self._add(line, self._grant(line, known))
            except Broken as broken:
                self._listing.set_aside.append(broken.row(line.number))

    def doubt(self, row_number: int, column: str, reason: str) -> None:
        """Set a grant aside that contradicts the other rows."""
        self.grants = [grant for grant in self.grants if grant.row_number != row_number]
        self._listing.set_aside.append(
            SetAside(row_number, self._header.title(column), reason, DOUBT_TODO)
        )

    def notes(self) -> list[str]:
        """Return what is worth knowing about the rows together."""
        told = []
        if self._owner_rows:
            told.append(f"공동소유자만 적힌 행 {self._owner_rows}개를 위 행에 더했습니다.")
        if self._contradicting:
            rows = ", ".join(map(str, self._contradicting[:20]))
            count = len(self._contradicting)
            told.append(f"감면코드와 감면조문이 서로 다른 행이 {count}개 있습니다({rows}행).")
        return told

    # ------------------------------------------------------------- one row

    def _grant(self, line: Line, known: Mapping[str, str]) -> Grant:
        values = {code: self._value(known, code) for code in _READERS if code in known}
        for code in ("rate", "relief_rate"):
            values[code] = self._try(code, cells.rate, known.get(code, ""), self._percent[code])
        unit = self._header.units.get("payload_kg", "").split(" ")[0]
        values["payload_kg"] = self._try(
            "payload_kg", cells.payload, known.get("payload_kg", ""), unit
        )
        company = self._try("person_type", persons.person_type, known.get("person_type", ""))
        owners = self._try(
            "name", read_owners, _owner_cells(known, company), self._today, self._key
        )
        self._check(values, known)
        values["article"] = self._article(line, values)
        return Grant(
            grant_id=self._grant_id(values),
            row_number=line.number,
            name=owners.name,
            birth=owners.number.birth,
            is_company=owners.number.company,
            person_key=owners.number.key,
            co_owners=owners.others,
            **values,
        )

    def _value(self, known: Mapping[str, str], code: str) -> Any:
        return self._try(code, _READERS[code], known[code])

    def _try(self, code: str, read: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return read(*arguments)
        except Unreadable as why:
            raise Broken(self._header.title(why.column or code), why) from None

    def _check(self, values: Mapping[str, Any], known: Mapping[str, str]) -> None:
        """Set aside what no true row can say."""
        # A grant without its tax number would get another id, and its person a second text.
        for code in ("filed_on", "plate", "tax_number"):
            if code in values and not values[code]:
                raise Broken(
                    self._header.title(code), Unreadable("꼭 있어야 할 칸이 비어 있습니다.")
                )
        for code in ("filed_on", "acquired_on", "registered_on"):
            if values[code] and values[code] > self._today:
                raise Broken(self._header.title(code), Unreadable("날짜가 오늘보다 뒤입니다."))
        filed, acquired, registered = (
            values[code] for code in ("filed_on", "acquired_on", "registered_on")
        )
        if acquired and filed < acquired:
            raise Broken("접수일자", Unreadable("신고가 취득보다 앞섭니다(지방세법 제20조)."))
        if acquired and registered and registered < acquired:
            # 지방세법 시행령 제20조제14항: who registers first has acquired on that day.
            raise Broken(
                "등록일자", Unreadable("등록이 취득보다 앞섭니다(지방세법 시행령 제20조).")
            )
        if values["rate"] is not None and values["rate"] > _MOST_TAX_RATE:
            raise Broken("세율", Unreadable("자동차 취득세에 없는 높은 세율입니다."))
        _in_order(values, "base_tax_won", "tax_base_won", "산출세액", "과세표준")
        _in_order(values, "relief_won", "base_tax_won", "감면세액", "산출세액")
        _in_order(values, "tax_due_won", "base_tax_won", "납부세액", "산출세액")
        if known.get("previous_plate") and values["previous_plate"] == values["plate"]:
            raise Broken("종전차량번호", Unreadable("종전차량번호가 차량번호와 같습니다."))

    def _article(self, line: Line, values: Mapping[str, Any]) -> str:
        """Return the article of code and wording; '' when unknown or when the two disagree."""
        code = values.get("relief_code", "")
        by_code = self._codes.article_of(code)
        worded = article_of_text(values.get("relief_text", "")) or ""
        if code and not by_code:
            self.unknown_codes.add(code)
        if by_code and worded and not (by_code.startswith(worded) or worded.startswith(by_code)):
            self._contradicting.append(line.number)
            return ""
        return max(by_code, worded, key=len)

    def _grant_id(self, values: Mapping[str, Any]) -> str:
        """Return the id of a grant; stable over files, as it hangs on the tax number."""
        about = values.get("tax_number") or "|".join(
            str(values.get(code)) for code in ("plate", "acquired_on", "registered_on", "filed_on")
        )
        return f"grant_{self._key(f'grant:{about}')[:32]}"

    def _is_percent(self, code: str) -> bool | None:
        """Tell what bare numbers of a column mean: the head says so, or the column as a whole."""
        if "%" in self._header.units.get(code, ""):
            return True
        bare = [
            value
            for line in self._listing.lines
            if (value := cells.bare_rate(line.cells.get(code, "").strip())) is not None
        ]
        above, between = any(v > 1 for v in bare), any(0 < v < 1 for v in bare)
        return above if above != between else None

    # ------------------------------------------------------------- rows together

    def _add(self, line: Line, grant: Grant) -> None:
        known = self._at.get(grant.grant_id)
        if known is None:
            self._at[grant.grant_id] = self._last = len(self.grants)
            self.grants.append(grant)
            return
        title = self._header.title("tax_number" if grant.tax_number else "plate")
        first = self.grants[known] if known >= 0 else None
        if first is not None and replace(grant, row_number=first.row_number) == first:
            reason = f"{first.row_number}행과 같은 감면이 거듭 들어 있습니다."
            self._listing.set_aside.append(
                SetAside(line.number, title, reason, "한 번만 처리합니다. 할 일이 없습니다.")
            )
            return
        self._listing.set_aside.append(_contradiction(line.number, title))
        if first is not None:
            self._listing.set_aside.append(_contradiction(first.row_number, title))
            self._withdraw(known)

    def _withdraw(self, place: int) -> None:
        """Take back a grant that another row contradicts: which of them is right is not known."""
        gone = self.grants.pop(place)
        self._at = {
            other: at - (at > place) for other, at in self._at.items() if other != gone.grant_id
        }
        self._at[gone.grant_id] = -1

    def _adds_owner(self, known: Mapping[str, str], previous: Mapping[str, str]) -> bool:
        """Tell whether the row only adds a joint owner to the grant above."""
        if not (known.get("name") or known.get("co_name")):
            return False
        lacks = all(not known.get(code) for code in _OWNER_ROW_LACKS)
        if lacks or not previous:
            return lacks
        # Merged cells are written out: the same grant, another person with a share.
        owner = {"name", "number", "phone", "address", "postcode", "person_type"}
        owner |= {"co_name", "co_share", "co_number", "co_relation"}
        same = all(known[code] == previous[code] for code in known if code not in owner)
        differs = known.get("number") != previous.get("number") or (
            known.get("co_name") != previous.get("co_name")
        )
        shares = known.get("co_share") and previous.get("co_share")
        return bool(same and differs and shares)

    def _add_owner(self, line: Line, known: Mapping[str, str]) -> None:
        if self._last is None:
            raise Broken(
                "납세자명", Unreadable("공동소유자만 적힌 행인데 위 행을 읽지 못했습니다.")
            )
        grant = self.grants[self._last]
        company = self._try("person_type", persons.person_type, known.get("person_type", ""))
        try:
            owner = self._try("name", own_row, _owner_cells(known, company), self._today, self._key)
            if sum(one.share or Fraction(0) for one in (*grant.co_owners, owner)) > 1:
                raise Broken("지분", Unreadable("지분을 더하면 1이 넘습니다."))
        except Broken:
            # Without this owner the grant would be somebody's alone, which it is not.
            self._listing.set_aside.append(
                SetAside(
                    grant.row_number,
                    "납세자명",
                    "공동소유자 행을 읽지 못했습니다.",
                    cells.CHECK_SOURCE,
                )
            )
            self._withdraw(self._last)
            self._last = None
            raise
        self.grants[self._last] = replace(grant, co_owners=(*grant.co_owners, owner))
        self._listing.skipped += 1
        self._owner_rows += 1


def _owner_cells(known: Mapping[str, str], company: bool | None) -> OwnerCells:
    return OwnerCells(
        known.get("name", ""),
        known.get("number", ""),
        company,
        known.get("co_name", ""),
        known.get("co_share", ""),
        known.get("co_number", ""),
        known.get("co_relation", ""),
    )


def _in_order(values: Mapping[str, Any], less: str, more: str, less_ko: str, more_ko: str) -> None:
    below, above = values.get(less), values.get(more)
    if below is not None and above is not None and below > above:
        raise Broken(less_ko, Unreadable(f"{less_ko}이 {more_ko}보다 큽니다."))


def _contradiction(number: int, title: str) -> SetAside:
    return SetAside(
        number,
        title,
        "같은 감면이 두 번 있는데 내용이 서로 다릅니다.",
        "어느 쪽이 맞는지 지방세 시스템에서 확인해 고친 파일을 다시 올리세요.",
    )
