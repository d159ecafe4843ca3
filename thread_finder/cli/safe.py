"""Text from outside, made fit for a terminal (hazards A5): what would move the cursor is shown as a mark."""

from __future__ import annotations

import re

# C0 but tab and newline, DEL, C1; the bidirectional and invisible controls that can disguise a name. Joiners
# belong to real words and emoji: they stay between two characters beyond ASCII.
_HOSTILE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
    "|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)


def visible(text: str) -> str:
    """``text`` with every control shown as a mark: ESC as ␛, others as ⟨U+202E⟩. Newlines and tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    return _HOSTILE.sub(_mark, text)


def one_line(text: str) -> str:
    """``visible`` text on a single line, white space folded."""
    return " ".join(visible(text).split())


def _mark(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return f"⟨U+{code:04X}⟩"
