"""The BMS robot: masters and stop passages of a day, operator by operator."""

from __future__ import annotations

from datetime import date

from gongmu.core.files import StoredFile
from gongmu.robots.evidence import keep_download
from gongmu.robots.robot import Collected, Hands, Robot, Session
from gongmu.robots.screen import Element, Row, Screen, Site, work_at

SITE = Site("bms", "BMS 포털", expired="세션이 만료되었습니다")

USER_ID = Element("로그인", "아이디 칸", "textbox", "아이디")
PASSWORD = Element("로그인", "비밀번호 칸", "", "비밀번호")
SECRETS = {USER_ID: "bms.id", PASSWORD: "bms.password"}
SIGN_IN = Element("로그인", "로그인 단추", "button", "로그인")
REFUSAL = Element("로그인", "로그인 거절 알림", "alert")

WORK_FRAME = ("업무 화면",)
RESULT_FRAME = ("업무 화면", "조회 결과")
MENU = Element("첫 화면", "운행자료 내려받기 메뉴", "link", "운행자료 내려받기")
DAY = Element("운행자료 내려받기", "운행일자 칸", "textbox", "운행일자", WORK_FRAME)
OPERATOR = Element("운행자료 내려받기", "운수사 고르기", "combobox", "운수사", WORK_FRAME)
SEARCH = Element("운행자료 내려받기", "조회 단추", "button", "조회", WORK_FRAME)
RESULT = Element("조회 결과", "자료 목록", "table", "", RESULT_FRAME)
ALERT = Element("조회 결과", "알림", "alert", "", RESULT_FRAME)
GET = Element("조회 결과", "내려받기 단추", "button", "내려받기")
COLUMNS = ("자료명", "형식", "상태")
READY = "완료"
NOT_YET = "아직 생성되지 않았습니다"

SHARED = "공통(기준정보)"
"""The choice among the operators that holds the masters."""
MASTERS = ("노선", "노선정류소", "정류소", "차량", "배차시간표")
PASSAGES = "정류소통과"


def sign_in(hands: Hands) -> Session:
    """Sign in and keep the state; raises Refused("sign_in_refused") for a wrong password."""
    return work_at(hands, SITE, _sign_in)


def confirm(_hands: Hands, session: Session) -> Session:
    """Return the session: this site has no second step."""
    return session


def collect(hands: Hands, session: Session, day: date) -> Collected:
    """Download the masters and every operator's stop passages of the service day."""
    return work_at(hands, SITE, lambda screen: _collect(screen, day), session)


def _sign_in(screen: Screen) -> Session:
    screen.note("BMS 포털을 엽니다.")
    screen.visit("/")
    screen.sign_in(SECRETS, SIGN_IN, then=MENU, refusal=REFUSAL)
    screen.note("BMS 포털에 로그인했습니다.")
    return screen.session()


def _collect(screen: Screen, day: date) -> Collected:
    screen.visit("/main")
    screen.click(MENU)
    screen.note(f"운행자료 내려받기 화면에서 {day} 자료를 찾습니다.")
    screen.type(DAY, day.isoformat())
    files: list[StoredFile] = []
    missing: list[str] = []
    operators = screen.choices(OPERATOR)
    if SHARED not in operators:
        raise screen.changed(OPERATOR)
    for operator in operators:
        wanted = MASTERS if operator == SHARED else (PASSAGES,)
        of = "" if operator == SHARED else operator
        rows = _search(screen, operator)
        for kind in wanted:
            row = rows.get(kind)
            if row is None or row.cells["상태"] != READY:
                missing.append(f"{kind}({of})" if of else kind)
                screen.note(f"{missing[-1]} 자료는 아직 없습니다.")
                continue
            data = screen.download(row, GET)
            form = row.cells["형식"]
            files.append(keep_download(screen.hands, data, SITE.code, day, kind, form, of))
            screen.note(f"{files[-1].name} 파일을 받았습니다({len(data):,}바이트).")
    picture = screen.screenshot()
    return Collected(tuple(files), tuple(missing), picture, screen.finish_trace())


def _search(screen: Screen, operator: str) -> dict[str, Row]:
    """Return the listed material of an operator by its name; empty when there is none yet."""
    screen.choose(OPERATOR, operator)
    screen.click_and_reload(SEARCH, frame="result")
    if screen.first_of(RESULT, ALERT) == ALERT:
        told = screen.read(ALERT)
        if NOT_YET not in told:
            raise screen.objected(told)
        return {}
    return {row.cells["자료명"]: row for row in screen.rows(RESULT, COLUMNS)}


ROBOT = Robot(
    code="bms",
    title="BMS 포털에서 운행자료 받기",
    owner_hint="BMS 운영 부서(교통정보센터)",
    secrets=tuple(SECRETS.values()),
    has_second_step=False,
    sign_in=sign_in,
    confirm=confirm,
    collect=collect,
)
