"""The one way out, measured at the socket of the practice model."""

from __future__ import annotations

import ast
import asyncio
import base64
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import gongmu.bots
from gongmu.bots.answer import MaskedItem
from gongmu.bots.guard.mask import MaskMemory
from gongmu.bots.guard.office import Endpoint
from gongmu.bots.guard.outlet import open_outlet, open_sync_outlet, refusal_of
from gongmu.bots.passages import DataClass
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.practice.loopback import serving
from gongmu.practice.portals.model import ModelSite
from tests.bots.houses import guard_house
from tests.conftest import Ticking

RESIDENT = "850101-1234567"


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'home' / 'gongmu.sqlite'}"


@pytest.fixture
def house(settings: Any, engine: Any, clock: Ticking) -> House:
    return guard_house(settings, engine, clock)


@pytest.fixture
def site() -> ModelSite:
    made = ModelSite()
    made.faults.first_seconds = 0.0
    return made


@pytest.fixture
def url(site: ModelSite) -> Iterator[str]:
    with serving(site) as address:
        yield address


def endpoint(url: str, **more: Any) -> Endpoint:
    return Endpoint(**{"code": "t", "address": f"{url}/v1", "name": "practice-honest"} | more)


def send(house: House, url: str, body: Any, memory: MaskMemory | None = None, **more: Any) -> int:
    with open_sync_outlet(
        house,
        endpoint(url, **more),
        memory=memory or MaskMemory(),
        highest_class=DataClass.OPEN,
    ) as client:
        return client.post(f"{url}/v1/chat/completions", json=body).status_code


def chat(*messages: dict[str, Any]) -> dict[str, Any]:
    return {"model": "practice-honest", "messages": list(messages)}


def test_nothing_personal_reaches_the_socket(house: House, url: str, site: ModelSite) -> None:
    memory = MaskMemory()
    told: list[Sequence[MaskedItem]] = []
    arguments = json.dumps({"rrn": 8501011234567, "rows": [["850101", "1234567"]], RESIDENT: 1})
    body = chat(
        {"role": "user", "content": f"민원인 홍길동({RESIDENT}) 010-1234-5678"},
        {"role": "assistant", "tool_calls": [
            {"id": "c", "type": "function", "function": {"name": "f", "arguments": arguments}}]},
        {"role": "tool", "tool_call_id": "c", "content": "8５0１0１ㅡ1234567"},
    )  # fmt: skip
    with open_sync_outlet(
        house, endpoint(url), memory=memory, highest_class=DataClass.OPEN, note=told.append
    ) as client:
        assert client.post(f"{url}/v1/chat/completions", json=body).status_code == 200
    left = site.received[-1].body.decode()
    assert "1234567" not in left
    assert "홍길동" not in left
    assert "5678" not in left
    assert left.count("[주민번호1]") >= 5
    assert {item.kind for item in told[0]} == {"주민번호", "이름", "전화"}


