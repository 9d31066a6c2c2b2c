"""Keys and secrets: AES-256-GCM under one master key kept in the OS keyring or a key file.

A secret's value is never printed: `Secret` shows dots wherever it is formatted.
"""

from __future__ import annotations

import base64
import contextlib
import os
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gongmu.core.clock import Clock, system_clock
from gongmu.core.database import Instant, metadata
from gongmu.core.errors import Refused
from gongmu.core.settings import Settings

KEY_FILE = "master.key"
_NONCE_BYTES = 12

secret_table = sa.Table(
    "secret",
    metadata,
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("set_at", Instant, nullable=False),
    sa.Column("set_by", sa.String(100), nullable=False),
)


class Secret:
    """A value that shows itself only through `reveal()`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value; call it only where it is typed in."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(••••)"

    def __str__(self) -> str:
        return "••••"

    def __format__(self, _spec: str) -> str:
        return "••••"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")


@dataclass(frozen=True)
class SecretInfo:
    """What may be shown of a secret: its name, when it was set and by whom."""

    name: str
    set_at: datetime
    set_by: str


class Vault:
    """Seals bytes and keeps named secrets; `engine` holds the sealed rows, never the key."""

    def __init__(self, engine: sa.Engine, key: bytes, clock: Clock = system_clock) -> None:
        if len(key) != 32:
            raise Refused(
                "key_broken",
                "암호 열쇠의 길이가 맞지 않습니다.",
                "백업한 열쇠 파일을 되돌려 놓으세요.",
            )
        self._engine = engine
        self._key = key
        self._clock = clock

    @classmethod
    def open(cls, settings: Settings, engine: sa.Engine, clock: Clock = system_clock) -> Vault:
        """Return the installation's vault, making its master key the first time."""
        load = _keyring_key if settings.key_store == "keyring" else _file_key
        return cls(engine, load(settings), clock)

    def derived_key(self, purpose: str) -> bytes:
        """Return 32 bytes for one purpose (HKDF-SHA256, RFC 5869)."""
        return HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(self._key)

    def seal(self, data: bytes, purpose: str) -> bytes:
        """Return nonce and ciphertext of `data`, bound to `purpose`."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self.derived_key("seal")).encrypt(nonce, data, purpose.encode())

    def unseal(self, sealed: bytes, purpose: str) -> bytes:
        """Return what was sealed for `purpose`; raises Refused if key, purpose or bytes differ."""
        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return AESGCM(self.derived_key("seal")).decrypt(nonce, body, purpose.encode())
        except (InvalidTag, ValueError) as error:
            raise Refused(
                "seal_broken",
                "잠가 둔 자료를 열 수 없습니다(열쇠가 다르거나 내용이 바뀌었습니다).",
                "이 설치의 열쇠를 되돌려 놓은 뒤 다시 하세요.",
            ) from error

    def put_secret(self, name: str, value: str, by: str) -> None:
        """Store or replace a named secret."""
        row = {
            "sealed": self.seal(value.encode(), f"secret:{name}"),
            "set_at": self._clock(),
            "set_by": by,
        }
        with self._engine.begin() as connection:
            done = connection.execute(
                secret_table.update().where(secret_table.c.name == name).values(row)
            )
            if not done.rowcount:
                connection.execute(secret_table.insert().values(name=name, **row))

    def secret(self, name: str) -> Secret:
        """Return a named secret; raises Refused when nobody has set it."""
        with self._engine.connect() as connection:
            sealed = connection.scalar(
                sa.select(secret_table.c.sealed).where(secret_table.c.name == name)
            )
        if sealed is None:
            raise Refused(
                "secret_missing",
                f"비밀값 '{name}'이(가) 등록되어 있지 않습니다.",
                f"gongmu secrets set {name} 으로 등록하세요.",
            )
        return Secret(self.unseal(sealed, f"secret:{name}").decode())

    def secret_names(self) -> list[SecretInfo]:
        """Return name, time and setter of every secret, never a value."""
        columns = (secret_table.c.name, secret_table.c.set_at, secret_table.c.set_by)
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(*columns).order_by(secret_table.c.name))
            return [SecretInfo(*row) for row in rows]


def _file_key(settings: Settings) -> bytes:
    path = settings.home / KEY_FILE
    # Two processes may start at once: only one creates the file, both read it.
    with contextlib.suppress(FileExistsError):
        draft = path.with_name(f"{KEY_FILE}.{os.getpid()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64encode(os.urandom(32)))
            file.flush()
            os.fsync(file.fileno())
        try:
            if not path.exists():
                os.link(draft, path)
        finally:
            draft.unlink()
    return base64.b64decode(path.read_bytes())


def _keyring_key(settings: Settings) -> bytes:
    import keyring
    from keyring.errors import KeyringError

    account = str(settings.home)
    try:
        kept = keyring.get_password("gongmu", account)
        if kept is None:
            kept = base64.b64encode(os.urandom(32)).decode()
            keyring.set_password("gongmu", account, kept)
    except KeyringError as error:
        raise Refused(
            "keyring_absent",
            "이 컴퓨터에서 운영체제 열쇠고리를 쓸 수 없습니다.",
            "GONGMU_KEY_STORE=file 로 열쇠 파일을 쓰세요.",
        ) from error
    return base64.b64decode(kept)
