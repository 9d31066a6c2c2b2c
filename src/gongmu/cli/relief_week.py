"""`gongmu relief run, hand-in, approve, send, ...`: the week's notices without the portal."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gongmu.cli.console import open_this_house
from gongmu.cli.korean import Commands

if TYPE_CHECKING:
    from gongmu.core.house import House
    from gongmu.core.people import Act, Person
    from gongmu.relief.batch import Batch

Week = Annotated[str, typer.Option("--week", help="접수한 주, 예: 2026-W47", show_default=False)]
BatchName = Annotated[
    str, typer.Argument(help="묶음 이름, 예: relief-2026-W47-1. 적지 않으면 가장 새 묶음")
]
Account = Annotated[
    str, typer.Option("--account", help="내 포털 계정. 비밀번호를 묻습니다", show_default=False)
]
FromStdin = Annotated[bool, typer.Option("--stdin", help="비밀번호를 표준 입력에서 읽습니다.")]
Reason = Annotated[str, typer.Option("--reason", help="까닭", show_default=False)]


def register(app: Commands) -> None:
    """Add the commands to `gongmu relief`."""
    told = (
        ("run", run, "한 주의 감면 안내를 결재 앞까지 만듭니다. 다시 해도 결과는 같습니다."),
        ("import", import_history, "지난 감면을 읽어 둡니다: 의무와 알림만, 첫 안내는 없습니다."),
        ("status", status, "주마다 어디까지 왔는지, 누가 무엇을 할 차례인지 보입니다."),
        ("review", review, "담당자가 확인할 건을 보입니다."),
        ("settle", settle, "확인할 건을 정리합니다."),
        ("rebuild", rebuild, "묶음을 지금 자료로 다시 만듭니다. 받은 결재는 무효가 됩니다."),
        ("hand-in", hand_in, "묶음을 결재에 올립니다(담당)."),
        ("approve", approve, "묶음을 결재합니다(결재). 올린 사람과 달라야 합니다."),
        ("reject", reject, "묶음을 까닭을 적어 돌려보냅니다(결재)."),
        ("withdraw", withdraw, "보내기 전의 묶음을 거둡니다(담당)."),
        ("send", send, "결재가 끝난 묶음을 보냅니다."),
        ("letters", letters, "우편 대상의 편지(PDF, HWPX)와 명단(xlsx)을 씁니다."),
        ("watch", watch, "나중 변동 명단을 읽고, 60일 안에 신고할 사람을 보입니다."),
        ("report", report, "월 결과 보고서(xlsx, HWPX, PDF)를 씁니다."),
        ("purge", purge, "보존 기간이 지난 자료를 지우고 증명을 남깁니다."),
    )
    for name, command, help_ in told:
        app.command(name, help=help_)(command)


def run(
    week: Week,
    file: Annotated[
        Path | None, typer.Option("--file", help="지방세 시스템 대신 읽을 감면 대장 파일")
    ] = None,
    accept: Annotated[
        str, typer.Option("--accept", help="보류된 대장을 까닭을 적고 받아들입니다.")
    ] = "",
) -> None:
    """Run a week until it waits for approval."""
    from gongmu.relief.run_week import run_week

    monday = _monday(week)
    with _house() as house:
        run_week(house, monday, file=file, accept=accept, note=typer.echo)


def import_history(file: Annotated[Path, typer.Argument(help="지난 감면 대장 파일")]) -> None:
    """Read earlier grants as history and judge their duties."""
    from gongmu.relief.history import import_file

    with _house() as house:
        import_file(house, file, who=getpass.getuser(), note=typer.echo)


def status() -> None:
    """Print the newest batches and what they wait for."""
    from gongmu.messages.delivery import Delivery
    from gongmu.messages.sending import words_of
    from gongmu.relief.batch import STATE_TITLES, Batches, State
    from gongmu.relief.review import REASON_TITLES, Reviews

    with _house() as house:
        delivery = Delivery(house)
        batches = Batches(house).recent(12)
        for batch in batches:
            line = (
                f"{batch.batch_id:<22} {STATE_TITLES[batch.state]:<6} 문자 {batch.member_count}건"
            )
            if batch.state in (State.SENDING, State.DONE):
                line += f"  {words_of(delivery.progress(batch.batch_id))}"
            typer.echo(line + (f"  {batch.why}" if batch.why else ""))
        if not batches:
            typer.echo(
                "아직 만든 묶음이 없습니다. gongmu relief run --week 2026-W47 로 시작하세요."
            )
        waiting = Reviews(house).open_count()
        named = ", ".join(f"{REASON_TITLES[reason]} {n}" for reason, n in waiting.items())
        typer.echo(f"확인할 건: {named or '없음'}")
        if stop := delivery.stopped():
            typer.echo(f"모든 문자를 멈춘 상태입니다({stop.who}: {stop.reason}).")


def review() -> None:
    """Print the open questions, by id and reason only."""
    from gongmu.relief.review import REASON_TITLES, Reviews

    with _house() as house:
        found = Reviews(house).queue(getpass.getuser(), limit=1000)
    for item in found:
        title = REASON_TITLES[item.reason]
        typer.echo(f"{item.number:>6} {item.grant_id[:20]} {title}: {item.detail}")
    typer.echo(f"확인할 건 {len(found)}건")


def settle(
    number: Annotated[int, typer.Argument(help="gongmu relief review 의 번호")],
    resolution: Annotated[
        str, typer.Option("--as", help="as_listed, notice, no_notice, tell_again")
    ],
    account: Account,
    note: Annotated[str, typer.Option("--note", help="확인한 내용")],
    notice: Annotated[str, typer.Option("--notice", help="notice일 때 안내 부호, 예: N17")] = "",
    stdin: FromStdin = False,
) -> None:
    """Settle one question as an officer."""
    from gongmu.core.people import Act
    from gongmu.relief.review import Resolution, Reviews

    try:
        how = Resolution(resolution)
    except ValueError as error:
        raise typer.BadParameter(f"쓸 수 있는 값: {', '.join(Resolution)}") from error
    with _house() as house:
        person = _person(house, account, stdin)
        _allow(house, person, Act.DRAFT)
        Reviews(house).settle(number, how, person.account, note, notice_code=notice)
    typer.echo("정리했습니다. 묶음에 넣으려면 gongmu relief run 을 다시 하세요.")


def rebuild(account: Account, batch: BatchName = "", stdin: FromStdin = False) -> None:
    """Freeze a batch again from what stands now."""
    from gongmu.relief.batch import Batches
    from gongmu.relief.planning import planned

    with _house() as house:
        person, chosen = _person(house, account, stdin), _batch(house, batch)
        parts = planned(house, chosen.week_on)
        fresh = Batches(house).freeze_again(chosen.batch_id, parts, person)
        typer.echo(f"{fresh.batch_id}: 문자 {fresh.member_count}건으로 다시 만들었습니다.")


def hand_in(account: Account, batch: BatchName = "", stdin: FromStdin = False) -> None:
    """Hand a batch in for approval."""
    from gongmu.relief.batch import Batches

    with _house() as house:
        person, chosen = _person(house, account, stdin), _batch(house, batch)
        Batches(house).hand_in(chosen.batch_id, person)
        _show(house, chosen.batch_id)
        typer.echo("결재에 올렸습니다. 다른 결재자가 gongmu relief approve 를 하세요.")


def approve(
    account: Account,
    batch: BatchName = "",
    stdin: FromStdin = False,
    yes: Annotated[bool, typer.Option("--yes", help="내용을 보이고 다시 묻지 않습니다.")] = False,
) -> None:
    """Show what is to be approved, then approve exactly that."""
    from gongmu.core.people import Act
    from gongmu.relief.batch import STATE_TITLES, Batches, State

    with _house() as house:
        person, chosen = _person(house, account, stdin), _batch(house, batch)
        _allow(house, person, Act.APPROVE)
        if chosen.state is not State.HANDED_IN:
            typer.echo(f"{chosen.batch_id}: 지금은 '{STATE_TITLES[chosen.state]}' 상태입니다.")
            raise typer.Exit(1)
        _show(house, chosen.batch_id)
        _samples(house, chosen.batch_id, person)
        if not yes and not typer.confirm("이 내용 그대로 결재합니까?"):
            typer.echo("결재하지 않았습니다.")
            return
        Batches(house).approve(chosen.batch_id, chosen.hash, person)
    typer.echo("결재했습니다. gongmu relief send 로 보내거나 gongmu serve 가 보냅니다.")


def reject(
    account: Account, reason: Reason, batch: BatchName = "", stdin: FromStdin = False
) -> None:
    """Send a batch back to its drafter."""
    from gongmu.relief.batch import Batches

    with _house() as house:
        person, chosen = _person(house, account, stdin), _batch(house, batch)
        Batches(house).reject(chosen.batch_id, person, reason)
    typer.echo("돌려보냈습니다.")


def withdraw(
    account: Account, reason: Reason, batch: BatchName = "", stdin: FromStdin = False
) -> None:
    """Give a batch up before it is sent."""
    from gongmu.relief.batch import Batches

    with _house() as house:
        person, chosen = _person(house, account, stdin), _batch(house, batch)
        Batches(house).withdraw(chosen.batch_id, person, reason)
    typer.echo("거두었습니다. 다시 만들려면 gongmu relief run 을 하세요.")


def send(
    wait: Annotated[bool, typer.Option("--wait", help="보낼 수 있는 시간까지 기다립니다.")] = False,
) -> None:
    """Send every approved batch to its end."""
    from gongmu.relief.run_week import send_week

    with _house() as house:
        send_week(house, note=typer.echo, wait=wait)


def letters(
    week: Week,
    out: Annotated[Path, typer.Option("--out", help="쓸 폴더")],
    reason: Reason = "우편 발송",
) -> None:
    """Write a week's letters and their list."""
    from gongmu.relief.letter_desk import LetterDesk

    monday = _monday(week)
    with _house() as house:
        for path in LetterDesk(house).write(monday, out, getpass.getuser(), reason):
            typer.echo(f"썼습니다: {path}")
    typer.echo("이름과 주소가 든 파일입니다. 쓴 뒤에는 지우세요.")


