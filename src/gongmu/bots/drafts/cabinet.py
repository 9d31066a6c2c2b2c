"""All forms, found by their files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from gongmu.bots.drafts import forms
from gongmu.bots.drafts.form import Form
from gongmu.core.catalogue import catalogue
from gongmu.core.errors import Refused


@lru_cache(maxsize=1)
def all_forms() -> Mapping[str, Form]:
    """Return code to form of every file in `forms/`."""
    found = catalogue(forms, "FORM", beside=frozenset({"sheets"}))
    return {code: one for code, one in found.items() if isinstance(one, Form)}


def form_of(code: str) -> Form:
    """Return one form; raises Refused `form_unknown` naming those there are."""
    known = all_forms()
    if code not in known:
        names = ", ".join(f"{one.code}({one.title})" for one in known.values())
        raise Refused("form_unknown", f"'{code}' 서식이 없습니다. 있는 서식: {names}", "고르세요.")
    return known[code]
