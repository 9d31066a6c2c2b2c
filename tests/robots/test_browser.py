"""Finding and starting the browser; errors that say what to install."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gongmu.core.errors import Refused, Transient
from gongmu.core.settings import Settings
from gongmu.robots import browser as door
from gongmu.robots.browser import browser_door, find_browser, open_browser


def program(folder: Path, name: str) -> Path:
    """Make a file that the search takes for a browser; started, it ends at once."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A computer without any browser: an empty PATH and empty program folders."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(door, "_WINDOWS_FOLDERS", (tmp_path / "Program Files",))
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "person")
    return tmp_path


def test_the_chosen_browser_comes_first(bare: Path) -> None:
    program(bare, "chromium")
    chosen = program(bare, "own/thorium")
    assert find_browser(chosen) == chosen


def test_a_chosen_browser_that_is_absent_is_refused(bare: Path) -> None:
    with pytest.raises(Refused, match="GONGMU_BROWSER에 적힌 브라우저가 없습니다"):
        find_browser(bare / "nowhere")


@pytest.mark.skipif(os.name == "nt", reason="commands on the PATH end in .exe there")
def test_chromium_comes_before_edge(bare: Path) -> None:
    edge = program(bare, "microsoft-edge")
    assert find_browser() == edge
    assert find_browser() != program(bare, "chromium")
    assert find_browser() == bare / "chromium"


@pytest.mark.parametrize(
    "place",
    [
        "Program Files/Microsoft/Edge/Application/msedge.exe",
        "person/AppData/Local/Google/Chrome/Application/chrome.exe",
    ],
)
def test_windows_programs_are_found_in_their_folders(bare: Path, place: str) -> None:
    assert find_browser() is None
    assert find_browser() != program(bare, place)
    assert find_browser() == bare / place


def test_without_any_browser_it_is_said_what_to_install(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(bare / "none"))
    with pytest.raises(Refused) as refused, open_browser():
        pass
    assert refused.value.code == "browser_absent"
    assert "Edge" in refused.value.todo


@pytest.mark.skipif(os.name == "nt", reason="needs a shell script as a program")
def test_a_browser_that_does_not_start_is_tried_again(tmp_path: Path) -> None:
    broken = program(tmp_path, "chromium")
    with pytest.raises(Transient) as failed, open_browser(broken):
        pass
    assert failed.value.code == "browser_failed"
    assert str(broken) in failed.value.message


def test_the_debug_log_that_prints_passwords_is_silenced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEBUG", "pw:api")
    settings = Settings(home=tmp_path, browser=program(tmp_path, "chromium"))
    with pytest.raises(Transient), browser_door(settings)():
        pass
    assert "DEBUG" not in os.environ