def watch(
    files: Annotated[
        list[Path] | None, typer.Argument(help="소유권·세대 변동 명단(여러 개). 없으면 지금 상태")
    ] = None,
) -> None:
    """Read lists of changes and print who must file within 60 days."""
    from gongmu.relief.history import watch_files

    with _house() as house:
        for line in watch_files(house, files or [], who=getpass.getuser(), note=typer.echo):
            typer.echo(line)


def report(
    month: Annotated[str, typer.Option("--month", help="달, 예: 2026-11", show_default=False)],
    out: Annotated[Path, typer.Option("--out", help="쓸 폴더")],
) -> None:
    """Write a month's result report in three forms."""
    from gongmu.core.clock import today
    from gongmu.relief.monthly import month_figures
    from gongmu.relief.office import office_of
    from gongmu.relief.report import report_hwpx, report_pdf, report_workbook

    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise typer.BadParameter(f"달을 읽을 수 없습니다: {month}") from error
    with _house() as house:
        figures = month_figures(house, first, getpass.getuser())
        office, day = office_of(house.city).office, today(house.clock)
        made_at = house.clock()
        out.mkdir(parents=True, exist_ok=True)
        bodies = {
            "xlsx": report_workbook(figures, office, day),
            "hwpx": report_hwpx(figures, office, day, made_at),
            "pdf": report_pdf(figures, office, day, made_at),
        }
    for form, body in bodies.items():
        path = out / f"감면안내_월결과_{month}.{form}"
        path.write_bytes(body)
        typer.echo(f"썼습니다: {path}")


