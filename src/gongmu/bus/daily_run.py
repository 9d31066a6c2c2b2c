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
from gongmu.core.errors import GongmuError, Refused
from gongmu.core.house import House
from gongmu.core.runs import Status
from gongmu.core.values import SEOUL, korean_date, service_day_of
from gongmu.core.workflow import pause, start_child, step, workflow
from gongmu.robots import bms, card
from gongmu.robots.errand import Errand, SignIn, forget_sign_ins, signed_in
from gongmu.robots.robot import Collected, Robot, Session

TASK = "bus-day"
ROBOTS = (bms.ROBOT, card.ROBOT)

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
            run_id,
            lambda: self.fetch_card(
                run_id, day, signed_in(run_id, self.sign_in_card, self.look_again)
            ),
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

    # ------------------------------------------------------------- its steps

    def _begin(self, run_id: str, day: str) -> None:
        title = f"{korean_date(date.fromisoformat(day))} 버스 하루"
        self._house.runs.start(run_id, TASK, title)
        # What a person has to set is asked for before any site is opened.
        for robot in ROBOTS:
            for name in robot.secrets:
                self._house.vault.secret(name)

    def _fetch_bms(self, run_id: str, day: str) -> Fetched:
        errand = self._errand(run_id, bms.ROBOT)
        return _fetched(errand, bms.ROBOT.sign_in(errand.hands()), day)

    def _sign_in_card(self, run_id: str) -> SignIn:
        return self._errand(run_id, card.ROBOT).sign_in()

    def _look_again(self, run_id: str, state: str) -> SignIn:
        return self._errand(run_id, card.ROBOT).look_again(state)

    def _fetch_card(self, run_id: str, day: str, state: str) -> Fetched:
        return _fetched(self._errand(run_id, card.ROBOT), Session(state, None), day)

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
        forget_sign_ins(self._house)

    # ------------------------------------------------------------- their tools

    def _errand(self, run_id: str, robot: Robot) -> Errand:
        return Errand(self._house, run_id, robot, robot.code)

    def _note(self, run_id: str) -> Callable[[str], None]:
        return lambda text: self._house.runs.note(run_id, text)


def _fetched(errand: Errand, session: Session, day: str) -> Fetched:
    got = errand.collect(session, date.fromisoformat(day), _waiting_words(errand.robot))
    if got is None:
        return {"files": [], "missing": [], "expired": True}
    files = [file.sha256 for file in got.files]
    return {"files": files, "missing": list(got.missing), "expired": False}


def _waiting_words(robot: Robot) -> Callable[[Collected], str]:
    return lambda got: f"{robot.title}: 아직 없는 파일을 기다립니다: {', '.join(got.missing)}"


def last_whole_day(now: datetime) -> date:
    """Return the newest service day that is over at `now`: it ends at 04:00 in Seoul."""
    return service_day_of(now.astimezone(SEOUL)) - timedelta(days=1)


def _ending(day: date, outcomes: Mapping[str, str]) -> str:
    fresh = [touched for touched, outcome in outcomes.items() if outcome == partition.PUBLISHED]
    if not fresh:
        return f"{korean_date(day)} 자료에 바뀐 것이 없어 그대로 두었습니다."
    named = ", ".join(korean_date(date.fromisoformat(touched)) for touched in fresh)
    return f"{named} 분석을 펴냈습니다."
