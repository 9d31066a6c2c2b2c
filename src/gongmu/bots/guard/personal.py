"""Personal data in Korean writing, however it is written.

Pure. Finds are kept by content hash, because passages and earlier turns come again in each
prompt; the hash and the places are kept, never the words.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b
from threading import Lock

from gongmu.bots.guard.digits import find_numbers, is_birth
from gongmu.bots.guard.folding import Folded, fold
from gongmu.bots.guard.names import find_names
from gongmu.bots.guard.number_context import Near
from gongmu.bots.guard.personal_kinds import ALWAYS_SECRET, PersonalItem, PersonalKind
from gongmu.bots.guard.shapes import find_shapes, named_passports
from gongmu.bots.guard.spelling import spelled_out

__all__ = ["ALWAYS_SECRET", "PersonalItem", "PersonalKind", "find_personal"]

_KEPT = 4096
_kept: OrderedDict[bytes, tuple[PersonalItem, ...]] = OrderedDict()
_kept_lock = Lock()

_HALVES = re.compile(
    r"(?<!이탈)주\s?민(?=\s?(?:등\s?록|번\s?호|[앞뒤뒷:(\d]))|외국인\s?(?:등록)?\s?번호"
    r"|[앞뒷]\s?자리|[앞뒷뒤]\s?번호|[앞뒤]에?\s?(?:여섯|일곱|6|7)\s?자리|(?i:rrn|jumin|ssn)\d?"
)
_HALF = re.compile(
    r"(?<![\d,.])(?<!\d[-.])[1-8](?:[ \x1f]?\d){6}(?! ?\d|,\d|-|\s?[명원건개])"
    r"|(?<![\d,.-])(?:\d[ \x1f]?){5}\d(?!\d|,\d)"
)
_PAIR = re.compile(
    r"(?<![\d.,-])(?P<a>\d{6})(?=\D)[^\d\n]{1,40}?(?P<b>[1-8]\d{6})(?![\d,.-]|\s?[원명건개])"
)
_PAIR_WORDS = re.compile(r"앞|뒤|뒷|나머지|성별|이어|다음|그리고|끝|번호")
_WRITTEN_OUT = re.compile(
    r"(?<!\d)(?:19|20)?\d{2}\s?년\s?\d{1,2}\s?월\s?\d{1,2}\s?일?\s?생?"
    r"(?:[\s\-~/,(·|]|뒤|뒷|자리|번호|는|은){0,8}(?P<half>[1-8](?:\s?\d){6})(?![\d,]|\s?[원명건개])"
)
_RUN_TOGETHER = re.compile(r"(?<!\d)\d{6}-[1-8]\d{6}(?:\d{6}-[1-8]\d{6})+(?!\d)")
_HIDDEN_HALF = re.compile(
    r"(?<!\d)\d{6}\s?-\s?[0-9]\s?[*xX●○•#_]{2,6}\d{0,3}|(?<!\d)\d{6}\s?-\s?[*xX●○•#]{7}"
)
_SEX_BETWEEN = re.compile(
    r"(?<!\d)\d{6}[\s,/(]{0,3}(?:남|여|[MF])(?:자|성)?[\s,/)-]{0,3}[1-8]\d{6}(?!\d)"
)
_SEX_ONLY = re.compile(r"(?<!\d)\d{6}\s?-\s?[1-8](?![\d-])")
_HIDDEN_PHONE = re.compile(r"(?<!\d)01\d[-. )]{0,2}[*xX●○•#]{3,4}[-. ]{0,2}\d{4}(?!\d)")
_SAID_PHONE = re.compile(
    r"(?<![\d.,-])01[016789](?P<one>(?:[\s.\-]|의|에|국번|번호|은|는|이고|하고|랑|다음){1,6})\d{3,4}"
    r"(?P<two>(?:[\s.\-,]|의|에|국번|번호|끝|뒤|은|는|이고|하고|랑|다음){1,6})\d{4}(?![\d,-]|\s?[원명년])"
)
_FIELD = r"[\"']?\s?[&,;]\s?[\"']?[A-Za-z_가-힣]{1,16}\d?[\"']?\s?[=:]\s?[\"']?"
_FIELDS_PHONE = re.compile(rf"(?<!\d)01[016789]{_FIELD}\d{{3,4}}{_FIELD}\d{{4}}(?!\d)")
_CARD_HALVES = re.compile(
    r"(?<!\d)(?:\d{4}[\s-]?){2}(?:[^\d\n]{0,3}[앞뒤뒷]\s?(?:자리|번호)[^\d\n]{0,4})(?:\d{4}[\s-]?\d{4})(?!\d)"
)
_PHONE_PART = re.compile(
    r"(?:[뒷끝뒤](?:에서)?\s?(?:번호|자리|(?:4|네)\s?자리)|끝|가운데(?:\s?(?:번호|자리))?|중간\s?(?:번호|자리)|국번)"
    r"(?:네\s?자리)?[은는이가: ]{0,3}(?P<part>\d{3,4})(?!\d|[,.]\d|\s?[년원명호건%개번분시])"
    r"|(?<![\d-])(?P<front>01[016789][- ]\d{3,4})(?![\d-]|\s?\d)"
    r"|(?<![\d-])(?P<back>[2-9]\d{2,3}-\d{4})(?![\d-]|\s?[년원명건개])"
)
_MOBILE_NEAR = re.compile(r"(?<!\d)01[016789](?!\d|-?\d)")
_PHONE_NEAR = re.compile(r"전화|휴대|핸드폰|연락|폰|(?<!\d)01[016789](?!\d)")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}[ :]?){11,}(?![0-9A-Fa-f])")
_SECOND = re.compile(
    r"\s?(?:[/~·]|\(?\s?(?:또는|혹은|및|이나|or)|,)\s?(?!(?:19|20)\d{2}(?!\d|-))"
    r"(?:\d{3,4}[-.]\d{4}|\d{4}|(?<=~)\d{1,2})(?![\d]|[-,./:]\d|\s?[년원명건호시분월일개%])\)?"
)
"""A second number that leaves out what it shares with the first: 010-1111-2222/3333."""
_EXTENSION = re.compile(r"\s?[,(]?\s?(?:내선|구내|ext\.?|EXT\.?)\s?(?:번호)?\s?:?\s?\d{1,5}\)?")


def find_personal(text: str, public: frozenset[str] = frozenset()) -> Sequence[PersonalItem]:
    """Return what is personal in `text`, in order, never overlapping.

    `public` holds telephone numbers (digits only) that the city itself publishes. Items of the
    kind OFFICE_PHONE are found but need no mask.
    """
    if len(text) < 4:
        return ()
    key = blake2b(
        "\x00".join((text, *sorted(public))).encode("utf-8", "surrogatepass"), digest_size=20
    ).digest()
    with _kept_lock:
        if (known := _kept.get(key)) is not None:
            _kept.move_to_end(key)
            return known
    found = _find(text, public, deep=True)
    with _kept_lock:
        _kept[key] = found
        if len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return found


def _find(text: str, public: frozenset[str], *, deep: bool) -> tuple[PersonalItem, ...]:
    folded = fold(text)
    plain = folded.text
    items = _in_plain(plain, Near(plain, public))
    for spelled in spelled_out(plain):
        near = Near(spelled, public)
        items += find_numbers(spelled, near)
        items += [item for item in find_shapes(spelled) if item.kind is PersonalKind.PLATE]
        items += named_passports(spelled)
        items += _halves(spelled)
    if deep:
        items += _encoded(plain, public)
    items += find_names(plain, items)
    return tuple(_without_overlap(_placed(items, folded)))


def _in_plain(plain: str, near: Near) -> list[PersonalItem]:
    items = find_shapes(plain)
    if not any(map(str.isdigit, plain)):
        return items
    items += _with_extensions(plain, find_numbers(plain, near))
    items += [
        PersonalItem(PersonalKind.RESIDENT, *match.span())
        for pattern in (_HIDDEN_HALF, _SEX_BETWEEN)
        for match in pattern.finditer(plain)
        if is_birth(match[0][:6])
    ]
    items += [
        PersonalItem(PersonalKind.RESIDENT, *match.span())
        for match in _SEX_ONLY.finditer(plain)
        if is_birth(match[0][:6])
        and (near.resident(*match.span()) or _after_name(plain, match.start()))
    ]
    items += [
        PersonalItem(PersonalKind.PHONE, *match.span())
        for pattern in (_HIDDEN_PHONE, _SAID_PHONE, _FIELDS_PHONE)
        for match in pattern.finditer(plain)
    ]
    items += [PersonalItem(PersonalKind.CARD, *m.span()) for m in _CARD_HALVES.finditer(plain)]
    return items + _halves(plain) + _pairs(plain) + _phone_parts(plain)


def _pairs(plain: str) -> list[PersonalItem]:
    """Find both halves of a resident number where the sentence says that they belong together."""
    found = []
    for match in _PAIR.finditer(plain):
        between = plain[match.end("a") : match.start("b")]
        if is_birth(match["a"]) and _PAIR_WORDS.search(between):
            found += [PersonalItem(PersonalKind.RESIDENT, *match.span(half)) for half in "ab"]
    found += [
        PersonalItem(PersonalKind.RESIDENT, *match.span())
        for pattern in (_WRITTEN_OUT, _RUN_TOGETHER)
        for match in pattern.finditer(plain)
    ]
    return found


def _phone_parts(plain: str) -> list[PersonalItem]:
    """Find the parts of a telephone number that are told one by one."""
    found = []
    for match in _PHONE_PART.finditer(plain):
        start, end = match.span(match.lastgroup or 0)
        around = plain[max(start - 40, 0) : start] + "#" + plain[end : end + 40]
        near = _MOBILE_NEAR if match["back"] else _PHONE_NEAR
        if match["front"] or near.search(around):
            found.append(PersonalItem(PersonalKind.PHONE, start, end))
    return found


def _after_name(plain: str, start: int) -> bool:
    return re.search(r"[가-힣]{2,4}\s?\(\Z", plain[max(start - 8, 0) : start]) is not None


def _halves(plain: str) -> list[PersonalItem]:
    """Find the two halves of a resident number that stand apart in a sentence or table."""
    found = []
    words = [match.span() for match in _HALVES.finditer(plain)]
    if not words:
        return []
    for match in _HALF.finditer(plain):
        digits = re.sub(r"\D", "", match[0])
        if len(digits) == 6 and not is_birth(digits):
            continue
        begin, end = match.span()
        if any(_belongs(plain, begin, end, *word) for word in words):
            found.append(PersonalItem(PersonalKind.RESIDENT, begin, end))
    return found


def _belongs(plain: str, begin: int, end: int, word_start: int, word_end: int) -> bool:
    if word_start >= end:
        return word_start - end <= 16 and "\n" not in plain[end:word_start]
    between = plain[word_end:begin]
    if len(between) <= 100 and "\n\n" not in between:
        return True
    if len(between) > 4000 or "\n\n" in between:
        return False
    return all("|" in line or "\t" in line for line in between.split("\n")[1:])


def _with_extensions(plain: str, items: list[PersonalItem]) -> list[PersonalItem]:
    made = []
    for item in items:
        end = item.end
        if item.kind is PersonalKind.PHONE:
            for more in (_EXTENSION, _SECOND):
                if match := more.match(plain, end):
                    end = match.end()
        made.append(PersonalItem(item.kind, item.start, end))
    return made


def _encoded(plain: str, public: frozenset[str]) -> list[PersonalItem]:
    found = []
    for match in _BASE64.finditer(plain):
        if (inside := _decoded(match[0])) and _is_secret(inside, public):
            found.append(PersonalItem(PersonalKind.ENCODED, *match.span()))
    for match in _HEX.finditer(plain):
        inside = _text(bytes.fromhex(re.sub(r"[ :]", "", match[0])))
        if inside and _is_secret(inside, public):
            found.append(PersonalItem(PersonalKind.ENCODED, *match.span()))
    return found


def _is_secret(inside: str, public: frozenset[str]) -> bool:
    return any(
        item.kind is not PersonalKind.OFFICE_PHONE for item in _find(inside, public, deep=False)
    )


def _decoded(word: str) -> str:
    if word.isdigit() or (word.isalpha() and word.islower()):
        return ""
    body = word.rstrip("=").replace("-", "+").replace("_", "/")
    body = body[: len(body) - (len(body) % 4 == 1)]
    try:
        return _text(base64.b64decode(body + "=" * (-len(body) % 4), validate=True))
    except (binascii.Error, ValueError):
        return ""


def _text(data: bytes) -> str:
    for encoding in ("utf-8", "cp949", "utf-16-le"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        odd = sum(not (letter.isprintable() or letter in "\r\n\t") for letter in text)
        if odd * 20 <= len(text):
            return text
    return ""


def _placed(items: list[PersonalItem], folded: Folded) -> list[PersonalItem]:
    made = []
    for item in items:
        place = folded.span(item.start, item.end)
        made.append(PersonalItem(item.kind, place.start, place.stop))
    return made


def _without_overlap(items: list[PersonalItem]) -> list[PersonalItem]:
    """Return items that do not overlap: stretches that touch become one, of the gravest kind."""
    kept: list[PersonalItem] = []
    for item in sorted(items, key=lambda one: (one.start, -one.end)):
        if kept and item.start < kept[-1].end:
            last = kept[-1]
            kind = min(last.kind, item.kind, key=_GRAVITY.index)
            if PersonalKind.OFFICE_PHONE in (last.kind, item.kind):
                kind = last.kind if item.kind is PersonalKind.OFFICE_PHONE else item.kind
            kept[-1] = PersonalItem(kind, last.start, max(last.end, item.end))
        else:
            kept.append(item)
    return kept


_GRAVITY = tuple(PersonalKind)
