"""Any set of cases under changed values: who pays how much more or less."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from gongmu.core.errors import Refused
from gongmu.relief.assess import assess
from gongmu.relief.change_words import key_of, out_of_range, value_name_of, written_value
from gongmu.relief.decision import Decision
from gongmu.relief.facts import Case
from gongmu.relief.law import Law
from gongmu.relief.parameters import BLOCKS, Blocks, Version, field_kinds, value_of
from gongmu.relief.rule import check_dates

_FIXED = frozenset({"key", "title", "law", "article"})


@dataclass(frozen=True)
class Changed:
    """One case whose outcome differs."""

    case_id: str
    before: Decision
    after: Decision

    @property
    def due_change_won(self) -> int | None:
        """How much more is due; None when either side cannot be told."""
        if self.before.tax_due_won is None or self.after.tax_due_won is None:
            return None
        return self.after.tax_due_won - self.before.tax_due_won


@dataclass(frozen=True)
class WhatIf:
    """The cases that change, and totals over all cases in won (cases not known left out)."""

    changes: Mapping[str, str]
    case_count: int
    changed: tuple[Changed, ...]
    relief_before_won: int
    relief_after_won: int
    due_before_won: int
    due_after_won: int
    unknown_count: int
    """Cases whose amounts cannot be told on either side."""


def what_if(cases: Iterable[Case], law: Law, changes: Mapping[str, Any]) -> WhatIf:
    """Assess `cases` by `law` and by `law` with `changes`; e.g. {"ev_66_4.last_on": "2026-12-31"}.

    A name is block.value, or block@first_on.value for one version only, in codes or
    Korean words. Raises `Refused` parameter_unknown, parameters_invalid or rules_overlap.
    """
    other = law.with_blocks(changed_blocks(law.blocks, changes))
    changed: list[Changed] = []
    count = unknown = before_won = after_won = before_due = after_due = 0
    for case in cases:
        count += 1
        before, after = assess(case, law), assess(case, other)
        if _differs(before, after):
            changed.append(Changed(case.case_id, before, after))
        known = (before.relief_won, before.tax_due_won, after.relief_won, after.tax_due_won)
        if None in known:
            unknown += 1
            continue
        before_won += before.relief_won or 0
        after_won += after.relief_won or 0
        before_due += before.tax_due_won or 0
        after_due += after.tax_due_won or 0
    return WhatIf(
        {name: str(value) for name, value in changes.items()},
        count,
        tuple(changed),
        before_won,
        after_won,
        before_due,
        after_due,
        unknown,
    )


def _differs(before: Decision, after: Decision) -> bool:
    return (
        before.outcome is not after.outcome
        or before.relief_article != after.relief_article
        or before.relief_won != after.relief_won
        or before.tax_due_won != after.tax_due_won
        or before.base_tax_won != after.base_tax_won
        or before.clawback_until_on != after.clawback_until_on
    )


def changed_blocks(blocks: Blocks, changes: Mapping[str, Any]) -> Blocks:
    """Return the blocks with values replaced; raises `Refused` in Korean for unknown names."""
    found = dict(blocks)
    for name, value in changes.items():
        key, at, said = _parts(name, blocks)
        kind = BLOCKS[key]
        known = {item.name for item in fields(kind)} - _FIXED
        value_name = value_name_of(said, known)
        if value_name not in known:
            raise _unknown(name, f"{key}에는 {value_name}이(가) 없습니다", sorted(known))
        plain = field_kinds(kind)[value_name]  # type: ignore[arg-type]
        typed = value_of(plain, written_value(plain, value), name)
        if why := out_of_range(value_name, typed):
            raise Refused(
                "parameters_invalid", f"감면 값: {name}: {why}: {value}", "값을 바로잡으세요."
            )
        versions = found[key]
        if at is not None and all(version.first_on != at for version in versions):
            starts = [version.first_on.isoformat() for version in versions]
            raise _unknown(name, f"{at}부터인 {key}의 판이 없습니다", starts)
        found[key] = _replaced(versions, at, value_name, typed)
        check_dates(name, [(version.first_on, version.last_on) for version in found[key]])
    return found


def _replaced(
    versions: Sequence[Version], at: date | None, name: str, value: Any
) -> tuple[Version, ...]:
    if name == "last_on" and at is None:
        # The end of the relief as a whole: later versions fall away, the one in force is cut or
        # prolonged. A stated end is an end: no prolongation is awaited.
        kept = [version for version in versions if version.first_on <= value]
        return (
            *kept[:-1],
            *(replace(version, last_on=value, open_after=False) for version in kept[-1:]),
        )
    if name == "first_on" and at is None:
        at = versions[0].first_on
    return tuple(
        replace(version, **{name: value}) if at is None or version.first_on == at else version
        for version in versions
    )


def _parts(name: str, blocks: Blocks) -> tuple[str, date | None, str]:
    block, dot, value_name = name.strip().partition(".")
    said, _, start = block.partition("@")
    key, value_name, start = key_of(said, blocks), value_name.strip(), start.strip()
    if not dot or key not in BLOCKS:
        titles = [f"{one}({versions[0].title})" for one, versions in sorted(blocks.items())]
        raise _unknown(name, "이름은 '감면.값' 꼴입니다", titles)
    if not start:
        return key, None, value_name
    try:
        return key, date.fromisoformat(start), value_name
    except ValueError as error:
        raise _unknown(name, "@ 뒤에는 판의 첫날(2025-01-01)을 적습니다", [key]) from error


def _unknown(name: str, why: str, known: Sequence[str]) -> Refused:
    return Refused(
        "parameter_unknown",
        f"바꿀 값의 이름을 알 수 없습니다: {name} ({why}).",
        f"쓸 수 있는 이름: {', '.join(known)}",
    )


def what_if_json(result: WhatIf) -> dict[str, Any]:
    """Return a what-if as JSON values."""
    return {
        "changes": dict(result.changes),
        "case_count": result.case_count,
        "changed_count": len(result.changed),
        "unknown_count": result.unknown_count,
        "relief_before_won": result.relief_before_won,
        "relief_after_won": result.relief_after_won,
        "due_before_won": result.due_before_won,
        "due_after_won": result.due_after_won,
        "due_change_won": result.due_after_won - result.due_before_won,
        "changed": [
            {
                "case_id": one.case_id,
                "due_change_won": one.due_change_won,
                "before": _side(one.before),
                "after": _side(one.after),
            }
            for one in result.changed
        ],
    }


def _side(decision: Decision) -> dict[str, Any]:
    return {
        "outcome": decision.outcome.value,
        "relief_article": decision.relief_article,
        "relief_won": decision.relief_won,
        "tax_due_won": decision.tax_due_won,
    }
