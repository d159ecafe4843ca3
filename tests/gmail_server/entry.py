"""One message in the store: where its bytes are, and what searching and threading need of its headers."""

from __future__ import annotations

import mmap
import re
from dataclasses import dataclass, field

from tests.gmail_server import headers

NEEDED = re.compile(
    rb"^(from|to|cc|bcc|subject|date|message-id|in-reply-to|references|delivered-to|list-id|x-gm-thrid|x-gmail-labels)"
    rb"[ \t]*:[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)",
    re.MULTILINE | re.IGNORECASE,
)
TAKEOUT = re.compile(rb"^X-(?:GM-THRID|Gmail-Labels):[^\n]*\n(?:[ \t][^\n]*\n)*", re.MULTILINE | re.IGNORECASE)
ESCAPED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
LINE_END = re.compile(rb"\r?\n")


@dataclass(frozen=True, slots=True)
class Source:
    """A message's bytes: a slice of something bigger, so that a mailbox file stays on disk."""

    buffer: bytes | mmap.mmap
    start: int
    end: int
    from_mbox: bool = False

    @property
    def raw(self) -> bytes:
        """The message as it was delivered: an mbox's ``>From`` and Takeout's own two header fields undone."""
        octets = self.buffer[self.start : self.end]
        if not self.from_mbox:
            return octets
        head, body = headers.split_message(octets)
        if b">From " in body:
            body = ESCAPED_FROM.sub(rb"\1", body)
        return TAKEOUT.sub(b"", head + b"\n") + b"\n" + body

    @property
    def wire(self) -> bytes:
        """The same with CRLF at every line's end: what Gmail gives as ``raw``."""
        return LINE_END.sub(b"\r\n", self.raw)


@dataclass(slots=True, eq=False)
class Entry:
    """A message. ``words`` maps a searchable field (from, to, cc, …) to its words, see ``headers.words``."""

    source: Source
    subject: str
    rfc_id: str
    references: tuple[str, ...]
    words: dict[str, str]
    date: int | None
    number: int = -1
    id: str = ""
    thread_id: str = ""
    labels: frozenset[str] = frozenset()
    internal_date: int = 0
    history_id: int = 0
    draft_id: str = ""
    takeout: dict[str, str] = field(default_factory=dict)


def read(source: Source) -> Entry:
    """An entry from its header block; of a repeated field the first counts, but To and Cc add up."""
    window = source.buffer[source.start : min(source.end, source.start + 16384)]
    head, body = headers.split_message(window)
    if not body and len(window) == 16384:  # a long header block, or a very short body: look at the whole
        head, _ = headers.split_message(source.buffer[source.start : source.end])
    found: dict[str, str] = {}
    for match in NEEDED.finditer(head):
        name, value = match[1].decode("ascii").lower(), headers.decode(match[2])
        if name in {"to", "cc", "bcc"} and name in found:
            found[name] += ", " + value
        else:
            found.setdefault(name, value)
    return _entry(source, found)


def _entry(source: Source, found: dict[str, str]) -> Entry:
    searched = {
        "from": found.get("from", ""),
        "to": f"{found.get('to', '')}\n{found.get('cc', '')}",  # Gmail's to: also matches Cc
        "cc": found.get("cc", ""),
        "bcc": found.get("bcc", ""),
        "subject": found.get("subject", ""),
        "deliveredto": found.get("delivered-to", ""),
        "list": found.get("list-id", ""),
    }
    references = headers.message_ids(found.get("references", "") + " " + found.get("in-reply-to", ""))
    return Entry(
        source=source,
        subject=found.get("subject", ""),
        rfc_id=next(iter(headers.message_ids(found.get("message-id", ""))), ""),
        references=references,
        words={name: headers.words(text) for name, text in searched.items() if text.strip()},
        date=headers.timestamp(found["date"]) if "date" in found else None,
        takeout={name: found[name] for name in ("x-gm-thrid", "x-gmail-labels") if name in found},
    )
