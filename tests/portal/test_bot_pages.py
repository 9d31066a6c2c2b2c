"""The desks' pages without a browser: who sees what, what is written down, what is refused."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from gongmu.bots.answers.conversations import Conversations
from gongmu.bots.drafts.desk import DraftDesk
from gongmu.bots.knowledge.store import Knowledge
from gongmu.bots.search.index import SearchIndex
from gongmu.bots.workshop.store import Verdict, Workshop
from gongmu.practice.portals.model import ModelSite
from gongmu.practice.portals.texting import serving
from tests.portal.desks import (
    DESK,
    LAW,
    OFF_TOPIC,
    QUESTION,
    Desks,
    open_desks,
)
from tests.portal.offices import serving_office, visitor

PAGES = (
    "/bots",
    "/bots?q=보도자료 쓰기",
    "/bots?q=zzqqxx",
    "/bots/manual",
    "/bots/manual?question=당직 시간",
    "/bots/drafts",
    "/bots/law",
    "/bots/law?q=주차요금",
    f"/bots/law/laws/{LAW}",
    f"/bots/law/laws/{LAW}?on=2024-06-01",
    f"/bots/law/laws/{LAW}?article=000200",
    f"/bots/law/compare?name={LAW}",
    "/bots/knowledge",
    "/bots/knowledge?ask=당직비",
    "/bots/knowledge/manual",
    "/bots/knowledge/manual?state=past",
    "/bots/knowledge/manual?q=없는 이름",
    "/bots/workshop",
    "/bots/workshop?like=manual",
    f"/bots/workshop/{DESK}",
    "/bots/scores",
    "/bots/usage",
    "/bots/usage?month=2026-10",
    "/bots/ethics",
    "/bots/connections",
)
STATUS_TITLE = re.compile(r"<title>(.*?)</title>")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with desks, documents, laws and a draft in it, to be copied."""
    home = tmp_path_factory.mktemp("made")
    with open_desks(home):
        pass
    return home


@pytest.fixture
def desks(tmp_path: Path, made: Path) -> Iterator[Desks]:
    """Desks of this test alone, without a model."""
    with open_desks(tmp_path, made=made) as opened, serving_office(opened) as address:
        opened.address = address
        yield opened


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory, made: Path) -> Iterator[Desks]:
    """Desks for the tests that only look."""
    home = tmp_path_factory.mktemp("looked_at")
    with open_desks(home, made=made) as opened, serving_office(opened) as address:
        opened.address = address
        yield opened


@pytest.fixture(scope="module")
def modelled(tmp_path_factory: pytest.TempPathFactory, made: Path) -> Iterator[Desks]:
    """Desks with the practice model behind them."""
    home = tmp_path_factory.mktemp("modelled")
    with (
        serving(ModelSite()) as model,
        open_desks(home, made=made, model=f"{model}/v1") as opened,
        serving_office(opened) as address,
    ):
        opened.address = address
        yield opened


def ask(client: httpx.Client, question: str, **more: str) -> httpx.Response:
    """Ask the manual's desk as a browser without scripts does."""
    form = {"bot": "manual", "question": question, "clear": "yes", **more}
    return client.post("/bots/ask", data=form)


def turn_of(answer: httpx.Response) -> str:
    """Return the turn that an answer's address points at."""
    return answer.headers["location"].partition("#turn-")[2]


def test_every_page_opens_with_a_title_of_its_own(looked_at: Desks) -> None:
    titles: dict[str, str] = {}
    with visitor(looked_at, "kim") as kim:
        draft = f"/bots/drafts/{looked_at.draft_id}"
        for path in (*PAGES, draft, f"{draft}/preview", f"{draft}/versions"):
            answer = kim.get(path)
            assert answer.status_code == 200, path
            assert "<h1>" in answer.text
            assert answer.headers["cache-control"] == "no-store"
            page = path.partition("?")[0] if "article=" not in path else path
            titles.setdefault(STATUS_TITLE.findall(answer.text)[0], page)
            assert titles[STATUS_TITLE.findall(answer.text)[0]] == page, path
        assert "챗봇" in kim.get("/todo").text


def test_one_box_finds_the_desk_and_says_when_there_is_none(looked_at: Desks) -> None:
    with visitor(looked_at, "kim") as kim:
        found = kim.get("/bots?q=보도자료를 쓰고 싶어요").text
        assert found.index("보도자료") < found.index("내 대화")
        assert 'class="panel card best"' in found
        assert "/bots/press_release?question=" in found
        assert "맞는 창구가 없습니다" in kim.get("/bots?q=zzqqxx").text


