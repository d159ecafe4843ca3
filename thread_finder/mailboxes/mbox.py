"""Mbox files (RFC 4155 and its relatives): where each message lies, and its bytes. Any size, read only.

A message begins with a "From " line. Bodies may hold such lines too, when the program that wrote the file did not
escape them, so a line counts as a separator if it has the date of a postmark, or stands after an empty line with a
header field below. Everywhere else this splits where the standard library's ``mailbox.mbox`` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

CHUNK = 1 << 20  # bytes in memory at a time while looking for separators
HEAD = 1 << 18  # bytes of a message looked at for its header fields
LARGEST_MESSAGE = 48 << 20  # what is read of one message: Gmail itself takes no more than 50 MB
_LINE = 4096  # a separator and the line below it fit into this

_POSTMARK = re.compile(
    rb"From [^\n]{0,200}?\b(?:mon|tue|wed|thu|fri|sat|sun)\b[^\n]{0,40}?\d:\d\d(?::\d\d)?\b[^\n]{0,40}?\b\d{4}\b",
    re.IGNORECASE,
)
_FIELD_BELOW = re.compile(rb"From [^\n]*\n(?:[!-9;-~]{1,77}:|>From )")
_SEPARATOR = b"\nFrom "
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Span:
    """One message: the offset of its "From " line, its size with that line, and its first bytes without it."""

    offset: int
    size: int
    head: bytes


def looks_like_mbox(start: bytes) -> bool:
    """Whether a file that starts with these bytes is an mbox; empty lines and a BOM before it are forgiven."""
    return start.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n").startswith(b"From ")


def spans(file: BinaryIO, start: int, end: int) -> Iterator[Span]:
    """The messages between two offsets, ``start`` being a separator's or the file's; ``end`` ends the last one.

    Memory is bounded whatever the file holds. What comes before the first separator is no message.
    """
    window = _Window(file, end)
    here = _next_separator(window, start - 1 if start else 0, at_start=start == 0)
    while here is not None:
        following = _next_separator(window, here + 5)
        stop = end if following is None else following
        yield Span(here, stop - here, without_postmark(window.read(here, min(HEAD, stop - here))))
        here = following


def read_message(file: BinaryIO, offset: int, size: int) -> bytes:
    """The bytes of one message: no "From " line, ``>From`` unescaped, no empty line that only ends the message.

    ValueError if there is no message at ``offset`` any more. A message of absurd size is cut.
    """
    file.seek(offset)
    raw = file.read(min(size, LARGEST_MESSAGE))
    if not looks_like_mbox(raw[:16]):
        raise ValueError(f"no message at {offset}")
    raw = without_postmark(raw)
    for blank in (b"\r\n\r\n", b"\n\n"):
        if raw.endswith(blank):
            raw = raw[: -len(blank) // 2]
            break
    return _ESCAPED.sub(rb"\1", raw) if b">From " in raw else raw


def without_postmark(raw: bytes) -> bytes:
    """A message without its "From " line."""
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    return raw[raw.find(b"\n") + 1 :] if b"\n" in raw else b""


class _Window:
    """A moving view of a file, so that looking ahead and going back a little costs no reads."""

    def __init__(self, file: BinaryIO, end: int) -> None:
        self._file = file
        self._at = 0
        self._bytes = b""
        self.end = end

    def read(self, offset: int, size: int) -> bytes:
        """Up to ``size`` bytes at ``offset``, none beyond the end."""
        size = max(0, min(size, self.end - offset))
        inside = offset - self._at
        if not 0 <= inside <= inside + size <= len(self._bytes):
            self._load(offset)
            inside = 0
        return self._bytes[inside : inside + size]

    def find(self, what: bytes, offset: int) -> int | None:
        """The offset of the first ``what`` at or after ``offset``."""
        while offset < self.end:
            if not self._at <= offset < self._at + len(self._bytes) - len(what):
                self._load(offset)
            found = self._bytes.find(what, offset - self._at)
            if found >= 0:
                return self._at + found
            if len(self._bytes) <= len(what):
                return None
            offset = self._at + len(self._bytes) - len(what) + 1
        return None

    def _load(self, offset: int) -> None:
        self._file.seek(offset)
        self._at = offset
        self._bytes = self._file.read(min(CHUNK, max(0, self.end - offset)))


def _next_separator(window: _Window, offset: int, *, at_start: bool = False) -> int | None:
    """The offset of the next "From " line that separates, looking from the line end at ``offset`` on."""
    if at_start:
        start = window.read(0, 64)
        if looks_like_mbox(start):
            return 0
    while (found := window.find(_SEPARATOR, offset)) is not None:
        if _separates(window, found + 1):
            return found + 1
        offset = found + 1
    return None


def _separates(window: _Window, line: int) -> bool:
    text = window.read(line, _LINE)
    if _POSTMARK.match(text):
        return True
    before = window.read(max(0, line - 3), min(3, line))
    return before.endswith((b"\n\n", b"\n\r\n")) and bool(_FIELD_BELOW.match(text))
