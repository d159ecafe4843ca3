"""An entry of any contacts file, as written, to a checked Contact: one set of rules for TOML, CSV, vCard and notes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from thread_finder.durations import Duration
from thread_finder.errors import Problem
from thread_finder.model import Contact, PartialDate, Reason, ReasonKind
from thread_finder.userfiles import (
    BadValue,
    clean_email,
    clean_language,
    clean_line,
    clean_text,
    read_date,
    suggestion,
    unknown_key_help,
)

KEYS = (
    "name",
    "emails",
    "introduction",
    "met_on",
    "met_how",
    "remember",
    "reason",
    "language",
    "cadence",
    "do_not_contact",
    "notes",
)
REASON_KEYS = ("kind", "text", "link", "date")


@dataclass(frozen=True, slots=True)
class Entry:
    """One person as a file has it: ``values`` by the names of KEYS, unchecked; ``source`` is "contacts.csv:12".

    ``exported`` marks entries of an address book that knows many people without name or address; ``unusable``
    says why an entry could not be read at all.
    """

    source: str
    values: Mapping[str, Any]
    exported: bool = False
    unusable: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def where(self) -> str:
        """Source and name, to begin a problem with."""
        name = self.values.get("name")
        return f"{self.source} {_shown(name)}" if isinstance(name, str) and name.strip() else self.source


@dataclass(frozen=True, slots=True)
class Book:
    """The contacts of a file, and everything that is wrong with it. Contacts with a problem in a lesser field are
    among ``contacts``, without that field; those without a usable name or address are not.
    """

    contacts: tuple[Contact, ...]
    problems: tuple[Problem, ...] = ()

    def problems_of(self, contact: Contact) -> tuple[Problem, ...]:
        """The problems of one contact's own entry."""
        return tuple(p for p in self.problems if p.where == contact.source or p.where.startswith(f"{contact.source} "))


@dataclass(slots=True)
class _Reading:
    """Collects the problems of one entry while its fields are read."""

    where: str
    problems: list[Problem] = field(default_factory=list)

    def attempt(self, key: str, read: Callable[[Any], Any], value: Any) -> Any:
        """What ``read`` makes of a value, or None and a problem."""
        try:
            return read(value)
        except BadValue as error:
            self.problems.append(Problem(self.where, f"{key}: {error.what}", error.to_do))
            return None


def make_book(entries: Iterable[Entry], problems: Iterable[Problem] = (), *, file: str) -> Book:
    """Check all entries of ``file``; an address belongs to the first who has it."""
    contacts: list[Contact] = []
    found = list(problems)
    owners: dict[str, str] = {}
    nameless = mailless = 0
    for entry in entries:
        found += entry.problems
        if entry.unusable:
            found.append(Problem(entry.source, entry.unusable, "the line is left out"))
        elif entry.exported and not entry.values.get("emails"):
            mailless += 1
        elif entry.exported and not str(entry.values.get("name") or "").strip():
            nameless += 1
        else:
            contact, wrong = _contact(entry, owners)
            found += wrong
            contacts += [contact] if contact else []
    found += _left_out(file, mailless, "e-mail address") + _left_out(file, nameless, "name")
    return Book(tuple(contacts), tuple(found))


def _left_out(file: str, count: int, lack: str) -> list[Problem]:
    """One line for the many in an export who cannot be written to anyway."""
    entries = "entry has" if count == 1 else "entries have"
    return [Problem(file, f"{count} {entries} no {lack}", "left out")] if count else []


def _contact(entry: Entry, owners: dict[str, str]) -> tuple[Contact | None, list[Problem]]:
    reading = _Reading(entry.where)
    name = reading.attempt("name", _name, entry.values.get("name"))
    emails = _unique(_emails(entry.values.get("emails"), reading), entry.where, owners, reading)
    fields, problems = read_fields(entry.values, entry.where)
    problems = reading.problems + problems
    if not name or not emails:
        return None, problems
    return Contact(name=name, emails=emails, source=entry.source, **fields), problems


def _name(value: object) -> str:
    name = clean_line(_text(value))
    if not name:
        raise BadValue("is missing")
    return _no_formula(name)


def _no_formula(text: str) -> str:
    """Spreadsheets run cells that begin so (hazards A11); nobody's name or address does."""
    if text[0] in "=+@-":
        raise BadValue(f"{_shown(text)!r} looks like a spreadsheet's formula", "write it as plain text")
    return text


def _emails(value: object, reading: _Reading) -> list[str]:
    pieces = value if isinstance(value, list) else _split_emails(value) if isinstance(value, str) else None
    if value is None or pieces == []:
        reading.problems.append(Problem(reading.where, "emails: is missing", "one address at least is needed"))
        return []
    if pieces is None:
        reading.problems.append(Problem(reading.where, "emails: must be text or a list of texts"))
        return []
    read = (reading.attempt("emails", _email, piece) for piece in pieces)
    return list(dict.fromkeys(email for email in read if email))


def _email(value: object) -> str:
    text = _text(value).strip()
    return clean_email(_no_formula(text) if text else text)


