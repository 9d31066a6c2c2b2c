"""Adding one thing is adding one file: what stands in the catalogue, as a golden list."""

from __future__ import annotations

import types
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from gongmu.bots.drafts.cabinet import all_forms
from gongmu.bots.registry import shipped_bots
from gongmu.bots.toolbox import all_tools
from gongmu.bus.daily_run import last_whole_day
from gongmu.core.catalogue import catalogue
from gongmu.core.city import city_codes, load_city
from gongmu.core.errors import Refused
from gongmu.messages.provider import all_providers
from gongmu.relief.law import all_rules
from gongmu.relief.wording import shipped_texts
from gongmu.robots.robot import all_robots

GOLDEN = Path(__file__).parent / "golden" / "catalogue.txt"


def test_the_catalogue_is_as_written_down() -> None:
    lines = [f"robot {code}: {robot.title}" for code, robot in all_robots().items()]
    lines += [f"provider {code}: {one.title}" for code, one in all_providers().items()]
    for rule in all_rules():
        until = rule.last_on or "지금"
        lines.append(f"rule {rule.key}: {rule.title} ({rule.law}) {rule.first_on}~{until}")
    lines += [f"text {code}" for code in sorted(shipped_texts().codes)]
    for code, bot in shipped_bots().items():
        corpora, tools = " ".join(bot.corpora) or "없음", " ".join(bot.tools) or "없음"
        form = bot.form or "없음"
        lines.append(f"bot {code}: {bot.title}, 지식 {corpora}, 도구 {tools}, 서식 {form}")
    lines += [f"tool {code}: {tool.title}" for code, tool in all_tools().items()]
    lines += [f"form {code}: {form.title}" for code, form in all_forms().items()]
    for code in city_codes():
        city = load_city(code)
        lines.append(f"city {code}: {city.name}, layouts {' '.join(sorted(city.layouts))}")
    assert GOLDEN.read_text("utf-8").splitlines() == lines


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "catalogue_incomplete"),
        ("class R:\n    code = 'other'\nROBOT = R()\n", "catalogue_mismatch"),
    ],
)
def test_a_half_finished_file_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, code: str
) -> None:
    package = tmp_path / f"robots_{code}"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "tax.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    made: types.ModuleType = __import__(package.name)
    with pytest.raises(Refused) as stopped:
        catalogue(made, "ROBOT", beside=frozenset())
    assert stopped.value.code == code


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 11, 20, 20, 40, tzinfo=UTC), date(2026, 11, 20)),  # 05:40 on the 21st
        (datetime(2026, 11, 20, 18, 59, tzinfo=UTC), date(2026, 11, 19)),  # 03:59 on the 21st
        (datetime(2026, 11, 20, 19, 0, tzinfo=UTC), date(2026, 11, 20)),  # 04:00 on the 21st
    ],
)
def test_the_nightly_run_takes_the_service_day_that_ended_at_four(now: datetime, day: date) -> None:
    assert last_whole_day(now) == day
