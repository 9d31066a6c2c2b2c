"""A transcript taken apart by speaker: decisions, things to do, open questions, each with its line.

Without a model: sentences are sorted by their own words and shortened at their endings only.

Quiet: today's date is handed in; no clock, database, file or model is reached from here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from gongmu.bots.drafts.complaint import sentences
from gongmu.bots.drafts.moments import Moment, find_moments
from gongmu.bots.drafts.notes import house_dates
from gongmu.bots.drafts.outline import split_mark
from gongmu.bots.drafts.particulars import NAME
from gongmu.bots.drafts.request import without_mail_head, without_request

_RANK = (
    r"(?:위원장|부위원장|위원|의장|부의장|의원|회장|부회장|시장|부시장|국장|실장|"
    r"과장|팀장|담당관|주무관|계장|동장|면장|소장|"
    r"단장|본부장|센터장|간사|교수|대표|사회자|진행자|발표자|참석자\s?\d*|"
    r"주민\s?\d*|시민\s?\d*|화자\s?\d*|발언자\s?\d*|"
    r"사무관|서기관|주사|팀원|이사|통장|반장|변호사|박사|사장|부장|차장|대리|주임|선생님|님)"
)
_TIME = (
    r""
    r""
    r"(?:[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?(?:\s*-+>?\s*\d{1,2}:\d{2}(?::\d{2})?)?[\])]?\s*)?"
)
_TURN = re.compile(
    rf""
    rf""
    rf"^{_TIME}[\[(<◯○●□]?\s*(?P<who>(?:[가-힣A-Za-z·]{{1,14}}\s?){{0,3}}?{_RANK}(?:\s?[가-힣○]{{2,4}})?|"
    rf""
    rf""
    rf"[가-힣]{{2,4}}|[가-힣]○○|Speaker\s?\d+|"
    rf"[A-Z])\s*[\])>]?\s*(?:\([^)]{{1,20}}\))?\s*[:：]\s*(?P<said>.*)$"
)
_INLINE_TURN = re.compile(
    rf"(?:(?<=[.?!])\s+|(?<=[다요음함임됨])\.?\s+|"
    rf",\s+)(?=(?:[가-힣]{{1,10}}\s?)?(?:[가-힣]{{0,8}}{_RANK}|[가-힣]{{2,12}}(?:과|"
    rf"팀|실|국))(?:\s[가-힣○]{{2,4}})?\s*[:：])"
)
_HEAD = re.compile(
    r"^(?P<label>회의명|회의|제목|건명|일시|회의일시|장소|회의장소|참석|참석자|"
    r"참석인원|불참|불참자|안건|주요\s?안건|"
    r"회의안건|의제|주재|사회|작성|작성자|기록|기록자|서기|배석|다음\s?회의|"
    r"차기\s?회의)\s*[:：]\s*(?P<rest>.*)$"
)
_AGENDA = re.compile(
    r"^(?:제?\s?\d+\s?호?\s?(?:번째\s?)?안건|안건\s?\d+|의제\s?\d+|첫\s?번째\s?안건|"
    r"두\s?번째\s?안건|세\s?번째\s?안건|"
    r"네\s?번째\s?안건)\s*(?:[.:：)\-]|은|는)?\s*(?P<title>.*)$"
)
_DECIDED = re.compile(
    r"하기로\s?(?:함|했|하겠|합니다|하자|하죠|하고|한다|결정|의결|정하|정했|합의|"
    r"되)|(?:으로|로|것을|것으로|하기로)\s?(?:결정|의결|확정|합의|"
    r"정하|정했|정합|정함)|"
    r"(?:결정|의결|확정|합의|가결|부결|보류|승인|채택)(?:했|하였|합니다|하겠|함|"
    r"되었|됐|됨|한다|하기로|됩니다)|원안(?:대로|\s?가결)|수정\s?가결|"
    r"이의\s?없(?:으시면|으므로)"
)
_DOING = re.compile(
    r"(?:하|내|보내|만들|올리|드리|정리하|제출하|마련하|나누|고치|알아보|확인하|"
    r"준비하|검토하|보고하|협의하|추진하|마치|공유하|"
    r"신청하|요청하|조사하|설치하|배포하)겠(?:습니다|음|어요)|[가-힣]{1,4}겠습니다|"
    r"[가-힣]\s?주(?:세요|십시오|시기|시면|시고|길)|하여\s?주시기|"
    r"하도록\s?(?:하겠|합니다|함|해)|부탁(?:드|합)|바랍니다|까지\s.*(?:할|제출|보고|"
    r"완료|마무리|마치|공유|작성|회신)|맡(?:기로|겠|아)|"
    r"담당하기로|제출하기로|보고하기로|준비하기로|하시기\s?바|하시면\s?되"
)
_ASKING = re.compile(
    r"[?？]$|미정|추후\s?(?:논의|검토|결정|협의)|다음\s?회의(?:에서|때)\s?(?:논의|"
    r"다시|결정)|더\s?검토|확인이\s?필요|검토가\s?필요|"
    r"결론(?:을)?\s?(?:내지|못)|보류"
)
_SETTLED = re.compile(r"보류(?:합니다|함|하겠|하기로|했)")
_EMPTY = re.compile(
    r"^(?:(?:네|예|아니요|아니오|맞습니다|알겠습니다|감사합니다|고맙습니다|그렇습니다|"
    r"좋습니다|안녕하십니까|안녕하세요|반갑습니다|"
    r"이상입니다|이상|수고하셨습니다|동의합니다|찬성합니다|그러면|자)[\s,.!]*)+$|"
    r"^(?:.{0,30}회의를\s?(?:시작|마치|개회|폐회)|지금부터\s|바쁘신\s|참석해\s?주셔서)"
)
_OFFICE = r"[가-힣]{1,10}(?:담당관실|담당관|보건소|사업소|과|팀|실|국|동)"
_WHO = re.compile(
    rf"(?P<who>(?:{_OFFICE}(?:장)?|[가-힣]{{1,6}}\s?{_RANK}|"
    rf"[가-힣○]{{2,3}}\s?(?:주무관|팀장|과장|위원)))(?:님)?"
    r"(?:에서는?|께서는?|이|가|은|는|에게|,)?\s"
)
_SELF = re.compile(r"^(?:제가|저희(?:가|는|\s)|저는|우리|당\s?과)")
_WHEN = re.compile(
    r"(?:다음\s?(?:주|달|회의)|이번\s?(?:주|달)|금주|차주|내일|모레|월말|연말|연내|"
    r"이달|\d{1,2}월\s?(?:초|중순|말|중)?|\d{1,2}일|"
    r"[월화수목금토일]요일|오늘)(?:\s?[월화수목금토일]요일)?\s?(?:중)?(?:까지|"
    r"전까지|안에|내로|에는|에)"
)


@dataclass(frozen=True)
class Turn:
    """What one speaker said in a row; `line` is where it begins, from 1."""

    who: str
    said: tuple[str, ...]
    line: int
    agenda: int = 0
    """Number of the agenda item under which it was said; 0 = none."""
    part: str = ""
    """For a line noted under a heading: agenda, decision, task or question."""


@dataclass(frozen=True)
class Task:
    """Something to do, as said; what was not said is empty."""

    what: str
    who: str
    due: str
    line: int


@dataclass(frozen=True)
class Point:
    """A decision or an open question, with who said it."""

    text: str
    who: str
    line: int


@dataclass(frozen=True)
class Transcript:
    """A meeting read from its transcript."""

    head: dict[str, str]
    agenda: tuple[str, ...]
    turns: tuple[Turn, ...]
    decisions: tuple[Point, ...]
    tasks: tuple[Task, ...]
    questions: tuple[Point, ...]
    held_on: date | None = None
    """The day it was held, where the head says so."""

    @property
    def speakers(self) -> list[str]:
        """Return who spoke, in the order of first words."""
        return list(dict.fromkeys(turn.who for turn in self.turns if turn.who))


def read_transcript(text: str, today: date) -> Transcript:
    """Return the meeting in `text`; due days are settled against `today`."""
    head, agenda, turns = _turns(without_mail_head(without_request(text)))
    held = next(
        (
            one
            for name in ("일시", "회의일시")
            for one in find_moments(head.get(name, ""), today)
            if one.on
        ),
        None,
    )
    day = held.on if held is not None and held.on is not None else today
    decisions: list[Point] = []
    tasks: list[Task] = []
    questions: list[Point] = []
    for turn in turns:
        for one in turn.said:
            if _EMPTY.search(one):
                continue
            settled = said_dates(one, day, relative=held is not None)
            if turn.part in ("decision", "task", "question"):
                if turn.part == "decision":
                    decisions.append(Point(settled, "", turn.line))
                elif turn.part == "task":
                    tasks.append(_noted_task(one, turn, day, held is not None))
                else:
                    questions.append(Point(settled, "", turn.line))
                continue
            if _DECIDED.search(one) and not one.endswith(("?", "？")):
                decisions.append(Point(_as_decided(settled), turn.who, turn.line))
            if _DOING.search(one) and not one.endswith(("?", "？")) and not _mere_opening(one):
                tasks.append(_task(one, turn, day, held is not None))
            elif _ASKING.search(one) and not _SETTLED.search(one):
                questions.append(Point(settled, turn.who, turn.line))
    names = list(dict.fromkeys(turn.who for turn in turns if turn.who))
    tasks = [one if one.who else replace(one, who=_called(one.what, names)) for one in tasks]
    return Transcript(
        head,
        tuple(agenda),
        tuple(turns),
        tuple(decisions),
        tuple(tasks),
        tuple(questions),
        day if held else None,
    )


def _called(what: str, names: Sequence[str]) -> str:
    """Return the one of those at the table whom a task begins by naming."""
    return next(
        (
            name
            for name in names
            if re.match(rf"{re.escape(name)}(?:님)?(?:이|가|은|는|께서|,)?\s", what)
        ),
        "",
    )


def _as_decided(sentence: str) -> str:
    return re.sub(r"(정|결정|의결|확정|가결|보류|승인|채택)하겠음$", r"\1함", noun_ending(sentence))


def noun_ending(sentence: str) -> str:
    """Return a spoken sentence with the noun ending of minutes: 하기로 했습니다 -> 하기로 함."""
    text = sentence.strip().rstrip(".! ")
    for pattern, ending in _ENDINGS:
        shorter = pattern.sub(ending, text)
        if shorter != text:
            return shorter
    return text


_ENDINGS = tuple(
    (re.compile(pattern + "$"), ending)
    for pattern, ending in (
        (r"(?:하였|했)(?:습니다|어요|다)", "함"),
        (r"(?:되었|됐)(?:습니다|어요|다)", "됨"),
        (r"하겠(?:습니다|어요|다)", "하겠음"),
        (r"겠(?:습니다|어요|다)", "겠음"),
        (r"합니다|해요|한다|합시다|하시죠|하죠", "함"),
        (r"됩니다|돼요|된다", "됨"),
        (r"입니다|이에요|예요", "임"),
        (r"있(?:습니다|어요|다)", "있음"),
        (r"없(?:습니다|어요|다)", "없음"),
        (r"않(?:습니다|아요|는다)", "않음"),
        (r"([았었였])(?:습니다|어요|다)", r"\1음"),
        (r"(?<=[가-힣])습니다", "음"),
        (r"바랍니다", "바람"),
    )
)


def _turns(text: str) -> tuple[dict[str, str], list[str], list[Turn]]:
    head: dict[str, str] = {}
    agenda: list[str] = []
    turns: list[Turn] = []
    part = ""
    for number, line in _lines(text):
        mark, bare = split_mark(line)
        heading = (
            _PARTS.get(re.sub(r"[\s:：]", "", bare))
            if not any(turn.who for turn in turns)
            else None
        )
        if heading:
            part = heading
            continue
        if mark == "note":
            turns.append(Turn("", (bare,), number, len(agenda)))
            continue
        unsettled = re.match(r"미정\s*[:：]\s*(?P<rest>.+)", bare)
        if (part and mark) or unsettled:
            _memo(part, bare, number, agenda, turns)
            continue
        labelled = _HEAD.match(bare)
        if labelled and (not any(turn.who for turn in turns) or len(labelled["label"]) > 1):
            head_only = not any(turn.who for turn in turns)
            if head_only and turns and len(turns) == 1 and len(turns[0].said) == 1:
                _title_of(turns.pop().said[0], head)
            _note_head(head, agenda, labelled["label"].replace(" ", ""), labelled["rest"].strip())
            continue
        item = _AGENDA.match(bare)
        if item and len(bare) < 60 and not _TURN.match(bare):
            agenda.append(item["title"].strip(" .:") or bare)
            continue
        spoken = _TURN.match(line.strip()) or _TURN.match(bare)
        if spoken:
            said = tuple(sentences(spoken["said"]))
            turns.append(Turn(spoken["who"].strip(), said, number, len(agenda)))
        elif turns:
            last = turns[-1]
            turns[-1] = Turn(last.who, (*last.said, *sentences(bare)), last.line, last.agenda)
        else:
            turns.append(Turn("", tuple(sentences(bare)), number, len(agenda)))
    return head, agenda, turns


_SPACED_TURN = re.compile(
    rf"^(?P<who>(?:[가-힣A-Za-z]{{0,8}}\s?)?{_RANK}(?:\s[가-힣○]{{2,4}})?)(?:\s{{2,}}|\t|\s[-–]\s)\s*(?=\S)",
    re.MULTILINE,
)


def _lines(text: str) -> list[tuple[int, str]]:
    """Return numbered lines; several speakers on one line are taken apart.

    Speakers set off by spaces alone, as printed minutes do, get a colon.
    """
    if len(_SPACED_TURN.findall(text)) > 2:
        text = _SPACED_TURN.sub(r"\g<who>: ", text)
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        found += [(number, part.strip()) for part in _INLINE_TURN.split(line) if part.strip(" ,")]
    return found


_PARTS = {
    word: part
    for part, words in (
        ("agenda", "안건 주요안건 의제 논의사항 논의내용 회의내용"),
        ("decision", "결정 결정사항 의결사항 합의사항"),
        ("task", "할일 향후할일 조치사항 후속조치 과제 요청사항"),
        ("question", "미정 남은물음 미결사항 추후논의"),
    )
    for word in words.split()
}
"""Headings of minutes that were noted down rather than spoken."""


def _memo(part: str, text: str, number: int, agenda: list[str], turns: list[Turn]) -> None:
    if part == "agenda" and len(text) < 60:
        agenda.append(text)
    if text.startswith("미정"):
        part = "question"
    turns.append(Turn("", (text,), number, len(agenda), part))


def _title_of(line: str, head: dict[str, str]) -> None:
    """Note the meeting's name; '제3차 회의 (11.19. 10시, 2층 상황실)' gives when and where too."""
    told = re.fullmatch(r"(?P<name>.+?)\s*\((?P<about>[^()]*\d[^()]*)\)", line)
    head.setdefault("회의명", told["name"] if told else line)
    for part in re.split(r",\s+", told["about"]) if told else ():
        dated = re.search(r"\d\s?시|\d{1,2}\s?[./월-]\s?\d{1,2}|\d:\d\d", part)
        head.setdefault("일시" if dated else "장소", part)


