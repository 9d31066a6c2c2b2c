"""Learning files and folders: rights, changes, editions, duplicates, crashes, personal numbers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from gongmu.app import open_house
from gongmu.bots.knowledge.document import State
from gongmu.bots.knowledge.learning_run import Learning, Upload
from gongmu.bots.knowledge.store import SYSTEM, Knowledge
from gongmu.bots.knowledge.what_finds import what_finds
from gongmu.bots.passages import DataClass, Reader
from gongmu.bots.search.index import SearchIndex
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.people import Role
from gongmu.core.runs import Status
from gongmu.core.settings import Settings
from gongmu.core.workflow import working
from tests.conftest import Ticking

KIM = Reader("kim", "김담당", "교통과", frozenset({Role.WORK}))
LEE = Reader("lee", "이조회", "세정과", frozenset({Role.VIEW}))
TODAY = date(2026, 11, 22)

GUIDE = (
    "{year}년도 아동 급식 지원 지침\n1. 지원 대상\n결식 우려가 있는 18세 미만 아동\n"
    "2. 지원 단가\n한 끼 {won:,}원을 급식카드로 지원한다. 가맹점에서 쓴다.\n"
    "3. 신청 방법\n행정복지센터에 신청서와 소득 서류를 낸다. 담당은 14일 안에 알린다."
)


@pytest.fixture
def house(settings: Settings, clock: Ticking) -> Iterator[House]:
    with open_house(settings, clock) as opened:
        yield opened


@pytest.fixture
def knowledge(house: House) -> Knowledge:
    made = Knowledge(house, SearchIndex(house.engine))
    made.ensure_corpus("manual", "업무 편람", "교통과")
    return made


def found(knowledge: Knowledge, house: House, query: str, reader: Reader = KIM) -> list[str]:
    index = SearchIndex(house.engine)
    return [one.passage.text for one in index.search(query, ["manual"], reader, on=TODAY)]


def write(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


# ------------------------------------------------------------ learning


def test_a_folder_is_learnt_once_and_follows_its_files(
    knowledge: Knowledge, house: House, tmp_path: Path
) -> None:
    folder = write(
        tmp_path / "편람",
        {"당직.txt": "당직비는 하루 6만 원이다.", "순찰/순찰.txt": "청사 순찰은 20시에 한다.",
         "~$당직.docx": "잠금", ".숨김.txt": "숨김"},
    )  # fmt: skip
    (folder / "깨짐.pdf").write_bytes(b"%PDF-1.7 broken")
    first = knowledge.learn_folder("manual", folder, KIM)
    assert (len(first.learnt), first.unchanged, len(first.unreadable)) == (2, 0, 1)
    assert "깨짐.pdf" in first.unreadable[0].reason
    assert found(knowledge, house, "당직비는 얼마") == ["당직비는 하루 6만 원이다."]

    again = knowledge.learn_folder("manual", folder, KIM)
    assert (again.learnt, again.unchanged) == ([], 2)
    # What could not be read is told again, with its reason, though it is not opened again.
    assert [one.name for one in again.unreadable] == ["깨짐.pdf"]
    assert again.unreadable[0].reason == first.unreadable[0].reason

    (folder / "순찰/순찰.txt").unlink()
    (folder / "당직.txt").write_text("당직비는 하루 7만 원이다.")
    os.utime(folder / "깨짐.pdf")
    third = knowledge.learn_folder("manual", folder, KIM)
    assert [one.title for one in third.learnt] == ["당직"]
    assert third.removed == ["순찰/순찰.txt"]
    assert found(knowledge, house, "당직비 얼마") == ["당직비는 하루 7만 원이다."]
    assert found(knowledge, house, "청사 순찰 시각") == []


def test_touching_a_file_does_not_learn_it_again(knowledge: Knowledge, tmp_path: Path) -> None:
    folder = write(tmp_path / "가", {"글.txt": "같은 내용이다."})
    knowledge.learn_folder("manual", folder, KIM)
    os.utime(folder / "글.txt", (1, 1))
    assert knowledge.learn_folder("manual", folder, KIM).unchanged == 1


@pytest.mark.slow
def test_hundreds_of_unchanged_files_are_passed_over_at_once(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    folder = write(
        tmp_path / "많음",
        {f"{n // 100}/문서{n}.txt": f"제{n}호 창고에는 물품 {n * 7}개가 있다." for n in range(400)},
    )
    assert len(knowledge.learn_folder("manual", folder, KIM).learnt) == 400
    began = time.monotonic()
    assert knowledge.learn_folder("manual", folder, KIM).unchanged == 400
    assert time.monotonic() - began < 2.0


def test_a_file_half_copied_at_night_takes_nothing_away(
    knowledge: Knowledge, house: House, tmp_path: Path
) -> None:
    folder = write(tmp_path / "가", {"안내.html": "<p>전화는 031-000-1234번이다.</p>"})
    knowledge.learn_folder("manual", folder, KIM)
    (folder / "안내.html").write_bytes(b"%PDF-1.7 half a file")
    report = knowledge.learn_folder("manual", folder, KIM)
    assert len(report.unreadable) == 1
    assert found(knowledge, house, "전화 몇 번") == ["전화는 031-000-1234번이다."]
    assert "전에 배운 내용" in knowledge.documents("manual", KIM)[0].reason


def test_a_folder_that_is_suddenly_empty_is_not_believed(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    folder = write(tmp_path / "공유", {f"{n}.txt": f"문서 {n}의 내용이다." for n in range(8)})
    knowledge.learn_folder("manual", folder, KIM)
    for file in folder.iterdir():
        file.unlink()
    with pytest.raises(Refused) as stopped:
        knowledge.learn_folder("manual", folder, KIM)
    assert stopped.value.code == "folder_empty"
    assert len(knowledge.documents("manual", KIM)) == 8


def test_names_in_cp949_are_shown_as_they_were_meant(knowledge: Knowledge, tmp_path: Path) -> None:
    folder = tmp_path / "옛"
    folder.mkdir()
    raw = os.fsencode(folder) + b"/" + "당직표.txt".encode("cp949")
    try:
        with open(raw, "wb") as file:  # noqa: PTH123
            file.write("당직은 김씨".encode("cp949"))
    except OSError:
        pytest.skip("this file system keeps no such names")
    assert [one.title for one in knowledge.learn_folder("manual", folder, KIM).learnt] == ["당직표"]


# ------------------------------------------------------------ rights


def test_only_the_corpus_s_officers_and_managers_may_learn(knowledge: Knowledge) -> None:
    manager = Reader("park", "박", "총무과", frozenset({Role.MANAGE}))
    other = Reader("choi", "최", "세정과", frozenset({Role.WORK}))
    viewer = Reader("jung", "정", "교통과", frozenset({Role.VIEW}))
    assert knowledge.learn_file("manual", "가나다 글".encode(), "가.txt", manager).changed
    for who in (other, viewer):
        with pytest.raises(Refused) as stopped:
            knowledge.learn_file("manual", b"abc text", "b.txt", who)
        assert stopped.value.code == "not_allowed"


def test_class_and_departments_reach_the_passages_and_the_list(
    knowledge: Knowledge, house: House
) -> None:
    knowledge.learn_file(
        "manual", "인사 검토 자료는 비밀이다.".encode(), "인사.txt", KIM,
        data_class=DataClass.SENSITIVE, departments=["교통과"],
    )  # fmt: skip
    assert found(knowledge, house, "인사 검토", LEE) == []
    assert knowledge.documents("manual", LEE) == []
    (mine,) = knowledge.documents("manual", KIM)
    assert found(knowledge, house, "인사 검토") == ["인사 검토 자료는 비밀이다."]
    assert len(knowledge.passages(mine.document_id, KIM)) == 1
    assert [e.who for e in house.audit.entries() if e.did == "bots.view_document"] == ["kim"]
    with pytest.raises(Refused):
        knowledge.passages(mine.document_id, LEE)
    knowledge.set_rights(mine.document_id, DataClass.OPEN, [], KIM)
    assert found(knowledge, house, "인사 검토", LEE) == ["인사 검토 자료는 비밀이다."]


def test_a_corpus_made_narrower_takes_its_documents_with_it(
    knowledge: Knowledge, house: House
) -> None:
    knowledge.learn_file("manual", "공개하던 글이다.".encode(), "글.txt", KIM)
    assert found(knowledge, house, "공개하던 글", LEE)
    knowledge.ensure_corpus("manual", "업무 편람", "교통과", ["교통과"], DataClass.SENSITIVE)
    assert found(knowledge, house, "공개하던 글", LEE) == []
    assert found(knowledge, house, "공개하던 글") == ["공개하던 글이다."]
    with pytest.raises(Refused) as stopped:
        knowledge.learn_file("manual", b"abc abc", "a.txt", KIM, departments=["세정과"])
    assert stopped.value.code == "rights_too_wide"


def test_a_mark_on_the_paper_raises_its_class(
    knowledge: Knowledge, house: House, tmp_path: Path
) -> None:
    folder = write(
        tmp_path / "표시",
        {
            "검토.txt": "(대외비)\n노선 폐지를 검토한다.",
            "기준.txt": "문서를 대외비로 하는 기준을 정한다.",
        },
    )
    knowledge.learn_folder("manual", folder, KIM)
    classes = {one.title: one.data_class for one in knowledge.documents("manual", KIM)}
    assert classes == {"검토": DataClass.SENSITIVE, "기준": DataClass.OPEN}
    assert knowledge.learn_folder("manual", folder, KIM).unchanged == 2
    with pytest.raises(Refused) as stopped:
        knowledge.learn_file("manual", "[비밀]\n계획을 적는다.".encode(), "비밀.txt", KIM)
    assert stopped.value.code == "marked_confidential"


def test_confidential_documents_need_a_department(knowledge: Knowledge) -> None:
    with pytest.raises(Refused) as stopped:
        knowledge.learn_file("manual", b"abc", "a.txt", KIM, data_class=DataClass.CONFIDENTIAL)
    assert stopped.value.code == "department_missing"


def test_watched_folders_keep_the_rights_they_were_learnt_with(
    knowledge: Knowledge, house: House, tmp_path: Path
) -> None:
    folder = write(tmp_path / "인사", {"명부.txt": "승진 후보자 명부이다."})
    knowledge.learn_folder("manual", folder, KIM, data_class=DataClass.SENSITIVE,
                           departments=["교통과"])  # fmt: skip
    knowledge.watch("manual", folder, KIM)
    write(folder, {"새.txt": "징계 의결 결과이다."})
    (report,) = knowledge.learn_watched()
    assert (len(report.learnt), report.unchanged) == (1, 1)
    assert found(knowledge, house, "징계 의결", LEE) == []
    assert found(knowledge, house, "징계 의결") == ["징계 의결 결과이다."]
    folder.rename(tmp_path / "딴 곳")
    assert knowledge.learn_watched() == []
    assert "폴더가 없거나" in knowledge.rows.watches()[0]["said"]


# ------------------------------------------------------------ editions and duplicates


def test_a_later_edition_ends_the_earlier_one_and_gives_it_back(
    knowledge: Knowledge, house: House
) -> None:
    for year, won in ((2025, 9000), (2026, 9500)):
        text = GUIDE.format(year=year, won=won).encode()
        done = knowledge.learn_file("manual", text, f"{year}년도 아동 급식 지원 지침.txt", KIM)
    assert done.replaces == ["2025년도 아동 급식 지원 지침"]
    earlier, later = knowledge.documents("manual", KIM)
    assert (earlier.starts_on, earlier.ends_on) == (date(2025, 1, 1), date(2025, 12, 31))
    assert (earlier.replaced_by, later.ends_on) == (later.document_id, None)
    assert not any("9,000원" in text for text in found(knowledge, house, "급식 한 끼 단가"))
    index = SearchIndex(house.engine)
    seen = what_finds(index, "급식 한 끼 단가", ["manual"], KIM, TODAY)
    assert {(one.in_force, "9,000원" in one.passage.text) for one in seen.findings} >= {
        (True, False), (False, True),
    }  # fmt: skip
    then = index.search("급식 한 끼 단가", ["manual"], KIM, on=date(2025, 5, 1))
    assert "9,000원" in then[0].passage.text
    knowledge.forget(later.document_id, KIM)
    assert any("9,000원" in text for text in found(knowledge, house, "급식 한 끼 단가"))


def test_dates_set_by_hand_stay_when_the_file_changes(
    knowledge: Knowledge, house: House, tmp_path: Path
) -> None:
    folder = write(tmp_path / "가", {"규칙.txt": "주차는 두 시간까지다."})
    knowledge.learn_folder("manual", folder, KIM)
    (one,) = knowledge.documents("manual", KIM)
    knowledge.set_dates(one.document_id, date(2027, 1, 1), None, KIM)
    assert found(knowledge, house, "주차 두 시간") == []
    write(folder, {"규칙.txt": "주차는 두 시간 반까지다."})
    knowledge.learn_folder("manual", folder, KIM)
    assert knowledge.documents("manual", KIM)[0].starts_on == date(2027, 1, 1)
    assert found(knowledge, house, "주차 두 시간") == []


def test_the_same_bytes_are_searched_once_and_inherited(
    knowledge: Knowledge, house: House, tmp_path: Path
) -> None:
    text = "여권 사진은 6개월 안에 찍은 것이어야 한다."
    folder = write(tmp_path / "가", {"여권.txt": text, "사본 - 여권.txt": text})
    report = knowledge.learn_folder("manual", folder, KIM)
    assert sum(bool(one.duplicate_of) for one in report.learnt) == 1
    assert found(knowledge, house, "여권 사진") == [text]
    original = next(d for d in knowledge.documents("manual", KIM) if d.state is State.LEARNT)
    (folder / original.name).unlink()
    knowledge.learn_folder("manual", folder, KIM)
    assert found(knowledge, house, "여권 사진") == [text]
    (left,) = knowledge.documents("manual", KIM)
    assert (left.state, left.duplicate_of) == (State.LEARNT, "")


def test_nearly_the_same_text_is_shown_as_such(knowledge: Knowledge, clock: Ticking) -> None:
    long = " ".join(f"제{n}항은 {n * 3}일 안에 처리하고 담당자가 결과를 알린다." for n in range(60))
    knowledge.learn_file("manual", long.encode(), "처리 규칙.txt", KIM)
    clock.pass_(minutes=1)
    other = long.replace("제7항은 21일", "제7항은 22일").encode()
    learnt = knowledge.learn_file("manual", other, "민원 기한.txt", KIM)
    assert learnt.duplicate_of == "처리 규칙"
    assert knowledge.learn_file("manual", GUIDE.format(year=2026, won=1).encode(), "다.txt",
                                KIM).duplicate_of == ""  # fmt: skip


# ------------------------------------------------------------ personal numbers


def test_personal_numbers_are_blotted_out_and_counted(knowledge: Knowledge, house: House) -> None:
    text = (
        "지급 명단\n홍길동 850101-1234567 계좌 국민은행 123456-01-234567\n"
        "| 이름 | 주민등록번호 |\n|---|---|\n| 김영희 | 9 2 0 3 1 5 - 2 3 4 5 6 7 8 |\n"
        "문의 031-000-1234"
    )
    learnt = knowledge.learn_file("manual", text.encode(), "명단.md", KIM)
    assert sum(learnt.masked.values()) >= 3
    (document,) = knowledge.documents("manual", KIM)
    kept = "\n".join(p.text for p in knowledge.passages(document.document_id, KIM))
    for number in ("1234567", "2 3 4 5 6 7 8", "234567"):
        assert number not in kept
    assert "031-000-1234" in kept
    original = knowledge.original(document.document_id, KIM, "지급 확인")
    assert original.data == text.encode()
    with pytest.raises(Refused):
        knowledge.original(document.document_id, KIM, "")
    on_disk = b"".join(p.read_bytes() for p in house.settings.home.rglob("files/*/*"))
    assert b"850101" not in on_disk


# ------------------------------------------------------------ runs and crashes


def test_an_upload_is_learnt_as_a_run(knowledge: Knowledge, house: House) -> None:
    learning = Learning(house, SearchIndex(house.engine))
    run_id = learning.queue(
        "manual",
        [
            Upload("홍길동 휴직.txt", "휴직은 30일 전에 신청한다.".encode()),
            Upload("깨짐.hwp", b"\0"),
        ],
        KIM,
    )
    with working(house.settings, house.engine):
        house.desk.wait(run_id)
    run = house.runs.find(run_id)
    assert run is not None
    assert (run.status, run.items) == (Status.DONE, 1)
    assert [step.text[:2] for step in house.runs.steps(run_id)] == ["배움", "읽지"]
    assert found(knowledge, house, "휴직 신청") == ["휴직은 30일 전에 신청한다."]
    with pytest.raises(Refused):
        learning.queue("manual", [Upload("a.txt", b"abc")], LEE)


_LEARN = """
import sys
from pathlib import Path
from gongmu.app import open_house
from gongmu.bots.knowledge.store import SYSTEM, Knowledge
from gongmu.bots.search.index import SearchIndex
from gongmu.core.settings import Settings

