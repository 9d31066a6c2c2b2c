"""What the scripted answers say: sentences that are true of their sources, and invented ones."""

# ruff: noqa: E501, S311  long Korean sentences; chance by seed

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gongmu.bots.passages import Passage
from gongmu.practice.portals.model_words import Talk

THINGS = (
    "주차장 사용 허가", "공원 이용 신청", "체육관 대관", "도로 점용 허가", "광고물 신고", "농기계 임대",
    "평생학습 수강", "도서관 회원 가입", "청년 월세 지원", "출산 축하금", "재활용 수거", "가로수 정비",
    "상수도 급수 공사", "소독 의무 신고", "마을버스 운행 변경", "캠핑장 예약", "장난감 대여", "무료 급식",
    "빈집 정비", "야시장 참가",
)  # fmt: skip
OFFICES = ("교통과", "공원녹지과", "체육진흥과", "건설과", "도시디자인과", "농업정책과", "평생교육과",
           "복지정책과", "자원순환과", "상하수도과")  # fmt: skip
OTHER_WORDS = {"신청서": "동의서", "수수료": "보증금", "시장": "구청장", "서면": "구두", "신고": "폐업",
               "허가": "면허", "주민": "법인"}  # fmt: skip


@dataclass(frozen=True)
class Item:
    """One sentence of a scripted answer and whether it is true."""

    text: str
    true: bool
    kind: str


def passages(seed: int) -> list[Passage]:
    """Return practice ordinances and manuals with figures of their own."""
    chance = random.Random(seed)
    made: list[Passage] = []
    for number, thing in enumerate(THINGS):
        days, fee = chance.randrange(5, 60), chance.randrange(1, 90) * 1_000
        fine, people = chance.randrange(2, 50) * 10, chance.randrange(20, 400)
        share, article = chance.randrange(5, 95), chance.randrange(3, 40)
        month, day, office = (
            chance.randrange(1, 13),
            chance.randrange(1, 29),
            chance.choice(OFFICES),
        )
        law = f"연습시 {thing} 조례"
        made.append(
            _passage(
                len(made), law, f"제{article}조", f"제{article}조(신청과 처리)",
                f"제{article}조(신청과 처리) ① {thing}을 하려는 주민은 쓰는 날 {days}일 전까지 신청서를 시장에게 "
                f"서면으로 제출하여야 한다.\n② 시장은 신청을 받은 날부터 {days + 3}일 이내에 허가 여부를 "
                f"통지하여야 한다. 다만, 관계 기관과 협의하는 기간은 포함하지 아니한다.\n③ 제1항을 위반한 자에게는 "
                f"{fine}만원 이하의 과태료를 부과한다.\n1. 거짓으로 신청한 자\n2. 신청하지 아니하고 사용한 자",
            )
        )  # fmt: skip
        made.append(
            _passage(
                len(made), f"{thing} 업무편람", f"{number + 2}쪽", f"{thing} 처리 요령",
                f"{thing} 수수료는 {fine}0원이며 현금으로 받지 아니한다.\n{thing}의 정원은 {people}명 이상 "
                f"{people * 2}명 이하로 한다.\n전체 비용의 {share}%를 시가 지원하고, 지원 금액은 {fee:,}원을 넘을 수 "
                f"없다.\n접수는 2026. {month}. {day}.부터 {office}에서 받는다.\n문의: {office} "
                f"031-000-{1000 + number}",
            )
        )  # fmt: skip
        rows = "\n".join(
            f"| {size} | {chance.randrange(10, 99)} | {chance.randrange(3, 30)}일 |"
            for size in ("소형", "중형", "대형")
        )
        made.append(
            _passage(
                len(made), f"{thing} 단가표", "표 1", "사용료",
                f"{thing} 사용료 (단위: 천원)\n| 구분 | 사용료 | 처리 기간 |\n|---|---|---|\n{rows}",
            )
        )  # fmt: skip
    return made


def _passage(number: int, document: str, place: str, heading: str, text: str) -> Passage:
    return Passage(f"p{number}", f"d{number}", "manual", document, place, heading, text, number)


# ---------------------------------------------------------------- what the model says


def compose(talk: Talk, chance: random.Random, titles: dict[str, str]) -> list[Item]:
    """Return true and invented sentences about the passages that the model was given."""
    makers: Sequence[Callable[..., Item | None]] = (
        quoted, spaced_quote, shortened_quote, said_plainly, won_rewritten, article_true, two_sources,
        table_row, date_rewritten,
        quote_word, quote_number, number_changed, number_elsewhere, unit_changed, bound_changed,
        article_high, article_other_law, paragraph_absent, law_invented, mark_absent, uncited, denied,
        office_swapped, row_changed, spliced_quote, word_number, figures_swapped, year_changed,
        quote_elsewhere, phone_invented, mail_invented, document_invented, subject_changed,
    )  # fmt: skip
    items: list[Item] = []
    for maker in chance.sample(makers, len(makers)):
        made = maker(talk.sources, chance, titles)
        if made is not None and made.text not in {one.text for one in items}:
            items.append(made)
        if len(items) == 10:
            break
    return items


