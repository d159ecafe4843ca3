"""Reading and writing the ledger: values in, values out. Every write is on the disk when its method returns."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TypeVar

from thread_finder.errors import LedgerError
from thread_finder.ledger.file import connect, copy_in_memory, run_lock
from thread_finder.ledger.records import OPEN, Block, DraftRecord, DraftState, Outcome, Pin, Skip, Snooze
from thread_finder.ledger.schema import MIGRATIONS
from thread_finder.ledger.tables import TABLES, Record, Tables, plain

_Wish = TypeVar("_Wish", Pin, Snooze, Block)


class Ledger:
    """The memory of one state folder. Open it with ``with Ledger.open(path) as ledger``."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._tables = Tables(connection, path)
        self._path = path

    @classmethod
    def open(cls, path: Path) -> Self:
        """The ledger at ``path``, made if there is none. LedgerError when it cannot be used."""
        return cls(connect(path), path)

    @classmethod
    def rehearsal(cls, path: Path) -> Self:
        """A copy of the ledger at ``path`` in memory, for a dry run: what is written to it is forgotten."""
        return cls(copy_in_memory(path), path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._tables.close()

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[None]:
        """For a run that drafts: LedgerError if another one is at work. Ends with the process, however that ends."""
        with run_lock(self._path):
            yield

    # --- drafts ---

    def intend(self, record: DraftRecord) -> DraftRecord:
        """Write down that a draft is about to be saved, before it is; returned with its id.

        LedgerError where one of its addresses has an open draft for the same purpose: there is never a second.
        """
        with self._tables.writing():
            if self.open_drafts(record.account, record.addresses, record.purpose):
                raise LedgerError(
                    f"{record.contact} has an open {record.purpose} draft already",
                    "`thread-finder status` shows it",
                )
            return self._tables.insert(record)

    def record_draft(
        self,
        id: int,
        draft_id: str,
        thread_id: str,
        fingerprint: str,
        when: datetime,
        state: DraftState = DraftState.DRAFTED,
    ) -> None:
        """The mailbox has it: where, and what we wrote. EDITED when the words are already the user's own."""
        found = {"draft_id": draft_id, "thread_id": thread_id, "fingerprint": fingerprint}
        with self._tables.writing():
            self._tables.update(DraftRecord, id, **found, state=state, changed=when)

    def set_state(self, id: int, state: DraftState, when: datetime) -> None:
        """What became of a draft."""
        with self._tables.writing():
            self._tables.update(DraftRecord, id, state=state, changed=when)

    def open_drafts(self, account: str, addresses: Sequence[str], purpose: str = "") -> tuple[DraftRecord, ...]:
        """The drafts intended, made or edited, and not yet sent, deleted or undone, to any of the addresses.

        ``purpose`` "" is any. Oldest first.
        """
        return tuple(
            record
            for record in self.drafts_for(addresses)
            if record.account == account and record.state in OPEN and purpose in {"", record.purpose}
        )

    def letters_to(self, addresses: Sequence[str]) -> frozenset[str]:
        """The Message-IDs of all letters ever drafted for a person."""
        return frozenset(record.message_id for record in self.drafts_for(addresses))

    def drafts_for(self, addresses: Sequence[str]) -> tuple[DraftRecord, ...]:
        """All drafts ever made to any of the addresses, oldest first."""
        return self._tables.theirs(DraftRecord, addresses)

    def all_drafts(self, *states: DraftState) -> tuple[DraftRecord, ...]:
        """All drafts, or those in one of ``states``, oldest first."""
        return tuple(record for record in self._tables.select(DraftRecord) if not states or record.state in states)

    def last_batch(self, account: str) -> tuple[DraftRecord, ...]:
        """The drafts of the newest batch of an account, in whatever state; none where there was no batch."""
        newest = "(SELECT batch FROM drafts WHERE account = ? AND batch != '' ORDER BY id DESC LIMIT 1)"
        return self._tables.select(DraftRecord, f"account = ? AND batch = {newest}", (account, account))

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

    def skip(self, skip: Skip) -> Skip:
        """Pass somebody over for one period and purpose."""
        with self._tables.writing():
            return self._tables.insert(skip)

    def skipped(self, addresses: Sequence[str], month: str) -> tuple[Skip, ...]:
        """The skips of any of the addresses in one period."""
        return tuple(skip for skip in self._tables.theirs(Skip, addresses) if skip.month == month)

    # --- what followed ---

    def add_outcome(self, outcome: Outcome) -> Outcome:
        """Write down an answer, a bounce or an end; the same one (kind and Message-ID) only once."""
        with self._tables.writing():
            for known in self.outcomes(outcome.addresses):
                if outcome.message_id and (known.kind, known.message_id) == (outcome.kind, outcome.message_id):
                    return known
            return self._tables.insert(outcome)

    def outcomes(self, addresses: Sequence[str]) -> tuple[Outcome, ...]:
        """What happened with any of the addresses, in the order in which it was written down."""
        return self._tables.theirs(Outcome, addresses)

    def every(self, kind: type[Record]) -> tuple[Record, ...]:
        """All records of a kind, the ended ones too, oldest first."""
        return self._tables.select(kind)

    def export(self) -> dict[str, Any]:
        """Everything, as JSON has it: one list a table, oldest first."""
        with self._tables.reading():
            tables = {table: [plain(record) for record in self._tables.select(kind)] for kind, table in TABLES.items()}
        return {"schema": len(MIGRATIONS), **tables}

    def _wish(self, wish: _Wish) -> _Wish:
        with self._tables.writing():
            self._end_all(type(wish), wish.addresses, wish.created)
            return self._tables.insert(wish)

    def _end(self, kind: type[_Wish], addresses: Sequence[str], when: datetime) -> bool:
        with self._tables.writing():
            return self._end_all(kind, addresses, when)

    def _end_all(self, kind: type[_Wish], addresses: Sequence[str], when: datetime) -> bool:
        in_force = [wish for wish in self._tables.theirs(kind, addresses) if wish.ended is None]
        for wish in in_force:
            self._tables.update(kind, wish.id, ended=when)
        return bool(in_force)

    def _in_force(self, kind: type[_Wish], addresses: Sequence[str]) -> _Wish | None:
        return next((wish for wish in reversed(self._tables.theirs(kind, addresses)) if wish.ended is None), None)