home, url, folder = sys.argv[1:]
with open_house(Settings(home=Path(home), database_url=url)) as house:
    knowledge = Knowledge(house, SearchIndex(house.engine))
    knowledge.learn_folder("manual", Path(folder), SYSTEM, lambda line: print(line, flush=True))
"""


@pytest.mark.slow
@pytest.mark.parametrize("lines", [1, 100])
def test_learning_killed_in_the_middle_is_completed_by_the_next(
    knowledge: Knowledge, house: House, tmp_path: Path, lines: int
) -> None:
    body = "창고 {n}에는 삽 {n}자루와 모래주머니 {n}개가 있고 열쇠는 {n}번이다.\n"
    folder = write(
        tmp_path / "창고",
        {f"창고{n:03}.txt": (body * 12).format(n=n) + f"고유 표지 물건{n}" for n in range(160)},
    )
    arguments = [str(house.settings.home), house.settings.url, str(folder)]
    process = subprocess.Popen(
        [sys.executable, "-c", _LEARN, *arguments], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for _ in range(lines):
        assert process.stdout.readline().startswith("배움")
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    index = SearchIndex(house.engine)
    for document in knowledge.documents("manual", SYSTEM):
        passages = index.passages("manual", document.document_id, SYSTEM)
        if document.state is State.LEARNT:
            assert len(passages) == document.passages > 0
    report = knowledge.learn_folder("manual", folder, SYSTEM)
    assert len(report.learnt) + report.unchanged == 160
    documents = knowledge.documents("manual", SYSTEM)
    assert {one.state for one in documents} == {State.LEARNT}
    assert index.count("manual") == sum(one.passages for one in documents)
    for n in (0, 79, 159):
        (best, *_) = index.search(f"물건{n}", ["manual"], KIM)
        assert best.passage.document == f"창고{n:03}"
