"""Judges case files of any length: a few at once, many over every core, one line a case."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from typing import Any

from gongmu.relief.assess import assess, decision_json
from gongmu.relief.law import load_law
from gongmu.relief.schema import read_case

FEW = 1000
"""Up to so many cases are printed indented, for people; more are printed one a line."""
_CHUNK = 2000


def judged_json(
    raw: Sequence[Any], section: Mapping[str, Any], as_of: date | None
) -> tuple[list[dict[str, Any]], bool]:
    """Return a decision per case as JSON values, and whether any case could not be read."""
    law = load_law(section)
    printed: list[dict[str, Any]] = []
    wrong = False
    for one in raw:
        case, problems = read_case(one)
        if case is None:
            wrong = True
            printed.append(_invalid(one, problems))
        else:
            printed.append(decision_json(assess(case, law, as_of)))
    return printed, wrong


def judge_many(
    raw: Sequence[Any],
    section: Mapping[str, Any],
    as_of: date | None,
    say: Callable[[str], None],
) -> bool:
    """Print a JSON list, one case a line, in order; return whether any could not be read."""
    chunks = [raw[at : at + _CHUNK] for at in range(0, len(raw), _CHUNK)]
    work = [(chunk, dict(section), as_of) for chunk in chunks]
    wrong = False
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        say("[")
        for at, (lines, bad) in enumerate(pool.map(_lines, work)):
            wrong |= bad
            say(lines + ("," if at < len(work) - 1 else ""))
        say("]")
    return wrong


def _lines(work: tuple[Sequence[Any], Mapping[str, Any], date | None]) -> tuple[str, bool]:
    printed, wrong = judged_json(*work)
    # Without indent the C encoder does it, six times as fast.
    return ",\n".join(json.dumps(one, ensure_ascii=False) for one in printed), wrong


def _invalid(raw: Any, problems: Sequence[Any]) -> dict[str, Any]:
    name = raw.get("case_id", "") if isinstance(raw, dict) else ""
    return {
        "case_id": name if isinstance(name, str) else "",
        "outcome": "INVALID",
        "errors": [{"path": one.path, "message": one.message} for one in problems],
    }
