"""What converting a sheet collects: columns made, rows to set aside with reasons, notes. Quiet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from gongmu.bus import typed
from gongmu.bus.columns import Found
from gongmu.core.city import City
from gongmu.core.documents.grid import cell

REASONS = {
    "field_count": "필드 수가 형식과 다릅니다. 원본의 그 줄을 확인하세요.",
    "time_unreadable": "시각을 읽을 수 없습니다. 원본의 표기를 확인하세요.",
    "time_missing": "시각이 비어 있습니다.",
    "date_future": "운행일이 오늘보다 뒤입니다. 단말기 시계나 파일 날짜를 확인하세요.",
    "day_mismatch": "운행일자와 시각이 서로 다른 날입니다. 보낸 곳에 확인하세요.",
    "id_missing": "식별자가 비어 있습니다.",
    "id_unreadable": "식별자가 지수나 소수로 적혀 자릿수를 잃었습니다. "
    "엑셀에서 열지 않은 원본을 다시 받으세요.",
    "number_unreadable": "수를 읽을 수 없거나 범위를 벗어났습니다.",
    "text_missing": "있어야 할 값이 비어 있습니다.",
    "other_city": "다른 도시의 자료입니다. 이 도시의 분석에는 쓰지 않습니다.",
}
"""Reasons a row is set aside for: stable code → what a person reads."""


@dataclass(frozen=True)
class Problem:
    """Rows of one kind to set aside: which column, which reason, which rows (boolean, N)."""

    column: str | None
    reason: str
    rows: pl.Series


@dataclass
class Sorting:
    """What converting one sheet collects on its way."""

    found: Found
    cells: pl.DataFrame
    city: City
    pseudonym: Callable[[pl.Series], pl.Series]
    today: date
    made: dict[str, pl.Series] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)
    """Korean sentence stem → rows."""
    _cleaned: dict[int, pl.Series] = field(default_factory=dict)

    def text(self, name: str) -> pl.Series | None:
        """Return our column `name` as clean text, defaults filled in; None if the file has none."""
        column = self.found.layout.columns.get(name)
        if column is None:
            return None
        places = self.found.at.get(name, ())
        if not places or any(cell(at) not in self.cells.columns for at in places):
            if not column.default:
                return None
            return pl.repeat(column.default, self.cells.height, eager=True)
        sources = {f"p{at}": self.clean(at) for at in places}
        other = self.found.else_at.get(name)
        made = pl.concat_str(pl.all(), separator=" ") if len(sources) > 1 else pl.all()
        text = pl.DataFrame(sources).select(made).to_series()
        if other:
            text = (
                pl.DataFrame({"a": text, "b": self.clean(other)})
                .select(pl.coalesce("a", "b"))
                .to_series()
            )
        if column.default:
            text = text.fill_null(column.default)
        return text.replace(dict(column.values)) if column.values else text

    def clean(self, at: int) -> pl.Series:
        """Return field `at` without blanks and without the file's words for 'missing'."""
        if at not in self._cleaned:
            missing = self.found.layout.missing
            self._cleaned[at] = typed.clean(self.cells[cell(at)], missing)
        return self._cleaned[at]

    def none(self, dtype: pl.DataType) -> pl.Series:
        """Return N nulls."""
        return pl.Series([None], dtype=dtype).new_from_index(0, self.cells.height)

    def title(self, name: str) -> str:
        """Return how a person finds our column `name` in the file."""
        return self.found.layout.columns[name].title

    def needs(self, name: str) -> bool:
        """Tell whether a row is set aside when `name` is missing or unreadable."""
        column = self.found.layout.target.columns.get(name)
        return column is not None and not column.optional

    def set_aside(self, name: str | None, reason: str, rows: pl.Series) -> None:
        """Remember rows that cannot be kept."""
        title = name if name is None or name not in self.found.layout.columns else self.title(name)
        self.problems.append(Problem(title, reason, rows.fill_null(value=False)))

    def keep(self, name: str, text: pl.Series, made: pl.Series, wrong: str, absent: str) -> None:
        """Take a converted column; unreadable and missing values set rows aside or are noted."""
        bad = typed.unreadable(text, made)
        if self.needs(name):
            self.set_aside(name, wrong, bad)
            self.set_aside(name, absent, text.is_null())
        elif count := int(bad.sum()):
            self.note(f"'{self.title(name)}'을(를) 읽지 못해 비운 행", count)
        self.made[name] = made

    def note(self, stem: str, count: int) -> None:
        """Count rows under a sentence for people."""
        if count:
            self.notes[stem] = self.notes.get(stem, 0) + count
