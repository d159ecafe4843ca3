"""An entry of any contacts file, as written, to a checked Contact: the same for TOML, CSV and vCard."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from thread_finder.addressbook.fields import Reading, as_text, read_fields, shown
from thread_finder.errors import Problem
from thread_finder.model import Contact
from thread_finder.userfiles import BadValue, clean_email, clean_line


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
        return f"{self.source} {shown(name)}" if isinstance(name, str) and name.strip() else self.source


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


def make_book(entries: Iterable[Entry], problems: Iterable[Problem] = (), *, file: str) -> Book:
    """Check all entries of ``file``; an address belongs to the first who has it."""
    contacts: list[Contact] = []
    found = list(problems)
    owners: dict[str, str] = {}
    nameless = mailless = 0
    for entry in entries:
        found += entry.problems
        if entry.unusable:
            found.append(Problem(entry.where, entry.unusable, "the line is left out"))
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
    reading = Reading(entry.where)
    name = reading.attempt("name", _name, entry.values.get("name"))
    emails = _unique(_emails(entry.values.get("emails"), reading), entry.where, owners, reading)
    fields, problems = read_fields(entry.values, entry.where)
    problems = reading.problems + problems
    if not name or not emails:
        return None, problems
    return Contact(name=name, emails=emails, source=entry.source, **fields), problems


def _name(value: object) -> str:
    name = clean_line(as_text(value))
    if not name:
        raise BadValue("is missing")
    return _no_formula(name)


def _no_formula(text: str) -> str:
    """Spreadsheets run cells that begin so (hazards A11); nobody's name or address does."""
    if text[0] in "=+@-":
        raise BadValue(f"{shown(text)!r} looks like a spreadsheet's formula", "write it as plain text")
    return text


def _emails(value: object, reading: Reading) -> list[str]:
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
    text = as_text(value).strip()
    return clean_email(_no_formula(text) if text else text)


def _split_emails(text: str) -> list[str]:
    """Separated by ";", line ends, Google's ":::", or by "," where each piece is an address."""
    pieces = [piece.strip() for piece in re.split(r";|\n|:::", text) if piece.strip()]
    split: list[str] = []
    for piece in pieces:
        commas = [part.strip() for part in piece.split(",") if part.strip()]
        split += commas if all("@" in part for part in commas) else [piece]
    return split


def _unique(emails: list[str], where: str, owners: dict[str, str], reading: Reading) -> tuple[str, ...]:
    for email in emails:
        if email in owners:
            what = f"emails: {email} is already that of {owners[email]}"
            reading.problems.append(Problem(where, what, "give each address to one contact"))
    mine = tuple(email for email in emails if email not in owners)
    owners.update(dict.fromkeys(mine, where))
    return mine
