"""The ledger's file: durable, private, brought up to date, and never taken for an empty one (hazards F12)."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.ledger.records import JANE, NOW, draft, sql
from thread_finder.errors import LedgerError
from thread_finder.ledger import DraftState, Ledger, Pin
from thread_finder.ledger.schema import APPLICATION_ID, MIGRATIONS


def test_only_the_user_can_read_it(path: Path) -> None:
    with Ledger.open(path) as ledger, ledger.exclusive():
        ledger.intend(draft())
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert set(modes) == {"ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm", "ledger.lock"}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_every_commit_is_durable(ledger: Ledger, path: Path) -> None:
    assert sql(path, "PRAGMA journal_mode") == [("wal",)]
    assert ledger._tables._connection.execute("PRAGMA synchronous").fetchone() == (2,)


def _first_schema(path: Path) -> None:
    """The file as the first version of the program wrote it: plain SQL, never to be changed."""
    path.parent.mkdir()
    script = f"""
        PRAGMA application_id = {APPLICATION_ID};
        CREATE TABLE drafts (id INTEGER PRIMARY KEY, account TEXT NOT NULL, contact TEXT NOT NULL,
            purpose TEXT NOT NULL, message_id TEXT NOT NULL, subject TEXT NOT NULL, thread_id TEXT NOT NULL,
            parent_id TEXT NOT NULL, draft_id TEXT NOT NULL, fingerprint TEXT NOT NULL, month TEXT NOT NULL,
            batch TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('intended', 'drafted', 'edited', 'sent', 'deleted', 'undone')),
            created TEXT NOT NULL, changed TEXT);
        CREATE INDEX drafts_by_message_id ON drafts (account, message_id);
        CREATE TABLE addresses (address TEXT NOT NULL, kind TEXT NOT NULL, record INTEGER NOT NULL,
            place INTEGER NOT NULL, PRIMARY KEY (address, kind, record)) WITHOUT ROWID;
        CREATE INDEX addresses_by_record ON addresses (kind, record);
        INSERT INTO drafts VALUES (7, 'gmail:default', 'Jane Doe', 'check-in', '<1@marsh.example>', 'Re: Thank you!',
            '18c', '<p@x.example>', 'r-1', 'sha256:ab', '2026-12', 'b1', 'drafted', '2026-11-24T08:30:00+00:00', NULL);
        INSERT INTO addresses VALUES ('jane@y.example', 'drafts', 7, 1), ('jane@x.example', 'drafts', 7, 0);
        PRAGMA user_version = 1;
    """
    sql(path, script, asking=False)


def test_the_first_schema_is_brought_up_to_date(path: Path) -> None:
    _first_schema(path)
    with Ledger.open(path) as ledger:
        (record,) = ledger.open_drafts("gmail:default", JANE)
        assert record == draft(draft_id="r-1", fingerprint="sha256:ab", state=DraftState.DRAFTED, id=7)
        assert ledger.pin(Pin("Jane", JANE, "18c", (), NOW)).id == 1
        assert ledger.export()["schema"] == len(MIGRATIONS)


def test_an_updated_file_has_the_shape_of_a_new_one(path: Path, tmp_path: Path) -> None:
    _first_schema(path)
    shapes = []
    for file in (path, tmp_path / "new.sqlite"):
        Ledger.open(file).close()
        rows = sql(file, "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
        shapes.append([(name, "".join(str(statement).split())) for name, statement in rows])
    assert shapes[0] == shapes[1]


def test_half_a_migration_is_none(path: Path) -> None:
    _first_schema(path)
    sql(path, "CREATE TABLE outcomes (id)", asking=False)  # the last step of migration 2 will fail
    with pytest.raises(LedgerError):
        Ledger.open(path)
    assert sql(path, "SELECT name FROM sqlite_master WHERE name = 'pins'") == []
    assert sql(path, "PRAGMA user_version") == [(1,)]


def _truncate(path: Path) -> None:
    path.write_bytes(b"")


def _garble(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4096] + os.urandom(len(content) - 4096))


def _replace(path: Path) -> None:
    path.write_bytes(b"From ada@marsh.example\n" * 1000)


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _lose(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.with_name(path.name + "-wal").write_bytes(b"x")


def _spoil_a_value(path: Path) -> None:
    sql(path, "UPDATE drafts SET created = 'yesterday'", asking=False)


@pytest.mark.parametrize("harm", [_truncate, _garble, _replace, _cut, _lose, _spoil_a_value])
def test_a_damaged_ledger_is_never_taken_for_an_empty_one(path: Path, harm: Callable[[Path], None]) -> None:
    with Ledger.open(path) as ledger:
        for number in range(50):
            ledger.intend(draft(number, (f"{number}@x.example",)))
    harm(path)
    for _ in range(2):
        for way in (Ledger.open, Ledger.rehearsal):
            with pytest.raises(LedgerError, match="is damaged") as caught, way(path) as ledger:
                ledger.all_drafts()
            assert "backup" in caught.value.to_do


def test_a_newer_ledger_is_refused_and_untouched(path: Path) -> None:
    Ledger.open(path).close()
    sql(path, "PRAGMA user_version = 99", asking=False)
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="newer thread-finder \\(schema 99") as caught:
        Ledger.open(path)
    assert caught.value.to_do == "update thread-finder"
    assert path.read_bytes() == before


def test_somebody_elses_database_is_refused(path: Path) -> None:
    path.parent.mkdir()
    sql(path, "CREATE TABLE t (x)", asking=False)
    with pytest.raises(LedgerError, match="not a ledger"):
        Ledger.open(path)


def test_a_folder_in_its_place_is_refused_and_untouched(path: Path) -> None:
    path.mkdir(parents=True, mode=0o755)
    with pytest.raises(LedgerError, match="not a file"):
        Ledger.open(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o755


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="cannot be used"):
        Ledger.open(tmp_path / "file" / "ledger.sqlite")


def test_a_write_lock_held_by_another_program_is_said(ledger: Ledger, path: Path) -> None:
    ledger._tables._connection.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError, match="in use by another program"):
        ledger.intend(draft())
    other.close()
    assert ledger.intend(draft()).id


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")
def test_a_full_disk_is_said_and_nothing_is_lost(path: Path) -> None:
    Ledger.open(path).close()
    code = f"""
