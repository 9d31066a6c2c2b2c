"""Takes a week's relief list in: rows kept, set aside or held, each of them accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from gongmu.core.clock import today
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.relief.code_edits import CodeEdits
from gongmu.relief.consents import Consents
from gongmu.relief.grant import Grant
from gongmu.relief.intake import ReliefList, read_relief_list
from gongmu.relief.keeping import Keeping
from gongmu.relief.lists import ListKind, ListRecord, Lists, ListState
from gongmu.relief.office import office_of
from gongmu.relief.review import Question, Reason, Reviews
from gongmu.relief.store import ReliefStore
from gongmu.relief.weeks import monday_of, week_name, week_words

WEEK_HELD = "week_held"
"""Code of a refusal that an officer may overrule with a reason."""

Note = Callable[[str], None]


@dataclass(frozen=True)
class Taken:
    """What reading did: how many grants are new, changed, as before."""

    new: int
    changed: int
    same: int


class Reader:
    """Reads lists into the store."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._kept = Keeping(house)
        self._lists = Lists(house)
        self._reviews = Reviews(house)
        self._consents = Consents(house)
        self._office = office_of(house.city)

    def take_in(
        self,
        week_on: date,
        sha256: str,
        *,
        source: str,
        note: Note,
        accept: str = "",
        who: str = "gongmu",
    ) -> Taken:
        """Read one kept file for a week and put its grants into the store.

        Raises Refused: what `read_relief_list` raises, and week_held when too many rows were set
        aside or the list is empty against last week, unless `accept` gives a reason.
        """
        data = self._house.files.read(sha256)
        codes = CodeEdits(self._house).code_map()
        day = today(self._house.clock)
        key = self._kept.seals.person_key
        found = read_relief_list(data, _name(week_on), codes, key, day)
        inside, outside = _of_week(found.grants, week_on)
        record = self._record(week_on, sha256, source, found, outside)
        held = self._held(week_on, found, inside) or _misfit(inside, outside)
        if held and not accept:
            self._lists.keep(replace(record, state=ListState.HELD, held_for=held), found.set_aside)
            raise Refused(
                WEEK_HELD,
                held,
                "원본을 확인해 고친 파일로 다시 하거나, --accept '까닭' 으로 받아들이세요.",
            )
        inside = self._kept.under_known_ids(inside)
        kept = self._kept.keep_grants(week_on, sha256, inside)
        self._house.audit.record(who, "relief.read", sha256[:16], subjects=len(inside))
        self._question(week_on, kept.changed, inside)
        self._consents.from_list(_asked(inside, day))
        record = replace(
            record,
            rows_kept=len(inside),
            rows_new=len(kept.new),
            rows_changed=len(kept.changed),
            accepted_by=who if held else "",
            accepted_for=accept if held else "",
        )
        self._lists.keep(record, found.set_aside)
        self._say(week_on, found, record, outside, note)
        return Taken(len(kept.new), len(kept.changed), len(kept.same))

    def import_history(self, sha256: str, *, who: str, note: Note) -> Taken:
        """Read earlier grants, each into its own week: duties and reminders, no first notice."""
        data = self._house.files.read(sha256)
        codes = CodeEdits(self._house).code_map()
        day = today(self._house.clock)
        key = self._kept.seals.person_key
        found = read_relief_list(data, "history", codes, key, day)
        new = changed = same = 0
        weeks: dict[date, list[Grant]] = {}
        for grant in self._kept.under_known_ids(found.grants):
            weeks.setdefault(monday_of(grant.filed_on or grant.acquired_on or day), []).append(
                grant
            )
        for week_on, grants in sorted(weeks.items()):
            kept = self._kept.keep_grants(week_on, sha256, grants, is_history=True)
            new, changed = new + len(kept.new), changed + len(kept.changed)
            same += len(kept.same)
            self._question(week_on, kept.changed, grants)
            self._consents.from_list(_asked(grants, day))
        self._house.audit.record(who, "relief.import", sha256[:16], subjects=len(found.grants))
        first = min(weeks, default=monday_of(day))
        record = self._record(first, sha256, "import", found, ())
        record = replace(record, rows_kept=len(found.grants), rows_new=new, rows_changed=changed)
        self._lists.keep(record, found.set_aside)
        told = f"(새로 {new}, 바뀜 {changed}, 그대로 {same})"
        note(f"지난 감면 {len(found.grants)}건을 읽었습니다{told}.")
        _say_set_aside(found, note)
        return Taken(new, changed, same)

    # ------------------------------------------------------------ inside

    def _record(
        self,
        week_on: date,
        sha256: str,
        source: str,
        found: ReliefList,
        outside: Sequence[Grant],
    ) -> ListRecord:
        return ListRecord(
            sha256=sha256,
            week_on=week_on,
            kind=ListKind.RELIEF,
            source=source,
            state=ListState.READ,
            held_for="",
            accepted_by="",
            accepted_for="",
            rows_read=found.rows_read,
            rows_kept=0,
            rows_set_aside=len(found.set_aside),
            rows_skipped=found.skipped,
            rows_outside=len(outside),
            rows_new=0,
            rows_changed=0,
            read_at=self._house.clock(),
        )

    def _held(self, week_on: date, found: ReliefList, inside: Sequence[Grant]) -> str:
        """Return why an officer has to look before anything is taken in, '' when nobody has to."""
        rows = len(found.grants) + len(found.set_aside)
        limit = self._house.city.limits.max_set_aside_share
        # One bad row must not hold a small city's week, unless the city lets none pass.
        allowed = max(int(limit * rows), 1 if limit else 0)
        if len(found.set_aside) > allowed:
            columns = Counter(item.column or "행 전체" for item in found.set_aside)
            most = ", ".join(f"{name} {count}행" for name, count in columns.most_common(3))
            return (
                f"읽지 못해 따로 둔 행이 {len(found.set_aside)}/{rows}행으로 기준"
                f"({limit:.0%})보다 많습니다. {most}."
            )
        before = ReliefStore(self._house).count(week_on - timedelta(days=7))
        if not inside and before >= max(self._office.hold_when_empty_after, 1):
            return f"지난주에는 {before}건이었는데 이번 대장에는 이 주의 감면이 한 건도 없습니다."
        return ""

    def _question(self, week_on: date, changed: Sequence[str], grants: Sequence[Grant]) -> None:
        """Put corrected rows and unknown codes into the review queue."""
        questions = []
        for grant_id in changed:
            change = self._kept.change_of(grant_id)
            if change.only_article_found:
                continue
            words = ", ".join(FIELD_WORDS.get(name, name) for name in change.fields)
            questions.append(
                Question(
                    grant_id,
                    Reason.CHANGED,
                    f"대장이 고쳐져 다시 왔습니다. 바뀐 칸: {words}.",
                    mark=f"v{change.version}",
                )
            )
        unknown = [grant for grant in grants if not grant.article]
        questions += [
            Question(
                grant.grant_id,
                Reason.UNKNOWN_CODE,
                f"감면코드 '{grant.relief_code}'이(가) 어느 조문인지 모릅니다.",
                mark=grant.relief_code,
            )
            for grant in unknown
        ]
        self._reviews.raise_all(week_on, questions)
        known = [grant.grant_id for grant in grants if grant.article]
        self._reviews.close_open(known, [Reason.UNKNOWN_CODE], "gongmu")

    def _say(
        self,
        week_on: date,
        found: ReliefList,
        record: ListRecord,
        outside: Sequence[Grant],
        note: Note,
    ) -> None:
        note(
            f"감면 대장 {found.rows_read}행을 읽었습니다: {week_words(week_on)} 접수 "
            f"{record.rows_kept}건(새로 {record.rows_new}, 바뀜 {record.rows_changed}), "
            f"따로 둔 행 {record.rows_set_aside}, 제목·합계 등 {record.rows_skipped}."
        )
        _say_set_aside(found, note)
        if outside:
            weeks = Counter(week_name(monday_of(g.filed_on)) for g in outside if g.filed_on)
            named = ", ".join(f"{week} {count}건" for week, count in sorted(weeks.items()))
            note(f"다른 주에 접수된 {len(outside)}건은 넣지 않았습니다({named}). 그 주로 하세요.")
        if found.unknown_codes:
            note(
                f"모르는 감면코드가 있습니다: {', '.join(found.unknown_codes)}. 담당자가 정하세요."
            )
        for text in found.notes:
            note(text)


