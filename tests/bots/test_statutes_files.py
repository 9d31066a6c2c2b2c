"""The real files of the national service and of Markdown copies are read completely."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gongmu.bots.statutes.drf import parse_law
from gongmu.bots.statutes.law import Article, LawVersion, expires_on, sunsets
from gongmu.bots.statutes.markdown_law import is_history, parse_history, parse_markdown
from gongmu.core.errors import Refused
from tests.conftest import SHARED, shared

DRF = sorted((SHARED / "law" / "drf").glob("*.json")) or [Path("absent.json")]
MARKDOWN = sorted((SHARED / "law").glob("*_*.md")) or [Path("absent.md")]
HISTORY = sorted((SHARED / "law" / "history").glob("*.md")) or [Path("absent.md")]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)


def raw_text(unit: dict[str, Any]) -> str:
    """All the words of a unit in the order in which they stand in the file."""
    pieces = [unit["조문내용"]]
    paragraphs = unit.get("항", [])
    for paragraph in paragraphs if isinstance(paragraphs, list) else [paragraphs]:
        pieces.append(paragraph.get("항내용", ""))
        items = paragraph.get("호", [])
        for item in items if isinstance(items, list) else [items]:
            pieces.append(item["호내용"])
            subitems = item.get("목", [])
            for sub in subitems if isinstance(subitems, list) else [subitems]:
                pieces.append(sub["목내용"])
    return squeezed("".join(text for piece in pieces for text in strings(piece)))


def same_words(article: Article, raw: str) -> bool:
    dots = str.maketrans("·・‧", "ㆍㆍㆍ")
    got = squeezed(article.text).translate(dots)
    wanted = raw.translate(dots)
    # One heading of 민법 stands in square brackets.
    return got == wanted or got.replace("(", "[").replace(")", "]") == wanted.replace(
        "(", "["
    ).replace(")", "]")


@pytest.mark.parametrize("path", DRF, ids=lambda path: path.stem)
def test_every_article_of_the_service_is_read_word_for_word(path: Path) -> None:
    raw = json.loads(shared("law", "drf", path.name).read_text("utf-8"))
    version = parse_law(raw, path.name)
    units = [u for u in raw["법령"]["조문"]["조문단위"] if u["조문여부"] == "조문"]
    assert len(version.articles) == len(units)
    for unit, article in zip(units, version.articles, strict=True):
        assert article.number == int(unit["조문번호"])
        assert article.branch == int(unit.get("조문가지번호", 0))
        assert same_words(article, raw_text(unit)), article.heading
        if re.match(r"제\d+조(?:의\d+)?\s*삭제", str(unit["조문내용"])) and "항" not in unit:
            assert article.deleted
    supplements = raw["법령"]["부칙"]["부칙단위"]
    assert len(version.supplements) == (len(supplements) if isinstance(supplements, list) else 1)


def test_no_article_of_the_service_is_lost_in_all() -> None:
    shared("law", "drf")
    count = sum(len(parse_law(json.loads(path.read_text("utf-8"))).articles) for path in DRF)
    assert count == 6894


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: path.stem)
def test_every_article_of_a_markdown_copy_is_read_word_for_word(path: Path) -> None:
    text = shared("law", path.name).read_text("utf-8")
    if "부칙" in path.stem:
        pytest.skip("supplements only")
    version = parse_markdown(text, path.name)
    assert len(version.articles) == len(re.findall(r"^##### 제", text, re.MULTILINE))
    body = text.split("\n---\n", 1)[1].split("\n## 부칙\n")[0]
    body = re.sub(r"^#{1,4} .*$", "", body, flags=re.MULTILINE)
    body = html.unescape(re.sub(r"\\(.)", r"\1", re.sub(r"^#+ ?", "", body, flags=re.MULTILINE)))
    wanted = Counter(squeezed(body).replace("*", ""))
    got = Counter(squeezed("".join(a.text + a.note for a in version.articles)).replace("*", ""))
    lost = wanted - got
    # 민법 says one title twice (제50조) and has two headings between 관 and 조.
    assert sum(lost.values()) <= (60 if path.stem.startswith("민법") else 0), lost
    assert not got - wanted


@pytest.mark.parametrize("path", HISTORY, ids=lambda path: path.stem)
def test_every_version_of_a_history_is_read(path: Path) -> None:
    text = shared("law", "history", path.name).read_text("utf-8")
    assert is_history(text)
    versions = parse_history(text, "지방세특례제한법")
    assert len(versions) == len(re.findall(r"^===== 공포", text, re.MULTILINE))
    assert all(one.partial and one.covers for one in versions)


def test_a_list_of_one_is_the_thing_itself_at_every_level() -> None:
    unit = {
        "조문번호": "3",
        "조문가지번호": "2",
        "조문여부": "조문",
        "조문제목": "정의",
        "조문내용": "제3조의2(정의) 뜻은 다음과 같다.",
        "조문시행일자": "20300101",
        "항": {
            "호": {
                "호번호": "1의2.",
                "호내용": "1의2.  차",
                "목": {"목번호": "가.", "목내용": [["가.  큰 차"]]},
            }
        },
    }
    raw = {
        "법령": {
            "기본정보": {"법령명_한글": "연습법", "시행일자": "20260101", "법종구분": "법률"},
            "조문": {"조문단위": unit},
            "부칙": {"부칙단위": {"부칙공포번호": "00012", "부칙내용": [["부칙"]]}},
        }
    }
    version = parse_law(raw)
    (article,) = version.articles
    assert article.text == "제3조의2(정의) 뜻은 다음과 같다.\n1의2. 차\n가. 큰 차"
    assert article.starts_on == date(2030, 1, 1)
    assert [one.number for one in version.supplements] == [12]


@pytest.mark.parametrize(
    "raw", [{}, {"법령": {}}, {"법령": {"기본정보": {"법령명_한글": "가"}}}, {"Law": "없음"}]
)
def test_what_is_no_law_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="읽을 수 없습니다"):
        parse_law(raw)


def test_last_days_in_a_text_are_found() -> None:
    text = "2027년 12월 31일까지 면제하고, 2025. 6. 30.까지 신고한다. 2026년 1월 1일부터"
    assert sunsets(text) == [date(2025, 6, 30), date(2027, 12, 31)]


def test_the_newest_supplement_decides_how_long_a_law_lives() -> None:
    def version(*texts: str) -> LawVersion:
        units = [
            {"부칙공포일자": f"202{n}0101", "부칙공포번호": str(n), "부칙내용": [[text]]}
            for n, text in enumerate(texts)
        ]
        info = {"법령명_한글": "연습법", "시행일자": "20260101"}
        return parse_law({"법령": {"기본정보": info, "부칙": {"부칙단위": units}}})

    one, two = (
        "이 법은 2024년 12월 31일까지 효력을 가진다.",
        "이 법은 2027년 12월 31일까지 그 효력을 가진다.",
    )
    assert expires_on(version(one)) == date(2024, 12, 31)
    assert expires_on(version(one, two)) == date(2027, 12, 31)
    assert expires_on(version("이 법은 공포한 날부터 시행한다.")) is None
