"""batch and undo: draft the month's letters after a look at each, and take them back."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any

import typer

from thread_finder.cli.options import AsOfOption, ConfigOption, DespiteOption, JsonOption, MonthOption
from thread_finder.errors import ExitCode, ThreadFinderError

if TYPE_CHECKING:
    from thread_finder.app.batch import Batch, Report
    from thread_finder.planning import Plan


def batch(
    ctx: typer.Context,
    month: MonthOption = "",
    yes: Annotated[bool, typer.Option("--yes", help="Draft all that are sure, without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be drafted; save nothing.")] = False,
    despite: DespiteOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    as_of: AsOfOption = None,
) -> None:
    """Draft the month's letters, with a look at each: accept, edit, other thread or reason, note, skip, snooze, quit.

    What you accept is drafted at once. Quit when you like: run again, it goes on where it stopped.

    \b
    thread-finder batch
    thread-finder batch --month 2026-12 --dry-run
    thread-finder batch --yes --json
    """
    from thread_finder.app.agenda import look
    from thread_finder.app.batch import Batch, Report
    from thread_finder.app.letters import Wishes
    from thread_finder.app.run import Run
    from thread_finder.cli.opening import opened
    from thread_finder.cli.screen import watching
    from thread_finder.cli.show_plan import show_plan
    from thread_finder.mailboxes.rehearsal import RehearsalMailbox

    _refuse_unasked(yes=yes, dry_run=dry_run, as_json=as_json)
    session = opened(ctx, config, as_of)
    with ExitStack() as stack:
        with watching(quiet=as_json) as progress:
            mailbox = stack.enter_context(session.mailbox(progress))
            if dry_run:
                mailbox = RehearsalMailbox(mailbox)
            ledger = stack.enter_context(session.ledger(rehearsal=dry_run))
            if not dry_run:
                stack.enter_context(ledger.exclusive())
            agenda = look(session, mailbox, ledger)
            period = agenda.period(month)
            plan = agenda.plan(period)
        if plan.chosen and not (as_json or yes):
            show_plan(plan)
        run = Run(session, mailbox, ledger, str(period), f"{period}/{agenda.today}", agenda)
        work = Batch(run, Wishes(despite=frozenset(despite or [])))
        report = Report(str(period), left=len(plan.chosen))
        error = _go_through(work, plan, report, ctx.meta["thread_finder.environment"], ask=not (yes or dry_run))
    _show(report, plan, error, as_json=as_json, dry_run=dry_run)


def undo(
    ctx: typer.Context, config: ConfigOption = None, as_json: JsonOption = False, as_of: AsOfOption = None
) -> None:
    """Take back the drafts of the last batch that nobody touched. What you edited or sent stays.

    \b
    thread-finder undo
    thread-finder undo --json
    """
    from thread_finder.app.undo import take_back
    from thread_finder.cli.opening import opened
    from thread_finder.cli.screen import print_json
    from thread_finder.cli.show_batch import show_undone

    session = opened(ctx, config, as_of)
    with session.mailbox() as mailbox, session.ledger() as ledger, ledger.exclusive():
        undone = take_back(mailbox, ledger, session.account, session.now)
    if as_json:
        print_json(
            {
                "batch": undone.batch or None,
                "removed": [{"contact": r.contact, "draft_id": r.draft_id} for r in undone.removed],
                "left": [{"contact": r.contact, "why": why} for r, why in undone.left],
            }
        )
    else:
        show_undone(undone)


def _refuse_unasked(*, yes: bool, dry_run: bool, as_json: bool) -> None:
    """Without a terminal nobody can be asked; then the user has to say what is to happen."""
    if yes or dry_run:
        return
    way_out = "add --yes to draft all that are sure, or --dry-run to see what it would do"
    if as_json:
        raise typer.BadParameter(f"--json leaves no room for questions; {way_out}")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise typer.BadParameter(f"batch asks about each letter, and there is no terminal to ask on; {way_out}")


def _go_through(
    work: Batch, plan: Plan, report: Report, environment: dict[str, str], *, ask: bool
) -> ThreadFinderError | None:
    """Do the letters. What ends the run early (a full disk, a lost sign-in) comes back, so that the rest is shown."""
    from thread_finder.cli.review import review

    try:
        if ask:
            review(work, plan.chosen, report, environment)
        else:
            work.settle_all(plan, report)
    except ThreadFinderError as error:
        return error
    return None


def _show(report: Report, plan: Plan, error: ThreadFinderError | None, *, as_json: bool, dry_run: bool) -> None:
    from thread_finder.cli.boundary import report as tell
    from thread_finder.cli.screen import print_json
    from thread_finder.cli.shapes_of_letters import report_shape
    from thread_finder.cli.show_batch import show_report

    if as_json:
        shape: dict[str, Any] = report_shape(report, dry_run=dry_run)
        if error:
            shape["error"] = {"message": error.message, "to_do": error.to_do, "exit_code": int(error.exit_code)}
        print_json(shape)
    else:
        show_report(report, plan, dry_run=dry_run)
    if error:
        raise typer.Exit(tell(error))
    if report.failed:
        alone = len(report.failed) == report.asked
        raise typer.Exit(ExitCode.NOT_SAVED if alone and report.failed[0].eml else ExitCode.PARTIAL)
