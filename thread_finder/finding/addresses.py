"""Which address to write to and which from: the contact's newest living one, and the owner's of that time. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from thread_finder.finding.folding import fold, tidy
from thread_finder.finding.lexicon import AddressWords, lexicon
from thread_finder.finding.people import Pair, base, living, stamp
from thread_finder.finding.signals import likely_languages
from thread_finder.mail.lookalike import lookalikes
from thread_finder.model import Address, Automatic, Contact, Identity, Label, Message, Owner, Thread

_ADDRESS = re.compile(r"[a-z0-9._%+'-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}")
_BESIDE = 120
"""Characters around "my new address" in which the address stands."""


def reply_address(contact: Contact, threads: Sequence[Thread], pair: Pair) -> Address | None:
    """The contact's newest living address; None where mail to every one came back.

    The one they asked to be written to, else the one they wrote from last: as a person to the owner, or to anybody
    when they first used it. Mail from an address they had before does not undo what they asked for. Reply-To is asking
    only where it names one of the contact's own addresses (hazards A4).
    """
    mails = sorted((m for t in threads for m in t.messages if pair.is_theirs(m.from_) and living(m)), key=stamp)
    dead = dead_addresses(threads, pair)
    seen: dict[str, float] = {}
    used: list[tuple[float, str]] = []
    for message, sender in ((m, m.from_.email) for m in mails if m.from_):
        if pair.personal(message) or base(sender) not in seen:
            used.append((stamp(message), sender))
        seen.setdefault(base(sender), stamp(message))
    used = [(when, email) for when, email in used if base(email) not in dead]
    asked = [(when, email) for when, email in _asked_for(mails, pair, contact.name) if base(email) not in dead]
    left = [email for email in contact.emails if base(email) not in dead]
    if asked:
        when, chosen = asked[-1]
        chosen = next((email for _, email in reversed(used) if seen[base(email)] > when), chosen)
    else:
        chosen = used[-1][1] if used else next(iter(left), "")
    names = [m.from_.name for m in reversed(mails) if m.from_ and m.from_.name]
    same = [m.from_.name for m in reversed(mails) if m.from_ and m.from_.name and base(m.from_.email) == base(chosen)]
    known = next((email for email in contact.emails if base(email) == base(chosen)), chosen)
    return Address(known, next(iter((*same, *names, contact.name)))) if chosen else None


def _asked_for(mails: Iterable[Message], pair: Pair, name: str) -> Iterator[tuple[float, str]]:
    """The addresses the contact asked to be written to, each with the time: in words, or by Reply-To."""
    for message in mails:
        if message.from_ is None:
            continue
        for address in message.reply_to:
            if pair.is_theirs(address) and base(address.email) != base(message.from_.email):
                yield stamp(message), address.email
        text = fold(tidy(message.new_text))
        for words in _words(text):
            named = [email for email in _named(text, words) if _acceptable(email, pair, name)]
            if named:
                yield stamp(message), named[-1]
            elif words.here.search(text):
                yield stamp(message), message.from_.email


def _named(text: str, words: AddressWords) -> Iterator[str]:
    """The addresses that stand beside words such as "my new address"."""
    if "@" not in text:
        return
    for match in words.new.finditer(text):
        around = text[max(0, match.start() - _BESIDE) : match.end() + _BESIDE]
        yield from (found.strip(".'") for found in _ADDRESS.findall(around))


def _acceptable(email: str, pair: Pair, name: str) -> bool:
    """Whether an address named in a mail can be the contact's own: it is known, or it bears their name.

    "Renata's new address is …" stands in people's mails, too; and a twin of a known address is nobody's (hazards A3).
    """
    if base(email) in pair.theirs:
        return True
    named = any(part in email for part in re.findall(r"\w{3,}", fold(name)))
    return named and base(email) not in pair.mine and not lookalikes(email, pair.theirs)


def dead_addresses(threads: Sequence[Thread], pair: Pair) -> frozenset[str]:
    """Addresses of the contact from which nothing came after they bounced or were said to be given up."""
    ended: dict[str, float] = {}
    alive: dict[str, float] = {}
    for message in (m for t in threads for m in t.messages):
        for email in message.bounced:
            ended[base(email)] = max(ended.get(base(email), 0.0), stamp(message))
        if not (pair.is_theirs(message.from_) and message.from_) or message.labels & {Label.TRASH, Label.SPAM}:
            continue
        sender = base(message.from_.email)
        if _gives_up(message):
            ended[sender] = max(ended.get(sender, 0.0), stamp(message))
        elif message.automatic is not Automatic.AUTO_REPLY:
            alive[sender] = max(alive.get(sender, 0.0), stamp(message))
    return frozenset(email for email, when in ended.items() if when >= alive.get(email, 0.0))


def _gives_up(message: Message) -> bool:
    """Whether a mail says of its own address that it ends; notes of absence say it by telling that one has left."""
    if message.automatic not in (Automatic.NO, Automatic.AUTO_REPLY) or not message.new_text:
        return False
    text = fold(tidy(message.new_text))
    absent = message.automatic is Automatic.AUTO_REPLY
    return any(words.gone.search(text) or (absent and words.left.search(text)) for words in _words(text))


def _words(folded: str) -> list[AddressWords]:
    return [lexicon(code).address for code in likely_languages(folded)]


def address_warnings(threads: Sequence[Thread], pair: Pair, reply_to: Address | None) -> tuple[str, ...]:
    """What the user should know about the contact's addresses, a sentence each."""
    warnings = []
    if reply_to is None:
        warnings.append("mail to every known address of theirs came back; add a living one")
    elif base(reply_to.email) not in pair.known:
        warnings.append(f"the letter goes to {reply_to.email}, which they write from now; add it to your contacts")
    elif dead := sorted(dead_addresses(threads, pair)):
        warnings.append(f"{dead[0]} is given up or came back; the letter goes to {reply_to.email}")
    senders = {m.from_.email for t in threads for m in t.messages if m.from_ and not pair.is_theirs(m.from_)}
    for email in sorted(senders):
        for known in lookalikes(email, pair.theirs)[:1]:
            warnings.append(f"{email} looks like {known} but is another address; its mail is not theirs")
    return tuple(warnings)


def own_address(
    thread: Thread | None, parent: Message | None, owner: Owner, pair: Pair, identities: Sequence[Identity]
) -> tuple[Address, str]:
    """The address the owner used in the thread, if it still exists; and a warning where another must do."""
    used = _used(thread, parent, pair)
    can = {base(i.address.email): i.address for i in identities}
    if used is not None and base(used.email) in (can or map(base, owner.emails)):
        known = next((e for e in owner.emails if base(e) == base(used.email)), used.email)
        return Address(known, owner.name), ""
    default = next((i.address for i in identities if i.default), next(iter(can.values()), None))
    fallback = Address(default.email if default else owner.emails[0], owner.name)
    gone = f"you wrote as {used.email} then; that address is not yours any more" if used else ""
    return fallback, gone


def _used(thread: Thread | None, parent: Message | None, pair: Pair) -> Address | None:
    messages = [*([parent] if parent else []), *reversed(thread.messages if thread else ())]
    for message in messages:
        mine = pair.is_mine(message.from_)
        candidates = [message.from_] if mine and message.from_ else message.recipients
        for address in candidates:
            if pair.is_mine(address):
                return address
    return None
