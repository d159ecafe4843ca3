"""What the mail says about one contact: what became of our letters, whether they answered, when the two last wrote.

Pure: messages and the ledger's records in, a History and what the ledger should learn out. An automatic answer, a
delivery report or a calendar robot is no answer; a mail from any of their addresses in any thread is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from thread_finder.app.memories import Memory
from thread_finder.finding.addresses import dead_addresses
from thread_finder.finding.people import MANY, Pair, base
from thread_finder.ledger import DraftRecord, DraftState, Outcome, OutcomeKind
from thread_finder.mail.fields import bare_subject
from thread_finder.mail.fingerprint import fingerprint
from thread_finder.model import Automatic, Contact, Label, Message, Owner, StoredDraft, Thread
from thread_finder.planning import Approach, Fate, History, Purpose

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sighting:
    """One of our letters as the mailbox shows it: its fate, since when, and the message it went out as."""

    record: DraftRecord
    fate: Fate
    at: datetime | None = None
    message: Message | None = None
    edited: bool = False

    @property
    def state(self) -> DraftState:
        """The same in the ledger's words."""
        if self.fate is Fate.OPEN:
            return DraftState.EDITED if self.edited else DraftState.DRAFTED
        return _STATES[self.fate]


_STATES = {
    Fate.BEGUN: DraftState.INTENDED,
    Fate.SENT: DraftState.SENT,
    Fate.BOUNCED: DraftState.SENT,
    Fate.DELETED: DraftState.DELETED,
    Fate.UNDONE: DraftState.UNDONE,
}


@dataclass(frozen=True, slots=True)
class Observation:
    """One contact's story, how each of our letters was seen, and the outcomes that the ledger should hold."""

    history: History
    letters: tuple[Sighting, ...]
    outcomes: tuple[Outcome, ...]


def observe(
    contact: Contact,
    owner: Owner,
    threads: Sequence[Thread],
    memory: Memory,
    there: Mapping[int, StoredDraft],
    now: datetime,
) -> Observation:
    """The contact's story by ``threads`` and ``memory``; ``there`` are the drafts still in the mailbox, by record."""
    mail = _Mail(contact, owner, threads, now)
    letters = _bounced(_sightings(memory.drafts, mail, there, now), mail, memory.outcomes)
    outcomes = tuple(_outcomes(contact, letters, mail))
    answered = [one.at for one in memory.outcomes if one.kind is OutcomeKind.ANSWERED]
    decided = [one for one in memory.outcomes if one.kind in {OutcomeKind.CLOSED, OutcomeKind.REOPENED}]
    last = decided[-1] if decided else None  # in the order written down: two may bear the same time
    dead = dead_addresses(threads, mail.pair)
    history = History(
        contact=contact,
        heard=max([*answered, *(mail.heard_at(m, letters) for m in mail.theirs)], default=None),
        wrote=max((one.date for one in mail.mine if one.date and not mail.report_on(one)), default=None),
        approaches=tuple(_approach(one) for one in letters),
        dead=tuple(email for email in contact.emails if base(email) in dead),
        living=any(base(email) not in dead for email in contact.emails),
        snoozed_until=memory.snooze.until if memory.snooze else None,
        skipped=frozenset((one.month, Purpose(one.purpose)) for one in memory.skips),
        blocked=(memory.block.why or "you said not to contact them") if memory.block else None,
        closed=last.at if last and last.kind is OutcomeKind.CLOSED else None,
        reopened=max((one.at for one in decided if one.kind is OutcomeKind.REOPENED), default=None),
        exchanges=_exchanges(letters, mail),
    )
    return Observation(history, letters, outcomes)


