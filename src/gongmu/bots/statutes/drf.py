"""Reads the JSON of the national law service (law.go.kr/DRF) into laws, with all its oddities.

Pure. Met and settled here: a list of one comes as the thing itself, at every level; texts come as
a string, a list, or a list of lists; chapter headings stand among the articles with 조문여부
"전문"; paragraphs without a number; the branch number apart (조문가지번호) or in the mark (6의2.).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from gongmu.bots.statutes.law import (
    CIRCLED,
    Annex,
    Article,
    Item,
    LawKind,
    LawVersion,
    Paragraph,
    Ruling,
    Subitem,
    Supplement,
    is_deleted,
    kind_of,
)
from gongmu.core.errors import Refused
from gongmu.core.values import parse_day


def many(value: Any) -> list[Any]:
    """Return the value as a list: nothing → [], one thing → [it], a list → itself."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def text_of(value: Any) -> str:
    """Return text given as a string, a list or lists of lists, one line each, spaces tidied."""
    lines = []
    for line in _strings(value):
        for part in str(line).replace("\r", "").split("\n"):
            if part.strip():
                lines.append(re.sub(r"[ \t\u00a0\u3000]+", " ", part).strip())
    return "\n".join(lines)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str | int):
        yield str(value)
    elif isinstance(value, Mapping):
        yield from _strings(value.get("content", ""))
    elif isinstance(value, Sequence):
        for one in value:
            yield from _strings(one)


def day_of(value: Any) -> date | None:
    """Return a day given as 20260602 or 2026.6.2, None for an empty or broken one."""
    text = text_of(value)
    try:
        return parse_day(text) if text.strip("0") else None
    except ValueError:
        return None


def parse_law(data: Mapping[str, Any], source: str = "") -> LawVersion:
    """Return the law of a lawService answer (법령, LawService, AdmRulService).

    Raises Refused("statute_unreadable") when it is none of these or holds neither a name nor a
    day.
    """
    if isinstance(body := data.get("법령"), Mapping):
        return _national(body, source)
    if isinstance(body := data.get("LawService"), Mapping):
        return _ordinance(body, source)
    if isinstance(body := data.get("AdmRulService"), Mapping):
        return _admin_rule(body, source)
    raise _unreadable(source, "법령 본문이 없습니다")


def _unreadable(source: str, why: str) -> Refused:
    where = f" ({source})" if source else ""
    return Refused(
        "statute_unreadable",
        f"법령 자료를 읽을 수 없습니다{where}: {why}.",
        "국가법령정보 공동활용에서 JSON으로 받은 파일인지 확인하세요.",
    )


def _national(body: Mapping[str, Any], source: str) -> LawVersion:
    info = body.get("기본정보") or {}
    name, starts = text_of(info.get("법령명_한글")), day_of(info.get("시행일자"))
    if not name or starts is None:
        raise _unreadable(source, "법령명이나 시행일자가 비어 있습니다")
    kind = kind_of(text_of(info.get("법종구분")), name)
    short = text_of(info.get("법령명약칭"))
    return LawVersion(
        law_id=text_of(info.get("법령ID")) or name,
        serial=text_of(info.get("법령일련번호")) or text_of(body.get("법령키")),
        name=name,
        short_names=tuple(part.strip() for part in short.split(",") if part.strip()),
        kind=kind,
        owner=text_of(info.get("소관부처")),
        promulgated_on=day_of(info.get("공포일자")),
        promulgation_number=text_of(info.get("공포번호")).lstrip("0"),
        starts_on=starts,
        revision=text_of(info.get("제개정구분")),
        articles=tuple(_articles(body.get("조문") or {})),
        supplements=tuple(_supplements(body.get("부칙"))),
        annexes=tuple(_annexes(body.get("별표"))),
        source=source,
    )


# ---------------------------------------------------------------- articles

_HEADING = re.compile(r"^제\s*\d+\s*(?:편|장|절|관|항|속)")
_LEVELS = "편장절관"


