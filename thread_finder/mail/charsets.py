"""Bytes to text, whatever the sender called their charset. Never raises, never returns lone surrogates."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,40}")

# What senders write, and what they mean (https://encoding.spec.whatwg.org/#names-and-labels, and old mailers).
_MEANT = {
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso-8859-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "tis-620": "cp874",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "iso-2022-jp": "iso-2022-jp-ext",
}
# Python has these as text codecs; none is a charset of mail, and punycode takes quadratic time.
_NOT_CHARSETS = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"}

_GUESSING_LIMIT = 4096


def decode_bytes(data: bytes, charset: str = "") -> str:
    """``data`` as text: in ``charset`` if it is known and fits, else UTF-8, else the likeliest legacy charset."""
    if data.isascii() and not (charset and b"\x1b" in data) and not _is_wide(charset):
        return data.decode("ascii")
    known = python_codec(charset)
    for codec in dict.fromkeys((known if known != "cp1252" else "", "utf-8", known)):
        if codec:
            try:
                return _without_surrogates(data.decode(codec))
            except (UnicodeError, ValueError):
                continue
    if known and known != "cp1252":
        text = data.decode(known, "replace")
        # A few broken bytes in long text: the label is right. Many: it is not.
        if text.count("\ufffd") * 20 < len(text):
            return _without_surrogates(text)
    return _without_surrogates(data.decode(_likely_codec(data[:_GUESSING_LIMIT]), "replace"))


@lru_cache(maxsize=512)
def python_codec(charset: str) -> str:
    """Python's name for a charset label, "" when it has none that may be used on mail."""
    label = charset.strip(" \t\"'").lower()
    if not _NAME.fullmatch(label):
        return ""
    try:
        name = codecs.lookup(_MEANT.get(label, label)).name
        "".encode(name)  # refuses the codecs that are no charsets, such as zlib
    except (LookupError, ValueError, UnicodeError):
        return ""
    return "" if name.replace("-", "_") in _NOT_CHARSETS else name


def _is_wide(charset: str) -> bool:
    return charset[:5].lower() in {"utf-1", "utf-3", "utf-7", "utf16", "utf32", "hz-gb", "hz"}


def _likely_codec(data: bytes) -> str:
    """A legacy charset for bytes that are not UTF-8: few high bytes are Western, many are another script's."""
    high = sum(byte > 0x7F for byte in data)
    if high * 3 < len(data):
        return "cp1252"
    from charset_normalizer import from_bytes  # noqa: PLC0415  slow to import, rarely needed

    best = from_bytes(data).best()
    return best.encoding if best else "cp1252"


def _without_surrogates(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text
