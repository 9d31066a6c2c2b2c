"""Words of asking, words that courts and officers wrap round every matter, and near words.

Stems as the analyser cuts them. Hand-made: a question's frame says nothing about its matter.
"""

from __future__ import annotations

from collections.abc import Mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FRAME = _words(
    """
    알 알리 궁금하 싶 어떻 어떠하 있 없 받 하 되 가능 수 때 경우 무엇 언제 어디 누구 얼마
    위하 대하 관하 따르 통하 및 또는 등 보 볼 그러 그렇 이러 이렇 위 바 채 모르 묻 좋 주
    가지 들 나 내 같 말 甲 乙 丙 丁 戊 己
    """
)
"""Left out of a question, unless it has nothing else."""

FORMULA = _words(
    """
    여부 적극 소극 사안 사례 원심 원심판결 원심판단 법리 법리오해 오해 위법 심리미진 미진
    원칙 한정 제반 비추 사정 판단 기준 방법 의미 취지 타당하 정당하 단정 쉽사리 이유 관련
    내지 앞 자신 나아가 실제로 구체 적어도 문제
    """
)
"""Counts little: headnotes of judgments and written enquiries are full of them."""

LIGHT = FORMULA | _words(
    """
    혹시 현재 이제 다시 곧 아직 지금 먼저 또 꼭 왜 자주 얼마나 가장 많이 너무 정말 그냥 빨리 모두
    종류 필요 좋아하 빠르 복잡 해결 이용 곳 후 년 시기 시간 추천 정도 쉽 어렵 힘들 찾 쓰 가 오
    """
)
"""Says little about whether papers hold the answer, found or not."""

_NEAR = """
전화번호 전화 연락처 문의
세금 조세 지방세
차 차량 자동차
아이 아동 자녀
아기 영아 영유아
어르신 노인 고령자
농부 농민 농업인 농어업인
얼마 돈 금액 비용
매달 매월
집 주택
할인 감면
일자리 취업 고용
웹사이트 사이트 누리집 홈페이지
임신부 임산부 임신
대출 융자
학비 등록금 교육비
병원 의료기관
회사 기업 사업주
자격 요건 조건 대상
혜택 도움 지원
"""


def _near() -> Mapping[str, tuple[str, ...]]:
    groups = [line.split() for line in _NEAR.strip().splitlines()]
    return {
        word: tuple(other for other in group if other != word) for group in groups for word in group
    }


NEAR = _near()
"""Everyday word -> words that papers use for nearly the same; looked for with less weight."""
