"""What may be done with a department's desk, by whom and when. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from gongmu.core.errors import Refused
from gongmu.core.person import Act, Person, Role


class State(StrEnum):
    """Where a text of a desk stands; the value is the word on the screen."""

    DRAFT = "초안"
    """Being written; nobody else sees it answer."""
    TESTED = "시험 마침"
    """This very text has passed its questions and waits for an approver."""
    PUBLISHED = "펴냄"
    REPLACED = "지난 판"
    """Was published until a later version took its place."""
    RETIRED = "거둠"


@dataclass(frozen=True)
class DraftFacts:
    """What the rules ask of an open draft; hashes are of its text."""

    state: State
    revision: int
    text_hash: str
    tested_hash: str
    editors: tuple[str, ...]
    """Accounts that wrote any part of it."""
    changed_by: str


CODE = re.compile(r"[a-z][a-z0-9_]{2,39}")
LEAST_CHECKS = 3


def check_code(code: str, shipped: Collection[str]) -> None:
    """Raise Refused `bot_code` for an unfit code and `bot_double` for one of a shipped desk."""
    if not CODE.fullmatch(code):
        raise Refused(
            "bot_code",
            f"창구 부호로 쓸 수 없습니다: {code[:40]}",
            "영문 소문자로 시작해 소문자, 숫자, 밑줄로 3~40자로 정하세요. 예: parking_fee",
        )
    if code in shipped:
        raise Refused(
            "bot_double",
            f"제품에 이미 있는 창구의 부호입니다: {code}",
            "부서 이름을 붙이는 등 다른 부호를 쓰세요.",
        )


def check_editor(person: Person, department: str) -> None:
    """Raise Refused `not_allowed` unless the person may write desks of this department.

    Those who work there may, and those who manage the installation.
    """
    at_home = person.department == department or Role.MANAGE in person.roles
    if not person.may(Act.CONFIGURE) or not at_home:
        raise Refused(
            "not_allowed",
            f"{department}의 창구를 고칠 수 없습니다.",
            f"{department}의 담당자나 관리자에게 부탁하세요.",
        )


def check_revision(draft: DraftFacts, revision: int) -> None:
    """Raise Refused `draft_changed` when somebody saved after this person opened the draft."""
    if draft.revision != revision:
        raise Refused(
            "draft_changed",
            f"그사이 {draft.changed_by} 계정이 이 초안을 고쳤습니다.",
            "고친 글을 따로 복사해 두고, 다시 열어 차이를 본 뒤 고치세요.",
        )


def check_testable(draft: DraftFacts, tested_hash: str) -> None:
    """Raise Refused `draft_changed` when the draft is no longer the text that was tested."""
    if draft.text_hash != tested_hash:
        raise Refused(
            "draft_changed",
            f"시험하는 동안 {draft.changed_by} 계정이 초안을 고쳤습니다.",
            "고친 초안으로 다시 시험하세요.",
        )


def check_approval(draft: DraftFacts, person: Person) -> None:
    """Raise Refused unless this person may publish this draft as it stands.

    `not_allowed`: no approver; `same_person`: wrote part of it; `not_tested`: not this text.
    """
    if not person.may(Act.APPROVE):
        raise Refused(
            "not_allowed", "창구를 펴낼 권한이 없습니다.", "결재 역할을 가진 사람에게 올리세요."
        )
    if person.account in draft.editors:
        raise Refused(
            "same_person",
            "초안을 쓴 사람은 그 초안을 펴낼 수 없습니다.",
            "다른 결재자에게 올리세요.",
        )
    if draft.state is not State.TESTED or draft.tested_hash != draft.text_hash:
        raise Refused(
            "not_tested",
            "시험을 마치지 않은 초안입니다.",
            "이 초안의 시험 물음을 모두 돌린 뒤 올리세요.",
        )


def check_roll_back(number: int, published: int, last: int, has_draft: bool) -> None:
    """Raise Refused `version_unknown`, `already_published` or `draft_open`."""
    if not 1 <= number <= last:
        raise Refused(
            "version_unknown", f"{number}판이 없습니다.", f"1판부터 {last}판까지 있습니다."
        )
    if number == published:
        raise Refused(
            "already_published", f"{number}판은 지금 펴낸 판입니다.", "다른 판을 고르세요."
        )
    if has_draft:
        raise Refused(
            "draft_open",
            "고치고 있는 초안이 있습니다.",
            "초안을 펴내거나 버린 다음 되돌리세요.",
        )


def check_retirement(person: Person, department: str, published: int, reason: str) -> None:
    """Raise Refused unless the person may take the desk away now, and says why.

    An approver may as well as an editor: taking a bad desk away must not wait.
    """
    if not person.may(Act.APPROVE):
        check_editor(person, department)
    if not published:
        raise Refused("not_published", "펴낸 판이 없습니다.", "초안은 버리기를 누르세요.")
    if len(reason.strip()) < 2:
        raise Refused("reason_missing", "거두는 까닭이 없습니다.", "까닭을 적으세요.")


def after_save(draft_hash: str, tested_hash: str) -> State:
    """Return the state of a saved text: still tested when it is the very text that passed."""
    return State.TESTED if tested_hash and draft_hash == tested_hash else State.DRAFT
