"""What the city has learnt, as the other rooms use it: corpora, documents, passages, learning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any

from gongmu.bots.knowledge.document import (
    Corpus,
    Document,
    LearnReport,
    Learnt,
    State,
    Unreadable,
)
from gongmu.bots.knowledge.draft import (
    Rights,
    Source,
    document_id_of,
    rights_of,
)
from gongmu.bots.knowledge.folder import files_of, shown
from gongmu.bots.knowledge.learner import SYSTEM, Learner, Note
from gongmu.bots.knowledge.reading import check_size
from gongmu.bots.knowledge.reading_room import read_document
from gongmu.bots.knowledge.rows import Rows, departments_of
from gongmu.bots.knowledge.settling import Settling
from gongmu.bots.knowledge.tables import document_table
from gongmu.bots.passages import DataClass, Passage, Reader, may_read
from gongmu.bots.search.index import SearchIndex
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.people import Role
from gongmu.core.values import content_hash

_EMPTIED = 5
"""A folder that had more documents than this and is empty now is taken for unplugged."""


class Knowledge:
    """The knowledge of one installation."""

    def __init__(self, house: House, index: SearchIndex) -> None:
        self._house = house
        self._index = index
        self.rows = Rows(house.engine)
        self._learner = Learner(house, index, self.rows)
        self._settling = Settling(index, self.rows)

    # ------------------------------------------------------------ looking

    def corpora(self, reader: Reader) -> Sequence[Corpus]:
        """Return the corpora of which `reader` may see anything."""
        return [
            one
            for one in self.rows.corpora()
            if may_read(reader, one.departments, one.data_class) or may_learn(reader, one)
        ]

    def corpus(self, code: str) -> Corpus:
        """Return a corpus; raises Refused("corpus_unknown")."""
        found = self.rows.corpus(code)
        if found is None:
            raise Refused(
                "corpus_unknown", f"'{code}' 지식이 없습니다.", "지식 목록에서 부호를 확인하세요."
            )
        return found

    def documents(self, corpus: str, reader: Reader) -> Sequence[Document]:
        """Return the documents of a corpus that `reader` may see, in order of title."""
        found = self.rows.documents(document_table.c.corpus == corpus)
        return [one for one in found if may_read(reader, one.departments, one.data_class)]

    def document(self, document_id: str, reader: Reader) -> Document:
        """Return a document; raises Refused("document_unknown") also for one not to be seen."""
        found = self.rows.document(document_id)
        if found is None or not may_read(reader, found.departments, found.data_class):
            raise _unknown()
        return found

    def passages(self, document_id: str, reader: Reader, address: str = "") -> Sequence[Passage]:
        """Return a document's passages in order; a look at class S or C is written down."""
        found = self.document(document_id, reader)
        self.seen(found, reader, address)
        return self._index.passages(found.corpus, document_id, reader)

    def passage(self, passage_id: str, reader: Reader, address: str = "") -> Passage:
        """Return one passage, written down for class S or C; raises Refused("passage_unknown")."""
        found = self._index.passage(passage_id, reader)
        if found is None:
            raise Refused(
                "passage_unknown",
                "그 대목이 없거나 볼 수 없습니다.",
                "문서가 새로 배워졌을 수 있습니다. 다시 물어보세요.",
            )
        if found.data_class is not DataClass.OPEN:
            self._record(reader, "bots.view_passage", f"{found.document} {found.place}", address)
        return found

    def seen(self, document: Document, reader: Reader, address: str = "") -> None:
        """Write down that `reader` looked at the content of a class S or C document."""
        if document.data_class is not DataClass.OPEN:
            self._record(reader, "bots.view_document", document.title, address)

    def original(
        self, document_id: str, reader: Reader, reason: str, address: str = ""
    ) -> OriginalFile:
        """Return a document's sealed original, nothing blotted out; asks for a reason.

        Raises Refused: document_unknown, not_allowed, reason_missing.
        """
        found = self.document(document_id, reader)
        if not reader.roles & {Role.WORK, Role.APPROVE, Role.MANAGE}:
            raise Refused(
                "not_allowed", "원본을 내려받을 권한이 없습니다.", "담당자에게 요청하세요."
            )
        if len(reason.strip()) < 2:
            raise Refused("reason_missing", "내려받는 까닭이 없습니다.", "까닭을 적으세요.")
        data = self._house.files.read(found.sha256)
        self._house.audit.record(
            reader.account, "bots.download_document", found.title[:500], address=address,
            reason=reason, subjects=sum(found.masked.values()),
        )  # fmt: skip
        return OriginalFile(found.name.rpartition("/")[2], data)

    # ------------------------------------------------------------ corpora

    def ensure_corpus(
        self,
        code: str,
        title: str,
        department: str = "",
        departments: Sequence[str] = (),
        data_class: DataClass = DataClass.OPEN,
        by: str = "gongmu",
    ) -> Corpus:
        """Make a corpus or bring title and rights of a known one to these; returns it.

        Documents already learnt follow when the rights become narrower.
        """
        corpus = Corpus(code, title, department, tuple(sorted(set(departments))), data_class)
        rights_of(corpus, data_class, ())
        known = self.rows.corpus(code)
        if known == corpus:
            return corpus
        self.rows.keep_corpus(corpus, self._house.clock(), by)
        self._house.audit.record(by, "bots.corpus", f"{code} {title}"[:500])
        if known is not None and (known.departments, known.data_class) != (
            corpus.departments,
            corpus.data_class,
        ):
            for one in self.rows.documents(document_table.c.corpus == code):
                kept = tuple(d for d in one.departments if d in corpus.departments)
                departments = kept if corpus.departments else one.departments
                self._settling.set_rights(one, rights_of(corpus, one.data_class, departments))
        return corpus

    # ------------------------------------------------------------ learning

    def learn_file(
        self,
        corpus: str,
        data: bytes,
        name: str,
        by: Reader,
        *,
        data_class: DataClass | None = None,
        departments: Sequence[str] = (),
    ) -> Learnt:
        """Learn an uploaded file; the same name again replaces it, a later edition ends it.

        Raises Refused: not_allowed, rights_too_wide, document_empty and what reading_room raises.
        """
        known_corpus = self._allowed(corpus, by)
        name = shown(name).replace("\\", "/").rpartition("/")[2] or "이름 없는 문서"
        check_size(len(data), name)
        rights = rights_of(known_corpus, data_class, departments)
        source = Source("", name, len(data))
        document_id = document_id_of(corpus, source)
        if known := self._learner.same_upload(corpus, name, data, rights):
            return _known(known)
        document = read_document(data, name)
        earlier = self.rows.document(document_id)
        if (
            earlier is not None
            and earlier.state is State.LEARNT
            and None not in (earlier.starts_on, document.starts_on)
            and earlier.starts_on != document.starts_on
        ):
            # Another edition under the same file name: both stay, each with its dates.
            document_id = document_id_of(corpus, source, content_hash(data))
        made = self._learner.draft(document, data, corpus, source, document_id, rights, by)
        done = self._learner.write(corpus, [made])
        changed = self._settling.settle(corpus, {made.document_id})
        return replace(
            done[0],
            replaces=changed.get(made.document_id, ()),
            duplicate_of=self._duplicate_title(made.document_id),
        )

    def learn_folder(
        self,
        corpus: str,
        folder: Path,
        by: Reader,
        note: Note = lambda _line: None,
        *,
        data_class: DataClass | None = None,
        departments: Sequence[str] = (),
    ) -> LearnReport:
        """Bring a corpus to what a folder holds: learn what is new or changed, forget what is gone.

        `note` hears a Korean line per file that was opened. Without `data_class` and
        `departments` known documents keep their rights, new ones take those that all others of
        the folder have. Files that cannot be read are reported, not raised, each time again
        while they stay so. Raises Refused: not_allowed, folder_missing,
        folder_empty.
        """
        began = monotonic()
        known_corpus = self._allowed(corpus, by)
        root = shown(str(folder.resolve()))
        files = files_of(folder)
        marks = self.rows.marks(corpus, root)
        given = data_class is not None or bool(departments)
        rights = rights_of(known_corpus, data_class, departments)
        if not given:
            rights = _usual_rights(marks.values()) or rights
        gone = sorted(marks.keys() - {one.name for one in files})
        if not files and len(gone) > _EMPTIED:
            raise Refused(
                "folder_empty",
                f"문서 {len(gone)}건을 배운 폴더가 비어 있습니다: {root}",
                "공유 폴더의 연결을 확인하세요. 정말 비웠다면 문서를 지식에서 지우세요.",
            )
        if gone:
            self._learner.remove([str(marks[name]["document_id"]) for name in gone])
            marks = self.rows.marks(corpus, root)
            for name in gone:
                note(f"없어짐: {name}")
        unread: list[Unreadable] = []
        own = {
            one.name: rights if given else _rights_in(marks.get(one.name)) or rights
            for one in files
        }
        waiting = [
            one
            for one in files
            if not self._learner.unchanged(one, marks.get(one.name), own[one.name])
        ]
        still = _still_unreadable({one.name for one in files} - {w.name for w in waiting}, marks)
        learnt = self._learner.learn_each(corpus, root, waiting, own, by, unread, note)
        touched = {one.document_id for one in learnt}
        changed = self._settling.settle(corpus, touched) if touched or gone else {}
        same = {
            one.document_id: one.duplicate_of
            for one in self.rows.documents(
                document_table.c.corpus == corpus, document_table.c.duplicate_of != ""
            )
        }
        finished = [
            replace(
                one,
                replaces=changed.get(one.document_id, ()),
                duplicate_of=self._title(same.get(one.document_id, "")),
            )
            for one in learnt
        ]
        report = LearnReport(
            root,
            finished,
            len(files) - len(waiting) - len(still),
            gone,
            [*unread, *still],
            monotonic() - began,
        )
        if learnt or gone or unread:
            self._record(by, "bots.learn_folder", f"{corpus}: {report.said()}", "")
        return report

    def check_may_learn(self, corpus: str, by: Reader) -> Corpus:
        """Return the corpus if `by` may learn into it; raises Refused not_allowed."""
        return self._allowed(corpus, by)

    def forget_upload(self, sha256: str) -> None:
        """Forget a sealed upload that no document came of."""
        self._learner.drop_originals({sha256})

    def forget(self, document_id: str, by: Reader) -> None:
        """Remove a document, its passages and its original; raises Refused."""
        found = self.document(document_id, by)
        self._allowed(found.corpus, by)
        self._learner.remove([document_id])
        self._settling.settle(found.corpus, set())
        self._record(by, "bots.forget_document", f"{found.corpus}: {found.title}", "")

    def set_dates(
        self, document_id: str, starts_on: date | None, ends_on: date | None, by: Reader
    ) -> None:
        """Set by hand since when and until when a document is in force; raises Refused."""
        found = self.document(document_id, by)
        self._allowed(found.corpus, by)
        if starts_on and ends_on and ends_on < starts_on:
            raise Refused(
                "dates_crossed", "끝나는 날이 시작하는 날보다 빠릅니다.", "날짜를 확인하세요."
            )
        self._settling.redate(found, starts_on, ends_on)
        self.rows.change(document_id, said_ends_on=ends_on, dates_by=by.account)
        self._settling.settle(found.corpus, set())
        self._record(by, "bots.document_dates", f"{found.title}: {starts_on}~{ends_on}", "")

    def set_rights(
        self, document_id: str, data_class: DataClass, departments: Sequence[str], by: Reader
    ) -> None:
        """Set class and departments of a document, not wider than its corpus; raises Refused."""
        found = self.document(document_id, by)
        corpus = self._allowed(found.corpus, by)
        self._settling.set_rights(found, rights_of(corpus, data_class, departments))
        self._settling.settle(found.corpus, set())
        self._record(by, "bots.document_rights", f"{found.title}: {data_class.value}", "")

    # ------------------------------------------------------------ watched folders

    def watch(self, corpus: str, folder: Path, by: Reader) -> None:
        """Learn a folder every night from now on; raises Refused."""
        self._allowed(corpus, by)
        files_of(folder)
        root = shown(str(folder.resolve()))
        self.rows.keep_watch(corpus, root, by.account, self._house.clock())
        self._record(by, "bots.watch", f"{corpus}: {root}", "")

    def unwatch(self, corpus: str, folder: str, by: Reader) -> None:
        """Stop watching a folder; what was learnt stays."""
        self._allowed(corpus, by)
        self.rows.drop_watch(corpus, folder)
        self._record(by, "bots.unwatch", f"{corpus}: {folder}", "")

    def learn_watched(self, note: Note = lambda _line: None) -> Sequence[LearnReport]:
        """Learn every watched folder again; one that cannot be read stops no other."""
        reports: list[LearnReport] = []
        for corpus, folder in self.watched():
            try:
                reports.append(self.learn_watched_folder(corpus, Path(folder), note))
                note(f"{folder}: {reports[-1].said()}")
            except Refused as refused:
                note(f"{folder}: {refused}")
        return reports

    def watched(self) -> Sequence[tuple[str, str]]:
        """Return (corpus, folder) of every watched folder."""
        return [(str(one["corpus"]), str(one["folder"])) for one in self.rows.watches()]

    def learn_watched_folder(
        self, corpus: str, folder: Path, note: Note = lambda _line: None
    ) -> LearnReport:
        """Learn one watched folder again and note how it went; raises Refused after noting it."""
        try:
            report = self.learn_folder(corpus, folder, SYSTEM, note)
        except Refused as refused:
            self.rows.looked(corpus, str(folder), self._house.clock(), str(refused))
            raise
        self.rows.looked(corpus, str(folder), self._house.clock(), report.said())
        return report

    # ------------------------------------------------------------ inside

    def _allowed(self, corpus: str, by: Reader) -> Corpus:
        found = self.corpus(corpus)
        if not may_learn(by, found):
            raise Refused(
                "not_allowed",
                f"'{found.title}' 지식에 문서를 넣거나 뺄 권한이 없습니다.",
                f"{found.department or '관리자'}의 담당자에게 요청하세요.",
            )
        return found

    def _duplicate_title(self, document_id: str) -> str:
        found = self.rows.document(document_id)
        return self._title(found.duplicate_of) if found is not None else ""

    def _title(self, document_id: str) -> str:
        found = self.rows.document(document_id) if document_id else None
        return found.title if found is not None else ""

    def _record(self, who: Reader, did: str, about: str, address: str) -> None:
        self._house.audit.record(who.account, did, about[:500], address=address)


