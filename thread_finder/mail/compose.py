"""A letter becomes a message: RFC 5322 bytes that thread everywhere and read as if written by hand in Gmail."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.contentmanager import raw_data_manager
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from html import escape, unescape

from thread_finder.mail import fields, quoting
from thread_finder.model import Address, Letter, Message

_URL = re.compile(r"https?://[^\s<>\"\u3000-\u303f\uff00-\uffef]+[^\s<>\"'.,;:!?)\]\u3000-\u303f\uff00-\uffef]")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter; ``media_type`` as in "application/pdf"."""

    name: str
    data: bytes
    media_type: str = "application/octet-stream"


def new_message_id(domain: str) -> str:
    """A Message-ID nobody else has (RFC 5322 3.6.4). The one random thing here: call it at the edge."""
    return f"<{secrets.token_hex(16)}@{fields.wire_domain(domain)}>"


def compose(
    letter: Letter,
    *,
    sender: Address,
    recipient: Address,
    date: datetime,
    message_id: str,
    parent: Message | None,
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """The letter as a message, its lines ended by line feeds, as Maildir keeps them and Gmail takes them.

    With a ``parent`` it is a reply: the parent's subject behind one "Re: ", In-Reply-To, References, and the parent
    quoted below. Without one the subject is the letter's. The same arguments give the same bytes. Text is never
    wrapped. ValueError for an address or message id that cannot be written, and for a date without a time zone.
    """
    if date.tzinfo is None:
        raise ValueError("the date of a message needs a time zone")
    if fields.thread_ids([message_id]) != (message_id,):
        raise ValueError(f"not a message id: {fields.flat(message_id)}")
    head = (
        fields.address_list("From", [sender])
        + fields.address_list("To", [recipient])
        + f"Date: {format_datetime(date)}\n"
        + f"Message-ID: {message_id}\n"
        + fields.unstructured("Subject", fields.reply_subject(parent.subject) if parent else letter.subject)
        + (_threading(parent) if parent else "")
    )
    return head.encode("ascii") + _body(letter, parent, attachments, message_id)


def plain_text(letter: Letter, parent: Message | None) -> str:
    """The letter as plain text: body, signature, quoted parent.

    Without the "-- " line, as Gmail leaves it out above a quote: readers cut off everything below it.
    """
    parts = [letter.body, letter.signature or text_of(letter.signature_html)]
    if parent:
        parts.append(f"{quoting.attribution(parent, letter.language)}\n\n{quoting.quoted_text(parent)}")
    return quoting.clean_lines("\n\n".join(part.strip("\n") for part in parts if part.strip())) + "\n"


def html(letter: Letter, parent: Message | None) -> str:
    """The letter as Gmail's editor would have made it: plain divs, the signature marked, the parent folded."""
    text = f'<div dir="ltr">{_paragraphs(letter.body)}'
    if signature := letter.signature_html or _lines(letter.signature):
        text += (
            f'<div><br></div><div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">{signature}</div>'
        )
    text += "</div>\n"
    return text + (f"<br>{quoting.quoted_html(parent, letter.language)}\n" if parent else "")


def _threading(parent: Message) -> str:
    references = (*parent.references, parent.message_id) if parent.message_id else parent.references
    # An id must stand once, and the parent's own last (RFC 5322 3.6.4).
    ancestors = [i for i in references if i != parent.message_id]
    return fields.message_ids("In-Reply-To", [parent.message_id]) + fields.message_ids(
        "References", [*ancestors, parent.message_id]
    )


def _body(letter: Letter, parent: Message | None, attachments: Sequence[Attachment], message_id: str) -> bytes:
    """The MIME part of the message, from its content headers on."""
    # The default policy parses each field anew at every change, which takes most of the time; only file names need it.
    fields_as = policy.default if attachments else policy.compat32
    message = EmailMessage(fields_as.clone(cte_type="7bit"))
    message.set_content(plain_text(letter, parent), content_manager=raw_data_manager)
    message.add_alternative(html(letter, parent), subtype="html", content_manager=raw_data_manager)
    for attachment in attachments:
        maintype, _, subtype = attachment.media_type.partition("/")
        name = fields.flat(attachment.name).replace("/", "_").replace("\\", "_")
        message.add_attachment(attachment.data, maintype=maintype, subtype=subtype or "octet-stream", filename=name)
    _fix_boundaries(message, message_id)
    return message.as_bytes()


def _fix_boundaries(message: EmailMessage, message_id: str) -> None:
    """Boundaries from the message id instead of chance: the same letter gives the same bytes."""
    for number, part in enumerate(p for p in message.walk() if p.is_multipart()):
        part.set_boundary(sha256(f"{number} {message_id}".encode()).hexdigest()[:32])


def _paragraphs(body: str) -> str:
    paragraphs = [p for p in re.split(r"\n\s*\n", quoting.clean_lines(body).strip()) if p]
    return "<div><br></div>".join(f"<div>{_lines(paragraph)}</div>" for paragraph in paragraphs)


def _lines(text: str) -> str:
    lines = quoting.clean_lines(text).strip("\n").split("\n")
    return "<br>".join(_linked(line.rstrip()) for line in lines)


def _linked(line: str) -> str:
    """One line as HTML, its addresses of pages as links."""
    end, pieces = 0, []
    for url in _URL.finditer(line):
        pieces += [escape(line[end : url.start()], quote=False), f'<a href="{escape(url[0])}">{escape(url[0])}</a>']
        end = url.end()
    return "".join([*pieces, escape(line[end:], quote=False)])


def text_of(signature_html: str) -> str:
    """A signature kept by the mailbox as HTML only, as plain lines."""
    text = re.sub(r"(?i)<br\s*/?>|</(?:div|p|tr|li)\s*>", "\n", signature_html.replace("\n", " "))
    lines = (line.strip() for line in unescape(re.sub(r"<[^>]*>", "", text)).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
