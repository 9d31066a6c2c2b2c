"""Notices: the right text for each relief, nothing of another's, nobody forgotten in silence."""

from __future__ import annotations

import re
import tomllib
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongmu.core.calendar import is_rest_day
from gongmu.core.errors import Refused
from gongmu.messages.message import check
from gongmu.messages.provider import Kind
from gongmu.relief.notices import (
    EVENT_KINDS,
    LetterWhy,
    NoticeDraft,
    Why,
    clawback_plan,
    family_of,
    last_digits,
    masked_name,
    message_key,
    plan,
)
from gongmu.relief.wording import NOTICES, REMINDERS, Texts, shipped_texts, wordings_of
from tests.conftest import REPOSITORY
from tests.relief.noticed import (
    ARTICLES,
    ENDS_ON,
    REPLACE_BY_ON,
    REPLACING,
    TODAY,
    Event,
    Judgement,
    Office,
    grant,
    judgement,
)

GOLDEN = Path(__file__).parent.parent / "golden" / "relief"
TEXTS = REPOSITORY / "src" / "gongmu" / "relief" / "texts"
PARAMETERS = TEXTS.parent / "parameters.toml"
CODES = (*sorted(NOTICES), *(f"{code}+REPL" for code in REPLACING))

SPLIT = ("세대", "분가", "전출")
SALE = ("이전", "매각", "매도", "양도", "팔")
NEVER_SAID = {
    "N17": (*SPLIT, "영업용"),
    "N29": (*SPLIT, "영업용"),
    "N22": (*SPLIT, "영업용"),
    "N17공동": ("영업용",),
    "N29공동": ("영업용",),
    "N67": (*SPLIT, *SALE),
    "N68": (*SPLIT, "영업용"),
}
ALWAYS_SAID = {
    "N17": ("소유권 이전",),
    "N29": ("소유권 이전",),
    "N22": ("소유권 이전", "배우자"),
    "N17공동": ("소유권 이전", "세대"),
    "N29공동": ("소유권 이전", "세대"),
    "N67": ("영업용",),
    "N68": ("매각", "수출"),
}
SENSITIVE = ("장애", "유공", "보훈", "상이", "급", "고엽제", "5·18", "다자녀", "제17조", "제29조")


def drafts(code: str) -> list[NoticeDraft]:
    """Everything that a grant of this notice is ever sent, clawback included."""
    made, decided = grant(code), judgement(code)
    planned = plan(made, decided, Office(), TODAY)
    assert not planned.exclusions
    found = [*planned.now, *planned.later]
    for kind in EVENT_KINDS[code.removesuffix("+REPL")]:
        for event in (Event(), Event(filing_due_on=date(2026, 10, 1))):
            found += clawback_plan(made, decided, event, kind, Office(), TODAY).now
    return found


def test_every_text_is_as_written_down() -> None:
    """One golden file a notice; after a wanted change delete it, run again, read the diff."""
    GOLDEN.mkdir(exist_ok=True)
    fresh = []
    for code in CODES:
        body = "".join(
            f"== {draft.code} {draft.kind} {draft.byte_count}바이트, 판 {draft.template_version}, "
            f"말하는 날 {draft.due_on}, 나가는 날 {draft.not_before_on}, 제목 '{draft.subject}'\n"
            f"{draft.text}\n\n"
            for draft in drafts(code)
        )
        path = GOLDEN / f"{code}.txt"
        if not path.exists():
            path.write_text(body, "utf-8")
            fresh.append(path.name)
        assert body == path.read_text("utf-8"), code
    if fresh:
        pytest.fail(f"golden texts were missing and have been written, read them: {fresh}")


@pytest.mark.parametrize("code", CODES)
def test_a_text_speaks_of_its_own_duties_only(code: str) -> None:
    base = code.removesuffix("+REPL")
    for draft in drafts(code):
        if base == "N67" or draft.code not in ("R14", "R0"):
            for word in NEVER_SAID[base]:
                assert word not in draft.text, (draft.code, word)
        for word in SENSITIVE:
            assert word not in draft.text + draft.subject, (draft.code, word)
    first = drafts(code)[0].text
    for word in ALWAYS_SAID[base]:
        assert word in first
    assert ("대체취득" in first) == code.endswith("+REPL")


@pytest.mark.parametrize("code", CODES)
def test_a_first_text_tells_all_that_must_be_told(code: str) -> None:
    text = drafts(code)[0].text
    assert text.startswith("[연습시 세정과]")
    for told in (
        "3456",
        "2,677,500원",
        "지방세특례제한법",
        "2027년 11월 10일까지",
        "60일",
        "가산세",
        "031-000-2000",
    ):
        assert told in text
    for withheld in ("12가", "가나다", "01000001234", "연습로", "카니발"):
        assert withheld not in text


