"""The answer for one contact. Pure: threads in, finding out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from thread_finder.finding.addresses import address_warnings, own_address, reply_address
from thread_finder.finding.confidence import confidence
from thread_finder.finding.meeting import met_on
from thread_finder.finding.people import Pair, base, living, parent_of
from thread_finder.finding.ranking import Ranked, rank
from thread_finder.finding.signals import read
from thread_finder.mail.threads import base_subject, is_reply_subject
from thread_finder.model import (
    Candidate,
    Contact,
    Evidence,
    Finding,
    Identity,
    Kind,
    Label,
    Message,
    Owner,
    Thread,
    Verdict,
)

RUNNERS_UP = 3
_MULTITUDE = "addresses-many"


def find(
    contact: Contact,
    owner: Owner,
    threads: tuple[Thread, ...],
    *,
    pin: str = "",
    threshold: float = 0.5,
    identities: Sequence[Identity] = (),
) -> Finding:
    """Which thread to answer, whom, from which address, and why; or why none is fit.

    ``pin`` is the id of a thread the user chose. ``threshold`` is the confidence under which it is the
    user's to choose. ``identities`` are the addresses one can still write from, () where that is unknown.
    """
    pair = Pair(contact, owner, threads)
    ranked = rank(threads, pair, contact.met_on)
    chosen, sure = _choose(ranked, threads, pair, pin)
    reply_to = reply_address(contact, threads, pair)
    thread = chosen.thread if chosen else None
    parent = parent_of(thread, pair) if thread else None
    reply_from, gone = own_address(thread, parent, owner, pair, identities)
    warnings = [warning for warning in (gone, *_warnings(contact, chosen, ranked, sure, threshold, pair)) if warning]
    warnings += address_warnings(threads, pair, reply_to)
    if chosen is None or parent is None:
        return Finding(contact, Verdict.NEW_THREAD, sure, reply_to=reply_to, reply_from=reply_from,
                       met_on=contact.met_on, alternatives=_others(ranked, None), warnings=tuple(warnings),
                       threshold=threshold)  # fmt: skip
    return Finding(
        contact=contact,
        verdict=Verdict.REPLY,
        confidence=sure,
        kind=chosen.kind,
        thread=thread,
        parent=parent,
        reply_to=reply_to,
        reply_from=reply_from,
        met_on=contact.met_on or met_on(chosen.thread, chosen.kind, threads, pair),
        evidence=chosen.tell(),
        alternatives=_others(ranked, chosen),
        warnings=tuple(warnings),
        threshold=threshold,
    )


def _choose(ranked: Sequence[Ranked], threads: Sequence[Thread], pair: Pair, pin: str) -> tuple[Ranked | None, float]:
    pinned = _pinned(ranked, threads, pin) if pin else None
    if pinned and parent_of(pinned.thread, pair):
        evidence = (Evidence("chosen-by-you", pinned.thread.messages[-1].message_id), *pinned.tell())
        return replace(pinned, tell=lambda: evidence), 1.0
    if not _acquainted(ranked, threads, pair):
        return None, 0.9
    usable = [one for one in ranked if one.score > NOTHING and parent_of(one.thread, pair) is not None]
    if not usable:
        return None, 0.6
    sure = confidence(usable)[0]
    return usable[0], sure if any(map(pair.direct, usable[0].thread.messages)) else min(sure, IN_COPY)


def _pinned(ranked: Sequence[Ranked], threads: Sequence[Thread], pin: str) -> Ranked | None:
    """The thread the user chose; one without a word between the two is a conversation."""
    found = next((one for one in ranked if one.thread.id == pin), None)
    other = next((thread for thread in threads if thread.id == pin), None)
    return found or (Ranked(other, Kind.CONVERSATION, 0.0) if other else None)


NOTHING = -3.0
"""The score under which a thread is not worth answering."""


LETTERS = 3
"""So many letters of the owner's, one of them an answer, mean that the others' are only not in this mailbox."""
IN_COPY = 0.7
"""How sure one may be at most of a thread in which the two only stand in copy."""
PESTERING = 3
"""So many mails of theirs without a word of the owner's are no acquaintance."""
SURELY = 1.0
"""Log-odds of thanks from which the owner's alone show that the two met; else these acts do."""
_MET = frozenset({"thanks-for-meeting", "met-you"})


