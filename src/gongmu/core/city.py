"""A city is data: names, settlement constants, layouts, thresholds, limits, portals.

City files stand in `cities/<code>.toml` of the wheel, of the checkout, or of a folder of the
city's own (`$GONGMU_HOME/cities`), the last of which wins. Layouts stand beside them in
`layouts/<code>.toml`; a city file may add to them under `[layout.<code>]`. A file with an unknown
key, a missing value or overlapping dates is refused before anything starts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from gongmu.core.errors import Refused

_PACKAGE = Path(__file__).resolve().parents[1]
_SHIPPED = (_PACKAGE / "cities", _PACKAGE.parents[1] / "cities")

T = TypeVar("T")

Layout = Mapping[str, Any]
"""A layout as written in TOML; `bus.columns` gives it its meaning."""


@dataclass(frozen=True)
class Settlement:
    """How this city's card rows name their settlement company (정산사) and region."""

    region: str
    regions: tuple[str, ...]
    company: str = ""
    route_prefixes: tuple[str, ...] = ()
    """Standard route ids of this city begin with one of these; empty = not checked."""
    operators: Mapping[str, str] = field(default_factory=dict)
    """Operator (운수사) → settlement company, for files that leave the company out."""


@dataclass(frozen=True)
class Limits:
    """When a person has to look before a day is published."""

    max_set_aside_share: float = 0.02
    max_future_days: int = 0


@dataclass(frozen=True)
class Congestion:
    """Congestion classes (혼잡도 등급) in force from `starts_on` to `ends_on` (None = still).

    `basis` persons: `bounds` are the greatest loads of each class but the last, per vehicle type;
    seats: the greatest multiples of the seats. A load above the last bound is of the last class.
    """

    title: str
    starts_on: date
    basis: str
    names: tuple[str, ...]
    bounds: Mapping[str, tuple[float, ...]]
    source: str
    ends_on: date | None = None
    derived: tuple[str, ...] = ()
    """Vehicle types whose figures are our own estimate, which every table must say."""


@dataclass(frozen=True)
class Portal:
    """An outside system of the city; `robot` names the file under robots/."""

    robot: str
    title: str
    address: str = ""


@dataclass(frozen=True)
class City:
    """One city, complete and checked."""

    code: str
    name: str
    settlement: Settlement
    limits: Limits
    layouts: Mapping[str, Layout]
    congestion: tuple[Congestion, ...]
    denominator: str = "capacity"
    """What a load is divided by: capacity (승차정원) or seats (좌석 수)."""
    default_capacity: int = 55
    default_seats: int = 25
    first_hour: int = 5
    last_hour: int = 24
    """The hours of service that tables show, of the service day (4..27)."""
    encodings: tuple[str, ...] = ("cp949",)
    portals: Mapping[str, Portal] = field(default_factory=dict)
    relief: Mapping[str, Any] = field(default_factory=dict)
    """The tax office's section as written; `relief.office` gives it its meaning."""
    messages: Mapping[str, Any] = field(default_factory=dict)
    """Senders, hours and the gateway as written; `messages.office` gives it its meaning."""
    bots: Mapping[str, Any] = field(default_factory=dict)
    """Models, prices, quotas and whom to ask, as written; `bots.guard.office` gives it meaning."""
    notes: tuple[str, ...] = ()

    @property
    def closed_on(self) -> frozenset[date]:
        """Return the days decreed closed (임시공휴일) that the calendar does not know yet.

        They stand under [messages] closed_on; raises `Refused` city_file_invalid.
        """
        days = self.messages.get("closed_on", ())
        if not all(type(day) is date for day in days):
            raise Refused(
                "city_file_invalid",
                f"{self.name} 도시 파일의 [messages] closed_on에는 날짜만 적습니다.",
                "closed_on = [2026-12-24]처럼 따옴표 없이 적으세요.",
            )
        return frozenset(days)

    def congestion_on(self, day: date) -> Congestion:
        """Return the classes in force on `day`; raises `Refused` threshold_missing."""
        for version in self.congestion:
            if version.starts_on <= day and (version.ends_on is None or day <= version.ends_on):
                return version
        raise Refused(
            "threshold_missing",
            f"{self.name}의 {day} 혼잡도 기준이 없습니다.",
            f"도시 파일 cities/{self.code}.toml의 [[congestion]]에 그날의 기준을 더하세요.",
        )


def city_codes(extra_folder: Path | None = None) -> tuple[str, ...]:
    """Return the codes of all cities that have a file."""
    return tuple(sorted({path.stem for f in _folders(extra_folder) for path in f.glob("*.toml")}))


