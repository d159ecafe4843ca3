"""A mailbox for dry runs: it reads like the one behind it, and whatever is written to it is forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from thread_finder.mailboxes.base import Correspondence, Mailbox, Request
from thread_finder.model import Identity, StoredDraft, Thread


class RehearsalMailbox(Mailbox):
    """Reads from ``behind``; a draft saved here has no id and no bytes, so that it can never be taken for real."""

    def __init__(self, behind: Mailbox) -> None:
        self._behind = behind

    def identities(self) -> tuple[Identity, ...]:
        """See Mailbox.identities."""
        return self._behind.identities()

    def search(self, requests: Sequence[Request]) -> Iterator[Correspondence]:
        """See Mailbox.search."""
        return self._behind.search(requests)

    def recent(self, requests: Sequence[Request], since: Sequence[datetime]) -> Iterator[Correspondence]:
        """See Mailbox.recent."""
        return self._behind.recent(requests, since)

    def find_drafts(
        self, *, message_id: str = "", thread_id: str = "", draft_id: str = "", to: str = ""
    ) -> tuple[StoredDraft, ...]:
        """See Mailbox.find_drafts."""
        return self._behind.find_drafts(message_id=message_id, thread_id=thread_id, draft_id=draft_id, to=to)

    def save_draft(self, raw: bytes, thread: Thread | None) -> StoredDraft:
        """Save nothing."""
        del raw
        return StoredDraft("", thread.id if thread else "", b"")

    def replace_draft(self, draft_id: str, raw: bytes, thread: Thread | None) -> StoredDraft:
        """Replace nothing."""
        del raw
        return StoredDraft(draft_id, thread.id if thread else "", b"")

    def delete_draft(self, draft_id: str) -> None:
        """Delete nothing."""

    def close(self) -> None:
        """Leave the one behind open: it is closed by whoever opened it."""
