"""The desk of drafts: rights, versions, checks, downloads, on both databases."""

from __future__ import annotations

import io
import json
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa

from gongmu.bots.drafts.desk import DraftDesk
from gongmu.bots.drafts.form import rows_of
from gongmu.bots.drafts.marks import AI_MARK, FORM_MARK
from gongmu.bots.drafts.speech import transcribe
from gongmu.bots.drafts.tables import draft_review_table, draft_table, draft_version_table
from gongmu.bots.drafts.views import NamedFile
from gongmu.bots.passages import Reader
from gongmu.core.errors import Refused, Transient
from gongmu.core.house import House
from gongmu.core.people import Role
from gongmu.core.settings import Settings
from tests.conftest import Ticking
from tests.messages.houses import make_house

OFFICER = Reader("kim", "김담당", "버스정책과", frozenset({Role.WORK}))
HEAD = Reader("park", "박과장", "버스정책과", frozenset({Role.APPROVE}))
VIEWER = Reader("lee", "이조회", "버스정책과", frozenset({Role.VIEW}))
STRANGER = Reader("choi", "최담당", "세정과", frozenset({Role.WORK}))
NOBODY = Reader("none", "무소속", "", frozenset({Role.WORK}))
WHOLE = {
    "title": "노선 개편 보고",
    "made_on": "2026. 11. 22.",
    "department": "버스정책과",
    "background": "○ 혼잡 민원 이어짐",
    "content": "○ 10번 증차 2대",
    "plan": "○ 2026. 12. 10.(목) 설명회",
}


@pytest.fixture
def house(settings: Settings, engine: sa.Engine, clock: Ticking) -> House:
    return make_house(settings, engine, clock)


@pytest.fixture
def desk(house: House) -> DraftDesk:
    return DraftDesk(house)


def test_a_draft_from_notes_is_kept_and_says_what_is_open(desk: DraftDesk) -> None:
    draft_id = desk.create_from_notes("report", "11/25 14:00 주민설명회 시청 대강당", OFFICER)
    draft = desk.draft(draft_id, HEAD)
    assert draft.title == "주민설명회 개최 계획"
    assert draft.values["department"] == "버스정책과"
    assert "확인 필요: 추진 배경" in draft.asks
    assert draft.mark == FORM_MARK


def test_another_department_does_not_learn_that_a_draft_exists(desk: DraftDesk) -> None:
    draft_id = desk.create("report", WHOLE, OFFICER)
    assert [card.draft_id for card in desk.drafts(HEAD)] == [draft_id]
    assert desk.drafts(STRANGER) == []
    for act in (
        lambda who: desk.draft(draft_id, who),
        lambda who: desk.versions(draft_id, who),
        lambda who: desk.compare(draft_id, who, 1, 1),
        lambda who: desk.change(draft_id, WHOLE, who),
        lambda who: desk.review(draft_id, who, "보았음"),
        lambda who: desk.export(draft_id, "md", who, reason="보고"),
    ):
        for who in (STRANGER, replace(STRANGER, department="")):
            with pytest.raises(Refused) as stopped:
                act(who)
            assert stopped.value.code == "draft_unknown"
    with pytest.raises(Refused) as stopped:
        desk.create("report", WHOLE, NOBODY)
    assert stopped.value.code == "department_missing"


def test_the_text_of_a_draft_is_sealed(desk: DraftDesk, engine: sa.Engine) -> None:
    draft_id = desk.create("report", WHOLE, OFFICER, sources=("원본: 비밀스러운 파일.hwpx",))
    desk.review(draft_id, OFFICER, "비밀스러운 검증 글")
    with engine.connect() as connection:
        for table in (draft_table, draft_version_table, draft_review_table):
            for row in connection.execute(sa.select(table)):
                raw = b"".join(one if isinstance(one, bytes) else str(one).encode() for one in row)
                for word in ("혼잡 민원", "노선 개편", "비밀스러운"):
                    assert word.encode() not in raw
    assert desk.draft(draft_id, OFFICER).sources == ("원본: 비밀스러운 파일.hwpx",)


