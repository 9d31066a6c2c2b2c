"""The texts as data: one file per notice code under `texts/`, each wording with its dates.

A wording holds no sentence for another relief: what a text of a relief must never say is listed
here and refused when the files are read, so that a careless edit stops before it is sent.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any
from unicodedata import normalize

from gongmu.core.errors import Refused

PLACEHOLDERS = frozenset(
    {
        *("기관", "전화", "성명", "차량", "종전차량", "감면세액", "의무종료일"),
        *("대체", "대체기한", "금지", "할일", "사유", "추징세액", "신고기한"),
    }
)
"""Every name that may stand in braces."""

REMINDERS = frozenset({"D30", "D14", "D0", "R14", "R0"})
"""Codes that also have a form of 90 bytes."""

NEVER = ("장애", "유공", "보훈", "상이", "등급", "고엽제", "다자녀", "주민등록번호", "http", "www.")
"""No text says why the person was relieved (지방세기본법 제86조), nor carries a link."""

_SPLIT = ("세대", "분가", "전출")
_SALE = ("이전", "매각", "매도", "양도", "처분", "팔")

FORBIDDEN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "N17": (*_SPLIT, "영업용"),
        "N29": (*_SPLIT, "영업용"),
        "N17공동": ("영업용",),
        "N29공동": ("영업용",),
        "N22": (*_SPLIT, "영업용"),
        "N67": (*_SPLIT, *_SALE, "지분"),
        "N68": (*_SPLIT, "영업용"),
        **dict.fromkeys(
            ("D30", "D14", "D0", "CB", "CB미신고", "별지2"), (*_SPLIT, *_SALE, "영업용")
        ),
    }
)
"""Notice code → words of other reliefs' duties (지특법 §17③, §22의2④, §29, §67①, §68③).

The shared bodies name no duty at all; theirs come from `words`, by notice code.
"""

NOTICES = frozenset(code for code in FORBIDDEN if code.startswith("N"))
"""Codes of first notices that go out as texts."""

NO_DUTY = "NONE"
"""The code of a relief without a clawback rule: a letter, no text."""

FORM = "별지2"
"""The code of what every statutory letter says (지특법 시행규칙 별지 제2호서식)."""

_HOLE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Letter:
    """What the statutory letter says under each heading, one sentence an item."""

    opening: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    filing: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """Every sentence, for the checks."""
        return (*self.opening, *self.duties, *self.exceptions, *self.filing)


@dataclass(frozen=True)
class Wording:
    """One wording of one notice, in force from `first_on` to `last_on` (None = still)."""

    code: str
    version: str
    first_on: date
    law: tuple[str, ...]
    subject: str = ""
    lms: str = ""
    sms: str = ""
    """The form of at most 90 bytes; reminders only."""
    last_on: date | None = None
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Placeholder → (notice code or kind of event → phrase)."""
    letter: Letter = Letter()


