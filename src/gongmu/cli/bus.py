"""`gongmu bus ...`"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from gongmu.cli.console import open_this_house
from gongmu.cli.korean import Commands

app = Commands()

Day = Annotated[str, typer.Option("--day", help="운행일, 예: 2026-11-20", show_default=False)]


@app.command("run", help="하루 일을 합니다: 내려받기, 분석, 엑셀. 다시 해도 결과는 같습니다.")
def run(
    day: Day,
    again: Annotated[
        bool, typer.Option("--again", help="마친 날도 누리집에서 다시 받아 봅니다(늦은 자료).")
    ] = False,
    accept: Annotated[
        str, typer.Option("--accept", help="보류된 날을 까닭을 적고 받아들입니다.")
    ] = "",
) -> None:
    """Run the workflow of a service day, or follow it where a worker already lives."""
    from gongmu.bus.run_day import run_day
    from gongmu.core.values import parse_day

    try:
        service_day = parse_day(day)
    except ValueError as error:
        raise typer.BadParameter(f"날짜를 읽을 수 없습니다: {day}") from error
    with open_this_house() as house:
        run_day(house, service_day, again=again, accept=accept, note=typer.echo)


@app.command("analyse", help="폴더에 모아 둔 파일을 분석해 Parquet으로 씁니다.")
def analyse(
    folder: Annotated[Path, typer.Argument(help="자료 폴더(하위 폴더까지 읽습니다)")],
    out: Annotated[Path, typer.Option("--out", help="결과 폴더")],
    city: Annotated[
        str, typer.Option("--city", help="도시 부호(cities/의 파일 이름)")
    ] = "practice",
    denominator: Annotated[
        str, typer.Option("--denominator", help="재차율 분모: capacity(정원) 또는 seats(좌석 수)")
    ] = "",
    accept: Annotated[
        str, typer.Option("--accept", help="보류된 날을 까닭을 적고 받아들입니다.")
    ] = "",
) -> None:
    """Read any folder of files and publish every table of the days found."""
    from gongmu.app import open_house
    from gongmu.bus.folder_run import analyse_folder
    from gongmu.bus.folder_summary import summary_lines
    from gongmu.core.settings import load_settings

    settings = load_settings().model_copy(update={"city": city})
    with open_house(settings) as house:
        summary = analyse_folder(
            house, folder, out, denominator=denominator, accept=accept, note=typer.echo
        )
    for line in summary_lines(summary):
        typer.echo(line)


@app.command("score", help="연습 도시의 정답과 견주어 정확도를 JSON으로 찍습니다.")
def score(
    out: Annotated[Path, typer.Argument(help="bus analyse의 결과 폴더")],
    truth: Annotated[Path, typer.Argument(help="연습 도시의 truth 폴더")],
) -> None:
    """Compare published tables with the practice city's truth."""
    from gongmu.core.errors import Refused
    from gongmu.practice.score import score as compare

    for folder, made_by in ((out, "bus analyse"), (truth, "practice make")):
        if not (folder / "tap.parquet").is_file():
            raise Refused(
                "score_input_missing",
                f"{folder} 폴더에 tap.parquet이 없습니다.",
                f"gongmu {made_by} 의 결과 폴더를 주세요.",
            )
    typer.echo(json.dumps(compare(out, truth), ensure_ascii=False, indent=2))
