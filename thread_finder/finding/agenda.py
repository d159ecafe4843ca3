"""What the mails of a thread agree on: the day proposed, chosen, moved or called off, in words or in calendars. Pure.

A day named in part ("Friday", "the 17th") is one of the days already on the table where it can be, else one in the week
or the stay spoken of, else the next one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from thread_finder.finding.folding import fold, tidy
from thread_finder.finding.lexicon import lexicon
from thread_finder.finding.mention import Mention, Period
from thread_finder.finding.signals import Reading, likely_languages
from thread_finder.finding.when import mentions
from thread_finder.mail.quotes import newest_quoted
from thread_finder.mail.threads import is_reply_subject
from thread_finder.model import Automatic, Message

Said = Sequence[tuple[Message, Reading]]
"""A thread's messages in order, each with its reading."""

_ARRANGING = frozenset(
    {
        *("asks-to-meet", "suggests-time", "accepts", "confirms", "moves", "cancels", "calendar-invitation"),
        "talks-by-phone",
    }
)
_AGREEING = frozenset({"accepts", "confirms"})
_YES = _AGREEING | {"agrees"}
_YES_TO_IT = frozenset({"accepts", "confirms", "attends"})
_OFF = frozenset({"cancels", "declines"})
_CHANGING = _OFF | {"moves", "asks-to-meet", "suggests-time"}
_FAR = timedelta(days=370)  # nobody arranges a meeting for later
_A_WEEK = timedelta(days=7)
_A_DAY = timedelta(days=1)
_NOTE = 80  # words up to which any mail that names a day is about the day
_MISSED_WITHIN = timedelta(days=4)
_MANY = 4  # people in an invitation from which on it is not the two who meet


@dataclass(slots=True)
class Agenda:
    """What a thread comes to: the ``day`` agreed on last, ``settled`` where both had a say in it, ``off`` where it was
    called off or missed. ``table`` are all days spoken of, ``by`` who named the last one; ``past`` once somebody has
    thanked. ``voices`` are those heard so far.

    ``options`` are the days offered while none is chosen (a ``stay`` takes them all); ``period`` is the week, month or
    stay that was last spoken of, and ``asker`` who did, or who called the meeting off; ``limits`` are days by which
    something is to be done. ``firm`` is a day that both named, or that was asked for or named with an hour; ``loose``
    one that was called by its weekday although it would have been "tomorrow": it may be a week later.
    """

    day: date | None = None
    settled: bool = False
    off: bool = False
    table: list[date] = field(default_factory=list)
    by: str = ""
    past: bool = False
    options: list[date] = field(default_factory=list)
    period: Period | None = None
    firm: bool = False
    loose: bool = False
    asker: str = ""
    voices: set[str] = field(default_factory=set)
    stay: bool = False
    limits: set[date] = field(default_factory=set)

    @property
    def met(self) -> date | None:
        """The day, if the two met on it for all we know."""
        return self.day if self.settled and not self.off else None

    @property
    def sure(self) -> date | None:
        """The day, if it was not left open which of several it is."""
        return None if self.options and not self.stay else self.met


def agreed_day(said: Said) -> date | None:
    """The day a thread agrees on, or the one proposed last where nobody objected; None where none is left."""
    found = agenda(said)
    return None if found.off else found.day


def agenda(said: Said) -> Agenda:
    """Follow a thread until the first meeting that took place."""
    found = Agenda()
    for index, (message, reading) in enumerate(said):
        written = written_on(message)
        back = looks_back(message, reading, opens=not index)
        if found.day and not found.off and written > found.day:
            missed = reading.acts & (_OFF | {"moves"}) and not back
            if not missed or written - found.day > (_A_WEEK if found.loose else _MISSED_WITHIN):
                break
            found.off = True
        if not index and reading.acts & _YES:
            _hear_quoted(found, message, written)
        if not any(part.recurring for part in message.calendar):
            _hear(found, message, reading, written, back=back)
        found.voices.add(message.from_.email if message.from_ else "")
        found.past = found.past or back
    return found


def looks_back(message: Message, reading: Reading, *, opens: bool) -> bool:
    """Whether a mail plainly speaks of a meeting gone by.

    Being glad alone is also how people ask for one, or accept: it looks back where the mail ``opens`` a thread and is
    no wish, else where nothing is asked for.
    """
    if "thanks-for-meeting" in reading.acts:
        return True
    glad = [hit.quote for hit in reading.hits if hit.signal == "glad-we-met"]
    if opens and not is_reply_subject(message.subject):
        languages = likely_languages(fold(tidy(message.new_text)))
        return any(not any(lexicon(code).dates.wish.search(fold(quote)) for code in languages) for quote in glad)
    ahead = any(one.asked and one.day and one.day > written_on(message) for one in reading.times)
    return bool(glad) and "asks-to-meet" not in reading.acts and not ahead


