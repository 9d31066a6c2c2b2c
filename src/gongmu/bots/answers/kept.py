"""An answer as JSON: for the sealed store, and in the shape that `ask --json` prints."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from fractions import Fraction
from typing import Any

from gongmu.bots.answer import (
    Answer,
    Citation,
    Doubt,
    MaskedItem,
    Sentence,
    Standing,
    ToolUse,
)


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return answer, citations, refused, tools, masked, model, cost (won), as others rely on."""
    return {
        "answer": answer.text,
        "citations": [
            {
                "number": one.number,
                "document": one.document,
                "place": one.place,
                "quote": one.quote,
                "verified": one.verified,
                "in_force": one.in_force,
                "passage": one.passage_id,
            }
            for one in answer.citations
        ],
        "sentences": [
            {
                "text": one.text,
                "citations": list(one.citations),
                "standing": one.standing.value,
                "doubts": [asdict(doubt) for doubt in one.doubts],
            }
            for one in answer.sentences
        ],
        "refused": answer.refused,
        "refusal": answer.refusal,
        "whom_to_ask": answer.whom_to_ask,
        "tools": [
            {
                "tool": one.tool,
                "title": one.title,
                "arguments": dict(one.arguments),
                "text": one.text,
                "ok": one.ok,
            }
            for one in answer.tools
        ],
        "masked": [asdict(one) for one in answer.masked],
        "model": answer.model,
        "cost": _won(answer.cost_won),
        "tokens": {"in": answer.tokens_in, "out": answer.tokens_out},
        "stopped": answer.stopped,
        "drafts": list(answer.draft_ids),
        "notes": list(answer.notes),
        "conversation": answer.conversation_id,
        "turn": answer.turn_id,
    }


def _won(cost: Fraction) -> int | float:
    return cost.numerator if cost.denominator == 1 else round(float(cost), 6)


def dump_answer(answer: Answer) -> bytes:
    """Return an answer as bytes, to be sealed."""
    plain = asdict(answer) | {"cost_won": f"{answer.cost_won}"}
    return json.dumps(plain, ensure_ascii=False, default=str).encode()


def load_answer(data: bytes) -> Answer:
    """Return the answer that `dump_answer` wrote."""
    raw: dict[str, Any] = json.loads(data)
    known = {one.name for one in fields(Answer)}
    raw = {name: value for name, value in raw.items() if name in known}
    raw["sentences"] = [_sentence(one) for one in raw["sentences"]]
    raw["citations"] = [Citation(**one) for one in raw["citations"]]
    raw["tools"] = [ToolUse(**one) for one in raw["tools"]]
    raw["masked"] = [MaskedItem(**one) for one in raw["masked"]]
    raw["cost_won"] = Fraction(raw["cost_won"])
    return Answer(**raw)


def _sentence(raw: Mapping[str, Any]) -> Sentence:
    return Sentence(
        text=raw["text"],
        citations=tuple(raw["citations"]),
        standing=Standing(raw["standing"]),
        doubts=tuple(Doubt(**one) for one in raw["doubts"]),
        before=raw.get("before", ""),
    )
