"""Judges the acquisition-tax relief of one car by the relief rules; a doubt stays a doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from gongmu.bots.tool import Tool, ToolGround, ToolResult
from gongmu.bots.tools.relief_words import asks_for_relief, case_in
from gongmu.core.errors import Refused
from gongmu.core.people import Act
from gongmu.core.values import korean_date


class ReliefFacts(BaseModel):
    """The facts of one acquisition, in the form of a case file."""

    model_config = ConfigDict(extra="forbid")

    case: dict[str, Any] = Field(
        description='사건 파일(gongmu relief schema) 꼴의 사실. 예: {"acquired_on": "2026-11-20", '
        '"vehicle": {"kind": "승용", "size_class": "경형", "use": "비영업용"}, '
        '"price_won": 15000000, "cause": "신차", "children_under_18": 3}. 모르는 것은 적지 않음'
    )


def run(ground: ToolGround, arguments: BaseModel) -> ToolResult:
    """Judge; raises Refused when the city has no relief desk or a fact cannot be read."""
    from gongmu.relief.assess import assess
    from gongmu.relief.judging import law_of_house
    from gongmu.relief.schema import read_case

    asked = ReliefFacts.model_validate(arguments)
    if not ground.house.city.relief:
        raise Refused(
            "relief_absent", "이 도시에는 감면 규정 설정이 없습니다.", "관리자에게 문의하세요."
        )
    raw, added = dict(asked.case), []
    if not raw.get("acquired_on"):
        raw["acquired_on"] = ground.today.isoformat()
        added.append(
            f"취득일을 적지 않아 오늘({korean_date(ground.today)}) 취득한 것으로 보았습니다."
        )
    case, problems = read_case(raw)
    if case is None:
        told = "; ".join(f"{one.path}: {one.message}" for one in problems[:6])
        raise Refused(
            "relief_facts", f"사실을 읽을 수 없습니다: {told}", "사실을 고쳐 다시 물어보세요."
        )
    decision = assess(case, law_of_house(ground.house), ground.today)
    return ToolResult(
        text="\n".join([*_decision_lines(decision), *(f"- {line}" for line in added)]),
        rows=[
            {
                "조문": check.article,
                "물음": check.question,
                "답": check.answer.value,
                "비고": check.note,
            }
            for check in decision.checks
        ],
        source="취득세 감면 판단(규정 계산)",
    )


def _won(amount: int | None) -> str:
    return "알 수 없음" if amount is None else f"{amount:,}원"


def _decision_lines(decision: Any) -> list[str]:
    from gongmu.relief.article import article_words
    from gongmu.relief.rule import Outcome

    lines = []
    if decision.outcome is Outcome.NEEDS_REVIEW:
        lines.append(
            "판단 보류: 담당자가 확인해야 합니다. 아래가 정해지기 전에는 감면액을 말할 수 없습니다."
        )
    elif decision.outcome is Outcome.RELIEF:
        words = article_words(decision.relief_article)
        lines.append(
            f"감면 대상입니다({words}). 감면세액 {_won(decision.relief_won)}, "
            f"낼 세액 {_won(decision.tax_due_won)}."
        )
    else:
        lines.append(f"적용되는 감면이 없습니다. 낼 세액 {_won(decision.tax_due_won)}.")
    if decision.base_tax_won is not None:
        lines.append(f"- 산출세액: {_won(decision.base_tax_won)}")
    if decision.missing:
        lines.append(f"- 더 알아야 할 것: {', '.join(decision.missing)}")
    lines += [f"- 정해야 할 물음: {question}" for question in decision.questions]
    if decision.tax_free_article:
        lines.append(f"- 세금이 없는 까닭: {article_words(decision.tax_free_article)}")
    lines += _dates(decision)
    lines += [f"- 전제: {line}" for line in decision.assumed]
    lines += _checks(decision.checks)
    lines.append("- 규정으로 계산한 값이며 결정이 아닙니다. 증빙을 확인한 뒤 담당자가 결정합니다.")
    return lines


def _dates(decision: Any) -> list[str]:
    told: Mapping[str, date | None] = {
        "취득세 신고·납부 기한": decision.filing_due_on,
        "추징 의무가 끝나는 날": decision.clawback_until_on,
        "종전 차를 처분할 기한": decision.replacement_due_on,
    }
    return [f"- {name}: {korean_date(day)}" for name, day in told.items() if day is not None]


def _checks(checks: Sequence[Any]) -> list[str]:
    from gongmu.relief.article import article_words

    lines = []
    for check in checks:
        note = f" ({check.note})" if check.note else ""
        article = article_words(check.article) if "§" in check.article else check.article
        lines.append(f"- [{article}] {check.question} → {check.answer.value}{note}")
    return lines


def reads(question: str, today: date) -> ReliefFacts | None:
    """Return the facts of a question that asks for a relief, None when it asks for none."""
    if not asks_for_relief(question):
        return None
    return ReliefFacts(case=case_in(question, today))


TOOL = Tool(
    code="relief_assessment",
    title="취득세 감면 판단",
    description="자동차 취득 한 건의 사실로 취득세와 감면을 규정대로 계산하고, 확인한 물음과 조문, "
    "모자라는 사실을 보여 줍니다. 모르는 것은 짐작하지 않고 '판단 보류'라고 합니다.",
    arguments=ReliefFacts,
    act=Act.VIEW,
    run=run,
    reads=reads,
)
