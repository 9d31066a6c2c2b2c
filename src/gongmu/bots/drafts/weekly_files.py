"""Weekly reports handed in as files of any kind, read and merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from gongmu.bots.drafts.views import NamedFile
from gongmu.bots.drafts.weekly import Merged, merged, period_of, weeks_of_document
from gongmu.bots.knowledge.reading_room import read_document
from gongmu.core.errors import Refused


def merged_files(files: Sequence[NamedFile], today: date, order: Sequence[str] = ()) -> Merged:
    """Return the files' weeks as one report; those that cannot be read are named in its asks."""
    weeks, unread, titles = [], [], []
    for file in files:
        try:
            document = read_document(file.data, file.name)
        except Refused as problem:
            unread.append(f"읽지 못함: {file.name} - {problem.message}")
            continue
        titles.append(document.title)
        weeks += weeks_of_document(document, file.name)
    made = merged(weeks, today, order, period_of(titles, today))
    asks = (*unread, *made.asks)
    return replace(made, values={**made.values, "checks": list(asks)}, asks=asks)
