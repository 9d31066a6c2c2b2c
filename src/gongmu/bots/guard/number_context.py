"""Words around a number that say what it is.

Pure. A word counts some way before a number on the same line, shortly after it, or as the head
of the table or record it stands in.
"""

from __future__ import annotations

import re
from bisect import bisect_left

_HOLDERS = "본인|신청인|민원인|보호자"
_WORDS = {
    "resident": r"주\s?민\s?(?:등\s?록)?\s?(?:번\s?호|증)|주\s?민\s?등\s?록|주번"
    r"|외국인\s?(?:등록)?\s?번호"
    r"|외국인\s?등록|거소\s?신고|(?<![가-힣])등록번호|앞\s?자리|뒷\s?자리|앞\s?번호|뒷\s?번호"
    r"|실명\s?번호|고유\s?식별"
    r"|뒤\s?(?:일곱|7)\s?자리|앞\s?(?:여섯|6)\s?자리|民證|(?<!이탈)주민(?=\s?[\d:(앞뒤])|\bRRN\b|\brrn\b|jumin"
    r"|resident|ssn|\bSSN\b",
    "corporate": r"법인\s?(?:등록)?\s?번호|법인등기",
    "goods": r"바코드|코드|EAN|ISBN|ISSN|관리\s?번호|일련\s?번호|시각표|timestamp|epoch|품번|품명"
    r"|모델|시리얼|S/?N\b|태그|ARS|[Ss]erial|접수\s?번호|문서\s?번호|공고\s?번호|계약\s?번호"
    r"|발간|식별\s?번호|도면|분류\s?번호",
    "card": r"카드|결제|유효\s?기간|CVC|CVV|[Cc]ard|CARD|비자|마스터|아멕스|VISA|Visa|[Aa]mex",
    "licence": r"면허",
    "phone": r"전화|연락|휴대|핸드폰|휴대폰|폰\s?번호|폰번|손전화|모바일|무선|자택|집전화"
    r"|H\.?\s?P\.?|☎|☏|📞|📱"
    r"|TEL|Tel|tel|[Pp]hone|PHONE|[Mm]obile|MOBILE|\bcell|문자|카톡|통화|번호는|번호\s?[:=]",
    "business": r"사업자|등록번호",
    "account": r"계\s?좌|입금|송금|이체|환급|예금|통장|은행|뱅크|농협|신협|수협|축협"
    r"|새마을|우체국(?!\s?(?:택배|등기|쇼핑))|저축|가상\s?계좌"
    r"|산림조합|증권|[Aa]ccount|ACCOUNT|\bacct|[Bb]ank|국민\s?\d|신한|하나\s?\d|우리\s?\d|기업\s?\d"
    r"|(?<![\dA-Za-z])(?:KB|NH|IBK|SC)(?![A-Za-z])|카카오|케이뱅크|토스|씨티|SC제일|iM뱅크|아이엠뱅크|대구\s?\d|부산\s?\d|광주\s?\d"
    r"|전북\s?\d|경남\s?\d|제주\s?\d"
    r"|(?:국민|하나|우리|기업|대구|부산|광주|전북|경남|제주)\s?[:(]",
    "office": rf"(?<![가-힣])(?!연락처|주소|{_HOLDERS})(?:[가-힣·]{{1,14}}(?:과|국|팀|실|센터|청)"
    r"|[가-힣·]{3,14}(?:관|소|원|회|단|처|부|은행|공사|학교|콜)|[가-힣]{2,14}(?:공단|재단|병원|의료원|사무소))"
    r"(?:의|은|는|에서)?\s*(?:\([^()\n]{0,20}\))?\s*[:,(☎☏]?\s*"
    r"(?:[가-힣]{2,4}\s(?:주무관|팀장|과장)\s*)?"
    r"(?:(?:대표|담당자?|문의처?|상담|안내)?\s?(?:전화|연락처|번호|전화번호|당직)?)"
    r"(?:은|는)?[ :(☎☏)]*\Z"
    r"|(?:대표\s?(?:전화|번호)|대표|문의\s?(?:처|전화|사항)|문의|민원\s?상담|상담\s?전화"
    r"|안내\s?전화|콜센터|교환|당직실?|담당\s?부서|관할|행정\s?전화|사무실|팩스|FAX|Fax"
    r"|[가-힣]{2,4}\s(?:주무관|팀장|과장))(?:은|는)?[ :(☎☏),]*\Z",
    "private": r"(?:민원인|신청인|신청자|자택|(?<![가-힣])집(?=\s|전화)|본인|보호자|환자|고객|차주"
    r"|배우자|자녀|가족|예금주|제보|신고인|세대주|대리인|수급자|대상자|어르신|학생|(?<!이탈)주민"
    r"|임차인|임대인|피해자|소유자|(?<=[가-힣]\s)씨|님)"
    r"(?![가-힣]{0,8}(?:과|국|팀|센터|실|청|소|회관)(?![가-힣]))",
}
_PATTERNS = {name: re.compile(words) for name, words in _WORDS.items()}
_BEFORE = 48
_AFTER = 16
_BLOCK = 4000
_LIST = 1500
_ACCOUNT_HEAD = re.compile(r"(?:^|\n)[ \t]*[가-힣]{0,6}계좌(?:번호)?[ \t]*\n")