class _Mail:
    """The messages between the two that count, oldest first, up to ``now``."""

    def __init__(self, contact: Contact, owner: Owner, threads: Sequence[Thread], now: datetime) -> None:
        self.pair = Pair(contact, owner, threads)
        messages = {m.message_id or f"#{m.id}": m for thread in threads for m in thread.messages if _dated(m, now)}
        self._all = sorted(messages.values(), key=lambda m: (m.date or now, m.id))
        self.mine = [m for m in self._all if self._is_mine(m)]
        self._written = {m.message_id for m in self.mine if m.message_id}
        self.theirs = [m for m in self._all if self._is_theirs(m)]
        self._reports = [m for m in self._all if m.bounced]

    def _is_mine(self, message: Message) -> bool:
        aside = message.labels & {Label.DRAFT, Label.SPAM}
        return not aside and message.automatic is Automatic.NO and self.pair.by_me(message)

    def _is_theirs(self, message: Message) -> bool:
        """A real mail of theirs, be it in the trash by now. A circular is none, unless it answers."""
        if message.labels & {Label.DRAFT, Label.SPAM} or message.automatic is not Automatic.NO:
            return False
        if not self.pair.by_them(message) or self.pair.is_mine(message.from_):
            return False
        return len(message.recipients) < MANY or not self._written.isdisjoint(message.references)

    def sent_as(self, record: DraftRecord) -> Message | None:
        """The letter under our own Message-ID, when it is not a draft any more."""
        ours = [m for m in self._all if m.message_id == record.message_id and self.pair.is_mine(m.from_)]
        return next((m for m in ours if Label.DRAFT not in m.labels), None)

    def sent_instead(self, record: DraftRecord, taken: Iterable[str]) -> Message | None:
        """The owner's first newer mail in the place of a draft that is gone: in its thread, or under its subject."""
        passed = set(taken)
        since = record.created.replace(microsecond=0)  # as a draft is dated, and so it may go out
        newer = [m for m in self.mine if m.date and m.date >= since and m.id not in passed]
        return next((m for m in newer if _in_its_place(m, record)), None)

    def report_on(self, message: Message) -> Message | None:
        """The delivery report on a mail of the owner's, when all of the contact's addresses on it came back."""
        theirs = {base(a.email) for a in message.to if self.pair.is_theirs(a)}
        following = next((m.date for m in self.mine if m.date and message.date and m.date > message.date), None)
        on_it = [m for m in self._reports if _reports_on(m, message, following)]
        if not theirs or not theirs <= {base(email) for m in on_it for email in m.bounced}:
            return None
        return next(m for m in on_it if theirs & set(map(base, m.bounced)))

    def answers_to(self, letter: Sighting, until: datetime | None) -> list[Message]:
        """Their mails after a letter, or in answer to it whatever their clock says, and before the next one."""
        if letter.at is None:
            return []
        answering = letter.message.message_id if letter.message else letter.record.message_id
        return [
            m
            for m in self.theirs
            if answering in m.references or (m.date and letter.at < m.date and (until is None or m.date <= until))
        ]

    def heard_at(self, message: Message, letters: Sequence[Sighting]) -> datetime:
        """When they wrote: never before what they answer, though their clock may say so."""
        assert message.date is not None
        answered = [
            one.at for one in letters if one.at and one.message and one.message.message_id in message.references
        ]
        return max([message.date, *(at + timedelta(seconds=1) for at in answered)])


def _dated(message: Message, now: datetime) -> bool:
    """Whether the date can be used: a mail from the future (a clock gone wrong) would count for ever."""
    return message.date is not None and message.date <= now + _A_DAY


def _reports_on(report: Message, message: Message, following: datetime | None) -> bool:
    """Whether a delivery report is on this mail: it says so, or it came after it and before the next one."""
    if message.message_id and message.message_id in report.references:
        return True
    if report.date is None or message.date is None:
        return False
    return message.date <= report.date and (following is None or report.date < following)


def _in_its_place(message: Message, record: DraftRecord) -> bool:
    if record.thread_id and message.thread_id == record.thread_id:
        return True
    if {record.message_id, record.parent_id} - {""} & set(message.references):
        return True
    return not record.parent_id and bare_subject(message.subject) == bare_subject(record.subject)


# --- our letters ------------------------------------------------------------------------------------


def _sightings(
    records: Sequence[DraftRecord], mail: _Mail, there: Mapping[int, StoredDraft], now: datetime
) -> tuple[Sighting, ...]:
    found: list[Sighting] = []
    known = {m.id for record in records if (m := mail.sent_as(record))}
    for record in records:
        one = _sighting(record, mail, there.get(record.id), known, now)
        known |= {one.message.id} if one.message else set()
        found.append(one)
    return tuple(found)


