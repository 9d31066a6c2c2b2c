"""The demo's second half: a week of relief notices, from the tax system to the phones."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import typer

from gongmu.core.clock import Clock, system_clock
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.people import People, Person, Role
from gongmu.core.values import SEOUL
from gongmu.messages.delivery import Delivery
from gongmu.messages.tables import Status
from gongmu.practice.tax.make import make_tax_office
from gongmu.relief.batch import Batch, Batches, State
from gongmu.relief.history import import_file, watch_files
from gongmu.relief.letter_desk import LetterDesk
from gongmu.relief.office import office_of
from gongmu.relief.overview import BatchDesk
from gongmu.relief.run_week import run_week, send_week
from gongmu.relief.store import ReliefStore
from gongmu.relief.weeks import week_name

GRANTS = 300
WEEKS = 2
DRAFTER, APPROVER = "kim", "lee"

Say = Callable[[str], None]


def practice_clock(last_day: date) -> Clock:
    """Return a clock that stands at ten on the Monday after `last_day` and goes on from there.

    The practice week is a fixed one, and texts leave only in office hours; the demo must work
    whenever it is tried.
    """
    monday = last_day + timedelta(days=7 - last_day.weekday())
    start = datetime(monday.year, monday.month, monday.day, 10, tzinfo=SEOUL).astimezone(UTC)
    began = system_clock()
    return lambda: start + (system_clock() - began)


def make_office(outside: Path, seed: int, monday: date, faults: int, say: Say) -> None:
    """Make the practice tax office beside the bus city, unless it is already there."""
    if not (outside / "truth" / "relief.json").exists():
        make_tax_office(outside, seed, monday, WEEKS, GRANTS, faults, say)


def play_week(house: House, outside: Path, monday: date, say: Say) -> dict[str, str]:
    """Run the week to the phones and show what came of it; return accounts and passwords."""
    passwords = _accounts(house)
    _import_earlier(house, outside / "outside" / "tax", monday, say)
    run_week(house, monday, note=say)
    batch = _batch(house, monday)
    if batch is not None and batch.state is State.FROZEN:
        _decide(house, batch, say)
    if batch is not None and batch.state is not State.DONE:
        send_week(house, note=say)
    _show(house, outside, monday)
    return passwords


def _import_earlier(house: House, lists: Path, monday: date, say: Say) -> None:
    """Read the grants of the thirteen months before, as a city does when it begins."""
    store = ReliefStore(house)
    if store.weeks():
        return
    earlier = [folder for folder in sorted(lists.iterdir()) if folder.name < week_name(monday)]
    changes: list[Path] = []
    for folder in earlier:
        for file in folder.glob("감면대장_*"):
            import_file(house, file, who="demo", note=_hush)
        changes += sorted([*folder.glob("소유권변동_*"), *folder.glob("세대변동_*")])
    watch_files(house, changes, who="demo", note=_hush)
    say(f"지난 {len(earlier)}주의 감면대장을 읽어 두었습니다(첫 안내 없이 의무와 알림만).")


def _hush(_text: str) -> None:
    """Fifty-six weeks of reading would bury what the demo shows."""


def _accounts(house: House) -> dict[str, str]:
    department = office_of(house.city).department
    people = People(house.engine, house.clock)
    made = {}
    for account, name, role in ((DRAFTER, "김세정", Role.WORK), (APPROVER, "이결재", Role.APPROVE)):
        made[account] = f"{secrets.token_urlsafe(9)}-1a"
        try:
            people.find(account)
            people.set_password(account, made[account], by="demo")
        except Refused:
            people.create(account, name, [role], made[account], department=department, by="demo")
    return made


def _person(house: House, account: str) -> Person:
    return People(house.engine, house.clock).find(account)


def _batch(house: House, monday: date) -> Batch | None:
    found = Batches(house).of_week(monday)
    return found[0] if found else None


def _decide(house: House, batch: Batch, say: Say) -> None:
    """Let the practice drafter hand in, and the practice approver approve what was frozen."""
    seen = BatchDesk(house).overview(batch.batch_id)
    say(
        f"결재에 올립니다: 문자 {seen.lms_count + seen.sms_count}건, 예상 {seen.cost_won:,}원, "
        f"편지 {seen.letter_count}통"
    )
    batches = Batches(house)
    batches.hand_in(batch.batch_id, _person(house, DRAFTER), "demo")
    batches.approve(batch.batch_id, batch.hash, _person(house, APPROVER), "demo")
    say(f"다른 사람(이결재)이 결재했습니다. 해시 {batch.hash[:12]}…")


def _show(house: House, outside: Path, monday: date) -> None:
    batch = _batch(house, monday)
    if batch is None:
        raise Refused("demo_failed", "묶음이 만들어지지 않았습니다.", "위의 실행 기록을 보세요.")
    sent = Delivery(house).progress(batch.batch_id)
    letters = LetterDesk(house).of_week(monday)
    typer.echo(
        f"  문자  도착 {sent.count(Status.DELIVERED)}, 실패 {sent.count(Status.FAILED)}, "
        f"결과 모름 {sent.count(Status.IN_DOUBT)}, 나중에 보냄 {sent.later_count}  "
        f"비용 {sent.cost_won:,}원  편지 {len(letters)}통"
    )
    truth = json.loads((outside / "truth" / "relief.json").read_text("utf-8"))["grants"]
    store = ReliefStore(house)
    rows = store.grants(monday, "demo", limit=10_000)
    opened = store.kept.opened([row.grant_id for row in rows])
    judged = [row for row in rows if not truth[opened[row.grant_id].tax_number]["unknown_code"]]
    right = sum(
        row.notice_code == truth[opened[row.grant_id].tax_number]["notice"] for row in judged
    )
    typer.echo(
        f"  정답과 견줌  {week_name(monday)} 감면 {len(rows)}건, "
        f"안내 부호 {right}/{len(judged)} 맞음"
    )
    typer.echo("")
