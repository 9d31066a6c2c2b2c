"""A tool: a typed function that a desk may call, with its role check."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from gongmu.bots.passages import DataClass, Passage, Reader
from gongmu.core.person import Act

if TYPE_CHECKING:
    from gongmu.core.house import House


@dataclass(frozen=True)
class ToolGround:
    """What a running tool is handed: the house, for whom, on which day, for which desk."""

    house: House
    reader: Reader
    today: date
    bot: str


@dataclass(frozen=True)
class ToolResult:
    """What a tool found, for the model and for the person alike.

    `text` is Korean and complete: every number an answer may use stands in it. `passages` can be
    cited like any found passage. `draft_id` names a draft the tool made; a tool never sends.
    """

    text: str
    rows: Sequence[Mapping[str, Any]] = ()
    passages: Sequence[Passage] = ()
    source: str = ""
    """Where the figures come from, as cited: "버스 분석 2026-11-16~20 (잠정)"."""
    draft_id: str = ""
    data_class: DataClass = DataClass.OPEN


@dataclass(frozen=True)
class Tool:
    """A declared tool; `code` equals its file name in `bots/tools/`.

    `reads` finds the tool's arguments in a question without any model (None = the question does
    not call for it), so that desks work without one. `run` raises Refused with Korean text.
    """

    code: str
    title: str
    description: str
    arguments: type[BaseModel]
    act: Act
    run: Callable[[ToolGround, BaseModel], ToolResult]
    reads: Callable[[str, date], BaseModel | None]
    data_class: DataClass = DataClass.OPEN
    """Highest class its results may have."""
    only_drafts: bool = False
    """True for a tool that changes something: it may only leave a draft for a person."""
