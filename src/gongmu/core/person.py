"""A person of the city as data: roles, and the acts that they allow."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person does in the city; the value is the word on the screen."""

    VIEW = "조회"
    WORK = "담당"
    APPROVE = "결재"
    MANAGE = "관리"
    AUDIT = "감사"
    DEVELOP = "개발"


class Act(StrEnum):
    """What a role lets a person do."""

    VIEW = "view"
    DOWNLOAD = "download"
    ANSWER_RUN = "answer_run"
    VIEW_PERSONAL = "view_personal"
    """See rows about citizens, masked; showing one in full asks for a reason."""
    DRAFT = "draft"
    """Put a batch of messages together and hand it in."""
    APPROVE = "approve"
    STOP = "stop"
    """Stop and resume all sending."""
    CONFIGURE = "configure"
    """Change code maps and other data that judgements rest on."""


_WORKING = frozenset({Role.WORK, Role.APPROVE, Role.MANAGE})

ALLOWED = {
    Act.VIEW: frozenset(Role),
    Act.DOWNLOAD: _WORKING,
    Act.ANSWER_RUN: _WORKING,
    Act.VIEW_PERSONAL: frozenset({Role.WORK, Role.APPROVE, Role.AUDIT}),
    Act.DRAFT: frozenset({Role.WORK}),
    Act.APPROVE: frozenset({Role.APPROVE}),
    Act.STOP: _WORKING,
    Act.CONFIGURE: frozenset({Role.WORK, Role.MANAGE}),
}


@dataclass(frozen=True)
class Person:
    """One account of one person; accounts are never shared."""

    person_id: str
    account: str
    name: str
    department: str
    roles: frozenset[Role]
    disabled: bool

    def may(self, act: Act) -> bool:
        """Return whether one of the roles allows `act`; a disabled person may do nothing."""
        return not self.disabled and bool(self.roles & ALLOWED[act])
