"""Vectors beside words, against the practice model's real embeddings over loopback."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
import sqlalchemy as sa

from gongmu.bots.guard.office import bots_office
from gongmu.bots.passages import DataClass, Found, Reader
from gongmu.bots.search.dense import (
    NO_ANSWER,
    DenseQuestion,
    dense_search,
    embed_corpus,
    gains,
    try_dense,
)
from gongmu.bots.search.index import SearchIndex
from gongmu.bots.search.tables import vector_table
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.settings import Settings
from gongmu.practice.loopback import serving
from gongmu.practice.portals.model import ModelSite
from tests.bots.houses import guard_house
from tests.bots.test_search import passage
from tests.conftest import Ticking

ANYBODY = Reader("hong", "홍길동", "복지정책과", frozenset())
NAMES = [
    first + second
    for first in ("두루미", "솔바람", "가온길", "해오름", "물빛샘")
    for second in ("누리채", "다솜터", "여울목", "한울방", "푸른뜰")
]


@pytest.fixture
def site() -> ModelSite:
    return ModelSite()


@pytest.fixture
def house(
    settings: Settings, engine: sa.Engine, clock: Ticking, site: ModelSite
) -> Iterator[House]:
    with serving(site) as url:
        address = {"address": f"{url}/v1", "name": "practice-letters", "internal": False}
        yield guard_house(settings, engine, clock, {"embeddings": address})


def learn(house: House, names: Sequence[str] = NAMES) -> SearchIndex:
    index = SearchIndex(house.engine)
    index.replace_many(
        "welfare",
        {
            f"d{at}": [passage(at, f"{name} 이용 안내입니다. 이용 신청은 복지정책과에서 받습니다.")]
            for at, name in enumerate(names)
        },
    )
    return index


def wants(at: int) -> DenseQuestion:
    def answers(found: Found) -> bool:
        return found.passage.passage_id == f"p{at}"

    return DenseQuestion("", answers)


def asked(texts: Sequence[str]) -> Sequence[DenseQuestion]:
    return [DenseQuestion(text, wants(at).answers) for at, text in enumerate(texts)]


def test_it_is_switched_on_where_questions_gain(house: House, site: ModelSite) -> None:
    index = learn(house)
    # Names put together otherwise than in the papers: the words differ, the letters do not.
    torn = [f"{name[0]} {name[1:3]}{name[3]} {name[4:]} 이용 신청" for name in NAMES]
    trial = try_dense(house, "welfare", asked(torn), ANYBODY)
    assert trial.after.recall_at_1 > trial.before.recall_at_1
    assert trial.after.mrr_at_10 > trial.before.mrr_at_10
    assert trial.switched_on
    assert trial.embedded == len(NAMES)
    endpoint = bots_office(house).embeddings
    first = [
        dense_search(house, index, endpoint, text, ["welfare"], ANYBODY).found[0] for text in torn
    ]
    right = [one.passage.passage_id == f"p{at}" for at, one in enumerate(first)]
    assert sum(right) / len(right) == trial.after.recall_at_1
    site.faults.down = True
    answer = dense_search(house, index, endpoint, torn[7], ["welfare"], ANYBODY)
    assert answer.note == NO_ANSWER
    assert answer.found == index.search(torn[7], ["welfare"], ANYBODY)


def test_it_stays_off_where_words_do_as_well(house: House, site: ModelSite) -> None:
    index = learn(house)
    plain = [f"{name} 이용 신청은 어디서 하나요?" for name in NAMES]
    trial = try_dense(house, "welfare", asked(plain), ANYBODY)
    assert trial.before.recall_at_1 > 0.9
    assert not trial.switched_on
    seen = len(site.received)
    found = dense_search(
        house, index, bots_office(house).embeddings, plain[0], ["welfare"], ANYBODY
    ).found
    assert found == index.search(plain[0], ["welfare"], ANYBODY)
    assert len(site.received) == seen


def test_only_new_passages_are_embedded_and_class_is_kept(house: House, site: ModelSite) -> None:
    index = learn(house, NAMES[:3])
    endpoint = bots_office(house).embeddings
    assert endpoint is not None
    closed = passage(90, "민감 하나", document_id="s", data_class=DataClass.SENSITIVE)
    secret = passage(
        91, "기밀 하나", document_id="c", departments=("감사실",),
        data_class=DataClass.CONFIDENTIAL,
    )  # fmt: skip
    index.replace_many("welfare", {"s": [closed], "c": [secret]})
    assert embed_corpus(house, "welfare", endpoint) == 3
    assert embed_corpus(house, "welfare", endpoint) == 0
    index.replace("welfare", "d1", [passage(1, "홍길동 900101-1234567 새 글입니다.")])
    assert embed_corpus(house, "welfare", endpoint) == 1
    left = "".join(one.body.decode() for one in site.received)
    assert "민감" not in left
    assert "기밀" not in left
    assert "1234567" not in left
    index.remove("welfare", ["d0", "d1", "d2"])
    with house.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(vector_table)) == 0


def test_chance_is_no_gain() -> None:
    assert not gains([1] * 19, [0] * 19)
    assert gains([1] * 20, [0] * 20)
    assert not gains([1, 0] * 15, [0, 1] * 15)
    assert not gains([1] * 28 + [0, 0], [1] * 28 + [0, 1])


def test_without_an_address_it_says_so(
    settings: Settings, engine: sa.Engine, clock: Ticking
) -> None:
    house = guard_house(settings, engine, clock)
    with pytest.raises(Refused) as refused:
        try_dense(house, "welfare", [], ANYBODY)
    assert refused.value.code == "embeddings_missing"