def _hear(found: Agenda, message: Message, reading: Reading, written: date, *, back: bool) -> None:
    """Let one message change the agenda."""
    author = message.from_.email if message.from_ else ""
    acts = reading.acts
    for part in message.calendar:
        day = _start(part.start, message.date)
        if day and day >= written and len(part.attendees) < _MANY:
            found.day, found.settled, found.by = day, True, author
            found.firm, found.loose, found.options = True, False, []
            found.off = part.method == "CANCEL" or part.status == "CANCELLED" or part.answer == "DECLINED"
            found.table.append(day)
    to_come = found.day is not None and (found.day > written or (found.day == written and not back))
    arranging = "suggests-time" in acts or to_come
    if message.calendar or ((found.past or back) and not arranging):
        return
    if found.day and any(mention.out and mention.may_be(found.day) for mention in reading.times):
        found.off = True
    subject = [] if found.table or is_reply_subject(message.subject) else in_subject(message)
    others = found.voices - {author}
    waits = found.asker in others
    named = _named([*subject, *_in_order(reading)], found, written, acts)
    found.asker = author if any(mention.period for mention in reading.hints) else found.asker
    known = [day for day in named if day in found.table]
    if not known and not acts & _ARRANGING and len(message.new_text.split()) > _NOTE:
        return
    if not known and found.settled and found.day == written and not acts & _CHANGING:
        return  # what is said at the end of the day is about other days
    called_off = bool(acts & _OFF) and "moves" not in acts
    if named and not (called_off and set(named) <= {found.day}):
        robot = message.automatic is Automatic.CALENDAR  # it writes when both have chosen
        fixed = robot or _fixes(found, named, waits=waits, agrees=bool(others and acts & _YES_TO_IT))
        _take(found, named, author, written, fixed=fixed)
    elif called_off:
        found.off, found.asker = found.day is not None, author
    elif acts & _CHANGING and _another_week(found, reading):
        found.settled = False
    elif author != found.by or acts & _AGREEING:
        found.settled = found.day is not None
        found.firm = found.firm or any(mention.hour for mention in _in_order(reading))
        _pick(found, reading)


def _hear_quoted(found: Agenda, message: Message, written: date) -> None:
    """Put the days on the table that the first mail of a thread says yes to: what it answers was not kept.

    A quotation's own date has a year, and its "tomorrow" is not the answer's.
    """
    if not is_reply_subject(message.subject):
        return
    text = fold(tidy(newest_quoted(message.quoted_text)))
    for language in likely_languages(text):
        said = [mention for mention in mentions(text, language, written) if mention.day is None or not mention.sure]
        named = _named(said, found, written, frozenset())
        if named:
            _take(found, named, "", written, fixed=False)
            break


def _in_order(reading: Reading) -> list[Mention]:
    return sorted((*reading.times, *reading.hints), key=lambda mention: mention.start)


def _take(found: Agenda, named: dict[date, Mention], author: str, written: date, *, fixed: bool) -> None:
    """Take one of the days that a message names for the one agreed on: one asked for, else one with an hour."""
    known = [day for day in named if day in found.table]
    fresh = sorted((day for day in named if day not in found.table), key=lambda day: _weight(named[day]), reverse=True)
    choice = fresh[0] if fresh and (not known or found.day in known) else known[-1]
    answered = choice in known and author != found.by
    plainly = _weight(named[choice]) > (False, False) or (answered and written < choice)
    found.settled = fixed or answered or (choice in known and found.settled)
    found.firm = fixed or plainly or (choice == found.day and found.firm)
    found.loose = named[choice].mere_weekday and choice - written == _A_DAY
    equal = fresh if choice in fresh else [day for day in known if named[day].either]
    offered = sorted(day for day in equal if _weight(named[day]) == _weight(named[choice]))
    found.options = offered if len(offered) > 1 else []
    found.stay = _is_stay(offered, named)
    found.day, found.by, found.off = choice, author if fresh else found.by, False
    found.table += fresh


def _fixes(found: Agenda, named: dict[date, Mention], *, waits: bool, agrees: bool) -> bool:
    """Whether a mail says on which day it is to be: it ``agrees`` to what the other wrote, or the other ``waits`` for a
    day, in that period or instead of one called off.
    """
    days = [day for day, mention in named.items() if not mention.asked]
    if len(named) != 1 or not days:
        return False
    return agrees or (waits and (found.off or days[0] in _days(found.period)))


def _another_week(found: Agenda, reading: Reading) -> bool:
    """Move the meeting to a week of which no day is named ("could we make it next week?")."""
    period = next((one.period for one in reading.hints if one.period and not one.out), None)
    if found.day is None or period is None or period[0] <= found.day <= period[1]:
        return False
    found.options, found.stay = list(period), False
    return True


