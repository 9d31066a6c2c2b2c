"""Content that a class forbids, and the warning an officer sees before sending.

Pure: what is marked 대외비, 비공개 or 비밀, what speaks of it, and what is personal.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from gongmu.bots.guard.folding import fold
from gongmu.bots.guard.personal import PersonalKind, find_personal
from gongmu.bots.passages import DataClass, highest


@dataclass(frozen=True)
class Caution:
    """One thing the guard saw; `stops`: it may not be sent to this desk at all.

    `shown` never holds a personal value: marks and words as written, personal data as its kind.
    """

    kind: str
    """mark | word | personal"""
    shown: str
    count: int
    stops: bool
    message: str
    """Korean, for the officer."""
    data_class: DataClass = DataClass.OPEN


@dataclass(frozen=True)
class _Words:
    marks: Mapping[DataClass, re.Pattern[str]]
    words: Mapping[DataClass, re.Pattern[str]]


_GRADES = (DataClass.CONFIDENTIAL, DataClass.SENSITIVE)


def look_over(
    text: str,
    data_class: DataClass,
    *,
    internal: bool = False,
    more: Mapping[str, tuple[str, ...]] | None = None,
    public: frozenset[str] = frozenset(),
) -> Sequence[Caution]:
    """Return what was found in `text` before it goes to a desk of `data_class`, gravest first.

    Marks above the desk's class stop it, C always; `internal`: the model stands inside, so S may
    go. Words ask the officer only. Personal data are masked, never sent.
    """
    allowed = highest(data_class, DataClass.SENSITIVE if internal else DataClass.OPEN)
    found = [*_marked(text, allowed, more or {}), *_spoken(text, more or {})]
    counts = Counter(
        item.kind
        for item in find_personal(text, public)
        if item.kind is not PersonalKind.OFFICE_PHONE
    )
    found += [
        Caution(
            "personal",
            kind.value,
            count,
            False,
            f"{_subject(kind.value)} {count}건 있습니다. 가린 뒤 보내고, 답에서는 되돌립니다.",
        )
        for kind, count in sorted(counts.items())
    ]
    return found


def marked_class(text: str, more: Mapping[str, tuple[str, ...]] | None = None) -> DataClass:
    """Return the class that the marks on `text` give it; O when there is none."""
    return highest(*(one.data_class for one in _marked(text, DataClass.OPEN, more or {})))


def _marked(text: str, allowed: DataClass, more: Mapping[str, tuple[str, ...]]) -> list[Caution]:
    plain = fold(text).text
    found = []
    for grade in _GRADES:
        seen = Counter(
            re.sub(r"\s+", " ", match["mark"])
            for match in _words(_key(more)).marks[grade].finditer(plain)
        )
        for mark, count in sorted(seen.items()):
            stops = grade is DataClass.CONFIDENTIAL or grade.rank > allowed.rank
            found.append(Caution("mark", mark, count, stops, _said(mark, grade, stops), grade))
    return found


def _spoken(text: str, more: Mapping[str, tuple[str, ...]]) -> list[Caution]:
    plain = fold(text).text
    return [
        Caution(
            "word",
            word,
            count,
            False,
            f"'{word}'이(가) 있습니다. 공개해도 되는 내용인지 확인하세요.",
            grade,
        )
        for grade in _GRADES
        for word, count in sorted(
            Counter(m[0] for m in _words(_key(more)).words[grade].finditer(plain)).items()
        )
    ]


def _said(mark: str, grade: DataClass, stops: bool) -> str:
    if grade is DataClass.CONFIDENTIAL:
        return f"'{mark}' 표시가 있습니다. 기밀(C) 내용은 어떤 모델에도 보내지 않습니다."
    if stops:
        return (
            f"'{mark}' 표시가 있습니다. 이 창은 공개(O) 내용만 다룹니다. "
            "안쪽 모델을 쓰는 창에서 물으세요."
        )
    return f"'{mark}' 표시가 있습니다. 시 안쪽 모델에만 보냅니다."


def _subject(kind: str) -> str:
    last = ord(kind[-1])
    closed = 0xAC00 <= last <= 0xD7A3 and (last - 0xAC00) % 28
    return f"{kind}{'이' if closed else '가'}"


def _key(more: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(sorted(more.items()))


@lru_cache(maxsize=8)
def _words(more: tuple[tuple[str, tuple[str, ...]], ...]) -> _Words:
    text = files("gongmu.bots.guard").joinpath("forbidden_words.toml").read_text("utf-8")
    shipped = tomllib.loads(text)
    extra = dict(more)
    return _Words(
        {grade: _mark_pattern(shipped[grade]["marks"]) for grade in _GRADES},
        {grade: _any((*shipped[grade]["words"], *extra.get(grade, ()))) for grade in _GRADES},
    )


def _any(words: Sequence[str]) -> re.Pattern[str]:
    ordered = sorted(words, key=len, reverse=True)
    return re.compile("|".join(r"\s*".join(map(re.escape, word.split())) for word in ordered))


def _mark_pattern(marks: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern that finds marks as stamped, not as spoken of in a sentence."""
    mark = rf"(?P<mark>{_any(marks).pattern})"
    name = r"(?:(?:공개|보안|비밀|문서)\s?(?:여부|등급|구분)|등급|구분|분류)"
    return re.compile(
        r"(?:[\[(<【〔［（〈《|※*■□▣◎●○▶-][ \t]{0,5}|^[ \t>#*]{0,20}"
        rf"|{name}[ \t]{{0,5}}[:|]?[ \t]{{0,5}}){mark}"
        r"(?=[ \t]{0,5}(?:[\])>】〕］）〉》|※*■□▣◎●○,·.]|문서|자료|$|\((?:\d|제|정보)))",
        re.MULTILINE,
    )
