"""`gongmu message ...`: look at a text, at the providers, at what was sent; stop and decide."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from gongmu.cli.console import AsJson, open_this_house, print_json
from gongmu.cli.korean import Commands

if TYPE_CHECKING:
    from gongmu.messages.delivery import Delivery

app = Commands()

Reason = Annotated[str, typer.Option("--reason", help="까닭(기록에 남습니다)")]


@app.command("bytes", help="글의 바이트 수와 종류, 보낼 수 없는 곳을 보입니다.")
def count_bytes(
    text: Annotated[str, typer.Argument(help="문자로 보낼 글")],
    subject: Annotated[str, typer.Option("--subject", help="장문의 제목")] = "",
    as_json: AsJson = False,
) -> None:
    """Print length, kind and problems; exit 1 when the text must not be sent."""
    from gongmu.messages import message

    problems = message.problems_of(text, subject)
    length = message.byte_count(text)
    kind = message.kind_of(text, subject) if length <= message.LMS_BYTES else None
    better = message.suggestion(text)
    if as_json:
        print_json(
            {
                "bytes": length,
                "kind": kind,
                "problems": [vars(problem) for problem in problems],
                "suggestion": better if better != text else "",
            }
        )
    else:
        typer.echo(f"{length:,}바이트, {kind or '너무 긺'}")
        for problem in problems:
            quoted = f" '{problem.found}'" if problem.found else ""
            typer.echo(f"✗ {problem.message}{quoted}")
        if better != text:
            typer.echo(f"이렇게 고쳐 보세요: {better}")
    raise typer.Exit(1 if problems else 0)


@app.command("providers", help="문자 중계사와 그 한도, 비밀값이 등록되었는지를 보입니다.")
def providers(as_json: AsJson = False) -> None:
    """Print every provider of the catalogue."""
    from gongmu.messages.provider import all_providers

    with open_this_house() as house:
        known = {info.name for info in house.vault.secret_names()}
        chosen = house.city.messages.get("gateway", {}).get("provider", "")
    rows = [
        {
            "code": one.code,
            "title": one.title,
            "chosen": one.code == chosen,
            "can_look_up": one.can_look_up,
            "batch_size": one.batch_size,
            "per_second": one.per_second,
            "secrets": {name: name in known for name in one.secrets},
            "owner_hint": one.owner_hint,
        }
        for one in all_providers().values()
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        mark = "●" if row["chosen"] else " "
        look = "조회됨" if row["can_look_up"] else "조회 안 됨(불확실하면 담당자가 정함)"
        typer.echo(f"{mark} {row['code']:<10} {row['title']}")
        typer.echo(f"    {look}, 한 번에 {row['batch_size']}통, 초당 {row['per_second']:g}통까지")
        for name, there in row["secrets"].items():
            typer.echo(f"    {'✓' if there else '✗'} {name}")


@app.command("stop", help="모든 문자를 멈춥니다.")
def stop(reason: Reason) -> None:
    """Turn the kill switch on."""
    with _delivery() as delivery:
        delivery.stop(_who(), reason)
    typer.echo("모든 문자를 멈췄습니다. 다시 보내려면 gongmu message resume")


@app.command("resume", help="멈춘 문자를 다시 보냅니다.")
def resume(reason: Reason) -> None:
    """Turn the kill switch off."""
    with _delivery() as delivery:
        delivery.resume(_who(), reason)
    typer.echo("다시 보냅니다.")


@app.command("status", help="보낸 수와 비용을 보입니다.")
def status(
    campaign: Annotated[str | None, typer.Argument(help="묶음. 적지 않으면 모두")] = None,
    as_json: AsJson = False,
) -> None:
    """Print how a campaign, or everything, stands."""
    from gongmu.messages.sending import words_of

    with _delivery() as delivery:
        progress, stopped = delivery.progress(campaign), delivery.stopped()
        opening = delivery.next_opening()
    if as_json:
        print_json(
            {
                "counts": dict(progress.counts),
                "later": progress.later_count,
                "unconfirmed": progress.unconfirmed_count,
                "cost_won": progress.cost_won,
                "stopped": stopped.reason if stopped else "",
                "next_opening": opening.isoformat(),
            }
        )
        return
    typer.echo(f"{words_of(progress)} / 비용 {progress.cost_won:,}원")
    if progress.later_count:
        typer.echo(f"정한 날에 보낼 것 {progress.later_count:,}통")
    if progress.unconfirmed_count:
        typer.echo(f"결과 미확인 {progress.unconfirmed_count:,}통")
    if stopped:
        typer.echo(f"멈춤: {stopped.who}, {stopped.reason}")


@app.command("doubt", help="보냈는지 불확실한 문자를 보입니다.")
def doubt(as_json: AsJson = False) -> None:
    """Print the in-doubt queue; phones are masked."""
    from gongmu.messages.delivery import Status

    with _delivery() as delivery:
        entries = delivery.entries(None, Status.IN_DOUBT, limit=10_000)
    if as_json:
        keys = ("key", "campaign", "about", "masked_phone", "reason")
        print_json([{name: getattr(entry, name) for name in keys} for entry in entries])
        return
    for entry in entries:
        typer.echo(f"{entry.key:<40} {entry.masked_phone}  {entry.campaign}  {entry.reason}")
    if not entries:
        typer.echo("불확실한 문자가 없습니다.")


@app.command("decide", help="불확실한 문자가 도착했는지 담당자가 정합니다.")
def decide(
    key: Annotated[str, typer.Argument(help="문자의 열쇠(gongmu message doubt)")],
    delivered: Annotated[
        bool,
        typer.Option("--delivered/--not-delivered", help="도착했음 / 도착하지 않음(다시 보냄)"),
    ],
    reason: Reason,
) -> None:
    """Settle one doubtful message."""
    with _delivery() as delivery:
        delivery.decide(key, delivered, _who(), reason)
    typer.echo("도착한 것으로 적었습니다." if delivered else "다시 보냅니다.")


@contextmanager
def _delivery() -> Iterator[Delivery]:
    from gongmu.messages.delivery import Delivery

    with open_this_house() as house:
        yield Delivery(house)


def _who() -> str:
    import getpass

    return getpass.getuser()
