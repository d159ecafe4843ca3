"""Addresses that look like another one without being it (hazards A3).

After the skeletons of Unicode TS 39, with the letters that matter in addresses: Cyrillic, Greek and Armenian twins of
Latin letters, and Latin ones that run together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_MAX_EMAIL = 320  # 64 + @ + 255 (RFC 5321 4.5.3.1); longer ones are nobody's
_MAX_LABEL = 63  # RFC 1035 2.3.4

# By the letter they are taken for: Cyrillic, Greek, Armenian, other Latin, digits. An "I" is an "i" by now.
_TWINS = str.maketrans(
    {
        twin: letter
        for letter, twins in {
            "a": "аαɑ",
            "b": "вЬь",
            "c": "сϲ",
            "d": "ԁ",
            "e": "еεҽ",
            "g": "ɡցԍ",
            "h": "һհн",
            "i": "іιıɩ",
            "j": "јϳ",
            "k": "кκ",
            "l": "ӏ1|ǀΙ",
            "m": "м",
            "n": "ոηп",
            "o": "оοօσ0",
            "p": "рρ",
            "q": "ԛզ",
            "r": "гᴦ",
            "s": "ѕꜱ",
            "t": "тτ",
            "u": "υսᴜ",
            "v": "ѵν",
            "w": "ԝωѡ",
            "x": "хχ",
            "y": "уγү",
            "z": "ᴢ",
        }.items()
        for twin in twins
    }
)
_RUN_TOGETHER = (("rn", "m"), ("vv", "w"), ("i", "l"))


def lookalikes(address: str, known: Iterable[str]) -> tuple[str, ...]:
    """Those of ``known`` that a reader would take ``address`` for, though it is another; all in lower case."""
    mine = _skeleton(address)
    return tuple(other for other in known if other != address and mine and _skeleton(other) == mine)


@lru_cache(maxsize=8192)
def _skeleton(address: str) -> str:
    """What the address looks like; "" for what is too long to be one."""
    if len(address) > _MAX_EMAIL:
        return ""
    local, _, domain = address.rpartition("@")
    text = f"{local}@{'.'.join(map(_from_punycode, domain.split('.')))}"
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    shape = "".join(char for char in decomposed if unicodedata.category(char) not in {"Mn", "Cf"}).translate(_TWINS)
    for seen, taken_for in _RUN_TOGETHER:
        shape = shape.replace(seen, taken_for)
    return shape


def _from_punycode(label: str) -> str:
    """``xn--…`` as it is shown (RFC 3492); any other label, or a broken one, as it is."""
    if not re.match("xn--", label, re.IGNORECASE) or len(label) > _MAX_LABEL:
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, OverflowError):
        return label
