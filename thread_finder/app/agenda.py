"""Where everybody stands, and the plan: gathers what planning needs from mailbox, ledger and contacts.

``look`` reads the mailbox once for all contacts, and brings the ledger up to date with what it sees. Threads are
searched only for those whose turn it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from thread_finder import model
from thread_finder.app.finding import Failure, find_threads
from thread_finder.app.memories import Memory, memories
from thread_finder.app.observing import Observation, observe
from thread_finder.app.session import Session
from thread_finder.errors import ExitCode, PeriodError
from thread_finder.finding.find import find
from thread_finder.finding.people import Pair, parent_of
from thread_finder.ledger import OPEN, Ledger
from thread_finder.mailboxes.base import Mailbox, Request
from thread_finder.model import Contact, Finding, Kind, ReasonKind, StoredDraft, Verdict
from thread_finder.planning import Fate, History, Period, Plan, Purpose, Rhythm, Standing, State, plan, stand
from thread_finder.planning.period import day_in_words

_GIVING = frozenset({ReasonKind.NEWS, ReasonKind.CONGRATULATE, ReasonKind.OFFER_HELP})
_ASKING = frozenset({ReasonKind.ASK, ReasonKind.CATCH_UP})


@dataclass(frozen=True, slots=True)
class Agenda:
    """What was seen of all contacts. ``strays`` are people with an open draft who are no contacts any more."""

    session: Session
    mailbox: Mailbox
    ledger: Ledger
    rhythm: Rhythm
    seen: tuple[Observation, ...]
    strays: tuple[Observation, ...] = ()

    @property
    def today(self) -> date:
        """The day it is, or that the user takes it for."""
        return self.session.now.date()

    def standings(self) -> tuple[Standing, ...]:
        """Where each contact stands, in their order."""
        return tuple(stand(one.history, self.today, self.rhythm) for one in self.seen)

    def stray_standings(self) -> tuple[Standing, ...]:
        """The same for people with an open draft who are no contacts any more."""
        found = [stand(one.history, self.today, self.rhythm) for one in self.strays]
        return tuple(replace(one, why=f"{one.why}; {one.history.contact.source}") for one in found)

    def held(self, contact: Contact) -> Failure | None:
        """Why no check-in may be drafted for a contact by hand either: an unanswered letter, or the user's own word."""
        standing = stand(self.observation(contact).history, self.today, self.rhythm)
        who = contact.name.replace('"', "'")
        for letter in self.observation(contact).letters:
            elsewhere = set(letter.record.addresses).isdisjoint(contact.emails)
            if elsewhere and letter.fate in {Fate.BEGUN, Fate.OPEN}:
                why = f"a draft to {letter.record.addresses[0]}, no longer among their addresses, lies in your drafts"
                return Failure(contact, why, "send or remove it first", ExitCode.REFUSED)
        ways_out = {
            State.SENT: "wait for the answer; `thread-finder status` says until when",
            State.FOLLOW_UP_DUE: f'one follow-up in its thread: thread-finder follow-up "{who}"',
            State.FOLLOWED_UP: "wait for the answer",
            State.CLOSED: f'to begin anew: thread-finder reopen "{who}"',
            State.BLOCKED: f'to write after all: thread-finder reopen "{who}"',
        }
        begun = any(one.under_way for one in standing.history.counting)
        if standing.state not in ways_out or begun:
            return None
        return Failure(contact, standing.why, ways_out[standing.state], ExitCode.REFUSED)

    @property
    def returned(self) -> frozenset[str]:
        """The Message-IDs of our letters that came back: they are no part of any conversation."""
        letters = [one for seen in self.seen for one in seen.letters if one.fate is Fate.BOUNCED and one.message]
        return frozenset(one.message.message_id for one in letters if one.message)

    def stage(self, contact: Contact) -> model.History:
        """What came of earlier letters to a contact, for the etiquette of the next."""
        seen = self.observation(contact)
        sent = [one for one in seen.letters if one.fate is Fate.SENT]
        reasons = [one.record.reason for one in sent]
        return model.History(
            interactions=seen.history.exchanges,
            gives=sum(reason in _GIVING for reason in reasons),
            asks=sum(reason in _ASKING for reason in reasons),
            wrote_on=max((one.at.date() for one in sent if one.at), default=None),
            in_touch_on=max((at.date() for at in (seen.history.heard, seen.history.wrote) if at), default=None),
        )

    def observation(self, contact: Contact) -> Observation:
        """What was seen of one contact."""
        return next(one for one in (*self.seen, *self.strays) if one.history.contact.emails == contact.emails)

    def period(self, text: str = "") -> Period:
        """The month or week meant: as written, else the present one, by the user's rhythm.

        PeriodError for one that is none, or over.
        """
        weekly = self.session.config.cadence.per_week > 0
        present = Period.week_of(self.today) if weekly else Period.month_of(self.today)
        try:
            period = Period.parse(text) if text else present
        except ValueError as error:
            raise PeriodError(str(error), f"the present one is {present}") from None
        if period.last < self.today:
            raise PeriodError(f"{period.in_words} is over", f"nothing can be planned before {present}")
        return period

    def follow_ups(self, contacts: Sequence[Contact]) -> Iterator[Finding | Failure]:
        """For each contact the thread for its one follow-up; a Failure says why there is none to write now."""
        where = {one.history.contact.emails: one for one in self.standings()}
        due = [one for one in contacts if _wants_follow_up(where[one.emails])]
        found = dict(zip((one.emails for one in due), self._their_threads(due), strict=True))
        for contact in contacts:
            yield found.get(contact.emails) or _no_follow_up(where[contact.emails])

    def plan(self, period: Period, more: int = 0) -> Plan:
        """Whose turn it is, each chosen one with the thread to write in; ``more`` places than the user's rhythm has.

        Threads are read of those whom everything else speaks for, and of as many again who are next in line: a good
        thread moves ahead among them. To read everybody's would take minutes where contacts are many.
        """
        rhythm = replace(self.rhythm, per_month=self.rhythm.per_month + more, per_week=self.rhythm.per_week + more)
        histories = {one.history.contact.emails: one.history for one in self.seen}
        made = plan(period, list(histories.values()), rhythm, self.today)
        unread = [(one.contact, one.purpose) for one in made.chosen]
        unread += [(one.contact, Purpose.CHECK_IN) for one in made.omitted if 0 < one.place <= made.room]
        while unread:
            for purpose, search in ((Purpose.CHECK_IN, self._threads), (Purpose.FOLLOW_UP, self._their_threads)):
                contacts = [contact for contact, wanted in unread if wanted is purpose]
                for contact, found in zip(contacts, search(contacts), strict=True):
                    known = histories[contact.emails]
                    change = {"unread": found.why} if isinstance(found, Failure) else {"finding": found}
                    histories[contact.emails] = replace(known, **change)
            made = plan(period, list(histories.values()), rhythm, self.today)
            unread = [(one.contact, one.purpose) for one in made.chosen if one.finding is None]
        return made

    def _threads(self, contacts: Sequence[Contact]) -> Iterator[Finding | Failure]:
        if contacts:
            yield from find_threads(self.session, self.mailbox, contacts, self.ledger, returned=self.returned)

    def _their_threads(self, contacts: Sequence[Contact]) -> Iterator[Finding | Failure]:
        """For a follow-up: the thread that the unanswered letter went out in, whatever thread would be found now."""
        if not contacts:
            return
        identities = self.mailbox.identities()
        for contact, answer in zip(contacts, self.mailbox.search(self._requests(contacts)), strict=True):
            letters = [one for one in self.observation(contact).letters if one.fate is Fate.SENT and one.message]
            sent = letters[-1].message if letters else None
            threads = [t for t in answer.threads if sent and any(m.message_id == sent.message_id for m in t.messages)]
            if answer.problem or sent is None or not threads:
                yield Failure(contact, answer.problem or "your unanswered letter is not in this mailbox")
                continue
            found = find(contact, self.session.owner, answer.threads, identities=identities)
            pair = Pair(contact, self.session.owner)
            kinds = {c.thread.id: c.kind for c in found.alternatives}
            kinds |= {found.thread.id: found.kind} if found.thread and found.kind else {}
            yield replace(
                found,
                verdict=Verdict.REPLY,
                confidence=1.0,
                kind=kinds.get(threads[0].id, Kind.CONVERSATION),
                thread=threads[0],
                parent=parent_of(threads[0], pair) or sent,
                reply_from=sent.from_ or found.reply_from,
                evidence=(),
                alternatives=(),
            )

    def _requests(self, contacts: Iterable[Contact]) -> list[Request]:
        return requests(contacts, self.session)


