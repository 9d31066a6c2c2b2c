"""Personal data at the socket: hard cases sent through the real outlet to the practice model.

    python bench/masking.py --json [--cases 600] [--seed 7] [--innocent 600]

Every case goes as an OpenAI client's chat request over loopback; what counts is the body that the
server received. A case has leaked when its digits (or its plate) can still be read there by a
reader of its own that knows full-width, circled, Hanja and Hangul digits, escapes and base64.
Ends with 1 when a figure is missed: under 99 % of a kind masked, one resident number left, 2 % or
more of the innocent texts touched, or 60 ms and more of processor time for 8,000 characters.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import html
import json
import re
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

from masking_cases import Case, hard_cases, innocent_texts, worked_cases, worked_innocents

from gongmu.bots.guard.mask import MaskMemory
from gongmu.bots.guard.office import Endpoint, load_bots_office
from gongmu.bots.guard.outlet import open_sync_outlet
from gongmu.bots.guard.personal import find_personal
from gongmu.bots.passages import DataClass
from gongmu.core.audit import Audit
from gongmu.core.city import load_city
from gongmu.core.clock import system_clock
from gongmu.core.database import open_database, upgrade
from gongmu.core.files import FileStore
from gongmu.core.house import House
from gongmu.core.runs import Runs
from gongmu.core.settings import Settings
from gongmu.core.vault import Vault
from gongmu.practice.loopback import serving
from gongmu.practice.portals.model import ModelSite

_DIGITS = {
    **dict(zip("〇零一二三四五六七八九", "00123456789", strict=True)),
    **dict(zip("壹貳參肆伍陸柒捌玖", "123456789", strict=True)),
}
_SPOKEN = dict(zip("공영일이삼사오육칠팔구", "00123456789", strict=True))


def bare_house(home: Path) -> House:
    """Return a house that needs no workflows."""
    settings = Settings(home=home, database_url=f"sqlite:///{home / 'bench.sqlite'}")
    engine = open_database(settings.url)
    upgrade(engine)
    vault = Vault.open(settings, engine)
    return House(
        settings=settings,
        city=load_city("practice"),
        clock=system_clock,
        engine=engine,
        vault=vault,
        files=FileStore(home / "files", engine, vault, system_clock),
        audit=Audit(engine),
        runs=Runs(engine, system_clock),
        desk=cast(Any, None),
    )


def request_of(case: Case) -> dict[str, Any]:
    """Return the case as a chat request: as a message, or as the arguments of a tool call."""
    if case.as_argument is None:
        said: dict[str, Any] = {"role": "user", "content": case.text}
    else:
        told = json.dumps(case.as_argument, ensure_ascii=False)
        call = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": told}}
        said = {"role": "assistant", "content": None, "tool_calls": [call]}
    return {"model": "practice-honest", "messages": [said]}


def readable(body: bytes) -> Iterator[str]:
    """Yield every way in which numbers in the received body may still be read."""
    text = body.decode("utf-8", "replace")
    text = re.sub(r"\[[가-힣]{2,5}\d{1,4}\]", "■", text)
    for _ in range(3):
        text = unquote(html.unescape(text))
        text = re.sub(r"\\+u([0-9a-fA-F]{4})", lambda one: chr(int(one[1], 16)), text)
    plain = []
    for letter in unicodedata.normalize("NFKC", text):
        value = unicodedata.digit(letter, None)
        plain.append(_DIGITS.get(letter, str(value) if value is not None else letter))
    folded = "".join(plain)
    yield re.sub(r"[\s\u200b]", "", folded)
    yield re.sub(r"[^0-9■]", "", re.sub(r"<[^>]*>", "", folded))
    yield re.sub(r"[^0-9가-힣■]", "", folded)
    yield re.sub(r"[^0-9■]", "", folded)
    yield re.sub(r"[^0-9■]", "", "".join(_SPOKEN.get(one, one) for one in folded))
    for word in re.findall(r"[A-Za-z0-9+/]{16,}={0,2}", text):
        try:
            yield re.sub(r"\D", "", base64.b64decode(word + "==").decode("utf-8", "ignore"))
        except (binascii.Error, ValueError):
            continue


def leaked(case: Case, body: bytes) -> bool:
    """Return whether a secret of the case can be read in what was received."""
    return any(secret in way for way in readable(body) for secret in case.secrets)


def sent(
    url: str, house: House, site: ModelSite, requests: Sequence[dict[str, Any]]
) -> list[bytes]:
    """Send each request through an outlet of its own conversation; return what was received."""
    endpoint = Endpoint(code="practice", address=f"{url}/v1", name="practice-honest")
    public = load_bots_office(house.city, house.settings).public_phones
    bodies = []
    for request in requests:
        memory = MaskMemory(public)
        site.received.clear()
        with open_sync_outlet(
            house, endpoint, memory=memory, highest_class=DataClass.OPEN
        ) as client:
            client.post(f"{url}/v1/chat/completions", json=request).raise_for_status()
        bodies.append(site.received[-1].body)
    return bodies


def speed_ms() -> float:
    """Return processor milliseconds for 8,000 characters never seen before, the best of nine."""
    line = (
        "민원인 홍길동 씨(010-1{n:03d}-5678)는 10-1번 노선을 {n}명이 이용했다고 적었다. "
        "차량 12가 3{n:03d}. "
        "제12조제3항에 따라 2025. 5. 19.까지 1,234,{n:03d}원을 지급한다.\n"
    )
    times = []
    for turn in range(9):
        text = "".join(line.format(n=100 + (turn * 97 + n) % 900) for n in range(100))[:8000]
        begun = time.process_time()
        find_personal(text)
        times.append((time.process_time() - begun) * 1000)
    return min(times)


def figures(seed: int, count: int, innocent: int) -> dict[str, Any]:
    """Return what was measured, the failures included."""
    cases = [*hard_cases(seed, count), *worked_cases()]
    texts = [*innocent_texts(seed, innocent), *worked_innocents()]
    site = ModelSite()
    site.faults.first_seconds = 0.0
    with tempfile.TemporaryDirectory() as name, serving(site) as url:
        house = bare_house(Path(name))
        bodies = sent(url, house, site, [request_of(case) for case in cases])
        plain = [{"model": "practice-honest", "messages": [{"role": "user", "content": text}]}
                 for text in texts]  # fmt: skip
        untouched = sent(url, house, site, plain)
        house.engine.dispose()
    every, lost = Counter(case.kind for case in cases), []
    for case, body in zip(cases, bodies, strict=True):
        if leaked(case, body) or json.loads(body) == request_of(case):
            lost.append(case)
    missed = Counter(case.kind for case in lost)
    touched = [
        text
        for text, body in zip(texts, untouched, strict=True)
        if json.loads(body)["messages"][0]["content"] != text
    ]
    return {
        "seed": seed,
        "cases": len(cases),
        "writings": len({case.writing for case in cases}),
        "masked_share": {kind: round(1 - missed[kind] / every[kind], 4) for kind in sorted(every)},
        "resident_left": missed["resident"],
        "innocent": len(texts),
        "innocent_touched_share": round(len(touched) / len(texts), 4),
        "ms_per_8k": round(speed_ms(), 1),
        "lost": [{"kind": case.kind, "writing": case.writing, "text": case.text} for case in lost],
        "touched": touched[:20],
    }


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--cases", type=int, default=600)
    options.add_argument("--innocent", type=int, default=600)
    options.add_argument("--seed", type=int, default=7)
    asked = options.parse_args()
    found = figures(asked.seed, asked.cases, asked.innocent)
    good = (
        min(found["masked_share"].values()) >= 0.99
        and found["resident_left"] == 0
        and found["innocent_touched_share"] < 0.02
        and found["ms_per_8k"] < 60
    )
    if asked.json:
        print(json.dumps(found | {"passed": good}, ensure_ascii=False))
    else:
        for name, value in found.items():
            print(f"{name}: {value}")
        print("PASS" if good else "FAIL")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