def test_a_desk_answers_without_scripts_and_opens_the_exact_passage(desks: Desks) -> None:
    with visitor(desks, "kim") as kim:
        answer = ask(kim, QUESTION)
        assert answer.status_code == 303
        page = kim.get(answer.headers["location"]).text
        assert "모델 없이 인용" in page
        assert "18:00" in page
        assert "원문과 같음" in page
        source = re.search(r'href="(/bots/passages/[^"]+)" data-side', page)
        assert source is not None
        passage = kim.get(source[1].replace("&amp;", "&")).text
        assert "<mark>" in passage
        own = re.search(r'href="([^"]+start=[^"]+)"', passage)
        assert own is not None
    with visitor(desks, "cho") as other:
        assert "<mark>" in other.get(own[1].replace("&amp;", "&")).text
        asked = other.get(source[1].replace("&amp;", "&"))
        assert asked.status_code == 200
        assert "<mark>" not in asked.text, "what another person's answer quotes stays theirs"


def test_a_question_off_the_subject_is_refused_with_whom_to_ask(desks: Desks) -> None:
    with visitor(desks, "kim") as kim:
        page = kim.get(ask(kim, OFF_TOPIC).headers["location"]).text
        assert "답하지 않음" in page
        assert "031-000-1300" in page
        assert "초안으로" not in page


def test_what_may_not_be_sent_is_said_before_and_stops(desks: Desks) -> None:
    with visitor(desks, "kim") as kim:
        bare = ask(kim, QUESTION, clear="")
        assert bare.status_code == 422
        assert "확인하지 않았습니다" in bare.text
        assert QUESTION in bare.text, "what was written stays"
        form = {"bot": "manual", "question": "900101-1234567 홍길동의 당직은?"}
        seen = kim.post("/bots/look-over", data=form).text
        assert "주민번호" in seen
        assert "900101" not in seen
        secret = "[2급비밀] 감사 계획을 요약해 주세요"
        assert (
            "보낼 수 없음"
            in kim.post("/bots/look-over", data={"bot": "manual", "question": secret}).text
        )
        assert ask(kim, secret).status_code == 422
        assert ask(kim, "  ").status_code == 422
    assert "bot.ask" not in desks.did()


def test_a_talk_is_its_owners_alone(desks: Desks) -> None:
    with visitor(desks, "kim") as kim:
        answer = ask(kim, QUESTION)
        talk = answer.headers["location"].partition("#")[0]
        turn = turn_of(answer)
    with visitor(desks, "park") as park:
        assert park.get(talk).status_code == 422
        for path in (f"/bots/turns/{turn}/feedback", "/bots/drafts/from-answer"):
            form = {"thumb": "up", "turn": turn}
            assert park.post(path, data=form).status_code in (403, 422)
        assert park.post(f"/bots/turns/{turn}/stop").status_code == 404
        assert "당직근무 시간과 복장" not in park.get("/bots").text
    assert Conversations(desks.house).feedback() == []


def test_thumbs_and_corrections_are_kept_and_another_try_replaces(desks: Desks) -> None:
    with visitor(desks, "kim") as kim:
        first = ask(kim, QUESTION)
        turn = turn_of(first)
        form = {"thumb": "down", "reason": "missing", "correction": "당직비는 50,000원입니다."}
        done = kim.post(f"/bots/turns/{turn}/feedback", data=form)
        assert done.status_code == 303
        assert "고칠 것을 적음" in kim.get(done.headers["location"]).text
        again = kim.post("/bots/ask", data={"bot": "manual", "again": turn})
        assert again.status_code == 303
        page = kim.get(again.headers["location"]).text
        assert page.count('<article class="turn"') == 1
        talk = re.search(r"conversation=(talk_\w+)", again.headers["location"])
        assert talk is not None
        edited = ask(kim, "당직비는 얼마인가요?", conversation=talk[1], edits=turn_of(again))
        page = kim.get(edited.headers["location"]).text
        assert page.count('<article class="turn"') == 1
        assert "50,000원" in page
        gone = kim.post(f"/bots/talks/{talk[1]}/forget")
        assert gone.status_code == 303
        assert kim.get(f"/bots/manual?conversation={talk[1]}").status_code == 422
    (kept,) = Conversations(desks.house).feedback() or [None]
    assert kept is None, "feedback goes with its talk"


