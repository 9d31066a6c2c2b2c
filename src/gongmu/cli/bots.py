"""`gongmu bots ...`: list the desks, ask one, let it learn, search, evaluate, benchmark."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gongmu.cli.console import AsJson, OnDay, day_of, open_this_house, print_json, told
from gongmu.cli.korean import Commands

if TYPE_CHECKING:
    from gongmu.bots.bot import Bot
    from gongmu.bots.knowledge.document import Corpus
    from gongmu.bots.knowledge.store import Knowledge
    from gongmu.bots.passages import Reader
    from gongmu.core.house import House
    from gongmu.core.people import Person

app = Commands()

AsPerson = Annotated[
    str, typer.Option("--person", help="이 계정의 권한으로 합니다. 비우면 설치한 사람으로 합니다.")
]


@app.command("list", help="창구(챗봇)와 그 등급, 지식, 도구를 보입니다.")
def list_bots(as_json: AsJson = False) -> None:
    """Print every desk, shipped and published."""
    with open_this_house() as house:
        from gongmu.bots.registry import all_bots

        rows = [
            {
                "bot": bot.code,
                "title": bot.title,
                "department": bot.department,
                "data_class": bot.data_class.value,
                "version": bot.version,
                "corpora": list(bot.corpora),
                "tools": list(bot.tools),
                "form": bot.form,
                "purpose": bot.purpose,
            }
            for bot in all_bots(house.engine).values()
        ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        typer.echo(f"{row['bot']:<16} {row['title']} ({row['department']}, {row['data_class']})")
        typer.echo(f"{'':<16} {row['purpose']}")


@app.command("ask", help="창구에 묻습니다. 근거가 없으면 답하지 않고 누구에게 물을지 말합니다.")
def ask(
    bot: Annotated[str, typer.Argument(help="창구의 부호(gongmu bots list)")],
    question: Annotated[str, typer.Argument(help="물음")],
    files: Annotated[
        list[Path] | None, typer.Option("--file", help="함께 볼 파일(여러 번 적을 수 있습니다)")
    ] = None,
    person: AsPerson = "",
    as_json: AsJson = False,
) -> None:
    """Ask one question; exit 0 with an answer, 3 with a refusal."""
    from gongmu.bots.answers.attached import attachment_of
    from gongmu.bots.answers.desk import AnswerDesk
    from gongmu.bots.answers.kept import answer_json

    with open_this_house() as house:
        desk = AnswerDesk(house)
        chosen = _bot(house, bot)
        reader = _reader(house, person, chosen.department)
        attachments = tuple(attachment_of(path.name, _bytes(path)) for path in files or ())
        answer = desk.ask(chosen, reader, question, attachments=attachments)
    if as_json:
        print_json(answer_json(answer))
    else:
        typer.echo(answer.text)
        for one in answer.citations:
            mark = "확인됨" if one.verified else "확인 필요"
            typer.echo(f"[{one.number}] {one.document} {one.place} ({mark}) {one.in_force}")
        if answer.whom_to_ask:
            typer.echo(f"물을 곳: {answer.whom_to_ask}")
        for note in answer.notes:
            typer.echo(f"※ {note}")
    raise typer.Exit(3 if answer.refused else 0)


@app.command("learn", help="폴더의 문서를 창구의 지식으로 배웁니다. 바뀐 것만 다시 읽습니다.")
def learn(
    bot: Annotated[str, typer.Argument(help="창구의 부호")],
    folder: Annotated[Path, typer.Argument(help="문서가 있는 폴더")],
    corpus: Annotated[
        str, typer.Option("--corpus", help="창구의 지식 가운데 하나. 비우면 첫째입니다.")
    ] = "",
    watch: Annotated[bool, typer.Option("--watch", help="밤마다 이 폴더를 다시 배웁니다.")] = False,
    person: AsPerson = "",
    as_json: AsJson = False,
) -> None:
    """Learn a folder into one of the desk's corpora; exit 1 when a file could not be read."""
    from gongmu.bots.evaluation.thresholds import calibrate_after_learning
    from gongmu.bots.knowledge.store import Knowledge
    from gongmu.bots.search.index import SearchIndex

    with open_this_house() as house:
        chosen = _bot(house, bot)
        knowledge = Knowledge(house, SearchIndex(house.engine))
        code = _corpus_of(chosen, corpus)
        kept = _ensured(knowledge, chosen, code)
        by = _reader(house, person, kept.department)
        report = knowledge.learn_folder(code, folder, by, note=told(as_json))
        if watch:
            knowledge.watch(code, folder, by)
        calibrate_after_learning(house, [code])
    if as_json:
        print_json(asdict(report) | {"corpus": code, "said": report.said()})
    else:
        typer.echo(f"{code}: {report.said()}")
        for one in report.unreadable:
            typer.echo(f"✗ {one.name}: {one.reason}")
    raise typer.Exit(1 if report.unreadable else 0)


