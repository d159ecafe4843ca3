"""The archive's index: header fields and offsets in SQLite, in the state folder, never beside the mail.

It holds nothing that is not in the archive, so anything odd about it (damage, an older form) means: build it anew.
One transaction brings it up to date; two programs at once wait for each other.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from sys import intern
from typing import Any, NamedTuple

from thread_finder.errors import LedgerError, way_out
from thread_finder.mail.threads import Envelope, thread_ids
from thread_finder.mailboxes.archive_files import MaildirPart, MailFile, Source
from thread_finder.mailboxes.archive_scan import Located, fingerprint, scan
from thread_finder.mailboxes.base import Progress
from thread_finder.model import Label

_FORM = 2  # raise it when the tables change
_WAIT = 120.0  # seconds for another run's indexing
_SETTLED = 2_000_000_000  # nanoseconds: a directory that changed later may change again at the same tick of its clock
_STEP = 500  # messages between two reports of progress
_ASIDE = frozenset({Label.TRASH, Label.SPAM, Label.DRAFT})
_BY_DATE = "date IS NULL, date, message.id"
_TABLES = """
CREATE TABLE IF NOT EXISTS maildir (path TEXT PRIMARY KEY, changed INTEGER);
CREATE TABLE IF NOT EXISTS file (
    id INTEGER PRIMARY KEY, path TEXT UNIQUE, size INTEGER, changed INTEGER, print TEXT, maildir TEXT);
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY, file INTEGER, offset INTEGER, size INTEGER, message_id TEXT, refs TEXT, thrid TEXT,
    sender TEXT, recipients TEXT, subject TEXT, date REAL, labels TEXT, bounce INTEGER, thread TEXT);
