"""Text as the lexicon sees it: small letters, no accents, and positions stay as they were."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

TEXT_LIMIT = 20_000
"""Characters of one message that are looked at; nobody arranges a meeting after that (advice.md D, speed lesson)."""

_WRAPPED = re.compile(r"\n(?<=[^\n]{50}\n)(?=[^\s>*#•-])")
"""The end of a line so long that its sentence probably goes on in the next. What is looked for stands first in the
pattern, so that it is searched for and not tried at every letter.
"""

_PLAIN = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " "})


@lru_cache(maxsize=4096)
def _fold_char(char: str) -> str:
    """The letter without its accent, in lower case, always one character for one character."""
    base = unicodedata.normalize("NFD", char)[0] if "\u00c0" <= char <= "\u024f" else char
    small = base.lower()
    return small if len(small) == 1 else base


@lru_cache(maxsize=512)  # what a message says of meetings, days and addresses is looked for one after the other
def fold(text: str) -> str:
    """``text`` in lower case without accents; each character keeps its place, so spans are valid in ``text``."""
    text = text.translate(_PLAIN)
    if text.isascii():
        return text.lower()
    return "".join(char if char < "\u0041" else _fold_char(char) for char in text)


@lru_cache(maxsize=512)
def tidy(text: str) -> str:
    """``text`` composed (NFC), cut to TEXT_LIMIT, one paragraph a line: what ``fold`` and quotes start from.

    Many mails break their lines at some 70 characters (RFC 5322 2.1.1, RFC 3676): a sentence goes on in the next line.
    """
    composed = unicodedata.normalize("NFC", text[:TEXT_LIMIT]).replace("\r", "")
    return _WRAPPED.sub(" ", composed)
