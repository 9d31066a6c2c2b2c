"""The practice law service's laws: invented, and worded as the national service words its JSON.

Nothing here is a real law. The oddities are the real service's: a list of one is the thing itself,
chapter headings stand among the articles, branch numbers stand apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"
_ARTICLE = re.compile(r"^제(\d+)조(?:의(\d+))?(?:\((?P<title>[^)]*)\))?")


@dataclass(frozen=True)
class PracticeVersion:
    """One version of an invented law (or one ruling, without text)."""

    target: str
    law_id: str
    name: str
    serial: str
    starts_on: date
    law: Mapping[str, Any]
    version: Mapping[str, Any]

    @property
    def revision(self) -> str:
        """Return 제정, 일부개정, 폐지 ..."""
        return str(self.version.get("revision", ""))


@cache
def practice_laws() -> Sequence[PracticeVersion]:
    """Return every version of every invented law and every ruling."""
    text = Path(__file__).with_name("laws.yaml").read_text("utf-8")
    return tuple(
        PracticeVersion(
            law["target"],
            law["id"],
            law["name"],
            version.get("serial", law["id"]),
            version.get("starts") or law["decided"],
            law,
            version,
        )
        for law in yaml.safe_load(text)
        for version in law.get("versions", [law])
    )


def law_json(one: PracticeVersion) -> dict[str, Any]:
    """Return the answer of lawService.do for a version."""
    return {
        "law": _national,
        "ordin": _ordinance,
        "admrul": _admin_rule,
        "prec": _precedent,
        "expc": _interpretation,
    }[one.target](one)


def _number(day: date) -> str:
    return f"{day:%Y%m%d}"


def _one_or_many(found: list[Any]) -> Any:
    return found[0] if len(found) == 1 else found


def _body(one: PracticeVersion) -> tuple[list[list[str]], list[list[str]]]:
    """Return the text in blocks, one an article or heading, and the supplements."""
    blocks: list[list[str]] = []
    supplements: list[list[str]] = []
    target = blocks
    for line in str(one.version["text"]).strip().split("\n"):
        if line.startswith("부칙"):
            target = supplements
            target.append([line])
        elif target is supplements:
            supplements[-1].append(line)
        elif _ARTICLE.match(line) or re.match(r"제\d+장", line):
            blocks.append([line])
        else:
            blocks[-1].append(line)
    return blocks, supplements


def _national(one: PracticeVersion) -> dict[str, Any]:
    blocks, supplements = _body(one)
    starts = _number(one.starts_on)
    units: list[dict[str, Any]] = []
    following = "1"
    for block in blocks:
        found = _ARTICLE.match(block[0])
        if found is None:
            units.append(_unit(following, "0", block[0], "", starts, "전문"))
            continue
        following = found[1]
        unit = _unit(found[1], "1", found[0], found["title"] or "", starts, "조문")
        if found[2]:
            unit["조문가지번호"] = found[2]
        key = found[1] + (f"의{found[2]}" if found[2] else "")
        if key in one.version.get("later", {}):
            unit["조문시행일자"] = _number(one.version["later"][key])
        _fill(unit, [block[0][found.end() :].strip(), *block[1:]])
        units.append(unit)
    info = {
        "법령ID": one.law_id,
        "법령명_한글": one.name,
        "법령명약칭": one.law.get("short", ""),
        "법종구분": {"content": one.law["kind"], "법종구분코드": "A0002"},
        "소관부처": {"content": one.law["owner"], "소관부처코드": "9990000"},
        "공포일자": _number(one.version["promulgated"]),
        "공포번호": one.version["number"].zfill(5),
        "시행일자": starts,
        "제개정구분": one.revision,
        "언어": "한글",
    }
    law: dict[str, Any] = {"기본정보": info, "부칙": {"부칙단위": _supplements(supplements, one)}}
    law["조문"] = {"조문단위": _one_or_many(units)} if units else {}
    law |= _annexes(one)
    return {"법령": law | {"법령키": f"{one.law_id}{starts}"}}


def _unit(number: str, last: str, text: str, title: str, starts: str, flag: str) -> dict[str, Any]:
    return {
        "조문번호": number,
        "조문키": f"{int(number):04d}00{last}",
        "조문여부": flag,
        "조문제목": title,
        "조문내용": f"            {text}" if flag == "전문" else text,
        "조문시행일자": starts,
        "조문변경여부": "N",
        "조문이동이전": "",
        "조문이동이후": "",
    }


def _fill(unit: dict[str, Any], lines: Sequence[str]) -> None:
    """Put the lines under an article's heading as the service does."""
    paragraphs: list[dict[str, Any]] = []
    for line in lines:
        if not line:
            continue
        if line.startswith("[본조"):
            unit["조문참고자료"] = line
        elif line[0] in _CIRCLED:
            paragraphs.append({"항번호": line[0], "항내용": line})
        elif re.match(r"\d+(?:의\d+)?\. ", line):
            if not paragraphs:
                paragraphs.append({})
            mark = line.split(" ", 1)[0]
            item = {"호번호": mark, "호내용": line.replace(". ", ".  ", 1)}
            paragraphs[-1].setdefault("호", []).append(item)
        elif re.match(r"[가-하]\. ", line):
            subitem = {"목번호": line[:2], "목내용": line.replace(". ", ".  ", 1)}
            paragraphs[-1]["호"][-1].setdefault("목", []).append(subitem)
        else:
            unit["조문내용"] = f"{unit['조문내용']} {line}".strip()
    for paragraph in paragraphs:
        _unwrap(paragraph)
    if paragraphs:
        unit["항"] = _one_or_many(paragraphs)


