"""Numbers of people in plain (folded) text: chains of digit groups judged by shape and context.

Pure. No check digits are asked for: resident numbers issued since October 2020 have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from gongmu.bots.guard.folding import GROUP
from gongmu.bots.guard.number_context import Near
from gongmu.bots.guard.personal_kinds import PersonalItem, PersonalKind

_GROUP = re.compile(r"\d+")
_GAP = re.compile(
    r"(?:[\s\x1f_.·~/,:;|*+#='\"<>()\[\]{}^`\\–ㅡ→⇒➡…“”‘’「」『』【】-]|\([앞뒤전후][^()\d]{0,8}\)"
    r"|</?[a-zA-Z][^<>]{0,60}>|\\[nrt]|다시|대시|하이픈|짝대기|쩜|점|슬래시|에|국에|국)+\Z"
)
_TABLE = re.compile(r"[\n\r\t|,;{}\[\]<\"']|\\[nrt]")
_AMOUNT = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?![\d])")
_DECIMAL = re.compile(r"(?<![\d.·_/~-])(?<!\d\s)(?:0|[1-9]\d{0,2})\.\d{3,}(?![\d.·_/~-])")
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d{2}\s?(?:[.\-/]\s?(?:0?[1-9]|1[0-2])\s?[.\-/]\s?(?:0?[1-9]|[12]\d|3[01])"
    r"|년\s?\d{1,2}월\s?\d{1,2}일)(?!\d)(?!\.?\s?[-~/·]?\s?[1-8]\d{6}(?!\d))"
)
_INLINE = re.compile(
    r"(?:</?(?:span|b|i|u|em|strong|font|mark|a|code|small|sup|sub|del|ins|wbr)\b[^<>]{0,60}>)+\Z"
)
"""Tags that do not part what stands on both sides."""
_GAP_LONGEST = 24


@dataclass(frozen=True)
class Chain:
    """Digit groups with nothing but separators between; `gaps[i]` stands after group i."""

    starts: Sequence[int]
    ends: Sequence[int]
    groups: Sequence[str]
    gaps: Sequence[str]


@dataclass(frozen=True)
class Stretch:
    """Groups first..last of a chain as one number."""

    chain: Chain
    first: int
    last: int

    @property
    def digits(self) -> str:
        """Return the digits without what separates them."""
        return "".join(self.chain.groups[self.first : self.last + 1])

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return the number of digits of each group."""
        made = [len(self.chain.groups[self.first])]
        for place in range(self.first, self.last):
            more = len(self.chain.groups[place + 1])
            if _is_glue(self.chain.gaps[place]):
                # An enclosed digit within the number, not a list mark in front of it.
                made[-1] += more
            else:
                made.append(more)
        return tuple(made)

    @property
    def cuts(self) -> set[int]:
        """Return after how many digits there is a gap."""
        return set(accumulate(self.sizes[:-1]))

    @property
    def gaps(self) -> Sequence[str]:
        """Return what separates the groups."""
        return [gap for gap in self.chain.gaps[self.first : self.last] if not _is_glue(gap)]

    @property
    def in_table(self) -> bool:
        """Return whether a line end, a cell border or a comma separates."""
        return any(_TABLE.search(gap) for gap in self.gaps)

    @property
    def spelled_out(self) -> bool:
        """Return whether every digit stands alone."""
        return len(self.sizes) > 6 and max(self.sizes) == 1

    @property
    def start(self) -> int:
        """Return where it begins in the text."""
        return self.chain.starts[self.first]

    @property
    def end(self) -> int:
        """Return where it ends in the text."""
        return self.chain.ends[self.last]


def _is_glue(gap: str) -> bool:
    return gap == GROUP or (gap[0] == "<" and _INLINE.match(gap) is not None)


def find_numbers(text: str, near: Near) -> list[PersonalItem]:
    """Return resident, phone, card, account, licence and business numbers in plain `text`."""
    found: list[PersonalItem] = []
    for chain in chains(text):
        first = 0
        while first < len(chain.groups):
            hit = _at(chain, first, near)
            if hit is None:
                first += 1
                continue
            kind, last = hit
            if kind is PersonalKind.PHONE and _follows_office(text, found, chain.starts[first]):
                kind = PersonalKind.OFFICE_PHONE
            found.append(PersonalItem(kind, chain.starts[first], chain.ends[last]))
            first = last + 1
    return found


