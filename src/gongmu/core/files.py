"""Files by content hash, sealed at rest: the same bytes are kept once, whoever brings them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from gongmu.core.clock import Clock, system_clock
from gongmu.core.database import Instant, metadata
from gongmu.core.errors import Refused
from gongmu.core.values import content_hash
from gongmu.core.vault import Vault

stored_file_table = sa.Table(
    "stored_file",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(300), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.String(50), nullable=False),
    sa.Column("source", sa.String(100), nullable=False),
    sa.Column("received_at", Instant, nullable=False),
)


@dataclass(frozen=True)
class StoredFile:
    """A kept file: what it is called, how large it was, who brought it and when (first time)."""

    sha256: str
    name: str
    size: int
    kind: str
    source: str
    received_at: datetime


class FileStore:
    """Keeps bytes under `root`, one sealed file per content hash, with a row in the database."""

    def __init__(
        self, root: Path, engine: sa.Engine, vault: Vault, clock: Clock = system_clock
    ) -> None:
        self._root = root
        self._engine = engine
        self._vault = vault
        self._clock = clock

    def put(self, data: bytes, name: str, *, kind: str, source: str) -> StoredFile:
        """Keep `data` and return its record; bytes already kept return their first record."""
        sha256 = content_hash(data)
        known = self.find(sha256)
        if known is not None and self._path(sha256).exists():
            return known
        self._write(sha256, data)
        record = StoredFile(sha256, name, len(data), kind, source, self._clock())
        if known is None:
            try:
                with self._engine.begin() as connection:
                    connection.execute(stored_file_table.insert().values(vars(record)))
            except sa.exc.IntegrityError:
                # Another worker kept the same bytes a moment ago; its record stands.
                return self.find(sha256) or record
        return known or record

    def find(self, sha256: str) -> StoredFile | None:
        """Return the record of a kept file, or None when it was never kept."""
        query = sa.select(stored_file_table).where(stored_file_table.c.sha256 == sha256)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return StoredFile(*row) if row else None

    def read(self, sha256: str) -> bytes:
        """Return the bytes; raises Refused when they are gone or were changed."""
        path = self._path(sha256)
        if not path.exists():
            raise Refused(
                "file_missing",
                f"보관한 파일({sha256[:12]}…)이 없습니다.",
                "백업에서 되돌리거나 다시 내려받으세요.",
            )
        data = self._vault.unseal(path.read_bytes(), f"file:{sha256}")
        if content_hash(data) != sha256:
            raise Refused(
                "file_changed",
                f"보관한 파일({sha256[:12]}…)의 내용이 바뀌었습니다.",
                "백업에서 되돌리세요.",
            )
        return data

    def forget(self, sha256: str) -> None:
        """Remove one kept file, record too; an unknown one changes nothing."""
        with self._engine.begin() as connection:
            mine = stored_file_table.c.sha256 == sha256
            connection.execute(stored_file_table.delete().where(mine))
        self._path(sha256).unlink(missing_ok=True)

    def forget_older(self, kind: str, before: datetime) -> int:
        """Remove the files of a kind received before a time, records too; return how many."""
        old = sa.and_(stored_file_table.c.kind == kind, stored_file_table.c.received_at < before)
        with self._engine.begin() as connection:
            gone = list(connection.scalars(sa.select(stored_file_table.c.sha256).where(old)))
            connection.execute(stored_file_table.delete().where(old))
        for sha256 in gone:
            self._path(sha256).unlink(missing_ok=True)
        return len(gone)

    def _path(self, sha256: str) -> Path:
        return self._root / sha256[:2] / sha256

    def _write(self, sha256: str, data: bytes) -> None:
        path = self._path(sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}.part")
        with draft.open("wb") as file:
            file.write(self._vault.seal(data, f"file:{sha256}"))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
