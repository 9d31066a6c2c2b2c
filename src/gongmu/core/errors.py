"""The three ways work can stop, each with its own consequence.

    GongmuError
     ├─ Refused     a person has to decide or repair; never retried
     ├─ Transient   the outside is down or slow; the step is retried
     └─ Ambiguous   an act may or may not have happened; look it up, never repeat it

Any other exception is a bug and is reported as one.
"""

from __future__ import annotations


class GongmuError(Exception):
    """An expected failure: stable English `code`, Korean `message`, what to do next (`todo`)."""

    evidence_sha256 = ""
    """Hash of the kept screenshot, when a robot met the failure."""
    trace_sha256 = ""
    """Hash of the kept browser trace, when there is one."""

    def __init__(self, code: str, message: str, todo: str = "") -> None:
        super().__init__(code, message, todo)
        self.code = code
        self.message = message
        self.todo = todo

    def __str__(self) -> str:
        return f"{self.message} → {self.todo}" if self.todo else self.message


class Refused(GongmuError):
    """A person has to decide; repeating the step cannot help."""


class Transient(GongmuError):
    """The outside failed in a way that may pass; the step may be retried."""


class Ambiguous(GongmuError):
    """It is not known whether the act happened; look it up before doing anything."""
