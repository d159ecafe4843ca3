"""The program's memory: exact, and honest about what it knows (hazards F2, F3)."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.ledger.records import JANE, LATER, NOW, draft
from thread_finder.errors import LedgerError
from thread_finder.ledger import Block, DraftState, Ledger, Outcome, OutcomeKind, Pin, Skip, Snooze
from thread_finder.ledger.schema import MIGRATIONS

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