def test_a_model_streams_its_answer_and_the_whole_comes_last(modelled: Desks) -> None:
    headers = {"Accept": "application/json"}
    with visitor(modelled, "kim") as kim:
        form = {"bot": "manual", "question": QUESTION, "clear": "yes"}
        begun = kim.post("/bots/ask", data=form, headers=headers).json()
        assert begun["place"] == f"/bots/manual?conversation={begun['conversation']}"
        assert f'id="turn-{begun["turn"]}"' in begun["html"]
        events = list(_events(kim, begun["turn"]))
        assert events[-1][0] == "whole"
        assert {name for name, _ in events[:-1]} <= {"body"}
        assert "practice-honest" in events[-1][1]["html"]
        assert "18:00" in events[-1][1]["html"]
        late = list(_events(kim, begun["turn"]))
        assert [name for name, _ in late] == ["whole"], "who looks again gets the whole at once"
        page = kim.get("/bots/usage").text
        assert "practice-honest" in page
    with visitor(modelled, "park") as park:
        assert [name for name, _ in _events(park, begun["turn"])] == ["gone"]


def _events(client: httpx.Client, turn: str) -> Iterator[tuple[str, dict[str, str]]]:
    with client.stream("GET", f"/bots/turns/{turn}/stream") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        text = "".join(stream.iter_text())
    for part in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in part.split("\n") if ": " in line)
        if "event" in lines:
            yield lines["event"], json.loads(lines["data"])


def test_an_attachment_is_read_and_a_marked_one_keeps_its_class(modelled: Desks) -> None:
    with visitor(modelled, "kim") as kim:
        files = {"files": ("메모.txt", "당직근무자는 3명이다.".encode(), "text/plain")}
        form = {"bot": "manual", "question": QUESTION, "clear": "yes"}
        assert kim.post("/bots/ask", data=form, files=files).status_code == 303
        broken = {"files": ("메모.hwpx", b"PK nothing", "application/zip")}
        refused = kim.post("/bots/ask", data=form, files=broken)
        assert refused.status_code == 422
        assert "메모.hwpx" in refused.text


def test_rights_hold_on_every_page(desks: Desks) -> None:
    index = SearchIndex(desks.house.engine)
    (secret,) = index.search("연습동 창고 점검", ["audit"], desks.reader("lee"))[:1]
    passage, document = secret.passage.passage_id, secret.passage.document_id
    paths = (
        f"/bots/passages/{passage}",
        f"/bots/documents/audit/{document}",
        "/bots/knowledge/audit",
        "/bots/knowledge?ask=연습동 창고",
        "/bots/law?q=연습동 창고",
    )
    with visitor(desks, "lee") as lee:
        assert "창고 3곳" in lee.get(paths[0]).text
        assert lee.get(paths[1]).status_code == 200
    assert desks.did().count("bots.view_passage") == 2, "looks at class S are written down"
    with visitor(desks, "kim") as kim:
        for path in paths:
            answer = kim.get(path)
            assert "창고 3곳" not in answer.text, path
            assert answer.status_code in (200, 404, 422), path
        forget = kim.post("/bots/files/forget", data={"document": document, "reason": "그냥"})
        assert forget.status_code == 422
        upload = {"files": ("x.md", b"# x\n\nbody of the text", "text/markdown")}
        assert (
            kim.post("/bots/knowledge/files", data={"corpus": "audit"}, files=upload).status_code
            == 403
        )
    with visitor(desks, "cho") as cho:
        for act in ("/bots/knowledge", "/bots/workshop", "/bots/law/import", "/bots/drafts"):
            assert cho.post(act).status_code == 403, act
        assert cho.get(f"/bots/drafts/{desks.draft_id}").status_code == 422


