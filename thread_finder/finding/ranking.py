"""How much each thread looks like the one: what its messages say, and its place in the acquaintance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from thread_finder.finding.people import Pair, living
from thread_finder.finding.signals import SIGNALS, Reading, read
from thread_finder.model import Automatic, Evidence, Kind, Message, PartialDate, Thread

# What makes a thread, in one place. Scores are log-odds-like; see docs/finding.md.
THANKS_ENOUGH = 4.2
SCHEDULING_ENOUGH = 3.0
KIND_SCORE = {Kind.THANK_YOU: 4.4, Kind.SCHEDULING: 2.4, Kind.CONVERSATION: -0.6}
STRENGTH = 0.22  # of each point of scheduling and thanks beyond being enough
BOTH_WROTE = 0.8
ONE_SIDED = -0.8
GROUP = -1.6  # three or more others
SMALL_GROUP = -0.5
FITS_MET_ON = 2.5
MISSES_MET_ON = -1.5
LATER_MEETING = -0.35  # for each earlier thread that arranges or thanks for a meeting
UNRELATED_THANKS = 0.6  # of thanks that follow none of the meetings the mails tell of
JUST_AFTER = timedelta(days=8)
SAID_TO = ((0, 1.0), (2, 0.9), (5, 0.6))  # what is said to so many others besides counts so much
SAID_TO_MORE = 0.3
SAID_IN = ((80, 1.0), (150, 0.7), (300, 0.35))  # words of new text: long mails are business, not appointments
SAID_IN_MORE = 0.1
MONTHS_AROUND = timedelta(days=75)


_PROPOSING = frozenset({"asks-to-meet", "suggests-time", "calendar-invitation", "moves", "cancels"})
_TALKING = frozenset({"accepts", "confirms", "talks-by-phone"})  # these propose when they name a time


@dataclass(frozen=True, slots=True)
class Ranked:
    """A thread with its kind, its score, and what speaks for it."""

    thread: Thread
    kind: Kind
    score: float
    evidence: tuple[Evidence, ...]
    meeting: date | None = None
    first: date | None = None


@dataclass(frozen=True, slots=True)
class _View:
    """A thread as seen by the pair: its messages between the two, each with its reading."""

    thread: Thread
    direct: tuple[tuple[Message, Reading], ...]
    days: tuple[date, ...] = field(default=())

    @property
    def first(self) -> date | None:
        return self.days[0] if self.days else None


def rank(threads: Sequence[Thread], pair: Pair, met_on: PartialDate | None) -> list[Ranked]:
    """All threads with an exchange between the two, the best first."""
    views = [view for view in (_view(thread, pair) for thread in threads) if view.direct]
    views.sort(key=lambda view: (view.first is None, view.first or date.max))
    arranged = {id(view): _meeting_day(view) for view in views if _scheduling(view, pair)[0] >= SCHEDULING_ENOUGH}
    days = sorted(day for day in arranged.values() if day)
    ranked: list[Ranked] = []
    meetings = 0
    for view in views:
        one = _rank_one(view, pair, days, arranged.get(id(view)), met_on)
        if one.kind is not Kind.CONVERSATION and not _follows(view, days):
            one = replace(one, score=one.score + LATER_MEETING * meetings)
            meetings += 1
        ranked.append(one)
    return sorted(ranked, key=lambda one: -one.score)


def confidence(ranked: Sequence[Ranked]) -> tuple[float, ...]:
    """The probability of each thread, from its score and how far the others lie behind."""
    if not ranked:
        return ()
    weights = [math.exp(min(30.0, 1.1 * one.score)) for one in ranked]
    total = sum(weights) + math.exp(0.2)
    return tuple(weight / total for weight in weights)


def _view(thread: Thread, pair: Pair) -> _View:
    counted = [m for m in thread.messages if _counts(m, pair)]
    messages = tuple((m, read(m)) for m in counted)
    return _View(
        thread, messages, tuple(sorted(m.date.date() for m in counted if m.date and 1980 < m.date.year < 2100))
    )


def _counts(message: Message, pair: Pair) -> bool:
    if living(message):
        return pair.direct(message)
    return message.automatic is Automatic.CALENDAR and pair.by_them(message) and not message.labels


def _rank_one(
    view: _View, pair: Pair, meetings: Sequence[date], meeting: date | None, met_on: PartialDate | None
) -> Ranked:
    scheduling, arranging = _scheduling(view, pair)
    thanks, thanking = _thanks(view, meetings)
    if thanks >= THANKS_ENOUGH:
        kind, evidence = Kind.THANK_YOU, thanking + arranging
    elif scheduling >= SCHEDULING_ENOUGH:
        kind, evidence = Kind.SCHEDULING, arranging + thanking
    else:
        kind, evidence = Kind.CONVERSATION, ()
    score = KIND_SCORE[kind] + STRENGTH * (max(0.0, min(scheduling, 8.0)) + max(0.0, min(thanks, 8.0)))
    position, placed = _place(view, pair, met_on, meeting)
    if kind is Kind.CONVERSATION:
        score += 0.25 * min(len(view.direct), 6)
    return Ranked(view.thread, kind, score + position, evidence + placed, meeting, view.first)


def _scheduling(view: _View, pair: Pair) -> tuple[float, tuple[Evidence, ...]]:
    """The points for arranging a meeting: the best of each side, and whether one agreed with the other."""
    total = 0.0
    evidence: list[Evidence] = []
    proposers: set[bool] = set()
    agreed = declined = False
    for message, reading in view.direct:
        points = reading.scheduling * _brevity(message) * _intimacy(message, pair)
        mine = pair.is_mine(message.from_)
        acts = reading.acts
        if acts & _PROPOSING or ("names-time" in acts and acts & _TALKING):
            proposers.add(mine)
        if (not mine) in proposers and acts & {"accepts", "confirms", "suggests-time", "names-time", "moves"}:
            agreed = True
        declined = (declined or "declines" in acts) and not (agreed and acts & {"suggests-time", "confirms"})
        total += max(0.0, min(points, 5.0))
        evidence += [Evidence(h.signal, message.message_id, h.quote, SIGNALS[h.signal].scheduling)
                     for h in reading.hits if SIGNALS[h.signal].scheduling >= 0.7]  # fmt: skip
    if not proposers:
        return min(total, 2.0), ()
    if agreed:
        total += SIGNALS["agreed"].scheduling
        evidence.append(Evidence("agreed", view.direct[-1][0].message_id, "", SIGNALS["agreed"].scheduling))
    if declined:
        total -= 5.0
    return total, _best(evidence)


def _thanks(view: _View, meetings: Sequence[date]) -> tuple[float, tuple[Evidence, ...]]:
    """The points of the message that thanks most; being written just after an agreed day adds to it."""
    best, evidence = 0.0, []
    for message, reading in view.direct:
        points = reading.thanks
        hits = [Evidence(h.signal, message.message_id, h.quote, SIGNALS[h.signal].thanks)
                for h in reading.hits if SIGNALS[h.signal].thanks > 0]  # fmt: skip
        if hits and message.date and any(_just_after(message.date.date(), day) for day in meetings):
            points += SIGNALS["just-after-meeting"].thanks
            hits.append(Evidence("just-after-meeting", message.message_id, "", SIGNALS["just-after-meeting"].thanks))
        points *= min(1.0, _brevity(message) + 0.3)
        if meetings and not (message.date and any(_just_after(message.date.date(), day) for day in meetings)):
            points *= UNRELATED_THANKS
        if points > best:
            best, evidence = points, hits
    return best, _best(evidence)


def _place(
    view: _View, pair: Pair, met_on: PartialDate | None, meeting: date | None
) -> tuple[float, tuple[Evidence, ...]]:
    """Points for where the thread stands: both wrote, few people, and the date the user gave."""
    score, evidence = 0.0, []
    last = view.direct[-1][0].message_id
    if any(pair.by_them(m) for m, _ in view.direct) and any(pair.by_me(m) for m, _ in view.direct):
        score += BOTH_WROTE
        evidence.append(Evidence("both-wrote", last, "", BOTH_WROTE))
    else:
        score += ONE_SIDED
    others = min((pair.others(m) for m, _ in view.direct), default=0)
    score += GROUP if others >= 3 else SMALL_GROUP if others else 0.0
    if not others:
        evidence.append(Evidence("only-two", last, "", 0.0))
    if met_on and view.days:
        fits = _fits(view, met_on, meeting)
        score += FITS_MET_ON if fits else MISSES_MET_ON
        if fits:
            evidence.append(Evidence("fits-met-on", last, "", FITS_MET_ON))
    return score, tuple(evidence)


def _fits(view: _View, met_on: PartialDate, meeting: date | None) -> bool:
    slack = {"day": 0, "month": 31, "year": 366}[met_on.precision]
    low, high = met_on.value, met_on.value + timedelta(days=slack)
    if meeting and met_on.precision == "day" and abs((meeting - met_on.value).days) <= 1:
        return True
    return (
        view.days[0] <= high + timedelta(days=21)
        and view.days[-1] >= low - MONTHS_AROUND
        and any(low - MONTHS_AROUND <= day <= high + timedelta(days=21) for day in view.days)
    )


def _meeting_day(view: _View) -> date | None:
    """The day agreed on: of the calendar, else the last day named while arranging."""
    for message, _ in reversed(view.direct):
        for part in message.calendar:
            if part.start and part.method != "CANCEL" and part.status != "CANCELLED":
                return part.start.date() if hasattr(part.start, "date") else part.start
    arranging = {"asks-to-meet", "suggests-time", "accepts", "confirms", "moves"}
    for message, reading in reversed(view.direct):
        if reading.acts & arranging and "thanks-for-meeting" not in reading.acts and message.date:
            days = [m.day for m in reading.times if m.day and m.day >= message.date.date()]
            if days:
                return days[-1]
    return view.days[-1] if view.days else None


def _follows(view: _View, meetings: Sequence[date]) -> bool:
    return any(view.first and _just_after(view.first, day) for day in meetings)


def _just_after(day: date, meeting: date) -> bool:
    return timedelta(0) <= day - meeting <= JUST_AFTER


def _intimacy(message: Message, pair: Pair) -> float:
    others = pair.others(message)
    return next((share for most, share in SAID_TO if others <= most), SAID_TO_MORE)


def _brevity(message: Message) -> float:
    words = len(message.new_text.split())
    return next((share for most, share in SAID_IN if words <= most), SAID_IN_MORE)


def _best(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The strongest evidence first, each signal once per message."""
    seen: dict[tuple[str, str], Evidence] = {}
    for one in evidence:
        seen.setdefault((one.signal, one.message_id), one)
    return tuple(sorted(seen.values(), key=lambda one: -one.weight)[:6])
