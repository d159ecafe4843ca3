"""The contract of every mailbox. The docstrings are the specification; tests/contract holds each mailbox to them.

A mailbox knows mail and drafts. It knows no config, no ledger, no other mailbox, and it has no way to send.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from thread_finder.model import Identity, StoredDraft, Thread

Progress = Callable[[str, int, int], None]
"""Called as ``progress(what, done, total)``; ``total`` is 0 while unknown. Never called with mail content."""


def no_progress(what: str, done: int, total: int) -> None:
    """The progress nobody watches."""


@dataclass(frozen=True, slots=True)
class Request:
    """Whose threads are wanted: ``key`` comes back with the answer; ``addresses`` (lower case) are the person's,
    ``owner`` all of the user's own. ``name`` is the person's, for robots that write in somebody's name.
    """

    key: str
    addresses: tuple[str, ...]
    owner: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Correspondence:
    """The threads that may matter for one request, complete and parsed, oldest thread first.

    ``skipped`` counts messages that could not be read; ``problem`` is set instead of threads when this one
    request failed and the others did not.
    """

    key: str
    threads: tuple[Thread, ...]
    skipped: int = 0
    problem: str = ""


class Mailbox(ABC):
    """Where mail lives. ``notes`` are sentences that its user should know: mail that cannot all be read."""

    notes: tuple[str, ...] = ()

    @abstractmethod
    def identities(self) -> tuple[Identity, ...]:
        """The addresses one can write from here; empty where the mailbox cannot know (an archive)."""

    @abstractmethod
    def search(self, requests: Sequence[Request]) -> Iterator[Correspondence]:
        """One answer per request, in the order of the requests.

        A thread is in the answer if at least one of its messages is from, to or cc one of ``addresses`` (compared
        exactly, in lower case). Its messages are all there, drafts, spam and trash too, each with its labels and
        with one message per Message-ID; who uses them decides. A mailbox may narrow a very long correspondence,
        but keeps the first threads, the newest, and those that look like scheduling or thanks. It may leave out threads
        that neither of the two wrote in and that went to 15 people or more: there is no word between them.
        One unreadable message is skipped and counted; it never ends the search. Raises MailboxError or
        UnavailableError when nothing can be read at all.
        """

    def recent(self, requests: Sequence[Request], since: Sequence[datetime]) -> Iterator[Correspondence]:
        """What happened lately between the owner and many people: one answer per request, in order.

        Every message from, to or cc the person that is dated at or after its own ``since`` is there whole, with what
        else came since then in the same threads (they may answer from an address nobody knew); and every delivery
        report that names one of the addresses, whatever its date. Of older mail at least the newest message of each
        side is there, though perhaps by its header fields alone; more may be. Errors as in ``search``, which is what a
        mailbox does here that has no cheaper way.
        """
        del since
        return self.search(requests)

    @abstractmethod
    def find_drafts(
        self, *, message_id: str = "", thread_id: str = "", draft_id: str = "", to: str = ""
    ) -> tuple[StoredDraft, ...]:
        """The unsent drafts that carry ``message_id``, or are in ``thread_id``, or have ``draft_id``, or are addressed
        to ``to`` and in no old thread; any of them, each draft once. Reads the mailbox now, not a cache.
        """

    @abstractmethod
    def save_draft(self, raw: bytes, thread: Thread | None) -> StoredDraft:
        """Store a new draft, in ``thread`` if given, and return it as read back.

        Exactly once: when the outcome of the write is in doubt this looks for the Message-ID of ``raw`` before it
        writes again. Raises NotSavedError when nothing was stored, or when what was stored is not what was asked
        (it is then removed again).
        """

    @abstractmethod
    def replace_draft(self, draft_id: str, raw: bytes, thread: Thread | None) -> StoredDraft:
        """Put ``raw`` in the place of a draft; the draft id stays. Raises NotSavedError; the old one then stands."""

    @abstractmethod
    def delete_draft(self, draft_id: str) -> None:
        """Remove one draft. A draft that is not there is no error."""

    @abstractmethod
    def close(self) -> None:
        """Let go of files and connections."""
