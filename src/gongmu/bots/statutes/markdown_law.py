"""Reads Markdown copies of laws: a YAML header, `##### 제N조 (제목)`, **①**, `1\\.`, `가\\.`.

Pure. Also histories of single articles, each version under a line "===== 공포 ... =====".
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import yaml

from gongmu.bots.statutes.drf_values import day_of, number_of
from gongmu.bots.statutes.law import Annex, Article, LawVersion, Supplement, kind_of
from gongmu.bots.statutes.printed_law import article_of_text, headed
from gongmu.core.errors import Refused
from gongmu.core.values import parse_day

_HEADER = re.compile(r"\A\ufeff?---\s*\n(.*?)\n---\s*\n", re.DOTALL)
_ARTICLE = re.compile(
    r"^#{3,6}\s*제\s*(\d+)\s*조(?:\s*의\s*(\d+))?\s*(?:\((.*)\))?\s*(?P<rest>삭\s*제.*)?$"
)
_HEADING = re.compile(r"^#{1,6}\s*(제\s*\d+\s*(?:편|장|절|관).*)$")
_SUBHEADING = re.compile(r"^\*\*제\s*\d+\s*(?:관|항|속)\s.*\*\*\s*$")
"""Below 관 stand headings like 제1항 협의상 파양 (민법); articles are not paragraphs of them."""
_SUPPLEMENTS = re.compile(r"^#{1,6}\s*부\s*칙\s*$", re.MULTILINE)
_SUPPLEMENT = re.compile(
    r"^\s*부\s*칙\s*(?:[<(〈]\s*(?:[가-힣]+\s*)?제\s*(\d+)\s*호\s*,?\s*([\d.\s]+?)\.?\s*[>)〉].*)?$",
    re.MULTILINE,
)
_VERSION = re.compile(
    r"^=+\s*공포\s*([\d-]+)\s*제\s*(\d+)\s*호\s*/\s*[^/\n]*시행일자?\s*([\d-]+)[^\n]*=+\s*$",
    re.MULTILINE,
)


def parse_markdown(text: str, source: str = "") -> LawVersion:
    """Return the law of a Markdown copy with a header; raises Refused("statute_unreadable")."""
    text = text.replace("\r\n", "\n")
    header = _HEADER.match(text)
    raw = yaml.safe_load(header[1]) if header else None
    if not isinstance(raw, Mapping) or not raw.get("제목") or not raw.get("시행일자"):
        raise Refused(
            "statute_unreadable",
            f"법령 파일의 머리글(제목, 시행일자)이 없습니다: {source}",
            "파일 맨 위에 --- 로 둘러싼 '제목:'과 '시행일자:'를 적으세요.",
        )
    body = text[header.end() :] if header else text
    cut = _SUPPLEMENTS.search(body)
    name = str(raw["제목"]).strip()
    owners = raw.get("소관부처") or []
    return LawVersion(
        law_id=str(raw.get("법령ID") or name),
        serial=str(raw.get("법령MST") or ""),
        name=name,
        kind=kind_of(str(raw.get("법령구분") or ""), name),
        owner=", ".join(map(str, owners)) if isinstance(owners, list) else str(owners),
        promulgated_on=_day(raw.get("공포일자")),
        promulgation_number=str(raw.get("공포번호") or "").lstrip("0"),
        starts_on=_day(raw["시행일자"]) or date.min,
        revision=str(raw.get("제개정구분") or ""),
        articles=tuple(_articles(body[: cut.start()] if cut else body)),
        supplements=tuple(parse_supplements(body[cut.end() :])) if cut else (),
        annexes=tuple(_annexes(raw.get("첨부파일"))),
        source=source,
    )


def parse_history(text: str, name: str, law_id: str = "", source: str = "") -> list[LawVersion]:
    """Return the versions of a history file, each holding only the articles it shows."""
    text = text.replace("\r\n", "\n")
    marks = list(_VERSION.finditer(text))
    found = []
    covers = frozenset(article.key for article in _articles(text))
    for mark, following in zip(marks, [*marks[1:], None], strict=False):
        part = text[mark.end() : following.start() if following else len(text)]
        found.append(
            LawVersion(
                law_id=law_id or name,
                name=name,
                kind=kind_of("", name),
                promulgated_on=parse_day(mark[1]),
                promulgation_number=mark[2],
                starts_on=parse_day(mark[3]),
                articles=tuple(_articles(part)),
                partial=True,
                covers=covers,
                source=source,
            )
        )
    return found


def is_history(text: str) -> bool:
    """Return whether a file is a history of single articles."""
    return bool(_VERSION.search(text))


def parse_supplements(text: str) -> Iterator[Supplement]:
    """Yield the 부칙 of a text, each begun by a line 부칙 <제N호,날짜>."""
    marks = list(_SUPPLEMENT.finditer(text))
    for mark, following in zip(marks, [*marks[1:], None], strict=False):
        body = text[mark.end() : following.start() if following else len(text)]
        tidy = re.sub(r"\n{2,}", "\n", _plain(body)).strip()
        if tidy:
            yield Supplement(int(mark[1]) if mark[1] else None, _day(mark[2]), tidy)


def _articles(text: str) -> Iterator[Article]:
    path: list[str] = []
    current: tuple[int, int, str] | None = None
    lines: list[str] = []
    for line in text.split("\n"):
        if found := _ARTICLE.match(line):
            yield from _one(current, lines, path)
            current = int(found[1]), int(found[2] or 0), _plain(found[3] or "").strip()
            lines = [found["rest"]] if found["rest"] else []
        elif _SUBHEADING.match(line):
            continue
        elif found := _HEADING.match(line):
            yield from _one(current, lines, path)
            current, lines = None, []
            path = headed(path, [_plain(found[1])])
        elif current is not None:
            lines.append(line)
    yield from _one(current, lines, path)


def _one(
    current: tuple[int, int, str] | None, lines: Sequence[str], path: Sequence[str]
) -> Iterator[Article]:
    if current is not None:
        number, branch, title = current
        text = "\n".join(_plain(line) for line in lines)
        yield article_of_text(number, branch, title, text, path=" > ".join(path))


def _plain(line: str) -> str:
    """Return a line without Markdown's marks: **①** → ①, 1\\. → 1."""
    line = re.sub(r"^\s*\*\*(.{1,3}?)\*\*\s*", r"\1 ", line)
    return html.unescape(re.sub(r"\\([\\.*_<>\[\]()#~`|+-])", r"\1", line))


def _annexes(raw: Any) -> Iterator[Annex]:
    for one in raw or []:
        if isinstance(one, Mapping):
            yield Annex(
                form="서식" in str(one.get("별표구분") or ""),
                number=number_of(one.get("별표번호")),
                branch=number_of(one.get("별표가지번호")),
                title=html.unescape(str(one.get("제목") or "")),
            )


def _day(value: Any) -> date | None:
    return value if isinstance(value, date) else day_of(value)
