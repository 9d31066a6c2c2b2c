"""Grants at rest: sealed, masked, found without clear text, every look written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
import sqlalchemy as sa

from gongmu.app import register_work
from gongmu.core.city import City, load_city
from gongmu.core.database import metadata
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.settings import Settings
from gongmu.relief.code_edits import CodeEdits
from gongmu.relief.consents import Consents
from gongmu.relief.grant import CoOwner
from gongmu.relief.keeping import Keeping
from gongmu.relief.masking import masked_plate
from gongmu.relief.office import office_of
from gongmu.relief.review import Question, Reason, Resolution, Reviews
from gongmu.relief.sealed import Lookup
from gongmu.relief.store import ReliefStore
from tests.relief.ground import GRANT, LIST, WEEK, grants, keep, open_office

JOINT = replace(
    GRANT,
    co_owners=(CoOwner("다솜이", Fraction(1, 100), "person-9", "모"),),
    relief_rate=Fraction(1, 2),
    previous_plate="34나5678",
)


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    with open_office(settings) as house:
        yield house


@pytest.fixture
def store(house: House) -> ReliefStore:
    return ReliefStore(house)


def test_a_grant_comes_back_as_it_went_in(house: House, store: ReliefStore) -> None:
    keep(house, [JOINT])
    assert store.reveal(JOINT.grant_id, "kim", "민원 전화") == JOINT


def test_no_table_holds_what_names_a_person(house: House) -> None:
    keep(house, [JOINT])
    told = [JOINT.name, JOINT.phone, JOINT.address, JOINT.plate, JOINT.vin, JOINT.birth, "다솜이"]
    told += ["34나5678", JOINT.person_key, JOINT.tax_number]
    with house.engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(sa.select(table)):
                for text in told:
                    assert text not in repr(tuple(row)), (table.name, text)
                    assert text.encode() not in repr(tuple(row)).encode(), table.name


def test_rows_come_masked_and_every_look_is_written_down(house: House, store: ReliefStore) -> None:
    keep(house, grants(3))
    rows = store.grants(WEEK, "kim", address="10.0.0.1")
    assert [(row.name, row.plate, row.phone) for row in rows] == [
        ("나*람", f"12가***{n}", f"010-****-{1000 + n}") for n in range(3)
    ]
    assert {row.notice_code for row in rows} == {"N22"}
    assert rows[0].clawback_until_on == date(2027, 11, 17)
    line = house.audit.entries()[-1]
    assert (line.who, line.did, line.address, line.subjects) == (
        "kim",
        "relief.view_list",
        "10.0.0.1",
        3,
    )


def test_seeing_a_person_in_full_asks_why(house: House, store: ReliefStore) -> None:
    keep(house, grants(1))
    with pytest.raises(Refused, match="까닭"):
        store.reveal("grant_0", "kim", " ")
    assert store.reveal("grant_0", "kim", "민원 전화", "10.0.0.1").phone == "01000001000"
    line = house.audit.entries()[-1]
    assert (line.did, line.reason, line.about) == ("relief.reveal", "민원 전화", "grant_0")
    with pytest.raises(Refused, match="없거나"):
        store.reveal("grant_9", "kim", "민원 전화")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Lookup.PHONE, "010-0000-1001"),
        (Lookup.PLATE, "12 가 3451"),
        (Lookup.TAX_NUMBER, "0411-52026-1116-00001"),
    ],
)
def test_a_person_on_the_phone_is_found_by_number_or_plate(
    house: House, store: ReliefStore, kind: Lookup, value: str
) -> None:
    keep(house, grants(3))
    assert [row.grant_id for row in store.find(kind, value, "kim", "민원 전화")] == ["grant_1"]
    assert store.find(kind, "없는번호", "kim", "민원 전화") == []
    assert house.audit.entries()[-1].did == "relief.search"
    assert value not in repr(house.audit.entries())


def test_a_corrected_row_becomes_a_new_version_and_says_which_fields_changed(house: House) -> None:
    kept = Keeping(house)
    first = kept.keep_grants(WEEK, LIST, grants(2))
    assert (len(first.new), first.changed) == (2, ())
    again = kept.keep_grants(WEEK, LIST, [replace(item, row_number=99) for item in grants(2)])
    assert (again.new, again.changed, len(again.same)) == ((), (), 2)
    corrected = replace(GRANT, phone="01000009999", relief_won=1)
    assert kept.keep_grants(date(2026, 11, 23), "b" * 64, [corrected]).changed == ("grant_0",)
    change = kept.change_of("grant_0")
    assert (change.version, set(change.fields)) == (2, {"phone", "relief_won", "tax_number"})
    assert kept.versions(["grant_0", "grant_1"]) == {"grant_0": 2, "grant_1": 1}
    # It stays in the week it was first kept in.
    assert kept.ids_of(WEEK) == ["grant_0", "grant_1"]


def test_a_question_is_asked_once_and_settled_with_a_note(house: House) -> None:
    keep(house, grants(1))
    reviews = Reviews(house)
    question = Question("grant_0", Reason.CROSS_CHECK, "감면세액이 다릅니다.", "v1")
    assert reviews.raise_all(WEEK, [question, question]) == 1
    assert reviews.raise_all(WEEK, [question]) == 0
    (review,) = reviews.queue("kim")
    with pytest.raises(Refused, match="확인한 내용"):
        reviews.settle(review.number, Resolution.AS_LISTED, "kim", "")
    reviews.settle(review.number, Resolution.AS_LISTED, "kim", "나도람 님 신청서 확인")
    assert reviews.queue("kim") == []
    settled = reviews.review(review.number)
    assert (settled.note, settled.settled_by) == ("나도람 님 신청서 확인", "kim")
    with pytest.raises(Refused, match="이미 정리"):
        reviews.settle(review.number, Resolution.AS_LISTED, "lee", "다시")


def test_the_code_map_is_edited_by_adding_and_the_newest_entry_wins(house: House) -> None:
    edits = CodeEdits(house)
    edits.edit("990001", "제22조의2제1항제1호가목", "kim", "세무과 회신")
    assert edits.code_map().article_of("990001") == "지특법§22의2①1가"
    edits.edit("990001", "", "kim", "잘못 적음")
    assert edits.code_map().article_of("990001") == ""
    assert [edit.by for edit in edits.history()] == ["kim", "kim"]
    with pytest.raises(Refused, match="조문으로 읽을 수 없습니다"):
        edits.edit("990002", "아무 말", "kim", "")


def test_who_asked_for_electronic_notice_is_kept_with_its_source(house: House) -> None:
    consents = Consents(house)
    consents.from_list([("grant_0", False, date(2026, 11, 17))])
    consents.record("grant_0", True, "감면신청서", date(2026, 11, 20), "kim")
    consents.from_list([("grant_0", False, date(2026, 11, 17))])
    assert consents.standing(["grant_0", "grant_1"]) == {"grant_0": True}
    assert [item.source for item in consents.history(["grant_0"])] == ["감면 대장", "감면신청서"]


@pytest.mark.parametrize(
    ("plate", "shown"),
    [
        ("12가3454", "12가***4"),
        ("123나1000", "123나***0"),
        ("경기12가3454", "경기12가***4"),
        ("", ""),
    ],
)
def test_plates_are_masked(plate: str, shown: str) -> None:
    assert masked_plate(plate) == shown


def _city(**changes: object) -> City:
    city = load_city("practice")
    return replace(city, relief={**city.relief, **changes})


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"keep_dayz": 1}, "모르는 항목.*keep_dayz"),
        ({"office": ""}, "office 값이 비어"),
        ({"keep_days": -1}, "0보다 작을 수 없습니다"),
        ({"two_people": 1}, "two_people 값의 꼴"),
        ({"postage_won": True}, "postage_won 값의 꼴"),
    ],
)
def test_a_wrong_city_section_stops_the_start(changes: dict[str, object], says: str) -> None:
    with pytest.raises(Refused, match=says):
        office_of(_city(**changes))


def test_a_missing_office_stops_the_start() -> None:
    city = load_city("practice")
    bare = {name: value for name, value in city.relief.items() if name != "phone"}
    with pytest.raises(Refused, match=r"빠진 항목.*phone"):
        office_of(replace(city, relief=bare))


def test_ordinances_that_overlap_stop_the_start_and_not_the_monday_morning(house: House) -> None:
    entry = {"code": "visual_4", "name": "연습시 시세 감면 조례 제3조"}
    entry |= {"first_on": date(2025, 1, 1), "last_on": date(2027, 12, 31)}
    torn = replace(house, city=_city(ordinance=[entry, entry]))
    with pytest.raises(Refused, match="겹칩니다"):
        register_work(torn)
