"""The screen assets: exact versions, no download addresses, built only when something changed."""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

ASSETS = REPOSITORY / "assets"
BUILT = REPOSITORY / "src" / "gongmu" / "portal" / "static" / "built"


def test_versions_are_exact_and_no_address_is_kept() -> None:
    package = json.loads((ASSETS / "package.json").read_text("utf-8"))
    versions = [*package["dependencies"].values(), *package["devDependencies"].values()]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)
    lock = (ASSETS / "package-lock.json").read_text("utf-8")
    assert "resolved" not in lock
    assert "http" not in lock
    kept = json.loads(lock)["packages"]
    assert all("integrity" in entry for name, entry in kept.items() if name)
    for platform in ("linux-x64", "win32-x64", "darwin-arm64"):
        assert kept[f"node_modules/@esbuild/{platform}"]["optional"]


def test_everything_a_page_needs_is_built_with_its_licences() -> None:
    names = {path.name for path in BUILT.iterdir()}
    assert {"portal.js", "portal.css", "print.css", "fonts.css"} <= names
    assert {"htmx.org.LICENSE.txt", "pretendard-gov.LICENSE.txt"} <= names
    asked = re.findall(r"url\(\"?([^\")]+)\"?\)", (BUILT / "fonts.css").read_text("utf-8"))
    assert len(asked) > 50
    assert all((BUILT / name).is_file() for name in asked)
    for sheet in BUILT.glob("*.css"):
        assert "http" not in sheet.read_text("utf-8"), sheet.name


def test_nothing_is_done_while_the_inputs_are_unchanged() -> None:
    build = runpy.run_path(str(ASSETS / "build.py"))
    before = (BUILT / "portal.js").stat().st_mtime_ns
    assert build["build"]() is False
    assert (BUILT / "portal.js").stat().st_mtime_ns == before


@pytest.mark.slow
def test_an_unreachable_npm_is_said_in_korean(tmp_path: Path) -> None:
    skip = shutil.ignore_patterns("node_modules")
    shutil.copytree(ASSETS, tmp_path / "assets", ignore=skip)
    nowhere = {
        "npm_config_registry": "http://127.0.0.1:9/",
        "npm_config_cache": str(tmp_path / "cache"),
        "npm_config_fetch_retries": "0",
    }
    run = subprocess.run(
        [sys.executable, str(tmp_path / "assets" / "build.py")],
        env=os.environ | nowhere | {"PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert run.returncode == 1
    assert "npm에서 화면 자산을 내려받지 못했습니다" in run.stderr
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "src").exists()
