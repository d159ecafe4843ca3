"""find, preview, draft: which thread, the letter, and the letter in the drafts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from thread_finder.cli.options import AllOption, AsOfOption, ConfigOption, Contacts, DespiteOption, JsonOption
from thread_finder.errors import CommandLineError, ExitCode

# Each command imports what it needs when it runs: `--help` stays instant.

TimelyOption = Annotated[
    str, typer.Option("--timely", metavar="WHY", help="Why an ask for yourself cannot wait; it goes into the letter.")
]
AttachOption = Annotated[
    list[Path] | None,
    typer.Option("--attach", metavar="FILE", help="A file to go with the letter (a friend's CV).", readable=False),
]

PolishOption = Annotated[
    bool,
    typer.Option("--polish", help="Ask the language model under [polish] for a better wording; it must say the same."),
]


def find(
    ctx: typer.Context,
    names: Contacts = None,
    everybody: AllOption = False,
    config: ConfigOption = None,
    pin: Annotated[
        str,
        typer.Option(
            "--pin",
            metavar="THREAD",
            help="Choose the thread yourself: its id, or the beginning of it; `new`: none fits.",
        ),
    ] = "",
    unpin: Annotated[bool, typer.Option("--unpin", help="Take back the choice made by --pin.")] = False,
    as_json: JsonOption = False,
    as_of: AsOfOption = None,
) -> None:
    """Which thread to answer, and why. What you choose with --pin holds for preview, draft and batch as well.

    \b
    thread-finder find "Jane Doe"
    thread-finder find --all --json > findings.json
    thread-finder find "Jane Doe" --pin 18c2f4
    """
    from thread_finder.app import pinning
    from thread_finder.app.finding import Failure, find_threads
    from thread_finder.cli.opening import opened, wanted
    from thread_finder.cli.screen import print_json, watching
    from thread_finder.cli.shapes import failure_shape, finding_shape
    from thread_finder.cli.show_finding import show_findings

    session = opened(ctx, config, as_of)
    contacts, strangers = wanted(session, names, everybody)
    if (pin or unpin) and (len(contacts) + len(strangers) != 1 or (pin and unpin)):
        raise CommandLineError("--pin and --unpin are for one contact, and not both at once", "name one contact")
    with (
        watching(quiet=as_json) as progress,
        session.mailbox(progress) as mailbox,
        session.ledger(rehearsal=not (pin or unpin)) as ledger,
    ):
        if unpin:
            pinning.unpin(contacts[0], session, ledger)
        if pin:
            results = [pinning.pin(contacts[0], pin, session, mailbox, ledger, finding_shape)]
        else:
            results = list(find_threads(session, mailbox, contacts, ledger))
    results += strangers
    if as_json:
        print_json([failure_shape(r) if isinstance(r, Failure) else finding_shape(r) for r in results])
    else:
        show_findings(results)
    _leave([isinstance(r, Failure) for r in results], _worst(results))


def preview(
    ctx: typer.Context,
    names: Contacts = None,
    everybody: AllOption = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    as_eml: Annotated[bool, typer.Option("--eml", help="Print the RFC 5322 message of one contact.")] = False,
    timely: TimelyOption = "",
    attach: AttachOption = None,
    polish: PolishOption = False,
    as_of: AsOfOption = None,
) -> None:
    """The draft exactly as it would be saved, with advice. Saves nothing.

    \b
    thread-finder preview "Jane Doe"
    thread-finder preview jane@x.example --eml > jane.eml
    """
    from thread_finder.app import letters
    from thread_finder.app.finding import Failure
    from thread_finder.app.run import Run
    from thread_finder.cli.opening import opened, polisher_of, wanted
    from thread_finder.cli.screen import print_json, watching
    from thread_finder.cli.shapes import failure_shape
    from thread_finder.cli.shapes_of_letters import preview_shape
    from thread_finder.cli.show_letter import show_written
    from thread_finder.cli.streams import printing

    session = opened(ctx, config, as_of)
    contacts, strangers = wanted(session, names, everybody)
    if as_eml and len(contacts) + len(strangers) != 1:
        raise CommandLineError(f"--eml prints one message, {len(contacts)} contacts were named", "name one contact")
    wishes = letters.Wishes(
        timely=timely,
        attachments=letters.read_attachments(attach or []),
        polisher=polisher_of(ctx, session) if polish else None,
    )
    with (
        watching(quiet=as_json or as_eml) as progress,
        session.mailbox(progress) as mailbox,
        session.ledger(rehearsal=True) as ledger,
    ):
        results = [*Run(session, mailbox, ledger).previews(contacts, wishes), *strangers]
    if as_json:
        print_json([failure_shape(r) if isinstance(r, Failure) else preview_shape(r) for r in results])
    elif as_eml and not isinstance(results[0], Failure):
        with printing():
            typer.echo(results[0].raw, nl=False)
    else:
        for result in results:
            show_written(result)
    _leave([isinstance(r, Failure) for r in results], _worst(results))


def draft(
    ctx: typer.Context,
    names: Contacts = None,
    everybody: AllOption = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    timely: TimelyOption = "",
    despite: DespiteOption = None,
    attach: AttachOption = None,
    polish: PolishOption = False,
    as_of: AsOfOption = None,
) -> None:
    """Save the reply as a draft in its thread. Run again, it makes no second one; it never sends.

    \b
    thread-finder draft "Jane Doe"
    thread-finder draft jane@x.example "Søren Åberg" --json
    """
    from thread_finder.app import drafting, letters
    from thread_finder.app.run import Run
    from thread_finder.cli.opening import opened, polisher_of, wanted
    from thread_finder.cli.screen import print_json, watching
    from thread_finder.cli.shapes_of_letters import outcome_shape
    from thread_finder.cli.show_letter import show_outcomes

    session = opened(ctx, config, as_of)
    contacts, strangers = wanted(session, names, everybody)
    wishes = letters.Wishes(
        timely=timely,
        despite=frozenset(despite or []),
        attachments=letters.read_attachments(attach or []),
        polisher=polisher_of(ctx, session) if polish else None,
    )
    with (
        watching(quiet=as_json) as progress,
        session.mailbox(progress) as mailbox,
        session.ledger() as ledger,
        ledger.exclusive(),
    ):
        outcomes = list(Run(session, mailbox, ledger).draft(contacts, wishes))
    outcomes += [drafting.Outcome(one.contact, drafting.Action.REFUSED, one.why, one.to_do) for one in strangers]
    if as_json:
        print_json([outcome_shape(o) for o in outcomes])
    else:
        show_outcomes(outcomes)
    bad = [o.failed or (o.action is drafting.Action.REFUSED) for o in outcomes]
    _leave(bad, max((ExitCode.NOT_SAVED if o.failed else o.exit_code for o in outcomes), default=ExitCode.OK))


def _worst(results: Sequence[object]) -> ExitCode:
    from thread_finder.app.finding import Failure

    return next((r.exit_code for r in results if isinstance(r, Failure)), ExitCode.PARTIAL)


def _leave(failed: list[bool], alone: ExitCode = ExitCode.PARTIAL) -> None:
    """Exit 0 when all went well, 1 when some did not; when none did, with the code that says why."""
    if not any(failed):
        return
    raise typer.Exit(alone if all(failed) else ExitCode.PARTIAL)
