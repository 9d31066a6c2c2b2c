"""How citations are read: one pass over the text that remembers what was named before."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from gongmu.bots.statutes.citation import LawCitation, Part
from gongmu.bots.statutes.citation_patterns import (
    ALIAS,
    ARTICLE,
    ASIDE,
    BEFORE,
    BETWEEN,
    FORM,
    JOINED,
    LAWLIKE,
    LOWER_ALONE,
    MANY_WORDED,
    NAME,
    NOT_LAW,
    ONE_FOR_ONE,
    RANGE_END,
    RELATIVE,
    SAME,
    START,
    SUPPLEMENT,
    TABLE,
    UNDER,
    UNDER_ITEM,
    UNDER_SUB,
    WORD,
    N,
    core_end,
    number_in,
    trimmed_end,
    units_below,
    units_given,
)
from gongmu.bots.statutes.citation_words import NOT_A_NAME, NOT_PART, noun
from gongmu.bots.statutes.names import Names, base_of


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
        self._text = text.translate(ONE_FOR_ONE)
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
        while start := START.search(self._text, position):
            position = max(self._take(start), start.start() + 1)
        return self._found

    def _take(self, start: re.Match[str]) -> int:
        at, head = start.start(), start[0]
        if head in "「『":
            return self._bracketed(at)
        if head == "(":
            return self._aliased(at)
        for pattern, read in (
            (SUPPLEMENT, self._supplement),
            (FORM, self._form),
            (TABLE, self._table),
            (SAME, self._same),
            (ARTICLE, self._article),
            (UNDER, self._under),
            (UNDER_ITEM, self._under),
            (UNDER_SUB, self._under),
        ):
            if (match := pattern.match(self._text, at)) and (end := read(match)):
                return end
        return self._worded(start)

    # ------------------------------------------------------------ names

    def _bracketed(self, at: int) -> int:
        match = NAME.match(self._text, at)
        if match is None:
            return at + 1
        name = match["name"].strip()
        known = self._names.known(name) or self._alias.get(name)
        if name in _RELATIVE_NAMES or (known is None and not LAWLIKE.search(name)):
            return match.end()
        self._law = known or self._names.official(name)
        if not self._place_follows(match.end()):
            self._add(
                LawCitation(self._law, Part.LAW, at, match.end(), "", known=known is not None)
            )
        return match.end()

    def _aliased(self, at: int) -> int:
        if match := ALIAS.match(self._text, at):
            named = self._named_before(at)
            if named is not None and named.law:
                self._alias[match["alias"].strip()] = named.law
                self._law = named.law
            return match.end()
        return at + 1

    def _worded(self, start: re.Match[str]) -> int:
        """A law named without brackets: remembered, and cited as a whole when nothing follows."""
        match = WORD.match(self._text, start.start())
        if match is None:
            return start.start() + 1
        end = match.end("word")
        # 시행령 behind the name belongs to it.
        if lower := re.match(r"\s*(?:시행령|시행규칙)(?![가-힣]*한)", self._text[end:]):
            end += lower.end()
        if RELATIVE.fullmatch(self._text[match.start("word") : end]):
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
            re.match(rf"§|제\s*{N}\s*조|{N}\s*조(?!\s*(?:원|억))|부\s*칙|\[?별\s*[표지]", after)
        )

    def _named_before(self, at: int) -> _Named | None:
        """Return the law named right before `at`, by name or by reference back."""
        end = at - len(_tail(BETWEEN, self._text[max(at - 6, 0) : at]))
        while aside := ASIDE.search(self._text, max(end - 160, 0), end):
            if aside.end() != end or aside.start() == 0:
                break
            end = len(self._text[: aside.start()].rstrip())
        found = self._by_bracket(end) or self._by_alias(end)
        if found is None and self._names.start_of(self._text, end) is not None:
            found = self._explicit(end)
        if found is None and not MANY_WORDED.search(self._text[max(end - 60, 0) : end]):
            found = self._relative(end)
        return found or self._explicit(end)

    def _meant(self, at: int) -> _Named:
        """Return the law that a place at `at` without a name belongs to."""
        law = self._own or self._law
        return _Named(law, at, self._names.known(law) is not None, implied=True)

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
        match = RELATIVE.search(window)
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
        if lower := LOWER_ALONE.search(window):
            at = end - len(lower["lower"])
            head = len(self._text[:at].rstrip())
            named = self._by_bracket(head) or self._by_alias(head) or self._explicit(head)
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
        return before is not None and noun(before[1])

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
        if not word or not LAWLIKE.search(word):
            return None
        start = self._leftwards(end - len(word))
        name = self._text[start:end]
        if name in NOT_A_NAME or (name == word and len(name) < 3):
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
        return start - len(word) - 1 if noun(word) else start

    def _leftwards(self, start: int) -> int:
        """Return where a many-worded unknown name begins."""
        for _ in range(9):
            word = self._word_before(start - 1) if start and self._text[start - 1].isspace() else ""
            if not word:
                return start
            follows = self._text[start : start + 60].split(maxsplit=1)[0]
            linked = word in ("관한", "위한", "대한", "따른", "관련", "및", "등에", "등의")
            leads = follows in ("관한", "위한", "대한", "따른", "및") and word not in NOT_PART
            near = self._text[start : start + 40]
            genitive = word.endswith("의") and len(word) > 2 and "관한" in near
            if not (linked or leads or genitive or noun(word)):
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
        if named is None and NOT_LAW.match(self._text, core_end(match)):
            return None
        if (
            named is None
            and match["the"]
            and re.match(r"\s*(?:\([^)]{0,6})?(?:팀|그룹)", self._text[core_end(match) :])
        ):
            return None
        part, number = Part.ARTICLE, None
        meant = named or self._meant(at)
        if named is None and joined and self._last is not None:
            meant = _Named(self._last.law, at, self._last.known, self._last.implied)
            if self._last.part is Part.SUPPLEMENT:
                part, number = Part.SUPPLEMENT, self._last.number
        one = LawCitation(
            meant.law,
            part,
            meant.start,
            trimmed_end(match),
            "",
            article=number_in(match["art"]),
            branch=number_in(match["branch"]),
            title=(match["title"] or "").strip(),
            number=number,
            known=meant.known,
            implied=meant.implied,
            **units_below(match),  # type: ignore[arg-type]
        )
        return self._end(one, joined if named is None else None)

    def _bare_fits(self, match: re.Match[str], named: _Named) -> bool:
        """Whether "지방세법 5조" without 제 is an article: never where money may be meant."""
        if named.implied and not re.search(
            r"(?:법|영|령|규칙|조례)$", self._text[: match.start()].rstrip()
        ):
            return False
        rest = self._text[core_end(match) :]
        return not re.match(r"\s*(?:[\d,]+\s*)?(?:조|억|만|천|원|달러)", rest)

    def _supplement(self, match: re.Match[str]) -> int:
        meant = self._named_before(match.start()) or self._meant(match.start())
        one = LawCitation(
            meant.law,
            Part.SUPPLEMENT,
            meant.start,
            trimmed_end(match),
            "",
            article=number_in(match["art"]) if match["art"] else None,
            branch=number_in(match["branch"]),
            title=(match["title"] or "").strip(),
            number=number_in(match["no"]) or None,
            known=meant.known,
            implied=meant.implied,
            **units_below(match),  # type: ignore[arg-type]
        )
        return self._end(one, None)

    def _table(self, match: re.Match[str]) -> int:
        return self._annex(match, Part.TABLE)

    def _form(self, match: re.Match[str]) -> int:
        return self._annex(match, Part.FORM)

    def _annex(self, match: re.Match[str], part: Part) -> int:
        named = self._named_before(match.start())
        joined = self._joined(match.start())
        meant = named or self._meant(match.start())
        one = LawCitation(
            meant.law,
            part,
            meant.start,
            match.end(),
            "",
            number=number_in(match["no"]) if match["no"] else None,
            number_branch=number_in(match["branch"]),
            known=meant.known,
            implied=meant.implied,
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
        changes = units_given(match)
        one = replace(
            upper,
            start=match.start(),
            end=trimmed_end(match),
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
            if not groups.get("para") or BEFORE.search(self._text[max(at - 10, 0) : at]):
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
        changes = units_given(match)
        implied = last.implied if joined else True
        one = replace(one, start=at, end=match.end(), implied=implied, **changes)  # type: ignore[arg-type]
        return self._end(one, joined)

    def _near(self, at: int) -> bool:
        """Whether the last citation stands in the same paragraph of text."""
        return self._last is not None and "\n\n" not in self._text[self._last.end : at]

    def _joined(self, at: int) -> re.Match[str] | None:
        if self._last is None:
            return None
        return JOINED.fullmatch(self._text, self._last.end, at) if at >= self._last.end else None

    def _end(self, one: LawCitation, joined: re.Match[str] | None) -> int:
        if joined is not None and joined["range"] and self._found:
            until = RANGE_END.match(self._text, one.end)
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
