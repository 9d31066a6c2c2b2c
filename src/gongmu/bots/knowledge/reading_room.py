"""Reads documents in a process of its own, with a time and a memory limit.

A damaged or hostile file can bring native libraries down, hang them or fill the memory; then only
that process dies, the file is refused in Korean and the next one finds a fresh process.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator

from gongmu.bots.knowledge.blocks import ReadDocument
from gongmu.bots.knowledge.reading import check_size
from gongmu.bots.knowledge.wire import from_json
from gongmu.core.errors import Refused

LONGEST_SECONDS = 300.0
_FIRST_SECONDS, _SECONDS_PER_MB = 60.0, 40.0
"""A PDF takes an eighth of a second a page; small files that take long are hostile."""


class ReadingRoom:
    """Keeps one reading process alive; one file is read at a time."""

    def __init__(self, longest_seconds: float = LONGEST_SECONDS) -> None:
        self._longest = longest_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def read(self, data: bytes, name: str) -> ReadDocument:
        """Return the document; raises Refused as reading.read_here does, and file_hostile."""
        check_size(len(data), name)
        with self._lock:
            ok, body = self._ask(data, name)
        if ok:
            return from_json(body)
        said = json.loads(body)
        raise Refused(said["code"], said["message"], said["todo"])

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()

    def _ask(self, data: bytes, name: str) -> tuple[bool, bytes]:
        process = self._living()
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the reading process has no pipes")
        longest = min(self._longest, _FIRST_SECONDS + _SECONDS_PER_MB * len(data) / 1024**2)
        with self._time_limit(process, longest) as was_late:
            try:
                head = json.dumps({"name": name, "size": len(data)})
                process.stdin.write(head.encode() + b"\n" + data)
                process.stdin.flush()
                answer = json.loads(process.stdout.readline() or b"null")
                body = process.stdout.read(answer["size"]) if answer else b""
            except (OSError, ValueError):
                answer, body = None, b""
        if not answer or len(body) != answer["size"]:
            self.close()
            why = (
                f"{longest:.0f}초 안에 읽히지 않았습니다"
                if was_late.is_set()
                else "읽는 프로그램을 멈추게 했습니다"
            )
            raise Refused(
                "file_hostile",
                f"'{name}' 파일이 {why}(깨졌거나 일부러 만든 파일일 수 있습니다).",
                "문서를 열어 새 이름으로 저장하거나 PDF로 만들어 다시 올리세요.",
            )
        return bool(answer["ok"]), body

    def _living(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", "gongmu.bots.knowledge.reader_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return self._process

    @contextlib.contextmanager
    def _time_limit(
        self, process: subprocess.Popen[bytes], seconds: float
    ) -> Iterator[threading.Event]:
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            yield late
        finally:
            timer.cancel()


_room = ReadingRoom()
atexit.register(_room.close)


def read_document(data: bytes, name: str) -> ReadDocument:
    """Return a document as blocks with its title and the days it is in force.

    Reads in a process of its own. `name` is the file's name, used for the title and in messages.
    Raises Refused: file_empty, file_too_large, file_damaged, file_truncated, file_encrypted,
    file_hostile, format_unknown, encoding_unknown, scan_without_text.
    """
    return _room.read(data, name)
