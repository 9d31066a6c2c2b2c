"""`gongmu check`: what must be in order before this installation can work."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gongmu.core.errors import GongmuError, Refused
from gongmu.core.house import House
from gongmu.core.settings import Settings

_LEAST_FREE_GIGABYTES = 5
_BILLION = 1_000_000_000


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is in order, and what to do when it is not."""

    title: str
    good: bool
    text: str
    todo: str = ""


def findings(settings: Settings) -> Iterator[Finding]:
    """Look at one thing after the other; a broken one does not stop the rest."""
    version = sys.version_info
    yield Finding("파이썬", version >= (3, 11), sys.version.split()[0], "3.11 이상을 설치하세요.")
    yield _disk(settings)
    yield from _house(settings)
    yield _try("브라우저", "크롬·엣지·크로미움을 설치하세요.", lambda: _browser(settings))
    yield _korean_font()


def _try(title: str, todo: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(title, True, look())
    except GongmuError as problem:
        return Finding(title, False, problem.message, problem.todo or todo)
    except Exception as problem:  # noqa: BLE001  a self-diagnosis reports whatever is broken
        return Finding(title, False, f"{type(problem).__name__}: {problem}", todo)


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.home).free / _BILLION
    return Finding(
        "디스크",
        free >= _LEAST_FREE_GIGABYTES,
        f"{settings.home} 에 {free:.0f} GB 남음",
        f"{_LEAST_FREE_GIGABYTES} GB 이상 비워 두세요.",
    )


def _house(settings: Settings) -> Iterator[Finding]:
    from gongmu.app import make_portal_app, open_house

    try:
        with open_house(settings) as house:
            yield Finding("데이터베이스와 열쇠", True, house.engine.dialect.name)
            yield Finding("도시 파일", True, f"{house.city.name} ({house.city.code})")
            yield _audit(house)
            yield _secrets(house)
            yield _addresses(house)
            yield from _messages(house)
            if house.city.relief:
                yield _try("감면 규정과 조례", "도시 파일을 고치세요.", lambda: _law(house))
            yield _try("창구", "cities의 [bots]와 창구 파일을 고치세요.", lambda: _desks(house))
            yield from _models(house)
            yield _try(
                "화면 자원",
                "python start.py check 로 다시 시작하세요.",
                lambda: f"{len(make_portal_app(house).routes)}개 주소",
            )
    except GongmuError as problem:
        yield Finding("설치", False, problem.message, problem.todo)
    except Exception as problem:  # noqa: BLE001  a self-diagnosis reports whatever is broken
        yield Finding(
            "데이터베이스", False, f"{type(problem).__name__}: {problem}", "주소를 확인하세요."
        )


def _audit(house: House) -> Finding:
    broken = house.audit.first_broken()
    return Finding(
        "접속기록",
        broken is None,
        "처음부터 이어짐" if broken is None else f"{broken}번 줄부터 어긋남",
        "기록이 바뀌었습니다. 보안 담당자에게 알리고 백업과 견주세요.",
    )


def _secrets(house: House) -> Finding:
    from gongmu.robots.robot import all_robots

    robots = {portal.robot for portal in house.city.portals.values()}
    wanted = {name for code, one in all_robots().items() if code in robots for name in one.secrets}
    if house.city.messages:
        from gongmu.messages.office import load_office

        wanted |= set(load_office(house.city, house.settings).gateway.provider.secrets)
    missing = sorted(wanted - {info.name for info in house.vault.secret_names()})
    return Finding(
        "비밀값",
        not missing,
        "모두 등록됨" if not missing else f"없음: {', '.join(missing)}",
        "gongmu secrets set 이름 으로 등록하세요.",
    )


def _addresses(house: House) -> Finding:
    settings = house.settings
    missing = [
        site
        for site, portal in house.city.portals.items()
        if not (getattr(settings, f"{site}_address", "") or portal.address)
    ]
    return Finding(
        "바깥 누리집 주소",
        not missing,
        "정해짐" if not missing else f"없음: {', '.join(missing)}",
        f"cities/{house.city.code}.toml 의 [portals]에 적거나 "
        f"{', '.join(f'GONGMU_{site}_ADDRESS'.upper() for site in missing)} 에 주세요.",
    )


def _law(house: House) -> str:
    from gongmu.relief.judging import law_of_house

    law_of_house(house)
    return f"감면 조례 {len(house.city.relief.get('ordinance', ()))}건"


def _desks(house: House) -> str:
    """Say how many desks there are and what they have learnt; one that is broken stops here."""
    import sqlalchemy as sa

    from gongmu.bots.knowledge.tables import document_table
    from gongmu.bots.registry import all_bots, check_desks
    from gongmu.bots.statutes.store import Statutes
    from gongmu.bots.workshop.live import left_out

    bots = all_bots(house.engine)
    check_desks(all_bots())
    if broken := left_out(house.engine):
        raise Refused(
            "desk_broken",
            "읽을 수 없는 부서 창구: " + "; ".join(f"{code} {why}" for code, why in broken.items()),
            "포털의 창구 만들기에서 고치세요.",
        )
    with house.engine.connect() as connection:
        documents = connection.scalar(sa.select(sa.func.count()).select_from(document_table)) or 0
    laws = len(Statutes(house.engine).laws())
    return f"{len(bots)}곳, 배운 문서 {documents:,}건, 법령 {laws:,}건"


def _models(house: House) -> Iterator[Finding]:
    """Say which models are set up; a city may have none, but a key it names must be there."""
    from gongmu.bots.guard.office import bots_office

    office = bots_office(house)
    ends = [one for one in (*office.models, office.embeddings, office.speech) if one is not None]
    known = {info.name for info in house.vault.secret_names()}
    missing = sorted({one.secret for one in ends if one.secret} - known)
    names = ", ".join(f"{one.name}({'안쪽' if one.internal else '바깥'})" for one in office.models)
    yield Finding(
        "모델",
        not missing,
        f"비밀값 없음: {', '.join(missing)}" if missing else names or "없음(인용으로 답함)",
        "gongmu secrets set 이름 으로 등록하세요.",
    )


def _messages(house: House) -> Iterator[Finding]:
    """Say through whom texts leave and whether sending is stopped; a city may send none."""
    if not house.city.messages:
        return
    from gongmu.messages.delivery import Delivery
    from gongmu.messages.office import load_office

    gateway = load_office(house.city, house.settings).gateway
    yield Finding(
        "문자 중계사",
        bool(gateway.address),
        f"{gateway.provider.title}" + ("" if gateway.address else ": 주소 없음"),
        "도시 파일의 [messages.gateway] address 나 GONGMU_GATEWAY_ADDRESS 에 적으세요.",
    )
    stopped = Delivery(house).stopped()
    yield Finding(
        "문자 발송",
        stopped is None,
        "멈추지 않음" if stopped is None else "멈춰 둠",
        "까닭을 확인한 뒤 gongmu message resume 으로 다시 시작하세요.",
    )


def _browser(settings: Settings) -> str:
    from gongmu.robots.browser import browser_door

    with browser_door(settings)() as browser:
        return f"{browser.browser_type.name} {browser.version}"


def _korean_font() -> Finding:
    if not sys.platform.startswith("linux"):
        return Finding("한글 글꼴", True, "운영체제 글꼴")
    try:
        done = subprocess.run(["fc-list", ":lang=ko"], capture_output=True, check=False)
        found = len(done.stdout.splitlines())
    except OSError:
        found = 0
    return Finding(
        "한글 글꼴", found > 0, f"{found}개", "apt-get install fonts-noto-cjk 를 하세요."
    )
