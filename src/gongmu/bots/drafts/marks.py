"""The mark on every draft that leaves: who or what wrote it, and that a person has to check it.

A draft that a model had a part in says so; one that was only filled in from notes says that no
person has checked it yet. The mark stands first and last on the page until an officer has
verified that very version; where it came from stays in the file's properties for good.
Source: 인공지능기본법 제31조, 행정안전부 공공부문 AI 윤리원칙 (검증과 책임).

Quiet: no clock, database, file or model is reached from here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from gongmu.core.documents.paper import Align, Block, Paper, Paragraph
from gongmu.core.values import SEOUL, korean_date

AI_MARK = "AI 생성 초안 – 담당자 검증 필요"
FORM_MARK = "서식 자동 작성 초안 – 담당자 검증 필요"


@dataclass(frozen=True)
class Origin:
    """Where a version came from; `model` empty = filled in without a model."""

    draft_id: str
    number: int
    form: str
    made_at: datetime
    bot: str = ""
    bot_version: int = 0
    model: str = ""


@dataclass(frozen=True)
class Verified:
    """Who has checked a version, when; `note` says what was checked."""

    name: str
    department: str
    at: datetime
    note: str = ""


def mark_of(origin: Origin) -> str:
    """Return the line that an unchecked draft carries."""
    return AI_MARK if origin.model else FORM_MARK


def properties_of(origin: Origin, verified: Verified | None) -> dict[str, str]:
    """Return what stands in the file's properties; the origin stays after the check."""
    made_at = origin.made_at.astimezone(SEOUL).isoformat(timespec="seconds")
    found = {
        "gongmu.mark": "검증 완료" if verified else mark_of(origin),
        "gongmu.ai": "AI 생성" if origin.model else "AI 미사용(서식 자동 작성)",
        "gongmu.model": origin.model or "없음",
        "gongmu.made_at": made_at,
        "gongmu.bot": f"{origin.bot or '없음'} {origin.bot_version}판",
        "gongmu.draft": f"{origin.draft_id} {origin.number}판",
    }
    if verified:
        found["gongmu.verified_by"] = f"{verified.department} {verified.name}".strip()
        found["gongmu.verified_at"] = verified.at.astimezone(SEOUL).isoformat(timespec="seconds")
    return found


def verified_line(verified: Verified) -> str:
    """Return the line that a checked document ends with."""
    local = verified.at.astimezone(SEOUL)
    who = f"{verified.department} {verified.name}".strip()
    return f"검증: {who} ({korean_date(local.date())} {local:%H:%M})"


def marked(paper: Paper, origin: Origin, verified: Verified | None) -> Paper:
    """Return the paper with its mark first and last, or with its checker's name last."""
    blocks: list[Block] = list(paper.blocks)
    if verified is None:
        mark = mark_of(origin)
        blocks = [_line(mark), *_kept_together(blocks), _line(mark)]
    else:
        blocks.append(_line(verified_line(verified), bold=False))
    return replace(paper, blocks=blocks, properties=properties_of(origin, verified))


def _kept_together(blocks: list[Block]) -> list[Block]:
    """Keep the last line on the page of the mark, so that the mark never stands alone."""
    last = blocks[-1] if blocks else None
    return [*blocks[:-1], replace(last, keep=True)] if isinstance(last, Paragraph) else blocks


def _line(text: str, *, bold: bool = True) -> Paragraph:
    return Paragraph(text, bold, Align.RIGHT, 10, before_pt=4, after_pt=6)