def test_documents_are_learnt_dated_and_forgotten_with_a_reason(desks: Desks) -> None:
    text = "# 청사 출입 안내\n\n## 1. 출입증\n출입증은 총무과에서 하루 만에 발급한다.".encode()
    files = [
        ("files", ("청사 출입 안내.md", text, "text/markdown")),
        ("files", ("깨진 문서.hwpx", b"PK broken", "application/zip")),
    ]
    with visitor(desks, "kim") as kim:
        answer = kim.post("/bots/knowledge/files", data={"corpus": "manual"}, files=files)
        assert answer.status_code == 422
        assert "깨진 문서.hwpx" in answer.text
        assert "청사 출입 안내" in answer.text, "the other file was learnt all the same"
        listed = kim.get("/bots/knowledge/manual?q=청사").text
        place = re.search(r'href="(/bots/documents/manual/[^"]+)"', listed)
        assert place is not None
        document = place[1].rpartition("/")[2]
        assert "하루 만에" in kim.get("/bots/knowledge?ask=출입증 발급").text
        dates = {"document": document, "starts_on": "2026-02-01", "ends_on": "2026-01-01"}
        assert kim.post("/bots/files/dates", data=dates).status_code == 422
        dates["ends_on"] = "2026-12-31"
        assert kim.post("/bots/files/dates", data=dates).status_code == 303
        assert "2026. 2. 1." in kim.get(place[1]).text
        bare = kim.post("/bots/files/original", data={"document": document, "reason": " "})
        assert bare.status_code == 422
        assert 'aria-invalid="true"' in bare.text
        taken = kim.post("/bots/files/original", data={"document": document, "reason": "대조"})
        assert taken.content == text
        gone = kim.post("/bots/files/forget", data={"document": document, "reason": "폐기"})
        assert gone.status_code == 303
        assert kim.get(place[1]).status_code == 404
    for act in ("bots.document_dates", "bots.download_document", "bots.forget_document"):
        assert act in desks.did(), act


def test_folders_of_the_server_are_named_by_managers_alone(desks: Desks, tmp_path: Path) -> None:
    folder = tmp_path / "shelf"
    folder.mkdir()
    (folder / "새 지침.md").write_text("# 새 지침\n\n민원은 3일 안에 답한다.", "utf-8")
    with visitor(desks, "kim") as kim:
        form = {"folder": str(folder)}
        assert kim.post("/bots/knowledge/manual/watch", data=form).status_code == 403
    with visitor(desks, "jung") as jung:
        missing = jung.post("/bots/knowledge/manual/watch", data={"folder": "/no/such/place"})
        assert missing.status_code == 422
        assert jung.post("/bots/knowledge/manual/watch", data=form).status_code == 303
        assert str(folder) in jung.get("/bots/knowledge/manual").text
        assert jung.post("/bots/knowledge/manual/unwatch", data=form).status_code == 303
        assert str(folder) not in jung.get("/bots/knowledge/manual").text


def test_a_law_on_a_day_its_references_and_its_two_versions(looked_at: Desks) -> None:
    with visitor(looked_at, "kim") as kim:
        now = kim.get(f"/bots/law/laws/{LAW}?article=000200").text
        assert "800원" in now
        assert "article=000300" in now, "what it cites"
        whole = kim.get(f"/bots/law/laws/{LAW}?article=000200&ways=yes").text
        assert "article=000400" in whole[whole.index("인용하는 곳") :], "what cites it"
        part = kim.get(
            f"/bots/law/laws/{LAW}?article=000200", headers={"HX-Request-Type": "partial"}
        ).text
        assert part.startswith("<ul")
        assert "제4조" in part
        then = kim.get(f"/bots/law/laws/{LAW}?article=000200&on=2024-06-01").text
        assert "500원" in then
        assert "2024. 6. 1. 현재" in then
        assert kim.get(f"/bots/law/laws/{LAW}?article=009900").status_code == 404
        assert kim.get("/bots/law/laws/없는 법").status_code == 404
        pair = kim.get(f"/bots/law/compare?name={LAW}").text
        assert re.search(r"<del>[^<]*500", pair)
        assert re.search(r"<ins>[^<]*800", pair)
        assert "신설" in pair
        assert "이름이 맞는 법령이 없습니다" in kim.get("/bots/law?q=우주항공").text


def test_an_import_is_queued_for_the_worker_and_shown(desks: Desks) -> None:
    with visitor(desks, "kim") as kim:
        empty = kim.post("/bots/law/import", data={"names": " ", "target": "law"})
        assert empty.status_code == 422
        odd = kim.post("/bots/law/import", data={"names": "지방세법", "target": "nothing"})
        assert odd.status_code == 422
        form = {"names": "지방세법\n연습시 주차장 조례", "target": "ordin", "org": "6110000"}
        assert kim.post("/bots/law/import", data=form).status_code == 303
        page = kim.get("/bots/law").text
        assert "법령 받기" in page
        assert 'hx-get="/bots/law/imports"' in page
        part = kim.get("/bots/law/imports", headers={"HX-Request-Type": "partial"})
        assert part.text.startswith("<section")
        assert kim.get("/bots/law/imports").status_code == 303
    assert desks.house.desk.unfinished("statute-import/")
    assert "statutes.import" in desks.did()


