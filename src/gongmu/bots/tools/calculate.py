"""Works out sums exactly, with money in won."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

from pydantic import BaseModel, ConfigDict, Field

from gongmu.bots.tool import Tool, ToolGround, ToolResult
from gongmu.bots.tools.figuring import Figured, plain, rounded, work_out
from gongmu.bots.tools.reading import days_in, won_in
from gongmu.core.errors import Refused
from gongmu.core.people import Act


class Sum(BaseModel):
    """An expression to work out."""

    model_config = ConfigDict(extra="forbid")

    expression: str = Field(
        min_length=1,
        max_length=300,
        description="식. 예: 234,580원 × 12, (3억 5천만원 - 2억원) ÷ 4, 1,200만원의 30%",
    )


def run(_ground: ToolGround, arguments: BaseModel) -> ToolResult:
    """Work out; raises Refused for what is no expression and for a division by zero."""
    asked = Sum.model_validate(arguments)
    figured = work_out(asked.expression)
    return ToolResult(
        text=_text(asked.expression.strip(), figured),
        rows=[{"식": figured.read, "값": plain(figured.value)}],
        source="계산",
    )


def _text(written: str, figured: Figured) -> str:
    lines = [_result(figured)]
    if written != figured.read and re.search(r"[%분억만]", written):
        lines.append(f"- 읽은 식: {written}")
    value = figured.value
    if value.denominator != 1 and figured.won:
        down, ten = plain(Fraction(int(value))), plain(Fraction(int(value / 10) * 10))
        lines.append(f"- 원 미만을 버리면 {down}원, 10원 미만을 버리면 {ten}원")
    return "\n".join(lines)


def _result(figured: Figured) -> str:
    value, unit = figured.value, "원" if figured.won else ""
    if "/" in plain(value):
        exact = plain(value)
        return f"{figured.read} = 약 {rounded(value, 2)}{unit} (정확히 {exact})"
    return f"{figured.read} = {plain(value)}{unit}"


_ASKS = re.compile(r"계산|얼마|몇|합계|총액|합하|더하|곱하|나누|빼면|=|\?|값|평균|비율|은$|는$")
_SCALE = r"(?:조|억|천만|백만|십만|만|천|백)"
_PIECE = (
    rf"\d[\d,]*(?:\.\d+)?\s*{_SCALE}?(?:\s*\d[\d,]*\s*{_SCALE})*(?:\s*\d[\d,]*(?=\s*원))?"
    r"\s*(?:원|%|퍼센트|명|개월|개|대|건|회|일|년|월|인)?"
)
_BETWEEN = (
    r"(?:\s*[+*×÷]\s*|\s+[-−–/xX]\s+|(?<=[원)%])\s*[-−–/xX]\s*|(?<=\d)[xX/](?=\d)"
    r"|\s*의\s*(?=[\d.]+\s*(?:%|퍼센트|분의))|\s*(?:을|를|에서)?\s*(?:곱하기|더하기|빼기|나누기)\s*)"
)
_TERM = rf"\(*\s*(?:\d+\s*분의\s*\d+(?:\.\d+)?|{_PIECE})\s*\)*"
_EXPRESSION = re.compile(rf"(?<![\d\-/.])-?{_TERM}(?:{_BETWEEN}{_TERM})+(?![\d-])")
_AFTER = re.compile(
    rf"(?P<left>(?<![\d\-/.])-?{_TERM}(?:{_BETWEEN}{_TERM})*)\s*(?:에서|에다가?|에|을|를)\s*"
    rf"(?P<right>{_TERM})\s*(?:을|를|로|으로)?\s*(?P<verb>빼|뺀|더하|더한|곱하|곱한|나누|나눈)"
    r"(?:면|고|서|어|여|기|는|\s)?"
)
"""A에서 B를 빼면: the verb stands behind what it takes away."""
_VERBS = {"빼": "-", "뺀": "-", "더": "+", "곱": "×", "나": "÷"}
_LEFT_OUT = re.compile(
    r"빼[면고서]|뺀|(?:더하|곱하|나누)[면고여]|(?:더|곱)한|나눈|공제|차감|인상|인하|할인|절반|평균"
    r"|\d\s*(?:배|%|퍼센트)"
)
_LONGEST = 250
"""Letters of a question in which an expression is looked for."""
_SUMS = re.compile(r"합계|합하|더하|총액|모두\s*더|총합")


def reads(question: str, today: date) -> Sum | None:
    """Return the expression in a question, None when there is none; dates are no subtraction."""
    text = question[:_LONGEST]
    for day in days_in(text, today):
        text = text[: day.start] + " " * (day.end - day.start) + text[day.end :]
    text = _AFTER.sub(_between, text)
    sums = won_in(text)
    if _SUMS.search(text) and len(sums) > 1 and not re.search(r"[+×*÷%]|\s-\s|분의", text):
        return Sum(expression=" + ".join(f"{one:,}원" for one in sums))
    found = max(_EXPRESSION.finditer(text), key=lambda one: len(one[0]), default=None)
    if found is None:
        return None
    if _LEFT_OUT.search(text[: found.start()] + " " + text[found.end() :]):
        # A part of what is to be worked out would be missing from the answer.
        return None
    if not (_ASKS.search(text) or len(found[0]) > 0.6 * len(text.strip())):
        return None
    try:
        work_out(found[0])
    except Refused as stopped:
        # Dividing by zero deserves its own answer; anything else was no expression.
        return Sum(expression=found[0].strip()) if stopped.code == "calculate_zero" else None
    return Sum(expression=found[0].strip())


def _between(match: re.Match[str]) -> str:
    """Write "A에서 B를 빼면" as "A - B", the left side in brackets where the order asks for it."""
    op = _VERBS[match["verb"][0]]
    left, right = match["left"].strip(), match["right"].strip()
    if op in "×÷" and not left.endswith(")") and re.search(r"[+\-−–]", left[1:]):
        left = f"({left})"
    return f"{left} {op} {right} "


TOOL = Tool(
    code="calculate",
    title="계산",
    description="금액과 수를 정확하게 계산합니다(더하기, 빼기, 곱하기, 나누기, %, 100분의 N).",
    arguments=Sum,
    act=Act.VIEW,
    run=run,
    reads=reads,
)
