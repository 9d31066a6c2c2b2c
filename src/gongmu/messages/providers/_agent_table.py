"""How an agent's tables are called: layouts of the product, changed by the city file."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gongmu.core.errors import Refused

DEFAULT_LAYOUT = "k_message"
_FILE = Path(__file__).with_name("agent_layouts.toml")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_$]{0,62}")


@dataclass(frozen=True)
class Layout:
    """Names of an agent's tables and columns, and its words for the states of a text."""

    send_table: str
    key: str
    """Primary key of the send table, filled by us."""
    phone: str
    sender: str
    text: str
    kind: str
    sms: str | int
    lms: str | int
    send_at: str
    """When to send; local time of Seoul, without offset."""
    status: str
    waiting: str | int
    """The status that tells the agent to take the row."""
    done: tuple[str, ...]
    """States in which the result is there."""
    result: str
    delivered: tuple[str, ...]
    """Result codes of success."""
    schema: str = ""
    log_table: str = ""
    """Where finished rows go, `{month}` as YYYYMM; empty: they stay in the send table."""
    log_months: int = 12
    """How many months of log tables are looked into."""
    key_form: str = "text"
    """text: our reference as it is, when letters and digits fit `key_length`; else its hash.
    number: a number of `key_length` digits made of it."""
    key_length: int = 40
    reference: str = ""
    """A spare column for our whole reference; tells a clash of keys from a repeated one."""
    subject: str = ""
    result_at: str = ""
    also_at: tuple[str, ...] = ()
    """Further columns that get the time of the hand-over."""
    always: Mapping[str, str | int] = field(default_factory=dict)
    """Columns with one and the same value in every row."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Result code → Korean reason."""

    def key_of(self, reference: str) -> str | int:
        """Return the row's key for a reference: always the same, so that a repeat is recognised."""
        if self.key_form == "number":
            digest = int.from_bytes(hashlib.sha256(reference.encode()).digest()[:16], "big")
            # A leading 9 keeps away from sequences and dates that others of the table count with.
            room = int(10 ** (self.key_length - 1))
            return 9 * room + digest % room
        if re.fullmatch(f"[A-Za-z0-9]{{1,{self.key_length}}}", reference):
            return reference
        return hashlib.sha256(reference.encode()).hexdigest()[: self.key_length]

    def log_tables(self, today: date) -> tuple[str, ...]:
        """Return the names of the log tables from this month back, newest first."""
        if "{month}" not in self.log_table:
            return (self.log_table,) if self.log_table else ()
        months = (today.year * 12 + today.month - 1 - back for back in range(self.log_months + 1))
        stamps = (f"{month // 12:04d}{month % 12 + 1:02d}" for month in months)
        return tuple(self.log_table.replace("{month}", stamp) for stamp in stamps)


@cache
def shipped() -> Mapping[str, Mapping[str, Any]]:
    """Return the layouts of agent_layouts.toml by name, and `reasons`."""
    return MappingProxyType(tomllib.loads(_FILE.read_text("utf-8")))


def layout_of(options: Mapping[str, Any]) -> Layout:
    """Return the layout that [messages.gateway] asks for; raises Refused("city_file_invalid")."""
    name = options.get("layout", DEFAULT_LAYOUT)
    known = {key: value for key, value in shipped().items() if key != "reasons"}
    if name not in known:
        raise _invalid(f"layout '{name}'은(는) 없습니다. 있는 것: {', '.join(known)}")
    changes = options.get("table", {})
    if not isinstance(changes, Mapping):
        raise _invalid("table은 [messages.gateway.table]로 적습니다")
    data = {**known[name], **changes}
    unknown = data.keys() - {one.name for one in fields(Layout)}
    if unknown:
        raise _invalid(f"모르는 항목: {', '.join(sorted(unknown))}")
    for one in ("done", "delivered", "also_at"):
        if one in data:
            data[one] = tuple(str(value) for value in data[one])
    layout = Layout(**data)
    _check(layout)
    return replace(layout, reasons={**shipped()["reasons"], **layout.reasons})


def _check(layout: Layout) -> None:
    """Refuse names that are none; they stand in SQL, and only the city file may choose them."""
    names = [
        *(layout.send_table, layout.key, layout.phone, layout.sender, layout.text, layout.kind),
        *(layout.send_at, layout.status, layout.result, layout.schema, layout.reference),
        *(layout.subject, layout.result_at, *layout.also_at, *layout.always),
        layout.log_table.replace("{month}", "000000"),
    ]
    wrong = [one for one in names if one and not _NAME.fullmatch(one)]
    if wrong:
        raise _invalid(f"이름이 맞지 않습니다: {', '.join(wrong)}")
    if layout.key_form not in ("text", "number") or not 8 <= layout.key_length <= 64:
        raise _invalid("key_form은 text나 number, key_length는 8~64입니다")
    if layout.key_form == "number" and layout.key_length > 18:
        raise _invalid("number 열쇠의 key_length는 18까지입니다")


def _invalid(why: str) -> Refused:
    return Refused(
        "city_file_invalid",
        f"도시 파일의 [messages.gateway]가 맞지 않습니다: {why}.",
        "docs/operator-messages.md의 에이전트 표를 보고 고치세요.",
    )
