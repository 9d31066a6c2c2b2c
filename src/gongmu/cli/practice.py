"""`gongmu practice ...` and `gongmu demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gongmu.cli.korean import Commands

app = Commands()

FIRST_DAY = "2026-11-20"
"""A Friday; a fixed day keeps the practice city the same whenever it is made."""

Seed = Annotated[int, typer.Option("--seed", help="도시를 정하는 씨앗 수")]
Scale = Annotated[float, typer.Option("--scale", help="크기: 1.0이면 60노선, 400대, 11만 승차/일")]


@app.command("make", help="연습 도시의 바깥 자료와 정답을 만듭니다.")
def make(
    directory: Annotated[Path, typer.Argument(help="만들 폴더")],
    seed: Seed = 7,
    days: Annotated[int, typer.Option("--days", min=1, help="운행일 수")] = 1,
    scale: Scale = 1.0,
    faults: Annotated[int, typer.Option("--faults", min=0, max=3, help="자료 결함 수준")] = 2,
    first_day: Annotated[str, typer.Option("--first-day", help="첫 운행일")] = FIRST_DAY,
) -> None:
    """Simulate a city and write `outside/` and `truth/`."""
    from gongmu.core.values import parse_day
    from gongmu.practice.make import make as build

    try:
        day = parse_day(first_day)
    except ValueError as error:
        raise typer.BadParameter(f"날짜를 읽을 수 없습니다: {first_day}") from error
    try:
        build(directory, seed, days, scale, faults, day, typer.echo)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    typer.echo(f"만들었습니다: {directory / 'outside'} 와 {directory / 'truth'}")


@app.command("serve", help="연습 도시의 BMS와 정산 누리집을 이 컴퓨터에서 엽니다.")
def serve(
    directory: Annotated[Path, typer.Argument(help="practice make로 만든 폴더")],
    bms_port: Annotated[int, typer.Option("--bms-port", help="BMS 누리집 포트")] = 8701,
    card_port: Annotated[int, typer.Option("--card-port", help="정산 누리집 포트")] = 8702,
    tax_port: Annotated[int, typer.Option("--tax-port", help="지방세 시스템 포트")] = 8703,
) -> None:
    """Serve the outside portals on loopback until interrupted."""
    from gongmu.core.errors import Refused
    from gongmu.practice.serve import serve as open_portals

    if not (directory / "outside").is_dir():
        raise Refused(
            "practice_missing",
            f"{directory}에 연습 도시의 outside 폴더가 없습니다.",
            f"먼저 gongmu practice make {directory} 로 만드세요.",
        )
    try:
        open_portals(directory, bms_port, card_port, tax_port=tax_port, say=typer.echo)
    except OSError as problem:
        raise Refused(
            "port_taken",
            f"포트를 열 수 없습니다: {bms_port}, {card_port}, {tax_port}",
            "다른 프로그램을 닫거나 --bms-port, --card-port, --tax-port 로 다른 포트를 주세요.",
        ) from problem


@app.command("make-relief", help="연습 도시의 지방세 자료(감면대장, 변동)와 정답을 만듭니다.")
def make_relief(
    directory: Annotated[Path, typer.Argument(help="만들 폴더")],
    seed: Seed = 7,
    week: Annotated[str, typer.Option("--week", help="마지막 주")] = "2026-W47",
    weeks: Annotated[int, typer.Option("--weeks", min=1, help="건수가 다 찬 주의 수")] = 4,
    grants: Annotated[int, typer.Option("--grants", min=1, help="한 주의 감면 건수")] = 300,
    faults: Annotated[int, typer.Option("--faults", min=0, max=3, help="자료 결함 수준")] = 2,
) -> None:
    """Write `outside/tax/<week>/` and `truth/relief.json`."""
    from datetime import date

    from gongmu.practice.tax.make import make_tax_office

    try:
        year, _, number = week.partition("-W")
        monday = date.fromisocalendar(int(year), int(number), 1)
    except ValueError as error:
        raise typer.BadParameter(f"주를 읽을 수 없습니다(예: 2026-W47): {week}") from error
    try:
        make_tax_office(directory, seed, monday, weeks, grants, faults, typer.echo)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    typer.echo(f"만들었습니다: {directory / 'outside' / 'tax'} 와 {directory / 'truth'}")


@app.command("make-library", help="연습 도시의 문서(편람, 복지 안내, 지침, 사례집 등)를 만듭니다.")
def make_library(
    directory: Annotated[Path, typer.Argument(help="만들 폴더")],
    seed: Seed = 7,
) -> None:
    """Write the city's shelves, one folder per knowledge base, and questions about them."""
    from gongmu.practice.library.make import write_library

    library = write_library(directory, seed)
    typer.echo(
        f"만들었습니다: {directory} (문서 {len(library.files)}건, 물음 {library.question_count}개, "
        f"엉뚱한 물음 {library.off_topic_count}개)"
    )
    for skipped in library.skipped:
        typer.echo(f"만들지 못했습니다: {skipped}")


def demo(
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="끝난 뒤 포털을 엽니다.")
    ] = True,
    seed: Seed = 7,
    scale: Scale = 1.0,
) -> None:
    """Run the main job end to end on the practice city, in a real browser."""
    from gongmu.cli.demo import play

    play(serve=serve, seed=seed, scale=scale, first_day=FIRST_DAY)
