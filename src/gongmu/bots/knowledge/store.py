"""What the city has learnt, as the other rooms use it: corpora, documents, passages, learning."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any

from gongmu.bots.knowledge.blocks import ReadDocument
from gongmu.bots.knowledge.document import (
    Corpus,
    Document,
    LearnReport,
    Learnt,
    State,
    Unreadable,
)
from gongmu.bots.knowledge.draft import (
    Draft,
    Rights,
    Source,
    dated,
    document_id_of,
    draft,
    rights_of,
    unread_row,
)
from gongmu.bots.knowledge.editions import places
from gongmu.bots.knowledge.folder import FoundFile, files_of, shown
from gongmu.bots.knowledge.reading import READING_VERSION, check_size
from gongmu.bots.knowledge.reading_room import read_document
from gongmu.bots.knowledge.rows import Rows
from gongmu.bots.knowledge.tables import document_table
from gongmu.bots.passages import DataClass, Passage, Reader, may_read
from gongmu.bots.search.index import SearchIndex
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.people import Role
from gongmu.core.values import content_hash

KIND = "knowledge"
"""Kind of the sealed originals in the house's files."""
SYSTEM = Reader("gongmu", "자동 배움", "", frozenset({Role.MANAGE}))
"""For whom watched folders are learnt at night."""
_BATCH_PASSAGES = 400
_AHEAD = 3
_EMPTIED = 5
"""A folder that had more documents than this and is empty now is taken for unplugged."""

Note = Callable[[str], None]


