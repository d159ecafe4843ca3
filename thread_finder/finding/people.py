"""Who wrote to whom: what is between the two, which address lives, and which parent to answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from thread_finder.model import Address, Automatic, Contact, Identity, Label, Message, Owner, Thread

_NOT_MAIL = frozenset({Label.DRAFT, Label.SPAM, Label.TRASH})
MANY = 6  # recipients from which on a mail is not personal


def base(email: str) -> str:
    """An address without its "+tag": both forms reach the same person."""
    local, at, domain = email.lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


class Pair:
    """The owner and one contact, by their addresses."""

    def __init__(self, contact: Contact, owner: Owner) -> None:
        self.theirs = frozenset(map(base, contact.emails))
        self.mine = frozenset(map(base, owner.emails))

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

    def others(self, message: Message) -> int:
        """How many people besides the two a message involves."""
        people = {base(a.email) for a in (*message.recipients, *([message.from_] if message.from_ else []))}
        return len(people - self.theirs - self.mine)

    def personal(self, message: Message) -> bool:
        """Whether the contact wrote this as a person to a person."""
        return living(message) and self.by_them(message) and len(message.recipients) < MANY


def living(message: Message) -> bool:
    """Whether a message counts: not a draft, not thrown away, written by a person (or a calendar answer)."""
    if message.labels & _NOT_MAIL:
        return False
    return message.automatic is Automatic.NO


def parent_of(thread: Thread, pair: Pair) -> Message | None:
    """The newest usable message of a thread: between the two if there is one, else any that counts."""
    usable = [m for m in thread.messages if living(m) and m.message_id]
    for wanted in (pair.direct, lambda _message: True):
        found = [m for m in usable if wanted(m)]
        if found:
            return found[-1]
    return None


def reply_address(contact: Contact, threads: Sequence[Thread], pair: Pair) -> Address | None:
    """The contact's newest living address: the one they wrote from last, never one that bounced since."""
    dead = dead_addresses(threads, pair)
    mails = sorted((m for t in threads for m in t.messages if pair.is_theirs(m.from_) and living(m)), key=_stamp)
    for message in reversed(mails):
        sender = message.from_
        if sender is not None and base(sender.email) not in dead:
            known = next((e for e in contact.emails if base(e) == base(sender.email)), sender.email)
            return Address(known, sender.name or contact.name)
    name = next((m.from_.name for m in reversed(mails) if m.from_ and m.from_.name), contact.name)
    left = [email for email in contact.emails if base(email) not in dead]
    return Address(left[0], name) if left else None


def dead_addresses(threads: Sequence[Thread], pair: Pair) -> frozenset[str]:
    """Addresses of the contact that bounced and from which nothing came afterwards."""
    bounced: dict[str, float] = {}
    alive: dict[str, float] = {}
    for message in (m for t in threads for m in t.messages):
        for email in message.bounced:
            bounced[base(email)] = max(bounced.get(base(email), 0.0), _stamp(message))
        if pair.is_theirs(message.from_) and message.from_:
            alive[base(message.from_.email)] = max(alive.get(base(message.from_.email), 0.0), _stamp(message))
    return frozenset(email for email, when in bounced.items() if when >= alive.get(email, 0.0))


def own_address(
    thread: Thread | None, parent: Message | None, owner: Owner, pair: Pair, identities: Sequence[Identity]
) -> tuple[Address, str]:
    """The address the owner used in the thread, if it still exists; and a warning where another must do."""
    used = _used(thread, parent, pair)
    can = {base(i.address.email): i.address for i in identities}
    if used is not None and (not can or base(used.email) in can):
        known = next((e for e in owner.emails if base(e) == base(used.email)), used.email)
        return Address(known, owner.name), ""
    default = next((i.address for i in identities if i.default), next(iter(can.values()), None))
    fallback = Address(default.email if default else owner.emails[0], owner.name)
    gone = f"you wrote as {used.email} then; that address is not yours any more" if used else ""
    return fallback, gone


def _used(thread: Thread | None, parent: Message | None, pair: Pair) -> Address | None:
    messages = [*([parent] if parent else []), *reversed(thread.messages if thread else ())]
    for message in messages:
        candidates: Iterable[Address] = [message.from_] if message.from_ and pair.is_mine(message.from_) else (
            message.recipients
        )  # fmt: skip
        for address in candidates:
            if pair.is_mine(address):
                return address
    return None


def _stamp(message: Message) -> float:
    try:
        return message.date.timestamp() if message.date else 0.0
    except (OverflowError, ValueError):
        return 0.0
