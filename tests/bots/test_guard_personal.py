"""Finding and masking personal data: worked cases, placeholders, and the way back."""

from __future__ import annotations

import json
import re
import time
import unicodedata
from html import unescape
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gongmu.bots.guard.body import safe_body
from gongmu.bots.guard.mask import MaskMemory, mask, mask_for_good, unmask
from gongmu.bots.guard.personal import PersonalKind, find_personal

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "bots" / "personal.yaml").read_text("utf-8")
)


@pytest.mark.parametrize(("text", "expected"), CASES["masked"])
def test_personal_data_become_placeholders(text: str, expected: str) -> None:
    memory = MaskMemory()
    assert mask(text, memory).text == expected


def test_innocent_texts_stay() -> None:
    touched = [text for text in CASES["untouched"] if mask(text, MaskMemory()).text != text]
    assert touched == []


@pytest.mark.parametrize("kind", CASES["unreadable"])
def test_nobody_can_read_it_afterwards(kind: str) -> None:
    read = [
        (text, secret)
        for text, secret in CASES["unreadable"][kind]
        if secret in _readings(mask(text, MaskMemory()).text)
    ]
    assert read == []
    whole = CASES["unreadable"][kind]
    assert all(secret in _readings(text) for text, secret in whole), "the reader must read at all"


def _readings(text: str) -> str:
    """Return the text as somebody who wants the number would read it, apart from the guard."""
    text = re.sub(r"\[[가-힣]{2,5}\d{1,4}\]", "■", text)
    for _ in range(2):
        text = unquote(unescape(text))
        text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda one: chr(int(one[1], 16)), text)
    made = []
    for shown in (text, re.sub(r"<[^>]*>", "", text)):
        plain = "".join(_digit(letter) for letter in shown)
        spoken = "".join(_SPOKEN.get(letter, letter) for letter in plain)
        made += [re.sub(r"[^\d■]", "", way) for way in (plain, spoken)]
        made.append(re.sub(r"[\s\u200b]", "", plain))
    return "\n".join(made)


_WRITTEN = dict(
    zip("〇零一二三四五六七八九壹貳參肆伍陸柒捌玖", "00123456789123456789", strict=True)
)
_SPOKEN = dict(zip("공영일이삼사오육칠팔구", "00123456789", strict=True))


def _digit(letter: str) -> str:
    value = unicodedata.numeric(letter, None)
    if unicodedata.category(letter) in ("Nd", "No") and value is not None:
        return str(int(value))
    return "".join(_WRITTEN.get(one, one) for one in unicodedata.normalize("NFKC", letter))


def test_one_value_has_one_placeholder_in_a_conversation() -> None:
    memory = MaskMemory()
    first = mask("010-1234-5678로 전화", memory).text
    second = mask("그 번호 01012345678과 010-9876-5432", memory).text
    assert first == "[전화1]로 전화"
    assert second == "그 번호 [전화1]과 [전화2]"


def test_a_name_met_once_is_masked_everywhere() -> None:
    memory = MaskMemory()
    assert mask("민원인 홍길동이 왔다.", memory).text == "민원인 [이름1]이 왔다."
    assert mask("홍길동에게 답한다.", memory).text == "[이름1]에게 답한다."


@pytest.mark.parametrize(
    "said", ["[전화1]", "[ 전화1 ]", "［전화１］", "〔전화 1〕", "**[전화1]**"]
)
def test_what_a_model_makes_of_a_placeholder_comes_back(said: str) -> None:
    memory = MaskMemory()
    mask("010-1234-5678", memory)
    assert "010-1234-5678" in unmask(said, memory)


def test_an_unknown_placeholder_and_plain_words_stay() -> None:
    memory = MaskMemory()
    mask("010-1234-5678", memory)
    assert unmask("[전화9]와 전화1번, 전화 1건", memory) == "[전화9]와 전화1번, 전화 1건"


def test_a_memory_survives_being_kept() -> None:
    memory = MaskMemory()
    text = mask("민원인 홍길동(850101-1234567)", memory).text
    again = MaskMemory.load(memory.dump())
    assert unmask(text, again) == "민원인 홍길동(850101-1234567)"
    assert mask("홍길동", again).text == "[이름1]"


def test_learning_masks_the_gravest_for_good() -> None:
    made = mask_for_good("민원인 홍길동 850101-1234567, 문의 010-1234-5678")
    assert made.text == "민원인 홍길동 [주민번호], 문의 010-1234-5678"
    assert [(item.kind, item.count) for item in made.items] == [("주민번호", 1)]


def test_a_listed_office_number_is_not_masked() -> None:
    found = find_personal("031-555-1234", frozenset({"0315551234"}))
    assert [item.kind for item in found] == [PersonalKind.OFFICE_PHONE]
    assert find_personal("031-555-1234")[0].kind is PersonalKind.PHONE


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_around_a_resident_number_anything_may_stand(before: str, after: str) -> None:
    text = f"{before}\n주민번호 850101-1234567\n{after}"
    assert "1234567" not in mask(text, MaskMemory()).text


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="0123456789-가나 .,|()\n①８%25", max_size=80))
def test_finds_never_overlap_and_each_leaves_one_placeholder(text: str) -> None:
    found = find_personal(text)
    assert all(a.end <= b.start for a, b in pairwise(found))
    made = mask(text, MaskMemory())
    counted = sum(item.count for item in made.items)
    assert len(re.findall(r"\[[가-힣]+\d+\]", made.text)) == counted


@pytest.mark.parametrize(
    ("body", "secret"),
    [
        ({"p1": "010", "p2": "0504", "p3": "5694"}, "5694"),
        ({"cells": ["4000", "0012", "3456", "7899"]}, "7899"),
        ({"cells": ["850101", "-", "1234567"]}, "1234567"),
        ({"cells": ["850101", "1234567"]}, "1234567"),
        ({"jumin1": "850101", "jumin2": 1234567}, "1234567"),
    ],
)
def test_numbers_in_several_strings_are_one(body: dict[str, object], secret: str) -> None:
    told = json.dumps({"messages": [{"content": json.dumps(body)}]}).encode()
    safe = safe_body(told, "application/json", MaskMemory(), internal=False)
    assert secret not in safe.data.decode()
    assert safe.items


def test_figures_in_several_strings_stay() -> None:
    body = {"승차": ["1234", "3456", "4567", "5678", "2345"], "노선": ["10", "720", "3330"]}
    told = json.dumps(body, ensure_ascii=False).encode()
    safe = safe_body(told, "application/json", MaskMemory(), internal=False)
    assert json.loads(safe.data) == body


def test_8000_characters_are_looked_at_quickly() -> None:
    line = "민원인 홍길동 씨(010-1234-5678)는 10-1번 노선을 1,234명이 이용했다고 적었다.\n"
    text = (line * 200)[:8000]
    begun = time.perf_counter()
    find_personal(text)
    first = time.perf_counter() - begun
    begun = time.perf_counter()
    find_personal(text)
    assert first < 2, "far over the usual 0.03 s, for a busy machine"
    assert time.perf_counter() - begun < first / 2
