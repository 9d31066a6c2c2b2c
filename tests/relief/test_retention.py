"""Forgetting in time with proof, the story of a grant, and the month's figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.people import Role
from gongmu.core.settings import Settings
from gongmu.messages.delivery import Delivery
from gongmu.relief.batch import Batches
from gongmu.relief.keeping import Keeping
from gongmu.relief.letter_desk import LetterDesk
from gongmu.relief.monthly import month_figures
from gongmu.relief.report import report_workbook
from gongmu.relief.retention import Retention
from gongmu.relief.sealed import Lookup
from gongmu.relief.store import ReliefStore
from gongmu.relief.timeline import Timelines
from tests.conftest import Ticking
from tests.relief.ground import WEEK, freeze, grants, keep, officer, open_office, parts


@pytest.fixture
def time(clock: Ticking) -> Ticking:
    """Monday 10:00 in Seoul, moved by the test."""
    clock.pass_(days=1, hours=1)
    return clock


@pytest.fixture
def house(settings: Settings, time: Ticking) -> Iterator[House]:
    with open_office(settings, time) as house:
        yield house


def told(house: House) -> str:
    """Three people have a sent batch, one an electric car, one no phone; return its name."""
    no_phone = replace(grants(4)[3], phone="0310001111", electronic_notice=None)
    ev = replace(grants(5)[4], article="지특법§66④")
    keep(house, [*grants(3), no_phone, ev])
    LetterDesk(house).keep(WEEK, parts(house).letters)
    batch = freeze(house)
    assert batch is not None
    batches = Batches(house)
    batches.hand_in(batch.batch_id, officer(house, "kim", Role.WORK))
    batches.approve(batch.batch_id, batch.hash, officer(house, "lee", Role.APPROVE))
    Delivery(house).accept(batches.release(batch.batch_id))
    return batch.batch_id


def test_raw_lists_go_after_their_days_and_a_proof_stays(house: House, time: Ticking) -> None:
    kept = house.files.put(b"list", "relief_list.csv", kind="relief_list", source="file")
    other = house.files.put(b"bus", "bus.csv", kind="download", source="bms")
    retention = Retention(house)
    time.pass_(days=29)
    assert retention.purge("gongmu") == []
    time.pass_(days=3)
    (proof,) = retention.purge("gongmu")
    assert (proof.what, proof.count, proof.hashes) == ("raw_list", 1, (kept.sha256,))
    with pytest.raises(Refused, match="없습니다"):
        house.files.read(kept.sha256)
    assert house.files.read(other.sha256) == b"bus"
    assert retention.purge("gongmu") == []
    assert [retention.is_sound(item) for item in retention.proofs()] == [True]
    assert not retention.is_sound(replace(proof, hashes=("0" * 64,)))
    assert house.audit.entries()[-1].did == "relief.purge"


def test_sealed_rows_go_after_their_years_and_nothing_finds_the_person(
    house: House, time: Ticking
) -> None:
    told(house)
    store = ReliefStore(house)
    entries = len(house.audit.entries())
    time.pass_(days=1826)
    # The electric car has no duty; the others' days begin with the end of theirs.
    assert {proof.what: proof.count for proof in Retention(house).purge("gongmu")}["grant"] == 1
    time.pass_(days=365)
    made = {proof.what: proof.count for proof in Retention(house).purge("gongmu")}
    assert made["grant"] == 4
    assert store.find(Lookup.PHONE, "01000001000", "kim", "시험") == []
    with pytest.raises(Refused, match="파기"):
        store.reveal("grant_0", "kim", "시험")
    rows = store.grants(WEEK, "kim")
    assert [(row.name, row.is_purged, row.relief_won) for row in rows[:1]] == [
        ("", True, 1_400_000)
    ]
    # The access record only grows: its two years are never cut short here.
    assert len(house.audit.entries()) > entries
    assert house.audit.first_broken() is None


def test_a_duty_that_still_lives_keeps_its_grant(house: House, time: Ticking) -> None:
    long = replace(grants(1)[0], acquired_on=date(2026, 11, 16), registered_on=date(2031, 11, 16))
    keep(house, [long])
    time.pass_(days=1900)
    assert [proof.what for proof in Retention(house).purge("gongmu")] == []
    assert Keeping(house).opened(["grant_0"])


def test_an_officer_on_the_phone_can_say_why_the_text_came(house: House) -> None:
    told(house)
    timelines = Timelines(house)
    with pytest.raises(Refused, match="까닭"):
        timelines.explain("grant_0", "kim", "")
    story = timelines.explain("grant_0", "kim", "민원 전화", address="10.0.0.1")
    assert "지방세특례제한법 제22조의2" in story.because
    assert "2027. 11. 17.까지" in story.because
    (text,) = story.texts
    assert (text.notice_code, text.approved_by, text.status) == ("N22", "lee", "보내기 전")
    assert "나*람 님" in text.text
    assert story.checks
    kinds = [moment.kind for moment in story.moments]
    assert {"list", "judgement", "batch", "message"} <= set(kinds)
    assert "나도람" not in repr(story)
    did = [(entry.did, entry.reason) for entry in house.audit.entries()]
    assert ("relief.explain", "민원 전화") in did


def test_and_why_none_came(house: House) -> None:
    told(house)
    timelines = Timelines(house)
    assert "추징 규정이 없는" in timelines.explain("grant_4", "kim", "민원 전화").because
    by_post = timelines.explain("grant_3", "kim", "민원 전화")
    assert "우편으로 안내합니다" in by_post.because
    assert by_post.letters == ("전자적 안내를 신청하지 않음, 휴대전화 번호 없음",)


def test_the_month_is_counted_from_what_really_happened(house: House) -> None:
    batch_id = told(house)
    figures = month_figures(house, date(2026, 11, 5), "kim")
    assert (figures.grant_count, figures.noticed_count) == (5, 3)
    assert dict(figures.excluded) == {"휴대전화 없음": 1, "추징 규정 없음": 1}
    assert dict(figures.sent) == {"보내기 전": 3}
    assert dict(figures.texts) == {"N22": 3}
    assert figures.cost_won == Delivery(house).progress(batch_id).cost_won
    assert sum(figures.letters.values()) == 2
    assert sum(line.count for line in figures.reliefs) == 5
    assert report_workbook(figures, "연습시 세정과", date(2026, 12, 1)).startswith(b"PK")
    assert month_figures(house, date(2026, 12, 1), "kim").grant_count == 0
    assert house.audit.entries()[-1].did == "relief.report"
    next_year = month_figures(house, date(2027, 10, 31), "kim")
    assert dict(next_year.coming) == {"1년 의무": 4}
