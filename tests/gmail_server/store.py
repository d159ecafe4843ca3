"""A mailbox: messages, threads, drafts, labels, and the history of what changed."""

from __future__ import annotations

import itertools
import re
import threading
import time
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.gmail_server import entry as entries
from tests.gmail_server import headers
from tests.gmail_server.entry import Entry, Source
from tests.gmail_server.errors import not_found

CATEGORIES = ("CATEGORY_FORUMS", "CATEGORY_UPDATES", "CATEGORY_PERSONAL", "CATEGORY_PROMOTIONS", "CATEGORY_SOCIAL")
PLACES = ("CHAT", "SENT", "INBOX", "IMPORTANT", "TRASH", "DRAFT", "SPAM", "STARRED", "UNREAD")
SYSTEM_LABELS = (*PLACES, *CATEGORIES)
HIDDEN = frozenset({"DRAFT", "TRASH", "SPAM"})
INDEXED = ("from", "to", "cc", "bcc", "subject", "deliveredto")


@dataclass(frozen=True)
class Change:
    """One record of users.history: ``kind`` is messagesAdded, messagesDeleted, labelsAdded or labelsRemoved."""

    id: int
    kind: str
    message_id: str
    thread_id: str
    labels: frozenset[str]  # of the message, after the change
    changed: frozenset[str] = frozenset()


