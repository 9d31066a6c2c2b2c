"""The nightly work that forgets: what is past its days goes, with proof; the rest stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gongmu.app import open_house
from gongmu.bots.answers.conversations import Conversations
from gongmu.bots.answers.desk import AnswerDesk
from gongmu.bots.drafts.desk import DraftDesk
from gongmu.bots.forgetting import Forgetting
from gongmu.bots.passages import Reader
from gongmu.bots.registry import shipped_bots
from gongmu.core.house import House
from gongmu.core.people import Role
from gongmu.core.settings import Settings
from tests.conftest import Ticking

KIM = Reader("kim", "김담당", "총무과", frozenset({Role.WORK}))


@pytest.fixture
def house(settings: Settings, clock: Ticking) -> Iterator[House]:
    with open_house(settings, clock) as opened:
        yield opened


def test_what_is_past_its_days_goes_and_the_rest_stays(house: House, clock: Ticking) -> None:
    desk, drafts, talks = AnswerDesk(house), DraftDesk(house), Conversations(house)
    bot = shipped_bots()["manual"]
    desk.ask(bot, KIM, "숙직은 몇 시부터인가요?")
    drafts.create_from_notes("report", "주민설명회 11/25 14:00 시청 대강당", KIM)
    clock.pass_(days=200)
    desk.ask(bot, KIM, "당직비는 얼마인가요?")
    drafts.create_from_notes("report", "안전 점검 결과 보고", KIM)
    forgetting = Forgetting(house)
    clock.pass_(days=170)
    forgetting._forget("bots-forget/2027-11-27")
    forgetting._forget_drafts()
    assert len(talks.talks(KIM)) == 1
    assert len(drafts.drafts(KIM)) == 1
    (proof,) = talks.proofs()
    assert talks.is_sound(proof)
    assert proof.count == 1
    assert house.runs.find("bots-forget/2027-11-27") is not None
    forgetting._forget("bots-forget/2027-11-28")
    assert house.runs.find("bots-forget/2027-11-28") is None
