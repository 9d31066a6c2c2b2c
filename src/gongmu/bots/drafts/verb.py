"""The forms of a verb in place of those of '-하다': 송부하여 -> 보내, 송부합니다 -> 보냅니다.

Quiet: no clock, database, file or model is reached from here.
"""

from __future__ import annotations

_SAME = (
    "고",
    "며",
    "면",
    "는",
    "기",
    "지",
    "도록",
    "거나",
    "게",
    "겠",
    "자",
    "더",
    "려",
    "니",
    "시",
    "십",
    "신",
    "셔",
    "셨",
    "실",
    "심",
    "세",
    "라",
    "던",
    "되",
    "므",
    "오",
)
_WITH_EU = frozenset("며면려니시십신셔셨실심세라므오")
"""Endings that take 으 after a final consonant."""
_FINALS = {"ㄴ": 4, "ㄹ": 8, "ㅁ": 16, "ㅂ": 17, "ㅆ": 20}
_MERGED = {"한": ("ㄴ", "은"), "할": ("ㄹ", "을"), "함": ("ㅁ", "음"), "합": ("ㅂ", "습")}


def conjugated(stem: str, joined: str, ending: str) -> str:
    """Return the form of a verb for one of 하다; "" for a form that is not known.

    `stem` is 보내 (of 보내다), `joined` the stem with 아 or 어 (보내, 알려, 받아); `ending` begins
    with a syllable of 하다 (하여, 합니다, 했음).
    """
    if ending.startswith("하여"):
        return joined + ending[2:]
    if ending.startswith("하였"):
        return _final(joined, "ㅆ") + ending[2:]
    first, rest = ending[0], ending[1:]
    if first == "해":
        return joined + rest
    if first == "했":
        return _final(joined, "ㅆ") + rest
    if first in _MERGED:
        merged, apart = _MERGED[first]
        if _has_final(stem, but="ㄹ"):
            return stem + apart + rest
        bare = _without_rieul(stem) if first != "함" else stem
        if first == "함" and bare[-1:] and _ends_in_rieul(stem):
            return _rieul_mieum(stem) + rest
        return _final(bare, merged) + rest
    if first != "하" or not rest.startswith(_SAME):
        return ""
    if rest[0] in _WITH_EU and _has_final(stem, but="ㄹ"):
        return f"{stem}으{rest}"
    if rest[0] in "는니시십신세셔셨실심오" and _ends_in_rieul(stem):
        return _without_rieul(stem) + rest
    return stem + rest


def _code(sign: str) -> int:
    return ord(sign) - 0xAC00


def _has_final(word: str, *, but: str) -> bool:
    final = _code(word[-1]) % 28
    return final not in (0, _FINALS[but])


def _ends_in_rieul(word: str) -> bool:
    return _code(word[-1]) % 28 == _FINALS["ㄹ"]


def _without_rieul(word: str) -> str:
    if not _ends_in_rieul(word):
        return word
    return word[:-1] + chr(ord(word[-1]) - _FINALS["ㄹ"])


def _rieul_mieum(word: str) -> str:
    """Return 열 as 엶: the noun form of a stem in ㄹ."""
    return word[:-1] + chr(ord(word[-1]) - _FINALS["ㄹ"] + 10)


def _final(word: str, consonant: str) -> str:
    """Return the word with a consonant under its last, open syllable."""
    return word[:-1] + chr(ord(word[-1]) + _FINALS[consonant])
