"""Mail on disk as a mailbox: mbox files, Maildirs, folders of .eml; drafts go into a Maildir of their own.

The archive is only ever read. Headers come from an index, bodies from the archive when they are needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from thread_finder.errors import MailboxError
from thread_finder.mail.headers import split_header
from thread_finder.mail.parse import UnreadableMessage, parse_message
from thread_finder.mailboxes.archive_files import cut_short, mail_sources
from thread_finder.mailboxes.archive_index import ArchiveIndex, Entry
from thread_finder.mailboxes.base import Correspondence, Mailbox, Progress, Request, no_progress
from thread_finder.mailboxes.maildir_drafts import MaildirDrafts
from thread_finder.mailboxes.mbox import LARGEST_MESSAGE, read_message
from thread_finder.model import Address, Identity, Label, Message, StoredDraft, Thread

BODIES = 150  # messages read for one contact
_ENDS = 4  # first and newest threads that are always read
_CROWD = 15  # recipients from which on a mail by somebody else is no word between the two
_LONGEST = 60  # messages read of one thread: its beginning and its end
_BOUNCES = 200  # newest delivery reports looked into
_KEPT = 8_000  # messages kept as read: what went to many is asked for again for each of them
_SMALL = 16_000  # bytes up to which a message is kept: some 200 MB at the most


class ArchiveMailbox(Mailbox):
    """An archive and its drafts. ``words`` (lower case) in a subject make a thread worth reading among very many."""

    def __init__(
        self,
        paths: Sequence[Path],
        *,
        state: Path,
        drafts: Path,
        owner: tuple[str, ...],
        words: tuple[str, ...] = (),
        progress: Progress = no_progress,
    ) -> None:
        self._owner = frozenset(owner)
        self._words = words
        self._progress = progress
        self._drafts = MaildirDrafts(drafts)
        sources = mail_sources(paths, drafts)
        name = sha256("\n".join(str(path.resolve()) for path in paths).encode()).hexdigest()[:16]
        self._index = ArchiveIndex(state / f"archive-{name}.sqlite")
        self._index.update(sources, progress)
        self.notes = tuple(
            f"{path} ends in mid-message: it was cut short, its last mails may be missing"
            for path in cut_short(sources)
        )
        self._kept = lru_cache(_KEPT)(self._read_message)
        self._bounces: tuple[Message, ...] | None = None
        self._archived: tuple[tuple[StoredDraft, Message | None], ...] | None = None

    def counted(self) -> tuple[int, int]:
        """How many messages the archive holds, and how many more cannot be read at all."""
        return self._index.count(), self._index.skipped()

    def identities(self) -> tuple[Identity, ...]:
        """Nothing: an archive does not know from which addresses one can write."""
        return ()

    def search(self, requests: Sequence[Request]) -> Iterator[Correspondence]:
        """See Mailbox.search."""
        for count, request in enumerate(requests):
            self._progress("reading the mail", count, len(requests))
            yield self._answer(request)

    def recent(self, requests: Sequence[Request], since: Sequence[datetime]) -> Iterator[Correspondence]:
        """See Mailbox.recent. Bodies are read of what is new; of older mail the index knows enough."""
        for count, (request, start) in enumerate(zip(requests, since, strict=True)):
            self._progress("reading the newest mail", count, len(requests))
            yield self._lately(request, start.timestamp())

    def find_drafts(
        self, *, message_id: str = "", thread_id: str = "", draft_id: str = "", to: str = ""
    ) -> tuple[StoredDraft, ...]:
        """See Mailbox.find_drafts. Drafts that lie in the archive itself have ids that begin with "archive:"."""
        by_id_alone = draft_id and not (message_id or thread_id or to)
        ours = self._drafts.get(draft_id) if by_id_alone else None
        found: dict[str, StoredDraft] = {}
        in_thread = {e.message_id for e in self._index.entries(thread_id) if e.message_id} if thread_id else set()
        written = [(draft, _head(draft.raw)) for draft in ([ours] if ours else self._drafts.all())]
        for draft, message in written if ours else [*written, *self._archived_drafts()]:
            if message is None:
                continue
            answered = message.references and in_thread & set(message.references)
            if (
                (message_id and message.message_id == message_id)
                or (draft_id and draft.draft_id == draft_id)
                or (thread_id and (draft.thread_id == thread_id or answered))
                or (to and not message.references and any(a.email == to for a in message.to))
            ):
                where = draft.thread_id or (thread_id if answered else self._thread_of(message))
                found[draft.draft_id] = StoredDraft(draft.draft_id, where, draft.raw, draft.link)
        return tuple(found.values())

    def save_draft(self, raw: bytes, thread: Thread | None) -> StoredDraft:
        """See Mailbox.save_draft."""
        ours = parse_message(raw).message_id
        there = [draft for draft in self._drafts.all() if (head := _head(draft.raw)) and head.message_id == ours]
        stored = there[0] if there else self._drafts.add(raw)
        return StoredDraft(stored.draft_id, thread.id if thread else "", stored.raw, stored.link)

    def replace_draft(self, draft_id: str, raw: bytes, thread: Thread | None) -> StoredDraft:
        """See Mailbox.replace_draft."""
        self._only_ours(draft_id)
        stored = self._drafts.replace(draft_id, raw)
        return StoredDraft(stored.draft_id, thread.id if thread else "", stored.raw, stored.link)

    def delete_draft(self, draft_id: str) -> None:
        """See Mailbox.delete_draft."""
        self._only_ours(draft_id)
        self._drafts.remove(draft_id)

    def close(self) -> None:
        """Let go of the index."""
        self._index.close()

    # --- reading --------------------------------------------------------------------------------------

    def _answer(self, request: Request) -> Correspondence:
        if not request.addresses:
            return Correspondence(request.key, ())
        people = frozenset(request.addresses) | self._owner
        threads = [one for one in self._index.threads_with(request.addresses) if not _to_a_crowd(one, people)]
        threads.sort(key=_beginning)
        skipped = 0
        found: list[Thread] = []
        for entries in _worth_reading(threads, people, self._words):
            messages, missed = self._read(entries)
            skipped += missed
            if messages:
                found.append(Thread(entries[0].thread, messages))
        seen = {m.message_id for thread in found for m in thread.messages}
        for report in self._reports_on(request.addresses):
            if report.message_id not in seen:
                found.append(Thread(report.thread_id or report.id, (report,)))
        return Correspondence(request.key, tuple(found), skipped)

    def _lately(self, request: Request, since: float) -> Correspondence:
        entries = self._index.lately(request.addresses, request.owner, since) if request.addresses else ()
        read: list[Message | None] = []
        for entry in _once(entries):
            is_new = entry.date is not None and entry.date >= since
            read.append(self._message(entry) if is_new else _by_headers(entry))
        threads: dict[str, list[Message]] = {}
        for message in (*filter(None, read), *self._reports_on(request.addresses)):
            threads.setdefault(message.thread_id or message.id, []).append(message)
        found = tuple(Thread(thread, tuple(messages)) for thread, messages in threads.items())
        return Correspondence(request.key, found, skipped=sum(message is None for message in read))

    def _read(self, entries: Sequence[Entry]) -> tuple[tuple[Message, ...], int]:
        """The messages of one thread, its ends if it is very long, and how many could not be read."""
        messages: list[Message] = []
        missed = 0
        for entry in _ends(_once(entries)):
            message = self._message(entry)
            if message is None:
                missed += 1
            else:
                messages.append(message)
        return tuple(messages), missed

    def _message(self, entry: Entry) -> Message | None:
        return self._kept(entry) if entry.size <= _SMALL else self._read_message(entry)

    def _read_message(self, entry: Entry) -> Message | None:
        labels = entry.labels
        if entry.sender in self._owner and Label.DRAFT not in labels:
            labels |= {Label.SENT}
        try:
            raw = _bytes(entry)
            return parse_message(raw, id=str(entry.id), thread_id=entry.thread, labels=labels)
        except (OSError, UnreadableMessage, ValueError):
            return None

    def _reports(self) -> tuple[Message, ...]:
        if self._bounces is None:
            read = (self._message(entry) for entry in self._index.bounces(_BOUNCES))
            self._bounces = tuple(message for message in read if message and message.bounced)
        return self._bounces

    def _reports_on(self, addresses: Sequence[str]) -> list[Message]:
        return [report for report in self._reports() if not set(addresses).isdisjoint(report.bounced)]

    # --- drafts ---------------------------------------------------------------------------------------

    def _archived_drafts(self) -> tuple[tuple[StoredDraft, Message | None], ...]:
        """The drafts in the archive, each with its head."""
        if self._archived is None:
            found = filter(None, map(_archived_draft, self._index.drafts()))
            self._archived = tuple((draft, _head(draft.raw)) for draft in found)
        return self._archived

    def _thread_of(self, message: Message) -> str:
        """The thread of the archive that a draft answers."""
        for reference in reversed(message.references):
            thread = self._index.thread_of(reference)
            if thread:
                return thread
        return ""

    def _only_ours(self, draft_id: str) -> None:
        if draft_id.startswith("archive:"):
            raise MailboxError("That draft lies in the archive, which is only read.", "remove it in your mail program")


def _worth_reading(
    threads: Sequence[tuple[Entry, ...]], people: frozenset[str], words: tuple[str, ...]
) -> list[tuple[Entry, ...]]:
    """All threads, or of a very long correspondence: the first, the newest, then by promise until BODIES is reached."""
    if sum(map(len, threads)) <= BODIES:
        return list(threads)
    chosen = set(range(min(_ENDS, len(threads)))) | set(range(max(0, len(threads) - _ENDS), len(threads)))
    room = BODIES - sum(min(len(threads[i]), _LONGEST) for i in chosen)
    for i in sorted(range(len(threads)), key=lambda i: _promise(threads[i], people, words), reverse=True):
        if i not in chosen and len(threads[i]) <= room:
            chosen.add(i)
            room -= len(threads[i])
    return [threads[i] for i in sorted(chosen)]


def _to_a_crowd(thread: tuple[Entry, ...], people: frozenset[str]) -> bool:
    """Whether others wrote all of it, to so many that it says nothing of the two."""
    return all(entry.sender not in people and len(entry.recipients) >= _CROWD for entry in thread)


def _promise(thread: tuple[Entry, ...], people: frozenset[str], words: tuple[str, ...]) -> float:
    """How much a thread looks like two people arranging something: subject, few people, both directions."""
    everybody = {email for entry in thread for email in (entry.sender, *entry.recipients)}
    others = len(everybody - people)
    subject = thread[0].subject.lower()
    score = 2.0 if any(word in subject for word in words) else 0.0
    score += 2.0 if not others else 1.0 if others <= 2 else -1.0 if others > 8 else 0.0
    return score + (1.0 if len({entry.sender for entry in thread}) > 1 else 0.0)


def _once(entries: Sequence[Entry]) -> list[Entry]:
    """One entry per Message-ID, a living copy before one in trash, spam or drafts."""
    chosen: dict[str, Entry] = {}
    for entry in entries:
        key = entry.message_id or f"#{entry.id}"
        if key not in chosen or (_aside(chosen[key]) and not _aside(entry)):
            chosen[key] = entry
    return list(chosen.values())


def _by_headers(entry: Entry) -> Message:
    """A message as far as the index knows it."""
    return Message(
        id=str(entry.id),
        message_id=entry.message_id,
        date=datetime.fromtimestamp(entry.date, UTC) if entry.date is not None else None,
        from_=Address(entry.sender) if entry.sender else None,
        to=tuple(map(Address, entry.recipients)),
        subject=entry.subject,
        thread_id=entry.thread,
        labels=entry.labels,
    )


def _ends(entries: list[Entry]) -> list[Entry]:
    return entries if len(entries) <= _LONGEST else [*entries[: _LONGEST * 2 // 3], *entries[-_LONGEST // 3 :]]


def _beginning(entries: tuple[Entry, ...]) -> tuple[float, int]:
    first = entries[0]
    return (float("inf") if first.date is None else first.date), first.id


def _aside(entry: Entry) -> bool:
    return bool(entry.labels & {Label.TRASH, Label.SPAM, Label.DRAFT})


def _bytes(entry: Entry) -> bytes:
    with open(entry.path, "rb") as file:
        if entry.offset >= 0:
            return read_message(file, entry.offset, entry.size)
        return file.read(LARGEST_MESSAGE)


def _archived_draft(entry: Entry) -> StoredDraft | None:
    """A draft that lies in the archive; None for one that is trashed or cannot be read."""
    try:
        raw = _bytes(entry)
    except (OSError, ValueError):
        return None
    return None if Label.TRASH in entry.labels else StoredDraft(f"archive:{entry.id}", entry.thread, raw)


def _head(raw: bytes) -> Message | None:
    """A draft as far as its header tells; None when that cannot be read."""
    _, end, _ = split_header(raw)
    return _read_head(raw[:end] + b"\n")


@lru_cache(maxsize=10_000)  # every letter of a batch is compared with all drafts there are
def _read_head(header: bytes) -> Message | None:
    try:
        return parse_message(header)
    except UnreadableMessage:
        return None
