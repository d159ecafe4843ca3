"""The header fields that the archive's index needs, cut from the bytes by regular expressions.

Tens of thousands of messages are read this way at the first start, so the common forms are taken directly and only
the odd ones go through the full parsers of ``mail.headers``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from thread_finder.mail.headers import (
    decode_text,
    gmail_labels,
    parse_addresses,
    parse_date,
    parse_message_ids,
    split_header,
    thread_id,
)
from thread_finder.model import Label

_FIELD = re.compile(
    rb"\n(message-id|in-reply-to|references|subject|from|to|cc|date|x-gm-thrid|x-gmail-labels|return-path)"
    rb"[ \t]*:[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)",
    re.IGNORECASE,
)
_ANY_FIELD = re.compile(rb"(?:\A|\n)[!-9;-~]{1,77}[ \t]*:")
_FOLD = re.compile(rb"[\r\n]+")
_PLAIN_ADDRESS = re.compile(
    rb"\s*(?:\"[^\"\\<>@]*\"|[^\"\\<>@(),:;=]*)\s*<\s*([a-z0-9._%+'/-]+@[a-z0-9.-]+)\s*>\s*"
    rb"|\s*([a-z0-9._%+'/-]+@[a-z0-9.-]+)\s*",
    re.IGNORECASE,
)
_PLAIN_DATE = re.compile(
    rb"(?:[a-z]{3}, )?(\d\d?) ([a-z]{3}) (19[7-9]\d|20[0-2]\d) ([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?"
    rb" ([+-])(0\d|1[0-4])([0-5]\d)(?: \([^()]*\))?\s*",
    re.IGNORECASE,
)
_MONTHS = {name: number for number, name in enumerate(b"jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_EPOCH = date(1970, 1, 1).toordinal()
_POSTMASTERS = frozenset({"mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon"})
_MEMORY = 100_000  # address fields remembered

# Folders of mail programs other than Gmail (RFC 6154 names the uses, not the folders).
_FOLDERS = {
    "sent items": Label.SENT,
    "outbox": Label.SENT,
    "gesendete elemente": Label.SENT,
    "éléments envoyés": Label.SENT,
    "elementos enviados": Label.SENT,
    "junk e-mail": Label.SPAM,
    "junk email": Label.SPAM,
    "bulk mail": Label.SPAM,
    "gelöschte elemente": Label.TRASH,
    "éléments supprimés": Label.TRASH,
    "elementos eliminados": Label.TRASH,
}
_FLAGS = {"T": Label.TRASH, "D": Label.DRAFT}


@dataclass(frozen=True, slots=True)
class Headers:
    """One message as the index knows it. ``date`` is a POSIX time stamp; addresses are lower case.

    ``bounce``: it may be a delivery report, so its body may name an address that none of its fields does.
    ``readable``: it has header fields at all.
    """

    message_id: str = ""
    references: tuple[str, ...] = ()
    thrid: str = ""
    sender: str = ""
    recipients: tuple[str, ...] = ()
    subject: str = ""
    date: float | None = None
    labels: frozenset[Label] = frozenset()
    bounce: bool = False
    readable: bool = True


def read_headers(head: bytes) -> Headers:
    """The fields of one message, given its bytes or at least the first of them."""
    start, end, _ = split_header(head)
    block = head[start:end]
    if b"\n" not in block:
        block = block.replace(b"\r", b"\n")
    fields: dict[bytes, list[bytes]] = {}
    for name, value in _FIELD.findall(b"\n" + block):
        fields.setdefault(name.lower(), []).append(value)
    first = {name: values[0] for name, values in fields.items()}
    sender = next(iter(_addresses(first.get(b"from", b""))), "")
    message_id = _ids(first.get(b"message-id", b""))[:1]
    threading = (*fields.get(b"references", ()), *fields.get(b"in-reply-to", ()))
    return Headers(
        message_id=message_id[0] if message_id else "",
        references=tuple(dict.fromkeys(found for value in threading for found in _ids(value))),
        thrid=thread_id(first.get(b"x-gm-thrid", b"")),
        sender=sender,
        recipients=_recipients((*fields.get(b"to", ()), *fields.get(b"cc", ()))),
        subject=_text(first.get(b"subject", b"")),
        date=_date(first.get(b"date", b"")),
        labels=gmail_labels(_flat(first[b"x-gmail-labels"])) if b"x-gmail-labels" in first else frozenset(),
        bounce=sender.partition("@")[0] in _POSTMASTERS or first.get(b"return-path", b"").strip() == b"<>",
        readable=bool(first) or bool(_ANY_FIELD.search(block)),
    )


def folder_labels(folder: str) -> frozenset[Label]:
    """What a mail folder's name says about the mail in it: "INBOX/Sent", "Mail/Papierkorb"."""
    name = folder.rpartition("/")[2].casefold()
    return frozenset({_FOLDERS[name]}) if name in _FOLDERS else gmail_labels(name)


def flag_labels(file_name: str) -> frozenset[Label]:
    """What the flags at the end of a Maildir file's name say (maildir(5): T trashed, D draft)."""
    _, marked, flags = file_name.replace(";2,", ":2,").rpartition(":2,")
    return frozenset(label for flag, label in _FLAGS.items() if flag in flags) if marked else frozenset()


_known_fields: dict[bytes, tuple[str, ...]] = {}


def _addresses(value: bytes) -> tuple[str, ...]:
    """The addresses of one field in lower case; remembered, because people write to the same people."""
    known = _known_fields.get(value)
    if known is None:
        if len(_known_fields) >= _MEMORY:
            _known_fields.clear()
        plain = [_PLAIN_ADDRESS.fullmatch(piece) for piece in value.split(b",")] if value else []
        if all(plain):
            known = tuple((match[1] or match[2]).decode("ascii").lower() for match in plain if match)
        else:
            known = tuple(address.email for address in parse_addresses(_flat(value)))
        _known_fields[value] = known
    return known


def _recipients(values: Iterable[bytes]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(email for value in values for email in _addresses(value)))


def _ids(value: bytes) -> tuple[str, ...]:
    return parse_message_ids(_flat(value)) if value else ()


def _text(value: bytes) -> str:
    if b"=?" in value or not value.isascii():
        return decode_text(_flat(value))
    return _FOLD.sub(b"", value).decode("ascii").strip()


def _date(value: bytes) -> float | None:
    match = _PLAIN_DATE.fullmatch(value)
    month = _MONTHS.get(match[2].lower()) if match else None
    if match is None or month is None:
        parsed = parse_date(_flat(value)) if value else None
        return parsed.timestamp() if parsed else None
    day, year, hour, minute, second = (int(match[group] or 0) for group in (1, 3, 4, 5, 6))
    try:
        days = date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return None
    offset = int(match[8]) * 3600 + int(match[9]) * 60
    seconds = days * 86_400 + hour * 3600 + minute * 60 + second
    return float(seconds + offset if match[7] == b"-" else seconds - offset)


def _flat(value: bytes) -> str:
    """A field's value in one line, for the parsers of ``mail.headers``."""
    return _FOLD.sub(b"", value).decode("utf-8", "surrogateescape")
