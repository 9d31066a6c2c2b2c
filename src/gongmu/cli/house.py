"""`gongmu serve`, `check`, `secrets`, `people`, `runs`."""

from __future__ import annotations

from typing import Annotated

import typer

from gongmu.cli.console import open_this_house
from gongmu.cli.korean import Commands

secrets = Commands()
people = Commands()
runs = Commands()


def serve() -> None:
    """Open the portal and work on schedule until interrupted."""
    from gongmu.app import serve_portal

    with open_this_house() as house:
        serve_portal(house, note=typer.echo)


def check() -> None:
    """Print one line per thing that must be in order; exit 1 when one is not."""
    from gongmu.core.settings import load_settings
    from gongmu.selfcheck import findings

    bad = 0
    for finding in findings(load_settings()):
        typer.echo(f"{'✓' if finding.good else '✗'} {finding.title}: {finding.text}")
        if not finding.good:
            bad += 1
            typer.echo(f"  할 일: {finding.todo}")
    raise typer.Exit(1 if bad else 0)


@secrets.command("set", help="비밀값을 등록합니다. 값은 화면에 보이지 않습니다.")
def secret_set(
    name: Annotated[str, typer.Argument(help="이름, 예: bms.password")],
    from_stdin: Annotated[bool, typer.Option("--stdin", help="표준 입력에서 읽습니다.")] = False,
) -> None:
    """Store a named secret, asked for without echo."""
    import getpass
    import sys

    value = sys.stdin.readline().rstrip("\n") if from_stdin else getpass.getpass("값: ")
    if not value:
        raise typer.BadParameter("빈 값은 등록하지 않습니다.")
    with open_this_house() as house:
        house.vault.put_secret(name, value, by=getpass.getuser())
        house.audit.record(getpass.getuser(), "secret.set", name)
    typer.echo(f"'{name}'을(를) 등록했습니다.")


@secrets.command("list", help="등록된 비밀값의 이름을 보입니다. 값은 보이지 않습니다.")
def secret_list() -> None:
    """Print names, times and setters, never a value."""
    with open_this_house() as house:
        for info in house.vault.secret_names():
            typer.echo(f"{info.name:<24} {info.set_at:%Y-%m-%d %H:%M} {info.set_by}")


@runs.command("list", help="최근 실행을 보입니다.")
def run_list() -> None:
    """Print the runs changed last."""
    from gongmu.core.runs import STATUS_TITLES

    with open_this_house() as house:
        for run in house.runs.recent():
            typer.echo(f"{run.run_id:<28} {STATUS_TITLES[run.status]:<8} {run.message}")


@runs.command("answer", help="로봇이 기다리는 인증을 마쳤다고 알립니다.")
def run_answer(run_id: Annotated[str, typer.Argument(help="예: bus-day/2026-11-20")]) -> None:
    """Tell a waiting run that the person has done the outside step."""
    import getpass

    from gongmu.core.errors import Refused

    with open_this_house() as house:
        if house.runs.find(run_id) is None or house.desk.status(run_id) is None:
            raise Refused(
                "run_unknown",
                f"'{run_id}' 실행이 없습니다.",
                "gongmu runs list 로 실행 이름을 확인하세요.",
            )
        house.answer(run_id, getpass.getuser())
    typer.echo("알렸습니다. 로봇이 이어서 일합니다.")


@people.command("add", help="포털 계정을 만듭니다.")
def person_add(
    account: Annotated[str, typer.Argument(help="아이디")],
    name: Annotated[str, typer.Option("--name", help="이름")],
    role: Annotated[
        list[str], typer.Option("--role", help="조회, 담당, 결재, 관리, 감사, 개발(여러 번)")
    ] = ["조회"],  # noqa: B006  Typer copies it
    department: Annotated[str, typer.Option("--department", help="부서")] = "",
    from_stdin: Annotated[
        bool, typer.Option("--stdin", help="비밀번호를 표준 입력에서 읽습니다.")
    ] = False,
) -> None:
    """Make an account, asking for its first password."""
    import getpass

    from gongmu.core.people import People, Role

    try:
        roles = [Role(word) for word in role]
    except ValueError as error:
        known = ", ".join(Role)
        raise typer.BadParameter(f"모르는 역할이 있습니다. 쓸 수 있는 역할: {known}") from error
    password = _password(from_stdin)
    with open_this_house() as house:
        people_of = People(house.engine, house.clock)
        people_of.create(
            account, name, roles, password, department=department, by=getpass.getuser()
        )
    typer.echo(f"'{account}' 계정을 만들었습니다.")


@people.command("disable", help="계정을 막고 열린 접속을 끊습니다.")
def person_disable(account: Annotated[str, typer.Argument(help="아이디")]) -> None:
    """Shut an account."""
    import getpass

    from gongmu.core.people import People

    with open_this_house() as house:
        People(house.engine, house.clock).disable(account, by=getpass.getuser())
    typer.echo(f"'{account}' 계정을 막았습니다.")


@people.command("list", help="계정과 역할을 보입니다.")
def person_list() -> None:
    """Print every account."""
    from gongmu.core.people import People

    with open_this_house() as house:
        for person in People(house.engine, house.clock).everyone():
            state = "막힘" if person.disabled else ", ".join(sorted(person.roles))
            typer.echo(f"{person.account:<20} {person.name}  {person.department}  {state}")


def _password(from_stdin: bool) -> str:
    import getpass
    import sys

    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    first, second = getpass.getpass("비밀번호: "), getpass.getpass("한 번 더: ")
    if first != second:
        raise typer.BadParameter("두 비밀번호가 다릅니다.")
    return first
