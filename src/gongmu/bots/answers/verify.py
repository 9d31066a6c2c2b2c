"""Checks an answer sentence by sentence against its numbered sources, before it is shown.

Every quotation, article of law, bracketed name and figure of a sentence must stand in a source
that the sentence cites (figures: or in a tool result). What is not found makes the sentence
UNVERIFIED, with the doubt named. Not seen: opposites in other words, a changed subject, and a
figure moved within one clause of its source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from gongmu.bots.answer import Doubt, Sentence, Standing
from gongmu.bots.answers.articles import bracketed, document_key, is_law
from gongmu.bots.answers.figures import (
    Figure,
    FigureKind,
    borne_out,
    figures,
    same,
    table_cells,
)
from gongmu.bots.answers.quotations import Quotation, is_quoted_from, quotations
from gongmu.bots.answers.source import Read, Source
from gongmu.bots.answers.support import (
    Words,
    content,
    misplaced,
    share,
    strange_actors,
    strange_addresses,
    strange_offices,
    turned_round,
)
from gongmu.bots.answers.units import Unit, UnitKind, list_marker, marks, split_units, without_marks
from gongmu.bots.statutes.citation import LawCitation, Part, find_citations
from gongmu.bots.statutes.names import Names, normal_name

CHECK_MARK = "(확인 필요)"
"""Stands behind every unverified sentence."""

_LEAST_SHARE = 0.5
_LEAST_SHARE_WITH_CLAIMS = 0.4
_SAYS_NOTHING = re.compile(
    r"(?:(?:다음|아래)(?:과|와) 같습니다|다음과 같이[^.]{0,20}"
    r"|안내(?:해|하여)? ?(?:드립니다|드리겠습니다|합니다)|알려 ?드립니다|답변(?:해)? ?드립니다"
    r"|정리(?:하였습니다|했습니다|해 드립니다)|설명(?:해)? ?드리겠습니다|안녕하세요|안녕하십니까"
    r"|감사합니다|고맙습니다|도움이 되[^.]{0,12}|말씀해 ?주세요"
    r"|(?:확인|참고|문의|연락|검토|판단|상담)(?:해|하여)?\s?(?:하시기|주시기|보시기)?\s?"
    r"(?:바랍니다|주세요|하세요|보세요|하십시오)"
    r"|(?:자료|문서|근거|내용|규정|정보)[^.]{0,25}(?:없습니다|찾을 수 없습니다|찾지 못했습니다"
    r"|확인되지 않습니다|알 수 없습니다|나와 있지 않습니다)"
    r"|(?:확인할|알|답할|답변할|판단할|말씀드릴) 수 없습니다|확인되지 않습니다"
    r"|담당자[^.]{0,12}확인[^.]{0,12})[.!]?\s*$"
)
_ANSWERS = re.compile(r"^(?:네|예|아니요|아니오|맞습니다|그렇습니다)[,.\s]")
_GIVEN = re.compile(r"^[^.]{0,6}(?:인\s?경우|의\s?경우|이라면|라면|이면|일\s?때|인\s?차량|짜리)")
_ASKED = re.compile(r"(?:말씀|질문|문의|물으|입력|제시)하?(?:신|하신)[^.]{0,15}$")
_OWN_WORDS = frozenset({"확인 필요", "확인필요", "공개", "비공개"})


@dataclass(frozen=True)
class ArticleFinding:
    """What the statute store knows of a cited article on the day asked about."""

    exists: bool
    in_force: bool
    text: str = ""


Judge = Callable[[LawCitation, date], "ArticleFinding | None"]
"""Looks an article up in the statute store; None = the law is not kept there."""


def verify(
    text: str,
    sources: Sequence[Source],
    *,
    on: date,
    words: Words | None = None,
    known: str = "",
    question: str = "",
    judge: Judge | None = None,
    law_names: Iterable[str] = (),
) -> Sequence[Sentence]:
    """Return the sentences of a whole answer, each checked; see `Verifier`."""
    verifier = Verifier(
        sources, on=on, words=words, known=known, question=question, judge=judge,
        law_names=law_names,
    )  # fmt: skip
    return [verifier.check(unit) for unit in split_units(text)]


def shown(sentences: Iterable[Sentence]) -> str:
    """Return the answer's text as shown, with the mark behind each unverified sentence."""
    pieces = []
    for one in sentences:
        pieces += [one.before, marked(one)]
    return "".join(pieces).strip("\n")


