"""Robots at work: the practice sites over a tiny outside folder, a real browser, a real store.

After every test everything said and kept is searched for the password.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from gongmu.core.database import metadata, open_database
from gongmu.core.errors import GongmuError
from gongmu.core.files import FileStore, StoredFile, stored_file_table
from gongmu.core.settings import Settings
from gongmu.core.vault import Vault, secret_table
from gongmu.practice.serve import PRACTICE_ACCOUNT, PRACTICE_SECRETS, Portals, running
from gongmu.robots.browser import Browser, open_browser
from gongmu.robots.robot import Hands
from tests.conftest import Ticking

DAY = date(2026, 11, 20)
CARD_NUMBER = "9990001112223334"
OPERATORS = ("가람운수", "나루교통")


def outside_files() -> dict[str, bytes]:
    """Return path under outside/ to content: a day of each kind, and late rows of the next."""
    passages = "<table><tr><td>운행일자</td><td>노선</td></tr></table>".encode("cp949")
    masters = ("노선", "노선정류소", "정류소", "차량", "배차시간표")
    bms = {f"bms/{kind}_20261120.csv": f"{kind}ID\r\n".encode("cp949") for kind in masters}
    bms |= {f"bms/정류소통과_20261120_{name}.xls": passages + name.encode() for name in OPERATORS}
    card = {
        "card/DWTCD_20261120.dat": f"{CARD_NUMBER}|03|승차\r\n".encode("cp949"),
        "card/TB_KTS_DWTCD_METROPOLITAN_20261120.csv": f"{CARD_NUMBER},08\r\n".encode("cp949"),
        "card/교통카드_20261120.xlsx": b"PK" + CARD_NUMBER.encode(),
        "card/STTN_20261120.dat": "03|정류장\r\n".encode("cp949"),
        "card/ROUTESTTN_20261120.dat": "03|노선\r\n".encode("cp949"),
        "card/late/DWTCD_20261121.dat": f"{CARD_NUMBER}|03|늦음\r\n".encode("cp949"),
    }
    return bms | card


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """SQLite only: robots reach the database through core, which is tested on both."""
    return f"sqlite:///{tmp_path / 'home' / 'gongmu.sqlite'}"


@pytest.fixture
def engine(settings: Settings) -> Iterator[sa.Engine]:
    """A database with the two tables that robots touch."""
    engine = open_database(settings.url)
    metadata.create_all(engine, tables=[secret_table, stored_file_table])
    yield engine
    engine.dispose()


@pytest.fixture
def portals(tmp_path: Path) -> Iterator[Portals]:
    for name, data in outside_files().items():
        path = tmp_path / "city/outside" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    with running(tmp_path / "city") as addresses:
        yield addresses


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a file; each robot call opens a context of its own."""
    with open_browser() as browser:
        yield browser


@dataclass
class Office:
    """What the tests look at: hands for a site, what was said, what was kept."""

    vault: Vault
    files: FileStore
    engine: sa.Engine
    clock: Ticking
    door: Callable[[], AbstractContextManager[Browser]]
    notes: list[str] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)

    def hands(self, address: str, wait_seconds: float = 10.0) -> Hands:
        """Return hands for the site at `address`."""
        return Hands(
            self.door,
            self.vault,
            self.files,
            address,
            self.clock,
            "run_test",
            self.notes.append,
            wait_seconds,
        )

    def failure(self, kind: type[GongmuError], act: Callable[[], object]) -> GongmuError:
        """Return the error that `act` must raise."""
        with pytest.raises(kind) as caught:
            act()
        self.errors.append(caught.value)
        return caught.value

    def kept(self, kind: str) -> list[StoredFile]:
        """Return the stored files of a kind."""
        with self.engine.connect() as connection:
            query = sa.select(stored_file_table).where(stored_file_table.c.kind == kind)
            return [StoredFile(*row) for row in connection.execute(query)]

    def leaks(self, word: str) -> list[str]:
        """Return the places where `word` stands: notes, errors with all they hang on, files."""
        places = [f"note: {note}" for note in self.notes if word in note]
        for error in self.errors:
            link: BaseException | None = error
            while link is not None:
                if word in f"{link!r} {link} {vars(link)}":
                    places.append(f"error: {type(link).__name__}")
                link = link.__cause__ or link.__context__
        for kind in ("download", "screenshot", "trace", "browser_state"):
            for file in self.kept(kind):
                if word in file.name:
                    places.append(f"name: {file.name}")
                places += found_in(self.files.read(file.sha256), word, file.name)
        return places


def found_in(data: bytes, word: str, name: str) -> list[str]:
    """Return the places where `word` stands in a file, or in any member of a zip file."""
    forms = (word.encode(), word.encode("utf-16-le"))
    found = [name] if any(form in data for form in forms) else []
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                found += found_in(archive.read(member), word, f"{name}/{member}")
    return found


@pytest.fixture
def office(
    vault: Vault, files: FileStore, engine: sa.Engine, clock: Ticking, browser: Browser
) -> Iterator[Office]:
    for name, value in PRACTICE_SECRETS.items():
        vault.put_secret(name, value, "test")
    office = Office(vault, files, engine, clock, lambda: nullcontext(browser))
    yield office
    # Form posts escape the exclamation mark, so the part before it is searched for too.
    for word in (PRACTICE_ACCOUNT.password, PRACTICE_ACCOUNT.password.split("!")[0]):
        assert office.leaks(word) == []