class Near:
    """What the words of one plain text say about places in it; `numbers` are public phones."""

    def __init__(self, text: str, numbers: frozenset[str] = frozenset()) -> None:
        self._text = text
        self._numbers = numbers
        self._places: dict[str, list[tuple[int, int]]] = {}
        self._blocks: list[int] | None = None

    def resident(self, start: int, end: int) -> bool:
        """Return whether words speak of a resident number here."""
        if self.business_word(start, end):
            return False
        return self._spoken("resident", start, end, table=True)

    def business_word(self, start: int, end: int) -> bool:
        """Return whether the number is called a business or vehicle registration right before."""
        before = self._text[max(start - 16, 0) : start]
        return (
            re.search(r"(?:사업자|법인|차량|자동차|문서|기록물|장애인?)\s?등록\s?번호", before)
            is not None
        )

    def corporate(self, start: int, end: int) -> bool:
        """Return whether words speak of a corporation's number."""
        return self._spoken("corporate", start, end, before=20, after=0)

    def goods(self, start: int, end: int) -> bool:
        """Return whether words, or a letter glued to it, speak of a code or running number."""
        glued = re.search(r"[A-Za-z]-?\Z", self._text[max(start - 2, 0) : start]) is not None
        return glued or self._spoken("goods", start, end, before=16, after=8)

    def card(self, start: int, end: int) -> bool:
        """Return whether words speak of a payment card."""
        return self._spoken("card", start, end, table=True)

    def licence(self, start: int, end: int) -> bool:
        """Return whether words speak of a driver's licence."""
        return self._spoken("licence", start, end, before=24, table=True)

    def phone(self, start: int, end: int) -> bool:
        """Return whether words speak of a telephone."""
        return self._spoken("phone", start, end, before=24, table=True)

    def business(self, start: int, end: int) -> bool:
        """Return whether words speak of a business registration."""
        return self._spoken("business", start, end, before=24, table=True)

    def account(self, start: int, end: int) -> bool:
        """Return whether words speak of a bank account."""
        if self._spoken("account", start, end, before=40, table=True):
            return True
        return self._under_head(start, end)

    def _under_head(self, start: int, end: int) -> bool:
        """Return whether the number has its line to itself, and 계좌 one further up (a list)."""
        line_start = self._text.rfind("\n", 0, start) + 1
        line_end = self._text.find("\n", end)
        line = self._text[line_start : line_end if line_end >= 0 else len(self._text)]
        if len(line.strip()) > end - start + 2:
            return False
        block = self._text[max(line_start - _LIST, 0) : line_start].rsplit("\n\n", 1)[-1]
        return _ACCOUNT_HEAD.search(block) is not None

    def plus(self, start: int, end: int) -> bool:
        """Return whether a plus sign stands before the number, or words speak of a telephone."""
        before = self._text[max(start - 3, 0) : start]
        bracketed = before.endswith("(") and self._text.startswith("82)", start)
        return "+" in before or bracketed or self.phone(start, end)

    def public(self, digits: str) -> bool:
        """Return whether the city lists this number as an office's."""
        return digits in self._numbers

    def office(self, start: int) -> bool:
        """Return whether a public office is named right before the number, and no citizen."""
        line = self._text[max(start - 40, 0) : start].rsplit("\n", 1)[-1].rstrip("(")
        match = _PATTERNS["office"].search(line)
        return match is not None and _PATTERNS["private"].search(line) is None

    def _spoken(
        self,
        name: str,
        start: int,
        end: int,
        *,
        before: int = _BEFORE,
        after: int = _AFTER,
        table: bool = False,
    ) -> bool:
        places = self._places.get(name)
        if places is None:
            places = [match.span() for match in _PATTERNS[name].finditer(self._text)]
            self._places[name] = places
        if not places:
            return False
        at = bisect_left(places, (start, 0))
        if at:
            word_end = places[at - 1][1]
            if start - word_end <= before or (table and self._headed(word_end, start)):
                return True
        return after > 0 and any(
            0 <= word - end <= after and "\n" not in self._text[end:word]
            for word, _ in places[at : at + 2]
        )

    def _headed(self, word_end: int, start: int) -> bool:
        """Return whether the word stands in a table that also holds the number."""
        if start - word_end > _BLOCK:
            return False
        between = self._text[word_end:start]
        if "\n\n" in between or ("|" not in between and "\t" not in between):
            return False
        return all("|" in line or "\t" in line for line in between.split("\n")[1:-1])
