"""Who may enter a room: the department that keeps it, and the auditors."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from gongmu.core.errors import Refused
from gongmu.core.people import Act, Person, Role
from gongmu.portal.view import visitor

WORDS = {
    Act.VIEW_PERSONAL: "시민의 자료를 보는 일",
    Act.DRAFT: "기안하는 일",
    Act.APPROVE: "결재하는 일",
    Act.STOP: "발송을 멈추거나 다시 여는 일",
    Act.CONFIGURE: "판단 기준을 고치는 일",
    Act.DOWNLOAD: "파일을 내려받는 일",
}


@dataclass(frozen=True)
class Door:
    """One room's door; an empty department lets every signed-in person of the right role in."""

    department: str
    title: str

    def opens_to(self, person: Person) -> bool:
        """Return whether this is a person of the department, or an auditor."""
        if person.disabled:
            return False
        return person.department == self.department or Role.AUDIT in person.roles

    def lets(self, person: Person, act: Act) -> bool:
        """Return whether the person is inside and may do `act` there."""
        return self.opens_to(person) and person.may(act)

    def enter(self, request: Request, act: Act = Act.VIEW_PERSONAL) -> Person:
        """Return the visitor when they may do `act` here; raises Refused("not_allowed")."""
        person = visitor(request)
        if person is None or not self.opens_to(person):
            raise Refused(
                "not_allowed",
                f"'{self.title}'은(는) {self.department} 직원과 감사 담당만 볼 수 있습니다.",
                f"필요하면 {self.department}에 문의하거나, 소속이 바뀌었으면 관리자에게 알리세요.",
            )
        if not person.may(act):
            what = WORDS.get(act, "이 일")
            raise Refused(
                "not_allowed",
                f"{what}은 지금 역할로는 할 수 없습니다.",
                f"{self.department}의 다른 담당자에게 맡기거나 관리자에게 역할을 요청하세요.",
            )
        return person
