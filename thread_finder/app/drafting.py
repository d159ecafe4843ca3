"""Put a letter into the mailbox's drafts: once per contact and purpose, whatever happened before.

The order matters. The intention is written down, with our own Message-ID, before the mailbox is touched; after a
crash the Message-ID tells whether the draft was made (hazards F1 to F5). A draft that a person touched is theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from thread_finder.app.letters import Written
from thread_finder.errors import ExitCode, NotSavedError, NowhereToSaveError
from thread_finder.ledger import DraftRecord, DraftState, Ledger
from thread_finder.mail.fingerprint import fingerprint
from thread_finder.mailboxes.base import Mailbox
from thread_finder.model import Contact, Label, StoredDraft, Thread

_IN_THE_WAY = "the thread already holds a draft of yours"


class Action(StrEnum):
    """What became of a wish to draft (docs/json.md)."""

    CREATED = "created"
    UPDATED = "updated"
    KEPT = "kept"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer for one contact; ``why`` in words for the user. ``eml`` is the letter when it could not be saved.

    ``lasting`` says that no other letter can be saved now either, ``tried`` is False for those given up therefore.
    """

    contact: Contact
    action: Action
    why: str = ""
    to_do: str = ""
    draft_id: str = ""
    thread_id: str = ""
    message_id: str = ""
    subject: str = ""
    link: str = ""
    verified: bool = False
    failed: bool = False
    eml: bytes = b""
    exit_code: ExitCode = ExitCode.REFUSED  # of a run in which every contact was refused so
    lasting: bool = False
    tried: bool = True


@dataclass(frozen=True, slots=True)
class Desk:
    """Where drafts go and what remembers them. ``account`` names the mailbox in the ledger.

    ``month`` and ``batch`` are noted with each draft made here, "" outside of a batch.
    """

    mailbox: Mailbox
    ledger: Ledger
    account: str
    now: datetime
    purpose: str = "check-in"
    month: str = ""
    batch: str = ""


def earlier_message_id(desk: Desk, contact: Contact) -> str:
    """The Message-ID of a draft intended before and never confirmed or still open, "" if there is none.

    A letter for the same purpose is written under the same id again, so that it can never be there twice.
    """
    records = desk.ledger.open_drafts(desk.account, contact.emails, desk.purpose)
    return records[-1].message_id if records else ""


def save(written: Written, message_id: str, desk: Desk) -> Outcome:
    """Save one letter as a draft, or say why the one that is there stays."""
    contact = written.finding.contact
    for record in desk.ledger.open_drafts(desk.account, contact.emails, desk.purpose):
        outcome = _take_up(record, written, desk)
        if outcome is not None:
            return outcome
    theirs = _drafts_of_the_user(written, desk)
    if theirs:
        return _kept(contact, theirs[0], f"{_IN_THE_WAY}; it is left alone")
    record = desk.ledger.intend(_record(written, message_id, desk))
    return _create(record, written, desk)


def found_there(written: Written, desk: Desk) -> str:
    """What `draft` would find in its way, in words; "" where nothing is."""
    contact = written.finding.contact
    for record in desk.ledger.open_drafts(desk.account, contact.emails, desk.purpose):
        stored = _find(record, desk)
        if stored is not None:
            theirs = record.state is DraftState.EDITED or fingerprint(stored.raw) != record.fingerprint
            return "its draft is there already" + (", edited by you: `draft` leaves it alone" if theirs else "")
    return f"{_IN_THE_WAY}: `draft` leaves it alone" if _drafts_of_the_user(written, desk) else ""


def _take_up(record: DraftRecord, written: Written, desk: Desk) -> Outcome | None:
    """Go on from what the ledger remembers; None when nothing of it is left and a new draft may be made."""
    stored = _find(record, desk)
    if sent := _sent(record, written.finding.thread, gone=stored is None):
        desk.ledger.set_state(record.id, DraftState.SENT, desk.now)
        return Outcome(written.finding.contact, Action.REFUSED, f"already sent on {sent.date().isoformat()}")
    if stored is not None:
        return _compare(record, stored, written, desk)
    if record.state is DraftState.INTENDED and record.message_id == written.message_id:
        return _create(record, written, desk)
    desk.ledger.set_state(record.id, DraftState.DELETED, desk.now)
    return None


def _find(record: DraftRecord, desk: Desk) -> StoredDraft | None:
    found = desk.mailbox.find_drafts(message_id=record.message_id, draft_id=record.draft_id)
    return found[0] if found else None


