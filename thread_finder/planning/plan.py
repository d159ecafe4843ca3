"""The plan of a month or week: who is chosen, who is not, and why. Same input, same plan.

Whoever has waited longest for their turn goes first, not whom one writes to most: people choose the familiar ones by
themselves, and the tenth on the list is worth as much as the first (Levin, Walter and Murnighan, Organization
Science 22(4), 2011).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256

from thread_finder.model import Contact, Finding, Kind, ReasonKind, Verdict
from thread_finder.planning.history import Approach, Fate, History, Purpose
from thread_finder.planning.period import Period, day_in_words
from thread_finder.planning.standing import Rhythm, Standing, State, span, stand

FRESH = timedelta(days=30)
"""So long news and congratulations are worth writing for."""

_EVERYBODYS = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com icloud.com me.com aol.com gmx.de "
    "gmx.net web.de proton.me protonmail.com orange.fr free.fr libero.it mail.ru qq.com 163.com naver.com".split()
)
"""Domains that say nothing about where somebody works."""


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One contact's turn: what for, why now (sentences, the weightiest first), and the thread to write in."""

    contact: Contact
    purpose: Purpose
    why: tuple[str, ...]
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class Omission:
    """A contact whose turn it is not: where they stand, why, and from which day on it may be, if ever.

    ``place`` is that in the line of those who are due but for whom the period has no room: 1 comes next.
    """

    contact: Contact
    state: State
    why: str
    next_on: date | None = None
    place: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """``chosen``: follow-ups first, then the check-ins still to be made. ``done``: the period's check-ins made already.

    ``room`` is how many check-ins the period has in all; ``day`` the day the plan was made for. Everybody is in one of
    the three, and one whose check-in is done may be chosen for the follow-up.
    """

    period: Period
    day: date
    room: int
    chosen: tuple[CheckIn, ...]
    omitted: tuple[Omission, ...]
    done: tuple[Omission, ...] = ()

    @property
    def next_up(self) -> Omission | None:
        """Who comes next after those chosen, and when: in a period that is full, nobody but for a follow-up."""
        made = len(self.done) + sum(one.purpose is Purpose.CHECK_IN for one in self.chosen)
        first = self.period.next_first if made >= self.room else self.day
        coming = [
            one if one.state is State.SENT else replace(one, next_on=max(one.next_on, first))
            for one in (*self.omitted, *self.done)
            if one.next_on and one.state is not State.FOLLOWED_UP  # after that they rest
        ]
        return min(coming, key=lambda one: (one.next_on, not one.place, one.place, one.contact.name), default=None)


def plan(period: Period, histories: Sequence[History], rhythm: Rhythm, today: date) -> Plan:
    """Choose the period's people, on ``today`` or, for a period to come, as things stand now for its first day."""
    day = max(today, period.first)
    room = rhythm.per_week if period.is_week else rhythm.per_month
    standings = [stand(history, day, rhythm) for history in histories]
    done = [one for one in standings if _made_in(period, one.history)]
    overdue = [one for one in standings if _wants_follow_up(one, period, today)]
    follow_ups = sorted(overdue, key=lambda one: (one.since or day, one.history.contact.emails))
    due = [one for one in standings if one.state is State.DUE and one not in done]
    ranked = sorted(due, key=lambda one: _rank(one, period, day, rhythm))
    chosen = _spread(ranked, max(0, room - len(done)), _companies(standings))
    check_ins = [_check_in(one, day, also) for one, also in chosen]
    taken = {id(one) for one, _ in chosen} | {id(one) for one in (*done, *follow_ups)}
    line = [one for one in ranked if id(one) not in taken]
    waiting = {id(one): place for place, one in enumerate(line, start=1)}
    return Plan(
        period,
        day,
        room,
        (*(_follow_up(one) for one in follow_ups), *check_ins),
        tuple(_omission(one, period, waiting.get(id(one), 0)) for one in standings if id(one) not in taken),
        tuple(_done(one, period) for one in done),
    )


# --- the order --------------------------------------------------------------------------------------


def _rank(standing: Standing, period: Period, day: date, rhythm: Rhythm) -> tuple[int, date, str]:
    """Most points first, then the least recently chosen, then by lot: the same lot all through the period."""
    history = standing.history
    points = 7 * _timely(history.contact, day) + 2 * (not _turns(history))
    points += 20 * any(one.fate is Fate.BEGUN for one in history.approaches)
    points += _waiting(history, day, rhythm) + _promise(history.finding)
    last = max((one.drafted.date() for one in _turns(history)), default=date.min)
    lot = sha256(f"{period} {history.contact.emails[0]}".encode()).hexdigest()
    return -points, last, lot


def _timely(contact: Contact, day: date) -> bool:
    reason = contact.reason
    return reason.kind is not ReasonKind.ASK and reason.on is not None and timedelta(0) <= day - reason.on <= FRESH