@pytest.mark.parametrize("code", CODES)
def test_no_text_exceeds_its_kind_and_none_has_an_empty_place(code: str) -> None:
    for draft in drafts(code):
        assert check(draft.text, draft.subject) is draft.kind
        assert draft.byte_count == len(draft.text.encode("cp949"))
        assert not re.search(r"[{}]|None|  ", draft.text)
        assert len(draft.key) <= 40
        assert draft.key.isascii()
        if draft.code in REMINDERS:
            assert draft.kind is Kind.SMS
            assert draft.byte_count <= 90
            assert draft.subject == ""
        else:
            assert draft.kind is Kind.LMS
            assert draft.byte_count <= 2000


def test_a_reminder_of_an_office_with_a_long_name_becomes_a_long_text() -> None:
    office = Office(office="연습특별자치시 북구청 세무행정과")
    planned = plan(grant("N17공동"), judgement("N17공동"), office, TODAY)
    assert {draft.kind for draft in planned.later} == {Kind.LMS}
    assert all(draft.subject for draft in planned.later)


def test_texts_go_out_on_working_days_and_never_after_the_day_they_speak_of() -> None:
    planned = plan(grant("N22+REPL"), judgement("N22+REPL"), Office(), TODAY)
    assert [draft.code for draft in planned.later] == ["R14", "R0", "D30", "D14", "D0"]
    for draft in planned.later:
        assert not is_rest_day(draft.not_before_on)
        assert draft.not_before_on <= draft.due_on
        limit = REPLACE_BY_ON if draft.code.startswith("R") else ENDS_ON
        assert draft.not_before_on <= limit
    # The ninth of January 2027 is a Saturday: the text goes on the Friday.
    assert planned.later[1].not_before_on == REPLACE_BY_ON - timedelta(days=1)


def test_a_plan_made_on_a_sunday_sends_on_the_monday() -> None:
    sunday = date(2026, 11, 22)
    assert plan(grant(), judgement("N22"), Office(), sunday).now[0].not_before_on == TODAY
    closed = plan(grant(), judgement("N22"), Office(), sunday, closed_on={TODAY})
    assert closed.now[0].not_before_on == TODAY + timedelta(days=1)


def test_the_same_facts_give_the_same_key_and_other_facts_another() -> None:
    one, two = (plan(grant(), judgement("N22"), Office(), TODAY) for _ in range(2))
    later = plan(grant(), judgement("N22"), Office(), TODAY + timedelta(days=3))
    assert one == two
    assert {d.key for d in one.now + one.later} == {d.key for d in later.now + later.later}
    keys = {draft.key for draft in one.now + one.later}
    assert len(keys) == 4
    other = plan(grant(grant_id="g-2"), judgement("N22"), Office(), TODAY)
    assert not keys & {draft.key for draft in other.now + other.later}
    assert message_key("g", "N22", "1", ENDS_ON) != message_key("g", "N22", "2", ENDS_ON)


@pytest.mark.parametrize(
    ("changes", "decided", "why", "letter"),
    [
        ({"article": "지특법§66④"}, "NONE", Why.NO_DUTY, (LetterWhy.STATUTORY,)),
        (
            {"article": "지특법§67②", "electronic_notice": True},
            "NONE",
            Why.NO_DUTY,
            (LetterWhy.NO_TEXT,),
        ),
        (
            {"is_company": True, "birth": ""},
            "N22",
            Why.COMPANY,
            (LetterWhy.STATUTORY, LetterWhy.COMPANY),
        ),
        (
            {"is_company": True, "birth": "", "electronic_notice": True},
            "N22",
            Why.COMPANY,
            (LetterWhy.COMPANY,),
        ),
        ({"phone": ""}, "N22", Why.NO_PHONE, (LetterWhy.STATUTORY, LetterWhy.NO_PHONE)),
        ({"phone": "0310001234"}, "N22", Why.NO_PHONE, (LetterWhy.STATUTORY, LetterWhy.NO_PHONE)),
        ({"phone": "0100000123", "electronic_notice": True}, "N22", Why.NO_PHONE,
         (LetterWhy.NO_PHONE,)),
        ({}, "CHECK", Why.REVIEW, ()),
        ({"article": ""}, "N22", Why.REVIEW, ()),
        ({"article": "지특법§17①1가"}, "N22", Why.MISMATCH, ()),
        ({"article": "지특법§66④"}, "N22", Why.MISMATCH, ()),
        ({"article": "지특법§22의2①1가"}, "NONE", Why.MISMATCH, ()),
        ({"article": "지특법§67②"}, "N67", Why.MISMATCH, ()),
        ({"article": "지특법§67①"}, "N67+REPL", Why.MISMATCH, ()),
        ({"relief_won": None}, "N22", Why.MISSING, ()),
        ({"is_company": None, "birth": ""}, "N22", Why.MISSING, ()),
        ({"name": " "}, "N22", Why.MISSING, ()),
    ],
)  # fmt: skip
def test_who_gets_no_text_is_told_why_and_whether_a_letter_goes(
    changes: dict[str, object], decided: str, why: Why, letter: tuple[LetterWhy, ...]
) -> None:
    planned = plan(grant("N22", **changes), judgement(decided), Office(), TODAY)
    assert [item.why for item in planned.exclusions] == [why]
    assert not planned.now
    assert not planned.later
    assert planned.letter == letter
    assert planned.exclusions[0].reason.endswith(".")


