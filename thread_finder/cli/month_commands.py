"""plan, status, follow-up: whose turn it is, where everybody stands, and the one more letter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from thread_finder.cli.options import AllOption, AsOfOption, ConfigOption, Contacts, JsonOption, MonthOption
from thread_finder.errors import ConfigError, ExitCode

if TYPE_CHECKING:
    from thread_finder.planning import Plan


def plan(
    ctx: typer.Context,
    month: MonthOption = "",
    ics: Annotated[
        Path | None, typer.Option("--ics", metavar="FILE", help="Write the check-ins as calendar entries, too.")
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    as_of: AsOfOption = None,
) -> None:
    """Whose turn it is this month, and why; who is not, and why. Changes nothing.

    \b
    thread-finder plan
    thread-finder plan --month 2026-12 --json
    thread-finder plan --month 2026-12 --ics december.ics
    """
    from thread_finder.app.agenda import look
    from thread_finder.cli.opening import opened
    from thread_finder.cli.screen import console, print_json, styled, watching
    from thread_finder.cli.shapes_of_plans import plan_shape
    from thread_finder.cli.show_plan import show_plan

    session = opened(ctx, config, as_of)
    with (
        watching(quiet=as_json) as progress,
        session.mailbox(progress) as mailbox,
        session.ledger(rehearsal=True) as ledger,
    ):
        agenda = look(session, mailbox, ledger)
        made = agenda.plan(agenda.period(month))
    if ics:
        _write_calendar(made, ics)
    if as_json:
        print_json(plan_shape(made))
    else:
        show_plan(made)
        if made.chosen:
            console().print(styled(f"next: thread-finder batch --month {made.period}", "dim"))


def _write_calendar(made: Plan, path: Path) -> None:
    """Write the entries; a file that is no calendar of ours is left alone."""
    from thread_finder.cli.boundary import note
    from thread_finder.planning.ics import PRODUCT, as_calendar
    from thread_finder.userfiles import write_private

    try:
        if path.exists() and PRODUCT.encode() not in path.read_bytes():
            raise ConfigError(f"{path} is there already and is no calendar of thread-finder's", "give another name")
        write_private(path, as_calendar(made))
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}", "check the folder") from error
    note(f"{len(made.chosen)} calendar entries are in {path}")


def status(
    ctx: typer.Context,
    names: Contacts = None,
    everybody: AllOption = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    as_of: AsOfOption = None,
) -> None:
    """Where each person stands: drafted, sent, answered, to follow up, resting; by what the mailbox says now.

    \b
    thread-finder status                 those with whom something is under way
    thread-finder status --all
    thread-finder status "Jane Doe"
    """
    from thread_finder.app.agenda import look
    from thread_finder.cli.opening import opened, wanted
    from thread_finder.cli.screen import print_json, watching
    from thread_finder.cli.shapes import failure_shape
    from thread_finder.cli.shapes_of_plans import standing_shape
    from thread_finder.cli.show_plan import show_standings, show_strangers

    session = opened(ctx, config, as_of)
    contacts, strangers = wanted(session, names, everybody=everybody or not names)
    meant = {contact.emails for contact in contacts}
    with watching(quiet=as_json) as progress, session.mailbox(progress) as mailbox, session.ledger() as ledger:
        agenda = look(session, mailbox, ledger)
    shown = [one for one in agenda.standings() if one.history.contact.emails in meant]
    shown += [] if names else agenda.stray_standings()
    if as_json:
        known = [standing_shape(one, agenda.observation(one.history.contact)) for one in shown]
        print_json([*known, *map(failure_shape, strangers)])
    else:
        show_standings(shown, everybody=everybody or bool(names))
        show_strangers(strangers)
    if strangers:
        raise typer.Exit(ExitCode.PARTIAL)


def follow_up(
    ctx: typer.Context,
    names: Contacts = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    as_of: AsOfOption = None,
) -> None:
    """Draft the one follow-up for those who have not answered, in the same thread. There is never a second.

    \b
    thread-finder follow-up              everybody whose time has come
    thread-finder follow-up "Jane Doe"
    """
    from thread_finder.app.drafting import Action, Outcome
    from thread_finder.app.following_up import follow_up
    from thread_finder.app.run import Run
    from thread_finder.cli.opening import opened, wanted
    from thread_finder.cli.screen import print_json, watching
    from thread_finder.cli.shapes_of_letters import outcome_shape
    from thread_finder.cli.show_letter import show_outcomes
    from thread_finder.cli.show_plan import show_nobody

    session = opened(ctx, config, as_of)
    contacts, strangers = wanted(session, names, everybody=False) if names else (None, [])
    with (
        watching(quiet=as_json) as progress,
        session.mailbox(progress) as mailbox,
        session.ledger() as ledger,
        ledger.exclusive(),
    ):
        done = follow_up(Run(session, mailbox, ledger), ledger, contacts)
    outcomes = [*done.outcomes, *(Outcome(one.contact, Action.REFUSED, one.why, one.to_do) for one in strangers)]
    if as_json:
        print_json([outcome_shape(one) for one in outcomes])
    elif outcomes:
        show_outcomes(outcomes)
    else:
        show_nobody(done.next_one)
    bad = [one.failed or one.action is Action.REFUSED for one in outcomes]
    if any(bad):
        alone = ExitCode.NOT_SAVED if any(one.failed for one in outcomes) else ExitCode.REFUSED
        raise typer.Exit(alone if all(bad) else ExitCode.PARTIAL)
