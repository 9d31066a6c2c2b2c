"""A long case file: every case answered, in order, just as each would be alone."""

from __future__ import annotations

import json
from typing import Any

from gongmu.cli.relief_bulk import FEW, judge_many, judged_json

CAR = {"kind": "승용", "seats": 5, "cc": 1598, "use": "비영업용", "fuel": "휘발유"}


def _cases(count: int) -> list[Any]:
    made: list[Any] = [
        {
            "case_id": f"case-{number}",
            "acquired_on": "2026-03-10",
            "registered_on": "2026-03-10",
            "vehicle": CAR,
            "tax_base_won": 10_000_000 + number * 10,
        }
        for number in range(count)
    ]
    made[count // 2] = {"case_id": "broken", "nothing": 1}
    return made


def test_many_cases_are_judged_as_each_alone_and_in_order() -> None:
    cases = _cases(FEW * 2 + 300)
    printed: list[str] = []
    assert judge_many(cases, {}, None, printed.append)  # one of them is broken
    answers = json.loads("\n".join(printed))
    alone, _ = judged_json(cases, {}, None)
    assert answers == json.loads(json.dumps(alone))
    assert [one["outcome"] for one in answers].count("INVALID") == 1
