"""비과세·감면 현황: grants and relief counted by law and article, as the statistics want them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from gongmu.relief.article import article_head
from gongmu.relief.grant import Grant

LAWS = ("지방세법", "지방세특례제한법", "조례", "조세특례제한법", "미분류")
"""법구분 of the statutory statistics of exemptions (비과세·감면 현황), in its order."""


@dataclass(frozen=True)
class ReliefFigure:
    """One line of 비과세·감면 현황; `base_won` is the tax before the relief (산출세액)."""

    law: str
    article: str
    """Canonical, without paragraph and items; '' for a law's total."""
    count: int
    relief_won: int
    base_won: int | None
    """None when the list did not say it for every grant."""

    @property
    def relief_share(self) -> Fraction | None:
        """비과세·감면율: relief over the tax before it; None when that is not known or 0."""
        return Fraction(self.relief_won, self.base_won) if self.base_won else None


def relief_figures(grants: Iterable[Grant]) -> tuple[ReliefFigure, ...]:
    """Count grants and relief by law and article: 비과세·감면 현황 (법구분, 건수, 금액).

    Grants without a known article count as 미분류; one without an amount adds 0 and its base is
    then not known for the line.
    """
    counts: dict[tuple[str, str], list[Grant]] = {}
    for grant in grants:
        key = (law_of(grant.article), article_head(grant.article) if grant.article else "")
        counts.setdefault(key, []).append(grant)
    return tuple(
        _figure(law, article, counts[law, article])
        for law, article in sorted(counts, key=lambda key: (LAWS.index(key[0]), key[1]))
    )


def law_of(article: str) -> str:
    """Return the 법구분 of a canonical article."""
    for start, law in (
        ("지특법§", "지방세특례제한법"),
        ("지방세법§", "지방세법"),
        ("조특법§", "조세특례제한법"),
    ):
        if article.startswith(start):
            return law
    return "조례" if "조례" in article else "미분류"


def total(law: str, lines: Sequence[ReliefFigure]) -> ReliefFigure:
    """Return the sum of lines; the base is not known when one line does not know it."""
    bases = [line.base_won for line in lines if line.base_won is not None]
    return ReliefFigure(
        law=law,
        article="",
        count=sum(line.count for line in lines),
        relief_won=sum(line.relief_won for line in lines),
        base_won=sum(bases) if len(bases) == len(lines) else None,
    )


def _figure(law: str, article: str, grants: Sequence[Grant]) -> ReliefFigure:
    bases = [grant.base_tax_won for grant in grants]
    known = [base for base in bases if base is not None]
    relief_known = all(grant.relief_won is not None for grant in grants)
    return ReliefFigure(
        law=law,
        article=article,
        count=len(grants),
        relief_won=sum(grant.relief_won or 0 for grant in grants),
        base_won=sum(known) if relief_known and len(known) == len(bases) else None,
    )
