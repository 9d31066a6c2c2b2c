"""What an officer types to a desk, made into notes: no request, a label a line.

Quiet: no clock, database, file or model is reached from here.
"""

from __future__ import annotations

import re
from functools import lru_cache

from gongmu.bots.drafts.headings import LABEL_OF, TOPIC_OF

_VERB = r"(?:써|작성해|만들어|정리해|모아|취합해|채워|꾸며|뽑아|바꿔|다듬어|요약해|잡아|해)"
_POLITE = r"(?:줘|줘요|주세요|주십시오|줄래요?|주시겠어요|다오)"
_REQUEST = re.compile(rf"^\s*[^\n.:：]{{0,40}}?{_VERB}\s?{_POLITE}\s*[.!?:：]?\s*(?=\S|$)")
_TRAILING = re.compile(
    rf"(?:^|[.\n])\s*(?:위|이|아래)?\s*[^\n.]{{0,30}}?{_VERB}\s?{_POLITE}\s*[.!?]?\s*$"
)


def without_request(text: str) -> str:
    """Return the text without a first or last sentence that only speaks to the desk."""
    rest = _REQUEST.sub("", text, count=1) if _REQUEST.match(text) else text
    if rest.strip():
        text = rest
    shorter = _TRAILING.sub("", text)
    return shorter if shorter.strip() else text


def unfolded(text: str) -> str:
    """Return the text with each known 'label: value' of a line on its own line."""
    return "\n".join(_unfolded_line(line) for line in text.split("\n"))


def _unfolded_line(line: str) -> str:
    starts = [match.start("label") for match in _labels().finditer(line)]
    if len(starts) < 2 and not (
        starts and starts[0] > 0 and line[: starts[0]].rstrip().endswith(".")
    ):
        return line
    cuts = [0, *(start for start in starts if start > 0)]
    ends = [*cuts[1:], len(line)]
    return "\n".join(
        part
        for cut, end in zip(cuts, ends, strict=True)
        if (part := line[cut:end].strip().rstrip(",;/").rstrip())
    )


@lru_cache(maxsize=1)
def _labels() -> re.Pattern[str]:
    words = sorted({*LABEL_OF, *TOPIC_OF}, key=len, reverse=True)
    # 낱말 사이를 띄어 쓴 것도 같은 이름표다
    spaced = "|".join(r"\s?".join(re.escape(sign) for sign in word) for word in words)
    return re.compile(rf"(?:^|(?<=[,.;/])\s+|(?<=[,;/])|(?<=\s))(?P<label>{spaced})\s*[:：](?!\d)")
