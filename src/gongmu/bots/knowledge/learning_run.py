"""The runs `bots-learn/<id>` and `bots-learn-watched`: files learnt one step each.

A run that was cut off goes on behind the last file that was learnt. What a workflow keeps in clear
is hashes only: file names, which may name people, travel sealed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from gongmu.bots.evaluation.thresholds import calibrate_after_learning
from gongmu.bots.knowledge.document import Learnt
from gongmu.bots.knowledge.learner import KIND
from gongmu.bots.knowledge.reading import check_size
from gongmu.bots.knowledge.store import Knowledge
from gongmu.bots.passages import DataClass, Reader
from gongmu.bots.search.index import SearchIndex
from gongmu.core.errors import GongmuError, Refused
from gongmu.core.house import House
from gongmu.core.people import Role
from gongmu.core.runs import Status
from gongmu.core.values import new_id
from gongmu.core.workflow import step, workflow

TASK = "bots-learn"
NIGHTLY = "bots-learn-watched"
MOST_FILES = 200
"""Files of one upload."""
_PURPOSE = "bots.learn-job"


@dataclass(frozen=True)
class Upload:
    """A file as a browser brought it."""

    name: str
    data: bytes


class Learning:
    """The workflows bound to one installation; made once per process, before `working`."""

    def __init__(self, house: House, index: SearchIndex) -> None:
        self._house = house
        self._knowledge = Knowledge(house, index)
        self.begin = step("bots.learn-begin")(self._begin)
        self.learn = step("bots.learn-file", attempts=1)(self._learn)
        self.end = step("bots.learn-end")(self._end)
        self.calibrate = step("bots.learn-threshold")(self._calibrate)
        self.look = step("bots.learn-folder", attempts=1)(self._look)
        self.run = workflow(TASK)(self._run)
        self.nightly = workflow(NIGHTLY)(self._nightly)

    def queue(
        self,
        corpus: str,
        uploads: Sequence[Upload],
        by: Reader,
        *,
        data_class: DataClass | None = None,
        departments: Sequence[str] = (),
    ) -> str:
        """Keep uploaded files sealed and queue their learning; as `queue_learning`."""
        return queue_learning(
            self._house,
            self._knowledge,
            corpus,
            uploads,
            by,
            data_class=data_class,
            departments=departments,
        )

    # ------------------------------------------------------------ workflows

    def _run(self, run_id: str, sealed: str) -> None:
        count = self.begin(run_id, sealed)
        unread = sum(not self.learn(run_id, sealed, at) for at in range(count))
        self.calibrate()
        self.end(run_id, count, unread)

    def _nightly(self, _planned: datetime, _context: Any) -> None:
        run_id = f"{NIGHTLY}/{_planned:%Y-%m-%d}"
        watches = self._knowledge.watched()
        if not watches:
            return
        self.begin_nightly(run_id, len(watches))
        for corpus, folder in watches:
            self.look(run_id, corpus, folder)
        self.calibrate()
        self.end(run_id, len(watches), 0)

    # ------------------------------------------------------------ steps

    def _begin(self, run_id: str, sealed: str) -> int:
        job = self._job(sealed)
        count = len(job["files"])
        self._house.runs.start(run_id, TASK, f"문서 배우기({job['corpus']}, {count}개)")
        return count

    def begin_nightly(self, run_id: str, count: int) -> None:
        """Write down that the nightly look began; doing it again changes nothing."""
        self._house.runs.start(run_id, NIGHTLY, f"지켜보는 폴더 {count}곳 배우기")

    def _learn(self, run_id: str, sealed: str, at: int) -> bool:
        job = self._job(sealed)
        file = job["files"][at]
        by = Reader(
            job["account"], job["name"], job["department"], frozenset(map(Role, job["roles"]))
        )
        data_class = DataClass(job["data_class"]) if job["data_class"] else None
        try:
            learnt = self._knowledge.learn_file(
                job["corpus"],
                self._house.files.read(file["sha256"]),
                file["name"],
                by,
                data_class=data_class,
                departments=job["departments"],
            )
        except Refused as refused:
            self._knowledge.forget_upload(file["sha256"])
            self._house.runs.note(run_id, f"읽지 못함: {refused}")
            return False
        self._house.runs.note(run_id, said(learnt))
        return True

    def _look(self, run_id: str, corpus: str, folder: str) -> None:
        try:
            line = self._knowledge.learn_watched_folder(corpus, Path(folder)).said()
        except GongmuError as error:
            line = str(error)
        self._house.runs.note(run_id, f"{folder}: {line}")

    def _calibrate(self) -> None:
        calibrate_after_learning(self._house)

    def _end(self, run_id: str, count: int, unread: int) -> None:
        if unread == count and count:
            self._house.runs.change(
                run_id, Status.FAILED, "읽을 수 있는 파일이 없습니다 → 기록의 까닭을 보세요.", 0
            )
            return
        tail = f", 읽지 못함 {unread}건" if unread else ""
        self._house.runs.change(run_id, Status.DONE, f"{count - unread}건{tail}", count - unread)

    def _job(self, sealed: str) -> Mapping[str, Any]:
        raw = self._house.vault.unseal(base64.b64decode(sealed), _PURPOSE)
        job: Mapping[str, Any] = json.loads(raw)
        return job


def queue_learning(
    house: House,
    knowledge: Knowledge,
    corpus: str,
    uploads: Sequence[Upload],
    by: Reader,
    *,
    data_class: DataClass | None = None,
    departments: Sequence[str] = (),
) -> str:
    """Keep uploaded files sealed and queue their learning for a live worker; returns its run.

    Raises Refused: not_allowed, file_too_large, files_too_many, files_missing.
    """
    knowledge.check_may_learn(corpus, by)
    if not uploads:
        raise Refused("files_missing", "올린 파일이 없습니다.", "파일을 고르세요.")
    if len(uploads) > MOST_FILES:
        raise Refused(
            "files_too_many",
            f"한 번에 {MOST_FILES}개까지 올릴 수 있습니다({len(uploads)}개).",
            "나누어 올리거나 폴더로 배우게 하세요.",
        )
    for upload in uploads:
        check_size(len(upload.data), upload.name)
    files = []
    for upload in uploads:
        kept = house.files.put(upload.data, "upload", kind=KIND, source=corpus)
        files.append({"sha256": kept.sha256, "name": upload.name})
    job = {
        "corpus": corpus,
        "files": files,
        "account": by.account,
        "name": by.name,
        "department": by.department,
        "roles": sorted(role.value for role in by.roles),
        "data_class": data_class.value if data_class else "",
        "departments": list(departments),
    }
    sealed = house.vault.seal(json.dumps(job).encode(), _PURPOSE)
    run_id = f"{TASK}/{new_id('learn', house.clock())}"
    house.runs.start(run_id, TASK, f"문서 배우기({corpus}, {len(files)}개)")
    house.desk.queue(TASK, run_id, run_id, base64.b64encode(sealed).decode())
    return run_id


def said(learnt: Learnt) -> str:
    """Return what learning a file did, as one Korean line."""
    if not learnt.changed:
        return f"그대로: {learnt.title}"
    line = f"배움: {learnt.title} (대목 {learnt.passages}개)"
    if learnt.masked:
        line += ", 개인정보 가림 " + ", ".join(f"{k} {n}건" for k, n in learnt.masked.items())
    if learnt.replaces:
        line += f", 옛 판으로 돌림: {', '.join(learnt.replaces)}"
    if learnt.duplicate_of:
        line += f", 같거나 거의 같은 문서: {learnt.duplicate_of}"
    return line
