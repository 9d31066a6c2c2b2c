"""House style and plain language: worked cases, and that repairs come to rest."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gongmu.bots.drafts.amounts import find_amounts, won_text, won_words
from gongmu.bots.drafts.item_order import order_findings
from gongmu.bots.drafts.particle import attach
from gongmu.bots.drafts.plain import LONGEST_SENTENCE, advise, simplify, words
from gongmu.bots.drafts.style import check, fix
from gongmu.bots.drafts.verb import conjugated
from tests.conftest import REPOSITORY

CASES = REPOSITORY / "tests" / "cases" / "bots"
STYLE: list[list[Any]] = yaml.safe_load((CASES / "style.yaml").read_text("utf-8"))
PLAIN: list[list[str]] = yaml.safe_load((CASES / "plain.yaml").read_text("utf-8"))

PIECES = [
    *(
        "2025",
        "5",
        "19",
        ".",
        "-",
        "/",
        "년",
        "월",
        "일",
        "시",
        "분",
        " ",
        "  ",
        "\n",
        "오후",
        "오전",
    ),
    *("3", "금", "1,000", "원", "정", "(", ")", ":", "~", "□", "○", "-", "ㅇ", "1.", "가.", "가)"),
    *(
        "붙임",
        "끝",
        "끝.",
        "1부",
        "바랍니다",
        "보고",
        "“",
        "”",
        '"',
        "'25",
        "%",
        "Km",
        "제3조",
        "０",
    ),
    *("가", "다.", "․", "·", "o ", "법률 제1호", "(월)", "https://a.kr/1", "「", "」"),
]


@pytest.mark.parametrize(("before", "after", "rules"), STYLE, ids=[one[0] for one in STYLE])
def test_a_text_is_put_into_house_style(before: str, after: str, rules: list[str]) -> None:
    assert [one.rule for one in check(before)] == rules
    assert fix(before) == after
    assert fix(after) == after


@pytest.mark.parametrize(("before", "after"), PLAIN, ids=[one[0] for one in PLAIN])
def test_hard_words_become_plain_ones(before: str, after: str) -> None:
    assert simplify(before) == after
    assert simplify(after) == after


def test_there_are_enough_words_and_cases() -> None:
    assert len(words()) >= 250
    assert len(STYLE) >= 100
    assert len(PLAIN) >= 100


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_a_repaired_text_needs_no_repair(text: str) -> None:
    for form in ("", "official_letter"):
        fixed = fix(text, form)
        assert fix(fixed, form) == fixed
        assert all(one.suggestion is None for one in check(fixed, form))


def _pool() -> list[str]:
    known = words()
    verbs = [f"{word}{ending}" for word in known.verbs for ending in ("하여", "합니다", "했고")]
    return [*known.nouns, *verbs, *known.phrases]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(_pool()),
            st.sampled_from([" ", "을 ", "를 ", "은 ", "에서 ", "으로 ", ". ", "\n", "“", "”"]),
        ),
        max_size=10,
    ).map("".join)
)
def test_a_plain_text_stays_as_it_is(text: str) -> None:
    plain = simplify(text)
    assert simplify(plain) == plain


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([one[0] for one in (*STYLE, *PLAIN)]))
def test_quotations_are_never_touched(text: str) -> None:
    if any(sign in text for sign in "“”「」\"'’"):
        return
    for quoted in (f"“{text}”", f"「{text}」"):
        line = f"{quoted}라고 적혀 있음"
        assert quoted in fix(line)
        assert quoted in simplify(line)


def test_a_finding_names_its_place_rule_and_source() -> None:
    text = "회의: 2025.05.19. 오후 3시\n금 234580원"
    found = check(text)
    assert [text[one.start : one.end] for one in found] == [
        "2025.05.19.",
        "오후 3시",
        "금 234580원",
    ]
    assert all(one.source and one.message for one in found)
    assert [one.suggestion for one in found] == [
        "2025. 5. 19.",
        "15:00",
        "금234,580원(금이십삼만사천오백팔십원)",
    ]


def test_an_official_letter_must_end() -> None:
    assert fix("1. 관련\n2. 알려드립니다", "official_letter").endswith("알려드립니다.  끝.")
    assert fix("붙임  계획서 1부.  끝.", "official_letter") == "붙임  계획서 1부.  끝."
    assert [one.rule for one in check("알려드립니다.  끝.", "official_letter")] == []


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("1. 가나\n2. 다라\n  가. 마\n    1) 바\n      가) 사", []),
        ("1. 가나\n3. 다라", ["2. 차례에 3.이 왔습니다."]),
        ("1. 가나\n  1) 다라", ["1. 다음 단계는 가.인데 1)이 왔습니다."]),
        ("1. 가나\n  가. 다\n  다. 라", ["나. 차례에 다.이 왔습니다."]),
        ("□ 가\n○ 나\n- 다\n○ 라", []),
        ("□ 가\n- 나", ["□ 다음 단계는 ○인데 -이 왔습니다."]),
    ],
)
def test_item_marks_stand_in_order(text: str, messages: list[str]) -> None:
    assert [one.message for one in order_findings(text)] == messages


@settings(max_examples=200, deadline=None)
@given(st.integers(min_value=1, max_value=10**16 - 1))
def test_money_in_hangul_reads_back(won: int) -> None:
    if len(won_words(won)) >= 3:
        assert find_amounts(f"금{won_words(won)}원")[0].won == won
    assert fix(f"금{won}원") == won_text(won)


@pytest.mark.parametrize(
    ("stem", "joined", "ending", "made"),
    [
        ("보내", "보내", "하여", "보내"),
        ("보내", "보내", "합니다", "보냅니다"),
        ("보내", "보내", "했음", "보냈음"),
        ("알리", "알려", "하였습니다", "알렸습니다"),
        ("받", "받아", "합니다", "받습니다"),
        ("받", "받아", "하면", "받으면"),
        ("받", "받아", "하시기", "받으시기"),
        ("열", "열어", "하는", "여는"),
        ("열", "열어", "할", "열"),
        ("열", "열어", "함", "엶"),
        ("열", "열어", "하시기", "여시기"),
        ("적", "적어", "한", "적은"),
        ("적", "적어", "하겠습니다", "적겠습니다"),
        ("적", "적어", "하옵고", ""),
    ],
)
def test_verbs_take_the_ending_of_the_word_they_replace(
    stem: str, joined: str, ending: str, made: str
) -> None:
    assert conjugated(stem, joined, ending) == made


@pytest.mark.parametrize(
    ("word", "form", "made"),
    [
        ("연습시", "은", "연습시는"),
        ("버스정책과", "이", "버스정책과가"),
        ("대강당", "으로", "대강당으로"),
        ("서울", "으로", "서울로"),
        ("노선(안)", "을", "노선(안)을"),
        ("「지방세법」", "을", "「지방세법」을"),
        ("3", "을", "3을"),
        ("2", "을", "2를"),
        ("LAN", "을", "LAN을"),
        ("※", "을", "※을(를)"),
    ],
)
def test_particles_fit_the_last_sound(word: str, form: str, made: str) -> None:
    assert attach(word, form) == made


def test_a_long_sentence_is_pointed_out_without_a_rewrite() -> None:
    sentence = "가나다라 " * 30
    found = [one for one in advise(sentence) if one.kind == "long"]
    assert len(found) == 1
    assert found[0].suggestion == ""
    assert str(LONGEST_SENTENCE) not in found[0].message
    assert simplify(sentence) == sentence