@dataclass(frozen=True)
class OriginalFile:
    """A file as it was brought."""

    name: str
    data: bytes


def may_learn(reader: Reader, corpus: Corpus) -> bool:
    """Return whether a person may put documents into a corpus or take them out.

    Managers may everywhere; officers in the corpus of their own department.
    """
    if Role.MANAGE in reader.roles:
        return True
    own = bool(corpus.department) and reader.department == corpus.department
    return Role.WORK in reader.roles and own


def _rights_in(mark: Mapping[Any, Any] | None) -> Rights | None:
    if mark is None:
        return None
    return Rights(DataClass(mark["data_class"]), departments_of(str(mark["departments"])))


def _usual_rights(marks: Iterable[Mapping[Any, Any]]) -> Rights | None:
    """Return the rights that all documents of a folder have, None where they differ."""
    found = {one for mark in marks if (one := _rights_in(mark)) is not None}
    return found.pop() if len(found) == 1 else None


def _still_unreadable(
    unchanged: Iterable[str], marks: Mapping[str, Mapping[Any, Any]]
) -> list[Unreadable]:
    """Return the files that could not be read before and are the same bytes still."""
    return [
        Unreadable(name, "still_unreadable", str(marks[name]["reason"]))
        for name in sorted(unchanged)
        if marks[name]["reason"]
    ]


def _known(one: Document) -> Learnt:
    return Learnt(
        one.document_id, one.title, one.passages, False, one.starts_on, one.ends_on, one.masked,
        notes=one.notes,
    )  # fmt: skip


def _unknown() -> Refused:
    return Refused(
        "document_unknown",
        "그 문서가 없거나 볼 수 없습니다.",
        "지식 목록에서 다시 찾으세요.",
    )
