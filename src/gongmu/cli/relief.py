"""`gongmu relief ...`: judge cases, play with the law's values, print the case schema."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gongmu.cli import relief_week
from gongmu.cli.korean import Commands

if TYPE_CHECKING:
    from gongmu.relief.facts import Case
    from gongmu.relief.law import Law
    from gongmu.relief.what_if import WhatIf

app = Commands()
relief_week.register(app)

CaseFile = Annotated[str, typer.Argument(help="사건 JSON 파일(하나 또는 목록). -는 표준 입력")]
City = Annotated[str, typer.Option("--city", help="조례를 읽을 도시 부호. 적지 않으면 조례 없음")]


@app.command("assess", help="사건 파일을 읽어 취득세·감면·추징을 판단합니다(JSON).")
def assess_cases(
    file: CaseFile,
    as_of: Annotated[str, typer.Option("--as-of", help="가산세를 셈할 날(2026-11-23)")] = "",
    city: City = "",
) -> None:
    """Print one decision per case; exit code 1 when a case could not be read."""
    from gongmu.cli.relief_bulk import FEW, judge_many, judged_json

    raw = _read(file)
    section = _section(city)
    day = _day(as_of)
    if len(raw) > FEW:
        wrong = judge_many(raw, section, day, typer.echo)
    else:
        printed, wrong = judged_json(raw, section, day)
        shown: Any = printed[0] if len(raw) == 1 and not _is_list(file) else printed
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    if wrong:
        raise typer.Exit(1)


_lists: dict[str, bool] = {}


def _is_list(file: str) -> bool:
    return _lists.get(file, False)


def _read(file: str) -> list[Any]:
    from gongmu.core.errors import Refused
    from gongmu.relief.case_file import read_json, text_of

    if file == "-":
        text = text_of(sys.stdin.buffer.read())
    else:
        try:
            text = text_of(Path(file).read_bytes())
        except OSError as error:
            raise Refused(
                "case_file_invalid",
                f"사건 파일을 열 수 없습니다: {Path(file).name}",
                "경로가 맞는지 살펴보세요.",
            ) from error
    _lists[file] = text.lstrip("\ufeff \t\r\n").startswith("[")
    return read_json(text)


def _section(city: str) -> dict[str, Any]:
    """Return the [relief] section of a city's file; no city, no ordinances."""
    if not city:
        return {}
    from gongmu.core.city import load_city

    return dict(load_city(city).relief)


def _law(city: str) -> Law:
    from gongmu.relief.law import load_law

    return load_law(_section(city))


def _day(text: str) -> date | None:
    from gongmu.core.values import parse_day

    if not text:
        return None
    try:
        return parse_day(text)
    except ValueError as error:
        raise typer.BadParameter(f"날짜를 읽을 수 없습니다: {text}") from error


@app.command("what-if", help="감면의 값을 바꾸면 누가 얼마나 달라지는지 봅니다.")
def what_if_cases(
    file: CaseFile,
    changes: Annotated[
        list[str], typer.Option("--set", help="바꿀 값: 'ev_66_4.last_on=2026-06-30'. 여러 번")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="JSON으로 냅니다")] = False,
    city: City = "",
) -> None:
    """Print the cases that change and the totals."""
    from gongmu.relief.what_if import what_if, what_if_json

    cases = _cases(_read(file))
    result = what_if(cases, _law(city), _changes(changes))
    if as_json:
        typer.echo(json.dumps(what_if_json(result), ensure_ascii=False, indent=2))
    else:
        typer.echo(_table(result))


def _cases(raw: list[Any]) -> list[Case]:
    from gongmu.core.errors import Refused
    from gongmu.relief.schema import read_case

    found = []
    for index, one in enumerate(raw):
        case, problems = read_case(one)
        if case is None:
            raise Refused(
                "case_file_invalid",
                f"{index + 1}째 사건: {problems[0].path}: {problems[0].message}",
                "gongmu relief assess로 모든 잘못을 볼 수 있습니다.",
            )
        found.append(case)
    return found


def _changes(texts: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise typer.BadParameter(f"'이름=값' 꼴로 적으세요: {text}")
        found[name.strip()] = value.strip()
    return found


def _won(won: int | None) -> str:
    return "모름" if won is None else f"{won:,}원"


def _table(result: WhatIf) -> str:
    lines = ["바꾼 값: " + ", ".join(f"{k} = {v}" for k, v in result.changes.items())]
    for one in result.changed:
        change = one.due_change_won
        lines.append(
            f"  {one.case_id or '(이름 없음)'}: 납부 {_won(one.before.tax_due_won)} → "
            f"{_won(one.after.tax_due_won)}"
            + ("" if change is None else f" ({change:+,}원)")
            + f"  [{one.before.relief_article or '감면 없음'} → "
            f"{one.after.relief_article or '감면 없음'}]"
        )
    lines.append(f"사건 {result.case_count}건 가운데 {len(result.changed)}건이 달라집니다.")
    if result.unknown_count:
        lines.append(f"금액을 모르는 {result.unknown_count}건은 합계에서 뺐습니다.")
    lines.append(
        f"감면 합계 {result.relief_before_won:,}원 → {result.relief_after_won:,}원, "
        f"납부 합계 {result.due_before_won:,}원 → {result.due_after_won:,}원 "
        f"({result.due_after_won - result.due_before_won:+,}원)"
    )
    return "\n".join(lines)


@app.command("schema", help="사건 파일의 꼴(JSON Schema)을 냅니다.")
def schema() -> None:
    """Print the JSON Schema of a case file."""
    from gongmu.relief.schema import json_schema

    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))
