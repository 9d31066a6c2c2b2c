"""Hard official language and what to say instead: words, double passives, sentences too long.

The word list is the house's own (`plain_words.toml`). Quotations, names of laws, addresses of web
pages and the like are left as they stand.

Quiet: no clock, database or model is reached from here; the list comes with the program.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from gongmu.bots.drafts.particle import is_particle, particle
from gongmu.bots.drafts.shelter import Shelter
from gongmu.bots.drafts.verb import conjugated

LONGEST_SENTENCE = 90
"""Letters; a longer sentence is hard to follow read once."""

KINDS = {
    "hanja": "어려운 한자어",
    "japanese": "일본식 말",
    "loan": "외래어",
    "style": "딱딱한 말투",
    "passive": "겹친 피동",
    "authority": "권위적이거나 낮추어 보는 말",
    "long": "긴 문장",
}

_PARTICLES = (
    "으로부터|로부터|으로서|로서|으로써|로써|에서는|에서의|에게서|에서|에게|에는|"
    "에도|부터|까지|처럼|보다|마다|이나|이란|이며|"
    "이고|이라|이다|이든|이랑|으로|하고|을|를|은|는|이|가|과|와|의|에|도|만|로|나|"
    "란|며|고|다|든|랑|께"
)
_AFTER_WORD = re.compile(r"(?:에|에도|를|을)\s|함에|하는 데|하고자|하여야|되어|뿐만")
"""Phrases that stand right behind another word."""
_NAMES_DOING = re.compile(r"(?:기|것|곳|사람)$|[가-힣]$(?<=[음임함됨짐김춤샘림침름듦범])")
"""An easy word that does not stand before a noun: 높임 방안, 갈라짐 구간."""
_BEFORE_NOUN = re.compile(r"[ ·][가-힣A-Za-z]")
_TAIL = rf"(?P<particle>{_PARTICLES})?(?P<more>은|는|도|만|의)?(?![가-힣])"


@dataclass(frozen=True)
class Advice:
    """One hard place in a text from `start` to `end`, and what to put there ("" = rewrite it)."""

    start: int
    end: int
    kind: str
    found: str
    suggestion: str
    message: str


@dataclass(frozen=True)
class Words:
    """The word list by the way a word is used; the value is (easy word, kind)."""

    nouns: Mapping[str, tuple[str, str]]
    verbs: Mapping[str, tuple[str, str]]
    phrases: Mapping[str, tuple[str, str]]

    def __len__(self) -> int:
        """Return how many entries there are."""
        return len(self.nouns) + len(self.verbs) + len(self.phrases)


@lru_cache(maxsize=1)
def words() -> Words:
    """Return the word list."""
    text = files("gongmu.bots.drafts").joinpath("plain_words.toml").read_text("utf-8")
    raw = tomllib.loads(text)
    return Words(*(_flat(raw[name]) for name in ("noun", "verb", "phrase")))


def advise(text: str) -> list[Advice]:
    """Return what is hard in `text` and how to say it, in order, none inside another."""
    shelter = Shelter(text)
    found: list[Advice] = []
    taken = [False] * len(text)
    for one in (*_phrases(text), *_verbs(text), *_nouns(text)):
        if shelter.covers(one.start, one.end) or any(taken[one.start : one.end]):
            continue
        taken[one.start : one.end] = [True] * (one.end - one.start)
        found.append(one)
    found += [one for one in _long(text) if not shelter.covers(one.start, one.end)]
    return sorted(found, key=lambda one: (one.start, one.end))


def simplify(text: str) -> str:
    """Return the text with every suggestion that can be put in as it is; twice changes nothing."""
    for _ in range(6):
        changed = _once(text)
        if changed == text:
            break
        text = changed
    return text


def _once(text: str) -> str:
    for one in reversed(advise(text)):
        if one.suggestion:
            text = text[: one.start] + one.suggestion + text[one.end :]
    return text


def _flat(groups: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[str, str]]:
    return {hard: (easy, kind) for kind, group in groups.items() for hard, easy in group.items()}


def _nouns(text: str) -> Iterator[Advice]:
    for match in _noun_pattern().finditer(text):
        easy, kind = words().nouns[match["word"]]
        if (
            not match["particle"]
            and _NAMES_DOING.search(easy)
            and _BEFORE_NOUN.match(text, match.end())
        ):
            continue
        tail = match["particle"] or ""
        fitted = particle(easy, tail) if tail and is_particle(tail) else tail
        yield _advice(match, kind, easy + fitted + (match["more"] or ""), match["word"], easy)


def _verbs(text: str) -> Iterator[Advice]:
    for match in _verb_pattern().finditer(text):
        easy, kind = words().verbs[match["word"]]
        stem, joined = easy.split("/")
        changed = conjugated(stem, joined, match["ending"])
        if changed:
            stem, changed = stem.removeprefix("을(를) "), _fitted(changed, text[: match.start()])
            yield _advice(match, kind, changed, f"{match['word'].strip()}하다", f"{stem}다")


def _phrases(text: str) -> Iterator[Advice]:
    for match in _phrase_pattern().finditer(text):
        easy, kind = words().phrases[match["word"]]
        easy = _fitted(easy, text[: match.start()])
        yield _advice(match, kind, easy, match["word"], easy)


def _fitted(easy: str, before: str) -> str:
    """Return the text with 은(는) or 을(를) at its start fitted to the word before."""
    for both in ("은(는)", "을(를)"):
        if easy.startswith(both):
            word = re.search(r"\S+$", before)
            return particle(word[0] if word else "", both[0]) + easy.removeprefix(both)
    return easy


def _advice(match: re.Match[str], kind: str, suggestion: str, hard: str, easy: str) -> Advice:
    message = f"{KINDS[kind]}: '{hard}' 대신 '{easy}'"
    return Advice(match.start(), match.end(), kind, match[0], suggestion, message)


def _long(text: str) -> Iterator[Advice]:
    for match in re.finditer(r"[^\n.?!]+(?:\.(?=\d)[^\n.?!]+|\.\s(?=\d)[^\n.?!]+)*[.?!]?", text):
        sentence = match[0].strip()
        if len(sentence) > LONGEST_SENTENCE:
            message = f"{KINDS['long']}: {len(sentence)}자. 두 문장으로 나누세요."
            yield Advice(match.start(), match.end(), "long", sentence, "", message)


@lru_cache(maxsize=1)
def _noun_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?<![가-힣])(?P<word>{_joined(words().nouns)}){_TAIL}")


@lru_cache(maxsize=1)
def _verb_pattern() -> re.Pattern[str]:
    bound = [one for one in words().verbs if _AFTER_WORD.match(one)]
    free = [one for one in words().verbs if not _AFTER_WORD.match(one)]
    return re.compile(
        rf"(?P<word>(?<![가-힣])(?:{_joined(free)})|(?<=[가-힣)\]])(?:{_joined(bound)}))(?P<ending>[하해한할함합했하][가-힣]{{0,6}})"
    )


@lru_cache(maxsize=1)
def _phrase_pattern() -> re.Pattern[str]:
    phrases = words().phrases
    ending = [one for one in phrases if _AFTER_WORD.match(one)]
    opening = [one for one in phrases if not _AFTER_WORD.match(one)]
    left = rf"(?<![가-힣])(?:{_joined(opening)})" if opening else "(?!)"
    return re.compile(rf"(?P<word>{left}|(?:{_joined(ending)}))(?![가-힣]*[「])")


def _joined(entries: Mapping[str, object] | list[str]) -> str:
    return "|".join(re.escape(one) for one in sorted(entries, key=len, reverse=True))