FIELD_WORDS = {
    "tax_number": "과세번호",
    "filed_on": "접수일자",
    "name": "납세자명",
    "birth": "생년월일",
    "is_company": "개인·법인",
    "person_key": "주민(법인)등록번호",
    "phone": "휴대전화",
    "address": "주소",
    "postcode": "우편번호",
    "plate": "차량번호",
    "vin": "차대번호",
    "car_name": "차명",
    "kind": "차종",
    "seats": "승차정원",
    "cc": "배기량",
    "payload_kg": "적재량",
    "use": "용도",
    "fuel": "연료",
    "acquired_on": "취득일자",
    "registered_on": "등록일자",
    "cause": "취득원인",
    "tax_base_won": "과세표준",
    "rate": "세율",
    "base_tax_won": "산출세액",
    "relief_code": "감면코드",
    "relief_text": "감면조문",
    "article": "감면조문(판단)",
    "relief_rate": "감면율",
    "relief_won": "감면세액",
    "tax_due_won": "납부세액",
    "co_owners": "공동소유자",
    "previous_plate": "종전차량번호",
    "electronic_notice": "전자적 안내 신청",
}
"""Field of a grant → its column's usual name."""


def _name(week_on: date) -> str:
    return f"relief_list_{week_name(week_on)}"


