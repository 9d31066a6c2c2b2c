"""Shared ground for tests: a home, both databases, and the real files where they are."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from gongmu.__main__ import main
from gongmu.core.audit import Audit
from gongmu.core.database import open_database, upgrade
from gongmu.core.files import FileStore
from gongmu.core.runs import Runs
from gongmu.core.settings import Settings
from gongmu.core.vault import Vault
from gongmu.core.workflow import prepare

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared"
WHOLE_WORK = {"test_notice_run.py", "test_folder_run.py", "test_vendors.py", "test_watch.py"}
WHOLE_WORK |= {"test_answers_others.py", "test_mcp.py", "test_command_line.py", "test_library.py"}
"""Files of tests that each run a whole day or week of work, or other programs."""
LONGEST = {"test_whole.py", *WHOLE_WORK, "test_bot_browser.py", "test_relief_browser.py"}


Call = Callable[..., tuple[int, str]]
"""Runs a command within the test's process; gives its exit code and what it printed."""


def shared(*parts: str) -> Path:
    """Return a real file, or skip the test saying which one is absent."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"real file not on this machine: {'/'.join(parts)}")
    return path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to the full run what a quick one already tries on SQLite, and whole weeks of work.

    The longest files go first, so that no worker is left alone with one at the end.
    """
    items.sort(key=lambda item: item.path.name not in LONGEST)
    for item in items:
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        if "postgresql" in parameters.values() or item.path.name in WHOLE_WORK:
            item.add_marker(pytest.mark.slow)


class Ticking:
    """A clock that a test holds: starts on 2026-11-22 09:00 in Seoul, moves only when told."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **how: float) -> None:
        """Let time go by: `pass_(minutes=5)`."""
        self.now += timedelta(**how)


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


def _postgres_tools() -> Path | None:
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return Path(found).parent if found else folders[-1].parent if folders else None


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A throw-away PostgreSQL on a socket of its own; skips where there is no server program."""
    if given := os.environ.get("GONGMU_TEST_POSTGRES"):
        yield given
        return
    tools = _postgres_tools()
    if tools is None:
        pytest.skip("no PostgreSQL server program (initdb) on this machine")
    folder = Path(tempfile.mkdtemp(prefix="gongmu-pg-"))
    # The server refuses to run as root, so root hands it to the account of its package.
    account = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    if account:
        shutil.chown(folder, **account)
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        command = [str(tools / program), "-D", str(data), *arguments]
        with (folder / f"{program}.log").open("ab") as log:
            subprocess.run(
                command,
                check=True,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=folder,
                **account,  # type: ignore[call-overload]
            )

    run("initdb", "-A", "trust", "-U", "gongmu", "-E", "UTF8", "--no-locale")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    run("pg_ctl", "-w", "-l", str(folder / "server.log"), "-o", options, "start")
    try:
        yield f"postgresql+psycopg://gongmu@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with all tables and no rows; copying it is faster than making it anew."""
    path = tmp_path_factory.mktemp("template") / "gongmu.sqlite"
    _upgraded(f"sqlite:///{path}", path.parent)
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database with all tables and no rows, from which others are copied."""
    name = f"template_{os.urandom(6).hex()}"
    with _admin(postgres_url) as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    _upgraded(_named(postgres_url, name), tmp_path_factory.mktemp("template"))
    return name


def _upgraded(url: str, home: Path) -> None:
    engine = open_database(url)
    upgrade(engine)
    engine.dispose()
    prepare(Settings(home=home, database_url=url))


@contextmanager
def _admin(url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _named(url: str, name: str) -> str:
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without rows: once SQLite, once PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "home" / "gongmu.sqlite"
        path.parent.mkdir(exist_ok=True)
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    address: str = request.getfixturevalue("postgres_database")
    return address


@pytest.fixture
def postgres_database(postgres_url: str, postgres_template: str) -> Iterator[str]:
    """The address of a PostgreSQL database of the test's own, without rows."""
    name = f"test_{os.urandom(6).hex()}"
    with _admin(postgres_url) as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE {postgres_template}"))
    yield _named(postgres_url, name)
    with _admin(postgres_url) as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    return Settings(home=home, database_url=database_url)


@pytest.fixture
def engine(settings: Settings) -> Iterator[sa.Engine]:
    engine = open_database(settings.url)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def vault(settings: Settings, engine: sa.Engine, clock: Ticking) -> Vault:
    return Vault.open(settings, engine, clock)


@pytest.fixture
def files(settings: Settings, engine: sa.Engine, vault: Vault, clock: Ticking) -> FileStore:
    return FileStore(settings.home / "files", engine, vault, clock)


@pytest.fixture
def audit(engine: sa.Engine, clock: Ticking) -> Audit:
    return Audit(engine, clock)


@pytest.fixture
def runs(engine: sa.Engine, clock: Ticking) -> Runs:
    return Runs(engine, clock)


@pytest.fixture
def call(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Call:
    """Run `python -m gongmu ...` within this process; returns exit code and what was printed."""
    monkeypatch.setenv("GONGMU_HOME", str(tmp_path / "home"))

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["gongmu", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capfd.readouterr()
        return int(ended.value.code or 0), printed.out + printed.err

    return run
