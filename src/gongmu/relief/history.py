"""Lists that a person brings outside a week's run: earlier grants, and later changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from gongmu.core.clock import today
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.values import korean_date
from gongmu.relief.events import Events
from gongmu.relief.judging import Judging
from gongmu.relief.keeping import Keeping
from gongmu.relief.lists import ListKind
from gongmu.relief.reading import Reader, Taken
from gongmu.relief.watch import Watch
from gongmu.relief.weeks import monday_of

Note = Callable[[str], None]


def keep_file(house: House, file: Path, kind: ListKind = ListKind.RELIEF) -> str:
    """Keep a dropped list sealed, under a name without a person, and return its hash."""
    try:
        data = file.read_bytes()
    except OSError as problem:
        raise Refused(
            "file_unreadable", f"'{file.name}' 파일을 열 수 없습니다.", "경로와 권한을 확인하세요."
        ) from problem
    if not data:
        raise Refused("file_empty", f"'{file.name}' 파일이 비어 있습니다.", "다시 내려받으세요.")
    name = f"{kind.value}{file.suffix.lower()[:6]}"
    return house.files.put(data, name, kind=kind.value, source="file").sha256


def import_file(house: House, file: Path, *, who: str, note: Note) -> Taken:
    """Read earlier grants: their duties are watched and reminded of, no first notice goes out."""
    taken = Reader(house).import_history(keep_file(house, file), who=who, note=note)
    kept = Keeping(house)
    unjudged = kept.ids_unjudged()
    decided = Judging(house).decide(monday_of(today(house.clock)), unjudged, ask=False)
    alive = len(kept.ids_with_duty(today(house.clock)))
    note(f"{decided.grants}건의 의무를 판단했습니다. 지금 의무가 남은 감면은 모두 {alive}건입니다.")
    return taken


def watch_files(house: House, files: Sequence[Path], *, who: str, note: Note) -> list[str]:
    """Read lists of changes, look for duties passed over, and word who must file by when."""
    day = today(house.clock)
    watch = Watch(house)
    for file in files:
        sha256 = keep_file(house, file, ListKind.OWNERSHIP)
        watch.take_in(monday_of(day), sha256, source="file", note=note, who=who)
    watch.expire(monday_of(day))
    return [*_owing(house, watch, day, who), *_asked(house)]


def _owing(house: House, watch: Watch, day: date, who: str) -> list[str]:
    owing = Events(house).owing()
    house.audit.record(who, "relief.view_owing", "watch", subjects=len(owing))
    lines = [f"60일 안에 신고할 사람 {len(owing)}명"]
    for event in owing:
        late = sum(line.won for line in watch.penalty(event.event_id, day))
        due_on = korean_date(event.filing_due_on) if event.filing_due_on else "모름"
        extra = f", 오늘 가산세 {late:,}원" if late else ""
        lines.append(
            f"  {event.grant_id[:20]} {event.kind} {event.happened_on} "
            f"세액 {event.amount_won or 0:,}원, 신고기한 {due_on}{extra}"
        )
    return lines


def _asked(house: House) -> list[str]:
    asked = [event for event in Events(house).all_of() if event.status == "review"]
    return [f"담당자가 확인할 변동 {len(asked)}건"] if asked else []
