"""What the user told ``note``: facts about contacts and the owner's updates, kept in ``notes.toml``.

The user's own files are never written. Notes override them, by address, so that they outlive a change of name or of
the file's format; and they are a plain file that the user may edit: comments and order are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thread_finder.addressbook.entries import Entry, read_fields, unknown_keys
from thread_finder.addressbook.toml_contacts import entry_sources
from thread_finder.errors import ConfigError, Problem
from thread_finder.model import Contact, PartialDate, Reason, Update
from thread_finder.userfiles import (
    BadValue,
    clean_email,
    clean_text,
    parse_toml,
    read_bytes,
    read_date,
    write_private,
)

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.items import Item, Table

KEYS = ("introduction", "met_on", "met_how", "remember", "reason", "language", "cadence", "do_not_contact", "notes")
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


def add(path: Path, emails: Sequence[str], changes: Mapping[str, object]) -> None:
    """Note ``changes`` (keys of KEYS; None forgets one) about the contact with ``emails``; the rest of the file stays.

    A contact already noted under any of the addresses keeps that entry. ConfigError, with nothing written, when a value
    is wrong or the file cannot be read or written.
    """
    values = {key: _plain(value) for key, value in changes.items()}
    problems = unknown_keys(values, KEYS, "note") + read_fields(values, "note")[1]
    if problems:
        raise ConfigError("that cannot be noted", problems=tuple(problems))
    document = _open(path)
    table = _own_table(document, path, emails)
    for key, value in values.items():
        if value is None:
            table.pop(key, None)
        else:
            table[key] = _item(value)
    _save(document, path)


def add_update(path: Path, on: date, text: str) -> None:
    """Note what happened in the owner's life. ConfigError as in add."""
    import tomlkit  # noqa: PLC0415 - only writing needs it

    try:
        text = clean_text(text)
    except BadValue as error:
        raise ConfigError("that cannot be noted", problems=(Problem("update", error.what, error.to_do),)) from error
    document = _open(path)
    table = tomlkit.table()
    table["date"] = on
    table["text"] = text
    _append(document, "update", table, path)
    _save(document, path)


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


def _item(value: object) -> Item:
    import tomlkit  # noqa: PLC0415

    if not isinstance(value, Mapping):
        return tomlkit.item(value)
    table = tomlkit.inline_table()
    table.update(value)
    return table


def _open(path: Path) -> TOMLDocument:
    import tomlkit  # noqa: PLC0415

    if not path.exists():
        document = tomlkit.document()
        document.add(tomlkit.comment(_HEADER))
        return document
    content = read_bytes(path, "")
    parse_toml(content, path)  # says line and column, in our words
    return tomlkit.parse(content.decode("utf-8-sig"))


def _own_table(document: TOMLDocument, path: Path, emails: Sequence[str]) -> Table:
    import tomlkit  # noqa: PLC0415

    for table in document.get("contact", []):
        if str(table.get("email", "")).strip().lower() in emails:
            return table  # type: ignore[no-any-return]
    table = tomlkit.table()
    table["email"] = emails[0]
    return _append(document, "contact", table, path)


def _append(document: TOMLDocument, name: str, table: Table, path: Path) -> Table:
    import tomlkit  # noqa: PLC0415
    from tomlkit.items import AoT  # noqa: PLC0415

    if name not in document:
        document.append(name, tomlkit.aot())
    tables = document[name]
    if not isinstance(tables, AoT):
        raise ConfigError(
            f"{path}: {name} is written as a list in one line", f"write each as [[{name}]], then try again"
        )
    table.trivia.indent = "\n"  # a blank line between entries
    tables.append(table)
    return tables[-1]


def _save(document: TOMLDocument, path: Path) -> None:
    text = document.as_string()
    parse_toml(text.encode(), path)  # what we write, we can read
    try:
        write_private(path, text.encode())
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written: {error.strerror}", "nothing was noted; check the folder"
        ) from error
