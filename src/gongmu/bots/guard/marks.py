"""The mark on what a model wrote, its metadata, and the officer's release that takes it off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gongmu.bots.guard.tables import release_table
from gongmu.core.clock import Clock
from gongmu.core.errors import Refused
from gongmu.core.people import Act, Person
from gongmu.core.values import SEOUL

AI_MARK = "AI 생성 초안 – 담당자 검증 필요"
"""The line that stands on every export until an officer has verified it."""
AI_NOTICE = "생성형 AI가 작성한 글입니다. 사실과 근거를 확인한 뒤 쓰세요."
"""Shown above every answer of a model on the screen."""
NO_MODEL_NOTICE = "모델 없이 문서의 글을 그대로 옮겨 만들었습니다. 빈 곳을 채우고 확인하세요."


@dataclass(frozen=True)
class Origin:
    """How a draft came about; `model` empty = without a model."""

    model: str
    made_at: datetime
    bot: str
    bot_version: int


@dataclass(frozen=True)
class Release:
    """An officer's word that this very content was verified."""

    subject: str
    content_hash: str
    at: datetime
    account: str
    name: str
    department: str
    note: str = ""


def metadata_of(origin: Origin, release: Release | None = None) -> Mapping[str, str]:
    """Return the pairs an export carries: model, time, desk and version, and the reviewer."""
    pairs = {
        "생성": "생성형 AI" if origin.model else "모델 없음(인용과 서식)",
        "모델": origin.model or "없음",
        "작성 시각": _seoul(origin.made_at),
        "업무 도우미": f"{origin.bot} 판 {origin.bot_version}",
        "검증": "필요",
    }
    if release is not None:
        pairs["검증"] = "마침"
        pairs["검증자"] = f"{release.department} {release.name}".strip()
        pairs["검증 시각"] = _seoul(release.at)
    return pairs


def mark_line(release: Release | None) -> str:
    """Return the line an export carries; empty once an officer has released this content."""
    return "" if release is not None else AI_MARK


class Releases:
    """Who verified what; a release holds for exactly the content it was given for."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def release(
        self, subject: str, content_hash: str, person: Person, *, verified: bool, note: str = ""
    ) -> Release:
        """Record that `person` has verified the content and return the record.

        Raises Refused not_verified when the box was not ticked, not_allowed without the right to
        draft. A second release of the same content returns the first.
        """
        if not verified:
            raise Refused(
                "not_verified",
                "검증했다는 표시가 없어 AI 표시를 지우지 않았습니다.",
                "사실, 근거, 수치를 확인하고 '확인했습니다'를 고르세요.",
            )
        if not (person.may(Act.DRAFT) or person.may(Act.APPROVE)):
            raise Refused(
                "not_allowed",
                "초안을 검증할 권한이 없습니다.",
                "담당자나 결재자에게 부탁하세요.",
            )
        if (known := self.of(subject, content_hash)) is not None:
            return known
        made = Release(
            subject,
            content_hash,
            self._clock(),
            person.account,
            person.name,
            person.department,
            note[:500],
        )
        try:
            with self._engine.begin() as connection:
                connection.execute(release_table.insert().values(vars(made)))
        except sa.exc.IntegrityError:
            if (known := self.of(subject, content_hash)) is not None:
                return known
            raise
        return made

    def of(self, subject: str, content_hash: str) -> Release | None:
        """Return the release of this very content, None when nobody has verified it."""
        query = sa.select(release_table).where(
            release_table.c.subject == subject, release_table.c.content_hash == content_hash
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Release(**row._mapping)


def _seoul(at: datetime) -> str:
    local = at.astimezone(SEOUL)
    return f"{local.year}. {local.month}. {local.day}. {local:%H:%M}"
