"""The workflow `bus-day/<day>`: fetch a service day from two portals, analyse it, publish it.

Every step may be cut off and repeated: files are kept by content hash, reading a file twice
changes nothing, and a day's partition is replaced whole. What passes between the steps is ids
and content hashes only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from gongmu.bus import partition
from gongmu.bus.day_workbook import write_day_workbook
from gongmu.core.errors import GongmuError, Refused, Transient
from gongmu.core.house import PERSON, House
from gongmu.core.runs import Status
from gongmu.core.values import SEOUL, korean_date, service_day_of
from gongmu.core.workflow import pause, start_child, step, wait_for_person, workflow
from gongmu.robots import bms, card
from gongmu.robots.browser import browser_door
from gongmu.robots.robot import Hands, Robot, Session

TASK = "bus-day"
ROBOTS = (bms.ROBOT, card.ROBOT)
PERSON_LOOKS_EVERY_SECONDS = 300.0
"""Without an answer the robot looks by itself this often whether the person has approved."""

SIGN_IN_KEPT = timedelta(days=7)

Fetched = Mapping[str, Any]
"""What a fetching step writes down: files (content hashes), missing (names), expired."""


class BusDay:
    """The workflow bound to one installation; made once per process, before `working`."""

    def __init__(self, house: House) -> None:
        self._house = house
        settings = house.settings
        site_step = partial(
            step, attempts=settings.site_attempts, wait_seconds=settings.site_wait_seconds
        )
        self.begin = step("bus-day.begin")(self._begin)
        self.fetch_bms = site_step("bus-day.fetch-bms")(self._fetch_bms)
        self.sign_in_card = site_step("bus-day.sign-in-card")(self._sign_in_card)
        self.look_again = site_step("bus-day.look-again")(self._look_again)
        self.fetch_card = site_step("bus-day.fetch-card")(self._fetch_card)
        self.read = step("bus-day.read", attempts=1)(self._read)
        self.analyse = step("bus-day.analyse", attempts=1)(self._analyse)
        self.workbook = step("bus-day.workbook", attempts=1)(self._workbook)
        self.end = step("bus-day.end")(self._end)
        self.run = workflow(TASK)(self._run)
        self.nightly = workflow("bus-nightly")(self._nightly)

    # ------------------------------------------------------------- the workflow

    def _run(self, run_id: str, day_text: str, accept: str) -> str:
        day = date.fromisoformat(day_text)
        try:
            self.begin(run_id, day_text)
            files = [*self._bms_files(run_id, day_text), *self._card_files(run_id, day_text)]
            days = self._touched(run_id, day_text, files, accept)
            outcomes = {touched: self.analyse(run_id, touched, accept) for touched in days}
            for touched, outcome in outcomes.items():
                if outcome == partition.PUBLISHED or touched == day_text:
                    self.workbook(run_id, touched)
            message = _ending(day, outcomes)
            self.end(run_id, Status.DONE, message, len(files), "")
            return message
        except GongmuError as problem:
            status = Status.HELD if problem.code == "day_held" else Status.FAILED
            self.end(run_id, status, str(problem), 0, problem.evidence_sha256)
            return str(problem)
        except Exception as bug:
            kind = type(bug).__name__
            self.end(run_id, Status.FAILED, f"프로그램 오류로 멈췄습니다({kind}).", 0, "")
            raise

    def _touched(self, run_id: str, day: str, files: list[str], accept: str) -> list[str]:
        read = self.read(run_id, day, files)
        if read["refused"] and not accept:
            raise Refused(
                "day_held",
                "읽지 못한 파일이 있어 보류했습니다. " + " ".join(read["refused"]),
                "파일이나 도시 파일을 고쳐 다시 하거나, --accept '까닭' 으로 빼고 하세요.",
            )
        return list(read["days"])

    def _nightly(self, scheduled: datetime, _context: object) -> None:
        day = last_whole_day(scheduled)
        run_id = f"{TASK}/{day}"
        start_child(self.run, run_id, run_id, day.isoformat(), "")

    def _bms_files(self, run_id: str, day: str) -> list[str]:
        return self._until_complete(run_id, lambda: self.fetch_bms(run_id, day))

    def _card_files(self, run_id: str, day: str) -> list[str]:
        return self._until_complete(
            run_id, lambda: self.fetch_card(run_id, day, self._signed_in(run_id))
        )

    def _until_complete(self, run_id: str, fetch: Callable[[], Fetched]) -> list[str]:
        """Fetch again and again, hours apart if need be, until nothing is missing."""
        settings = self._house.settings
        missing: list[str] = []
        for _ in range(settings.late_looks):
            fetched = fetch()
            if fetched["expired"]:
                continue
            missing = list(fetched["missing"])
            if not missing:
                return list(fetched["files"])
            pause(settings.late_wait_seconds)
        raise Refused(
            "files_late",
            f"기다린 파일이 오지 않았습니다: {', '.join(missing) or '로그인이 거듭 끊김'}.",
            "누리집에서 자료가 올라왔는지 확인하고 gongmu bus run --again 으로 다시 하세요.",
        )

    def _signed_in(self, run_id: str) -> str:
        """Return the sealed session's hash, waiting through restarts for the person's step."""
        session = self.sign_in_card(run_id)
        while session["waiting_for"]:
            wait_for_person(PERSON, PERSON_LOOKS_EVERY_SECONDS)
            session = self.look_again(run_id, session["state"])
            if session["expired"]:
                session = self.sign_in_card(run_id)
        return str(session["state"])

    # ------------------------------------------------------------- its steps

    def _begin(self, run_id: str, day: str) -> None:
        title = f"{korean_date(date.fromisoformat(day))} 버스 하루"
        self._house.runs.start(run_id, TASK, title)
        # What a person has to set is asked for before any site is opened.
        for robot in ROBOTS:
            for name in robot.secrets:
                self._house.vault.secret(name)

    def _fetch_bms(self, run_id: str, day: str) -> Fetched:
        hands = self._hands(run_id, "bms")
        return self._collect(run_id, bms.ROBOT, hands, bms.ROBOT.sign_in(hands), day)

    def _sign_in_card(self, run_id: str) -> Mapping[str, Any]:
        return self._session(run_id, card.ROBOT.sign_in(self._hands(run_id, "card")))

    def _look_again(self, run_id: str, state: str) -> Mapping[str, Any]:
        try:
            session = card.ROBOT.confirm(self._hands(run_id, "card"), Session(state, None))
        except Transient as problem:
            if problem.code != "session_expired":
                raise
            self._house.runs.note(run_id, "인증을 기다리다 로그인이 끊겨 다시 로그인합니다.")
            return {"state": "", "waiting_for": "로그인", "expired": True}
        return self._session(run_id, session)

    def _fetch_card(self, run_id: str, day: str, state: str) -> Fetched:
        hands = self._hands(run_id, "card")
        return self._collect(run_id, card.ROBOT, hands, Session(state, None), day)

    def _read(self, run_id: str, day: str, files: list[str]) -> Mapping[str, list[str]]:
        note = self._note(run_id)
        days, refused = partition.read_files(self._house, date.fromisoformat(day), files, note)
        return {"days": [entry.isoformat() for entry in days], "refused": refused}

    def _analyse(self, run_id: str, day: str, accept: str) -> str:
        return partition.analyse_stored_day(
            self._house, date.fromisoformat(day), accept, self._note(run_id)
        )

    def _workbook(self, run_id: str, day: str) -> None:
        path = write_day_workbook(self._house, date.fromisoformat(day))
        self._note(run_id)(f"엑셀을 썼습니다: {path}")

    def _end(self, run_id: str, status: str, message: str, items: int, evidence: str) -> None:
        if status != Status.DONE:
            self._house.runs.note(run_id, message, evidence)
        self._house.runs.change(run_id, Status(status), message, items)
        # A site's sign-in has long lapsed by then; what is of no use is not kept.
        self._house.files.forget_older("browser_state", self._house.clock() - SIGN_IN_KEPT)

    # ------------------------------------------------------------- their tools

    def _hands(self, run_id: str, site: str) -> Hands:
        house = self._house
        address = getattr(house.settings, f"{site}_address") or house.city.portals[site].address
        return Hands(
            browser=browser_door(house.settings),
            vault=house.vault,
            files=house.files,
            address=address,
            clock=house.clock,
            run_id=run_id,
            note=self._note(run_id),
        )

    def _collect(
        self, run_id: str, robot: Robot, hands: Hands, session: Session, day: str
    ) -> Fetched:
        try:
            got = robot.collect(hands, session, date.fromisoformat(day))
        except Transient as problem:
            if problem.code != "session_expired":
                raise
            return {"files": [], "missing": [], "expired": True}
        self._house.runs.note(run_id, f"{robot.title}: 화면을 남겼습니다.", got.screenshot_sha256)
        if got.missing:
            said = f"{robot.title}: 아직 없는 파일을 기다립니다: {', '.join(got.missing)}"
            self._house.runs.change(run_id, Status.RUNNING, said)
            self._note(run_id)(said)
        return {
            "files": [file.sha256 for file in got.files],
            "missing": list(got.missing),
            "expired": False,
        }

    def _session(self, run_id: str, session: Session) -> Mapping[str, Any]:
        runs = self._house.runs
        if session.waiting_for:
            runs.change(run_id, Status.WAITING, session.waiting_for)
            self._note(run_id)(session.waiting_for)
        else:
            runs.change(run_id, Status.RUNNING, "")
        return {
            "state": session.state_sha256,
            "waiting_for": session.waiting_for,
            "expired": False,
        }

    def _note(self, run_id: str) -> Callable[[str], None]:
        return lambda text: self._house.runs.note(run_id, text)


def last_whole_day(now: datetime) -> date:
    """Return the newest service day that is over at `now`: it ends at 04:00 in Seoul."""
    return service_day_of(now.astimezone(SEOUL)) - timedelta(days=1)


def _ending(day: date, outcomes: Mapping[str, str]) -> str:
    fresh = [touched for touched, outcome in outcomes.items() if outcome == partition.PUBLISHED]
    if not fresh:
        return f"{korean_date(day)} 자료에 바뀐 것이 없어 그대로 두었습니다."
    named = ", ".join(korean_date(date.fromisoformat(touched)) for touched in fresh)
    return f"{named} 분석을 펴냈습니다."
