"""Where a person stands: the one state machine, read off the facts each time. Nothing is stored that mail can tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from thread_finder.durations import Duration
from thread_finder.planning.history import Approach, Fate, History, Purpose
from thread_finder.planning.period import day_in_words


class State(StrEnum):
    """Where a person stands."""

    DUE = "due"
    DRAFTED = "drafted"
    SENT = "sent"
    ANSWERED = "answered"
    FOLLOW_UP_DUE = "follow-up due"
    FOLLOWED_UP = "followed up"
    RESTING = "resting"  # in touch lately, or not wanted just now: their day will come
    CLOSED = "closed"  # until the user says otherwise, or they write
    SNOOZED = "snoozed"
    BLOCKED = "do not contact"
    UNREACHABLE = "unreachable"  # mail to every known address came back
    UNREAD = "unread"  # their mail could not be read, so nothing is known


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often at most one person, how long to wait for an answer, and how many check-ins a month or week."""

    check_in_every: Duration
    follow_up_after: Duration
    per_month: int = 4
    per_week: int = 1

    def cadence(self, history: History) -> Duration:
        """The contact's own cadence, else the usual one."""
        own = history.contact.cadence
        return Duration.parse(own) if own else self.check_in_every


@dataclass(frozen=True, slots=True)
class Standing:
    """One contact's state: since when, why (a sentence), what to write now, and from which day that may change.

    ``next_on`` is None where no day brings a change (closed, do not contact) or something is to be done now.
    """

    history: History
    state: State
    why: str
    since: date | None = None
    next_on: date | None = None
    purpose: Purpose | None = None


def stand(history: History, day: date, rhythm: Rhythm) -> Standing:
    """Where a contact stands on ``day``."""
    return _held(history, day) or _under_way(history, day, rhythm) or _by_silence(history, day, rhythm)


def _held(history: History, day: date) -> Standing | None:
    """What goes before all mail: the user's own word, a draft that waits, no way to reach them."""
    begun = [one for one in history.counting if one.under_way]
    if history.blocked is not None or history.contact.do_not_contact:
        why = history.blocked or f"marked do_not_contact in {history.contact.source or 'your contacts'}"
        if begun and begun[-1].fate is Fate.OPEN:
            why += f"; a {begun[-1].purpose} lies in your drafts all the same: remove it"
        return Standing(history, State.BLOCKED, why)
    if history.unread:
        return Standing(history, State.UNREAD, f"their mail could not be read: {history.unread}")
    if begun and begun[-1].fate is Fate.BEGUN:
        return _broken_off(history, begun[-1])
    if begun:
        one = begun[-1]
        told = f"a {one.purpose} {'that you edited ' if one.edited else ''}lies in your drafts"
        if history.heard and history.heard > one.drafted:
            told += f"; they wrote on {day_in_words(history.heard.date())}, so read it again before you send it"
        return Standing(history, State.DRAFTED, told, since=one.drafted.date())
    if history.closed:
        return Standing(history, State.CLOSED, "you closed this", since=history.closed.date())
    if history.snoozed_until and history.snoozed_until > day:
        until = history.snoozed_until
        return Standing(history, State.SNOOZED, f"snoozed until {day_in_words(until)}", next_on=until)
    if not history.living:
        gone = ", ".join(history.dead) or "every known address"
        return Standing(history, State.UNREACHABLE, f"mail to {gone} came back; add a living address")
    return None


def _broken_off(history: History, begun: Approach) -> Standing:
    state = State.FOLLOW_UP_DUE if begun.purpose is Purpose.FOLLOW_UP else State.DUE
    why = f"a run broke off while it was drafting this {begun.purpose}; it is taken up again"
    return Standing(history, state, why, since=begun.drafted.date(), purpose=begun.purpose)


