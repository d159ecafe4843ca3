"""The ledger's file: made whole, checked when opened, brought up to date, locked for one run at a time.

Whatever is wrong with it is said with the way out. It is never taken for an empty one (hazards F12): that would
mean drafting for everybody once more.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from thread_finder.errors import LedgerError, way_out
from thread_finder.filelock import try_lock
from thread_finder.ledger.schema import APPLICATION_ID, MIGRATIONS

_PATIENCE = 10.0
"""Seconds to wait for another program's write."""


def connect(path: Path) -> sqlite3.Connection:
    """Open the ledger, made if there is none yet, at the newest schema. LedgerError with the way out otherwise."""
    with in_words(path):
        if not path.exists():
            _create(path)
        connection = _opened(path)
        try:
            path.chmod(0o600)
            _prepare(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def copy_in_memory(path: Path) -> sqlite3.Connection:
    """The ledger as it is, in memory only, brought up to date there; an empty one where there is none."""
    with in_words(path):
        copy = sqlite3.connect(":memory:", isolation_level=None)
        try:
            if path.exists():
                with contextlib.closing(_opened(path)) as original:
                    original.backup(copy)
            else:
                _refuse_remains(path)
            _prepare(copy)
        except BaseException:
            copy.close()
            raise
    return copy


@contextlib.contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system say into LedgerErrors."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise  # our own mistake, not the file's
    except sqlite3.Error as error:
        raise _explained(path, error) from error
    except OSError as error:
        raise LedgerError(f"{path} cannot be used: {error.strerror}", way_out(error)) from error


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, with no other writer in between."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def damaged_value(path: Path, error: ValueError) -> LedgerError:
    """For a value that no version of ours has written."""
    return _damaged(path, str(error))


def _opened(path: Path) -> sqlite3.Connection:
    """A file that is there, checked."""
    if not path.is_file():
        raise LedgerError(f"{path} is not a file", "move it away, or set THREAD_FINDER_STATE")
    if path.stat().st_size == 0:
        raise _damaged(path, "it is empty")
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_PATIENCE)
    try:
        connection.isolation_level = None  # transactions are begun by us
        _check(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_remains(path: Path) -> None:
    """A ledger that is gone while its journal is there is a damaged one."""
    left = [side for side in ("-wal", "-journal") if path.with_name(path.name + side).exists()]
    if left:
        raise _damaged(path, f"it is gone, but {path.name}{left[0]} is there")


def _create(path: Path) -> None:
    """Make the file beside its place and link it there whole, so that an empty ledger is always a damaged one."""
    _refuse_remains(path)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".new-ledger-") as folder:
        new = Path(folder) / path.name
        new.touch(mode=0o600)
        connection = sqlite3.connect(new, isolation_level=None)
        try:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            _prepare(connection)
        finally:
            connection.close()
        _put(new, path)


def _put(new: Path, path: Path) -> None:
    """Under its name, unless another run was quicker: then theirs stands."""
    try:
        path.hardlink_to(new)
    except FileExistsError:
        return
    except OSError:  # a file system without links; there rename is the best there is
        if not path.exists():
            new.rename(path)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    schema = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION_ID:
        raise LedgerError(f"{path} is not a ledger of thread-finder", "move it away, or set THREAD_FINDER_STATE")
    if schema > len(MIGRATIONS):
        raise LedgerError(
            f"{path} was written by a newer thread-finder (schema {schema}; this one knows {len(MIGRATIONS)})",
            "update thread-finder",
        )
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise _damaged(path, str(verdict).splitlines()[-1])  # the first line may be but a heading


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    if _schema(connection) < len(MIGRATIONS):
        with transaction(connection):
            _migrate(connection)


def _schema(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring the file up to date from wherever it is; inside a transaction, so that half a migration is none."""
    for statements in MIGRATIONS[_schema(connection) :]:
        for statement in statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


# --- what went wrong --------------------------------------------------------------------------------


def _explained(path: Path, error: sqlite3.Error) -> LedgerError:
    code = getattr(error, "sqlite_errorname", "").removeprefix("SQLITE_").split("_")[0]
    if code in {"BUSY", "LOCKED"}:
        return LedgerError(f"{path} is in use by another program", "wait until it has finished, then try again")
    if code == "FULL":
        return LedgerError(f"{path} cannot be written: the disk is full", "make room, then run the same command again")
    if code in {"READONLY", "CANTOPEN", "PERM", "IOERR", "AUTH"}:
        return LedgerError(f"{path} cannot be written: {error}", "check the folder, its permissions and the disk")
    return _damaged(path, str(error))


def _damaged(path: Path, why: str) -> LedgerError:
    return LedgerError(
        f"{path} is damaged: {why}",
        "put back a backup of it; or move it away and begin anew, but then look through your drafts first: "
        "thread-finder will no longer know which of them it made",
    )


# --- one run at a time ------------------------------------------------------------------------------


@contextlib.contextmanager
def run_lock(ledger: Path) -> Iterator[None]:
    """Held by one run at a time; the system lets go of it when that run ends, however it ends."""
    path = ledger.with_suffix(".lock")
    with in_words(path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not try_lock(handle):
            holder = os.pread(handle, 20, 0).decode("ascii", "replace") if hasattr(os, "pread") else ""
            process = f" (process {holder})" if holder.isdecimal() else ""
            raise LedgerError(
                f"another run of thread-finder is at work{process}",
                "wait until it has finished, or end it; then run the same command again",
            )
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        yield
    finally:
        os.close(handle)