import resource, signal
from pathlib import Path
from datetime import datetime, UTC
from thread_finder.errors import LedgerError
from thread_finder.ledger import DraftRecord, Ledger
ledger = Ledger.open(Path({str(path)!r}))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
done = 0
try:
    while done < 1000:
        ledger.intend(DraftRecord("a", "J", (f"{{done}}@x.example",), "check-in", f"<{{done}}@x>", datetime.now(UTC)))
        done += 1
except LedgerError as error:
    print(done, error, sep="|")
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    done, said = result.stdout.strip().split("|")
    assert "cannot be written" in said
    with Ledger.open(path) as ledger:
        assert len(ledger.all_drafts()) == int(done) > 0


def test_two_that_begin_at_once_share_one_ledger(path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from datetime import datetime, UTC
from thread_finder.ledger import DraftRecord, Ledger
with Ledger.open(Path({str(path)!r})) as ledger:
    me = sys.argv[1]
    for n in range(20):
        address = f"{{n}}@{{me}}.example"
        ledger.intend(DraftRecord("a", "J", (address,), "check-in", f"<{{address}}>", datetime.now(UTC)))
"""
    runs = [subprocess.Popen([sys.executable, "-c", code, str(me)]) for me in range(4)]
    assert [run.wait(60) for run in runs] == [0] * 4
    with Ledger.open(path) as ledger:
        assert len(ledger.all_drafts()) == 80


# --- one run at a time ------------------------------------------------------------------------------


def test_a_second_run_is_told_to_wait(ledger: Ledger, path: Path) -> None:
    with (
        Ledger.open(path) as other,
        ledger.exclusive(),
        pytest.raises(LedgerError, match=f"at work \\(process {os.getpid()}\\)") as caught,
        other.exclusive(),
    ):
        pass
    assert "wait" in caught.value.to_do
    with ledger.exclusive(), Ledger.open(path) as other:
        assert other.all_drafts() == ()  # reading needs no lock
    with ledger.exclusive():
        pass


def test_the_lock_ends_with_its_process(ledger: Ledger, path: Path) -> None:
    code = f"""
import sys, time
from pathlib import Path
from thread_finder.ledger import Ledger
with Ledger.open(Path({str(path)!r})) as ledger, ledger.exclusive():
    print("held", flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout
        assert run.stdout.readline() == "held\n"
        with pytest.raises(LedgerError, match=f"process {run.pid}"), ledger.exclusive():
            pass
        run.kill()
        run.wait(60)
    with ledger.exclusive():
        assert ledger.intend(draft(created=datetime.now(UTC))).id
