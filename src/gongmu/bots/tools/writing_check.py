"""Looks over a text as an officer writes it: official style, hard words, long sentences."""

from __future__ import annotations

import re
from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from gongmu.bots.drafts.plain import advise, simplify
from gongmu.bots.drafts.style import check, fix
from gongmu.bots.tool import Tool, ToolGround, ToolResult
from gongmu.core.people import Act

_ASKS = re.compile(
    r"고쳐|고치|다듬|바꿔|바꾸|순화|교정|쉽게|쉬운|손봐|봐\s*주|점검|맞는지|윤문|검토"
)
_QUOTED = re.compile(r"['‘\"“「『](?P<text>[^'’\"”」』\n]{8,2000})['’\"”」』]")
_BELOW = re.compile(
    r"^[^\n]{0,60}(?:다음|아래|이)\s*(?:글|문장|문구|문단|공문|초안|내용)[^\n:]{0,40}[:\n]"
)
_LEAST_LETTERS = 60
"""A text this long that asks nothing is itself what has to be looked over."""
_MOST = 20


class Writing(BaseModel):
    """A text to look over."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=2, max_length=8000, description="살펴볼 글 그대로")


def run(_ground: ToolGround, arguments: BaseModel) -> ToolResult:
    """Return what to mend, each with its reason, and the text with all that can be put in."""
    text = Writing.model_validate(arguments).text.strip()
    rows = [_row(one.found, one.suggestion, one.message) for one in check(text)]
    rows += [_row(one.found, one.suggestion, one.message) for one in advise(text)]
    mended = simplify(fix(text))
    lines = []
    if mended != text:
        lines.append(f"고친 글: {mended}")
    lines += [f"- '{row['찾은 글']}' → '{row['고칠 글']}': {row['까닭']}" for row in rows[:_MOST]]
    if len(rows) > _MOST:
        lines.append(f"- 고칠 곳이 {len(rows) - _MOST}곳 더 있습니다.")
    if not rows:
        lines.append(
            "고칠 곳을 찾지 못했습니다. 낱말표와 표기 규칙에 없는 것은 사람이 살펴야 합니다."
        )
    return ToolResult(text="\n".join(lines), rows=rows[:_MOST], source="공문서 표기와 쉬운 말")


def _row(found: str, suggestion: str | None, message: str) -> dict[str, str]:
    return {"찾은 글": found, "고칠 글": suggestion or "(다시 쓰기)", "까닭": message}


def reads(question: str, _today: date) -> Writing | None:
    """Return the text that a question hands in, None when it only asks about a word."""
    text = question.strip()
    if below := _BELOW.match(text):
        rest = text[below.end() :].strip()
        return Writing(text=rest[:8000]) if len(rest) >= 2 else None
    quoted = max(_QUOTED.finditer(text), key=lambda one: len(one["text"]), default=None)
    if quoted is not None and _ASKS.search(text):
        return Writing(text=quoted["text"].strip())
    asks = text.endswith("?") or (_ASKS.search(text) is not None and len(text) < _LEAST_LETTERS)
    if len(text) >= _LEAST_LETTERS and not asks:
        return Writing(text=text[:8000])
    return None


TOOL = Tool(
    code="writing_check",
    title="문장 점검",
    description="글의 공문서 표기(날짜, 시각, 금액, 항목 기호), 어려운 말, 긴 문장을 고칩니다.",
    arguments=Writing,
    act=Act.VIEW,
    run=run,
    reads=reads,
)
