"""Look at everything that the program needs, and say what to do about what is not well."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from thread_finder import config as settings
from thread_finder.addressbook import load_contacts
from thread_finder.addressbook import notes as notebook
from thread_finder.app.templates import check_templates
from thread_finder.errors import Check, ExitCode, Problem, ThreadFinderError, way_out
from thread_finder.ledger import Ledger
from thread_finder.mailboxes.base import Progress, no_progress
from thread_finder.writing.render import Templates, shipped_templates


def examine(config_path: Path, state: Path, *, account: str = "", progress: Progress = no_progress) -> Iterator[Check]:
    """Check after check: config, contacts, notes, templates, memory, then the account.

    Without a config that can be used there is nothing more to look at. ``account`` overrules the config's name.
    """
    try:
        config = settings.load(config_path)
    except ThreadFinderError as error:
        yield from _failed("config", error)
        return
    yield Check("config", str(config.path))
    yield from (Check("privacy", f"{one.where}: {one.what}", one.to_do) for one in config.warnings)
    yield from _people(config)
    yield from _templates(config)
    yield from _memory(state)
    yield from _gmail(config, state, account) if config.account.type == "gmail" else _archive(config, state, progress)


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
    if wrong := _cannot_write(state):
        yield Check("memory", f"nothing can be kept in {state}: {wrong.strerror}", way_out(wrong), ExitCode.LEDGER)
        return
    if not path.exists():
        yield Check("memory", f"will be made in {state}")
        return
    try:
        with Ledger.open(path) as ledger:
            drafts = len(ledger.all_drafts())
    except ThreadFinderError as error:
        yield from _failed("memory", error)
        return
    yield Check("memory", f"{path}, {drafts} drafts")


def _archive(config: settings.Config, state: Path, progress: Progress) -> Iterator[Check]:
    drafts = config.account.drafts or config.path.parent / "drafts"
    with tempfile.TemporaryDirectory() as elsewhere:
        usable = state.is_dir() and not _cannot_write(state)
        try:
            yield from _mail(config, state if usable else Path(elsewhere), drafts, progress)
        except ThreadFinderError as error:
            yield from _failed("archive", error)
    if wrong := _cannot_write(drafts):
        detail = f"no draft can be saved in {drafts}: {wrong.strerror}"
        yield Check("drafts", detail, way_out(wrong), ExitCode.NOT_SAVED)
    else:
        yield Check("drafts", str(drafts))


def _mail(config: settings.Config, index: Path, drafts: Path, progress: Progress) -> Iterator[Check]:
    """Reads the archive as every command does; ``index`` is the folder for its index."""
    from thread_finder.mailboxes.archive import ArchiveMailbox  # noqa: PLC0415

    paths, owner = config.account.paths, config.owner.emails
    with closing(ArchiveMailbox(paths, state=index, drafts=drafts, owner=owner, progress=progress)) as mailbox:
        messages, skipped = mailbox.counted()
        yield Check("archive", f"{', '.join(map(str, paths))}: {messages} messages")
        if skipped:
            yield Check("archive", f"{skipped} messages cannot be read", "they are passed over; export them again")
        for note in mailbox.notes:
            yield Check("archive", note, "export or copy it again")


def _cannot_write(folder: Path) -> OSError | None:
    """Try it: a folder, or the nearest one above it that is there, may have the rights and yet no room."""
    where = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=where) as file:
            file.write(b"0" * 65536)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error
    return None


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
