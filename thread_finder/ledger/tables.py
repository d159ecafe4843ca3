"""Records to rows and back. Every record has its addresses in one table, by which it is found."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

from thread_finder.ledger.file import damaged_value, in_words, transaction
from thread_finder.ledger.records import Block, DraftRecord, DraftState, Outcome, OutcomeKind, Pin, Skip, Snooze

Record = TypeVar("Record", DraftRecord, Pin, Snooze, Block, Skip, Outcome)

TABLES: Mapping[type, str] = {
    DraftRecord: "drafts",
    Pin: "pins",
    Snooze: "snoozes",
    Block: "blocks",
    Skip: "skips",
    Outcome: "outcomes",
}


class Tables:
    """The tables of one ledger file."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def close(self) -> None:
        """Let go of the file."""
        with in_words(self._path):
            self._connection.close()

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction: all or nothing, on the disk at its end."""
        with in_words(self._path), transaction(self._connection):
            yield

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """One moment's view of several tables."""
        with in_words(self._path):
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("ROLLBACK")

    def insert(self, record: Record) -> Record:
        """Add a record with its addresses, within ``writing``; returned with its id."""
        table = TABLES[type(record)]
        values = {f.name: stored(getattr(record, f.name)) for f in fields(record) if f.name not in {"id", "addresses"}}
        marks = ", ".join("?" * len(values))
        statement = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})"  # noqa: S608 - our own names
        number = self._connection.execute(statement, tuple(values.values())).lastrowid or 0
        rows = [(email.lower(), table, number, place) for place, email in enumerate(dict.fromkeys(record.addresses))]
        self._connection.executemany("INSERT OR IGNORE INTO addresses VALUES (?, ?, ?, ?)", rows)
        return replace(record, id=number)

    def update(self, kind: type[Record], id: int, **values: object) -> None:
        """Set columns of one record, within ``writing``; LookupError where there is no such record."""
        columns = ", ".join(f"{name} = ?" for name in values)
        statement = f"UPDATE {TABLES[kind]} SET {columns} WHERE id = ?"  # noqa: S608 - our own names
        changed = self._connection.execute(statement, (*map(stored, values.values()), id)).rowcount
        if not changed:
            raise LookupError(f"no record {id} in {TABLES[kind]}")

    def select(self, kind: type[Record], where: str = "1", parameters: Sequence[object] = ()) -> tuple[Record, ...]:
        """The records of a table that match, oldest first."""
        table = TABLES[kind]
        of_these = f"SELECT id FROM {table} WHERE {where}"  # noqa: S608 - our own names
        with in_words(self._path):
            rows = self._connection.execute(f"SELECT * FROM {table} WHERE {where} ORDER BY id", parameters)  # noqa: S608
            names = [column[0] for column in rows.description]
            records = [dict(zip(names, row, strict=True)) for row in rows]
            if not records:
                return ()
            owners = self._connection.execute(
                f"SELECT record, address FROM addresses WHERE kind = ? AND record IN ({of_these}) ORDER BY place",  # noqa: S608
                (table, *parameters),
            )
            addresses: dict[int, list[str]] = {}
            for number, address in owners:
                addresses.setdefault(number, []).append(address)
        return tuple(self._read(kind, {**one, "addresses": tuple(addresses.get(one["id"], ()))}) for one in records)

    def _read(self, kind: type[Record], values: Mapping[str, Any]) -> Record:
        try:
            return kind(**{name: _read_value(name, value) for name, value in values.items()})
        except ValueError as error:
            raise damaged_value(self._path, error) from error

    def theirs(self, kind: type[Record], addresses: Sequence[str]) -> tuple[Record, ...]:
        """The records that share one of ``addresses``, oldest first."""
        marks = ", ".join("?" * len(addresses))
        where = f"id IN (SELECT record FROM addresses WHERE kind = ? AND address IN ({marks}))"  # noqa: S608
        return self.select(kind, where, (TABLES[kind], *(address.lower() for address in addresses)))


# --- values -----------------------------------------------------------------------------------------


def stored(value: object) -> str | int | None:
    """A value as SQLite keeps it: times in UTC, lists and tables as JSON."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("times in the ledger are aware")
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | Mapping):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int) or value is None:
        return value
    return str(value).encode("utf-8", "replace").decode()  # half characters, from broken mail, cannot be stored


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


_VALUES: Mapping[str, Callable[[Any], object]] = {
    "created": _time,
    "changed": _time,
    "ended": _time,
    "at": _time,
    "until": date.fromisoformat,
    "message_ids": lambda text: tuple(json.loads(text)),
    "overruled": json.loads,
    "state": DraftState,
    "kind": OutcomeKind,
}


def _read_value(name: str, value: Any) -> Any:
    return _VALUES[name](value) if name in _VALUES else value


def plain(record: object) -> dict[str, Any]:
    """A record as JSON has it."""
    values = {f.name: getattr(record, f.name) for f in fields(record)}  # type: ignore[arg-type]
    return {
        name: value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
    }