def test_versions_are_kept_compared_and_never_overwritten(desk: DraftDesk, clock: Ticking) -> None:
    draft_id = desk.create("report", WHOLE, OFFICER, model="gpt-test")
    clock.pass_(minutes=3)
    assert desk.change(draft_id, {**WHOLE, "content": "○ 10번 증차 3대"}, HEAD, base=1) == 2
    with pytest.raises(Refused) as stopped:
        desk.change(draft_id, WHOLE, OFFICER, base=1)
    assert stopped.value.code == "draft_changed"
    first, second = desk.versions(draft_id, OFFICER)
    assert (first.values["content"], second.values["content"]) == (
        "○ 10번 증차 2대",
        "○ 10번 증차 3대",
    )
    assert second.made_at - first.made_at == timedelta(minutes=3)
    changed = desk.compare(draft_id, OFFICER, 1, 2)
    assert [one.code for one in changed] == ["content"]
    assert changed[0].lines == ("-○ 10번 증차 2대", "+○ 10번 증차 3대")
    assert second.model == "gpt-test"
    assert second.mark == AI_MARK


def test_only_the_officer_in_charge_takes_the_mark_off(desk: DraftDesk, house: House) -> None:
    draft_id = desk.create("report", WHOLE, OFFICER, model="gpt-test")
    for who, note, code in (
        (HEAD, "보았음", "not_allowed"),
        (VIEWER, "보았음", "not_allowed"),
        (OFFICER, " ", "note_missing"),
    ):
        with pytest.raises(Refused) as stopped:
            desk.review(draft_id, who, note)
        assert stopped.value.code == code
    desk.review(draft_id, OFFICER, "숫자와 날짜를 자료와 맞추어 봄", address="10.0.0.9")
    checked = desk.draft(draft_id, HEAD)
    assert checked.mark == ""
    assert checked.verified is not None
    assert checked.verified.name == "김담당"
    with pytest.raises(Refused) as stopped:
        desk.review(draft_id, OFFICER, "다시 봄")
    assert stopped.value.code == "draft_reviewed"
    line = next(one for one in house.audit.entries() if one.did == "draft.verify")
    assert (line.who, line.address) == ("kim", "10.0.0.9")
    desk.change(draft_id, {**WHOLE, "content": "○ 다른 내용"}, OFFICER)
    assert desk.draft(draft_id, HEAD).mark == AI_MARK
    assert desk.draft(draft_id, HEAD, 1).mark == ""


def test_open_fields_keep_the_mark(desk: DraftDesk) -> None:
    draft_id = desk.create("report", {"title": "제목만"}, OFFICER)
    with pytest.raises(Refused) as stopped:
        desk.review(draft_id, OFFICER, "보았음")
    assert stopped.value.code == "draft_open"
    assert "추진 배경" in stopped.value.message


def test_a_download_needs_a_role_and_a_reason_and_is_written_down(
    desk: DraftDesk, house: House
) -> None:
    draft_id = desk.create("report", WHOLE, OFFICER)
    for who, reason, kind, code in (
        (VIEWER, "보고", "md", "not_allowed"),
        (OFFICER, " ", "md", "reason_missing"),
        (OFFICER, "보고", "exe", "kind_unknown"),
    ):
        with pytest.raises(Refused) as stopped:
            desk.export(draft_id, kind, who, reason=reason)
        assert stopped.value.code == code
    assert not [one for one in house.audit.entries() if one.did == "draft.export"]
    made = desk.export(draft_id, "md", HEAD, reason="국장 보고", address="10.0.0.7")
    assert made.name == "노선 개편 보고.md"
    line = next(one for one in house.audit.entries() if one.did == "draft.export")
    assert (line.who, line.reason, line.address) == ("park", "국장 보고", "10.0.0.7")
    assert "노선 개편" not in line.about


def test_old_drafts_are_forgotten(desk: DraftDesk, clock: Ticking) -> None:
    old = desk.create("report", WHOLE, OFFICER)
    desk.review(old, OFFICER, "보았음")
    clock.pass_(days=10)
    new = desk.create("report", WHOLE, OFFICER)
    assert desk.forget_older(clock.now - timedelta(days=5)) == 1
    assert [card.draft_id for card in desk.drafts(OFFICER)] == [new]


