"""A robot in a process of its own, so that a test can kill it: `worker.py ACT HOME ADDRESS`."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from gongmu.core.clock import system_clock
from gongmu.core.database import open_database
from gongmu.core.files import FileStore
from gongmu.core.settings import Settings
from gongmu.core.vault import Vault
from gongmu.robots.browser import browser_door
from gongmu.robots.card import ROBOT
from gongmu.robots.robot import Hands, Session
from tests.robots.conftest import DAY


def main(act: str, home: Path, address: str) -> None:
    """Sign in and wait for ever, or go on from the kept session and print the names brought."""
    settings = Settings(home=home)
    engine = open_database(settings.url)
    vault = Vault.open(settings, engine)
    files = FileStore(home / "files", engine, vault)
    door = browser_door(settings)
    hands = Hands(door, vault, files, address, system_clock, "run_worker", lambda _note: None)
    kept = home / "session.json"
    if act == "wait":
        session = ROBOT.sign_in(hands)
        kept.write_text(json.dumps(asdict(session)), encoding="utf-8")
        print(session.waiting_for, flush=True)
        while True:
            ROBOT.confirm(hands, session)
            time.sleep(0.1)
    session = ROBOT.confirm(hands, Session(**json.loads(kept.read_text(encoding="utf-8"))))
    collected = ROBOT.collect(hands, session, DAY)
    print(json.dumps([file.name for file in collected.files]), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