def _of_week(grants: Sequence[Grant], week_on: date) -> tuple[list[Grant], list[Grant]]:
    """Split grants into those of the week (or without a day) and those filed in another."""
    inside: list[Grant] = []
    outside: list[Grant] = []
    for grant in grants:
        mine = grant.filed_on is None or monday_of(grant.filed_on) == week_on
        (inside if mine else outside).append(grant)
    return inside, outside


def _misfit(inside: Sequence[Grant], outside: Sequence[Grant]) -> str:
    """Return why a list cannot be the one that is meant, '' when it can."""
    if outside and not inside:
        weeks = sorted({week_name(monday_of(one.filed_on)) for one in outside if one.filed_on})
        return f"이 대장의 감면은 모두 다른 주({', '.join(weeks[:3])})에 접수된 것입니다."
    people = [grant for grant in inside if not grant.is_company]
    if len(people) >= _ENOUGH_PEOPLE and not any(grant.phone for grant in people):
        return (
            f"{len(people)}명 가운데 휴대전화가 적힌 사람이 없습니다. 휴대전화 열이 빠졌거나 "
            "이름이 다를 수 있습니다."
        )
    return ""


_ENOUGH_PEOPLE = 5
"""Fewer may all be without a telephone by chance."""


def _say_set_aside(found: ReliefList, note: Note) -> None:
    shown = found.set_aside[:5]
    for item in shown:
        column = f" '{item.column}' 칸" if item.column else ""
        note(f"따로 둔 {item.row_number}행{column}: {item.reason_ko} {item.todo_ko}")
    if more := len(found.set_aside) - len(shown):
        note(f"따로 둔 행이 {more}행 더 있습니다. 화면의 그 주 대장에서 모두 볼 수 있습니다.")


def _asked(grants: Sequence[Grant], day: date) -> list[tuple[str, bool, date]]:
    """Return what the list says of electronic notice, with the day it was asked for."""
    return [
        (grant.grant_id, grant.electronic_notice, grant.filed_on or day)
        for grant in grants
        if grant.electronic_notice is not None
    ]
