"""Exactly once under fire: faults at the gateway, kill -9 of the sender, receipts late and doubled.

    python bench/delivery_chaos.py --json [--database sqlite|postgresql] [--workers N]
        [--look-up/--no-look-up] [--messages 10000] [--kills 10] [--seed 7]

The gateway is its own process; it takes whatever is posted, twice if posted twice, and its own
record decides what was doubled. 2 % of the requests are never answered in time (half of those
texts are taken, after the sender has given up), 1 % end with 5xx (half taken), receipts come
late and twice. Ends with 1 when anything was lost, doubled or told wrong.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import httpx
from delivery_ground import (
    CAMPAIGN,
    gateway_process,
    house_at,
    postgres,
    shift_now,
    texts,
    with_gateway,
)

from gongmu.core.errors import GongmuError
from gongmu.core.house import House
from gongmu.messages.delivery import Delivery, Status
from gongmu.practice.portals.gateway import GATEWAY_KEY, JOURNAL

FAULTS = {
    "timeout_share": 0.02,
    "error_share": 0.01,
    "repeat_share": 0.05,
    "late_share": 0.05,
    "receipt_seconds": 0.3,
    "answer_seconds": 0.002,
    "take_after_seconds": 1.5,
    "hang_seconds": 3.0,
}
TIMEOUT_SECONDS = 1.0
LEASE_SECONDS = 8.0
"""Here a claim is given up soon, so that the benchmark ends; in the house it is 300 seconds."""
QUIET_SECONDS = 12.0
"""Without a look-up: nothing has changed for so long, so only an officer can settle the rest."""


def delivery_of(house: House) -> Delivery:
    quick = with_gateway(house, timeout_seconds=TIMEOUT_SECONDS, batch_size=1, per_second=5_000)
    return Delivery(quick, lease_seconds=LEASE_SECONDS)


def send(home: Path, url: str, gateway: str, shift: float) -> None:
    """Be a sender until killed."""
    with house_at(home, url, gateway, shift) as house:
        delivery = delivery_of(house)
        print("ready", flush=True)
        while True:
            for act in (
                delivery.settle_doubt,
                lambda: delivery.send_due(CAMPAIGN, 1_000),
                delivery.take_receipts,
            ):
                try:
                    act()
                except GongmuError as problem:
                    print(problem.code, flush=True)
            time.sleep(0.3)


class Senders:
    """Sender processes, and the one that kills them."""

    def __init__(self, given: argparse.Namespace, *arguments: str) -> None:
        self._command = [sys.executable, __file__, "--sender", *arguments]
        self._chance = random.Random(given.seed)  # noqa: S311  a repeatable experiment
        low, high = given.messages // 50, given.messages * 95 // 100
        self.kill_at = sorted(self._chance.randrange(low, high) for _ in range(given.kills))
        self.killed = 0
        self._running = [self._start() for _ in range(given.workers)]

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, stdout=subprocess.DEVNULL)

    def kill_one(self) -> None:
        victim = self._chance.randrange(len(self._running))
        self._running[victim].kill()
        self._running[victim].wait()
        self.killed += 1
        self._running[victim] = self._start()

    def kill_all(self) -> None:
        for process in self._running:
            process.kill()
            process.wait()


def play(given: argparse.Namespace, stack: ExitStack) -> dict[str, object]:
    home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    url = stack.enter_context(postgres()) if given.database == "postgresql" else ""
    faults = {**FAULTS, "look_up": given.look_up}
    gateway = stack.enter_context(gateway_process(faults, given.seed))
    shift = shift_now()
    house = stack.enter_context(house_at(home, url, gateway, shift))
    house.vault.put_secret("gateway.key", GATEWAY_KEY, by="bench")
    delivery = delivery_of(house)
    delivery.accept(texts(given.messages))
    started = time.monotonic()
    senders = Senders(given, str(home), url, gateway, repr(shift))
    stack.callback(senders.kill_all)
    changed, last = time.monotonic(), Counter[Status]()
    while True:
        counts = Counter(delivery.progress(CAMPAIGN).counts)
        gone = given.messages - counts[Status.QUEUED]
        while senders.killed < given.kills and gone >= senders.kill_at[senders.killed]:
            senders.kill_one()
        if counts != last:
            changed, last = time.monotonic(), counts
        open_count = counts[Status.QUEUED] + counts[Status.SENDING] + counts[Status.SENT]
        quiet = time.monotonic() - changed > QUIET_SECONDS
        if not open_count and (not counts[Status.IN_DOUBT] or (quiet and not given.look_up)):
            break
        if time.monotonic() - started > given.patience:
            break
        time.sleep(0.1)
    seconds = time.monotonic() - started
    senders.kill_all()
    taken = httpx.get(gateway + JOURNAL).json()["taken"]
    return {**judged(delivery, taken, given.messages), "kills": senders.killed,
            "seconds": round(seconds, 1)}  # fmt: skip


def judged(delivery: Delivery, taken: dict[str, int], messages: int) -> dict[str, object]:
    """Compare the ledger with what the gateway itself says it took."""
    entries = delivery.entries(CAMPAIGN, limit=messages)
    counts = Counter(entry.status for entry in entries)
    doubtful = {entry.key for entry in entries if entry.status is Status.IN_DOUBT}
    settled = (Status.SENT, Status.DELIVERED, Status.FAILED)
    told = {entry.key for entry in entries if entry.status in settled}
    return {
        "messages": len(entries),
        "sent": len(told),
        "delivered": counts[Status.DELIVERED],
        "failed": counts[Status.FAILED],
        "in_doubt": len(doubtful),
        "in_doubt_taken": len(doubtful & taken.keys()),
        "unfinished": counts[Status.QUEUED] + counts[Status.SENDING],
        "lost": sum(
            entry.key not in taken and entry.status is not Status.IN_DOUBT for entry in entries
        ),
        "doubled": sum(count - 1 for count in taken.values()),
        "told_wrong": len(taken.keys() - told - doubtful),
        "handed_over_again": sum(entry.hand_overs > 1 for entry in entries),
    }


def main() -> None:
    if sys.argv[1:2] == ["--sender"]:
        home, url, gateway, shift = sys.argv[2:]
        send(Path(home), url, gateway, float(shift))
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--look-up", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--workers", type=int, default=0, help="1, PostgreSQL에서는 3")
    parser.add_argument("--patience", type=float, default=540.0, help="seconds")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    given.workers = given.workers or (3 if given.database == "postgresql" else 1)
    with ExitStack() as stack:
        result = play(given, stack)
    settings = {name: getattr(given, name) for name in ("database", "look_up", "seed", "workers")}
    clean = not (result["lost"] or result["doubled"] or result["told_wrong"] or
                 result["unfinished"] or (given.look_up and result["in_doubt"]))  # fmt: skip
    if given.json:
        print(json.dumps({**result, "clean": clean, "settings": settings | FAULTS}, indent=1))
    else:
        for name, value in result.items():
            print(f"{name:<18} {value}")
        print("PASS" if clean else "FAIL")
    sys.exit(0 if clean else 1)


if __name__ == "__main__":
    main()
