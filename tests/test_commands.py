"""The command line speaks Korean: every command's help, every mistake, every line in the docs."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from gongmu.cli import app
from tests.conftest import REPOSITORY, Call

TYPERS_OWN = re.compile(
    r"Usage|Options|Commands|Arguments|Show this|required|default|TEXT|PATH|INTEGER|FLOAT"
    r"|\[OPTIONS\]|COMMAND|Missing|Invalid|No such|Got unexpected|requires an|Try "
)


def _commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, command in getattr(group, "commands", {}).items():
        yield from _commands(command, (*path, name))


COMMANDS = list(_commands(typer.main.get_command(app)))


def test_the_commands_that_people_were_promised_are_there() -> None:
    promised = {"bus run", "bus analyse", "bus score", "practice make", "practice serve", "demo"}
    promised |= {"serve", "check", "secrets set", "people add", "runs list", "runs answer"}
    assert promised <= {" ".join(path) for path in COMMANDS}


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: " ".join(path) or "gongmu")
def test_every_help_is_korean(call: Call, path: tuple[str, ...]) -> None:
    for flag in ("--help", "-h"):
        code, told = call(*path, flag)
        assert code == 0
        assert told.startswith("쓰는 법: gongmu")
        assert "이 도움말을 보입니다." in told
        assert not TYPERS_OWN.search(told), told


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "명령:"),
        ("bus", "명령:"),
        ("없음", "없는 명령입니다"),
        ("bus 없음", "없는 명령입니다"),
        ("bus run", "'--day' 값이 필요합니다"),
        ("bus run --day 2026-13-01", "날짜를 읽을 수 없습니다"),
        ("bus analyse", "값이 필요합니다"),
        ("bus analyse a", "'--out' 값이 필요합니다"),
        ("bus analyse a --out", "'--out' 뒤에 값이 필요합니다"),
        ("bus analyse a b --out c", "더 적은 값이 있습니다: b"),
        ("bus analyse a --out c --nope", "'--nope' 선택값은 없습니다"),
        ("practice make x --days 0", "'--days' 값은 1 이상이어야"),
        ("practice make x --days many", "'--days' 값은 정수여야"),
        ("practice make x --faults 4", "'--faults' 값은 3 이하여야"),
        ("practice make x --scale 0.001", "규모는 0.02에서"),
        ("practice make x --first-day 어제", "날짜를 읽을 수 없습니다"),
        ("people add hong --name 홍길동 --role 왕", "쓸 수 있는 역할: 조회"),
    ],
)
def test_a_command_line_not_understood_is_answered_in_korean(
    call: Call, line: str, said: str
) -> None:
    code, told = call(*shlex.split(line))
    assert code == 2
    assert said in told
    assert not TYPERS_OWN.search(told), told


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("bus analyse . --out {tmp}/out --city 없는도시", "city_unknown"),
        ("bus analyse {tmp}/없음 --out {tmp}/out", "folder_missing"),
        ("bus score {tmp} {tmp}", "score_input_missing"),
        ("practice serve {tmp}", "practice_missing"),
        ("runs answer 없는실행", "run_unknown"),
    ],
)
def test_what_cannot_be_done_is_refused_with_something_to_do(
    call: Call, tmp_path: Path, line: str, code: str
) -> None:
    ended, told = call(*shlex.split(line.format(tmp=tmp_path)))
    assert ended == 2
    assert f"({code})" in told
    assert "할 일:" in told


def test_settings_that_cannot_be_used_are_named(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GONGMU_PORT", "아홉")
    code, told = call("runs", "list")
    assert (code, "GONGMU_PORT" in told) == (2, True)
    monkeypatch.delenv("GONGMU_PORT")
    (tmp_path / "file").touch()
    monkeypatch.setenv("GONGMU_HOME", str(tmp_path / "file" / "home"))
    code, told = call("runs", "list")
    assert (code, "(home_unwritable)" in told) == (2, True)


# ------------------------------------------------------------------ the docs

LINE = re.compile(r"(?:python3 start\.py|(?:python3? -m )?\bgongmu)((?: +[^`\n]+)?)")


def _documents() -> list[Path]:
    return [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]


def _lines(text: str) -> Iterator[str]:
    """Yield the command lines of a document: in code blocks, in backticks, in the first column."""
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))
    for piece in [*(line for block in blocks for line in block.splitlines()), *spans]:
        words = re.sub(r"^(?:\$ +)?(?:[A-Z_]+=(?:<[^>]*>|\S+) +)*", "", piece.strip())
        if found := LINE.fullmatch(words):
            yield found[1].strip()
        elif words.split(" ")[0] in {path[0] for path in COMMANDS if path}:
            yield words


DOCUMENTED = sorted(
    {line for path in _documents() for line in _lines(path.read_text("utf-8")) if line}
)


def test_the_documents_show_commands() -> None:
    assert len(DOCUMENTED) >= 10
    assert any(line.startswith("bus analyse") for line in DOCUMENTED)


@pytest.mark.parametrize("line", [line for line in DOCUMENTED if line != "test"])
def test_a_command_line_in_the_documents_is_understood(line: str) -> None:
    """Parse with the real parser: names, options and values, without running the command."""
    words = shlex.split(line, comments=True)
    command: Any = typer.main.get_command(app)
    while words and hasattr(command, "commands"):
        assert words[0] in command.commands, line
        command = command.commands[words.pop(0)]
    # A command that a sentence only names has nothing behind it to parse.
    if words:
        command.make_context(command.name, words)
