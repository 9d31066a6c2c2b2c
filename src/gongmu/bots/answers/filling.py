"""A form filled by a model: asked for by schema, checked, kept as a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gongmu.bots.answer import ToolUse
from gongmu.bots.answers.compose import form_words, question_text
from gongmu.bots.answers.figures import borne_out, figures
from gongmu.bots.answers.groundwork import FORM_TOOL, Ready
from gongmu.bots.answers.model import End, Exchange, json_in, wrong_form
from gongmu.bots.answers.quotations import flatten, is_quoted_from, quotations
from gongmu.bots.answers.source import Source
from gongmu.bots.bot import OutputMode
from gongmu.bots.drafts.cabinet import form_of
from gongmu.bots.drafts.desk import DraftDesk
from gongmu.bots.drafts.form import Form, checked_values, lines_of, rows_of, schema
from gongmu.bots.guard.mask import MaskMemory, unmask
from gongmu.bots.guard.office import Endpoint
from gongmu.core.house import House
from gongmu.core.values import korean_date


class FormFilling:
    """One form for one question."""

    def __init__(self, house: House, ready: Ready, memory: MaskMemory) -> None:
        self._house, self._ready, self._memory = house, ready, memory
        given = dict(ready.form_arguments or {})
        self._form: Form = form_of(str(given.get("form") or ready.asked.bot.form))

    def exchange(self, endpoint: Endpoint, told: str) -> Exchange:
        """Return what the model is asked, in the way that the desk and the endpoint allow."""
        mode = self._ready.asked.bot.output_mode
        output = {
            OutputMode.NATIVE: "native" if endpoint.json_schema else "prompted",
            OutputMode.TOOL: "tool" if endpoint.tool_calls else "prompted",
        }.get(mode, "prompted")
        shape = schema(self._form)
        if output == "prompted":
            told = f"{told}\n{form_words(self._form.title, shape)}"
        else:
            told = f"{told}\n'{self._form.title}' 서식의 값을 채운다. 모르는 항목은 비운다."
        return Exchange(
            endpoint=endpoint,
            instructions=told,
            question=question_text(self._ready.asked.question, self._ready.sources),
            history=self._ready.asked.history,
            schema=shape,
            schema_title=self._form.title,
            output=output,
        )

    def take(self, text: str, end: End, model: str) -> None:
        """Keep what the model filled in as a draft; raises Refused model_form, draft_invalid."""
        calls = [one for one in end.calls if one.tool == "fill_form"]
        raw = calls[0].arguments if calls else json_in(text)
        if not isinstance(raw, dict) or not raw or (not end.whole and not calls):
            raise wrong_form("JSON이 아닙니다")
        values = checked_values(self._form, opened(raw, self._memory))
        if not values:
            raise wrong_form("빈 서식입니다")
        asked = self._ready.asked
        draft_id = DraftDesk(self._house).create(
            self._form.code,
            values,
            asked.reader,
            bot=asked.bot.code,
            bot_version=asked.bot.version,
            model=model,
            conversation_id=asked.conversation_id,
            data_class=self._ready.data_class,
            asks=self._doubts(values),
            sources=[f"{one.document} {one.place}".strip() for one in self._ready.sources],
        )
        self._ready.drafts.append(draft_id)
        shown = f"{self._form.title} 초안을 만들었습니다."
        use = ToolUse(FORM_TOOL, self._form.title, {"form": self._form.code}, shown)
        self._ready.tools.append(use)

    def summary(self) -> str:
        """Return what the officer is told about the draft."""
        return f"{self._form.title} 초안을 만들었습니다. 내용을 확인하세요."

    def _doubts(self, values: Mapping[str, Any]) -> Sequence[str]:
        """Return a line for every figure or quotation that nothing given bears out."""
        asked = self._ready.asked
        given = [
            Source(0, "물음", "", "", asked.question),
            Source(0, "오늘", "", "", korean_date(asked.today)),
            *self._ready.sources,
        ]
        known = [figure for one in given for figure in figures(one.whole)]
        flats = [flatten(one.whole) for one in given]
        found = []
        for field in self._form.fields:
            for line in _lines(self._form, values, field.code):
                doubtful = [one.text for one in figures(line) if not borne_out(one, known)]
                doubtful += [
                    one.text
                    for one in quotations(line)
                    if not one.term and not any(is_quoted_from(one.text, flat) for flat in flats)
                ]
                found += [
                    f"주신 내용에 없음, 확인 필요: {field.title}의 '{one}'" for one in doubtful
                ]
        if found:
            self._ready.notes.append(
                f"초안에 주신 내용에서 확인하지 못한 곳이 {len(found)}곳 있습니다."
            )
        return list(dict.fromkeys(found))


def _lines(form: Form, values: Mapping[str, Any], code: str) -> list[str]:
    value = values.get(code)
    if value is None:
        return []
    if isinstance(value, str):
        return value.split("\n")
    if value and isinstance(value[0], str):
        return lines_of(values, code)
    return [" | ".join(row) for row in rows_of(values, code)]


def opened(value: Any, memory: MaskMemory) -> Any:
    """Return values with what was masked put back, for the officer's own draft."""
    if isinstance(value, str):
        return unmask(value, memory)
    if isinstance(value, list):
        return [opened(one, memory) for one in value]
    if isinstance(value, dict):
        return {key: opened(one, memory) for key, one in value.items() if one is not None}
    return value
