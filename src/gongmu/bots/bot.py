"""A bot is one YAML file: what it is for, whose it is, what it may read, call and say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, TypeVar

import yaml

from gongmu.bots.passages import DataClass
from gongmu.core.errors import Refused
from gongmu.core.person import Role


class OutputMode(StrEnum):
    """How a model is asked for its answer."""

    TEXT = "text"
    """Prose with [n] marks, streamed."""
    NATIVE = "native"
    """A filled form by JSON schema (response_format)."""
    TOOL = "tool"
    """A filled form as a tool call."""
    PROMPTED = "prompted"
    """A filled form asked for in words, for small models."""


@dataclass(frozen=True)
class Check:
    """One question that tests the bot, and what a right answer has; all parts given must hold."""

    ask: str
    documents: tuple[str, ...] = ()
    """Each must be among the cited documents (part of the title or of "title place")."""
    says: tuple[str, ...] = ()
    """Each must stand in the answer, spaces aside."""
    tool: str = ""
    refuse: bool = False


@dataclass(frozen=True)
class Bot:
    """One desk. `code` is the file's name; `form` names a draft form or is empty."""

    code: str
    title: str
    purpose: str
    department: str
    roles: frozenset[Role]
    data_class: DataClass
    instructions: str
    corpora: tuple[str, ...]
    tools: tuple[str, ...]
    form: str
    output_mode: OutputMode
    examples: tuple[str, ...]
    limits: tuple[str, ...]
    checks: tuple[Check, ...]
    keywords: tuple[str, ...] = ()
    """Words by which the one search box finds this desk."""
    version: int = 0
    """0 = shipped with the product; a department's published versions count from 1."""


E = TypeVar("E", bound=StrEnum)

_NEEDED = ("title", "purpose", "department", "data_class", "instructions", "examples", "checks")
_KNOWN = {field.name for field in fields(Bot)} - {"code", "version"}


def parse_bot(code: str, text: str) -> Bot:
    """Return the bot written in `text` (YAML).

    Raises Refused `bot_invalid` naming the file, the key and what to do: unknown or missing keys,
    unknown class, role or output mode, a check without an expectation.
    """
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f" {mark.line + 1}줄" if mark else ""
        raise _wrong(code, f"YAML로 읽을 수 없습니다.{where}") from None
    if not isinstance(raw, dict):
        raise _wrong(code, "맨 위가 '이름: 값' 꼴이 아닙니다.")
    if unknown := sorted(map(str, set(raw) - _KNOWN)):
        raise _wrong(code, f"모르는 항목: {', '.join(unknown)}")
    if missing := [key for key in _NEEDED if not raw.get(key)]:
        raise _wrong(code, f"빠진 항목: {', '.join(missing)}")
    return Bot(
        code=code,
        title=str(raw["title"]),
        purpose=str(raw["purpose"]),
        department=str(raw["department"]),
        roles=frozenset(_one(code, "roles", Role, one) for one in _list(code, raw, "roles")),
        data_class=_one(code, "data_class", DataClass, raw["data_class"]),
        instructions=str(raw["instructions"]).strip(),
        corpora=tuple(map(str, _list(code, raw, "corpora"))),
        tools=tuple(map(str, _list(code, raw, "tools"))),
        form=str(raw.get("form") or ""),
        output_mode=_one(code, "output_mode", OutputMode, raw.get("output_mode") or "text"),
        examples=tuple(map(str, _list(code, raw, "examples"))),
        limits=tuple(map(str, _list(code, raw, "limits"))),
        checks=tuple(_check(code, one) for one in _list(code, raw, "checks")),
        keywords=tuple(map(str, _list(code, raw, "keywords"))),
    )


def _check(code: str, raw: object) -> Check:
    if not isinstance(raw, dict) or not raw.get("ask"):
        raise _wrong(code, "checks의 물음마다 ask가 있어야 합니다.")
    if unknown := sorted(map(str, set(raw) - {field.name for field in fields(Check)})):
        raise _wrong(code, f"checks에 모르는 항목: {', '.join(unknown)}")
    check = Check(
        ask=str(raw["ask"]),
        documents=tuple(map(str, _list(code, raw, "documents"))),
        says=tuple(map(str, _list(code, raw, "says"))),
        tool=str(raw.get("tool") or ""),
        refuse=bool(raw.get("refuse", False)),
    )
    if not (check.documents or check.says or check.tool or check.refuse):
        raise _wrong(code, f"'{check.ask}'에 documents, says, tool, refuse 가운데 하나를 적으세요.")
    return check


def _list(code: str, raw: Mapping[str, Any], key: str) -> list[Any]:
    value = raw.get(key) or []
    if not isinstance(value, list):
        raise _wrong(code, f"{key}는 목록(- 로 시작하는 줄들)이어야 합니다.")
    return value


def _one(code: str, key: str, kind: type[E], value: object) -> E:
    try:
        return kind(str(value))
    except ValueError:
        known = ", ".join(kind)
        raise _wrong(code, f"{key}의 '{value}'는 쓸 수 없습니다({known}).") from None


def _wrong(code: str, what: str) -> Refused:
    return Refused("bot_invalid", f"{code}.yaml: {what}", "docs/bot-file.md를 보고 고치세요.")
