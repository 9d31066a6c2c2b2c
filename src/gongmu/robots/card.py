"""The card settlement robot: signs in with a phone approval, brings a day's taps and masters."""

from __future__ import annotations

import re
from datetime import date, timedelta

from gongmu.core.errors import Refused, Transient
from gongmu.core.files import StoredFile
from gongmu.core.values import parse_day
from gongmu.robots.evidence import keep_download
from gongmu.robots.robot import Collected, Hands, Robot, Session
from gongmu.robots.screen import Element, Row, Screen, Site, work_at

SITE = Site("card", "카드 정산 포털", expired="세션이 만료되었습니다")

USER_ID = Element("로그인", "사용자 ID 칸", "textbox", "사용자 ID")
PASSWORD = Element("로그인", "비밀번호 칸", "", "비밀번호")
SECRETS = {USER_ID: "card.id", PASSWORD: "card.password"}
SIGN_IN = Element("로그인", "로그인 단추", "button", "로그인")
REFUSAL = Element("로그인", "로그인 거절 알림", "alert")

REQUEST = Element("휴대전화 인증", "요청 번호", "status", "요청 번호")
ANSWER = Element("휴대전화 인증", "진행 상태", "status", "진행 상태")
DONE = Element("휴대전화 인증", "확인 단추", "button", "확인")
WAITING, APPROVED, DENIED = "승인 대기", "승인 완료", "승인 거절"

FIRST_DAY = Element("정산자료 목록", "기준일자(시작) 칸", "textbox", "기준일자(시작)")
LAST_DAY = Element("정산자료 목록", "기준일자(끝) 칸", "textbox", "기준일자(끝)")
SEARCH = Element("정산자료 목록", "조회 단추", "button", "조회")
RESULT = Element("정산자료 목록", "자료 목록", "table")
ALERT = Element("정산자료 목록", "알림", "alert")
GET = Element("정산자료 목록", "다운로드 링크", "link", "다운로드")
COLUMNS = ("파일명", "상태")
READY = "완료"
NOTHING = "조회된 자료가 없습니다"

TAPS = ("DWTCD", "TB_KTS_DWTCD_METROPOLITAN", "교통카드")
MASTERS = ("STTN", "ROUTESTTN")
_NAME = re.compile(r"(?P<kind>.+)_(?P<day>\d{8})\.(?P<form>\w+)")


def sign_in(hands: Hands) -> Session:
    """Send id and password and keep the state, which then waits for the officer's phone."""
    return work_at(hands, SITE, _sign_in)


def confirm(hands: Hands, session: Session) -> Session:
    """Ask the site, whatever `session` says: signed in once the phone has approved, else waiting.

    Raises Refused("second_step_denied") and, when the time has run out,
    Transient("session_expired").
    """
    return work_at(hands, SITE, lambda screen: _confirm(screen, session), session)


def collect(hands: Hands, session: Session, day: date) -> Collected:
    """Download the day's files, and the next day's taps if there: they carry the day's late rows.

    Only the day's own files count as missing. Raises Refused("second_step_waiting") for a session
    that still waits for its person.
    """
    if session.waiting_for is not None:
        raise Refused(
            "second_step_waiting", "아직 본인 인증이 끝나지 않았습니다.", session.waiting_for
        )
    return work_at(hands, SITE, lambda screen: _collect(screen, day), session)


def _sign_in(screen: Screen) -> Session:
    screen.note("카드 정산 포털을 엽니다.")
    screen.visit("/")
    screen.sign_in(SECRETS, SIGN_IN, then=REQUEST, refusal=REFUSAL)
    number = screen.read(REQUEST)
    screen.note(f"휴대전화 인증을 기다립니다(요청 번호 {number}).")
    return screen.session(_what_to_do(number))


def _what_to_do(number: str) -> str:
    return f"담당자 휴대전화에서 카드 정산 포털의 인증 요청 {number}을(를) 승인하세요."


def _confirm(screen: Screen, session: Session) -> Session:
    screen.visit("/auth")
    answer = screen.read(ANSWER)
    if answer == WAITING:
        return Session(session.state_sha256, _what_to_do(screen.read(REQUEST)))
    if answer == DENIED:
        raise Refused(
            "second_step_denied",
            "담당자 휴대전화에서 카드 정산 포털의 인증 요청을 거절했습니다.",
            "담당자에게 까닭을 확인한 뒤 다시 시작하세요.",
        )
    if answer != APPROVED:
        raise Transient(
            "session_expired",
            "카드 정산 포털의 휴대전화 인증 시간이 지났습니다.",
            "다시 로그인하면 새 인증 요청을 보냅니다.",
        )
    screen.click_and_reload(DONE)
    screen.see(SEARCH)
    screen.note("휴대전화 인증이 끝나 카드 정산 포털에 로그인했습니다.")
    return screen.session()


def _collect(screen: Screen, day: date) -> Collected:
    next_day = day + timedelta(days=1)
    screen.visit("/files")
    screen.note(f"정산자료 목록에서 {day} 자료를 찾습니다.")
    screen.type(FIRST_DAY, day.isoformat())
    screen.type(LAST_DAY, next_day.isoformat())
    rows = _search(screen)
    missing = [kind for kind in (*TAPS, *MASTERS) if (kind, day) not in rows]
    for kind in missing:
        screen.note(f"{kind} 자료는 아직 없습니다.")
    files: list[StoredFile] = []
    for (kind, of_day), row in rows.items():
        if of_day == next_day and kind not in TAPS:
            continue
        data = screen.download(row, GET)
        form = row.cells["파일명"].rsplit(".", 1)[1]
        files.append(keep_download(screen.hands, data, SITE.code, of_day, kind, form))
        screen.note(f"{files[-1].name} 파일을 받았습니다({len(data):,}바이트).")
    picture = screen.screenshot()
    return Collected(tuple(files), tuple(missing), picture, screen.finish_trace())


def _search(screen: Screen) -> dict[tuple[str, date], Row]:
    """Return the finished material of the list by kind and day."""
    screen.click_and_reload(SEARCH)
    if screen.first_of(RESULT, ALERT) == ALERT:
        told = screen.read(ALERT)
        if NOTHING not in told:
            raise screen.objected(told)
        return {}
    found: dict[tuple[str, date], Row] = {}
    for row in screen.rows(RESULT, COLUMNS):
        name = _NAME.fullmatch(row.cells["파일명"])
        if name and name["kind"] in (*TAPS, *MASTERS) and row.cells["상태"] == READY:
            found[name["kind"], parse_day(name["day"])] = row
    return found


ROBOT = Robot(
    code="card",
    title="카드 정산 포털에서 이용자료 받기",
    owner_hint="교통카드 정산사 지자체 담당 창구",
    secrets=tuple(SECRETS.values()),
    has_second_step=True,
    sign_in=sign_in,
    confirm=confirm,
    collect=collect,
)
