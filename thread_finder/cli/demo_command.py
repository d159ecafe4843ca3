"""demo: the whole job on the sample mailbox, into a temporary folder."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from thread_finder.cli.options import JsonOption, moment

if TYPE_CHECKING:
    from thread_finder.app.finding import Failure
    from thread_finder.app.letters import Written

SHOWN_IN_FULL = 2


def demo(
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Where to put the sample and its drafts (a temporary folder).")
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
    drafted = {o.contact.name for o in outcomes if o.action is Action.CREATED}
    best = [w for w in written if isinstance(w, Written) and w.finding.thread and w.finding.contact.name in drafted]
    for one in best[:SHOWN_IN_FULL]:
        show_written(one)
    _show_rest(written, drafted)
    screen.print(_closing(place, sample.config, len(drafted)), soft_wrap=True)


def _show_rest(written: list[Written | Failure], drafted: set[str]) -> None:
    from rich import box
    from rich.table import Table

    from thread_finder.app.finding import Failure
    from thread_finder.cli.safe import one_line
    from thread_finder.cli.screen import console, styled

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("Contact", "Thread answered", "Kind", "Sure", "Draft"):
        table.add_column(title, overflow="fold")
    for one in written:
        if isinstance(one, Failure):
            cells = (one.contact.name, "", "", "", one.why)
        else:
            finding = one.finding
            subject = finding.thread.subject if finding.thread else "(new thread)"
            done = "saved" if finding.contact.name in drafted else "not drafted"
            cells = (
                finding.contact.name,
                subject,
                str(finding.kind or "new-thread"),
                f"{finding.confidence:.0%}",
                done,
            )
        table.add_row(*(styled(one_line(cell)) for cell in cells))
    console().print(table)


def _closing(place: Path, config: Path, drafted: int) -> str:
    from thread_finder.demo.sample import SAMPLE_TODAY

    return (
        f"{drafted} drafts are in {place / 'drafts'} (a Maildir, nothing was sent). Look further:\n"
        f"  thread-finder --config {config} find Rosheen --as-of {SAMPLE_TODAY}\n"
        f"  thread-finder --config {config} preview Rosheen --as-of {SAMPLE_TODAY}\n"
        f"  thread-finder --config {config} contacts list\n"
        "With your own mail (Google Takeout, an mbox, a Maildir):\n"
        "  thread-finder init"
    )
