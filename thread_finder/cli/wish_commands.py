"""snooze, close, block, reopen: what the user wants of one person. export: what the program remembers of everybody."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from thread_finder.cli.options import AsOfOption, ConfigOption, JsonOption

if TYPE_CHECKING:
    from thread_finder.app.session import Session
    from thread_finder.ledger import Ledger
    from thread_finder.model import Contact

Whom = Annotated[str, typer.Argument(metavar="CONTACT", help="Part of a name, or an address.", show_default=False)]


def snooze(
    ctx: typer.Context,
    name: Whom,
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="The day from which on: 2027-01-15.")] = "",
    span: Annotated[str, typer.Option("--for", metavar="TIME", help='Or how long: "2 weeks".')] = "1 month",
    config: ConfigOption = None,
    as_json: JsonOption = False,
    as_of: AsOfOption = None,
) -> None:
    """Not now: leave a person out of plans until a day.

    \b
    thread-finder snooze "Jane Doe" --until 2027-01-15
    thread-finder snooze "Jane Doe" --for "3 months"
    """
    from thread_finder.cli.opening import opened
    from thread_finder.ledger import Snooze

    session = opened(ctx, config, as_of)
    (contact,) = session.chosen([name])
    day = _until(until, span, session.now.date())
    with session.ledger() as ledger:
        ledger.snooze(Snooze(contact.name, contact.emails, day, session.now))
    _told(contact, "snoozed", f"left out of plans until {day.isoformat()}", as_json=as_json, until=day)


def close(
    ctx: typer.Context,
    name: Whom,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    as_of: AsOfOption = None,
) -> None:
    """Let it rest: no check-in and no follow-up any more, until `reopen`.

    \b
    thread-finder close "Jane Doe"
    """
    from thread_finder.cli.opening import opened
    from thread_finder.ledger import Outcome, OutcomeKind

    session = opened(ctx, config, as_of)
    (contact,) = session.chosen([name])
    with session.ledger() as ledger:
        ledger.add_outcome(Outcome(contact.name, contact.emails, OutcomeKind.CLOSED, session.now))
        _name_draft(session, ledger, contact)
    _told(contact, "closed", "rests until you reopen it", as_json=as_json)


def block(
    ctx: typer.Context,
    name: Whom,
    why: Annotated[str, typer.Option("--why", help="For yourself: why not.")] = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
    as_of: AsOfOption = None,
) -> None:
    """Do not contact: no letter to this person by any command, until `reopen`.

    \b
    thread-finder block "Jane Doe" --why "asked me not to write"
    """
    from thread_finder.cli.opening import opened
    from thread_finder.ledger import Block

    session = opened(ctx, config, as_of)
    (contact,) = session.chosen([name])
    with session.ledger() as ledger:
        ledger.block(Block(contact.name, contact.emails, session.now, why))
        _name_draft(session, ledger, contact)
    _told(contact, "blocked", "will not be written to", as_json=as_json)


def reopen(
    ctx: typer.Context,
    name: Whom,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    as_of: AsOfOption = None,
) -> None:
    """Begin anew with a person who rests: ends a snooze, a block, a closed case, and "no answer".

    \b
    thread-finder reopen "Jane Doe"
    """
    from thread_finder.cli.opening import opened
    from thread_finder.ledger import Outcome, OutcomeKind

    session = opened(ctx, config, as_of)
    (contact,) = session.chosen([name])
    with session.ledger() as ledger:
        ledger.unsnooze(contact.emails, session.now)
        ledger.unblock(contact.emails, session.now)
        ledger.add_outcome(Outcome(contact.name, contact.emails, OutcomeKind.REOPENED, session.now))
    what = "may have a turn again, at the usual distance from the last mail"
    if contact.do_not_contact:
        what = f"still marked do_not_contact in {contact.source}: take the mark away there"
    _told(contact, "reopened", what, as_json=as_json)


def export(
    ctx: typer.Context,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Write it there, not to stdout.", readable=False)
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Everything the program remembers, as JSON: drafts, pins, snoozes, blocks, skips, outcomes. No letter's text.

    \b
    thread-finder export > ledger.json
    """
    import json

    from thread_finder.cli.boundary import note
    from thread_finder.cli.opening import opened
    from thread_finder.cli.screen import print_json
    from thread_finder.userfiles import write_private

    del as_json  # it is JSON either way
    session = opened(ctx, config, None)
    with session.ledger(rehearsal=True) as ledger:
        document = ledger.export()
    if to:
        write_private(to, (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode())
        note(f"what the program remembers is in {to}")
    else:
        print_json(document)


def _name_draft(session: Session, ledger: Ledger, contact: Contact) -> None:
    """A letter made before stays where it is: what lies in the drafts is the user's to remove."""
    from thread_finder.cli.boundary import note

    for record in ledger.open_drafts(session.account, contact.emails):
        note(
            f"note: the {record.purpose} drafted on {record.created.date().isoformat()} stays; remove it if it is there"
        )


def _until(until: str, span: str, today: date) -> date:
    from thread_finder.durations import Duration

    try:
        day = date.fromisoformat(until) if until else Duration.parse(span).after(today)
    except ValueError:
        given = f"{until!r} is not a date; write it like 2027-01-15" if until else f"{span!r} is no length of time"
        raise typer.BadParameter(given) from None
    if day <= today:
        raise typer.BadParameter(f"{day.isoformat()} is not in the future")
    return day


def _told(contact: Contact, done: str, what: str, *, as_json: bool, until: date | None = None) -> None:
    from thread_finder.cli.safe import one_line
    from thread_finder.cli.screen import console, print_json, styled

    if as_json:
        more = {"until": until.isoformat()} if until else {}
        print_json({"contact": contact.name, "emails": list(contact.emails), "done": done, **more})
    else:
        line = styled(one_line(contact.name), "bold").append_text(styled(f"  {done}: {one_line(what)}"))
        console().print(line, soft_wrap=True)
