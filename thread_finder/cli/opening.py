"""Open the user's session for a command, and say what was odd about their files."""

from __future__ import annotations

from pathlib import Path

import typer

from thread_finder import config as settings
from thread_finder.app.polishing import Polisher, polisher
from thread_finder.app.session import Session, open_session
from thread_finder.cli.boundary import note
from thread_finder.cli.options import moment
from thread_finder.errors import ContactError
from thread_finder.model import Contact


def places(ctx: typer.Context, config: Path | None) -> tuple[Path, Path]:
    """The config file of --config, THREAD_FINDER_CONFIG or the usual place, and the state folder."""
    environment = ctx.meta["thread_finder.environment"]
    path = config or ctx.meta["thread_finder.config"] or settings.default_config_path(environment)
    return path, settings.default_state_folder(environment)


def opened(ctx: typer.Context, config: Path | None, as_of: str | None) -> Session:
    """The session of the user's files. Problems go to stderr, a line each."""
    session = open_session(*places(ctx, config), moment(as_of))
    for problem in session.problems:
        note(f"left out: {problem}")
    for warning in session.config.warnings:
        note(f"warning: {warning}")
    return session


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


def wanted(session: Session, names: list[str] | None, everybody: bool) -> tuple[Contact, ...]:
    """The contacts named, or all; ContactError when none was named."""
    if not names and not everybody:
        raise ContactError("whom? no contact was named", "give a name or an address, or --all")
    return session.chosen(names or [], everybody=everybody)
