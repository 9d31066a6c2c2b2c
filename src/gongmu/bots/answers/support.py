"""How far the words of a sentence are borne out by a source: content, denial, duty, places."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from gongmu.bots.answers.figures import Figure, FigureKind, figures, same, same_measure, table_cells
from gongmu.bots.answers.units import list_marker, without_marks

Words = Callable[[str], Collection[str]]
"""Cuts a text into its content words (stems)."""

_EMPTY_WORDS = """
문의 내용 안내 확인 답변 드리 다음 아래 위 같 참고 관련 필요 경우 바라 질문 정리 요약 자료
근거 제시 따르 대하 하 되 있 수 것 등 및 또는 그리고 따라서 다만 또한 즉 해당 알리 말씀 우선
먼저 설명 기준 때 이 그 저 각 더 보 통하 위하 의하 관하 안녕 감사 여기 이상 이하 이내 이후
이전 까지 부터 점 사항 정하 규정 명시 나와 나오 적히 기재 따라 밝히 한하 대해 대한 관한 구체
구체적 말하 의미 뜻하 이루어지 알 주 오 가 받 두 들 만들 쓰 의 는 은 정도 가지 시 후 전 중
간 내 별 당 총 약 모두 각각 네 예
"""
_SAYS_NOTHING = frozenset(_EMPTY_WORDS.split())
_DENIES = re.compile(
    r"않|아니|없|못하|못한|못합|불가|제외|금지|안\s?[되된됩돼]|말아야|미해당|비대상|불허|거부|해당하지"
)
_MUST = re.compile(r"야\s?(?:합|한|하|됩|된|되|할)|의무|필수|반드시")
_MAY = re.compile(r"수\s?있|가능|허용|무방")
_CLAUSE = re.compile(r"(?<=[^\d]),\s|;\s?|(?<=[가-힣)\]”\"])[.!?](?=\s|$)|\n")
_LEADS = re.compile(r"[:：]\s*$|다음[^.]{0,30}[.:]?\s*$|^[^.]{1,30}$")
_OFFICE = re.compile(
    # 과 is also a particle (주민과 함께), so a particle of its own must follow it.
    r"(?<![가-힣])(?:(?P<section>[가-힣]{1,12}과)(?=에서|에게|에|로|가|는|를|,|\()"
    r"|(?P<office>[가-힣]{1,12}(?:팀|담당관|센터|위원회|세무서|시청|구청|군청|도청|공단|공사|법원"
    r"|경찰서|보건소|사업소|교육청|진흥원|협회|은행))(?=은|는|이|가|을|를|에|으로|로|와|과|의|도|[,\s().]|$))"
)
_NO_OFFICE = re.compile(
    r"(?:결과|효과|통과|초과|경과|부과|성과|교과|학과|과과|여과|투과|사과|차과|전과|일과|고과|공과|다과|제과)$"
    r"|^(?:기간|자격|금액|신청|제출|납부|처리|대상|세액|기준|서류|소득|재산|가구|방법|절차|조건|요건|담당)과$"
)
_RIVAL_SHARE = 0.6
_ADDRESS = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[A-Za-z0-9-]+)+|(?:https?://|www\.)[\w./?=&%#~-]+", re.ASCII
)
_ACTOR = re.compile(
    r"(?<![가-힣])([가-힣]{1,8}(?:장|인|자|령|군수|지사|총리|의회|업체|주민|국민))"
    r"(?:은|는|이|가|에게|께서)(?=[\s,])"
)


@dataclass(frozen=True)
class Segment:
    """A clause, line or row of a source; `around`: it with the line and heading above."""

    text: str
    around: str
    figures: Sequence[Figure]
    words: frozenset[str]


class Support:
    """The words of one source, made once."""

    def __init__(self, heading: str, text: str, words: Words) -> None:
        self._heading, self._text, self._words = heading, text, words

    @cached_property
    def words(self) -> frozenset[str]:
        """All content words of the source."""
        return frozenset(self._words(f"{self._heading}\n{self._text}"))

    @cached_property
    def clauses(self) -> Sequence[Segment]:
        """The source cut small: clauses and table rows."""
        return self._segments(_CLAUSE)

    @cached_property
    def sentences(self) -> Sequence[Segment]:
        """The source cut into sentences, lines and rows."""
        return self._segments(re.compile(r"(?<=[가-힣)\]”\"])[.!?](?=\s|$)|\n"))

    def _segments(self, cut: re.Pattern[str]) -> Sequence[Segment]:
        made: list[Segment] = []
        before = ""
        header: tuple[str, ...] = ()
        for line in self._text.split("\n"):
            cells = table_cells(line)
            if cells and not header:
                header = tuple(cells)
            elif not cells and line.strip():
                header = ()
            for part in [line] if cells else cut.split(line):
                if part and part.strip():
                    around = f"{self._heading}\n{before}\n{' '.join(header)}\n{part}"
                    made.append(self._segment(part, around, header))
            # A line that leads in what follows speaks for it: "다음은 제외한다:".
            if line.strip() and not list_marker(line) and not cells:
                before = line if _LEADS.search(line) else ""
        return made

    def _segment(self, part: str, around: str, header: tuple[str, ...]) -> Segment:
        read = figures(part, header if table_cells(part) else (), self._text)
        return Segment(part, around, read, frozenset(self._words(part)))


def content(text: str, words: Words) -> frozenset[str]:
    """Return the words of a sentence that say something; marks and joined words aside."""
    plain = without_marks(text)
    found = {one for one in words(plain[len(list_marker(plain)) :]) if one not in _SAYS_NOTHING}
    joined = {
        one
        for one in found
        if any(
            one.startswith(first) and one[len(first) :] in found for first in found if first != one
        )
    }
    return frozenset(one for one in found - joined if not one.isdigit())


def share(said: Collection[str], sources: Sequence[Support]) -> float:
    """Return which share of the words `said` occurs in the sources; 1.0 when nothing is said."""
    if not said:
        return 1.0
    known = frozenset[str]().union(*(one.words for one in sources))
    return sum(word in known for word in said) / len(said)


def strange_offices(text: str, sources: Sequence[str]) -> Sequence[str]:
    """Return offices named in `text` that no source names."""
    whole = re.sub(r"\s", "", "\n".join(sources))
    return [
        name
        for name in dict.fromkeys(one[1] or one[2] for one in _OFFICE.finditer(text))
        if len(name) > 2 and not _NO_OFFICE.search(name) and name not in whole
    ]


def strange_addresses(text: str, sources: Sequence[str]) -> Sequence[str]:
    """Return e-mail and web addresses in `text` that no source has."""
    whole = "\n".join(sources).lower()
    found = [one[0].rstrip(".") for one in _ADDRESS.finditer(text)]
    return [one for one in dict.fromkeys(found) if one.lower() not in whole]


def strange_actors(text: str, sources: Sequence[str]) -> Sequence[str]:
    """Return who does or gets something in `text` and is in no source; 신청자 passes for 신청인."""
    whole = re.sub(r"\s", "", "\n".join(sources))
    return [
        name
        for name in dict.fromkeys(one[1] for one in _ACTOR.finditer(text))
        if name not in whole and (len(name) < 3 or name[:-1] not in whole)
    ]


def turned_round(text: str, said: Collection[str], sources: Sequence[Support]) -> str:
    """Return why a sentence says the opposite of the place it is drawn from, "" when it does not.

    Compares denial and duty (하여야 한다 / 할 수 있다) with the nearest sentence of the source.
    Does not see opposites in other words (늘다 / 줄다) nor a changed subject.
    """
    nearest, best = None, 0.0
    for source in sources:
        for segment in source.sentences:
            held = len(segment.words & set(said)) / max(len(said), 1)
            if held > best:
                nearest, best = segment, held
    if nearest is None or best < _RIVAL_SHARE or len(said) < 2:
        return ""
    plain = without_marks(text).strip()
    theirs = nearest.text.strip()
    if _DENIES.search(plain) and not _DENIES.search(nearest.around):
        return "자료에는 없는 부정입니다"
    if not _DENIES.search(plain) and _DENIES.search(theirs[-14:]):
        return "자료는 부정하고 있습니다"
    mine_may, mine_must = _MAY.search(plain[-14:]), _MUST.search(plain[-14:])
    if mine_must and not _MUST.search(nearest.around) and _MAY.search(theirs[-14:]):
        return "자료에는 '할 수 있다'로 되어 있습니다"
    if mine_may and not mine_must and not _MAY.search(theirs) and _MUST.search(theirs[-14:]):
        return "자료에는 '하여야 한다'로 되어 있습니다"
    return ""


def misplaced(text: str, row: bool, claims: Sequence[Figure], sources: Sequence[Support],
              words: Words) -> Sequence[Figure]:  # fmt: skip
    """Return figures that the source has, but for another thing than the clause names.

    A rival is a clause or row of the source that fits the words better and has another figure of
    the same measure.
    """
    found = []
    for claim in claims:
        if claim.kind is FigureKind.NUMBER:
            continue
        clause = text if row else _clause_around(text, claim)
        own_words = set(words(claim.text))
        said = {one for one in words(without_marks(clause)) if one not in _SAYS_NOTHING}
        said -= own_words
        if said and _rivalled(claim, said, sources):
            found.append(claim)
    return found


def _rivalled(claim: Figure, said: set[str], sources: Sequence[Support]) -> bool:
    own = rival = 0
    for source in sources:
        for segment in source.clauses:
            if not segment.figures:
                continue
            score = len(said & segment.words)
            if any(same(claim, one) for one in segment.figures):
                own = max(own, score)
            elif any(same_measure(claim, one) for one in segment.figures):
                rival = max(rival, score)
    count = len(said)
    if rival <= own:
        return False
    return rival == count or (own < 0.5 * count and rival >= _RIVAL_SHARE * count)


def _clause_around(text: str, claim: Figure) -> str:
    at = text.find(claim.text)
    if at < 0:
        return text
    start = max((one.end() for one in _CLAUSE.finditer(text, 0, at)), default=0)
    following = _CLAUSE.search(text, at + len(claim.text))
    return text[start : following.start() if following else len(text)]
