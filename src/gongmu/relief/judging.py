"""What the rules say of each grant of a list, and what they have to ask an officer.

The article that the tax office recorded is trusted: the duty and its last day follow from it.
Tax and relief are computed again from what the list says, and a difference is a question, not a
correction (domain: the list lacks children, households and earlier cars).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gongmu.core.house import House
from gongmu.messages.office import load_office
from gongmu.relief.article import article_words
from gongmu.relief.assess import decision_json, load_law
from gongmu.relief.crosscheck import CrossCheck, Result, cross_check
from gongmu.relief.grant import Grant
from gongmu.relief.keeping import Judgement, Keeping
from gongmu.relief.law import Law
from gongmu.relief.review import Question, Reason, Reviews

CHECK = "CHECK"
"""Notice code of a grant that an officer has to decide."""


@dataclass(frozen=True)
class Duty:
    """What follows from the recorded article; the notices read it like a decision."""

    notice_code: str
    clawback_until_on: date | None = None
    replacement_due_on: date | None = None


@dataclass(frozen=True)
class Decided:
    """What judging a week did, in numbers."""

    grants: int
    by_notice: Mapping[str, int]
    differ: int
    questions: int


class Judging:
    """Judges grants and keeps what was said."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._kept = Keeping(house)
        self._reviews = Reviews(house)
        self.law = law_of_house(house)

    def decide(self, week_on: date, ids: Sequence[str], *, ask: bool = True) -> Decided:
        """Judge the current versions of some grants and raise what an officer has to settle."""
        grants, versions = self._kept.opened(ids), self._kept.versions(ids)
        judgements: dict[tuple[str, int], Judgement] = {}
        questions: list[Question] = []
        for grant_id, grant in sorted(grants.items()):
            version = versions[grant_id]
            found = cross_check(grant, self.law)
            judgements[grant_id, version] = _judgement(grant, found)
            if ask:
                questions += _questions(grant, version, found)
        self._kept.keep_judgements(judgements)
        self._house.audit.record("gongmu", "relief.judge", str(week_on), subjects=len(grants))
        new = self._reviews.raise_all(week_on, questions)
        counts = Counter(said.notice_code for said in judgements.values())
        differ = sum(said.cross_status == Result.DIFFER for said in judgements.values())
        return Decided(len(grants), dict(counts), differ, new)


def law_of_house(house: House) -> Law:
    """Return the law with the city's ordinances and days off."""
    closed_on = load_office(house.city, house.settings).hours.closed_on
    return load_law(house.city.relief, closed_on=tuple(sorted(closed_on)))


def _judgement(grant: Grant, found: CrossCheck) -> Judgement:
    decision = found.decision
    return Judgement(
        outcome=decision.outcome.value,
        article=grant.article,
        notice_code=decision.notice_code,
        relief_won=decision.relief_won,
        tax_due_won=decision.tax_due_won,
        clawback_until_on=decision.clawback_until_on,
        replacement_due_on=decision.replacement_due_on,
        cross_status=found.status.value,
        facts=_facts(grant, found),
    )


def _facts(grant: Grant, found: CrossCheck) -> dict[str, Any]:
    plain = decision_json(found.decision)
    return plain | {
        "article_words": article_words(grant.article) if grant.article else "",
        "cross": {
            "status": found.status.value,
            "listed": dict(found.listed),
            "computed": dict(found.computed),
            "differences": list(found.differences),
            "missing": list(found.missing),
            "how": list(found.how),
        },
    }


def _questions(grant: Grant, version: int, found: CrossCheck) -> list[Question]:
    asked = []
    if found.decision.notice_code == CHECK and grant.article:
        why = "취득일이나 등록일을 몰라" if not grant.acquired_on else "이 조문의 의무를"
        asked.append(
            Question(
                grant.grant_id,
                Reason.RULES,
                f"{why} 정할 수 없습니다. 담당자가 안내문과 기한을 정하세요.",
                mark=f"duty-v{version}",
            )
        )
    if found.status is Result.DIFFER:
        asked.append(
            Question(
                grant.grant_id,
                Reason.CROSS_CHECK,
                " ".join(found.differences) or "대장과 계산이 다릅니다.",
                mark=f"cross-v{version}",
            )
        )
    return asked