CREATE INDEX IF NOT EXISTS message_file ON message (file, offset);
CREATE INDEX IF NOT EXISTS message_thread ON message (thread);
CREATE INDEX IF NOT EXISTS message_id ON message (message_id);
CREATE TABLE IF NOT EXISTS person (email TEXT, message INTEGER, PRIMARY KEY (email, message)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS skipped (file INTEGER, offset INTEGER);
"""


class Entry(NamedTuple):
    """Where one message lies, and what of it decides whether it is read. ``offset`` is -1 for a file of its own."""

    id: int
    path: str
    offset: int
    size: int
    message_id: str
    thread: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    date: float | None
    labels: frozenset[Label]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the index remembers of a file."""

    id: int
    size: int
    changed: int
    print: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """The files that are there, and the directories (``quiet``) in which nothing changed and nothing was listed."""

    files: Sequence[MailFile]
    quiet: set[str]

    def stale(self, known: Mapping[str, _Known]) -> list[MailFile]:
        """The files that are new or changed."""
        return [file for file in self.files if not _same(known.get(file.path), file)]

    def gone(self, known: Mapping[str, _Known]) -> set[str]:
        """The paths that are no more."""
        return set(known) - {file.path for file in self.files}


def _same(known: _Known | None, file: MailFile) -> bool:
    return known is not None and known.size == file.size and known.changed == file.changed


class ArchiveIndex:
    """The index of one archive, opened and brought up to date by ``update``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = _open(path)

    def update(self, sources: Sequence[Source], progress: Progress) -> None:
        """Index what is new or changed in ``sources``, forget what is gone. Damage is answered by starting anew."""
        try:
            self._bring_up_to_date(sources, progress)
        except sqlite3.OperationalError as error:
            raise LedgerError(
                f"The archive's index {self._path} cannot be written: {error}.",
                "free some space, or end the other run, and try again",
            ) from None
        except sqlite3.DatabaseError:
            self.close()
            _remove(self._path)
            self._db = _open(self._path)
            self._bring_up_to_date(sources, progress)

    def threads_with(self, emails: Sequence[str]) -> list[tuple[Entry, ...]]:
        """All threads that have a message from, to or cc one of ``emails``, each as ``entries`` gives it."""
        marks = ",".join("?" * len(emails))
        theirs = f"(SELECT message FROM person WHERE email IN ({marks}))"  # noqa: S608 - only question marks are put in
        where = f"thread IN (SELECT thread FROM message WHERE id IN {theirs}) ORDER BY thread, {_BY_DATE}"  # noqa: S608
        return [tuple(group) for _, group in groupby(self._entries(where, emails), attrgetter("thread"))]

    def lately(self, emails: Sequence[str], owner: Sequence[str], since: float) -> tuple[Entry, ...]:
        """The messages from, to or cc one of ``emails`` since a time stamp, with what came since in the same threads;
        and of the older ones the newest by one of them and the newest by one of ``owner``. Oldest first. Messages in
        trash or spam, and drafts, are not old mail.
        """
        marks = ",".join("?" * len(emails))
        rows = self._db.execute(
            "SELECT id, date, sender, labels FROM message WHERE date NOT NULL AND id IN "  # noqa: S608 - as above
            f"(SELECT message FROM person WHERE email IN ({marks})) ORDER BY date, id",
            emails,
        )
        wanted: list[int] = []
        newest: dict[bool, int] = {}
        for number, date, sender, labels in rows:
            if date >= since:
                wanted.append(number)
            elif (sender in emails or sender in owner) and not _labels(labels) & _ASIDE:
                newest[sender in owner] = number
        if not wanted and not newest:
            return ()
        new, old = (",".join("?" * len(numbers)) for numbers in (wanted, newest))
        in_their_threads = f"thread IN (SELECT thread FROM message WHERE id IN ({new})) AND date >= ?"  # noqa: S608
        where = f"({in_their_threads}) OR message.id IN ({old}) ORDER BY date, message.id"
        return self._entries(where, [*wanted, since, *newest.values()])

    def entries(self, thread: str) -> tuple[Entry, ...]:
        """The messages of a thread by date; undated ones in the order of the archive, at the end."""
        return self._entries(f"thread = ? ORDER BY {_BY_DATE}", (thread,))

    def thread_of(self, message_id: str) -> str:
        """The thread that holds the message with this Message-ID, "" if none does."""
        row = self._db.execute("SELECT thread FROM message WHERE message_id = ? LIMIT 1", (message_id,)).fetchone()
        return str(row[0]) if row else ""

    def bounces(self, most: int) -> tuple[Entry, ...]:
        """The newest messages that may be delivery reports."""
        return self._entries("bounce ORDER BY date DESC, message.id DESC LIMIT ?", (most,))

    def drafts(self) -> tuple[Entry, ...]:
        """The unsent drafts that the archive itself holds."""
        return self._entries("labels LIKE ?", (f"%{Label.DRAFT}%",))

    def count(self) -> int:
        """How many messages can be read."""
        return int(self._db.execute("SELECT count(*) FROM message").fetchone()[0])

    def skipped(self) -> int:
        """How many messages could not be read at all."""
        return int(self._db.execute("SELECT count(*) FROM skipped").fetchone()[0])

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _entries(self, where: str, values: Sequence[object]) -> tuple[Entry, ...]:
        rows = self._db.execute(
            "SELECT message.id, path, offset, message.size, message_id, thread, sender, recipients, subject, date, "  # noqa: S608
            f"labels FROM message JOIN file ON file.id = file WHERE {where}",
            values,
        )
        return tuple(_entry(row) for row in rows)

    # --- bringing it up to date -----------------------------------------------------------------------

    def _bring_up_to_date(self, sources: Sequence[Source], progress: Progress) -> None:
        files = [source for source in sources if isinstance(source, MailFile)]
        parts = [source for source in sources if isinstance(source, MaildirPart)]
        settled = dict(self._db.execute("SELECT path, changed FROM maildir").fetchall())
        changed = [part for part in parts if settled.get(part.path) != part.changed]
        now = time.time_ns()
        files += sorted((file for part in changed for file in part.files()), key=lambda file: file.path)
        asked = _Asked(files, {part.path for part in parts} - {part.path for part in changed})
        known = self._known(asked)
        to_note = {part.path: part.changed for part in parts if now - part.changed > _SETTLED}
        if to_note == settled and not asked.stale(known) and not asked.gone(known):
            return
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            # Asked again: another run may have done the work while this one waited for the lock.
            known = self._known(asked)
            gone, stale = asked.gone(known), asked.stale(known)
            for path in gone:
                self._forget(known[path].id)
            total, done = sum(file.size or 1 for file in stale), 0
            for count, file in enumerate(stale):
                if count % _STEP == 0:
                    progress("indexing the archive", done, total)
                self._index_file(file, known.get(file.path), progress, (done, total))
                done += file.size or 1
            self._db.execute("DELETE FROM maildir")
            self._db.executemany("INSERT INTO maildir VALUES (?, ?)", to_note.items())
            if gone or stale:
                self._group()

    def _known(self, asked: _Asked) -> dict[str, _Known]:
        """The files in the index, apart from those in a directory that has not changed."""
        rows = self._db.execute(
            "SELECT path, id, size, changed, print FROM file WHERE maildir NOT IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(asked.quiet)),),
        )
        return {row[0]: _Known(*row[1:]) for row in rows}

    def _index_file(self, file: MailFile, known: _Known | None, progress: Progress, place: tuple[int, int]) -> None:
        start = 0
        if known is not None:
            start = self._grown_from(file, known)
            self._forget(known.id, start)
        number = self._db.execute(
            "INSERT INTO file (path, size, changed, print, maildir) VALUES (?, ?, ?, ?, ?) ON CONFLICT (path) "
            "DO UPDATE SET size = excluded.size, changed = excluded.changed, print = excluded.print RETURNING id",
            (file.path, file.size, file.changed, fingerprint(file.path, file.size) if file.mbox else "", file.maildir),
        ).fetchone()[0]
        for count, located in enumerate(scan(file, start)):
            self._add(number, located)
            if count and count % _STEP == 0:
                progress("indexing the archive", place[0] + located.offset, place[1])

    def _add(self, file: int, located: Located) -> None:
        headers = located.headers
        if headers is None:
            self._db.execute("INSERT INTO skipped VALUES (?, ?)", (file, located.offset))
            return
        cursor = self._db.execute(
            "INSERT INTO message (file, offset, size, message_id, refs, thrid, sender, recipients, subject, date, "
            "labels, bounce) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (file, located.offset, located.size, _clean(headers.message_id), _clean(" ".join(headers.references)),
             headers.thrid, _clean(headers.sender), _clean(" ".join(headers.recipients[:500])),
             _clean(headers.subject[:1000]), headers.date, " ".join(sorted(located.labels)), headers.bounce),
        )  # fmt: skip
        people = {headers.sender, *headers.recipients[:500]} - {""}
        self._db.executemany(
            "INSERT OR IGNORE INTO person VALUES (?, ?)", [(_clean(email), cursor.lastrowid) for email in people]
        )

    def _forget(self, file: int, start: int = 0) -> None:
        """Drop the messages of a file from an offset on; the file's own row too when nothing stays."""
        where = "file = ? AND offset >= ?" if start else "file = ? OR (file = ? AND offset >= 0)"
        values = (file, start) if start else (file, file)
        self._db.execute(f"DELETE FROM person WHERE message IN (SELECT id FROM message WHERE {where})", values)  # noqa: S608
        self._db.execute(f"DELETE FROM message WHERE {where}", values)  # noqa: S608
        self._db.execute("DELETE FROM skipped WHERE file = ? AND offset >= ?", (file, start or -1))
        if not start:
            self._db.execute("DELETE FROM file WHERE id = ?", (file,))

    def _grown_from(self, file: MailFile, known: _Known) -> int:
        """The offset from which an mbox must be read again: its last known message, if what is before is unchanged."""
        if not file.mbox or file.size <= known.size or fingerprint(file.path, known.size) != known.print:
            return 0
        last = self._db.execute("SELECT max(offset) FROM message WHERE file = ?", (known.id,)).fetchone()[0]
        return int(last or 0)

    def _group(self) -> None:
        """Give every message its thread."""
        rows = self._db.execute("SELECT id, message_id, refs, subject, sender, recipients, date, thrid FROM message")
        numbers: list[int] = []
        envelopes: list[Envelope] = []
        groups: dict[str, frozenset[str]] = {}  # the same people again and again: kept once
        for number, message_id, refs, subject, sender, recipients, date, thrid in rows:
            numbers.append(number)
            if recipients not in groups:
                groups[recipients] = frozenset(recipients.split())
            people = groups[recipients]
            references = tuple(refs.split()) if refs else ()
            envelopes.append(Envelope(message_id, references, intern(subject), intern(sender), people, date, thrid))
        ids = thread_ids(envelopes)
        self._db.executemany(
            "UPDATE message SET thread = ? WHERE id = ? AND thread IS NOT ?1", zip(ids, numbers, strict=True)
        )


def _open(path: Path) -> sqlite3.Connection:
    """The database, with its tables; what is damaged or of another form is removed first."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
    except OSError as error:
        where = error.filename or path
        raise LedgerError(
            f"The index cannot be kept in {where}: {error.strerror}.", f"{way_out(error)} (THREAD_FINDER_STATE)"
        ) from None
    for attempt in (1, 2):
        db = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
        try:
            if _prepare(db):
                return db
        except sqlite3.OperationalError as error:
            db.close()
            to_do = "wait for the other run" if "locked" in str(error) else "free some space, or check the disk"
            raise LedgerError(f"The archive's index {path} cannot be opened: {error}.", to_do) from None
        except sqlite3.DatabaseError:
            pass
        db.close()
        if attempt == 1:
            _remove(path)
            path.touch(mode=0o600)
    raise LedgerError(f"The archive's index {path} cannot be opened.", "remove that file and try again")


def _prepare(db: sqlite3.Connection) -> bool:
    """Set the database up; False when it has another form."""
    db.execute("PRAGMA journal_mode = WAL")
    # The index can always be built again: speed goes before durability here.
    db.execute("PRAGMA synchronous = OFF")
    form = db.execute("PRAGMA user_version").fetchone()[0]
    if form == 0:  # another run may do the same at this moment
        db.executescript(f"BEGIN IMMEDIATE;{_TABLES}PRAGMA user_version = {_FORM};COMMIT;")
        return True
    db.execute("SELECT count(*) FROM file").fetchone()
    return bool(form == _FORM)


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def _entry(row: tuple[Any, ...]) -> Entry:
    number, path, offset, size, message_id, thread, sender, recipients, subject, date, labels = row
    people = _people(recipients)
    return Entry(number, path, offset, size, message_id, thread, sender, people, subject, date, _labels(labels))


@lru_cache(maxsize=4096)  # a mail to many is among the mails of each of them
def _people(recipients: str) -> tuple[str, ...]:
    return tuple(recipients.split())


@lru_cache(maxsize=256)
def _labels(text: str) -> frozenset[Label]:
    return frozenset(Label(word) for word in text.split())


def _clean(text: str) -> str:
    """Text that SQLite takes: no lone surrogates."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
