"""Address lists of RFC 5322 3.4 as received, read so that the address shown is the one that mail would go to.

One pass over tokens, comments and quoted strings respected. What is ambiguous is left out rather than guessed
(hazards A2): Python's own parser reads ``alice@example.org)bob@evil.example`` as alice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from thread_finder.mail.encoded_words import as_text, decode_text
from thread_finder.model import Address

MAX_ADDRESSES = 500
_MAX_NAME = 200
_CACHED_LENGTH = 1000

_TOKEN = re.compile(
    r'"(?P<quoted>[^"\\]*+(?:\\.[^"\\]*+)*+)"'
    r"|<(?P<angle>[^<>]*)>"
    r"|(?P<separator>[,;])"
    r"|(?P<colon>:)"
    r"|(?P<atom>[^\",;:<>()\s]+)"
    r"|(?P<space>\s+)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_PARENTHESIS = re.compile(r"\\.|[()]", re.DOTALL)
_SPEC = re.compile(
    r"(?:[^\s@<>()\[\],;:\"\\\x00-\x20\x7f-\x9f]{1,128}|\"(?:[^\"\\\x00-\x1f\x7f]|\\[^\x00-\x1f\x7f]){1,126}\")"
    r"@(?:[^\s@<>()\[\],;:\"'\\\x00-\x20\x7f-\x9f=]{1,255}|\[[0-9A-Za-z:.]{2,60}\])"
)
_COMMENT = re.compile(r"\([^()]*\)")
# What most entries are: "Jane Doe" <jane@x.example>, Jane Doe <jane@x.example>, or the bare address.
_PLAIN_SPEC = r"[A-Za-z0-9._%+-]{1,128}@[A-Za-z0-9.-]{1,255}"
_PLAIN_ENTRY = re.compile(
    rf'\s*+(?:(?:"(?P<quoted>[^"\\]*+)"\s*+|(?P<words>[^"<>(),;:]*+))<(?P<angle>{_PLAIN_SPEC})>|(?P<bare>{_PLAIN_SPEC}))'
    r"\s*+(?:[,;]|\Z)"
)
_ROUTE = re.compile(r"@[^:<>]{1,400}:")


def parse_addresses(value: str | bytes) -> tuple[Address, ...]:
    """The addresses of a From, To, Cc or Reply-To value, in order: e-mail in lower case, name decoded.

    Groups give their members. At most MAX_ADDRESSES; entries without a usable address are left out.
    """
    text = as_text(value)
    return _cached(text) if len(text) <= _CACHED_LENGTH else _parse(text)


@dataclass(slots=True)
class _Entry:
    """What has been read since the last comma."""

    words: list[tuple[str, bool]] = field(default_factory=list)  # (text, was it quoted)
    comments: list[str] = field(default_factory=list)
    angle: str | None = None
    broken: bool = False

    @property
    def has_address(self) -> bool:
        return bool(self.angle) or any("@" in word for word, _ in self.words)


@lru_cache(maxsize=16_384)
def _cached(text: str) -> tuple[Address, ...]:
    return _parse(text)


def _parse(text: str) -> tuple[Address, ...]:
    found: list[Address] = []
    for entry in _entries(text):
        found.extend((entry,) if isinstance(entry, Address) else _addresses_of(entry))
        if len(found) >= MAX_ADDRESSES:
            break
    return tuple(found[:MAX_ADDRESSES])


def _entries(text: str) -> Iterator[_Entry | Address]:
    """What stands between the commas; a plain entry is read at once, any other token by token."""
    entry, position, glued = _Entry(), 0, False
    fresh = True
    while position < len(text):
        if fresh and (plain := _PLAIN_ENTRY.match(text, position)):
            yield _plain(plain)
            position = plain.end()
            continue
        token = _TOKEN.match(text, position)
        assert token  # of any character
        kind, content, position = token.lastgroup, token[token.lastgroup or 0], token.end()
        if kind == "separator" or (kind == "angle" and entry.angle is not None):
            yield entry
            entry = _Entry()
        if kind in {"quoted", "atom"}:
            _add_word(entry, content, kind == "quoted", glued)
        elif kind == "angle":
            entry.angle = content
        elif kind == "colon" and not entry.has_address:
            entry = _Entry()  # that was a group's name
        elif content == "(":
            comment, position = _comment(text, position)
            entry.comments.append(comment)
        elif kind == "other":
            entry.broken = True
            if content == '"':  # without an end: escapes would only make each later quote scan to the end, too
                text = text[:position] + text[position:].replace("\\", " ")
        glued = kind in {"quoted", "atom"}
        fresh = kind == "separator"
    yield entry


def _plain(entry: re.Match[str]) -> Address:
    if bare := entry["bare"]:
        return Address(bare.lower())
    email = entry["angle"].lower()
    name = entry["quoted"] if entry["words"] is None else " ".join(entry["words"].split())
    return Address(email, _name(name, email))


def _add_word(entry: _Entry, content: str, quoted: bool, glued: bool) -> None:
    if glued and not quoted and content.startswith("@") and entry.words and entry.words[-1][1]:
        local = entry.words.pop()[0]  # "john doe"@example.org
        entry.words.append((f'"{local}"{content}', False))
    else:
        entry.words.append((content, quoted))


def _comment(text: str, position: int) -> tuple[str, int]:
    """The comment that starts at ``position`` (after its parenthesis) and where it ends; comments nest."""
    depth, start = 1, position
    for mark in _PARENTHESIS.finditer(text, position):
        depth += {"(": 1, ")": -1}.get(mark[0], 0)
        if depth == 0:
            return text[start : mark.start()], mark.end()
    return text[start:], len(text)


def _addresses_of(entry: _Entry) -> Iterator[Address]:
    if entry.angle is not None:
        if email := _spec(entry.angle):
            yield Address(email, _name(_display(entry), email))
        return
    if entry.broken:
        return
    yield from _bare(entry)


def _display(entry: _Entry) -> str:
    words = " ".join(re.sub(r"\\(.)", r"\1", word) if quoted else word for word, quoted in entry.words)
    return words or " ".join(entry.comments)


def _bare(entry: _Entry) -> Iterator[Address]:
    """Addresses without angle brackets: ``jane@x.example (Jane Doe)``, and lists that lost their commas."""
    whole = "".join(word for word, _ in entry.words)
    if any(not quoted and (word[:1] in ".@" or word[-1:] in ".@") for word, quoted in entry.words):
        emails = [_spec(whole)]  # "jane @ x . example": RFC 5322 4.4
    else:
        emails = [_spec(word) for word, quoted in entry.words if not quoted]
    if len(found := [email for email in emails if email]) > 1:
        yield from (Address(email) for email in found)
        return
    email = found[0] if found else _spec(whole)
    if email:
        rest = " ".join(word for word, _ in entry.words if found and whole.lower() != email and _spec(word) != email)
        yield Address(email, _name(rest or " ".join(entry.comments), email))


def _spec(text: str) -> str:
    """An addr-spec in lower case, "" if ``text`` is none."""
    if "@" not in text or "=?" in text or len(text) > 1000:  # an encoded word is no address (RFC 2047 5)
        return ""
    spec = (_COMMENT.sub("", text) if "(" in text else text).strip().strip("'")
    if spec[:7].lower() == "mailto:":
        spec = spec[7:].partition("?")[0]
    spec = _ROUTE.sub("", spec, count=1) if spec.startswith("@") else spec
    if '"' not in spec:
        spec = re.sub(r"\s+", "", spec)
    return spec.lower() if _SPEC.fullmatch(spec) else ""


def _name(text: str, email: str) -> str:
    name = decode_text(text[: 4 * _MAX_NAME])
    while len(name) > 1 and name[0] == name[-1] and name[0] in "\"'":
        name = name[1:-1].strip()
    return "" if name.lower() == email else name[:_MAX_NAME].rstrip()
