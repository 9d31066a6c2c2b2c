"""Pasted notes read as facts: title, dates, place, people, money, and which line is about what.

Every fact carries the line it stands in; nothing is added that the notes do not say.

Quiet: today's date is handed in; no clock, database, file or model is reached from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from gongmu.bots.drafts.amounts import Amount, find_amounts, won_text
from gongmu.bots.drafts.headings import LABEL_OF, TOPIC_OF
from gongmu.bots.drafts.moments import Moment, find_moments
from gongmu.bots.drafts.outline import Item, items
from gongmu.bots.drafts.particulars import (
    Officer,
    find_headcounts,
    find_officers,
    find_phones,
    find_places,
)
from gongmu.bots.drafts.request import asks_the_desk, unfolded, without_request

_LABELLED = re.compile(r"(?P<label>[가-힣][가-힣 ·/()]{0,14}?)\s*[:：]\s*(?P<rest>.*)")
_SPACED = re.compile(
    r"(?P<label>일시|장소|대상|인원|참석자|참석|예산|소요예산|주최|주관|수신|경유|"
    r"제목|목적|배경|근거)"
    r"(?:은|는)?(?:\s{2,}|\t+|\s+(?=\S))(?P<rest>.+)"
)
_LONGEST_LINE = 600
"""Letters of a line in which facts are looked for; notes are shorter."""
_GREETING = re.compile(
    r"(?:안녕하(?:세요|십니까)|감사합니다|고맙습니다|(?:[가-힣]{2,4}님[,]?\s*)?수고(?:하십니다|하세요|많으십니다)|"
    r"[가-힣]{2,4}\s?(?:드림|올림)|이상(?:입니다)?|끝)[.!~]*"
)
_EVENT_WORD = re.compile(
    r"설명회|공청회|간담회|토론회|보고회|협의회|위원회|회의|워크숍|교육|연수|축제|행사|캠페인|박람회|"
    r"발대식|개소식|준공식|기공식|개통식|시상식|선포식|훈련|개최"
)
_PEOPLE_WORD = re.compile(
    r"참석|참가|참여|모집|수강|초청|초대|설명회|공청회|간담회|회의|교육|워크숍|행사|위원회"
)
_COPIES = re.compile(r"\d\s?(?:부|매|개|식|권|장)\s*\.?(?:\s*끝\s*\.?)?$")
_SENT_TO = re.compile(
    r"(?P<whom>(?:각\s)?[가-힣]{1,14})에(?:게)?\s?(?:보낼|보내는)\s?(?:공문|문서|글|거|것|건)"
)
_AIMED = re.compile(r"지표|목표|최대|정원")
_MONEY_WORD = re.compile(r"예산|사업비|소요|비용|경비")

_CUES = (
    ("quote", re.compile(r"^[\"“].+[\"”]\s*(?:라고|이라고|며)")),
    ("attachments", re.compile(r"^(?:붙임|첨부|별첨)\b")),
    ("purpose", re.compile(r"(?:하기|기|을|를)\s?위(?:해|하여|한|함)|목적으로|도모")),
    (
        "problem",
        re.compile(r"문제|부족|미흡|곤란|어려움|불편(?!\s?해소)|지연(?!되지)|위험|노후|초과"),
    ),
    (
        "background",
        re.compile(
            r"때문|으로 인해|로 인해|에 따라|따른|민원이?\s?(?:증가|많|급증|이어|제기)|요구|"
            r"증가|감소|그간|지난"
        ),
    ),
    ("effect", re.compile(r"기대|효과|개선될|단축될|절감될|향상될")),
    (
        "plan",
        re.compile(
            r"예정|계획|까지|하기로|추진할|실시할|할 것|할 방침|앞으로|향후|다음\s?(?:주|"
            r"달)|내년|차주"
        ),
    ),
)


@dataclass(frozen=True)
class Line:
    """One line of the notes under its topic; `number` counts from 1."""

    number: int
    text: str
    level: int = 0
    mark: str = ""


@dataclass(frozen=True)
class Notes:
    """What pasted notes say; what they do not say is empty."""

    title: str = ""
    subject_line: int = 0
    """Number of the line that the title was read from; 0 = from none."""
    moments: tuple[Moment, ...] = ()
    """Those of the event itself: of lines outside plans and other topics."""
    places: tuple[str, ...] = ()
    headcounts: tuple[str, ...] = ()
    officers: tuple[Officer, ...] = ()
    phones: tuple[str, ...] = ()
    amounts: tuple[Amount, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
    sections: dict[str, tuple[Line, ...]] = field(default_factory=dict)
    asks: tuple[str, ...] = ()

    def section(self, *topics: str) -> list[Line]:
        """Return the lines of the topics, in the topics' order."""
        return [line for topic in topics for line in self.sections.get(topic, ())]

    @property
    def when(self) -> str:
        """Return the first dated moment as shown, or the label's own words."""
        dated = [one for one in self.moments if one.on]
        return self.labels.get("when", "") or (dated[0].text if dated else "")

    @property
    def place(self) -> str:
        """Return the place, the labelled one first."""
        return self.labels.get("place", "") or (self.places[0] if self.places else "")

    @property
    def headcount(self) -> str:
        """Return the number of people, the labelled one first."""
        return self.labels.get("headcount", "") or (self.headcounts[0] if self.headcounts else "")

    @property
    def officer(self) -> Officer | None:
        """Return who is in charge, when somebody is named."""
        return self.officers[0] if self.officers else None

    @property
    def contact(self) -> str:
        """Return the officer as printed: 버스정책과 김담당 주무관(☎ 031-000-1234)."""
        if self.officer is None:
            return self.phones[0] if self.phones else ""
        one = self.officer
        phone = one.phone or (self.phones[0] if self.phones else "")
        who = " ".join(part for part in (one.department, one.name, one.rank) if part)
        return f"{who}(☎ {phone})" if phone else who

    @property
    def budget(self) -> str:
        """Return the budget with exact sums as official documents write them."""
        said = self.labels.get("budget", "")
        if not said:
            return official_sums(self.amounts[0].text) if len(self.amounts) == 1 else ""
        return official_sums(said)


