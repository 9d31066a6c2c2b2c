"""All that comes before a word is written: rights, guard, tools, search, and whether to refuse."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from gongmu.bots.answer import Answer, ToolUse
from gongmu.bots.answers.compose import Told
from gongmu.bots.answers.figures import Bound, FigureKind, figures
from gongmu.bots.answers.source import Source, source_of
from gongmu.bots.bot import Bot
from gongmu.bots.guard.forbidden import look_over, marked_class
from gongmu.bots.guard.mask import mask_for_good
from gongmu.bots.guard.office import BotsOffice
from gongmu.bots.guard.personal import PersonalKind
from gongmu.bots.guard.personal_kinds import MASKED
from gongmu.bots.passages import DataClass, Found, Passage, Reader, highest
from gongmu.bots.search.dense import dense_search
from gongmu.bots.search.index import SearchIndex
from gongmu.bots.search.refusal import enough
from gongmu.bots.tool import ToolGround, ToolResult
from gongmu.bots.toolbox import ToolRun, all_tools, may_run, run_tool
from gongmu.core.house import House

FORM_TOOL = "document_form"
_KINDS = re.compile(
    rf"\[(?:{'|'.join(map(re.escape, PersonalKind))})\]\s*(?:님|씨)?(?:의|은|는|이|가|을|를)?"
)
_MOST_PASSAGES = 6
_MOST_POINTS = 4
_LONGEST_NOTES = 60_000
_REPLY = "complaint_reply"
_WISHES = re.compile(
    r"(?:써|작성|만들|정리|모아|합쳐|합치|요약|답변|답을|답해|회신|초안|다듬)[^?]*$"
)
_GOES_ON = re.compile(r"^\s*(?:그럼|그러면|그건|그것|그거|거기|이건|이것|위|방금|아까|그 |이 |또 )")
_AS_OF = re.compile(r"\s*(?:일자|자)?\s*(?:현재|기준|당시|시점|에 시행|에는|에도)")


@dataclass(frozen=True)
class Attachment:
    """A file given with the question, already read to text."""

    name: str
    text: str
    data_class: DataClass = DataClass.OPEN


@dataclass(frozen=True)
class Asked:
    """A question with all that belongs to it."""

    bot: Bot
    reader: Reader
    question: str
    today: date
    attachments: tuple[Attachment, ...] = ()
    history: tuple[Told, ...] = ()
    conversation_id: str = ""


@dataclass
class Ready:
    """The ground an answer stands on; sources grow when a model calls tools."""

    asked: Asked
    on: date
    whom: str
    sources: list[Source] = field(default_factory=list)
    passages: dict[str, Passage] = field(default_factory=dict)
    tools: list[ToolUse] = field(default_factory=list)
    data_class: DataClass = DataClass.OPEN
    drafts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    points: list[str] = field(default_factory=list)
    """What a complaint asks for, one by one."""
    refused: Answer | None = None
    form_arguments: Mapping[str, Any] | None = None
    """What the form tool would be called with; None = the question asks for no document."""

    @property
    def tool_sources(self) -> Sequence[Source]:
        """The results of tools."""
        return [one for one in self.sources if one.tool]

    @property
    def passage_sources(self) -> Sequence[Source]:
        """Passages and attachments."""
        return [one for one in self.sources if not one.tool]


class Groundwork:
    """Lays the ground for answers of one installation."""

    def __init__(
        self,
        house: House,
        office: BotsOffice,
        index: SearchIndex,
        concerns: Callable[[Ready], bool] = lambda _: False,
    ) -> None:
        """`concerns` says whether another body's tool may answer what no paper of ours does."""
        self._house, self._office, self._index = house, office, index
        self._concerns = concerns

    def lay(self, asked: Asked) -> Ready:
        """Return the ground, or one whose `refused` says why there is no answer."""
        bot, reader = asked.bot, asked.reader
        whom = self._office.whom_to_ask(bot.department)
        ready = Ready(asked, day_asked(asked.question, asked.today), whom)
        if bot.roles and not (bot.roles & reader.roles):
            ready.refused = refusal(
                "not_allowed", f"'{bot.title}' 창구를 쓸 수 있는 역할이 아닙니다.", whom
            )
            return ready
        if self._forbidden(asked, ready):
            return ready
        for one in asked.attachments:
            self._attach(ready, one)
        self._run_tools(ready)
        found = self._search(ready)
        if ready.form_arguments and ready.form_arguments.get("form") == _REPLY:
            found = self._about_points(ready, found)
        if self._nothing(ready, found) and not self._concerns(ready):
            ready.refused = refusal(
                "no_passage", "이 창구의 자료에서 답을 찾지 못했습니다.", whom, ready.tools
            )
            return ready
        for hit in found:
            self.add_passage(ready, hit.passage)
        # Tool results stand behind the passages, so that a passage's number does not change.
        ready.sources = [
            replace(one, number=number)
            for number, one in enumerate([*ready.passage_sources, *ready.tool_sources], start=1)
        ]
        return ready

    def run_named(self, ready: Ready, code: str, arguments: Mapping[str, Any]) -> ToolRun | None:
        """Run a tool that a model asks for; None when the desk does not have it."""
        asked = ready.asked
        if code not in asked.bot.tools or code not in all_tools():
            text = "이 창구에는 없는 도구입니다."
            ready.tools.append(ToolUse(code[:60], code[:60], {}, text, ok=False))
            self._house.audit.record(
                asked.reader.account,
                "bot.tool_refused",
                f"{asked.bot.code}:{code}"[:200],
                reason="not_of_desk",
            )
            return None
        return self._run(ready, code, arguments)

    # ------------------------------------------------------------ parts

    def _forbidden(self, asked: Asked, ready: Ready) -> bool:
        internal = any(model.internal for model in self._office.models)
        for text in (asked.question, *(one.text for one in asked.attachments)):
            found = look_over(
                text,
                asked.bot.data_class,
                internal=internal,
                more=self._office.forbidden,
                public=self._office.public_phones,
            )
            stops = [one for one in found if one.stops and one.kind == "mark"]
            if stops:
                why = f"{stops[0].message} 표시된 내용을 빼고 물어보세요."
                ready.refused = refusal("forbidden", why, ready.whom)
                return True
            marked = marked_class(text, self._office.forbidden)
            ready.data_class = highest(ready.data_class, marked)
        return False

    def _attach(self, ready: Ready, one: Attachment) -> None:
        number = len(ready.sources) + 1
        ready.sources.append(Source(number, one.name, "붙임", "", one.text))
        ready.data_class = highest(ready.data_class, one.data_class)

    def _run_tools(self, ready: Ready) -> None:
        """Run the tools that the question itself calls for."""
        asked = ready.asked
        for code in asked.bot.tools:
            tool = all_tools().get(code)
            if tool is None:
                continue
            arguments = tool.reads(asked.question, asked.today)
            if code == FORM_TOOL:
                given = arguments.model_dump(mode="json", exclude_none=True) if arguments else None
                if may_run(asked.reader, tool):
                    ready.form_arguments = form_asked(asked, given)
                continue
            if arguments is not None:
                self._run(ready, code, arguments.model_dump(mode="json", exclude_none=True))

    def run_form(self, ready: Ready) -> ToolRun | None:
        """Fill the desk's form from the words given, without a model."""
        if ready.form_arguments is None:
            return None
        return self._run(ready, FORM_TOOL, ready.form_arguments)

    def _run(self, ready: Ready, code: str, arguments: Mapping[str, Any]) -> ToolRun:
        asked = ready.asked
        ground = ToolGround(self._house, asked.reader, asked.today, asked.bot.code)
        run = run_tool(ground, code, arguments)
        ready.tools.append(run.use)
        if run.result is not None:
            self._add_result(ready, code, run.use, run.result)
        return run

    def _add_result(self, ready: Ready, code: str, use: ToolUse, result: ToolResult) -> None:
        for passage in result.passages:
            self.add_passage(ready, passage)
        number = len(ready.sources) + 1
        ready.sources.append(Source(number, use.title, result.source, "", result.text, tool=code))
        ready.data_class = highest(ready.data_class, result.data_class)
        if result.draft_id:
            ready.drafts.append(result.draft_id)

    def _search(self, ready: Ready, point: str = "", most: int = _MOST_PASSAGES) -> Sequence[Found]:
        asked = ready.asked
        if not asked.bot.corpora:
            return []
        query = without_personal(point or asked.question)
        if not point and asked.history and (len(query) < 14 or _GOES_ON.match(query)):
            query = f"{without_personal(asked.history[-1].question)} {query}"
        searched = dense_search(
            self._house,
            self._index,
            self._office.embeddings,
            query[:2_000],
            asked.bot.corpora,
            asked.reader,
            k=most,
            on=ready.on,
            below=asked.bot.data_class,
        )
        found = searched.found
        ready.notes += filter(None, [searched.note])
        threshold = self._index.threshold(*asked.bot.corpora)
        if not enough(found, threshold):
            return []
        best = max(one.share for one in found)
        return [one for one in found if one.share >= 0.4 * best]

    def _about_points(self, ready: Ready, found: Sequence[Found]) -> Sequence[Found]:
        """Return what speaks to the complaint's own points, not to the wish for an answer."""
        from gongmu.bots.drafts.complaint import read_complaint

        notes = str((ready.form_arguments or {}).get("notes", ""))
        ready.points = list(read_complaint(notes).points)[:_MOST_POINTS]
        hits = {
            hit.passage.passage_id: hit
            for point in ready.points
            for hit in self._search(ready, point, 2)
        }
        return list(hits.values())[:_MOST_PASSAGES] or found

    @staticmethod
    def _nothing(ready: Ready, found: Sequence[Found]) -> bool:
        if found or ready.asked.attachments or ready.form_arguments is not None:
            return False
        return not any(use.ok for use in ready.tools)

    @staticmethod
    def add_passage(ready: Ready, passage: Passage) -> None:
        """Take a passage in as a source, once."""
        if passage.passage_id in ready.passages:
            return
        ready.passages[passage.passage_id] = passage
        ready.sources.append(source_of(len(ready.sources) + 1, passage))
        ready.data_class = highest(ready.data_class, passage.data_class)


