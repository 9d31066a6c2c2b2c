"""Places in a text that no rule may change: quotations, laws and their numbers, addresses.

Quiet: no clock, database, file or model is reached from here.
"""

from __future__ import annotations

import re

_SHELTERED = re.compile(
    r"“[^”\n]{0,400}”|\"[^\"\n]{0,400}\"|‘[^’\n]{1,200}’(?!\d)|(?<![가-힣\w])'[^'\n]{1,200}'(?!\d)|"
    r"「[^」\n]{0,200}」|『[^』\n]{0,200}』|《[^》\n]{0,200}》|"
    r"(?:https?://|www\.)[^\s가-힣<>\"]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}|"
    r"(?:[가-힣]{1,12}(?:령|조례|규칙|고시|훈령|예규|지침|법률)|법률)\s*제\s?\d+(?:-\d+)?\s?호|"
    r"제\s?\d+\s?조(?:의\s?\d+)?(?:\s?제?\s?\d+\s?항)?(?:\s?제?\s?\d+\s?호)?|"
    r"[가-힣]{2,14}(?:과|실|소|팀|담당관)-\d+|"
    r"(?<![\d-])0\d{1,2}-\d{3,4}-\d{4}(?!\d)|\d{6}-[1-8*][\d*]{6}|"
    r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])|\bv?\d+\.\d+\.\d+(?:[-+]\w+)+|"
    r"`[^`\n]*`"
)


class Shelter:
    """Where the sheltered places of one text lie."""

    def __init__(self, text: str) -> None:
        self._spans = [match.span() for match in _SHELTERED.finditer(text)]

    def covers(self, start: int, end: int) -> bool:
        """Return whether any letter from `start` to `end` is sheltered."""
        return any(first < end and start < last for first, last in self._spans)
