"""`gongmu demo`: a bus day, a week of relief notices and the desks of the practice city."""

from __future__ import annotations

import secrets
import threading
import time
from datetime import date
from pathlib import Path

import typer

from gongmu.app import open_house, serve_portal
from gongmu.bus.partition import warehouse_of
from gongmu.bus.run_day import run_day
from gongmu.cli.demo_bots import play_desks
from gongmu.cli.demo_relief import APPROVER, DRAFTER, make_office, play_week, practice_clock
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.people import People, Role
from gongmu.core.runs import Run, Status
from gongmu.core.settings import load_settings
from gongmu.core.values import parse_day
from gongmu.practice.make import make
from gongmu.practice.officer import approve, certify
from gongmu.practice.score import score
from gongmu.practice.serve import PRACTICE_CERTIFICATE, PRACTICE_SECRETS, Portals, running
from gongmu.relief.batch import APPROVAL_WAITS
from gongmu.relief.notice_run import TASK as RELIEF
from gongmu.relief.weeks import monday_of
from gongmu.robots.browser import browser_door

ACCOUNT = "practice"
FAULTS = 2
CERTIFICATE_PASSWORD = PRACTICE_CERTIFICATE.password


def play(*, serve: bool, seed: int, scale: float, first_day: str) -> None:
    """Make the city, serve its portals, run the day, show what came out; then open the portal."""
    started = time.monotonic()
    base = load_settings()
    home = base.home / "demo"
    home.mkdir(parents=True, exist_ok=True)
    day = parse_day(first_day)
    outside = home / f"city-{seed}-{scale:g}"

    def say(text: str) -> None:
        typer.echo(f"{time.monotonic() - started:6.1f}초  {text}")

    if not (outside / "truth" / "city.json").exists():
        make(outside, seed, 1, scale, FAULTS, day, say)
    else:
        say(f"연습 도시가 이미 있습니다: {outside}")
    make_office(outside, seed, monday_of(day), FAULTS, say)
    with running(outside) as portals:
        settings = base.model_copy(
            update={
                "home": home / f"house-{seed}-{scale:g}",
                "database_url": "",
                "city": "practice",
                "bms_address": portals.bms_address,
                "card_address": portals.card_address,
                "tax_address": portals.tax_address,
                "gateway_address": portals.gateway_address,
                "statute_address": portals.statute_address,
                "late_wait_seconds": 2.0,
            }
        )
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open_house(settings, practice_clock(day)) as house:
            _set_secrets(house)
            with _PracticeOfficer(house, portals):
                run_day(house, day, again=True, accept="", note=say)
                _show(house, day, outside)
                passwords = play_week(house, outside, monday_of(day), say)
            play_desks(house, outside, seed, portals.model_address, say)
            say(f"끝났습니다. 걸린 시간 {time.monotonic() - started:.0f}초")
            if serve:
                _tell_accounts(house, passwords)
                typer.echo(f"시민의 휴대전화(받은 문자): {portals.gateway_address}")
                serve_portal(house, note=typer.echo)


def _set_secrets(house: House) -> None:
    for name, value in PRACTICE_SECRETS.items():
        house.vault.put_secret(name, value, by="demo")


class _PracticeOfficer:
    """The person of the practice city: approves on the phone page when a run waits for it."""

    def __init__(self, house: House, portals: Portals) -> None:
        self._house = house
        self._portals = portals
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="practice-officer", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join(timeout=30)

    def _watch(self) -> None:
        while not self._stop.wait(0.3):
            for run in self._house.runs.recent(5):
                if run.status is Status.WAITING and not self._stop.is_set():
                    self._approve(run)

    def _approve(self, run: Run) -> None:
        if run.message.startswith(APPROVAL_WAITS):
            return  # 결재는 사람이 포털에서 하는 일이다
        with browser_door(self._house.settings)() as browser:
            try:
                if run.task == RELIEF:
                    address, password = self._portals.certificate_address, CERTIFICATE_PASSWORD
                    number = certify(browser, address, password)
                else:
                    number = approve(browser, self._portals.phone_address)
            except LookupError:
                return
        self._house.runs.note(run.run_id, f"연습 담당자가 인증 요청 {number}을 승인했습니다.")
        self._house.answer(run.run_id, "practice-officer")
        # The run goes on by itself; look again only after it has had time to.
        self._stop.wait(5)


def _show(house: House, day: date, outside: Path) -> None:
    """Print what the officer would look at first, and how close it is to the truth."""
    typer.echo("")
    warehouse = warehouse_of(house)
    manifest = warehouse.manifest(house.city.code, day)
    if manifest is None:
        raise Refused("demo_failed", "분석이 펴내지지 않았습니다.", "위의 실행 기록을 보세요.")
    busiest = warehouse.query(
        "SELECT r.route_name, h.direction, h.hour, h.load_factor_max, h.load_max "
        "FROM route_hour h JOIN routes r USING (route_id) "
        "ORDER BY h.load_factor_max DESC, r.route_name, h.hour LIMIT 3",
        house.city.code,
        [day],
    )
    for row in busiest.iter_rows(named=True):
        typer.echo(
            f"  붐비는 곳  {row['route_name']}번 {row['hour']}시  "
            f"재차율 {row['load_factor_max']:.0%} ({row['load_max']:.0f}명)"
        )
    out = warehouse.path(house.city.code, day, "tap").parent
    result = score(out, outside / "truth")
    typer.echo(
        f"  정답과 견줌  재차인원 오차 평균 {result['load_mae']:.2f}명, "
        f"승차 정류장 {result['boarding_stop_exact_share']:.1%} 맞음, "
        f"추정 하차 {result['alighting_exact_share']:.1%} 맞음"
    )
    typer.echo("")


def _tell_accounts(house: House, others: dict[str, str]) -> None:
    people = People(house.engine, house.clock)
    password = f"{secrets.token_urlsafe(9)}-1a"
    try:
        people.find(ACCOUNT)
        people.set_password(ACCOUNT, password, by="demo")
    except Refused:
        people.create(ACCOUNT, "김연습", [Role.WORK], password, department="교통과", by="demo")
    others = {ACCOUNT: password, **others}
    titles = {ACCOUNT: "교통과 담당", DRAFTER: "세정과 담당", APPROVER: "세정과 결재"}
    for account, word in others.items():
        typer.echo(f"포털 로그인({titles[account]}): 계정 {account}  비밀번호 {word}")
