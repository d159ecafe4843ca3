"""What the user told ``note``: facts about contacts and the owner's updates, kept in ``notes.toml``.

The user's own files are never written. Notes override them, by address, so that they outlive a change of name or of
the file's format; and they are a plain file that the user may edit: comments and order are kept.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thread_finder.addressbook.entries import Entry
from thread_finder.addressbook.fields import KEYS as ALL_KEYS
from thread_finder.addressbook.fields import read_fields, unknown_keys
from thread_finder.addressbook.toml_contacts import entry_sources, header_lines
from thread_finder.errors import ConfigError, Problem
from thread_finder.model import Contact, Owner, PartialDate, Reason, Update
from thread_finder.userfiles import (
    BadValue,
    clean_email,
    clean_language,
    clean_text,
    parse_toml,
    read_bytes,
    read_date,
    write_private,
)

if TYPE_CHECKING:
    from tomlkit.items import Item

KEYS = tuple(key for key in ALL_KEYS if key not in ("name", "emails"))
"""What can be noted about a contact, by the names of Contact's fields."""

_HEADER = "What `thread-finder note` wrote down. It goes before your contacts file; edit it as you like."


@dataclass(frozen=True, slots=True)
class Notes:
    """``by_address``: fields of Contact to override. ``problems``: entries, or parts of them, that do not count."""

    by_address: Mapping[str, Mapping[str, Any]]
    updates: tuple[Update, ...] = ()
    problems: tuple[Problem, ...] = ()


def load_notes(path: Path) -> Notes:
    """The notes in ``path``; none where there is no such file yet. ConfigError when it cannot be understood."""
    if not path.exists():
        return Notes({})
    content = read_bytes(path, "")
    tables = parse_toml(content, path)
    problems = unknown_keys(tables, ("contact", "update"), path.name)
    by_address: dict[str, Mapping[str, Any]] = {}
    for source, table in _tables(tables, "contact", content, path):
        email, fields, wrong = _contact_note(table, source)
        problems += wrong
        if email:
            by_address[email] = {**by_address.get(email, {}), **fields}
    updates = []
    for source, table in _tables(tables, "update", content, path):
        update, wrong = _update(table, source)
        problems += wrong
        updates += [update] if update else []
    return Notes(by_address, tuple(sorted(updates, key=lambda update: update.on)), tuple(problems))


def apply(contacts: Iterable[Contact], notes: Notes) -> tuple[Contact, ...]:
    """The contacts with what was noted about any of their addresses, in their order."""
    return tuple(_noted(contact, notes.by_address) for contact in contacts)


def apply_to_owner(owner: Owner, notes: Notes) -> Owner:
    """The owner with the noted updates among those of the config, oldest first."""
    return replace(owner, updates=tuple(sorted((*owner.updates, *notes.updates), key=lambda update: update.on)))


def add_contact_note(path: Path, contact: Contact, **changes: object) -> None:
    """Note ``changes`` (keys of KEYS; None or "" forgets one) about a contact; the rest of the file stays as it is.

    A contact already noted under any of its addresses keeps that entry. ConfigError, with nothing written, when a value
    is wrong or the file cannot be read or written.
    """
    values = {key: _plain(value) for key, value in changes.items()}
    problems = unknown_keys(values, KEYS, "note") + read_fields(values, "note")[1]
    if problems:
        raise ConfigError("that cannot be noted", problems=tuple(problems))
    _check_form(path)
    lines = _lines(path)
    first, last = _own_entry(lines, contact.emails)
    entry = "".join(lines[first:last]) or f"\n[[contact]]\nemail = {_toml(contact.emails[0])}\n"
    lines[first:last] = [_edited(entry, values)]
    _save("".join(lines), path)


def add_update(path: Path, on: date, text: str, language: str = "") -> None:
    """Note what happened in the owner's life, in ``language`` ("" is the owner's own). ConfigError as above."""
    try:
        text, language = clean_text(text), clean_language(language) if language else ""
    except BadValue as error:
        raise ConfigError("that cannot be noted", problems=(Problem("update", error.what, error.to_do),)) from error
    told = f"{{ {language} = {_toml(text)} }}" if language else _toml(text)
    _check_form(path)
    _save("".join([*_lines(path), f"\n[[update]]\ndate = {on.isoformat()}\ntext = {told}\n"]), path)


# --- reading ----------------------------------------------------------------------------------------


def _tables(tables: Mapping[str, Any], name: str, content: bytes, path: Path) -> list[tuple[str, Mapping[str, Any]]]:
    written = tables.get(name, [])
    entries = [one for one in written if isinstance(one, dict)] if isinstance(written, list) else []
    return list(zip(entry_sources(content, path.name, name, len(entries)), entries, strict=True))


