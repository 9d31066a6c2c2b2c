"""What a city's [messages] section means: hours, sender numbers, gateway, prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from gongmu.core.city import City
from gongmu.core.errors import Refused
from gongmu.core.settings import Settings
from gongmu.messages.hours import Hours, parse_hours
from gongmu.messages.message import Prices, sender_digits
from gongmu.messages.provider import Provider, all_providers

_NEEDED = {"senders", "sender", "gateway"}
_KNOWN = _NEEDED | {"hours", "closed_on", "test_numbers_per_day", "forbidden"}
_GATEWAY_NEEDED = {"provider", "certificate", "sms_won", "lms_won"}
_GATEWAY_OWN = _GATEWAY_NEEDED | {"address", "timeout_seconds", "per_second", "lanes", "batch_size"}


@dataclass(frozen=True)
class Gateway:
    """How texts leave the house; `options` is what only the provider's own file understands."""

    provider: Provider
    certificate: str
    """전송자격인증: the reseller's number and the day it was checked."""
    prices: Prices
    address: str
    timeout_seconds: float = 10.0
    per_second: float = 0.0
    """Texts a second from this process, all its connections together."""
    lanes: int = 8
    """Connections at a time."""
    batch_size: int = 1
    """Parcels in one request, at most what the provider takes."""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class MessageOffice:
    """The [messages] section, checked."""

    hours: Hours
    senders: tuple[str, ...]
    sender: str
    gateway: Gateway
    test_numbers_per_day: int = 5
    forbidden: tuple[str, ...] = ()
    """Words that no text of this city may hold."""


def load_office(city: City, settings: Settings) -> MessageOffice:
    """Return the city's [messages] section; raises Refused city_file_invalid."""
    section = city.messages
    _check_names(city, "messages", section, _NEEDED, _KNOWN)
    try:
        return _office(city, section, settings)
    except Refused as problem:
        if problem.code == "city_file_invalid":
            raise
        raise _invalid(city, problem.message.rstrip(".")) from problem
    except (TypeError, ValueError, ZeroDivisionError) as problem:
        raise _invalid(city, "[messages]의 값을 읽을 수 없습니다") from problem


def _office(city: City, section: Mapping[str, Any], settings: Settings) -> MessageOffice:
    given = settings.message_hours or section.get("hours", "09:00-18:00")
    hours = parse_hours(given, city.closed_on)
    senders = tuple(section["senders"])
    tests = int(section.get("test_numbers_per_day", 5))
    if tests < 0:
        raise _invalid(city, "test_numbers_per_day는 0 이상이어야 합니다")
    return MessageOffice(
        hours=hours,
        senders=tuple(sender_digits(number, senders) for number in senders),
        sender=sender_digits(section["sender"], senders),
        gateway=_gateway(city, section["gateway"], settings),
        test_numbers_per_day=tests,
        forbidden=tuple(section.get("forbidden", ())),
    )


def _gateway(city: City, section: Mapping[str, Any], settings: Settings) -> Gateway:
    known = _GATEWAY_OWN | set(section)  # what is left belongs to the provider
    _check_names(city, "messages.gateway", section, _GATEWAY_NEEDED, known)
    provider = all_providers().get(section["provider"])
    if provider is None:
        raise _invalid(city, f"'{section['provider']}' 중계사가 없습니다")
    prices = Prices(_won(city, section, "sms_won"), _won(city, section, "lms_won"))
    per_second = float(section.get("per_second", provider.per_second))
    lanes, timeout = int(section.get("lanes", 8)), float(section.get("timeout_seconds", 10.0))
    batch_size = min(int(section.get("batch_size", provider.batch_size)), provider.batch_size)
    if per_second <= 0 or lanes < 1 or timeout <= 0 or batch_size < 1:
        raise _invalid(city, "per_second, lanes, batch_size, timeout_seconds는 0보다 커야 합니다")
    return Gateway(
        provider=provider,
        certificate=str(section["certificate"]),
        prices=prices,
        address=settings.gateway_address or section.get("address", "") or provider.default_address,
        timeout_seconds=timeout,
        per_second=per_second,
        lanes=lanes,
        batch_size=batch_size,
        options={name: value for name, value in section.items() if name not in _GATEWAY_OWN},
    )


def _won(city: City, section: Mapping[str, Any], name: str) -> Fraction:
    # Written as text, "9.9", so that no binary fraction comes between.
    value = section[name]
    if not isinstance(value, str | int) or isinstance(value, bool) or Fraction(value) < 0:
        raise _invalid(city, f'{name}은 "9.0"처럼 따옴표 안에 적습니다')
    return Fraction(value)


def _check_names(
    city: City, where: str, section: Mapping[str, Any], needed: set[str], known: set[str]
) -> None:
    if unknown := sorted(section.keys() - known):
        raise _invalid(city, f"모르는 항목이 있습니다({where}): {', '.join(unknown)}")
    if missing := sorted(needed - section.keys()):
        raise _invalid(city, f"빠진 항목이 있습니다({where}): {', '.join(missing)}")


def _invalid(city: City, why: str) -> Refused:
    return Refused(
        "city_file_invalid",
        f"도시 파일 {city.code}.toml: {why}.",
        "파일을 고친 뒤 다시 시작하세요.",
    )
