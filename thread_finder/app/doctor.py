"""Look at everything that the program needs, and say what to do about what is not well."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from thread_finder import config as settings
from thread_finder.addressbook import load_contacts
from thread_finder.addressbook import notes as notebook
from thread_finder.app.templates import check_templates
from thread_finder.errors import Check, ExitCode, Problem, ThreadFinderError
from thread_finder.ledger import Ledger
from thread_finder.writing.render import Templates, shipped_templates


def examine(config_path: Path, state: Path, *, account: str = "") -> Iterator[Check]:
    """Check after check: config, contacts, notes, templates, memory, then the account.

    Without a config that can be used there is nothing more to look at. ``account`` overrules the config's name.
    """
    try:
        config = settings.load(config_path)
    except ThreadFinderError as error:
        yield from _failed("config", error)
        return
    yield Check("config", str(config.path))
    yield from (_problem("privacy", warning) for warning in config.warnings)
    yield from _people(config)
    yield from _templates(config)
    yield from _memory(state)
    yield from _gmail(config, state, account) if config.account.type == "gmail" else _archive(config)


def _people(config: settings.Config) -> Iterator[Check]:
    try:
        book = load_contacts(config.contacts)
        problems = (*book.problems, *notebook.load_notes(config.notes).problems)
    except ThreadFinderError as error:
        yield from _failed("contacts", error)
        return
    yield Check("contacts", f"{len(book.contacts)} in {config.contacts}")
    yield from (_problem("contacts", problem) for problem in problems)


def _templates(config: settings.Config) -> Iterator[Check]:
    problems = check_templates(Templates(shipped_templates(), config.templates))
    if not problems:
        yield Check("templates", str(config.templates or "the built-in ones"))
    yield from (_problem("templates", problem) for problem in problems)


def _memory(state: Path) -> Iterator[Check]:
    path = state / "ledger.sqlite"
    if not path.exists():
        where = next(folder for folder in (state, *state.absolute().parents) if folder.exists())
        if not os.access(where, os.W_OK | os.X_OK):
            yield Check("memory", f"{state} cannot be made", f"check the rights of {where}", ExitCode.LEDGER)
            return
        yield Check("memory", f"will be made in {state}")
        return
    try:
        with Ledger.open(path) as ledger:
            drafts = len(ledger.all_drafts())
    except ThreadFinderError as error:
        yield from _failed("memory", error)
        return
    yield Check("memory", f"{path}, {drafts} drafts")


def _archive(config: settings.Config) -> Iterator[Check]:
    from thread_finder.mailboxes.archive_files import mail_sources  # noqa: PLC0415

    drafts = config.account.drafts or config.path.parent / "drafts"
    try:
        sources = mail_sources(config.account.paths, drafts)
    except ThreadFinderError as error:
        yield from _failed("archive", error)
        return
    unreadable = next((source.path for source in sources if not os.access(source.path, os.R_OK)), "")
    if unreadable:
        yield Check("archive", f"{unreadable} cannot be read", "check its rights", ExitCode.MAILBOX)
    else:
        yield Check("archive", ", ".join(map(str, config.account.paths)))
    where = next(folder for folder in (drafts, *drafts.absolute().parents) if folder.exists())
    if os.access(where, os.W_OK | os.X_OK):
        yield Check("drafts", str(drafts))
    else:
        yield Check("drafts", f"{drafts} cannot be written", f"check the rights of {where}", ExitCode.NOT_SAVED)


def _gmail(config: settings.Config, state: Path, account: str) -> Iterator[Check]:
    from thread_finder.mailboxes import gmail_doctor  # noqa: PLC0415 - Google's libraries are slow to import

    yield from gmail_doctor.examine(
        account=account or config.account.name,
        state=state,
        client_secret=config.account.client_secret,
        owner=config.owner.emails,
        api_root=config.account.api_root,
    )


def _failed(what: str, error: ThreadFinderError) -> Iterator[Check]:
    """The error, and each of its problems."""
    yield Check.failed(what, error)
    yield from (_problem(what, problem) for problem in error.problems)


def _problem(what: str, problem: Problem) -> Check:
    detail = f"{problem.where}: {problem.what}" if problem.where else problem.what
    return Check(what, detail, problem.to_do, ExitCode.CONFIG)