def read_notes(text: str, today: date) -> Notes:
    """Return the facts of pasted notes; `today` settles dates without a year."""
    listed = [one for one in items(unfolded(without_request(text))) if not _no_matter(one)]
    labels, sections, loose, asks = _sorted_out(listed, today)
    if loose and "receiver" not in labels and (sent := _SENT_TO.search(loose[0].text)):
        labels["receiver"] = sent["whom"]
        if len(loose[0].text) < 40 and not re.search(r"\d", loose[0].text):
            listed, loose = [one for one in listed if one is not loose[0]], loose[1:]
    facts = [_facts(one, today) for one in listed]
    title, subject_line = _title(labels, loose, facts, listed)
    elsewhere = {one.number for name in sections if name != "overview" for one in sections[name]}
    elsewhere |= {one.line for one in loose[1:] if _topic(one.text) == "plan"}
    held = sorted(
        (one for one in facts if one.item.line not in elsewhere),
        key=lambda one: LABEL_OF.get(_label(one.item.text)[0]) != "when",
    )
    before = ""
    for item in loose:
        bare = not next(one for one in facts if one.item is item).rest
        if item.line == subject_line or bare:
            continue
        topic = "content" if item.mark == "table" else _topic(item.text)
        if before == "attachments" and _COPIES.search(item.text):
            topic = before
        before = topic
        sections.setdefault(topic, []).append(_line(item))
    asks += [moment.ask for one in facts for moment in one.moments if moment.ask]
    return Notes(
        title=title,
        subject_line=subject_line,
        moments=tuple(moment for one in held for moment in one.moments if _is_held(one, moment)),
        places=tuple(dict.fromkeys(place for one in facts if _is_met(one) for place in one.places)),
        headcounts=tuple(
            dict.fromkeys(
                head
                for one in facts
                if _PEOPLE_WORD.search(one.item.text) and not _AIMED.search(one.item.text)
                for head in one.headcounts
            )
        ),
        officers=tuple(who for one in facts for who in one.officers),
        phones=tuple(dict.fromkeys(phone for one in facts for phone in one.phones)),
        amounts=tuple(
            amount for one in facts if _MONEY_WORD.search(one.item.text) for amount in one.amounts
        ),
        labels=labels,
        sections={
            topic: tuple(sorted(lines, key=lambda line: line.number))
            for topic, lines in sections.items()
        },
        asks=tuple(dict.fromkeys(asks)),
    )


def _is_held(facts: _Facts, moment: Moment) -> bool:
    """Tell whether a moment is one of something held, not a deadline or the date of a letter."""
    text = facts.item.text
    if LABEL_OF.get(_label(text)[0]) == "when":
        return True
    if re.match(r"\s*(?:까지|이내|부터|자\b|에?\s?말씀)", text[moment.end :]):
        return False
    if re.search(r"[\d호]\s?\($", text[: moment.start]):
        return False
    return bool(moment.clock or moment.until_on or _is_met(facts))