def _contact_note(table: Mapping[str, Any], source: str) -> tuple[str, Mapping[str, Any], list[Problem]]:
    email = table.get("email", "")
    where = Entry(source, {"name": email}).where
    problems = unknown_keys(table, ("email", *KEYS), where)
    try:
        email = clean_email(email if isinstance(email, str) else "")
    except BadValue as error:
        return "", {}, [*problems, Problem(where, f"email: {error.what}", error.to_do)]
    fields, wrong = read_fields(table, where)
    return email, fields, problems + wrong


def _update(table: Mapping[str, Any], source: str) -> tuple[Update | None, list[Problem]]:
    problems = unknown_keys(table, ("date", "text"), source)
    text = table.get("text", "")
    texts = {"": text} if isinstance(text, str) else text
    try:
        day = read_date(table.get("date", ""))
        if day.precision != "day":
            raise BadValue(f"{str(day)!r} lacks the day", "write it as 2026-09-01")
        if not isinstance(texts, dict) or not all(isinstance(one, str) and one.strip() for one in texts.values()):
            raise BadValue("text must be text in quotes")
        return Update(day.value, {code: clean_text(one) for code, one in texts.items()}), problems
    except BadValue as error:
        return None, [*problems, Problem(source, error.what, error.to_do)]


def _noted(contact: Contact, by_address: Mapping[str, Mapping[str, Any]]) -> Contact:
    fields: dict[str, Any] = {}
    for email in reversed(contact.emails):  # the primary address has the last word
        fields |= by_address.get(email, {})
    return replace(contact, **fields) if fields else contact


# --- writing ----------------------------------------------------------------------------------------


def _plain(value: object) -> object:
    """Model values as TOML has them; the user's words as they are. "" forgets, as None does."""
    if isinstance(value, Reason):
        parts = {"kind": value.kind.value, "text": value.text, "link": value.link, "date": value.on}
        return {key: part for key, part in parts.items() if part}
    if isinstance(value, PartialDate):
        return value.value if value.precision == "day" else str(value)
    return None if value == "" else value


def _lines(path: Path) -> list[str]:
    """The file as it is, or the beginning of a new one. Only the entry that is noted will be touched."""
    if not path.exists():
        return [f"# {_HEADER}\n"]
    text = read_bytes(path, "").decode("utf-8-sig")
    return re.split(r"(?<=\n)", text if text.endswith("\n") else f"{text}\n")


def _check_form(path: Path) -> None:
    """Whether the file is TOML, and its entries ``[[tables]]`` that more can be added to."""
    if not path.exists():
        return
    content = read_bytes(path, "")
    headers = [name for _, name in header_lines(content.decode("utf-8-sig", "replace"))]
    for name, tables in parse_toml(content, path).items():
        whole = isinstance(tables, list) and tables and len(tables) == headers.count(name)
        if name in {"contact", "update"} and not whole:
            raise ConfigError(f"{path}: {name} is not written as tables", f"write each as [[{name}]], then try again")


def _own_entry(lines: list[str], emails: Sequence[str]) -> tuple[int, int]:
    """First line and line after the last of the contact's entry; both the file's end where there is none."""
    headers = [*header_lines("".join(lines)), (len(lines) + 1, "")]
    for (line, name), (following, _) in pairwise(headers):
        first, last = line - 1, following - 1
        if name == "contact" and _email_of("".join(lines[first:last])) in emails:
            while not lines[last - 1].strip() or lines[last - 1].lstrip().startswith("#"):
                last -= 1  # these lines belong to what comes below
            return first, last
    return len(lines), len(lines)


def _email_of(entry: str) -> str:
    try:
        return str(tomllib.loads(entry)["contact"][0].get("email", "")).strip().lower()
    except (tomllib.TOMLDecodeError, KeyError):
        return ""  # not an entry after all, but part of somebody's long text


def _edited(entry: str, values: Mapping[str, object]) -> str:
    import tomlkit  # noqa: PLC0415 - only writing needs it

    document = tomlkit.parse(entry)
    table = document["contact"][0]
    for key, value in values.items():
        if value is None:
            table.pop(key, None)
        else:
            table[key] = _item(value)
    return document.as_string()


def _item(value: object) -> Item:
    import tomlkit  # noqa: PLC0415

    if not isinstance(value, Mapping):
        return tomlkit.item(value)
    table = tomlkit.inline_table()
    table.update(value)
    return table


def _toml(text: str) -> str:
    return _item(text).as_string()


def _save(text: str, path: Path) -> None:
    parse_toml(text.encode(), path)  # what we write, we can read
    try:
        write_private(path, text.encode())
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written: {error.strerror}", "nothing was noted; check the folder"
        ) from error
