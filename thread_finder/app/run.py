"""One run over several contacts: a failure is one contact's, never the run's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from thread_finder.app import drafting
from thread_finder.app.agenda import Agenda, look
from thread_finder.app.drafting import Action, Outcome
from thread_finder.app.finding import Failure, find_threads
from thread_finder.app.letters import Stationery, Wishes, Written, write
from thread_finder.app.session import Session
from thread_finder.errors import ExitCode, RefusedError, TemplateError, ThreadFinderError
from thread_finder.ledger import Ledger
from thread_finder.mail.compose import new_message_id
from thread_finder.mailboxes.base import Mailbox
from thread_finder.model import Contact, Finding, Letter
from thread_finder.userfiles import write_private
from thread_finder.writing.render import Templates, shipped_templates


def write_for(run: Run, contacts: Sequence[Contact], wishes: Wishes) -> Iterator[Written | Failure]:
    """The letter for each contact, in order; a contact whose letter cannot be written is a Failure."""
    letters: list[Letter] = []
    run = run.informed(contacts)
    for found in find_threads(run.session, run.mailbox, contacts, run.ledger, returned=run.returned):
        written = found if isinstance(found, Failure) else run.write(found, wishes, letters)
        if isinstance(written, Written):
            letters.append(written.letter)
        yield written


@dataclass(frozen=True, slots=True)
class Run:
    """A session with its mailbox open, and the ledger where something is to be saved.

    ``month`` and ``batch`` are noted with the drafts that are made here; ``agenda`` tells the stage that the owner and
    a contact are at.
    """

    session: Session
    mailbox: Mailbox
    ledger: Ledger | None = None
    month: str = ""
    batch: str = ""
    agenda: Agenda | None = None

    def informed(self, contacts: Sequence[Contact]) -> Run:
        """The same run, knowing what came of earlier letters to these contacts, as far as there is a ledger to ask."""
        if self.agenda or self.ledger is None:
            return self
        return replace(self, agenda=look(self.session, self.mailbox, self.ledger, contacts))

    @property
    def returned(self) -> frozenset[str]:
        """The Message-IDs of our letters that came back, as far as is known here."""
        return self.agenda.returned if self.agenda else frozenset()

    @property
    def stationery(self) -> Stationery:
        """What all letters of this run share."""
        config = self.session.config
        return Stationery(
            owner=self.session.owner,
            templates=Templates(shipped_templates(), config.templates),
            now=self.session.now,
            identities=self.mailbox.identities(),
            rules=config.etiquette.rules,
            numbers=config.etiquette.numbers,
            vip=frozenset(name.lower() for name in config.etiquette.vip),
            lapsed_after=config.cadence.lapsed_after,
        )

    def write(self, finding: Finding, wishes: Wishes, others: Sequence[Letter] = ()) -> Written | Failure:
        """One letter. A template at fault ends the run: it would fail for everybody."""
        domain = (finding.reply_from.email if finding.reply_from else self.session.owner.emails[0]).rpartition("@")[2]
        message_id = self._earlier(finding.contact, wishes.purpose) or new_message_id(domain)
        if self.agenda:
            wishes = replace(wishes, history=self.agenda.stage(finding.contact))
        try:
            return write(finding, self.stationery, wishes, message_id=message_id, others=others)
        except TemplateError:
            raise
        except ThreadFinderError as error:
            return Failure(finding.contact, error.message, error.to_do, error.exit_code)

    def draft(self, contacts: Sequence[Contact], wishes: Wishes) -> Iterator[Outcome]:
        """Save a letter for each contact, but not while an earlier one is unanswered: see app.drafting.

        What would stop every other letter too (sign-in, network, quota, disk) ends the run, but not the report of it:
        each contact has an outcome, unless nothing at all was done.
        """
        done = 0
        try:
            for outcome in self._each(contacts, wishes):
                done += 1
                yield outcome
                if outcome.lasting:
                    yield from _not_tried(contacts[done:], outcome.why, outcome.to_do, outcome.exit_code)
                    return
        except ThreadFinderError as error:
            if not done:
                raise
            yield Outcome(contacts[done], Action.REFUSED, error.message, error.to_do, exit_code=error.exit_code)
            yield from _not_tried(contacts[done + 1 :], error.message, error.to_do, error.exit_code)

    def _each(self, contacts: Sequence[Contact], wishes: Wishes) -> Iterator[Outcome]:
        run = self.informed(contacts)
        held = {contact.emails: run.agenda.held(contact) if run.agenda else None for contact in contacts}
        written = write_for(run, [contact for contact in contacts if not held[contact.emails]], wishes)
        letters = ((contact, held[contact.emails] or next(written)) for contact in contacts)
        yield from run.save_all(letters, wishes)

    def save_all(self, letters: Iterable[tuple[Contact, Written | Failure]], wishes: Wishes) -> Iterator[Outcome]:
        """Save the letters that are written, say of the others why not."""
        for contact, result in letters:
            yield self.save(contact, result, wishes)

    def save(self, contact: Contact, result: Written | Failure, wishes: Wishes) -> Outcome:
        """Save one letter, if it is written and nothing forbids it."""
        if isinstance(result, Failure):
            return Outcome(contact, Action.REFUSED, result.why, result.to_do, exit_code=result.exit_code)
        if contact.do_not_contact:
            return Outcome(contact, Action.REFUSED, "marked do_not_contact", "take the mark away to write to them")
        if stops := result.stops(wishes.despite):
            rules = ", ".join(advice.rule for advice in stops)
            to_do = f"mend that, or overrule: --despite {stops[0].rule}"
            return Outcome(contact, Action.REFUSED, f"{stops[0].message} ({rules})", to_do)
        outcome = drafting.save(result, result.message_id, self._desk(wishes.purpose))
        return replace(outcome, why=f"{outcome.why}; {self._keep(outcome)}") if outcome.failed else outcome

    def previews(self, contacts: Sequence[Contact], wishes: Wishes) -> Iterator[Written | Failure]:
        """The letter for each; among its finding's warnings, why `draft` would not make one now."""
        run = self.informed(contacts)
        for one in write_for(run, contacts, wishes):
            yield one if isinstance(one, Failure) else run._with_remarks(one, wishes)

    def _with_remarks(self, written: Written, wishes: Wishes) -> Written:
        finding = written.finding
        held = self.agenda.held(finding.contact) if self.agenda else None
        remark = f"not now: {held.why}" if held else drafting.found_there(written, self._desk(wishes.purpose))
        known = any("draft of yours" in warning for warning in finding.warnings)
        if not remark or known:
            return written
        return replace(written, finding=replace(finding, warnings=(*finding.warnings, remark)))

    def _keep(self, outcome: Outcome) -> str:
        """Put a letter that could not be saved where it is not lost (hazards F14); say where, or that it is."""
        folder = self.session.state / "unsaved"
        path = folder / f"{outcome.message_id.strip('<>').partition('@')[0]}.eml"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_private(path, outcome.eml)
        except OSError as error:
            return f"the letter could not be kept either ({error.strerror}): it was not saved"
        return f"the letter is kept in {path}"

    def drafted(self, contact: Contact, wishes: Wishes) -> bool:
        """Whether a draft of ours to them is open."""
        return bool(self._earlier(contact, wishes.purpose))

    def _earlier(self, contact: Contact, purpose: str) -> str:
        return drafting.earlier_message_id(self._desk(purpose), contact) if self.ledger else ""

    def _desk(self, purpose: str) -> drafting.Desk:
        if self.ledger is None:
            raise RefusedError("nothing can be drafted without a ledger")
        return drafting.Desk(
            self.mailbox, self.ledger, self.session.account, self.session.now, purpose, self.month, self.batch
        )


def _not_tried(contacts: Sequence[Contact], why: str, to_do: str, exit_code: ExitCode) -> Iterator[Outcome]:
    """What is said of those whose turn did not come."""
    for contact in contacts:
        yield Outcome(contact, Action.REFUSED, f"not tried: {why}", to_do, exit_code=exit_code, tried=False)
