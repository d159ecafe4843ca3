"""Header bytes to what the server needs to know: words for searching, ids for threading, the decoded subject."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from email.utils import mktime_tz, parsedate_tz

FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE)
BLANK_LINE = re.compile(rb"\r?\n\r?\n|\A\r?\n")
ENCODED_WORD = re.compile(r"=\?([^?\s]{1,40})\?([bBqQ])\?([^?]*)\?=")
BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?)")
FOLD = re.compile(r"\r?\n[ \t]*")
MESSAGE_ID = re.compile(r"<[^<>\s]+>")
# Words end at everything but letters, digits and "_". Han and kana have no spaces: each sign is a word there.
WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
# Prefixes under which Gmail still sees the same subject.
PREFIX = re.compile(
    r"^\s*(?:(?:re|fwd?|aw|wg|antw|sv|vs|rv|res|rif|tr|odp|ynt|enc|回复|回覆|答复|转发|返信|답장)(?:\[\d+\])?\s*[:：]\s*)+",
    re.IGNORECASE,
)


def split_message(raw: bytes) -> tuple[bytes, bytes]:
    """Header block and body, at the first blank line."""
    blank = BLANK_LINE.search(raw)
    return (raw, b"") if blank is None else (raw[: blank.start()], raw[blank.end() :])


def fields(head: bytes) -> Iterator[tuple[str, str]]:
    """Each header field as (name as written, value unfolded and with its encoded words decoded)."""
    for match in FIELD.finditer(head):
        yield match[1].decode("ascii"), decode(match[2])


def decode(value: bytes) -> str:
    """A header value as text: unfolded, RFC 2047 words decoded, unknown charsets read as Latin-1."""
    text = FOLD.sub(" ", to_text(value, "utf-8")).strip()
    if "=?" not in text:
        return text
    return ENCODED_WORD.sub(_decode_word, BETWEEN_WORDS.sub(r"\1", text))


def _decode_word(match: re.Match[str]) -> str:
    charset, encoding, text = match.groups()
    data = text.encode("utf-8", "replace")
    try:
        octets = base64.b64decode(data + b"===") if encoding in "bB" else quopri.decodestring(data, header=True)
    except binascii.Error:
        return match[0]
    return to_text(octets, charset.split("*")[0])


def to_text(octets: bytes, charset: str) -> str:
    """Octets in a charset that may be wrong or unknown; Latin-1 then."""
    try:
        return octets.decode(charset)
    except (LookupError, UnicodeError):
        return octets.decode("latin-1")


def words(text: str) -> str:
    """The text as Gmail's index sees it: lower case words between single spaces, with one at either end."""
    return f" {' '.join(WORD.findall(text.casefold()))} "


def message_ids(value: str) -> tuple[str, ...]:
    """The ids in a Message-ID, In-Reply-To or References value."""
    return tuple(MESSAGE_ID.findall(value))


def same_subject(one: str, other: str) -> bool:
    """Do both mean the same thread: equal but for reply prefixes, case and spaces?"""
    return _base(one) == _base(other)


def _base(subject: str) -> str:
    return " ".join(PREFIX.sub("", subject).casefold().split())


def timestamp(date: str) -> int | None:
    """Milliseconds since 1970 of a Date value; None when it cannot be read or lies before."""
    parsed = parsedate_tz(date)
    if parsed is None:
        return None
    try:
        seconds = mktime_tz(parsed)
    except (ValueError, OverflowError):
        return None
    return seconds * 1000 if seconds >= 0 else None
