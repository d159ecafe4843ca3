"""demo: the whole job on the sample mailbox, into a temporary folder."""

from __future__ import annotations

import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from thread_finder.cli.options import JsonOption, moment

if TYPE_CHECKING:
    from thread_finder.app.drafting import Outcome
    from thread_finder.app.finding import Failure
    from thread_finder.app.letters import Written

SHOWN_IN_FULL = 2


def demo(
    folder: Annotated[
        Path | None,
        typer.Option("--folder", metavar="DIR", help="Where to put the sample: a new folder, else a temporary one."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """See the whole job on a sample mailbox of invented people. Needs no account, touches none of your files."""
    from thread_finder.app.drafting import Action
    from thread_finder.app.finding import Failure
    from thread_finder.app.letters import Wishes, Written
    from thread_finder.app.run import Run, write_for
    from thread_finder.app.session import open_session
    from thread_finder.cli.screen import console, print_json, styled, watching
    from thread_finder.cli.shapes import failure_shape, finding_shape
    from thread_finder.cli.shapes_of_letters import outcome_shape
    from thread_finder.cli.show_letter import show_written
    from thread_finder.demo.sample import SAMPLE_TODAY, write_sample

    place = folder or Path(tempfile.mkdtemp(prefix="thread-finder-demo-"))
    sample = write_sample(place)
    session = open_session(sample.config, place / "state", moment(SAMPLE_TODAY.isoformat()))
    with (
        watching(quiet=as_json) as progress,
        session.mailbox(progress) as mailbox,
        session.ledger() as ledger,
        ledger.exclusive(),
    ):
        run = Run(session, mailbox, ledger)
        wishes = Wishes()
        written = list(write_for(run, session.contacts, wishes))
        outcomes = list(run.save_all(zip(session.contacts, written, strict=True), wishes))
    if as_json:
        findings = [failure_shape(w) if isinstance(w, Failure) else finding_shape(w.finding) for w in written]
        print_json({"folder": str(place), "findings": findings, "drafts": [outcome_shape(o) for o in outcomes]})
        return
    screen = console()
    count = f"{len(session.contacts)} invented people, {session.owner.name}'s mailbox of 2019 to 2026"
    screen.print(styled(f"The sample: {count}. Two of the drafts in full:\n", "bold"))
    drafted = [o.contact.name for o in outcomes if o.action is not Action.REFUSED]
    best = [w for w in written if isinstance(w, Written) and w.finding.thread and w.finding.contact.name in drafted]
    for one in best[:SHOWN_IN_FULL]:
        show_written(one)
    _show_rest(written, outcomes)
    screen.print(
        styled(_closing(place, sample.config, sum(bool(o.link) for o in outcomes), made_up=folder is None)),
        soft_wrap=True,
    )


def _show_rest(written: list[Written | Failure], outcomes: list[Outcome]) -> None:
    from thread_finder.app.finding import Failure
    from thread_finder.cli.safe import one_line
    from thread_finder.cli.screen import show_rows, styled

    rows = []
    for one, outcome in zip(written, outcomes, strict=True):
        subject = kind = sure = ""
        if not isinstance(one, Failure):
            finding = one.finding
            subject = finding.thread.subject if finding.thread else "(new thread)"
            kind, sure = str(finding.kind or "new-thread"), f"{finding.confidence:.0%}"
        draft = f"{outcome.action}: {outcome.why}" if outcome.why else str(outcome.action)
        rows.append([styled(one_line(cell)) for cell in (outcome.contact.name, subject, kind, sure, draft)])
    show_rows(("Contact", "Thread answered", "Kind", "Sure", "Draft"), rows)


def _closing(place: Path, config: Path, drafted: int, *, made_up: bool) -> str:
    from thread_finder.cli.streams import this_program
    from thread_finder.demo.sample import SAMPLE_TODAY

    run, options = this_program(), f"--config {shlex.quote(str(config))}"
    return (
        f"{drafted} drafts are in {place / 'drafts'} (a Maildir, nothing was sent). Look further:\n"
        f"  {run} {options} find Rosheen --as-of {SAMPLE_TODAY}\n"
        f"  {run} {options} preview Rosheen --as-of {SAMPLE_TODAY}\n"
        f"  {run} {options} contacts list\n"
        f"  {run} {options} status --as-of {SAMPLE_TODAY}\n"
        + (f"When you have seen enough, remove it all: rm -r {shlex.quote(str(place))}\n" if made_up else "")
        + "With your own mail (Google Takeout, an mbox, a Maildir):\n"
        f"  {run} init"
    )
