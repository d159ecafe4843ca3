"""The ledger's schema, one migration after the other. A migration that was ever released is never edited."""

from __future__ import annotations

APPLICATION_ID = (
    0x54464C44  # "TFLD": tells our files from anybody else's (sqlite.org/pragma.html#pragma_application_id)
)

_DRAFTS = (
    """
    CREATE TABLE drafts (
        id INTEGER PRIMARY KEY,
        account TEXT NOT NULL,
        contact TEXT NOT NULL,
        purpose TEXT NOT NULL,
        message_id TEXT NOT NULL,
        subject TEXT NOT NULL,
        thread_id TEXT NOT NULL,
        parent_id TEXT NOT NULL,
        draft_id TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        month TEXT NOT NULL,
        batch TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('intended', 'drafted', 'edited', 'sent', 'deleted', 'undone')),
        created TEXT NOT NULL,
        changed TEXT
    )
    """,
    "CREATE INDEX drafts_by_message_id ON drafts (account, message_id)",
    """
    CREATE TABLE addresses (
        address TEXT NOT NULL,
        kind TEXT NOT NULL,
        record INTEGER NOT NULL,
        place INTEGER NOT NULL,
        PRIMARY KEY (address, kind, record)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX addresses_by_record ON addresses (kind, record)",
)

_WISHES_AND_OUTCOMES = (
    """
    CREATE TABLE pins (
        id INTEGER PRIMARY KEY,
        contact TEXT NOT NULL,
        thread_id TEXT NOT NULL,
        message_ids TEXT NOT NULL,
        overruled TEXT NOT NULL,
        created TEXT NOT NULL,
        ended TEXT
    )
    """,
    """
    CREATE TABLE snoozes (
        id INTEGER PRIMARY KEY,
        contact TEXT NOT NULL,
        until TEXT NOT NULL,
        created TEXT NOT NULL,
        ended TEXT
    )
    """,
    """
    CREATE TABLE blocks (
        id INTEGER PRIMARY KEY,
        contact TEXT NOT NULL,
        why TEXT NOT NULL,
        created TEXT NOT NULL,
        ended TEXT
    )
    """,
    """
    CREATE TABLE outcomes (
        id INTEGER PRIMARY KEY,
        contact TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('answered', 'bounced', 'closed', 'reopened')),
        at TEXT NOT NULL,
        draft INTEGER REFERENCES drafts (id),
        message_id TEXT NOT NULL,
        address TEXT NOT NULL
    )
    """,
)

_SKIPS = (
    """
    CREATE TABLE skips (
        id INTEGER PRIMARY KEY,
        contact TEXT NOT NULL,
        month TEXT NOT NULL,
        purpose TEXT NOT NULL,
        why TEXT NOT NULL,
        created TEXT NOT NULL
    )
    """,
)

_REASONS = ("ALTER TABLE drafts ADD COLUMN reason TEXT NOT NULL DEFAULT ''",)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_DRAFTS, _WISHES_AND_OUTCOMES, _SKIPS, _REASONS)
"""Statement by statement; ``PRAGMA user_version`` counts the migrations that a file has had."""