def test_a_draft_is_filled_fixed_checked_and_handed_out(desks: Desks) -> None:
    place = f"/bots/drafts/{desks.draft_id}"
    with visitor(desks, "kim") as kim:
        page = kim.get(place).text
        assert "확인 필요" in page
        fix = re.search(r'name="fix" value="([^"]+)"[^>]*aria-label="고치기: 익일', page)
        assert fix is not None
        fields = _fields(page)
        changed = kim.post(place, data={**fields, "fix": _unescaped(fix[1])}).text
        assert "다음 날까지" in changed
        assert "저장해야 새 판이 됩니다" in changed
        desk, me = DraftDesk(desks.house), desks.people.find("kim")
        assert desk.draft(desks.draft_id, me).number == 2, "a fix is not saved by itself"
        open_codes = [one.code for one in desk.draft(desks.draft_id, me).form.open_fields(
            desk.draft(desks.draft_id, me).values)]  # fmt: skip
        filled = {**_fields(changed), **{f"v.{code}": "○ 채운 내용" for code in open_codes}}
        assert kim.post(place, data=filled).status_code == 303
        assert desk.draft(desks.draft_id, me).number == 3
        stale = kim.post(place, data={**fields, "v.title": "늦은 고침"})
        assert stale.status_code == 422
        assert "늦은 고침" in stale.text, "what was written stays"
        bare = kim.post(f"{place}/file", data={"kind": "md", "reason": " "})
        assert bare.status_code == 422
        marked = kim.post(f"{place}/file", data={"kind": "md", "reason": "결재"})
        assert "담당자 검증 필요" in marked.text
        assert kim.post(f"{place}/review", data={"note": "확인", "number": "3"}).status_code == 422
        checked = {"note": "사실과 금액 확인", "checked": "yes", "number": "3"}
        assert kim.post(f"{place}/review", data=checked).status_code == 303
        clean = kim.post(f"{place}/file", data={"kind": "md", "reason": "결재"})
        assert "담당자 검증 필요" not in clean.text
        assert "김담당" in clean.text
        for kind, start in (("hwpx", b"PK"), ("docx", b"PK"), ("pdf", b"%PDF")):
            made = kim.post(f"{place}/file", data={"kind": kind, "reason": "결재"})
            assert made.content.startswith(start), kind
        assert "더함" in kim.get(f"{place}/versions?old=2&new=3").text
    did = desks.did()
    assert did.count("draft.export") == 5
    assert did.count("draft.verify") == 1


