"""What may be done to a knowledge base: make it, give it documents, name a folder to watch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from gongmu.bots.knowledge.learning_run import Upload, queue_learning
from gongmu.bots.knowledge.store import Knowledge, may_learn
from gongmu.bots.pages.ground import Ground, back_to, manages
from gongmu.bots.pages.knowledge_pages import show_all, show_corpus
from gongmu.bots.passages import DataClass, Reader
from gongmu.bots.workshop.rules import CODE
from gongmu.core.errors import GongmuError, Refused
from gongmu.core.people import Act, Person
from gongmu.core.workflow import is_working

UPLOAD_BYTES = 60_000_000
MOST_FILES = 40
Code = Annotated[str, Form(max_length=60)]


def knowledge_acts(router: APIRouter, ground: Ground) -> None:
    """Add the acts on knowledge bases."""
    knowledge = Knowledge(ground.house, ground.index)
    _learn(router, ground, knowledge)
    _watch(router, ground, knowledge)


def _learn(router: APIRouter, ground: Ground, knowledge: Knowledge) -> None:
    @router.post("/knowledge")
    def make(
        request: Request,
        code: Code = "",
        title: Annotated[str, Form(max_length=100)] = "",
        data_class: Annotated[str, Form(max_length=1)] = "O",
        own: Annotated[str, Form(max_length=3)] = "",
    ) -> Response:
        person = ground.enter(request, Act.CONFIGURE)
        given = {"code": code, "title": title, "data_class": data_class, "own": own}
        try:
            _check_new(knowledge, code, title, person)
            departments = (person.department,) if own or data_class == "C" else ()
            knowledge.ensure_corpus(
                code,
                title.strip(),
                person.department,
                departments,
                DataClass(data_class),
                person.account,
            )
        except (Refused, ValueError) as wrong:
            said = wrong if isinstance(wrong, Refused) else _unfit("등급을 고르지 않았습니다.")
            return show_all(ground, knowledge, request, person, wrong=said, given=given)
        return back_to(f"/bots/knowledge/{code}", "made")

    @router.post("/knowledge/files")
    def files(
        request: Request,
        corpus: Code = "",
        files: Annotated[list[UploadFile], File()] = [],  # noqa: B006
    ) -> Response:
        person = ground.enter(request, Act.CONFIGURE)
        named = [one for one in files if one.filename]
        if named and is_working(ground.house.settings, ground.house.engine):
            uploads = [Upload(one.filename or "", one.file.read()) for one in named]
            queue_learning(ground.house, knowledge, corpus, uploads, Reader.of(person))
            return back_to(f"/bots/knowledge/{corpus}", "queued")
        # 일꾼이 없는 작은 설치에서는 그 자리에서 배운다
        said = upload(ground, knowledge, corpus, files, Reader.of(person))
        if "application/json" in request.headers.get("accept", "") and said.failed:
            raise Refused("files_unread", " ".join(said.failed), "다른 꼴로 저장해 다시 올리세요.")
        if said.failed:
            wrong = Refused("files_unread", " ".join(said.failed), "고친 뒤 다시 올리세요.")
            return show_corpus(ground, knowledge, request, person, corpus, wrong=wrong)
        return back_to(f"/bots/knowledge/{corpus}", "learnt")


class Uploaded:
    """What became of the files of one upload."""

    def __init__(self) -> None:
        self.learnt = 0
        self.failed: list[str] = []


def upload(
    ground: Ground, knowledge: Knowledge, corpus: str, files: Sequence[UploadFile], by: Reader
) -> Uploaded:
    """Learn each file; one that cannot be read stops no other; raises Refused for no right."""
    if not may_learn(by, knowledge.corpus(corpus)):
        raise Refused(
            "not_allowed",
            "이 지식에 문서를 넣을 수 없습니다.",
            "지식을 맡은 부서의 담당에게 부탁하세요.",
        )
    named = [one for one in files if one.filename]
    if not named:
        raise Refused("file_missing", "파일이 없습니다.", "파일을 고르거나 끌어다 놓으세요.")
    if len(named) > MOST_FILES:
        raise Refused(
            "too_many_files",
            f"한 번에 {MOST_FILES}개까지 올립니다.",
            "나누어 올리거나 폴더를 등록하세요.",
        )
    done = Uploaded()
    for one in named:
        try:
            knowledge.learn_file(corpus, one.file.read(), one.filename or "", by)
            done.learnt += 1
        except GongmuError as wrong:
            done.failed.append(f"{one.filename}: {wrong}")
    return done


def _watch(router: APIRouter, ground: Ground, knowledge: Knowledge) -> None:
    @router.post("/knowledge/{code}/watch")
    def watch(
        request: Request, code: str, folder: Annotated[str, Form(max_length=400)] = ""
    ) -> Response:
        person = _manager(ground, request)
        try:
            if not folder.strip():
                raise Refused(
                    "folder_missing", "폴더를 적지 않았습니다.", "서버의 폴더를 적으세요."
                )
            knowledge.watch(code, Path(folder.strip()), Reader.of(person))
        except Refused as wrong:
            given = {"folder": folder}
            return show_corpus(
                ground, knowledge, request, person, code, wrong=wrong, field="folder", given=given
            )
        return back_to(f"/bots/knowledge/{code}", "watched")

    @router.post("/knowledge/{code}/unwatch")
    def unwatch(
        request: Request, code: str, folder: Annotated[str, Form(max_length=400)] = ""
    ) -> Response:
        person = _manager(ground, request)
        knowledge.unwatch(code, folder, Reader.of(person))
        return back_to(f"/bots/knowledge/{code}", "unwatched")


def _manager(ground: Ground, request: Request) -> Person:
    """Return the visitor who may name folders of the server: managers alone."""
    person = ground.enter(request, Act.CONFIGURE)
    if not manages(person):
        raise Refused(
            "not_allowed",
            "서버의 폴더는 관리 역할만 등록합니다.",
            "관리자에게 폴더를 알려 등록을 부탁하세요.",
        )
    return person


def _check_new(knowledge: Knowledge, code: str, title: str, person: Person) -> None:
    if not CODE.fullmatch(code):
        raise _unfit("부호는 영문 소문자로 시작해 소문자·숫자·밑줄로 3~40자입니다.")
    if not title.strip():
        raise _unfit("이름이 없습니다.")
    if not person.department:
        raise _unfit("부서가 없는 계정입니다.")
    if knowledge.rows.corpus(code) is not None:
        raise _unfit(f"이미 있는 지식입니다: {code}.")


def _unfit(what: str) -> Refused:
    return Refused("corpus_unfit", what, "고쳐서 다시 하세요.")