def load_city(code: str, extra_folder: Path | None = None) -> City:
    """Read and check one city; raises `Refused` city_unknown or city_file_invalid."""
    for folder in _folders(extra_folder):
        path = folder / f"{code}.toml"
        if path.is_file():
            return _city(_toml(path), path, extra_folder)
    raise Refused(
        "city_unknown",
        f"'{code}' 도시 파일이 없습니다. 있는 도시: {', '.join(city_codes(extra_folder))}",
        "설정의 도시 이름(GONGMU_CITY)을 확인하세요.",
    )


def _folders(extra: Path | None) -> Iterator[Path]:
    return (folder for folder in (extra, *_SHIPPED) if folder is not None and folder.is_dir())


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as why:
        raise _invalid(path, f"TOML 문법이 틀렸습니다({why})") from why


def _city(data: dict[str, Any], path: Path, extra: Path | None) -> City:
    if data.get("code") != path.stem:
        raise _invalid(path, f"code가 파일 이름과 다릅니다({data.get('code')!r})")
    wanted, changes = data.pop("layouts", []), data.pop("layout", {})
    data["layouts"] = MappingProxyType(
        {name: _layout(name, changes.pop(name, {}), path, extra) for name in wanted}
    )
    if changes:
        raise _invalid(path, f"layouts에 없는 layout입니다: {', '.join(changes)}")
    data["settlement"] = _record(Settlement, data.get("settlement", {}), path, "settlement")
    data["limits"] = _record(Limits, data.get("limits", {}), path, "limits")
    data["congestion"] = _congestion(data.get("congestion", []), path)
    portals = data.get("portals", {})
    data["portals"] = {n: _record(Portal, portals[n], path, f"portals.{n}") for n in portals}
    city = _record(City, data, path, "맨 위")
    if city.denominator not in ("capacity", "seats"):
        raise _invalid(path, "denominator는 capacity나 seats여야 합니다")
    if not 0 <= city.limits.max_set_aside_share <= 1:
        raise _invalid(path, "max_set_aside_share는 0에서 1 사이여야 합니다")
    return city


def _layout(name: str, changes: Mapping[str, Any], city: Path, extra: Path | None) -> Layout:
    for folder in _folders(extra):
        path = folder / "layouts" / f"{name}.toml"
        if path.is_file():
            return MappingProxyType(_merged(_toml(path), changes))
    if changes:
        return MappingProxyType(dict(changes))
    raise _invalid(city, f"'{name}' 자료 형식(layouts/{name}.toml)이 없습니다")


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` with `changes`: lists are added to, tables merged, other values replaced."""
    merged = dict(base)
    for key, value in changes.items():
        old = merged.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            merged[key] = _merged(old, value)
        elif isinstance(old, list) and isinstance(value, list):
            merged[key] = old + value
        else:
            merged[key] = value
    return merged


def _congestion(versions: list[dict[str, Any]], path: Path) -> tuple[Congestion, ...]:
    found = []
    for version in versions:
        bounds = {kind: tuple(values) for kind, values in version.get("bounds", {}).items()}
        made = _record(Congestion, version | {"bounds": bounds}, path, "congestion")
        _check_bounds(made, path)
        found.append(made)
    found.sort(key=lambda version: version.starts_on)
    for earlier, later in pairwise(found):
        if earlier.ends_on is None or earlier.ends_on >= later.starts_on:
            raise _invalid(
                path, f"혼잡도 기준 '{earlier.title}'과 '{later.title}'의 날짜가 겹칩니다"
            )
    return tuple(found)


def _check_bounds(version: Congestion, path: Path) -> None:
    if version.basis not in ("persons", "seats"):
        raise _invalid(path, f"혼잡도 기준 '{version.title}'의 basis는 persons나 seats여야 합니다")
    for kind, bounds in version.bounds.items():
        if len(bounds) != len(version.names) - 1 or list(bounds) != sorted(set(bounds)):
            raise _invalid(
                path, f"혼잡도 기준 '{version.title}'의 {kind} 경계가 등급 수와 맞지 않습니다"
            )


def _record(kind: type[T], values: Mapping[str, Any], path: Path, where: str) -> T:
    """Make a frozen record of TOML values; lists become tuples."""
    known = {item.name: item for item in fields(kind)}  # type: ignore[arg-type]
    if unknown := [key for key in values if key not in known]:
        raise _invalid(path, f"모르는 항목이 있습니다({where}): {', '.join(unknown)}")
    needed = {n for n, i in known.items() if i.default is MISSING and i.default_factory is MISSING}
    if missing := sorted(needed - values.keys()):
        raise _invalid(path, f"빠진 항목이 있습니다({where}): {', '.join(missing)}")
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


def _invalid(path: Path, why: str) -> Refused:
    return Refused(
        "city_file_invalid", f"도시 파일 {path.name}: {why}.", "파일을 고친 뒤 다시 시작하세요."
    )
