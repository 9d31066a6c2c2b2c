"""Two versions of a law side by side: 신·구조문 대비표."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from gongmu.bots.pages.ground import Ground
from gongmu.bots.pages.law_text import law_address
from gongmu.bots.statutes.compare import compare
from gongmu.bots.statutes.store import Statutes, VersionRow
from gongmu.core.values import korean_date
from gongmu.portal.problems import said

Key = Annotated[str, Query(max_length=200)]


def compare_routes(router: APIRouter, ground: Ground) -> None:
    """Add the table of two versions."""
    statutes = Statutes(ground.house.engine, ground.index, ground.house.clock)

    @router.get("/law/compare")
    def two_versions(
        request: Request,
        name: Annotated[str, Query(max_length=300)] = "",
        old: Key = "",
        new: Key = "",
    ) -> Response:
        ground.enter(request)
        rows = statutes.versions(name)
        if not rows:
            raise said(404)
        keys = [one.version_key for one in rows]
        new = new if new in keys else keys[-1]
        old = old if old in keys else keys[max(0, keys.index(new) - 1)]
        before, after = statutes.version(old), statutes.version(new)
        if before is None or after is None:
            raise said(404)
        titles = {one.version_key: _title(one) for one in rows}
        return ground.show(
            request,
            "bots_law_compare.html",
            title=f"{after.name} 신·구조문 대비표",
            name=after.name,
            choices=list(titles.items()),
            old=old,
            new=new,
            old_title=titles[old],
            new_title=titles[new],
            new_on=after.starts_on,
            rows=compare(before, after) if old != new else [],
            law_address=law_address,
        )


def _title(row: VersionRow) -> str:
    number = f" 제{row.promulgation_number}호" if row.promulgation_number else ""
    return f"{korean_date(row.starts_on)} 시행{number}"