def test_openai_client_goes_through_and_sees_refusals(
    house: House, url: str, site: ModelSite
) -> None:
    openai = pytest.importorskip("openai")

    async def talk(content: Any) -> None:
        outlet = open_outlet(
            house, endpoint(url), memory=MaskMemory(), highest_class=DataClass.OPEN
        )
        async with outlet:
            client = openai.AsyncOpenAI(
                base_url=f"{url}/v1", api_key="none", http_client=outlet, max_retries=0
            )
            await client.chat.completions.create(
                model="practice-honest", messages=[{"role": "user", "content": content}]
            )

    asyncio.run(talk(f"번호 {RESIDENT}"))
    assert "1234567" not in site.received[-1].body.decode()
    seen = len(site.received)
    image = [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]
    with pytest.raises(Exception) as problem:  # noqa: PT011  the library wraps it in its own type
        asyncio.run(talk(image))
    refusal = refusal_of(problem.value)
    assert refusal is not None
    assert refusal.code == "outlet_file"
    assert len(site.received) == seen


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"\xff\xfe not json", "application/json", "outlet_unreadable"),
        (b"plain words", "text/plain", "outlet_unreadable"),
        (b'{"input":' + json.dumps(list(range(40))).encode() + b"}", "application/json",
         "outlet_unreadable"),
        (b"[" * 200 + b"]" * 200, "application/json", "outlet_unreadable"),
        (json.dumps({"a": "data:application/pdf;base64,JVBERi0="}).encode(), "application/json",
         "outlet_file"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_not_sent(
    house: House, url: str, site: ModelSite, content: bytes, kind: str, code: str
) -> None:
    with (
        open_sync_outlet(
            house, endpoint(url), memory=MaskMemory(), highest_class=DataClass.OPEN
        ) as client,
        pytest.raises(Refused) as problem,
    ):
        client.post(f"{url}/v1/chat/completions", content=content, headers={"content-type": kind})
    assert problem.value.code == code
    assert not site.received


def test_a_broken_guard_sends_nothing(
    house: House, url: str, site: ModelSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_parts: object) -> None:
        raise ValueError(RESIDENT)

    monkeypatch.setattr("gongmu.bots.guard.mask.find_personal", fail)
    with pytest.raises(Refused) as problem:
        send(house, url, chat({"role": "user", "content": RESIDENT}))
    assert problem.value.code == "outlet_guard"
    assert "1234567" not in f"{problem.value!r}{problem.value.__cause__!r}"
    assert not site.received


def test_classes_and_places(house: House, url: str, site: ModelSite) -> None:
    for highest, internal, code in (
        (DataClass.SENSITIVE, False, "class_internal_only"),
        (DataClass.CONFIDENTIAL, True, "class_confidential"),
    ):
        with pytest.raises(Refused) as problem:
            open_sync_outlet(
                house, endpoint(url, internal=internal), memory=MaskMemory(), highest_class=highest
            )
        assert problem.value.code == code
    client = open_sync_outlet(
        house, endpoint(url, internal=True), memory=MaskMemory(), highest_class=DataClass.SENSITIVE
    )
    for wrong in ("http://127.0.0.1:9/v1/chat/completions", f"{url}/practice/received",
                  f"{url}/v1/%2e%2e/practice/received"):  # fmt: skip
        with pytest.raises(Refused):
            client.post(wrong, json={})
    with pytest.raises(Refused):
        client.get(f"{url}/v1/models?q={RESIDENT}")
    assert not site.received


def test_headers_of_the_caller_stay_here_and_the_key_comes_from_the_vault(
    house: House, url: str, site: ModelSite
) -> None:
    house.vault.put_secret("model.key", "sk-secret", "test")
    with open_sync_outlet(
        house, endpoint(url, secret="model.key"), memory=MaskMemory(), highest_class=DataClass.OPEN
    ) as client:
        client.post(
            f"{url}/v1/chat/completions",
            json=chat({"role": "user", "content": "안녕"}),
            headers={"x-note": RESIDENT, "authorization": "Bearer other"},
        )
    headers = {name.lower(): value for name, value in site.received[-1].headers.items()}
    assert headers["authorization"] == "Bearer sk-secret"
    assert RESIDENT not in str(headers)


def test_sound_goes_only_inside_and_without_its_name(
    house: House, url: str, site: ModelSite
) -> None:
    sound = b"RIFF\x00\x00\x00\x00WAVE" + b"\x00" * 40
    parts = {"file": ("홍길동_850101.wav", sound, "audio/wav")}
    for internal in (False, True):
        client = open_sync_outlet(
            house,
            endpoint(url, internal=internal),
            memory=MaskMemory(),
            highest_class=DataClass.OPEN,
        )
        ask = {"model": "practice-speech", "prompt": f"번호 {RESIDENT}"}
        if not internal:
            with pytest.raises(Refused) as problem:
                client.post(f"{url}/v1/audio/transcriptions", data=ask, files=parts)
            assert problem.value.code == "outlet_file"
            assert not site.received
        else:
            assert client.post(f"{url}/v1/audio/transcriptions", data=ask, files=parts).is_success
    left = site.received[-1].body
    assert sound in left
    assert "홍길동".encode() not in left
    assert b"1234567" not in left


def test_base64_and_split_messages(house: House, url: str, site: ModelSite) -> None:
    hidden = base64.b64encode(f"번호 {RESIDENT}".encode()).decode()
    send(house, url, chat({"role": "user", "content": f"이것을 풀어 줘: {hidden}"},
                          {"role": "user", "content": "앞은 850101"},
                          {"role": "user", "content": "1234567 뒤"}))  # fmt: skip
    left = site.received[-1].body.decode()
    assert hidden not in left
    assert "1234567" not in left


MODULES = {"httpx", "httpx2", "requests", "urllib3", "socket", "aiohttp", "http", "urllib"}
MAKERS = {"AsyncClient", "Client", "urlopen", "create_connection", "AsyncHTTPTransport"}
MAKERS |= {"HTTPTransport", "HTTPConnection", "HTTPSConnection", "ClientSession", "socket", "post"}
MAY = {"guard/outlet.py", "statutes/client.py"}


def test_no_other_module_opens_a_way_out() -> None:
    """Time-outs and types of errors are named elsewhere; clients are made in two places only."""
    root = Path(gongmu.bots.__file__).parent
    found = []
    for path in root.rglob("*.py"):
        name = path.relative_to(root).as_posix()
        tree = ast.parse(path.read_text("utf-8"))
        found += [(name, made) for made in _made(tree) if name not in MAY]
    assert found == []
    assert _made(ast.parse((root / "guard/outlet.py").read_text("utf-8")))


def _made(tree: ast.AST) -> list[str]:
    """Return what a module calls or imports that opens a connection."""
    made = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in MODULES:
            made += [one.name for one in node.names if one.name in MAKERS]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            base = node.func.value
            root = ast.unparse(base).split(".")[0]
            if root in MODULES and node.func.attr in MAKERS:
                made.append(ast.unparse(node.func))
    return made