def _acquainted(ranked: Sequence[Ranked], threads: Sequence[Thread], pair: Pair) -> bool:
    """Whether the two ever had to do with each other: the contact wrote as a person, or the owner thanked them, or an
    aide arranged it with both in copy.

    Letters that were never answered are none, however many: there is no exchange to go back to.
    """
    messages = [message for thread in threads for message in thread.messages]
    mine = [message for message in messages if living(message) and pair.by_me(message)]
    theirs = [message for message in messages if _wrote_as_a_person(message, pair, bool(mine))]
    if theirs:
        return bool(mine) or len(theirs) < PESTERING or _answer_somebody(theirs)
    if any(set(map(base, message.bounced)) & pair.theirs for message in messages):
        return False
    if not mine:
        return any(one.kind is not Kind.CONVERSATION and "agreed" in one.traits for one in ranked)
    thanked = any(one.thanks >= SURELY for one in ranked) or any(read(message).acts & _MET for message in mine)
    return thanked or _answers_the_lost(mine)


def _answer_somebody(mails: Sequence[Message]) -> bool:
    """Whether one of these mails answers another person's: only that person's part is not in this mailbox."""
    known = {message.message_id for message in mails}
    if any(set(message.references) - known for message in mails):
        return True
    return any(is_reply_subject(message.subject) and message.quoted_text for message in mails)


def _answers_the_lost(mine: Sequence[Message]) -> bool:
    """Whether the owner's letters answer, or thank for, what is not in this mailbox (only the sent mail was kept)."""
    begun = {base_subject(message.subject) for message in mine if not is_reply_subject(message.subject)}
    answers = [m for m in mine if is_reply_subject(m.subject) and base_subject(m.subject) not in begun]
    thanked = any("thanks-other" in read(message).acts for message in mine)
    return (bool(answers) or thanked) and len(mine) >= LETTERS


def _wrote_as_a_person(message: Message, pair: Pair, answered: bool) -> bool:
    """Not to a multitude; and what offers something for sale counts only where the owner wrote to them, too."""
    if not pair.personal(message):
        return False
    acts = read(message).acts
    return _MULTITUDE not in acts and (answered or "sells" not in acts)


def _others(ranked: Sequence[Ranked], chosen: Ranked | None) -> tuple[Candidate, ...]:
    sure = confidence(ranked)
    rest = [(one, p) for one, p in zip(ranked, sure, strict=True) if chosen is None or one.thread is not chosen.thread]
    return tuple(Candidate(one.thread, one.kind, p, one.tell()) for one, p in rest[:RUNNERS_UP])


def _warnings(
    contact: Contact, chosen: Ranked | None, ranked: Sequence[Ranked], sure: float, threshold: float, pair: Pair
) -> list[str]:
    warnings: list[str] = []
    if chosen is None:
        return warnings
    if sure < threshold and len(ranked) > 1:
        other = next(one for one in ranked if one.thread is not chosen.thread)
        warnings.append(f"not sure: it could also be “{other.thread.subject or 'no subject'}”")
    if any(Label.DRAFT in message.labels for message in chosen.thread.messages):
        warnings.append("this thread already holds a draft of yours")
    strange = [a for m in chosen.thread.messages if living(m) and pair.is_theirs(m.from_) for a in m.reply_to
               if not pair.is_theirs(a)]  # fmt: skip
    if strange:
        warnings.append(
            f"their mail asks for replies to {strange[-1].email}; the draft goes to {contact.name}'s own address"
        )
    return warnings
