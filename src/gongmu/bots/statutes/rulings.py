"""Reads the JSON of judgments (prec) and interpretations (expc) of the national law service.

Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from gongmu.bots.statutes.drf_values import day_of, text_of, unreadable
from gongmu.bots.statutes.law import Ruling

_PREC_PARTS = ("판시사항", "판결요지", "참조조문", "참조판례", "판례내용")
_EXPC_PARTS = ("질의요지", "회답", "이유", "관련법령")


def parse_ruling(data: Mapping[str, Any], source: str = "") -> Ruling:
    """Return the judgment or interpretation of a lawService answer; raises Refused."""
    if isinstance(body := data.get("PrecService"), Mapping):
        return Ruling(
            ruling_id=text_of(body.get("판례정보일련번호") or body.get("판례일련번호")),
            interpretation=False,
            title=text_of(body.get("사건명")),
            number=text_of(body.get("사건번호")),
            by=text_of(body.get("법원명")),
            decided_on=day_of(body.get("선고일자")),
            parts=_parts(body, _PREC_PARTS),
        )
    if isinstance(body := data.get("ExpcService"), Mapping):
        return Ruling(
            ruling_id=text_of(body.get("법령해석례일련번호")),
            interpretation=True,
            title=text_of(body.get("안건명")),
            number=text_of(body.get("안건번호")),
            by=text_of(body.get("해석기관명")),
            decided_on=day_of(body.get("해석일자") or body.get("회신일자")),
            parts=_parts(body, _EXPC_PARTS),
        )
    raise unreadable(source, "판례나 해석례 본문이 없습니다")


def _parts(body: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    found = {name: _plain(text_of(body.get(name))) for name in names}
    return {name: text for name, text in found.items() if text}


def _plain(text: str) -> str:
    # Judgments come with <br/> inside.
    return text_of(re.sub(r"<br\s*/?>", "\n", text))
