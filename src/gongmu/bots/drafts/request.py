"""What an officer types to a desk, made into notes: no request, a label a line.

Quiet: no clock, database, file or model is reached from here.
"""

from __future__ import annotations

import re
from functools import lru_cache

from gongmu.bots.drafts.headings import LABEL_OF, TOPIC_OF
from gongmu.bots.drafts.outline import split_mark

_VERB = r"(?:써|작성해|만들어|정리해|모아|취합해|채워|꾸며|뽑아|바꿔|다듬어|요약해|잡아|해)"
_POLITE = r"(?:줘|줘요|주세요|주십시오|줄래요?|주시겠어요|다오)"
_REQUEST = re.compile(rf"^\s*[^\n.:：]{{0,40}}?{_VERB}\s?{_POLITE}\s*[.!?:：]?\s*(?=\S|$)")
_TRAILING = re.compile(
    rf"(?:^|[.\n])\s*(?:위|이|아래)?\s*[^\n.]{{0,30}}?{_VERB}\s?{_POLITE}\s*[.!?]?\s*$"
)
_DESK_WORK = re.compile(
    r"보고서|보도\s?자료|공문|기안|회신|답변|회의록|계획서|방침서|주간\s?업무|초안|문서|서식|"
    r"(?:^|\s)(?:아래|위|다음|이)\s?(?:내용|메모|글|것|걸|자료)|(?:취합|정리|요약|작성)해\s?[줘주]"
)
"""A sentence with such a word asks the desk; without one it belongs to the matter itself."""

_MAIL_HEAD = re.compile(
    r"^(?P<name>from|to|cc|sent|date|subject|보낸\s?사람|받는\s?사람|참조|보낸\s?날짜|날짜|제목)"
    r"\s*[:：]\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[가-힣)])[.!]\s+(?=[가-힣A-Za-z0-9\"“‘'(])|(?<=[?？])\s+")
_RUN_ON = 80
"""Letters from which an unmarked line of several sentences is cut into its sentences."""


def without_request(text: str) -> str:
    """Return the text without a first or last sentence that only speaks to the desk."""
    asked = _REQUEST.match(text)
    rest = text[asked.end() :] if asked and _DESK_WORK.search(asked[0]) else text
    if rest.strip():
        text = rest
    last = _TRAILING.search(text)
    shorter = text[: last.start()] if last and _DESK_WORK.search(last[0]) else text
    return shorter if shorter.strip() else text


def asks_the_desk(line: str) -> bool:
    """Tell whether a short line only speaks to the desk: '보고서로 만들어 줘'."""
    asked = re.search(
        r"(?:(?:해|써|만들어|작성해)\s?(?:줘|주세요)|부탁(?:드려요|드립니다|해요|합니다)?)[.!\])]*$",
        line,
    )
    return len(line) < 40 and bool(asked and _DESK_WORK.search(line))


def unfolded(text: str) -> str:
    """Return pasted text as notes, a thing a line.

    Each known 'label: value' and each sentence of a run-on line gets its own line, rows of a
    pasted table begin with |, and the head of a pasted e-mail becomes a title and a source.
    """
    lines = [_unfolded_line(line) for line in _drawn(without_mail_head(text).split("\n"))]
    return "\n".join(lines)


def without_mail_head(text: str) -> str:
    """Return a pasted e-mail with its subject as a title and its sender as the source."""
    lines = text.split("\n")
    head: dict[str, str] = {}
    rest = list(lines)
    while rest and (not rest[0].strip() or _MAIL_HEAD.match(rest[0].strip())):
        found = _MAIL_HEAD.match(rest.pop(0).strip())
        if found:
            head[re.sub(r"\s", "", found["name"]).lower()] = found["rest"].strip()
    sender = head.get("from") or head.get("보낸사람")
    if not sender:
        return text
    subject = head.get("subject") or head.get("제목") or ""
    subject = re.sub(r"^(?:(?:re|fw|fwd|회신|전달)\s*:\s*)+", "", subject, flags=re.IGNORECASE)
    subject = re.sub(
        r"\s*(?:보고|작성|회신|검토)?\s*부탁(?:드립니다|드려요|합니다)?[.!]?$", "", subject
    )
    sent = head.get("sent") or head.get("보낸날짜") or head.get("date") or head.get("날짜") or ""
    source = f"※ 출처: {sender} 전자우편" + (f" {sent}" if sent else "")
    return "\n".join([*([f"제목: {subject}"] if subject else []), *rest, source])


def _drawn(lines: list[str]) -> list[str]:
    """Return the lines with runs of tabbed or barred rows written as '| a | b | c'."""
    found: list[str] = []
    run: list[tuple[str, list[str]]] = []
    for line in [*lines, ""]:
        cells = _cells(line)
        if cells and (not run or len(run[0][1]) == len(cells)):
            run.append((line, cells))
            continue
        found += _table_rows(run)
        run = [(line, cells)] if cells else []
        if not cells:
            found.append(line)
    return found[:-1]


def _cells(line: str) -> list[str]:
    if re.fullmatch(r"[\s|│:+─=-]*", line):
        return []
    parts = [one.strip() for one in re.split(r"[|│\t]", line.strip().strip("|│"))]
    return parts if len(parts) > 1 else []


def _table_rows(run: list[tuple[str, list[str]]]) -> list[str]:
    least = 2 if run and len(run[0][1]) > 2 else 3
    labelled = any(re.sub(r"\s", "", cells[0].rstrip(":：")) in LABEL_OF for _, cells in run[1:])
    if len(run) < least or (run and len(run[0][1]) == 2 and labelled):
        return [line for line, _ in run]
    return [f"| {' | '.join(cells)}" for _, cells in run]


_OFFICE_LABEL = re.compile(r"(?<![가-힣])(담당\s?부서|책임자|담당자)\s+(?=[가-힣])")


def _unfolded_line(line: str) -> str:
    if len(_OFFICE_LABEL.findall(line)) > 1:
        line = _OFFICE_LABEL.sub(r"\1: ", line)
    starts = [match.start("label") for match in _labels().finditer(line)]
    if line.lstrip().startswith("|"):
        return line
    starts = [start for start in starts if not _only_mark(line[:start])]
    if len(starts) < 2 and not (
        starts and starts[0] > 0 and line[: starts[0]].rstrip().endswith(".")
    ):
        return _sentence_lines(line)
    cuts = [0, *(start for start in starts if start > 0)]
    ends = [*cuts[1:], len(line)]
    return "\n".join(
        part
        for cut, end in zip(cuts, ends, strict=True)
        if (part := line[cut:end].strip().rstrip(",;/").rstrip())
    )


def _only_mark(before: str) -> bool:
    """Tell whether nothing but an item mark stands there: '  가. '."""
    return not before.strip() or split_mark(f"{before.strip()} 글")[1] == "글"


def _sentence_lines(line: str) -> str:
    if len(line) < _RUN_ON or split_mark(line)[0]:
        return line
    return "\n".join(one for one in _SENTENCE_END.split(line) if one.strip())


@lru_cache(maxsize=1)
def _labels() -> re.Pattern[str]:
    words = sorted({*LABEL_OF, *TOPIC_OF}, key=len, reverse=True)
    # 낱말 사이를 띄어 쓴 것도 같은 이름표다
    spaced = "|".join(r"\s?".join(re.escape(sign) for sign in word) for word in words)
    return re.compile(rf"(?:^|(?<=[,.;/])\s+|(?<=[,;/])|(?<=\s))(?P<label>{spaced})\s*[:：](?!\d)")