def _articles(block: Any) -> Iterator[Article]:
    units = many(block.get("조문단위") if isinstance(block, Mapping) else block)
    path: list[str] = []
    for unit in units:
        if not isinstance(unit, Mapping):
            continue
        if text_of(unit.get("조문여부")) not in ("조문", ""):
            path = headed(path, text_of(unit.get("조문내용")).split("\n"))
            continue
        yield _article(unit, " > ".join(path))


def headed(path: Sequence[str], lines: Iterable[str]) -> list[str]:
    """Return the headings that hold after `lines` (제2장 ..., 제1절 ...), amendments cut off."""
    kept = list(path)
    for line in lines:
        heading = re.sub(r"\s*<[^>]*>\s*$", "", line.strip())
        found = re.match(r"제\s*\d+\s*([편장절관])", heading)
        if not found:
            continue
        rank = _LEVELS.index(found[1])
        kept = [one for one in kept if _rank(one) < rank]
        kept.append(heading)
    return kept


def _rank(heading: str) -> int:
    found = re.match(r"제\s*\d+\s*([편장절관])", heading)
    return _LEVELS.index(found[1]) if found else 0


_OWN_HEAD = re.compile(r"^제\s*\d+\s*조(?:\s*의\s*\d+)?\s*")


def _article(unit: Mapping[str, Any], path: str) -> Article:
    number = _int(unit.get("조문번호"))
    branch = _int(unit.get("조문가지번호"))
    title = text_of(unit.get("조문제목"))
    lead = strip_heading(text_of(unit.get("조문내용")), title)
    paragraphs = tuple(_paragraph(one) for one in many(unit.get("항")) if isinstance(one, Mapping))
    return Article(
        number=number,
        branch=branch,
        title=title,
        lead=lead,
        paragraphs=tuple(one for one in paragraphs if one.text or one.items),
        starts_on=day_of(unit.get("조문시행일자")),
        deleted=is_deleted(lead) and not paragraphs,
        path=path,
        note=text_of(unit.get("조문참고자료")),
    )


def strip_heading(text: str, title: str) -> str:
    """Return an article's text without its own "제3조(제목)"."""
    rest = _OWN_HEAD.sub("", text, count=1)
    if title:
        squeezed = r"\s*".join(
            "[ㆍ·・‧]" if letter in "ㆍ·・‧" else re.escape(letter)
            for letter in title
            if letter.strip()
        )
        rest = re.sub(rf"^\s*[(\[]\s*{squeezed}\s*[)\]]\s*", "", rest, count=1)
    return rest.strip()


def _paragraph(raw: Mapping[str, Any]) -> Paragraph:
    mark = text_of(raw.get("항번호"))
    number = CIRCLED.index(mark) + 1 if mark and mark in CIRCLED else _int(mark) or None
    text = text_of(raw.get("항내용"))
    if mark and text.startswith(mark):
        text = text[len(mark) :].strip()
    items = tuple(_item(one) for one in many(raw.get("호")) if isinstance(one, Mapping))
    return Paragraph(number, text, items)


def _item(raw: Mapping[str, Any]) -> Item:
    mark = text_of(raw.get("호번호"))
    found = re.match(r"(\d+)(?:\s*의\s*(\d+))?", mark)
    branch = int(found[2] or 0) if found else 0
    subitems = tuple(_subitem(one) for one in many(raw.get("목")) if isinstance(one, Mapping))
    return Item(
        int(found[1]) if found else 0,
        branch or _int(raw.get("호가지번호")),
        _unmarked(text_of(raw.get("호내용")), mark),
        subitems,
    )


def _subitem(raw: Mapping[str, Any]) -> Subitem:
    mark = text_of(raw.get("목번호"))
    return Subitem(mark.rstrip(". "), _unmarked(text_of(raw.get("목내용")), mark))


def _unmarked(text: str, mark: str) -> str:
    bare = mark.rstrip(". ")
    return re.sub(rf"^{re.escape(bare)}\s*\.?\s*", "", text, count=1) if bare else text


def _int(value: Any) -> int:
    digits = re.search(r"\d+", text_of(value))
    return int(digits[0]) if digits else 0


# ---------------------------------------------------------------- supplements and annexes


