"""Find the thread for each of many contacts, one failure at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from thread_finder.errors import ExitCode
from thread_finder.finding.find import find
from thread_finder.mailboxes.base import Mailbox, Request
from thread_finder.model import Contact, Finding, Owner


@dataclass(frozen=True, slots=True)
class Failure:
    """One contact for whom something could not be done, and why, in words for the user."""

    contact: Contact
    why: str
    to_do: str = ""
    exit_code: ExitCode = ExitCode.PARTIAL


def find_threads(
    mailbox: Mailbox, owner: Owner, contacts: Sequence[Contact], *, threshold: float
) -> Iterator[Finding | Failure]:
    """One answer per contact, in their order."""
    requests = [Request(c.emails[0], c.emails, owner.emails, c.name) for c in contacts]
    identities = mailbox.identities()
    answers = mailbox.search(requests)
    for contact, answer in zip(contacts, answers, strict=True):
        if answer.problem:
            yield Failure(contact, answer.problem)
            continue
        yield find(contact, owner, answer.threads, threshold=threshold, identities=identities)
