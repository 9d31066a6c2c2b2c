"""Characters that texts cannot carry, and what to write instead.

Telephones in Korea take CP949; a character outside it arrives as a question mark or makes the
gateway refuse the text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

INSTEAD: Mapping[str, str] = {
    "․": "·", "・": "·", "‧": "·", "•": "·", "∙": "·", "⋅": "·", "◦": "·", "\uff65": "·",
    "„": '"', "‟": '"', "«": "《", "»": "》", "‹": "〈", "›": "〉", "‛": "'",
    "—": "-", "–": "-", "−": "-", "‐": "-", "‑": "-", "‒": "-", "⸺": "-", "﹣": "-",
    "〜": "~", "˜": "~", "⁓": "~", "∽": "~", "⋯": "…", "₩": "원", "✓": "√", "✔": "√",
    "☑": "□", "✉": "", "📞": "☎", "📱": "☎", "⭐": "★", "❤": "♥", "➡": "→", "⬅": "←",
    "©": "(c)", "\u2028": "\n", "\u2029": "\n", "\t": " ", "\r": "\n",
}  # fmt: skip
"""Our own choices; others follow from Unicode's compatibility forms, or are left out."""


def is_sendable(character: str) -> bool:
    """Return whether a telephone can show a character: CP949, no control but the line feed."""
    if character == "\n":
        return True
    if unicodedata.category(character) in ("Cc", "Cf", "Co", "Cn", "Cs"):
        return False
    try:
        character.encode("cp949")
    except UnicodeEncodeError:
        return False
    return True


def unsendable(text: str) -> Iterator[tuple[int, str]]:
    """Yield position (from 0) and run of neighbouring characters that cannot be sent."""
    run = ""
    for position, character in enumerate(text):
        if is_sendable(character):
            if run:
                yield position - len(run), run
            run = ""
        else:
            run += character
    if run:
        yield len(text) - len(run), run


def instead_of(run: str) -> str:
    """Return what to write instead of characters that cannot be sent; may be empty."""
    if run == "\r\n":
        return "\n"
    # Hangul typed on some telephones and computers comes in loose letters (조합형 자모).
    return "".join(_one_instead(character) for character in unicodedata.normalize("NFC", run))


def sendable_text(text: str) -> str:
    """Return the text with everything that cannot be sent replaced."""
    whole = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return "".join(c if is_sendable(c) else _one_instead(c) for c in whole)


def _one_instead(character: str) -> str:
    if is_sendable(character):
        return character
    if character in INSTEAD:
        return INSTEAD[character]
    if unicodedata.category(character) == "Zs":
        return " "
    plain = unicodedata.normalize("NFKC", character)
    if plain != character and all(is_sendable(one) for one in plain):
        return plain
    # An accent falls away before the letter does.
    base = "".join(one for one in unicodedata.normalize("NFD", character) if is_sendable(one))
    return base if base.isascii() else ""
