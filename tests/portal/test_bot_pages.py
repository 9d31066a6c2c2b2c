"""The desks' pages without a browser: who sees what, what is written down, what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx

from gongmu.bots.answers.conversations import Conversations
from gongmu.bots.search.index import SearchIndex
from tests.portal.desks import (
    DESK,
    LAW,
    OFF_TOPIC,
    QUESTION,
    Desks,
)
from tests.portal.offices import visitor

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
