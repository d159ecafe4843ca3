"""The program's memory: exact, durable, and honest about its own state (hazards F2, F3, F12)."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from thread_finder.errors import LedgerError
from thread_finder.ledger import Block, DraftRecord, DraftState, Ledger, Outcome, OutcomeKind, Pin, Skip, Snooze
from thread_finder.ledger.schema import APPLICATION_ID, MIGRATIONS

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=timezone(timedelta(hours=1)))
LATER = NOW + timedelta(days=8)
JANE = ("jane@x.example", "jane@y.example")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with Ledger.open(path) as opened:
        yield opened


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


# --- drafts -----------------------------------------------------------------------------------------


def test_a_draft_from_intention_to_sent(ledger: Ledger, path: Path) -> None:
    record = ledger.intend(draft())
    assert record.id
    assert ledger.open_drafts("gmail:default", JANE, "check-in") == (record,)
    ledger.record_draft(record.id, "r-1", "18d", "sha256:ab", LATER)
    ledger.close()
    with Ledger.open(path) as again:
        drafted = replace(
            record, draft_id="r-1", thread_id="18d", fingerprint="sha256:ab", state=DraftState.DRAFTED, changed=LATER
        )
        assert again.open_drafts("gmail:default", JANE) == (drafted,)
        again.set_state(record.id, DraftState.SENT, LATER)
        assert again.open_drafts("gmail:default", JANE) == ()
        assert again.all_drafts(DraftState.SENT) == (replace(drafted, state=DraftState.SENT),)
        assert again.all_drafts(DraftState.UNDONE, DraftState.DELETED) == ()


def test_an_intention_is_on_the_disk_before_the_act(path: Path) -> None:
    code = f"""
import os, signal
from pathlib import Path
from datetime import datetime, UTC
from thread_finder.ledger import DraftRecord, Ledger
ledger = Ledger.open(Path({str(path)!r}))
ledger.intend(DraftRecord("a", "Jane", ("jane@x.example",), "check-in", "<1@x>", datetime.now(UTC)))
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == -signal.SIGKILL
    with Ledger.open(path) as ledger:
        assert [r.message_id for r in ledger.all_drafts(DraftState.INTENDED)] == ["<1@x>"]


@pytest.mark.parametrize("state", [DraftState.INTENDED, DraftState.DRAFTED, DraftState.EDITED])
def test_there_is_never_a_second_open_draft_for_a_purpose(ledger: Ledger, state: DraftState) -> None:
    first = ledger.intend(draft(1))
    ledger.set_state(first.id, state, NOW)
    with pytest.raises(LedgerError, match="open check-in draft already"):
        ledger.intend(draft(2, ("new@x.example", "jane@y.example"), contact="Jane Smith"))
    assert len(ledger.all_drafts()) == 1
    ledger.intend(draft(3, purpose="follow-up"))
    ledger.intend(draft(4, account="archive:ada@x.example"))
    ledger.intend(draft(5, ("bob@x.example",)))


@pytest.mark.parametrize("state", [DraftState.SENT, DraftState.DELETED, DraftState.UNDONE])
def test_when_it_is_settled_there_may_be_another(ledger: Ledger, state: DraftState) -> None:
    ledger.set_state(ledger.intend(draft(1)).id, state, NOW)
    second = ledger.intend(draft(2))
    assert ledger.open_drafts("gmail:default", JANE, "check-in") == (second,)
    assert len(ledger.drafts_for(["jane@x.example"])) == 2


def test_a_person_is_found_by_any_address_whatever_the_name(ledger: Ledger) -> None:
    record = ledger.intend(draft())
    assert record.addresses == JANE
    for addresses in (["jane@y.example"], ["JANE@X.EXAMPLE", "other@x.example"], [*JANE, "third@x.example"]):
        assert ledger.drafts_for(addresses) == (record,)
    for nobody in ([], ["jane@z.example"], ["' OR 1=1 --"], ["%"]):
        assert ledger.drafts_for(nobody) == ()


def test_the_last_batch(ledger: Ledger) -> None:
    assert ledger.last_batch("gmail:default") == ()
    for number, batch in enumerate(["b1", "b2", "", "b2"]):
        ledger.intend(draft(number, (f"{number}@x.example",), batch=batch))
    ledger.intend(draft(9, ("9@x.example",), batch="b3", account="archive:a"))
    assert [r.message_id[1] for r in ledger.last_batch("gmail:default")] == ["1", "3"]


def test_times_are_instants(ledger: Ledger) -> None:
    record = ledger.intend(draft())
    (read,) = ledger.all_drafts()
    assert read.created == record.created
    assert read.created.utcoffset() == timedelta(0)
    with pytest.raises(ValueError, match="aware"):
        ledger.intend(draft(2, ("b@x.example",), created=datetime(2026, 1, 1)))
    assert len(ledger.all_drafts()) == 1


def test_a_record_that_is_not_there_is_our_mistake(ledger: Ledger) -> None:
    with pytest.raises(LookupError):
        ledger.set_state(99, DraftState.SENT, NOW)