def _waiting(history: History, day: date, rhythm: Rhythm) -> int:
    """0 to 2: how many times over the contact's own cadence has passed. Beyond that, long is long."""
    if history.in_touch is None:
        return 0
    quiet = (day - history.in_touch.date()).days
    cadence = max(1, (rhythm.cadence(history).after(day) - day).days)
    return min(2, quiet // (2 * cadence))


def _promise(finding: Finding | None) -> int:
    """0 to 2: how good the thread is, as far as anybody has looked."""
    if finding is None or finding.verdict is Verdict.NEW_THREAD:
        return 0
    return 2 if finding.kind in {Kind.THANK_YOU, Kind.SCHEDULING} else 1


def _turns(history: History) -> list[Approach]:
    """The check-ins ever made with this contact."""
    return [one for one in history.approaches if one.purpose is Purpose.CHECK_IN and one.fate is not Fate.UNDONE]


# --- the choice -------------------------------------------------------------------------------------


def _made_in(period: Period, history: History) -> bool:
    """Whether this period has had its check-in with them: drafted in its name or by hand within it, or passed over."""
    if (str(period), Purpose.CHECK_IN) in history.skipped:
        return True
    for one in _turns(history):
        if one.fate in {Fate.BOUNCED, Fate.BEGUN}:
            continue
        same_kind = one.month and ("W" in one.month) == period.is_week
        if one.month == str(period) or (not same_kind and period.first <= one.drafted.date() <= period.last):
            return True
    return False


def _wants_follow_up(standing: Standing, period: Period, today: date) -> bool:
    """Whether the follow-up's day has come, really and not only in a plan made ahead, and it was not passed over."""
    come = standing.state is State.FOLLOW_UP_DUE and standing.since is not None and standing.since <= today
    return come and (str(period), Purpose.FOLLOW_UP) not in standing.history.skipped


def _spread(ranked: Sequence[Standing], room: int, busy: frozenset[str]) -> list[tuple[Standing, str]]:
    """The first ``room`` of them, a second one of a company only where nobody else is left; with that company."""
    first: list[tuple[Standing, str]] = []
    later: list[tuple[Standing, str]] = []
    seen = set(busy)
    for one in ranked:
        company = _company(one.history.contact)
        (later if company and company in seen else first).append((one, company if company in seen else ""))
        seen |= {company} - {""}
    return [*first, *later][:room]


def _companies(standings: Iterable[Standing]) -> frozenset[str]:
    """Where somebody has a letter of ours just now."""
    busy = {State.DRAFTED, State.SENT, State.FOLLOW_UP_DUE, State.FOLLOWED_UP}
    return frozenset(_company(one.history.contact) for one in standings if one.state in busy) - {""}


def _company(contact: Contact) -> str:
    domain = contact.emails[0].rpartition("@")[2]
    return "" if domain in _EVERYBODYS else domain


# --- in words ---------------------------------------------------------------------------------------


def _follow_up(standing: Standing) -> CheckIn:
    history = standing.history
    return CheckIn(history.contact, Purpose.FOLLOW_UP, (standing.why,), history.finding)


def _check_in(standing: Standing, day: date, company: str) -> CheckIn:
    history = standing.history
    why = []
    reason = history.contact.reason
    if _timely(history.contact, day) and reason.on:
        why.append(f"there is a reason just now: {reason.kind} of {day_in_words(reason.on)}")
    why.append(standing.why)
    turns = _turns(history)
    last = max((one.drafted.date() for one in turns), default=None)
    why.append(f"last turn {span(last, day)} ago" if last else "has not had a turn yet")
    if history.finding and history.finding.kind:
        why.append(f"there is a {history.finding.kind} thread to answer in")
    elif history.finding:
        why.append("no old thread to answer in: a new one, with a recap of who you are")
    if history.dead:
        why.append(f"mail to {', '.join(history.dead)} came back; the letter goes to another address")
    if company:
        why.append(f"somebody else at {company} has a letter too; you may want to space them")
    return CheckIn(history.contact, Purpose.CHECK_IN, tuple(why), history.finding)


def _done(standing: Standing, period: Period) -> Omission:
    passed = (str(period), Purpose.CHECK_IN) in standing.history.skipped
    why = f"you passed over them for {period.in_words}" if passed else standing.why
    return Omission(standing.history.contact, standing.state, why, standing.next_on)


def _omission(standing: Standing, period: Period, place: int) -> Omission:
    contact = standing.history.contact
    if not place:
        return Omission(contact, standing.state, standing.why, standing.next_on)
    line = "next in line" if place == 1 else f"number {place} in line"
    why = f"{standing.why}; {period.in_words} is full, {line}"
    return Omission(contact, standing.state, why, period.next_first, place)