def marked(sentence: Sentence) -> str:
    """Return one sentence as shown; in a table row the mark stands in the last cell."""
    if sentence.standing is not Standing.UNVERIFIED:
        return sentence.text
    if sentence.text.lstrip().startswith("|") and sentence.text.rstrip().endswith("|"):
        return f"{sentence.text.rstrip()[:-1].rstrip()} {CHECK_MARK} |"
    return f"{sentence.text} {CHECK_MARK}"


class Verifier:
    """Checks units in their order; rows and items stand under the line that leads them in.

    `known`: text of the desk itself (today's date, whom to ask) whose figures any sentence may
    use. `words` cuts text into stems; by default the search's own.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        *,
        on: date,
        words: Words | None = None,
        known: str = "",
        question: str = "",
        judge: Judge | None = None,
        law_names: Iterable[str] = (),
    ) -> None:
        if words is None:
            from gongmu.bots.search.tokens import tokens

            words = tokens
        titles = [one.document for one in sources if is_law(one.document)]
        self._names = _names_of(tuple(sorted({*law_names, *titles})))
        self._words: Words = words
        self._read = {one.number: Read(one, words, self._names) for one in sources}
        self._tools = [one for one in self._read.values() if one.source.tool]
        self._known = [*figures(known), *figures(f"{on.year}년 {on.month}월 {on.day}일")]
        self._known_text = known
        self._asked, self._question = figures(question), question
        self._on, self._judge = on, judge
        self._header: tuple[str, ...] = ()
        self._lead: tuple[int, ...] = ()
        self._before = ""

    def add(self, source: Source) -> None:
        """Take in one more source: the result of a tool that ran meanwhile."""
        read = Read(source, self._words, self._names)
        self._read[source.number] = read
        if source.tool:
            self._tools.append(read)

    def check(self, unit: Unit) -> Sentence:
        """Return the unit as a sentence with its standing."""
        sentence = self._checked(unit)
        self._before = f"{self._before}\n{unit.text}"[-600:]
        return replace(sentence, before=unit.before)

    # ------------------------------------------------------------ one unit

    def _checked(self, unit: Unit) -> Sentence:
        own = marks(unit.text)
        self._follow(unit, own)
        if unit.kind is UnitKind.RULE:
            return Sentence(unit.text)
        cited = own or (self._lead if unit.kind in _LED else ())
        there = [self._read[one] for one in cited if one in self._read]
        doubts = [
            Doubt("citation", f"[{one}]", "없는 자료 번호입니다")
            for one in own
            if one not in self._read
        ]
        bare = without_marks(unit.text)
        laws, quoted = self._cited_laws(bare), quotations(bare)
        claims = self._claims(unit, _placeless(bare, there))
        doubts += self._quotes(unit, bare, quoted, there)
        doubts += self._articles(bare, laws, there)
        doubts += self._bracketed(bare, laws, there)
        doubts += self._figures(unit, bare, claims, there)
        stated = bool(claims or quoted or laws)
        if not there and not doubts and self._plain(unit, bare, stated):
            return Sentence(unit.text)
        doubts += self._words_of(unit, bare, claims, there, stated)
        numbers = tuple(one for one in cited if one in self._read)
        standing = Standing.UNVERIFIED if doubts else Standing.VERIFIED
        return Sentence(unit.text, numbers, standing, tuple(_once(doubts)))

    def _follow(self, unit: Unit, own: tuple[int, ...]) -> None:
        """Keep what stands over the following rows and items: header cells, marks of the lead."""
        if unit.kind is UnitKind.HEADER:
            self._header = tuple(table_cells(without_marks(unit.text)))
            self._lead = own or self._lead
        elif unit.kind not in _LED and unit.kind is not UnitKind.RULE:
            self._header = ()
            if own or "\n\n" in unit.before or "\n" not in unit.before:
                self._lead = own if _leads(unit) or unit.kind is UnitKind.HEADING else ()

    def _plain(self, unit: Unit, bare: str, stated: bool) -> bool:
        """Whether a sentence without source needs none: greeting, lead-in, heading, advice."""
        if stated:
            return False
        if unit.kind in (UnitKind.HEADING, UnitKind.HEADER):
            return True
        text = bare.strip().strip("*").strip()
        if _ANSWERS.match(text):
            return False
        said = content(text, self._words)
        return len(said) < 2 or bool(_SAYS_NOTHING.search(text)) or text.endswith((":", "："))

    # ------------------------------------------------------------ quotations and names

    def _quotes(
        self, unit: Unit, bare: str, quoted: Sequence[Quotation], there: Sequence[Read]
    ) -> list[Doubt]:
        found = []
        if unit.kind is UnitKind.QUOTE:
            # The whole line is quoted; marks inside it belong to the source.
            line = bare.strip().lstrip("> ").strip()
            if line and not self._is_quoted(line, there):
                found.append(Doubt("quote", line, "인용한 자료에 이 글이 그대로 없습니다"))
            return found
        for one in quoted:
            if one.text in _OWN_WORDS or (one.term and self._is_term(one.text, there)):
                continue
            if not self._is_quoted(one.text, there):
                reason = "인용한 자료에 이 글이 그대로 없습니다"
                found.append(Doubt("quote", one.text, reason if there else "출처 번호가 없습니다"))
        return found

    @staticmethod
    def _is_quoted(text: str, there: Sequence[Read]) -> bool:
        inner = re.sub(r"^\s*[「『]|[」』]\s*$", "", text)
        return any(
            is_quoted_from(inner, one.flat)
            or document_key(inner) == document_key(one.source.document)
            for one in there
        )

    def _is_term(self, text: str, there: Sequence[Read]) -> bool:
        """Whether a stressed word is one of the sources' words."""
        compact = re.sub(r"\s", "", text)
        return any(compact in re.sub(r"\s", "", one.source.whole) for one in there)

    def _bracketed(
        self, bare: str, laws: Sequence[LawCitation], there: Sequence[Read]
    ) -> list[Doubt]:
        """Names in 「」 must be a source's title or stand in a cited source."""
        found = []
        starts = {one.start for one in laws}
        for one in bracketed(bare):
            if one.start in starts or any(self._is_named(one.name, read) for read in there):
                continue
            if self._law_exists(one.name):
                continue
            found.append(Doubt("article", one.name, "자료에 없는 이름입니다"))
        return found

    @staticmethod
    def _is_named(name: str, read: Read) -> bool:
        key = document_key(name)
        whole = normal_name(read.source.whole)
        return key == document_key(read.source.document) or f"「{key}」" in whole or (
            len(key) > 5 and re.search(rf"(?<![가-힣]){re.escape(key)}(?!시행)", whole) is not None
        )  # fmt: skip

    # ------------------------------------------------------------ articles

    def _cited_laws(self, bare: str) -> Sequence[LawCitation]:
        """Return the citations in this sentence; what stood before tells what 같은 법 means."""
        text = f"{self._before}\n{bare}"
        shift = len(self._before) + 1
        return [
            replace(one, start=one.start - shift, end=one.end - shift)
            for one in find_citations(text, names=self._names)
            if one.start >= shift
        ]

    def _articles(
        self, bare: str, laws: Sequence[LawCitation], there: Sequence[Read]
    ) -> list[Doubt]:
        found = []
        for cited in laws:
            if any(one.articles.has(cited) for one in there):
                old = self._not_in_force(cited, there)
                found += [Doubt("article", cited.text, old)] if old else []
            elif reason := self._against_store(cited, bare, there):
                found.append(Doubt("article", cited.text, reason))
        return found

    def _not_in_force(self, cited: LawCitation, there: Sequence[Read]) -> str:
        own = [one for one in there if one.articles.same_law(cited) and one.articles.has(cited)]
        for one in own:
            source = one.source
            late = source.starts_on is not None and source.starts_on > self._on
            if not late and (source.ends_on is None or source.ends_on >= self._on):
                return ""
        if own:
            return f"{self._on.isoformat()}에 시행되는 조문이 아닙니다({own[0].source.in_force})"
        return ""

    def _against_store(self, cited: LawCitation, bare: str, there: Sequence[Read]) -> str:
        """Return why an article that no cited source bears out cannot stand, "" when it can."""
        if cited.part is Part.LAW:
            named = self._law_exists(cited.law) or any(
                self._is_named(cited.law, one) for one in there
            )
            return "" if named else "자료에 없는 법령 이름입니다"
        finding = self._judge(cited, self._on) if self._judge and cited.law else None
        if finding is None:
            return "인용한 자료에 이 조문이 없습니다"
        if not finding.exists:
            return "없는 조문입니다"
        if not finding.in_force:
            return f"{self._on.isoformat()}에 시행되는 조문이 아닙니다"
        own = Source(0, cited.law, cited.place, "", finding.text)
        read = Read(own, self._words, self._names)
        said = content(bare, self._words)
        claimed = figures(bare)
        if share(said, [read.support]) >= _LEAST_SHARE and all(
            borne_out(one, read.figures) for one in claimed
        ):
            return ""
        return "있는 조문이지만 인용한 자료가 아니며 내용이 맞는지 알 수 없습니다"

    def _law_exists(self, name: str) -> bool:
        if self._judge is None:
            return False
        whole = LawCitation(self._names.official(name), Part.LAW, 0, len(name), name)
        finding = self._judge(whole, self._on)
        return finding is not None and finding.exists

    # ------------------------------------------------------------ figures

    def _claims(self, unit: Unit, bare: str) -> Sequence[Figure]:
        """Return the figures that a unit states; list marks and counts of a list are none."""
        if unit.kind is UnitKind.HEADER:
            return [one for one in figures(bare) if one.unit not in ("", "원")]
        row = unit.kind is UnitKind.ROW
        read = figures(bare, self._header if row else ())
        marker = 0 if row else len(list_marker(bare))
        if row and self._header and re.match(r"번호|순번|연번|No|순서", self._header[0], re.I):
            first = bare.find("|", bare.find("|") + 1)
            read = [one for one in read if one.start > first]
        named = [(one.start, one.end) for one in bracketed(bare)]
        with_unit = {one.start for one in read if one.unit}
        claims = []
        for one in read:
            if one.end <= marker or any(start <= one.start < end for start, end in named):
                continue
            if not one.unit and one.kind is FigureKind.AMOUNT and one.start in with_unit:
                continue
            if one.unit == "가지" and (_leads(unit) or one.value < 10):
                continue
            claims.append(one)
        return claims

    def _figures(
        self, unit: Unit, bare: str, claims: Sequence[Figure], there: Sequence[Read]
    ) -> list[Doubt]:
        found, borne = [], []
        cited = [figure for one in there for figure in one.figures]
        tools = [figure for one in self._tools for figure in one.figures]
        for claim in claims:
            if borne_out(claim, cited):
                borne.append(claim)
            elif not (
                borne_out(claim, tools) or borne_out(claim, self._known) or self._given(bare, claim)
            ):
                found.append(Doubt("number", claim.text, self._why(claim, [*cited, *tools], there)))
        supports = [one.support for one in there]
        row = unit.kind is UnitKind.ROW
        for claim in misplaced(bare, row, borne, supports, self._words):
            if not borne_out(claim, tools):
                found.append(Doubt("number", claim.text, "자료에서는 다른 것의 수입니다"))
        return found

    def _given(self, bare: str, claim: Figure) -> bool:
        """Whether the sentence only takes up a figure of the question: "3천만원인 경우"."""
        if not any(same(claim, one) for one in self._asked):
            return False
        at = bare.find(claim.text)
        if at < 0:
            return False
        after = bare[at + len(claim.text) :]
        return bool(_GIVEN.match(after) or _ASKED.search(bare[:at]))

    @staticmethod
    def _why(claim: Figure, sources: Sequence[Figure], there: Sequence[Read]) -> str:
        if not there:
            return "출처 번호가 없습니다"
        if any(same(claim, one) for one in sources):
            return "자료에서는 뒤의 말(이상, 이하, 초과, 까지 등)이 다릅니다"
        return "인용한 자료에 이 수가 없습니다"

    # ------------------------------------------------------------ words

    def _words_of(
        self,
        unit: Unit,
        bare: str,
        claims: Sequence[Figure],
        there: Sequence[Read],
        stated: bool,
    ) -> list[Doubt]:
        tools = [one for one in self._tools if one not in there]
        if not there and not self._rests_on_tool(bare, claims):
            return [Doubt("uncited", _short(bare), "출처 번호가 없습니다")]
        supports = [one.support for one in (*there, *tools)]
        said = content(bare, self._words)
        found = []
        least = _LEAST_SHARE_WITH_CLAIMS if stated else _LEAST_SHARE
        quoting = self._is_mere_quotation(bare, there)
        far = unit.kind is not UnitKind.HEADING and share(said, supports) < least
        if far and not quoting:
            found.append(Doubt("uncited", _short(bare), "인용한 자료의 내용과 낱말이 다릅니다"))
        texts = [one.source.whole for one in (*there, *tools)]
        for name in strange_offices(bare, [*texts, self._known_text]):
            found.append(Doubt("uncited", name, "인용한 자료에 없는 기관이나 부서입니다"))
        for name in strange_addresses(bare, [*texts, self._known_text]):
            found.append(Doubt("uncited", name, "인용한 자료에 없는 주소입니다"))
        for name in strange_actors(bare, [*texts, self._known_text, self._question]):
            found.append(Doubt("uncited", name, "인용한 자료에 없는 사람이나 기관입니다"))
        reason = turned_round(bare, said, [one.support for one in there])
        if reason and not quoting:
            found.append(Doubt("uncited", _short(bare), reason))
        return found

    def _is_mere_quotation(self, bare: str, there: Sequence[Read]) -> bool:
        """Whether the sentence says little beside whole sentences quoted word for word."""
        whole = [
            one
            for one in quotations(bare)
            if re.search(r"다\.?$", one.text) and self._is_quoted(one.text, there)
        ]
        return sum(len(one.text) for one in whole) > 0.6 * len(bare.strip())

    def _rests_on_tool(self, bare: str, claims: Sequence[Figure]) -> bool:
        """Whether an uncited sentence says only what a tool of this answer found."""
        if not self._tools or not claims:
            return False
        tools = [figure for one in self._tools for figure in one.figures]
        said = content(bare, self._words)
        return any(borne_out(one, tools) for one in claims) and (
            share(said, [one.support for one in self._tools]) >= _LEAST_SHARE
        )


@lru_cache(maxsize=64)
def _names_of(official: tuple[str, ...]) -> Names:
    return Names(official=official)


_LED = (UnitKind.ITEM, UnitKind.ROW, UnitKind.HEADER)


def _leads(unit: Unit) -> bool:
    text = without_marks(unit.text).strip().rstrip("*")
    return text.endswith((":", "：")) or bool(re.search(r"(?:다음|아래)[^.]{0,15}[.:]?$", text))


def _placeless(bare: str, there: Sequence[Read]) -> str:
    """Return the sentence with the places of its sources (표 1, 3쪽) blanked out."""
    for one in there:
        for part in (one.source.document, one.source.place):
            if len(part) > 1:
                bare = bare.replace(part, " " * len(part))
    return bare


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 60 else f"{plain[:57]}..."


def _once(doubts: Iterable[Doubt]) -> list[Doubt]:
    return list(dict.fromkeys(doubts))