def _wants_follow_up(standing: Standing) -> bool:
    """Whether it is to be written now, or lies there already to be brought up to date."""
    waiting = [one for one in standing.history.counting if one.under_way]
    return standing.state is State.FOLLOW_UP_DUE or any(one.purpose is Purpose.FOLLOW_UP for one in waiting)


def _no_follow_up(standing: Standing) -> Failure:
    contact, why = standing.history.contact, standing.why
    if standing.state in {State.FOLLOWED_UP, State.CLOSED}:
        return Failure(contact, f"{why}; there is never a second follow-up", "`thread-finder reopen` begins anew")
    if standing.state is State.SENT and standing.next_on:
        return Failure(contact, f"{why}; not before {day_in_words(standing.next_on)}", "wait until then")
    return Failure(contact, f"nothing to follow up: {standing.state}, {why}", "`thread-finder status` shows who waits")


def requests(contacts: Iterable[Contact], session: Session) -> list[Request]:
    """What to ask the mailbox for each contact."""
    return [Request(one.emails[0], one.emails, session.owner.emails, one.name) for one in contacts]


def look(session: Session, mailbox: Mailbox, ledger: Ledger, contacts: Sequence[Contact] | None = None) -> Agenda:
    """Look after everybody, or after ``contacts`` only, and let the ledger know what became of our letters."""
    cadence = session.config.cadence
    per_week = cadence.per_week or max(1, cadence.per_month // 4)
    rhythm = Rhythm(cadence.check_in_every, cadence.follow_up_after, cadence.per_month, per_week)
    known, strays = memories(session.contacts, session.account, ledger)
    wanted = session.contacts if contacts is None else contacts
    people = [*wanted, *(strays if contacts is None else ())]
    since = [_since(person, known[person.emails], rhythm, session.now) for person in people]
    answers = mailbox.recent(requests(people, session), since)
    seen = []
    for contact, answer in zip(people, answers, strict=True):
        memory = known[contact.emails]
        if answer.problem:
            seen.append(Observation(History(contact, unread=answer.problem), (), ()))
            continue
        there = _drafts_there(memory, mailbox)
        one = observe(contact, session.owner, answer.threads, memory, there, session.now)
        _remember(one, memory, there, ledger, session.now)
        seen.append(one)
    count = len(wanted)
    return Agenda(session, mailbox, ledger, rhythm, tuple(seen[:count]), tuple(seen[count:]))


def _since(contact: Contact, memory: Memory, rhythm: Rhythm, now: datetime) -> datetime:
    """From when on mail matters: the contact's cadence, and our first letter to them."""
    window = rhythm.cadence(History(contact)).before(now.date())
    first = min((one.created.astimezone(UTC).date() for one in memory.drafts), default=window)
    day = max(min(window, first), date(1970, 1, 3))
    return datetime.combine(day - timedelta(days=1), time(), UTC)


def _drafts_there(memory: Memory, mailbox: Mailbox) -> dict[int, StoredDraft]:
    """The drafts of ours that still lie in the mailbox, by record."""
    found: dict[int, StoredDraft] = {}
    for record in memory.drafts:
        if record.state in OPEN:
            drafts = mailbox.find_drafts(draft_id=record.draft_id) if record.draft_id else ()
            drafts = drafts or mailbox.find_drafts(message_id=record.message_id)
            found.update((record.id, draft) for draft in drafts[:1])
    return found


def _remember(
    one: Observation, memory: Memory, there: Mapping[int, StoredDraft], ledger: Ledger, now: datetime
) -> None:
    """Write down what is new. A draft that a person moved to another thread is remembered there."""
    for letter in one.letters:
        record, draft = letter.record, there.get(letter.record.id)
        if letter.fate is Fate.OPEN and draft and draft.thread_id not in {"", record.thread_id}:
            ledger.record_draft(record.id, draft.draft_id, draft.thread_id, record.fingerprint, now, letter.state)
        elif letter.state is not record.state:
            ledger.set_state(record.id, letter.state, letter.at or now)
    known = {(outcome.kind, outcome.message_id) for outcome in memory.outcomes}
    for outcome in one.outcomes:
        if (outcome.kind, outcome.message_id) not in known:
            ledger.add_outcome(outcome)