def test_weekly_files_are_merged_and_unreadable_ones_named(desk: DraftDesk) -> None:
    good = "# 주간업무(도로과)\n\n## 지난주 한 일\n- 보도 정비\n\n## 이번 주 할 일\n- 제설함 채움\n"
    draft_id = desk.create_weekly(
        [NamedFile("도로과.md", good.encode()), NamedFile("건축과.hwpx", b"PK\x03\x04broken")],
        OFFICER,
        order=("도로과", "건축과"),
    )
    draft = desk.draft(draft_id, OFFICER)
    assert rows_of(draft.values, "weeks") == [
        ["도로과", "○ 보도 정비", "○ 제설함 채움", "도로과.md"]
    ]
    assert any(one.startswith("읽지 못함: 건축과.hwpx") for one in draft.asks)
    assert "내지 않음: 건축과" in draft.asks
    assert draft.sources == ("도로과: 도로과.md",)


# ------------------------------------------------------------ recordings


def sound(seconds: float) -> bytes:
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\x01\x00" * int(8000 * seconds))
    return held.getvalue()


@dataclass
class SpeechServer:
    """A speech endpoint on loopback that writes down what it got."""

    address: str = ""
    fail_first: int = 0
    status: int = 200
    bodies: list[bytes] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)


@pytest.fixture
def speech() -> Iterator[SpeechServer]:
    state = SpeechServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if state.fail_first > 0:
                state.fail_first -= 1
                self.send_error(503)
                return
            state.bodies.append(body)
            answer = state.answers[(len(state.bodies) - 1) % len(state.answers)]
            data = json.dumps(answer).encode() if not isinstance(answer, bytes) else answer
            self.send_response(state.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    state.address = f"http://127.0.0.1:{server.server_port}/v1"
    yield state
    server.shutdown()
    server.server_close()


@pytest.fixture
def hearing(house: House, speech: SpeechServer) -> House:
    return replace(
        house, settings=house.settings.model_copy(update={"speech_address": speech.address})
    )


def test_a_recording_goes_out_in_pieces_with_progress(hearing: House, speech: SpeechServer) -> None:
    speech.answers = [
        {"text": "김과장: 첫째"},
        {"segments": [{"speaker": "박팀장", "text": "둘째"}]},
    ]
    told: list[tuple[int, int]] = []
    text = transcribe(
        hearing,
        sound(3.5),
        "회의.wav",
        progress=lambda done, total: told.append((done, total)),
        chunk_seconds=2,
    )
    assert text.split("\n") == ["김과장: 첫째", "박팀장: 둘째"]
    assert told == [(1, 2), (2, 2)]
    assert [body.count(b"WAVEfmt") for body in speech.bodies] == [1, 1]


def test_minutes_are_made_of_a_recording(hearing: House, speech: SpeechServer) -> None:
    speech.fail_first = 2
    speech.answers = [
        {"text": "김과장: 증차는 2대로 하기로 결정했습니다.\n박팀장: 5일까지 제출하겠습니다."}
    ]
    desk = DraftDesk(hearing)
    draft = desk.draft(desk.create_minutes_from_audio(sound(1), "회의.wav", OFFICER), OFFICER)
    assert rows_of(draft.values, "decisions")[0][:2] == ["증차는 2대로 하기로 결정함", "김과장"]
    assert draft.mark == AI_MARK
    assert draft.row.data_class.value == "S"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"just text that is no sound", "audio_unknown"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt broken", "audio_damaged"),
        (sound(0), "audio_damaged"),
    ],
)
def test_what_is_no_recording_is_refused(hearing: House, data: bytes, code: str) -> None:
    with pytest.raises(Refused) as stopped:
        transcribe(hearing, data, "회의.wav")
    assert stopped.value.code == code


def test_a_speech_server_that_fails_is_said(hearing: House, speech: SpeechServer) -> None:
    speech.answers = [b"<html>", {"text": ""}]
    with pytest.raises(Refused) as stopped:
        transcribe(hearing, sound(1), "회의.wav")
    assert stopped.value.code == "speech_refused"
    with pytest.raises(Refused) as stopped:
        transcribe(hearing, sound(1), "회의.wav")
    assert stopped.value.code == "speech_empty"
    speech.fail_first = 3
    with pytest.raises(Transient) as down:
        transcribe(hearing, sound(1), "회의.wav")
    assert down.value.code == "speech_down"


def test_without_a_speech_endpoint_nothing_leaves(house: House) -> None:
    with pytest.raises(Refused) as stopped:
        transcribe(house, sound(1), "회의.wav")
    assert stopped.value.code == "speech_absent"
