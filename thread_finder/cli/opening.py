"""Open the user's session for a command, and say what was odd about their files."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import typer

from thread_finder import config as settings
from thread_finder.app.finding import Failure
from thread_finder.app.polishing import Polisher, polisher
from thread_finder.app.session import Session, open_session
from thread_finder.cli.boundary import note
from thread_finder.cli.options import moment
from thread_finder.errors import CommandLineError, ContactError, Problem
from thread_finder.model import Contact


def places(ctx: typer.Context, config: Path | None) -> tuple[Path, Path]:
    """The config file of --config, THREAD_FINDER_CONFIG or the usual place, and the state folder."""
    environment = ctx.meta["thread_finder.environment"]
    path = config or ctx.meta["thread_finder.config"] or settings.default_config_path(environment)
    return path, settings.default_state_folder(environment, path)


def opened(ctx: typer.Context, config: Path | None, as_of: str | None) -> Session:
    """The session of the user's files. Problems go to stderr, a line each."""
    session = open_session(*places(ctx, config), moment(as_of), lambda text: note(f"warning: {text}"))
    sources = {contact.source for contact in session.contacts}
    for problem in session.problems:
        note(f"{'ignored' if _is_of(problem, sources) else 'left out'}: {problem}")
    for warning in session.config.warnings:
        note(f"hint: {warning}")
    return session


def _is_of(problem: Problem, sources: set[str]) -> bool:
    """Whether a problem is in the entry of a contact that is used all the same."""
    words = problem.where.split(" ")
    return any(" ".join(words[:count]) in sources for count in range(1, len(words) + 1))


def settings_if_any(ctx: typer.Context, config: Path | None) -> settings.Config | None:
    """The settings alone, for commands that can do without: None where no file was named and none is there."""
    path, _ = places(ctx, config)
    named = (
        config or ctx.meta["thread_finder.config"] or settings.CONFIG_VARIABLE in ctx.meta["thread_finder.environment"]
    )
    return settings.load(path) if named or path.exists() else None


def polisher_of(ctx: typer.Context, session: Session) -> Polisher:
    """What --polish asks; ConfigError when nothing is set up for it."""
    return polisher(session.config.polish, ctx.meta["thread_finder.environment"])


def wanted(session: Session, names: list[str] | None, everybody: bool) -> tuple[tuple[Contact, ...], list[Failure]]:
    """The contacts named, or all; and a failure for each name that is nobody's, while others are.

    CommandLineError when nobody was named, or both; ContactError when no name is a contact's.
    """
    if everybody and names:
        raise CommandLineError("names and --all exclude each other", "give names or --all, not both")
    if everybody:
        return session.contacts, []
    if not names:
        raise CommandLineError("whom? no contact was named", "give a name or an address, or --all")
    found: list[Contact] = []
    errors: dict[str, ContactError] = {}
    for name in names:
        try:
            found += session.chosen([name])
        except ContactError as error:
            errors[name] = error
    if errors and not found:
        _refuse_all(list(errors.values()))
    strangers = [Failure(Contact(name, ()), e.message, e.to_do, e.exit_code) for name, e in errors.items()]
    return tuple(dict.fromkeys(found)), strangers


def _refuse_all(errors: list[ContactError]) -> NoReturn:
    if len(errors) == 1:
        raise errors[0]
    problems = tuple(Problem("", error.message, error.to_do) for error in errors)
    raise ContactError("none of these names is that of one contact", problems=problems)