def _supplements(block: Any) -> Iterator[Supplement]:
    if not isinstance(block, Mapping):
        return
    units = many(block.get("부칙단위")) or ([block] if "부칙내용" in block else [])
    for unit in units:
        contents = unit.get("부칙내용")
        days, numbers = many(unit.get("부칙공포일자")), many(unit.get("부칙공포번호"))
        # Ordinances give all supplements in one unit, as lists side by side.
        if len(days) > 1 and isinstance(contents, list) and len(contents) == len(days):
            for day, number, content in zip(days, numbers, contents, strict=False):
                yield Supplement(_int(number) or None, day_of(day), text_of(content))
        else:
            text = text_of(contents)
            if text:
                number = _int(numbers[0]) if numbers else 0
                yield Supplement(number or None, day_of(days[0]) if days else None, text)


def _annexes(block: Any) -> Iterator[Annex]:
    if not isinstance(block, Mapping):
        return
    for unit in many(block.get("별표단위")):
        if isinstance(unit, Mapping):
            yield Annex(
                form="서식" in text_of(unit.get("별표구분")),
                number=_int(unit.get("별표번호")),
                branch=_int(unit.get("별표가지번호")),
                title=text_of(unit.get("별표제목")),
                text=_laid_out(unit.get("별표내용")),
                starts_on=day_of(unit.get("별표시행일자")),
            )


def _laid_out(value: Any) -> str:
    # Tables are drawn with lines and spaces, so those stay.
    return "\n".join(line.rstrip() for line in _strings(value)).strip("\n")


# ---------------------------------------------------------------- ordinances and admin rules


def _ordinance(body: Mapping[str, Any], source: str) -> LawVersion:
    info = body.get("자치법규기본정보") or {}
    name, starts = text_of(info.get("자치법규명")), day_of(info.get("시행일자"))
    starts = starts or day_of(info.get("공포일자"))
    if not name or starts is None:
        raise _unreadable(source, "자치법규명이나 시행일자가 비어 있습니다")
    written = text_of(info.get("자치법규종류"))
    kind = kind_of(_ORDINANCE_KINDS.get(written, written), name)
    if not kind.local:
        kind = LawKind.ORDINANCE if name.endswith("조례") else LawKind.ORDINANCE_RULE
    return LawVersion(
        law_id=text_of(info.get("자치법규ID")) or name,
        serial=text_of(info.get("자치법규일련번호")),
        name=name,
        kind=kind,
        owner=" ".join(
            filter(None, (text_of(info.get("지자체기관명")), text_of(info.get("담당부서명"))))
        ),
        promulgated_on=day_of(info.get("공포일자")),
        promulgation_number=text_of(info.get("공포번호")).lstrip("0"),
        starts_on=starts,
        revision=text_of(info.get("제개정구분명")) or text_of(info.get("제개정정보")),
        articles=tuple(_ordinance_articles(body.get("조문"))),
        supplements=tuple(_supplements(body.get("부칙"))),
        annexes=tuple(_annexes(body.get("별표"))),
        source=source,
    )


_ORDINANCE_KINDS = {"C0001": "조례", "C0002": "규칙", "C0003": "훈령", "C0004": "예규"}


def _ordinance_articles(block: Any) -> Iterator[Article]:
    units = many(block.get("조") if isinstance(block, Mapping) else block)
    path: list[str] = []
    for unit in units:
        if not isinstance(unit, Mapping):
            continue
        text, flag = text_of(unit.get("조내용")), text_of(unit.get("조문여부"))
        if flag == "N" or (_HEADING.match(text) and not _OWN_HEAD.match(text)):
            path = headed(path, text.split("\n"))
            continue
        code = text_of(unit.get("조문번호"))
        found = re.match(r"제\s*(\d+)\s*조(?:\s*의\s*(\d+))?", text)
        # The text itself says which article it is; the code counts in a way of its own.
        number = int(found[1]) if found else int(code[:4] or 0)
        branch = int(found[2] or 0) if found else int(code[4:6] or 0)
        yield article_of_text(
            number, branch, text_of(unit.get("조제목")), text, path=" > ".join(path)
        )


