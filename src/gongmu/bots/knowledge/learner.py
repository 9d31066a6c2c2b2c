"""Writes documents: read ahead, begun, passages, done; what a crash leaves begun is done again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from gongmu.bots.knowledge.blocks import ReadDocument
from gongmu.bots.knowledge.document import Document, Learnt, State, Unreadable
from gongmu.bots.knowledge.draft import (
    Draft,
    Rights,
    Source,
    dated,
    document_id_of,
    draft,
    unread_row,
)
from gongmu.bots.knowledge.folder import FoundFile
from gongmu.bots.knowledge.reading import READING_VERSION, check_size
from gongmu.bots.knowledge.reading_room import read_document
from gongmu.bots.knowledge.rows import Rows
from gongmu.bots.knowledge.tables import document_table
from gongmu.bots.passages import DataClass, Passage, Reader
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

Note = Callable[[str], None]


class Learner:
    """Brings documents into one installation's rows, index and sealed files."""

    def __init__(self, house: House, index: SearchIndex, rows: Rows) -> None:
        self._house = house
        self._index = index
        self._rows = rows

    def same_upload(self, corpus: str, name: str, data: bytes, rights: Rights) -> Document | None:
        table = document_table.c
        found = self._rows.documents(
            table.corpus == corpus,
            table.folder == "",
            table.name == name,
            table.sha256 == content_hash(data),
            table.reading_version == READING_VERSION,
            table.state.in_((State.LEARNT, State.DUPLICATE)),
        )
        return next(
            (
                one
                for one in found
                if one.departments == rights.departments
                and one.data_class.rank >= rights.data_class.rank
            ),
            None,
        )

    def unchanged(self, file: FoundFile, mark: Mapping[Any, Any] | None, rights: Rights) -> bool:
        if mark is None or mark["reading_version"] != READING_VERSION:
            return False
        if mark["state"] == State.LEARNING:
            return False
        # A mark on the paper may have raised its class; only a person lowers it again.
        kept = DataClass(mark["data_class"])
        if kept.rank < rights.data_class.rank or mark["departments"] != "\n".join(
            rights.departments
        ):
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
            self._rows.change(str(mark["document_id"]), changed_ns=file.changed_ns)
        return same

    def learn_each(
        self,
        corpus: str,
        root: str,
        files: Sequence[FoundFile],
        own: Mapping[str, Rights],
        by: Reader,
        unread: list[Unreadable],
        note: Note,
    ) -> list[Learnt]:
        learnt: list[Learnt] = []
        batch: list[Draft] = []
        for file, read in _read_ahead(files):
            source = Source(root, file.name, file.size, file.changed_ns)
            document_id = document_id_of(corpus, source)
            rights = own[file.name]
            try:
                got = read.result()
                made = self.draft(got.document, got.data, corpus, source, document_id, rights, by)
            except Refused as refused:
                unread.append(Unreadable(file.name, refused.code, str(refused)))
                self._keep_unread(corpus, source, document_id, rights, refused, by)
                note(f"읽지 못함: {refused}")
                continue
            batch.append(made)
            note(f"배움: {file.name} (대목 {len(made.passages)}개)")
            if sum(len(one.passages) for one in batch) >= _BATCH_PASSAGES:
                learnt += self.write(corpus, batch)
                batch = []
        return learnt + self.write(corpus, batch)

    def draft(
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
        earlier = self._rows.document(document_id)
        if earlier is not None and earlier.dates_by:
            made = dated(made, earlier.starts_on, earlier.ends_on, earlier.dates_by)
        self._house.files.put(data, source.name[-300:], kind=KIND, source=corpus)
        return made

    def write(self, corpus: str, drafts: Sequence[Draft]) -> list[Learnt]:
        """Write documents: begun, passages, done. What a crash leaves begun is learnt again."""
        if not drafts:
            return []
        originals: dict[tuple[str, str, str], str] = {}
        passages: dict[str, Sequence[Passage]] = {}
        finished = []
        present = [self._rows.document(one.document_id) for one in drafts]
        before = {one.sha256 for one in present if one is not None and one.sha256}
        after = {one.row["sha256"] for one in drafts}
        self._rows.keep([{**one.row, "state": State.LEARNING} for one in drafts])
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
        self._rows.keep(finished)
        for heir in self._heirs([one.document_id for one in drafts]):
            if heir.sha256 not in after:
                self._learn_kept(heir)
        self.drop_originals(before)
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

    def _same_bytes(self, corpus: str, one: Draft) -> str:
        """Return the id of a learnt document of the same bytes and rights, or ""."""
        table = document_table.c
        found = self._rows.documents(
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
        earlier = self._rows.document(document_id)
        if earlier is not None and earlier.passages and earlier.state is State.LEARNT:
            # A file half copied at night must not take away what was known yesterday.
            why = f"바뀐 파일을 읽지 못해 전에 배운 내용을 그대로 씁니다: {refused}"
            self._rows.change(
                document_id, reason=why, size=source.size, changed_ns=source.changed_ns
            )
            return
        row = unread_row(corpus, source, document_id, rights, str(refused), by.account, now)
        self._rows.keep([row])

    def remove(self, ids: Sequence[str]) -> None:
        """Remove documents; what was a duplicate of one of them is learnt in its place."""
        removed = [found for one in ids if (found := self._rows.document(one)) is not None]
        heirs = self._heirs(ids)
        for corpus in {one.corpus for one in removed}:
            self._index.remove(corpus, [one.document_id for one in removed if one.corpus == corpus])
        self._rows.drop(ids)
        for heir in heirs:
            self._learn_kept(heir)
        self.drop_originals({one.sha256 for one in removed if one.sha256})

    def _heirs(self, ids: Sequence[str]) -> Sequence[Document]:
        """Return the documents that are not searched because one of these has the same bytes."""
        table = document_table.c
        return self._rows.documents(
            table.duplicate_of.in_(ids),
            table.state == State.DUPLICATE,
            table.document_id.not_in(ids),
        )

    def _learn_kept(self, one: Document) -> None:
        """Learn a document again from its sealed original."""
        data = self._house.files.read(one.sha256)
        mark = self._rows.marks(one.corpus, one.folder)[one.name]
        source = Source(one.folder, one.name, one.size, int(mark["changed_ns"]))
        rights = Rights(one.data_class, one.departments)
        by = replace(SYSTEM, account=one.learnt_by)
        document = read_document(data, one.name)
        made = self.draft(document, data, one.corpus, source, one.document_id, rights, by)
        self.write(one.corpus, [made])

    def drop_originals(self, hashes: set[str]) -> None:
        """Forget sealed originals that no document holds any more."""
        for sha256 in hashes:
            if not self._rows.documents(document_table.c.sha256 == sha256):
                kept = self._house.files.find(sha256)
                if kept is not None and kept.kind == KIND:
                    self._house.files.forget(sha256)


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