def _follows_office(text: str, found: list[PersonalItem], start: int) -> bool:
    """Return whether a land line goes on a list of office numbers: "02-…, 02-…"."""
    if not found or found[-1].kind is not PersonalKind.OFFICE_PHONE:
        return False
    between = text[found[-1].end : start]
    land = _LAND_LINE.match(re.sub(r"\D", "", text[start : start + 14])[:11]) is not None
    return land and re.fullmatch(r"\s*(?:또는|,|/|·|~|및|\()?\s*", between) is not None


def chains(text: str) -> Iterator[Chain]:
    """Yield the chains of `text`; amounts (1,234,567), decimals and dates belong to none."""
    taken = [match.span() for match in _AMOUNT.finditer(text)]
    taken += [match.span() for match in _DECIMAL.finditer(text)]
    taken += [match.span() for match in _DATE.finditer(text)]
    taken.sort()
    starts: list[int] = []
    ends: list[int] = []
    gaps: list[str] = []
    place = 0
    for match in _GROUP.finditer(text):
        begin, end = match.span()
        while place < len(taken) and taken[place][1] <= begin:
            place += 1
        counted = place < len(taken) and taken[place][0] <= begin < taken[place][1]
        if starts:
            gap = text[ends[-1] : begin]
            if counted or len(gap) > _GAP_LONGEST * 3 or not _is_gap(gap):
                yield _chain(text, starts, ends, gaps)
                starts, ends, gaps = [], [], []
            else:
                gaps.append(gap)
        if not counted:
            starts.append(begin)
            ends.append(end)
    if starts:
        yield _chain(text, starts, ends, gaps)


def _is_gap(gap: str) -> bool:
    return _GAP.match(gap) is not None and len(re.sub(r"<[^<>]*>|\s+", " ", gap)) <= _GAP_LONGEST


def _chain(text: str, starts: list[int], ends: list[int], gaps: list[str]) -> Chain:
    return Chain(starts, ends, [text[a:b] for a, b in zip(starts, ends, strict=True)], gaps)


def _at(chain: Chain, first: int, near: Near) -> tuple[PersonalKind, int] | None:
    """Return the kind and last group of the number that begins with group `first`."""
    total = 0
    best: tuple[PersonalKind, int] | None = None
    for last in range(first, min(first + 20, len(chain.groups))):
        total += len(chain.groups[last])
        if total > 20:
            break
        if total < 7:
            continue
        kind = _kind(Stretch(chain, first, last), near)
        if kind is PersonalKind.RESIDENT:
            return kind, last
        if kind is None:
            continue
        # 010-1234-5678-01 after a bank's name is one account, not a telephone.
        dashed = last > first and chain.gaps[last - 1].strip() == "-"
        longer = kind is PersonalKind.ACCOUNT and dashed
        if best is None or longer or _rank(kind) >= _rank(best[0]):
            best = kind, last
    return best


_ORDER = (
    PersonalKind.BUSINESS,
    PersonalKind.ACCOUNT,
    PersonalKind.OFFICE_PHONE,
    PersonalKind.PHONE,
    PersonalKind.LICENCE,
    PersonalKind.CORPORATE,
    PersonalKind.CARD,
)


def _rank(kind: PersonalKind) -> int:
    return _ORDER.index(kind)


def _kind(stretch: Stretch, near: Near) -> PersonalKind | None:
    digits = len(stretch.digits)
    if digits in (13, 15) and _is_resident(stretch, near):
        corporate = near.corporate(stretch.start, stretch.end)
        return PersonalKind.CORPORATE if corporate else PersonalKind.RESIDENT
    if digits in (14, 15, 16) and _is_card(stretch, near):
        return PersonalKind.CARD
    if digits in (10, 12) and _is_licence(stretch, near):
        return PersonalKind.LICENCE
    if (phone := _phone(stretch, near)) is not None:
        return phone
    if digits == 10 and _is_business(stretch, near):
        return PersonalKind.BUSINESS
    if 9 <= digits <= 16 and _is_account(stretch, near):
        return PersonalKind.ACCOUNT
    return None


def is_birth(digits: str) -> bool:
    """Return whether six digits can be a birth date (YYMMDD)."""
    return 1 <= int(digits[2:4]) <= 12 and 1 <= int(digits[4:6]) <= 31


