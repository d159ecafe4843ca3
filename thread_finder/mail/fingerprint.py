"""What a person would notice of a message, as one hash: tells a draft that somebody edited from one nobody touched."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message as MimeMessage
from email.utils import getaddresses
from hashlib import sha256
from html import unescape

_ADDRESSED = ("To", "Cc", "Bcc", "Reply-To")
_THREADED = ("In-Reply-To", "References")
# Tags that show, with what they point to. Others come and go when an editor saves a draft.
_SHOWN = re.compile(
    r"<(?:(/?(?:b|strong|i|em|u|s|strike|h[1-6]|li|ul|ol|font))\b[^>]*|(?:a|img)\b[^>]*?\b(?:href|src)\s*=\s*[\"']?([^\"'>\s]*)[^>]*)>",
    re.IGNORECASE,
)
_UNSEEN = re.compile(r"<(script|style|title)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.IGNORECASE | re.DOTALL)


def fingerprint(raw: bytes) -> str:
    """A hash of addresses, subject, threading headers, text, HTML as it reads, and attachments.

    It stays when a server encodes, folds or wraps the message anew or adds headers of its own (Received, Date,
    Message-ID, a name to From), and changes with every edit a person can make. A message that cannot be taken apart
    is hashed as it is.
    """
    try:
        noticed = _noticed(message_from_bytes(raw, policy=policy.compat32))
    except (RecursionError, ValueError, LookupError, TypeError):
        noticed = [sha256(raw).hexdigest()]
    return sha256("\n".join(noticed).encode("utf-8", "backslashreplace")).hexdigest()


def _noticed(message: MimeMessage) -> list[str]:
    lines = ["from " + ",".join(email.lower() for _, email in _addresses(message, "From"))]
    lines += [f"{name} {sorted((n, e.lower()) for n, e in _addresses(message, name))}" for name in _ADDRESSED]
    lines += [f"{name} {' '.join(str(message.get(name, '')).split())}" for name in _THREADED]
    lines.append(f"Subject {_decoded(message.get('Subject', ''))}")
    return lines + [_part(part) for part in message.walk() if not part.is_multipart()]


def _part(part: MimeMessage) -> str:
    data = part.get_payload(decode=True)
    content = data if isinstance(data, bytes) else b""
    if part.get_filename() is not None or part.get_content_maintype() != "text":
        return f"attachment {part.get_filename()} {sha256(content).hexdigest()}"
    text = content.decode(_charset(part), "replace")
    if part.get_content_subtype() == "html":
        return f"html {_folded(_shown(text))}"
    return f"text {_folded(text)}"


def _charset(part: MimeMessage) -> str:
    charset = part.get_content_charset("utf-8")
    try:
        "".encode(charset)
    except (LookupError, UnicodeError):
        return "latin-1"
    return charset


def _shown(html: str) -> str:
    """The text of HTML, with marks for the tags a reader would see."""
    marked = _SHOWN.sub(lambda tag: f" \0{(tag[1] or '').lower()}{tag[2] or ''}\0 ", html)
    return unescape(_UNSEEN.sub(" ", marked))


def _folded(text: str) -> str:
    return " ".join(text.split())


def _addresses(message: MimeMessage, name: str) -> list[tuple[str, str]]:
    return [(_decoded(display), email) for display, email in getaddresses([str(v) for v in message.get_all(name, [])])]


def _decoded(value: object) -> str:
    text = str(value)
    try:
        return _folded(str(make_header(decode_header(text))))
    except (HeaderParseError, LookupError, UnicodeError):
        return _folded(text)
