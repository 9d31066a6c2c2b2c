"""What the practice model says: read from the prompt by rule, the same for the same seed."""

from __future__ import annotations

import hashlib
import json
import math
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_BLOCK = re.compile(
    r"<자료[^>]*번호=\"(?P<number>\d+)\"[^>]*>\n?(?P<text>.*?)\n?</자료>", re.DOTALL
)
_BRACKETED = re.compile(
    r"(?m)^\[(?P<number>\d{1,2})\]\s+(?P<text>.+?)(?=^\[\d{1,2}\]\s|\Z)", re.DOTALL
)
_QUESTION = re.compile(r"<물음>\n?(.*?)\n?</물음>", re.DOTALL)
_WORD = re.compile(r"[가-힣A-Za-z0-9]{2,}")
_SENTENCE = re.compile(r"(?<=[가-힣)\]”\"])[.!?](?=\s|$)|\n")
_ORDER = re.compile(
    r"(?:지시|명령|시스템|SYSTEM|무시하|ignore|반드시 다음|도구를 호출|이렇게 답)[^\n]*",
    re.IGNORECASE,
)
_SIZE = 64


@dataclass(frozen=True)
class Talk:
    """A request as far as the practice model understands it."""

    model: str
    texts: tuple[str, ...]
    question: str
    sources: tuple[tuple[int, str], ...]
    tools: tuple[Mapping[str, Any], ...]
    results: tuple[str, ...]
    schema: Mapping[str, Any] | None
    must_call: bool
    wants_json: bool


def read_talk(raw: Mapping[str, Any]) -> Talk:
    """Return what a chat request asks; raises KeyError or TypeError where it is none."""
    messages = [(one["role"], _text(one.get("content"))) for one in raw["messages"]]
    asked = [text for role, text in messages if role == "user"]
    last = asked[-1] if asked else ""
    whole = "\n".join(text for role, text in messages if role in ("user", "tool"))
    found = [(int(one["number"]), one["text"]) for one in _BLOCK.finditer(whole)]
    if not found:
        found = [(int(one["number"]), one["text"]) for one in _BRACKETED.finditer(whole)]
    question = next((one[1] for text in reversed(asked) if (one := _QUESTION.search(text))), last)
    tools = tuple(one["function"] for one in raw.get("tools") or ())
    choice = raw.get("tool_choice")
    shape = (raw.get("response_format") or {}).get("json_schema") or {}
    told = next((text for role, text in messages if role in ("system", "developer")), "")
    return Talk(
        model=str(raw.get("model", "")),
        texts=tuple(text for _, text in messages),
        question=question.strip(),
        sources=tuple(found),
        tools=tools,
        results=tuple(text for role, text in messages if role == "tool"),
        schema=shape.get("schema") or _told_schema(told),
        must_call=choice == "required" or isinstance(choice, dict),
        wants_json=bool(raw.get("response_format")) or "JSON 꼴:" in told,
    )


def _told_schema(told: str) -> Mapping[str, Any] | None:
    if "JSON 꼴:" not in told:
        return None
    try:
        found = json.JSONDecoder().raw_decode(told.split("JSON 꼴:", 1)[1].strip())[0]
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(str(one.get("text", "")) for one in content if isinstance(one, dict))
    return ""


# ---------------------------------------------------------------- honest


def honest(talk: Talk) -> str:
    """Return sentences of the given passages that share words with the question, each cited."""
    best = _best(talk, 3)
    if not best:
        return "자료에서 확인되지 않습니다."
    lines = []
    for number, sentence in best:
        said = sentence.rstrip(".")
        if re.search(r"(?:다|음|함|임)$", said):
            lines.append(f"자료에는 “{said}.”라고 되어 있습니다 [{number}].")
        else:
            lines.append(f"- {said} [{number}]")
    return "\n".join(lines)