def _admin_rule(body: Mapping[str, Any], source: str) -> LawVersion:
    info = body.get("행정규칙기본정보") or {}
    name = text_of(info.get("행정규칙명"))
    starts = day_of(info.get("시행일자")) or day_of(info.get("발령일자"))
    if not name or starts is None:
        raise _unreadable(source, "행정규칙명이나 시행일자가 비어 있습니다")
    return LawVersion(
        law_id=text_of(info.get("행정규칙ID")) or name,
        serial=text_of(info.get("행정규칙일련번호")),
        name=name,
        kind=LawKind.ADMIN_RULE,
        owner=text_of(info.get("소관부처명")),
        promulgated_on=day_of(info.get("발령일자")),
        promulgation_number=text_of(info.get("발령번호")),
        starts_on=starts,
        revision=text_of(info.get("제개정구분명")),
        articles=tuple(articles_of_text(many(body.get("조문내용")))),
        supplements=tuple(_supplements(body.get("부칙"))),
        annexes=tuple(_annexes(body.get("별표"))),
        source=source,
    )


_ARTICLE_LINE = re.compile(
    r"^\s*제\s*(\d+)\s*조(?:\s*의\s*(\d+))?\s*(?:\((?P<title>[^)\n]{1,80})\)|(?=삭\s*제))"
)


def articles_of_text(pieces: Iterable[Any]) -> Iterator[Article]:
    """Yield the articles of plain text given in pieces or whole: lines 제N조(제목) begin one."""
    path: list[str] = []
    current: list[str] = []
    for line in "\n".join(text_of(piece) for piece in pieces).split("\n"):
        if _ARTICLE_LINE.match(line):
            yield from _collected(current, path)
            current = [line]
        elif _HEADING.match(line):
            yield from _collected(current, path)
            current = []
            path = headed(path, [line])
        else:
            current.append(line)
    yield from _collected(current, path)


def _collected(lines: Sequence[str], path: Sequence[str]) -> Iterator[Article]:
    found = _ARTICLE_LINE.match(lines[0]) if lines else None
    if found:
        title = (found["title"] or "").strip()
        numbers = int(found[1]), int(found[2] or 0)
        yield article_of_text(*numbers, title, "\n".join(lines), path=" > ".join(path))


_PARAGRAPH_LINE = re.compile(rf"^\s*([{CIRCLED}])\s*")
_ITEM_LINE = re.compile(r"^\s*(\d{1,3})(?:의(\d{1,2}))?\.\s+(?!\d+\.)")
_SUBITEM_LINE = re.compile(r"^\s*([가-힣])\.\s+")
_MARKS = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초코토포호"


def article_of_text(
    number: int,
    branch: int,
    title: str,
    text: str,
    *,
    path: str = "",
    starts_on: date | None = None,
) -> Article:
    """Return an article read from its printed text: ① paragraphs, 1. items, 가. subitems."""
    lines = _split_paragraphs(strip_heading(text, title)).split("\n")
    reading = _Reading()
    for line in lines:
        reading.take(line)
    lead, paragraphs, note = reading.done()
    return Article(
        number=number,
        branch=branch,
        title=title,
        lead=lead,
        paragraphs=paragraphs,
        starts_on=starts_on,
        deleted=is_deleted(lead) and not paragraphs,
        path=path,
        note=note,
    )


def _split_paragraphs(text: str) -> str:
    # "제5조(제목) ① ..." has its first paragraph on the heading's line, and some files all of them.
    return re.sub(rf"(?<=[.>\])다)])\s+(?=[{CIRCLED}]\s)", "\n", text)