def _unwrap(paragraph: dict[str, Any]) -> None:
    for item in paragraph.get("호", []):
        if "목" in item:
            item["목"] = _one_or_many(item["목"])
    if "호" in paragraph:
        paragraph["호"] = _one_or_many(paragraph["호"])


def _supplements(found: list[list[str]], one: PracticeVersion) -> Any:
    return _one_or_many(
        [
            {
                "부칙공포일자": _number(one.version["promulgated"]),
                "부칙공포번호": one.version["number"].zfill(5),
                "부칙키": f"{one.serial}{number}",
                "부칙내용": [lines],
            }
            for number, lines in enumerate(found)
        ]
    )


def _annexes(one: PracticeVersion) -> dict[str, Any]:
    units = [
        {
            "별표번호": f"{annex['number']:04d}",
            "별표가지번호": "00",
            "별표구분": "별표",
            "별표제목": annex["title"],
            "별표내용": [annex["text"].split("\n")],
        }
        for annex in one.version.get("annexes", [])
    ]
    return {"별표": {"별표단위": _one_or_many(units)}} if units else {}


def _ordinance(one: PracticeVersion) -> dict[str, Any]:
    blocks, supplements = _body(one)
    units = []
    for block in blocks:
        found = _ARTICLE.match(block[0])
        text = "\n".join(block)
        if found is None:
            units.append({"조문번호": "000000", "조문여부": "N", "조제목": "", "조내용": text})
            continue
        code = f"{int(found[1]):04d}{int(found[2] or 0):02d}"
        units.append(
            {"조문번호": code, "조문여부": "Y", "조제목": found["title"] or "", "조내용": text}
        )
    info = {
        "자치법규ID": one.law_id,
        "자치법규일련번호": one.serial,
        "자치법규명": one.name,
        "자치법규종류": {"조례": "C0001", "규칙": "C0002"}[one.law["kind"]],
        "지자체기관명": one.law["owner"],
        "담당부서명": one.law["department"],
        "공포일자": _number(one.version["promulgated"]),
        "공포번호": one.version["number"],
        "시행일자": _number(one.starts_on),
        "제개정정보": one.revision,
    }
    body: dict[str, Any] = {"자치법규기본정보": info, "조문": {"조": _one_or_many(units)}}
    body["부칙"] = _ordinance_supplements(supplements, one)
    return {"LawService": body | _annexes(one)}


def _ordinance_supplements(found: list[list[str]], one: PracticeVersion) -> dict[str, Any]:
    return {
        "부칙공포일자": _number(one.version["promulgated"]),
        "부칙공포번호": one.version["number"],
        "부칙내용": "\n".join("\n".join(lines) for lines in found),
    }


