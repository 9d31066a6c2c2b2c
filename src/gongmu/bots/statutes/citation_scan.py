"""How citations are read: one pass over the text that remembers what was named before."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from gongmu.bots.statutes.citation import LawCitation, Part
from gongmu.bots.statutes.names import Names, base_of

_ONE_FOR_ONE = str.maketrans(
    "第條条項號号目法令則附別表紙同０１２３４５６７８９",
    "제조조항호호목법령칙부별표지동0123456789",
)
_HANJA = {mark: value for value, mark in enumerate("一二三四五六七八九", 1)}
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟"

_N = r"(?:\d{1,4}|[一二三四五六七八九十百]{1,7})"
_COUNTED = r"(?:가지|개|명|배|분|년|월|일|차|회|항|호|인|건|종|조|,\d)"
_BRANCH = rf"(?:\s*의\s*(?P<{{0}}>\d{{{{1,2}}}})(?!\d|\s*{_COUNTED}))?"
_SUBITEMS = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초코토포호"


def _branch(name: str) -> str:
    return _BRANCH.format(name).replace("{{", "{").replace("}}", "}")


_PARAGRAPH = (
    rf"(?:제\s*(?P<para>{_N})\s*항|(?P<bare_para>\d{{1,2}})\s*항|(?P<circled>[{_CIRCLED}])항?)"
)
_ITEM = (
    rf"(?:제\s*(?P<item>{_N})\s*호|(?P<bare_item>\d{{1,3}})\s*호(?!선|차|기|봉|실|관|점))"
    + _branch("item_branch")
)
_SUB = rf"(?P<sub>[{_SUBITEMS}])\s*목(?!적|표|록|차|재|숨|욕|공|사|포)"
_JOIN = r"\s*(?:의\s*)?"
_LOWER = rf"(?:{_JOIN}{_PARAGRAPH})?(?:{_JOIN}{_ITEM})?(?:{_JOIN}{_SUB})?"
_TITLE = (
    r"(?:\s*\((?P<title>(?!이하|같은|법률|대통령령|팀|조|그룹|\d)"
    r"[^()\n]{1,60}(?:\([^()\n]*\)[^()\n]*)?)\))?"
)
_ARTICLE = re.compile(rf"(?P<the>제\s*)?(?P<art>{_N})\s*조{_branch('branch')}{_TITLE}{_LOWER}")
_UNDER = re.compile(rf"(?:제\s*(?P<para>{_N})\s*항)(?:{_JOIN}{_ITEM})?(?:{_JOIN}{_SUB})?")
_UNDER_ITEM = re.compile(rf"(?:제\s*(?P<item>{_N})\s*호){_branch('item_branch')}(?:{_JOIN}{_SUB})?")
_UNDER_SUB = re.compile(_SUB)
_SAME = re.compile(
    rf"(?P<same>(?:같은|동|이|위|본)\s*(?P<level>조|항|호))(?![가-힣])(?P<rest>{_LOWER})"
)
_SUPPLEMENT = re.compile(
    rf"부\s*칙(?:\s*[<(\[]?\s*(?:(?:법률|대통령령|조례|규칙|[가-힣]{{2,8}}령)\s*)?제\s*(?P<no>\d{{1,6}})\s*호"
    rf"[^)>\]\n]{{0,30}}[)>\]]?|\s*[(<]\s*\d{{4}}[^)>\n]{{0,20}}[)>])?"
    rf"(?:\s*제\s*(?P<art>{_N})\s*조{_branch('branch')}{_TITLE}{_LOWER})?"
)
_TABLE = re.compile(
    rf"\[?별\s*표(?:\s*제?\s*(?P<no>\d{{1,3}})(?:\s*호)?{_branch('branch')})?\]?(?=[^가-힣]|$|에|의|와|과|은|는|를|을|및|로|중|가|이)"
)
_FORM = re.compile(
    rf"\[?별\s*지\s*(?:제\s*)?(?P<no>\d{{1,3}})\s*호?{_branch('branch')}\s*(?:호\s*)?(?:서\s*식|양\s*식)?\]?"
)
_NAME = re.compile(r"[「『](?P<name>[^「」『』\n]{2,90})[」』]")
_ALIAS = re.compile(
    r"\((?:[^()\n]{0,30},\s*)?이하\s*(?:이\s*[조장절항]에서\s*)?[\"“”'‘’「]\s*(?P<alias>[가-힣ㆍ·\s]{1,20}?)\s*"
    r"[\"“”'‘’」][^()\n]{0,20}\)"
)
_WORD = re.compile(
    r"(?P<word>(?<![가-힣])[가-힣ㆍ·0-9]*(?:법률|법|시행령|시행규칙|조례))"
    r"(?=에|의|은|는|을|를|이|가|과|와|상|도|으로|로|만|보다|[\s,.)\]」:;]|$)"
)
_START = re.compile(
    rf"[「『]|부\s*칙|\[?별\s*[표지]|\((?=[^()\n]{{0,32}}이하)|(?:같은|동|이|위|본)\s*[조항호](?![가-힣])"
    rf"|제\s*{_N}\s*[조항호]|(?<![\d.,제])\d{{1,4}}\s*조|(?<![가-힣])[가-힣ㆍ·0-9]*(?:법|률|령|규칙|조례)|[{_SUBITEMS}]\s*목"
)

_FILLER = (
    r"(?:\s*(?:각\s*호(?:\s*외의\s*부분)?(?:의\s*어느\s*하나)?|본문|단서|전단|후단"
    r"|\([^()\n]{0,80}\)))*"
)
_BEFORE = re.compile(r"(?:전조|전항|후조|전\s*\d+\s*[조항])\s*(?:의\s*)?$")
"""Old acts count backwards; which article that is, the text alone does not tell."""
_JOINED = re.compile(
    _FILLER + r"\s*(?:(?P<range>부터|내지|에서|[~∼～–-])|,\s*(?:및|또는)|,|[·ㆍ・]|및|와|과|또는"
    r"|이나|나|혹은|그리고)\s*"
)
_RANGE_END = re.compile(r"\s*까지")
_NOT_LAW = re.compile(
    r"\s*(?:\(\s*)?(?:\d{1,3}\s*명|팀|그룹|조장|조원|반장|근무|인원|교대|편성|작업|[\d,]*\s*(?:조\s*)?원(?![가-힣])|억|달러)"
)
_RELATIVE = re.compile(
    r"(?<![가-힣A-Za-z0-9」』])(?:(?P<back>같은|동|위|그|당해|해당|앞의|이|본|우리)\s*)?"
    r"(?P<kind>법률|법|영|령|규칙|조례|훈령|규정|예규|고시|지침)(?:\s*(?P<lower>시행령|시행규칙))?$"
)
_MANY_WORDED = re.compile(
    r"(?:관한|위한|대한|따른)\s+(?:[가-힣ㆍ·]+\s+){0,4}(?:법률|법|규칙|조례|규정)(?:\s*시행령|\s*시행규칙)?$"
)
_LOWER_ALONE = re.compile(r"(?:^|(?<=[\s」』)]))(?P<lower>시행령|시행규칙)$")
_BETWEEN = re.compile(r"\s*(?:의|상|상의|중)?\s*$")
_ASIDE = re.compile(
    r"\s*\((?:[^()]{0,40}이하[^()]*|[^()]*(?:시행|개정|제정|제\s*\d+호|약칭)[^()]*)\)\s*$"
)
_LAWLIKE = re.compile(
    r"(?:법|법률|헌법|시행령|시행규칙|조례|규칙|규정|훈령|예규|고시|지침|시행세칙|령)$"
)
_NOT_A_NAME = frozenset(
    [
        "방법",
        "불법",
        "위법",
        "편법",
        "문법",
        "용법",
        "해법",
        "사법",
        "입법",
        "합법",
        "적법",
        "준법",
        "기법",
        "수법",
        "어법",
        "무법",
        "탈법",
        "비법",
        "화법",
        "법",
        "법률",
        "법령",
        "현행법",
        "관련법",
        "관계법",
        "상위법",
        "개별법",
        "특별법",
        "일반법",
        "실정법",
        "시행령",
        "시행규칙",
        "조례",
        "규칙",
        "명령",
        "사법",
        "공법",
        "세법",
        "대통령",
        "요령",
        "강령",
        "연령",
        "수령",
        "발령",
        "대령",
        "점령",
        "유령",
        "본부장령",
        "계산법",
        "사용법",
        "작성법",
        "조리법",
        "신고법",
        "투자법",
        "산정법",
        "적용법",
        "가감승제법",
        "정률법",
        "정액법",
    ]
)
_ENDING = re.compile(
    r"(?:은|는|이|가|을|를|에|에서|로|와|과|의|고|며|면|라|여|해|한|된|될|할|던|만|도|서|지|게|히|니|나|데|든|및|등|따라|대로|인)$"
)
_NOUN_ENDING = re.compile(
    r"(?:도로|철도|수도|제도|용도|지도|궤도|가로|항로|경로|선로|회의|협의|심의|주의|어린이|놀이|국가|평가|물가|허가|인가|"
    r"재해|피해|침해|공고|광고|금고|신고|보고|복지|농지|토지|산지|택지|녹지|묘지|기지|단지|편지|정지|유지|후견인|장애인|"
    r"노인|개인|법인|외국인|상인|성과|효과|교과|여가|폐기|관광지|국유지|공유지|여의도|제주도|시설비|한의)$"
)
_NOT_PART = frozenset(
    [
        "현행",
        "개정",
        "구",
        "종전",
        "종전의",
        "위",
        "이",
        "그",
        "해당",
        "당해",
        "관련",
        "관계",
        "근거",
        "참고",
        "참조",
        "제목",
        "다만",
        "또는",
        "및",
        "그리고",
        "따라서",
        "즉",
        "예",
        "가칭",
        "현",
        "신",
        "우리",
        "같은",
        "동",
        "본",
        "각",
        "또한",
        "특히",
        "아울러",
        "단",
        "한편",
        "먼저",
        "우선",
        "다음",
        "적용",
        "대상",
        "근거법령",
        "법령",
        "조문",
        "질문",
        "답변",
        "제정",
        "시행",
        "지난",
        "최근",
        "최신",
        "주요",
        "기존",
        "한국",
        "대한민국",
        "국내",
        "예컨대",
        "물론",
        "만약",
        "만일",
        "반면",
        "이때",
        "여기",
        "바로",
        "결국",
        "정답",
        "감면",
        "문의",
        "안내",
        "검토",
        "결과",
        "출처",
        "붙임",
        "별첨",
        "첨부",
        "상기",
        "하기",
        "모두",
        "각각",
        "오늘",
        "현재",
        "당시",
        "이후",
        "이전",
        "민원",
        "담당",
        "검색",
    ]
)


@dataclass(frozen=True)
class _Named:
    """A law named just before a place: its name and where it begins."""

    law: str
    start: int
    known: bool
    implied: bool = False


class Scan:
    """One reading of one text."""

    def __init__(
        self, text: str, own: str, names: Names, own_article: LawCitation | None = None
    ) -> None:
        self._raw = text
        self._text = text.translate(_ONE_FOR_ONE)
        self._names = names
        self._own = names.official(own) if own else ""
        self._here = own_article
        self._law = ""
        """The law named last."""
        self._alias: dict[str, str] = {}
        self._last: LawCitation | None = None
        self._found: list[LawCitation] = []

    def run(self) -> list[LawCitation]:
        """Return the citations in order."""
        position = 0
        while start := _START.search(self._text, position):
            position = max(self._take(start), start.start() + 1)
        return self._found

    def _take(self, start: re.Match[str]) -> int:
        at, head = start.start(), start[0]
        if head in "「『":
            return self._bracketed(at)
        if head == "(":
            return self._aliased(at)
        for pattern, read in (
            (_SUPPLEMENT, self._supplement),
            (_FORM, self._form),
            (_TABLE, self._table),
            (_SAME, self._same),
            (_ARTICLE, self._article),
            (_UNDER, self._under),
            (_UNDER_ITEM, self._under),
            (_UNDER_SUB, self._under),
        ):
            if (match := pattern.match(self._text, at)) and (end := read(match)):
                return end
        return self._worded(start)

    # ------------------------------------------------------------ names

    def _bracketed(self, at: int) -> int:
        match = _NAME.match(self._text, at)
        if match is None:
            return at + 1
        name = match["name"].strip()
        known = self._names.known(name) or self._alias.get(name)
        if name in _RELATIVE_NAMES or (known is None and not _LAWLIKE.search(name)):
            return match.end()
        self._law = known or self._names.official(name)
        if not self._place_follows(match.end()):
            self._add(
                LawCitation(self._law, Part.LAW, at, match.end(), "", known=known is not None)
            )
        return match.end()

    def _aliased(self, at: int) -> int:
        if match := _ALIAS.match(self._text, at):
            named = self._named_before(at)
            if named is not None and named.law:
                self._alias[match["alias"].strip()] = named.law
                self._law = named.law
            return match.end()
        return at + 1

    def _worded(self, start: re.Match[str]) -> int:
        """A law named without brackets: remembered, and cited as a whole when nothing follows."""
        match = _WORD.match(self._text, start.start())
        if match is None:
            return start.start() + 1
        end = match.end("word")
        # 시행령 behind the name belongs to it.
        if lower := re.match(r"\s*(?:시행령|시행규칙)(?![가-힣]*한)", self._text[end:]):
            end += lower.end()
        if _RELATIVE.fullmatch(self._text[match.start("word") : end]):
            return end
        named = self._explicit(end)
        if named is None or (not named.known and len(match["word"]) < 4 and " " not in named.law):
            return match.end()
        self._law = named.law
        taken = bool(self._found) and self._found[-1].end > named.start
        if not taken and not self._place_follows(end) and self._sure(named, match["word"]):
            self._add(LawCitation(named.law, Part.LAW, named.start, end, "", known=named.known))
        return end

    @staticmethod
    def _sure(named: _Named, word: str) -> bool:
        # An unknown word that merely ends like a law's name is not yet a citation.
        return named.known or bool(
            re.search(
                r"(?:법률|특별법|특례법|(?:기본|관리|지원|보호|촉진|진흥|사업)법|시행령|시행규칙)$",
                word,
            )
            or (word.endswith("조례") and (" " in named.law or len(word) > 4))
        )

    def _place_follows(self, end: int) -> bool:
        rest = self._text[end : end + 120]
        lead = re.match(
            r"(?:\s*(?:의|상|상의|중))?\s*(?:시행령|시행규칙)?(?:\s*\([^()]{0,60}\))?\s*(?:의\s*)?",
            rest,
        )
        after = rest[lead.end() :] if lead else rest
        return bool(
            re.match(rf"제\s*{_N}\s*조|{_N}\s*조(?!\s*(?:원|억))|부\s*칙|\[?별\s*[표지]", after)
        )

    def _named_before(self, at: int) -> _Named | None:
        """Return the law named right before `at`, by name or by reference back."""
        end = at - len(_tail(_BETWEEN, self._text[max(at - 6, 0) : at]))
        while aside := _ASIDE.search(self._text, max(end - 160, 0), end):
            if aside.end() != end or aside.start() == 0:
                break
            end = len(self._text[: aside.start()].rstrip())
        found = self._by_bracket(end) or self._by_alias(end)
        if found is None and self._names.start_of(self._text, end) is not None:
            found = self._explicit(end)
        if found is None and not _MANY_WORDED.search(self._text[max(end - 60, 0) : end]):
            found = self._relative(end)
        return found or self._explicit(end)

    def _by_bracket(self, end: int) -> _Named | None:
        if end == 0 or self._text[end - 1] not in "」』":
            return None
        start = max(self._text.rfind("「", 0, end), self._text.rfind("『", 0, end))
        if start < 0 or end - start > 95:
            return None
        name = self._text[start + 1 : end - 1].strip()
        if name in _RELATIVE_NAMES:
            law = self._referred(name, back=False) or ""
            return _Named(law, start, self._names.known(law) is not None, implied=True)
        known = self._names.known(name) or self._alias.get(name)
        return _Named(known or self._names.official(name), start, known is not None)

    def _by_alias(self, end: int) -> _Named | None:
        for alias, law in self._alias.items():
            for written, name in ((alias, law), *((f"{alias} {x}", f"{law} {x}") for x in _SUBS)):
                start = end - len(written)
                before = self._text[start - 1 : start] if start > 0 else ""
                if self._text[max(start, 0) : end] == written and not _hangul(before):
                    if re.search(r"(?:같은|동|이|위|그)\s*$", self._text[:start]):
                        continue
                    return _Named(name, start, self._names.known(name) is not None)
        return None

    def _relative(self, end: int) -> _Named | None:
        window = self._text[max(end - 20, 0) : end]
        match = _RELATIVE.search(window)
        if match is not None and self._named_by_nouns(match, end):
            match = None
        if match is not None:
            back = match["back"] in ("같은", "동", "위", "그", "당해", "해당", "앞의")
            whole = self._referred(match["kind"], back=back)
            if whole is None:
                return None
            law = f"{base_of(whole)} {match['lower']}" if match["lower"] and whole else whole
            start = end - len(window) + match.start()
            return _Named(law, start, self._names.known(law) is not None, implied=True)
        if lower := _LOWER_ALONE.search(window):
            at = end - len(lower["lower"])
            head = len(self._text[:at].rstrip())
            named = self._by_bracket(head) or self._by_alias(head)
            if named is None and (explicit := self._explicit(head)) is not None:
                named = explicit
            if named is not None:
                law = f"{base_of(named.law)} {lower['lower']}"
                return _Named(law, named.start, named.known)
            base = base_of(self._own or self._law)
            law = f"{base} {lower['lower']}" if base else ""
            return _Named(law, at, self._names.known(law) is not None, implied=True)
        return None

    def _named_by_nouns(self, match: re.Match[str], end: int) -> bool:
        """Whether "조례" or "규칙" ends a name (연습시 주차 조례) and refers back to none."""
        if match["back"] or match["kind"] in ("법", "영", "령", "법률"):
            return False
        at = end - len(match[0])
        before = re.search(r"([가-힣ㆍ·]+)\s+$", self._text[:at])
        return before is not None and _noun(before[1])

    def _referred(self, kind: str, *, back: bool) -> str | None:
        """Return the law that "법", "같은 법", "영" ... means here; "" when it cannot be told."""
        if not back and kind in self._alias:
            return self._alias[kind]
        meant = self._law or self._own if back else self._own or self._law
        base = base_of(meant)
        if kind in ("법", "법률"):
            return base
        if kind in ("영", "령"):
            if back and meant.endswith(("령", "규정")):
                return meant
            return f"{base} 시행령" if base else ""
        if kind == "규칙":
            if meant.endswith("규칙") and (back or base == meant):
                return meant
            return f"{base} 시행규칙" if base else ""
        if base.endswith(kind) and kind == "조례":
            return base
        return meant if meant.endswith(kind) else None if not back else ""

    def _explicit(self, end: int) -> _Named | None:
        """Return the law whose name, without brackets, ends at `end`."""
        while end and self._text[end - 1].isspace():
            end -= 1
        if end == 0 or not _hangul(self._text[end - 1]):
            return None
        start = self._names.start_of(self._text, end)
        if start is not None:
            wider = self._widened(start)
            if wider != start:
                return _Named(self._names.official(self._text[wider:end]), wider, known=False)
            return _Named(self._names.official(self._text[start:end]), start, known=True)
        word = self._word_before(end)
        if not word or not _LAWLIKE.search(word):
            return None
        start = self._leftwards(end - len(word))
        name = self._text[start:end]
        if name in _NOT_A_NAME or (name == word and len(name) < 3):
            return None
        return _Named(self._names.official(name), start, known=False)

    def _word_before(self, end: int) -> str:
        """Return the word that ends at `end`, "" when there is none."""
        window = self._text[max(end - 60, 0) : end]
        found = re.search(r"[가-힣ㆍ·0-9]+$", window)
        return found[0] if found else ""

    def _widened(self, start: int) -> int:
        """Return where the name begins when nouns before it make it another law's name."""
        if start < 2 or self._text[start - 1] != " ":
            return start
        word = self._word_before(start - 1)
        before = self._text[start - len(word) - 2 : start - len(word) - 1]
        if len(word) < 2 or re.search(r"[^가-힣]", word) or re.match(r"[A-Za-z]", before):
            return start
        return start - len(word) - 1 if _noun(word) else start

    def _leftwards(self, start: int) -> int:
        """Return where a many-worded unknown name begins."""
        for _ in range(9):
            word = self._word_before(start - 1) if start and self._text[start - 1].isspace() else ""
            if not word:
                return start
            follows = self._text[start : start + 60].split(maxsplit=1)[0]
            linked = word in ("관한", "위한", "대한", "따른", "관련", "및", "등에", "등의")
            leads = follows in ("관한", "위한", "대한", "따른", "및") and word not in _NOT_PART
            near = self._text[start : start + 40]
            genitive = word.endswith("의") and len(word) > 2 and "관한" in near
            if not (linked or leads or genitive or _noun(word)):
                return start
            start -= len(word) + 1
        return start

    # ------------------------------------------------------------ places

    def _article(self, match: re.Match[str]) -> int | None:
        at = match.start()
        named = self._named_before(at)
        joined = self._joined(at)
        listed = joined and self._last is not None and not self._last.text.startswith("제")
        if not match["the"] and not listed and (named is None or not self._bare_fits(match, named)):
            return None
        if named is None and _NOT_LAW.match(self._text, _core_end(match)):
            return None
        if (
            named is None
            and match["the"]
            and re.match(r"\s*(?:\([^)]{0,6})?(?:팀|그룹)", self._text[_core_end(match) :])
        ):
            return None
        part, number = Part.ARTICLE, None
        if named is not None:
            law, start, implied, known = named.law, named.start, named.implied, named.known
        elif joined and self._last is not None:
            law, start, implied, known = self._last.law, at, self._last.implied, self._last.known
            if self._last.part is Part.SUPPLEMENT:
                part, number = Part.SUPPLEMENT, self._last.number
        else:
            law, start, implied = self._own or self._law, at, True
            known = self._names.known(law) is not None
        one = LawCitation(
            law,
            part,
            start,
            _trimmed(match),
            "",
            article=_number(match["art"]),
            branch=_number(match["branch"]),
            title=(match["title"] or "").strip(),
            number=number,
            known=known,
            implied=implied,
            **_lower(match),  # type: ignore[arg-type]
        )
        return self._end(one, joined if named is None else None)

    def _bare_fits(self, match: re.Match[str], named: _Named) -> bool:
        """Whether "지방세법 5조" without 제 is an article: never where money may be meant."""
        if named.implied and not re.search(
            r"(?:법|영|령|규칙|조례)$", self._text[: match.start()].rstrip()
        ):
            return False
        rest = self._text[_core_end(match) :]
        return not re.match(r"\s*(?:[\d,]+\s*)?(?:조|억|만|천|원|달러)", rest)

    def _supplement(self, match: re.Match[str]) -> int:
        named = self._named_before(match.start())
        law = named.law if named else self._own or self._law
        one = LawCitation(
            law,
            Part.SUPPLEMENT,
            named.start if named else match.start(),
            _trimmed(match),
            "",
            article=_number(match["art"]) if match["art"] else None,
            branch=_number(match["branch"]),
            title=(match["title"] or "").strip(),
            number=_number(match["no"]) or None,
            known=named.known if named else self._names.known(law) is not None,
            implied=named is None or named.implied,
            **_lower(match),  # type: ignore[arg-type]
        )
        return self._end(one, None)

    def _table(self, match: re.Match[str]) -> int:
        return self._annex(match, Part.TABLE)

    def _form(self, match: re.Match[str]) -> int:
        return self._annex(match, Part.FORM)

    def _annex(self, match: re.Match[str], part: Part) -> int:
        named = self._named_before(match.start())
        joined = self._joined(match.start())
        law = named.law if named else self._own or self._law
        one = LawCitation(
            law,
            part,
            named.start if named else match.start(),
            match.end(),
            "",
            number=_number(match["no"]) if match["no"] else None,
            number_branch=_number(match["branch"]),
            known=named.known if named else self._names.known(law) is not None,
            implied=named is None or named.implied,
        )
        return self._end(one, joined if named is None else None)

    def _same(self, match: re.Match[str]) -> int | None:
        """같은 조 제2항, 같은 항 제3호, 이 조 제1항."""
        ours = match["same"][0] in "이본"
        kept = self._here if ours and self._here is not None else self._last
        if kept is None or kept.article is None or not match["rest"].strip():
            return None
        upper = replace(kept, item=None, item_branch=0, subitem="", title="")
        if match["level"] == "조":
            upper = replace(upper, paragraph=None)
        elif match["level"] == "호":
            upper = replace(upper, item=kept.item, item_branch=kept.item_branch)
        changes = _given(match)
        one = replace(
            upper,
            start=match.start(),
            end=_trimmed(match),
            implied=True,
            range_from=False,
            range_to=False,
            **changes,  # type: ignore[arg-type]
        )
        return self._end(one, None)

    def _under(self, match: re.Match[str]) -> int | None:
        """제2항, 제3호 or 나목 by itself: the next of a list, or of the article spoken of."""
        at, groups = match.start(), match.groupdict()
        joined = self._joined(at)
        last = self._last
        usable = last is not None and last.article is not None
        if not (joined and usable):
            if not groups.get("para") or _BEFORE.search(self._text[max(at - 10, 0) : at]):
                return None
            last = self._here or (last if usable else None)
            joined = None
            if last is None or (self._here is None and not self._near(at)):
                return None
        if last is None:
            return None
        one = replace(last, title="", subitem="", range_from=False, range_to=False)
        if groups.get("para"):
            one = replace(one, item=None, item_branch=0)
        changes = _given(match)
        implied = last.implied if joined else True
        one = replace(one, start=at, end=match.end(), implied=implied, **changes)  # type: ignore[arg-type]
        return self._end(one, joined)

    def _near(self, at: int) -> bool:
        """Whether the last citation stands in the same paragraph of text."""
        return self._last is not None and "\n\n" not in self._text[self._last.end : at]

    def _joined(self, at: int) -> re.Match[str] | None:
        if self._last is None:
            return None
        return _JOINED.fullmatch(self._text, self._last.end, at) if at >= self._last.end else None

    def _end(self, one: LawCitation, joined: re.Match[str] | None) -> int:
        if joined is not None and joined["range"] and self._found:
            until = _RANGE_END.match(self._text, one.end)
            if until or joined["range"] != "에서":
                self._found[-1] = replace(self._found[-1], range_from=True)
                one = replace(one, range_to=True)
                one = replace(one, end=until.end() if until else one.end)
        self._add(one)
        return one.end

    def _add(self, one: LawCitation) -> None:
        one = replace(one, text=self._raw[one.start : one.end])
        self._found.append(one)
        if one.law:
            self._law = one.law
        self._last = one