class _Reading:
    """Lines of one article, sorted into paragraphs, items and subitems as they come."""

    def __init__(self) -> None:
        self._lead: list[str] = []
        self._paragraphs: list[tuple[int | None, list[str], list[_Marked]]] = []
        self._notes: list[str] = []

    def take(self, line: str) -> None:
        """Put one line where it belongs."""
        line = line.strip()
        if not line:
            return
        if re.fullmatch(r"\[[^\]]*\d{4}[^\]]*\](?:\s*\[[^\]]*\])*", line):
            self._notes.append(line)
        elif found := _PARAGRAPH_LINE.match(line):
            self._paragraphs.append((CIRCLED.index(found[1]) + 1, [line[found.end() :]], []))
        elif (found := _ITEM_LINE.match(line)) and self._follows(int(found[1])):
            self._items().append(
                _Marked(int(found[1]), int(found[2] or 0), [line[found.end() :]], [])
            )
        elif (found := _SUBITEM_LINE.match(line)) and self._subitem_follows(found[1]):
            self._items()[-1].subitems.append((found[1], [line[found.end() :]]))
        else:
            self._last_lines().append(line)

    def done(self) -> tuple[str, tuple[Paragraph, ...], str]:
        """Return lead, paragraphs and note."""
        paragraphs = tuple(
            Paragraph(number, _lines(lines), tuple(item.done() for item in items))
            for number, lines, items in self._paragraphs
        )
        return _lines(self._lead), paragraphs, "\n".join(self._notes)

    def _items(self) -> list[_Marked]:
        if not self._paragraphs:
            self._paragraphs.append((None, [], []))
        return self._paragraphs[-1][2]

    def _follows(self, number: int) -> bool:
        # "2026. 1. 1." and enumerations inside a text are no items: items count up.
        items = self._paragraphs[-1][2] if self._paragraphs else []
        last = items[-1].number if items else 0
        return number in (last, last + 1) or (bool(items) and last < number <= last + 3)

    def _subitem_follows(self, mark: str) -> bool:
        items = self._paragraphs[-1][2] if self._paragraphs else []
        if not items or mark not in _MARKS:
            return False
        done = len(items[-1].subitems)
        return mark == (_MARKS[done] if done < len(_MARKS) else "")

    def _last_lines(self) -> list[str]:
        if not self._paragraphs:
            return self._lead
        _, lines, items = self._paragraphs[-1]
        if not items:
            return lines
        return items[-1].subitems[-1][1] if items[-1].subitems else items[-1].lines


class _Marked:
    def __init__(
        self, number: int, branch: int, lines: list[str], subitems: list[tuple[str, list[str]]]
    ) -> None:
        self.number, self.branch = number, branch
        self.lines, self.subitems = lines, subitems

    def done(self) -> Item:
        subitems = tuple(Subitem(mark, _lines(lines)) for mark, lines in self.subitems)
        return Item(self.number, self.branch, _lines(self.lines), subitems)


def _lines(lines: Sequence[str]) -> str:
    return "\n".join(line for line in lines if line).strip()


# ---------------------------------------------------------------- judgments and interpretations

_PREC_PARTS = ("판시사항", "판결요지", "참조조문", "참조판례", "판례내용")
_EXPC_PARTS = ("질의요지", "회답", "이유", "관련법령")


def parse_ruling(data: Mapping[str, Any], source: str = "") -> Ruling:
    """Return the judgment or interpretation of a lawService answer; raises Refused."""
    if isinstance(body := data.get("PrecService"), Mapping):
        return Ruling(
            ruling_id=text_of(body.get("판례정보일련번호") or body.get("판례일련번호")),
            interpretation=False,
            title=text_of(body.get("사건명")),
            number=text_of(body.get("사건번호")),
            by=text_of(body.get("법원명")),
            decided_on=day_of(body.get("선고일자")),
            parts=_parts(body, _PREC_PARTS),
        )
    if isinstance(body := data.get("ExpcService"), Mapping):
        return Ruling(
            ruling_id=text_of(body.get("법령해석례일련번호")),
            interpretation=True,
            title=text_of(body.get("안건명")),
            number=text_of(body.get("안건번호")),
            by=text_of(body.get("해석기관명")),
            decided_on=day_of(body.get("해석일자") or body.get("회신일자")),
            parts=_parts(body, _EXPC_PARTS),
        )
    raise _unreadable(source, "판례나 해석례 본문이 없습니다")


def _parts(body: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    found = {name: _plain(text_of(body.get(name))) for name in names}
    return {name: text for name, text in found.items() if text}


def _plain(text: str) -> str:
    # Judgments come with <br/> inside.
    return text_of(re.sub(r"<br\s*/?>", "\n", text))
