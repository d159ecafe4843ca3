"""init: ask a few questions, then write config.toml and a contacts file. Overwrites nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from thread_finder.cli.options import ConfigOption, JsonOption
from thread_finder.errors import ConfigError

_CONFIG = """\
# thread-finder's settings. Every key is explained in config.example.toml.

[owner]
name = {name}
emails = [{emails}]  # every address that is or was yours
introduction = {introduction}  # as in: I'm …
signature = {name}

[[owner.updates]]
date = {today}
text = {update}  # as in: Since we last spoke, …

[account]
{account}

[contacts]
path = "contacts.toml"
"""
_ARCHIVE = """\
type = "archive"
path = {path}  # an mbox file, a folder of them (Google Takeout), a Maildir, or a folder of .eml files
drafts = "drafts"
"""
_GMAIL = """\
type = "gmail"
client_secret = "client_secret.json"  # docs/gmail-setup.md: how to get it; put it beside this file
"""
_CONTACTS = """\
# The people to get back in touch with. Only name and emails are required.

[[contact]]
name = {name}
emails = [{email}]
# introduction = "who you were to them, as in: I'm …"
# met_on = 2023-07-11
# met_how = "for coffee"
# remember = "something they said that helped"
# reason = {{ kind = "news", text = "what you read about them", link = "", date = 2026-11-01 }}
"""


def init(
    ctx: typer.Context,
    config: ConfigOption = None,
    name: Annotated[str | None, typer.Option("--name", help="Your name.")] = None,
    emails: Annotated[list[str] | None, typer.Option("--email", help="An address of yours; may be repeated.")] = None,
    archive: Annotated[str | None, typer.Option("--archive", help="Your mail on disk.")] = None,
    gmail: Annotated[bool, typer.Option("--gmail", help="Your mail in Gmail itself.")] = False,
    introduction: Annotated[str | None, typer.Option("--introduction", help="Who you are to people.")] = None,
    update: Annotated[str | None, typer.Option("--update", help="What is new in your life.")] = None,
    contact: Annotated[str | None, typer.Option("--contact", help='One person: "Jane Doe <jane@x.example>".')] = None,
    as_json: JsonOption = False,
) -> None:
    """Write config.toml and contacts.toml. Asks for what is not given; never overwrites a file.

    \b
    thread-finder init
    thread-finder init --name "Ann Lee" --email ann@x.example --archive ~/Takeout/Mail \\
        --introduction "the student who asked about maps" --update "I started at a map publisher" \\
        --contact "Jane Doe <jane@x.example>"
    """
    from datetime import date

    from thread_finder import config as settings
    from thread_finder.cli.screen import console, print_json, styled
    from thread_finder.userfiles import write_private

    environment = ctx.meta["thread_finder.environment"]
    path = config or ctx.meta["thread_finder.config"] or settings.default_config_path(environment)
    people = path.parent / "contacts.toml"
    for file in (path, people):
        if file.exists():
            raise ConfigError(f"{file} is there already", "edit it, or give another place with --config FILE")
    own = name or typer.prompt("Your name")
    addresses = emails or typer.prompt("Your addresses, old ones too (separated by ;)").split(";")
    asked = "Your mail: gmail, or an mbox file, a Takeout or Maildir folder"
    mail = "gmail" if gmail else archive or typer.prompt(asked)
    who = introduction or typer.prompt("Who are you to the people you met? I'm …", default="")
    new = update or typer.prompt("What is new since then? Since we last spoke, …", default="")
    person, address = _person(contact or typer.prompt("Somebody to write to (Jane Doe <jane@x.example>)"))
    text = _CONFIG.format(
        name=_quoted(own),
        emails=", ".join(_quoted(email.strip()) for email in addresses if email.strip()),
        introduction=_quoted(who),
        today=date.today().isoformat(),  # noqa: DTZ011 - the user's own day
        update=_quoted(new),
        account=_account(mail),
    )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private(path, text.encode())
    write_private(people, _CONTACTS.format(name=_quoted(person), email=_quoted(address)).encode())
    try:
        settings.load(path)  # a wrong address is better said now
    except ConfigError:
        path.unlink()
        people.unlink()
        raise
    if as_json:
        print_json({"config": str(path), "contacts": str(people)})
        return
    command = f"thread-finder --config {path}"
    following = f'Next: {command} find "{person}"'
    if _is_gmail(mail):
        following = f"Next: get a client file (docs/gmail-setup.md shows how), then: {command} login"
    console().print(styled(f"Wrote {path}\nWrote {people}\n{following}"), soft_wrap=True)


def _is_gmail(mail: str) -> bool:
    """A folder of that name can be given by its path (./gmail)."""
    return mail.strip().lower() == "gmail"


def _account(mail: str) -> str:
    if _is_gmail(mail):
        return _GMAIL.rstrip()
    return _ARCHIVE.format(path=_quoted(str(Path(mail).expanduser().absolute()))).rstrip()


def _person(text: str) -> tuple[str, str]:
    name, bracket, rest = text.partition("<")
    address = rest.rstrip("> ").strip() if bracket else text.strip()
    if "@" not in address:
        raise ConfigError(f"{text!r} has no address", 'write it as "Jane Doe <jane@x.example>"')
    return (name.strip() if bracket and name.strip() else address.partition("@")[0]), address


def _quoted(text: str) -> str:
    """A TOML basic string (TOML 1.0)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\u{ord(char):04X}" for char in escaped) + '"'
