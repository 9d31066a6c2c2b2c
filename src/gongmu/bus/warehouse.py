"""The published days on disk: Parquet by city and service day, read through DuckDB.

    <root>/<city>/<day>/current          text: the name of the published version
    <root>/<city>/<day>/<version>/       manifest.json and <table>.parquet

A day is written whole into a folder of its own and then named by `current`, in one rename, so a
reader sees the old day or the new day, never a mixture; running twice changes nothing but the
time of publication. The version before the current one is kept for readers that still hold it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import uuid
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from gongmu.core.errors import Refused

CURRENT = "current"
MANIFEST = "manifest.json"
WRITES_WAITING = 1
"""Tables that may wait to be written; more would cost memory and save nothing."""


@dataclass(frozen=True)
class SourceFile:
    """A file that went into a day: its name, content hash and rows used."""

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True)
class Manifest:
    """What stands behind a published day.

    input_digest: hash over the input content, the rules and the code version; equal digests give
    equal tables. rows: rows of each published table. quality: headline shares by measure.
    """

    city: str
    service_day: date
    files: tuple[SourceFile, ...]
    input_digest: str
    code_version: str
    rows: Mapping[str, int]
    quality: Mapping[str, float]
    published_at: datetime

    def to_json(self) -> str:
        """Write the manifest as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, default=_plain)

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read what `to_json` wrote."""
        data: dict[str, Any] = json.loads(text)
        data["service_day"] = date.fromisoformat(data["service_day"])
        data["published_at"] = datetime.fromisoformat(data["published_at"])
        data["files"] = tuple(SourceFile(**entry) for entry in data["files"])
        return cls(**data)


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"not for a manifest: {value!r}")


class Warehouse:
    """The published days under one folder; the only door to DuckDB."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def publish(
        self, city: str, day: date, tables: Mapping[str, pl.DataFrame], manifest: Manifest
    ) -> None:
        """Replace the whole day by these tables, all or nothing."""
        home = self._home(city, day)
        version = uuid.uuid4().hex
        folder = home / version
        folder.mkdir(parents=True)
        try:
            _write_all(folder, tables)
            (folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
            for path in folder.iterdir():
                _sync(path)
            _sync(folder)
            before = self._version(city, day)
            fresh = home / f"{CURRENT}.{version}"
            fresh.write_text(version, encoding="ascii")
            _sync(fresh)
            fresh.replace(home / CURRENT)
            _sync(home)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._sweep(home, {version, before})

    def manifest(self, city: str, day: date) -> Manifest | None:
        """Return what stands behind a day, or None when it was never published."""
        version = self._version(city, day)
        if version is None:
            return None
        text = (self._home(city, day) / version / MANIFEST).read_text(encoding="utf-8")
        return Manifest.from_json(text)

    def days(self, city: str) -> list[date]:
        """Return the published service days of a city, in order."""
        home = self._root / city
        return sorted(date.fromisoformat(path.parent.name) for path in home.glob(f"*/{CURRENT}"))

    def path(self, city: str, day: date, table: str) -> Path:
        """Return where a table of a day stands; there is no file when it was not published."""
        return self._home(city, day) / (self._version(city, day) or "none") / f"{table}.parquet"

    def query(
        self,
        sql: str,
        city: str,
        days: Sequence[date],
        parameters: Sequence[Any] | Mapping[str, Any] | None = None,
    ) -> pl.DataFrame:
        """Run SQL over the days' tables, each a view of the name it has in tables.py.

        A table is visible when every one of `days` has it. Only these files can be read. Raises
        `Refused` day_not_published.
        """
        with self._views(city, days, sql) as connection:
            stream = connection.sql(sql, params=parameters).__arrow_c_stream__()
            return pl.DataFrame(_Stream(stream))

    @contextmanager
    def _views(
        self, city: str, days: Sequence[date], sql: str
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        folders = [self._home(city, day) / (self._version(city, day) or "none") for day in days]
        if not folders or not all(folder.is_dir() for folder in folders):
            raise Refused(
                "day_not_published",
                "아직 분석하지 않은 운행일입니다.",
                "그날 자료를 먼저 분석하거나 다른 운행일을 고르세요.",
            )
        connection = duckdb.connect(":memory:")
        try:
            connection.execute("SET TimeZone = 'Asia/Seoul'")
            connection.execute("SET python_enable_replacements = false")
            shared = set.intersection(*({p.stem for p in f.glob("*.parquet")} for f in folders))
            # 뷰 하나에 2ms쯤 들므로 물음에 이름이 나오는 표만 만든다
            for table in sorted(shared & set(re.findall(r"\w+", sql.lower()))):
                paths = [str(folder / f"{table}.parquet") for folder in folders]
                connection.read_parquet(paths).create_view(table)
            allowed = [str(folder) + os.sep for folder in folders]
            connection.execute(f"SET allowed_directories = {allowed!r}")
            connection.execute("SET enable_external_access = false")
            yield connection
        finally:
            connection.close()

    def _home(self, city: str, day: date) -> Path:
        return self._root / city / day.isoformat()

    def _version(self, city: str, day: date) -> str | None:
        try:
            return (self._home(city, day) / CURRENT).read_text(encoding="ascii")
        except FileNotFoundError:
            return None

    @staticmethod
    def _sweep(home: Path, kept: set[str | None]) -> None:
        """Remove versions that are neither current nor the one before."""
        for path in home.iterdir():
            if path.is_dir() and path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)


class _Stream:
    """An Arrow stream as Polars asks for it.

    Given the relation itself, Polars keeps DuckDB's types in a cache until the interpreter ends,
    and DuckDB then complains on the terminal.
    """

    def __init__(self, stream: object) -> None:
        self._stream = stream

    def __arrow_c_stream__(self, _requested_schema: object = None) -> object:
        return self._stream


def _write_all(folder: Path, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write every table; `tables` may make the next ones while the ones before are written."""
    with ThreadPoolExecutor(1) as writer:
        writing: deque[Future[None]] = deque()
        for name, frame in tables.items():
            while len(writing) >= WRITES_WAITING:
                writing.popleft().result()
            writing.append(writer.submit(_write, folder / f"{name}.parquet", frame))
        for last in writing:
            last.result()


def _write(path: Path, frame: pl.DataFrame) -> None:
    frame.write_parquet(path, compression="zstd", compression_level=1)


def _sync(path: Path) -> None:
    """Ask the disk to keep what was written, so a power cut cannot leave half a day."""
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open a folder; its renames are journalled
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
