"""Personal data at rest: grants sealed whole, found again only through keyed hashes."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from gongmu.core.vault import Vault
from gongmu.relief.grant import CoOwner, Grant

_DATES = frozenset({"filed_on", "acquired_on", "registered_on"})
_FRACTIONS = frozenset({"rate", "relief_rate", "share"})


class Lookup(StrEnum):
    """By what a person on the phone can be found; the value is the word on the screen."""

    PHONE = "휴대전화"
    PLATE = "차량번호"
    TAX_NUMBER = "과세번호"
    PERSON = "사람"
    """The keyed hash of the resident number, as lists of moves and sales carry it."""


class Seals:
    """Seals and opens what names a person, each piece bound to what it belongs to."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._lookup_key = vault.derived_key("relief.lookup")
        self._person_key = vault.derived_key("relief.person")

    def seal_grant(self, grant: Grant) -> bytes:
        """Return the whole grant, sealed for its own id."""
        return self.seal_text(_grant_json(grant), f"relief.grant:{grant.grant_id}")

    def open_grant(self, sealed: bytes, grant_id: str) -> Grant:
        """Return a sealed grant; raises Refused("seal_broken")."""
        return _grant_of(json.loads(self.open_text(sealed, f"relief.grant:{grant_id}")))

    def seal_text(self, text: str, purpose: str) -> bytes:
        """Return a text sealed for one purpose."""
        return self._vault.seal(text.encode(), purpose)

    def open_text(self, sealed: bytes | None, purpose: str) -> str:
        """Return a sealed text, '' when there is none; raises Refused("seal_broken")."""
        return self._vault.unseal(sealed, purpose).decode() if sealed else ""

    def seal_facts(self, facts: Mapping[str, Any], purpose: str) -> bytes:
        """Return facts (as JSON) sealed for one purpose."""
        return self.seal_text(json.dumps(facts, ensure_ascii=False), purpose)

    def open_facts(self, sealed: bytes | None, purpose: str) -> dict[str, Any]:
        """Return sealed facts, {} when there are none."""
        text = self.open_text(sealed, purpose)
        found: dict[str, Any] = json.loads(text) if text else {}
        return found

    def person_key(self, number: str) -> str:
        """Return the keyed hash of a resident or corporate number, which itself is not kept."""
        digits = re.sub(r"\D", "", number)
        return self._keyed(self._person_key, digits) if digits else ""

    def lookup(self, kind: Lookup, value: str) -> str:
        """Return the keyed hash under which a value is found, '' when the value says nothing."""
        plain = _normal(kind, value)
        return self._keyed(self._lookup_key, f"{kind.name}:{plain}") if plain else ""

    def lookups(self, grant: Grant) -> set[tuple[str, str]]:
        """Return (kind, hash) of everything by which a grant can be found."""
        pairs = [
            (Lookup.PHONE, grant.phone),
            (Lookup.PLATE, grant.plate),
            (Lookup.PLATE, grant.previous_plate),
            (Lookup.TAX_NUMBER, grant.tax_number),
            (Lookup.PERSON, grant.person_key),
            *((Lookup.PERSON, owner.person_key) for owner in grant.co_owners),
        ]
        return {(kind.name, found) for kind, value in pairs if (found := self.lookup(kind, value))}

    def fingerprint(self, grant: Grant) -> str:
        """Return a keyed hash of what a grant says, wherever in a file it stood."""
        return self._keyed(self._lookup_key, _grant_json(replace(grant, row_number=0)))

    def keyed(self, *parts: str) -> str:
        """Return a keyed hash of some texts, as 64 hex digits."""
        return self._keyed(self._lookup_key, "\0".join(parts))

    @staticmethod
    def _keyed(key: bytes, text: str) -> str:
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def changed_fields(old: Grant, new: Grant) -> tuple[str, ...]:
    """Return the names of the fields in which two versions of a grant differ."""
    names: Iterable[str] = (item.name for item in fields(Grant) if item.name != "row_number")
    return tuple(name for name in names if getattr(old, name) != getattr(new, name))


def _normal(kind: Lookup, value: str) -> str:
    text = unicodedata.normalize("NFC", value)
    if kind is Lookup.PHONE:
        return re.sub(r"\D", "", text)
    return re.sub(r"[\s-]", "", text)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, tuple):
        return [_plain(vars(item)) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value


def _grant_json(grant: Grant) -> str:
    return json.dumps(_plain(vars(grant)), ensure_ascii=False, sort_keys=True)


def _typed(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _DATES:
        return date.fromisoformat(value)
    if name in _FRACTIONS:
        return Fraction(value)
    return value


def _grant_of(plain: Mapping[str, Any]) -> Grant:
    known = {item.name for item in fields(Grant)} - {"co_owners"}
    values = {name: _typed(name, value) for name, value in plain.items() if name in known}
    owners = tuple(
        CoOwner(**{name: _typed(name, value) for name, value in owner.items()})
        for owner in plain.get("co_owners", [])
    )
    return Grant(**values, co_owners=owners)
