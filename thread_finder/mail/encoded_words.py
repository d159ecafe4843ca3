"""Header values to text: RFC 2047 encoded words, raw 8-bit bytes, and no control characters left."""

from __future__ import annotations

import binascii
import re

from thread_finder.mail.charsets import decode_bytes

MAX_VALUE = 65_536  # characters of one header field that are looked at; mail programs cut far earlier

_WORD = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]*){0,3})\?=")
_FOLD = re.compile(r"[ \t]?[\r\n]+[ \t]*")
# Whatever could start a new line becomes a space (hazards A1); what could steer a terminal, a visible mark (A5).
_LINE_END = re.compile(r"[\t-\r\x1c-\x1f\x85\u2028\u2029]+")
_MARKS = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "␡"} | dict.fromkeys(range(0x80, 0xA0), "\ufffd")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


def decode_text(value: str | bytes) -> str:
    """A header value as one line of plain text: unfolded, encoded words decoded, controls turned into marks.

    Encoded words of any charset, broken ones and ones inside quotes too (RFC 2047 forbids it, senders do it).
    """
    text = as_text(value)
    if "=?" in text:
        text = _decode_words(_FOLD.sub(" ", text))
    if text.isprintable() and text.isascii():
        return text.strip()
    return _LINE_END.sub(" ", _FOLD.sub(" ", text)).translate(_MARKS).strip()


def as_text(value: str | bytes) -> str:
    """A raw value cut to MAX_VALUE, its 8-bit bytes decoded, encoded words still as they came."""
    if isinstance(value, str):
        if value.isascii():
            return value[:MAX_VALUE]
        value = value[:MAX_VALUE].encode("utf-8", "surrogateescape" if _escaped(value) else "replace")
    return decode_bytes(value[:MAX_VALUE])


def _escaped(value: str) -> bool:
    """Whether all surrogates in ``value`` are bytes that an earlier decoding kept (PEP 383)."""
    return not re.search("[\ud800-\udc7f\udd00-\udfff]", value)


def _decode_words(text: str) -> str:
    """Adjacent words of one charset are joined before decoding: some senders cut in the middle of a character."""
    pieces: list[str] = []
    charset, pending, end = "", b"", 0
    for word in _WORD.finditer(text):
        between = text[end : word.start()]
        adjacent = bool(pending) and not between.strip()
        if not adjacent or word[1].lower() != charset:
            pieces.append(decode_bytes(pending, charset))
            pending = b""
        if not adjacent:
            pieces.append(between)
        charset, end = word[1].lower(), word.end()
        pending += _word_bytes(word[2], word[3])
    return "".join((*pieces, decode_bytes(pending, charset), text[end:]))


def _word_bytes(encoding: str, payload: str) -> bytes:
    raw = payload.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(raw.replace(b"\n", b""), header=True)
    return decode_base64(raw)


def decode_base64(data: bytes) -> bytes:
    """Base64 as far as it goes: foreign characters are skipped, missing padding is added."""
    try:
        return binascii.a2b_base64(data, strict_mode=False)
    except binascii.Error:
        clean = _NOT_BASE64.sub(b"", data)
        clean = clean[: len(clean) - (len(clean) % 4 == 1)]
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))
