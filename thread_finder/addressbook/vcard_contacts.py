"""Contacts from vCard 2.1, 3.0 and 4.0 (RFC 2426, RFC 6350), one card or many.

A line reader of our own: address books hold photographs of megabytes in one folded line, and one bad card must
not cost the others.
"""

from __future__ import annotations

import io
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from thread_finder.addressbook.encoding import decode, doubts
from thread_finder.addressbook.entries import Book, Entry, make_book
from thread_finder.errors import Problem

_WANTED = frozenset({"BEGIN", "END", "AGENT", "FN", "N", "EMAIL", "NOTE", "LANG"})
_LONGEST = 64 * 1024
"""Characters of one property that are kept."""

_NAME = re.compile(r"(?:[\w-]+\.)?([\w-]+)(?=[;:])")
_PROPERTY = re.compile(r'(?:[\w-]+\.)?([\w-]+)((?:;(?:"[^"]*"|[^";:])*)*):(.*)', re.DOTALL)
_PARAMETER = re.compile(r';((?:"[^"]*"|[^";:])*)')


@dataclass(frozen=True, slots=True)
class _Property:
    line: int
    name: str
    parameters: tuple[tuple[str, str], ...]
    value: str
    cut: bool = False

    def parameter(self, name: str) -> str:
        return next((value for key, value in self.parameters if key == name), "")

    @property
    def rank(self) -> int:
        """1 to 100, the smaller the dearer: PREF=n of 4.0, TYPE=pref of 3.0, a bare PREF of 2.1."""
        for key, value in self.parameters:
            if key == "PREF" and value.isdecimal():
                return int(value[:3])
            if "PREF" in {key, *value.upper().split(",")}:
                return 1
        return 101


@dataclass(slots=True)
class _Card:
    line: int
    properties: list[_Property] = field(default_factory=list)
    closed: bool = False

    def best(self, name: str) -> str:
        """The preferred value of a property, "" without one."""
        return next((p.value for p in self.all(name) if p.value), "")

    def all(self, name: str) -> list[_Property]:
        return sorted((p for p in self.properties if p.name == name), key=lambda p: p.rank)


def read_book(content: bytes, path: Path) -> Book:
    """The contacts in ``content``."""
    entries = (_entry(card, path.name) for card in _cards(content))
    return make_book(entries, doubts(content, path.name), file=path.name)


def _entry(card: _Card, file: str) -> Entry:
    source = f"{file}:{card.line}"
    values: dict[str, Any] = {
        "name": card.best("FN") or _name_of_parts(card),
        "emails": [p.value.strip() for p in card.all("EMAIL") if p.value.strip()],
        "language": card.best("LANG"),
        "notes": "\n".join(p.value for p in card.properties if p.name == "NOTE" and p.value),
    }
    problems = [] if card.closed else [Problem(source, "the card is not closed", "add END:VCARD")]
    problems += [Problem(f"{file}:{p.line}", f"{p.name} is too long and was cut") for p in card.properties if p.cut]
    return Entry(source, values, exported=True, problems=tuple(problems))


def _name_of_parts(card: _Card) -> str:
    """N is family; given; additional; prefixes; suffixes."""
    for name in card.all("N"):
        family, given, additional = [part.strip() for part in [*re.split(r"(?<!\\);", name.value), "", "", ""][:3]]
        return _unescaped(" ".join(part for part in (given, additional, family) if part))
    return ""


def _cards(content: bytes) -> Iterator[_Card]:
    card: _Card | None = None
    agent = False  # within the card of somebody's secretary, inside theirs (2.1)
    before = ""
    for prop in _properties(decode(content)):
        mark = (prop.name, prop.value.strip().upper())
        if agent:
            agent = mark != ("END", "VCARD")
        elif mark == ("BEGIN", "VCARD"):
            agent = card is not None and before == "AGENT"
            if card and not agent:
                yield card
            card = card if agent else _Card(prop.line)
        elif card and mark == ("END", "VCARD"):
            card.closed = True
            yield card
            card = None
        elif card:
            card.properties.append(prop)
        before = prop.name
    if card:
        yield card


# --- lines ------------------------------------------------------------------------------------------


def _properties(text: str) -> Iterator[_Property]:
    """The properties that we want, unfolded (RFC 6350 3.2) and decoded."""
    line = _Line()
    for number, ended in enumerate(io.StringIO(text, newline=None), 1):
        physical = ended.rstrip("\n")
        if physical[:1] in {" ", "\t"} and not line.soft_break:
            line.add(physical[1:])
        elif line.soft_break:
            line.add(physical)
        else:
            yield from line.property()
            line = _Line.begin(number, physical)
    yield from line.property()


@dataclass(slots=True)
class _Line:
    """A line while it is being unfolded; ``number`` 0 where nobody wants it."""

    number: int = 0
    pieces: list[str] = field(default_factory=list)
    quoted: bool = False
    size: int = 0

    @classmethod
    def begin(cls, number: int, physical: str) -> _Line:
        name = _NAME.match(physical[:200])
        if not name or name[1].upper() not in _WANTED:
            return cls()
        line = cls(number, quoted="QUOTED-PRINTABLE" in physical[:500].partition(":")[0].upper())
        line.add(physical)
        return line

    @property
    def soft_break(self) -> bool:
        """Whether quoted-printable text goes on in the next line."""
        return self.quoted and bool(self.pieces) and self.pieces[-1].endswith("=")

    def add(self, piece: str) -> None:
        """Take one more physical line, up to the longest that is kept."""
        if self.soft_break:
            self.pieces[-1] = self.pieces[-1][:-1]
        if self.number and self.size <= _LONGEST:
            self.pieces.append(piece[: _LONGEST + 1 - self.size])
        self.size += len(piece)

    def property(self) -> Iterator[_Property]:
        """The property that this line is, if it is one."""
        if not (self.number and (parts := _PROPERTY.fullmatch("".join(self.pieces)))):
            return
        parameters = tuple(map(_parameter, _PARAMETER.findall(parts[2])))
        value = parts[3]
        if self.quoted:
            value = _from_quoted_printable(value, dict(parameters).get("CHARSET", "utf-8"))
        value = value if parts[1].upper() == "N" else _unescaped(value)
        yield _Property(self.number, parts[1].upper(), parameters, value, cut=self.size > _LONGEST)


def _parameter(written: str) -> tuple[str, str]:
    key, _, value = written.partition("=")
    return key.strip().upper(), value.strip().strip('"')


def _from_quoted_printable(value: str, charset: str) -> str:
    content = quopri.decodestring(value.encode("utf-8", "replace"))
    try:
        return content.decode(charset)
    except (LookupError, ValueError):
        return decode(content)


def _unescaped(value: str) -> str:
    return re.sub(r"\\(.)", lambda escape: "\n" if escape[1] in "nN" else escape[1], value)