def _admin_rule(one: PracticeVersion) -> dict[str, Any]:
    blocks, supplements = _body(one)
    info = {
        "행정규칙ID": one.law_id,
        "행정규칙일련번호": one.serial,
        "행정규칙명": one.name,
        "행정규칙종류": one.law["kind"],
        "소관부처명": one.law["owner"],
        "발령일자": _number(one.version["promulgated"]),
        "발령번호": one.version["number"],
        "시행일자": _number(one.starts_on),
        "제개정구분명": one.revision,
    }
    texts = ["\n".join(block) for block in blocks]
    body = {"행정규칙기본정보": info, "조문내용": _one_or_many(texts)}
    return {"AdmRulService": body | {"부칙": _ordinance_supplements(supplements, one)}}


def _precedent(one: PracticeVersion) -> dict[str, Any]:
    return {
        "PrecService": {
            "판례정보일련번호": one.law_id,
            "사건명": one.name,
            "사건번호": one.law["number"],
            "법원명": one.law["by"],
            "선고일자": _number(one.starts_on),
            **one.law["parts"],
        }
    }


def _interpretation(one: PracticeVersion) -> dict[str, Any]:
    return {
        "ExpcService": {
            "법령해석례일련번호": one.law_id,
            "안건명": one.name,
            "안건번호": one.law["number"],
            "해석기관명": one.law["by"],
            "해석일자": _number(one.starts_on),
            **one.law["parts"],
        }
    }


def listed_json(one: PracticeVersion, number: int, today: date) -> dict[str, Any]:
    """Return a version's row in the answer of lawSearch.do."""
    row = dict(_row(one, today))
    return {"id": str(number), **row}


def _row(one: PracticeVersion, today: date) -> Iterator[tuple[str, str]]:
    starts = _number(one.starts_on)
    if one.target in ("prec", "expc"):
        names = {
            "prec": ("판례일련번호", "사건명", "사건번호", "선고일자", "법원명"),
            "expc": ("법령해석례일련번호", "안건명", "안건번호", "회신일자", "회신기관명"),
        }[one.target]
        values = (one.law_id, one.name, one.law["number"], starts, one.law["by"])
        yield from zip(names, values, strict=True)
        return
    promulgated = _number(one.version["promulgated"])
    current = one in current_versions(today)
    state = "시행예정" if one.starts_on > today else "현행" if current else "연혁"
    if one.target == "law":
        yield from {
            "법령일련번호": one.serial,
            "법령ID": one.law_id,
            "법령명한글": one.name,
            "법령약칭명": one.law.get("short", ""),
            "법령구분명": one.law["kind"],
            "소관부처명": one.law["owner"],
            "공포일자": promulgated,
            "공포번호": one.version["number"],
            "시행일자": starts,
            "제개정구분명": one.revision,
            "현행연혁코드": state,
        }.items()
    elif one.target == "ordin":
        yield from {
            "자치법규일련번호": one.serial,
            "자치법규ID": one.law_id,
            "자치법규명": one.name,
            "자치법규종류": one.law["kind"],
            "지자체기관명": one.law["owner"],
            "공포일자": promulgated,
            "공포번호": one.version["number"],
            "시행일자": starts,
            "제개정구분명": one.revision,
        }.items()
    else:
        yield from {
            "행정규칙일련번호": one.serial,
            "행정규칙ID": one.law_id,
            "행정규칙명": one.name,
            "행정규칙종류": one.law["kind"],
            "소관부처명": one.law["owner"],
            "발령일자": promulgated,
            "발령번호": one.version["number"],
            "시행일자": starts,
            "제개정구분명": one.revision,
            "현행연혁구분": state,
        }.items()


def current_versions(today: date) -> Sequence[PracticeVersion]:
    """Return of each law the version in force on a day (the newest promulgated one)."""
    newest: dict[str, PracticeVersion] = {}
    for one in practice_laws():
        kept = newest.get(one.law_id)
        if one.starts_on <= today and (kept is None or one.starts_on > kept.starts_on):
            newest[one.law_id] = one
    return tuple(newest.values())
