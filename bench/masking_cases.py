"""Hard Korean cases of personal data and innocent texts that look like them, made from a seed."""

from __future__ import annotations

import base64
import json
import random
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml


@dataclass(frozen=True)
class Case:
    """A text, what must not leave it (digits or plate, plainly written), and its kind."""

    kind: str
    writing: str
    text: str
    secrets: tuple[str, ...]
    as_argument: object = None
    """Sent as the argument of a tool call instead of as a message, when given."""


Writer = Callable[[str, random.Random], str]

_HANGUL = "공일이삼사오육칠팔구"
_HANJA = "〇一二三四五六七八九"
_FORMAL = "零壹貳參肆伍陸柒捌玖"


def _each(table: str) -> Writer:
    def write(text: str, _random: random.Random) -> str:
        return "".join(table[int(one)] if one.isdecimal() else one for one in text)

    return write


def _between(mark: str) -> Writer:
    def write(text: str, _random: random.Random) -> str:
        return mark.join(text)

    return write


def _separator(mark: str) -> Writer:
    return lambda text, _random: text.replace("-", mark)


def _some_between(marks: str) -> Writer:
    def write(text: str, dice: random.Random) -> str:
        return "".join(one + (dice.choice(marks) if dice.random() < 0.5 else "") for one in text)

    return write


def _mixed(text: str, dice: random.Random) -> str:
    return "".join(dice.choice("-–—·./ ~_") if one == "-" else one for one in text)


