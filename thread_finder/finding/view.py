"""A thread as the two see it: the messages between them, each understood, and what came of their arranging."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from thread_finder.finding.agenda import Agenda, agenda
from thread_finder.finding.arranging import answering, arranges
from thread_finder.finding.meeting import LOOKING_BACK
from thread_finder.finding.people import Pair, living
from thread_finder.finding.signals import Reading, read
from thread_finder.finding.wording import Wording, wording
from thread_finder.model import Automatic, Message, Thread

CROWD = 3
"""So many people besides the two, and a day that is named is not theirs alone."""
HOPELESS = -3.5
"""Log-odds of a message under which it arranges nothing, whatever it answers."""

_PROPOSING = frozenset({"asks-to-meet", "suggests-time", "calendar-invitation", "moves", "cancels", "sets-up"})
_TALKING = frozenset({"accepts", "confirms", "talks-by-phone", "asks-to-talk"})  # these propose when they name a time
_ANSWERING = frozenset({"accepts", "confirms", "suggests-time", "names-time", "moves"})


@dataclass(frozen=True, slots=True)
class Seen:
    """One message between the two: what it says, its choice of words, whether the owner wrote it, and the log-odds that
    it arranges a meeting; of these it has ``answering`` from what it answers.
    """

    message: Message
    reading: Reading
    words: Wording
    mine: bool
    odds: float
    answering: float

    @property
    def day(self) -> date | None:
        """The day it was written, as its writer saw it."""
        return self.message.date.date() if self.message.date else None


@dataclass(frozen=True, slots=True)
class View:
    """A thread by its messages between the two, oldest first, and what they come to (``agenda``).

    ``others`` are the fewest other people in one of them.
    """

    thread: Thread
    direct: tuple[Seen, ...]
    days: tuple[date, ...]
    others: int
    agenda: Agenda

    @property
    def looks_back(self) -> bool:
        """Whether its first message remembers something the two did, or feels obliged."""
        return bool(self.direct[0].reading.acts & LOOKING_BACK)

    @property
    def first(self) -> date | None:
        """The day of the first dated message."""
        return self.days[0] if self.days else None

    @property
    def named(self) -> frozenset[date]:
        """The days that its messages name."""
        return frozenset(time.day for seen in self.direct for time in seen.reading.times if time.day)

    @property
    def arranging(self) -> float:
        """The log-odds of the message that most clearly arranges a meeting."""
        return max(seen.odds for seen in self.direct)

    @property
    def both_wrote(self) -> bool:
        """Whether it is an exchange."""
        return len({seen.mine for seen in self.direct}) == 2

    @property
    def only_calendar(self) -> bool:
        """Whether there is nothing in it but invitations and their answers: no letter of either."""
        return all(seen.message.calendar or seen.message.automatic is Automatic.CALENDAR for seen in self.direct)

    def outcome(self) -> tuple[bool, bool, bool]:
        """Whether somebody proposed a meeting, the other agreed, and whether it was declined in the end."""
        proposers: set[bool] = set()
        agreed = declined = False
        for seen in self.direct:
            acts = seen.reading.acts
            if acts & _PROPOSING or ("names-time" in acts and acts & _TALKING):
                proposers.add(seen.mine)
            if (not seen.mine) in proposers and acts & _ANSWERING:
                agreed = True
            declined = (declined or "declines" in acts) and not (agreed and acts & {"suggests-time", "confirms"})
        return bool(proposers), agreed, declined


def views(threads: Sequence[Thread], pair: Pair) -> list[View]:
    """The threads in which the two wrote to each other, by their first day; where they never did, those of one person
    with both of them in which the owner calls the contact by name (an aide or a colleague arranges it).
    """
    seen = _seen(threads, pair, pair.direct)
    if not seen:
        called = [thread for thread in threads if any(map(pair.speaks_to_them, thread.messages))]
        seen = _seen(called, pair, pair.by_aide)
    return sorted(seen, key=lambda view: (view.first is None, view.first or date.max))


def _seen(threads: Sequence[Thread], pair: Pair, between: Callable[[Message], bool]) -> list[View]:
    return [view for view in (_view(thread, pair, between) for thread in threads) if view.direct]


def _view(thread: Thread, pair: Pair, between: Callable[[Message], bool]) -> View:
    counted = [message for message in thread.messages if _counts(message, pair, between)]
    direct = []
    for message in counted:
        reading = read(message)
        words = wording(message.new_text, reading.language)
        odds = arranges(message, reading, pair, words)
        more = answering(message, pair) if odds > HOPELESS else 0.0
        direct.append(Seen(message, reading, words, pair.is_mine(message.from_), odds + more, more))
    days = sorted(m.date.date() for m in counted if m.date and 1980 < m.date.year < 2100)
    others = min((pair.others(message) for message in counted), default=0)
    personal = [(seen.message, seen.reading) for seen in direct if pair.others(seen.message) < CROWD]
    return View(thread, tuple(direct), tuple(days), others, agenda(personal))


def _counts(message: Message, pair: Pair, between: Callable[[Message], bool]) -> bool:
    if living(message):
        return between(message)
    return message.automatic is Automatic.CALENDAR and pair.by_them(message) and not message.labels