_RESIDENT_SIZES = frozenset(
    {(13,), (6, 7), (2, 2, 2, 7), (6, 1, 6), (6, 3, 4), (6, 4, 3), (6, 2, 5), (6, 5, 2), (6, 6, 1)}
    | {(3, 3, 7), (6, 1, 3, 3), (2, 2, 2, 1, 6), (6, 1, 1, 4, 1), (6, 1, 4, 1, 1), (6, 1, 5, 1)}
    | {(4, 4, 4, 1), (4, 4, 5), (3, 3, 3, 4), (4, 3, 6), (7, 6), (8, 5), (5, 8), (4, 9)}
    | {(2, 4, 7), (4, 2, 7), (6, 1, 2, 2, 2), (6, 2, 2, 3), (2, 2, 2, 2, 2, 3), (6, 3, 3, 1)}
)
_LONG_BIRTH_SIZES = frozenset({(8, 7), (4, 2, 2, 7), (15,), (4, 4, 7), (8, 1, 6), (4, 2, 2, 1, 6)})


def _is_resident(stretch: Stretch, near: Near) -> bool:
    digits, sizes = stretch.digits, stretch.sizes
    named = near.resident(stretch.start, stretch.end)
    if len(digits) == 15:
        if sizes not in _LONG_BIRTH_SIZES or not is_birth(digits[2:8]):
            return False
        sexes = {"19": "1256", "20": "3478", "18": "90"}.get(digits[:2], "")
        return digits[8] in sexes and (named or 15 not in sizes)
    joined = sizes == (6, 7) and stretch.gaps[0].strip() in ("-", "--", "~", "_", "*", "–")
    if not is_birth(digits):
        return named or (joined and "," not in stretch.gaps[0])
    if named:
        return True
    if sizes == (13,):
        return digits[6] in "12345678" and not near.goods(stretch.start, stretch.end)
    colon = sizes == (6, 7) and stretch.gaps[0].strip() == ":" and digits[6] in "12345678"
    if stretch.spelled_out or joined or colon:
        return True
    if _is_clock_or_list(stretch):
        return False
    if digits[6] not in "12345678":
        return False
    if sizes in _RESIDENT_SIZES:
        return not stretch.in_table or sizes == (6, 7) or 6 in stretch.cuts
    broken = len(sizes) == 2 and any("\n" in gap or not gap.strip(" \x1f") for gap in stretch.gaps)
    return broken and not digits.startswith("201")


def _is_clock_or_list(stretch: Stretch) -> bool:
    return any(":" in gap and gap.strip() == ":" for gap in stretch.gaps) or (
        len(stretch.sizes) > 3 and any("~" in gap for gap in stretch.gaps)
    )


def _is_card(stretch: Stretch, near: Near) -> bool:
    digits, sizes = stretch.digits, stretch.sizes
    named = near.card(stretch.start, stretch.end)
    if len(digits) == 14:
        usual = digits[:2] in ("36", "38", "30", "39") and sizes == (4, 6, 4)
        return usual or (named and len(sizes) < 4)
    if all(len(group) == 4 and group[:2] in ("19", "20") for group in _groups(stretch)):
        return False
    if _is_clock_or_list(stretch) and not (
        sizes == (4, 4, 4, 4) and (named or not _timed(stretch))
    ):
        return False
    if named:
        return True
    if len(digits) == 15:
        if digits[:2] not in ("34", "37"):
            return False
        return sizes in ((4, 6, 5), (15,)) or stretch.spelled_out
    if digits[0] not in "345692":
        return False
    if sizes == (16,):
        return digits[0] != "2" or _luhn(digits)
    if sizes == (4, 4, 4, 4):
        # In a table of figures many cells have four digits; a card stands by itself.
        alone = sum(len(group) == 4 for group in stretch.chain.groups) == 4
        return (alone or not stretch.in_table) and (digits[0] != "2" or _luhn(digits))
    return stretch.spelled_out or (sizes in ((8, 8), (4, 12)) and _luhn(digits))


def _timed(stretch: Stretch) -> bool:
    return ":" in stretch.gaps


def _groups(stretch: Stretch) -> Sequence[str]:
    return stretch.chain.groups[stretch.first : stretch.last + 1]


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_licence(stretch: Stretch, near: Near) -> bool:
    sizes = stretch.sizes
    named = near.licence(stretch.start, stretch.end)
    if len(stretch.digits) == 10:
        return named and sizes in ((2, 6, 2), (10,))
    region = 11 <= int(stretch.digits[:2]) <= 28
    return (sizes == (2, 2, 6, 2) and not stretch.in_table and region) or named


