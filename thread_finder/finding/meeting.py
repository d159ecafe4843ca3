"""The day on which the two met: agreed on in words or in calendars, moved, called off, or remembered in thanks. Pure.

A day named in part ("Friday", "the 17th") is one of the days already on the table where it can be, else the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from thread_finder.finding.folding import fold, tidy
from thread_finder.finding.people import Pair, living
from thread_finder.finding.signals import Reading, likely_languages, read
from thread_finder.finding.when import Mention, mentions
from thread_finder.mail.threads import is_reply_subject
from thread_finder.model import Automatic, Kind, Label, Message, PartialDate, Thread

Said = Sequence[tuple[Message, Reading]]
"""A thread's messages in order, each with its reading."""

LOOKING_BACK = frozenset({"thanks-for-meeting", "met-you", "thanks-for-time", "glad-we-met", "owes", "recalls-meeting"})
_ARRANGING = frozenset(
    {
        "asks-to-meet",
        "suggests-time",
        "accepts",
        "confirms",
        "moves",
        "cancels",
        "calendar-invitation",
        "talks-by-phone",
    }
)
_AGREEING = frozenset({"accepts", "confirms"})
_OFF = frozenset({"cancels", "declines"})
_FAR = timedelta(days=370)  # nobody arranges a meeting for later
_NOTE = 80  # words up to which any mail that names a day is about the day
_THANKED_WITHIN = timedelta(days=45)
_REMEMBERED_WITHIN = timedelta(days=21)
_MISSED_WITHIN = timedelta(days=4)
_A_FORTNIGHT = timedelta(days=14)
_MANY = 4  # people in an invitation from which on it is not the two who meet


@dataclass(slots=True)
class Agenda:
    """What a thread comes to: the ``day`` agreed on last, ``settled`` where both had a say in it, ``off`` where it was
    called off or missed. ``table`` are all days spoken of, ``by`` who named the last one; ``past`` once somebody has
    thanked.
    """

    day: date | None = None
    settled: bool = False
    off: bool = False
    table: list[date] = field(default_factory=list)
    by: str = ""
    past: bool = False

    @property
    def met(self) -> date | None:
        """The day, if the two met on it for all we know."""
        return self.day if self.settled and not self.off else None


def agreed_day(said: Said) -> date | None:
    """The day a thread agrees on, or the one proposed last where nobody objected; None where none is left."""
    found = agenda(said)
    return None if found.off else found.day


def agenda(said: Said) -> Agenda:
    """Follow a thread until the first meeting that took place."""
    found = Agenda()
    for message, reading in said:
        written = _written(message)
        if found.day and not found.off and written > found.day:
            missed = reading.acts & (_OFF | {"moves"}) and not _looks_back(reading)
            if not missed or written - found.day > _MISSED_WITHIN:
                break
            found.off = True
        if "recurring" not in reading.acts:
            _hear(found, message, reading, written)
        found.past = found.past or _looks_back(reading)
    return found


def _looks_back(reading: Reading) -> bool:
    """Whether a mail plainly speaks of a meeting gone by; being glad alone is also how strangers ask for one."""
    acts = reading.acts
    return "thanks-for-meeting" in acts or ("glad-we-met" in acts and "asks-to-meet" not in acts)


def _hear(found: Agenda, message: Message, reading: Reading, written: date) -> None:
    """Let one message change the agenda."""
    author = message.from_.email if message.from_ else ""
    for part in message.calendar:
        day = _start(part.start, message.date)
        if day and day >= written and len(part.attendees) < _MANY:
            found.day, found.settled, found.by = day, True, author
            found.off = part.method == "CANCEL" or part.status == "CANCELLED" or part.answer == "DECLINED"
            found.table.append(day)
    if message.calendar or ((found.past or _looks_back(reading)) and "suggests-time" not in reading.acts):
        return
    if found.day and any(mention.out and mention.may_be(found.day) for mention in reading.times):
        found.off = True
    subject = [] if found.table or is_reply_subject(message.subject) else _in_subject(message)
    days = _named([*reading.times, *subject], found, written, moves="moves" in reading.acts)
    known = [day for day in days if day in found.table]
    if not known and not reading.acts & _ARRANGING and len(message.new_text.split()) > _NOTE:
        return
    if days and not (known == days and reading.acts & _OFF and "moves" not in reading.acts):
        fresh = [day for day in days if day not in found.table]
        choice = fresh[0] if fresh and (not known or found.day in known) else known[-1]
        robot = message.automatic is Automatic.CALENDAR  # it writes when both have chosen
        found.settled = robot or (choice in known and (author != found.by or found.settled))
        found.day, found.by, found.off = choice, author if fresh else found.by, False
        found.table += fresh
    elif reading.acts & _OFF and "moves" not in reading.acts:
        found.off = found.day is not None
    elif author != found.by or reading.acts & _AGREEING:
        found.settled = found.day is not None


def _named(times: Iterable[Mention], found: Agenda, written: date, *, moves: bool) -> list[date]:
    """The days to come that a message names, those with an hour first.

    A mere "Friday" is never today, nor the day that is just being left for another; a new one is next to the day
    agreed on.
    """
    days: dict[date, bool] = {}
    for mention in times:
        if mention.day is None or mention.out or mention.stretch:
            continue
        mere = mention.weekday and not mention.sure
        never = (written, found.day if moves else None) if mere else ()
        known = next((d for d in reversed(found.table) if d >= written and d not in never and mention.may_be(d)), None)
        day = known or (_beside(found.day, mention, written) if mere and found.day else None) or mention.day
        if written <= day <= written + _FAR:
            days[day] = days.get(day, False) or mention.hour is not None
    return sorted(days, key=lambda day: not days[day])


