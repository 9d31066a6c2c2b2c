"""Makes a draft of an official document from notes; only a person sends anything."""

from __future__ import annotations

import re
from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from gongmu.bots.passages import DataClass
from gongmu.bots.tool import Tool, ToolGround, ToolResult
from gongmu.core.people import Act


class DraftNotes(BaseModel):
    """Which form, and the notes that fill it."""

    model_config = ConfigDict(extra="forbid")

    form: str = Field(
        max_length=40,
        description="서식: report(보고서), press_release(보도자료), official_letter(기안문), "
        "complaint_reply(민원 회신), plan(계획서·방침서), minutes(회의록), weekly(주간업무)",
    )
    notes: str = Field(
        min_length=1, max_length=60_000, description="내용을 적은 글. 적히지 않은 것은 비워 둡니다"
    )


def run(ground: ToolGround, arguments: BaseModel) -> ToolResult:
    """Keep a draft; raises Refused for an unknown form or an account without a department."""
    from gongmu.bots.drafts.desk import DraftDesk

    asked = DraftNotes.model_validate(arguments)
    desk = DraftDesk(ground.house)
    draft_id = desk.create_from_notes(asked.form, asked.notes, ground.reader, bot=ground.bot)
    draft = desk.draft(draft_id, ground.reader)
    lines = [f"'{draft.form.title}' 초안을 만들었습니다: {draft.title or '제목 확인 필요'}"]
    rows = []
    for field in draft.form.fields:
        value = draft.values.get(field.code)
        if value:
            shown = value if isinstance(value, str) else _listed(value)
            rows.append({"항목": field.title, "내용": shown})
            lines.append(f"- {field.title}: {shown}")
    if draft.asks:
        lines.append("확인할 것:")
        lines += [f"- {ask}" for ask in draft.asks]
    lines.append("초안은 보내지 않았습니다. 초안함에서 고치고 담당자가 확인한 뒤 쓰세요.")
    return ToolResult(
        text="\n".join(lines),
        rows=rows,
        source=f"{draft.form.title} 초안",
        draft_id=draft_id,
        data_class=DataClass.SENSITIVE,
    )


def _listed(value: list[str] | list[list[str]]) -> str:
    return " / ".join(" | ".join(one) if isinstance(one, list) else one for one in value)


_FORMS = (
    ("press_release", re.compile(r"보도\s*자료")),
    ("complaint_reply", re.compile(r"민원\s*(?:회신|답변)|(?:회신|답변)\s*(?:문|초안)")),
    ("minutes", re.compile(r"회의록|회의\s*(?:결과|내용)\s*(?:을|를)?\s*정리")),
    ("weekly", re.compile(r"주간\s*업무|주간\s*보고")),
    ("plan", re.compile(r"방침서|계획서|추진\s*계획|계획(?:안|을|\s*초안)")),
    ("official_letter", re.compile(r"기안문|공문|협조문|시행문|협조\s*요청\s*문")),
    ("report", re.compile(r"보고서|보고\s*(?:자료|문)|한\s*장\s*보고")),
)
_WRITE = re.compile(
    r"(?:써|작성|만들어|정리|뽑아|꾸며|잡아|모아|초안을?\s*(?:만들|써|작성|잡))\s*(?:해|하여|서)?\s*"
    r"(?:줘|주세요|주시|줄래|달라|드려|라|\.|$|:|,)|초안\s*(?:부탁|요청|작성)|작성\s*(?:해|바랍|요청|부탁)|써\s*[줘주]"
)
_ONLY_ASKS = re.compile(
    r"(?:어떻게|무엇|뭐|언제|어디|왜|누구|몇|얼마)[^.\n]*\?\s*$|보여\s*[주줘]|알려\s*[주줘]"
)


def reads(question: str, today: date) -> DraftNotes | None:
    """Return form and notes of a question that asks for a draft, None when it asks for none."""
    wish = _WRITE.search(question)
    if wish is None or (_ONLY_ASKS.search(question) and wish.end() > len(question) - 4):
        return None
    head = question[: wish.end() + 20]
    for code, pattern in _FORMS:
        if pattern.search(head):
            return DraftNotes(form=code, notes=_notes(question, wish))
    return None


def _notes(question: str, wish: re.Match[str]) -> str:
    """Return what is left of a question without the wish itself, when something is."""
    first, _, rest = question.partition("\n")
    if rest.strip() and wish.start() < len(first):
        return question if len(first) > wish.end() + 10 else rest.strip()
    after = question[wish.end() :].strip(" .,:\n")
    return after if len(after) > 5 else question


TOOL = Tool(
    code="document_form",
    title="문서 초안 만들기",
    description="메모로 보고서·보도자료·기안문·민원 회신·계획서·회의록·주간업무 초안을 서식에 맞게 "
    "만들어 초안함에 둡니다. 없는 내용은 지어내지 않고 '확인 필요'로 둡니다. 보내지 않습니다.",
    arguments=DraftNotes,
    act=Act.DRAFT,
    run=run,
    reads=reads,
    data_class=DataClass.SENSITIVE,
    only_drafts=True,
)