def _note_head(head: dict[str, str], agenda: list[str], label: str, rest: str) -> None:
    if label in ("안건", "주요안건", "회의안건", "의제"):
        parts = re.split(r"\s*(?:,|;|(?:^|\s)\d+[.)]\s*|[①-⑳])\s*", rest)
        agenda.extend(part for part in parts if part)
    elif rest:
        head.setdefault(label, rest)


def _mere_opening(one: str) -> bool:
    """Tell whether a speaker only steers the talk: 시작하겠습니다, 말씀해 주세요."""
    return bool(
        re.search(
            r"(?:시작|보|살펴보|듣|개회|폐회|산회|마치|말씀|설명|소개|발언|진행|넘어가|시작하|들어가|"
            r"상정|보고\s?(?:받|드리))"
            r"[가-힣\s]{0,6}(?:겠습니다|주세요|주십시오|바랍니다|주시기\s?바랍니다)$",
            one.rstrip("."),
        )
        and not _WHEN.search(one)
    ) or bool(
        _DECIDED.search(one)
        and not _WHEN.search(one)
        and re.search(r"(?:정|결정|의결|확정)하겠", one)
    )


def _task(one: str, turn: Turn, today: date, relative: bool) -> Task:
    moments = _days(one, today, relative)
    due = moments[0].text if moments else ""
    if not due and (spoken := _WHEN.search(one)):
        due = re.sub(r"(?:까지|에는|에)$", "", spoken[0]).strip()
    who = turn.who if _SELF.match(one) or not _addressed(one) else ""
    if not who and (named := _WHO.search(f"{one} ")):
        who = named["who"].strip()
    return Task(noun_ending(said_dates(one, today, relative=relative)), who, due, turn.line)


