"""Korean words and stable codes of every enumeration of a case file.

A person writes 승용, 배우자, 폐차; a program writes passenger, spouse, scrapped. Both are read.
Unknown words are refused, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from gongmu.relief.facts import (
    Business,
    Cause,
    Descent,
    Fuel,
    Happening,
    Kind,
    Proof,
    Reason,
    Relation,
    Size,
    State,
    Use,
    Veteran,
)

WORDS: Mapping[type[StrEnum], Mapping[StrEnum, tuple[str, ...]]] = {
    Kind: {
        Kind.PASSENGER: ("승용", "승용차", "승용자동차", "승용(경형)", "경형승용", "경형 승용"),
        Kind.VAN: ("승합", "승합차", "승합자동차", "버스", "승합(경형)", "경형승합", "경형 승합"),
        Kind.TRUCK: ("화물", "화물차", "화물자동차", "화물(경형)", "경형화물", "경형 화물"),
        Kind.SPECIAL: ("특수", "특수차", "특수자동차"),
        Kind.MOTORCYCLE: ("이륜", "이륜차", "이륜자동차", "오토바이"),
        Kind.OTHER: ("그 밖의 차량", "기타"),
    },
    Size: {
        Size.LIGHT: ("경형", "경차"),
        Size.SMALL: ("소형",),
        Size.MEDIUM: ("중형",),
        Size.LARGE: ("대형",),
    },
    Use: {
        Use.PRIVATE: ("비영업용", "자가용", "비사업용"),
        Use.COMMERCIAL: ("영업용", "사업용"),
    },
    Fuel: {
        Fuel.GASOLINE: ("휘발유", "가솔린"),
        Fuel.DIESEL: ("경유", "디젤"),
        Fuel.LPG: ("LPG", "엘피지"),
        Fuel.CNG: ("천연가스", "CNG", "압축천연가스"),
        Fuel.HYBRID: ("하이브리드", "HEV", "휘발유하이브리드", "하이브리드(휘발유+전기)"),
        Fuel.PLUG_IN_HYBRID: ("플러그인하이브리드", "플러그인 하이브리드", "PHEV"),
        Fuel.ELECTRIC: ("전기", "전기차", "EV"),
        Fuel.HYDROGEN: ("수소전기", "수소", "수소차", "수소전기차", "FCEV"),
        Fuel.OTHER: ("기타 연료", "기타"),
    },
    Cause: {
        Cause.NEW: ("신차", "신조", "신규", "신규등록", "신조차"),
        Cause.PURCHASE: ("매매", "이전", "중고매매", "유상승계", "교환차"),
        Cause.IMPORT: ("수입",),
        Cause.AUCTION: ("경매", "공매"),
        Cause.STATE: ("국가취득", "국가", "지방자치단체", "불하"),
        Cause.EXCHANGE: ("교환", "제작결함 교환"),
        Cause.GIFT: ("증여", "무상", "기부"),
        Cause.INHERITANCE: ("상속", "유증"),
    },
    Proof: {
        Proof.DAMAGED: ("사고차", "천재지변", "화재"),
        Proof.STATE: ("국가취득", "국가"),
        Proof.IMPORT: ("수입",),
        Proof.JUDGMENT: ("판결", "확정판결"),
        Proof.BOOKS: ("법인장부", "장부"),
        Proof.AUCTION: ("경매", "공매"),
    },
    Relation: {
        Relation.SELF: ("본인", "신청인", "장애인 본인", "장애인"),
        Relation.SPOUSE: ("배우자", "남편", "아내", "처", "부인"),
        Relation.PARENT: ("부모", "부", "모", "아버지", "어머니", "양부", "양모", "직계존속"),
        Relation.GRANDPARENT: ("조부모", "조부", "조모", "외조부", "외조모", "할아버지", "할머니"),
        Relation.CHILD: ("자녀", "자", "아들", "딸", "양자", "직계비속"),
        Relation.GRANDCHILD: ("손자녀", "손자", "손녀", "외손자", "외손녀"),
        Relation.SIBLING: (
            "형제자매",
            "형제",
            "자매",
            "형",
            "오빠",
            "누나",
            "언니",
            "동생",
            "남동생",
            "여동생",
        ),
        Relation.SPOUSE_OF_LINEAL: (
            "직계혈족의 배우자",
            "며느리",
            "사위",
            "계부",
            "계모",
            "손자며느리",
        ),
        Relation.SPOUSE_LINEAL: (
            "배우자의 직계혈족",
            "장인",
            "장모",
            "시부",
            "시모",
            "시아버지",
            "시어머니",
            "시부모",
            "배우자의 자녀",
        ),
        Relation.SPOUSE_SIBLING: (
            "배우자의 형제자매",
            "처남",
            "처제",
            "처형",
            "시동생",
            "시누이",
            "시숙",
            "시아주버니",
        ),
        Relation.SIBLING_SPOUSE: (
            "형제자매의 배우자",
            "형수",
            "제수",
            "매형",
            "매부",
            "올케",
            "형부",
            "제부",
        ),
        Relation.OTHER_RELATIVE: (
            "그 밖의 친족",
            "친척",
            "삼촌",
            "외삼촌",
            "고모",
            "이모",
            "숙부",
            "숙모",
            "조카",
            "사촌",
            "동서",
        ),
        Relation.OUTSIDER: ("타인", "제3자", "지인", "친구", "매매상", "매매업자", "회사", "법인"),
    },
    Descent: {
        Descent.OWN: ("친생자", "친자", "친생"),
        Descent.ADOPTED: ("양자", "입양", "입양한 자녀"),
        Descent.SPOUSE_CHILD: ("배우자의 자녀", "의붓자녀", "재혼 자녀"),
        Descent.ADOPTED_OUT: ("타가입양", "타가 입양", "입양 보낸 자녀", "다른 집에 입양된 자녀"),
    },
    Veteran: {
        Veteran.MERIT: ("국가유공자", "전상군경", "공상군경"),
        Veteran.COMPENSATED: ("보훈보상대상자", "재해부상군경", "재해부상공무원"),
        Veteran.SUPPORTED: ("지원대상자", "지원순직·지원공상", "지원공상군경"),
        Veteran.MAY_18: (
            "5·18민주화운동부상자",
            "5·18부상자",
            "5ㆍ18민주화운동부상자",
            "518부상자",
        ),
        Veteran.DEFOLIANT: ("고엽제후유의증", "고엽제후유의증환자", "고엽제"),
    },
    State: {
        State.KEPT: ("보유", "소유", "보유 중"),
        State.TRANSFERRED: ("이전", "매각", "양도", "증여", "이전등록"),
        State.DEREGISTERED: ("말소", "말소등록"),
        State.BROKERAGE: ("알선요청", "매매알선", "알선 요청", "매매상 위탁"),
        State.DESTROYED: ("멸실", "소멸", "파손"),
        State.SCRAPPED: ("폐차",),
        State.EXPORTED: ("수출",),
    },
    Happening: {
        Happening.TRANSFER: (
            "이전",
            "매각",
            "양도",
            "증여",
            "지분이전",
            "상속",
            "상속이전",
            "매매",
            "소유권이전",
        ),
        Happening.DEREGISTRATION: ("말소", "말소등록"),
        Happening.SCRAPPING: ("폐차",),
        Happening.EXPORT: ("수출",),
        Happening.HOUSEHOLD_SPLIT: ("세대분가", "분가", "전출", "세대분리", "전입"),
        Happening.COMMERCIAL_USE: ("영업용전환", "영업용 사용", "영업용 전환", "영업용사용"),
        Happening.DEATH: ("사망",),
        Happening.MARRIAGE: ("혼인", "결혼"),
        Happening.EMIGRATION: ("해외이민", "이민"),
        Happening.LICENCE_REVOKED: ("운전면허취소", "면허취소", "운전면허 취소"),
    },
    Reason: {
        Reason.NONE: ("없음",),
        Reason.DEATH: ("사망", "상속"),
        Reason.MARRIAGE: ("혼인", "결혼"),
        Reason.EMIGRATION: ("해외이민", "이민"),
        Reason.LICENCE_REVOKED: ("운전면허취소", "면허취소", "운전면허 취소"),
        Reason.ILLNESS: ("질병", "요양", "건강", "병세 악화", "운전불능", "입원"),
        Reason.EMPLOYMENT: ("취업", "직장", "전근"),
        Reason.STUDY: ("학업", "진학"),
        Reason.HARDSHIP: ("경제난", "생계", "경제 사정"),
        Reason.REBUILDING: ("재개발", "이사"),
        Reason.DISCORD: ("가족불화", "불화", "이혼"),
        Reason.SPECIAL_SCHOOL: ("특수학교", "특수학교 진학"),
        Reason.FAILED_INSPECTION: ("검사부적합", "검사 부적합"),
        Reason.DISASTER: ("재난", "재난 피해", "천재지변"),
        Reason.OTHER: ("그 밖의 사유", "기타", "부득이한 사유"),
    },
    Business: {
        Business.DEALER: ("자동차매매업", "매매업"),
        Business.EXPORTER: ("무역업", "수출업"),
        Business.CITY_BUS: ("시내버스", "시내버스운송사업"),
        Business.RURAL_BUS: ("농어촌버스", "농어촌버스운송사업"),
        Business.VILLAGE_BUS: ("마을버스", "마을버스운송사업"),
        Business.INTERCITY_BUS: ("시외버스", "시외버스운송사업", "고속버스"),
        Business.CHARTER_BUS: ("전세버스", "전세버스운송사업"),
        Business.COMPANY_TAXI: ("일반택시", "법인택시", "일반택시운송사업"),
        Business.PRIVATE_TAXI: ("개인택시", "개인택시운송사업"),
        Business.RENTAL: ("자동차대여", "렌터카", "자동차대여사업"),
        Business.FREIGHT: ("화물운송", "화물자동차운송사업", "화물운수"),
        Business.OTHER: ("그 밖의 사업", "기타"),
    },
}
"""The first word of each is the one shown; a word may stand for one member only."""


def bare(word: str) -> str:
    """Return a word without spaces, in lower case."""
    return "".join(word.split()).lower()


@cache
def reading_of(kind: type[StrEnum]) -> Mapping[str, StrEnum]:
    """Return what each word and code of an enumeration stands for."""
    found: dict[str, StrEnum] = {}
    for member, words in WORDS[kind].items():
        for word in (member.value, *words):
            found[word] = found[bare(word)] = member
    return found


def shown(member: StrEnum) -> str:
    """Return the Korean word for a member."""
    return WORDS[type(member)][member][0]