def test_a_day_that_is_not_known_holds_the_grant_and_a_past_one_ends_it() -> None:
    unknown = plan(grant(), Judgement("N22", None), Office(), TODAY)
    assert unknown.exclusions[0].why is Why.MISSING
    past = plan(grant(), Judgement("N22", TODAY - timedelta(days=1)), Office(), TODAY)
    assert past.exclusions[0].why is Why.ENDED
    assert not past.needs_letter
    today = plan(grant(), Judgement("N22", TODAY), Office(), TODAY)
    assert len(today.now) == 1
    assert not today.later
    late = plan(grant(), Judgement("N22+REPL", ENDS_ON, date(2026, 11, 20)), Office(), TODAY)
    assert late.exclusions[0].why is Why.REVIEW


def test_only_who_asked_for_electronic_notice_gets_no_letter() -> None:
    for asked, letter in (
        (True, ()),
        (False, (LetterWhy.STATUTORY,)),
        (None, (LetterWhy.STATUTORY,)),
    ):
        made = plan(grant(electronic_notice=asked), judgement("N22"), Office(), TODAY)
        assert made.letter == letter


@pytest.mark.parametrize("code", sorted(EVENT_KINDS))
def test_an_event_of_another_relief_makes_no_clawback_text(code: str) -> None:
    kinds = {kind for found in EVENT_KINDS.values() for kind in found}
    for kind in kinds - set(EVENT_KINDS[code]):
        made = clawback_plan(grant(code), judgement(code), Event(), kind, Office(), TODAY)
        assert made.exclusions[0].why is Why.MISMATCH
        assert not made.now


@pytest.mark.parametrize("notice", ["NONE", "CHECK"])
def test_a_relief_without_a_clawback_rule_gets_no_clawback_text(notice: str) -> None:
    made = clawback_plan(grant("NONE"), judgement(notice), Event(), "이전", Office(), TODAY)
    assert not made.now
    assert not made.letter


def test_the_clawback_text_turns_into_the_unfiled_one_after_its_day() -> None:
    due_on = date(2027, 1, 4)

    def on(day: date) -> NoticeDraft:
        return clawback_plan(grant(), judgement("N22"), Event(), "이전", Office(), day).now[0]

    assert on(due_on).code == "CB"
    assert on(due_on + timedelta(days=1)).code == "CB미신고"
    assert "2027년 1월 4일까지" in on(due_on).text
    assert "2,677,500원" in on(due_on).text
    unknown = clawback_plan(
        grant(), judgement("N22"), Event(amount_won=None), "이전", Office(), TODAY
    )
    assert unknown.exclusions[0].why is Why.MISSING


RARE = st.sampled_from(["é", "ᄒᆞᆫ", "𠮷", "㐀", "ñ", "😀", "\u200b"])


@given(before=st.text("가힣뷁쌰똠", min_size=0, max_size=2), rare=RARE, last=st.booleans())
def test_a_name_that_cannot_be_sent_goes_by_letter_and_is_never_replaced(
    before: str, rare: str, last: bool
) -> None:
    name = f"다{before}나{rare}" if last else f"{rare}나{before}다"
    planned = plan(grant(name=name), judgement("N22"), Office(), TODAY)
    assert [item.why for item in planned.exclusions] == [Why.UNSENDABLE]
    assert LetterWhy.UNSENDABLE in planned.letter
    assert rare not in planned.exclusions[0].reason


@given(st.text(alphabet=st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=2))
def test_every_hangul_name_is_sent_as_it_is(name: str) -> None:
    text = plan(grant(name=name), judgement("N22"), Office(), TODAY).now[0].text
    assert text.encode("cp949").decode("cp949") == text
    assert f"{masked_name(name)} 님" in text
    if len(name) > 2:
        assert f"{name} 님" not in text


