"""Imports laws from a folder of files: JSON of the national service, Markdown copies, histories."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from gongmu.bots.statutes.drf import parse_law
from gongmu.bots.statutes.law import LawVersion, Ruling
from gongmu.bots.statutes.markdown_law import (
    is_history,
    parse_history,
    parse_markdown,
    parse_supplements,
)
from gongmu.bots.statutes.rulings import parse_ruling
from gongmu.bots.statutes.store import Statutes
from gongmu.core.errors import Refused

Note = Callable[[str], None]
_LARGEST = 64 * 1024 * 1024


@dataclass(frozen=True)
class FolderImport:
    """What came of a folder; `unreadable` are Korean lines, one a file."""

    laws: int
    versions: int
    articles: int
    rulings: int
    unchanged: int
    unreadable: Sequence[str]


def import_folder(statutes: Statutes, folder: Path, note: Note = lambda _: None) -> FolderImport:
    """Import every .json and .md file under `folder`; one that cannot be read is told and left.

    Whole laws come first, then histories and 부칙, so that these find their law by its name.
    Raises Refused("folder_missing").
    """
    if not folder.is_dir():
        raise Refused("folder_missing", f"폴더가 없습니다: {folder}", "법령 폴더를 확인하세요.")
    gathered = _gather(folder)
    done = _Done(statutes, note)
    for number, version in enumerate(gathered.versions, 1):
        done.keep(version)
        note(f"{number}/{len(gathered.versions)} {version.name} {len(version.articles)}개 조")
    for path, text in gathered.later:
        try:
            for one in _beside(statutes, path, text):
                done.keep(one)
        except Refused as problem:
            gathered.unreadable.append(f"{path.name}: {problem.message}")
    for ruling in gathered.rulings:
        statutes.import_ruling(ruling)
    for key in sorted(done.keys):
        statutes.learn(key)
    return FolderImport(
        len(done.keys),
        done.versions,
        done.articles,
        len(gathered.rulings),
        done.unchanged,
        tuple(gathered.unreadable),
    )


@dataclass
class _Gathered:
    versions: list[LawVersion] = field(default_factory=list)
    later: list[tuple[Path, str]] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


class _Done:
    """Counts what is kept."""

    def __init__(self, statutes: Statutes, note: Note) -> None:
        self._statutes, self._note = statutes, note
        self.keys: set[str] = set()
        self.versions = self.articles = self.unchanged = 0

    def keep(self, version: LawVersion) -> None:
        """Keep one version; its law is learnt at the end."""
        done = self._statutes.import_law(version, learn=False)
        self.keys.add(done.law_key)
        self.versions += 1
        self.articles += len(version.articles)
        self.unchanged += not done.changed


def _gather(folder: Path) -> _Gathered:
    found = _Gathered()
    for path in sorted(one for one in folder.rglob("*") if one.suffix.lower() in (".json", ".md")):
        if path.name.upper().startswith("README"):
            continue
        try:
            read = _read(path)
        except Refused as problem:
            found.unreadable.append(f"{path.name}: {problem.message}")
            continue
        if isinstance(read, LawVersion):
            found.versions.append(read)
        elif isinstance(read, Ruling):
            found.rulings.append(read)
        else:
            found.later.append((path, read))
    return found


def _read(path: Path) -> LawVersion | Ruling | str:
    """Return what a file holds; the text of a history or of 부칙, which need their law."""
    if path.stat().st_size > _LARGEST:
        raise Refused("statute_too_big", f"파일이 너무 큽니다: {path.name}", "나누어 넣으세요.")
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp949", "replace")
    if path.suffix.lower() == ".json":
        try:
            raw = json.loads(text)
        except ValueError:
            raise Refused("statute_unreadable", "JSON이 아닙니다", "파일을 확인하세요.") from None
        if not isinstance(raw, dict):
            raise Refused("statute_unreadable", "법령 본문이 없습니다", "파일을 확인하세요.")
        if "PrecService" in raw or "ExpcService" in raw:
            return parse_ruling(raw, path.name)
        return parse_law(raw, path.name)
    if is_history(text) or not text.lstrip("\ufeff").startswith("---"):
        return text
    return parse_markdown(text, path.name)


_SHORT = re.compile(r"^(?P<name>[^_]+)_(?P<rest>.+)$")


def _beside(statutes: Statutes, path: Path, text: str) -> list[LawVersion]:
    """Return the versions of a history file, or the law's present version with its 부칙 added."""
    found = _SHORT.match(path.stem)
    name = statutes.names().known(found["name"]) if found else None
    if name is None:
        raise Refused(
            "statute_unreadable",
            "머리글이 없고, 파일 이름에서 어느 법령인지 알 수 없습니다",
            "이름을 '지방세특례제한법_제66조_연혁.md'처럼 적으세요.",
        )
    kept = statutes.all_versions(name)
    law_id = kept[-1].law_id if kept else name
    if is_history(text):
        return [
            replace(one, kind=kept[-1].kind if kept else one.kind)
            for one in parse_history(text, name, law_id, path.name)
        ]
    supplements = tuple(parse_supplements(text))
    whole = [one for one in kept if not one.partial]
    if not supplements or not whole:
        raise Refused("statute_unreadable", "조문도 부칙도 없습니다", "파일을 확인하세요.")
    newest = whole[-1]
    known = {(one.number, one.text) for one in newest.supplements}
    fresh = tuple(one for one in supplements if (one.number, one.text) not in known)
    return [replace(newest, supplements=(*newest.supplements, *fresh))] if fresh else []
