"""The delivery benchmark in small: faults at the gateway, kill -9 of the sender."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import REPOSITORY

pytestmark = pytest.mark.slow


def _chaos(*arguments: str) -> dict[str, Any]:
    script = REPOSITORY / "bench" / "delivery_chaos.py"
    command = [sys.executable, str(script), "--json", "--messages", "600", "--kills", "4"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_nothing_is_lost_or_doubled_under_kill_9(database: str) -> None:
    told = _chaos("--database", database)
    assert told["kills"] == 4
    assert (told["lost"], told["doubled"], told["told_wrong"]) == (0, 0, 0)
    assert (told["in_doubt"], told["unfinished"], told["sent"]) == (0, 0, 600)


def test_without_a_look_up_every_uncertain_one_waits_for_an_officer() -> None:
    told = _chaos("--no-look-up")
    assert (told["lost"], told["doubled"], told["told_wrong"]) == (0, 0, 0)
    assert told["in_doubt"] + told["sent"] == 600
    assert told["handed_over_again"] == 0