_MOBILE = re.compile(r"(?:(?:00)?82)?0?1[016789]\d{7,8}\Z")
_PERSONAL_LINE = re.compile(r"(?:(?:00)?82)?0?(?:50\d|70)\d{7,8}\Z|050\d{8,9}\Z")
_LAND_LINE = re.compile(r"(?:(?:00)?82)?0?(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4])\d{7,8}\Z")


def _phone(stretch: Stretch, near: Near) -> PersonalKind | None:
    digits, sizes = stretch.digits, stretch.sizes
    if not 7 <= len(digits) <= 15:
        return None
    if _is_clock_or_list(stretch) and sizes not in ((3, 4, 4), (3, 3, 4)):
        return None
    foreign = digits.startswith("0082") or (
        digits.startswith("82") and near.plus(stretch.start, stretch.end)
    )
    named = near.phone(stretch.start, stretch.end)
    if digits[0] != "0" and not foreign:
        return _without_zero(stretch, near) if _may_lack_zero(stretch, named) else None
    mobile = _MOBILE.match(digits) is not None
    if not (mobile or _PERSONAL_LINE.match(digits) or _LAND_LINE.match(digits)):
        return None
    if not mobile and stretch.in_table and not (named or _is_phone_shape(sizes, digits)):
        return None
    if mobile or _PERSONAL_LINE.match(digits):
        return PersonalKind.PHONE
    if len(sizes) > 4 and not stretch.spelled_out and not named:
        return None
    if near.public(digits) or near.office(stretch.start):
        return PersonalKind.OFFICE_PHONE
    return PersonalKind.PHONE


def _is_phone_shape(sizes: tuple[int, ...], digits: str) -> bool:
    if len(set(sizes)) == 1 and len(sizes) > 6:
        return True
    return len(sizes) <= 4 and sizes[-1] in (4, 7, 8, len(digits)) and sizes[0] != 5


def _may_lack_zero(stretch: Stretch, named: bool) -> bool:
    sizes, digits = stretch.sizes, stretch.digits
    if sizes == (2, 4, 4) and digits[:2] == "10":
        return named or all(gap.strip() in ("-", ".") for gap in stretch.gaps)
    if sizes in ((4, 4), (3, 4), (8,), (10,), (2, 8)) and named:
        return not stretch.in_table
    return False


def _without_zero(stretch: Stretch, near: Near) -> PersonalKind | None:
    digits, sizes = stretch.digits, stretch.sizes
    if sizes in ((10,), (2, 8)) and digits[:2] != "10":
        return None
    if sizes == (8,) and digits[:2] in ("19", "20") and is_birth(digits[2:]):
        return None
    if sizes == (4, 4) and digits[0] == "1" and digits[:2] in ("15", "16", "18", "14", "17"):
        return PersonalKind.OFFICE_PHONE
    if sizes in ((4, 4), (3, 4), (8,)) and near.office(stretch.start):
        return PersonalKind.OFFICE_PHONE
    return PersonalKind.PHONE


def _is_business(stretch: Stretch, near: Near) -> bool:
    sizes = stretch.sizes
    if sizes == (3, 2, 5):
        return all(gap.strip() == "-" for gap in stretch.gaps) or near.business(
            stretch.start, stretch.end
        )
    return sizes == (10,) and near.business(stretch.start, stretch.end)


def _is_account(stretch: Stretch, near: Near) -> bool:
    digits, sizes = stretch.digits, stretch.sizes
    if _is_clock_or_list(stretch):
        return False
    groups = _groups(stretch)
    dated = groups[0][:2] in ("19", "20") and len(groups[0]) == 4 and len(sizes) > 1
    if near.account(stretch.start, stretch.end):
        date_like = dated and sizes[1:2] in ((1,), (2,)) and 1 <= int(groups[1]) <= 12
        return not date_like or len(sizes) > 3 or sizes[-1] > 2
    if len(sizes) < 3 or len(digits) < 11 or dated or digits.startswith(("978", "979")):
        return False
    if near.goods(stretch.start, stretch.end):
        return False
    # Without a word about money only the dashed shapes of the banks count.
    same = {gap.strip() for gap in stretch.gaps} == {"-"} and not stretch.in_table
    return same and len(sizes) <= 5 and min(sizes[:-1]) >= 2 and sizes[0] in (3, 4, 5, 6)