def _fields(page: str) -> dict[str, str]:
    """Return what a browser would send back of the editor."""
    form = page[page.index('id="editor"') :]
    form = form[: form.index("</form>")]
    found = dict(re.findall(r'<input[^>]*name="([^"]+)" value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S))
    return {name: _unescaped(value) for name, value in found.items()}


def _unescaped(text: str) -> str:
    import html

    return html.unescape(text)


def test_an_answer_becomes_a_draft_that_says_what_wrote_it(modelled: Desks) -> None:
    with visitor(modelled, "kim") as kim:
        turn = turn_of(ask(kim, QUESTION))
        made = kim.post("/bots/drafts/from-answer", data={"turn": turn})
        assert made.status_code == 303
        page = kim.get(made.headers["location"]).text
        assert "practice-honest" in page
        assert "AI 생성 초안" in page
        assert "근거 1" in page
    with visitor(modelled, "park") as park:
        assert park.post("/bots/drafts/from-answer", data={"turn": turn}).status_code == 403


def test_minutes_and_weekly_reports_begin_from_files(desks: Desks) -> None:
    lines = ("회의명: 당직 개선 회의", "일시: 2026. 11. 20. 10:00", "과장: 당직비를 올리기로 함.")
    notes = "\n".join(lines).encode()
    weekly = "총무과 주간업무\n금주 실적\n- 당직 편성\n차주 계획\n- 청사 점검".encode()
    with visitor(desks, "kim") as kim:
        made = kim.post("/bots/drafts/minutes", files={"file": ("회의.txt", notes, "text/plain")})
        assert made.status_code == 303
        assert "당직 개선 회의" in kim.get(made.headers["location"]).text
        sound = {"file": ("회의.wav", b"RIFF....WAVE", "audio/wav")}
        assert kim.post("/bots/drafts/minutes", files=sound).status_code == 422
        two = [
            ("files", (f"{name} 주간.txt", weekly, "text/plain")) for name in ("총무과", "회계과")
        ]
        merged = kim.post("/bots/drafts/weekly", files=two)
        assert merged.status_code == 303
        assert "청사 점검" in kim.get(merged.headers["location"]).text
        assert kim.post("/bots/drafts/weekly").status_code == 422


def test_a_desk_of_a_department_goes_live_by_two_people(desks: Desks) -> None:
    place = f"/bots/workshop/{DESK}"
    workshop = Workshop(desks.house)
    with visitor(desks, "kim") as kim:
        assert "할 일" in kim.get("/todo").text
        assert kim.post(f"{place}/approve").status_code == 403
        broken = kim.post(
            place, data={"text": "title: [", "revision": workshop.draft(DESK).revision}
        )
        assert broken.status_code == 422
        assert "1줄" in broken.text
        double = kim.post("/bots/workshop", data={"code": "usage", "text": "title: x"})
        assert double.status_code == 422
        assert "화면 이름으로 쓰는 말" in double.text
    with visitor(desks, "park") as park:
        assert f"창구 {DESK} 펴내기 결재" in park.get("/todo").text
        revision = workshop.draft(DESK).revision
        done = park.post(f"{place}/approve", data={"revision": revision})
        assert done.status_code == 303
        assert f"창구 {DESK} 펴내기" not in park.get("/todo").text
        assert park.get(f"/bots/{DESK}").status_code == 200
    with visitor(desks, "kim") as kim:
        assert kim.post(f"{place}/open").status_code == 303
        text = workshop.draft(DESK).text.replace("주차 민원 안내", "주차 민원 길잡이")
        form = {"text": text, "revision": workshop.draft(DESK).revision}
        assert kim.post(place, data=form).status_code == 303
        diff = kim.get(f"{place}?diff=yes&old=1&new=0").text
        assert "주차 민원 길잡이" in diff
        workshop.test(DESK, desks.people.find("kim"), lambda bot, live: Verdict(True, 1.0))
    with visitor(desks, "park") as park:
        form = {"revision": str(workshop.draft(DESK).revision)}
        assert park.post(f"{place}/approve", data=form).status_code == 303
    with visitor(desks, "kim") as kim:
        assert kim.post(f"{place}/roll-back", data={"number": "1"}).status_code == 303
        assert workshop.draft(DESK).base == 1
        assert kim.post(f"{place}/retire", data={"reason": " "}).status_code == 422
        assert kim.post(f"{place}/retire", data={"reason": "쓰지 않음"}).status_code == 303
        assert kim.get(f"/bots/{DESK}").status_code == 404


def test_scores_are_made_shown_over_time_and_feedback_is_masked(desks: Desks) -> None:
    with visitor(desks, "kim") as kim:
        assert "아직 평가하지 않았습니다" in kim.get("/bots/scores/manual").text
        assert kim.post("/bots/scores/welfare").status_code == 403, "another department's"
        for _ in range(2):
            assert kim.post("/bots/scores/manual").status_code == 303
            desks.clock.pass_(minutes=5)
        page = kim.get("/bots/scores/manual").text
        assert page.count("<circle") == 2
        assert "표로 보기" in page
        assert "평가 " in kim.get("/bots").text, "the card carries the score"
        turn = turn_of(ask(kim, f"{QUESTION} 담당자 홍길동 010-1234-5678"))
        form = {"thumb": "down", "reason": "wrong", "correction": "010-1234-5678로 묻습니다."}
        kim.post(f"/bots/turns/{turn}/feedback", data=form)
        words = kim.get("/bots/feedback").text
        assert "사실과 다름" in words
        assert "1234-5678" not in words
    with visitor(desks, "lee") as lee:
        assert "사실과 다름" not in lee.get("/bots/feedback").text
    with visitor(desks, "cho") as cho:
        assert cho.get("/bots/feedback").status_code == 403


def test_a_trial_shows_each_question_and_a_bad_desk_stays_a_draft(desks: Desks) -> None:
    place = f"/bots/workshop/{DESK}"
    workshop = Workshop(desks.house)
    with visitor(desks, "kim") as kim:
        draft = workshop.draft(DESK)
        form = {"text": draft.text + "# 고침\n", "revision": draft.revision, "act": "test"}
        page = kim.post(place, data=form)
        assert page.status_code == 200
        assert "시험을 통과하지 못했습니다" in page.text
        assert page.text.count(">맞음<") + page.text.count(">틀림<") == 3
        good = draft.text.replace("거주자 우선 주차 신청 서류는?", "당직근무 시간은?")
        form = {"text": good, "revision": workshop.draft(DESK).revision, "act": "test"}
        page = kim.post(place, data=form).text
        assert "시험을 마쳤습니다" in page, page[page.find("시험 물음") :][:1500]
    with visitor(desks, "park") as park:
        assert f"창구 {DESK} 펴내기 결재" in park.get("/todo").text


def test_the_self_check_asks_for_every_answer(desks: Desks) -> None:
    with visitor(desks, "kim") as kim:
        page = kim.get("/bots/ethics").text
        codes = set(re.findall(r'name="v\.([\w-]+)"', page))
        some = {f"v.{code}": "예" for code in list(codes)[:3]}
        lacking = kim.post("/bots/ethics", data=some)
        assert lacking.status_code == 422
        assert lacking.text.count(" checked") == 3
        with visitor(desks, "jung") as jung:
            assert "2026년 AI 윤리 자가 점검" in jung.get("/todo").text
        kept = kim.post("/bots/ethics", data={f"v.{code}": "예" for code in codes})
        assert kept.status_code == 303
        with visitor(desks, "jung") as jung:
            assert "자가 점검" not in jung.get("/todo").text
        assert "올해 점검함" in kim.get("/bots/ethics").text
        assert kim.get("/bots/ethics?kept=1").status_code == 200
        assert kim.get("/bots/ethics?kept=9").status_code == 404


def test_tokens_are_shown_once_and_revoked_by_their_owner(desks: Desks) -> None:
    with visitor(desks, "kim") as kim:
        assert kim.post("/bots/connections", data={"label": "x", "days": "900"}).status_code == 422
        made = kim.post("/bots/connections", data={"label": "내 편집기", "days": "30"}).text
        token = re.search(r"gmcp_[\w-]+", made)
        assert token is not None
        page = kim.get("/bots/connections").text
        assert token[0] not in page
        place = re.search(r"/bots/connections/([\w-]+)/revoke", page)
        assert place is not None
    with visitor(desks, "park") as park:
        assert park.post(place[0]).status_code == 404
    with visitor(desks, "kim") as kim:
        assert kim.post(place[0]).status_code == 303
        assert "거둠" in kim.get("/bots/connections").text


def test_figures_of_others_are_sums_for_managers(modelled: Desks) -> None:
    with visitor(modelled, "kim") as kim:
        ask(kim, QUESTION)
        assert "부서마다" not in kim.get("/bots/usage").text
    with visitor(modelled, "jung") as jung:
        page = jung.get("/bots/usage").text
        assert "부서마다" in page
        assert "총무과" in page
        assert "kim" not in page
        assert jung.get("/bots/usage?month=2026-99").status_code == 404


def test_a_page_over_a_thousand_documents_is_quick(desks: Desks) -> None:
    knowledge = Knowledge(desks.house, SearchIndex(desks.house.engine))
    kim = desks.reader("kim")
    row = next(one for one in knowledge.documents("manual", kim) if one.title == "민원 응대")
    from gongmu.bots.knowledge.tables import document_table

    with desks.house.engine.begin() as connection:
        kept = connection.execute(
            document_table.select().where(document_table.c.document_id == row.document_id)
        ).mappings().one()  # fmt: skip
        connection.execute(
            document_table.insert(),
            [
                {**kept, "document_id": f"many-{number}", "corpus": "manual",
                 "name": f"문서 {number}.md", "title": f"문서 {number}"}
                for number in range(1000)
            ],
        )  # fmt: skip
    assert len(knowledge.documents("manual", kim)) >= 1000
    with visitor(desks, "kim") as visitor_kim:
        for path in ("/bots", "/bots/knowledge", "/bots/knowledge/manual?page=20", "/bots/manual"):
            visitor_kim.get(path)
            taken = []
            for _ in range(3):
                began = time.perf_counter()
                assert visitor_kim.get(path).status_code == 200
                taken.append(time.perf_counter() - began)
            assert min(taken) < 0.3, f"{path}: {min(taken) * 1000:.0f} ms"
