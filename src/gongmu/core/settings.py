"""What an operator may set, read from GONGMU_* variables; the environment's only reader."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from gongmu.core.errors import Refused


def _default_home() -> Path:
    return Path(platformdirs.user_data_dir("gongmu", appauthor=False))


class Settings(BaseSettings):
    """One installation's settings; each field is `GONGMU_<FIELD>` in the environment."""

    model_config = SettingsConfigDict(env_prefix="GONGMU_", frozen=True, extra="ignore")

    home: Path = Field(default_factory=_default_home)
    """Folder of the database, the files and the warehouse."""
    database_url: str = ""
    """Empty: SQLite in `home`; otherwise postgresql+psycopg://..."""
    city: str = "practice"
    browser: Path | None = None
    browser_visible: bool = False
    """Show the robots' browser, for a person who completes a certificate step there."""
    key_store: Literal["file", "keyring"] = "file"
    bms_address: str = ""
    """Overrides the city file's address of the BMS portal."""
    card_address: str = ""
    """Overrides the city file's address of the card settlement portal."""
    tax_address: str = ""
    """Overrides the city file's address of the local-tax system."""
    gateway_address: str = ""
    """Overrides the city file's address of the message gateway."""
    relief_at: str = "0 7 * * 1"
    """Cron time, Seoul, at which the week's relief notices are put together (Monday 07:00)."""
    message_hours: str = ""
    """Overrides the city file's sending hours, e.g. 09:00-18:00; never widens past 08:00-21:00."""
    model_address: str = ""
    """An OpenAI-compatible endpoint (".../v1"); put before the city file's models."""
    model_name: str = ""
    model_secret: str = ""
    """Name of the vault entry that holds its key; empty = it asks for none."""
    model_internal: bool = False
    """Whether that endpoint stands inside the city's network, so that class S may go to it."""
    embedding_address: str = ""
    """Overrides the city file's embeddings endpoint."""
    embedding_name: str = ""
    speech_address: str = ""
    """Overrides the city file's speech-to-text endpoint."""
    statute_address: str = ""
    """Overrides the address of the national law API."""
    learn_at: str = "20 2 * * *"
    """Cron time, Seoul, at which watched folders are learnt again."""
    site_attempts: int = 7
    """How often a step tries a site that is down before it gives up."""
    site_wait_seconds: float = 20.0
    """The wait before the second try; each further one is twice as long (in all 21 minutes)."""
    late_wait_seconds: float = 1800.0
    """How long a run waits before it looks again for files that are not there yet."""
    late_looks: int = 24
    """How often it looks before a person has to."""
    nightly_at: str = "40 5 * * *"
    """Cron time, Seoul, of the run for the service day that ended at 04:00."""
    host: str = "127.0.0.1"
    port: int = 8600
    worker: str = "worker-1"
    """Name of this process among the workers; unique per live process."""

    @property
    def url(self) -> str:
        """Return the SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{(self.home / 'gongmu.sqlite').as_posix()}"

    @property
    def warehouse(self) -> Path:
        """Return the folder of the published Parquet partitions."""
        return self.home / "warehouse"

    @property
    def staging(self) -> Path:
        """Return the folder of files already read, one folder per content hash."""
        return self.home / "staging"


def load_settings() -> Settings:
    """Return the settings of this process and make sure the home folder exists (owner only).

    Raises Refused: settings_invalid naming the variables, home_unwritable.
    """
    try:
        settings = Settings()
    except ValidationError as problem:
        wrong = ", ".join(f"GONGMU_{error['loc'][0]}".upper() for error in problem.errors())
        raise Refused(
            "settings_invalid",
            f"설정값이 맞지 않습니다: {wrong}",
            "docs/operator.md의 설정 표를 보고 환경변수를 고치세요.",
        ) from None
    try:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as problem:
        raise Refused(
            "home_unwritable",
            f"자료 폴더를 만들 수 없습니다: {settings.home}",
            "GONGMU_HOME에 쓸 수 있는 폴더를 주세요.",
        ) from problem
    return settings
