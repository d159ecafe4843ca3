"""Header fields of RFC 5322, as text ready to be written: folded, encoded, and never more than one field each.

Message ids are written by hand because the standard library's policies encode or break long ones, and a broken id
is a reply outside its thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.header import Header

from thread_finder.model import Address

LINE = 78  # RFC 5322 2.1.1: lines should be no longer
_LONGEST_WORD = 200  # an ASCII word longer than this is encoded, so that no line reaches 998 bytes
_KEPT_REFERENCES = 100

# Everything that ends a line somewhere, moves a terminal or turns the direction of writing (hazards A1, A5).
_BREAKS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_UNSEEN = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")

_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,128}|\"(?:[ !#-\[\]-~]|\\[ -~]){0,126}\"")
_DOMAIN = re.compile(r"(?=.{1,255}\Z)[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?|\[[0-9A-Fa-f.:IPv]{2,60}\]")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")

# What programs put before the subject of a reply; "Re[2]:" and "Re^2:" are The Bat's, the full-width colon is Chinese.
_REPLY_PREFIX = re.compile(
    r"\s*(?:re|r|aw|antw|antwort|sv|vs|rif|rép|rep|resp|res|odp|ynt|vá|atb|ats|bls|απ|σχετ|отв|ответ|"
    r"回复|回覆|答复|答覆|返信|답장|회신)\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s*[:：]\s*",
    re.IGNORECASE,
)


def flat(text: str) -> str:
    """Text that can stand in one header field: line ends and control characters become single spaces."""
    return _BREAKS.sub(" ", _UNSEEN.sub("", text)).strip()


def reply_subject(subject: str) -> str:
    """The subject of a reply: one "Re: ", and the parent's subject without reply prefixes in any language.

    Forwarding prefixes stay: to Gmail they are part of the subject (gmail.md, "A draft inside a thread").
    """
    return f"Re: {bare_subject(subject)}".rstrip()


def bare_subject(subject: str) -> str:
    """A subject without its reply prefixes."""
    text = flat(subject)
    while prefix := _REPLY_PREFIX.match(text):
        text = text[prefix.end() :]
    return text


def unstructured(name: str, value: str) -> str:
    """A field of free text, such as Subject, with its line end."""
    text = flat(value)
    plain = text.isascii() and "=?" not in text and max(map(len, text.split(" "))) <= _LONGEST_WORD
    return f"{name}: {Header(text, 'us-ascii' if plain else 'utf-8', LINE - 2, name).encode()}\n"


def address_list(name: str, addresses: Iterable[Address]) -> str:
    """A field of addresses, one to a line. ValueError for an address that cannot be written (see ``addr_spec``)."""
    return f"{name}: " + ",\n ".join(_mailbox(address, name) for address in addresses) + "\n"


def addr_spec(email: str) -> str:
    """An address as it goes over the wire, its domain in punycode (RFC 5891).

    ValueError when it is no address, or its local part is not ASCII: such mailboxes need SMTPUTF8 (RFC 6531),
    which a draft cannot ask for.
    """
    local, at, domain = email.rpartition("@")
    if not local.isascii():
        raise ValueError(f"the part before @ must be plain ASCII: {flat(email)}")
    wire = wire_domain(domain)
    if not at or not _LOCAL_PART.fullmatch(local) or not _DOMAIN.fullmatch(wire):
        raise ValueError(f"not an e-mail address: {flat(email)}")
    return f"{local}@{wire}"


def wire_domain(domain: str) -> str:
    """A domain in punycode, "" when it has none."""
    try:
        return domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def message_ids(name: str, ids: Iterable[str]) -> str:
    """A field of message ids, folded between them only; "" when none can be written.

    An id with spaces or bytes beyond ASCII is left out: it would have to be encoded, and then names nothing.
    """
    lines: list[str] = []
    for message_id in thread_ids(ids):
        if lines and len(lines[-1]) + len(message_id) < LINE - len(name):
            lines[-1] += f" {message_id}"
        else:
            lines.append(message_id)
    return f"{name}: " + "\n ".join(lines) + "\n" if lines else ""


def thread_ids(ids: Iterable[str]) -> tuple[str, ...]:
    """The ids that can be written, each once; of very many the root and the newest (RFC 5322 3.6.4 leaves it open)."""
    writable = tuple(dict.fromkeys(i for i in ids if _MESSAGE_ID.fullmatch(i)))
    return writable if len(writable) <= _KEPT_REFERENCES else (writable[0], *writable[1 - _KEPT_REFERENCES :])


def _mailbox(address: Address, field: str) -> str:
    wire = addr_spec(address.email)
    name = flat(address.name)
    if not name:
        return wire
    if not name.isascii() or len(name) > _LONGEST_WORD or "=?" in name:
        name = Header(name, "utf-8", LINE - 2, field).encode()
    elif not _PHRASE.fullmatch(name):
        name = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    gap = " " if len(field) + 2 + len(name) + len(wire) < LINE else "\n "
    return f"{name}{gap}<{wire}>"
