"""Who may do what with a draft of the own department."""

from __future__ import annotations

from gongmu.bots.drafts.views import Officer
from gongmu.core.errors import Refused
from gongmu.core.people import ALLOWED, Act


def must_have_department(by: Officer) -> None:
    """Raise Refused `department_missing`: a draft belongs to a department."""
    if not by.department:
        raise Refused(
            "department_missing",
            "부서가 없는 계정은 초안을 둘 수 없습니다.",
            "관리자에게 부서를 넣어 달라고 하세요.",
        )


def must_review(by: Officer, note: str) -> None:
    """Raise Refused `not_allowed` unless an officer in charge, `note_missing` without a word."""
    if not by.roles & ALLOWED[Act.DRAFT]:
        raise Refused(
            "not_allowed",
            "검증은 이 부서의 담당만 할 수 있습니다.",
            "부서 담당에게 검증을 부탁하세요.",
        )
    if len(note.strip()) < 2:
        raise Refused(
            "note_missing",
            "무엇을 확인했는지 적지 않았습니다.",
            "확인한 것(사실, 숫자, 인용)을 적으세요.",
        )


def must_download(by: Officer, reason: str) -> None:
    """Raise Refused `not_allowed` for roles that may not download, `reason_missing`."""
    if not by.roles & ALLOWED[Act.DOWNLOAD]:
        raise Refused(
            "not_allowed",
            "초안을 내려받을 수 있는 역할이 아닙니다.",
            "담당이나 결재 역할이 있는 사람에게 부탁하세요.",
        )
    if len(reason.strip()) < 2:
        raise Refused("reason_missing", "까닭이 없습니다.", "까닭을 적으세요.")
