"""Looks at a list as a whole: columns that seem to be swapped or empty, totals that disagree.

A single row cannot show that two heads have changed places when both hold money or days; all rows
together can. Quiet.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from gongmu.core.errors import Refused
from gongmu.relief.cells import Unreadable, cleaned, won
from gongmu.relief.grant import Grant
from gongmu.relief.listing import Listing
from gongmu.relief.persons import is_company_name

_SURNAMES = frozenset(
    "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민진지엄채원천방공"
    "현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용예경봉사부가복태목형계피두감음"
    "빈동온호범좌팽승간상갈단견당화창류나라임량려련로리"
)
"""First letters of nearly all Korean surnames (통계청 2015 인구주택총조사 성씨)."""
_DIGIT = re.compile(r"\d")
_OF_A_GRANT = ("filed_on", "plate", "acquired_on", "relief_won")
_FILLED_OR_EMPTY = (
    "number", "kind", "use", "fuel", "rate", "relief_rate",
    "tax_base_won", "base_tax_won", "tax_due_won",
)  # fmt: skip
"""Columns that an export has for every row or, left out on purpose, for none."""
_FEW = 5
"""With fewer rows nothing is said about a column."""


def doubtful_columns(listing: Listing, grants: Sequence[Grant]) -> None:
    """Raise Refused("list_columns_doubtful") when the rows say that columns changed places."""
    # A row with none of the four adds a joint owner to the row above.
    lines = [
        line.cells
        for line in listing.lines
        if any(line.cells.get(code, "").strip() for code in _OF_A_GRANT)
    ]
    for code in (*_OF_A_GRANT, "name", "registered_on"):
        blank = sum(1 for cells in lines if not cells.get(code, "").strip())
        if len(lines) >= _FEW and blank > len(lines) / 2:
            raise _doubtful(f"'{listing.header.title(code)}' 열이 절반 넘게 비어 있습니다.")
    for code in _FILLED_OR_EMPTY:
        filled = sum(1 for cells in lines if cells.get(code, "").strip())
        if len(lines) >= _FEW and 0 < filled < len(lines) / 2:
            title = listing.header.title(code)
            raise _doubtful(f"'{title}' 열이 절반 넘게 비어 있습니다. 다른 열과 바뀐 듯합니다.")
    _surnames([cells.get("name", "").strip() for cells in lines])
    _surnames([owner.name for grant in grants for owner in grant.co_owners])
    if len(grants) < _FEW:
        return
    late = sum(1 for one in grants if _after(one.filed_on, one.registered_on))
    usual = sum(1 for one in grants if _after(one.registered_on, one.filed_on))
    if late > max(usual, 1) * 2:
        raise _doubtful("접수일자가 등록일자보다 늦은 행이 훨씬 많습니다. 두 열이 바뀐 듯합니다.")
    nothing = sum(1 for one in grants if one.relief_won == 0 and one.tax_due_won)
    if nothing > len(grants) / 10:
        raise _doubtful("감면세액이 0원인 행이 많습니다. 납부세액 열과 바뀐 듯합니다.")


def _surnames(names: Sequence[str]) -> None:
    people = [name for name in names if "가" <= name[:1] <= "힣" and not is_company_name(name)]
    strange = sum(1 for name in people if name[0] not in _SURNAMES or _DIGIT.search(name))
    if len(people) >= _FEW and strange > len(people) / 4:
        raise _doubtful("납세자명 열이 사람 이름으로 보이지 않습니다.")


DOUBT_TODO = "병합된 칸이 있으면 풀고, 행이 맞으면(동명이인 등) 순서를 바꾸어 다시 올리세요."
_ROUNDING_WON = 10


def doubtful_rows(grants: Sequence[Grant]) -> list[tuple[int, str, str]]:
    """Return (row number, column code, Korean reason) of grants that other rows contradict.

    A cell merged over two grants gives the lower one what belongs to the upper: the plate of
    another car, the name of another person, an amount that does not fit its neighbours.
    """
    told: dict[int, tuple[str, str]] = {}
    by_row = sorted(grants, key=lambda grant: grant.row_number)
    for above, grant in pairwise(by_row):
        next_row = grant.row_number == above.row_number + 1
        other = grant.person_key != above.person_key and grant.person_key and above.person_key
        if next_row and other and grant.name == above.name:
            told[grant.row_number] = ("name", "위 행과 이름이 같은데 등록번호가 다릅니다.")
    for code, one_of, reason in (
        ("plate", "vin", "같은 차량번호에 차대번호가 둘입니다."),
        ("vin", "plate", "같은 차대번호에 차량번호가 둘입니다."),
    ):
        known: dict[str, set[str]] = {}
        for grant in grants:
            known.setdefault(getattr(grant, code), set()).add(getattr(grant, one_of))
        for grant in grants:
            if getattr(grant, code) and len(known[getattr(grant, code)]) > 1:
                told[grant.row_number] = (code, reason)
    uneven = [grant for grant in grants if _uneven(grant)]
    if len(uneven) <= len(grants) / 10:
        for grant in uneven:
            told[grant.row_number] = (
                "tax_due_won",
                "다른 행과 달리 산출세액에서 감면세액을 뺀 것이 납부세액과 다릅니다.",
            )
    return [(number, *what) for number, what in sorted(told.items())]


def _uneven(grant: Grant) -> bool:
    base, relief, due = grant.base_tax_won, grant.relief_won, grant.tax_due_won
    if base is None or relief is None or due is None:
        return False
    return abs(base - relief - due) > _ROUNDING_WON


def _after(one: object, other: object) -> bool:
    return one is not None and other is not None and one > other  # type: ignore[operator]


def _doubtful(what: str) -> Refused:
    return Refused(
        "list_columns_doubtful",
        what,
        "머리글과 내용이 맞는지 파일을 열어 확인하고 고친 파일을 다시 올리세요.",
    )


def total_notes(listing: Listing, grants: Sequence[Grant]) -> list[str]:
    """Return what disagrees with the file's own total row, in Korean."""
    told = []
    rows = len(listing.lines)
    said = listing.count_said
    if said is not None and said != rows:
        told.append(f"파일에는 {said:,}건이라고 적혀 있는데 자료 행은 {rows:,}개입니다.")
    read_all = len(grants) == rows
    if listing.total is not None and read_all:
        try:
            total = won(cleaned(listing.total.get("relief_won", "")))
        except Unreadable:
            return told
        mine = sum(one.relief_won or 0 for one in grants)
        if total is not None and total != mine:
            told.append(f"합계 행의 감면세액({total:,}원)이 행을 더한 것({mine:,}원)과 다릅니다.")
    return told
