"""Words that tell a law's name from words that only look like one."""

from __future__ import annotations

import re

_NOT_A_NAME = """
가감승제법 강령 개별법 계산법 공법 관계법 관련법 규칙 기법 대령 대통령 명령 무법 문법 발령
방법 법 법령 법률 본부장령 불법 비법 사법 사용법 산정법 상위법 세법 수령 수법 시행규칙
시행령 신고법 실정법 어법 연령 요령 용법 위법 유령 일반법 입법 작성법 적법 적용법 점령
정률법 정액법 조례 조리법 준법 탈법 투자법 특별법 편법 합법 해법 현행법 화법
"""
NOT_A_NAME = frozenset(_NOT_A_NAME.split())
"""Words that end like a law and are none."""

_NOT_PART = """
가칭 각 각각 감면 같은 개정 검색 검토 결과 결국 관계 관련 구 국내 그 그리고 근거
근거법령 기존 다만 다음 단 담당 답변 당시 당해 대상 대한민국 동 따라서 또는 또한 만약
만일 먼저 모두 문의 물론 민원 및 바로 반면 법령 별첨 본 붙임 상기 시행 신 아울러 안내
여기 예 예컨대 오늘 우리 우선 위 이 이때 이전 이후 적용 정답 제목 제정 조문 종전 종전의
주요 즉 지난 질문 참고 참조 첨부 최근 최신 출처 특히 하기 한국 한편 해당 현 현재 현행
"""
NOT_PART = frozenset(_NOT_PART.split())
"""Words before a law's name that never belong to it."""

ENDING = re.compile(
    r"(?:은|는|이|가|을|를|에|에서|로|와|과|의|고|며|면|라|여|해|한|된|될|할|던|만|도|서|지|게|히|니|나|데|든|및|등|따라|대로|인)$"
)

NOUN_ENDING = re.compile(
    r"(?:도로|철도|수도|제도|용도|지도|궤도|가로|항로|경로|선로|회의|협의|심의|주의|어린이|놀이|국가|평가|물가|허가|인가|"
    r"재해|피해|침해|공고|광고|금고|신고|보고|복지|농지|토지|산지|택지|녹지|묘지|기지|단지|편지|정지|유지|후견인|장애인|"
    r"노인|개인|법인|외국인|상인|성과|효과|교과|여가|폐기|관광지|국유지|공유지|여의도|제주도|시설비|한의)$"
)


def noun(word: str) -> bool:
    """Return whether a word may be a noun of a law's name."""
    if word in NOT_PART or len(word) < 2:
        return False
    return bool(NOUN_ENDING.search(word)) or not ENDING.search(word)