def test_broken_characters_are_kept_as_marks(ledger: Ledger) -> None:
    ledger.intend(draft(subject="half \ud83d", contact="山田\x00"))
    assert (ledger.all_drafts()[0].subject, ledger.all_drafts()[0].contact) == ("half ?", "山田\x00")


# --- wishes and outcomes ----------------------------------------------------------------------------


def test_a_pin_remembers_what_it_overruled(ledger: Ledger) -> None:
    first = ledger.pin(Pin("Jane", JANE, "18c", ("<a@x>", "<b@x>"), NOW, {"thread": "17a", "confidence": 0.4}))
    assert ledger.pinned(["jane@y.example"]) == first
    second = ledger.pin(Pin("Jane", JANE[1:], "", (), LATER))
    assert ledger.pinned(JANE) == second
    assert ledger.unpin(JANE, LATER)
    assert not ledger.unpin(JANE, LATER)
    assert ledger.pinned(JANE) is None
    assert ledger.every(Pin) == (replace(first, ended=LATER), replace(second, ended=LATER))


def test_a_snooze_is_replaced_and_ended(ledger: Ledger) -> None:
    ledger.snooze(Snooze("Jane", JANE, date(2027, 1, 1), NOW))
    second = ledger.snooze(Snooze("Jane", JANE, date(2027, 3, 1), LATER))
    assert ledger.snoozed(["jane@x.example"]) == second
    assert ledger.snoozed(["bob@x.example"]) is None
    assert ledger.unsnooze(JANE, LATER)
    assert ledger.snoozed(JANE) is None


def test_do_not_contact_until_it_is_lifted(ledger: Ledger) -> None:
    block = ledger.block(Block("Jane", JANE, NOW, "asked me to stop"))
    assert ledger.blocked(["new@x.example", "jane@y.example"]) == block
    assert ledger.unblock(JANE, LATER)
    assert ledger.blocked(JANE) is None


def test_a_skip_is_for_one_period(ledger: Ledger) -> None:
    ledger.skip(Skip("Jane", JANE, "2026-12", "check-in", NOW, "busy"))
    assert [skip.why for skip in ledger.skipped(JANE[1:], "2026-12")] == ["busy"]
    assert ledger.skipped(JANE, "2027-01") == ledger.skipped(("bob@x.example",), "2026-12") == ()


def test_outcomes_are_kept_in_order_and_once(ledger: Ledger) -> None:
    record = ledger.intend(draft())
    bounced = Outcome("Jane", JANE, OutcomeKind.BOUNCED, NOW, record.id, "<d@x>", "jane@y.example")
    answered = Outcome("Jane", JANE, OutcomeKind.ANSWERED, LATER, None, "<r@x>", "jane@x.example")
    closed = Outcome("Jane", JANE, OutcomeKind.CLOSED, LATER)
    kept = [ledger.add_outcome(outcome) for outcome in (bounced, answered, bounced, closed)]
    assert kept[0] == kept[2]
    assert ledger.outcomes(["jane@x.example"]) == (kept[0], kept[1], kept[3])
    with pytest.raises(sqlite3.IntegrityError):
        ledger.add_outcome(replace(closed, draft=99))


def test_export_is_all_of_it_as_json(ledger: Ledger) -> None:
    ledger.intend(draft())
    ledger.pin(Pin("Jane", JANE, "18c", ("<a@x>",), NOW, {"thread": "17a"}))
    ledger.snooze(Snooze("Jane", JANE, date(2027, 1, 1), NOW))
    ledger.block(Block("Bob", ("bob@x.example",), NOW))
    ledger.skip(Skip("Jane", JANE, "2026-12", "check-in", NOW))
    ledger.add_outcome(Outcome("Jane", JANE, OutcomeKind.ANSWERED, NOW))
    exported = json.loads(json.dumps(ledger.export()))
    assert exported["schema"] == len(MIGRATIONS)
    assert exported["drafts"][0]["addresses"] == list(JANE)
    assert exported["drafts"][0]["state"] == "intended"
    assert exported["drafts"][0]["created"] == "2026-11-24T08:30:00+00:00"
    assert exported["pins"][0]["overruled"] == {"thread": "17a"}
    assert exported["snoozes"][0]["until"] == "2027-01-01"
    tables = ("drafts", "pins", "snoozes", "blocks", "skips", "outcomes")
    assert [len(exported[table]) for table in tables] == [1] * len(tables)


def test_a_rehearsal_knows_everything_and_is_forgotten(ledger: Ledger, path: Path) -> None:
    ledger.intend(draft())
    with Ledger.rehearsal(path) as rehearsal:
        assert rehearsal.all_drafts() == ledger.all_drafts()
        rehearsal.intend(draft(2, ("other@x.example",)))
        assert len(rehearsal.all_drafts()) == 2
    assert len(ledger.all_drafts()) == 1


def test_a_rehearsal_of_nothing_makes_no_file(path: Path) -> None:
    with Ledger.rehearsal(path) as rehearsal:
        rehearsal.intend(draft())
    assert not path.parent.exists()


# --- the file ---------------------------------------------------------------------------------------


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
