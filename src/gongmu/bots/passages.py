"""What a desk may quote: documents cut into passages, and who may read which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gongmu.core.person import Person, Role


class DataClass(StrEnum):
    """N2SF class of content: C (기밀), S (민감), O (공개); mixed content takes the highest."""

    CONFIDENTIAL = "C"
    SENSITIVE = "S"
    OPEN = "O"

    @property
    def rank(self) -> int:
        """Return 0 for O, 1 for S, 2 for C."""
        return "OSC".index(self.value)

    def may_go(self, internal: bool) -> bool:
        """Return whether content of this class may go to an endpoint, inside the city or not.

        O goes anywhere, S only to what the city marked internal, C nowhere (N2SF 1.0).
        """
        return self is DataClass.OPEN or (internal and self is DataClass.SENSITIVE)


def highest(*classes: DataClass) -> DataClass:
    """Return the class that content mixed of `classes` has; O when there is none."""
    return max(classes, key=lambda one: one.rank, default=DataClass.OPEN)


@dataclass(frozen=True)
class Passage:
    """A stretch of one document that is found, read and quoted as a whole.

    `place` is what a person looks up in the paper: "제12조제1항", "3쪽", "표 2", "시트 '단가'".
    Dates are first and last day in force; None = not known or still. `departments` empty = all.
    """

    passage_id: str
    document_id: str
    corpus: str
    document: str
    place: str
    heading: str
    text: str
    number: int
    data_class: DataClass = DataClass.OPEN
    departments: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Found:
    """A passage that a search found; `score` is higher for better, `share` the refusal measure.

    `share` (0..1): idf-weighted share of the query's morphemes that occur in the passage.
    """

    passage: Passage
    score: float
    share: float


@dataclass(frozen=True)
class Reader:
    """The person a search or tool works for, as far as rights go."""

    account: str
    name: str
    department: str
    roles: frozenset[Role]

    @classmethod
    def of(cls, person: Person) -> Reader:
        """Return an account's person as far as rights go."""
        return cls(person.account, person.name, person.department, person.roles)


def may_read(reader: Reader, departments: tuple[str, ...], data_class: DataClass) -> bool:
    """Return whether `reader` may see content of these departments and this class.

    O and S: everybody, or the named departments where there are some. C: only the named
    departments, and nobody where none is named. The search applies the same rule in SQL.
    """
    if departments:
        return reader.department in departments
    return data_class is not DataClass.CONFIDENTIAL
