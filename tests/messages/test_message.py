"""What may stand in a text, who may send it and who can receive it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gongmu.core.errors import Refused
from gongmu.messages.characters import is_sendable
from gongmu.messages.message import (
    LMS_BYTES,
    Prices,
    byte_count,
    check,
    kind_of,
    mask_phone,
    problems_of,
    recipient_digits,
    sender_digits,
    suggestion,
)
from gongmu.messages.provider import Kind
from tests.conftest import REPOSITORY

CASES: list[dict[str, Any]] = yaml.safe_load(
    (REPOSITORY / "tests" / "cases" / "messages.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_worked_cases(case: dict[str, Any]) -> None:
    text, subject = case["text"], case.get("subject", "")
    problems = problems_of(text, subject, case.get("forbidden", ()))
    assert [problem.code for problem in problems] == case.get("problems", [])
    if "bytes" in case:
        assert byte_count(text) == case["bytes"]
        assert check(text, subject) == case["kind"]
    if "position" in case:
        assert problems[0].position == case["position"]
    if "suggestion" in case:
        assert suggestion(text) == case["suggestion"]


@given(st.text())
def test_a_suggestion_can_always_be_sent(text: str) -> None:
    assert all(is_sendable(character) for character in suggestion(text))


@given(st.text(st.characters(codec="cp949"), max_size=100))
def test_the_length_is_that_of_the_bytes_on_the_wire(text: str) -> None:
    assert byte_count(text) == len(text.encode("cp949"))


def test_a_text_over_the_limit_is_refused_with_its_length() -> None:
    text = "가" * (LMS_BYTES // 2)
    assert kind_of(text) is Kind.LMS
    with pytest.raises(Refused, match="2,001바이트"):
        check(text + ".")
    with pytest.raises(Refused, match="제목이 42바이트"):
        check("안내", "가" * 21)


def test_a_resident_number_does_not_travel_on_in_the_error() -> None:
    with pytest.raises(Refused) as stopped:
        check("신청인 800101-1234567")
    assert "1234567" not in str(stopped.value)
    assert "1234567" not in repr(problems_of("신청인 800101-1234567"))


REGISTERED = ["031-000-2000", "15880000", "0200001234"]


@pytest.mark.parametrize("number", ["0310002000", "031-000-2000", "1588-0000", "02-0000-1234"])
def test_a_registered_sender_is_taken(number: str) -> None:
    assert sender_digits(number, REGISTERED).isdigit()


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("0002000", "8~11자리"),
        ("031000200012", "8~11자리"),
        ("828-2114-0", "지역번호를 붙이세요"),
        ("05012345678", "050"),
        ("0311588000", "있을 수 없는|등록한"),
        ("0215880000", "등록한|지역번호를 붙이지"),
        ("1588000012", "8자리"),
        ("0311112222", "등록한"),
        ("09912345678", "있을 수 없는"),
    ],
)
def test_a_sender_that_telecoms_would_refuse_is_refused(number: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        sender_digits(number, REGISTERED)


@pytest.mark.parametrize("phone", ["010-0000-1234", "01000001234", "+82 10-0000-1234"])
def test_a_mobile_number_is_read_in_any_usual_form(phone: str) -> None:
    assert recipient_digits(phone) == "01000001234"


@pytest.mark.parametrize("phone", ["031-000-2000", "1000001234", "", "0101234", "050-0000-12345"])
def test_other_numbers_cannot_receive_texts(phone: str) -> None:
    with pytest.raises(Refused, match="문자를 받을 수 없는 번호") as stopped:
        recipient_digits(phone)
    assert not phone or phone not in str(stopped.value)


def test_phones_are_masked_in_the_middle() -> None:
    assert mask_phone("01000001234") == "010-****-1234"
    assert mask_phone("0110001234") == "011-***-1234"
    assert mask_phone("15880000") == "****-0000"
    assert mask_phone("12") == "**"


def test_prices_are_exact() -> None:
    prices = Prices(Fraction("9.9"), Fraction("27"))
    assert prices.of(Kind.SMS) * 10 == 99
    assert prices.of(Kind.LMS) == 27
