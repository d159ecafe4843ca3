"""The one follow-up: for each whose time has come, or for those named, in the thread of the unanswered letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from thread_finder.app.agenda import Agenda, look
from thread_finder.app.drafting import Outcome
from thread_finder.app.finding import Failure
from thread_finder.app.letters import Wishes, Written
from thread_finder.app.run import Run
from thread_finder.ledger import Ledger
from thread_finder.model import Contact, Letter
from thread_finder.planning import Purpose, Standing, State


@dataclass(frozen=True, slots=True)
class FollowUps:
    """What was done for each; and, where there was nobody, who is waited for longest."""

    outcomes: tuple[Outcome, ...]
    next_one: Standing | None = None


def follow_up(run: Run, ledger: Ledger, contacts: Sequence[Contact] | None = None) -> FollowUps:
    """Draft it for ``contacts``, or for everybody whose time has come."""
    agenda = look(run.session, run.mailbox, ledger)
    run = replace(run, agenda=agenda)
    due = [one.history.contact for one in agenda.standings() if one.state is State.FOLLOW_UP_DUE]
    people = due if contacts is None else contacts
    outcomes: list[Outcome] = []
    letters: list[Letter] = []
    for contact, found in zip(people, agenda.follow_ups(people), strict=True):
        wishes = Wishes(purpose=Purpose.FOLLOW_UP)
        written = found if isinstance(found, Failure) else run.write(found, wishes, letters)
        letters += [written.letter] if isinstance(written, Written) else []
        outcomes.append(run.save(contact, written, wishes))
    return FollowUps(tuple(outcomes), None if people else _next(agenda))


def _next(agenda: Agenda) -> Standing | None:
    waiting = [one for one in agenda.standings() if one.state is State.SENT and one.next_on]
    return min(waiting, key=lambda one: (one.next_on or agenda.today, one.history.contact.name), default=None)
