"""`gongmu laws ...`: laws from files or the national service; articles as of a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gongmu.cli.console import AsJson, OnDay, day_of, open_this_house, print_json, told
from gongmu.cli.korean import Commands
from gongmu.core.values import korean_date

if TYPE_CHECKING:
    from gongmu.bots.statutes.check import ArticleCheck

app = Commands()


@app.command("import", help="법령 파일(국가법령 API의 JSON, 마크다운)이 있는 폴더를 읽습니다.")
def import_files(
    folder: Annotated[Path, typer.Argument(help="법령 파일이 있는 폴더")], as_json: AsJson = False
) -> None:
    """Import every law of a folder; exit 1 when a file could not be read."""
    from gongmu.bots.evaluation.thresholds import calibrate_after_learning
    from gongmu.bots.search.index import SearchIndex
    from gongmu.bots.statutes.import_folder import import_folder
    from gongmu.bots.statutes.store import Statutes

    with open_this_house() as house:
        statutes = Statutes(house.engine, SearchIndex(house.engine), house.clock)
        done = import_folder(statutes, folder, told(as_json))
        calibrate_after_learning(house)
    if as_json:
        print_json(asdict(done))
    else:
        typer.echo(
            f"법령 {done.laws}건, 판 {done.versions}개, 조문 {done.articles:,}개, "
            f"판례·해석례 {done.rulings}건 (그대로 {done.unchanged}개)"
        )
        for line in done.unreadable:
            typer.echo(f"✗ {line}")
    raise typer.Exit(1 if done.unreadable else 0)


@app.command("fetch", help="국가법령정보 API에서 법령·자치법규·행정규칙·판례·해석례를 받습니다.")
def fetch(
    wanted: Annotated[
        list[str],
        typer.Argument(help="'law:지방세특례제한법', 'eflaw:지방세법', 'ordin:*@지자체코드' 따위"),
    ],
) -> None:
    """Bring what is wanted now; what a bad day cut off goes on when the command is repeated."""
    from gongmu.bots.evaluation.thresholds import calibrate_after_learning
    from gongmu.bots.search.index import SearchIndex
    from gongmu.bots.statutes.import_run import StatuteImport, Wanted
    from gongmu.core.clock import today
    from gongmu.core.values import content_hash

    asked = [Wanted.read(one) for one in wanted]
    with open_this_house() as house:
        named = content_hash(" ".join(map(str, asked)).encode())[:12]
        bringing = StatuteImport(house, SearchIndex(house.engine))
        done = bringing.bring(f"statute-import/{today(house.clock)}-{named}", asked)
        calibrate_after_learning(house)
    typer.echo(f"목록 {done.listed}건, 받음 {done.done}건, 받지 못함 {done.failed}건")
    raise typer.Exit(1 if done.failed or done.left else 0)


@app.command("show", help="인용한 조문의 글을 그날의 판으로 보입니다.")
def show(
    citation: Annotated[str, typer.Argument(help="예: '지방세특례제한법 제66조제3항'")],
    on: OnDay = "",
    as_json: AsJson = False,
) -> None:
    """Print each cited article as it stood on the day; exit 1 when one does not hold."""
    from gongmu.bots.statutes.store import Statutes
    from gongmu.core.clock import today

    with open_this_house() as house:
        day: date = day_of(on) or today(house.clock)
        checks = Statutes(house.engine).check_text(citation, day)
    if as_json:
        print_json([asdict(one) for one in checks])
    else:
        _show(checks, day)
    raise typer.Exit(0 if checks and all(one.exists for one in checks) else 1)


def _show(checks: Sequence[ArticleCheck], day: date) -> None:
    for one in checks:
        typer.echo(f"{one.law} {one.place} {one.title}".strip())
        typer.echo(one.note or one.text)
        if one.note and one.text:
            typer.echo(one.text)
        for past in one.past(day):
            typer.echo(f"※ 글에 적힌 기한이 지났습니다: {korean_date(past)} (일몰을 확인하세요)")
    if not checks:
        typer.echo("글에서 법령 인용을 찾지 못했습니다.")