Sources = Sequence[tuple[int, str]]
Titles = dict[str, str]


def _sentences(text: str) -> list[str]:
    lines = [one for one in text.split("\n") if not one.startswith("|") and "단위" not in one]
    found = [part for line in lines for part in re.split(r"(?<=다\.)\s", line)]
    found = [re.sub(r"^.*?[①②③]\s*", "", one).strip() for one in found]
    return [one for one in found if one.endswith("다.") and len(one) > 14]


def _some(sources: Sources, chance: random.Random, wanted: str = "") -> tuple[int, str] | None:
    found = [
        (number, one)
        for number, text in sources
        for one in _sentences(text)
        if not wanted or re.search(wanted, one)
    ]
    return chance.choice(found) if found else None


def _polite(sentence: str) -> str:
    plain = sentence.rstrip(".")
    for old, new in (
        ("하여야 한다", "하여야 합니다"), ("아니한다", "아니합니다"), ("부과한다", "부과합니다"),
        ("한다", "합니다"), ("받는다", "받습니다"), ("없다", "없습니다"), ("있다", "있습니다"),
    ):  # fmt: skip
        if plain.endswith(old):
            return plain[: -len(old)] + new
    return plain


def quoted(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    if (one := _some(sources, chance)) is None:
        return None
    marks = chance.choice(("“{}”", '"{}"', "‘{}’"))
    return Item(f"자료에 {marks.format(one[1])}라고 되어 있습니다 [{one[0]}].", True, "quote")


def spaced_quote(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    if (one := _some(sources, chance)) is None:
        return None
    words = one[1].rstrip(".").split(" ")
    at = chance.randrange(1, len(words))
    text = " ".join([*words[: at - 1], words[at - 1] + words[at], *words[at + 1 :]])
    if re.search(r"\d\d", words[at - 1][-1] + words[at][0]):
        return None
    return Item(f"규정은 “{text}”라고 합니다 [{one[0]}].", True, "quote spaced")


def shortened_quote(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    if (one := _some(sources, chance)) is None:
        return None
    words = one[1].split(" ")
    if len(words) < 8 or re.search("아니|없", " ".join(words[3:-3])):
        return None
    gap = chance.choice((" … ", " (중략) ", " ... "))
    text = " ".join(words[:3]) + gap + " ".join(words[-3:])
    return Item(f"근거는 “{text}”입니다 [{one[0]}].", True, "quote shortened")


def said_plainly(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    one = _some(sources, chance)
    return one and Item(f"{_polite(one[1])} [{one[0]}].", True, "plain")


def won_rewritten(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    if (one := _some(sources, chance, r"\d만원|\d,\d{3}원")) is None:
        return None
    text = re.sub(r"(\d+)만원", lambda m: f"{int(m[1]) * 10_000:,}원", one[1])
    text = re.sub(
        r"\b(\d+),000원(?=을 넘)",
        lambda m: f"{int(m[1])}천원" if int(m[1]) < 10 else f"{int(m[1])},000 원",
        text,
    )
    return Item(f"{_polite(text)} [{one[0]}].", True, "number rewritten")


def date_rewritten(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    if (one := _some(sources, chance, r"\d{4}\. \d")) is None:
        return None
    text = re.sub(
        r"(\d{4})\. (\d+)\. (\d+)\.",
        lambda m: chance.choice(
            (f"{m[1]}년 {m[2]}월 {m[3]}일", f"{m[1]}-{int(m[2]):02d}-{int(m[3]):02d}")
        ),
        one[1],
    )
    return Item(f"{_polite(text)} [{one[0]}].", True, "date rewritten")


def _law(
    sources: Sources, titles: Titles, chance: random.Random
) -> tuple[int, str, str, int] | None:
    found = []
    for number, text in sources:
        match = re.search(r"제(\d+)조\(신청과 처리\) ①.*", text)
        if match and (title := titles.get(match[0])):
            found.append((number, text, title, int(match[1])))
    return chance.choice(found) if found else None


def article_true(sources: Sources, chance: random.Random, titles: Titles) -> Item | None:
    if (law := _law(sources, titles, chance)) is None:
        return None
    number, text, title, article = law
    days = re.search(r"(\d+)일 이내", text)
    how = chance.choice((f"제{article}조제2항", f"제{article}조 제2항", f"제 {article} 조 제 2 항"))
    name = chance.choice((f"「{title}」 ", ""))
    if days is None:
        return None
    return Item(
        f"{name}{how}에 따라 {days[1]}일 이내에 허가 여부를 통지합니다 [{number}].", True, "article"
    )


def two_sources(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    first, second = _some(sources, chance), _some(sources, chance)
    if first is None or second is None or first[0] == second[0]:
        return None
    return Item(
        f"“{first[1]}”[{first[0]}], “{second[1]}”[{second[0]}]를 함께 보세요.", True, "two sources"
    )


def _row(sources: Sources, chance: random.Random) -> tuple[int, str, str, str, str] | None:
    found = [
        (number, *row)
        for number, text in sources
        for row in re.findall(r"\| (소형|중형|대형) \| (\d+) \| (\d+일) \|", text)
    ]
    return chance.choice(found) if found else None


def table_row(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    if (row := _row(sources, chance)) is None:
        return None
    won = chance.choice((f"{row[2]}천원", f"{int(row[2]) * 1000:,}원"))
    return Item(
        f"{row[1]} 사용료는 {won}이고 처리 기간은 {row[3]}입니다 [{row[0]}].", True, "table"
    )


# ---------------------------------------------------------------- what is invented


def row_changed(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    if (row := _row(sources, chance)) is None:
        return None
    return Item(f"{row[1]} 사용료는 {row[2]}만원입니다 [{row[0]}].", False, "table unit")


def quote_word(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    if (one := _some(sources, chance, "|".join(OTHER_WORDS))) is None:
        return None
    word = next(word for word in OTHER_WORDS if word in one[1])
    text = one[1].replace(word, OTHER_WORDS[word], 1)
    return Item(f"자료에 “{text}”라고 되어 있습니다 [{one[0]}].", False, "quote word")


def spliced_quote(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    if (one := _some(sources, chance, "포함하지 아니|받지 아니")) is None:
        return None
    text = re.sub(r"하지 아니한다|지 아니한다", "한다", one[1])
    return Item(f"자료에 “{text}”라고 되어 있습니다 [{one[0]}].", False, "quote denial cut")


def quote_number(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    if (one := _some(sources, chance, r"\d")) is None:
        return None
    text = re.sub(r"\d+", lambda m: str(int(m[0]) + chance.randrange(1, 9)), one[1], count=1)
    return Item(f"자료에 “{text}”라고 되어 있습니다 [{one[0]}].", False, "quote number")


def number_changed(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    if (one := _some(sources, chance, r"\d+(?:일|만원|명|%)")) is None:
        return None
    text = re.sub(r"\d+(?=일|만원|명|%)", lambda m: str(int(m[0]) + 501), one[1], count=1)
    return Item(f"{_polite(text)} [{one[0]}].", False, "number")


def word_number(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    if (one := _some(sources, chance, r"\d+일")) is None:
        return None
    new = chance.choice(("열흘", "보름", "구십일", "두 달"))
    if (new, re.search(r"(\d+)일", one[1])[1]) in (("열흘", "10"), ("보름", "15")):  # type: ignore[index]
        return None
    text = re.sub(r"\d+일", new, one[1], count=1)
    return Item(f"{_polite(text)} [{one[0]}].", False, "number in words")


def number_elsewhere(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    one = _some(sources, chance, r"\d+일 이내|\d+일 전")
    if one is None:
        return None
    own = set(re.findall(r"\d+", "\n".join(text for number, text in sources if number == one[0])))
    other = [
        figure
        for number, text in sources
        if number != one[0]
        for figure in re.findall(r"(\d+)일", text)
        if figure not in own
    ]
    if not other:
        return None
    text = re.sub(r"\d+(?=일)", chance.choice(other), one[1], count=1)
    return Item(f"{_polite(text)} [{one[0]}].", False, "number of another passage")


def unit_changed(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    if (one := _some(sources, chance, r"\d+일")) is None:
        return None
    text = re.sub(
        r"(\d+)일", lambda m: m[1] + chance.choice(("개월", "만원", "시간")), one[1], count=1
    )
    return Item(f"{_polite(text)} [{one[0]}].", False, "unit")


def bound_changed(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    if (one := _some(sources, chance, "이내|이하의|이상")) is None:
        return None
    for old, new in (("이내", "이후"), ("이하의", "이상의"), ("이상", "미만")):
        if old in one[1]:
            return Item(f"{_polite(one[1].replace(old, new, 1))} [{one[0]}].", False, "bound")
    return None


def article_high(sources: Sources, chance: random.Random, titles: Titles) -> Item | None:
    if (law := _law(sources, titles, chance)) is None:
        return None
    wrong = law[3] + chance.randrange(40, 200)
    return Item(
        f"「{law[2]}」 제{wrong}조에 따라 신청서를 제출합니다 [{law[0]}].", False, "article"
    )


def article_other_law(sources: Sources, chance: random.Random, titles: Titles) -> Item | None:
    if (law := _law(sources, titles, chance)) is None:
        return None
    other = chance.choice(("지방세법", "「도로교통법」", "주민등록법", "연습시 하수도 조례"))
    return Item(
        f"{other} 제{law[3]}조제1항에 따라 신청서를 제출합니다 [{law[0]}].", False, "other law"
    )


def paragraph_absent(sources: Sources, chance: random.Random, titles: Titles) -> Item | None:
    if (law := _law(sources, titles, chance)) is None:
        return None
    return Item(
        f"제{law[3]}조제{chance.randrange(4, 9)}항에 따라 신청서를 제출합니다 [{law[0]}].",
        False,
        "paragraph",
    )


def law_invented(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    one = _some(sources, chance)
    name = chance.choice(
        ("「생활편의 증진 특별법」", "「연습시 통합 민원 기본 조례」", "행정혁신촉진법")
    )
    return one and Item(f"{name}에 따라 {_polite(one[1])} [{one[0]}].", False, "law invented")


def mark_absent(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    one = _some(sources, chance)
    return one and Item(f"{_polite(one[1])} [{len(sources) + 3}].", False, "mark")


def uncited(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    one = _some(sources, chance, r"\d")
    return one and Item(f"{_polite(one[1])}.", False, "uncited")


def denied(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    if (one := _some(sources, chance, "(?:제출|통지)하여야 한다|부과한다|없다|아니한다")) is None:
        return None
    text = one[1]
    for old, new in (
        ("하여야 한다", "하지 않습니다"), ("부과한다", "부과하지 않습니다"), ("수 없다", "수 있습니다"),
        ("포함하지 아니한다", "포함합니다"), ("받지 아니한다", "받습니다"),
    ):  # fmt: skip
        if old in text:
            return Item(f"{text.rstrip('.').replace(old, new)} [{one[0]}].", False, "denied")
    return None


def office_swapped(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    if (one := _some(sources, chance, "과에서 받는다")) is None:
        return None
    text = re.sub(r"[가-힣]+과에서", "국세징수과에서", one[1])
    return Item(f"{_polite(text)} [{one[0]}].", False, "office")


def figures_swapped(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    if (one := _some(sources, chance, r"\d+일[^.]*\d+일")) is None:
        return None
    first, second, *_ = re.findall(r"(\d+)일", one[1])
    if first == second:
        return None
    text = re.sub(r"\d+(?=일)", second, one[1], count=1)
    at = text.index("일", text.index(second)) + 1
    text = text[:at] + re.sub(r"\d+(?=일)", first, text[at:], count=1)
    return Item(f"{_polite(text)} [{one[0]}].", False, "figures swapped")


def year_changed(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    if (one := _some(sources, chance, r"20\d\d")) is None:
        return None
    text = re.sub(r"20\d\d", str(chance.randint(1991, 1999)), one[1], count=1)
    return Item(f"{_polite(text)} [{one[0]}].", False, "year")


def quote_elsewhere(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    one, two = _some(sources, chance), _some(sources, chance)
    if one is None or two is None or one[0] == two[0]:
        return None
    if any(one[1] in text for number, text in sources if number == two[0]):
        return None
    return Item(
        f"자료에는 “{one[1]}”라고 되어 있습니다 [{two[0]}].", False, "quote of another passage"
    )


def phone_invented(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    if (one := _some(sources, chance)) is None:
        return None
    number = f"031-{chance.randint(200, 999)}-{chance.randint(1000, 9999)}"
    return Item(f"문의는 {number}으로 합니다 [{one[0]}].", False, "telephone")


def mail_invented(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    if (one := _some(sources, chance)) is None:
        return None
    where = chance.choice(
        ("minwon@city.go.kr", "https://minwon.city.go.kr/apply", "www.city-apply.kr")
    )
    return Item(
        f"{_polite(one[1])} 신청은 {where}에서 합니다 [{one[0]}].", False, "e-mail or address"
    )


def document_invented(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    if (one := _some(sources, chance)) is None:
        return None
    name = chance.choice(("민원 혁신 편람", "통합 운영 매뉴얼", "시민 행복 지침"))
    return Item(f"『{name}』에 따르면 {_polite(one[1])} [{one[0]}].", False, "document")


def subject_changed(sources: Sources, chance: random.Random, _t: Titles) -> Item | None:
    if (one := _some(sources, chance, r"(?:시장|신청인|사용자|주민)(?:은|는|이)")) is None:
        return None
    text = re.sub(r"(?:시장|신청인|사용자|주민)(?=은|는|이)", "대통령", one[1], count=1)
    return Item(f"{_polite(text)} [{one[0]}].", False, "subject")