def _split_emails(text: str) -> list[str]:
    """Separated by ";", line ends, Google's ":::", or by "," where each piece is an address."""
    pieces = [piece.strip() for piece in re.split(r";|\n|:::", text) if piece.strip()]
    split: list[str] = []
    for piece in pieces:
        commas = [part.strip() for part in piece.split(",") if part.strip()]
        split += commas if all("@" in part for part in commas) else [piece]
    return split


def _unique(emails: list[str], where: str, owners: dict[str, str], reading: _Reading) -> tuple[str, ...]:
    for email in emails:
        if email in owners:
            what = f"emails: {email} is already that of {owners[email]}"
            reading.problems.append(Problem(where, what, "give each address to one contact"))
    mine = tuple(email for email in emails if email not in owners)
    owners.update(dict.fromkeys(mine, where))
    return mine


# --- the lesser fields, which notes may override ----------------------------------------------------


def read_fields(values: Mapping[str, Any], where: str) -> tuple[dict[str, Any], list[Problem]]:
    """The fields of Contact besides name and addresses that ``values`` has, checked; bad ones are left out.

    An unreadable do_not_contact counts as yes.
    """
    reading = _Reading(where)
    fields: dict[str, Any] = {}
    for key, read in _READERS.items():
        value = values.get(key)
        if value is None or value == "":
            continue
        got = reading.attempt(key, read, value)
        if got is None and key == "do_not_contact":
            got = True
        if got is not None:
            fields[key] = got
    if (reason := values.get("reason")) not in (None, "", {}):
        fields["reason"] = _reason(reason, reading)
    return fields, reading.problems


def unknown_keys(values: Mapping[str, Any], known: Iterable[str], where: str) -> list[Problem]:
    """A problem for each key that is not ``known``."""
    known = tuple(known)
    return [
        Problem(where, f"{_shown(key)}: unknown key", unknown_key_help(key, known))
        for key in values
        if key not in known
    ]


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadValue("must be text in quotes")
    return value


def _line(value: object) -> str:
    return clean_line(_text(value))


def _paragraphs(value: object) -> str:
    return clean_text(_text(value))


def _partial_date(value: object) -> PartialDate:
    if isinstance(value, bool) or not isinstance(value, str | int | date):
        raise BadValue("is no date", "write it as 2023-07-11, 2023-07 or 2023")
    return read_date(value)


def _language(value: object) -> str:
    return clean_language(_text(value))


def _cadence(value: object) -> str:
    try:
        return str(Duration.parse(_text(value)))
    except ValueError as error:
        if isinstance(error, BadValue):
            raise
        raise BadValue(str(error), 'write it in words: "3 months", "6 weeks"') from error


_YES = frozenset(["yes", "y", "true", "1", "x", "ja", "oui", "si", "sí", "sim", "はい", "是"])
_NO = frozenset(["no", "n", "false", "0", "nein", "non", "não", "nee", "いいえ", "否"])


def _yes_or_no(value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word not in _YES | _NO:
        raise BadValue(f"{_shown(word)!r} is neither yes nor no", "until it is, the contact is not written to")
    return word in _YES


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "introduction": _line,
    "met_on": _partial_date,
    "met_how": _line,
    "remember": _paragraphs,
    "language": _language,
    "cadence": _cadence,
    "do_not_contact": _yes_or_no,
    "notes": _paragraphs,
}


def _reason(value: object, reading: _Reading) -> Reason:
    if isinstance(value, str):
        value = {"kind": value}
    if not isinstance(value, Mapping):
        reading.problems.append(
            Problem(reading.where, "reason: must be a kind, or a table of kind, text, link and date")
        )
        return Reason()
    for problem in unknown_keys(value, REASON_KEYS, reading.where):
        reading.problems.append(Problem(problem.where, f"reason {problem.what}", problem.to_do))
    kind = reading.attempt("reason", _kind, value.get("kind"))
    return Reason(
        kind=kind or ReasonKind.RECONNECT,
        text=reading.attempt("reason text", _paragraphs, value.get("text")) or "",
        link=reading.attempt("reason link", _link, value.get("link")) or "",
        on=reading.attempt("reason date", _day, value.get("date")),
    )


def _kind(value: object) -> ReasonKind:
    word = _line(value).lower().replace("_", "-").replace(" ", "-") or ReasonKind.RECONNECT.value
    if word not in set(ReasonKind):
        kinds = ", ".join(ReasonKind)
        raise BadValue(
            f"{_shown(word)!r} is no kind of reason", suggestion(word, set(ReasonKind)) or f"use one of {kinds}"
        )
    return ReasonKind(word)


def _link(value: object) -> str:
    link = clean_line(_text(value))
    if link and not re.match(r"https?://[^\s/]+", link, re.IGNORECASE):
        raise BadValue(f"{_shown(link)!r} is no web address", "write it with https://")
    return link


def _day(value: object) -> date | None:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    read = _partial_date(value)
    if read.precision != "day":
        raise BadValue(f"{str(read)!r} lacks the day", "write it as 2026-09-01")
    return read.value


def _shown(text: str) -> str:
    """Short enough for a line."""
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:59]}…"
