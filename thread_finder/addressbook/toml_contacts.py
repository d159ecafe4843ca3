"""Contacts from TOML: one ``[[contact]]`` table a person."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from thread_finder.addressbook.entries import Book, Entry, make_book
from thread_finder.addressbook.fields import KEYS, unknown_keys
from thread_finder.errors import Problem
from thread_finder.userfiles import parse_toml

_HEADER = re.compile(r"""\s*\[\[\s*["']?([\w-]+)["']?\s*\]\]""")
_FENCE = re.compile(r'"""|' + r"'''")


def read_book(content: bytes, path: Path) -> Book:
    """The contacts in ``content``; ConfigError where it is no TOML at all."""
    tables = parse_toml(content, path)
    problems = unknown_keys({key: 0 for key in tables if key != "contact"}, ["contact"], path.name)
    people = tables.get("contact", [])
    if not isinstance(people, list):
        problems.append(Problem(path.name, "contact is not a list of tables", "write [[contact]] with two brackets"))
        people = [people] if isinstance(people, dict) else []
    sources = entry_sources(content, path.name, "contact", len(people))
    return make_book(map(_entry, sources, people), problems, file=path.name)


def _entry(source: str, person: Any) -> Entry:
    if not isinstance(person, dict):
        return Entry(source, {}, unusable="is not a table")
    entry = Entry(source, person)
    return Entry(source, person, problems=tuple(unknown_keys(person, KEYS, entry.where)))


def entry_sources(content: bytes, file: str, table: str, count: int) -> list[str]:
    """Where each ``[[table]]`` begins, as "contacts.toml:12"; tomllib does not tell.

    Where the tables are written in another way, they are numbered instead: "contacts.toml#3".
    """
    lines = [line for line, name in header_lines(content.decode("utf-8-sig", "replace")) if name == table]
    if len(lines) != count:
        return [f"{file}#{number}" for number in range(1, count + 1)]
    return [f"{file}:{line}" for line in lines]


def header_lines(text: str) -> list[tuple[int, str]]:
    """Number and name of each line that begins a ``[[table]]``, from 1; look-alikes inside strings aside."""
    found = []
    fence = ""  # the quotes of the multi-line string that we are in
    for number, line in enumerate(text.split("\n"), 1):
        if not fence and (header := _HEADER.match(line)):
            found.append((number, header[1]))
        for mark in _FENCE.findall(line if fence else line.split("#", maxsplit=1)[0]):
            fence = mark if not fence else "" if mark == fence else fence
    return found
