"""A tax office for tests: an open house on a Monday, two officers, grants that nobody has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from pwdlib.hashers.argon2 import Argon2Hasher

from gongmu.app import open_house
from gongmu.core.clock import Clock
from gongmu.core.house import House
from gongmu.core.people import People, Person, Role
from gongmu.core.settings import Settings
from gongmu.relief.batch import Batch, Batches
from gongmu.relief.frozen import Parts
from gongmu.relief.grant import Grant
from gongmu.relief.judging import Judging
from gongmu.relief.keeping import Keeping
from gongmu.relief.planning import planned

WEEK = date(2026, 11, 16)
MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Monday 10:00 in Seoul, the day after the week."""
PASSWORD = "correct horse 1"
LIST = "a" * 64

GRANT = Grant(
    grant_id="grant_0",
    row_number=3,
    tax_number="041152026111600001",
    filed_on=date(2026, 11, 17),
    name="나도람",
    birth="850101-1",
    is_company=False,
    person_key="person-0",
    phone="01000001000",
    address="연습시 보기로 1",
    postcode="00001",
    plate="12가3450",
    vin="KXX0000000000000A",
    kind="승용",
    seats=9,
    cc=1998,
    use="비영업용",
    fuel="휘발유",
    acquired_on=date(2026, 11, 16),
    registered_on=date(2026, 11, 17),
    cause="신규",
    tax_base_won=20_000_000,
    base_tax_won=1_400_000,
    relief_code="022111",
    article="지특법§22의2①1가",
    relief_won=1_400_000,
    tax_due_won=0,
    electronic_notice=True,
)
"""A nine-seater of a family with three children; every name and number is made up."""


def grants(count: int = 3, **changes: object) -> list[Grant]:
    """Return some grants of different people; `changes` hold for all of them."""
    return [
        replace(
            GRANT,
            grant_id=f"grant_{number}",
            row_number=number + 3,
            tax_number=f"04115202611160{number:04d}",
            person_key=f"person-{number}",
            phone=f"0100000{1000 + number}",
            plate=f"12가345{number}",
            **changes,  # type: ignore[arg-type]
        )
        for number in range(count)
    ]


def morning() -> datetime:
    """The clock of these tests stands still on Monday morning."""
    return MORNING


@contextmanager
def open_office(settings: Settings, clock: Clock = morning) -> Iterator[House]:
    """Open the practice city's house."""
    with open_house(settings, clock) as house:
        yield house


def officer(house: House, account: str, role: Role, department: str = "세정과") -> Person:
    """Make an account; the hash is cheap, because it guards nothing here."""
    people = People(house.engine, house.clock, hasher=Argon2Hasher(1, 8, 1))
    return people.create(account, account, [role], PASSWORD, department=department, by="test")


def keep(house: House, given: Sequence[Grant], week_on: date = WEEK, sha256: str = LIST) -> None:
    """Put grants into the store and judge them."""
    Keeping(house).keep_grants(week_on, sha256, given)
    Judging(house).decide(week_on, Keeping(house).ids_of(week_on))


def freeze(house: House, run_id: str = "run/1", week_on: date = WEEK) -> Batch | None:
    """Freeze what the week's grants need now."""
    return Batches(house).freeze(week_on, run_id, planned(house, week_on))


def frozen(house: House, count: int = 3) -> Batch:
    """Return a fresh batch of `count` texts."""
    keep(house, grants(count))
    batch = freeze(house)
    assert batch is not None
    assert batch.member_count == count
    return batch


def parts(house: House) -> Parts:
    """Return what the week's batch would hold now."""
    return planned(house, WEEK)


def everything_on_disk(home: Path) -> Callable[[str], list[str]]:
    """Return a finder of a text in every file below a folder, in UTF-8, CP949 and UTF-16."""
    bodies = [(path, path.read_bytes()) for path in home.rglob("*") if path.is_file()]

    def find(text: str) -> list[str]:
        needles = {text.encode(code) for code in ("utf-8", "cp949", "utf-16-le")}
        return [path.name for path, body in bodies if any(needle in body for needle in needles)]

    return find