@given(
    st.sampled_from(CODES),
    st.text(max_size=12),
    st.text(max_size=14),
    st.sampled_from(["12가3456", "서울12가3456", "임시1234", "", "12가345", "외교123-456", "0012"]),
    st.integers(0, 10**9),
    st.dates(date(2026, 1, 1), date(2028, 12, 31)),
)
def test_a_plan_is_a_text_or_a_reason_whatever_the_list_says(
    code: str, name: str, phone: str, plate: str, won: int, today: date
) -> None:
    made = grant(code, name=name, phone=phone, plate=plate, relief_won=won)
    planned = plan(made, judgement(code), Office(), today)
    assert bool(planned.now) != bool(planned.exclusions)
    for draft in (*planned.now, *planned.later):
        assert check(draft.text, draft.subject) is draft.kind
        assert today <= draft.not_before_on


@pytest.mark.parametrize(
    ("article", "family"),
    [
        *((article, code.removesuffix("공동")) for code, article in ARTICLES.items()),
        ("지특법§17", "N17"),
        ("지특법§170", "NONE"),
        ("지특법§22의2③1", "N22"),
        ("지특법§22", "NONE"),
        ("지특법§67②", "NONE"),
        ("지특법§66③", "NONE"),
        ("지특법§70①", "NONE"),
        ("연습도 도세 감면조례§2", None),
    ],
)
def test_an_article_belongs_to_one_family_of_notices(article: str, family: str | None) -> None:
    assert family_of(article) == family


@pytest.mark.parametrize(
    ("plate", "digits"),
    [("12가3456", "3456"), ("123가3456", "3456"), ("", ""), ("12가345", ""), ("12345", "")],
)
def test_a_plate_is_named_by_its_last_four_digits(plate: str, digits: str) -> None:
    assert last_digits(plate) == digits


@pytest.mark.parametrize(
    ("name", "masked"),
    [("가나다", "가*다"), ("가나", "가*"), ("가", "*"), ("", ""), ("가나다라", "가**라")],
)
def test_a_name_stands_masked(name: str, masked: str) -> None:
    assert masked_name(name) == masked


def test_every_code_has_one_file_with_its_law() -> None:
    codes = {path.stem for path in TEXTS.glob("*.toml")}
    assert codes == set(shipped_texts().codes)
    assert codes >= NOTICES | REMINDERS | {"REPL", "CB", "CB미신고", "NONE", "별지2"}
    for code in codes:
        assert all(item.law for item in shipped_texts().versions(code))


FILE = """
code = "D30"
law = ["지특법§17③"]

[[version]]
version = "1"
first_on = 2026-01-01
{end}
subject = "안내"
sms = "{sms}"
lms = "안내"

[[version]]
version = "2"
first_on = 2026-07-01
sms = "나중"
lms = "나중"
"""


def test_a_new_wording_takes_over_on_its_day() -> None:
    source = FILE.format(end="last_on = 2026-06-30", sms="처음")
    texts = Texts(wordings_of("D30", source))
    assert texts.on("D30", date(2026, 6, 30)).version == "1"
    assert texts.on("D30", date(2026, 7, 1)).version == "2"
    with pytest.raises(Refused) as stopped:
        texts.on("D30", date(2025, 12, 31))
    assert stopped.value.code == "text_missing"


@pytest.mark.parametrize("end", ["", "last_on = 2026-07-01"])
def test_overlapping_wordings_stop_the_start(end: str) -> None:
    with pytest.raises(Refused) as stopped:
        Texts(wordings_of("D30", FILE.format(end=end, sms="처음")))
    assert stopped.value.code == "texts_overlap"


@pytest.mark.parametrize("sms", ["{이름}", "장애인 차량", "https://a", "", "세대를 나누지 마세요"])
def test_a_careless_edit_of_a_text_stops_the_start(sms: str) -> None:
    source = FILE.format(end="last_on = 2026-06-30", sms=sms)
    if "세대" in sms:
        source = source.replace('lms = "안내"', f'lms = "{sms}"')
    with pytest.raises(Refused) as stopped:
        Texts(wordings_of("D30", source))
    assert stopped.value.code == "text_invalid"


def test_the_rates_in_the_texts_are_those_of_the_parameters() -> None:
    data = tomllib.loads(PARAMETERS.read_text("utf-8"))
    penalty, filing = (data[name]["versions"][-1] for name in ("penalty", "filing"))
    said = (
        f"무신고 {Fraction(penalty['no_filing_rate']) * 100}%, "
        f"하루 {float(Fraction(penalty['late_per_day_rate']) * 100):g}%"
    )
    for code in CODES:
        first, *_, unfiled = drafts(code)
        assert said in first.text
        assert said in unfiled.text
        assert f"{filing['clawback_days']}일 안에" in first.text
