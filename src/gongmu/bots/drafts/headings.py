"""The headings and labels under which people write notes.

Quiet: no clock, database, file or model is reached from here.
"""

from __future__ import annotations

from collections.abc import Mapping

TOPICS = {
    "summary": "요약|핵심|핵심내용|한줄요약|보고요지|요지",
    "purpose": "목적|왜|추진목적|취지|개최목적|사업목적|행사목적",
    "background": (
        "배경|추진배경|검토배경|필요성|추진배경및필요성|배경및목적|추진배경및목적|경위|"
        "추진경위|그간경과|추진경과|경과"
    ),
    "grounds": "근거|추진근거|법적근거|관련근거|관련법령|관련규정|관련",
    "overview": "개요|사업개요|행사개요|회의개요|추진개요|행사|기본현황",
    "status": (
        "현황|실태|추진현황|현황및실태|현황및문제점|추진상황|운영현황|실적|추진실적|주요실적|"
        "금주실적|금주추진실적"
    ),
    "problem": "문제점|문제|애로사항|건의사항|한계|미흡한점|주요쟁점|쟁점",
    "content": "내용|주요내용|세부내용|사업내용|본문|검토내용|검토의견|검토결과|결과|주요결과|"
    "추진내용|세부추진계획|추진방안|개선방안|개선대책|대책|해결방안|추진방향|추진전략",
    "plan": (
        "계획|향후계획|앞으로계획|추진계획|조치계획|향후일정|추후계획|향후추진계획|다음단계|"
        "차주계획|다음주계획|금후계획|향후"
    ),
    "schedule": "일정|추진일정|세부일정|추진일정표|주요일정",
    "budget": "소요예산|예산|사업비|비용|소요예산및재원|예산내역|산출내역|재원",
    "roles": "역할분담|부서별역할|협조체계|추진체계|협조부서",
    "effect": "기대효과|효과|기대성과|성과",
    "admin": "행정사항|협조사항|유의사항|당부사항|요청사항|참고사항",
    "attachments": "붙임|첨부|별첨|붙임자료|첨부파일",
    "quote": "인용|말씀|시장말씀|과장말씀|코멘트|멘트",
}
"""Topic to the headings (without spaces) under which people write it."""

LABELS = {
    "title": "제목|건명|사업명|행사명|회의명|보고제목|과제명",
    "subtitle": "부제|부제목",
    "when": (
        "일시|때|날짜|기간|일자|행사일시|개최일시|언제|시간|회의일시|접수기간|운영기간|"
        "사업기간|공사기간"
    ),
    "place": "장소|곳|어디서|위치|행사장소|개최장소|회의장소|사업위치|대상지|구간|공사구간",
    "target": "대상|참여대상|지원대상|사업대상|모집대상",
    "headcount": "인원|참석인원|참여인원|규모|사업량|모집인원|정원",
    "attendants": "참석|참석자|참석대상|참여자|배석|참석인사",
    "budget": "예산|소요예산|사업비|얼마|비용|총사업비|예산액",
    "officer": "담당|담당자|문의|문의처|연락처|담당공무원|책임자|작성자|기안자",
    "department": "담당부서|부서|소관|소관부서|부서명|작성부서|주관부서",
    "host": "주최|주관|주최주관|주최·주관|주최/주관",
    "receiver": "수신|수신자|받는곳|받는이|보낼곳",
    "via": "경유",
    "release": "보도시점|보도일시|엠바고|배포일|배포일시",
    "method": "방법|방식|진행방법|접수방법|신청방법|추진방법|운영방법",
    "law": "관련법령|법적근거",
    "due": "기한|제출기한|마감|마감일|제출일|회신기한|접수마감|신청기한",
}
"""Label to the words that stand before a colon."""

TOPIC_OF: Mapping[str, str] = {
    word: topic for topic, words in TOPICS.items() for word in words.split("|")
}
LABEL_OF: Mapping[str, str] = {
    word: label for label, words in LABELS.items() for word in words.split("|")
}
