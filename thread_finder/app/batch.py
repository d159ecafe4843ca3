"""The month's letters, one after the other: propose, change, accept. What is accepted is drafted at once.

Nothing is asked here and nothing is shown: cli/review.py does that. What a run leaves behind (drafts and the ledger)
is all that the next run needs to go on.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from thread_finder.addressbook import notes as notebook
from thread_finder.app import editing
from thread_finder.app.drafting import Action, Outcome
from thread_finder.app.finding import Failure, find_threads
from thread_finder.app.letters import Wishes, Written, rewrite
from thread_finder.app.run import Run
from thread_finder.errors import ExitCode, MailboxError, RefusedError
from thread_finder.ledger import Ledger, Pin, Skip, Snooze
from thread_finder.model import Contact, Finding, Letter, Reason, Thread
from thread_finder.planning import CheckIn, Period, Plan, Purpose
from thread_finder.userfiles import write_private

_SPARE = 2  # so many times the month's places are tried beyond them


@dataclass(frozen=True, slots=True)
class Proposal:
    """One letter of the batch as it stands now; ``wishes`` are its own."""

    turn: CheckIn
    letter: Written | Failure
    wishes: Wishes

    @property
    def contact(self) -> Contact:
        """Who it is for."""
        return self.turn.contact


@dataclass(frozen=True, slots=True)
class Skipped:
    """A contact without a draft, and why, in words."""

    contact: Contact
    why: str
    to_do: str = ""


@dataclass
class Report:
    """What became of a batch: each letter dealt with is in ``outcomes`` or ``skipped``; ``left`` were not reached."""

    month: str
    left: int
    outcomes: list[Outcome] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def failed(self) -> list[Outcome]:
        """What was wanted and did not work."""
        return [outcome for outcome in self.outcomes if outcome.failed]

    def add(self, result: Outcome | Skipped) -> None:
        """One more letter dealt with. One that the mailbox or the ledger would not have again is a skipped one."""
        self.left -= 1
        if isinstance(result, Skipped):
            self.skipped.append(result)
        elif result.action is Action.REFUSED and not result.failed:
            self.skipped.append(Skipped(result.contact, result.why, result.to_do))
        else:
            self.outcomes.append(result)

    @property
    def asked(self) -> int:
        """Done, failed and skipped together."""
        return len(self.outcomes) + len(self.skipped)


class Batch:
    """The letters of ``run``: those accepted so far are what the next must not sound like."""

    def __init__(self, run: Run, wishes: Wishes) -> None:
        self._run = run
        self._wishes = wishes
        self._accepted: list[Letter] = []

    @property
    def today(self) -> date:
        """The day of the run."""
        return self._run.session.now.date()

    # --- proposing ------------------------------------------------------------------------------------

    def proposals(self, turns: Sequence[CheckIn]) -> Iterator[Proposal]:
        """A letter for each turn, written when it is its turn; a text that the user began is taken up."""
        for turn, found in zip(turns, self._findings(turns), strict=True):
            proposal = self._written(turn, found, replace(self._wishes, purpose=str(turn.purpose)))
            try:
                yield self.edited(proposal)
            except RefusedError:  # what is in the file is no letter yet; editing goes on with it
                yield proposal

    def edited(self, proposal: Proposal) -> Proposal:
        """The letter in the words that the user has written into its file; as it is where there are none.

        RefusedError when the file cannot be read as a letter.
        """
        written = proposal.letter
        if isinstance(written, Failure):
            return proposal
        try:
            text = self.edits(proposal.turn).read_text("utf-8")
        except FileNotFoundError:
            return proposal
        except (OSError, UnicodeDecodeError) as error:
            raise RefusedError(f"the edited text cannot be read: {error}", "edit it again, as UTF-8") from error
        letter = editing.from_text(text, written)
        if letter is None:
            return proposal
        again = rewrite(written, letter, self._run.stationery, proposal.wishes, others=self._accepted)
        return replace(proposal, letter=again)

    def edits(self, turn: CheckIn) -> Path:
        """The file that holds the user's own words for this letter until it is drafted."""
        key = sha256(f"{turn.purpose} {turn.contact.emails[0]}".encode()).hexdigest()[:16]
        return self._run.session.state / "edits" / f"{key}.txt"

    def _findings(self, turns: Sequence[CheckIn]) -> Iterator[Finding | Failure]:
        run = self._run
        unread = [turn.contact for turn in turns if turn.finding is None]
        found = find_threads(run.session, run.mailbox, unread, self._ledger, returned=run.returned)
        for turn in turns:
            yield turn.finding or next(found)

    def _written(self, turn: CheckIn, found: Finding | Failure, wishes: Wishes) -> Proposal:
        letter = found if isinstance(found, Failure) else self._run.write(found, wishes, self._accepted)
        return Proposal(turn, letter, wishes)

    # --- deciding -------------------------------------------------------------------------------------

    def settle_all(self, plan: Plan, report: Report) -> None:
        """Without asking: draft what raises no doubt. The place of one to whom no letter can be written goes to the
        next in line, or such people would hold the same places month after month.
        """
        tried: set[tuple[str, ...]] = set()
        turns, lost, refilled = plan.chosen, 0, 0
        while turns:
            for proposal in self.proposals(turns):
                report.add(self.settle(proposal))
                lost += proposal.turn.purpose is Purpose.CHECK_IN and self._unfit(proposal)
            tried |= {turn.contact.emails for turn in turns}
            turns = self._next_in_line(plan, min(lost, _SPARE * plan.room), tried)[: lost - refilled]
            refilled += len(turns)
            report.left += len(turns)

    def _next_in_line(self, plan: Plan, more: int, tried: Container[tuple[str, ...]]) -> tuple[CheckIn, ...]:
        if not more or self._run.agenda is None or not any(one.place for one in plan.omitted):
            return ()
        wider = self._run.agenda.plan(plan.period, more)
        return tuple(turn for turn in wider.chosen if turn.contact.emails not in tried)

    def _unfit(self, proposal: Proposal) -> bool:
        """Whether a fact is missing, or advice stops it: nothing that a look at the letter alone could settle."""
        letter = proposal.letter
        if isinstance(letter, Failure):
            return letter.exit_code is ExitCode.REFUSED
        return not (letter.edited or letter.finding.unsure) and bool(letter.stops(proposal.wishes.despite))

    def settle(self, proposal: Proposal) -> Outcome | Skipped:
        """Without asking: draft it, unless there is a doubt."""
        letter, contact = proposal.letter, proposal.contact
        if isinstance(letter, Failure):
            if letter.exit_code is ExitCode.REFUSED:
                return Skipped(contact, letter.why, letter.to_do)
            return Outcome(contact, Action.REFUSED, letter.why, letter.to_do, failed=True)
        if letter.edited:
            return Skipped(contact, "you have begun to edit this letter", "go on with it: thread-finder batch")
        if unsure := self.unsure(proposal):
            return Skipped(contact, unsure, "look at it: thread-finder batch")
        return self.accept(proposal)

    def unsure(self, proposal: Proposal) -> str:
        """A sentence when the thread is under the threshold, "" when it is not."""
        written = proposal.letter
        if isinstance(written, Failure) or not written.finding.unsure:
            return ""
        found = written.finding
        return f"not sure of the thread: {found.confidence:.0%}, and your threshold is {found.threshold:.0%}"

    def accept(self, proposal: Proposal) -> Outcome:
        """Draft it now. Who accepts a letter has seen its thread."""
        wishes = replace(proposal.wishes, despite=proposal.wishes.despite | {"unsure-thread"})
        try:
            outcome = self._run.save(proposal.contact, proposal.letter, wishes)
        except MailboxError as error:
            return Outcome(proposal.contact, Action.REFUSED, error.message, error.to_do, failed=True)
        if isinstance(proposal.letter, Written) and outcome.action is not Action.REFUSED:
            self._accepted.append(proposal.letter.letter)
        if outcome.action is Action.KEPT and not self._run.drafted(proposal.contact, proposal.wishes):
            self._pass_over(proposal, outcome.why)  # the user is at it already: not to be asked again
        if outcome.draft_id and (outcome.verified or outcome.action is not Action.KEPT):
            self.edits(proposal.turn).unlink(missing_ok=True)  # the words are in the draft now
        return outcome

    def skip(self, proposal: Proposal) -> Skipped:
        """Not this month; not asked again in it."""
        self._pass_over(proposal)
        return Skipped(proposal.contact, f"not in {self._period.in_words}, as you wish")

    def snooze(self, proposal: Proposal, until: date) -> Skipped:
        """Not before a day. Where that is beyond the month, their turn in it is over as well."""
        contact = proposal.contact
        self._ledger.snooze(Snooze(contact.name, contact.emails, until, self._run.session.now))
        if until > self._period.last:
            self._pass_over(proposal, f"snoozed until {until.isoformat()}")
        return Skipped(contact, f"snoozed until {until.isoformat()}")

    def pin(self, proposal: Proposal, thread: Thread | None, overruled: dict[str, Any]) -> Proposal:
        """Take another of the threads found, or a new one, and remember that. The user's own words go along."""
        contact = proposal.contact
        ids = tuple(m.message_id for m in thread.messages if m.message_id) if thread else ()
        self._ledger.pin(
            Pin(contact.name, contact.emails, thread.id if thread else "", ids, self._run.session.now, overruled)
        )
        turn = replace(proposal.turn, finding=None)
        return self.edited(self._written(turn, next(self._findings([turn])), proposal.wishes))

    def give_up_edits(self, proposal: Proposal) -> None:
        """Forget what was typed since: the letter stands as ``proposal`` has it."""
        path = self.edits(proposal.turn)
        if isinstance(proposal.letter, Written) and proposal.letter.edited:
            write_private(path, editing.to_text(proposal.letter).encode())
        else:
            path.unlink(missing_ok=True)

    def reason(self, proposal: Proposal, reason: Reason, timely: str = "") -> Proposal:
        """Write for another reason, which is noted as `note` does; words edited for the old one are given up."""
        notebook.add_contact_note(self._run.session.config.notes, proposal.contact, reason=reason)
        self.edits(proposal.turn).unlink(missing_ok=True)
        contact = replace(proposal.contact, reason=reason)
        found = proposal.turn.finding or next(self._findings([proposal.turn]))
        found = replace(found, contact=contact)
        turn = replace(proposal.turn, contact=contact, finding=found if isinstance(found, Finding) else None)
        return self._written(turn, found, replace(proposal.wishes, timely=timely))

    def note(self, proposal: Proposal, facts: Mapping[str, str], update: str = "") -> Proposal:
        """Write with facts that the user adds, which are noted as `note` does: ``facts`` of the contact by their keys,
        ``update`` of the owner's own life. Words edited before are given up. ConfigError for a fact that is none.
        """
        session, contact = self._run.session, proposal.contact
        path = session.config.notes
        if facts:
            notebook.add_contact_note(path, contact, **facts)
        if update:
            notebook.add_update(path, self.today, update)
        notes = notebook.load_notes(path)
        owner = notebook.apply_to_owner(session.config.owner, notes)
        self._run = replace(self._run, session=replace(session, owner=owner))
        self.edits(proposal.turn).unlink(missing_ok=True)
        turn = replace(proposal.turn, contact=notebook.apply([contact], notes)[0], finding=None)
        return self._written(turn, next(self._findings([turn])), proposal.wishes)

    def _pass_over(self, proposal: Proposal, why: str = "") -> None:
        contact, purpose = proposal.contact, str(proposal.turn.purpose)
        self._ledger.skip(Skip(contact.name, contact.emails, self._run.month, purpose, self._run.session.now, why))

    @property
    def _period(self) -> Period:
        return Period.parse(self._run.month)

    @property
    def _ledger(self) -> Ledger:
        assert self._run.ledger is not None
        return self._run.ledger