def _weight(mention: Mention) -> tuple[bool, bool]:
    return mention.asked, mention.hour is not None


def _is_stay(days: list[date], named: dict[date, Mention]) -> bool:
    """Whether several days are one visit ("Monday and Tuesday") and not a choice."""
    together = all(after - before == _A_DAY for before, after in itertools.pairwise(days))
    return together and not any(named[day].either for day in days)


def _pick(found: Agenda, reading: Reading) -> None:
    """Follow who says "the second, please"."""
    pick = next((mention.pick for mention in reading.hints if mention.pick and not mention.out), 0)
    if found.options and pick and pick <= len(found.options):
        found.day = found.options[pick - 1 if pick > 0 else pick]
        found.options, found.firm = [], True


def _named(said: Sequence[Mention], found: Agenda, written: date, acts: frozenset[str]) -> dict[date, Mention]:
    """The days to come that a message proposes or repeats, in order, each as it says most of it."""
    days: dict[date, Mention] = {}
    moves = "moves" in acts
    anchor = found.day
    for mention in said:
        if mention.period and not mention.out and mention.period[1] >= written:
            found.period = _placed(mention, found.period)
        if mention.day is None or mention.stretch or ("recurring" in acts and not mention.exact):
            continue
        day = _meant(mention, found, written, anchor, moves=moves)
        if mention.either and mention.mere_weekday and days and day < max(days):  # "Thursday or Friday" is one week
            day = max(days) + timedelta(days=(day - max(days)).days % 7)
        if mention.until and day not in found.table:
            found.limits.add(day)
            continue
        aside = mention.out if day in found.table else _aside(mention, written, acts)
        if aside or (day in found.limits and not mention.asked) or not written <= day <= written + _FAR:
            continue
        days[day] = max(days.get(day, mention), mention, key=_weight)
        anchor = day if mention.exact and day >= written + _A_WEEK else anchor
    return days


def _aside(mention: Mention, written: date, acts: frozenset[str]) -> bool:
    """Whether a new day is no proposal: it is ruled out (not by a mail that moves the meeting to it: "I'm afraid it has
    to be Friday"), or the day of writing, only mentioned.
    """
    if mention.out and "moves" not in acts:
        return True
    return mention.sure and mention.day == written and not (mention.asked or mention.hour or acts & _ARRANGING)


def _placed(mention: Mention, before: Period | None) -> Period | None:
    """The period that is named; "from the 12th to the 15th" is in the month spoken of before."""
    if not (mention.period and before and mention.stretch and mention.number and not mention.month):
        return mention.period
    first = next((day for day in _days(before) if day.day == mention.number), None)
    return (first, first + (mention.period[1] - mention.period[0])) if first else mention.period


def _meant(mention: Mention, found: Agenda, written: date, anchor: date | None, *, moves: bool) -> date:
    """The day that is meant. A mere "Friday" is never today, nor the day that is just being left for another."""
    assert mention.day
    if mention.following and anchor and anchor >= written:
        return anchor + timedelta(days=((mention.on or 0) - anchor.weekday()) % 7 or 7)
    never = (written, found.day if moves else None) if mention.mere_weekday else ()
    known = next((d for d in reversed(found.table) if d >= written and d not in never and mention.may_be(d)), None)
    if known or mention.sure:
        return known or mention.day
    inside = [day for day in _days(found.period) if day >= written and day not in never and mention.may_be(day)]
    if len(inside) == 1:
        return inside[0]
    return (_beside(anchor, mention, written) if mention.mere_weekday and anchor else None) or mention.day


def _days(period: Period | None) -> Iterator[date]:
    if period:
        first, last = period
        yield from (first + timedelta(days=shift) for shift in range((last - first).days + 1))


def _beside(agreed: date, weekday: Mention, written: date) -> date | None:
    """The weekday that lies next to the day agreed on; None where both are gone."""
    near = [agreed + timedelta(days=shift) for shift in (1, -1, 2, -2, 3, -3)]
    return next((day for day in near if day > written and weekday.may_be(day)), None)


def written_on(message: Message) -> date:
    """The day a message was written, as its writer saw it."""
    return message.date.date() if message.date else date(1970, 1, 1)


def in_subject(message: Message) -> list[Mention]:
    """The days that a subject names."""
    subject = fold(tidy(message.subject))
    languages = likely_languages(fold(tidy(message.new_text)))
    found = [m for code in languages for m in mentions(subject, code, written_on(message))]
    return [m for m in found if m.day]


def _start(start: datetime | date | None, seen: datetime | None) -> date | None:
    """The day an event starts where its reader is."""
    if isinstance(start, datetime):
        return start.astimezone(seen.tzinfo).date() if start.tzinfo and seen and seen.tzinfo else start.date()
    return start