class Texts:
    """Every wording by code and day; raises Refused text_invalid or texts_overlap when made."""

    def __init__(self, wordings: Iterable[Wording]) -> None:
        by_code: dict[str, list[Wording]] = {}
        for wording in sorted(wordings, key=lambda item: (item.code, item.first_on)):
            _check(wording)
            by_code.setdefault(wording.code, []).append(wording)
        for code, versions in by_code.items():
            if len({item.version for item in versions}) != len(versions):
                raise _invalid(code, "같은 판 이름이 두 번 있습니다")
            for earlier, later in pairwise(versions):
                if earlier.last_on is None or earlier.last_on >= later.first_on:
                    raise Refused(
                        "texts_overlap",
                        f"안내문 {code}의 {earlier.version}판과 {later.version}판이 겹칩니다.",
                        "앞 판의 last_on을 뒤 판의 first_on 전날로 적으세요.",
                    )
        self._by_code = by_code

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code that has a wording."""
        return tuple(self._by_code)

    def versions(self, code: str) -> tuple[Wording, ...]:
        """Return the wordings of a code, oldest first."""
        return tuple(self._by_code.get(code, ()))

    def on(self, code: str, day: date) -> Wording:
        """Return the wording in force on `day`; raises Refused text_missing."""
        for item in self._by_code.get(code, ()):
            if item.first_on <= day and (item.last_on is None or day <= item.last_on):
                return item
        raise Refused(
            "text_missing",
            f"{day} 에 쓸 안내문 {code}이 없습니다.",
            "그날에 쓸 안내문을 texts 폴더의 파일에 더하세요.",
        )


def filled(body: str, values: Mapping[str, str]) -> str:
    """Return `body` with its placeholders filled; a line of one empty placeholder goes away.

    Raises Refused text_hole when a value is absent: an unfilled text never leaves the house.
    """
    lines = []
    for line in body.strip().split("\n"):
        holes = _HOLE.findall(line)
        if absent := [name for name in holes if name not in values]:
            raise Refused(
                "text_hole",
                f"안내문에 채우지 못한 자리가 있습니다: {', '.join(absent)}",
                "명단에서 빠진 값을 확인하세요.",
            )
        if len(holes) == 1 and line.strip() == f"{{{holes[0]}}}" and not values[holes[0]]:
            continue
        lines.append(_HOLE.sub(lambda hole: values[hole[1]], line))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


@lru_cache(maxsize=1)
def shipped_texts() -> Texts:
    """Return the texts that come with the program, read and checked once."""
    folder = Path(__file__).resolve().parent / "texts"
    return Texts(
        wording
        for path in sorted(folder.glob("*.toml"))
        # 어떤 파일 체계는 한글 이름을 풀어쓴다
        for wording in wordings_of(normalize("NFC", path.stem), path.read_text("utf-8"))
    )


def wordings_of(code: str, source: str) -> tuple[Wording, ...]:
    """Read one file; raises Refused text_invalid for a wrong or unknown entry."""
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as why:
        raise _invalid(code, f"TOML 문법이 틀렸습니다({why})") from why
    if data.get("code") != code:
        raise _invalid(code, f"code가 파일 이름과 다릅니다({data.get('code')!r})")
    if unknown := data.keys() - {"code", "title", "law", "version"}:
        raise _invalid(code, f"모르는 항목이 있습니다: {', '.join(sorted(unknown))}")
    law = tuple(data.get("law", ()))
    if not law or not data.get("version"):
        raise _invalid(code, "law와 [[version]]이 있어야 합니다")
    return tuple(_wording(code, law, dict(item)) for item in data["version"])


def _wording(code: str, law: tuple[str, ...], item: dict[str, Any]) -> Wording:
    letter = item.pop("letter", {})
    try:
        return Wording(
            code=code,
            law=law,
            letter=Letter(**{key: tuple(value) for key, value in letter.items()}),
            **item,
        )
    except TypeError as why:
        raise _invalid(code, f"빠졌거나 모르는 항목이 있습니다({why})") from why


def _check(wording: Wording) -> None:
    code = wording.code
    if code not in (NO_DUTY, FORM) and not wording.lms:
        raise _invalid(code, "lms 글이 없습니다")
    if code in REMINDERS and not wording.sms:
        raise _invalid(code, "90바이트 글(sms)이 없습니다")
    phrases = [text for choices in wording.words.values() for text in choices.values()]
    texts = [wording.subject, wording.lms, wording.sms, *phrases]
    letter = wording.letter.sentences
    for text in (*texts, *letter):
        if unknown := sorted(set(_HOLE.findall(text)) - PLACEHOLDERS):
            raise _invalid(code, f"모르는 자리가 있습니다: {', '.join(unknown)}")
    for text in texts:
        if found := [word for word in NEVER if word in text]:
            raise _invalid(code, f"문자에 쓸 수 없는 말입니다: {', '.join(found)}")
    _check_duties(code, [wording.lms, *letter], FORBIDDEN.get(code, ()))
    for choices in wording.words.values():
        for notice, phrase in choices.items():
            _check_duties(code, [phrase], FORBIDDEN.get(notice, ()))


def _check_duties(code: str, texts: Iterable[str], forbidden: tuple[str, ...]) -> None:
    for text in texts:
        if found := [word for word in forbidden if word in text]:
            raise _invalid(code, f"다른 감면의 의무를 말하는 글입니다: {', '.join(found)}")


def _invalid(code: str, why: str) -> Refused:
    return Refused("text_invalid", f"안내문 {code}: {why}.", "texts 폴더의 파일을 고치세요.")
