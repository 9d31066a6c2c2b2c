"""What commands share: this installation, a day, JSON on the screen."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from gongmu.core.house import House

AsJson = Annotated[bool, typer.Option("--json", help="JSON으로 보입니다.")]
OnDay = Annotated[str, typer.Option("--on", help="이 날에 효력이 있는 것만(예: 2025-03-01)")]


@contextmanager
def open_this_house() -> Iterator[House]:
    """Open the installation that the environment names."""
    from gongmu.app import open_house
    from gongmu.core.settings import load_settings

    with open_house(load_settings()) as house:
        yield house


def day_of(text: str) -> date | None:
    """Return the day that an option names; raises Refused for what is no day."""
    from gongmu.core.values import parse_day

    return parse_day(text) if text else None


def told(as_json: bool) -> Callable[[str], None]:
    """Return what prints the lines of a work's progress; nobody hears them beside JSON."""
    return (lambda _line: None) if as_json else typer.echo


def print_json(value: object) -> None:
    """Print a value as indented JSON; dates as text."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
