"""Drafts, departments' desks, scores and connections: the pages without a browser."""

from __future__ import annotations

import re
import time

import httpx

from gongmu.bots.drafts.desk import DraftDesk
from gongmu.bots.knowledge.store import Knowledge
from gongmu.bots.search.index import SearchIndex
from gongmu.bots.workshop.store import Verdict, Workshop
from tests.portal.desks import (
    DESK,
    QUESTION,
    Desks,
)
from tests.portal.offices import visitor


def ask(client: httpx.Client, question: str, **more: str) -> httpx.Response:
    """Ask the manual's desk as a browser without scripts does."""
    form = {"bot": "manual", "question": question, "clear": "yes", **more}
    return client.post("/bots/ask", data=form)


def turn_of(answer: httpx.Response) -> str:
    """Return the turn that an answer's address points at."""
    return answer.headers["location"].partition("#turn-")[2]


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
