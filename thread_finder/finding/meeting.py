"""The day on which the two met: agreed on in words or in calendars, or remembered in thanks. Pure."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from thread_finder.finding.agenda import Agenda, Said, agenda, in_subject, looks_back, written_on
from thread_finder.finding.folding import fold, tidy
from thread_finder.finding.lexicon import lexicon
from thread_finder.finding.mention import Mention
from thread_finder.finding.people import MANY, Pair, living
from thread_finder.finding.signals import Reading, likely_languages, read
from thread_finder.mail.threads import is_reply_subject
from thread_finder.model import Automatic, Kind, Label, Message, PartialDate, Thread

LOOKING_BACK = frozenset({"thanks-for-meeting", "met-you", "thanks-for-time", "glad-we-met", "owes", "recalls-meeting"})
_SAYING_SO = frozenset({"thanks-for-meeting", "glad-we-met", "met-you"})
_ASKING = frozenset({"asks-to-meet", "asks-to-talk", "suggests-time", "calendar-invitation"})
_AGREEING = frozenset({"accepts", "agrees", "confirms", "suggests-time", "calendar-invitation"})
_THANKED_WITHIN = timedelta(days=45)
_REMEMBERED_WITHIN = timedelta(days=21)
_TWO_MONTHS = timedelta(days=56)
_A_FORTNIGHT = timedelta(days=14)
_A_WEEK = timedelta(days=7)
_A_DAY = timedelta(days=1)
_NONE = timedelta(0)


def met_on(thread: Thread, kind: Kind, threads: Sequence[Thread], pair: Pair) -> PartialDate | None:
    """When the two met, as precisely as their mails tell, for the thread that was found; None where they do not.

    ``threads`` are all with the contact: the day may be agreed on in one, moved in the calendar, and remembered in
    another.
    """
    own = _said(thread, pair)
    if not own:
        return None
    later = kind is not Kind.CONVERSATION
    near = [other for other in threads if other is not thread and _near(other, thread, later=later)]
    others = [said for said in (_said(other, pair, most=MANY) for other in near) if said]
    calendar = [(m, r) for said in others for m, r in said if m.calendar or m.automatic is Automatic.CALENDAR]
    found = agenda(sorted([*own, *calendar], key=lambda one: written_on(one[0])) if calendar else own)
    agendas = [found, *map(agenda, others)]
    back = _looking_back(own, kind, agendas) or _thanks_after(found.day, others)
    if back:
        return _recalled(back, kind, agendas)
    day = found.sure
    if found.off and found.day:
        day = min((one.sure for one in agendas if one.sure and one.sure > found.day), default=None)
    if day and (kind is not Kind.CONVERSATION or (found.firm and not _of_goods(own))):
        return PartialDate(day)
    if found.off or kind is Kind.CONVERSATION:
        return None
    return _sometime(own, found)


def _of_goods(said: Said) -> bool:
    """Whether things were sent and paid in a thread: its days are those of a parcel."""
    texts = [fold(tidy(message.new_text)) for message, _ in said]
    return any(lexicon(code).dates.goods.search(text) for text in texts for code in likely_languages(text))


def _sometime(said: Said, found: Agenda) -> PartialDate | None:
    """The month in which a meeting was that both wanted, but named no day for; None where only one of them did."""
    if found.options:
        return _somewhere(found.options[0], found.options[-1])
    asked = {m.from_.email for m, reading in said if m.from_ and reading.acts & _ASKING}
    agreed = any(m.from_ and asked - {m.from_.email} and reading.acts & _AGREEING for m, reading in said)
    some_day = any("someday" in reading.acts for _, reading in said)
    last = written_on(said[-1][0])
    return _somewhere(last, last + _A_FORTNIGHT) if found.day or (agreed and not some_day) else None


def _said(thread: Thread, pair: Pair, most: int = sys.maxsize) -> list[tuple[Message, Reading]]:
    """What was said in a thread by people, and by calendars, to or by the owner, and to fewer than ``most`` readers.

    Undated mail stands at the date before it.
    """
    said: list[tuple[Message, Reading]] = []
    for message in thread.messages:
        mine = pair.is_mine(message.from_) or any(map(pair.is_mine, message.recipients))
        calendar = message.automatic is Automatic.CALENDAR and not message.labels & {Label.TRASH, Label.SPAM}
        if not mine or not (living(message) or calendar) or len(message.recipients) >= most:
            continue
        dated = message if message.date or not said else replace(message, date=said[-1][0].date)
        if dated.date and 1980 < dated.date.year < 2100:
            said.append((dated, read(dated)))
    return said


def _near(other: Thread, thread: Thread, *, later: bool) -> bool:
    """Whether two threads overlap, or one begins soon after the other; unless ``later``, only the one before counts."""
    mine = [m.date.date() for m in thread.messages if m.date]
    theirs = [m.date.date() for m in other.messages if m.date]
    if not mine or not theirs:
        return False
    last = mine[-1] + _TWO_MONTHS if later else mine[0]
    return theirs[0] <= last and theirs[-1] >= mine[0] - _TWO_MONTHS


# --- notes that look back -----------------------------------------------------------------------------------


def _looking_back(said: Said, kind: Kind, agendas: Sequence[Agenda]) -> tuple[Message, Reading] | None:
    """The first message of the thread that looks back on a meeting: after a day agreed on or proposed, else at all."""
    found = agendas[0]
    days = _days(agendas)
    for message, reading in said:
        if reading.acts & LOOKING_BACK and any(_NONE <= written_on(message) - day <= _THANKED_WITHIN for day in days):
            return message, reading
    to_come = found.sure and kind is Kind.THANK_YOU and found.sure > written_on(said[-1][0])  # thanks are not for that
    if found.sure and not to_come:
        return None
    for index, (message, reading) in enumerate(said):
        if looks_back(message, reading, opens=not index):
            return message, reading
    opened = written_on(said[0][0])
    follows = any(_NONE <= opened - day <= _A_FORTNIGHT for day in days if day != found.day)
    return said[0] if kind is Kind.THANK_YOU or follows else None


def _days(agendas: Sequence[Agenda]) -> list[date]:
    """The days agreed on, the last first, and the one only proposed in the thread itself."""
    found = agendas[0]
    agreed = sorted({one.sure for one in agendas if one.sure}, reverse=True)
    proposed = [] if found.day is None or found.off or found.options or found.day in agreed else [found.day]
    return [*agreed, *proposed]


def _thanks_after(day: date | None, others: Sequence[Said]) -> tuple[Message, Reading] | None:
    """A note in a thread of its own, opened just after the day."""
    for said in others:
        just_after = said and day and _NONE <= written_on(said[0][0]) - day <= _A_FORTNIGHT
        if just_after and said[0][1].acts & LOOKING_BACK:
            return said[0]
    return None


def _recalled(back: tuple[Message, Reading], kind: Kind, agendas: Sequence[Agenda]) -> PartialDate | None:
    """The day a note looks back on, or the month in which it was."""
    message, reading = back
    written = written_on(message)
    plain = kind is not Kind.CONVERSATION or bool(reading.acts & {"thanks-for-meeting", "met-you"})
    day = _remembered(message, reading, _days(agendas), guess=plain or "glad-we-met" in reading.acts)
    if day:
        loose = any(one.loose and one.day == day for one in agendas)
        return PartialDate(day + _A_WEEK if loose and _A_WEEK <= written - day <= _A_WEEK + _A_DAY else day)
    return _somewhere(written - _A_FORTNIGHT, written) if plain else None


def _remembered(message: Message, reading: Reading, agreed: Sequence[date], *, guess: bool) -> date | None:
    """The day a note looks back on: one agreed on before that it can mean, else the one it gives thanks for, else the
    last agreed on; where none was, it may ``guess`` from what it recalls.
    """
    written = written_on(message)
    subject = [] if is_reply_subject(message.subject) else in_subject(message)
    near = [m for m in (*subject, *reading.times) if m.past and _NONE <= written - m.past <= _REMEMBERED_WITHIN]
    near = [m for m in near if m.sure or not m.until]
    before = [day for day in agreed if _NONE <= written - day <= _THANKED_WITHIN]
    for day in before:
        if any(m.past == day or m.may_be(day) for m in near):
            return day
    for day in before:  # "Wednesday" was the week after, if they write of yesterday then
        if any(m.sure and m.past == day + _A_WEEK for m in near):
            return day + _A_WEEK
    spoken = [m for m in near if m in subject or _says(_SAYING_SO, m, message, reading)]
    if spoken or before:
        return spoken[0].past if spoken else before[0]
    recalled = [m for m in near if m.sure or _says(frozenset({"recalls-meeting"}), m, message, reading)]
    return next((m.past for m in recalled if guess and m.past != written), None)  # "today I sent it" is no meeting


def _says(signals: frozenset[str], mention: Mention, message: Message, reading: Reading) -> bool:
    """Whether a day is named in a sentence that shows one of the signals."""
    words = tidy(message.new_text)[mention.start : mention.end]
    return any(hit.signal in signals and words in hit.quote for hit in reading.hits)


def _somewhere(first: date, last: date) -> PartialDate | None:
    """A day between the two, as precisely as that goes."""
    if (first.year, first.month) == (last.year, last.month):
        return PartialDate(date(first.year, first.month, 1), "month")
    return PartialDate(date(first.year, 1, 1), "year") if first.year == last.year else None
