"""The tax office of a city: the city file's [relief] section with its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any

from gongmu.core.city import City
from gongmu.core.errors import Refused
from gongmu.core.people import Person

_OF_THE_LAW = frozenset({"ordinance", "rate"})
"""Parts of the section that the rules read (`assess.load_law`)."""


@dataclass(frozen=True)
class Office:
    """Who sends, and when a person has to look; amounts in won, times in days."""

    office: str
    """Stands at the head of every text, and in letters: 연습시 세정과."""
    phone: str
    department: str = "세정과"
    """Whose officers may see the room."""
    head: str = ""
    """Who signs letters: 연습시장."""
    address: str = ""
    weeks_back: int = 1
    """How many weeks before the present one the Monday run collects."""
    two_people: bool = True
    """Whether drafter and approver must differ."""
    keep_days: int = 1825
    raw_keep_days: int = 30
    postage_won: int = 430
    hold_when_empty_after: int = 10
    """An empty list is held when the week before had at least this many grants."""

    def admits(self, person: Person) -> bool:
        """Return whether a person belongs to this office."""
        return person.department == self.department


def office_of(city: City) -> Office:
    """Return the city's tax office; raises Refused("city_file_invalid")."""
    section = {name: value for name, value in city.relief.items() if name not in _OF_THE_LAW}
    known = {item.name: item for item in fields(Office)}
    if unknown := sorted(section.keys() - known.keys()):
        raise _invalid(city, f"모르는 항목이 있습니다: {', '.join(unknown)}")
    needed = {name for name, item in known.items() if item.default is MISSING}
    if missing := sorted(needed - section.keys()):
        raise _invalid(city, f"빠진 항목이 있습니다: {', '.join(missing)}")
    _check_kinds(city, section)
    return Office(**section)


def _check_kinds(city: City, section: Mapping[str, Any]) -> None:
    for name, value in section.items():
        wanted = {"str": str, "int": int, "bool": bool}[str(Office.__dataclass_fields__[name].type)]
        # In Python a bool is an int; in a city file true is no number.
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise _invalid(city, f"{name} 값의 꼴이 맞지 않습니다({value!r})")
        if isinstance(value, int) and value < 0:
            raise _invalid(city, f"{name} 값은 0보다 작을 수 없습니다")
    for name in ("office", "phone"):
        if not str(section[name]).strip():
            raise _invalid(city, f"{name} 값이 비어 있습니다")


def _invalid(city: City, why: str) -> Refused:
    return Refused(
        "city_file_invalid",
        f"도시 파일 {city.code}.toml의 [relief]: {why}.",
        "파일을 고친 뒤 다시 시작하세요.",
    )
