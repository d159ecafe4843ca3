"""Contacts from the files people have: TOML, CSV, vCard, and the notes kept beside them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from thread_finder.addressbook.entries import Book
from thread_finder.addressbook.lookup import find_contact
from thread_finder.errors import ConfigError
from thread_finder.userfiles import read_bytes

__all__ = ["Book", "find_contact", "load_contacts"]


def load_contacts(path: Path) -> Book:
    """The contacts of a .toml, .csv or .vcf file, with every problem in it; good entries work beside bad ones.

    ConfigError when the file is missing or unreadable, or has nobody in it who could be used.
    """
    reader = _reader(path)
    content = read_bytes(path, "write one (see docs/contacts.md), or set [contacts] path in config.toml")
    book = reader(content, path)
    if not book.contacts:
        raise ConfigError(f"{path} has no contact that can be used", "each needs a name and one address", book.problems)
    return book


def _reader(path: Path) -> Callable[[bytes, Path], Book]:
    from thread_finder.addressbook import csv_contacts, toml_contacts, vcard_contacts  # noqa: PLC0415 - a quick start

    readers: dict[str, Callable[[bytes, Path], Book]] = {
        ".toml": toml_contacts.read_book,
        ".csv": csv_contacts.read_book,
        ".tsv": csv_contacts.read_book,
        ".txt": csv_contacts.read_book,
        ".vcf": vcard_contacts.read_book,
        ".vcard": vcard_contacts.read_book,
    }
    try:
        return readers[path.suffix.lower()]
    except KeyError:
        raise ConfigError(f"{path} is no contacts file that can be read", "use a .toml, .csv or .vcf file") from None