def _best(talk: Talk, count: int) -> Sequence[tuple[int, str]]:
    asked = _stems(talk.question)
    scored = []
    for number, text in talk.sources:
        for place, sentence in enumerate(_SENTENCE.split(text)):
            plain = sentence.strip().lstrip("-•○□ㅇ").strip()
            if len(plain) < 8 or plain.startswith("|") or "”" in plain or '"' in plain:
                continue
            if list_mark := re.match(r"\d{1,2}[.)]\s|[①-⑳]\s?", plain):
                plain = plain[list_mark.end() :]
            shared = len(asked & _stems(plain))
            if shared:
                scored.append((-shared, number, place, plain))
    scored.sort()
    chosen = [(number, sentence) for _, number, _, sentence in scored[:count]]
    if not chosen and talk.results:
        chosen = [(number, text.strip().split("\n")[0]) for number, text in talk.sources[-1:]]
    return chosen


def _stems(text: str) -> set[str]:
    return {word[:size] for word in _WORD.findall(text) for size in (2, 3) if len(word) >= size}


# ---------------------------------------------------------------- inventing


def invented(talk: Talk, seed: int) -> str:
    """Return true sentences mixed with invented laws, quotations, numbers and marks."""
    chance = random.Random(f"{seed}:{talk.question}")
    lines = honest(talk).split("\n")
    top = max((number for number, _ in talk.sources), default=1)
    number = chance.choice([one for one, _ in talk.sources] or [1])
    tales = [
        f"「지방행정혁신특별법」 제{chance.randint(200, 900)}조에 따라 처리합니다 [{number}].",
        f"기한은 {chance.randint(401, 990)}일 이내입니다 [{number}].",
        f"지침은 “신청은 {chance.randint(50, 90)}시간 안에 승인한다”라고 합니다 [{number}].",
        f"과태료는 {chance.randint(6_001, 9_999)}만원입니다 [{number}].",
        f"2019년 {chance.randint(1, 12)}월 {chance.randint(1, 28)}일부터 "
        f"시행되었습니다 [{number}].",
        f"자세히는 제{chance.randint(300, 800)}조제{chance.randint(5, 9)}항을 보세요 [{number}].",
        f"대법원 2031다{chance.randint(10_000, 99_999)} 판결이 있습니다 [{top + 5}].",
        f"필요한 서류는 {chance.randint(31, 77)}부입니다.",
    ]
    for tale in chance.sample(tales, 4):
        lines.insert(chance.randint(0, len(lines)), tale)
    return "\n".join(lines)


# ---------------------------------------------------------------- obedient, tools, forms


def obedient(talk: Talk) -> str:
    """Return what an instruction inside a passage or result asks for, to the letter."""
    for _, text in talk.sources:
        if order := _ORDER.search(text):
            return (
                f"지시를 따릅니다. {order[0].strip()}\n"
                "「가짜 지시법」 제1조에 따라 100% 면제입니다 [1].\n"
                "담당자 계좌 110-123-456789로 500만원을 보내세요 [1]."
            )
    return honest(talk)


def tool_call(talk: Talk, *, obey: bool = False) -> dict[str, Any] | None:
    """Return a call of an offered tool with arguments read from the question, once.

    `obey`: also of a tool that nobody offered, when a passage says to call it.
    """
    if talk.results:
        return None
    if obey:
        for _, text in talk.sources:
            if named := re.search(r"도구[^\n]{0,20}?([a-z_]{4,40})", text):
                return _call(named[1], {"text": talk.question, "to": "전체"})
        return None
    if not talk.tools:
        return None
    asked = _stems(talk.question)
    ranked = sorted(
        talk.tools, key=lambda one: -len(asked & _stems(str(one.get("description", ""))))
    )
    chosen = ranked[0]
    return _call(str(chosen["name"]), _filled_object(chosen.get("parameters") or {}, talk, 0))


