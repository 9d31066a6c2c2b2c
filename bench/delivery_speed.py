"""Texts a second with the full ledger on SQLite, against bare POSTs to the same gateway.

    python bench/delivery_speed.py [--messages 4000] [--batch 1] [--database sqlite|postgresql]

The gateway is its own process and answers in 2 ms; `--batch 1` sends one text per request.
Prints texts a second of both, and PASS when the ledger's way reaches 400.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from delivery_ground import gateway_process, house_at, postgres, shift_now, texts, with_gateway

from gongmu.messages.delivery import Delivery, Status
from gongmu.messages.provider import Kind, Line, Parcel
from gongmu.messages.providers.practice import PROVIDER
from gongmu.practice.portals.gateway import GATEWAY_KEY

WANTED = 400


def timed(act: Callable[[], object], count: int) -> float:
    started = time.perf_counter()
    act()
    return count / (time.perf_counter() - started)


def bare(address: str, count: int, lanes: int, batch: int) -> None:
    """Post the same parcels from as many threads, writing nothing down."""
    parcels = [
        Parcel(f"bare-{n}", "01000001234", "0310002000", Kind.SMS, "", "연습 문자입니다.")
        for n in range(count)
    ]

    def lane(own: list[Parcel]) -> None:
        line = PROVIDER.open(Line(address, lambda _name: GATEWAY_KEY))
        for at in range(0, len(own), batch):
            line.send(own[at : at + batch])
        line.close()

    with ThreadPoolExecutor(lanes) as threads:
        list(threads.map(lane, [parcels[n::lanes] for n in range(lanes)]))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=4_000)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    given = parser.parse_args()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(postgres()) if given.database == "postgresql" else ""
        address = stack.enter_context(gateway_process({"answer_seconds": 0.002}))
        opened = stack.enter_context(house_at(home, url, address, shift_now()))
        house = with_gateway(opened, batch_size=given.batch, per_second=100_000)
        house.vault.put_secret("gateway.key", GATEWAY_KEY, by="bench")
        delivery = Delivery(house)
        lanes = delivery.office.gateway.lanes
        accepted = timed(lambda: delivery.accept(texts(given.messages)), given.messages)
        ledger = timed(lambda: delivery.send_due(), given.messages)
        progress = delivery.progress()
        assert progress.count(Status.SENT) == given.messages, progress.counts
        plain = timed(lambda: bare(address, given.messages, lanes, given.batch), given.messages)
    print(f"받아 적기      {accepted:8,.0f} 통/초")
    print(f"장부와 함께    {ledger:8,.0f} 통/초 (요청당 {given.batch}통, 연결 {lanes}개)")
    print(f"장부 없이      {plain:8,.0f} 통/초 → 장부가 쓰는 몫 {1 - ledger / plain:.0%}")
    print(f"{'PASS' if ledger >= WANTED else 'FAIL'} 기준 {WANTED} 통/초")


if __name__ == "__main__":
    main()