def form_asked(asked: Asked, given: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return form and notes of a draft, those of the files given with the question included."""
    papers = "\n\n".join(one.text for one in asked.attachments)
    if given is None:
        if not papers or not asked.bot.form or not _WISHES.search(asked.question):
            return None
        return {"form": asked.bot.form, "notes": papers[:_LONGEST_NOTES]}
    if not papers:
        return given
    notes = str(given.get("notes", ""))
    whole = (
        papers if notes.strip() in asked.question and "\n" not in notes else f"{notes}\n\n{papers}"
    )
    return {**given, "notes": whole[:_LONGEST_NOTES]}


def refusal(code: str, why: str, whom: str, tools: Sequence[ToolUse] = ()) -> Answer:
    """Return a refusal that says why and whom to ask."""
    return Answer(
        text=f"{why} {whom}에 문의하세요.",
        refused=True,
        refusal=code,
        whom_to_ask=whom,
        tools=tuple(tools),
    )


def without_personal(text: str) -> str:
    """Return what a search needs of a question: names and numbers of people are in no paper."""
    return _KINDS.sub(" ", mask_for_good(text, kinds=MASKED).text)


def day_asked(question: str, today: date) -> date:
    """Return the day whose law is asked about: "2025-03-01 현재"; else today."""
    for one in figures(question):
        if one.kind is not FigureKind.DATE or one.date is None or one.bound is not Bound.NONE:
            continue
        year, month, day = one.date.year, one.date.month, one.date.day
        if year and month and day and _AS_OF.match(question[one.end :]):
            return date(year, month, day)
    return today