def _sighting(record: DraftRecord, mail: _Mail, draft: StoredDraft | None, taken: set[str], now: datetime) -> Sighting:
    """What became of one letter. Our own Message-ID proves it sent, even where a copy of the draft was left behind."""
    if sent := mail.sent_as(record):
        return Sighting(record, Fate.SENT, sent.date, sent)
    if record.state is DraftState.UNDONE:
        return Sighting(record, Fate.UNDONE, record.changed)
    if record.state is DraftState.INTENDED:
        since = [m for m in (*mail.theirs, *mail.mine) if m.date and m.date > record.created]
        forgotten = draft is None and since  # never saved, and the two are in touch by now: no use any more
        return Sighting(record, Fate.UNDONE, now) if forgotten else Sighting(record, Fate.BEGUN)
    if draft is not None:
        edited = record.state is DraftState.EDITED or fingerprint(draft.raw) != record.fingerprint
        return Sighting(record, Fate.OPEN, edited=edited)
    sent = mail.sent_instead(record, taken)
    missed_since = record.changed if record.state is DraftState.DELETED else None
    if sent and sent.date and not (missed_since and sent.date > missed_since + _A_DAY):
        return Sighting(record, Fate.SENT, sent.date, sent)
    if record.state is DraftState.SENT:
        return Sighting(record, Fate.SENT, record.changed or record.created)
    return Sighting(record, Fate.DELETED, missed_since or now)


def _bounced(letters: Sequence[Sighting], mail: _Mail, remembered: Sequence[Outcome]) -> tuple[Sighting, ...]:
    """The same, but letters that came back, and that nobody answered after all, reached nobody."""
    known = {one.draft for one in remembered if one.kind is OutcomeKind.BOUNCED}
    return tuple(
        Sighting(one.record, Fate.BOUNCED, one.at, one.message)
        if one.fate is Fate.SENT and _came_back(one, mail, known) and not mail.answers_to(one, None)
        else one
        for one in letters
    )


def _came_back(letter: Sighting, mail: _Mail, known: set[int | None]) -> bool:
    """Whether a report says so, or the ledger, where the mail is out of sight."""
    if letter.message is None:
        return letter.record.id in known
    return mail.report_on(letter.message) is not None


def _approach(one: Sighting) -> Approach:
    record = one.record
    thread = one.message.thread_id if one.message else record.thread_id
    purpose = Purpose(record.purpose)
    return Approach(purpose, record.created, one.fate, one.at, record.month, thread, one.edited)


# --- what followed ----------------------------------------------------------------------------------


def _outcomes(contact: Contact, letters: Sequence[Sighting], mail: _Mail) -> list[Outcome]:
    """The first answer to each letter, and the report on each that came back."""
    found: list[Outcome] = []
    sent = [one for one in letters if one.fate in {Fate.SENT, Fate.BOUNCED}]
    for place, one in enumerate(sent):
        following = sent[place + 1].at if place + 1 < len(sent) else None
        for answer in mail.answers_to(one, following)[:1]:
            found.append(
                _outcome(contact, OutcomeKind.ANSWERED, one, answer, answer.from_.email if answer.from_ else "")
            )
        report = mail.report_on(one.message) if one.fate is Fate.BOUNCED and one.message else None
        if report:
            gone = next((email for email in report.bounced if base(email) in mail.pair.theirs), "")
            found.append(_outcome(contact, OutcomeKind.BOUNCED, one, report, gone))
    return found


def _outcome(contact: Contact, kind: OutcomeKind, letter: Sighting, mail: Message, address: str) -> Outcome:
    assert mail.date is not None
    told_by = mail.message_id or f"#{mail.id}"
    return Outcome(contact.name, contact.emails, kind, mail.date, letter.record.id, told_by, address)


def _exchanges(letters: Sequence[Sighting], mail: _Mail) -> int:
    """How often the word has come back to the owner since our first letter: several mails in a row are one."""
    first = min((one.at for one in letters if one.fate is Fate.SENT and one.at), default=None)
    if first is None:
        return 0
    turns = [(m.date, True) for m in mail.mine if m.date and m.date >= first]
    turns += [(at, False) for m in mail.theirs if (at := mail.heard_at(m, letters)) >= first]
    sides = [mine for _, mine in sorted(turns)]
    return sum(not mine and (place == 0 or sides[place - 1]) for place, mine in enumerate(sides))