@app.command("search", help="지식에서 물음에 맞는 대목을 찾습니다.")
def search(
    corpus: Annotated[str, typer.Argument(help="지식의 부호(예: manual, welfare, statutes)")],
    query: Annotated[str, typer.Argument(help="물음")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="보일 개수")] = 10,
    on: OnDay = "",
    person: AsPerson = "",
    as_json: AsJson = False,
) -> None:
    """Print the best passages of one corpus."""
    from gongmu.bots.knowledge.store import Knowledge
    from gongmu.bots.search.index import SearchIndex

    with open_this_house() as house:
        index = SearchIndex(house.engine)
        department = Knowledge(house, index).corpus(corpus).department
        reader = _reader(house, person, department)
        found = index.search(query, [corpus], reader, k=k, on=day_of(on))
        threshold = index.threshold(corpus)
    rows = [
        {
            "rank": number,
            "score": round(one.score, 4),
            "share": round(one.share, 4),
            "enough": one.share >= threshold,
            "passage_id": one.passage.passage_id,
            "document": one.passage.document,
            "place": one.passage.place,
            "heading": one.passage.heading,
            "starts_on": one.passage.starts_on,
            "ends_on": one.passage.ends_on,
            "text": one.passage.text,
        }
        for number, one in enumerate(found, 1)
    ]
    if as_json:
        print_json(rows)
        return
    for number, one in enumerate(found, 1):
        passage = one.passage
        typer.echo(f"{number}. {passage.document} {passage.place}  ({one.share:.2f})")
        typer.echo(f"   {' '.join(passage.text.split())[:160]}")
    if not found:
        typer.echo("찾은 대목이 없습니다.")


@app.command("evaluate", help="창구마다 시험 물음을 풀어 점수를 내고 남깁니다.")
def evaluate(
    bot: Annotated[str, typer.Argument(help="창구의 부호. 비우면 모두")] = "",
    as_json: AsJson = False,
) -> None:
    """Run the checks of one desk or all; exit 1 when a desk scores lower than before."""
    from gongmu.bots.evaluation.evaluate import evaluate_bots

    with open_this_house() as house:
        scores = evaluate_bots(
            house,
            [_bot(house, bot)] if bot else None,
            note=told(as_json),
        )
        if as_json:
            print_json([score.as_json() for score in scores])
        fell = [score for score in scores if score.fell]
    if fell and not as_json:
        typer.echo("점수가 내린 창구: " + ", ".join(score.bot for score in fell))
    raise typer.Exit(1 if fell else 0)


@app.command("benchmark", help="문서와 물음이 있는 파일로 검색을 잽니다: R@1/5/10, MRR, 시간.")
def benchmark(
    file: Annotated[Path, typer.Argument(help="documents, questions, relevant가 있는 JSON")],
    as_json: AsJson = False,
) -> None:
    """Print retrieval quality and speed of the search on one file."""
    from gongmu.bots.search.benchmark import run_benchmark

    result = run_benchmark(file)
    if as_json:
        print_json(result.as_json())
    else:
        typer.echo(result.summary())