def _noted_task(one: str, turn: Turn, today: date, relative: bool) -> Task:
    """Return a task as noted: '홍보물 시안: 이홍보 12/11까지'."""
    due = next((moment.text for moment in _days(one, today, relative)), "")
    rest = one.partition(":")[2]
    named = re.match(rf"\s*(?P<who>{NAME})(?:\s?{_RANK})?(?=$|[\s,(])", rest)
    spoken = _WHO.search(f"{one} ") if not named else None
    who = named[0].strip() if named else spoken["who"].strip() if spoken else ""
    return Task(said_dates(one, today, relative=relative), who, due, turn.line)


def _days(text: str, day: date, relative: bool) -> list[Moment]:
    found = [one for one in find_moments(text, day) if one.on]
    return [one for one in found if relative or re.search(r"\d", text[one.start : one.end])]


def said_dates(text: str, day: date, *, relative: bool) -> str:
    """Return what was said with its dates in house style, told from the meeting's day.

    Without that day, 오늘 and 다음 주 are left in words.
    """
    if relative:
        return house_dates(text, day)
    parts, at = [], 0
    for word in _RELATIVE_DAY.finditer(text):
        parts += [house_dates(text[at : word.start()], day), word[0]]
        at = word.end()
    return "".join([*parts, house_dates(text[at:], day)])


