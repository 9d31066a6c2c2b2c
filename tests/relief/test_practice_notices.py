"""A whole practice week through intake, cross-check and plan: the right notice for everyone."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from functools import lru_cache
from typing import Any

from lxml import etree

from gongmu.messages.message import check
from gongmu.relief.codes import default_codes
from gongmu.relief.crosscheck import CrossCheck, cross_check
from gongmu.relief.grant import Grant
from gongmu.relief.intake import read_relief_list
from gongmu.relief.law import load_law
from gongmu.relief.letters import letter_hwpx, letter_of, letter_pdf
from gongmu.relief.notices import LetterWhy, Plan, Why, plan
from gongmu.relief.statistics import relief_figures
from tests.relief.lists import TODAY, forms, key, register, truth
from tests.relief.noticed import Office
from tests.relief.test_notices import NEVER_SAID, SENSITIVE


@lru_cache
def week() -> tuple[tuple[Grant, CrossCheck, Plan], ...]:
    """Everyone of the list, with what was decided and planned."""
    read = read_relief_list(forms(register())["감면대장.xls"], "a.xls", default_codes(), key, TODAY)
    law = load_law()
    found = []
    for grant in read.grants:
        checked = cross_check(grant, law)
        found.append((grant, checked, plan(grant, checked.decision, Office(), TODAY)))
    return tuple(found)


def true(grant: Grant) -> Any:
    return truth()[grant.tax_number]


def test_everyone_gets_the_notice_that_is_right_for_them() -> None:
    seen = Counter()
    for grant, _, planned in week():
        wanted = true(grant)["notice"]
        seen[wanted] += 1
        assert planned.notice_code == wanted, grant.grant_id
        for draft in planned.now:
            assert draft.code == wanted
            assert str(draft.due_on) == true(grant)["ends_on"]
    assert {code.removesuffix("+REPL") for code in seen} >= {"N17", "N17공동", "N22", "N67", "NONE"}


def test_no_text_of_the_week_says_what_it_must_not() -> None:
    count = 0
    for grant, _, planned in week():
        for draft in (*planned.now, *planned.later):
            count += 1
            assert check(draft.text, draft.subject) is draft.kind
            assert not re.search(r"[{}]", draft.text)
            base = planned.notice_code.removesuffix("+REPL")
            if not draft.code.startswith("R"):
                assert not [word for word in NEVER_SAID[base] if word in draft.text]
            assert not [word for word in SENSITIVE if word in draft.text]
            assert grant.plate not in draft.text
            assert len(grant.name) < 3 or f"{grant.name} 님" not in draft.text
            assert f"{grant.relief_won:,}원" in draft.text or draft not in planned.now
    assert count > 300


def test_everyone_without_a_text_has_a_reason_and_a_letter_when_one_is_due() -> None:
    for grant, _, planned in week():
        assert bool(planned.now) != bool(planned.exclusions)
        held = {item.why for item in planned.exclusions} & {Why.REVIEW, Why.MISMATCH, Why.MISSING}
        if held or Why.ENDED in {item.why for item in planned.exclusions}:
            assert not planned.needs_letter
        elif grant.electronic_notice is not True:
            assert LetterWhy.STATUTORY in planned.letter
        else:
            assert planned.needs_letter != bool(planned.now)


def test_the_letters_of_the_week_have_a_page_each() -> None:
    batch = [
        letter_of(grant, checked.decision, planned.letter, TODAY)
        for grant, checked, planned in week()
        if planned.needs_letter
    ]
    assert len(batch) > 100
    pdf = letter_pdf(batch, Office(), TODAY)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == len(batch)
    archive = zipfile.ZipFile(io.BytesIO(letter_hwpx(batch, Office(), TODAY)))
    text = "".join(etree.fromstring(archive.read("Contents/section0.xml")).itertext())
    for letter in batch:
        assert f"{letter.name} 귀하" in text


def test_the_figures_of_the_week_count_every_grant() -> None:
    figures = relief_figures(grant for grant, _, _ in week())
    assert sum(line.count for line in figures) == len(week())
    assert sum(line.relief_won for line in figures) == sum(g.relief_won or 0 for g, _, _ in week())
