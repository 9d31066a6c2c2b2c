"""The run that brings laws from the national service, shown by its progress, resumed after a cut.

Each law fetched is written down; a run that a crash, a quota or a bad day ended goes on with what
is left when it is started again under the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from gongmu.bots.statutes.client import SECRET, LawService, Listed, Target
from gongmu.bots.statutes.store import PassageIndex, Statutes
from gongmu.bots.statutes.tables import statute_import_table
from gongmu.core.clock import today
from gongmu.core.errors import GongmuError, Refused, Transient
from gongmu.core.house import House
from gongmu.core.runs import Status
from gongmu.core.workflow import step, workflow

TASK = "statute-import"
_WAITING, _DONE, _FAILED = "waiting", "done", "failed"
_STEP_LAWS = 25
"""Laws fetched in one durable step."""


@dataclass(frozen=True)
class Wanted:
    """What to bring: a target and words, "*" for all; `org` is the code of a city (지자체 코드)."""

    target: Target
    query: str = "*"
    org: str = ""

    @classmethod
    def read(cls, text: str) -> Wanted:
        """Read "law:지방세특례제한법", "ordin:*@6110000"; raises Refused("statute_wanted")."""
        target, _, rest = text.partition(":")
        query, _, org = rest.partition("@")
        try:
            return cls(Target(target.strip()), query.strip() or "*", org.strip())
        except ValueError:
            raise Refused(
                "statute_wanted",
                f"받을 법령을 알 수 없습니다: {text}",
                "'law:지방세특례제한법', 'eflaw:지방세법', 'ordin:*@지자체코드'처럼 적으세요. "
                f"앞의 낱말은 {', '.join(Target)} 가운데 하나입니다.",
            ) from None

    def __str__(self) -> str:
        return f"{self.target.value}:{self.query}" + (f"@{self.org}" if self.org else "")


@dataclass(frozen=True)
class Progress:
    """How far an import has come."""

    listed: int
    done: int
    failed: int

    @property
    def left(self) -> int:
        """Return how many are still to be fetched."""
        return self.listed - self.done - self.failed


Open = Callable[[], LawService]


class StatuteImport:
    """Brings laws; `index` is the search they are learnt into."""

    def __init__(self, house: House, index: PassageIndex | None, open_line: Open | None = None):
        self._house = house
        self._statutes = Statutes(house.engine, index, house.clock)
        self._open = open_line or self._usual_line
        self.run = self._registered()

    def _usual_line(self) -> LawService:
        settings = self._house.settings
        return LawService(settings.statute_address, self._house.vault.secret(SECRET).reveal())

    def _registered(self) -> Callable[[str, list[str]], None]:
        @step(f"{TASK}.list", attempts=self._house.settings.site_attempts, wait_seconds=5.0)
        def list_step(run_id: str, wanted: list[str]) -> int:
            return self.list_laws(run_id, [Wanted.read(one) for one in wanted])

        @step(f"{TASK}.fetch", attempts=self._house.settings.site_attempts, wait_seconds=5.0)
        def fetch_step(run_id: str) -> int:
            return self.fetch_some(run_id, _STEP_LAWS)

        @workflow(TASK)
        def run(run_id: str, wanted: list[str]) -> None:
            self._guarded(run_id, wanted, list_step, fetch_step)

        return run

    def _guarded(
        self,
        run_id: str,
        wanted: list[str],
        list_step: Callable[[str, list[str]], int],
        fetch_step: Callable[[str], int],
    ) -> None:
        runs = self._house.runs
        runs.start(run_id, TASK, "법령 받기")
        try:
            list_step(run_id, wanted)
            while fetch_step(run_id):
                pass
        except GongmuError as stopped:
            done = self.progress(run_id)
            runs.change(run_id, Status.FAILED, f"{stopped} (받은 것 {done.done}건)", done.done)
            return
        done = self.progress(run_id)
        failed = f", 받지 못한 것 {done.failed}건" if done.failed else ""
        runs.change(run_id, Status.DONE, f"법령 {done.done}건을 받았습니다{failed}.", done.done)

    def queue(self, wanted: Sequence[Wanted], by: str) -> str:
        """Queue an import for a live worker and return its run's id."""
        return queue_import(self._house, wanted, by)

    def bring(self, run_id: str, wanted: Sequence[Wanted]) -> Progress:
        """Bring everything at once, in this process; a run of the same name goes on.

        Raises Transient when the service stays odd, Refused for a refused key or a used-up quota;
        what was brought stays, and calling again brings the rest.
        """
        self._house.runs.start(run_id, TASK, f"법령 받기: {_told(wanted)}"[:200])
        try:
            self.list_laws(run_id, wanted)
            while self.fetch_some(run_id, _STEP_LAWS):
                pass
        except (Transient, Refused) as stopped:
            done = self.progress(run_id)
            self._house.runs.change(run_id, Status.FAILED, str(stopped), done.done)
            raise
        done = self.progress(run_id)
        self._house.runs.change(run_id, Status.DONE, f"법령 {done.done}건을 받았습니다.", done.done)
        return done

    def list_laws(self, run_id: str, wanted: Sequence[Wanted]) -> int:
        """Write down what is to be fetched; what is known already stays as it is."""
        listed: list[Listed] = []
        with self._open() as line:
            for one in wanted:
                more = {"org": one.org} if one.org else {}
                if one.target is Target.LAW_BY_DAY:
                    more["nw"] = "1,2,3"
                found = line.search_all(one.target, one.query, more)
                listed += [row for row in found if _meant(one, row)]
                self._house.runs.note(run_id, f"{one}: {len(found)}건을 찾았습니다.")
        known = self._known(run_id)
        now = self._house.clock()
        rows = {
            (row.target.value, _key(row)): {
                "run_id": run_id,
                "target": row.target.value,
                "serial": _key(row),
                "title": row.name[:300],
                "starts_on": row.starts_on,
                "state": _WAITING,
                "reason": "",
                "changed_at": now,
            }
            for row in listed
            if (row.target.value, _key(row)) not in known
        }
        if rows:
            with self._house.engine.begin() as connection:
                connection.execute(statute_import_table.insert(), list(rows.values()))
        return len(rows)

    def fetch_some(self, run_id: str, most: int) -> int:
        """Fetch and keep up to `most` of what is left; returns how many are left after that."""
        table = statute_import_table
        query = (
            sa.select(table)
            .where(table.c.run_id == run_id, table.c.state == _WAITING)
            .order_by(table.c.target, table.c.title, table.c.serial)
            .limit(most)
        )
        with self._house.engine.connect() as connection:
            waiting = connection.execute(query).all()
        touched: set[str] = set()
        try:
            with self._open() as line:
                for row in waiting:
                    self._fetch_one(line, run_id, row, touched)
        finally:
            for key in sorted(touched):
                self._statutes.learn(key)
        progress = self.progress(run_id)
        if waiting:
            told = f"법령 {progress.done}/{progress.listed}건을 받았습니다."
            self._house.runs.note(run_id, told)
            self._house.runs.change(run_id, Status.RUNNING, told, progress.done)
        return progress.left

    def _fetch_one(
        self, line: LawService, run_id: str, row: sa.Row[tuple[object, ...]], touched: set[str]
    ) -> None:
        target = Target(row.target)
        serial = row.serial.partition("@")[0]
        state, reason = _DONE, ""
        try:
            if target.ruling:
                self._statutes.import_ruling(line.ruling(target, serial))
            else:
                version = line.law(target, serial, row.starts_on)
                done = self._statutes.import_law(version, learn=False)
                # Also when nothing changed: a run that was cut off may not have learnt it.
                touched.add(done.law_key)
        except Refused as problem:
            if problem.code not in ("statute_not_found", "statute_unreadable"):
                raise
            state, reason = _FAILED, problem.message[:300]
            self._house.runs.note(run_id, f"{row.title}: {problem}")
        table = statute_import_table
        with self._house.engine.begin() as connection:
            connection.execute(
                table.update()
                .where(
                    table.c.run_id == run_id,
                    table.c.target == row.target,
                    table.c.serial == row.serial,
                )
                .values(state=state, reason=reason, changed_at=self._house.clock())
            )

    def progress(self, run_id: str) -> Progress:
        """Return how far a run has come."""
        table = statute_import_table
        query = (
            sa.select(table.c.state, sa.func.count())
            .where(table.c.run_id == run_id)
            .group_by(table.c.state)
        )
        with self._house.engine.connect() as connection:
            counts = {row[0]: row[1] for row in connection.execute(query)}
        return Progress(sum(counts.values()), counts.get(_DONE, 0), counts.get(_FAILED, 0))

    def _known(self, run_id: str) -> set[tuple[str, str]]:
        table = statute_import_table
        query = sa.select(table.c.target, table.c.serial).where(table.c.run_id == run_id)
        with self._house.engine.connect() as connection:
            return {(row[0], row[1]) for row in connection.execute(query)}


