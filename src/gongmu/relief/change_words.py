"""Reads a change of the law's values as an officer writes it: 전기자동차.한도 = 100만원."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from gongmu.core.values import parse_day
from gongmu.relief.parameters import Blocks

_KEYS: Mapping[str, str] = {
    "전기차": "ev_66_4",
    "ev": "ev_66_4",
    "수소차": "hydrogen_66_5",
    "수소전기차": "hydrogen_66_5",
    "하이브리드": "hybrid_66_3",
    "다자녀": "multichild_22_2",
    "장애인": "disabled_17",
    "국가유공자": "veteran_29_4",
    "경차": "light_67_1",
    "경형승용": "light_67_1",
    "매매용": "dealer_68_1",
    "세율": "acquisition_rate",
    "최소납부": "minimum_tax",
}
_VALUES: Mapping[str, tuple[str, ...]] = {
    "한도": ("cap_won",),
    "cap": ("cap_won",),
    "끝": ("last_on",),
    "끝나는날": ("last_on",),
    "종료일": ("last_on",),
    "일몰": ("last_on",),
    "일몰일": ("last_on",),
    "마지막날": ("last_on",),
    "첫날": ("first_on",),
    "시행일": ("first_on",),
    "감면율": ("rate",),
    "비율": ("rate",),
    "의무기간": ("clawback_years",),
    "추징기간": ("clawback_years",),
    "대체취득기한": ("replacement_days",),
    "3자녀한도": ("three_plus_cap_won",),
    "세자녀한도": ("three_plus_cap_won",),
    "2자녀한도": ("two_cap_won",),
    "두자녀한도": ("two_cap_won",),
    "2자녀감면율": ("two_rate",),
    "두자녀감면율": ("two_rate",),
    "자녀나이": ("child_age",),
    "기준금액": ("over_won",),
}
_AMOUNT = re.compile(
    r"(?:만\s*)?(\d[\d,_]*(?:\.\d+)?)\s*(억|천만|백만|십만|만|천)?\s*(?:원|년|일|명|세|살|cc|kg)?",
    re.IGNORECASE,
)
_TIMES = {"": 1, "천": 10**3, "만": 10**4, "십만": 10**5, "백만": 10**6, "천만": 10**7, "억": 10**8}
_RATE = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s*%")


def key_of(said: str, blocks: Blocks) -> str:
    """Return the key of a relief named by key, Korean title or usual short name."""
    bare = "".join(said.split())
    for key, versions in blocks.items():
        if bare in (key, "".join(versions[0].title.split())):
            return key
    return _KEYS.get(bare.lower(), bare)


def value_name_of(said: str, known: Collection[str]) -> str:
    """Return the name of a value: itself, or the one of `known` that a Korean word stands for."""
    bare = "".join(said.split())
    if bare in known:
        return bare
    fitting = [name for name in _VALUES.get(bare.lower(), ()) if name in known]
    return fitting[0] if len(fitting) == 1 else bare


def written_value(kind: type, value: Any) -> Any:
    """Return 100만원, 30%, 2026. 6. 30. as `value_of` reads them; anything else unchanged."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if kind is int and (found := _AMOUNT.fullmatch(text)):
        won = Fraction(found[1].replace(",", "").replace("_", "")) * _TIMES[found[2] or ""]
        return int(won) if won.denominator == 1 else value
    if kind is Fraction and (found := _RATE.fullmatch(text)):
        return str(Fraction(found[1]) / 100)
    if kind is date:
        try:
            return parse_day(text).isoformat()
        except ValueError:
            return value
    return value


def out_of_range(name: str, typed: Any) -> str:
    """Return in Korean why a value cannot be; '' when it can."""
    if isinstance(typed, bool):
        return ""
    if isinstance(typed, int) and typed < 0:
        return "0보다 작을 수 없습니다"
    if isinstance(typed, Fraction) and not 0 <= typed <= 1:
        return "비율은 0과 1 사이여야 합니다(30%, 0.3, 3/10)"
    return ""
