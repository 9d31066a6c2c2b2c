"""The process that reads documents: one file after the other from its standard input.

Each request is a line of JSON (name, size) and the bytes; each answer a line of JSON (ok, size)
and as many bytes. It holds nothing between files and dies with its parent.
"""

from __future__ import annotations

import json
import os
import sys
from typing import BinaryIO

from gongmu.core.errors import Refused

_MOST_MEMORY = 3 * 1024**3


def main() -> None:
    """Answer requests until the input ends."""
    _limit()
    source, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # What a library prints must not get into the answers.
    os.dup2(2, 1)
    from gongmu.bots.knowledge.reading import read_here
    from gongmu.bots.knowledge.wire import to_json

    while line := source.readline():
        asked = json.loads(line)
        data = source.read(int(asked["size"]))
        try:
            _answer(answers, True, to_json(read_here(data, str(asked["name"]))))
        except Refused as refused:
            said = {"code": refused.code, "message": refused.message, "todo": refused.todo}
            _answer(answers, False, json.dumps(said).encode())
        except MemoryError:
            os._exit(3)


def _answer(answers: BinaryIO, ok: bool, body: bytes) -> None:
    answers.write(json.dumps({"ok": ok, "size": len(body)}).encode() + b"\n" + body)
    answers.flush()


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