def queue_import(house: House, wanted: Sequence[Wanted], by: str) -> str:
    """Queue an import for a live worker and return its run's id; needs no worker here."""
    day = today(house.clock)
    run_id = f"{TASK}/{day}/{house.clock():%H%M%S}"
    house.audit.record(by, "statutes.import", run_id, reason=_told(wanted))
    house.runs.start(run_id, TASK, f"법령 받기: {_told(wanted)}"[:200])
    house.desk.queue(TASK, run_id, run_id, [str(one) for one in wanted])
    return run_id


def _key(row: Listed) -> str:
    """Return what tells one row from another: a law may come into force in parts."""
    by_day = row.target is Target.LAW_BY_DAY and row.starts_on is not None
    return f"{row.serial}@{row.starts_on:%Y%m%d}" if by_day else row.serial


def _meant(wanted: Wanted, row: Listed) -> bool:
    """Whether a row is what was asked for: the service also finds names that contain the words.

    A law asked for by its name brings its decree and rule too.
    """
    if wanted.query in ("*", "") or wanted.target.ruling:
        return True
    asked, name = wanted.query.replace(" ", ""), row.name.replace(" ", "")
    return name.startswith(asked) or wanted.target is Target.ADMIN_RULE


def _told(wanted: Sequence[Wanted]) -> str:
    return ", ".join(map(str, wanted))