_RELATIVE_DAY = re.compile(
    r"오늘|금일|내일|명일|모레|어제|작일|(?:이번|다음|지난|저번)\s?주\s?[월화수목금토일]요일?|"
    r"[금차]주\s?[월화수목금토일]요일?|(?:오는|지난|다음\s?달|지난\s?달|이번\s?달)\s?\d{1,2}일"
)


def _addressed(one: str) -> bool:
    """Tell whether the sentence asks somebody else, or names who does it."""
    asks = re.search(r"주(?:세요|십시오|시기|시면|길)|바랍니다|부탁|하시", one)
    return bool(asks or _WHO.match(f"{one} "))


_TELLING = re.compile(rf"\d|{_DECIDED.pattern}|{_DOING.pattern}")
"""A sentence that the gist never leaves out: figures, decisions, promises."""


def spoken_lines(
    turns: Sequence[Turn], day: date, most: int = 4, *, relative: bool = True
) -> list[list[str]]:
    """Return speaker, gist and line of each turn that says something.

    Sentences past `most` stay out when they hold no figure, decision or promise.
    """
    rows = []
    for turn in turns:
        kept = [one for one in turn.said if not _EMPTY.search(one)]
        if not kept:
            continue
        said = [one for at, one in enumerate(kept) if at < most or _TELLING.search(one)]
        if not turn.who:
            said = kept
        gist = "\n".join(noun_ending(said_dates(one, day, relative=relative)) for one in said)
        if len(kept) > len(said):
            gist += f"\n(그 밖의 {len(kept) - len(said)}문장은 원문 {turn.line}줄)"
        rows.append([turn.who or "(말한 이 없음)", gist, f"{turn.line}줄"])
    return rows