@app.command("vectors", help="임베딩으로 더 잘 찾는지 재어 보고, 나아질 때만 켭니다.")
def vectors(
    corpus: Annotated[str, typer.Argument(help="지식의 부호")], as_json: AsJson = False
) -> None:
    """Try the city's embeddings endpoint on one corpus's own questions."""
    from gongmu.bots.evaluation.thresholds import try_vectors

    with open_this_house() as house:
        trial = try_vectors(house, corpus)
    if as_json:
        print_json(asdict(trial))
        return
    for title, one in (("지금", trial.before), ("임베딩을 더하면", trial.after)):
        recall, first = one.recall_at_1, one.mrr_at_10
        typer.echo(f"{title}: R@1 {recall:.3f}, MRR {first:.3f} (물음 {trial.questions}개)")
    typer.echo("켰습니다." if trial.switched_on else "나아지지 않아 켜지 않았습니다.")


@app.command("mcp", help="이 설치의 도구를 MCP(표준입출력)로 다른 프로그램에 내줍니다.")
def mcp(person: Annotated[str, typer.Option("--person", help="누구의 권한으로 하는지")]) -> None:
    """Serve our tools over MCP on standard input and output with one person's rights."""
    from gongmu.bots.mcp.server import serve_stdio

    with open_this_house() as house:
        serve_stdio(house, _person(house, person))


# ------------------------------------------------------------ shared


def _bot(house: House, code: str) -> Bot:
    from gongmu.bots.registry import all_bots
    from gongmu.core.errors import Refused

    bots = all_bots(house.engine)
    if code not in bots:
        raise Refused("bot_unknown", f"'{code}' 창구가 없습니다.", f"있는 창구: {', '.join(bots)}")
    return bots[code]


def _corpus_of(bot: Bot, given: str) -> str:
    from gongmu.core.errors import Refused

    if not bot.corpora or (given and given not in bot.corpora):
        raise Refused(
            "corpus_unknown",
            f"'{bot.title}' 창구에는 지식 '{given}'이 없습니다."
            if given
            else f"'{bot.title}' 창구는 지식을 쓰지 않습니다.",
            f"이 창구의 지식: {', '.join(bot.corpora) or '없음'}",
        )
    return given or bot.corpora[0]


def _ensured(knowledge: Knowledge, bot: Bot, code: str) -> Corpus:
    """Return the corpus, made with the desk's department and class when it is new."""
    from gongmu.bots.registry import CORPORA
    from gongmu.core.errors import Refused

    try:
        return knowledge.corpus(code)
    except Refused:
        return knowledge.ensure_corpus(
            code, CORPORA.get(code, code), bot.department, data_class=bot.data_class
        )


def _reader(house: House, account: str, department: str) -> Reader:
    """Return who reads: the named person, or who runs this machine, in `department`."""
    from gongmu.bots.passages import Reader
    from gongmu.core.people import Role

    if account:
        return Reader.of(_person(house, account))
    return Reader(_name(""), "설치한 사람", department, frozenset(Role))


def _person(house: House, account: str) -> Person:
    from gongmu.core.errors import Refused
    from gongmu.core.people import People

    person = People(house.engine, house.clock).find(account)
    if person.disabled:
        raise Refused("account_shut", f"멈춘 계정입니다: {account}", "다른 계정을 적으세요.")
    return person


def _name(account: str) -> str:
    import getpass

    return account or getpass.getuser()


def _bytes(path: Path) -> bytes:
    from gongmu.core.errors import Refused

    try:
        return path.read_bytes()
    except OSError:
        raise Refused(
            "file_unreadable", f"{path}: 파일을 열 수 없습니다.", "경로를 확인하세요."
        ) from None
