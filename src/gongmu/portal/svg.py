"""The one chart module: pure functions that draw SVG as text, coloured by the style sheet.

Nothing here carries a colour or a `style`, so charts follow the normal, high-contrast and print
themes and pass a strict content policy. Text from data is always escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

_Scale = Callable[[float], float]
_WIDTH, _HEIGHT = 560, 226
_LEFT, _RIGHT, _TOP = 34, 6, 22
_BASE = 184
"""y of zero; below it stand the congestion strip and the stop numbers."""


@dataclass(frozen=True)
class ProfileStop:
    """One stop of a load profile: people, and `grade` = 0.. for the colour of the strip."""

    number: int
    name: str
    boardings: float
    alightings: float
    load: float
    grade: int


def load_profile(stops: Sequence[ProfileStop], capacity: float, title: str) -> Markup:
    """Draw boardings and alightings as bars, the load as a step line and the capacity line.

    `capacity` in people is the denominator; 0 draws no line. The strip below shows each stop's
    grade; the same numbers stand in a table beside the chart, so the picture is one image. The
    legend beside it says how many people the dashed line is; pointing at a stop says its numbers.
    """
    top = max([capacity, 1.0] + [max(s.load, s.boardings, s.alightings) for s in stops])
    step, ceiling = _ticks(top * 1.04)
    slot = (_WIDTH - _LEFT - _RIGHT) / max(len(stops), 1)

    def y(value: float) -> float:
        return _BASE - (_BASE - _TOP) * value / ceiling

    parts = [_grid(step, ceiling, y_of=y), _bars(stops, slot, y)]
    if capacity > 0:
        parts.append(_capacity(y(capacity)))
    parts += [_load_line(stops, slot, y), _peak(stops, slot, y), _strip(stops, slot)]
    parts += [_numbers(stops, slot), _pointed(stops, slot)]
    return Markup(  # noqa: S704 - numbers and one escaped title
        f'<svg class="profile" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )


def sparkline(values: Sequence[float | None], line: float, *, width: int = 72) -> Markup:
    """Draw one small line over the day with a dashed `line` (such as 100 %); gaps stay gaps.

    It repeats numbers printed beside it, so it is hidden from screen readers.
    """
    height = 22
    known = [value for value in values if value is not None]
    top = max([*known, line * 1.25, 1e-9])
    across = width / max(len(values) - 1, 1)

    def y(value: float) -> float:
        return height - 2 - (height - 4) * value / top

    runs: list[list[str]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{index * across:.1f},{y(value):.1f}")
    lines = "".join(f'<polyline points="{" ".join(run)}"/>' for run in runs if len(run) > 1)
    return Markup(  # noqa: S704 - numbers only
        f'<svg class="spark" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'aria-hidden="true" focusable="false">'
        f'<line class="limit" x1="0" x2="{width}" y1="{y(line):.1f}" y2="{y(line):.1f}"/>'
        f"{lines}</svg>"
    )


def _ticks(top: float) -> tuple[float, float]:
    """Return a round step and the ceiling, two to five steps high."""
    size = 1.0
    while True:
        for step in (size, size * 2, size * 5):
            if top / step <= 5:
                count = int(-(-top // step))
                return step, step * max(count, 2)
        size *= 10


def _grid(step: float, ceiling: float, y_of: _Scale) -> str:
    lines, value = [], 0.0
    while value <= ceiling + 1e-9:
        y = y_of(value)
        lines.append(
            f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="tick end" x="{_LEFT - 6}" y="{y + 3:.1f}">{value:.0f}</text>'
        )
        value += step
    return "".join(lines) + f'<text class="tick" x="2" y="{_TOP - 9}">명</text>'


def _bars(stops: Sequence[ProfileStop], slot: float, y_of: _Scale) -> str:
    width = max(slot * 0.42, 0.8)
    bars = []
    for index, stop in enumerate(stops):
        x = _LEFT + index * slot + slot * 0.06
        for kind, value, at in (
            ("on", stop.boardings, x),
            ("off", stop.alightings, x + width + slot * 0.04),
        ):
            if value > 0:
                y = y_of(value)
                bars.append(
                    f'<rect class="{kind}" x="{at:.1f}" y="{y:.1f}" '
                    f'width="{width:.1f}" height="{_BASE - y:.1f}"/>'
                )
    return "".join(bars)


def _capacity(y: float) -> str:
    x = _WIDTH - _RIGHT
    return f'<line class="limit" x1="{_LEFT}" x2="{x}" y1="{y:.1f}" y2="{y:.1f}"/>'


def _load_line(stops: Sequence[ProfileStop], slot: float, y_of: _Scale) -> str:
    path: list[str] = []
    for index, stop in enumerate(stops):
        x, y = _LEFT + index * slot, y_of(stop.load)
        path.append(f"{'M' if not path else 'V'}{'' if path else f'{x:.1f} '}{y:.1f}")
        path.append(f"H{x + slot:.1f}")
    return f'<path class="load" d="{"".join(path)}"/>'


def _peak(stops: Sequence[ProfileStop], slot: float, y_of: _Scale) -> str:
    """Print the greatest load above its step, kept inside the picture."""
    if not stops:
        return ""
    index, stop = max(enumerate(stops), key=lambda pair: pair[1].load)
    x = min(max(_LEFT + (index + 0.5) * slot, _LEFT + 24), _WIDTH - _RIGHT - 24)
    return (
        f'<text class="mid peak" x="{x:.1f}" y="{y_of(stop.load) - 5:.1f}">{stop.load:.0f}명</text>'
    )


def _pointed(stops: Sequence[ProfileStop], slot: float) -> str:
    """Lay an unseen column over each stop that says its numbers when pointed at."""
    return "".join(
        f'<rect class="point" x="{_LEFT + index * slot:.1f}" y="{_TOP}" width="{slot:.1f}" '
        f'height="{_BASE - _TOP + 14}"><title>{stop.number} {escape(stop.name)}: '
        f"승차 {stop.boardings:.0f}, 하차 {stop.alightings:.0f}, 재차 {stop.load:.0f}명"
        "</title></rect>"
        for index, stop in enumerate(stops)
    )


def _strip(stops: Sequence[ProfileStop], slot: float) -> str:
    return "".join(
        f'<rect class="g{stop.grade}" x="{_LEFT + index * slot:.1f}" y="{_BASE + 6}" '
        f'width="{slot:.1f}" height="8"/>'
        for index, stop in enumerate(stops)
    )


def _numbers(stops: Sequence[ProfileStop], slot: float) -> str:
    every = max(1, -(-len(stops) // 14))
    return "".join(
        f'<text class="tick mid" x="{_LEFT + (index + 0.5) * slot:.1f}" y="{_BASE + 28}">'
        f"{stop.number}</text>"
        for index, stop in enumerate(stops)
        if index % every == 0
    )


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its length, and the words printed at its end."""

    name: str
    value: float
    words: str


