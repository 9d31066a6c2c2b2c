#!/usr/bin/env python3
"""공무를 시작합니다: 필요한 것을 스스로 갖춘 뒤 gongmu 명령을 실행합니다.

    python3 start.py demo     연습 도시에서 하루 일을 끝까지 해 보고 포털을 엽니다
    python3 start.py test     개발 도구를 갖추고 모든 시험을 돌립니다
    python3 start.py ...      그 밖의 gongmu 명령 (예: serve, check, bus run --day 2026-11-20)

파이썬 3.11 이상만 있으면 됩니다. 표준 라이브러리만 씁니다.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
STAMP = VENV / "gongmu-installed"
INSTALLED_BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
)
WINDOWS_BROWSERS = (
    "Google/Chrome/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)


class CannotStart(Exception):
    """시작할 수 없는 까닭과 할 일을 한국어로 담습니다."""


def main(arguments: Sequence[str]) -> int:
    """갖출 것을 갖추고 gongmu 명령을 실행해 그 종료 값을 돌려줍니다."""
    for stream in (sys.stdout, sys.stderr):
        # 한글을 찍지 못하는 터미널에서도 멈추지 않습니다.
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    testing = arguments[0] == "test"
    extra = "dev" if testing else "assets"
    try:
        prepare(extra, testing)
    except CannotStart as problem:
        print(f"\n시작할 수 없습니다: {problem}", file=sys.stderr)
        return 1
    command = test_command(arguments[1:]) if testing else [str(PYTHON), "-m", "gongmu", *arguments]
    try:
        return subprocess.call(command, cwd=ROOT if testing else None)
    except KeyboardInterrupt:
        return 130


def prepare(extra: str, testing: bool) -> None:
    """단계마다 이름과 걸린 시간을 알리며 환경을 갖춥니다."""
    steps: list[tuple[str, Callable[[], str]]] = [
        ("파이썬 확인", check_python),
        ("가상환경 만들기", make_venv),
        ("라이브러리 설치", lambda: install(extra)),
        ("화면 자원 빌드", build_assets),
        ("브라우저와 한글 글꼴 찾기", find_browser),
    ]
    if testing:
        steps.append(("시험용 PostgreSQL 찾기", find_postgres))
    for number, (title, work) in enumerate(steps, 1):
        print(f"[{number}/{len(steps)}] {title} … ", end="", flush=True)
        started = time.monotonic()
        said = work()
        print(f"{said} ({time.monotonic() - started:.1f}초)", flush=True)


def check_python() -> str:
    """파이썬 3.11 이상인지 봅니다."""
    if sys.version_info < (3, 11):  # noqa: UP036  오래된 파이썬으로 부른 사람에게 알려 줍니다.
        raise CannotStart(
            f"파이썬 3.11 이상이 필요합니다(지금 {sys.version.split()[0]}). "
            "python.org 또는 운영체제의 꾸러미로 새 파이썬을 설치하세요."
        )
    return sys.version.split()[0]


def make_venv() -> str:
    """.venv를 만들고, 있으면 그대로 씁니다."""
    if PYTHON.exists() and quiet([str(PYTHON), "-m", "pip", "--version"]):
        return "있음"
    create = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if quiet(create):
        return "만듦"
    # 데비안은 venv를 다른 꾸러미에 둡니다.
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if apt_install(f"python{version}-venv") and quiet(create):
        return "만듦"
    raise CannotStart(
        "가상환경을 만들지 못했습니다. 데비안·우분투라면 관리자에게 "
        f"'apt-get install python{version}-venv'를 부탁하세요."
    )


def install(extra: str) -> str:
    """constraints.txt에 적은 판으로 설치하고, 바뀐 것이 없으면 건너뜁니다."""
    wanted = _fingerprint()
    have, *extras = STAMP.read_text("utf-8").split() if STAMP.exists() else [""]
    if have == wanted and extra in extras:
        return "바뀐 것 없음"
    target = f"{ROOT}[{extra}]"
    log = VENV / "install.log"
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check"]
    command += ["--constraint", str(ROOT / "constraints.txt"), "--editable", target]
    with log.open("wb") as out:
        done = subprocess.call(command, stdout=out, stderr=subprocess.STDOUT)
    if done:
        tail = "\n".join(log.read_text("utf-8", "replace").splitlines()[-8:])
        raise CannotStart(
            "라이브러리를 설치하지 못했습니다. 파이썬 꾸러미 저장소에 닿는지, 디스크가 남았는지 "
            f"확인하세요. 망이 막혀 있으면 wheel 묶음을 두고 PIP_FIND_LINKS로 가리키면 됩니다.\n"
            f"기록: {log}\n{tail}"
        )
    kept = extras if have == wanted else []
    STAMP.write_text("\n".join([wanted, *kept, extra]), "utf-8")
    return "설치함"


def _fingerprint() -> str:
    parts = [sys.version.encode()]
    parts += [(ROOT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt")]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def build_assets() -> str:
    """화면의 글꼴, 꼴, 스크립트를 묶습니다(바뀐 것이 없으면 건너뜁니다)."""
    done = subprocess.run(
        [str(PYTHON), str(ROOT / "assets" / "build.py")],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise CannotStart(
            "화면 자원을 묶지 못했습니다. npm 저장소에 닿는지 확인하세요.\n"
            + (done.stderr or done.stdout).strip()
        )
    said = done.stdout.strip().splitlines()
    return said[-1] if said else "마침"


def find_browser() -> str:
    """로봇이 쓸 브라우저를 찾고, 데비안 관리자라면 설치합니다."""
    found = installed_browser()
    if found is None and apt_install("chromium"):
        found = installed_browser()
    if found is None and quiet([str(PYTHON), "-m", "playwright", "install", "chromium"]):
        found = "playwright"
    if found is None:
        raise CannotStart(
            "브라우저가 없습니다. 크롬·엣지·크로미움 가운데 하나를 설치하거나, 설치한 곳을 "
            "GONGMU_BROWSER 환경 변수로 알려 주세요."
        )
    if found != "playwright":
        os.environ.setdefault("GONGMU_BROWSER", found)
    return f"{Path(found).name}, {korean_font()}"


def installed_browser() -> str | None:
    """정해 준 것, 설치된 것, Playwright가 내려받은 것 순서로 찾습니다."""
    chosen = os.environ.get("GONGMU_BROWSER")
    if chosen:
        if not Path(chosen).exists():
            raise CannotStart(f"GONGMU_BROWSER가 가리키는 {chosen} 파일이 없습니다.")
        return chosen
    for name in INSTALLED_BROWSERS:
        if path := shutil.which(name):
            return path
    for base in filter(None, map(os.environ.get, ("PROGRAMFILES", "PROGRAMFILES(X86)"))):
        for name in WINDOWS_BROWSERS:
            if (path := Path(base) / name).exists():
                return str(path)
    probe = (
        "import pathlib,sys;from playwright.sync_api import sync_playwright as s\n"
        "with s() as p: sys.exit(not pathlib.Path(p.chromium.executable_path).exists())"
    )
    return "playwright" if quiet([str(PYTHON), "-c", probe]) else None


def korean_font() -> str:
    """한글 글꼴이 있는지 보고, 데비안 관리자라면 설치합니다."""
    if WINDOWS or sys.platform == "darwin":
        return "한글 글꼴 있음"
    if has_korean_font() or (apt_install("fonts-noto-cjk") and has_korean_font()):
        return "한글 글꼴 있음"
    return "한글 글꼴을 찾지 못함(화면은 내장 글꼴로 보입니다)"


def has_korean_font() -> bool:
    """fontconfig가 한글 글꼴을 하나라도 아는지 봅니다."""
    try:
        command = ["fc-list", ":lang=ko", "family"]
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError:
        return False
    return bool(done.stdout.strip())


def find_postgres() -> str:
    """시험에 쓸 PostgreSQL 서버를 찾습니다. 없으면 그 시험은 건너뛴다고 말합니다."""
    if os.environ.get("GONGMU_TEST_POSTGRES"):
        return "GONGMU_TEST_POSTGRES"
    if postgres_tools() is None:
        apt_install("postgresql")
    tools = postgres_tools()
    return str(tools) if tools else "없음: PostgreSQL 시험은 건너뜁니다"


def postgres_tools() -> Path | None:
    """initdb가 있는 폴더를 돌려줍니다."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return folders[-1].parent if folders else None


def apt_install(package: str) -> bool:
    """데비안 계열에서 관리자로 일할 때만 꾸러미를 설치합니다."""
    if WINDOWS or shutil.which("apt-get") is None or os.geteuid() != 0:
        return False
    print(f"{package} 설치 … ", end="", flush=True)
    quiet(["apt-get", "update", "-qq"])
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
    return quiet(command, environment)


def quiet(command: Sequence[str], environment: dict[str, str] | None = None) -> bool:
    """명령을 조용히 실행하고 잘 끝났는지 돌려줍니다."""
    try:
        done = subprocess.run(command, capture_output=True, env=environment, check=False)
    except OSError:
        return False
    return done.returncode == 0


def test_command(arguments: Sequence[str]) -> list[str]:
    """모든 시험을 두 갈래로 나누어 돌립니다."""
    spread = [] if any(argument.startswith("-n") for argument in arguments) else ["-n", "2"]
    return [str(PYTHON), "-m", "pytest", *spread, *arguments]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
