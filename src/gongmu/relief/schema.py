"""What a case file may say: every key with its meaning, and the JSON Schema made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from gongmu.relief import facts
from gongmu.relief.case_file import (
    ARTICLE,
    COUNT,
    DAY,
    FLAG,
    GRADE,
    PAYLOAD,
    POWER,
    SHARE,
    TEXT,
    WHEN,
    WON,
    Group,
    Key,
    Problem,
    Reader,
    word,
)

_TONNES = re.compile(r"(\d+(?:\.\d+)?)\s*(?:t|톤)", re.IGNORECASE)
_SEATS = re.compile(r"(\d+)\s*인승")
_MEASURES = re.compile(rf"[(\[]?\s*(?:{_TONNES.pattern}|{_SEATS.pattern})\s*[)\]]?", re.IGNORECASE)


def _kind(value: Any) -> Any:
    """Read 화물 1.2t and 승합(11인승) by their kind; `_told_by_kind` takes the numbers."""
    return _KIND.read(_MEASURES.sub("", value).strip() if isinstance(value, str) else value)


_KIND = word(facts.Kind)
KIND = Reader(_kind, _KIND.schema)


def _told_by_kind(values: dict[str, Any], raw: Mapping[str, Any]) -> None:
    """Let 승용(경형), 화물 1.2t and 승합(11인승) say size, payload and seats too."""
    if values.get("kind") is facts.Kind.MOTORCYCLE:
        # 이륜차 are rarely on the notice, so silence is not taken for a yes.
        values.setdefault("eco_listed", None)
    values["fuel_unknown"] = "fuel" in raw and values.get("fuel") is None
    kind = raw.get("kind")
    if not isinstance(kind, str):
        return
    if ("경형" in kind or kind.startswith("경차")) and values.get("size") is None:
        values["size"] = facts.Size.LIGHT
    if (tonnes := _TONNES.search(kind)) and values.get("payload_kg") is None:
        values["payload_kg"] = int(Fraction(tonnes[1]) * 1000)
    if (seats := _SEATS.search(kind)) and values.get("seats") is None:
        values["seats"] = int(seats[1])


VEHICLE = Group(
    "vehicle",
    "차량",
    facts.Vehicle,
    (
        Key("kind", "kind", KIND, "차종: 승용, 승용(경형), 승합, 화물, 특수, 이륜"),
        Key("size_class", "size", word(facts.Size), "규모: 경형, 소형, 중형, 대형"),
        Key("seats", "seats", COUNT, "승차정원(명)"),
        Key("seats_before_change", "seats_before_change", COUNT, "구조변경 전 승차정원(명)"),
        Key("cc", "cc", COUNT, "배기량(cc). 전기·수소차는 적지 않음"),
        Key("power_kw", "power_kw", POWER, "최고정격출력(kW), 이륜자동차"),
        Key("payload_kg", "payload_kg", PAYLOAD, "최대적재량(kg). 1톤 = 1000"),
        Key("length_mm", "length_mm", COUNT, "길이(mm)"),
        Key("width_mm", "width_mm", COUNT, "너비(mm)"),
        Key("height_mm", "height_mm", COUNT, "높이(mm)"),
        Key("use", "use", word(facts.Use), "용도: 비영업용, 영업용"),
        Key(
            "fuel",
            "fuel",
            word(facts.Fuel),
            "연료: 휘발유, 경유, LPG, 천연가스, 하이브리드, 플러그인하이브리드, 전기, 수소전기. "
            "적지 않으면 하이브리드·전기·수소가 아니라고 봄",
        ),
        Key(
            "eco_listed",
            "eco_listed",
            FLAG,
            "환경친화적 자동차로 고시된 차인지. 적지 않으면 고시됐다고 봄(이륜자동차는 모름)",
        ),
        Key("used", "used", FLAG, "중고차인지"),
        Key(
            "reclassified_2006", "reclassified_2006", FLAG, "2006년부터 화물에서 승용이 된 차(다목)"
        ),
        Key("towed_special", "towed_special", FLAG, "특수용도형 피견인형 화물자동차인지"),
    ),
    _told_by_kind,
)


def _passed_on(values: dict[str, Any], raw: Mapping[str, Any]) -> None:
    """Let 상속이전 say its reason too, and 매각 without a share that all was sold."""
    kind = raw.get("kind")
    if not isinstance(kind, str):
        return
    if "상속" in kind and values.get("reason") is None:
        values["reason"] = facts.Reason.DEATH
    if "일부" in kind and values.get("share") is None and values.get("whole") is None:
        values["whole"] = False
    elif "지분" not in kind and "share" not in raw and "whole" not in raw:
        values["whole"] = True


OWNER = Group(
    "owner",
    "소유자 한 사람",
    facts.Owner,
    (
        Key(
            "relation",
            "relation",
            word(facts.Relation),
            "신청인과의 관계: 본인, 배우자, 모, 자녀, ...",
        ),
        Key("share", "share", SHARE, '지분: "99/100"'),
        Key("same_household", "same_household", FLAG, "등록일에 본인과 같은 세대별 주민등록표인지"),
    ),
)

CHILD = Group(
    "child",
    "자녀 한 명",
    facts.Child,
    (
        Key("birthday", "born", WHEN, "생년월일. 모르면 달이나 해만"),
        Key(
            "descent",
            "descent",
            word(facts.Descent),
            "친생자(적지 않으면), 양자, 배우자의 자녀, 타가입양(세지 않음)",
        ),
        Key("raised", "raised", FLAG, "신청인이 기르는지. 적지 않으면 기른다고 봄"),
    ),
)

DISABILITY = Group(
    "disability",
    "신청인의 장애",
    facts.Disability,
    (
        Key("severe", "severe", FLAG, "장애의 정도가 심한지"),
        Key("kind", "kind", TEXT, "장애 유형: 시각, 지체, ..."),
        Key("grade", "grade", COUNT, "종전 등급(1~6). 시각 4급 상당은 kind 시각, grade 4"),
    ),
)

VETERAN = Group(
    "veteran",
    "신청인의 보훈 자격",
    facts.VeteranStatus,
    (
        Key(
            "kind",
            "kind",
            word(facts.Veteran),
            "국가유공자, 보훈보상대상자, 지원대상자, 5·18민주화운동부상자, 고엽제후유의증",
        ),
        Key(
            "grade", "grade", GRADE, "상이·장해등급 1~14, 고엽제는 경도·중등도·고도, 없으면 등급외"
        ),
    ),
)

EARLIER = Group(
    "earlier_car",
    "종전에 감면받은 자동차 한 대",
    facts.EarlierCar,
    (
        Key("article", "article", ARTICLE, "종전 감면의 조문. 적지 않으면 이번과 같은 감면"),
        Key("holder", "holder", word(facts.Relation), "종전 차의 소유자. 적지 않으면 본인"),
        Key("registered_on", "registered", WHEN, "종전 차의 등록일"),
        Key("relieved_won", "relieved_won", WON, "종전 차의 감면세액"),
        Key(
            "state",
            "state",
            word(facts.State),
            "보유, 이전, 말소, 알선요청, 멸실, 폐차, 수출",
        ),
        Key("gone_on", "gone", WHEN, "이전·말소·알선요청·멸실·폐차·수출한 날"),
        Key("gone_to", "gone_to", word(facts.Relation), "이전받은 사람. 적지 않으면 타인"),
        Key("gone_reason", "gone_reason", word(facts.Reason), "처분한 까닭"),
        Key("gone_to_co_owner", "to_co_owner", FLAG, "이전받은 사람이 종전 차의 공동명의자인지"),
        Key("whole", "whole", FLAG, "지분을 모두 처분했는지. 적지 않으면 모두"),
        Key("returned", "returned", FLAG, "알선을 맡겼다가 팔리지 않아 돌려받았는지"),
        Key("certified", "certified", FLAG, "시장 인정·증명이 있는지. 적지 않으면 있음"),
        Key("to_be_replaced", "to_be_replaced", FLAG, "60일 안에 처분할 예정(대체취득)인지"),
    ),
)

EVENT = Group(
    "event",
    "등록 뒤에 생긴 일",
    facts.Event,
    (
        Key(
            "kind",
            "kind",
            word(facts.Happening),
            "이전(매각·증여·상속), 말소, 폐차, 수출, 세대분가, 영업용전환, 사망, 혼인, 해외이민, "
            "운전면허취소, 재전입(합가), 미매각(매매용)",
        ),
        Key("on", "when", WHEN, "생긴 날. 모르면 달이나 해만"),
        Key("by", "by", word(facts.Relation), "지분을 넘기거나 세대를 나간 사람: 본인, 모, ..."),
        Key("to", "to", word(facts.Relation), "받은 사람: 타인, 배우자, 자녀, 본인, ..."),
        Key("to_same_household", "to_same_household", FLAG, "받은 사람이 본인과 같은 세대인지"),
        Key("share", "share", SHARE, "넘긴 지분(차 전체에 대한 비율)"),
        Key("whole", "whole", FLAG, "넘긴 사람이 자기 지분을 모두 넘겼는지"),
        Key(
            "reason",
            "reason",
            word(facts.Reason),
            "까닭: 없음, 사망, 혼인, 해외이민, 운전면허취소, 취업, 학업, 질병, 요양, 경제난, ...",
        ),
        Key("filed_on", "filed_on", DAY, "추징 세액을 신고한 날"),
        Key("paid_on", "paid_on", DAY, "추징 세액을 낸 날"),
    ),
    _passed_on,
)

SAME_CAR = Group(
    "same_car",
    "이 차가 전에 배우자나 사망한 양육자에게서 감면받은 바로 그 차일 때",
    facts.SameCar,
    (
        Key("deceased", "deceased", FLAG, "감면받은 사람이 사망했는지. 아니면 배우자에게서 이전"),
        Key("article", "article", ARTICLE, "그때의 감면 조문"),
        Key("registered_on", "registered", WHEN, "그때의 등록일"),
        Key("relieved_won", "relieved_won", WON, "그때의 감면세액"),
        Key("legal_shares", "legal_shares", FLAG, "배우자와 자녀가 법정상속분대로 등록했는지"),
    ),
)

SWAP = Group(
    "swap",
    "제작결함으로 교환받은 차",
    facts.Swap,
    (
        Key("settled", "settled", FLAG, "소비자분쟁해결기준 또는 하자심의위원회 중재에 따랐는지"),
        Key("same_kind", "same_kind", FLAG, "반납한 차와 같은 종류인지"),
        Key("paid_tax_won", "paid_tax_won", WON, "종전 차에 납부한 취득세"),
    ),
)

DISASTER = Group(
    "disaster",
    "재해로 잃은 차를 대체할 때",
    facts.Disaster,
    (
        Key("lost_on", "lost", WHEN, "멸실일(파손일)"),
        Key("unavoidable", "unavoidable", FLAG, "천재지변, 그 밖의 불가항력인지"),
        Key("earlier_new_price_won", "earlier_new_price_won", WON, "잃은 차의 신제품구입가액"),
    ),
)

UNUSABLE = Group(
    "unusable",
    "사용할 수 없는 상속 차량",
    facts.Unusable,
    (
        Key("before_death", "before_death", FLAG, "상속개시 전에 이미 쓸 수 없었는지"),
        Key("proved", "proved", FLAG, "증명하는 자료가 있는지. 적지 않으면 있음"),
        Key("struck_off_on", "struck_off", WHEN, "이전등록 없이 말소등록한 날"),
    ),
)

CASE = Group(
    "case",
    "사건 하나",
    facts.Case,
    (
        Key("case_id", "case_id", TEXT, "사건 이름. 결과에 그대로 돌려줌"),
        Key("acquired_on", "acquired_on", DAY, "취득일(신차는 인도일·잔금일 중 빠른 날)"),
        Key("registered_on", "registered_on", DAY, "등록일"),
        Key(
            "cause",
            "cause",
            word(facts.Cause),
            "취득원인: 신차, 매매, 수입, 경매, 국가취득, 교환, 증여, 상속",
        ),
        Key("vehicle", "vehicle", VEHICLE, "차량"),
        Key("tax_base_won", "tax_base_won", WON, "과세표준이 이미 정해졌을 때"),
        Key("price_won", "price_won", WON, "신고한 사실상취득가격(부가가치세 제외)"),
        Key("standard_won", "standard_won", WON, "시가표준액"),
        Key(
            "price_proof",
            "proof",
            word(facts.Proof),
            "시가표준액보다 낮은 가격을 인정하는 까닭: 판결, 법인장부, 사고차, 국가취득, "
            "수입, 경매",
        ),
        Key("heirs_abroad", "heirs_abroad", FLAG, "외국에 주소를 둔 상속인이 있는지(9개월)"),
        Key(
            "owners",
            "owners",
            OWNER,
            "등록한 소유자 모두(본인 포함). 적지 않으면 본인 단독명의로 봄, null이면 모름",
            many=True,
        ),
        Key(
            "children",
            "children",
            CHILD,
            "자녀 모두. 적지 않으면 다자녀 감면을 판단하지 않음",
            many=True,
        ),
        Key("children_under_18", "children_under_18", COUNT, "생일 대신 18세 미만 자녀 수만 알 때"),
        Key("single_parent", "single_parent", FLAG, "한부모가족인지(감면 조문 없음)"),
        Key("disability", "disability", DISABILITY, "신청인의 장애. 적지 않으면 판단하지 않음"),
        Key("veteran", "veteran", VETERAN, "신청인의 보훈 자격. 적지 않으면 판단하지 않음"),
        Key(
            "business",
            "business",
            word(facts.Business),
            "사업: 매매업, 무역업, 시내버스, 농어촌버스, 마을버스, 시외버스, 전세버스, 일반택시, "
            "개인택시, 화물운송",
        ),
        Key("business_licensed", "business_licensed", FLAG, "면허·등록이 있는지. 적지 않으면 있음"),
        Key("for_resale", "for_resale", FLAG, "매매용(수출용) 취득인지. 적지 않으면 그렇다고 봄"),
        Key(
            "earlier_cars",
            "earlier_cars",
            EARLIER,
            "종전에 감면받은 자동차. 적지 않으면 없음, null이면 모름",
            many=True,
        ),
        Key("same_car", "same_car", SAME_CAR, "다자녀 감면차를 배우자가 이전받거나 상속한 경우"),
        Key("swap", "swap", SWAP, "제작결함 교환"),
        Key("disaster", "disaster", DISASTER, "재해 대체취득"),
        Key("unusable", "unusable", UNUSABLE, "사용할 수 없는 상속 차량"),
        Key("events", "events", EVENT, "등록 뒤에 생긴 일", many=True),
        Key(
            "applied_for", "applied_for", ARTICLE, "신청한(적힌) 감면 조문. 감면세액이 같을 때만 씀"
        ),
        Key("filed_on", "filed_on", DAY, "취득세를 신고한 날"),
        Key("paid_on", "paid_on", DAY, "취득세를 낸 날"),
    ),
)

GROUPS = (
    CASE,
    VEHICLE,
    OWNER,
    CHILD,
    DISABILITY,
    VETERAN,
    EARLIER,
    EVENT,
    SAME_CAR,
    SWAP,
    DISASTER,
    UNUSABLE,
)


def read_case(raw: Any) -> tuple[facts.Case | None, tuple[Problem, ...]]:
    """Return the case that a JSON value says, or what is wrong with it, by path."""
    problems: list[Problem] = []
    found = CASE.build(raw, "", problems)
    if problems:
        return None, tuple(problems)
    case: facts.Case = found
    if case.events is None:
        case.events = ()
    if case.case_id is None:
        case.case_id = ""
    return case, ()


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a case file: one case or a list of cases."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "감면 판단 사건",
        "oneOf": [
            {"$ref": "#/$defs/case"},
            {"type": "array", "items": {"$ref": "#/$defs/case"}},
        ],
        "$defs": {group.name: _group_schema(group) for group in GROUPS},
    }


def _group_schema(group: Group) -> dict[str, Any]:
    return {
        "type": "object",
        "description": group.korean,
        "additionalProperties": False,
        "properties": {key.name: _key_schema(key) for key in group.keys},
    }


def _key_schema(key: Key) -> dict[str, Any]:
    if isinstance(key.kind, Reader):
        return {**key.kind.schema, "description": key.korean}
    reference = {"$ref": f"#/$defs/{key.kind.name}"}
    if key.many:
        return {
            "description": key.korean,
            "anyOf": [{"type": "array", "items": reference}, {"type": "null"}],
        }
    return {"description": key.korean, "anyOf": [reference, {"type": "null"}]}