def _wide(text: str, _random: random.Random) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def _mixed_digits(text: str, dice: random.Random) -> str:
    tables = ("0123456789", "０１２３４５６７８９", "⓪①②③④⑤⑥⑦⑧⑨", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")
    return "".join(dice.choice(tables)[int(one)] if one.isdecimal() else one for one in text)


def _line(text: str, dice: random.Random) -> str:
    if "-" in text:
        return text.replace("-", dice.choice(("-\n", "\n-", "\n", " -\n")), 1)
    place = len(text) // 2
    return f"{text[:place]}\n{text[place:]}"


WRITERS: dict[str, Writer] = {
    "as it is": lambda text, _random: text,
    "no separator": _separator(""),
    "space": _separator(" "),
    "wide space": _separator("\u3000"),
    "no-break space": _separator("\u00a0"),
    "full stop": _separator("."),
    "middle dot": _separator("·"),
    "en dash": _separator("–"),
    "tilde": _separator(" ~ "),
    "slash": _separator("/"),
    "spaced dash": _separator(" - "),
    "mixed separators": _mixed,
    "every digit apart": _between(" "),
    "full-width": _wide,
    "circled": _each("⓪①②③④⑤⑥⑦⑧⑨"),
    "black circled": _each("⓿❶❷❸❹❺❻❼❽❾"),
    "superscript": _each("⁰¹²³⁴⁵⁶⁷⁸⁹"),
    "hanja": _each(_HANJA),
    "formal hanja": _each(_FORMAL),
    "hangul": _each(_HANGUL),
    "mixed digits": _mixed_digits,
    "zero width": _some_between("\u200b\u200c\u2060\ufeff"),
    "soft hyphen": _some_between("\u00ad"),
    "keycaps": lambda text, _random: "".join(
        f"{one}\ufe0f\u20e3" if one.isdecimal() else one for one in text
    ),
    "combining": _some_between("\u0332\u0336"),
    "over two lines": _line,
    "bold": lambda text, _random: "**" + text.replace("-", "**-**") + "**",
    "html cells": lambda text, _random: "<td>" + text.replace("-", "</td><td>") + "</td>",
    "table cells": lambda text, _random: "| " + text.replace("-", " | ") + " |",
    "tabs": _separator("\t"),
    "quoted mail": lambda text, _random: "> " + text.replace("-", "-\n> ", 1),
    "percent": lambda text, _random: (
        "".join(f"%{ord(one):02X}" for one in text) if text.isascii() else quote(text)
    ),
    "json escapes": lambda text, _random: "".join(f"\\u{ord(one):04x}" for one in text),
    "html escapes": lambda text, _random: "".join(f"&#{ord(one)};" for one in text),
    "html hex": lambda text, _random: "".join(f"&#x{ord(one):x};" for one in text),
    "dash as entity": _separator("&ndash;"),
    "said dash": _separator(" 다시 "),
    "base64": lambda text, _random: base64.b64encode(f"번호 {text}".encode()).decode(),
}
_NOT_FOR = {
    "plate": {"hangul", "said dash", "no separator", "html cells", "table cells", "tabs", "tilde"}
    | {"slash", "mixed separators", "base64", "bold", "quoted mail", "dash as entity"},
    "card": {"said dash", "tabs", "base64"},
    "account": {"said dash", "base64"},
    "phone": {"base64"},
}

_CONTEXTS = {
    "resident": (
        "주민번호 {}",
        "주민등록번호: {}",
        "{}",
        "민원인 홍길동({})",
        "신청인 김영희 {} 확인 바람",
        "본인({})은 위임합니다.",
        "RRN={}",
        "1. {}",
        "환급 대상자는 {} 입니다",
        "등록번호 {} 조회 요청",
        "아래와 같이 요청합니다.\n성명 박민수\n번호 {}\n끝.",
        "[{}]",
        "주민 {}번 맞나요?",
    ),
    "phone": (
        "전화 {}",
        "연락처: {}",
        "{}",
        "민원인 홍길동({})",
        "휴대폰 {}로 연락 바람",
        "제 번호는 {} 예요",
        "H.P {}",
        "☎ {}",
        "문자는 {}(으)로",
        "보호자 연락처 {} (모)",
        "tel={}",
    ),
    "card": (
        "카드번호 {}",
        "{}",
        "카드 {} 결제 취소",
        "법인카드: {}",
        "결제카드({})",
        "카드는 {} 입니다",
    ),
    "account": (
        "계좌번호 {}",
        "농협 {}",
        "국민은행 {} 예금주 홍길동",
        "환급계좌: 신한 {}",
        "입금 계좌는 {} 입니다",
        "{} (우체국, 김영희)",
        "카카오뱅크 {}로 보내 주세요",
        "계좌: 하나 {}",
    ),
    "plate": (
        "차량번호 {}",
        "{}",
        "차량 {} 과태료",
        "{} 차량이 불법주차",
        "자동차등록번호: {}",
        "번호판 {} 견인",
    ),
}


def hard_cases(seed: int, count: int) -> Iterator[Case]:
    """Yield `count` cases: each writing of each kind in turn, then special ones."""
    dice = random.Random(seed)  # noqa: S311
    makers = {
        "resident": _resident,
        "phone": _phone,
        "card": _card,
        "account": _account,
        "plate": _plate,
    }
    special = list(_special(dice))
    yield from special
    made = len(special)
    while made < count:
        for writing, writer in WRITERS.items():
            for kind, maker in makers.items():
                if writing in _NOT_FOR.get(kind, ()) or made >= count:
                    continue
                value = maker(dice)
                text = dice.choice(_CONTEXTS[kind]).format(writer(value, dice))
                if dice.random() < 0.3:
                    text = f"{_FILLER}\n{text}\n{_FILLER}"
                elif dice.random() < 0.1:
                    text = unicodedata.normalize("NFD", text)
                yield Case(kind, writing, text, (_bare(value),))
                made += 1


_FILLER = "제12조제3항에 따라 2025. 5. 19.까지 10-1번 노선의 이용객 1,234명을 보고합니다."


def _bare(value: str) -> str:
    return "".join(one for one in value if one.isalnum())


def _resident(dice: random.Random) -> str:
    year, foreign = dice.randrange(1930, 2024), dice.random() < 0.2
    sex = (5 if foreign else 1) + (2 if year >= 2000 else 0) + dice.randrange(2)
    birth = f"{year % 100:02d}{dice.randrange(1, 13):02d}{dice.randrange(1, 29):02d}"
    return f"{birth}-{sex}{dice.randrange(10**6):06d}"


def _phone(dice: random.Random) -> str:
    kind = dice.random()
    if kind < 0.7:
        return f"010-{dice.randrange(2000, 9999)}-{dice.randrange(10**4):04d}"
    if kind < 0.8:
        area = dice.choice((11, 16, 17, 19))
        return f"0{area}-{dice.randrange(200, 999)}-{dice.randrange(10**4):04d}"
    if kind < 0.9:
        area = dice.choice((31, 32, 51, 62))
        return f"0{area}-{dice.randrange(200, 999)}-{dice.randrange(10**4):04d}"
    return f"02-{dice.randrange(2000, 9999)}-{dice.randrange(10**4):04d}"


def _card(dice: random.Random) -> str:
    if dice.random() < 0.15:
        return (
            f"37{dice.randrange(100):02d}-{dice.randrange(10**6):06d}-{dice.randrange(10**5):05d}"
        )
    return f"{dice.choice('4593')}{dice.randrange(1000):03d}-" + "-".join(
        f"{dice.randrange(10**4):04d}" for _ in range(3)
    )


_BANKS = (
    "3-4-4-2",
    "6-2-6",
    "3-3-6",
    "4-3-6",
    "3-6-5",
    "3-6-2-3",
    "4-2-7",
    "4-4-4",
    "3-2-6",
    "4-4-4-1",
    "3-6-3",
    "3-2-6-1",
)


def _account(dice: random.Random) -> str:
    sizes = map(int, dice.choice(_BANKS).split("-"))
    return "-".join(
        f"{dice.randrange(1, 9)}{dice.randrange(10 ** (n - 1)):0{n - 1}d}"
        if n > 1
        else str(dice.randrange(10))
        for n in sizes
    )


def _plate(dice: random.Random) -> str:
    use = dice.choice(
        "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주하허호바사아자배"
    )
    number = f"{dice.randrange(1000, 9999)}"
    kind = dice.random()
    if kind < 0.4:
        return f"{dice.randrange(10, 99)}{use}{number}"
    if kind < 0.7:
        return f"{dice.randrange(100, 699)}{use}{number}"
    if kind < 0.85:
        return f"{dice.randrange(10, 99)}{use} {number}"
    return f"{dice.choice(('서울', '경기', '부산', '강원'))}{dice.randrange(10, 99)}{use}{number}"


def _special(dice: random.Random) -> Iterator[Case]:
    for _ in range(4):
        one = _resident(dice)
        front, back = one.split("-")
        bare = front + back
        yield Case(
            "resident",
            "halves in a sentence",
            f"주민번호 앞자리 {front} 뒷자리 {back}",
            (front, back),
        )
        yield Case(
            "resident",
            "halves with words",
            f"주민등록번호는 앞이 {front}이고 뒤는 {back}입니다",
            (front, back),
        )
        yield Case(
            "resident",
            "headed table",
            "| 성명 | 주민앞 | 주소 | 주민뒤 |\n|---|---|---|---|\n"
            f"| 김철수 | {front} | 가나동 | {back} |",
            (back,),
        )
        yield Case(
            "resident",
            "headed table",
            f"성명\t주민등록번호\t비고\n이영희\t{front}{back}\t없음",
            (bare,),
        )
        yield Case("resident", "csv", f"이름,앞,뒤\n박민수,{front},{back}", (back,))
        yield Case(
            "resident",
            "number argument",
            "",
            (bare,),
            {"rrn": int(bare) if front[0] != "0" else bare},
        )
        yield Case("resident", "parts argument", "", (back,), {"앞": front, "뒤": back})
        yield Case("resident", "rows argument", "", (back,), {"rows": [["김철수", front, back]]})
        yield Case(
            "resident", "json in json", "", (bare,), {"body": json.dumps({"text": f"번호 {one}"})}
        )
        yield Case("resident", "key argument", "", (bare,), {one: "조회"})
        yield Case("resident", "hex", f"코드 {one.encode().hex()}", (bare,))
        yield Case(
            "resident",
            "long birth",
            f"19{front}-1{back[1:]}" if front[0] in "3456789" else f"20{front}-3{back[1:]}",
            (back[1:],),
        )
        yield Case(
            "resident",
            "wrapped",
            f"번호는 {front}{back[:3]}\n{back[3:]} 입니다. 주민등록번호",
            (back,),
        )
        phone = _phone(dice)
        digits = _bare(phone)
        yield Case("phone", "country code", f"+82-{phone[1:]}", (digits[1:],))
        yield Case("phone", "country code", f"+82 {digits[1:]}", (digits[1:],))
        yield Case("phone", "bracket", f"({phone[:3]}){phone[4:]}", (digits,))
        yield Case(
            "phone", "half bracket", f"연락처 02)345-{digits[-4:]}", (f"02345{digits[-4:]}",)
        )
        yield Case(
            "phone", "extension", f"전화 031-345-{digits[-4:]}(내선 12)", (f"031345{digits[-4:]}",)
        )
        yield Case(
            "phone",
            "letters",
            "O1O-" + phone[4:] if phone.startswith("010") else phone,
            (digits[-8:],),
        )
        yield Case(
            "phone",
            "particles",
            "공일공에 " + _each(_HANGUL)("3456", dice) + "에 " + _each(_HANGUL)("7812", dice),
            ("01034567812",),
        )
        yield Case("phone", "number argument", "", ("1034567812",), {"phone": 1034567812})
        yield Case(
            "account",
            "digits only",
            f"계좌번호 {dice.randrange(10**11, 10**12)}"[:19],
            (),
        )
        plate = _plate(dice)
        yield Case("plate", "argument", "", (_bare(plate),), {"plate": plate})
        yield Case("plate", "spaced", f"차량 {' '.join(_bare(plate))}", (_bare(plate),))
    yield Case("plate", "state", "외교 012-345 차량", ("외교012345",))
    yield Case("plate", "old", "서울 1가 2345", ("서울1가2345",))
    yield Case("plate", "old", "경기 가 2345 차량", ("가2345",))


INNOCENT = (
    "10-1번 버스는 {a}분 간격으로 다닙니다.",
    "1번, 1-1번, 10-5번, 3000번, M4101번 노선을 조정한다.",
    "{y}. {m}. {d}. {h}:30 ~ {y}. {m}. {d}. 18:00까지 접수",
    "{y}-0{k}-1{k}T0{k}:30:15+09:00",
    "예산 {n1},{n3},{n3}원을 편성",
    "금234,580원(금이십삼만사천오백팔십원)",
    "지방세특례제한법 제22조의2제1항제3호가목",
    "지방자치법 제{a}조 및 같은 법 시행령 제{b}조제{k}항",
    "버스정책과-{n4}({y}. {m}. {d}.)호와 관련됩니다.",
    "인구는 {n3},{n3}명, 세대수는 {n3},{n3}세대이다.",
    "위도 37.{n4}{n4} 경도 127.{n4}{n4}",
    "문의: 버스정책과 031-000-{n4}",
    "교통정책과(☎ 031-000-{n4})로 문의하세요.",
    "콜센터 1588-{n4} 또는 국번 없이 120",
    "당직실 031-000-{n4}",
    "| 연도 | 승객 |\n|---|---|\n| 2023 | {n4} |\n| 2024 | {n4} |\n| 2025 | {n4} |",
    "노선\t승차\t하차\n10-1\t{n4}\t{n4}\n3000\t{n4}\t{n4}",
    "정류소 번호 {n5}, 노선 ID 23400001{k}",
    "표준 ID {n4}{n5}인 정류소",
    "제10호 {y}. 1. 1. 시행",
    "재차율은 {a}.{b}%이다.",
    "공고 제{y}-{n4}호",
    "접수번호 {y}-{n4}",
    "사업비 {n4}백만원(국비 {a}%, 도비 {b}%)",
    "평균 {a}.{k}분, 최대 {b}분 지연",
    "연면적 {n1},{n3}.{k}㎡, 높이 {a}m",
    "12주 3456명",
    "제3항 각 호의 어느 하나에 해당하는 경우",
    "2025년 12월 3456건 처리",
    "일이 이 사안의 삼 분의 이를 차지한다.",
    "오이 사 이 구 일 정도",
    "신청인은 주소지 관할 구청에 신청서를 제출한다.",
    "민원인 안내문을 붙이고 대상자 선정 기준을 알린다.",
    "보호자 동의가 필요합니다.",
    "고객님 안녕하십니까",
    "담당자는 과장과 협의한다. 시장은 조례로 정한다.",
    "주민등록번호 뒷자리는 수집하지 않습니다.",
    "주민번호 처리 근거를 적는다.",
    "전화 상담 시간은 09:00~18:00",
    "계좌 이체로 납부할 수 있다. 수수료 {n3}원",
    "카드 결제 한도 {n1},000,000원",
    "차량 {a}대, 운전자 {b}명",
    "14일 이내(2025-11-20부터 2025-12-04까지)",
    "문서번호 총무과-{n5}",
    "업무편람 {a}쪽 표 {k}",
    "시간대별 승차: 07시 {n3}, 08시 {n3}, 09시 {n3}",
    "좌표 (127.04{n4}, 37.73{n4})",
    "1. 추진배경 2. 추진계획 3. 기대효과 4. 행정사항",
    "①항 ②항 ③항을 각각 적용한다.",
    "가. {n3}명 나. {n3}명 다. {n3}명",
    "ISBN 978-89-{n4}-{n3}-{k}",
    "KS X 6101, ISO 9001:2015",
    "버전 3.11.7, 포트 8080",
    "해시 9f86d081884c7d659a2feaa0c55ad015",
    "20251120-{n3} 파일",
    "처리기간 7일, 연장 {k}일",
    "하루 {n4}회 운행, 연 {n3},{n3}회",
    "점수 {a}/100, 순위 {k}위",
    "{y}년도 제{k}회 추가경정예산 {n4}억원",
    "면적 {a}-{b}㎡ 이하",
    "우리 시 국민 {n5}명에게 안내",
    "하나의 기업 {n4}곳",
    "신한 구간 {n4}m 정비",
    "등록번호판 교부 수수료",
    "전기차 {n4}대 보급, 충전기 {n3}기",
    "비율 {a}:{b}, 오차 ±0.{k}",
)


def innocent_texts(seed: int, count: int) -> Iterator[str]:
    """Yield texts in which nothing is personal."""
    dice = random.Random(seed)  # noqa: S311
    for number in range(count):
        yield INNOCENT[number % len(INNOCENT)].format(
            a=dice.randrange(10, 99),
            b=dice.randrange(10, 99),
            k=dice.randrange(1, 9),
            y=dice.randrange(2018, 2027),
            m=dice.randrange(1, 13),
            d=dice.randrange(1, 29),
            h=dice.randrange(10, 18),
            n1=dice.randrange(1, 9),
            n3=dice.randrange(100, 999),
            n4=dice.randrange(1000, 9999),
            n5=dice.randrange(10000, 99999),
        )


def worked_cases() -> Iterator[Case]:
    """Yield the hand-written cases of every kind that the tests use too."""
    for kind, pairs in _worked()["unreadable"].items():
        for text, secret in pairs:
            yield Case(kind, "hand-written", text, (secret,))


def worked_innocents() -> Iterator[str]:
    """Yield the hand-written innocent texts that the tests use too."""
    yield from _worked()["untouched"]


def _worked() -> Any:
    path = Path(__file__).parents[1] / "tests" / "cases" / "bots" / "personal.yaml"
    return yaml.safe_load(path.read_text("utf-8"))
