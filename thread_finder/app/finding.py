"""Find the thread for each of many contacts, one failure at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from thread_finder.errors import ExitCode, ThreadFinderError
from thread_finder.finding.find import find
from thread_finder.ledger import Pin
from thread_finder.mailboxes.base import Mailbox, Request
from thread_finder.model import Candidate, Contact, Finding, Identity, Owner, Thread, Verdict

_CHOSEN = "you chose to begin a new thread; `find --unpin` takes that back"


@dataclass(frozen=True, slots=True)
class Failure:
    """One contact for whom something could not be done, and why, in words for the user."""

    contact: Contact
    why: str
    to_do: str = ""
    exit_code: ExitCode = ExitCode.PARTIAL


def no_pins(addresses: Sequence[str]) -> Pin | None:
    """Nothing was chosen by hand."""
    del addresses
    return None


def find_threads(
    mailbox: Mailbox,
    owner: Owner,
    contacts: Sequence[Contact],
    *,
    threshold: float,
    pinned: Callable[[Sequence[str]], Pin | None] = no_pins,
    returned: frozenset[str] = frozenset(),
) -> Iterator[Finding | Failure]:
    """One answer per contact, in their order. ``pinned`` gives what the user chose by hand: Ledger.pinned; ``returned``
    are the Message-IDs of letters that came back, which are as if they had never been written.

    Where the mailbox gives out in the middle, what was found stands, and the rest fail with the reason.
    """
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
        pin = pinned(contact.emails)
        threads = tuple(filter(lambda thread: thread.messages, (_without(one, returned) for one in answer.threads)))
        yield answer_for(contact, owner, threads, pin, threshold=threshold, identities=identities)


def _without(thread: Thread, returned: frozenset[str]) -> Thread:
    if not returned:
        return thread
    return replace(thread, messages=tuple(m for m in thread.messages if m.message_id not in returned))


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


def _anew(found: Finding) -> Finding:
    """A new thread, as the user chose; what was found is one of the others."""
    if found.thread is None or found.kind is None:
        return found
    other = Candidate(found.thread, found.kind, found.confidence, found.evidence)
    return replace(
        found,
        verdict=Verdict.NEW_THREAD, confidence=1.0, kind=None, thread=None, parent=None,
        evidence=(), alternatives=(other, *found.alternatives), warnings=(_CHOSEN,),
    )  # fmt: skip
