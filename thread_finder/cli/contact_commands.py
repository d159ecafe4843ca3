"""contacts list|show: what is known about people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from thread_finder.cli.boundary import Boundary
from thread_finder.cli.help import Command
from thread_finder.cli.options import AsOfOption, ConfigOption, JsonOption

if TYPE_CHECKING:
    from thread_finder.model import Contact

contacts_app = typer.Typer(
    cls=Boundary, no_args_is_help=True, rich_markup_mode=None, help="The people in your contacts file."
)


@contacts_app.command("list", cls=Command)
def list_contacts(
    ctx: typer.Context, config: ConfigOption = None, as_json: JsonOption = False, as_of: AsOfOption = None
) -> None:
    """Everybody in the contacts file, with what is known about them."""
    from thread_finder.cli.opening import opened
    from thread_finder.cli.safe import one_line
    from thread_finder.cli.screen import console, print_json, show_rows, styled

    session = opened(ctx, config, as_of)
    if as_json:
        print_json([_contact_shape(contact) for contact in session.contacts])
        return
    rows = []
    for contact in session.contacts:
        met = f"{contact.met_on or ''} {contact.met_how}".strip()
        reason = "do not contact" if contact.do_not_contact else str(contact.reason.kind)
        cells = (contact.name, ", ".join(contact.emails), met, reason, contact.source)
        rows.append([styled(one_line(cell)) for cell in cells])
    show_rows(("Name", "Addresses", "Met", "Reason", "From"), rows)
    console().print(styled(f"{len(session.contacts)} contacts in {session.config.contacts}", "dim"))


@contacts_app.command("show", cls=Command)
def show_contact(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="CONTACT", help="Part of a name, or an address.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
    as_of: AsOfOption = None,
) -> None:
    """One contact: every field, and where it is written."""
    from thread_finder.addressbook import find_contact
    from thread_finder.cli.opening import opened
    from thread_finder.cli.safe import one_line
    from thread_finder.cli.screen import console, print_json, styled

    session = opened(ctx, config, as_of)
    shape = _contact_shape(find_contact(session.contacts, name))
    if as_json:
        print_json(shape)
        return
    screen = console()
    for key, value in shape.items():
        text = ", ".join(value) if isinstance(value, list) else value
        if text:
            screen.print(styled(f"{key:15}", "dim").append_text(styled(one_line(str(text)))), soft_wrap=True)


def _contact_shape(contact: Contact) -> dict[str, Any]:
    reason = contact.reason
    return {
        "name": contact.name,
        "emails": list(contact.emails),
        "introduction": contact.introduction,
        "met_on": str(contact.met_on) if contact.met_on else None,
        "met_how": contact.met_how,
        "topic": contact.topic,
        "introduced_by": contact.introduced_by,
        "remember": contact.remember,
        "reason": str(reason.kind),
        "reason_text": reason.text,
        "reason_link": reason.link,
        "reason_date": reason.on.isoformat() if reason.on else None,
        "language": contact.language,
        "cadence": contact.cadence,
        "do_not_contact": contact.do_not_contact,
        "notes": contact.notes,
        "source": contact.source,
    }
