"""Answers laid out for the screen: nothing lost, nothing twice, quotes found where they stand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongmu.bots.answer import Answer, Sentence, Standing
from gongmu.bots.answers.events import Event, Finished, SentenceShown, Started, Withdrawn
from gongmu.bots.drafts.cabinet import all_forms
from gongmu.bots.pages.draft_advice import advice_for, with_fix
from gongmu.bots.pages.draft_values import blanks, values_of
from gongmu.bots.pages.layout import blocks, cut_marks, find_quote, items, quoted, stretches
from gongmu.bots.pages.turns import Live, Turns
from gongmu.core.errors import Refused

TEXTS = st.text(alphabet="가나다 라마[]1|-.\n*#", max_size=40)
SENTENCES = st.lists(
    st.builds(Sentence, TEXTS, st.just((1,)), st.sampled_from(Standing), st.just(()),
              st.sampled_from(["", " ", "\n", "\n\n"])),
    max_size=12,
)  # fmt: skip


@given(SENTENCES)
def test_every_sentence_stands_once_and_in_order(sentences: list[Sentence]) -> None:
    shown = [piece.sentence for block in blocks(sentences) for piece in block.pieces]
    rest = iter(sentences)
    assert all(any(one is other for other in rest) for one in shown)
    left_out = [one for one in sentences if not any(one is piece for piece in shown)]
    assert all(set(one.text) <= set(" \n|-:[]1.*#") or "|" in one.text for one in left_out)
    for block in blocks(sentences):
        if block.kind == "list":
            assert sum(len(item) for item in items(block)) == len(block.pieces)


@given(TEXTS, st.integers(0, 60), st.integers(0, 60))
def test_a_passage_cut_for_marking_is_still_whole(text: str, start: int, end: int) -> None:
    assert "".join(part.text for part in stretches(text, start, end)) == text
    assert "".join(part.text for part in quoted(text, text[start:end])) == text


@given(st.text(alphabet="가나다라 \n", min_size=1, max_size=60), st.data())
def test_a_quote_is_found_whatever_its_spaces(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    quote = text[start : start + data.draw(st.integers(1, 20))]
    place = find_quote(text, "  ".join(quote.split()))
    if not quote.strip():
        assert place is None
    else:
        assert place is not None
        assert "".join(text[place[0] : place[1]].split()) == "".join(quote.split())


def test_marks_of_citations_stand_where_they_were_written() -> None:
    assert cut_marks("요금은 800원 [1]이고 [9] 끝", (1,)) == ["요금은 800원", 1, "이고 [9] 끝"]
    assert cut_marks("표시가 없다", (2,)) == ["표시가 없다", 2]
    table = [
        Sentence("| 구분 | 값 |"),
        Sentence("|---|---|"),
        Sentence("| 평일 | 18:00 [1] |", (1,)),
    ]
    (block,) = blocks(table)
    assert (block.kind, block.headed, len(block.pieces)) == ("table", True, 2)
    assert block.pieces[1].cell_parts(block.pieces[1].cells[1]) == ["18:00", 1]


@pytest.mark.parametrize("code", sorted(all_forms()))
def test_what_the_editor_shows_comes_back_the_same(code: str) -> None:
    form = all_forms()[code]
    values = values_of(form, {f"v.{one.code}": "첫째 줄\r\n둘째 줄" for one in form.fields})
    for one in form.fields:
        if one.columns:
            values[one.code] = [["칸"] * len(one.columns), ["둘", *[""] * (len(one.columns) - 1)]]
    sent: dict[str, object] = {}
    for blank in blanks(form, values):
        for number, row in enumerate(blank.rows):
            sent |= {f"{blank.name}.{number}.{at}": cell for at, cell in enumerate(row)}
        if not blank.rows:
            sent[blank.name] = blank.text
    assert values_of(form, sent) == values


def test_a_fix_goes_in_once_and_an_outdated_one_changes_nothing() -> None:
    form = all_forms()["report"]
    code = next(one.code for one in form.fields if one.kind.value == "body")
    values = {code: "○ 익일까지 제출 요망\n○ 익일까지 회신"}
    advice = advice_for(form, values)
    fix = next(one.fix for one in advice.items if one.before.startswith("익일"))
    once = with_fix(form, values, fix)
    assert str(once[code]).count("다음 날") == 1
    assert with_fix(form, {code: "다른 글"}, fix) == {code: "다른 글"}
    assert with_fix(form, values, "nonsense") == values


async def _events(*given: Event, wait: float = 0.0) -> AsyncIterator[Event]:
    for event in given:
        await asyncio.sleep(wait)
        yield event


def test_one_stream_a_person_and_withdrawn_words_go() -> None:
    async def whole() -> None:
        turns = Turns()
        live = Live("kim", "manual")
        first = Sentence("거두어질 글")
        done = Finished(Answer("끝"))
        told = _events(
            Started("talk", "turn"), SentenceShown(first), Withdrawn("다른 모델"),
            SentenceShown(Sentence("남을 글")), done, wait=0.05,
        )  # fmt: skip
        await turns.start(live, told)
        assert turns.find("turn", "park") is None
        older, newer = turns.follow(live), turns.follow(live)
        assert await anext(older) == "look"
        assert await anext(newer) == "look"
        assert "moved" in [word async for word in older]
        assert [word async for word in newer][-1] == "end"
        assert [one.text for one in live.sentences] == ["남을 글"]
        assert turns.running("kim", "talk") is None

    asyncio.run(whole())


def test_too_many_at_once_are_refused_and_a_bug_is_told() -> None:
    async def whole() -> None:
        turns, never = Turns(), asyncio.Event()

        async def endless(turn: str) -> AsyncIterator[Event]:
            yield Started("talk", turn)
            await never.wait()

        for number in range(3):
            await turns.start(Live("kim", "manual"), endless(f"turn{number}"))
        with pytest.raises(Refused, match="쓰는 중"):
            await turns.start(Live("kim", "manual"), _events(Started("talk", "more")))

        async def broken() -> AsyncIterator[Event]:
            raise ValueError("x")
            yield

        with pytest.raises(Refused, match="프로그램"):
            await turns.start(Live("park", "manual"), broken())

    asyncio.run(whole())
