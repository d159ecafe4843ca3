"""Gmail's JSON for a message, put together again as RFC 5322 bytes, so that one parser reads all mailboxes.

Gmail has decoded header values and bodies already, bodies into UTF-8 whatever the Content-Type still says. Files are
left out but for calendars and delivery reports, which have to be fetched (``needed_files``).
"""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from thread_finder.mail.parse import UnreadableMessage, parse_message
from thread_finder.model import Label, Message

_MAX_DEPTH = 40
_MAX_PARTS = 400
_LARGEST_FILE = 300_000  # bytes
_LABELS = {"INBOX": Label.INBOX, "SENT": Label.SENT, "DRAFT": Label.DRAFT, "SPAM": Label.SPAM, "TRASH": Label.TRASH}
_NAME = re.compile(r"[!-9;-~]{1,200}")
_LINE_END = re.compile(r"[\r\n]+[ \t]*")
_BOUNDARY_OR_CHARSET = re.compile(r";\s*(?:boundary|charset)\*?\s*=\s*(?:\"[^\"]*\"|[^;\s]*)", re.IGNORECASE)
_DROPPED = {"content-transfer-encoding", "content-length", "x-gmail-labels", "x-gm-thrid"}

PartKey = tuple[str, str]
"""Message id and part id: attachment ids are others at each reading."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One message as fetched: Gmail's ids and labels, and its bytes."""

    id: str
    thread_id: str
    labels: tuple[str, ...]
    date: int
    raw: bytes


def mails(thread: Mapping[str, Any], fetched: Mapping[PartKey, bytes]) -> tuple[Mail, ...]:
    """The messages of a thread resource, oldest first; ``fetched`` are the parts that came separately."""
    found = [_mail(resource, fetched) for resource in thread.get("messages", ())]
    return tuple(sorted(found, key=lambda mail: mail.date))


def needed_files(thread: Mapping[str, Any]) -> Iterator[tuple[PartKey, str]]:
    """The parts that the parser reads and that did not come with the thread, one a message, with attachment ids."""
    for resource in thread.get("messages", ()):
        for part in _walk(resource.get("payload", {})):
            body = part.get("body", {})
            if _is_needed(part) and body.get("attachmentId") and int(body.get("size", 0)) <= _LARGEST_FILE:
                yield (resource["id"], part.get("partId", "")), body["attachmentId"]
                break


def decoded(data: str) -> bytes:
    """Web-safe base64, with or without its padding."""
    try:
        return urlsafe_b64decode(data + "=" * (-len(data) % 4))
    except (binascii.Error, ValueError):
        return b""


def parsed(mails: Iterable[Mail], owner: frozenset[str]) -> tuple[tuple[Message, ...], int]:
    """The messages, one per Message-ID, and how many could not be read.

    A living copy goes before one in trash, spam or drafts. What an address of the owner's wrote was sent.
    """
    chosen: dict[str, Message] = {}
    skipped = 0
    for mail in mails:
        try:
            message = _message(mail, owner)
        except (UnreadableMessage, ValueError):
            skipped += 1
            continue
        key = message.message_id or mail.id
        if key not in chosen or (_aside(chosen[key]) and not _aside(message)):
            chosen[key] = message
    return tuple(chosen.values()), skipped


def _message(mail: Mail, owner: frozenset[str]) -> Message:
    labels = frozenset(_LABELS[name] for name in mail.labels if name in _LABELS)
    message = parse_message(mail.raw, id=mail.id, thread_id=mail.thread_id, labels=labels)
    if Label.DRAFT in labels or message.from_ is None or message.from_.email not in owner:
        return message
    return replace(message, labels=labels | {Label.SENT})


def _aside(message: Message) -> bool:
    return bool(message.labels & {Label.TRASH, Label.SPAM, Label.DRAFT})


def _mail(resource: Mapping[str, Any], fetched: Mapping[PartKey, bytes]) -> Mail:
    return Mail(
        id=str(resource.get("id", "")),
        thread_id=str(resource.get("threadId", "")),
        labels=tuple(resource.get("labelIds", ())),
        date=int(resource.get("internalDate", 0)),
        raw=_raw(resource, fetched),
    )


def _raw(resource: Mapping[str, Any], fetched: Mapping[PartKey, bytes]) -> bytes:
    budget = [_MAX_PARTS]

    def write(part: Mapping[str, Any], depth: int) -> bytes:
        budget[0] -= 1
        children = part.get("parts", ()) if str(part.get("mimeType", "")).startswith("multipart/") else ()
        if children and depth < _MAX_DEPTH and budget[0] > 0:
            boundary = f"part-{depth}-{budget[0]}-{resource.get('id', '')}"
            inner = (b"--%s\n%s\n" % (boundary.encode(), write(child, depth + 1)) for child in children)
            return _header(part, f'; boundary="{boundary}"') + b"".join(inner) + b"--%s--\n" % boundary.encode()
        body = part.get("body", {})
        data = fetched.get((resource.get("id", ""), part.get("partId", ""))) or decoded(str(body.get("data", "")))
        return _header(part, _charset(part, data)) + data

    return write(resource.get("payload", {}), 0)


def _header(part: Mapping[str, Any], parameter: str) -> bytes:
    """The header fields with Content-Type mended, and the blank line."""
    lines: list[str] = []
    typed = False
    for field in part.get("headers", ()):
        name, value = str(field.get("name", "")), _LINE_END.sub(" ", str(field.get("value", "")))
        if name.lower() in _DROPPED or not _NAME.fullmatch(name) or (typed and name.lower() == "content-type"):
            continue
        if name.lower() == "content-type":
            typed = True
            value = _BOUNDARY_OR_CHARSET.sub("", value) + parameter
        lines.append(f"{name}: {value}\n")
    if not typed:
        lines.append(f"Content-Type: {part.get('mimeType') or 'text/plain'}{parameter}\n")
    return "".join([*lines, "\n"]).encode("utf-8", "surrogateescape")


def _charset(part: Mapping[str, Any], data: bytes) -> str:
    """The parameter that names the charset the body is really in."""
    if not str(part.get("mimeType", "")).startswith("text/"):
        return ""
    declared = next((f["value"] for f in part.get("headers", ()) if f["name"].lower() == "content-type"), "")
    found = re.search(r"charset\s*=\s*\"?([\w.:-]{1,40})", declared, re.IGNORECASE)
    if found and not _is_utf8(data, found[1]):
        return f"; charset={found[1]}"
    return "; charset=utf-8"


def _is_utf8(data: bytes, declared: str) -> bool:
    if b"\x1b" in data and declared.lower().startswith("iso-2022"):
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _walk(part: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    waiting = [part]
    for _ in range(_MAX_PARTS):
        if not waiting:
            return
        part = waiting.pop()
        yield part
        waiting.extend(reversed(part.get("parts", ())))


def _is_needed(part: Mapping[str, Any]) -> bool:
    kind, name = str(part.get("mimeType", "")).lower(), str(part.get("filename", "")).lower()
    return kind in {"text/calendar", "application/ics", "message/delivery-status"} or name.endswith(".ics")