def _under_way(history: History, day: date, rhythm: Rhythm) -> Standing | None:
    """A letter of ours is out and nobody has answered yet; None when nothing is out, or it was answered."""
    sent = [one for one in history.counting if one.fate is Fate.SENT]
    if not sent or (history.heard and history.heard > sent[-1].when):
        return None
    last = sent[-1]
    out = last.when.date()
    after = [one for one in history.counting if one.purpose is Purpose.FOLLOW_UP and one.drafted >= last.when]
    if after:  # a follow-up that was thrown away, or that came back
        why = "you removed the follow-up" if after[-1].fate is Fate.DELETED else "the follow-up came back"
        return Standing(history, State.CLOSED, f"no answer, and {why}", since=after[-1].when.date())
    by_hand = history.wrote if history.wrote and history.wrote > last.when else None
    if last.purpose is Purpose.FOLLOW_UP or by_hand:
        return _followed_up(history, by_hand.date() if by_hand else out, day, rhythm)
    due = rhythm.follow_up_after.after(out)
    if due > day:
        why = f"sent on {day_in_words(out)}, no answer yet"
        return Standing(history, State.SENT, why, since=out, next_on=due)
    why = f"no answer to your mail of {day_in_words(out)}; one follow-up, then let it rest"
    return Standing(history, State.FOLLOW_UP_DUE, why, since=due, purpose=Purpose.FOLLOW_UP)


def _followed_up(history: History, last: date, day: date, rhythm: Rhythm) -> Standing:
    until = rhythm.follow_up_after.after(last)
    if until > day:
        why = f"followed up on {day_in_words(last)}, no answer yet"
        return Standing(history, State.FOLLOWED_UP, why, since=last, next_on=until)
    why = f"no answer after the follow-up of {day_in_words(last)}; let it rest"
    return Standing(history, State.CLOSED, why, since=until)


def _by_silence(history: History, day: date, rhythm: Rhythm) -> Standing:
    """Nothing is under way: the silence between the two decides, or that the user did not want to write."""
    cadence = rhythm.cadence(history)
    removed = _removed(history)
    quiet_since = max((one.date() for one in (history.in_touch, removed and removed.when) if one), default=None)
    if quiet_since is None:
        return Standing(history, State.DUE, "no mail between you in this mailbox", purpose=Purpose.CHECK_IN)
    next_on = cadence.after(quiet_since)
    if next_on <= day:
        why = f"no mail between you for {span(quiet_since, day)} (at most every {cadence})"
        if removed and removed.when.date() == quiet_since:
            why = f"you removed the last draft {span(quiet_since, day)} ago"
        return Standing(history, State.DUE, why, since=next_on, purpose=Purpose.CHECK_IN)
    if removed and removed.when.date() == quiet_since:
        why = f"you removed the draft of {day_in_words(removed.drafted.date())}: not now"
        return Standing(history, State.RESTING, why, since=quiet_since, next_on=next_on)
    sent = [one for one in history.counting if one.fate is Fate.SENT]
    if sent and history.heard and history.heard > sent[-1].when:
        answered = history.heard.date()
        why = f"they answered; last mail from them on {day_in_words(answered)}"
        return Standing(history, State.ANSWERED, why, since=answered, next_on=next_on)
    why = f"in touch on {day_in_words(quiet_since)}"
    return Standing(history, State.RESTING, why, since=quiet_since, next_on=next_on)


def _removed(history: History) -> Approach | None:
    """The last letter, if the user threw it away instead of sending it."""
    last = next(reversed(history.counting), None)
    return last if last and last.fate is Fate.DELETED else None


def span(since: date, day: date) -> str:
    """A stretch of time as one says it: "2 years", "5 months", "3 weeks", "4 days"."""
    days = max((day - since).days, 0)
    for unit, length in (("year", 365), ("month", 30), ("week", 7)):
        if days >= 2 * length or (unit == "year" and days >= length):
            return str(Duration(days // length, unit))
    return str(Duration(days, "day"))
