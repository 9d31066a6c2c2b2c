"""The worked cases of tests/cases/relief/*.yaml, read once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from gongmu.relief.facts import Case
from gongmu.relief.law import Law, load_law
from gongmu.relief.schema import read_case

FOLDER = Path(__file__).parent.parent / "cases" / "relief"


class Worked(NamedTuple):
    """One worked case: what it is about, its facts, what must come of it."""

    group: str
    words: str
    row: str | None
    """The row of the public table of worked cases that says the same."""
    facts: Mapping[str, Any]
    expect: Mapping[str, Any]


@cache
def worked_cases() -> tuple[Worked, ...]:
    return tuple(
        Worked(
            path.stem, entry["words"], entry["row"], plain(entry["facts"]), plain(entry["expect"])
        )
        for path in sorted(FOLDER.glob("*.yaml"))
        for entry in yaml.safe_load(path.read_text("utf-8"))
    )


def plain(value: Any) -> Any:
    """Return YAML values as JSON would have them: days as text."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


@cache
def law() -> Law:
    return load_law()


def case_of_facts(facts: Mapping[str, Any]) -> Case:
    case, problems = read_case(dict(facts))
    assert not problems, problems
    assert case is not None
    return case


def differences(expected: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is not as expected, key by key, into nested groups."""
    for key, value in expected.items():
        if isinstance(value, Mapping):
            yield from (f"{key}.{one}" for one in differences(value, found[key]))
        elif found[key] != value:
            yield f"{key}: {found[key]!r}, not {value!r}"