def bars(items: Sequence[Bar], title: str) -> Markup:
    """Draw bars lying under each other, the longest filling the width; values below 0 count as 0.

    The same numbers stand in a table beside the picture, so it is one image.
    """
    name_width, row, room = 190, 26, 110
    top = max([item.value for item in items], default=0) or 1
    height = row * max(len(items), 1) + 6
    parts = []
    for index, item in enumerate(items):
        y = index * row + 4
        length = max(item.value, 0) / top * (_WIDTH - name_width - room)
        parts.append(
            f'<text class="end" x="{name_width - 8}" y="{y + 14}">{escape(item.name)}</text>'
            f'<rect class="bar" x="{name_width}" y="{y}" width="{length:.1f}" height="18"/>'
            f'<text x="{name_width + length + 6:.1f}" y="{y + 14}">{escape(item.words)}</text>'
        )
    return Markup(  # noqa: S704 - numbers and escaped texts
        f'<svg class="bars" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )


@dataclass(frozen=True)
class Dot:
    """One value (0..1) at a time, with the words printed under it and said when pointed at."""

    value: float
    under: str
    words: str


def shares_over_time(dots: Sequence[Dot], title: str, limit: float | None = None) -> Markup:
    """Draw shares (0..1) as one line from old to new, with a dashed `limit`.

    The same numbers stand in a table beside the picture, so it is one image.
    """
    left, right, top, base, height = 44, 20, 14, 150, 178
    across = (_WIDTH - left - right) / max(len(dots) - 1, 1)

    def x(index: int) -> float:
        return left + across * index if len(dots) > 1 else (_WIDTH - right + left) / 2

    def y(value: float) -> float:
        return base - (base - top) * min(max(value, 0.0), 1.0)

    parts = [
        f'<line class="grid" x1="{left}" x2="{_WIDTH - right}" y1="{y(one):.1f}" '
        f'y2="{y(one):.1f}"/><text class="end" x="{left - 6}" y="{y(one) + 4:.1f}">'
        f"{one * 100:.0f}%</text>"
        for one in (0.0, 0.5, 1.0)
    ]
    if limit is not None:
        parts.append(
            f'<line class="limit" x1="{left}" x2="{_WIDTH - right}" '
            f'y1="{y(limit):.1f}" y2="{y(limit):.1f}"/>'
        )
    places = " ".join(f"{x(index):.1f},{y(dot.value):.1f}" for index, dot in enumerate(dots))
    parts.append(f'<polyline points="{places}"/>')
    every = max(1, -(-len(dots) // 8))
    for index, dot in enumerate(dots):
        parts.append(
            f'<circle cx="{x(index):.1f}" cy="{y(dot.value):.1f}" r="3.5">'
            f"<title>{escape(dot.words)}</title></circle>"
        )
        if index % every == 0 or index == len(dots) - 1:
            parts.append(
                f'<text class="mid" x="{x(index):.1f}" y="{base + 20}">{escape(dot.under)}</text>'
            )
    return Markup(  # noqa: S704 - numbers and escaped texts
        f'<svg class="lines-graph" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )
