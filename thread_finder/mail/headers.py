"""Header fields as received (RFC 5322): sliced from bytes, unfolded, decoded. Bounded, and never raising.

The readers of single values stand in rooms of their own and are offered here together. A value is what stands
after the colon, ``str`` or ``bytes``, with encoded words still in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from thread_finder.mail.addresses import parse_addresses
from thread_finder.mail.dates import parse_date
from thread_finder.mail.encoded_words import MAX_VALUE, as_text, decode_text
from thread_finder.mail.labels import gmail_labels

__all__ = [
    "decode_text",
    "gmail_labels",
    "parse_addresses",
    "parse_date",
    "parse_message_ids",
    "raw_headers",
    "split_header",
    "thread_id",
]

_MAX_HEADER = 1_000_000  # bytes of a header section that are looked at
_MAX_FIELDS = 50  # of one name

_BLANK_LINE = re.compile(rb"\n\r?\n|\r\r")
_FIELD_LINE = re.compile(rb"[!-9;-~]{1,100}[ \t]*:")
_FOLD = re.compile(r"[\r\n]+[ \t]+")
_ID = re.compile(r"<([^<>]{1,998})>")
_SPACE = re.compile(r"\s+")


def split_header(raw: bytes) -> tuple[int, int, int]:
    """Where the header of a message starts and ends, and where its body starts.

    An mbox "From " line and blank lines before the header are passed over. The header ends at the first blank line;
    when there is none, at the first line that cannot belong to a header.
    """
    start = len(raw) - len(raw.lstrip(b"\r\n"))
    if raw.startswith((b"From ", b">From "), start):
        start = raw.find(b"\n", start) + 1 or len(raw)
    blank = _BLANK_LINE.search(raw, start)
    if blank is None:
        return (start, *_end_without_blank(raw, start))
    return start, blank.start() + 1, blank.end()


def _end_without_blank(raw: bytes, start: int) -> tuple[int, int]:
    position = start
    while position < len(raw):
        if raw[position] not in b" \t" and not _FIELD_LINE.match(raw, position):
            break
        position = raw.find(b"\n", position) + 1 or len(raw)
    return position, position


def raw_headers(header: bytes, names: Iterable[str]) -> dict[str, list[str]]:
    """The values of the fields ``names`` (lower case), in order of appearance: unfolded, 8-bit bytes decoded.

    Only names that occur are in the answer. Encoded words are left for the readers of values.
    """
    text = header[:_MAX_HEADER].decode("ascii", "surrogateescape")
    if "\n" not in text:
        text = text.replace("\r", "\n")
    found: dict[str, list[str]] = {}
    for name, value in _fields(tuple(names)).findall(f"\n{text}"):
        values = found.setdefault(name.lower(), [])
        if len(values) < _MAX_FIELDS:
            values.append(_unfolded(value[:MAX_VALUE]))
    return found


def _unfolded(value: str) -> str:
    if "\n" in value:
        value = _FOLD.sub(" ", value)
    value = value.strip()
    return value if value.isascii() else as_text(value)


@lru_cache(maxsize=32)
def _fields(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\n({'|'.join(map(re.escape, names))})[ \t]*:(.*(?:\n[ \t].*)*)", re.IGNORECASE)


def parse_message_ids(value: str | bytes) -> tuple[str, ...]:
    """The message ids of a Message-ID, In-Reply-To or References value: with angle brackets, each once, in order.

    Words between the ids (RFC 822 allowed them) are passed over; an id without brackets is given them.
    """
    text = decode_text(value) if isinstance(value, bytes) or "=?" in value else value[:MAX_VALUE]
    ids = [f"<{_SPACE.sub('', inner)}>" for inner in _ID.findall(text)]
    if not ids and "<" not in text and "@" in text and len(text.split()) == 1:
        ids = [f"<{text.strip()[:998]}>"]
    return tuple(dict.fromkeys(decode_text(found) for found in ids if found != "<>"))


def thread_id(value: str | bytes) -> str:
    """Gmail's thread id as its API writes it, lower-case hex, from Takeout's decimal X-GM-THRID; "" if it is none."""
    digits = decode_text(value)
    return f"{int(digits):x}" if digits.isascii() and digits.isdigit() and len(digits) <= 20 else ""
