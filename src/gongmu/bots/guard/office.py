"""What a city's [bots] section means: endpoints, prices, quotas, whom to ask, others' tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from gongmu.bots.passages import DataClass
from gongmu.core.errors import Refused

if TYPE_CHECKING:
    from gongmu.core.city import City
    from gongmu.core.house import House
    from gongmu.core.settings import Settings

T = TypeVar("T")

_KNOWN = {"ask", "keep_days", "models", "embeddings", "speech", "quotas", "mcp", "forbidden"}
_KNOWN |= {"public_phones"}


@dataclass(frozen=True)
class Endpoint:
    """An outside address that words may be sent to; prices in won for a million tokens.

    `secret` names the vault's entry that holds its key; empty = it asks for none. `internal`:
    the city has put down that it stands inside its own network, so class S may go there.
    """

    code: str
    address: str
    name: str = ""
    internal: bool = False
    secret: str = ""
    won_per_million_in: Fraction = Fraction(0)
    won_per_million_out: Fraction = Fraction(0)
    timeout_seconds: float = 60.0
    tool_calls: bool = True
    json_schema: bool = True

    def cost_won(self, tokens_in: int, tokens_out: int) -> Fraction:
        """Return what these tokens cost, in won, exact."""
        parts = self.won_per_million_in * tokens_in + self.won_per_million_out * tokens_out
        return parts / 1_000_000


@dataclass(frozen=True)
class Quotas:
    """Limits by person and department; None = no limit."""

    person_won_a_month: int | None = None
    person_questions_a_day: int | None = None
    department_won_a_month: int | None = None


@dataclass(frozen=True)
class OtherTools:
    """Another body's MCP server and the tools of it that may be called."""

    code: str
    tools: tuple[str, ...]
    address: str = ""
    command: tuple[str, ...] = ()
    internal: bool = False
    secret: str = ""
    timeout_seconds: float = 20.0
    data_class: DataClass = DataClass.OPEN
    """Class of what its tools answer."""


@dataclass(frozen=True)
class BotsOffice:
    """The [bots] section, checked; `models` in the order they are tried."""

    models: tuple[Endpoint, ...] = ()
    embeddings: Endpoint | None = None
    speech: Endpoint | None = None
    quotas: Quotas = Quotas()
    ask: Mapping[str, str] = field(default_factory=dict)
    """Department → whom to ask there, shown with a refusal."""
    mcp: tuple[OtherTools, ...] = ()
    keep_days: int = 365
    """How long conversations are kept."""
    public_phones: frozenset[str] = frozenset()
    """Telephones (digits) that the city publishes; they are never masked."""
    forbidden: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The city's own forbidden words by the class they belong to (C or S)."""

    def whom_to_ask(self, department: str) -> str:
        """Return whom a person may ask when a desk of `department` refuses."""
        if told := self.ask.get(department):
            return f"{department}({told})"
        return department or "담당 부서"


def bots_office(house: House) -> BotsOffice:
    """Return the city's [bots] section with the settings put before it.

    Raises Refused city_file_invalid, settings_invalid.
    """
    return load_bots_office(house.city, house.settings)


def load_bots_office(city: City, settings: Settings) -> BotsOffice:
    """Return the [bots] section of `city` with `settings` put before it; raises as above."""
    section = city.bots
    wrong = partial(_wrong, city)
    if unknown := sorted(set(section) - _KNOWN):
        raise wrong(f"[bots]에 모르는 항목이 있습니다: {', '.join(unknown)}")
    try:
        return _office(section, settings, city)
    except (TypeError, ValueError, ZeroDivisionError, AttributeError):
        raise wrong("[bots]의 값을 읽을 수 없습니다") from None


def _office(section: Mapping[str, Any], settings: Settings, city: City) -> BotsOffice:
    own = () if not settings.model_address else (_own_model(settings, city),)
    models = own + tuple(_endpoint(city, "models", raw) for raw in section.get("models", ()))
    codes = [model.code for model in models]
    if len(codes) != len(set(codes)):
        raise _wrong(city, "[[bots.models]]의 code가 겹칩니다")
    if missing := [model.code for model in models if not model.name]:
        raise _wrong(city, f"[[bots.models]] {missing[0]}에 name이 없습니다")
    keep_days = int(section.get("keep_days", 365))
    if keep_days < 1:
        raise _wrong(city, "[bots] keep_days는 1 이상이어야 합니다")
    ask = {str(key): str(value) for key, value in section.get("ask", {}).items()}
    phones = (*ask.values(), *map(str, section.get("public_phones", ())))
    phones += (str(city.relief.get("phone", "")),)
    return BotsOffice(
        models=models,
        embeddings=_one_endpoint(
            city, section, "embeddings", settings.embedding_address, settings.embedding_name
        ),
        speech=_one_endpoint(city, section, "speech", settings.speech_address, ""),
        quotas=_quotas(city, section.get("quotas", {})),
        ask=ask,
        mcp=tuple(_other(city, raw) for raw in section.get("mcp", ())),
        keep_days=keep_days,
        public_phones=frozenset(filter(None, map(_phone_digits, phones))),
        forbidden=_forbidden(city, section.get("forbidden", {})),
    )


