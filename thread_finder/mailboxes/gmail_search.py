"""Which threads are worth their 40 units: queries in Gmail's search language, and a choice of what they list. Pure.

Listing ids is cheap (5 units for up to 500 messages), reading threads is what reaches the quota. So all mail
is listed, a few lists shared by many contacts tell more of it (what the owner wrote, what speaks of meeting or thanks,
what carries a calendar file), and the threads that promise most are read. A small mailbox is simply read whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus

from thread_finder.mailboxes.base import Request

UNITS_PER_CONTACT = 96  # on average, everything included; the rest to 100 is for what is asked once a run
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
    calendar: bool = False

    @property
    def score(self) -> float:
        """How much it looks like two people arranging to meet, or thanking: early, both ways, with some length."""
        return (
            (2.0 if self.both_wrote else 0.0)
            + (1.0 if self.calendar else 0.0)
            + (0.3 if self.speaks else 0.0)
            + 0.2 * min(self.messages, 8)
            - 0.3 * min(self.place, 12)
        )


@dataclass(frozen=True, slots=True)
class Marks:
    """The ids of messages that the shared lists found."""

    written: frozenset[str] = frozenset()
    speaking: frozenset[str] = frozenset()
    calendar: frozenset[str] = frozenset()


def with_person(addresses: Iterable[str]) -> str:
    """Messages from, to or cc any of the addresses; "" if none can be searched for."""
    return _any_of(("from", "to", "cc"), addresses)


def shared(prefix: str, requests: Sequence[Request]) -> Iterator[str]:
    """Queries, none too long, that together find what ``prefix`` finds in the mail with all these people."""
    people: list[str] = []
    for request in requests:
        longer = [*people, *request.addresses]
        if people and len(quote_plus(f"{prefix} {with_person(longer)}")) > _LONGEST_QUERY:
            yield f"{prefix} {with_person(people)}"
            longer = list(request.addresses)
        people = longer
    if with_person(people):
        yield f"{prefix} {with_person(people)}"


def written_by(owner: Iterable[str]) -> str:
    """What the owner wrote."""
    return _any_of(("from",), ("me", *owner))


def speaking(words: Sequence[str]) -> str:
    """What uses one of the words; as many of them as fit."""
    chosen: list[str] = []
    for word in dict.fromkeys(words):
        term = f'"{word}"' if " " in word else word
        if len(quote_plus(" ".join([*chosen, term]))) > _LONGEST_QUERY // 2:
            break
        if '"' not in word:
            chosen.append(term)
    return f"{{{' '.join(chosen)}}}" if chosen else ""


CALENDAR = "filename:ics"


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
            calendar=not marks.calendar.isdisjoint(messages),
        )
        for place, (thread_id, messages) in enumerate(threads.items())
    ]
    newest = found[-1].thread_id if found else ""
    best = sorted(found, key=lambda p: (-p.score, p.place))
    # The newest comes third at the latest: it tells whether the two are in touch again, and under which address.
    tail = [p for p in best[2:] if p.thread_id == newest]
    return (*best[:2], *tail, *(p for p in best[2:] if p.thread_id != newest))


def allotted(wanted: Mapping[str, Sequence[Promise]], units: int) -> dict[str, tuple[str, ...]]:
    """The threads to read for each key within ``units``: everybody's best first, then everybody's next, and so on."""
    turns = [
        (max(turn, 1), -promise.score, order, key, promise)
        for order, (key, found) in enumerate(wanted.items())
        for turn, promise in enumerate(found[:MOST_THREADS])
    ]
    chosen: dict[str, list[str]] = {key: [] for key in wanted}
    for turn, _, _, key, promise in sorted(turns, key=lambda t: t[:3]):
        cost = THREAD + (20 if promise.calendar else 0)
        # Even where the units are used up nobody goes without a first look.
        if cost <= units or (turn == 1 and not chosen[key]):
            units -= cost
            chosen[key].append(promise.thread_id)
    return {key: tuple(found) for key, found in chosen.items()}


def _any_of(operators: Sequence[str], addresses: Iterable[str]) -> str:
    usable = dict.fromkeys(a for a in addresses if a == "me" or _ADDRESS.fullmatch(a))
    terms = [f"{operator}:{address}" for address in usable for operator in operators]
    return f"{{{' '.join(terms)}}}" if terms else ""