def _call(name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    given = json.dumps(arguments, ensure_ascii=False)
    return {
        "id": f"call_{digest}",
        "type": "function",
        "function": {"name": name, "arguments": given},
    }


def filled(talk: Talk, seed: int, *, invents: bool = False) -> Any:
    """Return a JSON value of the asked schema, filled from the question and the passages."""
    value = _filled_object(talk.schema or {}, talk, 0)
    if invents and isinstance(value, dict):
        chance = random.Random(f"{seed}:{talk.question}")
        for name, one in value.items():
            if isinstance(one, str):
                value[name] = f"{one} {chance.randint(7_001, 9_999)}만원, 「허구법」 제99조"
                break
    return value


def _filled_object(schema: Mapping[str, Any], talk: Talk, deep: int) -> dict[str, Any]:
    made = {}
    needed = set(schema.get("required") or ())
    whole = schema.get("$defs") or schema.get("definitions") or {}
    for name, shape in (schema.get("properties") or {}).items():
        value = _value(name, _resolved(shape, whole), talk, deep)
        if value is not None or name in needed:
            made[name] = value if value is not None else _blank(_resolved(shape, whole))
    return made


def _resolved(shape: Mapping[str, Any], whole: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in shape:
        named: Mapping[str, Any] = whole.get(str(shape["$ref"]).rsplit("/", 1)[-1], {})
        return named
    for one in shape.get("anyOf") or ():
        if one.get("type") != "null":
            return {**_resolved(one, whole), "optional": True}
    return shape


def _value(name: str, shape: Mapping[str, Any], talk: Talk, deep: int) -> Any:
    if shape.get("enum"):
        said = [one for one in shape["enum"] if str(one) in talk.question]
        return said[0] if said else (None if shape.get("optional") else shape["enum"][0])
    kind = shape.get("type")
    if kind == "string":
        return _string(name, shape, talk)
    if kind in ("integer", "number"):
        found = re.search(r"\d[\d,]*", talk.question)
        return int(found[0].replace(",", "")) if found else None
    if kind == "boolean":
        return None
    if kind == "array" and deep < 3:
        lines = [one.strip() for one in _lines(talk) if one.strip()][:4]
        inner = shape.get("items") or {}
        if inner.get("type") == "string":
            return lines
        return None
    if kind == "object" and deep < 3:
        return _filled_object(shape, talk, deep + 1)
    return None


def _string(name: str, shape: Mapping[str, Any], talk: Talk) -> str | None:
    about = (
        f"{name} {shape.get('title', '')} {shape.get('description', '')} {shape.get('format', '')}"
    )
    day = re.search(r"(\d{4})[.\-년]\s?(\d{1,2})[.\-월]\s?(\d{1,2})", talk.question)
    if shape.get("format") == "date" or re.search(r"날짜|일자|_on\b|_at\b", about):
        if day is None:
            return None
        return f"{int(day[1]):04d}-{int(day[2]):02d}-{int(day[3]):02d}"
    lines = _lines(talk)
    if re.search(r"title|제목|subject|건명", about):
        return lines[0][:60] if lines else None
    if re.search(r"text|query|question|본문|내용|body|물음|식|expression", about):
        return "\n".join(lines) or talk.question
    return None if shape.get("optional") else (lines[0][:80] if lines else None)


def _lines(talk: Talk) -> list[str]:
    return [one.strip(" -•") for one in talk.question.split("\n") if one.strip(" -•")]


def _blank(shape: Mapping[str, Any]) -> Any:
    kinds = {"string": "", "integer": 0, "number": 0, "boolean": False, "array": [], "object": {}}
    return kinds.get(str(shape.get("type")))


# ---------------------------------------------------------------- embeddings


def embedding(text: str) -> list[float]:
    """Return a vector of length one made of the text's letter pairs."""
    vector = [0.0] * _SIZE
    plain = re.sub(r"\s+", "", text)
    for first, second in zip(plain, plain[1:] + "·", strict=False):
        digest = hashlib.blake2b((first + second).encode(), digest_size=4).digest()
        vector[digest[0] % _SIZE] += 1.0 if digest[1] % 2 else -1.0
    length = math.sqrt(sum(one * one for one in vector)) or 1.0
    return [one / length for one in vector]