def _own_model(settings: Settings, city: City) -> Endpoint:
    if not settings.model_name:
        raise Refused(
            "settings_invalid",
            "GONGMU_MODEL_ADDRESS만 있고 GONGMU_MODEL_NAME이 없습니다.",
            "GONGMU_MODEL_NAME에 모델 이름을 적으세요.",
        )
    return _checked(
        city,
        Endpoint(
            code="settings",
            address=settings.model_address,
            name=settings.model_name,
            internal=settings.model_internal,
            secret=settings.model_secret,
        ),
    )


def _one_endpoint(
    city: City, section: Mapping[str, Any], name: str, address: str, model: str
) -> Endpoint | None:
    raw = dict(section.get(name, {}))
    if address:
        # An address of the operator's own does not inherit the city's word on where it stands.
        raw = {"address": address, "name": model or raw.get("name", "")} | (
            {"internal": raw["internal"], "secret": raw.get("secret", "")}
            if raw.get("address") == address and "internal" in raw
            else {"internal": _is_loopback(address)}
        )
    return _endpoint(city, name, {"code": name} | raw) if raw else None


def _is_loopback(address: str) -> bool:
    return urlsplit(address).hostname in ("127.0.0.1", "::1", "localhost")


def _endpoint(city: City, where: str, raw: Mapping[str, Any]) -> Endpoint:
    made = _record(city, f"bots.{where}", Endpoint, raw)
    for name in ("won_per_million_in", "won_per_million_out"):
        price = getattr(made, name)
        if isinstance(price, float | bool) or Fraction(price) < 0:
            raise _wrong(city, f'[bots.{where}] {name}은 0 이상의 정수나 "0.5" 꼴로 적으세요')
    return _checked(
        city,
        replace(
            made,
            won_per_million_in=Fraction(made.won_per_million_in),
            won_per_million_out=Fraction(made.won_per_million_out),
            timeout_seconds=float(made.timeout_seconds),
        ),
    )


def _checked(city: City, endpoint: Endpoint) -> Endpoint:
    _check_address(city, endpoint.code, endpoint.address, endpoint.internal)
    if not isinstance(endpoint.internal, bool):
        raise _wrong(city, f"[bots] {endpoint.code}의 internal은 true나 false입니다")
    if endpoint.timeout_seconds <= 0:
        raise _wrong(city, f"[bots] {endpoint.code}의 timeout_seconds는 0보다 커야 합니다")
    return endpoint


def _check_address(city: City, code: str, address: str, internal: bool) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _wrong(city, f"[bots] {code}의 address는 http(s)://로 시작해야 합니다")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise _wrong(city, f"[bots] {code}의 address에는 비밀값이나 ?, #를 적지 않습니다")
    if parts.scheme == "http" and not internal and not _is_loopback(address):
        raise _wrong(city, f"[bots] {code}는 바깥 주소이므로 https여야 합니다")


def _quotas(city: City, raw: Mapping[str, Any]) -> Quotas:
    made = _record(city, "bots.quotas", Quotas, raw)
    for name, value in vars(made).items():
        if value is not None and (not isinstance(value, int) or value < 0):
            raise _wrong(city, f"[bots.quotas] {name}은 0 이상의 정수입니다")
    return made


def _other(city: City, raw: Mapping[str, Any]) -> OtherTools:
    made = _record(city, "bots.mcp", OtherTools, raw)
    if bool(made.address) == bool(made.command):
        raise _wrong(city, f"[[bots.mcp]] {made.code}에는 address나 command 하나만 적으세요")
    if made.address:
        _check_address(city, made.code, made.address, made.internal)
    if made.data_class not in tuple(DataClass):
        raise _wrong(city, f"[[bots.mcp]] {made.code}의 data_class는 O, S, C 가운데 하나입니다")
    made = replace(made, data_class=DataClass(made.data_class))
    if not made.tools:
        raise _wrong(city, f"[[bots.mcp]] {made.code}의 tools에 부를 도구를 적으세요")
    return made


def _forbidden(city: City, raw: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    if unknown := sorted(set(raw) - {"C", "S"}):
        raise _wrong(city, f"[bots.forbidden]의 등급은 C나 S입니다: {', '.join(unknown)}")
    return {name: tuple(map(str, words)) for name, words in raw.items()}


def _record(city: City, where: str, kind: type[T], raw: Mapping[str, Any]) -> T:
    known = {item.name: item for item in fields(kind)}  # type: ignore[arg-type]
    if unknown := sorted(set(raw) - set(known)):
        raise _wrong(city, f"[{where}]에 모르는 항목이 있습니다: {', '.join(unknown)}")
    needed = {n for n, i in known.items() if i.default is MISSING and i.default_factory is MISSING}
    if missing := sorted(needed - set(raw)):
        raise _wrong(city, f"[{where}]에 빠진 항목이 있습니다: {', '.join(missing)}")
    return kind(**{key: _frozen(value) for key, value in raw.items()})


def _frozen(value: Any) -> Any:
    return (
        tuple(map(str, value))
        if isinstance(value, Sequence) and not isinstance(value, str)
        else value
    )


def _phone_digits(words: str) -> str:
    import re

    found = re.search(r"0\d{1,2}[-. )]?\d{3,4}[-. ]?\d{4}|1[5-8]\d{2}-?\d{4}", words)
    return re.sub(r"\D", "", found[0]) if found else ""


def _wrong(city: City, why: str) -> Refused:
    return Refused(
        "city_file_invalid",
        f"도시 파일 {city.code}.toml: {why}.",
        "파일을 고친 뒤 다시 시작하세요.",
    )
