"""Reading and writing the ledger: values in, values out. Every write is on the disk when its method returns."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Self, TypeVar

from thread_finder.errors import LedgerError
from thread_finder.ledger import file
from thread_finder.ledger.records import OPEN, Block, DraftRecord, DraftState, Outcome, OutcomeKind, Pin, Snooze
from thread_finder.ledger.schema import MIGRATIONS

_Record = TypeVar("_Record", DraftRecord, Pin, Snooze, Block, Outcome)
_Wish = TypeVar("_Wish", Pin, Snooze, Block)

_TABLES: Mapping[type, str] = {
    DraftRecord: "drafts",
    Pin: "pins",
    Snooze: "snoozes",
    Block: "blocks",
    Outcome: "outcomes",
}


class Ledger:
    """The memory of one state folder. Open it with ``with Ledger.open(path) as ledger``."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    @classmethod
    def open(cls, path: Path) -> Self:
        """The ledger at ``path``, made if there is none. LedgerError when it is damaged, newer, locked or unwritable."""
        return cls(file.connect(path), path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        with file.in_words(self._path):
            self._connection.close()

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[None]:
        """For a run that drafts: LedgerError if another one is at work. Ends with the process, however that ends."""
        with file.run_lock(self._path):
            yield

    # --- drafts ---

    def intend(self, record: DraftRecord) -> DraftRecord:
        """Write down that a draft is about to be saved, before it is; returned with its id.

        LedgerError where one of its addresses has an open draft for the same purpose: there is never a second.
        """
        with self._writing():
            if self.open_drafts(record.account, record.addresses, record.purpose):
                raise LedgerError(
                    f"{record.contact} has an open {record.purpose} draft already",
                    "`thread-finder status` shows it",
                )
            return self._insert(record)

    def record_draft(self, id: int, draft_id: str, thread_id: str, fingerprint: str, when: datetime) -> None:
        """The mailbox has it: where, and what we wrote."""
        self._update(
            DraftRecord,
            id,
            draft_id=draft_id,
            thread_id=thread_id,
            fingerprint=fingerprint,
            state=DraftState.DRAFTED,
            changed=when,
        )

    def set_state(self, id: int, state: DraftState, when: datetime) -> None:
        """What became of a draft."""
        self._update(DraftRecord, id, state=state, changed=when)

    def open_drafts(self, account: str, addresses: Sequence[str], purpose: str = "") -> tuple[DraftRecord, ...]:
        """The drafts intended, made or edited, and not yet sent, deleted or undone, to any of the addresses.

        ``purpose`` "" is any. Oldest first.
        """
        return tuple(
            record
            for record in self.drafts_for(addresses)
            if record.account == account and record.state in OPEN and purpose in {"", record.purpose}
        )

    def drafts_for(self, addresses: Sequence[str]) -> tuple[DraftRecord, ...]:
        """All drafts ever made to any of the addresses, oldest first."""
        return self._theirs(DraftRecord, addresses)

    def all_drafts(self, *states: DraftState) -> tuple[DraftRecord, ...]:
        """All drafts, or those in one of ``states``, oldest first."""
        return tuple(record for record in self._select(DraftRecord) if not states or record.state in states)

    def last_batch(self, account: str) -> tuple[DraftRecord, ...]:
        """The drafts of the newest batch of an account, in whatever state; none where there was no batch."""
        newest = "(SELECT batch FROM drafts WHERE account = ? AND batch != '' ORDER BY id DESC LIMIT 1)"
        return self._select(DraftRecord, f"account = ? AND batch = {newest}", (account, account))

    # --- the user's wishes ---

    def pin(self, pin: Pin) -> Pin:
        """Remember the thread chosen by hand; it replaces an earlier pin of the same person."""
        return self._wish(pin)

    def unpin(self, addresses: Sequence[str], when: datetime) -> bool:
        """Forget the pin, but not that there was one; False where there is none."""
        return self._end(Pin, addresses, when)

    def pinned(self, addresses: Sequence[str]) -> Pin | None:
        """The pin in force for any of the addresses."""
        return self._in_force(Pin, addresses)

    def all_pins(self) -> tuple[Pin, ...]:
        """All pins ever set, the ended ones too, oldest first."""
        return self._select(Pin)

    def snooze(self, snooze: Snooze) -> Snooze:
        """Not before a day; replaces an earlier snooze."""
        return self._wish(snooze)

    def unsnooze(self, addresses: Sequence[str], when: datetime) -> bool:
        """End a snooze before its day; False where there is none."""
        return self._end(Snooze, addresses, when)

    def snoozed(self, addresses: Sequence[str]) -> Snooze | None:
        """The newest snooze, whether its day has come or not."""
        return self._in_force(Snooze, addresses)

    def block(self, block: Block) -> Block:
        """Do not contact."""
        return self._wish(block)

    def unblock(self, addresses: Sequence[str], when: datetime) -> bool:
        """Lift a block; False where there is none."""
        return self._end(Block, addresses, when)

    def blocked(self, addresses: Sequence[str]) -> Block | None:
        """The block in force for any of the addresses."""
        return self._in_force(Block, addresses)

    # --- what followed ---

    def add_outcome(self, outcome: Outcome) -> Outcome:
        """Write down an answer, a bounce or an end; the same one (kind and Message-ID) only once."""
        with self._writing():
            for known in self.outcomes(outcome.addresses):
                if outcome.message_id and (known.kind, known.message_id) == (outcome.kind, outcome.message_id):
                    return known
            return self._insert(outcome)

    def outcomes(self, addresses: Sequence[str]) -> tuple[Outcome, ...]:
        """What happened with any of the addresses, in the order in which it was written down."""
        return self._theirs(Outcome, addresses)

    def export(self) -> dict[str, Any]:
        """Everything, as JSON has it: one list a table, oldest first."""
        with file.in_words(self._path), self._reading():
            tables = {table: [_plain(record) for record in self._select(kind)] for kind, table in _TABLES.items()}
        return {"schema": len(MIGRATIONS), **tables}

    # --- tables ---

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        with file.in_words(self._path), file.transaction(self._connection):
            yield

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        """One moment's view of several tables."""
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK")

    def _insert(self, record: _Record) -> _Record:
        table = _TABLES[type(record)]
        values = {f.name: _stored(getattr(record, f.name)) for f in fields(record) if f.name not in {"id", "addresses"}}
        marks = ", ".join("?" * len(values))
        statement = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})"  # noqa: S608 - our own names
        id = self._connection.execute(statement, tuple(values.values())).lastrowid or 0
        rows = [(email.lower(), table, id, place) for place, email in enumerate(dict.fromkeys(record.addresses))]
        self._connection.executemany("INSERT OR IGNORE INTO addresses VALUES (?, ?, ?, ?)", rows)
        return replace(record, id=id)

    def _update(self, kind: type[_Record], id: int, **values: object) -> None:
        columns = ", ".join(f"{name} = ?" for name in values)
        statement = f"UPDATE {_TABLES[kind]} SET {columns} WHERE id = ?"  # noqa: S608 - our own names
        with self._writing():
            changed = self._connection.execute(statement, (*map(_stored, values.values()), id)).rowcount
        if not changed:
            raise LookupError(f"no record {id} in {_TABLES[kind]}")

    def _select(self, kind: type[_Record], where: str = "1", parameters: Sequence[object] = ()) -> tuple[_Record, ...]:
        table = _TABLES[kind]
        of_these = f"SELECT id FROM {table} WHERE {where}"  # noqa: S608 - our own names
        with file.in_words(self._path):
            rows = self._connection.execute(f"SELECT * FROM {table} WHERE {where} ORDER BY id", parameters)  # noqa: S608
            names = [column[0] for column in rows.description]
            records = [dict(zip(names, row, strict=True)) for row in rows]
            addresses: dict[int, tuple[str, ...]] = {}
            for id, address in self._connection.execute(
                f"SELECT record, address FROM addresses WHERE kind = ? AND record IN ({of_these}) ORDER BY record, place",  # noqa: S608
                (table, *parameters),
            ):
                addresses[id] = (*addresses.get(id, ()), address)
        return tuple(self._read(kind, {**values, "addresses": addresses.get(values["id"], ())}) for values in records)

    def _read(self, kind: type[_Record], values: Mapping[str, Any]) -> _Record:
        try:
            return kind(**{name: _read_value(name, value) for name, value in values.items()})
        except ValueError as error:
            raise file.damaged_value(self._path, error) from error

    def _theirs(self, kind: type[_Record], addresses: Sequence[str]) -> tuple[_Record, ...]:
        marks = ", ".join("?" * len(addresses))
        where = f"id IN (SELECT record FROM addresses WHERE kind = ? AND address IN ({marks}))"  # noqa: S608
        return self._select(kind, where, (_TABLES[kind], *(address.lower() for address in addresses)))

    def _wish(self, wish: _Wish) -> _Wish:
        with self._writing():
            for earlier in self._theirs(type(wish), wish.addresses):
                self._close(earlier, wish.created)
            return self._insert(wish)

    def _end(self, kind: type[_Wish], addresses: Sequence[str], when: datetime) -> bool:
        with self._writing():
            ended = [self._close(wish, when) for wish in self._theirs(kind, addresses)]
        return any(ended)

    def _close(self, wish: _Wish, when: datetime) -> bool:
        statement = f"UPDATE {_TABLES[type(wish)]} SET ended = ? WHERE id = ? AND ended IS NULL"  # noqa: S608
        return self._connection.execute(statement, (_stored(when), wish.id)).rowcount > 0

    def _in_force(self, kind: type[_Wish], addresses: Sequence[str]) -> _Wish | None:
        return next((wish for wish in reversed(self._theirs(kind, addresses)) if wish.ended is None), None)


# --- values -----------------------------------------------------------------------------------------


def _stored(value: object) -> str | int | None:
    """A value as SQLite keeps it: times in UTC, lists and tables as JSON."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("times in the ledger are aware")
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | Mapping):
        return json.dumps(value, ensure_ascii=False)
    return value if isinstance(value, int) or value is None else str(value)


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


def _plain(record: object) -> dict[str, Any]:
    values = {f.name: getattr(record, f.name) for f in fields(record)}  # type: ignore[arg-type]
    return {
        name: value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
    }
