"""City files: every shipped one is whole, and a wrong one stops the start with a reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from gongmu.bus.columns import layouts_of
from gongmu.core.city import city_codes, load_city
from gongmu.core.errors import Refused

CITY = """
code = "sample"
name = "보기시"
layouts = ["tcd_18"]
denominator = "capacity"

[settlement]
region = "MM1"
regions = ["MM1"]

[limits]
max_set_aside_share = 0.02

[[congestion]]
title = "처음"
starts_on = 2017-07-01
ends_on = 2020-12-31
basis = "persons"
names = ["여유", "혼잡"]
source = "보기"
bounds = { "대형" = [40] }

[[congestion]]
title = "다음"
starts_on = 2021-01-01
basis = "persons"
names = ["여유", "혼잡"]
source = "보기"
bounds = { "대형" = [45] }
"""


def written(folder: Path, text: str) -> Path:
    (folder / "sample.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("code", city_codes())
def test_every_shipped_city_and_its_layouts_are_whole(code: str) -> None:
    city = load_city(code)
    assert city.code == code
    assert {layout.code for layout in layouts_of(city)} == set(city.layouts)


def test_the_practice_city_reads_every_korean_layout() -> None:
    assert {"practice", "uijeongbu", "seoul", "yeosu", "jeju"} <= set(city_codes())
    assert load_city("practice").settlement.operators["다솜교통"] == "15"


def test_thresholds_are_those_in_force_on_the_day(tmp_path: Path) -> None:
    city = load_city("sample", written(tmp_path, CITY))
    assert city.congestion_on(date(2020, 12, 31)).bounds["대형"] == (40,)
    assert city.congestion_on(date(2026, 11, 20)).bounds["대형"] == (45,)
    with pytest.raises(Refused, match="혼잡도 기준이 없습니다"):
        city.congestion_on(date(2017, 6, 30))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('name = "보기시"', 'nmae = "보기시"', "모르는 항목.*nmae"),
        ('name = "보기시"', "", "빠진 항목.*name"),
        ('region = "MM1"', "", "빠진 항목.*region"),
        ("starts_on = 2021-01-01", "starts_on = 2020-06-01", "날짜가 겹칩니다"),
        ("[45]", "[45, 60]", "등급 수와 맞지 않습니다"),
        ('code = "sample"', 'code = "simple"', "파일 이름과 다릅니다"),
        ('denominator = "capacity"', 'denominator = "area"', "capacity나 seats"),
        ("0.02", "2", "0에서 1 사이"),
        ('["tcd_18"]', '["tcd_99"]', "tcd_99.*없습니다"),
        ('code = "sample"', "code = ", "TOML 문법"),
        ("[limits]", "[layout.tcd_28]\nfields = 28\n[limits]", "layouts에 없는 layout"),
    ],
)
def test_a_wrong_city_file_says_what_is_wrong(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    with pytest.raises(Refused, match=says) as refused:
        load_city("sample", written(tmp_path, CITY.replace(old, new)))
    assert refused.value.code == "city_file_invalid"


def test_an_unknown_city_names_those_there_are() -> None:
    with pytest.raises(Refused, match="practice") as refused:
        load_city("atlantis")
    assert refused.value.code == "city_unknown"


def test_a_city_of_ones_own_wins_over_the_shipped_one(tmp_path: Path) -> None:
    own = CITY.replace('code = "sample"', 'code = "practice"')
    (tmp_path / "practice.toml").write_text(own, encoding="utf-8")
    assert load_city("practice", tmp_path).name == "보기시"
    assert load_city("practice").name == "연습시"


def test_a_city_adds_an_alias_to_a_layout(tmp_path: Path) -> None:
    more = '\n[layout.tcd_18.columns.boarded_s]\nnames = ["탄시각"]\n'
    [layout] = layouts_of(load_city("sample", written(tmp_path, CITY + more)))
    assert layout.columns["boarded_s"].names == ("승차일시", "탄시각")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("table = 'trains'", "모르는 표 trains"),
        ("colour = 'red'", "모르는 항목 colour"),
        ("columns.card = { form = 'magic' }", "모르는 form magic"),
        ("columns.driver = { names = ['기사'] }", "없는 열 driver"),
        ("columns.fare_won = { form = 'count' }", "names나 at이 없습니다"),
    ],
)
def test_a_wrong_layout_says_what_is_wrong(tmp_path: Path, change: str, says: str) -> None:
    city = load_city("sample", written(tmp_path, f"{CITY}\n[layout.tcd_18]\n{change}\n"))
    with pytest.raises(Refused, match=says) as refused:
        layouts_of(city)
    assert refused.value.code == "layout_invalid"
