"""Names of laws as people write them: full, short, with odd spaces and middle dots.

Pure. A short name stands only where it is well known; a law's own 약칭 comes with its import.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

SHORT_NAMES: Mapping[str, str] = {
    "지특법": "지방세특례제한법",
    "지특령": "지방세특례제한법 시행령",
    "지특규칙": "지방세특례제한법 시행규칙",
    "지방세특례법": "지방세특례제한법",
    "조특법": "조세특례제한법",
    "지기법": "지방세기본법",
    "여객자동차법": "여객자동차 운수사업법",
    "여객운수법": "여객자동차 운수사업법",
    "여객법": "여객자동차 운수사업법",
    "화물자동차법": "화물자동차 운수사업법",
    "화물운수법": "화물자동차 운수사업법",
    "대중교통법": "대중교통의 육성 및 이용촉진에 관한 법률",
    "교통약자법": "교통약자의 이동편의 증진법",
    "친환경자동차법": "환경친화적 자동차의 개발 및 보급 촉진에 관한 법률",
    "환경친화적자동차법": "환경친화적 자동차의 개발 및 보급 촉진에 관한 법률",
    "환경친화적 자동차의 개발 및 보급촉진에 관한 법률": (
        "환경친화적 자동차의 개발 및 보급 촉진에 관한 법률"
    ),
    "민원처리법": "민원 처리에 관한 법률",
    "민원법": "민원 처리에 관한 법률",
    "정보공개법": "공공기관의 정보공개에 관한 법률",
    "지방계약법": "지방자치단체를 당사자로 하는 계약에 관한 법률",
    "국가계약법": "국가를 당사자로 하는 계약에 관한 법률",
    "지방보조금법": "지방자치단체 보조금 관리에 관한 법률",
    "보조금법": "보조금 관리에 관한 법률",
    "공유재산법": "공유재산 및 물품 관리법",
    "공공기록물법": "공공기록물 관리에 관한 법률",
    "공공데이터법": "공공데이터의 제공 및 이용 활성화에 관한 법률",
    "개인정보법": "개인정보 보호법",
    "정보통신망법": "정보통신망 이용촉진 및 정보보호 등에 관한 법률",
    "청탁금지법": "부정청탁 및 금품등 수수의 금지에 관한 법률",
    "김영란법": "부정청탁 및 금품등 수수의 금지에 관한 법률",
    "이해충돌방지법": "공직자의 이해충돌 방지법",
    "부패방지권익위법": "부패방지 및 국민권익위원회의 설치와 운영에 관한 법률",
    "공공감사법": "공공감사에 관한 법률",
    "공휴일법": "공휴일에 관한 법률",
    "행정업무규정": "행정업무의 운영 및 혁신에 관한 규정",
    "기초생활보장법": "국민기초생활 보장법",
    "국민기초생활법": "국민기초생활 보장법",
    "한부모가족법": "한부모가족지원법",
    "고엽제법": "고엽제후유의증 등 환자지원 및 단체설립에 관한 법률",
    "국가유공자법": "국가유공자 등 예우 및 지원에 관한 법률",
    "보훈보상자법": "보훈보상대상자 지원에 관한 법률",
    "5ㆍ18유공자법": "5ㆍ18민주유공자예우 및 단체설립에 관한 법률",
    "5ㆍ18민주유공자법": "5ㆍ18민주유공자예우 및 단체설립에 관한 법률",
    "농특세법": "농어촌특별세법",
    "질서위반행위법": "질서위반행위규제법",
    "국토계획법": "국토의 계획 및 이용에 관한 법률",
    "전자정부법": "전자정부법",
    "중대재해처벌법": "중대재해 처벌 등에 관한 법률",
    "남녀고용평등법": "남녀고용평등과 일ㆍ가정 양립 지원에 관한 법률",
    "대부업법": "대부업 등의 등록 및 금융이용자 보호에 관한 법률",
    "자본시장법": "자본시장과 금융투자업에 관한 법률",
    "공정거래법": "독점규제 및 공정거래에 관한 법률",
    "신용정보법": "신용정보의 이용 및 보호에 관한 법률",
    "채무자회생법": "채무자 회생 및 파산에 관한 법률",
    "금융실명법": "금융실명거래 및 비밀보장에 관한 법률",
}
"""Common short name to full name (법제처 약칭 and what officers say)."""

WELL_KNOWN = (
    "대한민국헌법",
    "민법",
    "상법",
    "형법",
    "행정기본법",
    "행정절차법",
    "행정심판법",
    "행정소송법",
    "지방자치법",
    "지방재정법",
    "지방회계법",
    "지방세법",
    "지방세기본법",
    "지방세징수법",
    "지방공무원법",
    "지방공기업법",
    "국가공무원법",
    "국가재정법",
    "국세기본법",
    "부가가치세법",
    "소득세법",
    "법인세법",
    "자동차관리법",
    "도로교통법",
    "도로법",
    "주차장법",
    "장애인복지법",
    "노인복지법",
    "아동복지법",
    "영유아보육법",
    "사회보장기본법",
    "사회복지사업법",
    "긴급복지지원법",
    "주민등록법",
    "건축법",
    "식품위생법",
    "국고금 관리법",
    "국어기본법",
    "근로기준법",
    "저작권법",
)

_DOTS = str.maketrans({"·": "ㆍ", "・": "ㆍ", "‧": "ㆍ", "･": "ㆍ", "•": "ㆍ"})
_LOWER = re.compile(r"^(.+?)\s*(시행령|시행규칙|시행세칙)$")
_BOUNDARY = re.compile(r"[가-힣A-Za-z0-9ㆍ·]")
_LONGEST = 60


def normal_name(name: str) -> str:
    """Return a law's name as compared: no spaces, one kind of middle dot."""
    return re.sub(r"\s+", "", name).translate(_DOTS)


