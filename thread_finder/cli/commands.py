"""The commands, gathered. Each is a thin shell: read options, call the use case, show the answer."""

from __future__ import annotations

import logging
import os
from typing import Annotated

import typer

from thread_finder import __version__
from thread_finder.cli import (
    account_commands,
    batch_command,
    contact_commands,
    demo_command,
    etiquette_command,
    init_command,
    mail_commands,
    month_commands,
    note_command,
    template_commands,
    wish_commands,
)
from thread_finder.cli.boundary import Boundary, Notes
from thread_finder.cli.help import Command
from thread_finder.cli.options import ConfigOption

app = typer.Typer(
    name="thread-finder",
    cls=Boundary,
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Finds the old e-mail thread with people you lost touch with, and drafts the reply in it. It never sends.\n\n"
    "First look: thread-finder demo. Then: thread-finder init, find NAME, preview NAME, draft NAME.",
    epilog="Docs: README.md. Exit codes: docs/exit-codes.md.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"thread-finder {__version__}")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    config: ConfigOption = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options before the command hold for it, too."""
    del version
    logging.getLogger("thread_finder").handlers = [Notes(logging.WARNING)]
    ctx.meta["thread_finder.config"] = config
    ctx.meta["thread_finder.environment"] = dict(os.environ)


app.command("demo", cls=Command)(demo_command.demo)
app.command("init", cls=Command)(init_command.init)
app.command("login", cls=Command)(account_commands.login)
app.command("logout", cls=Command)(account_commands.logout)
app.command("doctor", cls=Command)(account_commands.doctor)
app.add_typer(contact_commands.contacts_app, name="contacts")
app.command("find", cls=Command)(mail_commands.find)
app.command("preview", cls=Command)(mail_commands.preview)
app.command("draft", cls=Command)(mail_commands.draft)
app.command("note", cls=Command)(note_command.note)
app.command("plan", cls=Command)(month_commands.plan)
app.command("batch", cls=Command)(batch_command.batch)
app.command("undo", cls=Command)(batch_command.undo)
app.command("status", cls=Command)(month_commands.status)
app.command("follow-up", cls=Command)(month_commands.follow_up)
app.command("snooze", cls=Command)(wish_commands.snooze)
app.command("close", cls=Command)(wish_commands.close)
app.command("block", cls=Command)(wish_commands.block)
app.command("reopen", cls=Command)(wish_commands.reopen)
app.command("export", cls=Command)(wish_commands.export)
app.command("etiquette", cls=Command)(etiquette_command.etiquette)
app.add_typer(template_commands.templates_app, name="templates")
