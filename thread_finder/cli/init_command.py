"""init: ask a few questions, then write config.toml and a contacts file. Overwrites nothing."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from thread_finder.cli.options import ConfigOption, JsonOption
from thread_finder.errors import CommandLineError, ConfigError, MailboxError
from thread_finder.userfiles import BadValue, clean_email, clean_line, write_private

_CONFIG = """\
# thread-finder's settings. Every key is explained in config.example.toml.

[owner]
name = {name}
emails = [{emails}]  # every address that is or was yours
introduction = {introduction}  # as in: I'm …
signature = {name}
{update}
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
_UPDATE = """
[[owner.updates]]
date = {today}
text = {update}
"""
_NO_UPDATE = """
# What is new in your life since you met them, in the first person:
# [[owner.updates]]
# date = {today}
# text = "I started at a map publisher"
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


@dataclass(frozen=True, slots=True)
class Question:
    """``asks`` stands before the cursor, ``before`` on a line above it; ``read`` raises BadValue."""

    option: str
    asks: str
    read: Callable[[str], Any]
    before: str = ""
    optional: bool = False


def _name(text: str) -> str:
    if not (name := clean_line(text)):
        raise BadValue("a name is needed: it stands below your letters")
    return name


def _addresses(text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(clean_email(one) for one in text.replace(",", ";").split(";") if one.strip()))
    if not found:
        raise BadValue("one address at least is needed, to know your own mails by")
    return found


def _archive(text: str) -> str:
    from thread_finder.mailboxes.archive_files import mail_sources

    if text.strip().lower() == "gmail":  # a folder of that name can be given by its path (./gmail)
        return "gmail"
    if not text.strip():
        raise BadValue("your mail is needed: README.md says how to export it, docs/gmail-setup.md how to connect Gmail")
    path = Path(text.strip().strip("'\"")).expanduser().absolute()
    try:
        mail_sources([path], path / "drafts")
    except MailboxError as error:
        raise BadValue(error.message.rstrip(".")) from None
    return str(path)


def _person(text: str) -> tuple[str, str]:
    address = clean_email(text)
    name = clean_line(text.partition("<")[0]) if "<" in text else ""
    return name.strip("\"' ") or address.partition("@")[0], address


_QUESTIONS = (
    Question("name", "Your name:", _name),
    Question("email", "Your addresses, old ones too, with commas between them:", _addresses),
    Question(
        "archive", "Your mail: gmail, or an mbox file, a Takeout or Maildir folder, a folder of .eml files:", _archive
    ),
    Question(
        "introduction", "I'm", clean_line, "Who were you to the people you met? Go on (or Enter, for later):", True
    ),
    Question(
        "update", "Since then,", clean_line, "What is new in your life, in the first person? Go on (or Enter):", True
    ),
    Question("contact", "Somebody to write to (Jane Doe <jane@x.example>):", _person),
)


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
    from thread_finder import config as settings
    from thread_finder.cli.screen import console, print_json, styled
    from thread_finder.cli.streams import this_program

    environment = ctx.meta["thread_finder.environment"]
    usual = settings.default_config_path(environment)
    path = config or ctx.meta["thread_finder.config"] or usual
    people = path.parent / "contacts.toml"
    for file in (path, people):
        if file.exists():
            raise ConfigError(f"{file} is there already", "edit it, or give another place with --config FILE")
    given = {
        "name": name, "email": ";".join(emails) if emails else None, "archive": "gmail" if gmail else archive,
        "introduction": introduction, "update": update, "contact": contact,
    }  # fmt: skip
    answers = _answers(given, ask=not as_json)
    _write(path, people, answers, date.today())  # noqa: DTZ011 - the user's own day
    if as_json:
        print_json({"config": str(path), "contacts": str(people)})
        return
    run = this_program() if path == usual else f"{this_program()} --config {shlex.quote(str(path))}"
    following = f"Next: {run} find {shlex.quote(answers['contact'][0])}"
    if answers["archive"] == "gmail":
        following = f"Next: get a client file (docs/gmail-setup.md shows how), then: {run} login"
    console().print(styled(f"Wrote {path}\nWrote {people}\n{following}"), soft_wrap=True)


def _answers(given: dict[str, str | None], *, ask: bool) -> dict[str, Any]:
    """What was given on the command line, checked before anything is asked; then the rest."""
    answers: dict[str, Any] = {}
    for question in _QUESTIONS:
        text = given[question.option]
        if text is not None:
            try:
                answers[question.option] = question.read(text)
            except BadValue as error:
                raise CommandLineError(f"--{question.option}: {error.what}", error.to_do) from None
    missing = [q for q in _QUESTIONS if q.option not in answers and not (q.optional and not ask)]
    if missing and not ask:
        raise _missing(missing)
    for number, question in enumerate(missing):
        try:
            answers[question.option] = _asked(question, answers.get("email", ()))
        except EOFError:
            raise _missing([q for q in missing[number:] if not q.optional]) from None
    _refuse_oneself(answers["contact"], answers["email"])
    return {"introduction": "", "update": ""} | answers


def _asked(question: Question, own: tuple[str, ...]) -> Any:
    """The answer, asked for until it can be used."""
    if question.before:
        typer.echo(question.before)
    while True:
        try:
            answer = question.read(input(f"{question.asks} "))
            if question.option == "contact":
                _refuse_oneself(answer, own)
        except BadValue as error:
            typer.echo("  " + "; ".join(filter(None, (error.what, error.to_do))))
        except CommandLineError as error:
            typer.echo(f"  {error.message}")
        else:
            return answer


def _refuse_oneself(person: tuple[str, str], own: tuple[str, ...]) -> None:
    if person[1] in own:
        raise CommandLineError(f"{person[1]} is an address of your own", "name somebody else")


def _missing(questions: list[Question]) -> CommandLineError:
    options = ", ".join(f"--{question.option}" for question in questions)
    return CommandLineError(f"init needs to know more: {options}", "give these options, or answer at a terminal")


def _write(path: Path, people: Path, answers: dict[str, Any], today: date) -> None:
    """Both files or none."""
    update = (_UPDATE if answers["update"] else _NO_UPDATE).format(
        today=today.isoformat(), update=_quoted(answers["update"])
    )
    text = _CONFIG.format(
        name=_quoted(answers["name"]),
        emails=", ".join(map(_quoted, answers["email"])),
        introduction=_quoted(answers["introduction"]),
        update=update,
        account=_account(answers["archive"]).rstrip(),
    )
    person, address = answers["contact"]
    write_private(people, _CONTACTS.format(name=_quoted(person), email=_quoted(address)).encode())
    try:
        write_private(path, text.encode())
    except OSError:
        people.unlink()
        raise


def _account(mail: str) -> str:
    return _GMAIL if mail == "gmail" else _ARCHIVE.format(path=_quoted(mail))


def _quoted(text: str) -> str:
    """A TOML basic string (TOML 1.0)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\u{ord(char):04X}" for char in escaped) + '"'
