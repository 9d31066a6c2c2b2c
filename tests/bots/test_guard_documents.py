"""Personal data inside HWPX files, read as the desks read them, at the model's socket."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gongmu.bots.guard.mask import MaskMemory
from gongmu.bots.guard.office import Endpoint
from gongmu.bots.guard.outlet import open_sync_outlet
from gongmu.bots.knowledge.blocks import texts
from gongmu.bots.knowledge.reading_room import read_document
from gongmu.bots.passages import DataClass
from gongmu.core.documents.hwpx_writer import hwpx_bytes
from gongmu.core.documents.paper import Heading, Paper, Paragraph, Table
from gongmu.core.settings import Settings
from gongmu.practice.loopback import serving
from gongmu.practice.portals.model import ModelSite
from tests.bots.houses import guard_house
from tests.conftest import Ticking

ROWS = [
    ["성명", "주민등록번호", "연락처", "계좌", "차량"],
    ["홍길동", "850101-1234567", "010-1234-5678", "302-1234-5678-91", "12가3456"],
    [
        "김영희",
        "９２０３０４　２７６５４３２",
        "010 8765 4321",
        "３３３３０１２３４５６７８",
        "123허 4567",
    ],
]
SPLIT = [
    ["이름", "앞자리", "주소", "뒷자리"],
    ["박민수", "770707", "가나동", "1112223"],
]
SECRETS = ("1234567", "2765432", "1112223", "56789", "87654321", "가3456", "홍길동", "박민수")


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'home' / 'gongmu.sqlite'}"


def test_a_hwpx_file_leaves_without_its_people(
    settings: Settings, engine: sa.Engine, clock: Ticking
) -> None:
    paper = Paper(
        "수급자 현황",
        "복지과",
        [
            Heading("수급자 현황"),
            Paragraph("문의: 복지과 031-000-3000, 인구 456,789명 가운데 2명"),
            Table(ROWS, [1, 2, 2, 2, 1], header_rows=1),
            Table(SPLIT, [1, 1, 1, 1], header_rows=1),
            Paragraph("뒤의 사람은 팔팔공일공일 다시 일이삼사오육칠을 쓴다."),
        ],
    )
    read = read_document(hwpx_bytes(paper), "현황.hwpx")
    site = ModelSite()
    tables = ["\n".join("| " + " | ".join(row) + " |" for row in block.rows)
              for block in read.blocks if hasattr(block, "rows")]  # fmt: skip
    body: dict[str, Any] = {
        "model": "practice-honest",
        "messages": [
            {"role": "user", "content": "\n".join(texts(read.blocks))},
            {"role": "user", "content": "\n\n".join(tables)},
            {"role": "user", "content": json.dumps({"rows": SPLIT}, ensure_ascii=False)},
        ],
    }
    with serving(site) as url:
        house = guard_house(settings, engine, clock)
        endpoint = Endpoint(code="t", address=f"{url}/v1")
        with open_sync_outlet(
            house, endpoint, memory=MaskMemory(), highest_class=DataClass.OPEN
        ) as client:
            client.post(f"{url}/v1/chat/completions", json=body)
    left = site.received[-1].body.decode()
    assert "수급자 현황" in left
    assert "031-000-3000" in left
    assert "456,789" in left
    for secret in SECRETS:
        assert secret not in left.replace("-", "").replace(" ", "")
