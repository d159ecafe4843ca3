"""Everything a command works with, opened from the config: contacts, mailbox, ledger, templates, the moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from thread_finder import config as settings
from thread_finder.addressbook import find_contact, load_contacts
from thread_finder.addressbook import notes as notebook
from thread_finder.errors import ConfigError, Problem
from thread_finder.finding.lexicon import search_words
from thread_finder.finding.people import base
from thread_finder.ledger import Ledger
from thread_finder.mailboxes.base import Mailbox, Progress, no_progress
from thread_finder.model import Contact, Owner


@dataclass(frozen=True, slots=True)
class Session:
    """The user's files, read. ``problems`` are those of the contacts file; its good entries are in ``contacts``.

    ``tell`` is called with what the user should know by the way, a sentence each.
    """

    config: settings.Config
    owner: Owner
    contacts: tuple[Contact, ...]
    problems: tuple[Problem, ...]
    state: Path
    now: datetime
    tell: Callable[[str], None]

    def chosen(self, names: Sequence[str]) -> tuple[Contact, ...]:
        """The contacts meant by ``names``, each once; ContactError names the first that is nobody's."""
        return tuple(dict.fromkeys(find_contact(self.contacts, name) for name in names))

    @contextmanager
    def mailbox(self, progress: Progress = no_progress) -> Iterator[Mailbox]:
        """The account's mailbox, closed at the end. What its user should know of it is told."""
        opened = _open_mailbox(self, progress)
        try:
            for note in opened.notes:
                self.tell(note)
            yield opened
        finally:
            opened.close()

    @contextmanager
    def ledger(self, *, rehearsal: bool = False) -> Iterator[Ledger]:
        """The program's memory; for a ``rehearsal``, a copy that forgets what is written to it."""
        path = self.state / "ledger.sqlite"
        with Ledger.rehearsal(path) if rehearsal else Ledger.open(path) as ledger:
            yield ledger

    @property
    def account(self) -> str:
        """What the ledger calls this mailbox: its kind and whose it is."""
        account = self.config.account
        return f"{account.type}:{account.name if account.type == 'gmail' else self.owner.emails[0]}"


def no_word(note: str) -> None:
    """Nobody is told."""


def open_session(config_path: Path, state: Path, now: datetime, tell: Callable[[str], None] = no_word) -> Session:
    """Read config, contacts and notes. ConfigError lists what is wrong."""
    config = settings.load(config_path)
    refuse_unknown_rules(config)
    book = load_contacts(config.contacts)
    notes = notebook.load_notes(config.notes)
    owner = notebook.apply_to_owner(config.owner, notes)
    contacts, own = _without_own(notebook.apply(book.contacts, notes), owner)
    if not contacts:
        raise ConfigError(f"{config.contacts} holds nobody but yourself", "add somebody to write to", own)
    return Session(
        config=config,
        owner=owner,
        contacts=contacts,
        problems=(*book.problems, *own, *notes.problems, *_unused_templates(config)),
        state=state,
        now=now,
        tell=tell,
    )


def _without_own(contacts: Sequence[Contact], owner: Owner) -> tuple[tuple[Contact, ...], tuple[Problem, ...]]:
    """The contacts without the owner's own addresses: one writes to others."""
    mine = set(map(base, owner.emails))
    kept: list[Contact] = []
    problems: list[Problem] = []
    for contact in contacts:
        theirs = tuple(email for email in contact.emails if base(email) not in mine)
        for email in contact.emails:
            if email not in theirs:
                what = f"emails: {email} is an address of your own"
                problems.append(Problem(f"{contact.source} {contact.name}", what, "take it out of the entry"))
        kept += [replace(contact, emails=theirs)] if theirs else []
    return tuple(kept), tuple(problems)


def _unused_templates(config: settings.Config) -> tuple[Problem, ...]:
    if config.templates is None:
        return ()
    from thread_finder.app.templates import strays  # noqa: PLC0415 - few have templates of their own
    from thread_finder.writing.render import Templates, shipped_templates  # noqa: PLC0415

    return tuple(strays(Templates(shipped_templates(), config.templates)))


def refuse_unknown_rules(config: settings.Config) -> None:
    """ConfigError for rules and numbers of etiquette that are none."""
    if not (config.etiquette.rules or config.etiquette.numbers):
        return
    from thread_finder.writing.etiquette import unknown  # noqa: PLC0415 - few tune the rules, and all commands pass here

    if strange := unknown(config.etiquette.rules, config.etiquette.numbers):
        raise ConfigError(f"{config.path} sets what etiquette does not know", problems=strange)


def _open_mailbox(session: Session, progress: Progress) -> Mailbox:
    account = session.config.account
    if account.type == "gmail":
        from thread_finder.mailboxes.gmail import open_gmail  # noqa: PLC0415 - each mailbox brings its own libraries

        return open_gmail(
            account=account.name,
            state=session.state,
            api_root=account.api_root,
            units_per_minute=account.units_per_minute,
            words=search_words(),
            progress=progress,
        )
    from thread_finder.mailboxes.archive import ArchiveMailbox  # noqa: PLC0415

    return ArchiveMailbox(
        account.paths,
        state=session.state,
        drafts=account.drafts or session.config.path.parent / "drafts",
        owner=session.owner.emails,
        words=search_words(),
        progress=progress,
    )
