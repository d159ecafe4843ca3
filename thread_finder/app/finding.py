"""Find the thread for each of many contacts, one failure at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from thread_finder.app.session import Session
from thread_finder.errors import ExitCode, ThreadFinderError
from thread_finder.finding.find import find
from thread_finder.ledger import Ledger, Pin
from thread_finder.mailboxes.base import Mailbox, Request
from thread_finder.model import Candidate, Contact, Finding, Identity, Owner, Thread, Verdict

CHOSEN = "you chose to begin a new thread; `find --unpin` takes that back"
"""The warning of a finding where a pin says: no thread."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One contact for whom something could not be done, and why, in words for the user."""

    contact: Contact
    why: str
    to_do: str = ""
    exit_code: ExitCode = ExitCode.PARTIAL


def find_threads(
    session: Session,
    mailbox: Mailbox,
    contacts: Sequence[Contact],
    ledger: Ledger | None = None,
    *,
    returned: frozenset[str] = frozenset(),
) -> Iterator[Finding | Failure]:
    """One answer per contact, in their order.

    The ledger tells what the user chose by hand, and which letters were drafted here: a check-in is not what the next
    one answers. ``returned`` are the Message-IDs of letters that came back: as if they had never been written.
    Where the mailbox gives out in the middle, what was found stands, and the rest fail with the reason.
    """
    owner, threshold = session.owner, session.config.threshold
    requests = [Request(c.emails[0], c.emails, owner.emails, c.name) for c in contacts]
    identities = mailbox.identities()
    answers = mailbox.search(requests)
    for place, contact in enumerate(contacts):
        try:
            answer = next(answers)
        except ThreadFinderError as error:
            if place == 0:
                raise
            yield from (Failure(rest, error.message, error.to_do, error.exit_code) for rest in contacts[place:])
            return
        if answer.problem:
            yield Failure(contact, answer.problem, exit_code=ExitCode.MAILBOX)
            continue
        pin = ledger.pinned(contact.emails) if ledger else None
        ours = ledger.letters_to(contact.emails) if ledger else frozenset()
        threads = _without(returned, answer.threads)
        found = answer_for(contact, owner, _without(ours, threads), pin, threshold=threshold, identities=identities)
        yield _whole(found, threads)


def answer_for(
    contact: Contact,
    owner: Owner,
    threads: tuple[Thread, ...],
    pin: Pin | None = None,
    *,
    threshold: float,
    identities: Sequence[Identity] = (),
) -> Finding:
    """The answer among the threads with one contact; what the user pinned goes before what is found."""
    chosen = _chosen(pin, threads) if pin else None
    wanted = chosen.id if chosen else ""
    found = find(contact, owner, threads, pin=wanted, threshold=threshold, identities=identities)
    if pin and not pin.thread_id:
        return _anew(found)
    if pin and chosen is None:
        gone = "the thread you pinned is not in this mailbox any more; this is what is found without it"
        return replace(found, warnings=(*found.warnings, gone))
    return found


def _chosen(pin: Pin, threads: Sequence[Thread]) -> Thread | None:
    """The pinned thread, known by its messages where the mailbox has given it another id since."""
    ids = set(pin.message_ids)
    return next((t for t in threads if t.id == pin.thread_id), None) or next(
        (t for t in threads if ids & {m.message_id for m in t.messages}), None
    )


def _without(ids: frozenset[str], threads: tuple[Thread, ...]) -> tuple[Thread, ...]:
    """The threads without these messages; one that is nothing else goes."""
    if not ids:
        return threads
    rest = (replace(t, messages=tuple(m for m in t.messages if m.message_id not in ids)) for t in threads)
    return tuple(thread for thread in rest if thread.messages)


def _whole(found: Finding, threads: Sequence[Thread]) -> Finding:
    """The finding with its threads as they are in the mailbox."""
    whole = {thread.id: thread for thread in threads}
    others = tuple(replace(other, thread=whole[other.thread.id]) for other in found.alternatives)
    return replace(found, thread=whole[found.thread.id] if found.thread else None, alternatives=others)


def _anew(found: Finding) -> Finding:
    """A new thread, as the user chose; what was found is one of the others."""
    if found.thread is None or found.kind is None:
        return found
    other = Candidate(found.thread, found.kind, found.confidence, found.evidence)
    return replace(
        found,
        verdict=Verdict.NEW_THREAD, confidence=1.0, kind=None, thread=None, parent=None,
        evidence=(), alternatives=(other, *found.alternatives), warnings=(CHOSEN,),
    )  # fmt: skip
