"""What a case file may say, how it is refused, and the documented examples."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gongmu.cli import app
from gongmu.core.errors import Refused
from gongmu.relief.case_file import read_json, text_of
from gongmu.relief.facts import Kind, Size
from gongmu.relief.schema import GROUPS, json_schema, read_case
from gongmu.relief.words import WORDS, bare
from tests.conftest import REPOSITORY

DOCS = REPOSITORY / "docs" / "relief-cases.md"


def test_korean_words_and_codes_mean_the_same() -> None:
    korean, _ = read_case({"vehicle": {"kind": "승용(경형)", "use": "비영업용", "fuel": "전기"}})
    codes, _ = read_case(
        {"vehicle": {"kind": "passenger", "size_class": "light", "use": "private", "fuel": "EV"}}
    )
    assert korean == codes
    assert korean is not None
    assert korean.vehicle is not None
    assert (korean.vehicle.kind, korean.vehicle.size) == (Kind.PASSENGER, Size.LIGHT)


@pytest.mark.parametrize("written", ["1/10", "10%", 0.1, "0.1"])
def test_shares_are_exact_however_they_are_written(written: object) -> None:
    case, problems = read_case({"owners": [{"relation": "모", "share": written}]})
    assert not problems
    assert case is not None
    assert [owner.share for owner in case.owners or ()] == [Fraction(1, 10)]


def test_a_word_stands_for_one_thing_only() -> None:
    for kind, members in WORDS.items():
        assert set(members) == set(kind)
        words = sorted((bare(word), member) for member, ws in members.items() for word in ws)
        assert all(one[0] != two[0] or one[1] == two[1] for one, two in pairwise(words)), kind


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"colour": "red"}, "colour"),
        ({"vehicle": {"kind": "비행기"}}, "vehicle.kind"),
        ({"vehicle": {"seats": "다섯"}}, "vehicle.seats"),
        ({"vehicle": {"seats": True}}, "vehicle.seats"),
        ({"vehicle": []}, "vehicle"),
        ({"children": [{"birthday": "2010"}, {"birthday": "2010-13"}]}, "children[1].birthday"),
        ({"owners": {"relation": "본인"}}, "owners"),
        ({"owners": [{"share": "3/2"}]}, "owners[0].share"),
        ({"acquired_on": 20260310}, "acquired_on"),
        ({"acquired_on": "2026-02-30"}, "acquired_on"),
        ({"tax_base_won": -1}, "tax_base_won"),
        ({"tax_base_won": 1.5}, "tax_base_won"),
        ({"applied_for": "다자녀"}, "applied_for"),
        ("사건", "사건"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_path(raw: Any, path: str) -> None:
    case, problems = read_case(raw)
    assert case is None
    assert problems[0].path == path
    assert re.search("[가-힣]", problems[0].message)


@pytest.mark.parametrize(
    ("tidy", "as_in_a_table"),
    [
        ({"tax_base_won": 30_000_000}, {"tax_base_won": "30,000,000원"}),
        ({"tax_base_won": None}, {"tax_base_won": ""}),
        ({"vehicle": {"cc": 1998, "seats": 9}}, {"vehicle": {"cc": "1,998cc", "seats": "9인승"}}),
        (
            {"vehicle": {"kind": "화물", "payload_kg": 1200}},
            {"vehicle": {"kind": "화물 1.2t"}},
        ),
        ({"vehicle": {"kind": "화물", "payload_kg": 1000}}, {"vehicle": {"kind": "1톤 화물"}}),
        ({"vehicle": {"kind": "승합", "seats": 11}}, {"vehicle": {"kind": "승합(11인승)"}}),
        ({"vehicle": {"kind": "승용", "size_class": "경형"}}, {"vehicle": {"kind": "경차"}}),
        ({"veteran": {"grade": 3}}, {"veteran": {"grade": "상이 3급"}}),
        ({"veteran": {"grade": "6"}}, {"veteran": {"grade": "6급 2항"}}),
        ({"veteran": {"grade": "경도"}}, {"veteran": {"grade": "경도 장애"}}),
        ({"veteran": {"grade": "등급외"}}, {"veteran": {"grade": "등급 외"}}),
        ({"acquired_on": "2026-03-10"}, {"acquired_on": "2026년 3월 10일"}),
        ({"acquired_on": "2026-03-10"}, {"acquired_on": "2026-03-10T00:00:00"}),
        ({"disability": {"severe": True}}, {"disability": {"severe": "예"}}),
    ],
)
def test_what_a_table_says_is_read_as_it_stands(
    tidy: dict[str, Any], as_in_a_table: dict[str, Any]
) -> None:
    assert read_case(as_in_a_table) == read_case(tidy)
    assert not read_case(tidy)[1]


def test_a_grade_in_other_words_is_refused_not_taken_for_none() -> None:
    """A grade not understood must not turn into 등급외, which would deny the relief."""
    for grade in ("중상이", "3등", "판정 중"):
        assert read_case({"veteran": {"grade": grade}})[1], grade


@pytest.mark.parametrize(
    "data",
    [
        '{"case_id": "가나"}'.encode("cp949"),
        '{"case_id": "가나"}'.encode("utf-8-sig"),
        '{"case_id": "가나"}'.encode("utf-16"),
    ],
)
def test_files_of_old_programs_are_read(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "사건.json"
    file.write_bytes(data)
    done = CliRunner().invoke(app, ["relief", "assess", str(file)])
    assert json.loads(done.output)["case_id"] == "가나"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b'[{"case_id":"a"}',
        bytes(range(256)),
        b'{"tax_base_won":' + b"9" * 6000 + b"}",
        b"[" * 100_000,
    ],
)
def test_what_is_no_json_is_refused_in_korean(data: bytes) -> None:
    with pytest.raises(Refused, match="사건 파일"):
        read_json(text_of(data))


@pytest.mark.parametrize(
    "text",
    ['{"vehicle":{"power_kw":1e999999999}}', '{"tax_base_won":1e999999999}'],
)
def test_numbers_of_endless_length_are_not_written_out(text: str) -> None:
    assert read_case(read_json(text)[0])[1]


def test_null_means_not_known_and_every_key_takes_it() -> None:
    for group in GROUPS:
        built = group.build({key.name: None for key in group.keys}, "", [])
        assert built is not None
    case, problems = read_case({key.name: None for key in GROUPS[0].keys})
    assert case is not None
    assert not problems


def test_the_schema_names_every_key() -> None:
    definitions = json_schema()["$defs"]
    for group in GROUPS:
        assert set(definitions[group.name]["properties"]) == {key.name for key in group.keys}
        assert not definitions[group.name]["additionalProperties"]


def test_the_guide_explains_every_key() -> None:
    text = DOCS.read_text("utf-8")
    for group in GROUPS:
        for key in group.keys:
            assert f"`{key.name}`" in text, f"{group.name}.{key.name}"
    for members in WORDS.values():
        for words in members.values():
            assert words[0] in text, words[0]


def test_the_guides_examples_come_out_as_it_says() -> None:
    """Each example is followed by lines `key` = value that the command must print."""
    text = DOCS.read_text("utf-8")
    examples = re.findall(r"```json\n(\{.*?\})\n```\n\n나옵니다: (.*?)\n\n", text, re.DOTALL)
    assert len(examples) >= 8
    for source, promised in examples:
        done = CliRunner().invoke(app, ["relief", "assess", "-"], input=source)
        assert done.exit_code == 0, done.output
        decided = json.loads(done.output)
        found = re.findall(r"`([a-z_.]+)` = `([^`]*)`", promised)
        assert found, promised
        for name, value in found:
            at: Any = decided
            for part in name.split("."):
                at = at[part]
            assert str(at) == value, (name, at, value)


def test_one_bad_case_does_not_stop_the_others() -> None:
    good = {"case_id": "a", "acquired_on": "2026-03-10", "price_won": 500_000}
    text = json.dumps([good, {"case_id": "b", "nothing": 1}])
    done = CliRunner().invoke(app, ["relief", "assess", "-"], input=text)
    assert done.exit_code == 1
    first, second = json.loads(done.output)
    assert first["outcome"] == "NO_RELIEF"
    assert (second["case_id"], second["outcome"]) == ("b", "INVALID")
    assert second["errors"] == [{"path": "nothing", "message": "모르는 항목입니다"}]


def test_a_list_of_one_stays_a_list() -> None:
    done = CliRunner().invoke(app, ["relief", "assess", "-"], input="[{}]")
    assert len(json.loads(done.output)) == 1


def test_schema_and_what_if_are_commands() -> None:
    done = CliRunner().invoke(app, ["relief", "schema"])
    assert json.loads(done.output)["$defs"]["case"]
    case = json.dumps(
        {
            "case_id": "전기차",
            "acquired_on": "2026-08-10",
            "registered_on": "2026-08-10",
            "tax_base_won": 30_000_000,
            "vehicle": {"kind": "승용", "seats": 5, "use": "비영업용", "fuel": "전기"},
        }
    )
    arguments = ["relief", "what-if", "-", "--set", "ev_66_4.last_on=2026-06-30"]
    done = CliRunner().invoke(app, arguments, input=case)
    assert "+1,400,000원" in done.output
    done = CliRunner().invoke(app, [*arguments, "--json"], input=case)
    assert json.loads(done.output)["changed_count"] == 1