class Store:
    """Everything in one user's mailbox. Every method takes the lock itself; ``now`` gives seconds since 1970."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.lock = threading.RLock()
        self.now = now
        self.all: list[Entry | None] = []  # by number; None where deleted
        self.messages: dict[str, Entry] = {}
        self.threads: dict[str, list[Entry]] = {}
        self.drafts: dict[str, Entry] = {}
        self.by_rfc_id: dict[str, list[Entry]] = {}
        self.postings: dict[str, dict[str, array[int]]] = {name: defaultdict(lambda: array("I")) for name in INDEXED}
        self.labels: dict[str, str] = {name: name for name in SYSTEM_LABELS}  # id → name
        self.history: list[Change] = []
        self.history_id = 1000
        self.history_start = 1000  # older cursors have expired
        self.own_message_ids = False  # give every draft a Message-ID of Gmail's own, whatever it came with
        self._serial = itertools.count(1)

    def add(
        self,
        source: bytes | Source | Entry,
        labels: Iterable[str] = (),
        thread_id: str = "",
        internal_date: int | None = None,
        *,
        own_thread: bool = False,
    ) -> Entry:
        """Put a message in. Without ``thread_id`` it joins the thread that its References and Subject name."""
        new = _entry(source)
        with self.lock:
            new.labels = frozenset(labels)
            date = new.date if internal_date is None else internal_date
            new.internal_date = int(self.now() * 1000) if date is None else date
            found = thread_id or ("" if own_thread else self._thread_by_references(new))
            new.id = found if found and found not in self.threads else self._new_id(new.internal_date)
            new.thread_id = found or new.id
            self._insert(new)
            self._record("messagesAdded", new)
        return new

    def remove(self, old: Entry) -> None:
        """Delete a message for ever (not into the trash)."""
        with self.lock:
            self._record("messagesDeleted", old)
            self.all[old.number] = None
            del self.messages[old.id]
            self.drafts.pop(old.draft_id, None)
            siblings = self.threads[old.thread_id]
            siblings.remove(old)
            if not siblings:
                del self.threads[old.thread_id]
            if old.rfc_id:
                self.by_rfc_id[old.rfc_id].remove(old)

    def relabel(self, message: Entry, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        """Change a message's labels."""
        with self.lock:
            added, removed = frozenset(add) - message.labels, frozenset(remove) & message.labels
            message.labels = (message.labels | added) - removed
            if added:
                self._record("labelsAdded", message, added)
            if removed:
                self._record("labelsRemoved", message, removed)

    def add_draft(self, raw: bytes, thread_id: str = "", draft_id: str = "") -> Entry:
        """A new draft, or the next version of ``draft_id``: the draft id stays, the message id is new.

        Gmail's rules: an unknown thread is 404; a Subject that is not the thread's puts the draft into a thread of
        its own; References alone do not put it into any.
        """
        with self.lock:
            if self.own_message_ids:
                raw = re.sub(rb"(?im)^message-id:[^\n]*\n", b"", raw, count=1)
            new = entries.read(_source(raw))
            if not new.rfc_id:  # Gmail gives one to every message that comes without
                new = entries.read(_source(b"Message-ID: <CA%d@mail.gmail.example>\r\n" % next(self._serial) + raw))
            if thread_id and thread_id not in self.threads:
                raise not_found()
            old = self.drafts[draft_id] if draft_id else None
            fits = thread_id and self._subject_fits(new, thread_id, old)
            saved = self.add(
                new, {"DRAFT"}, thread_id if fits else "", internal_date=int(self.now() * 1000), own_thread=not fits
            )
            if old is not None:
                self.remove(old)
            self.adopt_draft(saved, draft_id)
            return saved

    def adopt_draft(self, message: Entry, draft_id: str = "") -> None:
        """Give a message with the label DRAFT its draft id."""
        with self.lock:
            message.draft_id = draft_id or f"r{5_000_000_000_000_000_000 + next(self._serial) * 7_919}"
            self.drafts[message.draft_id] = message

    def is_ghost(self, draft: Entry) -> bool:
        """Would the web client not show this draft where it stands?

        True for a draft among other messages that names none of them in In-Reply-To or References, or whose parent
        is in the trash, spam, or itself a draft.
        """
        with self.lock:
            others = {e.rfc_id: e for e in self.threads[draft.thread_id] if e is not draft and e.rfc_id}
            parents = [others[ref] for ref in draft.references if ref in others]
            return bool(others) and (not parents or bool(parents[-1].labels & HIDDEN))

    def expire_history(self) -> None:
        """Forget all history: every cursor handed out so far is too old now."""
        with self.lock:
            self.history.clear()
            self.history_id += 1
            self.history_start = self.history_id

    def settle(self) -> None:
        """After loading: what is there now is where history begins."""
        with self.lock:
            self.history.clear()
            self.history_start = self.history_id

    def label_id(self, name: str) -> str:
        """The id of a label, by name; a new user label if there is none."""
        with self.lock:
            known = next((key for key, value in self.labels.items() if value.casefold() == name.casefold()), "")
            key = known or f"Label_{len(self.labels) - len(SYSTEM_LABELS) + 1}"
            self.labels.setdefault(key, name)
            return key

    def thread_messages(self, thread_id: str) -> list[Entry]:
        """A thread's messages, oldest first; 404 if there is none."""
        with self.lock:
            if thread_id not in self.threads:
                raise not_found()
            return sorted(self.threads[thread_id], key=lambda e: (e.internal_date, e.number))

    def _subject_fits(self, new: Entry, thread_id: str, replaced: Entry | None) -> bool:
        others = [e for e in self.threads[thread_id] if e is not replaced]
        return not others or any(headers.same_subject(new.subject, e.subject) for e in others)

    def _thread_by_references(self, new: Entry) -> str:
        for reference in reversed(new.references):
            for known in self.by_rfc_id.get(reference, ()):
                if headers.same_subject(known.subject, new.subject):
                    return known.thread_id
        return ""

    def _insert(self, new: Entry) -> None:
        new.number = len(self.all)
        self.all.append(new)
        self.messages[new.id] = new
        self.threads.setdefault(new.thread_id, []).append(new)
        if new.rfc_id:
            self.by_rfc_id.setdefault(new.rfc_id, []).append(new)
        for name, posting in self.postings.items():
            for word in set(new.words.get(name, "").split()):
                posting[word].append(new.number)

    def _record(self, kind: str, message: Entry, changed: frozenset[str] = frozenset()) -> None:
        self.history_id += 1
        message.history_id = self.history_id
        self.history.append(Change(self.history_id, kind, message.id, message.thread_id, message.labels, changed))

    def _new_id(self, milliseconds: int) -> str:
        """Sixteen hex digits that grow with the date, as Gmail's do."""
        base = min(max(milliseconds, 0), 2**43) << 20
        keys = (f"{base | (n & 0xFFFFF):016x}" for n in self._serial)
        return next(key for key in keys if key not in self.messages and key not in self.threads)


def _source(raw: bytes) -> Source:
    return Source(raw, 0, len(raw))


def _entry(source: bytes | Source | Entry) -> Entry:
    if isinstance(source, Entry):
        return source
    return entries.read(_source(source) if isinstance(source, bytes) else source)
