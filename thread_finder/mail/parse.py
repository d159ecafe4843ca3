"""Bytes to the frozen Message of model.py: as far as it goes, bounded in time and memory (hazards A8, A9, F15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple

from thread_finder.mail.automatic import FIELDS as AUTOMATIC_FIELDS
from thread_finder.mail.automatic import classify
from thread_finder.mail.bounces import bounced_addresses
from thread_finder.mail.calendar import is_calendar, parse_calendar
from thread_finder.mail.headers import (
    decode_text,
    gmail_labels,
    parse_addresses,
    parse_date,
    parse_message_ids,
    raw_headers,
    split_header,
)
from thread_finder.mail.headers import thread_id as gmail_thread_id
from thread_finder.mail.mime import FIELDS as MIME_FIELDS
from thread_finder.mail.mime import Part, leaves
from thread_finder.mail.quotes import MAX_TEXT, Split, split_html, split_text, unflowed
from thread_finder.model import Address, Automatic, CalendarPart, Label, Message

MAX_HTML = 1_000_000
_MAX_ENCODED = 3 * MAX_TEXT
_MAX_CALENDARS = 10
_QUOTE_MARKS = ("gmail_quote", "yahoo_quoted", "divRplyFwdMsg", "appendonsend", "cite")

_FIELDS = (
    "message-id",
    "date",
    "from",
    "sender",
    "to",
    "cc",
    "bcc",
    "reply-to",
    "subject",
    "references",
    "in-reply-to",
    "x-gm-thrid",
    "x-gmail-labels",
    *MIME_FIELDS,
    *AUTOMATIC_FIELDS,
)


class UnreadableMessage(ValueError):  # noqa: N818  a name others already use
    """These bytes are no message: not one header line."""


def parse_message(raw: bytes, *, id: str = "", thread_id: str = "", labels: frozenset[Label] | None = None) -> Message:
    """The message in ``raw``, parsed as far as it goes.

    ``thread_id`` defaults to Gmail's (X-GM-THRID, as hex), ``labels`` to those of X-Gmail-Labels.
    Raises UnreadableMessage when there is not a single header line, and nothing else.
    """
    start, end, body = split_header(raw)
    header = raw[start:end]
    fields = raw_headers(header, _FIELDS)
    if not fields and b":" not in header.partition(b"\n")[0]:
        raise UnreadableMessage("no header line")
    parts = leaves(raw, fields, body)
    senders = parse_addresses(_first(fields, "from")) or parse_addresses(_first(fields, "sender"))
    calendar = _calendar(parts)
    automatic = classify(fields, senders[0] if senders else None, calendar)
    text, split, html = _bodies(parts)
    return Message(
        id=id,
        message_id=next(iter(parse_message_ids(_first(fields, "message-id"))), ""),
        date=parse_date(_first(fields, "date")),
        from_=senders[0] if senders else None,
        to=_addresses(fields, "to"),
        cc=_addresses(fields, "cc"),
        bcc=_addresses(fields, "bcc"),
        reply_to=_addresses(fields, "reply-to"),
        subject=decode_text(_first(fields, "subject")),
        references=_references(fields),
        thread_id=thread_id or gmail_thread_id(_first(fields, "x-gm-thrid")),
        labels=gmail_labels(",".join(fields.get("x-gmail-labels", ()))) if labels is None else labels,
        automatic=automatic,
        text=text,
        new_text=split.new,
        quoted_text=split.quoted,
        signature=split.signature,
        html=html,
        calendar=calendar,
        bounced=_bounced(fields, parts, text) if automatic is Automatic.DELIVERY_REPORT else (),
        attachments=tuple(part.filename for part in parts if part.filename and part.attached),
    )


def _first(fields: dict[str, list[str]], name: str) -> str:
    """The first non-empty value: senders that repeat a field sometimes leave one empty."""
    return next(filter(None, fields.get(name, ())), "")


def _addresses(fields: dict[str, list[str]], name: str) -> tuple[Address, ...]:
    values = fields.get(name)
    if not values:
        return ()
    return parse_addresses(values[0]) if len(values) == 1 else parse_addresses(", ".join(filter(None, values)))


def _references(fields: dict[str, list[str]]) -> tuple[str, ...]:
    values = (value for name in ("references", "in-reply-to") for value in fields.get(name, ()))
    ids = [found for value in values for found in parse_message_ids(value)]
    return tuple(dict.fromkeys(ids))


def _bounced(fields: dict[str, list[str]], parts: Sequence[Part], text: str) -> tuple[str, ...]:
    return bounced_addresses(parts, text, _first(fields, "x-failed-recipients"))


def _calendar(parts: Sequence[Part]) -> tuple[CalendarPart, ...]:
    calendars = [part for part in parts if is_calendar(part)][:_MAX_CALENDARS]
    found = [event for part in calendars for event in parse_calendar(part.payload(_MAX_ENCODED))]
    return tuple(dict.fromkeys(found))


def _bodies(parts: Sequence[Part]) -> tuple[str, Split, str]:
    """The whole text, its split, and the raw HTML.

    Of the forms of one text (multipart/alternative) the plain one is read; HTML that stands alone is converted, and
    HTML helps where the plain form shows no quotation and the structure of the HTML does.
    """
    shown = [part for part in parts if not part.attached and not is_calendar(part)]
    plain = {
        id(part): text for part in shown if part.content_type == "text/plain" and (text := _plain_text(part)).strip()
    }
    doubled = {number for part in shown if id(part) in plain for number in part.alternatives}
    htmls = [part for part in shown if part.content_type == "text/html"]
    html = htmls[0].text(_MAX_ENCODED)[:MAX_HTML] if htmls else ""
    if all(doubled.intersection(part.alternatives) for part in htmls):
        text = "\n".join(plain.values())[:MAX_TEXT]
        return text, _split_with_help(text, html), html
    pieces = [
        (plain[id(part)], split_text(plain[id(part)])) if id(part) in plain else split_html(part.text(_MAX_ENCODED))
        for part in shown
        if id(part) in plain or (part.content_type == "text/html" and not doubled.intersection(part.alternatives))
    ]
    return "\n".join(text for text, _ in pieces)[:MAX_TEXT], _together([split for _, split in pieces]), html


def _split_with_help(text: str, html: str) -> Split:
    split = split_text(text)
    if html and not split.quoted and any(mark in html for mark in _QUOTE_MARKS):
        structured = split_html(html)[1]
        return structured if structured.quoted and structured.new else split
    return split


def _together(splits: Sequence[Split]) -> Split:
    if len(splits) == 1:
        return splits[0]
    return Split(*("\n".join(filter(None, pieces)) for pieces in zip(*map(astuple, splits), strict=True)))


def _plain_text(part: Part) -> str:
    text = part.text(_MAX_ENCODED)[:MAX_TEXT]
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    return text
