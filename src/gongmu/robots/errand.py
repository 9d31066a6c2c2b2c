"""One robot on one run's errand: its hands, the person's second step, and what it brings.

The workflows keep their own steps; what stands inside those steps is the same for every site.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from gongmu.core.errors import Transient
from gongmu.core.house import PERSON, House
from gongmu.core.runs import Status
from gongmu.core.workflow import wait_for_person
from gongmu.robots.browser import browser_door
from gongmu.robots.robot import Collected, Hands, Robot, Session

PERSON_LOOKS_EVERY_SECONDS = 300.0
"""Without word from the person the robot looks by itself this often."""

_SIGN_IN_KEPT = timedelta(days=7)

SignIn = Mapping[str, Any]
"""How a sign-in stands, as a step writes it down: state, waiting_for, expired."""


@dataclass(frozen=True)
class Errand:
    """A robot sent by a run; `site` names the portal in the city file and its address setting."""

    house: House
    run_id: str
    robot: Robot
    site: str

    def note(self, text: str) -> None:
        """Add a line to the run's log."""
        self.house.runs.note(self.run_id, text)

    def hands(self) -> Hands:
        """Return what the robot may use."""
        house = self.house
        given = getattr(house.settings, f"{self.site}_address")
        return Hands(
            browser=browser_door(house.settings),
            vault=house.vault,
            files=house.files,
            address=given or house.city.portals[self.site].address,
            clock=house.clock,
            run_id=self.run_id,
            note=self.note,
        )

    def sign_in(self) -> SignIn:
        """Sign in and say whether a person must do something first."""
        return self._standing(self.robot.sign_in(self.hands()))

    def look_again(self, state: str) -> SignIn:
        """Look whether the person has done the second step; a lapsed sign-in is `expired`."""
        try:
            session = self.robot.confirm(self.hands(), Session(state, None))
        except Transient as problem:
            if problem.code != "session_expired":
                raise
            self.note("인증을 기다리다 로그인이 끊겨 다시 로그인합니다.")
            return {"state": "", "waiting_for": "로그인", "expired": True}
        return self._standing(session)

    def collect(
        self, session: Session, day: date, waiting: Callable[[Collected], str]
    ) -> Collected | None:
        """Bring the files of `day`, None when the sign-in has lapsed.

        `waiting` words what is not there yet, for the run and its log.
        """
        try:
            got = self.robot.collect(self.hands(), session, day)
        except Transient as problem:
            if problem.code != "session_expired":
                raise
            return None
        said = f"{self.robot.title}: 화면을 남겼습니다."
        self.house.runs.note(self.run_id, said, got.screenshot_sha256)
        if got.missing:
            self.house.runs.change(self.run_id, Status.RUNNING, waiting(got))
            self.note(waiting(got))
        return got

    def _standing(self, session: Session) -> SignIn:
        runs = self.house.runs
        if session.waiting_for:
            runs.change(self.run_id, Status.WAITING, session.waiting_for)
            self.note(session.waiting_for)
        else:
            runs.change(self.run_id, Status.RUNNING, "")
        return {
            "state": session.state_sha256,
            "waiting_for": session.waiting_for,
            "expired": False,
        }


def signed_in(
    run_id: str, sign_in: Callable[[str], SignIn], look_again: Callable[[str, str], SignIn]
) -> str:
    """Inside a workflow: return the sealed session's hash, waiting for the person's step.

    The two are the workflow's own steps, so the wait goes on through restarts.
    """
    session = sign_in(run_id)
    while session["waiting_for"]:
        wait_for_person(PERSON, PERSON_LOOKS_EVERY_SECONDS)
        session = look_again(run_id, session["state"])
        if session["expired"]:
            session = sign_in(run_id)
    return str(session["state"])


def forget_sign_ins(house: House) -> None:
    """Remove kept sign-ins that have long lapsed; what is of no use is not kept."""
    house.files.forget_older("browser_state", house.clock() - _SIGN_IN_KEPT)
