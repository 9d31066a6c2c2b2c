"""What a department's own desk begins with: a text to change, and the names it may use."""

from __future__ import annotations

from importlib.resources import files

from gongmu.bots.drafts.cabinet import all_forms
from gongmu.bots.registry import CORPORA, shipped_bots
from gongmu.bots.toolbox import all_tools


def known_parts() -> dict[str, list[tuple[str, str]]]:
    """Return what a desk's file may name: heading to codes and titles."""
    return {
        "지식(corpora)": list(CORPORA.items()),
        "도구(tools)": [(code, tool.title) for code, tool in all_tools().items()],
        "서식(form)": [(code, form.title) for code, form in all_forms().items()],
    }


def sample_text(department: str, like: str = "") -> str:
    """Return a text to begin with, under a department: a blank one or a shipped desk's."""
    known = shipped_bots()
    if like in known:
        text = files("gongmu.bots").joinpath("catalogue", f"{like}.yaml").read_text("utf-8")
        return text.replace(f"department: {known[like].department}", f"department: {department}", 1)
    return _BLANK.format(department=department or "우리 부서")


_BLANK = """title: 주차 민원 안내
purpose: 주차 민원의 처리 기준을 편람에서 찾아 줍니다.
department: {department}
data_class: O
instructions: |
  편람에 있는 내용만 인용해 답합니다. 기한과 금액은 그대로 옮깁니다.
corpora:
  - manual
tools:
  - count_days
examples:
  - 거주자 우선 주차 신청은 어떻게 하나요?
limits:
  - 개별 단속의 취소 여부는 답하지 않습니다.
checks:
  - ask: 거주자 우선 주차 신청 서류는?
    documents: [편람]
  - ask: 오늘부터 14일 뒤는 언제인가요?
    tool: count_days
  - ask: 화성까지 거리는 얼마인가요?
    refuse: true
"""
