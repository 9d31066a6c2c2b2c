"""Reads a desk's text as an editor's page needs it: every problem at once, each with its line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from gongmu.bots.bot import Bot, Check, OutputMode, parse_bot
from gongmu.bots.passages import DataClass
from gongmu.bots.workshop.rules import LEAST_CHECKS
from gongmu.core.errors import Refused
from gongmu.core.person import Role

LONGEST = 60_000
"""Characters; the longest shipped desk has a twentieth of it."""

NEEDED = ("title", "purpose", "department", "data_class", "instructions", "examples", "checks")
KEYS = {item.name for item in fields(Bot)} - {"code", "version"}
LISTS = {"roles", "corpora", "tools", "examples", "limits", "checks", "keywords"}
_CHECK_KEYS = {item.name for item in fields(Check)}
_CHOICES: dict[str, type[StrEnum]] = {
    "roles": Role,
    "data_class": DataClass,
    "output_mode": OutputMode,
}


@dataclass(frozen=True)
class Problem:
    """What is wrong at a line (from 1) of the text."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.line}줄: {self.text}"


def read_text(code: str, text: str) -> Bot:
    """Return the desk written in `text`; raises Refused `bot_invalid` telling the lines."""
    found = problems(text)
    if found:
        said = " ".join(map(str, found[:5]))
        more = f" 그 밖에 {len(found) - 5}곳." if len(found) > 5 else ""
        raise Refused("bot_invalid", f"{said}{more}", "적힌 줄을 고치세요.")
    return parse_bot(code, text)


def problems(text: str) -> tuple[Problem, ...]:
    """Return everything wrong with the text, in order of lines; empty when it can be a desk."""
    if len(text) > LONGEST:
        return (Problem(1, f"글이 너무 깁니다({len(text):,}자, {LONGEST:,}자까지)."),)
    try:
        # 별칭은 펼치면 끝없이 커질 수 있으므로 짜 맞추기 전에 막는다
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                line = event.start_mark.line + 1 if event.start_mark else 1
                return (Problem(line, "별칭(&, *)은 쓸 수 없습니다. 따옴표로 감싸세요."),)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None) or getattr(wrong, "context_mark", None)
        return (Problem(mark.line + 1 if mark else 1, "YAML로 읽을 수 없습니다."),)
    except RecursionError:
        return (Problem(1, "너무 깊이 겹쳐 있습니다."),)
    if not isinstance(root, MappingNode):
        return (Problem(1, "맨 위가 '이름: 값' 꼴이 아닙니다."),)
    return tuple(sorted(_of_root(root), key=lambda one: one.line))


def _of_root(root: MappingNode) -> Iterator[Problem]:
    entries = {str(key.value): value for key, value in root.value}
    counted = Counter(str(key.value) for key, _ in root.value)
    for key, value in root.value:
        name, line = str(key.value), _line(key)
        if name not in KEYS:
            yield Problem(line, f"모르는 항목입니다: {name}")
        elif counted[name] > 1:
            yield Problem(line, f"{name}이(가) 두 번 나옵니다.")
        else:
            yield from _of_value(name, value)
    for name in NEEDED:
        if name not in entries or _empty(entries[name]):
            line = _line(entries[name]) if name in entries else 1
            yield Problem(line, f"빠진 항목: {name}")


def _of_value(name: str, value: Node) -> Iterator[Problem]:
    if _empty(value):
        return
    if name not in LISTS:
        if not isinstance(value, ScalarNode):
            yield Problem(_line(value), f"{name}은(는) 한 값이어야 합니다.")
        else:
            yield from _of_choice(name, value)
        return
    if not isinstance(value, SequenceNode):
        yield Problem(_line(value), f"{name}은(는) 목록(- 로 시작하는 줄들)이어야 합니다.")
        return
    if name == "checks":
        yield from _of_checks(value)
        return
    for one in value.value:
        if not isinstance(one, ScalarNode):
            yield Problem(_line(one), f"{name}의 줄은 글이어야 합니다. 쌍점이 있으면 따옴표로.")
        else:
            yield from _of_choice(name, one)


def _of_choice(name: str, value: ScalarNode) -> Iterator[Problem]:
    kind = _CHOICES.get(name)
    if kind and value.value not in {str(one) for one in kind}:
        yield Problem(
            _line(value), f"{name}의 '{value.value}'는 쓸 수 없습니다({', '.join(kind)})."
        )


def _of_checks(value: SequenceNode) -> Iterator[Problem]:
    refusals = 0
    for one in value.value:
        if not isinstance(one, MappingNode):
            yield Problem(_line(one), "시험 물음마다 ask와 바라는 것을 적으세요.")
            continue
        parts = {str(key.value): part for key, part in one.value}
        for key, part in one.value:
            if str(key.value) not in _CHECK_KEYS:
                yield Problem(_line(key), f"checks에 모르는 항목: {key.value}")
            elif str(key.value) in ("documents", "says") and not isinstance(part, SequenceNode):
                yield Problem(_line(part), f"{key.value}은(는) 목록([..])이어야 합니다.")
        if "ask" not in parts or _empty(parts["ask"]):
            yield Problem(_line(one), "ask가 없습니다.")
        refuses = "refuse" in parts and str(parts["refuse"].value).lower() in ("true", "yes", "on")
        refusals += refuses
        wanted = [key for key in ("documents", "says", "tool") if not _empty(parts.get(key))]
        if not wanted and not refuses:
            yield Problem(_line(one), "documents, says, tool, refuse 가운데 하나를 적으세요.")
    if len(value.value) < LEAST_CHECKS:
        yield Problem(_line(value), f"시험 물음이 {LEAST_CHECKS}개보다 적습니다.")
    elif not refusals:
        yield Problem(_line(value), "답하지 않아야 할 물음(refuse: true)이 하나도 없습니다.")


def _empty(value: Node | None) -> bool:
    return value is None or not value.value or value.value in ("~", "null")


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1
