"""The local-tax robot: a person shows the certificate, the robot brings a week's relief lists.

Names and numbers stand on this site's screens. Pictures are taken with the body of every table
invisible, and the trace ends before the first list is shown.
"""

from __future__ import annotations

from datetime import date, timedelta

from gongmu.core.errors import Refused, Transient
from gongmu.core.files import StoredFile
from gongmu.robots.evidence import keep_download
from gongmu.robots.robot import Collected, Hands, Robot, Session
from gongmu.robots.screen import Element, Screen, Site, work_at

SITE = Site("local_tax", "지방세 시스템", expired="세션이 만료되었습니다", unseen="tbody")

USER_ID = Element("로그인", "사용자 ID 칸", "textbox", "사용자 ID")
PASSWORD = Element("로그인", "비밀번호 칸", "", "비밀번호")
SECRETS = {USER_ID: "local_tax.id", PASSWORD: "local_tax.password"}
SIGN_IN = Element("로그인", "로그인 단추", "button", "로그인")
REFUSAL = Element("로그인", "로그인 거절 알림", "alert")

REQUEST = Element("인증서 로그인", "요청 번호", "status", "요청 번호")
ANSWER = Element("인증서 로그인", "진행 상태", "status", "진행 상태")
DONE = Element("인증서 로그인", "확인 단추", "button", "확인")
WAITING, SIGNED, CANCELLED = "인증 대기", "인증 완료", "인증 취소"

MENU_FRAME = ("메뉴",)
WORK_FRAME = ("업무 화면",)
RESULT_FRAME = ("업무 화면", "조회 결과")
OFFICE = Element("조회", "관할 부서 고르기", "combobox", "관할 부서", WORK_FRAME)
ALL_OFFICES = "전체"
SEARCH = Element("조회", "조회 단추", "button", "조회", WORK_FRAME)
COUNT = Element("조회 결과", "건수", "status", "건수", RESULT_FRAME)
ALERT = Element("조회 결과", "알림", "alert", "", RESULT_FRAME)
GET = Element("조회 결과", "내려받기 단추", "button", "엑셀 내려받기", RESULT_FRAME)
NOTHING = "조회된 자료가 없습니다"
NOT_YET = "마감하는 중"

RELIEF_LIST, OWNERSHIP, HOUSEHOLD = "relief_list", "ownership_changes", "household_changes"
LISTS = (
    # (kind, menu, the head of its days, form)
    (RELIEF_LIST, "자동차 취득세 감면대장", "접수일자", "xls"),
    (OWNERSHIP, "소유권 변동 조회", "변동일자", "csv"),
    (HOUSEHOLD, "세대 변동 조회", "변동일자", "xlsx"),
)


def sign_in(hands: Hands) -> Session:
    """Send id and password and keep the state, which then waits for the officer's certificate."""
    return work_at(hands, SITE, _sign_in)


def confirm(hands: Hands, session: Session) -> Session:
    """Ask the site, whatever `session` says: signed in once the certificate was shown.

    Raises Refused("second_step_denied") and, when the time has run out,
    Transient("session_expired").
    """
    return work_at(hands, SITE, lambda screen: _confirm(screen, session), session)


def collect(hands: Hands, session: Session, day: date) -> Collected:
    """Download the lists of the week that begins on `day`, a Monday.

    Files are kept under the kinds relief_list, ownership_changes and household_changes. A week
    without changes has no file of them; a relief list that is not closed yet, or empty, is
    missing. Raises Refused("second_step_waiting") for a session that still waits.
    """
    if session.waiting_for is not None:
        raise Refused(
            "second_step_waiting", "아직 인증서 로그인이 끝나지 않았습니다.", session.waiting_for
        )
    return work_at(hands, SITE, lambda screen: _collect(screen, day), session)


def _sign_in(screen: Screen) -> Session:
    screen.note("지방세 시스템을 엽니다.")
    screen.visit("/")
    screen.sign_in(SECRETS, SIGN_IN, then=REQUEST, refusal=REFUSAL)
    number = screen.read(REQUEST)
    screen.note(f"담당자의 인증서를 기다립니다(요청 번호 {number}).")
    return screen.session(_what_to_do(number))


def _what_to_do(number: str) -> str:
    return f"인증서 창에서 지방세 시스템의 로그인 요청 {number}에 담당자 인증서로 인증하세요."


def _confirm(screen: Screen, session: Session) -> Session:
    screen.visit("/auth")
    answer = screen.read(ANSWER)
    if answer == WAITING:
        return Session(session.state_sha256, _what_to_do(screen.read(REQUEST)))
    if answer == CANCELLED:
        raise Refused(
            "second_step_denied",
            "담당자가 지방세 시스템의 인증서 로그인을 취소했습니다.",
            "담당자에게 까닭을 확인한 뒤 다시 시작하세요.",
        )
    if answer != SIGNED:
        raise Transient(
            "session_expired",
            "지방세 시스템의 인증서 로그인 시간이 지났습니다.",
            "다시 로그인하면 새 인증 요청을 보냅니다.",
        )
    screen.click_and_reload(DONE)
    screen.see(_menu(LISTS[0][1]))
    screen.note("인증서 로그인이 끝나 지방세 시스템에 들어갔습니다.")
    return screen.session()


def _menu(title: str) -> Element:
    return Element("첫 화면", f"'{title}' 메뉴", "link", title, MENU_FRAME)


def _collect(screen: Screen, day: date) -> Collected:
    files: list[StoredFile] = []
    missing: list[str] = []
    last = day + timedelta(days=6)
    trace = ""
    screen.visit("/main")
    for kind, menu, head, form in LISTS:
        screen.click_and_reload(_menu(menu), frame="work")
        screen.note(f"{menu} 화면에서 {day}부터 {last}까지를 찾습니다.")
        for name, of_day in ((f"{head}(시작)", day), (f"{head}(끝)", last)):
            field = Element(menu, f"{name} 칸", "textbox", name, WORK_FRAME)
            screen.type(field, of_day.isoformat())
        screen.choose(OFFICE, ALL_OFFICES)
        screen.see(SEARCH)
        # From here on names stand on the screen, so nothing is recorded any more.
        trace = trace or screen.finish_trace()
        data = _search(screen)
        if data is None:
            screen.note(f"{menu}에 그 주의 자료가 없습니다.")
            missing += [kind] if kind == RELIEF_LIST else []
        elif data == b"":
            screen.note(f"{menu}은 아직 마감되지 않았습니다.")
            missing.append(kind)
        else:
            kept = keep_download(screen.hands, data, SITE.code, day, kind, form, kept_as=kind)
            files.append(kept)
            screen.note(f"{kept.name} 파일을 받았습니다({len(data):,}바이트).")
    return Collected(tuple(files), tuple(missing), screen.screenshot(), trace)


def _search(screen: Screen) -> bytes | None:
    """Return the file of the inquiry; None when it has no rows, b'' when it is not closed yet."""
    screen.click_and_reload(SEARCH, frame="result")
    if screen.first_of(COUNT, ALERT) == ALERT:
        told = screen.read(ALERT)
        if NOTHING in told:
            return None
        if NOT_YET in told:
            return b""
        raise screen.objected(told)
    return screen.download_here(GET)


ROBOT = Robot(
    code="local_tax",
    title="지방세 시스템에서 감면대장 받기",
    owner_hint="세정과 지방세 시스템 담당자",
    secrets=tuple(SECRETS.values()),
    has_second_step=True,
    sign_in=sign_in,
    confirm=confirm,
    collect=collect,
)