def _is_met(facts: _Facts) -> bool:
    """Tell whether a line speaks of people meeting on some day."""
    text = facts.item.text
    if LABEL_OF.get(_label(text)[0]) in ("when", "place"):
        return True
    dated = any(one.on or one.clock for one in facts.moments)
    return bool(dated and (_EVENT_WORD.search(text) or any(one.clock for one in facts.moments)))


def house_dates(text: str, today: date) -> str:
    """Return the text with its dates and times in house style.

    The date of a document beside its number, '총무과-123(2026. 11. 16.)', gets no weekday.
    """
    for moment in reversed(find_moments(text, today)):
        before, after = text[: moment.start], text[moment.end :]
        if re.match(r"\s?[AP]\.?M", after):
            continue
        shown = moment.text
        if re.search(r"[\d호]\s?\($", before) and after.startswith(")"):
            shown = re.sub(r"\([월화수목금토일]\)", "", shown)
        text = before + shown + after
    # '어제(11/21)'은 같은 날을 두 번 말한 것이다
    return re.sub(r"(\d{4}\. \d+\. \d+\.\([월화수목금토일]\))\s?\(\1\)", r"\1", text)


def official_sums(text: str) -> str:
    """Return the text with exact sums as 금30,000,000원(금삼천만원); written ones stay."""
    if "(금" in text:
        return text
    for amount in reversed(find_amounts(text)):
        if amount.won is not None:
            text = text[: amount.start] + won_text(amount.won) + text[amount.end :]
    return text


@dataclass(frozen=True)
class _Facts:
    item: Item
    moments: Sequence[Moment]
    places: Sequence[str]
    headcounts: Sequence[str]
    officers: Sequence[Officer]
    phones: Sequence[str]
    amounts: Sequence[Amount]
    rest: str
    """What the line says besides these."""


def _facts(item: Item, today: date) -> _Facts:
    if item.mark == "table":
        return _Facts(item, (), (), (), (), (), (), item.text)
    text = item.text[:_LONGEST_LINE]
    moments, officers = find_moments(text, today), find_officers(text)
    phones, amounts = find_phones(text), find_amounts(text)
    blank = text
    for start, end in _spans(moments, officers, phones, amounts):
        blank = blank[:start] + " " * (end - start) + blank[end:]
    places, heads = find_places(blank), find_headcounts(blank)
    for one in (*places, *heads):
        blank = blank[: one.start] + " " * (one.end - one.start) + blank[one.end :]
    return _Facts(
        item,
        moments,
        [one.text for one in places],
        [one.text for one in heads],
        officers,
        [one.text for one in phones],
        amounts,
        _rest(blank + item.text[_LONGEST_LINE:]),
    )


