"""Which threads are worth their 40 units: queries in Gmail's search language, and a choice of what they list. Pure.

Listing ids is cheap (5 units for up to 500 messages), reading threads is what reaches the quota. So all mail
is listed, two lists shared by many contacts tell more of it (what the owner wrote, what speaks of meeting or thanks or
carries a calendar file), and the threads that promise most are read. A small mailbox is simply read whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus

from thread_finder.mailboxes.base import Request

UNITS_PER_CONTACT = 95  # on average; the rest to 100 is for calendar files and what is asked once a run
SMALL_MAILBOX = 5_000  # messages; below it all threads are read
MOST_THREADS = 40  # of one contact
THREAD = 40  # units
_LONGEST_QUERY = 1_500  # characters as they stand in a URL; Google's front end ends at 8,192, the client at 2,048

_ADDRESS = re.compile(r"[^\s\"(){}<>,;:\\]+@[^\s\"(){}<>,;:\\]+")

Reference = tuple[str, str]
"""Message id and thread id, as lists give them."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A thread of one contact as far as lists tell: its place in their history, its messages, what is known of them."""

    thread_id: str
    place: int
    messages: int
    both_wrote: bool = False
    speaks: bool = False

    @property
    def score(self) -> float:
        """How much it looks like two people arranging to meet, or thanking: early, both ways, with some length."""
        return (
            (2.0 if self.both_wrote else 0.0)
            + (0.3 if self.speaks else 0.0)
            + 0.25 * min(self.messages, 8)
            - 0.25 * min(self.place, 12)
        )


@dataclass(frozen=True, slots=True)
class Marks:
    """The ids of messages that the shared lists found: what the owner wrote, and what speaks of meeting or thanks."""

    written: frozenset[str] = frozenset()
    speaking: frozenset[str] = frozenset()


def with_person(addresses: Sequence[str]) -> str:
    """Messages from, to or cc any of the addresses, and reports that mail to one failed; "" if none is usable."""
    usable = _usable(addresses)
    named = " ".join(f'"{address}"' for address in usable)
    return f"{{{_people(usable)} (from:{{mailer-daemon postmaster}} {{{named}}})}}" if usable else ""


def shared(prefix: str, requests: Sequence[Request]) -> Iterator[str]:
    """Queries, none too long, that together find what ``prefix`` finds in the mail with all these people."""
    terms: list[str] = []
    for person in filter(None, (_people(_usable(request.addresses)) for request in requests)):
        if terms and len(quote_plus(f"{prefix} {' '.join([*terms, person])}")) > _LONGEST_QUERY:
            yield f"{prefix} {{{' '.join(terms)}}}"
            terms = []
        terms.append(person)
    if terms:
        yield f"{prefix} {{{' '.join(terms)}}}"


def written_by(owner: Iterable[str]) -> str:
    """What the owner wrote."""
    return f"{{{' '.join(f'from:{address}' for address in ('me', *_usable(owner)))}}}"


def speaking(words: Sequence[str]) -> str:
    """What uses one of the words, as many of them as fit, or carries a calendar file."""
    chosen = ["filename:ics"]
    for word in dict.fromkeys(words):
        term = f'"{word}"' if " " in word else word
        if len(quote_plus(" ".join([*chosen, term]))) > _LONGEST_QUERY // 2:
            break
        if not set(word) & set('"(){}:'):
            chosen.append(term)
    return f"{{{' '.join(chosen)}}}"


def promises(listed: Sequence[Reference], marks: Marks) -> tuple[Promise, ...]:
    """The threads of one contact, best first. ``listed`` are all messages with them, newest first."""
    threads: dict[str, list[str]] = {}
    for message_id, thread_id in reversed(listed):
        threads.setdefault(thread_id, []).append(message_id)
    found = [
        Promise(
            thread_id,
            place,
            len(messages),
            both_wrote=0 < len(marks.written.intersection(messages)) < len(messages),
            speaks=not marks.speaking.isdisjoint(messages),
        )
        for place, (thread_id, messages) in enumerate(threads.items())
    ]
    newest = found[-1].thread_id if found else ""
    best = sorted(found, key=lambda p: (-p.score, p.place))
    # The newest comes fourth at the latest: it tells whether the two are in touch again, and under which address.
    tail = [p for p in best[3:] if p.thread_id == newest]
    return (*best[:3], *tail, *(p for p in best[3:] if p.thread_id != newest))


def allotted(wanted: Mapping[str, Sequence[Promise]], units: int) -> dict[str, tuple[str, ...]]:
    """The threads to read for each key within ``units``: each one's best, then the best of the next two, then the rest.

    Even where the units are used up nobody goes without a first look.
    """
    turns = [
        (0 if turn == 0 else max(turn, 2), -promise.score, order, key, promise)
        for order, (key, found) in enumerate(wanted.items())
        for turn, promise in enumerate(found[:MOST_THREADS])
    ]
    chosen: dict[str, list[str]] = {key: [] for key in wanted}
    for turn, _, _, key, promise in sorted(turns, key=lambda t: t[:3]):
        if turn == 0 or units >= THREAD:
            units -= THREAD
            chosen[key].append(promise.thread_id)
    return {key: tuple(found) for key, found in chosen.items()}


def _usable(addresses: Iterable[str]) -> list[str]:
    return [address for address in dict.fromkeys(addresses) if _ADDRESS.fullmatch(address)]


def _people(addresses: Iterable[str]) -> str:
    return " ".join(f"{operator}:{address}" for address in addresses for operator in ("from", "to", "cc"))