def base_of(name: str) -> str:
    """Return the act of a decree or rule ("지방세법 시행령" → "지방세법"); others unchanged."""
    found = _LOWER.match(name)
    return found[1].strip() if found else name


class Names:
    """The names that are known, and the law each means."""

    def __init__(
        self, official: Iterable[str] = (), short: Mapping[str, str] | None = None
    ) -> None:
        """Take full names and short names (short to full) beside the shipped ones."""
        self._known: dict[str, str] = {}
        shipped = {**{name: name for name in (*SHORT_NAMES.values(), *WELL_KNOWN)}, **SHORT_NAMES}
        for written, name in {**shipped, **dict(short or {})}.items():
            self._known[normal_name(written)] = name
        for name in official:
            # An imported law's own spelling wins over the shipped one.
            self._known[normal_name(name)] = name
        spelt = {normal_name(name): name for name in official}
        for written, name in self._known.items():
            self._known[written] = spelt.get(normal_name(name), name)

    def known(self, written: str) -> str | None:
        """Return the full name, or None when `written` is not known."""
        found = self._known.get(normal_name(written))
        if found is not None:
            return found
        lower = _LOWER.match(written.strip())
        if lower and (base := self._known.get(normal_name(lower[1]))) is not None:
            return f"{base} {lower[2]}"
        return None

    def official(self, written: str) -> str:
        """Return the full name, or `written` with single spaces when it is not known."""
        return self.known(written) or " ".join(written.split())

    def start_of(self, text: str, end: int) -> int | None:
        """Return where the longest known name that ends at `end` begins, None without one."""
        best = None
        for start in range(end - 2, max(end - _LONGEST, 0) - 1, -1):
            if text[start] in "\n「」()[]{}.,:;\"'“”‘’":
                break
            if text[start].isspace() or (start and _BOUNDARY.match(text[start - 1])):
                continue
            if self.known(text[start:end]) is not None:
                best = start
        return best
