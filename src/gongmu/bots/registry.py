"""Every desk there is: those shipped as YAML files and those that departments published.

A desk that names a tool, a knowledge base or a form nobody has stops the start
(`check_desks`), as does a second desk of the same code or title.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

import sqlalchemy as sa

from gongmu.bots.bot import Bot, parse_bot
from gongmu.bots.passages import Reader
from gongmu.bots.search.tokens import tokens
from gongmu.bots.wayfinding import Desk, Ranked, Wayfinder
from gongmu.core.errors import Refused

if TYPE_CHECKING:
    from gongmu.bots.guard.office import BotsOffice

CORPORA: Mapping[str, str] = MappingProxyType(
    {
        "manual": "업무편람·매뉴얼",
        "welfare": "복지 사업 안내",
        "statutes": "법령",
        "ordinances": "자치법규",
        "precedents": "판례·해석례",
        "contracts": "계약·회계",
        "budget": "예산",
        "audit": "감사",
        "disclosure": "정보공개",
        "writing": "글쓰기·공문서",
        "press": "보도자료",
        "plans": "방침서·계획서",
        "complaints": "민원 답변",
        "weekly": "주간업무",
    }
)
"""Knowledge bases that every city has from the start, code to title."""


LEAST = 4.0
"""Score under which a desk is not worth naming; a sentence about no desk's work stays below."""


def shipped_bots() -> Mapping[str, Bot]:
    """Return the desks of `bots/catalogue/`, by code; raises Refused for a bad or double file."""
    return _shipped()


def all_bots(engine: sa.Engine | None = None) -> Mapping[str, Bot]:
    """Return shipped desks and, given the database, the departments' published ones.

    Raises Refused `bot_invalid` or `bot_double` for shipped files. A department's desk that can
    no longer be read is left out (`workshop.live.left_out` says why). Tools, corpora and forms
    are not looked up here: `check_desks` does that once, at the start.
    """
    found = dict(_shipped())
    if engine is not None:
        from gongmu.bots.workshop.live import published_bots

        found.update((bot.code, bot) for bot in published_bots(engine))
    return MappingProxyType(found)


def bots_for(reader: Reader, bots: Mapping[str, Bot] | None = None) -> Mapping[str, Bot]:
    """Return the desks whose roles admit the reader, those of the reader's department first.

    A desk without roles admits everybody.
    """
    known = _shipped() if bots is None else bots
    admitted = [bot for bot in known.values() if not bot.roles or bot.roles & reader.roles]
    admitted.sort(key=lambda bot: bot.department != reader.department)
    return MappingProxyType({bot.code: bot for bot in admitted})


def find_desk(query: str, bots: Mapping[str, Bot] | None = None, limit: int = 5) -> Sequence[Bot]:
    """Return the desks that a sentence is for, best first; empty when it fits none."""
    known = _shipped() if bots is None else bots
    fitting = [one for one in rank_desks(query, known) if one.score >= LEAST]
    return [known[one.code] for one in fitting[:limit]]


def rank_desks(query: str, bots: Mapping[str, Bot]) -> Sequence[Ranked]:
    """Return every desk that shares something with the sentence, with its score."""
    return _wayfinder(tuple(bots.values())).rank(query, tokens(query))


def check_desks(
    bots: Mapping[str, Bot],
    *,
    tools: Iterable[str] | None = None,
    corpora: Iterable[str] = (),
    forms: Iterable[str] | None = None,
) -> None:
    """Raise Refused `bot_unknown_part` naming every tool, corpus or form that is not there.

    `corpora` are the city's own knowledge bases beyond CORPORA; tools and forms default to those
    of `bots/tools/` and `bots/drafts/forms/`.
    """
    known_tools = set(_tools() if tools is None else tools)
    known_forms = set(_forms() if forms is None else forms)
    known_corpora = {*CORPORA, *corpora}
    wrong = []
    for bot in bots.values():
        wrong += [f"{bot.code}: 도구 {one}" for one in bot.tools if one not in known_tools]
        wrong += [f"{bot.code}: 지식 {one}" for one in bot.corpora if one not in known_corpora]
        if bot.form and bot.form not in known_forms:
            wrong.append(f"{bot.code}: 서식 {bot.form}")
    if wrong:
        raise Refused(
            "bot_unknown_part",
            f"창구 파일이 없는 것을 가리킵니다: {', '.join(wrong)}.",
            "이름을 고치거나, 없는 도구·지식·서식을 먼저 더하세요.",
        )


def known_tools(office: BotsOffice) -> Collection[str]:
    """Return what a desk's `tools` may name: our own and those the city allow-listed."""
    return {*_tools(), *(f"{other.code}.{name}" for other in office.mcp for name in other.tools)}


def _tools() -> Iterable[str]:
    from gongmu.bots.toolbox import all_tools

    return all_tools()


def _forms() -> Iterable[str]:
    from gongmu.bots.drafts.cabinet import all_forms

    return all_forms()


@lru_cache(maxsize=1)
def _shipped() -> Mapping[str, Bot]:
    folder = files("gongmu.bots") / "catalogue"
    texts = {
        entry.name: entry.read_text("utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith((".yaml", ".yml"))
    }
    return read_catalogue(texts)


def read_catalogue(texts: Mapping[str, str]) -> Mapping[str, Bot]:
    """Return the desks of these files (name to text); raises Refused for a bad or double one."""
    found: dict[str, Bot] = {}
    titles: dict[str, str] = {}
    for name in sorted(texts):
        code = name.rpartition(".")[0]
        bot = parse_bot(code, texts[name])
        key = unicodedata.normalize("NFC", code).lower()
        title = unicodedata.normalize("NFC", bot.title).replace(" ", "")
        if key in found:
            raise _double(name, code)
        if title in titles:
            raise _double(name, bot.title)
        found[key], titles[title] = bot, name
    return MappingProxyType(found)


@lru_cache(maxsize=8)
def _wayfinder(bots: tuple[Bot, ...]) -> Wayfinder:
    return Wayfinder([_desk(bot) for bot in bots])


def _desk(bot: Bot) -> Desk:
    asked = [check.ask for check in bot.checks if not check.refuse]
    return Desk(
        code=bot.code,
        keywords=bot.keywords,
        named=tokens(f"{bot.title} {' '.join(bot.keywords)}"),
        meant=tokens(bot.purpose),
        asked=tuple(tokens(text) for text in (*bot.examples, *asked)),
    )


def _double(name: str, what: str) -> Refused:
    return Refused(
        "bot_double",
        f"{name}: 이미 있는 창구입니다({what}).",
        "부호와 이름을 다른 창구와 다르게 하세요.",
    )
