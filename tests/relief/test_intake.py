"""Reading the tax system's lists: every form gives the same rows, nothing is guessed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from fractions import Fraction

import pytest

from gongmu.core.errors import Refused
from gongmu.practice.tax import lists as written
from gongmu.relief import cells
from gongmu.relief.cells import Unreadable
from gongmu.relief.codes import CodeMap, default_codes
from gongmu.relief.grant import CoOwner, Grant
from gongmu.relief.intake import ReliefList, read_changes, read_relief_list
from tests.relief.lists import (
    CODES,
    HEADS,
    TODAY,
    Grid,
    as_csv,
    as_html,
    as_workbook,
    expected,
    forms,
    grid,
    key,
    read,
    register,
    truth,
)

PERSON, OTHER = "850101-1234568", "880202-2234561"


def intake(data: bytes, name: str = "감면대장.xls", codes: CodeMap | None = None) -> ReliefList:
    found = read_relief_list(data, name, codes or default_codes(), key, TODAY)
    assert found.rows_read == len(found.grants) + len(found.set_aside) + found.skipped
    return found


def one_row(**cells_: str) -> dict[str, str]:
    """Return a sound row with some cells changed."""
    row = dict(register(0)[0]) | {"person_type": "개인", "number": PERSON, "name": "김가람"}
    row |= {"co_name": "", "co_share": "", "co_relation": "", "co_number": ""}
    return row | cells_


def only(data: bytes) -> Grant:
    found = intake(data)
    assert found.set_aside == ()
    (grant,) = found.grants
    return grant


def reason(row: dict[str, str]) -> tuple[str, str]:
    found = intake(as_csv(grid([row])))
    assert found.grants == ()
    (aside,) = found.set_aside
    return aside.column, aside.reason_ko


# ------------------------------------------------------------------ the practice city's list


@pytest.mark.parametrize("form", range(5))
def test_every_form_gives_exactly_the_rows_that_were_written(form: int) -> None:
    name, data = list(forms(register()).items())[form]
    found = intake(data, name)
    true = truth()
    good = {number for number, one in true.items() if one["listed"] == "good"}
    assert {grant.tax_number for grant in found.grants} == good
    assert len(found.grants) == len(good)
    for grant in found.grants:
        assert read(grant) == expected(true[grant.tax_number]["row"])
    twice = sum(one["listed_times"] - 1 for one in true.values())
    assert len(found.set_aside) == len(true) - len(good) + twice


def test_articles_are_the_true_ones_and_unknown_codes_are_held() -> None:
    found = intake(forms(register())["감면대장.xls"])
    true = truth()
    for grant in found.grants:
        one = true[grant.tax_number]
        assert grant.article == ("" if one["unknown_code"] else one["article"])
    unknown = [one for one in true.values() if one["unknown_code"]]
    assert found.unknown_codes == tuple(sorted({one["row"]["relief_code"] for one in unknown}))
    edits = dict.fromkeys(found.unknown_codes, "지특법§67②")
    learnt = intake(forms(register())["감면대장.xls"], codes=default_codes().with_edits(edits))
    assert learnt.unknown_codes == ()
    assert all(grant.article for grant in learnt.grants)


def test_grants_keep_their_ids_in_every_form_and_order() -> None:
    rows = register()
    first = intake(forms(rows)["감면대장.xls"])
    again = intake(forms(list(reversed(rows)))["감면대장.xlsx"])
    assert {grant.grant_id for grant in first.grants} == {one.grant_id for one in again.grants}


@pytest.mark.slow
def test_ten_thousand_rows_are_read_within_seconds() -> None:
    rows = [dict(one_row(), tax_number=f"04115{at:013d}") for at in range(10_000)]
    data = written.html_list(rows, TODAY, TODAY)
    started = time.perf_counter()
    assert len(intake(data).grants) == 10_000
    assert time.perf_counter() - started < 15


# ------------------------------------------------------------------ heads and forms


def test_other_names_line_breaks_and_signs_in_heads_are_understood() -> None:
    rows = register(0)[:5]
    for data in (
        as_csv(grid(rows, True)),
        as_html(grid(rows, True)),
        as_workbook(grid(rows, True)),
    ):
        assert [read(grant) for grant in intake(data).grants] == [expected(row) for row in rows]


def test_a_missing_column_is_named_with_the_names_understood() -> None:
    cells_ = grid([one_row()])
    cells_[1][HEADS.index("접수일자")] = "아무개"
    with pytest.raises(Refused) as refused:
        intake(as_csv(cells_))
    assert refused.value.code == "list_column_missing"
    assert "접수일자" in refused.value.message
    assert "신고일자" in refused.value.message


@pytest.mark.parametrize(
    ("one", "other"), [("감면세액", "납부세액"), ("접수일자", "등록일자"), ("납세자명", "차명")]
)
def test_columns_that_changed_places_are_refused_as_a_whole(one: str, other: str) -> None:
    cells_ = grid(register(0)[:60])
    head = cells_[1]
    at, to = head.index(one), head.index(other)
    head[at], head[to] = other, one
    with pytest.raises(Refused) as refused:
        intake(as_csv(cells_))
    assert refused.value.code == "list_columns_doubtful"


def test_money_in_thousands_is_refused() -> None:
    cells_ = grid([one_row()])
    cells_[1][HEADS.index("감면세액")] = "감면세액(천원)"
    with pytest.raises(Refused) as refused:
        intake(as_csv(cells_))
    assert refused.value.code == "list_unit_unknown"


def test_rows_of_joint_owners_below_belong_to_the_row_above() -> None:
    row = one_row(co_share="99/100")
    below = dict.fromkeys(CODES, "") | {"name": "이나래", "number": OTHER, "co_share": "1/100"}
    found = intake(as_csv(grid([row, below])))
    (grant,) = found.grants
    assert grant.co_owners == (CoOwner("이나래", Fraction(1, 100), key(OTHER.replace("-", ""))),)
    merged = row | {"name": "이나래", "number": OTHER, "co_share": "1%"}
    assert intake(as_csv(grid([row, merged]))).grants[0].co_owners == grant.co_owners
    broken = below | {"number": "850101-12A4567"}
    assert [one.row_number for one in intake(as_csv(grid([row, broken]))).set_aside] == [3, 4]


@pytest.mark.parametrize(
    ("cells_", "owners"),
    [
        ({"co_name": "이나래(배우자, 1/100)"}, [("이나래", Fraction(1, 100), "배우자")]),
        ({"co_name": "이나래/모/1%"}, [("이나래", Fraction(1, 100), "모")]),
        ({"co_name": "이나래 1분의 1"}, [("이나래", Fraction(1), "")]),
        ({"co_name": "이나래, 박다온", "co_share": "1/3, 1/3"},
         [("이나래", Fraction(1, 3), ""), ("박다온", Fraction(1, 3), "")]),
        ({"name": "김가람 외 1명"}, [("", None, "")]),
        ({"name": "김가람, 이나래", "number": f"{PERSON} {OTHER}", "co_share": "99%, 1%"},
         [("이나래", Fraction(1, 100), "")]),
    ],
)  # fmt: skip
def test_joint_owners_in_one_cell(
    cells_: dict[str, str], owners: Sequence[tuple[str, Fraction | None, str]]
) -> None:
    grant = only(as_csv(grid([one_row(**cells_)])))
    assert grant.name == "김가람"
    assert [(one.name, one.share, one.relation) for one in grant.co_owners] == list(owners)


def test_repeated_heads_totals_and_closing_words_are_skipped_and_counted() -> None:
    rows = grid(register(0)[:3])
    blank = [""] * (len(CODES) - 1)
    lines: Grid = [*rows, rows[1], ["소계", *blank], ["합계", "", "9,999", *blank[2:]]]
    found = intake(as_html([*lines, ["※ 출력일시: 2026-11-23"], ["이하여백"]]))
    assert (len(found.grants), found.skipped, len(found.set_aside)) == (3, 7, 0)


def test_a_total_that_disagrees_is_told() -> None:
    rows = grid(register(0)[:3])
    total = ["합계(총 5건)"] + [""] * (len(CODES) - 1)
    total[CODES.index("relief_won")] = "1"
    notes = " ".join(intake(as_csv([*rows, total])).notes)
    assert "5건" in notes
    assert "합계 행의 감면세액" in notes


def test_a_last_row_that_may_be_cut_is_set_aside() -> None:
    data = as_csv(grid(register(0)[:3])).rstrip(b"\r\n")
    found = intake(data)
    assert len(found.grants) == 2
    assert "잘렸을 수" in found.set_aside[0].reason_ko


# ------------------------------------------------------------------ rows


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ({"filed_on": ""}, ("접수일자", "비어")),
        ({"filed_on": "26-11-17"}, ("접수일자", "네 자리 연도")),
        ({"registered_on": "2066-11-17"}, ("등록일자", "오늘보다 뒤")),
        ({"acquired_on": "2026-02-30"}, ("취득일자", "달력에 없는")),
        ({"relief_won": "-140,000"}, ("감면세액", "음수")),
        ({"relief_won": "#N/A"}, ("감면세액", "수식 오류")),
        ({"relief_won": "99,999,999"}, ("감면세액", "산출세액보다")),
        ({"plate": "없는번호"}, ("차량번호", "꼴")),
        ({"number": "850101-12A4567"}, ("주민", "꼴")),
        ({"number": "851301-1234567"}, ("주민", "꼴")),
        ({"name": "源泥좎닔"}, ("납세자명", "이름")),
        ({"name": "김\ufffd람"}, ("납세자명", "깨져")),
        ({"tax_number": "4.11520261E+17"}, ("과세번호", "엑셀이 긴 번호")),
        ({"co_name": "이나래", "co_share": "150/100"}, ("", "비율")),
        ({"relief_rate": "1", "rate": "0.07"}, ("감면율", "단위")),
    ],
)
def test_a_row_that_cannot_be_read_says_column_and_reason(
    cell: dict[str, str], told: tuple[str, str]
) -> None:
    row = one_row(**cell)
    with_letters = as_csv(grid([row]), "utf-8")
    found = intake(with_letters)
    assert found.grants == ()
    (aside,) = found.set_aside
    assert aside.row_number == 3
    assert told[0] in aside.column
    assert told[1] in aside.reason_ko
    assert aside.todo_ko.endswith("세요.")


def test_the_same_grant_twice_is_one_and_contradicting_ones_are_none() -> None:
    row = one_row()
    same = intake(as_csv(grid([row, row])))
    assert (len(same.grants), len(same.set_aside)) == (1, 1)
    other = intake(as_csv(grid([row, row | {"relief_won": "10"}])))
    assert (len(other.grants), len(other.set_aside)) == (0, 2)


def test_no_resident_number_leaves_the_door() -> None:
    found = intake(forms(register())["감면대장.xls"])
    everything = repr(found)
    for row in register():
        for number in (row["number"], row["co_number"]):
            if number:
                assert number not in everything
                assert number.replace("-", "") not in everything
    wrong = [dict(row, number=row["number"][:-2] + "AB") for row in register(0)[:9]]
    told = repr(intake(as_csv(grid(wrong))).set_aside)
    assert not any(row["number"][:6] in told or row["name"] in told for row in wrong)


def test_masked_numbers_give_a_birth_but_no_key() -> None:
    grant = only(as_csv(grid([one_row(number="850101-1******")])))
    assert (grant.birth, grant.person_key, grant.is_company) == ("850101-1", "", False)


@pytest.mark.parametrize(
    "text", ["2026-11-17", "20261117", "2026.11.17.", "2026. 11. 17", "2026년 11월 17일",
             "2026/11/17", "46343", "2026-11-17 09:30:00"],
)  # fmt: skip
def test_days(text: str) -> None:
    assert cells.day(text) == date(2026, 11, 17)


@pytest.mark.parametrize("text", ["7%", "7.0 %", "70/1000", "1000분의 70"])
def test_rates(text: str) -> None:
    assert cells.rate(text, None) == Fraction(7, 100)
    assert cells.rate("0.07", False) == cells.rate("7", True) == Fraction(7, 100)


@pytest.mark.parametrize(
    ("text", "unit", "kg"),
    [("1,000", "", 1000), ("1.2t", "", 1200), ("1", "톤", 1000), ("", "", None)],
)
def test_payloads(text: str, unit: str, kg: int | None) -> None:
    assert cells.payload(text, unit) == kg
    with pytest.raises(Unreadable):
        cells.payload("1", "")


# ------------------------------------------------------------------ later changes


def test_later_changes_are_read_without_numbers() -> None:
    person = {"name": "김가람", "number": PERSON, "new_name": "이나래", "new_number": OTHER}
    sold = person | {"changed_on": "2026-11-18", "kind": "이전", "plate": "123가4567"}
    sold |= {"relation": "배우자", "share": "1/1", "reason": "증여"}
    found = read_changes(written.ownership_csv([sold, sold | {"plate": "?"}]), "a.csv", key)
    (change,) = found.ownership
    assert (change.plate, change.kind, change.changed_on) == (
        "123가4567",
        "이전",
        date(2026, 11, 18),
    )
    assert (change.person_key, change.new_person_key) == (
        key(PERSON.replace("-", "")),
        key(OTHER.replace("-", "")),
    )
    assert (change.new_relation, change.share, change.reason) == ("배우자", "1/1", "증여")
    assert found.rows_read == len(found.ownership) + len(found.set_aside) + found.skipped == 3

    moved = {"changed_on": "2026-11-19", "kind": "세대분가", "number": PERSON, "reason": "취업"}
    (split,) = read_changes(written.household_workbook([moved]), "b.xlsx", key).household
    assert (split.moved_on, split.kind) == (date(2026, 11, 19), "세대분가")
    assert (split.person_key, split.birth) == (key(PERSON.replace("-", "")), "850101-1")
    assert PERSON[-7:] not in repr(split) + repr(change)


def test_a_list_dropped_into_the_wrong_door_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        intake(written.ownership_csv([]))
    assert refused.value.code in ("list_header_missing", "list_column_missing")
    with pytest.raises(Refused):
        read_changes(forms(register())["감면대장.xls"], "a.xls", key)