def _compare(record: DraftRecord, stored: StoredDraft, written: Written, desk: Desk) -> Outcome:
    """A draft is there: adopt it, leave it to its editor, or bring it up to date."""
    contact = written.finding.contact
    there, ours = fingerprint(stored.raw), fingerprint(written.raw)
    if there == ours:
        _note(record, stored, written, desk)
        broken = record.state is DraftState.INTENDED
        why = "found again after a broken run" if broken else "the draft is there already"
        return _kept(contact, stored, why, verified=True)
    if record.state is DraftState.INTENDED:  # whether a person touched it since cannot be told, so it is theirs
        desk.ledger.record_draft(record.id, stored.draft_id, stored.thread_id, there, desk.now, DraftState.EDITED)
        return _kept(contact, stored, "found again after a broken run, in other words than now; it is left alone")
    if record.state is DraftState.EDITED or there != record.fingerprint:
        desk.ledger.set_state(record.id, DraftState.EDITED, desk.now)
        return _kept(contact, stored, "you edited this draft; it is left alone")
    if written.message_id != record.message_id:
        return _kept(contact, stored, "the draft is there already")
    thread = written.finding.thread
    if thread is not None and stored.thread_id != thread.id:
        return _kept(contact, stored, "the draft stands in another thread; remove it first to draft in this one")
    try:
        replaced = desk.mailbox.replace_draft(stored.draft_id, written.raw, thread)
    except NotSavedError as error:
        return _unsaved(record, written, error)
    desk.ledger.record_draft(record.id, replaced.draft_id, replaced.thread_id, ours, desk.now)
    return _done(contact, Action.UPDATED, replaced, written, "the letter has changed since; nobody had touched it")


def _create(record: DraftRecord, written: Written, desk: Desk) -> Outcome:
    contact = written.finding.contact
    try:
        stored = desk.mailbox.save_draft(written.raw, written.finding.thread)
    except NotSavedError as error:
        return _unsaved(record, written, error)
    _note(record, stored, written, desk)
    return _done(contact, Action.CREATED, stored, written, "")


def _unsaved(record: DraftRecord, written: Written, error: NotSavedError) -> Outcome:
    return Outcome(
        written.finding.contact, Action.REFUSED, error.message.rstrip("."), error.to_do,
        message_id=record.message_id, subject=written.subject, failed=True, eml=written.raw,
        exit_code=ExitCode.NOT_SAVED, lasting=isinstance(error, NowhereToSaveError),
    )  # fmt: skip


def _note(record: DraftRecord, stored: StoredDraft, written: Written, desk: Desk) -> None:
    """The mailbox has the letter. In the user's own words it is theirs from the first."""
    state = DraftState.EDITED if written.edited else DraftState.DRAFTED
    desk.ledger.record_draft(
        record.id, stored.draft_id, stored.thread_id, fingerprint(stored.raw), desk.now, state
    )  # fmt: skip


def _drafts_of_the_user(written: Written, desk: Desk) -> tuple[StoredDraft, ...]:
    """Drafts in the way, but for copies of letters that have gone out: a drafts folder on disk may keep them."""
    thread, contact = written.finding.thread, written.finding.contact
    if thread is not None:
        found = desk.mailbox.find_drafts(thread_id=thread.id)
    else:
        found = desk.mailbox.find_drafts(to=written.recipient.email)
    sent = {one.draft_id for one in desk.ledger.drafts_for(contact.emails) if one.state is DraftState.SENT}
    return tuple(draft for draft in found if draft.draft_id not in sent)


def _sent(record: DraftRecord, thread: Thread | None, *, gone: bool) -> datetime | None:
    """When the drafted letter went out: under our Message-ID, which is proof even where a copy was left among the
    drafts; or, if the draft is ``gone``, as the owner's newer mail in that thread.
    """
    for message in thread.messages if thread else ():
        if message.message_id == record.message_id and Label.DRAFT not in message.labels:
            return message.date
        if gone and Label.SENT in message.labels and message.date and message.date > record.created:
            return message.date
    return None


def _record(written: Written, message_id: str, desk: Desk) -> DraftRecord:
    contact, thread, parent = written.finding.contact, written.finding.thread, written.finding.parent
    return DraftRecord(
        account=desk.account,
        contact=contact.name,
        addresses=contact.emails,
        purpose=desk.purpose,
        message_id=message_id,
        subject=written.subject,
        thread_id=thread.id if thread else "",
        parent_id=parent.message_id if parent else "",
        created=desk.now,
        month=desk.month,
        batch=desk.batch,
        reason=contact.reason.kind,
    )


def _kept(contact: Contact, stored: StoredDraft, why: str, *, verified: bool = False) -> Outcome:
    return Outcome(
        contact, Action.KEPT, why,
        draft_id=stored.draft_id, thread_id=stored.thread_id, link=stored.link, verified=verified,
    )  # fmt: skip


def _done(contact: Contact, action: Action, stored: StoredDraft, written: Written, why: str) -> Outcome:
    return Outcome(
        contact,
        action,
        why,
        draft_id=stored.draft_id,
        thread_id=stored.thread_id,
        message_id=written.message_id,
        subject=written.subject,
        link=stored.link,
        verified=bool(stored.raw) and fingerprint(stored.raw) == fingerprint(written.raw),
    )