def _beside(agreed: date, weekday: Mention, written: date) -> date | None:
    """The weekday that lies next to the day agreed on; None where both are gone."""
    near = [agreed + timedelta(days=shift) for shift in (1, -1, 2, -2, 3, -3)]
    return next((day for day in near if day > written and weekday.may_be(day)), None)


def _written(message: Message) -> date:
    return message.date.date() if message.date else date(1970, 1, 1)


def _start(start: datetime | date | None, seen: datetime | None) -> date | None:
    """The day an event starts where its reader is."""
    if isinstance(start, datetime):
        return start.astimezone(seen.tzinfo).date() if start.tzinfo and seen and seen.tzinfo else start.date()
    return start


# --- the meeting of a finding ------------------------------------------------------------------------------


def met_on(thread: Thread, kind: Kind, threads: Sequence[Thread], pair: Pair) -> PartialDate | None:
    """When the two met, as precisely as their mails tell, for the thread that was found; None where they do not.

    ``threads`` are all with the contact: the day may be agreed on in one, moved in the calendar, and remembered in
    another.
    """
    if kind is Kind.CONVERSATION:
        return None
    own = _said(thread, pair)
    if not own:
        return None
    others = [_said(other, pair) for other in threads if other is not thread and _near(other, thread)]
    calendar = [(m, r) for said in others for m, r in said if m.calendar or m.automatic is Automatic.CALENDAR]
    found = agenda(sorted([*own, *calendar], key=lambda one: _written(one[0])) if calendar else own)
    days = [found.met, *(agenda(said).met for said in others)]
    agreed = sorted({day for day in days if day}, reverse=True)
    back = _looking_back(own, kind, found, agreed) or _thanks_after(found.day, others)
    if back:
        day = _remembered(back, agreed)
        return PartialDate(day) if day else _somewhere(_written(back[0]) - _A_FORTNIGHT, _written(back[0]))
    after = [day for day in reversed(agreed) if found.off and found.day and day > found.day]
    day = found.met or next(iter(after), None)
    if day or found.off:
        return PartialDate(day) if day else None
    last = _written(own[-1][0])
    return _somewhere(last, last + _A_FORTNIGHT)


def _said(thread: Thread, pair: Pair) -> list[tuple[Message, Reading]]:
    """What was said in a thread by people, and by calendars, to or by the owner; undated mail at the date before it."""
    said: list[tuple[Message, Reading]] = []
    for message in thread.messages:
        mine = pair.is_mine(message.from_) or any(map(pair.is_mine, message.recipients))
        calendar = message.automatic is Automatic.CALENDAR and not message.labels & {Label.TRASH, Label.SPAM}
        if not mine or not (living(message) or calendar):
            continue
        dated = message if message.date or not said else replace(message, date=said[-1][0].date)
        if dated.date and 1980 < dated.date.year < 2100:
            said.append((dated, read(dated)))
    return said


def _near(other: Thread, thread: Thread) -> bool:
    """Whether two threads overlap, or one begins soon after the other."""
    mine = [m.date.date() for m in thread.messages if m.date]
    theirs = [m.date.date() for m in other.messages if m.date]
    if not mine or not theirs:
        return False
    return theirs[0] <= mine[-1] + 4 * _A_FORTNIGHT and theirs[-1] >= mine[0] - 4 * _A_FORTNIGHT


def _looking_back(said: Said, kind: Kind, found: Agenda, agreed: Sequence[date]) -> tuple[Message, Reading] | None:
    """The first message of the thread that looks back on a meeting."""
    for message, reading in said:
        written = _written(message)
        after = any(timedelta(0) <= written - day <= _THANKED_WITHIN for day in agreed)
        if reading.acts & LOOKING_BACK and (after or (found.met is None and _looks_back(reading))):
            return message, reading
    return said[0] if kind is Kind.THANK_YOU and found.met is None else None


def _thanks_after(day: date | None, others: Sequence[Said]) -> tuple[Message, Reading] | None:
    """A note in a thread of its own, opened just after the day."""
    for said in others:
        just_after = said and day and timedelta(0) <= _written(said[0][0]) - day <= _A_FORTNIGHT
        if just_after and said[0][1].acts & LOOKING_BACK:
            return said[0]
    return None


def _remembered(back: tuple[Message, Reading], agreed: Sequence[date]) -> date | None:
    """The day a note looks back on: one agreed on before that it can mean, else the one it names itself."""
    message, reading = back
    written = _written(message)
    text = tidy(message.new_text)
    quotes = [hit.quote for hit in reading.hits if hit.signal in ("thanks-for-meeting", "glad-we-met")]
    subject = [] if is_reply_subject(message.subject) else _in_subject(message)
    near = [m for m in (*subject, *reading.times) if m.past and timedelta(0) <= written - m.past <= _REMEMBERED_WITHIN]
    before = [day for day in agreed if timedelta(0) <= written - day <= _THANKED_WITHIN]
    for day in before:
        if any(m.past == day or m.may_be(day) for m in near):
            return day
    spoken = [m for m in near if m in subject or any(text[m.start : m.end] in quote for quote in quotes)]
    if spoken:
        return spoken[0].past
    return before[0] if before else next((m.past for m in near if m.sure), None)


def _in_subject(message: Message) -> list[Mention]:
    subject = fold(tidy(message.subject))
    languages = likely_languages(fold(tidy(message.new_text)))
    return [m for code in languages for m in mentions(subject, code, _written(message))]


def _somewhere(first: date, last: date) -> PartialDate | None:
    """A day between the two, as precisely as that goes."""
    if (first.year, first.month) == (last.year, last.month):
        return PartialDate(date(first.year, first.month, 1), "month")
    return PartialDate(date(first.year, 1, 1), "year") if first.year == last.year else None
