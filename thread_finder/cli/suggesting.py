"""note --suggest and --confirm: what a contact said in old mails that may be worth remembering."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from thread_finder.errors import ContactError, ThreadFinderError

if TYPE_CHECKING:
    from thread_finder.app.session import Session
    from thread_finder.model import Contact, Finding
    from thread_finder.writing.suggestions import Suggestion


def suggest(session: Session, contact: Contact, number: int, *, as_json: bool) -> None:
    """Show the sentences of their mails, numbered; note the one with ``number``, or the one chosen at the prompt."""
    from thread_finder.cli.screen import print_json
    from thread_finder.writing.suggestions import suggestions

    finding = _find(session, contact, quiet=as_json)
    found = suggestions(finding, session.owner.emails)
    if as_json and not number:
        print_json([_shape(n, suggestion) for n, suggestion in enumerate(found, 1)])
        return
    if not number:
        _show(contact, found)
        if not found or not (sys.stdin.isatty() and sys.stdout.isatty()):
            return
        number = typer.prompt("Which one helped you? (number; 0 for none)", type=int, default=0)
        if not number:
            return
    if not 1 <= number <= len(found):
        what = f"there is no sentence {number}; there are {len(found)}" if found else "there is nothing to confirm"
        raise ContactError(what, f'see thread-finder note "{contact.name}" --suggest')
    chosen = found[number - 1]
    if not chosen.said:
        told = f'thread-finder note "{contact.name}" --remember "that …"'
        raise ContactError("that sentence is yours, about what they said; put it into a clause of your own", told)
    _note(session, contact, chosen.quoted(_language(finding, session)), as_json=as_json)


def _find(session: Session, contact: Contact, *, quiet: bool) -> Finding:
    from thread_finder.app.finding import Failure, find_threads
    from thread_finder.cli.screen import watching

    with (
        watching(quiet=quiet) as progress,
        session.mailbox(progress) as mailbox,
        session.ledger(rehearsal=True) as ledger,
    ):
        (found,) = find_threads(session, mailbox, [contact], ledger)
    if isinstance(found, Failure):
        raise ThreadFinderError(f"{contact.name}: {found.why}", found.to_do)
    return found


def _language(finding: Finding, session: Session) -> str:
    from thread_finder.writing.gathering import gather

    return gather(finding, session.owner, today=session.now.date()).language


def _note(session: Session, contact: Contact, quote: str, *, as_json: bool) -> None:
    from thread_finder.addressbook import notes as notebook
    from thread_finder.cli.screen import console, print_json, styled

    notebook.add_contact_note(session.config.notes, contact, remember=quote)
    if as_json:
        print_json({"notes": str(session.config.notes), "contact": contact.name, "noted": ["remember"]})
        return
    console().print(styled(f"noted in {session.config.notes}: they said {quote}"), soft_wrap=True)


def _show(contact: Contact, found: Sequence[Suggestion]) -> None:
    from thread_finder.cli.safe import one_line
    from thread_finder.cli.screen import console, styled

    screen = console()
    if not found:
        screen.print(styled(f"nothing that {contact.name} said stands in the mails; note it yourself with --remember"))
        return
    for n, suggestion in enumerate(found, 1):
        line = styled(f"{n:3}  ", "bold cyan").append_text(styled(one_line(suggestion.sentence)))
        whose = "" if suggestion.said == suggestion.sentence else ", your words"
        screen.print(line.append_text(styled(f"  {suggestion.on or 'no date'}{whose}", "dim")))
    screen.print(styled(f'Did one help you? thread-finder note "{one_line(contact.name)}" --confirm NUMBER', "dim"))


def _shape(number: int, suggestion: Suggestion) -> dict[str, object]:
    return {
        "number": number,
        "sentence": suggestion.sentence,
        "said": suggestion.said,
        "message_id": suggestion.message_id,
        "date": suggestion.on.isoformat() if suggestion.on else None,
    }