class Knowledge:
    """The knowledge of one installation."""

    def __init__(self, house: House, index: SearchIndex) -> None:
        self._house = house
        self._index = index
        self.rows = Rows(house.engine)

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
                self._set_rights(one, rights_of(corpus, one.data_class, departments))
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
        if known := self._same_upload(corpus, name, data, rights):
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
        made = self._draft(document, data, corpus, source, document_id, rights, by)
        done = self._write(corpus, [made])
        changed = self._settle(corpus, {made.document_id})
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

        `note` hears a Korean line per file. Files that cannot be read are reported, not raised.
        Raises Refused: not_allowed, folder_missing, folder_empty.
        """
        began = monotonic()
        rights = rights_of(self._allowed(corpus, by), data_class, departments)
        root = shown(str(folder.resolve()))
        files = files_of(folder)
        marks = self.rows.marks(corpus, root)
        gone = sorted(marks.keys() - {one.name for one in files})
        if not files and len(gone) > _EMPTIED:
            raise Refused(
                "folder_empty",
                f"문서 {len(gone)}건을 배운 폴더가 비어 있습니다: {root}",
                "공유 폴더의 연결을 확인하세요. 정말 비웠다면 문서를 지식에서 지우세요.",
            )
        if gone:
            self._remove([str(marks[name]["document_id"]) for name in gone])
            marks = self.rows.marks(corpus, root)
            for name in gone:
                note(f"없어짐: {name}")
        unread: list[Unreadable] = []
        waiting = [one for one in files if not self._unchanged(one, marks.get(one.name), rights)]
        learnt = self._learn_each(corpus, root, waiting, rights, by, unread, note)
        touched = {one.document_id for one in learnt}
        changed = self._settle(corpus, touched) if touched or gone else {}
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
            root, finished, len(files) - len(waiting), gone, unread, monotonic() - began
        )
        if learnt or gone or unread:
            self._record(by, "bots.learn_folder", f"{corpus}: {report.said()}", "")
        return report

    def forget(self, document_id: str, by: Reader) -> None:
        """Remove a document, its passages and its original; raises Refused."""
        found = self.document(document_id, by)
        self._allowed(found.corpus, by)
        self._remove([document_id])
        self._settle(found.corpus, set())
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
        self._redate(found, starts_on, ends_on)
        self.rows.change(document_id, said_ends_on=ends_on, dates_by=by.account)
        self._settle(found.corpus, set())
        self._record(by, "bots.document_dates", f"{found.title}: {starts_on}~{ends_on}", "")

    def set_rights(
        self, document_id: str, data_class: DataClass, departments: Sequence[str], by: Reader
    ) -> None:
        """Set class and departments of a document, not wider than its corpus; raises Refused."""
        found = self.document(document_id, by)
        corpus = self._allowed(found.corpus, by)
        self._set_rights(found, rights_of(corpus, data_class, departments))
        self._settle(found.corpus, set())
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
        for watch in self.rows.watches():
            corpus, folder = str(watch["corpus"]), str(watch["folder"])
            try:
                report = self.learn_folder(corpus, Path(folder), SYSTEM, note)
                reports.append(report)
                said = report.said()
            except Refused as refused:
                said = str(refused)
            self.rows.looked(corpus, folder, self._house.clock(), said)
            note(f"{folder}: {said}")
        return reports

    # ------------------------------------------------------------ inside: learning

    def _allowed(self, corpus: str, by: Reader) -> Corpus:
        found = self.corpus(corpus)
        if not may_learn(by, found):
            raise Refused(
                "not_allowed",
                f"'{found.title}' 지식에 문서를 넣거나 뺄 권한이 없습니다.",
                f"{found.department or '관리자'}의 담당자에게 요청하세요.",
            )
        return found

    def _same_upload(self, corpus: str, name: str, data: bytes, rights: Rights) -> Document | None:
        table = document_table.c
        found = self.rows.documents(
            table.corpus == corpus,
            table.folder == "",
            table.name == name,
            table.sha256 == content_hash(data),
            table.reading_version == READING_VERSION,
            table.state.in_((State.LEARNT, State.DUPLICATE)),
        )
        wanted = (rights.data_class, rights.departments)
        return next((one for one in found if (one.data_class, one.departments) == wanted), None)

    def _unchanged(self, file: FoundFile, mark: Mapping[Any, Any] | None, rights: Rights) -> bool:
        if mark is None or mark["reading_version"] != READING_VERSION:
            return False
        if mark["state"] == State.LEARNING:
            return False
        if highest_text(rights) != (mark["data_class"], mark["departments"]):
            return False
        if (mark["size"], mark["changed_ns"]) == (file.size, file.changed_ns):
            return True
        if mark["size"] != file.size or not mark["sha256"]:
            return False
        try:
            same = bool(content_hash(file.path.read_bytes()) == mark["sha256"])
        except OSError:
            return False
        if same:
            self.rows.change(str(mark["document_id"]), changed_ns=file.changed_ns)
        return same

    def _learn_each(
        self,
        corpus: str,
        root: str,
        files: Sequence[FoundFile],
        rights: Rights,
        by: Reader,
        unread: list[Unreadable],
        note: Note,
    ) -> list[Learnt]:
        learnt: list[Learnt] = []
        batch: list[Draft] = []
        for file, read in _read_ahead(files):
            source = Source(root, file.name, file.size, file.changed_ns)
            document_id = document_id_of(corpus, source)
            try:
                got = read.result()
                made = self._draft(got.document, got.data, corpus, source, document_id, rights, by)
            except Refused as refused:
                unread.append(Unreadable(file.name, refused.code, str(refused)))
                self._keep_unread(corpus, source, document_id, rights, refused, by)
                note(f"읽지 못함: {refused}")
                continue
            batch.append(made)
            note(f"배움: {file.name} (대목 {len(made.passages)}개)")
            if sum(len(one.passages) for one in batch) >= _BATCH_PASSAGES:
                learnt += self._write(corpus, batch)
                batch = []
        return learnt + self._write(corpus, batch)

    def _draft(
        self,
        document: ReadDocument,
        data: bytes,
        corpus: str,
        source: Source,
        document_id: str,
        rights: Rights,
        by: Reader,
    ) -> Draft:
        made = draft(
            document, data, corpus, source, document_id, rights, by.account, self._house.clock()
        )
        earlier = self.rows.document(document_id)
        if earlier is not None and earlier.dates_by:
            made = dated(made, earlier.starts_on, earlier.ends_on, earlier.dates_by)
        self._house.files.put(data, source.name[-300:], kind=KIND, source=corpus)
        return made

    def _write(self, corpus: str, drafts: Sequence[Draft]) -> list[Learnt]:
        """Write documents: begun, passages, done. What a crash leaves begun is learnt again."""
        if not drafts:
            return []
        originals: dict[tuple[str, str, str], str] = {}
        passages: dict[str, Sequence[Passage]] = {}
        finished = []
        before = {str(one.row["sha256"]) for one in self._present(drafts)}
        self.rows.keep([{**one.row, "state": State.LEARNING} for one in drafts])
        for one in drafts:
            key = (
                str(one.row["sha256"]), str(one.row["data_class"]), str(one.row["departments"])
            )  # fmt: skip
            same = originals.get(key) or self._same_bytes(corpus, one)
            originals.setdefault(key, one.document_id)
            passages[one.document_id] = () if same else one.passages
            finished.append(
                {**one.row, "state": State.DUPLICATE, "duplicate_of": same, "passages": 0}
                if same
                else one.row
            )
        self._index.replace_many(corpus, passages)
        self.rows.keep(finished)
        for heir in self._heirs([one.document_id for one in drafts]):
            if heir.sha256 not in {one.row["sha256"] for one in drafts}:
                self._learn_kept(heir)
        self._drop_originals(before)
        return [
            Learnt(
                one.document_id,
                one.title,
                len(passages[one.document_id]),
                True,
                one.starts_on,
                one.ends_on,
                one.masked,
                notes=one.notes,
            )
            for one in drafts
        ]

    def _present(self, drafts: Sequence[Draft]) -> Sequence[Draft]:
        """Return, as drafts, the rows that these will replace."""
        old = []
        for one in drafts:
            known = self.rows.document(one.document_id)
            if known is not None and known.sha256:
                old.append(replace(one, row={**one.row, "sha256": known.sha256}))
        return old

    def _same_bytes(self, corpus: str, one: Draft) -> str:
        """Return the id of a learnt document of the same bytes and rights, or ""."""
        table = document_table.c
        found = self.rows.documents(
            table.corpus == corpus,
            table.sha256 == one.row["sha256"],
            table.state == State.LEARNT,
            table.data_class == one.row["data_class"],
            table.departments == one.row["departments"],
            table.document_id != one.document_id,
        )
        return found[0].document_id if found else ""

    def _keep_unread(
        self,
        corpus: str,
        source: Source,
        document_id: str,
        rights: Rights,
        refused: Refused,
        by: Reader,
    ) -> None:
        now = self._house.clock()
        earlier = self.rows.document(document_id)
        if earlier is not None and earlier.passages and earlier.state is State.LEARNT:
            # A file half copied at night must not take away what was known yesterday.
            why = f"바뀐 파일을 읽지 못해 전에 배운 내용을 그대로 씁니다: {refused}"
            self.rows.change(
                document_id, reason=why, size=source.size, changed_ns=source.changed_ns
            )
            return
        row = unread_row(corpus, source, document_id, rights, str(refused), by.account, now)
        self.rows.keep([row])

    # ------------------------------------------------------------ inside: settling

    def _settle(self, corpus: str, touched: set[str]) -> Mapping[str, Sequence[str]]:
        """Bring editions and near-duplicates of a corpus up to date.

        Returns id of a touched document → titles of the editions that ended with it. Doing it
        again changes nothing; what a crash left undone is done by the next learning.
        """
        documents = self.rows.documents(document_table.c.corpus == corpus)
        said = self.rows.said_ends(corpus)
        found = places(documents, said, self.rows.signatures(corpus))
        ended: dict[str, list[str]] = {}
        for one in documents:
            place = found.get(one.document_id)
            if place is None:
                continue
            if place.ends_on != one.ends_on:
                self._redate(one, one.starts_on, place.ends_on)
            if place.replaced_by in touched and place.replaced_by != one.replaced_by:
                ended.setdefault(place.replaced_by, []).append(one.title)
            if (place.replaced_by, place.duplicate_of) != (one.replaced_by, one.duplicate_of):
                self.rows.change(
                    one.document_id,
                    replaced_by=place.replaced_by,
                    duplicate_of=place.duplicate_of,
                )
        return ended

    def _redate(self, one: Document, starts_on: date | None, ends_on: date | None) -> None:
        passages = [
            replace(passage, starts_on=starts_on, ends_on=ends_on)
            for passage in self._own_passages(one)
        ]
        self._index.replace(one.corpus, one.document_id, passages)
        self.rows.change(one.document_id, starts_on=starts_on, ends_on=ends_on)

    def _set_rights(self, one: Document, rights: Rights) -> None:
        passages = [
            replace(passage, data_class=rights.data_class, departments=rights.departments)
            for passage in self._own_passages(one)
        ]
        self._index.replace(one.corpus, one.document_id, passages)
        self.rows.change(
            one.document_id,
            data_class=rights.data_class.value,
            departments="\n".join(rights.departments),
        )

    def _own_passages(self, one: Document) -> Sequence[Passage]:
        department = one.departments[0] if one.departments else ""
        reader = replace(SYSTEM, department=department)
        return self._index.passages(one.corpus, one.document_id, reader)

    def _remove(self, ids: Sequence[str]) -> None:
        """Remove documents; what was a duplicate of one of them is learnt in its place."""
        removed = [found for one in ids if (found := self.rows.document(one)) is not None]
        heirs = self._heirs(ids)
        for corpus in {one.corpus for one in removed}:
            self._index.remove(corpus, [one.document_id for one in removed if one.corpus == corpus])
        self.rows.drop(ids)
        for heir in heirs:
            self._learn_kept(heir)
        self._drop_originals({one.sha256 for one in removed if one.sha256})

    def _heirs(self, ids: Sequence[str]) -> Sequence[Document]:
        """Return the documents that are not searched because one of these has the same bytes."""
        table = document_table.c
        return self.rows.documents(
            table.duplicate_of.in_(ids),
            table.state == State.DUPLICATE,
            table.document_id.not_in(ids),
        )

    def _learn_kept(self, one: Document) -> None:
        """Learn a document again from its sealed original."""
        data = self._house.files.read(one.sha256)
        mark = self.rows.marks(one.corpus, one.folder)[one.name]
        source = Source(one.folder, one.name, one.size, int(mark["changed_ns"]))
        rights = Rights(one.data_class, one.departments)
        by = replace(SYSTEM, account=one.learnt_by)
        document = read_document(data, one.name)
        made = self._draft(document, data, one.corpus, source, one.document_id, rights, by)
        self._write(one.corpus, [made])

    def _drop_originals(self, hashes: set[str]) -> None:
        """Forget sealed originals that no document holds any more."""
        for sha256 in hashes:
            if not self.rows.documents(document_table.c.sha256 == sha256):
                kept = self._house.files.find(sha256)
                if kept is not None and kept.kind == KIND:
                    self._house.files.forget(sha256)

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


def highest_text(rights: Rights) -> tuple[str, str]:
    """Return rights as the columns hold them."""
    return rights.data_class.value, "\n".join(rights.departments)


@dataclass(frozen=True)
class _Got:
    document: ReadDocument
    data: bytes


def _read_ahead(files: Sequence[FoundFile]) -> Iterator[tuple[FoundFile, Future[_Got]]]:
    """Yield files in order; the next ones are read while the present one is cut and written."""
    with ThreadPoolExecutor(1, thread_name_prefix="reading") as pool:
        waiting: deque[tuple[FoundFile, Future[_Got]]] = deque()
        try:
            for file in files:
                waiting.append((file, pool.submit(_got, file)))
                if len(waiting) > _AHEAD:
                    yield waiting.popleft()
            while waiting:
                yield waiting.popleft()
        finally:
            for _, future in waiting:
                future.cancel()


def _got(file: FoundFile) -> _Got:
    check_size(file.size, file.name)
    try:
        data = file.path.read_bytes()
    except OSError as why:
        raise Refused(
            "file_unreadable", f"'{file.name}' 파일을 열 수 없습니다.", "읽는 권한을 확인하세요."
        ) from why
    return _Got(read_document(data, file.name.rpartition("/")[2]), data)


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
