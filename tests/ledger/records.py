"""Records to write down, and a look into the file past the program."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from thread_finder.ledger import DraftRecord

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=timezone(timedelta(hours=1)))
LATER = NOW + timedelta(days=8)
JANE = ("jane@x.example", "jane@y.example")


def draft(number: int = 1, addresses: tuple[str, ...] = JANE, **changes: object) -> DraftRecord:
    record = DraftRecord(
        account="gmail:default",
        contact="Jane Doe",
        addresses=addresses,
        purpose="check-in",
        message_id=f"<{number}@marsh.example>",
        created=NOW,
        subject="Re: Thank you!",
        thread_id="18c",
        parent_id="<p@x.example>",
        month="2026-12",
        batch="b1",
    )
    return replace(record, **changes)  # type: ignore[arg-type]


def sql(path: Path, script: str, *, asking: bool = True) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        if asking:
            return connection.execute(script).fetchall()
        connection.executescript(script)
        return []