def purge() -> None:
    """Remove what is past its days."""
    from gongmu.relief.retention import WHAT_TITLES, Retention

    with _house() as house:
        made = Retention(house).purge(getpass.getuser())
    for item in made:
        typer.echo(f"{WHAT_TITLES[item.what]} {item.count}건을 지웠습니다. 증명 {item.proof[:16]}")
    if not made:
        typer.echo("보존 기간이 지난 자료가 없습니다.")


@contextmanager
def _house() -> Iterator[House]:

    with open_this_house() as house:
        yield house


def _monday(week: str) -> date:
    from gongmu.relief.weeks import parse_week

    try:
        return parse_week(week)
    except ValueError as error:
        raise typer.BadParameter(f"주를 읽을 수 없습니다: {week}. 예: 2026-W47") from error


def _person(house: House, account: str, stdin: bool) -> Person:
    """Return who it is, after their password; raises Refused as a sign-in does."""
    from gongmu.core.people import People

    password = sys.stdin.readline().rstrip("\n") if stdin else getpass.getpass("비밀번호: ")
    people = People(house.engine, house.clock)
    signed = people.sign_in(account, password, "command line")
    people.sign_out(signed.token)
    return signed.person


def _allow(house: House, person: Person, act: Act) -> None:
    from gongmu.core.errors import Refused
    from gongmu.relief.office import office_of

    if not person.may(act) or not office_of(house.city).admits(person):
        raise Refused(
            "act_refused", "이 일을 할 권한이 없습니다.", "세정과의 담당자나 결재자로 하세요."
        )


def _batch(house: House, name: str) -> Batch:
    from gongmu.core.errors import Refused
    from gongmu.relief.batch import Batches

    batches = Batches(house)
    if name:
        return batches.find(name)
    newest = batches.recent(1)
    if not newest:
        raise Refused("batch_unknown", "묶음이 없습니다.", "gongmu relief run 으로 만드세요.")
    return newest[0]


def _show(house: House, batch_id: str) -> None:
    from gongmu.relief.overview import BatchDesk
    from gongmu.relief.review import REASON_TITLES

    view = BatchDesk(house).overview(batch_id)
    typer.echo(f"묶음 {batch_id}: 문자 {view.batch.member_count}건, 해시 {view.batch.hash}")
    for count in view.counts:
        change = count.change_share
        share = f" ({float(change):+.0%})" if change is not None else ""
        typer.echo(f"  {count.notice_code:<12} {count.count}건, 지난주 {count.last_count}건{share}")
    for why, number in view.left_out.items():
        typer.echo(f"  보내지 않음: {why} {number}건")
    for reason, number in view.open_reviews.items():
        typer.echo(f"  확인할 건: {REASON_TITLES[reason]} {number}건")
    typer.echo(
        f"  SMS {view.sms_count}, LMS {view.lms_count}, 문자 비용 {view.cost_won:,}원, "
        f"편지 {view.letter_count}통 {view.postage_won:,}원"
    )
    for change_ in view.changes:
        typer.echo(f"  바뀐 것: {change_}")


def _samples(house: House, batch_id: str, person: Person) -> None:
    from gongmu.relief.overview import BatchDesk

    for sample in BatchDesk(house).samples(batch_id, person.account, per_notice=1):
        typer.echo(f"--- {sample.row.notice_code} {sample.row.kind} {sample.row.byte_count}바이트")
        typer.echo(sample.text)
