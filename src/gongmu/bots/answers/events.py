"""What happens while an answer is made, in the order in which it happens."""

from __future__ import annotations

from dataclasses import dataclass

from gongmu.bots.answer import Answer, Citation, Sentence, ToolUse


@dataclass(frozen=True)
class Started:
    """The question is kept; the turn can be stopped by its id."""

    conversation_id: str
    turn_id: str


@dataclass(frozen=True)
class Progress:
    """A Korean line on what is being done: 찾는 중, 작성 중."""

    text: str


@dataclass(frozen=True)
class ToolRan:
    """A tool ran or was refused."""

    use: ToolUse


@dataclass(frozen=True)
class CitationShown:
    """A source that a shown sentence cites for the first time."""

    citation: Citation


@dataclass(frozen=True)
class SentenceShown:
    """A sentence, checked: verified, plain, or marked."""

    sentence: Sentence


@dataclass(frozen=True)
class Withdrawn:
    """What was shown so far is replaced by what follows (another model begins anew)."""

    reason: str


@dataclass(frozen=True)
class Finished:
    """The whole answer, kept."""

    answer: Answer


@dataclass(frozen=True)
class Stopped:
    """The person stopped it; the answer holds what was shown."""

    answer: Answer


@dataclass(frozen=True)
class Failed:
    """No answer came; code, Korean message and what to do."""

    code: str
    message: str
    todo: str = ""


Event = (
    Started
    | Progress
    | ToolRan
    | CitationShown
    | SentenceShown
    | Withdrawn
    | Finished
    | Stopped
    | Failed
)
