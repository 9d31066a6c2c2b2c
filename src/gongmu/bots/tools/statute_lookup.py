"""Looks up cited articles in the kept laws: their text on a day, whether they are in force."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from gongmu.bots.passages import Passage
from gongmu.bots.statutes.check import ArticleCheck, Verdict
from gongmu.bots.statutes.citation import LawCitation, Part, find_citations
from gongmu.bots.statutes.law_passages import corpus_of
from gongmu.bots.statutes.store import Statutes
from gongmu.bots.tool import Tool, ToolGround, ToolResult
from gongmu.bots.tools.reading import days_in
from gongmu.core.errors import Refused
from gongmu.core.people import Act
from gongmu.core.values import korean_date

MOST = 12
"""Citations answered in one call."""
_LONGEST = 6000


class Lookup(BaseModel):
    """Which places of which laws to show, on which day."""

    model_config = ConfigDict(extra="forbid")

    citation: str = Field(
        min_length=2,
        max_length=2000,
        description="찾을 법령과 조문. 예: 지방세특례제한법 제66조제3항, "
        "「민법」 제157조부터 제161조까지",
    )
    on: date | None = Field(default=None, description="이 날 현재의 글(2025-03-01). 없으면 오늘")
    own: str = Field(
        default="", max_length=200, description="'법', '영', '제5조'가 뜻하는 법령의 이름"
    )


def run(ground: ToolGround, arguments: BaseModel) -> ToolResult:
    """Show each cited place; raises Refused when the text cites nothing."""
    asked = Lookup.model_validate(arguments)
    on = asked.on or ground.today
    statutes = Statutes(ground.house.engine)
    citations = list(
        _whole(statutes, find_citations(asked.citation, asked.own, statutes.names()), on)
    )
    if not citations:
        raise Refused(
            "no_citation",
            "법령과 조문을 찾지 못했습니다.",
            "'지방세특례제한법 제66조제3항'처럼 법령 이름과 조문을 함께 적으세요.",
        )
    blocks, passages, rows = [], [], []
    for citation in citations[:MOST]:
        check = statutes.check(citation, on)
        blocks.append(_block(statutes, citation, check, on))
        rows.append(_row(citation, check))
        if check.text and check.exists:
            passages.append(_passage(statutes, check))
    if len(citations) > MOST:
        blocks.append(f"인용이 {len(citations)}개라 앞의 {MOST}개만 보였습니다.")
    return ToolResult(
        text="\n\n".join(blocks),
        rows=rows,
        passages=passages,
        source=f"법령 자료({korean_date(on)} 현재)",
    )


def _whole(statutes: Statutes, citations: Sequence[LawCitation], on: date) -> Iterator[LawCitation]:
    """Yield the citations, the articles between the two ends of a range among them."""
    for number, one in enumerate(citations):
        yield one
        last = citations[number + 1] if number + 1 < len(citations) else None
        if not one.range_from or last is None or not last.range_to or one.law != last.law:
            continue
        if one.paragraph is not None or last.paragraph is not None:
            yield from _paragraphs_between(one, last)
            continue
        view = statutes.view(one.law, on) if one.law else None
        for span in view.spans if view else ():
            article = span.article
            if one.code < article.key < last.code and not article.deleted:
                yield replace(
                    one, article=article.number, branch=article.branch, title="", range_from=False
                )


def _paragraphs_between(one: LawCitation, last: LawCitation) -> Iterator[LawCitation]:
    if one.item is None and last.item is None and one.paragraph and last.paragraph:
        for number in range(one.paragraph + 1, last.paragraph):
            yield replace(one, paragraph=number, range_from=False)


_SAID = {
    Verdict.IN_FORCE: "시행 중",
    Verdict.DELETED: "삭제됨",
    Verdict.NOT_YET: "아직 시행 전",
    Verdict.GONE: "지금은 없음",
    Verdict.EXPIRED: "폐지·실효",
    Verdict.ABSENT: "없는 조문",
    Verdict.DATE_UNKNOWN: "그날의 판 없음",
    Verdict.LAW_UNKNOWN: "확인할 수 없음",
}


def _block(statutes: Statutes, citation: LawCitation, check: ArticleCheck, on: date) -> str:
    name = check.law or citation.law
    head = f"「{name}」 {citation.place}".strip() if name else citation.place
    if check.title:
        head += f"({check.title})"
    since = ""
    if check.starts_on is not None and check.exists:
        since = f", {korean_date(check.starts_on)}부터의 글"
    lines = [f"{head} — {_SAID[check.verdict]}({korean_date(on)} 현재{since})"]
    if check.note:
        lines.append(check.note)
    if past := check.past(on):
        days = ", ".join(korean_date(day) for day in past)
        lines.append(f"글에 적힌 기한이 지났습니다: {days} (일몰 여부를 확인하세요).")
    if citation.part is Part.LAW and check.verdict is not Verdict.LAW_UNKNOWN:
        lines.append(_summary(statutes, name, on))
    elif check.text:
        text = check.text
        lines.append(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n(뒷부분 줄임)")
    return "\n".join(lines)


def _summary(statutes: Statutes, name: str, on: date) -> str:
    view = statutes.view(name, on)
    if view is None:
        return ""
    heads = [span.article.heading for span in view.spans if not span.article.deleted]
    shown = ", ".join(heads[:30]) + (f" 등 {len(heads)}개 조" if len(heads) > 30 else "")
    return f"조문 {len(heads)}개: {shown}"


def _row(citation: LawCitation, check: ArticleCheck) -> dict[str, object]:
    return {
        "법령": check.law or citation.law,
        "조문": citation.place,
        "상태": _SAID[check.verdict],
        "시행일": check.starts_on.isoformat() if check.starts_on else "",
        "비고": check.note,
    }


def _passage(statutes: Statutes, check: ArticleCheck) -> Passage:
    versions = statutes.all_versions(check.law)
    return Passage(
        passage_id=check.passage_id,
        document_id=check.passage_id.rsplit(":", 2)[0],
        corpus=corpus_of(versions[-1].kind) if versions else "statutes",
        document=check.law,
        place=check.place,
        heading=f"{check.law} {check.place}",
        text=check.text,
        number=0,
        starts_on=check.starts_on if check.verdict is not Verdict.DATE_UNKNOWN else None,
    )


_AS_OF = re.compile(r"\s*(?:자\s*)?(?:현재|기준|당시|시점|에\s*시행|일자)")


def reads(question: str, today: date) -> Lookup | None:
    """Return the cited places of a question, None when it cites no article of a named law."""
    cited = [
        one
        for one in find_citations(question)
        if one.law and (one.article is not None or one.part in (Part.TABLE, Part.FORM))
    ]
    if not cited:
        return None
    on = next(
        (one.day for one in days_in(question, today) if _AS_OF.match(question, one.end)), None
    )
    return Lookup(citation=question[:2000], on=on)


TOOL = Tool(
    code="statute_lookup",
    title="법령 조문 찾기",
    description="법령·자치법규의 조문을 그날 현재의 글로 보여 주고, 삭제·시행 전·없는 조문을 "
    "알려 줍니다. 가진 자료에 없는 법령은 '확인할 수 없음'이라고 합니다.",
    arguments=Lookup,
    act=Act.VIEW,
    run=run,
    reads=reads,
)
