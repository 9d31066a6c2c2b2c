"""A form filled by a model, in every way a model can be asked, and what becomes of bad filling."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import date

import pytest

from gongmu.app import open_house
from gongmu.bots.answer import Answer
from gongmu.bots.answers.desk import AnswerDesk
from gongmu.bots.answers.groundwork import Attachment
from gongmu.bots.bot import OutputMode
from gongmu.bots.drafts.desk import DraftDesk
from gongmu.bots.guard.office import bots_office
from gongmu.bots.passages import Reader
from gongmu.bots.registry import all_bots
from gongmu.core.house import House
from gongmu.core.people import Role
from gongmu.core.settings import Settings
from gongmu.practice.loopback import serving
from gongmu.practice.portals.model import ModelSite
from gongmu.practice.portals.model_words import Talk

TODAY = date(2026, 11, 22)
OFFICER = Reader("hong", "홍길동", "총무과", frozenset({Role.WORK}))
NOTES = {
    "report": "보고서 써줘\n공영주차장 야간 개방 시범 운영\n시장 주차장 2곳 120면\n예산 3,500만원",
    "press_release": "보도자료 써줘\n연습시는 청년센터를 연다\n상담실 4개, 정원 30명",
}
MODES = (OutputMode.NATIVE, OutputMode.TOOL, OutputMode.PROMPTED)


class Ground:
    """A house, the practice model beside it, and desks that fill forms."""

    def __init__(self, house: House, site: ModelSite) -> None:
        self.house, self.site = house, site

    def ask(self, code: str, mode: OutputMode, behaviour: str) -> Answer:
        """Ask a desk for its document."""
        self.site.received.clear()
        office = bots_office(self.house)
        (own,) = office.models
        model = dataclasses.replace(own, name=f"practice-{behaviour}")
        desk = AnswerDesk(self.house, office=dataclasses.replace(office, models=(model,)))
        bot = dataclasses.replace(all_bots()[code], output_mode=mode)
        return desk.ask(bot, OFFICER, NOTES[code], today=TODAY)

    def sent(self) -> dict[str, object]:
        """Return what the model was last sent."""
        told: dict[str, object] = json.loads(self.site.received[-1].body)
        return told


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    site = ModelSite()
    site.faults.first_seconds = site.faults.word_seconds = 0.0
    with serving(site) as address:
        settings = Settings(
            home=tmp_path_factory.mktemp("filling"),
            model_address=f"{address}/v1",
            model_name="practice-honest",
            model_internal=True,
        )
        with open_house(settings) as house:
            yield Ground(house, site)


@pytest.mark.parametrize("code", NOTES)
@pytest.mark.parametrize("mode", MODES)
def test_the_model_fills_a_draft_that_says_so(ground: Ground, code: str, mode: OutputMode) -> None:
    answer = ground.ask(code, mode, "honest")
    assert answer.model == "practice-honest"
    (draft_id,) = answer.draft_ids
    draft = DraftDesk(ground.house).draft(draft_id, OFFICER)
    assert draft.form.code == code
    assert draft.model == "practice-honest"
    assert "AI" in draft.mark
    assert any(draft_id in note for note in answer.notes)
    sent = ground.sent()
    assert ("response_format" in sent, "tools" in sent) == (
        mode is OutputMode.NATIVE,
        mode is OutputMode.TOOL,
    )


@pytest.mark.parametrize("mode", MODES)
def test_what_nobody_gave_is_to_be_looked_at(ground: Ground, mode: OutputMode) -> None:
    def script(talk: Talk) -> str:
        return json.dumps(
            {"title": "야간 개방, 이용자 8,765명 “주민이 모두 찬성하였습니다” 120면"},
            ensure_ascii=False,
        )

    ground.site.script = script
    answer = ground.ask("report", mode, "scripted")
    draft = DraftDesk(ground.house).draft(answer.draft_ids[0], OFFICER)
    doubts = [one for one in draft.asks if "8,765명" in one or "모두 찬성하" in one]
    assert len(doubts) == 2, (answer.notes, draft.values, draft.asks)
    assert all("확인 필요" in one for one in doubts)
    assert not any("120면" in one for one in draft.asks)


@pytest.mark.parametrize("mode", [OutputMode.NATIVE, OutputMode.PROMPTED])
def test_wrong_json_is_asked_for_once_more_and_then_done_without(
    ground: Ground, mode: OutputMode
) -> None:
    answer = ground.ask("report", mode, "wrong-json")
    assert len(ground.site.received) == 2
    assert "앞의 답이 틀렸습니다" in ground.site.received[-1].body.decode()
    assert answer.model == ""
    (draft_id,) = answer.draft_ids
    draft = DraftDesk(ground.house).draft(draft_id, OFFICER)
    assert draft.model == ""
    assert "3,500만원" in str(draft.values) or "35,000,000원" in str(draft.values)


def test_a_repaired_answer_counts(ground: Ground) -> None:
    def script(talk: Talk) -> str:
        again = any("앞의 답이 틀렸습니다" in one for one in talk.texts)
        return '{"title": "야간 개방"}' if again else '{"title": '

    ground.site.script = script
    answer = ground.ask("report", OutputMode.PROMPTED, "scripted")
    assert answer.model == "practice-scripted"
    assert len(ground.site.received) == 2


def test_a_complaint_given_as_a_file_is_what_is_answered(ground: Ground) -> None:
    complaint = Attachment(
        "민원.txt", "12번 버스 배차 간격을 줄여 주세요.\n정류장에 그늘막을 설치해 주세요."
    )
    desk = AnswerDesk(
        ground.house, office=dataclasses.replace(bots_office(ground.house), models=())
    )
    bot = all_bots()["complaint_reply"]
    answer = desk.ask(bot, OFFICER, "이 민원에 답변을 써줘", attachments=[complaint], today=TODAY)
    (draft_id,) = answer.draft_ids
    draft = DraftDesk(ground.house).draft(draft_id, OFFICER)
    assert "그늘막" in str(draft.values["answers"])
    assert "답변을 써줘" not in str(draft.values["answers"])
