"""The user's own choice of a thread: made, remembered in the ledger with the answer it overruled, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from thread_finder.app.finding import Failure, answer_for
from thread_finder.app.session import Session
from thread_finder.errors import ContactError
from thread_finder.ledger import Ledger, Pin
from thread_finder.mailboxes.base import Mailbox, Request
from thread_finder.model import Contact, Finding, Thread

NEW = frozenset({"new", "none"})
"""What one writes for --pin where no thread fits."""

Shape = Callable[[Finding], dict[str, Any]]


def pin(
    contact: Contact, wanted: str, session: Session, mailbox: Mailbox, ledger: Ledger, shape: Shape
) -> Finding | Failure:
    """Remember the thread meant by ``wanted`` (an id, the beginning of one, or NEW), and answer with it.

    ``shape`` puts the answer that is overruled into the words of JSON. ContactError where no thread, or more than
    one, is meant, or where there is nothing in it to reply to.
    """
    request = Request(contact.emails[0], contact.emails, session.owner.emails, contact.name)
    answer = next(mailbox.search([request]))
    if answer.problem:
        return Failure(contact, answer.problem)
    identities, threshold = mailbox.identities(), session.config.threshold
    found = answer_for(contact, session.owner, answer.threads, threshold=threshold, identities=identities)
    thread = None if wanted.lower() in NEW else _meant(wanted, answer.threads, contact)
    ids = tuple(m.message_id for m in thread.messages if m.message_id) if thread else ()
    choice = Pin(contact.name, contact.emails, thread.id if thread else "", ids, session.now, shape(found))
    after = answer_for(contact, session.owner, answer.threads, choice, threshold=threshold, identities=identities)
    if thread and (after.thread is None or after.thread.id != thread.id):
        raise ContactError(
            f"there is nothing in “{thread.subject or thread.id}” that one could reply to", "choose another thread"
        )
    ledger.pin(choice)
    return after


def unpin(contact: Contact, session: Session, ledger: Ledger) -> None:
    """Take the choice back; ContactError where there is none. That there was one stays in the ledger."""
    if not ledger.unpin(contact.emails, session.now):
        raise ContactError(f"no thread is pinned for {contact.name}", "--pin THREAD chooses one")


def _meant(wanted: str, threads: Sequence[Thread], contact: Contact) -> Thread:
    meant = [thread for thread in threads if thread.id == wanted]
    meant = meant or [thread for thread in threads if thread.id.startswith(wanted)]
    if len(meant) == 1:
        return meant[0]
    if not meant:
        raise ContactError(
            f"no thread with {contact.name} has an id that begins with {wanted!r}",
            f"`thread-finder find {contact.emails[0]} --json` lists the ids of the likely ones",
        )
    ids = ", ".join(thread.id for thread in meant[:5])
    raise ContactError(f"{wanted!r} begins the ids of {len(meant)} threads: {ids}", "write more of the id")