class _Spanned(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def _spans(*groups: Sequence[_Spanned]) -> list[tuple[int, int]]:
    return [(one.start, one.end) for group in groups for one in group]


def _rest(blank: str) -> str:
    text = re.sub(
        r"(?<!\S)(?:에서|에|까지|부터|경|으로|로|참석|예정|개최|내외|및|의)(?!\S)", " ", blank
    )
    text = re.sub(r"\(\s*\)|\s{2,}(?:에서|에|까지)", " ", text)
    text = re.sub(r"^\s*[\[(<〈《【](?P<said>[^\])>〉》】]{1,40})[\])>〉》】]", _unbracketed, text)
    return re.sub(r"\s+", " ", text).strip(" ,./()~-·:☎")


def _unbracketed(match: re.Match[str]) -> str:
    """Drop a tag like [보고] before a title; a title in brackets keeps its words."""
    return " " if len(match["said"]) <= 6 else match["said"]


def _sorted_out(
    listed: Sequence[Item], today: date
) -> tuple[dict[str, str], dict[str, list[Line]], list[Item], list[str]]:
    """Return labels, lines by topic, the lines under no heading, and what to ask."""
    labels: dict[str, str] = {}
    sections: dict[str, list[Line]] = {}
    loose: list[Item] = []
    topic, depth = "", 0
    for item in listed:
        heading = TOPIC_OF.get(_bare(item.text))
        if heading and (item.level <= max(depth, 1) or not topic):
            topic, depth = heading, item.level
            continue
        label, rest = _label(item.text)
        if label in LABEL_OF and not rest and LABEL_OF[label] in ("receiver", "via", "title"):
            continue
        if label in LABEL_OF and rest:
            name = LABEL_OF[label]
            labels.setdefault(name, house_dates(rest, today) if name == "when" else rest)
            if (
                topic
                and topic != "overview"
                and item.level > depth
                and name not in ("title", "receiver", "via")
            ):
                under = max(item.level - depth, 1)
                sections.setdefault(topic, []).append(Line(item.line, item.text, under, item.mark))
            elif TOPIC_OF.get(label) and name in ("budget", "law"):
                sections.setdefault(TOPIC_OF[label], []).append(Line(item.line, rest, 1))
            continue
        if label in TOPIC_OF:
            topic, depth = TOPIC_OF[label], item.level
            if rest:
                sections.setdefault(topic, []).append(Line(item.line, rest, item.level))
                topic = topic if item.level and _opens(listed, item) else ""
            continue
        if topic and depth and not item.level and item.mark not in ("note", "table"):
            topic = ""
        if topic:
            under = max(item.level - depth, 1) if item.level > depth else item.level
            sections.setdefault(topic, []).append(Line(item.line, item.text, under, item.mark))
        else:
            loose.append(item)
    return labels, sections, loose, []


def _opens(listed: Sequence[Item], item: Item) -> bool:
    """Tell whether deeper items follow a labelled line."""
    at = listed.index(item)
    return at + 1 < len(listed) and listed[at + 1].level > item.level


def _label(text: str) -> tuple[str, str]:
    for pattern in (_LABELLED, _SPACED):
        match = pattern.match(text)
        if match:
            label = _bare(match["label"])
            if label in LABEL_OF or label in TOPIC_OF:
                return label, match["rest"].strip()
    return "", text


def _bare(text: str) -> str:
    text = re.sub(r"^(?:\d{1,2}[.)]|[ⅠⅡⅢⅣⅤ]\.?|[<〈《\[【(])\s*", "", text.strip())
    text = re.sub(r"[>〉》\]】):：\s]+$", "", text)
    return re.sub(r"[\s·]", "", text)


def _title(
    labels: dict[str, str], loose: Sequence[Item], facts: Sequence[_Facts], listed: Sequence[Item]
) -> tuple[str, int]:
    if "title" in labels:
        return labels["title"].strip("\"'“”「」<>"), 0
    if not loose or (listed and loose[0] is not listed[0]):
        return "", 0
    first = next(one for one in facts if one.item is loose[0])
    told = first.rest if first.moments or first.phones else _rest(first.item.text)
    text = told if len(told) >= 4 else ""
    chat = re.search(r"보낼|보내는|있잖|건인데|그거", text)
    rambling = text.count(",") > 1 and len(text) > 25
    if (
        not text
        or chat
        or rambling
        or re.search(r"(?:다|요|음|됨|함|임)[.!]?$", text)
        or len(text) > 45
    ):
        return next((name for one in loose[:4] if (name := _event(one.text))), ""), 0
    return text, first.item.line


_EVENT = re.compile(
    r"(?<![가-힣A-Za-z0-9])(?:[가-힣A-Za-z0-9·‘’'\"]{1,16}\s){0,4}[가-힣A-Za-z0-9·]{0,16}(?:설명회|공청회|간담회|"
    r"토론회|보고회|협의회|위원회|회의|워크숍|"
    r"교육|연수|축제|행사|캠페인|박람회|발대식|개소식|준공식|기공식|점검|조사|공모|"
    r"모집|훈련|시범사업|사업|공사)"
)


def _event(text: str) -> str:
    for start, end in _spans(find_moments(text, date(2000, 1, 1)), find_places(text)):
        text = text[:start] + "|" * (end - start) + text[end:]
    clauses = r"\|+(?:에서|에|까지|부터)?\s*|[,.]|(?:니까?|고|서|면서?|지만|는데|으로|에서)\s"
    for piece in re.split(clauses, text):
        if match := _EVENT.search(piece.strip()):
            return match[0].strip()
    return ""


def _topic(text: str) -> str:
    return next((topic for topic, cue in _CUES if cue.search(text)), "content")


def _line(item: Item) -> Line:
    return Line(item.line, item.text, item.level, item.mark)


def _no_matter(item: Item) -> bool:
    """Tell whether a line only greets or speaks to the desk."""
    return asks_the_desk(item.text) or bool(_GREETING.fullmatch(item.text))


def as_items(lines: Sequence[Line]) -> Iterator[Item]:
    """Return lines as items, for writing them with the house's marks."""
    for line in lines:
        yield Item(line.level, line.text, line.mark, line.number)