_RELATIVE_NAMES = frozenset({"법", "법률", "영", "규칙", "조례"})
_SUBS = ("시행령", "시행규칙")


def _tail(pattern: re.Pattern[str], text: str) -> str:
    window = text[-6:]
    found = pattern.search(window)
    if found is None:
        return ""
    # "의" belongs to the name when a word would be cut (회의 제3조): only behind a law's name.
    kept = found[0]
    before = window[: found.start()]
    if kept.strip() and not re.search(r"(?:법|률|령|칙|례|」|』|\))$", before):
        return kept[len(kept.rstrip()) :]
    return kept


def _hangul(letter: str) -> bool:
    return bool(letter) and "가" <= letter <= "힣"


def _noun(word: str) -> bool:
    if word in _NOT_PART or len(word) < 2:
        return False
    return bool(_NOUN_ENDING.search(word)) or not _ENDING.search(word)


def _number(text: str | None) -> int:
    if not text:
        return 0
    if text in _CIRCLED:
        return _CIRCLED.index(text) + 1
    if text.isdecimal():
        return int(text)
    total, unit = 0, 0
    for mark in text:
        if mark in "十百":
            total += (unit or 1) * (10 if mark == "十" else 100)
            unit = 0
        else:
            unit = _HANJA[mark]
    return total + unit


def _lower(match: re.Match[str]) -> dict[str, object]:
    groups = match.groupdict()
    paragraph = groups.get("para") or groups.get("bare_para") or groups.get("circled")
    item = groups.get("item") or groups.get("bare_item")
    return {
        "paragraph": _number(paragraph) if paragraph else None,
        "item": _number(item) if item else None,
        "item_branch": _number(groups.get("item_branch")),
        "subitem": groups.get("sub") or "",
    }


def _given(match: re.Match[str]) -> dict[str, object]:
    """Return the units written here; an item without a branch has none."""
    found = _lower(match)
    kept = {name: value for name, value in found.items() if value}
    return kept | ({"item_branch": found["item_branch"]} if "item" in kept else {})


def _core_end(match: re.Match[str]) -> int:
    """Return where 제N조의M itself ends."""
    end = match.end("branch") if match["branch"] else -1
    return end if end > 0 else match.string.index("조", match.end("art")) + 1


def _trimmed(match: re.Match[str]) -> int:
    return match.start() + len(match[0].rstrip())
