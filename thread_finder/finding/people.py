"""Who wrote to whom: what is between the two, and which message to answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from thread_finder.finding.folding import fold
from thread_finder.mail.lookalike import lookalikes
from thread_finder.model import Address, Automatic, Contact, Label, Message, Owner, Thread

_NOT_MAIL = frozenset({Label.DRAFT, Label.SPAM, Label.TRASH})
MANY = 6  # recipients from which on a mail is not personal


@lru_cache(maxsize=4096)  # every message is asked whose it is
def base(email: str) -> str:
    """An address without its "+tag": both forms reach the same person."""
    local, at, domain = email.lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


class Pair:
    """The owner and one contact, by their addresses: those in the contacts file (``known``) and those that the contact
    is seen to answer from in ``threads``; the owner's own, and those that mail in ``threads`` was sent from.
    """

    def __init__(self, contact: Contact, owner: Owner, threads: Sequence[Thread] = ()) -> None:
        self.known = frozenset(map(base, contact.emails))
        self._called = next(iter(_name(contact.name).split()), "")
        self.theirs = self.known
        self.mine = frozenset(map(base, owner.emails)).union(_sent_from(threads) - self.known)
        self.theirs |= {email for thread in threads for email in self._answers_from(thread, contact.name)}

    def _answers_from(self, thread: Thread, name: str) -> Iterator[str]:
        """Other addresses that answer the owner under the contact's full name, in a thread that is with the contact."""
        wanted = _name(name)
        written_to = False
        for message in thread.messages:
            written_to = written_to or self.by_me(message)
            sender = message.from_
            if not (written_to and sender and living(message) and " " in wanted and _name(sender.name) == wanted):
                continue
            theirs = not self.is_mine(sender) and not lookalikes(sender.email, self.known)
            if theirs and any(map(self.is_mine, message.recipients)):
                yield base(sender.email)

    def is_theirs(self, address: Address | None) -> bool:
        """Whether an address is the contact's."""
        return address is not None and base(address.email) in self.theirs

    def is_mine(self, address: Address | None) -> bool:
        """Whether an address is the owner's."""
        return address is not None and base(address.email) in self.mine

    def by_them(self, message: Message) -> bool:
        """Whether the contact wrote this to the owner (in To or Cc)."""
        return self.is_theirs(message.from_) and any(map(self.is_mine, message.recipients))

    def by_me(self, message: Message) -> bool:
        """Whether the owner wrote this to the contact (in To; a copy is no letter)."""
        return self.is_mine(message.from_) and any(map(self.is_theirs, message.to))

    def direct(self, message: Message) -> bool:
        """Whether this went between the two."""
        return self.by_them(message) or self.by_me(message)

    def both_in(self, message: Message) -> bool:
        """Whether both take part, be it in copy."""
        people = [*message.recipients, *([message.from_] if message.from_ else [])]
        return any(map(self.is_mine, people)) and any(map(self.is_theirs, people))

    def in_company(self, message: Message) -> bool:
        """Whether both take part in what few people write to each other."""
        return self.both_in(message) and len(message.recipients) < MANY

    def by_aide(self, message: Message) -> bool:
        """Whether both take part, and one person besides."""
        return self.both_in(message) and self.others(message) == 1

    def speaks_to_them(self, message: Message) -> bool:
        """Whether the owner calls the contact by name in a mail that reaches them, be it in copy."""
        if not (self.is_mine(message.from_) and self.both_in(message) and self._called):
            return False
        return re.search(rf"(?<!\w){re.escape(self._called)}\s*[,!:.-]", fold(message.new_text)) is not None

    def others(self, message: Message) -> int:
        """How many people besides the two a message involves."""
        people = {base(a.email) for a in (*message.recipients, *([message.from_] if message.from_ else []))}
        return len(people - self.theirs - self.mine)

    def personal(self, message: Message) -> bool:
        """Whether the contact wrote this as a person to a person."""
        readers = {address.email for address in message.recipients}
        return living(message) and self.by_them(message) and len(readers) < MANY


def _sent_from(threads: Sequence[Thread]) -> frozenset[str]:
    """Addresses that the mailbox has sent mail from: the owner may have left out one that is long gone."""
    sent = (m for thread in threads for m in thread.messages if Label.SENT in m.labels and living(m))
    return frozenset(base(message.from_.email) for message in sent if message.from_)


def _name(name: str) -> str:
    return " ".join(fold(name).replace(".", " ").split())


def living(message: Message) -> bool:
    """Whether a message counts: not a draft, not thrown away, written by a person (or a calendar answer)."""
    if message.labels & _NOT_MAIL:
        return False
    return message.automatic is Automatic.NO


def parent_of(thread: Thread, pair: Pair) -> Message | None:
    """The newest usable message of a thread: one that both take part in if there is one, else any that counts.

    Newest is what nobody has answered yet; of several such ends of a branched thread the one dated last. What a
    calendar answers to an invitation ("Accepted: Lunch") is nothing to answer where there is a letter.
    """
    usable = [m for m in thread.messages if living(m) and m.message_id]
    shared = [m for m in usable if pair.in_company(m)] or usable
    letters = any(not m.calendar for m in shared)
    found = [m for m in shared if not (letters and any(part.method == "REPLY" for part in m.calendar))]
    answered = {reference for m in found for reference in m.references if reference != m.message_id}
    return max([m for m in found if m.message_id not in answered] or found, key=stamp, default=None)


def stamp(message: Message) -> float:
    """When a message was written, as a POSIX time; 0 where that is unknown."""
    try:
        return message.date.timestamp() if message.date else 0.0
    except (OverflowError, ValueError):
        return 0.0
