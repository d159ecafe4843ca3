"""Take back a batch: the drafts that nobody touched, and only those."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from thread_finder.ledger import DraftRecord, DraftState, Ledger
from thread_finder.mail.fingerprint import fingerprint
from thread_finder.mailboxes.base import Mailbox
from thread_finder.model import StoredDraft

_SETTLED = {
    DraftState.EDITED: "it holds your own words",
    DraftState.SENT: "it was sent",
    DraftState.DELETED: "you removed it yourself",
}


@dataclass(frozen=True, slots=True)
class Undone:
    """The drafts of ``batch`` that were removed, and those that were left, each with the reason; "" is no batch."""

    batch: str
    removed: tuple[DraftRecord, ...]
    left: tuple[tuple[DraftRecord, str], ...]


def take_back(mailbox: Mailbox, ledger: Ledger, account: str, now: datetime) -> Undone:
    """Remove what the last batch drafted and nobody touched since. Contacts of drafts taken back are due again."""
    records = ledger.last_batch(account)
    removed: list[DraftRecord] = []
    left: list[tuple[DraftRecord, str]] = []
    for record in records:
        found = mailbox.find_drafts(message_id=record.message_id, draft_id=record.draft_id)
        if why := _why_not(record, found[0] if found else None):
            left.append((record, why))
        else:
            # In this order: after a crash in between, the next `undo` removes the draft.
            ledger.set_state(record.id, DraftState.UNDONE, now)
            for draft in found:
                mailbox.delete_draft(draft.draft_id)
                removed.append(record)
    return Undone(records[0].batch if records else "", tuple(removed), tuple(left))


def _why_not(record: DraftRecord, draft: StoredDraft | None) -> str:
    """Why a draft is left alone; "" when it may go, or is gone already by an earlier `undo`."""
    if record.state in _SETTLED:
        return _SETTLED[record.state]
    if draft is None:
        return "it is no longer in your drafts: sent, or removed by you" if record.state is DraftState.DRAFTED else ""
    if not record.fingerprint:
        return "the run broke off while it was drafted, so whether you touched it cannot be told"
    return "" if fingerprint(draft.raw) == record.fingerprint else "you edited it"
